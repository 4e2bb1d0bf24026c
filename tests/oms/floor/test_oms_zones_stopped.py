"""A zone a supervisor stops gives out no new work; what is in hand goes on; its people are told; a start undoes it all."""

import pytest
from sqlalchemy import select

from oms.catalog.models import Bin, Zone
from oms.floor import zones
from oms.floor.codes import BoardRefusal
from oms.floor.queries import board
from oms.people.models import Audit
from sync.contract import facts
from sync.contract.board import BoardAct, BoardTab
from sync.contract.codes import BinKind


@pytest.fixture
def two_zones(new_floor):
    """Tea lies in zone A, cups in zone B; an order for each is let go."""
    floor = new_floor().build()

    def add(w):
        w.db.add(Zone(site_id=floor.site, code="B"))
        w.db.flush()
        w.db.add(Bin(site_id=floor.site, code="B-01", zone="B", kind=BinKind.PICK, seq=90))

    floor.act(add)
    floor.stock("A-01", "TEA", 5).stock("B-01", "CUP", 5).order("1", ("TEA", 2)).order("2", ("CUP", 2))
    floor.release("1")
    floor.release("2")
    return floor


def orders_given(floor, device, want=5):
    leases = device.claim(kinds=("pick",), want=want)
    return {item.order_no for lease in leases for item in floor.items_of(lease.job)}


def stop(floor, zone):
    return floor.act(lambda w: zones.stop(w, zone, "", ""))


def start(floor, zone):
    return floor.act(lambda w: zones.start(w, zone, "", ""))


def counts(floor, tab=BoardTab.PEOPLE):
    with floor.oms.sessions() as db:
        return board(db, floor.site, tab, 0, "").counts


def test_a_stopped_zone_gives_no_new_work_until_it_is_started(two_zones):
    assert stop(two_zones, "A").undo.act is BoardAct.START_ZONE
    assert orders_given(two_zones, two_zones.device()) == {"2"}
    assert start(two_zones, "A").undo.act is BoardAct.STOP_ZONE
    assert orders_given(two_zones, two_zones.device()) == {"1"}


def test_what_is_asked_for_by_name_is_not_given_out_either_but_what_was_begun_goes_on(two_zones):
    first = two_zones.device()
    (job,) = {lease.job for lease in first.claim(kinds=("pick",)) if lease.job}
    (item,) = two_zones.items_of(job)
    first.pick(item)
    stop(two_zones, "A")
    stop(two_zones, "B")
    assert not orders_given(two_zones, two_zones.device())
    other = next(j for n in ("1", "2") for j in two_zones.jobs_of(n, "pick") if j.id != job)
    assert not two_zones.device().claim(job=other.id)
    assert first.claim(job=job)


def test_the_board_names_stopped_zones_on_every_list_and_all_zones_beside_the_people(two_zones):
    stop(two_zones, "B")
    assert (counts(two_zones).stopped, counts(two_zones).zones) == (["B"], ["A", "B"])
    assert (counts(two_zones, BoardTab.JOBS).stopped, counts(two_zones, BoardTab.JOBS).zones) == (["B"], [])


def test_who_is_signed_in_to_the_zone_is_told_once_and_need_not_read_it_after_the_start(two_zones):
    here, there = two_zones.device(), two_zones.device()
    here.report(facts.ZoneEnter(zone="A"))
    there.report(facts.ZoneEnter(zone="B"))
    stop(two_zones, "A")
    stop(two_zones, "A")
    assert [(told.device, told.params["zone"]) for told in two_zones.exceptions("zone_stopped")] == [(here.id, "A")]
    start(two_zones, "A")
    assert not two_zones.exceptions("zone_stopped")


def test_both_are_in_the_audit_trail_and_nonsense_is_refused(two_zones):
    assert stop(two_zones, "X").refused is BoardRefusal.GONE
    assert start(two_zones, "A").refused is BoardRefusal.GONE
    stop(two_zones, "A")
    start(two_zones, "A")
    said = two_zones.ask(select(Audit.what).where(Audit.what.like("floor.zone%")).order_by(Audit.id))
    assert said[-2:] == ["floor.zone_stopped", "floor.zone_started"]
