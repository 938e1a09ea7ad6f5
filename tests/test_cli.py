"""The program as its users run it: verbs, what they print, how they end."""

from __future__ import annotations

import contextlib
import html
import json
import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from serving import article, digest

ROOT = Path(__file__).resolve().parent.parent
NOW = "1795305600"  # 2026-11-22T00:00Z


def run(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "broadsheet", *arguments], cwd=folder, capture_output=True, text=True, encoding="utf-8",
        env={**os.environ, "SOURCE_DATE_EPOCH": NOW, **environment}, timeout=120, check=False,
    )  # fmt: skip


@pytest.fixture
def root(tmp_path: Path) -> Path:
    digest(tmp_path)
    return tmp_path


def out(done: subprocess.CompletedProcess[str], code: int = 0) -> list[str]:
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout.splitlines()


def without_seconds(line: str) -> str:
    start, comma, end = line.rpartition(", ")
    assert comma
    assert end.endswith(" s")
    return start


# build -----------------------------------------------------------------------------------------------


def test_a_build_prints_one_line(root: Path) -> None:
    lines = out(run(root, "build"))
    assert [without_seconds(line) for line in lines] == ["built 9 pages: 9 changed, 0 removed"]
    lines = out(run(root, "build"))
    assert [without_seconds(line) for line in lines] == ["built 9 pages: 0 changed, 0 removed"]
    (root / "content" / "articles" / "second.md").unlink()
    lines = out(run(root, "build"))
    assert without_seconds(lines[0]).startswith("built 8 pages:")
    assert without_seconds(lines[0]).endswith("1 removed")


def test_a_build_says_what_it_held_back_and_when_the_next_is_due(root: Path) -> None:
    articles = root / "content" / "articles"
    (articles / "draft.md").write_text(article("A draft").replace("---\n\n", "draft: true\n---\n\n"))
    (articles / "later.md").write_text(
        article("Later").replace("---\n\n", "publish_date: 2026-12-01T09:00+01:00\n---\n\n")
    )
    (articles / "gone.md").write_text(article("Gone").replace("---\n\n", "expiry_date: 2026-11-10\n---\n\n"))
    assert out(run(root, "build"))[1:] == [
        "held back: 3",
        "  content/articles/draft.md: draft",
        "  content/articles/gone.md: expired",
        "  content/articles/later.md: embargoed until 2026-12-01 08:00 UTC",
        "next build due 2026-12-01 08:00 UTC",
    ]
    shown = {
        "--drafts": "2026/11/draft",
        "--future": "2026/11/later",
        "--expired": "2026/11/gone",
    }
    for flag, path in shown.items():
        out(run(root, "build", flag, "--output", f"with{flag}"))
        made = {other for other in shown.values() if (root / f"with{flag}" / other / "index.html").exists()}
        assert made == {path}


def test_a_build_reports_as_json(root: Path) -> None:
    data = json.loads("\n".join(out(run(root, "build", "--json"))))
    assert data["ok"]
    assert data["pages"] == 9
    assert data["rendered"] == data["files"] == len(data["changed"])
    assert data["removed"] == []
    again = json.loads("\n".join(out(run(root, "build", "--json"))))
    assert (again["rendered"], again["changed"]) == (0, [])


def test_a_failed_build_reports_as_json_too(root: Path) -> None:
    (root / "content" / "articles" / "bad.md").write_text("---\ntitle: x\ndate: tomorrow\n---\n")
    done = run(root, "build", "--json")
    data = json.loads("\n".join(out(done, 1)))
    assert not data["ok"]
    assert [(one["path"], one["line"], one["column"]) for one in data["problems"]] == [
        ("content/articles/bad.md", 3, 7)
    ]


def test_all_errors_of_a_run_are_told_at_once_and_the_site_stays(root: Path) -> None:
    out(run(root, "build"))
    before = {file: file.stat().st_mtime_ns for file in (root / "site").rglob("*")}
    (root / "content" / "articles" / "one.md").write_text("---\ntitle: x\ndate: 2026-13-02\n---\n")
    (root / "content" / "articles" / "two.md").write_text("---\ndate: 2026-11-02\n---\n")
    done = run(root, "build")
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == (
        "content/articles/one.md:3:7: error: date: month must be in 1..12\n"
        "    3 | date: 2026-13-02\n"
        "      |       ^^^^^^^^^^\n"
        "  hint: dates are written 2026-12-02 or 2026-12-02T09:30+01:00\n"
        "content/articles/two.md:1:1: error: title is missing\n"
        "    1 | ---\n"
        "      | ^\n"
        "  hint: every file needs one: title: What happened\n"
        "2 errors\n"
    )
    assert {file: file.stat().st_mtime_ns for file in (root / "site").rglob("*")} == before


def test_base_url_and_output_can_be_given(root: Path) -> None:
    out(run(root, "build", "--base-url", "https://other.example/news", "--output", "elsewhere"))
    assert not (root / "site").exists()
    assert "https://other.example/news/" in (root / "elsewhere" / "rss.xml").read_text()


def test_clean_renders_everything_and_writes_nothing_that_is_the_same(root: Path) -> None:
    out(run(root, "build"))
    data = json.loads("\n".join(out(run(root, "build", "--clean", "--json"))))
    assert data["rendered"] == data["files"]
    assert data["changed"] == []


@pytest.mark.parametrize(
    "arguments",
    [["build", "--jobs", "0"], ["build", "--nonsense"], ["nonsense"], ["build", "--base-url", "example.org"],
     ["build", "--output", ""], ["build", "--output", "."], ["build", "--output", "content"], ["new", "  "],
     ["new", ""], ["init", "content"], ["serve", "--port", "70000"]],
)  # fmt: skip
def test_usage_that_makes_no_sense_ends_with_2(root: Path, arguments: list[str]) -> None:
    done = run(root, *arguments)
    assert done.returncode == 2, done.stderr
    assert done.stderr.strip()
    assert "Traceback" not in done.stderr


def test_a_folder_without_a_digest_is_told_what_to_do(tmp_path: Path) -> None:
    done = run(tmp_path, "build")
    assert done.returncode == 2
    assert "broadsheet init" in done.stderr


def test_an_output_that_cannot_be_written_ends_with_3(root: Path) -> None:
    (root / "site").write_text("a file in the way")
    done = run(root, "build")
    assert done.returncode == 3
    assert (root / "site").read_text() == "a file in the way"


def test_a_strangers_folder_ends_with_3_untouched(root: Path) -> None:
    (root / "site").mkdir()
    (root / "site" / "precious.txt").write_text("mine")
    done = run(root, "build")
    assert done.returncode == 3
    assert "precious.txt" in done.stderr
    assert [file.name for file in (root / "site").iterdir()] == ["precious.txt"]


def test_an_interrupted_build_ends_with_130_and_leaves_the_site(root: Path) -> None:
    out(run(root, "build"))
    before = {file: file.read_bytes() for file in (root / "site").rglob("*") if file.is_file()}
    # A template that takes long, so that the interruption comes while it renders.
    (root / "templates").mkdir()
    slow = "{% for a in range(90000) %}{% for b in range(9000) %}{% endfor %}{% endfor %}"
    (root / "templates" / "article.html").write_text(slow)
    process = subprocess.Popen(
        [sys.executable, "-m", "broadsheet", "build"], cwd=root, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "SOURCE_DATE_EPOCH": NOW},
    )  # fmt: skip
    stage = root / "site" / ".broadsheet" / "stage"
    while not stage.exists():
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, error = process.communicate(timeout=30)
    assert process.returncode == 130
    assert error.strip() == "interrupted"
    assert {file: file.read_bytes() for file in (root / "site").rglob("*") if file.is_file()} == before


def on_a_terminal(folder: Path, *arguments: str) -> str:
    """What a person sees at a terminal of 80 columns."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "broadsheet", *arguments], cwd=folder, stdin=slave, stdout=slave, stderr=slave,
        env={**os.environ, "SOURCE_DATE_EPOCH": NOW, "TERM": "xterm", "COLUMNS": "80"},
    )  # fmt: skip
    os.close(slave)
    seen = b""
    with contextlib.suppress(OSError):  # Linux ends a terminal that nobody holds open with an error
        while part := os.read(master, 4096):
            seen += part
    os.close(master)
    process.wait(30)
    return seen.decode()


def test_long_work_shows_a_bar_on_a_terminal_and_quick_work_none(root: Path) -> None:
    (root / "templates").mkdir()
    slow = "{% for a in range(5000) %}{% for b in range(9000) %}{% endfor %}{% endfor %}"
    (root / "templates" / "article.html").write_text(slow)
    assert "rendering" in on_a_terminal(root, "build")
    assert "rendering" not in on_a_terminal(root, "build")
    assert "rendering" not in run(root, "build", "--clean").stderr


def test_a_subfolder_of_the_digest_will_do(root: Path) -> None:
    out(run(root / "content" / "articles", "build"))
    assert (root / "site" / "index.html").exists()


def test_a_wrong_clock_is_a_clear_error(root: Path) -> None:
    done = run(root, "build", SOURCE_DATE_EPOCH="noon")
    assert done.returncode == 2
    assert done.stderr == "SOURCE_DATE_EPOCH: error: 'noon' is not a number of seconds since 1970\n"


# init and new ----------------------------------------------------------------------------------------


def test_a_new_digest_builds_at_once(tmp_path: Path) -> None:
    lines = out(run(tmp_path, "init", "my-digest"))
    assert lines[-1] == "  cd my-digest && broadsheet serve"
    folder = tmp_path / "my-digest"
    done = run(folder, "build")
    assert out(done)[0].startswith("built 12 pages: 12 changed")
    assert done.stderr == ""
    assert 'title = "My digest"' in (folder / "broadsheet.toml").read_text()
    assert (folder / ".gitignore").read_text().startswith("/site/\n")


def test_two_new_digests_have_feeds_of_their_own(tmp_path: Path) -> None:
    ids = set()
    for name in ("one", "two"):
        out(run(tmp_path, "init", name))
        out(run(tmp_path / name, "build"))
        ids |= {part.split("<")[0] for part in (tmp_path / name / "site" / "atom.xml").read_text().split("<id>")[1:]}
    assert len(ids) == 4


def test_a_folder_with_something_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    done = run(tmp_path, "init")
    assert done.returncode == 2
    assert "has something in it already" in done.stderr
    assert [file.name for file in tmp_path.iterdir()] == ["notes.txt"]


@pytest.mark.parametrize(
    "title", ["What happened today", 'C#: "quoted" & more', "#1 - a dash", "日本語", "🙂", "yes", "{{ 7 }}"]
)
def test_a_new_article_is_a_draft_with_its_title_as_typed(root: Path, title: str) -> None:
    path = out(run(root, "new", title))[0]
    text = (root / path).read_text()
    assert "\ndraft: true\n" in text
    done = run(root, "build", "--drafts")
    assert done.stderr == ""
    out(done)
    page = (root / "site" / "2026" / "11" / Path(path).stem / "index.html").read_text()
    assert f"<title>{html.escape(title, quote=False)}" in page.replace("&#34;", '"').replace("&#39;", "'")


def test_an_article_is_never_overwritten(root: Path) -> None:
    path = out(run(root, "new", "Once"))[0]
    (root / path).write_text("an hour's work")
    done = run(root, "new", "Once")
    assert done.returncode == 2
    assert (root / path).read_text() == "an hour's work"


# The program -----------------------------------------------------------------------------------------


def test_build_py_and_broadsheet_are_one_program(tmp_path: Path) -> None:
    def by_script(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, str(ROOT / "build.py"), *arguments],
            cwd=tmp_path, capture_output=True, text=True, check=True,
        )  # fmt: skip
        return done.stdout

    assert by_script("--version") == "\n".join(out(run(tmp_path, "--version"))) + "\n"
    assert by_script("--help") == "\n".join(out(run(tmp_path, "--help"))) + "\n"
    digest(tmp_path)
    assert by_script().startswith("built 9 pages")
    assert json.loads(by_script("--json"))["changed"] == []
    assert json.loads(by_script("build", "--json"))["changed"] == []


def test_the_version_is_told_without_importing_what_it_does_not_need(tmp_path: Path) -> None:
    code = (
        "import sys; from broadsheet.cli import main; main(['--version']);"
        "print(sorted({'markdown', 'jinja2', 'lxml', 'feedgen', 'uvicorn', 'rich', 'yaml', 'nh3'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("verb", ["build", "init", "new", "serve"])
def test_every_verb_has_help_that_fits_a_terminal(tmp_path: Path, verb: str) -> None:
    lines = out(run(tmp_path, verb, "--help"))
    assert len(lines) > 4
    assert max(len(line) for line in lines) <= 80


def test_a_wheel_carries_the_theme_and_the_starter(tmp_path: Path) -> None:
    wheels = tmp_path / "wheels"
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index",
         "--wheel-dir", str(wheels), str(ROOT)],
        check=True, capture_output=True,
    )  # fmt: skip
    (wheel,) = wheels.glob("broadsheet-*.whl")
    installed = tmp_path / "installed"
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index",
         "--target", str(installed), str(wheel)],
        check=True, capture_output=True,
    )  # fmt: skip
    out(run(tmp_path, "init", "my-digest", PYTHONPATH=str(installed)))
    folder = tmp_path / "my-digest"
    out(run(folder, "build", PYTHONPATH=str(installed)))
    assert (folder / "site" / "index.html").exists()
    assert (folder / "site" / "style.css").read_bytes() == (ROOT / "static" / "style.css").read_bytes()
    where = subprocess.run(
        [sys.executable, "-c", "import broadsheet.theme as theme; print(theme.TEMPLATES)"],
        cwd=folder, env={**os.environ, "PYTHONPATH": str(installed)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert where.stdout.strip().startswith(str(installed))
