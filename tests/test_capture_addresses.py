"""Addresses lead where the page meant them to, tell nobody whence the reader came, and can be compared."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.capture.addresses import absolute, canonical, domain, is_web, without_trackers
from broadsheet.markup import sanitize, to_html

BASE = "https://news.example.com/2026/story.html?page=2"

HOSTS = st.sampled_from(
    ("example.com", "www.example.com", "amp.m.example.co.uk", "EXAMPLE.org:443", "[::1]:80", "l.example.net")
)
PARAMETERS = st.sampled_from(
    ("utm_source=x", "id=7", "fbclid=y", "ref=twitter", "ref=chapter", "amp", "q=a%20b", "b=1&a=2",
     "url=https%3A%2F%2Fexample.org%2Fx", "u=https://example.net/amp/?gclid=1", "copy", "", "source=rss", "empty=")
)  # fmt: skip
PATHS = st.sampled_from(
    ("", "/", "/a//b/", "/a/amp/", "/amp/a", "/a.amp", "/a/index.html", "/url", "/out/link.php", "/%7euser/%c3%bc",
     "/ü ß", "/c/s/example.org/amp.html", "/amp", "/amp/amp/index.htm", "/index.html/amp")
)  # fmt: skip
ADDRESSES = st.one_of(
    st.text(max_size=40),
    st.text(alphabet=st.sampled_from("htps:/\\?#&=.@%[]()<>'\" \t\n\0\u202ejavcrd1éＡ"), max_size=40),
    st.builds(
        "{}{}{}?{}{}".format,
        st.sampled_from(("http://", "https://", "HTTPS://", "//", "")),
        HOSTS,
        PATHS,
        st.lists(PARAMETERS, max_size=4).map("&".join),
        st.sampled_from(("", "#", "#part", "#:~:text=x", "#xtor=1", "#!/page")),
    ),
)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("other.html", "https://news.example.com/2026/other.html"),
        ("/top?a=1#part", "https://news.example.com/top?a=1#part"),
        ("//cdn.example.net/x", "https://cdn.example.net/x"),
        ("\\\\cdn.example.net\\x", "https://cdn.example.net/x"),
        ("?page=3", "https://news.example.com/2026/story.html?page=3"),
        (" \n https://exa\nmple.org/a b ", "https://example.org/a%20b"),
        ("HTTP://Example.ORG:80/A", "http://example.org:80/A"),
        ("https://example.org", "https://example.org/"),
        ("https://example.org/a(b)[c]'\"<>`{|}", "https://example.org/a%28b%29%5Bc%5D%27%22%3C%3E%60%7B%7C%7D"),
        ("https://bücher.example/ö?ü=ß", "https://bücher.example/%C3%B6?%C3%BC=%C3%9F"),
        ("https://example.org/100%25", "https://example.org/100%25"),
        ("https://example.org/#:~:text=words", "https://example.org/"),
        ("mailto:desk@example.org?subject=Read%20this", "mailto:desk@example.org"),
    ],
)
def test_an_address_is_the_one_a_browser_would_follow(typed: str, meant: str) -> None:
    assert absolute(typed, BASE) == meant
    assert absolute(meant, "") == meant


@pytest.mark.parametrize(
    "typed",
    [
        "", " ", "#part", "javascript:alert(1)", "java\nscript:alert(1)", "\x01javascript:x", "data:text/html,x",
        "vbscript:x", "file:///etc/passwd", "ftp://example.org/", "tel:+1", "mailto:", "mailto:?subject=x",
        "https://user:secret@example.org/", "https://example.org@evil.example/", "https://", "https:///x", "https:x",
        "mailto:a b@c", "https://a b/", "https://example.org:99999/", "https://example.org:0/",
        "https://example.org:x/", "https://[::1/", "https://exa%6dple.org/", "https://example.org/\u202etxt.exe", "https://exam\u200bple.org/",
        "https://example.org/\x7f", "https://example.org/\ud800",
        "https://example.org/" + "a" * 9_000, "https://..example.org/",
    ],
)  # fmt: skip
def test_what_no_reader_should_follow_is_no_address(typed: str) -> None:
    assert absolute(typed, BASE) == ""


def test_without_a_base_only_whole_addresses_count() -> None:
    assert absolute("/top", "") == ""
    assert absolute("https://example.org/", "") == "https://example.org/"


@given(ADDRESSES, st.sampled_from(("", BASE, "http://example.net")))
def test_no_address_has_another_scheme_or_anything_that_markup_reads(typed: str, base: str) -> None:
    found = absolute(typed, base)
    assert found == "" or re.fullmatch(r"(?:https?://|mailto:)[^\s<>\"'()`\\|{}^\x00-\x1f]+", found)
    assert absolute(found, base) == found


@given(ADDRESSES)
def test_an_address_survives_markdown(typed: str) -> None:
    found = absolute(typed, BASE).replace("&", "&amp;")
    if found.startswith("http"):
        assert f'href="{found}"' in sanitize(to_html(f"[x]({found})"))


# Trackers


@pytest.mark.parametrize(
    ("tracked", "plain"),
    [
        ("https://example.com/a?utm_source=x&id=7&utm_medium=y", "https://example.com/a?id=7"),
        ("https://example.com/a?fbclid=x#part", "https://example.com/a#part"),
        ("https://example.com/a?UTM_Source=x&gclid=1", "https://example.com/a"),
        ("https://example.com/a?ref=twitter&ref_src=tw", "https://example.com/a"),
        ("https://example.com/a?source=rss-----7", "https://example.com/a"),
        ("https://example.com/a?z=1&outputType=amp&a=2", "https://example.com/a?z=1&a=2"),
        ("https://example.com/a#xtor=RSS-1", "https://example.com/a"),
        ("https://www.google.com/url?sa=D&q=https%3A%2F%2Fexample.com%2Fa%3Fb%3D1%26gclid%3D2", "https://example.com/a?b=1"),
        ("https://l.facebook.com/l.php?u=https%3A%2F%2Fexample.com%2Fa&h=x", "https://example.com/a"),
        ("https://news.example.net/apiclick.aspx?tid=1&url=https%3a%2f%2fexample.com%2fa", "https://example.com/a"),
        ("https://out.example.net/?url=https%3A%2F%2Fexample.com%2Fa", "https://example.com/a"),
        ("https://www-example-com.cdn.ampproject.org/c/s/www.example.com/a", "https://www.example.com/a"),
        ("https://www.google.com/amp/s/www.example.com/a", "https://www.example.com/a"),
        ("https://a.example/redirect?to=https%3A%2F%2Fb.example%2Fgo%3Furl%3Dhttps%253A%252F%252Fc.example%252F",
         "https://c.example/"),
    ],
)  # fmt: skip
def test_trackers_and_detours_go(tracked: str, plain: str) -> None:
    assert without_trackers(tracked) == plain


@pytest.mark.parametrize(
    "needed",
    [
        "https://example.com/a?b=2&a=1&&c", "https://example.com/?id=7&ref=chapter-3", "https://example.com/?source=reuse",
        "https://example.com/?q=https%3A%2F%2Fexample.org%2F", "https://example.com/login?redirect=https%3A%2F%2Fexample.org%2F",
        "https://example.com/share.php?u=https%3A%2F%2Fexample.org%2F", "https://example.com/url?q=javascript:alert(1)",
        "https://example.com/camp/?amplitude=3", "https://example.com/amp/a", "https://example.com/?from=Berlin&via=Bonn",
        "mailto:desk@example.com", "utm_source=x", "https://example.com/a?", "",
    ],
)  # fmt: skip
def test_what_a_page_may_need_stays_as_it_is(needed: str) -> None:
    assert without_trackers(needed) == needed


@given(ADDRESSES)
def test_nothing_is_left_to_take_away(typed: str) -> None:
    for address in (typed, absolute(typed, BASE)):
        once = without_trackers(address)
        assert without_trackers(once) == once
        assert len(once) <= len(address)


def test_an_endless_chain_of_detours_is_left_alone() -> None:
    chain = "https://out.example/?u=" * 300 + "https://example.com/"
    assert without_trackers(chain) == chain


# Comparing


@pytest.mark.parametrize(
    "other",
    [
        "http://example.com/a/b", "https://www.example.com/a/b/", "HTTPS://WWW.EXAMPLE.COM:443/a/b", "https://amp.example.com/a/b",
        "https://m.example.com/a/b", "https://example.com/a/b/amp/", "https://example.com/amp/a/b", "https://example.com/a/b.amp",
        "https://example.com/a/b?utm_source=x#part", "https://example.com/a/%62", "https://example.com/a/b/index.html",
        "https://www.google.com/url?q=https%3A%2F%2Fexample.com%2Fa%2Fb", "https://example.com./a/b", "https://example.com/a/b?amp=1",
    ],
)  # fmt: skip
def test_addresses_of_one_page_are_equal(other: str) -> None:
    assert canonical(other) == canonical("https://example.com/a/b")


@pytest.mark.parametrize(
    "other",
    [
        "https://example.com/a/B", "https://example.com/a", "https://example.com:8080/a/b", "https://example.org/a/b",
        "https://example.com/a/b?id=1", "https://news.example.com/a/b", "https://example.com/a%2Fb", "https://example.com/a/bamp",
    ],
)  # fmt: skip
def test_addresses_of_other_pages_are_not(other: str) -> None:
    assert canonical(other) != canonical("https://example.com/a/b")


def test_the_order_of_parameters_makes_no_other_page() -> None:
    assert canonical("https://example.com/?b=2&a=1") == canonical("https://example.com/?a=1&b=2")


@given(ADDRESSES)
def test_comparing_is_settled_at_once_and_blind_to_trackers(address: str) -> None:
    assert canonical(canonical(address)) == canonical(address)
    assert canonical(without_trackers(address)) == canonical(address)


# Domains


@pytest.mark.parametrize(
    ("address", "registered"),
    [
        ("https://news.example.co.uk/a", "example.co.uk"),
        ("www.example.com", "example.com"),
        ("https://WWW.Example.COM:8080/", "example.com"),
        ("https://writer.github.io/post", "writer.github.io"),
        ("http://192.0.2.1/", "192.0.2.1"),
        ("http://[2001:db8::1]/", "2001:db8::1"),
        ("http://localhost/", "localhost"),
        ("http://[::1", ""),
        ("", ""),
        ("not an address", "not an address"),
    ],
)
def test_a_domain_is_what_somebody_registered(address: str, registered: str) -> None:
    assert domain(address) == registered


def test_domains_are_told_without_network_or_cache(tmp_path: Path) -> None:
    program = (
        "import socket\n"
        "def refuse(*_): raise AssertionError('network')\n"
        "socket.socket.connect = socket.getaddrinfo = refuse\n"
        "from broadsheet.capture.addresses import domain\n"
        "assert domain('https://a.b.example.co.jp/') == 'example.co.jp'\n"
    )
    here = str(Path(__file__).resolve().parent.parent)
    environment = {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path), "PYTHONPATH": here}
    subprocess.run([sys.executable, "-c", program], env=environment, check=True)
    assert list(tmp_path.iterdir()) == []


def test_web_addresses_are_whole_and_followable() -> None:
    assert is_web("https://example.com")
    assert is_web("HTTP://example.com/a")
    assert not any(map(is_web, ("", "/a", "example.com", "http:", "https://", "mailto:a@example.com", "https://a:b@example.com/")))
