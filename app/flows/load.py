"""Building a pallet and filling a truck, one pure step at a time: parcel by parcel, each checked before it counts. Called by
`services.load`.

`TABLE` names the one function for each (step, event); what is not in it is refused.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from app.core.facts import (
    LoadHandover,
    LoadScan,
    LoadTake,
    PalletClose,
    PalletOpen,
    PalletPut,
    PalletTake,
    ScanRefused,
)
from app.core.facts import PalletState as Kind
from app.core.facts import ParcelState as Box
from app.core.messages import Code, Message, say
from app.core.views_load import LoadStep
from app.flows.load_events import (
    Cancel,
    Close,
    Event,
    HandOver,
    Leave,
    Pallet,
    Parcel,
    Reopen,
    SawOther,
    SawPallet,
    SawParcel,
    SawPlace,
    TakeOff,
    Typed,
    Undo,
)
from app.flows.load_state import (
    MOST_LETTERS,
    MOST_STROKES,
    TRANSITIONS,
    LoadState,
    PalletState,
    TruckState,
    remembered,
    short,
)
from app.flows.step import Record, Step

_SCANS = (SawParcel, SawPallet, SawPlace, SawOther)


def step(state: LoadState, event: Event) -> Step[LoadState]:
    """What `event` does to a pallet or a truck."""
    if state.pallet is not None:
        done = _done(state.pallet, event)
        return Step(replace(state, pallet=done.state), done.effects, done.say, done.refused)
    assert state.truck is not None
    driven = _done(state.truck, event)
    return Step(replace(state, truck=driven.state), driven.effects, driven.say, driven.refused)


def _done(state: Any, event: Event) -> Step[Any]:
    function: Callable[[Any, Any], Step[Any]] = TABLE.get((state.step, type(event)), _stray)
    done = function(state, event)
    assert done.state.step is state.step or done.state.step in TRANSITIONS[state.step]
    return done


def _no(state: Any, event: Event, why: Message) -> Step[Any]:
    """Refused. A scan is written down, a button is not."""
    if not isinstance(event, _SCANS):
        return Step(state, say=why, refused=True)
    fact = ScanRefused(job=None, text=event.text, code=why.code.value)
    return Step(state, (Record(fact),), why, refused=True)


def _stray(state: Any, event: Event) -> Step[Any]:
    if isinstance(event, SawOther):
        return _no(state, event, say(Code.NOT_NOW) if event.known else say(Code.UNKNOWN_CODE, text=event.text))
    return _no(state, event, say(Code.NOT_NOW))


# --- a pallet ---


def _label(state: PalletState, event: SawPallet) -> Step[PalletState]:
    """The label sticks: the scan of it proves so."""
    if event.pallet.sscc != state.pallet:
        return _no(state, event, say(Code.OTHER_PALLET_OPEN, pallet=short(state.pallet)))
    fact = PalletOpen(pallet=state.pallet, carrier=state.carrier)
    return Step(replace(state, step=LoadStep.BUILD), (Record(fact),), say(Code.PALLET_OPENED))


def _put(state: PalletState, event: SawParcel) -> Step[PalletState]:
    parcel = event.parcel
    carrier = state.carrier or next((p.carrier for p in state.parcels if p.carrier), "")
    why = _not_onto(state.pallet, carrier, parcel)
    if why is not None:
        return _no(state, event, why)
    after = replace(
        state,
        carrier=carrier or parcel.carrier,
        parcels=(*state.parcels, replace(parcel, pallet=state.pallet)),
        trail=remembered(state.trail, parcel.sscc, on=True),
    )
    fact = PalletPut(pallet=state.pallet, parcel=parcel.sscc, scan=event.text)
    n = len(after.parcels)
    # The scan of the stuck label may be on its way from the bench: it is said, not refused.
    told = (
        say(Code.PARCEL_ON, n=n) if parcel.state is Box.SHIPPED else say(Code.PARCEL_ON_UNCHECKED, order=parcel.order)
    )
    return Step(after, (Record(fact),), told)


def _void(parcel: Parcel) -> Message:
    if parcel.now:
        return say(Code.LABEL_VOID_NOW, number=parcel.now)
    return say(Code.PARCEL_IS_VOID, order=parcel.order)


def _not_onto(pallet: str, carrier: str, parcel: Parcel) -> Message | None:
    if parcel.pallet == pallet:
        return say(Code.ALREADY_ON_PALLET)
    if parcel.load:
        return say(Code.PARCEL_LEFT)
    if parcel.state is Box.VOID:
        return _void(parcel)
    if parcel.pallet:
        return say(Code.ON_OTHER_PALLET, pallet=short(parcel.pallet))
    if carrier and parcel.carrier and parcel.carrier != carrier:
        return say(Code.OTHER_CARRIER, scanned=parcel.carrier, needed=carrier)
    return None


def _take(state: PalletState, event: SawParcel) -> Step[PalletState]:
    if event.parcel.sscc not in {parcel.sscc for parcel in state.parcels}:
        return _no(state, event, say(Code.NOT_ON_PALLET))
    trail = remembered(state.trail, event.parcel.sscc, on=False)
    left = tuple(parcel for parcel in state.parcels if parcel.sscc != event.parcel.sscc)
    after = replace(state, step=LoadStep.BUILD, parcels=left, trail=trail)
    fact = PalletTake(pallet=state.pallet, parcel=event.parcel.sscc)
    return Step(after, (Record(fact),), say(Code.PARCEL_OFF, n=len(left)))


def _undo_pallet(state: PalletState, event: Undo) -> Step[PalletState]:
    if not state.trail:
        return _no(state, event, say(Code.NOTHING_TO_UNDO))
    last = state.trail[-1]
    here = {parcel.sscc for parcel in state.parcels}
    after = replace(state, trail=state.trail[:-1])
    if last.on and last.sscc in here:
        left = tuple(parcel for parcel in state.parcels if parcel.sscc != last.sscc)
        fact: PalletTake | PalletPut = PalletTake(pallet=state.pallet, parcel=last.sscc)
        return Step(replace(after, parcels=left), (Record(fact),), say(Code.UNDONE, n=1))
    if not last.on and last.sscc not in here:
        fact = PalletPut(pallet=state.pallet, parcel=last.sscc)
        return Step(after, (Record(fact),), say(Code.UNDONE, n=1))
    # Somebody else was faster.
    return Step(after, say=say(Code.NOTHING_TO_UNDO), refused=True)


def _close_pallet(state: PalletState, event: Event) -> Step[PalletState]:
    if not state.parcels:
        return _no(state, event, say(Code.PALLET_IS_EMPTY))
    n = len(state.parcels)
    fact = PalletClose(pallet=state.pallet, parcels=n)
    return Step(replace(state, step=LoadStep.WRAPPED, trail=()), (Record(fact),), say(Code.PALLET_CLOSED, n=n))


def _own_label(state: PalletState, event: SawPallet) -> Step[PalletState]:
    """Its own label once more: that is all of it."""
    if event.pallet.sscc != state.pallet:
        return _no(state, event, say(Code.OTHER_PALLET_OPEN, pallet=short(state.pallet)))
    return _close_pallet(state, event)


def _reopen(state: PalletState, _: Reopen) -> Step[PalletState]:
    fact = PalletOpen(pallet=state.pallet, carrier=state.carrier)
    return Step(replace(state, step=LoadStep.BUILD), (Record(fact),), say(Code.PALLET_OPENED))


def _off(state: PalletState, event: TakeOff) -> Step[PalletState]:
    if not state.parcels:
        return _no(state, event, say(Code.PALLET_IS_EMPTY))
    return Step(replace(state, step=LoadStep.OFF))


def _build(state: PalletState, _: Cancel) -> Step[PalletState]:
    return Step(replace(state, step=LoadStep.BUILD))


# --- a truck ---


def _load_pallet(state: TruckState, event: SawPallet) -> Step[TruckState]:
    pallet = event.pallet
    if pallet.sscc in state.inside:
        return _no(state, event, say(Code.ALREADY_IN_TRUCK))
    why = _pallet_not_into(state, pallet, anyway=event.anyway)
    if why is not None:
        return _no(state, event, why)
    after = replace(state, pallets=(*state.pallets, pallet))
    return _loaded(after, event.pallet.sscc)


def _pallet_not_into(state: TruckState, pallet: Pallet, *, anyway: bool) -> Message | None:
    if pallet.load or pallet.state in (Kind.LOADED, Kind.GONE):
        return say(Code.PALLET_LEFT)
    if pallet.state is not Kind.CLOSED:
        return say(Code.PALLET_NOT_WRAPPED)
    if pallet.carrier and pallet.carrier != state.carrier:
        return say(Code.OTHER_CARRIER, scanned=pallet.carrier, needed=state.carrier)
    if pallet.unlisted and not anyway:
        return say(Code.NOT_MANIFESTED, n=pallet.unlisted)
    return None


def _load_parcel(state: TruckState, event: SawParcel) -> Step[TruckState]:
    parcel = event.parcel
    if parcel.sscc in state.inside:
        return _no(state, event, say(Code.ALREADY_IN_TRUCK))
    why = _parcel_not_into(state, parcel, anyway=event.anyway)
    if why is not None:
        return _no(state, event, why)
    return _loaded(replace(state, parcels=(*state.parcels, parcel)), parcel.sscc)


def _parcel_not_into(state: TruckState, parcel: Parcel, *, anyway: bool) -> Message | None:
    if parcel.load:
        return say(Code.PARCEL_LEFT)
    if parcel.state is Box.VOID:
        return _void(parcel)
    if parcel.pallet:
        return say(Code.SCAN_ITS_PALLET, pallet=short(parcel.pallet))
    if parcel.carrier and parcel.carrier != state.carrier:
        return say(Code.OTHER_CARRIER, scanned=parcel.carrier, needed=state.carrier)
    if parcel.state is not Box.SHIPPED:
        return say(Code.NOT_LABELLED, order=parcel.order)
    return None if parcel.listed or anyway else say(Code.NOT_MANIFESTED, n=1)


def _loaded(after: TruckState, sscc: str) -> Step[TruckState]:
    fact = LoadScan(load=after.load, carrier=after.carrier, sscc=sscc, lane=after.lane)
    kept = replace(
        after,
        trail=remembered(after.trail, sscc, on=True),
        missing=tuple(one for one in after.missing if one != sscc),
    )
    return Step(kept, (Record(fact),), say(Code.INTO_TRUCK, n=kept.units))


def _door(state: TruckState, event: SawPlace) -> Step[TruckState]:
    return Step(replace(state, lane=event.place), say=say(Code.AT_DOOR, place=event.place))


def _unload(state: TruckState, event: SawPallet | SawParcel) -> Step[TruckState]:
    sscc = event.pallet.sscc if isinstance(event, SawPallet) else event.parcel.sscc
    if sscc not in state.inside:
        return _no(state, event, say(Code.NOT_IN_TRUCK))
    after = _without(replace(state, step=LoadStep.FILL), sscc)
    fact = LoadTake(load=state.load, sscc=sscc)
    return Step(after, (Record(fact),), say(Code.OUT_OF_TRUCK, n=after.units))


def _without(state: TruckState, sscc: str) -> TruckState:
    return replace(
        state,
        pallets=tuple(pallet for pallet in state.pallets if pallet.sscc != sscc),
        parcels=tuple(parcel for parcel in state.parcels if parcel.sscc != sscc),
        trail=tuple(act for act in state.trail if act.sscc != sscc),
    )


def _undo_truck(state: TruckState, event: Undo) -> Step[TruckState]:
    last = next((act.sscc for act in reversed(state.trail) if act.sscc in state.inside), None)
    if last is None:
        return _no(state, event, say(Code.NOTHING_TO_UNDO))
    fact = LoadTake(load=state.load, sscc=last)
    return Step(_without(state, last), (Record(fact),), say(Code.UNDONE, n=1))


def _out(state: TruckState, event: TakeOff) -> Step[TruckState]:
    if not state.units:
        return _no(state, event, say(Code.TRUCK_IS_EMPTY))
    return Step(replace(state, step=LoadStep.OUT))


def _full(state: TruckState, event: Close) -> Step[TruckState]:
    if not state.units:
        return _no(state, event, say(Code.TRUCK_IS_EMPTY))
    if state.missing or state.unwrapped:
        return Step(replace(state, step=LoadStep.LEAVE))
    return Step(replace(state, step=LoadStep.DRIVER))


def _leave(state: TruckState, _: Leave) -> Step[TruckState]:
    return Step(replace(state, step=LoadStep.DRIVER))


def _fill(state: TruckState, _: Cancel) -> Step[TruckState]:
    return Step(replace(state, step=LoadStep.FILL))


def _driver(state: TruckState, event: Typed) -> Step[TruckState]:
    name = _clean(event.text)
    if not name:
        return _no(state, event, say(Code.NOT_NOW))
    return Step(replace(state, step=LoadStep.PLATE, driver=name))


def _plate(state: TruckState, event: Typed) -> Step[TruckState]:
    return Step(replace(state, step=LoadStep.SEAL, plate=_clean(event.text)))


def _seal(state: TruckState, event: Typed) -> Step[TruckState]:
    return Step(replace(state, step=LoadStep.SIGN, seal=_clean(event.text)))


def _scanned_seal(state: TruckState, event: SawOther) -> Step[TruckState]:
    """Seals bear a barcode as a rule."""
    return _seal(state, Typed(event.text))


def _clean(text: str) -> str:
    return " ".join("".join(c for c in text if c.isprintable()).split())[:MOST_LETTERS]


def _back_to_plate(state: TruckState, _: Cancel) -> Step[TruckState]:
    return Step(replace(state, step=LoadStep.PLATE))


def _back_to_driver(state: TruckState, _: Cancel) -> Step[TruckState]:
    return Step(replace(state, step=LoadStep.DRIVER))


def _back_to_seal(state: TruckState, _: Cancel) -> Step[TruckState]:
    return Step(replace(state, step=LoadStep.SEAL))


def _hand_over(state: TruckState, event: HandOver) -> Step[TruckState]:
    fact = LoadHandover(
        load=state.load, carrier=state.carrier, driver=state.driver, units=state.units, plate=state.plate, seal=state.seal,
        signature=event.signature[:MOST_STROKES],
    )  # fmt: skip
    after = replace(state, step=LoadStep.GONE, trail=())
    return Step(after, (Record(fact),), say(Code.LOAD_HANDED_OVER, n=state.units, name=state.driver))


#: The function for each (step, event).
TABLE: dict[tuple[LoadStep, type], Callable[[Any, Any], Step[Any]]] = {
    (LoadStep.LABEL, SawPallet): _label,
    (LoadStep.BUILD, SawParcel): _put,
    (LoadStep.BUILD, SawPallet): _own_label,
    (LoadStep.BUILD, TakeOff): _off,
    (LoadStep.BUILD, Close): _close_pallet,
    (LoadStep.BUILD, Undo): _undo_pallet,
    (LoadStep.OFF, SawParcel): _take,
    (LoadStep.OFF, Cancel): _build,
    (LoadStep.WRAPPED, Reopen): _reopen,
    (LoadStep.FILL, SawPallet): _load_pallet,
    (LoadStep.FILL, SawParcel): _load_parcel,
    (LoadStep.FILL, SawPlace): _door,
    (LoadStep.FILL, TakeOff): _out,
    (LoadStep.FILL, Close): _full,
    (LoadStep.FILL, Undo): _undo_truck,
    (LoadStep.OUT, SawPallet): _unload,
    (LoadStep.OUT, SawParcel): _unload,
    (LoadStep.OUT, Cancel): _fill,
    (LoadStep.LEAVE, Leave): _leave,
    (LoadStep.LEAVE, Cancel): _fill,
    (LoadStep.DRIVER, Typed): _driver,
    (LoadStep.DRIVER, Cancel): _fill,
    (LoadStep.PLATE, Typed): _plate,
    (LoadStep.PLATE, Cancel): _back_to_driver,
    (LoadStep.SEAL, Typed): _seal,
    (LoadStep.SEAL, SawOther): _scanned_seal,
    (LoadStep.SEAL, Cancel): _back_to_plate,
    (LoadStep.SIGN, HandOver): _hand_over,
    (LoadStep.SIGN, Cancel): _back_to_seal,
}
