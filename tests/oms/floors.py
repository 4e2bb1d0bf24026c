"""A small warehouse on a real PostgreSQL, and handhelds that push what happened through the real ingest."""

from dataclasses import dataclass, field
from datetime import date
from uuid import uuid4

import msgspec
from sqlalchemy import func, select, union_all

from oms.bootstrap import Oms
from oms.catalog.models import Bin, Item, Site, Zone
from oms.db.work import Actor
from oms.feed import ingest, leases
from oms.feed.models import Change, FloorException, Lease, Op
from oms.feed.rows import build
from oms.inventory.models import Lot, StockBalance, StockMove
from oms.orders import actions as orders
from oms.orders.models import Order, OrderLine, Reservation
from oms.packing.models import Parcel
from oms.people.models import Device
from oms.picking.models import Job, WorkItem
from sync.contract import facts, wire
from sync.contract.chain import chain_next, chain_start, content_hash
from sync.contract.codes import BinKind, OrderState, Outcome

CLERK = Actor("test")
SYNCED = {
    "job": Job.id, "work": WorkItem.id, "order": Order.number, "parcel": Parcel.id, "exception": FloorException.id
}  # fmt: skip


@dataclass
class Floor:
    """One site. Quantities are units; bins are `A-01`, `A-02` ... in walk order."""

    oms: Oms
    site: str
    placed: dict[str, int] = field(default_factory=dict)

    def act(self, what):
        """Runs `what(w)` in one unit of work."""
        return self.oms.works.run(self.site, CLERK, what)

    def ask(self, query):
        """All rows of a query, as scalars."""
        with self.oms.sessions() as db:
            return list(db.scalars(query))

    def ask_ver(self):
        """How far the site's feed is."""
        return self.ask(select(Site.ver).where(Site.id == self.site))[0]

    def build(self, bins=4, skus=("TEA", "CUP"), **tracked):
        """Zone A with pick bins and plain items; `tracked` are flags of all items."""

        def do(w):
            w.db.add(Site(id=self.site, name="Test"))
            w.db.flush()
            w.db.add(Zone(site_id=self.site, code="A"))
            w.db.flush()
            for n in range(1, bins + 1):
                w.db.add(Bin(site_id=self.site, code=f"A-{n:02d}", zone="A", kind=BinKind.PICK, seq=n * 10))
            for sku in skus:
                w.db.add(Item(site_id=self.site, sku=sku, name=sku.title(), weight_g=100, **tracked))

        self.act(do)
        return self

    def stock(self, bin, sku, qty, lot="", expiry: date | None = None):
        """Goods from the supplier."""

        def do(w):
            if lot:
                w.db.merge(Lot(site_id=self.site, sku=sku, lot=lot, expiry=expiry))
            w.move(uuid4().hex, 0, sku, lot, "supplier", f"bin:{bin}", qty)

        self.act(do)
        return self

    def order(self, number, *lines, state=OrderState.OPEN, **words):
        """An order with lines `("TEA", 2)`."""

        def do(w):
            w.db.add(Order(site_id=self.site, number=number, state=state, placed_at=w.now, ship_name="Ada", **words))
            w.db.flush()
            for line_no, (sku, qty) in enumerate(lines, 1):
                w.db.add(OrderLine(site_id=self.site, order_no=number, line_no=line_no, sku=sku, qty=qty))
            w.touch("order", number)

        self.act(do)
        return self

    def release(self, number):
        """The answer to letting the order onto the floor."""
        return self.act(lambda w: orders.release(w, number))

    def cancel(self, number):
        """The answer to taking the order off the floor."""
        return self.act(lambda w: orders.cancel(w, number))

    def device(self, name="H"):
        """A new paired handheld or station."""
        made = Handheld(self, f"{name}-{uuid4().hex[:8]}")

        def do(w):
            w.db.add(
                Device(
                    id=made.id, site_id=self.site, label=name, pubkey="", created_at=w.now, chain=chain_start(made.id)
                )
            )

        self.act(do)
        return made

    def order_of(self, number):
        """The order's row."""
        return self.ask(select(Order).where(Order.site_id == self.site, Order.number == number))[0]

    def lines_of(self, number):
        """The order's lines."""
        mine = select(OrderLine).where(OrderLine.site_id == self.site, OrderLine.order_no == number)
        return self.ask(mine.order_by(OrderLine.line_no))

    def items_of(self, job):
        """The job's work items in walk order."""
        return self.ask(select(WorkItem).where(WorkItem.job_id == job).order_by(WorkItem.seq, WorkItem.id))

    def jobs_of(self, number, kind):
        """The order's jobs of a kind, oldest first."""
        mine = select(WorkItem.job_id).where(
            WorkItem.site_id == self.site, WorkItem.order_no == number, WorkItem.kind == kind
        )
        return self.ask(select(Job).where(Job.id.in_(mine)).order_by(Job.created_at, Job.id))

    def parcel_of(self, number, n=1):
        """The order's `n`th parcel."""
        mine = (Parcel.site_id == self.site, Parcel.order_no == number, Parcel.number == n)
        [found] = self.ask(select(Parcel).where(*mine))
        return found

    def exceptions(self, kind=None, state="open"):
        """Exceptions of the site, oldest first."""
        mine = select(FloorException).where(FloorException.site_id == self.site)
        if kind:
            mine = mine.where(FloorException.kind == kind)
        if state:
            mine = mine.where(FloorException.state == state)
        return self.ask(mine.order_by(FloorException.created_at, FloorException.id))

    def balances(self):
        """{(account, sku, lot): units} of everything that is not zero."""
        with self.oms.sessions() as db:
            rows = db.execute(
                select(StockBalance.account, StockBalance.sku, StockBalance.lot, StockBalance.qty).where(
                    StockBalance.site_id == self.site, StockBalance.qty != 0
                )
            )
            return {(account, sku, lot): qty for account, sku, lot, qty in rows}

    def has(self, account, sku="TEA", lot=""):
        """Units in an account."""
        return self.balances().get((account, sku, lot), 0)

    def reserved(self, sku="TEA"):
        """Units of an item that belong to somebody."""
        return sum(self.ask(select(Reservation.qty).where(Reservation.site_id == self.site, Reservation.sku == sku)))

    def check_feed(self):
        """What devices were sent is what there is: nothing was written without being touched."""
        with self.oms.sessions() as db:
            sent = {
                (e, id): body
                for e, id, body in db.execute(
                    select(Change.ent, Change.ent_id, Change.body).where(Change.site_id == self.site)
                )
            }
            for entity, key in SYNCED.items():
                ids = list(db.scalars(select(key).where(key.class_.site_id == self.site)))
                for id, row in build(db, self.site, entity, ids).items():
                    assert sent[entity, id] == msgspec.json.encode(row).decode()

    def check(self):
        """What must hold at any moment."""
        with self.oms.sessions() as db:
            legs = union_all(
                select(StockMove.to_account.label("account"), StockMove.sku, StockMove.lot, StockMove.qty).where(
                    StockMove.site_id == self.site
                ),
                select(StockMove.from_account, StockMove.sku, StockMove.lot, -StockMove.qty).where(
                    StockMove.site_id == self.site
                ),
            ).subquery()
            fold = {
                tuple(row[:3]): int(row[3])
                for row in db.execute(
                    select(legs.c.account, legs.c.sku, legs.c.lot, func.sum(legs.c.qty)).group_by(
                        legs.c.account, legs.c.sku, legs.c.lot
                    )
                )
                if row[3]
            }
            diverted = list(db.scalars(select(Op.op_id).where(Op.site_id == self.site, Op.outcome == Outcome.DIVERTED)))
            excused = list(db.scalars(select(FloorException.op_id).where(FloorException.op_id.in_(diverted))))
            open_leases = list(
                db.scalars(select(Lease.item).where(Lease.site_id == self.site, Lease.ended_at.is_(None)))
            )
            items = list(db.scalars(select(WorkItem).where(WorkItem.site_id == self.site)))
            kept = dict(
                db.execute(select(Reservation.work_item, Reservation.qty).where(Reservation.site_id == self.site)).all()
            )
        balances = self.balances()
        assert fold == balances
        totals = {}
        for (_, sku, lot), qty in balances.items():
            totals[sku, lot] = totals.get((sku, lot), 0) + qty
        assert not any(totals.values())
        assert sorted(diverted) == sorted(excused)
        assert len(set(open_leases)) == len(open_leases)
        for item in items:
            assert 0 <= item.qty_done <= item.qty_req
            unfinished = item.state in ("open", "leased")
            assert unfinished <= (item.qty_done < item.qty_req or item.kind == "count")
            if unfinished and (item.kind == "pick" or item.id in kept):
                assert kept[item.id] == item.qty_req - item.qty_done
            elif item.id in kept:
                assert kept[item.id] == 0


@dataclass
class Handheld:
    """A device with its log. It keeps the tokens it was granted and stamps them on what it reports, as a real one does."""

    floor: Floor
    id: str
    seq: int = 0
    tokens: dict[str, tuple[int, int]] = field(default_factory=dict)

    def __post_init__(self):
        self.chain = chain_start(self.id)

    def claim(self, job=None, kinds=("pick", "pack"), want=1, capacity=3):
        """Leases granted: of one certain job, or of what is next."""
        request = wire.ClaimRequest(claim_id=uuid4().hex, want=want, kinds=list(kinds), capacity=capacity, job=job)
        reply = self.floor.act(lambda w: leases.claim(w, self.id, request))
        self.tokens |= {lease.item: lease.token for lease in reply.leases}
        return reply.leases

    def release(self, granted):
        """Gives leases back."""
        refs = [wire.LeaseRef(lease_id=lease.lease_id, token=lease.token) for lease in granted]
        request = wire.ReleaseRequest(claim_id=uuid4().hex, leases=refs)
        return self.floor.act(lambda w: leases.release(w, self.id, request))

    def op(self, body, item=None, token=...):
        """The next entry of the log."""
        kind, v = facts.WRITTEN[type(body)]
        raw = msgspec.json.encode(body)
        token = self.tokens.get(item) if token is ... else token
        made = wire.Op(
            op_id=uuid4().hex,
            seq=self.seq + 1,
            kind=kind,
            v=v,
            body=msgspec.Raw(raw),
            t=wire.Times(wall=0, mono=0, boot="b"),
            item=item,
            token=token,
        )
        self.seq += 1
        self.chain = chain_next(self.chain, made.op_id, content_hash(kind, v, item, token, None, raw))
        return made

    def push(self, *ops, prev):
        """Sends ops that follow link `prev`; the results."""
        request = wire.PushRequest(epoch=self.floor.oms.epoch(), first_seq=ops[0].seq, prev_chain=prev, ops=list(ops))
        return self.floor.act(lambda w: ingest.push(w, self.id, request)).results

    def report(self, body, item=None, token=...):
        """Makes and sends one fact; its result."""
        prev = self.chain
        [result] = self.push(self.op(body, item, token), prev=prev)
        return result

    def pick(self, item, qty=1, tote="T1", **words):
        """`pick.confirm` of a work item."""
        body = facts.PickConfirm(
            **{"job": item.job_id, "sku": item.sku, "qty": qty, "from_bin": item.from_bin, "tote": tote, **words}
        )
        return self.report(body, item.id)

    def undo(self, item, qty=1, tote="T1"):
        """`pick.undo` of a work item."""
        body = facts.PickUndo(job=item.job_id, sku=item.sku, qty=qty, from_bin=item.from_bin, tote=tote)
        return self.report(body, item.id)

    def short(self, item, missing, reason):
        """`pick.short` of a work item."""
        body = facts.PickShort(job=item.job_id, sku=item.sku, missing=missing, reason=reason, bin=item.from_bin)
        return self.report(body, item.id)

    def drop(self, job, tote="T1", lane="LANE-1"):
        """`job.drop`."""
        return self.report(facts.JobDrop(job=job, tote=tote, lane=lane))

    def pack(self, item, parcel, qty=1, tote=None):
        """`pack.confirm` of a work item."""
        body = facts.PackConfirm(job=item.job_id, sku=item.sku, qty=qty, tote=tote or item.from_bin, parcel=parcel.id)
        return self.report(body, item.id)

    def pack_short(self, item, missing, reason="not_found"):
        """`pack.short` of a work item."""
        body = facts.PackShort(
            job=item.job_id, sku=item.sku, missing=missing, tote=item.from_bin, reason=reason, released_by="W1"
        )
        return self.report(body, item.id)

    def weigh(self, parcel, job, grams=500, **words):
        """`parcel.weighed`."""
        body = facts.ParcelWeighed(
            **{"job": job, "parcel": parcel.id, "carton": "C1", "grams": grams, "expected_g": grams, "within": True}
            | {"tolerance_g": 30}
            | words
        )
        return self.report(body)

    def label(self, parcel, job, fate="printed", level=3):
        """`label.fate`."""
        return self.report(
            facts.LabelFate(job=job, parcel=parcel.id, sscc=parcel.sscc, print_job="p", fate=fate, level=level)
        )

    def ship(self, parcel, job, sscc=None):
        """`parcel.ship`."""
        return self.report(facts.ParcelShip(job=job, parcel=parcel.id, sscc=sscc or parcel.sscc))

    def acknowledge(self, exception_id):
        """`exception.ack`."""
        return self.report(facts.ExceptionAck(exception=exception_id))
