"""A command to what it costs: wall time, processor time and memory of all its processes together. On Linux.

    python benchmarks/measure.py COMMAND ...  run it twice: for its times, and for its memory
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

SAMPLED = 0.02
"""Seconds between two looks at the memory."""

_SUBREAPER = 36
"""PR_SET_CHILD_SUBREAPER of prctl(2)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Seconds until the command ended, and seconds of processor time, user and system, of it and all it started."""

    wall: float
    cpu: float


def cost(command: Sequence[str], folder: Path) -> Cost:
    """Run a command and count all of its processes, also those that it leaves to end by themselves.

    Raises CalledProcessError where it fails.
    """
    _adopt_orphans()
    # What was written before is on disk before: else its writing would be counted here.
    os.sync()
    used, began = _used(), time.perf_counter()
    process = start(command, folder)
    status = process.wait()
    wall = time.perf_counter() - began
    _wait_for_orphans()
    _check(status, command)
    return Cost(wall=wall, cpu=_used() - used)


def peak_memory(command: Sequence[str], folder: Path) -> float:
    """Run a command: the most megabytes (of 10^6) that all its processes had at one time.

    Memory that several of them share counts once (PSS). It is looked at every
    SAMPLED seconds, which slows what is looked at: so this is no run to time.
    """
    _adopt_orphans()
    process, peak = start(command, folder), 0
    while process.poll() is None:
        peak = max(peak, _memory(process.pid))
        time.sleep(SAMPLED)
    _wait_for_orphans()
    _check(process.returncode, command)
    return peak / 1e6


def start(command: Sequence[str], folder: Path) -> subprocess.Popen[bytes]:
    """Start a command in a session of its own; what it prints is left out, what it complains of is not."""
    return subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, start_new_session=True)


def end(process: subprocess.Popen[bytes]) -> None:
    """Ask a server and those it started to end, and wait until they have."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGINT)
    process.wait()
    _wait_for_orphans()


def size(folder: Path) -> tuple[int, float]:
    """Files below a folder, less those in hidden folders, and their megabytes (of 10^6)."""
    sizes = [os.stat(file).st_size for file in _files(folder)]
    return len(sizes), sum(sizes) / 1e6


def _files(folder: Path) -> Iterator[str]:
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            yield os.path.join(place, name)  # noqa: PTH118 - a hundred thousand of them


def _adopt_orphans() -> None:
    """Become the parent of what commands leave behind, so that it can be waited for and counted."""
    ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)


def _wait_for_orphans() -> None:
    with suppress(ChildProcessError):
        while True:
            os.waitpid(-1, 0)


def _check(status: int, command: Sequence[str]) -> None:
    if status:
        raise subprocess.CalledProcessError(status, command)


def _used() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _memory(session: int) -> int:
    """Bytes of all processes of a session."""
    return sum(_share(place) for place in os.listdir("/proc") if place.isdigit() and _session(place) == session)


def _session(process: str) -> int:
    with suppress(OSError):
        return int(Path("/proc", process, "stat").read_text().rpartition(")")[2].split()[3])
    return 0


def _share(process: str) -> int:
    with suppress(OSError):
        for line in Path("/proc", process, "smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0


def main() -> None:
    command = sys.argv[1:]
    if not command:
        raise SystemExit(__doc__)
    spent = cost(command, Path.cwd())
    print(f"{spent.wall:.2f} s, CPU {spent.cpu:.2f} s, {peak_memory(command, Path.cwd()):.0f} MB")


if __name__ == "__main__":
    main()
