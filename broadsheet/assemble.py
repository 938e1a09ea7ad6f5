"""A digest's folder to its plan, and to what the plan is rendered with."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from broadsheet import reading, search, theme, words
from broadsheet.cache import Cache
from broadsheet.collect import HINTS, Unlinked, collect
from broadsheet.config import Config, Visibility
from broadsheet.content import locate
from broadsheet.errors import ContentError, Problem, raise_errors
from broadsheet.media import measure
from broadsheet.model import Article, Content, MediaFile, PublishedArticle, Site
from broadsheet.plan import Plan, broken_links, find, frame, plan
from broadsheet.reading import Memo, Progress, UnreadError
from broadsheet.render import Keeper, Setting, idle_blocks, template_problems
from broadsheet.theme import Theme

TEMPLATES = "template 1"
"""What the cache keeps compiled templates under."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembled:
    """Everything that a build, a preview or a check needs to know of a digest at one moment.

    `again` is what `collect` gives for an edited article, None where that was not
    asked for; `files` counts the files that were looked at, `read` those that
    were read.
    """

    site: Site
    plan: Plan
    setting: Setting
    notices: tuple[Problem, ...]
    again: Callable[[Article], PublishedArticle | None] | None
    files: int
    read: int


def keeper(cache: Cache) -> Keeper:
    """What keeps compiled templates in a cache."""
    return Keeper(get=partial(cache.get, TEMPLATES), put=lambda key, data: cache.put_many(TEMPLATES, {key: data}))


def assemble(
    root: Path, config: Config, *, now: datetime, memo: Memo | None = None, cache: Cache | None = None,
    jobs: int = 1, editable: bool = False, progress: Progress = lambda done, total: None,
) -> Assembled:
    """Read a digest and plan its site as of `now`. Raises ContentError with all that is wrong.

    `memo` saves reading unchanged files again (see `reading.read`), `cache`
    comparing unchanged texts again (see `related`). It takes more memory where it
    is to be `editable` by its `again`.
    """
    templates = theme.read(root, config.folders.templates)
    try:
        assembled = _assembled(root, config, templates, now, memo, cache, jobs, progress)
        return assembled if editable else replace(assembled, again=None)
    except ContentError as error:
        raise ContentError([*error.problems, *template_problems(templates)]) from error


def _assembled(
    root: Path, config: Config, templates: Theme, now: datetime, memo: Memo | None, cache: Cache | None, jobs: int,
    progress: Progress,
) -> Assembled:
    try:
        found = reading.read(root, config, theme.STATIC, memo=memo, cache=cache, jobs=jobs, progress=progress)
    except UnreadError as error:
        further = collect(error.content, config, root=root, now=now).problems
        raise ContentError([*error.problems, *(one for one in further if one.level == "error")]) from error
    collected = collect(found.content, config, root=root, now=now)
    site = collected.site
    if config.extras.search and (absent := search.missing()):
        # A page that cannot search is worse than none.
        found = replace(found, notices=(*found.notices, absent))
        config = replace(config, extras=replace(config.extras, search=False))
    fonts, unread = _fonts(root, config)
    problems = [*found.notices, *collected.problems, *_missing_templates(root, config, site, templates), *unread]
    problems += [*idle_blocks(templates), *_unspoken(config, templates)]
    try:
        outputs = plan(site, config, cache=cache, fonts=fonts)
    except ContentError as error:
        raise ContentError([*problems, *error.problems]) from error
    broken = broken_links(site, outputs)
    if waiting := _held_back(broken, found.content, config, root, now):
        # What such a link leads to has expired or is yet to come: its words stay, as for a link to the file.
        collected = collect(found.content, config, root=root, now=now, unlinked=waiting)
        site = collected.site
        outputs = plan(site, config, cache=cache, fonts=fonts)
    problems += _broken_links(root, config, site, outputs, broken, waiting)
    raise_errors(problems)
    setting = Setting(config=config, frame=frame(site, config), theme=templates)
    return Assembled(
        site=site, plan=outputs, setting=setting, notices=tuple(problems), again=collected.again, files=found.files,
        read=found.read,
    )


Broken = list[tuple[str, str, str]]


def _held_back(broken: Broken, everything: Content, config: Config, root: Path, now: datetime) -> Unlinked:
    """Those of the broken links that would lead somewhere if nothing were held back."""
    if not broken:
        return frozenset()
    extras = replace(config.extras, related_by_text=False)
    shown = replace(config, visibility=Visibility(drafts=True, future=True, expired=True), extras=extras)
    try:
        outputs = plan(collect(everything, shown, root=root, now=now).site, shown)
    except ContentError:
        return frozenset()
    return frozenset((path, target) for path, target, url in broken if find(outputs, url))


def _broken_links(
    root: Path, config: Config, site: Site, outputs: Plan, broken: Broken, waiting: Unlinked
) -> Iterator[Problem]:
    marked = {
        *(one.article.path for one in site.articles if one.teaser.mark),
        *(one.page.path for one in site.pages if one.mark),
        *(one.edition.path for one in site.editions if one.mark),
    }
    for number, (path, target, _) in enumerate(broken):
        if (path, target) in waiting:
            yield replace(
                locate(root, config, path, "body", target), level="warning",
                message=f"the link {target} leads to what is held back; shown without the link",
            )
            continue
        near = difflib.get_close_matches(target, outputs, 1) if number < HINTS else []
        yield replace(
            locate(root, config, path, "body", target),
            message=f"the link {target} leads to nothing on this site",
            hint=f"did you mean {near[0]}?" if near else "write the address of another site in full, from https:// on",
            level="warning" if path in marked else "error",
        )


def _fonts(root: Path, config: Config) -> tuple[tuple[MediaFile, ...], list[Problem]]:
    found, problems = [], []
    for name in config.cards.fonts:
        try:
            found.append(measure(root / name, name))
        except OSError as error:
            hint = "`fonts` in [cards] names files below the digest's own folder"
            problems.append(Problem(path=name, message=f"cannot be read: {error.strerror}", hint=hint))
    return tuple(found), problems


def _unspoken(config: Config, templates: Theme) -> Iterator[Problem]:
    if words.speaks(templates.words, config.language):
        return
    table = config.language.split("-")[0]
    yield Problem(
        path=f"{config.folders.templates}/{theme.WORDS}", level="notice",
        message=f"there are no words in the digest's language, {config.language}; pages say them in English",
        hint=f"write them below [{table}], as the how-to tells under Add a language",
    )  # fmt: skip


def _missing_templates(root: Path, config: Config, site: Site, templates: Theme) -> Iterator[Problem]:
    names = [template.name for template in templates.templates]
    wanted = [
        *((one.article.template, one.article.path) for one in site.articles),
        *((one.page.template, one.page.path) for one in site.pages),
        *((one.edition.template, one.edition.path) for one in site.editions),
    ]
    for name, path in wanted:
        if name and name not in names:
            near = difflib.get_close_matches(name, names, 1)
            yield replace(
                locate(root, config, path, "template"),
                message=f"template: there is no {name}",
                hint=f"did you mean {near[0]}?" if near else f"put it into {config.folders.templates}/",
            )
