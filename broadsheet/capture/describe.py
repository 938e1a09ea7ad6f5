"""What was found to an Article: names, dates and tags as this digest writes them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from zoneinfo import ZoneInfo

from broadsheet.capture.addresses import domain
from broadsheet.capture.nouns import Cleaned, Facts, Found
from broadsheet.content import dump
from broadsheet.markup import first_words
from broadsheet.model import Article, Image, Source, TagDefinition, Text
from broadsheet.slugs import slugify

DOUBTFUL = {"page": 0.5, "text": 0.35}
"""Below this confidence an article is marked for review. Texts are judged on less, and seldom with certainty."""

SUMMARY = 240
"""Characters, at most, of a summary made of the first sentences."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tagging:
    """A page's tags in the digest's words, and those it has no word for."""

    tags: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """Every spelling of every tag the digest uses, by slug, to the tag's name.

    `closed` says that content/tags.yaml defines tags, so that a stranger's page
    adds none.
    """

    words: Mapping[str, str]
    closed: bool


def vocabulary(definitions: Iterable[TagDefinition], articles: Iterable[Article]) -> Vocabulary:
    """The digest's own tags; definitions count before aliases, aliases before what articles happen to say."""
    definitions = tuple(definitions)
    words: dict[str, str] = {}
    for one in definitions:
        words.setdefault(one.slug, one.name)
        words.setdefault(slugify(one.name), one.name)
    for one in definitions:
        for alias in one.aliases:
            words.setdefault(slugify(alias), one.name)
    for article in articles:
        for tag in article.tags:
            words.setdefault(slugify(tag), tag)
    return Vocabulary(words=words, closed=bool(definitions))


def tagged(found: Iterable[str], own: Vocabulary) -> Tagging:
    """A page's tags as the digest spells them; what it has no word for is left out where it defines its tags."""
    tags: dict[str, str] = {}
    unknown = []
    for tag in found:
        slug = slugify(tag)
        if own.closed and slug not in own.words:
            unknown.append(tag)
        else:
            tags.setdefault(slugify(own.words.get(slug, tag)), own.words.get(slug, tag))
    return Tagging(tags=tuple(tags.values()), unknown=tuple(unknown))


def describe(
    cleaned: Cleaned,
    *,
    name: str,
    captured_at: datetime,
    digest: str,
    timezone: ZoneInfo,
    words: Vocabulary,
    free: Callable[[str], bool],
) -> Article:
    """An article, as a draft, at the first path below the content folder that is free.

    `name` is what the capture was called: its words stand in for a title that
    was not found. `digest` is the raw capture's content hash.
    """
    facts, body = cleaned.facts, "\n\n".join(block.markdown for block in cleaned.body.blocks)
    title = facts.title.value if facts.title else _stand_in(name)
    date = _zoned(facts.date, timezone)
    path = _path(title, date or captured_at.astimezone(timezone), free)
    dek = _value(facts.dek)
    tagging = tagged(facts.tags.value if facts.tags else (), words)
    return Article(
        path=path,
        title=title,
        dek=dek,
        date=date or captured_at,
        updated=_zoned(facts.updated, timezone),
        draft=True,
        slug=PurePosixPath(path).stem,
        authors=facts.authors.value if facts.authors else (),
        source=_source(facts),
        canonical_url=_value(facts.canonical_url),
        image=_image(facts),
        tags=tagging.tags,
        lang=_value(facts.lang),
        summary=dek or first_words(body, SUMMARY),
        captured_at=captured_at,
        content_hash=digest,
        review=reminders(cleaned, tagging),
        text=Text(body),
    )


def reminders(cleaned: Cleaned, tagging: Tagging) -> tuple[str, ...]:
    """What an editor should fill in or look at before the article is published."""
    facts = cleaned.facts
    absent = [
        name
        for name, found in (
            ("title", facts.title), ("authors", facts.authors), ("date", facts.date), ("source", facts.source),
            ("tags", facts.tags),
        )
        if found is None
    ]
    told = [f"not found: {', '.join(absent)}"] if absent else []
    if tagging.unknown:
        told.append(f"not in this digest's tags: {', '.join(tagging.unknown)}")
    if facts.image and facts.image.value.address and not facts.image.value.alt:
        told.append("the picture has no alt text")
    if cleaned.body.confidence < DOUBTFUL[cleaned.kind]:
        told.append(f"cleaned with low confidence ({cleaned.body.confidence:.2f}): compare with the original")
    return (*told, *cleaned.doubts)


def file_text(article: Article) -> str:
    """The article's file; keys that are worth filling in stand there blank."""
    text = _with_bare_days(dump(article), article)
    blank = {
        "dek": article.dek,
        "date": "" if article.date == article.captured_at else "known",
        "authors": article.authors,
        "source": article.source,
        "tags": article.tags,
    }
    missing = "".join(f"{key}:\n" for key, value in blank.items() if not value)
    head, fence, rest = text.partition("\ndraft: true\n")
    return f"{head}\n{missing}draft: true\n{rest}" if fence else text


def _with_bare_days(text: str, article: Article) -> str:
    """A day that nobody gave an hour is written as a day: it is read as its first moment all the same."""
    for key, moment in (("date", article.date), ("updated", article.updated)):
        if moment and isinstance(moment.tzinfo, ZoneInfo) and moment == moment.replace(hour=0, minute=0, second=0):
            text = re.sub(rf"(?m)^{key}: .*$", f"{key}: {moment:%Y-%m-%d}", text, count=1)
    return text


def _stand_in(name: str) -> str:
    words = PurePosixPath(name.rstrip("/").replace("\\", "/")).stem.replace("-", " ").replace("_", " ").split()
    title = " ".join("".join(c for c in word if c.isprintable()) for word in words)[:120].strip()
    return title if any(c.isalnum() for c in title) else "Untitled"


def _zoned(found: Found[datetime] | None, timezone: ZoneInfo) -> datetime | None:
    if found is None:
        return None
    return found.value if found.value.tzinfo else found.value.replace(tzinfo=timezone)


def _path(title: str, day: datetime, free: Callable[[str], bool]) -> str:
    """articles/YYYY/MM/slug.md, with -2, -3, ... after a slug that is taken."""
    # A day at the beginning of a file's name would be read as the article's date.
    folder, slug = f"articles/{day:%Y/%m}", re.sub(r"^(?:\d{4}-\d{2}-\d{2}-)+", "", slugify(title))
    number = 1
    while not free(path := f"{folder}/{slug}{f'-{number}' if number > 1 else ''}.md"):
        number += 1
    return path


def _value(found: Found[str] | None) -> str:
    return found.value if found else ""


def _source(facts: Facts) -> Source | None:
    if facts.source is None:
        return None
    name = facts.source.value
    # Front matter takes an address for the source's own, whatever secret stands in it.
    name = domain(name) if "://" in name else name
    return Source(name=name, url=_value(facts.canonical_url), license=_value(facts.license)) if name else None


def _image(facts: Facts) -> Image | None:
    found = facts.image.value if facts.image else None
    if found is None or not (found.address or found.caption or found.credit):
        return None
    return Image(path=found.address, alt=found.alt, caption=found.caption, credit=found.credit)
