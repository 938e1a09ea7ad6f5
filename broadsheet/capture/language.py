"""Which language a page is in, as a tag of BCP 47."""

from __future__ import annotations

import re
from collections.abc import Iterable

import py3langid

from broadsheet.capture.nouns import Found

TAG = re.compile(r"([a-z]{2,3})(?:[-_]([a-z]{4}))?(?:[-_]([a-z]{2}|\d{3}))?(?:[-_.@].*)?", re.I)
RETIRED = {"iw": "he", "in": "id", "ji": "yi", "mo": "ro"}
NEAR = ({"no", "nb", "nn", "da"}, {"hr", "sr", "bs", "sh"}, {"id", "ms"}, {"gl", "pt", "es"}, {"cs", "sk"})
"""Languages that a guess from a sample takes for one another."""

ENGLISH = {"the", "of", "and", "to", "that", "is", "for", "with", "was", "it", "are", "by", "have", "this", "from"}
SAMPLE = 3000
ENOUGH = 200
"""Characters: fewer say nothing certain."""


def tag(stated: str) -> str:
    """What a page states, as it ought to be spelled: "en_us" is "en-US"; "" where it is no tag."""
    found = TAG.fullmatch(stated.strip().partition(",")[0][:35])
    if not found:
        return ""
    language, script, region = found[1].lower(), found[2] or "", found[3] or ""
    language = RETIRED.get(language, language)
    if language in ("und", "mul", "zxx"):
        return ""
    return "-".join(part for part in (language, script.capitalize(), region.upper()) if part)


def language(stated: Iterable[tuple[str, str]], sample: str) -> Found[str] | None:
    """The first tag stated that the text does not contradict; else what the text itself says.

    `stated` are pairs of tag and origin, the best first, `sample` is text of the page.
    """
    tags = [Found(value=one, origin=origin) for value, origin in stated if (one := tag(value))]
    if tags and (tags[0].value.startswith("en") == _is_english(sample)):
        return tags[0]
    guess = _guess(sample)
    fitting = next((one for one in tags if not guess or _agree(one.value, guess)), None)
    return fitting or (Found(value=guess, origin="text") if guess else None)


def _is_english(sample: str) -> bool:
    """Cheaply told by its little words: pages of all languages say "en" because their makers never looked."""
    words = re.findall(r"\w+", sample.lower()[:SAMPLE])
    return sum(word in ENGLISH for word in words) > len(words) / 12


def _guess(sample: str) -> str:
    sample = " ".join(sample[:SAMPLE].split())
    return str(py3langid.classify(sample)[0]) if len(sample) >= ENOUGH else ""


def _agree(tag: str, guess: str) -> bool:
    primary = tag.partition("-")[0]
    return primary == guess or any(primary in group and guess in group for group in NEAR)
