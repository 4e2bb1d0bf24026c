"""Orders are found by what somebody types, the newest first, and a search reads no more than it must."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from oms.sales import searching
from oms.sales.models import OrderHold
from oms.sales.search_words import both_ways, plain, read
from oms.sales.searching import index, search

TODAY = date(2026, 11, 23)


class Desk:
    """Types into the search box."""

    def __init__(self, shop):
        self.shop = shop

    def order(self, number, *lines, **words):
        self.shop.order(number, *(lines or [("TEA", 1)]), **words)
        self.shop.act(lambda w: index(w, [number]))
        return self

    def hits(self, typed, **words):
        with self.shop.oms.sessions() as db:
            return search(db, read(typed, TODAY), today=TODAY, **words)

    def find(self, typed):
        return self.hits(typed).numbers


@pytest.fixture
def desk(shop):
    return Desk(shop)


FOUND_BY = [
    "n-10", "N-1007", "1007", "web-5", "jan", "Jansen", "müll", "muller", "ada.j", "ada.jansen@ex", "+31612", "0612345", "3511 ab",
    "3511ab", "utr", "sku:te", "channel:shop", "jansen utrecht tea", "country:nl flag:vip", "day:2026-11-20", "open",
    "after:2026-11-01 before:2026-11-21", "state:acc", "-state:shipped", "anton-j",
]  # fmt: skip
NOT_FOUND_BY = [
    "n-2", "janss", "sku:cup", "channel:sho", "late", "held", "state:shipped", "jansen berlin", "before:2026-11-20", "site:W",
]  # fmt: skip
ODD = [
    "'", "\\", "a'b", ":*", "state:", "day:x", "-", "--late", "sku:", "foo:bar", "💥", "after:9999-12-31", "day:2026-02-30",
]  # fmt: skip
NOT_OURS = ["x", "p:", "p:2026|a", "p:2026-01-01|a", "n:-1", "n:x", "n:99999", "p:x|y"]


@pytest.mark.postgres
def test_an_order_is_found_by_the_beginnings_of_its_words(desk):
    desk.order(
        "N-1007", ("TEA", 2), reference="WEB-55", channel="shop", ship_name="Ada Jansen-Müller", email="ada.jansen@example.org",
        phone="+31 6 12345678", flags=["vip"], bill_to={"name": "Anton-Jan Ltd"},
    )  # fmt: skip
    desk.shop.act(lambda w: w.db.execute(text("UPDATE customer_order SET placed_at = '2026-11-20T23:30:00Z'")))
    desk.shop.act(lambda w: index(w, ["N-1007"]))
    assert [typed for typed in FOUND_BY if desk.find(typed) != ["N-1007"]] == []
    assert [typed for typed in NOT_FOUND_BY if desk.find(typed) != []] == []
    for typed in ODD:
        desk.hits(typed)
    # A place that is not ours does no harm.
    for after in NOT_OURS:
        assert desk.hits("", after=after).numbers in (["N-1007"], [])
        assert desk.hits("ada", after=after).numbers in (["N-1007"], [])


@pytest.mark.postgres
def test_filters_of_what_is_open(desk):
    for number in ("A1", "A2", "A3"):
        desk.order(number, ("TEA", 1), promised=TODAY - timedelta(days=1) if number == "A2" else None)
    desk.shop.part("A3", "W", (1, 1))
    desk.shop.act(lambda w: w.db.add(OrderHold(id="h", order_no="A1", code="unknown_sku", at=w.now)))
    assert desk.find("late") == ["A2"]
    assert desk.find("-late") == ["A3", "A1"]
    assert desk.find("held") == desk.find("hold:unknown_sku") == desk.find("held ada") == ["A1"]
    assert desk.find("hold:other") == []
    assert desk.find("site:W") == desk.find("state:sourced tea") == ["A3"]
    assert desk.find("-site:W ada") == ["A2", "A1"]
    assert desk.find("-held -late") == ["A3"]
    assert desk.find("") == ["A3", "A2", "A1"]


@pytest.mark.postgres
@pytest.mark.parametrize("scarce", [0, 16])
def test_pages_have_each_order_once(desk, monkeypatch, scarce):
    """Whatever is asked for, and however often a search has to stop: all pages together are all orders, newest first."""
    monkeypatch.setattr(searching, "BLOCK", 4)
    monkeypatch.setattr("oms.sales.search_words.BLOCK", 4)
    monkeypatch.setattr(searching, "RARE", 5)
    monkeypatch.setattr(searching, "_NEWEST", 2)
    monkeypatch.setattr(searching, "_BLOCKS_MOST", 3)
    monkeypatch.setattr(searching, "_SCARCE", scarce)
    monkeypatch.setattr(searching, "_LOOKS", (3, 7))
    numbers = [f"P{n:03}" for n in range(40)]
    for n, number in enumerate(numbers):
        desk.shop.order(
            number, ("TEA", 1), ship_name="Rare Bird" if n % 13 == 1 else "Ada", promised=TODAY - timedelta(days=n % 2)
        )
    # Four a day, from the first of the month on.
    days = "UPDATE customer_order SET placed_at = '2026-11-01T00:00:00Z'::timestamptz + substr(number, 2)::int * interval '6 hours'"
    desk.shop.act(lambda w: w.db.execute(text(days)))
    for number in numbers:
        desk.shop.act(lambda w, number=number: index(w, [number]))
    birds = numbers[1::13]
    wanted = {
        "": numbers, "ada": [n for n in numbers if int(n[1:]) % 13 != 1], "bird": [n for n in numbers if int(n[1:]) % 13 == 1],
        "late": numbers[1::2], "tea late": numbers[1::2], "bird late": [n for n in numbers[1::2] if int(n[1:]) % 13 == 1],
        "p03": numbers[30:], "state:accepted": numbers, "state:shipped tea": [], "bird ada": [], "rare tea bird": birds,
        "day:2026-11-03": numbers[8:12], "after:2026-11-03 before:2026-11-09 ada": [n for n in numbers[8:32] if n not in birds],
        "before:2026-11-05 bird": birds[:2], "before:2026-11-01 tea": [], "day:2026-11-04 p013": numbers[13:14],
        "after:2026-11-03 late": numbers[9::2], "before:2026-11-03 late bird": [n for n in birds[:1] if n in numbers[1::2]],
        "after:2026-11-02 before:2026-11-04 state:accepted": numbers[4:12],
    }  # fmt: skip
    for typed, numbers_ in wanted.items():
        for limit in (2, 5, 100):
            got, after, pages = [], "", 0
            while after is not None:
                hits = desk.hits(typed, after=after, limit=limit)
                assert len(hits.numbers) <= limit
                assert hits.more or hits.total == len(numbers_), (typed, limit)
                got, after, pages = got + hits.numbers, hits.next, pages + 1
                assert pages < 60
            assert got == numbers_[::-1], (typed, limit)


@pytest.mark.postgres
def test_an_order_that_changes_is_found_by_its_new_words(desk):
    desk.order("C1", ship_name="Old Name").order("C2")
    desk.shop.act(
        lambda w: w.db.execute(text("UPDATE customer_order SET ship_name = 'New Person' WHERE number = 'C1'"))
    )
    desk.shop.act(lambda w: index(w, ["C1", "C1", "nobody"]))
    assert desk.find("old") == []
    assert desk.find("person") == ["C1"]
    assert desk.find("utrecht") == ["C2", "C1"]


@given(st.text(max_size=80))
def test_anything_may_be_typed(typed):
    """What comes out can only be words in quotes with operators of ours."""
    meant = read(typed, TODAY)
    for term in meant.terms:
        for one in term:
            for word, _ in one:
                assert not set(word) & set("'\\ \0:*&|!()<>")
    if meant.terms:
        assert meant.tsquery([None, 3]).count("'") % 2 == 0


def test_what_is_not_understood_is_said():
    meant = read("state:x foo:bar day:soon jansen", TODAY)
    assert [one.text for one in meant.unknown] == ["state:x", "foo:bar", "day:soon"]
    assert "state:held" in meant.unknown[0].may_be
    assert meant.words == ["jansen"]


def test_words_have_no_accents_and_no_end_of_quotes():
    assert plain("Müßig Øre'); --") == "mussigore--"
    assert both_ways({"pa"}, 5000) == ["pa", "#2:pa"]


def test_days_are_few_words():
    [term] = read("after:2024-12-30 before:2026-02-02", TODAY).terms
    assert [word for [(word, _)] in term] == ["d20241230", "d20241231", "d2025", "d202601", "d20260201"]
