"""Addresses that get no mails: whose mails came back, and who does not want those that they do not need. Asked before each mail is sent."""

from hashlib import sha256
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from oms.channels.sealing import BadKey, Sealer
from oms.customers.models import CustomerConsent
from oms.customers.rules import plain_email
from oms.notify.codes import OPTIONAL_KINDS, StopWhy
from oms.notify.models import Mail, MailStop
from oms.sales.codes import SaleState
from oms.sales.models import CustomerOrder

if TYPE_CHECKING:
    from oms.db.work import Work

#: The consent that a follow-up needs.
CONSENT: Final = "follow_up"
_ABOUT: Final = "unsubscribe"
_MOST_TOKEN: Final = 200
_OVER: Final = frozenset({SaleState.CANCELLED, SaleState.RETURNED})


def digest_of(address: str) -> str:
    """What an address is known by: 32 hex digits."""
    return sha256((plain_email(address) or address.strip().lower()).encode()).hexdigest()[:32]


def token_for(address: str, sealer: Sealer) -> str:
    """What is in the link to hear no more: sealed, so that nobody makes one for another, and without the address. '' without a key."""
    try:
        return sealer.seal(digest_of(address), _ABOUT).translate(_SAFE).rstrip("=")
    except BadKey:
        return ""


def digest_in(token: str, sealer: Sealer) -> str | None:
    """Whose link it is; None for what we never made."""
    if not token or len(token) > _MOST_TOKEN or not token.isascii():
        return None
    try:
        return sealer.open(token.translate(_PLAIN) + "=" * (-len(token) % 4), _ABOUT)
    except ValueError:
        return None


def stop(w: "Work", digest: str, why: StopWhy, said: str = "") -> bool:
    """From now on; False when it was so before."""
    row = insert(MailStop).values(digest=digest, why=why, at=w.now, said=said[:100])
    fresh = w.db.scalar(row.on_conflict_do_nothing().returning(MailStop.digest)) is not None
    if fresh:
        w.audit("mail.stopped", address=digest, why=why.value)
    return fresh


def lift(w: "Work", address: str) -> bool:
    """Mails go to this address again: somebody says that it is right. Who unsubscribed stays so."""
    gone = delete(MailStop).where(MailStop.digest == digest_of(address), MailStop.why == StopWhy.BOUNCED)
    if not w.db.execute(gone.returning(MailStop.digest)).all():
        return False
    w.audit("mail.allowed", address=digest_of(address))
    return True


def held_back(w: "Work", mail: Mail) -> str:
    """Why this mail is not to be sent at all (a code); '' when it may go."""
    stops = set(w.db.scalars(select(MailStop.why).where(MailStop.digest == digest_of(mail.to))))
    if StopWhy.BOUNCED in stops:
        return "address_bounced"
    if mail.kind not in OPTIONAL_KINDS:
        return ""
    if StopWhy.UNSUBSCRIBED in stops:
        return "unsubscribed"
    order = w.db.get(CustomerOrder, mail.order_no)
    if order is None or order.state in _OVER:
        return "order_over"
    return "" if agreed(w, order.customer_id) else "no_consent"


def agreed(w: "Work", customer: str | None) -> bool:
    """Whether a customer's last word on follow-ups was yes."""
    said = select(CustomerConsent.given).where(CustomerConsent.customer_id == customer, CustomerConsent.what == CONSENT)
    return bool(w.db.scalars(said.order_by(CustomerConsent.at.desc(), CustomerConsent.id).limit(1)).first())


_SAFE: Final = str.maketrans("+/", "-_")
_PLAIN: Final = str.maketrans("-_", "+/")
