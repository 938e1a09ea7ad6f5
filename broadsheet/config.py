"""broadsheet.toml, or [tool.broadsheet] in pyproject.toml, to a checked configuration."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from broadsheet.errors import ConfigError, ContentError, Problem
from broadsheet.frontmatter import read_toml, toml_places, unified
from broadsheet.slugs import site_path

PERMALINK_WORDS = ("year", "month", "day", "slug", "section")


@dataclass(frozen=True, slots=True, kw_only=True)
class Feeds:
    """`size` is the number of entries in a feed; `full_text` puts whole articles in, not summaries.

    `hub` is the address of a WebSub hub, which tells subscribers at once.
    """

    size: int = 20
    full_text: bool = True
    hub: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Images:
    """Pixels of the sizes in which pictures are published besides their own, and their format: avif or webp."""

    widths: tuple[int, ...] = (480, 800, 1200, 1600)
    format: str = "webp"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cards:
    """`fonts` are files for scripts that the cards' own fonts lack, relative to the digest's folder."""

    fonts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Extras:
    """What the site has besides its pages and feeds; each costs time when it is built."""

    cards: bool = True
    search: bool = True
    plain_text: bool = True
    related_by_text: bool = True
    offline: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Folders:
    """Relative to the digest's own folder, which is where the configuration lies."""

    content: str = "content"
    templates: str = "templates"
    static: str = "static"
    output: str = "site"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visibility:
    """Which of the articles that are held back by default are published all the same."""

    drafts: bool = False
    future: bool = False
    expired: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbox:
    """Where news come from: addresses or files of feeds, and of lists of feeds (OPML)."""

    feeds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """How a digest is built. `base_url` ends with a slash; `permalink` uses PERMALINK_WORDS after colons."""

    title: str
    base_url: str
    description: str = ""
    language: str = "en"
    timezone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    author: str = ""
    id: str = ""
    paginate: int = 20
    permalink: str = "/:year/:month/:slug/"
    typographic_quotes: bool = False
    cards: Cards = field(default_factory=Cards)
    extras: Extras = field(default_factory=Extras)
    feed: Feeds = field(default_factory=Feeds)
    images: Images = field(default_factory=Images)
    folders: Folders = field(default_factory=Folders)
    inbox: Inbox = field(default_factory=Inbox)
    visibility: Visibility = field(default_factory=Visibility)

    @property
    def prefix(self) -> str:
        """The path part of base_url, without its last slash: "" or "/news"."""
        return urlsplit(self.base_url).path.rstrip("/")

    @property
    def origin(self) -> str:
        """base_url without its path: "https://example.org"."""
        parts = urlsplit(self.base_url)
        return f"{parts.scheme}://{parts.netloc}"


_HEADING = re.compile(r"^[ \t]*\[+[ \t]*tool[ \t]*\.[ \t]*broadsheet[ \t]*[.\]]", re.M)


def find(start: Path) -> Path:
    """The configuration file of the digest that `start` lies in. Raises ConfigError when there is none."""
    for folder in (start, *start.parents):
        if (folder / "broadsheet.toml").is_file():
            return folder / "broadsheet.toml"
        pyproject = folder / "pyproject.toml"
        if pyproject.is_file() and _HEADING.search(pyproject.read_text("utf-8", "replace")):
            return pyproject
    problem = Problem(
        path=str(start),
        message="no digest here: neither broadsheet.toml nor [tool.broadsheet] in pyproject.toml",
        hint="go to your digest's folder, or begin one with `broadsheet init my-digest`",
    )
    raise ConfigError([problem])


def load(file: Path) -> Config:
    """A configuration file to a Config. Raises ConfigError with everything that is wrong with it."""
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        problem = Problem(path=file.name, message=f"cannot be read: {error}")
        raise ConfigError([problem]) from error
    return parse(text, file.name)


def parse(text: str, path: str) -> Config:
    """TOML text to a Config; in a file named pyproject.toml its [tool.broadsheet] table."""
    text = unified(text)
    prefix = ("tool", "broadsheet") if path == "pyproject.toml" else ()
    try:
        data = read_toml(text, path)
    except ContentError as error:
        raise ConfigError(error.problems) from error
    for name in prefix:
        data = data.get(name, {}) if isinstance(data, dict) else {}
    if not isinstance(data, dict):
        raise ConfigError([Problem(path=path, message="tool.broadsheet must be one table: [tool.broadsheet]")])
    return _Reader(path, text.split("\n"), prefix).config(data)


def with_base_url(config: Config, base_url: str) -> Config:
    """The same digest at another address. Raises ConfigError when that is no web address."""
    address, wrong = _base_url(base_url)
    if wrong:
        raise ConfigError([Problem(path="--base-url", message=wrong, hint=BASE_URL_HINT)])
    return replace(config, base_url=address)


BASE_URL_HINT = 'write the whole address, as in "https://example.org/" or "https://example.org/news/"'


def _base_url(value: Any) -> tuple[str, str]:
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        return "", f"{value!r} is not a web address"
    bad = re.search(r"[\s\x00-\x1f\x7f<>\"'\\]", value) or (port is None and parts.netloc.endswith(":"))
    if parts.scheme not in ("http", "https") or not parts.hostname or bad or "@" in parts.netloc:
        return "", f"{value!r} is not a web address"
    if re.search(r"//|/\.\.?(/|$)", parts.path.rstrip("/") + "/"):
        return "", f"{value!r} has // or . or .. in its path"
    if parts.query or parts.fragment:
        return "", f"{value!r} has a query or a fragment, which a site's address cannot have"
    if not value.isascii():
        return "", f"{value!r} is not ASCII; write the host in its xn-- form and the path percent-encoded"
    return f"{parts.scheme}://{parts.netloc.lower()}{parts.path.rstrip('/')}/", ""


def _title(value: Any) -> tuple[str, str]:
    text, wrong = _text(value)
    return text, wrong or ("" if text else "is empty")


def _text(value: Any) -> tuple[str, str]:
    if not isinstance(value, str):
        return "", "must be text in quotes"
    if found := re.search(r"[\x00-\x1f\x7f-\x9f]", value):
        return "", f"holds the control character U+{ord(found[0]):04X}"
    return value.strip(), ""


def _flag(value: Any) -> tuple[bool, str]:
    return (value, "") if isinstance(value, bool) else (False, "must be true or false")


def _count(value: Any) -> tuple[int, str]:
    right = isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 1000
    return (value, "") if right else (0, "must be a whole number from 1 to 1000")


def _language(value: Any) -> tuple[str, str]:
    right = isinstance(value, str) and re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", value)
    return (value, "") if right else ("", "must be a language tag of BCP 47, such as en or pt-BR")


def _timezone(value: Any) -> tuple[ZoneInfo, str]:
    try:
        return ZoneInfo(value), ""
    except Exception:  # zoneinfo raises five kinds of exception on names that are none
        return ZoneInfo("UTC"), f"{value!r} is not a timezone; write a name such as Europe/Vienna or UTC"


def _permalink(value: Any) -> tuple[str, str]:
    if not isinstance(value, str):
        return "", "must be text in quotes"
    words = re.findall(r":(\w+)", value)
    unknown = [word for word in words if word not in PERMALINK_WORDS]
    known = ", ".join(f":{word}" for word in PERMALINK_WORDS)
    if unknown:
        return "", f":{unknown[0]} is not one of {known}"
    if "slug" not in words:
        return "", "must contain :slug, or every article would have one address"
    example = re.sub(r":\w+", "x", value)
    if not re.fullmatch(r"/[\w.~/-]+/", example) or site_path(example) is None:
        return "", "must begin and end with a slash and hold letters, digits and hyphens between"
    return value, ""


def _folder(value: Any) -> tuple[str, str]:
    if not isinstance(value, str) or not value.strip() or "\0" in value:
        return "", "must be the name of a folder"
    return value.strip().rstrip("/") or "/", ""


def _hub(value: Any) -> tuple[str, str]:
    if value == "":
        return "", ""
    right = isinstance(value, str) and re.fullmatch(r"https?://[!-~]+", value) and '"' not in value
    return (value, "") if right else ("", 'must be a web address, as in "https://hub.example/"')


def _widths(value: Any) -> tuple[tuple[int, ...], str]:
    right = isinstance(value, list) and all(
        isinstance(one, int) and not isinstance(one, bool) and 16 <= one <= 8000 for one in value
    )
    return (tuple(sorted(set(value))), "") if right else ((), "must be a list of pixels from 16 to 8000; [] for none")


def _picture_format(value: Any) -> tuple[str, str]:
    return (value, "") if value in ("avif", "webp") else ("", 'must be "avif" or "webp"')


def _texts(value: Any, example: str) -> tuple[tuple[str, ...], str]:
    if not isinstance(value, list) or not all(isinstance(one, str) and one.strip() for one in value):
        return (), f"must be a list of texts, {example}"
    return tuple(one.strip() for one in value), ""


Check = Callable[[Any], tuple[Any, str]]

KEYS: Mapping[str, Mapping[str, Check]] = {
    "": {
        "title": _title,
        "base_url": lambda value: _base_url(value) if isinstance(value, str) else ("", "must be text in quotes"),
        "description": _text,
        "language": _language,
        "timezone": _timezone,
        "author": _text,
        "id": _text,
        "paginate": _count,
        "permalink": _permalink,
        "typographic_quotes": _flag,
    },
    "cards": {"fonts": lambda value: _texts(value, 'as in ["fonts/NotoSerifSC-Bold.otf"]')},
    "extras": {
        "cards": _flag, "search": _flag, "plain_text": _flag, "related_by_text": _flag, "offline": _flag,
    },
    "feed": {"size": _count, "full_text": _flag, "hub": _hub},
    "images": {"widths": _widths, "format": _picture_format},
    "folders": {"content": _folder, "templates": _folder, "static": _folder, "output": _folder},
    "inbox": {"feeds": lambda value: _texts(value, 'as in ["https://example.org/feed.xml", "feeds.opml"]')},
    "visibility": {"drafts": _flag, "future": _flag, "expired": _flag},
}
"""Every key there is, by table, with what checks it: the reference and its test read this."""

TABLES: Mapping[str, type] = {
    "cards": Cards, "extras": Extras, "feed": Feeds, "images": Images, "folders": Folders, "inbox": Inbox,
    "visibility": Visibility,
}


class _Reader:
    """One reading of one file; gathers every problem."""

    def __init__(self, path: str, lines: list[str], prefix: tuple[str, ...]) -> None:
        self.path, self.lines, self.prefix = path, lines, prefix
        self.places = toml_places(lines)
        self.problems: list[Problem] = []

    def config(self, data: Mapping[str, Any]) -> Config:
        values = self.table("", data)
        for key, hint in (("title", 'as in title = "The Open Record"'), ("base_url", BASE_URL_HINT)):
            if key not in data:
                self.problems.append(Problem(path=self.path, message=f"{key} is missing", hint=hint))
        if self.problems:
            raise ConfigError(self.problems)
        return Config(**values)

    def table(self, name: str, data: Mapping[str, Any]) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key, value in data.items():
            if not name and key in TABLES and isinstance(value, dict):
                values[key] = TABLES[key](**self.table(key, value))
            elif not name and key in TABLES:
                self.problem(name, key, f"{key} is a table", f"write {self.heading(key)} on a line of its own")
            elif key not in KEYS[name]:
                self.unknown(name, key, is_table=isinstance(value, dict))
            else:
                values[key], wrong = KEYS[name][key](value)
                if wrong:
                    hint = BASE_URL_HINT if key == "base_url" else ""
                    self.problem(name, key, f"{key}: {wrong}", hint, of_value=True)
        return values

    def unknown(self, table: str, key: str, *, is_table: bool) -> None:
        names = [*KEYS[table], *([] if table else TABLES)]
        near = difflib.get_close_matches(key, names, 1, 0.5)
        elsewhere = [] if is_table else [other for other in KEYS if key in KEYS[other]]
        if elsewhere:
            where = f"in {self.heading(elsewhere[0])}" if elsewhere[0] else f"above {self.heading(table)}"
            hint = f"{key} belongs {where}"
        else:
            hint = f"did you mean {near[0]}?" if near else f"the keys here are {', '.join(names)}"
        self.problem(table, key, f"there is no key {key}" + (f" in {self.heading(table)}" if table else ""), hint)

    def heading(self, table: str) -> str:
        return f"[{'.'.join((*self.prefix, table))}]"

    def problem(self, table: str, key: str, message: str, hint: str = "", *, of_value: bool = False) -> None:
        at = (*self.prefix, *filter(None, (table,)), key)
        known = next((at[:end] for end in range(len(at), 0, -1) if at[:end] in self.places), None)
        if known is None:
            self.problems.append(Problem(path=self.path, message=message, hint=hint))
            return
        place = self.places[known]
        at_value = of_value and known == at
        self.problems.append(
            Problem(
                path=self.path, line=place.line, column=place.value if at_value else place.column, message=message,
                hint=hint, excerpt=self.lines[place.line - 1], width=place.value_width if at_value else place.width,
            )
        )
