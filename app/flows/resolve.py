"""The scan resolver of every flow: what does this code mean on this site?

Meanings are tried in one order: tote, bin, GTIN (case codes with their quantity), own code or SKU, carton, parcel, order, badge,
cart, slot of a cart, command. Things this site knows beat what only looks like something. Two meanings are narrowed down by what the
flow expects; if that does not settle it, the person is asked.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from app.core.scan import ScanFields, ScanKind, ScanMeaning
from app.flows.commands import PREFIX

#: Reads a scan by its syntax alone: text and AIM symbology identifier in, fields out. Never raises.
ScanReader = Callable[[str, str | None], ScanFields]


class Known(Protocol):
    """What this device knows of the site. Every look is by exact key."""

    def tote(self, code: str) -> str | None:
        """The tote's code, if some job uses it."""

    def bin(self, code: str) -> str | None:
        """The bin's code as its label says it."""

    def items(self, code: str) -> Sequence[tuple[str, int]]:
        """(SKU, base units) of every item that bears this code: a GTIN-14, a code of the shop, or the SKU itself."""

    def carton(self, code: str) -> str | None:
        """The carton's code."""

    def parcel(self, code: str) -> str | None:
        """The id of the parcel with this SSCC or tracking number."""

    def order(self, code: str) -> str | None:
        """The order's number."""


@dataclass(frozen=True, slots=True)
class Expect:
    """What the flow would like to see: kinds of things, and ids of the very things."""

    kinds: frozenset[ScanKind] = frozenset()
    ids: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Patterns:
    """What codes look like that no row tells of: an empty tote, a badge. Case does not matter."""

    tote: str = r"(T|TOTE|LPN)[-_ ]?[A-Z]{0,3}\d{1,8}"
    badge: str = r"(B|BADGE|FHB)[-_][A-Z0-9-]{4,40}"
    #: A cart, and behind it the number of one of its slots.
    cart: str = r"(C|CART)[-_ ]?\d{1,6}"
    slot: str = r"((?:C|CART)[-_ ]?\d{1,6})[-/.:](\d{1,2})"


def resolve(fields: ScanFields, known: Known, expect: Expect, patterns: Patterns) -> ScanMeaning:
    """The meaning of a scan. `also` is filled only when it could be several things and nothing says which; kind UNKNOWN when none."""
    if fields.text.upper().startswith(PREFIX):
        return ScanMeaning(ScanKind.COMMAND, fields.text, fields)
    # The very thing that is needed is what it is, whatever else it could be.
    for kind in expect.kinds & _FINDERS.keys():
        wanted = next((m for m in _FINDERS[kind](fields, known) if m.id in expect.ids), None)
        if wanted is not None:
            return wanted
    for cart in _carts(fields, patterns):
        if cart.kind in expect.kinds:
            return cart
    found = tuple(meaning for finder in _FINDERS.values() for meaning in finder(fields, known))
    if not found:
        return _looks_like(fields, patterns)
    if len(found) == 1:
        return found[0]
    for narrower in ([m for m in found if m.id in expect.ids], [m for m in found if m.kind in expect.kinds]):
        if len(narrower) == 1:
            return narrower[0]
    return replace(found[0], also=found[1:])


def _totes(fields: ScanFields, known: Known) -> Iterator[ScanMeaning]:
    if tote := known.tote(fields.text):
        yield ScanMeaning(ScanKind.TOTE, tote, fields)


def _bins(fields: ScanFields, known: Known) -> Iterator[ScanMeaning]:
    if bin := known.bin(fields.text) or known.bin(fields.text.upper()):
        yield ScanMeaning(ScanKind.BIN, bin, fields)


def _items(fields: ScanFields, known: Known) -> Iterator[ScanMeaning]:
    seen: set[str] = set()
    for code in (fields.gtin, fields.text):
        for sku, qty in known.items(code) if code else ():
            count = qty * (1 if fields.qty is None else fields.qty)
            if sku not in seen and count > 0:
                seen.add(sku)
                yield ScanMeaning(ScanKind.ITEM, sku, fields, count)


def _cartons(fields: ScanFields, known: Known) -> Iterator[ScanMeaning]:
    if carton := known.carton(fields.text):
        yield ScanMeaning(ScanKind.CARTON, carton, fields)


def _parcels(fields: ScanFields, known: Known) -> Iterator[ScanMeaning]:
    if parcel := known.parcel(fields.sscc or fields.text):
        yield ScanMeaning(ScanKind.PARCEL, parcel, fields)


def _orders(fields: ScanFields, known: Known) -> Iterator[ScanMeaning]:
    if order := known.order(fields.text):
        yield ScanMeaning(ScanKind.ORDER, order, fields)


#: How each kind is looked for, in the order in which meanings are tried.
_FINDERS: dict[ScanKind, Callable[[ScanFields, Known], Iterator[ScanMeaning]]] = {
    ScanKind.TOTE: _totes,
    ScanKind.BIN: _bins,
    ScanKind.ITEM: _items,
    ScanKind.CARTON: _cartons,
    ScanKind.PARCEL: _parcels,
    ScanKind.ORDER: _orders,
}


def _carts(fields: ScanFields, patterns: Patterns) -> Iterator[ScanMeaning]:
    """A cart or one of its slots: no row tells of them."""
    text = fields.text.upper()
    if re.fullmatch(patterns.cart, text):
        yield ScanMeaning(ScanKind.CART, text, fields)
    if slot := re.fullmatch(patterns.slot, text):
        yield ScanMeaning(ScanKind.SLOT, f"{slot[1]}/{int(slot[2])}", fields)


def _looks_like(fields: ScanFields, patterns: Patterns) -> ScanMeaning:
    # Any SSCC is a parcel of somebody's: saying so gives a better refusal than "unknown code".
    if fields.sscc:
        return ScanMeaning(ScanKind.PARCEL, fields.sscc, fields)
    for kind, pattern in ((ScanKind.TOTE, patterns.tote), (ScanKind.BADGE, patterns.badge)):
        if re.fullmatch(pattern, fields.text, re.IGNORECASE):
            return ScanMeaning(kind, fields.text.upper() if kind is ScanKind.TOTE else fields.text, fields)
    return next(_carts(fields, patterns), ScanMeaning(ScanKind.UNKNOWN, fields.text, fields))
