"""A robots.txt to what it asks of this program (RFC 9309)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from protego import Protego

AGENT_LINE = re.compile(r"\s*(?:user[- ]?agent)\s*[:\s]\s*(?P<name>[^#]*)", re.I)


@dataclass(frozen=True, slots=True, kw_only=True)
class Robots:
    """The rules for one origin. `closed` says why nothing of it may be read; "" where the rules decide."""

    product: str
    rules: Protego = field(default_factory=Protego, repr=False)
    closed: str = ""


def read(text: str, product: str) -> Robots:
    """The text of a robots.txt, as it concerns the program named `product`."""
    product = product.lower()
    return Robots(product=product, rules=Protego.parse(_our_part(text, product)))


def allows(robots: Robots, address: str) -> bool:
    return not robots.closed and robots.rules.can_fetch(address, robots.product)


def delay(robots: Robots) -> float:
    """Seconds it asks to let pass between two visits; 0 where it does not say."""
    return robots.rules.crawl_delay(robots.product) or 0


def _our_part(text: str, product: str) -> str:
    """The text with the names of all other programs made one.

    protego 0.7 adds each rule to every program of its group, so that half a
    megabyte of names and rules would become gigabytes. The groups stay.
    """
    ours = re.compile(rf"(?<![\w-]){re.escape(product)}(?![\w-])", re.I)
    return "\n".join(_one_agent(line, ours, product) for line in text.splitlines())


def _one_agent(line: str, ours: re.Pattern[str], product: str) -> str:
    found = AGENT_LINE.match(line)
    if not found:
        return line
    name = found["name"].strip()
    kept = "*" if name == "*" else product if ours.search(name) else "another"
    return f"User-agent: {kept}"
