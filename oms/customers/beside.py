"""A person's data beside their record and the heads of their orders: notes, holds, offers, quotations, pick-ups, money, messages, and the
words orders are found by. `oms.customers.privacy` hands it out and erases it.

Kept because the law wants it: invoices and credit notes as they were issued (with their addressee), payments with what providers and banks
call them. An account's terms and limit, a promo code's count and an offer's items are of no person without the rest.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import TextClause, func, or_, select, text, update

from oms.hooks.models import HookAttempt, HookDelivery
from oms.money.business_models import BusinessAccount, Quotation
from oms.money.models import OrderMoney, PromoUse
from oms.returns.models import CustomerReturn
from oms.sales.desk_models import OrderNote
from oms.sales.models import OrderHold, SubstituteOffer
from oms.sales.searching import index

if TYPE_CHECKING:
    from oms.db.work import Work

#: Name in an export -> its rows. Parameters: ids of the customer's records, numbers of orders, and (site, number) of sites' orders.
_TOLD: Final[dict[str, TextClause]] = {
    "notes": text("SELECT to_jsonb(n) FROM order_note n WHERE order_no = ANY(:orders) ORDER BY at, id"),
    "holds": text("SELECT to_jsonb(h) FROM order_hold h WHERE order_no = ANY(:orders) ORDER BY at, id"),
    "offers": text(
        "SELECT to_jsonb(o) - 'code' FROM substitute_offer o WHERE order_no = ANY(:orders) ORDER BY at, code"
    ),
    "payments": text("SELECT to_jsonb(p) - 'token' FROM payment p WHERE order_no = ANY(:orders) ORDER BY at, id"),
    "invoices": text(
        "SELECT to_jsonb(i) FROM invoice i WHERE order_no = ANY(:orders) OR customer_id = ANY(:ids) ORDER BY number"
    ),
    "quotations": text("SELECT to_jsonb(q) FROM quotation q WHERE customer_id = ANY(:ids) ORDER BY number, version"),
    "accounts": text("SELECT to_jsonb(a) FROM business_account a WHERE customer_id = ANY(:ids) ORDER BY customer_id"),
    "pick_ups": text(
        """
        SELECT to_jsonb(p) - 'code' FROM pick_up p
         WHERE (site_id, order_no) IN (SELECT * FROM unnest(CAST(:sites AS text[]), CAST(:numbers AS text[])))
         ORDER BY site_id, order_no
        """
    ),
}
_RETURNS: Final[dict[str, TextClause]] = {
    "returns": text("SELECT to_jsonb(r) FROM customer_return r WHERE order_no = ANY(:orders) ORDER BY number"),
    "return_lines": text(
        "SELECT to_jsonb(l) FROM return_line l JOIN customer_return r ON r.number = l.return_no WHERE r.order_no = ANY(:orders)"
        " ORDER BY l.return_no, l.line_no"
    ),
    "return_labels": text(
        "SELECT to_jsonb(l) - 'body' FROM return_label l JOIN customer_return r ON r.number = l.return_no"
        " WHERE r.order_no = ANY(:orders) ORDER BY l.return_no, l.attempt, l.id"
    ),
    # The pictures themselves are had by their digests.
    "return_photos": text(
        "SELECT to_jsonb(p) - 'body' FROM return_photo p JOIN customer_return r ON r.number = p.return_no"
        " WHERE r.order_no = ANY(:orders) ORDER BY p.return_no, p.line_no, p.sha256"
    ),
}
#: What they said and showed of what they sent back goes; what came and what was paid stays.
_RETURNS_BLANK: Final = (
    text(
        "DELETE FROM return_photo WHERE return_no IN (SELECT number FROM customer_return WHERE order_no = ANY(:orders))"
    ),
    text(
        "UPDATE return_line SET note = '' WHERE return_no IN (SELECT number FROM customer_return WHERE order_no = ANY(:orders))"
    ),
    text(
        "UPDATE return_receipt SET note = '' WHERE return_no IN (SELECT number FROM customer_return WHERE order_no = ANY(:orders))"
    ),
    text(
        "UPDATE return_label SET ask = '{}', body = NULL WHERE state IN ('bought', 'void', 'failed')"
        " AND return_no IN (SELECT number FROM customer_return WHERE order_no = ANY(:orders))"
    ),
    text("UPDATE customer_return SET note = '', because = '', found = '' WHERE order_no = ANY(:orders)"),
)
_RETURN_LINKS: Final = text("DELETE FROM return_link WHERE order_no = ANY(:orders)")
_PICK_UPS: Final = text(
    """
    UPDATE pick_up SET code = '', note = '', signature = '', handed_to = CASE handed_to WHEN '' THEN '' ELSE :erased END
     WHERE (site_id, order_no) IN (SELECT * FROM unnest(CAST(:sites AS text[]), CAST(:numbers AS text[])))
    RETURNING 1
    """
)


def told(w: "Work", ids: Sequence[str], orders: Sequence[str], places: dict[str, list[str]]) -> dict[str, list[Any]]:
    """For an export: what there is, by name. `places` are the lists `sites` and `numbers` of their sites' orders."""
    known = {"ids": list(ids), "orders": list(orders), **places}
    return {
        name: list(w.db.scalars(query, {key: value for key, value in known.items() if f":{key}" in query.text}))
        for name, query in {**_TOLD, **_RETURNS}.items()
    }


def blank(
    w: "Work",
    ids: Sequence[str],
    orders: Sequence[str],
    places: dict[str, list[str]],
    erased: str,
    blanked: Callable[[Any], Any],
) -> dict[str, int]:
    """Erases it; how many rows of each kind changed. `erased` stands where something was, `blanked` is a value without what is personal.
    Heads and record are blank already: orders are found by what they are now."""
    counts = {
        "order_notes": _changed(w, update(OrderNote).where(OrderNote.order_no.in_(orders)).values(text=erased), OrderNote.id),
        "holds": _holds(w, orders, erased, blanked),
        "offers": _offers(w, orders, erased),
        "quotations": _quotations(w, ids),
        "pick_ups": len(w.db.execute(_PICK_UPS, {"erased": erased, **places}).all()),
        "returns": _returns(w, orders),
        "money": _money(w, ids, orders),
        "messages": _messages(w, orders),
    }  # fmt: skip
    w.db.flush()
    index(w, list(orders))
    return counts


def _changed(w: "Work", change: Any, key: Any) -> int:
    return len(w.db.execute(change.returning(key)).all())


def _holds(w: "Work", orders: Sequence[str], erased: str, blanked: Callable[[Any], Any]) -> int:
    changed = 0
    for hold in w.db.scalars(select(OrderHold).where(OrderHold.order_no.in_(orders))):
        params, because = blanked(hold.params), erased if hold.because else ""
        if (params, because) != (hold.params, hold.because):
            hold.params, hold.because = params, because
            changed += 1
    return changed


def _offers(w: "Work", orders: Sequence[str], erased: str) -> int:
    """The code in the customer's mail opens nothing any more."""
    mine = update(SubstituteOffer).where(SubstituteOffer.order_no.in_(orders))
    gone = mine.values(
        code=func.concat(erased, "-", func.gen_random_uuid()), until=func.least(SubstituteOffer.until, w.now)
    )
    return _changed(w, gone, SubstituteOffer.order_no)


def _returns(w: "Work", orders: Sequence[str]) -> int:
    known = {"orders": list(orders)}
    w.db.execute(_RETURN_LINKS, known)
    for query in _RETURNS_BLANK:
        w.db.execute(query, known)
    return w.db.scalars(
        select(func.count()).select_from(CustomerReturn).where(CustomerReturn.order_no.in_(orders))
    ).one()


def _quotations(w: "Work", ids: Sequence[str]) -> int:
    """The country stays: their tax was worked out for it."""
    found = w.db.scalars(select(Quotation).where(Quotation.customer_id.in_(ids))).all()
    for one in found:
        country = one.ship_to.get("country")
        one.ship_to = {"country": country} if country else {}
        one.note = one.purchase_order = ""
    return len(found)


def _money(w: "Work", ids: Sequence[str], orders: Sequence[str]) -> int:
    money = update(OrderMoney).where(
        OrderMoney.order_no.in_(orders), or_(OrderMoney.vat_number != "", OrderMoney.purchase_order != "")
    )
    uses = update(PromoUse).where(PromoUse.order_no.in_(orders), PromoUse.customer != "")
    account = update(BusinessAccount).where(BusinessAccount.customer_id.in_(ids), BusinessAccount.vat_number != "")
    return (
        _changed(w, money.values(vat_number="", purchase_order=""), OrderMoney.order_no)
        + _changed(w, uses.values(customer=""), PromoUse.order_no)
        + _changed(w, account.values(vat_number=""), BusinessAccount.customer_id)
    )


def _messages(w: "Work", orders: Sequence[str]) -> int:
    """Messages are written when they are sent, from the order's events; what receivers answered was kept beside."""
    mine = select(HookDelivery.id).where(HookDelivery.order_no.in_(orders))
    kept = update(HookAttempt).where(HookAttempt.delivery_id.in_(mine), HookAttempt.words != {})
    return _changed(w, kept.values(words={}), HookAttempt.id)
