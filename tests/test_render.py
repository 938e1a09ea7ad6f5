"""Templates to pages: escaped, strict, and told off by file and line; hostile text through whole pages and feeds."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jinja2
import pytest
from approve import check
from digests import (
    ROOT,
    article,
    assembled,
    built,
    config_of,
    digest,
    full_digest,
    png,
    problems_of,
    rendered,
    told,
    tree,
    write,
)
from hostile import PAYLOADS, SHARED, active, dangerous_attributes, dangers
from hypothesis import example, given
from hypothesis import strategies as st
from markupsafe import Markup, escape

from broadsheet.assemble import assemble
from broadsheet.config import Config, Folders
from broadsheet.errors import ContentError
from broadsheet.markup import clean
from broadsheet.model import Text
from broadsheet.render import Keeper, Renderer, Setting
from broadsheet.theme import Theme
from broadsheet.views import ArticlePage, Frame, Link, Rendering

NOW = datetime(2026, 12, 1, tzinfo=UTC)
ARTICLE = "/2026/11/a/"


def template(root: Path, name: str, source: str) -> None:
    write(root, {f"templates/{name}": source})


def fingerprints(root: Path) -> dict[str, str]:
    made = assembled(root)
    renderer = Renderer(made.setting)
    return {url: renderer.fingerprint(output) for url, output in made.plan.items()}


# Escaping

TYPED = ("{{ 7*7 }}", "{% include 'base.html' %}", "{{ ''.__class__ }}", "{# gone #}", "<b>&amp;\"'</b>")


@pytest.mark.parametrize("typed", TYPED)
def test_what_looks_like_a_template_comes_out_of_a_title_as_typed(tmp_path: Path, typed: str) -> None:
    digest(tmp_path, {"articles/a.md": article(title=json.dumps(typed))})
    shown = typed.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    html = rendered(tmp_path, ARTICLE)
    assert f"<h1>{shown.replace(chr(34), '&#34;').replace(chr(39), '&#39;')}</h1>" in html


@pytest.mark.parametrize("typed", TYPED[:4])
def test_what_looks_like_a_template_comes_out_of_a_body_as_typed(tmp_path: Path, typed: str) -> None:
    digest(tmp_path, {"articles/a.md": article(f"Words {typed.replace('__', '&#95;&#95;')} and `{typed}`.")})
    assert f"<p>Words {typed} and <code>{typed}</code>.</p>" in rendered(tmp_path, ARTICLE)


@pytest.mark.parametrize("name", ["article.html", "other.jinja", "other.htm", "other.html.j2", "other"])
def test_a_template_of_any_name_escapes(tmp_path: Path, name: str) -> None:
    digest(tmp_path, {"articles/a.md": article(title="<b>", template=name)})
    template(tmp_path, name, "{{ page.published.article.title }}")
    assert rendered(tmp_path, ARTICLE) == "&lt;b&gt;"


# What is wrong with a template


@pytest.mark.parametrize(
    ("source", "line", "message"),
    [
        ("one\n{{ page.titel }}", 2, "has no attribute 'titel'"),
        ("one\ntwo\n{{ gone }}", 3, "'gone' is undefined"),
        ("{% for one in gone.two %}{% endfor %}", 1, "'gone' is undefined"),
        ("one\n{{ page.published.article.title.x.y }}", 2, "has no attribute 'x'"),
        ("one\n{{ 1 / 0 }}", 2, "ZeroDivisionError"),
        ("one\n{{ url|nothing }}", 2, "No filter named 'nothing'"),
        ("one\n{% if %}", 2, "Expected an expression"),
    ],
)
def test_what_is_wrong_in_a_template_is_told_with_its_line(
    tmp_path: Path, source: str, line: int, message: str
) -> None:
    digest(tmp_path, {"articles/a.md": article()})
    template(tmp_path, "article.html", source)
    (problem,) = problems_of(tmp_path)
    assert (problem.path, problem.line) == ("templates/article.html", line)
    assert message in problem.message
    assert problem.excerpt == source.split("\n")[line - 1]


def test_an_undefined_name_in_an_included_template_is_told_with_the_included_file(tmp_path: Path) -> None:
    digest(tmp_path, {"articles/a.md": article()})
    template(tmp_path, "article.html", "{% include 'part.html' %}")
    template(tmp_path, "part.html", "one\n{{ gone }}")
    assert [(one.path, one.line) for one in problems_of(tmp_path)] == [("templates/part.html", 2)]


def test_errors_of_all_templates_are_told_at_once_and_each_once(tmp_path: Path) -> None:
    digest(tmp_path, {f"articles/{name}.md": article() for name in "abc"})
    template(tmp_path, "article.html", "{{ one }}")
    template(tmp_path, "month.html", "{{ two }}")
    assert [one.path for one in problems_of(tmp_path)] == ["templates/article.html", "templates/month.html"]
    template(tmp_path, "article.html", "{% one %}")
    template(tmp_path, "month.html", "{{ two")
    assert [one.path for one in problems_of(tmp_path)] == ["templates/article.html", "templates/month.html"]


def test_a_block_that_nothing_shows_is_told_with_the_name_that_was_meant(tmp_path: Path) -> None:
    digest(tmp_path, {"articles/a.md": article()})
    template(tmp_path, "tag.html", '{% extends "default/tag.html" %}\n{% block maim %}Mine{% endblock %}')
    inside = "{% block main %}{% block new %}{% endblock %}{% endblock %}"
    template(tmp_path, "own.html", '{% extends "base.html" %}' + inside)
    template(tmp_path, "page.html", '{% extends "own.html" %}{% block new %}New{% endblock %}')
    (found,) = (one for one in assembled(tmp_path).notices if one.path.startswith("templates/"))
    assert (found.level, found.path, found.line) == ("warning", "templates/tag.html", 2)
    assert found.message == "the block maim is shown nowhere: what this extends has none of that name"
    assert found.hint == "did you mean main?"


def test_a_language_without_words_is_told_until_it_has_some(tmp_path: Path) -> None:
    def told_of_words() -> list[str]:
        return [one.message for one in assembled(tmp_path).notices if one.path == "templates/words.toml"]

    digest(tmp_path, {"articles/a.md": article()}, more='language = "pt-BR"')
    assert told_of_words() == ["there are no words in the digest's language, pt-BR; pages say them in English"]
    template(tmp_path, "words.toml", '[pt]\nsearch = "Busca"\n')
    assert told_of_words() == []


def test_templates_that_are_not_utf_8_are_all_named(tmp_path: Path) -> None:
    digest(tmp_path, {"articles/a.md": article()})
    write(tmp_path, {"templates/article.html": b"\xff", "templates/new.html": b"caf\xe9"})
    assert [one.path for one in problems_of(tmp_path)] == ["templates/article.html", "templates/new.html"]


def test_an_address_that_is_not_understood_is_told_with_its_article(tmp_path: Path) -> None:
    digest(tmp_path, {"articles/a.md": article("[x](b c.md)"), "articles/b.md": article("[empty]()")})
    assert [(one.path, one.message) for one in problems_of(tmp_path)] == [
        ("content/articles/a.md", "the address b c.md is written in a way that is not understood"),
        ("content/articles/b.md", "a link has no address"),
    ]


def test_text_nested_too_deep_is_told_with_its_article(tmp_path: Path) -> None:
    digest(tmp_path, {"articles/a.md": article("words\n" + "> " * 60 + "x [a](gone.md)")})
    assert [(one.path, "nested" in one.message) for one in problems_of(tmp_path)] == [("content/articles/a.md", True)]


KINDS: dict[str, dict[str, str | bytes]] = {
    "clash": {"articles/a.md": article(url="/merger/"), "articles/b.md": article(aliases="[/old/, /Merger/]")},
    "broken-link": {"articles/a.md": article("One.\n\nSee [the merger](marger.md)."), "articles/merger.md": article()},
    "missing-picture": {"articles/a.md": article(image="carts.png"), "articles/charts.png": png()},
    "unknown-edition-article": {
        "articles/merger.md": article(),
        "editions/2026-11-03.md": "---\ntitle: Third\nsections:\n  - title: All\n    articles: [marger]\n---\n",
    },
    "missing-template": {"articles/a.md": article(template="wyde.html")},
    "svg-picture": {"articles/a.md": article("![Chart](chart.svg)"), "articles/chart.svg": "<svg></svg>"},
    "duplicate-id": {"articles/a.md": article(id="one"), "articles/b.md": article(id="one")},
    "tag-vocabulary-clash": {"articles/a.md": article(), "tags.yaml": "- name: C++\n- name: C plus plus\n"},
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_message_for_content_that_cannot_be_built_is_as_approved(tmp_path: Path, kind: str) -> None:
    digest(tmp_path, KINDS[kind])
    check(f"site-messages/{kind}.txt", told(tmp_path))


@pytest.mark.parametrize(
    ("kind", "source"),
    [
        ("undefined-name", "<h1>{{ page.published.article.title }}</h1>\n<p>{{ page.published.article.titel }}</p>\n"),
        ("template-syntax-error", "<ul>\n  {% for tag in page.published.teaser.tags %}\n</ul>\n"),
        ("missing-include", "{% include 'marcos.html' %}\n"),
    ],
)
def test_the_message_for_a_template_that_cannot_be_used_is_as_approved(tmp_path: Path, kind: str, source: str) -> None:
    digest(tmp_path, {"articles/a.md": article()})
    template(tmp_path, "article.html", source)
    check(f"site-messages/{kind}.txt", told(tmp_path))


# Fingerprints


def test_a_fingerprint_hangs_on_what_a_template_includes_and_on_no_other_template(tmp_path: Path) -> None:
    digest(tmp_path, {"articles/a.md": article(tags="[X]")})
    before = fingerprints(tmp_path)
    template(tmp_path, "tag.html", (tmp_path / "templates" / "tag.html").read_text() + "<!-- touched -->")
    after = fingerprints(tmp_path)
    assert {url for url in before if before[url] != after[url]} == {"/tags/x/"}
    template(tmp_path, "macros.html", (tmp_path / "templates" / "macros.html").read_text() + "{# touched #}")
    changed = {url for url, one in fingerprints(tmp_path).items() if after[url] != one}
    lists = {"/tags/", "/tags/x/", "/archive/", "/2026/", "/2026/11/"}
    assert changed == {"/", ARTICLE, "/feeds/", "/search/", "/404.html", *lists}


def test_a_template_named_only_when_it_is_rendered_could_be_any(tmp_path: Path) -> None:
    digest(tmp_path, {"articles/a.md": article(extra="{part: one.html}")})
    template(tmp_path, "article.html", "{% include page.published.article.extra.part %}")
    template(tmp_path, "one.html", "before")
    before = fingerprints(tmp_path)
    template(tmp_path, "one.html", "after")
    assert {url for url, one in fingerprints(tmp_path).items() if before[url] != one} == {ARTICLE}
    assert rendered(tmp_path, ARTICLE) == "after"


def test_the_same_fingerprint_means_the_same_bytes_and_another_comes_of_other_settings(tmp_path: Path) -> None:
    digest(tmp_path, {"articles/a.md": article()})
    made = assembled(tmp_path)
    config = replace(config_of(tmp_path), typographic_quotes=True)
    other = assemble(tmp_path, config, now=NOW)
    one, two = Renderer(made.setting), Renderer(other.setting)
    assert one.fingerprint(made.plan[ARTICLE]) != two.fingerprint(other.plan[ARTICLE])


def test_a_fingerprint_tells_every_value_that_a_page_shows(tmp_path: Path) -> None:
    digest(tmp_path, {f"articles/{name}.md": article(title=name) for name in "abc"})
    made = assembled(tmp_path)
    renderer = Renderer(made.setting)
    one = made.plan[ARTICLE].makes
    assert isinstance(one, Rendering)
    assert isinstance(one.view, ArticlePage)
    view = one.view
    teaser = replace(view.published.teaser, title="other")
    views = (
        view,
        replace(view, text="/other.txt"),
        replace(view, published=replace(view.published, id="other")),
        replace(view, published=replace(view.published, teaser=teaser)),
        replace(view, published=replace(view.published, body=replace(view.body, text=Text("other")))),
        replace(view, related=(teaser,), story=()),
        replace(view, related=(), story=(teaser,)),
        replace(view, related=(), story=(teaser, teaser)),
    )
    outputs = [replace(made.plan[ARTICLE], makes=replace(one, view=view)) for view in views]
    assert len({renderer.fingerprint(output) for output in outputs}) == len(views)
    again = Renderer(made.setting)
    assert [again.fingerprint(output) for output in reversed(outputs)] == [
        renderer.fingerprint(output) for output in reversed(outputs)
    ]


def test_where_the_folders_lie_is_in_no_fingerprint(tmp_path: Path) -> None:
    digest(tmp_path, {"articles/a.md": article()})
    made = assembled(tmp_path)
    config = replace(made.setting.config, folders=Folders(output="/elsewhere"))
    moved = Renderer(replace(made.setting, config=config))
    for output in made.plan.values():
        assert moved.fingerprint(output) == Renderer(made.setting).fingerprint(output)


# Words and dates


def page(root: Path, source: str, *, language: str = "en", words: str = "", **keys: str) -> str:
    """An article's page made of a template's source alone."""
    digest(root, {"articles/a.md": article(**keys)}, more=f'language = "{language}"')
    template(root, "article.html", source)
    if words:
        template(root, "words.toml", words)
    return rendered(root, ARTICLE)


def test_words_are_said_in_the_language_of_the_site_whatever_the_article_is_in(tmp_path: Path) -> None:
    assert page(tmp_path, '{{ words("read_at", source="x") }}', language="de", lang="fr") == "Das Original lesen bei x"


def test_what_stands_in_a_place_is_escaped_unless_it_is_markup(tmp_path: Path) -> None:
    source = '{% set link %}<a href="/">{{ "R&D" }}</a>{% endset %}{{ words("pair", one="<b>", two=link) }}|' \
        '{{ words("pair", one="<b>", two="&") }}|{{ {"a": words("pair", one="<b>", two="&")}|tojson }}'
    made = page(tmp_path, source, words='[en]\npair = "<i> {one} & {two}"\n')
    linked, plain, data = made.split("|")
    assert linked == '&lt;i&gt; &lt;b&gt; &amp; <a href="/">R&amp;D</a>'
    assert plain == "&lt;i&gt; &lt;b&gt; &amp; &amp;"
    assert json.loads(data) == {"a": "<i> <b> & &"}


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ('{{ words("read_att", source="x") }}', "there are no words 'read_att'; did you mean read_at?"),
        ('{{ words("zzzz") }}', "there are no words 'zzzz'; add it to words.toml"),
        ('{{ words("read_at") }}', "the words 'read_at' need source"),
        ('{{ words("articles") }}', "the words 'articles' need n"),
        ('{{ words("articles", n="many") }}', "the words 'articles' need a number as n, not 'many'"),
    ],
)
def test_words_that_there_are_not_are_told_with_template_and_line(tmp_path: Path, source: str, message: str) -> None:
    digest(tmp_path, {"articles/a.md": article()})
    template(tmp_path, "article.html", f"one\n{source}")
    (problem,) = problems_of(tmp_path)
    assert (problem.path, problem.line, problem.message) == ("templates/article.html", 2, message)


def test_dates_are_in_the_zone_and_language_of_the_site(tmp_path: Path) -> None:
    source = "{% set d = page.published.article.date %}{{ d|day }}|{{ d|day_time }}|{{ d|weekday }}|{{ 11|month }}"
    written = page(tmp_path / "en", source, date="2026-11-02T23:30:00Z")
    assert written.replace("\u202f", " ") == "2 November 2026|2 November 2026, 11:30 pm UTC|Monday|November"
    digest(tmp_path / "fr", {"articles/a.md": article(date="2026-11-02T23:30:00Z")},
           more='language = "fr"\ntimezone = "Europe/Paris"')  # fmt: skip
    template(tmp_path / "fr", "article.html", source)
    made = assembled(tmp_path / "fr")
    text = Renderer(made.setting).render(made.plan[ARTICLE]).decode()
    assert text == "3 novembre 2026|3 novembre 2026, 00:30 CET|mardi|novembre"


def test_the_way_back_from_a_footnote_is_named_in_the_language_of_the_site(tmp_path: Path) -> None:
    digest(tmp_path, {"articles/a.md": article("A[^1]\n\n[^1]: Note.")}, more='language = "de"')
    assert 'title="Zurück zu Fußnote 1 im Text"' in rendered(tmp_path, ARTICLE)


def test_a_changed_word_makes_pages_anew(tmp_path: Path) -> None:
    digest(tmp_path, {"articles/a.md": article()})
    before = fingerprints(tmp_path)
    template(tmp_path, "words.toml", '[de]\nskip = "Weiter"\n')
    assert fingerprints(tmp_path) == before
    template(tmp_path, "words.toml", '[en]\nskip = "Go on"\n')
    assert fingerprints(tmp_path)[ARTICLE] != before[ARTICLE]


# Default templates behind one's own


def test_a_template_can_extend_the_default_one_that_it_stands_before(tmp_path: Path) -> None:
    digest(tmp_path, {"articles/a.md": article()}, own_theme=False)
    source = '{% extends "default/article.html" %}{% block main %}[{{ super() }}]{% endblock %}'
    template(tmp_path, "article.html", source)
    html = rendered(tmp_path, ARTICLE)
    assert re.search(r"<main[^>]*>\s*\[\s*<article.*</article>.*\]\s*(<[^>]*>|\S)", html, re.S)


def test_a_fingerprint_hangs_on_the_default_template_that_is_extended(tmp_path: Path) -> None:
    digest(tmp_path, {"articles/a.md": article()}, own_theme=False)
    template(tmp_path, "page.html", '{% extends "default/page.html" %}')
    template(tmp_path, "article.html", '{% extends "default/article.html" %}')
    made = assembled(tmp_path)
    before = Renderer(made.setting).fingerprint(made.plan[ARTICLE])
    defaults = tuple(
        replace(one, source=one.source + " ") if one.name == "article.html" else one
        for one in made.setting.theme.defaults
    )
    changed = replace(made.setting, theme=replace(made.setting.theme, defaults=defaults))
    assert Renderer(changed).fingerprint(made.plan[ARTICLE]) != before


# What is worked out once


def test_pages_are_the_same_whatever_was_rendered_before(tmp_path: Path) -> None:
    made = assembled(full_digest(tmp_path))
    pages = [output for output in made.plan.values() if isinstance(output.makes, Rendering)]
    there, back = Renderer(made.setting), Renderer(made.setting)
    rendered_last = {output.url: back.render(output) for output in reversed(pages)}
    assert {output.url: there.render(output) for output in pages} == rendered_last
    assert {output.url: there.render(output) for output in pages} == rendered_last
    for output in pages[::20]:
        assert Renderer(made.setting).render(output) == rendered_last[output.url]


def macros(renderer: Renderer, source: str) -> Any:
    return renderer.environment.from_string(source).module


def test_what_a_macro_prints_once_is_kept_for_its_thing_and_options(tmp_path: Path) -> None:
    renderer = Renderer(assembled(digest(tmp_path, {})).setting)
    asked: list[object] = []
    renderer.environment.globals["ask"] = asked.append
    source = "{% macro show(one, level, on) %}{{ ask(one) }}<b>{{ one.title }} {{ level }} {{ on }}{% endmacro %}"
    show = macros(renderer, source).show
    one, same = Link(title="<&>", url="/"), Link(title="<&>", url="/")
    assert one == same
    printed = [renderer.once(show, it, level, on) for it in (one, same) for level in (1, 2) for on in (True, False)]
    assert printed[:4] == printed[4:]
    assert printed[0] == "None<b>&lt;&amp;&gt; 1 True"
    assert renderer.once(show, one, 2, False) == printed[3]
    assert asked == [one] * 4 + [same] * 4


def test_a_text_is_cleaned_once_for_its_page_and_its_feeds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cleaned: list[str] = []

    def noting(unsafe: str) -> str:
        cleaned.append(unsafe)
        return clean(unsafe)

    monkeypatch.setattr("broadsheet.bodies.clean", noting)
    made = assembled(digest(tmp_path, {"articles/a.md": article("[x](https://a.example/)", tags="[t]")}))
    renderer = Renderer(made.setting)
    for url in (ARTICLE, "/rss.xml", "/atom.xml", "/feed.json", "/tags/t/rss.xml"):
        renderer.render(made.plan[url])
    assert cleaned == ['<p><a href="https://a.example/">x</a></p>']


def test_what_is_kept_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("broadsheet.render.MOST_KEPT", 10)
    renderer = Renderer(assembled(digest(tmp_path, {})).setting)
    show = macros(renderer, "{% macro show(one) %}{{ one.title }}{% endmacro %}").show
    for _ in range(3):
        assert [renderer.once(show, Link(title=str(n), url="/")) for n in range(25)] == [str(n) for n in range(25)]
    assert len(show.kept) <= 10


OWN_MACROS = {
    "asks for the page": ("", "{{ url }}", [ARTICLE, "/2026/11/b/"]),
    "is shown the page by another": ("", "{% include 'own-part.html' %}", [ARTICLE, "/2026/11/b/"]),
    "counts": ("{% set seen = namespace(n=0) %}", "{% set seen.n = seen.n + 1 %}{{ seen.n }}", ["1", "1"]),
    "fills a list": ("{% set seen = [] %}", "{{ seen.append(1) or seen|length }}", ["1", "1"]),
    "asks what is shown": ("", "{{ shown.url }}", [ARTICLE, "/2026/11/b/"]),
    "asks for the site": ("", "{{ site.title }}", ["Small Print", "Small Print"]),
}


@pytest.mark.parametrize("context", ["with context", "without context"])
@pytest.mark.parametrize("case", OWN_MACROS)
def test_a_digests_own_macros_may_ask_for_the_page_where_they_are_shown_it(
    tmp_path: Path, case: str, context: str
) -> None:
    top, asked, printed = OWN_MACROS[case]
    digest(tmp_path, {"articles/a.md": article(), "articles/b.md": article()})
    template(tmp_path, "own-part.html", "{{ url }}")
    template(tmp_path, "own.html", f"{top}{{% macro own() %}}{asked}{{% endmacro %}}")
    template(tmp_path, "article.html", f"{{% from 'own.html' import own {context} %}}{{{{ own() }}}}")
    made = assembled(tmp_path)
    renderer = Renderer(made.setting)
    if context == "without context" and printed[0] == "1":
        printed = ["1", "2"]
    if context == "without context" and "page" in case:
        with pytest.raises(ContentError, match="'url' is undefined"):
            renderer.render(made.plan[ARTICLE])
        return
    assert [renderer.render(made.plan[url]).decode() for url in (ARTICLE, "/2026/11/b/")] == printed


def test_macros_of_the_default_theme_are_read_once_for_the_whole_site(tmp_path: Path) -> None:
    made = assembled(full_digest(tmp_path))
    renderer = Renderer(made.setting)
    for output in made.plan.values():
        if isinstance(output.makes, Rendering):
            renderer.render(output)
    for name in ("frame.html", "macros.html", "meta.html", "story.txt"):
        module = renderer.environment.get_template(name).module
        assert renderer.environment.get_template(name).make_module({"url": "/"}, True) is module


def test_the_head_and_the_foot_of_every_page_say_where_it_is(tmp_path: Path) -> None:
    made = assembled(full_digest(tmp_path))
    renderer, site = Renderer(made.setting), made.setting.frame
    prefix = made.setting.config.prefix
    for url, output in made.plan.items():
        if not (isinstance(output.makes, Rendering) and url.endswith("/")):
            continue
        html = renderer.render(output).decode()
        if 'class="masthead"' not in html:
            continue
        marked = re.findall(r'<li><a href="([^"]*)"[^>]*? aria-current="(page|true)"', html)
        head = [(one.url, "page" if url == one.url else "true") for one in site.navigation if url.startswith(one.url)]
        below = [one.url for one in site.pages] + [one.url for one in site.more]
        foot = [(one, "page") for one in below if url == one]
        pages = [(url, "page")] if 'class="numbers"' in html else []
        assert sorted(marked) == sorted((prefix + path, state) for path, state in head + pages + foot), url


def test_lists_of_a_page_show_its_first_five_pictures_and_those_of_the_next_page_likewise(tmp_path: Path) -> None:
    files = {f"articles/{n}.md": article(image="p.png", tags="[t]", date=f"2026-11-{n}") for n in range(10, 22)}
    digest(tmp_path, {**files, "articles/p.png": png()}, own_theme=False)
    made = assembled(tmp_path)
    renderer = Renderer(made.setting)
    for url in ("/tags/t/", "/", "/2026/11/", "/tags/t/"):
        assert renderer.render(made.plan[url]).decode().count("<img") == 5


def test_templates_that_are_kept_compiled_are_not_compiled_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = assembled(full_digest(tmp_path))
    pages = [output for output in made.plan.values() if isinstance(output.makes, Rendering)]
    kept: dict[str, bytes] = {}
    keeper = Keeper(get=kept.get, put=kept.__setitem__)
    compiling = Renderer(made.setting, keeper)
    first = {output.url: compiling.render(output) for output in pages}
    moved = replace(made.setting, config=replace(made.setting.config, base_url="https://example.net/elsewhere/"))
    assert Renderer(moved, keeper).render(pages[0]) == Renderer(moved).render(pages[0]) != first[pages[0].url]
    monkeypatch.setattr(jinja2.Environment, "_generate", None)
    again = Renderer(made.setting, keeper)
    assert {output.url: again.render(output) for output in pages} == first
    with pytest.raises(TypeError):
        Renderer(made.setting).render(pages[0])


@pytest.mark.parametrize("damage", [b"", b"not code", None])
def test_kept_templates_that_are_damaged_are_compiled_again(tmp_path: Path, damage: bytes | None) -> None:
    made = assembled(digest(tmp_path, {"articles/a.md": article()}))
    expected = Renderer(made.setting).render(made.plan[ARTICLE])
    put: list[str] = []
    keeper = Keeper(get=lambda key: damage, put=lambda key, data: put.append(key))
    assert Renderer(made.setting, keeper).render(made.plan[ARTICLE]) == expected
    assert put


PRINTED = "{{ value }}|{% set b %}{{ value }}{% endset %}{{ b }}|{% macro m(v) %}{{ v }}{% endmacro %}{{ m(value) }}"


@given(st.text() | st.text().map(Markup) | st.text().map(escape) | st.none() | st.integers())
@example("&")
@example("<")
@example(">")
@example('"')
@example("'")
def test_what_is_printed_is_escaped_as_jinja_does(value: object) -> None:
    frame = Frame(
        title="x", description="", language="en", base_url="https://example.org/", author="",
        navigation=(), more=(), pages=(), feeds=(), files=(),
    )  # fmt: skip
    config = Config(title="x", base_url="https://example.org/")
    ours = Renderer(Setting(config=config, frame=frame, theme=Theme(templates=()))).environment
    plain = jinja2.Environment(autoescape=True)
    assert ours.from_string(PRINTED).render(value=value) == plain.from_string(PRINTED).render(value=value)


# What is not HTML


@pytest.mark.parametrize("name", ["article.txt", "x.js", "x.json"])
def test_a_template_of_plain_text_or_script_escapes_nothing(tmp_path: Path, name: str) -> None:
    digest(tmp_path, {"articles/a.md": article(title="'<b> & \"'", template=name)})
    template(tmp_path, name, "{{ page.published.article.title }}{{ words('read_at', source='<') }}")
    assert rendered(tmp_path, ARTICLE) == '<b> & "Read the original at <'


@pytest.mark.parametrize("name", ["x.xml", "x.opml"])
def test_a_template_of_xml_escapes(tmp_path: Path, name: str) -> None:
    digest(tmp_path, {"articles/a.md": article(title="'<b> & \"'", template=name)})
    template(tmp_path, name, '<t a="{{ page.published.article.title }}"/>')
    assert ElementTree.fromstring(rendered(tmp_path, ARTICLE)).get("a") == '<b> & "'


def test_a_template_can_show_several_texts_with_ids_of_their_own(tmp_path: Path) -> None:
    body = "## Part\n\n[there](#part) and a note[^1]\n\n[^1]: Here."
    digest(tmp_path, {"articles/a.md": article(body), "articles/b.md": article(body)})
    template(tmp_path, "front.html", "{% for one in page.articles %}{{ html_of(one.body) }}{% endfor %}")
    made = assembled(tmp_path)
    renderer = Renderer(made.setting)
    html = "".join(renderer.html_of(one.body) for one in made.site.articles)
    ids = re.findall(r' id="([^"]*)"', html)
    assert len(ids) == len(set(ids)) == 6
    assert set(re.findall(r'href="#([^"]*)"', html)) <= set(ids)


# Hostile text through whole pages and feeds

FIELDS = (
    "title", "dek", "summary", "section", "story", "authors", "source", "image_alt", "image_caption", "image_credit"
)  # fmt: skip


def hostile_digest(root: Path, payloads: Iterable[str]) -> None:
    """An article for each payload, which stands in every field and in the body, on the default theme."""
    harmless = hostile_article("harmless", "harmless")
    files: dict[str, str | bytes] = {"articles/harmless.md": harmless, "articles/i.png": png()}
    digest(root / "control", files, own_theme=False)
    for number, payload in enumerate(payloads):
        # What the reader of front matter refuses anyway, with a line.
        field = re.sub(r"[\x00-\x1f\x7f-\x9f\ufffe\uffff]", " ", payload).strip() or "x"
        files[f"articles/p{number}.md"] = hostile_article(field, payload)
    digest(root, files, own_theme=False, more="paginate = 1000")
    while paths := {one.path for one in problems_of(root) if one.level == "error"}:
        # Their links lead nowhere; what the sanitizer alone makes of such text is test_markup's.
        for path in paths:
            write(root, {path: (root / path).read_text("utf-8").split("\n---\n")[0] + "\n---\nNo body.\n"})


def hostile_article(field: str, body: str) -> str:
    keys = {name: json.dumps(field, ensure_ascii=False) for name in FIELDS}
    # As a list, so that a comma in it does not make two of one.
    keys["authors"] = f"[{keys['authors']}]"
    return article(body, **keys, tags=f"[{json.dumps(field, ensure_ascii=False)}, All]", image="i.png")


def html_pages(root: Path) -> dict[str, str]:
    built(root)
    return {name: data.decode() for name, data in tree(root / "site").items() if name.endswith(".html")}


def judged(root: Path) -> tuple[int, list[str]]:
    """How many pages there are to judge, and what is wrong in them and in the feeds."""
    pages, harmless = html_pages(root), html_pages(root / "control")
    control = active(harmless["2026/11/harmless/index.html"])
    known = {name for html in harmless.values() for name in active(html)}
    wrong = []
    for name, html in pages.items():
        found = active(html)
        if not found.keys() <= known or (re.fullmatch(r"2026/11/p\d+/index.html", name) and found != control):
            wrong.append(f"{name}: {found}, not {control}")
        wrong += [f"{name}: {one}" for one in dangerous_attributes(html)]
        for data in re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.S):
            json.loads(data)
    for name in ("rss.xml", "atom.xml"):
        for element in ElementTree.parse(root / "site" / name).iter():
            kind = element.tag.rsplit("}", 1)[-1]
            if kind in ("content", "encoded") or (kind == "description" and name == "rss.xml"):
                wrong += [f"{name}: {one}" for one in dangers(element.text or "")]
    return len(pages), wrong


def test_our_own_payloads_do_nothing_in_any_page_or_feed(tmp_path: Path) -> None:
    hostile_digest(tmp_path, PAYLOADS)
    pages, wrong = judged(tmp_path)
    assert pages > 3 * len(PAYLOADS)
    assert wrong == []


@pytest.mark.skipif(not SHARED.is_file(), reason=f"the shared payloads are not here ({SHARED})")
def test_the_shared_payloads_do_nothing_in_any_page_or_feed(tmp_path: Path) -> None:
    hostile_digest(tmp_path, [one["payload"] for one in json.loads(SHARED.read_text("utf-8"))])
    pages, wrong = judged(tmp_path)
    assert pages > 200
    assert wrong == []


def test_the_judge_of_pages_sees_what_a_careless_template_lets_through(tmp_path: Path) -> None:
    hostile_digest(tmp_path, PAYLOADS[:5])
    shutil.copytree(ROOT / "templates", tmp_path / "templates", dirs_exist_ok=True)
    source = (tmp_path / "templates" / "article.html").read_text("utf-8")
    template(tmp_path, "article.html", source.replace("<h1", "{{ article.dek|safe }}<h1", 1))
    _, wrong = judged(tmp_path)
    assert len({one.split(":")[0] for one in wrong}) == 5
