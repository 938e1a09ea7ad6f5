"""Lines that recur: counted among texts of one source, never among tellings of one story."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from broadsheet.capture import repeats
from broadsheet.capture.nouns import Repeats
from broadsheet.capture.repeats import key, others

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


def counted(*stories: str) -> Repeats:
    """Stories as other captures, each line once for each that holds it."""
    held = Counter(key(line) for story in stories for line in set(story.splitlines()))
    return Repeats(counts=dict(held), captures=len(stories))


def test_what_is_known_leaves_out_what_the_text_itself_left_in_it() -> None:
    prose = [key(line) for line in FERRY.splitlines()]
    left = repeats.apart(counted(MENU + FERRY, MENU + OYSTERS), prose)
    assert left.captures == 1
    assert left.counts.get(key("Home")) == 1
    assert not any(line in left.counts for line in prose)


def test_what_is_known_stays_whole_for_a_story_that_it_does_not_hold() -> None:
    known = counted(MENU + FERRY)
    assert repeats.apart(known, [key(line) for line in OYSTERS.splitlines()]) == known
