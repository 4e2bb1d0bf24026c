"""Pictures of parcels and of damage: taken at the bench, kept on the disk with the fact that tells of them, sent to the centre once each.

`PhotoErrands` runs on the errand thread (`app.wiring.errands`); what waits is in the store, so a restart forgets nothing.
"""

import hashlib
import logging
from base64 import b64encode

from app.core.facts import PhotoOf
from app.core.storage import StorageTrouble
from app.flows.pack_events import PhotoKept
from app.services.camera import Picture
from app.services.ports import CentreAway, CentreRefused, Store, UnitOfWork
from app.services.supervising import DeskCentre
from sync.contract.bench import PhotoReply, PhotoUpload
from sync.contract.codes import ErrorCode

_log = logging.getLogger(__name__)

#: Pictures that wait for the centre at one device: 60 MB at most.
MOST_WAITING = 200
SEND_S = 20.0
AGAIN_S, AGAIN_MOST_S = 2.0, 300.0
#: Answers after which sending it again is of no use.
_USELESS = (ErrorCode.INVALID, ErrorCode.TOO_LARGE)


def kept(u: UnitOfWork, picture: Picture, of: PhotoOf) -> PhotoKept | None:
    """Puts the picture on the disk; what the flow hears of it, or None when it is here already."""
    digest = hashlib.sha256(picture.body).hexdigest()
    if not u.photos.keep(digest, picture.body):
        return None
    return PhotoKept(digest, len(picture.body), picture.width, picture.height, of)


class PhotoErrands:
    """Owns how often sending has failed in a row."""

    def __init__(self, store: Store, centre: DeskCentre) -> None:
        self._store, self._centre = store, centre
        self._failures = 0

    def run(self) -> float | None:
        """Sends what waits, the oldest first; seconds until it is worth trying again, None when nothing waits."""
        try:
            with self._store.look() as u:
                waiting = u.photos.waiting()
            # One that cannot go yet does not keep the others.
            sent = [self._send(digest) for digest in waiting]
        except (CentreAway, StorageTrouble):
            waiting, sent = [], [False]
        if all(sent):
            self._failures = 0
            return 0.0 if waiting else None
        self._failures += 1
        return float(min(AGAIN_MOST_S, AGAIN_S * 2 ** min(self._failures - 1, 10)))

    def _send(self, digest: str) -> bool:
        """True unless it should be tried again. Raises `CentreAway`."""
        with self._store.look() as u:
            body = u.photos.body(digest)
        if body is None:
            return True
        try:
            self._centre.post(
                "/v1/photos", PhotoUpload(sha256=digest, body=b64encode(body).decode()), PhotoReply, SEND_S
            )
        except CentreRefused as no:
            if no.code not in _USELESS:
                # The fact that tells of it has not arrived, or the server is busy.
                return False
            _log.info("the centre does not want picture %s", digest)
        with self._store.unit() as u:
            u.photos.sent(digest)
        return True
