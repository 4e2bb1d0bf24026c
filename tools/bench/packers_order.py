"""A packer's order of three items, from the tote's scan to the label in the tray: what of it is ours. The services of a station on their
store on disk, the real print queue, a printer on real TCP. People, the scale's settling and the printer's own time are taken out."""

import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import msgspec
from sqlalchemy import event

from app.core.scan import ScanInput, ScanSource
from app.core.views import PackStep, Person
from app.demo.catalogue import check_digit
from app.services.api import Weight
from app.services.gate import Gate
from app.services.pack import PackService
from app.services.pack_ports import Bench
from app.services.ports import Centre
from app.store.store import Store
from app.store.sync_ports import PrintJournal, sync_ports
from app.store.verifier import Argon2Verifier
from app.wiring.labels import LabelBook
from app.wiring.printing import StationPrinting, label_report
from app.wiring.scans import read_fields
from devices.hub import DeviceHub, HubSinks
from devices.model import JobReport, LinkState
from devices.simulated.zpl_machine import PrinterBuild
from devices.simulated.zpl_sim import ZplSim
from sync.client.ports import Identity
from sync.contract import rows
from sync.contract.codes import JobKind, JobState, OrderState, ParcelState, WorkState
from sync.contract.wire import Change, Lease, PullReply
from tools.bench import Figure
from tools.bench._served import MachineClock

ORDERS = 60
#: Totes that wait at a bench: as many as a station fetches ahead.
QUEUE = 10
PRINT_S = 0.12
SKUS = ("CUP", "TEA", "MUG")
_PERSON = Person("w1", "Ada", "17", frozenset({"packer"}))
_KINDS = {kind: name for name, kind in rows.ENTITIES.items()}


@dataclass(slots=True)
class Spent:
    """What one order cost: milliseconds of each step that is ours, and of the processor in the thread that serves the packer; statements
    asked of the store and commits to the disk, in all threads. The counts are the same however busy the machine is."""

    steps: dict[str, float] = field(default_factory=dict)
    cpu: float = 0.0
    asked: int = 0
    written: int = 0

    @property
    def ours(self) -> float:
        """Milliseconds in all."""
        return sum(self.steps.values())


class _Counted:
    """Counts what the store is asked for. Commits of transactions that wrote nothing are not counted: nothing waits for the disk then."""

    def __init__(self, store: Store) -> None:
        self.asked = self.written = 0
        self._wrote = False
        connection = store._connection
        event.listen(connection, "before_cursor_execute", self._ask)
        event.listen(connection, "commit", self._commit)

    def _ask(self, _connection: object, _cursor: object, statement: str, *_: object) -> None:
        self.asked += 1
        self._wrote |= statement.startswith(("INSERT", "UPDATE", "DELETE"))

    def _commit(self, _connection: object) -> None:
        self.written += self._wrote
        self._wrote = False


class _Away:
    """A centre that nobody reaches: packing does not need it."""

    def online(self) -> bool:
        """See the port."""
        return False

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(name)


def _sscc(n: int) -> str:
    body = f"387193330{n:08d}"
    return f"{body}{check_digit(body)}"


def _rows_of(n: int) -> list[rows.Row]:
    order, job = f"O-{n:04d}", f"J-{n:04d}"
    lines = [rows.OrderLineRow(line=k, sku=sku, qty=1, picked=1) for k, sku in enumerate(SKUS, 1)]
    works: list[rows.Row] = [
        rows.WorkRow(
            id=f"{job}-{k}", job=job, kind=JobKind.PACK, order=order, sku=sku, qty_req=1, qty_done=0,
            state=WorkState.LEASED, seq=k, from_bin=f"T-{n:04d}", token=(1, 1),
        )
        for k, sku in enumerate(SKUS, 1)
    ]  # fmt: skip
    return [
        rows.OrderRow(
            id=order, state=OrderState.PICKED, customer="Ada", ship_to=["Ada", "Damrak 1", "1012 Amsterdam"], country="NL",
            lines=lines, priority=3, carrier="OWN", service="std",
        ),
        rows.JobRow(
            id=job, kind=JobKind.PACK, method="pack", state=JobState.OPEN, priority=3, orders=[order], lines=3, units=3,
            tote=f"T-{n:04d}",
        ),
        *works,
        rows.ParcelRow(
            id=f"P-{n:04d}", order=order, number=1, sscc=_sscc(n), carrier="OWN", service="std",
            tracking=f"OWN{n:010d}", state=ParcelState.PLANNED,
        ),
    ]  # fmt: skip


class Station:
    """Owns the store with its orders, the print queue and the printer."""

    def __init__(self, place: Path, orders: int, print_s: float) -> None:
        self._print_s = print_s
        self._read_at = time.monotonic()
        self._changed = threading.Condition()
        self._ready = False
        self._told: list[JobReport] = []
        self.store = Store(place / "data", MachineClock())
        self._fill(orders)
        self._counted = _Counted(self.store)
        self.printer = ZplSim(place / "labels", PrinterBuild(print_s=print_s))
        self.printer.start()
        sinks = HubSinks(lambda *_: None, lambda *_: None, lambda *_: None, self._link, self._heard)
        self.hub = DeviceHub(sinks, PrintJournal(self.store))
        self.hub.add_printer(self.printer.url, "Printer")
        self.hub.start()
        centre: Centre = _Away()
        gate = Gate(self.store, centre, Argon2Verifier())
        printing = StationPrinting(self.hub, LabelBook(), "en")
        self.pack = PackService(self.store, read_fields, MachineClock(), centre, gate, Bench("BENCH-1", printing))
        with self._changed:
            assert self._changed.wait_for(lambda: self._ready, 10)

    def close(self) -> None:
        """Everything off."""
        self.hub.stop()
        self.printer.stop()
        self.store.close()

    def order(self, n: int) -> Spent:
        """Packs the n-th order."""
        spent = Spent()
        begun, asked, written = time.thread_time(), self._counted.asked, self._counted.written
        for name, text in (
            ("tote", f"T-{n:04d}"),
            *((f"item {k}", sku) for k, sku in enumerate(SKUS, 1)),
            ("box", "S1"),
        ):
            spent.steps[name] = self._timed(lambda text=text: self._scan(text))  # type: ignore[misc]
        before = len(self.printer.labels)
        at = time.monotonic()
        step = self.pack.weight(Weight(Decimal(350), True, at, load=n + 1)).view.step
        assert step is PackStep.LABEL, step
        self._until_printed()
        # The label's own time in the printer is the printer's.
        spent.steps["weight to the label's report"] = (time.monotonic() - at - self._print_s) * 1000
        assert len(self.printer.labels) == before + 1
        spent.steps["label scanned back"] = self._timed(lambda: self._scan(_sscc(n)))
        spent.cpu = (time.thread_time() - begun) * 1000
        spent.asked, spent.written = self._counted.asked - asked, self._counted.written - written
        assert self.pack.view().view.step is PackStep.WAITING
        return spent

    def _scan(self, text: str) -> None:
        # As far apart as people scan: the same article twice within the time of an echo would count once.
        self._read_at += 0.1
        self.pack.on_scan(ScanInput(text, self._read_at, None, ScanSource.SERIAL, "s1"))

    def _timed(self, act: Any) -> float:
        begun = time.monotonic()
        act()
        return (time.monotonic() - begun) * 1000

    def _until_printed(self) -> None:
        while True:
            with self._changed:
                assert self._changed.wait_for(lambda: bool(self._told), 10)
                told = self._told.pop(0)
            if self.pack.label_report(label_report(told)).view.step is PackStep.SCAN_BACK:
                return

    def _heard(self, report: JobReport) -> None:
        with self._changed:
            self._told.append(report)
            self._changed.notify_all()

    def _link(self, _key: object, state: LinkState, _reason: object) -> None:
        with self._changed:
            self._ready = state is LinkState.READY
            self._changed.notify_all()

    def _fill(self, orders: int) -> None:
        goods: list[rows.Row] = [
            rows.SiteRow(id="MAIN", name="Main", ship_from=["We", "Here"]),
            rows.CartonRow(id="S1", name="small", inner_mm=(300, 200, 200), outer_mm=(310, 210, 210), tare_g=50, max_g=9000),
            *(rows.ItemRow(id=sku, name=sku.title(), codes=[], weight_g=100, size_mm=(90, 90, 90)) for sku in SKUS),
        ]  # fmt: skip
        made = [*goods, *(row for n in range(orders) for row in _rows_of(n))]
        changes = [Change(e=_KINDS[type(row)], id=row.id, v=1, d=msgspec.Raw(msgspec.json.encode(row))) for row in made]
        ports = sync_ports(self.store)
        ports.meta.save_identity(Identity("d" * 32, "MAIN", "c" * 32, 1, "0" * 64, ("127.0.0.1:9",)))
        page = PullReply(
            from_=ports.rows.cursor(), to="x", through=1, head=1, more=False, changes=changes, epoch=1, server_time=""
        )
        ports.rows.apply_page(page)
        works = [row for row in made if isinstance(row, rows.WorkRow)]
        leases = [Lease(lease_id=f"L{row.id}", item=row.id, job=row.job, token=(1, 1), ttl_s=3600) for row in works]
        ports.leases.store(leases, ports.clock.mono(), ports.clock.boot_id())
        with self.store.unit() as u:
            u.people.sign_in(_PERSON)


def packed(orders: int, print_s: float = PRINT_S) -> Iterator[Spent]:
    """Packs that many orders one after the other, ten of them waiting at the bench at first; what each cost."""
    for done in range(0, orders, QUEUE):
        with tempfile.TemporaryDirectory() as place:
            station = Station(Path(place), min(QUEUE, orders - done), print_s)
            try:
                for n in range(min(QUEUE, orders - done)):
                    yield station.order(n)
            finally:
                station.close()


def main() -> list[Figure]:
    """The figures."""
    spent = list(packed(ORDERS))
    ours = [one.ours for one in spent]
    steps = [
        Figure(f"of it: {name}, median", median(one.steps[name] for one in spent), "ms") for name in spent[0].steps
    ]
    return [
        Figure("an order of three items, ours of scan to printed label, median", median(ours), "ms"),
        Figure("an order of three items, ours of scan to printed label, p95", quantiles(ours, n=20)[18], "ms", 300),
        *steps,
        Figure("processor of the service, an order, median", median(one.cpu for one in spent), "ms"),
        Figure("statements to the store, an order, median", median(one.asked for one in spent), ""),
        Figure("commits to the disk, an order, median", median(one.written for one in spent), ""),
    ]
