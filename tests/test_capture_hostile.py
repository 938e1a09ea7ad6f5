"""Pages and texts broken at random, and by those who mean it: a clear error or a clean article, and nothing else."""

from __future__ import annotations

import json
import lzma
import random
import re
import tarfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from html import escape
from pathlib import Path

import pytest
from digests import built, config_of, digest, tree
from hostile import PAYLOADS, dangers

from broadsheet import content
from broadsheet.capture.clean import clean
from broadsheet.capture.desk import Desk, Draft
from broadsheet.capture.illustrate import Pictures
from broadsheet.capture.load import named, read
from broadsheet.capture.nouns import Capture
from broadsheet.errors import BroadsheetError, ContentError
from broadsheet.markup import to_html

FIXTURES = Path(__file__).parent / "fixtures" / "capture"
SHARED = Path(__file__).resolve().parent.parent.parent / "shared" / "cleaning" / "dev"
NOW = datetime(2026, 11, 22, tzinfo=UTC)
LONGEST = 5.0
"""Seconds of CPU for one capture."""

PIECES = (
    "<", ">", "</div>", "<div>", "<p>", "\x00", "<script>", "</script>", "<!--", "-->", "<table>", "<li>", "<br>",
    "&#x0;",
    "\u202e", "<template>", "<noscript>", "\r", "\n\n", "<pre>", "<article>", '"', "'",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    '<base href="javascript:alert(1)//">', "<xmp>", "<plaintext>", "<title>", "```", "[^1]: x",
    "[a]: javascript:alert(1)",
    "\n---\n", "\n    ", '<a href="../../../etc/passwd">x</a>', "[x](other.md)", "![x](y.png)", "\n> ", "&#xd800;",
    "\u2028",
    "\x85", "\x1b[31m", "<meta charset=utf-16>", "<a href='http://[::1'>z</a>", "</article>", *PAYLOADS,
)  # fmt: skip

NASTY = (
    "a\nb", "---\ntitle: x\n---", "\"quoted\" 'both'", "x\x00y", "\x1b[31mred", "\u202egnp.exe", "x" * 10_000,
    "../../../etc/passwd",
    "..", "con", "NUL", "\N{GRINNING FACE}" * 30, "!!python/object/apply:os.system [x]", "&a *a", "[a, b", "{a: b",
    "- a", "# a", "null",
    "true", "12", "1e5", "2026-01-01", "2026-01-01 and after", "~", "   ", "\u2028x",
    "</script><script>alert(1)</script>", "a: b",
    "a #b", "|", "> x", "C:\\windows", "%2e%2e%2f", "javascript:alert(1)", "http://[::1", "file:///etc/passwd",
    "//evil.example",
    "https://a.example/" + "x" * 9000, "9999-12-31T23:59:59+14:00", "0001-01-01T00:00:00-14:00", "2026-02-30",
    "\u0130", "e\u0301" * 500,
)  # fmt: skip

PLACES = (
    "og:title", "og:description", "og:image", "og:url", "og:site_name", "og:locale", "article:author", "article:tag",
    "article:published_time", "article:modified_time", "author", "keywords", "description", "date",
)  # fmt: skip
STATED = (
    "headline", "author", "datePublished", "dateModified", "publisher", "keywords", "image", "url", "inLanguage",
    "description",
    "articleBody", "license",
)  # fmt: skip


def seeds() -> list[bytes]:
    files = sorted([*(FIXTURES / "html").glob("*.html"), *(FIXTURES / "text").glob("*.txt")])
    return [file.read_bytes() for file in files]


def mutated(data: bytes, chance: random.Random) -> bytes:
    """A capture cut, doubled, and with pieces put in that mean something to some parser."""
    for _ in range(chance.randint(1, 10)):
        at, piece = chance.randrange(len(data) + 1), chance.choice(PIECES).encode("utf-8", "surrogatepass")
        other = chance.randrange(len(data) + 1)
        data = chance.choice(
            (
                data[:at] + piece + data[at:],
                data[:at] + piece * chance.choice((2, 20, 300)) + data[at:],
                data[:at] + data[at + chance.choice((1, 5, 100, 2000)) :],
                data[:at] + data[other : other + chance.choice((10, 200, 2000))] + data[at:],
                data[:at] + bytes([chance.randrange(256)]) + data[at + 1 :],
                data[: max(at, 200)],
            )
        )
    return data


def with_nasty_facts(page: bytes, chance: random.Random) -> bytes:
    """A page that states of itself what nobody should believe."""
    places = chance.sample(PLACES, 5)
    metas = [f'<meta property="{place}" content="{escape(chance.choice(NASTY))}">' for place in places]
    stated = chance.sample(STATED, 6)
    said = {key: chance.choice((chance.choice(NASTY), [chance.choice(NASTY), None, 3])) for key in stated}
    data = json.dumps({"@context": "https://schema.org", "@type": "NewsArticle", **said})
    metas.append(f'<script type="application/ld+json">{data}</script>')
    metas.append(f'<link rel=canonical href="{escape(chance.choice(NASTY))}">')
    bare = re.sub(rb"<meta[^>]*>|<script.*?</script>|<title.*?</title>", b"", page, flags=re.S)
    return b"<!doctype html><head>" + "".join(metas).encode() + bare


def drafted(desk: Desk, data: bytes) -> Draft | None:
    """The draft of a capture; None where a clear error says why there is none. Holds it to what every draft must be."""
    capture = Capture(name="hostile", data=data, address="https://news.example/a")
    began = time.process_time()
    try:
        draft = desk.drafted(capture, clean(capture), captured_at=NOW, pictures=Pictures(None))
    except ContentError:
        return None
    finally:
        assert time.process_time() - began < LONGEST
    article = content.parse(draft.text, draft.path, timezone=desk.config.timezone)
    written = draft.illustrated.article
    assert article.body.strip() == written.body.strip() != ""
    assert article.title == written.title.strip() != ""
    assert (article.authors, article.tags, article.dek) == (written.authors, written.tags, written.dek)
    assert re.fullmatch(r"articles/\d{4}/\d\d/[^/\\\s.]+\.md", draft.path)
    assert all(re.fullmatch(r"[^/\\\s.]+\.(?:avif|gif|jpg|png|webp)", name) for name in draft.illustrated.files)
    return draft


def hold(root: Path, captures: Iterator[bytes]) -> int:
    """How many became articles; all are held to their laws, written, and published together."""
    desk = Desk(digest(root, {}), config_of(root))
    drafts = []
    for number, data in enumerate(captures):
        if draft := drafted(desk, data):
            body = to_html(draft.illustrated.article.body)
            # A browser's parser takes long; most that is active is seen without.
            if number % 10 == 0 or re.search(r"<[^>]*(?:script|\son\w|style)", body, re.I):
                assert dangers(body) == []
            desk.add(draft)
            drafts.append(draft.path)
    publish(root, drafts)
    return len(drafts)


def publish(root: Path, paths: list[str]) -> None:
    for path in paths:
        file = root / "content" / path
        text = re.sub(r"(?m)^date:$", "date: 2026-11-22", file.read_text("utf-8"), count=1)
        file.write_bytes(text.replace("\ndraft: true\n", "\ndraft: false\n", 1).encode())
    written = {name.split("/")[0] for name in tree(root)}
    assert written == {"broadsheet.toml", "content", "capture", "static", "templates"}
    built(root, datetime(9999, 1, 1, tzinfo=UTC))


def test_captures_broken_at_random_become_articles_or_clear_errors(tmp_path: Path) -> None:
    chance, known = random.Random(20_261_122), seeds()
    assert hold(tmp_path, (mutated(chance.choice(known), chance) for _ in range(600))) > 300


def test_pages_that_lie_about_themselves_become_articles_or_clear_errors(tmp_path: Path) -> None:
    chance = random.Random(19_380_401)
    known = [file.read_bytes() for file in sorted((FIXTURES / "html").glob("*.html"))]
    assert hold(tmp_path, (with_nasty_facts(chance.choice(known), chance) for _ in range(300))) > 200


@pytest.mark.skipif(not SHARED.is_dir(), reason=f"the shared pages are not here ({SHARED})")
def test_real_captures_broken_at_random_become_articles_or_clear_errors(tmp_path: Path) -> None:
    chance = random.Random(7)
    with tarfile.open(SHARED / "html.tar.xz") as archive:
        pages = [file.read() for member in archive if (file := archive.extractfile(member))]
    texts = [text.encode() for text in json.loads(lzma.decompress((SHARED / "texts.json.xz").read_bytes())).values()]
    assert hold(tmp_path, (mutated(chance.choice(chance.choice((pages, texts))), chance) for _ in range(200))) > 100


def test_a_name_that_no_disk_can_hold_is_not_there(tmp_path: Path) -> None:
    name = "x" * 5000
    assert named([name]) == [name]
    with pytest.raises(BroadsheetError, match="cannot be read"):
        read(name)
    story = (FIXTURES / "html" / "plain-article.html").read_bytes()
    capture = Capture(name=name, data=story)
    desk = Desk(digest(tmp_path, {}), config_of(tmp_path))
    assert desk.drafted(capture, clean(capture), captured_at=NOW, pictures=Pictures(None)).text


def test_a_story_that_would_take_minutes_to_render_is_refused(tmp_path: Path) -> None:
    desk = Desk(digest(tmp_path, {}), config_of(tmp_path))
    page = "<article><h1>The council voted</h1><p>" + "`note` [1] " * 30_000 + "</p></article>"
    capture = Capture(name="x.html", data=page.encode())
    began = time.process_time()
    with pytest.raises(ContentError, match="in one paragraph"):
        desk.drafted(capture, clean(capture), captured_at=NOW, pictures=Pictures(None))
    assert time.process_time() - began < LONGEST


@pytest.mark.parametrize("page", ["<p>" + "<em>word</em> and " * 12_000, ("<p>" + "<em>word</em> and " * 1000) * 50])
def test_paragraphs_of_thousands_of_elements_are_cleaned_in_time(page: str) -> None:
    began = time.process_time()
    assert clean(Capture(name="x.html", data=f"<article><h1>The council voted</h1>{page}</article>".encode()))
    assert time.process_time() - began < LONGEST


def test_a_title_that_begins_with_a_day_gives_the_article_no_date(tmp_path: Path) -> None:
    desk = Desk(digest(tmp_path, {}), config_of(tmp_path))
    story = re.sub(rb"<h1>.*?</h1>", b"", (FIXTURES / "html" / "plain-article.html").read_bytes(), flags=re.S)
    page = with_title(story, "2026-01-01 2026-01-02 and after")
    draft = drafted(desk, page)
    assert draft is not None
    assert draft.path == "articles/2026/11/and-after.md"


def with_title(page: bytes, title: str) -> bytes:
    bare = re.sub(rb"<meta[^>]*>|<script.*?</script>|<title.*?</title>|<time.*?</time>", b"", page, flags=re.S)
    data = json.dumps({"@context": "https://schema.org", "@type": "NewsArticle", "headline": title})
    script = f'<script type="application/ld+json">{data}</script>'
    head = f'<!doctype html><meta charset="utf-8"><title>{title}</title>{script}'
    return head.encode() + bare


def test_two_who_write_one_article_at_once_lose_none(tmp_path: Path) -> None:
    root = digest(tmp_path, {})
    desks = [Desk(root, config_of(root)) for _ in range(2)]
    page = (FIXTURES / "html" / "plain-article.html").read_bytes()
    drafts = [drafted(desk, page + b" " * number) for number, desk in enumerate(desks)]
    assert drafts[0] is not None
    assert drafts[1] is not None
    desks[0].add(drafts[0])
    with pytest.raises(ContentError, match="written by another"):
        desks[1].add(drafts[1])
    assert (root / "content" / drafts[0].path).read_text("utf-8") == drafts[0].text
