"""Words to addresses: slugs, and paths of the site."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from urllib.parse import quote

LONGEST_SLUG = 80
"""Characters."""

LONGEST_SEGMENT = 200
"""Bytes in UTF-8: below the 255 that a file name may have, with room for an ending."""

# Symbols that tell names apart (C, C++, C#; R&D; .NET) become words.
SPOKEN = {"+": "plus", "#": "sharp", "&": "and", "@": "at", "%": "percent", "€": "euro", "$": "dollar"}

# Names that Windows keeps for devices, whatever follows the dot.
DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in "0123456789¹²³")}


@lru_cache(maxsize=65_536)
def slugify(text: str) -> str:
    """A slug of letters, digits and hyphens; never empty, the same for every spelling in Unicode.

    Latin letters lose their accents; other scripts stay as they are. Text with
    no letter or digit is named by its code points.
    """
    if text.isascii():
        kept = _NO_WORD.sub("-", _spoken(text).lower())
    else:
        text = unicodedata.normalize("NFKC", text)
        plain = _without_accents(unicodedata.normalize("NFKD", _spoken(text).casefold()))
        kept = re.sub("-+", "-", "".join(c if _is_word(c) else "-" for c in plain))
    slug = _shortened(kept.strip("-"))
    if not any(c.isalnum() for c in slug):
        slug = "-".join(f"u{ord(c):x}" for c in text.strip()[:8]) or "untitled"
    return f"{slug}-x" if slug in DEVICES else slug


_NO_WORD = re.compile("[^a-z0-9]+")
_LEADING_DOT = re.compile(r"\.(?<![\w.]\.)(?=[^\W\d_])")
_SPOKEN = str.maketrans({sign: f" {word} " for sign, word in SPOKEN.items()})


def _spoken(text: str) -> str:
    return _LEADING_DOT.sub(" dot ", text).translate(_SPOKEN)


def _without_accents(text: str) -> str:
    out: list[str] = []
    latin = True
    for c in text:
        if unicodedata.combining(c):
            if not latin:
                out.append(c)
            continue
        latin = c < "\u0250"
        out.append(c)
    return unicodedata.normalize("NFC", "".join(out))


def _is_word(c: str) -> bool:
    return c.isalnum() or unicodedata.category(c) in ("Mn", "Mc")


def _shortened(slug: str) -> str:
    cut = slug[:LONGEST_SLUG].encode("utf-8", "replace")[:LONGEST_SEGMENT].decode("utf-8", "ignore")
    if cut == slug:
        return slug
    return (cut.rsplit("-", 1)[0] if "-" in cut[20:] else cut).strip("-")


def is_segment(text: str) -> bool:
    """Whether text can be one part of an address and one file name on every system."""
    if _PLAIN_SEGMENT.fullmatch(text):
        return text.lower() not in DEVICES
    return (
        bool(text)
        and text not in (".", "..")
        and not re.search(r'[/\\:*?"<>|\x00-\x1f\x7f-\x9f\ud800-\udfff]', text)
        and text == text.strip(" .")
        and text.split(".")[0].lower() not in DEVICES
        and len(text.encode("utf-8", "replace")) <= LONGEST_SEGMENT
    )


_PLAIN_SEGMENT = re.compile(f"[A-Za-z0-9_-]{{1,{LONGEST_SEGMENT}}}")


def site_path(text: str) -> str | None:
    """An address of this site as typed (`/about/`, `about`, `/old/page.html`), normalized.

    Begins with a slash; ends with one too, unless it names a file (`.html`,
    `.xml`, ...). None when it could not be a safe path below the output folder.
    """
    path = unicodedata.normalize("NFC", text.strip())
    if not path.strip("/"):
        return None
    segments = path.strip("/").split("/")
    if not all(is_segment(segment) for segment in segments):
        return None
    is_file = not path.endswith("/") and re.search(r"\.[A-Za-z0-9]{1,5}$", segments[-1])
    return "/" + "/".join(segments) + ("" if is_file else "/")


def composed(path: str) -> str:
    """A path in Unicode's composed form (NFC), whatever the disk or the editor made of it."""
    return path if path.isascii() else unicodedata.normalize("NFC", path)


def file_of(url: str) -> str:
    """The file, relative to the output folder, that a static host serves for a path of the site."""
    return (url + "index.html" if url.endswith("/") else url).lstrip("/")


def claim(url: str) -> str:
    """What two paths share when some disk cannot tell them apart (case, Unicode form)."""
    if url.isascii():
        return file_of(url).lower()
    folded = unicodedata.normalize("NFD", file_of(url)).casefold()
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", folded).casefold())


def encoded(path: str) -> str:
    """A path of the site in the ASCII form of RFC 3986, as links print it."""
    return path if _IN_ASCII.fullmatch(path) else quote(path, safe="/-._~!$&'()*+,;=:@")


_IN_ASCII = re.compile(r"[A-Za-z0-9/._~!$&'()*+,;=:@-]*")
