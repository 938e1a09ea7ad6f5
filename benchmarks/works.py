"""What generators are asked to do, and proof that they have done it."""

from __future__ import annotations

import http.client
import socket
import statistics
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from articles import address, articles
from generators import Generator
from measure import Cost, cost, end, start

ADDED = "One sentence more."
SIGN = "·"
"""What a touched template adds to every page."""

EDITS = 5
POLLED = 0.002
"""Seconds between two questions to a preview."""

SETTLED = 2.0
"""Seconds that a preview is left alone before it is edited again."""

PATIENCE = 1800.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A site to be built in a folder of its own from a digest, whose articles are `files`, newest first."""

    generator: Generator
    folder: Path
    files: Sequence[Path]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """Seconds from the start to the first page; from saving to a changed page; to a changed title on the front page."""

    first: float
    page: float
    front: float


def site(generator: Generator, digest: Path, folder: Path) -> Site:
    """Write a generator's site of a digest to a new folder."""
    generator.write(digest, folder)
    return Site(generator=generator, folder=folder, files=articles(digest))


def build(one: Site) -> Cost:
    return cost(one.generator.build, one.folder)


def _cold(one: Site) -> Cost:
    spent = build(one)
    _prove(one, "/", "<main")
    return spent


def _unchanged(one: Site) -> Cost:
    return build(one)


def _edited(one: Site) -> Cost:
    article = one.files[len(one.files) // 2]
    _add(one, article, ADDED)
    spent = build(one)
    _prove(one, address(article), ADDED)
    return spent


def _touched(one: Site) -> Cost:
    frame = one.folder / one.generator.frame
    frame.write_text(frame.read_text("utf-8").replace("</main>", f"{SIGN}</main>"), "utf-8")
    spent = build(one)
    for url in ("/", address(one.files[0]), address(one.files[-1])):
        _prove(one, url, f"{SIGN}</main>")
    return spent


WORKS: dict[str, Callable[[Site], Cost]] = {
    "cold": _cold,
    "unchanged": _unchanged,
    "one article edited": _edited,
    "frame of every page touched": _touched,
}
"""Done one after the other in one folder, each in a fresh process."""


def preview(one: Site) -> Preview:
    """Preview a site that has been built, edit articles all over it, and wait for each edit to be served."""
    if not one.generator.serve:
        raise ValueError(f"{one.generator.name} has no preview here")
    port = _free_port()
    began = time.perf_counter()
    process = start(one.generator.serve(port), one.folder)
    try:
        first = _seconds_until(port, "/", "<main", began)
        pages = [_page_edit(one, port, number) for number in range(EDITS)]
        fronts = [_title_edit(one, port, number) for number in range(EDITS)]
    finally:
        end(process)
    return Preview(first=first, page=statistics.median(pages), front=statistics.median(fronts))


def _page_edit(one: Site, port: int, number: int) -> float:
    article = one.files[(2 * number + 1) * len(one.files) // (2 * EDITS)]
    _get(port, address(article))
    time.sleep(SETTLED)
    text = f"Edit number {number}."
    began = _add(one, article, text)
    return _seconds_until(port, address(article), text, began)


def _title_edit(one: Site, port: int, number: int) -> float:
    _get(port, "/")
    time.sleep(SETTLED)
    file, title = one.generator.article(one.files[0], one.folder), f"Title number {number}"
    lines = [f"title: {title}" if line.startswith("title: ") else line for line in file.read_text("utf-8").split("\n")]
    file.write_text("\n".join(lines), "utf-8")
    return _seconds_until(port, "/", title, time.perf_counter())


def _add(one: Site, article: Path, text: str) -> float:
    """Add a paragraph to an article; the moment when it was saved."""
    file = one.generator.article(article, one.folder)
    file.write_text(f"{file.read_text('utf-8')}\n{text}\n", "utf-8")
    return time.perf_counter()


def _prove(one: Site, url: str, text: str) -> None:
    file = one.folder / one.generator.output / url.strip("/") / "index.html"
    if text not in file.read_text("utf-8"):
        raise RuntimeError(f"{one.generator.name} has not put {text!r} on {file}")


def _seconds_until(port: int, url: str, text: str, began: float) -> float:
    """Seconds from `began` until a page shows a text."""
    while text not in _get(port, url):
        if time.perf_counter() - began > PATIENCE:
            raise TimeoutError(f"{url} does not show {text!r}")
        time.sleep(POLLED)
    return time.perf_counter() - began


def _get(port: int, url: str) -> str:
    """A page; "" while nobody answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    with suppress(OSError, http.client.HTTPException):
        connection.request("GET", url)
        return connection.getresponse().read().decode("utf-8")
    return ""


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
