"""Rendered bytes to the output folder: whole or not at all, and never a stranger's file touched."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from digests import NOW, article, built, config_of, digest, png, times, tree, write

from broadsheet.build import build
from broadsheet.errors import ConfigError, PublishError
from broadsheet.publish import Change, Manifest, check_place, read_manifest, staging

Files = dict[str, bytes]


def published(output: Path, files: Files) -> Change:
    manifest = read_manifest(output)
    with staging(output, manifest) as stage:
        for name, data in files.items():
            stage.add(name, f"made of {data!r}", stage.sink.put(name, data))
        return stage.commit()


def own(output: Path) -> Files:
    return {name: data for name, data in tree(output).items() if not name.startswith(".broadsheet/")}


# What is written and what goes


def test_what_is_staged_is_published(tmp_path: Path) -> None:
    files = {"index.html": b"front", "a/index.html": b"a", "a/b/c.png": b"\0"}
    assert set(published(tmp_path, files).written) == set(files)
    assert own(tmp_path) == files


def test_only_what_changed_is_written(tmp_path: Path) -> None:
    published(tmp_path, {"a.html": b"a", "b.html": b"b"})
    before = times(tmp_path)
    change = published(tmp_path, {"a.html": b"a", "b.html": b"B"})
    assert change == Change(written=("b.html",), removed=())
    assert times(tmp_path)["a.html"] == before["a.html"]


def test_the_same_bytes_from_other_inputs_are_not_written_again(tmp_path: Path) -> None:
    published(tmp_path, {"a.html": b"a"})
    before = times(tmp_path)["a.html"]
    with staging(tmp_path, read_manifest(tmp_path)) as stage:
        stage.add("a.html", "another fingerprint", stage.sink.put("a.html", b"a"))
        assert stage.commit() == Change(written=(), removed=())
    assert times(tmp_path)["a.html"] == before
    assert read_manifest(tmp_path).files["a.html"].fingerprint == "another fingerprint"


def test_what_is_no_longer_published_goes_with_its_empty_folders(tmp_path: Path) -> None:
    published(tmp_path, {"a/b/c.html": b"c", "a/d.html": b"d"})
    assert published(tmp_path, {"a/d.html": b"d"}).removed == ("a/b/c.html",)
    assert not (tmp_path / "a" / "b").exists()
    published(tmp_path, {})
    assert os.listdir(tmp_path) == [".broadsheet"]


def test_a_file_that_somebody_deleted_is_written_again(tmp_path: Path) -> None:
    published(tmp_path, {"a.html": b"a"})
    (tmp_path / "a.html").unlink()
    published(tmp_path, {"a.html": b"a"})
    assert own(tmp_path) == {"a.html": b"a"}


FLAT, DEEP = {"a.html": b"file", "b.html": b"b"}, {"a.html/x/index.html": b"in a folder", "b.html": b"b"}


def test_a_file_becomes_a_folder_and_a_file_again(tmp_path: Path) -> None:
    for files in (FLAT, DEEP, FLAT, DEEP, {}):
        published(tmp_path, files)
        assert own(tmp_path) == files


def test_an_old_spelling_goes_before_the_new_one_comes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a disk that ignores case its removal would take the new file."""
    published(tmp_path, {"News/index.html": b"old"})
    seen: list[bool] = []
    rename = Path.rename

    def watched(source: Path, target: Path) -> Path:
        if target.name == "news":
            seen.append((tmp_path / "News" / "index.html").exists())
        return rename(source, target)

    monkeypatch.setattr(Path, "rename", watched)
    published(tmp_path, {"news/index.html": b"new"})
    assert seen == [False]
    assert own(tmp_path) == {"news/index.html": b"new"}


# Strangers


def test_a_strangers_file_survives(tmp_path: Path) -> None:
    published(tmp_path, {"a/b.html": b"b"})
    write(tmp_path, {"CNAME": "example.org\n", "a/mine.txt": "mine", ".git/HEAD": "ref"})
    published(tmp_path, {})
    assert own(tmp_path) == {"CNAME": b"example.org\n", "a/mine.txt": b"mine", ".git/HEAD": b"ref"}


@pytest.mark.parametrize("theirs", ["a.html", "deep"])
def test_a_strangers_file_is_not_written_over(tmp_path: Path, theirs: str) -> None:
    published(tmp_path, {"b.html": b"b"})
    write(tmp_path, {theirs: "theirs"})
    before = tree(tmp_path)
    with pytest.raises(PublishError, match="Broadsheet did not put it there"):
        published(tmp_path, {"a.html": b"ours", "deep/c.html": b"c", "b.html": b"B"})
    assert tree(tmp_path) == before


def test_a_folder_with_strangers_files_is_refused_untouched(tmp_path: Path) -> None:
    write(tmp_path, {"thesis.tex": "all of it", "photos/1.jpg": "1"})
    before = tree(tmp_path)
    with pytest.raises(PublishError, match=r"photos, thesis\.tex"):
        published(tmp_path, {"index.html": b"x"})
    assert tree(tmp_path) == before
    assert not (tmp_path / ".broadsheet").exists()


def test_an_empty_folder_and_one_that_only_git_knows_are_taken(tmp_path: Path) -> None:
    write(tmp_path, {".gitkeep": "", ".git/HEAD": "ref"})
    published(tmp_path, {"index.html": b"x"})
    assert "index.html" in own(tmp_path)


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    write(tmp_path, {"site": "a file"})
    with pytest.raises(PublishError, match="is a file, not a folder"):
        published(tmp_path / "site", {"index.html": b"x"})


# The place


PLACES: dict[str, Callable[[Path], Path]] = {
    "the digest": lambda root: root,
    "above the digest": lambda root: root.parent,
    "the root of the disk": lambda root: Path("/"),
    "home": lambda root: Path.home(),
    "the content": lambda root: root / "content",
    "inside the content": lambda root: root / "content" / "site",
    "the templates": lambda root: root / "templates",
    "a roundabout way to the content": lambda root: root / "site" / ".." / "content",
}


@pytest.mark.parametrize("place", PLACES)
def test_an_output_folder_that_holds_or_lies_in_the_digest_is_refused(tmp_path: Path, place: str) -> None:
    root = digest(tmp_path / "digest", {"articles/a.md": article()})
    before = tree(tmp_path)
    config = config_of(root)
    folders = replace(config.folders, output=str(PLACES[place](root)))
    with pytest.raises(ConfigError, match="the output folder"):
        build(root, replace(config, folders=folders), now=NOW)
    assert tree(tmp_path) == before


def test_a_link_to_the_content_folder_is_refused(tmp_path: Path) -> None:
    root = digest(tmp_path, {"articles/a.md": article()})
    (root / "site").symlink_to(root / "content")
    with pytest.raises(ConfigError):
        built(root)


def test_a_folder_beside_the_digest_is_a_place(tmp_path: Path) -> None:
    check_place(tmp_path / "site", tmp_path / "digest", [tmp_path / "digest" / "content"])


# The manifest


@pytest.mark.parametrize(
    "damage",
    [b"", b"{", b"[]", b"null", b'{"format": 99, "files": {}}', b'{"format": 1}', b'{"format": 1, "files": []}',
     b'{"format": 1, "files": {"a.html": []}}', b'{"format": 1, "files": {"a.html": 3}}', b"\xff\xfe\0"],
)  # fmt: skip
def test_a_damaged_manifest_is_an_error_and_nothing_is_deleted(tmp_path: Path, damage: bytes) -> None:
    published(tmp_path, {"a.html": b"a"})
    (tmp_path / ".broadsheet" / "manifest.json").write_bytes(damage)
    before = tree(tmp_path)
    with pytest.raises(PublishError, match="is damaged"):
        published(tmp_path, {})
    assert tree(tmp_path) == before


@pytest.mark.parametrize(
    "name", ["../outside.txt", "/etc/hostname", "a/../../outside.txt", ".broadsheet/manifest.json"]
)
def test_a_manifest_that_lists_what_lies_elsewhere_deletes_nothing_there(tmp_path: Path, name: str) -> None:
    output = tmp_path / "site"
    published(output, {"a.html": b"a"})
    write(tmp_path, {"outside.txt": "mine"})
    manifest = output / ".broadsheet" / "manifest.json"
    manifest.write_text(manifest.read_text().replace("a.html", name))
    published(output, {"b.html": b"b"})
    assert (tmp_path / "outside.txt").read_text() == "mine"
    assert Path("/etc/hostname").exists()
    assert set(read_manifest(output).files) == {"b.html"}


def test_a_new_folder_has_an_empty_manifest(tmp_path: Path) -> None:
    assert read_manifest(tmp_path / "site") == Manifest()


# What fails half-way


class Killed(BaseException):
    """What no code of ours catches, as no code catches a SIGKILL."""


def killing(monkeypatch: pytest.MonkeyPatch, nth: int, error: BaseException) -> list[int]:
    """Make the n-th move or removal of a file from now on fail; gives a list as long as there were calls."""
    calls: list[int] = []

    def failing(original: Callable[..., Any]) -> Callable[..., Any]:
        def called(*arguments: Any, **options: Any) -> Any:
            calls.append(nth)
            if len(calls) == nth:
                raise error
            return original(*arguments, **options)

        return called

    monkeypatch.setattr(os, "replace", failing(os.replace))
    monkeypatch.setattr(Path, "unlink", failing(Path.unlink))
    return calls


BEFORE: dict[str, str | bytes] = {
    "articles/stays.md": article(title="Stays", url="/stays.html"),
    "articles/goes.md": article(title="Goes", url="/goes/", tags="[Gone]", image="goes.png"),
    "articles/goes.png": png(),
    "articles/turns.md": article(title="Turns", url="/turns.html"),
    "articles/unfolds.md": article(title="Unfolds", url="/unfolds.html/x/"),
}
AFTER: dict[str, str | bytes] = {
    "articles/stays.md": article("Other words.", title="Stays", url="/stays.html"),
    "articles/goes.md": article(title="Goes", draft="true", image="goes.png"),
    "articles/turns.md": article(title="Turns", url="/turns.html/x/"),
    "articles/unfolds.md": article(title="Unfolds", url="/unfolds.html"),
}


@pytest.mark.parametrize("error", [Killed(), OSError(28, "No space left on device")], ids=["killed", "disk full"])
def test_a_build_that_dies_at_any_step_is_completed_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    root = digest(tmp_path / "digest", BEFORE)
    built(root)
    shutil.copytree(root / "site", tmp_path / "before")
    write(root, {f"content/{name}": data for name, data in AFTER.items()})
    clean = tmp_path / "clean"
    shutil.copytree(root, clean, ignore=shutil.ignore_patterns("site"))
    built(clean)
    expected = tree(clean / "site")
    assert expected != tree(tmp_path / "before")
    for nth in range(1, 500):
        shutil.rmtree(root / "site")
        shutil.copytree(tmp_path / "before", root / "site")
        with monkeypatch.context() as patched:
            calls = killing(patched, nth, error)
            with contextlib.suppress(Killed, PublishError):
                built(root)
        if len(calls) < nth:
            break
        assert no_file_is_half(root / "site", tree(tmp_path / "before"), expected)
        built(root)
        assert tree(root / "site") == expected, f"killed at step {nth}"
    assert 10 < nth < 499


def no_file_is_half(output: Path, before: Files, after: Files) -> bool:
    return all(data in (before.get(name), after.get(name)) for name, data in own(output).items())


@pytest.mark.parametrize("nth", [1, 2, 5])
def test_a_first_build_that_dies_is_completed_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, nth: int
) -> None:
    root = digest(tmp_path, BEFORE)
    with monkeypatch.context() as patched:
        killing(patched, nth, Killed())
        with pytest.raises(Killed):
            built(root)
    built(root)
    once = tree(root / "site")
    shutil.rmtree(root / "site")
    built(root)
    assert tree(root / "site") == once


def test_what_a_killed_build_left_on_its_stage_goes_with_the_next(tmp_path: Path) -> None:
    published(tmp_path, {"a.html": b"a"})
    write(tmp_path, {".broadsheet/stage/0": "secret"})
    published(tmp_path, {"a.html": b"a"})
    assert list(tree(tmp_path)) == [".broadsheet/manifest.json", "a.html"]


def test_a_disk_that_is_full_while_staging_leaves_the_site_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(tmp_path, {"a.html": b"a"})
    before = tree(tmp_path)

    def full(*arguments: Any) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(PublishError, match="No space left on device"):
        published(tmp_path, {"a.html": b"new"})
    assert tree(tmp_path) == before


def test_a_folder_that_cannot_be_written_stops_the_build_before_anything_has_moved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(tmp_path, {"index.html": b"one", "a/index.html": b"one"})
    before = tree(tmp_path)
    may = os.access
    # Root may write everywhere, so the answer of the system is put in place of a mode.
    monkeypatch.setattr(os, "access", lambda path, mode: path != tmp_path / "a" and may(path, mode))
    with pytest.raises(PublishError, match="a: error: cannot be written: permission denied"):
        published(tmp_path, {"index.html": b"two", "a/index.html": b"two"})
    assert tree(tmp_path) == before


def test_a_manifest_that_cannot_be_written_is_an_error_of_ours(tmp_path: Path) -> None:
    published(tmp_path, {"a.html": b"a"})
    (tmp_path / ".broadsheet" / "manifest.new").mkdir()
    with staging(tmp_path, read_manifest(tmp_path)) as stage:
        stage.add("a.html", "other inputs", stage.sink.put("a.html", b"a"))
        with pytest.raises(PublishError):
            stage.commit()
