"""Markdown to HTML that is safe to publish: the one door through which article text becomes markup."""

from __future__ import annotations

import html
import posixpath
import re
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from broadsheet import __version__, swift
from broadsheet.limits import LARGEST_BODY, check_html, check_words
from broadsheet.model import Facts
from broadsheet.slugs import composed, slugify
from broadsheet.values import digest
from broadsheet.versions import installed

if TYPE_CHECKING:
    import nh3

ENGINES = installed("Markdown", "Pygments", "nh3")
"""What the HTML of an article depends on besides its text and ourselves."""

_HEADINGS = {f"h{n}" for n in range(1, 7)}
TAGS = {
    *_HEADINGS, "a", "abbr", "b", "blockquote", "br", "caption", "cite", "code", "dd", "del", "details", "dfn",
    "div", "dl", "dt", "em", "figcaption", "figure", "hr", "i", "img", "ins", "kbd", "li", "mark", "ol", "p",
    "pre", "q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strong", "sub", "summary", "sup", "table",
    "tbody", "td", "tfoot", "th", "thead", "time", "tr", "ul", "var", "wbr",
}
ATTRIBUTES = {
    "*": {"dir", "lang", "title"},
    "a": {"href", "class", "id"},
    "abbr": {"title"},
    "blockquote": {"cite"},
    "del": {"cite", "datetime"},
    "details": {"open"},
    "div": {"class"},
    "img": {"src", "alt"},
    "ins": {"cite", "datetime"},
    "li": {"id", "value"},
    "ol": {"start", "reversed"},
    "q": {"cite"},
    "span": {"class"},
    "sup": {"id"},
    "td": {"colspan", "rowspan", "class"},
    "th": {"colspan", "rowspan", "scope", "class"},
    "time": {"datetime"},
}
SCHEMES = {"http", "https", "mailto"}
_FOOTNOTE_ID = re.compile(r"fn(?:ref\d*)?:[\w.-]+")
_ELSEWHERE = re.compile(rf"(?:{'|'.join(sorted(SCHEMES))}):", re.I)
_UNLINKED = re.compile(r'<a(?:\s+(?!href=)[a-z-]+="[^"]*")*>((?:(?!</?a\b).)*)</a>', re.S)
_ALIGNMENTS = ("left", "center", "right")

Resolve = Callable[[str], str | None]
"""A relative address as typed to what the page should print; None unlinks it."""


@cache
def _cleaner_options() -> dict[str, Any]:
    from broadsheet import engine

    aligned = {f"align-{side}" for side in _ALIGNMENTS}
    return {
        "tags": TAGS,
        "clean_content_tags": {"script", "style", "svg", "math", "template", "noscript", "iframe", "title"},
        "attributes": {tag: names - {"class"} for tag, names in ATTRIBUTES.items()},
        "allowed_classes": {
            "a": {"footnote-ref", "footnote-backref"},
            "div": {"highlight", "footnote"},
            "span": set(engine.code_classes()),
            "td": aligned,
            "th": aligned,
        },
        "url_schemes": SCHEMES,
        "link_rel": None,
    }


Kept = Callable[[str, Callable[[], str]], str]
"""What is kept under a key, or else is made, and kept from then on."""


def to_html(
    text: str, *, typographic_quotes: bool = False, back_to_note: str | None = None,
    kept: Kept = lambda key, make: make(),
) -> str:
    """Markdown (Python-Markdown's dialect with tables, fenced code and footnotes) to unsafe HTML.

    `back_to_note` is the title of the links at the end of footnotes, with {} for
    the number; None is Python-Markdown's own. What takes long is asked of `kept`.
    What comes out may hold script; only `sanitize` makes it fit to publish.
    Raises TooCostlyError, a ValueError, for text beyond the limits.
    """
    if len(text) <= LARGEST_BODY and (html := swift.convert(text, typographic_quotes=typographic_quotes)) is not None:
        # Nothing in it is typed as HTML, and no two tags of a kind stand in each other.
        check_words(html)
        return html
    # Imported here: Python-Markdown takes long to load, and a build with nothing to render does without.
    from broadsheet import engine

    back = back_to_note or engine.BACK_TO_NOTE

    def converted() -> str:
        html = engine.convert(text, typographic_quotes=typographic_quotes, back_to_note=back)
        check_html(html)
        return html

    return kept(digest(__version__, ENGINES, typographic_quotes, back, text), converted)


def sanitize(unsafe: str, resolve: Resolve = lambda address: address, *, mark: str = "") -> str:
    """HTML to what the allow-list lets pass, every relative address through `resolve`.

    Scripts, styles, handlers, SVG, MathML and addresses other than http, https
    and mailto do not come out of here, whatever went in. Ids stay only on
    footnotes, with `mark` before them. Of a link without an address its words
    stay.
    """
    return with_addresses(clean(unsafe), resolve, mark=mark)


def clean(unsafe: str) -> str:
    """The same with relative addresses still as typed, which `with_addresses` is to resolve."""
    return _cleaner().clean(unsafe)


# Making one costs as much as cleaning an article.
@cache
def _cleaner() -> nh3.Cleaner:
    import nh3

    return nh3.Cleaner(attribute_filter=_attribute, **_cleaner_options())


def _attribute(tag: str, name: str, value: str) -> str | None:
    if name == "id":
        return value if _FOOTNOTE_ID.fullmatch(value) else None
    if name in _ADDRESSES:
        # What browsers strip and no more: with the no-break space before it gone, `javascript:` would be a scheme.
        address = value.strip("\t\n\f\r ")
        if address.startswith("//"):
            return f"https:{address}"
        return address if is_relative(address) or _ELSEWHERE.match(address) else None
    return value


# The sanitizer writes tags in one way only: lower case, attribute values in double quotes.
_TAG = re.compile(r'<[a-z][a-z0-9]*(?:\s+[a-z-]+="[^"]*")+')
_ATTRIBUTE = re.compile(r'\s+([a-z-]+)="([^"]*)"')
_ADDRESSES = ("href", "src", "cite")


def with_addresses(cleaned: str, resolve: Resolve, *, mark: str = "") -> str:
    """Cleaned HTML to what `sanitize` gives."""

    def attribute(found: re.Match[str]) -> str:
        if found[1] == "id":
            return f' id="{_written(mark)}{found[2]}"'
        address = html.unescape(found[2])
        if found[1] not in _ADDRESSES or not is_relative(address):
            return found[0]
        resolved = resolve(address)
        return "" if resolved is None else f' {found[1]}="{_written(resolved)}"'

    return _UNLINKED.sub(r"\1", _TAG.sub(lambda tag: _ATTRIBUTE.sub(attribute, tag[0]), cleaned))


def _written(value: str) -> str:
    """An attribute's value as the sanitizer writes it."""
    return html.escape(value, quote=False).replace("\xa0", "&nbsp;").replace('"', "&quot;")


def is_relative(address: str) -> bool:
    """Whether an address has neither scheme nor host."""
    return not re.match(r"(?:[A-Za-z][A-Za-z0-9+.-]*:|//|\\|/\\)", address)


_IMAGE = re.compile(r'<img((?:\s+[a-z-]+="[^"]*")*)\s*/?>')
_HEADING = re.compile(r'<(/?)h([1-6])((?:\s+[a-z-]+="[^"]*")*)>')


def with_image_attributes(safe: str, attributes: Callable[[str], dict[str, str]]) -> str:
    """Sanitized HTML with attributes added to each img by its src (width, height, loading)."""
    if "<img" not in safe:
        return safe

    def image(found: re.Match[str]) -> str:
        src = re.search(r'\ssrc="([^"]*)"', found[1])
        added = attributes(html.unescape(src[1])) if src else {}
        alt = "" if re.search(r"\salt=", found[1]) else ' alt=""'
        words = "".join(f' {name}="{html.escape(value)}"' for name, value in added.items())
        return f"<img{found[1]}{alt}{words}>"

    return _IMAGE.sub(image, safe)


def with_sources(safe: str, source: Callable[[str], dict[str, str]]) -> str:
    """Sanitized HTML whose images stand in a picture element with a source, whose attributes `source` gives by src."""
    if "<img" not in safe:
        return safe

    def picture(found: re.Match[str]) -> str:
        src = re.search(r'\ssrc="([^"]*)"', found[1])
        attributes = source(html.unescape(src[1])) if src else {}
        if not attributes:
            return found[0]
        words = "".join(f' {name}="{html.escape(value)}"' for name, value in attributes.items())
        return f"<picture><source{words}>{found[0]}</picture>"

    return _IMAGE.sub(picture, safe)


def with_heading_levels(safe: str) -> str:
    """Sanitized HTML whose headings begin at h2, the page's one h1 being its title, and skip no level."""
    levels: list[tuple[int, int]] = []
    opened: list[int] = []

    def heading(found: re.Match[str]) -> str:
        level = int(found[2])
        if found[1]:
            return f"</h{opened.pop() if opened else 2}{found[3]}>"
        while levels and levels[-1][0] >= level:
            levels.pop()
        levels.append((level, min(6, levels[-1][1] + 1 if levels else 2)))
        opened.append(levels[-1][1])
        return f"<h{levels[-1][1]}{found[3]}>"

    return _HEADING.sub(heading, safe)


# A heading ends where the first one inside it ends: so the search stays linear in whatever was typed.
_PART = re.compile(r'<h([2-6])((?:\s+[a-z-]+="[^"]*")*)>(.*?)(?=</h[2-6]>)', re.S)
_LINK = re.compile(r'<a((?:\s+[a-z-]+="[^"]*")*)>((?:(?!</?a\b).)*)</a>', re.S)
_ID = re.compile(r'<[a-z][a-z0-9]*(?:\s+[a-z-]+="[^"]*")*?\s+id="([^"]*)"')


def with_parts(safe: str) -> str:
    """Sanitized HTML whose headings have ids of their words, so that links lead to them."""
    ids = _ids(safe)
    repeated: dict[str, int] = {}

    def part(found: re.Match[str]) -> str:
        id = stem = f"part-{slugify(to_text(found[3]))}"
        while id in ids:
            repeated[stem] = repeated.get(stem, 1) + 1
            id = f"{stem}-{repeated[stem]}"
        ids.add(id)
        return f'<h{found[1]}{found[2]} id="{html.escape(id)}">{found[3]}'

    return _PART.sub(part, safe)


def with_living_links(safe: str, page: str = "") -> str:
    """Sanitized HTML in which, of a link that begins with `page` and leads to no part of this text, its words stay."""
    if f'{html.escape(page, quote=False)}#' not in safe:
        return safe
    ids = _ids(safe)

    def link(found: re.Match[str]) -> str:
        href = re.search(r'\shref="([^"#]*)#([^"]*)"', found[1])
        leads = not href or html.unescape(href[1]) != page or html.unescape(href[2]) in ids
        return found[0] if leads else found[2]

    return _LINK.sub(link, safe)


def _ids(safe: str) -> set[str]:
    return {html.unescape(found) for found in _ID.findall(safe)} if ' id="' in safe else set()


def with_focusable_tables(safe: str) -> str:
    """Sanitized HTML whose tables, which scroll inside themselves, can be reached by keyboard."""
    return safe.replace("<table", '<table tabindex="0"')


def to_text(safe: str) -> str:
    """HTML of one paragraph to its words on one line."""
    words = re.sub(r"<[^>]*>", "", re.sub(r"<(?:br|/p|/li|/t[dh])\b[^>]*>", " ", safe))
    return re.sub(r"\s+", " ", html.unescape(words)).strip()


# What Markdown refers to and says, without rendering it ---------------------------------------------


_TARGETS = (
    ("](", re.compile(r"\]\(\s*(?:<([^>\n]*)>|((?:[^\s()]|\([^\s()]*\))+))")),
    ("]:", re.compile(r"^[ ]{0,3}\[(?!\^)[^\]\n]+\]:\s*(?:<([^>\n]*)>|(\S+))", re.M)),
    ("=", re.compile(r"""\b(?:href|src)\s*=\s*(?:"([^"\n]*)"|'([^'\n]*)'|([^\s"'<>]+))""", re.I)),
)
"""What every address of its kind is written with, and the pattern that finds it: the first is cheap to look for."""


_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()>#+.!-])")


def references(text: str) -> tuple[str, ...]:
    """The relative addresses that Markdown's links and pictures may name, each once, as typed.

    A scan, not a parse: it may find one in code or in a comment that is none,
    which `addresses` tells. The renderer refuses what was not found here, so
    nothing is resolved unseen.
    """
    matches = (match for sign, pattern in _TARGETS if sign in text for match in pattern.finditer(text))
    typed = (match[match.lastindex or 0] for match in sorted(matches, key=re.Match.start))
    found = dict.fromkeys(html.unescape(_ESCAPED.sub(r"\1", target)) for target in typed)
    return tuple(target for target in found if target and not target.startswith("#") and is_relative(target))


def addresses(text: str) -> frozenset[str]:
    """The relative addresses that Markdown truly links to and shows, at the price of rendering it.

    Empty for text that `to_html` refuses.
    """
    found: set[str] = set()

    def note(address: str) -> str:
        found.add(address)
        return address

    try:
        sanitize(to_html(text), note)
    except ValueError:
        return frozenset()
    return frozenset(found)


def resolved_path(base: str, target: str) -> str:
    """A relative address as typed, seen from the file `base`, to a path below the content folder.

    Percent forms are read, a query and a fragment left out. What climbs above
    the content folder begins with `..`.
    """
    path = unquote(re.split("[?#]", target, maxsplit=1)[0])
    return composed(posixpath.normpath(posixpath.join(posixpath.dirname(base), path)))


def fragment(target: str) -> str:
    """The `#part` of an address as typed, with its sign, or ""."""
    return "#" + target.split("#", 1)[1] if "#" in target else ""


_MARKS = (
    (re.compile(r"^[ ]{0,3}\[[^\]\n]+\]:[ \t]*\S.*$", re.M), ""),  # what a reference leads to
    (re.compile(r"<!--(?:(?!<!--).)*?-->|</?[A-Za-z][^<>]*>", re.S), " "),
    (re.compile(r"!?\[([^\[\]]*)\](?:\((?:[^()\n]|\([^()\n]*\))*\)|\[[^\[\]\n]*\])"), r"\1"),
    (re.compile(r"\[\^[^\[\]\n]*\]:?"), " "),
    (re.compile(r"^[ \t>]*(?:#{1,6}[ \t]|[-*+][ \t]|\d+[.)][ \t]|(?:```|~~~).*$|[-=|:* \t]+$)?", re.M), " "),
    (re.compile(r"(?<![\w\\])_+|_+(?!\w)|(?<!\\)[*`|]+"), ""),
)
"""What is syntax in Markdown, and what stays of it."""


def plain(text: str) -> str:
    """Markdown to its words on one line, cheaply: for what is counted and searched, never for what is shown as HTML."""
    for pattern, rest in _MARKS:
        text = pattern.sub(rest, text)
    return " ".join(html.unescape(_ESCAPED.sub(r"\1", text)).split())


_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")


def word_count(text: str) -> int:
    """Words of a Markdown text; scripts written without spaces count two characters as one word."""
    if text.isascii():
        return len(text.split())
    words, unspaced = _UNSPACED.subn(" ", text)
    return len(words.split()) + unspaced // 2


def facts_of(text: str, *, opened: bool) -> Facts:
    """What a digest needs to know of a Markdown text; with its first words where it is to be `opened` with them."""
    return Facts(
        words=word_count(text), letters=len(text), opening=first_words(text) if opened else "", targets=references(text)
    )


def first_words(text: str, length: int = 240) -> str:
    """The first paragraph of prose as plain text, cut at a sentence or a word near `length` characters."""
    definitions = ""
    if "]:" in text:
        definitions = "\n".join(re.findall(r"^[ ]{0,3}\[(?!\^)[^\]\n]+\]:.*$", text, re.M))
    for block in re.split(r"\n[ \t]*\n", text[:20_000]):
        if re.match(r"\s*(?:#|```|~~~|[-*+] |\d+\. |>|\||<|!\[|\[[^\]]+\]:| {4}|\t)", block) or not block.strip():
            continue
        try:
            unsafe = to_html(re.sub(r"\[\^[^\]]*\]", "", block) + "\n\n" + definitions)
        except ValueError:
            # Whoever renders the whole text says so.
            return ""
        if words := to_text(sanitize(unsafe)):
            return _cut(words, length)
    return ""


def _cut(words: str, length: int) -> str:
    if len(words) <= length:
        return words
    sentences = [found.end() for found in re.finditer(r"[.!?。！？؟]['\"”’)]?(?=\s)|[。！？]", words[: length + 1])]
    if sentences and sentences[-1] > length // 3:
        return words[: sentences[-1]].strip()
    return words[:length].rsplit(" ", 1)[0].rstrip(" ,;:") + " …"
