"""One source to what it says, with all that is known of its site: rules, and lines met before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from broadsheet.capture import rules
from broadsheet.capture.addresses import domain, is_web
from broadsheet.capture.batch import Failed, each
from broadsheet.capture.clean import clean, lines
from broadsheet.capture.keep import content_hash
from broadsheet.capture.load import read
from broadsheet.capture.memory import remembered, source_of
from broadsheet.capture.nouns import Capture, Cleaned, Repeats, Rules
from broadsheet.capture.repeats import others


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A source to study: a file that is still to be read, or what was captured already.

    `root` is the digest's folder, None outside of any. `repeats` stand in for
    what the digest remembers of the source.
    """

    name: str
    address: str = ""
    capture: Capture | None = field(default=None, repr=False)
    root: Path | None = None
    repeats: Repeats | None = None


def name_of(job: Job) -> str:
    return job.name


def study(job: Job) -> Cleaned:
    """What a source says. Raises ContentError."""
    capture = job.capture or read(job.name, address=job.address)
    first = _Known.of(job, capture, capture.address, source_of(capture.address))
    cleaned = clean(capture, rules=first.rules, repeats=first.repeats)
    facts, address = cleaned.facts, trusted_address(capture, cleaned)
    # Whose page it is may show only once it has been read.
    second = _Known.of(job, capture, address, source_of(address, facts.source.value if facts.source else ""))
    return cleaned if second in (first, _Known()) else clean(capture, rules=second.rules, repeats=second.repeats)


def trusted_address(capture: Capture, cleaned: Cleaned) -> str:
    """Where the article is: as the page says, unless it speaks for another site than it came from.

    A page that could would take part in what the digest knows of that site, and
    in what an update does to its articles.
    """
    stated = cleaned.facts.canonical_url.value if cleaned.facts.canonical_url else ""
    own = capture.address
    return own if own and domain(stated) != domain(own) else stated


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What is known of a source beforehand."""

    rules: Rules = field(default_factory=Rules)
    repeats: Repeats = field(default_factory=Repeats)

    @classmethod
    def of(cls, job: Job, capture: Capture, address: str, source: str) -> _Known:
        if job.root is None or not source:
            return cls(repeats=job.repeats or Repeats())
        repeats = job.repeats
        if repeats is None:
            repeats = remembered(job.root, source, content_hash(capture.data), lambda: lines(capture))
        return cls(rules=rules.load(job.root, address), repeats=repeats)


# Files as evidence for each other -----------------------------------------------------------------


def with_siblings(jobs: Sequence[Job], *, workers: int) -> list[Job]:
    """The jobs, each with the lines that recur in the others of its source.

    Those whose source is not known count as of one source.
    """
    groups: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for number, (_, outline) in enumerate(each(_outline, jobs, name=name_of, workers=workers)):
        if not isinstance(outline, Failed):
            groups[outline[0]].append((number, outline[1]))
    found = list(jobs)
    for members in groups.values():
        for (number, _), repeats in zip(members, others([text for _, text in members]), strict=True):
            found[number] = replace(found[number], repeats=repeats)
    return found


def _outline(job: Job) -> tuple[str, str]:
    """Whose a source is, as far as that is known, and its lines."""
    capture = job.capture or read(job.name, address=job.address)
    return source_of(capture.address) if is_web(capture.address) else "", lines(capture)
