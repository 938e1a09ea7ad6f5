"""An editor's rules for one site: capture/rules/DOMAIN.toml to Rules."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from broadsheet.capture.addresses import domain
from broadsheet.capture.dom import is_selector
from broadsheet.capture.nouns import Rules
from broadsheet.errors import ContentError, Problem, raise_errors
from broadsheet.frontmatter import read_toml, toml_places, unified

FOLDER = "capture/rules"
"""Below the digest's folder."""

LINES = ("drop_lines", "keep_lines")
SELECTORS = ("drop", "keep")
PLACES = ("title", "dek", "author", "date")
KEYS = (*LINES, *SELECTORS, *PLACES)


def load(root: Path, address: str) -> Rules:
    """The rules for the site of an address: of its host, else of its registered domain, else none.

    Raises ContentError with everything that is wrong with the file.
    """
    host = (urlsplit(address).hostname or "").removeprefix("www.") if address else ""
    for name in dict.fromkeys((host, domain(address) if host else "")):
        file = root / FOLDER / f"{name}.toml"
        if name and "/" not in name and file.is_file():
            return parse(_text(file), f"{FOLDER}/{file.name}")
    return Rules()


def _text(file: Path) -> str:
    try:
        return unified(file.read_bytes().decode("utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise ContentError([Problem(path=f"{FOLDER}/{file.name}", message=f"cannot be read: {error}")]) from error


def parse(text: str, path: str) -> Rules:
    """TOML text to Rules. Raises ContentError with everything that is wrong."""
    data, lines = read_toml(text, path), text.split("\n")
    places = toml_places(lines)
    problems = []
    for key, value in data.items():
        if told := _wrong(key, value):
            place = places.get((key,))
            line = place.line if place else 1
            problems.append(
                Problem(
                    path=path, line=line, column=place.column if place else 1, message=told[0], hint=told[1],
                    excerpt=lines[line - 1], width=len(key),
                )
            )
    raise_errors(problems)
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in data.items()}
    return Rules(**values)


def pattern(lines: Iterable[str]) -> re.Pattern[str]:
    """Lines as they read, `*` for anything, to what matches them in full.

    What stands between two stars is looked for once, at the first place it can
    stand, as in any glob: that takes no time, however many stars there are.
    """
    return re.compile("|".join(map(_shape, lines)) or r"(?!)", re.IGNORECASE | re.DOTALL)


def _shape(line: str) -> str:
    first, *others = [re.escape(part) for part in re.sub(r"\*+", "*", " ".join(line.split())).split("*")]
    if not others:
        return first
    *between, last = others
    return first + "".join(f"(?>.*?{part})" for part in between) + f".*{last}"


def _wrong(key: str, value: Any) -> tuple[str, str] | None:
    """What is wrong and a hint, or None."""
    if key not in KEYS:
        near = difflib.get_close_matches(key, KEYS, 1)
        return f"there is no rule {key}", f"did you mean {near[0]}?" if near else f"the rules are {', '.join(KEYS)}"
    if key in PLACES:
        values, example = [value], f'{key} = ".{key}"'
    else:
        values, example = value, f'{key} = ["Sign up for *"]' if key in LINES else f'{key} = [".promo"]'
    if not isinstance(values, list) or not all(isinstance(one, str) and one.strip() for one in values):
        return f"{key}: must be {'text' if key in PLACES else 'a list of texts'}", f"as in {example}"
    bad = next((one for one in values if key not in LINES and not is_selector(one)), None)
    return (f"{key}: {bad!r} is not a CSS selector", f"as in {example}") if bad is not None else None
