"""What the life of an order asks of other rooms: who has goods and sends them, when more are expected, keeping, and money.

They are put together in one place, `PORTS`; a plain rule stands where a room has nothing to say."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Protocol

from oms.sales.plain import expected, free, let_go, reprice, source

if TYPE_CHECKING:
    from oms.db.work import Work
    from oms.sales.scene import Sale
    from oms.sourcing.decisions import Decision


class LetGo(Protocol):
    """Gives back stock that was kept for an order (`oms.promise.keeping.let_go`)."""

    def __call__(
        self, w: "Work", order_no: str, line_no: int | None = None, site: str | None = None, qty: int | None = None
    ) -> None: ...


@dataclass(frozen=True, slots=True)
class Ports:
    """`source` gives open units to sites and settles the state; `free` are units anybody may have now, by SKU; `expected` the day by which
    so many units of an item will have come; `reprice` makes the money right after a change."""

    source: Callable[["Work", "Sale"], "Decision"]
    free: Callable[["Work", Collection[str]], Mapping[str, int]]
    expected: Callable[["Work", str, int], date | None]
    let_go: LetGo
    reprice: Callable[["Work", "Sale"], None]


PORTS = Ports(source, free, expected, let_go, reprice)
