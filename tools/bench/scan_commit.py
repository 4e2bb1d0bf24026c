"""What a scan costs on this device's disk: one pick through the real service, with 20 000 rows and 500 facts waiting, against the floor
of a bare fdatasync measured in between."""

import os
import tempfile
import time
from pathlib import Path
from statistics import median, quantiles

import msgspec

from app.core.scan import ScanFields, ScanInput, ScanSource
from app.services.pick import PickService
from app.store.store import Store
from app.store.sync_ports import sync_ports
from app.wiring.centre import SyncCentre
from sync.client.driver import SyncThread
from sync.client.ports import Identity
from sync.contract.codes import BinKind, JobKind, JobState, WorkState
from sync.contract.facts import ScanRefused
from sync.contract.rows import BinRow, ItemRow, JobRow, PackCode, Row, SiteRow, WorkRow
from sync.contract.wire import Change, Lease, PullReply
from tools.bench import Figure

ROWS = 20_000
WAITING = 500
ROUNDS = 5
SCANS = 60
_NAMES = {SiteRow: "site", BinRow: "bin", ItemRow: "item", JobRow: "job", WorkRow: "work"}


class _Clock:
    """The machine's time."""

    def mono(self) -> float:
        """See `app.core.clock`."""
        return time.monotonic()

    def wall_ms(self) -> int:
        """See `app.core.clock`."""
        return time.time_ns() // 1_000_000

    def boot_id(self) -> str:
        """See `app.core.clock`."""
        return "bench"


def _rows() -> list[Row]:
    work = WorkRow(
        id="w", job="j", kind=JobKind.PICK, order="O", sku="SKU-7", qty_req=ROUNDS * SCANS + 10, qty_done=0,
        state=WorkState.LEASED, seq=1, from_bin="B-7",
    )  # fmt: skip
    job = JobRow(
        id="j",
        kind=JobKind.PICK,
        method="single",
        state=JobState.ACTIVE,
        priority=1,
        orders=["O"],
        lines=1,
        units=1,
        tote="T-1",
    )
    items = [ItemRow(id=f"SKU-{n}", name=f"Item {n}", codes=[PackCode(gtin=f"{n:014d}")]) for n in range(ROWS // 2)]
    bins = [BinRow(id=f"B-{n}", zone="B", kind=BinKind.PICK, seq=n) for n in range(ROWS // 2)]
    return [SiteRow(id="S", name="S"), *items, *bins, job, work]


def _filled(folder: Path) -> tuple[Store, float]:
    """A paired store with all rows, and rows a second of bringing them in page by page."""
    store = Store(folder, _Clock())
    ports = sync_ports(store)
    ports.meta.save_identity(Identity("dev", "S", "c", 1, "00" * 32, ()))
    changes = [Change(e=_NAMES[type(r)], id=r.id, v=1, d=msgspec.Raw(msgspec.json.encode(r))) for r in _rows()]
    begun = time.perf_counter()
    for n in range(0, len(changes), 500):
        page = PullReply(
            from_=ports.rows.cursor(),
            to=str(n),
            head=1,
            more=True,
            changes=changes[n : n + 500],
            epoch=1,
            server_time="",
        )
        ports.rows.apply_page(page)
    rate = len(changes) / (time.perf_counter() - begun)
    ports.leases.store([Lease(lease_id="l", item="w", job="j", token=(1, 1), ttl_s=9000)], time.monotonic(), "bench")
    with store.unit() as u:
        for n in range(WAITING):
            u.record(ScanRefused(job=None, text=str(n), code="x"))
    return store, rate


def _sync_floor(folder: Path) -> list[float]:
    """Milliseconds of writing and syncing as much as a scan's WAL frames, without anything else."""
    times = []
    with (folder / "floor").open("ab", buffering=0) as file:
        for _ in range(SCANS):
            begun = time.perf_counter()
            file.write(bytes(4 * 4096))
            os.fdatasync(file.fileno())
            times.append((time.perf_counter() - begun) * 1000)
    return times


def _pick(store: Store) -> PickService:
    """The service on a device whose sync thread stands still: nothing here asks the centre."""
    sync = SyncThread(sync_ports(store), "bench", lambda _: None, lambda _: None)
    clock = _Clock()
    return PickService(store, lambda text, _: ScanFields(text, gtin=text), clock, SyncCentre(sync, store, lambda: True))


def main() -> list[Figure]:
    """The figures."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        store, rate = _filled(folder / "data")
        pick = _pick(store)
        pick.start_next()
        pick.on_scan(ScanInput("B-7", -1.0))
        scans: list[float] = []
        floors: list[float] = []
        cpu = 0.0
        for turn in range(ROUNDS):
            floors += _sync_floor(folder)
            for n in range(SCANS):
                scan = ScanInput(f"{7:014d}", float(turn * SCANS + n), None, ScanSource.SERIAL)
                begun, busy = time.perf_counter(), time.process_time()
                answer = pick.on_scan(scan)
                scans.append((time.perf_counter() - begun) * 1000)
                cpu += time.process_time() - busy
                assert answer.view is not None
                assert answer.view.in_hand == turn * SCANS + n + 1
        store.close()
        begun = time.perf_counter()
        again = Store(folder / "data", _Clock())
        _pick(again).view()
        opened = (time.perf_counter() - begun) * 1000
        again.close()
    return [
        Figure("scan to answer, p50", median(scans), "ms", 25),
        Figure("scan to answer, p99", quantiles(scans, n=100)[98], "ms"),
        Figure("of that, own work (CPU, mean)", cpu / len(scans) * 1000, "ms", 5),
        Figure("bare write and fdatasync, p50", median(floors), "ms"),
        Figure("store open and state on screen", opened, "ms", 500),
        Figure("catching up, 500 rows a page, per 1000 rows", 1_000_000 / rate, "ms", 200),
    ]
