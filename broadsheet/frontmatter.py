"""The header of a content file to values that stay as typed, and back."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Literal

import yaml

from broadsheet.errors import ContentError, Problem

LARGEST_HEADER = 256_000
"""Characters. A header beyond it is a mistake (a missing closing line) or an attack."""

DEEPEST = 24
MOST_VALUES = 20_000

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PELICAN = re.compile(r"[A-Za-z][A-Za-z0-9_-]*:(?:\s|$)")

Format = Literal["yaml", "toml", "keys", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scalar:
    """A single value, its text as typed; `plain` when it stood without quotes."""

    text: str
    line: int
    column: int
    width: int = 1
    plain: bool = True

    @property
    def blank(self) -> bool:
        return self.plain and self.text in ("", "~", "null", "Null", "NULL")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sequence:
    values: tuple[Node, ...]
    line: int
    column: int
    width: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
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
    `Key: value` lines up to the first blank one. The body is stripped of the
    blank lines around it. Raises ContentError with file, line and column.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    _refuse_surrogates(text, path)
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
    leading = len(body) - len(body.lstrip("\n"))
    return Document(header=table, body=body.strip("\n"), body_line=body_line + leading, format=format)


def write(header: Mapping[str, Any], body: str) -> str:
    """The inverse of `read`: YAML front matter and a body as one text.

    Values are strings, booleans, integers, lists and mappings; a string that
    another YAML reader would take for something else is quoted.
    """
    dumped: str = yaml.dump(
        dict(header), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10_000
    )
    return f"---\n{dumped}---\n\n{body}\n" if body else f"---\n{dumped}---\n"


class _Dumper(yaml.SafeDumper):
    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: object) -> bool:
        return True


def _refuse_surrogates(text: str, path: str) -> None:
    if found := re.search("[\ud800-\udfff]", text):
        raise _at(text, found.start(), path, "a lone surrogate is no character", "save the file as UTF-8")


def _split(text: str, path: str) -> tuple[Format, str, int, str, int]:
    """Format, header, its first line, body, the body's first line."""
    if found := re.match(r"(---|\+\+\+)[ \t]*(?:\n|$)", text):
        fence = found[1]
        closing = r"(?:---|\.\.\.)" if fence == "---" else r"\+\+\+"
        end = re.compile(rf"^{closing}[ \t]*(?:\n|\Z)", re.M).search(text, found.end())
        if not end:
            raise _error(
                path, "the front matter is never closed", 1, 1, excerpt=fence, width=3,
                hint=f"put a line of {fence} after its last key",
            )
        header = text[found.end() : end.start()]
        body_line = text.count("\n", 0, end.end()) + 1
        return ("yaml" if fence == "---" else "toml"), header, 2, text[end.end() :], body_line
    if _PELICAN.match(text):
        header, _, body = text.partition("\n\n")
        return "keys", header, 1, body, header.count("\n") + 3
    return "none", "", 1, text, 1


# YAML ---------------------------------------------------------------------------------------------


def read_yaml(text: str, path: str, *, first_line: int = 1) -> Table:
    """YAML text holding one mapping (or nothing) to a table. Raises ContentError."""
    node = read_yaml_node(text, path, first_line=first_line)
    match node:
        case None:
            return Table(pairs=(), line=first_line)
        case Table():
            return node
        case _:
            raise _error(
                path, "the front matter is not a list of keys", node.line, node.column,
                hint="write it as `key: value`, one to a line",
            )


def read_yaml_node(text: str, path: str, *, first_line: int = 1) -> Node | None:
    """Any one YAML document to a node; every scalar keeps its text (YAML 1.1's types are not applied).

    Works on libyaml's events, so that nesting and aliases are bounded before
    anything is built: composing a deeply nested document overflows the C stack.
    """
    builder = _Builder(path, text, first_line)
    try:
        return builder.document(yaml.parse(text, Loader=_LOADER))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line, mark.column) if mark else (0, 0)
        raise builder.error(line, column, _plain_words(error.problem or "not readable as YAML")) from error
    except yaml.reader.ReaderError as error:
        position = error.position if isinstance(error.position, int) else 0
        lines = text[:position].split("\n")
        raise builder.error(
            len(lines) - 1, len(lines[-1]), f"the character U+{ord(text[position]):04X} is not allowed here"
            if position < len(text) else "a control character is not allowed here",
        ) from error


_YAML_WORDS = {
    "mapping values are not allowed": "a second `: ` on this line",
    "found character that cannot start any token": "a value cannot begin with this character",
    "could not find expected ':'": "a key without its `: value`",
    "did not find expected key": "not in line with the keys above",
    "did not find expected ',' or ']'": "the list is never closed with `]`",
    "did not find expected ',' or '}'": "the mapping is never closed with `}`",
    "found unexpected end of stream": "the text in quotes is never closed",
}


def _plain_words(problem: str) -> str:
    for theirs, ours in _YAML_WORDS.items():
        if problem.startswith(theirs):
            return ours
    return problem


class _Builder:
    """Events to nodes, with the limits that keep a hostile header cheap."""

    def __init__(self, path: str, text: str, first_line: int) -> None:
        self.path, self.text, self.first_line = path, text, first_line
        self.anchors: dict[str, tuple[Node, int]] = {}
        self.count = 0

    def document(self, events: Iterator[Any]) -> Node | None:
        node: Node | None = None
        documents = 0
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise self.at(event, "a second document; front matter is one")
            elif isinstance(event, yaml.NodeEvent):
                node, _ = self.node(event, events, 0)
        return node

    def node(self, event: Any, events: Iterator[Any], depth: int) -> tuple[Node, int]:
        """A node, and how many values it holds once its aliases are expanded."""
        if depth > DEEPEST:
            raise self.at(event, f"nested more than {DEEPEST} deep")
        if isinstance(event, yaml.AliasEvent):
            return self.alias(event)
        if event.tag not in (None, "!", "tag:yaml.org,2002:str", "tag:yaml.org,2002:seq", "tag:yaml.org,2002:map"):
            raise self.at(event, f"the YAML tag {event.tag} is not read here", "write the plain value")
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
            raise self.at(event, f"*{event.anchor} refers to nothing before it")
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
        pairs: list[tuple[Scalar, Node]] = []
        seen: dict[str, Scalar] = {}
        total = 1
        for event in events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            key, _ = self.node(event, events, depth + 1)
            if not isinstance(key, Scalar):
                raise self.at(event, "a key must be a word")
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


# TOML ---------------------------------------------------------------------------------------------


def _read_toml(text: str, path: str, first_line: int) -> Table:
    lines = text.split("\n")
    try:
        data = tomllib.loads(text, parse_float=str)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
        line, column = (int(found[1]), int(found[2])) if found else (len(lines), 1)
        message = re.sub(r" \(at .*\)$", "", str(error))
        raise _error(
            path, f"TOML: {message[:1].lower()}{message[1:]}", line + first_line - 1, column,
            excerpt=lines[min(line, len(lines)) - 1],
        ) from error
    except RecursionError as error:
        raise _error(path, "TOML: nested too deep", first_line, 1) from error
    return _toml_table(data, lines, first_line, (first_line, 1), 0, path)


def _toml_table(
    data: Mapping[str, Any], lines: list[str], first_line: int, place: tuple[int, int], depth: int, path: str
) -> Table:
    pairs = []
    for name, value in data.items():
        line, column = toml_place(lines, name) or (place[0] - first_line + 1, place[1])
        here = (line + first_line - 1, column)
        key = Scalar(text=name, line=here[0], column=column, width=len(name))
        pairs.append((key, _toml_node(value, lines, first_line, here, depth + 1, path)))
    return Table(pairs=tuple(pairs), line=place[0], column=place[1])


def _toml_node(
    value: Any, lines: list[str], first_line: int, place: tuple[int, int], depth: int, path: str
) -> Node:
    line, column = place
    if depth > DEEPEST:
        raise _error(path, f"nested more than {DEEPEST} deep", line, column)
    match value:
        case dict():
            return _toml_table(value, lines, first_line, place, depth, path)
        case list():
            nodes = tuple(_toml_node(one, lines, first_line, place, depth + 1, path) for one in value)
            return Sequence(values=nodes, line=line, column=column)
        case bool():
            return Scalar(text=str(value).lower(), line=line, column=column)
        case datetime() | date() | time():
            return Scalar(text=value.isoformat(), line=line, column=column)
        case _:
            return Scalar(text=_toml_text(value), line=line, column=column, plain=not isinstance(value, str))


def _toml_text(value: Any) -> str:
    try:
        return str(value)
    except ValueError:  # Python refuses to print integers beyond 4,300 digits
        return hex(value)


def toml_place(lines: list[str], key: str, table: str = "") -> tuple[int, int] | None:
    """Line and column, from 1, where `key` is set in TOML text; tomllib keeps no positions."""
    pattern = re.compile(rf"""\s*(?:[\w"'.-]*\.)?(["']?{re.escape(key)}["']?)\s*(?:=|\.)""")
    inside = not table
    for number, line in enumerate(lines, 1):
        if header := re.match(r"\s*\[+\s*([^\]]+?)\s*\]", line):
            inside = not table or header[1] == table
            if header[1].split(".")[-1].strip("\"'") == key and not table:
                return number, line.index("[") + 2
        elif inside and (found := pattern.match(line)):
            return number, found.start(1) + 1
    return None


# Pelican's header ---------------------------------------------------------------------------------


def _read_keys(text: str, path: str) -> Table:
    pairs: list[tuple[Scalar, Scalar]] = []
    for number, line in enumerate(text.split("\n"), 1):
        key, colon, value = line.partition(":")
        if colon and _PELICAN.match(line):
            name = Scalar(text=key.lower(), line=number, column=1, width=len(key))
            if any(name.text == other.text for other, _ in pairs):
                raise _error(
                    path, f"{key}: written twice", number, 1, excerpt=line, width=len(key),
                    hint="keep one of the two",
                )
            column = len(key) + 2 + len(value) - len(value.lstrip())
            value = value.strip()
            pairs.append((name, Scalar(text=value, line=number, column=column, width=max(1, len(value)))))
        elif pairs and line.strip():
            name, value_node = pairs[-1]
            joined = f"{value_node.text} {line.strip()}".strip()
            pairs[-1] = (name, Scalar(text=joined, line=value_node.line, column=value_node.column))
    return Table(pairs=tuple(pairs))


# Errors -------------------------------------------------------------------------------------------


def _error(
    path: str, message: str, line: int, column: int, *, hint: str = "", excerpt: str = "", width: int = 1
) -> ContentError:
    problem = Problem(
        path=path, message=message, line=line, column=column, hint=hint, excerpt=excerpt, width=width
    )
    return ContentError([problem])


def _at(text: str, index: int, path: str, message: str, hint: str) -> ContentError:
    before = text[:index].split("\n")
    excerpt = text.split("\n")[len(before) - 1]
    return _error(path, message, len(before), len(before[-1]) + 1, hint=hint, excerpt=excerpt)
