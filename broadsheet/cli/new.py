"""`broadsheet new`."""

from __future__ import annotations

import click

from broadsheet import frontmatter
from broadsheet.cli.surroundings import clock, here
from broadsheet.errors import ConfigError, Problem, PublishError
from broadsheet.slugs import slugify

KEYS = """\
dek:
date: {date}
draft: true
tags: []
section:
summary:
author:
source:
  name:
  author:
  published:
  license:
source_url:
image:
image_alt:
image_caption:
image_credit:
image_credit_url:
"""
"""What is worth filling in; a key left blank counts as absent."""


@click.command("new")
@click.argument("title")
def command(title: str) -> int:
    """Begin a new article called TITLE, as a draft with today's date."""
    root, config = here()
    title = " ".join(title.split())
    if not title or not title.isprintable():
        raise ConfigError([Problem(path="TITLE", message="must be some words on one line")])
    today = clock().astimezone(config.timezone)
    path = f"{config.folders.content}/articles/{today:%Y/%m}/{slugify(title)}.md"
    file = root / path
    head = frontmatter.write({"title": title}, "").removesuffix("---\n")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8") as new:
            new.write(head + KEYS.format(date=today.isoformat(timespec="minutes")) + "---\n\n")
    except FileExistsError as error:
        hint = "choose another title, or edit that file"
        raise ConfigError([Problem(path=path, message="is there already", hint=hint)]) from error
    except OSError as error:
        raise PublishError([Problem(path=path, message=f"cannot be written: {error.strerror}")]) from error
    click.echo(path)
    return 0
