"""An order while it is typed: what each answer makes of it, and what may be asked. Pure; the presenter owns the order. No Qt."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from msgspec.structs import replace

from app.screens.order_entry.words import EntryWord as W
from app.screens.workbench.asking import Field, Option, Question
from app.screens.workbench.words import WorkbenchWord
from app.services.order_entry_ports import (
    MOST_LINES,
    AddressIn,
    EntryCustomer,
    EntryItem,
    EntryKind,
    EntryLine,
    EntryPayment,
    EntryPlace,
    LookedLine,
    TypedOrder,
)

_TIMES: Final = re.compile(r"([1-9][0-9]{0,4})\s*[*x×]\s*(\S.*)", re.IGNORECASE)
#: More of one line is a slip of the finger.
MOST: Final = 99_999
HERE: Final = "NL"
PAYMENTS: Final = {
    EntryPayment.TO_PAY: W.ENTRY_TO_PAY,
    EntryPayment.AT_TILL: W.ENTRY_AT_TILL,
    EntryPayment.ON_ACCOUNT: W.ENTRY_ON_ACCOUNT,
}


@dataclass(frozen=True, slots=True)
class Typed:
    """A line of the order, with what the centre says of it."""

    n: int
    line: EntryLine
    looked: LookedLine | None = None
    currency: str = ""


#: What stands in the list.
Row = Typed | EntryCustomer | EntryItem | Option


def row_id(row: Row) -> str:
    """By which a row is chosen."""
    match row:
        case Typed(n=n):
            return f"line {n}"
        case EntryCustomer(number=number):
            return f"customer {number}"
        case EntryItem(sku=sku):
            return f"item {sku}"
    return f"option {row.key}"


def times(text: str) -> tuple[int, str]:
    """(how many, of what): `3*TEA` is three of TEA."""
    found = _TIMES.fullmatch(text.strip())
    return (int(found[1]), found[2].strip()) if found else (1, text.strip())


def with_item(order: TypedOrder, sku: str, name: str, qty: int) -> TypedOrder | None:
    """With so many more of an item, on the line it has; None where there is no room for it."""
    lines = list(order.lines)
    for n, line in enumerate(lines):
        if line.sku == sku:
            if line.qty + qty > MOST:
                return None
            lines[n] = replace(line, qty=line.qty + qty, name=name or line.name)
            return replace(order, lines=lines)
    if len(lines) >= MOST_LINES or qty > MOST:
        return None
    return replace(order, lines=[*lines, EntryLine(sku=sku, qty=qty, name=name)])


def with_qty(order: TypedOrder, n: int, qty: int) -> TypedOrder:
    """Line `n` (from 1) with another quantity; 0 takes it out."""
    lines = [replace(one, qty=qty) if at == n else one for at, one in enumerate(order.lines, 1)]
    return replace(order, lines=[one for one in lines if one.qty])


def of_customer(order: TypedOrder, one: EntryCustomer) -> TypedOrder:
    """For somebody who is known: their newest address is taken, and can be changed."""
    return replace(
        order, customer=one.number, name=one.name, email=one.email, phone=one.phone,
        ship_to=replace(one.address, name=one.address.name or one.name),
    )  # fmt: skip


def new_customer(text: str) -> Question:
    """Who is not known says their name and where they are reached; then their address is asked, if it goes there."""
    name = "" if any(c.isdigit() or c == "@" for c in text) else text
    reached = (
        Field("phone", W.ENTRY_FIELD_PHONE, "" if "@" in text or name else text),
        Field("email", W.ENTRY_FIELD_EMAIL, text if "@" in text else ""),
    )
    return Question("new", fields=(Field("name", WorkbenchWord.WB_FIELD_NAME, name, empty=False), *reached))


def address(order: TypedOrder) -> Question:
    """Where it goes, line by line."""
    now = order.ship_to
    return Question("address", fields=(
        Field("name", WorkbenchWord.WB_FIELD_NAME, now.name or order.name, empty=False),
        Field("street", WorkbenchWord.WB_FIELD_STREET, now.street, empty=False),
        Field("postcode", WorkbenchWord.WB_FIELD_POSTCODE, now.postcode),
        Field("city", WorkbenchWord.WB_FIELD_CITY, now.city, empty=False),
        Field("region", WorkbenchWord.WB_FIELD_REGION, now.region),
        Field("country", WorkbenchWord.WB_FIELD_COUNTRY, now.country or HERE, empty=False),
    ))  # fmt: skip


def quantity(order: TypedOrder, n: int) -> Question:
    """How many of line `n`."""
    return Question(
        "qty", fields=(Field("qty", W.ENTRY_FIELD_QTY, str(order.lines[n - 1].qty), empty=False),), about=str(n)
    )


def way(places: tuple[EntryPlace, ...]) -> Question:
    """Sent, or fetched at one of these places."""
    there = tuple(Option(one.site, W.ENTRY_FETCH_AT, one.name) for one in places)
    return Question("way", (Option("", W.ENTRY_SEND_TO), *there))


def payment() -> Question:
    """How far the money is."""
    return Question("pay", tuple(Option(one.value, word) for one, word in PAYMENTS.items()))


def extras(order: TypedOrder) -> Question:
    """What else may be said of it; what is so already is ticked."""
    ticked = {"gift"} if order.gift else set()
    ticked |= {"store"} if order.kind is EntryKind.STORE else {"phone"}
    options = (
        Option("gift", W.ENTRY_GIFT), Option("note", W.ENTRY_NOTE, order.note), Option("phone", W.ENTRY_BY_PHONE),
        Option("store", W.ENTRY_IN_STORE),
    )  # fmt: skip
    return Question("extras", options, ticked=frozenset(ticked))


def note(order: TypedOrder) -> Question:
    """A note for the order."""
    return Question("note", fields=(Field("text", W.ENTRY_NOTE, order.note),))


def option_taken(order: TypedOrder, kind: str, key: str) -> TypedOrder:
    """After an answer was chosen."""
    match kind, key:
        case "way", _:
            return replace(order, pick_up_site=key)
        case "pay", _:
            return replace(order, payment=EntryPayment(key))
        case _, "gift":
            return replace(order, gift=not order.gift)
        case _, ("phone" | "store"):
            return replace(order, kind=EntryKind(key))
    return order


def answered(order: TypedOrder, question: Question) -> TypedOrder:
    """After all fields of a question were typed."""
    word = question.word
    match question.kind:
        case "new":
            ship = replace(order.ship_to, name=word("name")) if order.customer == "" else AddressIn(name=word("name"))
            return replace(
                order, customer="", name=word("name"), phone=word("phone"), email=word("email"), ship_to=ship
            )
        case "address":
            keys = ("name", "street", "postcode", "city", "region", "country")
            made = AddressIn(**{key: word(key) for key in keys})
            return replace(order, ship_to=replace(made, country=made.country.upper()), name=order.name or made.name)
        case "qty":
            return with_qty(order, int(question.about), int(word("qty")))
        case "note":
            return replace(order, note=word("text"))
    return order
