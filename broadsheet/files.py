"""A folder to the files below it."""

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


def _is_content(name: str) -> bool:
    return name in MEANT or not (name.startswith(".") or name.endswith("~"))


def _refuse(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError):
        hint = "mind who may read it"
        raise ContentError([Problem(path=str(error.filename), message=f"cannot be read: {error.strerror}", hint=hint)])
