"""Words of money: how it is rounded, when it is asked for, states of payments, quotations and invoices, and what can be wrong. Codes only;
screens, mails and papers have the prose."""

from enum import StrEnum


class Rounding(StrEnum):
    """Where tax is rounded (half up, to the currency's smallest coin)."""

    LINE = "line"
    #: Once per rate over the whole order, and laid on its lines so that they add up.
    ORDER = "order"


class PayWhen(StrEnum):
    """When an order may go on, as far as its money goes."""

    ANY = "any"
    #: Nothing is sourced before its money is authorised (or captured, or on terms).
    FIRST = "first"
    #: By invoice after it was sent.
    TERMS = "terms"


class CaptureWhen(StrEnum):
    """When authorised money is taken."""

    SHIPMENT = "shipment"
    AT_ONCE = "at_once"


class PromoKind(StrEnum):
    """What a promo code does."""

    PERCENT = "percent"
    AMOUNT = "amount"
    FREE_SHIPPING = "free_shipping"
    BUY_X_GET_Y = "buy_x_get_y"


class Money(StrEnum):
    """Kind of a payment."""

    AUTHORISE = "authorise"
    CAPTURE = "capture"
    REFUND = "refund"
    VOID = "void"


class PayState(StrEnum):
    """State of one payment."""

    #: To be asked of the provider.
    DUE = "due"
    #: Being asked this moment, or asked without an answer: asked again under the same key.
    UNSURE = "unsure"
    DONE = "done"
    FAILED = "failed"


class QuoteState(StrEnum):
    """State of a version of a quotation."""

    DRAFT = "draft"
    SENT = "sent"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    #: A later version came in its place.
    REPLACED = "replaced"


class InvoiceKind(StrEnum):
    """An invoice, or a credit note to one."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


class MoneyCode(StrEnum):
    """What is wrong with an order's money (it is held), or why a request about money was refused. Message codes."""

    BAD_CURRENCY = "order_bad_currency"
    NO_PRICE = "order_no_price"
    NO_TAX_RATE = "order_no_tax_rate"
    TOTAL_DIFFERS = "order_total_differs"
    BAD_VAT_NUMBER = "order_bad_vat_number"
    PROMO_UNKNOWN = "promo_unknown"
    PROMO_NOT_NOW = "promo_not_now"
    PROMO_USED_UP = "promo_used_up"
    PROMO_ALONE = "promo_alone"
    PROMO_NOT_HERE = "promo_not_here"
    PAYMENT_MISSING = "payment_missing"
    OVER_CREDIT_LIMIT = "over_credit_limit"
    NO_TERMS = "no_terms"
    PURCHASE_ORDER_MISSING = "purchase_order_missing"
    NO_RATE = "no_exchange_rate"
    UNKNOWN = "unknown"
    NOT_NOW = "not_now"
    NOTHING_TO_DO = "nothing_to_do"
    MORE_THAN_PAID = "more_than_paid"
    LOOKS_LIKE_CARD = "looks_like_card"
