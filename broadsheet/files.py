"""A folder to the files below it, and bytes to a file that is never half written."""

from __future__ import annotations

import os
from pathlib import Path

from broadsheet.errors import ContentError, Problem

MEANT = (".well-known", ".htaccess", ".nojekyll")
"""Hidden names that web hosts look for."""


def files_below(folder: Path) -> list[Path]:
    """Every file below a folder in a fixed order, without hidden ones and editors' backups.

    A folder that goes while it is walked counts as empty. Raises ContentError
    for one that may not be read, whose files would be taken for deleted.
    """
    found = []
    for place, folders, names in os.walk(folder, onerror=_refuse):
        folders[:] = [name for name in folders if _is_content(name)]
        found += [Path(place, name) for name in names if _is_content(name)]
    return sorted((file for file in found if file.is_file()), key=lambda file: file.as_posix())


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


def _is_content(name: str) -> bool:
    return name in MEANT or not (name.startswith(".") or name.endswith("~"))


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
