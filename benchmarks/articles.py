"""The articles of a digest that corpus.py made, read for generators with other files."""

from __future__ import annotations

import re
from pathlib import Path

_PARTS = re.compile(r"---\n(.*?)\n---\n(.*)", re.S)


def articles(digest: Path) -> list[Path]:
    """Their files, the newest first."""
    return sorted((digest / "content" / "articles").rglob("*.md"))


def values(file: Path) -> dict[str, str]:
    """The front matter, each line of which holds one value."""
    return dict(line.split(": ", 1) for line in _parts(file)[0].splitlines())


def body(file: Path) -> str:
    return _parts(file)[1]


def month(file: Path) -> str:
    """The year and month of an article, such as "2026/11"."""
    return values(file)["date"][:7].replace("-", "/")


def address(file: Path) -> str:
    """The path of its page, the same in every generator."""
    return f"/{month(file)}/{file.stem}/"


def _parts(file: Path) -> tuple[str, str]:
    found = _PARTS.fullmatch(file.read_text("utf-8"))
    if not found:
        raise ValueError(f"{file} has no front matter")
    return found[1], found[2]
