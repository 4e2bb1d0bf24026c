"""ZPL: every recorded status frame, and replies in any pieces."""

from hypothesis import given
from hypothesis import strategies as st

from devices.codecs.printers import zpl_status
from devices.codecs.printers.zpl_status import Echo, Errors, Host, ReplyStream, Value, to_status
from devices.model import PrinterIdentity


def status_of(replies):
    return to_status(
        next((reply for reply in replies if isinstance(reply, Errors)), None),
        next((reply for reply in replies if isinstance(reply, Host)), None),
    )


def test_every_recorded_zpl_frame(frames):
    rows = [row for row in frames("printer-frames") if row["language"] == "zpl"]
    for row in rows:
        replies = ReplyStream().feed(bytes.fromhex(row["reply_hex"]))
        expect = row["expect"]
        if "model" in expect:
            assert isinstance(replies[0], PrinterIdentity)
            assert replies[0].model == expect["model"]
            assert replies[0].firmware == expect.get("firmware", replies[0].firmware)
            assert replies[0].dpmm == expect.get("dpmm", 12)
        elif "labels" in expect:
            assert replies == [Value(str(expect["labels"]))]
        else:
            status = status_of(replies)
            assert status.ready is expect["ready"], row
            assert [reason.value for reason in status.reasons] == expect.get("reasons", []), row
            assert [reason.value for reason in status.warnings] == expect.get("warnings", []), row
            assert status.formats == expect.get("formats", status.formats)
            assert status.remaining == expect.get("remaining", status.remaining)
    assert len(rows) >= 20


def test_unknown_error_bits_are_still_errors():
    frame = "PRINTER STATUS ERRORS: 1 00000000 80000000 WARNINGS: 1 00000000 00000010"
    errors = zpl_status.parse_errors(frame)
    assert [reason.value for reason in errors.errors] == ["other"]
    assert [reason.value for reason in errors.warnings] == ["paper-path-sensor"]


PIECES = [
    (
        b"\x02\r\n\r\n  PRINTER STATUS \r\n   ERRORS:  1 00000000 00000005\r\n   WARNINGS: 0 00000000 00000000\r\n\x03",
        Errors,
    ),
    (
        b"\x02030,0,0,1218,003,0,0,0,000,0,0,0\x03\r\n\x02000,0,0,0,0,2,6,0,00000017,1,000\x03\r\n\x021234,0\x03\r\n",
        Host,
    ),
    (b"\x02ZTC ZD421,V93,8,8176KB\x03\r\n", PrinterIdentity),
    (b"job=4c0f-1;", Echo),
    (b'"1234"', Value),
]


@given(st.lists(st.sampled_from(PIECES), max_size=8), st.integers(1, 40))
def test_replies_are_found_in_any_order_and_any_pieces(sent, size):
    stream = b"".join(data for data, _ in sent)
    reader = ReplyStream()
    found = [reply for at in range(0, len(stream), size) for reply in reader.feed(stream[at : at + size])]
    assert [type(reply) for reply in found] == [kind for _, kind in sent]


@given(st.binary(max_size=1500))
def test_garbage_makes_no_confirmation_and_the_next_reply_is_found(garbage):
    reader = ReplyStream()
    found = reader.feed(garbage.replace(b"job=", b"jab="))
    assert not [reply for reply in found if isinstance(reply, Echo)]
    # At most one frame is swallowed by a stray STX; a second answer is always heard.
    data = PIECES[0][0]
    assert [reply for _ in range(2) for reply in reader.feed(data) if isinstance(reply, Errors)]


def test_a_lost_etx_is_given_up_in_the_end():
    reader = ReplyStream()
    assert reader.feed(b"\x02" + b"x" * 2000) == []
    assert reader.feed(b"job=j-1;") == [Echo("j-1")]
    assert reader.dropped_bytes > 900


def test_invalid_answers_are_no_answers():
    for frame in (
        b"\x02PRINTER STATUS nonsense\x03",
        b"\x021,2,3\x03",
        b"\x02" + b"a," * 11 + b"a\x03\x02" + b"b," * 10 + b"b\x03",
    ):
        assert ReplyStream().feed(frame) == []
