"""Safe HTML to plain text: wrapped, quotations marked, links numbered and told below."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

WIDTH = 72
"""Columns of a line; a character of Chinese, Japanese or Korean takes two."""

DEEPEST = 12
"""Quotations and lists inside one another that still indent what is in them."""

NARROWEST = 24
"""Columns that are left to the words however deep they stand."""

_TOKEN = re.compile(r'<(/?)([a-z][a-z0-9]*)((?:\s+[a-z-]+="[^"]*")*)\s*/?>|([^<]+)')
"""A tag or words: the sanitizer writes tags in one way only."""

_ATTRIBUTE = re.compile(r'([a-z-]+)="([^"]*)"')
_NOTE = re.compile(r"#fn(ref\d*)?:([\w.-]+)$")
_SPACES = re.compile(r"[ \t\n\r\f\v]+")
_WIDE = (
    "\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60"
    "\uffe0-\uffe6\U0001f300-\U0001faff\U00020000-\U0003fffd"
)
_UNDERLINES = {"h1": "=", "h2": "-"}
_BLOCKS = {
    "p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "figure", "figcaption", "details", "summary", "dl", "dt", "caption",
    "section",
}  # fmt: skip


def to_plain(safe: str, width: int = WIDTH) -> str:
    """Sanitized HTML to text that is read as it is, without a line's end at its own.

    Nothing is escaped and no control character but the line's end comes out.
    Code stands as it was typed, and a word too long for a line is not cut.
    """
    writer = _Writer(width)
    for found in _TOKEN.finditer(safe):
        if found[4]:
            writer.words(_printable(html.unescape(found[4])))
        elif found[1]:
            writer.close(found[2])
        else:
            writer.open(found[2], {name: html.unescape(value) for name, value in _ATTRIBUTE.findall(found[3])})
    writer.flush()
    return "\n".join([*writer.lines, *_notes(writer.notes)])


def wrapped(text: str, width: int = WIDTH) -> str:
    """Words to lines of at most `width` columns."""
    return "\n".join(_wrap(_SPACES.sub(" ", _printable(text)).strip(), width))


def underlined(text: str, sign: str = "=") -> str:
    """A heading: words to lines, and a line of signs below them."""
    lines = wrapped(text).split("\n")
    return "\n".join([*lines, sign * min(WIDTH, max(columns(line) for line in lines))])


def columns(text: str) -> int:
    """How many columns a text takes where every character has the same width."""
    return len(text) if text.isascii() else sum(map(_columns_of, text))


@lru_cache(maxsize=4096)
def _columns_of(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


@dataclass(slots=True, kw_only=True)
class _Box:
    """A quotation, a list or what stands in one: `first` stands before its first line, `rest` before all others."""

    tag: str
    first: str = ""
    rest: str = ""
    number: int = 0
    started: bool = False


class _Writer:
    """What has been read so far: lines that are done, and the words of the block that is not."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.lines: list[str] = []
        self.notes: dict[str, int] = {}
        self.inline: list[str] = []
        self.boxes: list[_Box] = []
        self.anchors: list[tuple[str, int]] = []
        self.rows: list[tuple[list[str], bool]] = []
        self.tables = 0
        self.code = False
        self.heading = ""
        self.paragraphs = 0
        self.is_dense = False

    # What is met

    def words(self, text: str) -> None:
        self.inline.append(text if self.code else _SPACES.sub(" ", text))

    def open(self, tag: str, attributes: dict[str, str]) -> None:
        if opener := _OPENERS.get(tag):
            opener(self, attributes)
        elif tag in _BLOCKS:
            self.flush()
            self.heading = tag
            self.paragraphs += tag == "p"

    def close(self, tag: str) -> None:
        if closer := _CLOSERS.get(tag):
            closer(self)
        elif tag in _BLOCKS:
            self.flush()
            self.heading = ""
            self.paragraphs -= tag == "p"

    # Blocks

    def flush(self) -> None:
        """The words since the last block, as lines."""
        if self.tables:
            self.inline.append(" ")
            return
        text = "".join(self.inline)
        self.inline.clear()
        self.anchors.clear()
        parts = [part.strip(" ") for part in text.split("\n")]
        lines = [line for part in parts if part for line in _wrap(part, self.room())]
        if lines and (sign := _UNDERLINES.get(self.heading)):
            lines.append(sign * max(map(columns, lines)))
        self.emit(lines)

    def emit(self, lines: list[str]) -> None:
        """A block below those before it, with a line between but for the points of a dense list."""
        if not lines:
            return
        dense = self.paragraphs <= 0 and any(box.tag == "li" for box in self.boxes)
        if self.lines and not (dense and self.is_dense):
            self.lines.append("".join(box.rest for box in self.indents() if box.started).rstrip())
        self.is_dense = dense
        for line in lines:
            self.lines.append((self.indent() + line).rstrip())

    def rule(self) -> None:
        self.flush()
        if not self.tables:
            self.emit(["* * *"])

    def indent(self) -> str:
        marks = []
        for box in self.indents():
            marks.append(box.rest if box.started else box.first)
            box.started = True
        return "".join(marks)

    def indents(self) -> list[_Box]:
        return self.boxes[:DEEPEST]

    def room(self) -> int:
        return max(NARROWEST, self.width - sum(len(box.rest) for box in self.indents()))

    # Quotations and lists

    def enter(self, box: _Box) -> None:
        self.flush()
        self.boxes.append(box)

    def leave(self, *tags: str) -> None:
        self.flush()
        if self.boxes and self.boxes[-1].tag in tags:
            self.boxes.pop()

    def open_list(self, attributes: dict[str, str], tag: str) -> None:
        start = attributes.get("start", "1")
        self.enter(_Box(tag=tag, number=int(start) if re.fullmatch(r"-?\d{1,9}", start) else 1))

    def open_point(self, attributes: dict[str, str]) -> None:
        above = self.boxes[-1] if self.boxes else None
        mark = "- "
        if note := _NOTE.fullmatch("#" + attributes.get("id", "")):
            mark = f"[^{note[2]}] "
        elif above and above.tag == "ol":
            mark = f"{above.number}. "
            above.number += 1
        self.enter(_Box(tag="li", first=mark, rest=" " * len(mark)))

    # Words that are more than words

    def open_link(self, attributes: dict[str, str]) -> None:
        self.anchors.append((attributes.get("href", ""), len(self.inline)))

    def close_link(self) -> None:
        if not self.anchors:
            return
        address, start = self.anchors.pop()
        said = "".join(self.inline[start:]).strip()
        if note := _NOTE.search(address):
            self.inline[start:] = [] if note[1] else [f"[^{note[2]}]"]
        elif address and said not in (address, address.removeprefix("mailto:")):
            self.inline.append(f" [{self.note(address)}]" if said else f"<{address}>")

    def note(self, address: str) -> int:
        return self.notes.setdefault(_printable(address), len(self.notes) + 1)

    def picture(self, attributes: dict[str, str]) -> None:
        words = _SPACES.sub(" ", _printable(attributes.get("alt", ""))).strip()
        if address := attributes.get("src", ""):
            self.inline.append(f"[{words}] [{self.note(address)}]" if words else f"[{self.note(address)}]")

    def mark(self, sign: str) -> None:
        if not self.code:
            self.inline.append(sign)

    # Code and tables

    def open_code(self, _: dict[str, str]) -> None:
        self.flush()
        self.code = True

    def close_code(self) -> None:
        text, self.code = "".join(self.inline), False
        self.inline.clear()
        lines = [f"    {line}".rstrip() for line in text.expandtabs(4).strip("\n").split("\n")]
        if self.tables:
            self.inline.append(" ".join(lines))
        elif any(lines):
            self.emit(lines)

    def open_table(self, _: dict[str, str]) -> None:
        self.flush()
        self.tables += 1

    def close_table(self) -> None:
        if not self.tables:
            return
        self.end_cell()
        self.tables -= 1
        if not self.tables:
            rows, self.rows = [(cells, is_head) for cells, is_head in self.rows if any(cells)], []
            self.emit(_table(rows, self.room()))

    def open_row(self, _: dict[str, str]) -> None:
        self.end_cell()
        if self.tables == 1:
            self.rows.append(([], True))

    def open_cell(self, is_head: bool) -> None:
        self.end_cell()
        if self.tables == 1 and self.rows:
            cells, was_head = self.rows[-1]
            self.rows[-1] = ([*cells, ""], was_head and is_head)

    def end_cell(self) -> None:
        """The words since the last cell, which are those of the cell that is open."""
        if not self.tables:
            return
        text = _SPACES.sub(" ", "".join(self.inline)).strip()
        if self.tables > 1 or not self.rows or not self.rows[-1][0]:
            # Words between cells, such as a caption.
            self.inline = [f"{text} "] if text else []
            return
        self.inline.clear()
        cells = self.rows[-1][0]
        cells[-1] = f"{cells[-1]} {text}".strip()


_OPENERS: dict[str, Callable[[_Writer, dict[str, str]], None]] = {
    "blockquote": lambda writer, _: writer.enter(_Box(tag="blockquote", first="> ", rest="> ")),
    "ul": lambda writer, attributes: writer.open_list(attributes, "ul"),
    "ol": lambda writer, attributes: writer.open_list(attributes, "ol"),
    "li": _Writer.open_point,
    "dd": lambda writer, _: writer.enter(_Box(tag="dd", first="    ", rest="    ")),
    "a": _Writer.open_link,
    "img": _Writer.picture,
    "br": lambda writer, _: writer.mark(" " if writer.tables else "\n"),
    "hr": lambda writer, _: writer.rule(),
    "pre": _Writer.open_code,
    "code": lambda writer, _: writer.mark("`"),
    "q": lambda writer, _: writer.mark("“"),
    "del": lambda writer, _: writer.mark("~~"),
    "s": lambda writer, _: writer.mark("~~"),
    "sup": lambda writer, attributes: None if "id" in attributes else writer.mark("^"),
    "rt": lambda writer, _: writer.mark("("),
    "table": _Writer.open_table,
    "tr": _Writer.open_row,
    "th": lambda writer, _: writer.open_cell(True),
    "td": lambda writer, _: writer.open_cell(False),
}

_CLOSERS: dict[str, Callable[[_Writer], None]] = {
    "blockquote": lambda writer: writer.leave("blockquote"),
    "ul": lambda writer: writer.leave("ul"),
    "ol": lambda writer: writer.leave("ol"),
    "li": lambda writer: writer.leave("li"),
    "dd": lambda writer: writer.leave("dd"),
    "a": _Writer.close_link,
    "pre": _Writer.close_code,
    "code": lambda writer: writer.mark("`"),
    "q": lambda writer: writer.mark("”"),
    "del": lambda writer: writer.mark("~~"),
    "s": lambda writer: writer.mark("~~"),
    "rt": lambda writer: writer.mark(")"),
    "table": _Writer.close_table,
    "tr": _Writer.end_cell,
}


def _table(rows: list[tuple[list[str], bool]], room: int) -> list[str]:
    """Rows in columns where these fit into the line, else each row as lines of its own."""
    wide = [0] * max((len(cells) for cells, _ in rows), default=0)
    for cells, _ in rows:
        for place, cell in enumerate(cells):
            wide[place] = max(wide[place], columns(cell))
    if sum(wide) + 2 * (len(wide) - 1) > room:
        return list(_listed(rows, room))
    lines = []
    for cells, is_head in rows:
        lines.append("  ".join(cell + " " * (size - columns(cell)) for cell, size in zip(cells, wide, strict=False)))
        if is_head:
            lines.append("  ".join("-" * size for size in wide))
    return lines


def _listed(rows: list[tuple[list[str], bool]], room: int) -> Iterator[str]:
    names = rows[0][0] if rows[0][1] else []
    for number, (cells, _) in enumerate(rows[1:] if names else rows):
        if number:
            yield ""
        for place, cell in enumerate(cells):
            name = f"{names[place]}: " if place < len(names) and names[place] else ""
            if cell:
                yield from _wrap(name + cell, room)


def _wrap(text: str, room: int) -> Iterator[str]:
    """A text without line ends to lines, broken where its script allows."""
    line, used = "", 0
    for piece in _pieces().findall(text):
        size = columns(piece.rstrip(" "))
        if line and used + size > room:
            yield line.rstrip(" ")
            line, used = "", 0
        line += piece
        used += columns(piece)
    if line.strip(" "):
        yield line.rstrip(" ")


@cache
def _pieces() -> re.Pattern[str]:
    """A line breaks at spaces, and after a character written without them, unless what follows must not begin one.

    Made where a text is first broken, as it takes milliseconds.
    """
    return re.compile(rf"[{_WIDE}][、。，．：；！？）］｝」』】〉》〕”’々ー]*[ ]*|[^ {_WIDE}]+[ ]*|[ ]+")


def _notes(notes: Iterable[str]) -> list[str]:
    lines = [f"[{number}] {address}" for number, address in enumerate(notes, 1)]
    return ["", *lines] if lines else []


def _printable(text: str) -> str:
    """A text without control characters but the white space that is one."""
    return text if text.isprintable() else _CONTROLS.sub("", text)


_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
