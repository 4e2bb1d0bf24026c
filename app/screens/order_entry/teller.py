"""A typed order in words: who, how, what it comes to, and what would hold it. Lines for the side of order entry. No Qt of its own."""

from __future__ import annotations

from app.screens.devices.cards import heading
from app.screens.floor.prose import Lines, head, plain, quiet, signed
from app.screens.order_entry.cells import there
from app.screens.order_entry.presenter import EntryState
from app.screens.order_entry.typing import PAYMENTS, Typed
from app.screens.order_entry.words import EntryWord as W
from app.screens.workbench.cells import money_text
from app.screens.workbench.words import WorkbenchWord, of_code
from app.services.order_entry_ports import EntryKind, EntryLook, HoldWord
from app.ui.texts import Texts


class EntryTeller:
    """Owns the words."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts

    def lines(self, state: EntryState) -> Lines:
        """What stands at the side now."""
        word = self._texts.word
        lines: Lines = []
        if not state.online:
            lines.append(signed("warn", word(W.ENTRY_OFFLINE)))
        if state.waiting:
            lines.append(signed("warn", word(W.ENTRY_WAITING, n=state.waiting)))
        lines += self._asked(state)
        lines += self._holds(state.look)
        lines += self._short(state)
        lines += self._customer(state)
        lines += self._way(state)
        return lines + self._money(state)

    def _asked(self, state: EntryState) -> Lines:
        """What was typed of the question that is open."""
        word, question = self._texts.word, state.question
        told = zip(question.fields, question.typed, strict=False)
        return [plain(f"{word(field.word)}: {text or '–'}") for field, text in told]

    def _holds(self, look: EntryLook | None) -> Lines:
        if look is None or not look.holds:
            return []
        return [heading(self._texts.word(W.ENTRY_WOULD_HOLD)), *(signed("warn", self.hold(one)) for one in look.holds)]

    def _short(self, state: EntryState) -> Lines:
        """Lines that are not there for all of it: a narrow list has no room for when they come."""
        rows = [one for one in state.rows if isinstance(one, Typed) and one.looked is not None]
        return [
            signed("warn", f"{one.line.name or one.line.sku}: {there(self._texts, one).text}")
            for one in rows if one.looked is not None and one.looked.free < one.line.qty
        ]  # fmt: skip

    def hold(self, one: HoldWord) -> str:
        """Why it would be held, in words."""
        known = of_code("hold", one.code)
        word = self._texts.word
        text = word(known) if known else word(WorkbenchWord.WB_OTHER_REASON, what=one.code)
        at = [word(W.ENTRY_LINE_OF, n=one.line)] if one.line else []
        more = [*at, *(str(value) for value in one.params.values() if value not in ("", None))]
        return f"{text}: {', '.join(more)}" if more else text

    def _customer(self, state: EntryState) -> Lines:
        order, word = state.order, self._texts.word
        if not order.name:
            return [head(word(W.ENTRY_NOBODY))]
        reached = " · ".join(part for part in (order.customer, order.phone, order.email) if part)
        return [head(order.name), *([quiet(reached)] if reached else [])]

    def _way(self, state: EntryState) -> Lines:
        order, word = state.order, self._texts.word
        kind = word(W.ENTRY_IN_STORE if order.kind is EntryKind.STORE else W.ENTRY_BY_PHONE)
        said = [kind, word(PAYMENTS[order.payment])]
        lines: Lines = [heading(word(W.ENTRY_WAY))]
        if order.pick_up_site:
            name = next((one.name for one in state.places if one.site == order.pick_up_site), order.pick_up_site)
            lines.append(plain(word(W.ENTRY_FETCH_AT, name=name)))
        else:
            to = order.ship_to
            town = " ".join(part for part in (to.postcode, to.city) if part)
            text = ", ".join(part for part in (to.name, to.street, town, to.region, to.country) if part)
            lines.append(plain(text or word(W.ENTRY_SEND_TO)))
        lines.append(quiet(" · ".join(said)))
        if order.gift:
            lines.append(signed("flag", word(W.ENTRY_GIFT)))
        return [*lines, *([quiet(order.note)] if order.note else [])]

    def _money(self, state: EntryState) -> Lines:
        look, word = state.look, self._texts.word
        if look is None:
            return []
        sums = ((WorkbenchWord.WB_SHIPPING, look.shipping), (WorkbenchWord.WB_TAX, look.tax))
        told = [word(one, what=money_text(self._texts, amount, look.currency)) for one, amount in sums if float(amount)]
        total = word(WorkbenchWord.WB_TOTAL, what=money_text(self._texts, look.total, look.currency))
        lines: Lines = [heading(word(WorkbenchWord.WB_HEAD_MONEY)), head(total)]
        return [*lines, quiet(" · ".join(told))] if told else lines
