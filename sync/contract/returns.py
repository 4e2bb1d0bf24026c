"""Facts of goods that come back from customers, whatever site they come to: taken out of a box and judged, taken back, the box done with.
Part of `sync.contract.facts`; and how a return is named on paper."""

from enum import StrEnum
from typing import Final

from msgspec import Struct

#: How the text of a return's barcode begins: `FHR:RMA-000042`.
RETURN_CODE: Final = "FHR:"
#: A shorter number of a carrier may stand in any barcode by chance.
SHORTEST_NUMBER: Final = 8


class ReturnReason(StrEnum):
    """Why a customer sends something back."""

    CHANGED_MIND = "changed_mind"
    DOES_NOT_FIT = "does_not_fit"
    NOT_AS_DESCRIBED = "not_as_described"
    DAMAGED = "damaged"
    DEFECTIVE = "defective"
    WRONG_ITEM = "wrong_item"
    MISSING_PARTS = "missing_parts"
    TOO_LATE = "too_late"
    OTHER = "other"


class Grade(StrEnum):
    """What state it is in."""

    #: As new, in its closed packaging.
    A = "a"
    #: Opened, unused.
    B = "b"
    #: Used.
    C = "c"
    DAMAGED = "damaged"
    #: Not what should have come.
    WRONG_ITEM = "wrong_item"


class Disposition(StrEnum):
    """What becomes of it."""

    RESTOCK = "restock"
    QUARANTINE = "quarantine"
    REPAIR = "repair"
    SCRAP = "scrap"
    TO_SUPPLIER = "to_supplier"


class AnnouncedLine(Struct, frozen=True, kw_only=True):
    """Units of an item that are to come back; `open` of them have not come yet."""

    line: int
    sku: str
    reason: ReturnReason
    open: int


class ReturnRow(Struct, frozen=True, kw_only=True):
    """A return that was announced to this site. id = its number. `orders` are other names that may stand on its box, `tracking` is the
    carrier's number on its label; `refused`: the customer was told to keep it."""

    id: str
    orders: list[str] = []
    lines: list[AnnouncedLine] = []
    refused: bool = False
    tracking: str = ""


class ReturnReceive(Struct, frozen=True, kw_only=True):
    """`return.receive@1`: `qty` units came out of a box and lie in `bin` ('': where the site keeps what somebody has to look at).
    item = None.

    `box` is the box on this device's table, `receipt` these units, both 32 hex digits made there. `found` is what was scanned to know whose
    it is: a return's barcode, an order's number, a parcel's label; '': nothing was. `reason` '': nobody said."""

    box: str
    receipt: str
    sku: str
    qty: int
    grade: Grade
    disposition: Disposition
    found: str = ""
    bin: str = ""
    lot: str = ""
    serial: str = ""
    reason: str = ""
    note: str = ""
    scan: str = ""


class ReturnUndo(Struct, frozen=True, kw_only=True):
    """`return.undo@1`: the units of `receipt` were not taken in after all. item = None."""

    box: str
    receipt: str


class ReturnDone(Struct, frozen=True, kw_only=True):
    """`return.done@1`: nothing more is in the box. `grams` is what it weighed, closed, where that was seen. item = None."""

    box: str
    found: str = ""
    grams: int | None = None
    note: str = ""


#: What devices report of goods that come back.
ReturnFact = ReturnReceive | ReturnUndo | ReturnDone
#: Their part of `facts.HANDLED`.
RETURNS_HANDLED: dict[tuple[str, int], type[ReturnFact]] = {
    ("return.receive", 1): ReturnReceive,
    ("return.undo", 1): ReturnUndo,
    ("return.done", 1): ReturnDone,
}


def suggested(grade: Grade, reason: ReturnReason, *, batch: bool = False) -> Disposition:
    """What should become of goods. `batch`: their lot or expiry is not known, so that nobody else may get them."""
    if grade is Grade.A:
        blamed = reason in (ReturnReason.DEFECTIVE, ReturnReason.DAMAGED, ReturnReason.MISSING_PARTS)
        return Disposition.QUARANTINE if batch or blamed else Disposition.RESTOCK
    if grade is Grade.DAMAGED:
        return Disposition.TO_SUPPLIER if reason is ReturnReason.DEFECTIVE else Disposition.SCRAP
    if grade is Grade.C:
        return Disposition.REPAIR if reason is ReturnReason.DEFECTIVE else Disposition.QUARANTINE
    return Disposition.QUARANTINE


def return_text(number: str) -> str:
    """What stands in the barcode of a return's paper."""
    return f"{RETURN_CODE}{number}"


def read_return(text: str) -> str | None:
    """The return's number of such a text, or of one typed by hand; None when it is something else."""
    plain = text.strip().removeprefix(RETURN_CODE).upper()
    digits = plain.removeprefix("RMA-")
    return plain if plain.startswith("RMA-") and digits.isascii() and digits.isdigit() and len(digits) <= 12 else None
