"""Label model and templates: what fits is placed, what does not is refused in words, and a shop's own file is read strictly."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import resources
from devices.codecs.printers.page import Linear, Picture, Square, Words
from devices.labels import RESOLUTIONS, WRITERS, build
from devices.labels import test_label as proof_label
from devices.labels.layout import lay_out
from devices.labels.model import FOOT_MM, Barcode, Box, Label, Line, Side, Symbology, Text
from devices.labels.spelling import spell
from devices.labels.template_file import TemplateError, read
from devices.labels.templates import LANGUAGES

FILES = sorted(resources.path("labels").glob("*.toml"))
ZPL = WRITERS["zpl"].fonts(8)


def placed(*items, size=(100, 60), dpmm=8, fonts=ZPL, pen=None):
    return lay_out(Label(*size, items), dpmm, fonts, pen).items


def lines(*paragraphs, fonts=ZPL, **more):
    text = Text(**({"x": 2, "y": 2, "width": 50, "size": 4, "paragraphs": paragraphs} | more))
    return [words.text for words in placed(text, fonts=fonts)]


# --- texts ---


def test_a_long_name_is_made_smaller_then_broken_then_cut_off():
    name = "Anna Andersen Handelsgesellschaft"
    (small,) = placed(Text(2, 2, 50, 5, (name,)))
    assert small.text == name
    assert small.face.height < 40
    assert lines(name, tall=9, smallest=4, width=40) == ["Anna Andersen", "Handelsgesellschaft"]
    assert lines("B2B-NORTH/2026-117", tall=9, smallest=4, width=30) == ["B2B-NORTH/", "2026-117"]
    assert "".join(lines("N" * 30, tall=9, smallest=4, width=40)) == "N" * 30
    assert [line[-1] for line in lines("N" * 60, tall=9, smallest=4, width=40)] == ["N", "…"]
    (cut,) = lines("N" * 200)
    assert cut.endswith("N…")
    assert lines("one two three four five six", tall=18, size=8, smallest=8, width=31) == ["one two", "three…"]


@pytest.mark.parametrize("language", sorted(WRITERS))
@given(
    text=st.text(max_size=80) | st.text('Wi. ß^~"\\', max_size=80),
    room=st.floats(5, 90),
    size=st.floats(1, 12),
    count=st.integers(1, 4),
)
def test_whatever_the_text_it_stays_in_its_room(language, text, room, size, count):
    fonts = WRITERS[language].fonts(8)
    block = Text(2, 2, room, size, (text, "x"), tall=count * size)
    page = lay_out(Label(100, 80, (block,)), 8, fonts)
    for words in page.items:
        assert all(map(fonts.prints, words.text))
        assert fonts.width(words.text, words.face) <= round(room * 8) + 1 or len(words.text) <= 3
        assert words.y + words.face.height <= max(round((2 + block.height) * 8) + 2, 16 + words.face.height)


def test_sides():
    left, centre, right = (placed(Text(10, 2, 50, 4, ("Hi",), side=side))[0] for side in Side)
    assert left.x == 80
    assert left.x < centre.x < right.x
    assert right.x + ZPL.width("Hi", right.face) == 480


@pytest.mark.parametrize(
    ("text", "language", "spelt"),
    [
        ("Straße Ørsted é ij", "zpl", "Straße Ørsted é ij"),
        ("Straße Ørsted é ij", "tspl", "Straße Ørsted é ij"),
        ("Straße Ørsted ØST é", "sbpl", "Strasse Oersted OEST e"),
        ("Łódź Győr", "cpcl", "Lódz Gyor"),
        ("Київ Αθήνα Щ", "epl2", "Kiiv Athina SHCH"),
        ("日本 🎁", "tspl", "¤¤ ¤"),
        ("日本", "sbpl", "**"),
        ('the "new" C:\\', "tspl", "the ''new'' C:/"),
        ("a\u202eb\u200bc\x1bd\r\ne\ud800", "escpos", "abc d  e¤"),
    ],
)
def test_what_a_printer_lacks_is_spelt_otherwise_and_said(text, language, spelt):
    fonts = WRITERS[language].fonts(8)
    assert spell(text, fonts.prints) == spelt
    label = Label(100, 40, (Text(2, 2, 90, 4, (text,)),))
    changed = build(label, language).changed
    assert bool(changed) == any(not fonts.prints(char) and char not in "\u202e\u200b\x1b\r\n" for char in text)


@given(st.text())
def test_spelling_never_invents_a_question_mark(text):
    assert "?" not in spell(text.replace("?", "").replace("¿", ""), WRITERS["sbpl"].fonts(8).prints)


def test_a_pen_draws_what_the_fonts_lack():
    def pen(text, high, room):
        return Picture(0, 0, min(room, 30), (b"\xff\xff\xff\xfc",) * high)

    text = Text(10, 2, 50, 4, ("日本", "plain"), tall=9, side=Side.RIGHT)
    first, second = placed(text, pen=pen)
    assert (first.x + first.width, len(first.rows)) == (480, 32)
    assert second.y > first.y
    assert placed(text, pen=lambda *_: None)[0].text == "¤¤"
    assert isinstance(placed(replace(text, paragraphs=("plain",)), pen=pen)[0], Words)


# --- bar codes ---

SSCC = (("00", "095012345678901237"),)


def code(kind, content="", elements=(), link="", **more):
    room = {"x": 2, "y": 2, "width": 90, "height": 40} | more
    return Barcode(kind, **room, content=content, elements=elements, link=link)


def test_modules_are_as_wide_as_fits_and_the_quiet_zone_is_kept():
    (symbol,) = placed(code(Symbology.GS1_128, elements=SSCC))
    assert isinstance(symbol, Linear)
    assert symbol.module == 4
    assert symbol.x == 16 + 10 * 4
    assert placed(code(Symbology.GS1_128, elements=SSCC, width=60))[0].module == 2
    (square,) = placed(code(Symbology.QR, "SO-1", module=2, width=20, height=20))
    assert isinstance(square, Square)
    assert (square.module, square.x) == (5, 16 + 4 * 5)


REFUSED = [
    (code(Symbology.CODE_128, "Ø"), "'Ø' cannot be put into a Code 128"),
    (code(Symbology.CODE_128, "a\r"), "cannot be put into a Code 128"),
    (code(Symbology.CODE_128), "needs a text"),
    (code(Symbology.CODE_128, "x" * 60), "does not fit: it needs"),
    (code(Symbology.CODE_39, "abc"), "cannot be put into a Code 39"),
    (code(Symbology.CODE_39, "A+A"), "another character"),
    (code(Symbology.EAN_13, "9501101530004"), "wrong check digit"),
    (code(Symbology.EAN_13, "19501101530000"), "only zeros"),
    (code(Symbology.EAN_13, "95O1101530003"), "no number"),
    (code(Symbology.EAN_13, "٩501101530003"), "no number"),
    (code(Symbology.EAN_8, "9638507"), "no number"),
    (code(Symbology.UPC_A, "9501101530003"), "only zeros"),
    (code(Symbology.ITF_14, "19501101530001"), "wrong check digit"),
    (code(Symbology.GS1_128, elements=(("00", "095012345678901238"),)), "incorrect check digit"),
    (code(Symbology.GS1_128, elements=(("9999", "1"),)), "not an application identifier"),
    (code(Symbology.GS1_128, elements=(("10", "LOT 7"),)), "invalid cset82"),
    (code(Symbology.GS1_128, elements=(("10", "A\x1d21B"),)), "invalid cset82"),
    (code(Symbology.GS1_128), "not GS1"),
    (code(Symbology.GS1_128, elements=(("10", "A" * 20), ("21", "B" * 20), ("240", "C" * 20))), "too many"),
    (code(Symbology.GS1_LINK, elements=(("10", "A"),), link="https://id.gs1.org"), "no GS1 key"),
    (code(Symbology.GS1_LINK, elements=SSCC, link="ftp://id.gs1.org"), "no address"),
    (code(Symbology.QR, "x" * 3000), "too many"),
    (code(Symbology.QR, "a\x00"), "control characters"),
    (code(Symbology.DATA_MATRIX, "é"), "cannot be put"),
    (code(Symbology.DATA_MATRIX, "x" * 200), "too many"),
    (code(Symbology.DATA_MATRIX, "x" * 30, width=5, height=5), "does not fit"),
    (code(Symbology.CODE_128, "A", height=4), "5 mm high"),
    (code(Symbology.CODE_128, "A", y=30), "sticks out"),
]


@pytest.mark.parametrize(("item", "words"), REFUSED)
def test_a_code_that_would_read_wrongly_or_not_at_all_is_refused(item, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        placed(item)


def test_a_digital_link_has_its_qualifiers_in_order_and_escapes_values():
    elements = (("01", "09501101530003"), ("17", "261231"), ("21", "A/1"), ("10", "L%2?"))
    (symbol,) = placed(code(Symbology.GS1_LINK, elements=elements, link="https://example.com/x/"))
    assert symbol.data == "https://example.com/x/01/09501101530003/10/L%252%3F/21/A%2F1?17=261231"


def test_gtins_with_zeros_in_front_are_the_same_number():
    assert placed(code(Symbology.EAN_13, "09501101530003"))[0].data == "9501101530003"
    assert placed(code(Symbology.UPC_A, "00036000291452"))[0].data == "0036000291452"
    assert placed(code(Symbology.EAN_8, "96385074", caption=3))[1].text == "9638 5074"


def test_megabytes_are_refused_or_cut_at_once():
    flood = "A\x1b[2J" * 2_000_000
    for kind in (Symbology.CODE_128, Symbology.QR, Symbology.EAN_13, Symbology.DATA_MATRIX):
        with pytest.raises(ValueError, match="too many"):
            placed(code(kind, flood))
    with pytest.raises(ValueError, match="too many"):
        placed(code(Symbology.GS1_128, elements=(("10", flood),)))
    assert lines(flood, *["x"] * 100_000)[0].endswith("…")


# --- the label ---


@pytest.mark.parametrize(
    "item", [Line(0, 57.5, 10, 0.4), Box(95, 2, 6, 6), Text(-1, 2, 5, 3, ("x",)), Text(2, 50, 9, 8, ("x",))]
)
def test_nothing_sticks_out_or_stands_on_the_foot(item):
    with pytest.raises(ValueError, match=f"last {FOOT_MM:g} mm stay free"):
        placed(item)


def test_copies_languages_and_resolutions_are_looked_at():
    with pytest.raises(ValueError, match="copies"):
        build(Label(50, 30, (), copies=0))
    with pytest.raises(ValueError, match="no language"):
        build(Label(50, 30, ()), "postscript")
    with pytest.raises(ValueError, match="dots/mm"):
        build(Label(50, 30, ()), dpmm=10)
    for language, dpmm in (("epl2", 24), ("cpcl", 24), ("escpos", 12)):
        with pytest.raises(ValueError, match="dots/mm"):
            build(Label(50, 30, ()), language, dpmm)
    assert b"^PQ3" in build(Label(50, 30, (), copies=3)).payload


@pytest.mark.parametrize("language", sorted(WRITERS))
def test_the_test_label_comes_in_every_language_for_any_name(language):
    for name in ("Dock 3", "^XA 日本 " * 30, ""):
        assert proof_label(name, language=language)


# --- templates ---

SMALL = """
[label]
name = "small"
width = 50
height = 30
[fields]
number = "needed"
note = "optional"
[words.en]
hello = "Hello"
[words.nl]
hello = "Hallo"
[words.de]
hello = "Hallo"
[words.da]
hello = "Hej"
[[text]]
show = "{word.hello} {note}"
when = "note"
at = [2, 2]
room = [40, 3]
size = 3
[[code]]
kind = "code-128"
content = "{number}"
at = [2, 6]
room = [46, 20]
"""


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_our_templates_are_good(file):
    template = read(file.read_text(encoding="utf-8"))
    assert template.name == file.stem
    assert set(template.words) == set(LANGUAGES)


def test_all_kinds_of_labels_are_there():
    assert {file.stem for file in FILES} >= {"shipping", "sscc", "tote", "bin", "badge", "product"}


def test_filling():
    template = read(SMALL)
    both = template.fill({"number": "7", "note": "x"}, "da", copies=2)
    assert both.copies == 2
    assert [item.paragraphs for item in both.items if isinstance(item, Text)] == [("Hej x",)]
    (only,) = template.fill({"number": "7", "note": " "}).items
    assert only.content == "7"
    with pytest.raises(ValueError, match="needs number"):
        template.fill({"number": ""})
    with pytest.raises(ValueError, match="no field wrong"):
        template.fill({"number": "7", "wrong": ""})


BROKEN = [
    ("[label]", "[lable]", "name is missing"),
    ("width = 50", "width = 5", "no label"),
    ("width = 50", "width = true", "width must be a number"),
    ("width = 50", "width = nan", "between 0 and 500"),
    ('note = "optional"', 'note = "maybe"', "'needed' or 'optional'"),
    ('hello = "Hej"', 'hallo = "Hej"', "not in all of"),
    ("{word.hello}", "{word.hullo}", "neither a field nor a word"),
    ("{note}", "{remark}", "neither a field nor a word"),
    ("{note}", "{note", "braces"),
    ('when = "note"', 'when = "nota"', "no field"),
    ('content = "{number}"', 'content = "7"', "number is nowhere"),
    ("size = 3", "sice = 3", "size is missing"),
    ("size = 3", "size = 3\nbold = 1", "unknown: 'bold'"),
    ("[[code]]", "[[kode]]", "unknown: 'kode'"),
    ('"code-128"', '"code-129"', "kind must be one of"),
    ('content = "{number}"', 'elements = [["10", "{number}"]]', "takes content"),
    ("room = [46, 20]", "room = [46, 22]", "sticks out"),
    ("room = [46, 20]", "room = [46]", "two numbers"),
    ("room = [40, 3]", "room = [40, 2]", "size must be"),
    ("at = [2, 6]", "at = [2, 4]", "stands in the way"),
    ("at = [2, 6]", 'at = [2, "6"]', "number of millimetres"),
    ("at = [2, 6]", "at = [2, 6]\nmodule = 0.1", "0.25 mm at least"),
    ("[[text]]", "[[text", "not TOML"),
]


@pytest.mark.parametrize(("good", "bad", "words"), BROKEN)
def test_a_broken_template_is_refused_in_words(good, bad, words):
    assert good in SMALL
    with pytest.raises(TemplateError, match=re.escape(words)):
        read(SMALL.replace(good, bad, 1))


@given(st.text(max_size=200))
def test_any_file_is_a_template_or_refused(text):
    with pytest.raises(TemplateError):
        read(text)


@given(st.integers(0, len(SMALL) - 1), st.text(max_size=3))
def test_a_damaged_template_is_still_good_or_refused(at, piece):
    try:
        template = read(SMALL[:at] + piece + SMALL[at + 1 :])
    except TemplateError:
        return
    assert template.needed | template.optional


def test_a_resolution_is_a_matter_of_the_printer_alone():
    template = read(Path(resources.path("labels/tote.toml")).read_text())
    pages = [lay_out(template.fill({"tote": "TOTE-1"}), dpmm, ZPL) for dpmm in RESOLUTIONS]
    wide = [
        item.symbol.width * item.module / page.dpmm for page in pages for item in page.items if isinstance(item, Linear)
    ]
    assert max(wide) - min(wide) < 0.01
