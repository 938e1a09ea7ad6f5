"""Elements of a page to the blocks of a story, each as its words and as Markdown in the dialect of `markup`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from broadsheet.capture.addresses import absolute, domain, without_trackers
from broadsheet.capture.dom import Element
from broadsheet.capture.escape import escape, tidy, visible
from broadsheet.capture.nodes import BLOCKS, Node, inside, is_unseen, tag, text_of
from broadsheet.capture.nouns import Block, FoundPicture
from broadsheet.capture.pictures import picture
from broadsheet.capture.runs import (
    BREAK,
    Run,
    Style,
    on_one_line,
    paragraphs,
    runs,
    to_markdown,
    unstyled,
    within_line,
    words,
)
from broadsheet.capture.tables import is_layout, pipe_table, rows

__all__ = ["block", "blocks", "escape", "inline", "picture", "run", "text_of"]

DEEPEST = 8
"""Lists and quotations inside one another; what stands deeper becomes paragraphs."""

MOST_INDENT = 80
"""Columns before a line of code; the renderer refuses an article with more than twice as many."""

_LEVELS = {f"h{n}": n for n in range(1, 7)}
_LISTS = ("ul", "ol", "menu", "dir")
_EMBEDS = ("iframe", "amp-iframe", "amp-youtube", "amp-twitter")


class _Place(NamedTuple):
    """Where elements stand: the page's address, which of them hold blocks, how deep in lists and quotations."""

    base: str
    holders: frozenset[Element]
    depth: int = 0
    listed: bool = False
    shift: int = 0


def block(element: Element, base: str) -> Block | None:
    """An element to one block, whatever stands in it; None where there is nothing to read or to see."""
    return _joined(blocks([element], base))


def blocks(elements: Iterable[Element], base: str) -> tuple[Block, ...]:
    """Elements to blocks in their order; neighbouring items make one list.

    With an h1 among them all headings sink by one level, as the article's title is
    the page's h1.
    """
    found = list(elements)
    holders, has_title = _surveyed(found)
    return tuple(_flow(found, _Place(base, holders, shift=int(has_title))))


def run(nodes: Sequence[Node], base: str) -> Block | None:
    """Neighbouring texts and inline elements to a paragraph; several in one block where empty lines part them."""
    return _joined(_prose(nodes, base))


def inline(element: Element, base: str) -> str:
    """What is inside an element as Markdown of one line."""
    return to_markdown(on_one_line(runs(inside(element), base)))


def _joined(found: Sequence[Block]) -> Block | None:
    if len(found) < 2:
        return found[0] if found else None
    texts = (one.text for one in found if one.text)
    return Block(text="\n".join(texts), markdown="\n\n".join(one.markdown for one in found))


def _surveyed(roots: Sequence[Element]) -> tuple[frozenset[Element], bool]:
    """Every element that holds a block, and whether one of all is an h1."""
    holders: set[Element] = set()
    has_title = False
    for root in roots:
        for element in root.iter():
            name = tag(element)
            has_title = has_title or name == "h1"
            holder = element.getparent() if name in BLOCKS and element is not root else None
            while holder is not None and holder not in holders:
                holders.add(holder)
                holder = None if holder is root else holder.getparent()
    return frozenset(holders), has_title


# The flow of blocks ---------------------------------------------------------------------------------


def _flow(nodes: Iterable[Node], place: _Place) -> list[Block]:
    """Nodes to blocks. A loop for all that only contains, as pages nest deeper than Python recurses."""
    found: list[Block] = []
    prose: list[Node] = []
    left: list[Node | None] = list(nodes)[::-1]
    while left:
        node = left.pop()
        name = "" if node is None or isinstance(node, str) else tag(node)
        if node is not None and not _interrupts(node, name, place):
            prose.append(node)
            continue
        found += _prose(prose, place.base)
        prose = []
        if node is not None:
            made = _structure(node, name, left, place)
            if made is None:
                left += [None, *reversed(inside(node))]
            else:
                found += made
    return found + _prose(prose, place.base)


def _interrupts(node: Node, name: str, place: _Place) -> bool:
    return not isinstance(node, str) and (name in BLOCKS or node in place.holders)


def _prose(nodes: Sequence[Node], base: str) -> list[Block]:
    return [] if all(map(_is_blank, nodes)) else _prose_of(runs(nodes, base))


def _prose_of(found: Sequence[Run]) -> list[Block]:
    return [made for one in paragraphs(found) if (made := _paragraph(one))]


def _paragraph(found: Sequence[Run]) -> Block | None:
    markdown = to_markdown(found)
    return Block(text=words(found), markdown=markdown) if markdown.strip() else None


def _structure(node: Element, name: str, left: list[Node | None], place: _Place) -> list[Block] | None:
    """The blocks of an element that is more than a container; None for a container."""
    if name in _EMBEDS:
        return _embed(node, place.base)
    if is_unseen(node):
        return []
    if name in _LEVELS:
        return _heading(node, _LEVELS[name], place)
    if name == "pre":
        return _code(node, place)
    if name == "hr":
        return [] if place.depth else [Block(text="", markdown="* * *")]
    if name == "table":
        return _table(node, place)
    if name == "figure":
        return _figure(node, place.base)
    if place.depth >= DEEPEST:
        return None
    if name == "dt":
        return _term(node, place.base)
    if name == "li":
        return _list([node, *_taken(left)], "ul", 1, place)
    if name in _LISTS or name == "dl":
        return _whole_list(node, name, place)
    # A quotation that begins an item is none in this dialect.
    return _quotation(node, place) if name == "blockquote" and not place.listed else None


def _heading(node: Element, level: int, place: _Place) -> list[Block]:
    found = on_one_line(unstyled(runs(inside(node), place.base)))
    if place.depth or not words(found):
        return _term(node, place.base)
    line = re.sub(r"#+$", lambda ending: "\\#" * len(ending[0]), within_line(found))
    signs = "#" * max(2, min(6, level + place.shift))
    return [Block(text=words(found), markdown=f"{signs} {line}")]


# Quotations and lists -------------------------------------------------------------------------------


def _quotation(node: Element, place: _Place) -> list[Block]:
    if address := _embedded_in(node, place.base):
        return [_link(address, "")]
    inner = _flow(inside(node), place._replace(depth=place.depth + 1))
    if not inner:
        return []
    lines = "\n\n".join(one.markdown for one in inner).split("\n")
    quoted = "\n".join(f"> {line}" if line else ">" for line in lines)
    return [Block(text="\n".join(one.text for one in inner if one.text), markdown=quoted)]


def _taken(left: list[Node | None]) -> Iterator[Element]:
    """The items that follow at once, taken from what is left."""
    while left and left[-1] is not None and (_is_blank(left[-1]) or tag(left[-1]) == "li"):
        node = left.pop()
        if tag(node) == "li":
            yield node


def _is_blank(node: Node | None) -> bool:
    return isinstance(node, str) and not node.strip()


def _whole_list(node: Element, name: str, place: _Place) -> list[Block]:
    start = node.get("start", "1").strip()
    first = int(start) if start.isascii() and start.isdecimal() and len(start) < 6 else 1
    children = [one for one in inside(node) if not _is_blank(one)]
    return _list(children, "ol" if name == "ol" else "ul", first, place)


def _list(children: Iterable[Node], kind: str, first: int, place: _Place) -> list[Block]:
    """Items to one list. Children that are no items (lists in lists, mostly) belong to the item before."""
    items: list[list[Block]] = []
    for child in children:
        content = _item(child, place._replace(depth=place.depth + 1, listed=True))
        if items and tag(child) not in ("li", "dt"):
            items[-1] += content
        elif content:
            items.append(content)
    if not items:
        return []
    texts = (one.text for item in items for one in item if one.text)
    marked = [_as_item(f"{first + n}." if kind == "ol" else "-", item) for n, item in enumerate(items)]
    return [Block(text="\n".join(texts), markdown=_stacked(marked))]


def _item(child: Node, place: _Place) -> list[Block]:
    if isinstance(child, str):
        return _prose([child], place.base)
    if is_unseen(child):
        return []
    if tag(child) == "dt":
        return _term(child, place.base)
    return _flow(inside(child) if tag(child) in ("li", "dd") else [child], place)


def _term(node: Element, base: str) -> list[Block]:
    """A heading or a term, where nothing but bold letters can show it."""
    found = _paragraph([_strong(one) for one in on_one_line(unstyled(runs(inside(node), base)))])
    return [found] if found else []


def _strong(one: Run) -> Run:
    return one if one.picture else one._replace(style=one.style._replace(strong=True))


def _as_item(marker: str, content: Sequence[Block]) -> str:
    """The blocks of an item below one another, all but the first line indented as this dialect wants it."""
    first, *rest = [one.markdown for one in content]
    lines = first if _is_list(first) else f"{marker} {_indented(first).lstrip(' ')}"
    for n, one in enumerate(rest):
        tight = n == 0 and _is_list(one) and not _is_list(first)
        lines += ("\n" if tight else "\n\n") + _indented(one)
    return lines


def _is_list(markdown: str) -> bool:
    return re.match(r"(?:-|\d+\.) ", markdown) is not None


def _indented(markdown: str) -> str:
    return re.sub(r"^(?=.)", "    ", markdown, flags=re.M)


def _stacked(items: Sequence[str]) -> str:
    """Items in one list; an empty line before what follows an item that has one inside."""
    lines = ""
    for before, one in zip(("", *items), items, strict=False):
        lines += ("\n\n" if "\n\n" in before else "\n") + one
    return lines.lstrip("\n")


# Tables, pictures, code, embedded things ------------------------------------------------------------


def _table(node: Element, place: _Place) -> list[Block] | None:
    cells = rows(node)
    if place.depth or is_layout(node, cells):
        return None
    made = pipe_table(node, cells, place.base)
    return [made] if made else []


_NOT_IN_A_PICTURE = ("table", "pre", "blockquote", "figure", "ul", "ol", "h2", "h3", *_EMBEDS)


def _figure(node: Element, base: str) -> list[Block] | None:
    """Its pictures, the last with the caption; None where the figure is something else."""
    if any(one is not node for one in node.iter(*_NOT_IN_A_PICTURE)):
        return None
    found = picture(node, base)
    if found is None:
        captions = "".join(text_of(one) for one in node.iter("figcaption"))
        return None if len(text_of(node)) > len(captions) else []
    others = (picture(one, base) for one in node.iter("img", "amp-img"))
    before = {one.address: one for one in others if one is not None and one.address != found.address}
    shown = [found, *before.values()]
    captions_last = [replace(one, caption="", credit="") for one in shown[:-1]]
    return [
        *map(_pictured, captions_last), _pictured(replace(shown[-1], caption=found.caption, credit=found.credit))
    ]


def _pictured(found: FoundPicture) -> Block:
    """A picture and the line below it. Its words are none of the story's."""
    credit = f"({found.credit})" if found.credit and found.caption else found.credit
    line = " ".join(filter(None, (found.caption, credit)))
    below = [BREAK, Run(line, Style(em=True))] if line else []
    return Block(text="", markdown=to_markdown([Run("", picture=found), *below]))


_LANGUAGE = re.compile(r"(?:^|\s)(?:language-|lang-|highlight-source-|brush:\s*)([A-Za-z][\w+#.-]{0,30})", re.I)


def _code(node: Element, place: _Place) -> list[Block]:
    lines = _code_lines(node)
    if not lines:
        return []
    text = "\n".join(lines)
    if place.depth:
        # Fences are none in lists and quotations of this dialect.
        spans = (Run(line.strip(), Style(code=True)) for line in lines)
        return _prose_of([one for span in spans for one in ((span, BREAK) if span.text else (BREAK,))])
    fence = "`" * max(3, 1 + max((len(ticks) for ticks in re.findall("`+", text)), default=0))
    return [Block(text=text, markdown=f"{fence}{_language(node)}\n{text}\n{fence}")]


def _code_lines(node: Element) -> list[str]:
    lines = [_code_line(line.rstrip()) for line in visible("".join(_typed(node))).expandtabs(4).split("\n")]
    while lines and not lines[0].strip():
        lines.pop(0)
    while lines and not lines[-1]:
        lines.pop()
    return lines


def _typed(node: Element) -> Iterator[str]:
    """The texts of a pre as they are typed."""
    left: list[Node] = [node]
    while left:
        one = left.pop()
        if isinstance(one, str):
            yield one
        elif tag(one) == "br":
            yield "\n"
        elif not is_unseen(one):
            left += reversed(inside(one))


def _code_line(line: str) -> str:
    """A line without what the renderer would refuse the whole article for."""
    line = re.sub(r"^((?:[ ]{0,4}>){30})[ >]+", r"\1", line)
    return " " * min(MOST_INDENT, len(line) - len(line.lstrip())) + line.lstrip()


def _language(node: Element) -> str:
    classes = " ".join(one.get("class", "") for one in (node, *node.iter("code")))
    found = _LANGUAGE.search(classes)
    return found[1].lower() if found else ""


_PLAYERS = (
    (re.compile(r"https?://(?:www\.)?youtube(?:-nocookie)?\.com/embed/([\w-]{11})"), "https://www.youtube.com/watch?v="),
    (re.compile(r"https?://player\.vimeo\.com/video/(\d+)"), "https://vimeo.com/"),
    (re.compile(r"https?://platform\.(?:twitter|x)\.com/embed/.*[?&]id=(\d+)"), "https://twitter.com/i/status/"),
    (re.compile(r"https?://open\.spotify\.com/embed/([\w/-]+)"), "https://open.spotify.com/"),
    (re.compile(r"https?://(?:www\.|geo\.)?dailymotion\.com/embed/video/(\w+)"), "https://www.dailymotion.com/video/"),
)
_EMBEDDED = frozenset((
    "dailymotion.com", "datawrapper.de", "dwcdn.net", "documentcloud.org", "flourish.studio", "infogram.com",
    "instagram.com", "soundcloud.com", "spotify.com", "streamable.com", "ted.com", "tiktok.com", "twitter.com",
    "vimeo.com", "x.com", "youtube-nocookie.com", "youtube.com",
))  # fmt: skip
"""Who lends films, sounds, charts and documents to stories. Other frames are advertisements more often than not."""


def _embed(node: Element, base: str) -> list[Block]:
    """A link to the thing itself."""
    names = ("src", "data-src", "data-lazy-src", "data-cookieblock-src")
    typed = next((value for name in names if (value := absolute(node.get(name, ""), base))), "")
    if video := node.get("data-videoid", ""):
        typed = absolute(f"https://www.youtube.com/embed/{video}", "")
    address = _page_of(typed)
    return [_link(address, node.get("title", ""))] if domain(address) in _EMBEDDED else []


def _page_of(player: str) -> str:
    for pattern, page in _PLAYERS:
        if found := pattern.match(player):
            return page + found[1]
    return without_trackers(player)


def _embedded_in(node: Element, base: str) -> str:
    """The address of a post that only script would show."""
    if "tiktok-embed" in node.get("class", ""):
        return without_trackers(absolute(node.get("cite", ""), base))
    return without_trackers(absolute(node.get("data-instgrm-permalink", ""), base))


def _link(address: str, title: str) -> Block:
    """A link whose words are ours, and none of the story's."""
    label = " ".join(tidy(title).split()) or domain(address)
    return Block(text="", markdown=to_markdown([Run(label, Style(link=address))]))
