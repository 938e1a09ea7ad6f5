"""A digest's folder to its site: everything that is wanted, nothing that is not, and only what changed."""

from __future__ import annotations

import io
import os
import random
import re
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from approve import APPROVED, check
from digests import (
    FIXTURES,
    NOW,
    ROOT,
    article,
    assembled,
    broken,
    built,
    config_of,
    digest,
    own_output,
    png,
    problems_of,
    times,
    tree,
    write,
)
from PIL import Image

from broadsheet import build as building
from broadsheet import engine, reading
from broadsheet.build import REMEMBERED, build
from broadsheet.cache import open_cache
from broadsheet.config import load
from broadsheet.errors import ContentError
from broadsheet.render import Renderer
from broadsheet.slugs import file_of
from broadsheet.standing import Report


def rebuilt(root: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Report, set[str]]:
    """A build's report, and the addresses it rendered."""
    seen: set[str] = set()
    render = Renderer.render

    def noted(self: Renderer, output: object) -> bytes:
        seen.add(output.url)  # type: ignore[attr-defined]  # an Output, as Renderer.render has it
        return render(self, output)  # type: ignore[arg-type]  # likewise

    with monkeypatch.context() as patched:
        patched.setattr(Renderer, "render", noted)
        report = built(root)
    indexed = [name for name in tree(root / "site") if name.startswith("search/index/")]
    assert report.work.rendered - len(seen) in (0, len(indexed)), "all of the index is made, or nothing"
    return report, seen


SMALL: dict[str, str | bytes] = {
    "articles/one.md": article("One. [Two](two.md)", title="One", date="2026-10-01", tags="[X]", summary="First."),
    "articles/two.md": article("Two.", title="Two", date="2026-10-02", tags="[Y]", summary="Second."),
    "articles/three.md": article("Three.", title="Three", date="2026-11-03", source="Press", image="i.png"),
    "articles/i.png": png(),
    "editions/2026-11-05.md": "---\ntitle: E\nsections:\n  - title: S\n    articles: [two]\n---\n",
    "pages/about.md": "---\ntitle: About\n---\nWords.\n",
}


@pytest.fixture
def small(tmp_path: Path) -> Path:
    root = digest(tmp_path, SMALL)
    built(root)
    return root


# Whole output, approved


def fixture(name: str, tmp_path: Path) -> Path:
    root = tmp_path / name
    shutil.copytree(FIXTURES / name, root)
    return root


@pytest.mark.parametrize("name", ["full", "tiny"])
def test_the_whole_output_of_a_digest_is_as_approved(tmp_path: Path, name: str) -> None:
    root = fixture(name, tmp_path)
    built(root)
    output = {file: data for file, data in own_output(root).items() if not file.startswith("search/index/")}
    # What Pillow writes differs from release to release: of these files the names are approved.
    drawn = [file for file in output if re.search(r"card\.png$|\.[0-9a-f]{8}-\d+\.", file)]
    output = {file: data for file, data in output.items() if file not in drawn}
    output["drawn"] = "\n".join(drawn).encode()
    for file, data in output.items():
        check(f"{name}/{file}", data if file.endswith((".png", ".jpg")) else _without_versions(data.decode("utf-8")))
    approved = APPROVED / name
    if os.environ.get("BROADSHEET_APPROVE") == "1":
        for file in set(tree(approved)) - set(output):
            (approved / file).unlink()
    assert set(tree(approved)) == set(output)


def _without_versions(text: str) -> str:
    """Some pages are the default theme's, whose style may change without their being looked at again."""
    return re.sub(r"\?v=[0-9a-f]{8}\b", "?v=...", text)


# Pictures that are damaged


def test_a_picture_that_is_cut_short_is_published_whole_with_a_warning(tmp_path: Path) -> None:
    noise = random.Random(1).randbytes(3 * 900 * 600)
    whole = io.BytesIO()
    Image.frombytes("RGB", (900, 600), noise).save(whole, "JPEG")
    cut = whole.getvalue()[: len(whole.getvalue()) // 2]
    root = digest(tmp_path, {"articles/a.md": article(image="p.jpg"), "articles/p.jpg": cut}, own_theme=False)
    report = built(root)
    (warning, *more) = [one for one in report.notices if one.path == "content/articles/p.jpg"]
    assert more == []
    assert warning.level == "warning"
    assert warning.message.startswith("cannot be made smaller, and is published as it is: ")
    sizes = list((root / "site/media/articles").glob("p.*-*.webp"))
    assert sizes
    assert {file.read_bytes() for file in sizes} == {(root / "site/media/articles/p.jpg").read_bytes()}
    assert built(root).work.rendered == 0


# Links


@pytest.mark.parametrize("base_url", ["https://example.org/", "https://example.org/news/", "https://example.org/a/b/"])
@pytest.mark.parametrize("name", ["full", "tiny"])
def test_every_internal_link_of_a_fixture_leads_to_a_file(tmp_path: Path, name: str, base_url: str) -> None:
    root = fixture(name, tmp_path)
    text = (root / "broadsheet.toml").read_text()
    own = config_of(root).base_url
    (root / "broadsheet.toml").write_text(text.replace(own, base_url))
    built(root)
    assert broken(root / "site", base_url) == []


@pytest.mark.parametrize("base_url", ["https://example.org/", "https://example.org/news/"])
def test_every_internal_link_of_the_default_theme_leads_to_a_file(tmp_path: Path, base_url: str) -> None:
    body = "[two](two.md) ![i](i.png) note[^1] [self](?x=1) [C++](/tags/c-plus-plus/)\n\n[^1]: N."
    one = article(body, tags="[C++, C#, '日本']", image="i.png", aliases="/alt/ü.html")
    digest(tmp_path, {**SMALL, "articles/ünï çödé.md": one}, base_url=base_url, own_theme=False, more="paginate = 1")
    built(tmp_path)
    assert broken(tmp_path / "site", base_url) == []


def test_every_internal_link_of_the_demo_leads_to_a_file(tmp_path: Path) -> None:
    for name in ("content", "templates", "static"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    config = load(tmp_path / "pyproject.toml")
    report = build(tmp_path, config, now=datetime(2026, 6, 1, tzinfo=UTC))
    assert report.pages > 100
    assert broken(tmp_path / "site", config.base_url) == []


def test_the_judge_of_links_sees_what_is_planted(small: Path) -> None:
    site = small / "site"
    planted = {
        "a": '<a href="/gone/">', "b": '<img src="/media/gone.png">', "c": '<a href="/about/#gone">',
        "d": '<meta http-equiv="refresh" content="0; url=/gone/">', "e": '<a href="gone.html">',
        "f": '<link href="https://example.org/gone/">',
    }  # fmt: skip
    for name, html in planted.items():
        (site / f"{name}.html").write_text(html)
    feed = site / "rss.xml"
    feed.write_text(feed.read_text().replace("https://example.org/2026/11/three/", "https://example.org/gone/", 1))
    assert [one.split(":")[0] for one in broken(site, "https://example.org/")] == [
        *(f"{name}.html" for name in planted), "rss.xml"
    ]  # fmt: skip


def test_the_judge_of_links_sees_a_link_that_leaves_out_the_prefix(tmp_path: Path) -> None:
    digest(tmp_path, {"articles/a.md": article()}, base_url="https://example.org/news/")
    built(tmp_path)
    (tmp_path / "site" / "x.html").write_text('<a href="/2026/11/a/">')
    assert broken(tmp_path / "site", "https://example.org/news/") == ["x.html: /2026/11/a/"]


# Only what is not current


def test_a_second_build_renders_and_writes_nothing(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = times(small / "site")
    report, seen = rebuilt(small, monkeypatch)
    assert (seen, report.changed, report.removed) == (set(), (), ())
    assert times(small / "site") == before


def test_a_file_saved_again_as_it_was_renders_nothing(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in ("content", "templates", "static"):
        for file in (small / folder).rglob("*"):
            os.utime(file, (1, 1))
    assert rebuilt(small, monkeypatch)[1] == set()


def test_other_words_in_a_body_render_the_article_and_its_feeds_alone(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = small / "content" / "articles" / "two.md"
    file.write_text(file.read_text().replace("Two.", "Other words."))
    edition = ("/editions/2026-11-05/whole/", "/editions/2026-11-05/index.txt")
    own = {"/2026/10/two/", "/2026/10/two/index.txt", *edition, *(
        f"{page}{feed}" for page in ("/", "/tags/y/") for feed in ("rss.xml", "atom.xml", "feed.json")
    )}  # fmt: skip
    report, seen = rebuilt(small, monkeypatch)
    assert seen == own
    changed = {name for name in report.changed if not name.startswith("search/index/")}
    assert changed == {file_of(url) for url in own}
    assert changed != set(report.changed), "what is searched changed too"


def test_another_title_renders_everything_that_shows_it_and_nothing_else(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = small / "content" / "articles" / "two.md"
    file.write_text(file.read_text().replace("title: Two", "title: Deux"))
    pages, names = ("/", "/tags/y/", "/editions/"), ("rss.xml", "atom.xml", "feed.json")
    feeds = {f"{page}{name}" for page in pages for name in names}
    texts = ("/2026/10/one/", "/2026/10/two/", "/2026/11/three/")
    articles = {f"{page}{name}" for page in texts for name in ("", "index.txt")}
    edition = {f"/editions/2026-11-05/{file}" for file in ("", "whole/", "index.txt")}
    # What names the newest articles: a service worker fetches these, and the rest shares its view.
    machines = {"/sw.js", "/_headers", "/robots.txt", "/site.webmanifest", "/speculation.json"}
    others = {"/", "/2026/10/", "/2026/10/two/card.png", "/tags/y/", "/404.html", "/latest/"}
    assert rebuilt(small, monkeypatch)[1] - machines == feeds | articles | edition | others


def test_a_page_edited_renders_itself_alone(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(small, {"content/pages/about.md": "---\ntitle: About\n---\nOther words.\n"})
    assert rebuilt(small, monkeypatch)[1] == {"/about/"}


def test_a_template_touched_renders_its_users_alone(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = small / "templates" / "tag.html"
    file.write_text(file.read_text() + "<!-- touched -->\n")
    assert rebuilt(small, monkeypatch)[1] == {"/tags/x/", "/tags/y/"}


def test_a_picture_changed_is_published_and_shown_anew(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(small, {"content/articles/i.png": png(9, 9)})
    report, _ = rebuilt(small, monkeypatch)
    assert {"media/articles/i.png", "2026/11/three/index.html", "rss.xml"} <= set(report.changed)
    assert b'width="9"' in tree(small / "site")["2026/11/three/index.html"]


def test_a_page_somebody_deleted_from_the_output_comes_back(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (small / "site" / "about" / "index.html").unlink()
    assert rebuilt(small, monkeypatch)[1] == {"/about/"}


def test_an_article_deleted_takes_its_pages_along(small: Path) -> None:
    (small / "content" / "articles" / "one.md").unlink()
    report = built(small)
    assert {"2026/10/one/index.html", "tags/x/index.html", "tags/x/rss.xml", "tags/x/atom.xml"} <= set(report.removed)
    assert not (small / "site" / "tags" / "x").exists()


def test_after_any_edit_the_site_is_what_a_clean_build_makes(small: Path, tmp_path: Path) -> None:
    edits: list[dict[str, str | bytes]] = [
        {"content/articles/one.md": article("Other.", title="One", draft="true")},
        {"content/articles/four.md": article(title="Four", tags="[X, Z]", aliases="/four/")},
        {"content/tags.yaml": "- {name: X, slug: ex, description: About X.}\n"},
        {"templates/macros.html": (small / "templates" / "macros.html").read_text() + "{# edited #}\n"},
        {"broadsheet.toml": (small / "broadsheet.toml").read_text() + "paginate = 1\n"},
        {"content/articles/one.md": SMALL["articles/one.md"]},
    ]
    for edit in edits:
        write(small, edit)
        built(small)
        clean = tmp_path / "clean"
        shutil.copytree(small, clean, ignore=shutil.ignore_patterns("site", "clean"))
        built(clean)
        assert tree(small / "site") == tree(clean / "site")
        shutil.rmtree(clean)


def test_clean_renders_everything_and_writes_nothing_that_has_not_changed(small: Path) -> None:
    before = times(small / "site")
    report = built(small, clean=True)
    assert report.work.rendered == report.files
    assert report.changed == ()
    assert times(small / "site") == before


def test_time_alone_brings_an_embargoed_article_out(tmp_path: Path) -> None:
    digest(tmp_path, {"articles/a.md": article(publish_date="2026-12-24")})
    report = built(tmp_path)
    assert report.next_due == datetime(2026, 12, 24, tzinfo=UTC)
    assert [one.reason for one in report.held_back] == ["embargoed"]
    later = built(tmp_path, datetime(2026, 12, 24, tzinfo=UTC))
    assert "2026/11/a/index.html" in later.changed
    assert (later.next_due, later.held_back) == (None, ())


# With errors

BROKEN: dict[str, dict[str, str | bytes]] = {
    "an article": {"content/articles/bad.md": article(date="yesterday")},
    "a link": {"content/articles/bad.md": article("[x](gone.md)")},
    "a clash": {"content/articles/bad.md": article(url="/about/")},
    "a template's syntax": {"templates/article.html": "{% if %}"},
    "a template's name": {"templates/month.html": "{{ gone }}"},
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_build_with_errors_leaves_the_site_as_it_was(small: Path, what: str) -> None:
    write(small, {"content/articles/two.md": article("Changed.", title="Two"), **BROKEN[what]})
    before, when = tree(small / "site"), times(small / "site")
    assert problems_of(small)
    assert tree(small / "site") == before
    assert times(small / "site") == when


@pytest.mark.parametrize("what", BROKEN)
def test_a_first_build_with_errors_leaves_no_output_folder(tmp_path: Path, what: str) -> None:
    write(digest(tmp_path, SMALL), BROKEN[what])
    assert problems_of(tmp_path)
    assert not (tmp_path / "site").exists()


def test_every_file_that_cannot_be_read_is_told_at_once(tmp_path: Path) -> None:
    digest(
        tmp_path,
        {"articles/a.md": article(date="yesterday"), "articles/b.md": "---\ndate: 2026-01-01\n---\n",
         "pages/c.md": "---\ntitle: [\n---\n", "editions/d.md": article(sections="3")},
    )  # fmt: skip
    assert {one.path for one in problems_of(tmp_path)} == {
        "content/articles/a.md", "content/articles/b.md", "content/pages/c.md", "content/editions/d.md"
    }  # fmt: skip


def test_a_report_counts_pages_and_files(small: Path) -> None:
    report = built(small)
    files = [name for name in tree(small / "site") if not name.startswith(".broadsheet/")]
    assert report.files == len(files)
    assert report.pages == sum(name.endswith(".html") for name in files)
    assert report.pages < len(assembled(small, NOW).plan) <= len(files)


def test_errors_of_files_links_pictures_editions_and_templates_are_told_in_one_run(tmp_path: Path) -> None:
    edition = "---\ntitle: E\ndate: 2026-11-03\nsections: [{title: S, articles: [bad, gone]}]\n---\n"
    files = {
        "articles/bad.md": article(date="2026-13-02"),
        "articles/a.md": article("[to](bad.md) [lost](lost.md)", image="lost.png"),
        "editions/e.md": edition,
    }
    digest(tmp_path, files)
    (tmp_path / "templates" / "page.html").write_text("{{ foo")
    assert [(one.path, one.message) for one in problems_of(tmp_path) if one.level == "error"] == [
        ("content/articles/a.md", "there is no picture lost.png"),
        ("content/articles/a.md", "the link lost.md leads nowhere"),
        ("content/articles/bad.md", "date: month must be in 1..12"),
        ("content/editions/e.md", "there is no article gone"),
        ("templates/page.html", "unexpected end of template, expected 'end of print statement'."),
    ]


# What is dear to make


def test_a_card_is_not_drawn_again_for_another_output_folder(small: Path) -> None:
    site = small / "site"
    before = tree(site)
    shutil.rmtree(site)
    renderer = Renderer(assembled(small, NOW).setting)
    card = assembled(small, NOW).plan["/2026/10/one/card.png"]
    with open_cache(small) as cache:
        assert cache.get(REMEMBERED, renderer.fingerprint(card)) == before["2026/10/one/card.png"]
        cache.put_many(REMEMBERED, {renderer.fingerprint(card): b"remembered"})
    built(small)
    assert (site / "2026/10/one/card.png").read_bytes() == b"remembered"
    built(small, clean=True)
    assert (site / "2026/10/one/card.png").read_bytes() == before["2026/10/one/card.png"]


def test_pictures_and_styles_come_before_the_pages_that_show_them_and_these_before_feeds(tmp_path: Path) -> None:
    shown = article("Text.", title="One", image="photo.png")
    root = digest(tmp_path, {"articles/one.md": shown, "articles/photo.png": png()})
    written = list(built(root).changed)
    kinds = [".png" if name.endswith((".png", ".css")) else name[name.rfind(".") :] for name in written]
    page = kinds.index(".html")
    assert not {".png"} & set(kinds[page:])
    last = max(at for at, kind in enumerate(kinds) if kind == ".html" and written[at] != "404.html")
    assert last < written.index("rss.xml")


# Work, and who does it


@pytest.fixture
def _settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of this test count as written long ago."""
    monkeypatch.setattr(reading, "disk_time", lambda: 1 << 62)


@pytest.mark.usefixtures("_settled")
def test_a_build_reads_what_was_edited_and_renders_what_shows_it(tmp_path: Path) -> None:
    root = digest(tmp_path, SMALL)
    first = built(root).work
    assert first.read == first.files
    assert first.rendered == first.written == built(root, clean=True).files
    again = built(root).work
    assert (again.files, again.read, again.texts, again.rendered, again.written) == (first.files, 0, 0, 0, 0)
    write(root, {"content/pages/about.md": "---\ntitle: About\n---\nOther words.\n"})
    edited = built(root).work
    assert (edited.read, edited.texts, edited.rendered, edited.written) == (1, 1, 1, 1)


@pytest.mark.usefixtures("_settled")
def test_what_python_markdown_made_of_a_text_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    convert = engine.convert

    def noted(text: str, **options: Any) -> str:
        asked.append(text)
        return convert(text, **options)

    monkeypatch.setattr(engine, "convert", noted)
    table = "| a | b |\n|---|---|\n| 1 | 2 |"
    root = digest(tmp_path, {"articles/a.md": article(table, summary="x"), "articles/b.md": article()})
    built(root)
    assert asked == [table]
    before = own_output(root)
    template = root / "templates/article.html"
    template.write_text(template.read_text() + "\n")
    assert built(root).work.rendered == 2
    assert asked == [table]
    write(root, {"content/articles/a.md": article(f"{table}\n\nMore.", summary="x")})
    built(root)
    assert asked == [table, f"{table}\n\nMore."]
    write(root, {"content/articles/a.md": article(table, summary="x")})
    built(root, clean=True)
    assert len(asked) == 3
    assert {name: data.rstrip() for name, data in own_output(root).items()} == {
        name: data.rstrip() for name, data in before.items()
    }


@pytest.fixture
def _many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other processes are worth it for a few outputs, and end after a few."""
    monkeypatch.setattr(building, "WORTH_WORKERS", 2)
    monkeypatch.setattr(building, "SHARD", 3)
    monkeypatch.setattr(building, "GENERATION", 4)


@pytest.mark.usefixtures("_many")
@pytest.mark.parametrize("forked", [True, False])
def test_many_processes_make_what_one_makes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, forked: bool) -> None:
    root = digest(tmp_path / "one", SMALL)
    report = built(root)
    shutil.copytree(root, tmp_path / "many", ignore=shutil.ignore_patterns("site", ".broadsheet"))
    monkeypatch.setattr(building, "forks", lambda: forked)
    config = config_of(root)
    many = building.build(tmp_path / "many", config, now=NOW, jobs=2)
    assert tree(tmp_path / "many" / "site") == tree(root / "site")
    assert many.changed == report.changed
    assert replace(many.work, texts=0) == replace(report.work, texts=0)
    # What was kept in other processes is there for the next build.
    template = tmp_path / "many" / "templates/article.html"
    template.write_text(template.read_text() + "\n")
    assert building.build(tmp_path / "many", config, now=NOW, jobs=2).work.rendered == 3


@pytest.mark.usefixtures("_many")
@pytest.mark.parametrize("forked", [True, False])
def test_many_processes_tell_the_errors_that_one_tells(
    small: Path, monkeypatch: pytest.MonkeyPatch, forked: bool
) -> None:
    before = tree(small / "site")
    template = small / "templates" / "article.html"
    template.write_text("{{ page.published.nothing.there }}\n")
    told = []
    for jobs in (1, 2):
        monkeypatch.setattr(building, "forks", lambda: forked)
        with pytest.raises(ContentError) as caught:
            building.build(small, config_of(small), now=NOW, jobs=jobs)
        told.append(caught.value.problems)
    assert told[0] == told[1]
    assert [problem.path for problem in told[0]] == ["templates/article.html"]
    assert tree(small / "site") == before
