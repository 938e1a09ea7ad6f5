"""`broadsheet add`."""

from __future__ import annotations

import click

from broadsheet.cli.surroundings import needing_capture


@click.command("add")
@click.argument("sources", nargs=-1, metavar="SOURCE...")
@click.option("--url", default="", metavar="URL", help="The page's own address, for a file or standard input.")
@click.option("--feed", default="", metavar="FEED", help="Add the articles of a feed: a file or an address.")
@click.option("--since", default="", metavar="DATE", help="With --feed: those of this day and later.")
@click.option("--update", is_flag=True, help="For a source that is there already: show what would change, and ask.")
@click.option("--again", is_flag=True, help="Clean articles (SOURCE, or all) again from their raw captures, and ask.")
@click.option("--yes", is_flag=True, help="With --update and --again: do not ask.")
@click.option("--no-pictures", is_flag=True, help="Leave pictures where they are on the web.")
@click.option("--dry-run", is_flag=True, help="Print the Markdown; write nothing.")
@click.option("--why", is_flag=True, help="Tell each dropped line and its reason.")
@click.option("--json", "as_data", is_flag=True, help="Print one line of JSON for each source.")
def command(
    sources: tuple[str, ...],
    url: str,
    feed: str,
    since: str,
    update: bool,
    again: bool,
    yes: bool,
    no_pictures: bool,
    dry_run: bool,
    why: bool,
    as_data: bool,
) -> int:
    """Make articles of what you found, as drafts.

    SOURCE is a saved page, a scraped text, a folder of them, a web address, a
    number of the inbox (12, or 12-15), or - for standard input.
    """
    if not (sources or feed or again):
        raise click.UsageError("name a file, a folder, a web address, a number of the inbox, or - for standard input")
    if since and not feed:
        raise click.UsageError("--since belongs to --feed")
    if again and (feed or update or url):
        raise click.UsageError("--again takes articles, not --feed, --update or --url")
    with needing_capture():
        from broadsheet.cli.adding import Options, add, clean_again

        options = Options(
            url=url, feed=feed, since=since, update=update, yes=yes, pictures=not no_pictures, dry_run=dry_run,
            why=why, as_data=as_data,
        )
        return clean_again(sources, options) if again else add(sources, options)
