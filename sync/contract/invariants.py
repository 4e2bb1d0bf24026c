"""The thirteen promises of sync, named once: the simulation checks them step by step, `floorhand server verify` on a live database."""

from enum import StrEnum


class Invariant(StrEnum):
    """What is true after every step, whatever breaks."""

    #: Over all accounts, supplier and shipped included, units neither appear nor vanish; balances are the fold of the movements.
    CONSERVATION = "conservation"
    #: Every op has one row and one outcome; its movements are its body's; none without an op.
    EXACTLY_ONCE = "exactly_once"
    #: Every op that beeped is on the server or in a living device's journal.
    NOTHING_LOST = "nothing_lost"
    #: At most one open lease an item; no token of an item is known to two identities.
    NO_DOUBLE_ASSIGNMENT = "no_double_assignment"
    #: No credit under an older token than one credited before; tokens never fall, and grow with every grant and cancel.
    FENCING = "fencing"
    #: What counts as done is what was credited, and never more than was asked for.
    NO_OVER_CREDIT = "no_over_credit"
    #: Rows on a device with cursor v are the server's rows as of v.
    FEED_COMPLETE = "feed_complete"
    #: Left in peace, all devices hold the server's rows and nothing waits to be contained in them.
    CONVERGENCE = "convergence"
    #: What was answered with 200 is there for good.
    ACK_IS_DURABLE = "ack_is_durable"
    #: A device's log is dense from 1, and its chain recomputes.
    DEVICE_ORDER = "device_order"
    #: Every diverted op has exactly one exception, open or resolved.
    DIVERTED_HAS_EXCEPTION = "diverted_has_exception"
    #: Left in peace, nothing waits and the cursor is at the head within a minute.
    LIVENESS = "liveness"
    #: The version of a device's row never goes down inside an epoch.
    MONOTONIC_READS = "monotonic_reads"
