"""What was made of a capture, in words for an editor and as data for machines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from broadsheet.capture.desk import Draft
from broadsheet.capture.nouns import Cleaned, Found, FoundPicture
from broadsheet.markup import word_count

FIELDS = ("title", "dek", "authors", "date", "updated", "source", "canonical_url", "image", "tags", "lang", "license")


def in_words(draft: Draft) -> Iterator[tuple[str, str]]:
    """Label and words of each line of the report."""
    facts, body = draft.cleaned.facts, draft.cleaned.body
    for name in FIELDS:
        found: Found[Any] | None = getattr(facts, name)
        if found is not None:
            yield name.removeprefix("canonical_"), f"{spoken(found.value)} ({found.origin})"
        elif name in ("authors", "date", "source", "tags"):
            yield name, "not found"
    words = word_count("\n\n".join(block.text for block in body.blocks))
    yield "body", f"{_number(len(body.blocks), 'block')}, {_number(words, 'word')}, confidence {body.confidence:.2f}"
    if body.dropped:
        reasons = Counter(one.reason for one in body.dropped).most_common()
        told = ", ".join(f"{count:,} {reason}" for reason, count in reasons[:6])
        yield "dropped", told + (f", {_number(sum(n for _, n in reasons[6:]), 'other')}" if reasons[6:] else "")
    if draft.illustrated.names:
        yield "pictures", ", ".join(draft.illustrated.names.values())
    for address, why in draft.illustrated.missed.items():
        yield "no picture", f"{shortened(address, 200)}: {why}"
    for reminder in draft.illustrated.article.review:
        yield "review", reminder


def dropped_lines(cleaned: Cleaned) -> Iterator[str]:
    """Each line that was left out, where it stood and why."""
    for one in cleaned.body.dropped:
        yield f"{one.line:>5}  {one.reason}: {shortened(one.text, 300)}"


def as_data(cleaned: Cleaned) -> dict[str, Any]:
    """The facts as plain values, the story as text with an empty line between paragraphs, what was dropped and why."""
    facts = cleaned.facts
    image = facts.image.value if facts.image else None
    return {
        "title": _plain(facts.title),
        "dek": _plain(facts.dek),
        "authors": list(facts.authors.value) if facts.authors else [],
        "date": _plain(facts.date),
        "updated": _plain(facts.updated),
        "tags": list(facts.tags.value) if facts.tags else [],
        "source": {"name": _plain(facts.source), "url": _plain(facts.canonical_url)},
        "image": {"address": image.address, "alt": image.alt, "caption": image.caption, "credit": image.credit}
        if image
        else None,
        "lang": _plain(facts.lang),
        "license": _plain(facts.license),
        "text": "\n\n".join(block.text for block in cleaned.body.blocks if block.text.strip()),
        "confidence": round(cleaned.body.confidence, 3),
        "origins": {name: found.origin for name in FIELDS if (found := getattr(facts, name)) is not None},
        "dropped": [{"line": one.line, "text": one.text, "reason": one.reason} for one in cleaned.body.dropped],
        "doubts": list(cleaned.doubts),
    }


def spoken(value: object) -> str:
    match value:
        case tuple():
            return ", ".join(map(str, value))
        case datetime(tzinfo=None, hour=0, minute=0):
            return f"{value:%Y-%m-%d}"
        case datetime():
            return value.isoformat(" ", "minutes")
        case FoundPicture():
            named = [value.credit and f"credit {value.credit}", value.caption]
            return shortened(value.address, 200) or "; ".join(filter(None, named))
        case _:
            return str(value)


def _plain(found: Found[Any] | None) -> str | None:
    if found is None:
        return None
    return found.value.isoformat() if isinstance(found.value, datetime) else str(found.value)


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def shortened(text: str, length: int = 100) -> str:
    """A text on one line of so many characters."""
    text = " ".join(text.split())
    return text if len(text) <= length else f"{text[: length - 1]}…"
