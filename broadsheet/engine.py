"""Markdown to HTML that is not safe yet, in a bounded amount of work.

Python-Markdown does it, set up by its own extension points. Where it tries every
pattern on every text, ours are tried where the signs they need are there; where
a text could cost the square of its length or more, the work is counted, and text
that needs too much of it is refused. Counted are steps, not seconds, so that the
same text gets the same answer on every machine.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import deque
from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import Any, NoReturn, Self, cast
from xml.etree.ElementTree import Element, SubElement

import markdown
from markdown.blockparser import BlockParser
from markdown.blockprocessors import (
    BlockProcessor,
    BlockQuoteProcessor,
    HashHeaderProcessor,
    HRProcessor,
    OListProcessor,
    ReferenceProcessor,
    SetextHeaderProcessor,
    UListProcessor,
)
from markdown.extensions import Extension
from markdown.extensions.codehilite import CodeHiliteExtension
from markdown.extensions.fenced_code import FencedBlockPreprocessor, FencedCodeExtension
from markdown.extensions.footnotes import FootnoteBlockProcessor, FootnoteExtension, FootnoteInlineProcessor
from markdown.extensions.smarty import SmartyExtension
from markdown.extensions.tables import TableExtension, TableProcessor
from markdown.htmlparser import HTMLExtractor
from markdown.inlinepatterns import (
    AUTOLINK_RE,
    AUTOMAIL_RE,
    BACKTICK_RE,
    ENTITY_RE,
    ESCAPE_RE,
    HTML_RE,
    IMAGE_LINK_RE,
    LINE_BREAK_RE,
    LINK_RE,
    BacktickInlineProcessor,
    DelimiterProcessor,
    ImageInlineProcessor,
    ImageReferenceInlineProcessor,
    LinkInlineProcessor,
    ReferenceInlineProcessor,
    ShortImageReferenceInlineProcessor,
    ShortReferenceInlineProcessor,
)
from markdown.preprocessors import HtmlBlockPreprocessor
from markdown.treeprocessors import InlineProcessor, Treeprocessor, UnescapeTreeprocessor
from markdown.util import (
    BLOCK_LEVEL_ELEMENTS,
    INLINE_PLACEHOLDER,
    INLINE_PLACEHOLDER_PREFIX,
    INLINE_PLACEHOLDER_RE,
    STX,
    AtomicString,
    Registry,
)

from broadsheet.limits import LARGEST_BODY, TooCostlyError

DEEPEST_QUOTE = 40
"""Block quotations and lists inside one another; Python-Markdown recurses once for each."""

MOST_WORK = 400_000_000
"""Steps that one text may take, of about ten nanoseconds each; an article of 600 words takes 200,000."""

MOST_CELLS = 200_000
"""Cells of one table, those that its rows leave out among them."""

BACK_TO_NOTE = "Jump back to footnote {} in the text"


def convert(text: str, *, typographic_quotes: bool = False, back_to_note: str = BACK_TO_NOTE) -> str:
    """Markdown to HTML as Python-Markdown makes it: see `markup.to_html`. Raises TooCostlyError."""
    if len(text) > LARGEST_BODY:
        raise TooCostlyError(f"the text has {len(text):,} characters, over {LARGEST_BODY:,}")
    return _engine(typographic_quotes, back_to_note).convert(text)


def code_classes() -> frozenset[str]:
    """The classes that coloured code may have."""
    # Not needed where no page is sanitized, and dear to import.
    from pygments.token import STANDARD_TYPES

    return frozenset(name for name in STANDARD_TYPES.values() if name)


# One engine for each thread would be cleaner for the preview, which renders under a lock instead:
# making one costs as much as thirty articles.
@cache
def _engine(typographic_quotes: bool, back_to_note: str) -> _Engine:
    return _Engine(typographic_quotes, back_to_note)


class Work:
    """What is left of the work that a text may take; `at` is the part in hand, `width` the bytes of a character."""

    def __init__(self) -> None:
        self.begin("")

    def begin(self, text: str) -> None:
        self.left = MOST_WORK
        self.at = ""
        self.width = 1 if text.isascii() or max(text) < "\u0100" else 2 if max(text) < "\U00010000" else 4
        self._text = text

    def spend(self, steps: int, why: str) -> None:
        self.left -= steps
        if self.left < 0:
            self.refuse(f"the text takes too much work to render: {why}")

    def refuse(self, message: str) -> NoReturn:
        excerpt = self.at.strip().split("\n", 1)[0][:200]
        place = self._text.find(excerpt) if excerpt else -1
        if place < 0:
            raise TooCostlyError(message)
        raise TooCostlyError(message, self._text.count("\n", 0, place) + 1, excerpt)


class _Engine(markdown.Markdown):
    """Python-Markdown with our parts in place of those that cost too much."""

    parser: _Parser

    def __init__(self, typographic_quotes: bool, back_to_note: str) -> None:
        self.work = Work()
        super().__init__(extensions=_extensions(self.work, typographic_quotes, back_to_note), output_format="html")

    def build_parser(self) -> Self:
        super().build_parser()
        self.parser = _Parser(self, self.parser, self.work)
        return self

    def is_block_level(self, tag: object) -> bool:
        return isinstance(tag, str) and tag.lower().rstrip("/") in _BLOCKS

    def convert(self, text: str) -> str:
        self.reset()
        self.parser.begin()
        self.work.begin(text)
        try:
            return super().convert(text)
        except RecursionError as error:
            raise TooCostlyError("the text is nested too deep") from error


_BLOCKS = frozenset(BLOCK_LEVEL_ELEMENTS)


def _extensions(work: Work, typographic_quotes: bool, back_to_note: str) -> list[Extension]:
    quotes = [SmartyExtension()] if typographic_quotes else []
    return [
        TableExtension(),
        FencedCodeExtension(),
        _Footnotes(work, BACKLINK_TITLE=back_to_note),
        CodeHiliteExtension(guess_lang=False, css_class="highlight"),
        *quotes,
        _House(),
    ]


class _House(Extension):
    """Our parts under the names and priorities of those they stand for, and what every page needs of the tree."""

    def extendMarkdown(self, md: markdown.Markdown) -> None:  # noqa: N802 - Python-Markdown's name
        work = cast(_Engine, md).work
        md.preprocessors.register(_Fences(md, {"lang_prefix": "language-"}, work), "fenced_code_block", 25)
        md.preprocessors.register(_Blocks(md, work), "html_block", 20)
        md.parser.blockprocessors.register(_Table(md.parser, {"use_align_attribute": False}, work), "table", 75)
        for name, part, priority in _inline_patterns(md, work):
            md.inlinePatterns.register(part, name, priority)
        md.treeprocessors.register(_Measure(md, work), "measure", 60)
        md.treeprocessors.register(_Measure(md, work), "measure-notes", 40)
        md.treeprocessors.register(_Inline(md, md.inlinePatterns, work, _SIGNS), "inline", 20)
        if "smarty" in md.treeprocessors:
            smarty = cast(InlineProcessor, md.treeprocessors["smarty"])
            md.treeprocessors.register(_Inline(md, smarty.inlinePatterns, work, _QUOTE_SIGNS), "smarty", 6)
        md.treeprocessors.register(_HouseTree(md), "broadsheet", 1)
        md.treeprocessors.register(_Unescape(md), "unescape", 0)


class _HouseTree(Treeprocessor):
    def run(self, root: Element) -> None:
        for element in root.iter():
            if element.tag in ("td", "th") and (style := element.attrib.pop("style", "")):
                element.set("class", "align-" + style.removeprefix("text-align:").strip(" ;"))


class _Unescape(UnescapeTreeprocessor):
    def unescape(self, text: str) -> str:
        return super().unescape(text) if STX in text else text


class _Measure(Treeprocessor):
    """The tree held to a depth that those who walk it recursively can bear, and its code to what may be coloured."""

    def __init__(self, md: markdown.Markdown, work: Work) -> None:
        super().__init__(md)
        self._work = work

    def run(self, root: Element) -> None:
        level, depth = [root], 0
        while level:
            level = [child for element in level for child in element if len(child) or child.text]
            depth += 1
            if depth > 2 * DEEPEST_QUOTE + 8:
                self._work.refuse(_TOO_DEEP)
        for block in root.iter("pre"):
            code = (block[0].text if len(block) else "") or ""
            each = _COLOURING if code.lstrip().startswith(("::", "#!")) else 1
            self._work.spend(10_000 + each * len(code), "too many blocks of code")


_COLOURING = 450
"""Steps for each character of code in a language that Pygments knows."""

_TOO_DEEP = f"quotations or lists are nested more than {DEEPEST_QUOTE} deep"


# Blocks -----------------------------------------------------------------------------------------------


class _Rest(list[str]):
    """Blocks that are still to be parsed, the first of them last: Python-Markdown takes and gives at the front."""

    def pop(self, index: int = 0) -> str:  # type: ignore[override]  # the front is where a list would take the back
        return super().pop()

    def insert(self, index: int, block: str) -> None:  # type: ignore[override]  # as with `pop`
        self.append(block)

    def __getitem__(self, index: int) -> str:  # type: ignore[override]  # as with `pop`
        return super().__getitem__(-1)


class _Parser(BlockParser):
    """Blocks to the tree, each tried by those processors only whose signs are in it."""

    def __init__(self, md: markdown.Markdown, parser: BlockParser, work: Work) -> None:
        super().__init__(md)
        self._work = work
        self._tried: list[tuple[tuple[str, ...], BlockProcessor]] = []
        self._nested: list[Element] = []
        self.blockprocessors = parser.blockprocessors
        for processor in self.blockprocessors:
            processor.parser = self
        self.blockprocessors.register(_Underlined(self), "setextheader", 60)
        self.blockprocessors.register(_OrderedList(self), "olist", 40)
        self.blockprocessors.register(_BulletList(self), "ulist", 30)
        self.blockprocessors.register(_References(self, work), "reference", 15)

    def begin(self) -> None:
        """Forget a text that was refused half way."""
        self.state.clear()
        self._nested.clear()

    def parseChunk(self, parent: Element, text: str) -> None:  # noqa: N802 - Python-Markdown's name
        self.parseBlocks(parent, _Rest(reversed(text.split("\n\n"))))

    def parseBlocks(self, parent: Element, blocks: list[str]) -> None:  # noqa: N802 - Python-Markdown's name
        self._tried = self._tried or [(_signs_of(one), one) for one in self.blockprocessors]
        work, nested = self._work, self._nested
        nested.append(parent)
        if len(nested) > DEEPEST_QUOTE + 1 and len({one for one in nested if one.tag in _NESTING}) > DEEPEST_QUOTE:
            work.refuse(_TOO_DEEP)
        while blocks:
            block = blocks[0]
            work.at = block
            lines = len(block) * 2 if block.startswith("    ") else 0
            work.spend(500 + len(block) // 8 + lines + _behind(parent) // 16, _TOO_MANY_LINES)
            for signs, processor in self._tried:
                if signs and not any(sign in block for sign in signs):
                    continue
                if processor.test(parent, block) and processor.run(parent, blocks) is not False:
                    break
                if signs:
                    work.spend(2 * len(block), _TOO_MANY_LINES)
        nested.pop()


_TOO_MANY_LINES = "too many lines that stand together"

_NESTING = ("li", "blockquote")

_BLOCK_SIGNS: tuple[tuple[type[BlockProcessor], tuple[str, ...]], ...] = (
    (HashHeaderProcessor, ("#",)),
    (HRProcessor, ("-", "_", "*")),
    (BlockQuoteProcessor, (">",)),
    (FootnoteBlockProcessor, ("]:",)),
    (ReferenceProcessor, ("]:",)),
)
"""What a block must hold for a processor to find anything in it; the others look at its beginning only."""


def _signs_of(processor: BlockProcessor) -> tuple[str, ...]:
    return next((signs for kind, signs in _BLOCK_SIGNS if isinstance(processor, kind)), ())


def _behind(parent: Element) -> int:
    """Characters that the next block may be joined to, which copies them."""
    if not len(parent):
        return len(parent.text or "")
    last = parent[-1]
    return len((last[0].text if last.tag == "pre" and len(last) else last.tail) or "")


class _OrderedList(OListProcessor):
    """A list whose items are joined once; Python-Markdown copies an item for each of its lines."""

    def get_items(self, block: str) -> list[str]:
        items: list[list[str]] = []
        for line in block.split("\n"):
            if found := self.CHILD_RE.match(line):
                items.append([found[3]])
            elif self.INDENT_RE.match(line) and not items[-1][0].startswith(" " * self.tab_length):
                items.append([line])
            else:
                items[-1].append(line)
        return ["\n".join(lines) for lines in items]


class _BulletList(UListProcessor):
    get_items = _OrderedList.get_items


class _Underlined(SetextHeaderProcessor):
    """A heading in two lines, which leaves the lines below as they are."""

    def run(self, parent: Element, blocks: list[str]) -> None:
        words, line, *rest = blocks.pop(0).split("\n", 2)
        SubElement(parent, "h1" if line.startswith("=") else "h2").text = words.strip()
        if rest:
            blocks.insert(0, rest[0])


class _References(ReferenceProcessor):
    """Definitions of what references lead to; what looks like a title costs the square of a line full of quotes."""

    def __init__(self, parser: BlockParser, work: Work) -> None:
        super().__init__(parser)
        self._work = work

    def run(self, parent: Element, blocks: list[str]) -> bool | None:
        self._work.spend(3 * len(blocks[0]), _TOO_MANY_LINES)
        for line in blocks[0].split("\n"):
            self._work.spend(len(line) * sum(map(line.count, "\"'(")) // 4, "too many quotation marks in one line")
        return super().run(parent, blocks)


class _Table(TableProcessor):
    """A table of no more cells than fit a page, whose every row is split at a price that is known."""

    _BEGINNING = re.compile(r"[^\n|]*\|[^\n]*\n[ |:\\-]*(?:\n|$)")

    def __init__(self, parser: BlockParser, config: dict[str, Any], work: Work) -> None:
        super().__init__(parser, config)
        self._work = work

    def test(self, parent: Element, block: str) -> bool:
        if not self._BEGINNING.match(block):
            return False
        self._work.spend(4 * len(block) + sum(map(_splitting, block.split("\n", 2)[:2])), _TOO_MANY_PIPES)
        return super().test(parent, block)

    def run(self, parent: Element, blocks: list[str]) -> None:
        rows = blocks[0].split("\n")
        if (cells := len(rows) * len(self.separator)) > MOST_CELLS:
            self._work.refuse(f"a table has {cells:,} cells, over {MOST_CELLS:,}")
        self._work.spend(500 * cells + sum(map(_splitting, rows)), _TOO_MANY_PIPES)
        super().run(parent, blocks)


_TOO_MANY_PIPES = "too much code in one row of a table"


def _splitting(row: str) -> int:
    """Steps to split a row of a table: each pipe and each backtick is held against every backtick."""
    return row.count("`") * (row.count("|") + row.count("`")) * 2


# Before the blocks ------------------------------------------------------------------------------------


class _Fences(FencedBlockPreprocessor):
    """Fenced code, looked for only where its end is; without one, each fence is held against all that follows."""

    _OPENING = re.compile(r"^(`{3,}|~{3,})[ ]*(\{[^\n]*\}|(?:\.?[\w#.+-]*[ ]*)(?:hl_lines=.*)?)\n", re.M)
    _CLOSING = re.compile(r"^(`{3,}|~{3,})[ ]*$", re.M)

    def __init__(self, md: markdown.Markdown, config: dict[str, Any], work: Work) -> None:
        super().__init__(md, config)
        self._work = work

    def run(self, lines: list[str]) -> list[str]:
        text = "\n".join(lines)
        if "```" not in text and "~~~" not in text:
            return lines
        self._spend(text)
        return super().run(lines)

    def _spend(self, text: str) -> None:
        """Steps that the search for fences takes: as far as the end of each, and to the end of the text without one."""
        ends: dict[str, list[int]] = {}
        for closing in self._CLOSING.finditer(text):
            ends.setdefault(closing[1], []).append(closing.start())
        at = 0
        while (found := self._OPENING.search(text, at)) is not None:
            self._work.at = found[0]
            candidates = ends.get(found[1], [])
            place = bisect_left(candidates, found.end())
            end = candidates[place] if place < len(candidates) else None
            attributes = found[2]
            code = (end or len(text)) - found.start()
            at = found.end() if end is None or attributes.startswith("{") else end + len(found[1])
            again = len(text) - found.start() if "hl_lines" in attributes else 0
            steps = 2 * code if end is None else 20_000 + (_COLOURING if attributes else 5) * code + len(text) // 32
            self._work.spend(steps + 2 * again, "too many blocks of code, or fences without an end")


class _Blocks(HtmlBlockPreprocessor):
    """Typed HTML, taken out of the text; where there is none, nothing is looked at."""

    def __init__(self, md: markdown.Markdown, work: Work) -> None:
        super().__init__(md)
        self._work = work

    def run(self, lines: list[str]) -> list[str]:
        source = "\n".join(lines)
        if "<" not in source and "&#" not in source:
            return lines
        parser = _Extractor(self.md, self._work)
        parser.feed(source)
        parser.close()
        return "".join(parser.cleandoc).split("\n")


class _Extractor(HTMLExtractor):
    def __init__(self, md: markdown.Markdown, work: Work) -> None:
        self._work = work
        super().__init__(md)

    def updatepos(self, i: int, j: int) -> int:
        if self.rawdata.startswith("<", i):
            self._work.at = self.rawdata[i : i + 200]
            # The end of a declaration is looked for in all that follows; of other tags what follows is copied.
            each = 20 if self.rawdata.startswith(("<!", "<?"), i) else 200
            open_tags = len(self.stack) + len(self.inline_stack)
            self._work.spend(600 + (len(self.rawdata) - i) // each + open_tags, _TOO_MANY_TAGS)
        return super().updatepos(i, j)

    def check_for_whole_start_tag(self, i: int) -> int:
        end: int = super().check_for_whole_start_tag(i)
        self._work.spend(10 * ((end if end >= 0 else len(self.rawdata)) - i), _TOO_MANY_TAGS)
        return end

    def inline_close_follows(self, text: str) -> bool:
        self._work.spend(len(self.inline_stack) * (500 + len(self.rawdata) // 8), "too many tags left open")
        return super().inline_close_follows(text)


_TOO_MANY_TAGS = "too many HTML tags"


# Inside the blocks ------------------------------------------------------------------------------------


_INLINE_SIGNS: dict[str, tuple[str, ...]] = {
    BACKTICK_RE: ("`",),
    ESCAPE_RE: ("\\",),
    LINK_RE: ("[",),
    IMAGE_LINK_RE: ("![",),
    AUTOLINK_RE: ("://",),
    AUTOMAIL_RE: ("@",),
    LINE_BREAK_RE: ("  \n",),
    HTML_RE: ("<",),
    ENTITY_RE: ("&",),
    r"\*|_": ("*", "_"),
}
"""What a text must hold for a pattern to find anything in it."""

_SIGNS = re.compile(r"[`\\\[<&*_\x02]|  \n")
"""What a text must hold for any of Python-Markdown's patterns, or a place taken by one, to be in it."""

_QUOTE_SIGNS = re.compile(r"['\".\x02-]")
"""The same for the patterns of typographic quotes, dashes and dots."""


class _Inline(InlineProcessor):
    """The patterns inside blocks, in Python-Markdown's order and with its results, each where its signs are.

    Python-Markdown tries each on every text; and it copies what it has found so far
    with every piece that it adds.
    """

    def __init__(self, md: markdown.Markdown, patterns: Registry[Any], work: Work, signs: re.Pattern[str]) -> None:
        super().__init__(md)
        self.inlinePatterns = patterns
        self._work = work
        self._signs = signs
        self._steps: list[tuple[tuple[str, ...], Any]] = []
        self._depth = 0

    def run(self, tree: Element, ancestors: list[str] | None = None) -> Element:
        self.stashed_nodes = {}
        self._depth = 0
        self._prepare()
        waiting = deque([tree])
        while waiting:
            current = waiting.popleft()
            later: list[tuple[Element, list[Element]]] = []
            for place, child in enumerate(current):
                text = child.text
                if text and not isinstance(text, AtomicString) and self._signs.search(text):
                    child.text = None
                    self._work.at = text
                    found = self._placed(self._handled(text), child, is_text=True)
                    waiting.extend(found)
                    later.append((child, found))
                if (tail := child.tail) and self._signs.search(tail):
                    holder = Element("d")
                    child.tail = None
                    self._work.at = tail
                    found = self._placed(self._handled(tail), holder, is_text=False)
                    if holder.tail:
                        child.tail = holder.tail
                    self._inserted(current, place + 1, found)
                if len(child):
                    waiting.append(child)
            for child, found in later:
                self._inserted(child, 0, found)
        return tree

    def _prepare(self) -> None:
        """The patterns with their signs; those of Python-Markdown are complete once all extensions are registered."""
        if not self._steps:
            patterns: list[Any] = list(self.inlinePatterns)
            self._steps = [(_signs_in_line(one), one) for one in patterns]

    def _handled(self, data: str, first: int = 0) -> str:
        """A text with places in it for what the patterns from the first on have found, which is stashed."""
        if isinstance(data, AtomicString):
            return data
        work, steps = self._work, self._steps
        self._depth += 1
        if self._depth > _DEEPEST_MARKS:
            work.refuse("marks of emphasis and links are nested too deep")
        work.spend(100 + len(data) // 2, _TOO_MANY_MARKS)
        start = 0
        while first < len(steps):
            signs, pattern = steps[first]
            if signs and not any(sign in data for sign in signs):
                first, start = first + 1, 0
                continue
            data, matched, start = self._applied(pattern, data, first, start)
            if not matched:
                first += 1
        self._depth -= 1
        return data

    def _applied(self, pattern: Any, data: str, index: int, start: int) -> tuple[str, bool, int]:
        """A text with a place for the next thing that the pattern finds, whether there was any, and where to go on."""
        for match in pattern.getCompiledRegExp().finditer(data, start):
            node, begin, end = pattern.handleMatch(match, data)
            self._work.spend(50, _TOO_MANY_MARKS)
            if begin is not None and end is not None:
                break
        else:
            return data, False, 0
        if node is None:
            return data, True, end
        self._work.spend(300 + len(data) * self._work.width // 32, _TOO_MANY_MARKS)
        if not isinstance(node, str) and not isinstance(node.text, AtomicString):
            for child in [node, *node]:
                if child.text:
                    child.text = self._handled(child.text, index + 1)
                if child.tail:
                    child.tail = self._handled(child.tail, index)
        id = f"{len(self.stashed_nodes):04d}"
        self.stashed_nodes[id] = node
        place = INLINE_PLACEHOLDER % id
        return f"{data[:begin]}{place}{data[end:]}", True, begin + len(place)

    def _placed(self, data: str, parent: Element, *, is_text: bool) -> list[Element]:
        """What is stashed for the places in a text, in order; words go to the parent, or behind what is before them."""
        result: list[Element] = []
        words: list[str] = []
        start = 0
        while (index := data.find(INLINE_PLACEHOLDER_PREFIX, start)) >= 0:
            found = INLINE_PLACEHOLDER_RE.search(data, index)
            node = self.stashed_nodes.get(found[1]) if found else None
            if node is None or found is None:
                end = index + len(INLINE_PLACEHOLDER_PREFIX)
                words.append(data[start:end])
                start = end
                continue
            words.append(data[start:index])
            start = found.end()
            if isinstance(node, str):
                words.append(node)
                continue
            self._fill(node)
            _say(words, result, parent, is_text=is_text)
            result.append(node)
        words.append(AtomicString(data[start:]) if isinstance(data, AtomicString) else data[start:])
        _say(words, result, parent, is_text=is_text)
        return result

    def _fill(self, node: Element) -> None:
        """Put what is stashed for the places in the texts of an element and of its children where it belongs."""
        children = list(node)
        if node.tail and node.tail.strip():
            tail, node.tail = node.tail, None
            self._inserted(node, 0, self._placed(tail, node, is_text=False))
        if node.text and node.text.strip():
            text, node.text = node.text, None
            self._inserted(node, 0, self._placed(text, node, is_text=True))
        place = len(node) - len(children)
        for child in children:
            place += 1
            if child.tail and child.tail.strip():
                tail, child.tail = child.tail, None
                found = self._placed(tail, child, is_text=False)
                self._inserted(node, place, found)
                place += len(found)
            if child.text and child.text.strip():
                text, child.text = child.text, None
                self._inserted(child, 0, self._placed(text, child, is_text=True))

    def _inserted(self, parent: Element, place: int, found: list[Element]) -> None:
        self._work.spend(len(found) * (20 + len(parent) // 16), _TOO_MANY_MARKS)
        for element in reversed(found):
            parent.insert(place, element)


def _signs_in_line(pattern: Any) -> tuple[str, ...]:
    return ("](",) if isinstance(pattern, (_Link, _Image)) else _INLINE_SIGNS.get(pattern.pattern, ())


_DEEPEST_MARKS = 60

_TOO_MANY_MARKS = "too many marks in one paragraph"


def _say(words: list[str], result: list[Element], parent: Element, *, is_text: bool) -> None:
    """Words to where they stand: behind the last element, or at the beginning of the parent or behind it."""
    said = [one for one in words if one]
    words.clear()
    if not said:
        return
    text = said[0] if len(said) == 1 else "".join(said)
    if result:
        result[-1].tail = result[-1].tail + text if result[-1].tail else text
    elif is_text:
        parent.text = parent.text + text if parent.text else text
    else:
        parent.tail = parent.tail + text if parent.tail else text


def _inline_patterns(md: markdown.Markdown, work: Work) -> Iterator[tuple[str, Any, int]]:
    """Our patterns by the names and priorities of Python-Markdown's."""
    brackets = _Brackets(work)
    yield "backtick", _Backticks(BACKTICK_RE, work), 190
    yield "reference", _Reference(LINK_RE, md, brackets), 170
    yield "link", _Link(LINK_RE, md, brackets), 160
    yield "image_link", _Image(IMAGE_LINK_RE, md, brackets), 150
    yield "image_reference", _ImageReference(IMAGE_LINK_RE, md, brackets), 140
    yield "short_reference", _ShortReference(LINK_RE, md, brackets), 130
    yield "short_image_ref", _ShortImageReference(IMAGE_LINK_RE, md, brackets), 125
    delimiters = _Delimiters("*", "strong,em", md, work)
    delimiters.add("_", "strong,em", smart=True)
    yield "em_strong", delimiters, 60


class _Backticks(BacktickInlineProcessor):
    """Code in a line; Python-Markdown looks through all that follows, character by character, for a run as long."""

    _RUN = re.compile("`+")

    def __init__(self, pattern: str, work: Work) -> None:
        super().__init__(pattern)
        self._work = work
        self._text = ""
        self._runs: list[tuple[int, int]] = []

    def find_code_spans(self, start: int, text: str) -> tuple[int, int | None]:  # type: ignore[override]  # as it is
        ticks = 0
        longest = end = 0
        for place, length in self._from(start, text):
            if not ticks:
                ticks, start = length, place + length
            elif length == ticks:
                return start, place
            elif length > longest:
                longest, end = length, place + length
        if 0 < longest < ticks:
            return start - (ticks - longest), end - longest
        # As far as Python-Markdown skips, which is twice the run.
        return start + ticks, None

    def _from(self, start: int, text: str) -> Iterator[tuple[int, int]]:
        """Runs of backticks as (place, length): the next few read, those after them known from a list."""
        at = start
        for found in islice(self._RUN.finditer(text, start), 20):
            yield found.start(), len(found[0])
            at = found.end()
        if text.find("`", at) < 0:
            return
        if self._text is not text:
            self._work.spend(len(text) // 2, _TOO_MANY_TICKS)
            self._text = text
            self._runs = [(one.start(), len(one[0])) for one in self._RUN.finditer(text)]
        first = bisect_left(self._runs, (at, 0))
        for place in range(first, len(self._runs)):
            self._work.spend(10, _TOO_MANY_TICKS)
            yield self._runs[place]


_TOO_MANY_TICKS = "too many backticks in one paragraph"


class _Brackets:
    """Where brackets close, each found once for a text."""

    _BRACKET = re.compile(r"[\[\]]")

    def __init__(self, work: Work) -> None:
        self.work = work
        self._text = ""
        self._closing: dict[int, int] = {}
        self._round_text = ""
        self._last_round = -1

    def closing(self, text: str, index: int) -> int | None:
        """The place of the bracket that closes the one before the index."""
        if self._text is not text:
            depth = 1
            for n, found in enumerate(self._BRACKET.finditer(text, index)):
                depth += 1 if found[0] == "[" else -1
                if not depth:
                    return found.start()
                if n == 20:
                    break
            self._read(text)
        return self._closing.get(index - 1)

    def may_close(self, text: str, index: int) -> bool:
        """Whether an address may end behind the index: at a round bracket, or where Python-Markdown sees a title."""
        if self._round_text is not text:
            self._round_text, self._last_round = text, max(map(text.rfind, ")\"'"))
        return self._last_round > index

    def _read(self, text: str) -> None:
        self._text, self._closing = text, {}
        opened: list[int] = []
        for found in self._BRACKET.finditer(text):
            if found[0] == "[":
                opened.append(found.start())
            elif opened:
                self._closing[opened.pop()] = found.start()
        self.work.spend(len(text) // 2 + 30 * (len(opened) + 2 * len(self._closing)), _TOO_MANY_BRACKETS)


_TOO_MANY_BRACKETS = "too many brackets in one paragraph"


class _InBrackets(LinkInlineProcessor):
    """What begins with words in brackets."""

    def __init__(self, pattern: str, md: markdown.Markdown, brackets: _Brackets) -> None:
        super().__init__(pattern, md)
        self._brackets = brackets

    def getText(self, data: str, index: int) -> tuple[str, int, bool]:  # noqa: N802 - Python-Markdown's name
        end = self._brackets.closing(data, index)
        if end is None:
            return "", index, False
        self._brackets.work.spend((end - index) // 16, _TOO_MANY_BRACKETS)
        return data[index:end], end + 1, True

    def getLink(self, data: str, index: int) -> tuple[str, str | None, int, bool]:  # noqa: N802 - as above
        if not data.startswith("(", index) or not self._brackets.may_close(data, index):
            return "", None, index, False
        href, title, end, handled = super().getLink(data, index)
        self._brackets.work.spend(12 * (end - index), _TOO_MANY_BRACKETS)
        return href, title, end, handled


class _Link(_InBrackets, LinkInlineProcessor):
    pass


class _Image(_InBrackets, ImageInlineProcessor):
    pass


class _ToReference(_InBrackets, ReferenceInlineProcessor):
    """What is defined elsewhere, looked at where anything is defined."""

    def handleMatch(  # type: ignore[override]  # noqa: N802 - Python-Markdown's name; the stubs know one kind of pattern
        self, m: re.Match[str], data: str
    ) -> tuple[Element | None, int | None, int | None]:
        if not self.md.references:
            return None, m.start(), len(data)
        return cast("tuple[Element | None, int | None, int | None]", super().handleMatch(m, data))

    def makeTag(self, href: str, title: str, text: str) -> Element:  # noqa: N802 - as above
        """For references, which may repeat an address that is far longer than they are."""
        self._brackets.work.spend(20 * (len(href) + len(title or "")), "references repeat a long address")
        return super().makeTag(href, title, text)


class _Reference(_ToReference, ReferenceInlineProcessor):
    pass


class _ShortReference(_ToReference, ShortReferenceInlineProcessor):
    pass


class _ImageReference(_ToReference, ImageReferenceInlineProcessor):
    pass


class _ShortImageReference(_ToReference, ShortImageReferenceInlineProcessor):
    pass


class _Delimiters(DelimiterProcessor):
    """Emphasis, whose next mark is searched for instead of asked of each character."""

    def __init__(self, token: str, tags: str, md: markdown.Markdown, work: Work) -> None:
        super().__init__(token, tags, md)
        self._work = work

    def search(self, data: str, start: int) -> re.Match[str] | None:
        for found in self.compiled_re.finditer(data, start):
            self._work.spend(30, _TOO_MANY_MARKS)
            delimiter = self.delimiters[found[0]]
            mark = delimiter.boundary.match(data, found.start())
            if mark and (delimiter.stack or mark.lastgroup != "end"):
                return mark
        return None


# Footnotes --------------------------------------------------------------------------------------------


class _Footnotes(FootnoteExtension):
    """Footnotes, each number and each way back known at once however often one is referred to."""

    def __init__(self, work: Work, **options: str) -> None:
        self.work = work
        super().__init__(**options)

    def extendMarkdown(self, md: markdown.Markdown) -> None:  # noqa: N802 - Python-Markdown's name
        super().extendMarkdown(md)
        md.parser.blockprocessors.register(_NoteBlocks(self), "footnote", 17)
        md.inlinePatterns.register(_NoteMarks(self), "footnote", 175)

    def unique_ref(self, reference: str, found: bool = False) -> str:
        if not found:
            return reference
        self.found_refs[reference] = number = self.found_refs.get(reference, 0) + 1
        return reference if number == 1 else f"fnref{number}{reference.removeprefix('fnref')}"

    def reset(self) -> None:
        super().reset()
        self._numbers: dict[str, int] = {}

    def number(self, id: str) -> int | None:
        """The number of a footnote, None for one that is not there."""
        if len(self._numbers) != len(self.footnotes):
            self._numbers = {one: n for n, one in enumerate(self.footnotes, 1)}
        return self._numbers.get(id)

    def makeFootnotesDiv(self, root: Element) -> Element | None:  # noqa: N802 - Python-Markdown's name
        try:
            return super().makeFootnotesDiv(root)
        except RecursionError:
            raise
        except RuntimeError as error:
            raise TooCostlyError("a footnote stands inside another") from error


class _NoteMarks(FootnoteInlineProcessor):
    """Marks of footnotes; Python-Markdown counts the notes anew for each, and looks for its end behind the last."""

    def __init__(self, footnotes: _Footnotes) -> None:
        super().__init__(r"\[\^([^\]]*)\]", footnotes)
        self._notes = footnotes

    def getCompiledRegExp(self) -> Any:  # noqa: N802 - Python-Markdown's name
        return _UpToBracket(self.compiled_re)

    def handleMatch(  # type: ignore[override]  # noqa: N802 - as above; the stubs know one kind of pattern
        self, m: re.Match[str], data: str
    ) -> tuple[Element | None, int | None, int | None]:
        if (number := self._notes.number(m[1])) is None:
            return None, None, None
        self._notes.work.spend(5_000, "too many marks of footnotes")
        mark = Element("sup", {"id": self._notes.makeFootnoteRefId(m[1], found=True)})
        link = SubElement(mark, "a", {"href": "#" + self._notes.makeFootnoteId(m[1]), "class": "footnote-ref"})
        link.text = str(number)
        return mark, m.start(), m.end()


class _UpToBracket:
    """A pattern that ends with a closing bracket, looked for up to the last of them."""

    def __init__(self, pattern: re.Pattern[str]) -> None:
        self._pattern = pattern

    def finditer(self, text: str, start: int) -> Iterator[re.Match[str]]:
        return self._pattern.finditer(text, start, text.rfind("]") + 1)


class _Definitions:
    """Python-Markdown's pattern for the definition of a footnote, tried where the next closing bracket ends one."""

    _BEGINNING = re.compile(r"^[ ]{0,3}\[\^", re.M)

    def search(self, text: str, at: int = 0) -> re.Match[str] | None:
        return next(self.finditer(text, at), None)

    def finditer(self, text: str, at: int = 0) -> Iterator[re.Match[str]]:
        while begun := self._BEGINNING.search(text, at):
            at = text.find("]", begun.end())
            if at < 0:
                return
            if text.startswith(":", at + 1) and (found := FootnoteBlockProcessor.RE.match(text, begun.start())):
                yield found
                at = found.end()


class _NoteBlocks(FootnoteBlockProcessor):
    RE = _Definitions()  # type: ignore[assignment]  # only asked to search
