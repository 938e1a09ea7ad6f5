"""What the preview shows at this moment, and what is wrong with it."""

from __future__ import annotations

import html
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from pathlib import Path
from threading import Event, Lock, RLock
from typing import Any
from urllib.parse import unquote

from broadsheet import config as configuration
from broadsheet.assemble import Assembled, assemble, keeper
from broadsheet.cache import Cache
from broadsheet.config import Config
from broadsheet.errors import BroadsheetError, Problem, describe
from broadsheet.media import type_of
from broadsheet.plan import find
from broadsheet.reading import Memo, read_article
from broadsheet.render import Renderer
from broadsheet.search import index
from broadsheet.slugs import encoded, file_of
from broadsheet.views import ArticlePage, Output, Rendering, SearchIndex

REMEMBERED = 256
"""Pages kept rendered; the rest is rendered again when asked for."""

PATIENCE = 30.0
"""Seconds that a page waits for what has been edited to be in it; then it is answered as it was."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """The files of a search index by name, and the fingerprint that they were made for."""

    fingerprint: str = ""
    files: Mapping[str, bytes] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """An article's page as it was saved last, ahead of the plan."""

    output: Output


class Preview:
    """The digest in memory: read again on `reload`, rendered when a page is asked for.

    When a reload fails, the last good state stays up and `problems` says what
    is wrong. Safe to use from several threads.
    """

    def __init__(
        self, file: Path, origin: str, clock: Callable[[], datetime], *, cache: Cache | None = None
    ) -> None:
        self.file, self.origin, self.clock, self.cache = file, origin, clock, cache
        self.root = file.parent
        self.lock = RLock()
        self.reloading = Lock()
        self.memo: Memo = {}
        self.edits: dict[Path, Edit] = {}
        self.complete = Event()
        self.complete.set()
        self.wanted = Event()
        self.config: Config | None = None
        self.assembled: Assembled | None = None
        self.renderer: Renderer | None = None
        self.problems: tuple[Problem, ...] = ()
        self.pages: OrderedDict[str, Page] = OrderedDict()
        self.bundling = Lock()
        self.bundle = Bundle()
        self.renders = 0

    def folders(self) -> tuple[str, ...]:
        """The digest's folders by the last good configuration; before there is one, by what the file says."""
        config = self.config
        if config is None:
            try:
                config = configuration.load(self.file)
            except BroadsheetError:
                return ("content", "templates", "static")
        return (config.folders.content, config.folders.templates, config.folders.static)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """What does not keep the digest from being shown."""
        notices = self.assembled.notices if self.assembled else ()
        return tuple(one for one in notices if one.level == "warning")

    @property
    def address(self) -> str:
        """The path of the front page as a link has it, without its last slash."""
        return self.config.prefix if self.config else ""

    @property
    def prefix(self) -> str:
        """The same as a request's path has it, percent forms read."""
        return unquote(self.address)

    def reload(self) -> None:
        """Read what changed; what is wrong goes to `problems` and never out as an exception.

        Pages are answered as they were until everything has been read.
        """
        with self.reloading:
            before = dict(self.edits)
            try:
                config = self._as_previewed(configuration.load(self.file))
                # What a file is read as depends on the timezone and the folders.
                memo = self.memo if config == self.config else {}
                assembled = assemble(self.root, config, now=self.clock(), memo=memo, cache=self.cache, editable=True)
                renderer = Renderer(assembled.setting, keeper(self.cache) if self.cache else None, texts=self.cache)
                renderer.check_templates()
                self._try_templates(assembled, renderer)
            except BroadsheetError as error:
                with self.lock:
                    self.problems = error.problems
                    self.complete.set()
                return
            with self.lock:
                self.config, self.assembled, self.renderer, self.memo = config, assembled, renderer, memo
                self.problems = ()
                # What was edited meanwhile may have been read before it was.
                later = [path for path, edit in self.edits.items() if before.get(path) is not edit]
                self.edits.clear()
                self.complete.set()
                for path in later:
                    self.edit(path)

    def edit(self, path: Path) -> bool:
        """Show an article as it was just saved, before everything else is read again; whether that could be done.

        It can be while nothing is wrong and the edit is one of the article's own
        words. What other pages show of it waits for `reload`.
        """
        with self.lock:
            if self.assembled is None or self.config is None or self.problems:
                return False
            article = read_article(self.root, self.config, path)
            published = self.assembled.again(article) if article and self.assembled.again else None
            output = self.assembled.plan.get(published.url) if published else None
            if published is None or output is None or not isinstance(output.makes, Rendering):
                return False
            view = output.makes.view
            if not isinstance(view, ArticlePage):
                return False
            card, title = view.card, view.published.article.title
            if card and card.alt == title:
                card = replace(card, alt=published.article.title)
            makes = replace(output.makes, view=replace(view, published=published, card=card))
            self.edits[path] = Edit(output=replace(output, makes=makes))
            if published.teaser != view.published.teaser:
                self.complete.clear()
            return True

    def _try_templates(self, assembled: Assembled, renderer: Renderer) -> None:
        """Render a page with each template when templates have changed, so that a broken one replaces no good page."""
        if self.assembled is None or assembled.setting.theme == self.assembled.setting.theme:
            return
        tried: dict[str, Output] = {}
        for output in assembled.plan.values():
            if isinstance(output.makes, Rendering):
                tried.setdefault(output.makes.template, output)
        for output in tried.values():
            renderer.render(output)

    def _as_previewed(self, config: Config) -> Config:
        show = replace(config.visibility, drafts=True, future=True)
        # A worker would go on to answer in its place, for whichever digest is previewed at that address next.
        extras = replace(config.extras, offline=False)
        return replace(config, base_url=f"{self.origin}{config.prefix}/", visibility=show, extras=extras)

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
        self._wait_for(path)
        with self.lock:
            if self.assembled is None or self.renderer is None or self.config is None:
                return _error_page(self.problems)
            if self.prefix and path in ("/", self.prefix):
                return Answer(status=302, type="text/plain", location=encoded(f"{self.prefix}/"))
            output = self._published(path)
            if output is None:
                return self._rendered(self.assembled.plan["/404.html"], 404)
            if output.url == f"{path.removeprefix(self.prefix)}/":
                return Answer(status=302, type="text/plain", location=encoded(f"{path}/"))
            makes = output.makes
            if not isinstance(makes, SearchIndex):
                return self._rendered(output, 200)
            fingerprint, zone = self.renderer.fingerprint(output), self.config.timezone
        # Outside the lock: other pages are not to wait until everything is indexed.
        return self._bundled(makes, fingerprint, zone, path.removeprefix(self.prefix + output.url))

    def _published(self, path: str) -> Output | None:
        """What a host would serve for a (decoded) path."""
        if self.assembled is None or not path.startswith(f"{self.prefix}/"):
            return None
        output = find(self.assembled.plan, path.removeprefix(self.prefix))
        return next((edit.output for edit in self.edits.values() if output and edit.output.url == output.url), output)

    def _wait_for(self, path: str) -> None:
        """Wait until what has been edited is in all pages, for any page but one that was edited itself."""
        with self.lock:
            output = self._published(path)
            is_edited = any(edit.output is output for edit in self.edits.values())
        if not is_edited and not self.complete.is_set():
            self.wanted.set()
            self.complete.wait(PATIENCE)

    def _output(self, path: str) -> Output | None:
        """What `answer` shows at a path, the page for what is not found included."""
        return self._published(path) or (self.assembled.plan["/404.html"] if self.assembled else None)

    def _rendered(self, output: Output, status: int) -> Answer:
        page = self._page(output)
        if page is None:
            known = self.pages[output.url]
            return _error_page(self.problems or known.problems, known.fingerprint)
        type = type_of(file_of(output.url))
        charset = "; charset=utf-8" if type.startswith("text/") else ""
        return Answer(status=status, type=type + charset, body=page.body, fingerprint=page.fingerprint)

    def _bundled(self, makes: SearchIndex, fingerprint: str, zone: tzinfo, name: str) -> Answer:
        with self.bundling:
            if fingerprint != self.bundle.fingerprint:
                try:
                    files = index(makes.articles, zone, cache=self.cache)
                except BroadsheetError as error:
                    return _error_page(error.problems)
                self.bundle = Bundle(fingerprint=fingerprint, files=files)
            body = self.bundle.files.get(name)
        if body is None:
            return Answer(status=404, type="text/plain; charset=utf-8")
        return Answer(status=200, type=type_of(name), body=body)

    def _page(self, output: Output) -> Page | None:
        """The output rendered; the last good one with its problems when that fails; None when there is none."""
        if self.renderer is None:
            return None
        fingerprint = self.renderer.fingerprint(output)
        known = self.pages.get(output.url)
        if known is None or known.fingerprint != fingerprint:
            try:
                page = Page(fingerprint=fingerprint, body=self.renderer.render(output))
                self.renderer.keep()
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
