"""A page saved with its parts in one file is a page and its parts."""

from __future__ import annotations

import base64
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.capture.mhtml import is_mhtml, unpack
from broadsheet.capture.nouns import Capture
from broadsheet.errors import ContentError

PNG = b"\x89PNG\r\n\x1a\n and so on"

SAVED = (
    b"From: <Saved by Blink>\r\n"
    b"Snapshot-Content-Location: https://news.example/library\r\n"
    b"Subject: =?utf-8?Q?The=20library?=\r\n"
    b"Date: Mon, 2 Nov 2026 10:00:00 -0000\r\n"
    b"MIME-Version: 1.0\r\n"
    b"Content-Type: multipart/related;\r\n"
    b'\ttype="text/html";\r\n'
    b'\tboundary="----MultipartBoundary--x----"\r\n'
    b"\r\n\r\n"
    b"------MultipartBoundary--x----\r\n"
    b"Content-Type: text/html; charset=utf-8\r\n"
    b"Content-ID: <frame-1@mhtml.blink>\r\n"
    b"Content-Transfer-Encoding: quoted-printable\r\n"
    b"Content-Location: https://news.example/library\r\n"
    b"\r\n"
    b'<!DOCTYPE html><html><body><p>B=C3=BCcher</p><img src=3D"https://cdn.example/a.png">=\r\n'
    b'<img src=3D"cid:pic@mhtml.blink"></body></html>\r\n'
    b"------MultipartBoundary--x----\r\n"
    b"Content-Type: image/png\r\n"
    b"Content-Transfer-Encoding: base64\r\n"
    b"Content-Location: https://cdn.example/a.png\r\n"
    b"\r\n" + base64.encodebytes(PNG) + b"\r\n"
    b"------MultipartBoundary--x----\r\n"
    b"Content-Type: image/png\r\n"
    b"Content-ID: <pic@mhtml.blink>\r\n"
    b"Content-Transfer-Encoding: binary\r\n"
    b"\r\n" + PNG.replace(b"\r", b"") + b"\r\n"
    b"------MultipartBoundary--x----\r\n"
    b"Content-Type: text/html\r\n"
    b"Content-Location: https://ads.example/frame\r\n"
    b"\r\n"
    b"<p>an advertisement</p>\r\n"
    b"------MultipartBoundary--x------\r\n"
)


def test_a_saved_page_is_recognized() -> None:
    assert is_mhtml(SAVED)
    assert is_mhtml(SAVED.replace(b"\r\n", b"\n"))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<!doctype html><p>Content-Type: multipart/related;",
        b"From: A.\n\nContent-Type: multipart/related; is what it says.\n",
        b"Date: Monday\nContent-Type: text/plain\n\nA mail.\n",
        b"Note: the library opens.\n",
        b"a:" * 5000,
    ],
)
def test_other_texts_are_not(data: bytes) -> None:
    assert not is_mhtml(data)


def test_the_page_comes_out_with_its_address_and_encoding() -> None:
    page = unpack(Capture(name="saved.mhtml", data=SAVED)).page
    assert "Bücher" in page.data.decode()
    assert '<img src="https://cdn.example/a.png"><img' in page.data.decode()
    assert (page.name, page.address) == ("saved.mhtml", "https://news.example/library")
    assert (page.media_type, page.charset) == ("text/html", "utf-8")


def test_parts_come_out_by_the_address_that_the_page_has_for_them() -> None:
    parts = unpack(Capture(name="saved.mhtml", data=SAVED)).parts
    assert parts["https://cdn.example/a.png"].data == PNG
    assert parts["https://cdn.example/a.png"].media_type == "image/png"
    assert parts["cid:pic@mhtml.blink"].data.startswith(b"\x89PNG")
    assert parts["https://ads.example/frame"].data.strip() == b"<p>an advertisement</p>"


def test_the_address_of_the_snapshot_serves_where_the_page_has_none() -> None:
    data = SAVED.replace(b"Content-Location: https://news.example/library\r\n\r\n", b"\r\n")
    assert unpack(Capture(name="x", data=data)).page.address == "https://news.example/library"
    local = SAVED.replace(b"https://news.example/library", b"file:///home/editor/page")
    assert unpack(Capture(name="x", data=local)).page.address == ""


def test_headers_that_are_no_ascii_do_no_harm() -> None:
    for name in (b"Snapshot-Content-Location", b"Content-Location", b"Content-ID", b"Content-Type"):
        data = SAVED.replace(name + b": ", name + b": \xff\xc3\xbc")
        assert isinstance(_page_or_none(data), bytes | None)


@pytest.mark.parametrize(
    "data",
    [
        b"Content-Type: multipart/related; boundary=x\n\n--x\nContent-Type: image/png\n\nabc\n--x--\n",
        b"Content-Type: multipart/related; boundary=x\n\n--x\nContent-Type: text/html\n\n\n--x--\n",
        b"Content-Type: multipart/related\n\nnothing",
        b"".join(b"Content-Type: multipart/related; boundary=%d\n\n--%d\n" % (n, n) for n in range(5000)),
        b"Content-Type: message/rfc822\n\n" * 5000,
    ],
)
def test_an_archive_without_a_page_is_told(data: bytes) -> None:
    with pytest.raises(ContentError, match=r"saved\.mht: error: is a web archive with no page in it"):
        unpack(Capture(name="saved.mht", data=data))


def test_many_parts_take_a_moment() -> None:
    part = b"--x\nContent-Type: image/png\nContent-Location: https://cdn.example/%d\n\nabc\n"
    page = b"--x\nContent-Type: text/html\n\n<p>Hello\n"
    data = (
        b"Content-Type: multipart/related; boundary=x\n\n" + page + b"".join(part % n for n in range(50_000)) + b"--x--"
    )
    begin = time.process_time()
    assert len(unpack(Capture(name="x", data=data)).parts) < 2000
    assert time.process_time() - begin < 10


@given(st.integers(0, len(SAVED)), st.binary(max_size=40), st.integers(0, 60))
def test_a_damaged_archive_is_a_page_or_told(place: int, damage: bytes, cut: int) -> None:
    data = SAVED[:place] + damage + SAVED[place + cut :]
    is_mhtml(data)
    assert _page_or_none(data) != b""


def _page_or_none(data: bytes) -> bytes | None:
    try:
        return unpack(Capture(name="x", data=data)).page.data
    except ContentError:
        return None
