"""Changes and cancels customer orders for the workbench: asks the room of an order's life, and answers in the workbench's way."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from msgspec import structs

from oms.sales import desk
from oms.sales.altering import ADDRESS, Change, More, alter
from oms.sales.cancelling import cancel_locked
from oms.sales.scene import Sale
from oms.sales.searching import index
from sync.contract.workbench import WorkbenchRefusal
from sync.contract.workbench_acts import ActResult, ChangeOrderRequest

if TYPE_CHECKING:
    from oms.db.work import Work


def cancel(w: "Work", number: str, revision: int | None, because: str, lines: Sequence[int]) -> ActResult:
    """All of it, or these lines."""

    def act(sale: Sale) -> None:
        cancel_locked(w, sale, lines, because.strip()[:2000])

    return desk.doing(w, number, revision, act)


def change(w: "Work", asked: ChangeOrderRequest) -> ActResult:
    """What is to be different."""

    def act(sale: Sale) -> None:
        alter(w, sale, _wish(asked))
        index(w, [sale.order.number])

    return desk.doing(w, asked.order, asked.revision, act)


def _wish(asked: ChangeOrderRequest) -> Change:
    try:
        wanted = date.fromisoformat(asked.wanted) if asked.wanted else None
    except ValueError:
        raise desk.Refused(WorkbenchRefusal.BAD_VALUE, field="wanted") from None
    ship = structs.asdict(asked.address) if asked.address is not None else None
    return Change(
        lines={one.line: one.qty for one in asked.lines if one.line is not None},
        more=[More(one.sku, one.qty) for one in asked.lines if one.line is None],
        ship={name: ship[name] for name in ADDRESS if ship.get(name)} if ship is not None else None,
        carrier=asked.carrier, service=asked.service, wanted=wanted, note=asked.note, flags=asked.flags,
        pick_up_site=asked.pick_up_site,
    )  # fmt: skip
