"""The put wall through the service on a real store: what is said, what is on the disk, what is there after a restart."""

import msgspec
import pytest

from app.core.messages import Code
from app.core.storage import StorageFull
from app.core.views_work import SlotState, WallStep, Whereabouts
from app.services.wall import WallService
from sync.contract.codes import BinKind, JobKind, JobState, OrderState, WorkState
from sync.contract.rows import BinRow, JobRow, Slot, WorkRow

CUP, CASE, TEA = "4006381333931", "14006381333938", "5000000000012"


class Wall:
    """A put wall beside the floor of a test."""

    def __init__(self, floor, reader):
        self.floor, self.reader = floor, reader
        bins = [
            BinRow(id=f"W-{n}", zone="W1", kind=BinKind.WALL, seq=n, x_mm=n * 500, y_mm=0 if n > 2 else 500)
            for n in range(1, 5)
        ]
        floor.pull(*bins)

    @property
    def service(self):
        if getattr(self, "_of", None) is not self.floor.store:
            self._of = self.floor.store
            self._service = WallService(self.floor.store, self.reader, self.floor.clock, self.floor.centre)
        return self._service

    def sort(
        self, job="s1", tote="T-9", lines=(("O1", "CUP", 2), ("O2", "CUP", 1), ("O1", "TEA", 1)), lease=True, **more
    ):
        """A bulk tote: (order, sku, units) lines."""
        orders = list(dict.fromkeys(order for order, _, _ in lines))
        slots = [Slot(n=n, order=order) for n, order in enumerate(orders, 1)]
        works = [
            WorkRow(id=f"{job}-w{n}", job=job, kind=JobKind.SORT, order=order, sku=sku, qty_req=qty, qty_done=0,
                    state=WorkState.LEASED, seq=n, from_bin=tote, slot=orders.index(order) + 1)
            for n, (order, sku, qty) in enumerate(lines, 1)
        ]  # fmt: skip
        values = {"state": JobState.OPEN, "priority": 3, "lane": "LANE-1", "tote": tote, "slots": slots}
        row = JobRow(
            id=job, kind=JobKind.SORT, method="put_wall", orders=orders, lines=len(works), units=4, **{**values, **more}
        )
        rows = [self.floor.order(no, OrderState.PICKING, [(s, q) for o, s, q in lines if o == no]) for no in orders]
        self.floor.pull(*rows, row, *works)
        if lease:
            self.floor.lease(job, *(work.id for work in works))
        return row, works

    def scan(self, *texts):
        return self.floor.scans(*texts, service=self.service)


@pytest.fixture
def wall(floor, reader):
    floor.person("packer")
    return Wall(floor, reader)


def test_a_tote_from_its_label_to_its_end(wall, floor):
    wall.sort()
    assert [card.tote for card in wall.service.view().view.queue] == ["T-9"]
    opened = wall.scan("T-9")
    assert (opened.state, opened.message.code, opened.view.tote) == (WallStep.UNIT, Code.SORT_OPENED, "T-9")
    shown = wall.scan(CUP)
    assert (shown.message.code, shown.view.slot.place, shown.view.hand, shown.view.item.name) == (
        Code.UNIT_FOR_SLOT, "W-3", 1, "Cup",
    )  # fmt: skip
    assert floor.kinds() == []
    assert wall.scan(CUP, "W-3").message.words == {"n": 2, "slot": "W-3"}
    done = wall.scan(TEA, "W-3")
    assert (done.message.code, done.view.slots[0].state) == (Code.SLOT_COMPLETE, SlotState.PACK)
    assert {"job", "work"} <= done.changes.entities
    last = wall.scan(CUP, "W-4")
    assert (last.state, last.view.left) == (WallStep.CLOSE, 0)
    closed = wall.scan("T-9")
    assert (closed.state, closed.message.code) == (WallStep.DONE, Code.SORT_CLOSED)
    assert floor.kinds() == ["put.confirm", "put.confirm", "put.confirm", "job.drop"]
    assert floor.facts("job.drop")[0] == {"job": "s1", "tote": "T-9", "lane": "LANE-1"}
    assert floor.facts("put.confirm")[0] == {
        "job": "s1", "sku": "CUP", "qty": 2, "slot": 1, "from_tote": "T-9", "tote": "W-3", "lot": None, "serial": None,
        "scan": "W-3",
    }  # fmt: skip
    assert wall.service.view().state == WallStep.WAITING


def test_it_goes_on_after_the_power_was_gone(wall, floor):
    wall.sort()
    wall.scan("T-9", CUP, "W-3")
    wall.scan(TEA)
    floor.restart()
    back = wall.service.view()
    assert (back.state, back.view.slot.place, back.view.slot.n, back.view.put) == (WallStep.SLOT, "W-3", 1, 1)
    assert wall.scan("W-3").message.code is Code.PUT_DONE
    assert len(floor.facts("put.confirm")) == 2


def test_another_shape_of_the_state_is_built_anew_from_rows_and_facts(wall, floor):
    wall.sort()
    wall.scan("T-9", CUP, "W-3", "9501101000008")
    with floor.store.unit() as u:
        u.flows.keep("s1", "sort", 99, b"{}")
    view = wall.service.view().view
    assert (view.put, view.left, view.slots[0].place) == (1, 3, "W-3")


def test_offline_only_what_is_held_can_be_sorted(wall, floor):
    wall.sort(lease=False)
    assert wall.scan("T-9").message.code is Code.TOTE_UNKNOWN_HERE
    assert wall.service.start_next().message.code is Code.NO_WORK_OFFLINE
    floor.centre.answers["claim_job"] = lambda job: floor.claim_reply(floor.lease(job, "s1-w1", "s1-w2", "s1-w3"))
    assert wall.service.start_next().state == WallStep.UNIT


def test_a_sort_of_somebody_else_is_named(wall, floor):
    wall.sort(lease=False)
    floor.centre.answers["claim_job"] = floor.claim_reply([], reason="taken", holder="Bo")
    said = wall.scan("T-9").message
    assert (said.code, said.words) == (Code.TAKEN_BY, {"name": "Bo"})


def test_what_is_no_sort(wall, floor):
    assert wall.scan("T-0815").message.code is Code.TOTE_UNKNOWN_HERE
    assert wall.scan("B-1").message.code is Code.NOT_A_TOTE
    assert wall.service.confirm().message.code is Code.NOT_NOW
    assert wall.service.start_next().message.code is Code.NO_WORK_OFFLINE


def test_taken_slots_are_not_given_out_and_a_full_wall_is_said(wall, floor):
    wall.sort(
        "s9", "T-8", (("O9", "TEA", 1),), lease=False, slots=[Slot(n=1, order="O9", place="W-3")], state=JobState.DONE
    )
    floor.pull(JobRow(id="p1", kind=JobKind.PACK, method="pack", state=JobState.OPEN, priority=3, orders=["O8"], lines=1,
                      units=1, tote="W-4"))  # fmt: skip
    wall.sort(lines=(("O1", "CUP", 1), ("O2", "CUP", 1), ("O3", "CUP", 1)))
    assert wall.scan("T-9", CUP).view.slot.place == "W-1"
    wall.scan("W-1", CUP, "W-2")
    full = wall.scan(CUP)
    assert (full.message.code, full.state) == (Code.WALL_FULL, WallStep.UNIT)
    floor.pull(floor.order("O9", OrderState.SHIPPED))
    assert wall.scan(CUP).view.slot.place == "W-3"


def test_extra_missing_undo_and_the_list_of_what_waits(wall, floor):
    wall.sort(lines=(("O1", "CUP", 2), ("O2", "TEA", 1)))
    assert wall.scan("T-9", "MILK").state == WallStep.EXTRA
    assert wall.scan("T-9").message.code is Code.TOTE_IN_USE
    assert wall.scan("T-66").message.words == {"n": 1, "tote": "T-66"}
    wall.scan(CUP, "W-3")
    assert wall.service.undo().message.code is Code.UNDONE
    wall.scan(CUP, "W-3")
    waiting = wall.service.view().view.slots[0]
    assert [(m.item.sku, m.qty, m.where, m.place) for m in waiting.missing] == [("CUP", 1, Whereabouts.TOTE, "T-9")]
    asked = wall.service.missing().view
    assert [(m.item.sku, m.qty) for m in asked.missing] == [("CUP", 1), ("TEA", 1)]
    assert wall.service.cancel().state == WallStep.UNIT
    wall.service.missing()
    lost = wall.service.really_missing()
    assert (lost.state, lost.message.words) == (WallStep.CLOSE, {"n": 2})
    assert [m.where for m in lost.view.slots[0].missing] == [Whereabouts.LOST]
    floor.pull(WorkRow(id="hot", job="j9", kind=JobKind.PICK, order="O1", sku="CUP", qty_req=1, qty_done=0,
                       state=WorkState.OPEN, seq=1, from_bin="B-2"))  # fmt: skip
    hot = wall.service.view().view.slots[0].missing
    assert [(m.where, m.place) for m in hot] == [(Whereabouts.BIN, "B-2")]
    assert wall.service.close().state == WallStep.DONE
    assert floor.kinds() == [
        "scan.refused", "put.extra", "put.confirm", "put.undo", "put.confirm", "put.short", "put.short", "job.drop",
    ]  # fmt: skip


def test_an_order_cancelled_meanwhile_frees_the_hand(wall, floor):
    _, works = wall.sort(lines=(("O1", "CUP", 1), ("O2", "TEA", 1)))
    wall.scan("T-9", CUP)
    floor.pull(msgspec.structs.replace(works[0], state=WorkState.CANCELLED))
    view = wall.service.view().view
    assert (view.step, view.slots[0].state) == (WallStep.UNIT, SlotState.CANCELLED)
    assert wall.scan(CUP).state == WallStep.EXTRA


def test_a_slot_that_was_packed_before_is_a_slot_and_no_exception_tote(wall, floor):
    packed = JobRow(id="p1", kind=JobKind.PACK, method="pack", state=JobState.DONE, priority=3, orders=["O8"], lines=1,
                    units=1, tote="W-3")  # fmt: skip
    floor.pull(packed, msgspec.structs.replace(packed, id="p2", tote="W-4"))
    wall.sort(lines=(("O1", "CUP", 1),))
    assert wall.scan("T-9", "MILK").state == WallStep.EXTRA
    assert wall.scan("W-4").message.code is Code.TOTE_IN_USE
    wall.service.cancel()
    place = wall.scan(CUP).view.slot.place
    other = "W-4" if place == "W-3" else "W-3"
    assert wall.scan(other).message.words == {"scanned": other, "needed": place}
    assert wall.scan(place).message.code is Code.SLOT_COMPLETE


def test_a_second_tote_of_the_same_wall_keeps_to_it(wall, floor):
    wall.sort("s1", "T-9", (("O1", "CUP", 1),))
    wall.scan("T-9", CUP, "W-1")
    wall.sort("s2", "T-10", (("O3", "TEA", 1),))
    wall.service.leave()
    assert wall.scan("T-10", TEA).view.slot.place != "W-1"


@pytest.mark.parametrize(
    ("card", "state"),
    [("FH:UNDO", WallStep.UNIT), ("FH:BACK", WallStep.UNIT), ("FH:OK", WallStep.SLOT), ("FH:SKIP", WallStep.SLOT)],
)
def test_command_cards_in_the_hand(wall, floor, card, state):
    wall.sort()
    wall.scan("T-9", CUP)
    assert wall.scan(card).state == state


def test_command_cards_for_what_is_missing_and_to_leave(wall, floor):
    wall.sort()
    wall.scan("T-9")
    assert wall.scan("FH:SHORT").state == WallStep.MISSING
    assert wall.scan("FH:SHORT").state == WallStep.CLOSE
    assert wall.scan("FH:BACK").state == WallStep.WAITING
    assert wall.service.start("s1").state == WallStep.CLOSE


def test_a_lease_that_ran_out_stops_new_units(wall, floor):
    wall.sort()
    wall.scan("T-9", CUP)
    floor.clock.ahead = 10_000.0
    assert wall.scan("W-3").message.code is Code.PUT_DONE
    assert wall.scan(CUP).message.code is Code.LEASE_OVER


def test_a_full_disk_makes_no_good_sound(wall, floor, monkeypatch):
    wall.sort()
    wall.scan("T-9", CUP)

    def full(*_):
        raise StorageFull("test")

    monkeypatch.setattr(type(floor.store), "unit", full)
    refused = wall.scan("W-1")
    assert refused.message.code is Code.WRONG_SLOT
    right = wall.scan("W-3")
    assert (right.message.code, right.view.step) == (Code.STORAGE_FULL, WallStep.SLOT)
    assert wall.service.leave().message.code is Code.STORAGE_FULL
