"""An output to its bytes, and to the fingerprint that stands for them."""

from __future__ import annotations

import difflib
import hashlib
import re
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import jinja2
import jinja2.meta
from markupsafe import Markup

from broadsheet import __version__, feeds, markup
from broadsheet.config import Config, Folders
from broadsheet.errors import ContentError, Problem
from broadsheet.feeds import to_xml
from broadsheet.markup import (
    sanitize,
    to_html,
    with_focusable_tables,
    with_heading_levels,
    with_image_attributes,
)
from broadsheet.model import Body, PublishedArticle
from broadsheet.plan import Copy, Feed, Frame, Output, Rendering
from broadsheet.slugs import encoded
from broadsheet.theme import TemplateFile, Theme

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What every output of one build is rendered with: plain values, fit to be sent to another process."""

    config: Config
    frame: Frame
    theme: Theme


class Renderer:
    """Renders outputs; holds compiled templates and the Markdown it has rendered lately."""

    def __init__(self, setting: Setting) -> None:
        self.config, self.frame = setting.config, setting.frame
        self.templates = {template.name: template for template in setting.theme.templates}
        self.files = dict(setting.frame.files)
        self.environment = _environment(self)
        self.body_html = lru_cache(maxsize=2048)(self._body_html)
        # An article's page and its feeds differ in their addresses only.
        self.unsafe_html = lru_cache(maxsize=2048)(to_html)
        self.template_digest = cache(self._template_digest)
        self.digests: dict[str, str] = {}
        # Where the folders lie changes no page.
        engines = (__version__, jinja2.__version__, markup.ENGINES, feeds.ENGINES)
        self.common = _hash(engines, repr(replace(setting.config, folders=Folders())), repr(setting.frame))

    def fingerprint(self, output: Output) -> str:
        """A hash of all that the output's bytes depend on: same fingerprint, same bytes."""
        match output.makes:
            case Rendering(template=template, view=view):
                return _hash(self.common, self.template_digest(template), output.url, repr(view))
            case Feed() as feed:
                articles = (self.article_digest(one) for one in feed.articles)
                return _hash(self.common, output.url, repr(replace(feed, articles=())), *articles)
            case Copy(file=file):
                return _hash(file.digest, str(file.size))

    def article_digest(self, one: PublishedArticle) -> str:
        """A hash of an article, taken once: it stands in a feed of each of its tags."""
        path = one.article.path
        if path not in self.digests:
            self.digests[path] = _hash(repr(one))
        return self.digests[path]

    def render(self, output: Output) -> bytes:
        """The output's bytes. Raises ContentError naming the template's or the article's file."""
        match output.makes:
            case Rendering():
                return self._page(output, output.makes)
            case Feed() as feed:
                return to_xml(feed, output.url, self.config, self._absolute_html)
            case Copy(file=file):
                return _copy(file.file, output.origin)

    def check_templates(self) -> None:
        """Compile every template. Raises ContentError with the errors of all."""
        problems: list[Problem] = []
        for name in self.templates:
            try:
                self.environment.get_template(name)
            except jinja2.TemplateSyntaxError as error:
                problems.append(_syntax_problem(self.templates, error))
        if problems:
            raise ContentError(dict.fromkeys(problems))

    def _page(self, output: Output, rendering: Rendering) -> bytes:
        body = getattr(rendering.view, "body", None)
        content = Markup(self.body_html(body, False)) if body else Markup("")  # noqa: S704 - sanitized by markup
        context = {"site": self.frame, "page": rendering.view, "url": output.url, "content": content}
        try:
            text = self.environment.get_template(rendering.template).render(context)
        except jinja2.TemplateSyntaxError as error:
            raise ContentError([_syntax_problem(self.templates, error)]) from error
        except jinja2.TemplateNotFound as error:
            raise ContentError([self._missing_template(error, output)]) from error
        except ContentError:
            raise
        except Exception as error:
            problem = self._runtime_problem(error, output)
            if problem is None:
                raise
            raise ContentError([problem]) from error
        return text.encode("utf-8")

    # Article text

    def _absolute_html(self, body: Body) -> str:
        return self.body_html(body, True)

    def _body_html(self, body: Body, absolute: bool) -> str:
        shown = f"{self.config.folders.content}/{body.path}"
        base = self.config.origin + self.config.prefix if absolute else self.config.prefix
        links = dict(body.links)
        pictures = dict(body.pictures)
        printed: dict[str, Mapping[str, str]] = {}
        missed: list[str] = []

        def resolve(target: str) -> str | None:
            if target.startswith("#"):
                is_footnote = re.match(r"#fn(ref\d*)?:", target)
                return (address_of(body.url, base) if absolute else "") + target if is_footnote else None
            if picture := pictures.get(target):
                address = address_of(picture.url, base)
                printed[address] = _picture_attributes(picture.width, picture.height)
                return address
            if target not in links:
                missed.append(target)
                return None
            # Headings carry no ids, so that a fragment would lead nowhere.
            return address_of(links[target].split("#")[0], base) if links[target] else None

        try:
            unsafe = self.unsafe_html(body.markdown, typographic_quotes=self.config.typographic_quotes)
        except ValueError as error:
            raise ContentError([Problem(path=shown, message=str(error))]) from error
        safe = with_heading_levels(sanitize(unsafe, resolve))
        if missed:
            raise ContentError(_not_understood(shown, target) for target in missed)
        if absolute:
            return with_image_attributes(safe, lambda src: dict(printed.get(src, {})))
        safe = with_image_attributes(safe, lambda src: {**printed.get(src, {}), "loading": "lazy", "decoding": "async"})
        return with_focusable_tables(safe)

    # Templates

    def _template_digest(self, name: str) -> str:
        """A hash of a template and of all that it extends, includes and imports."""
        seen: set[str] = set()
        waiting = [name]
        while waiting:
            current = waiting.pop()
            if current in seen or current not in self.templates:
                continue
            seen.add(current)
            try:
                tree = self.environment.parse(self.templates[current].source, current)
            except jinja2.TemplateSyntaxError:
                continue
            for found in jinja2.meta.find_referenced_templates(tree):
                # A name known only when it is rendered could be any of them.
                waiting.extend(self.templates if found is None else [found])
        return _hash(*(part for one in sorted(seen) for part in (one, self.templates[one].source)))

    def _missing_template(self, error: jinja2.TemplateNotFound, output: Output) -> Problem:
        near = difflib.get_close_matches(str(error.name), self.templates, 1)
        message = f"there is no template {error.name}"
        hint = f"did you mean {near[0]}?" if near else f"the templates are {', '.join(sorted(self.templates))}"
        template, line = self._place(error)
        if template is None:
            return Problem(path=output.origin, message=message, hint=hint)
        return _template_problem(template, line, message, hint)

    def _runtime_problem(self, error: Exception, output: Output) -> Problem | None:
        """An exception out of a template as its file and line; None where no template is to blame."""
        template, line = self._place(error)
        if template is None:
            return None
        message = str(error) or type(error).__name__
        if not isinstance(error, jinja2.TemplateError):
            message = f"{type(error).__name__}: {message}"
        return _template_problem(template, line, message, f"while rendering {output.url}")

    def _place(self, error: Exception) -> tuple[TemplateFile | None, int]:
        """The innermost template and its line that an exception came through."""
        paths = {template.path: template for template in self.templates.values()}
        frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename in paths]
        return (paths[frames[-1].filename], frames[-1].lineno or 0) if frames else (None, 0)


def template_problems(theme: Theme) -> list[Problem]:
    """The templates whose syntax is wrong, to be told beside what is wrong with content."""
    templates = {template.name: template for template in theme.templates}
    problems = []
    for template in theme.templates:
        try:
            jinja2.Environment(autoescape=True).parse(template.source, template.name)
        except jinja2.TemplateSyntaxError as error:
            problems.append(_syntax_problem(templates, error))
    return problems


def _syntax_problem(templates: Mapping[str, TemplateFile], error: jinja2.TemplateSyntaxError) -> Problem:
    return _template_problem(templates.get(error.name or ""), error.lineno, str(error.message or "cannot be read"), "")


def _template_problem(template: TemplateFile | None, line: int, message: str, hint: str) -> Problem:
    if template is None:
        return Problem(path="a template", message=message, hint=hint)
    lines = template.source.split("\n")
    excerpt = lines[line - 1] if 0 < line <= len(lines) else ""
    indent = len(excerpt) - len(excerpt.lstrip())
    return Problem(
        path=template.path, line=line, column=indent + 1, message=message, hint=hint,
        excerpt=excerpt, width=max(1, len(excerpt.strip())),
    )


def _environment(renderer: Renderer) -> jinja2.Environment:
    def load(name: str) -> tuple[str, str, None] | None:
        template = renderer.templates.get(name)
        return (template.source, template.path, None) if template else None

    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(load),
        autoescape=jinja2.select_autoescape(disabled_extensions=("txt",), default_for_string=True, default=True),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
        cache_size=-1,
    )
    config = renderer.config
    environment.filters.update(
        url=lambda path: address_of(path, config.prefix),
        absolute=lambda path: address_of(path, config.origin + config.prefix),
        file=lambda name: config.prefix + renderer.files.get(name, "/" + encoded(name)),
        day=lambda moment: day(moment.astimezone(config.timezone), config.language),
        month=lambda number: month(number, config.language),
        iso=lambda moment: moment.astimezone(config.timezone).isoformat(timespec="seconds"),
        number=lambda value: f"{value:,}",
    )
    return environment


def address_of(path: str, base: str) -> str:
    """A path of the site, or a web address, as a link prints it; `base` stands before a path."""
    if re.match(r"https?://", path, re.I):
        return path
    path, mark, query = path.partition("?")
    return base + encoded(path) + mark + query


def day(moment: datetime, language: str) -> str:
    """A date for readers: "6 June 2022" where the site is English, else as ISO 8601 has it."""
    if language.split("-")[0].lower() != "en":
        return f"{moment:%Y-%m-%d}"
    return f"{moment.day} {MONTHS[moment.month - 1]} {moment.year}"


def month(number: int, language: str) -> str:
    """A month's name in an English site, else its two digits."""
    return MONTHS[number - 1] if language.split("-")[0].lower() == "en" else f"{number:02}"


def _picture_attributes(width: int, height: int) -> dict[str, str]:
    return {"width": str(width), "height": str(height)} if width and height else {}


def _not_understood(shown: str, target: str) -> Problem:
    """For what Markdown takes for a link or a picture and the scan for references does not."""
    message = f"the address {target} is written in a way that is not understood" if target else "a link has no address"
    return Problem(path=shown, message=message, hint="write it as [words](file.md) or ![words](picture.png)")


def _copy(file: str, origin: str) -> bytes:
    try:
        return Path(file).read_bytes()
    except OSError as error:
        raise ContentError([Problem(path=origin, message=f"cannot be read: {error.strerror}")]) from error


def _hash(*parts: Any) -> str:
    digest = hashlib.blake2b(digest_size=16)
    for part in parts:
        data = str(part).encode("utf-8", "surrogatepass")
        digest.update(b"%d:" % len(data))
        digest.update(data)
    return digest.hexdigest()
