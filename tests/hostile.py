"""Whether a browser could be made to do something by HTML: the judge of the tests on hostile text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import html5lib

SHARED = Path(__file__).resolve().parent.parent.parent / "shared" / "attacks" / "html-payloads.json"

ACTIVE = {
    "applet", "audio", "base", "button", "embed", "form", "frame", "frameset", "iframe", "input", "link", "math",
    "meta", "object", "portal", "script", "select", "style", "svg", "template", "textarea", "video",
}
"""Elements that run, load, restyle or ask for something; text may bring none of them."""

ADDRESSES = {"action", "background", "cite", "data", "formaction", "href", "ping", "poster", "src", "srcset"}

PAYLOADS = (
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example/x.js></sCrIpT>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><a xlink:href='javascript:alert(1)'>x</a></svg>",
    "<math><mi xlink:href='data:text/html,x'>x</mi></math>",
    "<a href='java\tscript:alert(1)'>x</a>",
    "[x](javascript:alert(1))",
    "[x](&#106;avascript&colon;alert(1))",
    "![x](data:image/svg+xml;base64,PHN2Zz4=)",
    "<style>@import 'https://evil.example/x.css'</style><p style='position:fixed'>x</p>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe><object data=x></object><embed src=x>",
    "<base href=https://evil.example/><meta http-equiv=refresh content=0><form action=x><button>x</button></form>",
    "\"><b id=main onmouseover=alert(1)>x</b>",
    "</title></head></script><script>alert(1)</script>",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "<table><td background='javascript:alert(1)'>x</table>",
    "```html\n<script>alert(1)</script>\n```\n<details open ontoggle=alert(1)>x</details>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<x:script xmlns:x='http://www.w3.org/1999/xhtml'>alert(1)</x:script>",
)
"""Our own, of every kind that the sanitizer knows."""


def elements(html: str) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Every element as a browser would make it of a page: its namespace, name and attributes."""
    for element in html5lib.parse(html, treebuilder="etree").iter():
        if isinstance(element.tag, str):
            namespace, _, name = element.tag.rpartition("}")
            yield namespace.lstrip("{"), name, {_plain(key): value for key, value in element.attrib.items()}


def _plain(key: Any) -> str:
    return str(key).rpartition("}")[2].lower()


def active(html: str) -> Counter[str]:
    """How often each active element stands in a page, scripts that only hold data apart from the others."""
    found: Counter[str] = Counter()
    for namespace, name, attributes in elements(html):
        if name == "script" and attributes.get("type") == "application/ld+json":
            found["data"] += 1
        elif name in ACTIVE or not namespace.endswith("/xhtml"):
            found[name] += 1
    return found


def dangerous_attributes(html: str) -> list[str]:
    """Attributes that run or restyle something, and addresses of a scheme that can."""
    wrong = []
    for _, name, attributes in elements(html):
        for key, value in attributes.items():
            scheme = re.match(r"[\x00-\x20]*([A-Za-z][\w+.-]*):", re.sub(r"[\t\n\r]", "", value))
            is_code = scheme is not None and scheme[1].lower() not in ("http", "https", "mailto")
            if key.startswith("on") or key in ("style", "srcdoc") or (is_code and key in ADDRESSES):
                wrong.append(f"<{name} {key}={value!r}>")
    return wrong


def dangers(fragment: str) -> list[str]:
    """What is active or dangerous in HTML that belongs into a page's body, and any id but a footnote's."""
    page = f"<!doctype html><title>x</title><body>{fragment}</body>"
    ids = [
        f"id={attributes['id']!r}" for _, _, attributes in elements(page)
        if "id" in attributes and not re.fullmatch(r"fn(ref\d*)?:[\w.-]+", attributes["id"])
    ]  # fmt: skip
    return [*active(page), *dangerous_attributes(page), *ids]
