"""Train the model that tells a story's lines from a site's furniture, and say how well it does on sites not seen."""

from __future__ import annotations

import argparse
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import lightgbm
import numpy as np
import train
from data import Sample, texts
from score import Row, judge, shingles, summarize_with_interval

from broadsheet.capture import features, repeats, scrape
from broadsheet.capture.features import Reading
from broadsheet.capture.lines import parse
from broadsheet.capture.nouns import Repeats

ROUNDS = 150
BAGS = 1


@dataclass(slots=True, kw_only=True)
class Case:
    """A text as the model sees it: by itself, and with the lines of other texts of its site where there are any."""

    sample: Sample
    readings: list[Reading]
    labels: list[float]
    alone: train.Table
    among: train.Table | None
    others: Repeats


def cases(samples: Sequence[Sample]) -> Iterator[Case]:
    by_source: dict[tuple[str, str], list[Sample]] = defaultdict(list)
    for sample in samples:
        by_source[sample.site, sample.form].append(sample)
    for _, group in sorted(by_source.items()):
        for sample, others in zip(group, repeats.others([one.data for one in group]), strict=True):
            readings = [features.read(line, characters=features.SKIMMED) for line in parse(sample.data)]
            yield Case(
                sample=sample,
                readings=readings,
                labels=labels([reading.line.text for reading in readings], sample.story),
                alone=features.rows(readings, Repeats()),
                among=features.rows(readings, others) if others.captures else None,
                others=others,
            )


# Labels -----------------------------------------------------------------------------------------------


def labels(lines: Sequence[str], story: str) -> list[float]:
    """For each line the share of it that is story: by runs of four words, short lines by what stands beside them."""
    story = folded(story)
    left, words = shingles(story), [re.findall(r"\w+", folded(line)) for line in lines]
    found = [_share(one, left) for one in words]
    whole = " ".join(["", *re.findall(r"\w+", story), ""])
    return [
        float(_continues(number, words, found, whole)) if 0 < len(one) < 4 else found[number]
        for number, one in enumerate(words)
    ]


def folded(text: str) -> str:
    """Letters without accents: some ways of scraping lose them."""
    return re.sub(r"[\u0300-\u036f]", "", unicodedata.normalize("NFKD", text))


def _share(words: Sequence[str], left: Counter[tuple[str, ...]]) -> float:
    """What part of a line's runs of words the story still has; it has each as often as it occurs."""
    runs = [tuple(words[at : at + 4]) for at in range(len(words) - 3)]
    hits = 0
    for run in runs:
        if left[run] > 0:
            left[run] -= 1
            hits += 1
    return hits / len(runs) if runs else 0.0


def _continues(number: int, words: Sequence[list[str]], found: Sequence[float], story: str) -> bool:
    """Whether the story has these words right after, or right before, those of a line of it nearby."""
    here = " ".join(words[number])
    before = next((words[at] for at in range(number - 1, max(-1, number - 4), -1) if found[at] > 0.5), None)
    after = next((words[at] for at in range(number + 1, min(len(words), number + 4)) if found[at] > 0.5), None)
    return bool(
        (before and f" {' '.join(before[-3:])} {here} " in story)
        or (after and f" {here} {' '.join(after[:3])} " in story)
    )


# Training and judging -----------------------------------------------------------------------------------


def fitted(held: Sequence[Case]) -> list[lightgbm.Booster]:
    """A model for texts alone and among others of their site: it is shown both."""
    tables, marks, weights = [], [], []
    for case in held:
        for table in (case.alone, case.among):
            if table is not None:
                tables.append(table)
                marks += case.labels
                weights += line_weights(case.readings)
    rows = np.vstack(tables)
    return [
        train.fit(
            rows,
            marks,
            weights,
            features.NAMES_OF_COLUMNS,
            rounds=ROUNDS,
            seed=1 + bag,
            objective="cross_entropy",
            max_bin=63,
            learning_rate=0.07,
            min_data_in_leaf=60,
            feature_fraction=0.4,
        )
        for bag in range(BAGS)
    ]


def line_weights(readings: Sequence[Reading]) -> list[float]:
    """Every text counts alike; in it a line by the root of its words, as short lines tell much of what is where."""
    roots = [(1 + reading.words) ** 0.5 for reading in readings]
    return [100 * root / sum(roots) for root in roots]


def chances(boosters: Sequence[lightgbm.Booster], table: train.Table) -> list[float]:
    raw = np.mean([np.asarray(booster.predict(table, raw_score=True)) for booster in boosters], axis=0)
    return [float(one) for one in 1 / (1 + np.exp(-raw))]


def judged(case: Case, found: Sequence[float]) -> Row:
    kept = scrape.chosen_lines(case.readings, found)
    text = "\n".join(reading.line.text for reading, one in zip(case.readings, kept, strict=True) if one)
    sample = case.sample
    return judge(
        sample.story, text, neutral=sample.neutral, name=sample.name, site=sample.site, group=sample.group
    )


def validated(held: Sequence[Case], parts: int) -> None:
    """Print how well sites are told that were not trained on."""
    fold = train.folds((case.sample.site for case in held), parts=parts)
    alone: list[tuple[Case, Row]] = []
    among: list[tuple[Case, Row, Row]] = []
    for part in range(parts):
        boosters = fitted([case for case in held if fold[case.sample.site] != part])
        for case in (case for case in held if fold[case.sample.site] == part):
            row = judged(case, chances(boosters, case.alone))
            alone.append((case, row))
            if case.among is not None:
                found = scrape.doubted(case.readings, chances(boosters, case.among), case.others)
                among.append((case, row, judged(case, found)))
    for form in sorted({case.sample.form for case in held}):
        _print(form, [row for case, row in alone if case.sample.form == form])
    for group in sorted({case.sample.group for case in held}):
        _print(group, [row for case, row in alone if case.sample.group == group])
    _print("all", [row for _, row in alone])
    _print("English news", [row for case, row in alone if case.sample.english_news])
    _print("several of a site: alone", [row for _, row, _ in among])
    _print("several of a site: together", [row for _, _, row in among])
    _print("  English news: alone", [row for case, row, _ in among if case.sample.english_news])
    _print("  English news: together", [row for case, _, row in among if case.sample.english_news])


def _print(label: str, rows: Sequence[Row]) -> None:
    print(f"{label:28s} {summarize_with_interval(rows)}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="folder of texts.json.xz, inputs.json and gold.json.xz")
    parser.add_argument("--folds", type=int, default=5, help="parts of the sites to judge on in turn; 0: none")
    parser.add_argument("--no-write", action="store_true", help="leave the package's weights alone")
    chosen = parser.parse_args()
    held = list(cases(list(texts(chosen.data))))
    if chosen.folds:
        validated(held, chosen.folds)
    if not chosen.no_write:
        print(train.write("text", train.export(fitted(held))))


if __name__ == "__main__":
    main()
