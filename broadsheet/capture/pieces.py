"""A page's tree to its pieces of text, in the order they are read, each with where it stands."""

from __future__ import annotations

from dataclasses import dataclass, field

from broadsheet.capture.dom import Element
from broadsheet.capture.escape import tidy
from broadsheet.capture.nodes import is_unseen

MOST_PIECES = 10_000
MOST_ELEMENTS = 100_000
BLOCKS = frozenset((
    "address", "article", "aside", "blockquote", "body", "button", "caption", "center", "dd", "details", "dialog",
    "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5",
    "h6", "header", "hgroup", "hr", "legend", "li", "main", "menu", "nav", "noscript", "ol", "p", "pre", "search",
    "section", "summary", "table", "tbody", "td", "template", "tfoot", "th", "thead", "tr", "ul",
))  # fmt: skip
SKIPPED = frozenset((
    "applet", "area", "audio", "canvas", "datalist", "embed", "head", "iframe", "img", "input", "link", "map", "meta",
    "object", "option", "param", "progress", "script", "select", "source", "style", "svg", "textarea", "title",
    "track", "video",
))  # fmt: skip
STRONG = frozenset({"b", "strong"})
SLANTED = frozenset({"em", "i"})


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """A block element on the way from the root to a piece."""

    element: Element
    tag: str
    above: Place | None
    depth: int
    hidden: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Slot:
    """One text of the tree: an element's own, or its tail."""

    element: Element
    tail: bool

    @property
    def holder(self) -> Element:
        """The element that the text stands in."""
        return self.element.getparent() if self.tail else self.element


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Piece:
    """A run of text that nothing interrupts: a paragraph, a heading, a list item, a cell, words between two breaks.

    `linked`, `strong` and `slanted` count characters.
    """

    place: Place
    slots: tuple[Slot, ...]
    text: str
    linked: int
    strong: int
    slanted: int
    links: int
    order: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Picture:
    """An img element, and how many pieces stand before it."""

    element: Element
    place: Place
    before: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pieces:
    """`unseen` are the elements that show no words; `capped` tells that the page was too large to be read whole."""

    texts: tuple[Piece, ...]
    pictures: tuple[Picture, ...]
    unseen: frozenset[Element]
    capped: bool


def pieces(root: Element) -> Pieces:
    walk = _Walk(wrappers(root), Place(root, "", None, 0, False))
    walk.through(root)
    return Pieces(
        texts=tuple(walk.pieces),
        pictures=tuple(walk.pictures),
        unseen=frozenset(walk.unseen),
        capped=walk.capped,
    )


@dataclass(frozen=True, slots=True)
class _Style:
    linked: bool = False
    strong: bool = False
    slanted: bool = False


@dataclass(slots=True)
class _Walk:
    """The state of one walk: where it is, and the run of text it is reading."""

    wrappers: set[Element]
    place: Place
    style: _Style = field(default_factory=_Style)
    pieces: list[Piece] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    unseen: list[Element] = field(default_factory=list)
    capped: bool = False
    slots: list[Slot] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    counts: list[int] = field(default_factory=lambda: [0, 0, 0, 0])
    breaks: int = 0

    def through(self, root: Element) -> None:
        self.enter(root)
        frames = [(root, iter(root), self.place, self.style)]
        seen = 0
        while frames:
            element, children, place, style = frames[-1]
            child = next(children, None)
            if child is None:
                frames.pop()
                self.leave(element, place, style)
                continue
            seen += 1
            if seen > MOST_ELEMENTS or len(self.pieces) >= MOST_PIECES:
                self.capped = True
                break
            if self.is_skipped(child):
                self.skip(child)
            else:
                frames.append((child, iter(child), self.place, self.style))
                self.enter(child)
        self.end()

    def enter(self, element: Element) -> None:
        if self.is_block(element):
            self.end()
            self.go_below(element)
        elif element.tag == "br":
            self.breaks += 1
            self.words.append(" ")
            if self.breaks > 1:
                self.end()
        else:
            self.style = styled(self.style, element.tag)
            self.counts[3] += element.tag == "a"
        self.read(element, tail=False)

    def go_below(self, element: Element) -> None:
        hidden = is_unseen(element)
        if hidden:
            self.unseen.append(element)
        above = self.place
        self.place = Place(element, element.tag, above, above.depth + 1, above.hidden or hidden)

    def leave(self, element: Element, place: Place, style: _Style) -> None:
        if self.place is not place:
            self.end()
        self.place, self.style = place, style
        self.read(element, tail=True)

    def skip(self, element: Element) -> None:
        if element.tag == "img":
            self.pictures.append(Picture(element=element, place=self.place, before=len(self.pieces)))
        else:
            self.unseen.append(element)
        self.read(element, tail=True)

    def is_skipped(self, element: Element) -> bool:
        """Whether it holds no words, or hides them inside a line."""
        if element.tag in SKIPPED or not isinstance(element.tag, str):
            return True
        return not self.is_block(element) and is_unseen(element)

    def is_block(self, element: Element) -> bool:
        return element.tag in BLOCKS or element in self.wrappers

    def read(self, element: Element, *, tail: bool) -> None:
        text = element.tail if tail else element.text
        if not text:
            return
        self.words.append(text)
        if text.isspace():
            return
        self.breaks = 0
        self.slots.append(Slot(element=element, tail=tail))
        style = self.style
        if style.linked or style.strong or style.slanted:
            self.count(len(text))

    def count(self, size: int) -> None:
        for number, counted in enumerate((self.style.linked, self.style.strong, self.style.slanted)):
            self.counts[number] += size * counted

    def end(self) -> None:
        """What was read since the last end is a piece, if it is anything."""
        text = clear("".join(self.words)) if self.slots else ""
        if text:
            self.add(text)
        self.slots, self.words, self.counts, self.breaks = [], [], [0, 0, 0, 0], 0

    def add(self, text: str) -> None:
        linked, strong, slanted, links = self.counts
        self.pieces.append(
            Piece(
                place=self.place,
                slots=tuple(self.slots),
                text=text,
                linked=linked,
                strong=strong,
                slanted=slanted,
                links=links,
                order=len(self.pieces),
            )
        )


def clear(text: str) -> str:
    """A text on one line, without what is not seen."""
    line = " ".join(text.split())
    return line if line.isascii() and line.isprintable() else " ".join(tidy(line).split())


def styled(style: _Style, tag: str) -> _Style:
    if tag != "a" and tag not in STRONG and tag not in SLANTED:
        return style
    return _Style(style.linked or tag == "a", style.strong or tag in STRONG, style.slanted or tag in SLANTED)


def wrappers(root: Element) -> set[Element]:
    """The inline elements, and those HTML does not know, that hold blocks."""
    found: set[Element] = set()
    for element in root.iter(*BLOCKS):
        above = element.getparent()
        while above is not None and above.tag not in BLOCKS and above not in found:
            found.add(above)
            above = above.getparent()
    return found
