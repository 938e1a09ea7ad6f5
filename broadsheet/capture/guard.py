"""Which addresses may be fetched: those on the public web, whatever their spelling."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Literal
from urllib.parse import SplitResult, quote, urlsplit

import idna

from broadsheet.errors import ContentError, Problem

Resolver = Callable[[str, int], Sequence[str]]
"""A host's name and a port to IP addresses; OSError where there are none."""

Scheme = Literal["http", "https"]

PORTS: dict[Scheme, int] = {"http": 80, "https": 443}

# From https://fetch.spec.whatwg.org/#port-blocking: ports from 1024 on where something else than the web listens.
OTHER_PORTS = {1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, *range(6665, 6670), 6679, 6697, 10080}

# From the special-purpose registry of IANA; the last of a cloud's own, as it lies in a public network.
FORBIDDEN_4 = {
    IPv4Network("0.0.0.0/8"): "this host",
    IPv4Network("10.0.0.0/8"): "a private network",
    IPv4Network("100.64.0.0/10"): "a provider's inner network",
    IPv4Network("127.0.0.0/8"): "this machine",
    IPv4Network("169.254.0.0/16"): "the local link and the metadata of clouds",
    IPv4Network("172.16.0.0/12"): "a private network",
    IPv4Network("192.0.0.0/24"): "set aside for protocols",
    IPv4Network("192.0.2.0/24"): "set aside for documentation",
    IPv4Network("192.88.99.0/24"): "relays to IPv6",
    IPv4Network("192.168.0.0/16"): "a private network",
    IPv4Network("198.18.0.0/15"): "set aside for benchmarks",
    IPv4Network("198.51.100.0/24"): "set aside for documentation",
    IPv4Network("203.0.113.0/24"): "set aside for documentation",
    IPv4Network("224.0.0.0/4"): "multicast",
    IPv4Network("240.0.0.0/4"): "reserved",
    IPv4Network("168.63.129.16/32"): "the metadata of a cloud",
}

# Of IPv6 only 2000::/3 is the public web; these parts of it are not.
PUBLIC_6 = IPv6Network("2000::/3")
FORBIDDEN_6 = {
    IPv6Network("2001::/23"): "set aside for protocols and tunnels",
    IPv6Network("2001:db8::/32"): "set aside for documentation",
    IPv6Network("2002::/16"): "a tunnel",
    IPv6Network("3fff::/20"): "set aside for documentation",
}
LOOPBACK_4, LOOPBACK_6 = IPv4Network("127.0.0.0/8"), IPv6Address("::1")
NAT64 = IPv6Network("64:ff9b::/96")
ISATAP = (0x0000_5EFE, 0x0200_5EFE)

INNER_NAMES = re.compile(
    r"(^|\.)(localhost|localdomain|local|internal|intranet|private|corp|home|lan|home\.arpa|onion|metadata\.goog)$"
)
LABELS = re.compile(r"(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,62})(\.[a-z0-9_][a-z0-9_-]{0,62})*")
UNSEEN = re.compile(r"[\x00-\x1f\x7f-\xa0\u00ad\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff\ud800-\udfff]")
LONGEST = 8000

SAVE_IT = "save the page in your browser and add the file"


class FetchError(ContentError):
    """An address that is not fetched, or that gave nothing of use."""

    def __init__(self, address: str, message: str, hint: str = "") -> None:
        super().__init__([Problem(path=address, message=message, hint=hint)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """How names become IP addresses. `loopback_for_tests_only` lets this machine pass, and nothing else."""

    resolve: Resolver
    loopback_for_tests_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An address taken apart. `host` is as a server knows it (ASCII, lower case, IPv6 without brackets)."""

    scheme: Scheme
    host: str
    port: int
    target: str

    @property
    def origin(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}" + ("" if self.port == PORTS[self.scheme] else f":{self.port}")

    @property
    def address(self) -> str:
        return self.origin + self.target


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A place, and the IP addresses it may be connected to, in the resolver's order."""

    place: Place
    ips: tuple[str, ...]


def system_resolver(host: str, port: int) -> tuple[str, ...]:
    """What the machine's own resolver answers, each address once."""
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(answer[4][0]) for answer in answers))


def judge(address: str, guard: Guard) -> Judged:
    """Where an address leads. Raises FetchError for all that is not on the public web.

    A name is looked up once, and every answer must be allowed. Whoever connects
    must take `ips`, never the name: a second look-up could answer otherwise.
    """
    place = parse(address)
    ips = (place.host,) if _ip(place.host) else _look_up(address, place, guard)
    for ip in ips:
        if why := forbidden(ip, loopback_for_tests_only=guard.loopback_for_tests_only):
            raise FetchError(address, f"leads to {ip}, which is not on the public web: {why}", SAVE_IT)
    return Judged(place=place, ips=tuple(_plain(ip) for ip in ips))


def forbidden(ip: str, *, loopback_for_tests_only: bool = False) -> str:
    """What an IP address belongs to that is not the public web; "" for a public one."""
    address = _ip(ip)
    if address is None:
        return "it is no IP address"
    if loopback_for_tests_only and (address in LOOPBACK_4 or address == LOOPBACK_6):
        return ""
    if isinstance(address, IPv4Address):
        return next((why for network, why in FORBIDDEN_4.items() if address in network), "")
    return _forbidden_6(address)


def _forbidden_6(address: IPv6Address) -> str:
    inner = _embedded(address)
    if inner and (why := forbidden(str(inner))):
        return f"it stands for {inner}, {why}"
    if address.ipv4_mapped or address in NAT64:
        return ""
    if address not in PUBLIC_6:
        return "this machine" if address == LOOPBACK_6 else "reserved or private"
    return next((why for network, why in FORBIDDEN_6.items() if address in network), "")


def _embedded(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 address carries in its last 32 bits."""
    number = int(address)
    if address.ipv4_mapped or address in NAT64 or (number >> 32) & 0xFFFF_FFFF in ISATAP:
        return IPv4Address(number & 0xFFFF_FFFF)
    return None


def _plain(ip: str) -> str:
    """An IPv4 address in IPv6's clothes is connected to as what it is."""
    address = _ip(ip)
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return str(mapped or address)


def _ip(text: str) -> IPv4Address | IPv6Address | None:
    """An IP address in its own spelling. A zone ("fe80::1%eth0") is none: it means a local link."""
    try:
        return IPv6Address(text) if ":" in text and "%" not in text else IPv4Address(text)
    except ValueError:
        return None


def _look_up(address: str, place: Place, guard: Guard) -> Sequence[str]:
    local = guard.loopback_for_tests_only and place.host == "localhost"
    if not local and ("." not in place.host or INNER_NAMES.search(place.host)):
        raise FetchError(address, f"{place.host} is a name of inner networks, not of the public web", SAVE_IT)
    try:
        ips = guard.resolve(place.host, place.port)
    except (OSError, UnicodeError) as error:
        raise _unknown(address, place) from error
    if not ips:
        raise _unknown(address, place)
    return ips


def _unknown(address: str, place: Place) -> FetchError:
    return FetchError(address, f"{place.host} is not known: the name has no address", "is it spelled as you meant it?")


def parse(address: str) -> Place:
    """A web address taken apart. Raises FetchError for one that is spelled to mislead, or is none."""
    parts = _split(address)
    scheme = _scheme(address, parts.scheme)
    name, port = _host_and_port(address, parts.netloc)
    return Place(
        scheme=scheme,
        host=_host(address, name),
        port=_port(address, port, PORTS[scheme]),
        target=_target(parts),
    )


def _split(address: str) -> SplitResult:
    if len(address) > LONGEST:
        raise FetchError(address[:200] + "…", f"is longer than {LONGEST} characters")
    text = address.strip(" \t\r\n")
    if UNSEEN.search(text) or "\\" in text:
        raise FetchError(address, "holds backslashes or characters that cannot be seen", "type the address anew")
    try:
        return urlsplit(text)
    except ValueError as error:
        raise FetchError(address, "is no web address") from error


def _scheme(address: str, text: str) -> Scheme:
    match text.lower():
        case "http":
            return "http"
        case "https":
            return "https"
    raise FetchError(address, "is no web address", "one begins with http:// or https://")


def _host_and_port(address: str, netloc: str) -> tuple[str, str]:
    if "@" in netloc:
        raise FetchError(address, "carries a name or a password", "leave out what stands before the @")
    found = re.fullmatch(r"(\[[^\[\]]*\]|[^\[\]:]*)(?::(.*))?", netloc, re.DOTALL)
    if not found or not found[1]:
        raise FetchError(address, "names no host", "a web address looks like https://example.org/page")
    return found[1], found[2] or ""


def _port(address: str, text: str, default: int) -> int:
    """80, 443, and what a program may listen on that is not the system's: elsewhere stand other services."""
    if not text:
        return default
    port = int(text) if re.fullmatch(r"[0-9]{1,5}", text) else 0
    if (port not in PORTS.values() and not 1024 <= port <= 65535) or port in OTHER_PORTS:
        raise FetchError(address, f"asks for port {text}, where no web server listens")
    return port


def _host(address: str, name: str) -> str:
    """A host as it will be looked up: an IP address in its one spelling, or a name in ASCII."""
    if name.startswith("["):
        return _host_6(address, name[1:-1])
    host = _ascii(address, name)
    host = host.removesuffix(".")
    if re.fullmatch(r"(.*\.)?([0-9]+|0x[0-9a-f]*)", host):
        return _host_4(address, host)
    if not LABELS.fullmatch(host):
        raise FetchError(address, f"names a host that cannot be one: {name}")
    return host


def _ascii(address: str, name: str) -> str:
    """Full-width digits, ideographic full stops and letters of all scripts as the name system knows them."""
    if name.isascii():
        return name.lower()
    try:
        plain = idna.uts46_remap(name, std3_rules=False)
        return plain if plain.isascii() else idna.encode(plain).decode("ascii")
    except (idna.IDNAError, UnicodeError) as error:
        raise FetchError(address, f"names a host that cannot be one: {name}") from error


def _host_6(address: str, text: str) -> str:
    try:
        found = IPv6Address(text)
    except ValueError as error:
        raise FetchError(address, f"names a host that cannot be one: [{text}]") from error
    if found.scope_id is not None:
        raise FetchError(address, f"leads to {text}, which is not on the public web: the local link", SAVE_IT)
    return str(found)


def _host_4(address: str, host: str) -> str:
    """An IPv4 address as browsers read it (https://url.spec.whatwg.org/#concept-ipv4-parser).

    Decimal, octal and hexadecimal, one to four parts, the last of which fills what is left.
    """
    numbers = [_number(part) for part in host.split(".")]
    *firsts, last = [-1 if number is None else number for number in numbers]
    fits = len(firsts) < 4 and all(0 <= first < 256 for first in firsts) and 0 <= last < 256 ** (4 - len(firsts))
    if not fits:
        raise FetchError(address, f"names a host that cannot be one: {host}")
    return str(IPv4Address(sum(first << 8 * (3 - place) for place, first in enumerate(firsts)) + last))


def _number(part: str) -> int | None:
    if len(part) > 20:
        return None
    if found := re.fullmatch(r"0x([0-9a-f]*)", part):
        return int(found[1] or "0", 16)
    if re.fullmatch(r"0[0-7]*", part):
        return int(part, 8)
    return int(part) if re.fullmatch(r"[1-9][0-9]*", part) else None


def _target(parts: SplitResult) -> str:
    """What is asked of the server: path and query, with everything escaped that HTTP cannot hold."""
    path = quote(parts.path or "/", safe="%/:=&~+!$,;'@()*")
    query = quote(parts.query, safe="%/:=&~+!$,;'@()*?[]|{}^`")
    return f"{path}?{query}" if query else path
