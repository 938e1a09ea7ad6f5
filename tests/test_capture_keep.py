"""Raw captures: what is kept comes back, what is damaged says so."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from broadsheet.capture.keep import FOLDER, Kept, content_hash, keep, kept
from broadsheet.capture.nouns import Capture, Facts, Found
from broadsheet.errors import ContentError

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
KNOWN = Facts(
    title=Found(value="A merger", origin="feed"),
    authors=Found(value=("Ada Example",), origin="feed"),
    date=Found(value=NOON, origin="feed"),
)
CAPTURE = Capture(
    name="merger.html", data=b"<p>One.\xff", address="https://news.example/merger", media_type="text/html",
    charset="utf-8", known=KNOWN,
)  # fmt: skip
KEPT = Kept(
    capture=CAPTURE, captured_at=NOON, written="---\ntitle: A merger\n---\n",
    pictures={"https://news.example/a.jpg": "merger.jpg"},
)  # fmt: skip
HASH = content_hash(CAPTURE.data)


def files(root: Path) -> tuple[Path, Path]:
    name = HASH.removeprefix("sha256:")
    return root / FOLDER / f"{name}.gz", root / FOLDER / f"{name}.json"


def test_what_is_kept_comes_back(tmp_path: Path) -> None:
    keep(tmp_path, KEPT)
    assert kept(tmp_path, HASH) == KEPT
    assert sorted(file.name for file in (tmp_path / FOLDER).iterdir()) == sorted(file.name for file in files(tmp_path))


def test_the_same_capture_is_the_same_bytes(tmp_path: Path) -> None:
    keep(tmp_path, KEPT)
    before = [file.read_bytes() for file in files(tmp_path)]
    keep(tmp_path, KEPT)
    assert [file.read_bytes() for file in files(tmp_path)] == before


@pytest.mark.parametrize("digest", ["", "sha256:", "sha256:../../etc/passwd", "md5:abc", "sha256:" + "g" * 64])
def test_front_matter_that_names_no_capture_gets_none(tmp_path: Path, digest: str) -> None:
    keep(tmp_path, KEPT)
    assert kept(tmp_path, digest) is None


@pytest.mark.parametrize("damage", [b"", b"not gzip", gzip.compress(b"other bytes"), gzip.compress(b"x" * 100)[:40]])
def test_other_bytes_than_were_captured_are_an_error(tmp_path: Path, damage: bytes) -> None:
    keep(tmp_path, KEPT)
    files(tmp_path)[0].write_bytes(damage)
    with pytest.raises(ContentError, match="this raw capture is damaged"):
        kept(tmp_path, HASH)


@pytest.mark.parametrize("record", ["", "[]", "{}", '{"pictures": 1}', "[" * 100_000])
def test_a_damaged_record_is_an_error(tmp_path: Path, record: str) -> None:
    keep(tmp_path, KEPT)
    files(tmp_path)[1].write_text(record)
    with pytest.raises(ContentError, match="damaged"):
        kept(tmp_path, HASH)


def test_a_record_cannot_name_a_picture_elsewhere(tmp_path: Path) -> None:
    keep(tmp_path, KEPT)
    record = json.loads(files(tmp_path)[1].read_text())
    record["pictures"] = {"https://news.example/a.jpg": "../../../secret.jpg"}
    files(tmp_path)[1].write_text(json.dumps(record))
    found = kept(tmp_path, HASH)
    assert found is not None
    assert found.pictures == {"https://news.example/a.jpg": "secret.jpg"}
