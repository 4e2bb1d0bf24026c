"""Words a supervisor's request is refused with. They are message codes: the desk translates them."""

from enum import StrEnum


class BoardRefusal(StrEnum):
    """Why nothing was done; the comment gives the words of its message."""

    #: Nobody knows it any more, or somebody else has settled it.
    GONE = "board_gone"
    #: It was begun: what is in the tote must come to its lane first.
    BEGUN = "board_begun"  # order
    #: Packing has begun, so nothing can be added.
    TOO_LATE = "board_too_late"  # order
    #: No other bin has it.
    NOT_ENOUGH_STOCK = "not_enough_stock"  # sku, missing
    #: What was asked makes no sense for this row.
    NOT_HERE = "board_not_here"
