"""Which articles are named below another: by tags, by words, the same again, and in little time."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.cache import FILE, open_cache
from broadsheet.model import Article, Body, PublishedArticle, Tag, Teaser, Text
from broadsheet.related import COUNT, related

FIXTURE = Path(__file__).resolve().parent / "fixtures" / "related" / "matters.md"
NEWEST = datetime(2026, 11, 1, tzinfo=UTC)
Lists = Sequence[Sequence[int]]


def published(number: int, text: str = "", *, title: str = "", tags: str = "", story: str = "") -> PublishedArticle:
    """An article, the older the higher its number; its tags as words."""
    date = NEWEST - timedelta(hours=number)
    body = Text(text)
    article = Article(path=f"articles/{number}.md", title=title, date=date, slug=f"a{number}", text=body, story=story)
    tagged = tuple(Tag(name=tag, slug=tag, url=f"/tags/{tag}/") for tag in tags.split())
    teaser = Teaser(url=f"/{number}/", title=title, date=date, tags=tagged)
    return PublishedArticle(article=article, teaser=teaser, body=Body(path="", url="", text=body), id=str(number))


def matters() -> list[tuple[str, str]]:
    """Forty short texts, each with the matter that it is about, in no order."""
    blocks = (block.strip().split("\n") for block in FIXTURE.read_text("utf-8").split("# ")[1:])
    texts = [(matter, text) for matter, *lines in blocks for text in lines if text]
    random.Random(1).shuffle(texts)
    return texts


def crowd(count: int, seed: int = 1) -> list[PublishedArticle]:
    """Articles of made-up words: most of them everybody's, some of a subject that a few share."""
    source = random.Random(seed)
    syllables = [a + b for a in "bdfgklmnprst" for b in "aeiou"]
    known = ["".join(source.choices(syllables, k=source.choice([2, 3, 4]))) for _ in range(6_000)]
    subjects = [source.sample(known, 20) for _ in range(max(2, count // 20))]
    weights = [1 / (rank + 3) for rank in range(len(known))]
    made = []
    for number in range(count):
        words = source.choices(known, weights, k=110) + source.choices(source.choice(subjects), k=30)
        tags = f"t{source.randrange(3)} u{source.randrange(30)}"
        made.append(published(number, " ".join(words), title=" ".join(words[-3:]), tags=tags))
    return made


# Quality


def test_most_first_names_are_of_the_same_matter_by_words_alone() -> None:
    texts = matters()
    assert len(texts) == 40
    lists = related([published(number, text) for number, (_, text) in enumerate(texts)], by_text=True)
    right = sum(bool(one) and texts[one[0]][0] == texts[number][0] for number, one in enumerate(lists))
    assert right >= 0.8 * len(texts)


def test_an_old_article_of_the_same_matter_comes_before_newer_ones_that_share_a_broad_tag() -> None:
    texts = [text for matter, text in matters() if matter != "glacier"]
    ice = [text for matter, text in matters() if matter == "glacier"]
    articles = [published(0, f"{ice[0]} {ice[1]}", tags="news")]
    articles += [published(number, text, tags="news") for number, text in enumerate(texts, 1)]
    articles += [published(90, ice[2]), published(91, ice[3])]
    assert related(articles, by_text=True)[0][0] in (len(articles) - 1, len(articles) - 2)


def test_a_rare_tag_counts_more_than_a_broad_one() -> None:
    articles = [published(number, tags="news") for number in range(40)]
    articles = [published(0, tags="news tides"), *articles[1:], published(50, tags="tides")]
    assert related(articles, by_text=False)[0][0] == 40


@pytest.mark.parametrize("by_text", [False, True])
def test_two_shared_tags_count_more_than_one(by_text: bool) -> None:
    articles = [published(0, tags="a b"), published(1, tags="a"), published(2, tags="a b"), published(3, tags="b")]
    assert related(articles, by_text=by_text)[0] == (2, 1, 3)


def test_words_of_scripts_without_spaces_are_compared() -> None:
    texts = [
        "市议会因桥墩出现裂缝而关闭了大桥，卡车必须绕行。", "渡轮在峡湾用电池航行，乘客等待了四个小时。",
        "工程师在大桥的桥墩上安装传感器，裂缝仍在扩大。", "新的电池渡轮将在峡湾航行，航线共有三条。",
        "养蜂人在冬天失去了许多蜂箱。", "天文学家用新望远镜看见遥远的星系。", "图书馆的目录被黑客加密。",
        "疫苗保护了孩子。",
    ]  # fmt: skip
    lists = related([published(number, text) for number, text in enumerate(texts)], by_text=True)
    assert [one[0] for one in lists[:4]] == [2, 3, 0, 1]


def test_words_with_marks_and_endings_are_compared() -> None:
    texts = [
        "أغلق المجلس الجسر أمام الشاحنات", "تبحر العبّارة بالبطاريات في المضيق", "يصلح المهندسون الجسر والشاحنات تنتظر",
        "बर्फ पिघलती है ग्लेशियर के नीचे", "मधुमक्खी के छत्ते खाली हैं", "ग्लेशियर की बर्फ नीचे झील बनाती है",
        "Die Gletscher schmelzen", "Der Gletscher schmilzt", "Neue Fähren", "Die Fähre fährt",
        "Bienen im Winter", "Wahlen auf der Insel", "Chips aus dem Norden", "Dialekte im Tal", "Eine Bücherei",
        "Impfung gegen Fieber",
    ]  # fmt: skip
    lists = related([published(number, text) for number, text in enumerate(texts)], by_text=True)
    assert lists[0][0] == 2
    assert lists[3][0] == 5
    assert lists[6][0] == 7


def test_addresses_and_markup_are_no_words() -> None:
    same = '<span class="wrapper">{}</span> [{}](https://wrapper.example/path/to) \n\n[ref]: /wrapper/path "wrapper"'
    words = ["anchor", "bellows", "cinder", "dormer", "easel", "flagon", "gimlet", "hassock", "inkwell"]
    articles = [published(number, same.format(word, word)) for number, word in enumerate(words)]
    assert set(related(articles, by_text=True)) == {()}


def test_articles_with_nothing_in_common_are_not_related() -> None:
    assert related([published(0, "Bees swarm"), published(1, "Ice melts")], by_text=True) == ((), ())
    assert related([], by_text=True) == ()


def test_articles_of_the_same_story_are_left_out() -> None:
    articles = [published(0, tags="a", story="s"), published(1, tags="a", story="s"), published(2, tags="a")]
    assert related(articles, by_text=True) == ((2,), (2,), (0, 1))


# Law


texts_of_few_letters = st.text("abß 漢字 <[](&", max_size=60)
some_tags, some_stories = st.sampled_from(["", "a", "a b", "c"]), st.sampled_from(["", "s"])
some_articles = st.lists(st.tuples(texts_of_few_letters, some_tags, some_stories), max_size=30)


@given(some_articles, st.booleans())
@settings(max_examples=60, deadline=None)
def test_a_list_names_few_others_each_once(made: list[tuple[str, str, str]], by_text: bool) -> None:
    articles = [published(number, text, tags=tags, story=story) for number, (text, tags, story) in enumerate(made)]
    lists = related(articles, by_text=by_text)
    assert len(lists) == len(articles)
    for number, one in enumerate(lists):
        assert number not in one
        assert len(one) == len(set(one)) <= COUNT
        assert set(one) <= set(range(len(articles)))


def test_hostile_text_takes_no_time_to_speak_of_and_breaks_nothing() -> None:
    signs = "<", "[", "](", "&", "&a", "a", "漢", "\x00\u202e\ud800"
    texts = [sign * 500_000 for sign in signs]
    articles = [published(number, text, title=text[:5_000]) for number, text in enumerate(texts)]
    assert len(related([*articles, *articles], by_text=True)) == 2 * len(texts)


# What it costs, and what it changes


def kinds(folder: Path) -> int:
    """Values in a cache."""
    with closing(sqlite3.connect(folder / FILE)) as connection:
        return int(connection.execute("SELECT count(*) FROM entries").fetchone()[0])


def test_with_a_cache_the_lists_are_the_same(tmp_path: Path) -> None:
    articles = crowd(200)
    expected = related(articles, by_text=True)
    for _ in range(2):
        with open_cache(tmp_path) as cache:
            assert related(articles, by_text=True, cache=cache) == expected
            assert related(articles[1:], by_text=True, cache=cache) == related(articles[1:], by_text=True)
            assert related(articles, by_text=False, cache=cache) == related(articles, by_text=False)


def test_nothing_is_computed_again_for_what_did_not_change(tmp_path: Path) -> None:
    articles = crowd(200)
    with open_cache(tmp_path) as cache:
        related(articles, by_text=True, cache=cache)
    assert kinds(tmp_path) == 200 + 1
    before = (tmp_path / FILE).stat().st_mtime_ns
    with open_cache(tmp_path) as cache:
        related(articles, by_text=True, cache=cache)
    assert (tmp_path / FILE).stat().st_mtime_ns == before


def test_only_the_words_of_a_changed_article_are_read_again(tmp_path: Path) -> None:
    articles = crowd(200)
    with open_cache(tmp_path) as cache:
        related(articles, by_text=True, cache=cache)
    articles[7] = published(7, "quite other words")
    with open_cache(tmp_path) as cache:
        assert related(articles, by_text=True, cache=cache) == related(articles, by_text=True)
    assert kinds(tmp_path) == 200 + 1 + 2


def test_a_tag_counts_when_it_changes_though_no_word_did(tmp_path: Path) -> None:
    with open_cache(tmp_path) as cache:
        assert related([published(0), published(1)], by_text=True, cache=cache) == ((), ())
        assert related([published(0, tags="a"), published(1, tags="a")], by_text=True, cache=cache) == ((1,), (0,))


def named(articles: Sequence[PublishedArticle], lists: Lists) -> dict[str, list[str]]:
    return {one.id: [articles[other].id for other in others] for one, others in zip(articles, lists, strict=True)}


def test_a_new_article_changes_the_lists_of_few_others() -> None:
    articles = crowd(605)
    changed = []
    for newest in range(4):
        with_it, without = articles[newest:], articles[newest + 1 :]
        after, before = named(with_it, related(with_it, by_text=True)), named(without, related(without, by_text=True))
        changed.append(sum(after[one] != before[one] for one in before))
    assert max(changed) <= 0.04 * len(articles), changed
