"""What an article is called, to the picture that stands for it where its link is shared."""

from __future__ import annotations

import io
import re
import unicodedata
import zlib
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import accumulate, groupby, islice
from pathlib import Path
from typing import TYPE_CHECKING

from broadsheet.errors import ConfigError, Problem

if TYPE_CHECKING:
    from PIL import Image
    from PIL.ImageFont import FreeTypeFont

WIDTH, HEIGHT = 1200, 630
"""Of every card, in pixels: what networks of all kinds show uncropped."""

DRAWING = 1
"""Counts up whenever the same words are drawn in another way."""

MARGIN = 72
ROOM = WIDTH - 2 * MARGIN
OVERHANG = 12
"""How far a glyph may lean out of the column: the tail of a J at the largest size."""

_PAPER, _INK, _ACCENT, _GREY, _RULE = (255, 253, 249), (27, 26, 24), (176, 48, 15), (93, 88, 80), (216, 210, 198)

# At most sixteen colours fit in half a byte: the paper, and inks with their edges blended into it. More shades of
# them make larger files that look the same.
_SHADES = ((_INK, 4), (_ACCENT, 4), (_GREY, 3), (_RULE, 1))
INK, ACCENT, GREY, RULE = range(4)

FONTS = Path(__file__).parent / "fonts"
SERIF, SANS = str(FONTS / "serif-bold.ttf"), str(FONTS / "sans-semibold.ttf")
OTHERS = (str(FONTS / "arabic-bold.ttf"), str(FONTS / "hebrew-bold.ttf"))

LONGEST = 1000
"""Characters that are read of a text. Five lines hold some 300."""

MARKS = 3
"""Marks on one letter: what Vietnamese, pointed Hebrew and Devanagari need."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """How a text is set: the faces to look for a character in, first choice first, and where its lines begin."""

    faces: tuple[str, ...]
    rtl: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A place on the card for up to `lines` lines, in the first of the sizes in which they fit."""

    top: int
    height: int
    sizes: tuple[int, ...]
    ink: int
    lines: int = 1
    centred: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Characters that follow one another in one face and one direction."""

    face: str
    text: str
    rtl: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """What no line may break, and whether a space stands before it."""

    text: str
    spaced: bool


NAMEPLATE = Box(top=30, height=80, sizes=(58, 50, 42, 34), ink=INK, centred=True)
KICKER = Box(top=138, height=48, sizes=(30, 26), ink=ACCENT)
TITLE = Box(top=186, height=358, sizes=(116, 106, 96, 84, 73, 66, 58, 52), ink=INK, lines=5)
DETAIL = Box(top=562, height=50, sizes=(28, 24), ink=GREY)
RULES = ((116, 5, INK), (125, 2, INK), (552, 2, RULE))
"""Top, thickness and colour of what is drawn from margin to margin."""


def draw(*, title: str, site: str, kicker: str, detail: str, rtl: bool = False, fonts: Sequence[Path] = ()) -> bytes:
    """A card as PNG. What no font has is left out: ask `can_draw` first.

    `kicker` stands above the title, `detail` at the foot; what follows the last " · " of a detail that is too long
    stays whole. `fonts` are tried where the faces that come along lack a character.
    """
    more = (*OTHERS, *map(str, fonts))
    serif, sans = Hand(faces=(SERIF, SANS, *more), rtl=rtl), Hand(faces=(SANS, SERIF, *more), rtl=rtl)
    card = _sheet()
    texts = ((NAMEPLATE, site, serif), (KICKER, kicker, sans), (TITLE, title, serif), (DETAIL, detail, sans))
    for box, text, hand in texts:
        _set(card, box, _drawable(text, hand.faces), hand)
    return _png(card)


def can_draw(text: str, fonts: Sequence[Path] = ()) -> bool:
    """Whether every letter, digit and punctuation mark can be drawn.

    Emoji and other symbols do not count: they adorn a title, and are left out of the drawing where no font has them.
    """
    faces = (SERIF, SANS, *OTHERS, *map(str, fonts))
    return all(_face_of(one, faces) or unicodedata.category(one[0]) in ("So", "Sk") for one in _clusters(_clean(text)))


@cache
def engine() -> str:
    """What decides how a card looks besides its words, for fingerprints."""
    from PIL import __version__, features

    names = ("freetype2", "raqm", "harfbuzz", "fribidi", "zlib", "zlib_ng")
    libraries = [f"{name} {features.version(name)}" for name in names]
    return ", ".join((f"drawing {DRAWING}", f"Pillow {__version__}", *libraries))


# The sheet ------------------------------------------------------------------------------------------


def _sheet() -> Image.Image:
    """Paper and rules; the values of its pixels are places in the palette."""
    from PIL import Image

    sheet = Image.new("L", (WIDTH, HEIGHT), 0)
    for top, thickness, ink in RULES:
        sheet.paste(_COVERAGE[ink][-1], (MARGIN, top, WIDTH - MARGIN, top + thickness))
    return sheet


def _png(sheet: Image.Image) -> bytes:
    sheet.putpalette(_PALETTE)
    file = io.BytesIO()
    # Looking for repeats beyond runs takes as long as all of the drawing, for files that are hardly smaller.
    sheet.save(file, "PNG", bits=4, compress_type=zlib.Z_RLE)
    return file.getvalue()


def _palette() -> Iterator[int]:
    yield from _PAPER
    for colour, shades in _SHADES:
        for shade in range(1, shades + 1):
            yield from (_between(*ends, shade / shades) for ends in zip(_PAPER, colour, strict=True))


def _between(paper: int, ink: int, share: float) -> int:
    return round(paper + (ink - paper) * share)


def _coverage(ink: int) -> list[int]:
    """From how much of a pixel is covered, 0 to 255, to its place in the palette."""
    first, shades = 1 + sum(count for _, count in _SHADES[:ink]), _SHADES[ink][1]
    return [0 if not (shade := round(covered * shades / 255)) else first + shade - 1 for covered in range(256)]


_PALETTE = bytes(_palette())
_COVERAGE = tuple(_coverage(ink) for ink in range(len(_SHADES)))


def _set(sheet: Image.Image, box: Box, text: str, hand: Hand) -> None:
    """Set a text in its box, and cut off whatever reaches out of it."""
    from PIL import Image

    strip = Image.new("L", (ROOM + 2 * OVERHANG, box.height), 0)
    leading = _leading(text, hand)
    size, lines = _fit(text, box, hand, leading)
    for number, line in enumerate(lines):
        baseline = round(_first_baseline(box, size, leading) + number * size * leading)
        _write(strip, line, (_start(line, box, hand, size), baseline), hand, size)
    sheet.paste(strip.point(_COVERAGE[box.ink]), (MARGIN - OVERHANG, box.top))


def _first_baseline(box: Box, size: int, leading: float) -> float:
    """Capitals, two thirds of a size high, stand in the middle of a line of its own."""
    return box.height / 2 + size / 3 if box.lines == 1 else 30 + size * (leading + 0.36) / 2


def _leading(text: str, hand: Hand) -> float:
    """From line to line, in sizes; faces of other scripts may be taller."""
    return 1.12 if all(run.face in (SERIF, SANS) for run in _runs(text, hand)) else 1.45


def _start(line: str, box: Box, hand: Hand, size: int) -> float:
    free = ROOM - _width(line, hand, size)
    return OVERHANG + (free / 2 if box.centred else free if hand.rtl else 0)


def _write(strip: Image.Image, line: str, at: tuple[float, int], hand: Hand, size: int) -> None:
    from PIL import ImageDraw

    pen, (left, baseline) = ImageDraw.Draw(strip), at
    for run in _from_left_to_right(_runs(line, hand), hand.rtl):
        face = _face(run.face, size)
        pen.text((left, baseline), run.text, 255, face, "ls", direction=_direction(run))
        left += face.getlength(run.text, direction=_direction(run))


# Lines ----------------------------------------------------------------------------------------------


def _fit(text: str, box: Box, hand: Hand, leading: float) -> tuple[int, list[str]]:
    """A size at which a text fits its box, and its lines; at the smallest size it is cut."""
    pieces = _pieces(text)
    fitting = list(islice(_fitting(pieces, box, hand, leading), 3))
    if not fitting:
        return box.sizes[-1], _cut(pieces, hand, box.sizes[-1], _most(box, box.sizes[-1], leading))
    size, counts, _ = next((fit for fit in fitting if fit[2]), fitting[0])
    return size, _lines(pieces, counts)


def _fitting(pieces: Sequence[Piece], box: Box, hand: Hand, leading: float) -> Iterator[tuple[int, list[int], bool]]:
    """The sizes at which pieces fit, largest first; how many stand in each line; whether the lines are even."""
    for size in box.sizes:
        most = _most(box, size, leading)
        if (widths := _widths(pieces, hand, size, most)) and len(_broken(widths, ROOM)) <= most:
            counts = _balanced(widths)
            yield size, counts, _are_even(widths, counts)


def _are_even(widths: Sequence[tuple[float, float]], counts: Sequence[int]) -> bool:
    """Whether no line is much shorter than another: a smaller size is better than a word by itself."""
    rest = iter(widths)
    lengths = [sum(sum(next(rest)) for _ in range(count)) for count in counts]
    return min(lengths) > max(lengths) * 0.45


def _most(box: Box, size: int, leading: float) -> int:
    """How many lines there is room for, with what hangs below the last of them."""
    below = box.height - _first_baseline(box, size, leading) - 0.4 * size
    return max(1, min(box.lines, 1 + int(below / (size * leading))))


def _widths(pieces: Sequence[Piece], hand: Hand, size: int, most: int) -> list[tuple[float, float]]:
    """The space before each piece and its width, or nothing as soon as they cannot fit into so many lines."""
    space, total, widths = _width(" ", hand, size), 0.0, []
    for piece in pieces:
        width = _width(piece.text, hand, size)
        total += width
        if width > ROOM or total > ROOM * most:
            return []
        widths.append((space if piece.spaced else 0.0, width))
    return widths


def _broken(widths: Sequence[tuple[float, float]], room: float) -> list[int]:
    """How many pieces stand in each line, when each takes as many as it can."""
    counts, used = [0], 0.0
    for space, width in widths:
        if counts[-1] and used + space + width > room:
            counts.append(0)
        used = used + space + width if counts[-1] else width
        counts[-1] += 1
    return counts


def _balanced(widths: Sequence[tuple[float, float]]) -> list[int]:
    """Lines of much the same length: those of the narrowest column that needs no more of them."""
    least = len(_broken(widths, ROOM))
    columns = range(int(max((width for _, width in widths), default=0)), ROOM)
    return _broken(widths, columns.start + bisect_left(columns, -least, key=lambda room: -len(_broken(widths, room))))


def _lines(pieces: Sequence[Piece], counts: Sequence[int]) -> list[str]:
    rest = iter(pieces)
    return [_joined([next(rest) for _ in range(count)]) for count in counts]


def _joined(pieces: Sequence[Piece]) -> str:
    return "".join(" " * piece.spaced + piece.text for piece in pieces).strip()


def _cut(pieces: Sequence[Piece], hand: Hand, size: int, most: int) -> list[str]:
    """As many full lines as may be, words broken where one alone is too long; the last ends in an ellipsis."""
    parts = [part for piece in pieces for part in _chopped(piece, hand, size)]
    space = _width(" ", hand, size)
    widths = [(space * part.spaced, _width(part.text, hand, size)) for part in parts]
    counts = _broken(widths, ROOM)
    full = sum(counts[: most - 1])
    return [*_lines(parts[:full], counts[: most - 1]), _clipped(_joined(parts[full:]), hand, size)]


def _chopped(piece: Piece, hand: Hand, size: int) -> Iterator[Piece]:
    """What is too long for a line, in parts of much the same length that are not."""
    spaced, rest = piece.spaced, _clusters(piece.text)
    parts = -(-len(rest) // max(1, _longest(rest, "", hand, size)))
    even = -(-len(rest) // parts)
    while rest:
        count = max(1, min(even, _longest(rest, "", hand, size)))
        yield Piece(text="".join(rest[:count]), spaced=spaced)
        spaced, rest = False, rest[count:]


def _clipped(text: str, hand: Hand, size: int) -> str:
    """A text that fits into a line: its head, an ellipsis, and what follows its last dot if that is short."""
    if _width(text, hand, size) <= ROOM:
        return text
    head, dot, tail = text.rpartition(_GLUE + "· ")
    if not head or _width(tail, hand, size) > ROOM / 2:
        head, dot, tail = text, "", ""
    clusters = _clusters(head)
    kept = "".join(clusters[: _longest(clusters, "…" + dot + tail, hand, size)])
    return _whole_words(kept).rstrip(" ,;:.-–—") + "…" + dot + tail


def _whole_words(text: str) -> str:
    """Without the word that was cut, unless that was so long that its head is worth a sight."""
    head, _, word = text.rpartition(" ")
    return head if head and len(word) < 15 else text


def _longest(clusters: Sequence[str], end: str, hand: Hand, size: int) -> int:
    """How many clusters fit into a line together with its end."""
    wider = range(1, len(clusters) + 1)
    return bisect_left(wider, True, key=lambda count: _width("".join(clusters[:count]) + end, hand, size) > ROOM)


# Characters -----------------------------------------------------------------------------------------


def _drawable(text: str, faces: tuple[str, ...]) -> str:
    """What some face has of a text."""
    return _spaced("".join(one for one in _clusters(_clean(text)) if _face_of(one, faces)))


def _clean(text: str) -> str:
    """One line of printable characters; what only steers a text, such as an override of its direction, is gone."""
    text = unicodedata.normalize("NFC", text[:LONGEST])
    return _spaced("".join(_visible(one) for one in text))


def _spaced(text: str) -> str:
    """With single spaces, of two kinds: where a line may break, and where not."""
    return re.sub(rf"[^\S{_GLUE}]+", " ", re.sub("[\u2007\u202f]", _GLUE, text)).strip()


def _visible(character: str) -> str:
    category = unicodedata.category(character)
    if character in _SELECTORS:
        return ""
    if character in _JOINERS or category[0] != "C":
        return " " if category in ("Zl", "Zp") else character
    return " " if category == "Cc" else ""


_JOINERS = "\u200c\u200d"
_SELECTORS = frozenset(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))
"""Which form of a character is meant: few fonts have more than one, and fewer say so."""
_GLUE = "\u00a0"
_CLOSING, _OPENING = ("Pd", "Pe", "Pf", "Po"), ("Pi", "Ps")


@lru_cache(maxsize=1 << 10)
def _pieces(text: str) -> tuple[Piece, ...]:
    words = (_atoms(word) for word in _words(text))
    return tuple(Piece(text=atom, spaced=number == 0) for atoms in words for number, atom in enumerate(atoms))


def _words(text: str) -> list[str]:
    """Words, with the dashes, colons and quotation marks that stand beside them by themselves."""
    words: list[str] = []
    for word in text.split(" "):
        if words and (_all(word, _CLOSING) or _all(words[-1][-1:], _OPENING)):
            words[-1] += _GLUE + word
        else:
            words.append(word)
    return words


def _all(text: str, categories: tuple[str, ...]) -> bool:
    return all(unicodedata.category(one) in categories for one in text)


def _atoms(word: str) -> list[str]:
    """A word, parted where a line may break without a space: in writing without spaces, and after a hyphen."""
    atoms = [""]
    for cluster in _clusters(word):
        if atoms[-1] and _may_break(atoms[-1], cluster):
            atoms.append(cluster)
        else:
            atoms[-1] += cluster
    return atoms


def _may_break(before: str, after: str) -> bool:
    if before[-1] in "-–—/" and len(before) > 3:
        return after[0].isalpha()
    wide = unicodedata.east_asian_width(before[0]) in "WF" or unicodedata.east_asian_width(after[0]) in "WF"
    return (
        wide
        and unicodedata.category(after[0]) not in (*_CLOSING, "Lm")
        and unicodedata.category(before[-1]) not in _OPENING
    )


def _clusters(text: str) -> list[str]:
    """Letters with the marks on them; what is piled higher than any writing needs is left away."""
    clusters: list[str] = []
    for one in text:
        if clusters and (one in _JOINERS or unicodedata.category(one)[0] == "M"):
            clusters[-1] += one if len(clusters[-1]) <= MARKS else ""
        elif one not in _JOINERS:
            clusters.append(one)
    return clusters


# Runs -----------------------------------------------------------------------------------------------


@lru_cache(maxsize=1 << 12)
def _runs(text: str, hand: Hand) -> tuple[Run, ...]:
    """A line in the order of its letters, parted where face or direction changes."""
    clusters = _clusters(text)
    faces = _faces(clusters, hand.faces)
    parts = groupby(zip(faces, _directions(clusters, hand.rtl), clusters, strict=True), key=lambda part: part[:2])
    return tuple(Run(face=face, text="".join(part[2] for part in group), rtl=rtl) for (face, rtl), group in parts)


def _faces(clusters: Sequence[str], faces: tuple[str, ...]) -> Iterator[str]:
    """The face of each; what is no letter keeps to the face of the letters before it."""
    voice = next((_face_of(one, faces) for one in clusters if one[0].isalpha()), faces[0])
    for one in clusters:
        face = _face_of(one, faces)
        if one[0].isalpha():
            voice = face
        yield _face_of(one, (voice, face))


def _directions(clusters: Sequence[str], rtl: bool) -> list[bool]:
    """Whether each runs right to left; what has no direction keeps to its neighbours' if they agree (UAX 9, N1, N2)."""
    strong = list(_strong(clusters))
    before = _carried(strong, rtl)
    after = _carried(strong[::-1], rtl)[::-1]
    return [left if left == right else rtl for left, right in zip(before, after, strict=True)]


def _strong(clusters: Sequence[str]) -> Iterator[bool | None]:
    """Whether each runs right to left, or nothing if others say so; digits follow the letters before them."""
    letters: bool | None = None
    for one in clusters:
        own = {"L": False, "R": True, "AL": True}.get(unicodedata.bidirectional(one[0]))
        letters = letters if own is None else own
        yield letters if one[0].isdigit() else own


def _carried(strong: Sequence[bool | None], rtl: bool) -> list[bool]:
    """Each direction, or the last one before it."""
    return list(accumulate(strong, lambda last, own: last if own is None else own, initial=rtl))[1:]


def _from_left_to_right(runs: Sequence[Run], rtl: bool) -> list[Run]:
    """The runs as they stand on the line; neighbours of one direction keep it among themselves."""
    groups = [list(group) for _, group in groupby(runs, key=lambda run: run.rtl)]
    return [run for group in (groups[::-1] if rtl else groups) for run in (group[::-1] if group[0].rtl else group)]


# Faces ----------------------------------------------------------------------------------------------


@lru_cache(maxsize=1 << 15)
def _width(text: str, hand: Hand, size: int) -> float:
    return sum(_face(run.face, size).getlength(run.text, direction=_direction(run)) for run in _runs(text, hand))


def _direction(run: Run) -> str | None:
    """As Pillow takes it, which without Raqm takes none."""
    return ("rtl" if run.rtl else "ltr") if _shapes() else None


@lru_cache(maxsize=1 << 15)
def _face_of(cluster: str, faces: tuple[str, ...]) -> str:
    """The first face that has all of a cluster, or nothing."""
    if not _shapes() and _needs_shaping(cluster):
        return ""
    return next((face for face in faces if all(one in _JOINERS or _has(face, one) for one in cluster)), "")


def _needs_shaping(cluster: str) -> bool:
    return len(cluster) > 1 or unicodedata.bidirectional(cluster) in ("R", "AL", "AN")


@cache
def _shapes() -> bool:
    """Whether Pillow can join letters and turn directions."""
    from PIL import features

    return bool(features.check("raqm"))


@lru_cache(maxsize=1 << 16)
def _has(face: str, character: str) -> bool:
    """Whether a face draws a character as anything but the sign for one that is missing."""
    return character.isspace() or _drawn(face, character) != _missing(face)


@lru_cache(maxsize=64)
def _missing(face: str) -> tuple[float, bytes]:
    # A code point that will never be a character, so that no font has it.
    return _drawn(face, "\U0010ffff")


def _drawn(face: str, character: str) -> tuple[float, bytes]:
    font = _face(face, 32, plain=True)
    return font.getlength(character), bytes(font.getmask(character, "1"))


@lru_cache(maxsize=256)
def _face(path: str, size: int, *, plain: bool = False) -> FreeTypeFont:
    """A font file at a size; `plain` draws each character by itself."""
    from PIL import ImageFont

    layout = ImageFont.Layout.BASIC if plain or not _shapes() else ImageFont.Layout.RAQM
    try:
        # Pillow would look for a file that is not there among the fonts of the system.
        Path(path).stat()
        return ImageFont.truetype(path, size, layout_engine=layout)
    except OSError as error:
        raise ConfigError([Problem(path=path, message="no font that can be read", hint=_FORMATS)]) from error


_FORMATS = "`fonts` in [cards] names TTF, OTF or WOFF files with outlines that can be drawn at any size"
