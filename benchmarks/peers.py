"""Broadsheet beside Hugo, Pelican and Eleventy: the same articles, their lists and feeds, the same work, in turns.

    python benchmarks/peers.py --count 1000 --runs 3

The last two write no related articles, no charts and no JSON feeds here: none of these comes with them.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from articles import articles, body, month, values
from generators import TOOLS, Generator, broadsheet, hugo_site, pinned
from run import compare, table

ROOT = Path(__file__).resolve().parent
SITES = ROOT / "sites"
MODULES = TOOLS / "node_modules"


def pelican() -> Generator:
    return Generator(
        name="Pelican",
        version=pinned("pelican.txt", "pelican"),
        write=partial(_write, "pelican", "content/articles", "theme/static", _pelican_head),
        build=(str(TOOLS / "bin" / "python"), "-m", "pelican", "--quiet", "--settings", "pelicanconf.py"),
        article=lambda article, folder: folder / "content" / "articles" / month(article) / article.name,
        frame="theme/templates/base.html",
    )


def eleventy() -> Generator:
    locked = json.loads((SITES / "eleventy" / "package-lock.json").read_text("utf-8"))
    return Generator(
        name="Eleventy",
        version=locked["packages"]["node_modules/@11ty/eleventy"]["version"],
        write=partial(_write, "eleventy", "articles", "static", _eleventy_head),
        build=("node", str(MODULES / "@11ty" / "eleventy" / "cmd.cjs"), "--quiet"),
        article=lambda article, folder: folder / "articles" / month(article) / article.name,
        frame="_includes/base.njk",
    )


def _write(site: str, inside: str, static: str, head: Callable[[Path], list[str]], digest: Path, folder: Path) -> None:
    """Write a site of its templates, the articles of a digest, each under its own head, and the static files."""
    shutil.copytree(SITES / site, folder)
    shutil.copytree(ROOT.parent / "static", folder / static)
    for file in articles(digest):
        target = folder / inside / month(file) / file.name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text("\n".join([*head(file), body(file)]), "utf-8")


def _pelican_head(file: Path) -> list[str]:
    known = values(file)
    return [
        f"Title: {known['title']}",
        f"Date: {known['date']}",
        f"Slug: {file.stem}",
        f"Tags: {known['tags'].strip('[]')}",
        f"Category: {known['source']}",
        f"Section: {known['section']}",
        f"Author: {known['author']}",
        f"Source_url: {known['source_url']}",
        f"Summary: {known['summary']}",
    ]


def _eleventy_head(file: Path) -> list[str]:
    known = values(file)
    lines = (f"{key}: {value}" for key, value in known.items() if key != "date")
    return ["---", f"date: {known['date']}:00Z", *lines, "---"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1_000, help="articles")
    parser.add_argument("--runs", type=int, default=3)
    arguments = parser.parse_args()
    generators = [broadsheet(), hugo_site(), pelican(), eleventy()]
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        measured = compare(generators, arguments.count, arguments.runs, Path(name))
    print(table(measured, arguments.runs))


if __name__ == "__main__":
    main()
