"""MT-SICS in particular: exact weights, refusals, and the platform's physics with the commands that wait for calm."""

from decimal import Decimal

import pytest

from devices.codecs.scales.mt_sics import parse
from devices.codecs.scales.replies import Ack, Fault, Identity
from devices.model import Reading, Reason, WeightState
from devices.simulated.scale_platform import Platform, ScaleBuild
from devices.simulated.scale_sics import SicsTalk


@pytest.mark.parametrize(
    ("frame", "value", "unit", "state", "grams"),
    [
        (b"S S     100.00 g", "100.00", "g", WeightState.STABLE, "100.00"),
        (b"S D      12.300 kg\r", "12.300", "kg", WeightState.UNSTABLE, "12300.000"),
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
    ("frame", "reply"),
    [
        (b"Z I", Ack("zero", done=False, state=WeightState.BUSY)),
        (b"Z +", Ack("zero", done=False, state=WeightState.OVER)),
        (b"T -", Ack("tare", done=False, state=WeightState.UNDER)),
        (b"T S      0.250 kg", Ack("tare", done=True, stage="stable", tare=Decimal("0.250"), unit="kg")),
        (b"ES", Fault(Reason.SYNTAX, "syntax")),
        (b'I4 A "x\x1b[2J"', Identity("serial", "x?[2J")),
    ],
)
def test_answers_to_commands(frame, reply):
    assert parse(frame, 0.0) == reply


@pytest.mark.parametrize("position", range(19))
@pytest.mark.parametrize("bit", range(8))
def test_no_flipped_bit_turns_moving_into_stable(bit, position):
    frame = bytearray(b"S D      12.300 kg\r")
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
