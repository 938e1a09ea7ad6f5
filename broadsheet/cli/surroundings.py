"""What the process is asked of its surroundings: directory, clock, processors."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from broadsheet import __version__
from broadsheet.config import Config, find, load
from broadsheet.errors import ConfigError, Problem

if TYPE_CHECKING:
    from broadsheet.capture.fetch import Fetcher


def here() -> tuple[Path, Config]:
    """The digest that the current directory lies in: its folder and configuration. Raises ConfigError."""
    file = find(Path.cwd())
    return file.parent, load(file)


def digest_folder() -> Path | None:
    """The folder of the digest that the current directory lies in, None outside of any."""
    try:
        return find(Path.cwd()).parent
    except ConfigError:
        return None


@contextmanager
def needing(extra: str, packages: str) -> Iterator[None]:
    """What is done inside needs the packages of an extra; says so where they are absent. `packages` names them."""
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("broadsheet"):
            raise
        hint = f'install them: pip install "broadsheet[{extra}]"'
        message = f"the packages that {packages} are not installed (no {error.name})"
        raise ConfigError([Problem(path="broadsheet", message=message, hint=hint)]) from error


def needing_capture() -> AbstractContextManager[None]:
    """What is done inside needs the extra packages of capturing; says so where they are absent."""
    return needing("capture", "read strangers' pages")


def fetcher(config: Config) -> Fetcher:
    """What fetches web addresses in this run; it gives its name and the digest's address."""
    from broadsheet.capture.fetch import Fetcher
    from broadsheet.capture.guard import Guard, system_resolver

    return Fetcher(
        user_agent=f"Broadsheet/{__version__} (+{config.base_url})",
        guard=Guard(resolve=system_resolver),
        monotonic=time.monotonic,
        sleep=time.sleep,
    )


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
