"""Asks carriers for what is written down: labels, labels given back, manifests, news of parcels. Runs beside the server's application.

No transaction is open while a carrier is asked. A desk that dies in between leaves the purchase asked for; whoever takes it up after the
lease asks the same again, under the same key.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final, TypeVar

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from oms.catalog.sites import Sites, these
from oms.db.work import Actor, Works
from oms.shipping.carriers import events, labels, manifests
from oms.shipping.carriers.port import Away, Carrier, CarrierTrouble
from oms.shipping.carriers.purchases import Errand, Purchases

if TYPE_CHECKING:
    from oms.db.work import Work

T = TypeVar("T")
Done = Callable[["Work"], None]
_log = logging.getLogger(__name__)
ACTOR: Final = Actor("carriers")
#: How often it looks for something to do, in seconds.
EVERY_S: Final = 1.0
_CHORES_EVERY_S: Final = 20.0
#: Carriers are waited for side by side: a slow one keeps nobody from the others.
_SIDE_BY_SIDE: Final = 4
_LAST_WORDS_S: Final = 3.0


class Desk:
    """Owns the threads that ask `carriers` (by their code) for labels of parcels, and for those of the kinds in `more`."""

    def __init__(
        self,
        works: Works,
        sites: str | Sites,
        carriers: Mapping[str, Carrier],
        every_s: float = EVERY_S,
        more: Sequence[Purchases] = (),
    ) -> None:
        self._kinds: tuple[Purchases, ...] = (labels, *more)
        self._works = works
        self._sites = these(sites)
        self._carriers = carriers
        self._every_s = every_s
        self._stopping = threading.Event()
        #: There is more to do than one alone should.
        self._busy = threading.Event()
        runs = [self._lead, *[self._help] * (_SIDE_BY_SIDE - 1)]
        self._threads = [threading.Thread(target=run, name=f"carriers-{n}", daemon=True) for n, run in enumerate(runs)]

    def start(self) -> None:
        """Begins; returns at once."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Ends after what is being asked. A carrier that takes longer than a moment is left to the next start, which asks again."""
        self._stopping.set()
        self._busy.set()
        end = time.monotonic() + _LAST_WORDS_S
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))

    def _lead(self) -> None:
        """Looks for something to do now and then, and calls the others when there is."""
        chores_at = 0.0
        while not self._stopping.is_set():
            if time.monotonic() >= chores_at:
                chores_at = time.monotonic() + _CHORES_EVERY_S
                self._calmly(self.chores)
            if self._calmly(self.step):
                self._busy.set()
            else:
                self._stopping.wait(self._every_s)

    def _help(self) -> None:
        while not self._stopping.is_set():
            self._busy.wait()
            if not self._stopping.is_set() and not self._calmly(self.step):
                self._busy.clear()
        self._busy.set()

    def _calmly(self, do: Callable[[], T]) -> T | None:
        """`do`, unless the database is away; then later."""
        try:
            return do()
        except SQLAlchemyError as error:
            of = getattr(error, "orig", None) if isinstance(error, DBAPIError) else error
            _log.info("carriers have to wait: %s", type(of).__name__)
            return None

    def step(self) -> bool:
        """Asks for one thing that is due; whether there was any."""
        return any(self._one_at(site) for site in self._sites())

    def _one_at(self, site: str) -> bool:
        return any(self._one_label(site, kind) for kind in self._kinds) or self._one_manifest(site)

    def chores(self) -> None:
        """What needs no hurry: labels of cancelled parcels are given back, and carriers are asked how far parcels are."""
        for site in self._sites():
            self._chores(site)

    def _chores(self, site: str) -> None:
        self._work(site, labels.void_unwanted)
        for code, carrier in self._carriers.items():
            waiting = self._work(site, lambda w, code=code: events.unheard(w, code))  # type: ignore[misc]
            if not waiting:
                continue
            try:
                heard = carrier.track(waiting)
            except CarrierTrouble as trouble:
                _log.info("carrier %s tells nothing of parcels: %s", code, trouble.code)
                continue
            self._work(site, lambda w, code=code, heard=heard: events.take(w, code, heard))  # type: ignore[misc]

    def _one_label(self, site: str, kind: Purchases) -> bool:
        errand = self._work(site, kind.claim)
        if errand is None:
            return False
        try:
            done: Done = self._ask(errand, kind)
        except CarrierTrouble as trouble:
            code = trouble
            _log.info("carrier %s: label %s: %s", errand.carrier, errand.id, trouble.code)
            done = lambda w: kind.troubled(w, errand.id, code)  # noqa: E731 - the same shape as an answer
        self._note(site, done)
        return True

    def _ask(self, errand: Errand, kind: Purchases) -> Done:
        """Asks, outside of any transaction; what to write down of the answer."""
        carrier = self._carriers.get(errand.carrier)
        if carrier is None:
            raise Away("no_account")
        if errand.give_back and errand.ref:
            carrier.void(f"{errand.id}-void", errand.ref)
            return lambda w: kind.given_back(w, errand.id)
        # Also of what is not wanted any more it must be known whether it was bought: the same key tells, and is then given back.
        got = carrier.buy(errand.id, errand.ask, again=errand.tries > 1 or errand.give_back)
        return lambda w: kind.bought(w, errand.id, got)

    def _one_manifest(self, site: str) -> bool:
        due = self._work(site, manifests.claim)
        if due is None:
            return False
        try:
            carrier = self._carriers.get(due.carrier)
            if carrier is None:
                raise Away("no_account")
            ref = carrier.close(due.id, due.day, due.refs)
            done: Done = lambda w: manifests.closed(w, due.id, ref)  # noqa: E731 - the same shape as trouble
        except CarrierTrouble as trouble:
            code = trouble
            _log.info("carrier %s: manifest %s: %s", due.carrier, due.id, trouble.code)
            done = lambda w: manifests.troubled(w, due.id, code)  # noqa: E731 - the same shape as an answer
        self._note(site, done)
        return True

    def _note(self, site: str, done: Done) -> None:
        """Writes an answer down, unless the server has ended meanwhile: then the next start asks again."""
        if not self._stopping.is_set():
            self._work(site, done)

    def _work(self, site: str, act: "Callable[[Work], T]") -> T:
        return self._works.run(site, ACTOR, act)
