"""Folders to content: what is found in them, in which order, and what is wrong with it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from broadsheet import config, reading
from broadsheet.errors import ContentError
from broadsheet.reading import Memo

CONFIG = config.Config(title="x", base_url="https://example.org/")


def write(root: Path, files: dict[str, bytes]) -> Path:
    for name, data in files.items():
        file = root / "content" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    return root


GOOD = b"---\ntitle: A\ndate: 2026-12-02\nmood: x\n---\n"


def test_a_folder_is_read_in_a_fixed_order(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "articles/b.md": GOOD,
            "articles/a/x.markdown": GOOD,
            "articles/a.txt": b"",
            "articles/.hidden.md": b"",
            "articles/a/p.png": b"",
            "articles/a/p.svg": b"",
            "pages/about.md": b"---\ntitle: A\n---",
            "tags.yaml": b"- a",
        },
    )
    found = reading.read(tmp_path, CONFIG, tmp_path / "theme").content
    assert [one.path for one in found.articles] == ["articles/a/x.markdown", "articles/b.md"]
    assert [one.path for one in found.pages] == ["pages/about.md"]
    assert list(found.media) == ["articles/a/p.png"]
    assert [tag.name for tag in found.tags] == ["a"]


def test_an_unknown_key_is_told_once_over_all_files(tmp_path: Path) -> None:
    write(tmp_path, {f"articles/{name}.md": GOOD for name in "cba"})
    (notice,) = reading.read(tmp_path, CONFIG, tmp_path / "theme").notices
    assert (notice.path, notice.line) == ("content/articles/a.md", 4)
    assert notice.message == "mood: not a key of Broadsheet's; kept under extra (and in 2 more files)"


def test_the_errors_of_every_file_are_told_at_once(tmp_path: Path) -> None:
    write(tmp_path, {"articles/a.md": b"x", "pages/b.md": b"\xff", "editions/c.md": b"---\n", "tags.yaml": b"a: b"})
    with pytest.raises(ContentError) as caught:
        reading.read(tmp_path, CONFIG, tmp_path / "theme")
    assert {problem.path for problem in caught.value.problems} == {
        "content/articles/a.md",
        "content/pages/b.md",
        "content/editions/c.md",
        "content/tags.yaml",
    }


def test_a_digest_without_content_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="content: error: this folder is missing"):
        reading.read(tmp_path, CONFIG, tmp_path / "theme")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such a name themselves")
def test_the_name_of_a_file_that_is_not_utf8_is_an_error(tmp_path: Path) -> None:
    write(tmp_path, {"articles/a.md": GOOD})
    (tmp_path / "content" / "articles" / os.fsdecode(b"\xff.md")).write_bytes(GOOD)
    with pytest.raises(ContentError) as caught:
        reading.read(tmp_path, CONFIG, tmp_path / "theme")
    assert "the name of this file is not UTF-8" in str(caught.value)
    str(caught.value).encode()


def test_the_digests_own_static_file_covers_the_themes(tmp_path: Path) -> None:
    write(tmp_path, {"articles/a.md": GOOD})
    for folder, text in (("theme", "theirs"), ("static", "ours")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "style.css").write_text(text)
    (tmp_path / "theme" / "other.css").write_text("")
    (tmp_path / "static" / ".well-known").mkdir()
    (tmp_path / "static" / ".well-known" / "a.txt").write_text("")
    found = reading.read(tmp_path, CONFIG, tmp_path / "theme").content.static
    assert sorted(found) == [".well-known/a.txt", "other.css", "style.css"]
    assert found["style.css"].size == len("ours")


def test_a_second_reading_with_a_memo_is_the_same_and_forgets_what_is_gone(tmp_path: Path) -> None:
    write(tmp_path, {"articles/a.md": GOOD, "articles/b.md": GOOD})
    memo: Memo = {}
    first = reading.read(tmp_path, CONFIG, tmp_path / "theme", memo=memo)
    again = reading.read(tmp_path, CONFIG, tmp_path / "theme", memo=memo)
    assert again.content == first.content
    assert (first.read, again.read) == (2, 0)
    (tmp_path / "content/articles/b.md").unlink()
    write(tmp_path, {"articles/a.md": GOOD.replace(b"title: A", b"title: Another")})
    second = reading.read(tmp_path, CONFIG, tmp_path / "theme", memo=memo)
    assert [one.title for one in second.content.articles] == ["Another"]
    assert len(memo) == 1
