"""Personal data: all of a customer's handed out, and erased. Orders, the ledger and the audit trail stay; who they were for does not.

What law wants kept stays: numbers, dates, items, amounts, the country goods went to (tax), invoices as they were issued, and consents with
their dates. The audit trail only grows; no name or address is ever written into it.
"""

import re
import uuid
from collections.abc import Collection
from typing import TYPE_CHECKING, Any, Final

import msgspec
from sqlalchemy import delete, select, text, update
from sqlalchemy.orm import Session

from oms.customers import beside
from oms.customers.codes import CustomerRefusal
from oms.customers.models import (
    Customer,
    CustomerAddress,
    CustomerContact,
    CustomerErasure,
    CustomerIdentity,
    CustomerMerge,
    CustomerNote,
)
from oms.customers.queries import sheet
from oms.customers.records import Refused, living
from oms.notify.codes import MailState
from oms.notify.models import Mail
from oms.notify.stops import digest_of
from oms.orders.models import Order
from oms.sales.models import CustomerOrder, OrderEvent

if TYPE_CHECKING:
    from oms.db.work import Work

#: What stands where something was.
ERASED: Final = "erased"
_ORDERS = text("SELECT to_jsonb(o) FROM customer_order o WHERE customer_id = ANY(:ids) ORDER BY placed_at, number")
_LINES = text("SELECT to_jsonb(l) FROM customer_order_line l WHERE order_no = ANY(:orders) ORDER BY order_no, line_no")
_EVENTS = text("SELECT to_jsonb(e) - 'xid' FROM order_event e WHERE order_no = ANY(:orders) ORDER BY order_no, id")
_PARTS = text(
    "SELECT to_jsonb(o) FROM sales_order o WHERE customer_id = ANY(:ids) OR customer_order = ANY(:orders) ORDER BY site_id, number"
)
_MAILS = text("SELECT to_jsonb(m) FROM mail m WHERE order_no = ANY(:orders) ORDER BY created_at, id")
_STOPS = text("SELECT to_jsonb(s) FROM mail_stop s WHERE digest = ANY(:digests) ORDER BY at, why")
_AUDIT = text(
    """
    SELECT to_jsonb(a) - 'chain' - 'id' FROM audit a
     WHERE words->>'order' = ANY(:orders) OR words->>'customer' = ANY(:ids) OR words->>'gone' = ANY(:ids) ORDER BY at, id
    """
)
_PARCELS = text(
    """
    SELECT to_jsonb(p) - 'plan' FROM parcel p
     WHERE (p.site_id, p.order_no) IN (SELECT * FROM unnest(CAST(:sites AS text[]), CAST(:numbers AS text[]))) ORDER BY p.id
    """
)
_LABELS = text(
    """
    UPDATE carrier_label SET ask = '{}', body = NULL WHERE state IN ('bought', 'void') AND parcel_id IN (
        SELECT id FROM parcel
         WHERE (site_id, order_no) IN (SELECT * FROM unnest(CAST(:sites AS text[]), CAST(:numbers AS text[]))))
    """
)
_LINKS = text(
    "DELETE FROM tracking_link WHERE (site_id, order_no) IN (SELECT * FROM unnest(CAST(:sites AS text[]), CAST(:numbers AS text[])))"
)
_DONE = ("shipped", "returned", "cancelled")
_PLACE: Final = ("ship_name", "ship_street", "ship_postcode", "ship_city")
#: Keys of an event's words under which a person's data stands.
_PERSONAL: Final = re.compile(
    r"name|mail|phone|street|postcode|zip|city|region|address|ship_to|bill_to|note|text|comment|customer|said|was|sent",
    re.I,
)


def export(w: "Work", id: str) -> dict[str, Any]:
    """Everything that is known of a customer and of the records that were merged into theirs. Raises `Refused`."""
    found = sheet(w.db, id)
    if found is None:
        raise Refused(CustomerRefusal.UNKNOWN_CUSTOMER)
    ids = _records(w.db, id)
    orders = list(w.db.scalars(_ORDERS, {"ids": ids}))
    numbers = [order["number"] for order in orders]
    parts = list(w.db.scalars(_PARTS, {"ids": ids, "orders": numbers}))
    places = {"sites": [one["site_id"] for one in parts], "numbers": [one["number"] for one in parts]}
    known = sorted({*numbers, *(one["number"] for one in parts)})
    addresses = {str(one.get("email") or "") for one in (*orders, *parts)} | {found.email}
    more = beside.told(w, ids, numbers, places)
    w.audit("customer.exported", customer=id)
    return {
        "made_at": w.now.isoformat(),
        "customer": msgspec.to_builtins(found),
        "orders": orders,
        "lines": list(w.db.scalars(_LINES, {"orders": numbers})),
        "events": list(w.db.scalars(_EVENTS, {"orders": numbers})),
        "site_orders": parts,
        "parcels": list(w.db.scalars(_PARCELS, places)),
        "mails": list(w.db.scalars(_MAILS, {"orders": numbers})),
        "mail_stops": list(w.db.scalars(_STOPS, {"digests": sorted({digest_of(one) for one in addresses if one})})),
        **more,
        "audit": list(w.db.scalars(_AUDIT, {"orders": known, "ids": ids})),
    }


def readable(export: dict[str, Any]) -> str:
    """An export as plain text, for the person whose data it is."""
    lines: list[str] = []
    for title, part in export.items():
        lines += ["", title.replace("_", " ").upper(), "-" * len(title)]
        for one in part if isinstance(part, list) else [part]:
            lines += [*(_said(one) if isinstance(one, dict) else [str(one)]), ""]
    return "\n".join(lines).strip() + "\n"


def erase(w: "Work", id: str, because: str) -> str:
    """Erases who the customer is, everywhere; the id of the record of it. Raises `Refused`, with the orders that are not finished."""
    living(w, id)
    ids = _records(w.db, id)
    parts = w.db.scalars(_theirs(ids).order_by(Order.number, Order.site_id).with_for_update()).all()
    mine = select(CustomerOrder).where(CustomerOrder.customer_id.in_(ids)).order_by(CustomerOrder.number)
    orders = w.db.scalars(mine.with_for_update()).all()
    still = sorted({order.number for order in (*orders, *parts) if order.state not in _DONE})
    if still:
        raise Refused(CustomerRefusal.OPEN_ORDERS, orders=",".join(still[:20]), count=len(still))
    secrets = _secrets(w, ids, orders, parts)
    numbers = [order.number for order in orders]
    counts = {
        "orders": _blank_orders(orders), "site_orders": _blank_parts(w, parts),
        "events": _blank_events(w, numbers, secrets), "mails": _blank_mails(w, numbers), **_blank_record(w, ids),
    }  # fmt: skip
    places = {"sites": [one.site_id for one in parts], "numbers": [one.number for one in parts]}
    w.db.flush()
    counts |= beside.blank(w, ids, numbers, places, ERASED, lambda value: _blanked(value, secrets))
    w.db.execute(_LABELS, places)
    w.db.execute(_LINKS, places)
    row = CustomerErasure(
        id=uuid.uuid4().hex, customer_id=id, at=w.now, because=because, counts=counts,
        source=w.actor.source, worker_id=w.actor.worker,
    )  # fmt: skip
    w.db.add(row)
    w.audit("customer.erased", customer=id, because=because)
    return row.id


def _records(db: Session, id: str) -> list[str]:
    """The record and all that were merged into it, whatever the way."""
    ids, fresh = [id], [id]
    while fresh:
        fresh = list(db.scalars(select(Customer.id).where(Customer.merged_into.in_(fresh), Customer.id.not_in(ids))))
        ids += fresh
    return ids


def _theirs(ids: Collection[str]) -> Any:
    numbers = select(CustomerOrder.number).where(CustomerOrder.customer_id.in_(ids))
    return select(Order).where(Order.customer_id.in_(ids) | Order.customer_order.in_(numbers))


def _secrets(w: "Work", ids: list[str], orders: Any, parts: Any) -> set[str]:
    """Words by which the person could be told, in lower case."""
    found: set[str] = set()
    for one in w.db.scalars(select(Customer).where(Customer.id.in_(ids))):
        found |= {one.name, one.email, one.vat_number}
    for contact in w.db.scalars(select(CustomerContact).where(CustomerContact.customer_id.in_(ids))):
        found |= {contact.value, contact.plain}
    for place in w.db.scalars(select(CustomerAddress).where(CustomerAddress.customer_id.in_(ids))):
        found |= {place.name, place.street, place.postcode}
    for order in (*orders, *parts):
        found |= {order.ship_name, order.ship_street, order.ship_postcode, order.email}
    return {one.casefold() for one in found if len(one) > 2}


def _blank_orders(orders: Any) -> int:
    for order in orders:
        for name in _PLACE:
            setattr(order, name, ERASED)
        order.email = order.phone = order.note = order.ship_region = ""
        order.bill_to = {}
        # A digest of who it was for, by which the same order in other words is told.
        order.likeness = ""
        order.revision += 1
    return len(orders)


def _blank_parts(w: "Work", parts: Any) -> int:
    for order in parts:
        for name in _PLACE:
            setattr(order, name, ERASED)
        order.email = order.note = ""
        w.beside(order.site_id).touch("order", order.number)
    return len(parts)


def _blank_events(w: "Work", numbers: list[str], secrets: set[str]) -> int:
    changed = 0
    for event in w.db.scalars(select(OrderEvent).where(OrderEvent.order_no.in_(numbers))):
        blank = _blanked(event.words, secrets)
        if blank != event.words:
            event.words = blank
            changed += 1
    return changed


def _blanked(value: Any, secrets: set[str], key: str = "") -> Any:
    """`value` without what is personal: under a key that says so, or with one of the person's words in it."""
    if isinstance(value, dict):
        return {name: _blanked(one, secrets, name) for name, one in value.items()}
    if isinstance(value, list):
        return [_blanked(one, secrets, key) for one in value]
    if not isinstance(value, str) or not value:
        return value
    told = any(secret in value.casefold() for secret in secrets)
    return ERASED if told or _PERSONAL.search(key) else value


def _blank_mails(w: "Work", numbers: list[str]) -> int:
    mails = w.db.scalars(select(Mail).where(Mail.order_no.in_(numbers))).all()
    for mail in mails:
        mail.to = mail.subject = mail.text = mail.html = mail.code = mail.unsubscribe = ""
        if mail.state is MailState.WAITING:
            mail.state, mail.problem = MailState.DEAD, ERASED
    return len(mails)


def _blank_record(w: "Work", ids: list[str]) -> dict[str, int]:
    tables = (CustomerContact, CustomerAddress, CustomerIdentity, CustomerNote)
    counts = {}
    for table in tables:
        gone = w.db.execute(delete(table).where(table.customer_id.in_(ids)).returning(table.customer_id))
        counts[table.__tablename__] = len(gone.all())
    for one in w.db.scalars(select(Customer).where(Customer.id.in_(ids)).order_by(Customer.id).with_for_update()):
        one.number, one.name, one.email, one.vat_number, one.group = f"{ERASED}-{one.id}", ERASED, "", "", ""
        one.erased_at = w.now
        one.revision += 1
    w.db.execute(update(CustomerMerge).where(CustomerMerge.kept.in_(ids)).values(moved={}))
    return counts


def _said(one: dict[str, Any], indent: str = "") -> list[str]:
    lines = []
    for name, value in one.items():
        if value in ("", None, [], {}):
            continue
        if isinstance(value, dict):
            lines += [f"{indent}{name}:", *_said(value, indent + "  ")]
        elif isinstance(value, list) and any(isinstance(part, dict) for part in value):
            lines.append(f"{indent}{name}:")
            for part in value:
                lines += _said(part, indent + "  ") if isinstance(part, dict) else [f"{indent}  {part}"]
        else:
            told = ", ".join(map(str, value)) if isinstance(value, list) else value
            lines.append(f"{indent}{name}: {told}")
    return lines
