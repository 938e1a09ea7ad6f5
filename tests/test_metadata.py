"""Pictures without what they tell of camera, place and people: nothing left, no pixel changed, nothing failing."""

from __future__ import annotations

import base64
import io
import shutil
import struct
import time
import zlib
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo
from playwright.sync_api import Browser, sync_playwright

from broadsheet.metadata import kind_of, without_metadata
from broadsheet.pictures import shape

MARK = b"N 52.5163 E 13.3777"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def picture() -> Image.Image:
    """Four corners of four colours, so that every turn of it is another picture."""
    image = Image.new("RGB", (48, 32), "white")
    for at, colour in (((0, 0), "red"), ((24, 0), "green"), ((0, 16), "blue")):
        image.paste(colour, (*at, at[0] + 24, at[1] + 16))
    return image


def exif(orientation: int = 1) -> Image.Exif:
    told = Image.Exif()
    told[0x0112] = orientation
    told[0x010F] = MARK.decode()
    told.get_ifd(0x8825)[2] = (52.0, 30.0, 59.0)
    told.get_ifd(0x8825)[29] = MARK.decode()
    return told


def saved(format: str, **options: Any) -> bytes:
    file = io.BytesIO()
    picture().save(file, format, **options)
    return file.getvalue()


def telling() -> dict[str, bytes]:
    """A picture of each kind, with the mark in every place that Pillow can write it to."""
    texts = PngInfo()
    texts.add_text("Comment", MARK)
    texts.add_text("Author", MARK, zip=False)
    texts.add_itxt("XML:com.adobe.xmp", MARK.decode())
    frames: dict[str, Any] = {"save_all": True, "append_images": [picture().rotate(180)]}
    return {
        "jpeg": saved("JPEG", exif=exif(6), xmp=MARK, comment=MARK, icc_profile=PROFILE),
        "jpeg progressive": saved("JPEG", exif=exif(), xmp=MARK, comment=MARK, progressive=True),
        "jpeg of two": saved("MPO", exif=exif(), comment=MARK, **frames) + MARK,
        "png": saved("PNG", exif=exif(6), pnginfo=texts, icc_profile=PROFILE) + MARK,
        "png animated": saved("PNG", exif=exif(), pnginfo=texts, **frames),
        "webp": saved("WEBP", exif=exif(6), xmp=MARK, icc_profile=PROFILE),
        "webp lossless": saved("WEBP", exif=exif(), xmp=MARK, lossless=True),
        "webp animated": saved("WEBP", exif=exif(), xmp=MARK, **frames),
        "gif": saved("GIF", comment=MARK) + MARK,
        "gif animated": saved("GIF", comment=MARK, loop=0, **frames),
        "avif": saved("AVIF", exif=exif(6), xmp=MARK, icc_profile=PROFILE),
        "avif animated": saved("AVIF", exif=exif(), xmp=MARK, **frames),
    }


TELLING = telling()
named = pytest.mark.parametrize("name", TELLING)


def frames(data: bytes) -> list[bytes]:
    with Image.open(io.BytesIO(data)) as image:
        found = []
        # A second picture of a JPEG is none of its frames.
        for number in range(1 if image.format == "MPO" else getattr(image, "n_frames", 1)):
            image.seek(number)
            found.append(image.convert("RGBA").tobytes())
    return found


@named
def test_nothing_is_left_of_what_a_picture_tells(name: str) -> None:
    assert MARK in TELLING[name]
    assert MARK not in without_metadata(TELLING[name])


@named
def test_no_pixel_is_changed(name: str) -> None:
    assert frames(without_metadata(TELLING[name])) == frames(TELLING[name])


@named
def test_twice_is_as_once(name: str) -> None:
    once = without_metadata(TELLING[name])
    assert without_metadata(once) == once


@named
def test_a_picture_keeps_its_kind_and_does_not_grow(name: str) -> None:
    after = without_metadata(TELLING[name])
    assert kind_of(after) == kind_of(TELLING[name]) == name.split()[0]
    assert len(after) <= len(TELLING[name])


@pytest.mark.parametrize("name", ["jpeg", "png", "webp", "avif"])
def test_a_colour_profile_stays(name: str) -> None:
    with Image.open(io.BytesIO(without_metadata(TELLING[name]))) as image:
        assert image.info["icc_profile"] == PROFILE


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
def test_a_picture_that_tells_nothing_is_left_as_it_is(format: str) -> None:
    assert without_metadata(saved(format)) == saved(format)


def test_what_is_no_picture_is_left_as_it_is() -> None:
    for data in (b"", b"GIF", b"<svg/>", MARK, b"%PDF-1.7 " + MARK):
        assert without_metadata(data) == data


# Hidden places --------------------------------------------------------------------------------------


def png_chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def segment(code: int, body: bytes) -> bytes:
    return bytes((0xFF, code)) + struct.pack(">H", len(body) + 2) + body


def box(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body) + 8) + name + body


def riff(data: bytes) -> bytes:
    return b"RIFF" + struct.pack("<I", len(data)) + data


@pytest.mark.parametrize("code", [*range(0xE0, 0xF0), 0xFE, 0xF0, 0xFD])
def test_no_segment_of_an_application_stays(code: int) -> None:
    plain = saved("JPEG")
    assert without_metadata(plain[:2] + segment(code, b"JFXX\0" + MARK) + plain[2:]) == plain


def test_the_thumbnail_of_jfif_goes() -> None:
    plain = saved("JPEG")
    assert plain[2:4] == b"\xff\xe0"
    own = segment(0xE0, plain[6:18] + bytes((2, 3)) + MARK[:18])
    assert without_metadata(plain[:2] + own + plain[20:]) == plain


def test_a_comment_between_two_scans_goes() -> None:
    plain = saved("JPEG", progressive=True)
    second = plain.index(b"\xff\xc4", plain.index(b"\xff\xda"))
    assert without_metadata(plain[:second] + segment(0xFE, MARK) + plain[second:]) == plain


@pytest.mark.parametrize("name", [b"tEXt", b"zTXt", b"iTXt", b"tIME", b"caBX", b"prVt", b"eXIf", b"sPLT", b"iDOT"])
def test_no_chunk_but_those_that_show_stays_in_a_png(name: bytes) -> None:
    plain = saved("PNG")
    assert without_metadata(plain[:33] + png_chunk(name, MARK) + plain[33:]) == plain


def test_an_unknown_chunk_of_a_webp_goes_even_inside_a_frame() -> None:
    plain = saved("WEBP", save_all=True, append_images=[picture().rotate(180)])
    hidden = b"C2PA" + struct.pack("<I", len(MARK)) + MARK + b"\0"
    at = plain.index(b"ANMF")
    size = struct.unpack("<I", plain[at + 4 : at + 8])[0]
    frame = b"ANMF" + struct.pack("<I", size + len(hidden)) + plain[at + 8 : at + 8 + size] + hidden
    assert without_metadata(riff(plain[8:at] + frame + hidden + plain[at + 8 + size :])) == plain


def test_comments_and_applications_of_a_gif_go_and_its_repetition_stays() -> None:
    plain = saved("GIF", save_all=True, append_images=[picture().rotate(180)], loop=3)
    at = plain.index(b"!\xff\x0bNETSCAPE2.0")
    comment = b"!\xfe" + bytes((len(MARK),)) + MARK + b"\0"
    xmp = b"!\xff\x0bXMP DataXMP" + MARK + bytes(range(255, -1, -1)) + b"\0"
    assert without_metadata(plain[:at] + comment + xmp + plain[at:]) == plain


@pytest.mark.parametrize("name", [b"uuid", b"udta", b"free", b"skip", b"jumb", b"mpvd"])
def test_a_box_that_shows_nothing_is_blanked_in_an_avif(name: bytes) -> None:
    plain = saved("AVIF")
    assert without_metadata(plain + box(name, MARK)) == plain + box(b"free", bytes(len(MARK)))


def test_boxes_inside_the_film_of_an_avif_are_blanked() -> None:
    plain = saved("AVIF", save_all=True, append_images=[picture().rotate(180)])
    hidden = box(b"udta", MARK) + box(b"meta", bytes(4) + MARK)
    at = plain.index(b"moov") - 4
    size = struct.unpack(">I", plain[at : at + 4])[0]
    film = box(b"moov", plain[at + 8 : at + size] + box(b"trak", hidden))
    after = without_metadata(plain[:at] + film + plain[at + size :])
    assert MARK not in after
    assert after.count(b"free") == 2


def test_a_second_file_behind_the_picture_goes() -> None:
    archive = b"PK\3\4" + MARK
    for name in ("JPEG", "PNG", "GIF", "WEBP"):
        assert without_metadata(saved(name) + archive) == saved(name)


# Orientation ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format", ["JPEG", "PNG", "AVIF"])
def test_orientation_stays_where_browsers_go_by_it(format: str, orientation: int) -> None:
    after = without_metadata(saved(format, exif=exif(orientation)))
    with Image.open(io.BytesIO(after)) as image:
        assert image.getexif().get(0x0112, 1) == orientation
    assert MARK not in after


@pytest.mark.parametrize("said", [0, 9, 255, 65535])
def test_an_orientation_that_is_none_goes(said: int) -> None:
    assert without_metadata(saved("JPEG", exif=exif(said))) == saved("JPEG")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine (apt install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


SHOWN = """async address => {
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0);
    return [canvas.width, canvas.height, [...context.getImageData(0, 0, canvas.width, canvas.height).data].join()];
}"""


@named
def test_a_browser_shows_the_same_picture_before_and_after_as_wide_and_high_as_measured(
    browser: Browser, name: str
) -> None:
    page = browser.new_page()
    kind = f"data:image/{name.split()[0]};base64,"
    before, after = (
        page.evaluate(SHOWN, kind + base64.b64encode(data).decode())
        for data in (TELLING[name], without_metadata(TELLING[name]))
    )
    page.close()
    assert before == after
    found = shape(without_metadata(TELLING[name]))
    assert [found.width, found.height] == after[:2]


# Broken and hostile ---------------------------------------------------------------------------------


@named
def test_a_picture_cut_anywhere_tells_nothing_and_stays_so(name: str) -> None:
    data = TELLING[name]
    for length in range(0, len(data), 3):
        once = without_metadata(data[:length])
        assert MARK not in once
        assert without_metadata(once) == once


@given(st.sampled_from(sorted(TELLING)), st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 255)), max_size=6))
def test_a_picture_with_any_bytes_changed_fails_nothing(name: str, changes: list[tuple[int, int]]) -> None:
    data = bytearray(TELLING[name])
    for at, byte in changes:
        data[at % len(data)] = byte
    once = without_metadata(bytes(data))
    assert without_metadata(once) == once


heads = st.sampled_from(
    [b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"RIFF\xff\xff\0\0WEBP", b"\0\0\0\x10ftypavif\0\0\0\0", b""]
)


@given(heads, st.binary(max_size=200))
def test_any_bytes_come_out(head: bytes, rest: bytes) -> None:
    once = without_metadata(head + rest)
    assert without_metadata(once) == once


def places(method: int, items: int, parts: int, size: int, told: bytes = b"") -> bytes:
    """An AVIF whose items are said to be of so many parts each, which are told of behind the last of them."""
    infe = box(b"infe", b"\2\0\0\0\0\1\0\0Exif\0")
    iinf = box(b"iinf", bytes(4) + b"\0\1" + infe)
    each = b"\0\1" + struct.pack(">HHH", method, 0, parts)
    iloc = box(b"iloc", b"\1\0\0\0" + bytes((size * 17, 0)) + struct.pack(">H", items) + each * items + told)
    return box(b"ftyp", b"avif") + box(b"meta", bytes(4) + iinf + iloc)


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xd8" + b"\xff" * 1_000_000 + b"\0",
        b"\xff\xd8" + b"\xff\xfe\0\2" * 100_000,
        b"GIF89a" + bytes(7) + b"\x21\xf9\0" * 100_000,
        b"\x89PNG\r\n\x1a\n" + (bytes(4) + b"junk" + bytes(4)) * 50_000,
        riff(b"WEBP" + b"ANMF\x18\0\0\0" * 50_000),
        riff(b"WEBP" + b"ANMF\0\0\0\0" * 50_000),
        box(b"ftyp", b"avif") + box(b"moov", b"") * 50_000,
        box(b"ftyp", b"avif") + struct.pack(">I", 8 + 8 * 50_000) + b"moov" + b"\0\0\0\0moov" * 50_000,
        box(b"ftyp", b"avif") + box(b"mdat", b"") * 50_000 + places(0, 10_000, 1, 4),
        places(0, 60_000, 65_535, 0),
        places(1, 60_000, 65_535, 4),
        places(0, 1, 60_000, 4, struct.pack(">II", 999_999, 5_000_000) * 60_000) + box(b"mdat", bytes(7_000_000)),
        box(b"ftyp", b"avif") + struct.pack(">I4sQ", 1, b"mdat", 2**64 - 1),
    ],
)
def test_a_bomb_of_structure_takes_no_time(data: bytes) -> None:
    began = time.process_time()
    without_metadata(data)
    assert time.process_time() - began < 5
