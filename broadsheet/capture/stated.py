"""What a scraped text says of its article: headline, dek, picture credit, author, date, address."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from broadsheet.capture.addresses import is_web, without_trackers
from broadsheet.capture.features import Reading
from broadsheet.capture.furniture import NAMES, STOP_WORDS, Cue
from broadsheet.capture.nouns import Facts, Found, FoundPicture
from broadsheet.capture.outlet import outlet
from broadsheet.capture.people import is_byline, people

TITLE, DEK, CREDIT, BYLINE, DATE, ADDRESS, ABOUT = (
    "the headline",
    "the dek",
    "a picture credit",
    "the byline",
    "the date",
    "the address",
    "after the end: about an author",
)


@dataclass(slots=True, kw_only=True)
class Scene:
    """A text's lines, and where the story in them begins and ends."""

    readings: Sequence[Reading]
    chosen: Sequence[bool]
    first: int
    last: int
    title: int = -1
    told: dict[int, str] = field(default_factory=dict)

    @property
    def above(self) -> range:
        """The lines between headline and story, or the last few before the story."""
        return range(self.title + 1 if self.title >= 0 else max(0, self.first - 8), self.first)

    def text(self, number: int) -> str:
        return self.readings[number].line.text


def facts(readings: Sequence[Reading], chosen: Sequence[bool], *, name_hint: str = "") -> tuple[Facts, dict[int, str]]:
    """What is stated, and the lines that state it, each with what it is. What is not stated stays empty."""
    scene = _scene(readings, chosen)
    scene.title = _title(scene)
    if scene.title >= 0:
        scene.told[scene.title] = TITLE
        scene.first = max(scene.first, scene.title + 1)
    image, authors, (date, updated) = _image(scene), _authors(scene), _dates(scene)
    _tell_of_authors(scene, authors)
    dek = _dek(scene)
    title = scene.text(scene.title) if scene.title >= 0 else ""
    source = outlet(readings, chosen, title=title, name_hint=name_hint)
    return (
        Facts(
            title=_found(title),
            dek=_found(dek),
            authors=Found(value=authors, origin="text") if authors else None,
            date=Found(value=date, origin="text") if date else None,
            updated=Found(value=updated, origin="text") if updated else None,
            source=_found(source),
            canonical_url=_found(_address(scene, title)),
            image=Found(value=image, origin="text") if image else None,
        ),
        scene.told,
    )


def _found(value: str) -> Found[str] | None:
    return Found(value=value, origin="text") if value else None


def _scene(readings: Sequence[Reading], chosen: Sequence[bool]) -> Scene:
    taken = [number for number, kept in enumerate(chosen) if kept]
    first, last = (taken[0], taken[-1]) if taken else (len(readings), len(readings))
    return Scene(readings=readings, chosen=chosen, first=first, last=last)


# Headline and dek ---------------------------------------------------------------------------------------


def _title(scene: Scene) -> int:
    """The line that reads most like the story's headline; -1 where none does."""
    story = {
        token
        for reading, kept in zip(scene.readings, scene.chosen, strict=True)
        if kept
        for token in reading.lower
        if token not in STOP_WORDS
    }
    if any(reading.dense for reading in scene.readings[scene.first : scene.first + 1]):
        # words do not part there; single letters tell what a line is about
        story = set().union(*story)
    again = Counter(reading.key for reading in scene.readings)
    scored = [
        (_likeness(number, scene, story, again), -number)
        for number in _near(scene)
        if 2 <= scene.readings[number].words <= 40 and len(scene.text(number)) <= 250
    ]
    best, number = max(scored, default=(0.0, 0))
    return _without_outlet(-number, scene) if best >= 1.5 else -1


def _without_outlet(number: int, scene: Scene) -> int:
    """The line that is the headline alone, where this one is the page's title: "Headline - Outlet"."""
    whole = scene.text(number)
    parts = {part for part in OUTLET_AFTER.split(whole) if len(part) * 2 > len(whole)}
    near = range(min(scene.first + 1, len(scene.readings)))
    return next((other for other in near if scene.text(other) in parts), number)


def _near(scene: Scene) -> list[int]:
    """Where a headline may stand: at the very top, or in the lines before the story and its first."""
    end = min(len(scene.readings), scene.first + 1)
    return [*range(min(3, end)), *range(max(3, end - NEAR), end)]


NEAR = 40
OUTLET_AFTER = re.compile(r"\s+[-–—|·•»]\s+")


def _likeness(number: int, scene: Scene, story: set[str], again: Mapping[str, int]) -> float:
    reading = scene.readings[number]
    line = reading.line
    telling = [token for token in reading.lower if token not in STOP_WORDS]
    if reading.dense:
        telling = list(line.text)
    topic = sum(token in story for token in telling) / len(telling) if telling else 0.0
    following = scene.readings[number + 1 : number + 4]
    return (
        {0: 0.0, 1: 3.0, 2: 1.5}.get(line.level, 0.5)
        + 3 * (reading.words > 3 or reading.dense) * topic
        + (again[reading.key] > 1) * (reading.words > 4)
        + (1 if number == 0 else 0)
        + min(reading.words, 8) / 8
        + any(_is_about(other, "time", "byline") for other in following)
        - 0.04 * (scene.first - number)
        - 1.5 * line.text.endswith((".", "。", ":", "…"))
        - 2 * (line.kind == "item")
        - 1 * line.text[0].islower()
        - 3 * _is_about(reading, "time", "byline", "picture", "social", "join", "advert", "menu", "comment")
        - 1.5 * (number == scene.first and reading.terminated)
        - 1 * (number == scene.first and line.level != 1)
    )


def _is_about(reading: Reading, *names: str) -> bool:
    """Whether cues of these purposes make up a third of a line."""
    wanted = {NAMES.index(name) for name in names}
    covered = sum(size for _, size, number in reading.cues if number in wanted)
    return covered * 3 >= (len(reading.line.text) if reading.dense else max(1, len(reading.tokens)))


def _dek(scene: Scene) -> str:
    """The line of prose that follows the headline, when the story has not begun yet."""
    if scene.title < 0:
        return ""
    title = scene.readings[scene.title].key
    for number in scene.above[:12]:
        reading = scene.readings[number]
        if number in scene.told or reading.line.kind == "item" or not _is_prose(reading):
            continue
        if reading.key.startswith(title) or title.startswith(reading.key):
            continue
        following = scene.told.get(number + 1)
        if following == CREDIT or _is_about(reading, "time", "byline", "picture", "social", "join", "advert"):
            continue
        scene.told[number] = DEK
        return scene.text(number)
    return ""


def _is_prose(reading: Reading) -> bool:
    if reading.dense:
        return 12 <= len(reading.line.text) <= 300
    return 6 <= reading.words <= 80 and reading.stop_share >= 0.12


# Pictures -------------------------------------------------------------------------------------------------

AGENCY = (
    r"(?:Getty(?: Images)?|iStock|Shutterstock(?:\.com)?|Unsplash|Pixabay|Pexels|Alamy(?: Stock Photo)?|Adobe Stock"
    r"|AP(?: Photo)?|AFP|EPA(?:-EFE)?|EFE|Reuters|REUTERS|Bloomberg|dpa|DPA|picture alliance|imago(?: images)?|IMAGO"
    r"|ANSA|ANP|NTB|TT|Ritzau|PA(?: Wire| Media)?|ZUMA(?: Press)?|Keystone|APA|Xinhua|Kyodo|Depositphotos|Wikimedia"
    r"(?: Commons)?|Flickr|NASA|123RF(?:\.com)?|新华社|新華社|共同通信|時事通信|Europa Press|Associated Press)"
)
LABELLED = re.compile(
    r"[(\[]?(?:(?:photo|image|picture|illustration|graphic|(?:featured|lead|cover|header|top) image)s?"
    r"(?:\s+(?:credit|courtesy|source|via)s?)?|credits?|foto(?:s|grafie|grafía|grafia|quelle)?|bild(?:quelle|nachweis)?"
    r"|crédits?(?:\s+photo)?|photo d.illustration|crédito|imagen|imagem|fotógrafo|фото"
    r"|写真|图片来源|图源|圖片來源|صورة)"
    r"\s*(?:[:：]\s*|\s+(?:by|courtesy of|via|von|por|par|de|di)\s+)(?P<credit>\S.{1,120}?)[)\]]?",
    re.IGNORECASE,
)
AGENCY_LINE = re.compile(
    rf"[(\[]?(?P<credit>(?:©\s*)?[^.!?()]{{0,80}}?(?:/|\bvia\b|\bby\b|©|^|,)\s*{AGENCY}\b.{{0,60}})[)\]]?"
)
COURTESY = re.compile(
    r"[(\[]?(?P<credit>(?:courtesy(?: of| photo)?|handout|©)\s*[:/]?\s*\S.{1,80}?)[)\]]?", re.IGNORECASE
)
AT_THE_END = re.compile(
    rf"^(?P<caption>.{{20,}}?[.!?”\"])\s*[(\[](?P<credit>[^()\[\]]{{0,60}}{AGENCY}[^()\[\]]{{0,40}})[)\]]\.?$"
)
CREDITS = (LABELLED, AGENCY_LINE, COURTESY)


def _image(scene: Scene) -> FoundPicture | None:
    """The credit of the picture above the story, with its caption; whoever else is credited is not asked."""
    for number in [*scene.above, *range(scene.first, min(scene.first + 3, len(scene.readings)))]:
        if scene.chosen[number] or number in scene.told:
            continue
        picture = _picture(scene.text(number))
        if picture:
            scene.told[number] = CREDIT
            return picture
    return None


def _picture(text: str) -> FoundPicture | None:
    if len(text) <= 400 and (both := AT_THE_END.match(text)):
        return FoundPicture(address="", caption=both["caption"], credit=both["credit"].strip())
    if len(text) > 140 or "reserved" in text.lower():
        return None
    credit = next((found["credit"] for pattern in CREDITS if (found := pattern.fullmatch(text))), "")
    return FoundPicture(address="", credit=credit.strip()) if credit else None


# Who and when ---------------------------------------------------------------------------------------------

BARE_BY = frozenset(("by", "von", "par", "por", "di", "door", "av", "af", "written by", "words by", "автор", "text"))


def _authors(scene: Scene) -> tuple[str, ...]:
    """Who a line above the story says it is by."""
    for number in scene.above:
        if number in scene.told or scene.readings[number].words > 16:
            continue
        text = scene.text(number)
        names = _by_whom(text)
        if not names and text.casefold().rstrip(":") in BARE_BY and number + 1 < scene.first:
            names = people([f"by {scene.text(number + 1)}"]) if scene.readings[number + 1].words <= 5 else ()
            if names:
                scene.told[number + 1] = BYLINE
        if names:
            scene.told[number] = BYLINE
            return names
    return ()


def _tell_of_authors(scene: Scene, authors: Sequence[str]) -> None:
    """The last line of a story that introduces its author is about the author."""
    if scene.last < len(scene.readings) and scene.last > scene.first:
        reading = scene.readings[scene.last]
        introduces = any(reading.line.text.startswith(name) for name in authors)
        if introduces and any(NAMES[number] in ("bio", "byline") for _, _, number in reading.cues):
            scene.told[scene.last] = ABOUT


def _by_whom(text: str) -> tuple[str, ...]:
    if not BYLINE_START.match(text) or not is_byline(text):
        return ()
    before_date = DAY.split(text, maxsplit=1)[0]
    return people([re.split(r"\s[|•·–—]\s|\s{2,}|\bpublished\b|\bupdated\b", before_date, flags=re.IGNORECASE)[0]])


BYLINE_START = re.compile(
    r"(?:(?:written|words|story|text|reported|posted|analysis|geschrieben|escrito)\s+)?"
    r"(?:by|von|par|por|di|door|av|af|автор:?|autor(?:in)?:|text:|texto:|作者[:：]|文[/／])\s+\S|(?:作者|记者|記者)[:：]",
    re.IGNORECASE,
)
MONTHS = (
    "jan|january|januar|janvier|enero|janeiro|gennaio|januari|января|يناير",
    "feb|february|februar|février|febrero|fevereiro|febbraio|februari|февраля|فبراير",
    "mar|march|märz|mars|marzo|março|maart|марта|مارس",
    "apr|april|avril|abril|aprile|апреля|أبريل",
    "may|mai|mayo|maio|maggio|mei|maj|мая|مايو",
    "jun|june|juni|juin|junio|junho|giugno|июня|يونيو",
    "jul|july|juli|juillet|julio|julho|luglio|июля|يوليو",
    "aug|august|août|agosto|augustus|augusti|августа|أغسطس",
    "sep|sept|september|septembre|septiembre|setembro|settembre|сентября|سبتمبر",
    "oct|october|okt|oktober|octobre|octubre|outubro|ottobre|октября|أكتوبر",
    "nov|november|novembre|noviembre|novembro|ноября|نوفمبر",
    "dec|december|dez|dezember|décembre|diciembre|dezembro|dicembre|декабря|ديسمبر",
)
NUMBERS = {name: number for number, names in enumerate(MONTHS, 1) for name in names.split("|")}
MONTH = f"(?P<month{{}}>{'|'.join(sorted(NUMBERS, key=len, reverse=True))})"
YEAR = r"(?P<year{}>(?:19|20)\d\d)"
DAY = re.compile(
    rf"\b{MONTH.format(1)}\.?\s+(?P<day1>\d{{1,2}})(?:st|nd|rd|th)?,?\s+{YEAR.format(1)}\b"
    rf"|\b(?P<day2>\d{{1,2}})(?:st|nd|rd|th|\.|er)?\s+(?:de\s+)?{MONTH.format(2)}\.?,?\s+(?:de\s+)?{YEAR.format(2)}\b"
    rf"|\b{YEAR.format(3)}-(?P<month3>\d\d)-(?P<day3>\d\d)\b"
    rf"|\b(?P<day4>\d{{1,2}})\.(?P<month4>\d{{1,2}})\.{YEAR.format(4)}\b"
    rf"|{YEAR.format(5)}年(?P<month5>\d{{1,2}})月(?P<day5>\d{{1,2}})日",
    re.IGNORECASE,
)
"""A day whose order of numbers is beyond doubt."""
UPDATE = re.compile(
    r"updated|modified|aktualisiert|mis à jour|modifié|actualizado|atualizado|aggiornato|更新|обновлено|تحديث",
    re.IGNORECASE,
)
PUBLISHED = re.compile(
    r"published|posted|first published|veröffentlicht|erschienen|publié|publicado|pubblicato|опубликовано"
    r"|发布|發布|公開|نشر",
    re.IGNORECASE,
)


def _dates(scene: Scene) -> tuple[datetime | None, datetime | None]:
    """The days of publication and of the last change, where a short line between headline and story states them."""
    published: datetime | None = None
    updated: datetime | None = None
    for number in scene.above:
        reading = scene.readings[number]
        if reading.words > 25 and not reading.dense:
            continue
        for label, day in _days(reading.line.text):
            if label == "updated":
                updated = updated or day
            else:
                published = published or day
            scene.told.setdefault(number, DATE)
    return published, updated


def _days(text: str) -> Iterator[tuple[str, datetime]]:
    """The days in a line, each with what the words before it call it."""
    end = 0
    for found in DAY.finditer(text[:200]):
        before, end = text[end : found.start()], found.end()
        if day := _day(found):
            yield ("updated" if UPDATE.search(before) and not PUBLISHED.search(before) else "published"), day


def _day(found: re.Match[str]) -> datetime | None:
    parts = {name[:-1]: value for name, value in found.groupdict().items() if value}
    month = NUMBERS.get(parts["month"].lower()) or int(parts["month"])
    try:
        return datetime(int(parts["year"]), month, int(parts["day"]))  # noqa: DTZ001 - a bare day has no zone
    except ValueError:
        return None


# Where ------------------------------------------------------------------------------------------------------

URL = re.compile(r"(?:[\w ]{0,20}:\s*)?(https?://[^\s<>\"]{8,500})")


def _address(scene: Scene, title: str) -> str:
    """An address that stands alone in a line and spells the headline's words."""
    wanted = {token for token in re.findall(r"\w+", title.casefold()) if len(token) > 3}
    if not wanted:
        return ""
    for number, reading in enumerate(scene.readings):
        found = URL.fullmatch(reading.line.text) if "://" in reading.line.text else None
        if found and is_web(found[1]):
            spelled = set(re.findall(r"\w+", found[1].casefold().replace("_", " ")))
            if len(wanted & spelled) >= max(2, len(wanted) / 2):
                scene.told.setdefault(number, ADDRESS)
                return without_trackers(found[1])
    return ""


# What the rest is -------------------------------------------------------------------------------------------

PURPOSES = {
    "join": "a call to subscribe or sign in",
    "social": "a share bar",
    "more": "a pointer to other stories",
    "comment": "comments",
    "legal": "a legal notice",
    "advert": "an advertisement",
    "byline": "a byline",
    "bio": "about an author",
    "time": "a date or time",
    "picture": "a picture's caption or credit",
    "menu": "a menu",
    "tags": "tags",
    "support": "a call for support",
    "note": "an editor's note",
    "call": "a call to click",
}


def purpose(reading: Reading) -> str:
    """What a line is for by the words in it; "" where they do not tell."""
    return _purpose(reading.cues, len(reading.line.text) if reading.dense else len(reading.tokens))


@lru_cache(maxsize=1 << 12)
def _purpose(cues: tuple[Cue, ...], whole: int) -> str:
    covered: Counter[int] = Counter()
    for at, size, number in cues:
        covered[number] += size * (2 if at == 0 else 1)
    if not covered:
        return ""
    number, size = max(sorted(covered.items()), key=lambda one: one[1])
    return PURPOSES[NAMES[number]] if size * 4 >= whole else ""
