"""A built site in an object store: a real S3 server on loopback, and fsspec's own stores."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import fsspec
import pytest
from digests import article, built, digest, png, tree
from moto.server import ThreadedMotoServer

from broadsheet import store
from broadsheet.cli import main
from broadsheet.errors import ConfigError, PublishError
from broadsheet.publish import MARK
from broadsheet.store import NOTE, Mirrored, mirror, opened


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of an S3 server without buckets."""
    running = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    yield f"http://{host}:{port}"
    running.stop()


@pytest.fixture
def bucket(server: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A bucket of its own, and surroundings in which s3:// leads to it."""
    for name, value in (("ENDPOINT_URL", server), ("ACCESS_KEY_ID", "x"), ("SECRET_ACCESS_KEY", "x")):
        monkeypatch.setenv(f"AWS_{name}", value)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    name = f"b{uuid4().hex}"
    s3().mkdir(name)
    return name


def s3() -> Any:  # fsspec has no types
    return fsspec.filesystem("s3", skip_instance_cache=True, use_listings_cache=False)


@pytest.fixture
def memory() -> Iterator[Any]:
    """fsspec's store in memory, which is one for a whole process."""
    filesystem = fsspec.filesystem("memory")
    yield filesystem
    filesystem.store.clear()
    filesystem.pseudo_dirs[:] = [""]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A digest of a few articles and a picture, built."""
    files: dict[str, str | bytes] = {
        f"articles/{number}.md": article(f"Number {number}.", title=f"Article {number}") for number in range(5)
    }
    files |= {"articles/0.md": article(image="i.png"), "articles/i.png": png()}
    root = digest(tmp_path / "digest", files, more="[extras]\ncards = false\nsearch = false\noffline = false\n")
    built(root)
    return root


def objects(filesystem: Any, place: str) -> dict[str, bytes]:
    """What lies below a place, by name; the note left out."""
    start = len(filesystem._strip_protocol(place)) + 1
    found = {name[start:]: filesystem.cat_file(name) for name in filesystem.find(place)}
    return {name: data for name, data in found.items() if not name.startswith(f"{MARK}/")}


def site(root: Path) -> dict[str, bytes]:
    return {name: data for name, data in tree(root / "site").items() if not name.startswith(f"{MARK}/")}


class Noting:
    """A filesystem that notes what is changed, in order, and fails where it is told to."""

    def __init__(self, filesystem: Any) -> None:
        self.filesystem, self.protocol = filesystem, filesystem.protocol
        self.put: list[str] = []
        self.removed: list[str] = []
        self.failing = ""

    def cat_file(self, path: str) -> bytes:
        return bytes(self.filesystem.cat_file(path))

    def ls(self, path: str, detail: bool) -> list[str]:
        return list(self.filesystem.ls(path, detail=detail))

    def pipe_file(self, path: str, value: bytes, **named: str) -> None:
        if self.failing and path.endswith(self.failing):
            raise PermissionError("not here")
        self.filesystem.pipe_file(path, value, **named)
        self.put.append(path)

    def rm_file(self, path: str) -> None:
        self.filesystem.rm_file(path)
        self.removed.append(path)


@pytest.fixture
def noting(monkeypatch: pytest.MonkeyPatch) -> Noting:
    """Stands before the memory's filesystem."""
    noted = Noting(fsspec.filesystem("memory"))
    monkeypatch.setattr(store, "_filesystem", lambda address: (noted, "/" + address.removeprefix("memory://")))
    return noted


# S3 --------------------------------------------------------------------------------------------------


def test_a_bucket_holds_the_site_with_its_types(bucket: str, root: Path) -> None:
    address = f"s3://{bucket}/news/paper"
    made = mirror(root / "site", opened(address))
    assert objects(s3(), address) == site(root)
    assert sorted(made.uploaded) == sorted(site(root))
    kinds = {
        "index.html": "text/html; charset=utf-8",
        "print.css": "text/css; charset=utf-8",
        "rss.xml": "application/xml",
        "robots.txt": "text/plain; charset=utf-8",
    }
    assert {name: s3().info(f"{address}/{name}")["ContentType"] for name in kinds} == kinds
    assert mirror(root / "site", opened(address)) == Mirrored(uploaded=(), removed=())


def test_only_what_changed_goes_to_a_bucket_and_only_what_was_ours_goes_from_it(bucket: str, root: Path) -> None:
    address = f"s3://{bucket}/news"
    mirror(root / "site", opened(address))
    s3().pipe_file(f"{bucket}/newsletter/index.html", b"another's")
    s3().pipe_file(f"{address}/uploads/theirs.html", b"another's")
    (root / "content" / "articles" / "4.md").unlink()
    report = built(root)
    assert report.removed
    made = mirror(root / "site", opened(address))
    assert (sorted(made.uploaded), sorted(made.removed)) == (sorted(report.changed), sorted(report.removed))
    assert objects(s3(), address) == site(root) | {"uploads/theirs.html": b"another's"}
    assert s3().cat_file(f"{bucket}/newsletter/index.html") == b"another's"


def test_a_place_that_holds_what_is_not_ours_is_refused(bucket: str) -> None:
    s3().pipe_file(f"{bucket}/news/theirs.txt", b"another's")
    with pytest.raises(PublishError, match=r"holds objects that Broadsheet did not put there \(theirs.txt\)"):
        opened(f"s3://{bucket}/news")
    opened(f"s3://{bucket}/new")


def test_a_bucket_that_is_not_there_is_told_with_the_object(bucket: str, root: Path) -> None:
    address = f"s3://{bucket}-absent/news"
    with pytest.raises(PublishError) as error:
        mirror(root / "site", opened(address))
    (problem,) = error.value.problems
    assert problem.path == f"{address}/{NOTE}"
    assert problem.message.startswith("the store failed: ")


def test_the_command_line_puts_the_site_into_a_bucket(
    bucket: str, root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(root)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1796126400")
    address = f"s3://{bucket}/news"
    assert main(["build", "--store", address]) == 0
    count = len(site(root))
    assert capsys.readouterr().out.splitlines()[-1] == f"{address}: {count} uploaded, 0 removed"
    (root / "content" / "articles" / "4.md").unlink()
    assert main(["build", "--json", "--store", address]) == 0
    told = json.loads(capsys.readouterr().out)
    assert sorted(told["uploaded"]) == sorted(told["changed"])
    assert sorted(told["unstored"]) == sorted(told["removed"])
    assert objects(s3(), address) == site(root)


# Other stores ----------------------------------------------------------------------------------------


def test_a_disk_is_a_store_too(root: Path, tmp_path: Path) -> None:
    place = tmp_path / "a place" / "of its own"
    mirror(root / "site", opened(f"file://{place}"))
    assert {name: data for name, data in tree(place).items() if name != NOTE} == site(root)
    (root / "content" / "articles" / "4.md").unlink()
    built(root)
    mirror(root / "site", opened(f"file://{place}"))
    assert {name: data for name, data in tree(place).items() if name != NOTE} == site(root)


def test_an_output_folder_is_no_store(root: Path) -> None:
    before = tree(root / "site")
    with pytest.raises(PublishError, match="holds objects that Broadsheet did not put there"):
        opened(f"file://{root / 'site'}")
    assert tree(root / "site") == before


def test_what_shows_comes_first_then_pages_then_what_lists_them_and_the_note_last(
    memory: Any, noting: Noting, root: Path
) -> None:
    mirror(root / "site", opened("memory://news"))
    assert noting.put[0] == noting.put[-1] == f"/news/{NOTE}"
    ranks = [2 if name.endswith((".xml", ".opml", "feed.json", "robots.txt")) else name.endswith(".html")
             for name in noting.put if not name.endswith(NOTE)]  # fmt: skip
    assert ranks == sorted(ranks)
    assert {0, 1, 2} <= set(ranks)


def test_a_run_that_fails_is_completed_by_the_next_and_does_nothing_twice(
    memory: Any, noting: Noting, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "BATCH", 3)
    monkeypatch.setattr(store, "AT_ONCE", 1)
    noting.failing = "/index.html"
    with pytest.raises(PublishError) as error:
        mirror(root / "site", opened("memory://news"))
    (problem,) = error.value.problems
    assert problem.path.endswith("/index.html")
    assert problem.message == "the store failed: not here"
    noted = [name for name in noting.put if not name.endswith(NOTE)]
    (root / "content" / "articles" / "4.md").unlink()
    built(root)
    noting.failing = ""
    mirror(root / "site", opened("memory://news"))
    assert objects(memory, "memory://news") == site(root)
    twice = [name for name in noted if noting.put.count(name) > 1]
    assert len(twice) <= 3, "no more than the batch that failed"


def test_what_was_about_to_change_is_trusted_by_nobody(memory: Any, noting: Noting, root: Path) -> None:
    mirror(root / "site", opened("memory://news"))
    (root / "content" / "articles" / "3.md").write_text(article("Other words.", title="Article 3"), "utf-8")
    built(root)
    noting.failing = "rss.xml"
    with pytest.raises(PublishError):
        mirror(root / "site", opened("memory://news"))
    # What was written before all failed is the old site's again.
    shutil.copy(root / "content" / "articles" / "2.md", root / "content" / "articles" / "3.md")
    (root / "content" / "articles" / "3.md").write_text(article("Number 3.", title="Article 3"), "utf-8")
    built(root)
    noting.failing = ""
    mirror(root / "site", opened("memory://news"))
    assert objects(memory, "memory://news") == site(root)


def test_a_note_that_leads_elsewhere_deletes_nothing_there(root: Path, tmp_path: Path) -> None:
    place, other = tmp_path / "place", tmp_path / "theirs.txt"
    other.write_text("another's")
    (place / MARK).mkdir(parents=True)
    files = {name: ["", 0] for name in ("../theirs.txt", str(other), f"{MARK}/store.json", "a/../../theirs.txt")}
    (place / NOTE).write_text(json.dumps({"format": 1, "files": files}))
    assert opened(f"file://{place}").files == {}
    mirror(root / "site", opened(f"file://{place}"))
    assert other.read_text() == "another's"


@pytest.mark.parametrize("note", [b"", b"[]", b'{"format": 2, "files": {}}', b'{"format": 1, "files": {"a": 1}}'])
def test_a_damaged_note_is_an_error(memory: Any, note: bytes) -> None:
    memory.pipe_file(f"/news/{NOTE}", note)
    with pytest.raises(PublishError, match=r"store\.json: error: is damaged"):
        opened("memory://news")


@pytest.mark.parametrize("address", ["", "bucket/prefix", "s3://", "s3:///", "nothing://x", "file:///"])
def test_what_is_no_place_in_a_store_is_told(address: str) -> None:
    with pytest.raises(ConfigError):
        opened(address)


def test_a_file_that_is_gone_is_told(memory: Any, root: Path) -> None:
    (root / "site" / "index.html").unlink()
    with pytest.raises(PublishError, match=r"site/index\.html: error: cannot be read"):
        mirror(root / "site", opened("memory://news"))
