"""Other processes to work in: a pool of them, or an executor that somebody else has."""

from __future__ import annotations

import signal
import sys
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # Imported where processes are begun: a build with little to render does without.
    from concurrent.futures import Executor, ProcessPoolExecutor


@dataclass(frozen=True, slots=True, kw_only=True)
class Workers:
    """Whom work is given to: `count` work at a time, each on `shard` outputs."""

    executor: Executor
    count: int
    shard: int


def forks() -> bool:
    """Whether the processes of a pool that is made now have all that this one has.

    They do on Linux, where no other thread runs, which a fork would copy half-way.
    On macOS the system's own libraries have threads, and do not outlive a fork.
    """
    return sys.platform == "linux" and threading.active_count() == 1


def pool(workers: int, *, fork: bool = False) -> ProcessPoolExecutor:
    """An executor of so many processes, none of which answers Ctrl-C: that is for the first one to do.

    They begin empty, or as a copy of this one where they may `fork` and can.
    """
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    methods = multiprocessing.get_all_start_methods()
    method = "fork" if fork and forks() else "forkserver" if "forkserver" in methods else "spawn"
    return ProcessPoolExecutor(workers, multiprocessing.get_context(method), _start)


def _start() -> None:
    # Ctrl-C reaches the whole group.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
