"""Broadsheet beside Hugo: the same articles, like output, the same work, in turns.

    python benchmarks/run.py --count 10000 --runs 3
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median

from corpus import write
from generators import Generator, broadsheet, hugo_site
from measure import Cost, peak_memory, size
from works import WORKS, Preview, Site, preview, site

GOALS = {
    "cold, wall": "0.9",
    "cold, CPU": "1",
    "cold, memory": "0.6",
    "unchanged, wall": "0.08",
    "one article edited, wall": "0.12",
    "frame of every page touched, wall": "0.8",
    "preview, start to first page": "1.5 s",
    "preview, save to changed page": "50 ms",
}
"""What Broadsheet is to take at most at 10,000 articles: shares of what Hugo takes, or Broadsheet's own."""

LARGE_GOALS = {
    "cold, wall": "1.15",
    "cold, CPU": "1.15",
    "cold, memory": "1,500 MB",
    "unchanged, wall": "1.15",
    "unchanged, CPU": "1.15",
    "preview, save to changed page": "150 ms",
}
"""What it is to take at most at 100,000: an article's share of what it costs among fewer, or the whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What one generator took for so many articles, the median of all runs: seconds, megabytes, files."""

    name: str
    version: str
    count: int
    costs: Mapping[str, Cost]
    memory: float
    files: int
    megabytes: float
    preview: Preview | None


@dataclass(slots=True)
class _Notes:
    """What has been measured of a generator so far."""

    costs: dict[str, list[Cost]] = field(default_factory=lambda: {work: [] for work in WORKS})
    size: tuple[int, float] = (0, 0.0)
    preview: Preview | None = None


def compare(generators: Sequence[Generator], count: int, runs: int, root: Path) -> list[Measured]:
    """Let generators do the same works on the same articles, in turns, each run in folders of its own in a new one.

    Nothing is deleted: files are made several times as slowly where thousands
    have just been deleted. So `root` should be, when all is measured, and not before.
    """
    _warm_up(generators, root / "warm")
    _tell(f"{count:,} articles")
    write(root / "digest", count)
    notes = {one.name: _Notes() for one in generators}
    for run in range(runs):
        sites = [site(one, root / "digest", root / f"{one.name}-{run}") for one in generators]
        _work(sites if run % 2 == 0 else sites[::-1], run, notes)
    if all(one.serve for one in generators):
        _preview(sites, notes)
    return [_measured(one, count, notes[one.name], _memory(one, root)) for one in generators]


def _warm_up(generators: Sequence[Generator], root: Path) -> None:
    """Let each be loaded and compiled once: that is no part of a build."""
    write(root / "digest", 20)
    for one in generators:
        WORKS["cold"](site(one, root / "digest", root / one.name))


def _work(sites: Sequence[Site], run: int, notes: Mapping[str, _Notes]) -> None:
    for work, do in WORKS.items():
        for one in sites:
            spent, kept = do(one), notes[one.generator.name]
            _tell(f"  {run + 1} {work}, {one.generator.name}: {spent.wall:.2f} s, CPU {spent.cpu:.2f} s")
            kept.costs[work].append(spent)
            if work == "cold":
                kept.size = size(one.folder / one.generator.output)


def _preview(sites: Sequence[Site], notes: Mapping[str, _Notes]) -> None:
    for one in sites:
        notes[one.generator.name].preview = shown = preview(one)
        _tell(f"  preview, {one.generator.name}: {shown}")


def _memory(one: Generator, root: Path) -> float:
    fresh = site(one, root / "digest", root / f"{one.name}-memory")
    memory = peak_memory(one.build, fresh.folder)
    _tell(f"  memory, {one.name}: {memory:.0f} MB")
    return memory


def _measured(one: Generator, count: int, notes: _Notes, memory: float) -> Measured:
    costs = {
        work: Cost(wall=median(cost.wall for cost in some), cpu=median(cost.cpu for cost in some))
        for work, some in notes.costs.items()
    }
    return Measured(
        name=one.name, version=one.version, count=count, costs=costs, memory=memory,
        files=notes.size[0], megabytes=notes.size[1], preview=notes.preview,
    )


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


# Tables ---------------------------------------------------------------------------------------------


def table(measured: Sequence[Measured], runs: int) -> str:
    """Markdown: a row for each thing measured, with the first's share of the second and the goal for it."""
    python = platform.python_version()
    title = f"{measured[0].count:,} articles, median of {runs}; {os.cpu_count()} processors, Python {python}"
    head = ["", *(f"{one.name} {one.version}" for one in measured)]
    ratios = len(measured) == 2
    if ratios:
        head += [f"of {measured[1].name}'s", "goal"]
    lines = [title, "", _line(head), "|---" * len(head) + "|"]
    for label, unit, numbers in _rows(measured):
        cells = [label, *(_told(number, unit) for number in numbers)]
        if ratios:
            cells += [_ratio(numbers), GOALS.get(label, "")]
        lines.append(_line(cells))
    return "\n".join(lines)


def _rows(measured: Sequence[Measured]) -> list[tuple[str, str, list[float]]]:
    rows: list[tuple[str, str, list[float]]] = []
    for work in WORKS:
        rows.append((f"{work}, wall", "s", [one.costs[work].wall for one in measured]))
        rows.append((f"{work}, CPU", "s", [one.costs[work].cpu for one in measured]))
    rows.append(("cold, memory", "MB", [one.memory for one in measured]))
    shown = [one.preview for one in measured if one.preview]
    if len(shown) == len(measured):
        rows.append(("preview, start to first page", "s", [one.first for one in shown]))
        rows.append(("preview, save to changed page", "ms", [one.page * 1000 for one in shown]))
        rows.append(("preview, title to front page", "ms", [one.front * 1000 for one in shown]))
    rows.append(("files", "", [one.files for one in measured]))
    rows.append(("size", "MB", [one.megabytes for one in measured]))
    return rows


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _told(number: float, unit: str) -> str:
    return f"{number:,.2f} s" if unit == "s" else f"{number:,.0f} {unit}".strip()


def _ratio(numbers: Sequence[float]) -> str:
    return f"{numbers[0] / numbers[1]:.3f}"


def growth(large: Measured, small: Measured) -> str:
    """Markdown: what an article costs among many, as a share of what it costs among fewer."""
    head = [f"{large.name} {large.version}", f"{small.count:,}", f"{large.count:,}", "an article's cost", "goal"]
    lines = [_line(head), "|---" * len(head) + "|"]
    for (label, unit, (few,)), (_, _, (many,)) in zip(_rows([small]), _rows([large]), strict=True):
        share = f"{many / few / (large.count / small.count):.3f}" if label.endswith((", wall", ", CPU")) else ""
        lines.append(_line([label, _told(few, unit), _told(many, unit), share, LARGE_GOALS.get(label, "")]))
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000, help="articles")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--large", type=int, default=0, help="articles to measure Broadsheet's growth with, once")
    parser.add_argument("--json", action="store_true", help="print JSON in place of Markdown")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        root = Path(name)
        measured = compare([broadsheet(), hugo_site()], arguments.count, arguments.runs, root / "first")
        large = compare([broadsheet()], arguments.large, 1, root / "large") if arguments.large else []
    if arguments.json:
        print(json.dumps([asdict(one) for one in [*measured, *large]], indent=2))
        return
    print(table(measured, arguments.runs))
    for one in large:
        print(f"\n{growth(one, measured[0])}")


if __name__ == "__main__":
    main()
