"""Every driver that can be simulated lives through the same in one hub: set up, unplugged in the middle of a frame, plugged in again.

The quality files (`devices/quality`) name these tests as their evidence, each with its driver.
"""

import logging
import threading
from collections import defaultdict

import pytest

from devices.codecs import ssi
from devices.codecs.scales.dialects import DIALECTS
from devices.hub import DeviceHub, HubSinks
from devices.model import DeviceKey, LinkState, PrinterStatus, Reading, Reason, Role, Scan
from devices.simulated.chaos import ChaosPlan
from devices.simulated.hid_pos_sim import HidPosSim
from devices.simulated.printer_base import PrinterSim
from devices.simulated.printer_sims import MACHINES
from devices.simulated.scale_sim import ScaleBuild, ScaleSim
from devices.simulated.scanner_sim import ScannerSim
from devices.simulated.ssi_sim import SsiSim
from devices.simulated.transcript import Transcript
from devices.simulated.transcript_replay import LinkChange, replay
from devices.simulated.zpl_sim import ZplSim
from devices.stations import Bindings, Station
from devices.transports.urls import wrapping

DRIVERS = [
    *(f"scanner-{name}" for name in ("lines", "ssi", "hid-pos")),
    *(f"scale-{name}" for name in DIALECTS),
    *(f"label-printer-{name}" for name in ("zpl", *MACHINES)),
]


class HidPlug:
    """The transport of a HID scanner that is plugged in anew each time it is opened."""

    def __init__(self):
        self.sim = HidPosSim()
        self.url = "hid://0c2e:0b61/LIFE?dialect=hid-pos"
        self._now = self.sim.transport
        self._plugged = True
        self.line = self

    def start(self):
        self._plugged = True

    def stop(self):
        self._plugged = False
        self.sim.unplug()

    def scan(self, text):
        self.sim.scan(text)

    def open(self):
        if self._plugged and self._now._inward.closed:
            self.sim = HidPosSim()
            self._now = self.sim.transport
        self._now.open()

    def __getattr__(self, name):
        return getattr(self._now, name)


class Life:
    """One device of the scenario and what was heard of it."""

    def __init__(self, name, folder):
        self.name = name
        self.role = Role.LABEL_PRINTER if name.startswith("label-printer") else Role(name.partition("-")[0])
        self.dialect = name.removeprefix(f"{self.role.value}-")
        self.key = DeviceKey(f"usb:life:{name}")
        self.sim = self._make(folder / name)
        self.links, self.events, self.said = [], [], []

    def _make(self, place):
        if self.role is Role.SCALE:
            sim = ScaleSim(ScaleBuild(settle_s=0.01), place, dialect=self.dialect)
            sim.load(432)
            return sim
        if self.role is Role.LABEL_PRINTER:
            # A Brother printer tells of itself on a serial line or USB only.
            link = place if self.dialect == "brother" else None
            return ZplSim(place) if self.dialect == "zpl" else PrinterSim(MACHINES[self.dialect](), link=link)
        return {"lines": ScannerSim, "ssi": SsiSim, "hid-pos": lambda link: HidPlug()}[self.dialect](place)

    @property
    def url(self):
        plain = self.sim.url
        return plain if "dialect=" in plain else f"{plain}?dialect={self.dialect}"

    def pull_in_mid_frame(self):
        """The first half of something, then nothing more."""
        if self.dialect == "lines":
            self.sim.line.send(b"HALF-OF-A-CO")
            self.sim.stop()
        elif self.dialect == "ssi":
            self.sim.line.send(ssi.encode(ssi.Op.DECODE_DATA, b"\x03HALF", source=0)[:5])
            self.sim.stop()
        elif self.dialect == "hid-pos":
            self.sim.sim.send(bytes([2, 56]) + b"]C0" + b"H" * 58 + b"\x01")  # "more follows"
            self.sim.stop()
        else:
            self.sim.line.trouble(ChaosPlan(cut_after_sent=3))

    def works(self):
        """True once it has said something right since it is back."""
        if self.role is Role.SCANNER:
            return any(isinstance(event, Scan) and event.text == "AFTER" for event in self.events)
        kind = Reading if self.role is Role.SCALE else PrinterStatus
        return any(isinstance(event, kind) for event in self.said)


class Log(logging.Handler):
    """What sessions said, by the name of the device."""

    def __init__(self):
        super().__init__(logging.INFO)
        self.said = defaultdict(list)

    def emit(self, record):
        name, _, words = record.getMessage().partition(": ")
        self.said[name].append(words)


@pytest.fixture(scope="module")
def lives(tmp_path_factory):
    """The whole scenario, once for all drivers at the same time."""
    changed = threading.Condition()
    devices = {name: Life(name, tmp_path_factory.mktemp(name)) for name in DRIVERS}
    by_key = {life.key: life for life in devices.values()}
    log = Log()
    logger = logging.getLogger("devices.session")
    logger.addHandler(log)
    level = logger.level
    logger.setLevel(logging.INFO)

    def heard(key, event):
        with changed:
            by_key[key].events.append(event)
            by_key[key].said.append(event)
            changed.notify_all()

    def link(key, state, reason):
        with changed:
            by_key[key].links.append((state, reason))
            changed.notify_all()

    def wait(condition):
        with changed:
            done = changed.wait_for(lambda: all(map(condition, devices.values())), 30)
            assert done, [
                (life.name, life.links[-3:], life.said[-1:]) for life in devices.values() if not condition(life)
            ]

    class Journal:
        def record(self, job, state, detail):
            pass

    hub = DeviceHub(HubSinks(lambda scan: heard(scan.device, scan), heard, heard, link, lambda job: None), Journal())
    station = Station(hub, Bindings(), lambda bindings: None)
    hub.start()
    for life in devices.values():
        life.sim.start()
        if life.dialect == "hid-pos":
            with wrapping(lambda transport, plug=life.sim: plug):
                station.assign(life.role, life.url, life.name, life.key)
        else:
            station.assign(life.role, life.url, life.name, life.key)
    wait(lambda life: any(state is LinkState.READY for state, _ in life.links))
    wait(lambda life: life.role is Role.SCANNER or life.said)
    for life in devices.values():
        life.pull_in_mid_frame()
    wait(lambda life: any(state is LinkState.LOST for state, _ in life.links))
    for life in devices.values():
        life.lost_at = len(life.links)
        life.said = []
        life.sim.line.unplug() if hasattr(life.sim.line, "unplug") else None
        life.sim.start()
        hub.retry(life.key)
    wait(lambda life: any(state is LinkState.READY for state, _ in life.links[life.lost_at - 1 :]))
    for life in devices.values():
        if life.role is Role.SCANNER:
            life.sim.scan("AFTER")
        elif life.role is Role.LABEL_PRINTER:
            # A printer is heard of when its state changes.
            life.sim.fault(Reason.MEDIA_EMPTY, True)
    wait(Life.works)
    for life in devices.values():
        life.evidence = hub.evidence(life.key)
    stopped = hub.stop()
    for life in devices.values():
        life.sim.stop()
        life.log = log.said[life.name]
    logger.removeHandler(log)
    logger.setLevel(level)
    assert stopped
    return devices


@pytest.mark.parametrize("driver", DRIVERS)
def test_it_is_set_up_with_role_and_address(driver, lives):
    states = [state for state, _ in lives[driver].links]
    assert LinkState.READY in states
    assert LinkState.MISCONFIGURED not in states


@pytest.mark.parametrize("driver", DRIVERS)
def test_unplugged_in_mid_frame_it_comes_back_and_says_nothing_wrong(driver, lives):
    life = lives[driver]
    assert life.works()
    scans = [event.text for event in life.events if isinstance(event, Scan)]
    assert scans == (["AFTER"] if life.role is Role.SCANNER else [])
    weights = {event.grams for event in life.events if isinstance(event, Reading) and event.usable and event.value}
    assert len(weights) <= 1, "half a frame became another weight"
    assert all(abs(grams - 432) < 10 for grams in weights)


@pytest.mark.parametrize("driver", DRIVERS)
def test_its_loss_and_return_are_logged_once_each(driver, lives):
    lost = [words for words in lives[driver].log if words.startswith("no link")]
    back = [words for words in lives[driver].log if words == "link is back"]
    assert (len(lost), len(back)) == (1, 1), lives[driver].log


@pytest.mark.parametrize("driver", DRIVERS)
def test_its_traffic_is_told_and_plays_again(driver, lives):
    life = lives[driver]
    transcript = Transcript.parse(life.evidence)
    assert (transcript.role, transcript.dialect) == (life.role.value, life.dialect)
    events = []
    replay(transcript, lambda at, event: events.append(event))
    assert any(isinstance(event, LinkChange) and event.state is LinkState.LOST for event in events)
    if life.role is Role.SCANNER:
        assert [event.text for event in events if isinstance(event, Scan)] == ["AFTER"]
    elif life.role is Role.SCALE:
        assert any(isinstance(event, Reading) for event in events)
    else:
        assert any(isinstance(event, PrinterStatus) and event.ready is False for event in events)
