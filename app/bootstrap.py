"""The client's composition root: the only place that knows all rooms. Builds one place of work by constructor calls and ties it together.

`Client` is one place: a handheld, a pack station or a supervisor's desk. `app.client` and the demonstration build it.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

# The store comes before Qt: with Qt loaded, every later import costs more.
from app.store.store import Store, Unit
from app.store.sync_ports import PrintJournal, sync_ports
from app.store.verifier import Argon2Verifier

# isort: split
from PySide6.QtCore import QTimer

from app.core.messages import Code, Message, Tone, say
from app.core.outcome import Changes, Outcome
from app.core.scan import ScanInput
from app.core.views import LinkStatus, Person, SignInView
from app.flows.duplicates import DuplicateRule
from app.flows.resolve import Patterns
from app.screens.preferences import KeepsPreferences
from app.services.api import LabelReport, SignIn
from app.services.buying import BuyingService
from app.services.floor import FloorService
from app.services.gate import Gate
from app.services.handover import HandOverService
from app.services.home import HomeService
from app.services.load import LoadService
from app.services.load_papers import DockLists
from app.services.load_ports import PALLET_JOB
from app.services.manifests import ManifestsService
from app.services.notices import NoticesService
from app.services.order_entry import OrderEntryService
from app.services.orders import OrdersService
from app.services.pack import PackService
from app.services.pack_errands import PackErrands
from app.services.pack_photo import PhotoErrands
from app.services.pack_ports import Bench
from app.services.pick import PickService
from app.services.pickup import PickupService
from app.services.plans import PlansService
from app.services.receive import ReceiveService
from app.services.receive_ports import GOODS_JOB
from app.services.reports import ReportsService
from app.services.returns import ReturnsService
from app.services.returns_desk import ReturnsDeskService
from app.services.signin import SignInService
from app.services.tasks import TaskService
from app.services.wall import WallService
from app.services.workbench import WorkbenchService
from app.services.zone import ZoneService
from app.settings.devices import FILE as DEVICES_FILE
from app.ui.application import UiServices, build_shell
from app.ui.wedge_filter import Wedge
from app.wiring.board import DeviceBoard
from app.wiring.centre import SyncCentre
from app.wiring.clock import SystemClock
from app.wiring.device_desk import Asking, HubDesk
from app.wiring.errands import ErrandThread, soonest
from app.wiring.handover import draw_symbol
from app.wiring.label_pen import draw_line
from app.wiring.labels import LabelBook
from app.wiring.link_news import news
from app.wiring.pairing import ClientPairing
from app.wiring.papers import KeptPapers
from app.wiring.pictures import FolderCamera
from app.wiring.printing import StationPrinting, label_report
from app.wiring.scans import read_fields, scan_input
from app.wiring.station_file import KeptStation
from app.wiring.weights import StationWeights
from devices.codecs.layouts import symptom
from devices.discovery.by_hand import address
from devices.discovery.here import sources_here
from devices.discovery.identify import identify
from devices.hub import DeviceHub, HubSinks
from devices.model import (
    GRAMS_PER,
    DeviceKey,
    Feedback,
    JobReport,
    JobState,
    LinkState,
    PrinterStatus,
    Reading,
    Reason,
    Scan,
)
from devices.model import Role as DeviceRole
from devices.wedge import Key, KeyBurst
from devices.wedge_profiles import profile_from
from sync.client.driver import SyncThread
from sync.client.handover import HandOverKeys
from sync.client.pairing import pair
from sync.client.status import ClaimPolicy, SyncStatus, Trouble
from sync.contract.codes import JobKind, Role
from sync.discovery import Closable, Found, browse

log = logging.getLogger(__name__)

#: How often the chips count their minutes.
_CHIPS_MS = 1000
#: Minutes without a touch or a scan.
_LOCK_HANDHELD = 5
_LOCK_DESK = 15
_PICK_JOBS = 2
_PACK_JOBS = 10
#: What only pairing again can mend.
_TROUBLES = {Trouble.REVOKED: Code.DEVICE_SHUT_OUT, Trouble.WRONG_KEY: Code.SERVER_KEY_CHANGED}
#: What somebody who has asked for labels of goods must know, wherever they are by now.
_TOLD = {JobState.FAILED: Code.GOODS_LABEL_FAILED, JobState.UNCERTAIN: Code.GOODS_LABEL_UNSURE}
_FEEDBACK = {Tone.GOOD: Feedback.ACCEPT, Tone.BAD: Feedback.REJECT, Tone.WARN: Feedback.ATTENTION}


@dataclass(frozen=True, slots=True)
class Place:
    """What kind of place this is: its data folder, its name, its devices (URL, name) and, for a pack station, its lane."""

    data: Path
    name: str
    desk: bool = False
    lane: str | None = None
    zone: str | None = None
    scanners: tuple[tuple[str, str], ...] = ()
    scales: tuple[tuple[str, str], ...] = ()
    printers: tuple[tuple[str, str], ...] = ()
    #: Printers of pages, for papers.
    papers: tuple[tuple[str, str], ...] = ()
    #: Where the camera of a pack station writes its pictures.
    camera: Path | None = None
    #: Whether the centre is also looked for by mDNS when its known addresses do not answer, and devices before anybody asks.
    discover: bool = False
    #: Whether a keyboard-wedge scanner is listened to.
    wedge: bool = True
    #: How it types: `devices.wedge_profiles.profile_from`.
    wedge_profile: str = "auto"
    patterns: Patterns = field(default_factory=Patterns)
    duplicates: DuplicateRule = field(default_factory=DuplicateRule)
    #: Minutes without a touch or a scan until the badge is asked for again; 0: as usual for the kind of place.
    lock_minutes: int = 0
    about: tuple[tuple[str, str], ...] = field(default=())


def app_version() -> str:
    """What this client tells the centre that it is."""
    return f"floorhand {version('floorhand')}"


def policy_for(person: Person | None, place: Place, zone: str | None = None) -> ClaimPolicy:
    """Which work this place fetches by itself for whoever is here: from the zone they signed in to, else from the place's own."""
    if person is None:
        return ClaimPolicy()
    if place.lane and Role.PACKER in person.roles:
        return ClaimPolicy((JobKind.PACK.value,), _PACK_JOBS, lane=place.lane)
    if not place.desk and Role.PICKER in person.roles:
        return ClaimPolicy((JobKind.PICK.value,), _PICK_JOBS, zone=zone or place.zone)
    return ClaimPolicy()


def pair_place(place: Place, text: str) -> None:
    """Pairs a place before its window opens (`floorhand client --pair TEXT`). Raises what `sync.client.pairing.pair` raises."""
    store = Store(place.data, SystemClock())
    try:
        pair(text, sync_ports(store).meta, place.name, app_version())
    finally:
        store.close()


class _SignInWithWork:
    """Sign-in that also tells sync whose work to fetch."""

    def __init__(self, inner: SignIn, follow: Callable[[Person | None], None], leaving: Callable[[], None]) -> None:
        self._inner = inner
        self._follow = follow
        self._leaving = leaving

    def view(self) -> Outcome[SignInView]:
        return self._told(self._inner.view())

    def badge(self, text: str) -> Outcome[SignInView]:
        return self._told(self._inner.badge(text))

    def pin(self, number: str, pin: str) -> Outcome[SignInView]:
        return self._told(self._inner.pin(number, pin))

    def sign_out(self) -> Outcome[SignInView]:
        self._leaving()
        self._follow(None)
        return self._told(self._inner.sign_out())

    def lock(self) -> Outcome[SignInView]:
        return self._told(self._inner.lock())

    def _told(self, outcome: Outcome[SignInView]) -> Outcome[SignInView]:
        # What is held stays held; but a device that nobody touches fetches no more.
        self._follow(None if outcome.view.locked else outcome.view.person)
        return outcome


class _Bench:
    """Whom the errands tell: the screens of this place, across threads."""

    def __init__(self, client: "Client") -> None:
        self._client = client

    def label(self, report: LabelReport) -> None:
        self._client.shell.bridge.on_label(report)

    def changed(self) -> None:
        self._client.shell.bridge.on_changes(Changes(frozenset({"parcel"})))

    def notice(self, message: Message) -> None:
        self._client.shell.bridge.on_notice(message)


class Client:
    """One place of work, complete. Build and use it in the GUI thread with a QApplication; `stop` before dropping it."""

    def __init__(self, place: Place, preferences: KeepsPreferences) -> None:
        """Raises `app.core.storage.StorageTrouble` when the data folder cannot be used."""
        self.place = place
        self.clock = SystemClock()
        self.store = Store(place.data, self.clock)
        self._board = DeviceBoard()
        self._weights = StationWeights(self._name_of)
        self._status = SyncStatus(False, self.clock.mono())
        self._person: Person | None = None
        self._ports = sync_ports(self.store)
        self.sync = SyncThread(self._ports, app_version(), self._on_status, self._on_rows)
        self.centre = SyncCentre(self.sync, self.store, lambda: self._status.online)
        sinks = HubSinks(self._on_scan, self._on_reading, self._on_printer, self._on_link, self._on_job)
        self.hub = DeviceHub(sinks, PrintJournal(self.store), self.clock.mono)
        self.desk = self._desk()
        self._printing = StationPrinting(
            self.hub, LabelBook(place.data / "labels", draw_line), preferences.load().language
        )
        photos = PhotoErrands(self.store, self.centre)
        self._errand_thread = ErrandThread(
            lambda: soonest(self._errands.run(), self._lists.run(), photos.run(), self._entry.run())
        )
        told, ring = _Bench(self), self._errand_thread.ring
        self._errands = PackErrands(self.store, self.centre, self._printing, told, ring)
        self._lists = DockLists(self.store, self.centre, self._printing, told.changed, ring)
        self._entry = OrderEntryService(self.store, self.centre, self.clock, ring)
        self._pairing = ClientPairing(self._ports.meta, place.name, app_version(), self._paired)
        self.shell = build_shell(
            self._services(),
            preferences,
            self.clock,
            wedge=Wedge(KeyBurst(profile_from(place.wedge_profile)), Key, symptom) if place.wedge else None,
            lock_after_s=60.0 * (place.lock_minutes or (_LOCK_DESK if place.desk else _LOCK_HANDHELD)),
            about=(("version", app_version()), ("data", str(place.data)), *place.about),
            on_fault=self._on_fault,
            on_answer=self._answer,
        )
        self._browsing: Closable | None = None
        self.store.on_commit(self.sync.wake)
        self._chips = QTimer(self.shell)
        self._chips.setInterval(_CHIPS_MS)
        self._chips.timeout.connect(self._show_link)

    def start(self) -> None:
        """Begins to talk to devices and centre; the window is ready to scan whether or not anybody answers."""
        self.desk.open()
        self.hub.start()
        self.shell.on_devices(self._board.statuses())
        self.sync.start()
        self._errand_thread.start()
        if self.place.discover:
            self.desk.find()
            threading.Thread(target=self._discover, name="discovery", daemon=True).start()
        self._chips.start()
        if self.place.desk:
            self.shell.show_desk()
        else:
            self.shell.show_handheld()

    def stop(self) -> None:
        """Ends everything within a second or two; what was scanned is on the disk already."""
        self._chips.stop()
        self._pairing.close()
        if self._browsing is not None:
            self._browsing.close()
        self.desk.close()
        self.sync.stop()
        self._errand_thread.stop()
        self.hub.stop()
        self.shell.stop()
        self.shell.close()
        self.store.close()

    def look(self, read: "Callable[[Unit], object]") -> object:
        """Reads this place's store at one moment (for reports and tests)."""
        with self.store.look() as u:
            return read(u)

    # --- how it is put together ---

    def _desk(self) -> HubDesk:
        """The devices of this place: those given, and those set up on its screen."""
        place = self.place
        given = (
            *((DeviceRole.SCANNER, url, name) for url, name in place.scanners),
            *((DeviceRole.SCALE, url, name) for url, name in place.scales),
            *((DeviceRole.LABEL_PRINTER, url, name) for url, name in place.printers),
            *((DeviceRole.PAPER_PRINTER, url, name) for url, name in place.papers),
        )
        kept = KeptStation(place.data / DEVICES_FILE, given)
        return HubDesk(
            self.hub, kept, self._board, sources_here(), Asking(address, identify), self.clock.mono, place.data / "evidence",
            place.wedge, lambda: self.shell.bridge.on_desk(), lambda: self.shell.bridge.on_devices(self._board.statuses()),
        )  # fmt: skip

    def _services(self) -> UiServices:
        gate = Gate(self.store, self.centre, Argon2Verifier())
        camera = FolderCamera(self.place.camera, lambda: self.clock.wall_ms() / 1000)
        bench = Bench(self.place.name, self._printing, self._errands, camera)
        hears = (self.place.patterns, self.place.duplicates)
        papers = KeptPapers(self.place.data / "papers")
        paired = self._ports.meta.identity() is not None
        pick = PickService(self.store, read_fields, self.clock, self.centre, *hears)
        work = (self.store, read_fields, self.clock, self.centre)
        self._zone = ZoneService(*work, pick, self._follow_zone, *hears)
        return UiServices(
            sign_in=_SignInWithWork(SignInService(self.store, self.centre, gate), self._follow, self._leave_zone),
            home=HomeService(self.store),
            pick=pick,
            wall=WallService(*work, *hears),
            zone=self._zone,
            tasks=TaskService(*work, *hears),
            load=LoadService(*work, self.centre, self._printing, papers, self._lists, *hears),
            pickup=PickupService(*work, *hears),
            returns=ReturnsService(*work, *hears),
            receive=ReceiveService(*work, self._printing, *hears),
            workbench=WorkbenchService(self.store, self.centre),
            returns_desk=ReturnsDeskService(self.store, self.centre),
            buying=BuyingService(self.store, self.centre),
            entry=self._entry,
            manifests=ManifestsService(self.store, self.centre, papers, self.clock, self._lists),
            pack=PackService(self.store, read_fields, self.clock, self.centre, gate, bench, *hears),
            orders=OrdersService(self.store, self.centre),
            notices=NoticesService(self.store),
            pairing=self._pairing,
            paired=paired,
            devices=self.desk,
            floor=FloorService(self.store, self.centre),
            plans=PlansService(self.store, self.centre),
            reports=ReportsService(self.store, self.centre, papers, self.clock),
            hand_over=HandOverService(self.store, HandOverKeys(self._ports.meta), draw_symbol),
        )

    def _follow(self, person: Person | None) -> None:
        self._person = person
        self.sync.set_policy(policy_for(person, self.place, self._zone.zone() if person else None))

    def _follow_zone(self, zone: str | None) -> None:
        self.sync.set_policy(policy_for(self._person, self.place, zone))

    def _leave_zone(self) -> None:
        if self._zone.zone() is not None:
            self._zone.leave_zone()

    def _paired(self) -> None:
        self.sync.wake()

    # --- what comes from other threads ---

    def _discover(self) -> None:
        # Opening mDNS takes a moment, which the window does not wait for.
        self._browsing = browse(self._found)

    def _found(self, found: Found) -> None:
        """A server says that it is there: one more address to try. Whether it is ours, only the pinned key decides."""
        identity = self._ports.meta.identity()
        if identity is not None and identity.cluster_id == found.cluster_id:
            self.sync.hint(found.addresses)

    def _on_scan(self, scan: Scan) -> None:
        self._to_shell(scan_input(scan))

    def _to_shell(self, scan: ScanInput) -> None:
        self.shell.bridge.on_scan(scan)

    def _on_reading(self, key: DeviceKey, reading: Reading) -> None:
        if self._board.reading(key, reading):
            self._tell_devices()
        if reading.unit in GRAMS_PER:
            self.shell.bridge.on_weight(self._weights.weight(key, reading, self.clock.mono()))

    def _name_of(self, key: DeviceKey) -> str:
        return next((info.name for info, _, _ in self.hub.devices() if info.key == key), "")

    def _on_printer(self, key: DeviceKey, status: PrinterStatus) -> None:
        self._board.printer(key, status)
        self._tell_devices()

    def _on_link(self, key: DeviceKey, state: LinkState, reason: Reason | None) -> None:
        self._board.link(key, state, reason)
        self._tell_devices()

    def _tell_devices(self) -> None:
        self.shell.bridge.on_devices(self._board.statuses())
        self.desk.changed()

    def _on_job(self, report: JobReport) -> None:
        if self.desk.on_job(report):
            return
        if report.state.final:
            self._errands.wake()
        if report.job_id.startswith(PALLET_JOB):
            if report.state in (JobState.FAILED, JobState.UNCERTAIN):
                self.shell.bridge.on_notice(say(Code.PALLET_LABEL_FAILED))
            return
        if report.job_id.startswith(GOODS_JOB):
            if report.state in _TOLD:
                self.shell.bridge.on_notice(say(_TOLD[report.state]))
            if report.state.final:
                self.shell.bridge.on_changes(Changes(frozenset({"labels"})))
            return
        self.shell.bridge.on_label(label_report(report))

    def _on_rows(self, entities: frozenset[str]) -> None:
        self.centre.rows_changed()
        if "parcel" in entities:
            self._errands.wake()
        self.shell.bridge.on_changes(Changes(entities))

    def _on_status(self, status: SyncStatus) -> None:
        before, self._status = self._status, status
        if status.online and not before.online:
            self._errands.wake()
        if before.online != status.online and before.synced_at is not None:
            self.shell.bridge.on_notice(say(Code.CENTRE_BACK if status.online else Code.CENTRE_AWAY))
        if status.trouble is not before.trouble and status.trouble in _TROUBLES:
            self.shell.bridge.on_notice(say(_TROUBLES[status.trouble]))
        for message in news(before, status, self.clock.mono()):
            self.shell.bridge.on_notice(message)
        self.shell.bridge.post(self._show_link)

    def _show_link(self) -> None:
        now, status = self.clock.mono(), self._status
        self.shell.on_link(
            LinkStatus(
                online=status.online,
                since_s=max(now - status.since, 0),
                waiting=status.waiting,
                oldest_s=status.oldest_ms / 1000 if status.oldest_ms is not None else None,
                data_age_s=max(now - status.synced_at, 0) if status.synced_at is not None else None,
                catching_up=status.catching_up,
                trouble=status.trouble.value if status.trouble in _TROUBLES else None,
            )
        )

    def _answer(self, device: str, tone: Tone | None) -> None:
        """Lets the scanner itself say how its scan was answered, where it can."""
        if tone in _FEEDBACK:
            self.hub.feedback(DeviceKey(device), _FEEDBACK[tone])

    def _on_fault(self, fault: Exception) -> None:
        log.error("a fault of ours", exc_info=fault)
