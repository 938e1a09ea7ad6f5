"""What a page states of itself for machines: JSON-LD, meta elements, and where in the document they stand."""

from __future__ import annotations

import html
import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias
from urllib.parse import urljoin, urlsplit

from broadsheet.capture.dom import Element

Thing: TypeAlias = Mapping[str, object]
"""An object of JSON-LD, as untrusted as any."""

SCRIPT_CHARACTERS = 2_000_000
SCRIPTS = 50
MENDED_CHARACTERS = 500_000
NODES = 50_000

UNPRINTABLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\ufe00-\ufe0f\ufeff\ufff0-\uffff\ud800-\udfff\ue000-\uf8ff\U000e0000-\U0010ffff]"
)
"""Controls, what turns the direction of writing, soft hyphens, lone surrogates, private characters."""

ARTICLES = re.compile(r"(Article|Posting|Report|Review|Recipe|CreativeWork|Story)$")
PAGES = re.compile(r"(WebPage|ItemPage|AboutPage|VideoObject|MedicalWebPage)$")
THROUGH = {"@graph", "mainEntity", "mainEntityOfPage", "subjectOf"}
"""Keys that lead from a page to what it is about; all others lead to what it only mentions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Structured:
    """A page's statements of itself.

    `articles` are the objects of JSON-LD that may be the page's article, the
    likeliest first; `pages` those that describe the page around it; `named` all
    that others refer to by their @id. `meta` maps names in lower case to
    contents in document order.
    """

    articles: tuple[Thing, ...] = field(hash=False)
    pages: tuple[Thing, ...] = field(hash=False)
    named: Mapping[str, Thing] = field(hash=False)
    meta: Mapping[str, tuple[str, ...]] = field(hash=False)
    address: str = ""

    def first(self, *names: str) -> str:
        """The first meta of these names, in their order, that says anything."""
        return next((content for name in names for content in self.meta.get(name, ()) if content), "")

    def every(self, *names: str) -> tuple[str, ...]:
        """All that the metas of these names say."""
        return tuple(content for name in names for content in self.meta.get(name, ()) if content)


def structured(root: Element, *, address: str = "") -> Structured:
    """Read once what a page states; `address` is the page's own where it is known. Never fails."""
    meta = _meta(root)
    things = list(_things(root))
    if not any(direct and kind(thing, ARTICLES) for thing, direct in things):
        things += _in_programs(root)
    here = _addresses(root, meta, address)
    title = (meta.get("og:title") or ("",))[0] or plain(root.xpath("string((//h1)[1])"))
    ranked = sorted(
        (thing for thing, direct in things if direct and kind(thing, ARTICLES)),
        key=lambda thing: -_likelihood(thing, here, title),
    )
    return Structured(
        articles=tuple(ranked),
        pages=tuple(thing for thing, direct in things if direct and kind(thing, PAGES)),
        named={name: thing for thing, _ in things if len(thing) > 1 and isinstance(name := thing.get("@id"), str)},
        meta=meta,
        address=address,
    )


def plain(value: object, limit: int = 2000) -> str:
    """One line of text without markup, control characters or characters that turn the direction of writing."""
    if not isinstance(value, str):
        return ""
    text = value[: limit * 4]
    if "&" in text:
        text = html.unescape(html.unescape(text))
    if "<" in text:
        text = re.sub(r"</?[a-zA-Z!][^<>]{0,300}>", " ", text)
    return " ".join(UNPRINTABLE.sub("", text).split())[:limit].strip()


def strings(value: object) -> tuple[str, ...]:
    """The strings of a value that may be a string, a list of them, or nothing of the kind."""
    if isinstance(value, list):
        return tuple(one for one in map(plain, value[:500]) if one)
    one = plain(value)
    return (one,) if one else ()


def letters(name: str) -> str:
    """How names and tags compare: without case, accents, spaces, punctuation and article."""
    plain_letters = unicodedata.normalize("NFKD", name.casefold())
    return re.sub(r"[\W_]|[\u0300-\u036f]", "", plain_letters).removeprefix("the")


def named(data: Structured, value: object) -> list[str]:
    """The names of people, companies or subjects, given as text, object, list of them, or reference."""
    found: list[str] = []
    todo = [value]
    for _ in range(200):
        if not todo:
            break
        one = todo.pop(0)
        if isinstance(one, list):
            todo.extend(one[:100])
        elif isinstance(one, dict):
            found.extend(strings(one.get("name")) or _full_name(one) or strings(referred(data, one).get("name")))
        else:
            found.extend(strings(one))
    return found


def referred(data: Structured, thing: Thing) -> Thing:
    """The object that another names by its @id, else that other itself."""
    name = thing.get("@id")
    return data.named.get(name, thing) if isinstance(name, str) else thing


def _full_name(thing: Thing) -> tuple[str, ...]:
    name = " ".join(part for key in ("givenName", "familyName") for part in strings(thing.get(key))[:1])
    return (name,) if name else ()


def kind(thing: Thing, wanted: re.Pattern[str]) -> bool:
    """Whether an object is of a type that ends so."""
    return any(wanted.search(one) for one in strings(thing.get("@type")))


def _meta(root: Element) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for element in root.xpath("//meta[@content]")[:500]:
        content = plain(element.get("content"), 5000)
        for name in {element.get(key, "").strip().lower() for key in ("property", "name", "itemprop", "http-equiv")}:
            if name:
                found[name] = (*found.get(name, ()), content)
    return found


def _things(root: Element) -> Iterator[tuple[Thing, bool]]:
    """All objects of all JSON-LD, and whether each is what the page is about rather than mentioned."""
    scripts = root.xpath("//script[contains(translate(@type, 'LDJSON', 'ldjson'), 'ld+json')]")
    for script in scripts[:SCRIPTS]:
        yield from _walk(_loaded("".join(script.itertext())))


def _in_programs(root: Element) -> list[tuple[Thing, bool]]:
    """Articles that stand as JSON-LD in the data of a program, often with each quote escaped."""
    scripts = root.xpath("//script[not(@src)][contains(., '@type')][contains(., 'headline')]")[:SCRIPTS]
    texts = ("".join(script.itertext())[:SCRIPT_CHARACTERS].replace('\\"', '"') for script in scripts)
    return [(thing, True) for text in texts if isinstance(thing := _parsed(_fields_alone(text)), dict)]


def _walk(data: object) -> Iterator[tuple[Thing, bool]]:
    todo: list[tuple[object, bool]] = [(data, True)]
    for _ in range(NODES):
        if not todo:
            return
        value, direct = todo.pop()
        if isinstance(value, dict):
            yield value, direct
            todo.extend((inner, direct and key in THROUGH) for key, inner in reversed(value.items()))
        elif isinstance(value, list):
            todo.extend((inner, direct) for inner in reversed(value))


def _loaded(script: str) -> object:
    """JSON as publishers write it; None where nothing can be made of it."""
    for mend in MENDERS:
        script = mend(script[:SCRIPT_CHARACTERS])
        data = _parsed(script)
        if data is not None:
            return data
    return None


def _parsed(script: str) -> object:
    try:
        return json.loads(script, strict=False)
    except (ValueError, RecursionError):
        return None


def _without_wrapping(script: str) -> str:
    """Without the comments and CDATA that hide scripts from browsers of the last century."""
    script = script.strip()
    for mark in ("//", "/*", "<!--", "//", "<![CDATA[", "*/"):
        script = script.removeprefix(mark).lstrip()
    for mark in ("*/", "]]>", "/*", "//", "-->", "//", ";"):
        script = script.removesuffix(mark).rstrip()
    return script


def _without_comments(script: str) -> str:
    """Without lines of comment and trailing commas; strings stay as they are."""
    script = re.sub(r"^[ \t]*//[^\n]*$", "", script, flags=re.M)
    return re.sub(r'("(?:[^"\\]|\\.)*")|,(?=\s*[\]}])', r"\1", script, flags=re.S)


def _with_escapes(script: str) -> str:
    """With backslashes that escape nothing doubled, and HTML's own quotes undone."""
    if "&quot;" in script and '"' not in script:
        script = html.unescape(script)
    return re.sub(r'\\(?!["\\/bfnrt]|u[0-9a-fA-F]{4})', r"\\\\", script)


def _fields_alone(script: str) -> str:
    """The plain fields that can be read in what no longer is JSON, of its first article."""
    script = script[:MENDED_CHARACTERS]
    start = re.search(r'"@type"\s{0,9}:\s{0,9}\[?\s{0,9}"\w{0,30}(?:Article|Posting)"', script)
    if not start:
        return ""
    fields = dict(reversed(PLAIN_FIELD.findall(script)))
    if author := AUTHOR_FIELD.search(script):
        fields["author"] = author[1]
    return "{" + ", ".join(f'"{key}": {value}' for key, value in {"@type": '"Article"', **fields}.items()) + "}"


PLAIN_FIELD = re.compile(
    r'"(headline|datePublished|dateModified|description)"\s{0,9}:\s{0,9}("(?:[^"\\\n]|\\.){0,2000}")\s{0,30}[,}\]]'
)
AUTHOR_FIELD = re.compile(
    r'"author"\s{0,9}:[\s\[]{0,30}\{[^{}]{0,500}?"name"\s{0,9}:\s{0,9}("(?:[^"\\\n]|\\.){0,200}")'
)

MENDERS: tuple[Callable[[str], str], ...] = (
    str.strip,
    _without_wrapping,
    _without_comments,
    _with_escapes,
    _fields_alone,
)


def _addresses(root: Element, meta: Mapping[str, tuple[str, ...]], address: str) -> set[str]:
    links = [link.get("href", "") for link in root.xpath("//link[@rel='canonical'][@href]")[:3]]
    return {place for one in (*links, *meta.get("og:url", ()), address) if (place := _place(one, address))}


def _place(address: str, base: str) -> str:
    """An address as it compares: no scheme, www, query, fragment or slash at the end."""
    try:
        parts = urlsplit(urljoin(base, address.strip()))
    except ValueError:
        return ""
    path = parts.path.rstrip("/")
    return f"{parts.netloc.lower().removeprefix('www.')}{path}" if path else ""


def _likelihood(thing: Thing, here: set[str], title: str) -> float:
    """How likely an object is the page's article: it is here, is called as the page is, is of a fitting type."""
    places = {place for one in _places(thing) if (place := _place(one, ""))}
    about = 2.0 if places & here else (-1.0 if places and here else 0.0)
    types = strings(thing.get("@type"))
    fitting = 1.0 if any(one.endswith(("Article", "Posting", "Report")) for one in types) else 0.0
    return about + fitting + 2 * likeness(plain(thing.get("headline")) or plain(thing.get("name")), title)


def _places(thing: Thing) -> Iterable[str]:
    for key in ("url", "@id", "mainEntityOfPage"):
        value = thing.get(key)
        if isinstance(value, dict):
            value = value.get("@id") or value.get("url")
        if isinstance(value, str):
            yield value.split("#")[0]


def likeness(one: str, other: str) -> float:
    left, right = set(one.lower().split()), set(other.lower().split())
    return 2 * len(left & right) / (len(left) + len(right)) if left and right else 0.0
