"""Lines to the numbers that a model judges them by."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from broadsheet.capture.furniture import NAMES, STOP_WORDS, WORD, dense_purposes, purposes
from broadsheet.capture.lines import CLOSERS, TERMINATORS, Line, is_dense
from broadsheet.capture.nouns import Repeats
from broadsheet.capture.repeats import key
from broadsheet.capture.scores import Around, Floats, widen

SHAPE = (
    "length",
    "words",
    "terminated",
    "colon",
    "upper",
    "lower",
    "digit",
    "quote_start",
    "stop_share",
    "capital_share",
    "number_share",
    "comma_share",
    "sentences",
    "quotes",
    "shouted",
    "word_length",
    "prose",
    "is_prose",
)
STANDING = (
    "item",
    "level",
    "quotation",
    "strong",
    "parts",
    "indent",
    "indent_off",
    "gap_before",
    "gap_after",
    "place",
    "from_start",
    "from_end",
    "reading_place",
    "again",
)
MARKS = ("separators", "address", "copyright", "clock", "year")
TOPIC = ("topic", "names_topic")
CUED = ("cue_share", "cue_first", *(f"cue_{name}" for name in NAMES))
PAGE = ("lines", "gaps", "prose_share")
KNOWN = ("captures", "known", "known_share")
RUN = ("in_run", "into_run", "before_run_ends")
ENDINGS = ("comment", "more", "join", "legal", "tags", "bio", "support", "note")
SINCE = tuple(f"since_{name}" for name in ENDINGS)
COLUMNS = (*SHAPE, *STANDING, *MARKS, *TOPIC, *CUED, *PAGE, *RUN, *SINCE, *KNOWN)
"""What is known of a line by itself and by its place."""

AROUND = Around(
    seen=(
        "length",
        "words",
        "terminated",
        "stop_share",
        "prose",
        "cue_share",
        "item",
        "level",
        "gap_before",
        "capital_share",
        "cue_time",
        "cue_more",
        "cue_byline",
        "cue_picture",
        "cue_join",
        "indent_off",
        "topic",
    ),
    reach=3,
    averaged=(
        "prose",
        "is_prose",
        "terminated",
        "stop_share",
        "capital_share",
        "length",
        "item",
        "level",
        "gap_before",
        "topic",
        "clock",
        "address",
        "again",
        "cue_share",
        "cue_more",
        "cue_comment",
        "cue_time",
        "cue_join",
        "cue_social",
        "cue_legal",
        "cue_tags",
        "cue_byline",
        "cue_bio",
        "cue_picture",
        "cue_advert",
    ),
    widths=(4, 10, 25),
    shared=("prose",),
    sought=("prose",),
)
NAMES_OF_COLUMNS = AROUND.names(COLUMNS)
HEAD = 400
"""How many characters of a line are read closely: enough to judge it, whatever its length."""

SEPARATOR = re.compile(r"[|·•/»›>]")
ADDRESS = re.compile(r"https?://|www\.|\w@\w|(?<!\w)[@#]\w|\.(?:com|org|net)\b")
COPYRIGHT = re.compile(r"©|\([cC]\)\s")
CLOCK = re.compile(r"\d{1,2}[:.h]\d{2}(?!\d)|\d{1,2}\s?[ap]\.?m\b", re.IGNORECASE)
YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}")
QUOTES = frozenset("\"“”„«»‘「『")


@dataclass(slots=True, kw_only=True)
class Reading:
    """A line's words, read once for all that asks for them."""

    line: Line
    tokens: list[str]
    lower: list[str]
    words: float
    dense: bool
    stop_share: float
    terminated: bool
    key: str
    cues: list[tuple[int, int, int]]

    @property
    def prose(self) -> float:
        """How many characters of prose a line holds: enough small words, and an end."""
        enough = self.words >= 9 and (self.dense or self.stop_share >= 0.15)
        return len(self.line.text) * (1.0 if self.terminated else 0.5) if enough else 0.0


def rows(readings: Sequence[Reading], repeats: Repeats) -> Floats:
    """One row for each line, in the order of NAMES_OF_COLUMNS."""
    page = _page(readings)
    own = [_row(number, reading, page, repeats) for number, reading in enumerate(readings)]
    return widen(own, COLUMNS, AROUND)


def read(line: Line) -> Reading:
    head = line.text if len(line.text) <= HEAD else f"{line.text[:HEAD]} {line.text[-100:]}"
    tokens = WORD.findall(head)
    lower = [token.lower() for token in tokens]
    dense = not head.isascii() and any(map(is_dense, head[:40]))
    if dense:
        words = len(line.text) / 2
    else:
        words = len(tokens) if head is line.text else line.text.count(" ") + 1
    few = lower[:40]
    return Reading(
        line=line,
        tokens=tokens,
        lower=lower,
        words=words,
        dense=dense,
        stop_share=sum(token in STOP_WORDS for token in few) / len(few) if few else 0.0,
        terminated=line.text.rstrip(CLOSERS)[-1:] in TERMINATORS,
        key=key(line.text),
        cues=dense_purposes(head) if dense else purposes(lower),
    )


@dataclass(slots=True, kw_only=True)
class _Page:
    """What all lines of a text share."""

    readings: Sequence[Reading]
    indent: int
    again: Counter[str]
    lines_with: Counter[str]
    length: int
    before: list[int]
    gaps: float
    prose_share: float
    run: tuple[int, int]
    since: list[list[float]]


def _page(readings: Sequence[Reading]) -> _Page:
    indents: Counter[int] = Counter()
    lines_with: Counter[str] = Counter()
    before, length, prose = [], 0, 0.0
    for reading in readings:
        indents[reading.line.indent] += int(reading.prose)
        lines_with.update({token for token in reading.lower if len(token) > 3 and token not in STOP_WORDS})
        before.append(length)
        length += len(reading.line.text)
        prose += reading.prose
    run = best_run([reading.prose / 60 - 1 for reading in readings])
    return _Page(
        readings=readings,
        indent=max(sorted(indents), key=indents.__getitem__) if indents else 0,
        again=Counter(reading.key for reading in readings),
        lines_with=lines_with,
        length=max(1, length),
        before=before,
        gaps=sum(reading.line.gap > 0 for reading in readings) / max(1, len(readings)),
        prose_share=prose / max(1, length),
        run=run,
        since=_since(readings, run[0]),
    )


def _since(readings: Sequence[Reading], start: int) -> list[list[float]]:
    """For each line how many cues of an end stood in short lines up to it, since the best run of prose began."""
    counts = [0.0] * len(ENDINGS)
    found = []
    for number, reading in enumerate(readings):
        if number >= start and reading.cues and len(reading.line.text) < SHORT:
            for at, purpose in enumerate(ENDING_NUMBERS):
                counts[at] += sum(number == purpose for _, _, number in reading.cues)
        found.append([math.log1p(count) for count in counts])
    return found


SHORT = 60
ENDING_NUMBERS = tuple(NAMES.index(name) for name in ENDINGS)


def best_run(worth: Sequence[float]) -> tuple[int, int]:
    """Where the run of lines begins that is worth most, and where it ends (the line after)."""
    best, found, total, start = 0.0, (0, 0), 0.0, 0
    for number, one in enumerate(worth):
        if total <= 0:
            total, start = 0.0, number
        total += one
        if total > best:
            best, found = total, (start, number + 1)
    return found


def _row(number: int, reading: Reading, page: _Page, repeats: Repeats) -> list[float]:
    return [
        *_shape(reading),
        *_standing(number, reading, page),
        *_marks(reading),
        *_topic(reading, page),
        *_cued(reading),
        math.log(len(page.readings)),
        page.gaps,
        page.prose_share,
        *_run(number, page),
        *page.since[number],
        *_known(reading, repeats),
    ]


def _shape(reading: Reading) -> tuple[float, ...]:
    text, tokens = reading.line.text, reading.tokens
    count = len(tokens) or 1
    first = text[0]
    return (
        math.log1p(len(text)),
        math.log1p(reading.words),
        reading.terminated,
        text[-1] in ":：",
        first.isupper(),
        first.islower(),
        first.isdigit(),
        first in QUOTES,
        reading.stop_share,
        sum(token[0].isupper() for token in tokens) / count,
        sum(token[0].isdigit() for token in tokens) / count,
        (text.count(",") + text.count("，") + text.count("、")) / reading.words if reading.words else 0.0,
        math.log1p(text.count(". ") + text.count("? ") + text.count("! ") + text.count("。")),
        not QUOTES.isdisjoint(text),
        text.isupper(),
        len(text) / count,
        reading.prose / 100,
        reading.prose > 0,
    )


def _standing(number: int, reading: Reading, page: _Page) -> tuple[float, ...]:
    line, count = reading.line, len(page.readings)
    return (
        line.kind == "item",
        line.level,
        line.kind == "quote",
        line.strong,
        len(line.raw),
        line.indent,
        line.indent - page.indent,
        line.gap,
        page.readings[number + 1].line.gap if number + 1 < count else 3,
        number / count,
        math.log1p(number),
        math.log1p(count - number),
        page.before[number] / page.length,
        page.again[reading.key],
    )


def _run(number: int, page: _Page) -> tuple[float, float, float]:
    """Whether a line stands in the page's best run of prose, and how far from its ends."""
    start, end = page.run
    into, left = number - start, end - 1 - number
    return into >= 0 and left >= 0, _folded(into), _folded(left)


def _folded(lines: int) -> float:
    return math.copysign(math.log1p(abs(lines)), lines)


def _marks(reading: Reading) -> tuple[float, ...]:
    text = reading.line.text
    head = text[:HEAD]
    return (
        len(SEPARATOR.findall(head)),
        ADDRESS.search(head) is not None,
        COPYRIGHT.search(head) is not None,
        CLOCK.search(head) is not None,
        YEAR.search(head) is not None,
    )


def _topic(reading: Reading, page: _Page) -> tuple[float, float]:
    """How many of a line's telling words, and of its names, other lines hold too."""
    told = named = told_again = named_again = 0
    lines_with = page.lines_with
    for token, lower in zip(reading.tokens, reading.lower, strict=True):
        seen = lines_with.get(lower)
        if seen:
            told += 1
            told_again += seen > 1
            if token != lower:
                named += 1
                named_again += seen > 1
    return told_again / told if told else -1.0, named_again / named if named else -1.0


def _cued(reading: Reading) -> list[float]:
    found = reading.cues
    count = (len(reading.line.text) if reading.dense else len(reading.tokens)) or 1
    columns = [0.0] * len(NAMES)
    covered = end = 0
    for at, size, number in found:
        columns[number] += 1
        covered += max(0, at + size - max(at, end))
        end = max(end, at + size)
    first = found[0][0] == 0 if found else False
    return [covered / count, first, *columns]


def _known(reading: Reading, repeats: Repeats) -> tuple[float, float, float]:
    """Whether there are other captures, whether the line recurs in them, and in how many."""
    if not repeats.captures:
        return 0.0, 0.0, 0.0
    count = repeats.counts.get(reading.key, 0)
    # in a hundred captures a sentence recurs by chance
    return 1.0, count >= max(1, RARELY * repeats.captures), count / repeats.captures


RARELY = 0.03
