"""Plain articles to HTML: what Python-Markdown makes of them, byte for byte, in a tenth of its time.

Most articles are prose with little in it. What is known here is a small part of
Markdown: headings, paragraphs, lists and quotations that are not nested, rules,
emphasis, links, pictures, code within a line, escapes and entities. A text in
which everything is certain to be of these is converted. Of any other, and of all
that is only likely to be, nothing is said, and Python-Markdown reads it. Where a
rule below seems odd, it is Python-Markdown's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby

FOREIGN = ("\t", "\r", "\x02", "\x03")
"""What is not known here wherever it stands: tabs, other line ends, Python-Markdown's own marks."""

EDUCATED = ('"', "'", "--", "...")
"""What typographic quotes are made of."""

_HELD = "\x02"
"""Stands for what is finished, as Python-Markdown's marks do: neither a space nor a part of a word."""

# A reference to a character by its number, but not written in full, is mended by Python's HTML parser.
_UNFINISHED = re.compile(r"&#(?!(?:[0-9]{1,7}|x[0-9a-fA-F]{1,6});)")
_AMPERSAND = re.compile(r"&(?!(?:#[0-9]+|#x[0-9a-f]+|[0-9a-z]+);)", re.I)

# What a block is, by its beginning. A block that is none of these is a paragraph.
_KIND = re.compile(
    r"(?P<heading>#)|(?P<quote>>)|(?P<rule>[-_*][-_* ]*+(?:\n|\Z))|(?P<list>(?:[-*+]|\d+\.) )"
    r"|(?P<definition>\[[^\]]*+\]:)|(?P<space>\s)"
)
_ITEM = re.compile(r" {0,3}(?:[-*+]|\d+\.) +(.*)")
_RULE = re.compile(r"([-*_])(?:\1\1++| \1 \1)")
# Lines that turn those above, or the whole block, into something else: deep, blank, of a quotation, table or rule.
_TURN = re.compile(r"\n(?: {4}| {0,3}(?:>|[-=_*|:][-=_*|: ]*+(?:\n|\Z)|\n|\Z))")
_UNQUOTED = re.compile(r"\n(?!>)")

_SIGNS = re.compile(r"[`\\\[\]<>*_\n]")
# Each alternative begins with a letter of its own, so that `re` leaps from one such letter to the next.
_CODE = r"`(?!`)[^`\n]++`(?!`)"
_LETTER = r"""[^\s()<>\[\]"'\\`]"""
_ADDRESS = rf"(?![\s\"')]){_LETTER}*+(?:\({_LETTER}*+\){_LETTER}*+)*+"
_TITLE = r"""[^"'()\[\]\\`<>\n]++"""
_PICTURE = rf"!\[[^\[\]`\\<\n]*+\]\({_ADDRESS}\)"
_WORDS = rf"(?:[^\[\]`\\<!]++|{_PICTURE}|!(?!\[)|{_CODE}|\\.)++"
_SPAN = re.compile(
    rf"""
    `(?!`)(?P<code>[^`\n]++)`(?!`)
    | \\(?P<escaped>[\\`*_{{}}\[\]()>\#+.!|-])
    | \[(?<!!\[)(?P<words>{_WORDS})\]\((?P<href>{_ADDRESS})(?:[ ]++"(?P<title>{_TITLE})")?\)
    | !\[(?P<alt>[^\[\]`\\<\n]*+)\]\((?P<src>{_ADDRESS})(?:[ ]++"(?P<caption>{_TITLE})")?\)
    | <(?P<address>https?://[A-Za-z0-9_./-]++)>
    | <(?P<less>)(?=[ ])
    | >(?P<greater>)
    | ` | < | \]\(
    """,
    re.X,
)
# Underscores inside a word are no signs, nor is a star between spaces.
_WITHIN = r"_(?<=[^\W_]_)_?+(?=[^\W_])"
_ALONE = r"\*(?<=\S \*)(?= \S)"
_PLAIN = rf"(?:[^*_]++|{_WITHIN})++(?<!\s)"
_BY_STARS = rf"\*\*(?![\s*]){_PLAIN}\*\*(?!\*)|\*(?![\s*]){_PLAIN}\*(?!\*)"
_BY_LINES = rf"__(?<!\w__)(?![\s_]){_PLAIN}__(?!\w)|_(?<!\w_)(?![\s_]){_PLAIN}_(?!\w)"
_IN_STARS = rf"((?:[^*_]++|{_WITHIN}|{_BY_LINES})++)(?<!\s)"
_IN_LINES = rf"((?:[^*_]++|{_WITHIN}|{_BY_STARS})++)(?<!\s)"
_EMPHASIS = re.compile(
    rf"\*\*(?![\s*]){_IN_STARS}\*\*(?!\*)|\*(?![\s*]){_IN_STARS}\*(?!\*)"
    rf"|__(?<!\w__)(?![\s_]){_IN_LINES}__(?!\w)|_(?<!\w_)(?![\s_]){_IN_LINES}_(?!\w)"
    rf"|{_WITHIN}|{_ALONE}|\*\**+()|__*+()"
)
_UNPAIRED = re.compile(rf"{_WITHIN}|{_ALONE}|(\*++|_++)")
_FILLED = re.compile(_HELD)
_LOOSE_BREAK = re.compile(r"  \n\s")


class _NotPlain(Exception):  # noqa: N818 - no error: the text is another's to convert
    """Something in a text is not of what is known here."""


def convert(text: str, *, typographic_quotes: bool = False) -> str | None:
    """Markdown to unsafe HTML, as `to_html` makes it; None for a text that is not plain."""
    if _is_foreign(text) or (typographic_quotes and any(sign in text for sign in EDUCATED)):
        return None
    try:
        html = _converted(text.split("\n\n"))
    except _NotPlain:
        return None
    return _AMPERSAND.sub("&amp;", html) if "&" in html else html


def _is_foreign(text: str) -> bool:
    return (
        any(sign in text for sign in FOREIGN)
        or ("~" in text and "~~~" in text)
        or ("&" in text and _UNFINISHED.search(text) is not None)
    )


def _converted(blocks: list[str], *, quoted: bool = False) -> str:
    html = []
    for kind, parts in groupby(_parts(blocks), _kind):
        match kind:
            case "":
                html += [f"<p>{_inline(part)}</p>" for part in parts]
            case "heading":
                html += [_heading(part) for part in parts]
            case "list":
                html.append(_list(list(parts)))
            case "quote" if not quoted:
                html.append(_quotation(parts))
            case "rule":
                html += [_rule(part) for part in parts]
            case _:
                raise _NotPlain
    return "\n".join(html)


def _kind(part: str) -> str:
    found = _KIND.match(part)
    return found.lastgroup or "" if found else ""


def _parts(blocks: list[str]) -> Iterator[str]:
    """Blocks, with each heading a block of its own."""
    for block in blocks:
        block = block.strip("\n")
        if "\n" in block:
            yield from _parts_of_lines(block)
        elif block:
            yield block


def _parts_of_lines(block: str) -> Iterator[str]:
    """A block of several lines, its headings apart."""
    turn = _UNQUOTED if block[0] == ">" else _TURN
    if "]:" in block or turn.search(block):
        raise _NotPlain
    if block[0] == "#" or "\n#" in block:
        yield from _around_headings(block)
    else:
        yield block


def _around_headings(block: str) -> Iterator[str]:
    for heading, lines in groupby(block.split("\n"), lambda line: line.startswith("#")):
        if heading:
            yield from lines
        else:
            yield "\n".join(lines)


def _heading(line: str) -> str:
    level = min(6, len(line) - len(line.lstrip("#")))
    words = line[level:].rstrip("#").strip()
    if not words or "\\#" in line or line.endswith("\\"):
        raise _NotPlain
    return f"<h{level}>{_inline(words)}</h{level}>"


def _rule(line: str) -> str:
    if not _RULE.fullmatch(line):
        raise _NotPlain
    return "<hr>"


def _quotation(blocks: Iterable[str]) -> str:
    inner: list[str] = []
    for block in blocks:
        lines = block.split("\n")
        text = "\n".join("" if line.strip() == ">" else line[2:] if line[1:2] == " " else line[1:] for line in lines)
        if text.endswith("\n"):
            raise _NotPlain
        inner += text.split("\n\n")
    if not (html := _converted(inner, quoted=True)):
        raise _NotPlain
    return f"<blockquote>\n{html}\n</blockquote>"


def _list(blocks: list[str]) -> str:
    """Blocks of items; an empty line makes paragraphs of the items on both its sides."""
    tag = "ul" if blocks[0][0] in "-*+" else "ol"
    html = [f"<{tag}>"]
    for number, block in enumerate(blocks):
        items = _items(block)
        loose = {0 if number else -1, len(items) - 1 if number < len(blocks) - 1 else -1}
        for place, item in enumerate(items):
            words = _inline(item)
            html.append(f"<li>\n<p>{words}</p>\n</li>" if place in loose else f"<li>{words}</li>")
    return "\n".join([*html, f"</{tag}>"])


def _items(block: str) -> list[str]:
    items: list[str] = []
    for line in block.split("\n"):
        if found := _ITEM.match(line):
            if not found[1] or _KIND.match(found[1]):
                raise _NotPlain
            items.append(found[1])
        else:
            items[-1] += f"\n{line}"
    return items


def _inline(text: str) -> str:
    if not _SIGNS.search(text):
        return text
    held: list[str] = []

    def hold(found: re.Match[str]) -> str:
        held.append(_SPANS[found.lastgroup](found))
        return _HELD

    text = _SPAN.sub(hold, text)
    text = _emphasized(text)
    if "  \n" in text:
        text = _broken(text)
    if held:
        following = iter(held)
        text = _FILLED.sub(lambda _: next(following), text)
    return text


def _code(found: re.Match[str]) -> str:
    return f"<code>{found['code'].strip().replace('&', '&amp;').replace('<', '&lt;').replace('>', '&gt;')}</code>"


def _escaped(found: re.Match[str]) -> str:
    return "&gt;" if found["escaped"] == ">" else found["escaped"]


def _link(found: re.Match[str]) -> str:
    words, href, title = found.group("words", "href", "title")
    return f'<a href="{href}"{_title(title)}>{_inline(words)}</a>'


def _picture(found: re.Match[str]) -> str:
    alt = found["alt"].replace('"', "&quot;").replace(">", "&gt;")
    return f'<img alt="{alt}" src="{found["src"]}"{_title(found["caption"])}>'


def _title(words: str | None) -> str:
    if words is None:
        return ""
    words = re.sub(r"\s", " ", words.strip())
    return f' title="{words}"'


def _address(found: re.Match[str]) -> str:
    return f'<a href="{found["address"]}">{found["address"]}</a>'


def _refused(found: re.Match[str]) -> str:
    raise _NotPlain


_SPANS: dict[str | None, Callable[[re.Match[str]], str]] = {
    "code": _code,
    "escaped": _escaped,
    "href": _link,
    "title": _link,
    "src": _picture,
    "caption": _picture,
    "address": _address,
    "less": lambda _: "&lt;",
    "greater": lambda _: "&gt;",
    None: _refused,
}
"""By the last group of `_SPAN` that matched."""


def _emphasized(text: str) -> str:
    return _EMPHASIS.sub(_emphasis, text) if "*" in text or "_" in text else text


def _emphasis(found: re.Match[str]) -> str:
    match found.lastindex:
        case None:
            return found[0]
        case 1 | 3:
            return f"<strong>{_emphasized(found[found.lastindex])}</strong>"
        case 2 | 4:
            return f"<em>{_emphasized(found[found.lastindex])}</em>"
        case _:
            # What is alone has nothing to pair with, unless it is long enough to hold its own end.
            if len(found[0]) > 3 or sum(map(bool, _UNPAIRED.findall(found.string))) > 1:
                raise _NotPlain
            return found[0]


def _broken(text: str) -> str:
    if _LOOSE_BREAK.search(text):
        raise _NotPlain
    return text.replace("  \n", "<br>\n")
