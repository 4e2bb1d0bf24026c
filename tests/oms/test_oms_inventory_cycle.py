"""Counts that are planned: often picked items often, doubted bins sooner, nothing twice."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from oms.inventory.cycle import CLASSES, classes, due, plan
from oms.inventory.models import BinCount, BinHistory
from oms.picking.models import WorkItem
from tests.oms.floors import Floor


@given(st.dictionaries(st.text("ABC", min_size=1, max_size=4), st.integers(0, 1000), max_size=30))
def test_classes_follow_the_picks(picks):
    found = classes(picks)
    assert set(found) == set(picks)
    ranked = sorted(picks, key=lambda sku: (-picks[sku], sku))
    kinds = [found[sku] for sku in ranked]
    assert kinds == sorted(kinds)
    assert all(found[sku] == "C" for sku in picks if not picks[sku])
    if any(picks.values()):
        often = sum(picks[sku] for sku in picks if found[sku] == "A")
        assert often >= CLASSES["A"][0] * sum(picks.values()) - 1e-9


def moved(floor, sku, from_, to, qty, days_ago):
    def do(w):
        w.now -= timedelta(days=days_ago)
        w.move(f"{sku}{from_}{to}{days_ago}", 0, sku, "", from_, to, qty)

    floor.act(do)


@pytest.mark.postgres
def test_what_is_due_longest_is_counted_first_and_nothing_twice(oms):
    floor = Floor(oms, "W").build(skus=("TEA", "CUP", "JAM"))
    # TEA is picked, CUP and JAM never are; all came 40 days ago, JAM 400 days ago.
    moved(floor, "TEA", "supplier", "bin:A-01", 50, 40)
    moved(floor, "CUP", "supplier", "bin:A-02", 50, 40)
    moved(floor, "JAM", "supplier", "bin:A-03", 50, 400)
    for day in range(1, 9):
        moved(floor, "TEA", "bin:A-01", "tote:T-1", 1, day)

    def now(w):
        return [(one.bin, one.kind, one.trust) for one in due(w.db, w.site, w.now)]

    assert floor.act(now) == [("A-01", "A", 100), ("A-03", "C", 100)]
    # The books of CUP's bin were wrong before: it is due sooner than once a year.
    floor.act(lambda w: w.db.add(BinHistory(site_id=w.site, bin="A-02", sku="CUP", short=20)))
    assert floor.act(now) == [("A-02", "C", 4), ("A-01", "A", 100), ("A-03", "C", 100)]
    assert [one.bin for one in floor.act(lambda w: plan(w, 2))] == ["A-02", "A-01"]
    assert [one.bin for one in floor.act(lambda w: plan(w, 9))] == ["A-03"]
    assert floor.act(lambda w: plan(w, 9)) == []
    assert len(floor.ask(select(WorkItem))) == 3
    # Counted today, it is due again in a month.
    floor.act(lambda w: w.db.add(BinCount(
        op_id="o", site_id=w.site, bin="A-01", sku="TEA", counted=42, expected=42, at=w.now, outcome="booked"
    )))  # fmt: skip
    assert floor.act(now) == [("A-02", "C", 4), ("A-03", "C", 100)]
