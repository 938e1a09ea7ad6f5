"""`broadsheet ping`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import click

from broadsheet.cli.console import as_json, echo, progress_bar, tell
from broadsheet.config import Config, find, load
from broadsheet.errors import BroadsheetError, ConfigError, Problem
from broadsheet.ping import Answer, Changed, changed_feeds, remember
from broadsheet.ping import tell as tell_hub


@click.command("ping")
@click.argument("feeds", nargs=-1, metavar="[FEED]...")
@click.option("--dry-run", is_flag=True, help="Say what the hub would be told, and tell it nothing.")
@click.option("--json", "as_data", is_flag=True, help="Report as JSON.")
def command(feeds: tuple[str, ...], dry_run: bool, as_data: bool) -> int:
    """Tell the WebSub hub which feeds have changed.

    The hub is that of the configuration. It is told of each feed that the last
    build changed since the hub was last told, or of each FEED named here,
    changed or not: an address or a path, of a feed or of a page for all its
    feeds. Publish the site first: the hub comes to fetch them.
    """  # fmt: skip
    try:
        file = find(Path.cwd())
        config = load(file)
        _check_hub(config, file)
        output = file.parent / config.folders.output
        due = changed_feeds(output, config, feeds)
        answers = () if dry_run else _ask(config, due)
        told = tuple(one.feed for one in answers if one.problem is None)
        if told:
            remember(output, config.feed.hub, told)
    except BroadsheetError as error:
        if not as_data:
            raise
        click.echo(json.dumps({"ok": False, "problems": [as_json(one) for one in error.problems]}, indent=2))
        return error.exit_code
    _report(config.feed.hub, due if dry_run else told, answers, dry_run=dry_run, as_data=as_data)
    left = 0 if dry_run else len(due) - len(told)
    if left and not as_data:
        echo(f"the hub was not told of {left:,} of {len(due):,} feeds", err=True)
    return 1 if left else 0


def _check_hub(config: Config, file: Path) -> None:
    if not config.feed.hub:
        table = "[tool.broadsheet.feed]" if file.name == "pyproject.toml" else "[feed]"
        hint = f'write hub = "https://hub.example/" below {table}, with the address of your hub'
        raise ConfigError([Problem(path=file.name, message="names no WebSub hub to tell", hint=hint)])


def _ask(config: Config, due: Sequence[Changed]) -> tuple[Answer, ...]:
    answers = []
    with progress_bar(doing="telling") as progress:
        for done, answer in enumerate(tell_hub(due, config), 1):
            answers.append(answer)
            progress(done, len(due))
    return tuple(answers)


def _report(
    hub: str, feeds: Sequence[Changed], answers: Sequence[Answer], *, dry_run: bool, as_data: bool
) -> None:
    problems = [one.problem for one in answers if one.problem]
    if as_data:
        data = {
            "ok": not problems, "hub": hub, "dry_run": dry_run, "told": [one.topic for one in feeds],
            "problems": [as_json(one) for one in problems],
        }  # fmt: skip
        click.echo(json.dumps(data, indent=2))
        return
    tell(problems)
    if feeds:
        count = "1 feed" if len(feeds) == 1 else f"{len(feeds):,} feeds"
        echo(f"{'would tell' if dry_run else 'told'} {hub} of {count}")
        for one in feeds:
            echo(f"  {one.topic}")
    elif not problems:
        echo("no feed has changed since the hub was last told")
