"""A digest's folder to its published site: render what is not current, publish what changed."""

from __future__ import annotations

import signal
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from broadsheet.assemble import Assembled, assemble
from broadsheet.cache import Cache, open_cache
from broadsheet.config import Config
from broadsheet.errors import ContentError, Problem
from broadsheet.model import HeldBack
from broadsheet.processes import pool
from broadsheet.publish import Change, Manifest, check_place, is_current, read_manifest, staging
from broadsheet.render import Renderer, Setting
from broadsheet.search import index
from broadsheet.slugs import file_of
from broadsheet.views import Card, Copy, Feed, Original, Output, Scaled, SearchIndex

SHARD = 100
"""Outputs sent to a worker at a time."""

WORTH_WORKERS = 400
"""Below as many outputs to render, starting other processes costs more than it saves."""

DEAR = Scaled | Card
"""Outputs that cost more to make than to keep."""

REMEMBERED = "output 1"
"""What the cache keeps them under."""

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
    """An output's bytes, those of each of its files when it is a bundle, or why there are none.

    Problems beside bytes are warnings.
    """

    data: bytes = b""
    files: Mapping[str, bytes] = field(default_factory=dict, hash=False)
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
    with open_cache(root) as cache:
        assembled = assemble(root, config, now=now, cache=cache)
        work = _Work(assembled=assembled, renderer=Renderer(assembled.setting), cache=cache, clean=clean, jobs=jobs)
        return _built(work, output, progress)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    """What is to be rendered, with what, and how."""

    assembled: Assembled
    renderer: Renderer
    cache: Cache
    clean: bool
    jobs: int


def _built(work: _Work, output: Path, progress: Progress) -> Report:
    manifest = read_manifest(output)
    work.renderer.check_templates()
    plan = {url: one for url, one in work.assembled.plan.items() if not _is_empty(one)}
    fingerprints = {url: work.renderer.fingerprint(one) for url, one in plan.items()}
    stale = [
        one
        for url, one in plan.items()
        if work.clean or not _is_current(output, one, fingerprints[url], manifest)
    ]
    # The newest articles come last, so that their text is still at hand for the feeds.
    stale.reverse()
    stale.sort(key=_order)
    with staging(output, manifest) as stage:
        waiting = {one.url for one in stale}
        for file in (file for url, one in plan.items() if url not in waiting for file in _files_of(one, manifest)):
            stage.keep(file)
        problems: list[Problem] = []
        doubts: list[Problem] = []
        made = 0
        for done, (one, rendered) in enumerate(_rendered(stale, fingerprints, work), 1):
            doubts.extend(problem for problem in rendered.problems if problem.level != "error")
            problems.extend(problem for problem in rendered.problems if problem.level == "error")
            if not problems:
                for file, data in _named(one, rendered):
                    stage.add(file, fingerprints[one.url], data)
                    made += 1
            progress(done, len(stale))
        if problems:
            raise ContentError(_once(problems))
        change = stage.commit()
    return replace(
        _report(work.assembled, stage.files, made, change),
        notices=(*work.assembled.notices, *dict.fromkeys(doubts)),
    )


def _is_empty(one: Output) -> bool:
    """Whether it is a bundle that has no files here."""
    return isinstance(one.makes, SearchIndex) and not one.makes.articles


def _is_current(output: Path, one: Output, fingerprint: str, manifest: Manifest) -> bool:
    files = _files_of(one, manifest)
    return bool(files) and all(is_current(output, file, fingerprint, manifest) for file in files)


def _files_of(one: Output, manifest: Manifest) -> list[str]:
    """The files of an output; those that the last build published of a bundle, which is complete or not trusted."""
    return manifest.below(one.url.lstrip("/")) if isinstance(one.makes, SearchIndex) else [file_of(one.url)]


def _named(one: Output, rendered: Rendered) -> list[tuple[str, bytes]]:
    if isinstance(one.makes, SearchIndex):
        return [(file_of(one.url + name), data) for name, data in rendered.files.items()]
    return [(file_of(one.url), rendered.data)]


def _order(one: Output) -> int:
    """Pictures and styles come before the pages that show them, pages before the feeds that list them."""
    match one.makes:
        case Copy() | Original() | Scaled() | Card():
            return 0
        case Feed():
            return 2
        case _:
            return 1 if one.is_page else 3


def _rendered(
    outputs: Sequence[Output], fingerprints: Mapping[str, str], work: _Work
) -> Iterator[tuple[Output, Rendered]]:
    """Outputs with what became of them: those that are remembered first, bundles last."""
    known = {} if work.clean else _remembered(outputs, fingerprints, work.cache)
    yield from known.values()
    files = [one for one in outputs if one.url not in known and not isinstance(one.makes, SearchIndex)]
    yield from _remembering(_in_processes(files, work), fingerprints, work.cache)
    for one in outputs:
        if isinstance(one.makes, SearchIndex):
            yield one, _bundle(one.makes, work)


def _in_processes(outputs: Sequence[Output], work: _Work) -> Iterator[tuple[Output, Rendered]]:
    if work.jobs == 1 or len(outputs) < WORTH_WORKERS:
        for one in outputs:
            yield one, _render(work.renderer, one)
        return
    with pool(work.jobs, _start_worker, (work.assembled.setting,)) as executor:
        try:
            yield from in_shards(outputs, executor, work.jobs)
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
        renderer.doubts.clear()
        return Rendered(data=renderer.render(one), problems=tuple(renderer.doubts))
    except ContentError as error:
        return Rendered(problems=error.problems)


def _bundle(makes: SearchIndex, work: _Work) -> Rendered:
    try:
        zone = work.assembled.setting.config.timezone
        return Rendered(files=index(makes.articles, zone, cache=work.cache, jobs=work.jobs))
    except ContentError as error:
        return Rendered(problems=error.problems)


# What is dear to make is remembered also where the output folder is not ----------------------------


def _remembered(
    outputs: Sequence[Output], fingerprints: Mapping[str, str], cache: Cache
) -> dict[str, tuple[Output, Rendered]]:
    dear = {one.url: one for one in outputs if isinstance(one.makes, DEAR)}
    known = cache.get_many(REMEMBERED, {fingerprints[url] for url in dear})
    return {
        url: (one, Rendered(data=known[fingerprints[url]])) for url, one in dear.items() if fingerprints[url] in known
    }


def _remembering(
    made: Iterable[tuple[Output, Rendered]], fingerprints: Mapping[str, str], cache: Cache
) -> Iterator[tuple[Output, Rendered]]:
    new: dict[str, bytes] = {}
    for one, rendered in made:
        if isinstance(one.makes, DEAR) and not rendered.problems:
            new[fingerprints[one.url]] = rendered.data
        if len(new) == SHARD:
            cache.put_many(REMEMBERED, new)
            new = {}
        yield one, rendered
    cache.put_many(REMEMBERED, new)


def _once(problems: list[Problem]) -> list[Problem]:
    """Each problem once: a broken base template fails on every page, in the same line."""
    first: dict[Problem, Problem] = {}
    for problem in problems:
        first.setdefault(replace(problem, hint=""), problem)
    return list(first.values())


def _report(assembled: Assembled, files: Collection[str], rendered: int, change: Change) -> Report:
    return Report(
        pages=sum(file.endswith(".html") for file in files),
        files=len(files),
        rendered=rendered,
        changed=change.written,
        removed=change.removed,
        held_back=assembled.site.held_back,
        next_due=assembled.site.next_due,
        notices=assembled.notices,
    )
