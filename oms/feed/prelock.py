"""Locks for a push of several ops, taken before the first is applied. Called by ingest.

Each fact alone locks in the order orders, jobs, work items, balances. One after another in a transaction they would not: two devices
back from the cellar with twenty picks each would wait for each other in a circle, and the database takes a second to notice that.
"""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import collate, or_, select

from oms.db.locks import lock_rows
from oms.db.work import Work
from oms.inventory.models import StockBalance
from oms.inventory.rules import COUNT_ADJUST, SHIPPED, bin_account
from oms.orders.models import OrderLine
from oms.packing.models import Parcel
from oms.packing.sharing import guests
from oms.picking.models import Job, WorkItem
from oms.picking.scene import lock_orders
from sync.contract.wire import Op

#: Accounts that many devices book on, beside the bins. Totes, parcels and surplus are in one person's hands.
_SHARED = (COUNT_ADJUST, SHIPPED)


def lock_for(w: Work, ops: Sequence[Op]) -> None:
    """Locks everything these ops are known to touch, in the one order in which everybody locks."""
    bodies = [body for body in (_body(op) for op in ops) if body is not None]
    items = _texts([op.item for op in ops])
    jobs = _texts(body.get(name) for body in bodies for name in ("job", "other"))
    parcels = _texts(body.get("parcel") for body in bodies)
    about = w.db.execute(
        select(WorkItem.id, WorkItem.job_id, WorkItem.order_no).where(
            WorkItem.site_id == w.site, or_(WorkItem.id.in_(items), WorkItem.job_id.in_(jobs))
        )
    ).all()
    shipped = w.db.scalars(select(Parcel.order_no).where(Parcel.site_id == w.site, Parcel.id.in_(parcels)))
    sharing = (order for some in guests(w.db, parcels).values() for order, _ in some)
    # What is handed to a customer names its order and no work.
    fetched = _texts(_body_of(op).get("order") for op in ops if op.kind.startswith("pickup."))
    orders = {row.order_no for row in about} | set(shipped) | set(sharing) | fetched
    lock_orders(w, orders)
    lock_rows(w.db, Job, Job.id, {row.job_id for row in about})
    lock_rows(w.db, WorkItem, WorkItem.id, {row.id for row in about})
    _lock_balances(w, bodies, orders)


def _lock_balances(w: Work, bodies: Sequence[dict[str, Any]], orders: set[str]) -> None:
    skus = _texts(body.get("sku") for body in bodies)
    lines = select(OrderLine.sku).where(OrderLine.site_id == w.site, OrderLine.order_no.in_(orders))
    skus |= set(w.db.scalars(lines))
    bins = _texts(body.get("from_bin") for body in bodies)
    accounts = [*(bin_account(bin) for bin in bins), *_SHARED]
    balance = StockBalance
    w.db.execute(
        select(balance.account)
        .where(balance.site_id == w.site, balance.account.in_(accounts), balance.sku.in_(skus))
        .order_by(collate(balance.account, "C"), collate(balance.sku, "C"), collate(balance.lot, "C"))
        .with_for_update()
    ).all()


def _body_of(op: Op) -> dict[str, Any]:
    return _body(op) or {}


def _body(op: Op) -> dict[str, Any] | None:
    body = msgspec.json.decode(op.body)
    return body if isinstance(body, dict) else None


def _texts(values: Any) -> set[str]:
    """Those that can be a key in the database at all."""
    return {value for value in values if isinstance(value, str) and "\0" not in value}
