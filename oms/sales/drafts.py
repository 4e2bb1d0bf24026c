"""An order as a channel sent it, before anybody looked at it. Adapters, routes and the import make it; `oms.sales.capture` takes it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256

import msgspec

from oms.sales.codes import PaymentState, Splitting
from sync.contract.codes import Substitution

ZERO = Decimal(0)
#: More is no money, and is not written out.
_DIGITS = 30


class HoldCode(StrEnum):
    """Why an order is kept back at its capture. They are message codes; `docs/capture.md` has what each says and who mends it."""

    UNKNOWN_CHANNEL = "order_unknown_channel"
    CHANNEL_CLOSED = "order_channel_closed"
    NO_LINES = "order_no_lines"
    UNKNOWN_SKU = "order_unknown_item"
    BAD_QUANTITY = "order_bad_quantity"
    BAD_PRICE = "order_bad_price"
    BAD_VALUE = "order_bad_value"
    NO_NAME = "order_no_name"
    NO_ADDRESS = "order_no_address"
    BAD_COUNTRY = "order_bad_country"
    BAD_POSTCODE = "order_bad_postcode"
    BAD_REGION = "order_bad_region"
    MISSING_EMAIL = "order_missing_email"
    BAD_EMAIL = "order_bad_email"
    UNKNOWN_SITE = "order_unknown_site"
    BAD_CURRENCY = "order_bad_currency"
    CURRENCY_NOT_TAKEN = "order_currency_not_taken"
    LOOKS_LIKE = "order_looks_like_other"
    DIFFERS = "order_differs"
    CANCELLED_BY_CHANNEL = "order_cancelled_by_channel"
    NUMBER_TAKEN = "order_number_taken"
    BELOW_LEAST = "order_below_least_value"
    ABOVE_MOST = "order_above_most_value"
    COUNTRY_NOT_SERVED = "order_country_not_served"
    CUSTOMER_BLOCKED = "order_customer_blocked"
    TOTAL_DIFFERS = "order_total_differs"
    #: A person kept it back; words `because`.
    BY_HAND = "order_held_by_hand"
    PARTLY_REFUNDED = "order_partly_refunded"
    #: No site has these units, and the sourcing rule has a person decide about them; words `sku`, `missing`.
    REST_MISSING = "order_rest_missing"


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that keeps an order back: a `HoldCode` (or another room's message code), the line it is about (counted from 1; None: the
    whole order) and the words of its sentence."""

    code: str
    line: int | None = None
    params: dict[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Address:
    """Where something goes, as it was written. `country` is ISO 3166-1 alpha-2 once it was normalised; `region` a state or province."""

    name: str = ""
    street: str = ""
    postcode: str = ""
    city: str = ""
    region: str = ""
    country: str = ""

    def __bool__(self) -> bool:
        return any((self.name, self.street, self.postcode, self.city, self.region, self.country))


@dataclass(frozen=True, slots=True, kw_only=True)
class SaleDraftLine:
    """One line. Either `sku` (ours) or `foreign_sku` (what the channel calls it). `qty` in the channel's units, None when unreadable;
    `price` of one of them before discount, `discount` (positive) and `tax` of the whole line; `tax_rate` a share such as 0.21.
    `at` is the line of the file, for the report."""

    sku: str = ""
    foreign_sku: str = ""
    qty: int | None = 1
    name: str = ""
    price: Decimal | None = None
    discount: Decimal = ZERO
    tax: Decimal | None = None
    tax_rate: Decimal | None = None
    flags: tuple[str, ...] = ()
    at: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SaleDraft:
    """One order of a channel. What is None takes the channel's own rule. `shipping` is what sending costs and whatever else is paid and
    never shipped (gift cards, fees); `total` what the channel says the customer pays, checked to add up. `troubles` are values that could
    not be read: the order is kept and held. `at` is the line of the file."""

    channel: str = ""
    reference: str | None = None
    number: str | None = None
    customer_number: str = ""
    customer_name: str = ""
    email: str = ""
    phone: str = ""
    language: str = ""
    ship: Address = Address()
    bill: Address = Address()
    pick_up_site: str | None = None
    lines: Sequence[SaleDraftLine] = ()
    currency: str = ""
    tax_included: bool | None = None
    discount: Decimal = ZERO
    shipping: Decimal = ZERO
    tax: Decimal | None = None
    total: Decimal | None = None
    promo_codes: tuple[str, ...] = ()
    payment: PaymentState | None = None
    wanted: date | None = None
    splitting: Splitting = Splitting.ALLOWED
    substitution: Substitution = Substitution.NEVER
    flags: tuple[str, ...] = ()
    note: str = ""
    carrier: str = ""
    service: str = ""
    priority: int = 3
    placed_at: datetime | None = None
    #: The channel has called it off already.
    cancelled: bool = False
    troubles: tuple[Trouble, ...] = ()
    at: int = 0
    #: Other lines of the file that are part of it and no line of the order.
    rows: tuple[int, ...] = ()

    def content_hash(self) -> str:
        """SHA-256 (hex) over what was ordered. How far the money is, and where in a file it stood, is not part of it: they change while
        the order stays the same."""
        lines = [
            (li.sku, li.foreign_sku, li.qty, li.name, _plain(li.price), _plain(li.discount), _plain(li.tax_rate), li.flags)
            for li in self.lines
        ]  # fmt: skip
        said = (
            self.channel, self.reference, self.customer_number, self.email, self.phone, self.ship, self.bill, self.pick_up_site,
            lines, self.currency, self.tax_included, _plain(self.discount), _plain(self.shipping), _plain(self.total),
            self.promo_codes, self.wanted, self.splitting, self.substitution, self.flags, self.note, self.carrier, self.service,
            self.priority, self.placed_at,
        )  # fmt: skip
        return sha256(msgspec.json.encode(said)).hexdigest()


def _plain(amount: Decimal | None) -> str | None:
    """2.5 and 2.50 are the same money."""
    if amount is None or not amount.is_finite() or abs(amount.adjusted()) > _DIGITS:
        return None if amount is None else str(amount)
    return format(amount.normalize(), "f")
