"""Which pieces of a page are its story."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from itertools import pairwise

from broadsheet.capture import scores, signs
from broadsheet.capture.dom import Element
from broadsheet.capture.evidence import Known, Opinions, opinions
from broadsheet.capture.figures import way
from broadsheet.capture.nodes import is_unseen
from broadsheet.capture.pieces import Piece, Pieces, Place, pieces
from broadsheet.capture.tables import is_layout, rows

LIMIT = 0.5
KNOWN_LIMIT = 0.8
"""For what other captures of the source hold too: nearly always furniture."""
ALIKE = 0.9
PROSE = 15
FEW = 25
"""Characters. With less than this the judge has found nothing, and trafilatura is believed."""
HIDDEN_WORDS = 150


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """A page's pieces and what others hold of them; `revealed` tells that the story was hidden, as behind a paywall."""

    tree: Element
    found: Pieces
    seen: Opinions
    revealed: bool = False


def survey(root: Element, known: Known) -> Survey:
    found = pieces(root)
    seen = opinions(root, found, known)
    if not has_hidden_story(found, seen):
        return Survey(tree=root, found=found, seen=seen)
    tree = revealed(root)
    found = pieces(tree)
    return Survey(tree=tree, found=found, seen=opinions(tree, found, known), revealed=True)


def chances(page: Survey) -> list[float]:
    """For each piece how likely it is the story's."""
    if not page.found.texts:
        return []
    each = scores.load("page").probabilities(signs.rows(page.found.texts, page.seen))
    return with_whole_tables(page.found.texts, each)


def chosen(page: Survey, likely: Sequence[float]) -> list[bool]:
    """What is likely the story; what trafilatura takes where nothing is."""
    pieces, seen = page.found.texts, page.seen
    found = [
        chance >= (KNOWN_LIMIT if known > 0 else LIMIT) and not piece.place.hidden
        for piece, chance, known in zip(pieces, likely, seen.repeated, strict=True)
    ]
    found = without_headline(page, found)
    if _size(pieces, found) >= FEW:
        return found
    held = [share > 0.5 and not piece.place.hidden for piece, share in zip(pieces, seen.trafilatura, strict=True)]
    return held if _size(pieces, held) >= FEW else found


def without_headline(page: Survey, found: Sequence[bool]) -> list[bool]:
    """The choice without what stands before the first paragraph and is called like the page: its headline once more."""
    left = list(found)
    for piece, alike in zip(page.found.texts, page.seen.title, strict=True):
        if piece.place.tag == "h1" or alike >= ALIKE:
            left[piece.order] = False
        elif left[piece.order] and len(piece.text.split()) >= PROSE:
            return left
    return list(found)


def _size(pieces: Sequence[Piece], kept: Sequence[bool]) -> int:
    return sum(len(piece.text) for piece, keep in zip(pieces, kept, strict=True) if keep)


def with_whole_tables(pieces: Sequence[Piece], each: Sequence[float]) -> list[float]:
    """The chances, alike for all cells of a table: nobody wants half of one."""
    tables: dict[Place, list[Piece]] = defaultdict(list)
    for piece in pieces:
        table = next((place for place in way(piece.place) if place.tag == "table"), None)
        if table is not None:
            tables[table].append(piece)
    found = list(each)
    for cells in (cells for table, cells in tables.items() if not is_layout(table.element, rows(table.element))):
        mean = sum(len(cell.text) * each[cell.order] for cell in cells) / sum(len(cell.text) for cell in cells)
        for cell in cells:
            found[cell.order] = mean
    return found


def confidence(pieces: Sequence[Piece], likely: Sequence[float], kept: Sequence[bool]) -> float:
    """How likely the choice is right to 95 %: from how sure the judge is of each character that it took or left."""
    taken = _size(pieces, kept)
    right = sum(len(piece.text) * chance for piece, chance, keep in zip(pieces, likely, kept, strict=True) if keep)
    wanted = sum(len(piece.text) * chance for piece, chance in zip(pieces, likely, strict=True))
    return round(calibrated(2 * right / (taken + wanted)), 3) if taken else 0.0


CALIBRATION = ((0.0, 0.0), (0.8, 0.0), (0.85, 0.15), (0.925, 0.4), (0.96, 0.75), (0.975, 0.88), (1.0, 0.96))
"""F1 that the judge expects, and how many pages of which it did reached .95, on sites that it was not taught."""


def calibrated(expected: float) -> float:
    for (left, low), (right, high) in pairwise(CALIBRATION):
        if expected <= right:
            return low + (high - low) * (expected - left) / (right - left)
    return CALIBRATION[-1][1]


# A story that nobody is to see ---------------------------------------------------------------------------


def has_hidden_story(found: Pieces, seen: Opinions) -> bool:
    """Whether the prose that a page hides is the better part of its story."""
    hidden = sum(len(piece.text.split()) for piece in found.texts if piece.place.hidden and _is_prose(piece))
    if hidden < HIDDEN_WORDS:
        return False
    shown = sum(len(piece.text.split()) * share for piece, share in zip(found.texts, seen.trafilatura, strict=True))
    return hidden > 2 * shown


def _is_prose(piece: Piece) -> bool:
    return piece.place.tag == "p" and len(piece.text) > 80 and piece.linked < 0.3 * len(piece.text)


def revealed(root: Element) -> Element:
    """A copy of the tree that shows what was hidden by attributes and holds paragraphs."""
    tree = deepcopy(root)
    for element in list(tree.iter("div", "section", "article", "p", "main")):
        if is_unseen(element) and (element.tag == "p" or next(element.iter("p"), None) is not None):
            for name in ("hidden", "style", "class"):
                element.attrib.pop(name, None)
    return tree
