"""The small window from which a visitor scans and weighs: for each seat, the things a person there could do with their hands now."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QWidget

from app.core.views import PackStep, PackView, PickStep, PickView
from app.demo.people import Bench, Seat
from app.demo.world import World

_REFRESH_MS = 150
#: After this long without an answer the scan was lost on its way, and the hand tries again.
_PATIENCE_S = 3.0
_BUTTONS = 4
_BUTTON_WIDTH = 400
_STYLE = """
QWidget { background: #151C24; color: #F3F6F9; font-family: Inter, "DejaVu Sans"; font-size: 15px; }
QLabel { color: #9DAAB8; font-weight: 600; }
QPushButton { background: #1E2731; border: 1px solid #2B3743; border-radius: 10px; text-align: left; padding: 0 12px; }
QPushButton:pressed { background: #2B3743; }
"""


@dataclass(frozen=True, slots=True)
class Hand:
    """One thing a hand can do: what the button says, and what it does."""

    words: str
    act: Callable[[], None]


class Eyes:
    """Looks whether a seat has answered its last scan: nobody takes the next unit before that, or two would go in for one."""

    def __init__(self, seat: Seat) -> None:
        self._seat = seat
        self._answered = -1
        self._patient_until = 0.0

    def scan(self, text: str) -> None:
        """Scans, and waits from here on."""
        self._answered = self._seat.answered()
        self._patient_until = time.monotonic() + _PATIENCE_S
        self._seat.scan(text)

    def waiting(self) -> bool:
        """The answer to the last scan is not on the screen yet."""
        return self._seat.answered() <= self._answered and time.monotonic() < self._patient_until


class Hands:
    """Knows what can be done at the two seats; moves goods in the world as it is done."""

    def __init__(self, world: World, handheld: Seat, station: Seat, bench: Bench, badges: dict[str, str]) -> None:
        self._world = world
        self._handheld = handheld
        self._station = station
        self._bench = bench
        self._badges = badges
        self._picker = Eyes(handheld)
        self._packer = Eyes(station)
        self._tote_number = 0
        self._dropped: list[str] = []
        self._tote = ""
        self._labels: set[str] = set()
        self._scale = 0

    def at_handheld(self) -> list[Hand]:
        """What the picker can do now."""
        seat, eyes = self._handheld, self._picker
        if eyes.waiting():
            return []
        if seat.screen() == "signin":
            return [Hand("Scan the picker's badge", lambda: eyes.scan(self._badges["picker"]))]
        view = seat.view()
        return self._picking(view) if isinstance(view, PickView) else []

    def _picking(self, view: PickView) -> list[Hand]:
        seat = self._picker
        if view.step is PickStep.TOTE:
            return [Hand("Scan an empty tote", self._new_tote)]
        if view.step is PickStep.BIN and view.bin:
            place = view.bin
            wrong = next(b for b in self._world.bins if b != place)
            return [
                Hand(f"Scan bin {place}", lambda: seat.scan(place)),
                Hand(f"Scan the wrong bin {wrong}", lambda: seat.scan(wrong)),
            ]
        if view.step is PickStep.ITEM and view.item and view.bin:
            sku, place, tote = view.item.sku, view.bin, view.tote or ""
            other = next(a for s, a in sorted(self._world.articles.items()) if s != sku)
            return [
                Hand(f"Take and scan: {view.item.name}", lambda: self._take(place, sku, tote)),
                Hand("Scan a wrong item", lambda: seat.scan(other.barcode)),
            ]
        if view.step is PickStep.EMPTY:
            return [Hand("It is empty", lambda: seat.scan("FH:YES")), Hand("It is not", lambda: seat.scan("FH:NO"))]
        if view.step is PickStep.CHECK and view.item:
            code = self._world.articles[view.item.sku].barcode
            return [Hand("Look, and scan it again", lambda: seat.scan(code))]
        if view.step is PickStep.DROP and view.tote:
            tote = view.tote
            return [Hand(f"Set {tote} down at {self._world.lanes[0]}", lambda: self._drop(tote))]
        return []

    def _new_tote(self) -> None:
        self._tote_number += 1
        self._picker.scan(f"T-{self._tote_number:04d}")

    def _take(self, place: str, sku: str, tote: str) -> None:
        if self._world.take(place, sku):
            self._world.put(tote, sku)
            self._picker.scan(self._world.articles[sku].barcode)

    def _drop(self, tote: str) -> None:
        self._dropped.append(tote)
        self._picker.scan(self._world.lanes[0])

    def at_station(self) -> list[Hand]:
        """What the packer can do now."""
        seat, eyes = self._station, self._packer
        if eyes.waiting():
            return []
        if seat.screen() == "signin":
            return [Hand("Scan the packer's badge", lambda: eyes.scan(self._badges["packer"]))]
        view = seat.view()
        return self._packing(view) if isinstance(view, PackView) else []

    def _packing(self, view: PackView) -> list[Hand]:
        seat = self._packer
        if view.step is PackStep.WAITING:
            return [Hand(f"Scan tote {tote}", lambda tote=tote: self._open(tote)) for tote in self._dropped]  # type: ignore[misc]
        if view.step is PackStep.UNITS:
            wanted = next((line for line in view.lines if line.packed + line.short < line.qty), None)
            if wanted is None:
                return []
            article = self._world.articles[wanted.item.sku]
            other = next(a for s, a in sorted(self._world.articles.items()) if s != article.sku)
            return [
                Hand(f"Scan: {wanted.item.name}", lambda: seat.scan(article.barcode)),
                Hand("Scan a wrong item", lambda: seat.scan(other.barcode)),
            ]
        if view.step is PackStep.CARTON:
            return [Hand(f"Scan carton {c.code}", lambda c=c: seat.scan(c.code)) for c in view.cartons if c.fits]  # type: ignore[misc]
        if view.step is PackStep.WEIGHT and view.carton:
            grams = self._world.grams(self._world.goods(self._tote)) + self._world.cartons[view.carton.code]
            return [
                Hand("Put the parcel on the scale", lambda: self._bench.load(grams)),
                Hand("Put something too light on it", lambda: self._bench.load(grams * 0.8)),
            ]
        if view.step is PackStep.SCAN_BACK and (sscc := self._bench.last_label_sscc(self._labels)):
            return [Hand("Stick the label and scan it", lambda: self._scan_label(sscc))]
        return []

    def _open(self, tote: str) -> None:
        self._tote = tote
        self._packer.scan(tote)

    def _scan_label(self, sscc: str) -> None:
        self._labels.add(sscc)
        self._bench.load(0)
        if self._tote in self._dropped:
            self._dropped.remove(self._tote)
        self._packer.scan(f"]C100{sscc}")


class Panel(QWidget):
    """Buttons for two pairs of hands, refreshed as the screens change. Every button keeps its place."""

    def __init__(self, hands: Hands) -> None:
        super().__init__()
        self.setWindowTitle("Your hands")
        self.setWindowFlag(Qt.WindowType.WindowStaysOnTopHint)
        # The windows of the floor keep the focus: a press here is a hand, not a keyboard.
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setStyleSheet(_STYLE)
        grid = QGridLayout(self)
        grid.setContentsMargins(16, 12, 16, 16)
        grid.setSpacing(8)
        self._acts: dict[QPushButton, Callable[[], None]] = {}
        self._sides = [
            (hands.at_handheld, self._side(grid, 0, "At the handheld")),
            (hands.at_station, self._side(grid, 1, "At the pack station")),
        ]
        timer = QTimer(self)
        timer.timeout.connect(self._refresh)
        timer.start(_REFRESH_MS)

    def offered(self) -> list[QPushButton]:
        """The buttons that can be pressed now, the handheld's first."""
        return [button for _, buttons in self._sides for button in buttons if button.isVisible()]

    def _side(self, grid: QGridLayout, column: int, title: str) -> list[QPushButton]:
        grid.addWidget(QLabel(title), 0, column)
        buttons = []
        for row in range(_BUTTONS):
            button = QPushButton()
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.setFixedSize(_BUTTON_WIDTH, 44)
            kept = button.sizePolicy()
            kept.setRetainSizeWhenHidden(True)
            button.setSizePolicy(kept)
            button.hide()
            button.clicked.connect(lambda _checked=False, b=button: self._acts[b]())
            grid.addWidget(button, row + 1, column)
            buttons.append(button)
        return buttons

    def _refresh(self) -> None:
        for offered, buttons in self._sides:
            hands = offered()[:_BUTTONS]
            for button, hand in zip(buttons, [*hands, *[None] * (_BUTTONS - len(hands))], strict=True):
                button.setVisible(hand is not None)
                if hand:
                    button.setText(
                        button.fontMetrics().elidedText(hand.words, Qt.TextElideMode.ElideRight, _BUTTON_WIDTH - 24)
                    )
                    self._acts[button] = hand.act
