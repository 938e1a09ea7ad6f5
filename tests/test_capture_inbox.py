"""What is new is listed once, under a number that stays its own, and nothing of it is lost silently."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.capture.feed import Feed, Item
from broadsheet.capture.inbox import (
    FILE,
    MARGIN,
    MOST_WAITING,
    Arrival,
    Heard,
    Inbox,
    added,
    dismissed,
    dump,
    item,
    load,
    look,
    numbers,
    parse,
    save,
    waiting,
)
from broadsheet.errors import ConfigError, ContentError, PublishError

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
HARBOUR, MILL = "https://harbour.example/feed.xml", "https://mill.example/rss"


def article(id: str, title: str = "", *, address: str = "-", day: int = 20) -> Item:
    address = f"https://harbour.example/{id}" if address == "-" else address
    return Item(id=id, title=title or f"About {id}", address=address, date=datetime(2026, 11, day, tzinfo=UTC))


def heard(key: str, *items: Item, home: str = "") -> Heard:
    return Heard(key=key, feed=Feed(title=f"News of {key}", address=key, home=home, lang="", items=items))


def looked(*times: Heard | Sequence[Heard]) -> tuple[Inbox, list[tuple[Arrival, ...]]]:
    """The inbox after several looks, a day apart, and what was new at each."""
    inbox, news = Inbox(), []
    for day, time in enumerate(times):
        inbox, new = look(inbox, [time] if isinstance(time, Heard) else time, NOW + timedelta(days=day))
        news.append(new)
    return inbox, news


def told(arrivals: Sequence[Arrival]) -> list[tuple[int, str]]:
    return [(one.number, one.id) for one in arrivals]


# What is new


def test_the_first_look_finds_everything_and_the_second_what_came_since() -> None:
    _, (first, second, third) = looked(
        heard(HARBOUR, article("b", day=20), article("a", day=19)),
        heard(HARBOUR, article("b", day=20), article("a", day=19)),
        heard(HARBOUR, article("c", day=21), article("b", day=20)),
    )
    assert (told(first), told(second), told(third)) == ([(2, "b"), (1, "a")], [], [(3, "c")])


def test_the_newest_has_the_highest_number_and_comes_first_whichever_feed_it_is_of() -> None:
    mill = heard(MILL, article("m2", day=21), article("m1", day=18))
    harbour = heard(HARBOUR, article("h2", day=20), article("h1", day=19))
    for order in ((mill, harbour), (harbour, mill)):
        _, (new,) = looked(order)
        assert told(new) == [(4, "m2"), (3, "h2"), (2, "h1"), (1, "m1")]


def test_an_article_without_a_date_or_from_the_future_counts_as_of_now() -> None:
    undated = replace(article("u", day=20), date=None)
    future = replace(article("f"), date=datetime(2099, 1, 1, tzinfo=UTC))
    naive = replace(article("n"), date=datetime(2026, 11, 21, 12))
    _, (new,) = looked(heard(HARBOUR, future, article("a", day=21), naive, undated))
    assert [one.id for one in new] == ["f", "u", "n", "a"]


def test_an_article_that_changes_its_title_or_address_is_not_new_and_takes_the_change() -> None:
    changed = article("a", "A better title", address="https://harbour.example/moved")
    inbox, (_, second) = looked(heard(HARBOUR, article("a")), heard(HARBOUR, changed))
    assert second == ()
    assert (item(inbox, 1).title, item(inbox, 1).address) == ("A better title", "https://harbour.example/moved")


def test_an_article_that_changes_its_id_is_known_by_its_address() -> None:
    renamed = article("new-id", address="http://www.harbour.example/a/?utm_source=rss")
    inbox, (_, second) = looked(heard(HARBOUR, article("a")), heard(HARBOUR, renamed))
    assert second == ()
    assert [one.number for one in waiting(inbox)] == [1]


def test_one_article_in_two_feeds_is_shown_once_and_names_both() -> None:
    other = article("tag:mill,1", "The mill's own title", address="https://harbour.example/a?utm_medium=feed#top")
    for times in (
        [heard(HARBOUR, article("a")), heard(MILL, other)],
        [[heard(HARBOUR, article("a")), heard(MILL, other)]],
    ):
        inbox, _ = looked(*times)
        (one,) = waiting(inbox)
        assert (one.feeds, one.title) == ((HARBOUR, MILL), "About a")


def test_an_article_added_from_one_feed_is_not_new_in_another() -> None:
    inbox, _ = looked(heard(HARBOUR, article("a")))
    inbox = added(inbox, 1, "content/articles/2026/11/a.md")
    inbox, new = look(inbox, [heard(MILL, article("x", address="https://harbour.example/a"))], NOW)
    assert new == ()
    assert waiting(inbox) == ()


def test_an_address_that_several_articles_of_a_feed_have_tells_nothing() -> None:
    page = "https://harbour.example/notes"
    _, (first, second) = looked(
        heard(HARBOUR, article("a", address=page), article("b", address=page)),
        heard(HARBOUR, article("c", address=page), article("b", address=page)),
    )
    assert len(first) == 2
    assert told(second) == [(3, "c")]


def test_the_address_of_the_site_itself_tells_nothing() -> None:
    home = "https://harbour.example/"
    _, news = looked(*(heard(HARBOUR, article(id, address=home), home=home) for id in "abc"))
    assert [told(new) for new in news] == [[(1, "a")], [(2, "b")], [(3, "c")]]


def test_articles_without_addresses_are_told_apart_by_their_ids() -> None:
    _, (new,) = looked(heard(HARBOUR, article("a", address=""), article("b", address="")))
    assert len(new) == 2


def test_two_feeds_may_use_the_same_ids() -> None:
    _, (new,) = looked([heard(HARBOUR, article("1")), heard(MILL, article("1", address="https://mill.example/1"))])
    assert len(new) == 2


# What is kept


def test_an_article_that_comes_back_within_the_margin_is_not_new() -> None:
    crowd = [article(f"x{n}") for n in range(MARGIN - 1)]
    _, news = looked(heard(HARBOUR, article("a")), heard(HARBOUR, *crowd), heard(HARBOUR, article("a")))
    assert news[2] == ()


def test_what_is_remembered_of_a_feed_has_an_end() -> None:
    inbox = Inbox()
    for day in range(8):
        inbox, _ = look(
            inbox, [heard(HARBOUR, *(article(f"{day}-{n}") for n in range(300)))], NOW + timedelta(days=day)
        )
    assert len(inbox.sources[HARBOUR].known) == 300 + MARGIN
    assert len(waiting(inbox)) == MOST_WAITING
    assert inbox.next == 2401
    assert min(inbox.arrivals) == 2401 - MOST_WAITING


def test_what_is_dealt_with_is_forgotten_when_no_feed_may_list_it_again() -> None:
    inbox, _ = looked(heard(HARBOUR, article("a"), article("b")))
    inbox = dismissed(inbox, [1, 2])
    inbox, _ = look(inbox, [heard(HARBOUR, *(article(f"x{n}") for n in range(MARGIN)))], NOW)
    assert 1 in inbox.arrivals or 2 in inbox.arrivals
    inbox, new = look(inbox, [heard(HARBOUR, *(article(f"y{n}") for n in range(MARGIN)))], NOW)
    assert not {1, 2} & inbox.arrivals.keys()
    assert min(one.number for one in new) > 2


# Dealing with it


def test_what_is_added_or_dismissed_waits_no_more_and_keeps_its_number() -> None:
    inbox, _ = looked(heard(HARBOUR, article("a", day=1), article("b", day=2), article("c", day=3)))
    inbox = dismissed(added(inbox, 2, "content/articles/b.md"), [3])
    assert told(waiting(inbox)) == [(1, "a")]
    assert item(inbox, 2).path == "content/articles/b.md"
    assert not item(inbox, 3).is_waiting
    inbox, new = look(inbox, [heard(HARBOUR, article("b", "Changed", day=2), article("c", day=3))], NOW)
    assert new == ()
    assert item(inbox, 2).title == "About b"


def test_a_number_that_is_not_there_is_told_so() -> None:
    inbox, _ = looked(heard(HARBOUR, article("a")))
    with pytest.raises(ContentError, match="99: error: is no number of the inbox"):
        item(inbox, 99)
    with pytest.raises(ContentError, match="0: error: is no number of the inbox"):
        dismissed(inbox, [1, 0])
    with pytest.raises(ContentError, match="1: error: is no longer in the inbox"):
        item(replace(inbox, arrivals={}), 1)


@pytest.mark.parametrize(
    ("text", "found"),
    [("12", (12,)), ("3,5-9", (3, 5, 6, 7, 8, 9)), ("5 - 5, 4", (5, 4)), ("1,1,1-2", (1, 2))],
)
def test_numbers_are_written_alone_in_lists_and_in_spans(text: str, found: tuple[int, ...]) -> None:
    assert numbers(text) == found


@pytest.mark.parametrize("text", ["", ",", "a", "-3", "5-3", "1-999999999", "1.5", "²", "1" * 10, "1-2-3"])
def test_what_is_no_number_is_told_so(text: str) -> None:
    with pytest.raises(ConfigError, match="is no number of the inbox"):
        numbers(text)


# The file


def test_an_inbox_is_written_and_read_back(tmp_path: Path) -> None:
    assert load(tmp_path) == Inbox()
    inbox, _ = looked(heard(HARBOUR, article("a", "Größe ☂"), replace(article("b"), date=None)))
    inbox = added(dismissed(inbox, [1]), 2, "content/articles/\udc80.md")
    save(tmp_path, inbox)
    again = load(tmp_path)
    assert (again, again.sources, again.arrivals) == (inbox, inbox.sources, inbox.arrivals)
    assert [file.name for file in (tmp_path / "capture").iterdir()] == ["inbox.json"]
    assert "Größe ☂" in (tmp_path / FILE).read_text("utf-8")


EMPTY = {"format": 1, "next": 1, "feeds": {}, "articles": []}
WRONG: tuple[dict[str, object], ...] = (
    {"next": 0}, {"next": True}, {"next": "1"}, {"feeds": []}, {"feeds": {"a": {}}}, {"articles": [{}]},
    {"articles": 3}, {"articles": [None]},
)  # fmt: skip
DAMAGES = (
    b"", b"{", b"[]", b"null", b"\xff", b"[" * 100_000, b'{"format": 1}', b'{"format": 2}', b'{"format": {}}',
    *(json.dumps({**EMPTY, **change}).encode() for change in WRONG),
)  # fmt: skip


@pytest.mark.parametrize("data", DAMAGES, ids=range(len(DAMAGES)))
def test_a_damaged_file_is_told_with_what_deleting_it_means(data: bytes, tmp_path: Path) -> None:
    (tmp_path / FILE).parent.mkdir()
    (tmp_path / FILE).write_bytes(data)
    with pytest.raises(ContentError) as caught:
        load(tmp_path)
    (problem,) = caught.value.problems
    assert problem.path == "capture/inbox.json"
    assert problem.message.startswith("is damaged: ")
    assert "the numbers begin at 1" in problem.hint
    assert (tmp_path / FILE).read_bytes() == data


def test_a_file_that_says_what_cannot_be_is_damaged() -> None:
    inbox, _ = looked(heard(HARBOUR, article("a")))
    data = json.loads(dump(inbox))
    changes: tuple[tuple[str, object], ...] = (
        ("number", 2),
        ("number", "1"),
        ("seen", "2026-11-22"),
        ("date", "soon"),
        ("feeds", []),
        ("title", 3),
    )
    for key, value in changes:
        wrong = {**data, "articles": [{**data["articles"][0], key: value}]}
        with pytest.raises((ValueError, TypeError)):
            parse(json.dumps(wrong).encode())


def test_an_inbox_that_cannot_be_written_or_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "capture").write_text("a file in the way")
    with pytest.raises(PublishError, match=r"capture/inbox\.json: error: cannot be written"):
        save(tmp_path, Inbox())
    with pytest.raises(ContentError, match=r"capture/inbox\.json: error: cannot be read"):
        load(tmp_path)


# Laws

IDS = st.sampled_from([f"id{n}" for n in range(8)])
ADDRESSES = st.sampled_from(
    ["", "https://a.example/", "https://a.example/x", "http://www.a.example/x?utm_source=y", "/b"]
)
ITEMS = st.builds(
    Item,
    id=IDS,
    title=st.text(max_size=5),
    address=ADDRESSES,
    date=st.none() | st.datetimes(min_value=datetime(1, 1, 2), timezones=st.sampled_from([None, UTC])),
)
LOOKS = st.lists(
    st.builds(
        lambda key, items: heard(key, *{one.id: one for one in items}.values(), home="https://a.example/"),
        st.sampled_from([HARBOUR, MILL, "own.xml"]),
        st.lists(ITEMS, max_size=6),
    ),
    max_size=5,
)


@given(LOOKS, LOOKS)
def test_looking_twice_finds_nothing_the_second_time(before: list[Heard], now: list[Heard]) -> None:
    inbox, _ = look(Inbox(), before, NOW)
    once, new = look(inbox, now, NOW)
    last = {one.key: one for one in now}
    twice, again = look(once, last.values(), NOW)
    assert again == ()
    assert twice.next == once.next
    assert sorted(one.number for one in new) == list(range(inbox.next, once.next))


@given(st.lists(LOOKS, max_size=4))
def test_a_number_stays_with_its_article(looks: list[list[Heard]]) -> None:
    inbox = Inbox()
    for one in looks:
        after, new = look(inbox, one, NOW)
        assert after.next >= inbox.next
        for number, arrival in inbox.arrivals.items():
            assert after.arrivals[number].id == arrival.id
            assert after.arrivals[number].feeds[: len(arrival.feeds)] == arrival.feeds
        assert not {arrival.number for arrival in new} & inbox.arrivals.keys()
        inbox = after


@given(st.lists(LOOKS, max_size=3), st.lists(st.integers(1, 12)))
def test_what_is_dumped_is_parsed_to_the_same(looks: list[list[Heard]], gone: list[int]) -> None:
    inbox = Inbox()
    for one in looks:
        inbox, _ = look(inbox, one, NOW)
    inbox = dismissed(inbox, [number for number in gone if number in inbox.arrivals])
    again = parse(dump(inbox))
    assert (again.next, again.sources, again.arrivals) == (inbox.next, inbox.sources, inbox.arrivals)
    assert [*again.arrivals] == [*inbox.arrivals]
    assert [[*one.known] for one in again.sources.values()] == [[*one.known] for one in inbox.sources.values()]
    assert dump(again) == dump(inbox)


@given(st.binary(max_size=60), st.data())
def test_any_damage_is_an_inbox_or_a_clear_error(noise: bytes, data: st.DataObject) -> None:
    inbox, _ = looked(heard(HARBOUR, article("a"), article("b")))
    whole = dump(inbox)
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, len(whole)))
    with suppress(ValueError, TypeError, LookupError, AttributeError, RecursionError):
        assert parse(whole[:start] + noise + whole[end:])
