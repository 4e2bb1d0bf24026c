"""The dossier of one order: everything that is known of it, in a chain, as a PDF that shows when a byte of it was changed. Called by the
API; that one was made, and its digest, goes into the audit trail."""

from hashlib import sha256
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric import ec

from oms.documents import data
from oms.documents.blocks import flat
from oms.documents.dossier_record import Record, chained, encoded, sealed
from oms.documents.dossier_sources import MOST_PHOTOS, SOURCES, Scope, scope_of, stamp
from oms.documents.layouts import dossier as layout
from oms.documents.load import ship_to, shop
from oms.documents.page import Sheet, write
from oms.documents.photos import photos_of
from oms.documents.photos_jpeg import size_of
from oms.people.audit import link

if TYPE_CHECKING:
    from oms.db.work import Work

FILE_NAME = "dossier.json"


def make_dossier(w: "Work", number: str, cluster: str, key: ec.EllipticCurvePrivateKey | None) -> bytes | None:
    """The sealed PDF of an order; None when there is no such order. Without a `key` it is not signed."""
    scope = scope_of(w.db, w.site, number)
    if scope is None:
        return None
    # An act that has no link yet would be told without it.
    link(w.db)
    found = [entry for source in SOURCES for entry in source(w.db, scope)]
    # Sorting keeps what a source said in its own order.
    entries = chained(cluster, w.site, number, sorted(found, key=lambda entry: entry.at))
    made_by = scope.who(w.actor.worker) or w.actor.source
    record = Record(
        v=1, cluster=cluster, site=w.site, order=number, made_at=stamp(w.now), made_by=made_by, entries=entries
    )
    head = entries[-1].hash
    paper = data.Dossier(
        shop(w.db, w.site), ship_to(scope.order), number, stamp(w.now), made_by, head, entries, _shots(w, scope)
    )
    raw = encoded(record)
    sheet = Sheet("A4", "en")
    foot = f"Dossier · {flat(number, 60)} · {head[:16]}"
    made = sealed(
        write(sheet, f"Dossier {flat(number, 60)}", foot, layout.parts(paper, sheet), (FILE_NAME, raw)), raw, head, key
    )
    w.audit("dossier.made", order=number, entries=len(entries), digest=sha256(made).hexdigest(), signed=key is not None)
    return made


def _shots(w: "Work", scope: Scope) -> tuple[data.Shot, ...]:
    """The pictures that the entries call `inside`."""
    shots = []
    for photo in photos_of(w.db, scope.parcels)[:MOST_PHOTOS]:
        size = size_of(photo.body) if photo.body is not None else None
        if photo.body is not None and size is not None:
            words = f"{stamp(photo.at)} · {photo.shows.value} · {scope.who(photo.worker_id)} · SHA-256 {photo.sha256}"
            shots.append(data.Shot(photo.body, size.width, size.height, size.colours, photo.sha256, words))
    return tuple(shots)
