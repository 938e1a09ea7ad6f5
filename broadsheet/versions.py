"""Installed packages to their versions, without importing them."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from functools import cache


def installed(*names: str) -> str:
    """Packages with their versions, for fingerprints: "feedgen 1.0.0, lxml 6.1.3". Raises PackageNotFoundError."""
    return ", ".join(f"{name} {version(name) or _told(name)}" for name in names)


def everything() -> Mapping[str, tuple[str, ...]]:
    """The versions of all packages that are installed, by name."""
    return _versions()


def version(name: str) -> str:
    """The version of a package as its folder of metadata is named; "" where there is no such folder.

    importlib.metadata finds the same folder, and takes a hundred times as long
    to be loaded and to read a version in it. What an upgrade has left behind
    counts too, as nothing here tells which of two is imported.
    """
    return " or ".join(_versions().get(_normal(name), ()))


def _told(name: str) -> str:
    """For what is imported out of an archive, which is no folder."""
    import importlib.metadata

    return importlib.metadata.version(name)


@cache
def _versions() -> Mapping[str, tuple[str, ...]]:
    """Versions by name. A package counts where it is found first, as it is imported from there."""
    found: dict[str, tuple[str, ...]] = {}
    for folder in reversed(sys.path):
        found.update(_within(folder))
    return found


def _within(folder: str) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    try:
        names = sorted(name for name in os.listdir(folder or ".") if name.endswith((".dist-info", ".egg-info")))
    except OSError:
        return found
    for name in names:
        # "Recording installed projects", in the Python packaging specifications: no name holds a hyphen here.
        of, _, version = name.rpartition(".")[0].partition("-")
        found[_normal(of)] = (*found.get(_normal(of), ()), version)
    return found


def _normal(name: str) -> str:
    return name.lower().replace("-", "_").replace(".", "_")
