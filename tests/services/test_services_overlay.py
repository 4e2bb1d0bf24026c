"""Rows plus facts, without a store: each fact's effect, and that adding them up never leaves the order."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.overlay import Overlay
from sync.contract import facts
from sync.contract.codes import JobKind, JobState, OrderState, ParcelState, ShortReason, WorkState
from sync.contract.rows import JobRow, OrderLineRow, OrderRow, ParcelRow, WorkRow


@dataclass
class Logged:
    fact: object
    item: str | None = None

    @property
    def job(self):
        return getattr(self.fact, "job", None)


WORK = WorkRow(
    id="w1", job="j1", kind=JobKind.PICK, order="O1", sku="A", qty_req=3, qty_done=0, state=WorkState.LEASED, seq=1,
    from_bin="B",
)  # fmt: skip
JOB = JobRow(id="j1", kind=JobKind.PICK, method="s", state=JobState.OPEN, priority=1, orders=["O1"], lines=1, units=3)
PARCEL = ParcelRow(
    id="p1", order="O1", number=1, sscc="3", carrier="", service="", tracking="", state=ParcelState.PLANNED
)
ORDER = OrderRow(
    id="O1", state=OrderState.RELEASED, customer="", ship_to=[], country="", priority=1, carrier="", service="",
    lines=[OrderLineRow(line=1, sku="A", qty=2), OrderLineRow(line=2, sku="A", qty=1)],
)  # fmt: skip


class Rows:
    def get(self, type, id):
        return {("w1", WorkRow): WORK, ("j1", JobRow): JOB}.get((id, type))


def over(*logged):
    return Overlay(tuple(logged), Rows())


def confirm(qty=1, item="w1"):
    return Logged(facts.PickConfirm(job="j1", sku="A", qty=qty, from_bin="B", tote="T"), item)


def undo(qty=1):
    return Logged(facts.PickUndo(job="j1", sku="A", qty=qty, from_bin="B", tote="T"), "w1")


SHORT = Logged(facts.PickShort(job="j1", sku="A", missing=1, reason=ShortReason.DAMAGED, bin="B"), "w1")
PACK_SHORT = Logged(
    facts.PackShort(job="j1", sku="A", missing=1, tote="T", reason=ShortReason.DAMAGED, released_by="x"), "w1"
)
PACKED = Logged(facts.PackConfirm(job="j1", sku="A", qty=2, tote="T", parcel="p1"), "w1")


@pytest.mark.parametrize(
    ("logged", "done", "state"),
    [
        ((), 0, WorkState.LEASED),
        ((confirm(2),), 2, WorkState.LEASED),
        ((confirm(3),), 3, WorkState.DONE),
        ((confirm(3), undo()), 2, WorkState.LEASED),
        ((confirm(9),), 3, WorkState.DONE),
        ((undo(9),), 0, WorkState.LEASED),
        ((confirm(1), SHORT), 1, WorkState.SHORT),
        ((PACKED,), 2, WorkState.LEASED),
        ((PACK_SHORT,), 0, WorkState.SHORT),
        ((confirm(1, "other"),), 0, WorkState.LEASED),
        ((Logged(facts.PickSkip(job="j1", bin="B"), "w1"),), 0, WorkState.LEASED),
    ],
)
def test_work(logged, done, state):
    row = over(*logged).work(WORK)
    assert (row.qty_done, row.state) == (done, state)


def test_cancelled_work_stays_cancelled():
    import msgspec

    cancelled = msgspec.structs.replace(WORK, state=WorkState.CANCELLED)
    assert over(confirm(3)).work(cancelled).state is WorkState.CANCELLED


def test_jobs():
    bind = Logged(facts.ToteBind(job="j1", tote="T-1"))
    drop = Logged(facts.JobDrop(job="j1", tote="T-1", lane="L"))
    assert (over(bind).job(JOB).tote, over(bind).job(JOB).state) == ("T-1", JobState.ACTIVE)
    assert (over(bind, drop).job(JOB).lane, over(bind, drop).job(JOB).state) == ("L", JobState.DONE)
    assert over(Logged(facts.PackOpen(job="j1", tote="T", station="S"))).job(JOB).state is JobState.ACTIVE
    assert over(Logged(facts.ParcelShip(job="j1", parcel="p1", sscc="3"))).job(JOB).state is JobState.DONE
    assert over(confirm(), Logged(facts.ToteBind(job="j2", tote="T-2"))).job(JOB) == JOB


def test_parcels():
    def fate(word, level):
        return Logged(facts.LabelFate(job="j1", parcel="p1", sscc="3", print_job="p1.1", fate=word, level=level))

    weighed = Logged(
        facts.ParcelWeighed(job="j1", parcel="p1", carton="M", grams=9, expected_g=9, tolerance_g=1, within=True)
    )
    assert over(confirm()).parcel(PARCEL) == PARCEL
    row = over(weighed).parcel(PARCEL)
    assert (row.carton, row.grams, row.state) == ("M", 9, ParcelState.LABEL_PENDING)
    assert over(weighed, fate("printed", 1)).parcel(PARCEL).state is ParcelState.LABEL_PENDING
    assert over(weighed, fate("printed", 3)).parcel(PARCEL).state is ParcelState.LABEL_PRINTED
    assert over(weighed, fate("unsure", 1)).parcel(PARCEL).state is ParcelState.LABEL_UNSURE
    shipped = Logged(facts.ParcelShip(job="j1", parcel="p1", sscc="3"))
    assert over(weighed, shipped).parcel(PARCEL).state is ParcelState.SHIPPED


@given(st.lists(st.sampled_from([confirm(1), confirm(2), undo(1), SHORT, PACKED, PACK_SHORT]), max_size=12))
def test_no_line_of_an_order_ever_holds_more_than_was_ordered(logged):
    [order] = over(*logged).orders([ORDER])
    for line in order.lines:
        for count in (line.picked, line.packed, line.short):
            assert 0 <= count <= line.qty
    assert order.state in (OrderState.RELEASED, OrderState.PICKING, OrderState.PACKING)


def test_orders_only_go_forward():
    import msgspec

    shipped = msgspec.structs.replace(ORDER, state=OrderState.SHIPPED)
    held = msgspec.structs.replace(ORDER, state=OrderState.HELD)
    assert over(confirm()).orders([shipped])[0].state is OrderState.SHIPPED
    assert over(confirm()).orders([held])[0].state is OrderState.HELD
    nobody = Logged(facts.ScanRefused(job=None, text="x", code="y"))
    unknown = Logged(facts.ToteBind(job="j9", tote="T"))
    assert over(nobody, unknown).orders([ORDER]) == [ORDER]
