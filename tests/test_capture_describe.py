"""What was found becomes an article in this digest's words; nothing is invented."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from broadsheet.capture.describe import Tagging, describe, file_text, tagged, vocabulary
from broadsheet.capture.nouns import Block, Body, Cleaned, Facts, Found, FoundPicture
from broadsheet.content import parse
from broadsheet.model import Article, Image, Source, TagDefinition, Text

VIENNA = ZoneInfo("Europe/Vienna")
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
HASH = "sha256:" + "0" * 64
WORDS_OF_IT = "The yard closed on Monday. Its cranes stay."
BODY = Body(blocks=(Block(text=WORDS_OF_IT, markdown=WORDS_OF_IT),), dropped=(), confidence=0.9)
PICTURE = FoundPicture(address="https://harbour.example/yard.jpg", alt="Cranes", credit="Bo")
FACTS = Facts(
    title=Found(value="The yard closes", origin="JSON-LD"),
    dek=Found(value="After ninety years", origin="OpenGraph"),
    authors=Found(value=("Ada Example", "Bo Example"), origin="JSON-LD"),
    date=Found(value=datetime(2026, 11, 20, 8, 30), origin="meta"),
    updated=Found(value=datetime(2026, 11, 21, 9, tzinfo=UTC), origin="meta"),
    source=Found(value="Harbour News", origin="OpenGraph"),
    canonical_url=Found(value="https://harbour.example/yard", origin="link"),
    image=Found(value=PICTURE, origin="meta"),
    tags=Found(value=("Ships", "ports"), origin="meta"),
    lang=Found(value="en-GB", origin="html"),
)  # fmt: skip


OPEN = vocabulary([], [])


def described(facts: Facts = FACTS, *, name: str = "yard.html") -> Article:
    cleaned = Cleaned(kind="page", facts=facts, body=BODY)
    return describe(
        cleaned, name=name, captured_at=NOON, digest=HASH, timezone=VIENNA, words=OPEN, free=lambda path: True
    )


def test_everything_that_was_found_is_in_the_draft() -> None:
    article = described()
    assert article == Article(
        path="articles/2026/11/the-yard-closes.md",
        title="The yard closes",
        dek="After ninety years",
        summary="After ninety years",
        date=datetime(2026, 11, 20, 8, 30, tzinfo=VIENNA),
        updated=datetime(2026, 11, 21, 9, tzinfo=UTC),
        draft=True,
        slug="the-yard-closes",
        authors=("Ada Example", "Bo Example"),
        source=Source(name="Harbour News", url="https://harbour.example/yard"),
        canonical_url="https://harbour.example/yard",
        image=Image(path="https://harbour.example/yard.jpg", alt="Cranes", credit="Bo"),
        tags=("Ships", "ports"),
        lang="en-GB",
        captured_at=NOON,
        content_hash=HASH,
        text=Text("The yard closed on Monday. Its cranes stay."),
    )


def test_what_was_not_found_stays_blank_and_is_named() -> None:
    article = described(Facts(title=Found(value="The yard closes", origin="text")))
    text = file_text(article)
    for key in ("dek", "date", "authors", "source", "tags"):
        assert f"\n{key}:\n" in text
    assert article.review == ("not found: authors, date, source, tags",)
    assert article.summary == "The yard closed on Monday. Its cranes stay."
    assert parse(text, article.path, timezone=VIENNA) == article


def test_the_words_of_a_file_stand_in_for_a_title() -> None:
    assert described(Facts(), name="/tmp/yard_closes-now.txt").title == "yard closes now"
    assert described(Facts(), name="-").title == "Untitled"


def test_low_confidence_and_doubts_are_marked_for_review() -> None:
    body = Body(blocks=BODY.blocks, dropped=(), confidence=0.31)
    cleaned = Cleaned(kind="page", facts=FACTS, body=body, doubts=("the page was cut at 5 MB",))
    article = describe(
        cleaned, name="x", captured_at=NOON, digest=HASH, timezone=VIENNA, words=OPEN, free=lambda path: True
    )
    assert article.review == (
        "cleaned with low confidence (0.31): compare with the original", "the page was cut at 5 MB"
    )  # fmt: skip


def test_a_picture_without_words_is_marked_for_review() -> None:
    picture = FoundPicture(address="https://harbour.example/yard.jpg")
    assert described(Facts(image=Found(value=picture, origin="meta"))).review[1] == "the picture has no alt text"


def test_a_credit_without_a_picture_is_kept() -> None:
    facts = Facts(image=Found(value=FoundPicture(address="", credit="Bo Example"), origin="text"))
    assert "\nimage_credit: Bo Example\n" in file_text(described(facts))


def test_a_taken_path_gets_a_number() -> None:
    taken = {"articles/2026/11/the-yard-closes.md", "articles/2026/11/the-yard-closes-2.md"}
    cleaned = Cleaned(kind="page", facts=FACTS, body=BODY)
    article = describe(
        cleaned, name="x", captured_at=NOON, digest=HASH, timezone=VIENNA, words=OPEN,
        free=lambda path: path not in taken,
    )  # fmt: skip
    assert (article.path, article.slug) == ("articles/2026/11/the-yard-closes-3.md", "the-yard-closes-3")


# Tags

WORDS = vocabulary(
    [TagDefinition(name="Artificial intelligence", slug="ai", aliases=("A.I.", "machine learning"))],
    [Article(path="a.md", title="A", date=NOON, slug="a", tags=("Ports", "AI"))],
)


def test_tags_are_those_of_the_vocabulary() -> None:
    assert tagged(["ai", "Machine Learning", "PORTS", "Shipping"], WORDS) == Tagging(
        tags=("Artificial intelligence", "Ports"), unknown=("Shipping",)
    )


def test_a_digest_without_tags_takes_the_pages_own_once_each() -> None:
    assert tagged(["Ports", "ports", "Ships"], OPEN) == Tagging(tags=("Ports", "Ships"))


def test_a_digest_that_defines_no_tags_takes_new_ones_in_the_spelling_it_has() -> None:
    own = vocabulary([], [Article(path="a.md", title="A", date=NOON, slug="a", tags=("Ports",))])
    assert tagged(["PORTS", "Ships"], own) == Tagging(tags=("Ports", "Ships"))


def test_a_day_without_an_hour_stays_a_day() -> None:
    facts = Facts(title=Found(value="A", origin="x"), date=Found(value=datetime(2026, 11, 20), origin="text"))
    article = described(facts)
    assert "\ndate: 2026-11-20\n" in file_text(article)
    assert parse(file_text(article), article.path, timezone=VIENNA).date == article.date


line = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=30)


@given(title=line, dek=line, name=line, tag=line)
def test_whatever_a_page_says_reads_back_as_it_was_found(title: str, dek: str, name: str, tag: str) -> None:
    facts = Facts(
        title=Found(value=title, origin="x"), dek=Found(value=dek, origin="x"),
        authors=Found(value=(name,), origin="x"), source=Found(value=name, origin="x"),
        tags=Found(value=(tag,), origin="x"),
    )  # fmt: skip
    article = described(facts)
    again = parse(file_text(article), article.path, timezone=VIENNA)
    assert (again.title, again.dek, again.authors, again.tags) == (title, dek, (name,), (tag,))
    assert again.source is not None
    assert again.source.name == name


def test_an_address_is_no_name_of_a_source() -> None:
    source = described(Facts(source=Found(value="https://user:pw@harbour.example/", origin="x"))).source
    assert source is None or "pw" not in repr(source)
