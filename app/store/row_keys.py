"""Under what else a row can be found than its id: barcode -> item, tote -> job, job -> work; and what comes first among jobs. Pure;
written with each row. A key that is added here is added for the rows of older stores by a step of `migrations`."""

from collections.abc import Iterator

from sync.contract.codes import JobState, OrderState, ParcelState
from sync.contract.rows import ItemRow, JobRow, OrderRow, ParcelRow, PurchaseRow, ReturnRow, Row, WorkRow

_ENDED = (OrderState.SHIPPED, OrderState.CANCELLED)
_LIVE = (JobState.OPEN, JobState.ACTIVE)


def keys_of(row: Row) -> Iterator[tuple[str, str]]:
    """(name, key) pairs of a row."""
    match row:
        case ItemRow():
            yield from {("code", row.id), *(("code", code.gtin) for code in row.codes)}
        case JobRow():
            yield from {("order", order) for order in row.orders}
            if row.cart:
                yield "cart", row.cart
            if row.state in _LIVE:
                # As text: the most urgent first, what has no end of its day last.
                yield f"live {row.kind}", f"{row.priority:06d} {row.cut_off or '9'}"
                if row.passed_at is not None and row.tote:
                    yield "passed", row.passed_at
            yield from {("place", slot.place) for slot in row.slots if slot.place}
            yield from {
                ("tote", tote) for tote in (row.tote, *row.more_totes, *(slot.tote for slot in row.slots)) if tote
            }
        case OrderRow():
            if row.pick_up and row.state not in _ENDED:
                yield "pickup", "open"
            if row.together:
                yield "together", row.together
        case PurchaseRow():
            yield "expected", "open"
        case ReturnRow():
            yield from {("order", name) for name in row.orders}
            if row.tracking:
                yield "code", "".join(row.tracking.split()).upper()
        case WorkRow():
            yield "job", row.job
            yield "order", row.order
        case ParcelRow():
            yield "order", row.order
            yield from {("code", code) for code in (row.sscc, row.tracking) if code}
            if row.pallet:
                yield "pallet", row.pallet
            if row.load:
                yield "load", row.load
            if row.state is ParcelState.SHIPPED and not row.load:
                yield "waits", row.carrier
        case _:
            return
