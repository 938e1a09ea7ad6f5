"""What was approved as a file, against what is made now. BROADSHEET_APPROVE=1 approves what is made now."""

from __future__ import annotations

import os
from pathlib import Path

APPROVED = Path(__file__).parent / "approved"


def check(name: str, text: str | bytes) -> None:
    """Compare with tests/approved/<name>; read the diff before approving it."""
    file = APPROVED / name
    made = text.encode() if isinstance(text, str) else text
    if os.environ.get("BROADSHEET_APPROVE") == "1":
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(made)
    assert file.is_file(), f"{name} is not approved yet; BROADSHEET_APPROVE=1 approves it"
    approved = file.read_bytes()
    if isinstance(text, str):
        assert text == approved.decode()
    else:
        assert made == approved
