"""The thread that keeps a device in step with its OMS. Built by the client's bootstrap; the only way into it is `SyncThread`."""

import asyncio
import logging
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from contextlib import suppress
from itertools import count
from random import Random, SystemRandom
from typing import TYPE_CHECKING

from sync.client.calls import (
    Abort,
    Answered,
    Asked,
    Call,
    Changed,
    DropPool,
    Effect,
    Event,
    LetGo,
    LinkUp,
    Lost,
    PolicySet,
    Reply,
    Report,
    Send,
    Ticked,
    Unusable,
)
from sync.client.exchange import Exchange, Sent, Unreadable
from sync.client.machine import next_wake, step
from sync.client.ports import Identity, Ports
from sync.client.requests import LinkLost, WrongKey
from sync.client.state import first_state
from sync.client.status import Answer, Ask, ClaimPolicy, SyncStatus, Unreachable

if TYPE_CHECKING:
    from sync.client.http import Link

_log = logging.getLogger(__name__)

_STOP_S = 1.0


class SyncThread:
    """Owns one daemon thread that runs the sync machine against the server.

    `on_status(SyncStatus)` and `on_changes(frozenset of entity names)` are called in the sync thread and must return at once.
    """

    def __init__(
        self,
        ports: Ports,
        app: str,
        on_status: Callable[[SyncStatus], None],
        on_changes: Callable[[frozenset[str]], None],
        policy: ClaimPolicy | None = None,
        rng: Random | None = None,
    ) -> None:
        self._runner = _Runner(ports, app, on_status, on_changes, policy or ClaimPolicy(), rng or SystemRandom())
        self._thread = threading.Thread(target=self._runner.run, name="sync", daemon=True)
        self._ask_ids = count(1)

    def start(self) -> None:
        """Starts the thread; returns at once whether or not there is a network."""
        self._thread.start()

    def stop(self) -> None:
        """Ends the thread within a second, also in the middle of a request. Asks not answered end in `Unreachable`."""
        self._runner.stop()
        if self._thread.is_alive():
            self._thread.join(_STOP_S)

    def wake(self) -> None:
        """Something was committed (call after each unit of work) or the pairing changed: look at once. From any thread."""
        self._runner.post(Ticked())

    def link_up(self) -> None:
        """The network came back: forget the back-off. From any thread."""
        self._runner.post(LinkUp())

    def set_policy(self, policy: ClaimPolicy) -> None:
        """Changes which work is fetched (sign-in, sign-out). From any thread."""
        self._runner.post(PolicySet(policy))

    def let_go(self, lease_ids: Iterable[str]) -> None:
        """Gives leases back that are not wanted here any more, as soon as there is a network, unless the work is begun by then. Nobody
        waits for it. From any thread."""
        self._runner.post(LetGo(frozenset(lease_ids)))

    def hint(self, addresses: tuple[str, ...]) -> None:
        """Addresses found by discovery, to try beside the known ones. From any thread."""
        self._runner.hint(addresses)

    def request(self, ask: Ask, timeout_s: float = 5.0) -> "Future[Answer]":
        """Asks the server for something a person waits for. Ends in its reply, or in `Refused` or `Unreachable` within
        `timeout_s`. From any thread; the future's callbacks run in the sync thread."""
        future: Future[Answer] = Future()
        id = next(self._ask_ids)
        self._runner.expect(id, future)
        self._runner.post(Asked(id, ask, timeout_s))
        return future


class _Runner:
    """What lives in the thread: an event loop, the machine's state, and one task per call under way."""

    def __init__(
        self,
        ports: Ports,
        app: str,
        on_status: Callable[[SyncStatus], None],
        on_changes: Callable[[frozenset[str]], None],
        policy: ClaimPolicy,
        rng: Random,
    ) -> None:
        self._ports = ports
        self._exchange = Exchange(ports, app)
        self._on_status = on_status
        self._on_changes = on_changes
        self._rng = rng
        self._state = first_state(ports.clock.mono(), policy)
        self._events: list[Event] = [Ticked()]
        self._asks: dict[int, Future[Answer]] = {}
        self._guard = threading.Lock()
        self._stopping = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._bell: asyncio.Event | None = None
        self._flights: dict[int, asyncio.Task[None]] = {}
        self._link: Link | None = None
        self._link_for: Identity | None = None
        self._hints: tuple[str, ...] = ()

    def post(self, event: Event) -> None:
        """Hands an event to the thread; wake-ups that say the same are one."""
        with self._guard:
            if not (isinstance(event, Ticked) and event in self._events):
                self._events.append(event)
        self._ring()

    def hint(self, addresses: tuple[str, ...]) -> None:
        """Remembers addresses for the next connection."""
        self._hints = addresses
        self.post(Ticked())

    def expect(self, id: int, future: "Future[Answer]") -> None:
        """Remembers who waits for the answer to question `id`."""
        with self._guard:
            gone = self._stopping
            if not gone:
                self._asks[id] = future
        if gone:
            future.set_exception(Unreachable())

    def stop(self) -> None:
        """Makes the thread end."""
        with self._guard:
            self._stopping = True
        self._ring()

    def _ring(self) -> None:
        loop, bell = self._loop, self._bell
        if loop is not None and bell is not None:
            # The loop may be closing just now; then nobody needs to be woken.
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(bell.set)

    def run(self) -> None:
        """The thread's body."""
        try:
            asyncio.run(self._main())
        finally:
            with self._guard:
                self._stopping = True
                left, self._asks = self._asks, {}
            for future in left.values():
                future.set_exception(Unreachable())

    async def _main(self) -> None:
        self._bell = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        while not self._stopping:
            self._bell.clear()
            for event in self._take():
                self._step(event)
            pause = next_wake(self._state, now := self._ports.clock.mono()) - now
            with suppress(TimeoutError):
                await asyncio.wait_for(self._bell.wait(), pause)
        await self._end()

    async def _end(self) -> None:
        """Leaves nothing open, as far as the time allowed goes."""
        flights = list(self._flights.values())
        for task in flights:
            task.cancel()
        if flights:
            await asyncio.wait(flights, timeout=_STOP_S / 4)
        if self._link:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._link.close(), _STOP_S / 2)
        # What did not close in time (a peer that answers nothing, a handshake under way) is given up and torn down: a task that is
        # cancelled in a handshake leaves its transport behind. The loop keeps its transports by descriptor and offers no other way to
        # them; one that keeps none closes its sockets itself.
        loop = asyncio.get_running_loop()
        for _ in range(3):
            left = asyncio.all_tasks(loop) - {asyncio.current_task(loop)}
            for task in left:
                task.cancel()
            for transport in list(getattr(loop, "_transports", {}).values()):
                transport.abort()
            # A closed transport lets go of its socket in the loop's next rounds.
            if left:
                await asyncio.wait(left, timeout=_STOP_S / 8)
            for _ in range(3):
                await asyncio.sleep(0)

    def _take(self) -> list[Event]:
        with self._guard:
            events, self._events = self._events, []
        return events or [Ticked()]

    def _step(self, event: Event) -> None:
        try:
            local = self._exchange.local()
        except Exception:
            # Storage trouble is the store's to report to people; here the last word stands, so that no event is lost.
            _log.exception("the store cannot be read")
            local = self._state.local
        stalls = self._state.stalls
        self._state, effects = step(self._state, event, local, self._ports.clock.mono(), self._rng)
        if self._state.stalls > stalls:
            _log.warning("nothing moved for a minute: %d facts wait; all connections are made anew", local.waiting)
        for effect in effects:
            self._carry_out(effect)

    def _carry_out(self, effect: Effect) -> None:
        match effect:
            case Send(id=id, call=call):
                self._send(id, call)
            case Abort(id=id):
                if task := self._flights.pop(id, None):
                    task.cancel()
            case DropPool():
                if self._link:
                    self._link.drop_pool()
            case Reply(ask_id=ask_id, answer=answer):
                self._reply(ask_id, answer)
            case Report(status=status):
                self._on_status(status)
            case Changed(entities=entities):
                self._on_changes(entities)

    def _reply(self, ask_id: int, answer: Answer | Exception) -> None:
        with self._guard:
            future = self._asks.pop(ask_id, None)
        if future is None or not future.set_running_or_notify_cancel():
            return
        if isinstance(answer, Exception):
            future.set_exception(answer)
        else:
            future.set_result(answer)

    def _send(self, id: int, call: Call) -> None:
        try:
            link = self._current_link()
            sent = self._exchange.prepare(call)
        except Exception:
            _log.exception("cannot prepare %s", type(call).__name__)
            self.post(Lost(id))
            return
        self._flights[id] = asyncio.get_running_loop().create_task(self._fly(id, link, sent))

    def _current_link(self) -> "Link":
        """The link to whom the device is paired with; a new one after a new pairing."""
        # Imported here, in the sync thread: the HTTP library takes longer to load than the whole store, and scanning needs none of it.
        from sync.client.http import Link

        identity = self._ports.meta.identity()
        if identity is None:
            raise LookupError("not paired")
        known = self._link_for
        if self._link is None or known is None or not _same_way(known, identity):
            if self._link is not None:
                self._link.drop_pool()
            self._link = Link(identity.pins, identity.addresses)
        elif known.pins != identity.pins:
            self._link.trust(identity.pins)
        self._link_for = identity
        self._link.hint(self._hints)
        return self._link

    async def _fly(self, id: int, link: "Link", sent: Sent) -> None:
        try:
            response = await link.call(sent.request)
            if self._link_for is not None and link.spki != self._link_for.spki:
                self._exchange.met(link.spki)
            event: Event = Answered(id, self._exchange.digest(sent, response))
        except WrongKey:
            event = Lost(id, wrong_key=True)
        except LinkLost as error:
            _log.debug("%s: %s", type(sent.call).__name__, error)
            event = Lost(id)
        except Unreadable as error:
            _log.warning("%s: unreadable answer: %s", type(sent.call).__name__, error)
            event = Answered(id, Unusable(foreign=True))
        except Exception:
            _log.exception("%s: answer could not be kept", type(sent.call).__name__)
            event = Answered(id, Unusable())
        self._flights.pop(id, None)
        self.post(event)


def _same_way(known: Identity, now: Identity) -> bool:
    """Whether the link that there is still leads to the right server: it may have announced keys since, but not changed all of them."""
    return known.addresses == now.addresses and not set(known.pins).isdisjoint(now.pins)
