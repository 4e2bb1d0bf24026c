"""Papers over the real link: a paired client asks the real server, and gets what it may print."""

import pytest
from sqlalchemy import select

from app.services.ports import CentreAway, CentreRefused
from oms.packing.models import Parcel
from sync.contract.codes import ErrorCode
from sync.contract.rows import ParcelRow
from sync.contract.shipping import CarrierLabel, PaperKind

pytestmark = pytest.mark.postgres


def test_a_station_gets_its_papers_and_the_rows_that_name_them(served, hands):
    house, _ = served
    house.order("O-1/ä", ("TEA", 1))
    [parcel] = house.ask(select(Parcel.id))
    hand = hands("bench", desk=True, lane="L1")
    client = hand.client
    client.sync.wake()

    def row():
        with client.store.look() as u:
            return u.rows.get(ParcelRow, parcel)

    hand._until(lambda: row() is not None)
    assert (row().papers, row().label) == ([PaperKind.PACKING_SLIP], CarrierLabel.OWN)
    assert client.centre.paper(PaperKind.PACKING_SLIP, parcel, 10.0).startswith(b"%PDF-")
    assert client.centre.paper(PaperKind.RETURN_SLIP, parcel, 10.0).startswith(b"%PDF-")
    with pytest.raises(CentreRefused) as no:
        client.centre.paper(PaperKind.INVOICE, parcel, 10.0)
    assert no.value.code is ErrorCode.NOT_FOUND, "it has no prices"
    assert client.centre.label(parcel, 10.0).state is CarrierLabel.OWN
    hand.link.cut()
    with pytest.raises(CentreAway):
        client.centre.paper(PaperKind.PACKING_SLIP, parcel, 0.3)
