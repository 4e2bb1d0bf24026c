"""What a code means: order, narrowing, what only looks like something; command barcodes; echoes."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.scan import ScanFields, ScanInput, ScanKind, ScanSource
from app.flows.commands import Command, PickCommand, read, read_pick
from app.flows.duplicates import DuplicateRule
from app.flows.resolve import Expect, Patterns, resolve


class Site:
    """A site in dictionaries."""

    def __init__(self, **things):
        self.things = things

    def _one(self, kind, code):
        return self.things.get(kind, {}).get(code)

    def tote(self, code):
        return self._one("tote", code)

    def bin(self, code):
        return self._one("bin", code)

    def items(self, code):
        return self._one("item", code) or ()

    def carton(self, code):
        return self._one("carton", code)

    def parcel(self, code):
        return self._one("parcel", code)

    def order(self, code):
        return self._one("order", code)


def meaning(site, text, expect=None, **fields):
    return resolve(ScanFields(text, **fields), site, expect or Expect(), Patterns())


KINDS = ["tote", "bin", "item", "carton", "parcel", "order"]


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_found(kind):
    value = [("SKU", 1)] if kind == "item" else "ID"
    found = meaning(Site(**{kind: {"X1": value}}), "X1")
    assert (found.kind, found.id, found.also) == (ScanKind(kind), "SKU" if kind == "item" else "ID", ())


@pytest.mark.parametrize(("first", "second"), list(itertools.pairwise(KINDS)))
def test_two_meanings_ask_in_order_and_expectation_settles(first, second):
    site = Site(**{k: {"X": [("X", 1)] if k == "item" else "X"} for k in (first, second)})
    both = meaning(site, "X")
    assert both.kind is ScanKind(first)
    assert [other.kind for other in both.also] == [ScanKind(second)]
    for wanted in (first, second):
        settled = meaning(site, "X", Expect(frozenset({ScanKind(wanted)})))
        assert (settled.kind, settled.also) == (ScanKind(wanted), ())


def test_two_items_of_one_code_are_settled_by_the_one_that_is_needed():
    site = Site(item={"0400": [("A", 1), ("B", 6)]})
    assert [m.id for m in (meaning(site, "0400"), *meaning(site, "0400").also)] == ["A", "B"]
    assert meaning(site, "0400", Expect(frozenset({ScanKind.ITEM}), frozenset({"B"}))).qty == 6
    assert meaning(site, "0400", Expect(frozenset({ScanKind.TOTE}), frozenset({"B"}))).id == "B"
    assert meaning(site, "0400", Expect(frozenset({ScanKind.ITEM}), frozenset({"Z"}))).also


def test_a_case_code_and_a_count_multiply():
    site = Site(item={"14006381333938": [("A", 12)], "A": [("A", 1)]})
    assert meaning(site, "4006381333938", gtin="14006381333938").qty == 12
    assert meaning(site, "x", gtin="14006381333938", qty=2).qty == 24
    assert meaning(site, "x", gtin="14006381333938", qty=0).kind is ScanKind.UNKNOWN


def test_an_item_found_by_gtin_and_by_text_is_one():
    site = Site(item={"04006381333931": [("A", 1)], "4006381333931": [("A", 1)]})
    assert meaning(site, "4006381333931", gtin="04006381333931").also == ()


def test_bins_are_read_in_either_case():
    assert meaning(Site(bin={"A-01": "A-01"}), "a-01").id == "A-01"


def test_a_parcel_is_found_by_sscc_or_tracking():
    site = Site(parcel={"340123450000000018": "p1", "JD0001": "p1"})
    assert meaning(site, "00340123450000000018", sscc="340123450000000018").id == "p1"
    assert meaning(site, "JD0001").id == "p1"
    stranger = meaning(site, "x", sscc="340123450000000025")
    assert (stranger.kind, stranger.id) == (ScanKind.PARCEL, "340123450000000025")


def test_patterns_only_name_what_nobody_knows():
    assert (meaning(Site(), "t-0001").kind, meaning(Site(), "t-0001").id) == (ScanKind.TOTE, "T-0001")
    assert meaning(Site(item={"T-0001": [("T-0001", 1)]}), "T-0001").kind is ScanKind.ITEM
    assert meaning(Site(), "B-4711XY").kind is ScanKind.BADGE
    assert meaning(Site(), "50201").kind is ScanKind.UNKNOWN


def test_commands():
    assert meaning(Site(), "fh:short").kind is ScanKind.COMMAND
    assert read("FH:SHORT") == (Command.SHORT, "")
    assert read("fh:short:Not_Found") == (Command.SHORT, "not_found")
    assert read("FH:DANCE") is None
    assert read("4006381333931") is None


@given(st.text(max_size=40))
def test_any_text_has_a_meaning(text):
    assert meaning(Site(), text).fields.text == text


# --- echoes ---


def heard(at, text="X", device="s1", source=ScanSource.SERIAL):
    return ScanInput(text, at, None, source, device)


def test_twenty_scans_in_a_second_are_twenty():
    rule = DuplicateRule()
    scans = [heard(n / 20) for n in range(20)]
    assert not any(rule.is_echo(now, before) for before, now in itertools.pairwise(scans))


@pytest.mark.parametrize(
    ("second", "echo"),
    [
        (heard(0.03), True),
        (heard(0.041), False),
        (heard(0.1, source=ScanSource.WEDGE, device="kbd"), True),
        (heard(0.121, source=ScanSource.WEDGE, device="kbd"), False),
        (heard(0.01, text="Y"), False),
        (heard(-0.01), False),
    ],
)
def test_what_is_an_echo(second, echo):
    assert DuplicateRule().is_echo(second, heard(0.0)) is echo


def test_nothing_echoes_the_first_scan_and_the_rule_can_be_switched_off():
    assert not DuplicateRule().is_echo(heard(0.0), None)
    assert not DuplicateRule(0, 0).is_echo(heard(0.0), heard(0.0))


# --- carts ---


@pytest.mark.parametrize(
    ("text", "kind", "id"),
    [
        ("CART-7", ScanKind.CART, "CART-7"),
        ("c-12", ScanKind.CART, "C-12"),
        ("CART-7-3", ScanKind.SLOT, "CART-7/3"),
        ("C-7/03", ScanKind.SLOT, "C-7/3"),
        ("C-7-333", ScanKind.UNKNOWN, "C-7-333"),
    ],
)
def test_a_cart_and_its_slots_are_known_by_their_looks(text, kind, id):
    found = meaning(Site(), text)
    assert (found.kind, found.id) == (kind, id)


def test_a_bin_that_reads_like_a_cart_is_a_bin_unless_a_cart_is_wanted():
    site = Site(bin={"C-07": "C-07", "C-07-02": "C-07-02"})
    assert meaning(site, "C-07").kind is ScanKind.BIN
    assert meaning(site, "C-07", Expect(frozenset({ScanKind.CART}))).kind is ScanKind.CART
    assert meaning(site, "C-07-02", Expect(frozenset({ScanKind.SLOT}))).kind is ScanKind.SLOT


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("FH:QTY:7", (PickCommand.QTY, "7")),
        ("fh:full", (PickCommand.FULL, "")),
        ("FH:SHORT", None),
        ("QTY", None),
    ],
)
def test_cards_that_only_picking_has(text, found):
    assert read_pick(text) == found
    assert found is None or read(text) is None
