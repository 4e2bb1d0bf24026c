"""What the life of an order asks of other rooms: who has goods and sends them, when more are expected, keeping, and money.

They are put together in one place, `PORTS`."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Protocol

from sqlalchemy.orm import Session

from oms.money.pricing import price, reprice
from oms.promise.keeping import let_go, lock_items
from oms.returns.scene import under_way
from oms.sales.models import CustomerOrder, CustomerOrderLine
from oms.sales.promised import day_of, expected, free
from oms.sourcing.actions import source
from oms.sourcing.scene import World

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


class Source(Protocol):
    """Gives open units to sites and settles the state (`oms.sourcing.actions.source`)."""

    def __call__(self, w: "Work", sale: "Sale", world: World | None = None) -> "Decision": ...


#: Fills the money of an order and its lines, which are not written yet; each problem is a hold.
Price = Callable[["Work", CustomerOrder, Sequence[CustomerOrderLine], Sequence[str]], Sequence[Problem]]


@dataclass(frozen=True, slots=True)
class Ports:
    """`world` is what `source` asks whatever the order; `lock_items` holds the stock of items until the commit; `free` are units anybody
    may have now, by SKU; `expected` the day by which so many units of an item will have come;
    `day_of` the day by which the customer has the rest of an order; `reprice` makes the money right after a
    change; `coming_back` how many units of a line returns wait for or have."""

    source: Source
    world: Callable[[Session], World]
    lock_items: Callable[["Work", Collection[str]], None]
    free: Callable[["Work", Collection[str]], Mapping[str, int]]
    expected: Callable[["Work", str, int], date | None]
    day_of: Callable[["Work", "Sale"], date | None]
    let_go: LetGo
    reprice: Callable[["Work", "Sale"], object]
    price: Price
    coming_back: Callable[["Work", str, int], int]


PORTS = Ports(source, World.read, lock_items, free, expected, day_of, let_go, reprice, price, under_way)
