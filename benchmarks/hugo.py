"""A digest to a Hugo site of like output: the same articles, and the templates of `sites/hugo`.

    python benchmarks/hugo.py DIGEST FOLDER   only write the site
"""

from __future__ import annotations

import argparse
import shutil
from datetime import datetime
from pathlib import Path

from articles import articles, body, month, values

ROOT = Path(__file__).resolve().parent
TEMPLATES = ROOT / "sites" / "hugo"
STATIC = ROOT.parent / "static"
HASHED = ("feed.css", "site.js", "style.css")
"""What templates link with a fingerprint, which Hugo makes of files in `assets`."""


def write(digest: Path, root: Path) -> None:
    """Write the articles of a digest, which corpus.py has made without pictures, as a Hugo site to a new folder.

    They stand in a folder for each month, as those of dated sites do: so Hugo's
    own sections are the archive, and no template has to look for a month's articles.
    """
    shutil.copytree(TEMPLATES, root)
    shutil.copytree(STATIC, root / "static", ignore=shutil.ignore_patterns(*HASHED), dirs_exist_ok=True)
    (root / "assets").mkdir()
    for name in HASHED:
        shutil.copy(STATIC / name, root / "assets" / name)
    for file in articles(digest):
        _write_article(file, article_file(file, root))


def article_file(article: Path, root: Path) -> Path:
    """Where an article of the digest stands in the Hugo site."""
    return root / "content" / month(article) / article.name


def _write_article(file: Path, target: Path) -> None:
    if not target.parent.exists():
        _make_month(target.parent)
    known = values(file)
    lines = [
        "---",
        f"title: {known['title']}",
        f"date: {known['date']}:00",
        f"description: {known['summary']}",
        f"tags: {known['tags']}",
        f"authors: [{known['author']}]",
        f"sources: [{known['source']}]",
        f"params: {{category: {known['section']}, source_url: '{known['source_url']}'}}",
        "---",
    ]
    target.write_text("\n".join([*lines, body(file)]), "utf-8")


def _make_month(folder: Path) -> None:
    """The section of a month, and that of its year where this is new."""
    folder.mkdir(parents=True)
    first = datetime(int(folder.parent.name), int(folder.name), 1)  # noqa: DTZ001 - printed, and no moment
    _write_section(folder, f"{first:%B %Y}", f"{first:%Y-%m-%d}", "month")
    _write_section(folder.parent, f"{first:%Y}", f"{first:%Y}-01-01", "year")


def _write_section(folder: Path, title: str, date: str, type: str) -> None:
    (folder / "_index.md").write_text(f'---\ntitle: "{title}"\ndate: {date}\ntype: {type}\n---\n', "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("digest", type=Path)
    parser.add_argument("folder", type=Path)
    arguments = parser.parse_args()
    write(arguments.digest, arguments.folder)


if __name__ == "__main__":
    main()
