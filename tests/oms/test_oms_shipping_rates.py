"""Rate tables: what a parcel costs, when it arrives, which service is chosen and why not the others; and how tables come in."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from oms.db.work import Actor
from oms.imports.run import Upload, run_import
from oms.orders.models import Order
from oms.packing.models import Parcel
from oms.shipping.actions import plan_parcel
from oms.shipping.carriers import labels
from oms.shipping.carriers.costs import keep_choice, tables_of
from oms.shipping.carriers.models import Label, RateTable, ServiceChoice, TrackingRange
from oms.shipping.carriers.port import Address, Box, Offer
from oms.shipping.carriers.shop import shop
from oms.shipping.carriers.tables import Step, Surcharge, Table, Zone, billed_g, girth_mm, quote, zone_of
from oms.shipping.rules import RangeUsedUp
from sync.contract.codes import OrderState, ParcelState
from sync.contract.shipping import WhyNot

ZONES = [
    Zone(country="NL", zone="1", days=1),
    Zone(country="NL", zone="ISLE", first="8880", last="8899", days=2),
    Zone(country="NL", zone="TEXEL", first="1791", last="1799", days=2),
    Zone(country="DE", zone="2", first="0", last="4", days=2),
    Zone(country="DE", zone="3", days=3),
    Zone(country="*", zone="W", days=7),
]
STEPS = [
    Step(zone="1", up_to_g=2_000, price=Decimal("5.95")),
    Step(zone="1", up_to_g=10_000, price=Decimal("8.50"), per_kg=Decimal("0.40")),
    Step(zone="ISLE", up_to_g=10_000, price=Decimal("14.00")),
    Step(zone="TEXEL", up_to_g=10_000, price=Decimal("12.00")),
    Step(zone="2", up_to_g=5_000, price=Decimal("9.00")),
    Step(zone="3", up_to_g=5_000, price=Decimal("10.00")),
]
STD = Table(
    carrier="ACME", service="std", divisor=5000, max_g=31_500, max_mm=1750, max_girth_mm=3000, cut_off="17:00",
    time_zone="Europe/Amsterdam", leaves="12345", arrives="123456", zones=ZONES, steps=STEPS,
    closed=[date(2026, 12, 25), date(2026, 12, 26)],
    surcharges=[
        Surcharge(code="fuel", permille=85),
        Surcharge(code="toll", amount=Decimal("0.19"), zone="2"),
        Surcharge(code="long", amount=Decimal("15.00"), over_mm=1200),
        Surcharge(code="heavy", amount=Decimal("3.00"), over_g=20_000),
    ],
)  # fmt: skip
#: A Monday morning in Amsterdam.
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
HOME = Address(country="NL", postcode="1017 AB")


@pytest.mark.parametrize(
    ("country", "postcode", "zone"),
    [
        ("NL", "1017 AB", "1"),
        ("nl", "8881 ZZ", "ISLE"),
        ("NL", "8899ZZ", "ISLE"),
        ("NL", "8900 AA", "1"),
        ("NL", "1790 AA", "1"),
        ("NL", "1795 AA", "TEXEL"),
        ("DE", "49999", "2"),
        ("DE", "50000", "3"),
        ("DK", "1000", "W"),
        ("NL", "", "1"),
    ],
)
def test_the_zone_is_the_one_that_says_most_about_the_address(country, postcode, zone):
    assert zone_of(ZONES, country, postcode).zone == zone


@pytest.mark.parametrize(
    ("grams", "sides", "price"),
    [
        (800, None, "6.46"),
        (2000, None, "6.46"),
        (2001, None, "9.22"),
        # 400 x 300 x 200 mm / 5000 = 4.8 kg
        (800, (400, 300, 200), "9.22"),
        (10_001, None, "9.66"),
        (12_500, None, "10.52"),
        (21_000, None, "17.00"),
        (800, (1300, 50, 50), "21.46"),
    ],
)
def test_prices_by_hand(grams, sides, price):
    """Freight + 8.5 % fuel, rounded to the cent: 5.95 -> 6.46; 8.50 -> 9.22; 8.90 -> 9.66; 9.70 -> 10.52; 12.90 + 1.10 + 3.00."""
    assert quote(STD, HOME, Box(grams=grams, sides_mm=sides), MONDAY).price == Decimal(price)


@given(
    st.integers(1, 40_000),
    st.tuples(*[st.integers(1, 2000)] * 3),
)
def test_a_heavier_or_larger_parcel_is_never_cheaper(grams, sides):
    box = Box(grams=grams, sides_mm=sides)
    more = Box(grams=grams + 500, sides_mm=tuple(side + 10 for side in sides))
    here, then = quote(STD, HOME, box, MONDAY), quote(STD, HOME, more, MONDAY)
    if here.price is not None and then.price is not None:
        assert then.price >= here.price
    if here.why_not in (WhyNot.TOO_HEAVY, WhyNot.TOO_LARGE):
        assert then.why_not in (WhyNot.TOO_HEAVY, WhyNot.TOO_LARGE)
    if here.price is not None:
        assert sum(amount for _, amount in here.parts) == here.price
        assert here.billed_g == billed_g(STD, box) >= grams


@pytest.mark.parametrize(
    ("box", "why", "by"),
    [
        (Box(grams=31_501), WhyNot.TOO_HEAVY, 1),
        (Box(grams=1, sides_mm=(1800, 10, 10)), WhyNot.TOO_LARGE, 50),
        (Box(grams=1, sides_mm=(1000, 600, 500)), WhyNot.TOO_LARGE, 200),
    ],
)
def test_what_a_carrier_does_not_take(box, why, by):
    said = quote(STD, HOME, box, MONDAY)
    assert (said.why_not, said.by) == (why, by)
    assert girth_mm((1000, 600, 500)) == 3200


@pytest.mark.parametrize(
    ("now", "leaves", "arrives"),
    [
        ("2026-11-23T15:59+00:00", "2026-11-23", "2026-11-24"),
        # 17:00 in Amsterdam is 16:00 UTC in winter, 15:00 in summer.
        ("2026-11-23T16:01+00:00", "2026-11-24", "2026-11-25"),
        ("2026-07-06T15:01+00:00", "2026-07-07", "2026-07-08"),
        ("2026-11-27T09:00+00:00", "2026-11-27", "2026-11-28"),
        ("2026-11-28T09:00+00:00", "2026-11-30", "2026-12-01"),
        ("2026-12-24T09:00+00:00", "2026-12-24", "2026-12-28"),
    ],
)
def test_the_day_it_leaves_and_the_day_it_arrives(now, leaves, arrives):
    said = quote(STD, HOME, Box(grams=1), datetime.fromisoformat(now))
    assert (said.leaves_on.isoformat(), said.arrives_on.isoformat()) == (leaves, arrives)


def named(service, price, days, **rest):
    return Table(
        carrier="ACME", service=service, zones=[Zone(country="*", zone="1", days=days)],
        steps=[Step(zone="1", up_to_g=10_000, price=Decimal(price))], **rest,
    )  # fmt: skip


ECO, NORMAL, FAST = named("eco", "4.00", 4), named("normal", "6.00", 2), named("fast", "12.00", 1)
SMALL = named("small", "1.00", 1, max_g=100)


@pytest.mark.parametrize(
    ("promised", "best", "late", "others"),
    [
        (None, "eco", False, {"normal": "dearer", "fast": "dearer", "small": "too_heavy"}),
        ("2026-11-27", "eco", False, {"normal": "dearer", "fast": "dearer", "small": "too_heavy"}),
        ("2026-11-26", "normal", False, {"eco": "too_late", "fast": "dearer", "small": "too_heavy"}),
        ("2026-11-24", "fast", False, {"eco": "too_late", "normal": "too_late", "small": "too_heavy"}),
        ("2026-11-20", "fast", True, {"eco": "too_late", "normal": "too_late", "small": "too_heavy"}),
    ],
)
def test_the_cheapest_that_keeps_the_promise_and_why_not_the_others(promised, best, late, others):
    day = date.fromisoformat(promised) if promised else None
    options, is_late = shop([ECO, NORMAL, FAST, SMALL], {}, HOME, Box(grams=900), day, MONDAY)
    assert (options[0].service, options[0].why_not, is_late) == (best, None, late)
    assert {option.service: option.why_not for option in options[1:]} == others


def test_it_says_by_how_much():
    options, _ = shop([ECO, NORMAL, FAST, SMALL], {}, HOME, Box(grams=900), date(2026, 11, 26), MONDAY)
    assert {o.service: o.by for o in options[1:]} == {"eco": "1", "fast": "6.00", "small": "800"}


def test_what_a_carrier_says_now_goes_before_its_table_and_the_table_speaks_when_it_is_away():
    live = {
        ("ACME", "normal"): Offer("normal", Decimal("3.00"), "EUR"),
        ("BETA", "new"): Offer("new", Decimal("3.50"), "EUR", date(2026, 11, 24)),
    }
    options, _ = shop([ECO, NORMAL], live, HOME, Box(grams=900), date(2026, 11, 26), MONDAY)
    assert [(o.service, o.price, o.live) for o in options] == [
        ("normal", "3.00", True), ("new", "3.50", True), ("eco", "4.00", False),
    ]  # fmt: skip
    assert options[0].arrives_on == "2026-11-25"
    assert shop([ECO, NORMAL], {}, HOME, Box(grams=900), date(2026, 11, 26), MONDAY)[0][0].price == "6.00"


def test_prices_in_other_money_are_not_compared():
    options, _ = shop([NORMAL, named("sek", "1.00", 1, currency="SEK")], {}, HOME, Box(grams=1), None, MONDAY)
    assert [(o.service, o.why_not) for o in options] == [("normal", None), ("sek", "no_price")]


def test_nothing_is_chosen_where_nothing_goes():
    options, late = shop([SMALL], {}, HOME, Box(grams=900), None, MONDAY)
    assert ([o.why_not for o in options], late) == ([WhyNot.TOO_HEAVY], False)
    assert shop([], {}, HOME, Box(grams=900), None, MONDAY) == ([], False)


# --- from a file, into the database ---

FILE = """what;carrier;service;valid_from;name;divisor;cut_off;time_zone;country;first;last;zone;days;up_to_g;price;per_kg;code;permille;\
day;prefix;digits
service;ACME;std;;Acme Standard;5000;17:00;Europe/Amsterdam;;;;;;;;;;;;;
zone;ACME;std;;;;;;NL;;;1;1;;;;;;;;
zone;ACME;std;;;;;;NL;1791;1799;TEXEL;2;;;;;;;;
step;ACME;std;;;;;;;;;1;;2000;5,95;;;;;;
step;ACME;std;;;;;;;;;TEXEL;;2000;12.00;0.5;;;;;
surcharge;ACME;std;;;;;;;;;;;;;;fuel;85;;;
closed;ACME;std;;;;;;;;;;;;;;;;2026-12-25;;
range;ACME;std;;;;;;;000000001;000000003;;;;;;;;;3SACME;9
"""


def send(oms, text, **rest):
    return run_import(oms, Upload("rates", text.encode(), False, **rest), Actor("test"))


def results(report):
    return {line.line: (str(line.result), line.code) for line in report.lines}


@pytest.mark.postgres
def test_a_table_comes_in_as_a_whole_and_the_same_again_changes_nothing(oms):
    assert set(results(send(oms, FILE)).values()) == {("created", "")}
    with oms.sessions() as db:
        [table] = tables_of(db, oms.site, date(2026, 11, 23))
    assert (table.name, len(table.zones), len(table.steps), table.surcharges[0].permille) == ("Acme Standard", 2, 2, 85)
    assert quote(table, HOME, Box(grams=900), MONDAY).price == Decimal("6.46")
    assert set(results(send(oms, FILE)).values()) == {("unchanged", "")}
    changed = results(send(oms, FILE.replace("5,95", "6.05")))
    assert {changed[n][0] for n in range(2, 9)} == {"updated"}


@pytest.mark.postgres
def test_next_years_prices_come_in_ahead(oms):
    send(oms, FILE)
    next_year = "\n".join(
        line.replace(";std;;", ";std;2027-01-01;", 1).replace("5,95", "6.95")
        for line in FILE.splitlines()
        if not line.startswith("range")
    )
    send(oms, next_year)
    for day, price in ((date(2026, 12, 31), "5.95"), (date(2027, 1, 1), "6.95")):
        with oms.sessions() as db:
            [table] = tables_of(db, oms.site, day)
        assert table.steps[0].price == Decimal(price)


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("line", "broken", "code"),
    [
        (5, "step;ACME;std;;;;;;;;;1;;2000;5,9x;;;;;;", "bad_amount"),
        (5, "step;ACME;std;;;;;;;;;9;;2000;5.95;;;;;;", None),
        (3, "zone;ACME;std;;;;;;Holland;;;1;1;;;;;;;;", "bad_word"),
        (2, "service;ACME;std;;Acme;5000;25:00;Europe/Amsterdam;;;;;;;;;;;;;", "bad_time"),
        (2, "service;ACME;std;;Acme;5000;17:00;Mars/Olympus;;;;;;;;;;;;;", "bad_word"),
        (2, "zone;ACME;std;;;;;;BE;;;1;1;;;;;;;;", None),
    ],
)
def test_a_table_with_one_bad_line_is_not_taken_in_part(oms, line, broken, code):
    lines = FILE.splitlines()
    lines[line - 1] = broken
    told = results(send(oms, "\n".join(lines)))
    assert {told[n][0] for n in range(2, 9)} == {"rejected"}
    assert told[line][1] == (code or told[line][1])
    assert told[9] == ("created", "")
    with oms.sessions() as db:
        assert db.scalars(select(RateTable)).all() == []
        assert db.scalars(select(TrackingRange)).one().last_serial == 3


def _order(w, number, carrier="ACME", service="std"):
    w.db.add(
        Order(
            site_id=w.site, number=number, state=OrderState.OPEN, placed_at=w.now, ship_postcode="1017 AB",
            ship_country="NL", carrier=carrier, service=service,
        )
    )  # fmt: skip
    w.db.flush()
    return w.db.get(Order, (w.site, number))


def act(oms, do):
    return oms.works.run(oms.site, Actor("test"), do)


@pytest.mark.postgres
def test_a_carriers_range_is_used_up_and_then_nothing_is_made_up(oms):
    send(oms, FILE)
    numbers = [act(oms, lambda w, n=n: plan_parcel(w, _order(w, f"R-{n}")).tracking) for n in range(3)]
    assert [number[:15] for number in numbers] == ["3SACME000000001", "3SACME000000002", "3SACME000000003"]
    with pytest.raises(RangeUsedUp):
        act(oms, lambda w: plan_parcel(w, _order(w, "R-9")))
    send(oms, FILE.replace("000000003", "000000005"))
    assert act(oms, lambda w: plan_parcel(w, _order(w, "R-9")).tracking).startswith("3SACME000000004")


@pytest.mark.postgres
def test_an_order_goes_with_the_service_that_was_chosen_until_it_has_a_label(oms):
    send(oms, FILE)

    def planned(w):
        parcel = plan_parcel(w, _order(w, "K-1", "OTHER", "slow"))
        return parcel.id, parcel.tracking

    id, before = act(oms, planned)
    with oms.sessions() as db:
        tables = tables_of(db, oms.site, date(2026, 11, 23))
    options, _ = shop(tables, {}, HOME, Box(grams=900), None, MONDAY)
    assert act(oms, lambda w: keep_choice(w, "K-1", options))
    with oms.sessions() as db:
        parcel = db.get(Parcel, id)
        assert (parcel.carrier, parcel.service) == ("ACME", "std")
        assert parcel.tracking.startswith("3SACME")
        assert parcel.tracking != before
        assert db.get(ServiceChoice, (oms.site, "K-1")).body["options"][0]["price"] == "6.46"

    def label(w):
        parcel = w.db.get(Parcel, id)
        parcel.grams, parcel.state = 900, ParcelState.LABEL_PENDING
        labels.want(w, parcel)

    act(oms, label)
    with oms.sessions() as db:
        assert db.scalars(select(Label.charge)).one() == Decimal("6.46")
    assert not act(oms, lambda w: keep_choice(w, "K-1", options))
