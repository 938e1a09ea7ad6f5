"""A digest's folder to its published site: render what is not current, publish what changed."""

from __future__ import annotations

import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from broadsheet.assemble import Assembled, assemble
from broadsheet.config import Config
from broadsheet.errors import ContentError, Problem
from broadsheet.model import HeldBack
from broadsheet.plan import Copy, Feed, Output
from broadsheet.processes import pool
from broadsheet.publish import check_place, is_current, read_manifest, staging
from broadsheet.render import Renderer, Setting
from broadsheet.slugs import file_of

SHARD = 100
"""Outputs sent to a worker at a time."""

WORTH_WORKERS = 400
"""Below as many outputs to render, starting other processes costs more than it saves."""

Progress = Callable[[int, int], None]
"""Told how many outputs are rendered, and of how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a build did. `pages` counts the site's HTML files; `changed` and `removed` name files."""

    pages: int
    files: int
    rendered: int
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    held_back: tuple[HeldBack, ...]
    next_due: datetime | None
    notices: tuple[Problem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """An output's bytes, or why there are none."""

    data: bytes = b""
    problems: tuple[Problem, ...] = ()


def build(
    root: Path,
    config: Config,
    *,
    now: datetime,
    jobs: int = 1,
    clean: bool = False,
    progress: Progress = lambda done, total: None,
) -> Report:
    """Bring the output folder up to date with the digest at `root`, as of `now`.

    `clean` renders everything anew. Raises ContentError, ConfigError or
    PublishError; with any of them the output folder is as it was.
    """
    output = root / config.folders.output
    sources = [root / folder for folder in (config.folders.content, config.folders.templates, config.folders.static)]
    check_place(output, root, sources)
    assembled = assemble(root, config, now=now)
    manifest = read_manifest(output)
    renderer = Renderer(assembled.setting)
    renderer.check_templates()
    fingerprints = {url: renderer.fingerprint(one) for url, one in assembled.plan.items()}
    stale = [
        one
        for url, one in assembled.plan.items()
        if clean or not is_current(output, file_of(url), fingerprints[url], manifest)
    ]
    # The newest articles come last, so that their text is still at hand for the feeds.
    stale.reverse()
    stale.sort(key=_order)
    with staging(output, manifest) as stage:
        waiting = {one.url for one in stale}
        for url in assembled.plan:
            if url not in waiting:
                stage.keep(file_of(url))
        problems: list[Problem] = []
        for done, (one, rendered) in enumerate(_rendered(stale, renderer, assembled.setting, jobs), 1):
            problems.extend(rendered.problems)
            if not problems:
                stage.add(file_of(one.url), fingerprints[one.url], rendered.data)
            progress(done, len(stale))
        if problems:
            raise ContentError(_once(problems))
        change = stage.commit()
    return _report(assembled, len(stale), change.written, change.removed)


def _order(one: Output) -> int:
    """Pictures and styles come before the pages that show them, pages before the feeds that list them."""
    match one.makes:
        case Copy():
            return 0
        case Feed():
            return 2
        case _:
            return 1 if one.is_page else 3


def _rendered(
    outputs: Sequence[Output], renderer: Renderer, setting: Setting, jobs: int
) -> Iterator[tuple[Output, Rendered]]:
    if jobs == 1 or len(outputs) < WORTH_WORKERS:
        for one in outputs:
            yield one, _render(renderer, one)
        return
    with pool(jobs, _start_worker, (setting,)) as executor:
        try:
            yield from in_shards(outputs, executor, jobs)
        except BaseException:
            executor.shutdown(wait=False, cancel_futures=True)
            raise


def in_shards(outputs: Sequence[Output], executor: Executor, jobs: int) -> Iterator[tuple[Output, Rendered]]:
    """Outputs with what workers made of them, in order, a bounded number of shards under way.

    The executor's workers must have been started by `_start_worker`.
    """
    shards = iter([outputs[start : start + SHARD] for start in range(0, len(outputs), SHARD)])
    under_way: deque[tuple[Sequence[Output], Future[list[Rendered]]]] = deque()
    for shard in shards:
        under_way.append((shard, executor.submit(_render_shard, shard)))
        if len(under_way) > 2 * jobs:
            first, future = under_way.popleft()
            yield from zip(first, future.result(), strict=True)
    for first, future in under_way:
        yield from zip(first, future.result(), strict=True)


_worker: list[Renderer] = []


def _start_worker(setting: Setting) -> None:
    # Ctrl-C reaches the whole group; only the first process answers it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _worker[:] = [Renderer(setting)]


def _render_shard(outputs: Sequence[Output]) -> list[Rendered]:
    return [_render(_worker[0], one) for one in outputs]


def _render(renderer: Renderer, one: Output) -> Rendered:
    try:
        return Rendered(data=renderer.render(one))
    except ContentError as error:
        return Rendered(problems=error.problems)


def _once(problems: list[Problem]) -> list[Problem]:
    """Each problem once: a broken base template fails on every page, in the same line."""
    first: dict[Problem, Problem] = {}
    for problem in problems:
        first.setdefault(replace(problem, hint=""), problem)
    return list(first.values())


def _report(assembled: Assembled, rendered: int, written: tuple[str, ...], removed: tuple[str, ...]) -> Report:
    return Report(
        pages=sum(file_of(url).endswith(".html") for url in assembled.plan),
        files=len(assembled.plan),
        rendered=rendered,
        changed=written,
        removed=removed,
        held_back=assembled.site.held_back,
        next_due=assembled.site.next_due,
        notices=assembled.notices,
    )
