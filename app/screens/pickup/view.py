"""The screen of orders that customers fetch: two lists, one order with its pieces, the name, the signature. Draws a `PickupState`."""

from __future__ import annotations

from app.core.views_pickup import PickupCard, PickupStep, PickupView
from app.screens.floor.words import FloorWord
from app.screens.pickup.presenter import PickupState
from app.screens.pickup.words import PickupWord
from app.screens.words import Word
from app.ui.flags import flag_chips
from app.ui.screen import MIDDLE, ScreenView
from app.ui.texts import Texts
from app.ui.theme import Skin
from app.ui.widgets.cards import Card, CardList
from app.ui.widgets.column import Column
from app.ui.widgets.counts import CountRow
from app.ui.widgets.fit import FitLabel
from app.ui.widgets.icon import BigIcon
from app.ui.widgets.keypad import Keypad
from app.ui.widgets.signature import SignaturePad

_LINES = 6
#: Pixels for a line and six rows of letters.
_KEYS = 430
_ICONS = {PickupStep.STANDS: ("check", "good"), PickupStep.GONE: ("check", "good"), PickupStep.BACK: ("undo", "warn")}


class PickupScreen(ScreenView):
    """Pages: `list`, `work`, `name`, `type`, `sign`, `over`, `loading`."""

    def __init__(self, skin: Skin, texts: Texts) -> None:
        super().__init__(skin, texts)
        self._column = Column(parent=self)
        self._icon = BigIcon(skin)
        self._big = FitLabel(skin, 44, 800, lines=2)
        self._lead = FitLabel(skin, 20, 600, "quiet", lines=2)
        self._flags = FitLabel(skin, 20, 700, "flag")
        self._counts = CountRow(skin)
        self._lines = [FitLabel(skin, 20, 600, "quiet") for _ in range(_LINES)]
        self._keypad = Keypad(skin, letters=True, spaces=False)
        self._keypad.may_hide = True
        self._keypad.entered.connect(lambda text: self.intent.emit(f"code:{text}"))
        self._pad = SignaturePad(skin)
        self._pad.signed.connect(lambda strokes: self.intent.emit(f"strokes:{strokes}"))
        self._waiting, self._todo = CardList(skin, most=6), CardList(skin, most=6)
        for cards in (self._waiting, self._todo):
            cards.intent.connect(self.intent)
        add = self._column.add
        self._blocks = {
            "icon": add(self._icon, 96, 48, 7),
            "big": add(self._big, 104, 40),
            "lead": add(self._lead, 40, 26, 8),
            "flags": add(self._flags, 34, 26),
            "counts": add(self._counts, 128, 58),
            **{f"line{i}": add(line, 34, 28, 9 + i) for i, line in enumerate(self._lines)},
            "keypad": add(self._keypad, 480, _KEYS),
            "pad": add(self._pad, 300, 120),
            "waiting": add(self._waiting, 340, 100),
            "todo": add(self._todo, 340, 100),
        }
        lines = {f"line{i}" for i in range(_LINES)}
        self._pages: dict[str, set[str]] = {
            "loading": {"big"},
            "list": {"waiting", "todo"},
            "work": {"big", "lead", "flags", "counts", *lines},
            "name": {"big", "lead", "flags", "counts", *lines},
            "type": {"keypad"},
            "sign": {"lead", "pad"},
            "over": {"icon", "big", "lead"},
        }
        self._page = ""

    def draw(self, state: PickupState) -> None:
        """One page, filled."""
        view = state.view
        lines = self._fill(state, view) if view is not None else 0
        if view is None:
            self._big.show_text(self.texts.word(Word.LOADING))
        self._show_blocks(state, view, lines)
        self._keys(state)
        if self._page != state.page:
            self._page = state.page
            self.place()

    def takes_focus(self) -> bool:
        """While a code is typed."""
        return self._page == "type"

    def spare(self) -> int:
        """What the column leaves free."""
        return self._column.height() - self._column.used

    def place(self) -> None:
        """A column in the middle, with air at its edges."""
        edge = 16 if self.width() > 360 else 10
        wide = min(self.width() - 2 * edge, MIDDLE)
        top = (28 if self.desk else 12) if self.height() > 420 else 6
        for cards in (self._waiting, self._todo):
            cards.columns = 2 if self.desk else 1
        self._column.setGeometry((self.width() - wide) // 2, top, wide, self.height() - top - 8 - self.foot)

    def _keys(self, state: PickupState) -> None:
        typing, was = state.page == "type", self._page == "type"
        if typing and not was:
            self._keypad.restyle()
            self._keypad.begin(secret=False)
            self._keypad.show_letters()
        elif was and not typing:
            self.setFocus()
        if state.page == "sign":
            self._pad.show_strokes(state.strokes)

    def _show_blocks(self, state: PickupState, view: PickupView | None, lines: int) -> None:
        large = max(1.0, min(1.7, self.skin.scale))
        names = {name for name in self._pages[state.page] if not (name.startswith("line") and int(name[4:]) >= lines)}
        if view is None or not view.flags:
            names.discard("flags")
        for i in range(_LINES):
            self._blocks[f"line{i}"].likes = round(34 * large)
        for name in ("lead", "flags"):
            self._blocks[name].likes = round(36 * large)
        for name, block in self._blocks.items():
            block.shown = name in names
        self._column.arrange()

    def _fill(self, state: PickupState, view: PickupView) -> int:
        """Fills the page; how many lines of words it has."""
        word = self.texts.word
        self._flags.show_text(" · ".join(chip.text for chip in flag_chips(self.texts, view.flags)))
        match state.page:
            case "list":
                waiting = [self._card(card) for card in view.waiting]
                todo = [self._card(card) for card in view.todo]
                self._waiting.show_cards(word(PickupWord.PICKUP_WAITING), waiting, word(PickupWord.PICKUP_NO_WAITING))
                self._todo.show_cards(word(PickupWord.PICKUP_TODO), todo, word(PickupWord.PICKUP_NO_TODO))
            case "work" | "name":
                return self._work(view)
            case "sign":
                self._lead.show_text(f"{word(PickupWord.PICKUP_TITLE, no=view.order)} · {view.customer}", "quiet")
            case "over":
                self._icon.show_icon(*_ICONS[view.step])
                self._big.show_text(view.shelf if view.step is PickupStep.STANDS else view.customer)
                self._lead.show_text(f"{word(PickupWord.PICKUP_TITLE, no=view.order)} · {view.customer}", "quiet")
        return 0

    def _work(self, view: PickupView) -> int:
        word = self.texts.word
        self._big.show_text(view.customer)
        if view.by_code:
            self._lead.show_text(word(PickupWord.PICKUP_CODE_OK), "good")
        else:
            asks = view.step is PickupStep.NAME
            said = word(PickupWord.PICKUP_ASK_ID) if asks else word(PickupWord.PICKUP_TITLE, no=view.order)
            self._lead.show_text(said, "quiet")
        counts = [(word(PickupWord.PICKUP_SCANNED), str(len(view.seen)), "good" if view.seen else "quiet")]
        if view.step is not PickupStep.ASIDE:
            left = len(set(view.pieces) - set(view.seen))
            counts.append((word(PickupWord.PICKUP_TO_SCAN), str(left), "ask" if left else "quiet"))
            counts.insert(0, (word(PickupWord.PICKUP_AT_SHELF), view.shelf or "–", "text"))
        self._counts.show_counts(*counts)
        told = [word(PickupWord.PICKUP_LINE, n=line.qty, name=line.name) for line in view.lines]
        if len(told) > _LINES:
            told = [*told[: _LINES - 1], word(FloorWord.AND_MORE, n=len(told) - _LINES + 1)]
        for line, text in zip(self._lines, told, strict=False):
            line.show_text(text, "text")
        return len(told)

    def _card(self, card: PickupCard) -> Card:
        word = self.texts.word
        facts = word(PickupWord.PICKUP_FACTS, customer=card.customer, n=card.units)
        if card.shelf:
            mark, tone = card.shelf, "good"
        elif card.picked:
            mark, tone = word(PickupWord.PICKUP_PICKED), "ask"
        else:
            mark, tone = word(PickupWord.PICKUP_PICKING), "quiet"
        return Card(f"open:{card.order}", card.order, facts, mark, tone)
