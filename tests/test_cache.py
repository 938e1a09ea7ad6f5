"""The cache: what goes in comes out or misses, whatever becomes of its file."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.cache import FILE, open_cache

texts = st.text(st.characters(codec=None), max_size=30)
KNOWN = {f"key {number}": f"value {number} ".encode() * number for number in range(60)}


def filled(folder: Path, values: Mapping[str, bytes] = KNOWN, kind: str = "kind/1") -> Path:
    """A cache with `values` in it; its file."""
    with open_cache(folder) as cache:
        cache.put_many(kind, values)
    return folder / FILE


def kept(folder: Path, values: Mapping[str, bytes] = KNOWN) -> dict[str, bytes]:
    with open_cache(folder) as cache:
        return cache.get_many("kind/1", values)


# Law


@given(st.dictionaries(texts, st.binary(max_size=3_000), max_size=20), st.lists(texts, max_size=5))
@settings(max_examples=40, deadline=None)
def test_what_was_put_is_got_and_nothing_else(values: dict[str, bytes], others: list[str]) -> None:
    with TemporaryDirectory() as folder:
        filled(Path(folder), values)
        assert kept(Path(folder), {**dict.fromkeys(others, b""), **values}) == values


def test_a_value_is_found_under_its_own_kind_only(tmp_path: Path) -> None:
    filled(tmp_path)
    with open_cache(tmp_path) as cache:
        assert cache.get("kind/2", "key 1") is None
        assert cache.get("kind/1", "key 1") == KNOWN["key 1"]


def test_the_last_value_counts(tmp_path: Path) -> None:
    filled(tmp_path, {"key": b"old"})
    filled(tmp_path, {"key": b"new"})
    assert kept(tmp_path, {"key": b""}) == {"key": b"new"}


def test_thousands_are_asked_for_at_once(tmp_path: Path) -> None:
    many = {str(number): bytes(200) for number in range(10_000)}
    filled(tmp_path, many)
    assert kept(tmp_path, many) == many


def test_a_closed_cache_misses(tmp_path: Path) -> None:
    with open_cache(tmp_path) as cache:
        cache.put_many("kind/1", KNOWN)
    cache.put_many("kind/1", {"more": b""})
    assert cache.get("kind/1", "key 1") is None
    cache.close()


# Damage


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_bytes_that_change_in_the_file_never_give_wrong_values_and_never_raise(data: st.DataObject) -> None:
    with TemporaryDirectory() as folder:
        file = filled(Path(folder))
        damaged = bytearray(file.read_bytes())
        header_or_anywhere = st.integers(0, 120) | st.integers(0, len(damaged) - 1)
        for place in data.draw(st.lists(header_or_anywhere, min_size=1, max_size=8), label="places"):
            damaged[place] = data.draw(st.integers(0, 255), label="byte")
        file.write_bytes(damaged[: data.draw(st.just(len(damaged)) | st.integers(0, len(damaged)), label="length")])
        assert kept(Path(folder)).items() <= KNOWN.items()
        filled(Path(folder), {"one more": b"1"})
        assert kept(Path(folder), {**KNOWN, "one more": b"1"}).items() <= {**KNOWN, "one more": b"1"}.items()


@given(st.binary(max_size=300))
@settings(max_examples=40, deadline=None)
def test_a_journal_that_a_crash_left_gives_no_wrong_values(journal: bytes) -> None:
    with TemporaryDirectory() as folder:
        file = filled(Path(folder))
        file.with_name(file.name + "-journal").write_bytes(b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7" + journal)
        assert kept(Path(folder)).items() <= KNOWN.items()


RUINS = [b"not a database, whatever its name says. " * 20, b"\0" * 8192, b"SQLite format 3\0"]


@pytest.mark.parametrize("damage", RUINS)
def test_a_ruined_file_is_made_anew(tmp_path: Path, damage: bytes) -> None:
    file = filled(tmp_path)
    file.write_bytes(damage)
    filled(tmp_path)
    assert kept(tmp_path) == KNOWN


def test_a_file_that_turns_out_ruined_while_it_is_open_is_made_anew(tmp_path: Path) -> None:
    file = filled(tmp_path)
    pages = file.read_bytes()
    with open_cache(tmp_path) as cache:
        file.write_bytes(pages[:4096] + b"\xee" * (len(pages) - 4096))
        assert cache.get_many("kind/1", KNOWN) == {}
        cache.put_many("kind/1", KNOWN)
    assert kept(tmp_path) == KNOWN


@pytest.mark.parametrize(
    "change",
    [
        "PRAGMA user_version = 7",
        "PRAGMA application_id = 7",
        "CREATE TABLE more (id INTEGER)",
        "CREATE TRIGGER t AFTER INSERT ON entries BEGIN DELETE FROM entries; END",
        "DROP TABLE uses",
    ],
)
def test_a_cache_of_another_version_is_made_anew(tmp_path: Path, change: str) -> None:
    with sqlite3.connect(filled(tmp_path)) as connection:
        connection.execute(change)
    connection.close()
    assert kept(tmp_path) == {}
    filled(tmp_path)
    assert kept(tmp_path) == KNOWN


@pytest.mark.parametrize("value", ["'text'", "7", "x''", "x'00ff'", "zeroblob(20)"])
def test_a_value_that_was_tampered_with_misses(tmp_path: Path, value: str) -> None:
    with sqlite3.connect(filled(tmp_path)) as connection:
        connection.execute(f"UPDATE entries SET value = {value}")
    connection.close()
    assert kept(tmp_path) == {}


def test_a_value_that_was_put_in_another_ones_place_misses(tmp_path: Path) -> None:
    with sqlite3.connect(filled(tmp_path)) as connection:
        connection.execute("UPDATE entries SET value = (SELECT max(value) FROM entries)")
    connection.close()
    assert len(kept(tmp_path)) == 1


# What cannot be used


def unusable(folder: Path) -> None:
    with open_cache(folder, patience=0) as cache:
        cache.put_many("kind/1", KNOWN)
        assert cache.get_many("kind/1", KNOWN) == {}


def test_a_database_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / FILE
    file.parent.mkdir()
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE letters (words TEXT)")
    connection.close()
    before = file.read_bytes()
    unusable(tmp_path)
    assert file.read_bytes() == before


def test_a_folder_in_its_place_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir(parents=True)
    unusable(tmp_path)
    assert (tmp_path / FILE).is_dir()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_in_its_place_is_not_waited_for(tmp_path: Path) -> None:
    (tmp_path / FILE).parent.mkdir()
    os.mkfifo(tmp_path / FILE)
    unusable(tmp_path)


def test_a_file_where_its_folder_would_be_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / FILE).parent.write_text("mine")
    unusable(tmp_path)
    assert (tmp_path / FILE).parent.read_text() == "mine"


def test_no_digest_is_made_for_its_cache(tmp_path: Path) -> None:
    unusable(tmp_path / "nowhere")
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser may write anywhere")
def test_a_folder_that_may_not_be_written_misses(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        unusable(tmp_path)
    finally:
        tmp_path.chmod(0o700)


def test_a_locked_file_misses_until_the_next_build(tmp_path: Path) -> None:
    other = sqlite3.connect(filled(tmp_path), isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    unusable(tmp_path)
    other.execute("COMMIT")
    other.close()
    assert kept(tmp_path) == KNOWN


# Several at once


WRITER = """
import sys
from pathlib import Path
from broadsheet.cache import open_cache

name = sys.argv[2]
with open_cache(Path(sys.argv[1]), patience=60) as cache:
    print("ready", flush=True)
    sys.stdin.readline()
    for turn in range(40):
        values = {f"{name} {turn} {number}": f"{name} {turn} {number}".encode() * 50 for number in range(20)}
        cache.put_many("kind/1", values)
        assert cache.get_many("kind/1", values) == values
"""


def test_processes_write_and_read_at_once(tmp_path: Path) -> None:
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, tmp_path, name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for name in "abc"
    ]
    for writer in writers:
        assert writer.stdout
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        assert writer.stdin
        writer.stdin.write("go\n")
        writer.stdin.flush()
    for writer in writers:
        writer.communicate()
        assert writer.returncode == 0
    expected = {
        f"{name} {turn} {number}": f"{name} {turn} {number}".encode() * 50
        for name in "abc"
        for turn in range(40)
        for number in range(20)
    }
    assert kept(tmp_path, expected) == expected


def test_a_process_killed_while_it_writes_leaves_what_was_there(tmp_path: Path) -> None:
    filled(tmp_path)
    code = """
import sys
from pathlib import Path
from broadsheet.cache import open_cache

cache = open_cache(Path(sys.argv[1]))
print("ready", flush=True)
number = 0
while True:
    number += 1
    cache.put_many("kind/1", {f"more {number} {each}": bytes(5_000) for each in range(100)})
    print(number, flush=True)
"""
    with subprocess.Popen([sys.executable, "-c", code, tmp_path], stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout
        while writer.stdout.readline() not in ("5\n", ""):
            pass
        writer.kill()
    assert kept(tmp_path) == KNOWN


# Bounds


def test_a_build_that_adds_nothing_writes_nothing(tmp_path: Path) -> None:
    file = filled(tmp_path)
    before = file.read_bytes(), file.stat().st_mtime_ns
    assert kept(tmp_path) == KNOWN
    assert (file.read_bytes(), file.stat().st_mtime_ns) == before
    assert [one.name for one in file.parent.iterdir()] == [file.name]


def test_what_was_not_used_for_longest_goes_first(tmp_path: Path) -> None:
    limit, size = 1_000_000, 50_000
    names = [f"{number:02}" for number in range(16)]
    for name in names:
        with open_cache(tmp_path, limit=limit) as cache:
            cache.put_many("kind/1", {name: bytes(size)})
            cache.get("kind/1", names[0])
    with open_cache(tmp_path, limit=limit) as cache:
        cache.get("kind/1", names[1])
        cache.put_many("kind/1", {f"new {number}": bytes(size) for number in range(8)})
    left = kept(tmp_path, dict.fromkeys(names, b""))
    assert {names[0], names[1], names[-1]} <= left.keys()
    assert names[2] not in left
    assert names[3] not in left


def test_the_file_keeps_its_bound_whatever_is_put(tmp_path: Path) -> None:
    limit = 1_000_000
    for turn in range(8):
        with open_cache(tmp_path, limit=limit) as cache:
            cache.put_many("kind/1", {f"{turn} {number}": bytes(number) for number in range(0, 120_000, 3_000)})
            cache.put_many("kind/1", {"huge": bytes(limit)})
            assert cache.get("kind/1", "huge") is None
        assert (tmp_path / FILE).stat().st_size <= limit * 1.1
    assert len(kept(tmp_path, {f"7 {number}": b"" for number in range(0, 120_000, 3_000)})) > 5
