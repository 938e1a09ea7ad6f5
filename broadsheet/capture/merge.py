"""An article as an editor changed it, and as it is cleaned anew, to one with both changes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """`text` has every change of mine; `conflicts` are pieces of theirs that gave way to one."""

    text: str
    conflicts: tuple[str, ...] = ()


def merge(base: str, mine: str, theirs: str) -> Merged:
    """A three-way merge of an article's file in which mine always wins: nothing of it is ever lost.

    Front matter is merged key by key, the body line by line, which are
    paragraphs. All three texts are files as `content.dump` writes them; where
    mine has front matter of another kind, its front matter is kept whole.
    """
    heads, bodies = zip(*(_halves(text) for text in (base, mine, theirs)), strict=True)
    head = _merged_header(*heads) if all(heads) else Merged(text=heads[1])
    body = _merged_lines(*bodies)
    return Merged(text=head.text + body.text, conflicts=(*head.conflicts, *body.conflicts))


_HEADER = re.compile(r"\A---[ \t]*\n(.*?\n)?---[ \t]*(?:\n|\Z)", re.S)


def _halves(text: str) -> tuple[str, str]:
    """Front matter with both its fences, "" where it is not YAML; and the rest."""
    text = text.replace("\r\n", "\n")
    found = _HEADER.match(text)
    return (found[0], text[found.end() :]) if found else ("", text)


# Front matter: by keys ----------------------------------------------------------------------------


def _merged_header(base: str, mine: str, theirs: str) -> Merged:
    old, own, new = _keys(base), _keys(mine), _keys(theirs)
    kept, conflicts = dict(own), []
    for key in dict.fromkeys([*new, *old]):
        before, change = old.get(key, ""), new.get(key, "")
        if change == before or own.get(key, "") == change:
            continue
        if own.get(key, "") == before:
            kept[key] = change
        else:
            conflicts.append(change)
    order = _in_order(list(own), list(new))
    lines = [kept[key] for key in order if key in kept]
    return Merged(text="".join(["---\n", *lines, "---\n"]), conflicts=tuple(conflicts))


_KEY = re.compile(r"(?m)^(?=[^\s#\-][^\n]*:)")


def _keys(header: str) -> dict[str, str]:
    """Each key with its lines, and with the comments that stand below it; "" has what stands above the first."""
    inside = header.split("\n", 1)[1].rsplit("---", 1)[0]
    return {part.split(":", 1)[0] if part[:1] not in ("#", "") else "": part for part in _KEY.split(inside) if part}


def _in_order(own: list[str], new: list[str]) -> list[str]:
    """Every key: in my order, and those only theirs has after the key they follow there."""
    order = list(own)
    for at, key in enumerate(new):
        if key not in order:
            before = next((one for one in reversed(new[:at]) if one in order), None)
            order.insert(order.index(before) + 1 if before is not None else 0, key)
    return order


# The body: by lines -------------------------------------------------------------------------------


def _merged_lines(base: str, mine: str, theirs: str) -> Merged:
    """As diff3 does (Khanna, Kunal and Pierce, "A Formal Investigation of Diff3", 2007).

    Lines that all three share part the texts into regions, and in each the side
    counts that differs from the base.
    """
    kept: list[str] = []
    conflicts = []
    for old, own, new in _regions(base.splitlines(True), mine.splitlines(True), theirs.splitlines(True)):
        kept += new if own == old else own
        if new not in (old, own) and own != old:
            conflicts.append("".join(new))
    return Merged(text="".join(kept), conflicts=tuple(conflicts))


Region = tuple[Sequence[str], Sequence[str], Sequence[str]]


def _regions(base: Sequence[str], mine: Sequence[str], theirs: Sequence[str]) -> Iterator[Region]:
    """The texts in step: a region that differs, a shared line, a region, and so on to the end."""
    in_mine, in_theirs = _partners(base, mine), _partners(base, theirs)
    b = m = t = 0
    for at in range(len(base)):
        if at in in_mine and at in in_theirs:
            yield base[b:at], mine[m : in_mine[at]], theirs[t : in_theirs[at]]
            b, m, t = at + 1, in_mine[at] + 1, in_theirs[at] + 1
            yield base[at:b], mine[m - 1 : m], theirs[t - 1 : t]
    yield base[b:], mine[m:], theirs[t:]


def _partners(base: Sequence[str], other: Sequence[str]) -> dict[int, int]:
    matcher = SequenceMatcher(None, base, other, autojunk=False)
    return {block.a + step: block.b + step for block in matcher.get_matching_blocks() for step in range(block.size)}
