"""An output to its bytes, and to the fingerprint that stands for them."""

from __future__ import annotations

import difflib
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from functools import cache, lru_cache
from pathlib import Path
from types import BuiltinMethodType, CodeType, MethodType
from typing import Any, get_args

import jinja2
import jinja2.meta
from jinja2 import nodes
from jinja2.bccache import Bucket
from jinja2.runtime import Context, Macro
from jinja2.utils import Namespace
from markupsafe import Markup, escape

from broadsheet import __version__, bodies, cards, feeds, markup, media, pictures, search, words
from broadsheet.bodies import Cleaned, address_of, cleaned, to_page, typed
from broadsheet.cache import Cache
from broadsheet.config import Config, Folders
from broadsheet.errors import ContentError, Problem
from broadsheet.feeds import Desk, to_feed
from broadsheet.model import Body, MediaFile, PublishedArticle, PublishedEdition, Teaser
from broadsheet.plain import to_plain, underlined, wrapped
from broadsheet.slugs import encoded, slugify
from broadsheet.theme import DEFAULTS, TemplateFile, Theme
from broadsheet.values import decoder, digest, encode
from broadsheet.views import (
    Card,
    Copy,
    Day,
    Feed,
    Frame,
    Link,
    Original,
    Output,
    Place,
    Rendering,
    Scaled,
    SearchIndex,
    Section,
    View,
    WholeSection,
)

PLAIN = ("txt", "js", "json")
"""Endings of templates that escape nothing by themselves; values in .js and .json are printed by `tojson`."""

SHARED = (Teaser, PublishedArticle, PublishedEdition)
"""What many outputs show."""

COMPOSED: Mapping[Any, tuple[str, ...]] = {
    kind: tuple(field.name for field in fields(kind)) for kind in (*get_args(View), Feed, Day, Section, WholeSection)
}
"""What is made of other things, among them such; the names of their fields."""

SOUND = b"sound"
"""What is kept of templates that could all be compiled."""

TEXTS = "text 1"
"""What the cache keeps the HTML of texts under that Python-Markdown took long for."""

MOST_KEPT = 32_768
"""How many of one macro's outputs `once` keeps at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What every output of one build is rendered with: plain values, fit to be sent to another process."""

    config: Config
    frame: Frame
    theme: Theme


_names_from = decoder(tuple[str | None, ...])


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeper:
    """What keeps compiled templates from one run to the next: bytes by key, None where there are none.

    What `get` gives is run as code, so it must be what `put` was given.
    """

    get: Callable[[str], bytes | None]
    put: Callable[[str, bytes], None]


class Renderer:
    """Renders outputs; holds compiled templates and the Markdown it has rendered lately.

    With a `keeper` it compiles only what is not kept, and with `texts` it asks
    Python-Markdown only for what is not in this cache, until it is told to
    `keep` what it made. `doubts` gathers what
    went wrong and did not keep an output from being made, `reads` counts the
    texts that were read.
    """

    def __init__(self, setting: Setting, keeper: Keeper | None = None, texts: Cache | None = None) -> None:
        self.config, self.frame = setting.config, setting.frame
        self.templates = setting.theme.named()
        self.words = words.spoken(setting.theme.words, setting.config.language)
        self.wordings: dict[str, str] = {}
        self.files = dict(setting.frame.files)
        self.shown = Namespace(url="", place="", pictures=0)
        places: tuple[Place | Link, ...] = (*self.frame.navigation, *self.frame.more, *self.frame.pages)
        self.places = tuple(place.url for place in places)
        self.environment = _environment(self)
        # An article's page and its feeds differ in their addresses only.
        self.cleaned = lru_cache(maxsize=2048)(self._cleaned)
        self.page_html = lru_cache(maxsize=2048)(self._page_html)
        self.desk = Desk(
            config=self.config, words=self.words, to_html=lru_cache(maxsize=2048)(self._absolute_html)
        )
        self.references = cache(self._references)
        self.template_digest = cache(self._template_digest)
        self.texts = texts
        self.made: dict[str, bytes] = {}
        self.hashed: dict[int, tuple[object, str]] = {}
        self.doubts: list[Problem] = []
        self.reads = 0
        # Where the folders lie changes no page.
        engines = (__version__, jinja2.__version__, markup.ENGINES, feeds.ENGINES, words.ENGINE)
        settings = replace(setting.config, folders=Folders())
        self.common = digest(engines, repr(settings), setting.frame, self.words)
        self.keeper = keeper or Keeper(get=lambda key: None, put=lambda key, data: None)
        if keeper:
            self.environment.bytecode_cache = _Compiled(keeper, self.common)

    def fingerprint(self, output: Output) -> str:
        """A hash of all that the output's bytes depend on: same fingerprint, same bytes."""
        match output.makes:
            case Rendering(template=template, view=view):
                return digest(self.common, self.template_digest(template), output.url, self._told(view))
            case Feed() as feed:
                return digest(self.common, output.url, self._told(feed))
            case SearchIndex(articles=articles):
                return search.fingerprint(articles, self.config.timezone)
            case Copy(file=file) | Original(file=file):
                return digest(file.digest, file.size)
            case Scaled(file=file, width=width, format=format):
                return digest(pictures.engine(), file.digest, width, format)
            case Card() as card:
                site = (self.config.title, self.config.language, self.config.timezone.key)
                return digest(__version__, cards.engine(), words.ENGINE, site, card)

    def _told(self, value: Any) -> object:
        """A value in which what stands on many pages is told by a hash that is made once."""
        kind = type(value)
        if kind is tuple:
            return [self._told(one) for one in value]
        if kind in SHARED:
            if id(value) not in self.hashed:
                # Held with its hash, so that no other value comes to have its id.
                self.hashed[id(value)] = value, digest(value)
            return self.hashed[id(value)][1]
        if kind in COMPOSED:
            names = COMPOSED[kind]
            return [kind.__name__, *(self._told(getattr(value, name)) for name in names)]
        return value

    def _kept(self, key: str, make: Callable[[], str]) -> str:
        if self.texts is None:
            return make()
        if (data := self.texts.get(TEXTS, key)) is not None:
            return data.decode()
        html = make()
        self.made[key] = html.encode("utf-8", "surrogatepass")
        return html

    def keep(self) -> None:
        """Hand to the cache what was made since it was last asked for."""
        if self.texts and self.made:
            self.texts.put_many(TEXTS, self.made)
        self.made.clear()

    def forget(self) -> None:
        """Let go of what is kept for fingerprints, once all are made."""
        self.hashed.clear()

    def render(self, output: Output) -> bytes:
        """The output's bytes. Raises ContentError naming the template's or the article's file."""
        match output.makes:
            case Rendering() as rendering:
                return self._page(output, rendering)
            case Feed() as feed:
                return to_feed(feed, output.url, self.desk)
            case Copy(file=file):
                return _read(file, output)
            case Original(file=file):
                return media.published(_read(file, output), file.path)
            case Scaled() as made:
                return self._scaled(made, output)
            case Card() as card:
                return self._card(card)
            case SearchIndex():
                raise TypeError(f"{output.url} is a bundle, not a file")

    def card_words(self, card: Card) -> tuple[str, ...]:
        """What is written on a card: the digest's name, kicker, title, small print, and its direction."""
        fonts = _font_files(card)
        day = words.day(card.date.astimezone(self.config.timezone), self.config.language) if card.date else ""
        if card.date and not cards.can_draw(day, fonts):
            day = f"{card.date.astimezone(self.config.timezone):%Y-%m-%d}"
        detail = " · ".join(filter(None, (card.source, day)))
        direction = words.direction(card.lang or self.config.language)
        return self.config.title, card.kicker, card.title, detail, direction

    def _card(self, card: Card) -> bytes:
        site, kicker, title, detail, direction = self.card_words(card)
        return cards.draw(
            title=title, site=site, kicker=kicker, detail=detail, rtl=direction == "rtl", fonts=_font_files(card)
        )

    def _scaled(self, made: Scaled, output: Output) -> bytes:
        """A smaller picture; the whole one in its place, and a warning in `doubts`, where it is damaged."""
        data = _read(made.file, output)
        try:
            return pictures.scaled(data, width=made.width, format=made.format)
        except ValueError as error:
            message = f"cannot be made smaller, and is published as it is: {error}"
            hint = "save the picture again, or take it out"
            self.doubts.append(Problem(path=output.origin, message=message, hint=hint, level="warning"))
            return media.published(data, made.file.path)

    def check_templates(self) -> None:
        """Compile every template that has not been compiled before. Raises ContentError with the errors of all."""
        key = digest("checked", jinja2.__version__, self.templates)
        if self.keeper.get(key) == SOUND:
            return
        problems: list[Problem] = []
        for name in (name for name in self.templates if not name.startswith(DEFAULTS)):
            try:
                self.environment.get_template(name)
            except jinja2.TemplateSyntaxError as error:
                problems.append(_syntax_problem(self.templates, error))
        if problems:
            raise ContentError(dict.fromkeys(problems))
        self.keeper.put(key, SOUND)

    def load(self, names: Iterable[str]) -> None:
        """Take in templates with all that they refer to, for copies of this process to have them too.

        From then on nothing is kept, as a copy cannot share what keeps it.
        """
        for needed in set().union(*map(self._needed, names)):
            self.environment.get_template(needed)
        self.environment.bytecode_cache = None

    def _page(self, output: Output, rendering: Rendering) -> bytes:
        body = getattr(rendering.view, "body", None)
        content = Markup(self.page_html(body)) if body else Markup("")  # noqa: S704 - sanitized by markup
        self._show(output.url)
        context = {"page": rendering.view, "url": output.url, "content": content}
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

    def _show(self, url: str) -> None:
        """Let macros know of the page that they are about to be asked from."""
        around = [place for place in self.places if url.startswith(place)] if url.startswith(self.places) else [""]
        self.shown["url"], self.shown["place"], self.shown["pictures"] = url, max(around, key=len), 0

    # Article text

    def _page_html(self, body: Body, mark: str = "") -> str:
        return to_page(self.cleaned(body), self.config.prefix, mark=mark)

    def _absolute_html(self, body: Body) -> str:
        return bodies.to_feed(self.cleaned(body), self.config.origin + self.config.prefix)

    def _cleaned(self, body: Body) -> Cleaned:
        path = f"{self.config.folders.content}/{body.path}"
        self.reads += 1
        back = words.say(self.words, "back_to_note", number="{}")
        quotes = self.config.typographic_quotes
        return cleaned(typed(body, path, typographic_quotes=quotes, back_to_note=back, kept=self._kept))

    def html_of(self, body: Body) -> Markup:
        """A body's HTML, for templates that show several: its ids begin with its own address."""
        return Markup(self.page_html(body, f"{slugify(body.url)}-"))  # noqa: S704 - sanitized by markup

    # Templates

    def say(self, key: str, **places: object) -> str:
        """The words of a key, for templates: plain text, or Markup where any of the places holds some."""
        if not places and key in self.wordings:
            return self.wordings[key]
        try:
            form = words.form_of(self.words, key, places)
        except words.UnknownWordsError as error:
            raise jinja2.TemplateRuntimeError(str(error)) from error
        if not places:
            self.wordings[key] = form
            return form
        filled = words.with_number(places, self.words.language)
        if not any(isinstance(value, Markup) for value in filled.values()):
            return words.filled(form, filled)
        safe = {name: _escaped(value) for name, value in filled.items()}
        return Markup(words.filled(_escaped(form), safe))  # noqa: S704 - each of its places is escaped

    def once(self, macro: Macro, thing: object, *options: str | int | bool) -> str:
        """What a macro prints for a thing and options, for templates: asked again, it is told from memory.

        The macro must depend on these, and on what all pages share, alone.
        """
        # A macro that asks for something of its page is another on each, and takes its memory along.
        kept = vars(macro).setdefault("kept", {})
        key = (id(thing), options)
        if key not in kept:
            if len(kept) >= MOST_KEPT:
                kept.clear()
            # Held with its text, so that no other thing comes to have its id.
            kept[key] = thing, macro(thing, *options)
        text: str = kept[key][1]
        return text

    def _template_digest(self, name: str) -> str:
        """A hash of a template and of all that it extends, includes and imports."""
        return digest([(one, self.templates[one].source) for one in sorted(self._needed(name))])

    def _needed(self, name: str) -> set[str]:
        """The names of a template and of all that it extends, includes and imports."""
        seen: set[str] = set()
        waiting = [name]
        while waiting:
            current = waiting.pop()
            if current in seen or current not in self.templates:
                continue
            seen.add(current)
            waiting.extend(self.references(current))
        return seen

    def _references(self, name: str) -> tuple[str, ...]:
        """The templates that one extends, includes and imports itself."""
        found = self._named_in(self.templates[name])
        # A name known only when it is rendered could be any of them.
        return tuple(self.templates) if None in found else tuple(one for one in found if one)

    def _named_in(self, template: TemplateFile) -> tuple[str | None, ...]:
        """The names that a template refers to others by; None is one that is not known yet."""
        key = digest("references", jinja2.__version__, template.source)
        kept = self.keeper.get(key)
        if kept is not None:
            with suppress(ValueError):
                return _names_from(kept)
        try:
            tree = self.environment.parse(template.source, template.name)
        except jinja2.TemplateSyntaxError:
            return ()
        found = tuple(jinja2.meta.find_referenced_templates(tree))
        self.keeper.put(key, encode(found))
        return found

    def _missing_template(self, error: jinja2.TemplateNotFound, output: Output) -> Problem:
        near = difflib.get_close_matches(str(error.name), self.templates, 1)
        message = f"there is no template {error.name}"
        names = sorted(name for name in self.templates if not name.startswith(DEFAULTS))
        hint = f"did you mean {near[0]}?" if near else f"the templates are {', '.join(names)}"
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


def idle_blocks(theme: Theme) -> Iterator[Problem]:
    """Warnings of blocks in a digest's own templates that nothing which they extend has: nobody would see them."""
    named = theme.named()
    defaults = set(theme.defaults)
    for template in theme.templates:
        if template not in defaults:
            yield from _idle_blocks(template, named)


def _idle_blocks(template: TemplateFile, named: Mapping[str, TemplateFile]) -> Iterator[Problem]:
    tree = _tree(template)
    known = _inherited(tree, named)
    if known is None:
        return
    within = {inner.name for block in tree.find_all(nodes.Block) for inner in block.find_all(nodes.Block)}
    for block in tree.find_all(nodes.Block):
        if block.name not in known | within:
            yield _idle_block(template, block, known)


def _idle_block(template: TemplateFile, block: nodes.Block, known: set[str]) -> Problem:
    near = difflib.get_close_matches(block.name, sorted(known), 1)
    message = f"the block {block.name} is shown nowhere: what this extends has none of that name"
    hint = f"did you mean {near[0]}?" if near else f"the blocks are {', '.join(sorted(known))}"
    return replace(_template_problem(template, block.lineno, message, hint), level="warning")


def _inherited(tree: nodes.Template, named: Mapping[str, TemplateFile]) -> set[str] | None:
    """The blocks of all that a template extends; None where it extends nothing, or what is known only later."""
    found: set[str] = set()
    seen: set[str] = set()
    while above := tree.find(nodes.Extends):
        name = above.template.value if isinstance(above.template, nodes.Const) else ""
        if name not in named or name in seen:
            return None
        seen.add(name)
        tree = _tree(named[name])
        found |= {block.name for block in tree.find_all(nodes.Block)}
    return found if seen else None


def _tree(template: TemplateFile) -> nodes.Template:
    """A template taken apart; nothing where its syntax is wrong, which rendering tells."""
    try:
        return jinja2.Environment(autoescape=True).parse(template.source, template.name)
    except jinja2.TemplateSyntaxError:
        return nodes.Template([], lineno=1)


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

    environment = _Environment(
        loader=jinja2.FunctionLoader(load),
        autoescape=jinja2.select_autoescape(disabled_extensions=PLAIN, default_for_string=True, default=True),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
        cache_size=-1,
    )
    config = renderer.config
    environment.filters.update(
        url=lru_cache(maxsize=16_384)(lambda path: address_of(path, config.prefix)),
        absolute=lru_cache(maxsize=16_384)(lambda path: address_of(path, config.origin + config.prefix)),
        file=lambda name: config.prefix + renderer.files.get(name, "/" + encoded(name)),
        day=lru_cache(maxsize=4096)(lambda moment: words.day(moment.astimezone(config.timezone), config.language)),
        day_time=lambda moment: words.day_time(moment.astimezone(config.timezone), config.language),
        weekday=lambda moment: words.weekday(moment.astimezone(config.timezone), config.language),
        month=lambda number: words.month(number, config.language),
        month_year=lambda one: words.month_year(one.year, one.month, config.language),
        iso=lru_cache(maxsize=4096)(lambda moment: moment.astimezone(config.timezone).isoformat(timespec="seconds")),
        number=lambda value: words.number(value, config.language),
        direction=words.direction,
        filled=lambda table: {name: value for name, value in table.items() if value},
        as_text=lambda body: to_plain(renderer.desk.to_html(body)),
        wrapped=wrapped,
        underlined=underlined,
    )
    environment.globals.update(
        site=renderer.frame, words=renderer.say, html_of=renderer.html_of, once=renderer.once, shown=renderer.shown
    )
    return environment


# What Jinja does many times on each page, done with less.


class _Compiled(jinja2.BytecodeCache):
    """Compiled templates at hand. Compiled into them is what Jinja works out beforehand, such as `'/'|url`."""

    def __init__(self, keeper: Keeper, common: str) -> None:
        self.keeper, self.common = keeper, common

    def load_bytecode(self, bucket: Bucket) -> None:
        if (data := self.keeper.get(self._key(bucket))) is not None:
            bucket.bytecode_from_string(data)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.keeper.put(self._key(bucket), bucket.bytecode_to_string())

    def _key(self, bucket: Bucket) -> str:
        return digest(_SAME, sys.version, self.common, bucket.key, bucket.checksum)


class _Context(Context):
    """Calls macros and methods without asking them each time whether they want to be handed a context."""

    def call(self, called: Any, /, *args: Any, _block_vars: Any = None, _loop_vars: Any = None, **kwargs: Any) -> Any:
        kind = type(called)
        if kind is Macro:
            return called(self.eval_ctx, *args, **kwargs)
        if (kind is MethodType or kind is BuiltinMethodType or kind is type) and not hasattr(called, "jinja_pass_arg"):
            return called(*args, **kwargs)
        return super().call(called, *args, _block_vars=_block_vars, _loop_vars=_loop_vars, **kwargs)


class _Template(jinja2.Template):
    """A template whose macros are made once where they are the same on every page, however they are imported."""

    @classmethod
    def from_code(
        cls, environment: jinja2.Environment, code: CodeType, globals: Any, uptodate: Any = None
    ) -> jinja2.Template:
        template = super().from_code(environment, code, globals, uptodate)
        template.root_render_func.__globals__["escape"] = _escaped
        return template

    def make_module(self, vars: Any = None, shared: bool = False, locals: Any = None) -> Any:
        if vars and self.root_render_func.__globals__[_SAME]:
            return self.module
        return super().make_module(vars, shared, locals)


_SAME = "same_on_every_page"


class _Environment(jinja2.Environment):
    context_class = _Context
    template_class = _Template

    def _generate(self, source: nodes.Template, *arguments: Any, **options: Any) -> str:
        # Found out once, where the template is compiled, and kept with its code.
        same = _is_same_on_every_page(source)
        return f"{super()._generate(source, *arguments, **options)}\n{_SAME} = {same}\n"


def _is_same_on_every_page(tree: nodes.Template) -> bool:
    """Whether what a template defines for others asks for nothing of their page, and holds nothing for it to fill."""
    if not tree.find(nodes.Macro) or any(map(_is_of_the_page, tree.body)):
        return False
    return not jinja2.meta.find_undeclared_variables(tree)


def _is_of_the_page(node: nodes.Node) -> bool:
    """Whether a part of a template shows a page, hands one on, or sets what a page may fill: a namespace, a list."""
    match node:
        case nodes.Macro():
            return any(map(_hands_on, node.body))
        case nodes.Block() | nodes.Extends() | nodes.Call() | nodes.List(items=[]) | nodes.Dict(items=[]):
            return True
        case _:
            return _hands_on(node) or any(map(_is_of_the_page, node.iter_child_nodes()))


def _hands_on(node: nodes.Node) -> bool:
    """Whether a part of a template shows its context to another template."""
    return getattr(node, "with_context", False) or any(map(_hands_on, node.iter_child_nodes()))


def _escaped(value: Any) -> str:
    """What a template prints, escaped. `escape` makes a Markup of each, which costs several times as much."""
    kind = type(value)
    if kind is str:
        if "&" in value or "<" in value or ">" in value or '"' in value or "'" in value:
            return escape(value)
        return value  # type: ignore[no-any-return] # a str, as its type says
    return value if kind is Markup else escape(value)


def _font_files(card: Card) -> tuple[Path, ...]:
    return tuple(Path(font.file) for font in card.fonts)


def _read(file: MediaFile, output: Output) -> bytes:
    try:
        return Path(file.file).read_bytes()
    except OSError as error:
        raise ContentError([Problem(path=output.origin, message=f"cannot be read: {error.strerror}")]) from error
