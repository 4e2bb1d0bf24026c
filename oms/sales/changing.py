"""Changes and cancels customer orders for the workbench: asks the room of an order's life, and answers in the workbench's way."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from oms.sales import desk
from sync.contract.workbench import WorkbenchRefusal
from sync.contract.workbench_acts import ActResult, ChangeOrderRequest

if TYPE_CHECKING:
    from oms.db.work import Work


def cancel(w: "Work", number: str, revision: int | None, because: str, lines: Sequence[int]) -> ActResult:
    """All of it, or these lines."""
    if lines:
        return desk.doing(w, number, revision, _not_served)
    return desk.cancel(w, number, revision, because)


def change(w: "Work", asked: ChangeOrderRequest) -> ActResult:
    """What is to be different."""
    return desk.doing(w, asked.order, asked.revision, _not_served)


def _not_served(sale: object) -> None:
    raise desk.Refused(WorkbenchRefusal.NOT_SERVED)
