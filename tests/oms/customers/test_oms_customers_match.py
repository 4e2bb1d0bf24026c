"""Whose an order is: identity before e-mail before a new record, the same in a batch and under crowds."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from oms.customers.matching import Buyer, by_number, match, match_all, suggest
from oms.customers.models import Customer, CustomerAddress, CustomerContact, CustomerIdentity
from oms.customers.rules import likeness, plain, plain_email, plain_phone
from oms.db.work import Actor

pytestmark = pytest.mark.postgres
CLERK = Actor("test")
ADA = Buyer(
    channel="shop", foreign_id="77", name="Ada Byron", email="Ada@Example.com", phone="+31 6 1234 5678", language="nl",
    street="Kade 1", postcode="3511 AB", city="Utrecht", country="nl",
)  # fmt: skip


def run(oms, act):
    return oms.works.run(oms.site, CLERK, act)


def matched(oms, *buyers):
    return run(oms, lambda w: match_all(w, buyers))


def count(oms, table):
    with oms.sessions() as db:
        return db.scalar(select(func.count()).select_from(table))


def test_a_new_customer_is_made_once_with_what_the_order_says(oms):
    [first] = matched(oms, ADA)
    assert first.fresh
    assert first.number.startswith("C1")
    [again] = matched(oms, ADA)
    assert (again.id, again.fresh, again.language) == (first.id, False, "nl")
    assert [count(oms, t) for t in (Customer, CustomerContact, CustomerAddress, CustomerIdentity)] == [1, 2, 1, 1]
    with oms.sessions() as db:
        one = db.get(Customer, first.id)
        assert (one.name, one.email) == ("Ada Byron", "ada@example.com")


@pytest.mark.parametrize(
    ("buyer", "same"),
    [
        (Buyer(channel="shop", foreign_id="77"), True),
        (Buyer(channel="other", foreign_id="77", email="x@example.com"), False),
        (Buyer(channel="other", foreign_id="5", email=" ADA@example.com "), True),
        (Buyer(email="ada@example.com", name="Somebody"), True),
        (Buyer(name="Ada Byron", postcode="3511AB", street="Kade 1", email="b@example.com"), False),
    ],
    ids=["identity", "other-channels-number", "email-on-another-channel", "guest", "name-and-postcode"],
)
def test_who_is_the_same(oms, buyer, same):
    [first] = matched(oms, ADA)
    [other] = matched(oms, buyer)
    assert (other.id == first.id) is same


def test_identity_counts_more_than_email(oms):
    ada, bob = matched(oms, ADA, Buyer(channel="shop", foreign_id="78", email="bob@example.com"))
    [one] = matched(oms, Buyer(channel="shop", foreign_id="78", email="ada@example.com"))
    assert one.id == bob.id != ada.id


def test_nobody_is_named(oms):
    assert matched(oms, Buyer(name="Ada"), Buyer(email="not an address")) == [None, None]
    assert run(oms, lambda w: match(w, Buyer())) is None


def test_a_batch_makes_each_new_customer_once(oms):
    buyers = [Buyer(channel="s", foreign_id=str(n % 7), email=f"p{n % 7}@example.com", name="P") for n in range(50)]
    buyers.append(Buyer(email="p3@example.com"))
    found = matched(oms, *buyers)
    assert len({one.id for one in found}) == 7
    assert found[-1].id == found[3].id
    assert len({one.number for one in found}) == 7


def test_the_same_stranger_from_eight_sides_is_one(oms):
    """Each order of one new customer in a transaction of its own, all at once."""
    together = threading.Barrier(8)
    found = []

    def one():
        together.wait()
        found.append(run(oms, lambda w: match(w, ADA)).id)

    threads = [threading.Thread(target=one) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1
    assert count(oms, Customer) == 1


def test_name_and_postcode_or_phone_are_a_suggestion(oms):
    [ada] = matched(oms, ADA)
    with oms.sessions() as db:
        assert suggest(db, Buyer(name="ADA BYRON", postcode="3511ab")) == [ada.id]
        assert suggest(db, Buyer(phone="0031612345678")) == [ada.id]
        assert suggest(db, Buyer(name="Ada Byron")) == []
        assert suggest(db, Buyer()) == []


def test_customers_of_imported_orders_have_the_shops_number(oms):
    def act(w):
        return by_number(
            w, [Buyer(foreign_id="K1", name="Kim"), Buyer(foreign_id="K1"), Buyer(foreign_id="K2")], "MAIN"
        )

    first = run(oms, act)
    assert first == run(oms, act)
    assert first[0] == first[1] != first[2]
    with oms.sessions() as db:
        assert sorted(db.scalars(select(Customer.number))) == ["K1", "K2"]
        assert db.get(Customer, first[0]).name == "Kim"
        assert db.get(Customer, first[2]).name == "K2"


def test_two_sites_with_one_number_for_two_people(oms):
    def old(w):
        w.db.add(Customer(id="a", number="K1", name="At A"))
        w.db.add(Customer(id="b", number="K1@B", name="At B"))

    run(oms, old)
    assert run(oms, lambda w: by_number(w, [Buyer(foreign_id="K1")], "A")) == ["a"]
    assert run(oms, lambda w: by_number(w, [Buyer(foreign_id="K1")], "B")) == ["b"]


@given(st.text(max_size=60))
def test_what_is_compared_is_stable(text):
    assert plain(plain(text)) == plain(text) or not plain(text).isascii()
    assert plain_email(plain_email(text)) == plain_email(text)
    assert plain_phone(plain_phone(text)) == plain_phone(text)
    assert likeness(text, "") == likeness("", text) == ""


@given(st.tuples(*[st.text(max_size=30)] * 7))
def test_no_text_of_a_channel_breaks_a_row(texts):
    """What is tidied can be kept by the database: no NUL, nothing without an end."""
    from oms.customers.matching import _tidy

    tidy = _tidy(
        Buyer(
            **dict(zip(("channel", "foreign_id", "name", "email", "phone", "country", "language"), texts, strict=True))
        )
    )
    assert "\0" not in "".join(
        (tidy.channel, tidy.foreign_id, tidy.name, tidy.email, tidy.phone, tidy.country, tidy.language)
    )
