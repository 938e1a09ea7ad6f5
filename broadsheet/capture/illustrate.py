"""An article's pictures: found in its text, fetched or copied, and named after it."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from urllib.parse import unquote, urlsplit

from broadsheet.capture.addresses import is_web
from broadsheet.capture.magic import picture_type
from broadsheet.errors import ContentError
from broadsheet.model import Article, Text

MOST = 40
"""Pictures of one article that are fetched; the rest stay where they are."""

LARGEST = 20_000_000
"""Bytes of a picture."""

PATIENCE = 3
"""Addresses that may fail, with none that answers, before the run counts as offline."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Illustrated:
    """An article whose pictures lie beside it: `files` by name, `names` by the address each came from.

    `missed` are the addresses that gave no picture, with the reason.
    """

    article: Article
    files: Mapping[str, bytes] = field(default_factory=dict, hash=False)
    names: Mapping[str, str] = field(default_factory=dict, hash=False)
    missed: Mapping[str, str] = field(default_factory=dict, hash=False)


class Pictures:
    """Where pictures come from in one run: the page's own parts, files saved with it, the web.

    It remembers when the web does not answer, so that a hundred pages captured
    offline do not wait for a thousand pictures.
    """

    def __init__(self, fetch: Callable[[str], bytes] | None) -> None:
        self._fetch = fetch
        self._failed = 0
        self._answered = False

    def get(self, address: str, saved_as: Path | None, parts: Mapping[str, bytes]) -> bytes:
        """The bytes of a picture. Raises ValueError that says why there is none."""
        if address in parts:
            return parts[address]
        if address.startswith("data:"):
            return _embedded(address)
        if saved_as and (file := _saved(address, saved_as)):
            return file.read_bytes()
        if not is_web(address):
            raise ValueError("is not in the page, nor beside it")
        return self._fetched(address)

    def _fetched(self, address: str) -> bytes:
        if self._fetch is None:
            raise ValueError("was not asked for")
        if self._failed >= PATIENCE and not self._answered:
            raise ValueError("was not asked for, as the web does not answer")
        try:
            data = self._fetch(address)
        except ContentError as error:
            self._failed += 1
            raise ValueError(error.problems[0].message) from error
        self._answered = True
        return data


def illustrate(
    article: Article,
    pictures: Pictures,
    *,
    saved_as: Path | None = None,
    parts: Mapping[str, bytes] | None = None,
    known: Mapping[str, str] | None = None,
    is_free: Callable[[str], bool] = lambda name: True,
) -> Illustrated:
    """The article with its pictures named beside it.

    `saved_as` is the file that the page was saved as, `parts` what came inside
    it, `known` pictures that lie beside the article already; `is_free` says
    whether a file's name is. A picture that cannot be had keeps its web address;
    one without a web address goes.
    """
    names, files, missed = dict(known or {}), dict[str, bytes](), dict[str, str]()
    for address in list(dict.fromkeys(_addresses(article)))[:MOST]:
        if address in names:
            continue
        try:
            data = pictures.get(address, saved_as, parts or {})
            taken = {*files, *names.values()}
            name = next(name for name in _names(article.slug, _suffix(data)) if name not in taken and is_free(name))
        except (ValueError, OSError) as error:
            missed[address] = str(error)
            continue
        same = next((known for known, bytes_ in files.items() if bytes_ == data), name)
        names[address], files[same] = same, data
    return Illustrated(article=_renamed(article, names), files=files, names=names, missed=missed)


_PICTURE = re.compile(r"!\[((?:\\.|[^\]\\])*+)\]\(<?([^)\s>]++)>?((?:\s+\"(?:\\.|[^\"\\])*+\")?)\)")


def _addresses(article: Article) -> Iterator[str]:
    if article.image and article.image.path:
        yield article.image.path
    yield from (found[2] for found in _PICTURE.finditer(article.body))


def _renamed(article: Article, names: Mapping[str, str]) -> Article:
    def renamed(found: re.Match[str]) -> str:
        address = names.get(found[2], found[2] if is_web(found[2]) else "")
        return f"![{found[1]}]({address}{found[3]})" if address else ""

    image = article.image
    body = _PICTURE.sub(renamed, _without_lead(article, names))
    if image:
        path = names.get(image.path, image.path if is_web(image.path) else "")
        image = replace(image, path=path) if path or image.caption or image.credit else None
    return replace(article, text=Text(body), image=image)


def _without_lead(article: Article, names: Mapping[str, str]) -> str:
    """The body without the picture that stands above it already, where that is all a paragraph has."""
    lead = article.image.path if article.image else ""
    if not lead:
        return article.body
    return "\n\n".join(part for part in article.body.split("\n\n") if not _is_of(part, lead, names))


def _is_of(part: str, lead: str, names: Mapping[str, str]) -> bool:
    found = _PICTURE.match(part)
    is_alone = found is not None and re.fullmatch(r"\s*(?:\*[^\n]*\*)?\s*", part[found.end() :]) is not None
    return found is not None and is_alone and names.get(found[2], found[2]) == names.get(lead, lead)


def _names(slug: str, suffix: str) -> Iterator[str]:
    yield f"{slug}{suffix}"
    yield from (f"{slug}-{number}{suffix}" for number in count(2))


# The bytes of a picture ---------------------------------------------------------------------------

SUFFIXES = {
    "image/avif": ".avif", "image/gif": ".gif", "image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp",
}  # fmt: skip


def _suffix(data: bytes) -> str:
    """The ending for a picture's name by what it is, whatever it was called. Raises ValueError for anything else."""
    if len(data) > LARGEST:
        raise ValueError(f"is larger than {LARGEST // 1_000_000} MB")
    kind = picture_type(data)
    if not kind:
        raise ValueError("is not a JPEG, PNG, GIF, WebP or AVIF picture")
    return SUFFIXES[kind]


def _embedded(address: str) -> bytes:
    head, _, data = address.partition(",")
    if not head.endswith(";base64") or len(data) > LARGEST * 4 / 3:
        raise ValueError("is a data: address that holds no picture")
    try:
        return base64.b64decode(unquote(data), validate=True)
    except binascii.Error as error:
        raise ValueError("is a data: address that holds no picture") from error


def _saved(address: str, page: Path) -> Path | None:
    """The file that a browser saved for a picture: in the folder that bears the page's name, and nowhere else.

    The address may have become absolute on its way, so its end counts.
    """
    try:
        steps = [unquote(step) for step in urlsplit(address).path.split("/")[-2:]]
    except ValueError:
        return None
    if len(steps) < 2 or not _is_name(steps[1]):
        return None
    is_own = _is_name(steps[0]) and re.match(rf"{re.escape(page.stem)}[._-]", steps[0])
    if not (is_own or is_web(address)):
        return None
    # A picture that only the page's head names has its own address still.
    folder = page.parent / (steps[0] if is_own else f"{page.stem}_files")
    file = folder / steps[1]
    if folder.is_symlink() or file.is_symlink() or not file.is_file():
        return None
    return file if file.stat().st_size <= LARGEST else None


def _is_name(step: str) -> bool:
    return step not in ("", ".", "..") and not set(step) & set("/\\\0")
