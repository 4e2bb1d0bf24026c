"""Why an order goes with its carrier's service, below the list. Draws an `OrderCard`."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from app.core.money import Money
from app.core.views import OrderCard
from app.screens.pack.plan_words import PlanWord
from app.screens.words import Word
from app.ui.texts import Texts
from app.ui.theme import Skin
from app.ui.widgets.fit import FitLabel
from app.ui.widgets.panel import Panel

_WHY = {
    "given": PlanWord.SERVICE_GIVEN,
    "cheapest": PlanWord.SERVICE_CHEAPEST,
    "earliest": PlanWord.SERVICE_EARLIEST,
}


def heading(texts: Texts, order: OrderCard) -> str:
    """The order, its service and in one word why."""
    why = order.service_why
    word = _WHY.get(why.why, PlanWord.SERVICE_NOT_SAID) if why else PlanWord.SERVICE_NOT_SAID
    service = f"{order.carrier} {order.service}".strip() or "–"
    return f"{texts.word(Word.ORDER_NO, no=order.no)}: {texts.word(word, service=service)}"


def details(texts: Texts, order: OrderCard) -> str:
    """Price, days, promise, and what the next best would have cost."""
    why = order.service_why
    if why is None:
        return ""
    parts = []
    if why.price is not None:
        parts.append(texts.word(PlanWord.SERVICE_PRICE, price=texts.money(why.price)))
    if why.leaves and why.arrives:
        days = {"leaves": texts.day(why.leaves), "arrives": texts.day(why.arrives)}
        parts.append(texts.word(PlanWord.SERVICE_DAYS, **days))
    if why.promised:
        parts.append(texts.word(PlanWord.SERVICE_PROMISED, day=texts.day(why.promised)))
    if why.other and why.more is not None:
        less = why.more.amount < 0
        word = PlanWord.SERVICE_OTHER_LESS if less else PlanWord.SERVICE_OTHER_MORE
        price = texts.money(Money(abs(why.more.amount), why.more.currency))
        parts.append(texts.word(word, service=why.other, price=price))
    return " · ".join(parts)


class ServicePanel(Panel):
    """Service and reason of the order that was touched last."""

    def __init__(self, skin: Skin, texts: Texts, parent: QWidget) -> None:
        super().__init__(skin, parent=parent)
        self._texts = texts
        self._head = FitLabel(skin, 18, 700, lines=3, parent=self)
        self._rest = FitLabel(skin, 16, 500, "quiet", lines=6, parent=self)

    def show_order(self, order: OrderCard) -> None:
        """Changes it."""
        self._head.show_text(heading(self._texts, order))
        self._rest.show_text(details(self._texts, order))
        self.setAccessibleName(heading(self._texts, order))

    def height_within(self, width: int, most: int) -> int:
        """Pixels for all its words; where there is no room for them, for the heading alone; 0 where not even that has room."""
        head, rest = self._head.height_for(width - 32), self._rest.height_for(width - 32) * bool(self._rest.text)
        whole = 26 + head + rest
        self._rest.setVisible(whole <= most)
        return whole if whole <= most else 26 + head if 26 + head <= most else 0

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Heading above, details below."""
        super().resizeEvent(event)
        wide = self.width() - 32
        head = self._head.height_for(wide)
        self._head.setGeometry(16, 12, wide, head)
        self._rest.setGeometry(16, 14 + head, wide, max(0, self.height() - head - 24))
