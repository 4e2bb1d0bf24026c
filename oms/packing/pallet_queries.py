"""What stands where: pallets with their parcels, and a truck against what is ready for its carrier. Asked by the API and by papers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from oms.packing.models import Parcel
from oms.packing.pallet_models import Load, LoadUnit, Pallet, PalletParcel
from oms.packing.pallet_rules import LoadCheck, load_check
from sync.contract.codes import ParcelState

#: What was ready longer ago and never scanned into a truck has left some other way.
_READY_FOR = timedelta(days=7)


def pallet_of(db: Session, site: str, number: str) -> tuple[Pallet, Sequence[Parcel]] | None:
    """The pallet with its parcels in order of their SSCC; None when there is none."""
    found = db.get(Pallet, number)
    if found is None or found.site_id != site:
        return None
    on = select(Parcel).join(PalletParcel, PalletParcel.parcel_id == Parcel.id).where(PalletParcel.pallet == number)
    return found, db.scalars(on.order_by(Parcel.sscc)).all()


def truck(db: Session, site: str, carrier: str, load: str) -> LoadCheck:
    """A truck of `carrier` against what is ready: parcels with their label scanned back that no truck has taken."""
    since = db.scalars(select(func.now())).one() - _READY_FOR
    in_truck = select(LoadUnit.sscc).where(LoadUnit.site_id == site)
    elsewhere = set(db.scalars(in_truck.where(LoadUnit.load_id != load)))
    loaded = set(db.scalars(in_truck.where(LoadUnit.load_id == load)))
    ready = db.execute(
        select(Parcel.sscc, Pallet.sscc, Pallet.state)
        .outerjoin(PalletParcel, PalletParcel.parcel_id == Parcel.id)
        .outerjoin(Pallet, Pallet.sscc == PalletParcel.pallet)
        .where(
            Parcel.site_id == site,
            Parcel.carrier == carrier,
            Parcel.state == ParcelState.SHIPPED,
            Parcel.shipped_at.is_(None) | (Parcel.shipped_at > since),
        )
    ).all()
    here = [row for row in ready if row[0] not in elsewhere and row[1] not in elsewhere]
    return load_check(carrier, [row[0] for row in here], loaded, {row[0]: (row[1], row[2]) for row in here if row[1]})


@dataclass(frozen=True, slots=True)
class HandedOver:
    """A truck as it left: who took it, what was in it (pallets with their parcels, and single parcels), and the proof."""

    load: str
    carrier: str
    at: datetime | None
    driver: str
    plate: str
    signature: str
    digest: str
    seal: str
    pallets: tuple[tuple[str, tuple[Parcel, ...]], ...]
    parcels: tuple[Parcel, ...]


def load_of(db: Session, site: str, id: str) -> HandedOver | None:
    """The truck with all that is in it; None when there is none."""
    load = db.get(Load, id)
    if load is None or load.site_id != site:
        return None
    units = db.scalars(select(LoadUnit).where(LoadUnit.load_id == id).order_by(LoadUnit.sscc)).all()
    singles = {unit.parcel_id for unit in units if unit.parcel_id}
    pallets = [found for unit in units if not unit.parcel_id and (found := pallet_of(db, site, unit.sscc))]
    return HandedOver(
        load=load.id, carrier=load.carrier, at=load.handed_at, driver=load.driver, plate=load.plate,
        signature=load.signature, digest=load.digest, seal=load.seal,
        pallets=tuple((pallet.sscc, tuple(parcels)) for pallet, parcels in pallets),
        parcels=tuple(db.scalars(select(Parcel).where(Parcel.id.in_(singles)).order_by(Parcel.sscc))),
    )  # fmt: skip
