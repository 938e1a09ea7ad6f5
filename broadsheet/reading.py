"""A digest's folders to its content: every file read, or known from an earlier reading."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from broadsheet.config import Config
from broadsheet.content import parse_article, parse_edition, parse_page, parse_tags
from broadsheet.errors import ContentError, Problem
from broadsheet.files import files_below
from broadsheet.media import PICTURES, doubts, measure
from broadsheet.model import Content, MediaFile, TagDefinition

Memo = dict[str, tuple[tuple[int, int], Any, tuple[Problem, ...]]]
"""What an earlier reading made of each file, by path, with the size and mtime (ns) it had."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Content read, and what is to be said of it (no errors among it)."""

    content: Content
    notices: tuple[Problem, ...]


class UnreadError(ContentError):
    """Some files have errors; `content` is what could be read, to look for more of them in."""

    def __init__(self, problems: Iterable[Problem], content: Content) -> None:
        self.content = content
        super().__init__(problems)


def read(root: Path, config: Config, theme_static: Path, memo: Memo | None = None) -> Reading:
    """Read a digest's content and static files.

    `theme_static` lies beneath the digest's own static folder: of two files of
    one name the digest's counts. `memo` saves reading again what has the same
    size and mtime; it is brought up to date. Raises UnreadError with every error
    of every file.
    """
    folder = root / config.folders.content
    if not folder.is_dir():
        hint = "make it, or set another name under [folders] in the configuration"
        raise ContentError([Problem(path=config.folders.content, message="this folder is missing", hint=hint)])
    reader = _FolderReader(root, config, {} if memo is None else memo)
    articles = reader.all_of("articles", parse_article)
    pages = reader.all_of("pages", parse_page)
    editions = reader.all_of("editions", parse_edition)
    tags = reader.tags()
    media = {path: file for name in ("articles", "pages", "editions") for path, file in reader.media(name)}
    static = {**reader.static(theme_static), **reader.static(root / config.folders.static)}
    reader.forget()
    prefix = f"{config.folders.content}/"
    failed = {one.path.removeprefix(prefix) for one in reader.problems if one.level == "error"}
    found = Content(
        articles=articles, pages=pages, editions=editions, tags=tags, media=media, static=static,
        unread=frozenset(failed),
    )
    if failed:
        raise UnreadError(reader.problems, found)
    return Reading(content=found, notices=_one_notice_a_key(reader.problems))


class _FolderReader:
    """One walk over the folders; gathers the problems of every file."""

    def __init__(self, root: Path, config: Config, memo: Memo) -> None:
        self.root, self.config, self.memo = root, config, memo
        self.folder = root / config.folders.content
        self.problems: list[Problem] = []
        self.seen: set[str] = set()

    def all_of(self, name: str, parse: Callable[..., Any]) -> tuple[Any, ...]:
        files = (file for file in files_below(self.folder / name) if file.suffix.lower() in (".md", ".markdown"))
        found = (self.once(file, lambda file: self.parsed(file, parse)) for file in files)
        return tuple(one for one in found if one is not None)

    def tags(self) -> tuple[TagDefinition, ...]:
        file = self.folder / "tags.yaml"
        if not file.is_file():
            return ()
        return self.once(file, lambda file: self.parsed(file, parse_tags)) or ()

    def media(self, name: str) -> Iterator[tuple[str, MediaFile]]:
        for file in files_below(self.folder / name):
            if file.suffix.lower() in PICTURES:
                path = file.relative_to(self.folder).as_posix()
                if found := self.measured(file, path):
                    yield path, found

    def static(self, folder: Path) -> dict[str, MediaFile]:
        found: dict[str, MediaFile] = {}
        for file in files_below(folder):
            path = file.relative_to(folder).as_posix()
            if media := self.measured(file, path):
                found[path] = media
        return found

    def measured(self, file: Path, path: str) -> MediaFile | None:
        def read(file: Path) -> tuple[MediaFile, tuple[Problem, ...]]:
            media = measure(file, path)
            return media, tuple(doubts(media, self.shown(file)))

        media: MediaFile | None = self.once(file, read)
        return media

    def once(self, file: Path, read: Callable[[Path], tuple[Any, tuple[Problem, ...]]]) -> Any:
        """What `read` makes of a file, from the memo where the file is as it was."""
        key = str(file)
        self.seen.add(key)
        if not key.isprintable() and re.search("[\ud800-\udfff]", key):
            message = "the name of this file is not UTF-8"
            self.problems.append(Problem(path=self.shown(file), message=message, hint="rename it"))
            return None
        try:
            stat = file.stat()
            known = self.memo.get(key)
            stamp = (stat.st_size, stat.st_mtime_ns)
            if known is None or known[0] != stamp:
                known = (stamp, *read(file))
                self.memo[key] = known
        except OSError as error:
            problem = Problem(path=self.shown(file), message=f"cannot be read: {error.strerror}")
            known = ((0, 0), None, (problem,))
        self.problems.extend(known[2])
        return known[1]

    def parsed(self, file: Path, parse: Callable[..., Any]) -> tuple[Any, tuple[Problem, ...]]:
        path = self.shown(file)
        try:
            text = _decoded(file.read_bytes(), path)
            name = file.relative_to(self.folder).as_posix()
            value, notices = parse(text, name, timezone=self.config.timezone, shown=path)
        except ContentError as error:
            return None, error.problems
        return value, notices

    def shown(self, file: Path) -> str:
        try:
            return file.relative_to(self.root).as_posix()
        except ValueError:
            return str(file)

    def forget(self) -> None:
        for key in self.memo.keys() - self.seen:
            del self.memo[key]


def _decoded(data: bytes, path: str) -> str:
    data = data.removeprefix(b"\xef\xbb\xbf")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ContentError([Problem(path=path, line=1, message="the file is UTF-16", hint="save it as UTF-8")])
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8", "replace").split("\n")
        excerpt = data.split(b"\n")[len(before) - 1].decode("utf-8", "replace").rstrip("\r")
        problem = Problem(
            path=path, line=len(before), column=len(before[-1]) + 1, excerpt=excerpt,
            message=f"byte 0x{data[error.start]:02X} is not UTF-8",
            hint="save the file as UTF-8 (it may be Windows-1252 now)",
        )
        raise ContentError([problem]) from error


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
