"""Articles to a search index: what Pagefind finds, cut so fine that a first search loads little."""

from __future__ import annotations

import hashlib
import html
import json
import posixpath
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import tzinfo
from functools import cache
from pathlib import Path

from broadsheet import __version__
from broadsheet.cache import Cache
from broadsheet.errors import Problem
from broadsheet.markup import plain
from broadsheet.model import PublishedArticle
from broadsheet.pagefind import (
    LANGUAGE,
    READ,
    Found,
    Value,
    dumped,
    encoded,
    engine,
    find,
    head_of,
    loaded,
    name_of,
    packed,
)
from broadsheet.slugs import encoded as in_ascii

PART = 400
"""Articles that Pagefind is given at a time, from the oldest on: an edit costs one part."""

LONGEST = 50_000
"""Characters of an article that are searched; a result loads the whole of them."""

LONGEST_WORD = 80
"""Characters; what is longer is data."""

PIECE = 20_000
"""Bytes of the index, before they are compressed, that are loaded at a time: words that stand beside each other."""

FOUND = "search 2"
PACKED = "search piece 1"
"""What the cache keeps of each part, and of each piece."""

FORM = 1
"""Goes up whenever the files of an index change in a way that search.js has to know of."""


def missing() -> Problem | None:
    """What to tell an editor whose site is to have a search that cannot be made here."""
    found = engine()
    if found.startswith(f"Pagefind {READ}"):
        return None
    what = f"{found} writes an index that is not known here" if found else "Pagefind is not installed"
    return Problem(
        path="search", message=f"{what}, so the site has no search", level="warning",
        hint='pip install "broadsheet[search]"; or switch it off: `search = false` in [extras]',
    )  # fmt: skip


def fingerprint(articles: Iterable[PublishedArticle], zone: tzinfo) -> str:
    """A hash of all that an index depends on: what is searched and shown of each article, Pagefind, and ourselves."""
    digest = hashlib.blake2b(repr((__version__, FORM, engine(), str(zone))).encode(), digest_size=16)
    for one in articles:
        about = one.teaser
        told = (one.url, about.title, about.lang, about.date.isoformat(), _source(one))
        parts = (*told, about.tags, one.body.text.digest)
        digest.update(repr(parts).encode("utf-8", "backslashreplace"))
    return digest.hexdigest()


def index(
    articles: Sequence[PublishedArticle], zone: tzinfo, *, cache: Cache | None = None, jobs: int = 1
) -> dict[str, bytes]:
    """The files of an index by their name below its folder; what leads to the others comes last.

    Articles are newest first, as a search lists equals. None without articles
    or without Pagefind. The same articles give the same bytes. `cache` saves
    asking Pagefind again about articles that have not changed; `jobs` is how
    many of it run at once. Raises ContentError with its last words where it
    fails.
    """
    if not articles or missing():
        return {}
    return dict(_files(_found(articles[::-1], zone, cache, jobs), cache))


def _found(articles: Sequence[PublishedArticle], zone: tzinfo, cache: Cache | None, jobs: int) -> list[Found]:
    """What Pagefind finds in articles, oldest first, part after part."""
    # Imported here: a build that finds its index in the cache does without.
    from concurrent.futures import ThreadPoolExecutor

    parts = {start: articles[start : start + PART] for start in range(0, len(articles), PART)}
    keys = {start: f"{start} {fingerprint(part, zone)}" for start, part in parts.items()}
    known = cache.get_many(FOUND, keys.values()) if cache else {}
    unknown = [start for start, key in keys.items() if key not in known]
    with ThreadPoolExecutor(jobs) as threads:
        read = dict(zip(unknown, threads.map(lambda start: _part(parts[start], zone, start), unknown), strict=True))
    if cache:
        cache.put_many(FOUND, {keys[start]: dumped(found) for start, found in read.items()})
    return [read[start] if start in read else loaded(known[keys[start]]) for start in parts]


def _part(articles: Sequence[PublishedArticle], zone: tzinfo, base: int) -> Found:
    import tempfile

    with tempfile.TemporaryDirectory(prefix="broadsheet-") as name:
        site = Path(name, "site")
        site.mkdir()
        for number, one in enumerate(articles):
            (site / f"{number}.html").write_bytes(page(one, number, zone).encode("utf-8", "replace"))
        return find(site, Path(name, "index"), base=base, seconds=60 + len(articles) / 2)


# An article to what Pagefind reads -------------------------------------------------------------------


_UNWANTED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\ufeff\ud800-\udfff]|___PAGEFIND_ANCHOR___")
_DATA = re.compile(rf"\S{{{LONGEST_WORD + 1},}}")


def page(one: PublishedArticle, number: int, zone: tzinfo) -> str:
    """An article as HTML with Pagefind's attributes; `number` counts from the oldest on."""
    about, date = one.teaser, one.teaser.date.astimezone(zone)
    tags = [tag.name for tag in about.tags]
    filters = [*(("tag", tag) for tag in tags), ("source", _source(one)), ("year", f"{date:%Y}")]
    metas = [("url", in_ascii(one.url)), ("date", f"{date:%Y-%m-%d}"), ("source", _source(one)), ("lang", about.lang)]
    marks = [*_marks("filter", filters), *_marks("meta", [*metas, ("title", about.title)])]
    # Pagefind leaves out a page without words; every one has its year.
    texts = (plain(one.body.markdown), " ".join((f"{date:%Y}", _source(one), *tags)))
    return (
        f'<!doctype html><html lang="{LANGUAGE}"><body data-pagefind-body data-pagefind-sort="age:{number}">'
        f"{''.join(marks)}<h1>{_words(about.title)}</h1>{''.join(f'<p>{_words(text)}</p>' for text in texts)}"
        "</body></html>"
    )


def _source(one: PublishedArticle) -> str:
    return one.teaser.publisher.name if one.teaser.publisher else ""


def _marks(kind: str, values: list[tuple[str, str]]) -> Iterator[str]:
    for key, value in values:
        if text := html.escape(_UNWANTED.sub(" ", value)[:1000]).strip():
            yield f'<i data-pagefind-{kind}="{key}[data-v]" data-v="{text}"></i>'


def _words(text: str) -> str:
    """Text as words with spaces between them, also where its script has none: search.js reads queries alike."""
    spaced = _unspaced().sub(r" \1 ", _UNWANTED.sub(" ", text[:LONGEST]))
    return html.escape(_DATA.sub(" ", spaced), quote=False)


@cache
def _unspaced() -> re.Pattern[str]:
    """A character of a script without spaces. Made where a text is first read, as it takes a millisecond."""
    return re.compile(r"([\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])")


# What Pagefind found to files --------------------------------------------------------------------------
#
# Pagefind's own files take some 130 KB for a first search of 1,000 articles: a program of 62 KB, a list of all pages,
# and words in pieces of 36 KB. These hold the same words and places, packed as Pagefind packs them (gzip, a signature,
# CBOR), in smaller pieces and without the list, and search.js reads them itself:
#
#     entry.json                which meta is the newest; all else is named by its content, or asked for by meta's name
#     {meta}.pf_meta            [pages, [[first letters, piece], ...], [[filter, file], ...]]
#     index/{piece}.pf_index    [[word, [[page, [place, ...]], ...]], ...]; a place below 0 is a weight, 24 for plain
#                               text, of those after it: -1 - weight
#     filter/{file}.pf_filter   [filter, [[value, [page, ...]], ...]]
#     fragment/{page}.pf_fragment    a page as Pagefind has it, in JSON; pages are numbered from the oldest on


def _files(parts: list[Found], cache: Cache | None) -> Iterator[tuple[str, bytes]]:
    pieces = list(_pieces(_entries(parts)))
    names = [name_of(data) for _, _, data in pieces]
    known = cache.get_many(PACKED, names) if cache else {}
    new = {name: packed(piece[2]) for name, piece in zip(names, pieces, strict=True) if name not in known}
    if cache:
        cache.put_many(PACKED, new)
    for name in names:
        yield f"index/{name[:10]}.pf_index", known.get(name) or new[name]
    for number, data in (one for part in parts for one in part.fragments):
        yield f"fragment/{number}.pf_fragment", data
    filters: list[Value] = []
    for key, values in sorted(_filters(parts).items()):
        data = encoded([key, [[value, list(numbers)] for value, numbers in sorted(values.items())]])
        filters.append([key, name_of(data)[:10]])
        yield f"filter/{name_of(data)[:10]}.pf_filter", packed(data)
    chunks: list[Value] = [[start, name[:10]] for start, name in zip(_starts(pieces), names, strict=True)]
    count = max(number for part in parts for number, _ in part.fragments) + 1
    data = packed(encoded([count, chunks, filters]))
    yield f"{name_of(data)[:10]}.pf_meta", data
    yield "entry.json", json.dumps({"engine": engine(), "meta": name_of(data)[:10]}).encode()


def _entries(parts: list[Found]) -> Iterator[tuple[str, bytes]]:
    """Each word of all parts, in order, and in CBOR where it stands."""
    places: dict[str, list[bytes]] = defaultdict(list)
    counts: dict[str, int] = defaultdict(int)
    for part in parts:
        for word, count, data in part.words:
            places[word].append(data)
            counts[word] += count
    for word in sorted(places):
        yield word, b"".join((b"\x82", encoded(word), head_of(4, counts[word]), *places[word]))


def _pieces(entries: Iterable[tuple[str, bytes]]) -> Iterator[tuple[str, str, bytes]]:
    """Words that stand beside each other: the first, the last, and all in CBOR."""
    piece: list[tuple[str, bytes]] = []
    size = 0
    for word, data in entries:
        if piece and size + len(data) > PIECE:
            yield _piece(piece)
            piece, size = [], 0
        piece.append((word, data))
        size += len(data)
    if piece:
        yield _piece(piece)


def _piece(entries: list[tuple[str, bytes]]) -> tuple[str, str, bytes]:
    data = b"".join((head_of(4, len(entries)), *(data for _, data in entries)))
    return entries[0][0], entries[-1][0], data


def _starts(pieces: list[tuple[str, str, bytes]]) -> Iterator[str]:
    """With what letters each piece begins: as many as tell its first word from the last of the piece before."""
    before = ""
    for first, last, _ in pieces:
        yield first[: len(posixpath.commonprefix((before, first))) + 1]
        before = last


def _filters(parts: list[Found]) -> Mapping[str, Mapping[str, list[int]]]:
    filters: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for name, value, numbers in (one for part in parts for one in part.filters):
        filters[name][value].extend(numbers)
    return filters
