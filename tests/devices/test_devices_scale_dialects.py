"""Every scale dialect's codec: the recorded frames, the states and refusals that are not among them, and what no parser may ever do."""

import subprocess
import sys
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.codecs.scales.cutting import LIMIT
from devices.codecs.scales.dialects import DIALECTS
from devices.codecs.scales.replies import Ack, Fault, Identity, Ignored, Status
from devices.conformance.report import BadRow
from devices.conformance.scales import check
from devices.model import Reading, Reason, WeightState
from devices.simulated import scale_frames
from devices.simulated.scale_platform import Shown
from devices.simulated.scale_talks import ROWS

STABLE, MOVING, ZERO = WeightState.STABLE, WeightState.UNSTABLE, WeightState.ZERO
OVER, UNDER, BUSY = WeightState.OVER, WeightState.UNDER, WeightState.BUSY


def hear(dialect, data):
    """All replies in `data`, by the driver's own framer."""
    cutter = DIALECTS[dialect].cutter()
    frames = [*cutter.feed(data, 0.0), *cutter.feed(b"", 10.0)]
    return [DIALECTS[dialect].parse(frame, 0.0) for frame in frames]


def test_every_recorded_frame(frames):
    rows = frames("scale-frames")
    assert [(row["protocol"], row["reply"], words) for row in rows if (words := check(row))] == []
    assert len(rows) >= 80


def test_the_command_judges_them_too(data_folder):
    done = subprocess.run(
        [sys.executable, "-m", "devices", "conformance", str(data_folder / "scale-frames")],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"expect": {"weight": "1.235", "unit": "kg", "state": "stable"}}, "weight should be '1.235'"),
        ({"expect": {"state": "unstable"}}, "state should be 'unstable'"),
        ({"expect": {"weight": "1.234", "unit": "g"}}, "unit should be 'g'"),
        ({"expect": {"net": True}}, "net should be 'True'"),
        ({"expect": {"colour": "green"}}, "nobody here can judge 'colour'"),
        ({"expect": {"state": "splendid"}}, "state should be 'splendid'"),
        ({"protocol": "abacus"}, "not spoken here"),
        ({"reply_hex": "02"}, "nothing understood"),
        ({"ok": False}, "ok should be False"),
    ],
)
def test_a_row_that_differs_is_told(changed, words):
    row = {"protocol": "toledo-8217", "reply_hex": b"\x0201.234\r".hex(), "expect": {"state": "stable"}}
    assert check(row) == []
    assert words in "; ".join(check(row | changed))


@pytest.mark.parametrize(
    "changed", [{"expect": None}, {"reply_hex": "0"}, {"reply_hex": 7}, {"reply_hex": "0" * 30_000}]
)
def test_a_row_that_makes_no_sense_is_refused(changed):
    with pytest.raises(BadRow):
        check({"protocol": "nci", "reply_hex": "", "expect": {}} | changed)


@pytest.mark.parametrize(
    ("dialect", "data", "value", "unit", "state"),
    [
        ("toledo-8217", b"\x02?Q\r", "0", "", MOVING),
        ("toledo-8213", b"\x02?a\r", "0", "", MOVING),
        ("toledo-8213", b"\x02?b\r", "0", "", OVER),
        ("toledo-continuous", b"\x02\x2c\x32\x20000100000000\r", "-1.00", "kg", STABLE),
        ("toledo-continuous", b"\x02\x2c\x36\x20000100000000\r", "0", "", UNDER),
        ("toledo-continuous", b"\x02\x28\x30\x20001200000000\r", "1200", "kg", STABLE),
        ("nci", b"\n01.234KG\r\nS00\r\x03", "1.234", "kg", STABLE),
        ("nci", b"\n-0.500LB\r\n10\r\x03", "-0.500", "lb", MOVING),
        ("nci", b"\n______kg\r\nS01\r\x03", "0", "kg", UNDER),
        ("sma", b"\n 1G       5.025lb \r", "5.025", "lb", STABLE),
        ("aandd", b"US,+0001.234 kg\r\n", "1.234", "kg", MOVING),
        ("aandd", b"OL,-9999999E+19\r\n", "0", "", UNDER),
        ("cas-22", b"ST,GS,1\xc4,000013.5 kg\r\n", "13.5", "kg", STABLE),
        ("cas-22", b"ST,GS,1\x84,000013.5 kg\r\n", "13.5", "kg", MOVING),
        ("cas-18", b"ST,NT,-0013.50kg\r\n", "-13.50", "kg", STABLE),
        ("cas-18", b"OL,GS,        kg\r\n", "0", "kg", OVER),
        ("cas-ecr", b"\x01\x02SFFFFFFFkg\x19\x03\x04", "0", "kg", OVER),
        ("cas-ecr", b"\x15", "0", "", BUSY),
        ("sartorius-sbi-16", b"      High    \r\n", "0", "", OVER),
        ("sartorius-sbi-16", b"-     0.05 kg \r\n", "-0.05", "kg", STABLE),
        ("ohaus", b"   12.345 kg   ?G  \r\n", "12.345", "kg", MOVING),
        ("ohaus", b"  12.34 g\r\n", "12.34", "g", STABLE),
        ("ohaus", b"Err 8.3\r\n", "0", "", OVER),
        ("radwag", b"S     -    0.500 kg \r\n", "-0.500", "kg", STABLE),
        ("radwag", b"SI  ^     99.999 kg \r\n", "0", "kg", OVER),
        ("usb-hid-scale", b"\x03\x02\x02\x00\x00\x00", "0", "g", ZERO),
        ("usb-hid-scale", b"\x03\x03\x03\xfd\xd2\x04\x00\x00", "1.234", "kg", MOVING),
    ],
)
def test_weights_and_states_of_the_tables(dialect, data, value, unit, state):
    (reply,) = hear(dialect, data)
    assert (str(reply.value), reply.unit, reply.state) == (value, unit, state)


@pytest.mark.parametrize(
    ("dialect", "data", "reply"),
    [
        ("toledo-8217", b"\x02?p\r", Status(ZERO, net=True, details=(("status-byte", "112"),))),
        ("toledo-8217", b"\x02?F\r", Ignored("contradiction")),
        ("toledo-8217", b"\x02F\r", Ack("echo", done=True, stage="off")),
        ("toledo-continuous", b"\x02,0 001234000000\r\x2c", Ignored("checksum")),
        ("nci", b"\n?\r\x03", Fault(Reason.SYNTAX, "unknown-command")),
        ("nci", b"\nS08\r\x03", Fault(Reason.NEEDS_CALIBRATION, "needs-calibration")),
        ("sma", b"\n?\r", Fault(Reason.SYNTAX, "unknown-command")),
        ("sma", b"\n!\r", Fault(Reason.TRANSMISSION, "transmission")),
        ("sma", b"\n 1T       0.500kg \r", Status(STABLE, tare=Decimal("0.500"), unit="kg")),
        ("sma", b"\nZ1G       1.500kg \r", Ignored("contradiction")),
        ("sma", b"\n E  \r", Fault(Reason.OTHER, "eeprom-error")),
        ("cas-ecr", b"\x01\x02S 01.234kgd\x03\x04", Ignored("checksum")),
        ("sartorius-sbi-22", b"Stat     ERR 054    \r\n", Fault(Reason.OTHER, "ERR 054")),
        ("sartorius-sbi-22", b"BCE6202-1S\r\n", Identity("model", "BCE6202-1S")),
        ("dibal-98", b"9900031600000005\r\n", Ignored("checksum")),
        ("dibal-98", b"9910000000000001\r\n", Fault(Reason.OTHER, "status 1")),
        ("dialog06", b"\x0209\x1b20\x03", Status(MOVING, word="20")),
        ("dialog06", b"\x0209\x1b21\x03", Status(BUSY, unmoved=True, word="21")),
        ("dialog06", b"\x0202\x1b3\x1b01234\x1b001000\x1b001235\x03", Ignored("checksum")),
        ("radwag", b"Z A\r\n", Ack("zero", done=True, stage="accepted")),
        ("radwag", b"S E\r\n", Ack("weight", done=False, stage="timeout", state=BUSY)),
        ("usb-hid-scale", b"\x03\x07\x02\x00\x00\x00", Fault(Reason.NEEDS_CALIBRATION, "needs-calibration", "g")),
        ("adam", b"\n??\r", None),
    ],
)
def test_answers_that_are_no_weight(dialect, data, reply):
    assert hear(dialect, data) == [reply]


@pytest.mark.parametrize(("dialect", "row"), sorted(ROWS.items()))
def test_what_the_simulator_shows_the_codec_reads(dialect, row):
    """Two halves written apart from the same manual: figure, sign, state and net must agree wherever the dialect tells them."""
    show = row.stream or next(
        iter(ask for ask in reversed(row.asks.values()) if ask(Shown(0, 0, False, "")) != b"\x06"), None
    )
    show = {"toledo-8217": scale_frames.toledo_8217, "toledo-8213": scale_frames.toledo_8213, "nci": scale_frames.nci,
            "sma": scale_frames.sma, "sartorius-sbi-16": scale_frames.sbi_16, "sartorius-sbi-22": scale_frames.sbi_22,
            "dialog06": scale_frames.dialog_06, "cas-ecr": scale_frames.ecr}.get(dialect, show)  # fmt: skip
    for grams in (1, 750, 9_999, 12_345):
        (reading,) = hear(dialect, show(Shown(grams, 0, False, "")))
        unit = reading.unit or DIALECTS[dialect].unit
        assert reading.value * {"kg": 1000, "g": 1}[unit] == grams
        assert reading.state in (STABLE, WeightState.UNKNOWN)
    for shown, states in (
        (Shown(500, 0, True, ""), {MOVING, BUSY, WeightState.UNKNOWN}),
        (Shown(31_000, 0, False, "+"), {OVER, BUSY}),
    ):
        for reply in hear(dialect, show(shown)):
            assert reply is None or isinstance(reply, Fault) or reply.state in states


EVERY = sorted(DIALECTS)


@pytest.mark.parametrize("dialect", EVERY)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_no_exception_escapes_and_chunks_make_no_difference(dialect, data):
    row = ROWS.get(dialect)
    samples = [b"S S     100.00 g\r\n", b"Z I\r\n"]
    if row is not None:
        shows = [*row.asks.values(), *([row.stream] if row.stream else [])]
        samples = [
            show(Shown(g, t, m, v)) for show in shows for g, t, m, v in ((750, 0, False, ""), (-5, 100, True, "-"))
        ]
    pieces = data.draw(st.lists(st.one_of(st.binary(max_size=80), st.sampled_from(samples)), max_size=6))
    stream = b"".join(pieces)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=6)))
    whole, chopped = DIALECTS[dialect].cutter(), DIALECTS[dialect].cutter()
    frames = whole.feed(stream, 0.0)
    parts = [
        part for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True) for part in chopped.feed(stream[a:b], 0.0)
    ]
    assert parts == frames
    assert whole.counters == chopped.counters
    for frame in frames:
        assert len(frame) <= LIMIT
        reply = DIALECTS[dialect].parse(frame, 1.0)
        if isinstance(reply, Reading):
            assert reply.value.is_finite()


@pytest.mark.parametrize("dialect", EVERY)
@given(frame=st.binary(max_size=70))
@settings(max_examples=60, deadline=None)
def test_garbage_never_breaks_a_parser(dialect, frame):
    DIALECTS[dialect].parse(frame, 0.0)


@pytest.mark.parametrize("dialect", EVERY)
def test_a_flood_without_end_takes_no_memory_and_the_way_back_is_found(dialect):
    cutter = DIALECTS[dialect].cutter()
    cutter.feed(b"\x02" + b"ST,7" * 5_000, 0.0)
    assert cutter.counters.dropped_bytes > 10_000
    good = b"S S     100.00 g\r\n" if dialect == "mt-sics" else None
    if good is None:
        row = ROWS[dialect]
        good = (row.stream or list(row.asks.values())[-1])(Shown(750, 0, False, ""))
    frames = [*cutter.feed(b"\r\n\x03" + good * 3, 0.0), *cutter.feed(b"", 10.0)]
    assert any(DIALECTS[dialect].parse(frame, 0.0) is not None for frame in frames)
