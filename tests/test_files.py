"""Files found in one order, and written whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from broadsheet.errors import ContentError
from broadsheet.files import create, files_below, paths_below, replace


def folder_of(place: Path, *paths: str) -> Path:
    for path in paths:
        (place / path).parent.mkdir(parents=True, exist_ok=True)
        (place / path).write_bytes(b"")
    return place


def test_files_are_found_in_the_order_of_their_whole_paths(tmp_path: Path) -> None:
    paths = ["B.md", "a-b/c.md", "a.md", "a/b.md", "a/b/c.md", "a/z.md", "é.md", "\U0001d518.md", "ﬁ.md"]
    (tmp_path / "empty").mkdir()
    assert paths_below(folder_of(tmp_path, *paths)) == sorted(paths)
    assert [file.relative_to(tmp_path).as_posix() for file in files_below(tmp_path)] == sorted(paths)
    assert sorted(files_below(tmp_path), key=lambda file: file.as_posix()) == files_below(tmp_path)


def test_hidden_files_and_backups_are_passed_by_but_for_those_that_hosts_look_for(tmp_path: Path) -> None:
    folder_of(tmp_path, ".git/config", ".a.md", "a.md~", "b~/c.md", ".well-known/x", ".well-known/.y", "c/.htaccess")
    assert paths_below(tmp_path) == [".well-known/x", "c/.htaccess"]


def test_a_link_is_read_where_it_leads_to_a_file(tmp_path: Path) -> None:
    place = folder_of(tmp_path / "content", "a.md", "b/c.md")
    (place / "file.md").symlink_to("a.md")
    (place / "folder").symlink_to("b")
    (place / "up").symlink_to("..")
    (place / "nowhere.md").symlink_to("gone.md")
    (place / "round.md").symlink_to("round.md")
    (tmp_path / "linked").symlink_to("content")
    assert paths_below(place) == paths_below(tmp_path / "linked") == ["a.md", "b/c.md", "file.md"]


def test_a_folder_that_is_gone_is_empty_and_one_that_is_a_file_is_told(tmp_path: Path) -> None:
    assert files_below(tmp_path / "gone") == []
    with pytest.raises(ContentError, match="cannot be read") as caught:
        files_below(folder_of(tmp_path, "file") / "file")
    assert caught.value.problems[0].path == str(tmp_path / "file")


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
