"""The label with which a customer sends a return, made by a carrier: written down to be asked for, looked at, not needed any more. Deciding
and the routes call it; `buying` is its other half, which hears what carriers say. Locks: the return (`scene`), then its label."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Final
from uuid import uuid4

import msgspec
from msgspec import Struct
from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from oms.catalog.models import Item, Site
from oms.returns import scene
from oms.returns.codes import ReturnRefusal, ReturnState
from oms.returns.models import CustomerReturn, ReturnLabel
from oms.returns.refused import Refused
from oms.returns.rules import Terms
from oms.returns.terms import terms_for
from oms.shipping.carriers.costs import tables_of
from oms.shipping.carriers.models import Adapter, CarrierAccount, LabelState
from oms.shipping.carriers.port import Address, Box, LabelAsk
from oms.shipping.carriers.purchases import MOST_ATTEMPTS, to_give_back
from oms.shipping.carriers.queries import PATIENCE, seen
from oms.shipping.carriers.tables import quote
from oms.shipping.numbers import new_tracking
from oms.shipping.rules import RangeUsedUp
from sync.contract.shipping import CarrierLabel, LabelFormat

if TYPE_CHECKING:
    from oms.db.work import Work

#: As `seen` has it.
_STUCK: Final = or_(
    ReturnLabel.state == LabelState.FAILED,
    ReturnLabel.state.in_((LabelState.WANTED, LabelState.ASKED)) & (ReturnLabel.tries >= PATIENCE),
)
#: Why a label of our own was not made.
_NO_NUMBERS: Final = "no_numbers"
#: Why a label was not asked for.
_NO_WEIGHT: Final = "no_weight"


class ReturnLabelRow(Struct, frozen=True, kw_only=True):
    """A return's label as people see it. `state` is `pending`, `ready`, `problem` or `void`; `problem` is why it is not there (yet),
    `tries` how often its carrier was asked. `charge` is a decimal text, null where nobody knows. `kept`: it was paid for, and its carrier
    does not take it back."""

    state: CarrierLabel
    carrier: str
    service: str
    tracking: str
    problem: str
    tries: int
    charge: str | None
    currency: str
    kept: bool = False


def why_not(w: "Work", found: scene.Scene, terms: Terms) -> Refused | None:
    """Why no label can be made for a locked return; None: one can, or there is one."""
    if not terms.label_carrier:
        return Refused(ReturnRefusal.NO_LABELS)
    if found.sale is None:
        return Refused(ReturnRefusal.NO_ORDER)
    if found.back.state is not ReturnState.APPROVED:
        return Refused(ReturnRefusal.NOT_NOW, state=found.back.state.value)
    without = [sku for sku, grams, _ in _weights(w, found) if not grams]
    return Refused(ReturnRefusal.NO_WEIGHT, sku=without[0]) if without else None


def may_make(w: "Work", found: scene.Scene) -> bool:
    """Whether somebody can have a label made for a locked return now: there is none, and none is under way."""
    terms = terms_for(w.db, found.back.channel, found.back.site_id)
    if found.back.state is not ReturnState.APPROVED or not terms.label_carrier:
        return False
    label = live(w.db, found.back.number)
    return label is None or label.state is LabelState.FAILED


def want(w: "Work", found: scene.Scene, terms: Terms) -> ReturnLabel:
    """The label of a locked return, written down to be bought; the one there is when it is under way. One that went wrong is asked for
    anew. Raises `Refused`."""
    no = why_not(w, found, terms)
    if no is not None:
        raise no
    label = live(w.db, found.back.number, locked=True)
    if label is None:
        return _written(w, found, terms, 1)
    if label.state is LabelState.VOIDING:
        label.again = True
    elif label.state is LabelState.FAILED:
        label.attempt = 0
        give_back(w, found, label, label.problem, again=True)
        return live(w.db, found.back.number) or label
    return label


def none_to_be(w: "Work", found: scene.Scene, terms: Terms) -> None:
    """No label can be asked for, for the catalog does not know what the goods weigh: written down, so that somebody sees it. Once the
    catalog knows, a label may be wanted."""
    w.db.add(ReturnLabel(
        id=uuid4().hex, site_id=found.back.site_id, return_no=found.back.number, carrier=terms.label_carrier,
        service=terms.label_service, state=LabelState.FAILED, ask={}, wanted_at=w.now, due_at=w.now, problem=_NO_WEIGHT,
    ))  # fmt: skip
    w.db.flush()


def _written(w: "Work", found: scene.Scene, terms: Terms, attempt: int) -> ReturnLabel:
    back, there = found.back, w.beside(found.back.site_id)
    ask = _ask(there, found, terms)
    label = ReturnLabel(
        id=uuid4().hex, site_id=back.site_id, return_no=back.number, carrier=terms.label_carrier, service=terms.label_service,
        state=LabelState.WANTED, ask=msgspec.to_builtins(ask), wanted_at=w.now, due_at=w.now, attempt=attempt,
    )  # fmt: skip
    account = w.db.get(CarrierAccount, (back.site_id, label.carrier))
    if account is None or account.adapter is Adapter.TABLES:
        _own(there, label, ask)
    w.db.add(label)
    w.db.flush()
    return label


def _own(w: "Work", label: ReturnLabel, ask: LabelAsk) -> None:
    """A carrier that works by our tables knows the numbers it gave us: the label is ours to draw."""
    try:
        label.tracking = new_tracking(w, label.carrier, label.service)
    except RangeUsedUp:
        label.state, label.problem = LabelState.FAILED, _NO_NUMBERS
        return
    label.state, label.bought_at = LabelState.BOUGHT, w.now
    for table in tables_of(w.db, w.site, w.now.date()):
        if (table.carrier, table.service) == (label.carrier, label.service):
            label.charge, label.currency = quote(table, ask.ship_to, ask.box, w.now).price, table.currency


def _ask(w: "Work", found: scene.Scene, terms: Terms) -> LabelAsk:
    assert found.sale is not None
    order = found.sale.order
    return LabelAsk(
        service=terms.label_service, reference=found.back.number, sscc="", ship_from=w.db.get_one(Site, w.site).ship_from,
        ship_to=Address(
            name=order.ship_name, street=order.ship_street, postcode=order.ship_postcode, city=order.ship_city,
            country=order.ship_country,
        ),
        box=Box(grams=sum(grams * qty for _, grams, qty in _weights(w, found))), format=LabelFormat.PDF, back=True,
    )  # fmt: skip


def _weights(w: "Work", found: scene.Scene) -> list[tuple[str, int, int]]:
    """(item, grams of one, units) of what was announced; 0 grams where the catalog does not know."""
    lines = [one for one in found.lines if one.qty]
    known = select(Item.sku, func.max(Item.weight_g)).where(Item.sku.in_({one.sku for one in lines}))
    grams = {sku: int(each or 0) for sku, each in w.db.execute(known.group_by(Item.sku))}
    return [(one.sku, grams.get(one.sku, 0), one.qty) for one in lines]


def unneeded(w: "Work", found: scene.Scene) -> None:
    """The label of a locked return is given back, if there is one: its customer keeps the goods, or has another label."""
    label = live(w.db, found.back.number, locked=True)
    if label is not None:
        give_back(w, found, label, "", again=False)


def give_back(w: "Work", found: scene.Scene, label: ReturnLabel, problem: str, *, again: bool) -> None:
    """Undoes a purchase: at once where nothing can have been bought, else by the carriers' desk."""
    if to_give_back(label, problem, w.now, again=again):
        w.db.flush()
        over(w, found, label)


def over(w: "Work", found: scene.Scene, label: ReturnLabel) -> None:
    """A purchase is undone; the next one is written down if there is to be one."""
    label.state, label.void_at = LabelState.VOID, w.now
    w.db.flush()
    terms = terms_for(w.db, found.back.channel, found.back.site_id)
    if label.again and why_not(w, found, terms) is None:
        then = _written(w, found, terms, label.attempt + 1)
        if then.attempt > MOST_ATTEMPTS and then.state is LabelState.WANTED:
            then.state, then.problem = LabelState.FAILED, label.problem


def live(db: Session, number: str, *, locked: bool = False) -> ReturnLabel | None:
    """The label of a return that counts."""
    mine = select(ReturnLabel).where(ReturnLabel.return_no == number, ReturnLabel.state != LabelState.VOID)
    return db.scalar(mine.with_for_update().execution_options(populate_existing=True) if locked else mine)


def stuck(db: Session, numbers: Collection[str]) -> set[str]:
    """Those of these returns whose label a carrier was asked for and has not made, so that somebody should look."""
    mine = select(ReturnLabel.return_no).where(ReturnLabel.return_no.in_(numbers), _STUCK)
    return set(db.scalars(mine))


def is_stuck() -> ColumnElement[bool]:
    """The same, of a return that is looked for."""
    return select(ReturnLabel.id).where(ReturnLabel.return_no == CustomerReturn.number, _STUCK).exists()


def told(db: Session, number: str) -> ReturnLabelRow | None:
    """The newest label of a return as people see it; None when no carrier was ever to make one."""
    mine = select(ReturnLabel).where(ReturnLabel.return_no == number)
    one = db.scalar(mine.order_by(ReturnLabel.wanted_at.desc(), ReturnLabel.attempt.desc()).limit(1))
    if one is None:
        return None
    return ReturnLabelRow(
        state=seen(one), carrier=one.carrier, service=one.service, tracking=one.tracking, problem=one.problem, tries=one.tries,
        charge=None if one.charge is None else str(one.charge), currency=one.currency,
        kept=one.state is LabelState.FAILED and bool(one.ref),
    )  # fmt: skip
