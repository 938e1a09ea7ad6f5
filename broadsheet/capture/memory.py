"""The lines of a source's latest captures: capture/memory/SOURCE.json."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from broadsheet.capture.addresses import domain
from broadsheet.capture.nouns import Repeats
from broadsheet.capture.repeats import others
from broadsheet.errors import ContentError, Problem
from broadsheet.files import replace
from broadsheet.slugs import slugify

FOLDER = "capture/memory"
"""Below the digest's folder."""

CAPTURES = 8
"""So many of the latest captures of a source are remembered."""

LINES = 1000
LONGEST = 300
"""Of each capture: lines, and characters of a line."""

NOTHING = Repeats()


def source_of(address: str, name: str = "") -> str:
    """What a source is remembered by: the registered domain of an address, else its name; "" for neither."""
    site = domain(address) if address else ""
    return site.replace(":", "-") or (slugify(name) if name else "")


def remembered(root: Path, source: str, digest: str, text: Callable[[], str]) -> Repeats:
    """How often the lines of a capture recur in the remembered ones of its source.

    `text` gives the capture's own lines, and is asked only where others are remembered. Raises ContentError.
    """
    captures = _load(_file(root, source)) if source else {}
    texts = ["\n".join(lines) for name, lines in captures.items() if name != digest]
    return others([text(), *texts])[0] if texts else NOTHING


def remember(root: Path, source: str, digest: str, text: str) -> None:
    """Remember a capture, and forget the oldest. Raises ContentError."""
    if not source:
        return
    captures = _load(_file(root, source))
    captures.pop(digest, None)
    captures[digest] = [line[:LONGEST] for line in text.splitlines() if line.strip()][:LINES]
    latest = dict(list(captures.items())[-CAPTURES:])
    data = json.dumps({"version": 1, "captures": latest}, ensure_ascii=False, indent=0)
    file = _file(root, source)
    try:
        replace(file, data.encode("utf-8", "replace"))
    except (OSError, ValueError) as error:
        raise ContentError([Problem(path=f"{FOLDER}/{file.name}", message=f"cannot be written: {error}")]) from error


def _file(root: Path, source: str) -> Path:
    return root / FOLDER / f"{source[:200]}.json"


def _load(file: Path) -> dict[str, list[str]]:
    try:
        captures = json.loads(file.read_bytes())["captures"]
        return {str(digest): [str(line) for line in lines] for digest, lines in captures.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        hint = "delete it: it only helps to know the furniture of a site, and grows again"
        problem = Problem(path=f"{FOLDER}/{file.name}", message=f"cannot be read: {error}", hint=hint)
        raise ContentError([problem]) from error
