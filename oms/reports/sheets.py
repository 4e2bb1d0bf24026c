"""A report as CSV. Pure. Texts are nothing but text in a spreadsheet (`oms.finance.sheets.plain`)."""

import csv
import io

from oms.finance.sheets import plain
from sync.contract.reports import Figure, Report

COLUMNS = ("figure", "name", "of", "channel", "from", "value", "part", "whole", "unit")


def as_csv(report: Report) -> bytes:
    """A line per figure over all of the period (without `from`) and per part of it; orders by state (`of`) and channel, open ones by age.
    Numbers have a point; a percent is a share of 1."""
    rows: list[tuple[object, ...]] = []
    for row in report.figures:
        whole = (row.figure.value, row.name, "", report.channel, "", row.value, row.part, row.whole, row.unit.value)
        parts = (
            (row.figure.value, row.name, "", report.channel, one.day, one.value, one.part, one.whole, row.unit.value) for one in row.points
        )  # fmt: skip
        rows += [whole, *parts]
    rows += [
        (Figure.ORDERS.value, one.name, one.state, one.channel, "", one.orders, one.orders, one.orders, "orders")
        for one in report.states
    ]
    rows += [
        (Figure.AGEING.value, one.name, one.age.value, report.channel, "", one.orders, one.orders, one.orders, "orders")
        for one in report.ages
    ]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows([plain(one) if isinstance(one, str) else one for one in row] for row in rows)
    # With a mark, or spreadsheets take it for another character set.
    return out.getvalue().encode("utf-8-sig")
