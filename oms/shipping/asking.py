"""Asks carriers what the parcels of orders just released cost, beside the server's application: a release itself waits for no carrier.

The answers are used by `requoting`. No transaction is open and no row locked while a carrier is asked.
"""

import logging
import threading
import time
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from oms.catalog.sites import Sites, these
from oms.db.work import Actor, Works
from oms.shipping.carriers.live import RateBook
from oms.shipping.carriers.port import Offer
from oms.shipping.carriers.shop import Live
from oms.shipping.requoting import Due, Release, released, settle

_log = logging.getLogger(__name__)
_ACTOR: Final = Actor("carriers")
#: How often it looks for released orders, in seconds.
EVERY_S: Final = 1.0
#: Seconds for all questions about one order; of what is left then, the tables speak.
MOST_S: Final = 6.0


class RateDesk:
    """Owns the thread that asks, and which releases were seen to. After a restart those of the last minutes are seen to again, and the
    same comes of it."""

    def __init__(self, works: Works, sites: str | Sites, book: RateBook, every_s: float = EVERY_S) -> None:
        self._works, self._sites, self._book, self._every_s = works, these(sites), book, every_s
        self._seen: dict[str, set[Release]] = {}
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="carriers-rates", daemon=True)

    def start(self) -> None:
        """Begins where there is a carrier to ask; returns at once."""
        if self._book.quick:
            self._thread.start()

    def stop(self) -> None:
        """Ends after the question that is being asked."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(MOST_S)

    def _run(self) -> None:
        while not self._stopping.wait(self._every_s):
            try:
                self.step()
            except SQLAlchemyError as error:
                _log.info("rates have to wait: %s", type(error).__name__)

    def step(self) -> int:
        """Sees to the orders released since the last time; how many there were."""
        return sum(self._at(site) for site in self._sites())

    def _at(self, site: str) -> int:
        seen = self._seen.setdefault(site, set())
        recent, found = self._works.run(site, _ACTOR, lambda w: released(w, seen, tuple(self._book.quick)))
        # Releases that are too old to be found again need not be remembered.
        seen &= recent
        for release, due in found.items():
            lives = self._asked(due) if due else []
            if self._stopping.is_set():
                break
            if due and any(lives):
                self._works.run(site, _ACTOR, lambda w, due=due, lives=lives: settle(w, due, lives))  # type: ignore[misc]
            seen.add(release)
        return len(found)

    def _asked(self, due: Due) -> list[Live]:
        """Of each parcel what the carriers ask."""
        end = time.monotonic() + MOST_S
        lives: list[Live] = []
        for box in due.boxes:
            live: dict[tuple[str, str], Offer] = {}
            for code, journey in due.journeys.items():
                if time.monotonic() < end and not self._stopping.is_set():
                    live |= self._book.offers(code, journey, box)
            lives.append(live)
        return lives
