"""One mail to the shop's mail server by SMTP, and what its answer means. `oms.notify.outbox` calls it."""

import smtplib
import ssl
from dataclasses import dataclass, replace
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from io import BytesIO
from types import TracebackType
from typing import Final

import segno

from oms.customers.rules import plain_email
from oms.notify.models import Mail
from oms.notify.settings import MailSettings, Security
from oms.notify.writing import PICTURE

_LATER: Final = range(400, 500)
#: An address of a page is not folded: there is no blank in it, and encoded words are not for it.
_POLICY: Final = SMTP.clone(max_line_length=900)


@dataclass(frozen=True, slots=True)
class Outcome:
    """`sent`; or not, with a `problem` (a code). `final`: this mail will never be taken. `down`: no other mail would be either."""

    sent: bool
    problem: str = ""
    final: bool = False
    down: bool = False
    #: What the server said of the receiver, when it refused them.
    reply: str = ""


class BadMail(ValueError):
    """A mail that cannot be written down as one: its receiver is no address."""


def message_of(mail: Mail, settings: MailSettings, now: datetime) -> EmailMessage:
    """The mail with its head. The policy refuses line breaks in headers, `inert` those that are hidden in a code. Raises `BadMail`."""
    message = EmailMessage(policy=_POLICY)
    try:
        message["From"] = Address(display_name=inert(settings.shop), addr_spec=settings.sender)
        message["To"] = Address(addr_spec=mail.to)
        message["Subject"] = inert(mail.subject)
        message["Date"] = format_datetime(now)
        message["Message-ID"] = mail.message_id
        message["Auto-Submitted"] = "auto-generated"
        if mail.unsubscribe:
            # RFC 8058: one request without a page in between, which the programs of mail readers make.
            message["List-Unsubscribe"] = f"<{mail.unsubscribe}>"
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        if settings.reply_to:
            message["Reply-To"] = Address(addr_spec=settings.reply_to)
    except Exception as error:  # the parser of addresses raises a wide choice of things
        raise BadMail("bad_address") from error
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    if mail.code:
        # Inside the mail: pictures from elsewhere are not shown before the customer allows them.
        *_, page = message.iter_parts()
        page.add_related(picture(mail.code), "image", "png", cid=f"<{PICTURE}>", disposition="inline")
    if mail.file is not None:
        message.add_attachment(mail.file, maintype="application", subtype="pdf", filename=inert(mail.file_name))
    return message


def inert(text: str) -> str:
    """As the text of a header: the library would decode what looks like an encoded word, and write down the line breaks that are in it."""
    return " ".join(text.replace("=?", "= ?").split())


def is_address(text: str) -> bool:
    """Whether a mail can be sent there."""
    if not plain_email(text):
        return False
    try:
        Address(addr_spec=text)
    except Exception:  # as above
        return False
    return True


def picture(code: str) -> bytes:
    """A QR code of it as PNG, as large as a store's scanner reads from a telephone."""
    out = BytesIO()
    segno.make_qr(code, error="m").save(out, kind="png", scale=8, border=4)
    return out.getvalue()


class MailServer:
    """A connection to the mail server, opened with the first mail; a context manager."""

    def __init__(self, settings: MailSettings) -> None:
        self._settings = settings
        self._smtp: smtplib.SMTP | None = None

    def __enter__(self) -> "MailServer":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self._drop()

    def send(self, message: EmailMessage) -> Outcome:
        """Hands one mail over. Never raises for what the server or the network does."""
        try:
            smtp = self._smtp or self._open()
        except smtplib.SMTPAuthenticationError:
            return Outcome(False, "login_refused", down=True)
        except (smtplib.SMTPException, OSError, ValueError) as error:
            self._drop()
            return Outcome(False, _word(error), down=True)
        try:
            smtp.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            status, reply = next(iter(error.recipients.values()))
            return replace(self._refused(f"receiver_{status}", status), reply=reply.decode("latin-1"))
        except smtplib.SMTPSenderRefused as error:
            # The sender is ours: what is wrong with it is wrong with every mail.
            self._drop()
            return Outcome(False, f"sender_{error.smtp_code}", down=True)
        except smtplib.SMTPDataError as error:
            return self._refused(f"mail_{error.smtp_code}", error.smtp_code)
        except smtplib.SMTPNotSupportedError:
            return Outcome(False, "address_not_supported", final=True)
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            return Outcome(False, _word(error), down=True)
        return Outcome(True)

    def _refused(self, problem: str, status: int) -> Outcome:
        if status == 421:
            self._drop()
            return Outcome(False, problem, down=True)
        return Outcome(False, problem, final=status not in _LATER)

    def _open(self) -> smtplib.SMTP:
        told = self._settings
        if told.security is Security.TLS:
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                told.host, told.port, timeout=told.timeout_s, context=ssl.create_default_context()
            )
        else:
            smtp = smtplib.SMTP(told.host, told.port, timeout=told.timeout_s)
        self._smtp = smtp
        if told.security is Security.STARTTLS:
            smtp.starttls(context=ssl.create_default_context())
        if told.user:
            smtp.login(told.user, told.password)
        return smtp

    def _drop(self) -> None:
        if self._smtp is not None:
            try:
                self._smtp.quit()
            except (smtplib.SMTPException, OSError):
                self._smtp.close()
            self._smtp = None


def _word(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "timeout"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"server_{error.smtp_code}"
    return "tls" if isinstance(error, ssl.SSLError) else "server_away"
