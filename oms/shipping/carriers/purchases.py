"""What is the same of every label that a carrier is asked for, whatever it goes onto: it is taken up by one at a time, what was answered is
written down, and what may work later is asked again. Called by whoever keeps labels."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

import msgspec
from sqlalchemy import select

from oms.shipping.carriers.check import problem_of
from oms.shipping.carriers.models import LabelState, Purchase
from oms.shipping.carriers.port import Address, Away, Bought, Box, CarrierTrouble, LabelAsk

if TYPE_CHECKING:
    from oms.db.work import Work

P = TypeVar("P", bound=Purchase)
#: Longer than any call to a carrier may take.
LEASE: Final = timedelta(seconds=120)
#: Labels of no use that are given back and bought anew before a person is asked.
MOST_ATTEMPTS: Final = 4
#: Only the carrier knows what became of it.
UNSURE: Final = (LabelState.ASKED, LabelState.VOIDING)
#: Of an erased customer: what was bought for them is given back by its number alone.
_ERASED: Final = LabelAsk(service="", reference="", sscc="", ship_from=[], ship_to=Address(), box=Box(grams=0))
_BACK_OFF_S: Final = 1.0
_BACK_OFF_MOST_S: Final = 300.0


@dataclass(frozen=True, slots=True)
class Errand:
    """Something to ask a carrier: buy `ask`, or, when `give_back`, undo the purchase `ref` (which may have to be found out first)."""

    id: str
    carrier: str
    ask: LabelAsk
    give_back: bool
    ref: str
    tries: int


class Purchases(Protocol):
    """Labels of one kind, as the desk works them off. Each call is a unit of work."""

    def claim(self, w: "Work") -> Errand | None:
        """The next thing to ask a carrier; None when nothing is due."""

    def bought(self, w: "Work", id: str, got: Bought) -> None:
        """The carrier says that it is bought."""

    def given_back(self, w: "Work", id: str) -> None:
        """The purchase is undone."""

    def troubled(self, w: "Work", id: str, trouble: CarrierTrouble) -> None:
        """It did not work."""


def claim(w: "Work", kind: type[P]) -> Errand | None:
    """The next thing to ask a carrier about a label of this kind, nobody else's for `LEASE`; None when nothing is due."""
    due = select(kind).where(kind.site_id == w.site, kind.state.in_((LabelState.WANTED, *UNSURE)), kind.due_at <= w.now)
    label = w.db.scalar(due.order_by(kind.due_at).limit(1).with_for_update(skip_locked=True))
    if label is None:
        return None
    if label.state is LabelState.WANTED:
        label.state = LabelState.ASKED
    label.tries += 1
    label.due_at = w.now + LEASE
    back = label.state is LabelState.VOIDING
    ask = msgspec.convert(label.ask, LabelAsk) if label.ask else _ERASED
    return Errand(label.id, label.carrier, ask, back, label.ref, label.tries)


def paid(label: Purchase, got: Bought, now: datetime) -> bool:
    """Writes down what was paid; whether the label itself still counts. One that is being given back is asked for no further."""
    label.ref, label.charge, label.currency = got.ref, got.charge, got.currency
    label.bought_at, label.problem = label.bought_at or now, ""
    if label.state is LabelState.VOIDING:
        label.due_at = now
        return False
    label.tracking = got.tracking
    if got.label is not None:
        label.format, label.body, label.sha256 = got.label.format, got.label.body, sha256(got.label.body).hexdigest()
    return True


def useless(w: "Work", label: Purchase, got: Bought, *kinds: type[Purchase]) -> str:
    """Why a label that was bought cannot be used: a code, or ''. A number is one parcel's, among all `kinds` of labels."""
    return problem_of(got.label, label.ask["format"]) or ("tracking_twice" if _taken(w, label, kinds) else "")


def _taken(w: "Work", label: Purchase, kinds: tuple[type[Purchase], ...]) -> bool:
    with w.db.no_autoflush:
        return any(
            w.db.scalar(
                select(kind.id)
                .where(
                    kind.site_id == w.site,
                    kind.carrier == label.carrier,
                    kind.tracking == label.tracking,
                    kind.state == LabelState.BOUGHT,
                    kind.id != label.id,
                )
                .limit(1)
            )
            is not None
            for kind in kinds
        )


def later(label: Purchase, trouble: CarrierTrouble, now: datetime) -> None:
    """It is asked again, ever more slowly."""
    after_s = trouble.after_s if isinstance(trouble, Away) else 0.0
    wait = min(_BACK_OFF_MOST_S, max(after_s, _BACK_OFF_S * 2 ** min(label.tries - 1, 9)))
    label.due_at = now + timedelta(seconds=wait)


def to_give_back(label: Purchase, problem: str, now: datetime, *, again: bool) -> bool:
    """The purchase is to be undone; whether that is done already, for nothing can have been bought of anybody. `again`: another one is
    bought then."""
    label.problem, label.again, label.due_at = problem, again, now
    own = label.state is LabelState.BOUGHT and not label.ref
    never = label.state is LabelState.WANTED or (label.state is LabelState.FAILED and not label.ref)
    label.state = LabelState.VOIDING
    return own or never
