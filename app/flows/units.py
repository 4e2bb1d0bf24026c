"""Units going from one place into another, counted scan by scan: the rules that picking and packing share.

`over` is the over-pick rule and `shorten` the short rule; every path, whatever was scanned or typed, comes through them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.core.facts import ShortReason
from app.core.messages import Code, Message, say


@dataclass(frozen=True, slots=True)
class Line:
    """One work item: `need` units of `sku` from `place` (a bin, or the tote at the bench), of which `done` were counted, `short` given up
    and `swapped` replaced by other items. `serials` are those counted, `lot_seen` is the lot that was proven since the person came here.

    `seq` is its place in the walk, `urgency` sorts the orders that want the same goods (earliest first). In a cluster `put` of the
    counted units lie in the tote of `slot`, the others in hand. `gone`: the centre took the rest of the line away. `back`: not a pick but
    its undoing, `need` units that go from `tote` to `place` again.
    """

    item: str
    sku: str
    place: str
    need: int
    done: int = 0
    short: int = 0
    lot: str | None = None
    lot_tracked: bool = False
    serial_tracked: bool = False
    serials: tuple[str, ...] = ()
    lot_seen: str | None = None
    expiry: str | None = None
    seq: int = 0
    order: str = ""
    urgency: str = ""
    slot: int | None = None
    put: int = 0
    swapped: int = 0
    careful: bool = False
    empties: bool = False
    gone: bool = False
    back: bool = False
    tote: str | None = None

    @property
    def open(self) -> int:
        """Units still to come."""
        return 0 if self.gone else self.need - self.done - self.short - self.swapped

    @property
    def closed(self) -> bool:
        """Nothing more to come."""
        return self.open == 0

    @property
    def hand(self) -> int:
        """Units counted for a slot of the cart that are not in it yet."""
        return 0 if self.slot is None or self.gone or self.back else self.done - self.put


@dataclass(frozen=True, slots=True)
class Unit:
    """What was scanned of an item so far: one each or one pack of `qty`, and whatever else its code said."""

    sku: str
    qty: int
    text: str
    lot: str | None = None
    serial: str | None = None
    expiry: str | None = None


@dataclass(frozen=True, slots=True)
class Asks:
    """The unit is right, but its lot or serial number is still to be scanned."""

    unit: Unit
    what: Code


@dataclass(frozen=True, slots=True)
class Counted:
    """One scan that counted: enough to take it back."""

    item: str
    qty: int
    lot: str | None = None
    serial: str | None = None


def over(line: Line, qty: int) -> Message | None:
    """The over-pick rule: why `qty` more units do not fit this line, or None when they do. `n` is how many may still come."""
    return say(Code.TOO_MANY, n=line.open) if qty > line.open else None


def shorten(
    lines: tuple[Line, ...], at: int, reason: ShortReason, stop: Sequence[int] = ()
) -> tuple[tuple[int, int], ...]:
    """The short rule: which lines are closed by giving up line `at`, as (index, missing units). `stop` are lines taken together with it.

    Who did not find the goods need not be asked again for the same goods of the same place: untouched lines like it go with it.
    """
    given_up = lines[at]
    hit = list(dict.fromkeys((at, *stop)))
    if reason is ShortReason.NOT_FOUND:
        alike = (given_up.sku, given_up.lot, given_up.place)
        hit += [
            n
            for n, line in enumerate(lines)
            if n not in hit and not line.closed and not line.done and (line.sku, line.lot, line.place) == alike
        ]
    return tuple((n, lines[n].open) for n in hit if lines[n].open > 0)


def take(
    line: Line, unit: Unit, taken: frozenset[str], *, any_lot: bool = False
) -> tuple[Line, Counted] | Asks | Message:
    """Counts one scanned unit (or pack) into the line, asks for what is missing, or says why not. `taken` are the serial numbers of
    this item that the whole job has counted already; with `any_lot` another lot than the line's has been allowed."""
    wrong_lot = None if any_lot else _wrong_lot(line, unit.lot)
    refusal = wrong_lot or over(line, unit.qty) or _wrong_serial(line, unit, taken)
    if refusal:
        return refusal
    lot = (unit.lot or line.lot_seen) if line.lot_tracked else line.lot
    if line.lot_tracked and lot is None:
        return Asks(unit, Code.SCAN_LOT)
    if line.serial_tracked and unit.serial is None:
        return Asks(replace(unit, lot=lot), Code.SCAN_SERIAL)
    serial = unit.serial if line.serial_tracked else None
    serials = (*line.serials, serial) if serial else line.serials
    counted = replace(line, done=line.done + unit.qty, serials=serials, lot_seen=lot)
    return counted, Counted(line.item, unit.qty, lot, serial)


def put_back(line: Line, counted: Counted) -> Line:
    """The line as it was before `counted`."""
    serials = tuple(serial for serial in line.serials if serial != counted.serial)
    return replace(line, done=line.done - counted.qty, serials=serials)


def _wrong_lot(line: Line, lot: str | None) -> Message | None:
    if lot is not None and line.lot is not None and lot != line.lot:
        return say(Code.WRONG_LOT, scanned=lot, needed=line.lot)
    return None


def _wrong_serial(line: Line, unit: Unit, taken: frozenset[str]) -> Message | None:
    if not line.serial_tracked:
        return None
    if unit.qty != 1:
        # A pack hides its serial numbers; each unit has to show its own.
        return say(Code.SCAN_SERIAL, n=line.open)
    if unit.serial is not None and unit.serial in taken:
        return say(Code.DUPLICATE_SERIAL, serial=unit.serial)
    return None
