"""A scan as the client's screens see it: text from some device, before anybody has decided what it means."""

from dataclasses import dataclass, field
from enum import StrEnum


class ScanSource(StrEnum):
    """Which kind of channel a scan came through."""

    WEDGE = "wedge"
    SERIAL = "serial"
    EVDEV = "evdev"
    HID_POS = "hid-pos"
    SSI = "ssi"
    TYPED = "typed"


@dataclass(frozen=True, slots=True)
class ScanInput:
    """One decoded barcode. `at` is the monotonic time of its last byte; `symbology` an AIM identifier such as `]C1`, if known."""

    text: str
    at: float
    symbology: str | None = None
    source: ScanSource = ScanSource.WEDGE
    device: str = ""


class ScanKind(StrEnum):
    """What a scan turned out to be, in the order in which meanings are tried."""

    TOTE = "tote"
    CART = "cart"
    #: A slot of a cart; id is `<cart>/<n>`.
    SLOT = "slot"
    BIN = "bin"
    ITEM = "item"
    CARTON = "carton"
    PARCEL = "parcel"
    ORDER = "order"
    BADGE = "badge"
    COMMAND = "command"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class ScanFields:
    """What one barcode says, read by its syntax alone (GS1 element string, Digital Link, bare code): the port `ScanReader` fills it.

    `gtin` is GTIN-14, `expiry` an ISO date, `qty` from AI 30/37. `separator_lost` warns that a GS1 separator did not arrive.
    """

    text: str
    gtin: str | None = None
    sscc: str | None = None
    lot: str | None = None
    serial: str | None = None
    expiry: str | None = None
    qty: int | None = None
    separator_lost: bool = False


@dataclass(frozen=True, slots=True)
class ScanMeaning:
    """What a scan means on this site: its kind, the key of the thing (`id`), and for items how many base units it stands for.

    `also` names the other things it could be; a flow that cannot narrow it down asks instead of guessing.
    """

    kind: ScanKind
    id: str
    fields: ScanFields
    qty: int = 1
    also: tuple["ScanMeaning", ...] = field(default=())
