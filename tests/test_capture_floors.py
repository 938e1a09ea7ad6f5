"""What cleaning is worth has a floor, which may only rise.

The models were taught on pages of the same collection, so that these figures
tell when something breaks; how good cleaning is on sites not seen is told by
cross-validation (docs/cleaning.md).
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT.parent / "shared" / "cleaning" / "dev"

FLOORS = {"texts, alone": (0.960, 0.56), "texts, with siblings": (0.968, 0.60), "pages, alone": (0.986, 0.84)}
"""F1 and the share of perfect pages."""


@pytest.mark.skipif(not DATA.is_dir(), reason=f"the pages are not here ({DATA})")
def test_no_floor_is_fallen_below() -> None:
    done = subprocess.run(
        [sys.executable, "benchmarks/cleaning/bench.py", str(DATA)], cwd=ROOT, capture_output=True, text=True,
        timeout=600, check=True,
    )  # fmt: skip
    found = dict(re.findall(r"^(\S.*?)\s+n=\s*\d+ (.*)$", done.stdout, re.M))
    below = {}
    for name, (f1, perfect) in FLOORS.items():
        measured = re.search(r"F1 (\S+) .*perfect (\S+)", found[name])
        assert measured, json.dumps(found)
        if float(measured[1]) < f1 or float(measured[2]) < perfect:
            below[name] = found[name]
    assert below == {}
