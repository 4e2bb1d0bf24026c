"""A customer's answer to an offered item, by the code of their mail or told to customer service.

Called by the routes, in one unit of work."""

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from oms.sales.altering import lock_for
from oms.sales.codes import SaleRefusal
from oms.sales.floors import Refused
from oms.sales.models import SubstituteOffer
from oms.sales.onward import go_on
from oms.sales.ports import PORTS
from oms.sales.scene import Sale, settle_state
from oms.sales.substitutes import answer

if TYPE_CHECKING:
    from oms.db.work import Work


def answered(w: "Work", number: str, line: int, *, accepted: bool, code: str | None = None) -> Sale:
    """Takes the answer and lets the order go on. Raises `Refused` when nothing is offered for the line, any more."""
    sale = lock_for(w, number, None)
    if not answer(w, sale, line, accepted=accepted, code=code):
        raise Refused(SaleRefusal.NO_OFFER, line=line)
    settle_state(w, sale)
    PORTS.reprice(w, sale)
    w.audit("sale.offer_answered", order=number, line=line, accepted=accepted)
    go_on(w, sale)
    return sale


def line_of_code(db: Session, code: str) -> tuple[str, int] | None:
    """Order and line of an offer that was not answered."""
    open_ = select(SubstituteOffer.order_no, SubstituteOffer.line_no).where(SubstituteOffer.answered_at.is_(None))
    found = db.execute(open_.where(SubstituteOffer.code == code)).one_or_none()
    return (found.order_no, found.line_no) if found is not None else None
