"""Scraped text to the story in it, and what stood around it."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from broadsheet.capture import features, scores, stated
from broadsheet.capture.escape import escape
from broadsheet.capture.features import Reading
from broadsheet.capture.furniture import words as words_of
from broadsheet.capture.lines import Line, parse
from broadsheet.capture.nouns import Block, Body, Dropped, Facts, Repeats, Rules
from broadsheet.capture.repeats import apart
from broadsheet.capture.rules import pattern

NO_REPEATS = Repeats()
NO_RULES = Rules()


def scrape(
    text: str, *, repeats: Repeats = NO_REPEATS, rules: Rules = NO_RULES, name_hint: str = ""
) -> tuple[Facts, Body]:
    """A text to what it says of its article, and the article's body.

    `repeats` are the lines of other captures of the same source, `name_hint` may
    confirm the source's name: a file's name, a domain.
    """
    text, rest = _first(text)
    readings = [features.read(line, characters=features.SKIMMED) for line in parse(text)]
    if not readings:
        return Facts(), Body(blocks=(), dropped=(), confidence=0.0)
    repeats = apart(repeats, [reading.key for reading in readings if reading.prose])
    chances = doubted(readings, scores.load("text").probabilities(features.rows(readings, repeats)), repeats)
    chosen = ruled(readings, _trimmed(readings, chosen_lines(readings, chances), repeats), rules)
    facts, told = stated.facts(readings, chosen, name_hint=name_hint)
    for number in told:
        chosen[number] = False
    body = Body(
        blocks=tuple(_blocks([reading.line for reading, kept in zip(readings, chosen, strict=True) if kept])),
        dropped=(*_dropped(readings, chosen, told, repeats), *rest),
        confidence=confidence(chances, chosen, readings),
    )
    return facts, body


def _trimmed(readings: Sequence[Reading], chosen: list[bool], repeats: Repeats) -> list[bool]:
    """The choice without what begins or ends it and stands in nearly every other capture: both together tell."""
    taken = [number for number, kept in enumerate(chosen) if kept]
    for way in (taken, taken[::-1]):
        for number in way:
            if repeats.captures < SOME or repeats.counts.get(readings[number].key, 0) < NEARLY_ALL * repeats.captures:
                break
            chosen[number] = False
    return chosen


SOME, NEARLY_ALL = 2, 0.8
"""Other captures from which they count, and the share of them that must hold a line."""

MOST_LINES = 20_000
"""What stands behind so many lines is not read."""


def _first(text: str) -> tuple[str, tuple[Dropped, ...]]:
    """The lines that are read, and what tells of the others."""
    parts = text.split("\n", MOST_LINES)
    if len(parts) <= MOST_LINES:
        return text, ()
    rest = Dropped(line=MOST_LINES + 1, text=parts.pop()[:200].strip(), reason=f"behind the first {MOST_LINES:,} lines")
    return "\n".join(parts), (rest,)


# Which lines are the story ------------------------------------------------------------------------------


def doubted(readings: Sequence[Reading], chances: Sequence[float], repeats: Repeats) -> list[float]:
    """Chances, lower for lines that recur in other captures: prose that does is rare where the model was trained."""
    return [
        chance / (chance + (1 - chance) * DOUBT) if features.recurs(reading.key, repeats) else chance
        for reading, chance in zip(readings, chances, strict=True)
    ]


DOUBT = 12.0
"""By how much the odds of such a line are lower; what is sure to be story still is."""


def chosen_lines(readings: Sequence[Reading], chances: Sequence[float]) -> list[bool]:
    """The lines that are best taken, none that says again what another has said."""
    limit = best_limit(chances, [reading.words for reading in readings])
    return _once(readings, _whole_lists(readings, [chance >= limit for chance in chances]))


def best_limit(chances: Sequence[float], sizes: Sequence[float]) -> float:
    """The chance from which on lines are taken so that the F1 to be expected is highest.

    What is expected: lines count by their words, and hold of the story what
    their chance says. The limit is thus lower where nothing is certain.
    """
    ranked = sorted(zip(chances, sizes, strict=True), reverse=True)
    story = CAUTION * sum(chance * size for chance, size in ranked)
    best, limit, right, taken = 0.0, 1.0, 0.0, 0.0
    for chance, size in ranked:
        right, taken = right + chance * size, taken + size
        expected = 2 * right / (taken + story) if taken else 0.0
        if expected > best:
            best, limit = expected, chance
    return min(limit, SURE)


CAUTION = 0.9
"""Chances are a little too high on texts of new sites: how much of the story they promise is there."""
SURE = 0.9


def _whole_lists(readings: Sequence[Reading], chosen: list[bool]) -> list[bool]:
    """The choice with all items of a list that at least half was chosen of."""
    lists = groupby(range(len(chosen)), lambda number: (readings[number].line.kind, readings[number].line.indent))
    for items in (list(group) for _, group in lists):
        if readings[items[0]].line.kind == "item" and 2 * sum(chosen[number] for number in items) >= len(items):
            for number in items:
                chosen[number] = True
    return chosen


def _once(readings: Sequence[Reading], chosen: list[bool]) -> list[bool]:
    """The choice without longer lines that were said before: some pages hold their story twice."""
    taken = [number for number, kept in enumerate(chosen) if kept and len(readings[number].tokens) >= LONG]
    openings = Counter(readings[number].lower[:RUN] for number in taken)
    if len(openings) == len(taken):
        return chosen
    seen: set[tuple[str, ...]] = set()
    for number in taken:
        words = words_of(readings[number].line.text)
        runs = [tuple(words[at : at + RUN]) for at in range(len(words) - RUN + 1)]
        if sum(run in seen for run in runs) >= SAME * len(runs):
            chosen[number] = False
        seen.update(runs)
    return chosen


LONG, RUN, SAME = 8, 5, 0.85
"""Words from which a line is looked at, words in a run, and the share of runs that make two lines the same."""


def ruled(readings: Sequence[Reading], chosen: Sequence[bool], rules: Rules) -> list[bool]:
    """The choice after an editor's rules, which win."""
    if not rules.drop_lines and not rules.keep_lines:
        return list(chosen)
    drop, keep = pattern(rules.drop_lines), pattern(rules.keep_lines)
    return [
        keep.fullmatch(reading.line.text) is not None or (kept and drop.fullmatch(reading.line.text) is None)
        for reading, kept in zip(readings, chosen, strict=True)
    ]


def confidence(chances: Sequence[float], chosen: Sequence[bool], readings: Sequence[Reading]) -> float:
    """How likely the choice has an F1 of .95: from how sure the model is of each word that was taken or left.

    SURENESS and OFFSET were fitted to sites that the model had not seen.
    """
    words = [reading.words for reading in readings]
    taken = sum(size for size, kept in zip(words, chosen, strict=True) if kept)
    right = sum(size * chance for size, kept, chance in zip(words, chosen, chances, strict=True) if kept)
    wanted = sum(size * chance for size, chance in zip(words, chances, strict=True))
    expected = min(0.995, max(0.02, 2 * right / (taken + wanted))) if taken else 0.02
    return round(1 / (1 + math.exp(OFFSET - SURENESS * math.log(expected / (1 - expected)))), 3)


SURENESS, OFFSET = 1.51, 3.97


# How the story is written ---------------------------------------------------------------------------------


def _blocks(lines: Sequence[Line]) -> Iterator[Block]:
    for kind, group in groupby(lines, lambda line: line.kind):
        if kind in ("item", "quote"):
            yield _joined(kind, list(group))
        else:
            yield from map(_block, group)


def _block(line: Line) -> Block:
    marks = f"{'#' * max(2, line.level)} " if line.kind == "heading" else ""
    return Block(text=line.text, markdown=f"{marks}{_markdown(line.text)}")


SIGNS = re.compile(r"[\\`*_\[\]<&\u115f\u200c\u200d\u2060-\u206f\ufff9-\ufffb\U000e0000-\U000e007f]|^[\W\d]")


def _markdown(text: str) -> str:
    """Most lines hold nothing that Markdown could mistake, and need no closer look."""
    return escape(text) if SIGNS.search(text) else text


def _joined(kind: str, lines: Sequence[Line]) -> Block:
    """The items of a list, or the paragraphs of a quotation."""
    text = "\n".join(line.text for line in lines)
    if kind == "quote":
        return Block(text=text, markdown="\n>\n".join(f"> {_markdown(line.text)}" for line in lines))
    return Block(text=text, markdown="\n".join(f"{_bullet(line)} {_markdown(line.text)}" for line in lines))


def _bullet(line: Line) -> str:
    return f"{line.ordinal.rstrip('.)')}." if line.ordinal else "-"


# Why the rest is not ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bounds:
    first: int
    last: int


def _dropped(
    readings: Sequence[Reading], chosen: Sequence[bool], told: dict[int, str], repeats: Repeats
) -> Iterator[Dropped]:
    taken = [number for number, kept in enumerate(chosen) if kept]
    bounds = _Bounds(first=taken[0], last=taken[-1]) if taken else _Bounds(first=len(readings), last=len(readings))
    for number, reading in enumerate(readings):
        if not chosen[number]:
            reason = told.get(number) or _reason(number, reading, bounds, repeats)
            for raw in reading.line.raw:
                yield Dropped(line=raw.number, text=raw.text.strip(), reason=reason)


def _reason(number: int, reading: Reading, bounds: _Bounds, repeats: Repeats) -> str:
    what = stated.purpose(reading)
    if repeats.counts.get(reading.key):
        what = f"{what}, also on other captures of this source" if what else "also on other captures of this source"
    return f"{_where(number, bounds)}: {what}" if what else _where(number, bounds)


def _where(number: int, bounds: _Bounds) -> str:
    if number < bounds.first:
        return "before the story"
    return "after the end" if number > bounds.last else "inside, but no part of the story"
