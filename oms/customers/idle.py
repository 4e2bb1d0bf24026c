"""Customers who have not ordered for long, or ever: who they are, and their erasure. `oms.people.retention` is given both."""

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import text

from oms.customers.privacy import erase
from oms.customers.records import Refused

if TYPE_CHECKING:
    from oms.db.work import Work

_MOST: Final = 1000
#: Neither they nor a record that was merged into theirs.
_IDLE: Final = text(
    """
    SELECT c.id FROM customer c
     WHERE c.erased_at IS NULL AND c.merged_into IS NULL AND coalesce(c.created_at, '-infinity') < :before
       AND NOT EXISTS (SELECT 1 FROM customer_order o JOIN customer m ON m.id = o.customer_id
                        WHERE (m.id = c.id OR m.merged_into = c.id) AND o.placed_at >= :before)
       AND NOT EXISTS (SELECT 1 FROM sales_order o JOIN customer m ON m.id = o.customer_id
                        WHERE (m.id = c.id OR m.merged_into = c.id) AND o.placed_at >= :before)
     ORDER BY c.id LIMIT :most
    """
)


def idle(w: "Work", keep: timedelta) -> list[str]:
    """Customers who are known for longer than `keep` and have not ordered since."""
    return list(w.db.scalars(_IDLE, {"before": w.now - keep, "most": _MOST}))


def forget(w: "Work", id: str) -> None:
    """Erases one; who has an open order is left alone."""
    try:
        with w.savepoint():
            erase(w, id, "retention")
    except Refused:
        return
