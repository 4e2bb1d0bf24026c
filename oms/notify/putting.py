"""Puts a written mail into the outbox, once for what it tells of. `oms.notify.outbox` and `oms.notify.staff` call it."""

import uuid
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from oms.notify.codes import MailState
from oms.notify.models import Mail, MailText
from oms.notify.settings import MailSettings
from oms.notify.writing import Letter, write

if TYPE_CHECKING:
    from oms.db.work import Work


def put(
    w: "Work", letter: Letter, settings: MailSettings, *, once: str, to: str, event: int | None = None, order: str = "",
    channel: str = "", due: datetime | None = None, quiet: str = "", unsubscribe: str = "",
    file: bytes | None = None, file_name: str = "",
) -> bool:  # fmt: skip
    """False when `once` was told before. The mail is tried from `due` on (None: at once), outside of `quiet` hours; `file` is a PDF that
    goes with it."""
    written = write(letter, own_words(w, channel, letter.language))
    domain = settings.sender.rpartition("@")[2]
    row = {
        "id": uuid.uuid4().hex, "once": once, "event_id": event, "kind": letter.kind, "order_no": order, "language": letter.language,
        "receiver": to, "subject": written.subject, "body": written.text, "html": written.html,
        "message_id": f"<{letter.kind}.{uuid.uuid4().hex}@{domain}>", "created_at": w.now, "next_at": due or w.now,
        "state": MailState.WAITING, "attempts": 0, "problem": "", "code": letter.picture, "quiet": quiet,
        "unsubscribe": unsubscribe, "file": file, "file_name": file_name,
    }  # fmt: skip
    made = insert(Mail.__table__).values(row).on_conflict_do_nothing(index_elements=["once"])  # type: ignore[arg-type]
    return w.db.scalar(made.returning(Mail.id)) is not None


def own_words(w: "Work", channel: str, language: str) -> dict[str, str]:
    """The shop's sentences for a channel: its own, else those for all."""
    mine = select(MailText).where(MailText.language == language, MailText.channel.in_(("", channel)))
    return {one.sentence: one.text for one in w.db.scalars(mine.order_by(MailText.channel))}
