"""The zone screen: zones to choose from; the zone's totes and lines; totes to set down. Draws a `ZoneState`; knows no rules."""

from __future__ import annotations

from PySide6.QtCore import QRect

from app.core.views_work import ToteCard, ZoneCard, ZoneLine, ZoneView
from app.screens.words import Word
from app.screens.zone.presenter import ZoneState
from app.ui.screen import MIDDLE, ScreenView
from app.ui.texts import Texts
from app.ui.theme import Skin
from app.ui.widgets.cards import Card, CardList
from app.ui.widgets.chips import Chip, ChipRow
from app.ui.widgets.code import CodeLabel
from app.ui.widgets.column import Column
from app.ui.widgets.fit import FitLabel

_SIDE, _GAP = 420, 16


class ZoneScreen(ScreenView):
    """Pages: `choose`, `work`, `unload`, `place`, `loading`. At a desk totes stand beside the lines."""

    def __init__(self, skin: Skin, texts: Texts) -> None:
        super().__init__(skin, texts)
        self._column = Column(parent=self)
        self._heading = FitLabel(skin, 30, 800)
        self._chips = ChipRow(skin, 17)
        self._chips.align_left = True
        self._tote = CodeLabel(skin, 88, 800)
        self._missing = FitLabel(skin, 18, 600, "bad", lines=2)
        self._totes, self._mine, self._lines = CardList(skin, 4), CardList(skin, 4), CardList(skin, 10)
        self._beside = [CardList(skin, 5, parent=self), CardList(skin, 4, parent=self)]
        for cards in (self._totes, self._mine, self._lines, *self._beside):
            cards.intent.connect(self.intent)
        add = self._column.add
        self._blocks = {
            "heading": add(self._heading, 44, 28),
            "chips": add(self._chips, 32, 26, 5),
            "tote": add(self._tote, 92, 56),
            "totes": add(self._totes, 120, 92),
            "missing": add(self._missing, 46, 24, 6),
            "mine": add(self._mine, 120, 92, 7),
            "lines": add(self._lines, 640, 92),
        }

    def draw(self, state: ZoneState) -> None:
        """One page, filled."""
        view = state.view
        self._heading.show_text(self._title(state))
        self._fill(state.page, view)
        self._show_blocks(state)
        self.place()

    def refusal_area(self) -> QRect:
        """The whole column."""
        return self._column.geometry()

    def spare(self) -> int:
        """What the column leaves free below the last card."""
        return self._column.height() - self._column.used + max(0, self._lines.height() - self._lines.used)

    def span(self) -> tuple[int, int]:
        """The column beside the totes."""
        if not self._two:
            return super().span()
        return _GAP, self.width() - _SIDE - 3 * _GAP

    def place(self) -> None:
        """A column, and at a desk the totes beside it."""
        edge = 16 if self.width() > 360 else 10
        wide = min(self.width() - 2 * edge, MIDDLE)
        left, wide = self.span() if self.desk else ((self.width() - wide) // 2, wide)
        top = (28 if self.desk else 12) if self.height() > 420 else 6
        self._column.setGeometry(left, top, wide, self.height() - top - 8 - self.foot)
        half = (self.height() - 28 - 2 * _GAP) // 2
        for i, cards in enumerate(self._beside):
            cards.setVisible(self._two)
            cards.setGeometry(self.width() - _SIDE - _GAP, 28 + i * (half + _GAP), _SIDE, half)

    @property
    def _two(self) -> bool:
        """Whether there is room, and use, for a second column."""
        return self.desk and self.state is not None and self.state.page == "work"

    def _title(self, state: ZoneState) -> str:
        word = self.texts.word
        if state.view is None:
            return word(Word.LOADING)
        if state.page == "choose":
            return word(Word.ZONE_HEADING)
        return word(Word.ZONE_NO, zone=state.view.zone or "") if state.page == "work" else word(Word.UNLOAD)

    def _show_blocks(self, state: ZoneState) -> None:
        view = state.view
        names = {"heading"}
        if view is not None and state.page == "choose":
            names |= {"lines"}
        elif view is not None and state.page == "work":
            names |= {"chips", "lines"}
            if not self.desk:
                names |= {name for name, cards in (("totes", view.waiting), ("mine", view.mine)) if cards}
        elif view is not None:
            names |= {"tote"} if state.page == "place" else {"mine"}
        if view is not None and self._missing.text and state.page == "work":
            names |= {"missing"}
        large = max(1.0, min(1.6, self.skin.scale))
        self._blocks["heading"].likes = round(44 * large)
        for name, cards in (("totes", view.waiting if view else ()), ("mine", view.mine if view else ())):
            count = max(1, min(len(cards), 2 if state.page == "work" else 4))
            self._blocks[name].likes = round((30 + count * 88) * min(1.4, large))
            self._blocks[name].needs = self._totes.needs
        self._blocks["lines"].needs = self._lines.needs
        for name, block in self._blocks.items():
            block.shown = name in names
        self._column.arrange()

    def _fill(self, page: str, view: ZoneView | None) -> None:
        if view is None:
            return
        word = self.texts.word
        self._chips.show_chips(self._facts(view.here) if view.here else ())
        self._tote.show_spans([(view.tote or "", True)])
        self._missing.show_text("  ".join(self._lacks(card) for card in view.waiting if card.missing))
        waiting = [self._waits(card) for card in view.waiting]
        mine = [self._carried(card) for card in view.mine]
        for cards in (self._totes, self._beside[0]):
            cards.show_cards(word(Word.TOTES_WAITING), waiting, word(Word.QUEUE_EMPTY))
        for cards in (self._mine, self._beside[1]):
            cards.show_cards(word(Word.MY_TOTES), mine, word(Word.NO_TOTES_HERE))
        if page == "choose":
            self._lines.columns = 2 if self.desk else 1
            self._lines.show_cards(
                "", [self._zone(card, n) for n, card in enumerate(view.zones, 1)], word(Word.NO_ZONES)
            )
        else:
            self._lines.columns = 1
            self._lines.show_cards(
                word(Word.ZONE_LINES), [self._line(line) for line in view.lines], word(Word.ZONE_EMPTY)
            )

    def _facts(self, card: ZoneCard) -> tuple[Chip, ...]:
        word = self.texts.word
        counts = Chip(word(Word.ZONE_COUNTS, lines=card.lines, orders=card.orders), rank=2)
        return (
            (counts, Chip(word(Word.URGENT_N, n=card.urgent_lines), "warn", rank=1)) if card.urgent_lines else (counts,)
        )

    def _zone(self, card: ZoneCard, _n: int) -> Card:
        word = self.texts.word
        mark = word(Word.URGENT_N, n=card.urgent_lines) if card.urgent_lines else ""
        facts = word(Word.ZONE_COUNTS, lines=card.lines, orders=card.orders)
        return Card(f"enter:{card.zone}", word(Word.ZONE_NO, zone=card.zone), facts, mark, "warn")

    def _line(self, line: ZoneLine) -> Card:
        word = self.texts.word
        marks = (
            (line.mine, Word.MINE_LINE, "ask"),
            (line.taken, Word.TAKEN_LINE, "quiet"),
            (line.urgent, Word.URGENT, "warn"),
        )
        mark, tone = next(((word(w), tone) for so, w, tone in marks if so), ("", "quiet"))
        facts = f"{line.item.name} · {word(Word.ORDER_NO, no=line.order)}"
        return Card(f"start:{line.job}", word(Word.TAKE_N_AT, n=line.qty, bin=line.bin), facts, mark, tone)

    def _waits(self, card: ToteCard) -> Card:
        word = self.texts.word
        where = word(Word.WAITS_AT, place=card.at or "")
        if card.lost:
            where = f"{card.at} · {word(Word.NO_MANS_LAND, minutes=card.minutes)}"
        flag = (word(Word.SLOT_MISSING, n=card.missing_units), "bad") if card.missing_units else ("", "quiet")
        mark, tone = (
            flag if flag[0] else (word(Word.LEG_OF, n=card.leg, of=card.legs), "warn" if card.lost else "quiet")
        )
        return Card(f"start:{card.job}", word(Word.TOTE_NO, tote=card.tote), where, mark, tone)

    def _carried(self, card: ToteCard) -> Card:
        word = self.texts.word
        parts = word(Word.PARTS_HERE, n=card.parts_here, of=card.legs) if card.legs > 1 and card.parts_here else ""
        facts = [
            parts or word(Word.ORDER_NO, no=card.order),
            word(Word.LINES_DONE_OF, n=card.lines_done, of=card.lines),
        ]
        mark = card.lane or ""
        return Card(f"start:{card.job}", word(Word.TOTE_NO, tote=card.tote), " · ".join(facts), mark, "ask")

    def _lacks(self, card: ToteCard) -> str:
        words = (self.texts.word(Word.WHERE_LOST, item=m.item.name, n=m.qty) for m in card.missing)
        return f"{card.tote}: {', '.join(words)}"
