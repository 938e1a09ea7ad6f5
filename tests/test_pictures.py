"""Pictures made smaller: of the right size, the right way up, in the right colours, and refused with words."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from broadsheet.model import MediaFile
from broadsheet.pictures import FORMATS, PIXELS, engine, scaled, shape, widths

MARK = b"N 52.5163 E 13.3777"
DECODED = {"avif": "AVIF", "webp": "WEBP", "jpeg": "JPEG", "png": "PNG"}
# What lies in the four corners, when upright.
CORNERS = {"red": (0.25, 0.25), "green": (0.75, 0.25), "blue": (0.25, 0.75), "white": (0.75, 0.75)}
COLOURS = {"red": (255, 0, 0), "green": (0, 128, 0), "blue": (0, 0, 255), "white": (255, 255, 255)}
each_format = pytest.mark.parametrize("format", FORMATS)


def picture(width: int = 480, height: int = 320) -> Image.Image:
    image = Image.new("RGB", (width, height), "white")
    for colour, (x, y) in CORNERS.items():
        left, top = int(width * (x - 0.25)), int(height * (y - 0.25))
        image.paste(colour, (left, top, left + width // 2, top + height // 2))
    return image


def saved(format: str, image: Image.Image | None = None, **options: Any) -> bytes:
    file = io.BytesIO()
    (image or picture()).save(file, format, **options)
    return file.getvalue()


def decoded(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def near(found: Any, wanted: tuple[int, ...], by: int = 24) -> bool:
    return all(abs(one - other) <= by for one, other in zip(found, wanted, strict=True))


def is_upright(image: Image.Image) -> bool:
    plain = image.convert("RGB")
    return all(
        near(plain.getpixel((int(x * plain.width), int(y * plain.height))), COLOURS[colour])
        for colour, (x, y) in CORNERS.items()
    )


def exif(orientation: int) -> Image.Exif:
    told = Image.Exif()
    told[0x0112] = orientation
    told[0x010F] = MARK.decode()
    return told


TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}  # fmt: skip


def taken(orientation: int) -> Image.Image:
    """What a camera holds that was turned so."""
    return picture().transpose(TURNS[orientation]) if orientation in TURNS else picture()


# Sizes ----------------------------------------------------------------------------------------------


@each_format
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "GIF"])
def test_a_picture_of_any_kind_becomes_one_of_any_format(kind: str, format: str) -> None:
    small = decoded(scaled(saved(kind), width=120, format=format))
    assert (small.format, small.size) == (DECODED[format], (120, 80))
    assert is_upright(small)


@each_format
def test_a_picture_is_never_enlarged(format: str) -> None:
    assert decoded(scaled(saved("PNG"), width=5000, format=format)).size == (480, 320)


@pytest.mark.parametrize(("width", "height", "size"), [(2000, 1, (10, 1)), (1, 2000, (1, 2000)), (999, 333, (10, 3))])
def test_no_side_becomes_nothing(width: int, height: int, size: tuple[int, int]) -> None:
    assert decoded(scaled(saved("PNG", picture(width, height)), width=10, format="webp")).size == size


def test_the_same_picture_gives_the_same_bytes_in_any_process() -> None:
    code = (
        "import sys; from broadsheet.pictures import scaled\n"
        "sys.stdout.buffer.write(scaled(sys.stdin.buffer.read(), width=300, format=sys.argv[1]))"
    )
    for format in FORMATS:
        there = subprocess.run(
            [sys.executable, "-c", code, format], input=saved("PNG"), capture_output=True, check=True
        )
        assert there.stdout == scaled(saved("PNG"), width=300, format=format)


def noted(width: int, height: int = 0, **said: Any) -> MediaFile:
    told: dict[str, Any] = {"size": 9_999_999, "type": "image/webp", "scalable": True, **said}
    return MediaFile(path="a.webp", file="a.webp", digest="", width=width, height=height or width, **told)


@pytest.mark.parametrize(
    ("width", "wanted", "made"),
    [
        (5000, (480, 800, 1600), (480, 800, 1600)),
        (1600, (480, 800, 1600), (480, 800)),
        (1700, (480, 800, 1600), (480, 800)),
        (1800, (1600, 480, 480), (480, 1600)),
        (400, (480, 800), ()),
        (500, (), ()),
        (500, (-5, 0, 5), (5,)),
    ],
)
def test_widths_that_a_picture_has_or_nearly_has_are_not_made(
    width: int, wanted: tuple[int, ...], made: tuple[int, ...]
) -> None:
    assert widths(noted(width), wanted, "webp") == made


@pytest.mark.parametrize(
    ("width", "made"), [(5000, (480, 800)), (850, (480, 850)), (600, (480, 600)), (300, (300,)), (480, (480,))]
)
@pytest.mark.parametrize("type", ["image/jpeg", "image/png", "image/avif"])
def test_in_another_format_a_picture_is_also_made_whole(type: str, width: int, made: tuple[int, ...]) -> None:
    assert widths(noted(width, type=type), (480, 800), "webp") == made


def test_nothing_is_made_of_a_picture_that_is_not_scalable() -> None:
    assert widths(noted(5000, scalable=False), (480, 800), "webp") == ()
    assert widths(noted(0, scalable=False), (480, 800), "webp") == ()


@pytest.mark.parametrize(
    ("size", "made"), [(4_400, ()), (15_000, (480,)), (30_000, (480, 800)), (60_000, (480, 800, 1200))]
)
def test_no_width_is_made_that_would_have_more_bytes_than_the_whole(size: int, made: tuple[int, ...]) -> None:
    assert widths(noted(1600, 900, size=size), (480, 800, 1200), "webp") == made


# Orientation ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "AVIF"])
def test_a_turned_picture_is_measured_and_made_upright(kind: str, orientation: int) -> None:
    data = saved(kind, taken(orientation), exif=exif(orientation))
    found = shape(data)
    assert (found.width, found.height) == (480, 320)
    small = decoded(scaled(data, width=120, format="png"))
    assert small.size == (120, 80)
    assert is_upright(small)


def test_a_webp_lies_as_it_lies_in_the_file_as_browsers_show_it() -> None:
    data = saved("WEBP", exif=exif(6))
    assert is_upright(decoded(scaled(data, width=120, format="png")))


# Colours --------------------------------------------------------------------------------------------


@each_format
@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_mode_of_png_is_made_smaller(mode: str, format: str) -> None:
    grey = Image.linear_gradient("L").resize((480, 320))
    image = grey.convert("I").point(lambda value: value * 257).convert("I;16") if mode == "I;16" else grey.convert(mode)
    small = decoded(scaled(saved("PNG", image), width=120, format=format)).convert("L")
    for x, y in ((60, 4), (60, 76)):
        assert abs(small.getpixel((x, y)) - grey.getpixel((x * 4, y * 4))) < 16  # type: ignore[operator]  # grey


@each_format
@pytest.mark.parametrize("mode", ["CMYK", "L"])
def test_every_mode_of_jpeg_is_made_smaller(mode: str, format: str) -> None:
    small = decoded(scaled(saved("JPEG", picture().convert(mode)), width=120, format=format)).convert("RGB")
    assert near(small.getpixel((90, 60)), (255, 255, 255))
    if mode == "CMYK":
        assert is_upright(small)


def transparent() -> dict[str, bytes]:
    clear = picture().convert("RGBA")
    clear.paste((0, 0, 0, 0), (240, 160, 480, 320))
    palette = Image.new("P", (480, 320), 0)
    palette.putpalette(bytes((255, 0, 0, 0, 0, 0)))
    palette.paste(1, (240, 160, 480, 320))
    return {
        "RGBA": saved("PNG", clear),
        "WebP": saved("WEBP", clear, lossless=True),
        "AVIF": saved("AVIF", clear),
        "palette": saved("PNG", palette, transparency=1),
        "GIF": saved("GIF", palette, transparency=1),
        "colour": saved("PNG", palette.convert("RGB"), transparency=(0, 0, 0)),
    }


@each_format
@pytest.mark.parametrize("name", transparent())
def test_what_was_transparent_stays_so_and_is_white_in_jpeg(name: str, format: str) -> None:
    small = decoded(scaled(transparent()[name], width=120, format=format))
    assert small.mode == ("RGB" if format == "jpeg" else "RGBA")
    assert near(small.convert("RGBA").getpixel((20, 20)), (255, 0, 0, 255))
    corner: Any = small.convert("RGBA").getpixel((100, 70))
    assert near(corner, (255, 255, 255, 255)) if format == "jpeg" else corner[3] < 8


def wide_profile() -> bytes:
    """sRGB with red and blue changed for one another, so that what is not converted is seen at once."""
    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    table = {bytes(data[at : at + 4]): at for at in range(132, 132 + 12 * struct.unpack(">I", data[128:132])[0], 12)}
    red, blue = (slice(table[name] + 4, table[name] + 12) for name in (b"rXYZ", b"bXYZ"))
    data[red], data[blue] = data[blue], data[red]
    return bytes(data)


@each_format
def test_colours_are_converted_by_the_profile_and_the_profile_goes(format: str) -> None:
    image = Image.new("RGB", (480, 320), (255, 0, 0))
    small = decoded(scaled(saved("PNG", image, icc_profile=wide_profile()), width=120, format=format))
    assert "icc_profile" not in small.info
    assert near(small.convert("RGB").getpixel((50, 50)), (0, 0, 255))


@pytest.mark.parametrize("profile", [b"", b"junk", wide_profile()[:200], bytes(5000)])
def test_a_profile_that_cannot_be_read_is_passed_over(profile: bytes) -> None:
    assert is_upright(decoded(scaled(saved("JPEG", icc_profile=profile), width=120, format="webp")))


def test_a_profile_of_another_mode_is_passed_over() -> None:
    grey = picture().convert("L")
    assert scaled(saved("PNG", grey, icc_profile=wide_profile()), width=120, format="webp")


@each_format
def test_nothing_is_left_of_what_a_picture_tells(format: str) -> None:
    told: dict[str, dict[str, Any]] = {
        "JPEG": {"comment": MARK, "xmp": MARK}, "PNG": {}, "WEBP": {"xmp": MARK}, "AVIF": {"xmp": MARK},
    }  # fmt: skip
    for kind, options in told.items():
        data = saved(kind, exif=exif(6), **options)
        assert MARK in data
        small = scaled(data, width=120, format=format)
        assert MARK not in small
        assert not {"exif", "xmp", "comment", "icc_profile"} & decoded(small).info.keys()


# Shapes ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "GIF"])
def test_a_still_picture_can_be_made_smaller(kind: str) -> None:
    found = shape(saved(kind))
    assert (found.width, found.height, found.scalable) == (480, 320, True)


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "AVIF", "GIF"])
def test_one_that_moves_cannot(kind: str) -> None:
    found = shape(saved(kind, save_all=True, append_images=[picture().rotate(180)]))
    assert (found.width, found.height, found.scalable) == (480, 320, False)


def test_measuring_loads_nothing_that_it_does_not_need() -> None:
    code = "import sys, broadsheet.media; print([name for name in sys.modules if name.split('.')[0] == 'PIL'])"
    there = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert there.stdout.strip() == b"[]"


# Hostile --------------------------------------------------------------------------------------------


def png_chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def vast_png(width: int, height: int) -> bytes:
    head = png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + png_chunk(b"IDAT", zlib.compress(bytes(99))) + png_chunk(b"IEND", b"")


def vast_jpeg(width: int, height: int) -> bytes:
    data = bytearray(saved("JPEG"))
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def vast_gif(width: int, height: int) -> bytes:
    data = saved("GIF")
    return data[:6] + struct.pack("<HH", width, height) + data[10:]


def vast_webp(width: int, height: int) -> bytes:
    sides = struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]
    body = b"WEBPVP8X" + struct.pack("<II", 10, 2) + sides + saved("WEBP", save_all=True, append_images=[])[12:]
    return b"RIFF" + struct.pack("<I", len(body)) + body


def vast_avif(width: int, height: int) -> bytes:
    data = bytearray(saved("AVIF"))
    at = data.index(b"ispe") + 8
    data[at : at + 8] = struct.pack(">II", width, height)
    return bytes(data)


BOMBS: dict[str, Callable[[int, int], bytes]] = {
    "png": vast_png, "jpeg": vast_jpeg, "gif": vast_gif, "webp": vast_webp, "avif": vast_avif,
}  # fmt: skip


@pytest.mark.parametrize("side", [8000, 16_000, 50_000])
@pytest.mark.parametrize("kind", BOMBS)
def test_a_bomb_is_not_made_smaller_and_says_why(kind: str, side: int) -> None:
    data = BOMBS[kind](side, side)
    assert side * side > PIXELS
    assert not shape(data).scalable
    with pytest.raises(ValueError, match=r"60 million are the most|cannot be read as a picture"):
        scaled(data, width=100, format="webp")


def test_a_bomb_is_measured_all_the_same() -> None:
    assert (shape(vast_png(50_000, 40_000)).width, shape(vast_jpeg(50_000, 40_000)).height) == (50_000, 40_000)


def test_a_ribbon_is_not_made_smaller() -> None:
    data = vast_png(2, 20_000)
    assert not shape(data).scalable
    with pytest.raises(ValueError, match="no side may be longer than 16383"):
        scaled(data, width=1, format="webp")


def test_a_jpeg_of_endless_scans_is_refused() -> None:
    data = saved("JPEG", progressive=True)
    at = data.rindex(b"\xff\xda")
    end = data.rindex(b"\xff\xd9")
    bomb = data[:end] + data[at:end] * 200 + data[end:]
    assert not shape(bomb).scalable
    with pytest.raises(ValueError, match="more than 100 scans"):
        scaled(bomb, width=100, format="webp")


@pytest.mark.parametrize("data", [b"", b"junk", b"<svg/>", b"%PDF-1.7", b"II*\0" + bytes(99), b"BM" + bytes(99)])
def test_what_browsers_do_not_show_is_refused(data: bytes) -> None:
    assert shape(data).width == 0
    with pytest.raises(ValueError, match="is no picture that browsers show"):
        scaled(data, width=100, format="webp")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "GIF"])
def test_a_picture_cut_anywhere_is_refused_with_words(kind: str) -> None:
    data = saved(kind, Image.effect_noise((64, 48), 60))
    for length in range(0, len(data) - len(data) // 10, max(1, len(data) // 40)):
        shape(data[:length])
        with pytest.raises(ValueError, match=r"is no picture|cannot be read as a picture"):
            scaled(data[:length], width=30, format="webp")


@settings(deadline=None)
@given(
    st.sampled_from(["JPEG", "PNG", "WEBP", "AVIF", "GIF"]),
    st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 255)), min_size=1, max_size=6),
)
def test_a_picture_with_any_bytes_changed_is_made_smaller_or_refused(kind: str, changes: list[tuple[int, int]]) -> None:
    data = bytearray(saved(kind, picture(64, 48)))
    for at, byte in changes:
        data[at % len(data)] = byte
    shape(bytes(data))
    with suppress(ValueError):
        assert decoded(scaled(bytes(data), width=30, format="webp")).width <= 30


# Engine ---------------------------------------------------------------------------------------------


def test_the_engine_names_what_the_bytes_depend_on() -> None:
    for part in ("avif 1.", "webp 1.", "quality", "speed"):
        assert part in engine()
    assert engine() == engine()


def test_a_picture_of_the_demo_becomes_smaller_in_bytes() -> None:
    file = Path(__file__).resolve().parent.parent / "content" / "articles" / "2022" / "sagittarius-a.webp"
    data = file.read_bytes()
    sizes = [len(scaled(data, width=width, format=format)) for format in ("avif", "webp") for width in (480, 800)]
    assert max(sizes) < len(data)
