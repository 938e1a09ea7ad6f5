"""Train the judge that tells a page's story from what stands around it, and say how well it does on sites not seen."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise
from pathlib import Path

import lightgbm
import numpy as np
import train
from data import Sample, pages
from score import Row, judge, summarize, summarize_with_interval

from broadsheet.capture import dom, metadata
from broadsheet.capture.evidence import Known
from broadsheet.capture.judge import Survey, chosen, confidence, survey, with_whole_tables
from broadsheet.capture.signs import NAMES, rows
from broadsheet.capture.structured import structured

ROUNDS = 150
PARTS = 5
WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lesson:
    """A page as the judge sees it, and the share of each of its pieces that the gold has."""

    sample: Sample
    page: Survey
    table: train.Table
    shares: tuple[float, ...]

    @property
    def texts(self) -> list[str]:
        return [piece.text for piece in self.page.found.texts]

    @property
    def labels(self) -> list[float]:
        return [float(share >= 0.5) for share in self.shares]

    @property
    def weights(self) -> list[float]:
        """Pages count alike; in a page a piece by the root of its words, as short ones tell much of what is where."""
        roots = [(1 + len(WORD.findall(text))) ** 0.5 for text in self.texts]
        return [100 * root / sum(roots) for root in roots]


def lesson(sample: Sample) -> Lesson:
    root = dom.page(sample.data)
    data = structured(root, address=sample.address)
    told = metadata.facts(root, address=sample.address, data=data)
    known = Known(
        article_body=metadata.article_body(data),
        title=told.title.value if told.title else "",
        dek=told.dek.value if told.dek else "",
    )
    surveyed = survey(root, known)
    found = surveyed.found.texts
    return Lesson(
        sample=sample,
        page=surveyed,
        table=rows(found, surveyed.seen),
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


# Training and judging -----------------------------------------------------------------------------------


def fitted(taught: Sequence[Lesson]) -> lightgbm.Booster:
    table = np.concatenate([one.table for one in taught])
    labels = [label for one in taught for label in one.labels]
    weights = [weight for one in taught for weight in one.weights]
    return train.fit(table, labels, weights, NAMES, rounds=ROUNDS)


def judged(one: Lesson, kept: Sequence[bool]) -> Row:
    sample = one.sample
    text = "\n".join(text for text, keep in zip(one.texts, kept, strict=True) if keep)
    return judge(sample.story, text, neutral=sample.neutral, name=sample.name, site=sample.site, group=sample.group)


def validated(taught: Sequence[Lesson], split: int) -> list[tuple[Row, float]]:
    """What is chosen of every page by a judge that was taught no page of its site, and how sure it was."""
    fold = train.folds((one.sample.site for one in taught), parts=PARTS, seed=split)
    found: list[tuple[Row, float]] = []
    for part in range(PARTS):
        booster = fitted([one for one in taught if fold[one.sample.site] != part])
        here = [tried(one, booster) for one in taught if fold[one.sample.site] == part]
        show(f"  sites of part {part + 1}", [row for row, _ in here])
        found += here
    return found


def tried(one: Lesson, booster: lightgbm.Booster) -> tuple[Row, float]:
    pieces = one.page.found.texts
    each = [float(chance) for chance in np.asarray(booster.predict(one.table))]
    likely = with_whole_tables(pieces, each)
    kept = chosen(one.page, likely)
    return judged(one, kept), confidence(pieces, likely, kept)


def show(name: str, found: Sequence[Row]) -> None:
    news = summarize([row for row in found if row.group in ("seb", "fe", "fu_en")])
    whole = summarize_with_interval(found)
    print(f"{name:18s} {whole} | English news F1 {news.f1:.4f} perfect {news.perfect:.3f}", flush=True)


def show_confidence(found: Sequence[tuple[Row, float]]) -> None:
    """How often pages reach F1 .95, by how sure the judge was of them."""
    for low, high in pairwise((0.0, 0.2, 0.5, 0.7, 0.8, 0.9, 0.93, 1.0)):
        good = [row.f1 >= 0.95 for row, sure in found if low <= sure < high]
        if good:
            print(f"  confidence {low:.2f} to {high:.2f}: {len(good):4d} pages, good {np.mean(good):.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="a folder in the layout of the cleaning data")
    parser.add_argument("--no-write", action="store_true", help="leave the package's weights as they are")
    parser.add_argument("--splits", type=int, default=1, help="cross-validate over so many divisions of the sites")
    asked = parser.parse_args()
    taught = [lesson(sample) for sample in pages(asked.data)]
    show("trafilatura", [judged(one, [share > 0.5 for share in one.page.seen.trafilatura]) for one in taught])
    every: list[tuple[Row, float]] = []
    for split in range(asked.splits):
        found = validated(taught, split)
        show(f"judge, split {split + 1}", [row for row, _ in found])
        every += found
    show("judge, all splits", [row for row, _ in every])
    show_confidence(every)
    if not asked.no_write:
        print(train.write("page", train.export([fitted(taught)])))


if __name__ == "__main__":
    main()
