"""Labels of parcels that are no more: read although a carrier wraps its number, and what the parcel goes under now. Used by the bench and
the dock; and what in a barcode may be a carrier's number."""

from app.core.scan import ScanKind, ScanMeaning
from app.services.ports import UnitOfWork
from sync.contract.codes import ParcelState
from sync.contract.returns import SHORTEST_NUMBER
from sync.contract.rows import ParcelRow
from sync.contract.shipping import CarrierLabel

#: No carrier's barcode of a parcel is longer (letters); no number in one is.
_LONGEST_CODE, _LONGEST_NUMBER = 60, 35


def recognised(u: UnitOfWork, meaning: ScanMeaning) -> ScanMeaning:
    """A code nobody knows that holds the carrier's number of a parcel that is void is that parcel; anything else is what it was."""
    row = old_parcel(u, meaning.fields.text) if meaning.kind is ScanKind.UNKNOWN else None
    return meaning if row is None else ScanMeaning(ScanKind.PARCEL, row.id, meaning.fields)


def old_parcel(u: UnitOfWork, text: str) -> ParcelRow | None:
    """The void parcel whose number stands in this barcode, the longest such number; None when there is none."""
    found = u.rows.find_some(ParcelRow, "code", numbers_in(text))
    void = [(len(number), row) for number, rows in found.items() for row in rows if row.state is ParcelState.VOID]
    return max(void, key=lambda one: one[0])[1] if void else None


def numbers_in(text: str) -> set[str]:
    """All that may be a carrier's number in a barcode, which has its own prefix and check digits around it; nothing where it is none."""
    code = "".join(text.split()).upper()
    if not SHORTEST_NUMBER <= len(code) <= _LONGEST_CODE:
        return set()
    spans = ((at, at + n) for n in range(SHORTEST_NUMBER, _LONGEST_NUMBER + 1) for at in range(len(code) - n + 1))
    return {code[begin:end] for begin, end in spans}


def number_now(u: UnitOfWork, row: ParcelRow) -> str:
    """What the goods of a void parcel travel under now, the carrier's number or the SSCC; empty while they have no label."""
    if row.state is not ParcelState.VOID:
        return ""
    later = [
        one
        for one in u.rows.find(ParcelRow, "order", row.order)
        if one.number > row.number and one.state not in (ParcelState.VOID, ParcelState.PLANNED)
    ]
    if not later:
        return ""
    now = min(later, key=lambda one: one.number)
    return (now.tracking if now.label in (CarrierLabel.OWN, CarrierLabel.READY) else "") or now.sscc
