"""Every language: strict readers find in the bytes exactly what was laid out, and nothing more."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ImageChops

import resources
from devices.codecs.printers.page import Picture
from devices.labels import WRITERS
from devices.labels.layout import lay_out
from devices.labels.model import Barcode, Box, Label, Line, Side, Symbology, Text
from devices.labels.template_file import read as read_template
from tools.labels import readers, samples, show
from tools.labels.decode import decode

RESOLUTIONS = [
    *((language, dpmm) for language in ("zpl", "tspl", "sbpl") for dpmm in (8, 12, 24)),
    *((language, dpmm) for language in ("epl2", "cpcl") for dpmm in (8, 12)),
    ("escpos", 8),
]


def found(label, language, pen=None, dpmm=8):
    """What the reader finds, and what was laid out, as the one must be the other."""
    writer = WRITERS[language]
    page = lay_out(label, dpmm, writer.fonts(dpmm), pen)
    seen = readers.read(language, writer.write(page), (page.width, page.height), dpmm)
    wanted = readers.drawn(page, seen)
    assert sorted(seen.codes) == sorted(wanted.codes)
    assert sorted(seen.texts, key=str) == sorted(wanted.texts, key=str)
    assert seen.copies == wanted.copies
    assert ImageChops.logical_xor(seen.ink, wanted.ink).getbbox() is None
    return seen


nasty = st.text(
    st.sampled_from("\"\\'^~\x1b\x02\x03\x05\x0c\r\n\x00\x7f\x85\u2028\ud800👷ßøABCEGHLNOPQRTVXZ!,;0123456789 ")
    | st.characters(),
    max_size=40,
)
place = st.integers(0, 60)


@st.composite
def items(draw):
    x, y = draw(place), draw(place)
    match draw(st.sampled_from(["text", "line", "box", "code", "qr"])):
        case "text":
            size, side = draw(st.floats(1.5, 8)), draw(st.sampled_from(list(Side)))
            return Text(x, y, draw(st.integers(3, 35)), size, (draw(nasty), draw(nasty)), side=side)
        case "line":
            return Line(x, y, draw(st.floats(0.1, 35)), draw(st.floats(0.1, 20)))
        case "box":
            return Box(x, y, draw(st.floats(2, 30)), draw(st.floats(2, 20)), draw(st.floats(0.1, 1)))
        case "code":
            data = draw(st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=4))
            return Barcode(Symbology.CODE_128, x, y, 38, 20, content=data, module=draw(st.floats(0.25, 1)))
        case _:
            data = draw(st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=9))
            return Barcode(Symbology.QR, x, y, 20, 20, content=data, module=draw(st.floats(0.25, 1)))


@pytest.mark.parametrize("language", readers.LANGUAGES)
@settings(max_examples=100)
@given(st.lists(items(), max_size=5), st.integers(1, 3))
def test_what_is_read_is_what_was_laid_out(language, things, copies):
    found(Label(100, 85, tuple(things), copies), language)


@pytest.mark.parametrize("language", readers.LANGUAGES)
def test_a_drawn_text_comes_through(language):
    def pen(text, high, room):
        return Picture(0, 0, 20, (b"\x81\x01\x80",) * high)

    seen = found(Label(50, 30, (Text(2, 2, 40, 4, ("日本",)),)), language, pen)
    assert seen.texts == []
    assert seen.ink.getpixel((16, 16)) == 0


@pytest.mark.parametrize(
    ("name", "language", "dpmm"),
    [
        (name, language, dpmm)
        for name in sorted(samples.LABELS)
        for language, dpmm in RESOLUTIONS
        if dpmm == 8 or name in ("product", "product-traced", "shipping-long")
    ],
)
def test_every_code_of_every_template_reads_as_intended(name, language, dpmm):
    sample = samples.LABELS[name]
    template = read_template(resources.path(f"labels/{sample.template}.toml").read_text(encoding="utf-8"))
    seen = found(template.fill(sample.values, "da"), language, dpmm=dpmm)
    if language == "zpl":
        return  # its codes are the printer's own: tests of the renderers look at them
    png = io.BytesIO()
    seen.ink.save(png, "PNG")
    assert decode(png.getvalue()) == sorted(sample.codes)


@pytest.mark.parametrize("language", readers.LANGUAGES)
@given(st.data())
def test_a_reader_is_strict(language, data):
    """A reader that overlooks damage would prove nothing."""
    label = Label(50, 30, (Text(2, 2, 40, 4, ("Hello",)), Line(2, 10, 20, 1)))
    page = lay_out(label, 8, WRITERS[language].fonts(8))
    payload = WRITERS[language].write(page)
    at = data.draw(st.integers(0, len(payload) - 1))
    with pytest.raises(readers.Unread):
        readers.read(language, payload[:at], (page.width, page.height))
    with pytest.raises(readers.Unread):
        readers.read(language, payload + b"X", (page.width, page.height))


def test_show_draws_every_sample(tmp_path, capsys):
    show.main([str(tmp_path), "--language", "tspl", "--words", "nl"])
    assert {file.stem for file in tmp_path.iterdir()} == set(samples.LABELS)
    assert "TOTE-0815" in capsys.readouterr().out
