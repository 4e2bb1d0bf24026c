"""Under what else a row can be found than its id: barcode -> item, tote -> job, job -> work. Pure; written with each row."""

from collections.abc import Iterator

from sync.contract.rows import ItemRow, JobRow, ParcelRow, Row, WorkRow


def keys_of(row: Row) -> Iterator[tuple[str, str]]:
    """(name, key) pairs of a row."""
    match row:
        case ItemRow():
            yield from {("code", row.id), *(("code", code.gtin) for code in row.codes)}
        case JobRow():
            yield from {("order", order) for order in row.orders}
            yield from {("place", slot.place) for slot in row.slots if slot.place}
            yield from {
                ("tote", tote) for tote in (row.tote, *row.more_totes, *(slot.tote for slot in row.slots)) if tote
            }
        case WorkRow():
            yield "job", row.job
            yield "order", row.order
        case ParcelRow():
            yield "order", row.order
            yield from {("code", code) for code in (row.sscc, row.tracking) if code}
        case _:
            return
