"""Nothing is fetched but what lies on the public web, however its address is spelled."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address

import pytest
from capture_server import Names
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.capture.guard import FetchError, Guard, forbidden, judge, parse, system_resolver

# IPv4 addresses that are not the public web.
FOUR = (
    "127.0.0.1",
    "127.255.255.254",
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "100.100.100.200",
    "169.254.169.254",
    "169.254.170.2",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.7",
    "203.0.113.9",
    "224.0.0.1",
    "255.255.255.255",
    "168.63.129.16",
)

# IPv6 addresses that are not, besides those that hold one of the above.
SIX = (
    "::",
    "::1",
    "::2",
    "100::1",
    "64:ff9b:1::808:808",
    "2001::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001:2::1",
    "2001:10::1",
    "2001:20::1",
    "2001:db8::1",
    "2002:808:808::1",
    "3fff::1",
    "4000::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fd12:3456:789a::1",
    "fe80::1",
    "febf::1",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
)

NAMES = (
    "localhost",
    "LOCALHOST",
    "localhost.",
    "a.localhost",
    "localhost.localdomain",
    "printer.local",
    "router",
    "intranet",
    "metadata",
    "metadata.google.internal",
    "METADATA.Google.Internal.",
    "instance-data.ec2.internal",
    "metadata.goog",
    "box.lan",
    "nas.home",
    "hub.home.arpa",
    "wiki.corp",
    "wiki.intranet",
    "db.private",
    "hidden.onion",
    "ｌｏｃａｌｈｏｓｔ",
    "loc\u24d0lhost",
)

NO_WEB_ADDRESS = (
    "",
    " ",
    "example.org",
    "//example.org/",
    "/etc/passwd",
    "file:///etc/passwd",
    "FILE:///etc/passwd",
    "file://localhost/etc/passwd",
    "ftp://example.org/",
    "gopher://127.0.0.1:6379/_INFO",
    "dict://127.0.0.1:11211/",
    "data:text/html,<p>hello",
    "javascript:alert(1)",
    "jar:http://example.org!/",
    "view-source:http://127.0.0.1/",
    "ws://example.org/",
    "ldap://127.0.0.1/",
    "unix:///var/run/docker.sock",
    "http+unix://%2Fvar%2Frun%2Fdocker.sock/info",
    "http:",
    "http:/",
    "http://",
    "http:///",
    "http:///127.0.0.1/",
    "http:127.0.0.1",
    "http:/127.0.0.1/",
    "http://?",
    "http://#",
    "http://:80/",
    "https:example.org",
    "http://user@example.org/",
    "http://user:secret@example.org/",
    "http://example.org@127.0.0.1/",
    "http://127.0.0.1@example.org/",
    "http://example.org:80@127.0.0.1/",
    "http://@127.0.0.1/",
    "http://example.org\\@127.0.0.1/",
    "http:\\\\127.0.0.1\\",
    "http:/\\127.0.0.1/",
    "http://127.0.0.1\\.example.org/",
    "http://exa\tmple.org/",
    "http://exa\nmple.org/",
    "http://exa\rmple.org/",
    "http://exa\x00mple.org/",
    "http://127.0.0.1\x00.example.org/",
    "http://127.0.0.1%00.example.org/",
    "http://127.0.0.1%2f.example.org/",
    "http://example.org%40127.0.0.1/",
    "http://%31%32%37.0.0.1/",
    "http://%6c%6f%63%61%6c%68%6f%73%74/",
    "http://exa mple.org/",
    "http://127.0.0.1 /",
    "http:// 127.0.0.1/",
    "http://example.org\u202e/",
    "http://exam\u00adple.org/",
    "http://exam\u200bple.org/",
    "http://[::1/",
    "http://::1/",
    "http://::1]/",
    "http://[::1]x/",
    "http://[]/",
    "http://[:]/",
    "http://[127.0.0.1]/",
    "http://[localhost]/",
    "http://[v1.fe80::1]/",
    "http://[::1%lo]/",
    "http://[fe80::1%25eth0]/",
    "http://[fe80::1%eth0]/",
    "http://[::ffff:127.0.0.1%1]/",
    "http://[::1]%31/",
    "http://256.256.256.256/",
    "http://1.2.3.4.5/",
    "http://1.2.3.256.1/",
    "http://127.0.0.0x/",
    "http://127.0.0.09/",
    "http://4294967296/",
    "http://0x100000000/",
    "http://99999999999999999999999/",
    "http://0x" + "f" * 5000 + "/",
    "http://127..1/",
    "http://.127.0.0.1/",
    "http://127.0.0.1../",
    "http://./",
    "http://../",
    "http://-/",
    "http://-example.org/",
    "http://" + "a" * 64 + ".example/",
    "http://" + ".".join(["abcdefgh"] * 40) + "/",
    "http://exa_mple!.org/",
    "http://a,b.example/",
    "http://a;b.example/",
    "http://*.example.org/",
    "http://<b>.example/",
    "http://℀.example/",
    "http://127。0。0。1＠example.org/",
    "http://example.org：80／@x/",
    "http://xn--\u00fc.example/",
    "http://\ud800.example/",
    "http://example.org:0/",
    "http://example.org:1/",
    "http://example.org:21/",
    "http://example.org:22/",
    "http://example.org:25/",
    "http://example.org:53/",
    "http://example.org:110/",
    "http://example.org:1023/",
    "http://example.org:5060/",
    "http://example.org:6000/",
    "http://example.org:6667/",
    "http://example.org:65536/",
    "http://example.org:99999999/",
    "http://example.org:-80/",
    "http://example.org:+80/",
    "http://example.org: 80/",
    "http://example.org:８０/",
    "http://example.org:8_0/",
    "http://example.org:80:80/",
    "http://example.org:http/",
    "http://example.org/" + "a" * 9000,
)


def spellings_of_four(text: str) -> Iterator[str]:
    """One IPv4 address in all that resolvers and browsers have been known to take for it."""
    a, b, c, d = (int(part) for part in text.split("."))
    whole = int(IPv4Address(text))
    yield text
    yield f"{text}."
    yield str(whole)
    yield hex(whole)
    yield f"0X{whole:X}"
    yield f"0{whole:o}"
    yield f"{a}.{(b << 16) + (c << 8) + d}"
    yield f"{a}.{b}.{(c << 8) + d}"
    yield f"{hex(a)}.{hex(b)}.{hex(c)}.{hex(d)}"
    yield f"0{a:o}.0{b:o}.0{c:o}.0{d:o}"
    yield f"0x{a:08x}.{b}.0{c:o}.{d}"
    yield f"{hex(a)}.{(b << 16) + (c << 8) + d}"
    yield "".join(chr(0xFF10 + int(digit)) if digit.isdigit() else digit for digit in text)
    yield text.replace(".", "。")
    yield text.replace(".", "．")
    yield text.translate({ord("1"): "①", ord("2"): "②"}) if "0" not in text else text.replace(".", "｡")
    high, low = whole >> 16, whole & 0xFFFF
    yield f"[::ffff:{text}]"
    yield f"[::ffff:{high:x}:{low:x}]"
    yield f"[0:0:0:0:0:FFFF:{high:04X}:{low:04X}]"
    yield f"[::{text}]"
    yield f"[::ffff:0:{text}]"
    yield f"[64:ff9b::{text}]"
    yield f"[64:ff9b::{high:x}:{low:x}]"
    yield f"[64:ff9b:1::{text}]"
    yield f"[2002:{high:x}:{low:x}::1]"
    yield f"[2001:0:{high:x}:{low:x}::1]"
    yield f"[2001:0:4136:e378:8000:63bf:{0xFFFF ^ high:x}:{0xFFFF ^ low:x}]"
    yield f"[2606:4700::5efe:{text}]"
    yield f"[fe80::5efe:{text}]"


def spellings_of_six(text: str) -> Iterator[str]:
    yield f"[{text}]"
    yield f"[{IPv6Address(text).exploded}]"
    yield f"[{IPv6Address(text).exploded.upper()}]"


HOSTS = tuple(
    dict.fromkeys(
        [
            *(one for text in FOUR for one in spellings_of_four(text)),
            *(one for text in SIX for one in spellings_of_six(text)),
            *NAMES,
        ]
    )
)


def judged(address: str, *answers: str) -> tuple[str, ...]:
    """The addresses that are allowed, when every name has these."""
    return judge(address, Guard(resolve=lambda host, port: answers)).ips


def test_there_are_more_than_three_hundred_spellings() -> None:
    assert len(HOSTS) + len(NO_WEB_ADDRESS) > 700


@pytest.mark.parametrize("template", ["http://{}/", "HTTPS://{}:8443/a?b=http://example.org#c"])
@pytest.mark.parametrize("host", HOSTS)
def test_a_host_of_inner_networks_is_refused(host: str, template: str) -> None:
    with pytest.raises(FetchError):
        judged(template.format(host), "93.184.215.14")


@pytest.mark.parametrize("address", NO_WEB_ADDRESS)
def test_what_is_no_plain_web_address_is_refused(address: str) -> None:
    with pytest.raises(FetchError):
        judged(address, "93.184.215.14")


@pytest.mark.parametrize("ip", [*FOUR, *SIX, *(f"::ffff:{ip}" for ip in FOUR), "fe80::1%eth0", "", "example.org", "1"])
def test_a_name_is_refused_for_any_answer_that_is_not_public(ip: str) -> None:
    for answers in ([ip], ["93.184.215.14", ip], [ip, "93.184.215.14"], ["2606:4700::1", "8.8.8.8", ip]):
        with pytest.raises(FetchError) as caught:
            judged("http://news.example/", *answers)
        assert "not on the public web" in str(caught.value)


@pytest.mark.parametrize(
    "ip", ["8.8.8.8", "93.184.215.14", "192.0.1.1", "100.128.0.1", "172.32.0.1", "223.255.255.254"]
)
def test_a_public_address_is_allowed_in_any_spelling(ip: str) -> None:
    assert judged("http://news.example/", ip) == (ip,)
    assert judged(f"http://{ip}/") == (ip,)
    assert judged(f"http://{int(IPv4Address(ip))}/") == (ip,)
    assert judged(f"http://[::ffff:{ip}]/") == (ip,), "and is connected to as what it is"


@pytest.mark.parametrize("ip", ["2606:4700::1", "2a00:1450::2004", "2001:4860:4860::8888", "64:ff9b::808:808"])
def test_a_public_address_of_ipv6_is_allowed(ip: str) -> None:
    assert judged("http://news.example/", ip) == (ip,)
    assert judged(f"http://[{IPv6Address(ip).exploded}]/") == (ip,)


def test_every_answer_is_handed_on_in_order() -> None:
    assert judged("https://news.example/", "2606:4700::1", "8.8.8.8") == ("2606:4700::1", "8.8.8.8")


def test_a_name_is_looked_up_once_and_an_ip_address_never() -> None:
    names = Names(news_example=[["8.8.8.8"], ["127.0.0.1"]])
    guard = Guard(resolve=names.resolve)
    assert judge("http://NEWS.example./", guard).ips == ("8.8.8.8",)
    assert names.asked == ["news.example"]
    judge("http://8.8.4.4/", guard)
    assert names.asked == ["news.example"]
    with pytest.raises(FetchError):
        judge("http://news.example/", guard)


def test_the_machines_own_resolver_answers_with_each_address_once() -> None:
    assert system_resolver("127.0.0.1", 80) == ("127.0.0.1",)
    assert {bool(forbidden(ip)) for ip in system_resolver("localhost", 80)} == {True}


def test_names_of_inner_networks_are_not_even_looked_up() -> None:
    names = Names()
    for name in NAMES:
        with pytest.raises(FetchError):
            judge(f"http://{name}/", Guard(resolve=names.resolve))
    assert names.asked == []


def test_a_name_that_nobody_knows_is_told() -> None:
    for names in (Names(), Names(nowhere_example=[[]])):
        with pytest.raises(FetchError, match=r"nowhere\.example is not known"):
            judge("http://nowhere.example/", Guard(resolve=names.resolve))


def test_the_switch_for_tests_opens_this_machine_and_nothing_else() -> None:
    open_ = {ip for ip in (*FOUR, *SIX) if not forbidden(ip, loopback_for_tests_only=True)}
    assert open_ == {"127.0.0.1", "127.255.255.254", "::1"}


def test_a_message_names_what_the_address_leads_to() -> None:
    with pytest.raises(FetchError) as caught:
        judged("http://2130706433/")
    assert str(caught.value).startswith(
        "http://2130706433/: error: leads to 127.0.0.1, which is not on the public web: this machine\n  hint: save"
    )


def test_an_address_is_taken_apart_as_a_server_knows_it() -> None:
    place = parse(" HTTPS://WWW.Bücher.Example.:443/ein pfad/ä?q=ü&r=[1]#ende ")
    assert place.host == "www.xn--bcher-kva.example"
    assert place.address == "https://www.xn--bcher-kva.example/ein%20pfad/%C3%A4?q=%C3%BC&r=[1]"
    assert parse("http://example.org").address == "http://example.org/"
    assert parse("http://example.org:8080?a").address == "http://example.org:8080/?a"
    assert parse("http://[2606:4700::0001]:80/").address == "http://[2606:4700::1]/"


def test_a_letter_that_older_standards_folded_stays_itself() -> None:
    assert parse("http://straße.example/").host == "xn--strae-oqa.example"


@given(st.integers(0, 2**32 - 1))
def test_spelling_never_changes_the_verdict_on_an_ipv4_address(number: int) -> None:
    ip = str(IPv4Address(number))
    verdict = bool(forbidden(ip))
    mapped = f"::ffff:{ip}"
    assert bool(forbidden(mapped)) == verdict
    assert forbidden(f"::{ip}")
    for host in (ip, str(number), hex(number), f"[{mapped}]"):
        assert _refused(f"http://{host}/") == verdict


@given(st.integers(0, 2**32 - 1))
def test_what_python_calls_not_global_is_forbidden(number: int) -> None:
    address = IPv4Address(number)
    if not address.is_global or address.is_multicast or address.is_reserved:
        assert forbidden(str(address))


@given(st.integers(0, 2**128 - 1))
def test_what_python_calls_not_global_is_forbidden_in_ipv6(number: int) -> None:
    address = IPv6Address(number)
    if not address.ipv4_mapped and (not address.is_global or address.is_multicast or address.is_reserved):
        assert forbidden(str(address))


@given(st.text(max_size=60))
def test_any_text_is_refused_or_allowed_in_plain_words(text: str) -> None:
    for address in (text, f"http://{text}", f"http://{text}/", f"http://example.org/{text}"):
        _refused(address)


@given(st.text(st.characters(codec="utf-8"), max_size=40), st.text(st.characters(codec="utf-8"), max_size=40))
def test_what_is_sent_to_a_server_is_ascii_and_stays_itself(path: str, query: str) -> None:
    try:
        place = parse(f"http://example.org/{path}?{query}")
    except FetchError:
        return
    assert place.target.isascii()
    assert not set(place.target) & set(" \r\n\t\x00")
    assert parse(place.address) == place


def _refused(address: str) -> bool:
    try:
        judge(address, Guard(resolve=lambda host, port: ["8.8.8.8"]))
    except FetchError:
        return True
    return False
