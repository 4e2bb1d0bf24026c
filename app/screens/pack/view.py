"""The pack station: queue, order, and at the right box, weight and papers. On a handheld one of them at a time. Draws a `PackState`."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from app.core.views import CartonCard, JobCard, PackStep, PackView
from app.screens.pack.lines import LineList
from app.screens.pack.paper_words import later_word
from app.screens.pack.picker import Picker, dropped
from app.screens.pack.plan import PictureFace, PlanBox, SuppliesCard, reason, second
from app.screens.pack.presenter import PackState
from app.screens.pack.side import BoxCard, CartonButton, PapersCard, WeighCard
from app.screens.pack.words import PackWord
from app.screens.words import Word
from app.ui.flags import flag_chips
from app.ui.screen import ScreenView
from app.ui.texts import Texts
from app.ui.theme import Skin
from app.ui.widgets.buttons import ActionButton, ButtonRow
from app.ui.widgets.chips import ChipRow
from app.ui.widgets.fit import FitLabel
from app.ui.widgets.icon import BigIcon
from app.ui.widgets.job import JobButton, job_mark

_QUEUE, _SIDE, _GAP = 220, 360, 16
_MANY_JOBS, _MANY_CARTONS = 6, 4
_CENTRE = Qt.AlignmentFlag.AlignHCenter

#: What the handheld shows in the middle, by step; the desk shows the order's lines there unless something is to be chosen.
_SMALL = {
    PackStep.WEIGHT: "weigh",
    PackStep.LABEL: "papers",
    PackStep.LABEL_UNSURE: "papers",
    PackStep.SCAN_BACK: "papers",
}


class PackScreen(ScreenView):
    """Owns the three columns and what stands in the middle: `lines`, `cartons`, `choices`, `empty`, `weigh` or `papers`."""

    def __init__(self, skin: Skin, texts: Texts) -> None:
        super().__init__(skin, texts)
        self._queue_head = FitLabel(skin, 16, 700, "quiet", parent=self)
        self._queue_empty = FitLabel(skin, 17, 500, "quiet", lines=3, parent=self)
        self._queue = [JobButton(skin, self) for _ in range(_MANY_JOBS)]
        self._jobs = 0
        self._title = FitLabel(skin, 36, 800, parent=self)
        self._flags = ChipRow(skin, parent=self)
        self._flags.align_left = True
        self._count = FitLabel(skin, 36, 800, align=Qt.AlignmentFlag.AlignRight, parent=self)
        self._note = FitLabel(skin, 17, 600, "warn", lines=2, parent=self)
        self._along = FitLabel(skin, 18, 700, "ask", parent=self)
        self.lines = LineList(skin, texts)
        self._cartons = _Stack(CartonButton, skin, texts)
        self._choices = ButtonRow(columns=2)
        self._empty = _Empty(skin)
        self.box = BoxCard(skin, texts)
        self.weigh = WeighCard(skin, texts)
        self.papers = PapersCard(skin, texts)
        self.plan = PlanBox(skin, texts, self)
        self.plan.touched.connect(lambda: self.intent.emit("picture"))
        self.supplies = SuppliesCard(skin, texts, self)
        self.picture = PictureFace(skin, texts)
        self._middle: dict[str, QWidget] = {
            "lines": self.lines,
            "cartons": self._cartons,
            "choices": self._choices,
            "empty": self._empty,
            "weigh": self.weigh,
            "papers": self.papers,
            "picture": self.picture,
            "supplies": self.supplies,
        }
        for widget in (*self._middle.values(), self.box):
            widget.setParent(self)
        for button in self._cartons.buttons:
            button.clicked.connect(lambda _=False, button=button: self.intent.emit(button.intent))
        self.picker = Picker(self, self._with_picture, lambda: self.intent.emit("cancel"))
        self.setAcceptDrops(True)
        self._face = "empty"
        self._below_head = 12

    def draw(self, state: PackState) -> None:
        """Fills all columns."""
        view = state.view
        self._face = self._face_of(state)
        self.picker.show(state.picks)
        if view is None:
            self._empty.show_words(self.texts.word(Word.LOADING), "", "pack")
            self.place()
            return
        self._draw_queue(view)
        self._draw_head(view)
        self.lines.show_lines(view.lines)
        why = reason(self.texts, view.plan) if view.plan and view.step is PackStep.CARTON else ""
        self._cartons.show_cartons(
            view.cartons[:_MANY_CARTONS], why, second(self.texts, view.plan) if view.plan else ("", ())
        )
        self.plan.show_plan(view)
        self.supplies.show_supplies(view.supplies)
        self.picture.show_picture(view, state.layer)
        self._draw_choices(state)
        suggested = next((c for c in view.cartons if c.suggested), None)
        self.box.show_carton(view.carton or suggested)
        to_go = view.units - view.packed if view.step is PackStep.UNITS else 0
        self.weigh.show_weight(state.weight, to_go, asked=view.step is PackStep.WEIGHT)
        self.papers.show_papers(view.papers, owed=not view.order)
        done = view.step is PackStep.DONE
        heading = Word.PARCEL_DONE_HEADING if done else Word.PACK_HEADING
        self._empty.show_words(self.texts.word(heading), self.texts.word(Word.PACK_HINT), "check" if done else "pack")
        self.place()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """A picture of the parcel may be dropped here."""
        if dropped(event.mimeData()) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """It was."""
        path = dropped(event.mimeData())
        if path is not None:
            event.acceptProposedAction()
            self._with_picture(path)

    def _with_picture(self, path: str) -> None:
        self.intent.emit(f"photo:file {path}")

    def refusal_area(self) -> QRect:
        """The middle, below the order's heading."""
        left, wide = self._columns()
        top = self._below_head
        return QRect(left, top, wide, self.height() - top - self.foot)

    def spare(self) -> int:
        """What the middle leaves free below its words."""
        return {"lines": self.lines.spare, "choices": 80, "empty": 80, "weigh": 80, "papers": 80}.get(self._face, 0)

    def span(self) -> tuple[int, int]:
        """The middle column."""
        return self._columns()

    def place(self) -> None:
        """Three columns, or one."""
        left, wide = self._columns()
        ordered = self.state is not None and self.state.view is not None and bool(self.state.view.order)
        self._place_queue()
        self._place_side()
        top = self._place_head(left, wide) if ordered else 12
        for part in (self._title, self._flags, self._count, self._note, self._along):
            part.setVisible(ordered)
        self._note.setVisible(ordered and bool(self._note.text))
        self._along.setVisible(ordered and bool(self._along.text))
        self._below_head = top
        bottom = self.height() - (self.foot or 4)
        rows = max(3, -(-len(self.state.choices) // 2)) if self.state is not None else 3
        for name, widget in self._middle.items():
            beside = self.desk and (name in ("weigh", "papers") or (name == "supplies" and self._listed))
            widget.setVisible(beside or name == self._face)
            if name == self._face:
                high = bottom - top
                most = {"choices": rows * 84, "weigh": 210, "papers": 300, "cartons": 4 * 110 + 40}.get(name, high)
                widget.setGeometry(left, top, wide, min(high, most))
        self._choices.arrange()

    def _columns(self) -> tuple[int, int]:
        edge = 16 if self.width() > 360 else 10
        if not self.desk:
            return edge, self.width() - 2 * edge
        left = _GAP + _QUEUE + _GAP
        return left, self.width() - left - _SIDE - 2 * _GAP

    def _place_queue(self) -> None:
        shown = self.desk
        self._queue_head.setVisible(shown)
        self._queue_empty.setVisible(shown and not self._jobs)
        self._queue_head.setGeometry(_GAP, 12, _QUEUE, 26)
        self._queue_empty.setGeometry(_GAP, 44, _QUEUE, 80)
        for i, card in enumerate(self._queue):
            card.setVisible(shown and i < self._jobs)
            card.setGeometry(_GAP, 46 + i * 88, _QUEUE, 78)

    def _place_side(self) -> None:
        self.plan.setVisible(self.desk and self._planned)
        self.box.setVisible(self.desk and not self._planned)
        if not self.desk:
            return
        left, high = self.width() - _SIDE - _GAP, self.height() - 32
        box = round(high * (0.32 if self._planned else 0.26))
        weigh = round(high * (0.21 if self._listed else 0.26))
        self.box.setGeometry(left, 16, _SIDE, box)
        self.plan.setGeometry(left, 16, _SIDE, box)
        self.weigh.setGeometry(left, 16 + box + 12, _SIDE, weigh)
        top, rest = 16 + box + weigh + 24, high - box - weigh - 24
        listed = min(self.supplies.wanted_height(), rest - 112) if self._listed else 0
        self.supplies.setGeometry(left, top, _SIDE, listed)
        self.papers.setGeometry(left, top + listed + 12 * bool(listed), _SIDE, rest - listed - 12 * bool(listed))

    def _place_head(self, left: int, wide: int) -> int:
        """Places title, flags, count and note; answers where the middle begins."""
        high = round(44 * max(1.0, min(1.3, self.skin.scale)))
        count = min(round(wide * 0.34), self._count.sizeHint().width() + 4)
        title = min(self._title.sizeHint().width() + 4, wide - count - 10)
        top = 12 if self.desk else 6
        self._title.setGeometry(left, top, title, high)
        self._count.setGeometry(left + wide - count, top, count, high)
        flags = bool(self._flags.chips)
        room = wide - count - title - 30
        if flags and room >= self._flags.sizeHint().width():
            self._flags.setGeometry(left + title + 14, top, room, high)
            below = top + high + 8
        else:
            self._flags.setGeometry(left, top + high + 2, wide, 34)
            below = top + high + (38 if flags else 6)
        if self._note.text:
            note = min(self._note.height_for(wide), 48)
            self._note.setGeometry(left, below, wide, note)
            below += note + 6
        if self._along.text:
            self._along.setGeometry(left, below, wide, 30)
            below += 34
        return below

    @property
    def _planned(self) -> bool:
        """Whether the box in hand is the planned one, or will be."""
        view = self.state.view if self.state is not None else None
        return (
            view is not None and view.plan is not None and (view.carton is None or view.carton.code == view.plan.carton)
        )

    @property
    def _listed(self) -> bool:
        return self.state is not None and self.state.view is not None and bool(self.state.view.supplies)

    def _face_of(self, state: PackState) -> str:
        if state.page == "picture":
            return "picture"
        if state.choices and state.page == "reasons":
            return "choices"
        if state.page == "waiting" and state.view is not None and state.view.papers and not self.desk:
            return "papers"
        if state.view is None or state.page in ("waiting", "done", "loading"):
            return "empty"
        if state.view.step is PackStep.CARTON:
            return "cartons"
        unchecked = any(card.needed and not card.done for card in state.view.supplies)
        if unchecked and state.view.step is PackStep.WEIGHT and not self.desk:
            return "supplies"
        return "lines" if self.desk else _SMALL.get(state.view.step, "lines")

    def _draw_queue(self, view: PackView) -> None:
        self._queue_head.show_text(self.texts.word(Word.WAITING_HERE))
        self._queue_empty.show_text(self.texts.word(Word.QUEUE_EMPTY))
        self._jobs = min(len(view.queue), _MANY_JOBS)
        for card, job in zip(self._queue, view.queue, strict=False):
            title = (
                self.texts.word(Word.TOTE_NO, tote=job.tote)
                if job.tote
                else self.texts.word(Word.ORDER_NO, no=job.title)
            )
            card.show_job("", title, self._inside(job), *job_mark(self.texts, job))

    def _inside(self, job: JobCard) -> str:
        state = later_word(job.label)
        return f"{job.title} · {self.texts.word(state) if state else self.texts.word(Word.LINES, n=job.lines)}"

    def _draw_head(self, view: PackView) -> None:
        self._title.show_text(self.texts.word(Word.ORDER_NO, no=" + ".join(view.orders or (view.order or "",))))
        self._flags.show_chips(flag_chips(self.texts, view.flags))
        whole = view.packed >= view.units
        self._count.show_text(self.texts.word(Word.COUNT_OF, n=view.packed, of=view.units), "good" if whole else "text")
        self._note.show_text(view.note)
        first = view.offers[0] if view.offers else None
        along = self.texts.word(PackWord.GOES_ALONG, no=first.order, tote=first.tote) if first else ""
        if not along and view.photos:
            along = self.texts.word(PackWord.PHOTOS_TAKEN, n=view.photos)
        if len(view.offers) > 1:
            along += f" +{len(view.offers) - 1}"
        # Where a reason is asked for, the smallest screen has room for nothing else.
        self._along.show_text("" if self.state is not None and self.state.page == "reasons" else along)

    def _draw_choices(self, state: PackState) -> None:
        if state.page != "reasons":
            return
        buttons = self._choices.show_buttons(len(state.choices), self._choice)
        for button, act in zip(buttons, state.choices, strict=True):
            button.intent = act.intent
            button.show_action(self.texts.word(act.word), key=act.key if self.desk else "")

    def _choice(self, _index: int) -> ActionButton:
        button = ActionButton(self.skin, "", 64)
        button.clicked.connect(lambda: self.intent.emit(button.intent))
        return button


class _Stack(QWidget):
    """Up to four cartons, one below the other."""

    def __init__(self, kind: type[CartonButton], skin: Skin, texts: Texts) -> None:
        super().__init__()
        self.buttons = [kind(skin, texts, self) for _ in range(_MANY_CARTONS)]
        self._why = FitLabel(skin, 18, 600, "quiet", lines=1, parent=self)
        self._cartons: tuple[CartonCard, ...] = ()
        self._second: tuple[str, tuple[str, ...]] = ("", ())

    def show_cartons(self, cartons: tuple[CartonCard, ...], why: str, second: tuple[str, tuple[str, ...]]) -> None:
        """Changes the cartons on offer, why the best one is, and what is said of the second choice (its code, the words)."""
        self._cartons, self._second = cartons, second
        self._why.show_text(why)
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Places them anew."""
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        gap, least = 10, 56
        top = 34 if self._why.text else 0
        self._why.setVisible(bool(top))
        self._why.setGeometry(0, 0, self.width(), 28)
        room = max(1, (self.height() - top + gap) // (least + gap))
        # Where not all have room, those that are too small for the goods go first.
        kept = sorted(self._cartons, key=lambda c: (not c.suggested, not c.fits, c.key))[:room]
        cartons = sorted(kept, key=lambda c: c.key)
        high = min(98, (self.height() - top - gap * (len(cartons) - 1)) // max(1, len(cartons)))
        for i, button in enumerate(self.buttons):
            button.setVisible(i < len(cartons))
            if i < len(cartons):
                code, words = self._second
                button.show_carton(cartons[i], words if cartons[i].code == code else ())
                button.setGeometry(0, top + i * (high + gap), self.width(), high)


class _Empty(QWidget):
    """No order on the bench: what to do, in large letters."""

    def __init__(self, skin: Skin) -> None:
        super().__init__()
        self._icon = BigIcon(skin, "pack", "ask", centred=True)
        self._heading = FitLabel(skin, 40, 800, lines=2, align=_CENTRE, parent=self)
        self._hint = FitLabel(skin, 20, 500, "quiet", lines=3, align=_CENTRE, parent=self)
        self._icon.setParent(self)

    def show_words(self, heading: str, hint: str, icon: str) -> None:
        """Changes them."""
        self._heading.show_text(heading)
        self._hint.show_text(hint)
        self._icon.show_icon(icon, "good" if icon == "check" else "ask")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In the middle."""
        super().resizeEvent(event)
        w, h = self.width(), self.height()
        tall = h > 300
        self._icon.setVisible(tall)
        top = max(0, (h - 300) // 2) if tall else 0
        self._icon.setGeometry(0, top, w, 100)
        top += 112 if tall else 0
        self._heading.setGeometry(0, top, w, 90)
        self._hint.setGeometry(0, top + 94, w, min(90, max(20, h - top - 94)))
