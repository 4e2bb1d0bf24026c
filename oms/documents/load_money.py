"""From the tables of money to papers: invoices and credit notes. `oms.documents.load` names it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from oms.documents import data
from oms.documents.formats import language_of
from oms.money.business_models import Invoice, InvoiceLine
from oms.money.codes import InvoiceKind


def sales_invoice(db: Session, shop: data.Shop, number: str) -> tuple[data.Paper, str] | None:
    """An invoice or credit note by its number; None unknown."""
    found = db.get(Invoice, number)
    if found is None:
        return None
    lines = db.scalars(select(InvoiceLine).where(InvoiceLine.number == number).order_by(InvoiceLine.line_no))
    to = {name: str(text) for name, text in found.bill_to.items()}
    town = " ".join(part for part in (to.get("postcode"), to.get("city")) if part)
    party = data.Party(tuple(part for part in (to.get("name"), to.get("street"), town) if part), to.get("country", ""))
    paper = data.SalesInvoice(
        shop=shop, bill_to=party, number=number, order=found.order_no, day=found.day, due=found.due,
        currency=found.currency, tax_included=found.tax_included, vat_number=found.vat_number,
        purchase_order=found.purchase_order, reverse_charge=found.reverse_charge,
        credits=(found.credits or "") if found.kind is InvoiceKind.CREDIT_NOTE else None,
        lines=tuple(
            data.SalesLine(one.sku, one.name, one.qty, one.tax_rate, one.net, one.tax, one.total) for one in lines
        ),
    )  # fmt: skip
    return paper, language_of(found.language if found.language != "en" else "", to.get("country", ""))
