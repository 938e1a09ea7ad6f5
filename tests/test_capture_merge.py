"""An editor's changes outlive a new cleaning."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from broadsheet.capture.merge import Merged, merge

HEAD = "---\ntitle: A merger\nauthors:\n  - Ada Example\ndraft: true\n---\n\n"
BASE = f"{HEAD}One.\n\nTwo.\n\nThree.\n"


def test_what_only_cleaning_changed_is_taken() -> None:
    theirs = BASE.replace("draft: true", "date: 2026-12-02\ndraft: true").replace("Two.", "Two, whole.")
    assert merge(BASE, BASE, theirs) == Merged(text=theirs)


def test_what_only_the_editor_changed_stays() -> None:
    mine = BASE.replace("A merger", "A better title").replace("Two.", "Two, as I see it.") + "\nA note.\n"
    assert merge(BASE, mine, BASE) == Merged(text=mine)


def test_changes_of_both_come_together() -> None:
    mine = BASE.replace("A merger", "A better title").replace("One.", "One, edited.")
    theirs = BASE.replace("draft: true", "date: 2026-12-02\ndraft: true").replace("Three.", "Three, whole.")
    merged = merge(BASE, mine, theirs)
    assert merged.conflicts == ()
    assert merged.text == (
        "---\ntitle: A better title\nauthors:\n  - Ada Example\ndate: 2026-12-02\ndraft: true\n---\n\n"
        "One, edited.\n\nTwo.\n\nThree, whole.\n"
    )


def test_where_both_changed_the_same_the_editor_wins_and_the_other_is_told() -> None:
    mine, theirs = BASE.replace("Two.", "Two, mine."), BASE.replace("Two.", "Two, theirs.")
    assert merge(BASE, mine, theirs) == Merged(text=mine, conflicts=("Two, theirs.\n",))


def test_comments_and_order_of_the_front_matter_stay() -> None:
    mine = BASE.replace("title: A merger", "# checked by phone\nlang: en\ntitle: A merger")
    theirs = BASE.replace("draft: true", "draft: true\ntags:\n  - a")
    assert merge(BASE, mine, theirs).text == mine.replace("draft: true", "draft: true\ntags:\n  - a")


def test_front_matter_of_another_kind_stays_whole() -> None:
    mine = "+++\ntitle = 'A merger'\n+++\n\nOne.\n\nTwo.\n\nThree.\n"
    assert merge(BASE, mine, BASE.replace("Three.", "Four.")).text == mine.replace("Three.", "Four.")


keys = st.dictionaries(st.sampled_from(["title", "date", "tags", "lang", "dek"]), st.sampled_from("abc"))
bodies = st.lists(st.sampled_from(["One.", "Two.", "Three.", "", "# H"]), max_size=8)
files = st.builds(
    lambda head, body: "".join(
        ["---\n", *(f"{key}: {value}\n" for key, value in head.items()), "---\n", *(f"{line}\n" for line in body)]
    ),
    keys,
    bodies,
)


@given(files, files, files)
def test_no_line_of_the_editor_is_ever_lost(base: str, mine: str, theirs: str) -> None:
    # Lines that the editor left as they were may go with a new cleaning; those of their own may not.
    own = Counter(mine.splitlines()) - Counter(base.splitlines())
    assert own - Counter(merge(base, mine, theirs).text.splitlines()) == Counter()


@given(files, files)
def test_one_side_alone_is_taken_as_it_is(base: str, changed: str) -> None:
    assert merge(base, changed, base).text == changed
    assert Counter(merge(base, base, changed).text.splitlines()) == Counter(changed.splitlines())
    assert merge(base, changed, changed).text == changed
