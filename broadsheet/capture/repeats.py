"""Lines that recur in other captures of one source: evidence of furniture, never proof."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from zlib import crc32

from broadsheet.capture.lines import parse as lines_of
from broadsheet.capture.nouns import Repeats

DIGITS = re.compile(r"\d+")


def key(line: str) -> str:
    """A line as it counts for recurring: letters folded, every number alike, single spaces."""
    if not line.isascii():
        line = unicodedata.normalize("NFKC", line)
    line = " ".join(line.casefold().split())
    return DIGITS.sub("0", line)


def others(texts: Sequence[str]) -> list[Repeats]:
    """For each text the lines of all the others, but for those that hold the same story in another form."""
    keys = [_keys(text) for text in texts]
    prints = [_prints(text) for text in texts]
    held = Counter(one for lines in keys for one in lines)
    return [_others(number, keys, prints, held) for number in range(len(texts))]


def _others(number: int, keys: list[frozenset[str]], prints: list[frozenset[int]], held: Counter[str]) -> Repeats:
    alike = [other for other in range(len(keys)) if other == number or _is_alike(prints[number], prints[other])]
    less = Counter(one for other in alike for one in keys[other])
    counts = {one: held[one] - less[one] for one in keys[number] if held[one] > less[one]}
    return Repeats(counts=counts, captures=len(keys) - len(alike))


def _keys(text: str) -> frozenset[str]:
    return frozenset(key(line.text) for line in lines_of(text))


# Texts that tell the same story -------------------------------------------------------------------------

ALIKE = 0.4
"""Share of sampled word runs from which two texts are held for the same story."""


def _prints(text: str) -> frozenset[int]:
    """A sample of the runs of six words in longer lines: the same for the same words, however broken."""
    found = set()
    for line in lines_of(text):
        tokens = line.text.split()
        if len(tokens) >= 12:
            hashes = [crc32(token.encode()) for token in tokens]
            for at in range(len(hashes) - 5):
                sum_ = sum(hashes[at : at + 6]) & 0xFFFFFFFF
                if sum_ % 8 == 0:
                    found.add(sum_)
    return frozenset(found)


def _is_alike(one: frozenset[int], other: frozenset[int]) -> bool:
    return len(one & other) > ALIKE * min(len(one), len(other)) if one and other else False
