"""A capture to what it says: facts and the story, without what stood around it."""

from __future__ import annotations

import re
from dataclasses import replace

from broadsheet.capture import dom, metadata, page
from broadsheet.capture.addresses import absolute, domain, is_web, without_trackers
from broadsheet.capture.decode import text_of
from broadsheet.capture.evidence import Known
from broadsheet.capture.lines import is_dense
from broadsheet.capture.magic import picture_type
from broadsheet.capture.mhtml import Unpacked, is_mhtml, unpack
from broadsheet.capture.nouns import Body, Capture, Cleaned, Facts, Found, Repeats, Rules
from broadsheet.capture.scrape import MOST_LINES, scrape
from broadsheet.capture.sniff import kind
from broadsheet.capture.structured import structured
from broadsheet.errors import ContentError, Problem

LONGEST_LINE = 100_000
_ENDLESS = re.compile(rf"([^\n]{{{LONGEST_LINE}}})[^\n]+")

SHORTEST = 60
"""Letters of a story: some ten words."""

NOTHING = Repeats()
NO_RULES = Rules()


def clean(capture: Capture, *, rules: Rules = NO_RULES, repeats: Repeats = NOTHING) -> Cleaned:
    """The article of a capture. Raises ContentError where there is none, never gives an empty one."""
    if is_mhtml(capture.data):
        unpacked = unpack(capture)
        cleaned = clean(replace(unpacked.page, known=capture.known), rules=rules, repeats=repeats)
        return replace(cleaned, parts=_pictures(unpacked))
    text, _ = text_of(capture.data, charset=capture.charset, name=capture.name)
    found = kind(text, media_type=capture.media_type, name=capture.name)
    if found == "json":
        raise _problem(capture, "is JSON, not an article", "add the article's page, or its text")
    if found in ("feed", "opml"):
        hint = f"list what is new with: broadsheet inbox {capture.name}"
        raise _problem(capture, "is a feed, not an article", hint)
    cleaned = _page(capture, text, rules, repeats) if found == "page" else _text(capture, text, rules, repeats)
    size = sum(_size(block.text) for block in cleaned.body.blocks)
    if size < SHORTEST:
        hint = "save the page in a browser after it has loaded, or copy its text into a file, and add that"
        found_ = f"only “{cleaned.body.blocks[0].text[:60]}”" if size else "nothing"
        raise _problem(capture, f"no story was found in it, {found_}", hint)
    return cleaned


def _size(text: str) -> int:
    """Letters and digits; one of a script without spaces counts for three."""
    return sum(1 + 2 * is_dense(character) for character in text if character.isalnum())


def lines(capture: Capture) -> str:
    """All that stands in a capture, furniture and story, a line each: what captures of one source share shows in it.

    Raises ContentError.
    """
    if is_mhtml(capture.data):
        return lines(unpack(capture).page)
    text, _ = text_of(capture.data, charset=capture.charset, name=capture.name)
    if kind(text, media_type=capture.media_type, name=capture.name) != "page":
        return text
    root = dom.page(text)
    return "" if root is None else page.lines(root)


def _pictures(unpacked: Unpacked) -> dict[str, bytes]:
    return {absolute(name, "") or name: part.data for name, part in unpacked.parts.items() if picture_type(part.data)}


def _page(capture: Capture, text: str, rules: Rules, repeats: Repeats) -> Cleaned:
    root = dom.page(text)
    if root is None:
        return Cleaned(kind="page", facts=Facts(), body=Body(blocks=(), dropped=(), confidence=0))
    data = structured(root, address=capture.address)
    facts = _with_known(metadata.facts(root, address=capture.address, rules=rules, data=data), capture)
    address = capture.address or (facts.canonical_url.value if facts.canonical_url else "")
    known = Known(
        article_body=metadata.article_body(data),
        title=facts.title.value if facts.title else "",
        dek=facts.dek.value if facts.dek else "",
        repeats=repeats,
    )
    body, doubts = page.study(root, known=known, rules=rules, base=_base(root, address))
    if dom.is_cut(text):
        doubts = (*doubts, f"the page has more than {dom.MOST_TAGS:,} tags, and only those were read")
    return Cleaned(kind="page", facts=facts, body=body, doubts=doubts)


def _base(root: dom.Element, address: str) -> str:
    """What relative links begin with: the page's base element, where it has one, as browsers do."""
    stated = root.find(".//base[@href]")
    return (absolute(stated.get("href"), address) if stated is not None else "") or address


def _text(capture: Capture, text: str, rules: Rules, repeats: Repeats) -> Cleaned:
    doubts = []
    if text.count("\n") > MOST_LINES:
        doubts.append(f"the text has more than {MOST_LINES:,} lines, and only those were read")
    if _ENDLESS.search(text):
        text = _ENDLESS.sub(r"\1", text)
        doubts.append(f"a line of the text has more than {LONGEST_LINE:,} letters, and only those were read")
    facts, body = scrape(text, repeats=repeats, rules=rules, name_hint=capture.name)
    return Cleaned(kind="text", facts=_with_known(facts, capture), body=body, doubts=tuple(doubts))


def _with_known(facts: Facts, capture: Capture) -> Facts:
    """What the page does not say, its feed may have said, and its address tells where it is."""
    absent = {
        name: getattr(capture.known, name)
        for name in Facts.__dataclass_fields__
        if getattr(facts, name) is None and getattr(capture.known, name) is not None
    }
    facts = replace(facts, **absent)
    if facts.canonical_url is None and is_web(capture.address):
        facts = replace(facts, canonical_url=Found(value=without_trackers(capture.address), origin="address"))
    if facts.source is None and facts.canonical_url and (site := domain(facts.canonical_url.value)):
        facts = replace(facts, source=Found(value=site, origin="address"))
    return facts


def _problem(capture: Capture, message: str, hint: str) -> ContentError:
    return ContentError([Problem(path=capture.name, message=message, hint=hint)])
