"""What devices see of pallets, and where a parcel stands: on which pallet, in which truck, in which manifest. Asked by the feed."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from oms.packing.models import Parcel
from oms.packing.pallet_models import LoadUnit, Pallet, PalletParcel
from oms.shipping.carriers.models import Label
from sync.contract.codes import PalletState
from sync.contract.rows import PalletRow


@dataclass(frozen=True, slots=True)
class Stands:
    """Where a parcel is: its pallet (SSCC), its truck (id of the load), its manifest (id); empty where there is none."""

    pallet: str = ""
    load: str = ""
    manifest: str = ""


def stands(db: Session, parcels: Sequence[Parcel]) -> dict[str, Stands]:
    """Where parcels are, by their id."""
    ids = [parcel.id for parcel in parcels]
    on = dict(
        db.execute(select(PalletParcel.parcel_id, PalletParcel.pallet).where(PalletParcel.parcel_id.in_(ids))).all()
    )
    loads = loads_of(db, {*on.values(), *(parcel.sscc for parcel in parcels)})
    listed = select(Label.parcel_id, Label.manifest_id).where(Label.parcel_id.in_(ids), Label.manifest_id.is_not(None))
    manifests: dict[str, str] = {parcel: manifest or "" for parcel, manifest in db.execute(listed)}
    return {
        parcel.id: Stands(
            on.get(parcel.id, ""),
            loads.get(parcel.sscc) or loads.get(on.get(parcel.id, ""), ""),
            manifests.get(parcel.id, ""),
        )
        for parcel in parcels
    }


def loads_of(db: Session, ssccs: set[str]) -> dict[str, str]:
    """In which truck each of these is that is in one."""
    found = db.execute(select(LoadUnit.sscc, LoadUnit.load_id).where(LoadUnit.sscc.in_(ssccs)))
    return dict(found.all())


def pallet_rows(db: Session, site: str, ids: list[str]) -> list[PalletRow]:
    """Pallets that have not left; of those that are only planned, a device's own."""
    pallets = [
        pallet
        for pallet in db.scalars(select(Pallet).where(Pallet.sscc.in_(ids), Pallet.site_id == site))
        if pallet.state is not PalletState.GONE and (pallet.device or pallet.state is not PalletState.PLANNED)
    ]
    on = select(PalletParcel.pallet, func.count()).where(PalletParcel.pallet.in_(ids)).group_by(PalletParcel.pallet)
    counts: dict[str, int] = {pallet: int(count) for pallet, count in db.execute(on)}
    loads = loads_of(db, {pallet.sscc for pallet in pallets})
    return [
        PalletRow(
            id=pallet.sscc,
            state=pallet.state,
            carrier=pallet.carrier,
            place=pallet.place,
            parcels=counts.get(pallet.sscc, 0),
            grams=pallet.grams,
            device=pallet.device,
            load=loads.get(pallet.sscc, ""),
        )
        for pallet in pallets
    ]
