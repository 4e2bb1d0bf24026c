"""What a flow does with any scan, whichever flow it is: read the unit in it, refuse it on the record."""

from app.core.facts import ScanRefused
from app.core.messages import Code, Message, say
from app.core.scan import ScanKind, ScanMeaning
from app.flows.step import Record, S, Step
from app.flows.units import Asks, Unit


def unit_of(meaning: ScanMeaning) -> Unit:
    """The unit an ITEM scan shows. Where a GS1 separator got lost, lot and serial may have run into each other: neither counts."""
    fields = meaning.fields
    if fields.separator_lost:
        return Unit(meaning.id, meaning.qty, fields.text)
    return Unit(meaning.id, meaning.qty, fields.text, fields.lot, fields.serial, fields.expiry)


def completed(asks: Asks, meaning: ScanMeaning) -> Unit:
    """The unit that waited for its lot or serial number, with what this scan says of it: a field of a GS1 code, or the bare text."""
    unit, fields = asks.unit, meaning.fields
    if asks.what is Code.SCAN_LOT:
        lot, serial = fields.lot or fields.text, unit.serial or fields.serial
        return Unit(unit.sku, unit.qty, unit.text, lot, serial, fields.expiry or unit.expiry)
    return Unit(unit.sku, unit.qty, unit.text, unit.lot, fields.serial or fields.text, unit.expiry)


def answers(asks: Asks | None, meaning: ScanMeaning, lot: str | None) -> bool:
    """Whether the scan is the lot or serial number that was asked for: it says so, or it is nothing else this site knows. A lot that
    reads like something else is still the lot when it is the one that is needed."""
    if asks is None:
        return False
    fields = meaning.fields
    said = fields.lot if asks.what is Code.SCAN_LOT else fields.serial
    return (
        meaning.kind is ScanKind.UNKNOWN
        or (said is not None and fields.gtin is None)
        or (asks.what is Code.SCAN_LOT and lot is not None and fields.text == lot)
    )


def refuse(
    state: S, why: Message, meaning: ScanMeaning, job: str | None, item: str | None, expected: str = ""
) -> Step[S]:
    """A scan that counted for nothing: it is seen, heard and written down, and the counts stay."""
    # A badge opens sessions; it does not belong in a log.
    text = ScanKind.BADGE.value if meaning.kind is ScanKind.BADGE else meaning.fields.text
    fact = ScanRefused(job=job, text=text, code=why.code.value, expected=expected)
    return Step(state, (Record(fact, item),), why, refused=True)


def not_this(meaning: ScanMeaning) -> Message:
    """What to say to a scan that has no place in the present step."""
    if meaning.kind is ScanKind.UNKNOWN:
        return say(Code.UNKNOWN_CODE, text=meaning.fields.text)
    return say(Code.NOT_NOW)
