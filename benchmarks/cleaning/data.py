"""Scraped texts, saved pages and their gold, from a folder."""

from __future__ import annotations

import json
import lzma
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A text or page as it came, and its gold. `form` says how it was scraped ("html": not at all)."""

    name: str
    site: str
    group: str
    form: str
    address: str
    data: str
    gold: dict[str, Any]

    @property
    def story(self) -> str:
        return str(self.gold["text"])

    @property
    def neutral(self) -> tuple[str, ...]:
        return tuple(self.gold[one] for one in ("title", "dek") if self.gold.get(one))

    @property
    def english_news(self) -> bool:
        return self.group in ("seb", "fe", "fu_en")


def texts(folder: Path) -> Iterator[Sample]:
    """`texts.json.xz` of the folder, in order of name and form."""
    held = _json(folder / "texts.json.xz")
    known, gold = json.loads((folder / "inputs.json").read_text("utf-8")), _json(folder / "gold.json.xz")
    for key in sorted(held):
        name, _, form = key.partition("@")
        yield _sample(name, form, held[key], known[name], gold[name])


def pages(folder: Path) -> Iterator[Sample]:
    """`html.tar.xz` of the folder, in order of name."""
    known, gold = json.loads((folder / "inputs.json").read_text("utf-8")), _json(folder / "gold.json.xz")
    with tarfile.open(folder / "html.tar.xz") as archive:
        members = sorted((member for member in archive if member.isfile()), key=lambda member: member.name)
        for member in members:
            name, held = Path(member.name).stem, archive.extractfile(member)
            if held and name in gold:
                yield _sample(name, "html", held.read().decode("utf-8", "replace"), known[name], gold[name])


def _sample(name: str, form: str, data: str, known: dict[str, str], gold: dict[str, Any]) -> Sample:
    return Sample(
        name=name,
        site=known["site"],
        group=known["set"],
        form=form,
        address=known["url"],
        data=data,
        gold=gold,
    )


def _json(file: Path) -> Any:
    with lzma.open(file, "rt", encoding="utf-8") as opened:
        return json.load(opened)
