"""One return in words: what was said, what came, what is odd, what was paid; and the figures. Lines for the side of the desk."""

from __future__ import annotations

from typing import Any, Final

from app.screens.devices.cards import heading
from app.screens.floor.prose import Lines, head, plain, quiet, signed
from app.screens.returns.presenter import GRADES, REASONS, WAYS
from app.screens.returns_desk.asking import LETTERS
from app.screens.returns_desk.cells import TONES, state_text
from app.screens.returns_desk.words import ReturnsDeskWord as W
from app.screens.returns_desk.words import of_code
from app.screens.workbench.asking import Question
from app.screens.workbench.cells import money_text
from app.screens.workbench.words import WorkbenchWord
from app.services.returns_desk_port import BackFigure, BackLabel, BackLine, BackSheet, CarrierLabel, ReturnReason
from app.ui.texts import Texts

_HEADS: Final = {"item": W.RD_BY_ITEM, "reason": W.RD_BY_REASON, "channel": W.RD_BY_CHANNEL}
_LABELS: Final = {
    CarrierLabel.PENDING: ("ask", W.RD_LABEL_PENDING),
    CarrierLabel.READY: ("good", W.RD_LABEL_READY),
    CarrierLabel.PROBLEM: ("bad", W.RD_LABEL_PROBLEM),
}
#: Why there is no label (yet): `docs/shipping.md`. Anything else is the carrier's own word.
_WHY: Final = {
    **dict.fromkeys(("not_reached", "too_slow", "carrier_trouble", "rate_limited"), W.RD_WHY_AWAY),
    **dict.fromkeys(("answer_unreadable", "answer_unusable", "answer_too_large", "answer_type"), W.RD_WHY_ANSWER),
    **dict.fromkeys(("account_refused", "no_account"), W.RD_WHY_ACCOUNT),
    **dict.fromkeys(
        ("label_lost", "label_size", "label_format", "label_empty", "label_harmful", "tracking_twice"), W.RD_WHY_USELESS
    ),
    "no_returns": W.RD_WHY_NO_RETURNS,
    "no_such_service": W.RD_WHY_NO_SERVICE,
    "no_numbers": W.RD_WHY_NO_NUMBERS,
    "no_weight": W.RD_WHY_NO_WEIGHT,
}
_SIGNS: Final = {"good": "good", "warn": "warn", "ask": "ask"}


class ReturnsDeskTeller:
    """Owns the words."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts

    def lines(self, state: Any) -> Lines:
        """What stands at the side now."""
        word, sheet = self._texts.word, state.sheet
        lines: Lines = [] if state.fresh else [signed("warn", word(WorkbenchWord.WB_OFFLINE))]
        if state.tab == "timeline":
            return [*lines, *self._figures(state.entries or ())]
        if sheet is None:
            return lines
        if state.question.asks:
            return [*lines, *self._question(state.question, sheet)]
        return [*lines, *self._head(sheet), *self._signs(sheet), *self._lines(sheet)]

    def option(self, _key: str, _text: str, _n: int, _question: Question, _sheet: Any, said: str) -> str:
        """What stands on an answer."""
        return said

    def _head(self, sheet: BackSheet) -> Lines:
        word, one = self._texts.word, sheet.head
        tone = _SIGNS.get(TONES.get(one.state, ("quiet", ""))[0], "info")
        lines = [head(f"{one.number} · {one.customer}" if one.customer else one.number)]
        lines.append(signed(tone, state_text(self._texts, one.state)))
        if one.order:
            lines.append(plain(word(W.RD_OF_ORDER, order=one.order)))
        else:
            lines.append(signed("warn", word(W.RD_NO_ORDER)))
        if one.resolution:
            how = of_code("done", one.resolution)
            amount = money_text(self._texts, one.refund, one.currency)
            lines.append(plain(word(how, amount=amount, order=sheet.exchange) if how is not None else one.resolution))
        if sheet.fee.strip("0."):
            lines.append(quiet(word(W.RD_FEE, amount=money_text(self._texts, sheet.fee, one.currency))))
        lines += self._label(sheet.label)
        facts = (one.channel, one.site, sheet.tracking)
        lines.append(quiet(" · ".join(part for part in facts if part)))
        return lines + [quiet(text) for text in (sheet.note, sheet.because) if text]

    def _label(self, label: BackLabel | None) -> Lines:
        if label is None:
            return []
        tone, told = _LABELS.get(label.state, ("ask", W.RD_LABEL_PENDING))
        told = W.RD_LABEL_KEPT if label.kept else told
        lines = [signed(tone, self._texts.word(told, carrier=label.carrier))]
        if label.problem:
            why = _WHY.get(label.problem, W.RD_WHY_REFUSED)
            lines.append(quiet(self._texts.word(why, code=label.problem.removeprefix("carrier:"))))
        return lines

    def _signs(self, sheet: BackSheet) -> Lines:
        told = []
        for one in sheet.head.signs:
            code = str(one.get("sign", ""))
            word = of_code("sign", code.removeprefix("return_sign_"))
            words = {name: value for name, value in one.items() if name != "sign"}
            told.append(signed("bad", self._texts.word(word, **words) if word is not None else code))
        return [heading(self._texts.word(W.RD_LOOK)), *told] if told else []

    def _lines(self, sheet: BackSheet) -> Lines:
        lines: Lines = [heading(self._texts.word(W.RD_GOODS))]
        for one in sheet.lines:
            lines += self._line(one, sheet.head.currency)
        return lines

    def _line(self, one: BackLine, currency: str) -> Lines:
        word = self._texts.word
        why = word(REASONS[one.reason])
        lines = [plain(word(W.RD_LINE, n=one.qty or one.received, name=one.name, why=why))]
        if one.worth:
            lines.append(quiet(word(W.RD_WORTH, amount=money_text(self._texts, one.worth, currency))))
        if one.note:
            lines.append(quiet(one.note))
        if one.photos:
            lines.append(quiet(word(W.RD_PHOTOS, n=one.photos)))
        for r in one.receipts:
            text = word(W.RD_CAME, n=r.qty, grade=word(GRADES[r.grade]), way=word(WAYS[r.disposition]))
            lines.append(signed("good", text))
        return lines

    def _question(self, question: Question, sheet: BackSheet) -> Lines:
        field = question.field
        lines = [head(sheet.head.number)]
        if field is None:
            return [*lines, plain(self._texts.word(LETTERS[question.kind][1]))]
        if field.key.startswith("line"):
            line = next((one for one in sheet.lines if f"line{one.line}" == field.key), None)
            lines.append(plain(line.name) if line is not None else plain(""))
        return [*lines, plain(self._texts.word(field.word))]

    def _figures(self, figures: tuple[BackFigure, ...]) -> Lines:
        word = self._texts.word
        lines: Lines = [head(word(W.RD_FIGURES)), quiet(word(W.RD_THIRTY_DAYS))]
        for by, title in _HEADS.items():
            mine = [one for one in figures if one.by == by]
            lines += [heading(word(title))] if mine else []
            for one in mine:
                share = "" if one.percent is None else f" · {one.percent:g} %"
                paid = "".join(
                    f" · {money_text(self._texts, text, name)}" for name, text in sorted(one.refunds.items())
                )
                told = word(W.RD_FIGURE, name=self._key(one), n=one.returned, of=one.shipped)
                lines.append(plain(f"{told}{share}{paid}"))
        return lines

    def _key(self, one: BackFigure) -> str:
        if one.by == "reason" and one.key in list(ReturnReason):
            return self._texts.word(REASONS[ReturnReason(one.key)])
        return one.key or "–"
