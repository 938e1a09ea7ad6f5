"""`broadsheet inbox` as an editor runs it."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from capture_server import NOT_FOUND, answer, fetcher, served
from serving import digest

from broadsheet import cli
from broadsheet.capture import inbox
from broadsheet.cli import listing
from broadsheet.errors import cells

FEEDS = Path(__file__).resolve().parent / "fixtures" / "capture" / "feeds"
TESTS = Path(__file__).resolve().parent
NOW = "1795305600"  # 2026-11-22T00:00Z

Run = Callable[..., tuple[int, list[str], str]]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    digest(tmp_path)
    return tmp_path


@pytest.fixture
def run(root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The program in the digest's folder: exit code, lines, errors. It may fetch from this machine."""
    monkeypatch.chdir(root)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", NOW)
    monkeypatch.setattr(listing, "fetcher", lambda config: fetcher())

    def done(*arguments: str) -> tuple[int, list[str], str]:
        capsys.readouterr()
        code = cli.main(["inbox", *arguments])
        out, err = capsys.readouterr()
        return code, out.splitlines(), err

    return done


def configured(root: Path, *feeds: str) -> None:
    file = root / "broadsheet.toml"
    text = file.read_text().partition("[inbox]")[0]
    file.write_text(f"{text}\n[inbox]\nfeeds = {json.dumps(list(feeds))}\n")


def own(root: Path, *names: str) -> None:
    for name in names:
        shutil.copy(FEEDS / name, root)


# Listing


def test_what_is_new_is_listed_by_feed_and_only_once(root: Path, run: Run) -> None:
    own(root, "rss2.xml", "atom.xml")
    configured(root, "rss2.xml", "atom.xml")
    assert run() == (
        0,
        [
            "The Harbour Gazette & Tide Tables",
            "     5  2026-11-21  A crane for the north quay",
            "     3  2026-11-20  Fog, again",
            "     1  2026-11-19  A note with neither link nor name",
            "Observatory notes",
            "     4  2026-11-20  Saturn & its rings",
            "     2  2026-11-19  Clouds & no stars",
            "add one with: broadsheet add 5",
        ],
        "",
    )
    assert run() == (
        0, ["nothing new in 2 feeds", "5 articles not dealt with: broadsheet inbox --all"], "",
    )  # fmt: skip
    assert run("--all")[1][:2] == [
        "The Harbour Gazette & Tide Tables",
        "     5  2026-11-21  A crane for the north quay",
    ]


def test_feeds_are_named_on_the_command_line_from_where_one_is(
    root: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    (root / "feeds").mkdir()
    own(root / "feeds", "rss1.xml")
    monkeypatch.chdir(root / "feeds")
    assert run("rss1.xml")[1][0] == "Library: new books"
    assert list(inbox.load(root).sources) == ["feeds/rss1.xml"]
    monkeypatch.chdir(root)
    assert run("./feeds/../feeds/rss1.xml")[1][0] == "nothing new in 1 feed"


def test_the_list_is_shortened_by_number_and_by_day(root: Path, run: Run) -> None:
    own(root, "rss2.xml")
    assert run("rss2.xml", "--limit", "1")[1][1:] == [
        "     3  2026-11-21  A crane for the north quay", "and 2 more", "add one with: broadsheet add 3",
    ]  # fmt: skip
    assert run("--all", "--since", "2026-11-20")[1][1:] == [
        "     3  2026-11-21  A crane for the north quay", "     2  2026-11-20  Fog, again",
        "add one with: broadsheet add 3",
    ]  # fmt: skip


def test_what_is_dismissed_is_listed_no_more(root: Path, run: Run) -> None:
    own(root, "rss2.xml")
    run("rss2.xml")
    assert run("--dismiss", "1,3") == (0, ["dismissed 2 articles"], "")
    assert run("--all")[1][1] == "     2  2026-11-20  Fog, again"
    code, out, err = run("--dismiss", "2,9")
    assert (code, out) == (1, [])
    assert err.startswith("9: error: is no number of the inbox")
    assert [one.number for one in inbox.waiting(inbox.load(root))] == [2]


def test_the_list_as_json(root: Path, run: Run) -> None:
    own(root, "rss2.xml")
    code, out, _ = run("rss2.xml", "nothing.xml", "--json", "--limit", "1")
    data = json.loads("\n".join(out))
    assert code == 1
    assert (data["ok"], data["asked"], data["waiting"], data["more"]) == (False, 2, 3, 2)
    assert data["articles"] == [{
        "number": 3, "title": "A crane for the north quay",
        "address": "https://harbour.example/2026/11/crane?utm_source=rss&id=4", "date": "2026-11-21T08:30:00+01:00",
        "seen": "2026-11-22T00:00:00+00:00",
        "feeds": [{"feed": "rss2.xml", "title": "The Harbour Gazette & Tide Tables"}],
    }]  # fmt: skip
    assert [problem["path"] for problem in data["problems"]] == ["nothing.xml"]


def test_an_article_of_two_feeds_names_both(root: Path, run: Run) -> None:
    for name in ("One", "Other"):
        item = f"<item><title>{name} title</title><link>https://example.org/a</link></item>"
        (root / f"{name}.xml").write_text(f"<rss><channel><title>{name} feed</title>{item}</channel></rss>")
    assert run("One.xml", "Other.xml")[1] == [
        "One feed", "     1  2026-11-22  One title", " " * 20 + "also in Other feed", "add one with: broadsheet add 1",
    ]  # fmt: skip


TITLES = (
    "A plain title of some words that goes on and on until it fills the line and then the next line and then a third",
    "市政府今天宣布将在港口北岸建造一座新的起重机并且将在明年年底之前完成全部工程这是十年来最大的一次投资项目令人期待不已大家都很高兴",
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 3,
    "e\u0301" * 200,
    "\x1b[31mred\u202eder\u2028\x07",
    "👩‍👩‍👧 family " * 20,
)


@pytest.mark.parametrize("title", TITLES, ids=range(len(TITLES)))
def test_titles_stay_within_eighty_columns_and_two_lines(title: str, root: Path, run: Run) -> None:
    items = [{"id": 1, "title": title, "url": "https://example.org/"}]
    data = {"version": "https://jsonfeed.org/version/1.1", "title": title, "items": items}
    (root / "a.json").write_text(json.dumps(data))
    code, out, err = run("a.json")
    assert (code, err) == (0, "")
    assert len(out) <= 4
    assert all(cells(line) <= 80 and line.isprintable() for line in out)


# Errors


def test_without_feeds_one_is_told_how_to_name_them(run: Run) -> None:
    code, out, err = run()
    assert (code, out) == (2, [])
    assert err == (
        "inbox: error: there are no feeds to ask\n"
        "  hint: name them in broadsheet.toml under [inbox], as in feeds ="
        ' ["https://example.org/feed.xml", "feeds.opml"]\n'
    )


def test_one_bad_feed_stops_none_of_the_others(root: Path, run: Run) -> None:
    own(root, "rss1.xml")
    (root / "page.html").write_text(
        "<!doctype html><link rel=alternate type=application/rss+xml href=https://a.example/f>"
    )
    code, out, err = run("nothing.xml", "rss1.xml", "page.html")
    assert (code, out[0]) == (1, "Library: new books")
    assert err == (
        "nothing.xml: error: cannot be read: No such file or directory\n"
        "page.html: error: is not a feed: it is a web page\n"
        "  hint: its feed is https://a.example/f\n"
        "2 errors\n"
    )
    assert run("rss1.xml")[:2] == (0, ["nothing new in 1 feed", "1 article not dealt with: broadsheet inbox --all"])


def test_a_damaged_inbox_is_not_written_over(root: Path, run: Run) -> None:
    own(root, "rss1.xml")
    (root / "capture").mkdir()
    (root / inbox.FILE).write_text("{")
    for arguments in (["rss1.xml"], ["--all"], ["--dismiss", "1"]):
        code, out, err = run(*arguments)
        assert (code, out) == (1, [])
        assert err.startswith("capture/inbox.json: error: is damaged")
    assert (root / inbox.FILE).read_text() == "{"


@pytest.mark.parametrize(
    "arguments",
    [["--dismiss", "a"], ["--dismiss", ""], ["--dismiss", "1", "feed.xml"], ["--since", "soon"], ["--limit", "0"]],
)
def test_usage_that_makes_no_sense_ends_with_2(arguments: list[str], run: Run) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (2, [])
    assert err


# From a server


def test_feeds_are_fetched_and_lists_of_feeds_followed(root: Path, run: Run) -> None:
    speech = {
        name: answer((FEEDS / file).read_bytes(), f"Content-Type: {kind}")
        for name, file, kind in (
            ("/rss", "rss2.xml", "application/rss+xml"), ("/old", "rss091.xml", "text/xml"),
            ("/json", "feed.json", "application/feed+json"),
        )
    } | {"/gone": NOT_FOUND}  # fmt: skip
    with served(speech) as server:
        addresses = [server.address(path) for path in speech]
        listed = "".join(f'<outline xmlUrl="{address}"/>' for address in addresses)
        (root / "feeds.opml").write_text(f"<opml><body>{listed}</body></opml>")
        configured(root, "feeds.opml")
        code, out, err = run()
        assert code == 1
        assert out[-1] == "add one with: broadsheet add 6"
        assert {line for line in out if not line.startswith(" ")} == {
            "Old Mill News", "The Harbour Gazette & Tide Tables", "Beekeepers' bulletin", out[-1],
        }  # fmt: skip
        assert err == f"{server.address('/gone')}: error: answers 404: not found\n"
        code, out, _ = run()
        assert out[0] == "nothing new in 4 feeds"


BREAKS_OFF = """
import sys
sys.path.insert(0, sys.argv[1])
from capture_server import fetcher
from broadsheet import cli
from broadsheet.cli import listing
listing.fetcher = lambda config: fetcher()
sys.exit(cli.main(["inbox", *sys.argv[2:]]))
"""


def test_what_was_heard_before_ctrl_c_is_listed_and_remembered(root: Path) -> None:
    process: list[subprocess.Popen[str]] = []

    def hangs(_: object) -> list[bytes]:
        # A host is asked for one thing at a time: the feed before has been heard.
        process[0].send_signal(signal.SIGINT)
        process[0].wait(20)
        return []

    feed = answer((FEEDS / "rss1.xml").read_bytes(), "Content-Type: text/xml")
    with served({"/feed": feed, "/hangs": hangs}) as server:
        command = [sys.executable, "-c", BREAKS_OFF, str(TESTS), server.address("/feed"), server.address("/hangs")]
        process.append(subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True))
        out, err = process[0].communicate(timeout=30)
    assert process[0].returncode == 130
    assert out.splitlines()[0] == "Library: new books"
    assert err.strip() == "interrupted"
    assert len(inbox.load(root).arrivals) == 1
