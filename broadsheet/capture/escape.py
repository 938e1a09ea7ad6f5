"""Plain text to Markdown that reads as that text."""

from __future__ import annotations

import re

# Joiners shape letters of many scripts and glue emoji together; elsewhere they hide.
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u115f\u180e\u200b\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff"
    r"\ud800-\udfff\U000e0000-\U000e007f]"
)
_LOOSE_JOINERS = re.compile(r"(?<![^\x00-\x7f\s])[\u200c\u200d]+|[\u200c\u200d]+(?![^\x00-\x7f\s])")
_SPACES = re.compile(r"[ \t\n\r\f\v\x85\u2028\u2029]+")


def tidy(text: str) -> str:
    """Text without what is not seen (controls, zero widths, bidi overrides), its white space as a browser shows it.

    No-break and other typographic spaces stay.
    """
    return _SPACES.sub(" ", visible(text))


def visible(text: str) -> str:
    """Text without what is not seen, its white space as it is."""
    text = _INVISIBLE.sub("", text)
    return text if text.isascii() else _LOOSE_JOINERS.sub("", text)


_SIGNS = re.compile(
    r"[\\`\[\]]"
    r"|(?<!\s)\*|\*(?!\s)"
    # Underscores inside a word are no signs in this dialect.
    r"|(?<!\w)_++|_++(?![^\W_])"
    r"|<(?!\s)"
    r"|&(?=\#|[a-zA-Z0-9]+;)"
)
_SPLIT_ENTITY = re.compile(r"&(?=[a-zA-Z0-9]*$)")


def escaped(text: str, following: str = "") -> str:
    """Text as Markdown inside a line; `following` is what stands after it. The line itself is to be `guarded`."""
    if re.match(r"[\w;#]", following):
        text = _SPLIT_ENTITY.sub("\0", text)
    return _SIGNS.sub(_sign, text).replace("\0", "&amp;")


def _sign(found: re.Match[str]) -> str:
    match found[0]:
        case "<":
            return "&lt;"
        case "&":
            return "&amp;"
        case sign:
            return "".join(f"\\{one}" for one in sign)


_BEGINNINGS = (
    (re.compile(r"^(?=[#>])"), r"\\"),
    (re.compile(r"^(?=[-+*](?:\s|$))"), r"\\"),
    (re.compile(r"^(\d+)(?=\.(?:\s|$))"), r"\1\\"),
    (re.compile(r"^~(?=~~)"), "&#126;"),
    (re.compile(r"^=(?==*$)"), "&#61;"),
    (re.compile(r"^([|: ]*)(?=[-|][-|: ]*$)"), r"\1\\"),
)
"""What Markdown reads as a heading, quotation, list, fence, underline, rule or table where a line begins with it."""


def guarded(line: str) -> str:
    """A line of Markdown that begins a block of its own by none of its signs."""
    line = line.strip()
    for beginning, instead in _BEGINNINGS:
        line = beginning.sub(instead, line)
    return line


def escape(text: str) -> str:
    """Plain text to one line of Markdown that shows just that text, whatever signs are in it."""
    return guarded(escaped(tidy(text).strip()))
