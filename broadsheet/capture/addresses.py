"""Addresses as pages write them to addresses that are safe to print, free of trackers, and comparable."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit, urlunsplit

if TYPE_CHECKING:
    import tldextract

LONGEST = 8_000
"""Characters of an address; what is longer is data, and no link a reader could follow."""

MOST_DETOURS = 6

_WEB = ("http", "https")
SAFE = "/:@!$&*+,;=~-._%?"
"""What stays as it is in a path or a query: quotes, brackets and signs that Markdown or HTML reads do not."""

_DROPPED_BY_BROWSERS = str.maketrans("", "", "\t\n\r")
_UNSPEAKABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
_HOST = re.compile(r"(?:[\w-]+\.)*[\w-]+\.?|\[[0-9A-Fa-f:.]+\]")
_HOSTLESS = re.compile(r"https?:(?!//[^/?#])|//(?![^/?#])", re.I)
_MAIL = re.compile(r"[\w.+%-]+@(?:[\w-]+\.)+[\w-]+")


def absolute(address: str, base: str) -> str:
    """An address as a page writes it to the one a reader can follow, or "" where there is none to follow.

    http, https and mailto only, without credentials, percent-encoded so that
    neither Markdown nor HTML stumbles. The `#part` of another page stays; one of
    the page itself is no address, as the part does not come along.
    """
    typed = address.strip(" \x00\t\n\r\f").translate(_DROPPED_BY_BROWSERS)
    if not typed or typed.startswith("#") or len(typed) > LONGEST or _UNSPEAKABLE.search(typed):
        return ""
    if typed[:7].lower() == "mailto:":
        return _mail(typed)
    typed = _with_slashes(typed)
    if _HOSTLESS.match(typed):
        return ""
    try:
        parts = urlsplit(urljoin(base, typed))
        return _spelled(parts) if _is_followable(parts) else ""
    except ValueError:
        return ""


def _mail(typed: str) -> str:
    """Without subject and body: those are for buttons that share a page."""
    receiver = typed[7:].partition("?")[0]
    return f"mailto:{receiver}" if _MAIL.fullmatch(receiver) else ""


def _with_slashes(typed: str) -> str:
    """Browsers read a backslash before the query as a slash."""
    path, sign, rest = re.match(r"([^?#]*)([?#]?)(.*)", typed, re.S).groups()  # type: ignore[union-attr] # always matches
    return f"{path.replace(chr(92), '/')}{sign}{rest}"


def _is_followable(parts: SplitResult) -> bool:
    return (
        parts.scheme in _WEB
        and "@" not in parts.netloc
        and _HOST.fullmatch(_host(parts)) is not None
        and (parts.port is None or parts.port > 0)
    )


def _host(parts: SplitResult) -> str:
    host = (parts.hostname or "").lower()
    return f"[{host}]" if ":" in host else host


def _spelled(parts: SplitResult) -> str:
    netloc = _host(parts) + (f":{parts.port}" if parts.port else "")
    fragment = "" if parts.fragment.startswith(":~:") else parts.fragment
    encoded = (quote(part, safe=SAFE) for part in (parts.path or "/", parts.query, fragment))
    return urlunsplit((parts.scheme, netloc, *encoded))


def is_web(address: str) -> bool:
    """Whether this is a whole http or https address that `absolute` lets pass."""
    return address[:4].lower() == "http" and absolute(address, "") != ""


# Trackers and redirectors ---------------------------------------------------------------------------


_TRACKING_PREFIXES = (
    "utm_", "hsa_", "mtm_", "matomo_", "piwik_", "pk_", "stm_", "vero_", "oly_", "ns_mchannel", "ns_source",
    "ns_campaign", "ns_linkname", "ns_fee", "at_medium", "at_campaign", "at_custom", "at_link", "at_format", "at_ptr",
    "at_bbc", "_hs", "__hs", "guce_", "gaa_", "wt.mc", "wt_mc", "sc_c", "trk_", "fb_action", "fb_source", "fb_ref",
    "ga_source", "ga_medium", "ga_campaign", "ga_content", "ga_term", "itm_", "mc_c", "mc_e", "hmb_", "cm_mmc",
)  # fmt: skip
_TRACKERS = frozenset((
    "fbclid", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "gad_source", "gad_campaignid", "msclkid", "yclid",
    "ymclid", "ysclid", "twclid", "ttclid", "li_fat_id", "igshid", "igsh", "mkt_tok", "cmpid", "icid", "intcid",
    "int_cid", "intcmp", "ncid", "sr_share", "smid", "smtyp", "ocid", "taid", "soc_src", "soc_trk", "guccounter",
    "spm", "xtor", "s_cid", "srnd", "sref", "__twitter_impression", "ref_src", "ref_url", "referrer_source", "_ga",
    "_gl", "_ke", "wickedid", "rb_clickid", "trkcampaign", "elqtrackid", "elqtrack", "__s", "epik", "_openstat",
    "echobox", "share_id", "sharetype", "dm_i", "ml_subscriber", "ml_subscriber_hash", "s_kwcid", "ef_id",
    "mibextid", "recruited_by_id", "mbid", "cndid", "esrc",
))  # fmt: skip
_CAMPAIGNS = re.compile(
    r"(?:tw(?:itter|tr)?|x|fb|facebook|linkedin|li|reddit|hn|hackernews|whatsapp|telegram|instagram|flipboard|rss|feeds?"
    r"|atom|email|e-?mail|mail|newsletter|nl|push|share|sharing|social|copy(?:-?link)?|youtu\.be|emb_\w+)"
    r"(?:[-_.:/]?(?:com|share|sharing|social|feed|link|button|post|newsletter|bookmark|\d+))*"
    r"|rss-+\w*|post_page-.*|.*_share|.*newsletter.*",
    re.I,
)
_TRACKING_VALUES = {
    "ref": _CAMPAIGNS,
    "src": _CAMPAIGNS,
    "source": _CAMPAIGNS,
    "via": _CAMPAIGNS,
    "from": _CAMPAIGNS,
    "feature": _CAMPAIGNS,
    "campaign": _CAMPAIGNS,
    "amp": re.compile("|1|true"),
    "output": re.compile("amp", re.I),
    "outputtype": re.compile("amp", re.I),
}
"""Parameters that pages need unless they hold one of these."""

_TRACKING_FRAGMENT = re.compile(r":~:|(?:xtor|echobox|utm_\w+|at_\w+|mc_[ce]id|ref|rss)=", re.I)

_REDIRECTING = re.compile(
    r"(?:l|lm|out|away|go|goto|click|clicks?|r|redirect|redir|link|links|exit)\.[^/]+/?"
    r"|[^/]+/(?:.*/)?(?:url|redirect|redirector|redir|out|away|goto|go|click|apiclick|linkfilter|exit|leave|link|l|r|cread)"
    r"(?:\.\w{2,4})?/?",
    re.I,
)
"""Host and path of an address that only leads to another, which a parameter names."""

_TARGETS = ("url", "u", "q", "to", "target", "dest", "destination", "redirect", "redirect_url", "uddg", "z", "murl")
_AMP_CACHE = re.compile(r"(?:[\w-]+\.cdn\.ampproject\.org/(?:[a-z]/)?|(?:www\.)?google\.[a-z.]+/amp/)(s/)?", re.I)


def without_trackers(address: str) -> str:
    """An address without what only tells who followed it whence: parameters, redirectors, caches.

    What is not known to be a tracker stays, in its order and spelling.
    """
    if "?" not in address and "#" not in address and "amp" not in address:
        return address
    address = _destination(address)
    path, sign, fragment = address.partition("#")
    if _TRACKING_FRAGMENT.match(fragment):
        sign = fragment = ""
    front, mark, query = path.partition("?")
    if mark and is_web(address):
        kept = "&".join(pair for pair in query.split("&") if not _is_tracker(pair))
        path = path if kept == query else f"{front}?{kept}" if kept else front
    return path + sign + fragment


def _destination(address: str) -> str:
    """Where a chain of redirectors leads; where it began, if the chain is too long to be an honest one."""
    place = address
    for _ in range(MOST_DETOURS):
        target = _behind(place)
        if not target or len(target) >= len(place):
            return place
        place = target
    return address


def _behind(address: str) -> str:
    """The address that a redirector or a cache stands before, or ""."""
    rest = re.sub(r"^https?://", "", address, flags=re.I)
    if rest == address:
        return ""
    if cached := _AMP_CACHE.match(rest):
        return absolute(f"http{'s' if cached[1] else ''}://{rest[cached.end() :]}", "")
    place, _, query = rest.partition("#")[0].partition("?")
    if not query or not _REDIRECTING.fullmatch(place):
        return ""
    values = {name.lower(): value for name, _, value in (pair.partition("=") for pair in query.split("&"))}
    named = (unquote(values[name]) for name in _TARGETS if name in values)
    return next((absolute(target, "") for target in named if is_web(target)), "")


def _is_tracker(pair: str) -> bool:
    name, _, value = pair.partition("=")
    name = unquote(name).lower()
    if name in _TRACKERS or name.startswith(_TRACKING_PREFIXES):
        return True
    return name in _TRACKING_VALUES and _TRACKING_VALUES[name].fullmatch(unquote(value)) is not None


# Comparing ------------------------------------------------------------------------------------------


_SIDE_DOORS = re.compile(r"^(?:www\d?|amp|m)\.(?=[^.]+\.)")
_AMP_BEGINNING = re.compile(r"(?:/amp)+(?=/.)", re.I)
_AMP_ENDING = re.compile(r"(?:\.amp(?:\.html)?)+$", re.I)
_NO_NAME = re.compile(r"|amp(?:\.html)?|index\.\w{3,5}", re.I)
"""Last part of a path that names nothing."""
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")


def canonical(address: str) -> str:
    """The spelling by which two addresses of one page are seen to be one. For comparing, not for printing."""
    # Without its AMP form an address may turn out to be a redirector's.
    while (simpler := _simpler(address)) != address:
        address = simpler
    return address


def _simpler(address: str) -> str:
    plain = without_trackers(absolute(address, "") or address)
    if not is_web(plain):
        return plain
    parts = urlsplit(plain)
    port = "" if parts.port in (None, 80, 443) else f":{parts.port}"
    query = "&".join(sorted(pair for pair in _unescaped(parts.query).split("&") if pair))
    fragment = parts.fragment if parts.fragment.startswith("!") else ""
    return urlunsplit(("https", _front_door(_host(parts)) + port, _bare(parts.path), query, fragment))


def _front_door(host: str) -> str:
    host = host.rstrip(".")
    while (shorter := _SIDE_DOORS.sub("", host)) != host:
        host = shorter
    return host


def _bare(path: str) -> str:
    parts = _unescaped(path).split("/")
    while len(parts) > 1 and _NO_NAME.fullmatch(parts[-1]):
        parts.pop()
    path = "/".join((*parts[:-1], _AMP_ENDING.sub("", parts[-1])))
    beginning = _AMP_BEGINNING.match(path)
    return path[beginning.end() :] if beginning else path


def _unescaped(text: str) -> str:
    """Percent forms in one spelling: letters and digits plain, the others in capitals."""

    def spelled(found: re.Match[str]) -> str:
        character = chr(int(found[1], 16))
        return character if _UNRESERVED.match(character) else found[0].upper()

    return _ESCAPE.sub(spelled, text)


def domain(address: str) -> str:
    """The registered domain of an address or a host ("news.example.co.uk" is "example.co.uk"'s), or "".

    A host that has none (a number, a name of the local network) is its own. Of a
    platform where everybody registers below it, each is one.
    """
    try:
        host = urlsplit(address if "//" in address else f"//{address}").hostname or ""
    except ValueError:
        return ""
    return _suffixes()(host).top_domain_under_public_suffix or host.rstrip(".")


@cache
def _suffixes() -> tldextract.TLDExtract:
    """The list that the library brings along: neither network nor disk is asked. Loaded late, as it takes long."""
    import tldextract

    return tldextract.TLDExtract(
        suffix_list_urls=(), cache_dir=None, fallback_to_snapshot=True, include_psl_private_domains=True
    )
