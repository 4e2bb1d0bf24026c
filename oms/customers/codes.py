"""Words of customers: what they are, what is known of them, and why a request about one was refused. They are codes, never prose."""

from enum import StrEnum
from typing import Final


class CustomerKind(StrEnum):
    """Who buys: a human being, or a firm (which may have a VAT number and prices of its own)."""

    PERSON = "person"
    COMPANY = "company"


class ContactKind(StrEnum):
    """How a customer is reached."""

    EMAIL = "email"
    PHONE = "phone"


class AddressUse(StrEnum):
    """What an address is for."""

    SHIP = "ship"
    BILL = "bill"


#: What goes from a customer to each of their orders, and from there to the floor and onto papers.
FLAGS: Final = frozenset({"vip", "gift", "return", "fragile", "hazmat"})


class CustomerRefusal(StrEnum):
    """Why a request about a customer was refused. Nothing changed."""

    UNKNOWN_CUSTOMER = "unknown_customer"
    CHANGED_MEANWHILE = "customer_changed"
    SAME_CUSTOMER = "same_customer"
    #: The record was merged into another one, or its data was erased.
    GONE = "customer_gone"
    #: What was merged has been changed since; undoing would lose that.
    TOO_LATE = "merge_too_late"
    #: Personal data is needed until these orders are finished.
    OPEN_ORDERS = "open_orders"
    NUMBER_TAKEN = "number_taken"
    BAD_VALUE = "bad_value"
