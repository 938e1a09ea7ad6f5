"""A page's tree without what is no part of the story."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import deepcopy

from broadsheet.capture.dom import Element
from broadsheet.capture.pieces import Piece

HIDING = ("style", "hidden", "aria-hidden")
CONTAINERS = frozenset(("html", "body", "div", "article", "section", "main"))


def pruned(pieces: Sequence[Piece], pictures: Sequence[Element]) -> Element:
    """A copy of the part of a tree that these stand in, holding them in their elements, and no more. Needs a piece."""
    slots = [slot for piece in pieces for slot in piece.slots]
    part = _shared([slot.holder for slot in slots] + [picture.getparent() for picture in pictures])
    tree = deepcopy(part)
    tree.tail = None
    twins = dict(zip(part.iter(), tree.iter(), strict=True))
    whole = {twins[picture] for picture in pictures}
    own = {twins[slot.element] for slot in slots if not slot.tail}
    tails = {twins[slot.element] for slot in slots if slot.tail}
    needed = _with_ancestors(whole | own | {twins[slot.holder] for slot in slots})
    for element in needed:
        _bare(element, own, tails, whole)
    unwanted = [child for one in needed - whole for child in one if child not in needed]
    for element in unwanted:
        _take_out(element, tails)
    # lxml looks through a whole branch for each element that is let go, unless the branch's own root is still held.
    twins.clear()
    return tree


def _shared(elements: Sequence[Element]) -> Element:
    """The container that all of these stand in, the innermost one that is no part of a list, table or line."""
    paths = [_path(element) for element in dict.fromkeys(elements)]
    shared = [one for one, *others in zip(*paths, strict=False) if all(other is one for other in others)]
    return next((one for one in reversed(shared) if one.tag in CONTAINERS), shared[0])


def _path(element: Element) -> list[Element]:
    return [*reversed(list(element.iterancestors())), element]


def _with_ancestors(elements: Iterable[Element]) -> set[Element]:
    found: set[Element] = set()
    for element in elements:
        while element is not None and element not in found:
            found.add(element)
            element = element.getparent()
    return found


def _bare(element: Element, own: set[Element], tails: set[Element], whole: set[Element]) -> None:
    """Without texts that are not wanted, and without what hides those that are."""
    for name in HIDING:
        element.attrib.pop(name, None)
    if element not in own and element not in whole and not (element.text or "").isspace():
        element.text = None
    if element not in tails and not (element.tail or "").isspace():
        element.tail = None


def _take_out(element: Element, tails: set[Element]) -> None:
    """Out of the tree with all that is in it; its tail stays where it is wanted, and a break where it stands."""
    if element not in tails:
        element.tail = None if _is_after_space(element) else " " * (element.tail or "").isspace()
    if element.tag in ("br", "hr"):
        return
    if (element.text or "").isspace():
        element.tail = f" {element.tail or ''}"
    element.drop_tree()


def _is_after_space(element: Element) -> bool:
    before = element.getprevious()
    text = (element.getparent().text if before is None else before.tail) or ""
    return not text.strip() or text[-1].isspace()
