"""The work of `broadsheet add`: sources to drafts, with a report of each."""

from __future__ import annotations

import difflib
import json
import re
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from html import escape
from pathlib import Path
from typing import Any

import click

from broadsheet.capture import feed, inbox, report
from broadsheet.capture.addresses import is_web
from broadsheet.capture.batch import Failed, each
from broadsheet.capture.clean import lines
from broadsheet.capture.desk import Change, Desk, Draft
from broadsheet.capture.fetch import FEED, PICTURE
from broadsheet.capture.illustrate import Pictures
from broadsheet.capture.keep import content_hash
from broadsheet.capture.load import LARGEST, fetched, given, named, read
from broadsheet.capture.memory import remember, source_of
from broadsheet.capture.nouns import Capture, Cleaned, Facts, Found
from broadsheet.capture.study import Job, name_of, study, trusted_address
from broadsheet.cli.console import as_json, echo, progress_bar, tell
from broadsheet.cli.surroundings import clock, fetcher, here, processors
from broadsheet.content import read_date
from broadsheet.errors import BroadsheetError, ConfigError, ContentError, Problem, printable
from broadsheet.files import is_file, is_folder

SAVE_IT = "open the feed in a browser, save the article, and add the file"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What was asked for on the command line."""

    url: str = ""
    feed: str = ""
    since: str = ""
    update: bool = False
    yes: bool = False
    pictures: bool = True
    dry_run: bool = False
    why: bool = False
    as_data: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A source that is to become an article; `load` brings it.

    `number` is the inbox's, 0 for none; `address` is on the web, "" for what is not.
    """

    name: str
    load: Callable[[], Capture] = field(repr=False)
    number: int = 0
    address: str = ""


class Run:
    """One run of the command: where articles go, and how each source ended."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.root, config = here()
        self.now = clock()
        self.desk = Desk(self.root, config)
        self.fetcher = fetcher(config)
        self.pictures = Pictures(self._picture if options.pictures else None)
        self.arrived: dict[int, str] = {}
        self.outcomes = {"added": 0, "updated": 0, "unchanged": 0, "there already": 0, "not written": 0, "failed": 0}

    def _picture(self, address: str) -> bytes:
        return self.fetcher.fetch(address, PICTURE).data

    def shown(self, path: str) -> str:
        return f"{self.desk.config.folders.content}/{path}"

    def end(self, outcome: str, name: str, data: dict[str, Any]) -> None:
        """Count how a source ended; tell machines."""
        self.outcomes[outcome] += 1
        if self.options.as_data:
            echo(json.dumps({"input": name, "outcome": outcome, **data}, ensure_ascii=False))

    def inbox(self) -> inbox.Inbox:
        return inbox.load(self.root)

    def has_already(self, name: str, path: str) -> None:
        if not self.options.as_data:
            echo(f"{printable(name)}: already in {self.shown(path)}")
        self.end("there already", name, {"path": self.shown(path)})

    def fail(self, name: str, problems: Sequence[Problem]) -> None:
        if not self.options.as_data:
            tell(problems)
        self.end("failed", name, {"problems": [as_json(problem) for problem in problems]})

    def finish(self) -> int:
        told = [f"{count:,} {outcome}" for outcome, count in self.outcomes.items() if count]
        if sum(self.outcomes.values()) > 1 and not self.options.as_data:
            click.echo(", ".join(told), err=True)
        return 1 if self.outcomes["failed"] else 0


# New articles -------------------------------------------------------------------------------------


def add(sources: tuple[str, ...], options: Options) -> int:
    """Add every source; the exit code. One that fails stops none of the others."""
    if options.url and not is_web(options.url):
        raise click.UsageError(f"--url {options.url}: must be a web address, as in https://example.org/page")
    run = Run(options)
    wanted = [*_named(sources, run), *(_of_feed(run) if options.feed else ())]
    if options.url and len(wanted) > 1:
        raise click.UsageError(f"--url is the address of one page, and {len(wanted)} are to be added")
    if not wanted:
        click.echo("nothing to add", err=True)
    numbers = {one.name: one.number for one in wanted if one.number}
    try:
        with progress_bar(wanted=len(wanted) > 1 and not sys.stdout.isatty(), doing="adding") as progress:
            studied = each(study, _jobs(wanted, run), name=name_of, workers=processors())
            for done, (job, outcome) in enumerate(studied, 1):
                progress(done, len(wanted))
                path = _gathered(run, job, outcome, _settled)
                if path and job.name in numbers and not options.dry_run:
                    run.arrived[numbers[job.name]] = path
    finally:
        # Also when the editor breaks off: what was added until then is no longer waiting.
        if not options.dry_run:
            _tell_inbox(run)
    return run.finish()


def _named(sources: tuple[str, ...], run: Run) -> Iterator[Wanted]:
    """What the editor named, folders and spans of numbers taken apart."""
    for source in sources:
        if re.fullmatch(r"[0-9]+(-[0-9]+)?(,[0-9]+(-[0-9]+)?)*", source) and not _is_there(Path(source)):
            yield from (_of_inbox(number, run) for number in inbox.numbers(source))
            continue
        try:
            names = named([source])
        except BroadsheetError as error:
            run.fail(source, error.problems)
            continue
        for name in names:
            address = name if is_web(name) else ""
            yield Wanted(name=name, load=partial(_brought, name, run), address=address)


def _is_there(path: Path) -> bool:
    return is_file(path) or is_folder(path)


def _brought(name: str, run: Run) -> Capture:
    scheme = re.match(r"([a-z][a-z0-9+.-]+)://", name, re.I)
    if scheme and scheme[1].lower() in ("http", "https"):
        return fetched(name, run.fetcher.fetch)
    if scheme:
        message = f"is an address of the kind {scheme[1]}:, which is not fetched"
        hint = "http and https are; or save it and add the file"
        raise ContentError([Problem(path=name, message=message, hint=hint)])
    if name == "-":
        return given(name, sys.stdin.buffer.read(LARGEST + 1), address=run.options.url)
    return read(name, address=run.options.url)


def _of_inbox(number: int, run: Run) -> Wanted:
    known = run.inbox().arrivals.get(number)
    return Wanted(
        name=str(number), load=partial(_arrived, number, run), number=number, address=known.address if known else ""
    )


def _arrived(number: int, run: Run) -> Capture:
    arrival = inbox.item(run.inbox(), number)
    if not arrival.address:
        raise ContentError([Problem(path=str(number), message="its feed gives no address for it", hint=SAVE_IT)])
    known = Facts(title=_said(arrival.title), date=_said(arrival.date))
    return replace(fetched(arrival.address, run.fetcher.fetch), known=known)


def _jobs(wanted: Iterable[Wanted], run: Run) -> Iterator[Job]:
    for one in wanted:
        try:
            if holder := "" if run.options.update else run.desk.holder_of(one.address):
                run.has_already(one.name, holder)
                continue
            yield Job(name=one.name, capture=one.load(), root=run.root)
        except BroadsheetError as error:
            run.fail(one.name, error.problems)


def _gathered(
    run: Run, job: Job, outcome: Cleaned | Failed, settle: Callable[[Run, Job, Cleaned], str]
) -> str:
    """The path of the article a source became; "" where it became none, which is told."""
    try:
        if isinstance(outcome, Failed):
            raise ContentError(outcome.problems)
        return settle(run, job, outcome)
    except ContentError as error:
        run.fail(job.name, error.problems)
        return ""


def _settled(run: Run, job: Job, cleaned: Cleaned) -> str:
    assert job.capture  # noqa: S101 # what is added is loaded here
    holder = run.desk.holder(job.capture, cleaned)
    if holder and run.options.update:
        change = run.desk.change(holder, job.capture, cleaned, captured_at=run.now, pictures=run.pictures)
        _offer(run, job.name, change)
        return holder
    if holder:
        run.has_already(job.name, holder)
        return holder
    draft = run.desk.drafted(job.capture, cleaned, captured_at=run.now, pictures=run.pictures)
    if not run.options.dry_run:
        run.desk.add(draft)
        _remember(run, draft)
    _report(run, job.name, draft)
    return draft.path


def _remember(run: Run, draft: Draft) -> None:
    source = draft.cleaned.facts.source
    address = trusted_address(draft.capture, draft.cleaned)
    source_name = source_of(address, source.value if source else "")
    try:
        remember(run.root, source_name, content_hash(draft.capture.data), lines(draft.capture))
    except ContentError as error:  # the article is written, and nothing of it depends on this
        if not run.options.as_data:
            tell([replace(problem, level="warning") for problem in error.problems])


def _report(run: Run, name: str, draft: Draft) -> None:
    if run.options.as_data:
        data = report.as_data(draft.cleaned)
        review = list(draft.illustrated.article.review)
        data |= {"path": run.shown(draft.path), "markdown": draft.text, "review": review}
        run.end("not written" if run.options.dry_run else "added", name, data)
        return
    if run.options.dry_run:
        echo(draft.text)
    echo(run.shown(draft.path), err=run.options.dry_run)
    for label, words in report.in_words(draft):
        for line in _wrapped(label, words):
            echo(line, err=run.options.dry_run)
    if run.options.why:
        for line in report.dropped_lines(draft.cleaned):
            echo(printable(line), err=run.options.dry_run)
    run.end("not written" if run.options.dry_run else "added", name, {})


def _wrapped(label: str, words: str) -> list[str]:
    """A line of the report within eighty columns, its label in front of the first."""
    return textwrap.wrap(
        printable(words), 80, initial_indent=f"  {label:<10}", subsequent_indent=" " * 12, break_on_hyphens=False,
        break_long_words=False, max_lines=4, placeholder=" …",
    ) or [f"  {label}"]


def _tell_inbox(run: Run) -> None:
    """What was added is no longer waiting, whether by its number or by another way."""
    before = found = run.inbox()
    for arrival in inbox.waiting(before):
        path = run.arrived.get(arrival.number) or run.desk.holder_of(arrival.address)
        if path:
            found = inbox.added(found, arrival.number, run.shown(path))
    if found != before:
        inbox.save(run.root, found)


# A feed's articles --------------------------------------------------------------------------------


def _of_feed(run: Run) -> Iterator[Wanted]:
    since = _since(run)
    try:
        found = _feed(run)
    except ContentError as error:
        run.fail(run.options.feed, error.problems)
        return
    if not run.options.as_data:
        tell(found.notices)
    for one in found.items:
        date = one.date if one.date is None or one.date.tzinfo else one.date.replace(tzinfo=since.tzinfo)
        if date is None or date >= since:
            name = one.address or one.title or one.id
            yield Wanted(name=name, load=partial(_of_item, one, found, run), address=one.address)


def _since(run: Run) -> datetime:
    timezone = run.desk.config.timezone
    try:
        return read_date(run.options.since or "1970-01-01", timezone)
    except ValueError as error:
        hint = "dates are written 2026-12-02"
        raise ConfigError([Problem(path="--since", message=str(error), hint=hint)]) from error


def _feed(run: Run) -> feed.Feed:
    name = run.options.feed
    if is_web(name):
        got = run.fetcher.fetch(name, FEED)
        return feed.read(got.data, name=name, address=got.address, charset=got.charset)
    return feed.read(read(name).data, name=name)


def _of_item(one: feed.Item, source: feed.Feed, run: Run) -> Capture:
    """The article's page; where that cannot be had, what the feed itself holds of it."""
    known = Facts(
        title=_said(one.title), authors=_said(one.authors), date=_said(one.date), updated=_said(one.updated),
        tags=_said(one.tags), source=_said(source.title), lang=_said(one.lang),
    )
    try:
        if not one.address:
            message = "the feed gives no address for it"
            raise ContentError([Problem(path=one.title or one.id, message=message, hint=SAVE_IT)])
        return replace(fetched(one.address, run.fetcher.fetch), known=known)
    except ContentError as error:
        if len(one.content) < WORTH_READING:
            raise
        if not run.options.as_data:
            tell([replace(error.problems[0], level="warning", hint="the text in the feed was taken instead")])
        base = f'<base href="{escape(one.base or one.address)}">'
        page = f"<!doctype html><head>{base}</head><article>{one.content}</article>"
        return Capture(
            name=one.address or one.title, data=page.encode("utf-8", "replace"), address=one.address,
            media_type="text/html", charset="utf-8", known=known,
        )


WORTH_READING = 400
"""Characters, with markup, from which a feed's text counts as an article rather than a teaser."""


def _said(value: Any) -> Found[Any] | None:
    return Found(value=value, origin="feed") if value else None


# Articles that are there already ------------------------------------------------------------------


def clean_again(paths: tuple[str, ...], options: Options) -> int:
    """Clean articles again from their raw captures, all where none is named; the exit code."""
    run = Run(options)
    names = [_below_content(path, run) for path in paths] or run.desk.captured()
    captured_at: dict[str, datetime] = {}

    def jobs() -> Iterator[Job]:
        for path in names:
            try:
                found = run.desk.recapture(path)
            except BroadsheetError as error:
                run.fail(run.shown(path), error.problems)
                continue
            captured_at[path] = found.captured_at
            yield Job(name=path, capture=found.capture, root=run.root)

    def settle(run: Run, job: Job, cleaned: Cleaned) -> str:
        assert job.capture  # noqa: S101 # it was just found
        change = run.desk.change(
            job.name, job.capture, cleaned, captured_at=captured_at[job.name], pictures=run.pictures
        )
        _offer(run, run.shown(job.name), change)
        return job.name

    with progress_bar(wanted=not sys.stdout.isatty(), doing="cleaning") as progress:
        for done, (job, outcome) in enumerate(each(study, jobs(), name=name_of, workers=processors()), 1):
            progress(done, len(names))
            _gathered(run, job, outcome, settle)
    return run.finish()


def _below_content(path: str, run: Run) -> str:
    full = (Path.cwd() / path).resolve()
    content = run.desk.content.resolve()
    return full.relative_to(content).as_posix() if full.is_relative_to(content) else path


def _offer(run: Run, name: str, change: Change) -> None:
    """Show what would change, and write it if the editor wants it."""
    path = run.shown(change.path)
    if change.after == change.before:
        if not run.options.as_data:
            echo(f"{path}: unchanged")
        run.end("unchanged", name, {"path": path})
        return
    diff = list(
        difflib.unified_diff(change.before.splitlines(), change.after.splitlines(), path, path, lineterm="", n=2)
    )
    if not run.options.as_data:
        for line in diff:
            echo(_coloured(printable(line)))
        if change.conflicts:
            click.echo("  kept as you wrote it, where cleaning would say:")
            for one in change.conflicts:
                echo(f"    {printable(report.shortened(one) or '(nothing)')}")
    wanted = _is_wanted(run)
    if wanted:
        run.desk.apply(change)
    run.end(
        "updated" if wanted else "not written", name,
        {"path": path, "diff": "\n".join(diff), "conflicts": list(change.conflicts)},
    )


def _is_wanted(run: Run) -> bool:
    if run.options.dry_run or run.options.yes:
        return run.options.yes and not run.options.dry_run
    if run.options.as_data or not sys.stdin.isatty():
        click.echo("  not written: --yes writes it", err=True)
        return False
    return click.confirm("Write it?")


def _coloured(line: str) -> str:
    colour = {"+": "green", "-": "red", "@": "cyan"}.get(line[:1])
    return click.style(line, fg=colour) if colour and sys.stdout.isatty() else line
