"""ZPL: every recorded status frame, replies in any pieces, golden bar-code fields, and texts that cannot become commands."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.codecs.printers import zpl, zpl_status
from devices.codecs.printers.zpl_status import Echo, Errors, Host, ReplyStream, Value, to_status
from devices.labels import ShippingLabel
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


def test_field_data_is_the_golden_one(data_folder):
    golden = {
        "sscc": [("00", "095012345678901237")],
        "gtin_lot_serial": [("01", "09501101530003"), ("10", "LOT-7"), ("21", "12345")],
        "gtin_exp_lot": [("01", "09501101530003"), ("17", "251231"), ("10", "AB1")],
        "content_count": [("02", "09501101530003"), ("37", "24"), ("400", "PO77")],
        "numeric_variable": [("37", "12"), ("10", "4711")],
        "odd_digits": [("37", "124"), ("10", "471")],
    }
    expected = json.loads((data_folder / "zpl-golden/expected.json").read_text())
    for name, elements in golden.items():
        message = zpl.gs1_message(elements)
        assert message == expected[f"{name}.zpl"]["expect"][0][1]
        text = (data_folder / f"zpl-golden/{name}.zpl").read_text()
        assert zpl.code128_gs1(message) == re.search(r"\^FD(.*)\^FS", text)[1]


# --- nothing that people write can become a command ---

nasty = st.text(
    st.sampled_from("^~_XAZFSDHVJ\\,\r\n\x00\x1b\x7f\x85\u2028\ud800👷ß\"'5E>:;{}|") | st.characters(), max_size=40
)


def commands(zpl_bytes):
    """Every command of a format, as the printer finds it: caret or tilde and two characters."""
    return re.findall(rb"[\^~][A-Za-z0-9@]{1,2}", zpl_bytes)


def unescaped(field):
    return re.sub(rb"_([0-9A-F]{2})", lambda match: bytes([int(match[1], 16)]), field)


@given(nasty)
def test_a_text_stays_one_field(text):
    field = zpl.data_field(text).encode("utf-8")
    assert commands(field) == [b"^FH", b"^FD", b"^FS"]
    assert not re.search(rb"[\x00-\x1f\x7f]", field)
    inside = field.removeprefix(b"^FH_^FD").removesuffix(b"^FS")
    assert unescaped(inside).decode("utf-8") == zpl.clean(text)


@given(nasty, nasty, nasty, nasty)
def test_a_label_of_hostile_texts_has_the_commands_of_a_label_of_plain_ones(order, carrier, name, street):
    def shape(*texts):
        label = ShippingLabel("095012345678901237", texts[0], texts[1], "std", "T1", [texts[2], texts[3]], ["WH"], 1234)
        return commands(label.zpl())

    assert shape(order, carrier, name, street) == shape("SO-1", "DHL", "Ann", "Street 1")


@given(st.text(max_size=12))
def test_our_own_codes_are_ascii_or_refused(text):
    writer = zpl.LabelWriter(100, 50)
    try:
        writer.code128(5, 5, 10, text)
    except ValueError:
        return
    assert commands(writer.render())[-4:] == [b"^BC", b"^FD", b"^FS", b"^XZ"]
    assert text.encode("ascii") in writer.render()


# --- evidence ---


def test_evidence_goes_into_the_last_format_before_its_end():
    out = zpl.with_evidence(b"^XA^LL400^FO1,1^FDa^FS^XZ^XA^LL800^FDb^FS^XZ\n", "job-7", 2)
    first, second = out.split(b"^XZ")[:2]
    assert first == b"^XA^LL400^FO1,1^FDa^FS"
    assert second.endswith(b"^FO24,778^A0N,18,18^FN1^FDjob-7^FS^HV1,5,job=,;,L^FS^PQ2,0,1,Y")


@pytest.mark.parametrize("payload", [b"", b"^XA^FDa^FS", b"hello", b"^XZ^XA"])
def test_a_payload_without_a_format_is_refused(payload):
    with pytest.raises(ValueError, match="no complete ZPL format"):
        zpl.with_evidence(payload, "j", 1)
