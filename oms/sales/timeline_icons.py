"""What kind of thing an entry of a timeline is about: by the beginning of its code. Pure; the timeline calls it."""

from typing import Any, Final

from oms.sales.codes import EventKind
from sync.contract.workbench import EventIcon

_I = EventIcon
_K = EventKind
_EVENTS: Final = {
    _K.HELD: _I.HOLD,
    _K.HOLD_RELEASED: _I.HOLD,
    _K.PAYMENT: _I.MONEY,
    _K.REFUNDED: _I.MONEY,
    _K.INVOICED: _I.MONEY,
    _K.SOURCED: _I.SOURCE,
    _K.REJECTED_BY_SITE: _I.SOURCE,
    _K.BACKORDERED: _I.SOURCE,
    _K.PROMISED: _I.SOURCE,
    _K.SUBSTITUTE_OFFERED: _I.SOURCE,
    _K.SUBSTITUTE_ANSWERED: _I.SOURCE,
    _K.PICKING: _I.PICK,
    _K.SHORT: _I.SHORT,
    _K.PACKED: _I.PACK,
    _K.READY: _I.PACK,
    _K.SHIPPED: _I.TRUCK,
    _K.PICKED_UP: _I.DELIVERY,
    _K.DELIVERED: _I.DELIVERY,
    _K.RETURNED: _I.DELIVERY,
    _K.NOTE: _I.NOTE,
}
#: Of facts, acts and the rest; the first that fits.
_BEGINS: Final = (
    ("pick.short", _I.SHORT),
    ("put.short", _I.SHORT),
    ("pack.short", _I.SHORT),
    ("task.short", _I.SHORT),
    ("scan.refused", _I.TROUBLE),
    ("exception.", _I.TROUBLE),
    ("pick.", _I.PICK),
    ("put.", _I.PICK),
    ("tote.", _I.PICK),
    ("job.", _I.PICK),
    ("cart.", _I.PICK),
    ("ledger.", _I.PICK),
    ("parcel.ship", _I.TRUCK),
    ("parcel.leave", _I.TRUCK),
    ("truck.", _I.TRUCK),
    ("load.", _I.TRUCK),
    ("pallet.", _I.TRUCK),
    ("pack.", _I.PACK),
    ("parcel.", _I.PACK),
    ("photo", _I.PACK),
    ("label.", _I.LABEL),
    ("service.", _I.LABEL),
    ("carrier.", _I.DELIVERY),
    ("audit.payment", _I.MONEY),
    ("payment.", _I.MONEY),
    ("invoice.", _I.MONEY),
    ("return.", _I.DELIVERY),
    ("mail.", _I.MAIL),
    ("hook.", _I.HOOK),
    ("audit.", _I.PERSON),
)


def icon_of(code: str, words: dict[str, Any]) -> EventIcon:
    """The kind of an entry; a fact that did not count as it was reported is trouble."""
    if words.get("outcome") in ("diverted", "parked"):
        return _I.TROUBLE
    known = _EVENTS.get(code)  # type: ignore[call-overload]
    if known is not None:
        return EventIcon(known)
    return next((icon for begin, icon in _BEGINS if code.startswith(begin)), _I.ORDER)
