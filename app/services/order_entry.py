"""Orders that are typed at this place. What is sent is on the disk first, and goes again until the centre has answered: its key makes one
order of it. Implements `order_entry_ports.OrderEntry`."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final, TypeVar
from uuid import uuid4

import msgspec
from msgspec import Struct

from app.core.clock import Clock
from app.core.messages import Code, Message, say
from app.core.outcome import Outcome
from app.core.storage import StorageTrouble
from app.services.ports import CentreAway, CentreRefused, Store
from app.services.supervising import DeskCentre, Supervising
from sync.contract.codes import ErrorCode
from sync.contract.order_entry import (
    EntryCustomer,
    EntryCustomers,
    EntryFindRequest,
    EntryItem,
    EntryItems,
    EntryLook,
    EntryPlace,
    EntryPlaces,
    EntryPlacesRequest,
    EntryRequest,
    EntryTaken,
    TypedOrder,
)

_log = logging.getLogger(__name__)

R = TypeVar("R", bound=Struct)

#: How long somebody waits for what they look up, and for an order to be taken.
LOOK_S: Final = 6.0
TAKE_S: Final = 10.0
#: What waits is tried again after so many seconds.
AGAIN_S: Final = 5.0
#: Under which the order that is being typed stands among what was begun here.
_DRAFT: Final = "entry"
_VERSION: Final = 1
_BASE: Final = "/v1/order-entry/"
#: Answers after which an order that waited is never taken, however often it is sent.
_USELESS: Final = frozenset({ErrorCode.INVALID, ErrorCode.TOO_LARGE})


class _Draft(Struct, frozen=True):
    """An order that is being typed, and by whom."""

    worker: str
    order: TypedOrder


class OrderEntryService:
    """Owns nothing of the orders but those that the centre has not answered."""

    def __init__(self, store: Store, centre: DeskCentre, clock: Clock, ring: Callable[[], None]) -> None:
        """`ring` says that something waits to be sent."""
        self._store, self._centre, self._clock, self._ring = store, centre, clock, ring
        self._asks = Supervising(store, centre, lambda: None)

    def online(self) -> bool:
        """See the port."""
        return self._centre.online()

    def fresh(self) -> TypedOrder:
        """See the port."""
        now = datetime.fromtimestamp(self._clock.wall_ms() // 1000, UTC)
        return TypedOrder(key=uuid4().hex[:16], placed_at=now.isoformat())

    def customers(self, text: str) -> Outcome[tuple[EntryCustomer, ...] | None]:
        """See the port."""
        found = self._look("customers", lambda s: EntryFindRequest(text=text, session=s), EntryCustomers)
        return Outcome("customers", tuple(found.view.found) if found.view is not None else None, found.message)

    def items(self, text: str) -> Outcome[tuple[EntryItem, ...] | None]:
        """See the port."""
        found = self._look("items", lambda s: EntryFindRequest(text=text, session=s), EntryItems)
        return Outcome("items", tuple(found.view.found) if found.view is not None else None, found.message)

    def places(self) -> Outcome[tuple[EntryPlace, ...] | None]:
        """See the port."""
        found = self._look("places", lambda s: EntryPlacesRequest(session=s), EntryPlaces)
        return Outcome("places", tuple(found.view.places) if found.view is not None else None, found.message)

    def look(self, order: TypedOrder) -> Outcome[EntryLook | None]:
        """See the port."""
        return self._look("look", lambda s: EntryRequest(order=order, session=s), EntryLook)

    def keep(self, order: TypedOrder) -> Outcome[None]:
        """See the port."""
        try:
            with self._store.unit() as u:
                person = u.people.signed_in()
                for old in u.flows.unfinished(_DRAFT):
                    if old.job != order.key or person is None or not _begun(order):
                        u.flows.forget(old.job)
                if person is not None and _begun(order):
                    u.flows.keep(order.key, _DRAFT, _VERSION, msgspec.json.encode(_Draft(person.id, order)))
        except StorageTrouble:
            # What is typed goes on all the same; it is said when it is sent.
            return Outcome("not_kept", None)
        return Outcome("kept", None)

    def kept(self) -> Outcome[TypedOrder | None]:
        """See the port."""
        try:
            with self._store.look() as u:
                person, drafts = u.people.signed_in(), u.flows.unfinished(_DRAFT)
        except StorageTrouble:
            return Outcome("kept", None)
        found = [_read_draft(one.body) for one in drafts if one.v == _VERSION]
        mine = (one.order for one in found if one is not None and person is not None and one.worker == person.id)
        return Outcome("kept", next(mine, None))

    def waiting(self) -> Outcome[int]:
        """See the port."""
        try:
            with self._store.look() as u:
                return Outcome("waiting", u.typed.count())
        except StorageTrouble:
            return Outcome("waiting", 0)

    def send(self, order: TypedOrder) -> Outcome[EntryTaken | None]:
        """See the port."""
        try:
            with self._store.unit() as u:
                u.typed.keep(order.key, msgspec.json.encode(order))
                u.flows.forget(order.key)
        except StorageTrouble:
            return Outcome("refused", None, say(Code.STORAGE_FULL))
        taken = self._take(order)
        if isinstance(taken, EntryTaken):
            if taken.held:
                return Outcome("taken", taken, say(Code.ENTRY_HELD, order=taken.number))
            return Outcome("taken", taken, say(Code.ENTRY_TAKEN, order=taken.number))
        if taken.code is Code.NEEDS_CENTRE:
            self._ring()
            return Outcome("waiting", None, say(Code.ENTRY_WAITS))
        self._forget(order.key)
        return Outcome("refused", None, taken)

    def run(self) -> float | None:
        """Sends what waits, the oldest first; seconds until it is worth trying again, None when nothing waits. An errand."""
        try:
            with self._store.look() as u:
                waiting = u.typed.waiting()
        except StorageTrouble:
            return AGAIN_S
        for key, body in waiting:
            order = _read(body)
            if order is None:
                _log.warning("a typed order could not be read and was dropped")
                self._forget(key)
            elif not isinstance(self._take(order), EntryTaken):
                return AGAIN_S
        return None

    def _take(self, order: TypedOrder) -> EntryTaken | Message:
        """The centre's answer, after which the order is not kept here any more; or why there is none."""

        def ask(session: str) -> EntryTaken | Message:
            asked = EntryRequest(order=order, session=session)
            try:
                return self._centre.post(f"{_BASE}take", asked, EntryTaken, TAKE_S)
            except CentreRefused as no:
                if no.code in _USELESS:
                    self._forget(order.key)
                    return say(Code.ENTRY_REFUSED)
                # A session that ended, or a server that is busy: somebody signs in, and it goes.
                raise CentreAway from no

        taken = self._asks.ask(ask)
        if isinstance(taken, EntryTaken):
            self._forget(order.key)
        return taken

    def _forget(self, key: str) -> None:
        try:
            with self._store.unit() as u:
                u.typed.drop(key)
        except StorageTrouble:
            # It is sent again, and is the same order.
            return

    def _look(self, name: str, body: Callable[[str], Struct], reads: type[R]) -> Outcome[R | None]:
        reply = self._asks.ask(lambda s: self._centre.post(_BASE + name, body(s), reads, LOOK_S))
        return Outcome(name, None, reply) if isinstance(reply, Message) else Outcome(name, reply)


def _begun(order: TypedOrder) -> bool:
    """Whether anything of it was typed."""
    return order != TypedOrder(key=order.key, placed_at=order.placed_at)


def _read_draft(body: bytes) -> _Draft | None:
    try:
        return msgspec.json.decode(body, type=_Draft)
    except msgspec.MsgspecError:
        return None


def _read(body: bytes) -> TypedOrder | None:
    try:
        return msgspec.json.decode(body, type=TypedOrder)
    except msgspec.MsgspecError:
        return None
