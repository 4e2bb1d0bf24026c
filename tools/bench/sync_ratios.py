"""The ratios of sync, each against what bounds it, measured in the same run. An aim of "at least" is shown the other way round, as a limit.

R1 and R4 are given as on a disk that takes 2 ms to sync, for the disks of development machines take none: a commit syncs once, so the
2 ms are added to both sides.
"""

import asyncio
import os
import sqlite3
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from statistics import median, quantiles

import msgspec

from app.store.store import Store
from app.store.sync_ports import sync_ports
from sync.client.driver import SyncThread
from sync.client.http import pinned_context
from sync.client.ports import Identity
from sync.contract.facts import ScanRefused
from sync.contract.rows import ItemRow, PackCode
from sync.contract.wire import Change, PullReply
from sync.simulation.store import MemoryStore
from tools.bench import Figure
from tools.bench._served import Gate, MachineClock, Served, served
from tools.soak._raw_log import RawLog

_DISK_MS = 2.0
_SLOW_DISK_S = 0.005
_NEED_OPS_S = 50
_ROWS, _PAGE = 20_000, 500
_POLLERS = 200
_START = """
import sys, time
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from app.services.pick import PickService
from app.core.scan import ScanFields
from app.store.store import Store
from app.wiring.centre import SyncCentre
from app.wiring.clock import SystemClock
store = Store(Path(sys.argv[2]), SystemClock())
PickService(store, lambda text, _: ScanFields(text), SystemClock(), SyncCentre(None, store, lambda: True)).view()
print(time.clock_gettime(time.CLOCK_BOOTTIME))
store.close()
"""


def _new_store(folder: Path) -> Store:
    store = Store(folder, MachineClock(), 0)
    sync_ports(store).meta.save_identity(Identity("d" * 32, "MAIN", "c" * 32, 1, "0" * 64, ()))
    return store


def _scan(store: Store) -> None:
    with store.unit() as u:
        u.journal.append(ScanRefused(job=None, text="12345678", code="x"), None, None, None)
        u.flows.keep("job", "pick", 1, b"{}")


def scan_commit(folder: Path) -> list[Figure]:
    """R1: journal and flow state in one commit, against a bare write and fdatasync, turn by turn."""
    store = _new_store(folder / "r1")
    scans: list[float] = []
    floors: list[float] = []
    busy = 0.0
    with (folder / "floor").open("ab", buffering=0) as file:
        for _ in range(400):
            began, cpu = time.perf_counter(), time.process_time()
            _scan(store)
            scans.append((time.perf_counter() - began) * 1000)
            busy += time.process_time() - cpu
            began = time.perf_counter()
            file.write(bytes(2 * 4096))
            os.fdatasync(file.fileno())
            floors.append((time.perf_counter() - began) * 1000)
    store.close()
    p99 = [quantiles(times, n=100)[98] for times in (scans, floors)]
    return [
        Figure(
            "R1 scan commit / fdatasync at 2 ms, p50", (median(scans) + _DISK_MS) / (median(floors) + _DISK_MS), "x", 2
        ),
        Figure("R1 scan commit / fdatasync at 2 ms, p99", (p99[0] + _DISK_MS) / (p99[1] + _DISK_MS), "x", 4),
        Figure("R1 own work of a commit (CPU)", busy / len(scans) * 1000, "ms", 1),
        Figure("R1 as is: scan commit / fdatasync, p50", median(scans) / median(floors), "x"),
    ]


def _pages() -> Iterator[PullReply]:
    for first in range(0, _ROWS, _PAGE):
        numbers = range(first, first + _PAGE)
        rows = [ItemRow(id=f"S{n:05d}", name=f"Item number {n}", codes=[PackCode(gtin=f"{n:014d}")]) for n in numbers]
        changes = [Change(e="item", id=row.id, v=1, d=msgspec.Raw(msgspec.json.encode(row))) for row in rows]
        yield PullReply(
            from_=str(first or ""),
            to=str(first + _PAGE),
            head=1,
            more=True,
            changes=changes,
            epoch=1,
            server_time="",
            through=1,
        )


def catch_up(folder: Path) -> list[Figure]:
    """R5: pages of 500 through the real decoder into the store, against the same rows straight into SQLite, a commit a page both."""
    pages = list(_pages())
    wire_pages = [msgspec.json.encode(page) for page in pages]
    store = _new_store(folder / "r5")
    rows = sync_ports(store).rows
    began = time.perf_counter()
    for body in wire_pages:
        rows.apply_page(msgspec.json.decode(body, type=PullReply))
    real = time.perf_counter() - began
    store.close()
    bulk = sqlite3.connect(folder / "bulk.db")
    bulk.executescript(
        "PRAGMA journal_mode = wal; PRAGMA synchronous = 2;"
        "CREATE TABLE row (e TEXT, id TEXT, v INT, body BLOB, PRIMARY KEY (e, id)) WITHOUT ROWID"
    )
    began = time.perf_counter()
    for page in pages:
        values = [(change.e, change.id, change.v, bytes(change.d)) for change in page.changes]
        with bulk:
            bulk.executemany("INSERT INTO row VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET v = excluded.v", values)
    floor = time.perf_counter() - began
    bulk.close()
    return [
        Figure("R5 catch-up, per 1000 changes (20 000/s)", real / _ROWS * 1_000_000, "ms", 50),
        Figure("R5 time of catch-up / bulk upsert (0.3 of its speed)", real / floor, "x", 1 / 0.3),
    ]


def start_up(folder: Path) -> list[Figure]:
    """R11: a new process until the pick is there, with 20 000 rows of R5 brought to 50 000 and 500 facts pending; no network."""
    data = folder / "r5"
    store = Store(data, MachineClock(), 0)
    rows = sync_ports(store).rows
    for first in range(_ROWS, 50_000, 2000):
        made = [ItemRow(id=f"S{n:05d}", name=f"Item {n}", codes=[]) for n in range(first, first + 2000)]
        changes = [Change(e="item", id=row.id, v=1, d=msgspec.Raw(msgspec.json.encode(row))) for row in made]
        page = PullReply(
            from_=rows.cursor(), to=str(first + 2000), head=1, more=True, changes=changes, epoch=1, server_time=""
        )
        rows.apply_page(page)
    for _ in range(500):
        _scan(store)
    store.close()
    times = []
    for _ in range(3):
        began = time.clock_gettime(time.CLOCK_BOOTTIME)
        words = [sys.executable, "-c", _START, str(Path.cwd()), str(data)]
        done = subprocess.run(words, capture_output=True, text=True, check=True)
        times.append(float(done.stdout) - began)
    return [Figure("R11 process start to scannable, without the window", median(times), "s", 2)]


def ui_stall(folder: Path) -> list[Figure]:
    """R9: gaps between the ticks of a 1 ms timer in the Qt thread while another applies pages flat out, and while nobody does."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PySide6.QtCore import QCoreApplication, Qt, QTimer

    from app.wiring.calm import keep_calm

    app = QCoreApplication.instance() or QCoreApplication([])
    keep_calm()
    ticks: list[float] = []
    timer = QTimer()
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(lambda: ticks.append(time.perf_counter()))
    wire_pages = [msgspec.json.encode(page) for page in _pages()]
    store = _new_store(folder / "r9")
    rows = sync_ports(store).rows

    def sync() -> None:
        for _ in range(4):
            rows.reset()
            for body in wire_pages:
                rows.apply_page(msgspec.json.decode(body, type=PullReply))

    def gaps_beside(work: Callable[[], None]) -> float:
        ticks.clear()
        thread = threading.Thread(target=work)
        timer.start(1)
        thread.start()
        while thread.is_alive():
            app.processEvents()
            time.sleep(0.0002)
        timer.stop()
        thread.join()
        return quantiles([(b - a) * 1000 for a, b in pairwise(ticks)], n=1000)[998]

    idle = gaps_beside(lambda: time.sleep(3))
    busy = gaps_beside(sync)
    store.close()
    return [
        Figure("R9 UI stall while syncing flat out, p99.9", busy, "ms", 16),
        Figure("R9 as is: the same beside a thread that sleeps", idle, "ms"),
    ]


def pushes(at: Served) -> list[Figure]:
    """R2: pushes of twenty over HTTP against the same apply in process, turn by turn. R4: what one site's counter takes.

    R3 is about a SQLite server, whose writer thread commits waiting pushes as one. On PostgreSQL nobody waits for a writer; what shares a
    commit here are the facts of one push, so that is what is compared.
    """
    house = at.centre.house
    lanes, rounds = 4, 8
    stores = [at.device() for _ in range(lanes)]
    headers = [at.bearer(store) for store in stores]
    clients = [at.client() for _ in range(lanes)]
    logs = [RawLog(house).known() for _ in range(lanes)]

    def over_http(n: int, count: int) -> None:
        at.push(clients[n], stores[n], headers[n], count)

    def in_process(n: int, count: int) -> None:
        for _ in range(count):
            logs[n].add(ScanRefused(job=None, text="x", code="x"))
        logs[n].push_all()

    def timed(pool: ThreadPoolExecutor, act: Callable[[int, int], None], count: int) -> float:
        began = time.perf_counter()
        list(pool.map(lambda n: act(n, count), range(lanes)))
        return lanes * count / (time.perf_counter() - began)

    with ThreadPoolExecutor(lanes) as pool:
        timed(pool, over_http, 20)
        timed(pool, in_process, 20)
        pairs = [(timed(pool, over_http, 20), timed(pool, in_process, 20)) for _ in range(rounds)]
        single = median(timed(pool, in_process, 1) for _ in range(rounds))
    for client in clients:
        client.close()
    batched = median(inside for _, inside in pairs)
    alone, together = 1 / single + _SLOW_DISK_S, 1 / batched + _SLOW_DISK_S / 20
    return [
        Figure("R2 in-process apply / HTTP push (0.4 of its speed)", median(b / a for a, b in pairs), "x", 2.5),
        Figure(
            "R4 need of 50 ops/s / counter, single (5 times)", _NEED_OPS_S * (1 / single + _DISK_MS / 1000), "x", 0.2
        ),
        Figure("R3 an op in a push of 20 / in one of its own, at 5 ms (a tenth)", together / alone, "x", 0.1),
        Figure("R4 need / counter, 20 a push (50 times)", _NEED_OPS_S * (1 / batched + _DISK_MS / 20_000), "x", 0.02),
    ]


async def _poll(at: Served, context: ssl.SSLContext, request: bytes, waiting: asyncio.Semaphore) -> float:
    """One long poll; when its answer was here."""
    reader, writer = await asyncio.open_connection("127.0.0.1", at.port, ssl=context)
    writer.write(request)
    await writer.drain()
    waiting.release()
    await reader.readuntil(b"\r\n\r\n")
    arrived = time.perf_counter()
    writer.close()
    return arrived


async def _news(at: Served, store: MemoryStore) -> tuple[float, float]:
    """(ms from the commit until the last poller has it, KiB of the server a poller)."""
    headers = at.bearer(store)
    header = headers["authorization"]
    with at.client() as http:
        cursor = http.get("/v1/sync/pull?limit=2000", headers={"authorization": header}).json()["to"]
    request = (
        f"GET /v1/sync/pull?wait=25&cursor={cursor} HTTP/1.1\r\nHost: x\r\nAuthorization: {header}\r\n\r\n".encode()
    )
    context = pinned_context(at.spki)
    # The first half wakes the server's threads and pools; what the second half adds is the price of a poller.
    waiting = asyncio.Semaphore(0)
    polls: list[asyncio.Task[float]] = []
    sizes = []
    for _ in range(2):
        polls += [asyncio.create_task(_poll(at, context, request, waiting)) for _ in range(_POLLERS // 2)]
        for _ in range(_POLLERS // 2):
            await waiting.acquire()
        # All have asked; the last of them are looked up for a moment longer.
        await asyncio.sleep(2.0)
        sizes.append(at.process.memory_info().rss)
    grown = sizes[1] - sizes[0]
    with at.client() as http:
        await asyncio.to_thread(at.push, http, store, headers, 1)
        acked = time.perf_counter()
    last = max(await asyncio.gather(*polls))
    return (last - acked) * 1000, grown / 1024 / (_POLLERS // 2)


def news(at: Served) -> list[Figure]:
    """R6 and R7: two hundred long polls."""
    late, memory = asyncio.run(_news(at, at.device()))
    return [
        Figure(f"R6 last of {_POLLERS} pollers after the ack", late, "ms", 100),
        Figure("R7 memory of an idle poller (TLS takes most of it)", memory, "KiB", 50),
    ]


def heal(at: Served, devices: int = 5, pending: int = 200) -> list[Figure]:
    """R12: devices with pending facts that find nobody for a while; then the way is open."""
    gate = Gate(at.port)
    stores = [at.device(f"127.0.0.1:{gate.port}") for _ in range(devices)]
    for store in stores:
        for _ in range(pending):
            store.append(os.urandom(16).hex(), ScanRefused(job=None, text="x", code="x"), None, None)
    threads = [SyncThread(s.ports(), "bench", lambda status: None, lambda entities: None) for s in stores]
    for thread in threads:
        thread.start()
    time.sleep(4)

    async def go() -> list[float]:
        server = await gate.open()
        began = time.perf_counter()
        done: dict[int, float] = {}
        while len(done) < devices and time.perf_counter() - began < 60:
            for n, store in enumerate(stores):
                if n not in done and not store.ports().journal.pending_count():
                    done[n] = time.perf_counter() - began
            await asyncio.sleep(0.01)
        server.close()
        return [done.get(n, 60.0) for n in range(devices)]

    times = asyncio.run(go())
    for thread in threads:
        thread.stop()
    return [
        Figure("R12 heal until all is acknowledged, slowest device", max(times), "s", 15),
        Figure("R12 heal until all is acknowledged, median", median(times), "s", 3),
    ]


def main() -> list[Figure]:
    """All ratios."""
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for measure in (scan_commit, catch_up, start_up, ui_stall):
            figures += measure(folder)
    with served() as at:
        for ask in (pushes, news, heal):
            figures += ask(at)
    return figures
