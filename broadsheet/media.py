"""A file that is published, to its type and its size in bytes and pixels."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from broadsheet.errors import Problem
from broadsheet.metadata import without_metadata
from broadsheet.model import MediaFile
from broadsheet.pictures import PIXELS, Shape, shape

# Not from the system's tables: the same file has the same type on every machine.
TYPES = {
    ".avif": "image/avif",
    ".css": "text/css",
    ".gif": "image/gif",
    ".ico": "image/x-icon",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".js": "text/javascript",
    ".json": "application/json",
    ".opml": "text/x-opml",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
    ".xml": "application/xml",
}
PICTURES = (".avif", ".gif", ".jpeg", ".jpg", ".png", ".webp")
"""Kinds of picture that content may bring. SVG is not one: opened by itself it runs script."""

def type_of(name: str) -> str:
    """The media type for a file's name, the same on every machine."""
    suffix = Path(name).suffix.lower()
    return TYPES.get(suffix) or _type_of_other(suffix)


@cache
def _type_of_other(suffix: str) -> str:
    # Imported here: few files are of other kinds.
    import mimetypes

    return mimetypes.MimeTypes(filenames=()).guess_type("x" + suffix)[0] or "application/octet-stream"


def published(data: bytes, path: str) -> bytes:
    """What is published of a file of these bytes: a picture loses its metadata, all else is as it is."""
    return without_metadata(data) if Path(path).suffix.lower() in PICTURES else data


def measure(file: Path, path: str) -> MediaFile:
    """What is to be known of a file before it is published; `path` is its name below its folder.

    Digest and size are of what is published; width and height as browsers show it.
    """
    data = published(file.read_bytes(), path)
    found = _shape(data, Path(path).suffix.lower())
    return MediaFile(
        path=path,
        file=str(file),
        digest=hashlib.blake2b(data, digest_size=16).hexdigest(),
        size=len(data),
        type=type_of(path),
        width=found.width,
        height=found.height,
        scalable=found.scalable,
    )


def doubts(media: MediaFile, shown: str) -> Iterator[Problem]:
    """Warnings of a picture that pages cannot make the best of; `shown` is its path as messages name it."""
    if Path(media.path).suffix.lower() not in PICTURES:
        return
    if not media.width:
        message = "cannot be read as a picture, so pages show it without its size, if at all"
        yield Problem(path=shown, message=message, hint="save it again as JPEG, PNG, WebP or AVIF", level="warning")
    elif media.width * media.height > PIXELS:
        message = f"has {media.width} x {media.height} pixels, so pages have it in this size alone"
        hint = f"make it smaller; {PIXELS // 1_000_000} million pixels are the most that is made smaller here"
        yield Problem(path=shown, message=message, hint=hint, level="warning")


def _shape(data: bytes, suffix: str) -> Shape:
    if suffix in PICTURES:
        return shape(data)
    return _drawing(data) if suffix == ".svg" else Shape()


# Drawings -------------------------------------------------------------------------------------------

_HEAD = 65_536
_ROOT = re.compile(r"<svg\b[^<>]*>")
_ATTRIBUTE = re.compile(r"""(?<![\w:.-])(width|height|viewBox)\s*=\s*(["'])([^"'<>]{0,200})\2""")
_LENGTH = re.compile(r"\s*(\d{1,5}(?:\.\d{0,9})?)(?:px)?\s*")
_VIEW = re.compile(r"(?:[\s,]*[-+]?[\d.]{1,20}){2}[\s,]+(\d{1,5}(?:\.\d{0,9})?)[\s,]+(\d{1,5}(?:\.\d{0,9})?)\s*")


def _drawing(data: bytes) -> Shape:
    """The size of an SVG by its root: in pixels, or else by what it lets be seen of itself; without either none."""
    root = _ROOT.search(data[:_HEAD].decode("utf-8", "replace"))
    said = {name: value for name, _, value in _ATTRIBUTE.findall(root[0])} if root else {}
    sides = [_LENGTH.fullmatch(said.get(side, "")) for side in ("width", "height")]
    view = _VIEW.fullmatch(said.get("viewBox", ""))
    if all(sides):
        width, height = (round(float(side[1])) for side in sides if side)
    else:
        width, height = (round(float(side)) for side in view.groups()) if view else (0, 0)
    return Shape(width=width, height=height) if width and height else Shape()
