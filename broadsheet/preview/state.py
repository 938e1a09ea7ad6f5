"""What the preview shows at this moment, and what is wrong with it."""

from __future__ import annotations

import html
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from threading import RLock
from typing import Any

from broadsheet import config as configuration
from broadsheet.assemble import Assembled, assemble
from broadsheet.config import Config
from broadsheet.content import Memo
from broadsheet.errors import BroadsheetError, Problem, describe
from broadsheet.media import type_of
from broadsheet.plan import Output, find
from broadsheet.render import Renderer
from broadsheet.slugs import encoded, file_of

REMEMBERED = 256
"""Pages kept rendered; the rest is rendered again when asked for."""

@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A response to a GET. `location` is set for a redirect, `fingerprint` for a page that can be shown."""

    status: int
    type: str
    body: bytes = b""
    location: str = ""
    fingerprint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A rendered output, the fingerprint it was asked for with, and why it is an older one, if it is."""

    fingerprint: str
    body: bytes
    problems: tuple[Problem, ...] = ()


class Preview:
    """The digest in memory: read again on `reload`, rendered when a page is asked for.

    When a reload fails, the last good state stays up and `problems` says what
    is wrong. Safe to use from several threads.
    """

    def __init__(self, file: Path, origin: str, clock: Callable[[], datetime]) -> None:
        self.file, self.origin, self.clock = file, origin, clock
        self.root = file.parent
        self.lock = RLock()
        self.memo: Memo = {}
        self.config: Config | None = None
        self.assembled: Assembled | None = None
        self.renderer: Renderer | None = None
        self.problems: tuple[Problem, ...] = ()
        self.pages: OrderedDict[str, Page] = OrderedDict()
        self.renders = 0

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """What does not keep the digest from being shown."""
        notices = self.assembled.notices if self.assembled else ()
        return tuple(one for one in notices if one.level == "warning")

    @property
    def prefix(self) -> str:
        return self.config.prefix if self.config else ""

    def reload(self) -> None:
        """Read what changed; what is wrong goes to `problems` and never out as an exception."""
        with self.lock:
            try:
                config = self._as_previewed(configuration.load(self.file))
                assembled = assemble(self.root, config, now=self.clock(), memo=self.memo)
                renderer = Renderer(assembled.setting)
                renderer.check_templates()
            except BroadsheetError as error:
                self.problems = error.problems
                return
            self.config, self.assembled, self.renderer = config, assembled, renderer
            self.problems = ()

    def _as_previewed(self, config: Config) -> Config:
        show = replace(config.visibility, drafts=True, future=True)
        return replace(config, base_url=f"{self.origin}{config.prefix}/", visibility=show)

    def fingerprint(self, path: str) -> str:
        """What stands for the page at a path as it would be rendered now; "" where nothing can be."""
        with self.lock:
            output = self._output(path)
            return self.renderer.fingerprint(output) if self.renderer and output else ""

    def problems_of(self, path: str) -> tuple[Problem, ...]:
        """What is wrong with the digest, or else with the page at this path."""
        with self.lock:
            if self.problems:
                return self.problems
            output = self._output(path)
            page = self.pages.get(output.url) if output else None
            is_current = page is not None and page.fingerprint == self.fingerprint(path)
            return page.problems if page and is_current else ()

    def answer(self, path: str) -> Answer:
        """What the server answers to a GET for a (decoded) path."""
        with self.lock:
            if self.assembled is None:
                return _error_page(self.problems)
            prefix = self.prefix
            if path == "/" and prefix:
                return Answer(status=302, type="text/plain", location=f"{prefix}/")
            outputs = self.assembled.plan
            url = path.removeprefix(prefix) if path.startswith(f"{prefix}/") else ""
            output = outputs.get(url)
            if output is None and url and f"{url}/" in outputs:
                return Answer(status=302, type="text/plain", location=encoded(f"{path}/"))
            if output is not None:
                return self._rendered(output, 200)
            return self._rendered(outputs["/404.html"], 404)

    def _output(self, path: str) -> Output | None:
        if self.assembled is None:
            return None
        outputs = self.assembled.plan
        url = path.removeprefix(self.prefix)
        return (find(outputs, url) if url else None) or outputs["/404.html"]

    def _rendered(self, output: Output, status: int) -> Answer:
        page = self._page(output)
        if page is None:
            return _error_page(self.problems or self.pages[output.url].problems, self.fingerprint(output.url))
        type = type_of(file_of(output.url))
        charset = "; charset=utf-8" if type.startswith("text/") else ""
        return Answer(status=status, type=type + charset, body=page.body, fingerprint=page.fingerprint)

    def _page(self, output: Output) -> Page | None:
        """The output rendered; the last good one with its problems when that fails; None when there is none."""
        if self.renderer is None:
            return None
        fingerprint = self.renderer.fingerprint(output)
        known = self.pages.get(output.url)
        if known is None or known.fingerprint != fingerprint:
            try:
                page = Page(fingerprint=fingerprint, body=self.renderer.render(output))
                self.renders += 1
            except BroadsheetError as error:
                page = Page(fingerprint=fingerprint, body=known.body if known else b"", problems=error.problems)
            self.pages[output.url] = page
        self.pages.move_to_end(output.url)
        while len(self.pages) > REMEMBERED:
            self.pages.popitem(last=False)
        page = self.pages[output.url]
        return page if page.body or not page.problems else None


def problem_data(problem: Problem) -> dict[str, Any]:
    """A problem for the script that lays it over the page."""
    first, *rest = describe(problem).split("\n")
    return {"first": first, "rest": "\n".join(rest), "level": problem.level}


def _error_page(problems: tuple[Problem, ...], fingerprint: str = "") -> Answer:
    text = html.escape("\n\n".join(describe(problem) for problem in problems))
    body = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Cannot be shown yet</title></head>'
        f"<body><h1>This page cannot be shown yet</h1><pre>{text}</pre></body></html>"
    )
    return Answer(
        status=500, type="text/html; charset=utf-8", body=body.encode("utf-8", "replace"), fingerprint=fingerprint
    )
