"""How mails are sent: what a server is told by `FLOORHAND_SMTP_*` and `FLOORHAND_MAIL_*`. Read by the command line only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from email.headerregistry import Address
from enum import StrEnum
from typing import Final

from oms.notify.quiet import BadQuiet, Quiet, parsed

#: Seconds until the n-th repetition; after the last one a mail is given up (two days in all).
WAITS: Final = (60, 300, 900, 3600, 10800, 21600, 43200, 86400)


class BadMailSetting(ValueError):
    """A setting of mails that cannot be right; the text says which."""


class Security(StrEnum):
    """How the connection to the mail server is protected."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class MailSettings:
    """The mail server and who mails are from; without a `host` none is written. Times in seconds."""

    host: str = ""
    port: int = 587
    user: str = ""
    password: str = field(default="", repr=False)
    security: Security = Security.STARTTLS
    sender: str = ""
    shop: str = ""
    reply_to: str = ""
    #: Where customers reach this server, for links to their parcels; '' for none.
    public_url: str = ""
    #: The shop's page where a customer answers an offer, with `{order}` and the offer's `{code}` in it; '' for none.
    answer_url: str = ""
    #: When customers are not written to, in their own time, about what they did not just do themselves; None: at any time.
    quiet: Quiet | None = None
    #: Days from the delivery until a customer who agreed to it is asked how it was; 0: never.
    follow_up_days: int = 0
    timeout_s: float = 30.0
    every_s: float = 1.0
    waits: tuple[float, ...] = WAITS


def mail_from(environment: Mapping[str, str]) -> MailSettings:
    """Raises `BadMailSetting`."""
    told = {name: environment.get(f"FLOORHAND_{name}", "").strip() for name in _NAMES}
    if not told["SMTP_HOST"]:
        return MailSettings()
    try:
        security = Security(told["SMTP_SECURITY"] or Security.STARTTLS)
    except ValueError:
        raise BadMailSetting("FLOORHAND_SMTP_SECURITY is starttls, tls or none") from None
    port = told["SMTP_PORT"] or ("465" if security is Security.TLS else "587")
    if not port.isdigit() or not 0 < int(port) < 65536:
        raise BadMailSetting("FLOORHAND_SMTP_PORT is a port")
    days = told["MAIL_FOLLOW_UP_DAYS"] or "0"
    if not days.isascii() or not days.isdigit() or int(days) > _MOST_DAYS:
        raise BadMailSetting(f"FLOORHAND_MAIL_FOLLOW_UP_DAYS is 0 to {_MOST_DAYS}")
    try:
        quiet = parsed(told["MAIL_QUIET"])
    except BadQuiet:
        raise BadMailSetting("FLOORHAND_MAIL_QUIET is like 21:00-08:00") from None
    for name in ("MAIL_FROM", "MAIL_REPLY_TO"):
        if told[name] or name == "MAIL_FROM":
            _check_address(f"FLOORHAND_{name}", told[name])
    return MailSettings(
        host=told["SMTP_HOST"], port=int(port), user=told["SMTP_USER"], password=told["SMTP_PASSWORD"],
        security=security, sender=told["MAIL_FROM"], shop=told["MAIL_SHOP"], reply_to=told["MAIL_REPLY_TO"],
        public_url=told["PUBLIC_URL"].rstrip("/"), answer_url=told["MAIL_ANSWER_URL"],
        quiet=quiet, follow_up_days=int(days),
    )  # fmt: skip


_MOST_DAYS: Final = 90
_NAMES: Final = (
    "SMTP_HOST", "SMTP_PORT", "SMTP_USER", "SMTP_PASSWORD", "SMTP_SECURITY",
    "MAIL_FROM", "MAIL_SHOP", "MAIL_REPLY_TO", "MAIL_ANSWER_URL", "PUBLIC_URL",
    "MAIL_QUIET", "MAIL_FOLLOW_UP_DAYS",
)  # fmt: skip


def _check_address(name: str, text: str) -> None:
    try:
        Address(addr_spec=text)
    except Exception:  # the parser of addresses raises a wide choice of things
        raise BadMailSetting(f"{name} is an e-mail address") from None
    if not text or "@" not in text:
        raise BadMailSetting(f"{name} is an e-mail address")
