"""The label of a return as PDF: the carrier's own bytes, or one we draw for a carrier that works by our tables. The API calls it."""

import msgspec
from sqlalchemy.orm import Session

from oms.documents import data
from oms.documents.formats import LANGUAGES, language_of
from oms.documents.load import shop
from oms.documents.load_returns import sender_of, site_of
from oms.documents.papers import pdf
from oms.returns.labels import live
from oms.returns.models import CustomerReturn, ReturnLabel
from oms.sales.models import CustomerOrder
from oms.shipping.carriers.models import LabelState
from oms.shipping.carriers.port import LabelAsk
from sync.contract.returns import return_text


def label_pdf(db: Session, number: str, language: str = "") -> bytes | None:
    """None when there is none (yet), or the return may not be sent. A carrier's label has the carrier's words; ours are in `language`, or
    the customer's own."""
    site = site_of(db, number)
    label = live(db, number) if site is not None else None
    if site is None or label is None or label.state is not LabelState.BOUGHT:
        return None
    # Of an erased customer nothing is left to draw it from.
    if label.ref or not label.ask:
        return label.body
    order = db.get_one(CustomerOrder, db.get_one(CustomerReturn, number).order_no)
    own = language_of(order.language, order.ship_country)
    return pdf(_paper(db, site, order, label), language if language in LANGUAGES else own, "A6")


def _paper(db: Session, site: str, order: CustomerOrder, label: ReturnLabel) -> data.ReturnLabel:
    return data.ReturnLabel(
        shop=shop(db, site), customer=sender_of(order), number=label.return_no, code=return_text(label.return_no),
        carrier=label.carrier, service=label.service, tracking=label.tracking, grams=msgspec.convert(label.ask, LabelAsk).box.grams,
    )  # fmt: skip
