"""The work of `broadsheet clean`: files to what is left of them, on standard output."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from typing import Any

import click

from broadsheet.capture.addresses import is_web
from broadsheet.capture.batch import Failed, each
from broadsheet.capture.escape import escape
from broadsheet.capture.load import LARGEST, given, named
from broadsheet.capture.nouns import Cleaned
from broadsheet.capture.report import as_data as cleaned_data
from broadsheet.capture.report import dropped_lines
from broadsheet.capture.study import Job, name_of, study, with_siblings
from broadsheet.cli.console import echo, progress_bar, tell
from broadsheet.cli.surroundings import digest_folder
from broadsheet.errors import describe, printable


def clean_files(
    files: Iterable[str], urls: tuple[str, ...], *, as_data: bool, siblings: bool, why: bool, workers: int
) -> int:
    """Clean and print each file, in order; the exit code. One that fails stops none of the others."""
    sources = named(files)
    if bad := next((url for url in urls if not is_web(url)), ""):
        raise click.UsageError(f"--url {bad}: must be a web address, as in https://example.org/page")
    if len(urls) not in (0, 1, len(sources)):
        message = f"--url stands there {len(urls)} times for {len(sources)} files: once for all, or once for each"
        raise click.UsageError(message)
    jobs = [_job(source, urls[number % len(urls)] if urls else "") for number, source in enumerate(sources)]
    failures = 0
    with progress_bar(wanted=not sys.stdout.isatty(), doing="cleaning") as progress:
        studied = with_siblings(jobs, workers=workers) if siblings else jobs
        for done, (job, outcome) in enumerate(each(study, studied, name=name_of, workers=workers), 1):
            progress(done, len(jobs))
            failures += isinstance(outcome, Failed)
            for line in _data(job, outcome) if as_data else _markdown(job, outcome, alone=len(jobs) == 1):
                echo(line)
            _tell(job, outcome, as_data=as_data, why=why)
    return 1 if failures else 0


def _job(source: str, address: str) -> Job:
    capture = given(source, sys.stdin.buffer.read(LARGEST + 1), address=address) if source == "-" else None
    return Job(name=source, address=address, capture=capture, root=digest_folder())


def _data(job: Job, outcome: Cleaned | Failed) -> Iterator[str]:
    if isinstance(outcome, Failed):
        found: dict[str, Any] = {"text": "", "error": describe(outcome.problems[0])}
    else:
        found = {**cleaned_data(outcome), "error": None}
    yield json.dumps({"path": job.name, **found}, ensure_ascii=False)


def _markdown(job: Job, outcome: Cleaned | Failed, *, alone: bool) -> Iterator[str]:
    if isinstance(outcome, Failed):
        return
    if not alone:
        yield f"<!-- {job.name.replace('--', '- -')} -->\n"
    if outcome.facts.title:
        yield f"# {escape(outcome.facts.title.value)}\n"
    if outcome.facts.dek:
        yield f"*{escape(outcome.facts.dek.value)}*\n"
    yield "\n\n".join(block.markdown for block in outcome.body.blocks) + ("" if alone else "\n")


def _tell(job: Job, outcome: Cleaned | Failed, *, as_data: bool, why: bool) -> None:
    if isinstance(outcome, Failed):
        if not as_data:
            tell(outcome.problems)
    elif why:
        click.echo(f"{printable(job.name)}: dropped", err=True)
        for line in dropped_lines(outcome):
            click.echo(printable(line), err=True)
