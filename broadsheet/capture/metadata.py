"""A page to what is known of its article besides the body: each field by its own rule, each with its origin."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from broadsheet.capture import dates as days
from broadsheet.capture.addresses import absolute, canonical, domain, without_trackers
from broadsheet.capture.bylines import byline, signature
from broadsheet.capture.cover import cover
from broadsheet.capture.dom import Element, select
from broadsheet.capture.heading import Heading, far_dates, heading, near_dates, spoken, standfirst
from broadsheet.capture.language import language, tag
from broadsheet.capture.nouns import Facts, Found, Rules
from broadsheet.capture.people import has_person, people
from broadsheet.capture.structured import Structured, Thing, letters, likeness, named, plain, structured
from broadsheet.capture.tags import tags

TITLE, DEK = 300, 1000
NO_RULES = Rules()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """All that the rules of the fields look at."""

    root: Element
    data: Structured
    head: Heading
    names: frozenset[str]
    lang: str
    rules: Rules

    @property
    def articles(self) -> tuple[Thing, ...]:
        return self.data.articles


def facts(root: Element, *, address: str = "", rules: Rules = NO_RULES, data: Structured | None = None) -> Facts:
    """What a page says of its article; `address` is the page's own. Never fails, and invents nothing."""
    data = data or structured(root, address=address)
    page = _page(root, data, rules)
    date = _date(page)
    title = _title(page)
    authors = _authors(page)
    return Facts(
        title=title,
        dek=_dek(page, title.value if title else ""),
        authors=authors,
        date=date,
        updated=_updated(page, date.value if date else None),
        source=_source(page),
        canonical_url=_canonical(page),
        image=cover(root, data),
        tags=tags(root, data, unwanted=page.names | _spelled(authors)),
        lang=_lang(page),
        license=_license(page),
    )


def _spelled(names: Found[tuple[str, ...]] | None) -> set[str]:
    return {letters(name) for name in names.value} if names else set()


def article_body(data: Structured) -> str:
    """The story as JSON-LD tells it, paragraphs apart where it keeps them apart; "" where it does not tell it."""
    bodies = (one.get("articleBody") for one in data.articles)
    body = next((one for one in bodies if isinstance(one, str) and len(one) > 40), "")
    lines = (plain(line, 20_000) for line in re.split(r"\n+|</p>|<br\s*/?>", body[:500_000]))
    return "\n\n".join(line for line in lines if line)


def _page(root: Element, data: Structured, rules: Rules) -> _Page:
    titles = [plain(one.get("headline")) for one in data.articles[:1]]
    titles += [data.first("og:title"), data.first("twitter:title"), spoken_title(root)]
    head = heading(root, [title for title in titles if title])
    names = frozenset({letters(name) for name, _ in _sites(data)} | {*map(letters, _hosts(data.address))} - {""})
    return _Page(root=root, data=data, head=head, names=names, lang=_locale(root, data), rules=rules)


def _locale(root: Element, data: Structured) -> str:
    """The language that dates are written in: with its region, which tells 4/5 from 5/4, wherever that is stated."""
    tags_stated = map(tag, (root.get("lang", ""), data.first("og:locale"), _inner_lang(root)))
    stated = [one for one in tags_stated if one]
    country = _host(data.address).rpartition(".")[2]
    if stated[:1] == ["en"] and country in DAY_FIRST:
        return f"en-{country.upper()}"
    return next((one for one in stated if "-" in one and one.startswith(stated[0])), next(iter(stated), ""))


DAY_FIRST = ("uk", "ie", "au", "nz", "in", "za", "sg", "my", "ng", "ke", "gh", "mt", "pk", "bd", "lk", "hk")


def _inner_lang(root: Element) -> str:
    return next(iter(root.xpath("//body/@lang | //article/@lang | //main/@lang")), "")


def spoken_title(root: Element) -> str:
    """The page's title element."""
    found = root.xpath("//head/title | //title")
    return plain("".join(found[0].itertext())) if found else ""


def _ruled(page: _Page, selector: str) -> str:
    """The text of the first element that an editor's rule names; "" where it names none, or is no selector."""
    if not selector:
        return ""
    for element in select(page.root, selector):
        text = plain(element.get("content") or element.get("datetime") or "") or spoken(element)
        if text:
            return text
    return ""


def _found(value: str, origin: str) -> Found[str] | None:
    return Found(value=value, origin=origin) if value else None


def _first(candidates: Iterable[tuple[str, str]]) -> Found[str] | None:
    return next((Found(value=value, origin=origin) for value, origin in candidates if value), None)


# The site -------------------------------------------------------------------------------------------


def _sites(data: Structured) -> Iterator[tuple[str, str]]:
    for thing in data.articles[:3]:
        for name in named(data, thing.get("publisher"))[:1]:
            yield name, "JSON-LD"
    name = data.first("og:site_name")
    if any(char.isalpha() for char in name):
        yield name, "OpenGraph"
    for meta in SITE_METAS:
        if data.first(meta) and not data.first(meta).startswith("http"):
            yield data.first(meta), "meta"


SITE_METAS = ("application-name", "apple-mobile-web-app-title", "citation_journal_title", "dc.publisher", "publisher")


def _source(page: _Page) -> Found[str] | None:
    """The name that fits the address best; of those that fit alike, OpenGraph's, as it is meant for readers."""
    hosts = [letters(host) for host in _hosts(page.data.address) if host]
    names = [(name.strip(" -–—·")[:100], origin) for value, origin in _sites(page.data) for name in value.split("|")]
    names = [(name, origin) for name, origin in names if any(char.isalpha() for char in name)]
    best = max(names, key=lambda one: (_fits(one[0], hosts), one[1] == "OpenGraph"), default=("", ""))
    return _first([best, (domain(page.data.address) if page.data.address else "", "address")])


def _fits(name: str, hosts: list[str]) -> int:
    spelled, initials = letters(name), "".join(word[0] for word in re.findall(r"\w+", name)).lower()
    if any(spelled == host for host in hosts):
        return 2
    return int(any(spelled in host or host in spelled or (len(initials) > 1 and initials in host) for host in hosts))


# Titles ---------------------------------------------------------------------------------------------


def _title(page: _Page) -> Found[str] | None:
    ruled = _ruled(page, page.rules.title)
    if ruled:
        return Found(value=ruled[:TITLE], origin="rule")
    return _first((_without_site(text, page)[:TITLE], origin) for text, origin in _titles(page))


def _titles(page: _Page) -> Iterator[tuple[str, str]]:
    headlines = [plain(one.get("headline")) for one in page.articles[:1]]
    yield _without_kicker(page.head.text, [*headlines, page.data.first("og:title")]), "headline"
    yield from ((headline, "JSON-LD") for headline in headlines)
    yield page.data.first("og:title"), "OpenGraph"
    yield page.data.first("twitter:title", "dc.title", "citation_title", "parsely-title", "title"), "meta"
    yield spoken_title(page.root), "title element"


def _without_kicker(headline: str, stated: Iterable[str]) -> str:
    """A headline without what the same element holds above it, where machines are told of it without."""
    endings = (one for one in stated if len(headline) < 2 * len(one) and headline.endswith(one))
    return next(endings, headline)


_JOINT = re.compile(
    r"(\s+[|\-–—•·»:/]+\s+|\s*[|｜_：]\s*|\s+::\s+|(?<=[\u3040-\u9fff])[-–—](?=[\u3040-\u9fff]))"
)


def _without_site(title: str, page: _Page) -> str:
    """A title without the site's name before or after it."""
    for _ in range(3):
        parts = _JOINT.split(title)
        if len(parts) < 3:
            return title
        if _is_site(parts[-1], page.names):
            title = "".join(parts[:-2])
        elif _is_site(parts[0], page.names):
            title = "".join(parts[2:])
        else:
            return title
    return title


def _is_site(part: str, names: frozenset[str]) -> bool:
    spelled = letters(part)
    return bool(spelled) and any(spelled == name or (len(spelled) > 3 and spelled in name) for name in names)


def _hosts(address: str) -> tuple[str, ...]:
    """A host as names of its site: with and without what it is registered under."""
    host = domain(address) if address else ""
    return host, host.partition(".")[0], _host(address).removeprefix("www.")


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


# Deks -----------------------------------------------------------------------------------------------


def _dek(page: _Page, title: str) -> Found[str] | None:
    ruled = _ruled(page, page.rules.dek)
    if ruled:
        return Found(value=ruled[:DEK], origin="rule")
    openings = tuple(letters(spoken(one)) for one in page.root.xpath("//p")[:12])
    for text, origin in _deks(page):
        if len(text) > 15 and likeness(text, title) < 0.8 and not _is_teaser(text, openings):
            return Found(value=text[:DEK], origin=origin)
    return None


def _is_teaser(text: str, openings: tuple[str, ...]) -> bool:
    """Whether a text is cut off, or the beginning of a paragraph that goes on."""
    if text.rstrip(" ])").endswith(("...", "…")):
        return True
    spelled = letters(text)
    return any(opening.startswith(spelled) and len(opening) > 1.2 * len(spelled) for opening in openings)


def _deks(page: _Page) -> Iterator[tuple[str, str]]:
    yield standfirst(page.head), "standfirst"
    yield page.data.first("og:description"), "OpenGraph"
    yield next((plain(one.get("description")) for one in page.articles[:1]), ""), "JSON-LD"
    yield page.data.first("description", "twitter:description", "dc.description"), "meta"


# Authors --------------------------------------------------------------------------------------------


def _authors(page: _Page) -> Found[tuple[str, ...]] | None:
    ruled = [spoken(one) for one in select(page.root, page.rules.author)] if page.rules.author else []
    if names := people(ruled):
        return Found(value=names, origin="rule")
    best, weight = None, -1
    for names, origin in _bylines(page):
        if names and _weight(names, page) > weight:
            best, weight = Found(value=names, origin=origin), _weight(names, page)
        if weight == 2:
            break
    return best


def _weight(names: tuple[str, ...], page: _Page) -> int:
    """A person says more of who wrote than an agency, an agency more than the site's own name."""
    others = [name for name in names if letters(name) not in page.names]
    return 2 if has_person(others) else 1 if others else 0


def _bylines(page: _Page) -> Iterator[tuple[tuple[str, ...], str]]:
    data, site = page.data, page.names
    for key in ("author", "creator"):
        for thing in page.articles[:3]:
            yield people(named(data, thing.get(key)), site=site), "JSON-LD"
    yield byline(page.head, site), "byline"
    for name in AUTHOR_METAS:
        yield people(data.every(name), site=site), "meta"
    for thing in data.pages:
        yield people(named(data, thing.get("author")), site=site), "JSON-LD"
    yield signature(page.root, site), "byline"


AUTHOR_METAS = (
    "author", "article:author", "article:author_name", "parsely-author", "sailthru.author", "dc.creator",
    "dcterms.creator", "citation_author", "byl", "cxenseparse:author", "dcsext.author", "creator", "authors",
    "vr:author", "mrf:authors",
)  # fmt: skip


# Dates ----------------------------------------------------------------------------------------------


PUBLISHED = (
    "article:published_time", "datepublished", "article:published", "og:published_time", "og:article:published_time",
    "parsely-pub-date", "sailthru.date", "publish_date", "publishdate", "publication_date", "pubdate", "published_at",
    "cxenseparse:recs:publishtime", "dc.date.issued", "dcterms.created", "dc.date.created", "dcterms.date", "dc.date",
    "dcterms.issued", "citation_publication_date", "citation_date", "article_date_original", "originalpublicationdate",
    "article.published", "date.created", "displaydate", "iso-8601-publish-date", "rnews:datepublished",
    "published_time", "published-date", "creation_date", "datecreated", "date",
)  # fmt: skip
MODIFIED = (
    "article:modified_time", "datemodified", "og:updated_time", "article:modified", "article:updated_time",
    "og:modified_time", "last-modified", "lastmod", "revision_date", "dcterms.modified", "dc.date.modified",
    "updated_time", "date.updated",
)  # fmt: skip


def _date(page: _Page) -> Found[datetime] | None:
    """What the page states for machines; else what stands near its headline, in its address, anywhere."""
    for find in (_stated_date, _near_date, _guessed_date):
        if found := find(page):
            return found
    return None


def _stated_date(page: _Page) -> Found[datetime] | None:
    moments = ((days.moment(value, language=page.lang), origin) for value, origin in _stated_dates(page))
    return next((Found(value=when, origin=origin) for when, origin in moments if when), None)


def _stated_dates(page: _Page) -> Iterator[tuple[object, str]]:
    if page.rules.date:
        yield _ruled(page, page.rules.date), "rule"
    for thing in page.articles[:3]:
        yield thing.get("datePublished"), "JSON-LD"
    for name in PUBLISHED:
        for content in page.data.every(name):
            yield content, "OpenGraph" if name.startswith(("article:", "og:")) else "meta"
    for thing in (*page.articles[:3], *page.data.pages):
        yield thing.get("datePublished") or thing.get("uploadDate") or thing.get("dateCreated"), "JSON-LD"


def _near_date(page: _Page) -> Found[datetime] | None:
    """The dateline, where the address does not contradict it: a teaser's date looks like the story's."""
    day = days.in_address(page.data.address)
    moments = (days.moment(text, language=page.lang) for text in near_dates(page.head)[:40])
    when = next((one for one in moments if one and (day is None or _apart(one, day) <= 1)), None)
    if when:
        return Found(value=when, origin="dateline")
    return Found(value=day, origin="address") if day else None


def _apart(one: datetime, other: datetime) -> int:
    return abs((one.date() - other.date()).days)


def _guessed_date(page: _Page) -> Found[datetime] | None:
    when = days.guessed(page.root, page.data.address)
    if when:
        return Found(value=when, origin="htmldate")
    moments = (days.moment(text, language=page.lang) for text in far_dates(page.head)[:20])
    return next((Found(value=one, origin="dateline") for one in moments if one), None)


def _updated(page: _Page, published: datetime | None) -> Found[datetime] | None:
    for value, origin in _updates(page):
        when = days.moment(value, language=page.lang)
        if when:
            return Found(value=when, origin=origin) if published and days.later(when, published) else None
    return None


def _updates(page: _Page) -> Iterator[tuple[object, str]]:
    for thing in page.articles[:3]:
        yield thing.get("dateModified"), "JSON-LD"
    for name in MODIFIED:
        yield page.data.first(name), "OpenGraph" if name.startswith(("article:", "og:")) else "meta"


# Addresses, language, licence -------------------------------------------------------------


def _canonical(page: _Page) -> Found[str] | None:
    links = [link.get("href", "") for link in page.root.xpath("//link[@rel='canonical'][@href]")[:3]]
    stated = [*((link, "canonical link") for link in links), (page.data.first("og:url"), "OpenGraph")]
    for address, origin in (*stated, (page.data.address, "address")):
        whole = without_trackers(absolute(address, page.data.address)) if address else ""
        if whole and _is_same_page(whole, page.data.address):
            return Found(value=whole, origin=origin)
    return None


def _is_same_page(address: str, here: str) -> bool:
    """Whether an address can be that of this page: no front page, nor one above it, unless this is that."""
    path, query = urlsplit(address).path, urlsplit(address).query
    if not here or canonical(address) == canonical(here):
        return path not in ("", "/") or bool(query)
    return path not in ("", "/") and not absolute(here, "").startswith(address.rstrip("/") + "/")


def _lang(page: _Page) -> Found[str] | None:
    data = page.data
    stated = [
        (page.root.get("lang", "") or page.root.get("xml:lang", "") or _inner_lang(page.root), "html"),
        (next((plain(one.get("inLanguage")) for one in page.articles[:1]), ""), "JSON-LD"),
        (data.first("content-language", "language", "dc.language"), "meta"),
        (data.first("og:locale"), "OpenGraph"),
    ]
    return language(stated, _sample(page.root))


def _sample(root: Element) -> str:
    """Text of paragraphs, or of whatever there is where a page has none."""
    sample = ""
    for element in (*root.xpath("//p")[:60], *root.xpath("//h1 | //h2 | //h3 | //li | //div[not(*)]")[:60]):
        sample += " " + spoken(element)
        if len(sample) > 1500:
            break
    return sample


def _license(page: _Page) -> Found[str] | None:
    links = page.root.xpath("//*[self::a or self::link][contains(concat(' ', @rel, ' '), ' license ')][@href]")
    stated = [(one.get("href", ""), "license link") for one in links[:1]]
    for thing in page.articles[:1]:
        value = thing.get("license")
        stated.insert(0, (plain(value.get("url") or value.get("@id") if isinstance(value, dict) else value), "JSON-LD"))
    return _first((absolute(value[:500], page.data.address) or plain(value, 200), origin) for value, origin in stated)
