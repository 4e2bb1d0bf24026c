"""Which papers go with a parcel: by country, channel and what the shop wants."""

import pytest

from oms.catalog.models import Site
from oms.orders.models import Order
from oms.packing.models import Parcel
from oms.shipping.actions import plan_parcel
from oms.shipping.papers import crosses_customs, papers_of
from sync.contract.codes import OrderState
from sync.contract.shipping import PaperKind
from tools.soak._warehouse import CLERK


@pytest.mark.parametrize(
    ("home", "to", "postcode", "crosses"),
    [
        ("NL", "DE", "10115", False),
        ("NL", "MC", "98000", False),
        ("NL", "ES", "28001", False),
        ("NL", "ES", "35001", True),
        ("NL", "ES", "38 001", True),
        ("DE", "DE", "78266", True),
        ("DE", "IT", "23041", True),
        ("NL", "GB", "SW1A 1AA", True),
        ("nl", "ch", "8001", True),
        ("GB", "GB", "", False),
        ("GB", "NL", "1012", True),
        ("", "CH", "", False),
        ("NL", "", "", False),
    ],
)
def test_goods_meet_a_customs_office(home, to, postcode, crosses):
    assert crosses_customs(home, to, postcode) is crosses


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("words", "channel", "country", "papers"),
    [
        ({}, "shop", "DE", ["packing-slip"]),
        ({"country": "NL"}, "shop", "CH", ["packing-slip", "customs"]),
        ({"country": "NL", "papers": "packing-slip return-slip"}, "shop", "NL", ["packing-slip", "return-slip"]),
        ({"papers:market": "invoice", "papers": "packing-slip"}, "market", "NL", ["invoice"]),
        ({"country": "NL", "papers": ""}, "shop", "CH", ["customs"]),
        ({"country": "NL", "papers": "customs no-such-paper"}, "shop", "NL", []),
    ],
    ids=["usual", "customs", "returns", "of a channel", "none but customs", "customs is not the shop's"],
)
def test_papers_of_a_parcel(oms, words, channel, country, papers):
    def do(w):
        w.db.get_one(Site, w.site).paper_words = words
        order = Order(
            site_id=w.site, number="O-1", state=OrderState.OPEN, placed_at=w.now, ship_country=country, channel=channel
        )
        w.db.add(order)
        w.db.flush()
        return plan_parcel(w, order).id

    id = oms.works.run(oms.site, CLERK, do)
    with oms.sessions() as db:
        assert papers_of(db, oms.site, [db.get_one(Parcel, id)]) == {id: [PaperKind(name) for name in papers]}
        assert papers_of(db, oms.site, []) == {}
