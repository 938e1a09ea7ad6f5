"""Files written whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from broadsheet.files import create, replace


def test_what_is_replaced_and_what_is_new_are_there_whole_with_nothing_beside(tmp_path: Path) -> None:
    replace(tmp_path / "a" / "news.json", b"one")
    replace(tmp_path / "a" / "news.json", b"two")
    create(tmp_path / "a" / "new.md", b"three")
    assert {file.name: file.read_bytes() for file in (tmp_path / "a").iterdir()} == {
        "news.json": b"two", "new.md": b"three",
    }  # fmt: skip


def test_what_is_there_is_never_written_over(tmp_path: Path) -> None:
    (tmp_path / "mine.md").write_bytes(b"mine")
    with pytest.raises(FileExistsError):
        create(tmp_path / "mine.md", b"theirs")
    assert [(file.name, file.read_bytes()) for file in tmp_path.iterdir()] == [("mine.md", b"mine")]


def test_what_cannot_be_written_leaves_nothing_beside(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError, match="folder"):
        replace(tmp_path / "folder", b"data")
    assert [file.name for file in tmp_path.iterdir()] == ["folder"]
