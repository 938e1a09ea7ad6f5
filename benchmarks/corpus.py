"""A seeded digest of any size, to measure with: articles of about 600 words, 2 to 5 of 200 tags.

Words are drawn as in natural text, few of them often and most of them rarely
(Zipf's law), a part of them from those of the article's tags. They are those of
this project's own texts, followed by made-up ones.
"""

from __future__ import annotations

import argparse
import itertools
import random
import re
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from PIL import Image, ImageFilter

ROOT = Path(__file__).resolve().parent.parent
SYLLABLES = [a + b for a in "bdklmnr" for b in "aeiou"]
VOCABULARY = 20_000
OF_A_TAG = 60
SECTIONS = ("Politics", "Economy", "Science", "Culture", "Sport")
PICTURES = 40
"""Different pictures; articles share them."""

CONFIG = """\
title = "The Measured Digest"
base_url = "https://example.org/"
description = "Generated to be measured."
"""


def vocabulary(source: random.Random) -> list[str]:
    """Words, the most frequent first."""
    files = [file for folder in ("content", "docs") for file in sorted((ROOT / folder).rglob("*.md"))]
    counts = Counter(re.findall(r"\b[a-z]{2,}\b", " ".join(file.read_text("utf-8") for file in files)))
    natural = sorted(counts, key=lambda word: (-counts[word], word))[:VOCABULARY]
    made_up = ["".join(parts) for parts in itertools.product(SYLLABLES, repeat=3)]
    return natural + source.sample(made_up, VOCABULARY - len(natural))


class Writer:
    """Writes articles; `subjects` are the words that belong to each tag."""

    def __init__(self, source: random.Random) -> None:
        self.source = source
        self.words = vocabulary(source)
        self.weights = list(itertools.accumulate(1 / (rank + 3) for rank in range(VOCABULARY)))
        self.tags = sorted({"".join(source.choices(SYLLABLES, k=3)) for _ in range(260)})[:200]
        self.subjects = {tag: source.sample(self.words[300:], OF_A_TAG) for tag in self.tags}

    def some(self, count: int, tags: Sequence[str]) -> list[str]:
        drawn = self.source.choices(self.words, cum_weights=self.weights, k=count)
        of_tags = [word for tag in tags for word in self.subjects[tag]]
        return [self.source.choice(of_tags) if self.source.random() < 0.15 else word for word in drawn]

    def sentence(self, tags: Sequence[str]) -> str:
        text = self.some(self.source.randint(6, 18), tags)
        if self.source.random() < 0.15:
            text[self.source.randrange(len(text))] = f"**{self.source.choice(text)}**"
        if self.source.random() < 0.1:
            word = self.source.choice(text)
            text[self.source.randrange(len(text))] = f"[{word}](https://example.com/{word.strip('*')})"
        return " ".join(text).capitalize() + "."

    def paragraph(self, tags: Sequence[str]) -> str:
        return " ".join(self.sentence(tags) for _ in range(self.source.randint(3, 6)))

    def body(self, tags: Sequence[str]) -> str:
        blocks = [self.paragraph(tags) for _ in range(11)]
        blocks.insert(4, "## " + " ".join(self.some(4, tags)).capitalize())
        blocks.insert(6, "\n".join(f"- {self.sentence(tags)}" for _ in range(3)))
        blocks.insert(8, "> " + self.sentence(tags))
        return "\n\n".join(blocks)

    def article(self, number: int, picture: str) -> str:
        day = datetime(2026, 11, 1) - timedelta(hours=number * 3)  # noqa: DTZ001 - written without a zone, as editors do
        tags = self.source.sample(self.tags, self.source.randint(2, 5))
        author = f"{self.source.choice(self.tags[:8])} {self.source.choice(self.tags[:4])}".title()
        lines = [
            "---",
            f"title: {' '.join(self.some(7, tags)).capitalize()} {number}",
            f"date: {day:%Y-%m-%dT%H:%M}",
            f"tags: [{', '.join(tags)}]",
            f"section: {self.source.choice(SECTIONS)}",
            f"author: {author}",
            f"source: {self.source.choice(self.tags).capitalize()} News",
            f"source_url: https://example.com/{number}",
            f"summary: {' '.join(self.some(14, tags)).capitalize()}.",
        ]
        if picture:
            lines.append(f"image: {{path: {picture}, alt: A pattern of colours, credit: The program}}")
        return "\n".join((*lines, "---", "", self.body(tags), ""))


def photograph(source: random.Random) -> Image.Image:
    """Something as hard to compress as a photograph: blurred noise with noise over it."""
    coarse = Image.frombytes("RGB", (60, 40), source.randbytes(60 * 40 * 3))
    fine = Image.frombytes("RGB", (900, 600), source.randbytes(900 * 600 * 3)).resize((1800, 1200))
    coarse = coarse.resize((1800, 1200), Image.Resampling.BICUBIC)
    return Image.blend(coarse, fine.filter(ImageFilter.GaussianBlur(2)), 0.15)


def edition(number: int, articles: Sequence[str]) -> str:
    day = datetime(2026, 11, 1) - timedelta(days=7 * number)  # noqa: DTZ001 - likewise
    half = len(articles) // 2
    return "\n".join(
        (
            "---",
            f"title: The week of {day:%d %B %Y}",
            f"date: {day:%Y-%m-%d}",
            "series: Weekly",
            "sections:",
            f"  - {{title: First, articles: [{', '.join(articles[:half])}]}}",
            f"  - {{title: Second, articles: [{', '.join(articles[half:])}]}}",
            "---",
            "",
            "What the week brought.",
            "",
        )
    )


def write(root: Path, count: int, *, seed: int = 1, pictured: float = 0, editions: int = 0, config: str = "") -> None:
    """Write a digest of `count` articles to an empty folder, a share of them with a picture."""
    source = random.Random(seed)
    writer = Writer(source)
    root.mkdir(parents=True, exist_ok=True)
    (root / "broadsheet.toml").write_text(CONFIG + config)
    articles = root / "content" / "articles"
    articles.mkdir(parents=True)
    shown = range(PICTURES) if pictured else ()
    for number in shown:
        photograph(source).save(articles / f"picture-{number}.jpg", quality=85)
    for number in range(count):
        file = articles / f"{number // 1000:03}" / f"{number:06}.md"
        file.parent.mkdir(exist_ok=True)
        picture = f"../picture-{source.randrange(PICTURES)}.jpg" if source.random() < pictured else ""
        file.write_text(writer.article(number, picture))
    (root / "content" / "editions").mkdir()
    for number in range(editions):
        names = [f"{n // 1000:03}/{n:06}" for n in range(number * 56, number * 56 + 12) if n < count]
        (root / "content" / "editions" / f"{number}.md").write_text(edition(number, names))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("count", type=int)
    parser.add_argument("--pictured", type=float, default=0, help="share of the articles that have a picture")
    parser.add_argument("--editions", type=int, default=0)
    arguments = parser.parse_args()
    write(arguments.folder, arguments.count, pictured=arguments.pictured, editions=arguments.editions)


if __name__ == "__main__":
    main()
