"""The one scale driver: what it asks and when, what it passes on, when it gives up; and every dialect over a real line."""

import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path
from shutil import which

import pytest

from devices.codecs.scales.dialect import COMMON_LINES, Line
from devices.codecs.scales.dialects import DIALECTS
from devices.codecs.scales.sbi import SBI_16
from devices.drivers.scale_dialect import DialectScaleDriver, ScaleSettings
from devices.drivers.scales import SCALES, settings_for, with_line
from devices.model import DeviceFault, LinkState, Reading, Reason, WeightState
from devices.registry import scale_for
from devices.simulated.chaos import ChaosPlan
from devices.simulated.scale_platform import Platform, ScaleBuild
from devices.simulated.scale_sim import ScaleSim, with_parity
from devices.simulated.scale_talks import talk_for
from devices.transports.base import LinkError

UMOCKDEV = Path(__file__).parents[3] / "shared" / "data" / "third-party" / "umockdev-hid"


class Desk:
    """A transport with a scale at its other end and a clock that moves only by reading."""

    def __init__(self, answer):
        self.now = 100.0
        self.answer = answer
        self.waiting = b""
        self.asked = []

    def clock(self):
        return self.now

    def open(self):
        self.waiting = b""

    def write(self, data, timeout):
        self.asked.append(data)
        self.waiting += self.answer(data, self.now)

    def read(self, timeout):
        end = self.now + timeout
        while not self.waiting and self.now < end:
            self.now = min(self.now + 0.01, end)
            self.waiting = self.answer(b"", self.now)
        self.now += 0.001
        data, self.waiting = self.waiting, b""
        return data

    def close(self):
        pass

    wake = cancel = close


def at_work(answer, dialect="mt-sics", **settings):
    """A driver that has been opened and probed, its desk, and what the probe brought."""
    desk = Desk(answer)
    driver = DialectScaleDriver(desk, desk.clock, DIALECTS[dialect], ScaleSettings(**settings))
    driver.open()
    return driver, desk, list(driver.probe())


def work(driver, desk, seconds):
    events, end = [], desk.now + seconds
    while desk.now < end:
        events += driver.step()
    return events


def readings(events):
    return [event for event in events if isinstance(event, Reading)]


def only(replies, otherwise=b""):
    """Answers questions one after the other."""
    left = iter(replies)
    return lambda data, now: next(left, otherwise) if data else b""


def test_an_empty_scale_is_asked_five_times_a_second_oftener_while_the_load_moves_ten_times_at_rest():
    platform = Platform(ScaleBuild())
    driver, desk, _ = at_work(talk_for("mt-sics", platform).receive)
    assert driver.identities == {"serial": "FH-SIM-0001"}
    work(driver, desk, 1.0)
    assert 4 <= len(readings(work(driver, desk, 1.0))) <= 6
    platform.load(750, desk.now)
    moving = readings(work(driver, desk, 1.0))
    assert moving[0].state is WeightState.UNSTABLE
    assert 14 <= len(moving) <= 25
    work(driver, desk, 2.0)
    calm = readings(work(driver, desk, 1.0))
    assert (calm[-1].grams, calm[-1].usable) == (750, True)
    assert 8 <= len(calm) <= 11


def test_a_figure_that_waits_to_be_confirmed_is_asked_for_again_at_once():
    driver, desk, _ = at_work(only([b'I4 A "1"\r\n'], b"S S 1.000 kg\r\n"))
    start = desk.now
    events = readings(work(driver, desk, 0.2))
    assert [event.usable for event in events[:3]] == [False, False, True]
    assert events[2].at - start < 0.15


def test_three_silences_are_a_lost_link_and_one_is_not():
    silent = {3, 5, 6, 7}
    asked = []

    def answer(data, now):
        if not data:
            return b""
        asked.append(data)
        return b"" if len(asked) in silent else (b'I4 A "1"\r\n' if data == b"@\r\n" else b"S S 1.000 kg\r\n")

    driver, desk, _ = at_work(answer)
    with pytest.raises(LinkError) as lost:
        work(driver, desk, 60)
    assert lost.value.reason is Reason.NO_REPLY
    assert len(asked) == 7


@pytest.mark.parametrize("dialect", sorted(DIALECTS))
def test_a_mute_device_is_no_scale_unless_silence_is_normal(dialect):
    if DIALECTS[dialect].silence_is_normal or DIALECTS[dialect].holds:
        driver, desk, _ = at_work(lambda data, now: b"", dialect)
        assert work(driver, desk, 10) == []
        return
    with pytest.raises(LinkError) as trouble:
        at_work(lambda data, now: b"", dialect)
    assert trouble.value.reason is Reason.NO_REPLY


def test_another_dialect_on_the_line_is_named():
    with pytest.raises(LinkError) as trouble:
        at_work(lambda data, now: b"ST,+0001.234 kg\r\n" if data else b"")
    assert trouble.value.reason is Reason.WRONG_DIALECT


def test_a_stream_that_falls_silent_for_two_seconds_is_a_lost_link():
    platform = Platform(ScaleBuild())
    stream = talk_for("toledo-continuous", platform).receive
    end = 103.0
    driver, desk, _ = at_work(lambda data, now: stream(data, now) if now < end else b"", "toledo-continuous")
    with pytest.raises(LinkError) as lost:
        work(driver, desk, 60)
    assert lost.value.reason is Reason.NO_REPLY
    assert end + 1.8 < desk.now < end + 2.5


def test_what_a_stream_said_while_nobody_listened_is_no_weight():
    frame = b"ST,GS,  13.500kg\r\n"
    driver, desk, _ = at_work(lambda data, now: frame, "cas-18")
    assert readings(work(driver, desk, 0.2))[-1].usable
    desk.waiting = frame * 100
    assert readings(driver.step()) == []
    assert [event.usable for event in driver.step()] == [False]


def test_a_fault_is_told_and_cleared_by_the_next_weight():
    driver, desk, _ = at_work(only([b'I4 A "1"\r\n', b"ET\r\n"], b"S S 1.000 kg\r\n"))
    events = work(driver, desk, 1)
    assert events[:2] == [DeviceFault(Reason.TRANSMISSION, "transmission"), DeviceFault(None)]
    assert events[2].grams == 1000


def test_a_scale_that_cannot_weigh_takes_its_weight_back():
    replies = [b"\x0202.000\r"] * 4 + [b"\x02?H\r"]
    driver, desk, _ = at_work(only(replies, b"\x0202.000\r"), "toledo-8217")
    events = work(driver, desk, 0.5)
    broken = events.index(DeviceFault(Reason.NEEDS_ZERO, "outside-zero-range"))
    assert events[broken - 1].usable
    assert events[broken + 1].state is WeightState.ERROR
    assert [event.usable for event in readings(events[broken + 2 :])[:3]] == [False, False, True]


def test_pieces_are_not_a_weight():
    driver, desk, _ = at_work(only([b"ENTRIS6202\r\n"], b"+      253 pcs\r\n"), "sartorius-sbi-16")
    events = work(driver, desk, 0.5)
    assert events[0] == DeviceFault(Reason.NOT_A_WEIGHT, "pcs")
    assert not any(event.usable for event in readings(events))


def test_the_unit_is_the_address_s_where_the_frame_has_none():
    driver, desk, first = at_work(lambda data, now: b"  13.500\r\n", "cas-10", unit="lb")
    assert first[0].unit == "lb"
    driver, desk, first = at_work(only([], b"\x0201.234\r"), "toledo-8217", unit="lb")
    assert (first[0].value, first[0].unit) == (Decimal("1.234"), "lb")
    driver, desk, first = at_work(only([b'I4 A "1"\r\n'], b"S S 1.000 kg\r\n"), unit="lb")
    assert {event.unit for event in readings(work(driver, desk, 0.5))} == {"kg"}


def test_a_report_on_change_stands_but_one_that_streams_is_watched():
    report, end = b"\x03\x04\x02\x00\xee\x02", 102.0
    once = iter([report])
    driver, desk, _ = at_work(lambda data, now: next(once, b""), "usb-hid-scale")
    stands = readings(work(driver, desk, 10))
    assert stands[-1].usable
    assert (stands[-1].grams, desk.now - stands[-1].at < 0.5) == (750, True)
    driver, desk, _ = at_work(lambda data, now: report if now < end else b"", "usb-hid-scale")
    with pytest.raises(LinkError):
        work(driver, desk, 60)


def test_a_checkout_scale_that_gives_each_weight_once_is_believed_when_it_says_unmoved():
    record = b"\x0202\x1b3\x1b00750\x1b001000\x1b000750\x03"
    table = {b"\x04\x05": iter([record] + [b"\x15"] * 99), b"\x04\x0208\x03": iter([b"\x0209\x1b21\x03"] * 99)}
    driver, desk, _ = at_work(lambda data, now: next(table.get(data, iter([b"\x06" if data else b""]))), "dialog06")
    events = readings(work(driver, desk, 1))
    assert events[-1].usable
    assert {event.grams for event in events} == {750}


@pytest.mark.parametrize("dialect", sorted(name for name, entry in DIALECTS.items() if entry.commands.zero))
def test_zero_and_tare_reach_the_scale(dialect):
    platform = Platform(ScaleBuild())
    driver, desk, _ = at_work(talk_for(dialect, platform).receive, dialect)
    platform.load(300, desk.now)
    work(driver, desk, 4)
    driver.zero()
    work(driver, desk, 1)
    assert platform.gross_g(desk.now) == 0
    platform.load(2300, desk.now)
    work(driver, desk, 4)
    driver.tare()
    events = readings(work(driver, desk, 1))
    if DIALECTS[dialect].commands.tare:
        assert platform.tare_g == 2000
        # Adam stays silent at zero; the others show it.
        assert dialect == "adam" or (events[-1].usable and events[-1].grams == 0)


@pytest.mark.parametrize("dialect", sorted(name for name, entry in DIALECTS.items() if not entry.commands.zero))
def test_a_scale_without_the_command_is_left_in_peace(dialect):
    driver, desk, _ = at_work(talk_for(dialect, Platform(ScaleBuild())).receive, dialect)
    asked = len(desk.asked)
    assert driver.zero() == ()
    assert len(desk.asked) == asked


# --- over real lines ---

LINES = [(dialect, way) for dialect in sorted(DIALECTS) for way in ("pty", "tcp")]


def go_on(driver):
    """Until the link is lost, ten seconds at the most."""
    end = time.monotonic() + 10
    while time.monotonic() < end:
        driver.step()


@pytest.mark.parametrize(("dialect", "way"), LINES)
def test_every_dialect_over_a_real_line(plug, dialect, way):
    """Also with the parity of a 7 bit line showing in bit 7, as a terminal server or an 8N1 port shows it."""
    sim = ScaleSim(ScaleBuild(settle_s=0.02), tcp_port=0 if way == "tcp" else None, dialect=dialect, parity=True)
    sim.load(1234)
    plug(sim)
    driver = scale_for(sim.url, time.monotonic)
    driver.open()
    try:
        events, end = list(driver.probe()), time.monotonic() + 10
        while time.monotonic() < end and not (events and getattr(events[-1], "usable", False) and events[-1].grams):
            events += driver.step()
        assert (events[-1].grams, events[-1].usable) == (1234, True)
        assert {event.grams for event in readings(events) if event.usable} <= {0, 1234}
        sim.line.trouble(ChaosPlan(cut_after_sent=4))  # in mid-frame
        with pytest.raises(LinkError):
            go_on(driver)
    finally:
        driver.close()
    plug(sim)
    driver = scale_for(sim.url, time.monotonic)
    driver.open()
    try:
        driver.probe()
    finally:
        driver.close()


def test_a_hub_loses_and_finds_a_scale_of_another_dialect(hub, plug, tmp_path, listener, expected_log):
    expected_log.append("Scale: no link")
    sim = ScaleSim(ScaleBuild(settle_s=0.02), tmp_path / "scale", dialect="nci")
    plug(sim)
    key = hub.add_scale(sim.url, "Scale")
    hub.start()
    listener.wait_ready(key)
    sim.load(750)
    listener.wait(lambda: any(one.usable and one.grams == 750 for one in listener.readings))
    links = len(listener.links)
    sim.stop()
    listener.wait(lambda: any(link[:2] == (key, LinkState.LOST) for link in listener.links[links:]))
    plug(sim)
    listener.wait_ready(key, after=links)


def test_a_wrong_line_setting_never_makes_a_weight():
    """The parity of a 7 bit line opened as 8N1 is taken off; without it the frames would be garbage."""
    assert with_parity(b"\x0201.234\r", "E") != b"\x0201.234\r"
    cutter = DIALECTS["toledo-8217"].cutter()
    (frame,) = cutter.feed(with_parity(b"\x0201.234\r", "E"), 0.0)
    assert str(DIALECTS["toledo-8217"].parse(frame, 0.0).value) == "1.234"


def test_addresses_bring_the_dialect_s_usual_line_unless_they_name_one():
    assert (
        with_line("serial:///dev/ttyS0?dialect=x", SBI_16) == "serial:///dev/ttyS0?dialect=x&baud=1200&bits=7&parity=O"
    )
    assert with_line("serial:///dev/ttyS0?baud=9600", SBI_16) == "serial:///dev/ttyS0?baud=9600"
    assert with_line("tcp://10.0.0.7:4001", SBI_16) == "tcp://10.0.0.7:4001"
    assert len(set(COMMON_LINES)) == 6
    assert str(Line()) == "9600 8N1"


@pytest.mark.parametrize(
    "query", ["unit=stone", "division=x", "division=NaN", "division=-1", "poll=0", "poll=nan", "poll=x"]
)
def test_addresses_that_make_no_sense_are_refused(query):
    with pytest.raises(ValueError):
        settings_for(f"serial:///dev/ttyS0?{query}")


def test_an_address_may_name_unit_division_and_pace():
    wanted = ScaleSettings("lb", Decimal("0.5"), 5.0)
    assert settings_for("serial:///dev/ttyS0?unit=lb&division=0.5&poll=5") == wanted


def test_every_dialect_has_a_driver():
    assert set(SCALES) == set(DIALECTS)
    with pytest.raises(ValueError, match="dialect must be one of"):
        scale_for("serial:///dev/ttyS0?dialect=abacus", time.monotonic)


HID_READER = """
import time
from devices.registry import scale_for
driver = scale_for("hid:///dev/hidraw5?dialect=usb-hid-scale", time.monotonic)
driver.open()
events = list(driver.probe())
end = time.monotonic() + 5
while time.monotonic() < end and len(events) < 12:
    events += driver.step()
driver.close()
for event in events:
    print(getattr(event, "state", "-"), getattr(event, "value", "-"), getattr(event, "unit", "-"), getattr(event, "usable", "-"))
"""


def test_a_usb_scale_through_the_kernels_own_way(tmp_path):
    if which("umockdev-run") is None or not UMOCKDEV.is_dir():
        pytest.skip("umockdev-run or the recorded HID scale is not here")
    command = [
        "umockdev-run",
        "-d",
        UMOCKDEV / "hidscale.umockdev",
        "-i",
        f"/dev/hidraw5={UMOCKDEV / 'hidscale.ioctl'}",
    ]
    command += ["-s", f"/dev/hidraw5={UMOCKDEV / 'hidscale.script'}", "--", sys.executable, "-c", HID_READER]
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=60)
    lines = done.stdout.splitlines()
    assert "unstable 645.2 oz False" in lines, done.stdout + done.stderr
    assert "over 0 lb False" in lines
    assert not any(
        line.startswith("stable") and not line.startswith(("stable 645.2 oz", "stable 512")) for line in lines
    )
