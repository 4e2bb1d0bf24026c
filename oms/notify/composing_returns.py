"""The facts of mails about returns, read when their event is. `oms.notify.composing` calls it."""

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from oms.documents.formats import money
from oms.notify.codes import MailKind
from oms.notify.settings import MailSettings
from oms.notify.writing import Letter, one_line, say
from oms.returns.codes import Decision
from oms.returns.links import token_of
from oms.returns.models import CustomerReturn, ReturnLine
from oms.sales.models import OrderEvent

if TYPE_CHECKING:
    from oms.db.work import Work


def back_link(w: "Work", order_no: str, settings: MailSettings) -> list[tuple[str, str]]:
    """Where a customer asks to send something of an order back; nothing where nobody could reach it."""
    return [("send_back", f"{settings.public_url}/r/{token_of(w, order_no)}")] if settings.public_url else []


def letter_of_return(
    w: "Work", event: OrderEvent, kind: MailKind, base: dict[str, Any], settings: MailSettings
) -> Letter | None:
    """The mail's facts; None when there is nothing (any more) to tell. `base` is what all mails have."""
    number, language = event.words.get("number"), base["language"]
    back = w.db.get(CustomerReturn, number) if isinstance(number, str) else None
    if back is None:
        return None
    links: list[tuple[str, str]] = []
    told = [say(language, "return_number", number=back.number)]
    match kind:
        case MailKind.RETURN_ASKED:
            if back.decision is not Decision.OPEN or not event.words.get("units"):
                # They hear that they may, or brought it themselves.
                return None
            told += _items(w, back)
        case MailKind.RETURN_APPROVED:
            told += _items(w, back)
            if back.fee:
                told.append(say(language, "return_fee", amount=money(back.fee, back.currency, language)))
            if settings.public_url and back.order_no:
                path = f"/r/{token_of(w, back.order_no)}/{back.number}/paper?lang={language}"
                links = [("print_paper", settings.public_url + path)]
        case MailKind.RETURN_REFUSED:
            told += [back.because] if back.because else []
        case _:
            pass
    return Letter(**base, lines=told, links=links)


def _items(w: "Work", back: CustomerReturn) -> list[str]:
    mine = (
        select(ReturnLine).where(ReturnLine.return_no == back.number, ReturnLine.qty > 0).order_by(ReturnLine.line_no)
    )
    return [f"{one.qty} × {one_line(one.sku)}" for one in w.db.scalars(mine)]
