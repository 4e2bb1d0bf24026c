"""Keeps what the shop decides about money: rules, business accounts, promo codes; and what people did by hand. The API calls it."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from oms.customers.models import Customer
from oms.db.work import Work
from oms.money import invoices, payments
from oms.money.business_models import BusinessAccount, Invoice
from oms.money.codes import CaptureWhen, MoneyCode, PayState, PayWhen, PromoKind, Rounding
from oms.money.currencies import known
from oms.money.models import MoneyRule, Promo
from oms.money.payment_models import Payment
from oms.money.taxes import vat_number
from oms.sales.scene import lock_sale


def keep_rule(
    w: Work, channel: str, country: str, rounding: Rounding, pay: PayWhen, capture: CaptureWhen, seller_country: str
) -> None:
    """How orders of the channel to the country are rounded and paid."""
    w.db.merge(
        MoneyRule(
            channel=channel, country=country, rounding=rounding, pay=pay, capture=capture, seller_country=seller_country
        )
    )
    w.audit("money.rule", channel=channel, country=country, rounding=str(rounding), pay=str(pay))


def keep_account(
    w: Work, customer: str, currency: str, limit: Decimal, terms_days: int, *, group: str = "", vat: str = "",
    purchase_order: bool = False,
) -> MoneyCode | None:  # fmt: skip
    """A business customer's account, new or changed; None, or what is wrong with it."""
    if w.db.get(Customer, customer) is None:
        return MoneyCode.UNKNOWN
    number = vat_number(vat) if vat else ""
    if number is None:
        return MoneyCode.BAD_VAT_NUMBER
    if not known(currency) or limit < 0 or not 0 <= terms_days <= 365:
        return MoneyCode.BAD_CURRENCY if not known(currency) else MoneyCode.NOTHING_TO_DO
    w.db.merge(
        BusinessAccount(
            customer_id=customer, currency=currency, credit_limit=limit, terms_days=terms_days, price_group=group,
            vat_number=number, purchase_order=purchase_order,
        )
    )  # fmt: skip
    w.audit("account.kept", customer=customer, limit=str(limit), currency=currency, terms_days=terms_days)
    return None


def keep_promo(w: Work, code: str, said: Mapping[str, Any]) -> MoneyCode | None:
    """A promo code, new or changed (`said`: columns of `Promo`); its uses stay. None, or what is wrong with it."""
    was = w.db.get(Promo, code, with_for_update=True)
    promo = Promo(code=code, uses=was.uses if was is not None else 0, **said)
    if not code or _is_odd(promo):
        return MoneyCode.NOTHING_TO_DO
    if promo.most_uses is not None and promo.most_uses < promo.uses:
        return MoneyCode.PROMO_USED_UP
    w.db.merge(promo)
    w.audit("promo.kept", code=code, kind=str(promo.kind), value=str(promo.value))
    return None


def _is_odd(promo: Promo) -> bool:
    if (promo.kind is PromoKind.AMOUNT or promo.least_goods > 0) and not known(promo.currency):
        return True
    if promo.kind is PromoKind.BUY_X_GET_Y and (promo.buy < 1 or promo.get < 1):
        return True
    return promo.value < 0 or (promo.kind is PromoKind.PERCENT and promo.value > 1)


def done_by_hand(w: Work, payment_id: str, reference: str) -> MoneyCode | None:
    """A person did in the channel what only a person can do there. None, or why not."""
    row = w.db.get(Payment, payment_id)
    sale = lock_sale(w, row.order_no) if row is not None else None
    if row is None or sale is None:
        return MoneyCode.UNKNOWN
    w.db.refresh(row, with_for_update=True)
    if row.provider or row.state is not PayState.DUE:
        return MoneyCode.NOT_NOW
    row.state, row.done_at, row.reference = PayState.DONE, w.now, reference[:200]
    payments.tell(w, sale, row.kind, row.state, row.amount, reference=row.key)
    w.audit("payment.by_hand", order=row.order_no, kind=str(row.kind), amount=str(row.amount))
    payments.after(w, sale, row)
    return None


def pay_invoice(w: Work, number: str, amount: Decimal, reference: str) -> MoneyCode | None:
    """See `invoices.pay`."""
    found = w.db.get(Invoice, number)
    sale = lock_sale(w, found.order_no) if found is not None else None
    return MoneyCode.UNKNOWN if sale is None else invoices.pay(w, sale, number, amount, reference)


def invoice_order(w: Work, order_no: str) -> tuple[str, MoneyCode | None]:
    """An invoice of what was sent and no invoice names yet: its number, or why there is none."""
    sale = lock_sale(w, order_no)
    if sale is None:
        return "", MoneyCode.UNKNOWN
    made = invoices.invoice_what_was_sent(w, sale)
    return ("", MoneyCode.NOTHING_TO_DO) if made is None else (made.number, None)
