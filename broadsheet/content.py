"""A content file to an article, a page, an edition or tags; an article back to its file."""

from __future__ import annotations

import calendar
import difflib
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from datetime import timezone as fixed_zone
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from broadsheet import frontmatter
from broadsheet.config import Config
from broadsheet.errors import ContentError, Problem, raise_errors
from broadsheet.frontmatter import Document, Node, Scalar, Sequence, Table
from broadsheet.model import (
    Article,
    Correction,
    Edition,
    EditionSection,
    Image,
    Page,
    Source,
    TagDefinition,
    Text,
    Value,
)
from broadsheet.slugs import is_segment, site_path, slugify

SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "title": (),
    "date": ("pubdate", "published", "publishdate"),
    "updated": ("lastmod", "modified", "last_modified_at"),
    "publish_date": (),
    "expiry_date": ("expirydate", "unpublishdate"),
    "draft": (),
    "id": (),
    "slug": (),
    "url": ("permalink",),
    "aliases": ("redirect_from",),
    "tags": ("keywords",),
    "section": ("category",),
    "summary": ("description", "excerpt"),
    "dek": ("subtitle",),
    "authors": ("author",),
    "source": (),
    "source_url": ("externallink", "external_url", "link", "original_url"),
    "canonical_url": ("canonical",),
    "image": ("cover", "featured_image"),
    "image_alt": (),
    "image_caption": (),
    "image_credit": (),
    "image_credit_url": (),
    "archive_url": (),
    "corrections": (),
    "story": (),
    "weight": (),
    "pinned": (),
    "lang": (),
    "template": (),
    "captured_at": (),
    "content_hash": (),
    "review": (),
    "extra": (),
}
"""An article's keys, and what else each may be called. Case and hyphens do not matter."""

_ARTICLE_KEYS = tuple(SYNONYMS)
_CALLED = {other: name for name, others in SYNONYMS.items() for other in others}

SOURCE_PARTS: Mapping[str, tuple[str, ...]] = {
    "name": (),
    "url": ("link",),
    "author": ("authors",),
    "published": ("date",),
    "license": ("licence",),
}

IMAGE_PARTS: Mapping[str, tuple[str, ...]] = {
    "path": ("image", "src", "url"),
    "alt": (),
    "caption": (),
    "credit": (),
    "credit_url": (),
    "relative": (),
    "hidden": (),
}
"""The last two are switches of Hugo's themes and mean nothing here."""

PAGE_KEYS = (
    "title", "updated", "draft", "slug", "url", "aliases", "summary", "weight", "lang", "template", "extra",
)
EDITION_KEYS = (
    "title", "date", "updated", "publish_date", "expiry_date", "draft", "slug", "url", "aliases", "summary",
    "lang", "template", "extra",
)
EDITION_ONLY = ("number", "sections", "series")

STATUSES = ("draft", "hidden", "published", "publish")
"""What `status` may say: Pelican's words, and WordPress's for the last."""

DATE_HINT = "dates are written 2026-12-02 or 2026-12-02T09:30+01:00"
MISSING = {
    "title": "every file needs one: title: What happened",
    "date": f"{DATE_HINT}; or name the file 2026-12-02-its-slug.md",
    "name": "every tag needs one, as in `- name: Open source`",
}
NO_HEADER = Problem(
    path="", line=1, column=1, message="there is no front matter",
    hint="begin the file with a line of ---, `title: What happened`, `date: 2026-12-02` and another line of ---",
)
SLUG_HINT = "use letters, digits and hyphens, and at most 200 of them"
URL_HINT = "write a path of this site, such as /2026/merger/, without . or .. and : * ? \" < > |"

_YES = frozenset({"true", "yes", "on", "1"})
_NO = frozenset({"false", "no", "off", "0"})
_FLAGS = _YES | _NO
_DATED_NAME = re.compile(r"(\d{4}-\d{2}-\d{2})-(.+)")


# One file -----------------------------------------------------------------------------------------


def parse(text: str, path: str, *, timezone: ZoneInfo) -> Article:
    """An article's file to an Article; the inverse of `dump`.

    `path` is relative to the content folder. Raises ContentError with every
    error in the file.
    """
    return parse_article(text, path, timezone=timezone, shown=path)[0]


def parse_article(
    text: str, path: str, *, timezone: ZoneInfo, shown: str
) -> tuple[Article, tuple[Problem, ...]]:
    """As `parse`, with the notices; `shown` is the path that messages name."""
    document = frontmatter.read(text, shown)
    fields = _Fields(document, shown, text, timezone, _ARTICLE_KEYS)
    stem, dated = _name(path)
    date, draft, captured_at = fields.date("date", default=dated), fields.draft(), fields.date("captured_at")
    if date is None:
        fields.undated(excused=draft and captured_at is not None)
    article = Article(
        path=path,
        title=fields.text("title", required=True),
        date=date or captured_at or datetime.min.replace(tzinfo=timezone),
        slug=fields.slug() or slugify(stem),
        text=Text(document.body),
        id=fields.text("id"),
        updated=fields.date("updated"),
        publish_date=fields.embargo(),
        expiry_date=fields.date("expiry_date"),
        draft=draft,
        url=fields.url("url"),
        aliases=fields.urls("aliases"),
        tags=fields.texts("tags"),
        section=fields.text("section"),
        summary=fields.text("summary"),
        dek=fields.text("dek"),
        authors=fields.authors(),
        source=fields.source(),
        canonical_url=fields.address("canonical_url"),
        image=fields.image(),
        archive_url=fields.address("archive_url"),
        corrections=fields.corrections(),
        story=fields.text("story"),
        weight=fields.number("weight"),
        pinned=fields.flag("pinned"),
        lang=fields.lang(),
        template=fields.text("template"),
        captured_at=captured_at,
        content_hash=fields.text("content_hash"),
        review=fields.sentences("review"),
        extra=fields.extra(),
    )
    return article, fields.done()


def parse_page(text: str, path: str, *, timezone: ZoneInfo, shown: str) -> tuple[Page, tuple[Problem, ...]]:
    document = frontmatter.read(text, shown)
    fields = _Fields(document, shown, text, timezone, PAGE_KEYS)
    page = Page(
        path=path,
        title=fields.text("title", required=True),
        slug=fields.slug() or slugify(_name(path)[0]),
        text=Text(document.body),
        url=fields.url("url"),
        aliases=fields.urls("aliases"),
        summary=fields.text("summary"),
        updated=fields.date("updated"),
        draft=fields.draft(),
        weight=fields.number("weight"),
        lang=fields.lang(),
        template=fields.text("template"),
        extra=fields.extra(),
    )
    return page, fields.done()


def parse_edition(
    text: str, path: str, *, timezone: ZoneInfo, shown: str
) -> tuple[Edition, tuple[Problem, ...]]:
    document = frontmatter.read(text, shown)
    fields = _Fields(document, shown, text, timezone, (*EDITION_KEYS, *EDITION_ONLY))
    stem = _stem(path.rpartition("/")[2])
    dated = re.match(r"\d{4}-\d{2}-\d{2}", stem)
    edition = Edition(
        path=path,
        title=fields.text("title", required=True),
        date=fields.date("date", default=dated[0] if dated else "", required=True)
        or datetime.min.replace(tzinfo=timezone),
        slug=fields.slug() or slugify(stem),
        sections=fields.sections(),
        text=Text(document.body),
        number=fields.text("number"),
        series=fields.text("series"),
        summary=fields.text("summary"),
        url=fields.url("url"),
        aliases=fields.urls("aliases"),
        updated=fields.date("updated"),
        publish_date=fields.embargo(),
        expiry_date=fields.date("expiry_date"),
        draft=fields.draft(),
        lang=fields.lang(),
        template=fields.text("template"),
        extra=fields.extra(),
    )
    return edition, fields.done()


def parse_tags(
    text: str, path: str, *, timezone: ZoneInfo, shown: str
) -> tuple[tuple[TagDefinition, ...], tuple[Problem, ...]]:
    """tags.yaml, a list of mappings, to definitions."""
    text = frontmatter.unified(text)
    node = frontmatter.read_yaml_node(text, shown)
    found: list[TagDefinition] = []
    problems: list[Problem] = []
    match node:
        case None:
            values: tuple[Node, ...] = ()
        case Sequence():
            values = node.values
        case _:
            values = ()
            problems.append(
                Problem(
                    path=shown, line=node.line, column=node.column, message="must be a list of tags",
                    hint="begin each with `- name: `", excerpt=frontmatter.line_of(text, node.line), width=node.width,
                )
            )
    for value in values:
        if not isinstance(value, Table):
            value = Table(pairs=((Scalar(text="name", line=value.line, column=value.column), value),))
        body = Document(header=value, body="", body_line=1, format="yaml")
        fields = _Fields(body, shown, text, timezone, ("name", "slug", "description", "aliases", "parent"))
        name = fields.text("name", required=True)
        tag = TagDefinition(
            name=name,
            slug=fields.slug() or slugify(name),
            description=fields.text("description"),
            aliases=fields.texts("aliases"),
            parent=fields.text("parent"),
        )
        for key in fields.unknown():
            fields.problem(key, f"a tag has no key {key.text}", "it may have name, slug, description, aliases, parent")
        problems.extend(fields.problems)
        found.append(tag)
    raise_errors(problems)
    return tuple(found), ()


def _name(path: str) -> tuple[str, str]:
    """The words of a file's name, and the date it begins with (Jekyll's habit) or ""."""
    *folders, name = path.split("/")
    stem = _stem(name)
    if stem in ("index", "_index") and len(folders) > 1:
        stem = folders[-1]
    if found := _DATED_NAME.fullmatch(stem):
        return found[2], found[1]
    return stem, ""


def _stem(name: str) -> str:
    """A file's name without its ending."""
    dot = name.rfind(".")
    return name[:dot] if 0 < dot < len(name) - 1 else name


_SPACES = re.compile(r"\s+")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")


def _plain_key(key: str) -> str:
    return key.lower().replace("-", "_")


@lru_cache
def _known_names(keys: tuple[str, ...]) -> frozenset[str]:
    """All that a file's keys may be called, and two words that say whether it is a draft."""
    return frozenset({*keys, *(name for key in keys for name in SYNONYMS.get(key, ())), "published", "status"})


class _Fields:
    """The keys of one file, taken one by one; gathers what is wrong with them."""

    def __init__(
        self, document: Document, path: str, text: str, timezone: ZoneInfo, keys: tuple[str, ...]
    ) -> None:
        self.path, self.typed, self.timezone, self.keys = path, text, timezone, keys
        self.top = document.header
        self.has_no_header = document.format == "none"
        self.problems: list[Problem] = []
        self.names: dict[str, Scalar] = {}
        self.nodes: dict[str, Node] = {}
        self.known = _known_names(keys)
        for key, node in document.header.pairs:
            name = self.known_name(key.text)
            if name in self.nodes:
                first = self.names[name]
                self.problem(key, f"{key.text}: written twice, first on line {first.line}", "keep one of the two")
            self.names[name], self.nodes[name] = key, node
        self.given = {_CALLED.get(name, name) for name in self.nodes} | self.nodes.keys()
        self.taken: set[str] = set()

    @cached_property
    def lines(self) -> list[str]:
        """The file's lines, which nobody asks for while nothing is wrong."""
        return frontmatter.unified(self.typed).split("\n")

    def known_name(self, key: str) -> str:
        """The key as this program writes it, or as typed when it is not one of ours."""
        if key in self.known:
            return key
        plain = _plain_key(key)
        return plain if plain in self.known else key

    def has(self, key: str) -> bool:
        node = self.nodes.get(key)
        return node is not None and not (isinstance(node, Scalar) and node.blank)

    # What kinds of value there are

    def take(self, key: str) -> Node | None:
        """The key's value, or that of the first of its other names; None when absent or blank."""
        if key not in self.given:
            return None
        for name in (key, *SYNONYMS.get(key, ())):
            node = self.nodes.get(name)
            if node is None or name in self.taken or (name == "published" and self.is_flag(node)):
                continue
            self.taken.add(name)
            if self.has(name):
                return node
        return None

    def text(self, key: str, *, required: bool = False) -> str:
        node = self.take(key)
        value = "" if node is None else self.scalar(node, key)
        if required and not value:
            self.missing(key, node)
        return value

    def missing(self, key: str, node: Node | None) -> None:
        hint = MISSING.get(key, "")
        if self.has_no_header:
            self.problems = self.problems or [replace(NO_HEADER, path=self.path, excerpt=self.lines[0])]
        elif node is None and key not in self.names:
            self.problem(self.top, f"{key} is missing", hint)
        elif not self.problems or not self.problems[-1].message.startswith(f"{key}:"):
            self.problem(node or self.names[key], f"{key}: is empty", hint)

    def scalar(self, node: Node, key: str) -> str:
        if not isinstance(node, Scalar):
            self.problem(node, f"{key}: must be text, not a {_kind(node)}")
            return ""
        if node.text.isprintable() and "  " not in node.text:  # no space but " ", and no control character
            return node.text.strip(" ")
        text = _SPACES.sub(" ", node.text).strip()
        if found := _CONTROLS.search(text):
            self.problem(node, f"{key}: holds the control character U+{ord(found[0]):04X}", "delete it")
            return ""
        return text

    def texts(self, key: str, separator: str = ",") -> tuple[str, ...]:
        """A list, or one string split at commas, without blanks and repetitions."""
        match self.take(key):
            case None:
                return ()
            case Scalar() as node:
                parts = self.scalar(node, key).split(separator)
            case Sequence() as node:
                parts = [self.scalar(value, key) for value in node.values]
            case Table() as node:
                self.problem(node, f"{key}: must be a list, not a mapping", "write [one, two]")
                parts = []
        return tuple(dict.fromkeys(filter(None, map(str.strip, parts))))

    def sentences(self, key: str) -> tuple[str, ...]:
        """A list, or one string, whose commas are its own."""
        return self.texts(key, separator="\n")

    def authors(self) -> tuple[str, ...]:
        if "authors" not in self.given:
            return ()
        # "Last, First" stays whole under `author`, and wherever a semicolon parts the names (Pelican's rule).
        node = self.nodes.get("authors") if self.has("authors") else self.nodes.get("author")
        one = not self.has("authors")
        if isinstance(node, Scalar) and (one or ";" in node.text):
            return self.texts("authors", separator=";")
        return self.texts("authors")

    def date(self, key: str, *, default: str = "", required: bool = False) -> datetime | None:
        node = self.take(key)
        if node is None and default:
            return self.date_in_name(default)
        if node is None:
            if required:
                self.missing(key, None)
            return None
        return self.datetime(node, key)

    def undated(self, *, excused: bool) -> None:
        """A captured draft may wait for its date, whatever else must have one."""
        told = any(re.match(r"(?:the )?date\b", problem.message) for problem in self.problems)
        if not (excused or told):
            self.missing("date", None)

    def date_in_name(self, text: str) -> datetime | None:
        try:
            return read_date(text, self.timezone)
        except ValueError as error:
            hint = "rename it, or put a date into its front matter"
            self.problems.append(Problem(path=self.path, message=f"the date in the file's name: {error}", hint=hint))
            return None

    def embargo(self) -> datetime | None:
        """`publish_date`; Hugo's `publishDate` as well where it stands beside a date of its own."""
        is_hugo = self.has("date") and self.has("publishdate") and not self.has("publish_date")
        return self.date("publishdate" if is_hugo else "publish_date")

    def datetime(self, node: Node, key: str) -> datetime | None:
        text = self.scalar(node, key)
        if not text:
            return None
        try:
            return read_date(text, self.timezone)
        except ValueError as error:
            self.problem(node, f"{key}: {error}", DATE_HINT)
            return None

    def is_flag(self, node: Node) -> bool:
        return _word(node) in _FLAGS

    def flag(self, key: str) -> bool:
        node = self.take(key)
        if node is not None and not self.is_flag(node):
            self.problem(node, f"{key}: must be true or false")
        return _word(node) in _YES

    def draft(self) -> bool:
        draft = self.flag("draft")
        published = _word(self.nodes.get("published"))
        if published in _FLAGS:
            self.taken.add("published")
        elif published and not _MOMENT.fullmatch(published) and self.has("date"):
            draft = self.doubtful("published", published, "write true or false, or a date")
        status = _word(self.nodes.get("status"))
        if status in STATUSES:
            self.taken.add("status")
        elif status:
            draft = self.doubtful("status", status, f"it may be {', '.join(STATUSES)}")
        return draft or published in _NO or status in ("draft", "hidden")

    def doubtful(self, key: str, word: str, hint: str) -> bool:
        """Whoever wrote `status: private` did not mean to publish: hold it back, and say so."""
        self.problem(self.nodes[key], f"{key}: {word} is not known; held back as a draft", hint, level="warning")
        return True

    def number(self, key: str) -> int:
        node = self.take(key)
        if node is None:
            return 0
        text = self.scalar(node, key)
        if not re.fullmatch(r"[+-]?\d{1,9}", text):
            self.problem(node, f"{key}: must be a whole number", "such as 0, 10 or -5")
            return 0
        return int(text)

    def slug(self) -> str:
        node = self.take("slug")
        if node is None:
            return ""
        slug = _SPACES.sub("-", self.scalar(node, "slug"))
        if not is_segment(slug):
            self.problem(node, f"slug: {slug!r} cannot be part of an address", SLUG_HINT)
        return slug

    def url(self, key: str) -> str:
        node = self.take(key)
        return "" if node is None else self.path_of_site(node, key)

    def urls(self, key: str) -> tuple[str, ...]:
        node = self.take(key)
        match node:
            case None:
                return ()
            case Sequence():
                nodes = node.values
            case _:
                nodes = (node,)
        return tuple(dict.fromkeys(filter(None, (self.path_of_site(one, key) for one in nodes))))

    def path_of_site(self, node: Node, key: str) -> str:
        text = self.scalar(node, key)
        path = site_path(urlsplit(text).path if is_web_address(text) else text)
        if path and not path.endswith(("/", ".html", ".htm")):
            self.problem(node, f"{key}: {text!r} is no page", "an address ends with a slash, or with .html")
            return ""
        if path is None:
            if text:
                self.problem(node, f"{key}: {text!r} cannot be an address of this site", URL_HINT)
            return ""
        return path

    def address(self, key: str) -> str:
        node = self.take(key)
        return "" if node is None else self.web_address(node, key)

    def web_address(self, node: Node, key: str) -> str:
        text = self.scalar(node, key)
        if text and not is_web_address(text):
            self.problem(node, f"{key}: {text!r} is not a web address", "write it whole, from https:// on")
            return ""
        return text

    def lang(self) -> str:
        node = self.take("lang")
        if node is None:
            return ""
        text = self.scalar(node, "lang")
        if text and not re.fullmatch(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*", text):
            self.problem(node, f"lang: {text!r} is not a language tag", "such as en, de or pt-BR")
        return text.replace("_", "-")

    # Values with parts

    def table(self, node: Node, key: str, parts: Mapping[str, tuple[str, ...]]) -> dict[str, Node]:
        """A mapping's parts by our names for them; anything else in it is an error."""
        if not isinstance(node, Table):
            first, second = list(parts)[:2]
            hint = f"begin each with `- {first}: ` and put `{second}: ` below it"
            self.problem(node, f"{key}: must be a list, each with {first} and {second}", hint)
            return {}
        found: dict[str, Node] = {}
        for name, value in node.pairs:
            plain = _plain_key(name.text)
            ours = next((part for part, others in parts.items() if plain == part or plain in others), "")
            if not ours:
                near = difflib.get_close_matches(plain, parts, 1)
                hint = f"did you mean {near[0]}?" if near else f"it may have {', '.join(parts)}"
                self.problem(name, f"{key}: there is no {name.text}", hint)
            elif ours in found:
                self.problem(name, f"{key}: {name.text} says again what {ours} says", "keep one of the two")
            elif not (isinstance(value, Scalar) and value.blank):
                found[ours] = value
        return found

    def source(self) -> Source | None:
        node = self.take("source")
        url = self.address("source_url")
        parts: dict[str, Node] = {}
        if isinstance(node, Table):
            parts = self.table(node, "source", SOURCE_PARTS)
            name = self.scalar(parts["name"], "source.name") if "name" in parts else ""
        else:
            name = "" if node is None else self.scalar(node, "source")
        if "url" in parts and not url:
            url = self.web_address(parts["url"], "source.url")
        if not url and is_web_address(name):
            url, name = name, ""
        name = name or _host(url).removeprefix("www.")
        if not name:
            if parts:
                self.problem(self.names["source"], "source: has no name", "put `name: ` below it")
            return None
        return Source(
            name=name,
            url=url,
            author=self.scalar(parts["author"], "source.author") if "author" in parts else "",
            published=self.datetime(parts["published"], "source.published") if "published" in parts else None,
            license=self.scalar(parts["license"], "source.license") if "license" in parts else "",
        )

    def image(self) -> Image | None:
        node = self.take("image")
        parts: dict[str, Node] = {}
        if isinstance(node, Table):
            parts = self.table(node, "image", IMAGE_PARTS)
            path = self.scalar(parts["path"], "image") if "path" in parts else ""
        else:
            path = "" if node is None else self.scalar(node, "image")
        texts = {
            name: self.scalar(parts[name], f"image.{name}") if name in parts else ""
            for name in ("alt", "caption", "credit")
        }
        for name in texts:
            texts[name] = self.text(f"image_{name}") or texts[name]
        credit_url = self.address("image_credit_url")
        if "credit_url" in parts and not credit_url:
            credit_url = self.web_address(parts["credit_url"], "image.credit_url")
        if not path:
            return None
        return Image(path=path, credit_url=credit_url, **texts)

    def corrections(self) -> tuple[Correction, ...]:
        node = self.take("corrections")
        if node is None:
            return ()
        nodes = node.values if isinstance(node, Sequence) else (node,)
        found = []
        for one in nodes:
            parts = self.table(one, "corrections", {"date": (), "note": ("text",)})
            date = self.datetime(parts["date"], "corrections.date") if "date" in parts else None
            note = self.scalar(parts["note"], "corrections.note") if "note" in parts else ""
            if date and note:
                found.append(Correction(date=date, note=note))
            elif isinstance(one, Table) and not {"date", "note"} <= parts.keys():
                hint = "begin each with `- date: ` and put `note: ` below it"
                self.problem(one, "corrections: each needs a date and a note", hint)
        return tuple(sorted(found, key=lambda correction: (correction.date, correction.note)))

    def sections(self) -> tuple[EditionSection, ...]:
        node = self.take("sections")
        if node is None:
            return ()
        nodes = node.values if isinstance(node, Sequence) else (node,)
        found = []
        for one in nodes:
            parts = self.table(one, "sections", {"title": (), "articles": ()})
            title = self.scalar(parts["title"], "sections.title") if "title" in parts else ""
            match parts.get("articles"):
                case Sequence(values=values):
                    names = tuple(filter(None, (self.scalar(value, "sections.articles") for value in values)))
                case None:
                    names = ()
                case other:
                    typed = self.scalar(other, "sections.articles").split(",")
                    names = tuple(filter(None, (name.strip() for name in typed)))
            found.append(EditionSection(title=title, articles=names))
        return tuple(found)

    # What is left

    def extra(self) -> dict[str, Value]:
        """What stands under `extra`, and every key that is not one of ours."""
        node = self.take("extra")
        values: dict[str, Value] = {}
        if isinstance(node, Table):
            values = {name.text: _value(value) for name, value in node.pairs}
        elif node is not None:
            self.problem(node, "extra: must be keys with their values", "put each below it, indented, as `key: value`")
        for key in self.unknown():
            if key.text in values:
                self.problem(key, f"{key.text}: stands under extra as well", "keep one of the two")
            else:
                values[key.text] = _value(self.nodes[self.known_name(key.text)])
                self.notice(key)
        return values

    def unknown(self) -> list[Scalar]:
        return [key for name, key in self.names.items() if name not in self.taken]

    def notice(self, key: Scalar) -> None:
        # Only the first few are looked up: a hostile header has thousands.
        near = _near(_plain_key(key.text), self.keys) if len(self.problems) < 100 else ""
        ours = next((name for name in self.keys if _plain_key(key.text) in SYNONYMS.get(name, ())), "")
        if ours and self.has(ours):
            message, hint = f"{key.text}: kept under extra, as {ours} is given too", f"{ours} is what counts"
        else:
            message = f"{key.text}: not a key of Broadsheet's; kept under extra"
            hint = f"did you mean {near}?" if near else ""
        self.problem(key, message, hint, level="notice")

    def problem(self, node: Node, message: str, hint: str = "", level: Any = "error") -> None:
        excerpt = self.lines[node.line - 1] if 0 < node.line <= len(self.lines) else ""
        self.problems.append(
            Problem(
                path=self.path, line=node.line, column=node.column, message=message, hint=hint,
                excerpt=excerpt, width=node.width, level=level,
            )
        )

    def done(self) -> tuple[Problem, ...]:
        raise_errors(self.problems)
        return tuple(self.problems)


@lru_cache(maxsize=1000)
def _near(word: str, keys: tuple[str, ...]) -> str:
    """The key that an unknown one is most like, or "": after a migration every file has the same few."""
    return next(iter(difflib.get_close_matches(word, keys, 1, 0.8)), "")


def _word(node: Node | None) -> str:
    return node.text.strip().lower() if isinstance(node, Scalar) else ""


def _kind(node: Node) -> str:
    return "list" if isinstance(node, Sequence) else "mapping"


def _value(node: Node) -> Value:
    match node:
        case Scalar():
            return node.text
        case Sequence():
            return [_value(value) for value in node.values]
        case Table():
            return {name.text: _value(value) for name, value in node.pairs}


_PLAIN_ADDRESS = re.compile(r"https?://([a-z0-9-]+(?:\.[a-z0-9-]+)*+)(?:[/?#][!#-;=?-\[\]-~]*+)?")
"""Most addresses: no name, password or port before the path, and nothing to be escaped."""


def is_web_address(text: str) -> bool:
    """Whether text is an absolute http or https address that can go into a link as it is."""
    if _PLAIN_ADDRESS.fullmatch(text):
        return True
    if not re.match(r"https?://[^\s/]", text, re.I) or re.search(r'[\s<>"\\\x00-\x20\x7f]', text):
        return False
    try:
        return bool(urlsplit(text).hostname) and urlsplit(text).port != 0
    except ValueError:
        return False


def _host(url: str) -> str:
    found = _PLAIN_ADDRESS.fullmatch(url)
    return found[1] if found else urlsplit(url).hostname or ""


def read_date(text: str, timezone: ZoneInfo) -> datetime:
    """A date or time as typed to a moment (ISO 8601, RFC 3339, and `2026-12-02 09:30 +0100`).

    Without a time it is the start of that day, without a zone it is in
    `timezone`. The moment carries its offset and not the zone: the hour that
    autumn repeats would equal no other datetime. Raises ValueError saying which
    part is wrong.
    """
    found = _MOMENT.fullmatch(text)
    if not found:
        raise ValueError(f"{text!r} is not a date")
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    microsecond = int((found[7] or "0").ljust(6, "0")[:6])
    try:
        moment = datetime(year, month, day, hour, minute, second, microsecond, tzinfo=timezone)
    except ValueError:
        _within("year", year, 1, 9999)
        _within("month", month, 1, 12)
        _within("the day of that month", day, 1, calendar.monthrange(year, month)[1])
        _within("hour", hour, 0, 23)
        _within("minute", minute, 0, 59)
        _within("second", second, 0, 59)
        raise
    zone = fixed_zone(moment.utcoffset() or timedelta()) if found[8] is None else _zone(found[8])
    moment = moment.replace(tzinfo=zone)
    if 1 < year < 9999:  # only what is less than two days from either end can be beyond it
        return moment
    try:
        moment.astimezone(UTC)
        moment.astimezone(timezone)
    except OverflowError as error:
        raise ValueError(f"{text!r} is beyond the calendar") from error
    return moment


_MOMENT = re.compile(
    r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})"
    r"(?:(?:[Tt]|\s+)([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]{1,9}))?)?"
    r"\s*(Z|z|UTC|GMT|[+-][0-9]{2}(?::?[0-9]{2}(?::?[0-9]{2})?)?)?)?"
)


def _within(part: str, value: int, lowest: int, highest: int) -> None:
    if not lowest <= value <= highest:
        raise ValueError(f"{part} must be in {lowest}..{highest}")


@lru_cache(maxsize=1000)
def _zone(typed: str) -> fixed_zone:
    if typed in ("Z", "z", "UTC", "GMT"):
        return UTC
    hours, minutes, seconds = (int(part or 0) for part in re.findall(r"[0-9]{2}", typed + "0000")[:3])
    _within("the offset's hours", hours, 0, 23)
    _within("the offset's minutes", minutes, 0, 59)
    _within("the offset's seconds", seconds, 0, 59)
    offset = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return fixed_zone(-offset if typed.startswith("-") else offset)


# Back to a file -----------------------------------------------------------------------------------


def dump(article: Article) -> str:
    """An article to its file's text; `parse(dump(article)) == article` for the same path and timezone."""
    source, image = article.source, article.image
    header: dict[str, Any] = {
        "title": article.title,
        "dek": article.dek,
        "date": None if _waits_for_its_date(article) else article.date,
        "updated": article.updated,
        "publish_date": article.publish_date,
        "expiry_date": article.expiry_date,
        "draft": article.draft,
        "id": article.id,
        "slug": article.slug if article.slug != slugify(_name(article.path)[0]) else "",
        "url": article.url,
        "aliases": list(article.aliases),
        "tags": list(article.tags),
        "section": article.section,
        "summary": article.summary,
        "authors": list(article.authors),
        "source": _dumped_source(source),
        "source_url": source.url if source else "",
        "canonical_url": article.canonical_url,
        "image": image.path if image else "",
        "image_alt": image.alt if image else "",
        "image_caption": image.caption if image else "",
        "image_credit": image.credit if image else "",
        "image_credit_url": image.credit_url if image else "",
        "archive_url": article.archive_url,
        "corrections": [{"date": _dumped_date(one.date), "note": one.note} for one in article.corrections],
        "story": article.story,
        "weight": article.weight,
        "pinned": article.pinned,
        "lang": article.lang,
        "template": article.template,
        "captured_at": article.captured_at,
        "content_hash": article.content_hash,
        "review": list(article.review),
        "extra": dict(article.extra),
    }
    kept = {
        key: _dumped_date(value) if isinstance(value, datetime) else value
        for key, value in header.items()
        if value
    }
    return frontmatter.write(kept, article.body)


def _waits_for_its_date(article: Article) -> bool:
    return article.draft and article.date == article.captured_at and not _name(article.path)[1]


def _dumped_source(source: Source | None) -> str | dict[str, str]:
    if source is None:
        return ""
    parts = {
        "name": source.name,
        "author": source.author,
        "published": _dumped_date(source.published) if source.published else "",
        "license": source.license,
    }
    filled = {key: value for key, value in parts.items() if value}
    return source.name if len(filled) == 1 else filled


def _dumped_date(moment: datetime) -> str:
    if moment.second or moment.microsecond:
        return moment.isoformat()
    return moment.isoformat(timespec="minutes")


def decoded(data: bytes, path: str) -> str:
    """A file's bytes as text. Raises ContentError with the line where they are not UTF-8."""
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


# What is found wrong after reading -----------------------------------------------------------------


def locate(root: Path, config: Config, path: str, key: str, needle: str = "") -> Problem:
    """Where in a content file a key (or, in its body, some text) stands, as a Problem to fill in.

    For what is found wrong after reading, when positions are gone; `path` is
    relative to the content folder.
    """
    shown = f"{config.folders.content}/{path}"
    blank = Problem(path=shown, message="")
    try:
        text = (root / config.folders.content / path).read_text("utf-8")
        document = frontmatter.read(text, shown)
    except (OSError, ValueError, ContentError):
        return blank
    lines = frontmatter.unified(text).split("\n")
    names = (key, *SYNONYMS.get(key, ()))
    values = [value for name, value in document.header.pairs if _plain_key(name.text) in names]
    if needle:
        first = document.body_line if key == "body" else values[0].line if values else 1
        for number, line in enumerate(lines[first - 1 :], first):
            if needle in line:
                column = line.index(needle) + 1
                return replace(blank, line=number, column=column, width=len(needle), excerpt=line)
    for value in values[:1]:
        return replace(blank, line=value.line, column=value.column, width=value.width, excerpt=lines[value.line - 1])
    return blank
