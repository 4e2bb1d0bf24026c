"""A handheld with 20 000 cached lines: scan to repainted screen, start to scan-ready, memory. Real window, real store on disk."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tools.bench import Figure

LINES = 20_000
JOB_LINES = 80
UNITS = 4

_READY = """
import sys, time, psutil
sys.path.insert(0, {root!r})
from tools.bench.scan_to_screen import open_client
app, client = open_client({data!r})
end = time.monotonic() + 20
while client.shell.screen_name() not in ("home", "pick") or client.shell.service_view() is None:
    app.processEvents()
    assert time.monotonic() < end, client.shell.screen_name()
client.shell.grab()
print("ready", time.clock_gettime(time.CLOCK_BOOTTIME), psutil.Process().memory_info().rss, flush=True)
client.stop()
"""


def open_client(data: str):
    """(application, started client) on a prepared data folder."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from app.bootstrap import Client, Place
    from app.demo.show import KeptInMemory
    from app.screens.preferences import Preferences

    from PySide6.QtWidgets import QApplication  # isort: skip

    app = QApplication.instance() or QApplication(["bench"])
    client = Client(Place(Path(data), "Handheld"), KeptInMemory(Preferences(volume=0)))
    client.start()
    return app, client


def _gtin14(n: int) -> str:
    from app.demo.catalogue import check_digit

    body = f"950{n:09d}"
    return f"0{body}{check_digit(body)}"


def prepare(data: Path) -> dict[str, str]:
    """Fills a store as a device of a busy site has it, with one long job in hand; SKU -> barcode."""
    import msgspec

    from app.core.views import Person
    from app.store.store import Store
    from app.store.sync_ports import sync_ports
    from app.wiring.clock import SystemClock
    from sync.client.ports import Identity
    from sync.contract import rows
    from sync.contract.codes import BinKind, JobKind, JobState, WorkState
    from sync.contract.wire import Change, Lease, PullReply

    items = [
        rows.ItemRow(id=f"S{n:05d}", name=f"Item number {n}", codes=[rows.PackCode(gtin=_gtin14(n))], weight_g=100)
        for n in range(4000)
    ]
    bins = [
        rows.BinRow(id=f"{z}-{b:02d}-{p:02d}", zone=z, kind=BinKind.PICK, seq=b * 100 + p)
        for z in "ABCD"
        for b in range(1, 26)
        for p in range(1, 41)
    ]
    jobs, work = [], []
    for n in range(LINES // 5):
        many = JOB_LINES if n == 0 else 5
        jobs.append(
            rows.JobRow(
                id=f"J{n}",
                kind=JobKind.PICK,
                method="single",
                state=JobState.OPEN,
                priority=1,
                orders=[f"O{n}"],
                lines=many,
                units=many * UNITS,
            )
        )
        work += [
            rows.WorkRow(
                id=f"W{n}-{k}", job=f"J{n}", kind=JobKind.PICK, order=f"O{n}", sku=items[(n * 7 + k * 13) % len(items)].id, qty_req=UNITS,
                qty_done=0, state=WorkState.OPEN, seq=k, from_bin=bins[(n * 3 + k * 11) % len(bins)].id, token=(1, 1),
            )
            for k in range(many)
        ]  # fmt: skip
    listed = [
        ("site", rows.SiteRow(id="MAIN", name="Bench")),
        *(("item", r) for r in items),
        *(("bin", r) for r in bins),
    ]
    listed += [*(("job", r) for r in jobs), *(("work", r) for r in work)]
    changes = [Change(e=e, id=r.id, v=1, d=msgspec.Raw(msgspec.json.encode(r))) for e, r in listed]
    clock = SystemClock()
    store = Store(data, clock)
    ports = sync_ports(store)
    ports.meta.save_identity(Identity("d" * 32, "MAIN", "c" * 32, 1, "0" * 64, ("127.0.0.1:9",)))
    ports.rows.apply_page(
        PullReply(from_="", to="x", through=1, head=1, more=False, changes=changes, epoch=1, server_time="")
    )
    leases = [Lease(lease_id=f"L{w.id}", item=w.id, job="J0", token=(1, 1), ttl_s=900) for w in work if w.job == "J0"]
    ports.leases.store(leases, clock.mono(), clock.boot_id())
    with store.unit() as u:
        u.people.sign_in(Person("w1", "Petra", "1", frozenset({"picker"})))
    store.close()
    return {r.id: r.codes[0].gtin[1:] for r in items}


def scans(data: Path, codes: dict[str, str]) -> list[float]:
    """Picks most of the long job by key events; milliseconds from the last key to the repainted screen, one for each scan."""
    from app.core.views import PickStep
    from app.demo.seats import WedgeSeat

    app, client = open_client(str(data))
    seat = WedgeSeat(client)

    def until(true) -> None:
        end = time.monotonic() + 20
        while not true():
            app.processEvents()
            time.sleep(0.0005)
            assert time.monotonic() < end, f"stuck at {seat.screen()} {seat.view()}"

    until(lambda: seat.screen() in ("home", "pick"))
    seat.press("next")
    until(lambda: seat.screen() == "pick" and seat.view() is not None)
    lane = 0
    while (view := seat.view()) is not None and view.lines_done < JOB_LINES - 5:
        lane += 1
        text = {
            PickStep.TOTE: "T-0001",
            PickStep.BIN: view.bin,
            PickStep.ITEM: codes[view.item.sku] if view.item else "",
        }[view.step]
        before = seat.answered()
        seat.scan(text)
        until(lambda before=before: seat.answered() > before)
        for _ in range(3):
            app.processEvents()
    figures = client.shell.latencies()
    client.stop()
    return figures


def main() -> list[Figure]:
    """Runs it in a temporary folder."""
    folder = Path(tempfile.mkdtemp(prefix="floorhand-bench-"))
    codes = prepare(folder)
    waits = sorted(scans(folder, codes))
    starts = []
    for _ in range(5):
        began = time.clock_gettime(time.CLOCK_BOOTTIME)
        script = _READY.format(root=str(Path.cwd()), data=str(folder))
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
        _, at, rss = next(line for line in done.stdout.splitlines() if line.startswith("ready")).split()
        starts.append((float(at) - began, int(rss)))
    starts.sort()
    return [
        Figure("scan to repainted screen, median", waits[len(waits) // 2], "ms"),
        Figure("scan to repainted screen, p95", waits[len(waits) * 95 // 100], "ms", 50),
        Figure("scans measured", len(waits), ""),
        Figure("start to scan-ready, median of 5", starts[2][0], "s", 1.5),
        Figure("memory of the client", max(rss for _, rss in starts) / 1e6, "MB", 150),
    ]
