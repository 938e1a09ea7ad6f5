"""What the site's extras cost: builds with each of them alone, in fresh folders, against one with none.

    python benchmarks/extras.py [COUNT]       (default: 10000)
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from corpus import PICTURES, write

SWITCHES = {
    "cards": "extras", "search": "extras", "plain_text": "extras", "related_by_text": "extras", "images": "images",
}  # fmt: skip
"""The extras and the table of the configuration that each is switched in."""


def config(on: frozenset[str]) -> str:
    lines = ["[extras]", *(f"{name} = {str(name in on).lower()}" for name in SWITCHES if SWITCHES[name] == "extras")]
    return "\n".join([*lines, *([] if "images" in on else ["[images]", "widths = []"]), ""])


def built(folder: Path) -> tuple[float, dict[str, object]]:
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "broadsheet", "build", "--json"], cwd=folder, capture_output=True, check=True
    )
    return time.perf_counter() - start, json.loads(done.stdout)


def size(folder: Path) -> float:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6


def measure(count: int, on: frozenset[str]) -> tuple[float, float]:
    """Seconds of the cold build and of the unchanged one."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "digest"
        write(folder, count, pictured=0.3, editions=min(50, count // 60), config=config(on))
        cold, report = built(folder)
        unchanged, again = built(folder)
        print(
            f"  {' '.join(sorted(on)) or 'none':<16.16} {cold:8.1f} s {unchanged:8.1f} s {report['files']:>9,} files"
            f" {size(folder / 'site'):8.0f} MB   rendered again {again['rendered']}"
        )
        return cold, unchanged


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    print(f"{count:,} articles, 30 % of them with one of {PICTURES} pictures: cold, unchanged")
    for on in (frozenset(), *(frozenset((name,)) for name in SWITCHES), frozenset(SWITCHES)):
        measure(count, on)


if __name__ == "__main__":
    main()
