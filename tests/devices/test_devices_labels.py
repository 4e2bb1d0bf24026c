"""Our labels as the printer keeps them, rendered and read back with a barcode reader."""

import io

import pytest
import zplkit
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from devices import labels
from devices.codecs import gtin
from devices.codecs.printers.zpl import with_evidence
from devices.simulated.zpl_machine import PrinterBuild, PrinterMachine


def came_out(zpl, job="4c0f9a6e-0d2d-4b3f-9c39-2f1a8b7d6e5f"):
    """What the printer renders of a job."""
    out = []
    machine = PrinterMachine(PrinterBuild(print_s=0), out.append)
    machine.receive(with_evidence(zpl, job, 1), 0.0)
    assert machine.tick(0.0) == f"job={job};".encode()
    return out[0].zpl


def read(zpl):
    picture = Image.open(io.BytesIO(zplkit.render(zpl).labels[0].png())).convert("L")
    found = zxingcpp.read_barcodes(picture, text_mode=zxingcpp.TextMode.Plain)
    return {(code.symbology_identifier, code.bytes) for code in found}


def shipping(sscc="095012345678901237", order="SO-1001", **more):
    facts = {
        "carrier": "PostNord",
        "service": "Parcel, home",
        "tracking": "TRK123456789",
        "ship_to": ["Anna Andersen", "Havnegade 1", "8000 Aarhus C", "DK"],
        "ship_from": ["Floorhand warehouse", "Dock 3"],
        "weight_g": 1234,
    }
    return labels.ShippingLabel(sscc, order, **(facts | more))


def test_a_shipping_label_reads_as_its_sscc_and_order():
    assert read(came_out(shipping().zpl())) == {("]C1", b"00095012345678901237"), ("]Q1", b"SO-1001")}


ascii_text = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=30)


@settings(max_examples=40)
@given(
    st.text("0123456789", min_size=17, max_size=17),
    st.text("ABCXYZ0123456789-/^~_# ", min_size=1, max_size=18),
    ascii_text,
)
def test_any_sscc_and_order_read_back(body, order, name):
    sscc = body + gtin.check_digit(body)
    found = read(came_out(shipping(sscc, order, ship_to=[name, name]).zpl()))
    assert found == {("]C1", b"00" + sscc.encode()), ("]Q1", order.encode())}


def test_an_sscc_with_a_wrong_check_digit_is_no_label():
    with pytest.raises(ValueError, match="not an SSCC"):
        shipping("095012345678901238").zpl()


@pytest.mark.parametrize(
    ("zpl", "code"),
    [
        (labels.badge_label("Anna Andersen", "BADGE-0042", "Picker"), b"BADGE-0042"),
        (labels.tote_label("TOTE-0007"), b"TOTE-0007"),
        (labels.bin_label("A-01-02-C", "Zone A"), b"A-01-02-C"),
        (labels.test_label("Dock 3"), b"FLOORHAND-TEST"),
    ],
)
def test_the_other_labels_read_as_their_code(zpl, code):
    assert read(came_out(zpl)) == {("]C0", code)}


def test_a_long_name_is_made_smaller_and_then_cut_off():
    wide = shipping(ship_to=["N" * 200]).zpl().decode()
    assert "N" * 200 not in wide
    assert "…" in wide
    assert "…" not in shipping(ship_to=["Anna Andersen Handelsgesellschaft mbH"]).zpl().decode()


@pytest.mark.parametrize("dpmm", [8, 12, 24])
def test_every_resolution_reads_the_same(dpmm):
    zpl = came_out(shipping(dpmm=dpmm).zpl())
    assert f"^PW{round(101.6 * dpmm)}^LL{round(152.4 * dpmm)}".encode() in zpl
    assert read(zpl) == {("]C1", b"00095012345678901237"), ("]Q1", b"SO-1001")}
