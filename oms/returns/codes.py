"""Words of returns: states, what becomes of them, and why something was refused. Reasons, grades and dispositions are in
`sync.contract.returns`."""

from enum import StrEnum


class ReturnState(StrEnum):
    """State of a return, in the order it is lived through. It follows from what was decided and what was received."""

    ASKED = "asked"
    APPROVED = "approved"
    REFUSED = "refused"
    LABEL_SENT = "label_sent"
    PARTLY_RECEIVED = "partly_received"
    #: Everything that came was looked at.
    GRADED = "graded"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Decision(StrEnum):
    """What was said about a return before goods came."""

    OPEN = "open"
    APPROVED = "approved"
    LABEL_SENT = "label_sent"
    REFUSED = "refused"
    CANCELLED = "cancelled"


class Resolution(StrEnum):
    """How a return ends."""

    REFUND = "refund"
    EXCHANGE = "exchange"
    #: The goods stay here and nothing is paid back.
    NOTHING = "nothing"
    #: The goods go back to the customer, who keeps what they bought.
    SEND_BACK = "send_back"


class CameBy(StrEnum):
    """How a return began."""

    LINK = "link"
    PROGRAM = "program"
    DESK = "desk"
    #: Goods came that nobody had announced.
    FLOOR = "floor"


class Sign(StrEnum):
    """What a person should look at before money goes back. A sign refuses nothing by itself."""

    #: This customer sends back much of what they buy; words `share` (percent), `units`.
    RATE = "return_sign_rate"
    #: A serial number that was not sent with this order; words `sku`, `serial`.
    SERIAL = "return_sign_serial"
    #: More came than was bought and not returned yet; words `sku`, `units`.
    MORE = "return_sign_more"
    #: The box weighed less than what should be in it; words `grams`, `expected`.
    WEIGHT = "return_sign_weight"
    #: Nothing was in the box.
    EMPTY = "return_sign_empty"
    #: Something that is not of the order; words `sku`.
    OTHER_ITEM = "return_sign_other_item"


class ReturnRefusal(StrEnum):
    """Why a request about a return was refused. Nothing changed."""

    UNKNOWN = "return_unknown"
    UNKNOWN_ORDER = "return_unknown_order"
    UNKNOWN_LINE = "return_unknown_line"
    UNKNOWN_ITEM = "return_unknown_item"
    UNKNOWN_SITE = "return_unknown_site"
    UNKNOWN_BIN = "return_unknown_bin"
    NO_LINES = "return_no_lines"
    #: Words `line`, `left`: how many could be sent back.
    BAD_QUANTITY = "return_bad_quantity"
    #: Words `days`.
    TOO_LATE = "return_too_late"
    #: Words `reason`.
    REASON_NOT_TAKEN = "return_reason_not_taken"
    #: Words `sku`.
    NOT_RETURNABLE = "return_not_returnable"
    #: Words `line`, `reason`.
    PHOTO_MISSING = "return_photo_missing"
    BAD_PHOTO = "return_bad_photo"
    #: Words `most`.
    TOO_MANY_PHOTOS = "return_too_many_photos"
    #: Words `state`.
    NOT_NOW = "return_not_now"
    NO_ORDER = "return_no_order"
    #: No carrier is set that makes labels for what comes back here.
    NO_LABELS = "return_no_labels"
    #: Words `sku`: what it weighs is not in the catalog.
    NO_WEIGHT = "return_no_weight"
    #: Words `line`, `most`.
    BAD_AMOUNT = "return_bad_amount"
    #: The goods are not where they were put; words `sku`, `bin`.
    GOODS_GONE = "return_goods_gone"
    BAD_RULE = "return_bad_rule"
    BAD_VALUE = "return_bad_value"
    CHANGED_MEANWHILE = "return_changed_meanwhile"
