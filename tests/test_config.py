"""A configuration is checked as a whole, and every problem has its line."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from approve import check
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.config import (
    KEYS,
    TABLES,
    Cards,
    Config,
    Extras,
    Feeds,
    Folders,
    Images,
    Inbox,
    Visibility,
    find,
    load,
    parse,
    with_base_url,
)
from broadsheet.errors import ConfigError, Problem, describe

LEAST = 'title = "The Open Record"\nbase_url = "https://example.org"\n'
EVERY = """\
title = "The Open Record"
base_url = "https://Example.org/news"
description = "A digest\u00a0👩‍💻"
language = "pt-BR"
timezone = "Europe/Vienna"
author = "Ada"
id = "open-record"
paginate = 7
permalink = "/:section/:year-:month-:day/:slug/"
typographic_quotes = true

[feed]
size = 5
full_text = false
hub = "https://hub.example/"

[images]
widths = [800, 400]
format = "avif"

[cards]
fonts = ["fonts/bold.ttf"]

[extras]
cards = false
search = false
plain_text = false
related_by_text = false
offline = true

[folders]
content = "texts"
templates = "looks/"
static = "files"
output = "public"

[visibility]
drafts = true
future = true
expired = true

[inbox]
feeds = ["https://example.org/feed.xml", "feeds.opml"]
"""


def problems(text: str, path: str = "broadsheet.toml") -> tuple[Problem, ...]:
    with pytest.raises(ConfigError) as caught:
        parse(text, path)
    return caught.value.problems


def test_a_title_and_an_address_are_enough() -> None:
    assert parse(LEAST, "broadsheet.toml") == Config(title="The Open Record", base_url="https://example.org/")


def test_every_key_is_read() -> None:
    config = parse(EVERY, "broadsheet.toml")
    assert config == Config(
        title="The Open Record",
        base_url="https://example.org/news/",
        description="A digest\u00a0👩‍💻",
        language="pt-BR",
        timezone=ZoneInfo("Europe/Vienna"),
        author="Ada",
        id="open-record",
        paginate=7,
        permalink="/:section/:year-:month-:day/:slug/",
        typographic_quotes=True,
        feed=Feeds(size=5, full_text=False, hub="https://hub.example/"),
        images=Images(widths=(400, 800), format="avif"),
        cards=Cards(fonts=("fonts/bold.ttf",)),
        extras=Extras(cards=False, search=False, plain_text=False, related_by_text=False, offline=True),
        folders=Folders(content="texts", templates="looks", static="files", output="public"),
        visibility=Visibility(drafts=True, future=True, expired=True),
        inbox=Inbox(feeds=("https://example.org/feed.xml", "feeds.opml")),
    )
    assert (config.origin, config.prefix) == ("https://example.org", "/news")


def test_the_full_example_leaves_no_key_out() -> None:
    keys = {line.split(" = ")[0] for line in EVERY.splitlines() if " = " in line}
    assert keys == {key for table in KEYS.values() for key in table}
    assert {line.strip("[]") for line in EVERY.splitlines() if line.startswith("[")} == set(TABLES)


def test_pyproject_holds_the_same_under_its_own_heading() -> None:
    lines = [line.replace("[", "[tool.broadsheet.") if line.startswith("[") else line for line in EVERY.splitlines()]
    other = '[project]\nname = "x"\n\n[tool.broadsheet]\n'
    assert parse(other + "\n".join(lines), "pyproject.toml") == parse(EVERY, "broadsheet.toml")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("[images]\nwidths = 800", "widths: must be a list of pixels from 16 to 8000; [] for none"),
        ("[images]\nwidths = [8]", "widths: must be a list of pixels from 16 to 8000; [] for none"),
        ("[images]\nwidths = [true]", "widths: must be a list of pixels from 16 to 8000; [] for none"),
        ('[images]\nformat = "jpeg"', 'format: must be "avif" or "webp"'),
        ('[feed]\nhub = "hub.example"', 'hub: must be a web address, as in "https://hub.example/"'),
        ('[feed]\nhub = "https://hub.example/ x"', 'hub: must be a web address, as in "https://hub.example/"'),
        ('[cards]\nfonts = "a.ttf"', 'fonts: must be a list of texts, as in ["fonts/NotoSerifSC-Bold.otf"]'),
        ("[extras]\nsearch = 1", "search: must be true or false"),
        ("[extras]\nserch = true", "there is no key serch in [extras]"),
    ],
)
def test_a_wrong_value_of_an_extra_is_told_with_its_line(line: str, said: str) -> None:
    (problem,) = problems(f"{LEAST}{line}\n")
    assert (problem.message, problem.line) == (said, 4)


def test_no_widths_and_no_hub_are_said_by_empty_values() -> None:
    config = parse(LEAST + '[feed]\nhub = ""\n[images]\nwidths = []\n', "broadsheet.toml")
    assert (config.feed.hub, config.images.widths) == ("", ())


@pytest.mark.parametrize("text", [LEAST.replace("\n", "\r\n"), "\ufeff" + LEAST])
def test_files_of_other_systems_read_alike(text: str) -> None:
    assert parse(text, "broadsheet.toml") == parse(LEAST, "broadsheet.toml")


def test_all_problems_are_told_at_once_each_with_its_line() -> None:
    text = (
        'title = 3\nbase_url = "example.org"\npaginate = 0\nlangage = "en"\n'
        "\n[feed]\nsize = true\nfull_text = 1\n\n[visibility]\ndraft = true\n"
    )
    assert [(problem.line, problem.message.split(":")[0]) for problem in problems(text)] == [
        (1, "title"),
        (2, "base_url"),
        (3, "paginate"),
        (4, "there is no key langage"),
        (7, "size"),
        (8, "full_text"),
        (11, "there is no key draft in [visibility]"),
    ]


def test_lines_in_pyproject_are_those_of_the_file() -> None:
    text = (
        '[tool.other]\nsize = 1\ntitle = ""\n\n[tool.broadsheet]\ntitle = "x" # fine\nbase_url = 3\n'
        'feed.size = 0\n"langage" = "en"\n\n[tool.broadsheet.folders]\nstatic = 5\n[tool.last]\nbase_url = "x"\n'
    )
    found = problems(text, "pyproject.toml")
    assert [(problem.line, problem.column, problem.excerpt) for problem in found] == [
        (7, 12, "base_url = 3"),
        (8, 13, "feed.size = 0"),
        (9, 1, '"langage" = "en"'),
        (12, 10, "static = 5"),
    ]


def test_a_key_inside_a_text_of_many_lines_is_not_taken_for_a_key() -> None:
    text = 'id = """\npaginate = 3\n"""\npaginate = 0\n' + LEAST
    assert [problem.line for problem in problems(text)] == [1, 4]


def test_a_key_without_a_line_of_its_own_stands_where_its_table_does() -> None:
    (problem,) = problems(LEAST + "feed = {size = 0}\n")
    assert (problem.line, problem.column, problem.width) == (3, 1, 4)


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        ("titel", "did you mean title?"),
        ("baseurl", "did you mean base_url?"),
        ("time_zone", "did you mean timezone?"),
        ("folder", "did you mean folders?"),
        ("size", "size belongs in [feed]"),
        ("drafts", "drafts belongs in [visibility]"),
    ],
)
def test_an_unknown_key_is_told_with_the_nearest_one(key: str, hint: str) -> None:
    (problem,) = problems(f"{LEAST}{key} = 5\n")
    assert (problem.message, problem.hint) == (f"there is no key {key}", hint)


def test_a_key_far_from_all_is_told_with_all() -> None:
    (problem,) = problems(f"{LEAST}qqq = 5\n")
    assert problem.hint.startswith("the keys here are title, base_url, ")


def test_what_is_missing_is_told_even_when_there_is_nothing() -> None:
    assert {problem.message for problem in problems("")} == {"title is missing", "base_url is missing"}
    assert len(problems("", "pyproject.toml")) == 2


WRONG = [
    ('title = ""', "title"),
    ('title = " "', "title"),
    ("title = 3.5", "title"),
    ('title = "a\\u0007b"', "title"),
    ('language = "english"', "language"),
    ('language = "en_US"', "language"),
    ("language = 5", "language"),
    ('timezone = "Mars/Olympus"', "timezone"),
    ('timezone = "../../etc/passwd"', "timezone"),
    ('timezone = "Europe"', "timezone"),
    ('timezone = ""', "timezone"),
    ("timezone = 1", "timezone"),
    ("timezone = []", "timezone"),
    ("paginate = 0", "paginate"),
    ("paginate = 1001", "paginate"),
    ("paginate = true", "paginate"),
    ("paginate = 3.0", "paginate"),
    ('paginate = "20"', "paginate"),
    ('permalink = "/:year/"', "permalink"),
    ('permalink = "/:title/"', "permalink"),
    ('permalink = ":slug/"', "permalink"),
    ('permalink = "/:slug"', "permalink"),
    ('permalink = "/../:slug/"', "permalink"),
    ('permalink = "/a//:slug/"', "permalink"),
    ('permalink = "/a b/:slug/"', "permalink"),
    ('permalink = "/con/:slug/"', "permalink"),
    ("permalink = 5", "permalink"),
    (f'permalink = "/{":slug" * 40}!/"', "permalink"),
    ("typographic_quotes = 1", "typographic_quotes"),
    ("folders.content = ''", "content"),
    ("folders.content = 5", "content"),
    ('folders.content = "a\\u0000b"', "content"),
    ("visibility.drafts = 'yes'", "drafts"),
    ("feed.size = 0", "size"),
]


@pytest.mark.parametrize(("line", "key"), WRONG)
def test_a_wrong_value_is_told_by_its_key(line: str, key: str) -> None:
    rest = "\n".join(given for given in LEAST.splitlines() if not given.startswith(line.split(" =")[0]))
    (problem,) = problems(f"{line}\n{rest}\n")
    assert problem.message.startswith(f"{key}: ")
    assert problem.line == 1


@pytest.mark.parametrize(
    "address",
    [
        "",
        "example.org",
        "/news",
        "ftp://example.org",
        "https://",
        "https:///x",
        "https://exa mple.org",
        "https://[::1",
        "https://example.org:99999",
        "https://example.org:",
        "https://a:b@example.org",
        "https://@example.org",
        "https://example.org/?a",
        "https://example.org/#a",
        "https://exämple.org",
        "https://example.org/\t",
        "https://example.org/<b>",
        "\x01https://example.org",
        'https://example.org/"',
    ],
)
def test_an_address_that_no_reader_could_open_is_refused(address: str) -> None:
    config = parse(LEAST, "broadsheet.toml")
    with pytest.raises(ConfigError, match="base-url"):
        with_base_url(config, address)


@pytest.mark.parametrize(
    ("address", "base_url"),
    [
        ("https://example.org", "https://example.org/"),
        ("http://Example.org:8000/", "http://example.org:8000/"),
        ("https://example.org/News/daily//", "https://example.org/News/daily/"),
        ("https://xn--exmple-cua.org/%C3%A9", "https://xn--exmple-cua.org/%C3%A9/"),
        ("http://[::1]:8000", "http://[::1]:8000/"),
    ],
)
def test_an_address_ends_with_one_slash(address: str, base_url: str) -> None:
    assert with_base_url(parse(LEAST, "broadsheet.toml"), address).base_url == base_url


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("title = ", 1),
        ('title = "a"\ntitle = "b"', 2),
        ('title = """a', 1),
        ("a = " + "1" * 5000, 1),
        ("\na = " + "[" * 60_000, 1),
        ("\n" + "a." * 60_000 + "a = 1", 2),
        ("\n[" + "a." * 60_000 + "a]", 2),
        ("a = {" + "b = {" * 5000, 1),
        ("\n" + ", ".join(["a = {" + "b." * 30 + "c = 1}"]), 2),
        ("\nx = 2026-02-30", 2),
        ("\0", 1),
    ],
)
def test_what_is_no_toml_is_told_with_its_line(text: str, line: int) -> None:
    (problem,) = problems(text)
    assert problem.line == line


@pytest.mark.parametrize(
    "text", ["[[tool.broadsheet]]\ntitle = 'x'", "[tool]\nbroadsheet = 5", "tool = 5", "# [tool.broadsheet]\n"]
)
def test_a_heading_of_another_shape_is_a_problem_and_no_crash(text: str) -> None:
    assert problems(text, "pyproject.toml")


fragments = st.lists(
    st.sampled_from(
        [
            "title",
            "base_url",
            "feed",
            "size",
            " = ",
            '"x"',
            '"""',
            "'",
            "[",
            "]",
            "[[",
            "\n",
            ".",
            "5",
            "{",
            "}",
            ",",
            "#",
            "true",
            "2026-01-01",
            "\u2028",
            "\r",
            "\\",
            "tool.broadsheet",
            LEAST,
            "[feed]\n",
        ]
    ),
    max_size=25,
).map("".join)


@given(st.one_of(st.text(max_size=80), fragments), st.sampled_from(["broadsheet.toml", "pyproject.toml"]))
def test_any_text_is_a_configuration_or_a_list_of_problems(text: str, name: str) -> None:
    try:
        parse(text, name)
        return
    except ConfigError as error:
        found = error.problems
    assert found
    assert all(problem.path == name for problem in found)


def test_the_nearest_configuration_above_is_found(tmp_path: Path) -> None:
    (tmp_path / "broadsheet.toml").write_text(LEAST)
    inside = tmp_path / "content" / "articles"
    inside.mkdir(parents=True)
    assert find(inside) == tmp_path / "broadsheet.toml"
    assert load(find(inside)).title == "The Open Record"


def test_pyproject_counts_only_with_a_table_for_broadsheet(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "pyproject.toml").write_text('[project]\nname = "x"\n# see [tool.broadsheet]\n[tool.broadsheets]\n')
    (tmp_path / "pyproject.toml").write_text(f"[ tool . broadsheet ]\n{LEAST}")
    assert find(inside) == tmp_path / "pyproject.toml"
    assert load(find(inside)).base_url == "https://example.org/"


def test_a_folder_without_a_digest_says_how_to_begin_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="broadsheet init"):
        find(tmp_path)


def test_a_file_that_is_no_text_is_told_by_name(tmp_path: Path) -> None:
    file = tmp_path / "broadsheet.toml"
    file.write_bytes(b"title = '\xff'")
    with pytest.raises(ConfigError, match=r"^broadsheet\.toml: error: cannot be read"):
        load(file)


MESSAGES = [
    ("config-unknown-key", "broadsheet.toml", f'{LEAST}langage = "en"\n'),
    ("config-unknown-table", "broadsheet.toml", f"{LEAST}[feeds]\nsize = 3\n"),
    ("config-key-of-a-table", "broadsheet.toml", f"{LEAST}size = 3\n"),
    ("config-key-of-the-top", "broadsheet.toml", f'{LEAST}[feed]\nauthor = "Ada"\n'),
    ("config-far-key", "broadsheet.toml", f"{LEAST}[visibility]\nqqq = 3\n"),
    ("config-table", "broadsheet.toml", f"feed = 20\n{LEAST}"),
    ("config-missing", "broadsheet.toml", 'language = "en"\n'),
    ("config-empty-title", "broadsheet.toml", 'title = ""\nbase_url = "https://example.org/"\n'),
    ("config-base-url", "broadsheet.toml", 'title = "x"\nbase_url = "example.org"\n'),
    ("config-timezone", "broadsheet.toml", f'{LEAST}timezone = "Viena"\n'),
    ("config-permalink", "broadsheet.toml", f'{LEAST}permalink = "/:year/:title/"\n'),
    ("config-permalink-slug", "broadsheet.toml", f'{LEAST}permalink = "/:year/"\n'),
    ("config-types", "broadsheet.toml", f'{LEAST}paginate = "20"\nlanguage = "english"\ntypographic_quotes = 1\n'),
    (
        "config-pyproject",
        "pyproject.toml",
        f"[tool.other]\nsize = 0\n\n[tool.broadsheet]\n{LEAST}feed.size = 0\nfeeds = 1\n",
    ),
    ("config-pyproject-list", "pyproject.toml", '[[tool.broadsheet]]\ntitle = "x"\n'),
    ("config-toml", "broadsheet.toml", "title = The Open Record\n"),
    ("config-toml-twice", "broadsheet.toml", f'{LEAST}title = "Again"\n'),
    ("config-toml-end", "broadsheet.toml", 'title = """The Open Record\n'),
]


@pytest.mark.parametrize(("name", "path", "text"), MESSAGES, ids=[name for name, _, _ in MESSAGES])
def test_a_message_is_the_one_approved(name: str, path: str, text: str) -> None:
    check(f"messages/{name}.txt", "\n".join(describe(problem) for problem in problems(text, path)) + "\n")
