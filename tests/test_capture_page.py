"""The story of a page, and nothing else."""

from __future__ import annotations

import json
import lzma
import random
import re
import tarfile
import time
from collections import Counter
from pathlib import Path
from statistics import mean

import approve
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.capture import dom, page
from broadsheet.capture.evidence import Known, marked, opinions, repeated
from broadsheet.capture.nouns import Body, Repeats, Rules
from broadsheet.capture.pieces import pieces
from broadsheet.capture.repeats import others
from broadsheet.capture.signs import COLUMNS, NAMES, rows

FIXTURES = Path(__file__).parent / "fixtures" / "capture" / "html"
SHARED = Path(__file__).resolve().parent.parent.parent / "shared" / "cleaning" / "dev"
BASE = "https://harbour.example/news/ferry"
NAMES_OF_FIXTURES = sorted(file.stem for file in FIXTURES.glob("*.html"))


def source(name: str) -> str:
    return (FIXTURES / f"{name}.html").read_text("utf-8")


def extracted(html: str, **options: object) -> Body:
    root = dom.page(html)
    assert root is not None
    return page.extract(root, base=BASE, **options)  # type: ignore[arg-type]  # each test passes what it is about


def words(body: Body) -> str:
    return "\n".join(block.text for block in body.blocks)


def report(body: Body) -> str:
    story = "\n\n".join(
        re.sub(r"(data:image/png;base64,.{20})[^)\s]*", r"\1...", block.markdown) for block in body.blocks
    )
    dropped = "\n".join(f"{one.line}: {one.reason}: {one.text}" for one in body.dropped)
    return f"{story}\n\n-- dropped --\n{dropped}\n"


@pytest.mark.parametrize("name", NAMES_OF_FIXTURES)
def test_of_a_page_the_story_is_left_and_all_else_has_its_reason(name: str) -> None:
    approve.check(
        f"capture/html/{name}.txt", report(extracted(source(name), title="The last ferry leaves Hallow Quay"))
    )


def test_the_same_page_gives_the_same_body() -> None:
    assert extracted(source("boxes-inside")) == extracted(source("boxes-inside"))


def test_the_tree_stays_as_it_was() -> None:
    root = dom.page(source("paywall"))
    assert root is not None
    before = [(element.tag, dict(element.attrib), element.text, element.tail) for element in root.iter()]
    page.extract(root, base=BASE)
    assert before == [(element.tag, dict(element.attrib), element.text, element.tail) for element in root.iter()]


def test_every_text_is_in_the_story_or_has_a_reason() -> None:
    root = dom.page(source("boxes-inside"))
    assert root is not None
    body = page.extract(root)
    left = {one.line for one in body.dropped}
    for piece in pieces(root).texts:
        assert (piece.order + 1 in left) != (piece.text in words(body))


def test_a_page_without_text_has_no_story() -> None:
    assert extracted("<html><body><script>var a = 'words in a script';</script></body></html>") == Body(
        blocks=(), dropped=(), confidence=0.0
    )


def test_a_sure_page_has_more_confidence_than_one_of_scraps() -> None:
    scraps = "<body>" + "".join(f"<div>Item {number}</div><p>Only a few words here</p>" for number in range(9))
    assert extracted(source("plain-article")).confidence > 0.9 > extracted(scraps).confidence


# What must not come in ------------------------------------------------------------------------------------


def test_what_a_page_hides_stays_out_of_a_story_that_it_shows() -> None:
    secret = '<p style="display: none">This paragraph is hidden from readers, and has words enough to be a story.</p>'
    html = source("plain-article").replace("</article>", f"{secret}</article>")
    body = extracted(html)
    assert "hidden from readers" not in words(body)
    assert "hidden" in {one.reason for one in body.dropped}


def test_words_hidden_inside_a_line_stay_out_and_the_line_stays_whole() -> None:
    html = source("plain-article").replace("For now the post", "For <span hidden>secretly</span>now the post")
    assert "For now the post arrives" in words(extracted(html))


def test_a_story_that_is_only_there_hidden_comes_in_with_a_doubt() -> None:
    root = dom.page(source("paywall"))
    assert root is not None
    body, doubts = page.study(root, known=Known())
    assert "learning semaphore" in words(body)
    assert doubts == ("most of the story was hidden on the page, as behind a paywall",)


def test_scripts_and_styles_are_never_words() -> None:
    for name in NAMES_OF_FIXTURES:
        assert "function" not in words(extracted(source(name)))


# Pictures -------------------------------------------------------------------------------------------------


def test_pictures_of_the_story_come_in_and_those_of_its_furniture_do_not() -> None:
    markdown = "\n".join(block.markdown for block in extracted(source("saved-with-pictures")).blocks)
    assert "The notice in the wheelhouse window" in markdown
    assert "A rowing boat" in markdown
    assert "Harbour wall" not in markdown
    assert "pixel" not in markdown


def test_a_caption_is_no_word_of_the_story() -> None:
    body = extracted(source("saved-with-pictures"))
    assert "as islanders found it" not in words(body)
    assert any("as islanders found it" in block.markdown for block in body.blocks)


# An editor's rules ----------------------------------------------------------------------------------------


def test_a_selector_drops_what_the_judge_would_keep() -> None:
    body = extracted(source("boxes-inside"), rules=Rules(drop=(".entry-content > p:first-child",)))
    assert "eleven minutes late" not in words(body)
    assert "rule" in {one.reason for one in body.dropped}


def test_a_selector_keeps_what_the_judge_would_drop() -> None:
    assert "covers islands, tides" in words(extracted(source("boxes-inside"), rules=Rules(keep=(".author-box",))))


def test_lines_are_dropped_and_kept_as_they_read_with_stars_for_anything() -> None:
    rules = Rules(drop_lines=("The last ferry of the evening*",), keep_lines=("wren alder is a reporter*",))
    story = words(extracted(source("boxes-inside"), rules=rules))
    assert "eleven minutes late" not in story
    assert "Wren Alder is a reporter" in story


def test_no_selector_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="is not a CSS selector"):
        extracted(source("plain-article"), rules=Rules(drop=("p[[",)))


# Evidence -------------------------------------------------------------------------------------------------


def test_a_line_of_other_captures_says_so_in_its_reason() -> None:
    root = dom.page(source("plain-article"))
    assert root is not None
    repeats = others([page.lines(root), "Log in\nAbout us\nSome other story of the same paper, told at length."])[0]
    told = {one.text: one.reason for one in page.extract(root, repeats=repeats).dropped}
    assert told["About us"].endswith("also on other captures of this source")


def test_repeated_lines_are_shares_of_the_captures_that_were_looked_at() -> None:
    assert repeated(["about us", "news"], Repeats(counts={"about us": 3}, captures=4)) == [0.75, 0.0]
    assert repeated(["about us"], Repeats()) == [-1.0]


def test_marks_stand_in_a_copy_alone() -> None:
    root = dom.page("<body><p>One <b>two</b> three</p><p hidden>four</p></body>")
    assert root is not None
    copy = marked(root, pieces(root))
    assert (
        copy.text_content() == "One \U00020000".replace(" \U00020000", "\U00020000 ") + "two\U00020000 three\U00020000"
    )
    assert root.text_content() == "One two threefour"


def test_a_row_has_a_number_for_every_name() -> None:
    root = dom.page(source("tables-and-code"))
    assert root is not None
    found = pieces(root)
    table = rows(found.texts, opinions(root, found, Known()))
    assert table.shape == (len(found.texts), len(NAMES))
    assert NAMES[: len(COLUMNS)] == COLUMNS


def test_breaks_part_pieces_and_inline_elements_do_not() -> None:
    root = dom.page("<body><div>one <i>two</i><br>three<br><br>four<p>five</p>six</div></body>")
    assert root is not None
    assert [piece.text for piece in pieces(root).texts] == ["one two three", "four", "five", "six"]


# Hostile pages --------------------------------------------------------------------------------------------

SENTENCE = "The harbour was quiet and the boats were tied, which is how the harbour master likes it on a Sunday. "
GIANTS = {
    "nesting": "<div>" * 100_000 + SENTENCE,
    "siblings": "<body>" + "<p>x</p>" * 1_000_000,
    "prose": "<body>" + f"<p>{SENTENCE}</p>" * 30_000,
    "table": "<table>" + ("<tr>" + "<td>a cell</td>" * 50 + "</tr>") * 5_000 + "</table>",
    "script": f"<body><script>{'a = 1;' * 800_000}</script>" + f"<p>{SENTENCE * 3}</p>" * 5,
    "attribute": f'<p class="{"related " * 600_000}">{SENTENCE * 4}',
    "bold": "<p>" + "<b>a</b> " * 300_000,
    "hidden": "<div hidden>" + f"<p>{SENTENCE}</p>" * 20_000,
    "links": '<a href="/x">some words</a> ' * 150_000,
}


@pytest.mark.parametrize("name", sorted(GIANTS))
def test_a_giant_page_takes_seconds(name: str) -> None:
    root = dom.page(GIANTS[name])
    assert root is not None
    start = time.process_time()
    page.extract(root)
    assert time.process_time() - start < 10


def test_a_page_too_large_to_be_read_whole_says_so() -> None:
    root = dom.page(GIANTS["siblings"])
    assert root is not None
    assert page.study(root, known=Known())[1] == ("the page is so large that only its beginning was read",)


@pytest.mark.parametrize("name", NAMES_OF_FIXTURES)
def test_a_mutated_page_is_read_without_an_error(name: str) -> None:
    chance = random.Random(name)  # the same mutations every time
    for _ in range(12):
        root = dom.page(mutated(source(name), chance))
        if root is not None:
            assert 0 <= page.extract(root, base=BASE).confidence <= 1


def mutated(html: str, chance: random.Random) -> str:
    for _ in range(chance.randrange(1, 12)):
        start = chance.randrange(len(html))
        end = min(len(html), start + chance.randrange(1, 200))
        html = chance.choice(
            (
                html[:start] + html[end:],
                html[:end] + html[start:],
                html[:start]
                + chance.choice(("<", ">", "\x00", "</p>", "<div>", "<!--", "&#0;", "\U00020003", "\ud800"))
                + html[start:],
                html[:start] + html[start:end][::-1] + html[end:],
            )
        )
    return html


TAGS = st.sampled_from(
    ["p", "div", "b", "li", "ul", "td", "table", "br", "a", "span", "h2", "noscript", "x-y", "figure"]
)
TREES = st.recursive(
    st.text(max_size=40),
    lambda inner: st.tuples(TAGS, st.lists(inner, max_size=5)).map(
        lambda made: f"<{made[0]}>{''.join(made[1])}</{made[0]}>"
    ),
    max_leaves=30,
)


@given(TREES)
@settings(deadline=None, max_examples=150)
def test_any_tree_is_read_and_holds_in_its_pieces_what_it_shows(html: str) -> None:
    root = dom.page(f"<body>{html}</body>")
    if root is None:
        return
    body = page.extract(root)
    texts = [piece.text for piece in pieces(root).texts]
    assert len(body.dropped) <= len(texts)
    assert all(texts)


# How good it is -------------------------------------------------------------------------------------------


def shingles(text: str) -> Counter[tuple[str, ...]]:
    found = re.findall(r"\w+", text)
    return Counter(zip(*(found[start:] for start in range(4)), strict=False))


def f1(gold: str, text: str) -> float:
    wanted, given_ = shingles(gold), shingles(text)
    return 2 * (wanted & given_).total() / max(1, wanted.total() + given_.total())


@pytest.mark.skipif(not SHARED.is_dir(), reason=f"the pages that were trained on are not here ({SHARED})")
def test_pages_that_were_trained_on_are_told_well() -> None:
    """A guard against accidents; what to expect of other sites, cross-validation tells (train_page.py)."""
    gold = json.loads(lzma.decompress((SHARED / "gold.json.xz").read_bytes()))
    found = []
    with tarfile.open(SHARED / "html.tar.xz") as archive:
        for member in sorted(archive.getmembers(), key=lambda member: member.name)[::6]:
            held = archive.extractfile(member) if member.isfile() else None
            if held:
                body = extracted(held.read().decode("utf-8", "replace"))
                found.append(f1(gold[Path(member.name).stem]["text"], words(body)))
    assert mean(found) > 0.96
    assert mean(one > 0.98 for one in found) > 0.7
