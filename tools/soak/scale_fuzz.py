"""A million damaged scale frames, all dialects: how often does a usable weight come out that was not on the scale?

A stream is one parcel after the other: some frames while the load moves, then a few dozen that stand still. A share of the frames is
damaged on the way (bits flipped, bytes lost, doubled, swapped, replaced, frames cut and joined); all go through the
driver with its framer, codec and gate. What is usable must be what lies on the scale, or lay there LATE_S before: a frame that lost its
end is completed by the next, which is late but not wrong (a reading is fresh for a second).
"""

from __future__ import annotations

import argparse
import random
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from devices.codecs.scales.dialects import DIALECTS
from devices.drivers.scale_dialect import REPLY_S, DialectScaleDriver
from devices.model import Reading
from devices.simulated import scale_frames
from devices.simulated.scale_platform import Shown
from devices.simulated.scale_talks import ROWS
from devices.transports.base import LinkError
from tools.bench import Figure

DAMAGED = 0.35
"""Share of the frames that are damaged: far worse than any line on which a scale would be of use."""
STILL = 30
MOVING = 6
STEP_S = 0.06
LATE_S = 0.3


def _sics(shown: Shown) -> bytes:
    if shown.verdict:
        return f"S {shown.verdict}\r\n".encode()
    return f"S {'D' if shown.moving else 'S'} {Decimal(shown.grams).scaleb(-3):10.3f} kg\r\n".encode()


_SHOWS: dict[str, Callable[[Shown], bytes]] = {
    "mt-sics": _sics,
    "toledo-8217": scale_frames.toledo_8217,
    "toledo-8213": scale_frames.toledo_8213,
    "nci": scale_frames.nci,
    "sma": scale_frames.sma,
    "aandd": scale_frames.aandd,
    "cas-ecr": scale_frames.ecr,
    "sartorius-sbi-16": scale_frames.sbi_16,
    "sartorius-sbi-22": scale_frames.sbi_22,
    "ohaus": scale_frames.ohaus,
    "adam": scale_frames.adam,
    "dibal-98": scale_frames.dibal,
    "dialog06": scale_frames.dialog_06,
    "radwag": scale_frames.radwag,
    **{name: row.stream for name, row in ROWS.items() if row.stream},
}


@dataclass(slots=True)
class Tally:
    """What became of the frames of one dialect. `wrong`: usable weights that were not on the scale, with their words."""

    frames: int = 0
    damaged: int = 0
    usable: int = 0
    wrong: list[str] = field(default_factory=list)


def _damage(frame: bytes, before: bytes, dice: random.Random) -> bytes:
    """One of the things that happen to a frame on a bad line."""
    data = bytearray(frame)
    place = dice.randrange(len(data))
    kind = dice.randrange(8)
    if kind < 3:  # bits turned over, mostly one
        for _ in range(1 if kind else dice.randint(2, 4)):
            data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
    elif kind == 3:  # a byte lost, or doubled
        data[place : place + 1] = bytes(data[place : place + 1]) * dice.choice((0, 2))
    elif kind == 4:  # two bytes changed places
        other = dice.randrange(len(data))
        data[place], data[other] = data[other], data[place]
    elif kind == 5:  # cut at either end; the next frame follows at once
        data = data[:place] if dice.random() < 0.5 else data[place:]
    elif kind == 6:  # joined with the one before
        data = data[:place] + before[min(place, len(before)) :]
    else:  # a figure replaced by another
        data[place] = dice.choice(b"0123456789 .-+kgSUD")
    return bytes(data)


def _said(name: str, shown: Shown) -> list[bytes]:
    """What the scale answers to one question, or sends at one time."""
    frame = _SHOWS[name](shown)
    # A NAK of Dialog 06 is followed by our question why, and its answer.
    return [frame, scale_frames.dialog_06_why(shown)] if frame == b"\x15" else [frame]


def _parcels(name: str, dice: random.Random) -> Iterator[tuple[int, bytes]]:
    """Endlessly what lies on the scale, in grams, and the frame it sends; empty where the dialect stays silent."""
    while True:
        # Neighbours by a division or a digit are the likeliest to be taken for one another.
        grams = dice.choice((0, dice.randrange(1, 30_000), dice.randrange(1, 30) * 1000, dice.randrange(1, 100) * 10))
        tare = dice.choice((0, 0, 0, 250)) if grams else 0
        shows = [Shown(dice.randrange(30_000), tare, True, "") for _ in range(dice.randint(1, MOVING))]
        shows += [Shown(31_000, tare, False, "+")] * (dice.random() < 0.05)
        shows += [Shown(grams, tare, False, "")] * dice.randint(STILL // 2, STILL)
        for shown in shows:
            for frame in _said(name, shown):
                yield grams, frame


class _Wire:
    """The bad line as a transport: every read takes a moment and brings what the scale said in it. Remembers what lay on the scale."""

    def __init__(self, name: str, seed: int) -> None:
        self.now = 0.0
        self.tally = Tally()
        self._dice = random.Random(f"{name} {seed}")
        self._parcels = _parcels(name, self._dice)
        self._before = b"?"
        self._asked = self._unasked = DIALECTS[name].streaming
        self._lay: deque[tuple[float, int]] = deque()

    def read(self, timeout: float) -> bytes:
        if not self._asked:
            self.now += max(timeout, 0.001)
            return b""
        self._asked = self._unasked
        self.now += STEP_S
        grams, frame = next(self._parcels)
        self._lay.append((self.now, grams))
        while self.now - self._lay[0][0] > LATE_S:
            self._lay.popleft()
        if not frame:
            # Longer than a question stays open.
            self.now += REPLY_S
            return frame
        self.tally.frames += 1
        sent = frame
        if self._dice.random() < DAMAGED:
            self.tally.damaged += 1
            sent = _damage(frame, self._before, self._dice)
        self._before = frame
        return sent

    def judge(self, name: str, seed: int, reading: Reading) -> None:
        """Counts a usable weight, and keeps the words of a wrong one."""
        self.tally.usable += 1
        if all(reading.grams != grams for _, grams in self._lay):
            lay = sorted({grams for _, grams in self._lay})
            self.tally.wrong.append(
                f"{name} seed {seed} frame {self.tally.frames}: {reading.value} {reading.unit} for {lay} g"
            )

    def clock(self) -> float:
        return self.now

    def open(self) -> None:
        """Always open."""

    def write(self, data: bytes, timeout: float) -> None:
        self._asked = True

    close = wake = cancel = open


def fuzz(name: str, damaged: int, seed: int) -> Tally:
    """Until so many frames of one dialect were damaged. The same seed gives the same run."""
    wire = _Wire(name, seed)
    driver = DialectScaleDriver(wire, wire.clock, DIALECTS[name])
    driver.open()
    while wire.tally.damaged < damaged:
        try:
            events = driver.step()
        except LinkError:  # everything damaged for too long
            driver.open()
            continue
        for event in events:
            if isinstance(event, Reading) and event.usable:
                wire.judge(name, seed, event)
    return wire.tally


def main(arguments: Sequence[str] = ()) -> list[Figure]:
    """The whole: `--frames` damaged frames over all dialects (1 000 000), from `--seed` on."""
    parser = argparse.ArgumentParser(prog="scale_fuzz", description=__doc__)
    parser.add_argument("--frames", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    started = time.monotonic()
    each = -(-options.frames // len(DIALECTS))
    print(f"seed {options.seed}, {each} damaged frames a dialect")
    tallies = {name: fuzz(name, each, options.seed) for name in DIALECTS}
    for name, tally in tallies.items():
        print(
            f"{name:<18} {tally.frames:>8} frames {tally.damaged:>7} damaged {tally.usable:>8} usable {len(tally.wrong)} wrong"
        )
        print("\n".join(tally.wrong), end="\n" if tally.wrong else "")
    return [
        Figure("damaged scale frames", sum(tally.damaged for tally in tallies.values()), "frames"),
        Figure("usable weights among them", sum(tally.usable for tally in tallies.values()), "readings"),
        Figure("wrong usable weights", sum(len(tally.wrong) for tally in tallies.values()), "readings", limit=0),
        Figure("scale fuzz took", time.monotonic() - started, "s"),
    ]
