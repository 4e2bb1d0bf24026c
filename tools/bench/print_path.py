"""From the click to the first byte, from the label's end to the report that it is out, from a fault to its word and from its end to the
all-clear: one station, the journal on disk, a printer on real TCP that takes 120 ms a label."""

import tempfile
import threading
import time
from pathlib import Path
from statistics import median, quantiles

from app.store.store import Store
from app.store.sync_ports import PrintJournal
from devices.hub import DeviceHub, HubSinks
from devices.model import JobReport, JobState, PrinterStatus, PrintJob, Reason, Role
from devices.simulated.zpl_machine import PrinterBuild
from devices.simulated.zpl_sim import ZplSim
from tools.bench import Figure

ROUNDS = 100
FAULTS = 15
PRINT_S = 0.12
PAYLOAD = b"^XA^LL1200^FO9,9^BCN,99,N,N,N,N^FD>;>800095012345678901237^FS^XZ"


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


class _Listening(ZplSim):
    """The printer, noting when bytes come in: the first at all, and the first of a label."""

    first: float | None = None
    label: float | None = None

    def _receive(self, data: bytes, now: float) -> bytes:
        if data and self.first is None:
            self.first = time.monotonic()
        if self.label is None and b"^XA" in data:
            self.label = time.monotonic()
        return super()._receive(data, now)


def main() -> list[Figure]:
    """The figures."""
    told: dict[str, float] = {}
    changed = threading.Condition()

    def heard(report: JobReport) -> None:
        with changed:
            if report.state.final:
                assert report.state is JobState.PRINTED, report
                told[report.job_id] = time.monotonic()
                changed.notify_all()

    states: list[tuple[float, bool | None]] = []

    def looked(_: object, status: PrinterStatus) -> None:
        with changed:
            states.append((time.monotonic(), status.ready))
            changed.notify_all()

    def until(ready: bool) -> float:
        """Milliseconds until the printer is said to be so."""
        begun = time.monotonic()
        with changed:
            assert changed.wait_for(lambda: bool(states) and states[-1][1] is ready, 10)
        return (states[-1][0] - begun) * 1000

    clicks: list[float] = []
    labels: list[float] = []
    words: list[float] = []
    faults: list[float] = []
    clears: list[float] = []
    with tempfile.TemporaryDirectory() as place:
        store = Store(Path(place) / "data", _Clock())
        printer = _Listening(Path(place) / "labels", PrinterBuild(print_s=PRINT_S))
        printer.start()
        hub = DeviceHub(HubSinks(lambda *_: None, lambda *_: None, looked, lambda *_: None, heard), PrintJournal(store))
        hub.add_printer(printer.url, "Printer")
        hub.start()
        until(True)
        for n in range(ROUNDS):
            # Idle, at any moment between two looks.
            time.sleep((n % 17) * 0.007)
            printer.first = printer.label = None
            begun = time.monotonic()
            hub.print(Role.LABEL_PRINTER, PrintJob(f"bench-{n}", PAYLOAD, identity=str(n)))
            with changed:
                assert changed.wait_for(lambda name=f"bench-{n}": name in told, 10)  # type: ignore[misc]
            assert printer.first is not None
            assert printer.label is not None
            clicks.append((printer.first - begun) * 1000)
            labels.append((printer.label - begun) * 1000)
            words.append((told[f"bench-{n}"] - printer.labels[-1].at) * 1000)
        for n in range(FAULTS):
            time.sleep(n * 0.05)
            printer.fault(Reason.MEDIA_EMPTY, True)
            faults.append(until(False))
            time.sleep(n * 0.03)
            printer.fault(Reason.MEDIA_EMPTY, False)
            clears.append(until(True))
        hub.stop()
        printer.stop()
        store.close()
    return [
        Figure("click to the first byte, p50", median(clicks), "ms"),
        Figure("click to the first byte, p95", quantiles(clicks, n=20)[18], "ms", 30),
        Figure(
            "click to the first byte of the label, the printer asked before, p95",
            quantiles(labels, n=20)[18],
            "ms",
            150,
        ),
        Figure("label out to the report of it, p95", quantiles(words, n=20)[18], "ms", 120),
        Figure("out of labels to its word, idle, longest", max(faults), "ms", 1000),
        Figure("reloaded to the all-clear, longest", max(clears), "ms", 1000),
    ]
