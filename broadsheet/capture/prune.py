"""A page's tree without what is no part of the story."""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy

from broadsheet.capture.dom import Element
from broadsheet.capture.pieces import Piece

HIDING = ("style", "hidden", "aria-hidden", "class")


def pruned(root: Element, pieces: Iterable[Piece], pictures: Iterable[Element]) -> Element:
    """A copy of the tree that holds these pieces and pictures, in their elements and those around them, and no more."""
    tree = deepcopy(root)
    twins = dict(zip(root.iter(), tree.iter(), strict=True))
    whole = {twins[picture] for picture in pictures}
    own = {twins[slot.element] for piece in pieces for slot in piece.slots if not slot.tail}
    tails = {twins[slot.element] for piece in pieces for slot in piece.slots if slot.tail}
    needed = _with_ancestors(whole | own | {element.getparent() for element in tails})
    for element in needed:
        _bare(element, own, tails, whole)
    open_ = needed - whole
    for element in [child for one in open_ for child in one if child not in needed]:
        _take_out(element, tails)
    return tree


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
    if element not in tails and not (element.tail or "").isspace():
        element.tail = None
    if element.tag in ("br", "hr"):
        return
    if (element.text or "").isspace():
        element.tail = f" {element.tail or ''}"
    element.drop_tree()
