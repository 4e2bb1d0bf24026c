"""One simulated device: the real machine and the real exchange on any store, with the calls it has under way."""

from dataclasses import dataclass, field
from random import Random

from sync.client.calls import (
    Abort,
    Answered,
    Asked,
    Changed,
    Effect,
    Event,
    LinkUp,
    Lost,
    Reply,
    Report,
    Send,
    Ticked,
    Unusable,
)
from sync.client.exchange import Exchange, Sent, Unreadable
from sync.client.machine import next_wake, step
from sync.client.ports import Ports
from sync.client.requests import Response
from sync.client.state import State, first_state
from sync.client.status import Answer, Ask, ClaimPolicy, Refused, SyncStatus, Unreachable


@dataclass(slots=True)
class SimDevice:
    """Owns a device's run between two crashes; the store outlives it."""

    name: str
    ports: Ports
    policy: ClaimPolicy
    rng: Random
    state: State = field(init=False)
    exchange: Exchange = field(init=False)
    flights: dict[int, Sent] = field(init=False)
    outbox: list[tuple[int, Sent]] = field(init=False)
    statuses: list[SyncStatus] = field(default_factory=list)
    answers: dict[int, Answer | Refused | Unreachable] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)
    run: int = 0
    #: When the machine wants to be woken.
    wake_at: float = 0.0

    def __post_init__(self) -> None:
        self.boot()

    def boot(self) -> None:
        """Starts the program anew on what the disk holds; calls under way are forgotten."""
        self.run += 1
        self.exchange = Exchange(self.ports, "simulation")
        self.state = first_state(self.ports.clock.mono(), self.policy)
        self.flights = {}
        self.outbox = []
        self.wake_at = self.ports.clock.mono()

    def feed(self, event: Event) -> None:
        """One step of the machine; requests to send pile up in `outbox`."""
        now = self.ports.clock.mono()
        self.state, effects = step(self.state, event, self.exchange.local(), now, self.rng)
        for effect in effects:
            self._carry_out(effect)
        self.wake_at = next_wake(self.state, now)

    def tick(self) -> None:
        """Time passed."""
        self.feed(Ticked())

    def link_up(self) -> None:
        """The network is said to be back."""
        self.feed(LinkUp())

    def ask(self, id: int, ask: Ask, timeout_s: float = 5.0) -> None:
        """A person asks; the answer ends up in `answers`."""
        self.feed(Asked(id, ask, timeout_s))

    def hear(self, id: int, response: Response) -> None:
        """The answer to call `id` arrived. One that is not waited for any more is thrown away."""
        sent = self.flights.pop(id, None)
        if sent is None:
            return
        try:
            event: Event = Answered(id, self.exchange.digest(sent, response))
        except Unreadable:
            event = Answered(id, Unusable(foreign=True))
        self.feed(event)

    def lose(self, id: int) -> None:
        """Call `id` was cut."""
        if self.flights.pop(id, None) is not None:
            self.feed(Lost(id))

    def _carry_out(self, effect: Effect) -> None:
        match effect:
            case Send(id=id, call=call):
                sent = self.exchange.prepare(call)
                self.flights[id] = sent
                self.outbox.append((id, sent))
            case Abort(id=id):
                self.flights.pop(id, None)
            case Reply(ask_id=ask_id, answer=answer):
                self.answers[ask_id] = answer
            case Report(status=status):
                self.statuses.append(status)
            case Changed(entities=entities):
                self.changed |= entities
            case _:
                pass
