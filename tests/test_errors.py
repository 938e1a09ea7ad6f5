"""Problems as data, their order, and how they are told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.errors import BroadsheetError, ConfigError, ContentError, Problem, describe, printable, raise_errors

MERGER = Problem(
    path="content/articles/merger.md",
    line=5,
    column=7,
    message="date: month must be in 1..12",
    hint="dates are written 2026-12-02 or 2026-12-02T09:30+01:00",
    excerpt="date: 2026-13-02",
    width=10,
)


def test_a_problem_is_told_with_its_line_a_caret_and_a_hint() -> None:
    assert describe(MERGER) == (
        "content/articles/merger.md:5:7: error: date: month must be in 1..12\n"
        "    5 | date: 2026-13-02\n"
        "      |       ^^^^^^^^^^\n"
        "  hint: dates are written 2026-12-02 or 2026-12-02T09:30+01:00"
    )


def test_a_problem_without_a_place_names_the_file_only() -> None:
    assert describe(Problem(path="a.md", message="is empty", level="warning")) == "a.md: warning: is empty"


def carets(text: str) -> str:
    """What of the excerpt stands above the carets, where every character is one column wide."""
    excerpt, marks = text.split("\n")[1:3]
    return "".join(c for c, mark in zip(excerpt, marks.ljust(len(excerpt)), strict=False) if mark == "^")


@pytest.mark.parametrize("before", [0, 3, 60, 99, 100, 101, 500])
@pytest.mark.parametrize("after", [0, 3, 60, 500])
def test_the_carets_stand_under_the_right_characters_of_a_long_line(before: int, after: int) -> None:
    line = "a" * before + "WRONG" + "b" * after
    told = describe(Problem(path="a.md", message="x", line=3, column=before + 1, width=5, excerpt=line))
    assert carets(told) == "WRONG"
    assert all(len(row) <= 110 for row in told.split("\n"))


def test_a_wide_character_counts_for_two_columns() -> None:
    told = describe(Problem(path="a.md", message="x", line=1, column=4, width=2, excerpt="合併 合併 e\u0301"))
    assert told.split("\n")[2] == "      |      ^^^^"


def test_a_combining_character_counts_for_none() -> None:
    told = describe(Problem(path="a.md", message="x", line=1, column=4, width=1, excerpt="e\u0301 x"))
    assert told.split("\n")[2] == "      |   ^"


def test_nothing_reaches_the_terminal_that_it_would_obey() -> None:
    evil = "\x1b[31m\u202e\ud800\n"
    told = describe(Problem(path=f"{evil}.md", message=evil, hint=evil, excerpt=evil, line=1))
    assert not set("\x1b\u202e\ud800") & set(told)
    assert len(told.split("\n")) == 4
    told.encode()


def test_a_no_break_space_stays_as_it_is() -> None:
    assert printable("«\u202fNon\u00a0»") == "«\u202fNon\u00a0»"


def test_a_message_that_quotes_half_a_book_is_cut() -> None:
    assert len(describe(Problem(path="a.md", message="x" * 10_000))) < 400


@given(st.text(max_size=150), st.integers(0, 200), st.integers(0, 200), st.integers(0, 10), st.text(max_size=10))
def test_any_problem_can_be_told_and_printed(excerpt: str, column: int, width: int, line: int, path: str) -> None:
    told = describe(Problem(path=path, message="m", line=line, column=column, width=width, excerpt=excerpt))
    told.encode()
    assert all(c.isprintable() or c.isspace() for c in told)
    assert "\r" not in told


def test_a_run_tells_every_problem_in_the_order_of_files_and_lines() -> None:
    second = Problem(path="content/z.md", message="late", line=2)
    first = Problem(path="content/z.md", message="early", line=1)
    error = BroadsheetError([second, first, MERGER])
    assert [problem.message for problem in error.problems] == [MERGER.message, "early", "late"]
    assert str(error) == "\n".join([describe(MERGER), describe(first), describe(second)])


def test_warnings_alone_do_not_stop_a_run() -> None:
    raise_errors(
        [Problem(path="a.md", message="x", level="warning"), Problem(path="a.md", message="x", level="notice")]
    )


def test_one_error_stops_a_run_and_takes_the_warnings_along() -> None:
    warning = Problem(path="a.md", message="x", level="warning")
    with pytest.raises(ConfigError) as caught:
        raise_errors([warning, MERGER], ConfigError)
    assert caught.value.problems == (warning, MERGER)


def test_kinds_of_error_have_exit_codes_of_their_own() -> None:
    assert (ContentError.exit_code, ConfigError.exit_code) == (1, 2)
