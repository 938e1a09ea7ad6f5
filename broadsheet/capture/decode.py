"""Bytes to text, whatever encoding they are said to be in."""

from __future__ import annotations

import re
from contextlib import suppress
from itertools import islice

import webencodings
from charset_normalizer import from_bytes

from broadsheet.capture.magic import format_name
from broadsheet.errors import ContentError, Problem

# The Web's encodings and Python's codecs for them: wider ones, where what goes by the name holds more than its
# standard (https://encoding.spec.whatwg.org/). Others are not for pages (UTF-7, HZ), or seen from the bytes (UTF-16).
CODECS = {
    "utf-8": "utf_8",
    "ibm866": "cp866",
    "iso-8859-2": "iso8859_2",
    "iso-8859-3": "iso8859_3",
    "iso-8859-4": "iso8859_4",
    "iso-8859-5": "iso8859_5",
    "iso-8859-6": "iso8859_6",
    "iso-8859-7": "iso8859_7",
    "iso-8859-8": "iso8859_8",
    "iso-8859-8-i": "iso8859_8",
    "iso-8859-10": "iso8859_10",
    "iso-8859-13": "iso8859_13",
    "iso-8859-14": "iso8859_14",
    "iso-8859-15": "iso8859_15",
    "iso-8859-16": "iso8859_16",
    "koi8-r": "koi8_r",
    "koi8-u": "koi8_u",
    "macintosh": "mac_roman",
    "windows-874": "cp874",
    "windows-1250": "cp1250",
    "windows-1251": "cp1251",
    "windows-1252": "cp1252",
    "windows-1253": "cp1253",
    "windows-1254": "cp1254",
    "windows-1255": "cp1255",
    "windows-1256": "cp1256",
    "windows-1257": "cp1257",
    "windows-1258": "cp1258",
    "x-mac-cyrillic": "mac_cyrillic",
    "gbk": "gb18030",
    "gb18030": "gb18030",
    "big5": "big5hkscs",
    "euc-jp": "euc_jp",
    "shift_jis": "cp932",
    "euc-kr": "cp949",
}
RARE = {"iso-8859-3", "iso-8859-4", "iso-8859-8-i", "iso-8859-10", "iso-8859-13", "iso-8859-14", "iso-8859-15"}
RARE |= {"iso-8859-16", "windows-1258", "macintosh", "utf-8", "gbk"}
GUESSES = {codec: name for name, codec in CODECS.items() if name not in RARE}
"""What is guessed where nothing is said."""

WESTERN = "windows-1252"
LATIN = {WESTERN, "iso-8859-2", "windows-1250", "windows-1254", "windows-1257"}
BY_LANGUAGE = {
    **dict.fromkeys(("bs", "cs", "hr", "hu", "pl", "ro", "sk", "sl", "sq"), "windows-1250"),
    **dict.fromkeys(("az", "tr"), "windows-1254"),
    **dict.fromkeys(("et", "lt", "lv"), "windows-1257"),
}
"""Alphabets too alike to tell apart by their bytes: the page's language tells."""

MARKS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
HEAD = 4096
SAMPLE = 20_000
LARGEST_SPAN = 4000
MESS = 0.06
"""charset-normalizer's measure of disorder, 0 to 1: up to .05 for text rightly read, mostly above .1 for other."""

FEW = 10
"""So many foreign characters prove nothing: prices, names and a © look like disorder."""

CONTROLS = bytes({*range(0x09), 0x0B, *range(0x0E, 0x20), 0x7F} - {0x1B})
HIGH = bytes(range(0x80, 0x100))
XML_DECLARATION = re.compile(rb"""^\s*<\?xml[^>]{0,100}?encoding\s*=\s*["']([\w.:-]{1,40})""")
META = re.compile(rb"""<meta\b[^>]{0,300}?charset\s*=\s*["']?\s*([\w.:-]{1,40})""", re.I)
LANGUAGE = re.compile(rb"""<html\b[^>]{0,300}?\blang\s*=\s*["']?([a-z]{2})""", re.I)

# UTF-8 read as windows-1252 and saved again: ’ as â€™, é after a letter as Ã©, пр as Ð¿Ñ€.
TWICE = re.compile(
    "â(?:€[\u02dc\u2122\u0153\u201c\u201d\u00a6\u00a2\x9d]|\x80[\x90-\xa6])"
    "|[a-z]Ã[\u00a1-\u00bf\u0152-\u2122]"
    "|(?:[ÐÑ][\x80-\xbf\u0152-\u2122]){3}"
)

WESTERN_BYTES = {ord(letter): byte for byte in range(0x80, 0xA0) for letter in bytes([byte]).decode("cp1252", "ignore")}
"""The characters of windows-1252 that Latin-1 lacks, to their bytes; its five unused bytes stay what they are."""


def text_of(data: bytes, *, charset: str = "", name: str = "") -> tuple[str, str]:
    """The text of a page, feed or text, and its encoding's name.

    `charset` is what the sender said. A mark at the start counts most, then
    what the bytes cannot be mistaken for (UTF-8, UTF-16), then the sender's
    word, then the page's own: each only while the text it gives is no
    gibberish. Raises ContentError, told of `name`, for what is no text.
    """
    text, encoding = _marked(data) or _unmarked(data, charset, name)
    return _repaired(text.replace("\x00", "").lstrip("\ufeff")), encoding


def _marked(data: bytes) -> tuple[str, str] | None:
    encoding = next((encoding for mark, encoding in MARKS if data.startswith(mark)), "")
    return (data.decode(encoding, "replace"), encoding) if encoding else None


def _unmarked(data: bytes, charset: str, name: str) -> tuple[str, str]:
    if encoding := _wide(data):
        return data.decode(encoding, "replace"), encoding
    _refuse_binary(data, name)
    if b"\x1b$" in data and (japanese := _japanese(data)):
        return japanese, "iso-2022-jp"
    text = _utf_8(data)
    return _legacy(data, charset) if text is None else (text, "utf-8")


# What the bytes cannot be mistaken for


def _wide(data: bytes) -> str:
    """UTF-16 without a mark: every other byte of its markup is zero."""
    head = data[:HEAD]
    even, odd = head[::2].count(0), head[1::2].count(0)
    enough = max(4, len(head) // 8)
    if odd >= enough and odd > 20 * even:
        return "utf-16-le"
    return "utf-16-be" if even >= enough and even > 20 * odd else ""


def _refuse_binary(data: bytes, name: str) -> None:
    head = data[:HEAD]
    controls = len(head) - len(head.translate(None, CONTROLS))
    format_ = format_name(data)
    if controls * 20 > len(head) or (format_ and (controls or format_ in ("a PDF", "a rich text document"))):
        hint = "unpack it first" if "compressed" in format_ else "save the page as HTML (“Page Source”) and add that"
        message = f"is no text but {format_ or 'something binary'}"
        raise ContentError([Problem(path=name, message=message, hint=hint)])


def _japanese(data: bytes) -> str:
    try:
        return data.decode("iso2022_jp_ext")
    except UnicodeDecodeError:
        return ""


def _utf_8(data: bytes) -> str | None:
    """UTF-8, perhaps cut within a character at the end, perhaps with a few bytes that a machine spoilt.

    These are read as windows-1252: they come from quotation marks pasted into a template.
    """
    with suppress(UnicodeDecodeError):
        return data.decode("utf-8")
    text = data.decode("utf-8", "surrogateescape")
    spoilt = re.findall("[\udc80-\udcff]+", text)
    if text.endswith(spoilt[-1]) and len(spoilt[-1]) <= 3:
        text = text.removesuffix(spoilt.pop())
    sound = _foreign(text) - sum(map(len, spoilt))
    if sound < 20 * len(spoilt) or not sound:
        return None
    return re.sub("[\udc80-\udcff]+", _western, text)


def _western(found: re.Match[str]) -> str:
    return found[0].encode("utf-8", "surrogateescape").decode("cp1252", "replace")


# What is said, and what is guessed


def _legacy(data: bytes, charset: str) -> tuple[str, str]:
    for name in _declared(data, charset):
        if text := _sound(data, name):
            return text, name
    for name in _guesses(data):
        if name and (text := _sound(data, name)):
            return text, name
    name = next(iter(_declared(data, charset)), WESTERN)
    return data.decode(CODECS[name], "replace"), name


def _declared(data: bytes, charset: str) -> tuple[str, ...]:
    """What the sender and the page say, as far as it is an encoding for pages."""
    inside = [found[1].decode("ascii") for pattern in (XML_DECLARATION, META) if (found := pattern.search(data[:HEAD]))]
    known = [webencodings.lookup(label.strip("\"' ")[:40]) for label in (charset, *inside) if label.isascii()]
    names = [encoding.name for encoding in known if encoding]
    return tuple(dict.fromkeys(name for name in names if name in CODECS and name != "utf-8"))


def _language(data: bytes) -> str:
    found = LANGUAGE.search(data[:HEAD])
    return found[1].decode("ascii").lower() if found else ""


def _sound(data: bytes, name: str) -> str:
    """The text in an encoding; "" where it does not decode, or gives gibberish."""
    text = data.decode(CODECS[name], "replace")
    if text.count("\ufffd") * 50 > _foreign(text):
        return ""
    sample = _sample(text.replace("\ufffd", ""))
    if _foreign(sample) < FEW:
        return text
    # Half-width katakana without a kanji is what other alphabets look like in Shift JIS.
    if name == "shift_jis" and len(re.findall("[\uff61-\uff9f]", sample)) * 2 > _foreign(sample):
        return ""
    match = from_bytes(sample.encode(CODECS[name], "ignore"), cp_isolation=[CODECS[name]]).best()
    return text if match is not None and match.chaos < MESS else ""


def _foreign(text: str) -> int:
    """How many characters are not ASCII."""
    return len(text) - len(text.encode("ascii", "ignore"))


def _guesses(data: bytes) -> tuple[str, ...]:
    """The likeliest encodings by charset-normalizer, and by the page's language where alphabets are too alike."""
    # Read as Latin-1, every byte is a character, and none is lost on the way back.
    sample = _sample(data.decode("latin-1")).encode("latin-1")
    matches = from_bytes(sample, cp_isolation=list(GUESSES))
    best = matches.best()
    hint = BY_LANGUAGE.get(_language(data), "")
    if best is None or len(sample) - len(sample.translate(None, HIGH)) < FEW:
        return hint, WESTERN
    if GUESSES.get(best.encoding) not in LATIN:
        return (GUESSES.get(best.encoding, ""),)
    best = max(matches, key=lambda match: (match.chaos < MESS, match.coherence, match.encoding == "cp1252"))
    same = "cp1252" if "cp1252" in best.could_be_from_charset else best.encoding
    return hint, GUESSES.get(same, "")


def _sample(text: str) -> str:
    """The stretches of a page between its tags that are not ASCII: there is what tells encodings apart."""
    spans = (found[0] for found in re.finditer(r"[^<>\x00-\x1f]+", text))
    foreign = (span[:LARGEST_SPAN] for span in spans if not span.isascii())
    return " ".join(islice(foreign, SAMPLE // 100))[:SAMPLE]


# Text encoded twice


def _repaired(text: str) -> str:
    """Text that was UTF-8 and was read as windows-1252 before it came here, put right.

    Only where two signs of it are in the text, and only stretches that become
    UTF-8 as a whole: what is rightly spelled never does.
    """
    if not any(sign in text for sign in "âÃÐÑ") or len(list(islice(TWICE.finditer(text), 2))) < 2:
        return text
    return re.sub(r"[^<>\n]+", lambda found: _once(found[0]), text)


def _once(text: str) -> str:
    if text.isascii():
        return text
    try:
        return text.translate(WESTERN_BYTES).encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text
