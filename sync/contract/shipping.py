"""Shipping as it travels: what services cost and why one was chosen, carriers' labels, manifests, and how far parcels are.

Money is an exact decimal as text, weights are grams, lengths millimetres, days `YYYY-MM-DD`, moments RFC 3339 UTC.
"""

from enum import StrEnum

from msgspec import Struct


class CarrierLabel(StrEnum):
    """What the label of a parcel is waiting for. `OWN`: the station prints the house's own, and may do so offline."""

    OWN = "own"
    #: Not bought yet, or not heard of: the parcel waits.
    PENDING = "pending"
    #: The bytes are at the server.
    READY = "ready"
    #: A person has to look at it: the carrier refused, or what it sent is of no use.
    PROBLEM = "problem"
    VOID = "void"


class PaperKind(StrEnum):
    """Papers that go with a parcel, by their name in `GET /v1/documents/{kind}/{key}`."""

    PACKING_SLIP = "packing-slip"
    CUSTOMS = "customs"
    #: Of the order: printed with its last parcel.
    INVOICE = "invoice"
    RETURN_SLIP = "return-slip"


class LabelFormat(StrEnum):
    """What the bytes of a carrier's label are."""

    ZPL = "zpl"
    PDF = "pdf"
    PNG = "png"


class Delivery(StrEnum):
    """How far a parcel is, as the customer understands it, in the order it is lived through."""

    ANNOUNCED = "announced"
    HANDED_OVER = "handed_over"
    IN_TRANSIT = "in_transit"
    OUT_FOR_DELIVERY = "out_for_delivery"
    #: Nobody was there, or the carrier has trouble with it.
    ATTEMPT_FAILED = "attempt_failed"
    AT_PICKUP_POINT = "at_pickup_point"
    RETURNING = "returning"
    DELIVERED = "delivered"
    RETURNED = "returned"


class WhyNot(StrEnum):
    """Why a service was not the one."""

    TOO_HEAVY = "too_heavy"
    TOO_LARGE = "too_large"
    NO_ZONE = "no_zone"
    NO_PRICE = "no_price"
    TOO_LATE = "too_late"
    #: It keeps the promise, but another does so for less.
    DEARER = "dearer"


class LabelAct(StrEnum):
    """What a person decides about a carrier's label."""

    #: Ask the carrier again after a problem.
    AGAIN = "again"
    VOID = "void"


class ManifestState(StrEnum):
    """`CLOSING` until the carrier has confirmed it."""

    CLOSING = "closing"
    CLOSED = "closed"
    FAILED = "failed"


class RatesRequest(Struct, frozen=True, kw_only=True):
    """What would it cost to send this? With `order` the address is the order's. `promised` is the last day it may arrive. With `keep` the
    best service becomes the order's."""

    session: str = ""
    order: str = ""
    country: str = ""
    postcode: str = ""
    grams: int
    sides_mm: tuple[int, int, int] | None = None
    promised: str | None = None
    keep: bool = False


class PricePart(Struct, frozen=True, kw_only=True):
    """One line of a price: `freight` or the code of a surcharge."""

    code: str
    amount: str


class RateOption(Struct, frozen=True, kw_only=True):
    """One service. `why_not` is None for the chosen one only. `live`: the carrier itself said so just now, else its table did."""

    carrier: str
    service: str
    name: str
    why_not: WhyNot | None
    price: str | None = None
    currency: str = "EUR"
    parts: list[PricePart] = []
    #: Grams that are paid for: the weight, or what the size counts for.
    billed_g: int = 0
    zone: str = ""
    leaves_on: str | None = None
    arrives_on: str | None = None
    live: bool = False
    #: How much dearer than the chosen one, or by how many grams, millimetres or days it misses.
    by: str = ""


class RatesReply(Struct, frozen=True, kw_only=True):
    """All services, the chosen one first, then by price. `kept`: the order has it now. `late`: none keeps the promise, and the first is the
    cheapest of the earliest."""

    options: list[RateOption]
    kept: bool
    late: bool
    epoch: int
    server_time: str


class LabelRequest(Struct, frozen=True, kw_only=True):
    """A station asks for the label of a parcel."""

    parcel: str


class LabelReply(Struct, frozen=True, kw_only=True):
    """The label's bytes once they are there (base64 in JSON), as the carrier sent them: they go to a printer only through the cleaning of
    foreign labels. `problem` is a code."""

    parcel: str
    state: CarrierLabel
    tracking: str = ""
    format: LabelFormat | None = None
    body: bytes = b""
    sha256: str = ""
    problem: str = ""
    tries: int = 0
    epoch: int = 0
    server_time: str = ""


class LabelsRequest(Struct, frozen=True, kw_only=True):
    """Carriers' labels that are not there yet, or all of an order."""

    session: str = ""
    order: str = ""


class LabelRow(Struct, frozen=True, kw_only=True):
    """One purchase of a label. A parcel has several when one was voided."""

    parcel: str
    order: str
    number: int
    carrier: str
    service: str
    state: CarrierLabel
    tracking: str = ""
    charge: str | None = None
    currency: str = ""
    problem: str = ""
    tries: int = 0
    asked_at: str | None = None
    manifest: str | None = None


class LabelsReply(Struct, frozen=True, kw_only=True):
    """The oldest first."""

    labels: list[LabelRow]
    epoch: int
    server_time: str


class LabelActRequest(Struct, frozen=True, kw_only=True):
    """A person decides about the label of a parcel; `reason` is theirs."""

    session: str = ""
    parcel: str
    act: LabelAct
    reason: str = ""


class LabelActReply(Struct, frozen=True, kw_only=True):
    """`done`, or the code of why not."""

    done: bool
    reason: str | None
    epoch: int
    server_time: str


class CloseManifestRequest(Struct, frozen=True, kw_only=True):
    """Everything of this carrier that has left the bench is handed over. `day` is the carrier's day, today when empty."""

    session: str = ""
    carrier: str
    day: str = ""


class ManifestsRequest(Struct, frozen=True, kw_only=True):
    """Manifests of a day, or of one `id` with its parcels."""

    session: str = ""
    day: str = ""
    id: str = ""


class ManifestParcel(Struct, frozen=True, kw_only=True):
    """One line of the hand-over list."""

    parcel: str
    order: str
    number: int
    sscc: str
    tracking: str
    service: str
    grams: int | None
    postcode: str = ""
    country: str = ""


class ManifestRow(Struct, frozen=True, kw_only=True):
    """What one carrier took on one day, the n-th time. `waiting` is how many parcels with a label have not left the bench."""

    id: str
    carrier: str
    day: str
    n: int
    state: ManifestState
    parcels: int
    grams: int
    ref: str = ""
    problem: str = ""
    closed_at: str | None = None
    waiting: int = 0
    lines: list[ManifestParcel] = []


class ManifestsReply(Struct, frozen=True, kw_only=True):
    """`reason` when nothing was closed: a code."""

    manifests: list[ManifestRow]
    reason: str | None = None
    epoch: int
    server_time: str


class DeliveriesRequest(Struct, frozen=True, kw_only=True):
    """How far the parcels of an order are."""

    session: str = ""
    order: str


class DeliveryEvent(Struct, frozen=True, kw_only=True):
    """Something the carrier said. `at` is the carrier's clock, with its offset."""

    state: Delivery
    at: str
    place: str = ""


class DeliveryRow(Struct, frozen=True, kw_only=True):
    """One parcel, the newest event first."""

    parcel: str
    number: int
    carrier: str
    tracking: str
    state: Delivery
    events: list[DeliveryEvent]


class DeliveriesReply(Struct, frozen=True, kw_only=True):
    """`state` is that of the parcel that is least far; `page` is the path of the customer's page."""

    order: str
    state: Delivery
    page: str
    parcels: list[DeliveryRow]
    epoch: int
    server_time: str


class EventsReply(Struct, frozen=True, kw_only=True):
    """What became of a carrier's events: new, known already, and of parcels that are not ours."""

    taken: int
    known: int
    strange: int
    epoch: int
    server_time: str
