"""A seeded digest of any size, to measure with: articles of about 600 words, 2 to 5 of 200 tags."""

from __future__ import annotations

import argparse
import random
from datetime import datetime, timedelta
from pathlib import Path

SYLLABLES = [a + b for a in "bdklmnr" for b in "aeiou"]

CONFIG = """\
title = "The Measured Digest"
base_url = "https://example.org/"
description = "Generated to be measured."
"""


def words(source: random.Random, count: int) -> list[str]:
    return ["".join(source.choices(SYLLABLES, k=source.randint(1, 4))) for _ in range(count)]


def sentence(source: random.Random) -> str:
    text = words(source, source.randint(6, 18))
    if source.random() < 0.15:
        text[source.randrange(len(text))] = f"**{source.choice(text)}**"
    if source.random() < 0.1:
        text[source.randrange(len(text))] = f"[{source.choice(text)}](https://example.com/{source.choice(text)})"
    return " ".join(text).capitalize() + "."


def paragraph(source: random.Random) -> str:
    return " ".join(sentence(source) for _ in range(source.randint(3, 6)))


def body(source: random.Random) -> str:
    blocks = [paragraph(source) for _ in range(11)]
    blocks.insert(4, "## " + " ".join(words(source, 4)).capitalize())
    blocks.insert(6, "\n".join(f"- {sentence(source)}" for _ in range(3)))
    blocks.insert(8, "> " + sentence(source))
    return "\n\n".join(blocks)


def article(source: random.Random, number: int, tags: list[str]) -> str:
    day = datetime(2026, 11, 1) - timedelta(hours=number * 3)  # noqa: DTZ001 - written without a zone, as editors do
    return "\n".join(
        (
            "---",
            f"title: {' '.join(words(source, 7)).capitalize()}",
            f"date: {day:%Y-%m-%dT%H:%M}",
            f"tags: [{', '.join(source.sample(tags, source.randint(2, 5)))}]",
            f"source: {source.choice(tags).capitalize()} News",
            f"source_url: https://example.com/{number}",
            f"summary: {' '.join(words(source, 14)).capitalize()}.",
            "---",
            "",
            body(source),
            "",
        )
    )


def write(root: Path, count: int, seed: int = 1) -> None:
    """Write a digest of `count` articles to an empty folder."""
    source = random.Random(seed)
    tags = sorted({"".join(source.choices(SYLLABLES, k=3)) for _ in range(260)})[:200]
    root.mkdir(parents=True, exist_ok=True)
    (root / "broadsheet.toml").write_text(CONFIG)
    for number in range(count):
        file = root / "content" / "articles" / f"{number // 1000:03}" / f"{number:06}.md"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(article(source, number, tags))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("count", type=int)
    arguments = parser.parse_args()
    write(arguments.folder, arguments.count)


if __name__ == "__main__":
    main()
