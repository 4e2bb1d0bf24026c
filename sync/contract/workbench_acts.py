"""What may be asked of the order workbench: notes, holds, splitting, merging, changes, one order or a selection at a time. As in
`sync.contract.workbench`, the `session` of the person goes along, and a `revision` says which state of the order they looked at (None:
whatever it is now); where somebody changed it meanwhile nothing is done, and the answer says what changed.
"""

from msgspec import Struct

from sync.contract.workbench import Address, OrderSheet, WorkbenchAct


class NoteRequest(Struct, frozen=True, kw_only=True):
    """Writes a note (`text`), or pins and unpins one that is there (`note`, its id)."""

    order: str
    text: str = ""
    pinned: bool = False
    note: str | None = None
    session: str = ""


class HoldRequest(Struct, frozen=True, kw_only=True):
    """Keeps the order back by hand: `because` is what the person said. `revision` None: whatever it is now."""

    order: str
    because: str
    revision: int | None = None
    session: str = ""


class ReleaseHoldRequest(Struct, frozen=True, kw_only=True):
    """Releases a hold (None: all). A corrected address, or our SKU for a line, is taken over first."""

    order: str
    hold: str | None = None
    because: str = ""
    address: Address | None = None
    skus: dict[int, str] = {}
    revision: int | None = None
    session: str = ""


class SplitLine(Struct, frozen=True, kw_only=True):
    """So many units of a line go into the second order."""

    line: int
    qty: int


class SplitRequest(Struct, frozen=True, kw_only=True):
    """Makes a second customer order of these open lines. The result's `made` is its number."""

    order: str
    lines: list[SplitLine]
    revision: int | None = None
    session: str = ""


class MergeRequest(Struct, frozen=True, kw_only=True):
    """`order` takes over the lines of `other`, which is then empty and cancelled. Revisions as in `HoldRequest`."""

    order: str
    other: str
    revision: int | None = None
    other_revision: int | None = None
    session: str = ""


class UnmergeRequest(Struct, frozen=True, kw_only=True):
    """Takes the merge of `other` into `order` back."""

    order: str
    other: str
    revision: int | None = None
    session: str = ""


class ResourceRequest(Struct, frozen=True, kw_only=True):
    """Chooses its sites anew."""

    order: str
    revision: int | None = None
    session: str = ""


class ChangeLine(Struct, frozen=True, kw_only=True):
    """The line wants `qty` units from now on. `line` None: a new line of `sku`."""

    line: int | None
    qty: int
    sku: str = ""


class ChangeOrderRequest(Struct, frozen=True, kw_only=True):
    """What is to be different; None and empty: as it is."""

    order: str
    lines: list[ChangeLine] = []
    address: Address | None = None
    carrier: str | None = None
    service: str | None = None
    wanted: str | None = None
    note: str | None = None
    flags: list[str] | None = None
    pick_up_site: str | None = None
    revision: int | None = None
    session: str = ""


class CancelOrderRequest(Struct, frozen=True, kw_only=True):
    """Cancels the order, or only these lines of it."""

    order: str
    lines: list[int] = []
    because: str = ""
    revision: int | None = None
    session: str = ""


class PriorityRequest(Struct, frozen=True, kw_only=True):
    """1 (most urgent) to 9; its sites' orders that are not on a floor follow."""

    order: str
    priority: int
    revision: int | None = None
    session: str = ""


class Chosen(Struct, frozen=True, kw_only=True):
    """An order of a selection, and the revision that the person saw (None: whatever it is now)."""

    order: str
    revision: int | None = None


class BulkRequest(Struct, frozen=True, kw_only=True):
    """One act for up to 500 orders (`BULK_ACTS`), each by itself. `priority` where it is that."""

    act: WorkbenchAct
    orders: list[Chosen]
    because: str = ""
    priority: int | None = None
    session: str = ""


class ActResult(Struct, frozen=True, kw_only=True):
    """What came of it for one order: `reason` None: done. `revision` is its present one, `changed` the kinds of events since the revision
    that was asked about. `made`: an order that came of it, or the note's id."""

    order: str
    reason: str | None = None
    words: dict[str, str | int] = {}
    revision: int = 0
    changed: list[str] = []
    made: str | None = None


class ActReply(Struct, frozen=True, kw_only=True):
    """One result per order. `sheet` is the order as it is now, where one was asked about and it is known."""

    results: list[ActResult]
    epoch: int
    server_time: str
    sheet: OrderSheet | None = None
