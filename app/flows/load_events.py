"""What can happen while pallets are built and trucks are filled: scans with what this device knows of them, and buttons. Used by
`flows.load` and its service."""

from dataclasses import dataclass

from app.core.facts import PalletState, ParcelState


@dataclass(frozen=True, slots=True)
class Parcel:
    """A parcel as this device knows it: the pallet it stands on, the truck it is in (empty: none), and whether a manifest lists it."""

    sscc: str
    carrier: str
    state: ParcelState
    order: str = ""
    pallet: str = ""
    load: str = ""
    listed: bool = True
    #: Of one that is void: what its goods travel under now.
    now: str = ""


@dataclass(frozen=True, slots=True)
class Pallet:
    """A pallet likewise, with its parcels; a valid SSCC that nobody knows is one whose label was printed elsewhere."""

    sscc: str
    state: PalletState
    carrier: str = ""
    parcels: tuple[Parcel, ...] = ()
    load: str = ""

    @property
    def unlisted(self) -> int:
        """Parcels on it that are in no manifest."""
        return sum(not parcel.listed for parcel in self.parcels)


@dataclass(frozen=True, slots=True)
class SawParcel:
    """The label of a parcel. `anyway`: a supervisor lets it into the truck although no manifest that is known here lists it."""

    text: str
    parcel: Parcel
    anyway: bool = False


@dataclass(frozen=True, slots=True)
class SawPallet:
    """The label of a pallet; `anyway` likewise."""

    text: str
    pallet: Pallet
    anyway: bool = False


@dataclass(frozen=True, slots=True)
class SawPlace:
    """A place of the hall: a door, a lane."""

    text: str
    place: str


@dataclass(frozen=True, slots=True)
class SawOther:
    """Anything else. `known`: it is something, but no parcel, pallet or place."""

    text: str
    known: bool = False


@dataclass(frozen=True, slots=True)
class TakeOff:
    """What is scanned next comes off the pallet, or out of the truck."""


@dataclass(frozen=True, slots=True)
class Close:
    """The pallet is wrapped; the truck is full."""


@dataclass(frozen=True, slots=True)
class Reopen:
    """The film is cut once more."""


@dataclass(frozen=True, slots=True)
class Leave:
    """What is missing stays here."""


@dataclass(frozen=True, slots=True)
class Typed:
    """The driver's name, the plate or the seal; empty: there is none."""

    text: str


@dataclass(frozen=True, slots=True)
class HandOver:
    """The driver has it now; `signature` are the strokes as on the wire (`facts.LoadHandover`), empty when nothing was drawn."""

    signature: str = ""


@dataclass(frozen=True, slots=True)
class Undo:
    """The last scan is taken back."""


@dataclass(frozen=True, slots=True)
class Cancel:
    """Back from a question."""


Scan = SawParcel | SawPallet | SawPlace | SawOther
Event = Scan | TakeOff | Close | Reopen | Leave | Typed | HandOver | Undo | Cancel
