"""What follows for the money when goods have left: an invoice on terms, or authorised money is taken. Sales call it."""

from typing import TYPE_CHECKING

from oms.money import invoices, payments
from oms.sales.codes import PaymentState

if TYPE_CHECKING:
    from oms.db.work import Work
    from oms.sales.scene import Sale


def money_follows(w: "Work", sale: "Sale") -> None:
    """A part of the locked order, whose lines are counted, was sent."""
    if sale.order.payment is PaymentState.ON_TERMS:
        invoices.invoice_what_was_sent(w, sale)
    payments.follow(w, sale)
