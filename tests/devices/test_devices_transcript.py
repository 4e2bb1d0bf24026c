"""What went over the wire is kept for five minutes, told without secrets, and plays again: the same bytes make the same events."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices import __main__ as command
from devices.discovery.found import plain
from devices.evidence import KEEP_S, LONGEST, MOST_BYTES, Kind, Ring, export
from devices.model import DeviceFault, DeviceInfo, DeviceKey, LinkState, PrinterStatus, PrintJob, Reading, Reason, Role
from devices.simulated.chaos import ChaosPlan
from devices.simulated.scale_sim import ScaleBuild, ScaleSim
from devices.simulated.scanner_sim import ScannerSim
from devices.simulated.transcript import Step, Transcript
from devices.simulated.transcript_privacy import without_secrets
from devices.simulated.transcript_replay import LinkChange, replay, told
from devices.simulated.zpl_sim import ZplSim
from devices.transports.base import LinkError
from devices.transports.memory import memory_pair
from devices.transports.tap import TapTransport


class Clock:
    """Time that a test turns."""

    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


# --- the ring ---

kinds = st.sampled_from(list(Kind))
happenings = st.lists(st.tuples(st.floats(0, 2), kinds, st.binary(max_size=300)), max_size=60)


@given(happenings)
def test_the_ring_gives_back_what_was_put_in(happened):
    clock = Clock()
    ring = Ring(clock)
    put = []
    for wait, kind, data in happened:
        clock.now += wait
        ring.note(kind, data)
        put.append((clock.now, kind, data))
    got = ring.traces()
    since = clock.now - KEEP_S
    assert [(trace.kind, trace.data) for trace in got] == [row[1:] for row in put if row[0] >= since]
    assert all(abs(trace.at - at) < 0.002 for trace, (at, *_) in zip(got, put, strict=True))


def test_the_ring_forgets_what_is_older_than_five_minutes_and_stays_small():
    clock = Clock()
    ring = Ring(clock)
    for second in range(1000):
        clock.now = float(second)
        ring.note(Kind.READ, f"{second:06d}".encode() * 20)
    traces = ring.traces()
    assert traces[0].at >= 999 - KEEP_S
    assert traces[0].at <= 999 - KEEP_S + 1
    assert traces[-1].data == b"000999" * 20


def test_a_scale_asked_ten_times_a_second_fits_whole_and_a_babbling_device_is_bounded():
    clock = Clock()
    ring = Ring(clock)
    for number in range(3000):
        clock.now += 0.1
        ring.note(Kind.WRITTEN, b"SI\r\n")
        ring.note(Kind.READ, f"S D {number / 1000:10.3f} kg\r\n".encode())
    assert len(ring.traces()) >= 5998
    assert ring.size < MOST_BYTES / 4
    import random

    dice = random.Random(1)
    for _ in range(400):
        ring.note(Kind.READ, dice.randbytes(100_000))
    assert ring.size <= MOST_BYTES + 2 * LONGEST + 8192
    assert all(len(trace.data) <= LONGEST and trace.size in (100_000, 4, 17, 19, 20, 18) for trace in ring.traces())


# --- the text ---

steps = st.one_of(
    st.builds(Step, st.integers(0, 5000).map(lambda ms: ms / 1000), st.sampled_from(["opened", "closed"])),
    st.builds(
        lambda ms, kind, data, more: Step(ms / 1000, kind, data, len(data) + more),
        st.integers(0, 5000),
        st.sampled_from(["written", "read"]),
        st.binary(max_size=40),
        st.sampled_from([0, 0, 1000]),
    ),
    st.just(Step(0.5, "failed", b"write lost 17", 13)),
)
transcripts = st.builds(
    Transcript,
    st.sampled_from([role.value for role in Role]),
    st.text(max_size=10),
    st.text(max_size=30),
    st.lists(steps, max_size=12).map(tuple),
)


@given(transcripts)
def test_a_transcript_survives_its_text(transcript):
    text = transcript.text()
    assert Transcript.parse(text) == transcript
    assert all(character.isprintable() or character == "\n" for character in text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "format = 2\nrole='scale'\ndialect=''\nurl=''",
        "format = 1\nrole='scale'\ndialect=''\nurl=1",
        "format = 1\nrole='scale'\ndialect=''\nurl=''\nstep = 3",
        "format = 1\nrole='scale'\ndialect=''\nurl=''\n[[step]]\ndelay = 1",
        "format = 1\nrole='scale'\ndialect=''\nurl=''\n[[step]]\nreply = 1",
        "format = 1\nrole='scale'\ndialect=''\nurl=''\n[[step]]\nreply = 'x'\ndelay = -1",
        "format = 1\nrole='scale'\ndialect=''\nurl=''\n[[step]]\nreply = 'x'\nsize = 0",
        "format = 1\nrole='scale'\ndialect=''\nurl=''\n[[step]]\nreply = '\u20ac'",
        "format = 1\nrole='scale'\ndialect=''\nurl=''\n[[step]]\nfail = 'whatever'",
        "format = 1\nrole='scale'\ndialect=''\nurl=''\n[[step]]\nreply = 'x'\nexpect = 'x'",
        "\x00",
    ],
)
def test_what_is_no_transcript_is_refused(text):
    with pytest.raises(ValueError):
        Transcript.parse(text)


@given(st.text(max_size=300))
def test_any_text_is_a_transcript_or_a_value_error(text):
    try:
        Transcript.parse(text)
    except ValueError:
        pass


# --- without secrets ---


@given(st.lists(st.integers(1, 12), max_size=6))
def test_a_badge_is_blotted_out_however_it_was_cut_in_pieces(cuts):
    stream = b"]C1010950110153000310LOT\r" + b"FHB-4711-SECRET\r" + b"b_99ABCD\r" + b"TUB-1234567\r"
    pieces, place = [], 0
    for cut in [*cuts, len(stream)]:
        pieces.append(stream[place : place + cut])
        place += cut
    reads = tuple(Step(0, "read", piece, len(piece)) for piece in pieces)
    told = without_secrets(Transcript("scanner", "lines", "serial:///dev/x", reads))
    joined = b"".join(step.data for step in told.steps)
    assert joined == b"]C1010950110153000310LOT\rFHB-XXXXXXXXXXX\rb_XXXXXX\rTUB-1234567\r"


def test_a_label_is_told_by_its_length_only():
    label = b"^XA^FO10,10^FDJane Doe, 12 Main Street^FS^XZ"
    written = (Step(0, "written", b"~HQES", 5), Step(0, "written", label, len(label)))
    told = without_secrets(Transcript("label-printer", "zpl", "tcp://10.0.0.7:9100", written))
    assert told.steps[0].data == b"~HQES"
    assert (told.steps[1].data, told.steps[1].size) == (b"", len(label))
    assert "Jane" not in told.text()


def test_a_password_in_an_address_is_not_told():
    assert without_secrets(Transcript("label-printer", "ipp", "ipp://me:secret@h/ipp", ())).url == "ipp://h/ipp"


def test_key_presses_are_not_told():
    told = without_secrets(Transcript("scanner", "evdev", "evdev:///dev/input/event5", (Step(0, "read", b"keys", 4),)))
    assert told.steps[0].data == b""


# --- the tap ---


def test_the_tap_notes_everything_in_order_and_changes_nothing():
    here, there = memory_pair()
    clock = Clock()
    ring = Ring(clock)
    tap = TapTransport(here, ring)
    tap.open()
    tap.write(b"SI\r\n", 1)
    assert there.read(1) == b"SI\r\n"
    there.write(b"S S 1 kg\r\n", 1)
    assert tap.read(1) == b"S S 1 kg\r\n"
    assert tap.read(0) == b""
    there.close()
    with pytest.raises(LinkError):
        tap.read(1)
    with pytest.raises(LinkError):
        tap.write(b"x", 1)
    tap.close()
    tap.close()
    with pytest.raises(LinkError):
        tap.open()
    assert [(trace.kind, trace.data) for trace in ring.traces()] == [
        (Kind.OPENED, b""),
        (Kind.WRITTEN, b"SI\r\n"),
        (Kind.READ, b"S S 1 kg\r\n"),
        (Kind.FAILED, b"read lost 0"),
        (Kind.WRITTEN, b"x"),
        (Kind.FAILED, b"write lost 0"),
        (Kind.CLOSED, b""),
        (Kind.FAILED, b"open absent 0"),
    ]


def test_a_tap_can_be_woken_and_cancelled():
    here, _ = memory_pair()
    tap = TapTransport(here, Ring(Clock()))
    tap.wake()
    assert tap.read(10) == b""
    tap.cancel()
    with pytest.raises(LinkError):
        tap.read(10)


# --- recorded in the field, replayed on the table ---


def played(text, **other):
    events = []
    device = replay(Transcript.parse(text), lambda at, event: events.append((at, event)), **other)
    return events, device


def weights(events):
    """What a scale said, each repetition once."""
    seen = []
    for event in events:
        one = told(event)
        if not seen or seen[-1] != one:
            seen.append(one)
    return seen


def recorded(hub, key):
    """Events as the session had them, and what the ring says of the same time."""
    return hub.evidence(key)


def test_a_scales_fault_is_recorded_and_replayed(hub, plug, tmp_path, listener, expected_log):
    """Bits flip on the line: the scale speaks nonsense, readings are lost. The record makes the driver say the very same again."""
    expected_log.append("Scale: no link")
    heard = []
    sim = ScaleSim(ScaleBuild(settle_s=0.05), tmp_path / "scale")
    plug(sim, ChaosPlan(seed=5, flip_chance=0.01))
    key = hub.add(Role.SCALE, sim.url, "Scale")
    session = hub._devices[key].session
    deliver = session._deliver
    session._deliver = lambda events: (heard.extend(events), deliver(events))
    hub.start()
    listener.wait_ready(key)
    sim.load(432)
    listener.wait(lambda: sum(reading.usable for reading in listener.readings) >= 8, 20)
    hub.stop()
    events, device = played(hub.evidence(key))
    said = [event for _, event in events if not isinstance(event, LinkChange)]
    assert weights(said) == weights(heard)
    assert sum(isinstance(event, Reading) for event in said) == sum(isinstance(event, Reading) for event in heard)
    assert device.unexpected == []


def test_a_mute_scale_is_lost_again_in_the_replay(hub, plug, tmp_path, listener, expected_log):
    expected_log.append("Scale: no link")
    sim = plug(ScaleSim(link=tmp_path / "scale"))
    key = hub.add(Role.SCALE, sim.url, "Scale")
    hub.start()
    listener.wait(lambda: listener.readings)
    sim.line.trouble(ChaosPlan(mute=True))
    listener.wait(lambda: (key, LinkState.LOST, Reason.NO_REPLY) in listener.links)
    hub.stop()
    events, _ = played(hub.evidence(key))
    links = [event for _, event in events if isinstance(event, LinkChange)]
    assert links[:2] == [LinkChange(LinkState.READY), LinkChange(LinkState.LOST, Reason.NO_REPLY)]


def test_a_scanner_unplugged_in_mid_code_is_the_same_in_the_replay(hub, plug, tmp_path, listener, expected_log):
    expected_log.append("Scanner: no link")
    sim = plug(ScannerSim(tmp_path / "scanner"))
    key = hub.add(Role.SCANNER, sim.url, "Scanner")
    hub.start()
    listener.wait_ready(key)
    sim.scan("4006381333931", aim="]E0")
    listener.wait(lambda: listener.scans)
    sim.line.send(b"HALF-A-CO")
    sim.stop()
    listener.wait(lambda: any(state is LinkState.LOST for _, state, _ in listener.links))
    sim.start()
    hub.retry(key)
    listener.wait(lambda: sum(state is LinkState.READY for _, state, _ in listener.links) == 2)
    sim.scan("SECOND")
    listener.wait(lambda: len(listener.scans) == 2)
    hub.stop()
    events, device = played(hub.evidence(key))
    assert [event.text for _, event in events if hasattr(event, "text")] == ["4006381333931", "SECOND"]
    assert LinkChange(LinkState.LOST, Reason.LOST) in [event for _, event in events]
    assert device.unexpected == []


def test_a_printers_fault_is_in_the_record_and_the_label_is_not(hub, plug, tmp_path, listener):
    sim = plug(ZplSim(tmp_path))
    key = hub.add(Role.LABEL_PRINTER, sim.url, "Printer")
    hub.start()
    listener.wait_ready(key)
    hub.print(key, PrintJob("J1", b"^XA^FO10,10^A0N,30,30^FDJane Doe, 12 Main Street^FS^XZ"))
    listener.final("J1")
    sim.fault(Reason.MEDIA_EMPTY, True)
    listener.wait(lambda: (key, LinkState.DEGRADED, Reason.MEDIA_EMPTY) in listener.links)
    sim.fault(Reason.MEDIA_EMPTY, False)
    listener.wait(lambda: listener.links[-1][:2] == (key, LinkState.READY))
    hub.stop()
    text = hub.evidence(key)
    assert "Jane" not in text
    events, _ = played(text)
    faults = [event.reasons for _, event in events if isinstance(event, PrinterStatus)]
    assert (Reason.MEDIA_EMPTY,) in faults
    assert faults[-1] == ()


def test_a_record_that_begins_in_the_middle_plays_from_there():
    lines = tuple(Step(0.1, "read", f"CODE-{n}\r".encode(), 7) for n in range(3))
    events, _ = played(Transcript("scanner", "lines", "serial:///dev/x", lines).text())
    assert [event.text for _, event in events if hasattr(event, "text")] == ["CODE-0", "CODE-1", "CODE-2"]
    assert [round(at, 1) for at, event in events if hasattr(event, "text")] == [0.1, 0.2, 0.3]


def test_a_failed_opening_and_a_question_from_a_person_do_not_stop_a_replay():
    steps = (
        Step(0, "failed", b"open denied 0", 13),
        Step(0.25, "opened"),
        Step(0, "written", b"\x06", 1),  # a beep that a person's scan had caused: nobody asks for it now
        Step(0.5, "read", b"A\r", 2),
        Step(9, "failed", b"read lost 0", 11),
    )
    events, device = played(Transcript("scanner", "lines", "serial:///dev/x", steps).text())
    assert [told(event).split(" symbology")[0] for _, event in events] == [
        "link lost (denied)",
        "link ready",
        "scan data=b'A' text='A'",
        "link lost (lost)",
    ]
    assert device.over


def test_the_driver_of_another_dialect_can_be_tried_on_a_record(tmp_path, capsys):
    steps = (Step(0, "opened"), Step(0.1, "read", b"4006381333931\r", 14))
    path = tmp_path / "record.toml"
    path.write_text(Transcript("scanner", "lines", "serial:///dev/x", steps).text())
    assert command.main(["transcript", "replay", str(path), "--json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert any("4006381333931" in line["event"] for line in lines)
    assert command.main(["transcript", "replay", str(path), "--role", "scale", "--dialect", "mt-sics"]) == 1
    assert "things that are not in the record" in capsys.readouterr().err
    path.write_text("nonsense")
    assert command.main(["transcript", "replay", str(path)]) == 2
    assert command.main(["transcript", "replay", str(tmp_path / "none")]) == 2
    capsys.readouterr()


@given(transcripts)
def test_any_transcript_plays_to_its_end(transcript):
    for role, dialect in ((Role.SCANNER, "lines"), (Role.SCALE, "mt-sics"), (Role.LABEL_PRINTER, "zpl")):
        plain_one = Transcript(role.value, dialect, "serial:///dev/x", transcript.steps)
        replay(plain_one, lambda at, event: told(event))


def test_telling_an_event_leaves_out_when_and_where():
    assert told(DeviceFault(None)) == "fault cleared"
    assert plain(told(DeviceFault(Reason.BUSY))) == "fault busy"


def test_an_export_names_its_device():
    info = DeviceInfo(DeviceKey("k"), Role.SCALE, "Dock scale", "serial:///dev/ttyS0?dialect=nci")
    text = export(Ring(Clock()), info, "nci")
    assert Transcript.parse(text) == Transcript("scale", "nci", "serial:///dev/ttyS0?dialect=nci", ())
