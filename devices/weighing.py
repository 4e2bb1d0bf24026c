"""When a reading is a weight, and when a weight is taken: pure, without threads, times passed in.

`StabilityGate` sits in the driver: what leaves a scale driver as usable (`Reading.usable`) has passed it. A scale's own word that the
load stands still is not enough, because most dialects have no checksum and one bit makes 12.34 out of 12.30; the figure must come again.

`Capture` sits with whoever takes weights, one for each scale: the client offers it every reading that the hub's sink brings, together
with the hub's clock, and stores what it returns with the parcel. It returns each load once. `word` says in between why there is none.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum, unique

from devices.model import GRAMS_PER, Reading, WeightState

FRESH_S = 1.0
"""A reading older than this is not a weight."""
HOLD_S = 0.4
REPEATS = 3
WINDOW_S = 1.0
EMPTY_DIVISIONS = 10
CHANGE_DIVISIONS = 5
_MOST = 64
_FIGURES = (WeightState.STABLE, WeightState.ZERO, WeightState.UNKNOWN)


@dataclass(frozen=True, slots=True)
class GateRule:
    """What a dialect must show before a figure counts.

    `hold_s`: how long it must stay within one division, for scales that do not tell stability themselves (0: they do, and the figure must
    be the same each time); `repeats`: how often the very figure must come (also with a checksum: none in use notices two bytes that changed
    places); `window_s`: readings further apart than this do not support each other.
    """

    hold_s: float = 0.0
    repeats: int = REPEATS
    window_s: float = WINDOW_S


def rule_for(has_stability: bool, poll_s: float) -> GateRule:
    """The rule for a dialect, asked every `poll_s` seconds at the slowest."""
    return GateRule(hold_s=0.0 if has_stability else HOLD_S, window_s=max(WINDOW_S, 4 * poll_s))


def division_of(reading: Reading) -> Decimal:
    """One step of the last digit shown, in the reading's unit. A scale that counts in 2 or 5 has a greater division than this."""
    exponent = reading.value.as_tuple().exponent
    return Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0)


class StabilityGate:
    """Turns what one scale says into what may be believed. Remembers the present run of figures that agree."""

    def __init__(self, rule: GateRule, division: Decimal | None = None) -> None:
        self._rule = rule
        self._division = division
        self._run: deque[Reading] = deque(maxlen=_MOST)
        self.pending = False

    def judge(self, reading: Reading) -> Reading:
        """The reading as STABLE or ZERO if its figure is confirmed, as UNSTABLE if it is not yet; others (over, busy, ...) as they are.

        Readings come in the order of their `at`.
        """
        self.pending = False
        if reading.state not in _FIGURES:
            self._run.clear()
            return reading
        self._drop_what_disagrees(reading)
        self._run.append(reading)
        if not self._confirmed(reading):
            self.pending = True
            return replace(reading, state=WeightState.UNSTABLE)
        return replace(reading, state=WeightState.ZERO if reading.value == 0 else WeightState.STABLE)

    def reset(self) -> None:
        """The link was lost, a frame damaged, or the zero set: what came before says nothing about what comes."""
        self._run.clear()
        self.pending = False

    def _drop_what_disagrees(self, reading: Reading) -> None:
        run = self._run
        while run and reading.at - run[0].at > self._rule.window_s:
            run.popleft()
        tolerance = Decimal(0) if self._rule.hold_s == 0 else (self._division or division_of(reading))
        if any(abs(r.value - reading.value) > tolerance or not _same_kind(r, reading) for r in run):
            run.clear()

    def _confirmed(self, reading: Reading) -> bool:
        if reading.at - self._run[0].at < self._rule.hold_s:
            return False
        return sum(r.value == reading.value for r in self._run) >= self._rule.repeats


def _same_kind(one: Reading, other: Reading) -> bool:
    return (one.unit, one.net, one.tare) == (other.unit, other.net, other.tare)


@dataclass(frozen=True, slots=True)
class Captured:
    """One weight as it was taken: the figure and unit of the display, whether it was net of a tare and which, when, and the frame."""

    value: Decimal
    unit: str
    grams: Decimal
    net: bool
    tare: Decimal | None
    at: float
    raw: bytes


class Capture:
    """Takes each load once. After a weight was taken it waits for an empty scale, or for another weight that stands still."""

    def __init__(self, division: Decimal | None = None) -> None:
        self._division = division
        self._last_step = Decimal(0)
        self._base: Decimal | None = None
        self._net = False
        self._rebase = False
        self._armed = True
        self._was_empty = False

    def offer(self, reading: Reading, now: float) -> Captured | None:
        """The weight to take, or None: not still, not fresh, too little on the scale, or taken already. `division` is in grams."""
        grams = self._grams(reading)
        if grams is None or now - reading.at > FRESH_S:
            return None
        if reading.usable and (self._rebase or (reading.net != self._net and self._base is not None)):
            # The container was tared, or the tare cleared: the figure changed, the load did not.
            self._base, self._net, self._armed, self._rebase = grams, reading.net, False, False
            return None
        division = self._step(reading)
        empty = grams < EMPTY_DIVISIONS * division
        self._look_for_an_empty_scale(reading, empty, division)
        if not reading.usable or empty or not division:
            return None
        if not self._armed and self._base is not None and abs(grams - self._base) <= CHANGE_DIVISIONS * division:
            return None
        self._base, self._net, self._armed = grams, reading.net, False
        return Captured(reading.value, reading.unit, reading.grams, reading.net, reading.tare, reading.at, reading.raw)

    def tared(self) -> None:
        """The client tared or zeroed the scale: the next still figure belongs to the load that is on it already."""
        self._rebase = self._base is not None

    def _step(self, reading: Reading) -> Decimal:
        # A zero or "under" that was told by a status alone has no digits to show the division.
        if reading.value or reading.value.as_tuple().exponent != 0:
            self._last_step = division_of(reading) * GRAMS_PER[reading.unit]
        return self._division or self._last_step

    def _look_for_an_empty_scale(self, reading: Reading, empty: bool, division: Decimal) -> None:
        # A moving figure may be a damaged one, so it takes two of them in a row to believe that the load is gone.
        if empty and (reading.usable or self._was_empty) and (self._base or Decimal(0)) >= EMPTY_DIVISIONS * division:
            self._armed = True
            self._base = None
        self._was_empty = empty

    def _grams(self, reading: Reading) -> Decimal | None:
        if reading.unit not in GRAMS_PER:
            return None
        if reading.state is WeightState.UNDER:
            return Decimal(0)
        return reading.grams if reading.state in (*_FIGURES, WeightState.UNSTABLE) else None


@unique
class WeightWord(StrEnum):
    """Why there is no weight to take, or that there is one: codes for the client to translate."""

    READY = "weight-ready"
    EMPTY = "weight-empty"
    MOVING = "weight-moving"
    OVER = "weight-over"
    UNDER = "weight-under"
    BUSY = "weight-busy"
    OFF = "weight-off"
    FAULT = "weight-fault"
    STALE = "weight-stale"


_WORDS = {
    WeightState.STABLE: WeightWord.READY,
    WeightState.ZERO: WeightWord.EMPTY,
    WeightState.UNSTABLE: WeightWord.MOVING,
    WeightState.UNKNOWN: WeightWord.MOVING,
    WeightState.OVER: WeightWord.OVER,
    WeightState.UNDER: WeightWord.UNDER,
    WeightState.BUSY: WeightWord.BUSY,
    WeightState.OFF: WeightWord.OFF,
    WeightState.ERROR: WeightWord.FAULT,
}


def word(reading: Reading | None, now: float) -> WeightWord:
    """What to tell people about the latest reading of a scale."""
    return WeightWord.STALE if reading is None or now - reading.at > FRESH_S else _WORDS[reading.state]
