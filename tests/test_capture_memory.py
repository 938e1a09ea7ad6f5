"""What is remembered of a source: its latest captures, under a name that any disk takes."""

from __future__ import annotations

from pathlib import Path

import pytest

from broadsheet.capture.memory import CAPTURES, FOLDER, remember, remembered, source_of
from broadsheet.errors import ContentError

FOOT = "The harbour holds all rights"


@pytest.mark.parametrize(
    ("address", "name", "source"),
    [
        ("https://news.example.com/a", "", "example.com"),
        ("https://www.example.co.uk/a", "", "example.co.uk"),
        ("http://[2001:db8::1]/a", "", "2001-db8--1"),
        ("http://192.0.2.1:8080/a", "", "192.0.2.1"),
        ("", "Harbour News", "harbour-news"),
        ("http://[damaged", "Harbour News", "harbour-news"),
        ("http://[damaged", "", ""),
        ("", "", ""),
    ],
)
def test_a_source_is_its_domain_else_its_name(address: str, name: str, source: str) -> None:
    assert source_of(address, name) == source


def test_lines_of_the_latest_captures_are_remembered_but_not_a_captures_own(tmp_path: Path) -> None:
    for number in range(CAPTURES + 3):
        text = f"Story {'abcdefghijk'[number]} of the harbour\n{FOOT}"
        remember(tmp_path, "harbour.example", f"sha256:{number}", text)
    found = remembered(tmp_path, "harbour.example", f"sha256:{CAPTURES + 2}", lambda: FOOT)
    assert found.captures == CAPTURES - 1
    assert set(found.counts.values()) == {CAPTURES - 1}
    assert remembered(tmp_path, "other.example", "sha256:0", lambda: FOOT).captures == 0


def test_what_cannot_be_read_or_written_says_so(tmp_path: Path) -> None:
    file = tmp_path / FOLDER / "harbour.example.json"
    file.mkdir(parents=True)
    with pytest.raises(ContentError, match="cannot be read"):
        remember(tmp_path, "harbour.example", "sha256:0", FOOT)
    with pytest.raises(ContentError, match="cannot be"):
        remember(tmp_path, "a\0b", "sha256:0", FOOT)
    (tmp_path / "plain" / "capture").mkdir(parents=True)
    (tmp_path / "plain" / FOLDER).write_text("no folder", "utf-8")
    with pytest.raises(ContentError, match="cannot be"):
        remember(tmp_path / "plain", "harbour.example", "sha256:0", FOOT)
