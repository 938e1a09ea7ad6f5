"""What other programs, and the page itself, take for the story: an opinion of every piece of a page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass
from itertools import islice

from trafilatura import bare_extraction
from trafilatura.readability_lxml import Document

from broadsheet.capture.dom import Element
from broadsheet.capture.nouns import Repeats
from broadsheet.capture.pieces import Piece, Pieces
from broadsheet.capture.repeats import key

FIRST_MARK, MOST_MARKS = 0x20000, 42_000
"""Letters that hardly a page uses. Extractors keep or drop them with the text that they stand in."""
MOST_PIECES, MOST_ELEMENTS, MOST_IN_PARAGRAPH = 6_000, 20_000, 3_000
"""Extractors are asked about no larger page: some of their steps take the square of its size."""
NO_REPEATS = Repeats()
WORD = re.compile(r"\w+")
RUN = 4
NOT_ASKED = -1.0
FEW = 1000
"""Characters: with less than this trafilatura alone may have missed the story."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinions:
    """For every piece which share of it is held for the story, by whom; -1 where nobody was there to ask.

    `stated` is the text that the page states for machines, `repeated` the share
    of other captures that hold the piece, `title` and `dek` how alike it is to these.
    """

    trafilatura: Sequence[float]
    readability: Sequence[float]
    stated: Sequence[float]
    repeated: Sequence[float]
    title: Sequence[float]
    dek: Sequence[float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of a story before its page is read."""

    article_body: str = ""
    title: str = ""
    dek: str = ""
    repeats: Repeats = NO_REPEATS


def opinions(root: Element, found: Pieces, known: Known) -> Opinions:
    pieces = found.texts
    trafilatura, readability = _asked(marked(root, found), pieces) if is_moderate(root, found) else _nobody(pieces)
    return Opinions(
        trafilatura=trafilatura,
        readability=readability,
        stated=stated(pieces, known.article_body),
        repeated=repeated([piece.text for piece in pieces], known.repeats),
        title=likenesses(pieces, known.title),
        dek=likenesses(pieces, known.dek),
    )


def _nobody(pieces: Sequence[Piece]) -> tuple[list[float], list[float]]:
    return [NOT_ASKED] * len(pieces), [NOT_ASKED] * len(pieces)


def is_moderate(root: Element, found: Pieces) -> bool:
    """Whether extractors can be asked about a page of this size."""
    return (
        len(found.texts) <= MOST_PIECES
        and not _has_more(root, MOST_ELEMENTS)
        and not any(_has_more(paragraph, MOST_IN_PARAGRAPH) for paragraph in root.iter("p"))
    )


def _has_more(element: Element, most: int) -> bool:
    return next(islice(element.iter(), most, None), None) is not None


# Extractors --------------------------------------------------------------------------------------------


def marked(root: Element, found: Pieces) -> Element:
    """A copy of the tree that tells in each text of which piece it is, without what a reader does not see."""
    slots = [(piece.order, slot) for piece in found.texts for slot in piece.slots]
    own = {slot.element: order for order, slot in slots if not slot.tail}
    tails = {slot.element: order for order, slot in slots if slot.tail}
    tree = deepcopy(root)
    unseen = []
    for original, twin in zip(root.iter(), tree.iter(), strict=True):
        if original in own:
            twin.text = _marked(twin.text, own[original])
        if original in tails:
            twin.tail = _marked(twin.tail, tails[original])
        if original in found.unseen:
            unseen.append(twin)
    for element in unseen:
        if element.getparent() is not None:
            element.drop_tree()
    return tree


def _marked(text: str, order: int) -> str:
    kept = text.rstrip()
    return f"{kept}{chr(FIRST_MARK + order % MOST_MARKS)}{text[len(kept) :]}"


def _asked(tree: Element, pieces: Sequence[Piece]) -> tuple[list[float], list[float]]:
    """The opinions of trafilatura and readability."""
    second = _held(_attempt(by_readability, tree), pieces)
    first = _held(_attempt(by_trafilatura_alone, tree), pieces)
    if not _are_alike(_size(first, pieces), _size(second, pieces)):
        first = _held(_attempt(by_trafilatura, tree), pieces)
    return first, second


def _size(held: Sequence[float], pieces: Sequence[Piece]) -> float:
    return sum(share * len(piece.text) for share, piece in zip(held, pieces, strict=True))


def _are_alike(one: float, other: float) -> bool:
    return one >= FEW and 0.8 * other <= one <= 1.4 * other


def _attempt(extract: Callable[[Element], str], tree: Element) -> str:
    """What an extractor takes; "" where it fails, whatever a hostile page makes it stumble over."""
    try:
        return extract(tree)
    except Exception:
        return ""


def by_trafilatura_alone(tree: Element) -> str:
    found = bare_extraction(tree, include_comments=False, with_metadata=False, fast=True)
    return str(getattr(found, "text", ""))


def by_trafilatura(tree: Element) -> str:
    """By all that trafilatura does: where it finds little it asks others, which takes half as long again."""
    found = bare_extraction(tree, include_comments=False, with_metadata=False)
    return str(getattr(found, "text", ""))


def by_readability(tree: Element) -> str:
    """By the readability that trafilatura carries: as good a witness as readability-lxml, in a fifth of its time."""
    return str(Document(deepcopy(tree)).summary())


def _held(text: str, pieces: Sequence[Piece]) -> list[float]:
    """Which share of each piece's texts an extractor keeps."""
    marks = Counter(ord(char) - FIRST_MARK for char in text if char >= "\U00020000")
    return [min(1.0, marks[piece.order] / len(piece.slots)) for piece in pieces]


# What is known already ---------------------------------------------------------------------------------


def stated(pieces: Sequence[Piece], article_body: str) -> list[float]:
    """Which share of each piece's runs of words the stated text holds."""
    words = tokens(re.sub(r"<[^<>]{0,500}>", " ", article_body))
    if not words:
        return [NOT_ASKED] * len(pieces)
    runs = set(_runs(words))
    line = f" {' '.join(words)} "
    return [_share(tokens(piece.text), runs, line) for piece in pieces]


def _share(words: Sequence[str], runs: set[tuple[str, ...]], line: str) -> float:
    if len(words) < RUN:
        return float(bool(words) and f" {' '.join(words)} " in line)
    own = _runs(words)
    return sum(run in runs for run in own) / len(own)


def _runs(words: Sequence[str]) -> list[tuple[str, ...]]:
    return list(zip(*(words[start:] for start in range(RUN)), strict=False))


def repeated(texts: Sequence[str], repeats: Repeats) -> list[float]:
    """Which share of other captures holds each text."""
    if not repeats.captures:
        return [NOT_ASKED] * len(texts)
    return [min(1.0, repeats.counts.get(key(text), 0) / repeats.captures) for text in texts]


def likenesses(pieces: Sequence[Piece], line: str) -> list[float]:
    """For each piece how many of its words, and of the line's, the two share: 0 to 1."""
    wanted, longest = Counter(tokens(line)), 3 * len(line) + 20
    return [_likeness(tokens(piece.text), wanted) if len(piece.text) < longest else 0.0 for piece in pieces]


def _likeness(words: Sequence[str], wanted: Counter[str]) -> float:
    if wanted.keys().isdisjoint(words):
        return 0.0
    return 2 * (Counter(words) & wanted).total() / (len(words) + wanted.total())


def tokens(text: str) -> list[str]:
    return WORD.findall(text.lower())
