"""HTML files to what Pagefind finds in them, and back to files that a browser searches."""

from __future__ import annotations

import hashlib
import importlib
import json
import re
import zlib
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from pathlib import Path

from broadsheet.errors import ContentError, Problem
from broadsheet.versions import version

READ = "1.4."
"""How the versions of Pagefind begin whose files are known to us, and to search.js."""

LANGUAGE = "und"
"""Pagefind keeps an index for each language, and a browser asks one of them. A digest has articles in several and
readers who search them all, so there is one index, of no language, and words are not cut to their stems."""

MOST_PLACES = 6
"""Places at which a word is known to stand in an article, where it stands in a great many."""

GREAT_MANY = 8_000
"""Bytes that tell where a word stands. They are more than this for words such as "the"."""

SIGNATURE = b"pagefind_dcd"

Value = int | str | bytes | list["Value"]
"""What stands in CBOR, as far as Pagefind and we write it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What Pagefind found in pages, each of which has a number.

    `words` has for each word how many pages have it, and in CBOR where on each
    it stands; `filters` the numbers by name and value; `fragments` the text of
    each page as a browser loads it.
    """

    words: tuple[tuple[str, int, bytes], ...]
    filters: tuple[tuple[str, str, tuple[int, ...]], ...]
    fragments: tuple[tuple[int, bytes], ...]


def engine() -> str:
    """Which Pagefind is installed; "" without one."""
    found = version("pagefind-bin")
    return f"Pagefind {found}" if found else ""


def find(site: Path, out: Path, *, base: int, seconds: float) -> Found:
    """What is found in the HTML files of a folder, their pages numbered from `base` on in the order of their names.

    `out` is a folder to be made. Raises ContentError with Pagefind's last words
    where it fails, or takes longer.
    """
    run(site, out, seconds)
    try:
        return _read(out, base)
    except (OSError, ValueError, KeyError, IndexError, TypeError, zlib.error) as error:
        raise _failed(f"its index cannot be read ({error})") from error


def run(site: Path, out: Path, seconds: float) -> None:
    """Let Pagefind make its index of a folder. Raises ContentError."""
    # Imported here: a build that makes no index does without.
    import subprocess

    try:
        program = importlib.import_module("pagefind_bin").get_executable()
        command = [str(program), "--site", str(site), "--output-path", str(out), "--force-language", LANGUAGE]
        # Its own folder, as Pagefind reads a configuration from the one it is started in.
        done = subprocess.run(  # noqa: S603 - our own arguments, no shell
            [*command, "--silent"], cwd=site.parent, stdin=subprocess.DEVNULL, capture_output=True, timeout=seconds
        )
    except subprocess.TimeoutExpired as error:
        raise _failed(f"it did not end within {seconds:.0f} seconds") from error
    except (OSError, ImportError) as error:
        raise _failed(str(error)) from error
    if done.returncode:
        said = (done.stderr + done.stdout).decode("utf-8", "replace").split("\n")
        last = next((line.strip() for line in reversed(said) if line.strip()), "it said nothing")
        raise _failed(f"{last} (exit code {done.returncode})")


def _failed(words: str) -> ContentError:
    hint = 'pip install --force-reinstall "broadsheet[search]"; or switch it off: `search = false` in [extras]'
    return ContentError([Problem(path="search", message=f"Pagefind made no index: {words}", hint=hint)])


# Its files -------------------------------------------------------------------------------------------


_NUMBER = rb"(?:[\x00-\x17]|\x18.|\x19..|\x1a....)"
_PLACE = rb"(?:[\x00-\x17\x20-\x37]|[\x18\x38].|[\x19\x39]..|[\x1a\x3a]....)"
_PAGE = re.compile(
    rb"\x82(?P<number>" + _NUMBER + rb")(?P<head>[\x80-\x97]|\x98.|\x99..|\x9a....)(?P<places>" + _PLACE + rb"+)", re.S
)
_PAGES = re.compile(rb"(?:\x82" + _NUMBER + rb"(?:[\x80-\x97]|\x98.|\x99..|\x9a....)" + _PLACE + rb"+)*+", re.S)
_EACH_PLACE = re.compile(_PLACE, re.S)


def _read(out: Path, base: int) -> Found:
    described = json.loads((out / "pagefind-entry.json").read_bytes())["languages"][LANGUAGE]
    _, pages, chunks, filters, sorts = _parts(_opened(out / f"pagefind.{described['hash']}.pf_meta"))
    # Pagefind numbers pages by what is in them; ours are numbered by age, so that an edit changes no other's number.
    ages = {page: base + age for age, page in enumerate(map(_whole, _parts(_parts(_parts(sorts)[0])[1])))}
    fragments = []
    for page, (name, _) in enumerate(map(_parts, _parts(pages))):
        fragments.append((ages[page], (out / "fragment" / (str(name) + ".pf_fragment")).read_bytes()))
    return Found(
        words=tuple(word for chunk in _parts(chunks) for word in _words(out, str(_parts(chunk)[2]), ages)),
        filters=tuple(one for _, name in map(_parts, _parts(filters)) for one in _filter(out, str(name), ages)),
        fragments=tuple(sorted(fragments)),
    )


def _filter(out: Path, file: str, ages: dict[int, int]) -> Iterator[tuple[str, str, tuple[int, ...]]]:
    name, values = _parts(_opened(out / "filter" / f"{file}.pf_filter"))
    for value, pages in map(_parts, _parts(values)):
        yield str(name), str(value), tuple(sorted(ages[_whole(page)] for page in _parts(pages)))


def _words(out: Path, file: str, ages: dict[int, int]) -> Iterator[tuple[str, int, bytes]]:
    data = _unpacked(out / "index" / f"{file}.pf_index")
    count, at = _number(data, 1)
    for _ in range(count):
        word, at = _value(data, at + 1)
        pages, at = _number(data, at)
        found = _PAGES.match(data, at)
        at = found.end() if found else at
        yield str(word), pages, _renumbered(found[0] if found else b"", ages, is_short=len(str(word)) == 1)


def _renumbered(pages: bytes, ages: dict[int, int], *, is_short: bool) -> bytes:
    # In scripts without spaces words are told by characters that stand side by side, wherever that is.
    is_common = len(pages) > GREAT_MANY and not is_short
    found = []
    for page in _PAGE.finditer(pages):
        head, places = page["head"], page["places"]
        if is_common:
            first = _EACH_PLACE.findall(places)[:MOST_PLACES]
            head, places = head_of(4, len(first)), b"".join(first)
        age = ages[_number(page["number"], 0)[0]]
        found.append((age, b"\x82" + head_of(0, age) + head + places))
    return b"".join(data for _, data in sorted(found))


def _opened(file: Path) -> Value:
    return _value(_unpacked(file), 0)[0]


def _unpacked(file: Path) -> bytes:
    data = zlib.decompress(file.read_bytes(), wbits=31)
    if not data.startswith(SIGNATURE):
        raise ValueError(f"{file.name} has another form")
    return data.removeprefix(SIGNATURE)


def packed(data: bytes) -> bytes:
    """Data as Pagefind's files have it and search.js reads it."""
    packer = zlib.compressobj(9, wbits=31)
    return packer.compress(SIGNATURE + data) + packer.flush()


# What was found, to be kept ------------------------------------------------------------------------


def dumped(found: Found) -> bytes:
    """What was found as bytes; `loaded` is the way back."""
    names, counts, places = zip(*found.words, strict=True) if found.words else ((), (), ())
    numbers: list[Value] = [[name, value, list(pages)] for name, value, pages in found.filters]
    fragments: list[Value] = [[*one] for one in found.fragments]
    sizes = array("I", map(len, places)).tobytes()
    words: list[Value] = ["\n".join(names), array("I", counts).tobytes(), sizes, b"".join(places)]
    return zlib.compress(encoded([words, numbers, fragments]), 1)


def loaded(data: bytes) -> Found:
    words, filters, fragments = _parts(_value(zlib.decompress(data), 0)[0])
    names, counts, sizes, places = _parts(words)
    ends = accumulate(_numbers(sizes), initial=0)
    blocks = [_bytes(places)[start:end] for start, end in pairwise(ends)]
    return Found(
        words=tuple(zip(str(names).split("\n") if blocks else (), _numbers(counts), blocks, strict=True)),
        filters=tuple(
            (str(name), str(value), tuple(map(_whole, _parts(pages))))
            for name, value, pages in map(_parts, _parts(filters))
        ),
        fragments=tuple((_whole(age), _bytes(data)) for age, data in map(_parts, _parts(fragments))),
    )


def _numbers(data: Value) -> Sequence[int]:
    numbers = array("I")
    numbers.frombytes(_bytes(data))
    return numbers


# CBOR ------------------------------------------------------------------------------------------------


def _value(data: bytes, at: int) -> tuple[Value, int]:
    """What stands at a place, and where it ends."""
    kind = data[at] >> 5
    number, at = _number(data, at)
    match kind:
        case 0:
            return number, at
        case 2:
            return data[at : at + number], at + number
        case 3:
            return data[at : at + number].decode(), at + number
        case 4:
            values = []
            for _ in range(number):
                value, at = _value(data, at)
                values.append(value)
            return values, at
    raise ValueError(f"CBOR of kind {kind} is not known")


def _number(data: bytes, at: int) -> tuple[int, int]:
    short = data[at] & 31
    if short < 24:
        return short, at + 1
    end = at + 1 + (1 << short - 24)
    return int.from_bytes(data[at + 1 : end]), end


def _parts(value: Value) -> list[Value]:
    if isinstance(value, list):
        return value
    raise ValueError("a list is missing")


def _whole(value: Value) -> int:
    if isinstance(value, int):
        return value
    raise ValueError("a number is missing")


def _bytes(value: Value) -> bytes:
    if isinstance(value, bytes):
        return value
    raise ValueError("bytes are missing")


def encoded(value: Value) -> bytes:
    """A value in CBOR."""
    match value:
        case int():
            return head_of(0, value)
        case bytes():
            return head_of(2, len(value)) + value
        case str():
            return head_of(3, len(value.encode())) + value.encode()
        case list():
            return head_of(4, len(value)) + b"".join(map(encoded, value))


def head_of(kind: int, number: int) -> bytes:
    """What a value of CBOR begins with: its kind, and how much of it there is."""
    if number < 24:
        return bytes([kind << 5 | number])
    size = next(size for size in range(4) if number < 1 << (8 << size))
    return bytes([kind << 5 | 24 + size]) + number.to_bytes(1 << size)


def name_of(data: bytes) -> str:
    """A name that changes with the data."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()
