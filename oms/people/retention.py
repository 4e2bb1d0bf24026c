"""How long records are kept (`retention.toml`), and the one sweep that applies it. The queue, the API and the command line call it."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from oms.db.work import Actor, Works
from oms.people.models import RetentionRule
from oms.people.staff_data import erase, left_before

if TYPE_CHECKING:
    from oms.db.work import Work

#: Rows of a kind that go in one transaction.
_BATCH: Final = 1000
#: Erases people one by one: an id of somebody who is due, and how they are erased.
Eraser = Callable[["Work", str], None]


class BadRule(ValueError):
    """No such kind of record, or not so many days."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A kind of record: kept for `days`, which the shop may set from `least` to `most`. The rest says what is done then."""

    kind: str
    why: str
    days: int
    least: int
    most: int
    act: str
    table: str = ""
    old: str = ""
    set: str = ""
    still: str = "true"


@dataclass(frozen=True, slots=True)
class RuleSeen:
    """A rule as it holds here."""

    kind: str
    days: int
    least: int
    most: int
    why: str


def rules(db: Session) -> list[RuleSeen]:
    """All of them, with the days that hold here."""
    own = {one.kind: one.days for one in db.scalars(select(RetentionRule))}
    return [
        RuleSeen(rule.kind, own.get(rule.kind, rule.days), rule.least, rule.most, rule.why)
        for rule in _rules().values()
    ]


def keep(w: "Work", kind: str, days: int) -> None:
    """So many days from now on. Raises `BadRule`."""
    rule = _rules().get(kind)
    if rule is None or not rule.least <= days <= rule.most:
        raise BadRule(kind)
    row = insert(RetentionRule).values(kind=kind, days=days)
    w.db.execute(row.on_conflict_do_update(index_elements=["kind"], set_={"days": days}))
    w.audit("retention.kept", kind=kind, days=days)


def sweep(
    works: Works,
    site: str,
    actor: Actor,
    erasers: Mapping[str, tuple[Callable[["Work", timedelta], list[str]], Eraser]],
) -> dict[str, int]:
    """Applies every rule until nothing is left that is due, a batch at a time; kind -> how many records. `erasers` are those acts that
    other rooms know how to do: who is due, and how one of them is erased."""
    known = {"people": (left_before, erase), **erasers}
    done: dict[str, int] = {}
    for rule in _rules().values():
        count = (
            _people(works, site, actor, rule, known[rule.act]) if rule.act in known else _rows(works, site, actor, rule)
        )
        if count:
            done[rule.kind] = count
    return done


def _rows(works: Works, site: str, actor: Actor, rule: Rule) -> int:
    total = 0
    while True:
        count = works.run(site, actor, lambda w: _batch(w, rule))
        total += count
        if count < _BATCH:
            return total


def _batch(w: "Work", rule: Rule) -> int:
    # Words of `retention.toml`, never of a request.
    old = f"SELECT ctid FROM {rule.table} WHERE {rule.old} < :before AND {rule.still} LIMIT {_BATCH}"  # noqa: S608
    what = f"DELETE FROM {rule.table}" if rule.act == "delete" else f"UPDATE {rule.table} SET {rule.set}"  # noqa: S608
    found = w.db.execute(
        text(f"WITH due AS MATERIALIZED ({old} FOR UPDATE SKIP LOCKED) {what} WHERE ctid IN (SELECT ctid FROM due) RETURNING 1"),  # noqa: S608
        {"before": w.now - timedelta(days=_days(w, rule))},
    )  # fmt: skip
    count = len(found.all())
    if count:
        w.audit("retention.swept", kind=rule.kind, count=count)
    return count


def _people(
    works: Works, site: str, actor: Actor, rule: Rule, how: tuple[Callable[["Work", timedelta], list[str]], Eraser]
) -> int:
    find, blank = how
    due = works.run(site, actor, lambda w: find(w, timedelta(days=_days(w, rule))))
    for id in due:
        works.run(site, actor, lambda w, id=id: blank(w, id))  # type: ignore[misc]
    if due:
        works.run(site, actor, lambda w: w.audit("retention.swept", kind=rule.kind, count=len(due)))
    return len(due)


def _days(w: "Work", rule: Rule) -> int:
    own = w.db.get(RetentionRule, rule.kind)
    return own.days if own is not None else rule.days


@cache
def _rules() -> dict[str, Rule]:
    told: dict[str, dict[str, Any]] = tomllib.loads(
        Path(__file__).with_name("retention.toml").read_text(encoding="utf-8")
    )
    return {kind: Rule(kind=kind, **words) for kind, words in told.items()}
