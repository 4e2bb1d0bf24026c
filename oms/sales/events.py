"""Writes what happened to a customer order, in the transaction in which it happened. Every action on customer orders calls it."""

from typing import TYPE_CHECKING, Any

from sqlalchemy import insert
from sqlalchemy.dialects.postgresql import insert as upsert

from oms.sales.codes import EventKind
from oms.sales.models import OrderEvent

if TYPE_CHECKING:
    from oms.db.work import Work


#: What a sentence needs.
Words = dict[str, Any]


def note(
    w: "Work",
    order_no: str,
    kind: EventKind,
    *,
    site: str | None = None,
    key: str | None = None,
    **words: str | int | bool | None,
) -> None:
    """`kind` happened to the order; `words` are what its sentence needs. With `key` it happens once, however often it is noted."""
    row = {
        "order_no": order_no, "at": w.now, "kind": kind, "words": words, "source": w.actor.source,
        "worker_id": w.actor.worker, "device": w.actor.device, "site_id": site, "key": key,
    }  # fmt: skip
    if key is None:
        w.db.execute(insert(OrderEvent.__table__), [row])  # type: ignore[arg-type]
    else:
        w.db.execute(upsert(OrderEvent).values(row).on_conflict_do_nothing(index_elements=["key"]))
