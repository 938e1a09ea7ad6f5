"""The preview's answers over HTTP, as an ASGI application."""

from __future__ import annotations

import asyncio
import ipaddress
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from broadsheet.preview.state import Answer, Preview, problem_data

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

OWN = "/_broadsheet/"
"""The preview's own paths: below a name that no article can have."""

SCRIPT = Path(__file__).with_name("reload.js")

BEAT = 15.0
"""Seconds between signs of life on a stream of events, so that a dead one is noticed."""


class App:
    """Serves the plan of a Preview, never a disk; GET and HEAD only."""

    def __init__(self, preview: Preview, *, reloads: bool = True) -> None:
        self.preview, self.reloads = preview, reloads
        self.changed = asyncio.Event()
        self.closing = False

    def notify(self) -> None:
        """Wake every page that waits for news; to be called in the event loop."""
        self.changed.set()
        self.changed = asyncio.Event()

    def close(self) -> None:
        self.closing = True
        self.notify()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        if not is_local_name(headers.get("host", "")):
            await _send(send, scope, _plain(421, "this preview answers to its own address only"))
        elif scope["method"] not in ("GET", "HEAD"):
            await _send(send, scope, _plain(405, "the preview is read, never written to"))
        elif scope["path"] == f"{OWN}events" and self.reloads:
            await self._stream(scope, receive, send)
        elif scope["path"] == f"{OWN}reload.js" and self.reloads:
            script = Answer(status=200, type="text/javascript; charset=utf-8", body=SCRIPT.read_bytes())
            await _send(send, scope, script)
        else:
            answer = await asyncio.to_thread(self.preview.answer, scope["path"])
            await _send(send, scope, with_script(answer) if self.reloads else answer)

    async def _stream(self, scope: Scope, receive: Receive, send: Send) -> None:
        query = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        path = query.get("path", ["/"])[0]
        fingerprint = query.get("fingerprint", [""])[0]
        headers = [(b"content-type", b"text/event-stream"), (b"cache-control", b"no-store")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        gone = asyncio.create_task(_disconnected(receive))
        try:
            async for text in self._news(unquote(path), fingerprint, gone):
                await send({"type": "http.response.body", "body": text.encode(), "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        finally:
            gone.cancel()

    async def _news(self, path: str, fingerprint: str, gone: asyncio.Task[None]) -> AsyncIterator[str]:
        """Server-sent events for a page that was rendered with this fingerprint, until it is left."""
        told = "[]"
        while not self.closing and not gone.done():
            changed = asyncio.create_task(self.changed.wait())
            problems, now = await asyncio.to_thread(self._state, path)
            if now != fingerprint:
                yield "event: reload\ndata: {}\n\n"
                fingerprint = now
            if problems != told:
                yield f"event: problems\ndata: {problems}\n\n"
                told = problems
            done, _ = await asyncio.wait({changed, gone}, timeout=BEAT, return_when=asyncio.FIRST_COMPLETED)
            changed.cancel()
            if not done:
                yield ": still here\n\n"

    def _state(self, path: str) -> tuple[str, str]:
        problems = json.dumps([problem_data(problem) for problem in self.preview.problems_of(path)])
        return problems, self.preview.fingerprint(path)


def with_script(answer: Answer) -> Answer:
    """A page with the script that reloads it. Only the preview adds it; it is never in the output folder."""
    if not answer.type.startswith("text/html"):
        return answer
    script = f'<script src="{OWN}reload.js" data-fingerprint="{answer.fingerprint}" defer></script>'.encode()
    head, end, tail = answer.body.rpartition(b"</body>")
    return replace(answer, body=head + script + end + tail if end else answer.body + script)


def is_local_name(host: str) -> bool:
    """Whether a Host header names this machine itself.

    A page of a stranger's can make a browser call a name of its own that
    resolves to 127.0.0.1 (DNS rebinding); it cannot make it send another Host.
    """
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    if name in ("localhost", socket.gethostname().lower()):
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _plain(status: int, text: str) -> Answer:
    return Answer(status=status, type="text/plain; charset=utf-8", body=f"{text}\n".encode())


async def _send(send: Send, scope: Scope, answer: Answer) -> None:
    headers = [
        (b"content-type", answer.type.encode()),
        (b"content-length", str(len(answer.body)).encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
    ]
    if answer.location:
        headers.append((b"location", answer.location.encode("ascii")))
    if answer.status == 405:
        headers.append((b"allow", b"GET, HEAD"))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else answer.body})
