"""Which TLS keys of this server devices are told to trust, so that it can change its key without meeting any device again.

Three steps, days apart: the next key is announced, it begins to serve, the one before is forgotten. Private keys never come here: they
lie in the `tls` folder (`oms.server_tls`). Called by the server at its start, the admin and the trust routes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from oms.db.work import Work
from oms.people.models import Device, DeviceStatus, ServerKey

#: A device that was silent for longer need not know the next key before it serves; it may have to be paired again.
SILENT: Final = timedelta(days=14)


class Rank(IntEnum):
    """What a key is for."""

    SERVING = 0
    NEXT = 1
    BEFORE = 2


class WrongStep(ValueError):
    """The keys do not stand so that this step makes sense; the text says why."""


class NotHeard(WrongStep):
    """Devices that were here lately do not know the next key yet; `labels` are what they are called."""

    def __init__(self, labels: Sequence[str]) -> None:
        super().__init__(f"{len(labels)} devices do not know the next key yet: {', '.join(labels[:10])}")
        self.labels = tuple(labels)


@dataclass(frozen=True, slots=True)
class KeyState:
    """The keys (SHA-256, rank), and the labels of active devices that know the next one and that do not."""

    keys: tuple[tuple[str, Rank], ...]
    heard: tuple[str, ...]
    not_heard: tuple[str, ...]


def announced(db: Session, serving: str) -> list[str]:
    """All keys to trust; the one that serves this connection first."""
    others = db.scalars(select(ServerKey.spki).where(ServerKey.spki != serving).order_by(ServerKey.rank)).all()
    return [serving, *others] if serving else []


def register(w: Work, spki: str) -> bool:
    """A server starts with this key. One that nobody announced serves from now on, and the others stay trusted: devices that knew only
    them must be paired again. So does one that was only announced: the database is older than the key. False when it was one that serves,
    or did: another server may be ahead."""
    known = w.db.get(ServerKey, spki)
    if known is not None and known.rank != Rank.NEXT:
        return False
    for key in w.db.scalars(select(ServerKey).where(ServerKey.rank == Rank.SERVING)):
        key.rank = Rank.BEFORE
    if known is None:
        w.db.add(ServerKey(spki=spki, rank=Rank.SERVING, since=w.now))
    else:
        known.rank, known.since = Rank.SERVING, w.now
    w.audit("server_key.serves", spki=spki, announced=known is not None)
    return True


def announce(w: Work, spki: str) -> None:
    """From now on devices hear that this key comes next; another one that was to come is taken back."""
    known = w.db.get(ServerKey, spki)
    if known is not None:
        if known.rank != Rank.NEXT:
            raise WrongStep("this key serves already, or did")
        return
    w.db.execute(delete(ServerKey).where(ServerKey.rank == Rank.NEXT))
    w.db.add(ServerKey(spki=spki, rank=Rank.NEXT, since=w.now))
    w.audit("server_key.announced", spki=spki)


def activate(w: Work, spki: str, *, force: bool = False) -> None:
    """The announced key serves from now on (again: nothing); the one before stays trusted for a while. Raises `WrongStep`, or, unless
    `force`, `NotHeard`."""
    following = w.db.get(ServerKey, spki, with_for_update=True)
    if following is not None and following.rank == Rank.SERVING:
        return
    if following is None or following.rank != Rank.NEXT:
        raise WrongStep("this key was not announced")
    silent = [device.label for device in _active(w) if spki not in device.pins.split()]
    if silent and not force:
        raise NotHeard(silent)
    for key in w.db.scalars(select(ServerKey).where(ServerKey.rank == Rank.SERVING)):
        key.rank = Rank.BEFORE
    following.rank, following.since = Rank.SERVING, w.now
    w.audit("server_key.serves", spki=spki, announced=True, not_heard=len(silent))


def finish(w: Work) -> int:
    """Devices forget every key but the one that serves and the next; how many keys that were."""
    gone = w.db.scalars(delete(ServerKey).where(ServerKey.rank == Rank.BEFORE).returning(ServerKey.spki)).all()
    for spki in gone:
        w.audit("server_key.forgotten", spki=spki)
    return len(gone)


def state(w: Work) -> KeyState:
    """How far a change of key is."""
    keys = tuple((key.spki, Rank(key.rank)) for key in w.db.scalars(select(ServerKey).order_by(ServerKey.rank)))
    following = next((spki for spki, rank in keys if rank is Rank.NEXT), None)
    devices = _active(w) if following else []
    heard = {device.id for device in devices if following in device.pins.split()}
    return KeyState(
        keys,
        tuple(device.label for device in devices if device.id in heard),
        tuple(device.label for device in devices if device.id not in heard),
    )


def _active(w: Work) -> Sequence[Device]:
    lately = Device.last_seen > w.now - SILENT
    return w.db.scalars(
        select(Device)
        .where(Device.site_id == w.site, Device.status == DeviceStatus.ACTIVE, lately)
        .order_by(Device.label)
    ).all()
