"""Work that went from device to device: which token a taker's facts really carry, and the logs a push brings along. Called by ingest.

A taker works offline under the giver's token. When what it took over reaches the server, the items get a new token that only the taker
has; its facts, made before it could know, are read as if they carried that one. The giver's later facts carry the old one and are fenced.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Final

import msgspec
from sqlalchemy import select

from oms.db.locks import lock_rows
from oms.db.work import Work
from oms.feed.handover_models import HandOver as HandOverRow
from oms.people.models import Device
from sync.contract import wire
from sync.contract.facts import HandoverReceived
from sync.contract.handover import HandOver, NotAHandOver, unpack_core
from sync.contract.wire import Token

RECEIVED: Final = "handover.received"
#: A hand-over may carry one that its giver had taken over itself, and so on; nobody does that often within one outage.
_DEEPEST: Final = 4
_MOST: Final = 8

#: (item, token the device has) -> the token that replaced it
Tokens = dict[tuple[str, Token], Token]


def tokens_of(w: Work, device_id: str) -> Tokens:
    """The tokens of everything this device ever took over from another."""
    taken = select(HandOverRow.granted).where(HandOverRow.to_device == device_id, HandOverRow.site_id == w.site)
    return {(item, (e, n)): (e2, n2) for granted in w.db.scalars(taken) for item, e, n, e2, n2 in granted}


def carried(ops: Iterable[wire.Op]) -> list[HandOver]:
    """The hand-overs in these ops, and those in them. What cannot be read is left out: its op will be parked. Only the first few: it is
    for locks taken in advance, and a push of nothing else must not fill the memory."""
    return list(islice(_carried(ops, 0), _MOST))


def _carried(ops: Iterable[wire.Op], depth: int) -> Iterator[HandOver]:
    for op in ops:
        if op.kind != RECEIVED or depth >= _DEEPEST:
            continue
        try:
            over, _ = unpack_core(msgspec.json.decode(op.body, type=HandoverReceived).core)
        except (msgspec.MsgspecError, NotAHandOver):
            continue
        yield over
        yield from _carried(over.ops, depth + 1)


def lock_logs(w: Work, device_id: str, overs: Sequence[HandOver]) -> None:
    """Locks every log that a push writes to, in order of id: two devices may carry each other's facts at the same moment."""
    if not overs:
        return
    ids = {device_id, *(over.device for over in overs if "\0" not in over.device)}
    ids |= set(w.db.scalars(select(Device.forked_from).where(Device.id.in_(ids), Device.forked_from.is_not(None))))
    lock_rows(w.db, Device, Device.id, ids)
