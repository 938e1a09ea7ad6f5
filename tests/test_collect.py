"""Content to a site: who is published, at which address, in which order, and what leads where."""

from __future__ import annotations

import ast
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from digests import NOW, ROOT, article, assembled, built, digest, png, problems_of, rendered, told, tree, write
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.collect import collect, feed_id, permalink
from broadsheet.config import Config
from broadsheet.errors import describe
from broadsheet.model import Article, Content, Edition, EditionSection, Image, Page, Site, Source, TagDefinition

CONFIG = Config(title="Small Print", base_url="https://example.org/", id="small-print")


def an_article(name: str, **keys: Any) -> Article:
    values: dict[str, Any] = {"title": name.title(), "date": datetime(2026, 11, 2, tzinfo=UTC), "slug": name, **keys}
    return Article(path=f"articles/{name}.md", **values)


def site_of(*articles: Article, config: Config = CONFIG, now: datetime = NOW, **content: Any) -> Site:
    found = collect(Content(articles=articles, **content), config, root=Path("nowhere"), now=now)
    assert [one for one in found.problems if one.level == "error"] == []
    return found.site


def notices_of(root: Path) -> list[str]:
    return [f"{one.level}: {one.path}:{one.line}: {one.message}" for one in assembled(root).notices]


# Who is published

CANARY = "Zebrafinch"


def held(**keys: str) -> dict[str, str | bytes]:
    """A digest with one article that everybody may see and one, full of canaries, that `keys` hold back."""
    words = {name: f"{CANARY}-{name}" for name in ("dek", "section", "summary", "story", "image_alt", "image_caption")}
    return {
        "articles/seen.md": article("See [the other](held.md) too.", title="Seen", tags="[Common]"),
        "articles/held.md": article(
            f"{CANARY} body\n\n![x](zebrafinch-inside.png)",
            **{
                "title": f"{CANARY} title", "tags": f"[Common, {CANARY}-tag]", "authors": f"{CANARY} author",
                "source": f"{CANARY} source", "source_url": "https://zebrafinch.example/",
                "image": "zebrafinch.png", "aliases": "/zebrafinch-alias/", "slug": "zebrafinch", **words, **keys,
            },
        ),
        "articles/zebrafinch.png": png(),
        "articles/zebrafinch-inside.png": png(3, 3),
        "tags.yaml": f"- name: {CANARY}-tag\n  description: {CANARY} description\n- Common\n",
        "editions/2026-11-03.md": (
            "---\ntitle: Third\nsections:\n  - title: All\n    articles: [seen, articles/held]\n"
            f"  - title: {CANARY} section\n    articles: [articles/held]\n---\n"
        ),
    }  # fmt: skip


def canaries(root: Path) -> list[str]:
    return [
        name
        for name, data in tree(root / "site").items()
        if CANARY.lower() in name.lower() or CANARY.lower().encode() in data.lower()
    ]


HELD_BACK = {
    "draft": {"draft": "true"},
    "embargoed": {"publish_date": "2027-01-01"},
    "future": {"date": "2027-01-01"},
    "expired": {"expiry_date": "2026-11-20"},
}


@pytest.mark.parametrize("keys", HELD_BACK.values(), ids=HELD_BACK.keys())
def test_what_is_held_back_is_in_no_byte_of_the_output(tmp_path: Path, keys: dict[str, str]) -> None:
    digest(tmp_path, held(**keys), own_theme=False)
    report = built(tmp_path)
    assert [one.path for one in report.held_back] == ["articles/held.md"]
    assert canaries(tmp_path) == []


@pytest.mark.parametrize("keys", HELD_BACK.values(), ids=HELD_BACK.keys())
def test_what_was_published_goes_when_it_is_held_back(tmp_path: Path, keys: dict[str, str]) -> None:
    digest(tmp_path, held(), own_theme=False)
    built(tmp_path)
    seen = canaries(tmp_path)
    assert ".broadsheet/manifest.json" in seen
    assert "2026/11/zebrafinch/index.html" in seen
    assert "media/articles/zebrafinch.png" in seen
    assert "zebrafinch-alias/index.html" in seen
    write(tmp_path, {f"content/{name}": data for name, data in held(**keys).items()})
    built(tmp_path)
    assert canaries(tmp_path) == []
    assert not list((tmp_path / "site" / "media").rglob("*"))


def test_one_module_decides_what_is_seen() -> None:
    """content reads and writes the keys; nobody else looks at them."""
    looking = {
        file.name
        for file in (ROOT / "broadsheet").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in ("draft", "publish_date", "expiry_date")
        # Pillow has a method of this name.
        and not (isinstance(node.value, ast.Name) and node.value.id == "image")
    }
    assert looking == {"content.py", "visibility.py"}


def test_counts_leave_out_what_is_held_back() -> None:
    site = site_of(
        an_article("a", tags=("X",)), an_article("b", tags=("X", "Y"), draft=True),
        an_article("c", tags=("X",), expiry_date=NOW),
    )  # fmt: skip
    assert [(one.tag.name, len(one.articles)) for one in site.tags] == [("X", 1)]


def test_an_article_appears_at_the_moment_of_its_embargo() -> None:
    embargoed = an_article("a", publish_date=NOW)
    assert len(site_of(embargoed, now=NOW).articles) == 1
    assert len(site_of(embargoed, now=NOW - timedelta(seconds=1)).articles) == 0


def test_an_expired_article_stays_away_however_it_is_embargoed() -> None:
    assert site_of(an_article("a", publish_date=NOW, expiry_date=NOW)).articles == ()


def test_held_back_articles_are_shown_with_their_mark_where_that_is_asked_for(tmp_path: Path) -> None:
    digest(tmp_path, {"articles/a.md": article(draft="true")}, more="[visibility]\ndrafts = true")
    assert ", draft</p>" in rendered(tmp_path, "/")
    assert built(tmp_path).held_back == ()


# Order and addresses


def test_articles_are_newest_first_whatever_their_files_are_called() -> None:
    days = {"z": 1, "m": 3, "a": 2}
    site = site_of(*(an_article(name, date=datetime(2026, 11, day, tzinfo=UTC)) for name, day in days.items()))
    assert [one.article.slug for one in site.articles] == ["m", "a", "z"]


@given(st.permutations(["a", "b", "c", "d"]))
def test_the_order_does_not_depend_on_the_order_of_reading(names: list[str]) -> None:
    articles = [an_article(name, tags=("X",), source=Source(name="S")) for name in names]
    assert site_of(*articles) == site_of(*sorted(articles, key=lambda one: one.path))


def test_the_address_of_an_article_is_its_month_and_slug() -> None:
    assert permalink(an_article("merger"), CONFIG) == "/2026/11/merger/"


def test_the_month_is_that_of_the_sites_timezone() -> None:
    late = an_article("late", date=datetime(2026, 12, 31, 23, tzinfo=UTC))
    assert permalink(late, replace(CONFIG, timezone=ZoneInfo("Europe/Vienna"))) == "/2027/01/late/"


def test_a_pattern_with_every_word_is_filled_in() -> None:
    config = replace(CONFIG, permalink="/:section/:year/:month/:day/:slug/")
    assert permalink(an_article("a", section="Big Deals"), config) == "/big-deals/2026/11/02/a/"
    assert permalink(an_article("a"), config) == "/articles/2026/11/02/a/"


@given(st.text(min_size=1, max_size=40).filter(str.strip))
def test_no_tag_slugs_to_nothing(name: str) -> None:
    (tagged,) = site_of(an_article("a", tags=(name,))).tags
    assert tagged.tag.slug.strip("-/. ")
    assert tagged.tag.url == f"/tags/{tagged.tag.slug}/"


def test_c_and_its_kin_have_three_addresses() -> None:
    site = site_of(an_article("a", tags=("C", "C++", "C#")))
    assert [one.tag.url for one in site.tags] == ["/tags/c/", "/tags/c-sharp/", "/tags/c-plus-plus/"]


def test_an_alias_of_a_tag_is_that_tag() -> None:
    site = site_of(
        an_article("a", tags=("RFC", "Internet")), an_article("b", tags=("rfc",)),
        tags=(TagDefinition(name="Internet", slug="net", aliases=("RFC",), description="Of the net."),),
    )  # fmt: skip
    assert [(one.tag.name, one.tag.url, one.description, len(one.articles)) for one in site.tags] == [
        ("Internet", "/tags/net/", "Of the net.", 2)
    ]


def test_spellings_of_a_tag_fall_together_under_the_most_used_and_are_told(tmp_path: Path) -> None:
    digest(tmp_path, {f"articles/{n}.md": article(tags=f"[{t}]") for n, t in enumerate(["Web", "Web", "web"])})
    assert [one.tag.name for one in assembled(tmp_path).site.tags] == ["Web"]
    assert notices_of(tmp_path) == [
        "notice: content/articles/2.md:4: the tag web is taken for Web, which differs in spelling only"
    ]


def test_an_article_that_is_published_before_it_was_looked_at_is_told(tmp_path: Path) -> None:
    marked = {"review": "[\"not found: authors\"]"}
    digest(tmp_path, {"articles/a.md": article(**marked), "articles/b.md": article(**marked, draft="true")})
    assert notices_of(tmp_path) == [
        "warning: content/articles/a.md:4: is published, and still to be looked at: not found: authors"
    ]


def test_sources_are_grouped_by_name() -> None:
    site = site_of(
        an_article("a", source=Source(name="The Press")), an_article("b", source=Source(name="the press")),
        an_article("c", source=Source(name="The Press")), an_article("d"),
    )  # fmt: skip
    assert [(one.publisher.name, one.publisher.url, len(one.articles)) for one in site.publishers] == [
        ("The Press", "/sources/the-press/", 3)
    ]


def test_pages_are_in_the_order_of_their_weight() -> None:
    pages = tuple(Page(path=f"pages/{n}.md", title=n, slug=n, weight=w) for n, w in [("a", 2), ("b", 1), ("c", 1)])
    assert [one.page.slug for one in site_of(pages=pages).pages] == ["b", "c", "a"]


# What names an article for ever


@given(st.text(), st.text(min_size=1).filter(str.strip), st.text())
def test_the_id_outlives_title_slug_address_and_date(title: str, slug: str, url: str) -> None:
    before = an_article("a")
    after = an_article("a", title=title, slug=slug, url=url, date=datetime(2001, 1, 1, tzinfo=UTC))
    assert feed_id(after, CONFIG) == feed_id(before, CONFIG)


def test_the_id_outlives_a_move_of_the_site_and_of_the_file() -> None:
    moved = replace(CONFIG, base_url="https://elsewhere.example/x/")
    assert feed_id(an_article("a"), moved) == feed_id(an_article("a"), CONFIG)
    assert feed_id(an_article("b", id="one"), CONFIG) == feed_id(an_article("a", id="one"), CONFIG)
    assert feed_id(an_article("a", id="tag:example.org,2026:one"), CONFIG) == "tag:example.org,2026:one"


def test_ids_of_different_articles_and_digests_differ() -> None:
    ids = {feed_id(an_article("a"), CONFIG), feed_id(an_article("b"), CONFIG)}
    ids.add(feed_id(an_article("a"), replace(CONFIG, id="other")))
    assert len(ids) == 3
    assert all(id.startswith("urn:uuid:") for id in ids)


def test_an_id_given_twice_is_an_error(tmp_path: Path) -> None:
    digest(tmp_path, {"articles/a.md": article(id="one"), "articles/b.md": article(id="one")})
    assert [(one.path, one.line) for one in problems_of(tmp_path)] == [("content/articles/b.md", 4)]


# Links and pictures


def test_links_between_files_become_addresses(tmp_path: Path) -> None:
    body = "[up](../b.md) [down](deep/d.md#part) [page](../../pages/about.md) [path](/about/) [bare](../b) [?](?a=1)"
    digest(
        tmp_path,
        {
            "articles/x/a.md": article(body),
            "articles/b.md": article(url="/bee.html"),
            "articles/x/deep/d.md": article(),
            "pages/about.md": "---\ntitle: About\n---\n",
        },
        base_url="https://example.org/news/",
    )
    html = rendered(tmp_path, "/2026/11/a/")
    assert '<a href="/news/bee.html">up</a>' in html
    assert '<a href="/news/2026/11/d/">down</a>' in html
    assert '<a href="/news/about/">page</a> <a href="/news/about/">path</a>' in html
    assert '<a href="/news/bee.html">bare</a>' in html
    assert '<a href="/news/2026/11/a/?a=1">?</a>' in html


def test_a_link_typed_in_percent_form_is_printed_once_encoded(tmp_path: Path) -> None:
    page = "---\ntitle: Café\nurl: /café/\n---\n"
    digest(tmp_path, {"articles/a.md": article("[one](/caf%C3%A9/) [two](/café/)"), "pages/c.md": page})
    assert '<a href="/caf%C3%A9/">one</a> <a href="/caf%C3%A9/">two</a>' in rendered(tmp_path, "/2026/11/a/")


@pytest.mark.parametrize("keys", HELD_BACK.values(), ids=HELD_BACK.keys())
def test_a_link_to_what_is_held_back_is_plain_text_and_told(tmp_path: Path, keys: dict[str, str]) -> None:
    digest(tmp_path, {"articles/a.md": article("Read [the other](b.md) soon."), "articles/b.md": article(**keys)})
    assert "<p>Read the other soon.</p>" in rendered(tmp_path, "/2026/11/a/")
    (notice,) = notices_of(tmp_path)
    assert notice.startswith("warning: content/articles/a.md:5: links to content/articles/b.md, which is held back (")


def test_links_in_code_are_no_links(tmp_path: Path) -> None:
    body = (
        "`[a](gone.md)` and `[b](held.md)`\n\n```\n[c](/gone/) ![d](gone.png)\n```\n\nwords\n\n    [e](gone.md)\n\n"
        "<!-- [f](gone.md) -->"
    )
    digest(tmp_path, {"articles/a.md": article(body), "articles/held.md": article(draft="true")})
    assert told(tmp_path) == ""
    assert notices_of(tmp_path) == []
    assert "[a](gone.md)" in rendered(tmp_path, "/2026/11/a/")


def test_broken_links_and_missing_pictures_are_errors_with_their_lines_and_near_names(tmp_path: Path) -> None:
    body = "One\n\n[a](marger.md)\n\n![b](pictur.png)\n\n[c](/abot/)\n\n[a] in code: `[a](marger.md)`"
    digest(
        tmp_path,
        {
            "articles/a.md": article(body), "articles/merger.md": article(), "articles/picture.png": png(),
            "pages/about.md": "---\ntitle: About\n---\n",
        },
    )  # fmt: skip
    found = [(one.path, one.line, one.column, one.message, one.hint) for one in problems_of(tmp_path)]
    assert found == [
        ("content/articles/a.md", 7, 5, "the link marger.md leads nowhere", "did you mean merger.md?"),
        ("content/articles/a.md", 9, 6, "there is no picture pictur.png", "did you mean picture.png?"),
        ("content/articles/a.md", 11, 5, "the link /abot/ leads to nothing on this site", "did you mean /about/?"),
    ]


BROKEN = "Read [on](gone.md), [about](/gone/) and ![see](gone.png)."


def test_what_a_draft_lacks_keeps_nobody_elses_work_from_the_preview(tmp_path: Path) -> None:
    files = {"articles/draft.md": article(BROKEN, draft="true", image="gone.png"), "articles/a.md": article()}
    digest(tmp_path, files, more="[visibility]\ndrafts = true")
    warnings = [one for one in notices_of(tmp_path) if one.startswith("warning: content/articles/draft.md")]
    assert [one.split(": ")[2] for one in warnings] == [
        "there is no picture gone.png", "the link gone.md leads nowhere", "there is no picture gone.png",
        "the link /gone/ leads to nothing on this site",
    ]
    assert "<p>Read on, <a" in rendered(tmp_path, "/2026/11/draft/")


def test_what_would_stop_the_build_of_a_scheduled_article_is_told_before(tmp_path: Path) -> None:
    text = article(BROKEN + " ![here](here.png)", publish_date="2026-12-24", image="gone.png")
    digest(tmp_path, {"articles/later.md": text, "articles/here.png": png()})
    found = notices_of(tmp_path)
    assert [one for one in found if "gone.md leads nowhere" in one]
    assert len([one for one in found if "no picture gone.png" in one]) == 2
    built(tmp_path)
    assert not list((tmp_path / "site").rglob("here.png"))
    assert "there is no picture gone.png" in told(tmp_path, datetime(2026, 12, 25, tzinfo=UTC))


@pytest.mark.parametrize("keys", HELD_BACK.values(), ids=HELD_BACK.keys())
def test_a_path_of_what_is_held_back_is_plain_text_and_told(tmp_path: Path, keys: dict[str, str]) -> None:
    files = {
        "articles/a.md": article("Read [the other](/2026/11/b/) and [its tag](/tags/rare/) soon."),
        "articles/b.md": article(**{"date": "2026-11-02", "tags": "[Rare]", "slug": "b", "url": "/2026/11/b/", **keys}),
    }
    digest(tmp_path, files)
    assert "<p>Read the other and its tag soon.</p>" in rendered(tmp_path, "/2026/11/a/")
    assert [one.split(": ")[2] for one in notices_of(tmp_path)] == [
        "the link /2026/11/b/ leads to what is held back; shown without the link",
        "the link /tags/rare/ leads to what is held back; shown without the link",
    ]


def test_what_expires_goes_though_others_link_to_its_address(tmp_path: Path) -> None:
    files = {"articles/a.md": article("[b](/2026/11/b/)"), "articles/b.md": article(expiry_date="2026-12-24")}
    digest(tmp_path, files)
    built(tmp_path)
    assert (tmp_path / "site/2026/11/b/index.html").exists()
    built(tmp_path, datetime(2026, 12, 25, tzinfo=UTC))
    assert not (tmp_path / "site/2026/11/b/index.html").exists()


def test_a_scheduled_edition_is_looked_at_before_its_day(tmp_path: Path) -> None:
    text = "---\ntitle: Later\ndate: 2026-12-24\nsections: [{title: One, articles: [gone, a]}]\n---\n"
    digest(tmp_path, {"articles/a.md": article(), "editions/later.md": text})
    assert [one.split(": ")[2] for one in notices_of(tmp_path)] == ["there is no article gone"]


def test_file_names_in_another_unicode_form_are_found(tmp_path: Path) -> None:
    decomposed = unicodedata.normalize("NFD", "bär")
    files: dict[str, str | bytes] = {
        f"articles/{decomposed}.md": article(), f"articles/{decomposed}.png": png(),
        "articles/a.md": article("[one](bär.md) ![two](bär.png)"), "articles/b.markdown": article("[a](a) [b](b)"),
    }
    digest(tmp_path, files)
    assert told(tmp_path) == ""


def test_a_draft_is_left_in_peace_until_it_is_shown(tmp_path: Path) -> None:
    digest(tmp_path, {"articles/draft.md": article(BROKEN, draft="true")})
    assert notices_of(tmp_path) == []


def test_a_link_out_of_the_content_folder_leads_nowhere(tmp_path: Path) -> None:
    digest(tmp_path, {"articles/a.md": article("[x](../../broadsheet.toml) ![y](../../../x.png)")})
    assert len(problems_of(tmp_path)) == 2


def test_an_svg_beside_an_article_is_refused_with_a_way_out(tmp_path: Path) -> None:
    digest(tmp_path, {"articles/a.md": article("![x](x.svg)", image="x.svg"), "articles/x.svg": "<svg/>"})
    found = problems_of(tmp_path)
    assert [one.line for one in found] == [4, 6]
    assert {one.hint for one in found} == {
        "an SVG can hold script; put one you trust into static/ and write /its-name.svg"
    }


def test_pictures_carry_their_size_and_only_those_in_use_are_published(tmp_path: Path) -> None:
    digest(
        tmp_path,
        {"articles/a.md": article("![b](b%20c.png)", image="a.png"), "articles/a.png": png(5, 7),
         "articles/b c.png": png(2, 9), "articles/unused.png": png()},
    )  # fmt: skip
    made = assembled(tmp_path)
    picture = made.site.articles[0].teaser.image
    assert picture
    assert (picture.url, picture.width, picture.height, picture.type) == ("/media/articles/a.png", 5, 7, "image/png")
    assert 'src="/media/articles/b%20c.png" width="2" height="9"' in rendered(tmp_path, "/2026/11/a/")
    assert [url for url, _ in made.site.media] == ["/media/articles/a.png", "/media/articles/b c.png"]


def test_a_picture_may_lie_in_static_or_on_another_host(tmp_path: Path) -> None:
    digest(
        tmp_path,
        {"articles/a.md": article(image="/seal.png"), "articles/b.md": article(image="https://p.example/x.png")},
    )
    write(tmp_path, {"static/seal.png": png()})
    images = {one.article.slug: one.teaser.image for one in assembled(tmp_path).site.articles}
    assert {slug: image.url for slug, image in images.items() if image} == {
        "a": "/seal.png", "b": "https://p.example/x.png"
    }  # fmt: skip


def test_a_picture_of_a_format_that_browsers_do_not_show_is_told_what_to_become(tmp_path: Path) -> None:
    digest(tmp_path, {"articles/a.md": article("![a](IMG_1.HEIC)"), "articles/IMG_1.HEIC": b"x"})
    (found,) = problems_of(tmp_path)
    assert found.message == "there is no picture IMG_1.HEIC"
    assert found.hint == "browsers do not show this format; save it as JPEG, PNG, WebP, AVIF or GIF"


def test_a_static_file_that_is_no_picture_is_no_picture() -> None:
    found = collect(Content(articles=(an_article("a", image=Image(path="/x.js")),)), CONFIG, root=Path(), now=NOW)
    assert [one.message for one in found.problems] == ["there is no picture /x.js"]


# Editions


def test_an_edition_shows_its_articles_in_the_order_picked() -> None:
    edition = Edition(
        path="editions/one.md", title="One", date=NOW, slug="one",
        sections=(
            EditionSection(title="First", articles=("c", "articles/a.md")),
            EditionSection(title="Held", articles=("draft",)),
            EditionSection(title="Last", articles=("2026/b",)),
        ),
    )  # fmt: skip
    articles = (an_article("a"), an_article("2026/b"), an_article("c"), an_article("draft", draft=True))
    (one,) = site_of(*articles, editions=(edition,)).editions
    assert [(part.title, [teaser.title for teaser in part.articles]) for part in one.sections] == [
        ("First", ["C", "A"]), ("Last", ["2026/B"])
    ]  # fmt: skip


def test_an_edition_that_names_two_articles_at_once_is_told_which(tmp_path: Path) -> None:
    edition = "---\ntitle: One\nsections:\n  - title: All\n    articles: [same]\n---\n"
    digest(
        tmp_path,
        {"articles/x/same.md": article(), "articles/y/same.md": article(date="2025-01-01"),
         "editions/2026-11-03.md": edition},
    )  # fmt: skip
    (problem,) = problems_of(tmp_path)
    assert problem.message == "same could be content/articles/x/same.md or content/articles/y/same.md"
    assert problem.line == 5


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    digest(
        tmp_path,
        {
            "articles/a.md": article("[x](gone.md)", id="i"), "articles/b.md": article(id="i", image="gone.png"),
            "articles/c.md": article(url="/same/"), "articles/d.md": article(url="/SAME/"),
            "articles/e.md": article(template="gone.html"),
            "editions/2026-11-03.md": "---\ntitle: E\nsections:\n  - title: S\n    articles: [gone]\n---\n",
            "tags.yaml": "- name: One\n- {name: Two, slug: one}\n",
        },
    )  # fmt: skip
    text = "\n".join(describe(one) for one in problems_of(tmp_path))
    for words in (
        "the link gone.md leads nowhere", "there is no picture gone.png", "are claimed by", "there is no gone.html",
        "there is no article gone", "has the address of", "is also that of",
    ):  # fmt: skip
        assert words in text
