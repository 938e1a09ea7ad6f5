"""A real preview of a real digest, in a process of its own, for tests."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

CONFIG = """\
title = "Testing Times"
base_url = "https://example.org{prefix}/"
"""

ARTICLE = """\
---
title: {title}
date: 2026-11-02
summary: {summary}
---

{body}
"""


def article(title: str, *, summary: str = "In short.", body: str = "A paragraph.") -> str:
    return ARTICLE.format(title=title, summary=summary, body=body)


def digest(root: Path, *, prefix: str = "") -> Path:
    """A digest of two articles; returns the file of the first."""
    (root / "broadsheet.toml").write_text(CONFIG.format(prefix=prefix))
    articles = root / "content" / "articles"
    articles.mkdir(parents=True)
    (articles / "second.md").write_text(article("The second"))
    first = articles / "first.md"
    first.write_text(article("The first", body="\n\n".join(f"Paragraph {number}." for number in range(200))))
    return first


def save(file: Path, text: str) -> None:
    """Save as careful editors do: write beside, then rename."""
    beside = file.with_name(f".{file.name}.new")
    beside.write_text(text)
    beside.replace(file)


class Served:
    def __init__(self, process: subprocess.Popen[str], address: str) -> None:
        self.process, self.address = process, address
        parts = urlsplit(address)
        assert parts.hostname
        assert parts.port
        self.host, self.port = parts.hostname, parts.port


@contextmanager
def served(root: Path, *options: str) -> Iterator[Served]:
    command = [sys.executable, "-m", "broadsheet", "serve", "--port", "0", *options]
    process = subprocess.Popen(
        command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8"
    )
    try:
        assert process.stdout
        lines = []
        for line in process.stdout:
            lines.append(line)
            if found := re.match(r"previewing (http://\S+)", line):
                yield Served(process, found[1])
                break
        else:
            raise AssertionError("the preview did not start:\n" + "".join(lines))
    finally:
        process.terminate()
        process.wait(20)
        if process.stdout:
            process.stdout.close()
