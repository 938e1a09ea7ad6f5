"""Lines to the numbers that a model judges them by."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

from broadsheet.capture.furniture import NAMES, STOP_WORDS, WORD, Cue, cues_in, dense_cues
from broadsheet.capture.lines import CLOSERS, TERMINATORS, Line
from broadsheet.capture.nouns import Repeats
from broadsheet.capture.repeats import key
from broadsheet.capture.scores import Around, Floats, joined, pack, widen

SHAPE = (
    "length",
    "words",
    "colon",
    "upper",
    "lower",
    "digit",
    "quote_start",
    "capital_share",
    "number_share",
    "comma_share",
    "sentences",
    "quotes",
    "shouted",
    "word_length",
    "stop_share",
    "terminated",
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
ENDINGS: tuple[str, ...] = ("comment", "more", "join", "legal", "tags", "bio", "support", "note")
SINCE = tuple(f"since_{name}" for name in ENDINGS)
COLUMNS = (*SHAPE, *MARKS, *CUED, *SINCE, *PAGE, *STANDING, *TOPIC, *RUN, *KNOWN)
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
CLOSELY, SKIMMED, TAIL = 400, 160, 60
"""How many characters of a long line are read, if closely or not, and how many of its end."""
SHORT = 60
REMEMBERED = 160
"""Lines up to this length are furniture that comes again on the next page: what was read in them is remembered."""

SEPARATOR = re.compile(r"[|·•/»›>]")
DENSE_WORD = re.compile("[\u3040-\u9fff\uff66-\uff9f\U00020000-\U0003ffff]{1,2}|[^\\W\u3040-\u9fff]+")
DENSE = re.compile("[\u3000-\u9fff\uff00-\uffef\U00020000-\U0003ffff]")
SMALL_DENSE = frozenset("的了是在和有不这這我他她为為与與也就都而及或被把从從对對のはがをにでともへや")
DENSITY = 3
"""Letters that a Chinese or Japanese character stands for, so that a paragraph is as long as one in Latin letters."""
DOMAIN = re.compile(r"\.(?:com|org|net)\b")
DIGIT = re.compile(r"\d")
CLOCK = re.compile(r"\d{1,2}[:.h]\d{2}(?!\d)|\d{1,2}\s?[ap]\.?m\b", re.IGNORECASE)
YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}")
QUOTES = frozenset('"“”„«»‘「『')


class Words(NamedTuple):
    """What there is to know of a line's text, whatever stands around it.

    `words` are estimated for writing without spaces, `prose` is how many
    characters of prose it holds; `telling` are the words that say what it is about,
    `names` those of them that are written large, `columns` is all of that as the first columns of a row, packed.
    """

    tokens: tuple[str, ...]
    lower: tuple[str, ...]
    telling: frozenset[str]
    names: frozenset[str]
    words: float
    dense: bool
    stop_share: float
    terminated: bool
    prose: float
    key: str
    cues: tuple[Cue, ...]
    columns: bytes


class Reading(NamedTuple):
    """A line and what its words say."""

    line: Line
    said: Words

    @property
    def tokens(self) -> tuple[str, ...]:
        return self.said.tokens

    @property
    def lower(self) -> tuple[str, ...]:
        return self.said.lower

    @property
    def words(self) -> float:
        return self.said.words

    @property
    def dense(self) -> bool:
        return self.said.dense

    @property
    def stop_share(self) -> float:
        return self.said.stop_share

    @property
    def terminated(self) -> bool:
        return self.said.terminated

    @property
    def prose(self) -> float:
        return self.said.prose

    @property
    def key(self) -> str:
        return self.said.key

    @property
    def cues(self) -> tuple[Cue, ...]:
        return self.said.cues


def read(line: Line, *, characters: int = CLOSELY) -> Reading:
    """A line and its words; of a longer one, those of so many characters at its beginning and a few at its end."""
    text = line.text
    return Reading(line, _remembered(text) if len(text) <= REMEMBERED else _words(text, characters))


def rows(readings: Sequence[Reading], repeats: Repeats) -> Floats:
    """One row for each line, in the order of NAMES_OF_COLUMNS."""
    page = _page(readings)
    own: list[float] = []
    for number, reading in enumerate(readings):
        own += _row(number, reading, page, repeats)
    parts = (
        b"".join([reading.said.columns for reading in readings]),
        b"".join(page.since),
        pack(page.shares) * len(readings),
        pack(own),
    )
    return widen(joined(parts, COLUMNS), COLUMNS, AROUND)


# A line's words -------------------------------------------------------------------------------------------


@lru_cache(maxsize=1 << 15)
def _remembered(text: str) -> Words:
    return _words(text, REMEMBERED)


def _words(text: str, characters: int) -> Words:
    head = text if len(text) <= characters + TAIL else f"{text[:characters]} {text[-TAIL:]}"
    dense = not head.isascii() and DENSE.search(head, 0, 40) is not None
    tokens = tuple((DENSE_WORD if dense else WORD).findall(head))
    lower = tuple(map(str.lower, tokens))
    if dense:
        words = len(text) / 2
    else:
        words = float(len(tokens) if head is text else text.count(" ") + 1)
    size = len(text) * (DENSITY if dense else 1)
    few = lower[:40]
    stop_share = (_dense_share(few) if dense else sum(map(STOP_WORDS.__contains__, few)) / len(few)) if few else 0.0
    terminated = text.rstrip(CLOSERS)[-1:] in TERMINATORS
    enough = words >= 9 and (dense or stop_share >= 0.15)
    prose = size * (1.0 if terminated else 0.5) if enough else 0.0
    cues = tuple(dense_cues(head) if dense else cues_in(lower))
    telling = frozenset([token for token in lower if dense or len(token) > 3]) - STOP_WORDS
    return Words(
        tokens=tokens,
        lower=lower,
        telling=telling,
        names=telling.difference(tokens),
        words=words,
        dense=dense,
        stop_share=stop_share,
        terminated=terminated,
        prose=prose,
        key=key(text),
        cues=cues,
        columns=pack(
            [
                *_shape(text, size, tokens, words),
                stop_share,
                terminated,
                prose / 100,
                prose > 0,
                *_marks(head),
                *_cued(cues, (len(text) if dense else len(tokens)) or 1),
            ]
        ),
    )


def _dense_share(tokens: Sequence[str]) -> float:
    """How many pieces of writing without spaces hold a small word."""
    return sum(not SMALL_DENSE.isdisjoint(token) for token in tokens) / len(tokens)


def _shape(text: str, size: int, tokens: Sequence[str], words: float) -> tuple[float, ...]:
    count = len(tokens) or 1
    first = text[0]
    initials = "".join([token[0] for token in tokens])
    return (
        math.log1p(size),
        math.log1p(words),
        text[-1] in ":：",
        first.isupper(),
        first.islower(),
        first.isdigit(),
        first in QUOTES,
        sum(map(str.isupper, initials)) / count,
        sum(map(str.isdigit, initials)) / count,
        (text.count(",") + text.count("，") + text.count("、")) / words if words else 0.0,
        math.log1p(text.count(". ") + text.count("? ") + text.count("! ") + text.count("。")),
        not QUOTES.isdisjoint(text),
        text.isupper(),
        size / count,
    )


def _marks(head: str) -> tuple[float, ...]:
    numbered = DIGIT.search(head) is not None
    return (
        len(SEPARATOR.findall(head)),
        "@" in head or "#" in head or "://" in head or "www." in head or DOMAIN.search(head) is not None,
        "©" in head or "(c) " in head or "(C) " in head,
        numbered and CLOCK.search(head) is not None,
        numbered and YEAR.search(head) is not None,
    )


def _cued(cues: Sequence[Cue], count: int) -> list[float]:
    columns = [0.0] * len(NAMES)
    covered = end = 0
    for at, size, purpose in cues:
        columns[purpose] += 1
        covered += max(0, at + size - max(at, end))
        end = max(end, at + size)
    return [covered / count, bool(cues) and cues[0][0] == 0, *columns]


# A line's place -------------------------------------------------------------------------------------------


@dataclass(slots=True, kw_only=True)
class _Page:
    """What all lines of a text share."""

    readings: Sequence[Reading]
    indent: int
    again: Counter[str]
    lines_with: Counter[str]
    before: list[int]
    length: int
    shares: tuple[float, float, float]
    run: tuple[int, int]
    since: list[bytes]


def _page(readings: Sequence[Reading]) -> _Page:
    indents: Counter[int] = Counter()
    lines_with: Counter[str] = Counter()
    for reading in readings:
        indents[reading.line.indent] += int(reading.said.prose)
        lines_with.update(reading.said.telling)
    before = list(accumulate((len(reading.line.text) for reading in readings), initial=0))
    length, count = max(1, before[-1]), max(1, len(readings))
    run = best_run([reading.said.prose / 60 - 1 for reading in readings])
    return _Page(
        readings=readings,
        indent=max(sorted(indents), key=indents.__getitem__) if indents else 0,
        again=Counter(reading.said.key for reading in readings),
        lines_with=lines_with,
        before=before,
        length=length,
        shares=(
            math.log(count),
            sum(reading.line.gap > 0 for reading in readings) / count,
            sum(reading.said.prose for reading in readings) / length,
        ),
        run=run,
        since=_since(readings, run[0]),
    )


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


def _since(readings: Sequence[Reading], start: int) -> list[bytes]:
    """For each line how many cues of an end stood in short lines up to it, since the best run of prose began."""
    counts = [0] * len(ENDINGS)
    now = pack([0.0] * len(ENDINGS))
    found = []
    for number, reading in enumerate(readings):
        if number >= start and reading.said.cues and len(reading.line.text) < SHORT:
            for _, _, purpose in reading.said.cues:
                if purpose in ENDING_PLACES:
                    counts[ENDING_PLACES[purpose]] += 1
            now = pack([math.log1p(count) for count in counts])
        found.append(now)
    return found


ENDING_PLACES = {NAMES.index(name): place for place, name in enumerate(ENDINGS)}


def _row(number: int, reading: Reading, page: _Page, repeats: Repeats) -> tuple[float, ...]:
    return (
        *_standing(number, reading, page),
        *_topic(reading.said, page.lines_with),
        *_run(number, page.run),
        *_known(reading.said.key, repeats),
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
        page.again[reading.said.key],
    )


def _topic(said: Words, lines_with: Counter[str]) -> tuple[float, float]:
    """How many of a line's telling words, and of its names, other lines hold too."""
    told = [lines_with[word] > 1 for word in said.telling]
    named = [lines_with[word] > 1 for word in said.names]
    return sum(told) / len(told) if told else -1.0, sum(named) / len(named) if named else -1.0


def _run(number: int, run: tuple[int, int]) -> tuple[float, float, float]:
    """Whether a line stands in the page's best run of prose, and how far from its ends."""
    into, left = number - run[0], run[1] - 1 - number
    return into >= 0 and left >= 0, _folded(into), _folded(left)


def _folded(lines: int) -> float:
    return math.copysign(math.log1p(abs(lines)), lines)


def _known(line: str, repeats: Repeats) -> tuple[float, float, float]:
    """Whether there are other captures, whether the line recurs in them, and in how many."""
    if not repeats.captures:
        return 0.0, 0.0, 0.0
    return 1.0, recurs(line, repeats), repeats.counts.get(line, 0) / repeats.captures


def recurs(line: str, repeats: Repeats) -> bool:
    """Whether other captures hold a line, by its key, more often than a sentence would recur by chance."""
    return repeats.counts.get(line, 0) >= max(1, RARELY * repeats.captures)


RARELY = 0.03
