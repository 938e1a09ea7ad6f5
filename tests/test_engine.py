"""The engine gives Python-Markdown's HTML, in a bounded amount of work."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
import textwrap
from contextlib import suppress
from functools import cache
from pathlib import Path
from xml.etree.ElementTree import Element

import markdown
import pytest
from costly import TEXTS
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown.extensions import Extension
from markdown.extensions.codehilite import CodeHiliteExtension
from markdown.extensions.footnotes import FootnoteExtension
from markdown.treeprocessors import Treeprocessor

from broadsheet import engine
from broadsheet.engine import DEEPEST_QUOTE, MOST_WORK, convert
from broadsheet.limits import LARGEST_BODY, TooCostlyError

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT.parent / "shared" / "markdown" / "commonmark-examples.json"


class Aligned(Extension):
    def extendMarkdown(self, md: markdown.Markdown) -> None:  # noqa: N802 - Python-Markdown's name
        md.treeprocessors.register(AlignedTree(md), "aligned", 1)


class AlignedTree(Treeprocessor):
    def run(self, root: Element) -> None:
        for element in root.iter():
            if element.tag in ("td", "th") and (style := element.attrib.pop("style", "")):
                element.set("class", "align-" + style.removeprefix("text-align:").strip(" ;"))


@cache
def original(quotes: bool) -> markdown.Markdown:
    """Python-Markdown as it comes, with the extensions of the dialect."""
    notes = FootnoteExtension(BACKLINK_TITLE=engine.BACK_TO_NOTE)
    code = CodeHiliteExtension(guess_lang=False, css_class="highlight")
    extensions: list[str | Extension] = [
        "tables",
        "fenced_code",
        notes,
        code,
        Aligned(),
        *(["smarty"] if quotes else []),
    ]
    return markdown.Markdown(extensions=extensions, output_format="html")


def as_it_comes(text: str, *, quotes: bool) -> str:
    md = original(quotes).reset()
    md.parser.state.clear()
    return md.convert(text)


def same(text: str) -> None:
    for quotes in (False, True):
        try:
            expected = as_it_comes(text, quotes=quotes)
        except RuntimeError:
            # A footnote inside another stops Python-Markdown; here it is refused in words.
            with pytest.raises(TooCostlyError):
                convert(text, typographic_quotes=quotes)
            continue
        assert convert(text, typographic_quotes=quotes) == expected


# The same HTML


SIGNS = st.sampled_from([
    "`", "``", "```", "\\", "*", "**", "***", "_", "__", "[", "]", "(", ")", "![", "[^1]", "[^2]", "[a]",
    "[a]: u \"t\"",
    "[^1]: note", "[^2]: second", "<", ">", "<b>", "</b>", "<div>", "</div>", "<!--", "-->", "<?", "?>", "<![CDATA[",
    "]]>", "&", "&amp;", "&#3;", ";", "\"", "'", "--", "---", "...", "|", "|-|", "a|b\n-|-\n", "\n", "\n\n", "    ",
    "  \n", "\t", "# ", "#", "===", "- ", "* ", "1. ", "> ", "word", "a b", "é", "<http://a.b>", "<a@b.c>", "://", "@",
    "~~~", "``` python\n", "{.x}", "hl_lines=\"1\"", "///Footnotes Go Here///", "\x02", "\r", "!", "](u)",
    "](<u v> \"t\")", "](u \"t\")", "][a]", "  ", ".", "<br/>", "<hr>", "<p>", "\\\\`", "klzzwxh:0000", "wzxhzdk:0",
])  # fmt: skip


@pytest.mark.parametrize("text", [
    "b``<``` python\n?> # : ```` python\n](u)://`- .2. ` x", "a ``b```c `d` ``e", "**a *b* `c` d** e",
    "***a* [b](c) `d`** *e*",
    "[a](b \"c ( d ( e", "[^2](* a...> `([^1]![    1.\n\n[^1]: note\" x",
    "*a* **b** `*`*c* \\**d*", "[a [b](c)](d) ![e][f]",
])  # fmt: skip
def test_what_is_read_in_a_way_of_its_own_is_read_so(text: str) -> None:
    same(text)


@settings(max_examples=1_000)
@given(st.lists(SIGNS, max_size=60).map("".join))
def test_any_text_gives_python_markdowns_html(text: str) -> None:
    same(text)


@settings(max_examples=150)
@given(st.lists(SIGNS, min_size=1, max_size=4).map("".join), st.integers(2, 40))
def test_repeated_fragments_give_python_markdowns_html(fragment: str, times: int) -> None:
    same(fragment * min(times, 8))
    assert_bounded(fragment * times)


@pytest.mark.parametrize("file", sorted((ROOT / "docs").glob("*.md")), ids=lambda file: file.name)
def test_our_own_pages_give_python_markdowns_html(file: Path) -> None:
    same(file.read_text("utf-8"))


def test_our_own_articles_give_python_markdowns_html() -> None:
    files = sorted((ROOT / "content").rglob("*.md"))
    assert files
    for file in files:
        same(file.read_text("utf-8"))


@pytest.mark.skipif(not EXAMPLES.is_file(), reason=f"the CommonMark examples are not here ({EXAMPLES})")
def test_every_example_of_commonmark_gives_python_markdowns_html() -> None:
    examples = [one["markdown"] for one in json.loads(EXAMPLES.read_text("utf-8"))]
    assert len(examples) > 600
    for text in examples:
        same(text)


SOURCE = Path(os.environ.get("MARKDOWN_SOURCE", "no-source-is-given"))
"""Python-Markdown's source distribution, unpacked, with its own tests."""


@pytest.mark.skipif(not (SOURCE / "tests").is_dir(), reason="MARKDOWN_SOURCE does not name Python-Markdown's source")
def test_every_text_of_python_markdowns_own_tests_gives_its_html() -> None:
    texts = {file.read_text("utf-8", "replace") for file in SOURCE.rglob("*.txt")}
    for file in (SOURCE / "tests").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                texts |= {node.value, textwrap.dedent(node.value)}
    assert len(texts) > 2_000
    for text in sorted(texts):
        same(text)


def test_a_text_that_was_refused_leaves_nothing_behind_for_the_next() -> None:
    for refused in (
        "> " * (DEEPEST_QUOTE + 1) + "x",
        "- [a]: b\n\n" + "* " * (DEEPEST_QUOTE + 1) + "x",
        "*a* " * 200_000,
    ):
        with pytest.raises(TooCostlyError):
            convert(refused)
        same("Text.\n\n- one\n- two [a]\n\n> said")


# The work


def steps(text: str) -> int:
    convert(text)
    return MOST_WORK - engine._engine(False, engine.BACK_TO_NOTE).work.left


def assert_bounded(text: str) -> None:
    with suppress(TooCostlyError):
        assert steps(text) <= MOST_WORK


LINEAR = {
    "brackets": "[", "pictures": "![", "links without an end": "[a](",
    "closed brackets": "[a] ", "footnotes without an end": "[^", "such footnotes by line": "[^\n",
    "paragraphs": "a\n\n",
    "words": "word ", "lines": "a\n", "list": "- a\n", "table": "a|b\n", "definitions": "[a]: b\n", "entities": "&x",
}  # fmt: skip


@pytest.mark.parametrize("fragment", LINEAR.values(), ids=LINEAR.keys())
def test_twice_the_text_takes_about_twice_the_work(fragment: str) -> None:
    assert steps(fragment * 4_000) <= 2.3 * steps(fragment * 2_000)


def test_a_footnote_referred_to_16_666_times_leads_back_from_each() -> None:
    html = convert("[^1]\n" * 16_666 + "\n[^1]: Ground.")
    assert html.count('class="footnote-backref"') == html.count('class="footnote-ref"') == 16_666
    assert 'id="fnref16666:1"' in html


def test_text_refused_says_where_it_is_too_involved() -> None:
    with pytest.raises(TooCostlyError, match="too many marks") as caught:
        convert("First.\n\nSecond.\n\n" + "*a* " * 200_000)
    assert caught.value.line == 5
    assert caught.value.excerpt.startswith("*a* *a*")


def test_text_too_long_is_refused() -> None:
    with pytest.raises(TooCostlyError, match="over 1,000,000"):
        convert("x" * (LARGEST_BODY + 1))


@pytest.mark.parametrize("item", ["* ", "1. ", "> ", "* > "])
def test_what_is_nested_too_deep_is_refused_in_one_line_and_in_many(item: str) -> None:
    assert "x" in convert(item * (DEEPEST_QUOTE * 2 // len(item.split()) // 2) + "x")
    with pytest.raises(TooCostlyError, match="nested"):
        convert(item * (DEEPEST_QUOTE + 1) + "x")


@pytest.mark.parametrize("between", ["\n", "\n\n"])
def test_lists_indented_too_deep_are_refused(between: str) -> None:
    with pytest.raises(TooCostlyError, match="nested"):
        convert(between.join("    " * n + "* x" for n in range(320)))


def test_code_that_stands_far_to_the_right_is_no_nesting() -> None:
    same("```\n" + " " * 200 + "x\n```\n\n- a\n\n" + " " * 200 + "y")


# A megabyte of anything


JUDGE = """
import json, resource, time
from broadsheet.limits import TooCostlyError
from broadsheet.markup import sanitize, to_html
from costly import TEXTS

resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
for name, text in TEXTS.items():
    # Generous, so that a slow machine passes, and what takes the square of a megabyte does not.
    end = int(time.process_time()) + 20
    resource.setrlimit(resource.RLIMIT_CPU, (end, resource.RLIM_INFINITY))
    try:
        sanitize(to_html(text))
        print(json.dumps([name, "rendered"]), flush=True)
    except TooCostlyError as error:
        print(json.dumps([name, str(error)]), flush=True)
"""

RENDERED = {"brackets", "pictures", "links", "growing runs", "open footnotes", "paragraphs", "lines", "one comment"}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows limits no process this way")
def test_a_megabyte_of_anything_is_rendered_or_refused_in_time() -> None:
    run = subprocess.run(
        [sys.executable, "-c", JUDGE],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])},
    )
    told = dict(json.loads(line) for line in run.stdout.splitlines())
    assert told.keys() == TEXTS.keys(), run.stderr[-500:]
    assert {name for name, said in told.items() if said == "rendered"} >= RENDERED
    assert len(told) - len(RENDERED) > 20


NORMAL = {
    "prose": "A paragraph with *emphasis*, a [link](https://example.org/a_b) and `code`, said again and again.\n\n"
    * 9_000,
    "a long paragraph": "Words with *emphasis*, a [link](https://example.org/a_b) and `code`. " * 2_800,
    "a list": "- An item with *emphasis* and a [link](https://example.org/) in it.\n" * 13_000,
    "tables": "| Year | Metre |\n|---|---|\n" + "| 1799 | platinum, and some words |\n" * 20_000,
    "code": ("Words.\n\n```python\nfor one in range(10):\n    print(one)\n```\n\n" + "Words. " * 30 + "\n\n") * 2_000,
    "footnotes": "".join(
        f"A claim[^{n}] and words that go on.\n\n[^{n}]: Its ground, *told*.\n\n" for n in range(5_000)
    ),
}


@pytest.mark.parametrize("text", NORMAL.values(), ids=NORMAL.keys())
def test_long_articles_are_rendered(text: str) -> None:
    assert len(convert(text)) > len(text) * 0.9
