"""From the tables of returns to their paper. `oms.documents.load` names it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from oms.documents import data
from oms.documents.formats import language_of, money
from oms.returns.codes import ReturnState
from oms.returns.models import CustomerReturn, ReturnLine
from oms.sales.models import CustomerOrder, CustomerOrderLine
from sync.contract.returns import return_text

#: Who may send it, or has done so.
_SENT_WITH = frozenset({ReturnState.APPROVED, ReturnState.LABEL_SENT, ReturnState.PARTLY_RECEIVED, ReturnState.GRADED})


def site_of(db: Session, number: str) -> str | None:
    """Where a return is expected; None when it has no paper: nobody knows it, or it may not be sent."""
    found = db.get(CustomerReturn, number)
    return found.site_id if found is not None and found.order_no and found.state in _SENT_WITH else None


def sender_of(order: CustomerOrder) -> data.Party:
    """Who sends it back: whoever got it."""
    town = " ".join(part for part in (order.ship_postcode, order.ship_city) if part)
    return data.Party(tuple(part for part in (order.ship_name, order.ship_street, town) if part), order.ship_country)


def return_paper(db: Session, shop: data.Shop, number: str) -> tuple[data.Paper, str] | None:
    """The paper of a return that may be sent, with the address of the site that waits for it."""
    back = db.get_one(CustomerReturn, number)
    order = db.get_one(CustomerOrder, back.order_no)
    mine = (
        select(ReturnLine, CustomerOrderLine.name)
        .outerjoin(
            CustomerOrderLine,
            (CustomerOrderLine.order_no == back.order_no) & (CustomerOrderLine.line_no == ReturnLine.order_line),
        )
        .where(ReturnLine.return_no == number, ReturnLine.qty > 0)
    )
    lines = tuple(
        data.BackLine(line.sku, name or line.sku, line.qty, line.reason.value)
        for line, name in db.execute(mine.order_by(ReturnLine.line_no))
    )
    language = language_of(back.language if back.language != "en" else "", order.ship_country)
    paper = data.ReturnPaper(
        shop=shop, customer=sender_of(order), number=number, code=return_text(number), order=order.reference or order.number,
        day=back.asked_at.date(), lines=lines, fee=money(back.fee, back.currency, language) if back.fee else "",
    )  # fmt: skip
    return (paper, language) if lines else None
