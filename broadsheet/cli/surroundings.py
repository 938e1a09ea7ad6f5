"""What the process is asked of its surroundings: directory, clock, processors."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

from broadsheet.config import Config, find, load
from broadsheet.errors import ConfigError, Problem


def here() -> tuple[Path, Config]:
    """The digest that the current directory lies in: its folder and configuration. Raises ConfigError."""
    file = find(Path.cwd())
    return file.parent, load(file)


def clock() -> datetime:
    """The present moment, or SOURCE_DATE_EPOCH (seconds since 1970) where that is set, for builds to repeat."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if not epoch:
        return datetime.now(UTC)
    try:
        return datetime.fromtimestamp(int(epoch), UTC)
    except (ValueError, OverflowError, OSError) as error:
        problem = Problem(path="SOURCE_DATE_EPOCH", message=f"{epoch!r} is not a number of seconds since 1970")
        raise ConfigError([problem]) from error


def processors() -> int:
    # Windows waits for no more than 61 processes at once.
    return min(61, os.cpu_count() or 1)
