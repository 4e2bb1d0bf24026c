"""Typing and scanning on one keyboard, timeline after timeline: whatever is typed arrives as typed, whatever is scanned as scanned.

`python -m tools.soak wedge_timelines -- [--count 100000] [--seed 1]`. Every timeline has a seed of its own, which is printed when it fails.
Scanners: USB 1 to 20 ms a character, Bluetooth 15 to 60, each with a stumble now and then. People: 60 ms and more between keys, as fast
numpad typists, with two or three keys rolled over at once, with keys held down, and in between the scans.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from devices.simulated.wedge_sim import BLUETOOTH_MS, SEPARATORS, USB_MS, WedgeSim
from devices.wedge import BLUETOOTH, USB, Key, KeyBurst, Outcome, WedgeProfile
from devices.wedge_profiles import AUTO
from tools.bench import Figure

_CODE = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-./ +%$abcdefghxyz"
_TYPED = "0123456789abcdefghijklmnopqrstuvwxyzABC.,-/"
_PROFILES = (USB, BLUETOOTH, AUTO)
_BACK_TO_HAND_MS = 10
"""Beyond the longest gap of a scan: nobody pulls a trigger sooner than that after pressing a key."""


@dataclass
class Timeline:
    """Keys as they come, and what they are: the keys that are typing, the codes that are scans."""

    profile: WedgeProfile
    keys: list[Key] = field(default_factory=list)
    typed: list[Key] = field(default_factory=list)
    scans: list[str] = field(default_factory=list)
    now: float = 0.0

    def add(self, key: Key, typed: bool) -> None:
        """One more key."""
        self.keys.append(key)
        self.now = key.t_ms
        if typed:
            self.typed.append(key)


def make(seed: int) -> Timeline:
    """The timeline of this seed: one to six acts by turns, of a person or of a scanner."""
    dice = random.Random(seed)
    line = Timeline(dice.choice(_PROFILES))
    for _ in range(dice.randint(1, 6)):
        dice.choice((_scan, _scan, _entry, _numpad, _held_key, _function_key))(line, dice)
        line.now += line.profile.longest_gap_ms + dice.uniform(_BACK_TO_HAND_MS, 900)
    return line


def _scan(line: Timeline, dice: random.Random) -> None:
    code = _code(dice)
    suffix = dice.choice(["\r", "\r", "\r", "\n", "\t", "\r\n", ""])
    if not suffix and len(code) < line.profile.min_keys_idle:
        suffix = "\r"
    sim = WedgeSim(_pace(line, dice), "", suffix, dice.choice(list(SEPARATORS)), dice=dice)
    if suffix and dice.random() < 0.15:
        sim.prefix, sim.gap_ms = dice.choice(["\x02", f"F{dice.randint(13, 24)}"]), (1, 200)
    elif dice.random() < 0.1:
        sim.stumble_ms = dice.uniform(0, line.profile.longest_gap_ms - sim.gap_ms[1])
    for key in sim.scan(code, line.now):
        line.add(key, typed=False)
    if not suffix:
        line.now += line.profile.idle_ms
    line.scans.append(code)


def _pace(line: Timeline, dice: random.Random) -> tuple[float, float]:
    if line.profile is AUTO:
        return dice.choice([USB_MS, BLUETOOTH_MS])
    return BLUETOOTH_MS if line.profile is BLUETOOTH else USB_MS


def _code(dice: random.Random) -> str:
    while True:
        code = "".join(dice.choices(_CODE, k=dice.randint(6, 34)))
        if dice.random() < 0.25:
            code += "\x1d" + "".join(dice.choices(_CODE, k=dice.randint(1, 12)))
        if len(set(code)) > 1:
            return code


def _entry(line: Timeline, dice: random.Random) -> None:
    """Words at a person's pace; sometimes two or three keys are rolled over at once."""
    text = "".join(dice.choices(_TYPED, k=dice.randint(1, 24)))
    roll = dice.randrange(len(text)) if dice.random() < 0.4 else len(text)
    rolled = range(roll + 1, roll + dice.randint(2, 3))
    for number, char in enumerate(text):
        if number:
            line.now += dice.uniform(8, 50) if number in rolled else 60 + dice.lognormvariate(4.2, 0.8)
        line.add(Key(line.now, char), typed=True)
    _enter(line, dice)


def _numpad(line: Timeline, dice: random.Random) -> None:
    """Figures as fast as anybody enters them; short ones faster still."""
    text = "".join(dice.choices("0123456789", k=dice.randint(1, 14)))
    fastest, slowest = (25, dice.choice([40, 105])) if len(text) <= 3 else (60, dice.choice([90, 140]))
    for number, char in enumerate(text):
        if number:
            line.now += dice.uniform(fastest, slowest)
        line.add(Key(line.now, char), typed=True)
    _enter(line, dice)


def _enter(line: Timeline, dice: random.Random) -> None:
    if dice.random() < 0.6:
        line.now += dice.uniform(60, 300)
        line.add(Key(line.now, "\r"), typed=True)


def _held_key(line: Timeline, dice: random.Random) -> None:
    """A key held down; not every window system marks its repeats."""
    char, marked = dice.choice("05x ."), dice.random() < 0.7
    line.add(Key(line.now, char), typed=True)
    line.now += dice.uniform(250, 600)
    for _ in range(dice.randint(1, 40)):
        line.now += 30
        line.add(Key(line.now, char, repeat=marked), typed=True)


def _function_key(line: Timeline, dice: random.Random) -> None:
    line.add(Key(line.now, "", dice.choice(["F1", "F11", "F12", "Left", "Ctrl+S", "Backspace"])), typed=True)


class Player:
    """A text field behind the filter: ticks when a deadline passes, and notes what reaches it."""

    def __init__(self, profile: WedgeProfile) -> None:
        self._burst = KeyBurst(profile)
        self.typed: list[Key] = []
        self.scans: list[str] = []
        self.longest_hold = 0.0

    def play(self, keys: Sequence[Key]) -> None:
        """All keys, and silence behind them."""
        for key in keys:
            self._settle(key.t_ms)
            outcome = self._burst.press(key)
            self._follow(outcome, key.t_ms)
            if not outcome.held:
                self.typed.append(key)
        self._settle(float("inf"))

    def _settle(self, now: float) -> None:
        while (deadline := self._burst.deadline) is not None and deadline <= now:
            self._follow(self._burst.tick(deadline), deadline)

    def _follow(self, outcome: Outcome, now: float) -> None:
        for key in outcome.replay:
            self.longest_hold = max(self.longest_hold, now - key.t_ms)
        self.typed += outcome.replay
        self.scans += [scan.text for scan in outcome.scans]


def faults(seed: int) -> list[str]:
    """What went wrong in the timeline of this seed; nothing is right."""
    line = make(seed)
    player = Player(line.profile)
    player.play(line.keys)
    # Shift by itself passes, whoever pressed it.
    typed = [key for key in player.typed if key.text or key.name]
    wrong = []
    if player.scans != line.scans:
        wrong.append(f"scanned {line.scans} but {player.scans} recognised")
    if typed != line.typed:
        wrong.append(f"typed {_text(line.typed)!r} but {_text(typed)!r} arrived")
    return wrong


def _text(keys: Sequence[Key]) -> str:
    return "".join(key.text or f"<{key.name}>" for key in keys)


def main(arguments: Sequence[str]) -> list[Figure]:
    """Plays the timelines; every one that goes wrong is printed with its seed."""
    parser = argparse.ArgumentParser(prog="wedge_timelines")
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    wrong = 0
    for seed in range(options.seed, options.seed + options.count):
        found = faults(seed)
        wrong += bool(found)
        if found:
            print(f"seed {seed}: {'; '.join(found)}")
    print(f"seeds {options.seed} to {options.seed + options.count - 1}")
    return [Figure("wedge timelines", options.count, ""), Figure("wedge timelines misread", wrong, "", limit=0)]
