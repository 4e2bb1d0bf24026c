"""The settings screen: language, look, text size, hand, sounds, devices, about. Draws a `SettingsState`."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from app.core.messages import Cue
from app.screens.preferences import LANGUAGES, THEMES
from app.screens.settings.presenter import SettingsState
from app.screens.words import Word, named
from app.ui.screen import MIDDLE, ScreenView
from app.ui.status import device_state, role_name
from app.ui.texts import Texts
from app.ui.theme import Skin, dress
from app.ui.widgets.buttons import ActionButton, ButtonRow
from app.ui.widgets.fit import FitLabel

_CUES = tuple(cue for cue in Cue if cue is not Cue.NONE)
_HANDS = ("left", "right")
_GAP = 10


class Section(QWidget):
    """A heading over a row of buttons; `value` stands at the right of the heading."""

    def __init__(self, skin: Skin, columns: int) -> None:
        super().__init__()
        self._skin = skin
        self.head = FitLabel(skin, 18, 700, "quiet", parent=self)
        self.value = FitLabel(skin, 18, 700, align=Qt.AlignmentFlag.AlignRight, parent=self)
        self.row = ButtonRow(gap=_GAP, columns=columns, parent=self)
        self.columns = columns

    def wanted_height(self, width: int) -> int:
        """Heading and as many rows as the buttons need at this width."""
        narrow = self._skin.scale > 1.4 or width < 440
        self.row.columns = min(self.columns, 2) if narrow else self.columns
        rows = -(-len(self.row.buttons) // self.row.columns)
        button = self._skin.grown(56) if self._skin.scale > 1 else 56
        return 38 + rows * (button + _GAP) - _GAP

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Heading above, buttons below."""
        super().resizeEvent(event)
        w = self.width()
        self.head.setGeometry(0, 0, round(w * 0.7), 32)
        self.value.setGeometry(round(w * 0.7), 0, w - round(w * 0.7), 32)
        self.row.setGeometry(0, 36, w, self.height() - 36)


class SettingsScreen(ScreenView):
    """A scrolled column of sections."""

    def __init__(self, skin: Skin, texts: Texts) -> None:
        super().__init__(skin, texts)
        self._area = QScrollArea(self)
        dress(self._area, skin)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._body = QWidget()
        self._area.setWidget(self._body)
        self._language = self._section([f"language:{code}" for code in LANGUAGES], 4)
        self._theme = self._section([f"theme:{name}" for name in THEMES], 3)
        self._size = self._section(["size:down", "size:up"], 2)
        self._hand = self._section([f"hand:{hand}" for hand in _HANDS], 2)
        self._volume = self._section(["volume:down", "volume:up"], 2)
        self._tones = self._section([f"hear:{cue}" for cue in _CUES], 2)
        self._devices = FitLabel(skin, 18, 700, "quiet", parent=self._body)
        self._device_lines = FitLabel(skin, 18, 500, lines=12, parent=self._body)
        self._about = FitLabel(skin, 18, 700, "quiet", parent=self._body)
        self._about_lines = FitLabel(skin, 17, 500, "quiet", lines=12, parent=self._body)

    def draw(self, state: SettingsState) -> None:
        """Fills all sections."""
        word, now = self.texts.word, state.preferences
        self._fill(self._language, Word.LANGUAGE, list(LANGUAGES.values()), list(LANGUAGES).index(now.language))
        themes = [word(Word(f"theme_{name}")) for name in THEMES]
        self._fill(self._theme, Word.THEME, themes, THEMES.index(now.theme))
        self._fill(self._size, Word.TEXT_SIZE, [word(Word.SMALLER), word(Word.LARGER)])
        self._size.value.show_text(word(Word.PERCENT, n=now.text_size))
        hands = [word(Word.HAND_LEFT), word(Word.HAND_RIGHT)]
        self._fill(self._hand, Word.HAND, hands, _HANDS.index(now.hand))
        self._fill(self._volume, Word.VOLUME, ["–", "+"])
        self._volume.value.show_text(word(Word.PERCENT, n=now.volume) if now.volume else word(Word.SILENT))
        self._fill(self._tones, Word.TONES, [word(Word(f"cue_{cue}")) for cue in _CUES])
        self._devices.show_text(word(Word.DEVICES))
        lines = [f"{role_name(self.texts, d)} {d.name}: {device_state(self.texts, d)}" for d in state.devices]
        self._device_lines.show_text("\n".join(lines) or word(Word.NO_DEVICES))
        self._about.show_text(word(Word.ABOUT))
        names = ((named("about", name), name, value) for name, value in state.about)
        self._about_lines.show_text(
            "\n".join(f"{word(known) if known else name}: {value}" for known, name, value in names)
        )
        self.place()

    def place(self) -> None:
        """Sections one below the other; two columns at a desk."""
        edge = 16 if self.width() > 360 else 10
        wide = min(self.width() - 2 * edge, MIDDLE + 20)
        self._area.setGeometry((self.width() - wide) // 2, 0, wide, self.height() - self.foot)
        column = wide - 18
        top = 14
        sections = (self._language, self._theme, self._size, self._hand, self._volume, self._tones)
        for section in sections:
            high = section.wanted_height(column)
            section.setGeometry(0, top, column, high)
            top += high + 20
        for head, lines in ((self._devices, self._device_lines), (self._about, self._about_lines)):
            head.setGeometry(0, top, column, 32)
            high = lines.height_for(column) + 6
            lines.setGeometry(0, top + 36, column, high)
            top += 36 + high + 20
        self._body.resize(column, top)

    def _section(self, intents: list[str], columns: int) -> Section:
        section = Section(self.skin, columns)
        section.setParent(self._body)

        def make(index: int) -> ActionButton:
            button = ActionButton(self.skin, intents[index], 56, 17)
            button.clicked.connect(lambda: self.intent.emit(button.intent))
            return button

        section.row.show_buttons(len(intents), make)
        return section

    def _fill(self, section: Section, head: Word, words: list[str], chosen: int | None = None) -> None:
        section.head.show_text(self.texts.word(head))
        for i, (button, text) in enumerate(zip(section.row.buttons, words, strict=True)):
            button.show_action(text, look="chosen" if i == chosen else "plain")
