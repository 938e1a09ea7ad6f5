"""A site that stands is seen to: whatever a build would read, render or write keeps it from being skipped."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from digests import NOW, article, config_of, digest, png, tree, write

from broadsheet import standing as module
from broadsheet.build import build
from broadsheet.config import Config
from broadsheet.publish import MARK
from broadsheet.standing import FILE, Report, Work, look, standing
from broadsheet.versions import everything

DIGEST: dict[str, str | bytes] = {
    "articles/a.md": article("Words.", title="A", image="i.png"),
    "articles/b.md": article("Words.", title="B", date="2026-12-05"),
    "articles/c.md": article("Words.", title="C", draft="true"),
    "articles/i.png": png(),
    "tags.yaml": "- name: X\n",
    "pages/about.md": "---\ntitle: About\n---\nWords.\n",
}


@pytest.fixture(autouse=True)
def _settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of this test count as written long ago."""
    monkeypatch.setattr(module, "disk_time", lambda: 1 << 62)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = digest(tmp_path, DIGEST)
    bring_up_to_date(root)
    return root


def bring_up_to_date(root: Path, config: Config | None = None, now: datetime = NOW) -> Report:
    config = config or config_of(root)
    return build(root, config, now=now, seen=look(root, config))


def stands(root: Path, config: Config | None = None, now: datetime = NOW) -> Report | None:
    config = config or config_of(root)
    return standing(root, root / config.folders.output, look(root, config), now)


def test_a_site_that_stands_is_reported_as_a_build_would(root: Path) -> None:
    built = bring_up_to_date(root)
    told = stands(root)
    assert told is not None
    assert replace(told, work=Work()) == replace(built, work=Work())
    assert (told.held_back, told.next_due) == (built.held_back, datetime(2026, 12, 5, tzinfo=UTC))
    assert told.work == Work(files=built.work.files)


def save(name: str, data: str | bytes) -> Callable[[Path], None]:
    return lambda root: write(root, {name: data})


def delete(name: str) -> Callable[[Path], None]:
    return lambda root: (root / name).unlink()


def touch(name: str) -> Callable[[Path], None]:
    return lambda root: os.utime(root / name, ns=(1, 1))


CHANGES: dict[str, Callable[[Path], None]] = {
    "an article edited": save("content/articles/a.md", article("Other words.", title="A")),
    "an article of the same size": save("content/articles/a.md", article("Sword.", title="A", image="i.png")),
    "an article touched": touch("content/articles/a.md"),
    "an article more": save("content/articles/d.md", article()),
    "an article less": delete("content/articles/b.md"),
    "a picture": save("content/articles/i.png", png(3, 3)),
    "the tags": save("content/tags.yaml", "- name: Y\n"),
    "a template": save("templates/article.html", "{{ content }}"),
    "words": save("templates/words.toml", '[en]\nnewer_articles = "Younger"\n'),
    "a style": save("static/print.css", "p { margin: 1px }"),
    "a page of the site gone": delete("site/index.html"),
    "a page of the site cut short": save("site/index.html", "x"),
    "the manifest": save(f"site/{MARK}/manifest.json", '{"format":1,"files":{}}'),
    "the note cut short": lambda root: os.truncate(root / FILE, 40),
    "the note gone": delete(str(FILE)),
    "the note of another kind": save(str(FILE), "[]"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_whatever_changes_is_seen(root: Path, what: str) -> None:
    assert stands(root)
    CHANGES[what](root)
    assert stands(root) is None


def test_an_article_of_the_same_size_is_one(root: Path) -> None:
    name = "content/articles/a.md"
    before = (root / name).stat().st_size
    CHANGES["an article of the same size"](root)
    assert (root / name).stat().st_size == before


@pytest.mark.parametrize(
    "change",
    [
        lambda config: replace(config, title="Other"),
        lambda config: replace(config, base_url="https://other.example/"),
        lambda config: replace(config, visibility=replace(config.visibility, drafts=True)),
        lambda config: replace(config, folders=replace(config.folders, output="other")),
    ],
)
def test_other_settings_are_seen(root: Path, change: Callable[[Config], Config]) -> None:
    assert stands(root, change(config_of(root))) is None


def test_another_version_of_a_package_is_seen(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = dict(everything())
    monkeypatch.setattr(module, "everything", lambda: {**known, "jinja2": ("99",)})
    assert stands(root) is None


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (NOW - timedelta(seconds=1), False),
        (NOW + timedelta(hours=1), True),
        (datetime(2026, 12, 5, tzinfo=UTC) - timedelta(microseconds=1), True),
        (datetime(2026, 12, 5, tzinfo=UTC), False),
    ],
)
def test_a_site_stands_until_something_is_due(root: Path, now: datetime, expected: bool) -> None:
    assert bool(stands(root, now=now)) is expected


def test_a_site_stands_while_its_news_are_news(root: Path) -> None:
    write(root, {"content/articles/news.md": article(title="News", date="2026-12-01T10:00Z")})
    last = datetime(2026, 12, 3, 10, tzinfo=UTC)
    bring_up_to_date(root)
    listed = tree(root / "site")["sitemap-news.xml"]
    assert stands(root, now=last)
    assert stands(root, now=last + timedelta(seconds=1)) is None
    bring_up_to_date(root, now=last)
    assert tree(root / "site")["sitemap-news.xml"] == listed
    bring_up_to_date(root, now=last + timedelta(seconds=1))
    assert "sitemap-news.xml" not in tree(root / "site")


def test_what_may_yet_change_unseen_is_not_noted(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file can be written twice within a tick of the disk's clock, and a build may come between."""
    (root / FILE).unlink()
    latest = max(file.stat().st_ctime_ns for file in (root / "content").rglob("*.md"))
    monkeypatch.setattr(module, "disk_time", lambda: latest + 1000)
    bring_up_to_date(root)
    assert not (root / FILE).exists()


def test_a_folder_that_cannot_be_written_costs_no_build(root: Path) -> None:
    (root / FILE).unlink()
    (root / FILE).mkdir()
    assert bring_up_to_date(root).files
