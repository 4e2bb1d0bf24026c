"""Who is told of events: made, changed, given another secret, tried out, told again. Routes call it, all in units of work."""

import uuid
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from msgspec import UNSET, Struct, UnsetType
from sqlalchemy import func, insert, select, text, update

from oms.channels.sealing import Sealer
from oms.hooks.catalogue import fits, known_pattern
from oms.hooks.models import DeliveryState, Happening, Hook, HookDelivery
from oms.hooks.sealed import sealed
from oms.hooks.sending import BadUrl, checked
from oms.hooks.signing import new_secret

if TYPE_CHECKING:
    from oms.db.work import Work

#: How long messages are signed with the secret before too, unless somebody says otherwise; most.
OVERLAP_H: Final = 24
MOST_OVERLAP_H: Final = 24 * 30
MOST_HOOKS: Final = 100
#: How many events are told again by one request.
MOST_REPLAYED: Final = 10_000
TEST_KIND: Final = "hook.test"
_MOST_NAME: Final = 100
_TELL = text(
    """
    INSERT INTO hook_delivery (hook_id, message_id, seq, order_no, kind, created_at, next_at, state, attempts, reason)
    SELECT :hook, 'evt_' || h.event_id, h.seq, h.order_no, h.kind, :now, :now, 'waiting', 0, ''
      FROM happening h WHERE h.seq = ANY(:seqs) ORDER BY h.seq
    """
)


class HookRefusal(StrEnum):
    """Why a request about a hook was refused."""

    UNKNOWN_HOOK = "unknown_hook"
    UNKNOWN_DELIVERY = "unknown_delivery"
    BAD_URL = "bad_url"
    BAD_PATTERN = "bad_pattern"
    BAD_VALUE = "bad_value"
    TOO_MANY = "too_many"


class Refused(Exception):
    """`code` says why; nothing changed."""

    def __init__(self, code: HookRefusal) -> None:
        super().__init__(code)
        self.code = code


class HookIn(Struct, frozen=True, kw_only=True):
    """What is to be different; what is left out stays. `patterns` are kinds of events with `*` for a part; no `channels`: all of them."""

    name: str | UnsetType = UNSET
    url: str | UnsetType = UNSET
    patterns: list[str] | UnsetType = UNSET
    channels: list[str] | UnsetType = UNSET
    active: bool | UnsetType = UNSET


def make(w: "Work", wanted: HookIn, sealer: Sealer, *, private: bool) -> tuple[str, str]:
    """(id, secret) of a new hook, which is told of every event from now on. Raises `Refused`, and `BadKey` without a key for secrets."""
    if w.db.scalar(select(func.count()).select_from(Hook)) >= MOST_HOOKS:  # type: ignore[operator]
        raise Refused(HookRefusal.TOO_MANY)
    if wanted.url is UNSET or wanted.patterns is UNSET:
        raise Refused(HookRefusal.BAD_VALUE)
    id, secret = uuid.uuid4().hex, new_secret()
    hook = Hook(
        id=id, name="", url="", patterns=[], channels=[], secret_sealed=sealed(sealer, id, secret), created_at=w.now
    )
    _apply(hook, wanted, private=private)
    hook.name = hook.name or (checked(hook.url, private=private).hostname or "")
    w.db.add(hook)
    w.audit("hook.made", hook=hook.id, name=hook.name)
    return hook.id, secret


def change(w: "Work", id: str, wanted: HookIn, *, private: bool) -> None:
    """As `wanted` says. Switched on again, it is asked at once. Raises `Refused`."""
    hook = _hook(w, id)
    _apply(hook, wanted, private=private)
    if wanted.active is True:
        hook.failures, hook.not_before = 0, None
    w.audit("hook.changed", hook=id, active=hook.active)


def remove(w: "Work", id: str) -> None:
    """It is told nothing any more; its messages go. Raises `Refused`."""
    hook = _hook(w, id)
    w.db.delete(hook)
    w.audit("hook.removed", hook=id, name=hook.name)


def rotate(w: "Work", id: str, sealer: Sealer, overlap_h: int = OVERLAP_H) -> str:
    """The new secret. For `overlap_h` hours messages are signed with the one before too. Raises `Refused`, and `BadKey` as `make` does."""
    hook = _hook(w, id)
    if not 0 <= overlap_h <= MOST_OVERLAP_H:
        raise Refused(HookRefusal.BAD_VALUE)
    secret = new_secret()
    hook.before_sealed, hook.before_until = hook.secret_sealed, w.now + timedelta(hours=overlap_h)
    hook.secret_sealed = sealed(sealer, id, secret)
    w.audit("hook.rotated", hook=id, overlap_h=overlap_h)
    return secret


def test(w: "Work", id: str) -> int:
    """A message of kind `hook.test` to this hook; the delivery's id. Raises `Refused`."""
    hook = _hook(w, id)
    row = {
        "hook_id": hook.id, "message_id": f"test_{uuid.uuid4().hex}", "seq": None, "order_no": "", "kind": TEST_KIND,
        "created_at": w.now, "next_at": w.now, "state": DeliveryState.WAITING, "attempts": 0, "reason": "",
    }  # fmt: skip
    hook.not_before = None
    w.audit("hook.tested", hook=id)
    return w.db.execute(insert(HookDelivery).values(row).returning(HookDelivery.id)).scalar_one()


def replay(
    w: "Work", id: str, *, seqs: list[int] | None = None, since: datetime | None = None, until: datetime | None = None
) -> int:
    """Tells these events again (those of its patterns and channels), with the ids they had; how many. Raises `Refused`."""
    hook = _hook(w, id)
    wanted = select(Happening.seq, Happening.kind, Happening.channel).order_by(Happening.seq).limit(MOST_REPLAYED + 1)
    if seqs is not None:
        wanted = wanted.where(Happening.seq.in_(seqs))
    elif since is not None:
        wanted = wanted.where(Happening.at >= since)
    else:
        raise Refused(HookRefusal.BAD_VALUE)
    if until is not None:
        wanted = wanted.where(Happening.at < until)
    rows = w.db.execute(wanted).all()
    if len(rows) > MOST_REPLAYED:
        raise Refused(HookRefusal.TOO_MANY)
    mine = [row.seq for row in rows if tells(hook, row.kind, row.channel)]
    tell(w, hook.id, mine)
    w.audit("hook.replayed", hook=id, count=len(mine))
    return len(mine)


def again(w: "Work", id: str, delivery: int) -> None:
    """Sends one message again, from the beginning of its patience. Raises `Refused`."""
    hook = _hook(w, id)
    change = update(HookDelivery).where(HookDelivery.id == delivery, HookDelivery.hook_id == id)
    fresh = {"state": DeliveryState.WAITING, "attempts": 0, "next_at": w.now, "reason": "", "done_at": None}
    if not w.db.execute(change.values(fresh).returning(HookDelivery.id)).all():
        raise Refused(HookRefusal.UNKNOWN_DELIVERY)
    hook.not_before = None
    w.audit("hook.sent_again", hook=id, delivery=delivery)


def tell(w: "Work", hook: str, seqs: list[int]) -> None:
    """Puts messages of these events in the hook's queue, in their order."""
    if seqs:
        w.db.execute(_TELL, {"hook": hook, "now": w.now, "seqs": seqs})


def tells(hook: Hook, kind: str, channel: str) -> bool:
    """Whether the hook is for this kind of event on this channel."""
    return any(fits(pattern, kind) for pattern in hook.patterns) and (not hook.channels or channel in hook.channels)


def _hook(w: "Work", id: str) -> Hook:
    hook = w.db.get(Hook, id, with_for_update=True, populate_existing=True)
    if hook is None:
        raise Refused(HookRefusal.UNKNOWN_HOOK)
    return hook


def _apply(hook: Hook, wanted: HookIn, *, private: bool) -> None:
    if wanted.url is not UNSET:
        try:
            checked(wanted.url, private=private)
        except BadUrl:
            raise Refused(HookRefusal.BAD_URL) from None
        hook.url = wanted.url
    if wanted.patterns is not UNSET:
        if not 0 < len(wanted.patterns) <= 50 or not all(known_pattern(one) for one in wanted.patterns):
            raise Refused(HookRefusal.BAD_PATTERN)
        hook.patterns = sorted(set(wanted.patterns))
    if wanted.channels is not UNSET:
        if len(wanted.channels) > 100 or any("\0" in one or len(one) > 100 for one in wanted.channels):
            raise Refused(HookRefusal.BAD_VALUE)
        hook.channels = sorted(set(wanted.channels))
    if wanted.name is not UNSET:
        hook.name = wanted.name.replace("\0", "").strip()[:_MOST_NAME]
    if wanted.active is not UNSET:
        hook.active = wanted.active


def words_of(hook: Hook) -> dict[str, Any]:
    """A hook without its secrets."""
    return {
        "id": hook.id, "name": hook.name, "url": hook.url, "patterns": hook.patterns, "channels": hook.channels,
        "active": hook.active, "failures": hook.failures, "created_at": hook.created_at.isoformat(),
        "not_before": hook.not_before.isoformat() if hook.not_before else None,
    }  # fmt: skip
