"""A page's tree to the story in it, and what stood around it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass

from broadsheet.capture import markdown, scores, signs
from broadsheet.capture.dom import Element, select
from broadsheet.capture.evidence import Known, Opinions, opinions
from broadsheet.capture.figures import illustrations, way
from broadsheet.capture.nodes import is_unseen
from broadsheet.capture.nouns import Block, Body, Dropped, Repeats, Rules
from broadsheet.capture.pieces import Piece, Pieces, Place, pieces
from broadsheet.capture.prune import pruned
from broadsheet.capture.reasons import reasons
from broadsheet.capture.tables import is_layout, rows

NO_REPEATS = Repeats()
NO_RULES = Rules()
NOTHING = Body(blocks=(), dropped=(), confidence=0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """The pieces of a page, each with the chance that it is the story's, and what was chosen."""

    found: Pieces
    chances: Sequence[float]
    chosen: Sequence[bool]
    seen: Opinions
    ruled: Sequence[bool]


def extract(
    root: Element,
    *,
    repeats: Repeats = NO_REPEATS,
    rules: Rules = NO_RULES,
    base: str = "",
    article_body: str = "",
    title: str = "",
    dek: str = "",
) -> Body:
    """The story of a page, as `dom.page` gives it; the tree stays as it is.

    `base` makes links absolute; `article_body`, `title` and `dek` are what the
    page states of its story for machines, `repeats` the lines of other captures
    of the source. Raises ValueError where a rule is no CSS selector.
    """
    tree = deepcopy(root)
    known = Known(article_body=article_body, title=title, dek=dek, repeats=repeats)
    judged = judge(tree, known, rules)
    if has_hidden_story(judged):
        reveal(tree)
        judged = judge(tree, known, rules)
    return _body(tree, judged, base)


def judge(tree: Element, known: Known, rules: Rules) -> Judged:
    found = pieces(tree)
    texts = found.texts
    if not texts:
        return Judged(found=found, chances=(), chosen=(), seen=opinions(tree, (), known), ruled=())
    seen = opinions(tree, texts, known)
    chances = with_whole_tables(texts, scores.load("page").probabilities(signs.rows(texts, seen).tolist()))
    chosen = _chosen(texts, chances, seen)
    after = ruled(tree, texts, chosen, rules)
    return Judged(
        found=found,
        chances=chances,
        chosen=after,
        seen=seen,
        ruled=[one != other for one, other in zip(chosen, after, strict=True)],
    )


# Which pieces are the story ----------------------------------------------------------------------------

LIMIT = 0.5
FEW = 25
"""Characters. With less than this the judge has found nothing, and the extractors are believed."""


def _chosen(texts: Sequence[Piece], chances: Sequence[float], seen: Opinions) -> list[bool]:
    chosen = [chance >= LIMIT and not piece.place.hidden for piece, chance in zip(texts, chances, strict=True)]
    if _size(texts, chosen) >= FEW:
        return chosen
    held = [one > 0.5 and not piece.place.hidden for piece, one in zip(texts, seen.trafilatura, strict=True)]
    return held if _size(texts, held) >= FEW else chosen


def with_whole_tables(texts: Sequence[Piece], chances: Sequence[float]) -> list[float]:
    """The chances, alike for all cells of a table: nobody wants half of one."""
    tables: dict[Place, list[Piece]] = defaultdict(list)
    for piece in texts:
        table = next((place for place in way(piece.place) if place.tag == "table"), None)
        if table is not None:
            tables[table].append(piece)
    found = list(chances)
    for cells in (cells for table, cells in tables.items() if not is_layout(table.element, rows(table.element))):
        whole = sum(len(cell.text) for cell in cells)
        mean = sum(len(cell.text) * chances[cell.order] for cell in cells) / whole
        for cell in cells:
            found[cell.order] = mean
    return found


def _size(texts: Sequence[Piece], chosen: Sequence[bool]) -> int:
    return sum(len(piece.text) for piece, kept in zip(texts, chosen, strict=True) if kept)


def ruled(tree: Element, texts: Sequence[Piece], chosen: Sequence[bool], rules: Rules) -> list[bool]:
    """The choice after an editor's rules, which win; of two rules the one that keeps."""
    if rules == NO_RULES:
        return list(chosen)
    dropped, kept = _selected(tree, rules.drop), _selected(tree, rules.keep)
    drop, keep = _pattern(rules.drop_lines), _pattern(rules.keep_lines)
    return [
        _is_in(piece, kept)
        or keep.fullmatch(piece.text) is not None
        or (one and not _is_in(piece, dropped) and drop.fullmatch(piece.text) is None)
        for piece, one in zip(texts, chosen, strict=True)
    ]


def _selected(tree: Element, selectors: Sequence[str]) -> set[Element]:
    return {element for selector in selectors for element in select(tree, selector)}


def _is_in(piece: Piece, elements: set[Element]) -> bool:
    if not elements:
        return False
    return any(place.element in elements for place in way(piece.place)) or piece.slots[0].element in elements


def _pattern(lines: Sequence[str]) -> re.Pattern[str]:
    """Lines as they read, `*` for anything, to what matches them; two stars in a row would take long."""
    globs = [re.sub(r"\*+", "*", " ".join(line.split())) for line in lines]
    shapes = [".*".join(map(re.escape, glob.split("*"))) for glob in globs]
    return re.compile("|".join(shapes) if shapes else r"(?!)", re.IGNORECASE | re.DOTALL)


# A story that nobody is to see ---------------------------------------------------------------------------

HIDDEN_WORDS = 150


def has_hidden_story(judged: Judged) -> bool:
    """Whether the prose that the page hides, as behind a paywall, is the better part of its story."""
    texts = judged.found.texts
    hidden = sum(len(piece.text.split()) for piece in texts if piece.place.hidden and _is_prose(piece))
    shown = sum(len(piece.text.split()) for piece, kept in zip(texts, judged.chosen, strict=True) if kept)
    return hidden >= HIDDEN_WORDS and hidden > 2 * shown


def _is_prose(piece: Piece) -> bool:
    return piece.place.tag == "p" and len(piece.text) > 80 and piece.linked < 0.3 * len(piece.text)


def reveal(tree: Element) -> None:
    """Show what is hidden by attributes and holds paragraphs."""
    for element in list(tree.iter("div", "section", "article", "p", "main")):
        if is_unseen(element) and (element.tag == "p" or next(element.iter("p"), None) is not None):
            for name in ("hidden", "style", "class"):
                element.attrib.pop(name, None)


# What is made of it ----------------------------------------------------------------------------------------


def _body(tree: Element, judged: Judged, base: str) -> Body:
    texts = judged.found.texts
    kept = [piece for piece, chosen in zip(texts, judged.chosen, strict=True) if chosen]
    left = [piece for piece, chosen in zip(texts, judged.chosen, strict=True) if not chosen]
    pictures = illustrations(judged.found.pictures, kept, left)
    told = reasons(texts, judged.chosen, judged.seen, judged.ruled)
    dropped = tuple(
        Dropped(line=piece.order + 1, text=piece.text, reason=reason)
        for piece, reason in zip(texts, told, strict=True)
        if reason
    )
    return Body(blocks=_blocks(tree, kept, pictures, base), dropped=dropped, confidence=confidence(judged))


def _blocks(tree: Element, kept: Sequence[Piece], pictures: Sequence[Element], base: str) -> tuple[Block, ...]:
    if not kept:
        return ()
    return markdown.blocks([pruned(tree, kept, pictures)], base)


def confidence(judged: Judged) -> float:
    """How likely the choice is right to 95 %: from how sure the judge is of each word that it took or left."""
    sizes = [len(piece.text) for piece in judged.found.texts]
    taken = sum(size for size, kept in zip(sizes, judged.chosen, strict=True) if kept)
    right = sum(size * chance for size, kept, chance in zip(sizes, judged.chosen, judged.chances, strict=True) if kept)
    wanted = sum(size * chance for size, chance in zip(sizes, judged.chances, strict=True))
    expected = 2 * right / (taken + wanted) if taken else 0.0
    return round(max(0.0, min(1.0, expected)), 3)
