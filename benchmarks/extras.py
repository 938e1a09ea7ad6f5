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

from corpus import CONFIG, PICTURES, write

SWITCHES = {
    "cards": "extras", "search": "extras", "plain_text": "extras", "related_by_text": "extras", "images": "images",
}  # fmt: skip
"""The extras and the table of the configuration that each is switched in."""


def config(on: frozenset[str]) -> str:
    lines = ["[extras]", *(f"{name} = {str(name in on).lower()}" for name in SWITCHES if SWITCHES[name] == "extras")]
    return "\n".join([*lines, *([] if "images" in on else ["[images]", "widths = []"]), ""])


def built(folder: Path) -> tuple[float, dict[str, object]]:
    """Seconds of wall time for a build in a fresh process, and its report."""
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "broadsheet", "build", "--json"], cwd=folder, capture_output=True, check=True
    )
    return time.perf_counter() - start, json.loads(done.stdout)


def size(folder: Path) -> float:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6


def measure(content: Path, on: frozenset[str]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "content").symlink_to(content)
        (folder / "broadsheet.toml").write_text(CONFIG + config(on))
        cold, report = built(folder)
        unchanged, again = built(folder)
        name = "all" if len(on) == len(SWITCHES) else " ".join(on) or "none"
        print(
            f"| {name} | {cold:.1f} | {unchanged:.1f} | {again['rendered']} | {report['files']:,} |"
            f" {size(folder / 'site'):.0f} |",
            flush=True,
        )


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as name:
        root = Path(name) / "digest"
        write(root, count, pictured=0.3, editions=min(50, count // 60))
        print(f"{count:,} articles, 30 % of them with one of {PICTURES} pictures\n")
        print("| extras | cold, s | unchanged, s | rendered again | files | MB |")
        print("|---|---|---|---|---|---|")
        for on in (frozenset[str](), *(frozenset((one,)) for one in SWITCHES), frozenset(SWITCHES)):
            measure(root / "content", on)


if __name__ == "__main__":
    main()
