"""Papers: every layout on both sizes and in four languages, its codes read back from the picture, its letters and figures right."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pypdfium2
import pytest
import zxingcpp

from oms.documents import formats
from oms.documents.data import (
    BackLine,
    Customs,
    CustomsLine,
    HandOver,
    Invoice,
    PackingSlip,
    PalletList,
    ParcelLine,
    Party,
    PickLine,
    PickList,
    PricedLine,
    ReturnLabel,
    ReturnPaper,
    ReturnSlip,
    Shop,
    SlipLine,
)
from oms.documents.layouts.invoice import taxes, total
from oms.documents.papers import pdf
from oms.documents.words import Word, reason, say
from sync.contract.returns import ReturnReason

LANGUAGES = ("en", "nl", "de", "da")
SIZES = {"A4": (595, 842), "A6": (298, 420)}
SSCC = "387193330000000214"
LONG = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz als Wandbild, gerahmt, Nussbaum"
NAMES = ("Cup", LONG, 'Tea <b>bold</b> & "strong"', "Żółta łyżka Μπλε κουτάλι Синяя ложка")
SHOP = Shop(
    Party(("Huis & Haard B.V.", "Kade 12", "3011 AB Rotterdam"), "NL"),
    {"vat": "NL001234567B01", "eori": "NL001234567", "phone": "+31 10 1234567", "email": "hallo@example.org"},
)
TO = Party(("Søren Åkesson-Østergård", "Donaudampfschifffahrtsgesellschaftsstraße 112a", "2100 København Ø"), "DK")
AT = datetime(2026, 12, 24, 17, 5, tzinfo=UTC)
SLIPS = tuple(SlipLine(f"S-{n}", name, n + 2, n + 1) for n, name in enumerate(NAMES))
PARCELS = tuple(ParcelLine(f"38719333000000{n:03d}4", f"3S{n:08d}", f"O-{n}", "Århus", 1250 + n) for n in range(5))
PRICED = tuple(
    PricedLine(f"S-{n}", name, n + 1, Decimal("1234.50"), Decimal("0.21") if n else None)
    for n, name in enumerate(NAMES)
)
CUSTOMS = tuple(CustomsLine(name, 2, 640, Decimal("25.00"), "6911.10", "CN") for name in NAMES)
BACK = tuple(
    BackLine(f"S-{n}", name, n + 1, why) for n, (name, why) in enumerate(zip(NAMES, ReturnReason, strict=False))
)

#: name -> (paper, what is in its barcodes)
PAPERS = {
    "packing slip": (
        PackingSlip(SHOP, TO, "O-4711", date(2026, 12, 24), "1/2", SSCC, SLIPS, "DHL", "3SAB", "Ring <twice> & wait"),
        {"O-4711"},
    ),
    "pick list": (
        PickList(
            SHOP,
            "j1",
            ("O-1", "O-2"),
            AT,
            tuple(PickLine(f"A-0{n}-3", f"S-{n}", NAMES[n], 2) for n in range(4)),
            "T-101",
        ),
        {"T-101", "A-00-3", "A-01-3", "A-02-3", "A-03-3"},
    ),
    "invoice": (Invoice(SHOP, TO, "R-4711", "O-4711", date(2026, 12, 24), "EUR", PRICED), {"R-4711"}),
    "return slip": (ReturnSlip(SHOP, TO, "O-4711", SLIPS), {"RET-O-4711"}),
    "return": (
        ReturnPaper(SHOP, TO, "RMA-000042", "FHR:RMA-000042", "#1001", date(2026, 12, 24), BACK, "4,95"),
        {"FHR:RMA-000042"},
    ),
    "return label": (
        ReturnLabel(SHOP, TO, "RMA-000042", "FHR:RMA-000042", "POSTNL", "RETURN", "3SBACK0000079", 1200),
        {"3SBACK0000079", "FHR:RMA-000042"},
    ),
    "customs": (
        Customs(SHOP, TO, "CX123456789NL", "O-4711", date(2026, 12, 24), "EUR", CUSTOMS, 2950),
        {"CX123456789NL"},
    ),
    "pallet list": (PalletList(SHOP, SSCC, "DHL", AT, PARCELS), {f"(00){SSCC}"}),
    "hand-over": (
        HandOver(
            SHOP,
            "DHL",
            "H-1",
            AT,
            ((SSCC, PARCELS[:2]),),
            PARCELS[2:],
            "Jan",
            "12-AB",
            "10,60 20,20;5,5 9,9",
            "ab" * 32,
        ),
        {f"(00){SSCC}", "H-1"},
    ),
}
EVERY = pytest.mark.parametrize("name", PAPERS)
_HEADS = {
    "packing slip": (Word.QTY, Word.ITEM),
    "pick list": (Word.QTY, Word.ITEM, Word.PICKED, Word.BIN),
    "invoice": (Word.QTY, Word.ITEM, Word.PRICE, Word.AMOUNT),
    "return slip": (Word.QTY, Word.ITEM),
    "return": (Word.QTY, Word.ITEM, Word.REASON),
    "pallet list": (Word.ORDER, Word.TOWN),
    "hand-over": (Word.ORDER, Word.TOWN, Word.SEAL),
}


def read(made, dpi=0):
    """(page sizes, all text, what its barcodes say at so many dots an inch)."""
    document = pypdfium2.PdfDocument(made)
    sizes, text, codes = [], "", set()
    for page in document:
        sizes.append(tuple(round(side) for side in page.get_size()))
        words = page.get_textpage()
        text += words.get_text_range() + "\n"
        words.close()
        if dpi:
            picture = page.render(scale=dpi / 72).to_pil()
            codes |= {code.text for code in zxingcpp.read_barcodes(picture)}
        page.close()
    document.close()
    return sizes, text, codes


@EVERY
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_its_codes_are_read_from_the_picture_as_a_label_printer_shows_it(name, size, language):
    paper, codes = PAPERS[name]
    sizes, text, found = read(pdf(paper, language, size), 203)
    assert set(sizes) == {SIZES[size]}
    assert found == codes
    # A heading that does not fit its column would be broken in the middle.
    for word in _HEADS.get(name, ()):
        assert say(word, language) in text, word


@EVERY
@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_written_in_the_language_asked_for(name, language):
    paper, _ = PAPERS[name]
    _, text, _ = read(pdf(paper, language))
    assert say(Word.PAGE, language, n=1, of=1).split()[0] in text
    assert "Huis & Haard B.V." in text
    assert "�" not in text
    for name_ in NAMES:
        if any(
            name_ == getattr(line, "name", getattr(line, "description", "")) for line in getattr(paper, "lines", ())
        ):
            assert name_[:20] in text.replace("\r\n", " "), name_


@EVERY
def test_its_letters_are_embedded_and_the_same_values_give_the_same_bytes(name):
    paper, _ = PAPERS[name]
    made = pdf(paper, "da", "A6")
    assert made == pdf(paper, "da", "A6")
    fonts = set(re.findall(rb"/BaseFont /([A-Za-z0-9+-]+)", made))
    assert any(b"DejaVu" in font or b"Vera" in font for font in fonts)
    assert made.count(b"/FontFile2") >= len({font for font in fonts if b"+" in font}) >= 2
    assert len(made) < 120_000


def test_a_long_order_runs_over_pages_with_its_head_on_each():
    paper, _ = PAPERS["packing slip"]
    sizes, text, _ = read(pdf(replace(paper, lines=SLIPS * 40), "nl", "A6"))
    assert len(sizes) > 10
    assert f"Pagina {len(sizes)} van {len(sizes)}" in text
    assert text.count("Artikel") == len(
        [page for page in text.split("Pagina") if "S-0" in page or "S-1" in page or "S-2" in page]
    )


@pytest.mark.parametrize(
    "text",
    ["", " ", "<para><b>", "&#0;&amp;", "\0\x1b[31m\r\n", "\u202eevil\u202c", "W" * 5000, "a b " * 900, "日本語", "😀"],
    ids=[
        "empty",
        "blank",
        "markup",
        "entities",
        "control",
        "turned",
        "one long word",
        "many words",
        "no letters",
        "beyond",
    ],
)
@pytest.mark.parametrize("size", SIZES)
def test_whatever_stands_in_a_name_makes_a_paper(text, size):
    slip = PackingSlip(
        Shop(Party((text, text), text), {"email": text}), Party((text,) * 4, text), text, date(2026, 1, 1), text, SSCC,
        (SlipLine(text, text, 1, 1, text),), text, text, text,
    )  # fmt: skip
    sizes, _, _ = read(pdf(slip, "en", size))
    assert sizes
    read(pdf(ReturnSlip(slip.shop, slip.ship_to, text, slip.lines), "de", size))
    strange = HandOver(slip.shop, text, text, AT, (), (), text, text, text, text)
    read(pdf(strange, "da", size))


def test_markup_from_outside_stays_text():
    _, text, _ = read(pdf(PAPERS["packing slip"][0], "en"))
    assert 'Tea <b>bold</b> & "strong"' in text
    assert "Ring <twice> & wait" in text


def test_a_gift_does_not_say_when_it_was_ordered():
    paper, _ = PAPERS["packing slip"]
    assert "24/12/2026" in read(pdf(paper, "en"))[1]
    assert "24/12/2026" not in read(pdf(replace(paper, gift=True), "en"))[1]


def test_without_a_vat_number_it_is_a_receipt():
    paper, _ = PAPERS["invoice"]
    plain = replace(paper, shop=Shop(SHOP.party, {}))
    assert "Rechnung" in read(pdf(paper, "de"))[1]
    assert "Quittung" in read(pdf(plain, "de"))[1]


def test_tax_is_taken_out_once_a_rate():
    lines = (
        PricedLine("A", "A", 3, Decimal("9.99"), Decimal("0.21")),
        PricedLine("B", "B", 1, Decimal("0.05"), Decimal("0.21")),
        PricedLine("C", "C", 2, Decimal("10.00"), Decimal("0.09")),
        PricedLine("D", "D", 1, Decimal("5.00"), None),
    )
    paper = replace(PAPERS["invoice"][0], lines=lines)
    assert taxes(paper) == {Decimal("0.21"): Decimal("5.21"), Decimal("0.09"): Decimal("1.65")}
    assert total(paper) == Decimal("55.02")


def test_a_signature_given_on_glass_is_drawn():
    paper, _ = PAPERS["hand-over"]
    drawn, blank = pdf(paper, "en"), pdf(replace(paper, signature=""), "en")

    def ink(made):
        document = pypdfium2.PdfDocument(made)
        last = document[len(document) - 1]
        dark = sum(last.render(scale=1).to_pil().convert("L").histogram()[:120])
        last.close()
        document.close()
        return dark

    assert ink(drawn) > ink(blank) + 20


@pytest.mark.parametrize(
    ("value", "currency", "texts"),
    [
        ("1234.5", "EUR", ("€1,234.50", "€ 1.234,50", "1.234,50 €", "1.234,50 €")),
        ("1234.5", "DKK", ("kr. 1,234.50", "kr. 1.234,50", "1.234,50 kr.", "1.234,50 kr.")),
        ("-0.5", "GBP", ("-£0.50", "£ -0,50", "-0,50 £", "-0,50 £")),
        ("1999", "JPY", ("JPY 1,999", "JPY 1.999", "1.999 JPY", "1.999 JPY")),
        ("-0.001", "EUR", ("€0.00", "€ 0,00", "0,00 €", "0,00 €")),
        ("9.95", "USD", ("US$9.95", "US$ 9,95", "9,95 US$", "9,95 US$")),
    ],
)
def test_money_as_people_write_it(value, currency, texts):
    told = tuple(formats.money(Decimal(value), currency, language) for language in LANGUAGES)
    assert tuple(one.replace("\N{NO-BREAK SPACE}", " ") for one in told) == texts


def test_days_weights_and_shares_as_people_write_them():
    assert [formats.day(date(2026, 3, 9), language) for language in LANGUAGES] == [
        "09/03/2026", "09-03-2026", "09.03.2026", "09.03.2026",
    ]  # fmt: skip
    assert [formats.kilograms(grams, "de").replace("\N{NO-BREAK SPACE}", " ") for grams in (None, 5, 1250, 41_000, 412_000)] == [
        "", "0,005 kg", "1,250 kg", "41,00 kg", "412,0 kg",
    ]  # fmt: skip
    assert formats.percent(Decimal("0.0550"), "da").replace("\N{NO-BREAK SPACE}", " ") == "5,5 %"
    assert formats.percent(Decimal("0.2100"), "en").replace("\N{NO-BREAK SPACE}", " ") == "21 %"
    assert formats.sscc(SSCC) == "38 7193 3300 0000 0214"


@pytest.mark.parametrize(
    ("wanted", "country", "language"),
    [("de-AT", "NL", "de"), ("fr", "DK", "da"), ("", "BE", "nl"), ("", "FR", "en"), ("xx", "", "en")],
)
def test_the_customers_language_comes_before_the_countrys(wanted, country, language):
    assert formats.language_of(wanted, country) == language


def test_every_word_is_there_in_four_languages():
    for word in Word:
        said = {
            say(word, language, n=1, of=2, days=3, rate="", where="", amount="", units=1, parcels=2)
            for language in LANGUAGES
        }
        assert all(said), word
    for code in ReturnReason:
        assert len({reason(code, language) for language in LANGUAGES}) == len(LANGUAGES), code


def test_there_is_no_paper_of_another_size():
    with pytest.raises(ValueError, match="no such size"):
        pdf(PAPERS["invoice"][0], "en", "A5")
