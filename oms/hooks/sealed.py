"""Secrets of hooks: sealed when they are made, opened to sign with, and those that were kept before they were sealed."""

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select

from oms.channels.sealing import Sealer
from oms.hooks.models import Hook
from oms.hooks.signing import PREFIX

if TYPE_CHECKING:
    from oms.db.work import Work


def sealed(sealer: Sealer, hook_id: str, secret: str) -> str:
    """For this hook and no other. Raises `BadKey` on a server without a key."""
    return sealer.seal(secret, f"hook:{hook_id}")


def secrets_of(hook: Hook, now: datetime, sealer: Sealer) -> list[str]:
    """The secrets that sign now, the newest first; none where another key sealed them."""
    before = hook.before_sealed if hook.before_until and now < hook.before_until else None
    opened = (sealer.open(one, f"hook:{hook.id}") for one in (hook.secret_sealed, before) if one)
    return [one for one in opened if one is not None]


def seal_all(w: "Work", sealer: Sealer) -> int:
    """Seals what an older version kept as it was; how many. What is sealed never begins as a secret does."""
    if not sealer.ready:
        return 0
    plain = Hook.secret_sealed.startswith(PREFIX, autoescape=True) | Hook.before_sealed.startswith(
        PREFIX, autoescape=True
    )
    hooks = w.db.scalars(select(Hook).where(plain).order_by(Hook.id).with_for_update()).all()
    for hook in hooks:
        if hook.secret_sealed.startswith(PREFIX):
            hook.secret_sealed = sealed(sealer, hook.id, hook.secret_sealed)
        if hook.before_sealed and hook.before_sealed.startswith(PREFIX):
            hook.before_sealed = sealed(sealer, hook.id, hook.before_sealed)
    return len(hooks)
