"""The outbox: writes mails as events are read, and sends them beside the server's application. Several servers may run it.

A mail is there once per event and kind. It is taken for a while, sent with no transaction open, and noted; what was sent when a server died
is sent again with the same Message-ID, by which mail systems know it again.
"""

import logging
import random
import threading
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from oms.db.work import Actor, Works
from oms.hooks.models import Happening
from oms.hooks.sequence import reader
from oms.notify.composing import due, letter
from oms.notify.models import Mail, MailState
from oms.notify.sending import BadMail, MailServer, Outcome, message_of
from oms.notify.settings import MailSettings
from oms.notify.writing import write

if TYPE_CHECKING:
    from oms.db.work import Work

_log = logging.getLogger(__name__)
_ACTOR: Final = Actor("mail")
_MOST_EVENTS: Final = 200
_MOST_IN_A_ROW: Final = 50
#: Longer than a mail takes with the slowest server.
_TAKEN: Final = timedelta(minutes=5)
_MOST_PAUSE_S: Final = 300.0


class Outbox:
    """Owns the thread that sends."""

    def __init__(self, works: Works, sessions: sessionmaker[Session], site: str, settings: MailSettings) -> None:
        self._works, self._sessions, self._site, self._settings = works, sessions, site, settings
        self._chance = random.SystemRandom()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="mail", daemon=True)

    def start(self) -> None:
        """Begins where there is a mail server; returns at once."""
        if self._settings.host:
            self._thread.start()

    def stop(self) -> None:
        """Ends after the mail that is on its way."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(self._settings.timeout_s + 2)

    def write(self) -> int:
        """Writes the mails of the next events; how many events. Without a mail server they are only passed."""
        return self._works.run(self._site, _ACTOR, self._write)

    def send(self) -> tuple[int, bool]:
        """Sends what is due: (how many were tried, whether the server took part)."""
        tried = 0
        with MailServer(self._settings) as server:
            while tried < _MOST_IN_A_ROW and not self._stopping.is_set():
                mail = self._works.run(self._site, _ACTOR, self._take)
                if mail is None:
                    return tried, True
                outcome = self._sent(server, mail)
                tried += 1
                self._works.run(self._site, _ACTOR, lambda w, m=mail, o=outcome: self._note(w, m.id, o))  # type: ignore[misc]
                if outcome.down:
                    _log.info("the mail server does not work: %s", outcome.problem)
                    return tried, False
        return tried, True

    def _run(self) -> None:
        pause = self._settings.every_s
        while not self._stopping.wait(pause):
            try:
                tried, works = self.send()
            except SQLAlchemyError as error:
                _log.info("mails have to wait: %s", type(error).__name__)
                continue
            if not works:
                pause = min(_MOST_PAUSE_S, max(pause, self._settings.every_s) * 2)
            else:
                pause = 0.0 if tried == _MOST_IN_A_ROW else self._settings.every_s

    def _write(self, w: "Work") -> int:
        mine = reader(w, "mail")
        if mine is None:
            return 0
        fresh = select(Happening).where(Happening.seq > mine.seq).order_by(Happening.seq).limit(_MOST_EVENTS)
        happenings = w.db.scalars(fresh).all()
        if not happenings:
            return 0
        last = happenings[-1].seq
        for happening in happenings if self._settings.host else ():
            self._mail(w, happening)
        mine.seq = last
        return len(happenings)

    def _mail(self, w: "Work", happening: Happening) -> None:
        found = due(w, happening)
        if found is None:
            return
        event, order, kind = found
        facts = letter(w, event, order, kind, self._settings)
        if facts is None:
            return
        written = write(facts)
        domain = self._settings.sender.rpartition("@")[2]
        row = {
            "id": uuid.uuid4().hex, "event_id": event.id, "kind": kind, "order_no": order.number,
            "language": facts.language, "receiver": order.email, "subject": written.subject, "body": written.text,
            "html": written.html, "message_id": f"<{event.id}.{kind}.{uuid.uuid4().hex[:12]}@{domain}>",
            "created_at": w.now, "next_at": w.now, "state": MailState.WAITING, "attempts": 0, "problem": "", "code": facts.picture,
        }  # fmt: skip
        w.db.execute(insert(Mail.__table__).values(row).on_conflict_do_nothing())  # type: ignore[arg-type]

    def _take(self, w: "Work") -> Mail | None:
        """The mail that has waited longest, taken so that nobody else sends it."""
        waiting = select(Mail).where(Mail.state == MailState.WAITING, Mail.next_at <= w.now)
        mail = w.db.scalars(waiting.order_by(Mail.next_at).limit(1).with_for_update(skip_locked=True)).first()
        if mail is not None:
            mail.next_at = w.now + _TAKEN
            w.db.flush()
            w.db.refresh(mail)
            w.db.expunge(mail)
        return mail

    def _sent(self, server: MailServer, mail: Mail) -> Outcome:
        try:
            return server.send(message_of(mail, self._settings, mail.created_at))
        except BadMail as error:
            return Outcome(False, str(error), final=True)

    def _note(self, w: "Work", id: str, outcome: Outcome) -> None:
        mail = w.db.get(Mail, id, with_for_update=True, populate_existing=True)
        if mail is None or mail.state is not MailState.WAITING:
            return
        mail.problem = outcome.problem
        mail.attempts += 1
        if outcome.sent:
            mail.state, mail.sent_at = MailState.SENT, w.now
        elif outcome.final or mail.attempts > len(self._settings.waits):
            # It is not tried again: the time is that of its end.
            mail.state, mail.next_at = MailState.DEAD, w.now
        else:
            wait = self._settings.waits[mail.attempts - 1] * self._chance.uniform(0.8, 1.2)
            mail.next_at = w.now + timedelta(seconds=wait)
