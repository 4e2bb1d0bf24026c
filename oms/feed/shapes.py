"""Which facts and which shapes of rows this server speaks, and what becomes of devices that speak older ones.

Facts of any age are taken in. Rows and work are refused to an outdated app only after a time of grace, of which it is told at each open.
"""

from datetime import datetime, timedelta

from sqlalchemy import select

from oms.db.work import Work
from oms.feed import handlers
from oms.feed.cursor import Cursor
from oms.feed.models import Meta
from oms.feed.refusals import Refusal
from sync.contract import version
from sync.contract.codes import ErrorCode
from sync.contract.facts import HANDLED

_NOBODY = "the app reads rows of shape {}, {} is the oldest still served"


def kinds() -> dict[str, list[int]]:
    """The facts this server handles: kind -> versions, ascending."""
    found: dict[str, list[int]] = {}
    for (kind, v), body in sorted(HANDLED.items(), key=lambda item: item[0]):
        if handlers.find(body) is not None:
            found.setdefault(kind, []).append(v)
    return found


def spoken(schema: int) -> int:
    """The shape in which a device that reads `schema` is answered: the older of its and ours."""
    return max(1, min(schema, version.PULL_SCHEMA))


def upgrade_in_s(schema: int, least: int, by: datetime | None, now: datetime) -> int | None:
    """Seconds until a device that reads `schema` gets no more rows and no more work: 0 by now, None when it is not outdated. `least` and
    `by` are `Meta.min_pull_schema` and `upgrade_by`."""
    if schema >= least:
        return None
    return max(0, int((by - now).total_seconds())) if by is not None else 0


def check_app(schema: int, least: int, by: datetime | None, now: datetime) -> None:
    """Raises `Refusal` 426 when a device's time of grace is over."""
    if upgrade_in_s(schema, least, by, now) == 0:
        raise Refusal(426, ErrorCode.UPGRADE, _NOBODY.format(schema, least))


def check_cursor(cursor: Cursor, schema: int) -> None:
    """Rows fetched in another shape lack what the new one brought. Raises `Refusal` 410: fetch all of them again, never the journal."""
    if cursor.ver and cursor.schema != spoken(schema):
        raise Refusal(410, ErrorCode.SCHEMA, f"the cursor is of shape {cursor.schema}")


def begin_grace(w: Work) -> None:
    """A newer program has started that gives up older shapes: from now on their devices are told, and later refused."""
    meta = w.db.scalars(select(Meta).with_for_update()).one()
    if meta.min_pull_schema < version.PULL_SCHEMA_LEAST:
        meta.min_pull_schema = version.PULL_SCHEMA_LEAST
        meta.upgrade_by = w.now + timedelta(seconds=version.UPGRADE_GRACE_S)
        w.audit("feed.upgrade_asked", schema=meta.min_pull_schema)
