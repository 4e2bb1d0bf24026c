"""Closed words of transfers."""

from enum import StrEnum
from typing import Final


class TransferState(StrEnum):
    """How far a transfer is."""

    #: Asked for: the sending site picks and packs it as any order.
    MADE = "made"
    IN_TRANSIT = "in_transit"
    PARTLY = "partly_received"
    RECEIVED = "received"
    #: Nothing more is to come of it; what never came is written off.
    CLOSED = "closed"
    CANCELLED = "cancelled"


class TransferCode(StrEnum):
    """Why something was not done; a message code."""

    UNKNOWN_SITE = "unknown_site"
    SAME_SITE = "transfer_same_site"
    UNKNOWN_ITEM = "unknown_item"
    UNKNOWN_TRANSFER = "unknown_transfer"
    BAD_UNITS = "bad_units"
    BAD_DAY = "bad_day"
    NOTHING_TO_DO = "nothing_to_do"
    NOT_NOW = "transfer_not_now"


class Refused(Exception):
    """Why something was not done; nothing of it was. `words` belong to the code."""

    def __init__(self, code: TransferCode, **words: str | int) -> None:
        super().__init__(code, words)
        self.code, self.words = code, words


#: Goods of these may come in.
COMING: Final = (TransferState.IN_TRANSIT, TransferState.PARTLY)
#: And of these, too: some parcels go before others, and more may come than was sent.
OPEN: Final = (TransferState.MADE, *COMING, TransferState.RECEIVED)
