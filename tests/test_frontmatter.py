"""The header of a file: what stays as typed, what is refused with its place, and what no text can do."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from broadsheet.errors import ContentError, Problem
from broadsheet.frontmatter import (
    LARGEST_HEADER,
    Node,
    Scalar,
    Sequence,
    Table,
    read,
    read_yaml,
    read_yaml_node,
    toml_places,
    write,
)

CASES = Path(__file__).parents[1] / "../shared/attacks/yaml/cases.json"


def plain(node: Node | None) -> object:
    match node:
        case Scalar():
            return node.text
        case Sequence():
            return [plain(value) for value in node.values]
        case Table():
            return {key.text: plain(value) for key, value in node.pairs}
        case None:
            return None


def header(text: str) -> object:
    return plain(read(text, "a.md").header)


def refused(read: Callable[[], object]) -> tuple[Problem, ...]:
    """What our own error says of a reading; nothing when there is a value. Any other exception goes on."""
    try:
        read()
    except ContentError as error:
        return error.problems
    return ()


def problem(text: str) -> Problem:
    with pytest.raises(ContentError) as caught:
        read(text, "a.md")
    (found,) = caught.value.problems
    return found


@pytest.mark.parametrize(
    "typed",
    [
        "no",
        "on",
        "yes",
        "true",
        "3.10",
        "22:22",
        "0o14",
        "0x1F",
        "1_000",
        "1e3",
        ".inf",
        "2026-12-02",
        "012",
        "~",
        "null",
        "=",
        "<<",
        "+1",
        "1,000",
        "a #b",
    ],
)
def test_a_scalar_stays_what_was_typed(typed: str) -> None:
    assert header(f"---\na: {typed}\nb: [{typed.split(',')[0].split(' #')[0]}]\n---\n") == {
        "a": typed.split(" #")[0],
        "b": [typed.split(",")[0].split(" #")[0]],
    }


def test_an_empty_value_is_told_from_an_empty_text() -> None:
    table = read("---\na:\nb: ''\nc: ~\nd: '~'\n---\n", "a.md").header
    assert [value.blank for _, value in table.pairs if isinstance(value, Scalar)] == [True, False, True, False]


def test_aliases_repeat_what_they_name() -> None:
    assert header("---\na: &x [1, 2]\nb: *x\n---\n") == {"a": ["1", "2"], "b": ["1", "2"]}


@pytest.mark.parametrize(
    ("text", "body", "line"),
    [
        ("---\na: b\n---\nText\n", "Text", 4),
        ("---\na: b\n---\n\n\nText\n\n", "Text", 6),
        ("---\na: b\n...\nText", "Text", 4),
        ("--- \na: b\n---\t\n\tcode", "\tcode", 4),
        ("---\r\na: b\r\n---\r\nOne\r\nTwo\r\n", "One\nTwo", 4),
        ("---\ra: b\r---\rOne\rTwo\r", "One\nTwo", 4),
        ("\ufeff---\na: b\n---\nText", "Text", 4),
        ("---\na: b\n---\n---\n\nText\n---\n", "---\n\nText\n---", 4),
        ("---\na: b\n---", "", 3),
        ("+++\na = 'b'\n+++\n\nText", "Text", 5),
        ("a: b\n\nText\n\nb: c", "Text\n\nb: c", 3),
    ],
)
def test_the_body_is_what_follows_the_header(text: str, body: str, line: int) -> None:
    document = read(text, "a.md")
    assert (plain(document.header), document.body, document.body_line) == ({"a": "b"}, body, line)


@pytest.mark.parametrize("text", ["---\n---\nText", "---\n...\nText", "--- \n---\t\nText\n---\n", "+++\n+++\nText"])
def test_a_header_may_be_empty(text: str) -> None:
    document = read(text, "a.md")
    assert (document.header.pairs, document.body.split("\n")[0], document.body_line) == ((), "Text", 3)


@pytest.mark.parametrize("line", ["----", "---x", "--- x", "....", "... x", " ---", "--", "+++", "a: b ---"])
def test_only_a_line_of_its_own_ends_a_header(line: str) -> None:
    assert problem(f"---\na: b\n{line}\nText").message == "the front matter is never closed"


@pytest.mark.parametrize("text", ["", "\n\n", "\ufeff", "Just text.\n\n--- \n", "----\n", "http://x.org\n", "1: 2\n"])
def test_a_file_without_front_matter_is_all_body(text: str) -> None:
    document = read(text, "a.md")
    assert (document.format, document.header.pairs, document.body) == ("none", (), text.strip("\ufeff\n"))


def test_three_dashes_inside_a_text_do_not_end_the_header() -> None:
    assert header("---\na: |\n  one\n  ---\n  two\nb: c\n---\n") == {"a": "one\n---\ntwo\n", "b": "c"}


def test_toml_keeps_numbers_and_dates_as_typed() -> None:
    text = (
        "+++\nversion = 3.10\ndate = 2026-12-02\nmoment = 2026-12-02T09:30:00+01:00\ntime = 22:22:00\ndraft = true\n"
        "n = 1_000\nhuge = 0x" + "f" * 5000 + "\n[extra]\nlist = [1, 'a']\ninline = {a.b = 1}\n+++\n"
    )
    assert header(text) == {
        "version": "3.10",
        "date": "2026-12-02",
        "moment": "2026-12-02T09:30:00+01:00",
        "time": "22:22:00",
        "draft": "true",
        "n": "1000",
        "huge": "0x" + "f" * 5000,
        "extra": {"list": ["1", "a"], "inline": {"a": {"b": "1"}}},
    }


def test_a_header_of_keys_goes_on_over_indented_lines() -> None:
    text = "Title: One: two\nDate: 2010-12-03 10:20\nTags: a,\n    b\nSummary:\n\nText"
    assert header(text) == {"title": "One: two", "date": "2010-12-03 10:20", "tags": "a, b", "summary": ""}


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("---\na: b: c\n---\n", 2, 5),
        ("---\nä: 'ü\n---\n", 2, 4),
        ("---\na: [1, 2\nb: c\n---\n", 2, 4),
        ("---\na: b\na: c\n---\n", 3, 1),
        ("---\nx:\n  a: b\n  a: c\n---\n", 4, 3),
        ("---\na: *b\n---\n", 2, 4),
        ("---\na: &b [*b]\n---\n", 2, 8),
        ("---\na: !!python/object:os.system x\n---\n", 2, 4),
        ("---\n- a\n---\n", 2, 1),
        ("---\n\ta: b\n---\n", 2, 1),
        ("---\na: b\n--- c\n---\n", 3, 1),
        ("---\n? [a]\n: b\n---\n", 2, 3),
        ("---\nüü: \x01\n---\n", 2, 5),
        ("---\nüü: a\ufeffb\n---\n", 2, 6),
        ('---\na: "\\ud800"\n---\n', 2, 7),
        ("---\na: b\n---\nText\nää\ud800", 5, 3),
        ("---\na: b\n", 1, 1),
        ("---", 1, 1),
        ("---\na\u2028: b\nb: c: d\n---\n", 3, 5),
        ("+++\na = 1\na = 2\n+++\n", 3, 1),
        ("+++\na = \n+++\n", 2, 5),
        ("+++\na = 1\n", 1, 1),
        ("A: b\nc: d\na: e\n", 3, 1),
    ],
)
def test_what_cannot_be_read_is_told_with_line_and_column(text: str, line: int, column: int) -> None:
    found = problem(text)
    assert (found.path, found.line, found.column) == ("a.md", line, column)
    assert found.message
    assert not found.message.startswith("YAML")


BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{b}: &{b} [{','.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    "text",
    [
        f"---\n{BOMB}---\n",
        "---\na: " + "[" * 60_000 + "\n---\n",
        "---\na: " + "[" * 60_000 + "]" * 60_000 + "\n---\n",
        "---\na: " + "{a: " * 60_000 + "\n---\n",
        "---\na:\n" + "\n".join(" " * depth + "-" for depth in range(1, 30)) + "\n---\n",
        "---\na:\n" + "\n".join(" " * depth + "b:" for depth in range(1, 600)) + "\n---\n",
        "---\n" + "- " * 60_000 + "\n---\n",
        "---\n" + "? " * 60_000 + "\n---\n",
        "---\n" + "!" * 60_000 + "\n---\n",
        "---\na: '" + "x\n" * 60_000 + "\n---\n",
        "---\n" + "".join(f"k{n}: v\n" for n in range(20_000)) + "---\n",
        "---\na: " + "x" * LARGEST_HEADER + "\n---\n",
        "+++\na = " + "[" * 60_000 + "\n+++\n",
        "+++\na = " + "{a = " * 30_000 + "\n+++\n",
        "+++\n" + "a." * 60_000 + "a = 1\n+++\n",
        "+++\n[[" + "a . " * 60_000 + "a]]\n+++\n",
        "+++\na = " + "1" * 5000 + "\n+++\n",
        "+++\na = " + "[" * 30 + "]" * 30 + "\n+++\n",
        "a: " + "x" * 300_000 + "\n",
    ],
    ids=lambda text: f"{text[4:16]}-{len(text)}",
)
def test_a_hostile_header_is_refused_with_a_line(text: str) -> None:
    assert problem(text).line > 0


@pytest.mark.parametrize(
    "text",
    [
        "+++\n" + "".join(f"k{n} = 1\n" for n in range(20_000)) + "+++\n",
        "+++\n" + "".join(f"[t{n}]\na = 1\n" for n in range(10_000)) + "+++\n",
        "".join(f"k{n}: 1\n" for n in range(20_000)),
        "a: b\n" + " c\n" * 60_000,
    ],
    ids=["toml", "tables", "keys", "lines"],
)
def test_a_long_header_is_read_in_one_pass(text: str) -> None:
    assert read(text, "a.md").header.pairs


def test_keys_of_toml_are_found_where_they_stand() -> None:
    lines = ["a.b = 1", "c = '''", "d = 2", "'''", '  "e f" = 3', "[ g . h ]", "i = 4", "[[j]]", "k = 5"]
    places = {path: (place.line, place.column, place.value) for path, place in toml_places(lines).items()}
    assert places[("a", "b")] == (1, 3, 7)
    assert places[("e f",)] == (5, 3, 11)
    assert places[("g", "h")][:2] == (6, 7)
    assert places[("g", "h", "i")] == (7, 1, 5)
    assert places[("j", "k")] == (9, 1, 5)
    assert ("d",) not in places


words = st.text(st.characters(codec="utf-8"), max_size=20) | st.sampled_from(
    [
        "no",
        "~",
        "",
        " ",
        "- a",
        "---",
        "...",
        "# x",
        "a: b",
        "'",
        '"',
        "\n",
        "\u2028",
        "\x85",
        "\ufeff",
        "\0",
        "*a",
        "&a",
        "!x",
        "22:22",
        "3.10",
        "2026-12-02",
        "<<",
        "=",
        "|",
        ">",
        "%",
        "@",
        "`",
        "{",
        "[",
        "\t",
        "a\n\nb",
        " a",
        "a ",
        "\x7f",
    ]
)
values = st.recursive(
    words, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3), max_leaves=8
)


@given(st.dictionaries(words, values, min_size=1, max_size=4), words)
def test_what_is_written_reads_the_same(values: dict[str, object], body: str) -> None:
    body = body.replace("\r", "").strip("\n")
    document = read(write(values, body), "a.md")
    assert (plain(document.header), document.body) == (values, body)


pieces = st.lists(
    st.sampled_from(
        [
            "---\n",
            "+++\n",
            "...\n",
            "title",
            "date",
            "a",
            ": ",
            ":",
            " = ",
            "- ",
            "? ",
            "[",
            "]",
            "{",
            "}",
            ",",
            "'",
            '"',
            '"""',
            "\n",
            "\n  ",
            "\t",
            "&a ",
            "*a",
            "!!str ",
            "!",
            "|",
            ">",
            "#",
            "%YAML 1.1\n",
            "\u2028",
            "\x85",
            "\r",
            "\0",
            "\ufeff",
            "\ud800",
            "\\",
            "~",
            "2026-12-02",
            "1",
            ".",
            "é",
            "𝔘",
            "<<",
            "@",
        ]
    ),
    max_size=30,
).map("".join)


@given(
    st.one_of(st.text(max_size=60), pieces, pieces.map("---\n{}\n---\n".format), pieces.map("+++\n{}\n+++\n".format))
)
@example("---\n\n---\n")
@example("---\n!!str\n---\n")
@example("---\n---\n---\n")
def test_any_text_is_read_or_refused_with_a_line(text: str) -> None:
    lines = len(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    found = refused(partial(read, text, "a.md"))
    assert all(1 <= problem.line <= lines and problem.column > 0 for problem in found)


def cases() -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads(CASES.read_text("utf-8"))
    return found


@pytest.mark.skipif(not CASES.is_file(), reason="the collection of YAML cases is not beside this checkout")
def test_every_case_of_the_collection_is_a_value_or_our_own_error() -> None:
    told = {case["id"]: refused(partial(read_yaml_node, case["yaml"], case["id"])) for case in cases()}
    assert all(problem.line > 0 for found in told.values() for problem in found)
    assert sum(not found for found in told.values()) > len(told) // 2


@pytest.mark.parametrize("gap", ["", "\n", "  \n", "\t\n"])
def test_a_pelican_header_ends_where_its_keys_end(gap: str) -> None:
    document = read(f"Title: A\nSummary: S\n    and more\n{gap}The first paragraph.\n\nSecond.\n", "a.md")
    assert [(key.text, value.text) for key, value in document.header.pairs if isinstance(value, Scalar)] == [
        ("title", "A"), ("summary", "S and more"),
    ]  # fmt: skip
    assert document.body == "The first paragraph.\n\nSecond."


words_of_a_header = st.text(st.sampled_from("ab é𝔘\u00a0:#,-?'\"[]{}\\~&*!|>%@`"), max_size=8)
values_of_a_header = words_of_a_header | st.sampled_from(
    [
        "A title: with a colon",
        "https://example.org/a?b=c#d",
        "2026-12-02T09:30:00+01:00",
        "[a, b c, 'd, e', \"f: g\"]",
        "[ a,b ]  ",
        "[]",
        "[,]",
        "[a]]",
        "[a, [b]]",
        "[C#, a: b]",
        "'it''s'",
        '"a \\" b"',
        '"a" b',
        "'",
        "# nothing",
        "a #b",
        "a\t",
        "\x85",
        "\x07",
        "---",
        "...",
        "|",
        ">-",
        "&a b",
        "*a",
    ]
)
keys_of_a_header = st.sampled_from(["title", "tags", "a-b", "A_1", "no", "<<", "1", "é", "a b", '"a"', "?", "a" * 101])
lines_of_a_header = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(["", "", "", "  ", "  ", " ", "    ", "- ", "  - ", "-", "\t", "\ufeff"]),
    st.builds("{}:".format, keys_of_a_header) | st.sampled_from(["", "", "---", "...", "%YAML 1.1"]),
    st.sampled_from([" ", " ", "", "   ", "\t"]),
    values_of_a_header,
)


def told(read: Callable[[], Node | None]) -> object:
    """A node with every place in it, or the problems; with names, as tuples of one shape are equal."""
    try:
        return named(read())
    except ContentError as error:
        return error.problems


def named(node: Node | None) -> object:
    match node:
        case None:
            return "table", (2, 1, 1), []
        case Scalar():
            return "scalar", node
        case Sequence():
            return "list", node[1:], [named(value) for value in node.values]
        case Table():
            return "table", node[1:], [(key, named(value)) for key, value in node.pairs]


def both_ways(text: str) -> tuple[object, object]:
    """A header as it is read, and as it is by libyaml alone."""
    alone = told(partial(read_yaml_node, text, "a.md", first_line=2))
    is_table = isinstance(alone, tuple) and alone[0] not in ("list", "scalar")
    return told(partial(read_yaml if is_table else read_yaml_node, text, "a.md", first_line=2)), alone

EDGES = [
    "", "\n", "a: b\n\n", "a: b\n\nc: d", "\na: b", "a: b  \nc:  d", "a:   \nb:", "a: ~", "a: b\na: c", "a", "a:b",
    "a : b", "a: b # c", "a: b#c", "# a", "a: #b", "a: b: c", "a: b:c", "a: b:", "a: b :c", "a: b\tc", "a: b\t",
    "a:\tb", "a: b\t# c", "a: b\x85c", "a: b\x85- c", "a: b\u2028c: d", "a: \u2029", "a: b\u00a0", "a: \u3000b",
    "a: \x07", "a: \ufeff", "a: \ud800", "a: b\n  c", "a: b\n  c: d", "a: b\n- c", " a: b", " a: b\n c: d", "a:\n b",
    "a:\n b: c\n d: e\nf: g", "a:\n  b: c\n d: e", "a:\n b: c\n  d: e", "a:\n  b:\n", "a:\n  b:\n    c: d\n",
    "a:\n  b:\n  - c", "a:\n  b: c\n  b: d", "a:\n  b: [c]\n  d: 'e'", "a:\n- b\n- c\nd: e",
    "a:\n  - b\n  -   c  \n  - 'd'\ne:", "a:\n  - b\n - c", "a:\n - b\n  - c", "a:\n- b\nc", "a:\n- b\n  c: d",
    "a:\n  - b: c", "a:\n  - b:", "a:\n  -", "a:\n -\n", "a:\n- - b", "a:\n-b", "a:\n  - [b, c]", "a:\n--- b",
    "a:\n---", "a:\n...", "a: [b, 'c', \"d\", e f ]", "a: []", "a: [ ]", "a: [b,]", "a: [,]", "a: [b", "a: b]",
    "a: [b] c", "a: [b], [c]", "a: [b] # c", "a: [b: c]", "a: [b:c]", "a: [b:]", "a: ['b': c]", "a: ['b':c]",
    "a: [b?c]", "a: [b? c]", "a: [b#c]", "a: [b #c]", "a: [b\tc]", "a: [[b]]", "a: [{b}]", "a: [b}]", "a: [-b]",
    "a: [- b]", "a: ['b' c]", "a: [b'c]", "a: [b\"c]", "a: ['b,c', d]", "a: [b, b]", "a: 'b'", "a: ' b '", "a: ''",
    "a: '", "a: 'b", "a: 'b''c'", "a: 'b'c'", "a: 'b' 'c'", "a: 'b' c", "a: 'b' # c", "a: 'b\\'", 'a: "b"', 'a: "b\\n"',
    'a: "b\\"', 'a: "b" "c"', 'a: "b": c', 'a: "b #c: d"', 'a: "b', "a: \"b'", "a: \"b'c\"", "a: 'b\"c'",
    *(f"a: {sign}b" for sign in "-?:,[]{}#&*!|>'\"%@`~=<.+^$()/_;"), *(f"a: {sign} b" for sign in "-?:!|>&*"), "a: -",
    "a: ?", "a: --- b", "%YAML 1.1", "?: b", "<<: b", "1: b", "é: b", "a b: c", "'a': b", "[a]: b", "a.b: c", "-a: b",
    f"{'a' * 1100}: b", "a: " + "b" * 1100, "a: [" + "b, " * 500 + "b]", "".join(f"{' ' * n}a:\n" for n in range(30)),
]  # fmt: skip


@pytest.mark.parametrize("text", EDGES)
def test_what_is_nearly_plain_is_read_as_libyaml_reads_it(text: str) -> None:
    found, alone = both_ways(text)
    assert found == alone


@settings(max_examples=1000)
@given(st.lists(lines_of_a_header, min_size=1, max_size=6).map("\n".join))
def test_a_header_is_read_as_libyaml_reads_it(text: str) -> None:
    found, alone = both_ways(text)
    assert found == alone


@pytest.mark.skipif(not CASES.is_file(), reason="the collection of YAML cases is not beside this checkout")
def test_every_case_of_the_collection_is_read_as_libyaml_reads_it() -> None:
    assert [found for found, alone in map(both_ways, (case["yaml"] for case in cases())) if found != alone] == []


def test_plain_front_matter_needs_no_libyaml(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml, "parse", None)
    text = (
        "---\ntitle: What's new in a title\ndate: 2026-12-02T09:30+01:00\ntags: [Free software, 'R, S', \"T\"]\n"
        "source:\n  name: The Source\n  published: 2026-12-01\nsource_url: https://example.org/a?b=c#d\n"
        "authors:\n- One\n- Two\nempty:\n---\n"
    )
    assert header(text) == {
        "title": "What's new in a title",
        "date": "2026-12-02T09:30+01:00",
        "tags": ["Free software", "R, S", "T"],
        "source": {"name": "The Source", "published": "2026-12-01"},
        "source_url": "https://example.org/a?b=c#d",
        "authors": ["One", "Two"],
        "empty": "",
    }


def test_more_values_than_a_header_may_have_are_refused_however_plain_they_are() -> None:
    text = "".join(f"k{n}:\n" for n in range(12_000))
    assert "more than 20,000 values" in problem(f"---\n{text}---\n").message
