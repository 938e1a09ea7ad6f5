"""What a program that renders nothing does without: packages take longer to load than such a build to run."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

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
