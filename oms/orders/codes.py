"""Words orders are held, refused and reported with. They are message codes: the client and the import report translate them."""

from enum import StrEnum


class OrderProblem(StrEnum):
    """What is wrong with an order as it came in; it is kept, held, until somebody mends it."""

    NO_LINES = "order_no_lines"
    UNKNOWN_ITEM = "order_unknown_item"
    BAD_QUANTITY = "order_bad_quantity"
    BAD_PRICE = "order_bad_price"
    NO_NAME = "order_no_name"
    NO_ADDRESS = "order_no_address"
    BAD_COUNTRY = "order_bad_country"
    BAD_CURRENCY = "order_bad_currency"


class Refusal(StrEnum):
    """Why a request about an order was refused. Nothing changed."""

    NOT_ENOUGH_STOCK = "not_enough_stock"
    RELEASE_REFUSED = "release_refused"
    CANCEL_REFUSED = "cancel_refused"
    UNKNOWN_ORDER = "unknown_order"
    IN_WAVE = "in_wave"
    CHANGE_REFUSED = "change_refused"


class HeldReason(StrEnum):
    """Why an order that was on the floor is held."""

    ORDER_NOT_PICKED = "order_not_picked"
    #: Its wave was called off; it is open again once its goods are back in their bins.
    WAVE_CANCELLED = "wave_cancelled"
