"""A page is fetched politely, within limits, and from where it was judged to lie."""

from __future__ import annotations

import gzip
import shutil
import socket
import ssl
import subprocess
import threading
import tracemalloc
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from capture_server import NOT_FOUND, Clock, Heard, Names, Sent, answer, fetcher, page, redirect, served
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broadsheet.capture.fetch import FEED, PAGE, PICTURE, Fetched, Limits, Want
from broadsheet.capture.guard import FetchError
from broadsheet.capture.wire import connect

HELLO = page("<p>Grüße</p>".encode())
SMALL = Want(noun="page", accept="*/*", types=("text/",), size=100_000)
PNG = b"\x89PNG\r\n\x1a\n and so on"


def fetched(said: Sent, want: Want = PAGE, *, clock: Clock | None = None, limits: Limits | None = None) -> Fetched:
    with served({"/": said}) as server:
        return fetcher(clock=clock, limits=limits).fetch(server.address(), want)


def refused(said: Sent, want: Want = PAGE, *, clock: Clock | None = None, limits: Limits | None = None) -> str:
    with pytest.raises(FetchError) as caught:
        fetched(said, want, clock=clock, limits=limits)
    return caught.value.problems[0].message


# What is asked, and what is told


def test_a_page_comes_with_its_address_type_and_encoding() -> None:
    with served({"/a": HELLO}) as server:
        found = fetcher().fetch(server.address("/a"))
        assert found.data.decode() == "<p>Grüße</p>"
        assert (found.address, found.media_type, found.charset) == (server.address("/a"), "text/html", "utf-8")


def test_a_request_names_the_program_and_carries_nothing_else_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with served({"/": answer(b"x", "Set-Cookie: id=1", "Content-Type: text/html"), "/2": HELLO}) as server:
        one = fetcher()
        one.fetch(server.address())
        one.fetch(server.address("/2"))
        assert server.heard[-1].headers == {
            "host": f"127.0.0.1:{server.port}",
            "user-agent": "Broadsheet/0.0 (+https://example.org/about)",
            "accept": PAGE.accept,
            "accept-encoding": "gzip, deflate",
            "connection": "close",
        }


@pytest.mark.parametrize(
    ("said", "message"),
    [
        (answer(b"x", status="401 Unauthorized"), "answers 401: it wants a password"),
        (answer(b"x", status="403 Forbidden"), "answers 403: it does not let programs in"),
        (answer(b"x", status="404 Not Found"), "answers 404: not found"),
        (answer(b"x", status="410 Gone"), "answers 410: gone for good"),
        (answer(b"x", status="418 Teapot"), "answers 418: no page"),
        (answer(b"x", status="429 Slow Down"), "answers 429: too many requests"),
        (answer(b"x", status="500 Oops"), "answers 500: the server failed"),
        (answer(b"x", status="204 No Content"), "answers 204: no page"),
        (answer(b"x", status="206 Partial"), "answers 206: no page"),
        (answer(b"x", status="304 Not Modified"), "answers 304: no page"),
        (answer(b"x", status="999 Denied"), "answers 999: no page"),
        (page(b""), "answers with an empty page"),
        (answer(b"%PDF-", "Content-Type: application/pdf"), "is no page, but application/pdf"),
        (answer(b"x", "Content-Type: video/mp4"), "is no page, but video/mp4"),
        (answer(b"", status="302 Found"), "redirects, but does not say where to"),
        (answer(b"x", "Content-Encoding: br"), "does not answer as a web server should"),
        (answer(b"x", "Transfer-Encoding: gzip, chunked"), "does not answer as a web server should"),
        (b"", "cannot be reached: the connection breaks off"),
        (b"SSH-2.0-OpenSSH_9.6\r\n", "does not answer as a web server should"),
        (b"HTTP/1.1 200 OK\r\n", "answers with an empty page"),
        (b"\x00" * 100, "does not answer as a web server should"),
    ],
)
def test_what_is_no_page_is_told_in_plain_words(said: bytes, message: str) -> None:
    assert refused(said) == message


def test_nobody_there_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(FetchError, match="cannot be reached: connection refused"):
        fetcher().fetch(f"http://127.0.0.1:{port}/")


def test_a_page_may_say_nothing_of_its_type() -> None:
    assert fetched(answer(b"hello")).media_type == ""


def test_a_feed_may_have_any_of_its_types() -> None:
    for media_type in ("application/rss+xml", "text/xml", "text/html", "application/json", "application/feed+json"):
        assert fetched(answer(b"<rss/>", f"Content-Type: {media_type}"), FEED).media_type == media_type


def test_a_picture_is_what_its_bytes_say() -> None:
    assert fetched(answer(PNG, "Content-Type: text/plain"), PICTURE).media_type == "image/png"
    assert refused(answer(b"<svg/>", "Content-Type: image/svg+xml"), PICTURE) == "is no picture, but image/svg+xml"
    assert refused(page(b"<p>gone"), PICTURE) == "is no picture, but text/html"


def test_an_unchanged_feed_is_not_sent_again() -> None:
    def speak(heard: Heard) -> bytes:
        if heard.headers.get("if-none-match") == '"1"':
            return answer(status="304 Not Modified")
        return answer(b"<rss/>", 'ETag: "1"', "Last-Modified: Mon, 02 Nov 2026 10:00:00 GMT")

    with served({"/feed": speak}) as server:
        one = fetcher()
        first = one.fetch(server.address("/feed"), FEED)
        again = one.fetch(server.address("/feed"), FEED, etag=first.etag, last_modified=first.last_modified)
        assert (again.unchanged, again.data, again.etag) == (True, b"", '"1"')
        assert server.heard[-1].headers["if-modified-since"] == "Mon, 02 Nov 2026 10:00:00 GMT"
        one.fetch(server.address("/feed"), FEED, etag="1\r\nX-Injected: 1", last_modified="ü")
        assert not {"x-injected", "if-none-match", "if-modified-since"} & server.heard[-1].headers.keys()


# Redirects


def test_redirects_are_followed_and_the_last_address_told() -> None:
    for status in ("301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"):
        with served({"/a": redirect("b?x=1#top", status), "/b?x=1": redirect("/c/ä"), "/c/%C3%A4": HELLO}) as server:
            assert fetcher().fetch(server.address("/a")).address == server.address("/c/%C3%A4")


def test_redirects_end_after_ten() -> None:
    chain = {f"/{number}": redirect(f"/{number + 1}") for number in range(12)}
    with served({**chain, "/10": HELLO}) as server:
        assert fetcher().fetch(server.address("/0")).address == server.address("/10")
    with served({**chain, "/11": HELLO}) as server, pytest.raises(FetchError, match="redirects more than 10 times"):
        fetcher().fetch(server.address("/0"))


def test_a_circle_of_redirects_is_seen() -> None:
    with served({"/a": redirect("/b"), "/b": redirect("/a")}) as server:
        with pytest.raises(FetchError, match="redirects in a circle"):
            fetcher().fetch(server.address("/a"))
        assert server.paths == ["/robots.txt", "/a", "/b"]


@pytest.mark.parametrize(
    ("to", "message"),
    [
        ("http://10.0.0.1/", "which leads to 10.0.0.1, which is not on the public web: a private network"),
        ("http://169.254.169.254/latest/meta-data/", "not on the public web"),
        ("//0xa9fea9fe/latest/", "leads to 169.254.169.254"),
        ("http://[fd00:ec2::254]/", "not on the public web"),
        ("http://inner.example/", "leads to 192.168.7.7"),
        ("http://localhost:1/", "asks for port 1"),
        ("file:///etc/passwd", "which is no web address"),
        ("ftp://example.org/", "which is no web address"),
        ("data:text/html,hello", "which is no web address"),
        ("http://user:secret@127.0.0.1/", "carries a name or a password"),
        ("http://[::1", "which is no web address"),
        ("\\\\10.0.0.1\\x", "holds backslashes"),
        ("http://nowhere.example/", "is not known"),
    ],
)
def test_every_redirect_is_judged_like_the_first_address(to: str, message: str) -> None:
    names = Names(inner_example=[["192.168.7.7"]])
    with served({"/": redirect("/next"), "/next": redirect(to)}) as server:
        with pytest.raises(FetchError) as caught:
            fetcher(names=names).fetch(server.address())
        problem = caught.value.problems[0]
        assert problem.path == server.address()
        assert problem.message.startswith("redirects to ")
        assert message in problem.message


def test_without_the_switch_for_tests_no_redirect_reaches_this_machine() -> None:
    names = Names(news_example=[["8.8.8.8"]])
    with served({"/a": redirect("http://127.0.0.1:8001/secret")}) as server:
        reached: list[str] = []

        def elsewhere(ip: str, port: int, timeout: float) -> socket.socket:
            reached.append(ip)
            return socket.create_connection(("127.0.0.1", server.port), timeout)

        with pytest.raises(FetchError, match=r"leads to 127\.0\.0\.1, which is not on the public web"):
            fetcher(names=names, connect=elsewhere, loopback=False).fetch("http://news.example/a")
        assert set(reached) == {"8.8.8.8"}


# The judged address is the one connected to


def test_a_resolver_that_changes_its_mind_changes_nothing() -> None:
    """What was judged is connected to; the second answer, were it asked for, would be this machine."""
    names = Names(news_example=[["8.8.8.8"], ["127.0.0.1"]])
    with served({"/": HELLO, "/robots.txt": NOT_FOUND}) as server:
        reached: list[tuple[str, int]] = []

        def elsewhere(ip: str, port: int, timeout: float) -> socket.socket:
            reached.append((ip, port))
            return socket.create_connection(("127.0.0.1", server.port), timeout)

        found = fetcher(names=names, connect=elsewhere, loopback=False).fetch("http://news.example/")
        assert found.address == "http://news.example/"
        assert names.asked == ["news.example"]
        assert reached == [("8.8.8.8", 80), ("8.8.8.8", 80)], "robots.txt and the page"
        assert server.heard[-1].headers["host"] == "news.example"


def test_a_name_that_turns_inward_between_redirects_is_refused() -> None:
    names = Names(news_example=[["127.0.0.1"], ["10.9.8.7"]])
    with served({"/a": redirect("/b"), "/b": HELLO}) as server:
        with pytest.raises(FetchError, match=r"leads to 10\.9\.8\.7"):
            fetcher(names=names).fetch(server.address("/a", host="news.example"))
        assert server.paths == ["/robots.txt", "/a"]


def test_the_second_address_of_a_name_is_tried_when_the_first_is_silent() -> None:
    names = Names(news_example=[["127.0.0.2", "127.0.0.1"]])
    with served({"/": HELLO}) as server:
        assert fetcher(names=names).fetch(server.address(host="news.example")).data


def test_the_judged_address_answers_even_when_another_does_for_the_same_name() -> None:
    with ExitStack() as servers:
        one = servers.enter_context(served({"/": page(b"the one")}))
        try:
            other = servers.enter_context(served({"/": page(b"other")}, ip="127.0.0.2", port=one.port))
        except OSError:
            pytest.skip("this machine has one loopback address only")
        names = Names(news_example=[["127.0.0.1"], ["127.0.0.2"]])
        assert fetcher(names=names).fetch(one.address(host="news.example")).data == b"the one"
        assert other.heard == []


def test_a_host_of_ipv6_is_connected_to_as_such() -> None:
    try:
        listening = socket.create_server(("::1", 0), family=socket.AF_INET6)
    except OSError:
        pytest.skip("this machine has no IPv6")
    with listening, connect("::1", listening.getsockname()[1], 5) as opened:
        assert opened.getpeername()[0] == "::1"


# TLS


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for news.example, and its key, in one file."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed")
    folder = tmp_path_factory.mktemp("tls")
    command = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=news.example -addext subjectAltName=DNS:news.example"
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "certificate.pem")]
    subprocess.run([openssl, *command.split(), *files], check=True, capture_output=True)
    return folder


def speaking_tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "certificate.pem", certificate / "key.pem")
    return context


def test_a_certificate_is_checked_for_the_name_that_was_asked_for(certificate: Path) -> None:
    names = Names(news_example=[["127.0.0.1"]], other_example=[["127.0.0.1"]])
    trusted = str(certificate / "certificate.pem")
    with served({"/": HELLO}, tls=speaking_tls(certificate)) as server:
        found = fetcher(names=names, authorities=trusted).fetch(server.address(host="news.example"))
        assert found.data
        assert server.heard[-1].headers["host"] == f"news.example:{server.port}"
        with pytest.raises(FetchError, match="has no valid certificate: Hostname mismatch"):
            fetcher(names=names, authorities=trusted).fetch(server.address(host="other.example"))
        with pytest.raises(FetchError, match="has no valid certificate: self-signed certificate"):
            fetcher(names=names).fetch(server.address(host="news.example"))


def test_a_redirect_never_leaves_encryption(certificate: Path) -> None:
    names = Names(news_example=[["127.0.0.1"]])
    with (
        served({"/": HELLO}) as plain,
        served({"/": redirect(plain.address())}, tls=speaking_tls(certificate)) as secure,
        pytest.raises(FetchError, match="which is not encrypted"),
    ):
        fetcher(names=names, authorities=str(certificate / "certificate.pem")).fetch(
            secure.address(host="news.example")
        )


def test_a_server_that_does_not_speak_tls_is_told() -> None:
    with served({"/": HELLO}) as server, pytest.raises(FetchError, match="it makes no secure connection"):
        fetcher().fetch(f"https://127.0.0.1:{server.port}/")


# Limits


def test_an_answer_that_says_it_is_too_large_is_not_read() -> None:
    assert refused(answer(b"x" * 50, length=14_000_000)) == "is 14 MB; the limit is 10 MB"


def test_an_answer_that_becomes_too_large_is_not_read_to_its_end() -> None:
    sent: list[int] = []

    def endless() -> Iterator[bytes]:
        yield b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
        for _ in range(1000):
            sent.append(65536)
            yield b"x" * 65536

    assert refused(endless(), SMALL) == "is larger; the limit is 0.1 MB"
    assert sum(sent) < 20_000_000


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_a_bomb_is_defused_in_little_memory(coding: str) -> None:
    packer = zlib.compressobj(9, wbits=31 if coding == "gzip" else 15)
    piece = b"\x00" * 10_000_000
    bomb = b"".join([*(packer.compress(piece) for _ in range(20)), packer.flush()])
    assert len(bomb) < 250_000
    tracemalloc.start()
    try:
        assert refused(page(bomb, f"Content-Encoding: {coding}")) == "is larger; the limit is 10 MB"
        assert tracemalloc.get_traced_memory()[1] < 60_000_000
    finally:
        tracemalloc.stop()


def test_a_bomb_within_a_bomb_is_not_opened() -> None:
    assert (
        refused(page(gzip.compress(b"x"), "Content-Encoding: gzip, gzip")) == "does not answer as a web server should"
    )


@pytest.mark.parametrize(
    "body",
    [
        b"-1\r\n" + b"x" * 3_000_000,
        b"ffffffffffffffff\r\n" + b"x" * 3_000_000,
        b"5;" + b"e" * 3_000_000,
        b"1;" + b"e" * 60_000 + b"\r\nx\r\n" + b"0\r\n" + b"X-Trailer: 1\r\n" * 300_000,
        b"1\r\nx\r\n" * 500_000,
        b"zz\r\n",
        b"5\r\nhel",
        b"5\r\nhelloX\r\n0\r\n\r\n",
    ],
)
def test_chunks_that_lie_or_swell_are_refused(body: bytes) -> None:
    assert refused(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + body, SMALL) in {
        "is larger; the limit is 0.1 MB",
        "breaks off before its end",
        "does not answer as a web server should",
    }


@pytest.mark.parametrize(
    "said",
    [
        b"HTTP/1.1 200 OK\r\n" + b"X-Header: 1\r\n" * 200_000,
        b"HTTP/1.1 200 OK\r\nX-Header: " + b"x" * 3_000_000,
        b"HTTP/1.1 200 " + b"x" * 3_000_000,
        b"HTTP/1.1 100 Continue\r\n\r\n" * 200_000,
        b"HTTP/1.1 100 Continue\r\n" + b"X: 1\r\n" * 300_000,
    ],
)
def test_floods_of_headers_are_refused(said: bytes) -> None:
    assert refused(said, SMALL) in {"does not answer as a web server should", "is larger; the limit is 0.1 MB"}


def test_a_body_that_breaks_off_is_told() -> None:
    assert refused(answer(b"half of it", length=100)) == "breaks off before its end"
    assert refused(page(gzip.compress(b"hello" * 100)[:-9], "Content-Encoding: gzip")) == "breaks off before its end"
    assert refused(page(b"no gzip", "Content-Encoding: gzip")) == "is damaged: it cannot be unpacked"


def test_a_body_longer_than_it_says_ends_where_it_says() -> None:
    assert fetched(answer(b"hello and more", length=5)).data == b"hello"


def test_packed_bodies_are_unpacked() -> None:
    text = b"hello " * 5000
    raw = zlib.compressobj(wbits=-15)
    for coding, body in {
        "gzip": gzip.compress(text),
        "x-gzip": gzip.compress(text[:6]) + gzip.compress(text[6:]) + b"\x00\x00",
        "deflate": zlib.compress(text),
        "Deflate": raw.compress(text) + raw.flush(),
        "identity": text,
    }.items():
        assert fetched(page(body, f"Content-Encoding: {coding}")).data == text, coding


def test_chunks_are_put_together() -> None:
    said = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n6\r\n world\r\n0\r\nX: 1\r\n\r\n"
    assert fetched(said).data == b"hello world"


@pytest.mark.parametrize("head", [0, 1], ids=["headers", "body"])
def test_a_slow_drip_ends_with_the_time_there_is_for_all(head: int) -> None:
    """The clock moves ten seconds whenever it is looked at; the server would drip for ever."""

    def drip() -> Iterator[bytes]:
        yield (b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\n\r\n")[head]
        while True:
            yield b"x"

    assert refused(drip(), clock=Clock(step=10), limits=Limits(total=150)) == "takes too long"


def test_silence_is_not_waited_out() -> None:
    over = threading.Event()

    def silent() -> Iterator[bytes]:
        yield b"HTTP/1.1 200 OK\r\n"
        over.wait(10)

    try:
        assert refused(silent(), limits=Limits(silence=0.05)) == "does not answer in time"
    finally:
        over.set()


# Waiting


def test_a_server_that_asks_to_wait_a_little_is_asked_once_more() -> None:
    for header in (
        "Retry-After: 7",
        "Retry-After: Mon, 02 Nov 2026 10:00:07 GMT\r\nDate: Mon, 02 Nov 2026 10:00:00 GMT",
    ):
        clock = Clock()

        def speak(heard: Heard, header: str = header) -> bytes:
            return answer(b"x", header, status="503 Busy") if heard.number < 2 else HELLO

        with served({"/": speak}) as server:
            assert fetcher(clock=clock).fetch(server.address()).data
            assert clock.waits == [7]


@pytest.mark.parametrize(
    "header", ["X: 1", "Retry-After: 3600", "Retry-After: soon", "Retry-After: Mon, 02 Nov 2026 10:00:07 GMT"]
)
def test_a_server_that_asks_for_more_or_says_nothing_is_left_alone(header: str) -> None:
    clock = Clock()
    with served({"/": answer(b"x", header, status="429 Slow down")}) as server:
        with pytest.raises(FetchError, match="answers 429: too many requests"):
            fetcher(clock=clock).fetch(server.address())
        assert (clock.waits, server.paths) == ([], ["/robots.txt", "/"])


def test_a_server_that_stays_busy_is_not_asked_a_third_time() -> None:
    with served({"/": answer(b"x", "Retry-After: 1", status="503 Busy")}) as server:
        with pytest.raises(FetchError, match="answers 503: out of service"):
            fetcher().fetch(server.address())
        assert server.paths == ["/robots.txt", "/", "/"]


def test_visits_to_one_host_keep_their_distance() -> None:
    clock = Clock()
    with served({"/": HELLO}) as server:
        one = fetcher(clock=clock)
        one.fetch(server.address())
        assert clock.waits == []
        one.fetch(server.address())
        clock.now += 60
        one.fetch(server.address())
        assert clock.waits == [0.5]


def test_a_crawl_delay_is_kept_up_to_a_limit() -> None:
    for asked, kept in (("3", 3), ("0.1", 0.5), ("86400", 10), ("-5", 0.5), ("nan", 0.5), ("soon", 0.5)):
        clock = Clock()
        robots = answer(f"User-agent: *\nCrawl-delay: {asked}\n".encode())
        with served({"/": HELLO, "/robots.txt": robots}) as server:
            one = fetcher(clock=clock)
            one.fetch(server.address())
            one.fetch(server.address())
            assert clock.waits == [kept]


def test_threads_share_a_fetcher_and_take_turns_at_a_host() -> None:
    busy, most = [0], [0]

    def speak(heard: Heard) -> Iterator[bytes]:
        busy[0] += 1
        most[0] = max(most[0], busy[0])
        yield HELLO[:20]
        yield HELLO[20:]
        busy[0] -= 1

    with served({f"/{number}": speak for number in range(8)}) as server:
        one = fetcher()
        found: list[Fetched] = []
        threads = [
            threading.Thread(target=lambda number=number: found.append(one.fetch(server.address(f"/{number}"))))
            for number in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(found) == 8
        assert most == [1]
        assert server.paths.count("/robots.txt") == 1


# robots.txt


def visited(robots: bytes, path: str = "/news/a") -> bool:
    """Whether a page may be read under a robots.txt; that it is not even asked for where not."""
    with served({"/robots.txt": robots, path: HELLO}) as server:
        try:
            fetcher().fetch(server.address(path))
        except FetchError as error:
            told = str(error)
        else:
            return True
        assert "robots.txt" in told
        assert "save the page in your browser" in told
        assert server.paths == ["/robots.txt"]
        return False


@pytest.mark.parametrize(
    ("rules", "allowed"),
    [
        ("", True),
        ("User-agent: *\nDisallow:\n", True),
        ("User-agent: *\nDisallow: /\n", False),
        ("User-agent: *\nDisallow: /news/\n", False),
        ("User-agent: *\nDisallow: /news/\nAllow: /news/a\n", True),
        ("User-agent: *\nDisallow: /*/a$\n", False),
        ("User-agent: other\nDisallow: /\n", True),
        ("User-agent: other\nUser-agent: *\nDisallow: /\n", False),
        ("User-agent: broadsheet\nDisallow: /\n\nUser-agent: *\nAllow: /\n", False),
        ("User-agent: BroadSheet/2.0\nDisallow: /\n", False),
        ("User-agent: Broadsheet\nAllow: /\n\nUser-agent: *\nDisallow: /\n", True),
        ("User-agent: broadsheetbot\nDisallow: /\n", True),
        ("user-agent:broadsheet # us\ndisallow:/news", False),
        ("\ufeffUser-agent: *\r\nDisallow: /\r\n", False),
        ("<html><body>No such page</body></html>", True),
    ],
)
def test_robots_txt_is_heeded(rules: str, allowed: bool) -> None:
    assert visited(answer(rules.encode())) == allowed


@pytest.mark.parametrize("status", ["404 Not Found", "401 No", "403 Forbidden", "410 Gone"])
def test_a_robots_txt_that_is_not_there_forbids_nothing(status: str) -> None:
    assert visited(answer(b"User-agent: *\nDisallow: /", status=status))


@pytest.mark.parametrize("status", ["500 Oops", "503 Busy", "429 Slow down"])
def test_a_robots_txt_that_fails_forbids_all(status: str) -> None:
    assert not visited(answer(b"", status=status))


def test_only_the_start_of_a_giant_robots_txt_counts() -> None:
    giant = b"# a comment\n" * 50_000
    assert not visited(answer(b"User-agent: *\nDisallow: /\n" + giant))
    assert visited(answer(giant + b"User-agent: *\nDisallow: /\n"))


@pytest.mark.parametrize(
    "rules",
    [
        b"".join(b"User-agent: a%d\n" % number for number in range(12_000)) + b"Disallow: /x\n" * 12_000,
        b"".join(b"User-agent: broadsheet*%d\n" % number for number in range(8_000)) + b"Disallow: /x\n" * 12_000,
        b"User-agent: *\nDisallow: /" + b"*a" * 200_000,
        b"User-agent: *\n" + b"Disallow: /*a*b*c*d*e*f$\n" * 15_000,
        b"User-agent: *\n" + b"Allow: /$\n" * 40_000,
        b"\x0b" * 400_000,
        b"User-agent:" + b" " * 400_000,
    ],
    ids=range(7),
)
def test_a_hostile_robots_txt_takes_little_time_and_memory(rules: bytes) -> None:
    tracemalloc.start()
    try:
        assert visited(answer(rules), "/" + "abcdefg" * 300)
        assert tracemalloc.get_traced_memory()[1] < 100_000_000
    finally:
        tracemalloc.stop()


def test_robots_txt_is_read_once_for_each_origin_and_at_each_redirect() -> None:
    rules = answer(b"User-agent: *\nDisallow: /no\n")
    with served({"/": redirect("/yes"), "/yes": HELLO, "/turn": redirect("/no"), "/robots.txt": rules}) as server:
        one = fetcher()
        one.fetch(server.address())
        with pytest.raises(FetchError, match=r"the robots\.txt of 127\.0\.0\.1 asks programs not to read it"):
            one.fetch(server.address("/turn"))
        assert server.paths == ["/robots.txt", "/", "/yes", "/turn"]


def test_a_robots_txt_may_redirect_but_not_inward() -> None:
    with served({"/robots.txt": redirect("/r"), "/r": answer(b"User-agent: *\nDisallow: /\n")}) as server:
        with pytest.raises(FetchError, match="asks programs not to read it"):
            fetcher().fetch(server.address())
        assert server.paths == ["/robots.txt", "/r"]
    with (
        served({"/robots.txt": redirect("http://10.0.0.1/"), "/": HELLO}) as server,
        pytest.raises(FetchError, match=r"leads to 10\.0\.0\.1"),
    ):
        fetcher().fetch(server.address())


def test_a_robots_txt_that_redirects_for_ever_forbids_nothing() -> None:
    with served({"/robots.txt": redirect("/robots.txt"), "/": HELLO}) as server:
        assert fetcher().fetch(server.address()).data
        assert server.paths == ["/robots.txt"] * 6 + ["/"]


# Anything at all


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.one_of(
        st.binary(max_size=300),
        st.binary(max_size=200).map(lambda data: b"HTTP/1.1 200 OK\r\n" + data),
        st.binary(max_size=200).map(lambda data: b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + data),
        st.binary(max_size=200).map(lambda data: b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + data),
        st.binary(max_size=200).map(lambda data: b"HTTP/1.1 302 Found\r\nLocation: " + data + b"\r\n\r\n"),
        st.binary(max_size=200).map(lambda data: b"HTTP/1.1 200 OK\r\nContent-Type: " + data + b"\r\n\r\nx"),
        st.binary(max_size=200).map(lambda data: b"HTTP/1.1 503 Busy\r\nRetry-After: " + data + b"\r\n\r\nx"),
    )
)
def test_whatever_a_server_says_becomes_a_page_or_plain_words(said: bytes) -> None:
    with suppress(FetchError):
        assert fetched(said).data
