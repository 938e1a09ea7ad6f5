"""`broadsheet add` as an editor runs it: from what came in to an article's file, and again."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from capture_server import NOT_FOUND, answer, fetcher, page, redirect, served
from digests import png
from serving import digest

from broadsheet import cli
from broadsheet.capture import inbox
from broadsheet.cli import adding
from broadsheet.content import parse
from broadsheet.model import Article

NOW = "1795305600"  # 2026-11-22T00:00Z
SAMPLES = Path(__file__).resolve().parents[2] / "shared" / "samples"

Run = Callable[..., tuple[int, str, str]]

STORY = (
    "The harbour council voted on Tuesday to close the old yard at Brinhaven, ending ninety years of shipbuilding "
    "on the north bank of the river.",
    "Nine of the twelve members backed the plan, which moves the last forty workers to the dry dock at Quay Street "
    "before the end of March.",
    "“We kept the yard open for as long as there were orders to fill,” said the council's chair, Ada Example. “Since "
    "the spring there have been none.”",
    "Two cranes from 1938 will stay where they are. The council has asked the museum for a plan to keep them "
    "standing, and expects an answer in June.",
    "The union said it had been told of the vote by post. It will meet the council on Friday to speak about the "
    "terms of the move, a spokesman said.",
)  # fmt: skip


TITLE = "Council closes the Brinhaven yard"


def article_page(*, title: str = TITLE, story: tuple[str, ...] = STORY, more: str = "") -> str:
    data = {
        "@context": "https://schema.org", "@type": "NewsArticle", "headline": title,
        "author": [{"@type": "Person", "name": "Bo Example"}], "datePublished": "2026-11-20T08:30:00+01:00",
        "publisher": {"@type": "Organization", "name": "Harbour News"}, "keywords": ["Ports", "Ships"],
    }  # fmt: skip
    paragraphs = "\n".join(f"<p>{escape(one)}</p>" for one in story)
    return f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title} | Harbour News</title>
<meta property="og:site_name" content="Harbour News">
<meta name="description" content="Forty workers move to Quay Street">
<script type="application/ld+json">{json.dumps(data)}</script>{more}</head><body>
<nav><ul><li><a href="/">Home</a></li><li><a href="/ports">Ports</a></li><li><a href="/login">Log in</a></li></ul></nav>
<main><article><h1>{title}</h1>
{paragraphs}
</article></main>
<aside><h2>More stories</h2><ul><li><a href="/a">Ferry fares rise again</a></li>
<li><a href="/b">Lock gates stuck</a></li></ul></aside>
<footer><p>Subscribe to our newsletter. © 2026 Harbour News. All rights reserved.</p></footer></body></html>"""


def with_picture(address: str) -> str:
    figure = f'<figure><img src="{address}" alt="A crane" width="600" height="400"></figure>'
    return article_page().replace("<p>Two", f"{figure}<p>Two")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "digest"
    folder.mkdir()
    digest(folder)
    return folder


@pytest.fixture
def run(root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The program in the digest's folder: exit code, output, errors. It may fetch from this machine alone."""
    monkeypatch.chdir(root)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", NOW)
    monkeypatch.setattr(adding, "fetcher", lambda config: fetcher())

    def done(*arguments: str, stdin: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
        capsys.readouterr()
        code = cli.main(list(arguments))
        out, err = capsys.readouterr()
        return code, out, err

    return done


def articles(root: Path) -> dict[str, str]:
    """Every captured article's file by its path below content/articles."""
    folder = root / "content" / "articles"
    return {
        file.relative_to(folder).as_posix(): text
        for file in sorted(folder.rglob("*.md"))
        if "content_hash" in (text := file.read_text("utf-8"))
    }


def the_article(root: Path) -> Article:
    ((path, text),) = articles(root).items()
    return parse(text, f"articles/{path}", timezone=ZoneInfo("UTC"))


def saved(root: Path, name: str = "yard.html", text: str = "") -> str:
    file = root.parent / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text or article_page(), "utf-8")
    return str(file)


# What it makes


def test_a_saved_page_becomes_a_draft(root: Path, run: Run) -> None:
    code, out, _ = run("add", saved(root))
    assert code == 0
    article = the_article(root)
    assert article.path == "articles/2026/11/council-closes-the-brinhaven-yard.md"
    assert article.draft
    assert article.title == "Council closes the Brinhaven yard"
    assert article.authors == ("Bo Example",)
    assert article.date == datetime.fromisoformat("2026-11-20T08:30+01:00")
    assert article.source is not None
    assert article.source.name == "Harbour News"
    assert article.captured_at == datetime(2026, 11, 22, tzinfo=UTC)
    assert article.body == "\n\n".join(STORY)
    assert out.startswith("content/articles/2026/11/council-closes-the-brinhaven-yard.md\n")
    assert "authors   Bo Example (JSON-LD)" in out
    assert all(len(line) <= 80 for line in out.splitlines())


def test_scraped_text_becomes_a_draft_with_blanks_to_fill(root: Path, run: Run) -> None:
    text = "\n\n".join([TITLE, "share", *STORY, "Sign up for our newsletter", "Most read"])
    assert run("add", saved(root, "yard.txt", text))[0] == 0
    article = the_article(root)
    assert article.body == "\n\n".join(STORY)
    assert (article.authors, article.tags, article.date) == ((), (), article.captured_at)
    assert "authors" in article.review[0]
    assert "\ndate:\n" in next(iter(articles(root).values()))


def test_the_build_goes_on_with_a_draft_that_has_no_date(root: Path, run: Run) -> None:
    run("add", saved(root, "yard.txt", "\n\n".join(STORY)))
    code, out, _ = run("build")
    assert code == 0
    assert "draft" in out


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample lies beside the checkout")
def test_a_real_scrape_becomes_its_eleven_paragraphs(root: Path, run: Run) -> None:
    sample = SAMPLES / "blockworks-scrape.txt"
    assert run("add", str(sample))[0] == 0
    article = the_article(root)
    lines = [line.strip() for line in sample.read_text("utf-8").splitlines() if line.strip()]
    start = next(number for number, line in enumerate(lines) if line.startswith("Beijing is subtly"))
    assert article.body.split("\n\n") == lines[start : start + 11]
    assert article.title == lines[0]
    assert article.dek == article.summary == lines[1]
    assert article.source is not None
    assert article.source.name == "Blockworks"
    assert (article.authors, article.tags) == ((), ())
    assert f"image_credit: {lines[3]}\n" in next(iter(articles(root).values()))


def test_pictures_saved_with_a_page_lie_beside_the_article(root: Path, run: Run) -> None:
    text = with_picture("yard_files/crane.png")
    path = saved(root, "yard.html", text)
    (root.parent / "yard_files").mkdir()
    (root.parent / "yard_files" / "crane.png").write_bytes(png())
    assert run("add", path)[0] == 0
    assert "![A crane](council-closes-the-brinhaven-yard.png)" in the_article(root).body
    assert (root / "content/articles/2026/11/council-closes-the-brinhaven-yard.png").read_bytes() == png()
    assert run("build", "--drafts")[0] == 0


def test_the_digests_own_words_are_used_for_tags(root: Path, run: Run) -> None:
    (root / "content" / "tags.yaml").write_text("- name: Harbours\n  aliases: [ports]\n")
    _, out, _ = run("add", saved(root))
    assert the_article(root).tags == ("Harbours",)
    assert "not in this digest's tags: Ships" in out
    assert "not in this digest's tags: Ships" in the_article(root).review


# Never over what is there


def test_the_same_source_again_says_which_file_has_it(root: Path, run: Run) -> None:
    path = saved(root)
    run("add", path)
    before = articles(root)
    code, out, _ = run("add", path)
    assert code == 0
    assert out == f"{path}: already in content/articles/2026/11/council-closes-the-brinhaven-yard.md\n"
    assert articles(root) == before


def test_two_stories_of_one_title_get_two_files(root: Path, run: Run) -> None:
    other = tuple(sentence.replace("yard", "slip") for sentence in STORY)
    assert run("add", saved(root), saved(root, "other.html", article_page(story=other)))[0] == 0
    assert list(articles(root)) == [
        "2026/11/council-closes-the-brinhaven-yard-2.md", "2026/11/council-closes-the-brinhaven-yard.md"
    ]  # fmt: skip


def test_dry_run_prints_the_markdown_and_writes_nothing(root: Path, run: Run) -> None:
    before = sorted(root.rglob("*"))
    code, out, err = run("add", saved(root), "--dry-run")
    assert code == 0
    assert out.startswith("---\ntitle: Council closes the Brinhaven yard\n")
    assert "confidence" in err
    assert sorted(root.rglob("*")) == before


def test_one_bad_source_stops_none_of_the_others(root: Path, run: Run) -> None:
    code, _, err = run("add", "nowhere.html", saved(root), saved(root, "empty.html", "<html></html>"))
    assert code == 1
    assert len(articles(root)) == 1
    assert "nowhere.html: error: is not there" in err
    assert "no story was found in it" in err
    assert "1 added, 2 failed" in err


def test_a_folder_brings_its_pages_and_texts(root: Path, run: Run) -> None:
    saved(root, "in/a.html")
    saved(root, "in/b/c.txt", "\n\n".join(sentence.replace("yard", "slip") for sentence in STORY))
    saved(root, "in/notes.bin", "not asked for")
    assert run("add", str(root.parent / "in"))[0] == 0
    assert len(articles(root)) == 2


def test_standard_input_is_a_source(root: Path, run: Run) -> None:
    assert run("add", "-", "--url", "https://harbour.example/yard", stdin=article_page())[0] == 0
    assert the_article(root).canonical_url == "https://harbour.example/yard"


def test_one_address_is_not_that_of_two_pages(root: Path, run: Run) -> None:
    code, _, err = run("add", saved(root), saved(root, "later.html"), "--url", "https://harbour.example/yard")
    assert code == 2
    assert "--url is the address of one page, and 2 are to be added" in err
    assert not list((root / "content" / "articles").glob("**/*yard*"))


def test_machines_get_a_line_for_each_source(root: Path, run: Run) -> None:
    code, out, err = run("add", "--json", saved(root), "nowhere.html")
    assert (code, err) == (1, "")
    found = {one["outcome"]: one for one in map(json.loads, out.splitlines())}
    assert found["added"]["path"] == "content/articles/2026/11/council-closes-the-brinhaven-yard.md"
    assert found["added"]["text"] == "\n\n".join(STORY)
    assert found["added"]["origins"]["authors"] == "JSON-LD"
    assert found["failed"]["problems"][0]["message"] == "is not there"


def test_why_tells_every_dropped_line(root: Path, run: Run) -> None:
    _, out, _ = run("add", saved(root), "--why")
    assert "Ferry fares rise again" in out
    assert "Log in" in out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "name a file, a folder, a web address"),
        (["x", "--since", "2026-11-01"], "--since belongs to --feed"),
        (["--again", "--update"], "--again takes articles"),
    ],
)
def test_what_makes_no_sense_is_said(run: Run, arguments: list[str], message: str) -> None:
    code, _, err = run("add", *arguments)
    assert code == 2
    assert message in err


# The editor's own rules, and what is remembered


def test_an_editors_rules_win(root: Path, run: Run) -> None:
    (root / "capture" / "rules").mkdir(parents=True)
    (root / "capture" / "rules" / "harbour.example.toml").write_text('drop_lines = ["The union said *"]\n')
    assert run("add", saved(root), "--url", "https://www.harbour.example/yard")[0] == 0
    assert the_article(root).body == "\n\n".join(STORY[:-1])


def test_the_lines_of_a_source_are_remembered(root: Path, run: Run) -> None:
    run("add", saved(root), "--url", "https://harbour.example/yard")
    memory = json.loads((root / "capture" / "memory" / "harbour.example.json").read_text("utf-8"))
    assert len(memory["captures"]) == 1


# Again


def test_cleaning_again_keeps_what_the_editor_wrote(root: Path, run: Run) -> None:
    run("add", saved(root), "--url", "https://harbour.example/yard")
    file = root / "content/articles/2026/11/council-closes-the-brinhaven-yard.md"
    edited = file.read_text().replace("draft: true", "draft: false # checked")
    edited = edited.replace(STORY[1], "Nine of twelve agreed.")
    file.write_text(edited)
    assert run("add", "--again")[1] == "content/articles/2026/11/council-closes-the-brinhaven-yard.md: unchanged\n"
    (root / "capture" / "rules").mkdir(parents=True)
    (root / "capture" / "rules" / "harbour.example.toml").write_text('drop_lines = ["The union said *"]\n')
    code, out, err = run("add", "--again", str(file))
    assert code == 0
    assert f"-{STORY[4]}" in out
    assert "--yes writes it" in err
    assert file.read_text() == edited
    assert run("add", "--again", "--yes")[0] == 0
    assert file.read_text() == edited.replace(f"\n\n{STORY[4]}", "")


def test_an_update_shows_what_would_change(root: Path, run: Run) -> None:
    url = "https://harbour.example/yard"
    run("add", saved(root), "--url", url)
    file = root / "content/articles/2026/11/council-closes-the-brinhaven-yard.md"
    file.write_text(file.read_text().replace("title: Council closes", "title: City closes"))
    later = (*STORY, "On Saturday the museum said that it would take both cranes, and pay for their painting.")
    code, out, _ = run("add", saved(root, "later.html", article_page(story=later)), "--url", url, "--update", "--yes")
    assert code == 0
    assert f"+{later[-1]}" in out
    article = the_article(root)
    assert article.title == "City closes the Brinhaven yard"
    assert article.body == "\n\n".join(later)


def test_a_file_that_changes_meanwhile_is_left_alone(root: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run("add", saved(root), "--url", "https://harbour.example/yard")
    file = root / "content/articles/2026/11/council-closes-the-brinhaven-yard.md"
    (root / "capture" / "rules").mkdir(parents=True)
    (root / "capture" / "rules" / "harbour.example.toml").write_text('drop_lines = ["The union said *"]\n')

    def slow_editor(run: object) -> bool:
        file.write_text(file.read_text() + "\nA note.\n")
        return True

    monkeypatch.setattr(adding, "_is_wanted", slow_editor)
    code, _, err = run("add", "--again")
    assert code == 1
    assert "has been changed in the meantime" in err
    assert file.read_text().endswith("A note.\n")


def test_an_article_without_a_raw_capture_cannot_be_cleaned_again(root: Path, run: Run) -> None:
    code, _, err = run("add", "--again", "content/articles/first.md")
    assert code == 1
    assert "has no raw capture" in err


# From the web


def test_an_address_is_fetched_and_its_pictures_too(root: Path, run: Run) -> None:
    text = with_picture("/crane.png")
    speech = {
        "/yard": page(text.encode()), "/old": redirect("/yard"), "/crane.png": answer(png(), "Content-Type: image/png"),
    }  # fmt: skip
    with served(speech) as server:
        code, _, err = run("add", server.address("/old"))
        assert (code, err) == (0, "")
        article = the_article(root)
        assert article.canonical_url == server.address("/yard")
        assert "![A crane](council-closes-the-brinhaven-yard.png)" in article.body
        asked = len(server.heard)
        _, out, _ = run("add", server.address("/yard?utm_source=feed"))
        assert "already in content/articles" in out
        assert len(server.heard) == asked


def test_a_page_that_is_not_there_is_said(root: Path, run: Run) -> None:
    with served({}) as server:
        code, _, err = run("add", server.address("/gone"))
    assert code == 1
    assert "answers 404: not found" in err
    assert articles(root) == {}


FEED = """<rss version="2.0"><channel><title>Harbour News</title><link>{base}</link>
<item><title>Council closes the Brinhaven yard</title><link>{base}/yard</link>
<pubDate>Fri, 20 Nov 2026 08:30:00 GMT</pubDate></item>
<item><title>An old story</title><link>{base}/old</link><pubDate>Sun, 01 Mar 2026 08:30:00 GMT</pubDate></item>
<item><title>A story that is only here</title><link>{base}/gone</link><author>Cy Example</author>
<pubDate>Sat, 21 Nov 2026 08:30:00 GMT</pubDate><description>{whole}</description></item>
</channel></rss>"""


def test_the_articles_of_a_feed_are_added(root: Path, run: Run) -> None:
    whole = escape("".join(f"<p>{escape(one.replace('yard', 'slip'))}</p>" for one in STORY))
    with served({"/yard": page(article_page().encode())}) as server:
        feed = saved(root, "feed.xml", FEED.format(base=server.address("").rstrip("/"), whole=whole))
        code, _, err = run("add", "--feed", feed, "--since", "2026-11-01")
    titles = {parse(text, path, timezone=ZoneInfo("UTC")).title for path, text in articles(root).items()}
    assert code == 0, err
    assert titles == {"Council closes the Brinhaven yard", "A story that is only here"}
    assert "the text in the feed was taken instead" in err


def test_a_number_of_the_inbox_is_a_source(root: Path, run: Run) -> None:
    with served({"/yard": page(article_page().encode()), "/gone": NOT_FOUND}) as server:
        feed = saved(root, "feed.xml", FEED.format(base=server.address("").rstrip("/"), whole="Short."))
        run("inbox", feed)
        waiting = {one.title: one.number for one in inbox.waiting(inbox.load(root))}
        number = waiting["Council closes the Brinhaven yard"]
        code = run("add", str(number))[0]
    assert code == 0
    assert the_article(root).title == "Council closes the Brinhaven yard"
    assert number not in {one.number for one in inbox.waiting(inbox.load(root))}
    assert run("add", "999")[0] == 1


def test_a_story_that_no_build_would_take_is_not_written(root: Path, run: Run) -> None:
    endless = tuple(" ".join([one] * 400) for one in STORY * 4)
    code, _, err = run("add", saved(root, "endless.html", article_page(story=endless)))
    assert code == 1
    assert "its story cannot be built: it has more than 1,000,000 letters" in err
    assert articles(root) == {}


def test_what_was_saved_by_hand_waits_in_the_inbox_no_longer(root: Path, run: Run) -> None:
    feed = saved(root, "feed.xml", FEED.format(base="https://harbour.example", whole="Short."))
    run("inbox", feed)
    assert run("add", saved(root), "--url", "https://harbour.example/yard")[0] == 0
    assert TITLE not in {one.title for one in inbox.waiting(inbox.load(root))}


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("ftp://harbour.example/yard", "is an address of the kind ftp:, which is not fetched"),
        ("http://user@harbour.example/", "user@harbour.example"),
    ],
)
def test_addresses_of_other_kinds_are_said_to_be(run: Run, address: str, message: str) -> None:
    code, _, err = run("add", address)
    assert code == 1
    assert message in err
    assert "is not there" not in err
