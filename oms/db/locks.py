"""Row locks in one order, so that two transactions never wait for each other in a circle. Actions and the feed call it."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from oms.db.base import Base

T = TypeVar("T", bound=Base)


def lock_rows(
    db: Session,
    model: type[T],
    key: InstrumentedAttribute[str],
    values: Iterable[str],
    *,
    site: InstrumentedAttribute[str] | None = None,
    site_id: str = "",
) -> Sequence[T]:
    """The rows of `model` whose `key` is in `values`, freshly read and locked in order of `key`. Rows that do not exist are absent.

    `site` and `site_id` narrow it down where the key is only unique per site.
    """
    wanted = sorted(set(values))
    if not wanted:
        return []
    rows = select(model).where(key.in_(wanted)).order_by(key).with_for_update()
    if site is not None:
        rows = rows.where(site == site_id)
    return db.scalars(rows.execution_options(populate_existing=True)).all()
