"""A burst of changes below the folders becomes one call; reading becomes none."""

from __future__ import annotations

import os
import queue
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from broadsheet.preview.watch import FEW, watching


class Calls:
    """Counts calls and lets a test wait for the next."""

    def __init__(self) -> None:
        self.count = 0
        self.came = threading.Semaphore(0)

    def __call__(self) -> None:
        self.count += 1
        self.came.release()

    def wait(self) -> bool:
        return self.came.acquire(timeout=10)

    def quiet(self) -> bool:
        """Whether nothing more comes for a while."""
        return not self.came.acquire(timeout=0.7)


@contextmanager
def watched(root: Path, *, poll: bool = False) -> Iterator[Calls]:
    calls = Calls()
    with watching(root, lambda: ("content", "templates"), ("broadsheet.toml",), calls, poll=poll):
        yield calls


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "content" / "articles").mkdir(parents=True)
    (tmp_path / "content" / "articles" / "one.md").write_text("one")
    return tmp_path


def test_a_saved_file_is_noticed(root: Path) -> None:
    with watched(root) as calls:
        (root / "content" / "articles" / "one.md").write_text("two")
        assert calls.wait()


def test_an_editors_atomic_save_is_noticed_once(root: Path) -> None:
    article = root / "content" / "articles" / "one.md"
    with watched(root) as calls:
        beside = article.with_name(".one.md.swp")
        beside.write_text("two")
        beside.replace(article)
        article.touch()
        assert calls.wait()
        assert calls.quiet()


@pytest.mark.parametrize("change", ["rename", "delete", "new folder", "configuration"])
def test_other_changes_are_noticed(root: Path, change: str) -> None:
    article = root / "content" / "articles" / "one.md"
    with watched(root) as calls:
        match change:
            case "rename":
                article.rename(article.with_name("two.md"))
            case "delete":
                article.unlink()
            case "new folder":
                (root / "content" / "articles" / "2026").mkdir()
                (root / "content" / "articles" / "2026" / "new.md").write_text("new")
            case _:
                (root / "broadsheet.toml").write_text("")
        assert calls.wait()


def test_a_watched_folder_that_is_made_later_is_noticed(root: Path) -> None:
    with watched(root) as calls:
        for _ in range(2):
            (root / "templates").mkdir()
            assert calls.wait()
            assert calls.quiet()
            (root / "templates" / "page.html").write_text("page")
            assert calls.wait()
            assert calls.quiet()
            shutil.rmtree(root / "templates")
            assert calls.wait()
            assert calls.quiet()


def test_a_bulk_change_is_one_reload(root: Path) -> None:
    with watched(root) as calls:
        for number in range(200):
            (root / "content" / "articles" / f"{number}.md").write_text("text")
        assert calls.wait()
        assert calls.quiet()
        assert calls.count == 1


def test_reading_is_not_a_change(root: Path) -> None:
    with watched(root) as calls:
        for _ in range(20):
            (root / "content" / "articles" / "one.md").read_text()
            os.listdir(root / "content" / "articles")
        assert calls.quiet()


def test_what_editors_and_builds_leave_beside_is_not_a_change(root: Path) -> None:
    (root / "site").mkdir()
    with watched(root) as calls:
        (root / "content" / "articles" / ".one.md.swp").write_text("")
        (root / "content" / "articles" / "one.md~").write_text("")
        (root / "content" / "articles" / "#one.md#").write_text("")
        (root / "site" / "index.html").write_text("")
        (root / "notes.txt").write_text("")
        assert calls.quiet()


def test_polling_notices_too(root: Path) -> None:
    with watched(root, poll=True) as calls:
        (root / "content" / "articles" / "new.md").write_text("new")
        assert calls.wait()


EXHAUSTED = """
import sys, threading
from pathlib import Path
from broadsheet.preview.watch import FEW, watching
root, came = Path(sys.argv[1]), threading.Event()
with watching(root, lambda: ("content",), (), came.set, say=print):
    (root / "content" / "articles" / "new.md").write_text("new")
    print("noticed" if came.wait(15) else "missed")
"""


@pytest.mark.parametrize("limit", ["max_inotify_instances", "max_inotify_watches"])
def test_a_system_without_watches_is_said_and_polled(root: Path, limit: str) -> None:
    # A user namespace has limits of its own, so that the machine's stay as they are.
    allowed = subprocess.run(["unshare", "-Ur", "true"], capture_output=True, check=False).returncode == 0
    if not allowed:
        pytest.skip("this machine lets nobody make a user namespace, so its watches cannot be used up")
    shell = f'echo 0 > /proc/sys/user/{limit}; exec "$0" -c "$1" "$2"'
    command = ["unshare", "-Ur", "sh", "-c", shell, sys.executable, EXHAUSTED, str(root)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert "no file watches left" in done.stdout, done.stderr
    assert "noticed" in done.stdout


# Saves


def test_each_save_is_told_at_once_while_a_reload_takes_its_time(root: Path) -> None:
    file = root / "content" / "articles" / "one.md"
    saved: queue.SimpleQueue[Path] = queue.SimpleQueue()
    go_on = threading.Event()
    began = threading.Event()

    def reload() -> None:
        began.set()
        go_on.wait(60)

    with watching(root, lambda: ("content",), (), reload, on_save=saved.put):
        file.write_text("first")
        assert saved.get(timeout=10) == file
        assert began.wait(10)
        for number in range(30):
            # More events than are ever told at once wait for the reload by now.
            file.write_text(f"save {number}")
            assert saved.get(timeout=10) == file
            time.sleep(0.12)
        beside = file.with_name(".one.new")
        beside.write_text("put in place")
        beside.replace(file)
        assert saved.get(timeout=10) == file
        go_on.set()


def test_of_a_bulk_change_few_saves_are_told(root: Path) -> None:
    saved: list[Path] = []
    done = threading.Event()
    with watching(root, lambda: ("content",), (), done.set, on_save=saved.append):
        for number in range(200):
            (root / "content" / "articles" / f"{number}.md").write_text("text")
        assert done.wait(10)
    assert 0 < len(saved) < FEW


def test_what_is_opened_and_left_as_it_was_is_no_save(root: Path) -> None:
    saved: list[Path] = []
    with watching(root, lambda: ("content",), (), lambda: None, on_save=saved.append):
        for _ in range(5):
            (root / "content" / "articles" / "one.md").read_text()
        (root / "content" / "articles" / ".hidden.md").write_text("x")
        time.sleep(0.5)
    assert saved == []
