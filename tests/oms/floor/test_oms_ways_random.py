"""Two people and a supervisor who do anything in any order, with every way of picking: the books hold, and devices are told everything."""

from random import Random
from uuid import uuid4

import pytest
from sqlalchemy import select

from oms.catalog.models import Bin, Zone
from oms.feed import leases
from oms.orders.actions import release_all
from oms.orders.changes import take_less
from oms.picking.build import trips_of
from oms.picking.models import Job, WorkItem
from oms.waves import keeper
from sync.contract import facts, wire
from sync.contract.codes import BinKind, JobState, Method, Outcome, ShortReason

KINDS = ["pick", "sort", "pack", "count", "put_back", "replenish", "put_away"]


class Crowd:
    """Acts at random. What a device knows is what the feed would have told it; sometimes it is old."""

    def __init__(self, floor, seed):
        self.floor, self.random = floor, Random(seed)
        self.devices = [floor.device() for _ in range(2)]
        self.orders = 0
        self.parked = 0

    def step(self):
        acts = [self.claim] * 3 + [self.pick] * 6 + [self.put] * 4 + [self.drop] * 2
        acts += [self.order, self.short, self.undo, self.take_back, self.missing, self.move, self.count, self.cancel]
        acts += [self.less, self.take_over, self.substitute, self.keep, self.set_down, self.acknowledge]
        acts += [self.take_other_back, self.bring_back]
        self.random.choice(acts)()

    def report(self, body, item=None):
        device = self.random.choice(self.devices)
        if item is not None and self.random.random() < 0.9:
            device.tokens[item.id] = (item.tok_epoch, item.tok_n)
            device = next((one for one in self.devices if one.id == item.holder), device)
        result = device.report(body, item.id if item else None)
        self.parked += result.outcome is Outcome.PARKED

    def item(self, *kinds):
        """Any item of a live job, or a stale copy's worth of one that is over."""
        mine = select(WorkItem).where(WorkItem.site_id == self.floor.site, WorkItem.kind.in_(kinds))
        found = self.floor.ask(mine.order_by(WorkItem.id))
        live = [one for one in found if one.state in ("leased", "open")]
        pool = live if live and self.random.random() < 0.8 else found
        return self.random.choice(pool) if pool else None

    def job(self):
        live = select(Job).where(Job.site_id == self.floor.site, Job.state.in_((JobState.OPEN, JobState.ACTIVE)))
        found = self.floor.ask(live.order_by(Job.id))
        return self.random.choice(found) if found else None

    def order(self):
        numbers = []
        for _ in range(2):
            self.orders += 1
            numbers.append(f"O{self.orders}")
            lines = [(sku, self.random.randint(1, 3)) for sku in self.random.sample(["TEA", "CUP", "JAR"], 2)]
            self.floor.order(numbers[-1], *lines, substitution=self.random.choice(["never", "allowed"]))
        trips = trips_of(self.random.choice(list(Method)), 2)
        self.floor.act(lambda w: release_all(w, numbers, trips))

    def claim(self):
        self.random.choice(self.devices).claim(kinds=KINDS)

    def take_over(self):
        job, device = self.job(), self.random.choice(self.devices)
        if job:
            request = wire.ClaimRequest(
                claim_id=uuid4().hex, want=1, kinds=KINDS, capacity=9, job=job.id, take_over=True
            )
            self.floor.act(lambda w: leases.claim(w, device.id, request))

    def pick(self):
        if item := self.item("pick"):
            qty = self.random.randint(1, max(1, item.qty_req - item.qty_done))
            body = facts.PickConfirm(
                job=item.job_id, sku=item.sku, qty=qty, from_bin=item.from_bin, tote=f"T-{item.job_id[:4]}"
            )
            self.report(body, item)

    def undo(self):
        if item := self.item("pick"):
            body = facts.PickUndo(
                job=item.job_id, sku=item.sku, qty=1, from_bin=item.from_bin, tote=f"T-{item.job_id[:4]}"
            )
            self.report(body, item)

    def put(self):
        item = self.item("sort", "pick")
        source = item and (item.from_bin if item.kind == "sort" else f"T-{item.job_id[:4]}")
        if item and source != f"S-{item.order_no}":
            body = facts.PutConfirm(
                job=item.job_id, sku=item.sku, qty=1, slot=item.slot or 1, from_tote=source, tote=f"S-{item.order_no}"
            )
            self.report(body, item)

    def take_back(self):
        item = self.item("sort", "pick")
        source = item and (item.from_bin if item.kind == "sort" else f"T-{item.job_id[:4]}")
        if item and source != f"S-{item.order_no}":
            body = facts.PutUndo(
                job=item.job_id, sku=item.sku, qty=1, slot=item.slot or 1, from_tote=source, tote=f"S-{item.order_no}"
            )
            self.report(body, item)

    def missing(self):
        if item := self.item("sort"):
            self.report(facts.PutShort(job=item.job_id, sku=item.sku, missing=1, from_tote=item.from_bin), item)
            self.report(facts.PutExtra(job=item.job_id, sku=item.sku, qty=1, from_tote=item.from_bin, tote="ODD"))

    def short(self):
        if item := self.item("pick"):
            reason = self.random.choice(list(ShortReason))
            lacks = max(1, item.qty_req - item.qty_done)
            body = facts.PickShort(job=item.job_id, sku=item.sku, missing=lacks, reason=reason, bin=item.from_bin)
            self.report(body, item)
            if self.random.random() < 0.5:
                self.report(facts.PickUnshort(job=item.job_id, sku=item.sku, qty=lacks, bin=item.from_bin), item)

    def substitute(self):
        if item := self.item("pick"):
            body = facts.PickSubstitute(
                job=item.job_id, sku=item.sku, other="JAR", qty=1, from_bin="B-01", tote=f"T-{item.job_id[:4]}"
            )
            self.report(body, item)

    def take_other_back(self):
        if item := self.item("pick"):
            body = facts.SubstituteUndo(
                job=item.job_id, sku=item.sku, other="JAR", qty=1, from_bin="B-01", tote=f"T-{item.job_id[:4]}"
            )
            self.report(body, item)

    def bring_back(self):
        if item := self.item("put_back", "replenish", "put_away"):
            source = item.from_bin if ":" in item.from_bin else f"bin:{item.from_bin}"
            body = facts.MoveUndo(
                job=item.job_id, sku=item.sku, qty=1, from_account=source, to_account=f"bin:{item.to_place}"
            )
            self.report(body, item)

    def move(self):
        if item := self.item("put_back", "replenish", "put_away"):
            source = item.from_bin if ":" in item.from_bin else f"bin:{item.from_bin}"
            body = facts.MoveConfirm(
                job=item.job_id, sku=item.sku, qty=1, from_account=source, to_account=f"bin:{item.to_place}"
            )
            self.report(body, item)

    def count(self):
        if item := self.item("count"):
            body = facts.CountObserved(job=item.job_id, bin=item.from_bin, sku=item.sku, qty=self.random.randint(0, 25))
            self.report(body, item)

    def drop(self):
        if job := self.job():
            device = next((one for one in self.devices if one.id == job.holder), self.devices[0])
            device.report(facts.JobDrop(job=job.id, tote=job.tote, lane="L1"))

    def set_down(self):
        if job := self.job():
            full = self.random.random() < 0.5
            self.report(facts.ToteDrop(job=job.id, tote=job.tote or "T", lane="L2", full=full))

    def cancel(self):
        self.floor.cancel(f"O{self.random.randint(1, max(1, self.orders))}")

    def less(self):
        number, qty = f"O{self.random.randint(1, max(1, self.orders))}", self.random.randint(0, 2)
        self.floor.act(lambda w: take_less(w, number, 1, qty))

    def acknowledge(self):
        if waiting := self.floor.exceptions():
            self.devices[0].acknowledge(self.random.choice(waiting).id)

    def keep(self):
        keeper.look(self.floor.oms.works, self.floor.site)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_whatever_people_do_the_books_hold(new_floor, seed):
    floor = new_floor().build(bins=3, skus=("TEA", "CUP", "JAR"))

    def more(w):
        w.db.add(Zone(site_id=floor.site, code="B"))
        w.db.flush()
        for code, kind in (("B-01", BinKind.PICK), ("R-1", BinKind.RESERVE), ("Q-1", BinKind.QUARANTINE)):
            w.db.add(Bin(site_id=floor.site, code=code, zone="B", kind=kind, seq=200))

    floor.act(more)
    floor.stock("A-01", "TEA", 20).stock("A-02", "CUP", 20).stock("B-01", "JAR", 20).stock("A-03", "TEA", 9)
    crowd = Crowd(floor, seed)
    crowd.order()
    for _ in range(120):
        crowd.step()
    assert crowd.parked == 0
    floor.check()
    floor.check_feed()
