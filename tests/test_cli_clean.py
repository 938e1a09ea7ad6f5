"""`broadsheet clean` as a filter: files in, stories out, nothing written."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from test_cli_add import STORY, article_page

from broadsheet.capture.batch import FEW

FOOT = "Brinhaven Media Group holds the rights to all that is shown here, and to the pictures of its members"


def run(folder: Path, *arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "broadsheet", "clean", *arguments], cwd=folder, capture_output=True, input=stdin,
        timeout=120, check=False, env={**os.environ, "PYTHONPATH": ""},
    )  # fmt: skip


def data(done: subprocess.CompletedProcess[bytes]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in done.stdout.decode().splitlines()]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "yard.html").write_text(article_page(), "utf-8")
    (tmp_path / "yard.txt").write_text("\n\n".join(["Council closes the Brinhaven yard", *STORY, "Most read"]), "utf-8")
    return tmp_path


def test_a_file_is_printed_as_markdown(folder: Path) -> None:
    done = run(folder, "yard.html")
    assert (done.returncode, done.stderr) == (0, b"")
    text = done.stdout.decode()
    assert text.startswith("# Council closes the Brinhaven yard\n\n")
    assert text.endswith("\n\n".join(STORY) + "\n")
    assert sorted(file.name for file in folder.iterdir()) == ["yard.html", "yard.txt"]


def test_json_has_a_line_for_each_file_in_order(folder: Path) -> None:
    done = run(folder, "--format", "json", "yard.txt", "nowhere.html", "yard.html")
    assert done.returncode == 1
    text, missing, page = data(done)
    assert [one["path"] for one in (text, missing, page)] == ["yard.txt", "nowhere.html", "yard.html"]
    assert (text["error"], page["error"]) == (None, None)
    assert "is not there" in missing["error"]
    assert text["text"] == page["text"] == "\n\n".join(STORY)
    assert {
        key: page[key] for key in ("title", "authors", "date", "tags", "source")
    } == {
        "title": "Council closes the Brinhaven yard", "authors": ["Bo Example"], "date": "2026-11-20T08:30:00+01:00",
        "tags": ["Ports", "Ships"], "source": {"name": "Harbour News", "url": None},
    }  # fmt: skip
    assert text["dropped"][-1]["text"] == "Most read"
    assert 0 <= page["confidence"] <= 1


def test_many_files_are_cleaned_as_each_would_be_alone(folder: Path) -> None:
    names = []
    for number in range(FEW * 3):
        names.append(f"{number}.html")
        (folder / names[-1]).write_text(article_page(story=tuple(f"{one} ({number})" for one in STORY)), "utf-8")
    together = data(run(folder, "--format", "json", *names))
    alone = [data(run(folder, "--format", "json", name))[0] for name in names[:2]]
    assert [one["path"] for one in together] == names
    assert together[:2] == alone


def test_standard_input_is_read(folder: Path) -> None:
    page = article_page(more='<base href="https://harbour.example/x/">')
    page = page.replace("The union", 'The <a href="u">union</a>')
    done = run(folder, "-", "--url", "https://harbour.example/yard", stdin=page.encode())
    assert "[union](https://harbour.example/x/u)" in done.stdout.decode()
    done = run(folder, "-", "--url", "https://harbour.example/yard", "--format", "json", stdin=page.encode())
    assert data(done)[0]["source"]["url"] == "https://harbour.example/yard"
    assert data(run(folder, "--format", "json", stdin=page.encode()))[0]["path"] == "-"


def test_an_address_for_each_file_or_one_for_all(folder: Path) -> None:
    two = ("--url", "https://a.example/1", "--url", "https://b.example/2")
    found = data(run(folder, "--format", "json", *two, "yard.html", "yard.txt"))
    assert [one["source"]["url"] for one in found] == ["https://a.example/1", "https://b.example/2"]
    done = run(folder, *two, "yard.html", "yard.txt", "yard.html")
    assert done.returncode == 2
    assert b"once for all, or once for each" in done.stderr


def test_siblings_are_evidence(folder: Path) -> None:
    stories = [tuple(sentence.replace("yard", word) for sentence in STORY) for word in ("slip", "mole", "lock", "quay")]
    for number, story in enumerate(stories):
        # What stands at the end of all could be the last paragraph of each.
        own = tuple(f"{one} {number * 7} {number}" for one in story)
        (folder / f"{number}.txt").write_text("\n\n".join([f"Story {number} of the harbour", *own, FOOT]), "utf-8")
    names = [f"{number}.txt" for number in range(4)]
    found = data(run(folder, "--siblings", "--format", "json", *names))
    assert not any(FOOT in one["text"] for one in found)


def test_an_empty_file_is_an_error_and_never_an_empty_story(folder: Path) -> None:
    for name, text in (("empty.html", "<p></p>"), ("empty.txt", " \n"), ("nothing", "")):
        (folder / name).write_text(text)
        done = run(folder, name, "--format", "json")
        assert done.returncode == 1
        assert "no story was found" in data(done)[0]["error"]


def test_why_names_every_dropped_line(folder: Path) -> None:
    done = run(folder, "--why", "yard.html")
    assert b"Ferry fares rise again" in done.stderr
    assert b"Ferry fares rise again" not in done.stdout


def test_signs_in_a_title_are_no_markdown(folder: Path) -> None:
    page = article_page().replace("Council closes the Brinhaven yard", "Council *closes* the &lt;b&gt; [yard]")
    (folder / "signs.html").write_text(page, "utf-8")
    assert run(folder, "signs.html").stdout.decode().startswith("# Council \\*closes\\* the")
    assert b"<b>" not in run(folder, "signs.html").stdout


def test_an_address_that_is_none_is_refused(folder: Path) -> None:
    done = run(folder, "yard.html", "--url", "http://[damaged")
    assert done.returncode == 2
    assert b"must be a web address" in done.stderr


def test_a_feed_is_no_article(folder: Path) -> None:
    (folder / "feed.xml").write_text('<rss version="2.0"><channel><title>News</title></channel></rss>')
    done = run(folder, "feed.xml")
    assert done.returncode == 1
    assert b"is a feed, not an article" in done.stderr
    assert b"broadsheet inbox feed.xml" in done.stderr


def test_without_the_extra_the_verb_says_how_to_get_it(folder: Path) -> None:
    blocked = folder / "blocked"
    blocked.mkdir()
    (blocked / "sitecustomize.py").write_text("import sys\nsys.modules['trafilatura'] = None\n")
    done = subprocess.run(
        [sys.executable, "-m", "broadsheet", "clean", "yard.html"], cwd=folder, capture_output=True, timeout=60,
        check=False, env={**os.environ, "PYTHONPATH": str(blocked)}, text=True,
    )  # fmt: skip
    assert done.returncode == 2
    assert 'pip install "broadsheet[capture]"' in done.stderr


def test_a_line_without_end_is_read_so_far_and_said_to_be(folder: Path) -> None:
    (folder / "endless.txt").write_text("The council voted on Tuesday. " * 10_000)
    (found,) = data(run(folder, "endless.txt", "--format", "json"))
    assert len(found["text"]) <= 100_000
    assert found["doubts"] == ["a line of the text has more than 100,000 letters, and only those were read"]
