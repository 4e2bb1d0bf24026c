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
    DEVICE_UNKNOWN = "device_unknown"
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
    """State of a job: the work items one person does in one go. `WAITING`: a later leg of a tote that is passed on, or a sort whose
    goods are not there yet; nobody can take it."""

    WAITING = "waiting"
    OPEN = "open"
    ACTIVE = "active"
    DONE = "done"
    CANCELLED = "cancelled"


class JobKind(StrEnum):
    """What a job is: a pick trip, the sorting of a bulk tote into the put wall, the packing of what a trip brought, or a task on
    stock: counting a bin, putting goods back, filling a pick face, putting away what came in."""

    PICK = "pick"
    SORT = "sort"
    PACK = "pack"
    COUNT = "count"
    PUT_BACK = "put_back"
    REPLENISH = "replenish"
    PUT_AWAY = "put_away"


#: Jobs that belong to no order.
TASKS = frozenset({JobKind.COUNT, JobKind.PUT_BACK, JobKind.REPLENISH, JobKind.PUT_AWAY})


class Method(StrEnum):
    """How the lines of one or several orders are arranged into pick trips."""

    #: One order, one tote.
    SINGLE = "single_order"
    #: Several orders, each with its own tote in a slot of a cart.
    CLUSTER = "cluster"
    #: Sums of several orders into one bulk tote; a put wall sorts them.
    WALL = "put_wall"
    #: One tote walks from zone to zone, a leg each (pass and pick).
    LEGS = "pass_pick"
    #: Each zone fills its own tote at the same time; they meet at one lane.
    ZONES = "zones"


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


class HoldReason(StrEnum):
    """Why a tote was set aside at the bench."""

    DAMAGED = "damaged"
    QUESTION = "question"
    PAPERS = "papers"


class PhotoOf(StrEnum):
    """What a picture that was taken at the bench shows: `contents` is what lies in the open parcel, `label` what is stuck on it."""

    PARCEL = "parcel"
    DAMAGE = "damage"
    CONTENTS = "contents"
    LABEL = "label"


class ReopenReason(StrEnum):
    """Why a closed parcel was opened again."""

    WRONG_GOODS = "wrong_goods"
    DAMAGED = "damaged"
    WRONG_BOX = "wrong_box"
    CUSTOMER = "customer"


class Role(StrEnum):
    """What a person may do."""

    PICKER = "picker"
    PACKER = "packer"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"


class PalletState(StrEnum):
    """State of a pallet: its label is printed, parcels go onto it, it is wrapped, it stands in a truck, it has left."""

    PLANNED = "planned"
    OPEN = "open"
    CLOSED = "closed"
    LOADED = "loaded"
    GONE = "gone"


class NotTaken(StrEnum):
    """Why a customer's goods that stood ready in the store go back to stock."""

    REFUSED = "refused"
    NOT_COME = "not_come"
    DAMAGED = "damaged"


class BinKind(StrEnum):
    """What a location is for."""

    PICK = "pick"
    RESERVE = "reserve"
    LANE = "lane"
    QUARANTINE = "quarantine"
    #: A slot of a put wall; the wall is its zone.
    WALL = "wall"
    #: Where a tote is passed from one zone to the next.
    HAND_OVER = "hand_over"
    #: Where goods that belong nowhere yet are kept.
    PROBLEM = "problem"


class Policy(StrEnum):
    """How strictly a rule of the floor is kept: not at all, with a warning that a second scan answers, or without exception."""

    NONE = "none"
    WARN = "warn"
    FORCE = "force"


class Substitution(StrEnum):
    """What a customer said about other items in place of missing ones."""

    NEVER = "never"
    ASK = "ask"
    ALLOWED = "allowed"


class SlotProof(StrEnum):
    """What proves that goods went into the right slot of a cart or wall."""

    NONE = "none"
    SLOT = "slot"
    TOTE = "tote"


class WaveState(StrEnum):
    """State of a wave."""

    DRAFT = "draft"
    COLLECTING = "collecting"
    PLANNED = "planned"
    HELD = "held"
    RELEASED = "released"
    IN_PROGRESS = "in_progress"
    COMPLETE = "complete"
    FAILED = "failed"
    CANCELLED = "cancelled"


class LeaseEnd(StrEnum):
    """Why a lease ended."""

    DONE = "done"
    RELEASED = "released"
    RECLAIMED = "reclaimed"
    REGRANTED = "regranted"
    CANCELLED = "cancelled"
    FORKED = "forked"
    HANDED_OVER = "handed_over"
