"""Inline elements to runs of text in one style each, and these to a line of Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple
from urllib.parse import quote

from broadsheet.capture.addresses import SAFE, absolute, without_trackers
from broadsheet.capture.dom import Element
from broadsheet.capture.escape import escaped, guarded, tidy
from broadsheet.capture.nodes import BLOCKS, Node, inside, is_unseen, tag
from broadsheet.capture.nouns import FoundPicture
from broadsheet.capture.pictures import picture


class Style(NamedTuple):
    """How a run of text looks. `link` is an address, or ""."""

    link: str = ""
    strong: bool = False
    em: bool = False
    code: bool = False


PLAIN = Style()


class Run(NamedTuple):
    """Text in one style, a line's end (`"\\n"`), or a picture with no text."""

    text: str
    style: Style = PLAIN
    picture: FoundPicture | None = None


BREAK = Run("\n")

_STRONG = ("b", "strong")
_EM = ("em", "i", "cite", "dfn", "var")
_CODE = ("code", "kbd", "samp", "tt")
_PERMALINK_SIGNS = frozenset(("", "#", "¶", "§", "🔗", "∞"))
_RAISED = dict(zip("0123456789+-−=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿ", strict=True))
_LOWERED = dict(zip("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎", strict=True))


def runs(nodes: Iterable[Node], base: str) -> list[Run]:
    """Nodes to runs, white space as a browser shows it: none at either end of a line, no two spaces together."""
    return _collapsed(_pieces(nodes, base))


def _pieces(nodes: Iterable[Node], base: str) -> Iterator[Run]:
    """Every text in the nodes with its style, as it is typed. A loop, as pages nest deeper than Python recurses."""
    left: list[tuple[Node, Style]] = [(node, PLAIN) for node in reversed(list(nodes))]
    while left:
        node, style = left.pop()
        if isinstance(node, str):
            if node:
                yield Run(node, style)
        elif (name := tag(node)) in ("img", "amp-img", "picture"):
            yield from _shown(node, style, base)
        elif is_unseen(node):
            pass
        elif name == "br":
            yield BREAK
        elif name in ("sup", "sub") and not len(node):
            yield Run(_shifted(node.text or "", _RAISED if name == "sup" else _LOWERED), style)
        elif not (name == "a" and _is_permalink(node)):
            before, after = _around(name)
            inner = _inner(name, node, style, base)
            left += [(after, style), *[(one, inner) for one in reversed(inside(node))], (before, style)]


def _around(name: str) -> tuple[str, str]:
    if name == "q":
        return "“", "”"
    return (" ", " ") if name in BLOCKS else ("", "")


def _shown(node: Element, style: Style, base: str) -> Iterator[Run]:
    """A picture, or the words that stand for a sign drawn in the text."""
    if _is_sign(node):
        yield Run(node.get("alt", ""), style)
    elif (found := picture(node, base)) is not None:
        yield Run("", PLAIN, found)


def _is_sign(node: Element) -> bool:
    if re.search(r"\b(?:emoji|smiley|emoticon|wp-smiley|latex|math)", node.get("class", ""), re.I):
        return True
    sides = [re.match(r"\s*(\d{1,6})", node.get(side, "")) for side in ("width", "height")]
    return any(side is not None and int(side[1]) <= 32 for side in sides)


def _shifted(text: str, signs: dict[str, str]) -> str:
    """10 to the 6th is not 106."""
    return "".join(signs[one] for one in text) if text and len(text) <= 6 and set(text) <= signs.keys() else text


def _is_permalink(node: Element) -> bool:
    return node.get("href", "").startswith("#") and not len(node) and (node.text or "").strip() in _PERMALINK_SIGNS


def _inner(name: str, node: Element, style: Style, base: str) -> Style:
    if name == "a":
        return style._replace(link=without_trackers(absolute(node.get("href", ""), base)))
    if name in _STRONG:
        return style._replace(strong=True)
    if name in _EM:
        return style._replace(em=True)
    return style._replace(code=True) if name in _CODE else style


def _collapsed(pieces: Iterable[Run]) -> list[Run]:
    found: list[Run] = []
    spaced = True
    for style, same in groupby(pieces, key=_merging):
        if style is None:
            found += _ended(found, list(same))
            spaced = not found or found[-1] == BREAK
            continue
        text = tidy("".join(run.text for run in same))
        text = text[1:] if spaced and text[:1] == " " else text
        if text:
            found.append(Run(text, style))
            spaced = text.endswith(" ")
    _strip_end(found)
    return found


def _merging(run: Run) -> Style | None:
    return None if run.picture or run is BREAK else run.style


def _ended(found: list[Run], ends: list[Run]) -> list[Run]:
    """Breaks and pictures, with no space before a break and no break before the first text."""
    if ends[0] is BREAK:
        _strip_end(found)
    return ends


def _strip_end(found: list[Run]) -> None:
    while found and not found[-1].picture and found[-1] != BREAK and not found[-1].text.strip():
        found.pop()
    if found and not found[-1].picture and found[-1] != BREAK:
        found[-1] = found[-1]._replace(text=found[-1].text.rstrip())


def paragraphs(found: Sequence[Run]) -> list[list[Run]]:
    """Runs split where two or more breaks follow one another; no break at either end of a paragraph."""
    split: list[list[Run]] = [[]]
    breaks = 0
    for run in found:
        if run == BREAK:
            breaks += 1
            continue
        if breaks > 1:
            split.append([])
        elif breaks and split[-1]:
            split[-1].append(BREAK)
        breaks = 0
        split[-1].append(run)
    return [one for one in split if one]


def words(found: Iterable[Run]) -> str:
    """What a reader would read aloud of it."""
    return "".join(run.text for run in found).strip()


def on_one_line(found: Iterable[Run]) -> list[Run]:
    """Runs with a space for each break."""
    return _collapsed(run._replace(text=" ") if run == BREAK else run for run in found)


def unstyled(found: Iterable[Run]) -> list[Run]:
    """Runs without emphasis, for places that have their own."""
    return [run._replace(style=run.style._replace(strong=False, em=False)) for run in found]


# Runs to Markdown -----------------------------------------------------------------------------------


def to_markdown(found: Sequence[Run]) -> str:
    """Runs to Markdown: one line, or several with hard breaks between."""
    return "  \n".join(guarded(line) for line in within_line(found).split("\n"))


def within_line(found: Sequence[Run]) -> str:
    """Runs to Markdown that does not begin its line."""
    out: list[str] = []
    _mark(found, _MARKS, out, "")
    return "".join(out).strip(" ")


_MARKS = ("link", "strong", "em", "code")


def _mark(found: Sequence[Run], marks: tuple[str, ...], out: list[str], following: str) -> None:
    """Write runs; of all marks that begin at one place, the one that lasts longest stands outside."""
    start = 0
    while start < len(found):
        mark, end = _longest(found, start, marks)
        if mark:
            others = tuple(one for one in marks if one != mark)
            _enclose(found[start:end], mark, others, out, _first(found, end) or following)
        else:
            end = start + 1
            _write(found[start], out, _first(found, end) or following)
        start = end


def _longest(found: Sequence[Run], start: int, marks: tuple[str, ...]) -> tuple[str, int]:
    best, furthest = "", start
    for mark in marks:
        end = start
        if value := getattr(found[start].style, mark):
            while end < len(found) and getattr(found[end].style, mark) == value:
                end += 1
        if end > furthest:
            best, furthest = mark, end
    return best, furthest


def _first(found: Sequence[Run], index: int) -> str:
    return found[index].text[:1] if index < len(found) else ""


def _enclose(found: Sequence[Run], mark: str, others: tuple[str, ...], out: list[str], following: str) -> None:
    """Write runs inside a mark, the white space at their ends outside of it."""
    before, inner, after = _trimmed(found)
    _put(out, before)
    following = after[:1] or following
    if not inner:
        pass
    elif mark == "link":
        _link(inner, others, out)
    elif mark == "code":
        _put(out, _code("".join(run.text for run in inner), out, following))
    else:
        sign = _sign(mark, _last(out), following)
        _put(out, sign)
        _mark(inner, others, out, sign[:1] or following)
        _put(out, sign)
    _put(out, after)


def _trimmed(found: Sequence[Run]) -> tuple[str, list[Run], str]:
    if not found[0].text[:1].isspace() and not found[-1].text[-1:].isspace():
        return "", list(found), ""
    text = "".join(run.text for run in found)
    before = text[: len(text) - len(text.lstrip())]
    after = text[len(text.rstrip()) :] if before != text else ""
    left, right = len(before), len(text) - len(after)
    inner, place = [], 0
    for run in found:
        kept = run.text[max(0, left - place) : max(0, right - place)]
        place += len(run.text)
        if kept:
            inner.append(run._replace(text=kept))
    return before, inner, after


def _link(inner: list[Run], others: tuple[str, ...], out: list[str]) -> None:
    if _last(out) == "!":
        out[-1] = out[-1][:-1] + "\\!"
    _put(out, "[")
    start = len(out)
    _mark(inner, others, out, "]")
    # Where a link begins its line, the renderer looks for a definition, `[words]:`, blind to backslashes.
    out[start:] = ["".join(out[start:]).replace("\\]:", "&#93;:")]
    _put(out, f"]({_target(inner[0].style.link)})")


def _target(address: str) -> str:
    """An address between a link's brackets, where `&copy;` is still a sign."""
    return re.sub(r"&(?=#|\w+;)", "&amp;", address)


def _sign(mark: str, last: str, following: str) -> str:
    """Asterisks, underscores where those would touch others, or "" where neither is read as meant."""
    times = 2 if mark == "strong" else 1
    if "*" not in (last, following):
        return "*" * times
    if not re.match(r"\w", last) and not re.match(r"\w", following):
        return "_" * times
    return ""


def _code(text: str, out: list[str], following: str) -> str:
    """A span of code; plain text where the renderer would read signs in it all the same."""
    if "&#" in text or "]:" in text or _last(out) == "`":
        return escaped(text, following)
    ticks = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    pad = " " if "`" in (text[:1], text[-1:]) else ""
    return f"{ticks}{pad}{text}{pad}{ticks}"


def _write(run: Run, out: list[str], following: str) -> None:
    if run.picture is not None:
        _put(out, image(run.picture))
    elif run == BREAK:
        _put(out, "\n")
    else:
        _put(out, escaped(run.text, following))


def image(shown: FoundPicture) -> str:
    """A picture without its caption."""
    address = shown.address if shown.address.startswith("data:") else quote(shown.address, safe=SAFE)
    return f"![{escaped(shown.alt)}]({_target(address)})"


def _put(out: list[str], text: str) -> None:
    if text:
        out.append(text)


def _last(out: list[str]) -> str:
    return out[-1][-1] if out else ""
