"""The command line: arguments to a verb, and what went wrong to a message and an exit code."""

from __future__ import annotations

import io
import sys
from importlib import import_module

import click

from broadsheet import __version__
from broadsheet.cli.console import tell
from broadsheet.errors import BroadsheetError

VERBS = {
    "add": "Make articles of pages, texts and addresses.",
    "build": "Build the site.",
    "clean": "Clean pages and texts, and print the story.",
    "inbox": "List what is new in your feeds.",
    "init": "Begin a new digest.",
    "new": "Begin a new article, as a draft.",
    "ping": "Tell the WebSub hub which feeds have changed.",
    "serve": "Preview the site while you edit.",
    "templates": "List the theme's files, and copy them to be changed.",
}
"""Each is a module of this package, imported only when it is asked for."""


class _Verbs(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in VERBS:
            return None
        command: click.Command = import_module(f"broadsheet.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(sorted(VERBS.items()))


@click.group(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80})
@click.version_option(__version__, prog_name="broadsheet")
def broadsheet() -> None:
    """Broadsheet makes a news digest's website from a folder of Markdown files."""


def main(arguments: list[str]) -> int:
    """Run the program; its exit code.

    0 good, 1 errors in content or templates, 2 usage or configuration,
    3 could not write, 130 interrupted.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A title in Greek must not end the program on a console that knows none.
            stream.reconfigure(errors="backslashreplace")
    try:
        result = broadsheet.main(arguments, prog_name="broadsheet", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except BroadsheetError as error:
        tell(error.problems)
        return error.exit_code
    except click.exceptions.Abort:
        return _interrupted()
    except KeyboardInterrupt:
        return _interrupted()
    except click.ClickException as error:
        error.show()
        return 2
    except BrokenPipeError:
        sys.stderr.close()
        return 1


def _interrupted() -> int:
    click.echo("interrupted", err=True)
    return 130


def entry() -> None:
    """The installed command."""
    sys.exit(main(sys.argv[1:]))
