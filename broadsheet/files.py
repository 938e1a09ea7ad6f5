"""A folder to the files below it, and bytes to a file that is never half written."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from broadsheet.errors import ContentError, Problem

MEANT = (".well-known", ".htaccess", ".nojekyll")
"""Hidden names that web hosts look for."""


def files_below(folder: Path) -> list[Path]:
    """Every file below a folder in a fixed order, without hidden ones and editors' backups.

    A folder that goes while it is walked counts as empty; folders that are linked
    to are passed by. Raises ContentError for one that may not be read, whose
    files would be taken for deleted.
    """
    return [folder / path for path in paths_below(folder)]


def paths_below(folder: Path) -> list[str]:
    """As `files_below`, relative to the folder and with forward slashes; a Path costs more than the walk to it."""
    found: list[str] = []
    above = [""]
    while above:
        begin = above.pop()
        try:
            with os.scandir(folder / begin) as entries:
                for entry in filter(_is_content, entries):
                    path = begin + entry.name
                    if entry.is_dir(follow_symlinks=False):
                        above.append(f"{path}/")
                    elif _is_there(entry):
                        found.append(path)
        except OSError as error:
            _refuse(error)
    return sorted(found)


SETTLED = 20_000_000
"""Nanoseconds after which a change of a file shows in its times, as systems count them in ticks of up to 10 ms."""

Stamp = tuple[int, int, int]
"""A file's size in bytes, when its bytes changed and when its entry (ns); -1 and zeros for one that is not there."""


def stamp_of(file: Path | str) -> Stamp:
    try:
        found = os.stat(file)
    except OSError:
        return -1, 0, 0
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns


def stamps_below(folder: Path) -> list[tuple[str, Stamp]]:
    """Every file that `paths_below` names, with its stamp."""
    base = f"{folder}/"
    return [(path, stamp_of(path)) for path in (base + name for name in paths_below(folder))]


def disk_time() -> int:
    """The present moment (ns) by the clock that stamps are taken from."""
    with tempfile.TemporaryFile() as new:
        return os.fstat(new.fileno()).st_mtime_ns


def is_settled(stamp: Stamp, looked: int) -> bool:
    """Whether a file with this stamp, looked at then, cannot have changed since without another one to show for it."""
    latest = max(stamp[1:])
    # Some disks count in whole seconds, or in two.
    return latest + (SETTLED if latest % 1_000_000_000 else 2_000_000_000) < looked


def is_file(file: Path) -> bool:
    """Whether a file is there; a name that no disk can hold is none."""
    try:
        return file.is_file()
    except OSError:
        return False


def is_folder(folder: Path) -> bool:
    """Likewise, of a folder."""
    try:
        return folder.is_dir()
    except OSError:
        return False


def _is_content(entry: os.DirEntry[str]) -> bool:
    name = entry.name
    return name in MEANT or not (name.startswith(".") or name.endswith("~"))


def _is_there(entry: os.DirEntry[str]) -> bool:
    """Whether an entry is a file; a link that leads to itself, of which scandir complains, is none."""
    return Path(entry.path).is_file() if entry.is_symlink() else entry.is_file()


def _refuse(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError):
        hint = "mind who may read it"
        raise ContentError([Problem(path=str(error.filename), message=f"cannot be read: {error.strerror}", hint=hint)])


def replace(file: Path, data: bytes) -> None:
    """Write a file beside, then in place of what was there. Makes the folder where there is none."""
    beside = _beside(file)
    try:
        beside.write_bytes(data)
        os.replace(beside, file)
    finally:
        beside.unlink(missing_ok=True)


def create(file: Path, data: bytes) -> None:
    """Write a new file whole. Raises FileExistsError where one is already."""
    beside = _beside(file)
    try:
        beside.write_bytes(data)
        _link(beside, file, data)
    finally:
        beside.unlink(missing_ok=True)


def _link(beside: Path, file: Path, data: bytes) -> None:
    try:
        os.link(beside, file)
    except FileExistsError:
        raise
    except OSError:  # a disk without hard links
        with file.open("xb") as new:
            new.write(data)


def _beside(file: Path) -> Path:
    """A hidden file in the same folder, where `files_below` passes it by should it be left."""
    file.parent.mkdir(parents=True, exist_ok=True)
    return file.with_name(f".{file.name[-200:]}.{os.getpid()}.new")
