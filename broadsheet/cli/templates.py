"""`broadsheet templates`."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path

import click

from broadsheet import files, theme
from broadsheet.cli.console import echo
from broadsheet.cli.surroundings import here
from broadsheet.errors import ConfigError, Problem, PublishError, raise_errors
from broadsheet.theme import Part


@click.command("templates")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--copy", "copies", is_flag=True, help="Copy the named files into your digest, to be changed there.")
@click.option("--json", "as_data", is_flag=True, help="Print as JSON.")
def command(names: tuple[str, ...], copies: bool, as_data: bool) -> int:
    """List the files of the theme: what each is for, and which of them are yours.

    A file of the same name in your own templates or static folder stands before
    the theme's. With --copy you begin one with what the theme has; a file that
    is there already is never written over.
    """
    root, config = here()
    known = theme.parts(root / config.folders.templates, root / config.folders.static)
    if copies and not names:
        raise click.UsageError("--copy needs names: `broadsheet templates` lists them")
    chosen = _named(known, names) if names else known
    if copies:
        _copy(chosen, root)
    if as_data:
        _print_data(chosen, root, copies)
    elif copies:
        for part in chosen:
            echo(_shown(part.own, root))
    else:
        _print(chosen, root)
    return 0


def _named(known: Sequence[Part], names: Sequence[str]) -> tuple[Part, ...]:
    """The files of these names, each once. Raises ConfigError naming all that are none."""
    by_name = {part.name: part for part in reversed(known)}
    raise_errors((_unknown(name, by_name) for name in names if name not in by_name), ConfigError)
    return tuple(by_name[name] for name in dict.fromkeys(names))


def _unknown(name: str, known: Iterable[str]) -> Problem:
    near = difflib.get_close_matches(name, known, 1)
    hint = f"did you mean {near[0]}?" if near else "`broadsheet templates` lists what there is"
    return Problem(path=name, message="the theme has no such file", hint=hint)


def _copy(chosen: Sequence[Part], root: Path) -> None:
    """Write all of them, or, where one is there already, none. Raises ConfigError or PublishError."""
    hint = "edit that file, or move it away first"
    taken = [_shown(part.own, root) for part in chosen if part.own.exists()]
    raise_errors((Problem(path=path, message="is there already", hint=hint) for path in taken), ConfigError)
    for part in chosen:
        try:
            files.create(part.own, part.file.read_bytes())
        except OSError as error:
            message = f"cannot be written: {error.strerror}"
            raise PublishError([Problem(path=_shown(part.own, root), message=message)]) from error


def _print(chosen: Sequence[Part], root: Path) -> None:
    width = max(len(part.name) for part in chosen)
    for folder, inside in groupby(chosen, lambda part: _shown(part.own, root).removesuffix(part.name)):
        echo(folder)
        for part in inside:
            echo(f"{'*' if part.is_own else ' '} {part.name:<{width}}  {part.purpose}".rstrip())
    if any(part.is_own for part in chosen):
        echo("* yours")


def _print_data(chosen: Sequence[Part], root: Path, copies: bool) -> None:
    data = {
        "ok": True,
        "files": [
            {
                "name": part.name,
                "purpose": part.purpose,
                "path": _shown(part.own, root),
                "own": part.is_own or copies,
            }
            for part in chosen
        ],
    }
    click.echo(json.dumps(data, indent=2))


def _shown(file: Path, root: Path) -> str:
    return file.relative_to(root).as_posix() if file.is_relative_to(root) else str(file)
