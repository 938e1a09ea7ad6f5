"""Holds the swift conversion to Python-Markdown's, byte for byte, on generated documents.

    python benchmarks/identity.py [--count N] [--seed N]       (default: 1,000,000 documents, seed 1)

A document is one of three: a heap of signs, a plain article, or a real one of
content/ with a few changes. Ends with 1 if any comes out otherwise.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path

from broadsheet import engine, swift

ROOT = Path(__file__).resolve().parent.parent
SHOWN = 10
"""Differences that are printed."""

SIGNS = (
    "*", "**", "***", "_", "__", "`", "``", "[", "]", "](", "(", ")", "![", "](u)", "<", "< ", ">", "> ", "\n> ",
    "\n>\n> ", "&", "&amp;", "&#38;", "&#x26;", "&#", "&x;", "\\", "\\*", "\\_", "\\`", "\\[", "\\]", "\\\\", "\\>",
    "\\!", "\\#", "#", "## ", "\n# ", "\n#", " ##", "- ", "\n- ", "* ", "\n* ", "1. ", "\n2. ", "+ ", "\n  - ",
    "\n    - ", "---", "\n---\n", "\n***\n", "* * *", "===", "\n===", "|", "\n|-|\n", "~~~", "~", "```", ":",
    "[a]: u", "]:", "[^1]", "[^1]: x", "'", '"', "--", "...", "’", "“", "<b>", "<!--", "-->", "<a@b.c>", "!", ";",
    ".", "=", "{", "}", "/", "%",
)  # fmt: skip
SPACES = (
    " ", " ", "  ", "\n", "\n", "\n\n", "\n\n", "\n\n\n", "  \n", "   \n", "\n ", "\n  ", "\n    ", "\t", "\r\n",
    "\r", "\x0b", "\x0c", "\x00", "\x02", "\x03", "\x1c", "\x1f", "\x85", "\xa0", "\u2003", "\u2028", "\u200b",
    "\ufeff",
)  # fmt: skip
WORDS = (
    "a", "b", "word", "Some words", "of", "2024.", "1999", "9", "é", "ß", "ſ", "中文", "٣", "٣. ", "🗞", "snake_case",
    "a__b", "5*3", "a * b", "AT&T", "http://e.x", "C#", "it's", "(see", "left)",
)  # fmt: skip
SPANS = (
    "**bold**", "*em*", "_em_", "__bold__", "**two words**", "*a **b** c*", "_a *b* c_", "(*x*)", "**[x](u)**",
    "`code`", "`a*b_c`", "`<b>`", "`a & b`", "` `", "[x](https://e.x/a_b?c=d&e=f#g)", "[a *b* `c`](../f.md)",
    '[x](u "a title")', "[x](u 'y')", "[x](<u>)", "[x](u_(v))", "[x]( u )", "[x]()", "[](u)", "[sic]", "[1]",
    "[x][y]", "![a picture](p.webp)", '![a "b"](p.webp "c")', "![](p)", "[![a](b)](c)", "<https://e.x/a_b>",
    "<mailto:a@b.c>",
)  # fmt: skip


def by_python_markdown(text: str, *, typographic_quotes: bool = False) -> str | None:
    """What Python-Markdown makes of a text; None of one that we refuse."""
    try:
        return engine.convert(text, typographic_quotes=typographic_quotes)
    except ValueError:
        return None


def heap(source: random.Random) -> str:
    """Signs, spaces and words, few kinds at a time, so that like meets like."""
    kinds = [*source.sample(SIGNS + SPACES + SPANS, source.randint(1, 12)), *source.sample(WORDS, 3), " ", "\n"]
    return "".join(source.choice(kinds) for _ in range(source.randint(1, 24)))


def line(source: random.Random, length: int = 12) -> str:
    parts = [source.choice(SPANS[:8] if source.random() < 0.2 else WORDS) for _ in range(source.randint(1, length))]
    return " ".join(parts)


def item(source: random.Random, sign: str) -> str:
    return f"{sign} {line(source, 6)}" + ("\nand on" if source.random() < 0.1 else "")


BLOCKS: Sequence[Callable[[random.Random], str]] = (
    line,
    line,
    lambda source: source.choice(("\n", "  \n", "\n  ")).join(line(source) for _ in range(source.randint(1, 4))),
    lambda source: (
        "#" * source.randint(1, 7) + source.choice((" ", "")) + line(source, 4) + source.choice(("", " ##", "\nx"))
    ),
    lambda source: "\n".join(item(source, source.choice("-*+-")) for _ in range(source.randint(1, 4))),
    lambda source: "\n".join(item(source, f"{source.randint(1, 12)}.") for _ in range(source.randint(1, 4))),
    lambda source: re.sub(r"^", "> ", article(source, 3), flags=re.M),
    lambda source: source.choice(("---", "***", "* * *", "____", "- - -")),
    lambda source: source.choice(SPANS),
)


def article(source: random.Random, most: int = 8) -> str:
    blocks = (source.choice(BLOCKS)(source) for _ in range(source.randint(1, most)))
    return source.choice(("\n\n", "\n\n", "\n\n", "\n")).join(blocks)


def changed(source: random.Random, texts: Sequence[str]) -> str:
    """A few paragraphs of a real text, changed in one to six places."""
    blocks = source.choice(texts).split("\n\n")
    start = source.randrange(len(blocks))
    text = "\n\n".join(blocks[start : start + source.randint(1, 4)])
    for _ in range(source.randint(1, 6)):
        place = source.randint(0, len(text))
        gone = source.choice((0, 0, 1, 1, 3, 30))
        new = source.choice(source.choice((SIGNS, SPACES, SPANS, ("",), (text[place + 1 : place + 9],))))
        text = text[:place] + new + text[place + gone :]
    return text


def documents(seed: str, count: int) -> list[str]:
    source = random.Random(seed)
    texts = [re.sub(r"\A---\n.*?\n---\n", "", file.read_text("utf-8"), flags=re.S) for file in real_files()]
    kinds: Sequence[Callable[[], str]] = (
        lambda: heap(source),
        lambda: article(source),
        lambda: changed(source, texts),
    )
    return [source.choice(kinds)() for _ in range(count)]


def real_files() -> list[Path]:
    return sorted((ROOT / "content").rglob("*.md"))


def compare(texts: list[str], *, shown: int) -> tuple[int, int]:
    """How many of the texts were converted swiftly, and how many of these otherwise than Python-Markdown does."""
    swiftly = wrong = 0
    for number, text in enumerate(texts):
        typographic_quotes = number % 5 == 0
        html = swift.convert(text, typographic_quotes=typographic_quotes)
        if html is None:
            continue
        swiftly += 1
        if html != (expected := by_python_markdown(text, typographic_quotes=typographic_quotes)):
            wrong += 1
            if wrong <= shown:
                print(f"text      {text!r}\nis        {html!r}\nshould be {expected!r}\n", flush=True)
    return swiftly, wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    start = time.process_time()
    swiftly = wrong = done = 0
    while done < options.count:
        size = min(10_000, options.count - done)
        some, differing = compare(documents(f"{options.seed} {done}", size), shown=SHOWN - wrong)
        swiftly, wrong, done = swiftly + some, wrong + differing, done + size
    print(f"{done:,} documents, {swiftly:,} ({swiftly / done:.0%}) swift, {wrong:,} differ", end="")
    print(f" (Markdown {version('markdown')}, {time.process_time() - start:.0f} s)")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
