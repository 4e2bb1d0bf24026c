"""The facts of mails about returns, read when their event is. `oms.notify.composing` calls it."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from oms.documents.formats import money
from oms.notify.codes import MailKind
from oms.notify.settings import MailSettings
from oms.notify.writing import Letter, one_line, say
from oms.returns.codes import Decision
from oms.returns.labels import live
from oms.returns.links import token_of
from oms.returns.models import CustomerReturn, ReturnLine
from oms.sales.codes import EventKind
from oms.sales.models import OrderEvent
from oms.shipping.carriers.models import LabelState

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
                page = f"{settings.public_url}/r/{token_of(w, back.order_no)}/{back.number}"
                links = [("print_label", f"{page}/label?lang={language}")] if live(w.db, back.number) else []
                links.append(("print_paper", f"{page}/paper?lang={language}"))
        case MailKind.RETURN_LABEL:
            label = live(w.db, back.number)
            if label is None or label.state is not LabelState.BOUGHT or not settings.public_url or not back.order_no:
                # Who was sent one by other ways has it.
                return None
            if _told_already(w, back, label.wanted_at):
                return None
            told.append(say(language, "return_tracking", tracking=one_line(back.tracking)))
            page = f"{settings.public_url}/r/{token_of(w, back.order_no)}/{back.number}"
            links = [("print_label", f"{page}/label?lang={language}")]
        case MailKind.RETURN_REFUSED:
            told += [back.because] if back.because else []
        case _:
            pass
    return Letter(**base, lines=told, links=links)


def _told_already(w: "Work", back: CustomerReturn, wanted_at: datetime) -> bool:
    """Whether the mail that says they may has the link: the label was asked for with it."""
    mine = select(OrderEvent.at).where(
        OrderEvent.order_no == back.order_no, OrderEvent.kind == EventKind.RETURN_APPROVED,
        OrderEvent.words["number"].as_string() == back.number,
    )  # fmt: skip
    return any(at >= wanted_at for at in w.db.scalars(mine))


def _items(w: "Work", back: CustomerReturn) -> list[str]:
    mine = (
        select(ReturnLine).where(ReturnLine.return_no == back.number, ReturnLine.qty > 0).order_by(ReturnLine.line_no)
    )
    return [f"{one.qty} × {one_line(one.sku)}" for one in w.db.scalars(mine)]
