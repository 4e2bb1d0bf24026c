"""What the tests of the device room share: recorded frames, somebody who listens to a hub, a journal that remembers."""

import json
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from devices.hub import DeviceHub, HubSinks
from devices.model import LinkState, PrintJob

DATA = Path(__file__).parent.parent / "data"


class Listener:
    """Collects everything a hub says; `wait` until something was said."""

    def __init__(self):
        self.changed = threading.Condition()
        self.scans, self.readings, self.statuses, self.links, self.jobs = [], [], [], [], []

    def sinks(self):
        return HubSinks(
            scan=lambda scan: self._note(self.scans, scan),
            reading=lambda key, reading: self._note(self.readings, reading),
            status=lambda key, status: self._note(self.statuses, status),
            link=lambda key, state, reason: self._note(self.links, (key, state, reason)),
            job=lambda report: self._note(self.jobs, report),
        )

    def _note(self, where, what):
        with self.changed:
            where.append(what)
            self.changed.notify_all()

    def wait(self, condition, timeout=60.0):
        with self.changed:
            assert self.changed.wait_for(condition, timeout), (
                f"not in {timeout} s: {self.links} {self.jobs} {self.statuses}"
            )

    def wait_ready(self, key, after=0):
        """Until the device is READY in one of the link changes from number `after` on."""
        self.wait(lambda: any(link[:2] == (key, LinkState.READY) for link in self.links[after:]))

    def final(self, job_id):
        """The report with which the job ended."""
        self.wait(lambda: any(report.job_id == job_id and report.state.final for report in self.jobs))
        return next(report for report in self.jobs if report.job_id == job_id and report.state.final)


@dataclass
class Kept:
    """A print job as the journal remembers it."""

    job: PrintJob
    state: str
    verdict: str = ""

    def __getattr__(self, name):
        return getattr(self.job, name)


class Journal:
    """Remembers what was recorded; `on_record` may look at the world, or raise."""

    def __init__(self):
        self.rows, self.decisions, self.kept = [], [], {}
        self.on_record = lambda job, state, detail: None

    def record(self, job, state, detail):
        self.on_record(job, state, detail)
        self.rows.append((job.job_id, state, detail))
        self.kept[job.job_id] = Kept(job, str(state))

    def decided(self, job_id, verdict, who):
        self.decisions.append((job_id, verdict, who))
        self.kept[job_id].verdict = str(verdict)

    def find(self, job_id):
        return self.kept.get(job_id)

    def latest_of(self, identity):
        bearers = [kept.job_id for kept in self.kept.values() if kept.identity == identity and kept.state != "failed"]
        return bearers[-1] if bearers else None

    def unsettled(self):
        return [kept for kept in self.kept.values() if kept.state not in ("printed", "failed") and not kept.verdict]

    def states(self, job_id):
        return [state for found, state, _ in self.rows if found == job_id]


@pytest.fixture
def frames():
    """Loader of a folder of recorded frames under tests/data."""
    return lambda folder: [
        json.loads(line) for line in (DATA / folder / "frames.jsonl").read_text("utf-8").splitlines()
    ]


@pytest.fixture
def data_folder():
    return DATA


@pytest.fixture
def listener():
    return Listener()


@pytest.fixture
def journal():
    return Journal()


@pytest.fixture
def until():
    """Poll a condition that has no event of its own."""

    def wait(condition, timeout=60.0):
        end = time.monotonic() + timeout
        while not condition():
            assert time.monotonic() < end, "did not come true"
            threading.Event().wait(0.005)

    return wait


@pytest.fixture
def plug():
    """Starts simulators; they are unplugged when the test and its hub are over."""
    running = []

    def start(sim, *plan):
        sim.start(*plan)
        running.append(sim)
        return sim

    yield start
    for sim in running:
        sim.stop()


@pytest.fixture
def hub(plug, listener, journal):
    """A hub that must be able to stop."""
    hub = DeviceHub(listener.sinks(), journal)
    yield hub
    assert hub.stop(), "a device thread did not end within a second"
