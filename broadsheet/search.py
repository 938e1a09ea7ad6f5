"""Articles to a search index: Pagefind's, cut so fine that a first search loads little."""

from __future__ import annotations

import hashlib
import html
import importlib
import json
import posixpath
import re
import subprocess
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from importlib.metadata import PackageNotFoundError, version
from itertools import pairwise
from pathlib import Path

from broadsheet import __version__
from broadsheet.cache import Cache
from broadsheet.errors import ContentError, Problem
from broadsheet.markup import plain
from broadsheet.model import PublishedArticle
from broadsheet.slugs import encoded

ORIGIN = "search"
"""Whom its problems name."""

READ = "1.4."
"""How the versions of Pagefind begin whose files are known to us, and to search.js."""

ENTRY = "pagefind-entry.json"

LANGUAGE = "und"
"""Pagefind keeps an index for each language, and a browser asks one of them. A digest has articles in several and
readers who search them all, so there is one index, of no language, and words are not cut to their stems."""

LONGEST = 50_000
"""Characters of an article that are searched; a result loads the whole of them."""

LONGEST_WORD = 80
"""Characters; what is longer is data."""

PIECE = 20_000
"""Bytes of the index, before they are compressed, that are loaded at a time: words that stand beside each other."""

MOST_PLACES = 6
"""Places at which a word is known to stand in an article, where it stands in so many that they fill a piece."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What is searched and shown of an article: plain words, its address on the site, its date in the site's zone."""

    url: str
    title: str
    text: str
    date: datetime
    lang: str = ""
    source: str = ""
    tags: tuple[str, ...] = ()


def engine() -> str:
    """What an index depends on besides its records and ourselves; "" where Pagefind is not installed."""
    try:
        return f"Pagefind {version('pagefind_bin')}"
    except PackageNotFoundError:
        return ""


def missing() -> Problem | None:
    """What to tell an editor whose site is to have a search that cannot be made here."""
    found = engine()
    hint = 'pip install "broadsheet[search]"; or switch it off: `search = false` in [extras]'
    if not found:
        message = "Pagefind is not installed, so that the search page finds nothing"
    elif not found.startswith(f"Pagefind {READ}"):
        message = f"{found} writes an index that is not known here, so that the search page finds nothing"
    else:
        return None
    return Problem(path=ORIGIN, message=message, hint=hint, level="warning")


def fingerprint(articles: Iterable[PublishedArticle], zone: tzinfo) -> str:
    """A hash of all that an index depends on: what is searched and shown of each article, Pagefind, and ourselves."""
    digest = hashlib.blake2b(repr((__version__, engine(), str(zone))).encode(), digest_size=16)
    for one in articles:
        about = one.teaser
        parts = (one.url, about.title, about.lang, about.date.isoformat(), _source(one), about.tags, one.body.markdown)
        digest.update(repr(parts).encode("utf-8", "backslashreplace"))
    return digest.hexdigest()


def records(articles: Iterable[PublishedArticle], zone: tzinfo) -> Iterator[Record]:
    """What is searched of articles, in their order."""
    for one in articles:
        about = one.teaser
        yield Record(
            url=one.url, title=about.title, text=plain(one.body.markdown), date=about.date.astimezone(zone),
            lang=about.lang, source=_source(one), tags=tuple(tag.name for tag in about.tags),
        )  # fmt: skip


def _source(one: PublishedArticle) -> str:
    return one.teaser.publisher.name if one.teaser.publisher else ""


def index(records: Iterable[Record], cache: Cache | None = None) -> dict[str, bytes]:
    """The files of an index by their name below its folder; records are newest first, as a search lists equals.

    None without records or without Pagefind. The same records give the same
    bytes. Raises ContentError with
    Pagefind's last words where it fails.
    """
    if missing():
        return {}
    with tempfile.TemporaryDirectory(prefix="broadsheet-") as name:
        site, out = Path(name, "site"), Path(name, "index")
        site.mkdir()
        count = 0
        for count, record in enumerate(records, 1):
            (site / f"{count:07}.html").write_bytes(page(record, count).encode("utf-8", "replace"))
        if not count:
            return {}
        _run(site, out, 120 + count / 10)
        try:
            return dict(_cut(out))
        except (OSError, ValueError, KeyError, IndexError, TypeError, zlib.error) as error:
            raise _failed(f"its index cannot be read ({error})") from error


# A record to what Pagefind reads -------------------------------------------------------------------


_UNSPACED = re.compile(r"([\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])")
_UNWANTED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\ufeff\ud800-\udfff]|___PAGEFIND_ANCHOR___")
_DATA = re.compile(rf"\S{{{LONGEST_WORD + 1},}}")


def page(record: Record, number: int) -> str:
    """A record as HTML with Pagefind's attributes; `number` is its place among all, the newest being the first."""
    filters = [("tag", tag) for tag in record.tags] + [("year", f"{record.date:%Y}")]
    filters += [("source", record.source)] if record.source else []
    metas = [("url", encoded(record.url)), ("date", f"{record.date:%Y-%m-%d}"), ("source", record.source)]
    metas += [("lang", record.lang), ("title", record.title)]
    marks = [f'<i data-pagefind-filter="{key}[data-v]" data-v="{_escaped(value)}"></i>' for key, value in filters]
    marks += [f'<i data-pagefind-meta="{key}[data-v]" data-v="{_escaped(value)}"></i>' for key, value in metas if value]
    return (
        f'<!doctype html><html lang="{LANGUAGE}"><body data-pagefind-body data-pagefind-sort="newest:{number}">'
        f"{''.join(marks)}<h1>{_words(record.title)}</h1><p>{_words(record.text)}</p>"
        f"<p>{_words(' '.join((record.source, *record.tags)))}</p></body></html>"
    )


def _escaped(text: str) -> str:
    return html.escape(_UNWANTED.sub(" ", text)[:1000])


def _words(text: str) -> str:
    """Text as words with spaces between them, also where its script has none: search.js reads queries alike."""
    spaced = _UNSPACED.sub(r" \1 ", _UNWANTED.sub(" ", text[:LONGEST]))
    return html.escape(_DATA.sub(" ", spaced), quote=False)


# The program -----------------------------------------------------------------------------------------


def _run(site: Path, out: Path, seconds: float) -> None:
    try:
        program = importlib.import_module("pagefind_bin").get_executable()
        command = [str(program), "--site", str(site), "--output-path", str(out), "--force-language", LANGUAGE]
        # Its own folder, as Pagefind reads a configuration from the one it is started in.
        done = subprocess.run(  # noqa: S603 - our own arguments, no shell
            [*command, "--silent"], cwd=site.parent, stdin=subprocess.DEVNULL, capture_output=True, timeout=seconds
        )
    except subprocess.TimeoutExpired as error:
        raise _failed(f"it did not end within {seconds:.0f} seconds") from error
    except (OSError, ImportError) as error:
        raise _failed(str(error)) from error
    if done.returncode:
        said = (done.stderr + done.stdout).decode("utf-8", "replace").split("\n")
        last = next((line.strip() for line in reversed(said) if line.strip()), "it said nothing")
        raise _failed(f"{last} (exit code {done.returncode})")


def _failed(words: str) -> ContentError:
    hint = 'pip install --force-reinstall "broadsheet[search]"; or switch it off: `search = false` in [extras]'
    return ContentError([Problem(path=ORIGIN, message=f"Pagefind made no index: {words}", hint=hint)])


# Its index, cut finer ----------------------------------------------------------------------------------
#
# Pagefind keeps words in pieces of 20,000 places, some 36 KB each when compressed, which a program of 62 KB reads.
# Ours are the same in form (gzip, a signature, CBOR) and a fifth of the size, and search.js reads them itself.


_SIGNATURE = b"pagefind_dcd"
_NUMBER = rb"(?:[\x00-\x17]|\x18.|\x19..|\x1a....)"
_PLACE = rb"(?:[\x00-\x17\x20-\x37]|[\x18\x38].|[\x19\x39]..|[\x1a\x3a]....)"
_HEAD = rb"(?:[\x80-\x97]|\x98.|\x99..|\x9a....)"
_PAGE = re.compile(rb"(\x82" + _NUMBER + rb")" + _HEAD + rb"((?:" + _PLACE + rb")+)", re.S)
_PAGES = re.compile(rb"(?:\x82" + _NUMBER + _HEAD + rb"(?:" + _PLACE + rb")+)*+", re.S)

Value = int | str | list["Value"]
"""What Pagefind writes in CBOR: numbers, words, and lists of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A word, and in CBOR where it stands."""

    word: str
    data: bytes


def _cut(out: Path) -> Iterator[tuple[str, bytes]]:
    entry = json.loads((out / ENTRY).read_bytes())
    described = entry["languages"][LANGUAGE]
    meta = _parts(_value(_unpacked(out / f"pagefind.{described['hash']}.pf_meta"), 0)[0])
    pieces = list(_pieces(_entries(out, [str(_parts(chunk)[2]) for chunk in _parts(meta[2])])))
    chunks: list[Value] = []
    for piece, (start, end) in zip(pieces, _borders(pieces), strict=True):
        name, data = _packed("index", b"\x81" + _head(4, len(piece)) + b"".join(one.data for one in piece))
        yield f"index/{name}.pf_index", data
        chunks.append([start, end, name])
    name, data = _packed("pagefind", _encoded([meta[0], meta[1], chunks, *meta[3:]]))
    yield f"pagefind.{name}.pf_meta", data
    for folder, ending in (("filter", "pf_filter"), ("fragment", "pf_fragment")):
        for file in sorted((out / folder).glob(f"*.{ending}")):
            yield f"{folder}/{file.name}", file.read_bytes()
    # What leads to all others comes last, as it is published last.
    yield ENTRY, json.dumps({**entry, "languages": {LANGUAGE: {**described, "hash": name}}}).encode()


def _pieces(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    piece: list[Entry] = []
    size = 0
    for entry in entries:
        if piece and size + len(entry.data) > PIECE:
            yield piece
            piece, size = [], 0
        piece.append(entry)
        size += len(entry.data)
    if piece:
        yield piece


def _borders(pieces: list[list[Entry]]) -> Iterator[tuple[str, str]]:
    """With what letters the first and the last word of each piece begin: as many as tell it from its neighbours."""
    start = ""
    for piece, after in pairwise([*pieces, []]):
        last, first = piece[-1].word, after[0].word if after else ""
        shared = len(posixpath.commonprefix((last, first))) + 1
        yield start, last[:shared]
        start = first[:shared]


def _entries(out: Path, names: list[str]) -> Iterator[Entry]:
    for name in names:
        data = _unpacked(out / "index" / f"{name}.pf_index")
        count, at = _number(data, 1)
        for _ in range(count):
            word, start = _value(data, at + 1)
            pages, first = _number(data, start)
            found = _PAGES.match(data, first)
            places = found[0] if found else b""
            if len(places) > PIECE:
                places = _PAGE.sub(_fewer, places)
            yield Entry(word=str(word), data=data[at:start] + _head(4, pages) + places)
            at = found.end() if found else first


def _fewer(page: re.Match[bytes]) -> bytes:
    places = re.findall(_PLACE, page[2], re.S)[:MOST_PLACES]
    return page[1] + _head(4, len(places)) + b"".join(places)


def _unpacked(file: Path) -> bytes:
    data = zlib.decompress(file.read_bytes(), wbits=31)
    if not data.startswith(_SIGNATURE):
        raise ValueError(f"{file.name} has another form")
    return data.removeprefix(_SIGNATURE)


def _packed(kind: str, data: bytes) -> tuple[str, bytes]:
    """Data as a browser loads it, under a name that changes with it."""
    packer = zlib.compressobj(9, wbits=31)
    name = hashlib.blake2b(kind.encode() + data, digest_size=4).hexdigest()
    return f"{LANGUAGE}_{name}", packer.compress(_SIGNATURE + data) + packer.flush()


def _value(data: bytes, at: int) -> tuple[Value, int]:
    """What stands at a place in CBOR, and where it ends."""
    kind = data[at] >> 5
    number, at = _number(data, at)
    match kind:
        case 0:
            return number, at
        case 3:
            return data[at : at + number].decode(), at + number
        case 4:
            values = []
            for _ in range(number):
                value, at = _value(data, at)
                values.append(value)
            return values, at
    raise ValueError(f"CBOR of kind {kind} is not known")


def _parts(value: Value) -> list[Value]:
    if isinstance(value, list):
        return value
    raise ValueError("a list is missing")


def _number(data: bytes, at: int) -> tuple[int, int]:
    short = data[at] & 31
    if short < 24:
        return short, at + 1
    end = at + 1 + (1 << short - 24)
    return int.from_bytes(data[at + 1 : end]), end


def _encoded(value: Value) -> bytes:
    match value:
        case int():
            return _head(0, value)
        case str():
            return _head(3, len(value.encode())) + value.encode()
        case list():
            return _head(4, len(value)) + b"".join(map(_encoded, value))


def _head(kind: int, number: int) -> bytes:
    if number < 24:
        return bytes([kind << 5 | number])
    size = next(size for size in range(4) if number < 1 << (8 << size))
    return bytes([kind << 5 | 24 + size]) + number.to_bytes(1 << size)
