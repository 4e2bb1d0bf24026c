"""Orders that a clerk types at a desk or in the shop (`POST /v1/order-entry/...`): what is looked up while typing, and the order itself.

Money is decimal text in the channel's currency, days are `YYYY-MM-DD`, times RFC 3339.
"""

from enum import StrEnum

from msgspec import Struct

from sync.contract.customer_orders import AddressIn, HoldWord

#: Most lines of a typed order, and most that is answered to what was typed.
MOST_LINES = 200
MOST_FOUND = 20


class EntryKind(StrEnum):
    """How the customer orders; each is a channel of that kind."""

    PHONE = "phone"
    STORE = "store"


class EntryPayment(StrEnum):
    """How far the money is: still to pay, paid at the till, or on the customer's account."""

    TO_PAY = "to_pay"
    AT_TILL = "at_till"
    ON_ACCOUNT = "on_account"


class EntryLine(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """So many of `sku`, which may be any code that the item is known by."""

    sku: str
    qty: int = 1
    name: str = ""


class TypedOrder(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One order as it was typed. `key` is given by who typed it: the same one again is the same order. `customer` is the number of a known
    customer, '' for a new one. `pick_up_site` '': it is sent to `ship_to`."""

    key: str
    placed_at: str
    kind: EntryKind = EntryKind.PHONE
    customer: str = ""
    name: str = ""
    email: str = ""
    phone: str = ""
    ship_to: AddressIn = AddressIn()
    pick_up_site: str = ""
    lines: list[EntryLine] = []
    payment: EntryPayment = EntryPayment.TO_PAY
    gift: bool = False
    note: str = ""


class EntryFindRequest(Struct, frozen=True, kw_only=True):
    """What was typed: the beginning of a name, number, e-mail address, telephone number (customers), or of a name, SKU, barcode (items)."""

    text: str
    session: str = ""


class EntryCustomer(Struct, frozen=True, kw_only=True):
    """A known customer, with the address they used last."""

    number: str
    name: str
    email: str = ""
    phone: str = ""
    address: AddressIn = AddressIn()
    flags: list[str] = []


class EntryCustomers(Struct, frozen=True, kw_only=True):
    """The best first."""

    found: list[EntryCustomer]
    epoch: int
    server_time: str


class EntryItem(Struct, frozen=True, kw_only=True):
    """An item that may be ordered. `exact`: what was typed is its SKU or a code of it, of which one means `units`."""

    sku: str
    name: str
    exact: bool = False
    units: int = 1


class EntryItems(Struct, frozen=True, kw_only=True):
    """The best first."""

    found: list[EntryItem]
    epoch: int
    server_time: str


class EntryPlacesRequest(Struct, frozen=True, kw_only=True):
    """`session` is the supervisor's."""

    session: str = ""


class EntryPlace(Struct, frozen=True, kw_only=True):
    """A site where orders can be fetched."""

    site: str
    name: str


class EntryPlaces(Struct, frozen=True, kw_only=True):
    """Where orders can be fetched, by name."""

    places: list[EntryPlace]
    epoch: int
    server_time: str


class EntryRequest(Struct, frozen=True, kw_only=True):
    """An order to look at, or to take."""

    order: TypedOrder
    session: str = ""


class LookedLine(Struct, frozen=True, kw_only=True):
    """A line as it would be taken. `free` may be sold now, at the site where it is fetched or at all; `arrives` None: nothing is known to
    come."""

    line: int
    sku: str
    name: str
    qty: int
    price: str | None = None
    tax: str = "0"
    total: str = "0"
    free: int = 0
    arrives: str | None = None


class EntryLook(Struct, frozen=True, kw_only=True):
    """What an order would come to if it was sent now, and what would hold it."""

    key: str
    currency: str
    goods: str
    shipping: str
    tax: str
    total: str
    lines: list[LookedLine]
    holds: list[HoldWord]
    epoch: int
    server_time: str


class EntryTaken(Struct, frozen=True, kw_only=True):
    """The order that there is now under this key, and why it is held, if it is."""

    key: str
    number: str
    held: bool
    holds: list[HoldWord]
    epoch: int
    server_time: str
