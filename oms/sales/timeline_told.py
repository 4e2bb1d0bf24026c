"""What an order's timeline has from the rooms of money, mails and webhooks, beside what the order's own events say of them: what was asked
of providers, which mails went out or were refused, and who was told by HTTP. Reads only, by indexes; the timeline calls it."""

from collections.abc import Iterator
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from oms.hooks.models import DeliveryState, Hook, HookDelivery
from oms.money.codes import PayState
from oms.money.payment_models import Payment
from oms.notify.codes import MailState
from oms.notify.models import Mail
from oms.sales.heads import moment, money
from sync.contract.workbench import EventIcon, TimelineEntry

#: More than any order has.
_MOST: Final = 2000
_OPEN: Final = frozenset({PayState.DUE, PayState.UNSURE})


def payments(db: Session, number: str) -> Iterator[TimelineEntry]:
    """What was asked of providers (and what of it has no answer yet), and what the channel said at capture that it has. What became of a
    question is an event of the order."""
    mine = select(Payment).where(Payment.order_no == number).order_by(Payment.at.desc(), Payment.id).limit(_MOST)
    for one in db.scalars(mine):
        asked = one.key.startswith(f"{number}:")
        if asked or one.key.startswith("told:"):
            words: dict[str, str | int] = {
                "payment": one.kind.value,
                "amount": money(one.amount),
                "currency": one.currency,
            }
            if one.state in _OPEN:
                words |= {"state": one.state.value, "tries": one.tries}
            yield TimelineEntry(
                id=f"m{one.id}", at=moment(one.at), code="payment.asked" if asked else "payment.told", icon=EventIcon.MONEY,
                words={**words, **({"problem": one.problem} if one.problem else {})}, who=one.provider or "channel",
            )  # fmt: skip


def mails(db: Session, number: str) -> Iterator[TimelineEntry]:
    """Each mail to the customer: sent, refused for good, or on its way since it was written."""
    for one in db.scalars(select(Mail).where(Mail.order_no == number).order_by(Mail.created_at.desc()).limit(_MOST)):
        at = {MailState.SENT: one.sent_at, MailState.DEAD: one.next_at}.get(one.state) or one.created_at
        words = {"mail": one.kind.value, "to": one.to, "subject": one.subject, "problem": one.problem}
        yield TimelineEntry(
            id=f"l{one.id}", at=moment(at), code=f"mail.{one.state.value}", icon=_icon(EventIcon.MAIL, one.state is MailState.DEAD),
            words={**{key: word for key, word in words.items() if word}, "tries": one.attempts}, who="mail",
        )  # fmt: skip


def hooks(db: Session, number: str) -> Iterator[TimelineEntry]:
    """Each message to another program of the last month: taken, given up, or still to be delivered."""
    mine = select(HookDelivery, Hook.name).join(Hook, Hook.id == HookDelivery.hook_id)
    mine = mine.where(HookDelivery.order_no == number).order_by(HookDelivery.id.desc()).limit(_MOST)
    for one, name in db.execute(mine):
        dead = one.state is DeliveryState.DEAD
        words: dict[str, str | int] = {"to": name, "event": one.kind, "tries": one.attempts, "message": one.message_id}
        yield TimelineEntry(
            id=f"h{one.id:012}", at=moment(one.done_at or one.created_at), code=f"hook.{one.state.value}",
            icon=_icon(EventIcon.HOOK, dead), words={**words, **({"problem": one.reason} if one.reason else {})}, who="hooks",
        )  # fmt: skip


def _icon(icon: EventIcon, trouble: bool) -> EventIcon:
    return EventIcon.TROUBLE if trouble else icon
