"""What programs and screens say and hear about returns (`oms.api.returns_routes`)."""

from typing import Literal

from msgspec import Struct

from oms.returns import queries, stats, terms
from oms.returns.codes import Resolution, ReturnState
from sync.contract.returns import Disposition, Grade, ReturnReason


class AskLine(Struct, frozen=True, kw_only=True):
    """`qty` units of the order's `line`."""

    line: int
    qty: int
    reason: ReturnReason
    note: str = ""


class AskReturn(Struct, frozen=True, kw_only=True):
    """A return of an order's lines. `site` is where it will come to ('': the site that sent it). `all_the_same` lets pass what is late or
    not taken back. `session` is the supervisor's; a program leaves it empty."""

    order: str
    lines: list[AskLine]
    site: str = ""
    note: str = ""
    all_the_same: bool = False
    session: str = ""


class DecideReturn(Struct, frozen=True, kw_only=True):
    """`because` is told to the customer with a refusal; `tracking` is the carrier's number on a label that was sent. `revision` is the one
    that was looked at."""

    say: Literal["approve", "refuse", "label_sent", "cancel"]
    because: str = ""
    tracking: str = ""
    revision: int | None = None
    session: str = ""


class MakeLabel(Struct, frozen=True, kw_only=True):
    """The carrier of the return's rule is to make its label. `revision` is the one that was looked at."""

    revision: int | None = None
    session: str = ""


class CameLine(Struct, frozen=True, kw_only=True):
    """Units that came. `line` is the return's (null: the one that fits), `disposition` null: what is suggested, `bin` '': where the site
    keeps what somebody has to look at. `receipt` names them, once for ever; '': a name is made."""

    sku: str
    qty: int
    grade: Grade
    disposition: Disposition | None = None
    bin: str = ""
    lot: str = ""
    serial: str = ""
    note: str = ""
    line: int | None = None
    receipt: str = ""


class ReceiveReturn(Struct, frozen=True, kw_only=True):
    """What came of a return to `site` ('': the asker's). `done`: this is all of it."""

    lines: list[CameLine]
    site: str = ""
    done: bool = False
    revision: int | None = None
    session: str = ""


class GoodsCame(Struct, frozen=True, kw_only=True):
    """As `ReceiveReturn`, of something nobody announced: `found` is what stands on it (an order's number, a parcel's label), '' nothing."""

    found: str
    lines: list[CameLine]
    site: str = ""
    done: bool = False
    session: str = ""


class UndoReturnReceipt(Struct, frozen=True, kw_only=True):
    """The units of a receipt were not taken in after all."""

    receipt: str
    revision: int | None = None
    session: str = ""


class NameOrder(Struct, frozen=True, kw_only=True):
    """The order that goods are of that came without a word."""

    order: str
    revision: int | None = None
    session: str = ""


class Instead(Struct, frozen=True, kw_only=True):
    """Units of an item that the customer gets in exchange."""

    sku: str
    qty: int


class CloseReturn(Struct, frozen=True, kw_only=True):
    """How it ends. `amounts` are decimal texts by line of the return (a line's number as text), where a person says what is paid
    back; `fee` null: as it was approved. `instead` of an exchange, empty: the same again."""

    how: Resolution
    amounts: dict[str, str] = {}
    fee: str | None = None
    instead: list[Instead] = []
    revision: int | None = None
    session: str = ""


class LookReturns(Struct, frozen=True, kw_only=True):
    """Returns in `states` (empty: any) of an `order` ('' any), the newest first, those before `after`; with `number` that one alone, with
    everything about it."""

    states: list[ReturnState] = []
    order: str = ""
    number: str = ""
    after: str = ""
    limit: int = 100
    session: str = ""


class KeepRule(Struct, frozen=True, kw_only=True):
    """The rule takes the place of the one for the same channel and site."""

    rule: terms.ReturnRuleRow
    session: str = ""


class ReturnReply(Struct, frozen=True, kw_only=True):
    """`done`, or the `reason` (a message code) with its words; nothing has changed then. The return as it is now."""

    done: bool
    reason: str | None = None
    params: dict[str, str | int] = {}
    sheet: queries.ReturnSheet | None = None
    server_time: str = ""


class ReturnPage(Struct, frozen=True, kw_only=True):
    """Pass `next` as `after` for more, null at the end. `sheet` where one was asked for by its number."""

    returns: list[queries.ReturnHead]
    next: str | None
    sheet: queries.ReturnSheet | None = None
    server_time: str = ""


class StatsReply(Struct, frozen=True, kw_only=True):
    """The most returned first."""

    stats: list[stats.ReturnStat]
    server_time: str = ""


class RulesReply(Struct, frozen=True, kw_only=True):
    """All rules, the widest first."""

    rules: list[terms.ReturnRuleRow]
    server_time: str = ""


class LinkReply(Struct, frozen=True, kw_only=True):
    """`token` opens `/v1/return-links/{token}` for the customer."""

    token: str
    server_time: str = ""
