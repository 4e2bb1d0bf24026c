"""A return as an action needs it: locked, with its lines and what came of it. Locks: the customer order first (`oms.sales.scene`), then the
return."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from oms.money.due import worth
from oms.money.invoices import next_number
from oms.returns.codes import CameBy, Decision, ReturnRefusal, ReturnState
from oms.returns.models import CustomerReturn, ReturnLine, ReturnReceipt
from oms.returns.refused import Refused
from oms.returns.rules import RETURN, state_of
from oms.sales.codes import EventKind
from oms.sales.events import note
from oms.sales.scene import Sale, lock_sale
from oms.transitions import moved

if TYPE_CHECKING:
    from oms.db.work import Work


@dataclass(slots=True)
class Scene:
    """One return, locked until the commit. `sale` is its order, None where nobody knows it; `receipts` are those that count."""

    back: CustomerReturn
    lines: list[ReturnLine]
    receipts: list[ReturnReceipt]
    sale: Sale | None

    def line(self, line_no: int) -> ReturnLine | None:
        """The line with this number."""
        return next((one for one in self.lines if one.line_no == line_no), None)

    def came(self, line_no: int) -> list[ReturnReceipt]:
        """What came of a line."""
        return [one for one in self.receipts if one.line_no == line_no]

    def units(self, line_no: int) -> int:
        """How many units came of a line."""
        return sum(one.qty for one in self.came(line_no))


def lock(w: "Work", number: str, revision: int | None = None) -> Scene:
    """The return; `Refused` when there is none, or when somebody changed it since the asker saw `revision`."""
    about = w.db.execute(select(CustomerReturn.order_no).where(CustomerReturn.number == number)).one_or_none()
    if about is None:
        raise Refused(ReturnRefusal.UNKNOWN, number=number)
    sale = lock_sale(w, about.order_no) if about.order_no is not None else None
    back = w.db.get_one(CustomerReturn, number, with_for_update=True, populate_existing=True)
    if back.order_no != about.order_no:
        # Somebody found out its order just now.
        return lock(w, number, revision)
    if revision is not None and revision != back.revision:
        raise Refused(ReturnRefusal.CHANGED_MEANWHILE, revision=back.revision)
    return Scene(back, _lines(w, number), _receipts(w, number), sale)


def _lines(w: "Work", number: str) -> list[ReturnLine]:
    mine = select(ReturnLine).where(ReturnLine.return_no == number).order_by(ReturnLine.line_no)
    return list(w.db.scalars(mine.execution_options(populate_existing=True)))


def _receipts(w: "Work", number: str) -> list[ReturnReceipt]:
    mine = select(ReturnReceipt).where(ReturnReceipt.return_no == number, ReturnReceipt.undone_at.is_(None))
    return list(w.db.scalars(mine.order_by(ReturnReceipt.at, ReturnReceipt.id)))


def make(w: "Work", sale: Sale | None, came_by: CameBy, site: str, said: str = "", found: str = "") -> CustomerReturn:
    """A return without lines; its number is drawn under the series' lock."""
    order = sale.order if sale is not None else None
    made = CustomerReturn(
        number=next_number(w, "RMA"), state=ReturnState.ASKED, decision=Decision.OPEN, came_by=came_by, asked_at=w.now,
        site_id=site, order_no=order.number if order else None, found=found, note=said,
        channel=order.channel if order else "", language=order.language if order else "en",
        currency=order.currency if order else "EUR",
    )  # fmt: skip
    w.db.add(made)
    w.db.flush()
    return made


def settle_state(w: "Work", scene: Scene) -> None:
    """Gives the return the state that follows."""
    back = scene.back
    came = sum(one.qty for one in scene.receipts)
    state = state_of(back.decision, came=came, looked_at=back.graded_at is not None, closed=back.closed_at is not None)
    back.state = moved(RETURN, back.state, state)
    back.revision += 1
    w.db.flush()
    show(w, back)


def show(w: "Work", back: CustomerReturn) -> None:
    """Devices of the site where it is expected see it as it is now."""
    w.beside(back.site_id).touch("return", back.number)


def under_way(w: "Work", order_no: str, line_no: int, but: str = "") -> int:
    """Units of an order's line in returns that are not over, announced or there already."""
    mine = (
        select(CustomerReturn.number, CustomerReturn.decision, ReturnLine.line_no, ReturnLine.qty)
        .join(ReturnLine, ReturnLine.return_no == CustomerReturn.number)
        .where(
            CustomerReturn.order_no == order_no, ReturnLine.order_line == line_no, CustomerReturn.number != but,
            CustomerReturn.closed_at.is_(None),
        )
    )  # fmt: skip
    units = 0
    for number, decision, line, qty in w.db.execute(mine):
        came = select(func.coalesce(func.sum(ReturnReceipt.qty), 0)).where(
            ReturnReceipt.return_no == number, ReturnReceipt.line_no == line, ReturnReceipt.undone_at.is_(None)
        )
        here = int(w.db.scalars(came).one())
        off = decision in (Decision.REFUSED, Decision.CANCELLED)
        units += here if off else max(here, qty)
    return units


def left(w: "Work", sale: Sale, line_no: int, but: str = "") -> int:
    """How many units of an order's line could still be sent back, beside those under way."""
    line = sale.line(line_no)
    return max(0, line.shipped - line.returned - under_way(w, sale.order.number, line_no, but)) if line else 0


def worth_of(scene: Scene) -> Decimal:
    """What all that was announced (or came, where that is more) would pay back."""
    if scene.sale is None:
        return Decimal(0)
    whole = Decimal(0)
    for one in scene.lines:
        line = scene.sale.line(one.order_line) if one.order_line is not None else None
        if line is not None:
            units = min(max(one.qty, scene.units(one.line_no)), line.shipped - line.returned)
            whole += worth(line, units, scene.sale.order.currency)
    return whole


def tell(
    w: "Work", back: CustomerReturn, kind: EventKind, key: str | None = None, **words: str | int | bool | None
) -> None:
    """Notes it on the order's timeline, where there is an order."""
    if back.order_no is not None:
        note(w, back.order_no, kind, site=back.site_id, key=key, number=back.number, **words)


def signed(back: CustomerReturn, signs: Sequence[dict[str, str | int]]) -> None:
    """Adds what a person should look at, each once."""
    fresh = [one for one in signs if one not in back.signs]
    if fresh:
        back.signs = [*back.signs, *fresh]
