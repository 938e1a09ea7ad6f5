"""Many captures cleaned on all processors, in order; what goes wrong with one stays with that one."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import TypeVar

from broadsheet.errors import BroadsheetError, Problem
from broadsheet.processes import pool

Job = TypeVar("Job")
Result = TypeVar("Result")

FEW = 6
"""Up to so many jobs are done here: starting a second process costs more."""

AHEAD = 32
"""Jobs handed out before the first result is asked for: a folder of pages is not read into memory at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """Why there is no result."""

    problems: tuple[Problem, ...]


def each(
    work: Callable[[Job], Result], jobs: Iterable[Job], *, name: Callable[[Job], str], workers: int
) -> Iterator[tuple[Job, Result | Failed]]:
    """Every job with what `work` makes of it, in order. `work` must be a function of a module.

    A job whose process dies fails, and those around it are done again.
    """
    jobs = iter(jobs)
    first = [job for _, job in zip(range(FEW), jobs, strict=False)]
    following = next(jobs, None)
    if workers < 2 or following is None:
        for job in (*first, *([] if following is None else [following]), *jobs):
            yield job, _done(work, job, name(job))
        return
    yield from _spread(work, _chain(first, following, jobs), name, workers)


def _chain(first: list[Job], following: Job, rest: Iterator[Job]) -> Iterator[Job]:
    yield from first
    yield following
    yield from rest


def _spread(
    work: Callable[[Job], Result], jobs: Iterator[Job], name: Callable[[Job], str], workers: int
) -> Iterator[tuple[Job, Result | Failed]]:
    waiting: deque[tuple[Job, Future[Result | Failed]]] = deque()
    processes = pool(workers)
    try:
        while True:
            while len(waiting) < AHEAD and (job := next(jobs, None)) is not None:
                waiting.append((job, _submitted(processes, work, job, name(job))))
            if not waiting:
                return
            job, future = waiting.popleft()
            try:
                yield job, future.result()
            except BrokenProcessPool:
                again = [job, *(one for one, _ in waiting)]
                waiting.clear()
                for one in again:
                    yield one, _alone(work, one, name(one))
                processes = pool(workers)
    finally:
        processes.shutdown(wait=False, cancel_futures=True)


def _submitted(
    processes: ProcessPoolExecutor, work: Callable[[Job], Result], job: Job, name: str
) -> Future[Result | Failed]:
    """A pool that broke since its last result refuses jobs; who waits for this one is told so."""
    try:
        return processes.submit(_done, work, job, name)
    except BrokenProcessPool as error:
        refused: Future[Result | Failed] = Future()
        refused.set_exception(error)
        return refused


def _alone(work: Callable[[Job], Result], job: Job, name: str) -> Result | Failed:
    with pool(1) as process:
        try:
            return process.submit(_done, work, job, name).result()
        except BrokenProcessPool:
            return _defect(name, "cleaning it ended the process, as happens when memory runs out")


def _done(work: Callable[[Job], Result], job: Job, name: str) -> Result | Failed:
    try:
        return work(job)
    except BroadsheetError as error:
        return Failed(problems=error.problems)
    except (Exception, RecursionError) as error:  # a stranger's page must not stop the others
        return _defect(name, f"the cleaner fails on it: {type(error).__name__}: {error}")


def _defect(name: str, message: str) -> Failed:
    hint = "this is a defect of Broadsheet: please report it, with the page"
    return Failed(problems=(Problem(path=name, message=message[:300], hint=hint),))
