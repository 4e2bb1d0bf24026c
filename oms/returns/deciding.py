"""What people say about a return: approved, refused, its label sent, called off; and whose it is, where nobody knew. Routes and the rules'
own approval call it."""

from typing import TYPE_CHECKING, Final

from oms.returns import labels, scene
from oms.returns.codes import Decision, ReturnRefusal, ReturnState
from oms.returns.refused import Refused
from oms.returns.rules import RETURN, Terms
from oms.returns.terms import terms_for
from oms.sales.codes import EventKind
from oms.sales.heads import money
from oms.sales.scene import lock_sale
from oms.shipping.carriers.models import LabelState
from oms.transitions import can

if TYPE_CHECKING:
    from oms.db.work import Work

_MOST_TEXT: Final = 2000
#: Goods are there: what was said before is said still.
_HERE: Final = frozenset({ReturnState.PARTLY_RECEIVED, ReturnState.GRADED})


def approve(w: "Work", number: str, revision: int | None = None) -> scene.Scene:
    """The customer may send it. Raises `Refused`."""
    found = scene.lock(w, number, revision)
    approve_locked(w, found, terms_for(w.db, found.back.channel, found.back.site_id))
    return found


def approve_locked(w: "Work", found: scene.Scene, terms: Terms) -> None:
    """As `approve`, of a return that is locked."""
    back = found.back
    _may(found, ReturnState.APPROVED)
    back.fee = terms.fee_for(one.reason for one in found.lines if one.qty)
    back.because = ""
    _said(w, found, Decision.APPROVED)
    w.audit("return.approved", number=back.number, order=back.order_no, fee=money(back.fee))
    scene.tell(w, back, EventKind.RETURN_APPROVED, fee=money(back.fee), currency=back.currency)


def refuse(w: "Work", number: str, because: str, revision: int | None = None) -> scene.Scene:
    """The customer may not send it, and is told why. Raises `Refused`."""
    found = scene.lock(w, number, revision)
    _may(found, ReturnState.REFUSED)
    found.back.because = because.strip()[:_MOST_TEXT]
    _said(w, found, Decision.REFUSED)
    w.audit("return.refused", number=number, order=found.back.order_no)
    scene.tell(w, found.back, EventKind.RETURN_REFUSED, because=found.back.because)
    return found


def label_sent(w: "Work", number: str, tracking: str = "", revision: int | None = None) -> scene.Scene:
    """The customer has its label; `tracking` is the carrier's number on it. Raises `Refused`."""
    found = scene.lock(w, number, revision)
    _may(found, ReturnState.LABEL_SENT)
    labels.unneeded(w, found)
    label_came(w, found, tracking.strip()[:100])
    return found


def label_came(w: "Work", found: scene.Scene, tracking: str) -> None:
    """There is a label for a return that is locked and approved, whoever made it."""
    found.back.tracking = tracking
    _said(w, found, Decision.LABEL_SENT)
    w.audit("return.label_sent", number=found.back.number, tracking=tracking)
    scene.tell(w, found.back, EventKind.RETURN_LABEL, tracking=tracking)


def make_label(w: "Work", number: str, revision: int | None = None) -> scene.Scene:
    """A carrier is to make its label: nobody is asked now, the carriers' desk does that. The one under way, when there is one. Raises
    `Refused`."""
    found = scene.lock(w, number, revision)
    make_label_locked(w, found, terms_for(w.db, found.back.channel, found.back.site_id))
    return found


def make_label_locked(w: "Work", found: scene.Scene, terms: Terms) -> None:
    """As `make_label`, of a return that is locked."""
    label = labels.want(w, found, terms)
    w.audit("return.label_asked", number=found.back.number, carrier=label.carrier, service=label.service)
    if label.state is LabelState.BOUGHT:
        label_came(w, found, label.tracking)


def cancel(w: "Work", number: str, revision: int | None = None) -> scene.Scene:
    """The customer keeps what they have. Raises `Refused`, also when something of it is here."""
    found = scene.lock(w, number, revision)
    _may(found, ReturnState.CANCELLED)
    labels.unneeded(w, found)
    _said(w, found, Decision.CANCELLED)
    w.audit("return.cancelled", number=number, order=found.back.order_no)
    scene.tell(w, found.back, EventKind.RETURN_CANCELLED)
    return found


def name_order(w: "Work", number: str, order_no: str, revision: int | None = None) -> scene.Scene:
    """Goods that came without a word belong to this order. Raises `Refused`."""
    sale = lock_sale(w, order_no)
    if sale is None:
        raise Refused(ReturnRefusal.UNKNOWN_ORDER, order=order_no[:60])
    found = scene.lock(w, number, revision)
    back = found.back
    if back.order_no is not None or back.closed_at is not None:
        raise Refused(ReturnRefusal.NOT_NOW, state=back.state.value)
    back.order_no, back.channel = order_no, sale.order.channel
    back.currency, back.language = sale.order.currency, sale.order.language
    found.sale = sale
    for one in found.lines:
        mine = [line.line_no for line in sale.lines if line.sku == one.sku]
        taken = {other.order_line for other in found.lines}
        one.order_line = next((line for line in mine if line not in taken), None)
    scene.settle_state(w, found)
    w.audit("return.order_named", number=number, order=order_no)
    return found


def _may(found: scene.Scene, then: ReturnState) -> None:
    if found.back.state in _HERE or not can(RETURN, found.back.state, then):
        raise Refused(ReturnRefusal.NOT_NOW, state=found.back.state.value)


def _said(w: "Work", found: scene.Scene, decision: Decision) -> None:
    found.back.decision, found.back.decided_at = decision, w.now
    scene.settle_state(w, found)
