"""The words for pictures at the bench: shown from a file, brought to the office once, found in the dossier. Collected by `conftest.py` like
all steps."""

import io

from cryptography.hazmat.primitives.asymmetric import ec
from PIL import Image
from pytest_bdd import parsers, then, when
from sqlalchemy import func, select

from app.core.messages import Code
from oms.documents.dossier import make_dossier
from oms.documents.dossier_record import verify
from oms.packing.bench_models import Photo
from oms.people.models import Audit
from sync.contract.codes import PhotoOf

_NAME = r"(?P<name>[A-Z][a-z]+)"
_SHOWS = {"parcel": PhotoOf.PARCEL, "damage": PhotoOf.DAMAGE, "contents": PhotoOf.CONTENTS, "label": PhotoOf.LABEL}
_OF = "|".join(_SHOWS)


def _file(floor, person, of):
    """A picture of a colour of its own, of the size a telephone makes."""
    out = io.BytesIO()
    Image.new("RGB", (2000, 1500), (40 * list(_SHOWS).index(of), 90, 90)).save(out, "JPEG")
    path = person.place.data / f"{of} of mine.jpg"
    path.write_bytes(out.getvalue())
    return path


@when(parsers.re(rf"{_NAME} shows a picture of the (?P<of>{_OF}) from a file"))
def shows(floor, name, of):
    person = floor.person(name)
    path = _file(floor, person, of)
    person.presses(f"photo:file {path}")
    assert person.shell.presenter.state().page == "reasons", "nobody asks what it shows"
    person.presses(f"photo:{_SHOWS[of]}")
    assert Code.PHOTO_KEPT in person.heard, person.story()


@then(
    parsers.re(
        rf"the office has a picture of the (?P<of>{_OF}) at (?P<number>O\d), brought once, and so has the dossier"
    )
)
def has_it(floor, of, number):
    hall = floor.hall

    def came():
        photos = hall.ask(select(Photo).where(Photo.site_id == hall.site))
        audited = hall.ask(select(func.count()).where(Audit.site_id == hall.site, Audit.what == "photo.came"))
        return [(one.shows, one.came_at is not None) for one in photos], audited

    floor.books(came, ([(_SHOWS[of], True)], [1]), f"the picture of {number}")
    for person in floor.people.values():
        person.until("nothing to send", lambda person=person: person.client.look(lambda u: u.photos.count()) == 0)
    key = ec.generate_private_key(ec.SECP256R1())
    made = hall.act(lambda w: make_dossier(w, number, "cluster", key))
    with hall.oms.sessions() as db:
        [body] = db.scalars(select(Photo.body).where(Photo.site_id == hall.site))
    assert (verify(made).problems, made.count(body)) == ((), 1)
