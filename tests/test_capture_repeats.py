"""Lines that recur: counted among texts of one source, never among tellings of one story."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.capture import repeats
from broadsheet.capture.nouns import Repeats
from broadsheet.capture.repeats import dump, gather, key, merge, others, parse

FERRY = (
    "The town of Saltmere will retire its two diesel ferries next spring and carry passengers across the harbour in a"
    " cable ferry.\nThe vessel is pulled along by a winch on shore and needs a tenth of the energy of the old ships."
)
OYSTERS = (
    "Two quiet winters have been enough for the oyster beds off Gannet Point to recover, the harbour office said on"
    " Friday.\nDredging may begin again in May, although with smaller boats and only on three days of a week."
)
MENU = "Home\nNews\nSign in\n"
FOOT = "\n12 comments\nAll rights reserved\n"


def test_a_key_folds_case_numbers_and_space() -> None:
    assert key("  12 Comments\t(３) ") == key("7 comments (45)") == "0 comments (0)"


@given(st.text())
def test_a_key_is_its_own_key(line: str) -> None:
    assert key(key(line)) == key(line)


def test_lines_of_the_others_are_counted_and_not_ones_own() -> None:
    one, other = others([MENU + FERRY + FOOT, MENU + OYSTERS + FOOT])
    assert one.captures == other.captures == 1
    assert one.counts[key("Sign in")] == 1
    assert key("3 comments") in one.counts
    assert not any(key(line) in one.counts for line in FERRY.splitlines())


def test_the_same_story_in_another_form_is_no_evidence() -> None:
    broken = FERRY.replace("diesel ferries", "diesel ferries\n").replace("winch", "\nwinch\n")
    first, second, third = others([MENU + FERRY, broken + FOOT, MENU + OYSTERS])
    assert first.captures == second.captures == 1
    assert third.captures == 2
    assert not any(key(line) in first.counts for line in FERRY.splitlines())


def test_one_text_has_no_others() -> None:
    assert others([FERRY]) == [Repeats()]
    assert others([]) == []


def test_gathering_counts_a_story_that_comes_twice_once() -> None:
    gathered = gather([MENU + FERRY, MENU + FERRY + FOOT, MENU + OYSTERS])
    assert gathered.captures == 2
    assert gathered.counts[key("Home")] == 2


def test_a_memory_leaves_out_what_the_text_itself_left_in_it() -> None:
    memory = merge(gather([MENU + FERRY]), gather([MENU + OYSTERS]))
    prose = [key(line) for line in FERRY.splitlines()]
    left = repeats.apart(memory, prose)
    assert left.captures == 1
    assert left.counts.get(key("Home")) == 1
    assert not any(line in left.counts for line in prose)


def test_a_memory_is_left_whole_for_a_story_that_it_does_not_hold() -> None:
    memory = gather([MENU + FERRY])
    assert repeats.apart(memory, [key(line) for line in OYSTERS.splitlines()]) == memory


def test_a_memory_is_bounded_and_keeps_what_recurs() -> None:
    often = Repeats(counts={"home": 9}, captures=9)
    many = Repeats(counts={f"line {number}": 1 for number in range(3 * repeats.MOST_LINES)}, captures=1)
    merged = merge(often, many)
    assert len(merged.counts) == repeats.MOST_LINES
    assert merged.counts["home"] == 9
    assert f"line {3 * repeats.MOST_LINES - 1}" in merged.counts
    assert merged.captures == 10


@given(st.dictionaries(st.text(), st.integers(1, 10**6)), st.integers(0, 10**6))
def test_a_memory_survives_its_file(counts: dict[str, int], captures: int) -> None:
    memory = Repeats(counts=counts, captures=captures)
    assert parse(dump(memory)) == memory


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"captures": 1, "lines": 3}', '{"captures": "x", "lines": {}}', "[" * 10**5]
)
def test_a_file_of_something_else_is_no_memory(text: str) -> None:
    with pytest.raises(ValueError, match="no memory"):
        parse(text)
