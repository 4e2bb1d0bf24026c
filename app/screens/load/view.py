"""The screen of pallets and trucks: the lists, one pallet or truck with its counts, and the driver's name and signature. Draws a
`LoadState`."""

from __future__ import annotations

from PySide6.QtCore import QRect

from app.core.views_load import ListState, LoadStep, LoadView, PalletCard, ThingCard, TruckCard
from app.screens.floor.words import FloorWord
from app.screens.load.presenter import LoadState, tail
from app.screens.load.words import LoadWord
from app.screens.words import Word
from app.ui.screen import MIDDLE, ScreenView
from app.ui.texts import Texts
from app.ui.theme import Skin
from app.ui.widgets.cards import Card, CardList
from app.ui.widgets.column import Column
from app.ui.widgets.counts import CountRow
from app.ui.widgets.fit import FitLabel
from app.ui.widgets.icon import BigIcon
from app.ui.widgets.keypad import Keypad
from app.ui.widgets.signature import SignaturePad

_LINES = 6
#: Pixels for a line and six rows of letters; the word above goes first.
_KEYS = 430
_TRUCK = (LoadStep.FILL, LoadStep.OUT)
_MARKS = {
    "label": (LoadWord.MARK_LABEL, "quiet"),
    "build": (LoadWord.MARK_OPEN, "ask"),
    "wrapped": (LoadWord.MARK_WRAPPED, "good"),
}


#: How a list stands that is or was to come out of the printer.
LISTS = {
    ListState.OWED: (LoadWord.LIST_OWED, "warn"),
    ListState.PRINTING: (LoadWord.LIST_PRINTING, "ask"),
    ListState.PRINTED: (LoadWord.LIST_PRINTED, "good"),
    ListState.UNSURE: (LoadWord.LIST_UNSURE, "warn"),
    ListState.FAILED: (LoadWord.LIST_FAILED, "bad"),
}


class LoadScreen(ScreenView):
    """Pages: `list`, `label`, `work`, `wrapped`, `leave`, `type`, `sign`, `gone`, `loading`."""

    def __init__(self, skin: Skin, texts: Texts) -> None:
        super().__init__(skin, texts)
        self._column = Column(parent=self)
        self._lead = FitLabel(skin, 20, 600, "quiet", lines=2)
        self._icon = BigIcon(skin)
        self._big = FitLabel(skin, 44, 800, lines=2)
        self._counts = CountRow(skin)
        self._lines = [FitLabel(skin, 20, 600, "quiet") for _ in range(_LINES)]
        self._keypad = Keypad(skin, letters=True, spaces=True)
        self._keypad.may_hide = True
        self._keypad.entered.connect(lambda text: self.intent.emit(f"typed:{text}"))
        self._pad = SignaturePad(skin)
        self._pad.signed.connect(lambda strokes: self.intent.emit(f"strokes:{strokes}"))
        self._pallets = CardList(skin, most=6)
        self._trucks = CardList(skin, most=6)
        for cards in (self._pallets, self._trucks):
            cards.intent.connect(self.intent)
        add = self._column.add
        self._blocks = {
            "icon": add(self._icon, 96, 48, 7),
            "big": add(self._big, 104, 40),
            "lead": add(self._lead, 54, 26, 8),
            "counts": add(self._counts, 128, 58),
            **{f"line{i}": add(line, 34, 28, 9 + i) for i, line in enumerate(self._lines)},
            "keypad": add(self._keypad, 480, _KEYS),
            "pad": add(self._pad, 300, 120),
            "trucks": add(self._trucks, 340, 100),
            "pallets": add(self._pallets, 340, 100),
        }
        lines = {f"line{i}" for i in range(_LINES)}
        self._pages: dict[str, set[str]] = {
            "loading": {"big"},
            "list": {"pallets", "trucks"},
            "label": {"icon", "big", "lead"},
            "work": {"big", "counts", *lines},
            "wrapped": {"icon", "big", "counts", "line0"},
            "leave": {"big", *lines},
            "type": {"lead", "keypad"},
            "sign": {"lead", "pad"},
            "gone": {"icon", "big", "lead", "counts", "line0"},
        }
        self._page = ""

    def draw(self, state: LoadState) -> None:
        """One page, filled."""
        view = state.view
        if view is None:
            self._show_blocks(state, 0)
            self._big.show_text(self.texts.word(Word.LOADING))
            return
        self._show_blocks(state, self._fill(state, view))
        self._keys(state)
        if self._page != state.page:
            self._page = state.page
            self.place()

    def takes_focus(self) -> bool:
        """While a name is typed."""
        return self._page == "type"

    def refusal_area(self) -> QRect:
        """All of it below the name of the pallet."""
        area = self._column.geometry()
        top = self._big.geometry().bottom() + 1 + self._column.gap if self._big.isVisible() else 0
        return QRect(area.left(), area.top() + top, area.width(), area.height() - top)

    def spare(self) -> int:
        """What the column leaves free."""
        return self._column.height() - self._column.used

    def place(self) -> None:
        """A column in the middle, with air at its edges."""
        edge = 16 if self.width() > 360 else 10
        wide = min(self.width() - 2 * edge, MIDDLE)
        top = (28 if self.desk else 12) if self.height() > 420 else 6
        for cards in (self._pallets, self._trucks):
            cards.columns = 2 if self.desk else 1
        top, below = (2, 2) if self.height() <= 420 and self._page == "type" else (top, 8)
        self._column.setGeometry((self.width() - wide) // 2, top, wide, self.height() - top - below - self.foot)

    def _keys(self, state: LoadState) -> None:
        typing, was = state.page == "type", self._page == "type"
        if typing and (not was or self._asked is not state.typed):
            self._keypad.restyle()
            self._keypad.begin(secret=False)
            self._keypad.show_letters()
        elif was and not typing:
            self.setFocus()
        self._asked = state.typed
        if state.page == "sign":
            self._pad.show_strokes(state.strokes)

    _asked: object = None

    def _show_blocks(self, state: LoadState, lines: int) -> None:
        large = max(1.0, min(1.7, self.skin.scale))
        names = {name for name in self._pages[state.page] if not (name.startswith("line") and int(name[4:]) >= lines)}
        for i in range(_LINES):
            self._blocks[f"line{i}"].likes = round(34 * large)
        self._blocks["lead"].likes = round(40 * large)
        for name, block in self._blocks.items():
            block.shown = name in names
        self._column.arrange()

    def _fill(self, state: LoadState, view: LoadView) -> int:
        """Fills the page; how many lines of words it has."""
        word = self.texts.word
        match state.page:
            case "list":
                pallets = [self._pallet(card) for card in view.pallets]
                trucks = [self._truck(card) for card in view.trucks]
                self._pallets.show_cards(word(LoadWord.PALLETS_HEADING), pallets, word(LoadWord.NO_PALLETS))
                self._trucks.show_cards(word(LoadWord.TRUCKS_HEADING), trucks, word(LoadWord.NO_TRUCKS))
            case "label":
                self._icon.show_icon("printer", "ask")
                self._big.show_text(tail(view.id))
                self._lead.show_text(view.id)
            case "work":
                return self._work(view)
            case "wrapped":
                self._icon.show_icon("check", "good")
                self._big.show_text(f"{tail(view.id)} · {view.carrier}" if view.carrier else tail(view.id))
                self._counts.show_counts((word(LoadWord.PARCELS_ALL), str(view.count), "good"))
                return self._paper(view)
            case "leave":
                self._big.show_text(view.carrier)
                return self._list(view.missing, view.unwrapped)
            case "type" if state.typed is not None:
                self._lead.show_text(word(state.typed))
            case "sign":
                self._lead.show_text(self._whole(view))
            case "gone":
                self._icon.show_icon("check", "good")
                self._big.show_text(view.driver)
                self._lead.show_text(self._whole(view))
                self._tally(view)
                return self._paper(view)
        return 0

    def _paper(self, view: LoadView) -> int:
        """A line on how its list stands; none where there is nothing to say."""
        if view.paper not in LISTS:
            return 0
        mark, tone = LISTS[view.paper]
        self._lines[0].show_text(self.texts.word(mark), tone)
        return 1

    def _work(self, view: LoadView) -> int:
        word = self.texts.word
        if view.step in _TRUCK:
            self._big.show_text(view.carrier)
            self._tally(view)
        else:
            self._big.show_text(view.carrier or tail(view.id))
            self._counts.show_counts((word(LoadWord.ON_PALLET), str(view.count), "good" if view.count else "quiet"))
        return self._list(view.things, 0)

    def _tally(self, view: LoadView) -> None:
        word = self.texts.word
        missing = len(view.missing) + view.unwrapped
        counts = [
            (word(LoadWord.IN_TRUCK), str(view.count), "good" if view.count else "quiet"),
            (word(LoadWord.PARCELS_ALL), str(view.parcels), "text"),
        ]
        if view.step is not LoadStep.GONE:
            counts.append((word(LoadWord.MISSING_HERE), str(missing), "warn" if missing else "quiet"))
        self._counts.show_counts(*counts)

    def _whole(self, view: LoadView) -> str:
        """Carrier, plate and seal in one line."""
        word = self.texts.word
        seal = f"{word(LoadWord.SEAL_NO)} {view.seal}" if view.seal else ""
        return " · ".join(part for part in (view.carrier, view.plate, seal, view.lane) if part)

    def _list(self, things: tuple[ThingCard, ...], unwrapped: int) -> int:
        """The lines of a list: things, parcels on open pallets, and how many more there are."""
        word = self.texts.word
        told = [self._thing(thing) for thing in things]
        if unwrapped:
            told.insert(0, word(LoadWord.STILL_UNWRAPPED, n=unwrapped))
        if len(told) > _LINES:
            told = [*told[: _LINES - 1], word(FloorWord.AND_MORE, n=len(told) - _LINES + 1)]
        for n, (line, text) in enumerate(zip(self._lines, told, strict=False)):
            line.show_text(text, "text" if n == 0 else "quiet")
        return len(told)

    def _thing(self, thing: ThingCard) -> str:
        word = self.texts.word
        if thing.order:
            return word(LoadWord.PARCEL_NO, order=thing.order, no=tail(thing.sscc))
        return word(LoadWord.PALLET_WITH, no=tail(thing.sscc), n=thing.parcels)

    def _pallet(self, card: PalletCard) -> Card:
        word = self.texts.word
        mark, tone = _MARKS[card.step]
        facts = word(LoadWord.PALLET_FACTS, carrier=card.carrier, n=card.parcels) if card.carrier else card.pallet
        return Card(f"open:{card.pallet}", word(LoadWord.PALLET_NO, no=tail(card.pallet)), facts, word(mark), tone)

    def _truck(self, card: TruckCard) -> Card:
        word = self.texts.word
        facts = word(LoadWord.TRUCK_FACTS, pallets=card.pallets, n=card.parcels)
        mark = ""
        if card.load:
            mark = word(LoadWord.TRUCK_LOADED, n=card.loaded)
        elif card.unlisted:
            mark = word(LoadWord.TRUCK_UNLISTED, n=card.unlisted)
        return Card(f"truck:{card.carrier}", card.carrier, facts, mark, "ask" if card.load else "warn")
