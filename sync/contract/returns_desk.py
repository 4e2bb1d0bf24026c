"""What the desk asks about returns, and what it is told. Amounts are decimal texts, moments RFC 3339."""

from enum import StrEnum
from typing import Final

from msgspec import Struct

from sync.contract.returns import Disposition, Grade, ReturnReason
from sync.contract.shipping import CarrierLabel


class DeskGroup(StrEnum):
    """How the desk sorts returns: by what is to be done about them."""

    #: Somebody says yes or no.
    ASKED = "asked"
    #: On its way.
    COMING = "coming"
    #: Some of it is here.
    RECEIVED = "received"
    #: Everything was looked at: somebody says what becomes of the money.
    DECIDE = "decide"
    SETTLED = "settled"


#: Typed, it finds returns whose label a carrier has not made, though it was asked.
STUCK_WORD: Final = "stuck"


class DeskAct(StrEnum):
    """What may be done about a return now."""

    APPROVE = "approve"
    REFUSE = "refuse"
    LABEL_SENT = "label_sent"
    #: A carrier is to make its label, or to make it after all.
    MAKE_LABEL = "make_label"
    CANCEL = "cancel"
    #: Nothing more comes of it.
    ALL_HERE = "all_here"
    REFUND = "refund"
    EXCHANGE = "exchange"
    NOTHING = "nothing"
    SEND_BACK = "send_back"


class DeskRequest(Struct, frozen=True, kw_only=True):
    """`text`: what was typed, words of `DeskGroup` and `STUCK_WORD` among it; those before `after` (a number). With `number` that return
    is told as well; with `figures` what came back within thirty days."""

    session: str = ""
    text: str = ""
    after: str = ""
    number: str = ""
    figures: bool = False
    limit: int = 60


class DeskCount(Struct, frozen=True, kw_only=True):
    """How many returns there are of a group; `query` are the words that find them."""

    name: str
    query: str
    count: int
    more_than: bool = False


class BackFound(Struct, frozen=True, kw_only=True):
    """A return in the list. `signs` are codes with their words; `stuck`: a carrier was asked for its label and has not made it."""

    number: str
    state: str
    order: str
    customer: str
    site: str
    channel: str
    asked_at: str
    units: int
    received: int
    currency: str
    refund: str
    resolution: str
    signs: list[dict[str, str | int]]
    revision: int
    stuck: bool = False


class BackReceipt(Struct, frozen=True, kw_only=True):
    """Units that came."""

    qty: int
    grade: Grade
    disposition: Disposition
    place: str


class BackLine(Struct, frozen=True, kw_only=True):
    """A line: `qty` announced, `worth` what all of it would pay back, `refund` what was paid back."""

    line: int
    sku: str
    name: str
    qty: int
    received: int
    reason: ReturnReason
    note: str
    worth: str
    refund: str
    photos: int
    receipts: list[BackReceipt]


class BackLabel(Struct, frozen=True, kw_only=True):
    """The label that a carrier makes for a return. `problem` is why it is not there (yet), in the words of `docs/shipping.md`; `kept`: it
    was paid for, is not needed, and the carrier does not take it back."""

    state: CarrierLabel
    carrier: str
    service: str
    problem: str = ""
    kept: bool = False


class BackSheet(Struct, frozen=True, kw_only=True):
    """Everything about a return. `fee` is taken off what is paid back; `exchange` is the order of what they got instead."""

    head: BackFound
    note: str
    because: str
    tracking: str
    fee: str
    exchange: str
    lines: list[BackLine]
    acts: list[DeskAct]
    label: BackLabel | None = None


class BackFigure(Struct, frozen=True, kw_only=True):
    """`key` of `by` (item, reason, channel): units that came back, those that left, and the share in percent."""

    by: str
    key: str
    returned: int
    shipped: int
    percent: float | None
    refunds: dict[str, str]


class DeskReply(Struct, frozen=True, kw_only=True):
    """Pass `next` as `after` for more, null at the end. `total` counts no further than 10 000 (`more_than`)."""

    found: list[BackFound]
    total: int
    more_than: bool
    next: str | None
    counts: list[DeskCount]
    sheet: BackSheet | None = None
    figures: list[BackFigure] = []
    server_time: str = ""


class BackDecide(Struct, frozen=True, kw_only=True):
    """`approve`, `refuse`, `label_sent` or `cancel`."""

    say: str
    because: str = ""
    tracking: str = ""
    revision: int | None = None
    session: str = ""


class BackMakeLabel(Struct, frozen=True, kw_only=True):
    """A carrier is to make its label."""

    revision: int | None = None
    session: str = ""


class BackAllHere(Struct, frozen=True, kw_only=True):
    """Nothing more comes of it."""

    done: bool = True
    lines: list[str] = []
    revision: int | None = None
    session: str = ""


class BackClose(Struct, frozen=True, kw_only=True):
    """How it ends; `amounts` by line (its number as text), `fee` null: as it was approved."""

    how: str
    amounts: dict[str, str] = {}
    fee: str | None = None
    revision: int | None = None
    session: str = ""


class BackActed(Struct, frozen=True, kw_only=True):
    """`done`, or the `reason` with its words; nothing has changed then."""

    done: bool
    reason: str | None = None
    params: dict[str, str | int] = {}
