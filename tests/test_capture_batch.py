"""Many captures on all processors: in order, and one that fails stays alone."""

from __future__ import annotations

import os
import signal

import pytest

from broadsheet.capture.batch import AHEAD, FEW, Failed, each
from broadsheet.errors import ContentError, Problem


def doubled(number: int) -> int:
    if number == 13:
        raise ContentError([Problem(path="13", message="is unlucky")])
    if number == 17:
        raise RecursionError("too deep")
    return number * 2


def deadly(number: int) -> int:
    if number == 40:
        os.kill(os.getpid(), signal.SIGKILL)
    return number * 2


@pytest.mark.parametrize("workers", [1, 2])
def test_results_come_in_order_and_failures_stay_alone(workers: int) -> None:
    found = list(each(doubled, range(AHEAD * 2), name=str, workers=workers))
    assert [job for job, _ in found] == list(range(AHEAD * 2))
    failed = {job: outcome.problems[0] for job, outcome in found if isinstance(outcome, Failed)}
    assert {job: outcome for job, outcome in found if job not in failed} == {
        job: job * 2 for job in range(AHEAD * 2) if job not in (13, 17)
    }
    assert failed[13].message == "is unlucky"
    assert failed[17].message == "the cleaner fails on it: RecursionError: too deep"


def test_a_job_that_ends_its_process_fails_and_the_others_are_done() -> None:
    found = dict(each(deadly, range(AHEAD * 3), name=str, workers=2))
    assert len(found) == AHEAD * 3
    lost = found.pop(40)
    assert isinstance(lost, Failed)
    assert lost.problems[0].message == "cleaning it ended the process, as happens when memory runs out"
    assert found == {job: job * 2 for job in range(AHEAD * 3) if job != 40}


@pytest.mark.parametrize("count", [0, 1, FEW, FEW + 1])
def test_few_jobs_are_all_done(count: int) -> None:
    assert [outcome for _, outcome in each(doubled, range(count), name=str, workers=2)] == [
        number * 2 for number in range(count)
    ]
