"""The workbench of one machine step: the state in the making, the effects so far, and the small moves that all parts share."""

from dataclasses import replace
from random import Random
from typing import Any

from sync.client.calls import Abort, Asked, Call, Effect, Local, Reply, Report, Send
from sync.client.state import Flight, Lane, LaneName, Phase, State, Waiting, allowed_s, back_off
from sync.client.status import Refused, SyncStatus, Trouble, Unreachable
from sync.contract.codes import ErrorCode


class Turn:
    """Owns one step's next state `s` and its `effects`. Lives for one call of `machine.step`."""

    def __init__(self, state: State, local: Local, now: float, rng: Random) -> None:
        self.s = replace(state, local=local)
        self.now = now
        self.rng = rng
        self.effects: list[Effect] = []

    def set(self, **changes: Any) -> None:
        """Replaces fields of the state."""
        self.s = replace(self.s, **changes)

    def lane(self, name: LaneName, **changes: Any) -> None:
        """Replaces fields of one lane."""
        self.set(lanes={**self.s.lanes, name: replace(self.s.lanes[name], **changes)})

    def send(self, name: LaneName, call: Call) -> None:
        """Starts a call in a lane that has none under way."""
        id = self._new_id()
        self.lane(name, flight=Flight(id, call, self.now + allowed_s(call)))
        self.effects.append(Send(id, call))

    def send_ask(self, ask: Waiting, call: Call) -> None:
        """Starts the call that carries a person's question."""
        id = self._new_id()
        self.put_ask(replace(ask, flight=id))
        self.effects.append(Send(id, call))

    def _new_id(self) -> int:
        id = self.s.next_id
        self.set(next_id=id + 1)
        return id

    def random_id(self) -> str:
        """32 hex digits."""
        return f"{self.rng.getrandbits(128):032x}"

    def take_ask(self, event: Asked) -> None:
        """Accepts a person's question, or answers it at once where no server can be asked."""
        if self.s.phase is Phase.UNPAIRED:
            self.effects.append(Reply(event.ask_id, Unreachable()))
        elif self.s.trouble is Trouble.REVOKED:
            self.effects.append(Reply(event.ask_id, Refused(ErrorCode.REVOKED)))
        else:
            ask = Waiting(event.ask_id, event.ask, self.random_id(), self.now + event.timeout_s)
            self.set(asks=(*self.s.asks, ask), retry_at=min(self.s.retry_at, self.now))

    def put_ask(self, ask: Waiting) -> None:
        """Stores the new state of a question."""
        self.set(asks=tuple(ask if a.ask_id == ask.ask_id else a for a in self.s.asks))

    def settle(self, ask: Waiting, failure: Refused | None = None) -> None:
        """Gives a question its answer (or what went wrong instead) and forgets it."""
        self.set(asks=tuple(a for a in self.s.asks if a.ask_id != ask.ask_id))
        self.effects.append(Reply(ask.ask_id, failure or ask.answer or Unreachable()))

    def abort_all(self) -> None:
        """Stops every call under way; people waiting for one learn that the server cannot be reached."""
        for name, lane in self.s.lanes.items():
            if lane.flight:
                self.effects.append(Abort(lane.flight.id))
                self.lane(name, flight=None)
        for ask in self.s.asks:
            if ask.flight is not None:
                self.effects.append(Abort(ask.flight))
                self.settle(ask)

    def reopen(self) -> None:
        """The next thing to do is to compare log and leases again, with the token in hand if it is still good."""
        if self.s.phase in (Phase.READY, Phase.OPEN):
            self.set(phase=Phase.OPEN if self.now < self.s.token_until else Phase.NONCE)
        elif self.s.phase is Phase.TOKEN:
            self.set(phase=Phase.NONCE)
        self.set(opened=False, current=False)

    def offline(self) -> None:
        """The link is away as of now."""
        if self.s.online:
            self.set(online=False, since=self.now)

    def back(self) -> None:
        """The link is there as of now."""
        if not self.s.online:
            self.set(online=True, since=self.now)

    def calm(self) -> None:
        """The server lets us in. That our rows are too old for it is another matter: a pull tells."""
        if self.s.trouble is not Trouble.UPGRADE:
            self.set(trouble=None)

    def moved(self) -> None:
        """Rows came, or there are none to come: progress, unless facts wait that do not move."""
        if self.s.local.waiting == 0:
            self.set(progress_at=self.now)

    def wait_lane(self, name: LaneName, most: float, least: float = 0.0) -> None:
        """The server said no in this lane: back off, at least as long as it asked for."""
        failures = self.s.lanes[name].failures + 1
        pause = max(least, back_off(failures, most, self.rng))
        self.lane(name, failures=failures, retry_at=self.now + pause)

    def land(self, name: LaneName) -> None:
        """A lane's call did what it should."""
        self.set(lanes={**self.s.lanes, name: Lane()})

    def report(self, before: State) -> None:
        """Tells the status when it differs from the one before this step."""
        status = _status(self.s)
        if status != _status(before):
            self.effects.append(Report(status))


def _status(s: State) -> SyncStatus:
    return SyncStatus(
        online=s.online,
        since=s.since,
        waiting=s.local.waiting,
        oldest_ms=s.local.oldest_ms,
        synced_at=s.synced_at,
        catching_up=s.online and not s.current,
        head=s.head,
        trouble=s.trouble if s.phase is not Phase.UNPAIRED else Trouble.NOT_PAIRED,
        stalls=s.stalls,
        upgrade_by=s.upgrade_by,
        work_from=s.work_from,
    )
