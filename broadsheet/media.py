"""A file that is published as it is, to its type and its size in bytes and pixels."""

from __future__ import annotations

import hashlib
import mimetypes
from pathlib import Path

import imagesize

from broadsheet.model import MediaFile

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

_TABLE = mimetypes.MimeTypes(filenames=())


def type_of(name: str) -> str:
    """The media type for a file's name, the same on every machine."""
    suffix = Path(name).suffix.lower()
    return TYPES.get(suffix) or _TABLE.guess_type("x" + suffix)[0] or "application/octet-stream"


def measure(file: Path, path: str) -> MediaFile:
    """What is to be known of a file before it is published; `path` is its name below its folder."""
    data = file.read_bytes()
    width, height = _pixels(file) if file.suffix.lower() in (*PICTURES, ".svg") else (0, 0)
    return MediaFile(
        path=path,
        file=str(file),
        digest=hashlib.blake2b(data, digest_size=16).hexdigest(),
        size=len(data),
        type=type_of(path),
        width=width,
        height=height,
    )


def _pixels(file: Path) -> tuple[int, int]:
    try:
        width, height = (int(side) for side in imagesize.get(file))
    except (ValueError, OSError, OverflowError, MemoryError):
        return 0, 0
    return max(0, width), max(0, height)
