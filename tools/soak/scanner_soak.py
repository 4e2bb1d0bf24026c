"""Scan after scan through everything that is real: Qt key events into a window, and pseudo terminals into a device hub, plain and SSI.

`python -m tools.soak scanner_soak -- [--count 10000] [--seed 1]`: so many scans on each of the three channels. The bytes come in single
bytes and in random pieces, SSI packets are damaged and acknowledgements lost on purpose, and a person types between the wedge's scans.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent, QWindow
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from app.ui.wedge_filter import Wedge, WedgeFilter
from devices.codecs.layouts import symptom
from devices.hub import DeviceHub, HubSinks
from devices.model import LinkState, Scan
from devices.simulated.chaos import ChaosPlan
from devices.simulated.scanner_sim import ScannerSim
from devices.simulated.ssi_sim import SsiSim
from devices.wedge import Key, KeyBurst
from tools.bench import Figure

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-./"
PATIENCE_S = 30.0
AT_ONCE = 10


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of the scans of one channel. `joined`: what arrived and nobody sent, two scans in one or half of one."""

    sent: int
    lost: int
    doubled: int
    joined: int
    in_order: bool

    @property
    def wrong(self) -> int:
        """0 when everything arrived once, whole and in order."""
        return self.lost + self.doubled + self.joined + (not self.in_order)


def tally(sent: Sequence[str], heard: Sequence[str]) -> Tally:
    """Compares what was scanned with what arrived."""
    were, are = Counter(sent), Counter(heard)
    known = {text: count for text, count in are.items() if text in were}
    return Tally(
        len(sent),
        sum((were - are).values()),
        sum((Counter(known) - were).values()),
        sum(are.values()) - sum(known.values()),
        list(sent) == list(heard),
    )


def codes(count: int, dice: random.Random) -> list[str]:
    """Codes of all lengths; some with separators, some twice in a row, as when a picker scans two of a kind."""
    made: list[str] = []
    while len(made) < count:
        code = f"{len(made):06d}" + "".join(dice.choices(_LETTERS, k=dice.randint(1, 40)))
        if dice.random() < 0.2:
            code += "\x1d21" + "".join(dice.choices(_LETTERS, k=8))
        made += [code] * (2 if dice.random() < 0.2 else 1)
    return made[:count]


class Ears:
    """Collects the scans of a hub, and lets somebody wait for them."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.heard: list[str] = []
        self.ready = False

    def sinks(self) -> HubSinks:
        """What a hub wants."""
        return HubSinks(self._scan, *[lambda *_: None] * 2, self._link, lambda *_: None)

    def wait(self, scans: int) -> bool:
        """True once so many scans came."""
        with self.changed:
            return self.changed.wait_for(lambda: len(self.heard) >= scans, PATIENCE_S)

    def wait_ready(self) -> bool:
        """True once the scanner has a link."""
        with self.changed:
            return self.changed.wait_for(lambda: self.ready, PATIENCE_S)

    def _scan(self, scan: Scan) -> None:
        with self.changed:
            self.heard.append(scan.text)
            self.changed.notify_all()

    def _link(self, _key: object, state: LinkState, _reason: object) -> None:
        with self.changed:
            self.ready = self.ready or state is LinkState.READY
            self.changed.notify_all()


class _NoJournal:
    """Nothing is printed here."""

    def __getattr__(self, name: str) -> object:
        raise AssertionError(name)


def _hub(url: str) -> tuple[DeviceHub, Ears]:
    ears = Ears()
    hub = DeviceHub(ears.sinks(), _NoJournal())  # type: ignore[arg-type]
    hub.add_scanner(url, "Scanner")
    hub.start()
    assert ears.wait_ready(), "no link"
    return hub, ears


def through_serial(count: int, seed: int) -> Tally:
    """Lines over a pseudo terminal: half of them byte by byte, the others in random pieces, several scans in one."""
    dice = random.Random(seed)
    sim = ScannerSim()
    sim.start()
    hub, ears = _hub(sim.url)
    sent = codes(count, dice)
    for start in range(0, count, AT_ONCE):
        group = sent[start : start + AT_ONCE]
        sim.line.trouble(ChaosPlan(single_bytes=dice.random() < 0.5))
        data = "".join(code + dice.choice(["\r", "\n", "\r\n", "\t"]) for code in group).encode("latin-1")
        cuts = sorted(dice.sample(range(len(data)), k=min(6, len(data))))
        for begin, end in zip([0, *cuts], [*cuts, len(data)], strict=True):
            sim.line.send(data[begin:end])
        if not ears.wait(start + len(group)):
            break
    assert hub.stop()
    sim.stop()
    return tally(sent, ears.heard)


def through_ssi(count: int, seed: int) -> Tally:
    """SSI packets over a pseudo terminal, with damaged packets and lost acknowledgements."""
    dice = random.Random(seed)
    sim = SsiSim(resend_s=0.03, tries=500)
    sim.start()
    hub, ears = _hub(sim.url)
    sent = codes(count, dice)
    for start in range(0, count, AT_ONCE):
        group = sent[start : start + AT_ONCE]
        sim.line.trouble(ChaosPlan(single_bytes=dice.random() < 0.3))
        # One trouble at a time: a decoder gives a scan up after a few tries.
        sim.spoil, sim.deaf_to_acks = dice.choice([(0, 0), (0, 0), (1, 0), (2, 0), (0, 1), (0, 2)])
        part = dice.choice([7, 40, 200])
        for code in group:
            sim.scan(code, part=part)
        if not (sim.wait_idle(PATIENCE_S) and ears.wait(start + len(group))):
            break
    assert hub.stop()
    sim.stop()
    return tally(sent, ears.heard)


def through_keys(count: int, seed: int) -> tuple[Tally, int]:
    """Key events into a real window, and how many typed characters went wrong. Every third scan waits in Qt's queue first."""
    app = QApplication.instance() or QApplication(["soak"])
    window = QWidget()
    line = QLineEdit(window)
    window.show()
    window.activateWindow()
    line.setFocus()
    app.processEvents()
    heard: list[str] = []
    handle = window.windowHandle()
    assert handle is not None
    WedgeFilter(Wedge(KeyBurst(), Key, symptom), handle, heard.append)
    dice = random.Random(seed)
    sent, typed, fingers = codes(count, dice), "", Fingers(handle, 1000)
    for number, code in enumerate(sent):
        if dice.random() < 0.3:
            text = "".join(dice.choices("0123456789", k=dice.randint(1, 5)))
            fingers.type(text, lambda: dice.randint(60, 200))
            typed += text
        fingers.pause(dice.randint(90, 400))
        scan = fingers.queue if number % 3 == 0 else fingers.type
        scan(code + "\r", lambda: dice.randint(1, 20))
    wrong = sum(arrived != pressed for arrived, pressed in zip_longest(line.text(), typed))
    window.close()
    window.deleteLater()
    app.processEvents()
    return tally(sent, heard), wrong


class Fingers:
    """Presses keys in a window, with timestamps of our own, so that hours pass in seconds."""

    def __init__(self, window: QWindow, now_ms: int) -> None:
        self._window = window
        self._now = now_ms

    def pause(self, ms: int) -> None:
        """Nothing is pressed for a while; what was held until then is settled by the next key's time."""
        self._now += ms

    def type(self, text: str, gap: Callable[[], int]) -> None:
        """Each character with press and release, one after another."""
        for event in self._events(text, gap):
            QCoreApplication.sendEvent(self._window, event)

    def queue(self, text: str, gap: Callable[[], int]) -> None:
        """The same through Qt's own event queue, all at once, as after a moment in which the window was busy."""
        for event in self._events(text, gap):
            QCoreApplication.postEvent(self._window, event)
        QCoreApplication.processEvents()

    def _events(self, text: str, gap: Callable[[], int]) -> Iterator[QKeyEvent]:
        for char in text:
            key = {"\r": Qt.Key.Key_Return, "\x1d": Qt.Key.Key_BracketRight}.get(char) or Qt.Key(ord(char.upper()))
            held = Qt.KeyboardModifier.ControlModifier if char == "\x1d" else Qt.KeyboardModifier.NoModifier
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                event = QKeyEvent(kind, key, held, char)
                event.setTimestamp(self._now)
                yield event
            self._now += gap()


def main(arguments: Sequence[str]) -> list[Figure]:
    """The three channels, one after another."""
    parser = argparse.ArgumentParser(prog="scanner_soak")
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    print(f"seed {options.seed}", file=sys.stderr)
    keys, mistyped = through_keys(options.count, options.seed)
    figures = [Figure("characters typed between scans and wrong", mistyped, "", limit=0)]
    for name, found in (
        ("key events", keys),
        ("serial lines", through_serial(options.count, options.seed)),
        ("SSI", through_ssi(options.count, options.seed)),
    ):
        print(f"{name}: {found}", file=sys.stderr)
        figures.append(Figure(f"scans by {name}", found.sent, ""))
        figures.append(Figure(f"of them lost, doubled, joined or out of order, by {name}", found.wrong, "", limit=0))
    return figures
