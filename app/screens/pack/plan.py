"""What the pack screen shows of a plan: the carton with its reason, the checklist, and the large picture. Draws `PlanCard`s."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from app.core.messages import Look, Tone
from app.core.pack_plan import PlanCard, SupplyCard
from app.core.views import PackView
from app.screens.pack.picture import PlanPicture
from app.screens.pack.plan_words import PlanWord
from app.screens.words import Word
from app.ui.texts import Texts
from app.ui.theme import Skin
from app.ui.widgets.fit import FitLabel
from app.ui.widgets.panel import Panel
from app.ui.widgets.tone import ToneSign

_MOST_SUPPLIES = 6
_CENTRE = Qt.AlignmentFlag.AlignHCenter


def reason(texts: Texts, plan: PlanCard) -> str:
    """Why this carton, in one sentence."""
    if plan.why == "cheapest" and plan.cost is not None:
        return texts.word(PlanWord.WHY_CHEAPEST, price=texts.money(plan.cost))
    if plan.why == "one_of_several":
        return texts.word(PlanWord.WHY_ONE_OF_SEVERAL, number=plan.number, of=plan.of)
    words = {"only_one": PlanWord.WHY_ONLY_ONE, "none_fits": PlanWord.WHY_NONE_FITS}
    return texts.word(words.get(plan.why, PlanWord.WHY_SMALLEST))


def second(texts: Texts, plan: PlanCard) -> tuple[str, tuple[str, ...]]:
    """The carton that is the second choice, and what is said of it in a few words each; nothing where there is none."""
    if plan.second is None:
        return "", ()
    more = (f"+{texts.money(plan.dearer)}",) if plan.dearer is not None and plan.dearer.amount else ()
    return plan.second, (texts.word(PlanWord.BOX_SECOND), *more)


def others(texts: Texts, plan: PlanCard) -> str:
    """The cartons that were not taken, by why."""
    by_why: dict[str, list[str]] = {}
    for carton, why in plan.refused:
        by_why.setdefault(why, []).append(carton)
    known = {str(word): word for word in PlanWord}
    told = [(known.get(f"not_{why.replace('-', '_')}"), cartons) for why, cartons in by_why.items()]
    return " · ".join(texts.word(word, cartons=", ".join(cartons)) for word, cartons in told if word)


def following(texts: Texts, view: PackView) -> str:
    """What goes in next."""
    plan = view.plan
    if plan is None or not plan.blocks:
        return ""
    if plan.next is None:
        more = texts.word(PlanWord.NOT_IN_PICTURE, n=plan.unseen) if plan.unseen else ""
        return more or texts.word(PlanWord.ALL_LAID)
    sku = plan.blocks[plan.next].sku
    name = next((line.item.name for line in view.lines if line.item.sku == sku), sku)
    return texts.word(PlanWord.NEXT_IN, item=name)


class PlanBox(Panel):
    """The planned carton beside the order: its picture so far, why, and what goes in next. A touch opens the large picture."""

    touched = Signal()

    def __init__(self, skin: Skin, texts: Texts, parent: QWidget) -> None:
        super().__init__(skin, parent=parent)
        self._texts = texts
        self._picture = PlanPicture(skin, above=False, parent=self)
        self._head = FitLabel(skin, 16, 700, "quiet", parent=self)
        self._code = FitLabel(skin, 34, 800, parent=self)
        self._why = FitLabel(skin, 17, 500, "quiet", lines=3, parent=self)
        self._next = FitLabel(skin, 18, 700, "ask", lines=2, parent=self)

    def show_plan(self, view: PackView) -> None:
        """Changes it; `view` has a plan."""
        plan = view.plan
        if plan is None:
            return
        self._head.show_text(self._texts.word(Word.BOX))
        self._picture.show_plan(plan, plan.layer)
        self._picture.setVisible(bool(plan.blocks))
        self._code.show_text(plan.carton or "–")
        self._why.show_text(reason(self._texts, plan))
        self._next.show_text(following(self._texts, view))
        self.setAccessibleName(f"{plan.carton or ''} {reason(self._texts, plan)}")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Picture left, facts right."""
        super().resizeEvent(event)
        w, h = self.width(), self.height()
        side = round(min(w * 0.46, h - 24))
        self._picture.setGeometry(12, (h - side) // 2, side, side)
        left, wide = side + 26, w - side - 40
        self._head.setGeometry(left, 10, wide, 24)
        code = min(44, round(h * 0.2))
        self._code.setGeometry(left, 36, wide, code)
        rest = h - 36 - code - 14
        self._why.setGeometry(left, 38 + code, wide, round(rest * 0.56))
        self._next.setGeometry(left, 40 + code + round(rest * 0.56), wide, round(rest * 0.44))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Opens the large picture."""
        super().mouseReleaseEvent(event)
        self.touched.emit()


class SuppliesCard(Panel):
    """What goes in beside the goods, one a row, each with a tick once it was confirmed."""

    def __init__(self, skin: Skin, texts: Texts, parent: QWidget) -> None:
        super().__init__(skin, parent=parent)
        self._texts = texts
        self._head = FitLabel(skin, 16, 700, "quiet", parent=self)
        self._rows = [FitLabel(skin, 18, 600, parent=self) for _ in range(_MOST_SUPPLIES)]
        self._signs = [ToneSign(skin, 22, parent=self) for _ in range(_MOST_SUPPLIES)]
        self._cards: tuple[SupplyCard, ...] = ()

    def show_supplies(self, cards: tuple[SupplyCard, ...]) -> None:
        """Changes the list; what is still to be put in comes first."""
        self._cards = tuple(sorted(cards, key=lambda card: (card.done, not card.needed)))
        self._head.show_text(self._texts.word(PlanWord.SUPPLIES))
        for sign, card in zip(self._signs, self._cards, strict=False):
            sign.show_look(Look(Tone.GOOD if card.done else Tone.ASK))
        self._place()

    def wanted_height(self) -> int:
        """Pixels for all its rows."""
        return 42 + min(len(self._cards), _MOST_SUPPLIES) * self._line() + 8

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Places the rows anew."""
        super().resizeEvent(event)
        self._place()

    def _line(self) -> int:
        return round(32 * max(1.0, min(1.5, self.skin.scale)))

    def _place(self) -> None:
        w, line = self.width(), self._line()
        self._head.setGeometry(16, 10, w - 32, 26)
        room = min(len(self._cards), _MOST_SUPPLIES, max(1, (self.height() - 44) // line))
        for n, (row, sign) in enumerate(zip(self._rows, self._signs, strict=True)):
            top = 40 + n * line
            hidden = len(self._cards) - room if n == room - 1 else 0
            row.setVisible(n < room)
            sign.setVisible(n < room and not hidden)
            sign.move(16, top + (line - 22) // 2)
            row.setGeometry(48, top, w - 64, line)
            if hidden:
                row.show_text(f"+ {hidden + 1}", "text")
            elif n < room:
                card = self._cards[n]
                row.show_text(self._name(card), "quiet" if card.done else "text")

    def _name(self, card: SupplyCard) -> str:
        known = {str(word): word for word in PlanWord}
        word = known.get(f"supply_{card.kind}")
        return self._texts.word(word, code=card.word) if word else card.word


class PictureFace(QWidget):
    """The large picture: one layer from above beside (or above) the carton from its corner, which layer it is, and what goes in next."""

    def __init__(self, skin: Skin, texts: Texts) -> None:
        super().__init__()
        self._skin, self._texts = skin, texts
        self._above = PlanPicture(skin, above=True, parent=self)
        self._corner = PlanPicture(skin, above=False, parent=self)
        self._layer = FitLabel(skin, 18, 700, "quiet", parent=self)
        self._next = FitLabel(skin, 26, 800, "ask", lines=2, parent=self)
        self._why = FitLabel(skin, 17, 500, "quiet", lines=2, parent=self)
        self._sides = (3, 2)

    def show_picture(self, view: PackView, layer: int) -> None:
        """Changes it; `layer` from 0."""
        plan = view.plan
        if plan is None:
            return
        self._sides = (max(1, plan.inner_mm[0]), max(1, plan.inner_mm[1]))
        self._above.show_plan(plan, layer)
        self._corner.show_plan(plan, layer)
        said = self._texts.word(PlanWord.LAYER_OF, layer=layer + 1, of=max(1, plan.layers))
        self._layer.show_text(f"{self._texts.word(PlanWord.LAYER_TOP_VIEW)} · {said}")
        self._next.show_text(following(self._texts, view))
        why = (f"{plan.carton}: {reason(self._texts, plan)}", others(self._texts, plan))
        self._why.show_text("\n".join(part for part in why if part))
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Places it anew."""
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        w, h = self.width(), self.height()
        foot = min(60, h // 6)
        self._next.setGeometry(0, 0, w, 44)
        self._layer.setGeometry(0, 46, w, 28)
        top, room = 78, h - 78 - foot - 8
        long, wide = self._sides
        beside = min((w - 12) / 2 / long, room / wide)
        if beside >= min(w / long, (room - 12) / 2 / wide):
            half = (w - 12) // 2
            self._above.setGeometry(0, top, half, room)
            self._corner.setGeometry(half + 12, top, w - half - 12, room)
        else:
            half = (room - 12) // 2
            self._above.setGeometry(0, top, w, half)
            self._corner.setGeometry(0, top + half + 12, w, room - half - 12)
        self._why.setGeometry(0, h - foot, w, foot)
