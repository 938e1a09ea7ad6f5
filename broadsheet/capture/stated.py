"""What a scraped text says of its article: headline, dek, picture credit, source, author, date."""

from __future__ import annotations

from collections.abc import Sequence

from broadsheet.capture.features import Reading
from broadsheet.capture.nouns import Facts


def facts(readings: Sequence[Reading], chosen: Sequence[bool], *, name_hint: str = "") -> tuple[Facts, dict[int, str]]:
    """What is stated, and the lines that state it, each with what it is."""
    return Facts(), {}


def purpose(reading: Reading) -> str:
    return ""
