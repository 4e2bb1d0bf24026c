"""Pictures through the service on a real store: told of by a fact, kept over a restart, sent once the centre hears of them."""

import hashlib
from base64 import b64decode
from dataclasses import replace

import pytest

from app.core.facts import PhotoOf
from app.core.messages import Code
from app.services.camera import NotAPicture, Picture
from app.services.pack_photo import MOST_WAITING, PhotoErrands
from app.services.ports import CentreAway, CentreRefused
from sync.contract.bench import PhotoReply
from sync.contract.codes import ErrorCode

CUP = "4006381333931"


class Camera:
    """Gives what it was given."""

    def __init__(self):
        self.next = Picture(b"one", 4, 3)

    def newest(self):
        if isinstance(self.next, Exception):
            raise self.next
        return self.next

    def of_file(self, path):
        return Picture(path.encode(), 1, 1)


class Centre:
    """Takes pictures, or says why not."""

    def __init__(self):
        self.says, self.got = [], []

    def post(self, path, body, reads, timeout_s):
        assert path == "/v1/photos"
        if self.says and (said := self.says.pop(0)):
            raise said
        self.got.append((body.sha256, b64decode(body.body)))
        return PhotoReply(sha256=body.sha256, known=False, epoch=1, server_time="")


@pytest.fixture
def bench(floor):
    floor.person("packer")
    floor.pack_job()
    floor.camera = Camera()
    floor.pack._bench = replace(floor.pack._bench, camera=floor.camera)
    floor.scans("T-1", CUP, service=floor.pack)
    return floor


def waiting(floor):
    with floor.store.look() as u:
        return u.photos.count()


def test_a_picture_is_kept_with_its_fact_and_sent_once(bench):
    kept = bench.pack.photo(PhotoOf.DAMAGE)
    assert (kept.message.code, kept.view.photos) == (Code.PHOTO_KEPT, 1)
    digest = hashlib.sha256(b"one").hexdigest()
    [fact] = bench.facts("photo.taken")
    assert (fact["sha256"], fact["size"], fact["width"], fact["height"], fact["of"]) == (digest, 3, 4, 3, "damage")
    assert bench.pack.photo(PhotoOf.PARCEL).view.photos == 1
    assert len(bench.facts("photo.taken")) == 1
    bench.restart()
    assert bench.pack.view().view.photos == 1
    centre = Centre()
    errands = PhotoErrands(bench.store, centre)
    centre.says = [CentreAway(), CentreRefused(ErrorCode.NOT_FOUND, "", None)]
    waits = [errands.run(), errands.run()]
    assert waits[0] < waits[1]
    assert (errands.run(), errands.run(), centre.got, waiting(bench)) == (0.0, None, [(digest, b"one")], 0)


def test_what_the_centre_never_wants_is_not_sent_again(bench):
    bench.pack.photo(PhotoOf.PARCEL)
    centre = Centre()
    centre.says = [CentreRefused(ErrorCode.INVALID, "", None)]
    errands = PhotoErrands(bench.store, centre)
    assert (errands.run(), errands.run(), centre.got) == (0.0, None, [])


def test_a_file_by_command_and_what_cannot_be(bench):
    assert bench.pack.photo(PhotoOf.PARCEL, "/a/file").message.code is Code.PHOTO_KEPT
    bench.camera.next = None
    assert bench.scans("FH:PHOTO:DAMAGE", service=bench.pack).message.code is Code.NO_PHOTO
    bench.camera.next = NotAPicture("too_large")
    told = bench.scans("FH:PHOTO", service=bench.pack).message
    assert (told.code, told.words) == (Code.PHOTO_BAD, {"reason": "too_large"})
    with bench.store.unit() as u:
        for n in range(MOST_WAITING):
            u.photos.keep(f"{n:064d}", b"x")
    bench.camera.next = Picture(b"two", 1, 1)
    assert bench.pack.photo(PhotoOf.PARCEL).message.words == {"reason": "too_many"}
    bench.pack.leave()
    with bench.store.unit() as u:
        u.photos.sent(f"{0:064d}")
        u.photos.sent(f"{1:064d}")
    assert bench.pack.photo(PhotoOf.PARCEL).message.code is Code.NOT_NOW
