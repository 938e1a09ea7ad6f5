"""The preview on a socket: HTTP in the foreground, the watch on the files beside it."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import uvicorn

from broadsheet.errors import ConfigError, Problem
from broadsheet.preview.app import App
from broadsheet.preview.state import Preview
from broadsheet.preview.watch import watching

MOST_CONNECTIONS = 200

AFTER = 0.2
"""Seconds after an edit of one article before everything is read again."""

TURN = 0.0005
"""Seconds after which a thread lets others go on: answers are not to wait for what is read beside them."""


def listen(bind: str, port: int) -> socket.socket:
    """A socket that listens. Raises ConfigError when that address cannot be had."""
    listener = socket.socket(socket.AF_INET6 if ":" in bind else socket.AF_INET, socket.SOCK_STREAM)
    if os.name == "posix":  # elsewhere it would let two previews share one port
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((bind, port))
        listener.listen()
    except OSError as error:
        listener.close()
        reason = getattr(error, "strerror", None) or str(error)
        is_name = isinstance(error, socket.gaierror)
        hint = (
            "--bind takes an address of this machine, such as 127.0.0.1"
            if is_name
            else "another preview may be running; choose another port with --port, or 0 for any that is free"
        )
        problem = Problem(path=f"{bind}:{port}", message=f"cannot listen here: {reason}", hint=hint)
        raise ConfigError([problem]) from error
    return listener


def origin(listener: socket.socket) -> str:
    """The web address, without a path, at which a browser on this machine finds a listening socket."""
    host, port = listener.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - read, not bound
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def is_loopback(bind: str) -> bool:
    try:
        return bind == "localhost" or ipaddress.ip_address(bind).is_loopback
    except ValueError:
        return False


def serve(
    preview: Preview,
    listener: socket.socket,
    *,
    reloads: bool = True,
    poll: bool = False,
    say: Callable[[str], None],
    on_ready: Callable[[], None],
    on_reload: Callable[[], None],
) -> None:
    """Load a preview and serve it until interrupted.

    `on_reload` is called after the first reading, and after each further one in
    another thread.
    """
    sys.setswitchinterval(TURN)
    app = App(preview, reloads=reloads)
    server = _Server(app, on_ready)

    def tell() -> None:
        if server.loop and not server.loop.is_closed():
            server.loop.call_soon_threadsafe(app.notify)

    def save(path: Path) -> None:
        if preview.edit(path):
            tell()

    def reload() -> None:
        if preview.edits:
            # The page that was edited first, which whoever edits it looks at; then all others, unless one is asked for.
            preview.wanted.wait(AFTER)
        preview.wanted.clear()
        preview.reload()
        on_reload()
        tell()

    with contextlib.ExitStack() as stack:
        # Watching comes first: what is saved during the first reading is not to be missed.
        if reloads:
            files = (preview.file.name, "broadsheet.toml")
            watch = watching(preview.root, preview.folders, files, reload, on_save=save, poll=poll, say=say)
            stack.enter_context(watch)
        preview.reload()
        on_reload()
        server.run(sockets=[listener])


class _Server(uvicorn.Server):
    """uvicorn, told to let go of the streams of events when it is asked to stop."""

    def __init__(self, app: App, on_ready: Callable[[], None]) -> None:
        self.app, self.on_ready = app, on_ready
        self.loop: asyncio.AbstractEventLoop | None = None
        super().__init__(
            uvicorn.Config(
                app, lifespan="off", log_config=None, access_log=False, server_header=False, date_header=False,
                proxy_headers=False, limit_concurrency=MOST_CONNECTIONS, timeout_keep_alive=5,
                timeout_graceful_shutdown=2, ws="none",
            )
        )

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self.loop = asyncio.get_running_loop()
        await super().startup(sockets=sockets)
        self.on_ready()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)
        if self.loop:
            self.loop.call_soon_threadsafe(self.app.close)
