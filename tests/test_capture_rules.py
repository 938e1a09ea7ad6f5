"""An editor's rules for one site."""

from __future__ import annotations

import fnmatch
from pathlib import Path

import pytest
from approve import check
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.capture.nouns import Rules
from broadsheet.capture.rules import FOLDER, load, parse, pattern
from broadsheet.errors import ContentError

TEXT = """\
drop_lines = ["Sign up for *"]
keep_lines = ["Correction: *"]
drop = [".promo", "#teasers > li"]
keep = ["figure.lead"]
title = "h1.headline"
dek = ".standfirst"
author = ".byline a"
date = "time[datetime]"
"""
RULES = Rules(
    drop_lines=("Sign up for *",), keep_lines=("Correction: *",), drop=(".promo", "#teasers > li"),
    keep=("figure.lead",), title="h1.headline", dek=".standfirst", author=".byline a", date="time[datetime]",
)  # fmt: skip


def test_every_rule_is_read() -> None:
    assert parse(TEXT, "rules.toml") == RULES
    assert parse("", "rules.toml") == Rules()


@pytest.mark.parametrize(
    ("address", "file"),
    [
        ("https://news.example.com/a", "news.example.com"),
        ("https://www.news.example.com/a", "news.example.com"),
        ("https://blog.example.com/a", "example.com"),
        ("https://EXAMPLE.com:8080/a", "example.com"),
    ],
)
def test_the_nearest_rules_count(tmp_path: Path, address: str, file: str) -> None:
    (tmp_path / FOLDER).mkdir(parents=True)
    for name in ("news.example.com", "example.com"):
        (tmp_path / FOLDER / f"{name}.toml").write_text(f'title = "#{name.replace(".", "-")}"\n')
    assert load(tmp_path, address).title == f"#{file.replace('.', '-')}"


@pytest.mark.parametrize("address", ["", "https://other.example/", "https://../x", "nonsense"])
def test_other_sites_have_no_rules(tmp_path: Path, address: str) -> None:
    assert load(tmp_path, address) == Rules()


def test_messages_are_those_approved() -> None:
    text = 'dorp = [".promo"]\ndrop = [".a", "p[["]\ntitle = ["h1"]\nkeep_lines = "Correction"\n'
    with pytest.raises(ContentError) as caught:
        parse(text, "capture/rules/example.com.toml")
    check("messages/capture-rules.txt", str(caught.value) + "\n")


@pytest.mark.parametrize(
    ("rule", "line", "fits"),
    [
        ("Sign up", "sign UP", True),
        ("Sign up", "Sign up now", False),
        ("Sign up *", "Sign up now", True),
        ("*newsletter*", "Our newsletter is free", True),
        ("* letter *", "newsletter", False),
        ("Photo: * / *", "Photo: A. Example / Harbour News", True),
        ("a*b*c", "axbxbxc", True),
        ("a*b*c", "acb", False),
        ("1.5 (*)", "1.5 (new)", True),
        ("**", "anything", True),
    ],
)
def test_a_star_stands_for_anything(rule: str, line: str, fits: bool) -> None:
    assert (pattern([rule]).fullmatch(line) is not None) == fits


@given(st.lists(st.text("ab*", min_size=1, max_size=6), max_size=4), st.text("ab", max_size=10))
def test_rules_fit_as_any_glob_does(globs: list[str], line: str) -> None:
    assert (pattern(globs).fullmatch(line) is not None) == any(fnmatch.fnmatchcase(line, glob) for glob in globs)


def test_stars_without_end_take_no_time() -> None:
    assert pattern(["*a" * 40 + "*b"]).fullmatch("a" * 3000) is None
