"""Trouble on the line, seeded so that a failing case can be had again. Used by the simulators (their side) and as a transport (ours)."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from typing import Any

from devices.model import Reason
from devices.transports.base import LinkError, Transport


@dataclass(frozen=True, slots=True)
class ChaosPlan:
    """What goes wrong. Counts are bytes since the plan was put to work; None or 0 means: this does not go wrong."""

    seed: int = 0
    cut_after_received: int | None = None
    """Drop the link, once, as soon as this many bytes have come in (the rest is lost)."""
    cut_after_sent: int | None = None
    single_bytes: bool = False
    """Send in pieces of one byte."""
    delay_s: float = 0.0
    """Wait up to this long before each piece."""
    flip_chance: float = 0.0
    """Chance for each byte sent that one of its bits is turned over."""
    duplicate_chance: float = 0.0
    """Chance for each thing said that it is said twice."""
    drain_bytes_s: float | None = None
    """Take no more than so many bytes a second, so that the host's buffers fill up."""
    mute: bool = False
    """Take everything, say nothing."""


def seeded(seed: int) -> ChaosPlan:
    """A plan in which one or two things go wrong, always the same for the same number."""
    dice = random.Random(seed)  # noqa: S311 - makes trouble, guards nothing
    troubles: list[dict[str, Any]] = [
        {"cut_after_received": dice.randrange(1, 60)},
        {"cut_after_sent": dice.randrange(1, 60)},
        {"single_bytes": True},
        {"delay_s": dice.choice((0.01, 0.05))},
        {"flip_chance": dice.choice((0.005, 0.05))},
        {"duplicate_chance": 0.3},
        {"drain_bytes_s": dice.choice((300.0, 2000.0))},
        {"mute": True},
    ]
    chosen = dice.sample(troubles, dice.choice((1, 2)))
    return ChaosPlan(seed, **{name: value for trouble in chosen for name, value in trouble.items()})


class Chaos:
    """A plan at work on one link. `received` and `sending` tell what is left of the bytes and whether the link is cut now."""

    def __init__(self, plan: ChaosPlan) -> None:
        self.plan = plan
        self._dice = random.Random(plan.seed)  # noqa: S311 - makes trouble, guards nothing
        self._drained_at = time.monotonic()
        self._left_to_receive = plan.cut_after_received
        self._left_to_send = plan.cut_after_sent

    def appetite(self, most: int) -> int:
        """How many bytes to take from the line now, at most `most`; 0: let the host wait."""
        if self.plan.drain_bytes_s is None:
            return most
        now = time.monotonic()
        bite = min(int((now - self._drained_at) * self.plan.drain_bytes_s), most)
        if bite:
            self._drained_at = now
        return bite

    def received(self, data: bytes) -> tuple[bytes, bool]:
        """Bytes that get through of those that came in, and whether the link is cut behind them."""
        kept, self._left_to_receive, cut = _until(data, self._left_to_receive)
        return kept, cut

    def sending(self, data: bytes) -> tuple[list[bytes], bool]:
        """Pieces to send instead of `data`, and whether the link is cut behind them. Sleeps the plan's delay once per call."""
        if self.plan.delay_s:
            time.sleep(self._dice.uniform(0, self.plan.delay_s))
        if self.plan.mute:
            return [], False
        if self.plan.duplicate_chance and self._dice.random() < self.plan.duplicate_chance:
            data += data
        kept, self._left_to_send, cut = _until(data, self._left_to_send)
        spoiled = bytes(self._spoil(byte) for byte in kept)
        return ([bytes([byte]) for byte in spoiled] if self.plan.single_bytes else [spoiled]), cut

    def _spoil(self, byte: int) -> int:
        return byte ^ (1 << self._dice.randrange(8)) if self._dice.random() < self.plan.flip_chance else byte


def _until(data: bytes, left: int | None) -> tuple[bytes, int | None, bool]:
    """Bytes before the cut, bytes left until the cut (None: none to come, a plan cuts once), and whether it is now."""
    if left is None:
        return data, None, False
    if len(data) < left:
        return data, left - len(data), False
    return data[:left], None, True


class ChaosTransport:
    """A transport whose link breaks as planned: what we write is "sent", what we read is "received"."""

    def __init__(self, inner: Transport, plan: ChaosPlan) -> None:
        self._inner = inner
        self._chaos = Chaos(plan)

    def open(self) -> None:
        """See Transport.open."""
        self._inner.open()

    def read(self, timeout: float) -> bytes:
        """See Transport.read; a cut shows as a lost link once the bytes before it are read."""
        data, cut = self._chaos.received(self._inner.read(timeout))
        if cut:
            # The next read finds the link gone; the bytes before the cut are read all the same.
            self._inner.close()
            if not data:
                raise LinkError(Reason.LOST, "cut by plan")
        return data

    def write(self, data: bytes, timeout: float) -> None:
        """See Transport.write; `sent` of a cut is what had gone through to the device."""
        pieces, cut = self._chaos.sending(data)
        for piece in pieces:
            self._inner.write(piece, timeout)
        if cut:
            self._inner.close()
            raise LinkError(Reason.LOST, "cut by plan", sum(map(len, pieces)))

    def close(self) -> None:
        """See Transport.close."""
        self._inner.close()

    def wake(self) -> None:
        """See Transport.wake."""
        self._inner.wake()

    def cancel(self) -> None:
        """See Transport.cancel."""
        self._inner.cancel()
