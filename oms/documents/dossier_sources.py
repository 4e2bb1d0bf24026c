"""Where the entries of a dossier come from: facts of devices, the ledger, exceptions, the audit trail, labels and news of carriers, trucks.
Each source answers entries without number; `dossier` puts them in order."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Text, literal_column, or_, select
from sqlalchemy.orm import Session, aliased

from oms.documents.dossier_record import Entry
from oms.documents.photos import photos_of
from oms.feed.models import OP_UNIT, FloorException, Op, OpSeq
from oms.inventory.models import StockMove
from oms.orders.models import Order, OrderLine
from oms.packing.pallet_models import Load, LoadUnit, PalletParcel
from oms.packing.sharing import parcels_for
from oms.people.models import Audit, Device, Worker
from oms.picking.models import WorkItem
from oms.shipping.carriers.models import Label, ParcelEvent, ServiceChoice

#: More than any order has; a dossier is read by people.
_MOST: Final = 5000
#: As their indexes have them.
_JOB: Final = literal_column("(op.body ->> 'job')", Text)
_ORDER: Final = literal_column("(op.body ->> 'order')", Text)
_UNIT: Final = literal_column(OP_UNIT.replace("body", "op.body"), Text)
_NOT_PALLET: Final = literal_column("COALESCE(op.body ->> 'parcel', op.body ->> 'sscc')", Text).is_not(None)
_ACT_ORDER: Final = literal_column("(audit.words ->> 'order')", Text)
_ACT_PARCEL: Final = literal_column("(audit.words ->> 'parcel')", Text)
#: So many pictures are shown; of more only the hashes stand there.
MOST_PHOTOS: Final = 60


@dataclass(frozen=True, slots=True)
class Scope:
    """What belongs to one order: its work items, jobs that are its alone, parcels by id and SSCC, and pallets that they stand on."""

    order: Order
    items: frozenset[str]
    jobs: frozenset[str]
    parcels: dict[str, str]
    units: frozenset[str]
    people: dict[str, str]
    devices: dict[str, str]

    def who(self, worker: str | None) -> str:
        """A person as `name (number)`."""
        return self.people.get(worker, worker) if worker else ""

    def where(self, device: str | None) -> str:
        """A device by its label."""
        return self.devices.get(device, device) if device else ""


def scope_of(db: Session, site: str, number: str) -> Scope | None:
    """What belongs to an order; None when there is none."""
    order = db.get(Order, (site, number))
    if order is None:
        return None
    work = select(WorkItem.id, WorkItem.job_id).where(WorkItem.site_id == site, WorkItem.order_no == number)
    rows = db.execute(work).all()
    jobs = {job for _, job in rows}
    shared = select(WorkItem.job_id).where(WorkItem.job_id.in_(jobs), WorkItem.order_no != number)
    parcels = {parcel.id: parcel.sscc for parcel in db.scalars(parcels_for(site, number))}
    pallets = db.scalars(select(PalletParcel.pallet).where(PalletParcel.parcel_id.in_(parcels)))
    return Scope(
        order=order,
        items=frozenset(id for id, _ in rows),
        jobs=frozenset(jobs - set(db.scalars(shared))),
        parcels=parcels,
        units=frozenset((*parcels.values(), *pallets)),
        people={
            one.id: f"{one.name} ({one.number})" for one in db.scalars(select(Worker).where(Worker.site_id == site))
        },
        devices=dict(db.execute(select(Device.id, Device.label).where(Device.site_id == site)).all()),
    )


def stamp(moment: datetime) -> str:
    """RFC 3339 in UTC, to the millisecond: entries are put in order by it."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _order(db: Session, scope: Scope) -> Iterator[Entry]:
    order = scope.order
    mine = select(OrderLine).where(OrderLine.site_id == order.site_id, OrderLine.order_no == order.number)
    lines = [
        {"line": line.line_no, "sku": line.sku, "qty": line.qty, "packed": line.packed, "short": line.short}
        for line in db.scalars(mine.order_by(OrderLine.line_no))
    ]
    address = [order.ship_name, order.ship_street, order.ship_postcode, order.ship_city, order.ship_country]
    body = {"state": order.state.value, "channel": order.channel, "ship_to": address, "lines": lines}
    yield Entry(n=0, at=stamp(order.placed_at), kind="order", body=body)


def _facts(db: Session, scope: Scope) -> Iterator[Entry]:
    # Each of these is an index; a fact about an item of the order is found by the item.
    about = or_(
        Op.item.in_(scope.items),
        Op.item.is_(None) & _JOB.in_(scope.jobs),
        _ORDER.in_([scope.order.number]),
        _UNIT.in_({*scope.parcels, *scope.units}) & (_NOT_PALLET | Op.kind.in_(("pallet.open", "pallet.close"))),
    )
    # The site is asked of what was found only: with it in the same condition all facts of the site are looked up beside them.
    mine = aliased(Op, select(Op).where(about).offset(0).subquery())
    found = select(mine).where(mine.site_id == scope.order.site_id).order_by(mine.received_at, mine.op_id).limit(_MOST)
    ops = db.scalars(found).all()
    # Not joined: the database would read every fact's place in a log to find those of an order.
    links = db.scalars(select(OpSeq).where(OpSeq.op_id.in_([op.op_id for op in ops])).order_by(OpSeq.device, OpSeq.seq))
    places: dict[str, list[OpSeq]] = defaultdict(list)
    for link in links:
        places[link.op_id].append(link)
    for op, link in ((one, link) for one in ops for link in places[one.op_id]):
        token = [op.tok_epoch, op.tok_n] if op.tok_epoch is not None else None
        proof = {
            "op_id": op.op_id, "v": op.v, "item": op.item, "token": token, "session": op.session, "body": op.body,
            "content": op.content_hash, "device": link.device, "seq": link.seq, "chain": link.chain,
            "outcome": op.outcome.value, "wall_ms": op.wall_ms,
        }  # fmt: skip
        words = {name: word for name, word in op.body.items() if name not in ("job", "signature")}
        yield Entry(
            n=0, at=stamp(op.received_at), kind=op.kind, who=scope.who(op.worker_id), device=scope.where(link.device),
            body=words, op=proof,
        )  # fmt: skip


def _ledger(db: Session, scope: Scope) -> Iterator[Entry]:
    found = select(StockMove).where(StockMove.work_item.in_(scope.items))
    for move in db.scalars(found.order_by(StockMove.id).limit(_MOST)):
        body = {"sku": move.sku, "qty": move.qty, "from": move.from_account, "to": move.to_account, "lot": move.lot}
        yield Entry(n=0, at=stamp(move.at), kind="ledger.move", body={**body, "source": move.source_id})


def _exceptions(db: Session, scope: Scope) -> Iterator[Entry]:
    mine = FloorException.site_id == scope.order.site_id, FloorException.order_no == scope.order.number
    for one in db.scalars(select(FloorException).where(*mine).order_by(FloorException.created_at).limit(_MOST)):
        who, device = scope.who(one.worker_id), scope.where(one.device)
        yield Entry(
            n=0, at=stamp(one.created_at), kind=f"exception.{one.kind}", who=who, device=device, body=one.params
        )
        if one.resolved_at is not None:
            done = {"kind": one.kind}
            yield Entry(
                n=0, at=stamp(one.resolved_at), kind="exception.settled", who=scope.who(one.resolved_by), body=done
            )


def _audit(db: Session, scope: Scope) -> Iterator[Entry]:
    about = or_(_ACT_ORDER.in_([scope.order.number]), _ACT_PARCEL.in_(scope.parcels))
    found = select(Audit).where(Audit.site_id == scope.order.site_id, about).order_by(Audit.id).limit(_MOST)
    for act in db.scalars(found):
        body = {**act.words, "seq": act.seq, "chain": act.chain, "source": act.source}
        who, device = scope.who(act.worker_id), scope.where(act.device)
        yield Entry(n=0, at=stamp(act.at), kind=f"audit.{act.what}", who=who, device=device, body=body)


def _labels(db: Session, scope: Scope) -> Iterator[Entry]:
    for label in db.scalars(
        select(Label).where(Label.parcel_id.in_(scope.parcels)).order_by(Label.wanted_at, Label.id)
    ):
        body: dict[str, Any] = {
            "parcel": label.parcel_id, "carrier": label.carrier, "service": label.service, "state": label.state.value,
            "tracking": label.tracking, "sha256": label.sha256, "attempts": label.attempt,
        }  # fmt: skip
        if label.charge is not None:
            body |= {"charge": str(label.charge), "currency": label.currency}
        yield Entry(n=0, at=stamp(label.bought_at or label.wanted_at), kind="label.of_carrier", body=body)
        if label.void_at is not None:
            yield Entry(n=0, at=stamp(label.void_at), kind="label.void", body={"parcel": label.parcel_id})
    choice = db.get(ServiceChoice, (scope.order.site_id, scope.order.number))
    if choice is not None:
        chosen = {"carrier": choice.carrier, "service": choice.service}
        yield Entry(n=0, at=stamp(choice.at), kind="service.chosen", body=chosen)


def _carrier_events(db: Session, scope: Scope) -> Iterator[Entry]:
    found = select(ParcelEvent).where(ParcelEvent.parcel_id.in_(scope.parcels)).order_by(ParcelEvent.at, ParcelEvent.id)
    for event in db.scalars(found.limit(_MOST)):
        body = {"parcel": event.parcel_id, "carrier": event.carrier, "state": event.state.value, "place": event.place}
        yield Entry(n=0, at=stamp(event.at), kind="carrier.event", body={**body, "event": event.event_id})


def _photos(db: Session, scope: Scope) -> Iterator[Entry]:
    """Pictures; `inside` says that this file shows it, so that its hash can be checked against it."""
    for n, photo in enumerate(photos_of(db, scope.parcels)):
        body: dict[str, Any] = {
            "parcel": photo.parcel_id, "shows": photo.shows.value, "sha256": photo.sha256, "size": photo.size,
            "width": photo.width, "height": photo.height, "inside": photo.body is not None and n < MOST_PHOTOS,
        }  # fmt: skip
        who, device = scope.who(photo.worker_id), scope.where(photo.device)
        yield Entry(n=0, at=stamp(photo.at), kind="photo", who=who, device=device, body=body)


def _trucks(db: Session, scope: Scope) -> Iterator[Entry]:
    inside = select(LoadUnit.load_id).where(LoadUnit.sscc.in_(scope.units))
    for load in db.scalars(
        select(Load).where(Load.id.in_(inside), Load.handed_at.is_not(None)).order_by(Load.handed_at)
    ):
        body = {
            "load": load.id,
            "carrier": load.carrier,
            "driver": load.driver,
            "plate": load.plate,
            "digest": load.digest,
        }
        who, device = scope.who(load.worker_id), scope.where(load.device)
        yield Entry(
            n=0, at=stamp(load.handed_at or load.opened_at), kind="truck.left", who=who, device=device, body=body
        )


SOURCES: Final[tuple[Callable[[Session, Scope], Iterator[Entry]], ...]] = (
    _order,
    _facts,
    _ledger,
    _exceptions,
    _audit,
    _labels,
    _carrier_events,
    _photos,
    _trucks,
)
