"""Lines that recur in other captures of one source: evidence of furniture, never proof."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from statistics import median_low
from zlib import crc32

from broadsheet.capture.lines import Line, is_dense
from broadsheet.capture.lines import parse as lines_of
from broadsheet.capture.nouns import Repeats

DIGITS = re.compile(r"\d+")

MOST_CHARACTERS = 120
"""Longer lines are stories; their beginnings tell them apart well enough."""


def key(line: str) -> str:
    """A line as it counts for recurring: letters folded, every number alike, single spaces."""
    line = line[:MOST_CHARACTERS]
    if not line.isascii():
        line = unicodedata.normalize("NFKC", line)
    return DIGITS.sub("0", " ".join(line.casefold().split()))


# Texts of one source at hand ------------------------------------------------------------------------------


def others(texts: Sequence[str]) -> list[Repeats]:
    """For each text the lines of all the others, but for those that hold the same story in another form."""
    parsed = [lines_of(text) for text in texts]
    keys = [_keys(lines) for lines in parsed]
    prints = [_prints(lines) for lines in parsed]
    held = Counter(one for lines in keys for one in lines)
    return [_others(number, keys, _alike(number, prints), held) for number in range(len(texts))]


def _others(number: int, keys: Sequence[frozenset[str]], alike: Sequence[int], held: Counter[str]) -> Repeats:
    less = Counter(one for other in alike for one in keys[other])
    counts = {one: held[one] - less[one] for one in keys[number] if held[one] > less[one]}
    return Repeats(counts=counts, captures=len(keys) - len(alike))


def _alike(number: int, prints: Sequence[frozenset[int]]) -> list[int]:
    return [other for other in range(len(prints)) if other == number or _is_alike(prints[number], prints[other])]


def _keys(lines: Iterable[Line]) -> frozenset[str]:
    return frozenset(key(line.text) for line in lines)


# Texts that tell the same story -------------------------------------------------------------------------

ALIKE = 0.4
"""Share of sampled runs of words from which two texts are held for the same story."""
RUN, ONE_IN = 6, 8


def _prints(lines: Iterable[Line]) -> frozenset[int]:
    """A sample of the runs of six words in longer lines: the same for the same words, however broken."""
    found = set()
    for line in lines:
        words = list(line.text) if line.text and is_dense(line.text[0]) else line.text.split()
        if len(words) >= 2 * RUN:
            sums = [crc32(word.encode()) for word in words]
            for at in range(len(sums) - RUN + 1):
                one = sum(sums[at : at + RUN])
                if one % ONE_IN == 0:
                    found.add(one)
    return frozenset(found)


def _is_alike(one: frozenset[int], other: frozenset[int]) -> bool:
    return bool(one and other) and len(one & other) > ALIKE * min(len(one), len(other))


# The memory of a source ---------------------------------------------------------------------------------


def apart(repeats: Repeats, prose: Sequence[str]) -> Repeats:
    """A memory without what a text itself left in it, told by the keys of its lines of prose.

    Furniture may be prose, but a story's own lines recur only where the story was
    captured before: where most do, as many captures are this one.
    """
    found = [repeats.counts[line] for line in prose if line in repeats.counts]
    if len(found) < 2 or len(found) * 2 < len(prose):
        return repeats
    own = median_low(found)
    counts = {line: count - own for line, count in repeats.counts.items() if count > own}
    return Repeats(counts=counts, captures=max(0, repeats.captures - own))
