"""Messages on their way: which are due, sent one after another per receiver, and what became of each. `oms.hooks.worker` runs it.

A receiver is leased by one server at a time. No transaction is open while it is asked. Messages of one order never overtake each other;
those of other orders go on when one is refused. What was sent when a server died is sent again, under the same id.
"""

import random
import time
import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import msgspec
from sqlalchemy import insert, select, text

from oms.channels.sealing import Sealer
from oms.db.work import Actor, Works
from oms.hooks.actions import tell, tells
from oms.hooks.models import DeliveryState, Happening, Hook, HookAttempt, HookDelivery
from oms.hooks.queries import payloads
from oms.hooks.sealed import secrets_of
from oms.hooks.sending import Answer, post
from oms.hooks.sequence import reader
from oms.hooks.settings import HookSettings
from oms.hooks.signing import headers

if TYPE_CHECKING:
    from oms.db.work import Work

ACTOR: Final = Actor("hooks")
#: How many events are handed out in one transaction.
_MOST_EVENTS: Final = 500
#: A receiver keeps its server for so many messages or seconds, then it is others' turn.
_MOST_IN_A_ROW: Final = 50
_MOST_S: Final = 5.0
#: Longer than any message takes; renewed with each.
_LEASE_S: Final = 60.0
_SLOW_S: Final = 1.0
_GONE: Final = 410
_KEPT = timedelta(days=30)
_CLAIM = text(
    """
    SELECT h.id FROM hook h
     WHERE h.active AND (h.leased_until IS NULL OR h.leased_until < :now) AND (h.not_before IS NULL OR h.not_before <= :now)
       AND (:slow_too OR NOT h.slow)
       AND EXISTS (SELECT 1 FROM hook_delivery d WHERE d.hook_id = h.id AND d.state = 'waiting' AND d.next_at <= :now)
     ORDER BY h.served_at NULLS FIRST, h.id LIMIT 1 FOR UPDATE SKIP LOCKED
    """
)
_DUE = text(
    """
    SELECT EXISTS (
        SELECT 1 FROM hook h WHERE h.active AND (h.not_before IS NULL OR h.not_before <= :now)
           AND EXISTS (SELECT 1 FROM hook_delivery d WHERE d.hook_id = h.id AND d.state = 'waiting' AND d.next_at <= :now))
    """
)
_NEXT = text(
    """
    SELECT d.id FROM hook_delivery d
     WHERE d.hook_id = :hook AND d.state = 'waiting' AND d.next_at <= :now AND NOT EXISTS (
           SELECT 1 FROM hook_delivery e
            WHERE e.hook_id = d.hook_id AND e.order_no = d.order_no AND e.state = 'waiting' AND e.id < d.id)
     ORDER BY d.id LIMIT 1
    """
)
_FORGET = text(
    """
    DELETE FROM hook_delivery WHERE id IN (
        SELECT id FROM hook_delivery WHERE state <> 'waiting' AND created_at < :before ORDER BY id LIMIT 1000)
    """
)


@dataclass(frozen=True, slots=True)
class Message:
    """One message, ready to be sent."""

    delivery: int
    url: str
    body: bytes
    headers: dict[str, str]


def hand_out(w: "Work") -> int:
    """Puts new events of the sequence in the queues of those who want them; how many events."""
    mine = reader(w, "hooks")
    if mine is None:
        return 0
    fresh = select(Happening.seq, Happening.kind, Happening.channel).where(Happening.seq > mine.seq)
    rows = w.db.execute(fresh.order_by(Happening.seq).limit(_MOST_EVENTS)).all()
    if not rows:
        return 0
    for hook in w.db.scalars(select(Hook).where(Hook.active).order_by(Hook.id)):
        tell(w, hook.id, [row.seq for row in rows if tells(hook, row.kind, row.channel)])
    mine.seq = rows[-1].seq
    return len(rows)


def due(w: "Work") -> bool:
    """Whether somebody is to be told something now."""
    return bool(w.db.execute(_DUE, {"now": w.now}).scalar_one())


def forget(w: "Work") -> None:
    """Messages that were done with a month ago go, a few at a time."""
    w.db.execute(_FORGET, {"before": w.now - _KEPT})


class Server:
    """Serves one receiver after another, for as long as a lease each."""

    def __init__(self, works: Works, site: str, settings: HookSettings, sealer: Sealer) -> None:
        self._works, self._site, self._settings, self._sealer = works, site, settings, sealer
        self._chance = random.SystemRandom()

    def serve(self, *, slow_too: bool = True) -> int:
        """Serves the receiver that has waited longest, when one is due; how many messages were tried."""
        me = uuid.uuid4().hex
        hook = self._run(lambda w: _claim(w, me, slow_too))
        if hook is None:
            return 0
        end, tried, message = time.monotonic() + _MOST_S, 0, self._run(lambda w: self._next(w, hook, me))
        while message is not None:
            answer = self._send(message)
            tried += 1
            more = tried < _MOST_IN_A_ROW and time.monotonic() < end
            message = self._run(lambda w, m=message, a=answer, on=more: self._settle(w, hook, me, m, a, on))
        self._run(lambda w: _let_go(w, hook, me))
        return tried

    def _run(self, act: Any) -> Any:
        return self._works.run(self._site, ACTOR, act)

    def _send(self, message: Message) -> Answer:
        limits = self._settings
        if not message.headers["webhook-signature"]:
            # Sealed by a key that this server does not have: nobody could tell that it is from us.
            return Answer(0, "no_secret", 0.0)
        return post(message.url, message.body, message.headers, timeout_s=limits.timeout_s, private=limits.private)

    def _settle(self, w: "Work", hook_id: str, me: str, message: Message, answer: Answer, more: bool) -> Message | None:
        """Notes what came of it, and the next message when the receiver is to have another one now."""
        hook = w.db.get(Hook, hook_id, with_for_update=True, populate_existing=True)
        sent = w.db.get(HookDelivery, message.delivery, with_for_update=True, populate_existing=True)
        if hook is None or sent is None:
            return None
        w.db.execute(
            insert(HookAttempt).values(
                delivery_id=sent.id, at=w.now, status=answer.status, problem=answer.problem,
                took_ms=round(answer.took_s * 1000), words={},
            )
        )  # fmt: skip
        hook.slow = answer.took_s > _SLOW_S
        if sent.state is DeliveryState.WAITING:
            self._judge(w, hook, sent, answer)
        if not more or not answer.good or hook.leased_by != me or not hook.active:
            return None
        hook.leased_until = w.now + timedelta(seconds=_LEASE_S)
        w.db.flush()
        return self._next(w, hook_id, me)

    def _judge(self, w: "Work", hook: Hook, sent: HookDelivery, answer: Answer) -> None:
        sent.attempts += 1
        if answer.good:
            sent.state, sent.done_at, sent.reason = DeliveryState.DONE, w.now, ""
            hook.failures, hook.not_before = 0, None
            return
        hook.failures += 1
        pause = min(self._settings.pause_s, 2.0 ** min(hook.failures - 1, 12))
        hook.not_before = w.now + timedelta(seconds=max(answer.pause_s, pause * self._jitter()))
        if answer.status == _GONE:
            # The receiver says that it does not want to be told any more.
            hook.active = False
            w.audit("hook.gone", hook=hook.id)
        if sent.attempts > len(self._settings.waits) or answer.status == _GONE:
            sent.state, sent.done_at, sent.reason = DeliveryState.DEAD, w.now, answer.problem
            return
        wait = self._settings.waits[sent.attempts - 1] * self._jitter()
        sent.next_at = w.now + timedelta(seconds=max(wait, answer.pause_s))

    def _next(self, w: "Work", hook_id: str, me: str) -> Message | None:
        """The hook's next message that is due."""
        hook = w.db.get(Hook, hook_id, populate_existing=True)
        id = w.db.execute(_NEXT, {"hook": hook_id, "now": w.now}).scalar_one_or_none()
        if hook is None or id is None or hook.leased_by != me:
            return None
        one = w.db.get_one(HookDelivery, id)
        said = payloads(w.db, [one.seq]) if one.seq is not None else []
        test = {"type": one.kind, "timestamp": one.created_at.isoformat(), "data": {"hook": hook.id}}
        body = msgspec.json.encode(said[0] if said else test)
        signed = headers(secrets_of(hook, w.now, self._sealer), one.message_id, int(w.now.timestamp()), body)
        return Message(one.id, hook.url, body, signed)

    def _jitter(self) -> float:
        """Receivers that failed together are not asked together."""
        return self._chance.uniform(0.8, 1.2)


def _claim(w: "Work", me: str, slow_too: bool) -> str | None:
    id = w.db.execute(_CLAIM, {"now": w.now, "slow_too": slow_too}).scalar_one_or_none()
    if id is None:
        return None
    hook = w.db.get_one(Hook, id)
    hook.leased_by, hook.leased_until, hook.served_at = me, w.now + timedelta(seconds=_LEASE_S), w.now
    return hook.id


def _let_go(w: "Work", hook_id: str, me: str) -> None:
    hook = w.db.get(Hook, hook_id, with_for_update=True, populate_existing=True)
    if hook is not None and hook.leased_by == me:
        hook.leased_by = hook.leased_until = None
