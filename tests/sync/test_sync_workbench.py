"""The workbench on the wire looks as it did: screens and programs of other ages read it."""

import msgspec
import pytest

from sync.contract import workbench as wb
from sync.contract import workbench_acts as acts

HEAD = wb.OrderFound(number="N1", state="held", placed_at="2026-11-22T08:00:00.000Z", revision=3, holds=1)
GOLDEN = [
    (
        HEAD,
        '{"number":"N1","state":"held","placed_at":"2026-11-22T08:00:00.000Z","revision":3,"reference":null,"channel":"",'
        '"customer":"","city":"","country":"","promised":null,"total":"0","currency":"EUR","payment":"none","priority":3,'
        '"flags":[],"holds":1,"hold_codes":[],"sites":[],"lines":0,"late":false}',
    ),
    (wb.SearchRequest(text="late jansen"), '{"text":"late jansen","after":"","limit":50,"session":""}'),
    (
        wb.TimelineEntry(id="e7", at="2026-11-22T08:00:00.000Z", code="order.held", icon=wb.EventIcon.HOLD),
        '{"id":"e7","at":"2026-11-22T08:00:00.000Z","code":"order.held","icon":"hold","words":{},"who":"","device":"",'
        '"site":"","part":""}',
    ),
    (
        wb.SheetHold(id="h", code="unknown_sku", at="2026-11-22T08:00:00.000Z"),
        '{"id":"h","code":"unknown_sku","at":"2026-11-22T08:00:00.000Z","params":{},"line":null,"released_at":null,'
        '"released_by":"","because":""}',
    ),
    (
        acts.SplitRequest(order="N1", lines=[acts.SplitLine(line=1, qty=2)]),
        '{"order":"N1","lines":[{"line":1,"qty":2}],"revision":null,"session":""}',
    ),
    (
        acts.ReleaseHoldRequest(order="N1", hold="h", skus={2: "TEA"}),
        '{"order":"N1","hold":"h","because":"","address":null,"skus":{"2":"TEA"},"revision":null,"session":""}',
    ),
    (
        acts.ActResult(order="N1", reason="order_not_now", words={"state": "shipped"}, revision=4),
        '{"order":"N1","reason":"order_not_now","words":{"state":"shipped"},"revision":4,"changed":[],"made":null}',
    ),
]


@pytest.mark.parametrize(("made", "golden"), GOLDEN, ids=[type(made).__name__ for made, _ in GOLDEN])
def test_it_looks_as_it_did(made, golden):
    assert msgspec.json.encode(made).decode() == golden
    assert msgspec.json.decode(golden, type=type(made)) == made


def test_a_sheet_comes_back():
    sheet = wb.OrderSheet(
        head=HEAD, ship_to=wb.Address(name="Ada"), money=wb.SheetMoney(currency="EUR"), captured_at="x",
        lines=[wb.SheetLine(line=1, sku="TEA", qty=2, sites=[wb.LineAt(site="W", part="N1", qty=2)])],
        acts=[wb.SheetAct(act=act) for act in wb.WorkbenchAct],
    )  # fmt: skip
    assert msgspec.json.decode(msgspec.json.encode(sheet), type=wb.OrderSheet) == sheet
    # An older server says less, a newer one more.
    assert (
        msgspec.json.decode(
            b'{"number":"N","state":"new","placed_at":"x","revision":1,"later":1}', type=wb.OrderFound
        ).holds
        == 0
    )
