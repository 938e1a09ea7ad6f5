"""The documents against the code: what there is, is described; what is described, works."""

from __future__ import annotations

import dataclasses
import json
import re
import tomllib
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from zoneinfo import ZoneInfo

import click
import jinja2
import pytest

from broadsheet import (
    cache,
    cards,
    collect,
    config,
    content,
    engine,
    limits,
    markup,
    model,
    pictures,
    plain,
    plan,
    related,
    render,
    search,
    theme,
    views,
    words,
)
from broadsheet.assemble import assemble
from broadsheet.capture import feedxml, fetch, illustrate, inbox, keep, listen, load, memory, pieces, rules
from broadsheet.capture.nouns import Rules
from broadsheet.cli import VERBS, broadsheet, main
from broadsheet.config import Config
from broadsheet.views import Rendering

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = (ROOT / "docs" / "reference.md").read_text("utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
DOCUMENTS = [ROOT / name for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md")]
DOCUMENTS += sorted((ROOT / "docs").glob("*.md"))
UTC = ZoneInfo("UTC")


# Reading Markdown -----------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A fenced block. `kind` is what a comment before it says it is an example of, else "article"."""

    file: str
    line: int
    language: str
    kind: str
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


def blocks(file: Path) -> Iterator[Block]:
    text = file.read_text("utf-8")
    pattern = r"(?:<!-- example: (\w+) -->\n)?^[ ]*```(\w*)\n(.*?)^[ ]*```$"
    for found in re.finditer(pattern, text, re.M | re.S):
        yield Block(
            file=file.name, line=text.count("\n", 0, found.start()) + 1,
            language=found[2], kind=found[1] or "article", text=found[3],
        )


BLOCKS = [block for file in DOCUMENTS for block in blocks(file)]


def without_blocks(text: str) -> str:
    return re.sub(r"^[ ]*```.*?^[ ]*```$", "", text, flags=re.M | re.S)


def anchors(text: str) -> set[str]:
    """The fragments that a host of repositories makes of headings."""
    headings = re.findall(r"^#{1,6} +(.+)$", without_blocks(text), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-") for heading in headings}


def section(heading: str, text: str = REFERENCE) -> str:
    """What stands below a heading, up to the next one of its level or above."""
    found = re.search(rf"^(#+) +{re.escape(heading)}$", text, re.M)
    assert found, f"there is no section {heading}"
    end = re.compile(rf"^#{{1,{len(found[1])}}} ", re.M).search(text, found.end())
    return text[found.end() : end.start() if end else len(text)]


def rows(text: str) -> dict[str, str]:
    """Every row of a section's tables: the code in its first cell, to the rest of it."""
    cells = re.findall(r"^\|([^|]*)\|(.*)\|$", text, re.M)
    return {name: rest for first, rest in cells for name in re.findall(r"`([^`]+)`", first)}


def code(text: str) -> set[str]:
    return set(re.findall(r"`([^`\n]+)`", text))


# What there is, is described ------------------------------------------------------------------------


def commands() -> dict[str, click.Command]:
    context = click.Context(broadsheet)
    found = {name: broadsheet.get_command(context, name) for name in VERBS}
    return {name: command for name, command in found.items() if command}


def test_every_command_has_its_section_and_every_section_its_command() -> None:
    assert set(re.findall(r"^### `broadsheet (\w+)`$", REFERENCE, re.M)) == set(commands())


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_every_option_is_described_and_nothing_else(verb: str) -> None:
    options = {
        name
        for parameter in commands()[verb].params
        if isinstance(parameter, click.Option)
        for name in (*parameter.opts, *parameter.secondary_opts)
    }
    described = {name.split()[0] for name in rows(section(f"`broadsheet {verb}`")) if name.startswith("-")}
    assert described == options


def test_every_argument_is_named() -> None:
    for verb, command in commands().items():
        for parameter in command.params:
            if isinstance(parameter, click.Argument):
                usage = parameter.make_metavar(click.Context(command))
                assert f"`broadsheet {verb} {usage}`" in REFERENCE


def test_every_option_of_the_program_is_described() -> None:
    described = rows(section("Commands"))
    for parameter in broadsheet.params:
        assert parameter.opts[0] in described
    assert set(broadsheet.context_settings["help_option_names"]) <= described.keys()


def test_every_exit_code_is_described() -> None:
    described = set(re.findall(r"^\| (\d+) \|", section("Commands"), re.M))
    assert described == {"0", "1", "2", "3", "130"}


def test_every_configuration_key_is_described_and_no_other() -> None:
    described = {name for name in rows(section("Configuration")) if re.fullmatch(r"[a-z_]+(\.[a-z_]+)?", name)}
    keys = {f"{table}.{key}" if table else key for table, keys in config.KEYS.items() for key in keys}
    assert described == keys


AS_TOML: dict[type, Callable[[Any], object]] = {ZoneInfo: str, tuple: list}
"""How a value is written in TOML, where that is not itself."""


def test_the_defaults_described_are_those_of_the_code() -> None:
    described = rows(section("Configuration"))
    blank = Config(title="x", base_url="https://example.org/")
    for table, keys in config.KEYS.items():
        for key in keys:
            value = getattr(getattr(blank, table) if table else blank, key)
            default = described[f"{table}.{key}" if table else key].split("|")[1].strip()
            if key in ("title", "base_url"):
                assert default == "required"
            else:
                told = tomllib.loads(f"value = {default.strip('`')}")["value"]
                assert told == (AS_TOML[type(value)](value) if type(value) in AS_TOML else value), key


def test_every_key_of_an_article_is_described_with_its_other_spellings() -> None:
    described = rows(section("Articles"))
    assert described.keys() == content.SYNONYMS.keys()
    for key, others in content.SYNONYMS.items():
        assert tuple(re.findall(r"`([^`]+)`", described[key].split("|")[0])) == others, key


@pytest.mark.parametrize(
    ("heading", "keys"),
    [
        ("Pages", content.PAGE_KEYS),
        ("Editions", (*content.EDITION_KEYS, *content.EDITION_ONLY)),
        ("tags.yaml", ("name", "slug", "description", "aliases", "parent")),
    ],
)
def test_every_key_of_other_files_is_described_and_no_other(heading: str, keys: tuple[str, ...]) -> None:
    assert rows(section(heading)).keys() == set(keys)


def test_every_part_of_a_mapping_is_described_with_its_other_spellings() -> None:
    told = section("Parts of source, image and corrections")
    for name, parts in (("source", content.SOURCE_PARTS), ("image", content.IMAGE_PARTS)):
        lines = re.findall(rf"^\| `{name}` \|([^|]*)\|([^|]*)\|", told, re.M)
        described = {part: re.findall(r"`([^`]+)`", others) for first, others in lines for part in code(first)}
        assert described == {part: list(others) for part, others in parts.items()}


def test_every_template_is_described_and_no_other() -> None:
    described = {name for name in rows(section("Templates")) if re.fullmatch(r"[\w-]+\.[a-z]+", name)}
    files = {file.relative_to(theme.TEMPLATES).as_posix() for file in theme.TEMPLATES.rglob("*") if file.is_file()}
    assert described == files


PLAIN = jinja2.Environment(autoescape=True)
"""Templates without anything of ours."""


def environment() -> jinja2.Environment:
    frame = views.Frame(
        title="x", description="", language="en", base_url="https://example.org/", author="",
        navigation=(), more=(), pages=(), feeds=(), files=(),
    )
    setting = render.Setting(
        config=Config(title="x", base_url="https://example.org/"), frame=frame, theme=theme.Theme(templates=())
    )
    return render.Renderer(setting).environment


def test_every_filter_is_described_and_no_other() -> None:
    assert rows(section("Filters")).keys() == environment().filters.keys() - PLAIN.filters.keys()


def test_all_that_templates_are_given_is_described_and_nothing_else() -> None:
    told = {name.split("(")[0] for name in rows(section("What every template is given"))}
    assert told - {"page", "url", "content"} == environment().globals.keys() - PLAIN.globals.keys()


def test_every_block_is_described_and_no_other() -> None:
    told = section("Blocks and variables of base.html")
    described = set(rows(told[: told.index("A template that extends")]))
    files = [file.read_text("utf-8") for file in sorted(theme.TEMPLATES.glob("*.html"))]
    there = {name for text in files for name in re.findall(r"{%-? block (\w+)", text)}
    assert described | {"share"} == there
    assert "`article.html` has another, `share`" in told


@pytest.mark.parametrize(("heading", "file"), [("Macros", "macros.html"), ("Macros for machines", "meta.html")])
def test_every_macro_is_described_with_what_it_takes_and_no_other(heading: str, file: str) -> None:
    macros = re.findall(r"{%-? macro (\w+)\(([^)]*)\)", (theme.TEMPLATES / file).read_text("utf-8"))
    signatures = {f"{name}({re.sub(r'=[^,]*', '', arguments)})" for name, arguments in macros}
    assert rows(section(heading)).keys() == signatures


def test_every_language_of_the_words_is_named() -> None:
    words_there = tomllib.loads((theme.TEMPLATES / theme.WORDS).read_text("utf-8"))
    named = code(section("Words").split("Your own")[0])
    assert words_there.keys() == {name for name in named if re.fullmatch(r"[a-z]{2}", name)}


def test_every_extra_is_named_where_builds_are_made_faster() -> None:
    how_to = (ROOT / "docs" / "how-to.md").read_text("utf-8")
    told = next(block.text for block in BLOCKS if block.text in section("Build faster", how_to))
    assert tomllib.loads(told)["extras"].keys() == config.KEYS["extras"].keys() - {"offline"}


def test_every_template_is_said_to_be_given_the_view_that_the_plan_gives_it() -> None:
    described = rows(section("Templates"))
    demo = assemble(ROOT, config.load(ROOT / "pyproject.toml"), now=datetime(2026, 12, 1, tzinfo=UTC))
    given = {(one.makes.template, one.makes.view) for one in demo.plan.values() if isinstance(one.makes, Rendering)}
    for template, view in given:
        assert f"[`{type(view).__name__}`]" in described[template], template


def test_every_template_that_renders_a_file_has_its_address() -> None:
    parts = {"base.html", "frame.html", "macros.html", "meta.html", "story.txt", theme.WORDS}
    told = re.findall(r"\| `([\w.-]+)` \|$", section("Addresses"), re.M)
    assert {*told} == {file.name for file in theme.TEMPLATES.iterdir()} - parts


VIEWS = sorted(
    name
    for name, one in vars(views).items()
    if dataclasses.is_dataclass(one)
    and one.__module__ == views.__name__
    and name not in ("Rendering", "Feed", "Copy", "Original", "Scaled", "Card", "SearchIndex", "Output")
)
SHOWN = ("Teaser", "PublishedArticle", "PublishedEdition", "PublishedSection", "PublishedPage", "Source", "Publisher",
         "Author", "Tag", "Picture", "Variant", "Correction")  # fmt: skip


def fields(one: type) -> set[str]:
    own = {field.name for field in dataclasses.fields(one)}
    return own | {name for name, value in vars(one).items() if isinstance(value, property)}


@pytest.mark.parametrize("name", [*VIEWS, *SHOWN])
def test_every_field_of_a_view_is_described_and_no_other(name: str) -> None:
    one = getattr(views, name, None) or getattr(model, name)
    assert rows(section(name)).keys() == fields(one)


@pytest.mark.parametrize("name", ["Article", "Edition", "Page"])
def test_every_field_of_what_the_editor_wrote_is_named(name: str) -> None:
    assert fields(getattr(model, name)) <= code(section(name))


def test_what_sanitizing_lets_through_is_described() -> None:
    told = section("Markdown")
    listed = told[told.index("Elements that stay:") : told.index("| Element |")]
    assert code(listed) == markup.TAGS
    for tag, names in markup.ATTRIBUTES.items():
        row = rows(told)[tag] if tag != "*" else re.findall(r"^\| every one \|(.*)\|$", told, re.M)[0]
        assert code(row) == names, tag
    assert code("".join(re.findall(r"^Addresses may begin with ([^;]*);", told, re.M))) == markup.SCHEMES
    for limit in (limits.LARGEST_BODY, engine.DEEPEST_QUOTE):
        assert f"{limit:,}" in told


def test_every_library_has_its_row_and_no_other() -> None:
    told = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    project = told["project"]
    extras, train = project["optional-dependencies"], told["dependency-groups"]["train"]
    needed = (*project["dependencies"], *(one for extra in extras.values() for one in extra), *train)
    libraries = {re.split(r"[<>=!~\[; ]", one)[0].lower() for one in needed}
    described = re.findall(r"^\| ([\w-]+) \|.*\|.*\|.*\|.*\|.*\|", section("Libraries", CONTRIBUTING), re.M)
    assert {name.lower() for name in described} - {"library"} == libraries


def test_every_door_of_a_library_is_a_module() -> None:
    lines = re.findall(r"^\| [\w-]+ \|[^|]*\|([^|]*)\|.*\|.*\|.*\|", section("Libraries", CONTRIBUTING), re.M)
    for door in {name for line in lines if "none" not in line for name in code(line)}:
        place = ROOT.joinpath("broadsheet", *door.split("."))
        assert place.is_dir() or place.with_suffix(".py").is_file(), door


def test_every_module_has_its_line_and_every_line_its_module() -> None:
    told = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    package = ROOT / "broadsheet"
    files = {file.stem for file in package.glob("*.py")} - {"__init__", "__main__"}
    assert rows(section("Floors", told)).keys() == files | {file.parent.name for file in package.glob("*/__init__.py")}


def test_every_target_of_make_is_described() -> None:
    phony = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text("utf-8"), re.M)
    assert phony
    assert {name.removeprefix("make ") for name in rows(section("Setting up", CONTRIBUTING))} == set(phony[1].split())


def test_every_number_told_of_the_extras_is_kept() -> None:
    assert f"first {search.LONGEST:,} characters" in section("Search")
    assert f"{cards.WIDTH:,} by {cards.HEIGHT} pixels" in section("Cards")
    assert f"{pictures.PIXELS // 1_000_000} million pixels" in section("Pictures")
    assert f"wider than\n{collect.WIDEST_FALLBACK:,} pixels" in section("Pictures")
    assert f"{plan.SITEMAP_SIZE:,} to a file" in section("Addresses")
    assert f"last {plan.NEWS_AGE.total_seconds() / 3600:.0f} hours" in section("Addresses")
    assert f"first {related.READ:,} characters" in section("Configuration")
    assert f"at most {plain.WIDTH} columns" in section("Filters")
    assert f"at most {cache.LIMIT // 10**9} GB" in section("The cache")
    assert str(cache.FILE) in section("The cache")
    assert f"`{theme.DEFAULTS}NAME`" in section("Templates")


# Captures: what the program says, and the limits it keeps


ARTICLE = ROOT / "tests" / "fixtures" / "capture" / "html" / "plain-article.html"
FEED = ROOT / "tests" / "fixtures" / "capture" / "feeds" / "rss2.xml"


@pytest.fixture
def digest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "content").mkdir()
    (tmp_path / "broadsheet.toml").write_text('title = "x"\nbase_url = "https://example.org/"\n')
    monkeypatch.chdir(tmp_path)
    return tmp_path


def printed(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    main([*words])
    data: dict[str, Any] = json.loads(capsys.readouterr().out)
    return data


def fields_told(heading: str) -> set[str]:
    return {name for name in rows(section(heading)) if name.isidentifier()}


@pytest.mark.usefixtures("digest")
def test_every_field_of_what_was_cleaned_is_described_and_no_other(capsys: pytest.CaptureFixture[str]) -> None:
    given = printed(capsys, "clean", str(ARTICLE), "--format", "json")
    assert fields_told("What was cleaned, as JSON") == given.keys()
    assert printed(capsys, "clean", "absent.html", "--format", "json").keys() <= given.keys()


def test_every_field_of_an_outcome_is_described(digest: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cleaned, told = fields_told("What was cleaned, as JSON"), fields_told("Outcomes as JSON")
    copy = digest / "copy.html"
    copy.write_bytes(ARTICLE.read_bytes())
    named = ("copy.html", "--url", "https://news.example/locks")
    ways = (("absent.html",), (*named, "--dry-run"), named, named, ("--again",))
    given = [printed(capsys, "add", "--no-pictures", "--json", *way) for way in ways]
    copy.write_bytes(copy.read_bytes().replace(b"eleven minutes late", b"twelve minutes late"))
    given.append(printed(capsys, "add", "--no-pictures", "--json", *named, "--update", "--yes"))
    assert {name for one in given for name in one} - told <= cleaned
    assert told <= {name for one in given for name in one}
    outcomes = code(section("Outcomes as JSON").split("| `outcome` |")[1].split("\n")[0])
    assert {str(one["outcome"]) for one in given} == outcomes


@pytest.mark.usefixtures("digest")
def test_every_field_of_the_inbox_is_described_and_no_other(capsys: pytest.CaptureFixture[str]) -> None:
    given = printed(capsys, "inbox", str(FEED), "--json")
    told = section("The inbox as JSON")
    assert fields_told("The inbox as JSON") == given.keys()
    assert {*given["articles"][0], *given["articles"][0]["feeds"][0]} <= code(told)


def test_every_rule_is_described_and_no_other() -> None:
    assert rows(section("Rules for one site")).keys() == set(rules.KEYS)


def test_every_path_of_the_capture_folder_is_described() -> None:
    told = " ".join(rows(section("The capture folder")))
    for path in (keep.FOLDER, memory.FOLDER, rules.FOLDER, inbox.FILE):
        assert path in told


def test_every_limit_told_is_kept() -> None:
    told, limits = section("Captures"), fetch.Limits()
    for size in (load.LARGEST, fetch.PAGE.size, feedxml.MOST_BYTES, illustrate.LARGEST):
        assert f"{size // 1_000_000} MB" in told
    for count in (feedxml.MOST_ITEMS, listen.MOST_FEEDS, pieces.MOST_PIECES, pieces.MOST_ELEMENTS, limits.robots_size):
        assert f"{count:,}" in told
    times = f"{limits.connect} seconds to connect, {limits.silence} of silence, {limits.total} in all"
    assert times in told
    assert f"{limits.redirects}, each judged anew; {limits.robots_redirects} for" in told
    assert told.count(f"up to {limits.longest_wait} seconds") == 2
    assert f"| Pictures of an article | {illustrate.MOST};" in told
    assert f"at most {inbox.MOST_WAITING} wait" in section("`broadsheet inbox`")
    assert all(f"`{suffix}`" in section("`broadsheet add`") for suffix in load.SUFFIXES)


# What is described, works ---------------------------------------------------------------------------


def test_the_readme_begins_with_the_three_commands() -> None:
    first = next(block for block in BLOCKS if block.file == "README.md")
    assert re.findall(r"^make \w+", first.text, re.M) == ["make site", "make test", "make serve"]


@pytest.mark.parametrize("file", DOCUMENTS, ids=lambda file: file.name)
def test_every_relative_link_leads_to_something(file: Path) -> None:
    text = file.read_text("utf-8")
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", re.sub(r"`[^`\n]*`", "", without_blocks(text))):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, fragment = unquote(target).partition("#")
        other = (file.parent / name) if name else file
        if not other.exists() or (fragment and fragment not in anchors(other.read_text("utf-8"))):
            broken.append(target)
    assert broken == []


def test_every_picture_is_there_and_says_what_it_shows() -> None:
    for file in DOCUMENTS:
        for tag in re.findall(r"<img [^>]*>", without_blocks(file.read_text("utf-8"))):
            shown = dict(re.findall(r'(\w+)="([^"]+)"', tag))
            assert (file.parent / shown["src"]).is_file()
            assert shown["alt"]


@pytest.mark.parametrize("file", DOCUMENTS, ids=lambda file: file.name)
def test_no_table_row_has_more_cells_than_its_head(file: Path) -> None:
    head = 0
    for number, line in enumerate(without_blocks(file.read_text("utf-8")).split("\n"), 1):
        cells = len(re.findall(r"(?<!\\)\|", line)) if line.startswith("|") else 0
        assert not cells or not head or cells == head, f"{file.name}, about line {number}: {line}"
        head = cells


@pytest.mark.parametrize("block", [one for one in BLOCKS if one.language == "toml"], ids=str)
def test_every_example_of_a_configuration_is_read(block: Block) -> None:
    needed = {"title": "x", "base_url": "https://example.org/"}
    if block.kind == "rules":
        assert rules.parse(block.text, "rules.toml") != Rules()
        return
    if block.kind == "words":
        assert list(words.mistakes(tomllib.loads(block.text), theme.read(ROOT, "templates").words)) == []
        return
    given = tomllib.loads(block.text)
    lines = [f'{key} = "{value}"\n' for key, value in needed.items() if key not in given]
    config.parse("".join(lines) + block.text, "broadsheet.toml")


PARSERS = {"article": content.parse_article, "page": content.parse_page, "edition": content.parse_edition}


@pytest.mark.parametrize("block", [one for one in BLOCKS if one.language == "markdown"], ids=str)
def test_every_example_of_a_file_is_read_without_remark(block: Block) -> None:
    name = f"{block.kind}s/2026-12-01-x.md"
    _, notices = PARSERS[block.kind](block.text, name, timezone=UTC, shown=str(block))
    assert notices == ()


@pytest.mark.parametrize(
    "block", [one for one in BLOCKS if one.language == "yaml" and one.kind != "none"], ids=str
)
def test_every_example_of_front_matter_is_read_without_remark(block: Block) -> None:
    if block.kind == "tags":
        content.parse_tags(block.text, "tags.yaml", timezone=UTC, shown=str(block))
        return
    text = f"---\ntitle: x\n{block.text}---\n"
    _, notices = PARSERS[block.kind](text, f"{block.kind}s/2026-12-01-x.md", timezone=UTC, shown=str(block))
    assert notices == ()


@pytest.mark.parametrize("file", DOCUMENTS, ids=lambda file: file.name)
def test_every_command_in_a_sentence_exists(file: Path) -> None:
    text = without_blocks(file.read_text("utf-8"))
    parts = {part.name for part in theme.parts(ROOT / "absent", ROOT / "absent")} | {"[NAME]..."}
    for verb, words_after in re.findall(r"`broadsheet (\w+)([^`]*)`", text):
        options = {name for parameter in commands()[verb].params for name in parameter.opts}
        told = words_after.split()
        assert {word for word in told if word.startswith("--")} <= options, words_after
        if verb == "templates":
            assert {word for word in told if not word.startswith("--")} <= parts


@pytest.mark.parametrize("block", [one for one in BLOCKS if one.language == "bash"], ids=str)
def test_every_command_in_an_example_exists(block: Block) -> None:
    for verb, told in re.findall(r"(?<!\.)\bbroadsheet (\w+)([^\n|&;]*)", block.text):
        options = {name for parameter in commands()[verb].params for name in parameter.opts}
        assert set(re.findall(r"(?<!\S)--[\w-]+", told)) <= options
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for target in re.findall(r"^make (?:\w+=\S+ )?(\w+)", block.text, re.M):
        assert re.search(rf"^{target}:", makefile, re.M), target
