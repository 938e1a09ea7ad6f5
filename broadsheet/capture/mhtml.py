"""A page saved with all its parts in one file (MHTML, RFC 2557) to the page and the parts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from itertools import islice

from broadsheet.capture.nouns import Capture
from broadsheet.errors import ContentError, Problem

HEAD = 4096
MOST_PARTS = 2000
MOST_NESTING = 20
HEADERS = re.compile(rb"\s*(?:[A-Za-z-]+:[^\r\n]*\r?\n(?:[ \t][^\r\n]*\r?\n)*){1,40}\r?\n")
MULTIPART = re.compile(rb"^content-type:\s*multipart/related", re.I | re.M)
PAGES = ("text/html", "application/xhtml+xml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpacked:
    """The page, and its parts by the address it has for them ("https://…", "cid:…")."""

    page: Capture
    parts: dict[str, Capture]


def is_mhtml(data: bytes) -> bool:
    """Whether a file begins as browsers begin one: headers as in mail, of parts that belong together."""
    found = HEADERS.match(data[:HEAD])
    return found is not None and MULTIPART.search(found[0]) is not None


def unpack(capture: Capture) -> Unpacked:
    """The first page in the file, and what belongs to it. Raises ContentError where there is no page in it."""
    if len(re.findall(rb"^content-type:\s*(?:multipart|message)/", capture.data, re.I | re.M)) > MOST_NESTING:
        raise _unreadable(capture)
    message = message_from_bytes(capture.data)
    parts = tuple(islice(_parts(message), MOST_PARTS))
    page = next((part for part in parts if part.media_type in PAGES), None)
    if page is None or not page.data.strip():
        raise _unreadable(capture)
    address = page.address or _one_line(message.get("snapshot-content-location", ""))
    return Unpacked(
        page=Capture(
            name=capture.name,
            data=page.data,
            address=address if address.startswith(("http://", "https://")) else capture.address,
            media_type=page.media_type,
            charset=page.charset,
        ),
        parts={part.name: part for part in parts if part is not page and part.name},
    )


def _unreadable(capture: Capture) -> ContentError:
    hint = "save the page as “HTML only” and add that"
    return ContentError([Problem(path=capture.name, message="is a web archive with no page in it", hint=hint)])


def _parts(message: Message) -> Iterator[Capture]:
    """Every part, under each name that the page may have for it."""
    for part in message.walk():
        if part.is_multipart():
            continue
        data = part.get_payload(decode=True)
        address = _one_line(part.get("content-location", ""))
        identity = _one_line(part.get("content-id", "")).strip("<>")
        for name in (address, f"cid:{identity}" if identity else "") if address or identity else ("",):
            yield Capture(
                name=name,
                data=data if isinstance(data, bytes) else b"",
                address=address,
                media_type=part.get_content_type(),
                charset=(part.get_content_charset() or "")[:40],
            )


def _one_line(header: object) -> str:
    return "".join(str(header).split())
