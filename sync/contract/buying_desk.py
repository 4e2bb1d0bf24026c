"""What the buyer's desk asks, and what it is told. Amounts are decimal texts, moments RFC 3339, days ISO."""

from enum import StrEnum

from msgspec import Struct


class BuyGroup(StrEnum):
    """How the desk sorts orders to suppliers: by what is to be done about them."""

    #: Above the limit: somebody says yes or no.
    APPROVE = "to_approve"
    #: Nobody has sent it, or its mail did not get there.
    SEND = "to_send"
    #: The supplier has it.
    COMING = "coming"
    #: It has it, and some of it should be here.
    LATE = "late"
    OVER = "over"


class BuyAct(StrEnum):
    """What is done with an order."""

    APPROVE = "approve"
    SEND = "send"
    CONFIRM = "confirm"
    #: Nothing more is to come.
    CALL_OFF = "call_off"


class BuyDeskRequest(Struct, frozen=True, kw_only=True):
    """`text`: what was typed, words of `BuyGroup` among it; those before `after` (a number). With `number` that order is told as well;
    with `alerts` the items to look at."""

    session: str = ""
    text: str = ""
    after: str = ""
    number: str = ""
    alerts: bool = False
    limit: int = 60


class BuyCount(Struct, frozen=True, kw_only=True):
    """How many orders there are of a group; `query` are the words that find them."""

    name: str
    query: str
    count: int
    more_than: bool = False


class BuyFound(Struct, frozen=True, kw_only=True):
    """An order in the list. `day`: when the first of what is open is expected, '' nothing is; `undelivered`: its mail did not get there."""

    number: str
    supplier: str
    supplier_name: str
    state: str
    currency: str
    total: str
    made_at: str
    units: int
    received: int
    day: str = ""
    late: bool = False
    undelivered: bool = False


class BuyLine(Struct, frozen=True, kw_only=True):
    """A line: `qty` ordered, `wanted` as the supplier confirmed it, `open` to come on `day`; `price` of one."""

    line: int
    sku: str
    name: str
    their_sku: str
    qty: int
    wanted: int
    received: int
    damaged: int
    open: int
    price: str
    day: str
    late: bool = False


class BuySheet(Struct, frozen=True, kw_only=True):
    """Everything about an order. `limit`: what needs nobody to approve it, in `limit_currency`, '' no limit; `approved_by` may be `rule`;
    `send_by` is `mail`, `edifact` or `hand`; `problem`: what the mail server said at last. `revision` is another one when its lines are."""

    head: BuyFound
    revision: str
    note: str
    reference: str
    limit: str
    limit_currency: str
    approved_by: str
    send_by: str
    address: bool
    sent_at: str
    confirmed_at: str
    problem: str
    lines: list[BuyLine]
    acts: list[BuyAct]


class BuyAlert(Struct, frozen=True, kw_only=True):
    """An item to look at: `have` and `want` as in `POST /v1/purchasing/alerts`."""

    sku: str
    name: str
    have: int
    want: int


class BuyAlerts(Struct, frozen=True, kw_only=True):
    """Of one kind (`low_stock`, `dead_stock`, `high_returns`): how many there are, and those that matter most."""

    kind: str
    count: int
    items: list[BuyAlert]


class BuyDeskReply(Struct, frozen=True, kw_only=True):
    """Pass `next` as `after` for more, null at the end. `total` counts no further than 10 000 (`more_than`)."""

    found: list[BuyFound]
    total: int
    more_than: bool
    next: str | None
    counts: list[BuyCount]
    sheet: BuySheet | None = None
    alerts: list[BuyAlerts] = []
    server_time: str = ""


class BuyAnswer(Struct, frozen=True, kw_only=True):
    """What the supplier says of a line; null: as before."""

    line: int
    qty: int | None = None
    day: str | None = None


class BuyActAsk(Struct, frozen=True, kw_only=True):
    """`lines` and `reference` belong to `confirm`. `revision` is that of the order as it was looked at; nothing is done when it is another
    one now."""

    act: BuyAct
    lines: list[BuyAnswer] = []
    reference: str = ""
    revision: str = ""
    session: str = ""


class BuyActed(Struct, frozen=True, kw_only=True):
    """Null, or the `reason` with its words; nothing has changed then."""

    reason: str | None = None
    params: dict[str, str | int] = {}
