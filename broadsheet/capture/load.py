"""What an editor names (a file, a folder, an address, standard input) to captures."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from broadsheet.capture.addresses import is_web
from broadsheet.capture.fetch import Fetched
from broadsheet.capture.nouns import Capture
from broadsheet.errors import ContentError, Problem
from broadsheet.files import files_below, is_folder

SUFFIXES = (".html", ".htm", ".xhtml", ".xht", ".mhtml", ".mht", ".txt", ".text", ".md")
"""What is taken from a folder; a file that is named is taken whatever it is called."""

LARGEST = 50_000_000
"""Bytes of a file or of standard input."""


def named(sources: Iterable[str]) -> list[str]:
    """The sources with each folder replaced by its files, in a fixed order.

    Raises ContentError for a folder that has none.
    """
    found = []
    for source in sources:
        found += _inside(source) if source != "-" and not is_web(source) and is_folder(Path(source)) else [source]
    return found


def _inside(folder: str) -> list[str]:
    found = [str(file) for file in files_below(Path(folder)) if file.suffix.lower() in SUFFIXES]
    if not found:
        hint = f"a folder's files count when they end with {', '.join(SUFFIXES)}"
        raise ContentError([Problem(path=folder, message="holds no page and no text", hint=hint)])
    return found


def fetched(source: str, fetch: Callable[[str], Fetched]) -> Capture:
    """What a web address holds. Raises ContentError."""
    got = fetch(source)
    return Capture(name=source, data=got.data, address=got.address, media_type=got.media_type, charset=got.charset)


def read(source: str, *, address: str = "") -> Capture:
    """What a file holds; `address` is the page's own, where the editor says it. Raises ContentError."""
    return given(source, _bytes(Path(source)), address=address)


def given(source: str, data: bytes, *, address: str = "") -> Capture:
    """What was read from somewhere. Raises ContentError if that was too much (more than `LARGEST`)."""
    if len(data) > LARGEST:
        raise _problem(source, f"is larger than {LARGEST // 1_000_000} MB", "add the article's page alone")
    return Capture(name=source, data=data, address=address)


def _bytes(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(LARGEST + 1)
    except FileNotFoundError as error:
        raise _problem(str(file), "is not there", _near(file)) from error
    except (OSError, ValueError) as error:
        raise _problem(str(file), f"cannot be read: {getattr(error, 'strerror', None) or error}") from error


def _near(file: Path) -> str:
    if "." in file.name and "/" in str(file) and not is_folder(file.parent):
        return f"an address begins with its scheme: https://{file}"
    return "name a file, a folder, a web address, or - for standard input"


def _problem(path: str, message: str, hint: str = "") -> ContentError:
    return ContentError([Problem(path=path, message=message, hint=hint)])
