"""The home screen: your work as cards, doors as large buttons. Draws a `HomeState`."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.screens.frame import Action
from app.screens.home.presenter import HomeState
from app.screens.words import Word
from app.ui.screen import MIDDLE, ScreenView
from app.ui.texts import Texts
from app.ui.theme import Skin
from app.ui.widgets.buttons import ActionButton, ButtonRow
from app.ui.widgets.column import Column
from app.ui.widgets.fit import FitLabel
from app.ui.widgets.icon import BigIcon
from app.ui.widgets.job import JobButton, job_facts, job_mark

_MANY = 4
#: More doors than this stand three in a row where a window is no wider than that.
_PAIRS, _NARROW = 4, 360
#: How high a door is at least with the gap below it, and that gap.
_DOOR, _GAP = 68, 12
#: How low a job may be.
_JOB = 60
_NEXT_DOORS = "next_doors"


class HomeScreen(ScreenView):
    """Heading, up to four jobs, doors."""

    def __init__(self, skin: Skin, texts: Texts) -> None:
        super().__init__(skin, texts)
        self._column = Column(parent=self)
        self._heading = FitLabel(skin, 30, 800)
        self._icon = BigIcon(skin, "empty")
        self._empty = FitLabel(skin, 20, 500, "quiet", lines=3)
        self._jobs = QWidget()
        self._cards = [JobButton(skin, self._jobs) for _ in range(_MANY)]
        for card in self._cards:
            card.clicked.connect(lambda _=False, card=card: self.intent.emit(card.intent))
        self._jobs_held = 0
        self._tight = False
        #: How many doors there is room for, and which of the pages with so many of them is open.
        self._fits, self._page = 0, 0
        self._doors = ButtonRow(columns=2)
        add = self._column.add
        self._blocks = {
            "heading": add(self._heading, 44, 28, 1),
            "icon": add(self._icon, 96, 48, 2),
            "empty": add(self._empty, 60, 26),
            "jobs": add(self._jobs, 78, 60),
            "doors": add(self._doors, 72, 56),
        }

    def draw(self, state: HomeState) -> None:
        """Fills it."""
        word = self.texts.word
        self._heading.show_text(word(Word.HERE_NOW))
        jobs = state.jobs[:_MANY]
        for card, job in zip(self._cards, jobs, strict=False):
            card.show_job(
                f"start:{job.id}",
                word(Word.ORDER_NO, no=job.title),
                job_facts(self.texts, job),
                *job_mark(self.texts, job),
            )
        self._empty.show_text(word(Word.LOADING) if state.loading else word(Word.NO_JOBS))
        tight = self._tight = self._is_tight()
        # Behind "More" there are settings on every screen.
        doors = tuple(door for door in state.doors if not tight or door.intent != "door:settings")
        columns = self._doors.columns = 3 if tight else 2
        self._fits = self._room_for_doors(columns)
        pages = _pages(doors, self._fits)
        self._page %= len(pages)
        doors = pages[self._page]
        if len(pages) > 1:
            doors = (*doors, Action(_NEXT_DOORS, Word.MORE_DOORS, icon="more"))
        buttons = self._doors.show_buttons(len(doors), self._door)
        for button, door in zip(buttons, doors, strict=True):
            button.intent = door.intent
            waits = state.counts.get(door.intent)
            label = f"{word(door.word)} · {waits}" if waits else word(door.word)
            button.show_action(label, icon=door.icon, key=door.key if self.desk else "")
        rows = -(-len(doors) // self._doors.columns)
        self._blocks["doors"].likes, self._blocks["doors"].needs = rows * 84 - _GAP, max(0, rows * _DOOR - _GAP)
        self._blocks["heading"].likes = round(44 * max(1.0, min(1.6, self.skin.scale)))
        self._jobs_held = len(jobs)
        for name, shown in {
            "jobs": bool(jobs),
            "icon": not jobs,
            "empty": not jobs,
            "doors": bool(state.doors),
        }.items():
            self._blocks[name].shown = shown
        self._place_cards()

    def spare(self) -> int:
        """What the column leaves free."""
        return self._column.height() - self._column.used

    def place(self) -> None:
        """A column in the middle."""
        edge = 16 if self.width() > 360 else 10
        wide = min(self.width() - 2 * edge, MIDDLE)
        top = 28 if self.desk else 12
        self._column.setGeometry((self.width() - wide) // 2, top, wide, self.height() - top - 6 - self.foot)
        self._place_cards()
        if self.state is not None and (
            self._is_tight() != self._tight or self._room_for_doors(self._doors.columns) != self._fits
        ):
            self.draw(self.state)

    def _is_tight(self) -> bool:
        """Whether there are more doors than a narrow window has room for in pairs."""
        return self.state is not None and len(self.state.doors) > _PAIRS and self.width() <= _NARROW

    def _room_for_doors(self, columns: int) -> int:
        """As many doors as leave room for the heading and one job."""
        job = round(_JOB * max(1.0, min(1.3, self.skin.scale)))
        rows = (self._column.height() - self._blocks["heading"].needs - job - 2 * _GAP) // _DOOR
        return max(2, rows) * columns

    def _place_cards(self) -> None:
        """As many jobs as there is room for; "Next work" takes the first of them anyway."""
        gap, least = _GAP, round(_JOB * max(1.0, min(1.3, self.skin.scale)))
        doors = self._blocks["doors"].needs if self._blocks["doors"].shown else 0
        room = self._column.height() - self._blocks["heading"].needs - doors - 3 * gap
        count = max(1, min(self._jobs_held, (room + gap) // (least + gap)))
        high = round(78 * max(1.0, min(1.5, self.skin.scale)))
        self._blocks["jobs"].likes = count * (high + gap) - gap
        self._blocks["jobs"].needs = count * (least + gap) - gap
        self._column.arrange()
        high = (self._jobs.height() - gap * (count - 1)) // count
        for i, card in enumerate(self._cards):
            card.setVisible(i < min(count, self._jobs_held))
            card.setGeometry(0, i * (high + gap), self._jobs.width(), high)

    def _door(self, _index: int) -> ActionButton:
        button = ActionButton(self.skin, "", 56, 20)
        button.clicked.connect(lambda: self._opens(button.intent))
        return button

    def _opens(self, intent: str) -> None:
        if intent != _NEXT_DOORS:
            self.intent.emit(intent)
        elif self.state is not None:
            self._page += 1
            self.draw(self.state)


def _pages(doors: tuple[Action, ...], fits: int) -> tuple[tuple[Action, ...], ...]:
    """All of them, or in parts that leave room for the one that leads on."""
    if len(doors) <= fits:
        return (doors,)
    return tuple(doors[at : at + fits - 1] for at in range(0, len(doors), fits - 1))
