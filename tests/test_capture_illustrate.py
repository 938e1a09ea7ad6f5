"""An article's pictures: only pictures, only from where they may come."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from pathlib import Path

import pytest
from digests import png

from broadsheet.capture.guard import FetchError
from broadsheet.capture.illustrate import MOST, PATIENCE, Pictures, illustrate
from broadsheet.model import Article, Image, Text

WEB = "https://news.example/crane.jpg"
JPEG = b"\xff\xd8\xff\xe0" + b"\0" * 40
DATA = f"data:image/png;base64,{base64.b64encode(png()).decode()}"


def an_article(body: str = "", image: str = "") -> Article:
    return Article(
        path="articles/2026/11/yard.md", title="Yard", date=datetime(2026, 11, 22, tzinfo=UTC), slug="yard",
        text=Text(body), image=Image(path=image) if image else None,
    )  # fmt: skip


def web(pages: dict[str, bytes], asked: list[str] | None = None) -> Pictures:
    def fetch(address: str) -> bytes:
        if asked is not None:
            asked.append(address)
        if address not in pages:
            raise FetchError(address, "answers 404: not found")
        return pages[address]

    return Pictures(fetch)


def test_pictures_of_the_web_lie_beside_the_article() -> None:
    found = illustrate(
        an_article(f'Text.\n\n![A \\[crane\\]]({WEB} "Crane")\n\n![](https://news.example/b)', WEB),
        web({WEB: JPEG, "https://news.example/b": png()}),
    )
    assert found.files == {"yard.jpg": JPEG, "yard.png": png()}
    assert found.article.body == "Text.\n\n![](yard.png)"  # the first stands above the article already
    assert found.article.image == Image(path="yard.jpg")
    assert found.names == {WEB: "yard.jpg", "https://news.example/b": "yard.png"}


def test_words_beside_a_picture_stay() -> None:
    body = f'![A \\[crane\\]]({WEB} "Crane")  \n*Its last day (Bo)*'
    assert illustrate(an_article(body), web({WEB: JPEG})).article.body == body.replace(WEB, "yard.jpg")
    assert illustrate(an_article(body, WEB), web({WEB: JPEG})).article.body == ""
    beside = illustrate(an_article(f"![x]({WEB}) And more.", WEB), web({WEB: JPEG}))
    assert beside.article.body == "![x](yard.jpg) And more."


def test_one_picture_at_two_addresses_is_one_file() -> None:
    found = illustrate(an_article(f"One.\n\n![x]({WEB}?w=600)", WEB), web({WEB: JPEG, f"{WEB}?w=600": JPEG}))
    assert (found.files, found.article.body) == ({"yard.jpg": JPEG}, "One.")


def test_pictures_of_one_kind_are_numbered() -> None:
    body = "![](https://news.example/1) ![](https://news.example/2)"
    found = illustrate(an_article(body), web({f"https://news.example/{n}": JPEG + bytes([n]) for n in (1, 2)}))
    assert found.article.body == "![](yard.jpg) ![](yard-2.jpg)"


def test_a_picture_inside_the_page_is_saved() -> None:
    assert illustrate(an_article(f"![x]({DATA})"), web({})).files == {"yard.png": png()}


@pytest.mark.parametrize(
    "address",
    [
        "data:image/png;base64,!!!!", "data:text/html;base64,PHNjcmlwdD4=", "data:image/svg+xml;base64,PHN2Zy8=",
        "javascript:1", "file:///etc/passwd", "cid:unknown",
    ],
)  # fmt: skip
def test_what_is_no_picture_and_has_no_web_address_goes(address: str) -> None:
    found = illustrate(an_article(f"Text. ![x]({address})", address), web({}))
    assert found.article.body == "Text. "
    assert found.article.image is None
    assert found.files == {}
    assert list(found.missed) == [address]


@pytest.mark.parametrize("data", [b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"<html>", b"", b"%PDF-1.7"])
def test_what_is_called_a_picture_and_is_none_stays_on_the_web(data: bytes) -> None:
    found = illustrate(an_article(f"![x]({WEB})"), web({WEB: data}))
    assert found.article.body == f"![x]({WEB})"
    assert found.missed == {WEB: "is not a JPEG, PNG, GIF, WebP or AVIF picture"}


def test_a_picture_that_cannot_be_had_stays_on_the_web_and_is_told() -> None:
    found = illustrate(an_article(image=WEB), web({}))
    assert found.article.image == Image(path=WEB)
    assert found.missed == {WEB: "answers 404: not found"}


def test_offline_the_web_is_not_asked_for_ever() -> None:
    asked: list[str] = []
    pictures = web({}, asked)
    for page in range(5):
        illustrate(an_article(" ".join(f"![](https://news.example/{page}/{n})" for n in range(5))), pictures)
    assert len(asked) == PATIENCE


def test_one_picture_that_is_missing_does_not_count_as_offline() -> None:
    body = " ".join(f"![](https://news.example/{n})" for n in range(PATIENCE + 3))
    pages = {"https://news.example/0": JPEG, f"https://news.example/{PATIENCE + 2}": png()}
    assert list(illustrate(an_article(body), web(pages)).files) == ["yard.jpg", "yard.png"]


def test_no_more_pictures_than_an_article_has_are_fetched() -> None:
    asked: list[str] = []
    body = " ".join(f"![](https://news.example/{n})" for n in range(MOST + 20))
    illustrate(an_article(body), web({f"https://news.example/{n}": JPEG for n in range(MOST + 20)}, asked))
    assert len(asked) == MOST


def test_without_pictures_the_web_is_left_alone() -> None:
    found = illustrate(an_article(f"One. ![x]({WEB})", WEB), Pictures(None))
    assert found.article.body == f"One. ![x]({WEB})"


def test_what_lies_beside_the_article_already_is_not_fetched_again() -> None:
    asked: list[str] = []
    found = illustrate(an_article(f"![x]({WEB})"), web({WEB: JPEG}, asked), known={WEB: "crane.jpg"})
    assert (found.article.body, found.files, asked) == ("![x](crane.jpg)", {}, [])


# Files that a browser saved with the page


@pytest.fixture
def page(tmp_path: Path) -> Path:
    for name in ("Yard closes_files", "other_files"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "crane.png").write_bytes(png())
    (tmp_path / "secret.png").write_bytes(png())
    (tmp_path / "Yard closes_files" / "link.png").symlink_to(tmp_path / "secret.png")
    (tmp_path / "Yard closes_away").symlink_to(tmp_path / "other_files")
    return tmp_path / "Yard closes.html"


@pytest.mark.parametrize("base", ["", "https://news.example/2026/"])
def test_a_picture_in_the_pages_own_folder_is_copied(page: Path, base: str) -> None:
    body = f"![x]({base}Yard%20closes_files/crane.png)"
    assert illustrate(an_article(body), web({}), saved_as=page).files == {"yard.png": png()}


@pytest.mark.parametrize(
    "address",
    [
        "https://news.example/secret.png", "other_files/crane.png",
        "Yard%20closes_files/../secret.png", "Yard%20closes_files/link.png", "Yard%20closes_away/crane.png",
        "Yard%20closes_files/..%2F..%2Fsecret.png", "Yard%20closes_files/%2E%2E/secret.png", "../secret.png",
        "Yard%20closes_files/crane.png%00", "Yard%20closes_files/..%5Csecret.png",
    ],
)  # fmt: skip
def test_no_other_file_of_the_editors_is_copied(page: Path, address: str) -> None:
    assert illustrate(an_article(f"![x]({address})"), web({}), saved_as=page).files == {}


def test_a_picture_that_only_the_head_names_is_found_by_its_name(page: Path) -> None:
    found = illustrate(an_article(image="https://news.example/2026/crane.png"), web({}), saved_as=page)
    assert found.article.image == Image(path="yard.png")
