"""Words of the floor's exceptions: what kind of thing needs a person, and the message that tells them what to do."""

from enum import StrEnum


class ExceptionKind(StrEnum):
    """What needs a person. The comment gives the words of its message."""

    PUT_BACK = "put_back"  # qty, sku, bin
    COUNT_BIN = "count_bin"  # bin, sku
    UNDONE = "undone"  # n; settled by itself: the goods are back where they were
    JOB_GONE = "job_gone"  # order
    ORDER_CANCELLED = "order_cancelled"  # order
    ORDER_NOT_PICKED = "order_not_picked"  # order
    WRONG_LABEL = "wrong_label"  # scanned, needed
    UNKNOWN_PARCEL = "unknown_parcel"  # parcel
    EMPTY_PARCEL = "empty_parcel"  # parcel
    HAND_OVER_VOID = "hand_over_void"  # device
    ZONE_STOPPED = "zone_stopped"  # zone
    RECOUNT_DIFFERS = "recount_differs"  # bin, sku, n
    SUBSTITUTE_ASKED = "substitute_asked"  # order, sku, bin, n
    TASK_NOT_DONE = "task_not_done"  # sku, bin, n
    NO_MANS_LAND = "no_mans_land"  # tote, bin, zone
    PACK_HELD = "pack_held"  # order, tote, bin, reason
    FIND_TOTE = "find_tote"  # tote, n, device, bin
    TAKE_OFF_PALLET = "take_off_pallet"  # parcel, pallet, why
    PALLET_DIFFERS = "pallet_differs"  # pallet, n, scanned
    NO_CARTON_FITS = "no_carton_fits"  # order, sku, n, parcels
    JOIN_REFUSED = "join_refused"  # order, reason
    NOT_INTO_TRUCK = "not_into_truck"  # parcel, carrier, why
    GOODS_NOT_ORDERED = "goods_not_ordered"  # sku, n, order, paper
    DELIVERY_OVER = "delivery_over"  # order, sku, n
    DELIVERY_SHORT = "delivery_short"  # order, sku, n

    @property
    def action(self) -> str:
        """The message code that says what to do."""
        return "saved_support_informed" if self in _FOR_SUPPORT else self.value


#: Contradictions that nobody on the floor can settle.
_FOR_SUPPORT = frozenset({ExceptionKind.UNKNOWN_PARCEL, ExceptionKind.EMPTY_PARCEL})


class CountReason(StrEnum):
    """Why a bin is to be counted, beside the reasons of a short."""

    BELOW_ZERO = "below_zero"
    SHORT_IN_TOTE = "short_in_tote"
    ONE_TOO_MANY = "one_too_many"
    NOT_EMPTY = "not_empty"
    MOVED_TWICE = "moved_twice"
    MORE_PROMISED = "more_promised"


OPEN = "open"
RESOLVED = "resolved"
