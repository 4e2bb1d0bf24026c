"""Devices are lost and found: over real terminals and sockets, in the middle of frames, and by a stop that waits for nobody."""

import os
import random
import socket
import threading
import time
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from devices.hub import DeviceHub
from devices.model import DeviceInfo, DeviceKey, Feedback, LinkState, Reason, Role, WeightState
from devices.session import TRANSITIONS, Backoff, DeviceSession
from devices.simulated.chaos import ChaosPlan
from devices.simulated.scale_sim import ScaleBuild, ScaleSim
from devices.simulated.scanner_sim import ScannerSim
from devices.simulated.zpl_sim import ZplSim
from devices.transports.base import LinkError


@pytest.fixture
def scanner(plug, tmp_path):
    return plug(ScannerSim(tmp_path / "scanner"))


def test_scans_arrive_whole_in_order_with_symbology(hub, scanner, listener):
    key = hub.add_scanner(scanner.url, "Scanner")
    hub.start()
    listener.wait_ready(key)
    sent = [f"010950110153000310LOT{n}\x1d21{n:05d}" for n in range(50)]
    for code in sent:
        scanner.scan(code, aim="]d2")
    listener.wait(lambda: len(listener.scans) == len(sent))
    assert [scan.text for scan in listener.scans] == sent
    assert {scan.symbology for scan in listener.scans} == {"]d2"}
    assert {scan.device for scan in listener.scans} == {key}
    assert listener.scans[0].data == sent[0].encode("latin-1")


def test_one_byte_at_a_time_makes_the_same_scans(hub, scanner, listener):
    scanner.line.trouble(ChaosPlan(single_bytes=True))
    key = hub.add_scanner(scanner.url, "Scanner")
    hub.start()
    listener.wait_ready(key)
    for n in range(20):
        scanner.scan(f"95011015300{n:02d}")
    listener.wait(lambda: len(listener.scans) == 20)
    assert [scan.text for scan in listener.scans] == [f"95011015300{n:02d}" for n in range(20)]


@pytest.mark.parametrize(("kind", "answer"), [(Feedback.ACCEPT, b"\x06"), (Feedback.REJECT, b"\x07")])
def test_the_scanner_hears_whether_its_scan_was_taken(hub, scanner, listener, kind, answer):
    key = hub.add_scanner(scanner.url, "Scanner")
    hub.start()
    listener.wait_ready(key)
    hub.feedback(key, kind)
    assert scanner.wait_heard(1, 2.0) == answer


def test_unplugged_in_the_middle_of_a_scan_and_plugged_in_again(hub, scanner, listener, expected_log):
    expected_log.append("Scanner: no link")
    key = hub.add_scanner(scanner.url, "Scanner")
    hub.start()
    listener.wait_ready(key)
    scanner.scan("BEFORE")
    listener.wait(lambda: listener.scans)
    for round_ in range(3):
        scanner.line.send(b"HALF-A-SC")
        links = len(listener.links)
        scanner.stop()
        listener.wait(lambda after=links: any(link[1] is LinkState.LOST for link in listener.links[after:]))
        hub.feedback(key, Feedback.ACCEPT)
        scanner.start()
        listener.wait_ready(key, after=links)
        scanner.scan(f"AFTER-{round_}")
        listener.wait(lambda count=round_: len(listener.scans) == count + 2)
    assert [scan.text for scan in listener.scans] == ["BEFORE", "AFTER-0", "AFTER-1", "AFTER-2"]
    assert scanner.heard == b"", "a beep for a scan from before must not sound after the link is back"


def test_twenty_lost_links_leave_no_thread_and_no_open_file_behind(hub, scanner, listener, expected_log):
    expected_log.append("Scanner: no link")
    key = hub.add_scanner(scanner.url, "Scanner")
    hub.start()
    listener.wait_ready(key)
    before = (threading.active_count(), len(os.listdir("/proc/self/fd")))
    for n in range(20):
        links = len(listener.links)
        # Pulled and put back at once: the new port is there before the old one is missed.
        scanner.start()
        listener.wait(lambda after=links: any(link[1] is LinkState.LOST for link in listener.links[after:]))
        hub.retry(key)
        listener.wait_ready(key, after=links)
        scanner.scan(f"ROUND-{n}")
    listener.wait(lambda: len(listener.scans) == 20)
    assert (threading.active_count(), len(os.listdir("/proc/self/fd"))) == before


def test_loss_and_return_are_logged_once_each(hub, tmp_path, listener, caplog, expected_log):
    expected_log.append("Scanner: no link")
    caplog.set_level("INFO", logger="devices")
    sim = ScannerSim(tmp_path / "port")
    key = hub.add_scanner(f"serial://{tmp_path / 'port'}", "Scanner")
    hub.start()
    # Three tries in vain: absent, absent, absent.
    listener.wait(lambda: sum(link == (key, LinkState.ABSENT, Reason.ABSENT) for link in listener.links) >= 3)
    sim.start()
    listener.wait_ready(key)

    def said() -> list[str]:
        return [record.getMessage() for record in caplog.records if record.name == "devices.session"]

    # Written after the link is told: who heard of the link may be here before the line is.
    listener.wait(lambda: "Scanner: link is back" in said())
    sim.stop()
    assert len([line for line in said() if "no link" in line]) <= 2
    assert said()[0].startswith("Scanner: no link (absent")
    assert said().count("Scanner: link is back") == 1


def test_a_port_somebody_else_uses_is_misconfigured_and_can_be_retried(hub, scanner, listener, journal, expected_log):
    expected_log.append("no link (busy")
    other = DeviceHub(listener.sinks(), journal)
    theirs = other.add_scanner(scanner.url, "Other")
    other.start()
    listener.wait_ready(theirs)
    links = len(listener.links)
    key = hub.add_scanner(scanner.url, "Scanner")
    hub.start()
    listener.wait(lambda: (key, LinkState.MISCONFIGURED, Reason.BUSY) in listener.links[links:])
    assert other.stop()
    links = len(listener.links)
    hub.retry(key)
    listener.wait_ready(key, after=links)


def test_the_scale_tells_moving_and_stable_weights_and_is_zeroed(hub, plug, tmp_path, listener):
    sim = plug(ScaleSim(ScaleBuild(settle_s=0.05), tmp_path / "scale"))
    key = hub.add_scale(sim.url, "Scale")
    hub.start()
    listener.wait_ready(key)
    listener.wait(lambda: listener.readings and listener.readings[-1].state is WeightState.ZERO)
    sim.load(432)
    listener.wait(lambda: listener.readings[-1].usable and listener.readings[-1].grams == 432)
    assert hub.latest_reading().grams == 432
    hub.zero_scale()
    listener.wait(lambda: listener.readings[-1].state is WeightState.ZERO)


def test_a_weight_older_than_a_second_is_none(listener, journal):
    now = [100.0]
    hub = DeviceHub(listener.sinks(), journal, clock=lambda: now[0])
    key = hub.add_scale("serial:///dev/null", "Scale")
    assert hub.latest_reading() is None
    from devices.codecs.scales.mt_sics import parse

    hub._event(key, parse(b"S S 1.000 kg", 100.0))
    now[0] = 101.0
    assert hub.latest_reading().grams == 1000
    now[0] = 101.01
    assert hub.latest_reading() is None


def test_a_scale_gone_mute_is_lost_and_found_again(hub, plug, tmp_path, listener, expected_log):
    expected_log.append("Scale: no link (no-reply")
    sim = plug(ScaleSim(link=tmp_path / "scale"))
    key = hub.add_scale(sim.url, "Scale")
    hub.start()
    listener.wait_ready(key)
    links = len(listener.links)
    sim.line.trouble(ChaosPlan(mute=True))
    listener.wait(lambda: (key, LinkState.LOST, Reason.NO_REPLY) in listener.links[links:])
    sim.line.trouble(ChaosPlan())
    listener.wait_ready(key, after=links)


def test_flipped_bits_are_survived(hub, plug, tmp_path, listener, expected_log):
    """MT-SICS has no checksum, so a wrong digit can pass the codec; but nothing stops the readings, and nothing wrong becomes usable."""
    expected_log.append("Scale: no link")
    sim = ScaleSim(link=tmp_path / "scale")
    sim.load(1000)
    plug(sim, ChaosPlan(seed=3, flip_chance=0.02, single_bytes=True))
    key = hub.add_scale(sim.url, "Scale")
    hub.start()
    listener.wait_ready(key)
    listener.wait(lambda: sum(reading.usable and reading.grams == 1000 for reading in listener.readings) >= 10)
    assert {reading.grams for reading in listener.readings if reading.usable} == {1000}


def test_a_printers_fault_shows_as_words_and_clears_by_itself(hub, plug, tmp_path, listener):
    sim = plug(ZplSim(tmp_path))
    key = hub.add_printer(sim.url, "Printer")
    hub.start()
    listener.wait_ready(key)
    sim.fault(Reason.MEDIA_EMPTY, True)
    listener.wait(lambda: (key, LinkState.DEGRADED, Reason.MEDIA_EMPTY) in listener.links)
    links = len(listener.links)
    sim.fault(Reason.MEDIA_EMPTY, False)
    listener.wait_ready(key, after=links)


def test_stop_ends_every_wait_with_every_device_mute(plug, tmp_path, listener, journal, monkeypatch):
    """What the threads wait for would take them a minute: that they end shows that the stop ended the wait. How fast is for the bench."""
    monkeypatch.setattr("devices.transports.tcp.CONNECT_TIMEOUT_S", 60.0)
    monkeypatch.setattr("devices.drivers.printers.REPLY_NETWORK_S", 60.0)
    scanner, scale, printer = ScannerSim(tmp_path / "a"), ScaleSim(link=tmp_path / "b"), ZplSim(tmp_path / "c")
    for sim in (scanner, scale, printer):
        plug(sim, ChaosPlan(mute=True))
    # A listener whose backlog is full: connecting hangs.
    wall = socket.create_server(("127.0.0.1", 0), backlog=0)
    fillers = [socket.socket() for _ in range(3)]
    for filler in fillers:
        filler.setblocking(False)
        filler.connect_ex(wall.getsockname())
    hub = DeviceHub(listener.sinks(), journal)
    hub.add_scanner(scanner.url, "Scanner")
    hub.add_scale(scale.url, "Scale")
    hub.add_printer(printer.url, "Mute printer")
    hub.add_printer(f"tcp://127.0.0.1:{wall.getsockname()[1]}", "Printer behind a wall")
    hub.start()
    listener.wait(lambda: sum(state is LinkState.PROBING for _, state, _ in listener.links) >= 3)
    hub.stop()
    assert all(device.session.join(20) for device in hub._devices.values())
    for filler in (*fillers, wall):
        filler.close()


@given(st.integers(0, 1000), st.sampled_from([5.0, 15.0]))
def test_backoff_doubles_to_its_cap_and_is_forgiven_after_ten_good_seconds(seed, cap):
    backoff = Backoff(cap, random.Random(seed))
    delays = [backoff.next_delay() for _ in range(12)]
    for n, delay in enumerate(delays):
        ideal = min(0.25 * 2**n, cap)
        assert 0.8 * ideal <= delay <= 1.2 * ideal
    backoff.held(9.9)
    assert backoff.next_delay() >= 0.8 * cap
    backoff.held(10.0)
    assert backoff.next_delay() <= 0.3


class Script:
    """A driver that does what a list says: an exception is raised, anything else returned."""

    def __init__(self, calls):
        self.calls = iter(calls)
        self.closed = self.finished = 0
        self.over = threading.Event()

    def _next(self):
        call = next(self.calls, None)
        if call is None:
            self.over.set()
            threading.Event().wait(0.01)
            return ()
        if isinstance(call, Exception):
            raise call
        return call

    open = probe = step = _next

    def close(self):
        self.closed += 1

    def finish(self):
        self.finished += 1

    def wake(self):
        pass

    cancel = wake

    def while_down(self, reason):
        pass


call = st.sampled_from(
    [(), (), (), *(LinkError(reason) for reason in (Reason.LOST, Reason.ABSENT, Reason.NO_REPLY, Reason.REFUSED))]
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(call, max_size=12))
def test_every_way_of_a_link_is_in_the_table(expected_log, calls):
    expected_log.append("Script: no link")
    links = [LinkState.ABSENT]
    driver = Script(calls)
    info = DeviceInfo(DeviceKey("ser:x"), Role.SCANNER, "Script", "serial:///x")

    class Quick(Backoff):
        def next_delay(self):
            return 0.0

    session = DeviceSession(
        info,
        driver,
        lambda event: None,
        lambda state, reason: links.append(state),
        time.monotonic,
        Quick(5, random.Random(0)),
    )
    session.start()
    assert driver.over.wait(5)
    session.stop()
    assert session.join(2)
    assert all(after in TRANSITIONS[before] for before, after in pairwise(links))
    assert links[-1] is LinkState.DISABLED
    assert driver.finished == 1
    assert driver.closed >= 1


def test_a_bug_that_repeats_itself_is_logged_once(caplog, expected_log):
    expected_log.append("Script: driver failed")
    driver = Script([RuntimeError("ours")] * 5)
    info = DeviceInfo(DeviceKey("ser:x"), Role.SCANNER, "Script", "serial:///x")

    class Quick(Backoff):
        def next_delay(self):
            return 0.0

    session = DeviceSession(
        info, driver, lambda event: None, lambda state, reason: None, time.monotonic, Quick(5, random.Random(0))
    )
    session.start()
    assert driver.over.wait(5)
    session.stop()
    assert session.join(5)
    assert sum("driver failed" in record.getMessage() for record in caplog.records) == 1


def test_a_bug_in_a_driver_or_a_receiver_does_not_kill_the_device(hub, scanner, listener, expected_log):
    expected_log.append("the receiver of Scan failed")
    key = hub.add_scanner(scanner.url, "Scanner")
    failing = [True]
    note = listener.scans.append

    def fails_once(scan):
        note(scan)
        if failing:
            failing.clear()
            raise RuntimeError("somebody else's bug")

    hub._sinks = type(hub._sinks)(
        fails_once, *(getattr(hub._sinks, name) for name in ("reading", "status", "link", "job"))
    )
    hub.start()
    listener.wait_ready(key)
    scanner.scan("ONE")
    scanner.scan("TWO")
    listener.wait(lambda: True)
    deadline = time.monotonic() + 5
    while len(listener.scans) < 2 and time.monotonic() < deadline:
        threading.Event().wait(0.01)
    assert [scan.text for scan in listener.scans] == ["ONE", "TWO"]


@pytest.mark.parametrize("url", ["http://x", "serial:", "tcp://host", "tcp://127.0.0.1:9100?dialect=epl"])
def test_an_address_that_makes_no_sense_is_refused_at_once(hub, url):
    with pytest.raises(ValueError):
        hub.add_printer(url, "Printer")


def test_two_devices_on_one_port_are_refused(hub):
    hub.add_scanner("serial:///dev/ttyS0", "A")
    with pytest.raises(ValueError, match="is there already"):
        hub.add_scale("serial:///dev/ttyS0?baud=2400", "B")
