"""Small digests for tests: written, built, and their output read back and judged."""

from __future__ import annotations

import re
import shutil
import struct
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit
from xml.etree import ElementTree

from broadsheet import config as configuration
from broadsheet.assemble import Assembled, assemble
from broadsheet.build import build
from broadsheet.config import Config
from broadsheet.errors import BroadsheetError, Problem, describe
from broadsheet.standing import Report
from broadsheet.theme import STATIC

ROOT = Path(__file__).resolve().parent.parent
FIXTURES = Path(__file__).resolve().parent / "fixtures"
NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
BASE_URL = "https://example.org/"

CONFIG = """\
title = "Small Print"
base_url = "{base_url}"
id = "small-print"
{more}
"""


def article(body: str = "Words of the article.", **keys: str) -> str:
    """An article's file; keys as YAML has them."""
    header = {"title": "An article", "date": "2026-11-02", **keys}
    return "---\n" + "".join(f"{key}: {value}\n" for key, value in header.items()) + f"---\n{body}\n"


def png(width: int = 2, height: int = 3) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + b"\x7f" * 3 * width for _ in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def write(root: Path, files: Mapping[str, str | bytes]) -> None:
    """Files by their path below `root`."""
    for name, data in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data.encode("utf-8") if isinstance(data, str) else data)


def digest(
    root: Path, files: Mapping[str, str | bytes], *, base_url: str = BASE_URL, more: str = "", own_theme: bool = True
) -> Path:
    """A digest of `files` (below content/) at `root`, with the fixtures' plain templates unless the default are wanted.

    `more` is added to its configuration.
    """
    if own_theme:
        shutil.copytree(FIXTURES / "full" / "templates", root / "templates", dirs_exist_ok=True)
        write(root, {"static/print.css": "p { margin: 0 }\n"})
    write(root, {"broadsheet.toml": CONFIG.format(base_url=base_url, more=more), "content/articles/.keep": ""})
    write(root, {f"content/{name}": data for name, data in files.items()})
    return root


def full_digest(root: Path, *, language: str = "") -> Path:
    """The fixture that has everything, with the default theme instead of its own."""
    shutil.copytree(FIXTURES / "full", root, dirs_exist_ok=True)
    for file in (root / "templates").iterdir():
        if file.name != "wide.html":
            file.unlink()
    if language:
        file = root / "broadsheet.toml"
        file.write_text(re.sub(r"(?m)^language = .*$", f'language = "{language}"', file.read_text("utf-8")), "utf-8")
    return root


def config_of(root: Path) -> Config:
    return configuration.load(root / "broadsheet.toml")


def assembled(root: Path, now: datetime = NOW) -> Assembled:
    return assemble(root, config_of(root), now=now)


def built(root: Path, now: datetime = NOW, *, clean: bool = False) -> Report:
    return build(root, config_of(root), now=now, clean=clean)


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, the output's own manifest included, by its path."""
    return {
        file.relative_to(folder).as_posix(): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()
    }


def times(folder: Path) -> dict[str, int]:
    """When each file below a folder was last written, in nanoseconds."""
    return {name: (folder / name).stat().st_mtime_ns for name in tree(folder)}


def own_output(root: Path) -> dict[str, bytes]:
    """What a digest's build published, but for the default theme's static files and the manifest."""
    return {
        name: data
        for name, data in tree(root / "site").items()
        if not name.startswith(".broadsheet/") and ((root / "static" / name).is_file() or not (STATIC / name).is_file())
    }


def rendered(root: Path, url: str, now: datetime = NOW) -> str:
    """One output of a digest as text."""
    from broadsheet.render import Renderer

    made = assembled(root, now)
    return Renderer(made.setting).render(made.plan[url]).decode("utf-8")


def problems_of(root: Path, now: datetime = NOW) -> tuple[Problem, ...]:
    """What a build of a digest fails with; none when it goes well."""
    try:
        built(root, now)
    except BroadsheetError as error:
        return error.problems
    return ()


def told(root: Path, now: datetime = NOW) -> str:
    """What a build of a digest fails with, as its editor reads it."""
    return "".join(describe(problem) + "\n" for problem in problems_of(root, now) if problem.level == "error")


# Whether every link leads somewhere -----------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Addresses:
    """What one page refers to, and the names its parts may be referred to by."""

    links: list[str] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found = Addresses()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.found.links.extend(values[name] for name in ("href", "src", "poster", "action") if name in values)
        if "srcset" in values:
            self.found.links.extend(part.split()[0] for part in values["srcset"].split(","))
        if tag == "meta" and values.get("http-equiv", "").lower() == "refresh":
            self.found.links.append(values["content"].split("url=", 1)[1])
        if tag == "meta" and values.get("property") in ("og:url", "og:image"):
            self.found.links.append(values["content"])
        if "id" in values:
            self.found.ids.add(values["id"])


def addresses(html: str) -> Addresses:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.found


def feed_addresses(xml: bytes) -> Iterator[str]:
    """Every address in a feed or a sitemap and in the HTML that it holds."""
    for element in ElementTree.fromstring(xml).iter():
        name = element.tag.rsplit("}", 1)[-1]
        yield from (element.attrib[key] for key in ("href", "url", "domain", "scheme") if key in element.attrib)
        text = (element.text or "").strip()
        if name in ("loc", "link", "docs") and text:
            yield text
        if name in ("content", "encoded"):
            yield from addresses(text).links


def broken(output: Path, base_url: str) -> list[str]:
    """Each address in the HTML, feeds, sitemap and robots.txt of an output folder that should lead to one of
    its files (and part of it) and does not, with the file it stands in; in feeds also each that is not whole.
    """
    files = {name for name in tree(output) if not name.startswith(".broadsheet/")}
    pages = {name: addresses((output / name).read_text("utf-8")) for name in files if name.endswith(".html")}
    judge = _Judge(files, pages, base_url)
    wrong = [f"{name}: {link}" for name, page in pages.items() for link in page.links if not judge.leads(name, link)]
    for name in files:
        if name.endswith(".xml"):
            for link in feed_addresses((output / name).read_bytes()):
                if not urlsplit(link).scheme or not judge.leads(name, link):
                    wrong.append(f"{name}: {link}")
    robots = (output / "robots.txt").read_text("utf-8")
    wrong += [f"robots.txt: {link}" for link in re.findall(r"Sitemap: (.*)", robots) if not judge.leads("", link)]
    return sorted(wrong)


class _Judge:
    def __init__(self, files: set[str], pages: Mapping[str, Addresses], base_url: str) -> None:
        self.files, self.pages, self.base_url = files, pages, base_url

    def leads(self, name: str, link: str) -> bool:
        here = self.base_url + (name.removesuffix("index.html") if name.endswith("index.html") else name)
        parts = urlsplit(urljoin(here, link))
        base = urlsplit(self.base_url)
        if parts.scheme not in ("http", "https") or parts.netloc != base.netloc:
            return True
        if not parts.path.startswith(base.path):
            return False
        path = unquote(parts.path.removeprefix(base.path))
        file = path if path in self.files else f"{path.rstrip('/')}/index.html".lstrip("/")
        if file not in self.files:
            return False
        return not parts.fragment or file not in self.pages or unquote(parts.fragment) in self.pages[file].ids
