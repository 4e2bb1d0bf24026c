"""Labels as the station prints them: the shop's own templates, the printer's language, and what no printer's font has drawn by Qt."""

import io
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import resources
from app.core.scan import ScanKind
from app.flows.goods_code import goods_code
from app.flows.resolve import Expect, Patterns, resolve
from app.services.pack_ports import CarrierBytes
from app.services.ports import NoPrinter, PrintRequest
from app.services.receive_ports import GoodsLabel
from app.wiring.label_pen import draw_line
from app.wiring.labels import LabelBook, Spoken, spoken_at
from app.wiring.printing import StationPrinting
from app.wiring.scans import read_fields
from devices.labels import WRITERS
from devices.model import DeviceInfo, DeviceKey, LinkState, PrintJob, Role
from devices.registry import printer_for
from sync.contract.shipping import LabelFormat
from tools.labels import readers, samples
from tools.labels.decode import decode, render_zpl

ZPL = Spoken("zpl", 8)
TOTE = {"tote": "TOTE-1"}


def test_a_shops_own_template_takes_the_place_of_ours(tmp_path):
    ours = resources.path("labels/tote.toml").read_text(encoding="utf-8")
    (tmp_path / "tote.toml").write_text(ours.replace("height = 50.8", "height = 60"), encoding="utf-8")
    assert b"^LL480^" in LabelBook(tmp_path).build("tote", TOTE, "en", ZPL).payload
    assert b"^LL406^" in LabelBook().build("tote", TOTE, "en", ZPL).payload


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text + "[[kode]]",
        lambda text: text.replace("tote = ", 'colour = "needed"\ntote = ').replace("TOTE", ""),
        lambda text: "\0",
    ],
)
def test_a_broken_template_of_the_shop_is_named_and_ours_is_used(tmp_path, damage, expected_log):
    expected_log.append("tote.toml is not used")
    ours = resources.path("labels/tote.toml").read_text(encoding="utf-8")
    (tmp_path / "tote.toml").write_text(damage(ours), encoding="utf-8")
    assert b"^LL406^" in LabelBook(tmp_path).build("tote", TOTE, "en", ZPL).payload


def test_an_own_template_may_do_without_a_field_but_not_ask_for_one(tmp_path, expected_log):
    expected_log.append("needs colour, which nobody fills in")
    ours = resources.path("labels/bin.toml").read_text(encoding="utf-8")
    more = ours.replace('bin = "needed"', 'bin = "needed"\ncolour = "needed"').replace("{zone}", "{zone} {colour}")
    (tmp_path / "bin.toml").write_text(more, encoding="utf-8")
    (tmp_path / "tote.toml").write_text(
        resources.path("labels/tote.toml").read_text(encoding="utf-8"), encoding="utf-8"
    )
    book = LabelBook(tmp_path)
    assert book.build("bin", {"bin": "A-1", "zone": "Z"}, "en", ZPL).payload
    assert book.build("tote", TOTE | {"zone": "left away"}, "en", ZPL).payload
    with pytest.raises(ValueError, match="no label template nothing"):
        book.build("nothing", {}, "en", ZPL)


def test_the_address_says_the_language():
    assert spoken_at("tcp://10.0.0.7:9100") == ZPL
    assert spoken_at("tcp://10.0.0.7:9100?dialect=tspl&dpmm=12") == Spoken("tspl", 12)
    assert spoken_at("ipp://10.0.0.7/ipp/print?dialect=ipp&language=epl2") == Spoken("epl2", 8)


@pytest.mark.parametrize("language", sorted(WRITERS))
def test_every_driver_takes_a_label_in_its_language(language):
    sample = samples.LABELS["shipping"]
    payload = LabelBook().build("shipping", sample.values, "en", Spoken(language, 8)).payload
    driver = printer_for(f"tcp://127.0.0.1:1?dialect={language}", lambda: 0.0)
    wire = driver.prepare(PrintJob("job-1", payload))
    assert len(wire) >= len(payload) - 2


REQUEST = PrintRequest(
    "job-1", "095012345678901237", "SO-1", "DHL", "Paket", "JD01", ("Ann", "Street 1"), ("Floorhand",), 1234, "1/1"
)


class Hub:
    """Printers at these addresses, what was asked of them, and the jobs they keep."""

    def __init__(self, *printers):
        self._printers = printers
        self.asked = []
        self.jobs = {}
        self.prints = self

    def job(self, job_id):
        return self.jobs.get(job_id)

    def devices(self):
        return [
            (DeviceInfo(DeviceKey(url), Role.LABEL_PRINTER, "P", url), state, None) for url, state in self._printers
        ]

    def print(self, to, job):
        self.asked.append((to, job.payload))
        self.jobs[job.job_id] = job


def printed(*printers, request=REQUEST):
    hub = Hub(*printers)
    StationPrinting(hub, LabelBook(), "da").print(request)
    return hub.asked[0]


def test_a_label_goes_out_in_the_printers_language_and_the_stations_words():
    to, payload = printed(("tcp://a:1?dialect=tspl", LinkState.READY))
    assert to is Role.LABEL_PRINTER
    assert b'"Forsendelse"' in payload
    assert b'"1.234 kg"' in payload
    assert printed()[1].startswith(b"^XA")


def test_printers_of_different_languages_do_not_stand_in_for_each_other():
    to, payload = printed(("tcp://a:1?dialect=tspl", LinkState.LOST), ("tcp://b:1", LinkState.READY))
    assert to == DeviceKey("tcp://b:1")
    assert payload.startswith(b"^XA")
    nobody = printed(("tcp://a:1?dialect=tspl", LinkState.LOST), ("tcp://b:1", LinkState.LOST))
    assert nobody[0] == DeviceKey("tcp://a:1?dialect=tspl")


def test_what_cannot_be_printed_is_said_before_anything_is_sent():
    with pytest.raises(NoPrinter):
        printed(("tcp://a:1?dialect=brother", LinkState.READY))


def test_the_label_of_a_pallet_bears_its_number_and_says_whose_it_is():
    hub = Hub(("tcp://a:1", LinkState.READY))
    StationPrinting(hub, LabelBook(), "nl").print_pallet("pallet-1", "387193330000000214", "Huis & Haard", "DHL")
    [(to, payload)] = hub.asked
    assert to is Role.LABEL_PRINTER
    assert all(word in payload for word in (b"387193330000000214", b"Huis & Haard", b"DHL"))


@pytest.mark.parametrize("printers", [(), (("tcp://a:1?dialect=brother", LinkState.READY),)], ids=("none", "mute"))
def test_a_pallet_label_that_no_printer_takes_is_said(printers):
    with pytest.raises(NoPrinter):
        StationPrinting(Hub(*printers), LabelBook(), "nl").print_pallet("pallet-1", "387193330000000214", "We", "")


# --- goods that came in ---

CHAI = "09501101530003"


class Known:
    """One item with a number of its own, and nothing else."""

    def items(self, code):
        return [("CHAI", 1)] if code in ("CHAI", CHAI) else []

    def tote(self, code):
        return None

    bin = carton = parcel = order = tote


def understood(text, symbology):
    return resolve(read_fields(text, symbology), Known(), Expect(frozenset({ScanKind.ITEM})), Patterns())


def goods(units=48, lot="", expiry="", *, sku="CHAI", name="Chai", codes=((CHAI, 1),)):
    code = goods_code(sku, codes, units, lot, expiry, understood)
    return GoodsLabel(name, sku, units, lot, expiry, "PO-1", "2026-11-23", "A-01", code)


def came_out(label, language="zpl", copies=1):
    """What scanners read on it, drawn as the printer draws it."""
    hub = Hub((f"tcp://a:1?dialect={language}", LinkState.READY))
    StationPrinting(hub, LabelBook(), "de").print_goods("goods-1", label, copies)
    [(to, payload)] = hub.asked
    assert (to, hub.jobs["goods-1"].copies) == (Role.LABEL_PRINTER, copies)
    if language == "zpl":
        return decode(render_zpl(payload, "zplkit", 101.6, 50.8, 8))
    png = io.BytesIO()
    readers.read(language, payload, (813, 406)).ink.save(png, "PNG")
    return decode(png.getvalue())


@settings(max_examples=40)
@given(
    st.integers(1, 99_999),
    st.one_of(st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=40), st.text(max_size=40)),
    st.dates() | st.none(),
    st.text(max_size=60),
)
def test_the_printed_label_of_goods_is_read_as_item_lot_and_day(units, lot, day, name):
    label = goods(units, lot, day.isoformat() if day else "", name=name or "?")
    [(symbology, data)] = came_out(label)
    meaning = understood(data.decode(), symbology)
    assert (meaning.kind, meaning.id, meaning.qty) == (ScanKind.ITEM, "CHAI", units)
    assert (meaning.fields.lot or "") in ("", lot)
    assert meaning.fields.expiry in (None, label.expiry)
    # Only what GS1 cannot say is left out.
    if re.fullmatch(r"[A-Z]{0,4}[0-9]{1,6}", lot):
        assert meaning.fields.lot == lot


@pytest.mark.parametrize("language", sorted(WRITERS))
def test_a_label_of_goods_is_read_whatever_the_printer_speaks(language):
    assert came_out(goods(48, "L-7"), language, 3) == [("]d2", f"02{CHAI}3748\x1d10L-7".encode())]
    assert came_out(goods(codes=()), language) == [("]C0", b"CHAI")]
    # What bars cannot hold, or have no room for, is a square.
    for sku in ("Teeschale, grün", "CHAI-ASSAM-GREEN-CARDAMOM"):
        if language != "zpl":
            assert came_out(goods(sku=sku, codes=()), language) == [("]Q1", sku.encode())]


def test_goods_labels_without_a_printer_are_said_to_have_none():
    printing = StationPrinting(Hub(), LabelBook(), "en")
    assert not printing.has_label_printer()
    with pytest.raises(NoPrinter, match="absent"):
        printing.print_goods("goods-1", goods(), 1)
    hub = Hub(("tcp://a:1?dialect=brother", LinkState.READY))
    assert StationPrinting(hub, LabelBook(), "en").has_label_printer()
    with pytest.raises(NoPrinter, match="other"):
        StationPrinting(hub, LabelBook(), "en").print_goods("goods-1", goods(), 1)


# --- carriers' labels ---

ACME = CarrierBytes(b"~JR^XA^MNN^FO9,9^BCN,99^FDACME0000001^FS^XZ", LabelFormat.ZPL, "SO-1 ACME0000001")
PICTURE = CarrierBytes(b"%PDF-1.7 label", LabelFormat.PDF, "SO-1 ACME0000001")
ZEBRA, TSC = ("tcp://a:1", LinkState.READY), ("tcp://b:1?dialect=tspl", LinkState.READY)
LASER = ("ipp://c/ipp/print", LinkState.READY)


def carriers(label, *printers):
    hub = Hub(*printers)
    StationPrinting(hub, LabelBook(), "en").print_carrier("job-1", label)
    return hub


def test_a_carriers_label_goes_out_cleaned():
    hub = carriers(ACME, ZEBRA)
    [(to, payload)] = hub.asked
    assert (to, hub.jobs["job-1"].foreign) == (Role.LABEL_PRINTER, True)
    assert b"ACME0000001" in payload
    assert not any(word in payload for word in (b"~JR", b"^MNN"))


def test_a_page_of_a_carrier_goes_to_ipp_as_it_is():
    assert carriers(PICTURE, ZEBRA, LASER).asked == [(DeviceKey(LASER[0]), PICTURE.body)]


@pytest.mark.parametrize(
    ("label", "printer", "reason"),
    [
        (ACME, TSC, "wrong-dialect"),
        (PICTURE, ZEBRA, "wrong-dialect"),
        (CarrierBytes(b"^XA^XZ", LabelFormat.ZPL, ""), ZEBRA, "other"),
        (CarrierBytes(b"^XA~JB^FDx^FS^XZ", LabelFormat.ZPL, ""), ZEBRA, "other"),
    ],
    ids=["no zpl printer", "no page printer", "no label", "harmful"],
)
def test_what_no_printer_here_may_have_is_said_before_anything_is_sent(label, printer, reason):
    with pytest.raises(NoPrinter, match=reason):
        carriers(label, printer)


def test_once_more_is_the_very_same_bytes():
    hub = carriers(ACME, ZEBRA)
    printing = StationPrinting(hub, LabelBook(), "en")
    assert printing.print_same("job-2", "job-1", ACME.meaning)
    assert hub.asked[0] == hub.asked[1]
    assert not printing.print_same("job-3", "job-1", "SO-1 ACME0000002"), "another number is another label"
    assert not printing.print_same("job-3", "job-0", ACME.meaning)
    assert len(hub.asked) == 2


def test_once_more_without_a_printer_that_could():
    hub = carriers(PICTURE, LASER)
    hub._printers = (ZEBRA,)
    with pytest.raises(NoPrinter):
        StationPrinting(hub, LabelBook(), "en").print_same("job-2", "job-1", PICTURE.meaning)


# --- Qt's pen ---


def test_the_pen_stays_in_its_room_and_says_no_to_letters_nobody_has(qapp):
    for text in ("Київ", "Łódź " * 30, "x", ""):
        picture = draw_line(text, 40, 300)
        assert picture.width <= 300
        assert len(picture.rows) == 40
        assert {len(row) for row in picture.rows} == {-(-picture.width // 8)}
    assert any(any(row) for row in draw_line("Київ", 40, 300).rows)
    assert draw_line("\U00050000", 40, 300) is None


def test_a_name_in_another_script_comes_out_and_hurts_nothing(qapp):
    values = samples.LABELS["shipping"].values | {"ship_to": ("Київ Шевченко", "Ørsted", "שלום 123")}
    for language in readers.LANGUAGES:
        built = LabelBook(pen=draw_line).build("shipping", values, "en", Spoken(language, 8))
        seen = readers.read(language, built.payload, (813, 1219))
        assert not any("rsted" in text for *_, text in seen.texts)
    zpl = LabelBook(pen=draw_line).build("shipping", values | {"ship_to": ("Київ", "Ørsted")}, "en", ZPL)
    assert "Київ".encode() in zpl.payload
    assert zpl.changed == ()


def test_a_drawn_label_reads(qapp):
    sample = samples.LABELS["shipping"]
    built = LabelBook(pen=draw_line).build("shipping", sample.values | {"ship_to": ("Київ",)}, "en", Spoken("sbpl", 8))
    png = io.BytesIO()
    readers.read("sbpl", built.payload, (813, 1219)).ink.save(png, "PNG")
    assert decode(png.getvalue()) == sorted(sample.codes)
