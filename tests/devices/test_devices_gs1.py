"""What a scan says: numbers, element strings, Digital Links; and that a code never says more than it holds."""

import datetime as dt
import json
from decimal import Decimal

import biip
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.wiring.scans import read_fields
from devices.codecs import aim, gtin
from devices.codecs.gs1 import Reading, ScanKind, parse
from devices.codecs.gs1.elements import join
from devices.codecs.gs1.restricted import RestrictedRule
from devices.codecs.gs1.separators import Separators

TODAY = dt.date(2026, 6, 1)
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


def test_a_value_that_ends_in_a_date_or_product_number_is_suspected_to_have_swallowed_it():
    date = parse("010950110153000310LOT717261231", "]C1", TODAY)
    assert (date.lot, date.separator_lost) == ("LOT717261231", True)
    number = parse("10LOT0109501101530003", "]C1", TODAY)
    assert (number.gtin, number.separator_lost) == (None, True)
    # No such day; a wrong check digit; a date that stands there already; a lot that happens to hold a two-digit identifier.
    for text in ("10LOT717261331", "10LOT0109501101530004", "1726123110LOT717261231", "0109501101530003102117101"):
        assert not parse(text, "]C1", TODAY).separator_lost


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
        ("9501101530003", "]I3", ScanKind.GTIN),
        ("04252614", "]E0", ScanKind.GTIN),
        ("96385074", "]E0", ScanKind.OPAQUE),
        ("9501101530003", "]E4", ScanKind.OPAQUE),
        ("240A\x1d0109501101530003", None, ScanKind.ELEMENT_STRING),
        ("x" * 8193, None, ScanKind.OPAQUE),
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
    message = join([("01", code), ("10", lot), ("21", serial)])
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


@pytest.mark.parametrize("separator", ["\x1d", "{GS}", "<GS>", "[GS]", "^]", "^", "|", "~", "\u241d"])
@pytest.mark.parametrize("symbology", ["]C1", "]d2", None])
def test_a_separator_counts_in_whatever_form_it_arrives(separator, symbology):
    scan = parse(f"{separator}010950110153000310LOT7{separator}2112345{separator}", symbology, TODAY)
    assert (scan.gtin, scan.lot, scan.serial, scan.error) == ("09501101530003", "LOT7", "12345", "")


def test_other_substitutes_are_configured():
    reading = Reading(Separators(gs=("#",)))
    assert parse("10LOT7#2112345", "]C1", TODAY, reading).serial == "12345"
    assert parse("10LOT7^2112345", "]C1", TODAY, reading).error
    assert parse("10LOT7#2112345", "]C1", TODAY).error


def test_weights_in_every_unit_and_prices_with_and_without_currency():
    pound = parse("0109501101530003" + "3201000125" + "3922001299", "]C1", TODAY)
    assert pound.net_weight_g == Decimal("12.5") * Decimal("453.59237")
    assert (pound.price, pound.currency) == (Decimal("12.99"), None)
    gross = parse("00095012345678901237" + "3302001250" + "393097815", "]C1", TODAY)
    assert (gross.gross_weight_g, gross.net_weight_g) == (Decimal(12500), None)
    assert (gross.price, gross.currency) == (Decimal(15), "978")
    # 3310 is a length, not a weight.
    assert parse("000950123456789012373310000012", "]C1", TODAY).gross_weight_g is None


def test_production_and_expiry_with_time():
    scan = parse("01095011015300031126010170032612311430", "]C1", TODAY)
    assert (scan.produced, scan.expiry) == (dt.date(2026, 1, 1), dt.date(2026, 12, 31))


RULES = (
    RestrictedRule("28IIIIIWWWWWC"),
    RestrictedRule("29IIIIIQQQQQC"),
    RestrictedRule("2?IIIIVPPPPPC"),
    RestrictedRule("02IIIIIPPPPPC", decimals=0),
)


@pytest.mark.parametrize(
    ("body", "weight", "price", "count"),
    [
        ("281234501250", Decimal(1250), None, None),
        ("291234500012", None, None, 12),
        ("211234901299", None, Decimal("12.99"), None),
        ("021234500150", None, Decimal(150), None),
    ],
)
def test_restricted_numbers_say_something_only_by_the_rule_of_the_country(body, weight, price, count):
    code = body + gtin.check_digit(body)
    plain = parse(code)
    assert plain.restricted
    assert (plain.item, plain.net_weight_g, plain.price, plain.count) == (None, None, None, None)
    scan = parse(code, reading=Reading(restricted=RULES))
    assert (scan.net_weight_g, scan.price, scan.count) == (weight, price, count)
    assert gtin.has_valid_check_digit(scan.item)
    assert scan.gtin == code.zfill(14)
    other = body[:-1] + str((int(body[-1]) + 1) % 10)
    assert parse(other + gtin.check_digit(other), reading=Reading(restricted=RULES)).item == scan.item


def test_a_rule_is_for_its_own_prefix_and_for_numbers_in_circulation_only():
    assert RestrictedRule("28IIIIIWWWWWC").read("02912345012500") is None
    assert RestrictedRule("2?IIIIIWWWWWC").read("00212345012500") is None
    assert RestrictedRule("28IIIIIWWWWWC").read("12812345012500") is None
    for bad in ("28IIIIIWWWWW", "30IIIIIWWWWWC", "28IIIWWIIIWWC", "28WWWWWWWWWWC", "28IIIIIIIIIIC"):
        with pytest.raises(ValueError):
            RestrictedRule(bad)


@pytest.mark.parametrize(
    ("gs", "rs", "eot"),
    [("\x1d", "\x1e", "\x04"), ("{GS}", "{RS}", "{EOT}"), ("^]", "^^", ""), ("|", "<RS>", "<EOT>"), ("^", "^^", "")],
)
def test_an_envelope_of_data_identifiers(gs, rs, eot):
    fields = gs.join(["P12-34", "Q24", "1TLOT7", "SSER9", "14D20261231", "1J" + "095012345678901237"])
    scan = parse(f"[)>{rs}06{gs}{fields}{rs}{eot}", None, TODAY)
    assert (scan.kind, scan.error) == (ScanKind.ENVELOPE, "")
    assert (scan.item, scan.count, scan.lot, scan.serial) == ("12-34", 24, "LOT7", "SER9")
    assert (scan.expiry, scan.sscc) == (dt.date(2026, 12, 31), "095012345678901237")
    assert scan.get("1T") == "LOT7"


def test_an_envelope_of_application_identifiers_beside_another_format():
    scan = parse("[)>\x1e05\x1d010950110153000310LOT7\x1d3712\x1e07free\x1e\x04", "]d1", TODAY)
    assert (scan.gtin, scan.lot, scan.count, scan.kind) == ("09501101530003", "LOT7", 12, ScanKind.ENVELOPE)


@pytest.mark.parametrize(
    "text", ["[)>", "[)>\x1ePABC", "[)>\x1e06\x1dabc", "[)>\x1e05\x1d0109501101530004\x1e\x04", "[)>\x1e" * 2000]
)
def test_a_broken_envelope_says_so(text):
    scan = parse(text, None, TODAY)
    assert scan.kind is ScanKind.ENVELOPE
    assert scan.error
    assert scan.elements == ()


@pytest.mark.parametrize(
    "text", ["]E09501101530003|]e010LOT7\x1d3712", "]E09501101530003]e010LOT7{GS}3712", "9501101530003|]e010LOT7^3712"]
)
def test_a_retail_symbol_and_the_composite_above_it_are_one_scan(text):
    scan = parse(text, None, TODAY)
    assert (scan.gtin, scan.lot, scan.count, scan.error) == ("09501101530003", "LOT7", 12, "")
    assert parse(text.replace("3712", "37A"), None, TODAY).gtin is None
    assert parse("9501101530004]e010A", "]E0").kind is ScanKind.OPAQUE


def test_quantities_that_are_no_whole_numbers_are_left_alone():
    assert parse("[)>\x1e06\x1dQ12.5\x1e\x04").count is None
    assert parse("[)>\x1e06\x1dQ12.0\x1d14D20261331\x1e\x04").count == 12
    assert parse("[)>\x1e06\x1d14D20261331\x1e\x04").expiry is None


def test_links_in_the_forms_of_older_standards_are_read_too():
    scan = parse("https://shop.example/gtin/9501101530003/lot/A", "]Q1", TODAY)
    assert (scan.gtin, scan.lot) == ("09501101530003", "A")


@pytest.mark.parametrize("size", [9_000, 10_000_000])
@pytest.mark.parametrize("symbology", [None, "]C1", "]Q1", "]E0", "]C0"])
def test_what_no_symbol_can_hold_is_refused_before_it_is_read(size, symbology):
    for piece in ("1", "10A\x1d", "https://a/01/", "[)>\x1e06\x1d", "\x1b[31m"):
        scan = parse((piece * (size // len(piece) + 1))[:size], symbology, TODAY)
        assert scan.kind is ScanKind.OPAQUE
        assert "longer" in scan.error


@given(st.text("0123456789\x1d", max_size=130))
@example("3710101010" * 12)
@example("21" * 60)
def test_a_lost_separator_never_makes_two_readings_into_one(text):
    """Whatever is read is one way to write these elements: joined without separators both are the same digits."""
    scan = parse(text, "]C1", TODAY)
    if not scan.error:
        joined = "".join(identifier + value for identifier, value in scan.elements)
        assert joined == text.replace("\x1d", "")
        assert scan.separator_lost or join(scan.elements).count("\x1d") <= text.count("\x1d")


def test_biip_reads_the_same_out_of_a_full_message():
    """A second opinion on common elements."""
    message = "0109501101530003" + "17261231" + "3103001250" + "10LOT-7\x1d" + "21S/8\x1d" + "3712"
    theirs = biip.parse("]C1" + message).gs1_message
    ours = parse(message, "]C1", TODAY)
    assert [(element.ai.ai, element.value) for element in theirs.element_strings] == list(ours.elements)


def test_the_client_hears_the_part_number_of_an_envelope_and_the_content_of_a_pallet():
    part = read_fields("[)>\x1e06\x1dP12-34\x1dQ24\x1d1TLOT7\x1e\x04", None)
    assert (part.text, part.qty, part.lot) == ("12-34", 24, "LOT7")
    pallet = read_fields("000950123456789012370209501101530003" + "3712\x1d10LOT7", "]C1")
    assert (pallet.sscc, pallet.gtin, pallet.qty, pallet.lot) == ("095012345678901237", "09501101530003", 12, "LOT7")
    shop = read_fields("2812345012505", "]E0")
    assert (shop.text, shop.gtin) == ("2812345012505", "02812345012505")
