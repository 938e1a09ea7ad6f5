"""What is dear to make and can always be made again, kept from build to build in one file."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import TypeVar

FILE = Path(".broadsheet", "cache.sqlite")
"""Where the cache lies in a digest's folder."""

LIMIT = 1_000_000_000
"""Bytes that a cache may take on disk."""

PATIENCE = 5.0
"""Seconds to wait for another process that is writing."""

_APPLICATION = 0x42726F61
_VERSION = 1
_TABLES = (
    b"CREATE TABLE entries (id INTEGER PRIMARY KEY, value BLOB NOT NULL)",
    b"CREATE TABLE uses (id INTEGER PRIMARY KEY, build INTEGER NOT NULL, size INTEGER NOT NULL)",
)
_PRAGMAS = (
    "synchronous = OFF",  # what a crash loses is made again, what it damages is found out
    "cache_spill = OFF",  # others can read until the moment of the commit
    "cell_size_check = ON",
    "trusted_schema = OFF",
)
_FORGET_OLDEST = """
    DELETE FROM uses WHERE id IN (
        SELECT id FROM (SELECT id, sum(size) OVER (ORDER BY build DESC, id) AS total FROM uses) WHERE total > ?
    )
"""
_SEAL = 16
_ROW = 64
_ASKED_AT_ONCE = 500
_WRITTEN_AT_ONCE = 16_000_000

Answer = TypeVar("Answer")


def open_cache(folder: Path, *, limit: int = LIMIT, patience: float = PATIENCE) -> Cache:
    """The cache of the digest in `folder`, made when there is none.

    Never fails: where the file cannot be used (locked, not writable, somebody
    else's) every question misses and nothing is kept; one that is damaged is
    made anew. Several processes may have it open at once.
    """
    return Cache(folder / FILE, limit, patience)


class Cache:
    """Bytes by kind and key, each kind a name with a version in it, which changes with what its bytes mean.

    What goes in comes out or misses: each value is sealed with a hash of itself,
    its kind and its key. The seal tells damage, not malice.
    """

    def __init__(self, file: Path, limit: int, patience: float) -> None:
        self.file, self.limit, self.patience = file, limit, patience
        self.lock = RLock()
        self.used: set[int] = set()
        self.build: object = None
        self.connection = self._connected()

    def __enter__(self) -> Cache:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file. Every later question misses."""
        # A build that adds nothing ages nothing, and an order of age is needed only where room runs short.
        if self.build is not None:
            self._attempt(self._note_uses, None)
        with self.lock:
            self._leave()

    def get(self, kind: str, key: str) -> bytes | None:
        return self.get_many(kind, (key,)).get(key)

    def get_many(self, kind: str, keys: Iterable[str]) -> dict[str, bytes]:
        """What is known of the keys, in their order."""
        names = {key: _name(kind, key) for key in keys}
        ids = [_id(name) for name in names.values()]
        none: dict[int, object] = {}
        values = self._attempt(lambda connection: _values(connection, ids), none)
        opened = ((key, _id(name), _opened(name, values.get(_id(name)))) for key, name in names.items())
        found = {key: (number, value) for key, number, value in opened if value is not None}
        self.used.update(number for number, _ in found.values())
        return {key: value for key, (_, value) in found.items()}

    def put_many(self, kind: str, values: Mapping[str, bytes]) -> None:
        """Keep values by their keys, those left out that take more than an eighth of the limit."""
        largest = self.limit // 8
        named = ((_name(kind, key), value) for key, value in values.items() if len(value) <= largest)
        sealed = ((_id(name), _seal(name, value) + value) for name, value in named)
        for batch in _batches(sealed, min(_WRITTEN_AT_ONCE, largest)):
            self._attempt(partial(self._write, batch), None)

    # One file, and what may be wrong with it

    def _connected(self) -> sqlite3.Connection | None:
        for _ in range(2):
            try:
                return _connection(self.file, self.patience)
            except (sqlite3.Error, UnicodeDecodeError, OSError) as error:
                if not (_is_ruined(error) and self._discard()):
                    break
        return None

    def _attempt(self, work: Callable[[sqlite3.Connection], Answer], otherwise: Answer) -> Answer:
        """What `work` gives; after a failure `otherwise`, as from then on, unless the file could be made anew."""
        with self.lock:
            if self.connection is None:
                return otherwise
            try:
                return work(self.connection)
            except (sqlite3.Error, UnicodeDecodeError) as error:
                self._leave()
                if _is_ruined(error) and self._discard():
                    self.connection = self._connected()
                return otherwise

    def _discard(self) -> bool:
        try:
            for ending in ("-journal", ""):
                self.file.with_name(self.file.name + ending).unlink(missing_ok=True)
        except OSError:
            return False
        return True

    def _leave(self) -> None:
        if self.connection is not None:
            with suppress(sqlite3.Error):
                self.connection.close()
        self.connection = None

    # Writing

    def _write(self, rows: list[tuple[int, bytes]], connection: sqlite3.Connection) -> None:
        connection.execute("BEGIN IMMEDIATE")
        if self.build is None:
            # One more than the last, in SQL: whatever a damaged file holds, it is a number then.
            self.build = connection.execute("SELECT 1 + coalesce(max(build), 0) FROM uses").fetchone()[0]
        needed = sum(_ROW + len(value) for _, value in rows)
        if _taken(connection) + needed > self.limit:
            self._mark_used(connection)
            _make_room(connection, keep=self.limit * 3 // 4 - needed)
        connection.executemany("INSERT OR REPLACE INTO entries VALUES (?, ?)", rows)
        uses = ((number, self.build, _ROW + len(value)) for number, value in rows)
        connection.executemany("INSERT OR REPLACE INTO uses VALUES (?, ?, ?)", uses)
        connection.execute("COMMIT")

    def _note_uses(self, connection: sqlite3.Connection) -> None:
        connection.execute("BEGIN IMMEDIATE")
        if _taken(connection) > self.limit // 2:
            self._mark_used(connection)
        connection.execute("COMMIT")

    def _mark_used(self, connection: sqlite3.Connection) -> None:
        rows = ((self.build, number) for number in sorted(self.used))
        connection.executemany("UPDATE uses SET build = ? WHERE id = ?", rows)


def _connection(file: Path, patience: float) -> sqlite3.Connection:
    if file.exists() and not file.is_file():
        raise FileExistsError(file)
    file.parent.mkdir(exist_ok=True)
    connection = sqlite3.connect(file, timeout=patience, isolation_level=None, check_same_thread=False)
    try:
        _set_up(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _set_up(connection: sqlite3.Connection) -> None:
    connection.text_factory = bytes
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    if not _is_ours(connection):
        connection.execute("BEGIN IMMEDIATE")
        # Another process may have been first.
        if not _is_ours(connection):
            _make_tables(connection)
        connection.execute("COMMIT")


def _is_ours(connection: sqlite3.Connection) -> bool:
    """False for a new file. Raises for any other whose tables are not those that we make."""
    marks = (_pragma(connection, "application_id"), _pragma(connection, "user_version"))
    tables = tuple(row[0] for row in connection.execute("SELECT sql FROM sqlite_master ORDER BY name"))
    if marks == (_APPLICATION, _VERSION) and tables == _TABLES:
        return True
    if marks[0] == _APPLICATION or tables == _TABLES:
        raise _Outdated
    if marks != (0, 0) or tables:
        raise sqlite3.OperationalError("somebody else's")
    return False


class _Outdated(sqlite3.DatabaseError):
    """A cache, but not one that this version reads."""


def _is_ruined(error: Exception) -> bool:
    """Whether it is the file that is wrong, and not a moment or a permission."""
    # A name in a damaged file can be no UTF-8, which breaks the message about it.
    if isinstance(error, _Outdated | UnicodeDecodeError):
        return True
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _make_tables(connection: sqlite3.Connection) -> None:
    for table in _TABLES:
        connection.execute(table.decode())
    connection.execute(f"PRAGMA application_id = {_APPLICATION}")
    connection.execute(f"PRAGMA user_version = {_VERSION}")


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])


def _taken(connection: sqlite3.Connection) -> int:
    """Bytes of the file that hold something."""
    pages = _pragma(connection, "page_count") - _pragma(connection, "freelist_count")
    return pages * _pragma(connection, "page_size")


def _make_room(connection: sqlite3.Connection, *, keep: int) -> None:
    """Let go of what was not used for longest, until at most `keep` bytes are left."""
    connection.execute(_FORGET_OLDEST, (keep,))
    connection.execute("DELETE FROM entries WHERE id NOT IN (SELECT id FROM uses)")


def _values(connection: sqlite3.Connection, ids: list[int]) -> dict[int, object]:
    found: dict[int, object] = {}
    for start in range(0, len(ids), _ASKED_AT_ONCE):
        asked = ids[start : start + _ASKED_AT_ONCE]
        question = f"SELECT id, value FROM entries WHERE id IN ({','.join('?' * len(asked))})"  # noqa: S608 - marks only
        found.update(connection.execute(question, asked).fetchall())
    return found


def _batches(rows: Iterable[tuple[int, bytes]], size: int) -> Iterator[list[tuple[int, bytes]]]:
    """Rows in lists of about `size` bytes."""
    batch: list[tuple[int, bytes]] = []
    left = size
    for row in rows:
        batch.append(row)
        left -= len(row[1])
        if left <= 0:
            yield batch
            batch, left = [], size
    if batch:
        yield batch


# Names and seals


def _name(kind: str, key: str) -> bytes:
    return hashlib.blake2b(f"{kind}\0{key}".encode("utf-8", "surrogatepass"), digest_size=_SEAL).digest()


def _id(name: bytes) -> int:
    return int.from_bytes(name[:8], "big", signed=True)


def _seal(name: bytes, value: bytes) -> bytes:
    return hashlib.blake2b(value, digest_size=_SEAL, key=name).digest()


def _opened(name: bytes, sealed: object) -> bytes | None:
    """The value under a seal that is whole."""
    # A damaged file may hold anything in place of bytes.
    if not isinstance(sealed, bytes) or _seal(name, sealed[_SEAL:]) != sealed[:_SEAL]:
        return None
    return sealed[_SEAL:]
