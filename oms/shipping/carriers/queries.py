"""Looks at carriers' labels for the feed, the routes and the manifests. Reads only."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from oms.packing.models import Parcel
from oms.packing.sharing import shared_by
from oms.shipping.carriers.models import Adapter, CarrierAccount, Label, LabelState, Purchase
from sync.contract.shipping import CarrierLabel, LabelRow

_SEEN = {
    LabelState.WANTED: CarrierLabel.PENDING,
    LabelState.ASKED: CarrierLabel.PENDING,
    LabelState.BOUGHT: CarrierLabel.READY,
    LabelState.VOIDING: CarrierLabel.VOID,
    LabelState.VOID: CarrierLabel.VOID,
    LabelState.FAILED: CarrierLabel.PROBLEM,
}
#: Tries after which a label that is still asked for is shown as a problem: somebody should know by then.
PATIENCE = 6


def seen(label: Purchase) -> CarrierLabel:
    """A purchase as people see it."""
    if label.state is LabelState.VOIDING and label.again:
        return CarrierLabel.PENDING
    if label.state in (LabelState.WANTED, LabelState.ASKED) and label.tries >= PATIENCE:
        return CarrierLabel.PROBLEM
    return _SEEN[label.state]


def from_carriers(db: Session, site: str) -> set[str]:
    """Carriers whose labels are bought from themselves."""
    bought = select(CarrierAccount.carrier).where(
        CarrierAccount.site_id == site, CarrierAccount.adapter == Adapter.HTTP
    )
    return set(db.scalars(bought))


def newest(db: Session, parcels: Iterable[str]) -> dict[str, Label]:
    """The newest purchase of each parcel that has one."""
    found = select(Label).where(Label.parcel_id.in_(list(parcels))).order_by(Label.wanted_at, Label.attempt)
    return {label.parcel_id: label for label in db.scalars(found)}


def label_states(db: Session, site: str, parcels: Sequence[Parcel]) -> dict[str, CarrierLabel]:
    """Whose label goes on each parcel, and whether it is there, by parcel id."""
    foreign = from_carriers(db, site)
    theirs = [parcel.id for parcel in parcels if parcel.carrier in foreign]
    labels = newest(db, theirs) if theirs else {}
    return {
        parcel.id: (
            (seen(labels[parcel.id]) if parcel.id in labels else CarrierLabel.PENDING)
            if parcel.carrier in foreign
            else CarrierLabel.OWN
        )
        for parcel in parcels
    }


def pending(db: Session, site: str, order_no: str = "") -> list[LabelRow]:
    """Purchases that are not done and not over, or all of an order's; the oldest first."""
    rows = select(Label, Parcel).join(Parcel, Parcel.id == Label.parcel_id).where(Label.site_id == site)
    over = (LabelState.BOUGHT, LabelState.VOID)
    rows = rows.where(
        or_(Parcel.order_no == order_no, Parcel.id.in_(shared_by(site, order_no)))
        if order_no
        else Label.state.not_in(over)
    )
    return [_row(label, parcel) for label, parcel in db.execute(rows.order_by(Label.wanted_at, Label.id).limit(2000))]


def _row(label: Label, parcel: Parcel) -> LabelRow:
    return LabelRow(
        parcel=parcel.id,
        order=parcel.order_no,
        number=parcel.number,
        carrier=label.carrier,
        service=label.service,
        state=seen(label),
        tracking=label.tracking,
        charge=None if label.charge is None else str(label.charge),
        currency=label.currency,
        problem=label.problem,
        tries=label.tries,
        asked_at=stamp(label.wanted_at),
        manifest=label.manifest_id,
    )


def stamp(moment: datetime) -> str:
    """RFC 3339 in UTC, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
