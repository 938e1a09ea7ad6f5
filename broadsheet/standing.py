"""Whether a site stands: nothing it was made from has changed, and nothing of it is gone."""

from __future__ import annotations

import sys
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from broadsheet.config import Config
from broadsheet.errors import Problem
from broadsheet.files import Stamp, disk_time, is_settled, stamp_of, stamps_below
from broadsheet.files import replace as replace_file
from broadsheet.model import HeldBack
from broadsheet.publish import MARK, is_whole, read_manifest
from broadsheet.values import decoder, digest, encode
from broadsheet.versions import everything

FILE = Path(".broadsheet", "built.json")
"""Where it is noted what the last build of a digest was made from; in its own folder, as the site is for others."""

_PACKAGE = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What a build did, in numbers.

    `files` are those looked at for changes, `read` those read of them and
    `texts` the bodies read to be rendered; `rendered` and `written` count files
    of the site.
    """

    files: int = 0
    read: int = 0
    texts: int = 0
    rendered: int = 0
    written: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a build did. `pages` counts the site's HTML files; `changed` and `removed` name files."""

    pages: int
    files: int
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    held_back: tuple[HeldBack, ...]
    next_due: datetime | None
    notices: tuple[Problem, ...]
    work: Work = field(default_factory=Work)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """All that a site is made from, at one moment: `mark` differs where a file, a setting or a program does.

    Not `settled` is what may yet change without another time to show for it.
    """

    mark: str
    settled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Built:
    """A build as it is noted: what of, the moments for which it is right, and what it said."""

    mark: str
    manifest: tuple[int, ...]
    since: datetime
    until: datetime | None
    report: Report


def look(root: Path, config: Config) -> Seen:
    """See what the site of a digest would be made from, by sizes and times of files; none is read."""
    looked = disk_time()
    stamps: list[tuple[str, Stamp]] = []
    for folder in (config.folders.content, config.folders.templates, config.folders.static):
        stamps += stamps_below(root / folder)
    # The theme lies beside the package in a checkout, and in it once it is installed.
    for place in (_PACKAGE, _PACKAGE.parent / "templates", _PACKAGE.parent / "static"):
        stamps += (one for one in stamps_below(place) if not one[0].endswith(".pyc"))
    for file in (root / font for font in config.cards.fonts):
        stamps.append((str(file), stamp_of(file)))
    settled = all(is_settled(stamp, looked) for _, stamp in stamps)
    return Seen(mark=digest(sys.version, everything(), str(root), repr(config), stamps), settled=settled)


def standing(root: Path, output: Path, seen: Seen, now: datetime) -> Report | None:
    """What a build at `now` would report, were it made: None where it would have something to do."""
    try:
        built = _built_from((root / FILE).read_bytes())
    except (OSError, ValueError):
        return None
    is_same = built.mark == seen.mark and built.manifest == stamp_of(output / MARK / "manifest.json")
    is_now = built.since <= now and (built.until is None or now < built.until)
    if not (is_same and is_now and is_whole(output, read_manifest(output))):
        return None
    return built.report


def note(root: Path, output: Path, seen: Seen, report: Report, *, since: datetime, until: datetime | None) -> None:
    """Note what a build was made from, and that it is right from its moment to another, for `standing`."""
    if not seen.settled:
        return
    told = replace(report, changed=(), removed=(), work=Work(files=report.work.files))
    built = _Built(
        mark=seen.mark, manifest=stamp_of(output / MARK / "manifest.json"), since=since, until=until, report=told
    )
    # Without the note the next build looks at everything.
    with suppress(OSError, ValueError):
        replace_file(root / FILE, encode(built))


_built_from = decoder(_Built)
