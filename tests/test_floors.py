"""Imports run strictly downward, and a third-party package has one door."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "broadsheet"


def modules() -> dict[str, Path]:
    """Every module by its dotted name below the package; a package by its own name."""
    found = {}
    for file in sorted(PACKAGE.rglob("*.py")):
        parts = list(file.relative_to(PACKAGE).with_suffix("").parts)
        if parts[-1] == "__init__":
            parts.pop()
        found[".".join(parts)] = file
    del found[""]
    return found


def floors() -> dict[str, int]:
    """The table of floors in docs/architecture.md: module to floor."""
    text = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    rows = re.findall(r"^\|\s*(\d+)\s*\|([^|]+)\|", text, re.M)
    return {name: int(floor) for floor, names in rows for name in re.findall(r"[a-z_][\w.]*", names)}


def imported(file: Path) -> set[str]:
    """The modules a file imports, wherever in it: `a.b` for both `import a.b` and `from a.b import c`."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: imports name their module in full"
            assert node.module
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def ours(file: Path, known: dict[str, Path]) -> set[str]:
    names = {name.removeprefix("broadsheet.") for name in imported(file) if name.startswith("broadsheet.")}
    return {name for name in names if name in known}


def test_every_module_has_its_floor() -> None:
    assert floors().keys() == modules().keys() - {"__main__"}


def test_imports_run_strictly_downward() -> None:
    floor, known = floors(), modules()
    upward = [
        f"{name} (floor {floor[name]}) imports {other} (floor {floor[other]})"
        for name, file in known.items()
        if name in floor
        for other in ours(file, known)
        if other != name and floor[other] >= floor[name] and not _within_a_room(name, other)
    ]
    assert upward == []


def _within_a_room(name: str, other: str) -> bool:
    """Modules of one sub-package may import one another; that they do so in no circle is tested below."""
    return "." in name and name.split(".")[0] == other.split(".")[0]


def test_no_module_imports_itself_by_a_detour() -> None:
    known = modules()
    graph = {name: ours(file, known) - {name} for name, file in known.items()}
    done: set[str] = set()

    def visit(name: str, way: tuple[str, ...]) -> None:
        assert name not in way, " -> ".join((*way, name))
        if name not in done:
            for other in graph[name]:
                visit(other, (*way, name))
            done.add(name)

    for name in graph:
        visit(name, ())


DOORS = {"lxml": {"feeds", "capture.dom"}, "PIL": {"cards", "pictures"}}
"""The build writes XML and capturing reads HTML, and neither imports the other; drawing is not scaling."""

ROOMS = {"click": "cli"}
"""The command line is a room of several files; everything else has one."""


def test_a_third_party_package_is_imported_in_one_module() -> None:
    users = defaultdict(set)
    for name, file in modules().items():
        for package in {one.split(".")[0] for one in imported(file)}:
            if package != "broadsheet" and package not in sys.stdlib_module_names:
                users[package].add(name)
    assert users
    for package, names in users.items():
        rooms = {name.split(".")[0] for name in names}
        allowed = rooms == {ROOMS[package]} if package in ROOMS else len(names) == 1 or names == DOORS.get(package)
        assert allowed, f"{package} is imported in {', '.join(sorted(names))}"


def test_every_package_that_is_imported_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = {name: _names(needed) for name, needed in project["optional-dependencies"].items()}
    distributions = {
        "yaml": "pyyaml", "charset_normalizer": "charset-normalizer", "PIL": "pillow", "pagefind_bin": "pagefind-bin",
    }  # fmt: skip
    for name, file in modules().items():
        for package in {one.split(".")[0] for one in imported(file)}:
            if package != "broadsheet" and package not in sys.stdlib_module_names:
                allowed = _names(project["dependencies"]) | extras.get(name.split(".")[0], set())
                assert distributions.get(package, package) in allowed


def _names(requirements: list[str]) -> set[str]:
    return {re.split(r"[<>=\[;]", one)[0].lower() for one in requirements}


def test_a_build_and_a_preview_import_nothing_of_capturing() -> None:
    code = "import sys, broadsheet.cli.build, broadsheet.cli.serve; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert [name for name in loaded if name.startswith(("broadsheet.capture", "trafilatura", "numpy"))] == []


@pytest.mark.parametrize("name", ["datetime.now", "date.today", "Path.cwd", "os.environ", "time.time", "random."])
def test_clock_environment_and_directory_are_read_in_the_command_line_only(name: str) -> None:
    for module, file in modules().items():
        if not module.startswith("cli"):
            assert name not in file.read_text("utf-8"), f"{module} reads {name}"
