"""Goods that come in: the rows of what is expected, and the facts of what came. Part of `sync.contract.rows` and `sync.contract.facts`."""

from msgspec import Struct


class InboundLine(Struct, frozen=True, kw_only=True):
    """`open` units of an item are to come."""

    line: int
    sku: str
    open: int
    their_sku: str = ""


class PurchaseRow(Struct, frozen=True, kw_only=True):
    """An order to a supplier whose goods are on their way. id = its number, which stands on its papers as a barcode."""

    id: str
    #: Who sends it: the supplier's name.
    sender: str
    #: When it is expected (ISO date).
    day: str
    lines: list[InboundLine] = []
    #: What the supplier calls it.
    reference: str = ""


class GoodsReceive(Struct, frozen=True, kw_only=True):
    """`goods.receive@1`: `qty` good and `damaged` broken units came and were put at `place` (an account: a bin, a tote). `mark` names them
    (once for ever on this device); `order` is an order to a supplier, '' where nobody knows which. item = None."""

    mark: str
    order: str
    sku: str
    qty: int
    place: str
    damaged: int = 0
    lot: str | None = None
    #: ISO date.
    expiry: str | None = None
    serials: list[str] = []
    #: The delivery note's number.
    paper: str = ""
    scan: str = ""


class GoodsUndo(Struct, frozen=True, kw_only=True):
    """`goods.undo@1`: what was told under the mark `receive` was a mistake: the goods are not there. item = None."""

    receive: str
    order: str
    sku: str


class GoodsDone(Struct, frozen=True, kw_only=True):
    """`goods.done@1`: nothing more of `order` came with this delivery. item = None."""

    order: str
    paper: str = ""


#: What devices report of goods that come in.
InboundFact = GoodsReceive | GoodsUndo | GoodsDone
#: Their part of `facts.HANDLED`.
INBOUND_HANDLED: dict[tuple[str, int], type[InboundFact]] = {
    ("goods.receive", 1): GoodsReceive,
    ("goods.undo", 1): GoodsUndo,
    ("goods.done", 1): GoodsDone,
}
