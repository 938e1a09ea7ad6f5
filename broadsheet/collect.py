"""Content to a Site: what is published, at which address, in which order."""

from __future__ import annotations

import difflib
import math
import posixpath
import re
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TypeVar
from urllib.parse import unquote

from broadsheet.config import Config
from broadsheet.content import is_web_address, locate
from broadsheet.errors import Level, Problem
from broadsheet.markup import addresses, facts_of, fragment, resolved_path
from broadsheet.media import type_of
from broadsheet.model import (
    Article,
    Author,
    AuthorArticles,
    Body,
    Content,
    Edition,
    EditionSection,
    HeldBack,
    Image,
    MediaFile,
    Page,
    Picture,
    PublishedArticle,
    PublishedEdition,
    PublishedPage,
    PublishedSection,
    Publisher,
    PublisherArticles,
    Site,
    SmallerPicture,
    Tag,
    TagDefinition,
    TaggedArticles,
    Teaser,
    Variant,
)
from broadsheet.pictures import widths
from broadsheet.slugs import composed, site_path, slugify
from broadsheet.visibility import held_back, in_words, is_shown, next_due

WORDS_A_MINUTE = 238
"""Silent reading of English non-fiction, mean of 190 studies (Brysbaert 2019, doi 10.1016/j.jml.2019.104047)."""

WIDEST_FALLBACK = 1200
"""Pixels of the size that is shown where a browser knows no modern format."""

OTHER_FORMATS = (".bmp", ".heic", ".heif", ".jp2", ".jxl", ".psd", ".tif", ".tiff")
"""Pictures as cameras and programs make them, which are none for every browser."""

HINTS = 100
"""Problems of a digest for which names like the one typed are looked for, among those of everything there is."""

OWN_WORDS = ("text", "title", "summary", "dek", "updated", "corrections", "archive_url", "extra")
"""What of an article can be edited without a change of what else there is, or of its order."""

FEED_ID_NAMESPACE = uuid.UUID("7c1f6cb4-21d5-5b0c-9d36-0f4f0a7f6a52")

Item = TypeVar("Item", Article, Page, Edition)


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """A site, and all that is wrong with what it was made of or worth saying of it."""

    site: Site
    problems: tuple[Problem, ...]
    again: Callable[[Article], PublishedArticle | None]
    """An article of the site, edited, as it is published then; None where that would change more than its own words."""


Unlinked = frozenset[tuple[str, str]]
"""Links, by content path and target as typed, that are to be printed as plain words."""


def collect(
    content: Content, config: Config, *, root: Path, now: datetime, unlinked: Unlinked = frozenset()
) -> Collected:
    """Decide what is published at `now`, give it addresses, and put it in order.

    `root` is only read to name the line of what is wrong. With an error among
    its problems the site is not fit to publish, only to look for more of them.
    """
    return _Collector(content, config, root, now, unlinked).collected()


class _Collector:
    """One pass from content to site; gathers problems and the media that are used."""

    def __init__(self, content: Content, config: Config, root: Path, now: datetime, unlinked: Unlinked) -> None:
        self.content, self.config, self.root, self.now, self.unlinked = content, config, root, now, unlinked
        self.problems: list[Problem] = []
        self.used: dict[str, MediaFile] = {}
        self.smaller: dict[str, SmallerPicture] = {}
        self.held: dict[str, HeldBack] = {}
        self.marks: dict[str, str] = {}
        articles = self.visible(content.articles)
        editions = self.visible(content.editions)
        pages = self.visible(content.pages)
        self.articles = sorted(articles, key=lambda article: article.path)
        self.articles.sort(key=lambda article: (article.date, article.slug), reverse=True)
        self.editions = sorted(editions, key=lambda edition: (edition.date, edition.slug), reverse=True)
        self.pages = sorted(pages, key=lambda page: (page.weight, page.title, page.path))
        self.urls = {
            **{article.path: article.url or permalink(article, config) for article in articles},
            **{edition.path: edition.url or f"/editions/{edition.slug}/" for edition in editions},
            **{page.path: page.url or f"/{page.slug}/" for page in pages},
        }
        # As links name them: some disks keep file names in another Unicode form than editors type.
        self.paths = {composed(path): path for path in (*self.urls, *self.held, *content.unread)}
        self.media = {composed(path): file for path, file in content.media.items()}
        self.static = {composed(path): file for path, file in content.static.items()}
        self.vocabulary = _Vocabulary(content.tags, articles)
        self.publishers, self.authors = _publishers(articles), _authors(articles)
        self.ids: dict[str, str] = {}

    def collected(self) -> Collected:
        self.check_vocabulary()
        articles = self.published_articles()
        by_path = {one.article.path: one for one in articles}
        tagged: dict[Tag, list[PublishedArticle]] = defaultdict(list)
        published: dict[Publisher, list[PublishedArticle]] = defaultdict(list)
        written: dict[Author, list[PublishedArticle]] = defaultdict(list)
        for one in articles:
            for author in one.teaser.authors:
                written[author].append(one)
            for tag in one.teaser.tags:
                tagged[tag].append(one)
            if one.teaser.publisher:
                published[one.teaser.publisher].append(one)
        names = _article_names(self.content.articles)
        self.check_scheduled(names)
        self.check_reviews()
        site = Site(
            now=self.now,
            articles=articles,
            tags=tuple(
                TaggedArticles(
                    tag=tag, description=self.vocabulary.description(tag),
                    parent=self.parent(tag, tagged), articles=tuple(tagged[tag]),
                )
                for tag in sorted(tagged, key=lambda tag: (tag.name.casefold(), tag.slug))
            ),
            publishers=tuple(
                PublisherArticles(publisher=publisher, articles=tuple(published[publisher]))
                for publisher in sorted(published, key=lambda one: (one.name.casefold(), one.url))
            ),
            authors=tuple(
                AuthorArticles(author=author, articles=tuple(written[author]))
                for author in sorted(written, key=lambda one: (one.name.casefold(), one.url))
            ),
            editions=tuple(self.published_edition(edition, names, by_path) for edition in self.editions),
            pages=tuple(self.published_page(page) for page in self.pages),
            media=tuple(sorted((f"/media/{path}", file) for path, file in self.used.items())),
            pictures=tuple(self.smaller[url] for url in sorted(self.smaller)),
            static=tuple(sorted((f"/{path}", file) for path, file in self.content.static.items())),
            held_back=tuple(sorted(self.held.values(), key=lambda held: held.path)),
            next_due=next_due((*self.content.articles, *self.content.editions), self.now),
        )
        return Collected(site=site, problems=tuple(self.problems), again=self.again)

    def again(self, edited: Article) -> PublishedArticle | None:
        before = next((one for one in self.articles if one.path == edited.path), None)
        if before is None or edited != replace(before, **{name: getattr(edited, name) for name in OWN_WORDS}):
            return None
        told = len(self.problems)
        media = len(self.used), len(self.smaller)
        one = self.published(edited)
        return one if len(self.problems) == told and media == (len(self.used), len(self.smaller)) else None

    # Visibility

    def visible(self, items: Iterable[Item]) -> list[Item]:
        shown = []
        for item in items:
            held = held_back(item, self.now)
            if is_shown(held, self.config.visibility):
                shown.append(item)
                self.marks[item.path] = in_words(held, self.config.timezone) if held else ""
            elif held:
                self.held[item.path] = held
        return shown

    def check_scheduled(self, names: Mapping[str, list[str]]) -> None:
        """Say now what would stop the unattended build that publishes what waits for its moment."""
        used, smaller = dict(self.used), dict(self.smaller)
        waiting = {path for path, held in self.held.items() if held.until}
        for article in self.content.articles:
            if article.path in waiting:
                self.body(article)
                if article.image:
                    self.picture(article, article.image)
        for edition in self.content.editions:
            if edition.path in waiting:
                self.body(edition)
                for name in (name for section in edition.sections for name in section.articles):
                    self.edition_article(edition, name, names)
        self.used, self.smaller = used, smaller

    def level(self, path: str) -> Level:
        """What is not public yet must not keep the rest from being built."""
        return "warning" if path in self.held or self.marks.get(path) else "error"

    # Articles

    def published_articles(self) -> tuple[PublishedArticle, ...]:
        self.ids = {article.path: feed_id(article, self.config) for article in self.articles}
        self.check_ids(self.ids)
        return tuple(self.published(article) for article in self.articles)

    def published(self, article: Article) -> PublishedArticle:
        return PublishedArticle(
            article=article, teaser=self.teaser(article), body=self.body(article), id=self.ids[article.path]
        )

    def check_ids(self, ids: Mapping[str, str]) -> None:
        for id, count in Counter(ids.values()).items():
            if count > 1:
                paths = sorted(path for path, one in ids.items() if one == id)
                typed = next(article.id for article in self.articles if article.path == paths[1]) or id
                message = f"id: {typed} is also that of {self.shown(paths[0])}"
                self.problem(paths[1], "id", message, hint="give each its own")

    def teaser(self, article: Article) -> Teaser:
        tags = dict.fromkeys(self.vocabulary.tag(name) for name in article.tags)
        opened = not (article.summary or article.dek)
        facts = article.text.facts or facts_of(article.body, opened=opened)
        return Teaser(
            url=self.urls[article.path],
            title=article.title,
            date=article.date,
            summary=article.summary or article.dek or facts.opening,
            dek=article.dek,
            section=article.section,
            authors=tuple(dict.fromkeys(self.authors[slugify(name)] for name in article.authors)),
            source=article.source,
            publisher=self.publishers.get(slugify(article.source.name)) if article.source else None,
            tags=tuple(tags),
            image=self.picture(article, article.image) if article.image else None,
            minutes=max(1, math.ceil(facts.words / WORDS_A_MINUTE)),
            pinned=article.pinned,
            lang=article.lang,
            mark=self.marks[article.path],
        )

    def picture(self, article: Article, image: Image) -> Picture | None:
        picture = self.picture_at(article.path, image.path)
        if picture is None:
            self.missing_picture(article.path, "image", image.path)
            return None
        return replace(
            picture, alt=image.alt, caption=image.caption, credit=image.credit, credit_url=image.credit_url
        )

    def picture_at(self, path: str, target: str) -> Picture | None:
        """The picture an address leads to: on the web, in static/, beside the article. Notes its use."""
        if is_web_address(target):
            return Picture(url=target)
        if target.startswith("/"):
            static = self.static.get(resolved_path("", target).lstrip("/"))
            if static is None or not static.type.startswith("image/"):
                return None
            return self.in_sizes(f"/{static.path}", static)
        media = self.media.get(resolved_path(path, target))
        if media is None:
            return None
        self.used[media.path] = media
        return self.in_sizes(f"/media/{media.path}", media)

    def in_sizes(self, url: str, file: MediaFile) -> Picture:
        """A picture of this site with its smaller sizes, which are noted as to be made."""
        format = self.config.images.format
        made = widths(file, self.config.images.widths, format)
        modest = [width for width in made if width <= WIDEST_FALLBACK]
        fallback = ""
        if file.width > WIDEST_FALLBACK and modest:
            still = "png" if file.type in ("image/png", "image/gif") else "jpeg"
            fallback = self.smaller_picture(url, file, modest[-1], still)
        return Picture(
            url=url, width=file.width, height=file.height, type=file.type, size=file.size, fallback=fallback,
            variants=tuple(
                Variant(url=self.smaller_picture(url, file, width, format), width=width, type=f"image/{format}")
                for width in made
            ),
        )

    def smaller_picture(self, url: str, file: MediaFile, width: int, format: str) -> str:
        """The address of a size; it names the picture's bytes, so that it can be kept by browsers for ever."""
        address = f"{url.rsplit('.', 1)[0]}.{file.digest[:8]}-{width}.{format.replace('jpeg', 'jpg')}"
        self.smaller[address] = SmallerPicture(url=address, file=file, width=width, format=format)
        return address

    def missing_picture(self, path: str, key: str, target: str) -> None:
        name = target.rsplit("/", 1)[-1]
        near = self.near(name, [one.rsplit("/", 1)[-1] for one in self.content.media])
        if name.lower().endswith(".svg") and not target.startswith("/"):
            hint = "an SVG can hold script; put one you trust into static/ and write /its-name.svg"
        elif name.lower().endswith(OTHER_FORMATS):
            hint = "browsers do not show this format; save it as JPEG, PNG, WebP, AVIF or GIF"
        elif near:
            hint = f"did you mean {near[0]}?"
        else:
            hint = "put the picture beside the article, or into static/ and write /its-name.png"
        self.problem(path, key, f"there is no picture {target}", needle=target, hint=hint, level=self.level(path))

    # Bodies

    def body(self, item: Article | Page | Edition) -> Body:
        links, pictures, doubtful = [], [], []
        facts = item.text.facts or facts_of(item.body, opened=False)
        for target in facts.targets:
            if (item.path, target) in self.unlinked:
                links.append((target, ""))
            elif type_of(resolved_path("", target)).startswith("image/"):
                if picture := self.picture_at(item.path, target):
                    pictures.append((target, picture))
                else:
                    doubtful.append((target, self.missing_picture))
            elif link := self.link(item.path, target):
                links.append((target, link))
            elif not self.content.unread.isdisjoint(self.files_meant(item.path, target)):
                # That file has errors of its own to be told.
                links.append((target, ""))
            elif self.held_at(item.path, target):
                doubtful.append((target, self.held_link))
            else:
                doubtful.append((target, self.missing_link))
        meant = addresses(item.body) if doubtful else ()
        for target, tell in doubtful:
            if target in meant:
                tell(item.path, "body", target)
                links.append((target, ""))
        url = self.urls.get(item.path, "")
        return Body(path=item.path, url=url, text=item.text, links=tuple(links), pictures=tuple(pictures))

    def link(self, path: str, target: str) -> str:
        """A relative link to a path of this site, "" when it leads to nothing that is published.

        `other.md` is a file beside this one; `/about/` a path of this site, and
        is checked against the plan when that is made.
        """
        if target.startswith("/"):
            return _unquoted(target)
        if target.startswith("?"):
            return self.urls.get(path, "/") + target
        found = next((one for one in self.files_meant(path, target) if one in self.urls), None)
        return self.urls[found] + fragment(target) if found else ""

    def held_at(self, path: str, target: str) -> HeldBack | None:
        return next((self.held[one] for one in self.files_meant(path, target) if one in self.held), None)

    def files_meant(self, path: str, target: str) -> list[str]:
        wanted = resolved_path(path, target)
        names = (wanted, f"{wanted}.md", f"{wanted}.markdown", f"{wanted}/index.md")
        return [self.paths[name] for name in names if name in self.paths]

    def held_link(self, path: str, key: str, target: str) -> None:
        if held := self.held_at(path, target):
            message = f"links to {self.shown(held.path)}, which is held back ({held.reason}); shown without the link"
            self.problem(path, key, message, needle=target, level="warning")

    def missing_link(self, path: str, key: str, target: str) -> None:
        near = self.near(resolved_path(path, target), [one for one in self.urls if one != path], 0.75)
        if near:
            hint = f"did you mean {_relative(path, near[0])}?"
        elif re.search(r"\.(?!md$)[a-z0-9]{2,4}$", target):
            hint = "only pictures lie beside articles; put other files into static/ and write /the-file"
        else:
            hint = "name the file beside this one, as in other.md"
        message = f"the link {target} leads nowhere"
        self.problem(path, key, message, needle=target, hint=hint, level=self.level(path))

    # Pages and editions

    def published_page(self, page: Page) -> PublishedPage:
        return PublishedPage(page=page, url=self.urls[page.path], body=self.body(page), mark=self.marks[page.path])

    def published_edition(
        self, edition: Edition, names: Mapping[str, list[str]], articles: Mapping[str, PublishedArticle]
    ) -> PublishedEdition:
        sections = []
        named: set[str] = set()
        for section in edition.sections:
            paths = self.named_once(edition, section, names, named)
            teasers = tuple(articles[path].teaser for path in paths if path in articles)
            if teasers:
                sections.append(PublishedSection(title=section.title, articles=teasers))
        return PublishedEdition(
            edition=edition, url=self.urls[edition.path], sections=tuple(sections), body=self.body(edition),
            mark=self.marks[edition.path],
        )

    def named_once(
        self, edition: Edition, section: EditionSection, names: Mapping[str, list[str]], named: set[str]
    ) -> list[str]:
        """The articles of a section less those in `named`, to which they are added: each is printed once."""
        paths = []
        repeated: dict[str, str] = {}
        for name in section.articles:
            path = self.edition_article(edition, name, names)
            if path in named:
                repeated.setdefault(path, name)
            elif path:
                paths.append(path)
                named.add(path)
        for path, name in repeated.items():
            message = f"{self.shown(path)} is named again; it is shown where it is named first"
            self.problem(edition.path, "sections", message, needle=name, level="warning")
        return paths

    def edition_article(self, edition: Edition, name: str, names: Mapping[str, list[str]]) -> str:
        wanted = re.sub(r"\.(md|markdown)$", "", name).strip("/").removeprefix("articles/")
        paths = names.get(wanted, [])
        if not paths and any(path.rsplit(".", 1)[0].endswith(wanted) for path in self.content.unread):
            return ""
        if len(paths) == 1:
            held = self.held.get(paths[0])
            if held and edition.path not in self.held:
                message = f"{self.shown(paths[0])} is held back ({held.reason}) and left out of this edition"
                self.problem(edition.path, "sections", message, needle=name, level="warning")
            return paths[0]
        if paths:
            message = f"{name} could be {' or '.join(self.shown(path) for path in paths)}"
            hint = "write its path below content/articles"
        else:
            message = f"there is no article {name}"
            near = self.near(name, names)
            hint = f"did you mean {near[0]}?" if near else "write its path below content/articles, or its slug"
        self.problem(edition.path, "sections", message, needle=name, hint=hint, level=self.level(edition.path))
        return ""

    # Tags

    def parent(self, tag: Tag, used: Mapping[Tag, object]) -> Tag | None:
        """The tag above this one, where it has a page as well."""
        name = self.vocabulary.parent(tag)
        found = self.vocabulary.tag(name) if name else None
        return found if found in used else None

    def check_vocabulary(self) -> None:
        for name, first, second in self.vocabulary.clashes:
            message = f"the tag {second} has the address of {first} ({name})"
            self.problem("tags.yaml", "", message, needle=second, hint="give one of the two another slug")
        for name, parent in self.vocabulary.lost_parents():
            message = f"the tag {name} is below {parent}, which is not in this file"
            near = self.near(parent, [one.name for one in self.content.tags])
            hint = f"did you mean {near[0]}?" if near else f"add `- name: {parent}`"
            self.problem("tags.yaml", "", message, needle=f"parent: {parent}", hint=hint)
        for spellings in self.vocabulary.spellings():
            kept, *others = spellings
            paths = [article.path for article in self.articles if others[0] in article.tags]
            message = f"the tag {others[0]} is taken for {kept}, which differs in spelling only"
            self.problem(paths[0], "tags", message, level="notice")

    def check_reviews(self) -> None:
        marked = [article for article in self.articles if article.review and not self.marks[article.path]]
        if marked:
            others = f" (and {len(marked) - 1:,} more)" if len(marked) > 1 else ""
            message = f"is published, and still to be looked at{others}: {'; '.join(marked[0].review)}"
            hint = "once you have looked at it, delete `review` from its front matter"
            self.problem(marked[0].path, "review", message, hint=hint, level="warning")

    # Problems

    def shown(self, path: str) -> str:
        return f"{self.config.folders.content}/{path}"

    def near(self, name: str, names: Iterable[str], cutoff: float = 0.6) -> list[str]:
        """The name most like another, if any is; none where so much is wrong that looking would take minutes."""
        return difflib.get_close_matches(name, list(names), 1, cutoff) if len(self.problems) < HINTS else []

    def problem(
        self, path: str, key: str, message: str, *, needle: str = "", hint: str = "", level: Level = "error"
    ) -> None:
        place = locate(self.root, self.config, path, key, needle)
        self.problems.append(replace(place, message=message, hint=hint, level=level))


class _Vocabulary:
    """Tag names as typed to tags: the vocabulary's spelling, else the one most used."""

    def __init__(self, definitions: tuple[TagDefinition, ...], articles: Iterable[Article]) -> None:
        self.definitions: dict[str, TagDefinition] = {}
        self.clashes: list[tuple[str, str, str]] = []
        slugs: dict[str, TagDefinition] = {}
        for definition in definitions:
            if definition.slug in slugs:
                self.clashes.append((definition.slug, slugs[definition.slug].name, definition.name))
            slugs[definition.slug] = definition
            for name in (definition.name, *definition.aliases):
                self.definitions.setdefault(slugify(name), definition)
        self.by_slug = slugs
        self.tags: dict[str, Tag] = {}
        self.counts: dict[str, Counter[str]] = defaultdict(Counter)
        for article in articles:
            for name in article.tags:
                self.counts[self.slug(name)][name] += 1

    def slug(self, name: str) -> str:
        definition = self.definitions.get(slugify(name))
        return definition.slug if definition else slugify(name)

    def tag(self, name: str) -> Tag:
        if name not in self.tags:
            self.tags[name] = self.made(name)
        return self.tags[name]

    def made(self, name: str) -> Tag:
        slug = self.slug(name)
        definition = self.by_slug.get(slug)
        shown = definition.name if definition else self.ordered(slug)[0]
        return Tag(name=shown, slug=slug, url=f"/tags/{slug}/")

    def ordered(self, slug: str) -> list[str]:
        counts = self.counts[slug]
        return sorted(counts, key=lambda name: (-counts[name], name))

    def description(self, tag: Tag) -> str:
        definition = self.by_slug.get(tag.slug)
        return definition.description if definition else ""

    def parent(self, tag: Tag) -> str:
        definition = self.by_slug.get(tag.slug)
        return definition.parent if definition else ""

    def lost_parents(self) -> list[tuple[str, str]]:
        """Tags whose parent the vocabulary does not define, with its name."""
        return [
            (one.name, one.parent)
            for one in self.by_slug.values()
            if one.parent and slugify(one.parent) not in self.definitions
        ]

    def spellings(self) -> list[list[str]]:
        """Names outside the vocabulary that fall together, the one shown first."""
        return [
            self.ordered(slug)
            for slug in sorted(self.counts)
            if len(self.counts[slug]) > 1 and slug not in self.by_slug
        ]


def permalink(article: Article, config: Config) -> str:
    """The address that the configuration's pattern gives an article, its date read in the site's timezone."""
    day = article.date.astimezone(config.timezone)
    words = {
        ":year": f"{day.year:04}",
        ":month": f"{day.month:02}",
        ":day": f"{day.day:02}",
        ":section": slugify(article.section) if article.section else "articles",
        ":slug": article.slug,
    }
    url = config.permalink
    for word, value in words.items():
        url = url.replace(word, value)
    return site_path(url) or f"/{slugify(article.slug)}/"


def feed_id(article: Article, config: Config) -> str:
    """The URI that names an article in feeds whatever becomes of its title, slug or address (RFC 4151, 4122).

    It is made of the file's name below content/ and the digest's own `id`; an
    article that moves to another file keeps it by an `id` in its front matter.
    """
    if ":" in article.id and is_uri(article.id):
        return article.id
    return f"urn:uuid:{uuid.uuid5(FEED_ID_NAMESPACE, f'{config.id}/{article.id or article.path}')}"


def is_uri(text: str) -> bool:
    """Whether text begins with a scheme and could be a URI (RFC 3986, section 3)."""
    return bool(re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*:[!-~]+", text))


def _publishers(articles: Iterable[Article]) -> dict[str, Publisher]:
    names = _names(article.source.name for article in articles if article.source)
    return {slug: Publisher(name=name, url=f"/sources/{slug}/") for slug, name in names.items()}


def _authors(articles: Iterable[Article]) -> dict[str, Author]:
    names = _names(name for article in articles for name in article.authors)
    return {slug: Author(name=name, url=f"/authors/{slug}/") for slug, name in names.items()}


def _names(typed: Iterable[str]) -> dict[str, str]:
    """Names by their slug; of several spellings the most used."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for name in typed:
        counts[slugify(name)][name] += 1
    return {slug: min(names, key=lambda name: (-names[name], name)) for slug, names in counts.items()}


def _article_names(articles: Iterable[Article]) -> dict[str, list[str]]:
    """What an edition may call an article (its path below content/articles, or its slug) to paths."""
    names: dict[str, list[str]] = defaultdict(list)
    articles = tuple(articles)
    for article in articles:
        path = article.path.removeprefix("articles/")
        names[path.rsplit(".", 1)[0].removesuffix("/index")].append(article.path)
    by_path = set(names)
    for article in articles:
        if article.slug not in by_path:
            names[article.slug].append(article.path)
    return names


def _unquoted(address: str) -> str:
    """An address as typed with the percent forms of its path read, its query and fragment as they are."""
    path = re.split("[?#]", address, maxsplit=1)[0]
    return unquote(path) + address[len(path) :]


def _relative(path: str, target: str) -> str:
    folder = path.rsplit("/", 1)[0]
    return posixpath.relpath(target, folder)
