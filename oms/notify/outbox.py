"""The outbox: writes mails as events are read, and sends them beside the server's application. Several servers may run it.

A mail is there once per event and kind. It is taken for a while, sent with no transaction open, and noted. A server that dies between the
mail server's yes and its own note sends that one mail again, with the same Message-ID, by which most mail systems know it again: the
protocol has no way to ask whether a mail was taken.
"""

import logging
import random
import threading
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from oms.channels.sealing import Sealer
from oms.db.work import Actor, Works
from oms.hooks.models import Happening
from oms.hooks.sequence import reader
from oms.notify.bounces import came_back, nobody_there
from oms.notify.codes import OPTIONAL_KINDS, MailState
from oms.notify.composing import due, letter
from oms.notify.models import Mail
from oms.notify.putting import put
from oms.notify.quiet import parsed, zones_of
from oms.notify.sending import BadMail, MailServer, Outcome, message_of
from oms.notify.settings import MailSettings
from oms.notify.stops import held_back, token_for
from oms.notify.writing import Letter
from oms.sales.codes import EventKind
from oms.sales.models import CustomerOrder, OrderEvent

if TYPE_CHECKING:
    from oms.db.work import Work

_log = logging.getLogger(__name__)
_ACTOR: Final = Actor("mail")
_MOST_EVENTS: Final = 200
#: Mails that are tried before others have their turn.
MOST_IN_A_ROW: Final = 50
#: Longer than a mail takes with the slowest server.
_TAKEN: Final = timedelta(minutes=5)
_MOST_PAUSE_S: Final = 300.0
#: Who has just done something is awake.
_AWAKE: Final = frozenset({EventKind.CAPTURED})


class Outbox:
    """Owns the thread that sends."""

    def __init__(
        self,
        works: Works,
        sessions: sessionmaker[Session],
        site: str,
        settings: MailSettings,
        sealer: Sealer | None = None,
    ) -> None:
        self._works, self._sessions, self._site, self._settings = works, sessions, site, settings
        self._sealer = sealer or Sealer(None)
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
            while tried < MOST_IN_A_ROW and not self._stopping.is_set():
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
                pause = 0.0 if tried == MOST_IN_A_ROW else self._settings.every_s

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
        event, order, kinds = found
        for kind in kinds:
            facts = letter(w, event, order, kind, self._settings)
            if facts is not None:
                self._put(w, event, order, facts)

    def _put(self, w: "Work", event: OrderEvent, order: CustomerOrder, facts: Letter) -> None:
        days, away = 0, ""
        if facts.kind in OPTIONAL_KINDS:
            days, away = self._settings.follow_up_days, self._way_out(order.email)
            if not days or not away:
                # What nobody can put an end to is not begun.
                return
            facts = replace(facts, links=[*facts.links, ("unsubscribe", away)])
        put(
            w, facts, self._settings, once=f"{event.id}:{facts.kind}", to=order.email, event=event.id, order=order.number,
            channel=order.channel, due=w.now + timedelta(days=days), quiet=self._quiet(event, order), unsubscribe=away,
        )  # fmt: skip

    def _way_out(self, address: str) -> str:
        token = token_for(address, self._sealer)
        return f"{self._settings.public_url}/m/{token}" if self._settings.public_url and token else ""

    def _quiet(self, event: OrderEvent, order: CustomerOrder) -> str:
        zones = zones_of(order.ship_country)
        if self._settings.quiet is None or not zones or event.kind in _AWAKE:
            return ""
        return replace(self._settings.quiet, zones=zones).text

    def _take(self, w: "Work") -> Mail | None:
        """The mail that has waited longest, taken so that nobody else sends it. Those for which it is night, or that are not wanted any
        more, are put aside on the way."""
        while True:
            waiting = select(Mail).where(Mail.state == MailState.WAITING, Mail.next_at <= w.now)
            mail = w.db.scalars(waiting.order_by(Mail.next_at).limit(1).with_for_update(skip_locked=True)).first()
            if mail is None:
                return None
            night = parsed(mail.quiet)
            morning = night.over(w.now) if night else w.now
            if morning > w.now:
                mail.next_at = morning
            elif why := held_back(w, mail):
                mail.state, mail.problem, mail.next_at = MailState.DEAD, why, w.now
            else:
                mail.next_at = w.now + _TAKEN
                w.db.flush()
                w.db.refresh(mail)
                w.db.expunge(mail)
                return mail
            w.db.flush()

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
            if status := nobody_there(outcome.reply):
                came_back(w, mail, status, self._settings, nobody=True)
        else:
            wait = self._settings.waits[mail.attempts - 1] * self._chance.uniform(0.8, 1.2)
            mail.next_at = w.now + timedelta(seconds=wait)
