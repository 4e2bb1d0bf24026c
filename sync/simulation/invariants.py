"""The thirteen invariants as one module of checks over what can be seen of the server and of every device at one moment.

The simulated shifts and the state machine of the tests look through `Watch`. What only the server's database can show comes in as the
findings of its own verifier, so both speak of the same rules; what only devices can show is checked here.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from sync.contract.invariants import Invariant
from sync.contract.wire import Token

Key = tuple[str, str]

#: Simulated seconds in which everything must have come to rest once it is left in peace.
REST_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class CentreSight:
    """The server at one moment. `feed` has the newest version and body of every entity, None for a deleted one; `broken` what its own
    verifier found, by invariant."""

    epoch: int
    head: int
    outcomes: Mapping[str, str]
    feed: Mapping[Key, tuple[int, bytes | None]]
    tokens: Mapping[str, Token]
    broken: Mapping[Invariant, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Logged:
    """An op in a device's journal; no outcome while it waits."""

    seq: int
    outcome: str | None
    linked: bool = True


@dataclass(frozen=True, slots=True)
class DeviceSight:
    """One living device: what beeped there, what its disk holds and what it believes. `linked` of each op: whether the chain recomputes.
    `compared`: it has held its log against the server's since it was started or found that somebody else writes under its name."""

    name: str
    device_id: str
    epoch: int
    through: int
    beeped: frozenset[str]
    journal: Mapping[str, Logged]
    rows: Mapping[Key, tuple[int, bytes]]
    overlay: int
    held: frozenset[tuple[str, Token]]
    online: bool
    compared: bool = True


@dataclass(slots=True)
class Watch:
    """Remembers what earlier looks have shown, and says what is wrong with the present one."""

    _versions: dict[tuple[str, int], dict[Key, int]] = field(default_factory=dict)
    _tokens: dict[tuple[int, str], Token] = field(default_factory=dict)

    def wrong(self, centre: CentreSight, devices: Sequence[DeviceSight]) -> list[str]:
        """Everything that is broken now, each with its invariant's name; for any moment."""
        return [f"{name}: {words}" for name, check in ALWAYS.items() for words in check(self, centre, devices)]

    def wrong_at_rest(self, centre: CentreSight, devices: Sequence[DeviceSight], seconds: float) -> list[str]:
        """As `wrong`, for when all faults have been over for `seconds`."""
        late = seconds > REST_S
        found = [f"{name}: {words}" for name, check in AT_REST.items() for words in check(self, centre, devices)]
        return self.wrong(centre, devices) + found + ([f"{Invariant.LIVENESS}: {seconds} s"] if late else [])


Check = Callable[[Watch, CentreSight, Sequence[DeviceSight]], Iterator[str]]


def _as_verified(invariant: Invariant) -> Check:
    """What the server's own verifier says about it."""

    def check(_: Watch, centre: CentreSight, __: Sequence[DeviceSight]) -> Iterator[str]:
        yield from centre.broken.get(invariant, ())

    return check


def _nothing_lost(_: Watch, centre: CentreSight, devices: Sequence[DeviceSight]) -> Iterator[str]:
    kept = {op for device in devices for op in device.journal} | set(centre.outcomes)
    for device in devices:
        yield from (f"{device.name} beeped for {op}" for op in sorted(device.beeped - kept))


def _one_knows_a_token(_: Watch, __: CentreSight, devices: Sequence[DeviceSight]) -> Iterator[str]:
    owner: dict[tuple[str, Token], str] = {}
    for device in devices:
        for right in sorted(device.held):
            first = owner.setdefault(right, device.device_id)
            if first != device.device_id:
                yield f"{right} is held by {first} and {device.device_id}"


def _fencing(watch: Watch, centre: CentreSight, devices: Sequence[DeviceSight]) -> Iterator[str]:
    yield from _as_verified(Invariant.FENCING)(watch, centre, devices)
    for item, token in centre.tokens.items():
        before = watch._tokens.get((centre.epoch, item), token)
        if token < before:
            yield f"token of {item} fell from {before} to {token}"
        watch._tokens[centre.epoch, item] = token


def _feed_complete(watch: Watch, centre: CentreSight, devices: Sequence[DeviceSight]) -> Iterator[str]:
    yield from _as_verified(Invariant.FEED_COMPLETE)(watch, centre, devices)
    for device in devices:
        if device.epoch != centre.epoch:
            continue
        for key, (ver, body) in centre.feed.items():
            wanted = None if body is None else (ver, body)
            if ver <= device.through and device.rows.get(key) != wanted:
                yield f"{device.name} at {device.through} lacks {key} of {ver}"
        strange = [key for key in device.rows if key not in centre.feed or device.rows[key][0] > device.through]
        yield from (f"{device.name} at {device.through} has {key}" for key in sorted(strange))


def _converged(_: Watch, centre: CentreSight, devices: Sequence[DeviceSight]) -> Iterator[str]:
    live = {key: (ver, body) for key, (ver, body) in centre.feed.items() if body is not None}
    for device in devices:
        if dict(device.rows) != live:
            yield f"{device.name} holds other rows than the server"
        if device.overlay:
            yield f"{device.name} still shows {device.overlay} ops over its rows"


def _ack_is_durable(_: Watch, centre: CentreSight, devices: Sequence[DeviceSight]) -> Iterator[str]:
    for device in devices:
        # Whose twin has brought another log into the new time line knows its number already, and is about to bring all under a new name.
        if device.epoch != centre.epoch or not device.compared:
            continue
        acked = {op: entry.outcome for op, entry in device.journal.items() if entry.outcome is not None}
        for op, outcome in acked.items():
            now = centre.outcomes.get(op)
            # A clone may have been told of the time line that a restore ended, and its twin have brought the op into the new one.
            if now is None or (now != outcome and centre.epoch == 1):
                yield f"{device.name} was told {outcome} of {op}, the server says {now}"


def _device_order(watch: Watch, centre: CentreSight, devices: Sequence[DeviceSight]) -> Iterator[str]:
    yield from _as_verified(Invariant.DEVICE_ORDER)(watch, centre, devices)
    for device in devices:
        numbers = sorted(entry.seq for entry in device.journal.values())
        if numbers != list(range(1, len(numbers) + 1)):
            yield f"the log of {device.name} is {numbers}"
        if not all(entry.linked for entry in device.journal.values()):
            yield f"the chain of {device.name} does not recompute"


def _lively(_: Watch, centre: CentreSight, devices: Sequence[DeviceSight]) -> Iterator[str]:
    for device in devices:
        waiting = sum(entry.outcome is None for entry in device.journal.values())
        if waiting or not device.online or (device.epoch, device.through) != (centre.epoch, centre.head):
            at = f"at {device.epoch}/{device.through} of {centre.epoch}/{centre.head}"
            yield f"{device.name} has {waiting} ops waiting, {at}, online {device.online}"


def _monotonic(watch: Watch, _: CentreSight, devices: Sequence[DeviceSight]) -> Iterator[str]:
    for device in devices:
        before = watch._versions.setdefault((device.name, device.epoch), {})
        for key, (ver, _body) in device.rows.items():
            if ver < before.get(key, ver):
                yield f"{key} on {device.name} went from {before[key]} to {ver}"
            before[key] = ver


#: True at every moment.
ALWAYS: Final[Mapping[Invariant, Check]] = {
    Invariant.CONSERVATION: _as_verified(Invariant.CONSERVATION),
    Invariant.EXACTLY_ONCE: _as_verified(Invariant.EXACTLY_ONCE),
    Invariant.NOTHING_LOST: _nothing_lost,
    Invariant.NO_DOUBLE_ASSIGNMENT: _as_verified(Invariant.NO_DOUBLE_ASSIGNMENT),
    Invariant.FENCING: _fencing,
    Invariant.NO_OVER_CREDIT: _as_verified(Invariant.NO_OVER_CREDIT),
    Invariant.FEED_COMPLETE: _feed_complete,
    Invariant.ACK_IS_DURABLE: _ack_is_durable,
    Invariant.DEVICE_ORDER: _device_order,
    Invariant.DIVERTED_HAS_EXCEPTION: _as_verified(Invariant.DIVERTED_HAS_EXCEPTION),
    Invariant.MONOTONIC_READS: _monotonic,
}

#: True once everything has come to rest. A device that has just got a new identity may for a moment still hold what the old one held.
AT_REST: Final[Mapping[Invariant, Check]] = {
    Invariant.CONVERGENCE: _converged,
    Invariant.LIVENESS: _lively,
    Invariant.NO_DOUBLE_ASSIGNMENT: _one_knows_a_token,
}
