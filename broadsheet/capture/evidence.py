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
from broadsheet.capture.nodes import is_unseen
from broadsheet.capture.nouns import Repeats
from broadsheet.capture.pieces import Piece
from broadsheet.capture.repeats import key

FIRST_MARK, MOST_MARKS = 0x20000, 42_000
"""Letters that hardly a page uses. Extractors keep or drop them with the text that they stand in."""
MOST_PIECES, MOST_ELEMENTS = 6_000, 60_000
"""Extractors are asked about no larger page: some of their steps take the square of its size."""
NO_REPEATS = Repeats()
WORD = re.compile(r"\w+")
RUN = 4
NOT_ASKED = -1.0


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


def opinions(root: Element, pieces: Sequence[Piece], known: Known) -> Opinions:
    tree = marked(root, pieces) if is_moderate(root, pieces) else None
    return Opinions(
        trafilatura=_held(tree, by_trafilatura, pieces),
        readability=_held(tree, by_readability, pieces),
        stated=stated(pieces, known.article_body),
        repeated=repeated(pieces, known.repeats),
        title=[likeness(piece.text, known.title) for piece in pieces],
        dek=[likeness(piece.text, known.dek) for piece in pieces],
    )


def is_moderate(root: Element, pieces: Sequence[Piece]) -> bool:
    """Whether extractors can be asked about a page of this size."""
    return len(pieces) <= MOST_PIECES and next(islice(root.iter(), MOST_ELEMENTS, None), None) is None


# Extractors --------------------------------------------------------------------------------------------


def marked(root: Element, pieces: Sequence[Piece]) -> Element:
    """A copy of the tree that tells in each text of which piece it is, without what a reader does not see."""
    slots = [(slot, slot.text, chr(FIRST_MARK + piece.order % MOST_MARKS)) for piece in pieces for slot in piece.slots]
    for slot, text, mark in slots:
        kept = text.rstrip()
        slot.write(kept + mark + text[len(kept) :])
    tree = deepcopy(root)
    for slot, text, _ in slots:
        slot.write(text)
    for element in [one for one in tree.iter() if is_unseen(one)]:
        if element.getparent() is not None:
            element.drop_tree()
    return tree


def by_trafilatura(tree: Element) -> str:
    found = bare_extraction(tree, include_comments=False, with_metadata=False)
    return (found.text or "") if found else ""


def by_readability(tree: Element) -> str:
    """By the readability that trafilatura carries: as good a witness as readability-lxml, in a fifth of its time."""
    return str(Document(deepcopy(tree)).summary())


def _held(tree: Element | None, extract: Callable[[Element], str], pieces: Sequence[Piece]) -> list[float]:
    """Which share of each piece's texts an extractor keeps. One that fails says nothing."""
    if tree is None:
        return [NOT_ASKED] * len(pieces)
    try:
        text = extract(tree)
    except Exception:  # whatever a hostile page makes them stumble over, it is only an opinion
        return [NOT_ASKED] * len(pieces)
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


def repeated(pieces: Sequence[Piece], repeats: Repeats) -> list[float]:
    if not repeats.captures:
        return [NOT_ASKED] * len(pieces)
    return [min(1.0, repeats.counts.get(key(piece.text), 0) / repeats.captures) for piece in pieces]


def likeness(text: str, other: str) -> float:
    """How many words two lines share, 0 to 1."""
    if not other or len(text) > 3 * len(other) + 20:
        return 0.0
    left, right = Counter(tokens(text)), Counter(tokens(other))
    return 2 * (left & right).total() / max(1, left.total() + right.total())


def tokens(text: str) -> list[str]:
    return WORD.findall(text.lower())
