"""Versions of installed packages, read off the names of their folders."""

from __future__ import annotations

import sys
from importlib.metadata import PackageNotFoundError, distributions
from pathlib import Path

import pytest

from broadsheet import feeds, markup, versions, words
from broadsheet.versions import installed, version


@pytest.fixture(autouse=True)
def forgetful() -> None:
    versions._versions.cache_clear()


def test_a_version_is_what_the_package_says_of_itself() -> None:
    told = {one.metadata["Name"]: one.version for one in reversed(list(distributions()))}
    assert len(told) > 20
    assert {name: version(name) for name in told} == told


def test_an_upgrade_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    folder = tmp_path / "a_b.c-1.0.dist-info"
    folder.mkdir()
    assert (version("A-B.c"), installed("A-b_C")) == ("1.0", "A-b_C 1.0")
    folder.rename(tmp_path / "a_b.c-1.1-py3.egg-info")
    versions._versions.cache_clear()
    assert version("a-b-c") == "1.1-py3"


def test_what_an_upgrade_left_behind_counts_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    for number in ("1.0", "1.1"):
        (tmp_path / f"a-{number}.dist-info").mkdir()
    assert version("a") == "1.0 or 1.1"


def test_a_package_counts_where_it_is_found_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in ("later", "sooner"):
        (tmp_path / folder / f"a-{folder}.dist-info").mkdir(parents=True)
        monkeypatch.syspath_prepend(tmp_path / folder)
    assert version("a") == "sooner"


def test_what_is_not_installed_has_no_version(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [*sys.path, "/nowhere"])
    assert version("no-such-package") == ""
    with pytest.raises(PackageNotFoundError):
        installed("no-such-package")


def test_fingerprints_know_what_makes_html_and_feeds() -> None:
    for engine in (feeds.ENGINES, markup.ENGINES, words.ENGINE):
        assert all(part.rpartition(" ")[2][0].isdigit() for part in engine.split(", "))
