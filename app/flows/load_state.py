"""Where a person stands with a pallet or a truck: states, prompts, which step may follow. What stands on the pallet and is in the truck
comes from rows and facts each time, so that several devices can work on one pallet."""

from dataclasses import dataclass

from app.core.messages import Code, Message, say
from app.core.views_load import LoadStep
from app.flows.load_events import Pallet, Parcel

#: Which step may follow which, besides staying; pallets, then trucks.
TRANSITIONS: dict[LoadStep, frozenset[LoadStep]] = {
    LoadStep.LABEL: frozenset({LoadStep.BUILD}),
    LoadStep.BUILD: frozenset({LoadStep.OFF, LoadStep.WRAPPED}),
    LoadStep.OFF: frozenset({LoadStep.BUILD}),
    LoadStep.WRAPPED: frozenset({LoadStep.BUILD}),
    LoadStep.FILL: frozenset({LoadStep.OUT, LoadStep.LEAVE, LoadStep.DRIVER}),
    LoadStep.OUT: frozenset({LoadStep.FILL}),
    LoadStep.LEAVE: frozenset({LoadStep.FILL, LoadStep.DRIVER}),
    LoadStep.DRIVER: frozenset({LoadStep.FILL, LoadStep.PLATE}),
    LoadStep.PLATE: frozenset({LoadStep.DRIVER, LoadStep.SEAL}),
    LoadStep.SEAL: frozenset({LoadStep.PLATE, LoadStep.SIGN}),
    LoadStep.SIGN: frozenset({LoadStep.SEAL, LoadStep.GONE}),
    LoadStep.GONE: frozenset(),
}

#: So many scans can be taken back.
MOST_TRAIL = 50
#: Letters of a name, a plate, a seal.
MOST_LETTERS = 80
#: Letters of a signature: what the server keeps.
MOST_STROKES = 8000


@dataclass(frozen=True, slots=True)
class Act:
    """One scan that can be taken back: a thing (SSCC) that went on or in, or came off or out."""

    sscc: str
    on: bool


@dataclass(frozen=True, slots=True)
class PalletState:
    """A pallet in hand. `parcels` as they stand on it now."""

    pallet: str
    carrier: str = ""
    step: LoadStep = LoadStep.LABEL
    parcels: tuple[Parcel, ...] = ()
    trail: tuple[Act, ...] = ()


@dataclass(frozen=True, slots=True)
class TruckState:
    """A truck at the door. `units` are in it now, pallets and single parcels; `missing` should be and are not; `unwrapped` parcels stand on
    pallets that are still open."""

    load: str
    carrier: str
    step: LoadStep = LoadStep.FILL
    lane: str = ""
    pallets: tuple[Pallet, ...] = ()
    parcels: tuple[Parcel, ...] = ()
    missing: tuple[str, ...] = ()
    unwrapped: int = 0
    driver: str = ""
    plate: str = ""
    seal: str = ""
    trail: tuple[Act, ...] = ()

    @property
    def units(self) -> int:
        """Pallets and single parcels in it."""
        return len(self.pallets) + len(self.parcels)

    @property
    def inside(self) -> frozenset[str]:
        """Their SSCCs."""
        return frozenset((*(pallet.sscc for pallet in self.pallets), *(parcel.sscc for parcel in self.parcels)))


@dataclass(frozen=True, slots=True)
class LoadState:
    """One pallet or one truck."""

    pallet: PalletState | None = None
    truck: TruckState | None = None

    @property
    def now(self) -> PalletState | TruckState:
        """The one it is."""
        state = self.pallet or self.truck
        assert state is not None
        return state


def remembered(trail: tuple[Act, ...], sscc: str, *, on: bool) -> tuple[Act, ...]:
    """The trail with one act more; the oldest is forgotten."""
    return (*trail, Act(sscc, on))[-MOST_TRAIL:]


def sscc_valid(text: str) -> bool:
    """Whether this is an SSCC: 18 digits, the last of them the check digit."""
    if not (len(text) == 18 and text.isascii() and text.isdecimal()):
        return False
    total = sum(int(digit) * (3 if n % 2 == 0 else 1) for n, digit in enumerate(text[:17]))
    return (10 - total % 10) % 10 == int(text[17])


def prompt(state: PalletState | TruckState) -> Message:
    """What to do now."""
    if isinstance(state, PalletState):
        match state.step:
            case LoadStep.LABEL:
                return say(Code.SCAN_PALLET_LABEL, pallet=short(state.pallet))
            case LoadStep.OFF:
                return say(Code.SCAN_PARCEL_OFF)
            case LoadStep.WRAPPED:
                return say(Code.PALLET_WRAPPED)
        return say(Code.SCAN_PARCEL_ONTO)
    match state.step:
        case LoadStep.OUT:
            return say(Code.SCAN_OUT_OF_TRUCK)
        case LoadStep.LEAVE:
            return say(Code.LEAVE_BEHIND, n=len(state.missing) + state.unwrapped)
        case LoadStep.DRIVER:
            return say(Code.TYPE_DRIVER)
        case LoadStep.PLATE:
            return say(Code.TYPE_PLATE)
        case LoadStep.SEAL:
            return say(Code.TYPE_SEAL)
        case LoadStep.SIGN:
            return say(Code.DRIVER_SIGNS, name=state.driver)
        case LoadStep.GONE:
            return say(Code.TRUCK_GONE, name=state.driver)
    return say(Code.SCAN_INTO_TRUCK, carrier=state.carrier)


def short(sscc: str) -> str:
    """The end of an SSCC, which people read aloud."""
    return f"…{sscc[-6:]}"
