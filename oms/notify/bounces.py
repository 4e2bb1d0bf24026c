"""Mails that come back: what a delivery status notification (RFC 3464) says, and what follows from it.

Anybody may write such a notification. It counts only for a mail of ours, named by its Message-ID, and for the address that mail went to.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import default
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from oms.notify import staff
from oms.notify.codes import OF_STAFF, MailKind, MailState, StopWhy
from oms.notify.models import Mail
from oms.notify.settings import MailSettings
from oms.notify.stops import digest_of, stop

if TYPE_CHECKING:
    from oms.db.work import Work

#: Permanent (5), about the address (1), or the mailbox is gone or shut (2.1).
_NOBODY: Final = re.compile(r"5\.(1\.\d{1,3}|2\.1)")
_STATUS: Final = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
_ID: Final = re.compile(r"<[^<>\s]{3,200}>")
_MOST_TEXT: Final = 300


@dataclass(frozen=True, slots=True)
class Bounce:
    """One receiver's part of a notification. `action` is `failed`, `delayed`, `delivered` ...; `status` like `5.1.1`."""

    message_id: str
    receiver: str
    action: str
    status: str

    @property
    def hard(self) -> bool:
        """Whether it will never be taken."""
        return self.action == "failed" and self.status.startswith("5")

    @property
    def nobody(self) -> bool:
        """Whether no mail to this address ever will."""
        return self.hard and bool(_NOBODY.fullmatch(self.status))


def read(raw: bytes) -> list[Bounce]:
    """What a notification says; nothing for any other mail. Never raises for what is in it."""
    try:
        message = message_from_bytes(raw, policy=default)
        return list(_bounces(message))
    except Exception:  # the parser of headers raises a wide choice of things on what is no header
        return []


def nobody_there(reply: str) -> str:
    """The status code in a mail server's refusal when it says that nobody is at this address; else ''."""
    found = _STATUS.search(reply)
    return found.group() if found and _NOBODY.fullmatch(found.group()) else ""


def take(w: "Work", raw: bytes, settings: MailSettings) -> tuple[int, int]:
    """Does what a notification asks for: (mails of ours that it is about, those that did not get there)."""
    known = failed = 0
    for bounce in read(raw):
        mine = select(Mail).where(Mail.message_id == bounce.message_id).with_for_update()
        mail = w.db.scalars(mine).one_or_none()
        if mail is None or digest_of(mail.to) != digest_of(bounce.receiver):
            continue
        known += 1
        if bounce.hard:
            failed += 1
            came_back(w, mail, bounce.status, settings, nobody=bounce.nobody)
    return known, failed


def came_back(w: "Work", mail: Mail, status: str, settings: MailSettings, *, nobody: bool) -> None:
    """The mail did not get there; told to who looks after customers. `nobody`: no other goes to its address either."""
    if mail.problem == f"bounced_{status}":
        return
    mail.state, mail.problem, mail.next_at = MailState.DEAD, f"bounced_{status}", w.now
    w.audit("mail.bounced", mail=mail.id, order=mail.order_no, status=status)
    if nobody:
        stop(w, digest_of(mail.to), StopWhy.BOUNCED, status)
    if mail.kind not in OF_STAFF:
        words = {"order": mail.order_no, "status": status}
        staff.tell(w, MailKind.BOUNCED, f"bounced:{mail.id}:{mail.attempts}", [("bounced_line", words)], settings)


def _bounces(message: EmailMessage) -> Iterator[Bounce]:
    if message.get_content_type() != "multipart/report":
        return
    id = _returned_id(message)
    for part in message.walk():
        if part.get_content_type() != "message/delivery-status" or not isinstance(blocks := part.get_payload(), list):
            continue
        # The first block is about the notification, each of the others about a receiver.
        for block in blocks[1:]:
            status = _STATUS.search(_said(block, "Status"))
            for receiver in {_address(_said(block, name)) for name in ("Original-Recipient", "Final-Recipient")} - {""}:
                yield Bounce(id, receiver, _said(block, "Action").lower(), status.group() if status else "")


def _returned_id(message: EmailMessage) -> str:
    for part in message.walk():
        kind = part.get_content_type()
        if kind == "message/rfc822" and isinstance(inside := part.get_payload(), list) and inside:
            found = _ID.search(_said(inside[0], "Message-ID"))
        elif kind == "text/rfc822-headers":
            found = _ID.search(_said(message_from_bytes(part.get_payload(decode=True) or b""), "Message-ID"))  # type: ignore[arg-type]
        else:
            continue
        if found:
            return found.group()
    return ""


def _said(block: object, name: str) -> str:
    return str(block.get(name, "")).strip()[:_MOST_TEXT] if isinstance(block, Message) else ""


def _address(said: str) -> str:
    _, _, address = said.rpartition(";")
    return address.strip().strip("<>")
