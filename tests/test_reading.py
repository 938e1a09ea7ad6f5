"""Folders to content: what is found in them, in which order, and what is wrong with it."""

from __future__ import annotations

import os
import pickle
import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from broadsheet import config, reading
from broadsheet.cache import open_cache
from broadsheet.errors import ContentError
from broadsheet.reading import Memo, UnreadError

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


# What is known from an earlier reading


def content_of(root: Path, **options: Any) -> tuple[reading.Reading, dict[str, str]]:
    """A reading, and the texts of its articles."""
    found = reading.read(root, CONFIG, root / "theme", **options)
    return found, {one.path: one.body for one in found.content.articles}


ODD = b"---\ntitle: Odd\ndate: 1890-01-01T00:00+01:05:21\nextra: {a: [b, {c: d}]}\n---\nOld words.\n"
FILES = {
    "articles/a.md": GOOD + b"Words of a. [b](b.md)\n",
    "articles/b.md": GOOD + "Wörter.\n".encode(),
    "articles/odd.md": ODD,
    "articles/p.png": b"x",
    "editions/2026-12-02.md": b"---\ntitle: E\nsections:\n  - {title: S, articles: [a]}\n---\nNote.\n",
    "pages/about.md": b"---\ntitle: About\nupdated: 2026-01-01\n---\nUs.\n",
    "tags.yaml": b"- name: X\n  parent: Y\n- name: Y\n",
}


@pytest.fixture
def _settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of this test count as written long ago."""
    monkeypatch.setattr(reading, "disk_time", lambda: 1 << 62)


@pytest.mark.usefixtures("_settled")
def test_what_is_known_from_the_cache_is_what_was_read(tmp_path: Path) -> None:
    write(tmp_path, FILES)
    with open_cache(tmp_path) as cache:
        first, texts = content_of(tmp_path, cache=cache)
    with open_cache(tmp_path) as cache:
        second, again = content_of(tmp_path, cache=cache)
    assert second.content == first.content
    assert second.notices == first.notices
    assert again == texts
    assert [one.text.facts for one in second.content.articles] == [one.text.facts for one in first.content.articles]
    # A date that the cache cannot tell is read again.
    assert (first.read, second.read) == (7, 1)
    assert [str(one.date) for one in second.content.articles] == [str(one.date) for one in first.content.articles]


@pytest.mark.usefixtures("_settled")
@pytest.mark.parametrize("change", [b"Other words.\n", b"Words of A. [b](b.md)\n"])
def test_a_file_that_has_changed_is_read_again_and_no_other(tmp_path: Path, change: bytes) -> None:
    write(tmp_path, {name: data for name, data in FILES.items() if data != ODD})
    with open_cache(tmp_path) as cache:
        content_of(tmp_path, cache=cache)
    write(tmp_path, {"articles/a.md": GOOD + change})
    with open_cache(tmp_path) as cache:
        found, texts = content_of(tmp_path, cache=cache)
    assert found.read == 1
    assert texts["articles/a.md"] == change.decode().rstrip()
    with open_cache(tmp_path) as cache:
        assert content_of(tmp_path, cache=cache)[0].read == 0


def test_a_file_that_was_just_written_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It can be written once more within the same tick of the disk's clock."""
    write(tmp_path, {"articles/a.md": GOOD})
    stamp = (tmp_path / "content/articles/a.md").stat().st_ctime_ns
    monkeypatch.setattr(reading, "disk_time", lambda: stamp + 1000)
    for _ in range(2):
        with open_cache(tmp_path) as cache:
            assert content_of(tmp_path, cache=cache)[0].read == 1


@pytest.mark.usefixtures("_settled")
@pytest.mark.parametrize("zone", ["Europe/Vienna", "Asia/Tokyo"])
def test_another_timezone_reads_dates_anew(tmp_path: Path, zone: str) -> None:
    write(tmp_path, {"articles/a.md": GOOD})
    with open_cache(tmp_path) as cache:
        content_of(tmp_path, cache=cache)
        config = replace(CONFIG, timezone=ZoneInfo(zone))
        (one,) = reading.read(tmp_path, config, tmp_path / "theme", cache=cache).content.articles
    assert one.date == datetime(2026, 12, 2, tzinfo=ZoneInfo(zone))


@pytest.mark.usefixtures("_settled")
@pytest.mark.parametrize("damage", [b"", b"{}", b"[]", b"null", b'{"a": 1}', b"\xff"])
def test_what_the_cache_has_wrong_is_read(tmp_path: Path, damage: bytes) -> None:
    write(tmp_path, FILES)
    with open_cache(tmp_path) as cache:
        first, texts = content_of(tmp_path, cache=cache)
        known = reading._Known(tmp_path, CONFIG, cache, None)
        cache.put_many(reading.KIND, {known.key(chunk): damage for chunk in range(reading.CHUNKS)})
    with open_cache(tmp_path) as cache:
        second, again = content_of(tmp_path, cache=cache)
    assert (second.content, again, second.read) == (first.content, texts, first.read)


@pytest.mark.usefixtures("_settled")
def test_a_text_that_changes_after_it_was_looked_at_is_an_error(tmp_path: Path) -> None:
    write(tmp_path, {"articles/a.md": GOOD + b"Words.\n"})
    with open_cache(tmp_path) as cache:
        content_of(tmp_path, cache=cache)
    with open_cache(tmp_path) as cache:
        (one,) = reading.read(tmp_path, CONFIG, tmp_path / "theme", cache=cache).content.articles
    write(tmp_path, {"articles/a.md": GOOD + b"Other words.\n"})
    with pytest.raises(ContentError, match=r"content/articles/a\.md: error: has changed since it was read"):
        _ = one.body
    (tmp_path / "content/articles/a.md").unlink()
    with pytest.raises(ContentError, match=r"content/articles/a\.md: error: cannot be read"):
        _ = one.body


def test_many_processes_read_what_one_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "WORTH_WORKERS", 2)
    monkeypatch.setattr(reading, "SHARD", 3)
    more = {f"articles/{n}.md": GOOD + f"Text {n}, Wörter. [x](a.md)\n".encode() for n in range(20)}
    write(tmp_path, {**FILES, **more})
    one, texts = content_of(tmp_path)
    many, again = content_of(tmp_path, jobs=2)
    assert many == one
    assert again == texts
    # Copied to another process, a text takes itself along.
    pickled = pickle.loads(pickle.dumps(many.content))
    (tmp_path / "content/articles/0.md").unlink()
    assert {article.path: article.body for article in pickled.articles} == texts


def test_many_processes_tell_the_problems_that_one_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "WORTH_WORKERS", 2)
    write(tmp_path, {f"articles/{n}.md": b"---\ntitle: [\n---\n" if n % 3 else GOOD for n in range(9)})
    told = []
    for jobs in (1, 2):
        with pytest.raises(UnreadError) as caught:
            content_of(tmp_path, jobs=jobs)
        told.append(caught.value.problems)
    assert told[0] == told[1]
    assert len(told[0]) >= 6
