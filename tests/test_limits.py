"""HTML that its parser could not bear is refused, and all other passes."""

from __future__ import annotations

import pytest

from broadsheet.limits import TooCostlyError, check_html


def test_tags_left_open_are_refused_where_each_block_would_repeat_them() -> None:
    check_html("<p>" + "".join(f"<b title={n}>" for n in range(100)) + "<p>x" * 3_000)
    with pytest.raises(TooCostlyError, match="left open"):
        check_html("<p>" + "".join(f"<b title={n}>" for n in range(1_000)) + "<p>x" * 3_000)


@pytest.mark.parametrize("hidden", [
    "<b title='</b>'>", "<b><!--</b>-->", "<b><title></b></title>", "<b><i x=\"</b>\">", "<b></b\x0b>", "<b></ b>",
    "<b><table><td></b></td></table>", "<b><svg></b>",
])  # fmt: skip
def test_an_end_that_is_none_closes_nothing(hidden: str) -> None:
    with pytest.raises(TooCostlyError, match="left open"):
        check_html(hidden * 5_000)


@pytest.mark.parametrize(
    "plain", ["<b>a</b>", "<p>a", "<li>a", "<img src=x>", "<table><tr><td>a</table>", "<div><p>a</div>"]
)
def test_many_tags_that_end_pass(plain: str) -> None:
    check_html(plain * 20_000)


def test_attributes_without_number_are_refused() -> None:
    with pytest.raises(TooCostlyError, match="attributes"):
        check_html("<a " + " ".join(f"b{n}" for n in range(5_000)) + ">")
    check_html("<a title='" + "b c " * 5_000 + "'>")


def test_ampersands_without_end_are_refused_between_two_tags_only() -> None:
    check_html("<p>&amp; word</p>" * 100_000)
    with pytest.raises(TooCostlyError, match="ampersands"):
        check_html("<p>" + "&amp; word " * 200_000 + "</p>")
