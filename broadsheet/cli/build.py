"""`broadsheet build`."""

from __future__ import annotations

import json
import time
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from broadsheet.cli.console import as_json, progress_bar, tell, tell_held_back
from broadsheet.cli.surroundings import clock, here, needing, processors
from broadsheet.config import Config, with_base_url
from broadsheet.errors import BroadsheetError
from broadsheet.standing import Report, Work, look, standing

if TYPE_CHECKING:
    # Not imported here: most builds need neither, nor the packages that they bring.
    from broadsheet.processes import Workers
    from broadsheet.store import Mirrored, Store


@click.command("build")
@click.option("--drafts", is_flag=True, help="Publish drafts as well.")
@click.option("--future", is_flag=True, help="Publish what is embargoed or dated in the future.")
@click.option("--expired", is_flag=True, help="Publish what has expired.")
@click.option("--base-url", metavar="URL", help="Build for another address than the configuration's.")
@click.option("--output", metavar="DIR", help="Build into another folder than the configuration's.")
@click.option("--clean", is_flag=True, help="Render everything anew.")
@click.option("--jobs", type=click.IntRange(1, 61), metavar="N", help="Processes to render with (default: one a core).")
@click.option("--cluster", metavar="ADDRESS", help="Render on a Dask cluster, as at tcp://10.0.0.5:8786.")
@click.option("--store", metavar="ADDRESS", help="Put the site into an object store too, as s3://bucket/prefix.")
@click.option("--stats", is_flag=True, help="Tell what was read, rendered and written.")
@click.option("--json", "as_data", is_flag=True, help="Report as JSON.")
def command(
    drafts: bool, future: bool, expired: bool, base_url: str | None, output: str | None,
    clean: bool, jobs: int | None, cluster: str | None, store: str | None, stats: bool, as_data: bool,
) -> int:
    """Build the site.

    Renders only what is not current, writes only what changed, deletes only
    what an earlier build wrote. With errors the site stays as it was.
    """  # fmt: skip
    start = time.monotonic()
    try:
        root, config = here()
        config = _as_asked(config, drafts, future, expired, base_url, output)
        place = _opened(store) if store is not None else None
        now, seen = clock(), look(root, config)
        report = None if clean else standing(root, root / config.folders.output, seen, now)
        if report is None:
            # Only now, as a build with nothing to do takes no longer than this import.
            from broadsheet.build import build

            with _workers(cluster) as workers, progress_bar(wanted=not as_data) as progress:
                report = build(
                    root, config, now=now, jobs=jobs or processors(), workers=workers, clean=clean, seen=seen,
                    progress=progress,
                )  # fmt: skip
        stored = _mirrored(root / config.folders.output, place, wanted=not as_data) if place else None
    except BroadsheetError as error:
        if not as_data:
            raise
        click.echo(json.dumps({"ok": False, "problems": [as_json(one) for one in error.problems]}, indent=2))
        return error.exit_code
    seconds = time.monotonic() - start
    if as_data:
        click.echo(json.dumps(_data(report, config, seconds) | _stored_data(stored), indent=2))
    else:
        _tell(report, config, seconds)
        if stats:
            _tell_work(report.work)
        if stored:
            click.echo(f"{store}: {len(stored.uploaded):,} uploaded, {len(stored.removed):,} removed")
    return 0


def _workers(cluster: str | None) -> AbstractContextManager[Workers | None]:
    if cluster is None:
        return nullcontext()
    with needing("cluster", "speak to a cluster"):
        from broadsheet.cluster import connected

        return connected(cluster)


def _opened(store: str) -> Store:
    with needing("store", "speak to stores"):
        from broadsheet.store import opened

        return opened(store)


def _mirrored(output: Path, store: Store, *, wanted: bool) -> Mirrored:
    from broadsheet.store import mirror

    with progress_bar(wanted=wanted, doing="uploading") as progress:
        return mirror(output, store, progress=progress)


def _as_asked(
    config: Config, drafts: bool, future: bool, expired: bool, base_url: str | None, output: str | None
) -> Config:
    show = config.visibility
    visibility = replace(
        show, drafts=show.drafts or drafts, future=show.future or future, expired=show.expired or expired
    )
    config = replace(config, visibility=visibility)
    if output is not None:
        if not output.strip():
            raise click.BadParameter("must name a folder", param_hint="--output")
        config = replace(config, folders=replace(config.folders, output=str(Path.cwd() / output)))
    return with_base_url(config, base_url) if base_url is not None else config


def _tell(report: Report, config: Config, seconds: float) -> None:
    tell(report.notices)
    changed = sum(file.endswith(".html") for file in report.changed)
    removed = sum(file.endswith(".html") for file in report.removed)
    click.echo(f"built {report.pages:,} pages: {changed:,} changed, {removed:,} removed, {seconds:.1f} s")
    tell_held_back(report.held_back, report.next_due, config)


def _tell_work(work: Work) -> None:
    click.echo(f"read {work.read:,} of {work.files:,} files, and {work.texts:,} texts")
    click.echo(f"rendered {work.rendered:,} files, wrote {work.written:,}")


def _data(report: Report, config: Config, seconds: float) -> dict[str, Any]:
    return {
        "ok": True,
        "pages": report.pages,
        "files": report.files,
        "rendered": report.work.rendered,
        "stats": {name: getattr(report.work, name) for name in ("files", "read", "texts", "rendered", "written")},
        "changed": list(report.changed),
        "removed": list(report.removed),
        "held_back": [
            {
                "path": f"{config.folders.content}/{one.path}",
                "reason": one.reason,
                "until": one.until.isoformat() if one.until else None,
            }
            for one in report.held_back
        ],
        "next_due": report.next_due.isoformat() if report.next_due else None,
        "seconds": round(seconds, 3),
        "problems": [as_json(one) for one in report.notices],
    }


def _stored_data(stored: Mirrored | None) -> dict[str, Any]:
    return {"uploaded": list(stored.uploaded), "unstored": list(stored.removed)} if stored else {}
