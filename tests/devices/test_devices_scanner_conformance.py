"""The conformance checks of scanner rows: every row we have agrees, and no wrong expectation does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.codecs import hid_pos, ssi
from devices.codecs.ssi import Op
from devices.conformance.report import BadRow
from devices.conformance.scanners import CHECKS


def packet(op, data=b"", source=ssi.DECODER, status=0):
    return ssi.encode(op, data, source, status).hex()


def timeline(text, gap=3, start=0):
    return [[start + gap * n, char] for n, char in enumerate(text)]


def test_every_recorded_row_agrees(frames):
    rows = frames("scanner-frames")
    assert {row["kind"] for row in rows} == set(CHECKS)
    assert {str(row["expect"]): CHECKS[row["kind"]](row) for row in rows if CHECKS[row["kind"]](row)} == {}


def wrong(value):
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    return [*value, "more"] if isinstance(value, list) else f"{value}?" if value != "ACK" else "NAK"


def test_no_wrong_expectation_agrees(frames):
    for row in frames("scanner-frames"):
        for name, value in row["expect"].items():
            if name == "meaning":
                continue
            assert CHECKS[row["kind"]]({**row, "expect": {**row["expect"], name: wrong(value)}}), (row, name)
        assert CHECKS[row["kind"]]({**row, "expect": {**row["expect"], "colour": "blue"}})


@pytest.mark.parametrize(
    ("kind", "row", "expect"),
    [
        ("ssi", {"raw_hex": packet(Op.CMD_NAK, b"\x01", ssi.HOST)}, {"op": "CMD_NAK", "cause": 1}),
        ("ssi", {"raw_hex": packet(Op.DECODE_DATA, b"\x0b9501101530003")}, {"type": "EAN-13", "data": "9501101530003", "reply": "CMD_ACK"}),
        ("ssi", {"raw_hex": packet(Op.DECODE_DATA, b"\x48036000291452" b"12")}, {"supplement": 2, "aim": "]E3"}),
        ("ssi", {"raw_hex": packet(Op.REPLY_REVISION, b"PAABLS00")}, {"revision": "PAABLS00"}),
        ("ssi", {"raw_hex": packet(Op.PARAM_SEND, b"\xff", status=8)}, {"permanent": True}),
        ("ssi", {"raw_hex": packet(Op.CMD_ACK)[:-2]}, {"error": "truncated"}),
        ("ssi", {"raw_hex": "00"}, {"op": "WAKEUP"}),
        ("serial", {"raw_hex": b"\x02A1\x03A2\r\n".hex()}, {"frames": ["A1", "A2"]}),
        ("serial", {"raw_hex": b"A\nB\r".hex(), "suffix": "cr"}, {"data": "A\nB"}),
        ("serial", {"raw_hex": b"A1".hex(), "suffix": "none"}, {"data": "A1"}),
        ("hid-pos", {"raw_hex": hid_pos.microscan_reports(b"]d2A1")[0].hex()}, {"aim": "]d2", "data": "A1"}),
        ("hid-pos", {"raw_hex": b"".join(hid_pos.reports(b"x" * 60, "]Q1")).hex()}, {"aim": "]Q1", "data": "x" * 60}),
        ("hid-pos", {"raw_hex": "0239"}, {"error": "malformed"}),
        ("wedge", {"raw": [*timeline("0109501101530003"), [50, "F12"], *timeline("10L1\r", 3, 53)]}, {"scan": "0109501101530003\x1d10L1"}),
        ("wedge", {"raw": timeline("0109501101530003|10L1\r")}, {"scan": "0109501101530003\x1d10L1"}),
        ("wedge", {"raw": timeline("9501101530003\r", 45), "profile": "bluetooth"}, {"scan": "9501101530003"}),
        ("wedge", {"raw": timeline("9501101530003\r", 45)}, {"typed": "9501101530003"}),
        ("wedge", {"raw": timeline("A1-7\r"), "profile": "usb?min=4"}, {"scan": "A1-7", "via": "suffix"}),
        ("wedge", {"raw": timeline('ç(à&&à&("ààà"\r')}, {"scan": 'ç(à&&à&("ààà"', "layout": "azerty"}),
        ("wedge", {"raw": [*timeline("01095011015"), [35, "Alt+029"], *timeline("10L1\r", 3, 38)]}, {"scan": "01095011015\x1d10L1"}),
        ("host-command", {"raw_hex": "15"}, {"meaning": "NAK: send again"}),
    ],
)  # fmt: skip
def test_rows_of_other_people(kind, row, expect):
    assert CHECKS[kind]({**row, "expect": expect}) == []
    for name in expect:
        assert CHECKS[kind]({**row, "expect": {**expect, name: wrong(expect[name])}}) or name == "meaning"


@pytest.mark.parametrize(
    ("code", "said"), [("13", "XON"), ("45", "disable"), ("06", "NAK"), ("7f", "ACK"), ("42", "reset")]
)
def test_another_meaning_of_a_command_is_a_difference(code, said):
    assert CHECKS["host-command"]({"raw_hex": code, "expect": {"meaning": said}})


def test_a_scan_that_the_row_does_not_know_of_is_a_difference():
    assert CHECKS["serial"]({"raw_hex": b"A1\rA2\r".hex(), "expect": {"data": "A1"}})
    assert CHECKS["wedge"]({"raw": timeline("9501101530003\r"), "expect": {"typed": ""}})
    assert CHECKS["wedge"]({"raw": timeline("12\r", 90), "expect": {}})


nonsense = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 999) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=4),
    max_leaves=9,
)


@given(
    st.sampled_from(sorted(CHECKS)),
    st.fixed_dictionaries(
        {},
        optional={
            "raw_hex": nonsense | st.binary(max_size=130).map(bytes.hex),
            "raw": nonsense | st.lists(st.lists(nonsense, min_size=2, max_size=3), max_size=9),
            "expect": nonsense
            | st.dictionaries(st.sampled_from(["op", "scan", "data", "typed", "meaning", "aim"]), nonsense),
            "suffix": nonsense,
            "profile": nonsense,
            "note": nonsense,
        },
    ),
)
def test_no_row_can_break_a_check(kind, row):
    try:
        words = CHECKS[kind](row)
    except BadRow as bad:
        words = [str(bad)]
    assert all(isinstance(word, str) for word in words)
