"""Facts that came with work taken over from another device: until the rows contain them, they count here like own ones. For the overlay."""

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from app.services.ports import UnitOfWork
from sync.contract.facts import HANDLED, Fact, HandoverReceived
from sync.contract.handover import NotAHandOver, unpack_core
from sync.contract.wire import Op


@dataclass(frozen=True, slots=True)
class CarriedFact:
    """A fact of another device (`ports.LoggedFact`)."""

    fact: Fact
    item: str | None
    job: str | None


def carried(u: UnitOfWork, job: str | None = None) -> list[CarriedFact]:
    """Those of one job or of all, oldest first."""
    taken = u.journal.unsettled(None, "handover.received")
    found = [one for logged in taken if isinstance(logged.fact, HandoverReceived) for one in _of(logged.fact)]
    return [one for one in found if job is None or one.job == job]


def _of(fact: HandoverReceived) -> Iterator[CarriedFact]:
    try:
        over, _ = unpack_core(fact.core)
    except NotAHandOver:
        return
    for op in over.ops:
        one = _read(op)
        if isinstance(one, HandoverReceived):
            yield from _of(one)
        elif one is not None:
            yield CarriedFact(one, op.item, getattr(one, "job", None))


def _read(op: Op) -> Fact | None:
    """None for what only a newer app can read."""
    kind = HANDLED.get((op.kind, op.v))
    try:
        return msgspec.json.decode(op.body, type=kind) if kind else None
    except msgspec.ValidationError:
        return None
