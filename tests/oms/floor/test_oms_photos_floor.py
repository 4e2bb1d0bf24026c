"""Pictures of a parcel at the centre: told of, brought, kept for a while, shown in the dossier and checked there. On a real database."""

import io
from datetime import timedelta
from hashlib import sha256

import pypdfium2
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from PIL import Image
from sqlalchemy import select, update

from oms.documents.dossier import make_dossier
from oms.documents.dossier_record import verify
from oms.documents.photos import KEPT_FOR, forget_photos, receive
from oms.packing.bench_models import Photo
from oms.people.models import Audit
from sync.contract import facts
from sync.contract.codes import Outcome, PhotoOf

KEY = ec.generate_private_key(ec.SECP256R1())


def jpeg(colour="red", mode="RGB"):
    out = io.BytesIO()
    Image.new(mode, (64, 48), colour).save(out, "JPEG")
    return out.getvalue()


@pytest.fixture
def packed(floor):
    """(floor, station, its parcel, job) of an order whose parcel is weighed."""
    floor.order("O1", ("TEA", 1), ship_street="Street 1", ship_city="Town", ship_country="NL")
    job, picker, station = floor.release("O1").job, floor.device(), floor.device("BENCH")
    picker.claim(job)
    for item in floor.items_of(job):
        picker.pick(item, 1)
    picker.drop(job)
    [pack] = floor.jobs_of("O1", "pack")
    station.claim(pack.id)
    box = floor.parcel_of("O1")
    for item in floor.items_of(pack.id):
        station.pack(item, box)
    station.weigh(box, pack.id)
    return floor, station, box, pack.id


def tell(packed, body, **words):
    _, station, box, job = packed
    said = {
        "job": job,
        "parcel": box.id,
        "sha256": sha256(body).hexdigest(),
        "size": len(body),
        "width": 64,
        "height": 48,
    }
    return station.report(facts.PhotoTaken(**said | words)).outcome


def bring(packed, body, digest=None, device=None):
    floor, station, _, _ = packed
    return floor.act(lambda w: receive(w, device or station.id, digest or sha256(body).hexdigest(), body))


def test_a_picture_is_brought_once_by_who_told_of_it(packed):
    floor, body = packed[0], jpeg()
    assert bring(packed, body) == "unknown"
    assert [tell(packed, body, of=PhotoOf.DAMAGE) for _ in range(2)] == [Outcome.APPLIED, Outcome.APPLIED_LATE]
    assert bring(packed, body, device=floor.device().id) == "unknown"
    assert bring(packed, jpeg("blue"), sha256(body).hexdigest()) == "unsound"
    assert bring(packed, body, "x" * 64) == "unsound"
    assert [bring(packed, body) for _ in range(2)] == ["kept", "known"]
    came = floor.ask(select(Audit).where(Audit.site_id == floor.site, Audit.what == "photo.came"))
    assert [(one.words["parcel"], one.words["shows"]) for one in came] == [(packed[2].id, "damage")]
    floor.check()


@pytest.mark.parametrize(
    "words",
    [{"size": 300_001}, {"width": 1601}, {"height": 0}, {"sha256": "../etc"}],
    ids=["large", "wide", "flat", "name"],
)
def test_what_cannot_be_a_picture_is_kept_as_said(packed, words):
    assert tell(packed, jpeg(), **words) is Outcome.APPLIED_LATE
    assert packed[0].ask(select(Photo).where(Photo.site_id == packed[0].site)) == []


def test_nobody_knows_the_parcel(packed):
    assert tell(packed, jpeg(), parcel="nothing") is Outcome.DIVERTED
    assert len(packed[0].exceptions("unknown_parcel")) == 1


def dossier(floor):
    return floor.act(lambda w: make_dossier(w, "O1", "cluster", KEY))


def test_the_dossier_shows_them_and_says_when_one_was_changed(packed):
    floor, red, grey, missing = packed[0], jpeg(), jpeg(128, "L"), jpeg("blue")
    for body in (red, grey, missing):
        tell(packed, body)
    for body in (red, grey):
        assert bring(packed, body) == "kept"
    made = dossier(floor)
    assert verify(made).problems == ()
    assert (made.count(red), made.count(grey), made.count(missing)) == (1, 1, 0)
    assert all(sha256(body).hexdigest().encode() in made for body in (red, grey, missing))
    document = pypdfium2.PdfDocument(made)
    shown = [one for page in document for one in page.get_objects() if one.type == 3]
    assert [one.get_px_size() for one in shown] == [(64, 48)] * 2
    assert document[0].render().to_pil().size[0] > 100
    document.close()
    other = jpeg("green")
    assert len(other) == len(red)
    problems = verify(made.replace(red, other)).problems
    assert any("its picture is not in the file" in problem for problem in problems)


def test_after_a_while_only_the_hash_is_left(packed):
    floor, body = packed[0], jpeg()
    tell(packed, body)
    bring(packed, body)
    floor.act(forget_photos)
    assert body in dossier(floor)

    def long_ago(w):
        w.db.execute(update(Photo).where(Photo.site_id == w.site).values(came_at=w.now - KEPT_FOR - timedelta(days=1)))

    floor.act(long_ago)
    floor.act(forget_photos)
    made = dossier(floor)
    assert (verify(made).problems, body in made, sha256(body).hexdigest().encode() in made) == ((), False, True)
    assert bring(packed, body) == "known"
