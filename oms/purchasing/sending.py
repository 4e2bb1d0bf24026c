"""Takes orders to their suppliers by mail, beside the server's application: with their papers, each once. Several servers may run it; a
mail that was sent when a server died is sent again with the same Message-ID, by which mail systems know it again."""

import logging
import threading
from datetime import timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import TYPE_CHECKING, Final

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from oms.db.work import Actor, Works
from oms.documents.formats import day, language_of
from oms.notify.sending import BadMail, MailServer, Outcome, inert
from oms.notify.settings import MailSettings
from oms.purchasing.codes import BuyMailState, SendBy
from oms.purchasing.models import PurchaseMail, PurchaseOrder
from oms.purchasing.papers import Paper, load_paper

if TYPE_CHECKING:
    from oms.db.work import Work

_log = logging.getLogger(__name__)
_ACTOR: Final = Actor("mail")
#: Longer than a mail takes with the slowest server.
_TAKEN: Final = timedelta(minutes=5)
_EVERY_S: Final = 2.0

#: (subject, body) by language.
_WORDS: Final = {
    "en": ("Purchase order {number}", "Dear {name},\n\nplease find our order {number} attached. We would like to have the goods\nby {day}. "
           "Please confirm quantities and days, and put the number {number} on the delivery note.\n\n{shop}\n"),
    "nl": ("Inkooporder {number}", "Beste {name},\n\nin de bijlage vindt u onze order {number}. Wij ontvangen de goederen graag\n"
           "voor {day}. Bevestig ons alstublieft aantallen en dagen, en zet het nummer {number} op de pakbon.\n\n{shop}\n"),
    "de": ("Bestellung {number}", "Guten Tag {name},\n\nanbei unsere Bestellung {number}. Wir hätten die Ware gern bis {day}.\n"
           "Bitte bestätigen Sie uns Mengen und Termine, und geben Sie auf dem Lieferschein die Nummer {number} an.\n\n{shop}\n"),
    "da": ("Indkøbsordre {number}", "Kære {name}\n\nvedhæftet finder I vores ordre {number}. Vi vil gerne have varerne senest {day}.\n"
           "Bekræft venligst antal og dage, og skriv nummeret {number} på følgesedlen.\n\n{shop}\n"),
}  # fmt: skip


class OrderPost:
    """Owns the thread that sends."""

    def __init__(self, works: Works, sessions: sessionmaker[Session], site: str, settings: MailSettings) -> None:
        self._works, self._sessions, self._site, self._settings = works, sessions, site, settings
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="orders-post", daemon=True)

    def start(self) -> None:
        """Begins where there is a mail server; returns at once."""
        if self._settings.host:
            self._thread.start()

    def stop(self) -> None:
        """Ends after the mail that is on its way."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(self._settings.timeout_s + 2)

    def send(self) -> int:
        """Sends what is due; how many were tried. Ends at the first that shows that the mail server does not work."""
        tried = 0
        with MailServer(self._settings) as server:
            while not self._stopping.is_set():
                taken = self._works.run(self._site, _ACTOR, self._take)
                if taken is None:
                    break
                outcome = self._sent(server, *taken)
                tried += 1
                self._works.run(self._site, _ACTOR, lambda w, n=taken[0].order_no, o=outcome: self._note(w, n, o))  # type: ignore[misc]
                if outcome.down:
                    _log.info("the mail server does not work: %s", outcome.problem)
                    break
        return tried

    def _run(self) -> None:
        while not self._stopping.wait(_EVERY_S):
            try:
                self.send()
            except SQLAlchemyError as error:
                _log.info("orders to suppliers have to wait: %s", type(error).__name__)

    def _take(self, w: "Work") -> tuple[PurchaseMail, str] | None:
        """The mail that has waited longest and its order's site, taken so that nobody else sends it."""
        waiting = select(PurchaseMail).where(PurchaseMail.state == BuyMailState.WAITING, PurchaseMail.next_at <= w.now)
        mail = w.db.scalars(waiting.order_by(PurchaseMail.next_at).limit(1).with_for_update(skip_locked=True)).first()
        if mail is None:
            return None
        mail.next_at = w.now + _TAKEN
        site = w.db.get_one(PurchaseOrder, mail.order_no).site_id
        w.db.flush()
        w.db.refresh(mail)
        w.db.expunge(mail)
        return mail, site

    def _sent(self, server: MailServer, mail: PurchaseMail, site: str) -> Outcome:
        with self._sessions() as db:
            paper = load_paper(db, site, mail.order_no)
            assert paper is not None
            try:
                message = message_of(mail, paper, self._settings)
            except BadMail as error:
                return Outcome(False, str(error), final=True)
        return server.send(message)

    def _note(self, w: "Work", number: str, outcome: Outcome) -> None:
        mail = w.db.get(PurchaseMail, number, with_for_update=True, populate_existing=True)
        if mail is None or mail.state is not BuyMailState.WAITING:
            return
        mail.problem = outcome.problem
        mail.attempts += 1
        if outcome.sent:
            mail.state, mail.sent_at = BuyMailState.SENT, w.now
        elif outcome.final or mail.attempts > len(self._settings.waits):
            mail.state, mail.next_at = BuyMailState.DEAD, w.now
            _log.warning("order %s does not reach its supplier: %s", number, outcome.problem)
        else:
            mail.next_at = w.now + timedelta(seconds=self._settings.waits[mail.attempts - 1])


def message_of(mail: PurchaseMail, paper: Paper, settings: MailSettings) -> EmailMessage:
    """The mail with the order's papers. The policy refuses line breaks in headers, `inert` those in a code. Raises `BadMail`."""
    supplier, number = paper.supplier, paper.order.number
    language = language_of(supplier.language, supplier.country)
    subject, body = _WORDS[language]
    words = {
        "number": number, "name": supplier.contact or supplier.name, "day": day(paper.paper.wanted, language),
        "shop": settings.shop or (paper.paper.shop.party.lines or ("",))[0],
    }  # fmt: skip
    message = EmailMessage(policy=SMTP)
    try:
        message["From"] = Address(display_name=inert(settings.shop), addr_spec=settings.sender)
        message["To"] = Address(addr_spec=mail.receiver)
        message["Subject"] = inert(subject.format(**words))
        message["Date"] = format_datetime(paper.order.sent_at or paper.order.made_at)
        message["Message-ID"] = f"<{mail.message_id}@{settings.sender.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        if settings.reply_to:
            message["Reply-To"] = Address(addr_spec=settings.reply_to)
    except Exception as error:  # the parser of addresses raises a wide choice of things
        raise BadMail("bad_address") from error
    message.set_content(body.format(**words))
    kinds = ("pdf", "csv", "edi") if supplier.send_by is SendBy.EDIFACT else ("pdf", "csv")
    types = {"pdf": ("application", "pdf"), "csv": ("text", "csv"), "edi": ("application", "edifact")}
    for kind in kinds:
        main, sub = types[kind]
        message.add_attachment(paper.file(kind), maintype=main, subtype=sub, filename=f"{number}.{kind}")
    return message
