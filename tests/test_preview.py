"""The preview over HTTP: what it answers, what it refuses, what it says of changes."""

from __future__ import annotations

import http.client
import json
import signal
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from serving import Served, article, digest, save, served

from broadsheet.assemble import assemble
from broadsheet.cli import main
from broadsheet.errors import ConfigError
from broadsheet.preview import state
from broadsheet.preview.app import is_local_name
from broadsheet.preview.server import listen
from broadsheet.preview.state import Preview

NOW = datetime(2026, 11, 22, tzinfo=UTC)
URL = "/2026/11/first/"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    digest(tmp_path)
    return tmp_path


@pytest.fixture
def preview(root: Path) -> Preview:
    preview = Preview(root / "broadsheet.toml", "http://127.0.0.1:8000", lambda: NOW)
    preview.reload()
    return preview


def get(server: Served, path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection(server.host, server.port, timeout=20)
    connection.request(method, path, headers=headers)
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response.status, {name.lower(): value for name, value in response.getheaders()}, body


class Events:
    """A page's stream of server-sent events, read as a browser would."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.response = response

    def next(self) -> tuple[str, str]:
        """The name and data of the next event; signs of life are passed over."""
        name = ""
        while True:
            line = self.response.readline().decode().rstrip("\n")
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: "):
                return name, line.removeprefix("data: ")


@contextmanager
def events(server: Served, path: str, fingerprint: str) -> Iterator[Events]:
    connection = http.client.HTTPConnection(server.host, server.port, timeout=20)
    connection.request("GET", f"/_broadsheet/events?path={path}&fingerprint={fingerprint}")
    response = connection.getresponse()
    assert response.getheader("content-type") == "text/event-stream"
    try:
        yield Events(response)
    finally:
        response.close()
        connection.close()


def fingerprint_in(body: bytes) -> str:
    return body.split(b'data-fingerprint="')[1].split(b'"')[0].decode()


# The server ----------------------------------------------------------------------------------------


def test_pages_feeds_and_files_are_served_with_their_types(root: Path) -> None:
    with served(root) as server:
        expected = {
            "/": "text/html; charset=utf-8",
            URL: "text/html; charset=utf-8",
            "/rss.xml": "application/xml",
            "/style.css": "text/css; charset=utf-8",
            "/robots.txt": "text/plain; charset=utf-8",
            "/_broadsheet/reload.js": "text/javascript; charset=utf-8",
        }
        for path, type in expected.items():
            status, headers, body = get(server, path)
            assert (status, headers["content-type"]) == (200, type), path
            assert body
            assert headers["content-length"] == str(len(body))
            assert headers["cache-control"] == "no-store"


def test_only_the_preview_adds_the_reload_script(root: Path, preview: Preview) -> None:
    assert b"_broadsheet" not in preview.answer(URL).body
    with served(root) as server:
        assert get(server, URL)[2].count(b"/_broadsheet/reload.js") == 1
        assert b"_broadsheet" not in get(server, "/rss.xml")[2]


def test_a_path_without_its_slash_leads_to_the_page(root: Path) -> None:
    with served(root) as server:
        status, headers, _ = get(server, URL.rstrip("/"))
        assert (status, headers["location"]) == (302, URL)


def test_what_is_not_there_gets_the_page_for_it(root: Path) -> None:
    with served(root) as server:
        status, _, body = get(server, "/nothing/")
        assert status == 404
        assert b"<h1" in body


@pytest.mark.parametrize(
    "path",
    ["/../broadsheet.toml", "/%2e%2e/broadsheet.toml", "/..%2fbroadsheet.toml", "/content/articles/first.md",
     "//etc/passwd", "/%00", "/.broadsheet/manifest.json", "/_broadsheet/../../etc/passwd", "/_broadsheet/state.py"],
)  # fmt: skip
def test_the_disk_is_never_served(root: Path, path: str) -> None:
    with served(root) as server:
        status, _, body = get(server, path)
        assert status == 404
        assert b"base_url" not in body


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_nothing_can_be_written(root: Path, method: str) -> None:
    with served(root) as server:
        status, headers, _ = get(server, "/", method)
        assert (status, headers["allow"]) == (405, "GET, HEAD")


def test_head_answers_without_a_body(root: Path) -> None:
    with served(root) as server:
        status, headers, body = get(server, "/", "HEAD")
        assert status == 200
        assert int(headers["content-length"]) > 0
        assert body == b""


def test_a_strangers_host_name_is_refused(root: Path) -> None:
    with served(root) as server:
        assert get(server, "/", Host="evil.example")[0] == 421
        assert get(server, "/", Host=f"localhost:{server.port}")[0] == 200


@pytest.mark.parametrize(
    ("host", "expected"),
    [("127.0.0.1:8000", True), ("localhost", True), ("[::1]:8000", True), ("192.168.0.7:80", True),
     ("evil.example", False), ("127.0.0.1.evil.example", False), ("localhost.evil.example", False),
     ("", False), ("[", False)],
)  # fmt: skip
def test_only_names_of_this_machine_are_local(host: str, expected: bool) -> None:
    assert is_local_name(host) is expected


def test_a_site_below_a_path_is_previewed_there(tmp_path: Path) -> None:
    digest(tmp_path, prefix="/news")
    with served(tmp_path) as server:
        assert server.address.endswith("/news/")
        assert get(server, "/")[1]["location"] == "/news/"
        assert get(server, f"/news{URL}")[0] == 200
        assert get(server, URL)[0] == 404


def test_a_taken_port_is_a_clear_error(
    root: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert main(["serve", "--port", str(port)]) == 2
    assert f"127.0.0.1:{port}: error: cannot listen here" in capfd.readouterr().err


def test_interrupting_it_ends_it_at_once_though_a_page_listens(root: Path) -> None:
    with served(root) as server, events(server, "/", "stale") as stream:
        assert stream.next()[0] == "reload"
        server.process.send_signal(signal.SIGINT)
        assert server.process.wait(10) == 0


# What it says of changes ---------------------------------------------------------------------------


def test_an_edit_reloads_the_pages_that_show_it_and_no_others(root: Path, preview: Preview) -> None:
    file = root / "content" / "articles" / "first.md"
    before = {url: preview.fingerprint(url) for url in (URL, "/", "/about-nothing/")}
    save(file, article("The first, edited"))
    preview.reload()
    assert preview.fingerprint(URL) != before[URL]
    assert preview.fingerprint("/") != before["/"]
    save(root / "content" / "articles" / "second.md", article("The second", body="Another text."))
    first, second = preview.fingerprint("/archive/"), preview.fingerprint("/2026/11/second/")
    preview.reload()
    assert preview.fingerprint("/archive/") == first
    assert preview.fingerprint("/2026/11/second/") != second


def test_a_page_is_rendered_once_for_each_change_and_only_when_asked_for(root: Path, preview: Preview) -> None:
    assert preview.renders == 0
    preview.answer(URL)
    preview.answer(URL)
    assert preview.renders == 1
    save(root / "content" / "articles" / "first.md", article("The first, edited"))
    preview.reload()
    assert preview.renders == 1
    assert b"The first, edited" in preview.answer(URL).body
    assert preview.renders == 2


def test_only_what_changed_is_read_again(root: Path, preview: Preview) -> None:
    known = {path: entry.value for path, entry in preview.memo.items()}
    file = root / "content" / "articles" / "first.md"
    save(file, article("The first, edited"))
    preview.reload()
    again = {path for path, entry in preview.memo.items() if entry.value is not known.get(path)}
    assert again == {str(file)}


def test_drafts_and_the_future_are_shown_and_marked(root: Path, preview: Preview) -> None:
    text = article("Not yet").replace("---\n\n", "draft: true\n---\n\n", 1)
    (root / "content" / "articles" / "draft.md").write_text(text)
    (root / "content" / "articles" / "later.md").write_text(article("Later").replace("2026-11-02", "2027-01-01"))
    preview.reload()
    assert b"draft" in preview.answer("/2026/11/draft/").body.lower()
    assert b"scheduled for 2027-01-01" in preview.answer("/2027/01/later/").body.lower()


def test_a_broken_edit_keeps_the_last_good_site_up_until_it_is_mended(root: Path, preview: Preview) -> None:
    file = root / "content" / "articles" / "first.md"
    good, fingerprint = preview.answer(URL).body, preview.fingerprint(URL)
    save(file, article("The first").replace("2026-11-02", "2026-13-02"))
    preview.reload()
    assert [(one.path, one.line, one.message) for one in preview.problems] == [
        ("content/articles/first.md", 3, "date: month must be in 1..12")
    ]
    assert preview.answer(URL).body == good
    assert preview.fingerprint(URL) == fingerprint
    save(file, article("The first", body="Mended."))
    preview.reload()
    assert preview.problems == ()
    assert b"Mended." in preview.answer(URL).body


@pytest.mark.parametrize("broken", ["{% if %}", "{{ nobody }}"])
def test_a_broken_template_keeps_the_last_good_page_up(root: Path, preview: Preview, broken: str) -> None:
    good = preview.answer(URL).body
    own = root / "templates" / "article.html"
    own.parent.mkdir()
    own.write_text(f"<h1>One</h1>\n{broken}\n")
    preview.reload()
    kept = preview.answer(URL)
    assert kept.status == 200
    assert kept.body == good
    problem = preview.problems_of(URL)[0]
    assert (problem.path, problem.line) == ("templates/article.html", 2)
    own.write_text("<h1>Mended</h1>\n")
    preview.reload()
    assert preview.problems_of(URL) == ()
    assert preview.answer(URL).body.startswith(b"<h1>Mended</h1>")


def test_a_template_that_fails_when_it_renders_replaces_no_page_seen_or_not(root: Path, preview: Preview) -> None:
    own = root / "templates" / "article.html"
    own.parent.mkdir()
    own.write_text("{{ page.nope }}")
    preview.reload()
    assert [one.path for one in preview.problems] == ["templates/article.html"]
    assert preview.answer("/2026/11/second/").status == 200


def test_a_digest_broken_from_the_start_is_told_and_recovers(root: Path) -> None:
    config = root / "broadsheet.toml"
    good = config.read_text()
    config.write_text("titel = 1\n")
    preview = Preview(config, "http://127.0.0.1:8000", lambda: NOW)
    preview.reload()
    answer = preview.answer("/")
    assert answer.status == 500
    assert b"did you mean title?" in answer.body
    config.write_text(good)
    preview.reload()
    assert preview.answer("/").status == 200


@pytest.mark.parametrize("prefix", ["", "/news", "/n%C3%A4ws"])
def test_what_a_page_was_rendered_with_is_what_its_stream_compares(tmp_path: Path, prefix: str) -> None:
    digest(tmp_path, prefix=prefix)
    preview = Preview(tmp_path / "broadsheet.toml", "http://127.0.0.1:8000", lambda: NOW)
    preview.reload()
    for path in (f"{preview.prefix}{URL}", f"{preview.prefix}{URL}index.html", "/nowhere/", URL, "/archive/"):
        answer = preview.answer(path)
        assert answer.fingerprint
        assert answer.fingerprint == preview.fingerprint(path), path
    assert preview.answer(f"{preview.prefix}{URL}").status == 200
    assert preview.answer(f"{preview.prefix}{URL}index.html").status == 200
    if prefix:
        assert preview.answer(preview.prefix).location == f"{prefix}/"
        assert preview.answer(URL).status == 404


def test_a_new_timezone_is_that_of_every_date_at_once(root: Path, preview: Preview) -> None:
    assert preview.answer(URL).status == 200
    config = root / "broadsheet.toml"
    config.write_text(config.read_text() + 'timezone = "Pacific/Auckland"\n')
    preview.reload()
    assert b"2026-11-02T00:00:00+13:00" in preview.answer(URL).body


def test_what_git_and_editors_keep_beside_templates_is_none(root: Path, preview: Preview) -> None:
    for name in (".git/index", ".page.html.swp", "page.html~"):
        file = root / "templates" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"\xff\xfe")
    preview.reload()
    assert preview.problems == ()


def test_a_template_that_cannot_be_read_is_told_and_not_the_end(root: Path, preview: Preview) -> None:
    (root / "templates").mkdir()
    (root / "templates" / "page.html").symlink_to(root / "templates" / "page.html")
    (root / "templates" / "gone.html").symlink_to(root / "nowhere")
    preview.reload()
    assert preview.answer(URL).status == 200


def test_what_an_article_says_cannot_break_out_of_an_error_page(root: Path) -> None:
    save(root / "content" / "articles" / "first.md", article("x").replace("2026-11-02", "<script>alert(1)</script>"))
    preview = Preview(root / "broadsheet.toml", "http://127.0.0.1:8000", lambda: NOW)
    preview.reload()
    assert b"<script>alert" not in preview.answer("/").body


def test_a_page_is_told_of_an_edit_a_break_and_a_mend(root: Path) -> None:
    file = root / "content" / "articles" / "first.md"
    with served(root) as server:
        shown = fingerprint_in(get(server, URL)[2])
        with events(server, URL, shown) as stream:
            save(file, article("The first, edited"))
            assert stream.next()[0] == "reload"
            save(file, article("The first").replace("date:", "dat:"))
            name, data = stream.next()
            assert name == "problems"
            assert json.loads(data)[0]["first"] == "content/articles/first.md:1:1: error: date is missing"
            save(file, article("The first, edited"))
            assert stream.next() == ("problems", "[]")


def test_an_edited_article_is_shown_before_everything_is_read_again(root: Path, preview: Preview) -> None:
    file = root / "content" / "articles" / "first.md"
    assert b"The first" in preview.answer(URL).body
    renders = preview.renders
    save(file, article("The first, edited", body="Other words."))
    assert preview.edit(file)
    shown = preview.answer(URL)
    assert b"The first, edited" in shown.body
    assert b"Other words." in shown.body
    assert preview.renders == renders + 1
    preview.reload()
    assert preview.answer(URL) == shown
    assert preview.renders == renders + 1
    assert b"The first, edited" in preview.answer("/").body


def test_a_page_that_an_edit_changes_too_waits_for_it(root: Path, preview: Preview) -> None:
    file = root / "content" / "articles" / "first.md"
    save(file, article("The first, edited"))
    assert preview.edit(file)
    with ThreadPoolExecutor() as pool:
        front = pool.submit(preview.answer, "/")
        assert preview.wanted.wait(10)
        assert not front.done()
        preview.reload()
        assert b"The first, edited" in front.result(10).body


def test_an_edit_of_the_words_alone_keeps_no_page_waiting(root: Path, preview: Preview) -> None:
    file = root / "content" / "articles" / "first.md"
    save(file, article("The first", body="Other words."))
    assert preview.edit(file)
    assert preview.answer("/").status == 200


@pytest.mark.parametrize(
    "line", ["tags: [new]", "draft: true", "date: 2026-11-03", "slug: other", "mood: calm", "titel: typed wrongly"]
)
def test_an_edit_of_more_than_the_words_waits_for_everything(root: Path, preview: Preview, line: str) -> None:
    file = root / "content" / "articles" / "first.md"
    text = article("The first")
    old, new = ("date: 2026-11-02", line) if line.startswith("date") else ("---\n", f"---\n{line}\n")
    text = text.replace(old, new, 1)
    save(file, text)
    assert not preview.edit(file)
    assert not preview.edit(root / "content" / "articles" / "none.md")


def test_an_edit_made_while_everything_is_read_is_not_lost(
    root: Path, preview: Preview, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = root / "content" / "articles" / "first.md"
    save(file, article("The first, edited"))

    def meanwhile(*arguments: Any, **options: Any) -> Any:
        made = assemble(*arguments, **options)
        save(file, article("The first, edited again"))
        assert preview.edit(file)
        return made

    monkeypatch.setattr(state, "assemble", meanwhile)
    preview.reload()
    assert b"The first, edited again" in preview.answer(URL).body


def test_folders_named_while_it_runs_are_watched(root: Path) -> None:
    with served(root) as server:
        shown = fingerprint_in(get(server, URL)[2])
        with events(server, URL, shown) as stream:
            (root / "texts" / "articles").mkdir(parents=True)
            (root / "texts" / "articles" / "first.md").write_text(article("The first, in another folder"))
            config = root / "broadsheet.toml"
            save(config, config.read_text() + '[folders]\ncontent = "texts"\n')
            assert stream.next()[0] == "reload"
            save(root / "texts" / "articles" / "first.md", article("The first, edited there"))
            assert stream.next()[0] == "reload"


def test_two_previews_cannot_share_a_port(root: Path) -> None:
    first = listen("127.0.0.1", 0)
    with first, pytest.raises(ConfigError, match="cannot listen here"):
        listen("127.0.0.1", first.getsockname()[1])


def test_without_reload_nothing_is_watched(root: Path) -> None:
    with served(root, "--no-reload") as server:
        assert get(server, "/_broadsheet/events?path=/&fingerprint=x")[0] == 404
        assert b"reload.js" not in get(server, "/")[2]
