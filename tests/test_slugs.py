"""Words to addresses that every disk and every host can carry."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from broadsheet.slugs import DEVICES, claim, encoded, file_of, is_segment, site_path, slugify

FORMS: tuple[Literal["NFC", "NFD", "NFKC", "NFKD"], ...] = ("NFC", "NFD", "NFKC", "NFKD")

anything = st.text(st.characters(), max_size=120)
letters = st.text(st.characters(categories=["L", "M", "N"]), min_size=1, max_size=200)


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("The Merger", "the-merger"),
        ("  The -- Merger!  ", "the-merger"),
        ("Größe & Maß", "grosse-and-mass"),
        ("Éducation à l’été", "education-a-l-ete"),
        ("R&D", "r-and-d"),
        ("Node.js", "node-js"),
        (".NET", "dot-net"),
        ("C++20", "c-plus-plus-20"),
        ("F#", "f-sharp"),
        ("5 % more", "5-percent-more"),
        ("Wait...what", "wait-what"),
        ("Wait…what", "wait-what"),
        ("Version 3.10", "version-3-10"),
        ("新聞", "新聞"),
        ("Ελληνικά", "ελληνικά"),
        ("हिन्दी", "हिन्दी"),
        ("ﬁne", "fine"),
        ("con", "con-x"),
        ("COM¹", "com1-x"),
        ("", "untitled"),
        ("   ", "untitled"),
        ("…", "u2e-u2e-u2e"),
        ("🎉", "u1f389"),
    ],
)
def test_words_become_a_slug(text: str, slug: str) -> None:
    assert slugify(text) == slug


def test_names_that_differ_in_symbols_alone_stay_apart() -> None:
    names = ("C", "C++", "C#", ".NET", "Net", "Node.js", "Node", "R&D", "RD", "C&A", "CA")
    assert len({slugify(name) for name in names}) == len(names)


@given(anything)
def test_a_slug_is_a_safe_name_of_a_file(text: str) -> None:
    slug = slugify(text)
    assert is_segment(slug)
    assert len(f"{slug}.markdown".encode()) <= 255
    assert not re.search(r"[\s_./\\A-Z]", slug.replace("_", ""))
    assert site_path(slug) == f"/{slug}/"


@given(st.text(st.characters(codec="utf-8", categories=["Lo", "Mn"]), min_size=30, max_size=400))
@example("𠀀" * 200)
@example("कि" * 200)
def test_a_long_title_gives_a_slug_that_fits(text: str) -> None:
    assert is_segment(slugify(text))


@given(anything)
@example("𠀀" * 60)
@example("con")
@example("a" * 79 + "-b")
@example("≠")
@example("\u0301x")
def test_a_slug_of_a_slug_is_itself(text: str) -> None:
    assert slugify(slugify(text)) == slugify(text)


@given(st.text(max_size=60))
@example("≠")
@example("Å")
@example("각")
def test_every_spelling_in_unicode_gives_one_slug(text: str) -> None:
    assert len({slugify(unicodedata.normalize(form, text)) for form in FORMS}) == 1


@given(letters)
def test_upper_and_lower_case_give_one_slug(text: str) -> None:
    assert slugify(text.casefold()) == slugify(text)


ascii_text = st.text(st.characters(codec="ascii", min_codepoint=33), max_size=120)


def wide(text: str) -> str:
    """ASCII in the letters of its width in Chinese print, which Unicode takes for the same."""
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


@given(ascii_text)
@example(".NET")
@example("a..b .c .1")
@example("C++ & _x_")
@example("...")
@example("Con")
@example("a" * 79 + "-b")
def test_ascii_gives_the_slug_and_the_claim_of_its_wide_letters(text: str) -> None:
    assert slugify(text) == slugify(wide(text))
    name = text.replace("/", "")
    assert claim(f"/{name}/") == claim(f"/{wide(name)}/")


@pytest.mark.parametrize("device", sorted(DEVICES))
def test_names_of_windows_devices_are_avoided(device: str) -> None:
    assert slugify(device.upper()) not in DEVICES
    assert not is_segment(device)
    assert not is_segment(f"{device}.html")


@pytest.mark.parametrize(
    "text",
    ["", ".", "..", "a/b", "a\\b", "a:b", "a?", "a*", '"', "<", ">", "|", "a.", " a", "a ", "\0", "\x7f", "\ud800"],
)
def test_what_some_system_refuses_is_no_segment(text: str) -> None:
    assert not is_segment(text)


def test_a_segment_is_measured_in_bytes() -> None:
    assert is_segment("a" * 200)
    assert is_segment("a." * 99 + "bc")
    assert not is_segment("a" * 201)
    assert not is_segment("a." * 100 + "b")
    assert not is_segment("é" * 101)


@pytest.mark.parametrize(
    ("typed", "path"),
    [
        ("about", "/about/"),
        ("/about", "/about/"),
        ("/about/", "/about/"),
        (" /about/ ", "/about/"),
        ("/old/page.html", "/old/page.html"),
        ("/old/page.html/", "/old/page.html/"),
        ("/feed.xml", "/feed.xml"),
        ("/v1.2-notes", "/v1.2-notes/"),
        ("/e\u0301te\u0301/", "/été/"),
        ("//about//", "/about/"),
    ],
)
def test_an_address_is_read_as_an_editor_types_it(typed: str, path: str) -> None:
    assert site_path(typed) == path


@pytest.mark.parametrize(
    "typed",
    ["", "/", "///", "..", "/../x", "/x/../y", "/x/./y", "/x//y", "/x/ ../", "/con/", "/a:b/", "/a?b", "/a\\..\\b"],
)
def test_an_address_that_is_no_safe_path_is_refused(typed: str) -> None:
    assert site_path(typed) is None


path_like = st.lists(
    st.sampled_from(
        ["/", ".", "..", "a", "\\", "%2e", "é", " ", "\0", "con", ":", "\u2024", "／", "．", "~", "x.html"]
    ),
    max_size=8,
).map("".join)


@given(st.one_of(anything, path_like))
def test_a_path_of_the_site_never_leaves_it(text: str) -> None:
    path = site_path(text)
    if path is None:
        return
    assert path.startswith("/")
    segments = path.strip("/").split("/")
    assert segments
    assert all(segment not in ("", ".", "..") and is_segment(segment) for segment in segments)
    assert not file_of(path).startswith("/")
    assert site_path(path) == path


@given(path_like)
def test_a_path_is_the_same_in_every_form_of_unicode(text: str) -> None:
    assert site_path(unicodedata.normalize("NFD", text)) == site_path(unicodedata.normalize("NFC", text))


def test_a_folder_is_served_by_its_index() -> None:
    assert file_of("/") == "index.html"
    assert file_of("/a/") == "a/index.html"
    assert file_of("/a.html") == "a.html"


@given(st.text(max_size=60))
@example("/Straße/")
@example("/ᾳ\u0301/")
@example("/Å/")
def test_paths_that_some_disk_takes_for_one_claim_the_same(text: str) -> None:
    decomposed = unicodedata.normalize("NFD", text)
    variants = {text, decomposed.casefold(), *(unicodedata.normalize(form, text) for form in FORMS)}
    assert len({claim(f"/{variant}/") for variant in variants}) == 1


@given(st.text(st.characters(codec="ascii", categories=["L", "N"]), max_size=30))
def test_upper_case_claims_what_lower_case_claims(text: str) -> None:
    assert claim(f"/{text.upper()}/") == claim(f"/{text.lower()}/")


def test_a_folder_claims_what_its_index_claims() -> None:
    assert claim("/a/") == claim("/A/index.html")
    assert claim("/a/") != claim("/b/")


@given(st.text(st.characters(codec="utf-8"), max_size=60))
@example("/2026/a-b_c.d~e/")
@example("/100%25/")
@example('/"<>?#[]^`{|} /')
def test_a_link_is_ascii(text: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9/._~!$&'()*+,;=:@%-]*", encoded(text))
    assert encoded(text) == quote(text, safe="/-._~!$&'()*+,;=:@")


@pytest.mark.parametrize("text", ["❤️", "☀️", "⚠️"])
def test_a_symbol_with_a_variation_selector_is_named_by_its_code_points(text: str) -> None:
    assert slugify(text) == "-".join(f"u{ord(c):x}" for c in text)
