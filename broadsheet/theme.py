"""Where the default theme lies, and a digest's templates read over it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from broadsheet.errors import Problem, raise_errors
from broadsheet.files import files_below

_PACKAGE = Path(__file__).resolve().parent

# In a wheel the theme lies inside the package; in a checkout at its top, where it is also the demo's own.
DEFAULT = _PACKAGE / "theme" if (_PACKAGE / "theme").is_dir() else _PACKAGE.parent
TEMPLATES = DEFAULT / "templates"
STATIC = DEFAULT / "static"


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateFile:
    """`name` is what other templates call it, `path` what messages do."""

    name: str
    path: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """Every template by name; a digest's own file of a name stands before the default one."""

    templates: tuple[TemplateFile, ...]


def read(root: Path, folder: str) -> Theme:
    """The default templates with those in the digest's `folder` over them. Raises ContentError."""
    found: dict[str, TemplateFile] = {}
    problems: list[Problem] = []
    own = (root / folder).resolve()
    for base, shown in ((TEMPLATES, "broadsheet/templates"), (own, folder)):
        if shown != folder and base == own:
            continue
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
    raise_errors(problems)
    return Theme(templates=tuple(found[name] for name in sorted(found)))
