"""The rule of lots: whether another lot than the one asked for may be taken, and whether what is in hand is still good. One function, used
wherever goods leave a bin."""

from dataclasses import dataclass

from app.core.facts import Policy
from app.core.messages import Code, Message, say
from app.flows.units import Line, Unit


@dataclass(frozen=True, slots=True)
class Judged:
    """What stands against the unit in hand; nothing if `message` is None. `confirm`: the same code once more takes it all the same."""

    message: Message | None = None
    confirm: bool = False


FINE = Judged()


def judge(line: Line, unit: Unit, policy: Policy, today: str, known: dict[str, str]) -> Judged:
    """Whether the unit in hand may be taken for `line`. `known` gives the expiry (ISO date) of lots this device has read of.

    Out of date: never. Another lot than asked for: when the same code is scanned again, because the books did not expect it; one that
    keeps longer leaves older goods behind, which `warn` says and `force` refuses, as it does when nobody knows how long the lot keeps.
    """
    lot = unit.lot or line.lot_seen or line.lot
    expiry = unit.expiry or (known.get(lot, "") if lot else "") or (line.expiry or "" if lot == line.lot else "")
    if expiry and today and expiry < today:
        return Judged(say(Code.OUT_OF_DATE, date=expiry))
    if unit.lot is None or line.lot is None or unit.lot in (line.lot, line.lot_seen):
        return FINE
    older = Judged(say(Code.FEFO_EARLIER, lot=line.lot), confirm=True)
    if policy is Policy.FORCE and (not expiry or not line.expiry or expiry > line.expiry):
        return Judged(say(Code.WRONG_LOT, scanned=unit.lot, needed=line.lot))
    if policy is Policy.WARN and expiry and line.expiry and expiry > line.expiry:
        return older
    return Judged(say(Code.OTHER_LOT, scanned=unit.lot, needed=line.lot), confirm=True)
