"""The put wall's screen: the slot in the largest letters, the item, and beside or below it how all slots stand. Draws a `WallState`."""

from __future__ import annotations

from PySide6.QtCore import QRect
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from app.core.views_work import SlotState, WallView
from app.screens.wall.presenter import WallState
from app.screens.wall.slots import SlotList
from app.screens.words import Vocabulary, Word
from app.ui.screen import ScreenView
from app.ui.texts import Texts
from app.ui.theme import Skin
from app.ui.widgets.cards import Card, CardList
from app.ui.widgets.chips import Chip
from app.ui.widgets.column import Column
from app.ui.widgets.fit import FitLabel
from app.ui.widgets.icon import BigIcon
from app.ui.widgets.job import job_facts, job_mark
from app.ui.widgets.slot import SlotTile
from app.ui.widgets.tiles import CountTile, ItemView

_SIDE, _GAP = 380, 16


class WallScreen(ScreenView):
    """Pages by step: `waiting`, `unit`, `slot`, `extra`, `missing`, `close`, `done`, and `loading`."""

    def __init__(self, skin: Skin, texts: Texts) -> None:
        super().__init__(skin, texts)
        self._column = Column(parent=self)
        self._count = FitLabel(skin, 20, 600, "quiet")
        self._icon = BigIcon(skin)
        self._big = FitLabel(skin, 40, 800, lines=2)
        self._hint = FitLabel(skin, 20, 500, "quiet", lines=3)
        self._tile = SlotTile(skin)
        self._item = ItemView(skin)
        self._counts = _Counts(skin)
        self._lines = [FitLabel(skin, 21, 600, lines=2) for _ in range(5)]
        self._queue = CardList(skin, most=8)
        self._queue.intent.connect(self.intent)
        self._slots = SlotList(skin, texts)
        self._side_head = FitLabel(skin, 17, 700, "quiet", parent=self)
        self._side = SlotList(skin, texts, self)
        add = self._column.add
        self._blocks = {
            "count": add(self._count, 28, 22, 4),
            "icon": add(self._icon, 88, 48, 6),
            "big": add(self._big, 100, 44),
            "hint": add(self._hint, 58, 24, 5),
            "tile": add(self._tile, 250, 92),
            "item": add(self._item, 140, 46),
            "counts": add(self._counts, 116, 58, 3),
            **{f"line{i}": add(label, 52, 24, 9 - i if i else 0) for i, label in enumerate(self._lines)},
            "queue": add(self._queue, 420, 100),
            "slots": add(self._slots, 330, 58, 8),
        }
        self._pages = {
            "loading": {"hint"},
            "waiting": {"big", "hint", "queue"},
            "unit": {"count", "counts", "slots"},
            "slot": {"tile", "item"},
            "extra": {"icon", "big", "hint", "item"},
            "missing": {"big", *(f"line{i}" for i in range(len(self._lines)))},
            "close": {"icon", "big", "count", "slots"},
            "done": {"icon", "big", "count", "slots"},
        }

    def draw(self, state: WallState) -> None:
        """One page, filled."""
        view = state.view
        self._show_blocks(state)
        self._side.show_slots(state.slots)
        self._slots.show_slots(state.slots)
        self._side_head.show_text(self.texts.word(Word.WALL_SLOTS))
        if view is None:
            self._hint.show_text(self.texts.word(Word.LOADING))
        else:
            self._fill(state, view)
        self.place()

    def refusal_area(self) -> QRect:
        """All below the slot."""
        area = self._column.geometry()
        top = self._tile.geometry().bottom() + 1 + self._column.gap if self._tile.isVisible() else 0
        return QRect(area.left(), area.top() + top, area.width(), area.height() - top)

    def spare(self) -> int:
        """What the column leaves free."""
        return self._column.height() - self._column.used

    def span(self) -> tuple[int, int]:
        """The column beside the list of slots."""
        if not self._beside():
            return super().span()
        return _GAP, self.width() - _SIDE - 3 * _GAP

    def place(self) -> None:
        """A column, and at a desk the slots beside it."""
        left, wide = self.span() if self.desk else (16 if self.width() > 360 else 10, 0)
        wide = wide or self.width() - 2 * left
        top = (28 if self.desk else 12) if self.height() > 420 else 6
        self._column.setGeometry(left, top, wide, self.height() - top - 8 - self.foot)
        beside = self._beside()
        self._side_head.setVisible(beside)
        self._side.setVisible(beside)
        x = self.width() - _SIDE - _GAP
        self._side_head.setGeometry(x, 12, _SIDE, 26)
        self._side.setGeometry(x, 46, _SIDE, self.height() - 62)

    def _beside(self) -> bool:
        return self.desk and self.state is not None and bool(self.state.slots)

    def _show_blocks(self, state: WallState) -> None:
        large = max(1.0, min(1.7, self.skin.scale))
        names = set(self._pages[state.page])
        if self.desk:
            # The slots stand beside; what is still in the tote has room here.
            names -= {"slots"}
            names |= {f"line{i}" for i in range(len(self._lines))} if state.page == "unit" else set()
        lines = len(state.missing)
        names -= {f"line{i}" for i in range(len(self._lines)) if i >= lines}
        self._blocks["count"].likes = round(28 * large)
        self._blocks["tile"].likes = 330 if self.desk else 250
        self._blocks["item"].likes = round(140 * max(1.0, min(1.3, large)))
        for name, block in self._blocks.items():
            block.shown = name in names
        self._column.arrange()

    def _fill(self, state: WallState, view: WallView) -> None:
        word = self.texts.word
        done = word(Word.SORTED_OF, n=view.units - view.left, of=view.units)
        aside = f" · {word(Word.SET_ASIDE, n=view.extra)}" if view.extra else ""
        self._count.show_text(done + aside)
        self._counts.show_counts(
            (word(Word.STILL_TO_DO), str(view.left)),
            (word(Word.SLOT_PACK), str(sum(slot.state is SlotState.PACK for slot in state.slots))),
        )
        tones: dict[Vocabulary, str] = {Word.EXPIRES: "warn", Word.FRAGILE: "warn"}
        notes = tuple(Chip(self.texts.phrase(n), tones.get(n.word, "text"), rank=i) for i, n in enumerate(state.notes))
        self._item.show_item(view.item, notes)
        if view.slot is not None:
            self._tile.show_slot(view.slot.n, view.slot.place or "", word(Word.INTO_SLOT, n=view.hand))
        for label, line in zip(self._lines, state.missing, strict=False):
            label.show_text(self.texts.phrase(line))
        self._words(state.page)
        cards = [
            Card(
                f"start:{job.id}",
                word(Word.TOTE_NO, tote=job.tote or "–"),
                job_facts(self.texts, job),
                *job_mark(self.texts, job),
            )
            for job in view.queue
        ]
        self._queue.show_cards(word(Word.WALL_QUEUE), cards, word(Word.WALL_QUEUE_EMPTY))

    def _words(self, page: str) -> None:
        """Icon and sentences of the pages that have them."""
        word = self.texts.word
        heading, hint, icon, tone = {
            "waiting": (Word.WALL_HEADING, Word.WALL_HINT, "tote", "ask"),
            "extra": (Word.EXCEPTION_HEADING, Word.EXCEPTION_HINT, "tote", "warn"),
            "missing": (Word.MISSING_HEADING, None, "short", "warn"),
            "close": (Word.CLOSE_HEADING, None, "check", "good"),
            "done": (Word.WALL_DONE_HEADING, None, "check", "good"),
        }.get(page, (None, None, "tote", "ask"))
        self._big.show_text(word(heading) if heading else "")
        self._hint.show_text(word(hint) if hint else "")
        self._icon.show_icon(icon, tone)


class _Counts(QWidget):
    """Two counts side by side: units to go, slots to pack."""

    def __init__(self, skin: Skin) -> None:
        super().__init__()
        self._tiles = [CountTile(skin, parent=self) for _ in range(2)]

    def show_counts(self, *counts: tuple[str, str]) -> None:
        """Changes both."""
        for tile, (word, number) in zip(self._tiles, counts, strict=True):
            tile.show_count(word, number, "text" if tile is self._tiles[0] else "good" if number != "0" else "quiet")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Two equal parts."""
        super().resizeEvent(event)
        half = (self.width() - 12) // 2
        for i, tile in enumerate(self._tiles):
            tile.setGeometry(i * (half + 12), 0, half, self.height())
