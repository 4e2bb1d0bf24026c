"""The screen of tasks on stock: where to go in the largest letters, the item, how many; or a bin being counted. Draws a `TaskState`."""

from __future__ import annotations

from PySide6.QtCore import QRect
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from app.core.views_work import TaskCard, TaskStep, TaskView
from app.screens.task.presenter import KINDS, REASONS, TaskState
from app.screens.words import Vocabulary, Word
from app.ui.screen import MIDDLE, ScreenView
from app.ui.texts import Texts
from app.ui.theme import Skin
from app.ui.widgets.buttons import ActionButton, ButtonRow
from app.ui.widgets.cards import Card, CardList
from app.ui.widgets.chips import Chip
from app.ui.widgets.code import CodeLabel, bin_spans
from app.ui.widgets.column import Column
from app.ui.widgets.fit import FitLabel
from app.ui.widgets.icon import BigIcon
from app.ui.widgets.keypad import Keypad
from app.ui.widgets.tiles import CountTile, ItemView


class TaskScreen(ScreenView):
    """Pages: `list`, `walk`, `count`, `number`, `short`, `done`, `loading`."""

    def __init__(self, skin: Skin, texts: Texts) -> None:
        super().__init__(skin, texts)
        self._column = Column(parent=self)
        self._lead = FitLabel(skin, 20, 600, "quiet")
        self._place = CodeLabel(skin, 88, 800)
        self._icon = BigIcon(skin)
        self._big = FitLabel(skin, 40, 800, lines=2)
        self._item = ItemView(skin)
        self._tiles = _Tiles(skin)
        self._tallies = [FitLabel(skin, 20, 600, "quiet", lines=2) for _ in range(4)]
        self._reasons = ButtonRow(columns=2)
        self._reasons.show_buttons(len(REASONS), self._reason)
        self._keypad = Keypad(skin, letters=False)
        self._keypad.entered.connect(lambda text: self.intent.emit(f"typed:{text}"))
        self._cards = CardList(skin, most=8)
        self._cards.intent.connect(self.intent)
        add = self._column.add
        self._blocks = {
            "lead": add(self._lead, 30, 22, 4),
            "icon": add(self._icon, 96, 56, 6),
            "place": add(self._place, 92, 56),
            "big": add(self._big, 104, 44),
            "item": add(self._item, 150, 46),
            "tiles": add(self._tiles, 122, 58),
            **{f"tally{i}": add(label, 34, 34, 8 - i) for i, label in enumerate(self._tallies)},
            "reasons": add(self._reasons, 3 * 72 + 24, 3 * 56 + 16),
            "keypad": add(self._keypad, 480, Keypad.LEAST),
            "cards": add(self._cards, 700, 100),
        }
        self._pages = {
            "loading": {"big"},
            "list": {"cards"},
            "walk": {"lead", "place", "item", "tiles"},
            "count": {"lead", "place", "item", "tiles", *(f"tally{i}" for i in range(len(self._tallies)))},
            "number": {"lead", "keypad"},
            "short": {"lead", "place", "reasons"},
            "done": {"icon", "big"},
        }
        self._page = ""

    def draw(self, state: TaskState) -> None:
        """One page, filled."""
        view = state.view
        self._show_blocks(state)
        if view is None:
            self._big.show_text(self.texts.word(Word.LOADING))
            return
        self._fill(state, view)
        typing = state.page == "number"
        if typing and self._page != "number":
            self._keypad.restyle()
            self._keypad.begin(secret=False)
        elif not typing and self._page == "number":
            self.setFocus()
        if self._page != state.page:
            self._page = state.page
            self.place()

    def takes_focus(self) -> bool:
        """While a number is typed."""
        return self._page == "number"

    def refusal_area(self) -> QRect:
        """All below the place."""
        top = self._place.geometry().bottom() + 1 + self._column.gap if self._place.isVisible() else 0
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
        self._cards.columns = 2 if self.desk else 1
        # The keys of a number need every pixel of a small screen.
        top, below = (2, 2) if self.height() <= 420 and self._page == "number" else (top, 8)
        self._column.setGeometry((self.width() - wide) // 2, top, wide, self.height() - top - below - self.foot)

    def _show_blocks(self, state: TaskState) -> None:
        large = max(1.0, min(1.7, self.skin.scale))
        names = set(self._pages[state.page])
        tallies = len(state.view.tallies) if state.view else 0
        # One item alone stands in the card already.
        names -= {f"tally{i}" for i in range(len(self._tallies)) if tallies < 2 or i >= tallies}
        if state.view is not None and state.view.item is None:
            names -= {"item"}
        self._blocks["lead"].likes = round(30 * large)
        self._blocks["item"].likes = round(150 * max(1.0, min(1.3, large)))
        for name, block in self._blocks.items():
            block.shown = name in names
        self._column.arrange()

    def _fill(self, state: TaskState, view: TaskView) -> None:
        word = self.texts.word
        going = view.step is TaskStep.TO
        self._place.show_spans(self._where(view, going))
        self._lead.show_text(self._heading(view, going))
        tones: dict[Vocabulary, str] = {Word.EXPIRES: "warn", Word.FRAGILE: "warn"}
        notes = tuple(Chip(self.texts.phrase(n), tones.get(n.word, "text"), rank=i) for i, n in enumerate(state.notes))
        self._item.show_item(view.item, notes)
        if state.page == "count":
            # What the books say never stands here: a count is blind.
            self._tiles.show_counts((word(Word.COUNTED), str(view.done), "good" if view.done else "quiet"))
        else:
            to_do = str(view.need - view.done - view.hand)
            self._tiles.show_counts(
                (word(Word.STILL_TO_DO), to_do, "text"),
                (word(Word.IN_HAND), str(view.hand), "good" if view.hand else "quiet"),
                (word(Word.FETCH_FROM if going else Word.BRING_PLACE), self._other(view, going), "text"),
            )
        for label, tally in zip(self._tallies, view.tallies, strict=False):
            lot = f" · {word(Word.LOT_NO, lot=tally.item.lot)}" if tally.item.lot else ""
            label.show_text(
                word(Word.TASK_MOVES, n=tally.qty, item=tally.item.name) + lot, "text" if tally.current else "quiet"
            )
        for button, action in zip(self._reasons.buttons, REASONS, strict=True):
            button.show_action(word(action.word), key=action.key if self.desk else "")
        done = view.step is TaskStep.DONE
        self._icon.show_icon("check" if done else "tasks", "good" if done else "quiet")
        self._big.show_text(word(Word.TASK_DONE_HEADING))
        self._cards.show_cards(word(Word.TASKS_HEADING), [self._card(task) for task in view.tasks], word(Word.NO_TASKS))

    def _where(self, view: TaskView, going: bool) -> list[tuple[str, bool]]:
        if going:
            return bin_spans(view.to) if view.to else [(self.texts.word(Word.ANY_BIN), True)]
        return bin_spans(view.place) if view.place else [(self.texts.word(Word.IN_YOUR_HANDS), True)]

    def _heading(self, view: TaskView, going: bool) -> str:
        if view.step is TaskStep.NUMBER and view.item is not None:
            return view.item.name
        if view.need == 0:
            return ""
        return self.texts.word(Word.BRING_PLACE if going else Word.FETCH_FROM)

    def _other(self, view: TaskView, going: bool) -> str:
        """The end of the way that does not stand in large letters."""
        if going:
            return view.place or self.texts.word(Word.IN_YOUR_HANDS)
        return view.to or self.texts.word(Word.ANY_BIN)

    def _card(self, task: TaskCard) -> Card:
        word = self.texts.word
        title = f"{word(KINDS.get(task.kind, Word.DOOR_TASKS))} · {task.place}"
        if task.to:
            title = (
                f"{word(KINDS.get(task.kind, Word.DOOR_TASKS))} · {word(Word.FROM_TO, place=task.place, to=task.to)}"
            )
        facts = word(Word.TASK_MOVES, n=task.qty, item=task.item) if task.qty else task.item
        mark, tone = (
            (word(Word.STARTED), "ask") if task.started else (word(Word.URGENT), "warn") if task.urgent else ("", "")
        )
        return Card(f"start:{task.job}", title, facts, mark, tone or "quiet")

    def _reason(self, index: int) -> ActionButton:
        button = ActionButton(self.skin, REASONS[index].intent)
        button.clicked.connect(lambda: self.intent.emit(button.intent))
        return button


class _Tiles(QWidget):
    """One to three counts side by side; the last of three is a place, in smaller letters."""

    def __init__(self, skin: Skin) -> None:
        super().__init__()
        self._tiles = [CountTile(skin, parent=self), CountTile(skin, parent=self), CountTile(skin, 30, parent=self)]
        self._count = 3

    def show_counts(self, *counts: tuple[str, str, str]) -> None:
        """Words, numbers and colours."""
        self._count = len(counts)
        for tile, count in zip(self._tiles, counts, strict=False):
            tile.show_count(*count)
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Equal parts."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        gap = 12 if self.width() > 360 else 8
        wide = (self.width() - gap * (self._count - 1)) / self._count
        for i, tile in enumerate(self._tiles):
            tile.setVisible(i < self._count)
            tile.setGeometry(round(i * (wide + gap)), 0, round(wide), self.height())
