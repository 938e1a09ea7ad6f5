"""The header of a content file to values that stay as typed, and back."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from broadsheet.errors import ContentError, Problem

if TYPE_CHECKING:
    # Imported where a header is not of the plainest kind: a build that has read all before does without.
    import yaml

LARGEST_HEADER = 256_000
"""Characters. A header beyond it is a mistake (a missing closing line) or an attack."""

DEEPEST = 24
MOST_VALUES = 20_000

_PELICAN = re.compile(r"[A-Za-z][A-Za-z0-9_-]*:(?:\s|$)")

_MORE = re.compile(r"(?: {4}|\t)\s*\S")
"""A line that goes on with the value above it, as Python-Markdown's metadata has it."""

_BLANK = frozenset(("", "~", "null", "Null", "NULL"))

Format = Literal["yaml", "toml", "keys", "none"]


class Scalar(NamedTuple):
    """A single value, its text as typed; `plain` when it stood without quotes.

    A tuple, as are the two below: a header makes dozens, and a frozen dataclass costs four times as much.
    """

    text: str
    line: int
    column: int
    width: int = 1
    plain: bool = True

    @property
    def blank(self) -> bool:
        return self.plain and self.text in _BLANK


class Sequence(NamedTuple):
    values: tuple[Node, ...]
    line: int
    column: int
    width: int = 1


class Table(NamedTuple):
    pairs: tuple[tuple[Scalar, Node], ...]
    line: int = 1
    column: int = 1
    width: int = 1


Node = Scalar | Sequence | Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A content file in two parts. `body_line` is the line the body begins on, counted from 1."""

    header: Table
    body: str
    body_line: int
    format: Format


def read(text: str, path: str) -> Document:
    """A content file's text to its header's values and its body.

    Takes YAML between `---` lines, TOML between `+++` lines, and Pelican's
    `Key: value` lines, up to the first that is neither one nor indented. The body is stripped of the
    blank lines around it. Raises ContentError with file, line and column.
    """
    text = unified(text)
    try:
        text.encode()  # several times as fast as a search
    except UnicodeEncodeError as error:
        raise _unreadable(text, error.start, path) from error
    format, header, first, body, body_line = _split(text, path)
    if len(header) > LARGEST_HEADER:
        raise _error(path, f"the front matter has {len(header):,} characters, over {LARGEST_HEADER:,}", 1, 1)
    match format:
        case "yaml":
            table = read_yaml(header, path, first_line=first)
        case "toml":
            table = _read_toml(header, path, first)
        case "keys":
            table = _read_keys(header, path)
        case "none":
            table = Table(pairs=())
    stripped = body.lstrip("\n")
    leading = len(body) - len(stripped)
    table = Table(pairs=table.pairs)
    return Document(header=table, body=stripped.rstrip("\n"), body_line=body_line + leading, format=format)


def unified(text: str) -> str:
    """Text without a byte order mark, its lines ended by a line feed whatever system wrote it."""
    text = text.removeprefix("\ufeff")
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def line_of(text: str, number: int) -> str:
    """A line by its number from 1; blank beyond the end, where YAML places what is missing."""
    return next(iter(text.split("\n")[number - 1 : number]), "")


def write(header: Mapping[str, Any], body: str) -> str:
    """The inverse of `read`: YAML front matter and a body as one text.

    Values are strings, booleans, integers, lists and mappings; a string that
    another YAML reader would take for something else is quoted.
    """
    import yaml

    dumped: str = yaml.dump(dict(header), Dumper=_dumper(), allow_unicode=True, sort_keys=False, width=10_000)
    return f"---\n{dumped}---\n\n{body}\n" if body else f"---\n{dumped}---\n"


@cache
def _dumper() -> type[yaml.SafeDumper]:
    import yaml

    class Dumper(yaml.SafeDumper):
        def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
            super().increase_indent(flow, False)

        def ignore_aliases(self, data: object) -> bool:
            return True

        def represent_str(self, data: str) -> yaml.ScalarNode:
            style = '"' if _UNICODE_BREAK.search(data) else None
            return self.represent_scalar("tag:yaml.org,2002:str", data, style=style)

    Dumper.add_representer(str, Dumper.represent_str)
    return Dumper


_UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
"""What YAML does not allow; found here, as libyaml would tell its place in bytes."""


def _unreadable(text: str, at: int, path: str, first_line: int = 1) -> ContentError:
    """What is to be said of the character that stands at `at`."""
    if "\ud800" <= text[at] <= "\udfff":
        message, hint = "half a character (a lone surrogate) stands here", "delete it, and save the file as UTF-8"
    else:
        message, hint = f"the invisible character U+{ord(text[at]):04X} is not allowed here", "delete it"
    before = text[:at].split("\n")
    excerpt = text.split("\n")[len(before) - 1]
    return _error(path, message, len(before) - 1 + first_line, len(before[-1]) + 1, hint=hint, excerpt=excerpt)


_OPENING = re.compile(r"(---|\+\+\+)[ \t]*(?:\n|$)")
_CLOSING = {
    "---": re.compile(r"\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)"),
    "+++": re.compile(r"\n\+\+\+[ \t]*(?:\n|\Z)"),
}


def _split(text: str, path: str) -> tuple[Format, str, int, str, int]:
    """Format, header, its first line, body, the body's first line."""
    if found := _OPENING.match(text):
        fence = found[1]
        end = _CLOSING[fence].search(text, found.end() - 1)
        if not end:
            raise _error(
                path, "the front matter is never closed", 1, 1, excerpt=fence, width=3,
                hint=f"put a line of {fence} after its last key",
            )
        header = text[found.end() : end.start() + 1]
        body_line = text.count("\n", 0, end.end()) + 1
        return ("yaml" if fence == "---" else "toml"), header, 2, text[end.end() :], body_line
    if _PELICAN.match(text):
        lines = text.split("\n")
        ends = (number for number, line in enumerate(lines) if not (_PELICAN.match(line) or _MORE.match(line)))
        last = next(ends, len(lines))
        first = last + 1 if last < len(lines) and not lines[last].strip() else last
        return "keys", "\n".join(lines[:last]), 1, "\n".join(lines[first:]), first + 1
    return "none", "", 1, text, 1


# YAML ---------------------------------------------------------------------------------------------


def read_yaml(text: str, path: str, *, first_line: int = 1) -> Table:
    """YAML text holding one mapping (or nothing) to a table. Raises ContentError.

    What is plain enough to be certain of is read here, as nearly all front matter
    is; the rest by `read_yaml_node`, which gives the same for both.
    """
    if table := _plain_table(text, first_line):
        return table
    node = read_yaml_node(text, path, first_line=first_line)
    match node:
        case None:
            return Table(pairs=(), line=first_line)
        case Table():
            return node
        case _:
            raise _error(
                path, "the front matter has no keys", node.line, node.column,
                hint="write it as `key: value`, one to a line", excerpt=line_of(text, node.line - first_line + 1),
                width=node.width,
            )


def read_yaml_node(text: str, path: str, *, first_line: int = 1) -> Node | None:
    """Any one YAML document to a node; every scalar keeps its text (YAML 1.1's types are not applied).

    Works on libyaml's events, so that nesting and aliases are bounded before
    anything is built: composing a deeply nested document overflows the C stack.
    """
    import yaml

    text = _UNICODE_BREAK.sub(" ", text)
    if found := _UNREADABLE.search(text):
        raise _unreadable(text, found.start(), path, first_line)
    builder = _Builder(path, text, first_line)
    try:
        return builder.document(yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
    except yaml.MarkedYAMLError as error:
        message, hint = _plain_words(error, text)
        begun = str(error.problem).startswith(_TOLD_WHERE_BEGUN) and error.context_mark
        mark = begun or error.problem_mark or error.context_mark
        line, column = (mark.line, mark.column) if mark else (0, 0)
        raise builder.error(line, column, message, hint) from error


_UNICODE_BREAK = re.compile("[\x85\u2028\u2029]")
"""Line ends for YAML 1.1, but for no editor: left in, they would shift every line number."""

_TOLD_WHERE_BEGUN = (
    "did not find expected ',' or",
    "found unexpected end of stream",
    "could not find expected ':'",
    "did not find expected alphabetic or numeric",
)

_IN_QUOTES = "put the whole value in quotes"

_BACKSLASH = "use single quotes, or write \\\\ for \\"

_YAML_WORDS = (
    ("mapping values are not allowed", "a second `: ` in one value", f"{_IN_QUOTES} if the colon belongs to it"),
    ("block sequence entries are not allowed", "a list cannot begin on a key's line", "begin it on the next line"),
    ("found character that cannot start", "a value cannot begin with this character", _IN_QUOTES),
    ("did not find expected node content", "a value cannot begin with this character", _IN_QUOTES),
    ("did not find expected alphabetic or numeric", "a value cannot begin with this character", _IN_QUOTES),
    ("could not find expected ':'", "a key without its `: value`", "write it as `key: value`"),
    ("did not find expected '-' indicator", "a list and keys are mixed here", "keys, or items with `- `, but not both"),
    ("did not find expected ',' or ']'", "the list is never closed", "put ] after its last item"),
    ("did not find expected ',' or '}'", "the mapping is never closed", "put } after its last value"),
    ("found unexpected end of stream", "the text in quotes is never closed", "put the same quote after its last word"),
    ("found unknown escape character", "no escape in double quotes begins so", _BACKSLASH),
    ("found invalid Unicode character escape", "this escape is no character", "type the character itself"),
    ("did not find expected hexdecimal number", "this escape lacks a digit", _BACKSLASH),
    ("did not find expected comment or line break", "text cannot follow | or > here", "begin it on the next line"),
    ("did not find expected <document start>", "this is no key", "write `key: value`, one to a line"),
    ("found a tab character", "a tab cannot indent", "use spaces"),
)
"""How libyaml begins its complaint; what is wrong, and what to do, in the editor's words."""


def _plain_words(error: yaml.MarkedYAMLError, text: str) -> tuple[str, str]:
    problem, mark = str(error.problem), error.problem_mark
    line = line_of(text, mark.line + 1) if mark else ""
    if mark and line[mark.column : mark.column + 1] == "\t":
        return "a tab cannot indent", "use spaces"
    if mark and problem.startswith("did not find expected key"):
        if line[: mark.column].strip():
            return "the value ends before this", _IN_QUOTES
        return "not in line with the keys above", "indent the keys of one level alike"
    for theirs, ours, hint in _YAML_WORDS:
        if problem.startswith(theirs):
            return ours, hint
    return f"YAML: {problem}", ""


_BANG_HINT = "write the plain value, in quotes if it begins with !"


class _Builder:
    """Events to nodes, with the limits that keep a hostile header cheap."""

    def __init__(self, path: str, text: str, first_line: int) -> None:
        self.path, self.text, self.first_line = path, text, first_line
        self.anchors: dict[str, tuple[Node, int]] = {}
        self.count = 0

    def document(self, events: Iterator[Any]) -> Node | None:
        import yaml

        node: Node | None = None
        documents = 0
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise self.at(event, "a second document; there can be one only", "delete this line", width=3)
            elif isinstance(event, yaml.NodeEvent):
                node, _ = self.node(event, events, 0)
        return node

    def node(self, event: Any, events: Iterator[Any], depth: int) -> tuple[Node, int]:
        """A node, and how many values it holds once its aliases are expanded."""
        import yaml

        if depth > DEEPEST:
            raise self.at(event, f"nested more than {DEEPEST} deep")
        if isinstance(event, yaml.AliasEvent):
            return self.alias(event)
        if event.tag not in (None, "!", "tag:yaml.org,2002:str", "tag:yaml.org,2002:seq", "tag:yaml.org,2002:map"):
            tag = event.tag.replace("tag:yaml.org,2002:", "!!", 1)
            raise self.at(event, f"the YAML type {tag} is not read here", _BANG_HINT, len(tag))
        node: Node
        if isinstance(event, yaml.ScalarEvent):
            node, size = self.scalar(event), 1
        elif isinstance(event, yaml.SequenceStartEvent):
            node, size = self.sequence(event, events, depth)
        else:
            node, size = self.table(event, events, depth)
        if event.anchor:
            self.anchors[event.anchor] = (node, size)
        return node, size

    def alias(self, event: Any) -> tuple[Node, int]:
        if event.anchor not in self.anchors:
            name = f"*{event.anchor}"
            hint = f"no &{event.anchor} stands before it; {_IN_QUOTES} if it begins with a star"
            raise self.at(event, f"{name} refers to nothing", hint, len(name))
        node, size = self.anchors[event.anchor]
        self.add(size, event)
        return node, size

    def scalar(self, event: Any) -> Scalar:
        self.add(1, event)
        start, end = event.start_mark, event.end_mark
        width = end.column - start.column if end.line == start.line else len(event.value)
        return Scalar(
            text=event.value, line=start.line + self.first_line, column=start.column + 1,
            width=max(1, width), plain=not event.style,
        )

    def sequence(self, start: Any, events: Iterator[Any], depth: int) -> tuple[Sequence, int]:
        import yaml

        values, total = [], 1
        for event in events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            node, size = self.node(event, events, depth + 1)
            values.append(node)
            total += size
        mark = start.start_mark
        return Sequence(values=tuple(values), line=mark.line + self.first_line, column=mark.column + 1), total

    def table(self, start: Any, events: Iterator[Any], depth: int) -> tuple[Table, int]:
        import yaml

        pairs: list[tuple[Scalar, Node]] = []
        seen: dict[str, Scalar] = {}
        total = 1
        for event in events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            key, _ = self.node(event, events, depth + 1)
            if not isinstance(key, Scalar):
                raise self.at(event, "a key must be a word", "write it as `key: value`, one to a line")
            if key.text in seen:
                raise self.at(
                    event, f"{key.text}: written twice, first on line {seen[key.text].line}",
                    "keep one of the two", width=key.width,
                )
            seen[key.text] = key
            value, size = self.node(next(events), events, depth + 1)
            pairs.append((key, value))
            total += size + 1
        mark = start.start_mark
        return Table(pairs=tuple(pairs), line=mark.line + self.first_line, column=mark.column + 1), total

    def add(self, size: int, event: Any) -> None:
        self.count += size
        if self.count > MOST_VALUES:
            raise self.at(event, f"more than {MOST_VALUES:,} values, aliases expanded")

    def at(self, event: Any, message: str, hint: str = "", width: int = 1) -> ContentError:
        return self.error(event.start_mark.line, event.start_mark.column, message, hint, width)

    def error(self, line: int, column: int, message: str, hint: str = "", width: int = 1) -> ContentError:
        lines = self.text.split("\n")
        line = min(line, len(lines) - 1)
        if line and not lines[line].strip() and column == 0:
            line -= 1
            column = len(lines[line])
        return _error(
            self.path, message, line + self.first_line, column + 1, hint=hint, width=width, excerpt=lines[line],
        )


# Plain YAML ---------------------------------------------------------------------------------------

_ODD = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
"""Tabs, other ends of lines, and what YAML does not allow."""

_INDICATORS = frozenset("-?:,[]{}#&*!|>'\"%@`")
"""What a plain value may not begin with; some of them may before a letter, which is left to libyaml.

Within brackets a question mark is left to it as well: its releases differ.
"""

_PLAIN_KEY = re.compile(r"([A-Za-z_][A-Za-z0-9_-]{0,99}):(?: +|$)")
_PLAIN_ITEM = re.compile(r""" *("[^"\\]*"|'[^']*'|[^- ?:,\[\]{}#&*!|>'"%@`][^?:,\[\]{}#]*+) *([,\]])""")


def _plain_table(text: str, first_line: int) -> Table | None:
    """The table that `read_yaml_node` gives, where every line is of the plainest kind; else None.

    That is `key: value` with its value on one line: bare words, a text in quotes
    without escapes, or a list of these in brackets; or `key:` with nothing, more
    such lines, or items below it. Without comments and blank lines.
    """
    if len(text) > MOST_VALUES or _ODD.search(text):  # no text has more values than characters
        return None
    return _plain_pairs(text.rstrip("\n").split("\n"), first_line, 0)


def _plain_pairs(lines: list[str], first_line: int, indent: int) -> Table | None:
    pairs: dict[str, tuple[Scalar, Node]] = {}
    at, end = 0, len(lines)
    while at < end:
        line, number = lines[at], first_line + at
        found = _PLAIN_KEY.match(line, indent)
        if not found or found[1] in pairs:
            return None
        key, start = found[1], found.end()
        at += 1
        value: Node | None
        if start < len(line):
            value = _plain_value(line[start:].rstrip(" "), number, start + 1)
        else:
            below = at
            while at < end and lines[at][:1] in (" ", "-"):
                at += 1
            if below < at:
                value = None if indent else _plain_block(lines[below:at], number + 1)
            else:
                value = Scalar("", number, indent + len(key) + 2)
        if value is None:
            return None
        pairs[key] = Scalar(key, number, indent + 1, len(key)), value
    return Table(tuple(pairs.values()), first_line, indent + 1)


def _plain_block(lines: list[str], first_line: int) -> Node | None:
    """What stands below a key: items, or pairs that are indented alike."""
    first = lines[0]
    indent = len(first) - len(first.lstrip(" "))
    is_list = first.startswith("- ", indent)
    prefix = first[: indent + 2 * is_list]
    if not all(line.startswith(prefix) for line in lines):
        return None
    if not is_list:
        return _plain_pairs(lines, first_line, indent)
    values = []
    for number, line in enumerate(lines, first_line):
        typed = line[len(prefix) :].strip(" ")
        value = _plain_value(typed, number, line.find(typed, len(prefix)) + 1) if typed else None
        if value is None:
            return None
        values.append(value)
    return Sequence(tuple(values), first_line, indent + 1)


def _plain_value(typed: str, line: int, column: int) -> Scalar | Sequence | None:
    first = typed[0]
    if first not in _INDICATORS:
        if ": " in typed or " #" in typed or typed.endswith(":"):
            return None
        return Scalar(typed, line, column, len(typed))
    if first == "[":
        return _plain_list(typed, line, column)
    text = typed[1:-1]
    if first in "'\"" and len(typed) > 1 and typed[-1] == first and first not in text and "\\" not in text:
        return Scalar(text, line, column, len(typed), plain=False)
    return None


def _plain_list(typed: str, line: int, column: int) -> Sequence | None:
    if typed == "[]":
        return Sequence((), line, column)
    values = []
    end = 1
    while found := _PLAIN_ITEM.match(typed, end):
        value = _plain_value(found[1].rstrip(" "), line, column + found.start(1))
        if value is None:
            return None
        values.append(value)
        end = found.end()
        if found[2] == "]":
            return Sequence(tuple(values), line, column) if end == len(typed) else None
    return None


# TOML ---------------------------------------------------------------------------------------------


def read_toml(
    text: str, path: str, *, first_line: int = 1, floats: Callable[[str], object] = float
) -> dict[str, Any]:
    """TOML text to tomllib's values. Raises ContentError."""
    lines = text.split("\n")
    if found := _DEEP_KEY.search(text):
        line = text.count("\n", 0, found.end())
        raise _error(path, f"nested more than {DEEPEST} deep", line + first_line, 1, excerpt=lines[line])
    try:
        return tomllib.loads(text, parse_float=floats)
    except tomllib.TOMLDecodeError as error:
        message, hint = _toml_words(str(error))
        line, column = _toml_place(str(error), lines)
        raise _error(path, message, line + first_line - 1, column, hint=hint, excerpt=lines[line - 1]) from error
    except ValueError as error:  # Python refuses to read integers beyond 4,300 digits
        line = next((n for n, line in enumerate(lines) if re.search(r"\d{4300}", line.replace("_", ""))), 0)
        raise _error(path, "a number of thousands of digits", line + first_line, 1, excerpt=lines[line]) from error
    except RecursionError as error:
        raise _error(path, "nested too deep", first_line, 1) from error


_PART = r"""(?:[\w-]++|"(?:[^"\\\n]|\\.)*+"|'[^'\n]*+')"""
_DOT = r"[ \t]*+\.[ \t]*+"
_DEEP_KEY = re.compile(rf"(?:^|[\[{{,])[ \t]*+(?:{_PART}{_DOT}){{{DEEPEST}}}", re.M)
"""tomllib takes minutes over a key of thousands of parts."""

_KEY_LINE = re.compile(rf"[ \t]*+(\[?\[?)[ \t]*+({_PART}(?:{_DOT}{_PART})*+)[ \t]*+[=\]][ \t]*+")
_VALUE = re.compile(r"""("(?:[^"\\\n]|\\.)*+"|'[^'\n]*+'|[^\s"'\[{,#]+(?: \d\d:[^\s,#]+)?)?""")


_TWICE = ("Cannot overwrite a value", "Cannot declare")

_TOML_WORDS = (
    (_TWICE, "this is written twice", "keep one of the two"),
    (("Invalid value",), "this value cannot be read", "put text in quotes"),
    (("Unterminated string", "Illegal character '\\n'"), "text in quotes is never closed", "put the quote after it"),
    (("Unclosed array",), "the list is never closed", "put ] after its last item"),
    (("Expected '=' after a key",), "a key without its value", "write it as key = value"),
    (("Invalid date or datetime",), "there is no such date", "dates are written 2026-12-02"),
)
"""How tomllib begins its complaint; what is wrong, and what to do, in the editor's words."""


def _toml_words(error: str) -> tuple[str, str]:
    for theirs, ours, hint in _TOML_WORDS:
        if error.startswith(theirs):
            return ours, hint
    message = re.sub(r" \(at .*\)$", "", error)
    return f"TOML: {message[:1].lower()}{message[1:]}", ""


def _toml_place(error: str, lines: list[str]) -> tuple[int, int]:
    """The line and column that tomllib names; of what is written twice it names the end, and we the beginning."""
    found = re.search(r" \(at line (\d+), column (\d+)\)$", error)
    last = next((n for n in range(len(lines), 0, -1) if lines[n - 1].strip()), 1)
    line, column = (int(found[1]), int(found[2])) if found else (last, len(lines[last - 1]) + 1)
    line = min(line, len(lines))
    if error.startswith(_TWICE):
        column = len(lines[line - 1]) - len(lines[line - 1].lstrip()) + 1
    return line, column


class Place(NamedTuple):
    """Where a key of TOML text stands and where its value begins; lines and columns from 1."""

    line: int
    column: int
    width: int
    value: int
    value_width: int


def toml_places(lines: list[str]) -> dict[tuple[str, ...], Place]:
    """Every key that begins a line, by its path from the top; tomllib keeps no positions."""
    places: dict[tuple[str, ...], Place] = {}
    table: tuple[str, ...] = ()
    quote = ""
    for number, line in enumerate(lines, 1):
        if not quote and (found := _KEY_LINE.match(line)):
            parts = list(re.finditer(_PART, found[2]))
            names = tuple(part[0].strip("\"'") for part in parts)
            above = () if found[1] else table
            value = _VALUE.match(line, found.end())
            width = max(1, len(value[0])) if value else 1
            for end, part in enumerate(parts, 1):
                column = found.start(2) + part.start() + 1
                place = Place(number, column, len(part[0]), found.end() + 1, width)
                places.setdefault((*above, *names[:end]), place)
            table = names if found[1] else table
        quote = _open_quote(line, quote)
    return places


def _open_quote(line: str, quote: str) -> str:
    """The triple quote that is open after this line, given the one open before it."""
    if quote:
        return "" if line.count(quote) % 2 else quote
    return next((triple for triple in ('"""', "'''") if line.count(triple) % 2), "")


def _read_toml(text: str, path: str, first_line: int) -> Table:
    data = read_toml(text, path, first_line=first_line, floats=str)
    return _Toml(path, text, first_line).table(data, (), Place(1, 1, 1, 1, 1))


class _Toml:
    """tomllib's values to nodes; a value without a line of its own stands where the one around it does."""

    def __init__(self, path: str, text: str, first_line: int) -> None:
        self.path, self.first_line = path, first_line
        self.lines = text.split("\n")
        self.places = toml_places(self.lines)

    def table(self, data: Mapping[str, Any], at: tuple[str, ...], around: Place) -> Table:
        pairs = []
        for name, value in data.items():
            place = self.places.get((*at, name), around)
            key = Scalar(text=name, line=place.line + self.first_line - 1, column=place.column, width=place.width)
            pairs.append((key, self.node(value, (*at, name), place)))
        return Table(pairs=tuple(pairs), line=around.line + self.first_line - 1, column=around.value)

    def node(self, value: Any, at: tuple[str, ...], place: Place) -> Node:
        line, column, width = place.line + self.first_line - 1, place.value, place.value_width
        if len(at) > DEEPEST:
            excerpt = self.lines[place.line - 1]
            raise _error(self.path, f"nested more than {DEEPEST} deep", line, column, excerpt=excerpt)
        match value:
            case dict():
                return self.table(value, at, place)
            case list():
                values = tuple(self.node(one, (*at, ""), place) for one in value)
                return Sequence(values=values, line=line, column=column)
            case _:
                return Scalar(
                    text=_toml_text(value), line=line, column=column, width=width, plain=not isinstance(value, str)
                )


def _toml_text(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case datetime() | date() | time():
            return value.isoformat()
        case int() if abs(value) >= 1 << 256:
            return hex(value)  # Python refuses to print integers beyond 4,300 digits
        case _:
            return str(value)


# Pelican's header ---------------------------------------------------------------------------------


def _read_keys(text: str, path: str) -> Table:
    names: dict[str, Scalar] = {}
    values: dict[str, list[Scalar]] = {}
    last = ""
    for number, line in enumerate(text.split("\n"), 1):
        key, colon, value = line.partition(":")
        if colon and _PELICAN.match(line):
            last = key.lower()
            if last in names:
                raise _error(
                    path, f"{key}: written twice, first on line {names[last].line}", number, 1, excerpt=line,
                    width=len(key), hint="keep one of the two",
                )
            names[last] = Scalar(text=last, line=number, column=1, width=len(key))
            values[last] = [_typed(value, number, len(key) + 2)]
        elif line.strip():
            values[last].append(_typed(line, number, 1))
    return Table(pairs=tuple((names[name], _joined(values[name])) for name in names))


def _typed(text: str, line: int, column: int) -> Scalar:
    value = text.strip()
    return Scalar(text=value, line=line, column=column + len(text) - len(text.lstrip()), width=max(1, len(value)))


def _joined(parts: list[Scalar]) -> Scalar:
    return parts[0]._replace(text=" ".join(part.text for part in parts).strip())


# Errors -------------------------------------------------------------------------------------------


def _error(
    path: str, message: str, line: int, column: int, *, hint: str = "", excerpt: str = "", width: int = 1
) -> ContentError:
    problem = Problem(
        path=path, message=message, line=line, column=column, hint=hint, excerpt=excerpt, width=width
    )
    return ContentError([problem])

