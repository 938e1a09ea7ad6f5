"""Raw captures, kept so that they can be cleaned again: capture/raw/."""

from __future__ import annotations

import gzip
import hashlib
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from broadsheet.capture.nouns import Capture, Facts, Found
from broadsheet.errors import ContentError, Problem
from broadsheet.files import replace

FOLDER = "capture/raw"
"""Below the digest's folder: two files a capture, named by its hash."""

LARGEST = 64_000_000
"""Bytes of a raw capture, unpacked: more than any that `load` lets in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A capture, and what was made of it: `written` is the article's file as it was written then.

    `pictures` maps the addresses of pictures to the names of the files they were
    saved as, beside the article.
    """

    capture: Capture
    captured_at: datetime
    written: str
    pictures: Mapping[str, str] = field(default_factory=dict, hash=False)


def content_hash(data: bytes) -> str:
    """The name of a raw capture: "sha256:" and 64 hexadecimal digits."""
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def keep(root: Path, kept: Kept) -> None:
    """Write a capture and its record; each beside, then replaced."""
    folder, name = root / FOLDER, _name(content_hash(kept.capture.data))
    # No time in the file: the same capture is the same bytes.
    replace(folder / f"{name}.gz", gzip.compress(kept.capture.data, mtime=0))
    record = {
        "version": 1,
        "name": kept.capture.name,
        "address": kept.capture.address,
        "media_type": kept.capture.media_type,
        "charset": kept.capture.charset,
        "captured_at": kept.captured_at.isoformat(),
        "known": _dumped(kept.capture.known),
        "pictures": dict(kept.pictures),
        "written": kept.written,
    }
    replace(folder / f"{name}.json", (json.dumps(record, ensure_ascii=False, indent=1) + "\n").encode())


def kept(root: Path, digest: str) -> Kept | None:
    """The capture of a content hash; None where there is none. Raises ContentError for a damaged one."""
    name = _name(digest)
    raw, file = root / FOLDER / f"{name}.gz", root / FOLDER / f"{name}.json"
    if not name or not raw.is_file() or not file.is_file():
        return None
    try:
        return _read(raw, json.loads(file.read_bytes()), digest)
    except (OSError, EOFError, zlib.error, ValueError, TypeError, KeyError, RecursionError) as error:
        hint = "bring it back from a backup, or capture the article anew"
        problem = Problem(path=f"{FOLDER}/{file.name}", message=f"this raw capture is damaged: {error}", hint=hint)
        raise ContentError([problem]) from error


def _read(raw: Path, record: Mapping[str, Any], digest: str) -> Kept:
    with gzip.open(raw) as file:
        data = file.read(LARGEST)
    if content_hash(data) != digest:
        raise ValueError("its bytes are not those that were captured")
    texts = {key: _text(record[key]) for key in ("name", "address", "media_type", "charset", "written", "captured_at")}
    written, captured_at = texts.pop("written"), datetime.fromisoformat(texts.pop("captured_at"))
    known = _facts(dict(record["known"]))
    pictures = {_text(address): Path(_text(name)).name for address, name in dict(record["pictures"]).items()}
    capture = Capture(data=data, known=known, **texts)
    return Kept(capture=capture, captured_at=captured_at, written=written, pictures=pictures)


TEXTS, LISTS, DATES = ("title", "dek", "source", "canonical_url", "lang"), ("authors", "tags"), ("date", "updated")


def _dumped(known: Facts) -> dict[str, Any]:
    """What a feed told of its article: {"title": [value, origin], ...}."""
    found = {name: getattr(known, name) for name in (*TEXTS, *LISTS, *DATES)}
    values = {name: (one.value, one.origin) for name, one in found.items() if one is not None}
    return {name: (value.isoformat() if name in DATES else value, origin) for name, (value, origin) in values.items()}


def _facts(record: Mapping[str, Any]) -> Facts:
    """The inverse."""
    facts: dict[str, Found[Any]] = {}
    for name, (value, origin) in record.items():
        if name in LISTS:
            facts[name] = Found(value=tuple(_text(one) for one in value), origin=_text(origin))
        else:
            text = _text(value)
            facts[name] = Found(value=datetime.fromisoformat(text) if name in DATES else text, origin=_text(origin))
    return Facts(**facts)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def _name(digest: str) -> str:
    """The file's name for a content hash, "" for anything that is none (front matter can say anything)."""
    name = digest.removeprefix("sha256:")
    return name if len(name) == 64 and set(name) <= set("0123456789abcdef") else ""
