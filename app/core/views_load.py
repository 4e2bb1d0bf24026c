"""Pictures of pallets, trucks and a carrier's manifests, as services hand them to presenters: frozen and Qt-free like `views`."""

from dataclasses import dataclass
from enum import StrEnum

from app.core.messages import Message


class LoadStep(StrEnum):
    """Where a person stands with a pallet (`LABEL` to `WRAPPED`) or a truck (`FILL` and on). `LIST` when neither is open."""

    LIST = "list"
    #: The pallet's label is not scanned yet.
    LABEL = "label"
    BUILD = "build"
    #: The next parcel scanned comes off.
    OFF = "off"
    WRAPPED = "wrapped"
    FILL = "fill"
    #: What is scanned next comes out of the truck.
    OUT = "out"
    #: Something that should go along is not in it.
    LEAVE = "leave"
    DRIVER = "driver"
    PLATE = "plate"
    SEAL = "seal"
    SIGN = "sign"
    GONE = "gone"


class ListState(StrEnum):
    """How the paper list of a pallet, a truck or a carrier stands. `FILE`: no printer of papers here, it can be had as a file."""

    FILE = "file"
    NOT_PRINTED = "not_printed"
    #: Closed, and the list has yet to come out: the printer or the centre is away.
    OWED = "owed"
    PRINTING = "printing"
    PRINTED = "printed"
    #: Perhaps it came out.
    UNSURE = "unsure"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class PalletCard:
    """A pallet on the list: its SSCC, how many parcels stand on it, and where. `step` is `label`, `build` or `wrapped`."""

    pallet: str
    carrier: str
    parcels: int
    step: str
    place: str = ""
    mine: bool = False


@dataclass(frozen=True, slots=True)
class TruckCard:
    """What waits for a carrier: `pallets` wrapped, `parcels` alone, `open_parcels` on pallets that are not wrapped, `unlisted` parcels in
    no manifest. `load` is the truck that is being filled here, with `loaded` units in it."""

    carrier: str
    pallets: int
    parcels: int
    open_parcels: int
    unlisted: int = 0
    load: str = ""
    loaded: int = 0


@dataclass(frozen=True, slots=True)
class ThingCard:
    """A parcel or pallet in a list: `parcels` is 0 for a parcel, which has an order."""

    sscc: str
    order: str = ""
    parcels: int = 0


@dataclass(frozen=True, slots=True)
class LoadView:
    """One pallet or one truck at one moment, or the list. `things` are what is on or in it, the last one first; `missing` what should be in
    the truck and is not."""

    step: LoadStep
    prompt: Message
    pallets: tuple[PalletCard, ...] = ()
    trucks: tuple[TruckCard, ...] = ()
    id: str = ""
    carrier: str = ""
    lane: str = ""
    count: int = 0
    parcels: int = 0
    grams: int = 0
    things: tuple[ThingCard, ...] = ()
    missing: tuple[ThingCard, ...] = ()
    unwrapped: int = 0
    driver: str = ""
    plate: str = ""
    seal: str = ""
    can_undo: bool = False
    may_close: bool = False
    paper: ListState = ListState.FILE


@dataclass(frozen=True, slots=True)
class ManifestCard:
    """One manifest of the day. `state` is `closing`, `closed` or `failed`."""

    id: str
    carrier: str
    n: int
    state: str
    parcels: int
    grams: int
    problem: str = ""
    paper: ListState = ListState.FILE


@dataclass(frozen=True, slots=True)
class CarrierDay:
    """What a carrier has to take today: `ready` parcels are in no manifest, `waiting` have a label and have not left the bench."""

    carrier: str
    ready: int
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class ManifestsView:
    """The manifests of a day, the newest first, and per carrier what is not in one. `day` empty: not heard of yet."""

    day: str = ""
    carriers: tuple[CarrierDay, ...] = ()
    closed: tuple[ManifestCard, ...] = ()
