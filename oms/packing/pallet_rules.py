"""Which pallet takes what, when a truck is complete, and what proves a hand-over. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256

from oms.packing.codes import PalletState
from oms.transitions import Transitions
from sync.contract.codes import ParcelState

_S = PalletState

PALLET: Transitions[PalletState] = {
    _S.PLANNED: frozenset({_S.OPEN}),
    _S.OPEN: frozenset({_S.CLOSED}),
    # Somebody cut the film once more.
    _S.CLOSED: frozenset({_S.OPEN, _S.LOADED}),
    # What was loaded by mistake comes out again while the truck is there.
    _S.LOADED: frozenset({_S.CLOSED, _S.GONE}),
    _S.GONE: frozenset(),
}

#: Strokes of a driver's name that are kept, at most (characters).
MAX_SIGNATURE = 8000


class Wrong(StrEnum):
    """Why a parcel does not belong where it was put, or a thing not into the truck."""

    VOID = "void"
    OTHER_CARRIER = "other_carrier"
    PALLET_CLOSED = "pallet_closed"
    PALLET_OPEN = "pallet_open"
    NOT_LABELLED = "not_labelled"
    OTHER_TRUCK = "other_truck"
    GONE = "gone"


def wrong_on_pallet(pallet: PalletState, pallet_carrier: str, parcel: ParcelState, carrier: str) -> Wrong | None:
    """Why a parcel may not go onto a pallet; None: it may. A label that is not stuck yet is asked about when the pallet is wrapped: the
    scan of it may still be on its way."""
    if pallet not in (_S.PLANNED, _S.OPEN):
        return Wrong.PALLET_CLOSED
    if parcel is ParcelState.VOID:
        return Wrong.VOID
    if pallet_carrier and carrier and pallet_carrier != carrier:
        return Wrong.OTHER_CARRIER
    return None


def wrong_in_truck(truck_carrier: str, carrier: str, state: PalletState | ParcelState) -> Wrong | None:
    """Why a closed pallet or a single parcel may not go into a truck; None: it may."""
    if carrier and carrier != truck_carrier:
        return Wrong.OTHER_CARRIER
    if state is _S.GONE:
        return Wrong.GONE
    if state in (_S.PLANNED, _S.OPEN):
        return Wrong.PALLET_OPEN
    if state is ParcelState.VOID:
        return Wrong.VOID
    if isinstance(state, ParcelState) and state is not ParcelState.SHIPPED:
        return Wrong.NOT_LABELLED
    return None


@dataclass(frozen=True, slots=True)
class LoadCheck:
    """A truck against what should be in it, by SSCC: `loaded`, `missing` (ready and not loaded), and parcels on pallets that are not
    wrapped yet (`unwrapped`)."""

    carrier: str
    loaded: tuple[str, ...]
    missing: tuple[str, ...]
    unwrapped: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Whether nothing that is ready stays behind."""
        return not self.missing and not self.unwrapped


def load_check(
    carrier: str, ready: Iterable[str], loaded: Iterable[str], on_pallet: dict[str, tuple[str, PalletState]]
) -> LoadCheck:
    """`ready` parcels of the carrier, the SSCCs `loaded` (pallets and single parcels), and per parcel its pallet with state. A parcel on a
    wrapped pallet is asked for by the pallet."""
    inside = set(loaded)
    wanted, unwrapped = set(), []
    for parcel in ready:
        pallet = on_pallet.get(parcel)
        if parcel in inside or (pallet and pallet[0] in inside):
            continue
        if pallet and pallet[1] in (_S.PLANNED, _S.OPEN):
            unwrapped.append(parcel)
        else:
            wanted.add(pallet[0] if pallet else parcel)
    return LoadCheck(carrier, tuple(sorted(inside)), tuple(sorted(wanted)), tuple(sorted(unwrapped)))


def proof(
    load: str, carrier: str, driver: str, plate: str, at: datetime, ssccs: Iterable[str], signature: str, seal: str = ""
) -> str:
    """SHA-256 (hex) over what was handed over: the same things in any order give the same proof."""
    sealed = (f"seal {seal}",) if seal else ()
    parts = (load, carrier, driver, plate, at.astimezone(UTC).isoformat(), *sorted(ssccs), signature, *sealed)
    said = "\n".join(parts)
    return sha256(said.encode()).hexdigest()
