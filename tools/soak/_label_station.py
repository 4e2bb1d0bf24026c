"""The station of the label soak: two virtual printers, a print queue with its journal on disk that may die, and all that goes wrong.

Used by `label_chaos`.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from pathlib import Path

from app.store.store import Store
from app.store.sync_ports import PrintJournal as JournalOnDisk
from devices.hub import DeviceHub, HubSinks
from devices.model import DeviceKey, JobReport, JobState, LinkState, PrintJob, Reason, Verdict
from devices.printing import PrintPolicy
from devices.simulated.chaos import ChaosPlan
from devices.simulated.zpl_machine import PrinterBuild
from devices.simulated.zpl_sim import ZplSim

POLICY = PrintPolicy(hold_s=0.6, failover_s=0.15, listen_s=0.03, base_s=0.4, per_label_s=0.1, grace_s=0.08)
FAULTS = (Reason.MEDIA_EMPTY, Reason.COVER_OPEN, Reason.MARKER_SUPPLY_EMPTY, Reason.PAUSED, Reason.MEDIA_JAM)
LONGEST_S = 30.0
COMES_BY_S = 2.0
WIRE = 330
"""Bytes of questions and of a job: a cut anywhere in them."""
ANSWERS = 420


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
        return "soak"


class MortalJournal:
    """A journal that our program writes until it dies: after `life` more records nothing reaches the disk, and nothing more is sent."""

    def __init__(self, disk: JournalOnDisk) -> None:
        self._disk = disk
        self.life: int | None = None

    def record(self, job: PrintJob, state: JobState, detail: str) -> None:
        """As the port says, while we live."""
        if self.life is not None:
            self.life -= 1
            if self.life < 0:
                # Dead before SENDING was written: no byte left either.
                if state is JobState.SENDING:
                    raise OSError("dead")
                return
        self._disk.record(job, state, detail)

    def decided(self, job_id: str, verdict: Verdict, who: str) -> None:
        """As the port says, while we live."""
        if self.life is None or self.life > 0:
            self._disk.decided(job_id, verdict, who)

    def __getattr__(self, name: str) -> object:
        return getattr(self._disk, name)


class Station:
    """Two printers, the queue, the journal on disk; it may die and come to life again."""

    def __init__(self, folder: Path, print_s: float) -> None:
        self.store = Store(folder / "data", _Clock())
        self.disk = JournalOnDisk(self.store)
        self.printers = [ZplSim(folder / name, PrinterBuild(print_s=print_s)) for name in ("first", "spare")]
        for printer in self.printers:
            printer.start()
        self.changed = threading.Condition()
        self.reports: dict[str, JobReport] = {}
        self.keys: list[DeviceKey] = []
        self.live()

    def live(self) -> None:
        """The program starts: it reads in the journal what was left open."""
        self.journal = MortalJournal(self.disk)
        sinks = HubSinks(
            scan=lambda scan: None,
            reading=lambda key, reading: None,
            status=lambda key, status: None,
            link=lambda key, state, reason: None,
            job=self._heard,
        )
        self.hub = DeviceHub(sinks, self.journal, policy=POLICY)  # type: ignore[arg-type]
        self.keys = [self.hub.add_printer(printer.url, printer.url) for printer in self.printers]
        self.hub.prints.recover()
        self.hub.start()

    def die(self) -> None:
        """The program ends as by a power cut: what its journal has by now is all there is."""
        self.journal.life = 0
        self.hub.stop()
        with self.changed:
            self.reports.clear()

    def final(self, job_id: str) -> JobReport | None:
        """The job's last word; links are tried again meanwhile, as hot plug and impatient people do. None if none comes."""
        begun = time.monotonic()
        while (waited := time.monotonic() - begun) < LONGEST_S:
            with self.changed:
                if self.changed.wait_for(lambda: self._is_final(job_id), 0.05):
                    return self.reports[job_id]
            kept = self.disk.find(job_id)
            if kept is not None and job_id not in self.reports and JobState(kept.state).final:
                # Settled before we died: nothing more is reported of it.
                return JobReport(job_id, JobState(kept.state), verdict=Verdict(kept.verdict) if kept.verdict else None)
            if waited > COMES_BY_S:
                # Somebody comes by and sees the red lamp.
                self.repair()
            for key in self.keys:
                self.hub.retry(key)
        return None

    def repair(self) -> None:
        """Whatever is wrong with the printers is put right."""
        for printer in self.printers:
            printer.line.trouble(ChaosPlan())
            printer.repair()

    def ready(self) -> None:
        """Wait until both printers have a link and nothing to complain of."""
        limit = time.monotonic() + LONGEST_S
        while any(state is not LinkState.READY for _, state, _ in self.hub.devices()) and time.monotonic() < limit:
            for key in self.keys:
                self.hub.retry(key)
            time.sleep(0.005)

    def all_well(self) -> None:
        """The person clears everything and waits until no printer has anything left to do."""
        self.repair()
        self.at_rest()

    def at_rest(self) -> None:
        """Nobody says "it did not come out" while a printer is still moving: wait until each is done or stands with an error."""
        limit = time.monotonic() + LONGEST_S
        while any(printer.moving for printer in self.printers) and time.monotonic() < limit:
            time.sleep(0.003)

    def out(self, job_id: str) -> int:
        """Labels of this job that lie in the trays."""
        return sum(label.job == job_id for printer in self.printers for label in list(printer.labels))

    def close(self) -> bool:
        """Everything off; False if a device thread would not end."""
        ended = self.hub.stop()
        for printer in self.printers:
            printer.stop()
        self.store.close()
        return ended

    def _heard(self, report: JobReport) -> None:
        with self.changed:
            self.reports[report.job_id] = report
            self.changed.notify_all()

    def _is_final(self, job_id: str) -> bool:
        return job_id in self.reports and self.reports[job_id].state.final


# --- what goes wrong: each returns what is to be done after the label was asked for ---

After = Callable[[], None]


def _nothing(station: Station, n: int, dice: random.Random) -> After:
    return lambda: None


def _our_cut(station: Station, n: int, dice: random.Random) -> After:
    station.printers[0].line.trouble(ChaosPlan(cut_after_received=1 + n % WIRE))
    return lambda: None


def _their_cut(station: Station, n: int, dice: random.Random) -> After:
    station.printers[0].line.trouble(ChaosPlan(cut_after_sent=1 + n % ANSWERS))
    return lambda: None


def _slow_cut(station: Station, n: int, dice: random.Random) -> After:
    plan = ChaosPlan(n, cut_after_received=1 + n % WIRE, single_bytes=True, delay_s=dice.random() * 0.01)
    station.printers[0].line.trouble(plan)
    return lambda: None


def _slow(station: Station, n: int, dice: random.Random) -> After:
    station.printers[0].line.trouble(ChaosPlan(n, single_bytes=dice.random() < 0.5, delay_s=dice.random() * 0.03))
    return lambda: None


def _error(station: Station, n: int, dice: random.Random) -> After:
    """An error when the label is half out; somebody comes after a moment, or only after the link is lost too."""
    station.printers[0].next_label_fails(FAULTS[n % len(FAULTS)])
    lost, wait = dice.random() < 0.5, dice.random() * 0.15

    def after() -> None:
        time.sleep(wait)
        if lost:
            station.printers[0].line.drop()
        else:
            station.printers[0].repair()

    return after


def _error_before(station: Station, n: int, dice: random.Random) -> After:
    station.printers[0].fault(FAULTS[n % len(FAULTS)], True)
    repaired, wait = dice.random() < 0.7, dice.random() * 0.4

    def after() -> None:
        time.sleep(wait)
        if repaired:
            station.printers[0].repair()

    return after


def _roll_end(station: Station, n: int, dice: random.Random) -> After:
    station.printers[0].load(0)
    wait = dice.random() * 0.3

    def after() -> None:
        time.sleep(wait)
        station.printers[0].load(None)

    return after


def _power(station: Station, n: int, dice: random.Random) -> After:
    wait = dice.random() * 0.03

    def after() -> None:
        time.sleep(wait)
        station.printers[0].power_cycle()

    return after


def _cable(station: Station, n: int, dice: random.Random) -> After:
    wait, away = dice.random() * 0.03, dice.random() * 0.3

    def after() -> None:
        time.sleep(wait)
        station.printers[0].stop()
        time.sleep(away)
        station.printers[0].start()

    return after


def _mute(station: Station, n: int, dice: random.Random) -> After:
    wait, silent = dice.random() * 0.02, dice.random() * 0.5

    def after() -> None:
        time.sleep(wait)
        station.printers[0].line.trouble(ChaosPlan(mute=True))
        time.sleep(silent)
        station.printers[0].line.trouble(ChaosPlan())

    return after


def _death(station: Station, n: int, dice: random.Random) -> After:
    """Our program dies after so many more words in its journal, or a moment later."""
    station.journal.life = n % 6
    wait = dice.random() * 0.02

    def after() -> None:
        time.sleep(wait)
        station.die()
        station.live()

    return after


TROUBLES: dict[str, tuple[Callable[[Station, int, random.Random], After], int]] = {
    "our link cut at a byte": (_our_cut, 34),
    "their answers cut at a byte": (_their_cut, 26),
    "slow, and cut at a byte": (_slow_cut, 5),
    "slow": (_slow, 4),
    "error at the label": (_error, 8),
    "error before the label": (_error_before, 4),
    "end of the roll": (_roll_end, 4),
    "power off and on": (_power, 5),
    "cable pulled": (_cable, 3),
    "mute for a while": (_mute, 1),
    "our own death": (_death, 4),
    "nothing": (_nothing, 2),
}
"""What goes wrong, and how often in a hundred runs."""
