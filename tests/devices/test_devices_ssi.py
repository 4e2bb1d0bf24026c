"""Zebra SSI: packets byte for byte, every scan acknowledged and counted once, whatever happens to a packet on the way."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.codecs import ssi
from devices.codecs.ssi import Damaged, Nak, Op, Packet
from devices.drivers import scanner_ssi
from devices.drivers.scanner_ssi import SsiScannerDriver
from devices.framing import SsiFramer
from devices.model import DeviceKey, Feedback, Reason, Scan
from devices.simulated.chaos import ChaosPlan
from devices.simulated.ssi_sim import SsiSim
from devices.transports.base import LinkError
from devices.transports.memory import memory_pair

KEY = DeviceKey("ser:test")


class Bench:
    """A driver with its own clock, and the decoder's end of the line in our hands."""

    def __init__(self):
        self.now = 100.0
        here, self.there = memory_pair()
        self.driver = SsiScannerDriver(here, KEY, lambda: self.now)
        self.driver.open()

    def says(self, raw):
        self.there.write(raw, 1.0)
        return [event for event in self.driver.step() if isinstance(event, Scan)]

    def scans(self, text, status=0, kind=0x03):
        return self.says(ssi.encode(Op.DECODE_DATA, bytes([kind]) + text, ssi.DECODER, status))

    def heard(self):
        framer = SsiFramer()
        packets = []
        while data := self.there.read(0.0):
            packets += framer.feed(data, 0.0)
        return packets

    def ops(self):
        return [packet.op for packet in self.heard()]


@pytest.fixture
def bench():
    return Bench()


packets = st.builds(
    Packet,
    st.sampled_from([int(op) for op in Op]),
    st.sampled_from([0, 4]),
    st.integers(0, 255),
    st.binary(max_size=251),
)


@given(packets)
def test_a_packet_survives_the_line(packet):
    raw = ssi.encode(packet.op, packet.data, packet.source, packet.status)
    assert ssi.decode(raw) == packet
    assert len(raw) == raw[0] + 2


@given(packets, st.integers(0, 300), st.integers(0, 7))
def test_a_turned_bit_is_never_taken_for_a_packet(packet, at, bit):
    raw = bytearray(ssi.encode(packet.op, packet.data, packet.source, packet.status))
    raw[at % len(raw)] ^= 1 << bit
    assert not isinstance(ssi.decode(bytes(raw)), Packet)


@given(st.binary(max_size=700), st.lists(st.integers(1, 700), max_size=30))
def test_any_bytes_in_any_pieces_make_the_same_packets(data, cuts):
    whole = SsiFramer()
    in_one = whole.feed(data, 0.0)
    pieces = SsiFramer()
    edges = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    found = [p for start, end in itertools.pairwise(edges) for p in pieces.feed(data[start:end], 0.0)]
    assert found == in_one
    assert pieces.counters == whole.counters
    pieces.expire(1.0)
    assert pieces.feed(ssi.encode(Op.CMD_ACK), 1.0)[-1:] == [Packet(Op.CMD_ACK, ssi.HOST, 0, b"")]


@given(st.lists(packets | st.binary(min_size=1, max_size=3), max_size=6), st.integers(1, 40))
def test_packets_are_found_behind_garbage_once_it_is_quiet(items, size):
    framer, now, found, sent = SsiFramer(), 0.0, [], []
    for item in items:
        now += 1.0
        if isinstance(item, bytes):
            framer.feed(item, now)
            continue
        sent.append(item)
        raw = ssi.encode(item.op, item.data, item.source, item.status)
        for start in range(0, len(raw), size):
            found += framer.feed(raw[start : start + size], now)
    assert found == sent


def test_a_garbled_length_does_not_keep_the_line_busy():
    framer = SsiFramer()
    assert framer.feed(b"\xff\xf3\x00\x00", 0.0) == []
    assert framer.feed(ssi.encode(Op.CMD_ACK), 0.31) == [Packet(Op.CMD_ACK, ssi.HOST, 0, b"")]
    assert framer.counters.incomplete == 1


def test_more_than_a_packet_holds_is_refused():
    with pytest.raises(ValueError, match="at most 251"):
        ssi.encode(Op.DECODE_DATA, b"x" * 252)


@pytest.mark.parametrize(
    ("kind", "sent", "symbology", "text"),
    [
        (0x0B, b"9501101530003", "]E0", "9501101530003"),
        (0x08, b"036000291452", "]E0", "0036000291452"),
        (0x09, b"01234565", "]E0", "0012345000065"),
        (0x0A, b"96385074", "]E4", "96385074"),
        (0x03, b"A-1", "]C0", "A-1"),
        (0x0F, b"0109501101530003\x1d10A", "]C1", "0109501101530003\x1d10A"),
        (0x31, b"0109501101530003", "]e0", "0109501101530003"),
        (0x24, b"0109501101530003", "]e0", "0109501101530003"),
        (0x4B, b"950110153000312", "]E3", "950110153000312"),
        (0x8B, b"950110153000312345", "]E3", "950110153000312345"),
        (0x1B, b"abc", None, "abc"),
        (0x1B, b"]d20109501101530003", "]d2", "0109501101530003"),
        (0x08, b"]E0036000291452", "]E0", "036000291452"),
        (0x7E, b"whatever", None, "whatever"),
    ],
)
def test_the_type_byte_says_what_the_scanner_does_not(bench, kind, sent, symbology, text):
    (scan,) = bench.scans(sent, kind=kind)
    assert (scan.symbology, scan.text, scan.source, scan.at) == (symbology, text, "ssi", 100.0)
    assert bench.ops() == [Op.CMD_ACK]


def test_a_damaged_packet_is_asked_for_again_and_counted_once(bench):
    good = ssi.encode(Op.DECODE_DATA, b"\x03A-1", ssi.DECODER)
    assert bench.says(good[:-1] + b"\x00") == []
    (refusal,) = bench.heard()
    assert (refusal.op, refusal.cause) == (Op.CMD_NAK, Nak.RESEND)
    assert [scan.text for scan in bench.scans(b"A-1", ssi.RETRANSMIT)] == ["A-1"]


def test_our_acknowledgement_was_not_heard(bench):
    assert len(bench.scans(b"A-1")) == 1
    bench.now += 2
    assert bench.scans(b"A-1", ssi.RETRANSMIT) == []
    bench.now += 2
    assert bench.scans(b"A-1", ssi.RETRANSMIT) == []
    assert bench.ops() == [Op.CMD_ACK] * 3
    assert len(bench.scans(b"A-1")) == 1, "the person scanned it again"


def test_the_first_transmission_of_an_equal_scan_was_damaged(bench):
    assert len(bench.scans(b"A-1")) == 1
    raw = ssi.encode(Op.DECODE_DATA, b"\x03A-1", ssi.DECODER)
    assert bench.says(raw[:-1] + b"\x00") == []
    assert len(bench.scans(b"A-1", ssi.RETRANSMIT)) == 1


def test_the_opcode_of_an_equal_scan_was_damaged(bench):
    assert len(bench.scans(b"A-1")) == 1
    raw = bytearray(ssi.encode(Op.DECODE_DATA, b"\x03A-1", ssi.DECODER))
    raw[1] = 0x7F
    assert bench.says(bytes(raw)) == []
    bench.now += 2
    assert len(bench.scans(b"A-1", ssi.RETRANSMIT)) == 1


def test_a_scan_in_parts_is_joined_and_a_repeated_part_counts_once(bench):
    assert bench.scans(b"AAAA", ssi.CONTINUED) == []
    assert bench.scans(b"AAAA", ssi.CONTINUED | ssi.RETRANSMIT) == []
    assert bench.scans(b"AAAA", ssi.CONTINUED) == []
    assert [scan.text for scan in bench.scans(b"B")] == ["AAAAAAAAB"]


def test_the_end_of_a_scan_in_parts_never_came(bench):
    bench.scans(b"half", ssi.CONTINUED)
    bench.now += 7
    bench.driver.step()
    assert [scan.text for scan in bench.scans(b"whole")] == ["whole"]
    bench.scans(b"half", ssi.CONTINUED)
    assert [scan.text for scan in bench.scans(b"9501101530003", kind=0x0B)] == ["9501101530003"]


def test_a_scan_without_end_is_not_kept(bench):
    for _ in range(50):
        assert bench.scans(b"x" * 250, ssi.CONTINUED) == []
    assert bench.driver.framer.counters.overlong == 1


def test_commands_go_one_after_another_and_are_sent_again_when_refused(bench):
    bench.driver.feedback(Feedback.REJECT)
    lamp = bench.heard()
    assert [(p.op, p.data) for p in lamp] == [(Op.LED_ON, b"\x02")]
    bench.says(ssi.encode(Op.CMD_NAK, bytes([Nak.RESEND]), ssi.DECODER))
    assert bench.ops() == [Op.LED_ON]
    bench.says(ssi.encode(Op.CMD_ACK, b"", ssi.DECODER))
    assert bench.ops() == [Op.BEEP]
    bench.says(ssi.encode(Op.CMD_NAK, bytes([Nak.DENIED]), ssi.DECODER))
    bench.now += 2.5
    bench.driver.step()
    assert bench.ops() == [Op.LED_OFF]


def test_a_decoder_that_answers_no_command_is_not_asked_for_ever(bench):
    bench.driver.enable(on=False)
    for _ in range(10):
        bench.now += 3
        bench.driver.wake()
        bench.driver.step()
    assert bench.ops() == [Op.SCAN_DISABLE] * 3


def test_an_event_of_the_decoder_is_acknowledged(bench):
    assert bench.says(ssi.encode(Op.EVENT, b"\x0a", ssi.DECODER)) == []
    assert bench.ops() == [Op.CMD_ACK]


def test_a_port_where_nobody_speaks_ssi(bench, monkeypatch):
    monkeypatch.setattr(scanner_ssi, "PROBE_S", 0.05)
    with pytest.raises(LinkError) as trouble:
        bench.driver.probe()
    assert trouble.value.reason is Reason.NO_REPLY


@given(st.lists(st.binary(max_size=300), max_size=8))
def test_no_bytes_can_break_the_driver(chunks):
    bench = Bench()
    for chunk in chunks:
        bench.there.write(chunk, 1.0)
        assert all(isinstance(event, Scan) for event in bench.driver.step())
        bench.now += 0.1
    bench.now += 13
    assert [scan.text for scan in bench.scans(b"whole")] == ["whole"]


@pytest.fixture
def decoder(plug, hub, listener):
    """A decoder on a terminal, found by the hub."""

    def make(*plan, **options):
        sim = plug(SsiSim(resend_s=0.05, tries=200, **options), *plan)
        key = hub.add_scanner(sim.url, "Scanner")
        hub.start()
        listener.wait_ready(key)
        return sim, key

    return make


def texts(listener):
    return [scan.text for scan in listener.scans]


def test_scans_over_a_terminal_in_single_bytes(decoder, listener):
    sim, _ = decoder(ChaosPlan(single_bytes=True))
    codes = ["9501101530003", "9501101530003", "L" * 700, "]C10109501101530003\x1d10A"]
    for code in codes:
        sim.scan(code)
    listener.wait(lambda: len(listener.scans) == 4)
    assert texts(listener) == [*codes[:3], codes[3][3:]]
    assert sim.wait_idle(5)
    assert not sim.given_up


def test_lost_acknowledgements_and_damaged_packets(decoder, listener):
    sim, _ = decoder()
    codes = [f"CODE-{n % 3}" for n in range(12)]
    for n, code in enumerate(codes):
        sim.deaf_to_acks, sim.spoil = n % 3, (n // 3) % 3 if n % 3 == 0 else 0
        sim.scan(code)
        assert sim.wait_idle(5)
    assert texts(listener) == codes
    assert not sim.given_up


def test_a_decoder_gives_a_scan_up_that_nobody_acknowledges(decoder, listener):
    sim, _ = decoder()
    sim.deaf_to_acks, sim._tries = 1000, 3
    sim.scan("A-1")
    assert sim.wait_idle(5)
    assert sim.given_up == [b"\x03A-1"]
    assert texts(listener) == ["A-1"]


def test_a_sleeping_scanner_is_woken_and_switched_on(plug, hub, listener):
    sim = SsiSim()
    sim.asleep, sim.enabled = True, False
    plug(sim)
    key = hub.add_scanner(sim.url, "Scanner")
    hub.start()
    listener.wait_ready(key)
    assert sim.wait_heard(Op.SCAN_ENABLE, 1, 5)
    assert sim.scan("A-1")
    listener.wait(lambda: texts(listener) == ["A-1"])


def test_the_scanner_beeps_as_the_process_says(decoder, hub, listener):
    sim, key = decoder()
    for number, (kind, beep) in enumerate(
        ((Feedback.ACCEPT, 0), (Feedback.REJECT, 0x11), (Feedback.ATTENTION, 0x14)), 1
    ):
        hub.feedback(key, kind)
        assert sim.wait_heard(Op.BEEP, number, 5)[-1].data == bytes([beep])
    assert sim.wait_heard(Op.LED_OFF, 1, 5)


def test_a_damaged_packet_says_whether_it_was_sent_before():
    assert Damaged(b"\x05\xf3\x00\x00\x03\x00\x00").fresh
    assert not Damaged(b"\x05\xf3\x00\x01\x03\x00\x00").fresh


def test_what_the_decoder_says_of_itself_is_fit_for_the_screen(bench):
    bench.says(ssi.encode(Op.REPLY_REVISION, b"PAABLS00\x1b[2J\x07\xff", ssi.DECODER))
    assert bench.driver.revision == "PAABLS00[2J\xff"


def test_a_scanner_can_be_asked_for_identifiers(plug, hub, listener):
    sim = plug(SsiSim())
    key = hub.add_scanner(sim.url + "&aim=on", "Scanner")
    hub.start()
    listener.wait_ready(key)
    (asked,) = sim.wait_heard(Op.PARAM_SEND, 1, 5)
    assert not asked.status & ssi.PERMANENT
    assert sim.wait_heard(Op.SCAN_ENABLE, 1, 5)
    sim.scan("0109501101530003", 0x1B, aim="]d2")
    listener.wait(lambda: listener.scans)
    assert [(scan.symbology, scan.text) for scan in listener.scans] == [("]d2", "0109501101530003")]


def test_nobody_is_asked_for_identifiers_unasked(hub, plug, listener):
    sim = plug(SsiSim())
    listener_key = hub.add_scanner(sim.url, "Scanner")
    hub.start()
    listener.wait_ready(listener_key)
    assert sim.wait_heard(Op.SCAN_ENABLE, 1, 5)
    assert sim.wait_heard(Op.PARAM_SEND, 0, 0) == []
    with pytest.raises(ValueError, match="on or off"):
        hub.add_scanner("serial:///dev/ttyS0?dialect=ssi&aim=maybe", "Scanner")
