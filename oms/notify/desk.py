"""Mails as people look after them: found, sent again, and sentences in the shop's own words. Routes call it."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from oms.documents.formats import LANGUAGES
from oms.notify.codes import MailKind, MailRefusal, MailState, Refused
from oms.notify.models import Mail, MailText
from oms.notify.sending import is_address
from oms.notify.writing import bad_text

if TYPE_CHECKING:
    from oms.db.work import Work

_MOST_CHANNEL: Final = 60


@dataclass(frozen=True, slots=True)
class MailSeen:
    """A mail without its text. `next_at`: when it is tried (again); of a dead one, when it was given up. `problem` is a code."""

    id: str
    kind: MailKind
    state: MailState
    order: str
    to: str
    subject: str
    language: str
    message_id: str
    created_at: str
    next_at: str
    sent_at: str | None
    attempts: int
    problem: str


@dataclass(frozen=True, slots=True)
class TextSeen:
    """A sentence in the shop's own words; `channel` '': of all that have none of their own."""

    channel: str
    language: str
    sentence: str
    text: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which mails, newest first; None and '': any. `before` is where the page before ended."""

    state: MailState | None = None
    kind: MailKind | None = None
    order: str = ""
    before: datetime | None = None
    limit: int = 100


def mails(db: Session, wanted: Wanted) -> list[MailSeen]:
    """At most `limit` of them."""
    found = select(Mail)
    if wanted.state is not None:
        found = found.where(Mail.state == wanted.state)
    if wanted.kind is not None:
        found = found.where(Mail.kind == wanted.kind)
    if wanted.order:
        found = found.where(Mail.order_no == wanted.order)
    if wanted.before is not None:
        found = found.where(Mail.created_at < wanted.before)
    rows = db.scalars(found.order_by(Mail.created_at.desc(), Mail.id).limit(wanted.limit))
    return [
        MailSeen(
            one.id, one.kind, one.state, one.order_no, one.to, one.subject, one.language, one.message_id,
            one.created_at.isoformat(), one.next_at.isoformat(), one.sent_at.isoformat() if one.sent_at else None,
            one.attempts, one.problem,
        )
        for one in rows
    ]  # fmt: skip


def again(w: "Work", id: str, to: str = "") -> None:
    """A mail that was given up is sent again, perhaps to another address; it is the same mail. Raises `Refused`."""
    mail = w.db.get(Mail, id, with_for_update=True)
    if mail is None:
        raise Refused(MailRefusal.UNKNOWN_MAIL)
    if mail.state is not MailState.DEAD:
        raise Refused(MailRefusal.NOT_GIVEN_UP)
    if not mail.subject:
        raise Refused(MailRefusal.ERASED)
    if to and not is_address(to):
        raise Refused(MailRefusal.BAD_ADDRESS)
    mail.to = to or mail.to
    mail.state, mail.problem, mail.attempts, mail.next_at = MailState.WAITING, "", 0, w.now
    w.audit("mail.sent_again", mail=mail.id, order=mail.order_no, elsewhere=bool(to))


def texts(db: Session) -> list[TextSeen]:
    """All sentences that are the shop's own."""
    rows = db.scalars(select(MailText).order_by(MailText.channel, MailText.language, MailText.sentence))
    return [TextSeen(one.channel, one.language, one.sentence, one.text) for one in rows]


def keep_text(w: "Work", channel: str, language: str, sentence: str, text: str) -> None:
    """A sentence in the shop's own words; '' takes it back. Raises `Refused`."""
    if language not in LANGUAGES:
        raise Refused(MailRefusal.UNKNOWN_LANGUAGE)
    key = {"channel": channel[:_MOST_CHANNEL], "language": language, "sentence": sentence}
    if not text:
        w.db.execute(delete(MailText).filter_by(**key))
    elif why := bad_text(sentence, text):
        raise Refused(why)
    else:
        row = insert(MailText).values(**key, text=text)
        w.db.execute(row.on_conflict_do_update(index_elements=list(key), set_={"text": text}))
    w.audit("mail.text_kept", **key)
