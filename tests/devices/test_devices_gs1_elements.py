"""Element strings of every identifier in the table: what is built is read back, as message, in brackets, as Digital Link, as scan data."""

import datetime as dt
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.codecs import gtin
from devices.codecs.gs1 import associations, code_lists, parse, scandata
from devices.codecs.gs1.digital_link import LENIENT, escape, link_elements, link_for, unescape
from devices.codecs.gs1.elements import GS, build, caret, split_brackets, split_caret, split_message
from devices.codecs.gs1.faults import Gs1Error
from devices.codecs.gs1.identifiers import check_value, lookup, table
from devices.codecs.gs1.linters import CSET82, LINTERS
from tools.soak import gs1_scans

TODAY = dt.date(2026, 6, 1)
DIGITS = "0123456789"
CSET32 = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
ALPHABETS = {
    "csetnumeric": DIGITS,
    "cset82": CSET82,
    "cset39": "#-/" + DIGITS + "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "cset64": DIGITS + "-_abcXYZ",
}
DATES = st.dates(dt.date(2000, 1, 1), dt.date(2069, 12, 31))
CLOCK = st.times()
SAMPLES = {
    "couponcode": st.just("19501101123456325021101233261231"),
    "couponposoffer": st.just("1195011011234560000001"),
    "hh": CLOCK.map(lambda time: f"{time:%H}"),
    "hhmi": CLOCK.map(lambda time: f"{time:%H%M}"),
    "hyphen": st.just("-"),
    "iban": st.just("DE44500105175407324931"),
    "importeridx": st.sampled_from("-_09AZaz"),
    "iso3166": st.sampled_from(sorted(code_lists.COUNTRY_NUMBERS)),
    "iso3166999": st.just("999"),
    "iso3166alpha2": st.sampled_from(sorted(code_lists.COUNTRIES)),
    "iso4217": st.sampled_from(sorted(code_lists.CURRENCY_NUMBERS)),
    "iso5218": st.sampled_from("0129"),
    "latitude": st.integers(0, 1_800_000_000).map("{:010d}".format),
    "longitude": st.integers(0, 3_600_000_000).map("{:010d}".format),
    "mediatype": st.sampled_from(sorted(code_lists.MEDIA_TYPES)),
    "mi": CLOCK.map(lambda time: f"{time:%M}"),
    "packagetype": st.sampled_from(sorted(code_lists.PACKAGE_TYPES)),
    "pieceoftotal": st.sampled_from(["0102", "0909", "0199"]),
    "posinseqslash": st.sampled_from(["1/3", "2/2"]),
    "ss": CLOCK.map(lambda time: f"{time:%S}"),
    "winding": st.sampled_from("019"),
    "yesno": st.sampled_from("01"),
    "yymmd0": DATES.map(lambda day: f"{day:%y%m%d}"),
    "yymmdd": DATES.map(lambda day: f"{day:%y%m%d}"),
    "yyyymmdd": DATES.map(lambda day: f"{day:%Y%m%d}"),
    "zero": st.just("0"),
}


def check_pair(data):
    for first in CSET32:
        for second in CSET32:
            if LINTERS["csumalpha"](data + first + second) is None:
                return first + second
    raise AssertionError(data)


def texts(component):
    """Texts that obey every rule of a component."""
    rules = set(component.rules)
    known = [rule for rule in component.rules if rule in SAMPLES]
    if known:
        return SAMPLES[known[0]]
    plain = st.text(ALPHABETS[component.charset], min_size=component.least, max_size=component.most)
    if "csumalpha" in rules:
        body = st.text(CSET82, min_size=1, max_size=18)
        return body.map(lambda text: "9501" + text + "X").map(lambda text: text + check_pair(text))
    if "csum" in rules:
        body = st.text(DIGITS, min_size=component.least - 1, max_size=component.most - 1)
        return body.map(lambda digits: digits + gtin.check_digit(digits))
    if rules & {"gcppos1", "gcppos2"}:
        return st.text(DIGITS, min_size=max(5, component.least), max_size=component.most)
    if rules & {"nonzero", "nozeroprefix"}:
        size = component.least if component.least == component.most else 1
        return st.text(DIGITS[1:], min_size=size, max_size=component.most)
    return plain.map(lambda text: text.replace("%", "_")) if "pcenc" in rules else plain


@st.composite
def elements(draw, row):
    pieces = [draw(texts(component)) for component in row.components]
    present = [component for component in row.components if not component.optional]
    count = draw(st.integers(len(present), len(pieces)))
    value = "".join(pieces[:count])
    return draw(st.sampled_from(list(row.members()))), value


@st.composite
def messages(draw):
    rows = draw(st.lists(st.sampled_from(table()), min_size=1, max_size=6, unique_by=lambda row: row.first))
    return [draw(elements(row)) for row in rows]


@given(st.sampled_from(table()).flatmap(elements))
def test_every_identifier_is_read_back_alone(element):
    found, lost = split_message(build([element]))
    assert (found, lost) == ([element], False)


@given(messages())
def test_every_message_is_read_back_in_every_form(message):
    text = build(message)
    assert split_message(text) == (message, False)
    assert split_message(GS + text + GS) == (message, False)
    assert split_caret(caret(message)) == message
    brackets = "".join(f"({identifier}){value.replace('(', chr(92) + '(')}" for identifier, value in message)
    assert split_brackets(brackets) == message
    assert scandata.process(scandata.generate("DM", caret(message))) == ("DM", caret(message))
    scan = parse(text, "]d2", TODAY)
    assert list(scan.elements) == message
    assert not scan.error


@given(messages())
def test_every_digital_link_is_read_back(message):
    try:
        address = link_for(message)
    except Gs1Error:
        return
    assert sorted(link_elements(address)) == sorted(message)


@given(st.text(max_size=60))
def test_escaping_is_undone(text):
    for query in (False, True):
        assert unescape(escape(text, query=query), query=query).encode("latin-1") == b"".join(
            char.encode("latin-1") if ord(char) < 256 else char.encode("utf-8", "replace") for char in text
        )


TRICKY = st.text(
    alphabet=st.one_of(st.characters(), st.sampled_from("()\\^|]\x1d\x1e\x04[)>/?&=%#" + DIGITS)), max_size=80
)


@given(TRICKY)
def test_no_reader_fails_but_with_its_own_error(text):
    for read in (
        split_message,
        split_caret,
        split_brackets,
        scandata.process,
        lambda text: link_elements(text, LENIENT),
    ):
        try:
            read(text)
        except Gs1Error:
            continue
    for address in ("https://a/01/" + text, "https://a/01/09501101530003?" + text, "https://" + text):
        parse(address, "]Q1", TODAY)
    for symbology in ("QR", "EAN13", "UPCE", "DataBarOmni", "GS1_128_CCA", text):
        try:
            scandata.generate(symbology, text)
        except Gs1Error:
            continue


@given(TRICKY, st.sampled_from(sorted(LINTERS)))
def test_no_linter_fails_and_each_points_into_the_text(text, name):
    fault = LINTERS[name](text)
    if fault:
        assert fault.at >= 0
        assert fault.at + fault.length <= len(text)


@given(TRICKY, st.sampled_from(table()))
def test_no_value_makes_the_table_fail(text, row):
    try:
        check_value(row.first, row, text)
    except Gs1Error:
        return


@pytest.mark.parametrize("name", sorted(LINTERS))
@pytest.mark.parametrize("piece", ["1", "a", "%", "=", "\x1b[31m"])
def test_no_linter_chokes_on_a_hundred_thousand_characters(name, piece):
    fault = LINTERS[name](piece * (100_000 // len(piece)))
    assert fault is None or fault.code


def test_every_linter_is_used_by_the_table_or_by_another_release():
    used = {rule for row in table() for component in row.components for rule in (component.charset, *component.rules)}
    assert set(LINTERS) - used == {"yyyymmd0"}


def test_the_table_is_consistent():
    for row in table():
        assert row.first <= row.last
        assert row.fixed == (
            row.first[:2] in {"00", "01", "02", "03", "20", "41"} | {str(n) for n in (*range(11, 20), *range(31, 37))}
        )
        for alternatives in row.needs:
            for alternative in alternatives:
                assert all(pattern.replace("n", "0")[:2].isdigit() for pattern in alternative)
        for sequence in row.keys or ():
            assert all(lookup(qualifier) for qualifier in sequence)
    assert len(table()) == 224


def test_what_is_built_is_checked():
    for message in ([("01", "09501101530004")], [("05", "1")], [("10", "")], [("10", "x" * 21)]):
        with pytest.raises(Gs1Error):
            build(message)


def test_warnings_over_all_the_barcodes_of_an_item():
    assert associations.warnings([("01", "09501101530003"), ("10", "A"), ("3103", "001250")]) == []
    words = " / ".join(
        associations.warnings([("02", "09501101530003"), ("01", "09501101530003"), ("10", "A"), ("10", "B")])
    )
    assert "(10) twice" in words
    assert "(02) together with (01)" in words
    assert "(02) without 37" in words


def test_a_small_part_of_the_long_run_over_damaged_scans():
    counts = gs1_scans.play(4000, random.Random(7))
    assert counts["lost: wrong"] == 0
    assert counts["damaged: wrong"] == 0
    assert min(counts[f"lost: {fate}"] for fate in ("refused", "flagged", "joined")) > 20
    assert min(counts[f"damaged: {fate}"] for fate in ("refused", "read")) > 20
