"""Where the default theme lies, and a digest's templates and words read over it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from broadsheet.errors import ContentError, Problem, raise_errors
from broadsheet.files import files_below
from broadsheet.frontmatter import Place, read_toml, toml_places, unified
from broadsheet.words import Vocabulary, Wrong, merged, mistakes, vocabulary

_PACKAGE = Path(__file__).resolve().parent

# In a wheel the theme lies inside the package; in a checkout at its top, where it is also the demo's own.
DEFAULT = _PACKAGE / "theme" if (_PACKAGE / "theme").is_dir() else _PACKAGE.parent
TEMPLATES = DEFAULT / "templates"
STATIC = DEFAULT / "static"

DEFAULTS = "default/"
"""What stands before the name of a default template when it is meant whatever the digest has."""

WORDS = "words.toml"
"""The one file among the templates that is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateFile:
    """`name` is what other templates call it, `path` what messages do."""

    name: str
    path: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """Every template by name; a digest's own file of a name stands before the default one.

    `defaults` are the default ones, those included that a file of the digest
    stands before. `words` are the interface's, by language.
    """

    templates: tuple[TemplateFile, ...]
    defaults: tuple[TemplateFile, ...] = ()
    words: Vocabulary = field(default_factory=dict, hash=False)

    def named(self) -> dict[str, TemplateFile]:
        """The templates by what others may call them: `default/base.html` is always the default one."""
        defaults = {f"{DEFAULTS}{template.name}": template for template in self.defaults}
        return {template.name: template for template in self.templates} | defaults


def read(root: Path, folder: str) -> Theme:
    """The default templates with those in the digest's `folder` over them. Raises ContentError."""
    own_folder = (root / folder).resolve()
    if own_folder == TEMPLATES:
        default, own = _read_folder(TEMPLATES, folder), _Files()
    else:
        default, own = _read_folder(TEMPLATES, "broadsheet/templates"), _read_folder(own_folder, folder)
    problems = [*default.problems, *own.problems, *_misnamed(own)]
    words, wrong = _words(default, own)
    raise_errors([*problems, *wrong])
    every = {**default.templates, **own.templates}
    return Theme(
        templates=tuple(every[name] for name in sorted(every)),
        defaults=tuple(default.templates[name] for name in sorted(default.templates)),
        words=words,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Files:
    """What lies in one folder of templates."""

    templates: dict[str, TemplateFile] = field(default_factory=dict)
    words: TemplateFile | None = None
    problems: tuple[Problem, ...] = ()


def _read_folder(base: Path, shown: str) -> _Files:
    found: dict[str, TemplateFile] = {}
    problems: list[Problem] = []
    for file in files_below(base):
        name = file.relative_to(base).as_posix()
        try:
            source = file.read_text("utf-8")
        except UnicodeDecodeError:
            hint = "save the file as UTF-8"
            problems.append(Problem(path=f"{shown}/{name}", message="is not UTF-8", hint=hint))
        except FileNotFoundError:
            # An editor's own file, gone again.
            continue
        except OSError as error:
            problems.append(Problem(path=f"{shown}/{name}", message=f"cannot be read: {error.strerror}"))
        else:
            found[name] = TemplateFile(name=name, path=f"{shown}/{name}", source=source)
    return _Files(words=found.pop(WORDS, None), templates=found, problems=tuple(problems))


def _misnamed(own: _Files) -> Iterator[Problem]:
    for name, template in own.templates.items():
        if name.startswith(DEFAULTS):
            message = f"{DEFAULTS} is what templates call those that come with Broadsheet"
            plain = template.path.removesuffix(name) + name.removeprefix(DEFAULTS)
            yield Problem(path=template.path, message=message, hint=f"move it to {plain}")


# Words -----------------------------------------------------------------------------------------------


def _words(default: _Files, own: _Files) -> tuple[Vocabulary, list[Problem]]:
    """The interface's words, the digest's over the default ones, and what is wrong with either."""
    ours: Vocabulary = {}
    problems: list[Problem] = []
    for file in filter(None, (default.words, own.words)):
        tables, wrong = _read_words(file, ours)
        problems += wrong
        if not wrong:
            ours = merged(ours, vocabulary(tables))
    return ours, problems


def _read_words(file: TemplateFile, ours: Vocabulary) -> tuple[dict[str, Any], list[Problem]]:
    text = unified(file.source)
    try:
        tables = read_toml(text, file.path)
    except ContentError as error:
        return {}, list(error.problems)
    if file.path == f"broadsheet/templates/{WORDS}":
        # Ours, as it came: our own tests judge it.
        return tables, []
    lines = text.split("\n")
    places = toml_places(lines)
    return tables, [_problem(wrong, file.path, lines, places) for wrong in mistakes(tables, ours)]


def _problem(wrong: Wrong, path: str, lines: list[str], places: Mapping[tuple[str, ...], Place]) -> Problem:
    """What is wrong, where its key begins a line, or else what is around it."""
    ways = (wrong.key[:end] for end in range(len(wrong.key), 0, -1))
    place = next((places[way] for way in ways if way in places), None)
    if place is None:
        return Problem(path=path, message=wrong.message, hint=wrong.hint)
    return Problem(
        path=path, line=place.line, column=place.column, message=wrong.message, hint=wrong.hint,
        excerpt=lines[place.line - 1], width=place.width,
    )  # fmt: skip


# What can be overridden ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A file of the default theme.

    `purpose` is what its first comment says, "" where it has none; `own` where
    a file of the digest stands before it, or would; `is_own` whether one does.
    """

    name: str
    file: Path
    purpose: str
    own: Path
    is_own: bool


def parts(templates: Path, static: Path) -> tuple[Part, ...]:
    """What a digest can put a file of its own before: templates, words, then static files, each by name.

    `templates` and `static` are the digest's folders.
    """
    return (*_parts(TEMPLATES, templates), *_parts(STATIC, static))


def _parts(default: Path, own: Path) -> Iterator[Part]:
    for file in files_below(default):
        name = file.relative_to(default).as_posix()
        is_own = own.resolve() != default and (own / name).is_file()
        yield Part(name=name, file=file, purpose=_purpose(file), own=own / name, is_own=is_own)


_COMMENT = re.compile(r"\{# (.+?) #\}|/\* (.+?) \*/|^// (.+)$|^# (.+)$", re.M)


def _purpose(file: Path) -> str:
    """The first comment among the first lines of a template, a stylesheet, a script or the words."""
    head = file.read_bytes()[:500].decode("utf-8", "replace")
    found = _COMMENT.search(head) if file.suffix != ".svg" and "\0" not in head else None
    return found[found.lastindex or 0] if found else ""
