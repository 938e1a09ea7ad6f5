"""Plain values to bytes and back."""

from __future__ import annotations

import pickle
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.model import Article, Correction, Facts, Image, Source, Text, digest_of
from broadsheet.values import decoder, digest, encode

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.datetimes(max_value=datetime(9998, 1, 1), timezones=zones)
extras = st.recursive(words, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3))
articles = st.builds(
    Article, path=words, title=words, date=moments, slug=words, updated=st.none() | moments, draft=st.booleans(),
    tags=st.lists(words, max_size=3).map(tuple), weight=st.integers(-99, 99),
    image=st.none() | st.builds(Image, path=words),
    source=st.none() | st.builds(Source, name=words, published=st.none() | moments),
    corrections=st.lists(st.builds(Correction, date=moments, note=words), max_size=2).map(tuple),
    extra=st.dictionaries(words, extras, max_size=3),
)  # fmt: skip


@given(articles)
def test_an_article_comes_back_as_it_was_but_for_its_text(article: Article) -> None:
    (back,) = decoder(list[Article])(encode([article]))
    assert replace(back, text=article.text) == article
    assert back.date.utcoffset() == article.date.utcoffset()


@given(articles)
def test_values_that_differ_have_other_digests(one: Article) -> None:
    others = (
        replace(one, title=one.title + "x"), replace(one, text=Text("other")), replace(one, tags=(*one.tags, "")),
        replace(one, date=one.date + timedelta(microseconds=1)), replace(one, extra={**one.extra, "x": []}),
    )  # fmt: skip
    assert digest(one) not in {digest(other) for other in others if other != one}


@dataclass(frozen=True)
class Pair:
    left: str
    right: str


def test_what_is_told_cannot_be_told_otherwise() -> None:
    values = (("a", "b"), ("ab", ""), ("a",), (["a", "b"],), (Pair("a", "b"),), (1,), ("1",))
    told = [digest(*value) for value in values]
    assert len(set(told)) == len(told)


def test_half_a_character_has_a_digest_of_its_own() -> None:
    assert len({digest("\ud800"), digest("\ud801"), digest("\\ud800")}) == 3
    with pytest.raises(ValueError, match="surrogates"):
        encode("\ud800")


@pytest.mark.parametrize("data", [b"", b"{", b"[1]", b'["a", "b"', b"\xff", b"null"])
def test_what_is_not_of_the_type_is_an_error(data: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - each says something else
        decoder(list[str])(data)


def test_what_is_no_plain_value_is_an_error() -> None:
    with pytest.raises(TypeError, match="object is no plain value"):
        encode(object())


def test_a_text_is_its_digest() -> None:
    one, same, other = Text("words"), Text(lambda: "words", digest=digest_of("words")), Text("others")
    assert one == same != other
    assert len({one, same, other}) == 2
    assert encode(one) == encode(same) != encode(other)
    assert same.markdown == "words"


def test_a_text_takes_itself_along() -> None:
    facts = Facts(words=1, letters=5, opening="", targets=("a.md",))
    back = pickle.loads(pickle.dumps(Text("words", facts=facts)))
    assert (back.markdown, back.facts, back.digest) == ("words", facts, digest_of("words"))
    assert isinstance(back.origin, str)
