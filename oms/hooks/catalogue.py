"""The catalogue of events: what each kind says, a schema of its words and an example. `GET /v1/event-kinds` and `docs/integrate.md` are
made from it, subscriptions are checked against it."""

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Final

from oms.sales.codes import EventKind

_K = EventKind
_TEXT: Final = {"type": "string"}
_COUNT: Final = {"type": "integer", "minimum": 0}
_DAY: Final = {"type": "string", "format": "date"}


@dataclass(frozen=True, slots=True)
class Described:
    """What a kind of event means. `words`: name -> JSON schema of what comes with it (more may come later, and none is promised);
    `example` has such words."""

    says: str
    words: dict[str, dict[str, Any]]
    example: dict[str, Any]


CATALOGUE: Final[dict[EventKind, Described]] = {
    _K.CAPTURED: Described("An order came in and is kept.", {}, {}),
    _K.HELD: Described(
        "Something keeps the order back until a person looks at it.", {"code": _TEXT}, {"code": "address_wrong"}
    ),
    _K.HOLD_RELEASED: Described(
        "A person released it.",
        {"code": _TEXT, "because": _TEXT},
        {"code": "address_wrong", "because": "asked the customer"},
    ),
    _K.PAYMENT: Described("The state of its payment changed.", {"state": _TEXT}, {"state": "captured"}),
    _K.SOURCED: Described("It was given to sites.", {"sites": _TEXT}, {"sites": "MAIN, STORE-1"}),
    _K.REJECTED_BY_SITE: Described("A site cannot send its part.", {"reason": _TEXT}, {"reason": "damaged"}),
    _K.BACKORDERED: Described(
        "A part of it waits for goods; `expected` is the new day.",
        {"line": _COUNT, "sku": _TEXT, "qty": _COUNT, "expected": _DAY},
        {"line": 1, "sku": "TEA", "qty": 2, "expected": "2026-12-01"},
    ),
    _K.PROMISED: Described(
        "The day it was promised for is known, or another one.", {"day": _DAY}, {"day": "2026-11-26"}
    ),
    _K.SUBSTITUTE_OFFERED: Described(
        "The customer is asked whether another item (`other`) will do.",
        {"line": _COUNT, "sku": _TEXT, "other": _TEXT, "qty": _COUNT, "until": _DAY},
        {"line": 1, "sku": "TEA", "other": "TEA-BIO", "qty": 2, "until": "2026-11-30"},
    ),
    _K.SUBSTITUTE_ANSWERED: Described("They said so.", {"line": _COUNT, "sku": _TEXT}, {"line": 1, "sku": "TEA"}),
    _K.RELEASED: Described("A site's part went to its floor.", {"part": _TEXT}, {"part": "N-1001"}),
    _K.PICKING: Described("Somebody picks it.", {"part": _TEXT}, {"part": "N-1001"}),
    _K.SHORT: Described(
        "Something was not where it should be.", {"line": _COUNT, "qty": _COUNT}, {"line": 1, "qty": 1}
    ),
    _K.PACKED: Described("It is packed.", {"part": _TEXT}, {"part": "N-1001"}),
    _K.READY: Described("It waits in the store for the customer.", {"part": _TEXT}, {"part": "N-1001"}),
    _K.SHIPPED: Described("A site's part is on its way.", {"part": _TEXT}, {"part": "N-1001"}),
    _K.PICKED_UP: Described("The customer has fetched it.", {"part": _TEXT}, {"part": "N-1001"}),
    _K.CHANGED: Described("The order was changed.", {"what": _TEXT}, {"what": "address"}),
    _K.CANCELLED: Described(
        "The order, or a line of it, was cancelled.", {"line": _COUNT, "qty": _COUNT}, {"line": 1, "qty": 1}
    ),
    _K.SPLIT: Described("Lines of it became an order of their own.", {"into": _TEXT}, {"into": "N-1002"}),
    _K.MERGED: Described("It was put together with another order.", {"into": _TEXT}, {"into": "N-1000"}),
    _K.NOTE: Described("Somebody wrote something down.", {}, {}),
    _K.DELIVERED: Described("The carrier has delivered it.", {"tracking": _TEXT}, {"tracking": "3SABC123456789"}),
    _K.RETURNED: Described("Goods came back.", {"line": _COUNT, "qty": _COUNT}, {"line": 1, "qty": 1}),
    _K.REFUNDED: Described(
        "Money went back to the customer.", {"amount": _TEXT, "currency": _TEXT}, {"amount": "12.50", "currency": "EUR"}
    ),
    _K.INVOICED: Described("An invoice was made.", {"invoice": _TEXT}, {"invoice": "2026-000017"}),
    _K.RETURN_ASKED: Described(
        "The customer wants to send something back, or it came unannounced.",
        {"number": _TEXT, "units": _COUNT},
        {"number": "RMA-000042", "units": 2},
    ),
    _K.RETURN_APPROVED: Described(
        "They may; `fee` is taken off what they get.",
        {"number": _TEXT, "fee": _TEXT, "currency": _TEXT},
        {"number": "RMA-000042", "fee": "3.95", "currency": "EUR"},
    ),
    _K.RETURN_LABEL: Described(
        "There is a label for it; `tracking` is its number, where it is known.",
        {"number": _TEXT, "tracking": _TEXT},
        {"number": "RMA-000042", "tracking": "3SRET123456789"},
    ),
    _K.RETURN_REFUSED: Described(
        "They may not.", {"number": _TEXT, "because": _TEXT}, {"number": "RMA-000042", "because": "it was worn"}
    ),
    _K.RETURN_CANCELLED: Described("They keep it after all.", {"number": _TEXT}, {"number": "RMA-000042"}),
    _K.RETURN_RECEIVED: Described(
        "What came back was looked at.", {"number": _TEXT, "units": _COUNT}, {"number": "RMA-000042", "units": 2}
    ),
    _K.RETURN_CLOSED: Described(
        "The return is over: paid back, exchanged, neither, or sent back.",
        {"number": _TEXT, "resolution": _TEXT, "refund": _TEXT, "currency": _TEXT, "exchange": _TEXT},
        {"number": "RMA-000042", "resolution": "refund", "refund": "8.55", "currency": "EUR", "exchange": ""},
    ),
}


def payload(
    kind: str,
    at: str,
    *,
    seq: int,
    order: str,
    channel: str,
    reference: str | None,
    site: str | None,
    words: dict[str, Any],
) -> dict[str, Any]:
    """An event as other programs get it, in the feed and as a message."""
    data = {"seq": seq, "order": order, "channel": channel, "reference": reference, "site": site, "words": words}
    return {"type": kind, "timestamp": at, "data": data}


def example(kind: EventKind) -> dict[str, Any]:
    """An event of this kind."""
    return payload(
        kind, "2026-11-23T09:30:00.000000+00:00", seq=4711, order="N-1001", channel="shop", reference="#1001", site="MAIN",
        words=CATALOGUE[kind].example,
    )  # fmt: skip


def fits(pattern: str, kind: str) -> bool:
    """Whether a subscription's pattern (`*` for any part) takes in this kind."""
    return fnmatchcase(kind, pattern)


def known_pattern(pattern: str) -> bool:
    """Whether a pattern is made of what kinds are made of, and takes in at least one that is known today."""
    plain = 0 < len(pattern) <= 60 and all(c.isascii() and (c.isalnum() or c in "._*") for c in pattern)
    return plain and any(fits(pattern, kind) for kind in EventKind)
