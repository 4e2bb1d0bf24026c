"""The device set-up screen: find a device, give it a role, see that it works, say what is wrong. No Qt."""

from __future__ import annotations

from collections.abc import Callable

from app.core.messages import Code, Message, Tone, say
from app.core.scan import ScanInput
from app.core.views import Person
from app.screens.devices.frames import ASKED, DevicesState, Standing, frame_of
from app.screens.devices.port import KEYBOARD, ROLES, DeskView, DeviceCard, DeviceDesk, Finding, FoundCard, ScanFacts
from app.screens.frame import Frame
from app.screens.presenter import Presenter, Stage
from app.screens.words import Word

#: What stands in the code of our test label; scanning it proves printer and scanner at once.
TEST_CODE = "FLOORHAND-TEST"
_CHANGES_DEVICES = frozenset({"packer", "supervisor", "admin"})
_BAD = (Tone.BAD, Tone.WARN)


class DevicesPresenter(Presenter[DevicesState]):
    """Pages: the list; one device with its test; the role or the language it has; an address typed by hand; the check of this computer.

    `person` says who is signed in: everybody may look and test, a picker may not change what a station uses. While nobody is signed in
    everybody may, for without a scanner nobody can sign in.
    """

    name = "devices"

    def __init__(self, stage: Stage, desk: DeviceDesk, person: Callable[[], Person | None]) -> None:
        super().__init__(stage)
        self._desk, self._person = desk, person
        self.view: DeskView | None = None
        self._page = "list"
        self._key = ""
        self._candidate: FoundCard | None = None
        self._scan: ScanFacts | None = None
        self._verdict = ""
        self._findings: tuple[Finding, ...] | None = None
        self._busy: Word | None = None
        self._can_restore = False

    # its time on the glass

    def enter(self) -> None:
        """The list, and from now on every change."""
        self._desk.watch(True)
        self._open("list")
        self._can_restore = False
        super().enter()

    def leave(self) -> None:
        """Nobody looks any more."""
        self._desk.watch(False)
        self._stop("")
        super().leave()

    def refresh(self) -> None:
        """Asks how the devices stand."""
        self.stage.store.submit(self._desk.view, self._took)

    def on_desk(self) -> None:
        """Something about a device changed."""
        if self.in_front:
            self.refresh()

    def on_fault(self) -> None:
        """See Presenter.on_fault."""
        self._busy = None
        super().on_fault()

    def forget(self) -> None:
        """See Presenter.forget."""
        super().forget()
        self._busy, self._can_restore = None, False

    # scans

    def scan(self, scan: ScanInput) -> None:
        """Any scan is shown as it came; one of another scanner of the list opens that scanner."""
        if self._page in ("list", "device", "check"):
            self._show_source(scan.device)
        device = self._device()
        if device is not None and device.role == "label-printer" and scan.text.startswith(TEST_CODE):
            self._verdict = "read"
            self._answer(say(Code.TEST_LABEL_READ), scan)
            return

        def took(facts: ScanFacts) -> None:
            self._scan = facts
            self._answer(facts.trouble or say(Code.SCANNER_HEARD), scan)

        self.stage.store.submit(lambda: self._desk.read(scan.text, scan.symbology, scan.device), took)

    def _show_source(self, source: str) -> None:
        """The scanner that was used, unless the scan is meant for a printer whose test label is looked at."""
        now, used = self._device(), self._by_key(source or KEYBOARD)
        if used is None or (now is not None and now.role == "label-printer"):
            return
        if now is None or now.key != used.key:
            self._open("device", used.key)

    # intents

    def intent(self, name: str, argument: str) -> None:
        """One act; unknown ones are ignored."""
        act = self._ACTS.get(name)
        if act is not None:
            act(self, argument)

    def _leave(self, _argument: str) -> None:
        self.stage.go("settings")

    def _stop(self, _argument: str) -> None:
        if self._busy is Word.ASKING_DEVICE:
            self._desk.stop_asking()

    def _up(self, _argument: str) -> None:
        self._stop("")
        self._open("device" if self._page in ("role", "speak") and self._key else "list", self._key)
        self.show()

    def _open_device(self, key: str) -> None:
        if self._by_key(key) is not None:
            self._open("device", key)
            self.show()

    def _open_found(self, key: str) -> None:
        found = next((f for f in (self.view.found if self.view else ()) if f.key == key), None)
        if found is not None and self._may_change():
            self._open("role", candidate=found)
            self.show()

    def _search(self, _argument: str) -> None:
        self.stage.store.submit(self._desk.search, lambda _none: self.refresh())

    def _by_hand(self, _argument: str) -> None:
        if self._may_change():
            self._open("type")
            self.show()

    def _typed(self, address: str) -> None:
        if self._busy:
            return

        def done(found: FoundCard | Message) -> None:
            self._busy = None
            if self._page != "type":  # the person has gone on without it
                self.show()
                return
            if isinstance(found, Message):
                self.hear(found)
            else:
                self._open("role", candidate=found)
            self.show()

        self._wait(Word.ASKING_DEVICE)
        self.stage.network.submit(lambda: self._desk.identify(address), done)

    def _change(self, _argument: str) -> None:
        if self._device() is not None and self._may_change():
            self._page = "role"
            self.show()

    def _take(self, role: str) -> None:
        candidate, key = self._candidate, self._key
        if role not in ROLES or not self._may_change() or self._busy:
            return
        if candidate is not None:
            self._do(lambda: self._desk.use(candidate, role), then=lambda: self._open("device", candidate.key))
        elif key:
            self._do(lambda: self._desk.change_role(key, role), then=lambda: self._open("device", key))

    def _language(self, _argument: str) -> None:
        if (device := self._device()) is not None and device.dialects and self._may_change():
            self._page = "speak"
            self.show()

    def _speak(self, dialect: str) -> None:
        device = self._device()
        if device is not None and dialect in device.dialects and self._may_change() and not self._busy:
            self._do(lambda: self._desk.speak(device.key, dialect), then=lambda: self._open("device", device.key))

    def _remove(self, _argument: str) -> None:
        device = self._device()

        def gone() -> None:
            self._can_restore = True
            self._open("list")

        if device is not None and not device.fixed and self._may_change():
            self._do(lambda: self._desk.remove(device.key), then=gone)

    def _restore(self, _argument: str) -> None:
        if self._can_restore and self._may_change():
            self._can_restore = False
            self._do(self._desk.restore, then=lambda: None)

    def _retry(self, _argument: str) -> None:
        if device := self._device():
            self.stage.network.submit(lambda: self._desk.retry(device.key), lambda _none: self.refresh())

    def _zero(self, _argument: str) -> None:
        if device := self._device():
            self.stage.network.submit(lambda: self._desk.zero(device.key), lambda _none: self.refresh())

    def _print(self, _argument: str) -> None:
        device = self._device()
        if device is None or device.test in ("waiting", "printing"):
            return
        self._verdict = ""

        def queued(message: Message | None) -> None:
            self.hear(message)
            self.refresh()

        # The print journal is on the disk.
        self.stage.store.submit(lambda: self._desk.print_test(device.key), queued)

    def _came_out(self, verdict: str) -> None:
        device = self._device()
        if device is not None and device.test in ASKED:
            self._verdict = verdict
            self.hear(say(Code.TEST_LABEL_FINE) if verdict == "yes" else say(Code.TEST_LABEL_MISSING))
            self.show()

    def _save(self, _argument: str) -> None:
        if device := self._device():
            self._do(lambda: self._desk.save_traffic(device.key), then=lambda: None)

    def _check(self, _argument: str) -> None:
        def done(findings: tuple[Finding, ...]) -> None:
            self._busy = None
            self._findings = findings
            self.show()

        self._open("check")
        self._findings = None
        self._wait(Word.CHECKING_COMPUTER)
        self.stage.network.submit(self._desk.check, done)

    _ACTS: dict[str, Callable[[DevicesPresenter, str], None]] = {  # noqa: RUF012 - never written to
        "leave": _leave,
        "up": _up,
        "open": _open_device,
        "found": _open_found,
        "search": _search,
        "hand": _by_hand,
        "typed": _typed,
        "stop": _stop,
        "role": _change,
        "take": _take,
        "language": _language,
        "speak": _speak,
        "remove": _remove,
        "restore": _restore,
        "retry": _retry,
        "zero": _zero,
        "print": _print,
        "yes": lambda self, _: self._came_out("yes"),
        "no": lambda self, _: self._came_out("no"),
        "save": _save,
        "check": _check,
        "again": _check,
    }

    # state

    def state(self) -> DevicesState:
        """The screen now."""
        device = self._device()
        return DevicesState(
            self.frame(),
            self._page_now(),
            self.view,
            device,
            self._candidate,
            self._scan,
            self._verdict,
            self._findings,
        )

    def frame(self) -> Frame:
        """What stands around it."""
        busy = self._busy or (Word.SEARCHING if self.view and self.view.searching and self._page == "list" else None)
        return frame_of(
            Standing(
                self._page_now(), self.view, self._device(), self._candidate, self._verdict, self._may_change(),
                self._can_restore, busy, self.refusal,
            )
        )  # fmt: skip

    def _page_now(self) -> str:
        """A device that has gone from the list has no page any more."""
        return "list" if self._page in ("device", "speak") and self._device() is None else self._page

    def _open(self, page: str, key: str = "", candidate: FoundCard | None = None) -> None:
        if key != self._key or page == "list":
            self._scan, self._verdict = None, ""
        self._page, self._key, self._candidate = page, key if page in ("device", "role", "speak") else "", candidate

    def _took(self, view: DeskView) -> None:
        self.view = view
        self.show()

    def _do(self, job: Callable[[], Message], then: Callable[[], None]) -> None:
        """Something that changes the devices; `then` only if it went well."""

        def done(message: Message) -> None:
            self._busy = None
            self.hear(message)
            if message.look.tone not in _BAD:
                then()
            self.refresh()

        self._wait(Word.ONE_MOMENT)
        self.stage.network.submit(job, done)

    def _wait(self, word: Word) -> None:
        self._busy = word
        self.show()

    def _answer(self, message: Message, scan: ScanInput) -> None:
        self.hear(message)
        self.show()
        self.stage.answered(scan, message)

    def _may_change(self) -> bool:
        person = self._person()
        return person is None or bool(_CHANGES_DEVICES & person.roles)

    def _device(self) -> DeviceCard | None:
        return self._by_key(self._key) if self._key else None

    def _by_key(self, key: str) -> DeviceCard | None:
        return next((d for d in (self.view.devices if self.view else ()) if d.key == key), None)
