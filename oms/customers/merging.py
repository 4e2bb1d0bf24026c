"""Two records that are one customer: everything of the one becomes the other's, and can go back exactly as it was.

Whatever refers to a customer moves, also tables of rooms that this one does not know. What the kept record has already (the same e-mail
address, the same group's price) stays with the one that goes.
"""

import uuid
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Column, Table, Text, UniqueConstraint, and_, bindparam, cast, exists, select, text, update

from oms.customers.codes import CustomerRefusal
from oms.customers.models import Customer, CustomerErasure, CustomerMerge
from oms.customers.records import Refused, touch_orders
from oms.db.base import Base

if TYPE_CHECKING:
    from oms.db.work import Work

#: They speak of records, not of the customer.
_STAY: Final = frozenset({Customer.__tablename__, CustomerMerge.__tablename__, CustomerErasure.__tablename__})
#: Sites' orders are locked before customer orders, as the floor's facts do; the others after them, by name.
_FIRST: Final = {"sales_order": 0, "customer_order": 1}
_LOCK: Final = "SELECT 1 FROM {} WHERE customer_id = ANY(:ids) ORDER BY {} FOR UPDATE"


def merge(w: "Work", keep: str, gone: str) -> str:
    """The record `gone` becomes a part of `keep`; the id of the merge. Raises `Refused`."""
    if keep == gone:
        raise Refused(CustomerRefusal.SAME_CUSTOMER)
    kept, lost = _locked(w, keep, gone)
    _must_live(kept, lost)
    moved = {table.name: _move(w, table, column, gone, keep) for table, column in references()}
    before = {"email": kept.email, "vat_number": kept.vat_number, "group": kept.group, "flags": list(kept.flags)}
    kept.email = kept.email or lost.email
    kept.vat_number = kept.vat_number or lost.vat_number
    kept.group = kept.group or lost.group
    kept.flags = sorted({*kept.flags, *lost.flags})
    after = {"email": kept.email, "vat_number": kept.vat_number, "group": kept.group, "flags": list(kept.flags)}
    lost.merged_into = keep
    kept.revision += 1
    lost.revision += 1
    row = CustomerMerge(
        id=uuid.uuid4().hex, kept=keep, gone=gone, at=w.now, source=w.actor.source, worker_id=w.actor.worker,
        moved={"rows": {name: keys for name, keys in moved.items() if keys}, "before": before, "after": after},
    )  # fmt: skip
    w.db.add(row)
    w.db.flush()
    touch_orders(w, keep)
    w.audit("customer.merged", customer=keep, gone=gone, merge=row.id)
    return row.id


def undo(w: "Work", merge_id: str) -> None:
    """Gives back what moved and is still there. What came to the kept record since stays with it. Raises `Refused`."""
    known = w.db.get(CustomerMerge, merge_id)
    if known is None:
        raise Refused(CustomerRefusal.UNKNOWN_CUSTOMER)
    kept, lost = _locked(w, known.kept, known.gone)
    row = w.db.get_one(CustomerMerge, merge_id, with_for_update=True, populate_existing=True)
    # What was merged or erased after that is undone first, or not at all.
    if row.undone_at is not None or kept.merged_into or kept.erased_at or lost.merged_into != kept.id or lost.erased_at:
        raise Refused(CustomerRefusal.TOO_LATE)
    touch_orders(w, kept.id)
    for table, column in references():
        _move_back(w, table, column, row.moved["rows"].get(table.name, []), kept.id, lost.id)
    before, after = row.moved["before"], row.moved["after"]
    for name in ("email", "vat_number", "group"):
        if getattr(kept, name) == after[name]:
            setattr(kept, name, before[name])
    brought = set(after["flags"]) - set(before["flags"])
    kept.flags = sorted(set(kept.flags) - brought)
    lost.merged_into = None
    kept.revision += 1
    lost.revision += 1
    row.undone_at = w.now
    w.db.flush()
    w.audit("customer.unmerged", customer=kept.id, gone=lost.id, merge=merge_id)


def references() -> list[tuple[Table, Column[Any]]]:
    """Every table that says whose a row is, and the column that does, in the order in which they are locked."""
    found = [
        (table, column)
        for table in Base.metadata.tables.values()
        if table.name not in _STAY
        for column in table.columns
        if any(key.target_fullname == "customer.id" for key in column.foreign_keys)
    ]
    return sorted(found, key=lambda one: (_FIRST.get(one[0].name, 2), one[0].name, one[1].name))


def _locked(w: "Work", *ids: str) -> tuple[Customer, Customer]:
    """Both records with their orders; nobody else's order can become theirs until the commit (`matching` holds the record it found)."""
    both = sorted(ids)
    w.db.execute(text(_LOCK.format("sales_order", "number, site_id")), {"ids": both})
    w.db.execute(text(_LOCK.format("customer_order", "number")), {"ids": both})
    rows = select(Customer).where(Customer.id.in_(both)).order_by(Customer.id).with_for_update()
    found = {row.id: row for row in w.db.scalars(rows.execution_options(populate_existing=True))}
    if len(found) < len(both):
        raise Refused(CustomerRefusal.UNKNOWN_CUSTOMER)
    return found[ids[0]], found[ids[1]]


def _must_live(*customers: Customer) -> None:
    for one in customers:
        if one.merged_into is not None or one.erased_at is not None:
            raise Refused(CustomerRefusal.GONE, into=one.merged_into or "")


def _move(w: "Work", table: Table, column: Column[Any], source: str, target: str) -> list[list[str]]:
    """Keys (as texts) of the rows that are the target's now."""
    taken = [exists().where(and_(*same)) for same in _same_rows(table, column, target)]
    change = update(table).where(column == source, *(~one for one in taken)).values({column: target})
    keys = [cast(key, Text) for key in table.primary_key]
    return [list(row) for row in w.db.execute(change.returning(*keys))]


def _same_rows(table: Table, column: Column[Any], target: str) -> Iterable[list[Any]]:
    """For each uniqueness with `column` in it: what makes a row of the target's the same as ours."""
    groups: list[Sequence[Column[Any]]] = [list(table.primary_key)]
    groups += [list(one.columns) for one in table.constraints if isinstance(one, UniqueConstraint)]
    groups += [list(one.columns) for one in table.indexes if one.unique]
    other = table.alias()
    for columns in groups:
        if column.name in {one.name for one in columns}:
            rest = [other.c[one.name] == table.c[one.name] for one in columns if one.name != column.name]
            yield [other.c[column.name] == target, *rest]


def _move_back(w: "Work", table: Table, column: Column[Any], keys: list[list[str]], source: str, target: str) -> None:
    if not keys:
        return
    names = [key.name for key in table.primary_key]
    mine = [table.c[name] == cast(bindparam(f"k_{name}", type_=Text), table.c[name].type) for name in names]
    change = update(table).where(column == source, *mine).values({column: target})
    rows = [{f"k_{name}": value for name, value in zip(names, key, strict=True)} for key in keys]
    w.db.connection().execute(change, rows)
