"""SSCCs, tracking numbers and what a label's fate means."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oms.shipping.rules import PARCEL, RangeUsedUp, after_label, check_digit, sscc, sscc_valid, tracking
from sync.contract.codes import ParcelState


@pytest.mark.parametrize(
    ("digits", "check"),
    [
        # GS1 General Specifications, section 7.9: the worked examples of GTIN-13 and SSCC.
        ("629104150021", 3),
        ("37610425002123456", 9),
        ("0" * 17, 0),
    ],
)
def test_the_check_digit_of_the_gs1_examples(digits, check):
    assert check_digit(digits) == check


def test_an_sscc_is_built_from_its_parts():
    assert sscc(3, "7610425", 2123456) == "376104250021234569"


@given(st.integers(0, 9), st.sampled_from(["8712345", "871234567", "4012345000"]), st.integers(0, 999_999))
def test_every_sscc_is_valid_and_one_wrong_digit_is_seen(extension, prefix, serial):
    text = sscc(extension, prefix, serial)
    assert sscc_valid(text)
    for place in range(18):
        wrong = text[:place] + str((int(text[place]) + 1) % 10) + text[place + 1 :]
        assert not sscc_valid(wrong)


@pytest.mark.parametrize("text", ["", "37610425002123456", "37610425002123456X", "37610425002123456٩"])
def test_what_is_no_sscc(text):
    assert not sscc_valid(text)


def test_a_range_ends():
    assert sscc(0, "871234567890", 9999)
    with pytest.raises(RangeUsedUp):
        sscc(0, "871234567890", 10_000)
    with pytest.raises(RangeUsedUp):
        tracking("3S", 1000, 3)
    with pytest.raises(RangeUsedUp):
        tracking("3S", -1, 3)


@pytest.mark.parametrize(
    ("extension", "prefix"), [(10, "8712345"), (-1, "8712345"), (0, "871"), (0, "87123x5"), (0, "8" * 13)]
)
def test_bad_parts_are_refused(extension, prefix):
    with pytest.raises(ValueError):
        sscc(extension, prefix, 1)


def test_a_tracking_number_has_prefix_places_and_check_digit():
    assert tracking("3SFLH", 42, 9) == "3SFLH000000042" + str(check_digit("000000042"))


@pytest.mark.parametrize(
    ("now", "fate", "level", "then"),
    [
        ("label_pending", "printed", 3, "label_printed"),
        ("label_pending", "printed", 2, "label_printed"),
        ("label_pending", "printed", 1, "label_unsure"),
        ("label_pending", "unsure", 0, "label_unsure"),
        ("label_unsure", "verified", 4, "label_printed"),
        ("label_unsure", "failed", 0, "label_pending"),
        ("label_printed", "reprint_asked", 0, "label_pending"),
        ("planned", "printed", 3, "label_printed"),
        ("shipped", "unsure", 0, "shipped"),
        ("void", "printed", 3, "void"),
    ],
)
def test_what_a_fate_makes_of_a_parcel(now, fate, level, then):
    assert after_label(ParcelState(now), fate, level) == then


def test_every_fate_stays_within_the_table():
    for now in ParcelState:
        for fate in ("printed", "failed", "unsure", "verified", "reprint_asked"):
            for level in range(5):
                then = after_label(now, fate, level)
                assert then == now or then in PARCEL[now]


def test_an_unknown_fate_is_not_guessed():
    with pytest.raises(ValueError, match="burned"):
        after_label(ParcelState.PLANNED, "burned", 0)
