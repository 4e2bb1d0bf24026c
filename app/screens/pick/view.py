"""The pick screen: the bin in the largest letters, the item, and how many; at a cart the slot. Draws a `PickState`; knows no rules."""

from __future__ import annotations

from PySide6.QtCore import QRect

from app.core.views import ItemCard, PickView
from app.screens.pick.acts import ANSWERS, REASONS
from app.screens.pick.blocks import BinLine, CartMap, Heading, Pair, Tiles
from app.screens.pick.presenter import PickState
from app.screens.words import Vocabulary, Word
from app.ui.flags import flag_chips
from app.ui.screen import MIDDLE, ScreenView
from app.ui.texts import Texts
from app.ui.theme import Skin
from app.ui.widgets.buttons import ActionButton, ButtonRow
from app.ui.widgets.chips import Chip, ChipRow
from app.ui.widgets.column import Block, Column
from app.ui.widgets.fit import FitLabel
from app.ui.widgets.icon import BigIcon
from app.ui.widgets.keypad import Keypad
from app.ui.widgets.slot import SlotTile
from app.ui.widgets.tiles import ItemView

_PAGES: dict[str, set[str]] = {
    "walk": {"heading", "banner", "bin", "item", "tiles"},
    "check": {"heading", "bin", "lead", "pair"},
    "remove": {"heading", "bin", "card", "lead", "hint"},
    "short": {"heading", "bin", "card", "lost", "reasons"},
    "substitute": {"heading", "lead", "item", "hint", "tiles"},
    "cart": {"icon", "big", "map"},
    "slots": {"slot", "map"},
    "tote": {"icon", "big", "hint", "flags"},
    "sort": {"slot", "item", "map"},
    "empty": {"icon", "bin", "answers", "card"},
    "full": {"icon", "big", "hint"},
    "drop": {"icon", "lead", "bin", "flags", "hint", "map"},
    "done": {"icon", "big", "hint"},
    "number": {"big", "card", "keypad"},
    "note": {"letters"},
    "loading": {"hint"},
}


class PickScreen(ScreenView):
    """One page a step, see `_PAGES`."""

    def __init__(self, skin: Skin, texts: Texts) -> None:
        super().__init__(skin, texts)
        self._column = Column(parent=self)
        self._heading = Heading(skin)
        self._banner = FitLabel(skin, 19, 700, "warn", lines=2)
        self._bin = BinLine(skin)
        self._icon = BigIcon(skin)
        self._lead = FitLabel(skin, 22, 600, "quiet")
        self._big = FitLabel(skin, 40, 800, lines=2)
        self._hint = FitLabel(skin, 20, 500, "quiet", lines=3)
        self._lost = FitLabel(skin, 18, 650, "warn", lines=2)
        self._flags = ChipRow(skin)
        self._flags.align_left = True
        self._item, self._card = ItemView(skin), ItemView(skin)
        self._tiles, self._map, self._pair = Tiles(skin), CartMap(skin), Pair(skin)
        self._slot = SlotTile(skin)
        self._reasons, self._answers = ButtonRow(columns=2), ButtonRow(columns=2)
        self._reasons.show_buttons(len(REASONS), self._reason)
        self._answers.show_buttons(len(ANSWERS), self._answer)
        self._keypad, self._letters = Keypad(skin, letters=False), Keypad(skin, letters=True)
        self._letters.may_hide = True
        self._keypad.entered.connect(lambda text: self.intent.emit(f"number:{text}"))
        self._letters.entered.connect(lambda text: self.intent.emit(f"note:{text}"))
        self._page = ""
        self._blocks = self._stacked()
        self._painters = {
            "walk": self._draw_walk, "check": self._draw_check, "remove": self._draw_remove, "short": self._draw_short,
            "substitute": self._draw_substitute, "cart": self._draw_cart, "slots": self._draw_slots,
            "tote": self._draw_tote, "sort": self._draw_sort, "empty": self._draw_empty, "full": self._draw_full,
            "drop": self._draw_drop, "done": self._draw_done, "number": self._draw_asked, "note": self._draw_asked,
        }  # fmt: skip

    def _stacked(self) -> dict[str, Block]:
        """The blocks from top to bottom: pixels they like and need, and which goes first when there is little room."""
        add = self._column.add
        return {
            "heading": add(self._heading, 26, 20, 3),
            "banner": add(self._banner, 30, 22, 1),
            "icon": add(self._icon, 96, 56, 6),
            "slot": add(self._slot, 220, 92),
            "lead": add(self._lead, 34, 22),
            "bin": add(self._bin, 92, 56),
            "big": add(self._big, 104, 44),
            "pair": add(self._pair, 240, 80),
            "hint": add(self._hint, 62, 24, 4),
            "flags": add(self._flags, 30, 26, 5),
            "item": add(self._item, 150, 46),
            "card": add(self._card, 120, 46, 7),
            "lost": add(self._lost, 30, 22, 2),
            "tiles": add(self._tiles, 122, 58),
            "map": add(self._map, 228, 60, 2),
            "reasons": add(self._reasons, 3 * 72 + 24, 3 * 56 + 16),
            "answers": add(self._answers, 84, 64),
            "keypad": add(self._keypad, 420, Keypad.LEAST),
            "letters": add(self._letters, 520, 64),
        }

    def draw(self, state: PickState) -> None:
        """One page, filled."""
        view = state.view
        self._show_blocks(state)
        if view is None:
            self._hint.show_text(self.texts.word(Word.LOADING))
            return
        word = self.texts.word
        many = view.orders > 1 or bool(view.slots)
        self._heading.where.show_text(word(Word.STOP_OF if many else Word.LINE_OF, n=view.line, of=view.lines), "quiet")
        self._heading.then.show_text(word(Word.THEN_BIN, bin=view.next_bin) if view.next_bin else "")
        self._banner.show_text(self._news(view))
        self._map.show_slots(view.slots)
        self._painters[state.page](state, view)

    def refusal_area(self) -> QRect:
        """All below the bin or the slot."""
        seen = next((w for w in (self._slot, self._bin) if w.isVisible()), None)
        top = seen.geometry().bottom() + 1 + self._column.gap if seen else 0
        area = self._column.geometry()
        return QRect(area.left(), area.top() + top, area.width(), area.height() - top)

    def spare(self) -> int:
        """What the column leaves free."""
        return self._column.height() - self._column.used

    def takes_focus(self) -> bool:
        """While a number or a note is typed."""
        return self._page in ("number", "note")

    def place(self) -> None:
        """A column in the middle, with air at its edges."""
        edge = 16 if self.width() > 360 else 10
        wide = min(self.width() - 2 * edge, MIDDLE)
        top = (28 if self.desk else 12) if self.height() > 420 else 6
        self._column.setGeometry((self.width() - wide) // 2, top, wide, self.height() - top - 8 - self.foot)

    def _show_blocks(self, state: PickState) -> None:
        names, view = set(_PAGES[state.page]), state.view
        if view is not None:
            names -= set() if view.banner else {"banner"}
            names -= set() if view.losers and len(view.slots) > 1 else {"lost"}
            names -= ({"flags"} if state.page == "drop" else set()) if view.slots else {"map"}
            names -= {"hint"} if state.page == "drop" and view.legs < 2 else set()
            # The prompt asks the same: figures as large as a thumb come first.
            names -= {"card"} if state.page == "number" and not self.desk else set()
            names -= {"big"} if state.page == "number" and self.height() < 480 else set()
        large = max(1.0, min(1.7, self.skin.scale))
        for name, likes, most in (("heading", 26, 1.7), ("item", 150, 1.3), ("lost", 30, 1.7)):
            self._blocks[name].likes = round(likes * min(most, large))
        self._blocks["banner"].likes = round(30 * large * (2 if large > 1.2 else 1))
        for name, block in self._blocks.items():
            block.shown = name in names
        self._column.arrange()
        self._begin(state)

    def _begin(self, state: PickState) -> None:
        """Opens the entry line when its page comes up."""
        if state.page == self._page:
            return
        self._page = state.page
        if state.page == "number":
            self._keypad.begin(secret=False)
            if state.figure:
                self._keypad.line.setText(str(state.figure))
                self._keypad.line.selectAll()
        elif state.page == "note":
            self._letters.begin(secret=False)
            self._letters.show_letters()

    def _news(self, view: PickView) -> str:
        """What the centre changed, in one line."""
        if view.banner is None:
            return ""
        said = self.texts.message(view.banner)
        return f"{said.title}. {said.detail}" if said.detail else said.title

    def _draw_walk(self, state: PickState, view: PickView) -> None:
        word = self.texts.word
        self._bin.show_bin(view.bin or "", view.bin_confirmed)
        if view.back:
            self._heading.where.show_text(word(Word.BACK_HEADING), "warn")
        self._show_item(state, view.item)
        self._counts(view)

    def _counts(self, view: PickView) -> None:
        word = self.texts.word
        take, hand = (Word.BACK_LEFT, Word.IN_HAND) if view.back else (Word.TAKE, Word.IN_HAND)
        left = view.take - view.in_hand if view.back else view.take
        self._tiles.take.show_count(word(take), str(left), "warn" if view.back else "text")
        self._tiles.hand.show_count(word(hand), str(view.in_hand), "good" if view.in_hand else "quiet")
        self._tiles.show_where(bool(view.slots) and not view.back)
        self._tiles.slots.show_slots(word(Word.FOR_SLOTS), view.slots)
        self._tiles.tote.show_count(word(Word.TOTE), view.tote or "–")

    def _show_item(self, state: PickState, item: ItemCard | None) -> None:
        tones: dict[Vocabulary, str] = {Word.EXPIRES: "warn", Word.FRAGILE: "warn"}
        notes = tuple(
            Chip(self.texts.phrase(n), tones.get(n.word, "text"), rank=i) for i, n in enumerate(reversed(state.notes))
        )
        self._item.show_item(item, notes[::-1])

    def _draw_check(self, _state: PickState, view: PickView) -> None:
        word = self.texts.word
        self._bin.show_bin(view.bin or "", view.bin_confirmed)
        self._lead.show_text(word(Word.CHECK_HEADING), "warn")
        if view.item is not None:
            other = view.others[0] if view.others else None
            self._pair.show_pair(word(Word.THIS_ONE), view.item, word(Word.NOT_THIS_ONE), other)

    def _draw_remove(self, _state: PickState, view: PickView) -> None:
        self._bin.show_bin(view.bin or "", view.bin_confirmed)
        self._card.show_item(view.item)
        self._lead.show_text(self.texts.word(Word.SERIALS_COUNTED), "quiet")
        self._hint.show_text("   ".join(view.serials))

    def _draw_short(self, _state: PickState, view: PickView) -> None:
        word = self.texts.word
        self._bin.show_bin(view.bin or "", view.bin_confirmed)
        self._card.show_item(view.item)
        self._lost.show_text(" · ".join(word(Word.WHO_GOES_WITHOUT, order=o, n=n) for o, n in view.losers))
        for button, action in zip(self._reasons.buttons, REASONS, strict=True):
            button.show_action(word(action.word), key=action.key if self.desk else "")

    def _draw_substitute(self, state: PickState, view: PickView) -> None:
        self._lead.show_text(self.texts.word(Word.INSTEAD_HEADING), "warn")
        self._item.show_item(view.others[0] if view.others else None)
        self._hint.show_text(view.item.name if view.item else "", "quiet")
        self._counts(view)

    def _draw_cart(self, _state: PickState, view: PickView) -> None:
        self._icon.show_icon("pick", "ask")
        self._big.show_text(self.texts.word(Word.CART_HEADING, n=len(view.slots)))

    def _draw_slots(self, _state: PickState, view: PickView) -> None:
        self._slot.show_slot(view.slot or 1, str(view.slot), self._order_of(view))

    def _order_of(self, view: PickView) -> str:
        order = next((slot.order for slot in view.slots if slot.n == view.slot), "")
        return self.texts.word(Word.ORDER_NO, no=order)

    def _draw_tote(self, _state: PickState, view: PickView) -> None:
        self._icon.show_icon("pick", "ask")
        self._big.show_text(self.texts.word(Word.EMPTY_TOTE_HEADING))
        self._hint.show_text(view.note)
        self._flags.show_chips(flag_chips(self.texts, view.flags))

    def _draw_sort(self, state: PickState, view: PickView) -> None:
        word = self.texts.word
        lead = word(Word.INTO_SLOT, n=view.hand) if view.slot_tote else word(Word.NEW_TOTE)
        self._slot.show_slot(view.slot or 1, str(view.slot), lead)
        self._show_item(state, view.item)

    def _draw_empty(self, _state: PickState, view: PickView) -> None:
        self._icon.show_icon("empty", "ask")
        self._bin.show_lane(view.bin or "")
        self._card.show_item(view.item)
        for button, action in zip(self._answers.buttons, ANSWERS, strict=True):
            button.show_action(self.texts.word(action.word), key=action.key if self.desk else "")

    def _draw_full(self, _state: PickState, view: PickView) -> None:
        self._icon.show_icon("box", "ask")
        self._big.show_text(self.texts.word(Word.FULL_HEADING, tote=view.tote or "–"))
        self._hint.show_text(self.texts.word(Word.FULL_HINT))

    def _draw_drop(self, _state: PickState, view: PickView) -> None:
        word = self.texts.word
        self._icon.show_icon("lane", "ask")
        self._lead.show_text(word(Word.TO_LANE), "quiet")
        self._bin.show_lane(view.lane or word(Word.ANY_LANE))
        totes = [*view.totes, view.tote or "–"]
        chips = (*(Chip(word(Word.TOTE_NO, tote=tote), rank=9) for tote in totes), *flag_chips(self.texts, view.flags))
        self._flags.show_chips(chips)
        self._hint.show_text(word(Word.METHOD_LEGS, n=view.parts_here, of=view.legs) if view.legs > 1 else "")

    def _draw_done(self, _state: PickState, view: PickView) -> None:
        word = self.texts.word
        if view.banner is not None:
            self._icon.show_icon("cross", "warn")
            self._big.show_text(self.texts.message(view.banner).title)
            self._hint.show_text("")
            return
        self._icon.show_icon("check", "good")
        self._big.show_text(word(Word.PICK_DONE_HEADING))
        self._hint.show_text(word(Word.PICK_DONE_HINT, lane=view.lane or word(Word.ANY_LANE)))

    def _draw_asked(self, state: PickState, view: PickView) -> None:
        self._big.show_text(self.texts.phrase(state.asks) if state.asks else "")
        self._card.show_item(view.item)
        self._keypad.restyle()
        self._letters.restyle()

    def _reason(self, index: int) -> ActionButton:
        return self._pressing(REASONS[index].intent)

    def _answer(self, index: int) -> ActionButton:
        return self._pressing(ANSWERS[index].intent)

    def _pressing(self, intent: str) -> ActionButton:
        button = ActionButton(self.skin, intent)
        button.clicked.connect(lambda: self.intent.emit(button.intent))
        return button
