"""`broadsheet templates`: what is listed, what is copied, what is refused."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from digests import article, digest, write

from broadsheet.theme import STATIC, TEMPLATES


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "broadsheet", "templates", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return digest(tmp_path, {"articles/a.md": article()}, own_theme=False)


def test_every_file_of_the_theme_is_listed_with_what_it_is_for(root: Path) -> None:
    lines = run(root).stdout.splitlines()
    assert lines[0] == "templates/"
    assert next(line for line in lines if "article.html" in line).split(None, 1)[1].startswith("An article")
    folder = lines.index("static/")
    assert any("tag.html" in line for line in lines[:folder])
    assert any("style.css" in line for line in lines[folder:])
    files = [file for base in (TEMPLATES, STATIC) for file in base.rglob("*") if file.is_file()]
    assert len(lines) == len(files) + 2


def test_what_is_the_digests_own_is_marked(root: Path) -> None:
    write(root, {"templates/tag.html": "mine", "templates/other.html": "mine"})
    lines = run(root).stdout.splitlines()
    assert [line.split()[1] for line in lines if line.startswith("* ")] == ["tag.html", "yours"]


def test_files_are_copied_into_the_digest_as_they_are(root: Path) -> None:
    done = run(root, "--copy", "tag.html", "style.css", "fonts/OFL.txt", "tag.html")
    assert (done.returncode, done.stdout.splitlines()) == (
        0, ["templates/tag.html", "static/style.css", "static/fonts/OFL.txt"],
    )  # fmt: skip
    assert (root / "templates" / "tag.html").read_bytes() == (TEMPLATES / "tag.html").read_bytes()
    assert (root / "static" / "style.css").read_bytes() == (STATIC / "style.css").read_bytes()
    assert run(root, "tag.html").stdout.splitlines()[1].startswith("* tag.html")


def test_the_folders_of_the_configuration_are_used(tmp_path: Path) -> None:
    digest(tmp_path, {}, own_theme=False, more='[folders]\ntemplates = "theme/pages"\nstatic = "theme/files"')
    assert run(tmp_path, "--copy", "tag.html").stdout == "theme/pages/tag.html\n"
    assert "theme/files/\n" in run(tmp_path).stdout


def test_a_file_that_is_there_is_never_written_over_and_then_nothing_is_copied(root: Path) -> None:
    write(root, {"templates/tag.html": "mine", "static/style.css": "mine"})
    done = run(root, "--copy", "tags.html", "tag.html", "style.css")
    assert done.returncode == 2
    assert "templates/tag.html: error: is there already" in done.stderr
    assert "static/style.css: error: is there already" in done.stderr
    assert (root / "templates" / "tag.html").read_text() == "mine"
    assert not (root / "templates" / "tags.html").exists()


def test_names_that_are_none_are_all_told_with_what_was_meant(root: Path) -> None:
    done = run(root, "--copy", "artcle.html", "zzz", "tag.html")
    assert done.returncode == 2
    assert "artcle.html: error: the theme has no such file\n  hint: did you mean article.html?" in done.stderr
    assert "zzz: error:" in done.stderr
    assert not (root / "templates").exists()


def test_copying_needs_names(root: Path) -> None:
    done = run(root, "--copy")
    assert done.returncode == 2
    assert "--copy needs names" in done.stderr


def test_a_folder_that_cannot_be_written_is_told(root: Path) -> None:
    write(root, {"templates": "a file where the folder would be"})
    done = run(root, "--copy", "tag.html")
    assert done.returncode == 3
    assert "templates/tag.html: error: cannot be written" in done.stderr


def test_all_is_there_as_json(root: Path) -> None:
    listed = json.loads(run(root, "--json", "tag.html").stdout)
    one = {"name": "tag.html", "purpose": "The articles of a tag.", "path": "templates/tag.html", "own": False}
    assert listed == {"ok": True, "files": [one]}
    copied = json.loads(run(root, "--copy", "--json", "tag.html").stdout)
    assert copied["files"][0]["own"] is True
    assert (root / "templates" / "tag.html").is_file()


def test_outside_of_a_digest_the_digest_is_missed(tmp_path: Path) -> None:
    assert run(tmp_path).returncode == 2
