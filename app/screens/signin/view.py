"""The sign-in screen: scan your badge; or a PIN; the languages by name. Draws a `SignInState`."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.screens.preferences import LANGUAGES
from app.screens.signin.presenter import SignInState
from app.screens.words import Word
from app.ui.screen import ScreenView
from app.ui.texts import Texts
from app.ui.theme import Skin
from app.ui.widgets.buttons import ActionButton, ButtonRow
from app.ui.widgets.column import Column
from app.ui.widgets.fit import FitLabel
from app.ui.widgets.icon import BigIcon
from app.ui.widgets.keypad import Keypad

_CENTRE = Qt.AlignmentFlag.AlignHCenter
_NARROW = 460


class SignInScreen(ScreenView):
    """Pages: `badge` (a picture and the people of late), `number` and `pin` (a keypad)."""

    def __init__(self, skin: Skin, texts: Texts) -> None:
        super().__init__(skin, texts)
        self._column = Column(gap=14, parent=self)
        self._icon = BigIcon(skin, "badge", "ask", centred=True)
        self._heading = FitLabel(skin, 38, 800, lines=2, align=_CENTRE)
        self._hint = FitLabel(skin, 19, 500, "quiet", lines=2, align=_CENTRE)
        self._lately = FitLabel(skin, 17, 600, "quiet", align=_CENTRE)
        self._recent = ButtonRow(columns=1)
        self._pad = Keypad(skin, letters=False)
        self._pad.entered.connect(lambda text: self.intent.emit(f"typed:{text}"))
        self._languages = ButtonRow(gap=8, columns=4)
        self._languages.show_buttons(len(LANGUAGES), self._language)
        self._page = ""
        add = self._column.add
        self._blocks = {
            "air": add(_Air(), 24, 0, 5),
            "icon": add(self._icon, 112, 56, 4),
            "heading": add(self._heading, 60, 36),
            "hint": add(self._hint, 30, 20, 3),
            "lately": add(self._lately, 26, 20, 2),
            "recent": add(self._recent, 0, 0, 1),
            "pad": add(self._pad, 420, Keypad.LEAST),
            "languages": add(self._languages, 56, 56, 6),
        }
        self._pages = {
            "badge": {"air", "icon", "heading", "hint", "lately", "recent", "languages"},
            "number": {"heading", "pad"},
            "pin": {"heading", "pad"},
        }

    def draw(self, state: SignInState) -> None:
        """One page, filled."""
        word = self.texts.word
        self._heading.show_text(self.texts.phrase(state.heading))
        self._hint.show_text(self.texts.phrase(state.hint))
        self._icon.show_icon("lock" if state.locked else "badge", "ask")
        self._lately.show_text(word(Word.RECENT))
        buttons = self._recent.show_buttons(len(state.recent), self._person)
        for button, (number, name) in zip(buttons, state.recent, strict=True):
            button.intent = f"recent:{number}"
            button.show_action(name, icon="person")
        for button, (code, name) in zip(self._languages.buttons, LANGUAGES.items(), strict=True):
            button.show_action(name, look="chosen" if code == state.language else "bare")
        self._show_page(state)

    def takes_focus(self) -> bool:
        """While the keypad is open, keys are for it."""
        return self._pad.isVisible()

    def spare(self) -> int:
        """What the column leaves free."""
        return self._column.height() - self._column.used

    def place(self) -> None:
        """A narrow column in the middle."""
        wide = min(self.width() - 32, _NARROW)
        self._languages.columns = 4 if wide >= 400 and self.skin.scale <= 1.5 else 2
        rows = 4 // self._languages.columns
        self._blocks["languages"].likes = self._blocks["languages"].needs = rows * 56 + (rows - 1) * 8
        small = self.height() < 420
        top, below = (2, 0) if small else (40 if self.desk else 10, 6)
        self._column.setGeometry((self.width() - wide) // 2, top, wide, self.height() - top - below - self.foot)
        self._column.arrange()

    def _show_page(self, state: SignInState) -> None:
        people = len(state.recent)
        self._blocks["recent"].likes = self._blocks["recent"].needs = people * 60 + max(0, people - 1) * 12
        large = max(1.0, min(1.8, self.skin.scale))
        self._blocks["heading"].likes = round(60 * large)
        # Whose work is kept takes two lines.
        self._blocks["hint"].likes = round((52 if state.locked else 30) * large)
        # The prompt says whose PIN is wanted; on a small screen the keys need the place of the heading.
        self._blocks["heading"].give_up = 0 if state.page == "badge" else 7
        for name, block in self._blocks.items():
            block.shown = name in self._pages[state.page] and (name not in ("lately", "recent") or bool(people))
        self._column.arrange()
        if state.page != "badge" and state.page + state.heading.word != self._page:
            self._pad.restyle()
            self._pad.begin(secret=state.page == "pin")
        self._page = state.page + state.heading.word

    def _language(self, index: int) -> ActionButton:
        button = ActionButton(self.skin, f"language:{list(LANGUAGES)[index]}", 56, 17)
        button.clicked.connect(lambda: self.intent.emit(button.intent))
        return button

    def _person(self, _index: int) -> ActionButton:
        button = ActionButton(self.skin, "", 56, 20)
        button.clicked.connect(lambda: self.intent.emit(button.intent))
        return button


class _Air(QWidget):
    """Nothing, where there is room for it."""
