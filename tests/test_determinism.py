"""The same digest gives the same bytes, wherever, whenever and however it is built."""

from __future__ import annotations

import os
import random
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from digests import CONFIG, article, png, tree, write

from broadsheet.build import WORTH_WORKERS

EPOCH = "1795305600"  # 2026-11-22T00:00Z

MORE = 'timezone = "America/St_Johns"\npaginate = 10\ntypographic_quotes = true'


def files() -> dict[str, str | bytes]:
    """A digest with enough pages that a build starts workers."""
    many: dict[str, str | bytes] = {
        f"articles/{number % 7}/{number:03}-ä.md": article(
            f'"Words" of **number {number}**[^1].\n\n```python\nx = {number}\n```\n\n[^1]: Note {number}.',
            title=f"Number {number}", date=f"202{number % 6}-{number % 12 + 1:02}-0{number % 9 + 1}",
            tags=f"[T{number % 5}, t{number % 5}, 'Ü{number % 3}']", source=f"Source {number % 11}",
            aliases=f"[/old/{number}/, /older/{number}/]", image="../i.png",
        )
        for number in range(120)
    }  # fmt: skip
    return {
        **many,
        "articles/i.png": png(), "articles/held.md": article(publish_date="2027-01-01"),
        "pages/about.md": "---\ntitle: About\n---\n[one](../articles/0/000-ä.md)\n",
        "editions/2026-11-01.md": "---\ntitle: E\nsections: [{title: S, articles: [1/001-ä, 2/002-ä]}]\n---\nNote.\n",
        "tags.yaml": "- {name: T1, description: One.}\n- T2\n",
    }  # fmt: skip


def digest_in(folder: Path, order: random.Random) -> Path:
    """The same digest, its files created in an order of their own."""
    names = list(files())
    order.shuffle(names)
    all_files = files()
    for name in names:
        write(folder, {f"content/{name}": all_files[name]})
    write(folder, {"broadsheet.toml": CONFIG.format(base_url="https://example.org/news/", more=MORE)})
    return folder


def built(root: Path, *options: str, **environment: str) -> dict[str, bytes]:
    subprocess.run(
        [sys.executable, "-W", "error", "-m", "broadsheet", "build", *options], cwd=root, check=True,
        capture_output=True, timeout=120,
        env={**os.environ, "SOURCE_DATE_EPOCH": EPOCH, "PYTHONHASHSEED": "0", **environment},
    )  # fmt: skip
    return tree(root / "site")


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, bytes]]:
    root = digest_in(tmp_path_factory.mktemp("once"), random.Random(1))
    return root, built(root, "--jobs", "1")


def test_the_digest_is_worth_workers(once: tuple[Path, dict[str, bytes]]) -> None:
    assert len(once[1]) > WORTH_WORKERS


def test_two_builds_with_other_surroundings_give_the_same_bytes(
    once: tuple[Path, dict[str, bytes]], tmp_path: Path
) -> None:
    """Another folder, order of files, timezone, hash seed, locale and number of processes, all at once."""
    root = digest_in(tmp_path / "elsewhere" / "ein Ort", random.Random(2))
    other = built(root, "--jobs", "2", TZ="Pacific/Kiritimati", PYTHONHASHSEED="4242", LC_ALL="de_DE.UTF-8", LANG="C")
    assert other == once[1]


@pytest.mark.parametrize(
    "environment",
    [{"TZ": "America/Los_Angeles"}, {"PYTHONHASHSEED": "7"}, {"LC_ALL": "C", "LANG": "C"}, {"HOME": "/nowhere"}],
    ids=["timezone", "hash seed", "locale", "home"],
)
def test_a_clean_build_in_other_surroundings_changes_no_byte(
    once: tuple[Path, dict[str, bytes]], environment: dict[str, str]
) -> None:
    root, before = once
    assert built(root, "--clean", "--jobs", "1", **environment) == before


def test_two_processes_give_the_bytes_of_one(once: tuple[Path, dict[str, bytes]]) -> None:
    root, before = once
    assert built(root, "--clean", "--jobs", "2") == before


def test_a_second_build_changes_no_byte(once: tuple[Path, dict[str, bytes]]) -> None:
    root, before = once
    assert built(root) == before


def test_another_output_folder_holds_the_same_bytes(once: tuple[Path, dict[str, bytes]], tmp_path: Path) -> None:
    root, before = once
    built(root, "--output", str(tmp_path / "public"))
    assert tree(tmp_path / "public") == before


def test_the_clock_is_in_no_byte(once: tuple[Path, dict[str, bytes]]) -> None:
    root, before = once
    assert built(root, "--clean", SOURCE_DATE_EPOCH=str(int(EPOCH) + 3600)) == before


def test_no_path_of_the_machine_is_in_any_byte(once: tuple[Path, dict[str, bytes]]) -> None:
    root, before = once
    for name, data in before.items():
        assert str(root).encode() not in data, name
        assert not re.search(rb"/(?:home|root|tmp)/", data), name


def test_a_moved_digest_has_nothing_to_render(once: tuple[Path, dict[str, bytes]], tmp_path: Path) -> None:
    root, before = once
    shutil.copytree(root, tmp_path / "moved")
    result = subprocess.run(
        [sys.executable, "-m", "broadsheet", "build", "--json"], cwd=tmp_path / "moved", check=True,
        capture_output=True, text=True, timeout=120, env={**os.environ, "SOURCE_DATE_EPOCH": EPOCH},
    )  # fmt: skip
    assert '"rendered": 0' in result.stdout
    assert tree(tmp_path / "moved" / "site") == before
