"""What is known of a file that is published as it is."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from broadsheet.errors import Problem, describe
from broadsheet.media import PICTURES, TYPES, doubts, measure, published, type_of
from broadsheet.model import MediaFile

MARK = b"N 52.5163 E 13.3777"


def saved(format: str, width: int = 64, height: int = 48, **options: Any) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(file, format, **options)
    return file.getvalue()


PNG = saved("PNG", 640, 480)
GIF = saved("GIF", 30, 20)


def turned() -> Image.Exif:
    told = Image.Exif()
    told[0x0112] = 6
    told[0x010F] = MARK.decode()
    return told


def noted(folder: Path, name: str, data: bytes) -> MediaFile:
    file = folder / name
    file.write_bytes(data)
    found = measure(file, name)
    assert (found.path, found.file, found.size) == (name, str(file), len(published(data, name)))
    return found


def measured(folder: Path, name: str, data: bytes) -> tuple[int, int]:
    found = noted(folder, name, data)
    return found.width, found.height


@pytest.mark.parametrize(("name", "data", "size"), [("a.png", PNG, (640, 480)), ("A.GIF", GIF, (30, 20))])
def test_a_picture_is_measured_in_pixels(tmp_path: Path, name: str, data: bytes, size: tuple[int, int]) -> None:
    assert measured(tmp_path, name, data) == size


@pytest.mark.parametrize("format", ["JPEG", "PNG", "AVIF"])
def test_a_turned_picture_is_measured_as_browsers_show_it(tmp_path: Path, format: str) -> None:
    assert measured(tmp_path, f"a.{format.lower()}", saved(format, exif=turned())) == (48, 64)


def test_a_picture_under_another_kinds_name_is_measured_and_tells_nothing(tmp_path: Path) -> None:
    data = saved("JPEG", exif=turned())
    assert measured(tmp_path, "a.png", data) == (48, 64)
    assert MARK in data
    assert MARK not in published(data, "a.PNG")


def test_what_is_no_picture_is_published_as_it_is() -> None:
    data = saved("JPEG", exif=turned())
    for name in ("a.txt", "a.pdf", "a.svg", "a", "png"):
        assert published(data, name) == data


def test_digest_and_size_are_of_what_is_published(tmp_path: Path) -> None:
    plain = noted(tmp_path, "a.jpg", saved("JPEG"))
    telling = noted(tmp_path, "b.jpg", saved("JPEG", comment=MARK))
    assert (plain.digest, plain.size) == (telling.digest, telling.size)


def test_a_still_picture_is_scalable_and_a_drawing_is_not(tmp_path: Path) -> None:
    assert noted(tmp_path, "a.png", PNG).scalable
    assert not noted(tmp_path, "a.svg", b'<svg width="9" height="9"/>').scalable
    moving = saved("GIF", save_all=True, append_images=[Image.new("RGB", (64, 48), "red")])
    assert not noted(tmp_path, "a.gif", moving).scalable


# Doubts ---------------------------------------------------------------------------------------------


def told(folder: Path, name: str, data: bytes) -> list[Problem]:
    return list(doubts(noted(folder, name, data), f"content/articles/{name}"))


def test_a_picture_that_can_be_read_leaves_no_doubt(tmp_path: Path) -> None:
    assert told(tmp_path, "a.png", PNG) == []
    assert told(tmp_path, "a.txt", b"") == []
    assert told(tmp_path, "a.svg", b"<svg/>") == []


def test_a_picture_that_cannot_be_read_is_told_of(tmp_path: Path) -> None:
    (problem,) = told(tmp_path, "a.jpg", b"junk")
    assert describe(problem) == (
        "content/articles/a.jpg: warning: cannot be read as a picture, so pages show it without its size, if at all\n"
        "  hint: save it again as JPEG, PNG, WebP or AVIF"
    )


def test_a_picture_of_too_many_pixels_is_told_of(tmp_path: Path) -> None:
    data = bytearray(saved("JPEG"))
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = (20_000).to_bytes(2) + (30_000).to_bytes(2)
    (problem,) = told(tmp_path, "a.jpg", bytes(data))
    assert describe(problem) == (
        "content/articles/a.jpg: warning: has 30000 x 20000 pixels, so pages have it in this size alone\n"
        "  hint: make it smaller; 60 million pixels are the most that is made smaller here"
    )


# Drawings -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("root", "size"),
    [
        ('<svg width="300" height="200">', (300, 200)),
        ("<svg xmlns='http://www.w3.org/2000/svg' height='20px' width=' 30.4 '>", (30, 20)),
        ('<?xml version="1.0"?><!-- a --><!DOCTYPE svg><svg\nviewBox="0 0 120 80">', (120, 80)),
        ('<svg viewBox="-10,-10, 120.5, 80" width="100%" height="5em">', (120, 80)),
        ('<svg stroke-width="9" data-height="9" viewBox="0 0 12 8"/>', (12, 8)),
        ('<svg width="300">', (0, 0)),
        ('<svg viewBox="0 0 0 8">', (0, 0)),
        ('<svgs width="3" height="3">', (0, 0)),
        ("<p>no drawing</p>", (0, 0)),
    ],
)
def test_a_drawing_is_measured_by_its_root(tmp_path: Path, root: str, size: tuple[int, int]) -> None:
    assert measured(tmp_path, "a.svg", f"{root}<rect width='1' height='1'/></svg>".encode()) == size


@pytest.mark.parametrize("part", ["<svg ", "<svg width='", "<svg width = width = ", "<svg viewBox='0 0 ", "0" * 9])
def test_a_drawing_without_end_takes_no_time(tmp_path: Path, part: str) -> None:
    assert measured(tmp_path, "a.svg", f"<svg {part * 200_000}".encode()) == (0, 0)
    assert measured(tmp_path, "a.svg", f"<svg viewBox='{part * 200_000}' {part * 9_000}>".encode()) == (0, 0)


# Broken ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [f"a{suffix}" for suffix in (*PICTURES, ".svg")])
@pytest.mark.parametrize(
    "data", [b"", b"\0", b"GIF89a", PNG[:20], b"\xff\xd8\xff\xe0", b"RIFF....WEBP", b"<svg", b"x" * 99]
)
def test_a_broken_picture_has_no_size_and_breaks_nothing(tmp_path: Path, name: str, data: bytes) -> None:
    assert measured(tmp_path, name, data) == (0, 0)


@pytest.mark.parametrize("side", ["nan", "inf", "-5", "1e999", "1" + "0" * 400, "5em", "100%", ""])
def test_a_drawing_of_absurd_size_has_none(tmp_path: Path, side: str) -> None:
    drawing = f'<svg xmlns="http://www.w3.org/2000/svg" width="{side}" height="{side}"></svg>'
    assert measured(tmp_path, "a.svg", drawing.encode()) == (0, 0)


def test_what_is_no_picture_is_not_measured(tmp_path: Path) -> None:
    assert measured(tmp_path, "a.txt", PNG) == (0, 0)


heads = st.sampled_from(
    [
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        b"GIF89a",
        b"\xff\xd8\xff\xe0",
        b"RIFF\0\0\0\0WEBPVP8 ",
        b"RIFF\0\0\0\0WEBPVP8X",
        b"RIFF\0\0\0\0WEBPVP8L",
        b"\0\0\0\x20ftypavif",
        b"<svg width='",
        b"<?xml version='1.0'?><svg ",
        b"II*\0",
        b"MM\0*",
        b"",
    ]
)


@given(heads, st.binary(max_size=80))
def test_any_bytes_are_measured_or_are_not(head: bytes, rest: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        width, height = measured(Path(folder), "a.png", head + rest)
    assert width >= 0
    assert height >= 0


def test_the_digest_is_of_the_bytes_and_not_of_the_name(tmp_path: Path) -> None:
    names = ("a.png", "b.gif", "c.txt")
    for name in names:
        (tmp_path / name).write_bytes(PNG)
    (tmp_path / "d.png").write_bytes(saved("PNG", 640, 481))
    assert len({measure(tmp_path / name, name).digest for name in names}) == 1
    assert measure(tmp_path / "d.png", "d.png").digest != measure(tmp_path / "a.png", "a.png").digest


@pytest.mark.parametrize(
    ("name", "type"),
    [
        ("a.JPG", "image/jpeg"),
        ("fonts/a.woff2", "font/woff2"),
        ("site.webmanifest", "application/manifest+json"),
        ("a.tar.gz", "application/octet-stream"),
        ("a.html", "text/html"),
        ("LICENSE", "application/octet-stream"),
        (".well-known", "application/octet-stream"),
    ],
)
def test_the_type_goes_by_the_ending_of_the_name(name: str, type: str) -> None:
    assert type_of(name) == type


def test_every_kind_of_picture_has_a_type_of_picture() -> None:
    assert all(TYPES[suffix].startswith("image/") for suffix in PICTURES)
