"""A built site to an object store: what differs goes up, what is no more of the site goes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import fsspec

from broadsheet.errors import ConfigError, Problem, PublishError
from broadsheet.media import type_of
from broadsheet.publish import MARK, read_manifest
from broadsheet.views import FEED_FILES

NOTE = f"{MARK}/store.json"
"""The object that says which others are ours, and what is in them."""

FORMAT = 1

AT_ONCE = 32
"""Objects under way at a time: a store answers late, but many."""

BATCH = 1_000
"""Objects after which the note is written anew, at the least, so that a run that is cut off is not in vain."""

NOTES = 20
"""How often it is written anew at the most, give or take the kinds: it lists the whole site."""

LISTS = (*FEED_FILES.values(), "robots.txt", "entry.json")
"""What names others: the feeds, and the head of the search index."""

TYPES = {"feed.json": "application/feed+json", "speculation.json": "application/speculationrules+json"}
"""Files whose type their ending does not tell; that of other feeds would have browsers save them, not show them."""

Progress = Callable[[int, int], None]
"""Told how many objects are done, and of how many."""


class Filesystem(Protocol):
    """What is used of fsspec's."""

    protocol: str | tuple[str, ...]

    def cat_file(self, path: str) -> bytes: ...
    def pipe_file(self, path: str, value: bytes, **named: str) -> object: ...
    def rm_file(self, path: str) -> object: ...
    def ls(self, path: str, detail: bool) -> Sequence[str]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """A place in an object store, and what is known to lie there: by name the digest and size, ("", 0) if in doubt."""

    address: str
    filesystem: Filesystem
    root: str
    files: Mapping[str, tuple[str, int]] = field(default_factory=dict, hash=False)

    def key(self, name: str) -> str:
        return f"{self.root}/{name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mirrored:
    """What mirroring did to the store, as names below its address."""

    uploaded: tuple[str, ...]
    removed: tuple[str, ...]


def opened(address: str) -> Store:
    """The store at an address such as s3://bucket/prefix.

    Raises ConfigError where nothing is known that speaks to such, PublishError
    where it does not answer or holds what Broadsheet did not put there.
    """
    filesystem, root = _filesystem(address)
    store = Store(address=address.rstrip("/"), filesystem=filesystem, root=root.rstrip("/"))
    try:
        note = filesystem.cat_file(store.key(NOTE))
    except FileNotFoundError:
        _refuse_strangers(store)
        return store
    except Exception as error:
        raise _failed(store, NOTE, error) from error
    return Store(address=store.address, filesystem=filesystem, root=store.root, files=_read(note, store))


def _filesystem(address: str) -> tuple[Filesystem, str]:
    protocol = address.partition("://")[0]
    # Stores have no folders, disks have. What was listed once may have changed since.
    own = {"auto_mkdir": True} if protocol in ("file", "local") else {"use_listings_cache": False}
    try:
        if protocol == address:
            raise ValueError("it names no protocol")
        filesystem, root = fsspec.url_to_fs(address, skip_instance_cache=True, **own)
    except (ImportError, ValueError) as error:
        hint = 'name a place such as s3://bucket/prefix, and install what speaks to it: pip install "broadsheet[store]"'
        raise ConfigError([Problem(path=address, message=f"is no store known here: {error}", hint=hint)]) from error
    if not root.strip("/") and protocol != "memory":
        raise ConfigError([Problem(path=address, message="names no place in the store", hint="as in s3://bucket/prefix")])
    return filesystem, root


def _read(note: bytes, store: Store) -> dict[str, tuple[str, int]]:
    try:
        data = json.loads(note)
        if data["format"] != FORMAT:
            raise ValueError(f"format {data['format']}")
        return {name: (str(one[0]), int(one[1])) for name, one in data["files"].items() if _is_inside(name)}
    except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        hint = "empty this place in the store, then build again"
        problem = Problem(path=f"{store.address}/{NOTE}", message=f"is damaged ({error})", hint=hint)
        raise PublishError([problem]) from error


def _is_inside(name: str) -> bool:
    """Whether a name leads nowhere else, on a disk either."""
    parts = name.split("/")
    return parts[0] != MARK and not any(part in ("", ".", "..") or set(part) & set("\0\\:") for part in parts)


def _refuse_strangers(store: Store) -> None:
    try:
        found = store.filesystem.ls(store.root, detail=False)
    except FileNotFoundError:
        return
    except Exception as error:
        raise _failed(store, "", error) from error
    names = sorted(name.rstrip("/").rpartition("/")[2] for name in found if name.strip("/") != store.root.strip("/"))
    if names:
        shown = ", ".join(names[:3]) + (", ..." if names[3:] else "")
        message = f"holds objects that Broadsheet did not put there ({shown})"
        hint = "name another place with --store, or empty this one yourself"
        raise PublishError([Problem(path=store.address, message=message, hint=hint)])


# Mirroring -------------------------------------------------------------------------------------------


def mirror(output: Path, store: Store, *, progress: Progress = lambda done, total: None) -> Mirrored:
    """Make the store hold what an output folder's manifest lists, and nothing more that it held for that.

    What shows comes first, then pages, then what lists them; then what is no
    more of the site goes. The note written first trusts nothing that is about to
    change, so that a run that is cut off is completed by the next. Raises
    PublishError, which names the object.
    """
    wanted = {name: (one.digest, one.size) for name, one in read_manifest(output).files.items()}
    changed = sorted((name for name, one in wanted.items() if store.files.get(name) != one), key=_order)
    removed = sorted(store.files.keys() - wanted.keys())
    if not changed and not removed:
        return Mirrored(uploaded=(), removed=())
    work = _Work(output=output, store=store, progress=progress, total=len(changed) + len(removed))
    known = {**store.files, **dict.fromkeys((*changed, *removed), ("", 0))}
    _note(store, known)
    for batch in _batches(changed):
        work.each(work.upload, batch)
        known.update((name, wanted[name]) for name in batch)
        _note(store, known)
    if removed:
        work.each(work.remove, removed)
        _note(store, wanted)
    return Mirrored(uploaded=tuple(changed), removed=tuple(removed))


def _order(name: str) -> tuple[int, str]:
    return _rank(name), name


def _rank(name: str) -> int:
    """Pictures, styles and pieces of the index come before pages, pages before what lists them."""
    base = name.rpartition("/")[2]
    if base.endswith(".html"):
        return 1
    return 2 if base in LISTS or base.endswith((".xml", ".opml")) else 0


def _batches(names: Sequence[str]) -> Iterator[Sequence[str]]:
    """Names in their order, those of one rank at a time."""
    size = max(BATCH, len(names) // NOTES)
    start = 0
    for end in range(1, len(names) + 1):
        if end == len(names) or end - start == size or _rank(names[end]) != _rank(names[start]):
            yield names[start:end]
            start = end


def _note(store: Store, files: Mapping[str, tuple[str, int]]) -> None:
    data = {"format": FORMAT, "files": {name: list(one) for name, one in sorted(files.items())}}
    _put(store, NOTE, json.dumps(data, indent=0, ensure_ascii=False).encode("utf-8"))


class _Work:
    """What is under way, and how much of it is done."""

    def __init__(self, *, output: Path, store: Store, progress: Progress, total: int) -> None:
        self.output, self.store, self.progress, self.total = output, store, progress, total
        self.done = 0

    def each(self, do: Callable[[str], None], names: Sequence[str]) -> None:
        """Do it for each, some at a time; the first that fails ends it."""
        with ThreadPoolExecutor(AT_ONCE) as threads:
            try:
                for one in as_completed([threads.submit(do, name) for name in names]):
                    one.result()
                    self.done += 1
                    self.progress(self.done, self.total)
            except BaseException:
                threads.shutdown(wait=False, cancel_futures=True)
                raise

    def upload(self, name: str) -> None:
        path = self.output / name
        try:
            data = path.read_bytes()
        except OSError as error:
            hint = "build it anew: broadsheet build"
            message = f"cannot be read: {error.strerror}"
            raise PublishError([Problem(path=str(path), message=message, hint=hint)]) from error
        _put(self.store, name, data)

    def remove(self, name: str) -> None:
        try:
            self.store.filesystem.rm_file(self.store.key(name))
        except FileNotFoundError:
            return
        except Exception as error:
            raise _failed(self.store, name, error) from error


def _put(store: Store, name: str, data: bytes) -> None:
    try:
        store.filesystem.pipe_file(store.key(name), data, **_named_type(store, name))
    except Exception as error:
        raise _failed(store, name, error) from error


def _named_type(store: Store, name: str) -> dict[str, str]:
    """The type that an object is to be served with, as the store's client wants it told; others guess it themselves."""
    protocol = store.filesystem.protocol
    if "s3" not in ((protocol,) if isinstance(protocol, str) else protocol):
        return {}
    kind = TYPES.get(name.rpartition("/")[2]) or type_of(name)
    return {"ContentType": kind + ("; charset=utf-8" if kind.startswith("text/") else "")}


def _failed(store: Store, name: str, error: Exception) -> PublishError:
    # What a store's client raises is its own affair, from OSError to what its transport knows.
    place = f"{store.address}/{name}" if name else store.address
    hint = "see that it exists, and that you may read and write there; then build again, and it goes on from there"
    return PublishError([Problem(path=place, message=f"the store failed: {error or type(error).__name__}", hint=hint)])
