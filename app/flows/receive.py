"""Receiving goods, one pure step at a time: items into the hand, then the place where they are put, which books them. Called by
`services.receive`.

`TABLE` names the one function for each (step, event); what is not in it is refused.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from app.core.facts import GoodsDone, GoodsReceive, GoodsUndo
from app.core.messages import Code, Message, say
from app.core.scan import ScanKind, ScanMeaning
from app.core.views_receive import ReceiveStep as At
from app.flows.scanning import not_this, refuse, unit_of
from app.flows.step import PrintGoods, Record, Step

#: What the work is kept under when nobody knows of which order the goods are.
BLIND: Final = "blind"
#: More units than this are a typing mistake.
MOST: Final = 99_999
#: More labels than this at once are a typing mistake, too.
MOST_LABELS: Final = 200
_PLACES: Final = {ScanKind.BIN: "bin", ScanKind.TOTE: "tote"}

#: Which step may follow which, besides staying.
TRANSITIONS: dict[At, frozenset[At]] = {
    At.GOODS: frozenset({At.NUMBER, At.LOT, At.DAY, At.SERIAL, At.LABELS, At.DONE}),
    At.NUMBER: frozenset({At.GOODS}),
    At.LOT: frozenset({At.GOODS, At.DAY, At.SERIAL}),
    At.DAY: frozenset({At.GOODS, At.SERIAL}),
    At.SERIAL: frozenset({At.GOODS, At.DAY}),
    At.LABELS: frozenset({At.GOODS, At.LOT, At.DAY, At.SERIAL, At.DONE}),
    At.DONE: frozenset({At.LABELS}),
}


@dataclass(frozen=True, slots=True)
class Held:
    """Units of an item and lot in the hand; `damaged` of them are broken. `expiry` is an ISO date."""

    sku: str
    qty: int
    damaged: int = 0
    lot: str = ""
    expiry: str = ""
    serials: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Booked:
    """What was put somewhere; `mark` names the fact that told it."""

    mark: str
    held: Held
    place: str

    @property
    def good(self) -> int:
        """Units that are not broken."""
        return self.held.qty - self.held.damaged


@dataclass(frozen=True, slots=True)
class ReceiveState:
    """A delivery. `open` are (item, units) that are to come as the centre and this device know it; `asks` waits for its lot, day or serial
    number; `last` is what was put down last, `labels` are its (mark, newest print job); at LABELS `at_label` of `to_label` is asked for.
    `over`: nothing more comes."""

    order: str
    step: At = At.GOODS
    open: tuple[tuple[str, int], ...] = ()
    hand: tuple[Held, ...] = ()
    asks: Held | None = None
    last: tuple[Booked, ...] = ()
    labels: tuple[tuple[str, str], ...] = ()
    at_label: int = 0
    over: bool = False

    @property
    def to_label(self) -> tuple[Booked, ...]:
        """What was put down last and may bear labels: broken units bear none."""
        return tuple(one for one in self.last if one.good)

    @property
    def named(self) -> str:
        """The order's number; '' where nobody knows it."""
        return "" if self.order == BLIND else self.order

    @property
    def in_hand(self) -> int:
        """Units."""
        return sum(one.qty for one in self.hand)

    def to_come(self, sku: str) -> int:
        """Units of an item that are not in the hand yet; below zero when there are too many."""
        return sum(units for of, units in self.open if of == sku) - sum(one.qty for one in self.hand if one.sku == sku)


@dataclass(frozen=True, slots=True)
class Saw:
    """A scan. Of an item: what it must be known by. `marks`: fresh names for facts, as many as are in hand."""

    meaning: ScanMeaning
    lot: bool = False
    serial: bool = False
    expiry: bool = False
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Typed:
    """A number, a lot, a day (YYMMDD) or a serial number, by keys. The flags as in `Saw`."""

    text: str
    serial: bool = False
    expiry: bool = False


@dataclass(frozen=True, slots=True)
class AskNumber:
    """Many of the same are not scanned one by one."""


@dataclass(frozen=True, slots=True)
class Broken:
    """One of the item that was scanned last is damaged."""


@dataclass(frozen=True, slots=True)
class Undo:
    """The last scan is taken back; with nothing in the hand: what was put down last never came."""


@dataclass(frozen=True, slots=True)
class Cancel:
    """Back from a question."""


@dataclass(frozen=True, slots=True)
class Labels:
    """What was put down last is to bear labels, also once more."""


@dataclass(frozen=True, slots=True)
class OneLabel:
    """One label for all units of the item that is asked for. `job`: a fresh name for what is printed."""

    job: str


@dataclass(frozen=True, slots=True)
class UnitLabels:
    """So many labels (by keys) of one unit each. `job` as in `OneLabel`."""

    text: str
    job: str


@dataclass(frozen=True, slots=True)
class NoLabel:
    """None for this item; the next one."""


@dataclass(frozen=True, slots=True)
class Finish:
    """Nothing more came with this delivery."""


Event = Saw | Typed | AskNumber | Broken | Undo | Cancel | Labels | OneLabel | UnitLabels | NoLabel | Finish
Done = Step[ReceiveState]


def step(state: ReceiveState, event: Event) -> Done:
    """What `event` does to a delivery."""
    function: Callable[[Any, Any], Done] = TABLE.get((state.step, type(event)), _not_now)
    done = function(state, event)
    assert done.state.step is state.step or done.state.step in TRANSITIONS[state.step]
    return done


def prompt(state: ReceiveState) -> Message:
    """What to do now."""
    asked = state.asks.sku if state.asks else state.hand[-1].sku if state.hand else ""
    match state.step:
        case At.NUMBER:
            return say(Code.RECEIVE_HOW_MANY, sku=asked)
        case At.LOT:
            return say(Code.RECEIVE_LOT, sku=asked)
        case At.DAY:
            return say(Code.RECEIVE_DAY, sku=asked)
        case At.SERIAL:
            return say(Code.RECEIVE_SERIAL, sku=asked)
        case At.LABELS:
            one = state.to_label[state.at_label]
            return say(Code.RECEIVE_LABELS, n=one.good, sku=one.held.sku)
        case At.DONE:
            return say(Code.RECEIVE_DONE)
    return say(Code.RECEIVE_PLACE, n=state.in_hand) if state.hand else say(Code.RECEIVE_GOODS)


def _no(state: ReceiveState, event: Event, why: Message, expected: str = "") -> Done:
    """Refused. A scan is written down, a button is not."""
    if not isinstance(event, Saw):
        return Step(state, say=why, refused=True)
    return refuse(state, why, event.meaning, None, None, expected)


def _not_now(state: ReceiveState, event: Event) -> Done:
    return _no(state, event, say(Code.NOT_NOW))


# --- goods ---


def _saw(state: ReceiveState, event: Saw) -> Done:
    if event.meaning.also:
        return _no(state, event, say(Code.AMBIGUOUS_SCAN, text=event.meaning.fields.text))
    if event.meaning.kind is ScanKind.ITEM:
        return _item(state, event)
    if event.meaning.kind in _PLACES:
        return _put(state, event)
    return _no(state, event, not_this(event.meaning))


def _item(state: ReceiveState, event: Saw) -> Done:
    unit = unit_of(event.meaning)
    if state.named and unit.sku not in {sku for sku, _ in state.open}:
        return _no(state, event, say(Code.RECEIVE_NOT_ON_IT, sku=unit.sku))
    serials = (unit.serial,) if event.serial and unit.serial else ()
    if serials and any(unit.serial in one.serials for one in state.hand):
        return _no(state, event, say(Code.RECEIVE_TWICE))
    held = Held(unit.sku, unit.qty, lot=unit.lot or "" if event.lot else "", expiry=unit.expiry or "", serials=serials)
    held = replace(held, expiry=held.expiry or _day_of(state, held) if event.expiry else "")
    if event.lot and not held.lot:
        return _ask(state, held, At.LOT)
    return _known(state, held, expiry=event.expiry, serial=event.serial)


def _known(state: ReceiveState, held: Held, *, expiry: bool, serial: bool) -> Done:
    """Takes it into the hand once nothing is missing that it must be known by."""
    if expiry and not held.expiry:
        return _ask(state, held, At.DAY)
    if serial and not held.serials:
        return _ask(state, held, At.SERIAL)
    if serial:
        held = replace(held, qty=1)
    same = next(
        (one for one in state.hand if (one.sku, one.lot, one.expiry) == (held.sku, held.lot, held.expiry)), None
    )
    if same is not None:
        held = replace(
            same, qty=same.qty + held.qty, serials=(*same.serials, *held.serials)
        )  # fmt: skip
    hand = (*(one for one in state.hand if one is not same), held)
    after = replace(state, step=At.GOODS, hand=hand, asks=None)
    return Step(after, say=_told(after, held))


def _told(state: ReceiveState, held: Held) -> Message:
    """Too many is said, and not refused: they are here."""
    over = -state.to_come(held.sku)
    return say(Code.RECEIVE_OVER, n=over) if state.named and over > 0 else say(Code.IN_HAND, n=state.in_hand)


def _day_of(state: ReceiveState, held: Held) -> str:
    """A lot has one day."""
    return next((one.expiry for one in state.hand if (one.sku, one.lot) == (held.sku, held.lot) and held.lot), "")


def _ask(state: ReceiveState, held: Held, at: At) -> Done:
    after = replace(state, step=at, asks=held)
    return Step(after, say=prompt(after))


# --- what is asked ---


def _scanned_answer(state: ReceiveState, event: Saw) -> Done:
    """The number that was asked for, as a barcode: it says so, or it is nothing else this site knows."""
    fields = event.meaning.fields
    said = {At.LOT: fields.lot, At.DAY: fields.expiry, At.SERIAL: fields.serial}[state.step]
    if said is None and event.meaning.kind is not ScanKind.UNKNOWN:
        return _no(state, event, prompt(state))
    return _typed(state, Typed(said or fields.text, event.serial, event.expiry))


def _typed(state: ReceiveState, event: Typed) -> Done:
    held, text = state.asks, event.text.strip()
    if held is None or not text or len(text) > 40:
        return _no(state, event, prompt(state))
    if state.step is At.LOT:
        held = replace(held, lot=text)
        held = replace(held, expiry=held.expiry or _day_of(state, held) if event.expiry else "")
    elif state.step is At.DAY:
        day = _day(text)
        if day is None:
            return _no(state, event, say(Code.RECEIVE_BAD_DAY))
        held = replace(held, expiry=day)
    elif any(text in one.serials for one in state.hand):
        return _no(state, event, say(Code.RECEIVE_TWICE))
    else:
        held = replace(held, serials=(text,))
    return _known(state, held, expiry=event.expiry, serial=event.serial)


def _day(text: str) -> str | None:
    """An ISO date from one, or from YYMMDD as it stands on packs; day 00 is the month's last."""
    try:
        if not (_figures(text) and len(text) == 6):
            return date.fromisoformat(text).isoformat()
        year, month, day = 2000 + int(text[:2]), int(text[2:4]), int(text[4:])
        if day:
            return date(year, month, day).isoformat()
        after = date(year + month // 12, month % 12 + 1, 1)
        return date.fromordinal(after.toordinal() - 1).isoformat()
    except ValueError:
        return None


def _figures(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _ask_number(state: ReceiveState, event: AskNumber) -> Done:
    if not state.hand:
        return _no(state, event, say(Code.SCAN_FIRST))
    if state.hand[-1].serials:
        return _not_now(state, event)
    return Step(replace(state, step=At.NUMBER))


def _number(state: ReceiveState, event: Typed) -> Done:
    last = state.hand[-1]
    if not _figures(event.text) or not 0 < int(event.text[:9]) <= MOST or int(event.text[:9]) < last.damaged:
        return _no(state, event, say(Code.COUNT_TOO_LARGE))
    held = replace(last, qty=int(event.text[:9]))
    after = replace(state, step=At.GOODS, hand=(*state.hand[:-1], held))
    return Step(after, say=_told(after, held))


def _broken(state: ReceiveState, event: Broken) -> Done:
    if not state.hand:
        return _no(state, event, say(Code.SCAN_FIRST))
    last = state.hand[-1]
    if last.damaged >= last.qty:
        return _not_now(state, event)
    hand = (*state.hand[:-1], replace(last, damaged=last.damaged + 1))
    return Step(replace(state, hand=hand), say=say(Code.RECEIVE_BROKEN, n=last.damaged + 1))


def _cancel(state: ReceiveState, _: Cancel) -> Done:
    return Step(replace(state, step=At.GOODS, asks=None))


# --- the place ---


def _put(state: ReceiveState, event: Saw) -> Done:
    if not state.hand:
        return _no(state, event, say(Code.SCAN_FIRST))
    kind, place = _PLACES[event.meaning.kind], event.meaning.id
    account = f"{kind}:{place}"
    booked = tuple(Booked(mark, held, account) for mark, held in zip(event.marks, state.hand, strict=True))
    facts = tuple(Record(_fact(state, one, event.meaning.fields.text)) for one in booked)
    left = tuple((sku, state.to_come(sku)) for sku, _ in state.open)
    after = replace(state, hand=(), open=left, last=booked, labels=())
    return Step(after, facts, say(Code.RECEIVED_AT, n=state.in_hand, bin=place))


def _fact(state: ReceiveState, one: Booked, scan: str) -> GoodsReceive:
    held = one.held
    return GoodsReceive(
        mark=one.mark, order=state.named, sku=held.sku, qty=held.qty - held.damaged, damaged=held.damaged, place=one.place,
        lot=held.lot or None, expiry=held.expiry or None, serials=list(held.serials), scan=scan,
    )  # fmt: skip


def _undo(state: ReceiveState, event: Undo) -> Done:
    if state.hand:
        last = state.hand[-1]
        fewer = replace(last, qty=last.qty - 1, damaged=min(last.damaged, last.qty - 1), serials=last.serials[:-1])
        hand = (*state.hand[:-1], fewer) if fewer.qty else state.hand[:-1]
        return Step(replace(state, hand=hand), say=say(Code.UNDONE, n=1))
    if not state.last:
        return _no(state, event, say(Code.NOTHING_TO_UNDO))
    facts = tuple(Record(GoodsUndo(receive=one.mark, order=state.named, sku=one.held.sku)) for one in state.last)
    back: dict[str, int] = {}
    for one in state.last:
        back[one.held.sku] = back.get(one.held.sku, 0) + one.held.qty
    units = tuple((sku, units + back.pop(sku, 0)) for sku, units in state.open)
    n = sum(one.held.qty for one in state.last)
    return Step(replace(state, last=(), labels=(), open=units), facts, say(Code.UNDONE, n=n))


def _finish(state: ReceiveState, event: Finish) -> Done:
    if state.hand:
        return _no(state, event, say(Code.FINISH_HAND_FIRST, n=state.in_hand))
    facts = (Record(GoodsDone(order=state.named)),) if state.named else ()
    return Step(replace(state, step=At.DONE, over=True), facts, say(Code.RECEIVE_DONE))


# --- labels ---


def _labels(state: ReceiveState, event: Labels) -> Done:
    if state.hand:
        return _no(state, event, say(Code.FINISH_HAND_FIRST, n=state.in_hand))
    if not state.to_label:
        return _no(state, event, say(Code.RECEIVE_NO_LABEL))
    return Step(replace(state, step=At.LABELS, at_label=0))


def _one_label(state: ReceiveState, event: OneLabel) -> Done:
    return _print(state, event.job, state.to_label[state.at_label].good, 1)


def _unit_labels(state: ReceiveState, event: UnitLabels) -> Done:
    most = min(state.to_label[state.at_label].good, MOST_LABELS)
    if not _figures(event.text) or not 0 < int(event.text[:9]) <= most:
        return _no(state, event, say(Code.RECEIVE_LABELS_MOST, n=most))
    return _print(state, event.job, 1, int(event.text[:9]))


def _print(state: ReceiveState, job: str, units: int, n: int) -> Done:
    mark = state.to_label[state.at_label].mark
    effect = PrintGoods(job, mark, units, n)
    # What was printed of it before is what somebody saw who asks again.
    others = (one for one in state.labels if one[0] != mark)
    after = _next_label(replace(state, labels=(*others, (mark, job))))
    return Step(after, (effect,), say(Code.RECEIVE_LABELS_SENT, n=n))


def _next_label(state: ReceiveState) -> ReceiveState:
    if state.at_label + 1 < len(state.to_label):
        return replace(state, at_label=state.at_label + 1)
    return _labelled(state)


def _labelled(state: ReceiveState) -> ReceiveState:
    return replace(state, step=At.DONE if state.over else At.GOODS, at_label=0)


def _no_label(state: ReceiveState, _: NoLabel) -> Done:
    return Step(_next_label(state))


def _no_more_labels(state: ReceiveState, _: Cancel) -> Done:
    return Step(_labelled(state))


def _saw_instead(state: ReceiveState, event: Saw) -> Done:
    """Who scans goods is through with labels."""
    if state.over:
        return _not_now(state, event)
    done = _saw(_labelled(state), event)
    return replace(done, state=state) if done.refused else done


#: The function for each (step, event).
TABLE: dict[tuple[At, type], Callable[[Any, Any], Done]] = {
    (At.GOODS, Saw): _saw,
    (At.GOODS, AskNumber): _ask_number,
    (At.GOODS, Broken): _broken,
    (At.GOODS, Undo): _undo,
    (At.GOODS, Finish): _finish,
    (At.GOODS, Labels): _labels,
    (At.DONE, Labels): _labels,
    (At.LABELS, OneLabel): _one_label,
    (At.LABELS, UnitLabels): _unit_labels,
    (At.LABELS, NoLabel): _no_label,
    (At.LABELS, Cancel): _no_more_labels,
    (At.LABELS, Saw): _saw_instead,
    (At.NUMBER, Typed): _number,
    (At.NUMBER, Cancel): _cancel,
    **{(at, Saw): _scanned_answer for at in (At.LOT, At.DAY, At.SERIAL)},
    **{(at, Typed): _typed for at in (At.LOT, At.DAY, At.SERIAL)},
    **{(at, Cancel): _cancel for at in (At.LOT, At.DAY, At.SERIAL)},
}
