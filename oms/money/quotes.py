"""Quotations: made, sent, accepted or declined, in versions; an accepted one becomes an order at its prices. And orders made again from
earlier ones at today's prices. Routes and the command line call it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from sqlalchemy import select, update

from oms.customers.models import Customer
from oms.db.work import Work
from oms.money import credit
from oms.money.business_models import Quotation, QuotationLine
from oms.money.codes import MoneyCode, QuoteState
from oms.money.currencies import ZERO
from oms.money.filling import Filling
from oms.money.invoices import next_number
from oms.money.ordering import OrderDraft, make_order
from oms.money.problem import Problem
from oms.money.tables import Tables
from oms.sales.codes import PaymentState, SaleState
from oms.sales.models import CustomerOrder, CustomerOrderLine
from oms.transitions import Transitions, can

if TYPE_CHECKING:
    from collections.abc import Mapping

_Q = QuoteState
#: What a version of a quotation may become.
QUOTE: Final[Transitions[QuoteState]] = {
    _Q.DRAFT: frozenset({_Q.SENT, _Q.REPLACED}),
    _Q.SENT: frozenset({_Q.ACCEPTED, _Q.DECLINED, _Q.EXPIRED, _Q.REPLACED}),
    _Q.ACCEPTED: frozenset(),
    _Q.DECLINED: frozenset({_Q.REPLACED}),
    _Q.EXPIRED: frozenset({_Q.REPLACED}),
    _Q.REPLACED: frozenset(),
}
_SERIES: Final = "QUO"


@dataclass(frozen=True, slots=True)
class QuoteDraft:
    """What is offered: (sku, qty, price or None for the price list's, discount of the line) each, for so many days."""

    customer_id: str
    lines: Sequence[tuple[str, int, Decimal | None, Decimal]]
    currency: str
    days: int = 30
    channel: str = ""
    tax_included: bool = False
    shipping: Decimal = ZERO
    ship_to: "Mapping[str, str]" = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """What came of it: the quotation and the order it became, or why not; `problems` keep the order held, or the draft from being sent."""

    number: str = ""
    version: int = 0
    order: str = ""
    code: MoneyCode | None = None
    problems: Sequence[Problem] = ()


def make(w: Work, draft: QuoteDraft, number: str = "") -> Done:
    """A quotation, or the next version of `number` in the place of its last one (which must not be accepted). Nothing is kept when
    something has no price."""
    if w.db.get(Customer, draft.customer_id) is None:
        return Done(code=MoneyCode.UNKNOWN)
    last = _last(w, number) if number else None
    if number and last is None:
        return Done(code=MoneyCode.UNKNOWN)
    if last is not None and not can(QUOTE, last.state, _Q.REPLACED):
        return Done(number, last.version, code=MoneyCode.NOT_NOW)
    made, lines, problems = _priced(w, draft)
    if problems or not lines:
        return Done(number, code=None if problems else MoneyCode.NOTHING_TO_DO, problems=problems)
    made.number = number or next_number(w, _SERIES)
    made.version = last.version + 1 if last is not None else 1
    if last is not None:
        last.state = _Q.REPLACED
    w.db.add(made)
    w.db.flush()
    for line in lines:
        line.number, line.version = made.number, made.version
    w.db.add_all(lines)
    w.db.flush()
    w.audit("quotation.made", number=made.number, version=made.version, total=str(made.total))
    return Done(made.number, made.version)


def _priced(w: Work, draft: QuoteDraft) -> tuple[Quotation, list[QuotationLine], list[Problem]]:
    """Priced as an order would be, without making one."""
    order = CustomerOrder(
        number="", state=SaleState.HELD, placed_at=w.now, captured_at=w.now, channel=draft.channel,
        customer_id=draft.customer_id, currency=draft.currency, tax_included=draft.tax_included,
        shipping=draft.shipping, ship_country=draft.ship_to.get("country", ""),
        ship_region=draft.ship_to.get("region", ""),
    )  # fmt: skip
    lines = [
        CustomerOrderLine(order_no="", line_no=n, sku=sku, qty=qty, price=price, discount=discount)
        for n, (sku, qty, price, discount) in enumerate(draft.lines, 1)
    ]
    account = credit.account_of(w, draft.customer_id)
    filling = Filling(w, order, lines, account, Tables.of(w.db).rule(draft.channel, order.ship_country))
    filling.run(())
    made = Quotation(
        number="", version=1, state=_Q.DRAFT, customer_id=draft.customer_id, made_at=w.now,
        valid_until=w.now.date() + timedelta(days=draft.days), currency=draft.currency,
        tax_included=draft.tax_included, channel=draft.channel, ship_to=dict(draft.ship_to), shipping=order.shipping,
        goods=order.goods, discount=order.discount, tax=order.tax, total=order.total, note=draft.note,
    )  # fmt: skip
    rows = [
        QuotationLine(
            number="", version=1, line_no=line.line_no, sku=line.sku, qty=line.qty, price=line.price,
            discount=line.discount, tax_rate=line.tax_rate, tax=line.tax, total=line.total,
        )
        for line in lines
    ]  # fmt: skip
    return made, rows, filling.problems


def send(w: Work, number: str) -> Done:
    """It is with the customer now, and may be accepted."""
    return _moved(w, number, _Q.SENT)


def decline(w: Work, number: str) -> Done:
    """The customer does not want it."""
    return _moved(w, number, _Q.DECLINED)


def _moved(w: Work, number: str, then: QuoteState) -> Done:
    found = _last(w, number)
    if found is None:
        return Done(code=MoneyCode.UNKNOWN)
    if not can(QUOTE, found.state, then):
        return Done(number, found.version, code=MoneyCode.NOT_NOW)
    found.state = then
    if then is _Q.SENT:
        found.sent_at = w.now
    else:
        found.settled_at = w.now
    w.audit(f"quotation.{then}", number=number, version=found.version)
    return Done(number, found.version)


def accept(w: Work, number: str, purchase_order: str, *, on_terms: bool = True) -> Done:
    """The customer's purchase order on a quotation that was sent and still holds: an order at its prices. Accepted again it is the same
    order."""
    found = _last(w, number)
    if found is None:
        return Done(code=MoneyCode.UNKNOWN)
    if found.state is _Q.ACCEPTED:
        return Done(number, found.version, found.order_no or "")
    _expire(found, w.now.date())
    if not can(QUOTE, found.state, _Q.ACCEPTED):
        return Done(number, found.version, code=MoneyCode.NOT_NOW)
    mine = select(QuotationLine).where(QuotationLine.number == number, QuotationLine.version == found.version)
    lines = w.db.scalars(mine.order_by(QuotationLine.line_no)).all()
    made = make_order(
        w,
        OrderDraft(
            customer_id=found.customer_id, channel=found.channel, currency=found.currency,
            tax_included=found.tax_included, shipping=found.shipping, ship_to=found.ship_to,
            lines=[(one.sku, one.qty, one.price, one.discount, one.tax_rate) for one in lines],
            purchase_order=purchase_order, payment=PaymentState.ON_TERMS if on_terms else PaymentState.NONE,
            said={"quotation": number, "version": found.version},
        ),
    )  # fmt: skip
    found.state, found.settled_at = _Q.ACCEPTED, w.now
    found.purchase_order, found.order_no = purchase_order, made.number
    w.audit("quotation.accepted", number=number, version=found.version, order=made.number)
    return Done(number, found.version, made.number, problems=made.problems)


def repeat(w: Work, order_no: str, purchase_order: str = "") -> Done:
    """The same goods to the same place again, at today's prices and rates; what was cancelled is not ordered again."""
    was = w.db.get(CustomerOrder, order_no)
    if was is None:
        return Done(code=MoneyCode.UNKNOWN)
    mine = select(CustomerOrderLine).where(CustomerOrderLine.order_no == order_no).order_by(CustomerOrderLine.line_no)
    lines = [(one.sku, one.qty - one.cancelled, None, ZERO, None) for one in w.db.scalars(mine)]
    names = ("name", "street", "postcode", "city", "region", "country")
    made = make_order(
        w,
        OrderDraft(
            customer_id=was.customer_id, channel=was.channel, currency=was.currency, tax_included=was.tax_included,
            shipping=was.shipping, ship_to={name: getattr(was, f"ship_{name}") for name in names}, bill_to=was.bill_to,
            lines=[one for one in lines if one[1] > 0], purchase_order=purchase_order, email=was.email,
            payment=PaymentState.ON_TERMS if was.payment is PaymentState.ON_TERMS else PaymentState.NONE,
            language=was.language, said={"repeats": order_no},
        ),
    )  # fmt: skip
    w.audit("order.repeated", order=made.number, repeats=order_no)
    return Done(order=made.number, problems=made.problems)


def expire(w: Work) -> int:
    """Closes what may not be accepted any more; how many there were."""
    late = (Quotation.state == _Q.SENT) & (Quotation.valid_until < w.now.date())
    done = w.db.execute(update(Quotation).where(late).values(state=_Q.EXPIRED).returning(Quotation.number)).all()
    return len(done)


def _expire(found: Quotation, today: date) -> None:
    if found.state is _Q.SENT and found.valid_until < today:
        found.state = _Q.EXPIRED


def _last(w: Work, number: str) -> Quotation | None:
    """The last version, locked."""
    mine = select(Quotation).where(Quotation.number == number).order_by(Quotation.version.desc()).limit(1)
    return w.db.scalars(mine.with_for_update().execution_options(populate_existing=True)).first()
