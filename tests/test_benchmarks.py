"""What the benchmarks measure, measured on commands whose costs are known."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).resolve().parent.parent / "benchmarks"

BUSY = "import time\nwhile time.process_time() < 0.5: pass"
LEFT_BEHIND = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {BUSY!r}])"
"""A command that ends at once; what it has started works on."""

LARGE = "import time; data = bytearray(b'x') * 100_000_000; time.sleep(1)"
TOGETHER = f"""
import subprocess, sys
for one in [subprocess.Popen([sys.executable, "-c", {LARGE!r}]) for _ in range(2)]:
    one.wait()
"""

pytestmark = pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="measures on Linux alone")


def test_what_a_command_leaves_behind_counts_as_its_own() -> None:
    assert measured(LEFT_BEHIND)[1] >= 0.5


def test_the_memory_of_all_processes_counts_together() -> None:
    assert 200 <= measured(TOGETHER)[2] < 300


def test_a_command_that_fails_is_not_measured() -> None:
    done = run("raise SystemExit(3)")
    assert done.returncode
    assert "exit status 3" in done.stderr


def measured(program: str) -> tuple[float, float, float]:
    """Seconds of wall time and of processor time, and megabytes."""
    done = run(program)
    assert done.returncode == 0, done.stderr
    wall, cpu, memory = map(float, re.findall(r"[0-9.]+", done.stdout))
    return wall, cpu, memory


def run(program: str) -> subprocess.CompletedProcess[str]:
    # A process of its own: it waits for all children it has, also those that other tests have started.
    command = [sys.executable, str(BENCHMARKS / "measure.py"), sys.executable, "-c", program]
    return subprocess.run(command, capture_output=True, text=True, check=False)
