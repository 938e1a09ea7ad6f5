"""Scraped texts to stories: what is kept, what is left out and why, and what the text says of itself."""

from __future__ import annotations

import json
import time
from pathlib import Path

import approve
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.capture import repeats
from broadsheet.capture.escape import escape
from broadsheet.capture.nouns import Body, Facts, Repeats, Rules
from broadsheet.capture.scrape import scrape

TEXTS = Path(__file__).parent / "fixtures" / "capture" / "text"
SAMPLE = Path(__file__).parents[1] / "../shared/samples/blockworks-scrape.txt"


def told(facts: Facts, body: Body) -> str:
    """A result as a reviewer reads it."""
    stated = {
        "title": facts.title and facts.title.value,
        "dek": facts.dek and facts.dek.value,
        "authors": facts.authors and facts.authors.value,
        "date": facts.date and facts.date.value.isoformat(),
        "source": facts.source and facts.source.value,
        "credit": facts.image and facts.image.value.credit,
    }
    head = json.dumps(stated, ensure_ascii=False, indent=1)
    story = "\n\n".join(block.markdown for block in body.blocks)
    left = "\n".join(f"{dropped.line:3} {dropped.reason} | {dropped.text}" for dropped in body.dropped)
    return f"{head}\n\n{story}\n\n--- left out\n{left}\n"


@pytest.mark.parametrize("file", sorted(TEXTS.glob("*.txt")), ids=lambda file: file.stem)
def test_a_story_is_taken_from_its_furniture(file: Path) -> None:
    approve.check(f"capture/text/{file.stem}.txt", told(*scrape(file.read_text("utf-8"))))


@pytest.mark.skipif(not SAMPLE.is_file(), reason=f"the shared sample is not here ({SAMPLE})")
@pytest.mark.parametrize("hint", ["", "blockworks-scrape.txt"])
def test_the_shared_sample_gives_its_eleven_paragraphs_and_what_it_states(hint: str) -> None:
    text = SAMPLE.read_text("utf-8")
    facts, body = scrape(text, name_hint=hint)
    lines = text.split("\n")
    assert [block.text for block in body.blocks] == [line.strip() for line in lines[10:31] if line.strip()]
    assert len(body.blocks) == 11
    assert facts.title is not None
    assert facts.title.value == lines[0].strip()
    assert facts.dek is not None
    assert facts.dek.value == lines[2].strip()
    assert facts.image is not None
    assert facts.image.value.credit == lines[6].strip()
    assert facts.source is not None
    assert facts.source.value == "Blockworks"
    assert (facts.authors, facts.date, facts.updated, facts.tags, facts.canonical_url) == (None,) * 5


def story(name: str = "main") -> str:
    return (TEXTS / f"{name}.txt").read_text("utf-8")


def test_every_line_is_in_the_body_or_left_out_with_a_reason() -> None:
    for file in TEXTS.glob("*.txt"):
        text = file.read_text("utf-8")
        _, body = scrape(text)
        assert all(dropped.reason for dropped in body.dropped)
        numbers = [dropped.line for dropped in body.dropped]
        assert numbers == sorted(set(numbers))
        kept = len([line for line in text.split("\n") if line.strip()]) - len(numbers)
        assert kept >= len(body.blocks)


def test_nothing_gives_nothing() -> None:
    for text in ("", "\n\n \t\u200b\n"):
        assert scrape(text) == (Facts(), Body(blocks=(), dropped=(), confidence=0.0))


def known(text: str) -> Repeats:
    """A text as one other capture."""
    return Repeats(counts={repeats.key(line): 1 for line in text.splitlines()}, captures=1)


def test_an_editor_has_the_last_word() -> None:
    text = story()
    paragraph = "The vessel, which is pulled along a submerged cable*"
    rules = Rules(drop_lines=(paragraph,), keep_lines=("Old Customs House",))
    plain, ruled = scrape(text)[1], scrape(text, rules=rules)[1]
    assert any(block.text.startswith("The vessel") for block in plain.blocks)
    assert not any(block.text.startswith("The vessel") for block in ruled.blocks)
    assert ruled.blocks[-1].text == "Old Customs House"


def test_a_rule_of_stars_takes_no_time() -> None:
    rules = Rules(drop_lines=("*a" * 40 + "*b",))
    started = time.process_time()
    scrape("a" * 3000 + "\n", rules=rules)
    assert time.process_time() - started < 5


def test_other_captures_of_the_source_are_evidence() -> None:
    call = "The Ledger lives from those who read it to the end, as you have just done, and who know what that is worth."
    text = story("blocks").replace("\nTags\n", f"\n{call}\nTags\n")
    body = scrape(text, repeats=Repeats(counts={repeats.key(call): 5}, captures=5))[1]
    assert any(one.text == call and "also on other captures" in one.reason for one in body.dropped)


def test_its_own_earlier_capture_takes_nothing_from_a_story() -> None:
    text = story("blocks")
    assert scrape(text, repeats=known(text))[1].blocks == scrape(text)[1].blocks


def test_a_story_that_comes_twice_is_told_once() -> None:
    text = story("main")
    paragraphs = [block.text for block in scrape(text)[1].blocks]
    twice = scrape("\n\n".join([text, *paragraphs]))[1].blocks
    assert len({block.text for block in twice}) == len(twice)


def test_what_looks_like_markup_is_text() -> None:
    text = story().replace("Not everybody is", "<script>alert(1)</script> # Not [everybody](x) *is*")
    markdown = "\n".join(block.markdown for block in scrape(text)[1].blocks)
    assert "<script>" not in markdown
    assert "\\*is\\*" in markdown


def test_a_claim_of_authorship_in_the_story_is_no_byline() -> None:
    facts, _ = scrape(story())
    assert facts.authors is None
    assert facts.date is None


@given(st.text(max_size=80))
def test_a_line_is_written_as_if_it_were_always_looked_at_closely(text: str) -> None:
    for block in scrape(text, rules=Rules(keep_lines=("*",)))[1].blocks:
        if "\n" not in block.text and not block.markdown.startswith(("#", "-", ">", "1")):
            assert block.markdown == escape(block.text)


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=2000))
def test_any_text_has_an_answer(text: str) -> None:
    _, body = scrape(text)
    assert 0 <= body.confidence <= 1
    assert all(block.text.strip() for block in body.blocks)


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_a_mutated_text_has_an_answer(data: st.DataObject) -> None:
    text = story(data.draw(st.sampled_from(["blocks", "broken", "wrapped", "german", "chinese", "arabic"])))
    for _ in range(data.draw(st.integers(1, 8))):
        at, length = data.draw(st.integers(0, len(text))), data.draw(st.integers(0, 300))
        text = text[:at] + data.draw(st.text(max_size=20)) * data.draw(st.integers(0, 9)) + text[at + length :]
    scrape(text, repeats=known(story("full")), name_hint="ledger")


def test_what_stands_behind_very_many_lines_is_said_to_be_unread() -> None:
    dropped = scrape(f"{story()}\n" + "More.\n" * 30_000)[1].dropped[-1]
    assert (dropped.line, dropped.reason) == (20_001, "behind the first 20,000 lines")


PIECES = ("a ", "Sentence of words, and more. ", "x\n", "By A\n", "© 2025 A\n", "https://a.example/b\n", "(c", "The ")


@pytest.mark.parametrize("piece", PIECES)
def test_five_megabytes_are_read_in_time(piece: str) -> None:
    text = piece * (5_000_000 // len(piece))
    started = time.process_time()
    scrape(text)
    assert time.process_time() - started < 20
