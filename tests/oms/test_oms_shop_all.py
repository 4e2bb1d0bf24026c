"""The service of an order with several parcels, why it was chosen, and what a carton costs by the tables. Pure."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from oms.packing.cartons import Carton
from oms.shipping.carriers.port import Address, Box, Offer
from oms.shipping.carriers.rating import Rater
from oms.shipping.carriers.shop import shop, shop_all
from oms.shipping.carriers.tables import Step, Surcharge, Table, Zone
from oms.shipping.choosing import said
from sync.contract.packing import ServiceWhy
from sync.contract.shipping import WhyNot

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
HOME = Address(country="NL", postcode="1017 AB")


def table(service, steps, days=1, **more):
    return Table(
        carrier="ACME", service=service, zones=[Zone(country="NL", zone="1", days=days)],
        steps=[Step(zone="1", up_to_g=grams, price=Decimal(price)) for grams, price in steps],
        surcharges=[Surcharge(code="fuel", permille=100)], **more,
    )  # fmt: skip


LIGHT = table("light", [(1_000, "3.00")])
STEADY = table("steady", [(1_000, "4.00"), (10_000, "5.00")])


def ask(*boxes, tables=(LIGHT, STEADY), promised=None):
    return shop_all(tables, (), HOME, [Box(grams=grams) for grams in boxes], promised, MONDAY)


def test_one_parcel_is_asked_as_ever():
    assert ask(500) == shop([LIGHT, STEADY], {}, HOME, Box(grams=500), None, MONDAY)


def test_parcels_are_paid_for_together():
    options, late = ask(500, 800)
    assert [(one.service, one.price) for one in options] == [("light", "6.60"), ("steady", "8.80")]
    assert [(part.code, part.amount) for part in options[0].parts] == [("freight", "6.00"), ("fuel", "0.60")]
    assert (options[1].by, late) == ("2.20", False)


def test_a_service_that_cannot_take_one_of_them_takes_none():
    options, _ = ask(500, 2_000)
    assert [(one.service, one.why_not) for one in options] == [("steady", None), ("light", WhyNot.NO_PRICE)]


@pytest.mark.parametrize(
    ("given", "late", "why"),
    [(False, False, ServiceWhy.CHEAPEST), (False, True, ServiceWhy.EARLIEST), (True, True, ServiceWhy.GIVEN)],
)
def test_why_is_said_with_what_the_next_one_costs(given, late, why):
    [best, *rest], _ = ask(500)
    told = said(best, rest, "2026-11-25", given, late)
    assert (told.why, told.price, told.other, told.more) == (why, "3.30", "ACME steady", "1.10")


def test_a_dearer_service_that_was_ordered_says_what_would_be_less():
    [best, other], _ = ask(500)
    assert said(other, [best], "", True, False).more == "-1.10"


def test_a_carton_costs_itself_and_the_cheapest_way_to_send_it_by_its_outer_size():
    by_size = table("bulky", [(1_000, "3.00"), (5_000, "9.00")], divisor=5000)
    rater = Rater(HOME, MONDAY, None, ("", ""), [by_size, STEADY], [by_size, STEADY], [by_size, STEADY])
    flat = Carton("F", (300, 200, 50), (300, 200, 50), cost=20)
    large = Carton("L", (300, 200, 200), (300, 200, 200), cost=50)
    # 600 g by volume: 3.30; 2 400 g by volume would be 9.90, so the other service takes it for 4.40.
    assert (rater.cost(flat, 500), rater.cost(large, 500)) == (20 + 330, 50 + 440)
    assert (rater.priced, rater.currency) == (True, "EUR")


def test_what_carriers_ask_counts_parcel_by_parcel_and_only_where_it_is_known_of_all():
    steady, boxes = STEADY, [Box(grams=500), Box(grams=900)]
    std = (steady.carrier, steady.service)
    lives = [
        {std: Offer(std[1], Decimal("2.00"), "EUR"), ("NEW", "a"): Offer("a", Decimal("1.00"), "EUR")},
        {
            ("NEW", "a"): Offer("a", Decimal("1.50"), "EUR", date(2026, 11, 25)),
            ("NEW", "b"): Offer("b", Decimal(0), "EUR"),
        },
    ]
    found, _ = shop_all([steady], lives, HOME, boxes, None, MONDAY)
    alone, _ = shop_all([steady], (), HOME, boxes[1:], None, MONDAY)
    assert [(one.service, one.price, one.arrives_on, one.live) for one in found if one.carrier == "NEW"] == [
        ("a", "2.50", None, True)
    ]
    [mixed] = [one for one in found if one.carrier == steady.carrier]
    assert (Decimal(mixed.price), mixed.live) == (Decimal("2.00") + Decimal(alone[0].price), False)


def test_without_tables_a_carton_costs_itself():
    rater = Rater(HOME, MONDAY, date(2026, 11, 25), ("", ""), [], [], [])
    assert (rater.cost(Carton("F", (1, 1, 1), (1, 1, 1), cost=20), 500), rater.priced, rater.currency) == (
        20,
        False,
        "",
    )
