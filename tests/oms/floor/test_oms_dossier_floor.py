"""A dossier of a real order on a real database: all of it is in there, and a changed byte is found."""

import subprocess
import sys
from base64 import b64encode
from uuid import uuid4

import msgspec
import pypdfium2
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import select

from oms.cli.verify_dossier import main
from oms.documents.dossier import FILE_NAME, make_dossier
from oms.documents.dossier_record import Entry, Record, chained, encoded, sealed, verify
from oms.packing.pallets import make_pallets
from oms.people.models import Audit
from oms.verify import verify as verify_books
from sync.contract import facts

pytestmark = pytest.mark.postgres
KEY = ec.generate_private_key(ec.SECP256R1())


@pytest.fixture(scope="module")
def whole(request):
    """See `order`; made once."""
    return {}


@pytest.fixture
def order(floor, whole):
    """An order of 2 TEA, picked, packed, weighed, labelled, shipped, on a pallet, in a truck with a driver."""
    if whole:
        return whole
    floor.order(
        "Ø-1", ("TEA", 2), carrier="DHL", service="P", ship_street="Søgade 1", ship_city="Århus", ship_country="DK"
    )
    floor.release("Ø-1")
    picker, station = floor.device("H"), floor.device("BENCH")
    [pick] = floor.jobs_of("Ø-1", "pick")
    picker.claim(pick.id)
    for item in floor.items_of(pick.id):
        picker.pick(item, 2)
    picker.drop(pick.id)
    [pack] = floor.jobs_of("Ø-1", "pack")
    station.claim(pack.id)
    parcel = floor.parcel_of("Ø-1")
    for item in floor.items_of(pack.id):
        station.pack(item, parcel, 2)
    station.weigh(parcel, pack.id, 400)
    station.label(parcel, pack.id)
    station.ship(parcel, pack.id)
    [pallet], load = floor.act(lambda w: make_pallets(w, 1)), uuid4().hex
    station.report(facts.PalletPut(pallet=pallet, parcel=parcel.sscc))
    station.report(facts.PalletClose(pallet=pallet, parcels=1))
    station.report(facts.LoadScan(load=load, carrier="DHL", sscc=pallet))
    station.report(facts.LoadHandover(load=load, carrier="DHL", driver="Jürgen", units=1))
    whole.update(floor=floor, parcel=parcel, made=floor.act(lambda w: make_dossier(w, "Ø-1", "cluster", KEY)))
    return whole


def record_of(pdf):
    document = pypdfium2.PdfDocument(pdf)
    try:
        [attached] = [document.get_attachment(n) for n in range(document.count_attachments())]
        assert attached.get_name() == FILE_NAME
        return msgspec.json.decode(bytes(attached.get_data()), type=Record)
    finally:
        document.close()


def test_everything_that_happened_is_in_it(order):
    record = record_of(order["made"])
    kinds = {entry.kind for entry in record.entries}
    assert kinds >= {
        "order", "pick.confirm", "job.drop", "pack.confirm", "parcel.weighed", "label.fate", "parcel.ship", "pallet.put",
        "pallet.close", "load.scan", "truck.left", "ledger.move",
    }  # fmt: skip
    verdict = verify(order["made"])
    assert (verdict.problems, verdict.order, verdict.entries) == ((), "Ø-1", len(record.entries))
    assert verdict.facts >= 9
    assert {entry.device for entry in record.entries if entry.op} == {"H", "BENCH"}
    [left] = [entry for entry in record.entries if entry.kind == "truck.left"]
    assert left.body["driver"] == "Jürgen"


def test_the_pages_say_what_the_record_says(order):
    document = pypdfium2.PdfDocument(order["made"])
    pages = [document[n].get_textpage() for n in range(len(document))]
    text = "\n".join(page.get_text_range() for page in pages)
    for page in pages:
        page.close()
    document.close()
    assert all(word in text for word in ("Ø-1", "Søgade 1", "parcel.weighed", "BENCH", "Jürgen"))


def test_a_changed_byte_is_found(order):
    made = order["made"]
    places = [*range(0, len(made), max(1, len(made) // 400)), *range(len(made) - 700, len(made))]
    missed = []
    for place in places:
        for bit in (1, 0x20):
            bad = bytearray(made)
            bad[place] ^= bit
            if verify(bytes(bad)).ok:
                missed.append((place, bit))
    assert missed == []


@pytest.mark.parametrize("cut", [1, 100, 5000])
def test_a_file_that_was_cut_or_goes_on_is_found(order, cut):
    assert not verify(order["made"][:-cut]).ok
    assert not verify(order["made"][cut:]).ok
    assert not verify(order["made"] + b"x" * cut).ok


@pytest.mark.parametrize("junk", [b"", b"%PDF-1.4", b"%floorhand-dossier-1 {}\n", b"%floorhand-dossier-1 \xff\n"])
def test_other_files_are_none(junk):
    assert not verify(junk).ok


def test_a_new_seal_with_another_key_is_told_by_its_pin(order, tmp_path, capsys):
    made = order["made"]
    record = record_of(made)
    lie = [msgspec.structs.replace(entry, body={"grams": 1}, op=None) for entry in record.entries]
    entries = chained(record.cluster, record.site, record.order, lie)
    raw = encoded(msgspec.structs.replace(record, entries=entries))
    forged = sealed(b"%PDF-1.4\n" + raw, raw, entries[-1].hash, ec.generate_private_key(ec.SECP256R1()))
    path = tmp_path / "forged.pdf"
    path.write_bytes(forged)
    pin = verify(made).pin
    assert verify(forged).ok, "it is a proper dossier, of somebody else"
    assert main([str(path), "--pin", pin]) == 1
    assert "not the key" in capsys.readouterr().out


def test_an_entry_left_out_is_found_even_under_the_right_key(order):
    record = record_of(order["made"])
    shorter = record.entries[:3] + record.entries[4:]
    raw = encoded(msgspec.structs.replace(record, entries=shorter))
    verdict = verify(sealed(b"%PDF-1.4\n" + raw, raw, shorter[-1].hash, KEY))
    assert verdict.problems == ("entry 4 was changed, or one before it is missing",)
    raw = encoded(msgspec.structs.replace(record, entries=record.entries[:-1]))
    assert verify(sealed(b"%PDF-1.4\n" + raw, raw, record.entries[-1].hash, KEY)).problems == (
        "the last entries are missing",
    )


def test_a_fact_that_its_device_did_not_report_is_found_even_in_a_new_chain(order):
    record = record_of(order["made"])
    lie = []
    for entry in record.entries:
        if entry.kind == "parcel.weighed":
            entry = msgspec.structs.replace(entry, op={**entry.op, "body": {**entry.op["body"], "grams": 401}})
        lie.append(entry)
    entries = chained(record.cluster, record.site, record.order, lie)
    raw = encoded(msgspec.structs.replace(record, entries=entries))
    [problem] = verify(sealed(b"%PDF-1.4\n" + raw, raw, entries[-1].hash, KEY)).problems
    assert "is not what its device reported" in problem


def test_without_a_key_it_is_not_signed_and_says_so(order, tmp_path, capsys):
    path = tmp_path / "plain.pdf"
    path.write_bytes(order["floor"].act(lambda w: make_dossier(w, "Ø-1", "cluster", None)))
    assert main([str(path)]) == 0
    assert "not signed" in capsys.readouterr().out
    assert main([str(path), "--pin", "0" * 64]) == 1


def test_the_command_runs_by_itself(order, tmp_path):
    path = tmp_path / "dossier.pdf"
    path.write_bytes(order["made"])
    der = KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert b64encode(der) in order["made"]
    command = [sys.executable, "-m", "app", "verify-dossier", str(path), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert msgspec.json.decode(done.stdout)["ok"] is True
    assert main([str(path), "--pin", verify(order["made"]).pin]) == 0


def test_a_file_that_is_not_there_is_a_sentence(tmp_path, capsys):
    with pytest.raises(SystemExit) as ended:
        main([str(tmp_path / "none.pdf")])
    assert ended.value.code == 1
    assert "none.pdf" in capsys.readouterr().err


def test_that_one_was_made_is_in_the_audit_trail(order):
    floor = order["floor"]
    [words] = floor.ask(
        select(Audit.words).where(
            Audit.site_id == floor.site, Audit.what == "dossier.made", Audit.words["signed"].astext == "true"
        )
    )
    assert words["order"] == "Ø-1"
    assert verify_books(floor.oms.engine).findings == []


def test_an_order_nobody_knows_has_none(floor):
    assert floor.act(lambda w: make_dossier(w, "none", "c", None)) is None


def test_the_record_is_ascii_whatever_is_in_it():
    entry = Entry(n=0, at="", kind="x", body={"name": 'Łódź 😀 "quoted" \\ \x7f'})
    [linked] = chained("c", "s", "o", [entry])
    raw = encoded(Record(v=1, cluster="c", site="s", order="o", made_at="", made_by="", entries=[linked]))
    assert raw.isascii()
    assert msgspec.json.decode(raw, type=Record).entries == [linked]
    assert verify(sealed(b"%PDF\n" + raw, raw, linked.hash, KEY)).ok
