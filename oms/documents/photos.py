"""Pictures of parcels and of damage: told of by a fact, brought later, kept for a while. Called by the ingest of the feed, the route that
takes them, the dossier, and the floor's keeper."""

import re
from collections.abc import Callable, Iterable
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session, undefer

from oms.documents.photos_jpeg import LONGEST, MOST_BYTES, size_of
from oms.feed.ports import APPLIED, Credit, FactContext
from oms.packing.bench_models import Photo
from oms.packing.models import Parcel
from oms.picking.answers import STORED_LATE
from oms.picking.codes import ExceptionKind
from oms.picking.exceptions import divert
from sync.contract import facts

if TYPE_CHECKING:
    from oms.db.work import Work

#: Carriers answer for damage for so long, and courts a little longer; then only the hash stays.
KEPT_FOR: Final = timedelta(days=400)
#: Forgotten in one round.
_ROUND: Final = 200
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")


def taken(w: "Work", fact: FactContext, body: facts.PhotoTaken) -> Credit:
    """A picture was taken; its bytes come by another way. What cannot be one is kept as said, with no effect."""
    parcel = w.db.get(Parcel, body.parcel)
    if parcel is None or parcel.site_id != w.site:
        return divert(w, ExceptionKind.UNKNOWN_PARCEL, {"parcel": body.parcel}, fact, job=body.job)
    sound = 0 < body.size <= MOST_BYTES and 0 < body.width <= LONGEST and 0 < body.height <= LONGEST
    if not sound or not _DIGEST.fullmatch(body.sha256) or w.db.get(Photo, (w.site, body.sha256)) is not None:
        return STORED_LATE
    w.db.add(
        Photo(
            site_id=w.site, sha256=body.sha256, op_id=fact.op_id, parcel_id=parcel.id, shows=body.of, size=body.size,
            width=body.width, height=body.height, at=w.now, device=fact.device, worker_id=fact.worker,
        )
    )  # fmt: skip
    return APPLIED


def receive(w: "Work", device: str, digest: str, body: bytes) -> str:
    """Takes the bytes of a picture this device told of: `kept`, `known` (it is here already), `unknown`, or `unsound`."""
    if not _DIGEST.fullmatch(digest):
        return "unsound"
    photo = w.db.get(Photo, (w.site, digest), with_for_update=True)
    if photo is None or photo.device != device:
        return "unknown"
    if photo.came_at is not None:
        return "known"
    size = size_of(body)
    same = size is not None and (size.width, size.height, len(body)) == (photo.width, photo.height, photo.size)
    if not same or sha256(body).hexdigest() != digest:
        return "unsound"
    photo.body, photo.came_at = body, w.now
    w.audit("photo.came", parcel=photo.parcel_id, sha256=digest, shows=photo.shows.value)
    return "kept"


def photos_of(db: Session, parcels: Iterable[str]) -> list[Photo]:
    """The pictures of these parcels with their bytes, the oldest first."""
    mine = select(Photo).where(Photo.parcel_id.in_(list(parcels))).options(undefer(Photo.body))
    return list(db.scalars(mine.order_by(Photo.at, Photo.sha256)))


def forget_photos(w: "Work") -> None:
    """Bytes that were kept long enough go; that there was a picture, and its hash, stays."""
    old = select(Photo.sha256).where(Photo.site_id == w.site, Photo.body.is_not(None), Photo.came_at < w.now - KEPT_FOR)
    digests = w.db.scalars(old.order_by(Photo.came_at).limit(_ROUND)).all()
    if digests:
        w.db.execute(update(Photo).where(Photo.site_id == w.site, Photo.sha256.in_(digests)).values(body=None))
        w.audit("photo.forgotten", n=len(digests))


HANDLERS: dict[type[Any], Callable[..., Credit]] = {facts.PhotoTaken: taken}
