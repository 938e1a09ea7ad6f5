"""Scraped text to its lines: unwrapped, mended where tags broke sentences, without the marks of light markup."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, NamedTuple

Kind = Literal["", "heading", "item", "quote"]


class Raw(NamedTuple):
    """A line as it stood in the file, `number` counting from 1."""

    number: int
    text: str


class Line(NamedTuple):
    """What a reader takes for one line: `raw` holds the lines of the file that it was put together from.

    `indent` is in columns, `gap` the number of empty lines before it, `level`
    how deep a heading stands (1 to 6, 0 for none).
    """

    raw: tuple[Raw, ...]
    text: str
    kind: Kind = ""
    level: int = 0
    ordinal: str = ""
    indent: int = 0
    gap: int = 0
    strong: bool = False


SPACE = re.compile("[\\t\\x0b\\x0c\\x1c-\\x1f\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]")
UNSEEN = re.compile(
    "[\\x00-\\x08\\x0e-\\x1b\\x7f-\\x84\\x86-\\x9f\\xad\\u061c\\u180e\\u200b\\u200e\\u200f\\u202a-\\u202e\\u2060-\\u2064\\u2066-\\u2069"
    "\\ufeff\\ufffe\\uffff]"
)
UNPAIRED = re.compile("[\ud800-\udfff]")


def normal(text: str) -> str:
    """Composed letters, one kind of space, one kind of line end, and nothing that cannot be seen."""
    text = UNSEEN.sub("", SPACE.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n")))
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", UNPAIRED.sub("\ufffd", text))


def parse(text: str) -> list[Line]:
    """A text to its lines; what holds nothing readable is no line."""
    written = normal(text).split("\n")
    width = _width(written)
    marked = _is_marked(written)
    return _mended(_unwrapped(_read(written, marked=marked), width))


# One line of the file after the other -----------------------------------------------------------------

MARK = re.compile(r"(#{1,6})[ ]+|([*+•‣▪◦●○■□·–—-])[ ]+|(\d{1,3}[.)])[ ]+|((?:>[ ]?)+)")
LONE_MARKS = frozenset(" *+•‣▪◦●○■□·–—-|>#/\\_.,:;~=^`'\"«»‹›→←↑↓▲▼►◄★☆✓✔✕✖×")


@dataclass(slots=True)
class _Draft:
    """A line that may still grow."""

    raw: list[Raw]
    parts: list[str]
    kind: Kind
    level: int
    ordinal: str
    indent: int
    gap: int
    end: int
    strong: bool


def _read(written: Sequence[str], *, marked: bool) -> Iterator[_Draft]:
    gap = 0
    for number, line in enumerate(written, 1):
        bare = line.strip()
        if not bare:
            gap += 1
            continue
        draft = _draft(number, line, bare, marked=marked)
        draft.gap = gap
        gap = 0
        yield draft


def _draft(number: int, line: str, bare: str, *, marked: bool) -> _Draft:
    kind: Kind = ""
    level, ordinal, rest = 0, "", bare
    if bare[0].isalpha():
        text, strong = _unmarked(rest, marked=marked)
        return _Draft([Raw(number, bare)], [text], kind, 0, "", _indent(line), 0, len(line.rstrip()), strong)
    # a list's item may hold a heading, a heading a number; three marks are more than there ever are
    for _ in range(3):
        mark = MARK.match(rest)
        if not mark:
            break
        hashes, _, count, quote = mark.groups()
        if count and (kind == "heading" or not marked):
            break
        rest = rest[mark.end() :]
        if hashes:
            kind, level = "heading", len(hashes)
        elif kind != "heading":
            kind = "quote" if quote else "item"
            ordinal = count or ordinal
    text, strong = _unmarked(rest, marked=marked)
    return _Draft([Raw(number, bare)], [text], kind, level, ordinal, _indent(line), 0, len(line.rstrip()), strong)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" ")) if line[0] == " " else 0


IMAGE = re.compile(r"!\[([^\[\]]*)\]\([^()\s]*(?:\s\"[^\"]*\")?\)")
LINK = re.compile(r"\[([^\[\]]*)\]\([^()\s]*(?:\s\"[^\"]*\")?\)")
STRONG = re.compile(r"\*\*|(?<!\w)__(?!_)|(?<!_)__(?!\w)")
EMPHASIS = re.compile(r"(?<![\w*_])([*_])(?=[^\s*_])([^*_]+?)(?<=\S)\1(?![\w*_])")
ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|>])")


def _unmarked(text: str, *, marked: bool) -> tuple[str, bool]:
    """A line without emphasis, links and escapes of Markdown; and whether all of it stood strong."""
    strong = marked and len(text) > 4 and text[:2] in ("**", "__") and text[-2:] == text[:2]
    if "](" in text:
        text = LINK.sub(r"\1", IMAGE.sub(r"\1", text))
    if marked and ("*" in text or "_" in text):
        text = EMPHASIS.sub(r"\2", STRONG.sub("", text))
    if "\\" in text:
        text = ESCAPE.sub(r"\1", text)
    if "  " in text:
        text = " ".join(text.split())
    return text.strip(), strong


def _is_marked(written: Iterable[str]) -> bool:
    """Whether a text is Markdown or the like: several headings, emphases or pictures say so."""
    seen = 0
    for line in written:
        bare = line.lstrip()
        seen += bare.startswith(("# ", "## ", "### ", "#### ", "**", "__", "![", "* ["))
        if seen >= 3:
            return True
    return False


# Hard-wrapped lines -------------------------------------------------------------------------------------

NARROW, WIDE = 40, 130


def _width(written: Sequence[str]) -> int:
    """The column at which a text was wrapped; 0 where it was not.

    Where it was, lines crowd at the width, and hardly one ends early that goes on
    below. Single lines may be longer: addresses, lists that were left alone.
    """
    pairs = [
        (len(line.rstrip()), after)
        for line, after in pairwise(written)
        if NARROW <= len(line) <= WIDE and " " in line.strip() and after.strip() and not MARK.match(after.lstrip())
    ]
    if len(pairs) < 4:
        return 0
    width = _crowded(Counter(end for end, _ in pairs))
    within = [(end, after) for end, after in pairs if end <= width]
    full = sum(_is_full(end, after, width) for end, after in within)
    longer = sum(len(line) > width + 8 for line in written)
    return width if full >= max(4, 0.75 * len(within), 3 * longer) else 0


def _crowded(lengths: Counter[int]) -> int:
    """The length below which most lines end, and above which there is next to none."""

    def crowd(width: int) -> int:
        return sum(lengths[width - less] for less in range(9)) - 4 * sum(lengths[width + more] for more in range(1, 9))

    return max(sorted(lengths), key=crowd)


def _is_full(end: int, after: str, width: int) -> bool:
    """Whether the first word of the next line had no more room in a line that ends at column `end`."""
    first = after.lstrip().split(" ", 1)[0]
    return end <= width + 2 and end + 1 + len(first) > width - 1


def _unwrapped(drafts: Iterable[_Draft], width: int) -> Iterator[_Draft]:
    last: _Draft | None = None
    for draft in drafts:
        if last and width and _goes_on(last, draft, width):
            _grow(last, draft)
            continue
        if last:
            yield last
        last = draft
    if last:
        yield last


def _goes_on(last: _Draft, draft: _Draft, width: int) -> bool:
    if draft.gap or draft.kind not in ("", last.kind if last.kind == "quote" else ""):
        return False
    # every line of a quotation bears its mark
    return _is_full(last.end, draft.parts[0] if draft.kind else draft.raw[0].text, width)


def _grow(last: _Draft, more: _Draft) -> None:
    last.raw += more.raw
    last.parts += more.parts
    last.end = more.end


# Sentences that tags broke ------------------------------------------------------------------------------

GOES_ON = re.compile(r"[,;:.!?)\]%’”»…，。、；：！？」』）]|[a-zà-öø-ÿа-яё]|['\"]?(?:s|t|re|ve|ll|d)\b|[&–—-] ")
OPEN_END = frozenset(
    re.findall(
        r"\w+",
        """
        a an the of to in on at by for with from and or but as that than which who whose is are was were be been has
        have had said says told its his her their our your my this these those into about after before between over
        under der die das den dem des ein eine einen einem einer und oder mit von zu zum zur im am auf für bei nach über
        le la les un une du de et ou à au aux en par pour sur dans avec que qui dont el los las una unos y o del al con
        por para sobre entre lo il gli uno di da nel nella che e os um uma do dos na no nas nos em ao
        """,
    )
)
"""Words that no sentence ends with."""
BINDING = frozenset(("of", "the", "a", "an", "and", "or", "to", "with", "from", "for", "by", "der", "die", "und", "de"))
"""Words that bind the next line even to a short one; "in" and "up" end what buttons say."""
TERMINATORS = frozenset(".!?…:;。！？؟।")
CLOSERS = "\"'”’»)]）」』"


def _mended(drafts: Iterable[_Draft]) -> list[Line]:
    """Lines put together again where a sentence was broken at a link or an emphasis."""
    mended: list[_Draft] = []
    for draft in drafts:
        if mended and _is_broken(mended[-1], draft):
            _grow(mended[-1], draft)
        else:
            mended.append(draft)
    return [line for line in map(_line, mended) if line.text]


def _is_broken(last: _Draft, draft: _Draft) -> bool:
    if draft.gap or draft.kind or last.kind == "heading":
        return False
    before, after = last.parts[-1], draft.parts[0]
    if not before or not after or not _has_room(last):
        return False
    head = after[0]
    if before[-1] in TERMINATORS or before.rstrip(CLOSERS)[-1:] in TERMINATORS:
        return head in ",;.)”’" and len(after) < 4
    final = before.rsplit(None, 1)[-1]
    if final in BINDING and before.count(" ") > 1:
        return True
    if before[-1] in ",(–—" or final.lower() in OPEN_END:
        return len(before) > 24 or head.islower()
    is_long = len(before) > 30 or len(after) > 30 or len(last.parts) > 1
    return bool(GOES_ON.match(after)) and (is_long or head in ",;.!?)”’，。、；！？")


def _has_room(draft: _Draft) -> bool:
    """No paragraph is a hundred fragments: a list of small words is not to become one line."""
    return len(draft.raw) < 100


def _line(draft: _Draft) -> Line:
    text = draft.parts[0]
    for part in draft.parts[1:]:
        text += _between(text, part) + part
    if len(text) < 4 and LONE_MARKS.issuperset(text):
        text = ""
    return Line(
        tuple(draft.raw), text, draft.kind, draft.level, draft.ordinal, draft.indent, draft.gap, draft.strong
    )


def _between(text: str, part: str) -> str:
    """What stands between two parts of a line: nothing before a comma, in Chinese, or where a word was broken."""
    if not text or not part:
        return ""
    if part[0] in ",;.!?)]”’…%，。、；：！？」』）" or text[-1] in "([“‘":
        return ""
    return "" if is_dense(text[-1]) and is_dense(part[0]) else " "


def is_dense(character: str) -> bool:
    """Whether a letter belongs to writing without spaces: Chinese, Japanese and what goes with them."""
    return "\u3000" <= character <= "\u9fff" or "\uff00" <= character <= "\uffef" or character >= "\U00020000"


