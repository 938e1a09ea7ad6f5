"""Articles are found, all of them and nothing else, and a site without Pagefind says so."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import sysconfig
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from digests import article, built, digest, tree
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet import pagefind, search
from broadsheet.cache import open_cache
from broadsheet.errors import ContentError
from broadsheet.model import Article, Body, PublishedArticle, Publisher, Tag, Teaser, Text

WHEN = datetime(2026, 11, 2, 12, tzinfo=UTC)
ROOT = Path(__file__).resolve().parent.parent
ENTRY = "entry.json"


def record(
    number: int = 1, title: str = "A title", text: str = "Words of the text.", *, source: str = "",
    tags: tuple[str, ...] = (),
) -> PublishedArticle:
    """An article to be searched; those of lower numbers are newer."""
    name, url = f"{number}.md", f"/2026/a{number}/"
    publisher = Publisher(name=source, url="/sources/one/") if source else None
    named = tuple(Tag(name=tag, slug="one", url="/tags/one/") for tag in tags)
    return PublishedArticle(
        article=Article(path=name, title=title, date=WHEN, slug=name),
        teaser=Teaser(url=url, title=title, date=WHEN, publisher=publisher, tags=named),
        body=Body(path=name, url=url, text=Text(text)),
        id=name,
    )  # fmt: skip


def index(articles: Sequence[PublishedArticle]) -> dict[str, bytes]:
    return search.index(articles, UTC)


# What a reader of the index sees


def unpacked(data: bytes) -> bytes:
    return gzip.decompress(data).removeprefix(b"pagefind_dcd")


def fragments(files: Mapping[str, bytes]) -> list[dict[str, dict[str, str]]]:
    return [json.loads(unpacked(data)) for name, data in sorted(files.items()) if name.startswith("fragment/")]


def parsed(data: bytes) -> Any:
    """CBOR of numbers, words and lists."""
    at = 0

    def value() -> Any:
        nonlocal at
        kind, number = data[at] >> 5, data[at] & 31
        at += 1
        if number > 23:
            size = 1 << (number - 24)
            number, at = int.from_bytes(data[at : at + size]), at + size
        if kind == 3:
            at += number
            return data[at - number : at].decode()
        return [value() for _ in range(number)] if kind == 4 else number if kind == 0 else -1 - number

    found = value()
    assert at == len(data)
    return found


def words(files: Mapping[str, bytes]) -> list[str]:
    """Every word of an index, piece after piece."""
    return [word for piece in pieces(files) for word in piece]


def pieces(files: Mapping[str, bytes]) -> Iterator[list[str]]:
    for _, name in meta(files)[1]:
        yield [word for word, _ in parsed(unpacked(files[f"index/{name}.pf_index"]))]


def meta(files: Mapping[str, bytes]) -> Any:
    return parsed(unpacked(files[f"{json.loads(files[ENTRY])['meta']}.pf_meta"]))


def pages_with(files: Mapping[str, bytes], word: str) -> list[str]:
    """The addresses of the pages that have a word."""
    return sorted(
        json.loads(unpacked(files[f"fragment/{page}.pf_fragment"]))["meta"]["url"]
        for _, name in meta(files)[1]
        for entry, pages in parsed(unpacked(files[f"index/{name}.pf_index"]))
        for page, _ in pages
        if entry == word
    )


# The index


def test_an_index_holds_what_a_browser_loads_and_nothing_else() -> None:
    files = index([record(1, tags=("Web",), source="Example"), record(2, "Another")])
    kinds = {name.split("/")[0] if "/" in name else name.rsplit(".", 1)[1] for name in files}
    assert kinds == {"index", "fragment", "filter", "pf_meta", "json"}
    assert list(files)[-1] == ENTRY, "what leads to the others is published last"


def test_the_same_articles_give_the_same_bytes() -> None:
    articles = [record(number, f"Title {number}", "Some words " * number) for number in range(40)]
    assert index(articles) == index(articles)


def test_every_word_leads_to_its_articles_and_pieces_are_in_order() -> None:
    every = [record(n, f"Number{n}", " ".join(f"word{n * k}" for k in range(200))) for n in range(1, 120)]
    files = index(every)
    found = words(files)
    assert found == sorted(set(found))
    assert len(list(pieces(files))) > 3
    starts = [start for start, _ in meta(files)[1]]
    for start, after, piece in zip(starts, [*starts[1:], "\U0010ffff"], pieces(files), strict=True):
        assert start <= piece[0]
        assert piece[-1] < after
    assert pages_with(files, "word11") == sorted(["/2026/a1/", "/2026/a11/"])
    assert pages_with(files, "number77") == ["/2026/a77/"]


def test_a_word_of_very_many_articles_is_found_in_all_of_them() -> None:
    files = index([record(number, text="common " * 30 + f"word{number}") for number in range(700)])
    assert len(pages_with(files, "common")) == 700
    assert len(pages_with(files, "word699")) == 1


def test_pages_are_numbered_by_age() -> None:
    files = index([record(1, "New"), record(2, "Middle"), record(3, "Old")])
    assert meta(files)[0] == 3
    titles = [json.loads(unpacked(files[f"fragment/{age}.pf_fragment"]))["meta"]["title"] for age in range(3)]
    assert titles == ["Old", "Middle", "New"]


def test_parts_make_one_index_whatever_was_kept_of_them(tmp_path: Path) -> None:
    articles = [record(number, f"Title {number}", f"Words word{number}", tags=("Web",)) for number in range(900)]
    edited = [*articles[:450], record(450, "Edited", "Other words"), *articles[451:]]
    with open_cache(tmp_path) as cache:
        assert search.index(articles, UTC, cache=cache, jobs=2) == index(articles)
        made = search.index(edited, UTC, cache=cache)
        assert made == index(edited)
    assert pages_with(made, "edited") == ["/2026/a450/"]
    assert pages_with(made, "word450") == []


@given(
    st.lists(st.tuples(st.from_regex(r"\w{1,9}", fullmatch=True), st.integers(0, 999), st.binary(max_size=9))),
    st.lists(st.tuples(st.text(), st.text(), st.lists(st.integers(0, 2**32 - 1)).map(tuple))),
    st.lists(st.tuples(st.integers(0, 99_999), st.binary(max_size=9))),
)
def test_what_pagefind_found_is_loaded_as_it_was_dumped(
    words: list[tuple[str, int, bytes]], filters: list[tuple[str, str, tuple[int, ...]]],
    fragments: list[tuple[int, bytes]],
) -> None:
    found = pagefind.Found(words=tuple(words), filters=tuple(filters), fragments=tuple(fragments))
    assert pagefind.loaded(pagefind.dumped(found)) == found


def test_filters_are_tags_source_and_year() -> None:
    files = index([record(1, tags=("Web", "C, C++: & \"more\""), source="Example: <b>News</b>")])
    found = {}
    for name, data in files.items():
        if name.startswith("filter/"):
            key, values = parsed(unpacked(data))
            found[key] = sorted(value for value, _ in values)
    assert found == {"tag": ['C, C++: & "more"', "Web"], "source": ["Example: <b>News</b>"], "year": ["2026"]}


def test_writing_without_spaces_is_found_by_its_characters() -> None:
    files = index([record(1, "开放标准", "新的标准。"), record(2, "别的", "没有。")])
    assert pages_with(files, "标") == ["/2026/a1/"]


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script><h1>x</h1></body></html>", "\x00\x01\x1b[31m\x7f", "\ud800\udfff", "\u202eabc\u2066",
        "x" * 200_000, "<" * 5000, "&amp;&#x0;&lt;", 'data-pagefind-ignore="all"', "___PAGEFIND_ANCHOR___ a:b",
        "<!--", "<![CDATA[", "\u200b\ufeff", "]]>",
    ],
)  # fmt: skip
def test_hostile_words_harm_no_other_article(hostile: str) -> None:
    articles = [record(1, hostile, hostile, source=hostile, tags=(hostile,)), record(2, "Good", "findable here")]
    files = index(articles)
    assert pages_with(files, "findable") == ["/2026/a2/"]
    assert len(fragments(files)) == 2


def test_markup_in_titles_stays_text() -> None:
    files = index([record(1, "How <b>bold</b> & <i onclick=x>", "1 &lt; 2 `<script>x</script>`")])
    (one,) = fragments(files)
    assert one["meta"]["title"] == "How <b>bold</b> & <i onclick=x>"
    assert "1 < 2" in one["content"]
    assert "<script>" not in one["content"], "a tag that was typed is none of the words"


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.text(max_size=60), st.text(max_size=300)), min_size=1, max_size=5))
def test_whatever_articles_say_each_is_in_the_index_once(texts: list[tuple[str, str]]) -> None:
    files = index([record(number, title, text) for number, (title, text) in enumerate(texts)])
    urls = sorted(one["meta"]["url"] for one in fragments(files))
    assert urls == sorted(f"/2026/a{number}/" for number in range(len(texts)))


def test_no_articles_make_no_index() -> None:
    assert index([]) == {}


# The site


def canaries(root: Path) -> list[str]:
    """The files of a site's index in which the canary stands."""
    files = {name: data for name, data in tree(root / "site").items() if name.startswith("search/index/")}
    assert files
    return [
        name
        for name, data in files.items()
        if b"canary" in (data if name.endswith(".json") else unpacked(data)).lower()
    ]


def test_drafts_and_what_is_held_back_are_in_no_file(tmp_path: Path) -> None:
    files = {
        "articles/shown.md": article("Plain words."),
        "articles/draft.md": article("The canary sings.", title="Canary", draft="true", tags="[canary]"),
        "articles/later.md": article("The canary waits.", date="2027-01-01"),
        "articles/gone.md": article("The canary left.", date="2025-01-01", expiry_date="2025-02-01"),
    }
    built(digest(tmp_path, files))
    assert canaries(tmp_path) == []
    (tmp_path / "content/articles/shown.md").write_text(article("A canary."))
    built(tmp_path)
    assert canaries(tmp_path)


def test_an_unchanged_site_is_not_indexed_again(tmp_path: Path) -> None:
    root = digest(tmp_path, {"articles/one.md": article("First words."), "articles/two.md": article("Second.")})
    assert built(root).work.rendered
    again = built(root)
    assert (again.work.rendered, again.changed, again.removed) == (0, (), ())


def test_a_template_or_a_style_that_changes_leaves_the_index(tmp_path: Path) -> None:
    root = digest(tmp_path, {"articles/one.md": article("First words.")})
    built(root)
    (root / "static" / "print.css").write_text("p { margin: 1em }\n")
    assert not [name for name in built(root).changed if name.startswith("search/index/")]


def test_what_is_no_longer_searched_is_deleted(tmp_path: Path) -> None:
    root = digest(tmp_path, {"articles/one.md": article("A canary."), "articles/two.md": article("Second.")})
    built(root)
    (root / "content/articles/one.md").write_text(article("Nothing of it."))
    report = built(root)
    assert [name for name in report.removed if name.startswith("search/index/index/")]
    assert canaries(root) == []


def test_an_index_that_lost_a_file_is_made_whole(tmp_path: Path) -> None:
    root = digest(tmp_path, {"articles/one.md": article("First words.")})
    built(root)
    before = tree(root / "site")
    next((root / "site/search/index/fragment").iterdir()).unlink()
    built(root)
    assert tree(root / "site") == before


def test_search_can_be_switched_off(tmp_path: Path) -> None:
    root = digest(tmp_path, {"articles/one.md": article("Words.")}, more="[extras]\nsearch = false\n")
    built(root)
    assert not (root / "site/search").exists()


# Without Pagefind, and with one that fails


def python_with(folder: Path, *command: str, cwd: Path, program: str = "") -> subprocess.CompletedProcess[str]:
    """A command in a Python that has every installed package but Pagefind, or has `program` in its place."""
    folder.mkdir()
    for package in Path(sysconfig.get_path("purelib")).iterdir():
        if not package.name.startswith(("pagefind_bin", "__editable__", "broadsheet")):
            (folder / package.name).symlink_to(package)
    if program:
        (folder / "pagefind_bin").mkdir()
        (folder / "pagefind_bin-1.4.0.dist-info").mkdir()
        (folder / "pagefind_bin-1.4.0.dist-info/METADATA").write_text("Name: pagefind_bin\nVersion: 1.4.0\n")
        code = "from pathlib import Path\ndef get_executable():\n    return Path(__file__).with_name('pagefind')\n"
        (folder / "pagefind_bin/__init__.py").write_text(code)
        (folder / "pagefind_bin/pagefind").write_text(program)
        (folder / "pagefind_bin/pagefind").chmod(0o755 if program.startswith("#!") else 0o644)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(folder), str(ROOT)])}
    return subprocess.run(
        [sys.executable, "-S", *command], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )


def test_without_pagefind_the_build_goes_on_and_says_so_in_one_line(tmp_path: Path) -> None:
    root = digest(tmp_path / "digest", {"articles/one.md": article("Words.")})
    done = python_with(tmp_path / "packages", "-m", "broadsheet", "build", cwd=root)
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    assert said.count("Pagefind") == 1
    assert "search: warning: Pagefind is not installed, so the site has no search\n" in said
    assert 'hint: pip install "broadsheet[search]"' in said
    assert not (root / "site/search").exists()
    assert "/search/" not in (root / "site/index.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("#!/bin/sh\necho 'no room left' >&2\nexit 3\n", "no room left (exit code 3)"),
        ("#!/bin/sh\nkill -9 $$\n", "it said nothing (exit code -9)"),
        ("#!/bin/sh\nexit 0\n", "its index cannot be read"),
        ("not a program", "Permission denied"),
    ],
)
def test_a_pagefind_that_fails_is_an_error_in_its_last_words(tmp_path: Path, program: str, words: str) -> None:
    root = digest(tmp_path / "digest", {"articles/one.md": article("Words.")})
    done = python_with(tmp_path / "packages", "-m", "broadsheet", "build", cwd=root, program=program)
    said = done.stdout + done.stderr
    assert done.returncode == 1, said
    assert f"search: error: Pagefind made no index: {words}" in said or words in said
    assert "Traceback" not in said
    assert not (root / "site/index.html").exists()


def test_a_pagefind_that_does_not_end_is_stopped(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    for number in range(300):
        page = search.page(record(number, text="some words " * 900), number, UTC)
        (tmp_path / f"site/{number}.html").write_text(page)
    with pytest.raises(ContentError, match="did not end within 0 seconds"):
        pagefind.run(tmp_path / "site", tmp_path / "out", 0.01)
