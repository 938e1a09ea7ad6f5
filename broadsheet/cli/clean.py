"""`broadsheet clean`."""

from __future__ import annotations

import sys

import click

from broadsheet.cli.surroundings import needing_capture, processors


@click.command("clean")
@click.argument("files", nargs=-1, metavar="FILE...")
@click.option(
    "--url", "urls", multiple=True, metavar="URL",
    help="The page's own address: once for all files, or once for each in their order.",
)
@click.option(
    "--format", "form", type=click.Choice(["markdown", "json"]), default="markdown", show_default=True,
    help="Print Markdown, or one line of JSON for each file.",
)
@click.option("--siblings", is_flag=True, help="Take files of one source as evidence for each other.")
@click.option("--why", is_flag=True, help="Tell each dropped line and its reason on standard error.")
@click.option("--jobs", type=click.IntRange(1, 61), metavar="N", help="Processes; by default one for each processor.")
def command(
    files: tuple[str, ...], urls: tuple[str, ...], form: str, siblings: bool, why: bool, jobs: int | None
) -> int:
    """Clean saved pages and scraped texts, and print the story.

    FILE is a page, a text, a folder of them, or - for standard input, which is
    read as well when no file is named. Nothing is written.
    """
    if not files and sys.stdin.isatty():
        raise click.UsageError("name a file, a folder, or - for standard input")
    with needing_capture():
        from broadsheet.cli.cleaning import clean_files

        return clean_files(
            files or ("-",), urls, as_data=form == "json", siblings=siblings, why=why, workers=jobs or processors()
        )
