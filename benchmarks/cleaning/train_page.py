"""Train the judge of pages: `python benchmarks/cleaning/train_page.py DATA`."""

from __future__ import annotations

import argparse
import multiprocessing
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from pathlib import Path

import lightgbm
import numpy as np
import train
from data import Sample, pages
from score import Row, judge, summarize

from broadsheet.capture.dom import page
from broadsheet.capture.evidence import Known, Opinions, repeated
from broadsheet.capture.judge import LIMIT, survey
from broadsheet.capture.metadata import article_body, facts
from broadsheet.capture.repeats import others
from broadsheet.capture.signs import NAMES, rows
from broadsheet.capture.structured import structured

ROUNDS = 150
SEEDS = (1,)
WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """A page as the judge sees it, with the share of each piece that the gold has.

    `among` is the table where other pages of the site are known; None where there are none.
    """

    sample: Sample
    texts: tuple[str, ...]
    hidden: tuple[bool, ...]
    seen: Opinions
    table: train.Table
    shares: tuple[float, ...]
    among: train.Table | None = None

    @property
    def tables(self) -> list[train.Table]:
        return [self.table] if self.among is None else [self.table, self.among]

    @property
    def labels(self) -> list[float]:
        return [float(share >= 0.5) for share in self.shares]

    @property
    def weights(self) -> list[float]:
        """Pages count alike; in a page, long pieces for more than short ones."""
        sizes = [(1 + len(WORD.findall(text))) ** 0.5 for text in self.texts]
        return [100 * size / sum(sizes) for size in sizes]


def lesson(sample: Sample) -> Lesson:
    root = page(sample.data)
    data = structured(root, address=sample.address)
    told = facts(root, address=sample.address, data=data)
    known = Known(
        article_body=article_body(data),
        title=told.title.value if told.title else "",
        dek=told.dek.value if told.dek else "",
    )
    surveyed = survey(root, known)
    found, seen = surveyed.found.texts, surveyed.seen
    return Lesson(
        sample=sample,
        texts=tuple(piece.text for piece in found),
        hidden=tuple(piece.place.hidden for piece in found),
        seen=seen,
        table=rows(found, seen),
        shares=tuple(shares([piece.text for piece in found], sample.story)),
    )


def shares(texts: Sequence[str], gold: str) -> list[float]:
    """Which share of each piece's words the gold has in the same order; chance hits of a few words do not count."""
    words = [WORD.findall(text.lower()) for text in texts]
    owners = [number for number, found in enumerate(words) for _ in found]
    flat = [word for found in words for word in found]
    hits = [0] * len(texts)
    matcher = SequenceMatcher(None, flat, WORD.findall(gold.lower()), autojunk=False)
    for start, _, size in matcher.get_matching_blocks():
        for owner in owners[start : start + size]:
            hits[owner] += size >= 4 or size >= len(words[owner])
    return [hit / len(found) if found else 0.0 for hit, found in zip(hits, words, strict=True)]


def lessons(samples: Sequence[Sample]) -> list[Lesson]:
    with multiprocessing.Pool(2) as pool:
        alone = pool.map(lesson, samples, chunksize=4)
    by_site: dict[str, list[Lesson]] = defaultdict(list)
    for one in alone:
        by_site[one.sample.site].append(one)
    among = [known for site in by_site.values() for known in with_siblings(site)]
    return sorted(among, key=lambda one: one.sample.name)


def with_siblings(site: Sequence[Lesson]) -> Iterator[Lesson]:
    texts = ["\n".join(one.texts) for one in site]
    for one, repeats in zip(site, others(texts), strict=True):
        table = one.table.copy()
        table[:, NAMES.index("repeated")] = repeated(one.texts, repeats)
        yield replace(one, among=table if repeats.captures else None)


def fitted(taught: Sequence[Lesson]) -> list[lightgbm.Booster]:
    """A judge of pages alone, and among others of their site: it is taught both."""
    table = np.concatenate([table for one in taught for table in one.tables])
    labels = [label for one in taught for _ in one.tables for label in one.labels]
    weights = [weight / len(one.tables) for one in taught for _ in one.tables for weight in one.weights]
    return [train.fit(table, labels, weights, NAMES, rounds=ROUNDS, seed=seed) for seed in SEEDS]


def chances(boosters: Sequence[lightgbm.Booster], table: train.Table) -> list[float]:
    odds = np.mean([np.asarray(booster.predict(table, raw_score=True)) for booster in boosters], axis=0)
    return [float(one) for one in 1 / (1 + np.exp(-odds))]


def judged(taught: Sequence[Lesson], kept: Sequence[Sequence[bool]]) -> list[Row]:
    return [
        judge(
            one.sample.story,
            "\n".join(text for text, keep in zip(one.texts, keeps, strict=True) if keep),
            neutral=one.sample.neutral,
            name=one.sample.name,
            site=one.sample.site,
            group=one.sample.group,
        )
        for one, keeps in zip(taught, kept, strict=True)
    ]


def show(name: str, found: Sequence[Row]) -> None:
    whole, news = summarize(found), summarize([row for row in found if row.group in ("seb", "fe", "fu_en")])
    print(f"{name:24s} all {whole} | news F1 {news.f1:.4f} perfect {news.perfect:.3f}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--no-write", action="store_true")
    parser.add_argument("--splits", type=int, default=1)
    asked = parser.parse_args()
    taught = lessons(list(pages(asked.data)))
    show("trafilatura", judged(taught, [[share > 0.5 for share in one.seen.trafilatura] for one in taught]))
    for split in range(asked.splits):
        found = cross_validated(taught, split)
        show(f"judge, split {split}", judged(taught, [one[0] for one in found]))
        show("  among others of the site", judged(taught, [one[-1] for one in found]))
    if not asked.no_write:
        print(train.write("page", train.export(fitted(taught))))


def cross_validated(taught: Sequence[Lesson], split: int) -> list[list[list[bool]]]:
    """What is chosen of every page by a judge that was taught no page of its site: alone, and among others of it."""
    fold = train.folds((one.sample.site for one in taught), seed=split)
    found: dict[str, list[list[bool]]] = {}
    for part in sorted(set(fold.values())):
        boosters = fitted([one for one in taught if fold[one.sample.site] != part])
        for one in taught:
            if fold[one.sample.site] == part:
                found[one.sample.name] = [[p >= LIMIT for p in chances(boosters, table)] for table in one.tables]
    return [found[one.sample.name] for one in taught]


if __name__ == "__main__":
    main()
