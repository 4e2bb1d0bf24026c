"""The order workbench as it travels: what is found while somebody types, one order with everything about it, its timeline, and what may be
done to it. The server's routes under `/v1/workbench` answer with it, the supervisor's screens show it. What
is asked for is in `workbench_acts`.

Times are RFC 3339 UTC, days `YYYY-MM-DD`, money decimal text in the order's currency. States, holds and reasons are codes; the client has
the words. All requests carry the `session` of the person at the device; a program with an API key leaves it empty.
"""

from enum import StrEnum

from msgspec import Struct


class WorkbenchAct(StrEnum):
    """What a person may do to an order from the workbench; each has its route `/v1/workbench/` + value."""

    NOTE = "note"
    HOLD = "hold"
    RELEASE_HOLD = "release-hold"
    SPLIT = "split"
    MERGE = "merge"
    #: Takes a merge back, while nothing of the merged order has begun.
    UNMERGE = "unmerge"
    RESOURCE = "resource"
    CHANGE = "change"
    CANCEL = "cancel"
    PRIORITY = "priority"


#: Those that can be done to a selection at once (`/v1/workbench/bulk`). `RELEASE_HOLD` then means all holds of each order.
BULK_ACTS = frozenset({WorkbenchAct.RELEASE_HOLD, WorkbenchAct.CANCEL, WorkbenchAct.PRIORITY})


class WorkbenchRefusal(StrEnum):
    """Why something was not done (`ActResult.reason`). Nothing of that order changed. Other rooms' codes come as they are."""

    UNKNOWN_ORDER = "unknown_order"
    UNKNOWN_HOLD = "unknown_hold"
    UNKNOWN_LINE = "unknown_line"
    #: Somebody else changed it; words `asked`, `now`, and `ActResult.changed` has the kinds of what happened since.
    CHANGED_MEANWHILE = "order_changed_meanwhile"
    #: Words `state`.
    NOT_NOW = "order_not_now"
    NOTHING_TO_DO = "nothing_to_do"
    #: Words `field`: customer, address, currency, channel, payment.
    NOT_ALIKE = "orders_not_alike"
    #: Money has moved; splitting and merging would have to move it too. Words `payment`.
    MONEY_MOVED = "order_money_moved"
    NOT_MERGED = "order_not_merged"
    BAD_VALUE = "bad_value"
    #: This server cannot do it.
    NOT_SERVED = "not_served"


class EventIcon(StrEnum):
    """What kind of thing a timeline entry is about: the client draws and filters by it."""

    ORDER = "order"
    HOLD = "hold"
    MONEY = "money"
    SOURCE = "source"
    PICK = "pick"
    SHORT = "short"
    PACK = "pack"
    LABEL = "label"
    TRUCK = "truck"
    DELIVERY = "delivery"
    MAIL = "mail"
    HOOK = "hook"
    NOTE = "note"
    PERSON = "person"
    TROUBLE = "trouble"


class OrderFound(Struct, frozen=True, kw_only=True):
    """One order in the list. `holds` is how many reasons keep it back, `sites` who sends something of it. `late`: promised for a day
    that is over, and not gone."""

    number: str
    state: str
    placed_at: str
    revision: int
    reference: str | None = None
    channel: str = ""
    customer: str = ""
    city: str = ""
    country: str = ""
    promised: str | None = None
    total: str = "0"
    currency: str = "EUR"
    payment: str = "none"
    priority: int = 3
    flags: list[str] = []
    holds: int = 0
    hold_codes: list[str] = []
    sites: list[str] = []
    lines: int = 0
    late: bool = False


class SearchRequest(Struct, frozen=True, kw_only=True):
    """`text` is what was typed: words (each the beginning of a number, reference, name, e-mail, phone, postcode, city, item or tracking
    number) and filters: `late`, `held`, `open`, `state:picking`, `channel:shop`, `site:W`, `sku:TEA`, `country:NL`, `flag:vip`,
    `hold:CODE`, `day:2026-11-23`, `after:2026-11-01`, `before:2026-11-20`; a `-` before a filter on state, site or hold means not.
    `after` is the `next` of the page before."""

    text: str = ""
    after: str = ""
    limit: int = 50
    session: str = ""


class UnknownWord(Struct, frozen=True, kw_only=True):
    """A filter in the text that means nothing: what was typed, and which values it may have (empty: no such filter)."""

    text: str
    may_be: list[str] = []


class SearchReply(Struct, frozen=True, kw_only=True):
    """Newest first. `total` is exact, unless `more_than` says that there are more than so many. `next` None: that is all. With `next` and a
    page that is not full the search stopped for the time being: what is older is found by asking on. `words` are what was searched for
    (to mark them), `unknown` what was not understood (and not searched for)."""

    found: list[OrderFound]
    next: str | None
    total: int
    more_than: bool
    epoch: int
    server_time: str
    words: list[str] = []
    unknown: list[UnknownWord] = []


class CountsRequest(Struct, frozen=True, kw_only=True):
    """Ask for the figures over the list."""

    session: str = ""


class StateCount(Struct, frozen=True, kw_only=True):
    """How many orders are in a state; `more_than`: more than so many. `query` is the search that lists them."""

    name: str
    count: int
    query: str
    more_than: bool = False


class SavedFilter(Struct, frozen=True, kw_only=True):
    """A search that a person keeps under a name."""

    name: str
    text: str


class CountsReply(Struct, frozen=True, kw_only=True):
    """The head of the workbench: open states, then `held` and `late`; the words a filter may have; the person's own searches."""

    counts: list[StateCount]
    epoch: int
    server_time: str
    filters: list[SavedFilter] = []
    states: list[str] = []
    channels: list[str] = []
    sites: list[str] = []


class SaveFilterRequest(Struct, frozen=True, kw_only=True):
    """Keeps `text` under `name` for the person who asks; an empty text forgets it. The answer is a `CountsReply`."""

    name: str
    text: str = ""
    session: str = ""


class SheetRequest(Struct, frozen=True, kw_only=True):
    """Ask for one order."""

    order: str
    session: str = ""


class Address(Struct, frozen=True, kw_only=True):
    """Where something goes."""

    name: str = ""
    street: str = ""
    postcode: str = ""
    city: str = ""
    region: str = ""
    country: str = ""


class LineAt(Struct, frozen=True, kw_only=True):
    """What one site does of a line."""

    site: str
    part: str
    qty: int
    picked: int = 0
    packed: int = 0
    short: int = 0
    state: str = ""


class SheetLine(Struct, frozen=True, kw_only=True):
    """One line: `qty` = open + assigned + backordered + shipped + cancelled."""

    line: int
    sku: str
    qty: int
    name: str = ""
    foreign_sku: str = ""
    problem: str = ""
    open: int = 0
    assigned: int = 0
    backordered: int = 0
    shipped: int = 0
    cancelled: int = 0
    returned: int = 0
    price: str | None = None
    discount: str = "0"
    tax_rate: str | None = None
    tax: str = "0"
    total: str = "0"
    instead_of: int | None = None
    flags: list[str] = []
    expected: str | None = None
    sites: list[LineAt] = []


class SheetMoney(Struct, frozen=True, kw_only=True):
    """The order's money."""

    currency: str
    goods: str = "0"
    discount: str = "0"
    shipping: str = "0"
    tax: str = "0"
    total: str = "0"
    tax_included: bool = True
    payment: str = "none"


class SheetParcel(Struct, frozen=True, kw_only=True):
    """A parcel of a part. `tracking_url` leads to the carrier's or our own page. `news` is the carrier's last word."""

    sscc: str
    state: str
    carrier: str = ""
    service: str = ""
    tracking: str = ""
    tracking_url: str = ""
    weight_g: int | None = None
    shipped_at: str | None = None
    news: str = ""


class SheetPart(Struct, frozen=True, kw_only=True):
    """A site's order of this customer order."""

    number: str
    site: str
    site_name: str
    state: str
    pick_up: bool = False
    ready_at: str | None = None
    released_at: str | None = None
    shipped_at: str | None = None
    cut_off: str | None = None
    promised: str | None = None
    carrier: str = ""
    service: str = ""
    held_reason: str = ""
    held_params: dict[str, str | int] = {}
    wave: str | None = None
    parcels: list[SheetParcel] = []


class SheetHold(Struct, frozen=True, kw_only=True):
    """A reason that keeps the order back: a message code with its words. `released_at` None: it still does."""

    id: str
    code: str
    at: str
    params: dict[str, str | int | bool | None] = {}
    line: int | None = None
    released_at: str | None = None
    released_by: str = ""
    because: str = ""


class SheetNote(Struct, frozen=True, kw_only=True):
    """What a person wrote about the order; pinned ones stand on the sheet."""

    id: str
    at: str
    text: str
    who: str = ""
    pinned: bool = False


class SheetReason(Struct, frozen=True, kw_only=True):
    """Why this site (or none): a message code with its words."""

    code: str
    site: str = ""
    at: str = ""
    words: dict[str, str | int] = {}


class SheetAct(Struct, frozen=True, kw_only=True):
    """What this person may do now; `why_not` is the code why not ('' = allowed)."""

    act: WorkbenchAct
    why_not: str = ""


class MergedWith(Struct, frozen=True, kw_only=True):
    """An order that went up into this one (or, `into` True, the one that this went up into). `undo`: it can still be taken back."""

    order: str
    into: bool = False
    undo: bool = False


class OrderSheet(Struct, frozen=True, kw_only=True):
    """One order with all that is shown of it. `alike` are open orders of the same customer and address that could be merged into it.
    `split_from` is the order this one was split off, `split_to` those that were split off it."""

    head: OrderFound
    ship_to: Address
    money: SheetMoney
    lines: list[SheetLine]
    captured_at: str
    bill_to: Address | None = None
    customer_id: str | None = None
    email: str = ""
    phone: str = ""
    language: str = "en"
    pick_up_site: str | None = None
    carrier: str = ""
    service: str = ""
    wanted: str | None = None
    note: str = ""
    substitution: str = ""
    splitting: str = ""
    parts: list[SheetPart] = []
    holds: list[SheetHold] = []
    notes: list[SheetNote] = []
    decision: list[SheetReason] = []
    acts: list[SheetAct] = []
    alike: list[str] = []
    merged: list[MergedWith] = []
    split_from: str | None = None
    split_to: list[str] = []


class SheetReply(Struct, frozen=True, kw_only=True):
    """The order as it is now."""

    sheet: OrderSheet
    epoch: int
    server_time: str


class TimelineRequest(Struct, frozen=True, kw_only=True):
    """Ask for what happened to an order, newest first. `after` is the `next` of the page before; `icons` only these kinds (empty: all)."""

    order: str
    after: str = ""
    limit: int = 100
    icons: list[EventIcon] = []
    session: str = ""


class TimelineEntry(Struct, frozen=True, kw_only=True):
    """One thing that happened. `code` names it (`order.captured`, `pick.confirm`, `ledger.move`, `audit.order.released`, ...), `words` are
    what its sentence needs. `who` is a person's name or a program, `site` where, `part` the site's order it is about."""

    id: str
    at: str
    code: str
    icon: EventIcon
    words: dict[str, str | int | float | bool | None] = {}
    who: str = ""
    device: str = ""
    site: str = ""
    part: str = ""


class TimelineReply(Struct, frozen=True, kw_only=True):
    """A page of it, newest first; `next` None: that is all."""

    order: str
    entries: list[TimelineEntry]
    next: str | None
    epoch: int
    server_time: str
