"""What is converted swiftly is what Python-Markdown makes of it, byte for byte."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from broadsheet import engine, swift

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT.parent / "shared" / "markdown" / "commonmark-examples.json"


def assert_same(text: str) -> None:
    for typographic_quotes in (False, True):
        html = swift.convert(text, typographic_quotes=typographic_quotes)
        assert html is None or html == engine.convert(text, typographic_quotes=typographic_quotes)


# What an article is made of

PLAIN = (
    "One paragraph.", "Two lines\nof one paragraph, and\n- no list", "One\n\nTwo\n\n\n\nThree\n", "A hard  \nbreak",
    "Trailing spaces  ", "Cafés’ “quotes” – dashes — 中文, ٣, \xa0and a no-break space",
    "AT&T, R&D; &amp; &copy; &#38; &#x26; & &c.", "a > b, a < b, \"quoted\", it's",
    "**Bold**, *slanted*, __bold__, _slanted_, (*both*), mid**dle**, snake_case and __dunder__",
    "**[A link](https://e.x/) in bold**, *`code`*, [**bold** and `code`](x.md)",
    "**_Both_**, *__both__*, _a **b** c_, __*both*__, (**_both_**) and **a _b_ c __d__ e_f**",
    "Swearing like f***",
    "user_name_ of snake_case",
    "[![A picture](p.webp)](https://e.x/) [![One](p) and words!](q)",
    "5 * 3 is no *emphasis* and 5 * 3 neither", "A single * star",
    "[A link](https://e.x/a_b?c=d&e=f#g), [another](../a.md), [a third](u_(v)), [a title](u \"It & more\")",
    "![A picture of \"one\" > another](p.webp) and ![](q.webp \"Title\")", "<https://e.x/a_b>",
    "`code`, ` a & b > c `, `**`", "[sic], [1], [a] [b], an ] and a [",
    r"\*no emphasis\*, \[no link\](x), 1\. \\ \_ \> \| and C:\files",
    "# One\n\n###### Six\n\n####### Seven\n\n## Closed ##\n\n#Tight", "## Heading\nand text\n### And\n- a list",
    "- one\n- two\n- three", "* one\n+ two\n- three", "1. one\n2. two\n\nText",
    "- one\nand on\n- two\n  - three\n  and on", "- one\n\n- two\n- three\n\n- four\n- five", "- one\n\n1. two",
    "2024. A year is the number of an item",
    "> A quotation\n> of two lines\n>\n> - and *a list*\n\n> still the same\n\nText", "Text\n\n---\n\nText\n\n* * *",
    "a | b", "| a\nb |", "", "\n\n",
)  # fmt: skip


@pytest.mark.parametrize("text", PLAIN)
def test_a_plain_text_is_converted_as_python_markdown_does(text: str) -> None:
    assert swift.convert(text) == engine.convert(text)


@pytest.mark.parametrize(
    "text",
    [
        "a\tb",
        "a\r\nb",
        "a\x02b",
        "    code",
        "a\n    b",
        "a\n \nb",
        "```\ncode\n```",
        "~~~\ncode\n~~~",
        "| a | b |\n|---|---|\n| c | d |",
        "a\n===",
        "a\n---",
        "a\n> b",
        "> a\nb",
        "> > a",
        "[a]\n\n[a]: u",
        "> [a]: u",
        "- [a]: u",
        "[^1]\n\n[^1]: note",
        "<b>a</b>",
        "a <!-- b -->",
        "<a@b.c>",
        "&#38 and on",
        "[a](<u>)",
        "[a](u 'v')",
        "[a]()",
        "[a [b](u)](v)",
        "![a `b`](u)",
        "***a***",
        "a****",
        "a____b",
        "*a **b** c*",
        "**a*",
        "*a _b*",
        "**_a**_",
        "*a _b *c* d_*",
        "``a``",
        "`a",
        "- - a",
        "- # a",
        "-  \n- a",
        "#",
        "- a\n\n    b",
    ],
)
def test_what_is_not_plain_is_left_alone(text: str) -> None:
    assert swift.convert(text) is None


@pytest.mark.parametrize("text", ["it's", 'a "b"', "a -- b", "a...", "- a\n\n'b'"])
def test_what_typographic_quotes_would_change_is_left_alone(text: str) -> None:
    assert swift.convert(text) is not None
    assert swift.convert(text, typographic_quotes=True) is None


# Whatever is typed

SIGNS = st.sampled_from(
    [
        *"*_`[]()<>&\\#-+.=|~!:;\"'{}/ \n\t\r\x02\x03\x0b\x0c\x1c\x85\xa0\u2028a1é٣ſ中",
        "**", "__", "``", "](", "](u)", "[x](u)", "![", "![x](u)", '(u "t")', "\n\n", "  \n", "\n  ", "\n    ", "\n> ",
        "\n- ", "\n1. ", "\n# ", "\n---\n", "\n===\n", "* * *", "&amp;", "&#38;", "&#", "[a]: u", "[^1]", "\\*", "\\`",
        "\\\\", "**bold**", "*em*", "_em_", "`code`", "snake_case", "word", "some words", "<https://e.x/>", "<b>",
        "...", "--",
    ]
)  # fmt: skip
TEXTS = st.lists(SIGNS, min_size=1, max_size=24).map("".join)


@settings(max_examples=3000, deadline=None)
@given(TEXTS)
@example("![\\`](u)")
@example("![`c`](u)")
@example("a  \n\xa0*b*")
@example("`a]: b`")
@example("[`a]: b`")
@example("[a\\]: b")
@example("- [a\nb]: c")
@example("&\\#38;")
@example("*a*  \n*b*")
@example("> a\n>")
@example("## a \\#")
@example("> a\n# b\nc\n- - -\nd")
def test_any_heap_of_signs_is_the_same_either_way(text: str) -> None:
    assert_same(text)


WORDS = st.sampled_from(
    [
        "word",
        "of",
        "the",
        "2024.",
        "9",
        "Zoë",
        "中文",
        "it's",
        "AT&T",
        "5 > 3",
        "snake_case",
        "(see",
        "left)",
        "–",
        "e.g.",
    ]
)
SPANS = st.sampled_from(
    [
        "**bold**", "*em*", "_em_", "__bold__", "**two words**", "**[x](u)**", "[**x**](u)", "(*x*)", "`code`",
        "`a*b_c`", "[x](https://e.x/a_b?c=d&e=f#g)", '[x](u "a title")', "[x](u_(v))", "[sic]", "![a picture](p.webp)",
        "<https://e.x/>", "&amp;", "&", "\\*", "\\[", "\\_",
    ]
)  # fmt: skip
LINES = st.lists(st.one_of(WORDS, WORDS, WORDS, SPANS), min_size=1, max_size=12).map(" ".join)
BLOCKS = st.one_of(
    LINES,
    LINES,
    st.lists(LINES, min_size=2, max_size=4).map("\n".join),
    st.lists(LINES, min_size=2, max_size=4).map("  \n".join),
    st.tuples(st.sampled_from(["# ", "## ", "###", "## A "]), LINES).map("".join),
    st.lists(LINES, min_size=1, max_size=4).map(lambda items: "\n".join(f"- {item}" for item in items)),
    st.lists(LINES, min_size=1, max_size=4).map(lambda items: "\n".join(f"{n}. {one}" for n, one in enumerate(items))),
    st.lists(LINES, min_size=1, max_size=4).map(lambda lines: "\n>\n".join(f"> {line}" for line in lines)),
    st.just("---"),
)
ARTICLES = st.lists(BLOCKS, min_size=1, max_size=8).map("\n\n".join)


@settings(max_examples=600, deadline=None)
@given(ARTICLES)
def test_an_article_is_the_same_either_way(text: str) -> None:
    assert_same(text)


@settings(max_examples=600, deadline=None)
@given(ARTICLES, st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 3), SIGNS), min_size=1, max_size=4))
def test_an_article_with_a_slip_is_the_same_either_way(text: str, slips: list[tuple[int, int, str]]) -> None:
    for place, gone, sign in slips:
        place %= len(text) + 1
        text = text[:place] + sign + text[place + gone :]
    assert_same(text)


@pytest.mark.skipif(not EXAMPLES.is_file(), reason=f"the CommonMark examples are not here ({EXAMPLES})")
def test_every_example_of_commonmark_is_the_same_either_way() -> None:
    examples = [one["markdown"] for one in json.loads(EXAMPLES.read_text("utf-8"))]
    for text in (*examples, *map("\n\n".join, pairwise(examples))):
        assert_same(text)
    assert sum(swift.convert(text) is not None for text in examples) > 100


def bodies() -> list[str]:
    texts = [file.read_text("utf-8") for file in sorted((ROOT / "content").rglob("*.md"))]
    return [re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.S) for text in texts]


def test_our_own_articles_are_the_same_either_way_and_most_are_plain() -> None:
    texts = bodies()
    for part in (*texts, *(block for text in texts for block in text.split("\n\n"))):
        assert_same(part)
    assert sum(swift.convert(text) is not None for text in texts) >= 0.6 * len(texts)


def test_many_documents_are_the_same_either_way_and_plain_articles_are_not_refused() -> None:
    """A million of them are compared by `make bench-identity`."""
    done = subprocess.run(
        [sys.executable, "benchmarks/identity.py", "--count", "5000"], cwd=ROOT, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    found = re.search(r"^(\d[\d,]*) documents, .* \((\d+)%\) swift, 0 differ", done.stdout, re.M)
    assert found, done.stdout
    assert found[1] == "5,000"
    assert int(found[2]) >= 20


# How long it takes


@pytest.mark.parametrize(
    "piece",
    ["*", "_", "[", "](", "`", "![", "\\", "&", "&#", "**a", "_a", "*a ", "[a](", "[a](u ", "[a](u(", '[a](u "', "`a",
     "<", "<https://a", "a  \n", "\n- ", "\n> ", "# ", "\n#", "\n[", "-", "\n-", "- ", "* ", "1. ", "a_", "\n", " ",
     "\n  "],
)  # fmt: skip
def test_no_text_takes_time_that_grows_with_the_square_of_its_length(piece: str) -> None:
    """Then the same sign a hundred thousand times would take minutes."""
    began = time.process_time()
    for text in (piece * 100_000, "a" + piece * 100_000, piece * 100_000 + "a", "- " + piece * 100_000):
        swift.convert(text)
    assert time.process_time() - began < 5
