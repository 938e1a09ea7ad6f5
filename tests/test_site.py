"""The demo digest and a small one, built with the default theme, held to what readers and machines may expect."""

from __future__ import annotations

import gzip
import re
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import html5lib
import pytest
from digests import NOW, ROOT, article, broken, built, digest, full_digest, png, tree

from broadsheet import config as configuration
from broadsheet.build import build
from broadsheet.config import Config

XHTML = "{http://www.w3.org/1999/xhtml}"

HTML_KB, CSS_KB, SCRIPT_KB, FONTS_KB, ALL_BUT_PICTURES_KB = 14, 10, 10, 60, 60
"""Most of what one page sends, as a host compresses it."""

ELEMENTS = 1500


@pytest.fixture(scope="module", params=["demo", "full"])
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that a digest was built into, with the default theme."""
    root = tmp_path_factory.mktemp("site")
    if request.param == "full":
        full_digest(root)
    else:
        shutil.copytree(ROOT / "content", root / "content")
        shutil.copyfile(ROOT / "pyproject.toml", root / "pyproject.toml")
    build(root, config(root / "site"), now=NOW, jobs=2)
    return root / "site"


def config(site: Path) -> Config:
    return configuration.load(next(site.parent.glob("*.toml")))


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[str, Any]:
    """Each HTML file parsed as browsers do, which fails on the first error of the syntax."""
    found = {}
    for file in sorted(site.rglob("*.html")):
        parser = html5lib.HTMLParser(strict=False)
        found[file.relative_to(site).as_posix()] = parser.parse(file.read_text("utf-8"))
        assert not parser.errors, f"{file}: {parser.errors[:3]}"
    return found


def attributes(page: Any, tag: str, name: str) -> list[str]:
    return [element.get(name) for element in page.iter(f"{XHTML}{tag}") if element.get(name) is not None]


def is_shown(page: Any) -> bool:
    """Whether it is a page for search engines too: neither a redirect nor one that asks not to be listed."""
    named = {element.get("name"): element.get("content") for element in page.iter(f"{XHTML}meta")}
    return "noindex" not in (named.get("robots") or "")


def test_every_page_is_html_without_an_error_and_with_unique_ids(pages: dict[str, Any]) -> None:
    for name, page in pages.items():
        ids = Counter(element.get("id") for element in page.iter() if element.get("id"))
        assert [one for one, count in ids.items() if count > 1] == [], name


def test_nothing_is_styled_or_run_inside_a_page(pages: dict[str, Any]) -> None:
    for name, page in pages.items():
        assert not [one for element in page.iter() for one in element.attrib if one == "style" or one.startswith("on")]
        assert not list(page.iter(f"{XHTML}style")), name
        for script in page.iter(f"{XHTML}script"):
            assert script.get("src") or script.get("type") == "application/ld+json", name


def test_every_page_names_its_language_title_and_summary_and_no_two_have_one_title(pages: dict[str, Any]) -> None:
    titles = Counter()  # type: Counter[str]
    for name, page in pages.items():
        assert page.get("lang"), name
        assert len(list(page.iter(f"{XHTML}h1"))) == 1, name
        assert len(list(page.iter(f"{XHTML}main"))) == 1, name
        if is_shown(page):
            (title,) = (element.text for element in page.iter(f"{XHTML}title"))
            titles[title] += name != "latest/index.html"
            described = [one.get("content") for one in page.iter(f"{XHTML}meta") if one.get("name") == "description"]
            assert len(described) == 1, name
            assert described[0].strip(), name
            assert [one.get("rel") for one in page.iter(f"{XHTML}link")].count("canonical") == 1, name
    assert [title for title, count in titles.items() if count > 1] == []


def test_every_picture_has_its_size_and_words(pages: dict[str, Any]) -> None:
    for name, page in pages.items():
        for image in page.iter(f"{XHTML}img"):
            assert image.get("alt") is not None, name
            if not re.match("https?:", image.get("src")):
                assert image.get("width"), f"{name}: {image.get('src')}"
                assert image.get("height"), name


def test_every_link_of_pages_feeds_and_sitemaps_leads_somewhere(site: Path) -> None:
    assert broken(site, config(site).base_url) == []


def test_every_page_can_be_reached_and_articles_within_four_clicks(site: Path, pages: dict[str, Any]) -> None:
    base = config(site).prefix
    clicks, edge = {"index.html": 0}, ["index.html"]
    while edge:
        following = []
        for name in edge:
            for link in attributes(pages[name], "a", "href"):
                path = link.split("#")[0].split("?")[0].removeprefix(base)
                file = f"{path}index.html".lstrip("/") if path.endswith("/") else path.lstrip("/")
                if path.startswith("/") and file in pages and file not in clicks:
                    clicks[file] = clicks[name] + 1
                    following.append(file)
        edge = following
    shown = {name for name, page in pages.items() if is_shown(page)}
    assert shown - clicks.keys() <= {"latest/index.html", "offline/index.html"}
    assert max(count for name, count in clicks.items() if re.match(r"\d{4}/\d\d/.", name)) <= 4


def test_every_page_is_light(site: Path, pages: dict[str, Any]) -> None:
    files = tree(site).items()
    weights = {name: len(data if name.endswith(".woff2") else gzip.compress(data, 9)) for name, data in files}
    base = config(site).prefix

    def weight(links: list[str]) -> float:
        return sum(weights[link.split("?")[0].removeprefix(base).lstrip("/")] for link in set(links)) / 1024

    sheet = next(name for name in weights if name == "style.css")
    fonts = sum(size for name, size in weights.items() if name.endswith(".woff2")) / 1024
    assert weights[sheet] / 1024 <= CSS_KB
    assert fonts <= FONTS_KB
    for name, page in pages.items():
        own = weights[name] / 1024
        scripts = weight(attributes(page, "script", "src"))
        assert own <= HTML_KB, f"{name}: {own:.1f} KB"
        assert scripts <= SCRIPT_KB, f"{name}: {scripts:.1f} KB of script"
        assert own + weights[sheet] / 1024 + scripts + fonts <= ALL_BUT_PICTURES_KB + HTML_KB, name
        assert sum(1 for _ in page.iter()) <= ELEMENTS, name


def test_no_list_shows_more_pictures_than_a_light_page_may_ask_for(tmp_path: Path) -> None:
    files = {f"articles/{n}.md": article(title=f"N{n}", image=f"{n}.png", tags="[X]") for n in range(12)}
    digest(tmp_path, {**files, **{f"articles/{n}.png": png(9 + n, 9) for n in range(12)}}, own_theme=False)
    built(tmp_path)
    for name in ("index.html", "tags/x/index.html", "2026/11/index.html"):
        assert (tmp_path / "site" / name).read_text("utf-8").count("<img") == 5, name


def test_nothing_is_asked_of_another_host(pages: dict[str, Any]) -> None:
    for name, page in pages.items():
        fetched = [
            *attributes(page, "script", "src"), *attributes(page, "img", "src"), *attributes(page, "source", "srcset"),
            *(one.get("href") for one in page.iter(f"{XHTML}link") if one.get("rel") not in ("canonical", "alternate")),
        ]  # fmt: skip
        pictures = set(attributes(page, "img", "src"))
        assert [one for one in fetched if one and re.match("https?:|//", one) and one not in pictures] == [], name
