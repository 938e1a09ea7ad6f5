"""Articles to the others that a reader of each may want next: by their tags, and by their words."""

from __future__ import annotations

import hashlib
import json
import math
import re
import struct
import zlib
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from itertools import islice
from operator import itemgetter

from broadsheet.cache import Cache
from broadsheet.model import PublishedArticle
from broadsheet.values import digest

COUNT = 4
"""Articles named as related to one."""

WORDS_KIND = "words/1"
LISTS_KIND = "related/1"
"""What the cache keeps them under; the numbers go up when what is computed here changes."""

READ = 20_000
"""Characters of an article that are looked at."""

WORDS = 128
"""Different words of an article that are remembered."""

KEYWORDS = 20
"""Words that stand for an article: those that it uses more, and others less."""

NEAR = 16
"""Articles that share a tag or keyword and are looked at, on either side, so that an archive takes time of its length.

They are those nearest in time. Were they the newest, each new article would
change what is related to the old ones.
"""

WHOLE = 1_000_000
"""The score of an article that has all the keywords of another."""

TAG = 250_000
"""The score of one tag that no more than three share."""

LEAST = 80_000
"""The score below which an article is not named that shares no tag: a word in common is chance."""

RARITY = 0.8
"""What a tag or word is worth that twice as many articles share."""

_USED = (18, 14, 10)
"""What a word is worth by how much an article uses it."""

_UNIT = 1_000


def related(
    articles: Sequence[PublishedArticle], *, by_text: bool, cache: Cache | None = None
) -> tuple[tuple[int, ...], ...]:
    """For each article the places of at most COUNT others in the same sequence, best first.

    Those of the same `story` are left out, as pages name them anyway. Ties go to
    the order of the articles. With a cache, words are read once, and articles
    compared when any of them has changed.
    """
    digests = [_digest(one) if by_text else "" for one in articles]
    key = _key(articles, digests)
    if cache and (kept := cache.get(LISTS_KIND, key)) is not None:
        return _lists_from(kept)
    words = _all_words(articles, digests, cache) if by_text else [b""] * len(articles)
    lists = tuple(_Ranking(articles, words).lists())
    if cache:
        cache.put_many(LISTS_KIND, {key: _lists_to(lists)})
    return lists


def _digest(one: PublishedArticle) -> str:
    return digest(one.article.title, one.article.dek, one.article.summary, one.body.text.digest)


def _texts(one: PublishedArticle) -> tuple[str, str, str, str]:
    """What is read of an article: its title, which counts most, and the rest."""
    return one.article.title, one.article.dek, one.article.summary, one.body.markdown[:READ]


def _key(articles: Sequence[PublishedArticle], digests: Sequence[str]) -> str:
    """A hash of all that the lists are made from."""
    facts = [
        (digest, one.article.story, [tag.slug for tag in one.teaser.tags])
        for one, digest in zip(articles, digests, strict=True)
    ]
    return hashlib.blake2b(json.dumps(facts).encode(), digest_size=16).hexdigest()


def _lists_to(lists: Sequence[Sequence[int]]) -> bytes:
    return json.dumps(lists, separators=(",", ":")).encode()


def _lists_from(data: bytes) -> tuple[tuple[int, ...], ...]:
    return tuple(tuple(one) for one in json.loads(data))


# Words ----------------------------------------------------------------------------------------------


Words = tuple[tuple[int, ...], ...]
"""The words of an article as hashes: those used most, some, and little."""

_NOISE = re.compile(r"<[^<>]*>|\]\([^()\s]*|https?://\S+|&\w+;|^ {0,3}\[[^\]\n]+\]:.*$", re.M)
"""What no reader sees of Markdown: tags, addresses, entities, definitions."""

_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff"
"""Scripts that put no space between words, and Korean, whose words end in many ways: read by pairs of letters."""

_MARKS = "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0900-\u0dff"
"""Signs within words that are no letters to Python."""

_LATIN_WORD = re.compile(r"[a-z0-9]{2,}")


def _all_words(articles: Sequence[PublishedArticle], digests: Sequence[str], cache: Cache | None) -> list[bytes]:
    """The words of each article, packed: as numbers, those of an archive would take a gigabyte.

    They are read only where the cache does not know them.
    """
    known = cache.get_many(WORDS_KIND, digests) if cache else {}
    unknown = {digest: one for one, digest in zip(articles, digests, strict=True) if digest not in known}
    read = {digest: _packed(_words(one)) for digest, one in unknown.items()}
    if cache and read:
        cache.put_many(WORDS_KIND, read)
    known.update(read)
    return [known[digest] for digest in digests]


def _packed(words: Words) -> bytes:
    return b"".join(struct.pack(f"<I{len(some)}I", len(some), *some) for some in words)


def _unpacked(data: bytes) -> Words:
    words, numbers = [], struct.unpack(f"<{len(data) // 4}I", data)
    while numbers:
        end = numbers[0] + 1
        words.append(numbers[1:end])
        numbers = numbers[end:]
    return tuple(words)


def _words(one: PublishedArticle) -> Words:
    """The words used most and first, one in the title counting as three."""
    title, *others = (_NOISE.sub(" ", text[:READ]).casefold() for text in _texts(one))
    typed = [*_split(title) * 3, *_split("\n".join(others)[:READ])]
    uses = Counter(map(_number, typed))
    del uses[0]
    best = sorted(uses.items(), key=itemgetter(1), reverse=True)[:WORDS]
    return tuple(tuple(word for word, count in best if (count < 4) + (count < 2) == step) for step in range(3))


def _split(text: str) -> list[str]:
    if text.isascii():
        return _LATIN_WORD.findall(text)
    word, pair = _of_any_script()
    return [*word.findall(text), *pair.findall(text)]


@cache
def _of_any_script() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Words, and pairs of letters. Made where a text is first split, as it takes milliseconds."""
    word = re.compile(rf"(?:(?![{_UNSPACED}])[^\W_]|[{_MARKS}]){{2,}}")
    return word, re.compile(rf"(?=([{_UNSPACED}]{{2}}))")


@lru_cache(maxsize=100_000)
def _number(word: str) -> int:
    """A hash of what the forms of a word have in common, in most languages; 0 for a number.

    Of 32 bits: one word in a hundred thousand meets another, which does no harm.
    """
    stem = word[:7].rstrip("s") if len(word) > 4 else word
    return 0 if word.isdigit() else zlib.crc32(stem.encode("utf-8", "surrogatepass"))


# Keywords and tags to others -------------------------------------------------------------------------


Keywords = list[tuple[int, int]]
"""Words of an article with the share that each has of the whole."""


def _rarity(count: int) -> float:
    """What one of `count` that share something has in common with another.

    In steps, each of twice as many, and by no share of all: so one more article
    changes what few others are related to.
    """
    return math.pow(RARITY, max(0, count.bit_length() - 2))


class _Ranking:
    """Who shares which tags and keywords, so that each article is compared with those alone."""

    def __init__(self, articles: Sequence[PublishedArticle], words: Sequence[bytes]) -> None:
        self.articles = articles
        self.keywords = _keywords(words)
        self.tagged: dict[str, list[int]] = defaultdict(list)
        self.using: dict[int, list[int]] = defaultdict(list)
        for place, one in enumerate(articles):
            for tag in one.teaser.tags:
                self.tagged[tag.slug].append(place)
            for word, _ in self.keywords[place]:
                self.using[word].append(place)

    def lists(self) -> Iterator[tuple[int, ...]]:
        for place, one in enumerate(self.articles):
            by_tags = self.by_tags(one, place)
            scores = self.with_words(by_tags, place)
            able = ((-score, other) for other, score in scores.items() if score >= LEAST or other in by_tags)
            others = (other for _, other in sorted(able) if self.may_name(one, place, other))
            yield tuple(islice(others, COUNT))

    def may_name(self, one: PublishedArticle, place: int, other: int) -> bool:
        story = one.article.story
        return other != place and not (story and self.articles[other].article.story == story)

    def by_tags(self, one: PublishedArticle, place: int) -> dict[int, int]:
        scores: dict[int, int] = defaultdict(int)
        for tag in one.teaser.tags:
            tagged = self.tagged[tag.slug]
            weight = round(TAG * _rarity(len(tagged)) ** 2)
            for other in _near(tagged, place):
                scores[other] += weight
        return scores

    def with_words(self, by_tags: Mapping[int, int], place: int) -> dict[int, int]:
        scores = defaultdict(int, by_tags)
        for word, share in self.keywords[place]:
            for other in _near(self.using[word], place):
                scores[other] += share
        return scores


def _near(places: list[int], place: int) -> list[int]:
    if len(places) <= NEAR:
        return places
    middle = bisect_left(places, place)
    return places[max(0, middle - NEAR) : middle + NEAR + 1]


def _keywords(words: Sequence[bytes]) -> list[Keywords]:
    """For each article the words that tell it from most others, and from not all, with their shares of WHOLE."""
    newest = _unsettled(len(words))
    settled = _counted(words[newest:], Counter())
    sharing = _counted(words[:newest], Counter(settled))
    common = (len(words) - newest).bit_length() - 2
    worth = {
        word: round(_rarity(settled[word]) * _UNIT)
        for word, count in sharing.items()
        if count > 1 and settled[word].bit_length() <= common
    }
    return [_shares(_unpacked(one), worth) for one in words]


def _unsettled(count: int) -> int:
    """How many of the newest articles have no say yet in which words are rare.

    They gain it together, some hundreds in an archive of ten thousand: else each
    new article would make rare words less rare, and change what is related to
    old articles that it has little to do with.
    """
    return count % (1 << max(0, count.bit_length() - 5))


def _counted(words: Sequence[bytes], counted: Counter[int]) -> Counter[int]:
    """`counted` with the number of articles that use each word added."""
    for one in words:
        for some in _unpacked(one):
            counted.update(some)
    return counted


def _shares(words: Words, worth: Mapping[int, int]) -> Keywords:
    # The hash below the number it is sorted by: one number sorts faster than two.
    able = [
        (worth[word] * factor) << 32 | word
        for factor, some in zip(_USED, words, strict=False)
        for word in some
        if word in worth
    ]
    best = sorted(able, reverse=True)[:KEYWORDS]
    whole = sum(one >> 32 for one in best)
    return [(one & 0xFFFFFFFF, (one >> 32) * WHOLE // whole) for one in best]
