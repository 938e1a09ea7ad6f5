"""The digest that articles are added to: what it has already, and what is written into it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path, PurePosixPath

from broadsheet import content, reading, theme
from broadsheet.capture.addresses import canonical, is_web
from broadsheet.capture.describe import describe, file_text, vocabulary
from broadsheet.capture.illustrate import Illustrated, Pictures, illustrate
from broadsheet.capture.keep import Kept, content_hash, keep, kept
from broadsheet.capture.merge import merge
from broadsheet.capture.nouns import Capture, Cleaned
from broadsheet.capture.study import trusted_address
from broadsheet.config import Config
from broadsheet.errors import ContentError, Problem, PublishError
from broadsheet.files import create, is_file
from broadsheet.files import replace as put
from broadsheet.markup import to_html
from broadsheet.model import Article, Content
from broadsheet.reading import UnreadError
from broadsheet.slugs import slugify


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A capture as the file it becomes: `path` is relative to the content folder, `text` the file's."""

    path: str
    text: str
    capture: Capture
    cleaned: Cleaned
    captured_at: datetime
    illustrated: Illustrated

    @property
    def kept(self) -> Kept:
        return Kept(
            capture=self.capture, captured_at=self.captured_at, written=self.text, pictures=self.illustrated.names
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """An article's file as it is and as it would be; `conflicts` gave way to what an editor wrote."""

    path: str
    before: str
    after: str
    anew: Draft
    conflicts: tuple[str, ...] = field(default=())


MOST_LETTERS, LONGEST_LINE = 1_000_000, 50_000
"""Of a story. Rendering a paragraph takes the square of the signs in it."""

NOTHING_WRITTEN = "---\n---\n"


class Desk:
    """One run's view of a digest; it grows with each article that is written."""

    def __init__(self, root: Path, config: Config) -> None:
        """Read the digest. Files with errors do not hinder: what can be read of them counts."""
        self.root, self.config = root, config
        self.content = root / config.folders.content
        found = _read(root, config)
        self.words = vocabulary(found.tags, found.articles)
        self._articles = {article.path: article for article in found.articles}
        self._taken = {path.casefold() for path in (*self._articles, *found.unread)}
        self._held: dict[str, str] = {}
        for article in found.articles:
            self._hold(article.path, _marks_of(article))

    def _hold(self, path: str, marks: Iterable[str]) -> None:
        for mark in marks:
            self._held.setdefault(mark, path)

    def holder_of(self, address: str) -> str:
        """The path of the article whose source is at an address, "" where none is."""
        return next((self._held[mark] for mark in _addresses(address) if mark in self._held), "")

    def holder(self, capture: Capture, cleaned: Cleaned) -> str:
        """The path of the article that has this capture already, "" where none has."""
        return (
            self._held.get(content_hash(capture.data), "")
            or self.holder_of(capture.address)
            or self.holder_of(trusted_address(capture, cleaned))
        )

    def drafted(self, capture: Capture, cleaned: Cleaned, *, captured_at: datetime, pictures: Pictures) -> Draft:
        """What the capture would be as a new article. Writes nothing, though pictures are fetched."""
        return self._draft(capture, cleaned, captured_at, pictures, path="", known={})

    def _draft(
        self,
        capture: Capture,
        cleaned: Cleaned,
        captured_at: datetime,
        pictures: Pictures,
        *,
        path: str,
        known: Mapping[str, str],
    ) -> Draft:
        captured_at = captured_at.replace(microsecond=0)
        article = describe(
            cleaned,
            name=capture.name,
            captured_at=captured_at,
            digest=content_hash(capture.data),
            timezone=self.config.timezone,
            words=self.words,
            free=self._is_free,
        )
        if path:
            article = replace(article, path=path, slug=slugify(PurePosixPath(path).stem))
        folder = (self.content / article.path).parent
        illustrated = illustrate(
            article,
            pictures,
            saved_as=_saved_as(capture),
            parts=cleaned.parts,
            known=known,
            is_free=lambda name: not (folder / name).exists(),
        )
        _check(illustrated.article, capture)
        return Draft(
            path=illustrated.article.path,
            text=file_text(illustrated.article),
            capture=capture,
            cleaned=cleaned,
            captured_at=captured_at,
            illustrated=illustrated,
        )

    def _is_free(self, path: str) -> bool:
        return path.casefold() not in self._taken and not (self.content / path).exists()

    def add(self, draft: Draft) -> None:
        """Write a new article: first what it needs, itself last, never over a file that is there."""
        try:
            keep(self.root, draft.kept)
            self._add_pictures(draft)
            create(self.content / draft.path, draft.text.encode())
        except FileExistsError as error:
            raise _overtaken(f"{self.config.folders.content}/{draft.path}") from error
        except OSError as error:
            raise _unwritten(f"{self.config.folders.content}/{draft.path}", error) from error
        self._taken.add(draft.path.casefold())
        self._hold(draft.path, _marks_of(draft.illustrated.article))
        self._hold(draft.path, _addresses(draft.capture.address))

    def _add_pictures(self, draft: Draft) -> None:
        folder = (self.content / draft.path).parent
        for name, data in draft.illustrated.files.items():
            create(folder / name, data)

    def captured(self) -> list[str]:
        """The paths of all articles that were captured."""
        return [path for path, article in self._articles.items() if article.content_hash]

    def recapture(self, path: str) -> Kept:
        """The raw capture of an article. Raises ContentError where there is none."""
        article = self._articles.get(path)
        shown = f"{self.config.folders.content}/{path}"
        if not (self.content / path).is_file():
            hint = "name a file below content/articles, or none for all"
            raise ContentError([Problem(path=shown, message="is not there", hint=hint)])
        if article is None:
            hint = "`broadsheet build` says what is wrong with it"
            raise ContentError([Problem(path=shown, message="is no article that could be read", hint=hint)])
        found = kept(self.root, article.content_hash)
        if found is None:
            message = "has no raw capture" if not article.content_hash else "its raw capture is not in capture/raw"
            raise ContentError([Problem(path=shown, message=message, hint="add its source again, with --update")])
        return found

    def change(
        self, path: str, capture: Capture, cleaned: Cleaned, *, captured_at: datetime, pictures: Pictures
    ) -> Change:
        """What an article would become if it were captured anew; an editor's changes stay.

        Raises ContentError when the result could not be read again.
        """
        before = self._text(path)
        article = self._articles.get(path)
        old = kept(self.root, article.content_hash) if article else None
        known = old.pictures if old else {}
        draft = self._draft(capture, cleaned, captured_at, pictures, path=path, known=known)
        merged = merge(old.written if old else NOTHING_WRITTEN, before, draft.text)
        content.parse(merged.text, path, timezone=self.config.timezone)
        after = before if _says_the_same(before, merged.text) else merged.text
        return Change(path=path, before=before, after=after, anew=draft, conflicts=merged.conflicts)

    def apply(self, change: Change) -> None:
        """Write a change. Raises ContentError, and writes nothing, if the file has changed since it was read."""
        shown = f"{self.config.folders.content}/{change.path}"
        if self._text(change.path) != change.before:
            hint = "nothing was written; run it again"
            raise ContentError([Problem(path=shown, message="has been changed in the meantime", hint=hint)])
        try:
            self._add_pictures(change.anew)
            put(self.content / change.path, change.after.encode())
            keep(self.root, change.anew.kept)
        except OSError as error:
            raise _unwritten(shown, error) from error

    def _text(self, path: str) -> str:
        try:
            return (self.content / path).read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
        except (OSError, UnicodeDecodeError) as error:
            shown = f"{self.config.folders.content}/{path}"
            raise ContentError([Problem(path=shown, message=f"cannot be read: {error}")]) from error


def _check(article: Article, capture: Capture) -> None:
    """What a build would refuse, or take minutes for, is not written. Raises ContentError."""
    try:
        if len(article.body) > MOST_LETTERS or max(map(len, article.body.split("\n"))) > LONGEST_LINE:
            raise ValueError(f"it has more than {MOST_LETTERS:,} letters, or {LONGEST_LINE:,} in one paragraph")
        to_html(article.body)
    except ValueError as error:
        hint = "copy the story's text into a file, and add that"
        problem = Problem(path=capture.name, message=f"its story cannot be built: {error}", hint=hint)
        raise ContentError([problem]) from error


def _says_the_same(before: str, after: str) -> bool:
    """Whether nothing differs but when it was captured, and in which bytes."""
    return _MARKS.sub("", before) == _MARKS.sub("", after)


_MARKS = re.compile(r"(?m)^(?:captured_at|content_hash): .*\n")


def _read(root: Path, config: Config) -> Content:
    try:
        return reading.read(root, config, theme.STATIC).content
    except UnreadError as error:
        return error.content


def _marks_of(article: Article) -> Iterator[str]:
    """What a capture of the same source would have in common with an article."""
    if article.content_hash:
        yield article.content_hash
    yield from _addresses(article.canonical_url)
    yield from _addresses(article.source.url if article.source else "")


def _addresses(address: str) -> tuple[str, ...]:
    return (canonical(address),) if address and canonical(address) else ()


def _saved_as(capture: Capture) -> Path | None:
    file = Path(capture.name)
    return file if capture.name != "-" and not is_web(capture.name) and is_file(file) else None


def _overtaken(path: str) -> ContentError:
    hint = "add it again: it gets another name"
    return ContentError([Problem(path=path, message="was written by another in the meantime", hint=hint)])


def _unwritten(path: str, error: OSError) -> PublishError:
    return PublishError([Problem(path=path, message=f"cannot be written: {error.strerror or error}")])
