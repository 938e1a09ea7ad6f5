"""`broadsheet init`."""

from __future__ import annotations

import json
import uuid
from pathlib import Path

import click

from broadsheet.cli.surroundings import clock
from broadsheet.errors import ConfigError, Problem, PublishError

STARTER = Path(__file__).resolve().parent.parent / "starter"

# A package cannot hold a file that git or pip would take for its own.
RENAMED = {"gitignore": ".gitignore"}


@click.command("init")
@click.argument("folder", metavar="[DIR]", default=".")
def command(folder: str) -> int:
    """Begin a new digest in DIR (default: here), which must be empty."""
    root = Path(folder).resolve()
    _refuse_full(root, folder)
    words = {
        "{title}": _toml_text(root.name.replace("-", " ").replace("_", " ").strip().capitalize() or "My digest"),
        "{id}": str(uuid.uuid4()),
        "{date}": f"{clock():%Y-%m-%d}",
    }
    try:
        for file in sorted(STARTER.rglob("*")):
            if file.is_file():
                _write(root / _target(file), file.read_text("utf-8"), words)
        for name in ("templates", "static"):
            (root / name).mkdir(exist_ok=True)
    except OSError as error:
        raise PublishError([Problem(path=folder, message=f"cannot be written: {error.strerror}")]) from error
    go = "" if root == Path.cwd() else f"cd {folder} && "
    click.echo(f"a new digest in {folder}: set its title and base_url in broadsheet.toml, then\n  {go}broadsheet serve")
    return 0


def _refuse_full(root: Path, folder: str) -> None:
    if root.exists() and not root.is_dir():
        raise ConfigError([Problem(path=folder, message="is a file", hint="name a folder to make")])
    if root.is_dir() and any(one.name != ".git" for one in root.iterdir()):
        hint = "name a new one: broadsheet init my-digest"
        raise ConfigError([Problem(path=folder, message="the folder has something in it already", hint=hint)])


def _target(file: Path) -> Path:
    path = file.relative_to(STARTER)
    return path.with_name(RENAMED.get(path.name, path.name))


def _write(target: Path, text: str, words: dict[str, str]) -> None:
    for word, value in words.items():
        text = text.replace(word, value)
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("x", encoding="utf-8") as file:
        file.write(text)


def _toml_text(text: str) -> str:
    """Text as it stands between a TOML string's quotes, which escapes as JSON does."""
    return json.dumps(text, ensure_ascii=False)[1:-1]
