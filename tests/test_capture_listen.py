"""Feeds are asked side by side, each host gently, and one that fails stops none of the others."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from capture_server import NOT_FOUND, Heard, Names, Speech, answer, fetcher, served

from broadsheet.capture.inbox import Source
from broadsheet.capture.listen import THREADS, Answer, Errand, listen


def rss(title: str) -> bytes:
    item = f"<item><title>About {title}</title><link>https://example.org/{title}</link></item>"
    data = f'<rss version="2.0"><channel><title>{title}</title>{item}</channel></rss>'
    return answer(data.encode(), "Content-Type: application/rss+xml")


def opml(*addresses: str) -> bytes:
    lines = "".join(f'<outline xmlUrl="{address}"/>' for address in addresses)
    return answer(f"<opml version='2.0'><body>{lines}</body></opml>".encode(), "Content-Type: text/x-opml")


def asked(
    *keys: str, files: Mapping[str, Path] | None = None, known: Mapping[str, Source] | None = None
) -> list[Answer]:
    files, known = files or {}, known or {}
    errands = [Errand(key=key, file=files.get(key), before=known.get(key, Source())) for key in keys]
    return [one for one, _ in listen(errands, fetcher(), known)]


def titles(answers: Iterable[Answer]) -> list[str]:
    return sorted(one.heard.feed.title for one in answers if one.heard)


def messages(answers: Iterable[Answer]) -> list[str]:
    return sorted(problem.message for one in answers for problem in one.problems)


def test_each_feed_says_what_it_has(tmp_path: Path) -> None:
    file = tmp_path / "own.xml"
    file.write_bytes(rss("own").partition(b"\r\n\r\n")[2])
    with served({"/a": rss("a"), "/b": rss("b")}) as server:
        answers = asked(server.address("/a"), server.address("/b"), "own.xml", files={"own.xml": file})
        assert titles(answers) == ["a", "b", "own"]
        assert {one.errand.key for one in answers} == {server.address("/a"), server.address("/b"), "own.xml"}


def test_how_many_are_still_to_come_is_told() -> None:
    with served({"/a": rss("a"), "/b": rss("b"), "/c": rss("c")}) as server:
        errands = [Errand(key=server.address(path)) for path in ("/a", "/b", "/c", "/a")]
        assert [left for _, left in listen(errands, fetcher(), {})] == [2, 1, 0]


def test_one_feed_that_fails_stops_none_of_the_others(tmp_path: Path) -> None:
    broken = answer(b"<!doctype html><p>moved", "Content-Type: text/html")
    with served({"/a": rss("a"), "/gone": NOT_FOUND, "/page": broken}) as server:
        keys = [server.address(path) for path in ("/gone", "/page", "/a")]
        answers = asked("nothing.xml", *keys, files={"nothing.xml": tmp_path / "nothing.xml"})
        assert titles(answers) == ["a"]
        assert messages(answers) == [
            "answers 404: not found", "cannot be read: No such file or directory", "is not a feed: it is a web page",
        ]  # fmt: skip


def test_a_list_of_feeds_is_followed_but_no_list_within_it() -> None:
    speech: dict[str, Speech | bytes] = {"/a": rss("a"), "/b": rss("b")}
    with served(speech) as server:
        speech["/inner"] = opml(server.address("/b"))
        speech["/list"] = opml(*(server.address(path) for path in ("/a", "/inner", "/a", "/list")))
        answers = asked(server.address("/list"))
        assert titles(answers) == ["a"]
        assert messages(answers) == ["is a list of feeds within a list of feeds, which is not followed"]
        assert server.paths.count("/a") == 1


def test_a_list_of_feeds_may_be_a_file_and_may_be_empty(tmp_path: Path) -> None:
    file = tmp_path / "feeds.opml"
    with served({"/a": rss("a")}) as server:
        for listed, found in ([server.address("/a")], ["a"]), ([], []):
            file.write_bytes(opml(*listed).partition(b"\r\n\r\n")[2])
            answers = asked("feeds.opml", files={"feeds.opml": file})
            assert titles(answers) == found
    assert messages(answers) == ["is a list of feeds, but names none by its address (xmlUrl)"]


def test_a_list_cannot_lead_to_this_machine() -> None:
    with served({"/secret": rss("a")}) as server:
        errand = Errand(key=server.address("/secret"), listed=True)
        ((found, _),) = listen([errand], fetcher(loopback=False), {})
        assert found.heard is None
        assert server.heard == []


def test_a_feed_that_has_not_changed_is_not_sent_again() -> None:
    def said(heard: Heard) -> bytes:
        unchanged = heard.headers.get("if-none-match") == '"7"'
        return answer(status="304 Not Modified") if unchanged else rss("a").replace(b"\r\n", b'\r\nETag: "7"\r\n', 1)

    with served({"/a": said}) as server:
        key = server.address("/a")
        (first,) = asked(key)
        assert first.heard is not None
        assert first.heard.etag == '"7"'
        (second,) = asked(key, known={key: Source(etag=first.heard.etag)})
        assert (second.heard, second.problems) == (None, ())


def test_hosts_are_asked_side_by_side_and_each_for_one_thing_at_a_time() -> None:
    hosts = [f"h{number}.example" for number in range(THREADS)]
    names = Names(**{host: [["127.0.0.1"]] for host in hosts})
    together = threading.Barrier(len(hosts), timeout=20)
    busy: dict[str, int] = {}
    most: dict[str, int] = {}

    def said(heard: Heard) -> bytes:
        host = heard.headers["host"]
        busy[host] = busy.get(host, 0) + 1
        most[host] = max(most.get(host, 0), busy[host])
        together.wait()
        busy[host] -= 1
        return rss(host)

    with served({"/a": said, "/b": said}) as server:
        errands = [Errand(key=server.address(path, host=host)) for host in hosts for path in ("/a", "/b")]
        answers = [one for one, _ in listen(errands, fetcher(names=names), {})]
        assert len(titles(answers)) == 2 * len(hosts)
        assert set(most.values()) == {1}


def test_a_mistake_of_ours_keeps_its_traceback() -> None:
    def broken(host: str, port: int) -> list[str]:
        raise ZeroDivisionError("ours")

    one = fetcher()
    one.guard = replace(one.guard, resolve=broken)
    with pytest.raises(ZeroDivisionError, match="ours"):
        list(listen([Errand(key="https://news.example/feed")], one, {}))


def test_who_goes_away_early_leaves_no_thread_at_work() -> None:
    with served({f"/{n}": rss(str(n)) for n in range(50)}) as server:
        coming = listen([Errand(key=server.address(f"/{n}")) for n in range(50)], fetcher(), {})
        next(coming)
        coming.close()  # type: ignore[attr-defined] # a generator has it
        for thread in threading.enumerate():
            if thread.name == "broadsheet-feed":
                thread.join(10)
                assert not thread.is_alive()
        assert len([path for path in server.paths if path != "/robots.txt"]) < 5
