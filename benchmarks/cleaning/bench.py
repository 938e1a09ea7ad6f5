"""How well the shipped cleaner does on a folder of texts and pages, and what it costs: `bench.py DATA`.

Of a folder that the models were trained on this says how they remember; how they do on sites not seen is
what `train_text.py DATA --no-write` and `train_page.py DATA --no-write` say.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from data import Sample, pages, texts
from score import Row, judge, summarize_with_interval

from broadsheet.capture.clean import clean, lines
from broadsheet.capture.nouns import Capture, Repeats
from broadsheet.capture.repeats import others
from broadsheet.errors import ContentError


def capture(sample: Sample) -> Capture:
    return Capture(name=f"{sample.name}.{sample.form}", data=sample.data.encode("utf-8", "replace"), charset="utf-8")


def cleaned(sample: Sample, repeats: Repeats) -> tuple[Row, float]:
    """A sample cleaned and judged, and the seconds of CPU that cleaning took."""
    held, started = capture(sample), time.process_time()
    try:
        text = "\n\n".join(block.text for block in clean(held, repeats=repeats).body.blocks)
    except ContentError:
        text = ""
    seconds = time.process_time() - started
    row = judge(
        sample.story, text, neutral=sample.neutral, name=sample.name, site=sample.site, group=sample.group
    )
    return row, seconds


def with_siblings(samples: Iterable[Sample]) -> Iterator[tuple[Sample, Repeats]]:
    """Every sample with what recurs in the others of its site and form."""
    by_source: dict[tuple[str, str], list[Sample]] = defaultdict(list)
    for sample in samples:
        by_source[sample.site, sample.form].append(sample)
    for group in by_source.values():
        yield from zip(group, others([lines(capture(one)) for one in group]), strict=True)


def measured(label: str, held: Sequence[tuple[Sample, Repeats]]) -> None:
    found = [(sample, *cleaned(sample, repeats)) for sample, repeats in held]
    if found:
        cost = 1000 * sum(seconds for _, _, seconds in found) / len(found)
        print(f"{label:24s} {summarize_with_interval([row for _, row, _ in found])} {cost:6.1f} ms", flush=True)
        news = [row for sample, row, _ in found if sample.english_news]
        print(f"{'  English news':24s} {summarize_with_interval(news)}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="folder of inputs.json, gold.json.xz, texts.json.xz and html.tar.xz")
    folder = parser.parse_args().data
    for kind, samples in (("texts", list(texts(folder))), ("pages", list(pages(folder)))):
        measured(f"{kind}, alone", [(sample, Repeats()) for sample in samples])
        several = [(sample, repeats) for sample, repeats in with_siblings(samples) if repeats.captures]
        measured(f"{kind}, with siblings", several)


if __name__ == "__main__":
    main()
