"""Puts the rescue of a running wave into lines to read, and its moves into words for their buttons. Used by the teller and the view."""

from __future__ import annotations

from app.screens.floor.cells import orders_text
from app.screens.floor.prose import Lines, head, plain, quiet, signed
from app.screens.plans.pages import LIKELY_PERCENT
from app.screens.plans.words import PlansWord
from app.screens.words import Word
from app.services.plans_port import Doomed, Move, MoveKind, Rescue
from app.ui.texts import Texts

_NAMED = 3
_ALL_NAMED = 12


class RescueTeller:
    """Owns nothing but the words of the window."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts

    def lines(self, rescue: Rescue | None, current: Doomed | None, move: Move | None) -> Lines:
        """How the wave will end, the order stood on; or what a move would do."""
        word, clock = self._texts.word, self._texts.clock
        if rescue is None:
            return [plain(word(PlansWord.NOT_RUNNING))]
        if move is not None:
            return self._effect(move)
        times = {"picked": clock(rescue.picked), "packed": clock(rescue.packed)}
        lines = [plain(word(PlansWord.RESCUE_SUM, n=rescue.people, **times))]
        if current is None:
            return [*lines, signed("good", word(PlansWord.NONE_LATE))]
        none = [] if rescue.moves else [quiet(word(PlansWord.NO_MOVES))]
        return [*lines, *self._doomed(current), *none]

    def _doomed(self, one: Doomed) -> Lines:
        word, clock = self._texts.word, self._texts.clock
        tone = "bad" if one.percent >= LIKELY_PERCENT else "warn"
        lines = [
            head(word(Word.ORDER_NO, no=one.order)),
            signed(tone, word(PlansWord.RISK, n=one.percent, time=clock(one.cut_off))),
        ]
        if one.likely_since:
            lines.append(plain(word(PlansWord.LIKELY_SINCE, time=clock(one.likely_since))))
        early, late = clock(one.ready_early), clock(one.ready_late)
        lines.append(plain(word(PlansWord.READY_ABOUT, time=clock(one.ready), early=early, late=late)))
        if one.stops_left:
            lines.append(plain(word(PlansWord.LEFT_TO_DO, n=one.stops_left, units=one.units_left)))
        if one.with_people:
            lines.append(quiet(word(PlansWord.HELD_BY, people=", ".join(one.with_people))))
        return lines

    def title(self, move: Move) -> str:
        """What is done."""
        word = self._texts.word
        orders = orders_text(self._texts, move.orders, len(move.orders), _NAMED)
        match move.kind:
            case MoveKind.PULL:
                return word(PlansWord.MOVE_PULL, orders=orders)
            case MoveKind.BORROW:
                told = PlansWord.MOVE_BORROW_ZONE if move.zone else PlansWord.MOVE_BORROW
                return word(told, n=move.people, zone=move.zone)
            case MoveKind.SERVICE:
                return word(PlansWord.MOVE_SERVICE, orders=orders, service=move.to_service)
        return word(PlansWord.MOVE_DROP, orders=orders)

    def button(self, move: Move) -> str:
        """What is done and what it is worth, for its button."""
        worth = (
            self._texts.word(PlansWord.SAVES, n=len(move.saved))
            if move.saved
            else self._texts.word(PlansWord.SAVES_NONE)
        )
        return f"{self.title(move)}\n{worth}"

    def _effect(self, move: Move) -> Lines:
        word = self._texts.word
        lines = [head(self.title(move))]
        if move.saved:
            saved = orders_text(self._texts, move.saved, len(move.saved), _ALL_NAMED)
            lines.append(signed("good", word(PlansWord.SAVED_ORDERS, orders=saved)))
        if move.endangered:
            risked = orders_text(self._texts, move.endangered, len(move.endangered), _ALL_NAMED)
            lines.append(signed("bad", word(PlansWord.ENDANGERS, orders=risked)))
        before, after = f"{move.late_before / 10:.1f}", f"{move.late_after / 10:.1f}"
        lines.append(plain(word(PlansWord.LATE_MEAN, before=before, after=after)))
        if move.minutes_earlier > 0:
            lines.append(plain(word(PlansWord.EARLIER, n=move.minutes_earlier)))
        if move.kind is MoveKind.BORROW:
            lines.append(signed("info", word(PlansWord.BY_SPEAKING)))
        return lines
