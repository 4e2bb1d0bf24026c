"""What goes over the wire to a carrier's HTTP service and comes back, and how its events are signed. Pure."""

import hmac
import re
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any, Final

import msgspec
from msgspec import Struct, field

from oms.shipping.carriers.port import Address, Box, CarrierEvent, LabelAsk, Odd
from sync.contract.shipping import Delivery, LabelFormat

#: How old a signed message may be, in seconds: longer than any clock is wrong, short enough that none is played again.
_SIGNED_FOR_S: Final = 300
_SIGNATURE: Final = re.compile(r"t=(\d{1,12}),v1=([0-9a-f]{64})")
_MOST_TEXT: Final = 120
_STATES: Final = {
    "pre_transit": Delivery.ANNOUNCED,
    "accepted": Delivery.HANDED_OVER,
    "transit": Delivery.IN_TRANSIT,
    "out_for_delivery": Delivery.OUT_FOR_DELIVERY,
    "failure": Delivery.ATTEMPT_FAILED,
    "available_for_pickup": Delivery.AT_PICKUP_POINT,
    "return_to_sender": Delivery.RETURNING,
    "delivered": Delivery.DELIVERED,
    "returned": Delivery.RETURNED,
}


class Rate(Struct, frozen=True):
    """One service of a shipment, for a while, under its `id`."""

    id: str
    service: str
    amount: Decimal
    currency: str
    arrives_on: date | None = None


class Shipment(Struct, frozen=True):
    """What a carrier would ask for a parcel. `back`: it understood that the parcel comes back."""

    id: str
    rates: list[Rate]
    back: bool = field(default=False, name="return")


class LabelRef(Struct, frozen=True):
    """Where the label of a transaction is, and what it is said to be."""

    format: LabelFormat
    path: str


class Transaction(Struct, frozen=True):
    """A purchase. `label` is absent once it has been given."""

    id: str
    tracking_number: str
    amount: Decimal
    currency: str
    label: LabelRef | None = None


class Transactions(Struct, frozen=True):
    """What was bought under a key: one or none."""

    transactions: list[Transaction]


class Closed(Struct, frozen=True):
    """A manifest."""

    id: str


class Event(Struct, frozen=True):
    """Something that happened to a parcel."""

    id: str
    tracking_number: str
    status: str
    at: datetime
    place: str = ""


class Events(Struct, frozen=True):
    """Events, of any parcels."""

    events: list[Event]


class Problem(Struct, frozen=True):
    """Why not."""

    code: str = ""


def shipment_body(
    ship_from: list[str], to: Address, box: Box, reference: str = "", *, back: bool = False
) -> dict[str, Any]:
    """The body of `POST /shipments`. What comes `back` goes the other way round under the same names."""
    parcel: dict[str, Any] = {"grams": box.grams}
    if box.sides_mm is not None:
        parcel["sides_mm"] = list(box.sides_mm)
    body = {"reference": reference, "from": ship_from, "to": msgspec.to_builtins(to), "parcel": parcel}
    return body | {"return": True} if back else body


def transaction_body(rate: str, ask: LabelAsk) -> dict[str, Any]:
    """The body of `POST /transactions`."""
    return {"rate": rate, "reference": ask.reference, "sscc": ask.sscc, "label_format": ask.format.value}


def checked(got: Transaction) -> Transaction:
    """A purchase whose numbers can be used; raises `Odd`."""
    plain = got.tracking_number
    good = 4 <= len(plain) <= 64 and plain.isascii() and plain.isalnum()
    if not good or not 1 <= len(got.id) <= 120 or not got.id.isprintable():
        raise Odd("answer_unusable")
    if not got.amount.is_finite() or not 0 <= got.amount < 1_000_000 or not re.fullmatch("[A-Z]{3}", got.currency):
        raise Odd("answer_unusable")
    return got


def read_events(body: bytes) -> tuple[list[CarrierEvent], int]:
    """(events, how many of them say something unknown). Raises `Odd` for a body that is none."""
    try:
        said = msgspec.json.decode(body, type=Events).events
    except (msgspec.MsgspecError, RecursionError) as error:
        raise Odd("answer_unreadable") from error
    read = [event for one in said if (event := _event(one)) is not None]
    return read, len(said) - len(read)


def _event(said: Event) -> CarrierEvent | None:
    state = _STATES.get(said.status.lower())
    usable = 1 <= len(said.id) <= _MOST_TEXT and said.at.tzinfo is not None and 1 <= len(said.tracking_number) <= 64
    if state is None or not usable or "\0" in said.id + said.tracking_number:
        return None
    place = "".join(c for c in said.place if c.isprintable())[:_MOST_TEXT]
    return CarrierEvent(said.id, said.tracking_number, state, said.at, place)


def sign(secret: str, at_s: int, body: bytes) -> str:
    """The signature a carrier sends along with a message of `at_s` (seconds since 1970)."""
    mac = hmac.new(secret.encode(), b"%d." % at_s + body, sha256).hexdigest()
    return f"t={at_s},v1={mac}"


def signed(secret: str, header: str, body: bytes, now_s: float) -> bool:
    """Whether the holder of `secret` sent just this, just now."""
    match = _SIGNATURE.fullmatch(header)
    if not secret or match is None or abs(now_s - int(match[1])) > _SIGNED_FOR_S:
        return False
    return hmac.compare_digest(sign(secret, int(match[1]), body), header)
