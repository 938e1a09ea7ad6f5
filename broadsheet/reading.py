"""A digest's folders to its content: every file read, or known from an earlier reading."""

from __future__ import annotations

import os
import re
import tempfile
import weakref
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

from broadsheet import __version__, frontmatter
from broadsheet.cache import Cache
from broadsheet.config import Config
from broadsheet.content import decoded, parse_article, parse_edition, parse_page, parse_tags
from broadsheet.errors import ContentError, Problem
from broadsheet.files import Stamp, disk_time, is_settled, stamp_of, stamps_below
from broadsheet.markup import ENGINES, facts_of
from broadsheet.media import PICTURES, doubts, measure
from broadsheet.model import (
    Article,
    Content,
    Correction,
    Edition,
    Facts,
    MediaFile,
    Page,
    Source,
    TagDefinition,
    Text,
    digest_of,
)
from broadsheet.processes import pool
from broadsheet.values import decoder, digest, encode

SHARD = 100
"""Files sent to a worker at a time."""

WORTH_WORKERS = 400
"""Below as many files to read, starting other processes costs more than it saves."""

KIND = "read 1"
"""What the cache keeps of files under; the number goes up when what is kept changes."""

CHUNKS = 64
"""Parts of what the cache keeps of files, each written anew when one of its files has changed."""

@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What an earlier reading made of a file, with the size and the times (ns) that it had.

    One of the values is set, unless `problems` hold an error. `text` stands for
    the body that the value has, and is blank where it has none.
    """

    stamp: Stamp
    article: Article | None = None
    page: Page | None = None
    edition: Edition | None = None
    tags: tuple[TagDefinition, ...] | None = None
    media: MediaFile | None = None
    text: str = ""
    facts: Facts | None = None
    problems: tuple[Problem, ...] = ()

    @property
    def value(self) -> Any:
        return self.article or self.page or self.edition or self.tags or self.media


Progress = Callable[[int, int], None]
"""Told how much is done, and of how much; of 0 while that is not known."""

Memo = dict[str, Entry]
"""Entries by the path of their file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Content read, and what is to be said of it (no errors among it); files that were looked at, and those read."""

    content: Content
    notices: tuple[Problem, ...]
    files: int = 0
    read: int = 0


class UnreadError(ContentError):
    """Some files have errors; `content` is what could be read, to look for more of them in."""

    def __init__(self, problems: Iterable[Problem], content: Content) -> None:
        self.content = content
        super().__init__(problems)


def read(
    root: Path, config: Config, theme_static: Path, *, memo: Memo | None = None, cache: Cache | None = None,
    jobs: int = 1, progress: Progress = lambda done, total: None,
) -> Reading:
    """Read a digest's content and static files.

    `theme_static` lies beneath the digest's own static folder: of two files of
    one name the digest's counts. What has the same size and times as in `memo`,
    or in the cache, is not read again; both are brought up to date. Texts stay
    where they are until somebody asks for them. Raises UnreadError with every
    error of every file.
    """
    folder = root / config.folders.content
    if not folder.is_dir():
        hint = "make it, or set another name under [folders] in the configuration"
        raise ContentError([Problem(path=config.folders.content, message="this folder is missing", hint=hint)])
    known = _Known(root, config, cache, memo)
    reader = _FolderReader(root, config, known, jobs, progress)
    articles = reader.all_of("articles")
    pages = reader.all_of("pages")
    editions = reader.all_of("editions")
    tags = reader.tags()
    media = {path: file for name in ("articles", "pages", "editions") for path, file in reader.media(name)}
    static = {**reader.static(theme_static), **reader.static(root / config.folders.static)}
    known.keep(reader.seen)
    prefix = f"{config.folders.content}/"
    failed = {one.path.removeprefix(prefix) for one in reader.problems if one.level == "error"}
    found = Content(
        articles=articles, pages=pages, editions=editions, tags=tags, media=media, static=static,
        unread=frozenset(failed),
    )
    if failed:
        raise UnreadError(reader.problems, found)
    return Reading(
        content=found, notices=_one_notice_a_key(reader.problems), files=len(reader.seen), read=reader.read
    )


class _FolderReader:
    """One walk over the folders; gathers the problems of every file."""

    def __init__(self, root: Path, config: Config, known: _Known, jobs: int, progress: Progress) -> None:
        self.root, self.config, self.known, self.jobs = root, config, known, jobs
        self.folder = root / config.folders.content
        self.problems: list[Problem] = []
        self.seen: set[str] = set()
        self.listed: dict[str, list[tuple[str, Stamp]]] = {}
        self.read = 0
        self.progress = progress

    def all_of(self, name: str) -> tuple[Any, ...]:
        below = [one for one in self.below(name) if one[0].lower().endswith((".md", ".markdown"))]
        return tuple(one for one in self.entries(below, partial(_parsed, _PARSERS[name])) if one is not None)

    def tags(self) -> tuple[TagDefinition, ...]:
        file = self.folder / "tags.yaml"
        if not file.is_file():
            return ()
        return next(self.entries([(str(file), stamp_of(file))], partial(_parsed, "tags"))) or ()

    def media(self, name: str) -> Iterator[tuple[str, MediaFile]]:
        below = [one for one in self.below(name) if one[0].lower().endswith(PICTURES)]
        return ((one.path, one) for one in self.entries(below, _measured) if one)

    def below(self, name: str) -> list[tuple[str, Stamp]]:
        """The files in a folder of the content, looked at once."""
        if name not in self.listed:
            self.listed[name] = stamps_below(self.folder / name)
        return self.listed[name]

    def static(self, folder: Path) -> dict[str, MediaFile]:
        measured = partial(_measured, below=str(folder))
        return {one.path: one for one in self.entries(stamps_below(folder), measured) if one}

    def entries(self, files: Sequence[tuple[str, Stamp]], make: Callable[[_File], _Made]) -> Iterator[Any]:
        """What the files are, in their order; read where that is not known."""
        named = [(path, stamp) for path, stamp in files if self.has_a_name(path)]
        self.seen.update(path for path, _ in named)
        known = self.known.entries
        missing = [
            _File(path=path, name=self.name(path), shown=self.shown(path), stamp=stamp, zone=self.config.timezone)
            for path, stamp in named
            if path not in known or known[path].stamp != stamp
        ]
        self.read += len(missing)
        for one, entry in zip(missing, self.made(missing, make), strict=True):
            self.known.learn(one.path, entry)
            self.progress(0, 0)
        for path, _ in named:
            self.problems.extend(known[path].problems)
            yield known[path].value

    def has_a_name(self, path: str) -> bool:
        """Whether a file has a name that can be told; else that is a problem."""
        if path.isprintable() or not re.search("[\ud800-\udfff]", path):
            return True
        message = "the name of this file is not UTF-8"
        self.problems.append(Problem(path=self.shown(path), message=message, hint="rename it"))
        return False

    def made(self, files: Sequence[_File], make: Callable[[_File], _Made]) -> Iterator[Entry]:
        if self.jobs == 1 or len(files) < WORTH_WORKERS:
            for file in files:
                entry, markdown = make(file)
                yield _with_text(entry, markdown)
            return
        shards = [files[start : start + SHARD] for start in range(0, len(files), SHARD)]
        spool = _Spool()
        with pool(self.jobs, fork=True) as executor:
            for encoded, texts, odd in executor.map(_make_all, shards, [make] * len(shards)):
                places = spool.add(texts)
                for number, (entry, place) in enumerate(zip(_entries_from(encoded), places, strict=True)):
                    yield _with_text(odd.get(number, entry), place)

    def name(self, path: str) -> str:
        """A file's path below the content folder."""
        return path.removeprefix(f"{self.folder}/").replace(os.sep, "/")

    def shown(self, path: str) -> str:
        return path.removeprefix(f"{self.root}{os.sep}").replace(os.sep, "/")


def read_article(root: Path, config: Config, path: Path) -> Article | None:
    """One article's file by itself; None for what is not one, or has an error or something to be said of it."""
    folder = root / config.folders.content
    if not path.is_relative_to(folder / "articles") or path.suffix.lower() not in (".md", ".markdown"):
        return None
    name = path.relative_to(folder).as_posix()
    shown = f"{config.folders.content}/{name}"
    file = _File(path=str(path), name=name, shown=shown, stamp=stamp_of(path), zone=config.timezone)
    entry, markdown = _parsed("article", file)
    return None if entry.problems else _with_text(entry, markdown).article


# One file, in whichever process ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    """A file to be read. `name` is its path below the content folder, `shown` what messages call it."""

    path: str
    name: str
    shown: str
    stamp: Stamp
    zone: ZoneInfo


_Made = tuple[Entry, str]
"""What was made of a file, and its text."""

_PARSERS = {"articles": "article", "pages": "page", "editions": "edition"}
_PARSE: Mapping[str, Callable[..., Any]] = {
    "article": parse_article, "page": parse_page, "edition": parse_edition, "tags": parse_tags,
}  # fmt: skip


def _parsed(kind: str, file: _File) -> _Made:
    try:
        text = decoded(_bytes(file), file.shown)
        value, notices = _PARSE[kind](text, file.name, timezone=file.zone, shown=file.shown)
    except ContentError as error:
        return Entry(stamp=file.stamp, problems=error.problems), ""
    if isinstance(value, tuple):
        return Entry(stamp=file.stamp, tags=value, problems=notices), ""
    opened = isinstance(value, Article) and not (value.summary or value.dek)
    markdown = value.body
    entry = Entry(
        stamp=file.stamp, problems=notices, text=value.text.digest, facts=facts_of(markdown, opened=opened),
        **{kind: value},
    )  # fmt: skip
    return entry, markdown


def _measured(file: _File, below: str = "") -> _Made:
    path = Path(file.path).relative_to(below).as_posix() if below else file.name
    try:
        media = measure(Path(file.path), path)
    except OSError as error:
        problem = Problem(path=file.shown, message=f"cannot be read: {error.strerror}")
        return Entry(stamp=file.stamp, problems=(problem,)), ""
    return Entry(stamp=file.stamp, media=media, problems=tuple(doubts(media, file.shown))), ""


def _bytes(file: _File) -> bytes:
    try:
        return Path(file.path).read_bytes()
    except OSError as error:
        raise ContentError([Problem(path=file.shown, message=f"cannot be read: {error.strerror}")]) from error


def _make_all(
    files: Sequence[_File], make: Callable[[_File], _Made]
) -> tuple[bytes, list[str], dict[int, Entry]]:
    """What was made of files, encoded, which is ten times as fast as to pickle it; what cannot be, as it is."""
    made = [make(file) for file in files]
    odd = {number: entry for number, (entry, _) in enumerate(made) if _is_odd(entry)}
    return encode([entry for entry, _ in made]), [markdown for _, markdown in made], odd


def _is_odd(entry: Entry) -> bool:
    """Whether a date in it has seconds in its offset, as local times had once, which RFC 3339 cannot tell."""
    return any(offset and offset.seconds % 60 for offset in map(datetime.utcoffset, _dates(entry)))


def _dates(entry: Entry) -> Iterator[datetime]:
    one = entry.article or entry.page or entry.edition
    parts = [one, *((one.source, *one.corrections) if isinstance(one, Article) else ())]
    found = (getattr(part, name) for part in parts if part for name in _DATED[type(part)])
    return (date for date in found if date)


_DATED: Mapping[Any, list[str]] = {
    kind: [field.name for field in fields(kind) if "datetime" in str(field.type)]
    for kind in (Article, Page, Edition, Source, Correction)
}
"""The names of the dates of each kind."""


# Texts, and where they are ---------------------------------------------------------------------------


def _with_text(entry: Entry, origin: str | Callable[[], str]) -> Entry:
    """An entry whose text is to be had from there."""
    value = entry.article or entry.page or entry.edition
    if value is not None:
        text: Text = value.text
        text.digest, text.origin, text.facts = entry.text, origin, entry.facts
    return entry


class _Spool:
    """Texts that other processes have read: on disk, as all of them would fill the memory of a large digest."""

    def __init__(self) -> None:
        self.file: BinaryIO = tempfile.TemporaryFile()  # noqa: SIM115 - it goes with the last text that is in it
        weakref.finalize(self, self.file.close)
        self.size = 0

    def add(self, texts: Iterable[str]) -> list[Callable[[], str]]:
        """Put texts down; where each is to be had."""
        pieces = [text.encode() for text in texts]
        places: list[Callable[[], str]] = []
        for piece in pieces:
            places.append(partial(self.read, self.size, len(piece)))
            self.size += len(piece)
        self.file.write(b"".join(pieces))
        self.file.flush()
        return places

    def read(self, start: int, length: int) -> str:
        if hasattr(os, "pread"):
            # Processes that are forked share the place in a file, so none may seek.
            return os.pread(self.file.fileno(), length, start).decode()
        self.file.seek(start)
        return self.file.read(length).decode()


def _text_of(path: str, shown: str, expected: str) -> str:
    """The body of a file that has not changed. Raises ContentError where it has."""
    try:
        markdown = frontmatter.read(decoded(Path(path).read_bytes(), shown), shown).body
    except OSError as error:
        raise ContentError([Problem(path=shown, message=f"cannot be read: {error.strerror}")]) from error
    if digest_of(markdown) != expected:
        raise ContentError([Problem(path=shown, message="has changed since it was read", hint="build again")])
    return markdown


# What is known from earlier readings -----------------------------------------------------------------


class _Known:
    """Entries of a memo and of the cache."""

    def __init__(self, root: Path, config: Config, cache: Cache | None, memo: Memo | None) -> None:
        self.root, self.cache = root, cache
        # What a file is read as depends on these; where it lies is in its path.
        self.context = digest(__version__, ENGINES, config.timezone.key, config.folders.content, str(root))
        self.entries: Memo = {} if memo is None else memo
        self.learned: set[int] = set()
        self.looked = disk_time()
        if cache and not self.entries:
            self.entries.update(self.kept(cache))

    def kept(self, cache: Cache) -> Iterator[tuple[str, Entry]]:
        for data in cache.get_many(KIND, map(self.key, range(CHUNKS))).values():
            with suppress(ValueError):
                for path, entry in _chunk_from(data).items():
                    yield path, _with_text(entry, partial(_text_of, path, self.shown(path), entry.text))

    def shown(self, path: str) -> str:
        return path.removeprefix(f"{self.root}{os.sep}").replace(os.sep, "/")

    def key(self, chunk: int) -> str:
        return f"{self.context} {chunk}"

    def learn(self, path: str, entry: Entry) -> None:
        self.entries[path] = entry
        self.learned.add(_chunk_of(path))

    def keep(self, seen: set[str]) -> None:
        """Forget files that are gone, and note in the cache what has changed."""
        for path in self.entries.keys() - seen:
            del self.entries[path]
            self.learned.add(_chunk_of(path))
        if not self.cache or not self.learned:
            return
        chunks: dict[int, Memo] = {chunk: {} for chunk in self.learned}
        for path, entry in self.entries.items():
            if (chunk := _chunk_of(path)) in chunks and is_settled(entry.stamp, self.looked) and not _is_odd(entry):
                chunks[chunk][path] = entry
        self.cache.put_many(KIND, {self.key(chunk): encode(entries) for chunk, entries in chunks.items()})


def _chunk_of(path: str) -> int:
    return zlib.crc32(path.encode("utf-8", "surrogateescape")) % CHUNKS


_entries_from = decoder(list[Entry])
_chunk_from = decoder(dict[str, Entry])


def _one_notice_a_key(problems: list[Problem]) -> tuple[Problem, ...]:
    """Unknown keys come in hundreds after a migration: one notice tells of each, and how many files."""
    groups: dict[str, list[Problem]] = defaultdict(list)
    others = []
    for problem in problems:
        if problem.level == "notice":
            groups[problem.message].append(problem)
        else:
            others.append(problem)
    for message, group in groups.items():
        first = min(group, key=lambda problem: problem.order)
        more = f" (and in {len(group) - 1:,} more {'file' if len(group) == 2 else 'files'})" if len(group) > 1 else ""
        others.append(replace(first, message=message + more))
    return tuple(sorted(others, key=lambda problem: problem.order))
