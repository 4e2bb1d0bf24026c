"""The books as files: journal, trial balance and stock as CSV for people and programs, and the journal as DATEV loads it. Pure.

A text that a spreadsheet would take for a formula gets an apostrophe before it; line breaks and other control characters become spaces.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

from oms.finance.queries import Posted, Trial, Worth
from oms.finance.rules import amount_of

_FORMULA: Final = ("=", "+", "-", "@")


def plain(text: str) -> str:
    """A text that is nothing but text in a spreadsheet, on one line."""
    flat = "".join(c if c.isprintable() else " " for c in text)
    return "'" + flat if flat.lstrip().startswith(_FORMULA) else flat


def _csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([plain(one) if isinstance(one, str) else one for one in row] for row in rows)
    # With a mark, or spreadsheets take it for another character set.
    return out.getvalue().encode("utf-8-sig")


def journal_csv(rows: Iterable[Posted], currency: str) -> bytes:
    """One line per line of the journal; amounts with a point, debit and credit apart."""
    columns = (
        "entry", "day", "fact_day", "event", "source", "text", "account", "name", "debit", "credit", "currency", "site",
        "sku", "units", "foreign_amount", "foreign_currency",
    )  # fmt: skip
    return _csv(columns, (
        (
            one.number, one.day, one.fact_day, str(one.event), one.source, one.text, one.account, one.name,
            amount_of(max(one.amount, 0), currency), amount_of(max(-one.amount, 0), currency), currency, one.site, one.sku,
            one.qty or None, amount_of(one.money, one.currency) if one.currency else None, one.currency,
        )
        for one in rows
    ))  # fmt: skip


def trial_csv(trial: Trial, currency: str) -> bytes:
    """One line per account, and their sum, whose balance is 0."""
    columns = ("account", "name", "kind", "debit", "credit", "balance", "currency")
    rows: list[tuple[object, ...]] = [
        (one.account, one.name, str(one.kind), amount_of(one.debit, currency), amount_of(one.credit, currency),
         amount_of(one.balance, currency), currency)
        for one in trial.rows
    ]  # fmt: skip
    debit, credit = (sum(getattr(one, side) for one in trial.rows) for side in ("debit", "credit"))
    sums = (amount_of(debit, currency), amount_of(credit, currency), amount_of(trial.off, currency))
    return _csv(columns, [*rows, ("", "", "", *sums, currency)])


def worth_csv(rows: Iterable[Worth], currency: str) -> bytes:
    """One line per item and site."""
    columns = ("site", "sku", "units", "value", "currency")
    return _csv(columns, ((one.site, one.sku, one.qty, amount_of(one.value, currency), currency) for one in rows))
