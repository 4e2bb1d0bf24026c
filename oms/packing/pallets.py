"""Pallets and trucks as the floor reports them: built, wrapped, loaded, handed to a driver. Each handler has all its effects in the unit
of work it is given; what stands wrong is told to whoever put it there. Called by the ingest of the feed, in savepoints."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, select

from oms.catalog.models import Site
from oms.feed.ports import APPLIED, Credit, FactContext
from oms.packing.codes import PalletState
from oms.packing.models import Parcel
from oms.packing.pallet_models import Load, LoadUnit, Pallet, PalletParcel
from oms.packing.pallet_rules import MAX_SIGNATURE, PALLET, Wrong, proof, wrong_in_truck, wrong_on_pallet
from oms.picking.answers import STORED_LATE
from oms.picking.codes import ExceptionKind
from oms.picking.exceptions import divert, need
from oms.shipping.models import SSCC_SERIAL
from oms.shipping.rules import sscc, sscc_valid
from oms.transitions import can
from sync.contract import facts
from sync.contract.codes import ParcelState

if TYPE_CHECKING:
    from oms.db.work import Work

_NAME = 200
#: Numbers of pallet labels that a device may have in stock: every device of the site hears of each.
MAX_UNUSED = 300


def make_pallets(w: "Work", count: int) -> list[str]:
    """Numbers for `count` pallet labels, to be printed before anything stands on them; fewer for a device that has many unused ones. Raises
    `RangeUsedUp`."""
    if w.actor.device is not None:
        count = max(0, min(count, MAX_UNUSED - _unused(w, w.actor.device)))
    site = w.db.get_one(Site, w.site)
    numbers = [
        sscc(site.sscc_extension, site.gs1_prefix, w.db.scalars(select(SSCC_SERIAL.next_value())).one())
        for _ in range(count)
    ]
    w.db.add_all(
        Pallet(sscc=n, site_id=w.site, state=PalletState.PLANNED, made_at=w.now, device=w.actor.device) for n in numbers
    )
    for number in numbers:
        w.touch("pallet", number)
    w.audit("pallet.made", n=count)
    return numbers


def _unused(w: "Work", device: str) -> int:
    mine = (Pallet.site_id == w.site, Pallet.device == device, Pallet.state == PalletState.PLANNED)
    return w.db.scalars(select(func.count()).select_from(Pallet).where(*mine)).one()


def opened(w: "Work", fact: FactContext, body: facts.PalletOpen) -> Credit:
    """The label of an empty pallet was scanned. One that was printed elsewhere is taken in when its number is an SSCC; one that was wrapped
    is open again."""
    pallet = _pallet(w, fact, body.pallet)
    if pallet is None:
        return divert(w, ExceptionKind.UNKNOWN_PARCEL, {"parcel": _short(body.pallet)}, fact)
    if pallet.state is not PalletState.OPEN and not can(PALLET, pallet.state, PalletState.OPEN):
        return STORED_LATE
    pallet.state, pallet.opened_at, pallet.closed_at = PalletState.OPEN, pallet.opened_at or w.now, None
    pallet.carrier, pallet.place = pallet.carrier or _short(body.carrier), _short(body.place)
    pallet.device, pallet.worker_id = fact.device, fact.worker
    w.touch("pallet", pallet.sscc)
    return APPLIED


def put(w: "Work", fact: FactContext, body: facts.PalletPut) -> Credit:
    """A parcel stands on a pallet now, wherever it stood before. The first one says whose pallet it is."""
    pallet, parcel = _pallet(w, fact, body.pallet), _parcel(w, body.parcel)
    if pallet is None or parcel is None:
        unknown = body.parcel if parcel is None else body.pallet
        return divert(w, ExceptionKind.UNKNOWN_PARCEL, {"parcel": _short(unknown)}, fact)
    wrong = wrong_on_pallet(pallet.state, pallet.carrier, parcel.state, parcel.carrier)
    if wrong is not None:
        words: dict[str, str | int] = {"parcel": parcel.sscc, "pallet": pallet.sscc, "why": wrong}
        return divert(w, ExceptionKind.TAKE_OFF_PALLET, words, fact, order_no=parcel.order_no)
    if pallet.state is PalletState.PLANNED:
        pallet.state, pallet.opened_at = PalletState.OPEN, w.now
    pallet.carrier = pallet.carrier or parcel.carrier
    stands = w.db.get(PalletParcel, parcel.id)
    if stands is None:
        stands = PalletParcel(parcel_id=parcel.id, pallet=pallet.sscc, site_id=w.site, at=w.now)
        w.db.add(stands)
    w.touch("pallet", stands.pallet)
    stands.pallet, stands.at, stands.device, stands.worker_id = pallet.sscc, w.now, fact.device, fact.worker
    w.touch("pallet", pallet.sscc)
    w.touch("parcel", parcel.id)
    return APPLIED


def taken(w: "Work", fact: FactContext, body: facts.PalletTake) -> Credit:
    """A parcel was taken off a pallet."""
    parcel = _parcel(w, body.parcel)
    if parcel is None:
        return divert(w, ExceptionKind.UNKNOWN_PARCEL, {"parcel": _short(body.parcel)}, fact)
    off = delete(PalletParcel).where(PalletParcel.parcel_id == parcel.id, PalletParcel.pallet == body.pallet)
    if not w.db.execute(off.returning(PalletParcel.parcel_id)).all():
        return STORED_LATE
    w.touch("pallet", body.pallet)
    w.touch("parcel", parcel.id)
    return APPLIED


def closed(w: "Work", fact: FactContext, body: facts.PalletClose) -> Credit:
    """The pallet is wrapped. What was counted on it and what was scanned onto it should be the same; a parcel whose label nobody scanned
    back must come off again."""
    pallet = _pallet(w, fact, body.pallet)
    if pallet is None:
        return divert(w, ExceptionKind.UNKNOWN_PARCEL, {"parcel": _short(body.pallet)}, fact)
    if pallet.state not in (PalletState.PLANNED, PalletState.OPEN):
        return STORED_LATE
    pallet.state, pallet.closed_at = PalletState.CLOSED, w.now
    pallet.grams = body.grams if body.grams > 0 else None
    w.touch("pallet", pallet.sscc)
    pallet.device, pallet.worker_id = fact.device, fact.worker
    on = parcels_on(w, pallet.sscc)
    if len(on) != body.parcels:
        _differs(w, pallet.sscc, body.parcels, len(on))
    for parcel in on:
        if parcel.state is not ParcelState.SHIPPED:
            words: dict[str, str | int] = {"parcel": parcel.sscc, "pallet": pallet.sscc, "why": Wrong.NOT_LABELLED}
            need(w, ExceptionKind.TAKE_OFF_PALLET, words, order_no=parcel.order_no)
    return APPLIED


def loaded(w: "Work", fact: FactContext, body: facts.LoadScan) -> Credit:
    """A wrapped pallet or a single parcel went into the truck; a parcel that was on a pallet is off it then."""
    load = _load(w, fact, body.load, body.carrier)
    pallet = w.db.get(Pallet, body.sscc, with_for_update=True)
    parcel = None if pallet else _parcel(w, body.sscc)
    thing = pallet if pallet is not None and pallet.site_id == w.site else parcel
    if load is None or thing is None:
        return divert(w, ExceptionKind.UNKNOWN_PARCEL, {"parcel": _short(body.sscc)}, fact)
    if load.handed_at is not None:
        return STORED_LATE
    unit = w.db.get(LoadUnit, body.sscc)
    if unit is not None and unit.load_id == load.id:
        return STORED_LATE
    wrong = Wrong.OTHER_TRUCK if unit is not None else wrong_in_truck(load.carrier, thing.carrier, thing.state)
    if wrong is not None:
        words: dict[str, str | int] = {"parcel": thing.sscc, "carrier": load.carrier, "why": wrong}
        return divert(w, ExceptionKind.NOT_INTO_TRUCK, words, fact, order_no=parcel.order_no if parcel else None)
    if isinstance(thing, Pallet):
        thing.state = PalletState.LOADED
    else:
        _off_any(w, thing)
    w.db.add(
        LoadUnit(
            sscc=body.sscc, load_id=load.id, site_id=w.site, at=w.now, parcel_id=parcel.id if parcel else None,
            device=fact.device, worker_id=fact.worker,
        )
    )  # fmt: skip
    _moved(w, thing)
    return APPLIED


def unloaded(w: "Work", fact: FactContext, body: facts.LoadTake) -> Credit:
    """A pallet or parcel came out of the truck again, while it stood at the door."""
    load, unit = w.db.get(Load, body.load, with_for_update=True), w.db.get(LoadUnit, body.sscc)
    if load is None or load.site_id != w.site or unit is None or unit.load_id != load.id or load.handed_at is not None:
        return STORED_LATE
    pallet = None if unit.parcel_id else w.db.get(Pallet, body.sscc, with_for_update=True)
    if pallet is not None:
        pallet.state = PalletState.CLOSED
    w.db.delete(unit)
    thing = pallet or _parcel(w, body.sscc)
    if thing is not None:
        _moved(w, thing)
    return APPLIED


def handed_over(w: "Work", fact: FactContext, body: facts.LoadHandover) -> Credit:
    """The driver has what was loaded: from here on it is the carrier's. The proof is kept with its digest, and the digest in the audit
    trail."""
    load = _load(w, fact, body.load, body.carrier)
    if load is None:
        return divert(w, ExceptionKind.UNKNOWN_PARCEL, {"parcel": _short(body.load)}, fact)
    if load.handed_at is not None:
        return STORED_LATE
    w.db.flush()
    units = w.db.scalars(select(LoadUnit.sscc).where(LoadUnit.load_id == load.id)).all()
    load.handed_at, load.units = w.now, body.units
    load.driver, load.plate, load.note = _short(body.driver), _short(body.plate), _short(body.note)
    load.signature, load.seal = body.signature[:MAX_SIGNATURE], _short(body.seal)
    load.device, load.worker_id = fact.device, fact.worker
    load.digest = proof(load.id, load.carrier, load.driver, load.plate, w.now, units, load.signature, load.seal)
    for pallet in w.db.scalars(select(Pallet).where(Pallet.sscc.in_(units)).order_by(Pallet.sscc).with_for_update()):
        pallet.state = PalletState.GONE
        _moved(w, pallet)
    if body.units != len(units):
        _differs(w, load.id[:8], body.units, len(units))
    w.audit("load.handed_over", load=load.id, carrier=load.carrier, units=len(units), digest=load.digest)
    return APPLIED


def parcels_on(w: "Work", pallet: str) -> list[Parcel]:
    """The parcels that stand on a pallet, by SSCC."""
    w.db.flush()
    on = select(Parcel).join(PalletParcel, PalletParcel.parcel_id == Parcel.id).where(PalletParcel.pallet == pallet)
    return list(w.db.scalars(on.order_by(Parcel.sscc)))


def _moved(w: "Work", thing: Pallet | Parcel) -> None:
    """Devices hear where it is now, and where everything on it is."""
    if isinstance(thing, Parcel):
        w.touch("parcel", thing.id)
        return
    w.touch("pallet", thing.sscc)
    for parcel in parcels_on(w, thing.sscc):
        w.touch("parcel", parcel.id)


def _off_any(w: "Work", parcel: Parcel) -> None:
    """The parcel is off the pallet it stood on, if it stood on one."""
    off = delete(PalletParcel).where(PalletParcel.parcel_id == parcel.id).returning(PalletParcel.pallet)
    for pallet in w.db.scalars(off).all():
        w.touch("pallet", pallet)


def _differs(w: "Work", what: str, counted: int, scanned: int) -> None:
    need(w, ExceptionKind.PALLET_DIFFERS, {"pallet": what, "n": counted, "scanned": scanned})


def _pallet(w: "Work", fact: FactContext, number: str) -> Pallet | None:
    """The pallet, locked; a valid SSCC that nobody knows is a pallet whose label was printed elsewhere."""
    found = w.db.get(Pallet, number, with_for_update=True)
    if found is None and sscc_valid(number) and not _is_parcel(w, number):
        found = Pallet(sscc=number, site_id=w.site, state=PalletState.PLANNED, made_at=w.now, device=fact.device)
        w.db.add(found)
        w.db.flush()
    return found if found is not None and found.site_id == w.site else None


def _is_parcel(w: "Work", number: str) -> bool:
    return bool(w.db.scalar(select(func.count()).where(Parcel.sscc == number)))


def _parcel(w: "Work", number: str) -> Parcel | None:
    return w.db.scalar(select(Parcel).where(Parcel.site_id == w.site, Parcel.sscc == number))


def _load(w: "Work", fact: FactContext, id: str, carrier: str) -> Load | None:
    """The truck, locked; its first scan makes it. None for an id that is none, or that belongs to another carrier or site."""
    if not (len(id) == 32 and id.isalnum() and carrier):
        return None
    found = w.db.get(Load, id, with_for_update=True)
    if found is None:
        found = Load(id=id, site_id=w.site, carrier=_short(carrier), opened_at=w.now, device=fact.device)
        w.db.add(found)
        w.db.flush()
    return found if (found.site_id, found.carrier) == (w.site, _short(carrier)) else None


def _short(text: str) -> str:
    return text.replace("\0", "")[:_NAME]


HANDLERS: dict[type[Any], Callable[..., Credit]] = {
    facts.PalletOpen: opened,
    facts.PalletPut: put,
    facts.PalletTake: taken,
    facts.PalletClose: closed,
    facts.LoadScan: loaded,
    facts.LoadTake: unloaded,
    facts.LoadHandover: handed_over,
}
