"""How good a cleaned text is, by the protocol of scrapinghub/article-extraction-benchmark."""

from __future__ import annotations

import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import mean

Shingles = Counter[tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One text against its gold. `precision` is None where nothing was given to judge."""

    name: str
    site: str
    group: str
    precision: float | None
    recall: float
    same: bool

    @property
    def f1(self) -> float:
        return harmonic(self.precision or 0, self.recall)


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Precision and recall averaged over texts, and F1 of these two averages."""

    texts: int
    precision: float
    recall: float
    perfect: float
    low: float = 0
    high: float = 0

    @property
    def f1(self) -> float:
        return harmonic(self.precision, self.recall)

    def __str__(self) -> str:
        between = f" [{self.low:.3f} {self.high:.3f}]" if self.high else ""
        return (
            f"n={self.texts:4d} F1 {self.f1:.4f}{between} P {self.precision:.4f} R {self.recall:.4f} "
            f"perfect {self.perfect:.3f}"
        )


def harmonic(one: float, other: float) -> float:
    return 2 * one * other / (one + other) if one + other else 0.0


def shingles(text: str, size: int = 4) -> Shingles:
    """The runs of four words of a text, with how often each occurs."""
    words = re.findall(r"\w+", text)
    return Counter(tuple(words[at : at + size]) for at in range(max(1, len(words) - size + 1)) if words)


def judge(gold: str, text: str, *, neutral: Iterable[str] = (), name: str = "", site: str = "", group: str = "") -> Row:
    """A text against its gold; words of `neutral` (headline, dek) are neither asked for nor held against it."""
    wanted, given = shingles(gold), shingles(text)
    given = _without(given, wanted, neutral)
    common = sum((wanted & given).values())
    return Row(
        name=name,
        site=site,
        group=group,
        precision=common / given.total() if given else None,
        recall=common / wanted.total() if wanted else 0.0,
        same=re.findall(r"\w+", gold) == re.findall(r"\w+", text),
    )


def _without(given: Shingles, wanted: Shingles, neutral: Iterable[str]) -> Shingles:
    free: Shingles = Counter()
    for text in neutral:
        free |= shingles(text)
    surplus = Counter({one: min(given[one] - wanted[one], free[one]) for one in given if one in free})
    return given - surplus


def summarize(rows: Sequence[Row]) -> Summary:
    return Summary(
        texts=len(rows),
        precision=mean([row.precision for row in rows if row.precision is not None] or [0.0]),
        recall=mean([row.recall for row in rows] or [0.0]),
        perfect=mean([row.f1 >= 0.98 for row in rows] or [0.0]),
    )


def summarize_with_interval(rows: Sequence[Row], *, times: int = 300) -> Summary:
    """With the 95 % interval of F1: drawn anew by site, as texts of one site err alike."""
    whole = summarize(rows)
    by_site = _grouped(rows, lambda row: row.site)
    sites, chance = sorted(by_site), random.Random(1)
    drawn = sorted(
        summarize([row for site in chance.choices(sites, k=len(sites)) for row in by_site[site]]).f1
        for _ in range(times)
    )
    return Summary(
        texts=whole.texts,
        precision=whole.precision,
        recall=whole.recall,
        perfect=whole.perfect,
        low=drawn[int(0.025 * times)],
        high=drawn[int(0.975 * times)],
    )


def by_group(rows: Sequence[Row]) -> dict[str, list[Row]]:
    return _grouped(rows, lambda row: row.group)


def _grouped(rows: Sequence[Row], key: Callable[[Row], str]) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return dict(groups)
