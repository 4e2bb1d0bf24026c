"""Frames come out the same however the bytes are cut up, and the stream is found again after garbage."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.codecs import hid_pos
from devices.framing import DelimiterFramer, HidPosJoiner, SsiFramer

ENDS = b"\r\n\t\x03"
content = st.binary(min_size=1, max_size=30).map(
    lambda data: bytes(byte for byte in data if byte not in ENDS + b"\x02") or b"x"
)


def in_pieces(data, cuts):
    marks = sorted({min(cut, len(data)) for cut in cuts} | {0, len(data)})
    return [data[start:end] for start, end in pairwise(marks)]


@given(
    st.lists(st.tuples(content, st.sampled_from([b"\r", b"\n", b"\r\n", b"\t", b"\x03"]))),
    st.lists(st.integers(0, 400)),
)
def test_any_chunking_gives_the_same_frames(sent, cuts):
    framer = DelimiterFramer(ENDS)
    stream = b"".join(frame + end for frame, end in sent)
    found = [frame for piece in in_pieces(stream, cuts) for frame in framer.feed(piece, 0.0)]
    assert found == [frame for frame, _ in sent]
    assert framer.counters.frames == len(sent)


@given(st.binary(max_size=200), content)
def test_a_start_byte_finds_the_stream_again_after_garbage(garbage, frame):
    framer = DelimiterFramer(ENDS, limit=64)
    framer.feed(garbage, 0.0)
    # The end byte closes an overlong frame, the start byte throws away any rest.
    assert framer.feed(b"\r\x02" + frame + b"\r", 0.0)[-1] == frame


@given(st.binary(max_size=3000), st.lists(st.integers(0, 3000)))
def test_no_byte_goes_unaccounted(stream, cuts):
    framer = DelimiterFramer(b"\r", starts=b"\x02", limit=40)
    found = [frame for piece in in_pieces(stream, cuts) for frame in framer.feed(piece, 0.0)]
    framer.reset()
    framed = sum(map(len, found)) + framer.counters.dropped_bytes
    assert framed + stream.count(b"\r") + stream.count(b"\x02") == len(stream)
    assert all(len(frame) <= 40 for frame in found)


def test_an_overlong_frame_is_dropped_to_its_end_and_the_next_one_read():
    framer = DelimiterFramer(b"\r", limit=10)
    assert framer.feed(b"x" * 25 + b"\rgood\r", 0.0) == [b"good"]
    assert framer.counters.overlong == 1
    assert framer.counters.dropped_bytes == 25


@pytest.mark.parametrize(("idle_ends", "expected"), [(True, [b"950110"]), (False, [])])
def test_silence_ends_a_frame_only_for_a_scanner_without_suffix(idle_ends, expected):
    framer = DelimiterFramer(ENDS, idle_s=0.3, idle_ends=idle_ends)
    assert framer.feed(b"950110", 10.0) == []
    assert framer.expire(10.299) == []
    assert framer.feed(b"", 10.3) == expected
    assert framer.counters.incomplete == (0 if idle_ends else 1)
    assert framer.feed(b"new\r", 10.4) == [b"new"]


@pytest.mark.parametrize(("at", "patience"), [(10.0, 0.2), (10.2, 0.1), (10.4, 0.0)])
def test_how_long_to_wait_for_the_rest(at, patience):
    framer = DelimiterFramer(ENDS, idle_s=0.3)
    assert framer.patience(at, 0.2) == 0.2
    framer.feed(b"9501", 10.0)
    assert framer.patience(at, 0.2) == pytest.approx(patience)


@given(st.binary(max_size=400), st.lists(st.integers(0, 400)), st.sampled_from([b"", b"\n"]))
def test_bytes_passed_over_in_front_of_a_frame(stream, cuts, before):
    whole = DelimiterFramer(b"\r", before=before)
    framer = DelimiterFramer(b"\r", before=before)
    found = [frame for piece in in_pieces(stream, cuts) for frame in framer.feed(piece, 0.0)]
    assert found == whole.feed(stream, 0.0)
    assert not any(before and frame.startswith(before) for frame in found)


HUGE = 10_000_000
CHUNK = 65_536


@pytest.mark.parametrize("filler", [b"9", b"\x00", b"\x1b[2J\x1b]0;x\x07", bytes(range(14, 256))])
def test_a_barcode_of_ten_megabytes_is_refused_in_bounded_memory(filler):
    framer = DelimiterFramer(ENDS, limit=8192)
    stream = (filler * (HUGE // len(filler) + 1))[:HUGE]
    for at in range(0, HUGE, CHUNK):
        assert framer.feed(stream[at : at + CHUNK], 0.0) == []
        assert len(framer._pending) <= 8192
    assert framer.feed(b"\rA1\r", 0.0) == [b"A1"]
    assert (framer.counters.overlong, framer.counters.dropped_bytes) == (1, HUGE)


def test_reports_and_packets_without_end_are_refused_in_bounded_memory():
    joiner = HidPosJoiner()
    endless = hid_pos.reports(b"x" * 112, "]Q1")[0]
    for _ in range(HUGE // 56 // 20):
        assert joiner.feed(endless, 0.0) == []
        assert len(joiner._pending) <= 8192
    framer = SsiFramer()
    for _ in range(8):
        framer.feed(b"\xff" * CHUNK, 0.0)
        assert len(framer._pending) <= 257
