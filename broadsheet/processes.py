"""A pool of processes, begun the same way on every system."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from typing import TypeVarTuple

Arguments = TypeVarTuple("Arguments")


def pool(
    workers: int, start: Callable[[*Arguments], object], arguments: tuple[*Arguments]
) -> ProcessPoolExecutor:
    """An executor of so many processes, each of which calls `start` first."""
    # A fork would copy threads half-way: those of a progress bar, or of the preview.
    methods = multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")
    return ProcessPoolExecutor(workers, context, start, arguments)
