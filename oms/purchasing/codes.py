"""Closed words of purchasing."""

from enum import StrEnum
from typing import Final


class BuyState(StrEnum):
    """How far an order to a supplier is."""

    DRAFT = "draft"
    AWAITING = "awaiting_approval"
    APPROVED = "approved"
    SENT = "sent"
    CONFIRMED = "confirmed"
    PARTLY = "partly_received"
    RECEIVED = "received"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class SendBy(StrEnum):
    """How a supplier gets orders. `HAND`: somebody takes the papers from here."""

    MAIL = "mail"
    EDIFACT = "edifact"
    HAND = "hand"


class RuleSource(StrEnum):
    """Who said when an item is ordered."""

    PERSON = "person"
    FORECAST = "forecast"


class BuyMailState(StrEnum):
    """How far the mail with an order is."""

    WAITING = "waiting"
    SENT = "sent"
    DEAD = "dead"


class BuyCode(StrEnum):
    """Why something was not done; a message code."""

    UNKNOWN_SUPPLIER = "unknown_supplier"
    UNKNOWN_ITEM = "unknown_item"
    UNKNOWN_ORDER = "unknown_purchase"
    UNKNOWN_LINE = "unknown_purchase_line"
    UNKNOWN_SITE = "unknown_site"
    UNKNOWN_BIN = "unknown_bin"
    BAD_SUPPLIER = "bad_supplier"
    BAD_TERMS = "bad_purchase_terms"
    BAD_RULE = "bad_stock_rule"
    BAD_UNITS = "bad_units"
    BAD_DAY = "bad_day"
    BAD_TEXT = "not_text"
    NOT_FORESEEN = "not_foreseen"
    NOT_NOW = "purchase_not_now"
    NOTHING_TO_DO = "nothing_to_do"
    CHANGED = "purchase_changed_meanwhile"
    NO_ADDRESS = "supplier_without_address"
    LOT_NEEDED = "lot_needed"
    EXPIRY_NEEDED = "expiry_needed"
    TOO_LARGE = "purchase_too_large"


class Refused(Exception):
    """Why something was not done; nothing of it was. `words` belong to the code."""

    def __init__(self, code: BuyCode, **words: str | int) -> None:
        super().__init__(code, words)
        self.code, self.words = code, words


#: Goods of these are under way: they count in what may be promised.
COMING: Final = (BuyState.SENT, BuyState.CONFIRMED, BuyState.PARTLY)
#: And these are not yet told to the supplier, but will be.
LIVE: Final = (BuyState.DRAFT, BuyState.AWAITING, BuyState.APPROVED, *COMING)
