"""Works off customer orders that are due, beside the server's application: those just captured, parts that came back short, and goods
that came.

Of several servers each may run it: an order is locked by the one that looks at it."""

import logging
import threading
import time
from collections.abc import Sequence
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from oms.db.work import Actor, Works
from oms.inventory.models import StockMove
from oms.money.quotes import expire
from oms.sales.models import CustomerOrderLine
from oms.sales.onward import due_orders, look_again, settle
from oms.transitions import NotAllowed

_log = logging.getLogger(__name__)
_ACTOR: Final = Actor("orders")
#: How often it looks, in seconds.
EVERY_S: Final = 1.0
#: Movements may be committed in another order than they were numbered: so many are looked at again.
_OVERLAP: Final = 500
#: How often quotations are looked through, in seconds.
_SWEEP_S: Final = 900.0
#: Orders of one unit of work: what they have in common is read once, and others wait no longer for the goods of these.
_TOGETHER: Final = 10


class OrderDesk:
    """Owns the thread, and how far in the ledger it has looked for goods that somebody waits for. After a restart it looks at
    everybody who waits."""

    def __init__(self, works: Works, site: str, every_s: float = EVERY_S) -> None:
        self._works, self._site, self._every_s = works, site, every_s
        self._looked: int | None = None
        self._swept: float | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="orders-onward", daemon=True)

    def start(self) -> None:
        """Returns at once."""
        self._thread.start()

    def stop(self) -> None:
        """Ends after the orders that are being looked at."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(10.0)

    def _run(self) -> None:
        busy = False
        while not self._stopping.wait(0 if busy else self._every_s):
            try:
                busy = bool(self.step())
            except SQLAlchemyError as error:
                busy = False
                _log.info("orders have to wait: %s", type(error).__name__)

    def step(self) -> int:
        """Looks at what is due, the first in line first; how many orders."""
        self._sweep()
        due = self._works.run(self._site, _ACTOR, lambda w: self._due(w.db))
        came = self._came(due[1])
        if came:
            self._works.run(self._site, _ACTOR, lambda w: look_again(w, came))
            due = self._works.run(self._site, _ACTOR, lambda w: self._due(w.db))
        self._looked = due[1]
        some = [due[0][n : n + _TOGETHER] for n in range(0, len(due[0]), _TOGETHER)]
        return sum(self._settled(numbers) for numbers in some if not self._stopping.is_set())

    def _sweep(self) -> None:
        """Quotations that nobody may accept any more are closed; their day ends at another hour everywhere."""
        if self._swept is None or time.monotonic() - self._swept > _SWEEP_S:
            self._works.run(self._site, _ACTOR, expire)
            self._swept = time.monotonic()

    def _due(self, db: Session) -> tuple[list[str], int]:
        return due_orders(db), db.scalar(select(func.max(StockMove.id))) or 0

    def _came(self, newest: int) -> set[str]:
        """Items somebody waits for that were moved into bins since it looked last; the first time all that somebody waits for."""
        if newest == self._looked:
            return set()
        waiting = select(CustomerOrderLine.sku).where(CustomerOrderLine.backordered > 0).distinct()
        if self._looked is not None:
            moved = (StockMove.id > self._looked - _OVERLAP) & StockMove.to_account.startswith("bin:")
            waiting = waiting.where(CustomerOrderLine.sku.in_(select(StockMove.sku).where(moved)))
        return self._works.run(self._site, _ACTOR, lambda w: set(w.db.scalars(waiting)))

    def _settled(self, numbers: Sequence[str]) -> int:
        try:
            return self._works.run(self._site, _ACTOR, lambda w: settle(w, numbers))
        except (NotAllowed, ValueError) as error:
            if len(numbers) > 1:
                # The others are looked at all the same.
                return sum(self._settled([number]) for number in numbers)
            _log.error("order %s cannot go on: %s", numbers[0], error)
            return 0
