"""Master data of packing from files: cartons with their cost, items with how they may lie, orders with their promise, the site's rules."""

import json
from datetime import date

import pytest
from sqlalchemy import select

from oms.catalog.models import Carton, Item, ServiceRule, Site
from oms.db.work import Actor
from oms.imports.run import Upload, run_import
from oms.orders.models import Order
from oms.packing.cartons import Rotation

pytestmark = pytest.mark.postgres
HEAD = "carton,inner_length_mm,inner_width_mm,inner_height_mm,outer_length_mm,outer_width_mm,outer_height_mm,tare_g,max_g,cost,material"


def send(oms, kind, content):
    body = content.encode() if isinstance(content, str) else json.dumps(content).encode()
    return run_import(oms, Upload(kind, body, not isinstance(content, str)), Actor("test"))


def one(oms, query):
    with oms.sessions() as db:
        return db.scalars(query).one()


def test_a_carton_has_a_cost_and_a_material(oms):
    line = f"{HEAD}\nS1,100,90,80,104,94,84,50,5000,0.42,corrugated"
    assert [str(li.result) for li in send(oms, "layout", line).lines] == ["created"]
    carton = one(oms, select(Carton))
    assert (carton.cost_cents, carton.material) == (42, "corrugated")
    assert [str(li.result) for li in send(oms, "layout", line).lines] == ["unchanged"]
    # A file that says nothing of them leaves them.
    send(
        oms,
        "layout",
        {
            "cartons": [
                {"carton": "S1", "inner_mm": [100, 90, 80], "outer_mm": [104, 94, 84], "tare_g": 55, "max_g": 5000}
            ]
        },
    )
    carton = one(oms, select(Carton))
    assert (carton.tare_g, carton.cost_cents) == (55, 42)


@pytest.mark.parametrize(
    ("line", "code", "column"),
    [
        ("S1,100,90,80,104,89,84,50,5000,0.42,", "outer_below_inner", "outer_width_mm"),
        ("S1,100,90,80,104,94,84,50,50,0.42,", "bad_number", "max_g"),
        ("S1,100,90,80,104,94,84,50,5000,-1,", "bad_amount", "cost"),
        ("S1,100,90,80,104,94,84,50,5000,0.425,", "bad_amount", "cost"),
        ("S1,100,90,80,104,94,84,50,5000,99999,", "bad_amount", "cost"),
        ("S1,100,90,80,104,94,84,50,5000,cheap,", "bad_amount", "cost"),
    ],
)
def test_a_carton_that_cannot_be_says_which_column(oms, line, code, column):
    [told] = send(oms, "layout", f"{HEAD}\n{line}").lines
    assert (str(told.result), told.code, told.words["column"]) == ("rejected", code, column)


def test_an_item_says_how_it_may_lie_what_it_bears_and_what_goes_with_it(oms):
    send(oms, "items", "sku,rotation,bears_g,hazard,inserts\nTEA,flat,2500,UN3481,CARE|ICE\nCUP,,,,")
    tea = one(oms, select(Item).where(Item.sku == "TEA"))
    assert (tea.rotation, tea.bears_g, tea.hazard, tea.inserts) == (Rotation.FLAT, 2500, "UN3481", ["CARE", "ICE"])
    cup = one(oms, select(Item).where(Item.sku == "CUP"))
    assert (cup.rotation, cup.bears_g, cup.hazard, cup.inserts) == (Rotation.FREE, None, "", [])


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [("rotation", "upside", "bad_word"), ("bears_g", "-1", "bad_number"), ("inserts", "=X", "bad_key")],
)
def test_an_item_with_a_wrong_word_is_rejected_with_its_column(oms, column, value, code):
    [told] = send(oms, "items", f"sku,{column}\nTEA,{value}").lines
    assert (str(told.result), told.code, told.words["column"]) == ("rejected", code, column)


def test_the_site_says_when_services_are_chosen_and_what_a_person_lifts(oms):
    send(oms, "layout", {"site": {"code": "MAIN", "service_rule": "always", "lift_g": 15000, "clearance_mm": 4}})
    site = one(oms, select(Site))
    assert (site.service_rule, site.lift_g, site.clearance_mm) == (ServiceRule.ALWAYS, 15_000, 4)
    for wrong in ({"service_rule": "mostly"}, {"lift_g": 0}, {"clearance_mm": ""}):
        [told] = send(oms, "layout", {"site": {"code": "MAIN", **wrong}}).lines
        assert (str(told.result), told.words["column"]) == ("rejected", *wrong)


def test_an_order_is_promised_for_a_day(oms):
    send(oms, "items", "sku\nTEA")
    head = "order,name,street,postcode,city,country,sku,qty,promised"
    send(oms, "orders", f"{head}\n1,Ann,Kade 1,1000 AA,Town,NL,TEA,1,2026-12-05\n2,Ann,Kade 1,1000 AA,Town,NL,TEA,1,")
    assert one(oms, select(Order).where(Order.number == "1")).promised == date(2026, 12, 5)
    assert one(oms, select(Order).where(Order.number == "2")).promised is None
    held = send(oms, "orders", f"{head}\n3,Ann,Kade 1,1000 AA,Town,NL,TEA,1,soon")
    assert [(str(li.result), li.code) for li in held.lines] == [("held", "bad_date")]
