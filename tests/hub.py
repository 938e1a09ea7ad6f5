"""A WebSub hub on loopback, for tests: it writes down what it is told, and answers as it is asked to."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs


@dataclass
class Hub:
    """`statuses` are the answers to come, the last of them for good; `told` the topics that were published to it."""

    address: str = ""
    statuses: list[int] = field(default_factory=lambda: [204])
    location: str = ""
    requests: list[tuple[str, str, str]] = field(default_factory=list)
    told: list[str] = field(default_factory=list)


@contextmanager
def hub() -> Iterator[Hub]:
    found = Hub()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            found.requests.append((self.path, self.headers["Content-Type"], self.headers["User-Agent"]))
            status = found.statuses.pop(0) if len(found.statuses) > 1 else found.statuses[0]
            if status == 204 and form["hub.mode"] == ["publish"] and form["hub.url"] == form["hub.topic"]:
                found.told += form["hub.url"]
            self.answer(status)

        def answer(self, status: int) -> None:
            self.send_response(status)
            if found.location:
                self.send_header("Location", found.location)
            self.end_headers()
            if status != 204:
                self.wfile.write(b"no such topic\x1b[31m\nsecond line")

        def log_message(self, format: str, *args: object) -> None:
            """Not among the tests' own words."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.address = f"http://127.0.0.1:{server.server_port}/hub?key=1"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
