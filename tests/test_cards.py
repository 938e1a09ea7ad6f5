"""The pictures that stand for articles where their links are shared."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFont, features

from broadsheet import cards
from broadsheet.cards import FONTS, HEIGHT, KICKER, LONGEST, MARGIN, OVERHANG, TITLE, WIDTH, can_draw, draw
from broadsheet.errors import ConfigError

HEADLINE = "Python 3.14 supports free threading in earnest"
STORY = (
    "The third version of the portable code format suits languages with managed memory as well as C and its "
    "relatives, and addresses memory with 64 bits"
)

DEJAVU = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf")
needs_shaping = pytest.mark.skipif(not features.check("raqm"), reason="this Pillow cannot join letters")


def card(
    title: str = HEADLINE, *, site: str = "The Open Record", kicker: str = "Releases",
    detail: str = "The Example Gazette · 7 October 2025", rtl: bool = False, fonts: Sequence[Path] = (),
) -> bytes:  # fmt: skip
    return draw(title=title, site=site, kicker=kicker, detail=detail, rtl=rtl, fonts=fonts)


def picture(data: bytes) -> Image.Image:
    opened = Image.open(io.BytesIO(data))
    opened.load()
    return opened


def ink(data: bytes, top: int = 0, height: int = HEIGHT) -> tuple[int, int, int, int]:
    """Where a part of a card is not paper: left, top, right, bottom; a box without extent if it is empty."""
    part = picture(data).crop((0, top, WIDTH, top + height)).point([0] + [255] * 255, "L")
    return part.getbbox() or (0, 0, 0, 0)


def lines(data: bytes) -> list[tuple[int, int]]:
    """The first and last column of each line of the title."""
    title = picture(data).crop((0, TITLE.top, WIDTH, TITLE.top + TITLE.height)).point([0] + [255] * 255, "L")
    rows = [title.crop((0, row, WIDTH, row + 1)).getbbox() for row in range(TITLE.height)]
    bands = [[row for row in band if row] for empty, band in groupby(rows, key=lambda row: row is None) if not empty]
    return [(min(row[0] for row in band), max(row[2] for row in band)) for band in bands]


def test_a_card_is_a_small_png_of_few_colours() -> None:
    for title in ("Go 2", HEADLINE, STORY):
        opened = picture(card(title))
        assert (opened.format, opened.size, opened.mode) == ("PNG", (1200, 630), "P")
        assert len(opened.getcolors() or ()) <= 16
        assert len(card(title)) < 25_000


def test_the_same_words_give_the_same_bytes() -> None:
    code = "import sys; from broadsheet.cards import draw; title, site, kicker, detail = sys.argv[1:]"
    code += "; sys.stdout.buffer.write(draw(title=title, site=site, kicker=kicker, detail=detail))"
    words = [sys.executable, "-c", code, STORY, "S", "K", "D"]
    other = subprocess.run(words, capture_output=True, check=True).stdout
    assert draw(title=STORY, site="S", kicker="K", detail="D") == other


def test_every_word_on_a_card_shows() -> None:
    shown = [card(), card("Another"), card(site="S"), card(kicker="K"), card(detail="D"), card(rtl=True)]
    assert len({picture(one).tobytes() for one in shown}) == len(shown)


def test_only_the_kicker_has_the_accent() -> None:
    opened = picture(card()).convert("RGB")
    rows = [opened.crop((0, row, WIDTH, row + 1)).getcolors(WIDTH) or [] for row in range(HEIGHT)]
    found = [row for row, colours in enumerate(rows) if (176, 48, 15) in [colour for _, colour in colours]]
    assert found
    assert KICKER.top <= found[0] <= found[-1] < KICKER.top + KICKER.height


def test_a_title_is_as_large_as_it_can_be_on_lines_of_like_length() -> None:
    short, middle, long = (lines(card(title)) for title in ("Go 2", HEADLINE, STORY))
    assert [len(short), len(middle), len(long)] == [1, 3, 4]
    for found in (middle, long):
        lengths = [right - left for left, right in found]
        assert min(lengths) > max(lengths) / 2


def test_a_title_never_has_more_than_five_lines() -> None:
    endless = "word and another word " * 40
    assert len(lines(card(endless))) == 5
    assert card(endless) == card(endless + "and one more")


def test_the_date_stays_on_a_card_whose_source_is_too_long() -> None:
    source = "The Example Society for Names of Uncommon Length in Print and on the Air, and Its Many Friends Abroad"
    first, second = (card(detail=f"{source} · {date}") for date in ("7 October 2025", "8 November 2024"))
    assert first != second
    assert card(detail=f"{source} and Beyond · 7 October 2025") == first


def test_a_word_too_long_for_a_line_is_broken() -> None:
    found = lines(card("Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"))
    assert len(found) == 2
    assert all(MARGIN - OVERHANG <= left < right <= WIDTH - MARGIN + OVERHANG for left, right in found)


def test_a_line_does_not_begin_with_a_dash() -> None:
    title = "Bundesverfassungsgericht kippt Vorratsdatenspeicherung – und Grundrechtsschützer atmen auf"
    assert card(title) == card(title.replace(" –", "\N{NO-BREAK SPACE}–"))


def test_a_title_that_reads_right_to_left_begins_at_the_right() -> None:
    ((left, right),) = lines(card("Go 2", rtl=True))
    assert left > WIDTH / 2
    assert WIDTH - MARGIN - OVERHANG < right <= WIDTH - MARGIN + OVERHANG


@pytest.mark.parametrize(
    "text",
    [
        HEADLINE,
        "C++/C#: why std::vector<bool> & [[nodiscard]] aren't “free” – 100 %",
        "Bundesverfassungsgericht kippt Vorratsdatenspeicherung",
        "Łódź, Škoda, Győr, Ağrı, Reykjavík, l’été, ¿Qué?, smørrebrød",
        "Trí tuệ nhân tạo làm thay đổi cách chúng ta đọc báo ở Việt Nam",
        "Η τεχνητή νοημοσύνη αλλάζει τον τρόπο που διαβάζουμε",
        "Искусственный интеллект меняет то, как мы читаем новости",
        "From 5 € to 7 £ → ≤ 3 ½ × 10²",
    ],
)
def test_latin_greek_and_cyrillic_can_be_drawn(text: str) -> None:
    assert can_draw(text)


@needs_shaping
@pytest.mark.parametrize(
    "text",
    [
        "صدور الإصدار 15.0 من معيار يونيكود",
        "هوش مصنوعی چگونه می‌نویسد؟",
        "اردو میں خبریں",
        "שָׁלוֹם, עולם 2025!",
    ],
)
def test_arabic_and_hebrew_can_be_drawn_where_pillow_joins_letters(text: str) -> None:
    assert can_draw(text)
    assert lines(card(text, rtl=True))


@pytest.mark.parametrize("text", ["人工智能", "人工知能のニュース", "कृत्रिम", "ปัญญา", "About 人"])
def test_what_no_font_has_cannot_be_drawn(text: str) -> None:
    assert not can_draw(text)


def test_an_emoji_is_left_out_and_does_not_keep_a_title_from_being_drawn() -> None:
    assert can_draw("🚀 Go 2 👩‍💻")
    assert card("🚀 Go 2 👩‍💻") == card("Go 2")


@pytest.mark.skipif(not DEJAVU.is_file(), reason="the font DejaVu Sans is not here")
@pytest.mark.parametrize("text", ["საქართველო", "Հայաստան"])
def test_a_font_of_the_digests_own_draws_what_ours_lack(text: str) -> None:
    assert not can_draw(text)
    assert can_draw(text, [DEJAVU])
    assert lines(card(text, fonts=[DEJAVU]))
    assert card(fonts=[DEJAVU]) == card()


@needs_shaping
def test_words_against_the_direction_of_a_line_keep_their_order() -> None:
    """The first word of a line in Hebrew stands at its right, the Latin words in it from left to right."""
    both, hebrew = (lines(card(text, rtl=True)) for text in ("שלום Go 3.14", "שלום"))
    assert both[0][1] == hebrew[0][1]
    assert card("Go 3.14 שלום", rtl=True) != card("Go 41.3 שלום", rtl=True)


@needs_shaping
def test_arabic_letters_are_joined() -> None:
    joined, apart = (lines(card(text, rtl=True)) for text in ("بيت", "ب ي ت"))
    assert joined[0][0] > apart[0][0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Go\u202e 2", "Go 2"),
        ("\u2066Go\u2069\x00\n\t 2\x7f", "Go 2"),
        ("  Go   2 ", "Go 2"),
        ("Cafe\u0301", "Café"),
        ("e" + "\u0301\u0302\u0303" * 500, "e" + "\u0301\u0302\u0303" * 2),
        ("\u200dGo 2", "Go 2"),
    ],
)
def test_what_only_steers_a_text_changes_nothing(one: str, other: str) -> None:
    assert card(one) == card(other)


@pytest.mark.parametrize("name", ["nowhere.ttf", "DejaVuSans.ttf", "broken.ttf", "."])
def test_a_font_that_cannot_be_read_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / "broken.ttf").write_bytes(b"\0\1\0\0 not a font")
    with pytest.raises(ConfigError, match="no font that can be read") as raised:
        can_draw("人", [tmp_path / name])
    assert raised.value.problems[0].path == str(tmp_path / name)


hostile = st.one_of(
    st.text(max_size=300),
    st.text("aé ́̂‍‮·–…(«\u00a0界🚀", max_size=200),
    st.builds(lambda text, times: text * times, st.text(min_size=1, max_size=5), st.integers(1, 10_000)),
)


@settings(deadline=None, max_examples=60)
@given(title=hostile, site=hostile, kicker=hostile, detail=hostile, rtl=st.booleans())
def test_no_text_fails_or_reaches_out_of_its_column(title: str, site: str, kicker: str, detail: str, rtl: bool) -> None:
    drawn = draw(title=title, site=site, kicker=kicker, detail=detail, rtl=rtl)
    assert drawn == draw(title=title[:LONGEST], site=site[:LONGEST], kicker=kicker, detail=detail, rtl=rtl)
    left, top, right, bottom = ink(drawn)
    assert MARGIN - OVERHANG <= left < right <= WIDTH - MARGIN + OVERHANG
    assert 30 <= top < bottom <= HEIGHT - 18


def test_what_decides_how_a_card_looks_is_told() -> None:
    assert "Pillow" in cards.engine()
    assert "drawing" in cards.engine()


def test_pillow_is_loaded_by_drawing_alone() -> None:
    code = "import sys, broadsheet.cards; print('PIL' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


def test_the_fonts_come_with_their_licence_and_under_names_of_our_own() -> None:
    files = sorted(FONTS.glob("*.ttf"))
    assert [ImageFont.truetype(file, 20).getname()[0] for file in files] == [
        f"Broadsheet {name}" for name in ("Arabic", "Hebrew", "Sans", "Serif")
    ]
    assert "SIL OPEN FONT LICENSE Version 1.1" in (FONTS / "OFL.txt").read_text("utf-8")
    assert sum(file.stat().st_size for file in files) < 400_000
