"""A page's pieces to rows of numbers: what tells the story from what stands around it."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from broadsheet.capture.evidence import Opinions
from broadsheet.capture.features import Reading, read
from broadsheet.capture.lines import Line, Raw
from broadsheet.capture.pieces import Piece, Place
from broadsheet.capture.scores import Around, Floats, widen

TEXT = ("words", "characters", "terminated", "capitals", "cue_share", "linked", "tag")
STANDING = (
    "container_story", "below_story", "above_story", "look", "look_here", "look_share", "down", "off_trunk", "in_main",
    "below_linked", "own_linked", "container_words", "container_pieces", "below_words", "container_density",
    "below_density",
)  # fmt: skip
COURSE = (
    "story_before", "story_after", "from_start", "to_end", "since_prose", "till_story", "since_heading",
)  # fmt: skip
OPINION = ("trafilatura", "stated", "dek")
PAGE = ("trafilatura_words", "agreement")
COLUMNS = (*TEXT, *STANDING, *COURSE, *OPINION, *PAGE)
"""Few: with three times as many, words of furniture and names of boxes among them, other sites were told no better."""
AROUND = Around(seen=("words", "linked", "look"), reach=2)
NAMES = AROUND.names(COLUMNS)

FAR = 60.0
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
LEAVES = HEADINGS | frozenset((
    "blockquote", "dd", "dl", "dt", "figure", "li", "ol", "p", "pre", "table", "tbody", "td", "th", "tr", "ul",
))  # fmt: skip
TAGS = {
    tag: float(number)
    for number, tags in enumerate(
        ("p", "h1", "h2", "h3", "h4", "h5 h6", "li", "blockquote", "td th", "div section article", "figcaption",
         "button", "pre", "dd dt"), start=1,
    )
    for tag in tags.split()
}  # fmt: skip


@dataclass(slots=True)
class Tally:
    """What stands in a place; `story` counts the words that extractors hold for the story."""

    words: float = 0.0
    linked: float = 0.0
    story: float = 0.0
    pieces: int = 0

    def add(self, words: float, linked: float, story: float) -> None:
        self.words += words
        self.linked += linked
        self.story += story
        self.pieces += 1

    def join(self, other: Tally) -> None:
        self.words += other.words
        self.linked += other.linked
        self.story += other.story
        self.pieces += other.pieces


@dataclass(slots=True, kw_only=True, eq=False)
class Scene:
    """All of a page that the signs look at."""

    pieces: Sequence[Piece]
    opinions: Opinions
    readings: Sequence[Reading]
    story: Sequence[float]
    containers: Sequence[Place]
    total: float
    below: dict[Place, Tally]
    inside: dict[Place, Tally]
    looks: dict[tuple[str, str], float]
    looks_inside: dict[tuple[Place, str, str], float]
    home: Place | None


def rows(pieces: Sequence[Piece], opinions: Opinions) -> Floats:
    """One row for each piece, in the order of NAMES."""
    scene = _scene(pieces, opinions)
    totals = _totals(scene)
    course = _course(scene)
    own = [
        [
            *_text(piece, scene.readings[order]),
            *_standing(scene, piece),
            *course[order],
            *_opinion(opinions, order),
            *totals,
        ]
        for order, piece in enumerate(pieces)
    ]
    return widen(own, COLUMNS, AROUND)


# The scene ---------------------------------------------------------------------------------------------


def _scene(pieces: Sequence[Piece], opinions: Opinions) -> Scene:
    readings = [_read(piece) for piece in pieces]
    story = _story(pieces, readings, opinions)
    containers = [container(piece) for piece in pieces]
    scene = Scene(
        pieces=pieces,
        opinions=opinions,
        readings=readings,
        story=story,
        containers=containers,
        total=max(1.0, sum(story)),
        below={},
        inside={},
        looks=defaultdict(float),
        looks_inside=defaultdict(float),
        home=None,
    )
    for order, piece in enumerate(pieces):
        _count(scene, order, piece)
    _add_up(scene.below)
    scene.home = max(scene.inside, key=lambda place: scene.inside[place].story, default=None)
    return scene


def _read(piece: Piece) -> Reading:
    return read(Line(raw=(Raw(number=piece.order, text=""),), text=piece.text))


def _story(pieces: Sequence[Piece], readings: Sequence[Reading], opinions: Opinions) -> list[float]:
    """Words of each piece that are probably the story's: the extractors' mean, or all prose where they see nothing."""
    held = [
        reading.words * (max(0.0, one) + max(0.0, other)) / 2
        for reading, one, other in zip(readings, opinions.trafilatura, opinions.readability, strict=True)
    ]
    if sum(held) >= 20:
        return held
    return [
        reading.words if reading.words >= 12 and piece.linked < 0.3 * len(piece.text) else 0.0
        for reading, piece in zip(readings, pieces, strict=True)
    ]


def container(piece: Piece) -> Place:
    """The place that holds a piece beside its like: of a list item what holds the list."""
    place = piece.place
    while place.tag in LEAVES and place.above is not None:
        place = place.above
    return place


def _count(scene: Scene, order: int, piece: Piece) -> None:
    words, story = scene.readings[order].words, scene.story[order]
    linked = words * piece.linked / len(piece.text)
    scene.below.setdefault(piece.place, Tally()).add(words, linked, story)
    held = scene.containers[order]
    scene.inside.setdefault(held, Tally()).add(words, linked, story)
    tag, name = look(piece)
    scene.looks[tag, name] += story
    scene.looks_inside[held, tag, name] += story


def _add_up(below: dict[Place, Tally]) -> None:
    """What stands directly in places, to what stands below them at any depth."""
    waiting = defaultdict(list)
    for place in below:
        waiting[place.depth].append(place)
    for depth in range(max(waiting, default=0), 0, -1):
        for place in waiting[depth]:
            above = place.above
            if above is not None and above not in below:
                below[above] = Tally()
                waiting[above.depth].append(above)
            if above is not None:
                below[above].join(below[place])


def look(piece: Piece) -> tuple[str, str]:
    return piece.place.tag, piece.place.element.get("class") or ""


# Signs of a piece by itself ----------------------------------------------------------------------------


def _text(piece: Piece, reading: Reading) -> tuple[float, ...]:
    count = max(1, len(reading.tokens))
    return (
        reading.words,
        math.log1p(len(piece.text)),
        reading.terminated,
        sum(token[0].isupper() for token in reading.tokens) / count,
        sum(size for _, size, _ in reading.cues) / count,
        piece.linked / len(piece.text),
        TAGS.get(piece.place.tag, 0.0),
    )


# Signs of where it stands ------------------------------------------------------------------------------


def _standing(scene: Scene, piece: Piece) -> tuple[float, ...]:
    held = scene.containers[piece.order]
    inside, below, own = scene.inside[held], scene.below[held], scene.below[piece.place]
    above = scene.below[held.above] if held.above is not None else below
    tag, name = look(piece)
    alike = scene.looks_inside[held, tag, name]
    off_trunk, in_main = _way(scene, piece.place)
    return (
        inside.story / scene.total,
        below.story / scene.total,
        above.story / scene.total,
        scene.looks[tag, name] / scene.total,
        alike / scene.total,
        alike / max(1.0, inside.story),
        _steps_down(held, scene.home),
        off_trunk,
        in_main,
        below.linked / max(1.0, below.words),
        own.linked / max(1.0, own.words),
        inside.words,
        inside.pieces,
        below.words,
        inside.story / max(1.0, inside.words),
        below.story / max(1.0, below.words),
    )


def _way(scene: Scene, place: Place | None) -> tuple[int, bool]:
    """How many places lead down to a piece off the trunk that bears half the story; whether the trunk has a main."""
    steps, in_main = 0, False
    while place is not None and place.tag not in ("", "html", "body"):
        on_trunk = scene.below[place].story >= scene.total / 2
        steps += not on_trunk
        in_main = in_main or (on_trunk and place.tag == "main")
        place = place.above
    return steps, in_main


def _steps_down(one: Place, other: Place | None) -> int:
    """How far below the place that it shares with one the other stands."""
    down = 0
    while other is not None and one is not other and (one.above is not None or other.above is not None):
        if one.above is not None and one.depth >= other.depth:
            one = one.above
        elif other.above is not None:
            other, down = other.above, down + 1
    return down


# Signs of what comes before and after ------------------------------------------------------------------


def _course(scene: Scene) -> list[tuple[float, ...]]:
    opinions = scene.opinions.trafilatura
    held = [opinion > 0.5 for opinion in opinions]
    prose = [_is_prose(piece, reading) for piece, reading in zip(scene.pieces, scene.readings, strict=True)]
    story = [reading.words * max(0.0, one) for reading, one in zip(scene.readings, opinions, strict=True)]
    whole = max(1.0, sum(story))
    first, last = (held.index(True), len(held) - 1 - held[::-1].index(True)) if any(held) else (-1, -1)
    ways = zip(
        _sums(story),
        _since(prose),
        _since(held[::-1])[::-1],
        _since([piece.place.tag in HEADINGS for piece in scene.pieces]),
        strict=True,
    )
    return [
        (
            before / whole,
            (whole - before - story[order]) / whole,
            order - first,
            last - order,
            since_prose,
            till_story,
            since_heading,
        )
        for order, (before, since_prose, till_story, since_heading) in enumerate(ways)
    ]


def _is_prose(piece: Piece, reading: Reading) -> bool:
    long = reading.words >= 15 and reading.terminated
    return long and piece.linked < 0.35 * len(piece.text) and not piece.place.hidden


def _sums(values: Iterable[float]) -> list[float]:
    """What comes before each."""
    total, found = 0.0, []
    for value in values:
        found.append(total)
        total += value
    return found


def _since(flags: Sequence[bool]) -> list[float]:
    """How many pieces on from the last that is so."""
    distance, found = FAR, []
    for flag in flags:
        distance = min(FAR, distance + 1)
        found.append(distance)
        if flag:
            distance = 0.0
    return found


# Signs of what others think ----------------------------------------------------------------------------


def _opinion(opinions: Opinions, order: int) -> tuple[float, ...]:
    return opinions.trafilatura[order], opinions.stated[order], opinions.dek[order]


def _totals(scene: Scene) -> tuple[float, float]:
    """How many words trafilatura takes, and how many of its and readability's words together these are."""
    one, other = (
        sum(reading.words * max(0.0, opinion) for reading, opinion in zip(scene.readings, held, strict=True))
        for held in (scene.opinions.trafilatura, scene.opinions.readability)
    )
    return math.log1p(one), (one + 1) / (one + other + 2)
