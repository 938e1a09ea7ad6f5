"""A web server on loopback that says, byte for byte, what a test tells it to."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from broadsheet.capture.fetch import Fetcher, Limits
from broadsheet.capture.guard import Guard
from broadsheet.capture.wire import Connect, connect

Sent = bytes | Iterable[bytes]
Speech = Callable[["Heard"], Sent]
"""What was asked to all that is sent: the status line, headers and body, or pieces of them."""


@dataclass(frozen=True)
class Heard:
    """A request as it came."""

    path: str
    headers: dict[str, str]
    number: int


@dataclass
class Server:
    """What a server listens on, and what it has heard so far."""

    ip: str
    port: int
    speech: Mapping[str, Speech | Sent]
    scheme: str = "http"
    heard: list[Heard] = field(default_factory=list)

    def address(self, path: str = "/", *, host: str = "") -> str:
        return f"{self.scheme}://{host or self.ip}:{self.port}{path}"

    @property
    def paths(self) -> list[str]:
        return [one.path for one in self.heard]


def answer(body: bytes = b"", *headers: str, status: str = "200 OK", length: int | None = None) -> bytes:
    """A whole answer; a `length` of its own may lie."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + body


def page(body: bytes, *headers: str) -> bytes:
    return answer(body, "Content-Type: text/html; charset=utf-8", *headers)


def redirect(to: str, status: str = "302 Found") -> bytes:
    return answer(b"", f"Location: {to}", status=status)


NOT_FOUND = answer(b"nothing here", status="404 Not Found")


@contextmanager
def served(
    speech: Mapping[str, Speech | Sent],
    *,
    ip: str = "127.0.0.1",
    port: int = 0,
    tls: ssl.SSLContext | None = None,
) -> Iterator[Server]:
    """A server that answers each path as told, and all others with 404; ends when the block does."""
    with socket.create_server((ip, port)) as listening:
        server = Server(ip, listening.getsockname()[1], speech, "http" if tls is None else "https")
        thread = threading.Thread(target=_listen, args=(listening, server, tls), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            with suppress(OSError):
                listening.shutdown(socket.SHUT_RDWR)
            listening.close()
            thread.join(5)


def _listen(listening: socket.socket, server: Server, tls: ssl.SSLContext | None) -> None:
    while True:
        try:
            taken, _ = listening.accept()
        except OSError:
            return
        threading.Thread(target=_speak, args=(taken, server, tls), daemon=True).start()


def _speak(taken: socket.socket, server: Server, tls: ssl.SSLContext | None) -> None:
    with suppress(OSError), taken:
        taken.settimeout(10)
        if tls is None:
            _answer(taken, server)
        else:
            with tls.wrap_socket(taken, server_side=True) as secure:
                _answer(secure, server)


def _answer(taken: socket.socket, server: Server) -> None:
    heard = _hear(taken, len(server.heard))
    server.heard.append(heard)
    said = server.speech.get(heard.path, NOT_FOUND)
    said = said(heard) if callable(said) else said
    for piece in [said] if isinstance(said, bytes) else said:
        taken.sendall(piece)
    with suppress(OSError):
        taken.shutdown(socket.SHUT_WR)
        while taken.recv(65536):
            pass


def _hear(taken: socket.socket, number: int) -> Heard:
    data = b""
    while b"\r\n\r\n" not in data:
        piece = taken.recv(65536)
        if not piece:
            raise ConnectionError
        data += piece
        if not data.startswith(b"GET"[: len(data)]):
            return Heard("", {}, number)
    first, *lines = data.decode("latin-1").partition("\r\n\r\n")[0].split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return Heard(first.split()[1], headers, number)


class Clock:
    """A clock that moves only when somebody waits, or by a step whenever it is looked at."""

    def __init__(self, step: float = 0) -> None:
        self.now, self.step = 1000.0, step
        self.waits: list[float] = []

    def monotonic(self) -> float:
        self.now += self.step
        return self.now

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds


class Names:
    """A resolver: each name's answers in turn, the last of them for ever; remembers what it was asked."""

    def __init__(self, **answers: list[list[str]]) -> None:
        self.answers = {name.replace("_", "."): given for name, given in answers.items()}
        self.asked: list[str] = []

    def resolve(self, host: str, port: int) -> list[str]:
        self.asked.append(host)
        given = self.answers.get(host)
        if given is None:
            raise OSError("no such name")
        return given.pop(0) if len(given) > 1 else given[0]


def fetcher(
    *,
    names: Names | None = None,
    clock: Clock | None = None,
    limits: Limits | None = None,
    authorities: str = "",
    connect: Connect = connect,
    loopback: bool = True,
) -> Fetcher:
    """A fetcher that may reach this machine, with a name service and a clock of the test's."""
    clock = clock or Clock()
    return Fetcher(
        user_agent="Broadsheet/0.0 (+https://example.org/about)",
        guard=Guard(resolve=(names or Names()).resolve, loopback_for_tests_only=loopback),
        monotonic=clock.monotonic,
        sleep=clock.sleep,
        limits=limits,
        authorities=authorities,
        connect=connect,
    )
