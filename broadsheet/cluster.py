"""A Dask cluster to workers that render: values go in, bytes come out, and no disk is shared."""

from __future__ import annotations

import logging
import pickle
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import CancelledError, Executor, Future, InvalidStateError
from contextlib import contextmanager, suppress
from functools import cache, partial
from importlib.metadata import PackageNotFoundError, version
from threading import Event, Thread
from typing import Any, ParamSpec, TypeVar
from weakref import WeakSet

import dask
from distributed import Client, KilledWorker
from distributed.client import ClosedClientError
from distributed.scheduler import NoWorkerError
from distributed.utils import silence_logging_cmgr

from broadsheet.errors import ConfigError, Problem, PublishError
from broadsheet.processes import Workers

SHARD = 1_000
"""Outputs sent to a worker at a time: some megabytes each way for seconds of work, so that the way costs little."""

ROOM = 8
"""Workers that a smaller cluster is taken to have, so that one which grows with its work has a reason to."""

PATIENCE = 20
"""Seconds that a cluster may take to answer, and then to have a worker."""

ENGINES = (
    "broadsheet", "jinja2", "markupsafe", "markdown", "nh3", "pygments", "babel", "feedgen", "lxml", "tzdata",
)  # fmt: skip
"""The packages that have a say in the bytes, besides Python."""

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")
Versions = Mapping[str, str | None]


class OtherVersionsError(Exception):
    """A worker would make other bytes than this machine; says what differs."""


@contextmanager
def connected(address: str, *, shard: int = SHARD, patience: float = PATIENCE) -> Iterator[Workers]:
    """The workers of the Dask cluster whose scheduler is at `address`, such as tcp://10.0.0.5:8786.

    `shard` is in outputs, `patience` in seconds. Raises ConfigError where no
    cluster answers, or it has no workers, or some that have other versions of
    what makes the bytes; PublishError where it fails later, inside.
    """
    # Dask takes a shard for a mistake from 10 MB on, and prints tracebacks of what is told here as a problem.
    large = {"distributed.admin.large-graph-warning-threshold": "1GB"}
    with dask.config.set(large), silence_logging_cmgr(logging.CRITICAL):
        client = _client(address, patience)
        try:
            count = _ready(client, address, patience)
            with Cluster(client) as executor:
                yield Workers(executor=executor, count=max(count, ROOM), shard=shard)
        except (CancelledError, ClosedClientError, KilledWorker, NoWorkerError, OtherVersionsError) as error:
            raise PublishError([_failed(address, error)]) from error
        finally:
            # The cluster drops what it still has to do for a client that is gone.
            client.close()


def _client(address: str, patience: float) -> Client:
    try:
        return Client(address, timeout=patience, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        hint = "name the scheduler of a Dask cluster that runs, as in tcp://10.0.0.5:8786"
        raise ConfigError([Problem(path=address, message=f"no cluster answers: {error}", hint=hint)]) from error


def _ready(client: Client, address: str, patience: float) -> int:
    """How many workers there are. Raises ConfigError for none, and for those that would make other bytes."""
    try:
        client.wait_for_workers(1, timeout=patience)
    except TimeoutError as error:
        hint = f"start some: dask worker {address}"
        raise ConfigError([Problem(path=address, message="the cluster has no workers", hint=hint)]) from error
    found = client.get_versions(packages=list(ENGINES))["workers"]
    wrong = {worker: _differing(told["packages"], versions()) for worker, told in found.items()}
    if any(wrong.values()):
        hint = "install there what is installed here, and start the workers anew"
        raise ConfigError(
            Problem(path=worker, message=f"this worker has {differing}", hint=hint)
            for worker, differing in wrong.items()
            if differing
        )
    return len(found)


def _differing(theirs: Versions, ours: Versions) -> str:
    """What they have other versions of, and which; "" for nothing."""
    return ", ".join(
        f"{name} {theirs[name]}, not {wanted}" if theirs.get(name) else f"no {name}, not {wanted}"
        for name, wanted in ours.items()
        if theirs.get(name) != wanted
    )


@cache
def versions() -> Versions:
    """The versions of what makes bytes, in this process, written as Dask tells them; None for what is not there."""
    return {"python": ".".join(map(str, sys.version_info)), **{name: _version(name) for name in ENGINES}}


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _failed(address: str, error: Exception) -> Problem:
    hint = "see what the cluster's own log says; then build again"
    match error:
        case OtherVersionsError():
            return Problem(path=address, message=f"a worker that came later has {error}", hint=hint)
        case KilledWorker():
            message = f"several workers died over the same outputs, the last of them {error.last_worker.address}"
            return Problem(path=address, message=message, hint="give them more memory; then build again")
        case NoWorkerError():
            return Problem(path=address, message="the cluster has no workers any more", hint=hint)
        case _:
            return Problem(path=address, message="the cluster went away in the middle of the build", hint=hint)


class Cluster(Executor):
    """Dask's executor, given each call as one piece: Dask would look into every list for work of its own.

    What was asked for just as the connection broke Dask forgets without a word
    (distributed 2026.8), so somebody has to watch that.
    """

    def __init__(self, client: Client) -> None:
        self.client, self.line = client, client.scheduler_comm
        # Never told to be pure: Dask would hash all that it is given, to know what it has done before.
        self.dask = client.get_executor(pure=False)
        self.waited_for: WeakSet[Future[Any]] = WeakSet()
        self.ended = Event()
        Thread(target=self._watch, daemon=True).start()

    def submit(
        self, fn: Callable[Parameters, Result], /, *args: Parameters.args, **kwargs: Parameters.kwargs
    ) -> Future[Result]:
        if self.is_lost():
            raise CancelledError
        piece = pickle.dumps((fn, args, kwargs), pickle.HIGHEST_PROTOCOL)
        given: Future[Result] = Future()
        self.waited_for.add(given)
        self.dask.submit(answer, versions(), piece).add_done_callback(partial(_hand_on, given))
        return given

    def is_lost(self) -> bool:
        """Whether the connection broke, even if there is a new one: what was asked over the old one is forgotten."""
        return self.client.scheduler_comm is not self.line

    def _watch(self) -> None:
        while not self.ended.wait(1):
            if self.is_lost():
                for given in list(self.waited_for):
                    with suppress(InvalidStateError):
                        given.set_exception(CancelledError())

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Watch no longer. What is under way ends with the client: waiting for it would be in vain after a failure."""
        self.ended.set()


def _hand_on(given: Future[Any], asked: Future[Any]) -> None:
    with suppress(InvalidStateError):
        error = CancelledError() if asked.cancelled() else asked.exception()
        if error:
            given.set_exception(error)
        else:
            given.set_result(asked.result())


def answer(wanted: Versions, piece: bytes) -> object:
    """What a call gives, on a worker. Raises OtherVersionsError where that has not the versions that are wanted."""
    differing = _differing(versions(), wanted)
    if differing:
        raise OtherVersionsError(differing)
    call, arguments, named = pickle.loads(piece)  # noqa: S301 - what comes over the cluster is trusted, as its code is
    return call(*arguments, **named)
