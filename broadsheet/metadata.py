"""A picture's bytes without what they tell of its camera, its place and its people.

Nothing is decoded and nothing encoded anew: segments and chunks are kept or left out. What shows stays, colour profile
and orientation included; what does not, and whatever stands behind the picture's end, goes. Files that are broken
come out as far as they can be read.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Literal
from zlib import crc32

Kind = Literal["jpeg", "png", "webp", "gif", "avif", ""]

_START = b"\x89PNG\r\n\x1a\n"


def kind_of(data: bytes) -> Kind:
    """What a picture is by its first bytes, as browsers see it, whatever its name says; "" is none of these."""
    if data.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if data.startswith(_START):
        return "png"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "gif"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    return "avif" if data[4:8] == b"ftyp" else ""


def without_metadata(data: bytes) -> bytes:
    """The same picture, pixel by pixel, without EXIF, XMP, IPTC, comments and thumbnails.

    Bytes that are no picture of these kinds come back as they are. Never fails: a broken file comes out as far as it
    can be read. Twice is as once.
    """
    match kind_of(data):
        case "jpeg":
            return _jpeg(data)
        case "png":
            return _png(data)
        case "webp":
            return _webp(data)
        case "gif":
            return _gif(data)
        case "avif":
            return _avif(data)
        case "":
            return data


# Orientation ----------------------------------------------------------------------------------------

_ORIENTATION = 0x0112
_SHORT = 3


def _orientation(tiff: bytes) -> int:
    """How EXIF says that a picture is turned, 1 to 8; 1 is upright, and what is said of one that does not say."""
    order: Literal["little", "big"] = "little" if tiff[:2] == b"II" else "big"
    first = int.from_bytes(tiff[4:8], order) + 2
    count = int.from_bytes(tiff[first - 2 : first], order)
    for at in range(first, min(first + 12 * count, len(tiff)), 12):
        if int.from_bytes(tiff[at : at + 2], order) == _ORIENTATION:
            said = int.from_bytes(tiff[at + 8 : at + 10], order)
            return said if said in range(1, 9) and int.from_bytes(tiff[at + 2 : at + 4], order) == _SHORT else 1
    return 1


def _turned(orientation: int) -> bytes:
    """EXIF that says how a picture is turned, and nothing else."""
    return b"MM\0*\0\0\0\x08\0\1\1\x12\0\3\0\0\0\1\0" + bytes((orientation,)) + bytes(6)


# JPEG: ITU-T T.81, annex B --------------------------------------------------------------------------

# Neither a stuffed byte nor a restart, which are of the scan.
_MARKER = re.compile(rb"\xff([\x01-\xcf\xd8-\xfe])", re.S)
_BEGIN, _END, _SCAN = 0xD8, 0xD9, 0xDA
_EXIF = b"Exif\0\0"


def _jpeg(data: bytes) -> bytes:
    orientation, kept = 0, [b"\xff\xd8"]
    for code, body, scan in _segments(data):
        if code == 0xE1 and body.startswith(_EXIF):
            orientation = orientation or _orientation(body[len(_EXIF) :])
        elif code == _END:
            kept.append(b"\xff\xd9")
        elif shown := _shown_segment(code, body):
            kept += [_segment(code, shown), scan]
    if orientation > 1:
        kept.insert(1, _segment(0xE1, _EXIF + _turned(orientation)))
    return b"".join(kept)


def _segment(code: int, body: bytes) -> bytes:
    return bytes((0xFF, code)) + (len(body) + 2).to_bytes(2) + body


def _segments(data: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Marker, body, and the scan's bytes behind it. A second picture in the file is not read."""
    at = 2
    while found := _MARKER.search(data, at):
        code, at = found[1][0], found.end()
        if code == _END:
            yield code, b"", b""
            return
        if code in (0x01, _BEGIN):
            continue
        start, at = at + 2, at + max(2, int.from_bytes(data[at : at + 2]))
        if at > len(data):
            return
        body, end = data[start:at], at
        if code == _SCAN:
            behind = _MARKER.search(data, at)
            end = behind.start() if behind else len(data)
        yield code, body, data[at:end]
        at = end


def _shown_segment(code: int, body: bytes) -> bytes:
    """What of a segment is needed to show the picture; b"" if nothing."""
    match code:
        case 0xE0:
            # Twelve bytes, and a thumbnail of no width and height.
            return body[:12].ljust(14, b"\0") if body.startswith(b"JFIF\0") else b""
        case 0xE2:
            return body if body.startswith(b"ICC_PROFILE\0") else b""
        case 0xEE:
            # How the colours are coded.
            return body[:12] if body.startswith(b"Adobe") else b""
        case _:
            return body if 0xC0 <= code <= 0xCF or _SCAN <= code <= 0xDF else b""


# PNG: third edition, with the chunks of animations ----------------------------------------------------

_SHOWN_CHUNKS = frozenset(
    b"IHDR PLTE IDAT IEND tRNS cHRM cICP cLLI gAMA iCCP mDCV sBIT sRGB bKGD pHYs acTL fcTL fdAT".split()
)


def _png(data: bytes) -> bytes:
    orientation, kept = 0, []
    for name, chunk in _png_chunks(data):
        if name == b"eXIf":
            orientation = orientation or _orientation(chunk[8:-4])
        elif name in _SHOWN_CHUNKS:
            kept.append(chunk)
    if orientation > 1:
        kept.insert(1, _png_chunk(b"eXIf", _turned(orientation)))
    return b"".join((_START, *kept))


def _png_chunk(name: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4) + name + body + crc32(name + body).to_bytes(4)


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Name and the whole chunk; of one that is cut short, what there is of it where it is part of the picture."""
    at, name = len(_START), b""
    while at + 8 <= len(data) and name != b"IEND":
        name, end = data[at + 4 : at + 8], at + 12 + int.from_bytes(data[at : at + 4])
        if end <= len(data) or name == b"IDAT":
            yield name, data[at:end]
        at = end


# WebP: RFC 9649 ---------------------------------------------------------------------------------------

_SHOWN_IN_FRAME = frozenset((b"VP8 ", b"VP8L", b"ALPH"))
_SHOWN_RIFF = _SHOWN_IN_FRAME | {b"VP8X", b"ANIM", b"ANMF", b"ICCP"}
_SAYS_METADATA = 0x0C


def _webp(data: bytes) -> bytes:
    # No orientation: Chromium shows a WebP as it lies in the file, whatever its EXIF says.
    body = b"WEBP" + _shown_riff(data[12 : 8 + int.from_bytes(data[4:8], "little")], _SHOWN_RIFF)
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def _shown_riff(data: bytes, names: frozenset[bytes]) -> bytes:
    kept, at = [], 0
    while at + 8 <= len(data):
        name, size = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        if name in names:
            kept.append(_riff_chunk(name, data[at + 8 : at + 8 + size]))
        at += 8 + size + size % 2
    return b"".join(kept)


def _riff_chunk(name: bytes, body: bytes) -> bytes:
    if name == b"VP8X":
        body = bytes(byte & ~_SAYS_METADATA for byte in body[:1]) + body[1:]
    if name == b"ANMF":
        body = body[:16] + _shown_riff(body[16:], _SHOWN_IN_FRAME)
    return name + len(body).to_bytes(4, "little") + body + bytes(len(body) % 2)


# GIF: 89a ---------------------------------------------------------------------------------------------

_BLOCK = re.compile(rb"[\x21\x2c\x3b]")
_SHOWN_APPLICATIONS = (b"\x0bNETSCAPE2.0", b"\x0bANIMEXTS1.0", b"\x0bICCRGBG1012")


def _gif(data: bytes) -> bytes:
    at = 13 + _table(data, 10)
    kept = [data[:at]]
    while found := _BLOCK.search(data, at):
        start, at = found.start(), _block_end(data, found.start())
        if _is_shown_block(data[start : start + 14]):
            kept.append(data[start:at])
        if found[0] == b";":
            break
    return b"".join(kept)


def _table(data: bytes, flags: int) -> int:
    """How long the table of colours is that is told of in the byte at `flags`."""
    said = data[flags] if flags < len(data) else 0
    return 3 << ((said & 7) + 1) if said & 0x80 else 0


def _block_end(data: bytes, start: int) -> int:
    match data[start]:
        case 0x3B:
            return start + 1
        case 0x2C:
            at = start + 11 + _table(data, start + 9)
        case _:
            at = start + 2
    while at < len(data) and data[at]:
        at += 1 + data[at]
    return at + 1


def _is_shown_block(head: bytes) -> bool:
    if head[:1] != b"!":
        return True
    return head[1:2] == b"\xf9" or (head[1:2] == b"\xff" and head[2:].startswith(_SHOWN_APPLICATIONS))


# AVIF: ISO/IEC 23008-12 and 14496-12 --------------------------------------------------------------------

_FILE_BOXES = frozenset((b"ftyp", b"meta", b"mdat", b"moov"))
_HIDDEN_BOXES = frozenset((b"udta", b"uuid", b"xml ", b"bXML", b"free", b"skip"))
_HOLDERS = frozenset((b"moov", b"trak", b"mdia", b"minf"))
_HIDDEN_ITEMS = frozenset((b"Exif", b"mime", b"uri "))
_DEEPEST = 8
_MOST_STORES = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class _Box:
    """A box at a place of the file, and the bounds of its body."""

    name: bytes
    at: int
    start: int
    end: int


def _avif(data: bytes) -> bytes:
    """Blanked where it stands, as places in such a file are counted from its start."""
    blank = bytearray(data)
    everything = _Box(name=b"", at=0, start=0, end=len(data))
    stores = list(islice((box for box in _boxes(data, everything) if box.name == b"mdat"), _MOST_STORES))
    for box in _boxes(data, everything):
        if box.name == b"meta":
            _blank_items(data, replace(box, start=box.start + 4), stores, blank)
        elif box.name not in _FILE_BOXES:
            _free(blank, box)
        _free_hidden(data, box, blank)
    return bytes(blank)


def _boxes(data: bytes, within: _Box) -> Iterator[_Box]:
    """The boxes inside a box. One that is cut short ends where that does."""
    at = within.start
    while at + 8 <= within.end:
        size, start = int.from_bytes(data[at : at + 4]), at + 8
        if size == 1:
            size, start = int.from_bytes(data[at + 8 : at + 16]), at + 16
        end = min(at + size, within.end) if size else within.end
        if end < start:
            return
        yield _Box(name=data[at + 4 : at + 8], at=at, start=start, end=end)
        at = end


def _free(blank: bytearray, box: _Box) -> None:
    blank[box.at + 4 : box.at + 8] = b"free"
    blank[box.start : box.end] = bytes(box.end - box.start)


def _free_hidden(data: bytes, holder: _Box, blank: bytearray, depth: int = 0) -> None:
    if depth > _DEEPEST or holder.name not in _HOLDERS:
        return
    for box in _boxes(data, holder):
        if box.name in _HIDDEN_BOXES or box.name == b"meta":
            _free(blank, box)
        _free_hidden(data, box, blank, depth + 1)


def _blank_items(data: bytes, meta: _Box, stores: list[_Box], blank: bytearray) -> None:
    boxes = {box.name: box for box in _boxes(data, meta)}
    for box in _boxes(data, meta):
        if box.name in _HIDDEN_BOXES:
            _free(blank, box)
    if not {b"iinf", b"iloc"} <= boxes.keys():
        return
    hidden = dict(_hidden_items(data, boxes[b"iinf"]))
    for kind in hidden.values():
        # A decoder passes over a kind it does not know; of EXIF that is empty, libavif says that the file is broken.
        blank[kind : kind + 4] = b"free"
    own = boxes.get(b"idat")
    places = _extents(data, boxes[b"iloc"])
    parts = [((own.start if inside and own else 0) + at, size) for item, inside, at, size in places if item in hidden]
    _blank_bytes(blank, parts, [own, *stores] if own else stores)


def _blank_bytes(blank: bytearray, parts: list[tuple[int, int]], stores: list[_Box]) -> None:
    """Only inside the boxes that hold items: a file that places one elsewhere is broken, and is not broken further."""
    for box in stores:
        done = box.start
        # In order and no byte twice, however often a file names it.
        for at, size in sorted(part for part in parts if box.start <= part[0] < box.end):
            start, done = max(done, at), max(done, min(at + size, box.end))
            blank[start:done] = bytes(max(0, done - start))


def _hidden_items(data: bytes, iinf: _Box) -> Iterator[tuple[int, int]]:
    """The numbers of the items that hold metadata, and where in the file their kind is told."""
    counted = 2 if data[iinf.start : iinf.start + 1] == b"\0" else 4
    for box in _boxes(data, replace(iinf, start=iinf.start + 4 + counted)):
        number = box.start + 4
        kind = number + (4 if data[box.start : box.start + 1] == b"\3" else 2) + 2
        if box.name == b"infe" and data[kind : kind + 4] in _HIDDEN_ITEMS:
            yield int.from_bytes(data[number : kind - 2]), kind


def _extents(data: bytes, iloc: _Box) -> Iterator[tuple[int, int, int, int]]:
    """Item, whether its place is counted from `idat` rather than the file, and place and size of a part of it."""
    stream = io.BytesIO(data[iloc.start : iloc.end])

    def number(size: int) -> int:
        return int.from_bytes(stream.read(size))

    version, _, sizes, more = number(1), number(3), number(1), number(1)
    wide = 4 if version == 2 else 2
    for _ in range(number(wide) if sizes & 15 else 0):
        item, method, _ = number(wide), number(2 if version else 0), number(2)
        base = number(more >> 4)
        for _ in range(number(2)):
            number(more & 15 if version else 0)
            yield item, method & 1, base + number(sizes >> 4), number(sizes & 15)
        if stream.tell() == iloc.end - iloc.start:
            return
