"""Reading files: whatever the bytes, every line is either a row or in the report, and a bad one hides no good one."""

import csv
import io
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oms.imports import fields, text
from oms.imports.report import BadLine
from oms.imports.text import Shape

PLAIN = Shape()


def rows(content, shape=PLAIN):
    found, bad = text.csv_rows(content, shape)
    return [(row.line, row.values) for row in found], [(line.line, line.code) for line in bad]


@pytest.mark.parametrize(
    "body",
    [
        "sku,name\nA,Müller".encode(),
        "sku,name\nA,Müller".encode("utf-8-sig"),
        "sku,name\nA,Müller".encode("utf-16"),
        b"\xfe\xff" + "sku,name\nA,Müller".encode("utf-16-be"),
        "sku,name\nA,Müller".encode("cp1252"),
        "sku,name\nA,Müller".encode("latin-1"),
    ],
)
def test_encodings_and_byte_order_marks(body):
    assert rows(text.decode(body)) == ([(2, {"sku": "A", "name": "Müller"})], [])


def test_what_windows_1252_leaves_undefined_is_latin_1():
    assert text.decode(b"a\x81b") == "a\x81b"


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_separators_and_line_ends(separator, end):
    content = end.join(
        [separator.join(["SKU ", " Name"]), separator.join(["A", "Tea"]), "", separator.join(["B", "Cup"]), ""]
    )
    assert rows(content) == ([(2, {"sku": "A", "name": "Tea"}), (4, {"sku": "B", "name": "Cup"})], [])


def test_quotes_hold_separators_line_ends_and_quotes():
    assert rows('sku,name\nA,"a, b\r\nc ""d"""\nB,5" pipe') == (
        [(2, {"sku": "A", "name": 'a, b\nc "d"'}), (4, {"sku": "B", "name": '5" pipe'})],
        [],
    )


def test_a_quote_that_is_never_closed_costs_its_own_line_only():
    content = "sku,name\n" + 'A,"open\n' + "\n".join(f"B{n},x" for n in range(100))
    found, bad = rows(content)
    assert bad == [(2, "quote_not_closed")]
    assert len(found) == 100


@pytest.mark.parametrize(
    ("line", "code"),
    [('A,"x"y', "line_unreadable"), ("A,\0x", "line_unreadable"), ("A,b,c", "too_many_columns")],
)
def test_a_broken_line_is_reported_and_the_next_one_is_read(line, code):
    assert rows(f"sku,name\n{line}\nB,ok") == ([(3, {"sku": "B", "name": "ok"})], [(2, code)])


def test_a_line_of_ten_megabytes_costs_itself_only():
    found, bad = rows("sku,name\nA," + "x" * 10_000_000 + "\nB,ok")
    assert (found, bad) == ([(3, {"sku": "B", "name": "ok"})], [(2, "line_too_long")])


def test_a_file_without_a_header_gets_its_names_and_fixed_values_from_the_sender():
    shape = Shape(("-", "sku", "qty"), (("bin", "A-01"),))
    assert rows("x;T1;5\ny;T2;6;", shape) == (
        [(1, {"sku": "T1", "qty": "5", "bin": "A-01"}), (2, {"sku": "T2", "qty": "6", "bin": "A-01"})],
        [],
    )


@given(st.binary(max_size=300))
def test_no_bytes_ever_break_the_reader(body):
    found, bad = text.csv_rows(text.decode(body), PLAIN)
    lines = [row.line for row in found] + [line.line for line in bad]
    assert len(lines) == len(set(lines))


@given(
    st.lists(
        st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])), min_size=2, max_size=2)
    )
)
def test_what_a_csv_writer_wrote_is_read_back(table):
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerows([["a", "b"], *table])
    found, bad = rows(out.getvalue())
    wanted = [
        [value.replace("\r\n", "\n").replace("\r", "\n") for value in row]
        for row in table
        if any(v.strip() for v in row)
    ]
    assert bad == []
    assert [list(values.values()) for _, values in found] == wanted


def test_json_numbers_with_a_point_stay_texts():
    assert text.json_value(b'[{"price": 12.50, "qty": 3}]') == [{"price": "12.50", "qty": 3}]


@pytest.mark.parametrize("body", [b"{", b"", b"\xff\xfe\x00", b"[" * 100_000, b'{"a": NaN}'])
def test_what_is_no_json_is_said_so(body):
    with pytest.raises(BadLine) as error:
        text.json_value(body)
    assert error.value.code == "not_json"


def test_json_lists_bare_or_named():
    for value in ([{"SKU": 1}, 5], {"items": [{"SKU": 1}, 5]}):
        found, bad = text.json_rows(value, "items", Shape((), (("bin", "B"),)))
        assert [(row.line, row.values) for row in found] == [(1, {"sku": 1, "bin": "B"})]
        assert [(line.line, line.code) for line in bad] == [(2, "not_an_object")]
    found, bad = text.json_rows({"other": []}, "items", PLAIN)
    assert (found, [line.code for line in bad]) == ([], ["no_list"])


@pytest.mark.parametrize("good", ["0", "12", "+7", 12, "000012", " 5 "])
def test_whole_numbers(good):
    assert fields.whole({"n": good}, "n") == int(good)


@pytest.mark.parametrize(
    "bad", ["1.5", "-3", "1e9", "1,000", "12 3", "0x10", "１２", "٣", "nan", "=1+1", True, 1.0, "9" * 12, [], {}]
)
def test_what_is_no_whole_number(bad):
    with pytest.raises(BadLine):
        fields.whole({"n": bad}, "n")


@pytest.mark.parametrize(("raw", "amount"), [("12.50", "12.50"), ("12,5", "12.5"), ("0", "0"), (7, "7")])
def test_amounts_are_exact(raw, amount):
    assert fields.money({"p": raw}, "p") == Decimal(amount)


@pytest.mark.parametrize("bad", ["1.23456", "1e3", "NaN", "Infinity", "1.000,50", "EUR 5", "--1", True])
def test_what_is_no_amount(bad):
    with pytest.raises(BadLine):
        fields.money({"p": bad}, "p")


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("4006381333931", "04006381333931"),
        ("96385074", "00000096385074"),
        ("036000291452", "00036000291452"),
        ("14006381333938", "14006381333938"),
        ("SHOP-12", "SHOP-12"),
        ("12345", "12345"),
        ("", None),
    ],
)
def test_barcodes_become_gtin_14_or_stay_as_printed(raw, code):
    assert fields.barcode({"g": raw}, "g") == code


@pytest.mark.parametrize("bad", ["4006381333932", "=CMD()", "@x", "a\x1db"])
def test_what_is_no_barcode(bad):
    with pytest.raises(BadLine):
        fields.barcode({"g": bad}, "g")


@pytest.mark.parametrize("bad", ["", "   ", None, "=1+1", "+A", "-A", "@A", "a\x00b", "a\x07b", "x" * 65, True, ["A"]])
def test_what_is_no_key(bad):
    with pytest.raises(BadLine):
        fields.key({"sku": bad}, "sku")


def test_text_is_composed_and_line_ends_in_it_are_blanks():
    assert fields.text({"t": " e\u0301 a\r\nb\tc "}, "t") == "é a b c"


@pytest.mark.parametrize(
    ("raw", "yes"), [("1", True), ("Yes", True), ("x", True), ("", False), ("no", False), (None, False), (True, True)]
)
def test_flags(raw, yes):
    assert fields.flag({"f": raw}, "f") is yes


@pytest.mark.parametrize("read", [fields.flag, fields.day, fields.moment, fields.colour])
def test_words_that_mean_nothing_are_refused(read):
    with pytest.raises(BadLine):
        read({"f": "maybe"}, "f")


def test_times_without_a_zone_are_utc():
    assert fields.moment({"t": "2027-01-02T03:04"}, "t").isoformat() == "2027-01-02T03:04:00+00:00"
    assert fields.moment({"t": "2027-01-02T03:04+02:00"}, "t").isoformat() == "2027-01-02T01:04:00+00:00"
    with pytest.raises(BadLine):
        fields.moment({"t": "0001-01-01T00:00+23:00"}, "t")
