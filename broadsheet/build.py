"""A digest's folder to its published site: render what is not current, publish what changed."""

from __future__ import annotations

import gc
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from threading import Lock

from broadsheet.assemble import Assembled, assemble, keeper
from broadsheet.cache import Cache, open_cache
from broadsheet.config import Config
from broadsheet.errors import ContentError, Problem, raise_errors
from broadsheet.plan import stands_until
from broadsheet.processes import Workers, forks, pool
from broadsheet.publish import Manifest, Put, Sink, check_place, is_current, read_manifest, staging
from broadsheet.reading import Progress
from broadsheet.render import Renderer, Setting
from broadsheet.search import index
from broadsheet.slugs import file_of
from broadsheet.standing import Report, Seen, Work, note
from broadsheet.values import digest
from broadsheet.views import Card, Copy, Feed, Original, Output, Rendering, Scaled, SearchIndex

SHARD = 100
"""Outputs sent to a worker at a time."""

WORTH_WORKERS = 400
"""Below as many outputs to render, starting other processes costs more than it saves."""

GENERATION = 200
"""Shards after which forked processes end and others begin: whatever one looks at becomes its own copy in memory."""

DEAR = Scaled | Card
"""Outputs that cost more to make than to keep."""

REMEMBERED = "output 1"
"""What the cache keeps them under."""

@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """An output's bytes, those of each of its files when it is a bundle, or why there are none.

    Problems beside bytes are warnings. `reads` counts the texts that were read for it.
    """

    data: bytes = b""
    files: Mapping[str, bytes] = field(default_factory=dict, hash=False)
    problems: tuple[Problem, ...] = ()
    reads: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Staged:
    """An output whose files are on the stage. `data` is what is worth remembering of it, b"" for nothing."""

    files: tuple[tuple[str, Put], ...] = ()
    problems: tuple[Problem, ...] = ()
    reads: int = 0
    data: bytes = b""


def build(
    root: Path,
    config: Config,
    *,
    now: datetime,
    jobs: int = 1,
    workers: Workers | None = None,
    clean: bool = False,
    seen: Seen | None = None,
    progress: Progress = lambda done, total: None,
) -> Report:
    """Bring the output folder up to date with the digest at `root`, as of `now`.

    Renders in `jobs` processes, or gives the work to `workers`, who need not see
    this disk. `clean` renders everything anew. What was `seen` before is noted when
    it is done, for `standing` to tell. Raises ContentError, ConfigError or
    PublishError; with any of them the output folder is as it was.
    """
    output = root / config.folders.output
    sources = [root / folder for folder in (config.folders.content, config.folders.templates, config.folders.static)]
    check_place(output, root, sources)
    with _hoarding(), open_cache(root) as cache:
        assembled = assemble(root, config, now=now, cache=cache, jobs=jobs, progress=progress)
        renderer = Renderer(assembled.setting, keeper(cache), texts=None if clean else cache)
        work = _Work(
            root=root, assembled=assembled, renderer=renderer, cache=cache, clean=clean, jobs=jobs, workers=workers
        )
        report = _built(work, output, progress)
        renderer.keep()
    if seen:
        note(root, output, seen, report, since=now, until=stands_until(assembled.site))
    return report


@contextmanager
def _hoarding() -> Iterator[None]:
    """What a build makes lives until its end: to look for what does not takes a quarter of its time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    """What is to be rendered, with what, and how."""

    root: Path
    assembled: Assembled
    renderer: Renderer
    cache: Cache
    clean: bool
    jobs: int
    workers: Workers | None


def _built(work: _Work, output: Path, progress: Progress) -> Report:
    manifest = read_manifest(output)
    work.renderer.check_templates()
    plan = {url: one for url, one in work.assembled.plan.items() if not _is_empty(one)}
    fingerprints = {url: work.renderer.fingerprint(one) for url, one in plan.items()}
    work.renderer.forget()
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
        reads = rendered = 0
        for done, (one, staged) in enumerate(_staged(stale, fingerprints, work, stage.sink), 1):
            problems += staged.problems
            reads += staged.reads
            rendered += len(staged.files)
            for file, put in staged.files:
                stage.add(file, fingerprints[one.url], put)
            progress(done, len(stale))
        raise_errors(_once(problems))
        change = stage.commit()
    work_done = Work(
        files=work.assembled.files, read=work.assembled.read, texts=reads, rendered=rendered,
        written=len(change.written),
    )
    return Report(
        pages=sum(file.endswith(".html") for file in stage.files),
        files=len(stage.files),
        changed=change.written,
        removed=change.removed,
        held_back=work.assembled.site.held_back,
        next_due=work.assembled.site.next_due,
        notices=(*work.assembled.notices, *dict.fromkeys(problems)),
        work=work_done,
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


def _staged(
    outputs: Sequence[Output], fingerprints: Mapping[str, str], work: _Work, sink: Sink
) -> Iterator[tuple[Output, Staged]]:
    """Outputs with what became of them: those that are remembered first, bundles last."""
    known = {} if work.clean else _remembered(outputs, fingerprints, work.cache)
    for one, rendered in known.values():
        yield one, _put(one, rendered, sink)
    files = [one for one in outputs if one.url not in known and not isinstance(one.makes, SearchIndex)]
    yield from _remembering(_in_processes(files, work, sink), fingerprints, work.cache)
    for one in outputs:
        if isinstance(one.makes, SearchIndex):
            yield one, _put(one, _bundle(one.makes, work), sink)


def _in_processes(outputs: Sequence[Output], work: _Work, sink: Sink) -> Iterator[tuple[Output, Staged]]:
    if work.workers:
        yield from _elsewhere(outputs, work, sink, work.workers)
    elif work.jobs == 1 or len(outputs) < WORTH_WORKERS:
        for one in outputs:
            yield one, _put(one, _render(work.renderer, one), sink)
    elif forks():
        yield from _forked(outputs, work, sink)
    else:
        with pool(work.jobs) as executor:
            yield from _elsewhere(outputs, work, sink, Workers(executor=executor, count=work.jobs, shard=SHARD))


def _put(one: Output, rendered: Rendered, sink: Sink) -> Staged:
    """Put what was rendered on the stage, unless there was an error."""
    files: tuple[tuple[str, Put], ...] = ()
    if not any(problem.level == "error" for problem in rendered.problems):
        files = tuple((file, sink.put(file, data)) for file, data in _named(one, rendered))
    data = rendered.data if isinstance(one.makes, DEAR) and not rendered.problems else b""
    return Staged(files=files, problems=rendered.problems, reads=rendered.reads, data=data)


# In processes that are a copy of this one ------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Crew:
    """What forked processes find in their memory, so that nothing need be sent to them."""

    root: Path
    outputs: Sequence[Output]
    renderer: Renderer
    sink: Sink


_crew: list[_Crew] = []
_opened: list[Cache] = []
"""The cache of a forked process."""


def _forked(outputs: Sequence[Output], work: _Work, sink: Sink) -> Iterator[tuple[Output, Staged]]:
    work.renderer.load({one.makes.template for one in outputs if isinstance(one.makes, Rendering)})
    _crew[:] = [_Crew(root=work.root, outputs=outputs, renderer=work.renderer, sink=sink)]
    try:
        starts = range(0, len(outputs), SHARD)
        for begin in range(0, len(starts), GENERATION):
            some = starts[begin : begin + GENERATION]
            with pool(work.jobs, fork=True) as executor, _stopping(executor):
                for start, staged in zip(some, executor.map(_stage_shard, some), strict=True):
                    yield from zip(outputs[start : start + SHARD], staged, strict=True)
    finally:
        _crew.clear()


def _stage_shard(start: int) -> list[Staged]:
    crew = _crew[0]
    if crew.renderer.texts and not _opened:
        # Another connection: one that is forked is not to be used.
        _opened.append(open_cache(crew.root))
        crew.renderer.texts = _opened[0]
    staged = [_put(one, _render(crew.renderer, one), crew.sink) for one in crew.outputs[start : start + SHARD]]
    crew.renderer.keep()
    return staged


@contextmanager
def _stopping(executor: Executor) -> Iterator[None]:
    """Whatever ends the work early, nothing more is begun."""
    try:
        yield
    except BaseException:
        executor.shutdown(wait=False, cancel_futures=True)
        raise


# In processes that know nothing ----------------------------------------------------------------------


def _elsewhere(
    outputs: Sequence[Output], work: _Work, sink: Sink, workers: Workers
) -> Iterator[tuple[Output, Staged]]:
    """Give workers what can be rendered from values alone, and make the rest here, where the files are."""
    setting = work.assembled.setting
    near = [one for one in outputs if not isinstance(one.makes, Rendering | Feed)]
    for one in near:
        yield one, _put(one, _render(work.renderer, one), sink)
    far = [one for one in outputs if isinstance(one.makes, Rendering | Feed)]
    with _stopping(workers.executor):
        for one, rendered in in_shards(far, workers, setting):
            yield one, _put(one, rendered, sink)


def in_shards(
    outputs: Sequence[Output], workers: Workers, setting: Setting
) -> Iterator[tuple[Output, Rendered]]:
    """Outputs with what workers made of them, in order, a bounded number of shards under way."""
    mark = digest(repr(setting))
    shards = [outputs[start : start + workers.shard] for start in range(0, len(outputs), workers.shard)]
    begun: deque[tuple[Sequence[Output], Future[list[Rendered]]]] = deque()
    for shard in shards:
        begun.append((shard, workers.executor.submit(render_shard, mark, setting, shard)))
        if len(begun) > 2 * workers.count:
            first, future = begun.popleft()
            yield from zip(first, future.result(), strict=True)
    for first, future in begun:
        yield from zip(first, future.result(), strict=True)


_renderers: dict[str, Renderer] = {}
_turn = Lock()


def render_shard(mark: str, setting: Setting, outputs: Sequence[Output]) -> list[Rendered]:
    """What becomes of outputs that are made of values alone; `mark` tells settings apart.

    The same however often, and wherever, it is asked. Threads of one process
    take turns, as neither a renderer nor Python-Markdown serves two at a time.
    """
    with _turn:
        if mark not in _renderers:
            _renderers.clear()
            _renderers[mark] = Renderer(setting)
        return [_render(_renderers[mark], one) for one in outputs]


def _render(renderer: Renderer, one: Output) -> Rendered:
    reads = renderer.reads
    try:
        renderer.doubts.clear()
        data = renderer.render(one)
        return Rendered(data=data, problems=tuple(renderer.doubts), reads=renderer.reads - reads)
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
    made: Iterable[tuple[Output, Staged]], fingerprints: Mapping[str, str], cache: Cache
) -> Iterator[tuple[Output, Staged]]:
    new: dict[str, bytes] = {}
    for one, staged in made:
        if staged.data:
            new[fingerprints[one.url]] = staged.data
        if len(new) == SHARD:
            cache.put_many(REMEMBERED, new)
            new = {}
        yield one, staged
    cache.put_many(REMEMBERED, new)


def _once(problems: list[Problem]) -> list[Problem]:
    """Each problem once: a broken base template fails on every page, in the same line."""
    first: dict[Problem, Problem] = {}
    for problem in problems:
        first.setdefault(replace(problem, hint=""), problem)
    return list(first.values())
