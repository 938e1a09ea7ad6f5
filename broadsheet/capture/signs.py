"""A page's pieces to rows of numbers: what tells the story from what stands around it."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache

from broadsheet.capture.evidence import Opinions
from broadsheet.capture.features import Reading, read
from broadsheet.capture.lines import Line, Raw
from broadsheet.capture.pieces import Piece, Place
from broadsheet.capture.scores import Around, Floats, widen

TEXT = (
    "words", "characters", "word_length", "terminated", "colon", "lower", "capitals", "digits", "commas", "bars",
    "quote", "question", "dots", "bracket", "stop_share", "sentences", "prose", "cue_share", "cues",
)  # fmt: skip
MARKUP = ("linked", "links", "strong", "slanted", "tag", "hidden", "depth", "classed")
STANDING = (
    "container_story", "below_story", "above_story", "look", "look_here", "look_share", "up", "down", "off_trunk",
    "container_linked", "below_linked", "own_linked", "container_words", "container_mean", "container_pieces",
    "below_words", "own_pieces", "container_density", "below_density", "from_first", "to_last",
    "boxes", "sections", "in_article", "in_main", "in_story",
)  # fmt: skip
COURSE = (
    "story_before", "story_after", "from_start", "to_end", "since_prose", "till_prose", "since_story", "till_story",
    "position", "since_heading", "heading_cues", "heading_story", "gap", "again",
)  # fmt: skip
OPINION = ("trafilatura", "readability", "stated", "repeated", "title", "dek")
PAGE = ("trafilatura_words", "readability_words", "agreement")
COLUMNS = (*TEXT, *MARKUP, *STANDING, *COURSE, *OPINION, *PAGE)
AROUND = Around(
    seen=(
        "words", "linked", "terminated", "tag", "trafilatura", "readability", "off_trunk", "container_story", "look",
        "stated",
    ),
    reach=2,
)  # fmt: skip
NAMES = AROUND.names(COLUMNS)

FAR = 60.0
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
LEAVES = HEADINGS | frozenset(
    ("blockquote", "dd", "dl", "dt", "figure", "li", "ol", "p", "pre", "table", "tbody", "td", "th", "tr", "ul")
)
TAGS = {
    tag: float(number)
    for number, tags in enumerate(
        ("p", "h1", "h2", "h3", "h4", "h5 h6", "li", "blockquote", "td th", "div section article", "figcaption",
         "button", "pre", "dd dt"), start=1,
    )
    for tag in tags.split()
}  # fmt: skip
BOXES = re.compile(
    r"relat|recirc|recommend|more-?(?:from|on|stories|in)|read-?(?:more|next|also)|trending|popular|most-|up-?next|teaser"
    r"|outbrain|taboola|carousel|promo|newsletter|subscri|sign-?up|opt-?in|advert|\bads?\b|\bad[-_]|sponsor|banner|affiliat"
    r"|donat|shar(?:e|ing)\b|social|follow|comment|disqus|repl(?:y|ies)|author|byline|\bbio\b|contributor|\bnav|menu"
    r"|breadcrumb|paginat|pager|foot|copyright|legal|disclaim|paywall|premium|reg-?wall|cookie|consent|gdpr|modal|popup"
    r"|overlay|lightbox|toast|side-?bar|\brail|widget|caption|credit|tag-?list|\btags\b"
)
STORY_BOXES = re.compile(
    r"article-?_*body|story-?_*body|(?:entry|post|article|story|body|main)[-_]*(?:content|text|copy)|rich-?text|prose"
)
NAMED = ("class", "id", "itemprop", "role", "aria-label", "data-testid", "data-component", "data-module", "data-type")
SECTIONS = frozenset(("aside", "footer", "nav", "header", "form", "dialog", "button"))


@dataclass(slots=True)
class Tally:
    """What stands in a place; `story` counts the words that extractors hold for the story."""

    words: float = 0.0
    linked: float = 0.0
    story: float = 0.0
    pieces: int = 0
    first: int = -1
    last: int = 0

    def add(self, order: int, words: float, linked: float, story: float) -> None:
        if not self.pieces:
            self.first = order
        self.words += words
        self.linked += linked
        self.story += story
        self.pieces += 1
        self.last = order

    def join(self, other: Tally) -> None:
        self.words += other.words
        self.linked += other.linked
        self.story += other.story
        self.pieces += other.pieces


@dataclass(frozen=True, slots=True)
class Standing:
    """What the way down to a place leads through, off the trunk that bears the story, and on it."""

    off_trunk: int = 0
    boxes: int = 0
    sections: int = 0
    in_article: bool = False
    in_main: bool = False
    in_story: bool = False


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
    looks: Counter[tuple[str, str]]
    looks_inside: Counter[tuple[Place, str, str]]
    again: Counter[str]
    home: Place | None
    named: Callable[[str], tuple[bool, bool]]
    standings: dict[Place, Standing] = field(default_factory=dict)


def rows(pieces: Sequence[Piece], opinions: Opinions) -> Floats:
    """One row for each piece, in the order of NAMES."""
    scene = _scene(pieces, opinions)
    totals = _totals(scene)
    course = _course(scene)
    own = [
        [*_text(scene.readings[order]), *_markup(piece), *_standing(scene, piece), *course[order],
         *_opinion(opinions, order), *totals]
        for order, piece in enumerate(pieces)
    ]  # fmt: skip
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
        looks=Counter(),
        looks_inside=Counter(),
        again=Counter(piece.text for piece in pieces),
        home=None,
        named=cache(_named),
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
    scene.below.setdefault(piece.place, Tally()).add(order, words, linked, story)
    held = scene.containers[order]
    scene.inside.setdefault(held, Tally()).add(order, words, linked, story)
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


def _text(reading: Reading) -> tuple[float, ...]:
    text = reading.line.text
    size, count = len(text), max(1, len(reading.tokens))
    return (
        reading.words,
        math.log1p(size),
        size / max(1.0, reading.words),
        reading.terminated,
        text[-1] in ":：",
        text[0].islower(),
        sum(token[0].isupper() for token in reading.tokens) / count,
        sum(token[0].isdigit() for token in reading.tokens) / count,
        (text.count(",") + text.count("，") + text.count("、")) / max(1.0, reading.words),
        text.count("|") + text.count("·") + text.count("•") + text.count(" / "),
        text[0] in '"“«„‘—–-「',
        "?" in text,
        text.endswith(("…", "...", "»", ">", "→")),
        text[0] in "([*",
        reading.stop_share,
        text.count(".") + text.count("!") + text.count("?") + text.count("。"),
        reading.prose > 0,
        sum(size for _, size, _ in reading.cues) / count,
        len(reading.cues) if reading.words < 90 else 0,
    )


def _markup(piece: Piece) -> tuple[float, ...]:
    size = len(piece.text)
    return (
        piece.linked / size,
        piece.links,
        piece.strong / size,
        piece.slanted / size,
        TAGS.get(piece.place.tag, 0.0),
        piece.place.hidden,
        piece.place.depth,
        bool(piece.place.element.get("class")),
    )


# Signs of where it stands ------------------------------------------------------------------------------


def _standing(scene: Scene, piece: Piece) -> tuple[float, ...]:
    held = scene.containers[piece.order]
    inside, below, own = scene.inside[held], scene.below[held], scene.below[piece.place]
    above = scene.below[held.above] if held.above is not None else below
    tag, name = look(piece)
    alike = scene.looks_inside[held, tag, name]
    way = standing(scene, piece.place)
    up, down = _steps(held, scene.home)
    return (
        inside.story / scene.total,
        below.story / scene.total,
        above.story / scene.total,
        scene.looks[tag, name] / scene.total,
        alike / scene.total,
        alike / max(1.0, inside.story),
        up,
        down,
        way.off_trunk,
        inside.linked / max(1.0, inside.words),
        below.linked / max(1.0, below.words),
        own.linked / max(1.0, own.words),
        inside.words,
        inside.words / inside.pieces,
        inside.pieces,
        below.words,
        own.pieces,
        inside.story / max(1.0, inside.words),
        below.story / max(1.0, below.words),
        piece.order - inside.first,
        inside.last - piece.order,
        way.boxes,
        way.sections,
        way.in_article,
        way.in_main,
        way.in_story,
    )


def standing(scene: Scene, place: Place) -> Standing:
    """What leads down to a place; remembered, as most pieces share most of their way."""
    if place in scene.standings:
        return scene.standings[place]
    above = standing(scene, place.above) if place.above is not None else Standing()
    scene.standings[place] = above if place.tag in ("", "html", "body") else _below(scene, above, place)
    return scene.standings[place]


def _below(scene: Scene, above: Standing, place: Place) -> Standing:
    named, in_story = scene.named(named_of(place))
    on_trunk = scene.below[place].story >= scene.total / 2
    return Standing(
        off_trunk=above.off_trunk + (not on_trunk),
        boxes=above.boxes + (not on_trunk and named),
        sections=above.sections + (not on_trunk and place.tag in SECTIONS),
        in_article=above.in_article or (on_trunk and place.tag == "article"),
        in_main=above.in_main or (on_trunk and place.tag == "main"),
        in_story=above.in_story or in_story,
    )


def _named(names: str) -> tuple[bool, bool]:
    """Whether names are those of furniture, and of what holds the story."""
    return BOXES.search(names) is not None, STORY_BOXES.search(names) is not None


def named_of(place: Place) -> str:
    """What a site calls a place, in small letters."""
    get = place.element.get
    return " ".join(name for attribute in NAMED if (name := get(attribute)))[:400].lower()


def _steps(one: Place, other: Place | None) -> tuple[int, int]:
    """The way from one place to another: steps up, then steps down."""
    up = down = 0
    while other is not None and one is not other and (one.above is not None or other.above is not None):
        if one.above is not None and one.depth >= other.depth:
            one, up = one.above, up + 1
        elif other.above is not None:
            other, down = other.above, down + 1
    return up, down


# Signs of what comes before and after ------------------------------------------------------------------


def _course(scene: Scene) -> list[tuple[float, ...]]:
    held = [opinion > 0.5 for opinion in scene.opinions.trafilatura]
    prose = [_is_prose(piece, reading) for piece, reading in zip(scene.pieces, scene.readings, strict=True)]
    story = [
        reading.words * max(0.0, one) for reading, one in zip(scene.readings, scene.opinions.trafilatura, strict=True)
    ]
    whole = max(1.0, sum(story))
    before = _sums(story)
    first, last = (held.index(True), len(held) - 1 - held[::-1].index(True)) if any(held) else (-1, -1)
    return [
        (
            before[order] / whole,
            (whole - before[order] - story[order]) / whole,
            order - first,
            last - order,
            *distances,
            order / len(held),
            *heading,
            scene.again[scene.pieces[order].text] > 1,
        )
        for order, (distances, heading) in enumerate(zip(_distances(prose, held), _headings(scene, prose), strict=True))
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


def _distances(prose: Sequence[bool], held: Sequence[bool]) -> list[tuple[float, ...]]:
    """Pieces since the last and till the next piece of prose, and since and till one that trafilatura holds."""
    ways = (_since(prose), _since(prose[::-1])[::-1], _since(held), _since(held[::-1])[::-1])
    return list(zip(*ways, strict=True))


def _since(flags: Sequence[bool]) -> list[float]:
    distance, found = FAR, []
    for flag in flags:
        distance = min(FAR, distance + 1)
        found.append(distance)
        if flag:
            distance = 0.0
    return found


def _headings(scene: Scene, prose: Sequence[bool]) -> list[tuple[float, ...]]:
    """Pieces since the last heading, its cues, whether trafilatura holds it; words since the last prose."""
    since, cues, held, gap = FAR, 0.0, 0.0, 0.0
    found = []
    for piece, reading, is_prose in zip(scene.pieces, scene.readings, prose, strict=True):
        since = min(FAR, since + 1)
        found.append((since, cues, held, gap))
        gap = 0.0 if is_prose else gap + reading.words
        if piece.place.tag in HEADINGS:
            since, cues, held = 0.0, float(len(reading.cues)), scene.opinions.trafilatura[piece.order]
    return found


# Signs of what others think ----------------------------------------------------------------------------


def _opinion(opinions: Opinions, order: int) -> tuple[float, ...]:
    return (
        opinions.trafilatura[order],
        opinions.readability[order],
        opinions.stated[order],
        opinions.repeated[order],
        opinions.title[order],
        opinions.dek[order],
    )


def _totals(scene: Scene) -> tuple[float, float, float]:
    """How many words each of two extractors takes, and their proportion."""
    one, other = (
        sum(reading.words * max(0.0, opinion) for reading, opinion in zip(scene.readings, held, strict=True))
        for held in (scene.opinions.trafilatura, scene.opinions.readability)
    )
    return math.log1p(one), math.log1p(other), (one + 1) / (one + other + 2)
