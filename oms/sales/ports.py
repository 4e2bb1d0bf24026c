"""What the life of an order asks of other rooms: who has goods and sends them, when more are expected, keeping, and money.

They are put together in one place, `PORTS`."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Protocol

from oms.money.pricing import price, reprice
from oms.promise.keeping import let_go
from oms.sales.models import CustomerOrder, CustomerOrderLine
from oms.sales.promised import expected, free
from oms.sourcing.actions import source

if TYPE_CHECKING:
    from oms.db.work import Work
    from oms.sales.scene import Sale
    from oms.sourcing.decisions import Decision


class LetGo(Protocol):
    """Gives back stock that was kept for an order (`oms.promise.keeping.let_go`)."""

    def __call__(
        self, w: "Work", order_no: str, line_no: int | None = None, site: str | None = None, qty: int | None = None
    ) -> int: ...


class Problem(Protocol):
    """What pricing finds doubtful: a message code, the line (None: the order) and the words of its sentence."""

    @property
    def code(self) -> str: ...

    @property
    def line(self) -> int | None: ...

    @property
    def params(self) -> Mapping[str, str | int]: ...


#: Fills the money of an order and its lines, which are written already; each problem is a hold.
Price = Callable[["Work", CustomerOrder, Sequence[CustomerOrderLine], Sequence[str]], Sequence[Problem]]


@dataclass(frozen=True, slots=True)
class Ports:
    """`source` gives open units to sites and settles the state; `free` are units anybody may have now, by SKU; `expected` the day by which
    so many units of an item will have come; `reprice` makes the money right after a change."""

    source: Callable[["Work", "Sale"], "Decision"]
    free: Callable[["Work", Collection[str]], Mapping[str, int]]
    expected: Callable[["Work", str, int], date | None]
    let_go: LetGo
    reprice: Callable[["Work", "Sale"], object]
    price: Price


PORTS = Ports(source, free, expected, let_go, reprice, price)
