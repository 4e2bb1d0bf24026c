"""What a carrier takes with it: the hand-over list of a day, closed once, and told to carriers that want to hear of it. Called by the
routes and the desk."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from oms.orders.models import Order
from oms.packing.models import Parcel
from oms.shipping.carriers.costs import home_zone
from oms.shipping.carriers.models import Adapter, CarrierAccount, Label, LabelState, Manifest
from oms.shipping.carriers.port import Away, CarrierTrouble, Refused
from oms.shipping.carriers.purchases import LEASE
from oms.shipping.carriers.queries import stamp
from sync.contract.codes import ParcelState
from sync.contract.shipping import ManifestParcel, ManifestRow, ManifestState

if TYPE_CHECKING:
    from oms.db.work import Work

_BACK_OFF_S: Final = 2.0
_BACK_OFF_MOST_S: Final = 300.0


@dataclass(frozen=True, slots=True)
class Due:
    """A manifest to tell its carrier of: the purchases that are in it, under the key `id`."""

    id: str
    carrier: str
    day: date
    refs: list[str]


def close(w: "Work", carrier: str, day: date | None) -> str | None:
    """Hands everything over that left the bench with a label of this carrier and is in no manifest; the manifest's id, None when there is
    nothing. From now on none of it can be voided."""
    ready = (
        select(Label)
        .join(Parcel, Parcel.id == Label.parcel_id)
        .where(
            Label.site_id == w.site,
            Label.carrier == carrier,
            Label.state == LabelState.BOUGHT,
            Label.manifest_id.is_(None),
            Parcel.state == ParcelState.SHIPPED,
        )
        .order_by(Label.id)
    )
    labels = w.db.scalars(ready.with_for_update(of=Label)).all()
    if not labels:
        return None
    when = day or today(w, carrier)
    before = select(func.coalesce(func.max(Manifest.n), 0)).where(
        Manifest.site_id == w.site, Manifest.carrier == carrier, Manifest.day == when
    )
    account = w.db.get(CarrierAccount, (w.site, carrier))
    told = account is not None and account.adapter is Adapter.HTTP
    made = Manifest(
        id=uuid4().hex,
        site_id=w.site,
        carrier=carrier,
        day=when,
        n=w.db.scalars(before).one() + 1,
        state=ManifestState.CLOSING if told else ManifestState.CLOSED,
        made_at=w.now,
        due_at=w.now,
        closed_at=None if told else w.now,
    )
    w.db.add(made)
    w.db.flush()
    for label in labels:
        label.manifest_id = made.id
        w.touch("parcel", label.parcel_id)
    w.audit("manifest.closed", manifest=made.id, carrier=carrier, day=when.isoformat(), parcels=len(labels))
    return made.id


def today(w: "Work", carrier: str) -> date:
    """The day it is where the carrier's cut-offs are."""
    return w.now.astimezone(home_zone(w.db, w.site, carrier)).date()


def claim(w: "Work") -> Due | None:
    """The next manifest to tell of, nobody else's for a while."""
    due = select(Manifest).where(
        Manifest.site_id == w.site, Manifest.state == ManifestState.CLOSING, Manifest.due_at <= w.now
    )
    found = w.db.scalar(due.order_by(Manifest.due_at).limit(1).with_for_update(skip_locked=True))
    if found is None:
        return None
    found.tries += 1
    found.due_at = w.now + LEASE
    refs = w.db.scalars(select(Label.ref).where(Label.manifest_id == found.id).order_by(Label.ref)).all()
    return Due(found.id, found.carrier, found.day, list(refs))


def closed(w: "Work", id: str, ref: str) -> None:
    """The carrier has confirmed it, under its own number `ref`."""
    found = w.db.get_one(Manifest, id, with_for_update=True)
    if found.state is ManifestState.CLOSING:
        found.state, found.ref, found.problem, found.closed_at = ManifestState.CLOSED, ref, "", w.now


def troubled(w: "Work", id: str, trouble: CarrierTrouble) -> None:
    """The carrier did not confirm it. What may work later is tried again; what is refused sets its parcels free for the next one."""
    found = w.db.get_one(Manifest, id, with_for_update=True)
    if found.state is not ManifestState.CLOSING:
        return
    found.problem = trouble.code
    if isinstance(trouble, Refused):
        found.state = ManifestState.FAILED
        free = update(Label).where(Label.manifest_id == id).values(manifest_id=None).returning(Label.parcel_id)
        for parcel in w.db.scalars(free).all():
            w.touch("parcel", parcel)
        w.audit("manifest.refused", manifest=id, carrier=found.carrier, problem=trouble.code)
    else:
        after_s = trouble.after_s if isinstance(trouble, Away) else 0.0
        wait = min(_BACK_OFF_MOST_S, max(after_s, _BACK_OFF_S * 2 ** min(found.tries - 1, 9)))
        found.due_at = w.now + timedelta(seconds=wait)


def listed(db: Session, site: str, day: date | None, id: str = "") -> list[ManifestRow]:
    """Manifests of a day (of all days when None), or one with its parcels; the newest last."""
    wanted = select(Manifest).where(Manifest.site_id == site)
    if id:
        wanted = wanted.where(Manifest.id == id)
    elif day is not None:
        wanted = wanted.where(Manifest.day == day)
    rows = db.scalars(wanted.order_by(Manifest.made_at.desc()).limit(500)).all()
    waiting = _waiting(db, site)
    return [_row(db, row, waiting.get(row.carrier, 0), whole=bool(id)) for row in reversed(rows)]


def _waiting(db: Session, site: str) -> dict[str, int]:
    """Parcels with a label that have not left the bench, per carrier."""
    rows = (
        select(Label.carrier, func.count())
        .join(Parcel, Parcel.id == Label.parcel_id)
        .where(Label.site_id == site, Label.state == LabelState.BOUGHT, Label.manifest_id.is_(None))
        .where(Parcel.state.not_in((ParcelState.SHIPPED, ParcelState.VOID)))
        .group_by(Label.carrier)
    )
    return {carrier: int(count) for carrier, count in db.execute(rows)}


def _row(db: Session, row: Manifest, waiting: int, *, whole: bool) -> ManifestRow:
    inside = (
        select(Parcel, Order.ship_postcode, Order.ship_country, Label.tracking)
        .join(Label, Label.parcel_id == Parcel.id)
        .join(Order, (Order.site_id == Parcel.site_id) & (Order.number == Parcel.order_no))
        .where(Label.manifest_id == row.id)
        .order_by(Parcel.order_no, Parcel.number)
    )
    found = db.execute(inside).all()
    lines = [
        ManifestParcel(
            parcel=parcel.id,
            order=parcel.order_no,
            number=parcel.number,
            sscc=parcel.sscc,
            tracking=tracking,
            service=parcel.service,
            grams=parcel.grams,
            postcode=postcode,
            country=country,
        )
        for parcel, postcode, country, tracking in found
    ]
    return ManifestRow(
        id=row.id,
        carrier=row.carrier,
        day=row.day.isoformat(),
        n=row.n,
        state=row.state,
        parcels=len(lines),
        grams=sum(line.grams or 0 for line in lines),
        ref=row.ref,
        problem=row.problem,
        closed_at=stamp(row.closed_at) if row.closed_at else None,
        waiting=waiting,
        lines=lines if whole else [],
    )
