"""An editor's rules for one site."""

from __future__ import annotations

from pathlib import Path

import pytest
from approve import check

from broadsheet.capture.nouns import Rules
from broadsheet.capture.rules import FOLDER, load, parse
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
