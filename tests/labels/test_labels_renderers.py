"""Both renderers draw, and what they draw can be scanned: on labels written for this, on carriers' real labels, and on our own."""

import json
from pathlib import Path

import pytest

from devices import labels
from devices.codecs.printers.zpl import with_evidence
from tools.labels.decode import ENGINES, NotRendered, decode, render_all, render_zpl

GOLDEN = Path(__file__).resolve().parents[1] / "data" / "zpl-golden"
EXPECTED = json.loads((GOLDEN / "expected.json").read_text())
CARRIERS = Path(__file__).resolve().parents[3] / "shared" / "data" / "third-party" / "zpl-zebrash"
CARRIERS_EXPECTED = CARRIERS / "expected-decodes.jsonl"

pytestmark = [pytest.mark.node, pytest.mark.xdist_group("node")]

# zplkit reads mode A's invocation codes, zebrash prints them: seen in a label that is about just that.
READ_DIFFERENTLY = {"barcode128_mode_a.zpl"}


def read_all(zpl, engine):
    return {code for png in render_all(zpl, engine, height_mm=203.2) for code in decode(png)}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_golden_label_reads_as_intended(name, engine):
    wanted = sorted((symbology, text.encode()) for symbology, text in EXPECTED[name]["expect"])
    assert decode(render_zpl((GOLDEN / name).read_bytes(), engine)) == wanted


def test_carriers_labels_read_the_same_on_both():
    if not CARRIERS_EXPECTED.exists():
        pytest.skip("the third-party label corpus is not on this machine")
    drawn_by_both = 0
    for line in CARRIERS_EXPECTED.read_text().splitlines():
        case = json.loads(line)
        zpl = (CARRIERS / case["file"]).read_bytes()
        wanted = {(symbology, text.encode()) for symbology, text in case["decoded_from_zpl_renderer_js_3.4.0"]}
        assert read_all(zpl, "zebrash") == wanted, case["file"]
        try:
            second = read_all(zpl, "zplkit")
        except NotRendered:
            continue  # it is strict, and carriers are not
        drawn_by_both += 1
        assert (second == wanted) == (case["file"] not in READ_DIFFERENTLY), case["file"]
    assert drawn_by_both >= 30


SHIP_TO = ["Åse Ørsted-Łukasz", "Straße 1 ^XA ~JA", "DK-2100 København Ø", "日本 🎁"]
OURS = {
    "shipping": (
        labels.ShippingLabel(
            "095012345678901237", "SO-2026-000117", "DHL", "Paket", "JD014600", SHIP_TO, ["Floorhand"], 1234
        ).zpl(),
        [("]C1", b"00095012345678901237"), ("]Q1", b"SO-2026-000117")],
    ),
    "badge": (labels.badge_label("Jørgen Müller", "FHB-0042", "picker"), [("]C0", b"FHB-0042")]),
    "tote": (labels.tote_label("TOTE-0815"), [("]C0", b"TOTE-0815")]),
    "bin": (labels.bin_label("A-01-02-3", "A"), [("]C0", b"A-01-02-3")]),
}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("kind", sorted(OURS))
def test_our_label_reads_as_intended_also_as_sent_to_the_printer(kind, engine):
    zpl, wanted = OURS[kind]
    assert decode(render_zpl(zpl, engine)) == wanted
    assert decode(render_zpl(with_evidence(zpl, "0123456789abcdef", 1), engine)) == wanted


@pytest.mark.parametrize("engine", ENGINES)
def test_no_label_is_said_and_not_drawn(engine):
    with pytest.raises(NotRendered):
        render_zpl(b"not a label", engine)


def test_reader_finds_nothing_on_a_label_without_codes():
    assert decode(render_zpl(b"^XA^CI28^FO40,40^A0N,60,60^FDNo code here^FS^XZ", "zebrash")) == []
