"""Both renderers draw, and what they draw can be scanned: on labels written for this, on carriers' real labels, and on our own."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import resources
from devices.codecs.printers.zpl import with_evidence
from devices.labels import build
from devices.labels import test_label as proof_label
from devices.labels.contents import encode
from devices.labels.model import Barcode, Label, Symbology
from devices.labels.template_file import read as read_template
from tools.labels import carriers, random_labels, samples
from tools.labels.decode import ENGINES, NotRendered, decode, render_zpl

GOLDEN = Path(__file__).resolve().parents[1] / "data" / "zpl-golden"
EXPECTED = json.loads((GOLDEN / "expected.json").read_text())

pytestmark = [pytest.mark.node, pytest.mark.xdist_group("node")]

# zplkit reads mode A's invocation codes, zebrash prints them: seen in a label that is about just that.
READ_DIFFERENTLY = {"barcode128_mode_a.zpl"}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_golden_label_reads_as_intended(name, engine):
    wanted = sorted((symbology, text.encode()) for symbology, text in EXPECTED[name]["expect"])
    assert decode(render_zpl((GOLDEN / name).read_bytes(), engine)) == wanted


def test_carriers_labels_read_the_same_on_both():
    labels = carriers.carrier_labels()
    if not labels:
        pytest.skip("the third-party label corpus is not on this machine")
    assert len(labels) == 59
    drawn_by_both = 0
    for label in labels:
        assert carriers.decodes_of(label.zpl) == label.codes, label.name
        try:
            second = carriers.decodes_of(label.zpl, engine="zplkit")
        except NotRendered:
            continue  # it is strict, and carriers are not
        drawn_by_both += 1
        assert (second == label.codes) == (label.name not in READ_DIFFERENTLY), label.name
    assert drawn_by_both >= 30


# The node renderer takes a second or more for a fine label: here it draws the small ones, `tools.soak` all of them.
SMALL = ("badge", "product", "product-traced", "tote")
TURNS = [
    *((name, "zplkit", dpmm) for name in sorted(samples.LABELS) for dpmm in (8, 12, 24)),
    *((name, "zebrash", 8) for name in sorted(samples.LABELS)),
    *((name, "zebrash", dpmm) for name in SMALL for dpmm in (12, 24)),
]


@pytest.mark.parametrize(("name", "engine", "dpmm"), TURNS)
def test_our_label_reads_as_intended_also_as_sent_to_the_printer(name, engine, dpmm):
    sample = samples.LABELS[name]
    template = read_template(resources.path(f"labels/{sample.template}.toml").read_text(encoding="utf-8"))
    zpl = build(template.fill(sample.values, "de"), dpmm=dpmm).payload
    sent = with_evidence(zpl, "4c0f9a6e-0d2d-4b3f-9c39-2f1a8b7d6e5f", 1)
    assert decode(render_zpl(sent, engine, template.width, template.height, dpmm)) == sorted(sample.codes)


AWKWARD = [
    Barcode(
        Symbology.GS1_DATA_MATRIX, 2, 2, 40, 40, elements=(("01", "09501101530003"), ("10", "A_1_B"), ("21", "__"))
    ),
    Barcode(Symbology.DATA_MATRIX, 2, 2, 40, 40, content="^FS_1~JA_"),
    Barcode(Symbology.CODE_128, 2, 2, 90, 40, content="^XZ~JA>0_>"),
    Barcode(Symbology.CODE_128, 2, 2, 90, 40, content="12345"),
    Barcode(Symbology.CODE_128, 2, 2, 90, 40, content="A"),
    Barcode(Symbology.GS1_128, 2, 2, 96, 40, elements=(("400", "0"), ("420", "0000"))),
    Barcode(Symbology.GS1_128, 2, 2, 96, 40, elements=(("10", "A>B>"), ("21", "_>"))),
    Barcode(Symbology.QR, 2, 2, 40, 40, content="^XZ~JA_5E,\\& Größe 5 € 日本"),
    Barcode(Symbology.EAN_8, 2, 2, 60, 40, content="96385074", caption=4),
    Barcode(Symbology.UPC_A, 2, 2, 60, 40, content="036000291452", caption=4),
]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("code", AWKWARD, ids=lambda code: f"{code.kind} {code.content or code.elements}")
def test_what_renderers_and_firmware_disagree_on_reads_on_both(code, engine):
    zpl = build(Label(100, 50, (code,))).payload
    ((_, data),) = decode(render_zpl(zpl, engine, 100, 50))
    assert data.decode() == encode(code).data


@pytest.mark.parametrize("engine", ENGINES)
@settings(max_examples=12)
@given(random_labels.random_labels())
def test_any_gs1_content_reads_as_intended(engine, random):
    zpl = build(random.label).payload
    assert decode(render_zpl(zpl, engine, *random_labels.SIZE_MM)) == sorted(random.codes)


@settings(max_examples=20)
@given(random_labels.random_labels(), st.sampled_from([12, 24]))
def test_any_gs1_content_reads_as_intended_at_finer_resolutions(random, dpmm):
    zpl = build(random.label, dpmm=dpmm).payload
    assert decode(render_zpl(zpl, "zplkit", *random_labels.SIZE_MM, dpmm)) == sorted(random.codes)


@settings(max_examples=20)
@given(st.text(max_size=60), st.lists(st.text(max_size=60), min_size=1, max_size=8))
def test_hostile_texts_do_not_hurt_the_codes(carrier, address):
    sample = samples.LABELS["shipping"]
    template = read_template(resources.path("labels/shipping.toml").read_text(encoding="utf-8"))
    values = dict(sample.values) | {"carrier": "X" + carrier, "ship_to": ("Y", *address), "service": carrier}
    zpl = build(template.fill(values)).payload
    for engine in ENGINES:
        assert decode(render_zpl(zpl, engine)) == sorted(sample.codes)


@pytest.mark.parametrize("engine", ENGINES)
def test_the_test_label_reads(engine):
    assert decode(render_zpl(proof_label("Dock 3 ^XZ"), engine, 76, 50)) == [("]C0", b"FLOORHAND-TEST")]


@pytest.mark.parametrize("engine", ENGINES)
def test_no_label_is_said_and_not_drawn(engine):
    with pytest.raises(NotRendered):
        render_zpl(b"not a label", engine)


def test_reader_finds_nothing_on_a_label_without_codes():
    assert decode(render_zpl(b"^XA^CI28^FO40,40^A0N,60,60^FDNo code here^FS^XZ", "zebrash")) == []
