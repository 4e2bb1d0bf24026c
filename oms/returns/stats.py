"""How much comes back, of what, why and from where: units that came in a period against units that left in it. Routes ask it."""

from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from msgspec import Struct
from sqlalchemy import text
from sqlalchemy.orm import Session

from oms.sales.heads import money

MOST: Final = 1000
_CAME: Final = """
    SELECT {key} AS key, sum(r.qty) AS returned, count(DISTINCT c.number) AS returns
    FROM return_receipt r
    JOIN return_line l ON l.return_no = r.return_no AND l.line_no = r.line_no
    JOIN customer_return c ON c.number = r.return_no
    WHERE r.undone_at IS NULL AND r.at >= :since AND r.at < :until AND (:channel = '' OR c.channel = :channel)
    GROUP BY 1"""
_LEFT: Final = """
    SELECT {key} AS key, sum(l.packed) AS shipped
    FROM sales_order o JOIN order_line l ON l.site_id = o.site_id AND l.order_no = o.number
    JOIN customer_order c ON c.number = o.customer_order
    WHERE o.state = 'shipped' AND o.shipped_at >= :since AND o.shipped_at < :until
        AND (:channel = '' OR c.channel = :channel)
    GROUP BY 1"""
_PAID: Final = """
    SELECT {key} AS key, c.currency, sum(l.refund) AS refund
    FROM return_line l JOIN customer_return c ON c.number = l.return_no
    WHERE c.closed_at >= :since AND c.closed_at < :until AND l.refund > 0 AND (:channel = '' OR c.channel = :channel)
    GROUP BY 1, 2"""


class By(StrEnum):
    """What units are counted by. Reasons have nothing that left to be measured against: their share is of all that left."""

    ITEM = "item"
    REASON = "reason"
    CHANNEL = "channel"


_CAME_BY: Final = {By.ITEM: "r.sku", By.REASON: "l.reason", By.CHANNEL: "c.channel"}
_PAID_BY: Final = {By.ITEM: "l.sku", By.REASON: "l.reason", By.CHANNEL: "c.channel"}
_LEFT_BY: Final = {By.ITEM: "l.sku", By.REASON: "''", By.CHANNEL: "c.channel"}


class ReturnStat(Struct, frozen=True, kw_only=True):
    """Of an item, a reason or a channel (`key`): units that came back in the period, in how many returns; units that left in it, and the
    share in percent (null: none left). `refunds` are decimal texts by currency, without sending."""

    key: str
    returned: int
    returns: int
    shipped: int
    percent: float | None
    refunds: dict[str, str]


def stats(db: Session, by: By, since: date, through: date, channel: str = "", limit: int = MOST) -> list[ReturnStat]:
    """The most returned first; days are those of UTC, both inclusive."""
    words = {"since": _start(since), "until": _start(through + timedelta(days=1)), "channel": channel}
    came = {row.key: row for row in db.execute(text(_CAME.format(key=_CAME_BY[by])), words)}
    left = {row.key: int(row.shipped) for row in db.execute(text(_LEFT.format(key=_LEFT_BY[by])), words)}
    paid: dict[str, dict[str, str]] = {}
    for row in db.execute(text(_PAID.format(key=_PAID_BY[by])), words):
        paid.setdefault(row.key, {})[row.currency] = money(row.refund)
    found = []
    for key in came.keys() | paid.keys():
        one = came.get(key)
        returned, shipped = int(one.returned) if one else 0, left.get("" if by is By.REASON else key, 0)
        percent = round(100 * returned / shipped, 2) if shipped else None
        found.append(
            ReturnStat(
                key=key, returned=returned, returns=one.returns if one else 0, shipped=shipped, percent=percent,
                refunds=paid.get(key, {}),
            )
        )  # fmt: skip
    return sorted(found, key=lambda one: (-one.returned, one.key))[:limit]


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
