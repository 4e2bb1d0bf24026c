"""Closed sets of words that travel on the wire: outcomes, HTTP error codes, states."""

from enum import StrEnum


class Outcome(StrEnum):
    """What became of one op. A fact is never refused; the outcome says how it counts."""

    APPLIED = "applied"
    APPLIED_LATE = "applied_late"
    DIVERTED = "diverted"
    PARKED = "parked"


class ErrorCode(StrEnum):
    """The `error` word in the body of every non-2xx answer."""

    EPOCH = "epoch"
    FORK = "fork"
    GAP = "gap"
    FLOOR = "floor"
    SCHEMA = "schema"
    ID_REUSE = "id_reuse"
    ENVELOPE = "envelope"
    TOO_LARGE = "too_large"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    REVOKED = "revoked"
    CODE_USED = "code_used"
    CODE_EXPIRED = "code_expired"
    CODE_UNKNOWN = "code_unknown"
    WRONG_PIN = "wrong_pin"
    LOCKED = "locked"
    RATE_LIMITED = "rate_limited"
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    INVALID = "invalid"
    UPGRADE = "upgrade"
    BUSY = "busy"


class WorkState(StrEnum):
    """State of one work item (a pick line bound to a bin, or a pack line)."""

    OPEN = "open"
    LEASED = "leased"
    DONE = "done"
    SHORT = "short"
    CANCELLED = "cancelled"


class JobState(StrEnum):
    """State of a job: the work items one person does in one go."""

    OPEN = "open"
    ACTIVE = "active"
    DONE = "done"
    CANCELLED = "cancelled"


class JobKind(StrEnum):
    """What a job is: a pick trip or the packing of what a trip brought."""

    PICK = "pick"
    PACK = "pack"


class OrderState(StrEnum):
    """State of an order, in the order it is lived through."""

    HELD = "held"
    OPEN = "open"
    RELEASED = "released"
    PICKING = "picking"
    PICKED = "picked"
    PACKING = "packing"
    LABEL_PENDING = "label_pending"
    SHIPPED = "shipped"
    CANCELLED = "cancelled"


class ParcelState(StrEnum):
    """State of a parcel. `LABEL_PENDING` until there is evidence of a printed label."""

    PLANNED = "planned"
    LABEL_PENDING = "label_pending"
    LABEL_PRINTED = "label_printed"
    LABEL_UNSURE = "label_unsure"
    SHIPPED = "shipped"
    VOID = "void"


class ShortReason(StrEnum):
    """Why fewer units were taken than asked."""

    NOT_FOUND = "not_found"
    DAMAGED = "damaged"
    WRONG_ITEM_IN_BIN = "wrong_item_in_bin"
    EXPIRED = "expired"
    PICK_LATER = "pick_later"
    OTHER = "other"


class Role(StrEnum):
    """What a person may do."""

    PICKER = "picker"
    PACKER = "packer"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"


class BinKind(StrEnum):
    """What a location is for."""

    PICK = "pick"
    RESERVE = "reserve"
    LANE = "lane"
    QUARANTINE = "quarantine"


class LeaseEnd(StrEnum):
    """Why a lease ended."""

    DONE = "done"
    RELEASED = "released"
    RECLAIMED = "reclaimed"
    REGRANTED = "regranted"
    CANCELLED = "cancelled"
    FORKED = "forked"
