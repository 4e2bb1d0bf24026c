"""What stands on papers, as plain values: nothing here knows a database or a PDF. Weights in grams, prices as exact decimals.

`oms.documents.load` fills them from the tables; whoever has other data fills them by hand.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from oms.documents.dossier_record import Entry


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody with an address: name, street and town as lines, and the country (ISO 3166, two letters)."""

    lines: tuple[str, ...]
    country: str = ""


@dataclass(frozen=True, slots=True)
class Shop:
    """Who sends. `words` are what papers say beside the address: `vat`, `eori`, `phone`, `email`, `web`, `bank`."""

    party: Party
    words: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SlipLine:
    """A line of an order. `packed` is how much of it is in this delivery."""

    sku: str
    name: str
    qty: int
    packed: int
    lot: str = ""


@dataclass(frozen=True, slots=True)
class SlipOrder:
    """Another order of the customer whose goods lie in the same parcel."""

    order: str
    placed: date
    lines: tuple[SlipLine, ...]


@dataclass(frozen=True, slots=True)
class PackingSlip:
    """What lies in a parcel, for the customer; `others` are orders that share it."""

    shop: Shop
    ship_to: Party
    order: str
    placed: date
    parcel: str
    sscc: str
    lines: tuple[SlipLine, ...]
    carrier: str = ""
    tracking: str = ""
    note: str = ""
    gift: bool = False
    others: tuple[SlipOrder, ...] = ()


@dataclass(frozen=True, slots=True)
class PickLine:
    """So many of one item out of one bin."""

    bin: str
    sku: str
    name: str
    qty: int
    lot: str = ""


@dataclass(frozen=True, slots=True)
class PickList:
    """A trip on paper: for the day the network and the devices are gone."""

    shop: Shop
    job: str
    orders: tuple[str, ...]
    made_at: datetime
    lines: tuple[PickLine, ...]
    tote: str = ""
    lane: str = ""


@dataclass(frozen=True, slots=True)
class PricedLine:
    """A line that is paid: `price` of one unit with tax in it, `tax_rate` the share of tax (0.21), None where there is none."""

    sku: str
    name: str
    qty: int
    price: Decimal
    tax_rate: Decimal | None


@dataclass(frozen=True, slots=True)
class Invoice:
    """A receipt, or with the shop's VAT number an invoice."""

    shop: Shop
    bill_to: Party
    number: str
    order: str
    day: date
    currency: str
    lines: tuple[PricedLine, ...]


@dataclass(frozen=True, slots=True)
class SalesLine:
    """A line of an invoice as it was worked out; without a name it is sending."""

    sku: str
    name: str
    qty: int
    tax_rate: Decimal
    net: Decimal
    tax: Decimal
    total: Decimal


@dataclass(frozen=True, slots=True)
class SalesInvoice:
    """An invoice of a customer's order, or a credit note: then `credits` is the invoice it belongs to ('' none in particular)."""

    shop: Shop
    bill_to: Party
    number: str
    order: str
    day: date
    due: date
    currency: str
    lines: tuple[SalesLine, ...]
    tax_included: bool = True
    vat_number: str = ""
    purchase_order: str = ""
    reverse_charge: bool = False
    credits: str | None = None


@dataclass(frozen=True, slots=True)
class BuyLine:
    """A line of an order to a supplier; `their_sku` is what it calls the item."""

    sku: str
    their_sku: str
    name: str
    qty: int
    price: Decimal


@dataclass(frozen=True, slots=True)
class PurchasePaper:
    """An order to a supplier. `our_number` is what it calls us."""

    shop: Shop
    supplier: Party
    number: str
    day: date
    wanted: date
    currency: str
    lines: tuple[BuyLine, ...]
    our_number: str = ""
    note: str = ""

    @property
    def total(self) -> Decimal:
        """Without tax."""
        return sum((line.price * line.qty for line in self.lines), Decimal(0))


@dataclass(frozen=True, slots=True)
class ReturnSlip:
    """What comes along when goods come back: filled in by the customer."""

    shop: Shop
    customer: Party
    order: str
    lines: tuple[SlipLine, ...]
    days: int = 30


@dataclass(frozen=True, slots=True)
class BackLine:
    """Units of an item that a customer wants to send back, and why (a word of `ReturnReason`)."""

    sku: str
    name: str
    qty: int
    reason: str


@dataclass(frozen=True, slots=True)
class ReturnPaper:
    """What goes into a box that was announced: its `code` is scanned where it is opened. `fee` is what sending it back costs, already as
    it is read; `order` is what the customer knows it by."""

    shop: Shop
    customer: Party
    number: str
    code: str
    order: str
    day: date
    lines: tuple[BackLine, ...]
    fee: str = ""


@dataclass(frozen=True, slots=True)
class ReturnLabel:
    """What is stuck onto a box that comes back with a carrier who has no label of their own: `tracking` is theirs, `code` ours."""

    shop: Shop
    customer: Party
    number: str
    code: str
    carrier: str
    service: str
    tracking: str
    grams: int


@dataclass(frozen=True, slots=True)
class CustomsLine:
    """Goods of one kind as customs see them. `grams` is the net weight of all of them, `value` likewise."""

    description: str
    qty: int
    grams: int
    value: Decimal
    hs_code: str = ""
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Customs:
    """The customs declaration CN 23 of one parcel. `grams` is the gross weight, `kind` one of `sale`, `gift`, `documents`, `sample`,
    `returned`, `other`."""

    shop: Shop
    addressee: Party
    number: str
    order: str
    day: date
    currency: str
    lines: tuple[CustomsLine, ...]
    grams: int
    kind: str = "sale"
    phone: str = ""
    invoice: str = ""


@dataclass(frozen=True, slots=True)
class ParcelLine:
    """A parcel on a list."""

    sscc: str
    tracking: str
    order: str
    town: str
    grams: int | None


@dataclass(frozen=True, slots=True)
class PalletList:
    """What stands on a pallet."""

    shop: Shop
    sscc: str
    carrier: str
    at: datetime
    lines: tuple[ParcelLine, ...]
    grams: int | None = None


@dataclass(frozen=True, slots=True)
class HandOver:
    """What a carrier's driver takes along: pallets (SSCC, parcels) and single parcels. `signature` are strokes as on the wire
    (`sync.contract.facts.LoadHandover`), `digest` the proof; both empty on a list that is to be signed on paper."""

    shop: Shop
    carrier: str
    number: str
    at: datetime
    pallets: tuple[tuple[str, tuple[ParcelLine, ...]], ...]
    parcels: tuple[ParcelLine, ...]
    driver: str = ""
    plate: str = ""
    signature: str = ""
    digest: str = ""
    seal: str = ""


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture as it is shown: the JPEG with its size in pixels and its colours (1 or 3), and what stands below it."""

    body: bytes
    width: int
    height: int
    colours: int
    sha256: str
    words: str


@dataclass(frozen=True, slots=True)
class Dossier:
    """Everything about one order; `head` is the last link of the chain of `entries`, `shots` are the pictures that they tell of."""

    shop: Shop
    ship_to: Party
    order: str
    made_at: str
    made_by: str
    head: str
    entries: "list[Entry]"
    shots: tuple[Shot, ...] = ()


Paper = (
    PackingSlip
    | PickList
    | Invoice
    | SalesInvoice
    | PurchasePaper
    | ReturnSlip
    | ReturnPaper
    | ReturnLabel
    | Customs
    | PalletList
    | HandOver
)
