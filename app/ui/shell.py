"""The one window of the client: shows the presenters' states, and sends scans, acts and keys to the screen in front.

Built by `app.ui.application`; hears devices and the sync driver through its `bridge`, always in the GUI thread.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QCloseEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QAbstractButton, QWidget

from app.core.clock import Clock
from app.core.handover import is_frame
from app.core.messages import Code, Message, Tone, say
from app.core.outcome import Changes
from app.core.scan import ScanInput, ScanSource
from app.core.views import DeviceStatus, LinkStatus, Person
from app.screens.frame import Refusal
from app.screens.preferences import Preferences
from app.screens.presenter import Presenter
from app.screens.words import Word
from app.services.api import LabelReport, Weight
from app.ui.acts import act_of_key, behind_more
from app.ui.bridge import Bridge
from app.ui.chrome import Chrome
from app.ui.feedback import Feedback, MakesSound
from app.ui.idle import IdleWatch
from app.ui.keys import COMMAND_CARDS, key_name
from app.ui.latency import LatencyRing
from app.ui.notices import NoticeLine
from app.ui.screen import ScreenView
from app.ui.status import battery_chip, battery_percent, device_chips, link_chips
from app.ui.texts import Texts
from app.ui.theme import Skin
from app.ui.wedge_filter import Wedge, WedgeFilter

#: Ages in the strip are counted on between two reports of the link, milliseconds.
_STRIP_MS = 15_000
#: Changes of devices reach the set-up screen at most so often, milliseconds: the eye reads no more weights than that.
_DESK_MS = 50
#: Per cent of the battery below which a hand-over is offered, and above which it may be offered again.
_BATTERY_LOW = 8
_BATTERY_ENOUGH = 15
#: Screens that one looks into and comes back from.
_ASIDE = ("settings", "devices", "pair")
#: Screens that need nobody signed in.
_OPEN_TO_ALL = ("signin", *_ASIDE)


class Shell(QWidget):
    """A window. All `on_...` are called in the GUI thread; from other threads call them on `bridge`.

    `on_answer(device, tone)` hears how each scan was answered, so that the scanner itself can say it.
    """

    def __init__(
        self,
        bridge: Bridge,
        skin: Skin,
        texts: Texts,
        sounds: MakesSound,
        clock: Clock,
        wedge: Wedge | None,
        on_answer: Callable[[str, Tone | None], None],
    ) -> None:
        super().__init__()
        self.bridge = bridge
        self._skin, self._texts, self._clock = skin, texts, clock
        self._wedge = wedge
        self._wedge_filter: WedgeFilter | None = None
        self._on_answer = on_answer
        self._on_stop: list[Callable[[], None]] = [sounds.stop]
        self._news: list[Callable[[], None]] = []
        self.chrome = Chrome(skin, texts, self)
        self.chrome.intent.connect(self._act)
        self.chrome.sheet.intent.connect(self._act)
        self.chrome.sheet.typed.connect(self._typed)
        self.feedback = Feedback(self.chrome.toast, sounds, texts)
        self._presenters: dict[str, Presenter[Any]] = {}
        self._views: dict[str, ScreenView] = {}
        self._front = self._first = ""
        self._sign_out: Callable[[], None] = lambda: None
        self._came_from = ""
        self._battery_said = False
        self._behind = ""
        self.notices: NoticeLine | None = None
        self.idle: IdleWatch | None = None
        self.locked = False
        self._check_person: Callable[[], None] = lambda: None
        self._link: tuple[LinkStatus, float] | None = None
        self._devices: tuple[DeviceStatus, ...] = ()
        self._latency = LatencyRing(clock)
        self._answered = 0
        self.person: Person | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._ageing = QTimer(self)
        self._ageing.setInterval(_STRIP_MS)
        self._ageing.timeout.connect(self._show_chips)
        self._ageing.start()
        self._desk_news = QTimer(self)
        self._desk_news.setSingleShot(True)
        self._desk_news.setInterval(_DESK_MS)
        self._desk_news.timeout.connect(self._show_desk_news)
        skin.changed.connect(self.restyle)
        self.chrome.strip.painted.connect(self._painted)
        bridge.listen(self)

    # what the composition root does with it

    def add_screen(self, presenter: Presenter[Any], view: ScreenView) -> None:
        """One more screen; its name is the presenter's."""
        self._presenters[presenter.name] = presenter
        self._views[presenter.name] = view
        self.chrome.stack.addWidget(view)
        view.intent.connect(self._act)

    def begin(self, first: str, sign_out: Callable[[], None], preferences: Preferences) -> None:
        """Takes its looks and brings the first screen to the front once the window is shown."""
        self._first, self._sign_out = first, sign_out
        self.use(preferences)

    def guard(self, idle: IdleWatch | None, check_person: Callable[[], None]) -> None:
        """Has `idle` hear of scans and touches, and asks `check_person` when the centre's word on people has changed."""
        self.idle, self._check_person = idle, check_person
        if idle is not None:
            self.on_stop(idle.stop)

    def on_news(self, look: Callable[[], None]) -> None:
        """Something that looks again whenever rows change, whatever screen is in front."""
        self._news.append(look)

    def on_stop(self, end: Callable[[], None]) -> None:
        """Something to end when the window ends."""
        self._on_stop.insert(0, end)

    def show_handheld(self) -> None:
        """Opens as a handheld, 480 x 800."""
        self.resize(480, 800)
        self.show()

    def show_desk(self) -> None:
        """Opens as a pack station or supervisor's desk, 1280 x 800."""
        self.resize(1280, 800)
        self.show()

    def stop(self) -> None:
        """Ends the workers and the sound. The window may be closed after that."""
        self._ageing.stop()
        self._desk_news.stop()
        self.bridge.stop()
        while self._on_stop:
            self._on_stop.pop(0)()

    # what the demonstration, the bench and the tests read

    def screen_name(self) -> str:
        """`signin`, `pair`, `home`, `pick`, `pack`, `orders`, `settings` or `devices`."""
        return self._front

    def service_view(self) -> object:
        """What the screen shows, as the service gave it (`PickView`, `PackView`, `OrdersView` ...)."""
        return getattr(self._presenters[self._front], "view", None)

    def answered(self) -> int:
        """How many scans have been answered on screen so far."""
        return self._answered

    def latencies(self) -> list[float]:
        """Milliseconds from the last byte of a scan to the screen repainted with its answer, the last 1000 of them."""
        return self._latency.figures()

    def press(self, intent: str) -> None:
        """Uses a button by its intent (`next`, `short`, `short:not_found`, `release:20`), as a click would."""
        self._act(intent)

    @property
    def presenter(self) -> Presenter[Any]:
        """The presenter of the screen in front."""
        return self._presenters[self._front]

    # what the presenters do with it

    def lock(self) -> None:
        """Nothing but signing in until `unlock`; what was in front waits behind it."""
        self.locked, self._behind = True, self._front if self._front not in _OPEN_TO_ALL else self._came_from
        self._front_now("signin")

    def unlock(self, person: Person) -> bool:
        """Goes on where the lock came down when it is the same person; False when it is another, or nothing was there."""
        again = self.locked and self.person is not None and self.person.id == person.id and bool(self._behind)
        self.locked = False
        if self.idle is not None:
            self.idle.touch()
        if not again and self.person is not None:
            self.set_person(None)
        self.set_person(person)
        if again:
            self._front_now(self._behind)
        return again

    def go(self, name: str) -> None:
        """Brings a screen to the front; `back` means the one before the settings. While locked, a screen with work on it waits."""
        name = (self._came_from or "signin") if name == "back" else name
        if self.locked and name not in _OPEN_TO_ALL:
            self._behind = name
            return
        self._front_now(name)

    def _front_now(self, name: str) -> None:
        if name not in self._presenters:
            return
        if self._front and self._front != name:
            self._presenters[self._front].leave()
            if self._front not in (*_ASIDE, "handover"):
                self._came_from = self._front
        self._front = name
        self.chrome.sheet.close_sheet()
        self.chrome.stack.setCurrentWidget(self._views[name])
        self.setFocus()
        self._presenters[name].enter()

    def show_state(self, state: Any) -> None:
        """Draws what the presenter in front says."""
        view = self._views[self._front]
        view.render_state(state)
        refusal = state.frame.refusal
        waiting = self.notices.first if self.notices and not self.locked else None
        if refusal is None and waiting is not None:
            refusal = Refusal(waiting)
        self.chrome.show_frame(state.frame, refusal)

    def redraw(self) -> None:
        """Draws the present state anew."""
        if self._front and self._views[self._front].state is not None:
            self.show_state(self._views[self._front].state)

    def say(self, message: Message) -> None:
        """Says something for a moment."""
        self.feedback.say(message)

    def scan_answered(self, scan: ScanInput, message: Message | None) -> None:
        """The answer to a scan is on its way to the screen."""
        self._answered += 1
        self._latency.mark(scan.at)
        self._on_answer(scan.device, message.look.tone if message else None)
        # A repaint is certain even if nothing on the screen differs, or the figure would wait for the next one.
        self.chrome.strip.update()

    def set_person(self, person: Person | None) -> None:
        """Who is signed in from now on; the words are in their language."""
        self.person = person
        if person is None:
            for presenter in self._presenters.values():
                presenter.forget()
        else:
            self._texts.use(person.language)
            self._show_chips()

    def use(self, preferences: Preferences) -> None:
        """Looks, sounds and speaks like this from now on."""
        self._texts.use(preferences.language)
        self.feedback.set_volume(preferences.volume)
        self.chrome.mirror(left_hand=preferences.hand == "left")
        self._skin.use(preferences.theme, preferences.text_size)

    def restyle(self) -> None:
        """Draws everything anew after a change of theme, text size or language."""
        self._show_chips()
        self.chrome.relayout()
        self.redraw()
        for child in self.findChildren(QWidget):
            child.update()

    # what the bridge brings

    def on_scan(self, scan: ScanInput) -> None:
        """A scan goes to the screen in front; whatever lies over it goes away."""
        self.chrome.sheet.close_sheet()
        if self.idle is not None:
            # Late ones first: a scan that comes after the time is one for the lock.
            self.idle.look()
            self.idle.touch()
        if (act := COMMAND_CARDS.get(scan.text.upper())) is not None:
            self._act(act)
            self.scan_answered(scan, None)
            return
        if is_frame(scan.text) and self._hands_over:
            # Another device's work is taken from wherever one stands; the scan was meant for the screen it opens.
            self.go("handover")
            scan = replace(scan, at=max(scan.at, self._clock.mono()))
        self.presenter.on_scan(scan)

    def on_weight(self, weight: Weight) -> None:
        """The scale speaks to the bench, and to who counts by it at a bin."""
        for name in ("pack", "pick"):
            if presenter := self._presenters.get(name):
                presenter.on_weight(weight)  # type: ignore[attr-defined]

    def on_label(self, report: LabelReport) -> None:
        """The fate of a label is written down whatever screen is in front."""
        if pack := self._presenters.get("pack"):
            pack.on_label(report)  # type: ignore[attr-defined]

    def on_link(self, link: LinkStatus) -> None:
        """Chips, and what a screen makes of it. That the centre went or came back is a notice of its own."""
        self._link = (link, self._clock.mono())
        for presenter in self._presenters.values():
            presenter.on_link(link)
        self._show_chips()

    def on_devices(self, devices: tuple[DeviceStatus, ...]) -> None:
        """Chips; and one word when a device goes."""
        was = {d.name: d.message for d in self._devices}
        self._devices = devices
        for device in devices:
            if (
                device.message is not None
                and device.name in was
                and _helped(was[device.name]) != _helped(device.message)
            ):
                self.say(device.message)
        for presenter in self._presenters.values():
            presenter.on_devices(devices)
        self._show_chips()

    def on_desk(self) -> None:
        """The set-up screen looks how its devices are, soon."""
        if not self._desk_news.isActive():
            self._desk_news.start()

    def on_changes(self, changes: Changes) -> None:
        """The screen in front looks again, and so does the line of notices."""
        if self.notices is not None:
            self.notices.look()
        if self.person is not None:
            for look in self._news:
                look()
        if "worker" in changes.entities and self.person is not None:
            self._check_person()
        if self._front:
            self.presenter.on_changes(changes)

    def on_notice(self, message: Message) -> None:
        """What must be acknowledged waits in line; the rest is said once."""
        if self.notices is not None:
            self.notices.add(message)

    def on_fault(self) -> None:
        """Something broke inside: the person hears it in calm words, and nothing waits for what will not come."""
        for presenter in self._presenters.values():
            presenter.on_fault()
        self.on_notice(say(Code.SOMETHING_BROKE))

    # acts and keys

    def _act(self, intent: str) -> None:
        action = self.chrome.chosen(intent)
        if intent == "more":
            more = behind_more(
                self.presenter.frame(), self.chrome.beside, signed_in=self._at_work, pairs_again=self._pairs_again,
                hands_over=self._hands_over,
            )  # fmt: skip
            self.chrome.sheet.open_more(more, keys=self.chrome.desk)
        elif intent == "help":
            frame = self.presenter.frame()
            self.chrome.sheet.open_help((*frame.help, Word.HELP_KEYBOARD))
        elif intent == "type":
            self.chrome.sheet.open_typing()
        elif intent == "sign_out":
            if self._at_work:
                self._sign_out()
        elif intent == "pair":
            self.go("pair")
        elif intent == "settings" and self._front != "settings":
            self.go("settings")
        elif intent == "hand_over":
            if self._hands_over:
                self.go("handover")
        elif (
            intent in ("ok", "back")
            and self.presenter.refusal is None
            and self.notices
            and self.notices.first
            and not self.locked
        ):
            self.notices.acknowledge()
        elif action is not None or intent not in {a.intent for a in self.chrome.acts()}:
            self.presenter.on_intent(intent)

    @property
    def _at_work(self) -> bool:
        return self.person is not None and not self.locked

    @property
    def _hands_over(self) -> bool:
        """Whether work can be given to another device from here, or taken over."""
        return self._at_work and "handover" in self._presenters and self._front != "handover"

    def on_battery(self, percent: int | None) -> None:
        """Says once, while there is still time for it, that the work can be handed to another device."""
        if percent is None or percent > _BATTERY_ENOUGH:
            self._battery_said = False
        elif percent <= _BATTERY_LOW and not self._battery_said and self._hands_over:
            self._battery_said = True
            self.say(say(Code.HAND_OVER_BATTERY))

    @property
    def _pairs_again(self) -> bool:
        """Whether the centre will not have this device, or it is another than the one known here."""
        return self._link is not None and self._link[0].trouble is not None

    def _show_desk_news(self) -> None:
        if desk := self._presenters.get("devices"):
            desk.on_desk()  # type: ignore[attr-defined]

    def _typed(self, text: str) -> None:
        self._heard(text, ScanSource.TYPED)

    def _wedged(self, text: str) -> None:
        self._heard(text, ScanSource.WEDGE)

    def _garbled(self, layout: str) -> None:
        """The scan that follows was spelled by another keyboard layout than the scanner's; a setup code on the scanner helps."""
        self.on_notice(say(Code.KEYBOARD_LAYOUT, layout=layout.upper()))

    def _heard(self, text: str, source: ScanSource) -> None:
        """Keys as a scan; an AIM identifier (`]C1`) at the start says how the code was printed."""
        symbology, rest = (text[:3], text[3:]) if text[:1] == "]" and len(text) > 3 else (None, text)
        self.on_scan(ScanInput(rest, self._clock.mono(), symbology, source, "keyboard"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Function keys, Enter and Escape; keys of choices on the screen."""
        name = key_name(event)
        focus = self.focusWidget()
        if name == "Esc" and self.chrome.sheet.face:
            self.chrome.sheet.close_sheet()
        elif name == "Enter" and isinstance(focus, QAbstractButton):
            focus.click()
        elif (act := act_of_key(self.chrome.acts(), name, signed_in=self._at_work)) is not None:
            self._act(act)
        else:
            super().keyPressEvent(event)

    # Qt

    def showEvent(self, event: QShowEvent) -> None:
        """The first screen; and the keys of a scanner that types are looked at where they enter the window."""
        super().showEvent(event)
        if not self._front and self._first:
            self.go(self._first)
        window = self.windowHandle()
        if self._wedge is not None and self._wedge_filter is None and window is not None:
            self._wedge_filter = WedgeFilter(self._wedge, window, self._wedged, self._garbled)
        if self.idle is not None and window is not None:
            self.idle.watch(window)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The chrome fills the window."""
        super().resizeEvent(event)
        self.chrome.setGeometry(self.rect())

    def closeEvent(self, event: QCloseEvent) -> None:
        """Closing the window ends what runs behind it."""
        self.stop()
        super().closeEvent(event)

    def _painted(self) -> None:
        if self._latency.waiting:
            # In the next turn of the loop: then the paint that is going on now has reached the screen.
            self.bridge.post(self._latency.painted)

    def _show_chips(self) -> None:
        link, told = self._link or (None, 0.0)
        elapsed = self._clock.mono() - told if link else 0.0
        battery = battery_percent()
        self.on_battery(battery)
        self.chrome.strip.show_chips(
            (
                *device_chips(self._texts, self._devices, all_of_them=self.chrome.desk),
                *link_chips(self._texts, link, elapsed),
                *battery_chip(self._texts, battery),
            )
        )


def _helped(message: Message | None) -> object:
    """A plug pulled is first a link lost, then a port gone: as long as the same helps, it has been said."""
    return message and message.words.get("help")
