"""One request to one server, within limits of time and size."""

from __future__ import annotations

import io
import re
import socket
import ssl
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http.client import HTTPConnection, HTTPException, HTTPResponse, IncompleteRead

import certifi

from broadsheet.capture.guard import SAVE_IT, FetchError, Judged

Connect = Callable[[str, int, float], socket.socket]
"""An IP address, a port and a timeout in seconds to a connection; OSError where there is none."""

MB = 1_000_000
OVERHEAD = MB
"""Bytes that headers and chunks may take on top of what is asked for."""

PIECE = 65_536
MOST_ADDRESSES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is asked, of whom, on whose behalf (`name` is what errors are told of).

    `until` is the moment it must be over by, in the line's own time. An answer
    larger than `size` bytes is an error, or cut there with `cut`.
    """

    name: str
    judged: Judged
    headers: dict[str, str]
    size: int
    until: float
    cut: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a server said; `data` only where it says that all is well."""

    status: int
    headers: Message
    data: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """How servers are reached, and how long they may keep silent (seconds)."""

    monotonic: Callable[[], float]
    trust: Callable[[], ssl.SSLContext]
    connect: Connect
    connect_timeout: float = 10
    silence_timeout: float = 20


class LateError(Exception):
    """The time for a request is over."""


class LargeError(Exception):
    """More bytes than may be; says how many where that is known."""


def trust(authorities: str = "") -> ssl.SSLContext:
    """The certificates to trust: Mozilla's list, or those in a file."""
    return ssl.create_default_context(cafile=authorities or certifi.where())


def connect(ip: str, port: int, timeout: float) -> socket.socket:
    """A connection to an IP address, and to nothing else: no name is looked up."""
    family = socket.AF_INET6 if ":" in ip else socket.AF_INET
    opened = socket.socket(family, socket.SOCK_STREAM)
    try:
        opened.settimeout(timeout)
        opened.connect((ip, port))
    except BaseException:
        opened.close()
        raise
    return opened


def ask(request: Request, line: Line) -> Answer:
    """The answer to a request. Raises FetchError for none, or one that is too slow, too large or damaged."""
    with _in_plain_words(request), _connection(request, line) as connection:
        place = request.judged.place
        connection.request("GET", place.target, headers={"Host": place.origin.split("://")[1], **request.headers})
        with connection.getresponse() as response:
            data = _body(response, request) if response.status == 200 else b""
            return Answer(status=response.status, headers=response.headers, data=data)


@contextmanager
def _in_plain_words(request: Request) -> Iterator[None]:
    try:
        yield
    except LateError as error:
        raise FetchError(request.name, "takes too long", SAVE_IT) from error
    except LargeError as error:
        size, limit = str(error) or "larger", _megabytes(request.size)
        raise FetchError(request.name, f"is {size}; the limit is {limit}") from error
    except TimeoutError as error:
        raise FetchError(request.name, "does not answer in time", "try again later") from error
    except ssl.SSLCertVerificationError as error:
        raise FetchError(request.name, f"has no valid certificate: {error.verify_message}", SAVE_IT) from error
    except IncompleteRead as error:
        raise FetchError(request.name, "breaks off before its end", "try again later") from error
    except zlib.error as error:
        raise FetchError(request.name, "is damaged: it cannot be unpacked", SAVE_IT) from error
    except OSError as error:
        raise FetchError(request.name, f"cannot be reached: {_reason(error)}") from error
    except (HTTPException, ValueError) as error:
        raise FetchError(request.name, "does not answer as a web server should", SAVE_IT) from error


def _megabytes(size: float) -> str:
    return f"{size / MB:.3g} MB"


def _reason(error: OSError) -> str:
    if isinstance(error, ssl.SSLError):
        return f"it makes no secure connection ({(error.reason or 'broken off').lower().replace('_', ' ')})"
    return (error.strerror or "the connection breaks off").lower()


# The connection


@contextmanager
def _connection(request: Request, line: Line) -> Iterator[HTTPConnection]:
    """HTTP over a socket of our own, so that nothing but the judged address is ever connected to."""
    place = request.judged.place
    connection = HTTPConnection(place.host, place.port)
    opened = _open(request, line)
    connection.sock = _Wire(opened, request, line)
    try:
        yield connection
    finally:
        connection.close()
        opened.close()


def _open(request: Request, line: Line) -> socket.socket:
    """A connection to the first address that takes one."""
    failure: OSError = OSError("no address")
    place = request.judged.place
    for ip in request.judged.ips[:MOST_ADDRESSES]:
        try:
            opened = line.connect(ip, place.port, _left(request, line, line.connect_timeout))
        except OSError as error:
            failure = error
        else:
            return _secured(opened, request, line) if place.scheme == "https" else opened
    raise failure


def _secured(opened: socket.socket, request: Request, line: Line) -> socket.socket:
    """TLS, with a certificate for the name that was asked for, whatever the address."""
    opened.settimeout(_left(request, line, line.connect_timeout))
    try:
        return line.trust().wrap_socket(opened, server_hostname=request.judged.place.host)
    except BaseException:
        opened.close()
        raise


def _left(request: Request, line: Line, most: float) -> float:
    """The seconds that may yet pass, `most` at once."""
    left = request.until - line.monotonic()
    if left <= 0:
        raise LateError
    return min(left, most)


class _Wire:
    """A socket as http.client uses it, whose reading counts seconds and bytes."""

    def __init__(self, opened: socket.socket, request: Request, line: Line) -> None:
        self._socket, self._request, self._line = opened, request, line

    def sendall(self, data: bytes) -> None:
        self._socket.settimeout(_left(self._request, self._line, self._line.silence_timeout))
        self._socket.sendall(data)

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Counted(self._socket, self._request, self._line))

    def close(self) -> None:
        """The reader is still at work when http.client closes this; the socket is closed after it."""


class _Counted(io.RawIOBase):
    """What arrives on a socket: headers, chunks and trailers count like the body."""

    def __init__(self, opened: socket.socket, request: Request, line: Line) -> None:
        self._socket, self._request, self._line = opened, request, line
        self._bytes_left = request.size + OVERHEAD

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # a writable buffer is what comes
        self._socket.settimeout(_left(self._request, self._line, self._line.silence_timeout))
        count = self._socket.recv_into(buffer)
        self._bytes_left -= count
        if self._bytes_left < 0:
            raise LargeError
        return count


# The body


def _body(response: HTTPResponse, request: Request) -> bytes:
    length = _length(response)
    if length > request.size and not request.cut:
        raise LargeError(_megabytes(length))
    unpacker = _Unpacker(response.headers.get("content-encoding", ""), request.size)
    try:
        for piece in _pieces(response, length):
            unpacker.feed(piece)
    except LargeError:
        if not request.cut:
            raise
        return bytes(unpacker.data[: request.size])
    if not unpacker.complete:
        raise IncompleteRead(b"")
    return bytes(unpacker.data)


def _length(response: HTTPResponse) -> int:
    """How many bytes the server says will come; 0 where it does not say, or says it in chunks."""
    coding = response.headers.get("transfer-encoding", "").strip().lower()
    if coding not in ("", "identity", "chunked"):
        raise ValueError(f"transfer encoding {coding}")
    text = response.headers.get("content-length", "").strip()
    return int(text) if not coding and re.fullmatch(r"[0-9]{1,18}", text) else 0


def _pieces(response: HTTPResponse, length: int) -> Iterator[bytes]:
    come = 0
    while piece := response.read(PIECE):
        come += len(piece)
        yield piece
    if come < length:
        raise IncompleteRead(b"")


class _Unpacker:
    """Takes a body piece by piece, compressed or not, and holds what is in it: at most `limit` bytes and one."""

    def __init__(self, coding: str, limit: int) -> None:
        self.coding, self.limit = coding.strip().lower().removeprefix("x-"), limit
        if self.coding not in ("", "identity", "gzip", "deflate"):
            raise ValueError(f"content encoding {self.coding}")
        self.packed = self.coding in ("gzip", "deflate")
        self.data = bytearray()
        self._member: zlib._Decompress | None = None

    @property
    def complete(self) -> bool:
        return not self.packed or self._member is None or self._member.eof

    def feed(self, piece: bytes) -> None:
        if not self.packed:
            self._take(piece)
        while self.packed and piece:
            piece = self._unpack(piece)

    def _unpack(self, piece: bytes) -> bytes:
        """One member of a stream that may hold several; gives what stands behind it."""
        if self._member is None:
            self._member = zlib.decompressobj(_window(self.coding, piece))
        elif self._member.eof:
            # What follows a stream and is none is padding.
            if not piece.startswith(b"\x1f"):
                return b""
            self._member = zlib.decompressobj(_window(self.coding, piece))
        self._take(self._member.decompress(piece, self.limit + 1 - len(self.data)))
        return self._member.unused_data

    def _take(self, data: bytes) -> None:
        self.data += data[: self.limit + 1 - len(self.data)]
        if len(self.data) > self.limit:
            raise LargeError


def _window(coding: str, start: bytes) -> int:
    """zlib's number for a format; "deflate" comes with a header (RFC 1950) or, from old servers, without."""
    if coding == "gzip":
        return 16 + zlib.MAX_WBITS
    return zlib.MAX_WBITS if start[0] & 0x0F == 8 and start[0] >> 4 <= 7 else -zlib.MAX_WBITS
