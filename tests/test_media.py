"""What is known of a file that is published as it is."""

from __future__ import annotations

import struct
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.media import PICTURES, TYPES, measure, type_of

PNG = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + struct.pack(">II", 640, 480) + b"\x08\x02\0\0\0" + b"\0" * 20
GIF = b"GIF89a" + struct.pack("<HH", 30, 20) + b"\0" * 20


def measured(folder: Path, name: str, data: bytes) -> tuple[int, int]:
    file = folder / name
    file.write_bytes(data)
    found = measure(file, name)
    assert (found.path, found.file, found.size) == (name, str(file), len(data))
    return found.width, found.height


@pytest.mark.parametrize(("name", "data", "size"), [("a.png", PNG, (640, 480)), ("A.GIF", GIF, (30, 20))])
def test_a_picture_is_measured_in_pixels(tmp_path: Path, name: str, data: bytes, size: tuple[int, int]) -> None:
    assert measured(tmp_path, name, data) == size


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
    (tmp_path / "d.png").write_bytes(PNG + b"\0")
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
