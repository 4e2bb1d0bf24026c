"""A virtual link between simulated devices and one server: it delays, drops, doubles, reorders and cuts, all from one seed.

The server is any callable from request to response; tests put the real OMS there. A pull that would wait is asked again whenever
anything reached the server, and at the end of its wait.
"""

import heapq
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Protocol

from sync.client.exchange import Sent
from sync.client.requests import Request, Response
from sync.simulation.clock import VirtualTime
from sync.simulation.device import SimDevice


class Server(Protocol):
    """The other end. Raises `ServerDown` when it is not there."""

    def __call__(self, device: str, request: Request) -> Response: ...

    def version(self) -> int:
        """A number that grows when there is something new to pull."""


class ServerDown(Exception):
    """Nobody listens."""


@dataclass(frozen=True, slots=True)
class Faults:
    """How bad the link is: probabilities per message, delays in seconds."""

    drop_request: float = 0.0
    drop_answer: float = 0.0
    double: float = 0.0
    cut: float = 0.0
    delay: tuple[float, float] = (0.002, 0.02)
    #: Share of messages that take up to a hundred times as long, and so arrive out of order.
    slow: float = 0.0


CALM = Faults()


@dataclass(order=True, slots=True)
class _Due:
    """Something that happens at a moment; `order` keeps equal moments in the order in which they were planned."""

    at: float
    order: int
    act: Callable[[], None] = field(compare=False)


@dataclass(frozen=True, slots=True)
class _Poll:
    """A pull that the server keeps back."""

    device: SimDevice
    id: int
    deadline: float
    seen: int
    ask: Callable[[], None]


class World:
    """Owns the virtual time, the devices and every message under way."""

    def __init__(self, server: Server, rng: Random, time: VirtualTime) -> None:
        self.time = time
        self.devices: list[SimDevice] = []
        self.faults = CALM
        self.cut_off: set[str] = set()
        self.delivered = 0
        self._server = server
        self._rng = rng
        self._due: list[_Due] = []
        self._order = 0
        self._polls: list[_Poll] = []

    def add(self, device: SimDevice) -> None:
        """Puts a device on the link and switches it on."""
        self.devices.append(device)
        self.poke(device)

    def at(self, seconds: float, act: Callable[[], None]) -> None:
        """Plans `act` in so many seconds."""
        self._order += 1
        heapq.heappush(self._due, _Due(self.time.now + seconds, self._order, act))

    def poke(self, device: SimDevice) -> None:
        """Lets a device look around (something was committed there, or it was just switched on)."""
        device.tick()
        self._post(device)

    def run(self, seconds: float, until: Callable[[], bool] = lambda: False) -> bool:
        """Lets time pass until `until` says so, at most `seconds`; whether it said so."""
        end = self.time.now + seconds
        while not until():
            planned = self._due[0].at if self._due else math.inf
            sleepy = min(self.devices, key=lambda device: device.wake_at, default=None)
            wake = sleepy.wake_at if sleepy else math.inf
            if min(planned, wake) > end or sleepy is None:
                self.time.now = end
                return until()
            self.time.now = max(self.time.now, min(planned, wake))
            if self._due and planned <= wake:
                heapq.heappop(self._due).act()
            else:
                self.poke(sleepy)
        return True

    def _post(self, device: SimDevice) -> None:
        """Puts a device's new requests on the link."""
        outbox, device.outbox = device.outbox, []
        for id, sent in outbox:
            copies = 2 if self._rng.random() < self.faults.double else 1
            for _ in range(copies):
                self._carry(device, device.run, id, sent)

    def _carry(self, device: SimDevice, run: int, id: int, sent: Sent) -> None:
        if self._rng.random() < self.faults.drop_request:
            return
        if self._rng.random() < self.faults.cut:
            self.at(self._delay(), lambda: self._break(device, run, id))
            return
        wait = _wait_of(sent.request)
        deadline = self.time.now + wait
        if wait:
            self.at(wait, self._ring)
        self.at(self._delay(), lambda: self._arrive(device, run, id, sent, deadline))

    def _delay(self) -> float:
        low, high = self.faults.delay
        return self._rng.uniform(low, high) * (
            self._rng.uniform(1, 100) if self._rng.random() < self.faults.slow else 1
        )

    def _arrive(self, device: SimDevice, run: int, id: int, sent: Sent, deadline: float) -> None:
        """A request reaches the server, if anything does."""
        if device.name in self.cut_off:
            self._break(device, run, id)
            return
        try:
            response = self._server(device.name, sent.request)
        except ServerDown:
            self._break(device, run, id)
            return
        self.delivered += 1
        if response.status == 204 and self.time.now < deadline:
            self._hold(device, run, id, sent, deadline)
            return
        if sent.request.method == "POST":
            self.at(0.0, self._ring)
        if self._rng.random() >= self.faults.drop_answer:
            self.at(self._delay(), lambda: self._answer(device, run, id, response))

    def _hold(self, device: SimDevice, run: int, id: int, sent: Sent, deadline: float) -> None:
        """Keeps a pull back until there may be news, or until its wait is over. Nobody hears the answer once the caller has gone."""
        again = partial(self._arrive, device, run, id, sent, deadline)
        self._polls.append(_Poll(device, id, deadline, self._server.version(), again))

    def _ring(self) -> None:
        """Everybody who waits asks again when there is news or the wait is over; who gave up waiting is forgotten."""
        version = self._server.version()
        polls, self._polls = self._polls, []
        for poll in polls:
            if poll.id not in poll.device.flights:
                continue
            if version > poll.seen or self.time.now >= poll.deadline:
                poll.ask()
            else:
                self._polls.append(poll)

    def _answer(self, device: SimDevice, run: int, id: int, response: Response) -> None:
        if run == device.run and device.name not in self.cut_off:
            device.hear(id, response)
            self._post(device)

    def _break(self, device: SimDevice, run: int, id: int) -> None:
        if run == device.run:
            device.lose(id)
            self._post(device)


def _wait_of(request: Request) -> float:
    """How long the server may hold this request back."""
    return float(dict(request.query).get("wait", "0"))
