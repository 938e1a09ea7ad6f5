"""Telling the hub: only what changed, only once, and again what it did not take note of."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hub import Hub, hub

from broadsheet.config import Config, Feeds
from broadsheet.errors import BroadsheetError, describe
from broadsheet.ping import Answer, changed_feeds, remember, tell
from broadsheet.publish import MARK, read_manifest, staging

SITE = "https://example.org/news/"
FILES = {"rss.xml": b"1", "feed.json": b"2", "tags/a b/atom.xml": b"3", "index.html": b"4", "news.xml": b"5"}
FEEDS = [f"{SITE}feed.json", f"{SITE}rss.xml", f"{SITE}tags/a%20b/atom.xml"]


@pytest.fixture(name="websub")
def fixture_websub() -> Iterator[Hub]:
    with hub() as found:
        yield found


def published(output: Path, files: dict[str, bytes]) -> Path:
    with staging(output, read_manifest(output)) as stage:
        for name, data in files.items():
            stage.add(name, data.hex(), stage.sink.put(name, data))
        stage.commit()
    return output


def config(websub: Hub) -> Config:
    return Config(title="News", base_url=SITE, feed=Feeds(hub=websub.address))


def pinged(output: Path, websub: Hub, *wanted: str, patience: float = 10) -> list[Answer]:
    """What `broadsheet ping` does, without its words."""
    settings = config(websub)
    answers = list(tell(changed_feeds(output, settings, wanted), settings, patience=patience))
    remember(output, websub.address, [one.feed for one in answers if one.problem is None])
    return answers


def told(answers: list[Answer]) -> list[str]:
    return [describe(one.problem) for one in answers if one.problem]


def test_a_hub_is_told_of_every_feed_once(tmp_path: Path, websub: Hub) -> None:
    output = published(tmp_path / "site", FILES)
    pinged(output, websub)
    assert websub.told == FEEDS
    path, type, agent = websub.requests[0]
    assert (path, type) == ("/hub?key=1", "application/x-www-form-urlencoded")
    assert SITE in agent
    assert pinged(output, websub) == []
    assert websub.told == FEEDS


def test_a_hub_is_told_of_what_changed_since(tmp_path: Path, websub: Hub) -> None:
    output = published(tmp_path / "site", FILES)
    pinged(output, websub)
    websub.told.clear()
    published(output, {**FILES, "rss.xml": b"new", "index.html": b"new", "sources/b/rss.xml": b"6"})
    pinged(output, websub)
    assert websub.told == [f"{SITE}rss.xml", f"{SITE}sources/b/rss.xml"]


def test_what_a_build_leaves_as_it_was_is_still_known(tmp_path: Path, websub: Hub) -> None:
    """The state lies beside the manifest, where a build deletes nothing but its own stage."""
    output = published(tmp_path / "site", FILES)
    pinged(output, websub)
    published(output, FILES)
    published(output, {**FILES, "index.html": b"new"})
    assert pinged(output, websub) == []


def test_a_feed_that_is_gone_is_forgotten(tmp_path: Path, websub: Hub) -> None:
    output = published(tmp_path / "site", FILES)
    pinged(output, websub)
    published(output, {"rss.xml": b"new"})
    pinged(output, websub)
    assert list(json.loads((output / MARK / "pinged.json").read_bytes())["files"]) == ["rss.xml"]


def test_another_hub_knows_nothing_yet(tmp_path: Path, websub: Hub) -> None:
    output = published(tmp_path / "site", FILES)
    pinged(output, websub)
    with hub() as other:
        pinged(output, other)
        assert other.told == FEEDS


@pytest.mark.parametrize("damage", [b"", b"[]", b'{"hub": 1}', b'{"hub": "x", "files": 3}', b"\xff"])
def test_a_damaged_state_is_no_state(tmp_path: Path, websub: Hub, damage: bytes) -> None:
    output = published(tmp_path / "site", FILES)
    (output / MARK / "pinged.json").write_bytes(damage)
    pinged(output, websub)
    assert websub.told == FEEDS


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        (["rss.xml"], ["rss.xml"]),
        (["/rss.xml", "rss.xml"], ["rss.xml"]),
        ([f"{SITE}rss.xml"], ["rss.xml"]),
        (["/tags/a b/"], ["tags/a b/atom.xml"]),
        ([f"{SITE}tags/a%20b/"], ["tags/a b/atom.xml"]),
        (["/", "tags/a b/atom.xml"], ["feed.json", "rss.xml", "tags/a b/atom.xml"]),
        ([SITE], ["feed.json", "rss.xml"]),
    ],
)
def test_feeds_are_named_by_address_path_or_page_and_told_of_unchanged_too(
    tmp_path: Path, websub: Hub, wanted: list[str], names: list[str]
) -> None:
    output = published(tmp_path / "site", FILES)
    pinged(output, websub)
    assert [one.file for one in changed_feeds(output, config(websub), wanted)] == names


def test_what_is_no_feed_is_told_with_what_comes_near(tmp_path: Path, websub: Hub) -> None:
    output = published(tmp_path / "site", FILES)
    with pytest.raises(BroadsheetError) as caught:
        changed_feeds(output, config(websub), ["/rs.xml", "index.html", "zzz"])
    lines = [describe(one) for one in caught.value.problems]
    assert lines[0] == "/rs.xml: error: is no feed of this site\n  hint: did you mean rss.xml?"
    assert [line.split(":")[0] for line in lines[1:]] == ["index.html", "zzz"]
    assert caught.value.exit_code == 2


def test_without_a_site_there_is_nothing_to_tell(tmp_path: Path, websub: Hub) -> None:
    with pytest.raises(BroadsheetError) as caught:
        changed_feeds(tmp_path / "site", config(websub))
    assert "holds no feeds yet" in str(caught.value)


# When it goes wrong


def test_a_feed_that_is_refused_stays_to_be_told_of(tmp_path: Path, websub: Hub) -> None:
    output = published(tmp_path / "site", FILES)
    websub.statuses[:] = [204, 404, 204]
    assert told(pinged(output, websub)) == [
        f"{SITE}rss.xml: error: the hub answered 404 Not Found, no such topic·[31m\n"
        "  hint: see that the hub takes feeds of this site, and that the site is published where base_url says"
    ]
    websub.told.clear()
    assert told(pinged(output, websub)) == []
    assert websub.told == [f"{SITE}rss.xml"]


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_hub_that_refuses_again_and_again_is_left_alone(tmp_path: Path, websub: Hub, status: int) -> None:
    output = published(tmp_path / "site", {f"{number}/rss.xml": b"x" for number in range(9)})
    websub.statuses[:] = [status]
    answers = pinged(output, websub)
    assert len(websub.requests) == len(answers) == 3
    assert all("try again later" in line for line in told(answers))


def test_a_hub_that_has_moved_says_where(tmp_path: Path, websub: Hub) -> None:
    output = published(tmp_path / "site", {"rss.xml": b"x"})
    websub.statuses[:] = [301]
    websub.location = "https://hub.example/"
    (line,) = told(pinged(output, websub))
    assert "it has moved to https://hub.example/: name that below [feed]" in line


def test_without_a_hub_at_its_address_the_first_attempt_is_the_last(tmp_path: Path) -> None:
    output = published(tmp_path / "site", FILES)
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        nowhere = Hub(address=f"http://127.0.0.1:{closed.getsockname()[1]}/")
    (line,) = told(pinged(output, nowhere))
    assert line.startswith(f"{nowhere.address}: error: cannot be reached: ")


def test_a_hub_that_does_not_answer_is_not_waited_for(tmp_path: Path) -> None:
    output = published(tmp_path / "site", FILES)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent_hub = Hub(address=f"http://127.0.0.1:{silent.getsockname()[1]}/")
        (line,) = told(pinged(output, silent_hub, patience=0.05))
    assert line.startswith(f"{silent_hub.address}: error: does not answer\n")


@pytest.mark.parametrize("address", ["http://127.0.0.1:99999/", "http://127.0.0.1:x/", "http://a..b/", "http://[::1/"])
def test_an_address_that_is_none_is_told(tmp_path: Path, address: str) -> None:
    output = published(tmp_path / "site", FILES)
    (line,) = told(pinged(output, Hub(address=address)))
    assert line.startswith(f"{address}: error: cannot be reached: ")


# The command

CONFIG = 'title = "News"\nbase_url = "https://example.org/news/"\n[feed]\nhub = "{hub}"\n'


def run(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "broadsheet", "ping", *arguments], cwd=root, capture_output=True, text=True,
        encoding="utf-8", env=dict(os.environ), timeout=60, check=False,
    )  # fmt: skip


def site(root: Path, websub: Hub) -> Path:
    (root / "broadsheet.toml").write_text(CONFIG.format(hub=websub.address))
    published(root / "site", {"rss.xml": b"1", "atom.xml": b"2"})
    return root


def test_a_ping_says_whom_it_told_of_what(tmp_path: Path, websub: Hub) -> None:
    root = site(tmp_path, websub)
    feeds = f"  {SITE}atom.xml\n  {SITE}rss.xml\n"
    dry = run(root, "--dry-run")
    assert (dry.returncode, dry.stdout) == (0, f"would tell {websub.address} of 2 feeds\n{feeds}")
    assert websub.told == []
    done = run(root)
    assert (done.returncode, done.stdout) == (0, f"told {websub.address} of 2 feeds\n{feeds}")
    assert websub.told == [f"{SITE}atom.xml", f"{SITE}rss.xml"]
    again = run(root)
    assert (again.returncode, again.stdout) == (0, "no feed has changed since the hub was last told\n")
    named = run(root, "/rss.xml")
    assert named.stdout == f"told {websub.address} of 1 feed\n  {SITE}rss.xml\n"


def test_a_ping_that_fails_ends_so_and_says_what_is_left(tmp_path: Path, websub: Hub) -> None:
    root = site(tmp_path, websub)
    websub.statuses[:] = [500, 204]
    done = run(root)
    assert done.returncode == 1
    assert f"{SITE}atom.xml: error: the hub answered 500" in done.stderr
    assert done.stderr.endswith("the hub was not told of 1 of 2 feeds\n")
    assert done.stdout == f"told {websub.address} of 1 feed\n  {SITE}rss.xml\n"


def test_a_ping_reports_as_data(tmp_path: Path, websub: Hub) -> None:
    root = site(tmp_path, websub)
    websub.statuses[:] = [404, 204]
    done = run(root, "--json")
    data = json.loads(done.stdout)
    assert (done.returncode, data["ok"], data["told"]) == (1, False, [f"{SITE}rss.xml"])
    assert data["problems"][0]["path"] == f"{SITE}atom.xml"
    assert json.loads(run(root, "--json", "zzz").stdout)["ok"] is False


@pytest.mark.parametrize("file", ["broadsheet.toml", "pyproject.toml"])
def test_without_a_hub_the_key_to_write_is_named(tmp_path: Path, file: str) -> None:
    table = "[tool.broadsheet]\n" if file == "pyproject.toml" else ""
    (tmp_path / file).write_text(f'{table}title = "News"\nbase_url = "{SITE}"\n')
    done = run(tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith(f"{file}: error: names no WebSub hub to tell\n  hint: write hub = ")
    assert ("[tool.broadsheet.feed]" in done.stderr) == (file == "pyproject.toml")
