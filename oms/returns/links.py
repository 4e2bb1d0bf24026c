"""The customer's link to send things of an order back: 192 random bits, no account, for a while; and the pictures they send by it. Called
by the routes and by whoever writes to customers."""

import re
import secrets
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from oms.returns import asking, pictures, scene
from oms.returns.codes import ReturnRefusal
from oms.returns.models import CustomerReturn, ReturnLink, ReturnPhoto
from oms.returns.refused import Refused
from oms.returns.terms import terms_for
from oms.sales.models import CustomerOrder

if TYPE_CHECKING:
    from datetime import datetime

    from oms.db.work import Work

_BYTES: Final = 24
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{32}")
#: Longer than any window a customer remembers; whether it is too late is said by the rules.
LASTS: Final = timedelta(days=400)
#: Pictures of one line.
MOST_PHOTOS: Final = 5


def token_of(w: "Work", order_no: str) -> str:
    """The order's token, valid for `LASTS` from now on. Raises `Refused` for an order nobody knows."""
    if w.db.get(CustomerOrder, order_no) is None:
        raise Refused(ReturnRefusal.UNKNOWN_ORDER, order=order_no[:60])
    made = insert(ReturnLink).values(
        token=secrets.token_urlsafe(_BYTES), order_no=order_no, made_at=w.now, ends_at=w.now + LASTS
    )
    made = made.on_conflict_do_update(index_elements=["order_no"], set_={"ends_at": w.now + LASTS})
    return w.db.scalars(made.returning(ReturnLink.token)).one()


def order_of(db: Session, token: str, now: "datetime") -> str | None:
    """The order that a token opens; None when it opens nothing (any more)."""
    link = db.get(ReturnLink, token) if _TOKEN.fullmatch(token) else None
    return link.order_no if link is not None and link.ends_at > now else None


def take_photo(w: "Work", number: str, line_no: int, body: bytes, order_no: str | None = None) -> str:
    """Keeps a picture of a line of a return (of `order_no`, where that is asked for), and approves where that is all that was missing. Its
    digest; the same again changes nothing. Raises `Refused`."""
    found = scene.lock(w, number)
    line = found.line(line_no)
    if order_no is not None and found.back.order_no != order_no:
        raise Refused(ReturnRefusal.UNKNOWN, number=number[:60])
    if line is None:
        raise Refused(ReturnRefusal.UNKNOWN_LINE, line=line_no)
    kept = pictures.plain(body)
    if kept is None:
        raise Refused(ReturnRefusal.BAD_PHOTO, most=pictures.MOST_BYTES)
    digest = sha256(kept).hexdigest()
    if w.db.get(ReturnPhoto, (number, line_no, digest)) is not None:
        return digest
    mine = select(func.count()).select_from(ReturnPhoto)
    there = w.db.scalars(mine.where(ReturnPhoto.return_no == number, ReturnPhoto.line_no == line_no)).one()
    if there >= MOST_PHOTOS:
        raise Refused(ReturnRefusal.TOO_MANY_PHOTOS, most=MOST_PHOTOS)
    w.db.add(ReturnPhoto(return_no=number, line_no=line_no, sha256=digest, at=w.now, body=kept))
    w.db.flush()
    w.audit("return.photo", number=number, line=line_no, sha256=digest)
    asking.go_on(w, found, terms_for(w.db, found.back.channel, found.back.site_id))
    return digest


def photo(db: Session, number: str, digest: str) -> bytes | None:
    """A picture's bytes."""
    mine = select(ReturnPhoto.body).where(ReturnPhoto.return_no == number, ReturnPhoto.sha256 == digest)
    return db.scalars(mine.limit(1)).first()


def returns_of(db: Session, order_no: str) -> list[CustomerReturn]:
    """All returns of an order, the oldest first."""
    mine = select(CustomerReturn).where(CustomerReturn.order_no == order_no).order_by(CustomerReturn.number)
    return list(db.scalars(mine))
