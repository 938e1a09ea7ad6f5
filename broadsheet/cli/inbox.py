"""`broadsheet inbox`."""

from __future__ import annotations

from datetime import datetime

import click

from broadsheet.cli.surroundings import needing_capture


@click.command("inbox")
@click.argument("feeds", nargs=-1, metavar="[FEED]...")
@click.option("--all", "lists_all", is_flag=True, help="List all that is neither added nor dismissed.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="List nothing older than this day.")
@click.option("--limit", type=click.IntRange(1), metavar="N", help="List the N newest.")
@click.option("--dismiss", metavar="NUMBERS", help="Strike articles off, as in 3,5-9; asks no feed.")
@click.option("--json", "as_data", is_flag=True, help="List as JSON.")
def command(
    feeds: tuple[str, ...],
    lists_all: bool,
    since: datetime | None,
    limit: int | None,
    dismiss: str | None,
    as_data: bool,
) -> int:
    """List what is new in your feeds since you last looked.

    Asks the feeds of the configuration, or each FEED named here: the address or
    file of a feed, or of a list of feeds (OPML). Every article has a number,
    which `broadsheet add` takes.
    """  # fmt: skip
    with needing_capture():
        from broadsheet.cli.listing import Wanted, list_arrivals, strike_off
    if dismiss is None:
        return list_arrivals(feeds, Wanted(lists_all=lists_all, since=since, limit=limit, as_data=as_data))
    if feeds:
        raise click.UsageError("--dismiss asks no feed: leave the feeds out")
    return strike_off(dismiss)
