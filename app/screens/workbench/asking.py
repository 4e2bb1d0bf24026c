"""What an act of the workbench asks before it is done: one thing at a time, in place. Pure; the presenter owns the question. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from app.screens.frame import Action
from app.screens.words import Vocabulary
from app.screens.workbench.words import WorkbenchWord as W
from app.services.workbench_ports import (
    ActRequest,
    Address,
    CancelOrderRequest,
    ChangeLine,
    ChangeOrderRequest,
    HoldRequest,
    MergeRequest,
    NoteRequest,
    OrderSheet,
    PriorityRequest,
    ReleaseHoldRequest,
    ResourceRequest,
    SheetHold,
    SplitLine,
    SplitRequest,
    UnmergeRequest,
    WorkbenchAct,
)

#: Most answers that have a key.
_KEYS: Final = 9
#: Holds that a corrected address, or another item, may end.
_OF_ADDRESS: Final = frozenset(
    {"order_no_name", "order_no_address", "order_bad_country", "order_bad_postcode", "order_bad_region"}
)
_OF_ITEM: Final = "order_unknown_item"
#: Letters of an entry.
MOST: Final = 400


@dataclass(frozen=True, slots=True)
class Field:
    """One entry: its name, its words, what stands in it at first, and whether it may stay empty."""

    key: str
    word: Vocabulary
    value: str = ""
    empty: bool = True


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to choose: `text` is a name that stands behind its words."""

    key: str
    word: Vocabulary
    text: str = ""
    n: int = 0


@dataclass(frozen=True, slots=True)
class Question:
    """What is being asked. `kind` empty: nothing. `several`: options are ticked and confirmed; `about` is the hold, line or order chosen
    before."""

    kind: str = ""
    options: tuple[Option, ...] = ()
    fields: tuple[Field, ...] = ()
    at: int = 0
    ticked: frozenset[str] = frozenset()
    several: bool = False
    about: str = ""
    typed: tuple[str, ...] = ()

    @property
    def asks(self) -> bool:
        """Whether an answer is waited for."""
        return bool(self.kind)

    @property
    def field(self) -> Field | None:
        """What is to be typed now."""
        return self.fields[self.at] if self.at < len(self.fields) else None

    def word(self, key: str) -> str:
        """What was typed into a field."""
        return next((text for f, text in zip(self.fields, self.typed, strict=False) if f.key == key), "")


NOTHING: Final = Question()
#: Acts by their letter, as buttons and keys; what the centre calls each.
LETTERS: Final[dict[str, tuple[str, Vocabulary, WorkbenchAct]]] = {
    "note": ("n", W.WB_NOTE, WorkbenchAct.NOTE),
    "release": ("r", W.WB_RELEASE_HOLD, WorkbenchAct.RELEASE_HOLD),
    "hold": ("h", W.WB_HOLD, WorkbenchAct.HOLD),
    "priority": ("p", W.WB_PRIORITY, WorkbenchAct.PRIORITY),
    "address": ("a", W.WB_ADDRESS, WorkbenchAct.CHANGE),
    "quantity": ("q", W.WB_QUANTITY, WorkbenchAct.CHANGE),
    "service": ("v", W.WB_SERVICE, WorkbenchAct.CHANGE),
    "resource": ("o", W.WB_RESOURCE, WorkbenchAct.RESOURCE),
    "split": ("s", W.WB_SPLIT, WorkbenchAct.SPLIT),
    "merge": ("m", W.WB_MERGE, WorkbenchAct.MERGE),
    "unmerge": ("u", W.WB_UNMERGE, WorkbenchAct.UNMERGE),
    "refund": ("f", W.WB_REFUND_NOTE, WorkbenchAct.NOTE),
    "cancel": ("x", W.WB_CANCEL, WorkbenchAct.CANCEL),
}


def letters(sheet: OrderSheet) -> tuple[Action, ...]:
    """What may be done to this order now, the likeliest first; what makes no sense is not there."""
    why_not = {one.act: one.why_not for one in sheet.acts}
    held = any(hold.released_at is None for hold in sheet.holds)
    sense = {
        "release": held, "merge": bool(sheet.alike), "unmerge": any(one.undo for one in sheet.merged),
        "split": sum(1 for line in sheet.lines if line.open) > 0 and len(sheet.lines) > 1,
    }  # fmt: skip
    return tuple(
        Action(f"ask:{kind}", word, key, main=kind == "release")
        for kind, (key, word, act) in LETTERS.items()
        if sense.get(kind, True) and why_not.get(act, "" if not why_not else "-") == ""
    )


def _lines(sheet: OrderSheet, *, least_open: bool = False) -> tuple[Option, ...]:
    return tuple(
        Option(str(line.line), W.WB_LINE, line.name or line.sku, line.open if least_open else line.qty - line.cancelled)
        for line in sheet.lines
        if (line.open if least_open else line.qty - line.cancelled - line.shipped) > 0
    )


def address_fields(now: Address) -> tuple[Field, ...]:
    """An address, line by line, as it is now."""
    return (
        Field("name", W.WB_FIELD_NAME, now.name, empty=False),
        Field("street", W.WB_FIELD_STREET, now.street, empty=False),
        Field("postcode", W.WB_FIELD_POSTCODE, now.postcode),
        Field("city", W.WB_FIELD_CITY, now.city, empty=False),
        Field("region", W.WB_FIELD_REGION, now.region),
        Field("country", W.WB_FIELD_COUNTRY, now.country, empty=False),
    )


def asked(kind: str, sheet: OrderSheet) -> Question:
    """What an act asks first."""
    because = (Field("because", W.WB_FIELD_BECAUSE, empty=False),)
    match kind:
        case "note" | "refund":
            return Question(kind, fields=(Field("text", W.WB_FIELD_TEXT, empty=False),))
        case "hold":
            return Question(kind, fields=because)
        case "release":
            return _release(sheet)
        case "priority":
            return Question(kind, tuple(Option(str(n), W.WB_PRIORITY_NO, n=n) for n in range(1, 6)))
        case "address":
            return Question(kind, fields=address_fields(sheet.ship_to))
        case "quantity":
            return Question(kind, _lines(sheet))
        case "service":
            fields = (
                Field("carrier", W.WB_FIELD_CARRIER, sheet.carrier),
                Field("service", W.WB_FIELD_SERVICE, sheet.service),
            )
            return Question(kind, fields=fields)
        case "resource":
            return Question(kind, (Option("yes", W.WB_YES_RESOURCE),))
        case "split":
            return Question(kind, _lines(sheet, least_open=True), several=True)
        case "merge":
            return Question(kind, tuple(Option(no, W.WB_ORDER_NO, no) for no in sheet.alike[:_KEYS]))
        case "unmerge":
            return Question(kind, tuple(Option(m.order, W.WB_ORDER_NO, m.order) for m in sheet.merged if m.undo))
        case "cancel":
            return Question(kind, (Option("all", W.WB_WHOLE_ORDER), *_lines(sheet)))
    return NOTHING


def _release(sheet: OrderSheet) -> Question:
    holds = [hold for hold in sheet.holds if hold.released_at is None]
    if len(holds) == 1:
        return _of_hold(holds[0], sheet)
    each = tuple(Option(hold.id, W.WB_HOLD_OF, hold.code) for hold in holds[: _KEYS - 1])
    return Question("release", (*each, Option("", W.WB_ALL_HOLDS)))


def _of_hold(hold: SheetHold, sheet: OrderSheet) -> Question:
    because = Field("because", W.WB_FIELD_BECAUSE)
    if hold.code in _OF_ADDRESS:
        return Question("release", fields=address_fields(sheet.ship_to), about=hold.id)
    if hold.code == _OF_ITEM and hold.line is not None:
        return Question("release", fields=(Field("sku", W.WB_FIELD_SKU, empty=False),), about=f"{hold.id}|{hold.line}")
    return Question("release", fields=(because,), about=hold.id)


def chosen(question: Question, key: str, sheet: OrderSheet) -> Question:
    """The question after an answer was chosen; with nothing more to ask `done` says so."""
    if question.several:
        return replace(question, ticked=question.ticked ^ {key})
    match question.kind:
        case "release" if key:
            hold = next((one for one in sheet.holds if one.id == key), None)
            return _of_hold(hold, sheet) if hold is not None else question
        case "release":
            return Question("release", fields=(Field("because", W.WB_FIELD_BECAUSE),))
        case "quantity":
            now = next((str(line.qty - line.cancelled) for line in sheet.lines if str(line.line) == key), "")
            return Question("quantity", fields=(Field("qty", W.WB_FIELD_QTY, now, empty=False),), about=key)
        case "cancel":
            return Question("cancel", fields=(Field("because", W.WB_FIELD_BECAUSE),), about=key)
    return replace(question, options=(), about=key)


def entered(question: Question, text: str) -> Question:
    """The question after something was typed; an entry that may not be empty is asked again."""
    field = question.field
    text = " ".join(text.split())[:MOST]
    if field is None or (not text and not field.empty):
        return question
    if field.key == "qty" and not (text.isdecimal() and len(text) < 7):
        return question
    return replace(question, at=question.at + 1, typed=(*question.typed, text))


def complete(question: Question) -> bool:
    """Whether everything was answered."""
    return question.asks and not question.options and question.field is None


def request(question: Question, sheet: OrderSheet) -> ActRequest:
    """What the centre is asked, once everything was answered: about the order as it was looked at."""
    return _REQUESTS[question.kind](question, sheet)


def _address(q: Question) -> Address:
    return Address(**{key: q.word(key) for key in ("name", "street", "postcode", "city", "region", "country")})


def _released(q: Question, s: OrderSheet) -> ReleaseHoldRequest:
    hold, _, line = q.about.partition("|")
    return ReleaseHoldRequest(
        order=s.head.number, hold=hold or None, because=q.word("because"), revision=s.head.revision,
        address=_address(q) if q.word("street") else None, skus={int(line): q.word("sku")} if line else {},
    )  # fmt: skip


def _changed(q: Question, s: OrderSheet) -> ChangeOrderRequest:
    no, rev = s.head.number, s.head.revision
    if q.kind == "address":
        return ChangeOrderRequest(order=no, address=_address(q), revision=rev)
    if q.kind == "service":
        return ChangeOrderRequest(order=no, carrier=q.word("carrier"), service=q.word("service"), revision=rev)
    return ChangeOrderRequest(order=no, lines=[ChangeLine(line=int(q.about), qty=int(q.word("qty")))], revision=rev)


def _split(q: Question, s: OrderSheet) -> SplitRequest:
    lines = [SplitLine(line=one.line, qty=one.open) for one in s.lines if str(one.line) in q.ticked]
    return SplitRequest(order=s.head.number, lines=lines, revision=s.head.revision)


def _cancel(q: Question, s: OrderSheet) -> CancelOrderRequest:
    lines = [] if q.about == "all" else [int(q.about)]
    return CancelOrderRequest(order=s.head.number, lines=lines, because=q.word("because"), revision=s.head.revision)


_REQUESTS: Final[dict[str, Callable[[Question, OrderSheet], ActRequest]]] = {
    "note": lambda q, s: NoteRequest(order=s.head.number, text=q.word("text")),
    "refund": lambda q, s: NoteRequest(order=s.head.number, text=q.word("text"), pinned=True),
    "hold": lambda q, s: HoldRequest(order=s.head.number, because=q.word("because"), revision=s.head.revision),
    "release": _released,
    "priority": lambda q, s: PriorityRequest(order=s.head.number, priority=int(q.about), revision=s.head.revision),
    "address": _changed,
    "service": _changed,
    "quantity": _changed,
    "resource": lambda q, s: ResourceRequest(order=s.head.number, revision=s.head.revision),
    "split": _split,
    "merge": lambda q, s: MergeRequest(order=s.head.number, other=q.about, revision=s.head.revision),
    "unmerge": lambda q, s: UnmergeRequest(order=s.head.number, other=q.about, revision=s.head.revision),
    "cancel": _cancel,
}
