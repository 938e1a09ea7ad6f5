"""What a program that renders nothing does without: packages take longer to load than such a build to run."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from digests import article, digest

LATER = (
    "feedgen", "lxml", "dateutil", "babel", "PIL", "markdown", "pygments", "nh3", "yaml", "rich", "uvicorn", "watchdog",
    "multiprocessing", "subprocess", "importlib.metadata",
)  # fmt: skip
"""Imported where something is made with them."""

NOT_FOR_A_WORD = (*LATER, "jinja2", "msgspec", "sqlite3")
"""Not imported to tell the version."""


@pytest.mark.parametrize(
    ("module", "without"), [("broadsheet.build", LATER), ("broadsheet.ping", LATER), ("broadsheet.cli", NOT_FOR_A_WORD)]
)
def test_packages_are_imported_where_something_is_made_with_them(module: str, without: tuple[str, ...]) -> None:
    program = f"import json, sys; import {module}; print(json.dumps(sorted(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True).stdout
    assert set(json.loads(found)) & set(without) == set()


def test_an_unchanged_build_loads_nothing_that_renders(tmp_path: Path) -> None:
    def run(*arguments: str) -> set[str]:
        program = (
            "import json, sys; from broadsheet.cli import main; main(sys.argv[1:]); print(json.dumps([*sys.modules]))"
        )
        found = subprocess.run(
            [sys.executable, "-c", program, *arguments], cwd=tmp_path, capture_output=True, check=True
        ).stdout
        return set(json.loads(found.splitlines()[-1]))

    digest(tmp_path, {"articles/a.md": article()}, own_theme=False)
    assert {"jinja2", "feedgen", "nh3"} <= run("build")
    # What was written just now could change within the same tick of the disk's clock.
    run("build")
    assert run("build") & {*NOT_FOR_A_WORD, "markupsafe"} <= {"msgspec", "sqlite3"}
