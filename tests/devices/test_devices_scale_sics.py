"""MT-SICS: every recorded frame, the platform's physics, and driver against simulator over memory and garbage."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.codecs.scales.mt_sics import Ack, Fault, Identity, parse
from devices.drivers.scale_sics import SicsScaleDriver
from devices.model import DeviceFault, Reading, Reason, WeightState
from devices.simulated.scale_sim import Platform, ScaleBuild, SicsTalk
from devices.transports.base import LinkError

FAULT_NAMES = {"transmission": Reason.TRANSMISSION, "logical": Reason.LOGICAL, "syntax": Reason.SYNTAX}
ACK_NAMES = {"zero": "zero", "zero-dynamic": "zero-dynamic", "tare": "tare"}


def check(reply, expect):
    if "error" in expect:
        assert reply == Fault(FAULT_NAMES[expect["error"]])
    elif "state" in expect:
        assert isinstance(reply, Reading)
        assert reply.state == expect["state"]
        if "weight" in expect:
            assert (str(reply.value), reply.unit) == (expect["weight"], expect["unit"])
    elif "ack" in expect:
        assert isinstance(reply, Ack)
        assert reply.done
        assert reply.command == ACK_NAMES[expect["ack"]]
    elif "serial" in expect:
        assert reply == Identity(4, expect["serial"])
    else:
        assert isinstance(reply, Identity)
        assert reply.model == expect["model"]


def test_every_recorded_frame(frames):
    rows = [row for row in frames("scale-frames") if row["protocol"].startswith("mt-sics")]
    for row in rows:
        check(parse(bytes.fromhex(row["reply_hex"]).rstrip(b"\r\n"), 0.0), row["expect"])
    assert len(rows) >= 10


@pytest.mark.parametrize(
    ("frame", "value", "unit", "state", "grams"),
    [
        (b"S S     100.00 g", "100.00", "g", WeightState.STABLE, "100.00"),
        (b"S D      12.300 kg", "12.300", "kg", WeightState.UNSTABLE, "12300.000"),
        (b"S S      -0.002 kg", "-0.002", "kg", WeightState.STABLE, "-2.000"),
        (b"S S       0.000 kg", "0.000", "kg", WeightState.ZERO, "0.000"),
        (b"S S     100.0[3] g", "100.03", "g", WeightState.STABLE, "100.03"),
        (b"S S       1.5 lb", "1.5", "lb", WeightState.STABLE, "680.388555"),
    ],
)
def test_weights_are_exact(frame, value, unit, state, grams):
    reading = parse(frame, 7.0)
    assert (str(reading.value), reading.unit, reading.state, reading.at) == (value, unit, state, 7.0)
    assert reading.grams == Decimal(grams)
    assert reading.usable == (state is not WeightState.UNSTABLE)


@pytest.mark.parametrize(
    ("frame", "state"), [(b"Z I", WeightState.BUSY), (b"Z +", WeightState.OVER), (b"T -", WeightState.UNDER)]
)
def test_a_refused_command_is_not_an_acknowledgement(frame, state):
    reply = parse(frame, 0.0)
    assert not reply.done
    assert reply.state is state


@given(st.binary(max_size=40))
def test_garbage_is_never_a_stable_weight_and_never_an_error(frame):
    reply = parse(frame, 0.0)
    if isinstance(reply, Reading) and reply.usable:
        assert frame.strip().startswith(b"S")


@given(st.integers(0, 7), st.data())
def test_a_flipped_bit_never_turns_moving_into_stable_unseen(bit, data):
    """One bit may turn D into another letter, but a reading that is accepted must still be of the grammar."""
    frame = bytearray(b"S D      12.300 kg")
    position = data.draw(st.integers(0, len(frame) - 1))
    frame[position] ^= 1 << bit
    reply = parse(bytes(frame), 0.0)
    assert not (isinstance(reply, Reading) and reply.usable)


def test_the_platform_settles_and_rounds():
    platform = Platform(ScaleBuild(division_g=2))
    platform.load(1001, 10.0)
    assert not platform.stable(10.1)
    assert platform.gross_g(10.1) < 500
    assert platform.stable(14.0)
    assert platform.gross_g(14.0) == 1002
    platform.load(40_000, 20.0)
    assert platform.verdict(30.0) == "+"
    platform.load(-100, 30.0)
    assert platform.verdict(40.0) == "-"


def test_zero_and_tare_and_their_limits():
    platform = Platform(ScaleBuild())
    talk = SicsTalk(platform)
    platform.load(300, 0.0)
    assert talk.receive(b"Z\r\n", 10.0) == b"Z A\r\n"
    assert talk.receive(b"SI\r\n", 10.0) == b"S S      0.000 kg\r\n"
    platform.load(2300, 20.0)
    assert talk.receive(b"T\r\n", 30.0) == b"T S      2.000 kg\r\n"
    assert talk.receive(b"SI\r\n", 30.0) == b"S S      0.000 kg\r\n"
    assert talk.receive(b"TAC\r\nSI\r\n", 31.0) == b"TAC A\r\nS S      2.000 kg\r\n"
    assert talk.receive(b"Z\r\n", 32.0) == b"Z +\r\n"
    assert talk.receive(b"XYZ\r\n", 32.0) == b"ES\r\n"


def test_a_command_that_waits_for_calm_is_answered_when_it_comes_or_refused_in_time():
    platform = Platform(ScaleBuild())
    talk = SicsTalk(platform)
    platform.load(1000, 0.0)
    assert talk.receive(b"S\r\n", 0.1) == b""
    assert talk.receive(b"", 4.0) == b"S S      1.000 kg\r\n"
    platform.load(5000, 10.0)
    assert talk.receive(b"S\r\n", 10.0) == b""
    platform.load(9000, 13.9)
    assert talk.receive(b"", 14.0) == b"S I\r\n"


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
        if self.waiting:
            self.now += 0.01
            data, self.waiting = self.waiting, b""
            return data
        self.now += timeout
        return b""

    def close(self):
        pass

    wake = cancel = close


def test_the_driver_asks_ten_times_a_second_and_passes_readings_on():
    platform = Platform(ScaleBuild())
    desk = Desk(SicsTalk(platform).receive)
    driver = SicsScaleDriver(desk, desk.clock)
    driver.open()
    driver.probe()
    assert driver.identity == Identity(4, "FH-SIM-0001")
    platform.load(750, desk.now)
    events = []
    start = desk.now
    while desk.now < start + 3:
        events += driver.step()
    assert 25 <= len(events) <= 31
    assert events[0].state is WeightState.UNSTABLE
    assert events[-1].grams == 750
    assert events[-1].usable


def test_three_silences_are_a_lost_link_and_one_is_not():
    silent = {3, 5, 6, 7}
    asked = []

    def answer(data, now):
        asked.append(data)
        return b"" if len(asked) in silent else (b'I4 A "1"\r\n' if data == b"@\r\n" else b"S S 1.000 kg\r\n")

    desk = Desk(answer)
    driver = SicsScaleDriver(desk, desk.clock)
    driver.open()
    driver.probe()

    def work():
        while desk.now < 200:
            driver.step()

    with pytest.raises(LinkError) as lost:
        work()
    assert lost.value.reason is Reason.NO_REPLY
    assert len(asked) == 7


def test_a_mute_device_is_no_scale():
    desk = Desk(lambda data, now: b"")
    driver = SicsScaleDriver(desk, desk.clock)
    driver.open()
    with pytest.raises(LinkError) as trouble:
        driver.probe()
    assert trouble.value.reason is Reason.NO_REPLY


def test_a_fault_is_told_and_cleared_by_the_next_weight():
    replies = iter([b'I4 A "1"\r\n', b"ET\r\n", b"S S 1.000 kg\r\n"])
    desk = Desk(lambda data, now: next(replies, b""))
    driver = SicsScaleDriver(desk, desk.clock)
    driver.open()
    driver.probe()
    events = []
    while len(events) < 3:
        events += driver.step()
    assert events[0] == DeviceFault(Reason.TRANSMISSION)
    assert events[1] == DeviceFault(None)
    assert events[2].grams == 1000
