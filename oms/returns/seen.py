"""What the holder of a link may see: what they bought that can be sent back, why it may be, and their returns. The routes ask it."""

from typing import TYPE_CHECKING

from msgspec import Struct

from oms.returns import asking, labels, scene
from oms.returns.codes import ReturnState
from oms.returns.links import returns_of
from oms.returns.models import CustomerReturn
from oms.returns.rules import Terms
from oms.returns.terms import terms_for
from oms.sales.heads import moment, money
from oms.sales.scene import lock_sale
from oms.shipping.carriers.models import LabelState
from sync.contract.returns import ReturnReason

if TYPE_CHECKING:
    from oms.db.work import Work


class ReturnableLine(Struct, frozen=True, kw_only=True):
    """A line of the order; `left` units can be sent back, 0: none of it (any more), or it is not taken back."""

    line: int
    sku: str
    name: str
    left: int


class WantedPicture(Struct, frozen=True, kw_only=True):
    """A line of a return that wants a picture, and its item."""

    line: int
    name: str


class AskedReturn(Struct, frozen=True, kw_only=True):
    """A return there is. `because` is what was said with a refusal; `pictures` are those that are still wanted. `label` is `pending` while
    a carrier is asked for it, `ready` when it can be had, '' where there is none; `tracking` is its number."""

    number: str
    state: str
    asked_at: str
    because: str
    refund: str
    currency: str
    pictures: list[WantedPicture] = []
    label: str = ""
    tracking: str = ""


class Returnable(Struct, frozen=True, kw_only=True):
    """No name and no address. `days` is how long after delivery something is taken back, `fee` what it costs for the reasons of `pays`;
    pictures are needed for `photos`."""

    order: str
    days: int
    late: bool
    lines: list[ReturnableLine]
    reasons: list[ReturnReason]
    photos: list[ReturnReason]
    pays: list[ReturnReason]
    fee: str
    currency: str
    returns: list[AskedReturn]


def returnable(w: "Work", order_no: str) -> Returnable:
    """Everything a customer needs to ask for a return of this order."""
    sale = lock_sale(w, order_no)
    assert sale is not None
    order = sale.order
    terms = terms_for(w.db, order.channel, asking.sent_from(w, sale))
    lines = [
        ReturnableLine(
            line=one.line_no, sku=one.sku, name=one.name or one.sku,
            left=0 if one.sku in terms.kept_skus else scene.left(w, sale, one.line_no),
        )
        for one in sale.lines
    ]  # fmt: skip
    names = {one.line_no: one.name or one.sku for one in sale.lines}
    there = [
        AskedReturn(
            number=one.number, state=one.state.value, asked_at=moment(one.asked_at), because=one.because,
            refund=money(one.refund), currency=one.currency, pictures=_pictures(w, one.number, terms, names),
            label=_label(w, one), tracking=one.tracking,
        )
        for one in returns_of(w.db, order_no)
    ]  # fmt: skip
    return Returnable(
        order=order.reference or order.number, days=terms.window_days, late=asking.late(w, sale, terms), lines=lines,
        reasons=[one for one in ReturnReason if terms.takes(one)],
        photos=[one for one in ReturnReason if one in terms.photo_reasons],
        pays=[one for one in ReturnReason if one in terms.customer_pays] if terms.fee else [], fee=money(terms.fee),
        currency=order.currency, returns=there,
    )  # fmt: skip


def _label(w: "Work", back: CustomerReturn) -> str:
    """Customers hear nothing of what went wrong: somebody sees to it."""
    if back.state not in (ReturnState.APPROVED, ReturnState.LABEL_SENT):
        return ""
    one = labels.live(w.db, back.number)
    if one is None or one.state is LabelState.FAILED or (one.state is LabelState.VOIDING and not one.again):
        return ""
    return "ready" if one.state is LabelState.BOUGHT else "pending"


def _pictures(w: "Work", number: str, terms: Terms, names: dict[int, str]) -> list[WantedPicture]:
    back = scene.lock(w, number)
    if back.back.state is not ReturnState.ASKED:
        return []
    without = set(asking.missing_photos(w, back, terms))
    return [
        WantedPicture(line=one.line_no, name=names.get(one.order_line or 0, one.sku))
        for one in back.lines
        if one.line_no in without
    ]
