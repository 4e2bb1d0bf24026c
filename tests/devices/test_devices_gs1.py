"""What a scan says: numbers, element strings, Digital Links; and that a code never says more than it holds."""

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.codecs import aim, gtin
from devices.codecs.gs1 import ScanKind, parse
from devices.codecs.printers.zpl import gs1_message

TODAY = dt.date(2026, 6, 1)
VECTORS = Path(__file__).parents[2].parent / "shared/data/third-party/gs1-vectors"
digits = st.text("0123456789")


def table(data_folder):
    return json.loads((data_folder / "gtin-equivalence/gtin.json").read_text())


def test_every_form_of_a_product_number_is_one_gtin14(data_folder):
    seen = 0
    for row in table(data_folder):
        for form in ("upc_e", "upc_a", "ean13", "ean8"):
            if form in row:
                assert gtin.to_gtin14(row[form]) == row["gtin14"], row
                assert parse(row[form]).gtin == row["gtin14"], row
                seen += 1
        for code in row.get("aim", ()):
            assert parse(code).gtin == row["gtin14"], row
            seen += 1
    assert seen > 20


def test_a_case_is_another_product_number_than_what_is_in_it(data_folder):
    cases = [row for row in table(data_folder) if "itf14_case" in row]
    for row in cases:
        case = parse(row["itf14_case"], "]I1")
        assert case.gtin == row["itf14_case"] != row["gtin14"]
    assert cases


def test_an_sscc_is_known_bare_and_as_element_string(data_folder):
    numbers = [row["sscc"] for row in table(data_folder) if "sscc" in row]
    for sscc in numbers:
        assert parse(sscc).sscc == sscc
        assert parse("00" + sscc, "]C1").sscc == sscc
        wrong = sscc[:-1] + str((int(sscc[-1]) + 1) % 10)
        assert parse(wrong).kind is ScanKind.OPAQUE
        assert parse("00" + wrong, "]C1").error
    assert numbers


def test_a_full_element_string():
    scan = parse("]d20109501101530003172512311030\x1d2112345\x1d3712\x1d3103001250", today=TODAY)
    assert scan.kind is ScanKind.ELEMENT_STRING
    assert (scan.gtin, scan.lot, scan.serial, scan.count) == ("09501101530003", "30", "12345", 12)
    assert scan.expiry == dt.date(2025, 12, 31)
    assert scan.net_weight_g == Decimal(1250)
    assert scan.get("3103") == "001250"
    assert not scan.separator_lost


def test_plain_code128_is_never_taken_for_gs1():
    assert parse("010950110153000310LOT", "]C0").kind is ScanKind.OPAQUE
    assert parse("095012345678901237", "]C0").kind is ScanKind.OPAQUE


def test_without_identifier_only_a_flawless_message_that_names_a_thing_counts():
    assert parse("010950110153000310LOT7").lot == "LOT7"
    assert parse("10-ORDER-7").kind is ScanKind.OPAQUE
    assert parse("A-01-02").kind is ScanKind.OPAQUE
    assert parse("http://example.com/shop").kind is ScanKind.OPAQUE


def test_day_zero_is_the_end_of_the_month_and_centuries_slide():
    for digits_, expected in (
        ("250200", dt.date(2025, 2, 28)),
        ("760101", dt.date(2076, 1, 1)),
        ("770101", dt.date(1977, 1, 1)),
    ):
        assert parse("010950110153000317" + digits_, "]C1", TODAY).expiry == expected
    assert parse("010950110153000317251301", "]C1", TODAY).error


def test_a_lost_separator_is_flagged_or_refused_never_guessed():
    # (37) takes 8 digits at most, so a separator is missing: count 10101010 and lot 1A, or count 10 and lot 1010101A?
    ambiguous = parse("3710101010101A", "]C1")
    assert ambiguous.error
    assert ambiguous.lot is None
    # One reading only.
    lost = parse("371234567810AB", "]C1")
    assert (lost.count, lost.lot, lost.separator_lost) == (12345678, "AB", True)
    # No reading at all.
    assert parse("37123456789", "]C1").error


def test_a_digital_link_with_stem_lot_and_expiry():
    scan = parse("https://shop.example/x/01/09501101530003/10/LOT%2F7?17=251231", "]Q1", TODAY)
    assert scan.kind is ScanKind.DIGITAL_LINK
    assert (scan.gtin, scan.lot, scan.expiry) == ("09501101530003", "LOT/7", dt.date(2025, 12, 31))


@pytest.mark.parametrize(
    ("text", "symbology", "kind"),
    [
        ("https://id.gs1.org/00/095012345678901237", None, ScanKind.DIGITAL_LINK),
        ("HTTPS://ID.GS1.ORG/01/09501101530003", "]Q1", ScanKind.DIGITAL_LINK),
        ("Https://id.gs1.org/01/09501101530003", "]Q1", ScanKind.OPAQUE),
        ("https:///01/09501101530003", "]Q1", ScanKind.OPAQUE),
        ("https://id.gs1.org/01/09501101530004", "]Q1", ScanKind.OPAQUE),
        ("https://id.gs1.org/01/09501101530003/10", "]Q1", ScanKind.OPAQUE),
        ("https://id.gs1.org/01/09501101530003?17=259999", "]Q1", ScanKind.OPAQUE),
        ("https://id.gs1.org/01/09501101530003?utm=x&17=251231", "]Q1", ScanKind.DIGITAL_LINK),
        ("https://[broken/01/09501101530003", "]Q1", ScanKind.OPAQUE),
        ("[)>\x1e06\x1dP123\x1e\x04", None, ScanKind.ENVELOPE),
        ("950110153000312345", "]E3", ScanKind.GTIN),
        ("1234567", "]E0", ScanKind.OPAQUE),
        ("9501101530003", "]I1", ScanKind.OPAQUE),
        ("", "]C1", ScanKind.OPAQUE),
        ("10A\x1d\x1d21B", "]C1", ScanKind.OPAQUE),
        ("10A\x1d10B", "]C1", ScanKind.OPAQUE),
        ("05123", "]C1", ScanKind.OPAQUE),
        ("01123", "]C1", ScanKind.OPAQUE),
        ("10A\x1d", "]C1", ScanKind.ELEMENT_STRING),
        ("]C1\x1d10A", None, ScanKind.ELEMENT_STRING),
    ],
)
def test_what_counts_as_what(text, symbology, kind):
    assert parse(text, symbology, TODAY).kind is kind


def test_restricted_numbers_are_said_to_be():
    assert parse("201234567890" + gtin.check_digit("201234567890")).restricted
    assert not parse("9501101530003").restricted


@given(digits.filter(lambda text: len(text) > 1))
def test_one_wrong_digit_is_always_noticed(body):
    code = body + gtin.check_digit(body)
    for position, digit in enumerate(code):
        other = code[:position] + str((int(digit) + 1) % 10) + code[position + 1 :]
        assert not gtin.has_valid_check_digit(other)


lots = st.text("ABCDEFXYZ0123456789-./", min_size=1, max_size=20)


@given(st.text("0123456789", min_size=13, max_size=13), lots, lots)
def test_what_we_encode_we_read_back(body, lot, serial):
    code = body + gtin.check_digit(body)
    message = gs1_message([("01", code), ("10", lot), ("21", serial)])
    scan = parse(message, "]C1")
    assert (scan.gtin, scan.lot, scan.serial, scan.error) == (code, lot, serial, "")


@given(st.text(max_size=60), st.sampled_from([None, "]C1", "]d2", "]Q1", "]E0", "]E4", "]I1", "]C0", "]Q3"]))
def test_nothing_a_scanner_can_send_makes_it_fail(text, symbology):
    scan = parse(text, symbology)
    if scan.gtin:
        assert gtin.has_valid_check_digit(scan.gtin)
        assert len(scan.gtin) == 14


@given(st.text(max_size=10))
def test_aim_split_loses_nothing(text):
    symbology, rest = aim.split(text)
    assert (symbology or "") + rest == text


@pytest.mark.parametrize(
    ("file", "field", "least"), [("process_ai_caret", "input_caret", 0.9), ("scandata_process", "scandata", 0.75)]
)
def test_gs1s_own_vectors(file, field, least):
    """How far we agree with GS1's engine; the share may only rise."""
    path = VECTORS / f"{file}.jsonl"
    if not path.exists():
        pytest.skip("GS1's test vectors are not on this machine")
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    agreed = 0
    for row in rows:
        text = row[field].replace("^", "\x1d") if field == "input_caret" else row[field]
        scan = parse(text, "]C1") if field == "input_caret" else parse(text)
        valid = not scan.error and (field != "input_caret" or text.startswith("\x1d"))
        agreed += valid == row["ok"]
    assert agreed / len(rows) >= least
