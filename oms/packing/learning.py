"""Learns weights from the parcels that were weighed, a few at a time, and tells devices when an estimate has become plainly another one.
A chore of the floor's keeper: no station waits for it, and one estimate is never written by two."""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from oms.catalog.models import Carton, Item
from oms.packing.content import scanned_into
from oms.packing.models import Weighing, WeightEstimate
from oms.packing.weights import KNOWN_FROM, Estimate, Part, first_carton, first_item, learn
from sync.contract.rows import Learned

if TYPE_CHECKING:
    from oms.db.work import Work

#: Parcels of one round: it must not keep the feed waiting.
_ROUND: Final = 200
ITEM: Final = "item"
CARTON: Final = "carton"
#: A mean is told anew when it moved by so much of its own spread, a sigma when it changed by so much of itself.
_MOVED: Final = 0.25
_CHANGED: Final = 0.20

_Key = tuple[str, str]


def learn_weights(w: "Work") -> None:
    """Reads the oldest weighings that nobody has learned from. What is in a parcel is what was scanned into it."""
    waiting = select(Weighing).where(Weighing.site_id == w.site, Weighing.learned.is_(False))
    weighings = w.db.scalars(waiting.order_by(Weighing.at, Weighing.op_id).limit(_ROUND)).all()
    if not weighings:
        return
    inside = scanned_into(w.db, w.site, {one.parcel_id for one in weighings})
    keys = {(ITEM, sku) for units in inside.values() for sku in units} | {(CARTON, one.carton) for one in weighings}
    known = _known(w, keys)
    for one in weighings:
        one.learned = True
        units = inside.get(one.parcel_id, {})
        if units and (CARTON, one.carton) in known and all((ITEM, sku) in known for sku in units):
            _read(known, one, units)
    for (kind, key), row in known.items():
        _tell(w, kind, key, row)


def learned(db: Session, site: str, kind: str, keys: Collection[str]) -> dict[str, Learned]:
    """What devices are told of the weights of these items or cartons (`kind`), for those that are known well enough."""
    found = select(WeightEstimate).where(
        WeightEstimate.site_id == site,
        WeightEstimate.kind == kind,
        WeightEstimate.key.in_(keys),
        WeightEstimate.told_parcels > 0,
    )
    return {
        row.key: Learned(
            mean_mg=_milligrams(row.told_mean),
            spread_mg=_milligrams(row.told_spread),
            error_mg=_milligrams(row.told_error),
            parcels=row.told_parcels,
        )
        for row in db.scalars(found)
    }


def _milligrams(grams: float | None) -> int:
    return round(1000 * (grams or 0.0))


def _known(w: "Work", keys: Collection[_Key]) -> dict[_Key, WeightEstimate]:
    """The estimates, first guesses made from master data; without those of items and cartons that are not in the catalogue any more."""
    skus = {key for kind, key in keys if kind == ITEM}
    codes = {key for kind, key in keys if kind == CARTON}
    of_site = select(WeightEstimate).where(WeightEstimate.site_id == w.site, WeightEstimate.key.in_(skus | codes))
    known = {(row.kind, row.key): row for row in w.db.scalars(of_site) if (row.kind, row.key) in keys}
    items = select(Item.sku, Item.weight_g).where(Item.site_id == w.site, Item.sku.in_(skus))
    cartons = select(Carton.code, Carton.tare_g).where(Carton.site_id == w.site, Carton.code.in_(codes))
    first = {(ITEM, sku): first_item(grams) for sku, grams in w.db.execute(items)}
    first |= {(CARTON, code): first_carton(grams) for code, grams in w.db.execute(cartons)}
    for (kind, key), guess in first.items():
        if (kind, key) not in known:
            known[kind, key] = _row(w, kind, key, guess)
    return known


def _row(w: "Work", kind: str, key: str, guess: Estimate) -> WeightEstimate:
    made = WeightEstimate(
        site_id=w.site, kind=kind, key=key, mean=guess.mean, error=guess.error, spread=guess.spread, weight=guess.weight
    )
    w.db.add(made)
    return made


def _read(known: dict[_Key, WeightEstimate], one: Weighing, units: dict[str, int]) -> None:
    rows = [known[CARTON, one.carton], *(known[ITEM, sku] for sku in units)]
    parts = [Part(qty, _estimate(row)) for qty, row in zip((1, *units.values()), rows, strict=True)]
    _keep(rows, learn(parts, one.grams))


def _estimate(row: WeightEstimate) -> Estimate:
    return Estimate(row.mean, row.error, row.spread, row.weight, row.parcels, row.lean)


def _keep(rows: Sequence[WeightEstimate], after: Sequence[Estimate]) -> None:
    for row, now in zip(rows, after, strict=True):
        row.mean, row.error, row.spread, row.weight = now.mean, now.error, now.spread, now.weight
        row.parcels, row.lean = now.parcels, now.lean


def _tell(w: "Work", kind: str, key: str, row: WeightEstimate) -> None:
    """Devices hear of it when it matters: an item on a thousand devices is not sent again for a tenth of a gram."""
    if row.parcels < KNOWN_FROM:
        return
    moved = (
        row.told_mean is None
        or row.told_error is None
        or row.told_spread is None
        or abs(row.mean - row.told_mean) > _MOVED * row.spread
        or abs(row.spread - row.told_spread) > _CHANGED * row.told_spread
        or abs(row.error - row.told_error) > _CHANGED * (row.told_error + row.spread)
    )
    if moved:
        row.told_mean, row.told_error, row.told_spread = row.mean, row.error, row.spread
        row.told_parcels = row.parcels
        w.touch(kind, key)
