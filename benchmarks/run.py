"""How long builds take: cold, unchanged, and with one article edited, each as a share of the cold one.

    python benchmarks/run.py [COUNT ...]      (default: 1000 10000)
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from corpus import write


def built(folder: Path) -> tuple[float, dict[str, object]]:
    """Seconds of wall time for a build in a fresh process, and its report."""
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "broadsheet", "build", "--json"], cwd=folder, capture_output=True, check=True
    )
    return time.perf_counter() - start, json.loads(done.stdout)


def measure(count: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder, count)
        cold, report = built(folder)
        unchanged, _ = built(folder)
        article = next(iter(sorted((folder / "content").rglob("*.md"))))
        article.write_text(article.read_text() + "\nOne sentence more.\n")
        edited, edit = built(folder)
    print(f"{count:,} articles: {report['files']:,} files, {report['pages']:,} pages")
    print(f"  cold       {cold:7.2f} s   {1:5.2f}")
    print(f"  unchanged  {unchanged:7.2f} s   {unchanged / cold:5.2f}")
    print(f"  one edit   {edited:7.2f} s   {edited / cold:5.2f}   {edit['rendered']} files rendered")


def main() -> None:
    for count in [int(argument) for argument in sys.argv[1:]] or [1000, 10000]:
        measure(count)


if __name__ == "__main__":
    main()
