"""A host of static sites on loopback that obeys the site's own _headers, for tests."""

from __future__ import annotations

import mimetypes
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue
from urllib.parse import unquote, urlsplit

TYPES = {".webmanifest": "application/manifest+json", ".avif": "image/avif", ".webp": "image/webp"}

Rules = list[tuple[str, list[tuple[str, str]]]]


def rules(text: str) -> Rules:
    """A file _headers as Netlify and Cloudflare read it: a path, and below it indented headers."""
    found: Rules = []
    for line in text.split("\n"):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if not line[0].isspace():
            found.append((line.strip(), []))
        else:
            name, _, value = line.strip().partition(":")
            found[-1][1].append((name, value.strip()))
    return found


def headers_for(path: str, found: Rules) -> dict[str, str]:
    """The headers of all rules that a path matches; of a name in several they are joined, as hosts do."""
    headers: dict[str, str] = {}
    for pattern, lines in found:
        if re.fullmatch(".*".join(map(re.escape, unquote(pattern).split("*"))), path):
            for name, value in lines:
                headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


class _Host(BaseHTTPRequestHandler):
    # A connection for each answer: none is left that would still be answered after `stop`.
    protocol_version = "HTTP/1.0"

    def __init__(self, folder: Path, prefix: str, ahead: Queue[str], *arguments: object) -> None:
        self.folder, self.prefix, self.ahead = folder, prefix, ahead
        super().__init__(*arguments)  # type: ignore[arg-type]  # as the server hands them over

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path)
        if "prefetch" in self.headers.get("Sec-Purpose", ""):
            self.ahead.put(path)
        file = self.folder / path.removeprefix(self.prefix).lstrip("/")
        file = file / "index.html" if path.endswith("/") else file
        status = 200 if path.startswith(self.prefix) and file.is_file() else 404
        data = (file if status == 200 else self.folder / "404.html").read_bytes()
        kind = "text/html" if status == 404 else TYPES.get(file.suffix) or mimetypes.guess_type(file.name)[0] or ""
        headers = {"Content-Type": kind, "Content-Length": str(len(data)), "Cache-Control": "no-cache"}
        headers |= headers_for(path, rules((self.folder / "_headers").read_text("utf-8")))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        return


class Hosted:
    """A site that is served until `stop`, on a port that stays the same when it is started again.

    `ahead` are the paths that a browser has fetched before they were asked for.
    """

    def __init__(self, folder: Path, prefix: str) -> None:
        self.ahead: Queue[str] = Queue()
        self.handler = partial(_Host, folder, prefix, self.ahead)
        self.port = 0
        self.start()
        self.address = f"http://127.0.0.1:{self.port}{prefix}"

    def start(self) -> None:
        self.server = ThreadingHTTPServer(("127.0.0.1", self.port), self.handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def stop(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@contextmanager
def hosted(folder: Path, prefix: str = "") -> Iterator[Hosted]:
    host = Hosted(folder, prefix)
    try:
        yield host
    finally:
        host.stop()
