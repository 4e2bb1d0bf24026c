"""Answers already given under an idempotency key: the same question gets the same answer, whatever happened in between. The capture route
calls it, in the transaction that makes the answer true."""

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from oms.channels.models import GivenAnswer

if TYPE_CHECKING:
    from oms.db.work import Work

KEPT: Final = timedelta(hours=48)
_SWEPT: Final = 20


class OtherQuestion(Exception):
    """The key was used for another question."""


def once(w: "Work", asker: str, key: str, asked: str, answer: Callable[[], bytes]) -> bytes:
    """What `answer` says, or what it said when `asker` used `key` before. `asked` is a hash of the question. Waits for the same question
    that is being answered just now. Raises `OtherQuestion`."""
    fresh = insert(GivenAnswer).values(asker=asker, key=key, at=w.now, asked_hash=asked, answer=b"")
    if w.db.scalars(fresh.on_conflict_do_nothing().returning(GivenAnswer.key)).one_or_none() is None:
        mine = select(GivenAnswer).where(GivenAnswer.asker == asker, GivenAnswer.key == key)
        given = w.db.scalars(mine).one()
        if given.asked_hash != asked:
            raise OtherQuestion(key)
        return given.answer
    said = answer()
    w.db.execute(update(GivenAnswer).where(GivenAnswer.asker == asker, GivenAnswer.key == key).values(answer=said))
    _sweep(w)
    return said


def _sweep(w: "Work") -> None:
    """A few that are too old, each time."""
    key = tuple_(GivenAnswer.asker, GivenAnswer.key)
    old = select(GivenAnswer.asker, GivenAnswer.key).where(GivenAnswer.at < w.now - KEPT).limit(_SWEPT)
    w.db.execute(delete(GivenAnswer).where(key.in_(old.with_for_update(skip_locked=True))))
