"""What carriers say of labels for returns, written down: bought, given back, not done. The carriers' desk calls it
(`oms.shipping.carriers.purchases.Purchases`); it holds no transaction while it asks."""

from typing import TYPE_CHECKING

from sqlalchemy import select

from oms.returns import deciding, labels, scene
from oms.returns.codes import ReturnState
from oms.returns.models import ReturnLabel
from oms.shipping.carriers import purchases
from oms.shipping.carriers.models import Label, LabelState
from oms.shipping.carriers.port import Bought, CarrierTrouble, Refused
from oms.shipping.carriers.purchases import UNSURE, Errand
from oms.shipping.carriers.queries import seen

if TYPE_CHECKING:
    from oms.db.work import Work


def claim(w: "Work") -> Errand | None:
    """See `Purchases`."""
    return purchases.claim(w, ReturnLabel)


def bought(w: "Work", id: str, got: Bought) -> None:
    """The customer has it from now on. What is of no use, or wanted no more, is kept as paid for and given back."""
    found, label = _locked(w, id)
    if label.state not in UNSURE or not purchases.paid(label, got, w.now):
        return
    useless = purchases.useless(w, label, got, ReturnLabel, Label)
    wanted = found.back.state is ReturnState.APPROVED
    if useless or not wanted:
        labels.give_back(w, found, label, useless, again=bool(useless) and wanted)
        return
    label.state = LabelState.BOUGHT
    w.db.flush()
    deciding.label_came(w, found, got.tracking)


def given_back(w: "Work", id: str) -> None:
    """See `Purchases`."""
    found, label = _locked(w, id)
    if label.state is LabelState.VOIDING:
        labels.over(w, found, label)


def troubled(w: "Work", id: str, trouble: CarrierTrouble) -> None:
    """What may work later is asked again, ever more slowly; what was refused waits for a person."""
    found, label = _locked(w, id)
    if label.state not in UNSURE:
        return
    before = (seen(label), label.problem)
    label.problem = trouble.code
    if not isinstance(trouble, Refused):
        purchases.later(label, trouble, w.now)
    elif label.state is LabelState.VOIDING and not label.ref:
        labels.over(w, found, label)
    else:
        label.state = LabelState.FAILED
    if (seen(label), label.problem) != before:
        # Who looks at it at a desk sees it without asking.
        scene.show(w, found.back)


def _locked(w: "Work", id: str) -> tuple[scene.Scene, ReturnLabel]:
    number = w.db.scalars(select(ReturnLabel.return_no).where(ReturnLabel.id == id)).one()
    found = scene.lock(w, number)
    return found, w.db.get_one(ReturnLabel, id, with_for_update=True, populate_existing=True)
