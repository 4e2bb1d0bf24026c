"""Status of every printer language: each bit of the tables, answers in any pieces, hostile answers, and the judge of recorded frames."""

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.codecs.printers import (
    brother_status,
    cpcl_status,
    datamax_status,
    epl2_status,
    escpos_status,
    sbpl_status,
    slcs_status,
    tspl_status,
    zpl_status,
)
from devices.conformance import printers as judge
from devices.conformance.printer_facts import READERS
from devices.conformance.report import BadRow
from devices.model import PrinterIdentity, Reason


def words(status):
    """ready, reasons, warnings as plain words."""
    return status.ready, [why.value for why in status.reasons], [why.value for why in status.warnings]


# --- the tables, bit by bit ---


def tspl_report(what):
    return words(tspl_status.to_status(tspl_status.report(b"\x02" + what + b"\x03\r\n")))


def escpos(kind, byte):
    found = escpos_status.conditions(kind, byte)
    return found and tuple([why.value for why in each] for each in found)


@pytest.mark.parametrize(
    ("byte", "reasons"),
    [
        (0x00, []),
        (0x01, ["cover-open"]),
        (0x02, ["media-jam"]),
        (0x04, ["media-empty"]),
        (0x08, ["marker-supply-empty"]),
        (0x10, ["paused"]),
        (0x20, []),
        (0x40, ["cover-open"]),
        (0x41, ["cover-open"]),
        (0x80, ["other"]),
        (0xFF, ["media-jam", "media-empty", "marker-supply-empty", "cover-open", "paused", "other"]),
    ],
)
def test_tspl_status_byte(byte, reasons):
    status = tspl_status.flags(byte)
    assert words(status) == (not reasons, reasons, [])
    assert status.printing is bool(byte & 0x20)


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        (b"@@@@", (True, [], [])),
        (b"P@@@", (True, [], [])),
        (b"W@@@", (True, [], [])),
        (b"L@@@", (True, [], [])),
        (b"`@@@", (False, ["paused"], [])),
        (b"K@@@", (False, ["paused"], [])),
        (b"E@@@", (False, ["other"], [])),
        (b"@A@@", (True, [], ["media-low"])),
        (b"@B@@", (True, [], ["marker-supply-low"])),
        (b"@H@@", (True, [], ["buffer-full"])),
        (b"E@A@", (False, ["head-over-temperature"], [])),
        (b"E@B@", (False, ["motor-over-temperature"], [])),
        (b"E@H@", (False, ["cutter-fault"], [])),
        (b"E@P@", (False, ["memory-full"], [])),
        (b"E@@A", (False, ["media-empty"], [])),
        (b"E@@B", (False, ["media-jam"], [])),
        (b"E@@D", (False, ["marker-supply-empty"], [])),
        (b"E@@H", (False, ["ribbon-jam"], [])),
        (b"E@@`", (False, ["cover-open"], [])),
        (b"E@@P", (False, ["other"], [])),
    ],
)
def test_tspl_report(what, expected):
    assert tspl_report(what) == expected


@pytest.mark.parametrize("bad", [b"X@@@", b"@\x00@@", b"@@\xc0@", b"@@@"])
def test_a_tspl_report_that_is_none(bad):
    assert tspl_status.report(b"\x02" + bad + b"\x03\r\n") is None


@pytest.mark.parametrize(
    ("answer", "codes", "expected"),
    [
        (b"00\r\n", (), (True, [], [])),
        (b"01,11\r\n", ("01", "11"), (False, ["cover-open"], ["syntax-error"])),
        (b"07P012\r\n", ("07",), (False, ["media-empty"], [])),
        (b"07R003\r\n", ("07",), (False, ["marker-supply-empty"], [])),
        (b"62\r\n", ("62",), (False, ["head-over-temperature"], [])),
        (b"81\r\n", ("81",), (False, ["cutter-fault"], [])),
        (b"92\r\n", ("92",), (False, ["paused"], [])),
        (b"04\r\n", ("04",), (True, [], ["memory-full"])),
        (b"99\r\n", ("99",), (False, ["other"], [])),
        (b"\x1511\x13", ("11",), (False, ["cover-open"], [])),
        (b"$11\r\n", ("11",), (False, ["cover-open"], [])),
        (b"$00\r\n", (), (True, [], [])),
        (b"\x11", (), (True, [], [])),
    ],
)
def test_epl2_errors(answer, codes, expected):
    (said,) = epl2_status.ReplyStream().feed(answer)
    assert said.codes == codes
    assert words(epl2_status.to_status(said)) == expected
    assert said.remaining == (12 if b"P012" in answer else 3 if b"R003" in answer else None)


@pytest.mark.parametrize(
    ("byte", "expected"),
    [
        (0x00, (True, [], [])),
        (0x01, (True, [], [])),
        (0x02, (False, ["media-empty"], [])),
        (0x04, (False, ["cover-open"], [])),
        (0x08, (True, [], ["battery-low"])),
        (0x10, (True, [], ["was-reset"])),
        (0xE0, (True, [], [])),
    ],
)
def test_cpcl_status(byte, expected):
    assert words(cpcl_status.status(byte)) == expected
    assert cpcl_status.status(byte).printing is bool(byte & 1)


@pytest.mark.parametrize(
    ("byte", "expected"),
    [
        (0x0F, (True, [], [])),
        (0x10, (False, ["media-jam"], [])),
        (0x20, (True, [], [])),
        (0x40, (True, [], ["media-low"])),
        (0x80, (False, ["marker-supply-empty"], [])),
    ],
)
def test_cpcl_extended_status(byte, expected):
    assert words(cpcl_status.extended(byte)) == expected
    assert cpcl_status.extended(byte).label_waiting is bool(byte & 0x20)


@pytest.mark.parametrize(
    ("text", "who"),
    [
        (b"QL320 V1.2 XX123\0", PrinterIdentity("QL320", "V1.2", serial="XX123")),
        (b"Zebra iMZ320,86.4,XXIM1\0", PrinterIdentity("Zebra iMZ320", "86.4", serial="XXIM1")),
        (b"RJ-3035B\r\n1.06\r\n000A1\r\n\0", PrinterIdentity("RJ-3035B", "1.06", serial="000A1")),
        (b"\x1b[31mX\0", PrinterIdentity("?[31mX")),
        (b"no end", None),
        (b"\0", None),
    ],
)
def test_cpcl_identity(text, who):
    assert cpcl_status.identity(text) == who


def test_every_state_of_a_sato_printer():
    for letter, state in sbpl_status.WORDS.items():
        (said,) = sbpl_status.ReplyStream().feed(f"\x0207{letter}000003JOB-42          \x03".encode())
        assert said == sbpl_status.Answer("07", state, 3, "JOB-42")
        status = sbpl_status.to_status(said)
        assert status.ready is (letter in "ABCGMS")
        assert status.ready or status.reasons
        assert status.label_waiting is (letter == "M")


@pytest.mark.parametrize(
    ("kind", "byte", "expected"),
    [
        (1, 0x12, ([], [])),
        (1, 0x1A, (["offline"], [])),
        (2, 0x16, (["cover-open"], [])),
        (2, 0x1A, ([], ["feed-key"])),
        (2, 0x32, (["media-empty"], [])),
        (2, 0x52, (["other"], [])),
        (3, 0x1A, (["cutter-fault"], [])),
        (3, 0x32, (["service-needed"], [])),
        (3, 0x52, (["head-over-temperature"], [])),
        (4, 0x1E, ([], ["media-low"])),
        (4, 0x72, (["media-empty"], [])),
        (4, 0x7E, (["media-empty"], ["media-low"])),
        (1, 0x00, None),
        (1, 0xFF, None),
        (1, 0x13, None),
        (5, 0x12, None),
    ],
)
def test_escpos_real_time_status(kind, byte, expected):
    assert escpos(kind, byte) == expected


def test_escpos_is_ready_only_when_all_four_said_so():
    fine = dict.fromkeys((1, 2, 3, 4), 0x12)
    assert escpos_status.to_status(fine).ready is True
    for kind in fine:
        assert escpos_status.to_status({n: byte for n, byte in fine.items() if n != kind}).ready is None
        assert escpos_status.to_status(fine | {kind: 0xFF}).ready is None
    # The cause is told rather than its consequences.
    assert escpos_status.to_status(fine | {1: 0x1A, 2: 0x56}).reasons == (Reason.COVER_OPEN, Reason.OFFLINE)
    assert escpos_status.to_status(fine | {1: 0x1A}).reasons == (Reason.OFFLINE,)


def test_escpos_automatic_status():
    (said,) = escpos_status.ReplyStream().feed(b"\x38\x08\x0f\x00")
    assert [why.value for why in said.errors] == ["cover-open", "cutter-fault", "media-empty", "offline"]
    assert [why.value for why in said.warnings] == ["media-low"]


def brother_frame(first=0, second=0, kind=0, phase=0, media=0x0A, length=0):
    frame = bytearray(b"\x80\x20\x42" + b"\0" * 29)
    frame[8], frame[9], frame[10], frame[11], frame[17], frame[18], frame[19] = (
        first,
        second,
        62,
        media,
        length,
        kind,
        phase,
    )
    return bytes(frame)


@pytest.mark.parametrize("place", ["first", "second"])
@pytest.mark.parametrize("bit", range(8))
def test_every_error_bit_of_a_brother_printer_stops_it(place, bit):
    status = brother_status.to_status(brother_status.packet(brother_frame(**{place: 1 << bit})))
    assert status.ready is False
    assert len(status.reasons) == 1


def test_brother_events_and_media():
    events = {
        (0, 0): "reply",
        (1, 0): "printing-completed",
        (2, 0): "error",
        (4, 0): "turned-off",
        (5, 0): "notification",
        (6, 0): "phase-waiting",
        (6, 1): "phase-printing",
        (9, 0): "unknown",
    }
    for (kind, phase), event in events.items():
        packet = brother_status.packet(brother_frame(kind=kind, phase=phase, media=0x0B, length=90))
        assert (packet.event, packet.media, packet.width_mm, packet.length_mm) == (event, "die-cut", 62, 90)
        assert brother_status.to_status(packet).ready is (event not in ("error", "turned-off"))


def test_bixolon_and_datamax():
    table = {
        0x80: "media-empty",
        0x40: "cover-open",
        0x20: "cutter-fault",
        0x10: "head-over-temperature",
        0x08: "mark-not-found",
        0x04: "marker-supply-empty",
        0x01: "other",
    }
    for byte, reason in table.items():
        assert words(slcs_status.status(byte)) == (False, [reason], [])
    assert slcs_status.status(0).ready is True
    for byte, reason in {0x02: "media-empty", 0x04: "marker-supply-empty", 0x20: "paused"}.items():
        letters = "".join("NY"[byte >> place & 1] for place in range(8)).encode()
        assert words(datamax_status.status(bytes([byte, 13]))) == (False, [reason], [])
        assert words(datamax_status.letters(letters + b"\r")) == (False, [reason], [])
    assert datamax_status.status(b"\x48\r").label_waiting
    assert datamax_status.status(b"\x08\r").printing
    assert (datamax_status.labels(b"0012\r"), datamax_status.labels(b"x\r")) == (12, None)


def test_the_odometer_and_foreign_reports_of_zpl():
    text = b'\x02\r\n  PRINT METERS\r\n     TOTAL NONRESETTABLE:              8560 "\r\n     USER RESETTABLE CNTR1:  9 "\r\n\x03'
    assert zpl_status.ReplyStream().feed(text) == [zpl_status.Odometer(8560.0, "in", (9.0,))]
    asked = b"^XA^FO1,1^FN3^FDABC^FS^HV3,3,Label ,\r\n,L^XZ"
    assert zpl_status.verified(asked, b"Label ABC\r\nLabel ABC\r\n") == ["ABC", "ABC"]
    assert zpl_status.verified(b"^XA^XZ", b"Label ABC\r\n") is None


@pytest.mark.parametrize(
    "status",
    [
        zpl_status.to_status(None, None),
        tspl_status.to_status(None),
        epl2_status.to_status(None),
        cpcl_status.to_status(None, 0),
        sbpl_status.to_status(None),
        escpos_status.to_status({}),
        brother_status.to_status(None),
        slcs_status.status(None),
        datamax_status.status(b""),
    ],
)
def test_silence_is_unknown_and_never_ready(status):
    assert (status.ready, status.reasons) == (None, (Reason.NO_REPLY,))


# --- any pieces, any bytes ---


def tspl_last(data):
    return tspl_status.find_report(data)


STREAMS = {
    "zpl": (
        zpl_status.ReplyStream,
        b"\x02PRINTER STATUS ERRORS: 0 00000000 00000000 WARNINGS: 0 00000000 00000000\x03",
    ),
    "epl2": (epl2_status.ReplyStream, b"\r\n01,11\r\n"),
    "sbpl": (sbpl_status.ReplyStream, b"\x0207G000003JOB-000000000042\x03"),
    "escpos": (escpos_status.ReplyStream, b"\x37\x220042\x00"),
    "brother": (brother_status.PacketStream, brother_frame(kind=1)),
}
every = pytest.mark.parametrize("name", STREAMS)


@every
@given(data=st.data())
def test_pieces_make_no_difference(name, data):
    make, reply = STREAMS[name]
    parts = st.one_of(st.just(reply), st.binary(max_size=40), st.just(reply[: len(reply) // 2]))
    whole = b"".join(data.draw(st.lists(parts, max_size=6)))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=12)))
    pieces = [whole[a:b] for a, b in zip([0, *cuts], [*cuts, len(whole)], strict=True)]
    stream = make()
    assert [said for piece in pieces for said in stream.feed(piece)] == make().feed(whole)


@every
@given(noise=st.binary(max_size=600))
def test_after_any_noise_the_next_answers_are_heard(name, noise):
    make, reply = STREAMS[name]
    stream = make()
    stream.feed(noise)
    # Noise may have begun something that swallows a part of the next answer, but not of every one.
    assert stream.feed(reply * 40)
    assert make().feed(reply)[-1] in stream.feed(reply)


@every
@pytest.mark.parametrize(
    "filling",
    [b"\x00", b"\x02", b"\x03", b"\x1b[31m", b"\x80\x20\x42", b"\x37\x22", b"\x15", b"a,", b"\xff", b'"', b"\r\n"],
)
def test_endless_nonsense_needs_no_memory(name, filling):
    make, _ = STREAMS[name]
    stream = make()
    chunk = (filling * 4096)[:4096]
    for _ in range(16):
        stream.feed(chunk)
        assert len(stream._buffer) <= 2 * 1024


PARSERS = [
    lambda data: tspl_status.report(data),
    tspl_last,
    tspl_status.mileage,
    tspl_status.model,
    cpcl_status.identity,
    cpcl_status.count,
    cpcl_status.count_sgd,
    sbpl_status.answer,
    brother_status.packet,
    escpos_status.automatic,
    datamax_status.status,
    datamax_status.letters,
    datamax_status.labels,
    lambda data: epl2_status.errors(data),
    lambda data: zpl_status.parse_odometer(data.decode("latin-1")),
    lambda data: zpl_status.parse_identity(data.decode("latin-1")),
    partial(zpl_status.verified, b"^HV1,9,a,b,L"),
]


@pytest.mark.parametrize("parser", PARSERS, ids=range(len(PARSERS)))
@given(data=st.binary(max_size=80))
def test_no_parser_raises(parser, data):
    parser(data)


@given(st.binary(max_size=64), st.sampled_from(sorted(READERS)), st.binary(max_size=80))
def test_the_judge_reads_anything(request, language, reply):
    row = {
        "language": language,
        "request_hex": request.hex(),
        "reply_hex": reply.hex(),
        "expect": {"ready": True, "x": 1},
    }
    assert any(words.startswith("x:") for words in judge.check(row))


def test_a_number_of_thousands_of_digits_is_no_number():
    digits = b"9" * 6000
    for frame in (b"\x02a,b,%s,c\x03" % digits, b"\x02" + b",".join([digits] * 12) + b"\x03"):
        assert zpl_status.ReplyStream().feed(frame) == []
    assert tspl_status.mileage(digits + b"\r") is None
    assert cpcl_status.count_sgd(b'"' + digits + b'"') is None
    assert (cpcl_status.count_sgd(b'\r\n"70002"'), cpcl_status.count_sgd(b'"?"')) == (70_002, None)
    assert datamax_status.labels(digits + b"\r") is None


# --- the judge ---


def test_every_recorded_printer_frame(frames):
    rows = frames("printer-frames")
    assert {n: judge.check(row) for n, row in enumerate(rows) if judge.check(row)} == {}
    assert len(rows) >= 68


def test_a_row_that_expects_something_else_differs(frames):
    """Each key of each expectation is looked at: spoilt alone, it makes the row differ."""
    for row in frames("printer-frames"):
        for key, value in row["expect"].items():
            for wrong in ("cover-ajar", ["cover-ajar"], not value, 77, None if value is not None else 1):
                assert judge.check(row | {"expect": row["expect"] | {key: wrong}}), (row, key, wrong)
        assert judge.check(row | {"expect": row["expect"] | {"smell": "burnt"}})
        reasons = row["expect"].get("reasons")
        if reasons:
            assert judge.check(row | {"expect": row["expect"] | {"reasons": reasons[1:]}})
            assert judge.check(
                row | {"expect": row["expect"] | {"reasons": [*reasons, "battery-low", "media-jam", "paused"]}}
            )


def test_rows_that_make_no_sense():
    with pytest.raises(BadRow):
        judge.check({"language": "tspl", "reply_hex": "0g", "expect": {}})
    with pytest.raises(BadRow):
        judge.check({"language": "tspl", "reply_hex": "00", "expect": 3})
    assert judge.check({"language": "klingon", "reply_hex": "00", "expect": {}})
