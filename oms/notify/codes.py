"""Words of mails: what they tell, how far they are, why an address gets none, why a request about them was refused."""

from enum import StrEnum
from typing import Final


class MailKind(StrEnum):
    """What a customer, or somebody of the staff, is told."""

    CONFIRMED = "confirmed"
    BACKORDERED = "backordered"
    SUBSTITUTE = "substitute_offered"
    READY = "ready_for_pick_up"
    SHIPPED = "shipped"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"
    CHANGED = "changed"
    DELAYED = "delayed"
    DELIVERED = "delivered"
    #: After the delivery, once, and only to who agreed to it.
    FOLLOW_UP = "follow_up"
    RETURN_ASKED = "return_asked"
    RETURN_APPROVED = "return_approved"
    RETURN_LABEL = "return_label"
    RETURN_REFUSED = "return_refused"
    RETURN_RECEIVED = "return_received"
    # To the staff.
    LOW_STOCK = "low_stock"
    DEAD_STOCK = "dead_stock"
    HIGH_RETURNS = "high_returns"
    LATE_WAVE = "late_wave"
    BOUNCED = "bounced"
    #: The figures of a period that is over, as a file.
    REPORT = "report"


#: What people who work here are told.
STAFF_KINDS: Final = frozenset(
    {MailKind.LOW_STOCK, MailKind.DEAD_STOCK, MailKind.HIGH_RETURNS, MailKind.LATE_WAVE, MailKind.BOUNCED}
)
#: Mails to people who work here; who gets which reports is kept with the reports.
OF_STAFF: Final = STAFF_KINDS | {MailKind.REPORT}
#: Of what they are told, what is about an item: told once until it is well again.
STOCK_KINDS: Final = (MailKind.LOW_STOCK, MailKind.DEAD_STOCK, MailKind.HIGH_RETURNS)
#: What nobody needs to hear: it has a link to hear no more of it.
OPTIONAL_KINDS: Final = frozenset({MailKind.FOLLOW_UP})


class MailState(StrEnum):
    """How far a mail is."""

    WAITING = "waiting"
    SENT = "sent"
    #: The server of the receiver does not want it, or nobody took it for days.
    DEAD = "dead"


class StopWhy(StrEnum):
    """Why an address gets no mails."""

    #: Nobody is there: the mail server that should know says so.
    BOUNCED = "bounced"
    #: They do not want those that are not about an order of theirs.
    UNSUBSCRIBED = "unsubscribed"


class MailRefusal(StrEnum):
    """Why a request about mails was refused. Nothing changed."""

    UNKNOWN_MAIL = "unknown_mail"
    NOT_GIVEN_UP = "mail_not_given_up"
    #: Its text went with its receiver's data.
    ERASED = "mail_erased"
    BAD_ADDRESS = "bad_address"
    UNKNOWN_LANGUAGE = "unknown_language"
    UNKNOWN_KIND = "unknown_kind"
    BAD_QUIET_HOURS = "bad_quiet_hours"
    UNKNOWN_SENTENCE = "unknown_sentence"
    UNKNOWN_FIELD = "unknown_field"
    BAD_TEXT = "bad_text"
    UNKNOWN_ORDER = "unknown_order"
    NOTHING_TO_TELL = "nothing_to_tell"
    UNKNOWN_STAFF = "unknown_staff"
    NOT_STOPPED = "address_not_stopped"


class Refused(ValueError):
    """It cannot be done; `code` says why."""

    def __init__(self, code: MailRefusal) -> None:
        super().__init__(code)
        self.code = code
