"""Changes below a digest's folders to one call for each burst of them."""

from __future__ import annotations

import errno
import queue
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver, ObservedWatch
from watchdog.observers.polling import PollingObserver

QUIET = 0.03
"""Seconds without an event after which a burst is over: editors write, rename and touch in one save."""

LONGEST = 0.5
"""Seconds after which a burst that does not end is acted on all the same."""

Folders = Callable[[], tuple[str, ...]]
"""Asked anew after each burst, as a change of the configuration can name other folders."""

READS = ("opened", "closed_no_write")

WHOLE = ("closed", "moved")
"""Events after which a file is all there: it was closed after writing, or put in place of another."""


FEW = 10
"""Saves within a second above which each is one of many, and not told by itself."""

Saved = Callable[[Path], None]


class _Handler(FileSystemEventHandler):
    def __init__(
        self, changes: queue.SimpleQueue[str | None], concerns: Callable[[Path], bool], on_save: Saved
    ) -> None:
        self.changes, self.concerns, self.on_save = changes, concerns, on_save
        self.saves: deque[float] = deque(maxlen=FEW)

    def on_any_event(self, event: FileSystemEvent) -> None:
        if event.event_type in READS:
            return
        if event.is_directory and event.event_type == "modified":
            return
        for name in (event.src_path, event.dest_path):
            path = Path(str(name)) if name else None
            if path and self.concerns(path):
                self.changes.put(str(path))
        path = Path(str(event.dest_path or event.src_path))
        if event.event_type in WHOLE and self.concerns(path) and self.is_one_of_few():
            self.on_save(path)

    def is_one_of_few(self) -> bool:
        now = time.monotonic()
        self.saves.append(now)
        return len(self.saves) < FEW or now - self.saves[0] > 1


@contextmanager
def watching(
    root: Path, folders: Folders, names: tuple[str, ...], on_change: Callable[[], None],
    *, on_save: Saved = lambda path: None, poll: bool = False, say: Callable[[str], None] = lambda text: None,
) -> Iterator[None]:
    """Call `on_change`, in a thread of its own, after each burst of changes, and `on_save` at once for each saved file.

    Watches `folders()` with all below them, and the files `names` beside them in
    `root`. With `poll`, or where the system has no watches left (then `say` is
    told), looks at the files every second instead.
    """
    changes: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    watch = _started(root, folders, names, changes, on_save, poll, say)
    worker = Thread(target=_work, args=(changes, watch, on_change), name="broadsheet-reload", daemon=True)
    worker.start()
    try:
        yield
    finally:
        watch.observer.stop()
        watch.observer.join()
        changes.put(None)
        worker.join()


def _started(
    root: Path, folders: Folders, names: tuple[str, ...], changes: queue.SimpleQueue[str | None],
    on_save: Saved, poll: bool, say: Callable[[str], None],
) -> _Watch:
    if not poll:
        try:
            return _Watch(Observer(), root, folders, names, changes, on_save)
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EMFILE, errno.ENFILE):
                raise
            say(
                "the system has no file watches left (inotify); looking at the files every second instead\n"
                "  hint: raise fs.inotify.max_user_watches and max_user_instances, or use --poll"
            )
    return _Watch(PollingObserver(timeout=1), root, folders, names, changes, on_save)


class _Watch:
    """An observer of a digest's folders, also of those that are made, or made anew, while it runs."""

    def __init__(
        self, observer: BaseObserver, root: Path, folders: Folders, names: tuple[str, ...],
        changes: queue.SimpleQueue[str | None], on_save: Saved,
    ) -> None:
        self.observer, self.root, self.folders = observer, root, folders
        self.below = _Handler(changes, _is_content, on_save)
        self.watches: dict[str, tuple[int, ObservedWatch]] = {}
        beside = _Handler(changes, lambda path: path.parent == root and path.name in (*names, *folders()), on_save)
        observer.schedule(beside, str(root), recursive=False)
        self.follow()
        observer.start()

    def follow(self) -> None:
        """Watch each folder that is there and was not, or is another one of the same name."""
        for folder in self.folders():
            path = self.root / folder
            try:
                inode = path.stat().st_ino
            except OSError:
                inode = 0
            known, watch = self.watches.get(folder, (0, None))
            if inode == known:
                continue
            if watch:
                self.observer.unschedule(watch)
                del self.watches[folder]
            if inode:
                self.watches[folder] = inode, self.observer.schedule(self.below, str(path), recursive=True)


def _is_content(path: Path) -> bool:
    return not path.name.startswith((".", "#")) and not path.name.endswith(("~", ".swp", ".swx", ".tmp"))


def _work(changes: queue.SimpleQueue[str | None], watch: _Watch, on_change: Callable[[], None]) -> None:
    while changes.get() is not None:
        if not _settled(changes):
            return
        watch.follow()
        on_change()
        watch.follow()


def _settled(changes: queue.SimpleQueue[str | None]) -> bool:
    """Wait out the burst; False when watching has ended."""
    deadline = time.monotonic() + LONGEST
    while (left := deadline - time.monotonic()) > 0:
        try:
            if changes.get(timeout=min(QUIET, left)) is None:
                return False
        except queue.Empty:
            return True
    return True
