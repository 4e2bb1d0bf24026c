"""The pick screen: the bin in the largest letters, the item, and how many. Draws a `PickState`; knows no rules."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from app.core.messages import Look, Tone
from app.core.views import PickView
from app.screens.pick.presenter import REASONS, PickState
from app.screens.words import Word
from app.ui.flags import flag_chips
from app.ui.screen import MIDDLE, ScreenView
from app.ui.texts import Texts
from app.ui.theme import Skin
from app.ui.widgets.buttons import ActionButton, ButtonRow
from app.ui.widgets.chips import Chip, ChipRow
from app.ui.widgets.code import CodeLabel, bin_spans
from app.ui.widgets.column import Column
from app.ui.widgets.fit import FitLabel
from app.ui.widgets.icon import BigIcon
from app.ui.widgets.tiles import CountTile, ItemView
from app.ui.widgets.tone import ToneSign

_RIGHT = Qt.AlignmentFlag.AlignRight


class BinLine(QWidget):
    """The bin, and the tick beside it once it has been scanned."""

    def __init__(self, skin: Skin) -> None:
        super().__init__()
        self.code = CodeLabel(skin, 88, 800, self)
        self._tick = ToneSign(skin, 44, parent=self)
        self._tick.show_look(Look(Tone.GOOD))

    def show_bin(self, code: str, ticked: bool) -> None:
        """Changes both."""
        self.code.show_spans(bin_spans(code))
        self._tick.setVisible(ticked)

    def show_lane(self, lane: str) -> None:
        """Shows a lane, all of it bright."""
        self.code.show_spans([(lane, True)])
        self._tick.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The tick keeps its place whether it shows or not, so that the bin does not move."""
        super().resizeEvent(event)
        self.code.setGeometry(0, 0, self.width() - 56, self.height())
        self._tick.move(self.width() - 44, (self.height() - 44) // 2)


class Heading(QWidget):
    """Where one is in the walk, and where it goes then."""

    def __init__(self, skin: Skin) -> None:
        super().__init__()
        self.where = FitLabel(skin, 17, 600, "quiet", parent=self)
        self.then = FitLabel(skin, 17, 600, "quiet", align=_RIGHT, parent=self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Half and half."""
        super().resizeEvent(event)
        half = self.width() // 2
        self.where.setGeometry(0, 0, half - 4, self.height())
        self.then.setGeometry(half, 0, self.width() - half, self.height())


class PickScreen(ScreenView):
    """Pages: `walk`, `tote`, `short`, `drop`, `done`, `loading`."""

    def __init__(self, skin: Skin, texts: Texts) -> None:
        super().__init__(skin, texts)
        self._column = Column(parent=self)
        self._heading = Heading(skin)
        self._bin = BinLine(skin)
        self._icon = BigIcon(skin)
        self._lead = FitLabel(skin, 22, 600, "quiet")
        self._big = FitLabel(skin, 40, 800, lines=2)
        self._hint = FitLabel(skin, 20, 500, "quiet", lines=3)
        self._flags = ChipRow(skin)
        self._flags.align_left = True
        self._item = ItemView(skin)
        self._card = ItemView(skin)
        self._tiles = Tiles(skin)
        self._reasons = ButtonRow(columns=2)
        self._reasons.show_buttons(len(REASONS), self._reason)
        add = self._column.add
        self._blocks = {
            "heading": add(self._heading, 26, 20, 3),
            "icon": add(self._icon, 96, 56, 6),
            "lead": add(self._lead, 34, 22),
            "bin": add(self._bin, 92, 56),
            "big": add(self._big, 104, 44),
            "hint": add(self._hint, 62, 24, 4),
            "flags": add(self._flags, 30, 26, 5),
            "item": add(self._item, 150, 46),
            "card": add(self._card, 120, 46, 7),
            "tiles": add(self._tiles, 122, 58),
            "reasons": add(self._reasons, 3 * 72 + 24, 3 * 56 + 16),
        }
        self._pages = {
            "walk": {"heading", "bin", "item", "tiles"},
            "tote": {"icon", "big", "hint", "flags"},
            "short": {"heading", "bin", "card", "reasons"},
            "drop": {"icon", "lead", "bin", "flags"},
            "done": {"icon", "big", "hint"},
            "loading": {"hint"},
        }
        self._painters = {
            "walk": self._draw_walk,
            "tote": self._draw_tote,
            "short": self._draw_short,
            "drop": self._draw_drop,
            "done": self._draw_done,
        }

    def draw(self, state: PickState) -> None:
        """One page, filled."""
        self._show_blocks(self._pages[state.page])
        if state.view is None:
            self._hint.show_text(self.texts.word(Word.LOADING))
            return
        word = self.texts.word
        view = state.view
        self._heading.where.show_text(word(Word.LINE_OF, n=view.line, of=view.lines))
        self._heading.then.show_text(word(Word.THEN_BIN, bin=view.next_bin) if view.next_bin else "")
        self._painters[state.page](state, view)

    def refusal_area(self) -> QRect:
        """All below the bin."""
        top = self._bin.geometry().bottom() + 1 + self._column.gap if self._bin.isVisible() else 0
        area = self._column.geometry()
        return QRect(area.left(), area.top() + top, area.width(), area.height() - top)

    def spare(self) -> int:
        """What the column leaves free."""
        return self._column.height() - self._column.used

    def place(self) -> None:
        """A column in the middle, with air at its edges."""
        edge = 16 if self.width() > 360 else 10
        wide = min(self.width() - 2 * edge, MIDDLE)
        top = (28 if self.desk else 12) if self.height() > 420 else 6
        self._column.setGeometry((self.width() - wide) // 2, top, wide, self.height() - top - 8 - self.foot)

    def _show_blocks(self, names: set[str]) -> None:
        large = max(1.0, min(1.7, self.skin.scale))
        self._blocks["heading"].likes = round(26 * large)
        self._blocks["item"].likes = round(150 * max(1.0, min(1.3, large)))
        for name, block in self._blocks.items():
            block.shown = name in names
        self._column.arrange()

    def _draw_walk(self, state: PickState, view: PickView) -> None:
        word = self.texts.word
        self._bin.show_bin(view.bin or "", view.bin_confirmed)
        tones = {Word.EXPIRES: "warn", Word.FRAGILE: "warn"}
        notes = tuple(
            Chip(self.texts.phrase(n), tones.get(n.word, "text"), rank=i) for i, n in enumerate(reversed(state.notes))
        )
        self._item.show_item(view.item, notes[::-1])
        self._tiles.take.show_count(word(Word.TAKE), str(view.take))
        self._tiles.hand.show_count(word(Word.IN_HAND), str(view.in_hand), "good" if view.in_hand else "quiet")
        self._tiles.tote.show_count(word(Word.TOTE), view.tote or "–")

    def _draw_tote(self, _state: PickState, view: PickView) -> None:
        self._icon.show_icon("pick", "ask")
        self._big.show_text(self.texts.word(Word.EMPTY_TOTE_HEADING))
        self._hint.show_text(view.note)
        self._flags.show_chips(flag_chips(self.texts, view.flags))

    def _draw_short(self, _state: PickState, view: PickView) -> None:
        self._bin.show_bin(view.bin or "", view.bin_confirmed)
        self._card.show_item(view.item)
        for button, action in zip(self._reasons.buttons, REASONS, strict=True):
            button.show_action(self.texts.word(action.word), key=action.key if self.desk else "")

    def _draw_drop(self, _state: PickState, view: PickView) -> None:
        self._icon.show_icon("lane", "ask")
        self._lead.show_text(self.texts.word(Word.TO_LANE))
        self._bin.show_lane(view.lane or self.texts.word(Word.ANY_LANE))
        chips = (
            Chip(self.texts.word(Word.TOTE_NO, tote=view.tote or "–"), rank=9),
            *flag_chips(self.texts, view.flags),
        )
        self._flags.show_chips(chips)

    def _draw_done(self, _state: PickState, view: PickView) -> None:
        self._icon.show_icon("check", "good")
        self._big.show_text(self.texts.word(Word.PICK_DONE_HEADING))
        self._hint.show_text(self.texts.word(Word.PICK_DONE_HINT, lane=view.lane or self.texts.word(Word.ANY_LANE)))

    def _reason(self, index: int) -> ActionButton:
        button = ActionButton(self.skin, REASONS[index].intent)
        button.clicked.connect(lambda: self.intent.emit(button.intent))
        return button


class Tiles(QWidget):
    """Take, in hand, tote: three counts side by side."""

    def __init__(self, skin: Skin) -> None:
        super().__init__()
        self.take, self.hand = CountTile(skin, parent=self), CountTile(skin, parent=self)
        self.tote = CountTile(skin, 34, parent=self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Three equal parts."""
        super().resizeEvent(event)
        gap = 12 if self.width() > 360 else 8
        wide = (self.width() - 2 * gap) / 3
        for i, tile in enumerate((self.take, self.hand, self.tote)):
            x = round(i * (wide + gap))
            tile.setGeometry(x, 0, round(wide), self.height())
