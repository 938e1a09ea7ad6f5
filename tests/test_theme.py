"""The default theme and a digest's own files over it: templates, words, and what is wrong with either."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from digests import ROOT, article, digest, problems_of, rendered, write

from broadsheet import theme
from broadsheet.errors import ContentError, Problem
from broadsheet.theme import STATIC, TEMPLATES, parts, read
from broadsheet.words import say, spoken


def problems(root: Path) -> tuple[Problem, ...]:
    with pytest.raises(ContentError) as caught:
        read(root, "templates")
    return caught.value.problems


# Templates


def test_a_file_of_the_digest_stands_before_the_default_one_of_its_name(tmp_path: Path) -> None:
    write(tmp_path, {"templates/tag.html": "mine", "templates/new.html": "new"})
    found = read(tmp_path, "templates").named()
    assert (found["tag.html"].source, found["tag.html"].path) == ("mine", "templates/tag.html")
    assert found["new.html"].source == "new"
    assert found["tags.html"].path == "broadsheet/templates/tags.html"


def test_default_templates_have_a_name_of_their_own_whatever_the_digest_has(tmp_path: Path) -> None:
    write(tmp_path, {"templates/tag.html": "mine"})
    found = read(tmp_path, "templates").named()
    for file in TEMPLATES.glob("*.html"):
        assert found[f"default/{file.name}"].source == file.read_text("utf-8")


def test_a_template_of_the_digest_alone_has_no_default(tmp_path: Path) -> None:
    digest(tmp_path, {"articles/a.md": article()}, own_theme=False)
    write(tmp_path, {"templates/new.html": "x", "templates/article.html": '{% extends "default/new.html" %}'})
    (problem,) = problems_of(tmp_path)
    assert (problem.path, problem.line, problem.message) == (
        "templates/article.html", 1, "there is no template default/new.html",
    )  # fmt: skip


def test_a_folder_named_default_is_refused(tmp_path: Path) -> None:
    write(tmp_path, {"templates/default/tag.html": "mine"})
    (problem,) = problems(tmp_path)
    assert problem.path == "templates/default/tag.html"
    assert problem.hint == "move it to templates/tag.html"


def test_the_checkout_is_a_digest_whose_own_theme_is_the_default_one() -> None:
    found = read(ROOT, "templates")
    assert found.defaults == found.templates
    assert {one.path.split("/")[0] for one in found.templates} == {"templates"}
    assert found.words == read(ROOT, "nowhere").words


@pytest.mark.parametrize("name", ["base.html", "article.html"])
def test_a_template_that_only_extends_the_default_one_changes_nothing(tmp_path: Path, name: str) -> None:
    digest(tmp_path, {"articles/a.md": article()}, own_theme=False)
    before = rendered(tmp_path, "/2026/11/a/")
    write(tmp_path, {f"templates/{name}": f'{{% extends "default/{name}" %}}'})
    assert rendered(tmp_path, "/2026/11/a/") == before


# Words


def test_words_of_the_digest_stand_before_ours_one_by_one(tmp_path: Path) -> None:
    write(tmp_path, {"templates/words.toml": '[de]\narchive = "Ablage"\n[pl]\nsearch = "Szukaj"\n'})
    found = read(tmp_path, "templates").words
    assert [say(spoken(found, "de"), key) for key in ("archive", "search")] == ["Ablage", "Suche"]
    assert say(spoken(found, "pl"), "search") == "Szukaj"


def test_words_are_not_a_template(tmp_path: Path) -> None:
    write(tmp_path, {"templates/words.toml": '[en]\nsearch = "Find"\n'})
    found = read(tmp_path, "templates")
    assert "words.toml" not in found.named()
    assert "default/words.toml" not in found.named()


def test_words_written_on_windows_are_read(tmp_path: Path) -> None:
    write(tmp_path, {"templates/words.toml": b'\xef\xbb\xbf[en]\r\nsearch = "Find"\r\n'})
    assert say(spoken(read(tmp_path, "templates").words, "en"), "search") == "Find"


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ('[en]\nsearch = "Find', 2, ""),
        ('[en]\n\nread_at = "at {sorce}"\n', 3, "read_at: there is no place {sorce}"),
        ('[pl]\narticles = {one = "x"}\n', 2, "articles has no word for"),
        ('[fr.articles]\none = "x"\nmany = "y"\nother = "{m}"\n', 4, "articles: there is no place {m}"),
        ('[en]\nsearch = 3\n', 2, "search must be text in quotes"),
        ('search = "x"\n', 1, "search is not the table of a language"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_words_is_told_with_its_line(tmp_path: Path, text: str, line: int, message: str) -> None:
    write(tmp_path, {"templates/words.toml": text})
    found = problems(tmp_path)
    assert {(one.path, one.line) for one in found} == {("templates/words.toml", line)}
    assert message in found[0].message
    assert found[0].excerpt == text.split("\n")[line - 1]


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    write(tmp_path, {"templates/a.html": b"\xff", "templates/default/b.html": ""})
    write(tmp_path, {"templates/words.toml": "[en]\nsearch = 1\ntags = 2\n"})
    assert [(one.path, one.line) for one in problems(tmp_path)] == [
        ("templates/a.html", 0), ("templates/default/b.html", 0),
        ("templates/words.toml", 2), ("templates/words.toml", 3),
    ]  # fmt: skip


# What can be overridden


def test_every_template_and_every_stylesheet_and_script_says_what_it_is_for(tmp_path: Path) -> None:
    silent = [part.name for part in parts(tmp_path / "templates", tmp_path / "static") if not part.purpose]
    assert [name for name in silent if Path(name).suffix in (".css", ".html", ".js", ".toml", ".xml")] == []


def test_everything_in_the_theme_can_be_overridden(tmp_path: Path) -> None:
    names = [part.name for part in parts(tmp_path / "templates", tmp_path / "static")]
    files = [*TEMPLATES.rglob("*"), *STATIC.rglob("*")]
    assert len(names) == len(set(names)) == sum(file.is_file() for file in files)
    assert {"base.html", "words.toml", "style.css"} <= set(names)


def test_what_is_the_digests_own_is_told(tmp_path: Path) -> None:
    write(tmp_path, {"templates/tag.html": "", "static/style.css": "", "templates/new.html": ""})
    own = {part.name: part.own for part in parts(tmp_path / "templates", tmp_path / "static") if part.is_own}
    assert own == {"tag.html": tmp_path / "templates" / "tag.html", "style.css": tmp_path / "static" / "style.css"}


def test_the_defaults_own_folders_are_nobodys_override() -> None:
    assert not any(part.is_own for part in parts(theme.TEMPLATES, theme.STATIC))


NAMES = {"Bluesky", "Mastodon", "OPML"}
"""The same in every language."""


@pytest.mark.parametrize("name", sorted(file.name for file in TEMPLATES.glob("*.html")))
def test_no_template_holds_words_that_are_not_in_the_translation_file(name: str) -> None:
    source = (TEMPLATES / name).read_text("utf-8")
    source = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", source, flags=re.S)
    shown = re.sub(r"""<[^>]*>| [a-z]+="[^"]*\"""", " ", source)
    assert set(re.findall(r"[A-Za-z]{3,}", shown)) <= NAMES
    assert re.findall(r"""(?:aria-label|title|alt|placeholder)="([^"]*[a-z][^"]*)\"""", source) == []
