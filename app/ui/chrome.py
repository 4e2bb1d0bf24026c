"""Everything around a screen: draws a `Frame` and says which act was chosen. No business, no devices; used by the shell."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from app.screens.frame import Action, Frame, Phrase, Refusal
from app.screens.words import Word
from app.ui import prompts
from app.ui.acts import MORE
from app.ui.layout import Places
from app.ui.screen import ScreenView
from app.ui.sheet import Sheet
from app.ui.strip import ProgressLine, Strip
from app.ui.texts import Texts
from app.ui.theme import Skin
from app.ui.widgets.buttons import ActionButton, ButtonRow
from app.ui.widgets.prompt import PromptBar
from app.ui.widgets.refusal import RefusalPanel
from app.ui.widgets.toast import Toast

_UNDERSTOOD = Action("ok", Word.UNDERSTOOD, "Enter", main=True)
#: So many acts of a screen stand beside "More".
_BESIDE_MORE = {False: 2, True: 3}


class Chrome(QWidget):
    """Strip, progress, the stack of screens, prompt, acts, refusal, toast and sheet. `intent` carries the act chosen."""

    intent = Signal(str)

    def __init__(self, skin: Skin, texts: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._skin, self._texts = skin, texts
        self.strip = Strip(skin, self)
        self.progress = ProgressLine(skin, self)
        self.stack = QStackedWidget(self)
        self.prompt = PromptBar(skin, self)
        self.toast = Toast(skin, self)
        self.panel = RefusalPanel(skin, self)
        self.act_row = ButtonRow(parent=self)
        self.exits = ButtonRow(parent=self)
        self.sheet = Sheet(skin, texts, self)
        self._in_prompt = [self._button(i) for i in range(_BESIDE_MORE[True] + 1)]
        self._measured = self._button(0)
        self._measured.hide()
        self._places: Places | None = None
        self.frame: Frame | None = None
        self.refusal: Refusal | None = None

    @property
    def desk(self) -> bool:
        """True in a wide window."""
        return self._places is not None and self._places.desk

    def show_frame(self, frame: Frame, refusal: Refusal | None) -> None:
        """Draws a frame; `refusal` covers the screen until it is None again."""
        self.frame, self.refusal = frame, refusal
        self.strip.show_title(self._worded(frame.title), self._worded(frame.subtitle))
        self.progress.show_part(frame.progress)
        prompt = frame.prompt
        self.prompt.show_prompt(self._texts.prompt(prompt), prompts.icon_of(prompt), prompts.tone_of(prompt))
        self.prompt.show_waiting(self._worded(frame.busy))
        self._place()
        self._show_acts(frame)
        self._show_refusal(refusal)
        self._place()

    def chosen(self, intent: str) -> Action | None:
        """The act in sight (or behind "More") with this intent; None if there is none or it is not to be used now."""
        found = next((a for a in self.acts() if a.intent == intent), None)
        return found if found and found.enabled else None

    def acts(self) -> tuple[Action, ...]:
        """All acts a person can use now."""
        if self.refusal is not None:
            return (*self.refusal.exits, _UNDERSTOOD)
        return (*self.frame.actions, *self.frame.choices) if self.frame else ()

    @property
    def beside(self) -> int:
        """How many acts of the screen stand beside "More": the sentence keeps half of the prompt."""
        if not self.desk or self.frame is None:
            return _BESIDE_MORE[False]
        view = self.stack.currentWidget()
        room = (view.span()[1] if isinstance(view, ScreenView) else self.width()) * 0.6 - self._wide(MORE)
        count = 0
        for act in self.frame.actions[: _BESIDE_MORE[True]]:
            room -= self._wide(act)
            if room < 0:
                break
            count += 1
        return count

    def _wide(self, act: Action) -> int:
        """Pixels an act takes in the prompt, with the gap beside it."""
        self._fill(self._measured, act)
        return max(104, self._measured.sizeHint().width()) + 10

    def mirror(self, *, left_hand: bool) -> None:
        """Puts the first act under the left or the right thumb."""
        self.act_row.mirrored = left_hand
        self.exits.mirrored = left_hand
        self.act_row.arrange()
        self.exits.arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Finds the places anew and tells the screens whether they stand on a desk."""
        super().resizeEvent(event)
        self.relayout()

    def relayout(self) -> None:
        """Everything to its place: after a change of size, text size or hand."""
        self._skin.smallest = self._skin.measure("smallest_text" if self.width() >= 400 else "smallest_text_narrow")
        self._places = Places.of(self._skin, self.width(), self.height())
        for i in range(self.stack.count()):
            view = self.stack.widget(i)
            if isinstance(view, ScreenView):
                view.arrange(self._places.desk, self._places.foot)
        if self.frame is not None:
            self.show_frame(self.frame, self.refusal)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The ground everything stands on."""
        QPainter(self).fillRect(self.rect(), self._skin.color("bg"))

    def _show_acts(self, frame: Frame) -> None:
        acts = (*frame.actions[: self.beside], MORE)
        if self.desk:
            for i, button in enumerate(self._in_prompt):
                button.setVisible(i < len(acts))
                if i < len(acts):
                    self._fill(button, acts[i])
            self.prompt.hold_buttons(self._in_prompt[: len(acts)])
            self.act_row.show_buttons(0, self._button)
        else:
            self.prompt.hold_buttons([])
            for button in self._in_prompt:
                button.hide()
            for button, act in zip(self.act_row.show_buttons(len(acts), self._button), acts, strict=True):
                self._fill(button, act)

    def _show_refusal(self, refusal: Refusal | None) -> None:
        self.panel.setVisible(refusal is not None)
        self.prompt.setVisible(refusal is None)
        self.act_row.setVisible(refusal is None)
        self.exits.setVisible(refusal is not None)
        if refusal is None:
            return
        self.toast.hide()
        words = self._texts.message(refusal.message)
        detail, hint = words.detail, words.hint
        if refusal.likely:
            detail, *less = (self._texts.message(cause).title for cause in refusal.likely)
            hint = "\n".join((*less, words.detail))
        self.panel.show_words(refusal.message.look, words.title, detail, hint)
        self.panel.show_pair(*self._pair(refusal))
        acts = (*refusal.exits, _UNDERSTOOD)
        for button, act in zip(self.exits.show_buttons(len(acts), self._button), acts, strict=True):
            self._fill(button, act)

    def _pair(self, refusal: Refusal):  # type: ignore[no-untyped-def]
        if refusal.scanned is None or refusal.needed is None:
            return None, None
        needed = refusal.needed.name
        if refusal.take > 0:
            needed = self._texts.word(Word.NEEDED_TAKE, name=needed, n=refusal.take)
        return (
            (self._texts.word(Word.HAND_SCANNED), refusal.scanned, refusal.scanned.name),
            (self._texts.word(Word.NEEDED), refusal.needed, needed),
        )

    def _place(self) -> None:
        places = self._places
        view = self.stack.currentWidget()
        if places is None or not isinstance(view, ScreenView):
            return
        self.strip.setGeometry(places.strip)
        self.progress.setGeometry(places.progress)
        self.stack.setGeometry(places.screen)
        left, wide = view.span() if places.desk else (places.prompt.left(), places.prompt.width())
        prompt = QRect(left, places.prompt.top(), wide, places.prompt.height())
        self.prompt.setGeometry(prompt)
        self.act_row.setGeometry(places.actions)
        self._place_toast(view, prompt, places)
        self._place_refusal(view, prompt, places)
        top = places.strip.height()
        self.sheet.setGeometry(0, top, self.width(), self.height() - top)

    def _place_toast(self, view: ScreenView, prompt: QRect, places: Places) -> None:
        """Above the prompt if the screen leaves room there, else over the strip: never over what is needed."""
        high = self.toast.wanted_height(prompt.width())
        if view.spare() >= high + 8:
            self.toast.setGeometry(prompt.left(), prompt.top() - high - 8, prompt.width(), high)
        else:
            self.toast.setGeometry(0, 0, self.width(), places.progress.bottom() + 1)

    def _place_refusal(self, view: ScreenView, prompt: QRect, places: Places) -> None:
        area = view.refusal_area().translated(places.screen.topLeft())
        bottom = prompt.top()
        gap = 12
        if places.desk:
            self.exits.columns = 0
            self.exits.setGeometry(prompt)
        else:
            # Two ways out above, "Understood" over the whole width where the acts are.
            count = len(self.refusal.exits) if self.refusal else 0
            high = places.actions.height()
            top = places.actions.top() - (high + gap if count else 0)
            self.exits.setGeometry(prompt.left(), top, prompt.width(), places.actions.bottom() + 1 - top)
            bottom = top
        self.panel.setGeometry(area.left(), area.top(), area.width(), max(60, bottom - area.top()))
        self.exits.last_alone = not places.desk
        self.exits.arrange()

    def _fill(self, button: ActionButton, act: Action) -> None:
        button.intent = act.intent
        button.setEnabled(act.enabled)
        look = "primary" if act is _UNDERSTOOD else "ask" if act.main else "plain"
        key, icon = (act.key, "") if self.desk else ("", act.icon)
        button.show_action(self._texts.word(act.word, n=act.n), key=key, icon=icon, look=look)

    def _button(self, _index: int) -> ActionButton:
        button = ActionButton(self._skin, "", self._skin.measure("touch"), 20)
        button.setParent(self)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda: self.intent.emit(button.intent))
        return button

    def _worded(self, phrase: Phrase | None) -> str:
        return self._texts.phrase(phrase) if phrase else ""
