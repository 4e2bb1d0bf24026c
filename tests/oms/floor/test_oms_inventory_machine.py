"""Everything the floor can do in any order, by two handhelds that do not know of each other: the books stay right after every step."""

from inspect import signature
from random import Random

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select, update

from oms.feed.models import FloorException, Lease
from oms.orders.models import Order, Reservation
from oms.orders.rules import ORDER
from oms.packing.models import Parcel
from oms.picking.models import Job, WorkItem
from oms.shipping.rules import PARCEL
from sync.contract import facts
from sync.contract.codes import JobKind, Outcome, ShortReason

ORDERS = {"O1": [("TEA", 3), ("CUP", 2)], "O2": [("TEA", 4)], "O3": [("TEA", 2), ("TEA", 2)]}
NTH = st.integers(0, 11)
WHO = st.integers(0, 1)
QTY = st.integers(1, 3)
TOTE = st.sampled_from(["T1", "T2"])


class FloorMachine(RuleBasedStateMachine):
    """Two devices, three orders, ten TEA in two bins and a few CUP. Indexes choose among what exists, so every draw is possible."""

    def __init__(self, floor):
        super().__init__()
        self.floor = floor
        self.order_states = {}
        self.parcel_states = {}
        self.tokens = {}
        self.done = {}
        self.reported = 0

    @initialize(dice=st.integers(1, 10**9))
    def open_the_house(self, dice):
        """The orders are already on their way, each some steps far."""
        far = [dice % 7, dice // 7 % 9, dice // 63 % 5]
        self.floor.build().stock("A-01", "TEA", 6).stock("A-03", "TEA", 4).stock("A-02", "CUP", 3)
        for number, lines in ORDERS.items():
            self.floor.order(number, *lines)
        self.devices = [self.floor.device("A"), self.floor.device("B")]
        for number, steps in zip(ORDERS, far, strict=True):
            device = self.devices[steps % 2]
            if steps:
                device.claim(self.floor.release(number).job)
                self.states_follow_their_tables()
            for _ in range(steps):
                self.next_step(device, "T1")
                self.states_follow_their_tables()

    @rule(nth=NTH)
    def release_and_claim(self, nth):
        """The usual beginning."""
        if job := self.floor.release(f"O{nth % 3 + 1}").job:
            self.devices[nth % 2].claim(job)

    def all_of(self, model, *conditions):
        return self.floor.ask(
            select(model).where(model.site_id == self.floor.site, *conditions).order_by(*_order(model))
        )

    def any_item(self, kind, nth):
        items = self.all_of(WorkItem, WorkItem.kind == kind)
        return items[nth % len(items)] if items else None

    def any_parcel(self, nth):
        parcels = self.all_of(Parcel)
        return parcels[nth % len(parcels)] if parcels else None

    @rule(nth=NTH)
    def release(self, nth):
        self.floor.release(f"O{nth % 3 + 1}")

    @rule(nth=NTH)
    def cancel(self, nth):
        self.floor.cancel(f"O{nth % 3 + 1}")

    @rule(who=WHO, kind=st.sampled_from(["pick", "pack"]))
    def claim(self, who, kind):
        self.devices[who].claim(kinds=[kind], want=2)

    @rule(who=WHO)
    def give_back(self, who):
        device = self.devices[who]
        device.release(_refs(self.all_of(Lease, Lease.device == device.id, Lease.ended_at.is_(None))))

    @rule()
    def time_runs_out(self):
        def do(w):
            past = w.now.replace(year=2000)
            w.db.execute(update(Lease).where(Lease.site_id == self.floor.site).values(until=past))
            w.db.execute(update(WorkItem).where(WorkItem.site_id == self.floor.site).values(lease_until=past))

        self.floor.act(do)

    @rule(who=WHO, nth=NTH, qty=QTY, tote=TOTE)
    def pick(self, who, nth, qty, tote):
        if item := self.any_item(JobKind.PICK, nth):
            self.devices[who].pick(item, qty, tote)

    @rule(who=WHO, nth=NTH, tote=TOTE)
    def pick_the_rest(self, who, nth, tote):
        item = self.any_item(JobKind.PICK, nth)
        if item and item.qty_done < item.qty_req:
            self.devices[who].pick(item, item.qty_req - item.qty_done, tote)

    @rule(who=WHO, steps=st.integers(1, 6), tote=TOTE)
    def go_on(self, who, steps, tote):
        """The next right steps of what a device holds, so that orders get somewhere."""
        for _ in range(steps):
            self.next_step(self.devices[who], tote)
            self.states_follow_their_tables()

    def next_step(self, device, tote):
        jobs = self.all_of(Job, Job.holder == device.id, Job.state == "active")
        if not jobs:
            device.claim(kinds=["pick", "pack"])
            return
        items = self.floor.items_of(jobs[0].id)
        todo = [item for item in items if item.state in ("open", "leased") and item.qty_done < item.qty_req]
        if jobs[0].kind is JobKind.PICK:
            if todo:
                device.pick(todo[0], todo[0].qty_req - todo[0].qty_done, tote)
            else:
                device.drop(jobs[0].id, tote)
        elif todo:
            device.pack(todo[0], self.floor.parcel_of(todo[0].order_no), todo[0].qty_req - todo[0].qty_done)
        else:
            device.ship(self.floor.parcel_of(items[0].order_no), jobs[0].id)

    @rule(who=WHO, nth=NTH, qty=QTY, tote=TOTE)
    def undo(self, who, nth, qty, tote):
        """Only what lies in that tote or in those hands can go back."""
        item = self.any_item(JobKind.PICK, nth)
        device = self.devices[who]
        waiting = item and self.floor.ask(
            select(FloorException.params["qty"].as_integer()).where(
                FloorException.item == item.id,
                FloorException.state == "open",
                FloorException.params["from_account"].astext == f"surplus:{device.id}",
            )
        )
        if item and (sum(waiting) >= qty or (not waiting and self.floor.has(f"tote:{tote}", item.sku) >= qty)):
            device.undo(item, qty, tote)

    @rule(who=WHO, nth=NTH, reason=st.sampled_from(list(ShortReason)))
    def short(self, who, nth, reason):
        if item := self.any_item(JobKind.PICK, nth):
            self.devices[who].short(item, 1, reason)

    @rule(who=WHO, nth=NTH, tote=TOTE)
    def drop(self, who, nth, tote):
        if item := self.any_item(JobKind.PICK, nth):
            self.devices[who].drop(item.job_id, tote)

    @rule(who=WHO, nth=NTH, qty=QTY)
    def pack(self, who, nth, qty):
        if item := self.any_item(JobKind.PACK, nth):
            parcel = self.floor.parcel_of(item.order_no)
            self.devices[who].pack(item, parcel, min(qty, item.qty_req))

    @rule(who=WHO, nth=NTH)
    def pack_short(self, who, nth):
        if item := self.any_item(JobKind.PACK, nth):
            self.devices[who].pack_short(item, 1)

    @rule(who=WHO, nth=NTH)
    def open_tote(self, who, nth):
        if item := self.any_item(JobKind.PACK, nth):
            self.devices[who].report(facts.PackOpen(job=item.job_id, tote=item.from_bin, station="S1"))

    @rule(who=WHO, nth=NTH, fate=st.sampled_from(["printed", "failed", "unsure", "verified", "reprint_asked"]))
    def label(self, who, nth, fate):
        if parcel := self.any_parcel(nth):
            self.devices[who].label(parcel, "j", fate, 3)

    @rule(who=WHO, nth=NTH)
    def weigh(self, who, nth):
        if parcel := self.any_parcel(nth):
            self.devices[who].weigh(parcel, "j")

    @rule(who=WHO, nth=NTH)
    def ship(self, who, nth):
        if parcel := self.any_parcel(nth):
            self.devices[who].ship(parcel, "j")

    @rule(who=WHO, nth=NTH)
    def acknowledge(self, who, nth):
        waiting = self.floor.exceptions()
        if waiting:
            self.devices[who].acknowledge(waiting[nth % len(waiting)].id)

    @precondition(lambda self: self.reported % 5 == 0)
    @rule()
    def thief(self):
        """Goods leave the house without anybody saying so."""
        self.reported += 1
        self.floor.act(
            lambda w: w.move(f"{self.reported:032d}{self.floor.site}", 0, "TEA", "", "bin:A-01", "count_adjust", 1)
        )

    @invariant()
    def the_books_are_right(self):
        self.reported += 1
        if hasattr(self, "devices"):
            self.floor.check()
            self.states_follow_their_tables()
            self.tokens_never_fall()
            self.orders_add_up()

    def states_follow_their_tables(self):
        for model, key, table, seen in (
            (Order, "number", ORDER, self.order_states),
            (Parcel, "id", PARCEL, self.parcel_states),
        ):
            for row in self.all_of(model):
                name = getattr(row, key)
                before = seen.get(name, row.state)
                assert row.state == before or row.state in table[before]
                seen[name] = row.state

    def tokens_never_fall(self):
        for item in self.all_of(WorkItem):
            token = (item.tok_epoch, item.tok_n)
            assert token >= self.tokens.get(item.id, token)
            self.tokens[item.id] = token

    def orders_add_up(self):
        items = self.all_of(WorkItem)
        for number in ORDERS:
            for line in self.floor.lines_of(number):
                mine = [i for i in items if (i.order_no, i.line_no) == (number, line.line_no)]
                assert line.picked == sum(i.qty_done for i in mine if i.kind is JobKind.PICK)
                assert line.packed == sum(i.qty_done for i in mine if i.kind is JobKind.PACK)
                assert line.picked <= line.qty
                assert line.packed <= line.picked
                if self.order_states[number] == "shipped":
                    assert line.packed + line.short == line.qty
        for job in self.all_of(Job):
            if job.state == "done":
                assert not [i for i in items if i.job_id == job.id and i.state in ("open", "leased")]

    def teardown(self):
        """Whatever happened: when everybody does what the open instructions say, nothing is left in anybody's hands."""
        if not hasattr(self, "devices"):
            return
        self.floor.check_feed()
        gone = [number for number in ORDERS if self.floor.cancel(number).reason is None]
        for _ in range(3):
            for exception in self.floor.exceptions("put_back"):
                assert self.devices[0].acknowledge(exception.id).outcome is Outcome.APPLIED
        self.floor.check()
        self.floor.check_feed()
        in_hands = {key: qty for key, qty in self.floor.balances().items() if key[0].startswith("surplus:")}
        assert in_hands == {}
        assert not self.all_of(Reservation, Reservation.order_no.in_(gone))


def _refs(rows):
    return [_Ref(row.id, (row.tok_epoch, row.tok_n)) for row in rows]


class _Ref:
    """A lease as a handheld names it."""

    def __init__(self, lease_id, token):
        self.lease_id, self.token = lease_id, token


def _order(model):
    """Rows in an order that does not depend on random ids, so that a failing run can be repeated and shrunk."""
    match model.__name__:
        case "WorkItem":
            return model.kind, model.order_no, model.line_no, model.seq, model.from_bin, model.state, model.id
        case "Parcel":
            return model.order_no, model.number
        case "Order":
            return (model.number,)
        case "Reservation":
            return (model.work_item,)
    return (model.id,)


@pytest.mark.slow
def test_any_order_of_events_keeps_the_books_right(new_floor):
    run_state_machine_as_test(
        lambda: FloorMachine(new_floor()),
        settings=settings(
            max_examples=settings.default.max_examples // 10, stateful_step_count=20, phases=[Phase.generate]
        ),
    )


DRAWS = {
    "who": lambda dice: dice.randint(0, 1),
    "nth": lambda dice: dice.randint(0, 11),
    "qty": lambda dice: dice.randint(1, 3),
    "steps": lambda dice: dice.randint(1, 6),
    "tote": lambda dice: dice.choice(["T1", "T2"]),
    "kind": lambda dice: dice.choice(["pick", "pack"]),
    "reason": lambda dice: dice.choice(list(ShortReason)),
    "fate": lambda dice: dice.choice(["printed", "failed", "unsure", "verified", "reprint_asked"]),
}
RULES = (
    *("go_on", "go_on", "go_on", "release_and_claim", "release", "claim", "give_back", "time_runs_out", "thief"),
    *("pick", "pick_the_rest", "undo", "short", "drop", "pack", "pack_short", "open_tote", "label", "weigh", "ship"),
    *("acknowledge", "cancel"),
)


@pytest.mark.parametrize("seed", range(8))
def test_a_long_mixed_day_keeps_the_books_right(new_floor, seed):
    """The same machine on a plain seeded walk: longer and more varied than what a search for small examples tries."""
    dice = Random(seed)
    machine = FloorMachine(new_floor())
    machine.open_the_house(dice.randint(1, 10**9))
    for n in range(50):
        step = getattr(machine, dice.choice(RULES))
        names = [name for name in signature(step).parameters if name != "self"]
        step(**{name: DRAWS[name](dice) for name in names})
        machine.the_books_are_right()
        if n % 10 == 0:
            machine.floor.check_feed()
    machine.teardown()
