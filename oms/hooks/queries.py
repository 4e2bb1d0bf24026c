"""The feed of events as programs read it, and what became of messages. Reads by indexes only."""

from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from oms.hooks.actions import words_of
from oms.hooks.catalogue import fits, payload
from oms.hooks.models import Happening, Hook, HookAttempt, HookDelivery
from oms.sales.models import CustomerOrder, OrderEvent

#: How many events are looked through for one page, where patterns leave most of them out.
_LOOKED = 2000


class HookSeen(Struct, frozen=True, kw_only=True):
    """A hook without its secrets. `failures` in a row; it is left alone until `not_before`."""

    id: str
    name: str
    url: str
    patterns: list[str]
    channels: list[str]
    active: bool
    failures: int
    created_at: str
    not_before: str | None


class DeliverySeen(Struct, frozen=True, kw_only=True):
    """A message and its attempts. `message` is its `webhook-id`; `reason` says why it was given up."""

    id: int
    message: str
    seq: int | None
    order: str
    kind: str
    state: str
    reason: str
    created_at: str
    next_at: str
    attempts: list[dict[str, Any]]


def events(
    db: Session, after: int, limit: int, patterns: list[str], channels: list[str]
) -> tuple[list[dict[str, Any]], int]:
    """(events after number `after` in their order, number to go on from). The number grows also past events that were left out."""
    looked = _LOOKED if patterns or channels else limit
    rows = db.execute(
        select(Happening.seq, Happening.kind, Happening.channel)
        .where(Happening.seq > after)
        .order_by(Happening.seq)
        .limit(looked)
    ).all()
    wanted = [
        row.seq for row in rows
        if (not patterns or any(fits(one, row.kind) for one in patterns)) and (not channels or row.channel in channels)
    ]  # fmt: skip
    page = wanted[:limit]
    further = page[-1] if len(wanted) > limit else (rows[-1].seq if rows else after)
    return payloads(db, page), further


def payloads(db: Session, seqs: list[int]) -> list[dict[str, Any]]:
    """These events as other programs get them, in order."""
    rows = db.execute(
        select(Happening.seq, OrderEvent.kind, OrderEvent.at, OrderEvent.order_no, OrderEvent.site_id, OrderEvent.words,
               CustomerOrder.channel, CustomerOrder.reference)
        .join(OrderEvent, OrderEvent.id == Happening.event_id)
        .join(CustomerOrder, CustomerOrder.number == Happening.order_no)
        .where(Happening.seq.in_(seqs)).order_by(Happening.seq)
    )  # fmt: skip
    return [
        payload(
            row.kind, row.at.isoformat(timespec="microseconds"), seq=row.seq, order=row.order_no, channel=row.channel,
            reference=row.reference, site=row.site_id, words=row.words,
        )
        for row in rows
    ]  # fmt: skip


def hooks(db: Session) -> list[HookSeen]:
    """All hooks, by name."""
    return [msgspec.convert(words_of(one), HookSeen) for one in db.scalars(select(Hook).order_by(Hook.name, Hook.id))]


def hook(db: Session, id: str) -> HookSeen | None:
    """One hook."""
    found = db.get(Hook, id)
    return msgspec.convert(words_of(found), HookSeen) if found else None


def deliveries(db: Session, hook_id: str, before: int | None, limit: int) -> list[DeliverySeen]:
    """A hook's messages, newest first; `before` is the id of the last one of the page before."""
    mine = select(HookDelivery).where(HookDelivery.hook_id == hook_id)
    if before is not None:
        mine = mine.where(HookDelivery.id < before)
    found = db.scalars(mine.order_by(HookDelivery.id.desc()).limit(limit)).all()
    tries = db.scalars(
        select(HookAttempt).where(HookAttempt.delivery_id.in_([one.id for one in found])).order_by(HookAttempt.id)
    ).all()
    return [_seen(one, [each for each in tries if each.delivery_id == one.id]) for one in found]


def _seen(one: HookDelivery, tries: list[HookAttempt]) -> DeliverySeen:
    return DeliverySeen(
        id=one.id, message=one.message_id, seq=one.seq, order=one.order_no, kind=one.kind, state=one.state,
        reason=one.reason, created_at=one.created_at.isoformat(), next_at=one.next_at.isoformat(),
        attempts=[
            {"at": each.at.isoformat(), "status": each.status, "problem": each.problem, "took_ms": each.took_ms}
            for each in tries
        ],
    )  # fmt: skip
