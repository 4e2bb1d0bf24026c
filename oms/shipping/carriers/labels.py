"""The life of a carrier's label in the database: wanted, asked for, bought, given back. Called by packing, the desk, the routes.

What is to be asked is written down first, with the key the carrier will know it by; only then the desk asks, and asks the same until the
answer is known. So a label is bought once, whatever breaks in between. Locks: order, parcel, label.
"""

from typing import TYPE_CHECKING
from uuid import uuid4

import msgspec
from sqlalchemy import or_, select

from oms.catalog.models import Carton, Site
from oms.orders.models import Order
from oms.packing.models import Parcel
from oms.picking.scene import lock_orders
from oms.shipping.carriers import purchases
from oms.shipping.carriers.costs import address_of, charge_of
from oms.shipping.carriers.models import Adapter, CarrierAccount, Label, LabelState
from oms.shipping.carriers.port import Bought, Box, CarrierTrouble, LabelAsk, Refused
from oms.shipping.carriers.purchases import MOST_ATTEMPTS, UNSURE, Errand
from oms.shipping.carriers.queries import seen
from sync.contract.codes import ParcelState
from sync.contract.shipping import LabelAct, LabelFormat

if TYPE_CHECKING:
    from oms.db.work import Work


def want(w: "Work", parcel: Parcel, attempt: int = 1) -> Label:
    """The parcel's label, written down to be bought; the one there is when it has one. Order and parcel are locked by the caller."""
    mine = select(Label).where(Label.parcel_id == parcel.id, Label.state != LabelState.VOID)
    label = w.db.scalar(mine)
    if label is not None:
        return label
    account = w.db.get(CarrierAccount, (w.site, parcel.carrier))
    label = Label(
        id=uuid4().hex,
        site_id=w.site,
        parcel_id=parcel.id,
        carrier=parcel.carrier,
        service=parcel.service,
        state=LabelState.WANTED,
        ask=msgspec.to_builtins(_ask(w, parcel, account.label_format if account else LabelFormat.ZPL)),
        wanted_at=w.now,
        due_at=w.now,
        attempt=attempt,
    )
    if account is None or account.adapter is Adapter.TABLES:
        label.state, label.bought_at, label.tracking = LabelState.BOUGHT, w.now, parcel.tracking
        label.charge, label.currency = charge_of(w, parcel, _box(w, parcel))
    w.db.add(label)
    w.touch("parcel", parcel.id)
    return label


def _ask(w: "Work", parcel: Parcel, format: LabelFormat) -> LabelAsk:
    order = w.db.get_one(Order, (w.site, parcel.order_no))
    return LabelAsk(
        service=parcel.service,
        reference=f"{parcel.order_no}/{parcel.number}",
        sscc=parcel.sscc,
        ship_from=w.db.get_one(Site, w.site).ship_from,
        ship_to=address_of(order),
        box=_box(w, parcel),
        format=format,
    )


def _box(w: "Work", parcel: Parcel) -> Box:
    carton = w.db.get(Carton, (w.site, parcel.carton or ""))
    sides = (carton.outer_length_mm, carton.outer_width_mm, carton.outer_height_mm) if carton else None
    return Box(grams=parcel.grams or 0, sides_mm=sides)


def claim(w: "Work") -> Errand | None:
    """See `Purchases`."""
    return purchases.claim(w, Label)


def bought(w: "Work", id: str, got: Bought) -> None:
    """The carrier says that it is bought. What is of no use, or wanted no more, is kept as paid for and given back."""
    label, parcel = _locked(w, id)
    if label.state not in UNSURE or not purchases.paid(label, got, w.now):
        return
    useless = purchases.useless(w, label, got, Label)
    if useless or parcel.state is ParcelState.VOID:
        _give_back(w, label, useless, again=bool(useless) and parcel.state is not ParcelState.VOID)
    else:
        label.state = LabelState.BOUGHT
        parcel.tracking = got.tracking
    w.touch("parcel", parcel.id)


def given_back(w: "Work", id: str) -> None:
    """The purchase is undone; the next one is written down if there is to be one."""
    label, parcel = _locked(w, id)
    if label.state is not LabelState.VOIDING:
        return
    label.state, label.void_at = LabelState.VOID, w.now
    w.db.flush()
    if label.again and parcel.state is not ParcelState.VOID:
        then = want(w, parcel, label.attempt + 1)
        if then.attempt > MOST_ATTEMPTS and then.state is LabelState.WANTED:
            then.state, then.problem = LabelState.FAILED, label.problem
    w.touch("parcel", parcel.id)


def troubled(w: "Work", id: str, trouble: CarrierTrouble) -> None:
    """It did not work. What may work later is asked again, ever more slowly; what was refused waits for a person."""
    label, parcel = _locked(w, id)
    if label.state not in UNSURE:
        return
    before = seen(label)
    label.problem = trouble.code
    if not isinstance(trouble, Refused):
        purchases.later(label, trouble, w.now)
    elif label.state is LabelState.VOIDING and not label.ref:
        given_back(w, id)
    else:
        label.state = LabelState.FAILED
    if seen(label) is not before:
        w.touch("parcel", parcel.id)


#: Under which name an act is written down.
_ACTS = {LabelAct.AGAIN: "label.again", LabelAct.VOID: "label.void"}


def act(w: "Work", parcel_id: str, what: LabelAct, reason: str) -> str | None:
    """A person's decision about the label of a parcel; None when done, else the code of why not."""
    parcel = _lock_parcel(w, parcel_id)
    live = select(Label).where(Label.parcel_id == parcel_id, Label.state != LabelState.VOID).with_for_update()
    label = w.db.scalar(live)
    if parcel is None:
        return "unknown_parcel"
    if label is None:
        if what is LabelAct.VOID or parcel.state in (ParcelState.VOID, ParcelState.SHIPPED) or not parcel.grams:
            return "no_label"
        want(w, parcel)
    elif what is LabelAct.AGAIN:
        if label.state is not LabelState.FAILED:
            return "no_problem"
        label.attempt = 0
        _give_back(w, label, label.problem, again=True)
    elif label.manifest_id is not None:
        return "manifested"
    else:
        _give_back(w, label, "", again=False)
    w.audit(_ACTS[what], parcel=parcel_id, order=parcel.order_no, reason=reason[:200])
    w.touch("parcel", parcel_id)
    return None


def _give_back(w: "Work", label: Label, problem: str, *, again: bool) -> None:
    """Undoes a purchase: at once where nothing can have been bought, else by the desk."""
    if purchases.to_give_back(label, problem, w.now, again=again):
        w.db.flush()
        given_back(w, label.id)


def void_unwanted(w: "Work") -> None:
    """Labels of parcels that are not wanted any more are given back."""
    orphans = (
        select(Label.parcel_id)
        .join(Parcel, Parcel.id == Label.parcel_id)
        .where(
            Label.site_id == w.site,
            Parcel.state == ParcelState.VOID,
            Label.manifest_id.is_(None),
            or_(
                Label.state.in_((LabelState.WANTED, LabelState.BOUGHT)),
                Label.state.in_((LabelState.FAILED,)) & (Label.ref == ""),
            ),
        )
        .limit(100)
    )
    for parcel_id in w.db.scalars(orphans).all():
        act(w, parcel_id, LabelAct.VOID, "parcel void")


def _locked(w: "Work", id: str) -> tuple[Label, Parcel]:
    parcel_id = w.db.scalars(select(Label.parcel_id).where(Label.id == id)).one()
    parcel = _lock_parcel(w, parcel_id)
    label = w.db.get_one(Label, id, with_for_update=True, populate_existing=True)
    if parcel is None:
        raise LookupError(parcel_id)
    return label, parcel


def _lock_parcel(w: "Work", parcel_id: str) -> Parcel | None:
    order_no = w.db.scalar(select(Parcel.order_no).where(Parcel.id == parcel_id, Parcel.site_id == w.site))
    if order_no is None:
        return None
    lock_orders(w, [order_no])
    return w.db.get(Parcel, parcel_id, with_for_update=True, populate_existing=True)
