"""`broadsheet serve`."""

from __future__ import annotations

import webbrowser
from pathlib import Path
from socket import socket

import click

from broadsheet.cache import open_cache
from broadsheet.cli.console import tell
from broadsheet.cli.surroundings import clock
from broadsheet.config import find
from broadsheet.errors import Problem
from broadsheet.preview.server import is_loopback, listen, origin, serve
from broadsheet.preview.state import Preview


@click.command("serve")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 for any that is free.")
@click.option("--bind", metavar="ADDRESS", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option("--open", "opens", is_flag=True, help="Open a browser.")
@click.option("--poll", is_flag=True, help="Look at the files every second instead of being told of changes.")
@click.option("--no-reload", is_flag=True, help="Do not watch the files, do not reload pages.")
def command(port: int, bind: str, opens: bool, poll: bool, no_reload: bool) -> int:
    """Preview the site while you edit.

    Shows drafts and what is dated in the future, marked. Nothing of the site is written.
    """
    file = find(Path.cwd())
    listener = listen(bind, port)
    if not is_loopback(bind):
        message = "the preview, drafts and all, can be read by everyone on this network"
        tell([Problem(path=bind, message=message, level="warning", hint="leave --bind out to keep it to yourself")])
    with open_cache(file.parent) as cache:
        preview = Preview(file, origin(listener), clock, cache=cache)
        _preview(preview, listener, opens=opens, reloads=not no_reload, poll=poll)
    return 0


def _preview(preview: Preview, listener: socket, *, opens: bool, reloads: bool, poll: bool) -> None:
    told: list[tuple[Problem, ...]] = [(), ()]

    def ready() -> None:
        address = f"{origin(listener)}{preview.address}/"
        click.echo(f"previewing {address}  (Ctrl-C stops)")
        if opens:
            webbrowser.open(address)

    def reloaded() -> None:
        before, told[:] = tuple(told), [preview.problems, preview.warnings]
        if preview.problems != before[0]:
            tell(preview.problems)
            if not preview.problems:
                click.echo("mended")
        if preview.warnings != before[1]:
            tell(preview.warnings)

    try:
        serve(
            preview, listener, reloads=reloads, poll=poll, on_ready=ready, on_reload=reloaded,
            say=lambda text: click.echo(text, err=True),
        )
    except KeyboardInterrupt:
        # Ctrl-C is how a preview ends.
        click.echo("stopped")
