"""A pack station whose labels come from a carrier: the services of the client on their store, its sync thread and print queue, a virtual
printer, and a packer with two hands. Used by `parcels_whole`."""

from __future__ import annotations

import re
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from random import Random

from app.core.messages import Code, Message
from app.core.outcome import Outcome
from app.core.scan import ScanInput, ScanSource
from app.core.views import PackStep, PackView, Person
from app.services.api import LabelReport, Weight
from app.services.gate import Gate
from app.services.pack import PackService
from app.services.pack_errands import PackErrands
from app.services.pack_papers import label_missing, waiting_states
from app.services.pack_ports import Bench
from app.store.store import Store
from app.store.sync_ports import PrintJournal, sync_ports
from app.store.verifier import Argon2Verifier
from app.wiring.centre import SyncCentre
from app.wiring.errands import ErrandThread
from app.wiring.labels import LabelBook
from app.wiring.printing import StationPrinting, label_report
from app.wiring.scans import read_fields
from devices.hub import DeviceHub, HubSinks
from devices.model import JobReport, Reason
from devices.printing import PrintPolicy
from devices.simulated.chaos import ChaosPlan
from devices.simulated.zpl_machine import PrintedLabel, PrinterBuild
from devices.simulated.zpl_sim import ZplSim
from sync.client.driver import SyncThread
from sync.client.ports import Meta
from sync.client.status import ClaimPolicy, SyncStatus
from tools.bench._served import MachineClock
from tools.soak._label_station import MortalJournal

LANE = "L1"
POLICY = PrintPolicy(hold_s=0.6, failover_s=0.15, listen_s=0.03, base_s=0.6, per_label_s=0.2, grace_s=0.08)
_FAULTS = (Reason.MEDIA_EMPTY, Reason.COVER_OPEN, Reason.PAUSED, Reason.MARKER_SUPPLY_EMPTY)
_NUMBER = re.compile(rb"\^BC[^^]*\^FD([^^]+)\^FS")
_PACKER = Person("w1", "Ada", "17", frozenset({"packer"}), "en", "")
_AT_MOST = 30


class LabelBench:
    """Owns one station and what its packer has stuck on which parcel. All calls from one thread."""

    def __init__(self, folder: Path, name: str, let_in: Callable[[Meta], None], dice: Random, trouble: float) -> None:
        self._folder, self.name, self._let_in, self._dice, self.trouble = folder, name, let_in, dice, trouble
        self.printer = ZplSim(folder / "printer", PrinterBuild(print_s=0.01))
        self.printer.start()
        #: Parcel -> number on the label that is on it.
        self.stuck: dict[str, str] = {}
        self.seen: Counter[str] = Counter()
        #: Something has happened that the packer may wait for.
        self._news = threading.Event()
        #: Held while the program is switched off and on.
        self._switch = threading.RLock()
        self._loads = 0
        self._at = 0.0
        self._live()

    # --- the program ---

    def _live(self) -> None:
        self.store = Store(self._folder / "data", MachineClock(), 0)
        ports = self._ports = sync_ports(self.store)
        if ports.meta.identity() is None:
            self._let_in(ports.meta)
            with self.store.unit() as u:
                u.people.sign_in(_PACKER)
        self._status = SyncStatus(False, 0.0)
        policy = ClaimPolicy(("pack",), _AT_MOST, lane=LANE)
        self.sync = SyncThread(ports, "soak", self._on_status, self._on_rows, policy)
        centre = SyncCentre(self.sync, self.store, lambda: self._status.online)
        self._centre = centre
        self._heard: deque[Callable[[], Outcome[PackView]]] = deque()
        ignore: Callable[..., None] = lambda *_: None  # noqa: E731
        self._journal = MortalJournal(PrintJournal(self.store))
        sinks = HubSinks(ignore, ignore, ignore, ignore, self._on_job)
        self.hub = DeviceHub(sinks, self._journal, policy=POLICY)  # type: ignore[arg-type]
        self.hub.add_printer(self.printer.url, "Printer")
        printing = StationPrinting(self.hub, LabelBook(), "en")
        self._thread = ErrandThread(lambda: self.errands.run())
        self.errands = PackErrands(self.store, centre, printing, self, self._thread.ring)
        gate = Gate(self.store, centre, Argon2Verifier())
        bench = Bench(self.name, printing, self.errands)
        self.pack = PackService(self.store, read_fields, MachineClock(), centre, gate, bench)
        self.shown = self.pack.view().view
        self.store.on_commit(self.sync.wake)
        self.hub.start()
        self.sync.start()
        self._thread.start()

    def crash(self) -> None:
        """The program ends as by a power cut, and starts again on what it left."""
        self._journal.life = 0
        with self._switch:
            self.close_program()
            self.seen["station crashes"] += 1
            self._live()

    def close_program(self) -> None:
        """Everything of the program ends."""
        self.sync.stop()
        self._thread.stop()
        self.hub.stop()
        self.store.close()

    def close(self) -> None:
        """The station is switched off."""
        self.close_program()
        self.printer.stop()

    def _on_status(self, status: SyncStatus) -> None:
        came = status.online and not self._status.online
        self._status = status
        if came:
            self._thread.ring()

    def _on_rows(self, entities: frozenset[str]) -> None:
        self._centre.rows_changed()
        self._news.set()
        if "parcel" in entities:
            self._thread.ring()

    def _on_job(self, report: JobReport) -> None:
        told = label_report(report)
        self._heard.append(lambda: self.pack.label_report(told))
        self._news.set()

    # --- `pack_ports.Hears` ---

    def label(self, report: LabelReport) -> None:
        """See the port."""
        self._heard.append(lambda: self.pack.label_report(report))
        self._news.set()

    def changed(self) -> None:
        """See the port."""
        self._news.set()

    def notice(self, message: Message) -> None:
        """See the port."""
        self.seen[message.code.value] += 1

    def sync_waiting(self) -> int:
        """Facts that the centre has not acknowledged."""
        return self._ports.journal.pending_count()

    def shown_pending(self) -> set[str]:
        """Parcels whose label the bench shows as missing."""
        with self.store.look() as u:
            return {state.parcel for state in waiting_states(u) if label_missing(u, state)}

    def waiting_parcels(self) -> dict[str, str]:
        """Parcel -> how its label stands, of those that were weighed here and have not left. Any thread."""
        with self._switch, self.store.look() as u:
            return {s.parcel: label_missing(u, s) or str(u.prints.fate(s.print_job)) for s in waiting_states(u)}

    def standing(self) -> str:
        """What the bench shows and waits for, for whoever wonders why nothing moves. Any thread."""
        with self._switch:
            return self._standing()

    def _standing(self) -> str:
        view = self.shown
        stands = Counter(self.waiting_parcels().values())
        return (
            f"{self.name}: {view.step} ({view.prompt.code}) of {view.order or 'nothing'}, label {self.label_of(view)};"
            f" {len(view.queue)} in its queue; labels {dict(stands)}; {'online' if self._status.online else 'offline'},"
            f" {self.sync_waiting()} facts to send; printer {self.hub.devices()[0][1].value}"
        )

    @staticmethod
    def label_of(view: PackView) -> str:
        """How the label of the parcel in hand stands."""
        return view.papers[0].state if view.papers else "none"

    # --- the packer ---

    def wait(self, seconds: float) -> None:
        """Until something happens, or for so long."""
        self._news.wait(seconds)
        self._news.clear()

    def act(self) -> bool:
        """One thing the packer does; False when there is nothing to do but wait."""
        while self._heard:
            self._heard.popleft()()
        view = self.shown = self.pack.view().view
        acts = {
            PackStep.WAITING: self._begin,
            PackStep.UNITS: self._unit,
            PackStep.CARTON: lambda _: bool(self.pack.choose_carton("")),
            PackStep.WEIGHT: self._weigh,
            PackStep.LABEL: self._label,
            PackStep.LABEL_UNSURE: self._look,
            PackStep.SCAN_BACK: self._stick,
        }
        act = acts.get(view.step)
        return act(view) if act else False

    def _scan(self, text: str) -> Outcome[PackView]:
        self._at = max(self._at + 1.0, time.monotonic())
        return self.pack.on_scan(ScanInput(text, self._at, None, ScanSource.SERIAL, "s1"))

    def _begin(self, view: PackView) -> bool:
        """First what only waits for its label to be stuck on, then the next tote."""
        for job in view.queue:
            if job.label in ("printed", "unsure", "failed") and job.tote:
                return bool(self._scan(job.tote))
        return self._next_tote(view)

    def _next_tote(self, view: PackView) -> bool:
        tote = next((job.tote for job in view.queue if not job.started and job.tote), None)
        if tote is None:
            return False
        return self._scan(tote).message is not None

    def _unit(self, view: PackView) -> bool:
        line = next((line for line in view.lines if line.packed + line.short < line.qty), None)
        return line is not None and bool(self._scan(line.item.sku))

    def _weigh(self, view: PackView) -> bool:
        grams = view.weight.expected if view.weight and view.weight.expected else 100 * view.in_parcel
        self._loads += 1
        if self._dice.random() < self.trouble:
            self._trouble_the_printer()
        self.pack.weight(Weight(Decimal(grams), True, time.monotonic(), load=self._loads))
        return True

    def _label(self, view: PackView) -> bool:
        if view.prompt.code in (Code.LABEL_PENDING, Code.LABEL_PROBLEM):
            # The label comes later: on with the next one, or with one whose label has come.
            if self._next_tote(view):
                self.seen["went on with the next tote"] += 1
                return True
            ready = any(job.label in ("printed", "unsure", "failed") for job in view.queue)
            return ready and bool(self.pack.leave())
        if self.label_of(view) == "failed":
            self.printer.repair()
            self.seen["asked once more after a failure"] += 1
            return bool(self.pack.reprint("soak"))
        return False

    def _look(self, view: PackView) -> bool:
        """Nobody knows whether it came out: the packer puts the printer right, waits until it stands still, and looks."""
        self._put_right()
        out = self._out(view.parcel)
        self.seen["looked whether it came out"] += 1
        self.pack.label_came_out(bool(out))
        return True

    def _stick(self, view: PackView) -> bool:
        out = self._out(view.parcel)
        if not out:
            self._put_right()
            out = self._out(view.parcel)
        number = _NUMBER.search(out[-1].zpl) if out else None
        if number is None:
            self.seen["no label where one was said to be"] += 1
            return bool(self.pack.reprint("soak"))
        text = number[1].decode()
        if self._scan(text).state == PackStep.DONE:
            self.stuck[view.parcel] = text
        else:
            # The carrier has given another one since.
            self.pack.acknowledge()
            self.pack.reprint("soak")
        return True

    # --- the printer ---

    def twice(self) -> int:
        """Print jobs of which more than one label came out."""
        return sum(count > 1 for count in Counter(label.job for label in self.printer.labels).values())

    def _out(self, parcel: str) -> list[PrintedLabel]:
        return [label for label in list(self.printer.labels) if label.job.startswith(f"{parcel}.")]

    def _trouble_the_printer(self) -> None:
        self.seen["printer troubles"] += 1
        kind = self._dice.randrange(4)
        if kind == 0:
            self.printer.next_label_fails(self._dice.choice(_FAULTS))
        elif kind == 1:
            self.printer.load(0)
        elif kind == 2:
            self.printer.line.trouble(ChaosPlan(cut_after_received=1 + self._dice.randrange(600)))
        else:
            self.printer.fault(self._dice.choice(_FAULTS), True)

    def put_right(self) -> None:
        """Somebody sees the red lamp."""
        self.printer.line.trouble(ChaosPlan())
        self.printer.repair()
        for info, _, _ in self.hub.devices():
            self.hub.retry(info.key)

    def _put_right(self) -> None:
        self.put_right()
        end = time.monotonic() + 5.0
        while self.printer.moving and time.monotonic() < end:
            time.sleep(0.003)
