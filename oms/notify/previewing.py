"""How a mail would read: with made-up facts, or as an order of now would get it. Nothing is sent or kept."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from oms.notify.codes import OF_STAFF, MailKind, MailRefusal, Refused
from oms.notify.composing import MAILS, letter
from oms.notify.putting import own_words
from oms.notify.settings import MailSettings
from oms.notify.writing import Letter, Written, say, write
from oms.sales.models import CustomerOrder, OrderEvent

if TYPE_CHECKING:
    from oms.db.work import Work

_URL: Final = "https://shop.example.com/..."
_LINE: Final = "2 × Earl Grey, 250 g"
_DAY: Final = "24-12-2026"
_STAFF: Final[dict[MailKind, dict[str, str | int]]] = {
    MailKind.LOW_STOCK: {"sku": "TEA-250", "have": 3, "want": 12},
    MailKind.DEAD_STOCK: {"sku": "TEA-250", "have": 40, "want": 180},
    MailKind.HIGH_RETURNS: {"sku": "TEA-250", "have": 31, "want": 20},
    MailKind.LATE_WAVE: {"wave": "Monday noon", "at": "16:00"},
    MailKind.BOUNCED: {"order": "1001", "status": "5.1.1"},
    MailKind.REPORT: {"figure": "Fill rate", "value": "97.5 %"},
}


class _Seen(Exception):
    """Carries what was written out of a part of the transaction that is undone."""

    def __init__(self, written: Written) -> None:
        super().__init__()
        self.written = written


def made_up(w: "Work", kind: MailKind, language: str, channel: str, settings: MailSettings) -> Written:
    """With facts that show every part of the mail."""
    return write(_letter(kind, language, settings.shop or channel or "Shop"), own_words(w, channel, language))


def of_order(w: "Work", kind: MailKind, number: str, language: str, settings: MailSettings) -> Written:
    """As it would be written for an order, by the newest event that it tells of; in its own language for ''. Raises `Refused`."""
    order = w.db.get(CustomerOrder, number)
    if order is None:
        raise Refused(MailRefusal.UNKNOWN_ORDER)
    kinds = [event for event, mails in MAILS.items() if kind in mails]
    mine = select(OrderEvent).where(OrderEvent.order_no == number, OrderEvent.kind.in_(kinds))
    event = w.db.scalars(mine.order_by(OrderEvent.id.desc()).limit(1)).first()
    if event is None:
        raise Refused(MailRefusal.NOTHING_TO_TELL)
    try:
        with w.savepoint():
            # A mail makes links as it is written; those of a preview are undone.
            if language:
                order.language = language
            facts = letter(w, event, order, kind, settings)
            if facts is None:
                raise Refused(MailRefusal.NOTHING_TO_TELL)
            raise _Seen(write(facts, own_words(w, order.channel, facts.language)))
    except _Seen as seen:
        return seen.written


def _letter(kind: MailKind, language: str, shop: str) -> Letter:
    if kind in OF_STAFF:
        line = say(language, f"{kind}_line", **_STAFF[kind])
        return Letter(kind=kind, language=language, shop=shop, order="", place="Utrecht", lines=[line])
    plain = Letter(kind=kind, language=language, shop=shop, order="1001", name="Ada")
    late = [f"{_LINE}: {say(language, 'expected', day=_DAY)}"]
    instead = [say(language, "instead", qty=2, new="Darjeeling", old="Earl Grey")]
    sent = [say(language, "tracking", carrier="PostNL", number="3SABC123456789")]
    back = say(language, "return_number", number="R-1001")
    shown: dict[MailKind, dict[str, Any]] = {
        MailKind.CONFIRMED: {"lines": [_LINE], "total": "12,50", "promised": _DAY},
        MailKind.DELAYED: {"promised": _DAY},
        MailKind.BACKORDERED: {"lines": late},
        MailKind.SUBSTITUTE: {"lines": instead, "links": [("answer", _URL)]},
        MailKind.READY: {"place": "Utrecht", "code": "AB12CD34EF"},
        MailKind.SHIPPED: {"lines": sent, "links": [("follow", _URL), ("send_back", _URL)]},
        MailKind.DELIVERED: {"links": [("send_back", _URL)]},
        MailKind.REFUNDED: {"amount": "3,10"},
        MailKind.CHANGED: {
            "lines": [say(language, "goes_to", address="Ada, Oudegracht 1, 3511 AB Utrecht, NL"), _LINE],
            "total": "12,50",
        },
        MailKind.FOLLOW_UP: {"links": [("unsubscribe", _URL)]},
        MailKind.RETURN_ASKED: {"lines": [back, _LINE]},
        MailKind.RETURN_APPROVED: {
            "lines": [back, _LINE, say(language, "return_fee", amount="4,95")],
            "links": [("print_label", _URL), ("print_paper", _URL)],
        },
        MailKind.RETURN_LABEL: {
            "lines": [back, say(language, "return_tracking", tracking="3SRET123456789")],
            "links": [("print_label", _URL)],
        },
        MailKind.RETURN_REFUSED: {"lines": [back]},
        MailKind.RETURN_RECEIVED: {"lines": [back]},
    }
    return replace(plain, **shown.get(kind, {}))
