"""What sites can send, and keeping it for an order: sourcing's view of `oms.promise`. Asked by `actions` and `worth`."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from oms.promise import keeping
from oms.promise.availability import cells
from oms.promise.models import Kept
from oms.sales.scene import Sale
from oms.sourcing.decisions import Chosen

if TYPE_CHECKING:
    from oms.db.work import Work

#: (site, item) -> units.
Free = Mapping[tuple[str, str], int]


class Lost(Exception):
    """Somebody was quicker: a unit that was free a moment ago is not any more. Whoever catches it rolls back to before."""


def available(db: Session, skus: Collection[str], channel: str = "", *, beside: Collection[str] = ()) -> Free:
    """What may be sold now on `channel` of these items at every site; what is kept for the customer orders `beside` counts as free."""
    found = {(site, sku): max(0, free.now) for (sku, site), free in cells(db, skus, channel=channel).items()}
    if beside:
        theirs = select(Kept.site_id, Kept.sku, func.sum(Kept.qty)).where(
            Kept.order_no.in_(beside), Kept.sku.in_(skus), Kept.receipt.is_(None)
        )
        for site, sku, qty in db.execute(theirs.group_by(Kept.site_id, Kept.sku)):
            found[site, sku] = found.get((site, sku), 0) + int(qty)
    return found


def hold_cells(w: "Work", wanted: Iterable[tuple[str, str]]) -> None:
    """Nobody else takes units of these (site, item) until the commit."""
    keeping.lock_cells(w, {(sku, site) for site, sku in wanted})


def cells_of(sale: Sale, chosen: Sequence[Chosen]) -> set[tuple[str, str]]:
    """The (site, item) that a choice takes from."""
    sku = {line.line_no: line.sku for line in sale.lines}
    return {(one.site, sku[line]) for one in chosen for line in one.lines}


def kept_as_counted(w: "Work", sale: Sale, chosen: Sequence[Chosen]) -> bool:
    """Keeps all of it where nobody else could have taken of it since it was counted; False, and nothing is kept, where somebody could."""
    if not keeping.holds(w, {(sku, site) for site, sku in cells_of(sale, chosen)}):
        return False
    keeping.keep_counted(w, sale.order.number, _takes(sale, chosen), sale.order.channel)
    return True


def _takes(sale: Sale, chosen: Sequence[Chosen]) -> list[keeping.Take]:
    sku = {line.line_no: line.sku for line in sale.lines}
    return [keeping.Take(line, one.site, sku[line], qty) for one in chosen for line, qty in sorted(one.lines.items())]


def keep(w: "Work", sale: Sale, chosen: Sequence[Chosen]) -> None:
    """Keeps all of it for the order; raises `Lost` when a part of it cannot be had."""
    takes = _takes(sale, chosen)
    if takes and keeping.keep(w, sale.order.number, takes):
        raise Lost
