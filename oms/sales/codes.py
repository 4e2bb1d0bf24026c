"""Words of customer orders: states, payment, and what happened to them. They are codes; the client, mails and papers have the prose."""

from enum import StrEnum


class SaleState(StrEnum):
    """State of a customer order, in the order it is lived through. It follows from its lines, its holds and its sites' orders."""

    HELD = "held"
    #: Good, and not yet given to a site.
    ACCEPTED = "accepted"
    #: Nothing of it can be had now; it waits for goods.
    BACKORDERED = "backordered"
    #: Given to sites, and on no floor yet.
    SOURCED = "sourced"
    IN_WORK = "in_work"
    #: Waits in a store for the customer.
    READY = "ready"
    PARTLY_SHIPPED = "partly_shipped"
    SHIPPED = "shipped"
    RETURNED = "returned"
    CANCELLED = "cancelled"


class PaymentState(StrEnum):
    """How far the money is. No card is ever known here."""

    #: Nobody said anything about money.
    NONE = "none"
    PENDING = "pending"
    AUTHORISED = "authorised"
    CAPTURED = "captured"
    #: To be paid by invoice.
    ON_TERMS = "on_terms"
    PARTLY_REFUNDED = "partly_refunded"
    REFUNDED = "refunded"
    FAILED = "failed"


class Splitting(StrEnum):
    """Whether an order may come in parts."""

    ALLOWED = "allowed"
    #: From one site, later if need be.
    ONE_SITE = "one_site"
    #: Everything together or nothing.
    COMPLETE = "complete"


class EventKind(StrEnum):
    """What happened to a customer order: its timeline, and the catalogue of what other systems are told (webhooks, mails)."""

    CAPTURED = "order.captured"
    HELD = "order.held"
    HOLD_RELEASED = "order.hold_released"
    PAYMENT = "order.payment"
    SOURCED = "order.sourced"
    REJECTED_BY_SITE = "order.rejected_by_site"
    BACKORDERED = "order.backordered"
    PROMISED = "order.promised"
    SUBSTITUTE_OFFERED = "order.substitute_offered"
    SUBSTITUTE_ANSWERED = "order.substitute_answered"
    RELEASED = "order.released"
    PICKING = "order.picking"
    SHORT = "order.short"
    PACKED = "order.packed"
    READY = "order.ready_for_pick_up"
    SHIPPED = "order.shipped"
    PICKED_UP = "order.picked_up"
    CHANGED = "order.changed"
    CANCELLED = "order.cancelled"
    SPLIT = "order.split"
    MERGED = "order.merged"
    NOTE = "order.note"
    DELIVERED = "order.delivered"
    RETURNED = "order.returned"
    REFUNDED = "order.refunded"
    INVOICED = "order.invoiced"
    RETURN_ASKED = "return.requested"
    RETURN_APPROVED = "return.approved"
    RETURN_LABEL = "return.label"
    RETURN_REFUSED = "return.refused"
    RETURN_CANCELLED = "return.cancelled"
    RETURN_RECEIVED = "return.received"
    RETURN_CLOSED = "return.closed"


class SaleRefusal(StrEnum):
    """Why a request about a customer order was refused. Nothing changed."""

    UNKNOWN_ORDER = "unknown_order"
    NOT_NOW = "order_not_now"
    TOO_LATE = "order_too_late"
    NOTHING_TO_DO = "nothing_to_do"
    UNKNOWN_LINE = "order_unknown_line"
    UNKNOWN_ITEM = "order_unknown_item"
    UNKNOWN_SITE = "unknown_site"
    UNKNOWN_BIN = "unknown_bin"
    BAD_QUANTITY = "order_bad_quantity"
    BAD_ADDRESS = "order_no_address"
    #: Somebody else changed it since it was looked at.
    CHANGED_MEANWHILE = "order_changed_meanwhile"
    #: A site's floor cannot do it any more; the words name the part and why.
    FLOOR_SAYS_NO = "order_floor_says_no"
    NO_OFFER = "order_no_offer"
