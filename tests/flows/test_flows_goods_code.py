"""What the code on a label of goods says is what this device reads in it, whatever lot and day were typed."""

from datetime import date, timedelta

from hypothesis import example, given
from hypothesis import strategies as st

from app.core.scan import ScanKind
from app.flows.goods_code import GoodsCode, goods_code
from app.flows.resolve import Expect, Patterns, resolve
from app.wiring.scans import read_fields

TEA = "04006381333931"
#: Items by code: TEA, one with a number only for its cases, two that share a number, and one with a number of the shop's own.
KNOWN = {
    "TEA": [("TEA", 1)], TEA: [("TEA", 1)], "04006381333948": [("CUP", 6)], "CUP": [("CUP", 1)],
    "04006381333955": [("JAM", 1), ("JELLY", 1)], "JAM": [("JAM", 1)], "OWN-7": [("OWN", 1)], "OWN": [("OWN", 1)],
}  # fmt: skip


class Known:
    def items(self, code):
        return KNOWN.get(code, [])

    def tote(self, code):
        return None

    bin = carton = parcel = order = tote


def reads(text, symbology):
    return resolve(read_fields(text, symbology), Known(), Expect(frozenset({ScanKind.ITEM})), Patterns())


def code(units=48, lot="", expiry="", codes=((TEA, 1),), sku="TEA"):
    return goods_code(sku, codes, units, lot, expiry, reads)


def test_all_of_it_in_one_code():
    soon = (date.today() + timedelta(days=400)).isoformat()
    six = soon[2:4] + soon[5:7] + soon[8:]
    assert code(48, "L-7", soon).text == f"02{TEA}17{six}3748\x1d10L-7"
    assert code(1, "L-7", soon).text == f"01{TEA}17{six}10L-7"
    assert code(48).text == f"02{TEA}3748"
    assert code(1, codes=(("4006381333931", 1),)).text == f"01{TEA}"


def test_without_a_number_that_means_one_unit_of_this_item_the_code_is_the_items_own():
    assert code(codes=(("04006381333948", 6),), sku="CUP") == GoodsCode()
    assert code(codes=(("04006381333955", 1),), sku="JAM") == GoodsCode()
    assert code(codes=(("OWN-7", 1), ("04006381333930", 1)), sku="OWN") == GoodsCode()
    assert code(codes=()) == GoodsCode()
    # A code nobody knows any more does not stand in the way of one that is known.
    assert code(codes=(("04006381333962", 1), (TEA, 1))).content == TEA


def test_what_gs1_cannot_say_is_left_out_and_the_rest_stands():
    far = date.today().replace(day=1) + timedelta(days=366 * 60)
    assert code(5, "L-7", far.isoformat()) == GoodsCode(content=TEA, count="5", lot="L-7")
    for odd in ("lot of spaces", "Größe", "X" * 21, "A\x1d21B", "L^7", "7]", "\0", "🍓"):
        assert code(5, odd).lot == "", odd
        assert code(5, odd).content == TEA


HOSTILE = st.one_of(
    st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=22),
    st.text(max_size=22),
    st.text("0123456789\x1d", max_size=20),
    st.text("0123", max_size=8).map(lambda tail: f"17261231{tail}"),
)


@given(st.integers(1, 99_999), HOSTILE, st.dates() | st.none())
@example(37, "10", None)
@example(3710, "37", date(2027, 12, 31))
def test_it_is_read_as_what_it_is_or_not_said(units, lot, day):
    expiry = day.isoformat() if day else ""
    made = code(units, lot, expiry)
    for symbology in ("]d2", "]C1", None):
        meaning = reads(made.text, symbology)
        said = meaning.fields
        assert (meaning.kind, meaning.id, meaning.qty, meaning.also) == (ScanKind.ITEM, "TEA", units, ())
        assert (said.lot or "", said.serial, said.separator_lost) == (made.lot, None, False)
        assert said.expiry == (expiry if made.expiry else None)
    assert made.lot in ("", lot)


@given(st.from_regex(r"[A-Z]{0,3}-?[0-9]{1,7}", fullmatch=True))
def test_a_lot_as_suppliers_write_them_is_always_said(lot):
    assert code(12, lot).lot == code(1, lot).lot == lot
