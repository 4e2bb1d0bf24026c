"""Facts by which something that was done for an order or a task is amended: asked about, or taken back. Part of `sync.contract.facts`."""

from msgspec import Struct


class PickUnshort(Struct, frozen=True, kw_only=True):
    """`pick.unshort@1`: the line is not short after all, by `qty` units: its last `pick.short` is taken back. item = work item. What the
    centre did about the short (a count, new work elsewhere) is its own to take back."""

    job: str
    sku: str
    qty: int
    bin: str


class SubstituteAsk(Struct, frozen=True, kw_only=True):
    """`substitute.ask@1`: `missing` units of a line were not taken, and its customer wants to be asked before another item is: the line is
    set aside until a supervisor says. item = work item. Taken back by `pick.unshort`."""

    job: str
    sku: str
    missing: int
    bin: str


class SubstituteUndo(Struct, frozen=True, kw_only=True):
    """`substitute.undo@1`: `qty` units of `other`, taken in place of `sku`, went back from the tote into their bin. item = work item of
    the line, which needs as many units again."""

    job: str
    sku: str
    other: str
    qty: int
    from_bin: str
    tote: str
    lot: str | None = None
    serial: str | None = None


class MoveUndo(Struct, frozen=True, kw_only=True):
    """`move.undo@1`: the last `move.confirm` of a task is taken back: `qty` units went from `to_account` to `from_account` again (named as
    they were in it). item = work item. When the task was finished by it, the centre makes a new one."""

    job: str
    sku: str
    qty: int
    from_account: str
    to_account: str
    lot: str | None = None
    serial: str | None = None
