"""A page's tree to the story in it, and what stood around it."""

from __future__ import annotations

from collections.abc import Sequence

from broadsheet.capture import judge, markdown
from broadsheet.capture.dom import Element, select
from broadsheet.capture.evidence import Known
from broadsheet.capture.figures import illustrations, way
from broadsheet.capture.judge import Survey
from broadsheet.capture.nouns import Block, Body, Dropped, Repeats, Rules
from broadsheet.capture.pieces import Piece, pieces
from broadsheet.capture.prune import pruned
from broadsheet.capture.reasons import reasons
from broadsheet.capture.rules import pattern

NO_REPEATS = Repeats()
NO_RULES = Rules()


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
    known = Known(article_body=article_body, title=title, dek=dek, repeats=repeats)
    return study(root, known=known, rules=rules, base=base)[0]


def study(root: Element, *, known: Known, rules: Rules = NO_RULES, base: str = "") -> tuple[Body, tuple[str, ...]]:
    """The story of a page, and what an editor should know of how it was found. Likewise."""
    page = judge.survey(root, known)
    likely = judge.chances(page)
    choice = judge.chosen(page, likely)
    kept = ruled(page, choice, rules)
    changed = [one != other for one, other in zip(choice, kept, strict=True)]
    told = reasons(page, kept, changed=changed)
    # What an editor's rule decides is certain.
    likely = [float(keep) if by_rule else chance for keep, by_rule, chance in zip(kept, changed, likely, strict=True)]
    body = Body(
        blocks=_blocks(page, kept, base),
        dropped=tuple(
            Dropped(line=piece.order + 1, text=piece.text, reason=reason)
            for piece, reason in zip(page.found.texts, told, strict=True)
            if reason
        ),
        confidence=judge.confidence(page.found.texts, likely, kept),
    )
    return body, _doubts(page)


def lines(root: Element) -> str:
    """A page's pieces, each on a line: what `repeats` counts of it."""
    return "\n".join(piece.text for piece in pieces(root).texts)


def _doubts(page: Survey) -> tuple[str, ...]:
    told = (
        (page.revealed, "most of the story was hidden on the page, as behind a paywall"),
        (page.found.capped, "the page is so large that only its beginning was read"),
    )
    return tuple(doubt for holds, doubt in told if holds)


def _blocks(page: Survey, kept: Sequence[bool], base: str) -> tuple[Block, ...]:
    taken = [piece for piece, keep in zip(page.found.texts, kept, strict=True) if keep]
    if not taken:
        return ()
    left = [piece for piece, keep in zip(page.found.texts, kept, strict=True) if not keep]
    return markdown.blocks([pruned(taken, illustrations(page.found.pictures, taken, left))], base)


# An editor's rules ---------------------------------------------------------------------------------------


def ruled(page: Survey, choice: Sequence[bool], rules: Rules) -> list[bool]:
    """The choice after an editor's rules, which win; of two rules the one that keeps."""
    if rules == NO_RULES:
        return list(choice)
    dropped, kept = _selected(page.tree, rules.drop), _selected(page.tree, rules.keep)
    drop, keep = pattern(rules.drop_lines), pattern(rules.keep_lines)
    return [
        _is_in(piece, kept)
        or keep.fullmatch(piece.text) is not None
        or (one and not _is_in(piece, dropped) and drop.fullmatch(piece.text) is None)
        for piece, one in zip(page.found.texts, choice, strict=True)
    ]


def _selected(tree: Element, selectors: Sequence[str]) -> set[Element]:
    return {element for selector in selectors for element in select(tree, selector)}


def _is_in(piece: Piece, elements: set[Element]) -> bool:
    """Whether a piece stands in one of these, or in what holds one inside its line."""
    if not elements:
        return False
    return piece.slots[0].holder in elements or any(place.element in elements for place in way(piece.place))
