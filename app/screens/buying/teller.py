"""One order to a supplier in words: how far it is, what comes when, what came; and the items to look at. Lines for the side of the desk."""

from __future__ import annotations

from typing import Any, Final

from app.screens.buying.asking import LETTERS
from app.screens.buying.cells import TONES, state_text
from app.screens.buying.words import BuyingWord as W
from app.screens.buying.words import of_code
from app.screens.devices.cards import heading
from app.screens.floor.prose import Lines, head, plain, quiet, signed
from app.screens.workbench.asking import Question
from app.screens.workbench.cells import money_text
from app.screens.workbench.words import WorkbenchWord
from app.services.buying_port import BuyAlerts, BuyLine, BuySheet
from app.ui.texts import Texts

_SIGNS: Final = {"good": "good", "warn": "warn", "ask": "ask"}
_ALERTS: Final = {"low_stock": W.BUY_LOW, "dead_stock": W.BUY_DEAD, "high_returns": W.BUY_BACK}
#: The centre approved it: it was below the limit.
_RULE: Final = "rule"
_HAND: Final = "hand"


class BuyingTeller:
    """Owns the words."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts

    def lines(self, state: Any) -> Lines:
        """What stands at the side now."""
        word, sheet = self._texts.word, state.sheet
        lines: Lines = [] if state.fresh else [signed("warn", word(WorkbenchWord.WB_OFFLINE))]
        if state.tab == "timeline":
            return [*lines, *self._alerts(state.entries)]
        if sheet is None:
            return lines
        if state.question.asks:
            return [*lines, *self._question(state.question, sheet)]
        return [*lines, *self._head(sheet), *self._goods(sheet)]

    def option(self, _key: str, _text: str, _n: int, _question: Question, _sheet: Any, said: str) -> str:
        """What stands on an answer."""
        return said

    def _head(self, sheet: BuySheet) -> Lines:
        word, one = self._texts.word, sheet.head
        tone = _SIGNS.get(TONES.get(one.state, ("quiet", ""))[0], "info")
        lines = [head(f"{one.number} · {one.supplier_name}"), signed(tone, state_text(self._texts, one.state))]
        lines.append(plain(money_text(self._texts, one.total, one.currency)))
        if one.undelivered:
            lines.append(signed("bad", word(W.BUY_UNDELIVERED)))
            lines += [quiet(sheet.problem)] if sheet.problem else []
        if one.late:
            lines.append(signed("bad", word(W.BUY_STATE_LATE)))
        lines += self._approval(sheet) + self._way(sheet)
        if sheet.reference:
            lines.append(quiet(word(W.BUY_CALLED, order=sheet.reference)))
        return lines + ([quiet(sheet.note)] if sheet.note else [])

    def _approval(self, sheet: BuySheet) -> Lines:
        word = self._texts.word
        if sheet.head.state in ("draft", "awaiting_approval"):
            limit = money_text(self._texts, sheet.limit, sheet.limit_currency) if sheet.limit else ""
            return [signed("warn", word(W.BUY_ABOVE, amount=limit))] if limit else []
        if not sheet.approved_by:
            return []
        by_rule = sheet.approved_by == _RULE
        return [quiet(word(W.BUY_BY_RULE) if by_rule else word(W.BUY_BY_PERSON, name=sheet.approved_by))]

    def _way(self, sheet: BuySheet) -> Lines:
        """How the supplier gets it, or got it."""
        word, day = self._texts.word, self._texts.day
        lines: Lines = []
        if sheet.send_by == _HAND:
            lines.append(quiet(word(W.BUY_BY_HAND)))
        elif not sheet.address:
            lines.append(signed("warn", word(W.BUY_NO_ADDRESS)))
        if sheet.sent_at:
            lines.append(quiet(word(W.BUY_SENT_ON, day=day(sheet.sent_at))))
        if sheet.confirmed_at:
            lines.append(quiet(word(W.BUY_CONFIRMED_ON, day=day(sheet.confirmed_at))))
        return lines

    def _goods(self, sheet: BuySheet) -> Lines:
        lines: Lines = [heading(self._texts.word(W.BUY_GOODS))]
        for one in sheet.lines:
            lines += self._line(one, sheet)
        return lines

    def _line(self, one: BuyLine, sheet: BuySheet) -> Lines:
        word, day = self._texts.word, self._texts.day(one.day)
        lines = [plain(word(W.BUY_LINE, n=one.qty, name=one.name))]
        price = money_text(self._texts, one.price, sheet.head.currency)
        lines.append(quiet(word(W.BUY_LINE_PRICE, amount=price, sku=one.their_sku or one.sku)))
        if one.received:
            lines.append(signed("good", word(W.BUY_LINE_CAME, n=one.received)))
        if one.damaged:
            lines.append(signed("warn", word(W.BUY_LINE_DAMAGED, n=one.damaged)))
        if one.wanted < one.qty:
            lines.append(signed("warn", word(W.BUY_LINE_LESS, n=one.wanted)))
        if one.open and one.late:
            lines.append(signed("bad", word(W.BUY_LINE_LATE, n=one.open, day=day)))
        elif one.open and sheet.sent_at:
            lines.append(quiet(word(W.BUY_LINE_COMES, n=one.open, day=day)))
        return lines

    def _question(self, question: Question, sheet: BuySheet) -> Lines:
        field = question.field
        lines = [head(f"{sheet.head.number} · {sheet.head.supplier_name}")]
        if field is None:
            amount = money_text(self._texts, sheet.head.total, sheet.head.currency)
            return [*lines, plain(amount), plain(self._texts.word(LETTERS[question.kind][1]))]
        line = next((one for one in sheet.lines if f"line{one.line}" == field.key), None)
        if line is not None:
            lines.append(plain(self._texts.word(W.BUY_LINE, n=line.qty, name=line.name)))
        return [*lines, plain(self._texts.word(field.word))]

    def _alerts(self, kinds: tuple[BuyAlerts, ...] | None) -> Lines:
        word = self._texts.word
        lines: Lines = [head(word(W.BUY_ALERTS))]
        if kinds == ():
            return [*lines, signed("good", word(W.BUY_NO_ALERTS))]
        for kind in kinds or ():
            title, told = of_code("alert", kind.kind), _ALERTS.get(kind.kind)
            if title is None or told is None:
                continue
            lines.append(heading(f"{word(title)} · {kind.count}"))
            lines += [plain(word(told, name=one.name, have=one.have, want=one.want)) for one in kind.items]
            if kind.count > len(kind.items):
                lines.append(quiet(word(W.BUY_ALERTS_MORE, n=kind.count - len(kind.items))))
        return lines
