"""What a person is told when the link to the centre changes in a way that matters to the work. Called by the client's bootstrap."""

from math import ceil

from app.core.messages import Code, Message, say
from sync.client.status import SyncStatus, Trouble

_DAY_S = 24 * 3600
_MINUTE_MS = 60_000


def news(before: SyncStatus, now: SyncStatus, mono: float) -> list[Message]:
    """The messages that the step from one status to the next calls for; `mono` is the present on the client's monotonic clock."""
    told = []
    if now.trouble is Trouble.UPGRADE and before.trouble is not Trouble.UPGRADE:
        told.append(say(Code.APP_OUTDATED))
    elif now.upgrade_by is not None and before.upgrade_by is None and now.upgrade_by > mono:
        told.append(say(Code.UPDATE_SOON, n=ceil((now.upgrade_by - mono) / _DAY_S)))
    if now.work_from is not None and before.work_from is None and now.work_from > mono:
        told.append(say(Code.CENTRE_RESTORED, n=ceil((now.work_from - mono) / 60)))
    if now.stalls > before.stalls and now.waiting:
        told.append(say(Code.FACTS_WAIT, n=now.waiting, minutes=(now.oldest_ms or 0) // _MINUTE_MS))
    return told
