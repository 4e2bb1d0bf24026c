"""Writing ZPL: golden bar-code fields, texts that cannot become commands, and evidence in the last format."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.codecs.printers import zpl
from devices.codecs.symbols import code128
from devices.labels import build
from devices.labels.model import Barcode, Label, Side, Symbology, Text

GOLDEN = {
    "sscc": [("00", "095012345678901237")],
    "gtin_lot_serial": [("01", "09501101530003"), ("10", "LOT-7"), ("21", "12345")],
    "gtin_exp_lot": [("01", "09501101530003"), ("17", "251231"), ("10", "AB1")],
    "content_count": [("02", "09501101530003"), ("37", "24"), ("400", "PO77")],
    "datamatrix_gs1": [("01", "09501101530003"), ("17", "251231"), ("10", "AB1"), ("21", "12345")],
}


def field(kind, **content):
    """The field data of the one code on a label."""
    made = build(Label(100, 60, (Barcode(kind, 2, 2, 96, 50, module=0.25, **content),))).payload
    return re.search(r"\^FD(.*)\^FS", made.decode())[1]


@pytest.mark.parametrize("name", sorted(GOLDEN))
def test_field_data_is_the_golden_one(name, data_folder):
    kind = Symbology.GS1_DATA_MATRIX if "matrix" in name else Symbology.GS1_128
    text = (data_folder / f"zpl-golden/{name}.zpl").read_text()
    expected = json.loads((data_folder / "zpl-golden/expected.json").read_text())[f"{name}.zpl"]["expect"][0][1]
    golden = re.search(r"\^FD(.*)\^FS", text)[1]
    assert field(kind, elements=tuple(GOLDEN[name])) == golden
    assert re.sub(r">[;6]|^_1", "", golden).replace(">8", "", 1).replace(">8", "\x1d").replace("_1", "\x1d") == expected


def test_a_golden_digital_link_and_code_39_and_itf(data_folder):
    made = {
        "qr_dl": field(Symbology.GS1_LINK, elements=tuple(GOLDEN["sscc"]), link="https://id.gs1.org"),
        "code39": field(Symbology.CODE_39, content="BIN-A01"),
        "itf14": field(Symbology.ITF_14, content="19501101530000"),
    }
    for name, data in made.items():
        text = (data_folder / f"zpl-golden/{name}.zpl").read_text()
        assert data == re.search(r"\^FD(.*)\^FS", text)[1]


@pytest.mark.parametrize(
    ("text", "data"),
    [("BIN-A01", ">:BIN-A01"), ("12345678", ">;12345678"), ("1234AB", ">;1234>6AB"), ("a>b^c~d_e", ">:a>0b><c>=d_e")],
)
def test_code_128_says_which_set_it_means(text, data):
    assert field(Symbology.CODE_128, content=text) == data


@pytest.mark.parametrize("text", ["A", "1234A", "AB^C"])
def test_a_last_character_alone_behind_an_invocation_is_drawn(text):
    """One of the renderers loses it."""
    made = build(Label(100, 60, (Barcode(Symbology.CODE_128, 2, 2, 96, 50, content=text),))).payload
    assert b"^BC" not in made
    assert made.count(b"^GB") == 3 * (len(code128.text_characters(text)) + 1) + 4


nasty = st.text(
    st.sampled_from("^~_XAZFSDHVJ\\,\r\n\x00\x1b\x7f\x85\u2028\ud800👷ß\"'5E>:;{}|&") | st.characters(), max_size=40
)


def commands(zpl_bytes):
    """Every command of a format, as the printer finds it: caret or tilde and two characters."""
    return re.findall(rb"[\^~][A-Za-z0-9@]{1,2}", zpl_bytes)


def unescaped(data):
    return re.sub(rb"_([0-9A-F]{2})", lambda match: bytes([int(match[1], 16)]), data)


@given(nasty)
def test_field_data_stays_one_field(text):
    data = zpl.data_field(text).encode("utf-8")
    assert commands(data) == [b"^FH", b"^FD", b"^FS"]
    assert not re.search(rb"[\x00-\x1f\x7f]", data)
    inside = unescaped(data.removeprefix(b"^FH_^FD").removesuffix(b"^FS")).decode("utf-8")
    assert len(inside) == len(text)
    assert all(shown == char for shown, char in zip(inside, text, strict=True) if char.isprintable())


@given(nasty, nasty, st.sampled_from(list(Side)))
def test_a_label_of_hostile_texts_has_the_commands_of_a_label_of_plain_ones(first, second, side):
    texts = [Text(2, 2 + 10 * at, 90, 5, (text,), side=side) for at, text in enumerate((first, second))]
    made = build(Label(100, 50, (*texts, Barcode(Symbology.QR, 2, 22, 20, 20, content="x")))).payload
    fields = made.split(b"^FO")[1:]
    assert len(fields) <= 3
    for words in fields[:-1]:
        assert commands(words) in ([b"^A0", b"^FH", b"^FD", b"^FS"], [b"^A0", b"^FB", b"^FH", b"^FD", b"^FS"])
        if b"^FB" in words:
            assert b"\\" not in unescaped(words)


@given(st.text(max_size=12))
def test_our_own_codes_are_ascii_or_refused(text):
    try:
        # Behind two more characters it is always the printer's own command.
        data = field(Symbology.CODE_128, content=text + "AB")
    except ValueError:
        assert not text.isascii() or not text.isprintable()
        return
    assert not set("^~") & set(re.sub("><|>=", "", data))


# --- evidence ---


def test_evidence_goes_into_the_last_format_before_its_end():
    out = zpl.with_evidence(b"^XA^LL400^FO1,1^FDa^FS^XZ^XA^LL800^FDb^FS^XZ\n", "job-7", 2)
    first, second = out.split(b"^XZ")[:2]
    assert first == b"^XA^LL400^FO1,1^FDa^FS"
    assert second.endswith(b"^FO24,778^A0N,18,18^FN1^FDjob-7^FS^HV1,5,job=,;,L^FS^PQ2,0,1,Y")


@pytest.mark.parametrize("payload", [b"", b"^XA^FDa^FS", b"hello", b"^XZ^XA"])
def test_a_payload_without_a_format_is_refused(payload):
    with pytest.raises(ValueError, match="no complete ZPL format"):
        zpl.with_evidence(payload, "j", 1)
