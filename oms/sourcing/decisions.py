"""A decision of sourcing: what it is, kept and read again. Actions make them; routes, papers and the workbench read them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from oms.sourcing.codes import Out, Rest, SourceRefusal, Why
from oms.sourcing.models import SourceDecision

if TYPE_CHECKING:
    from oms.db.work import Work

Words = dict[str, str | int]


@dataclass(frozen=True, slots=True)
class Reason:
    """A code of `Why` with the words of its sentence."""

    code: Why
    params: Words = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Chosen:
    """A site's share: units by line of the customer order, what it costs, and the site's order once there is one."""

    site: str
    lines: Mapping[int, int]
    cost: Decimal = Decimal(0)
    part: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A way that was weighed: the sites of it, its cost, and units it would lack; or with `out` a site that was left out."""

    sites: tuple[str, ...]
    cost: Decimal = Decimal(0)
    missing: int = 0
    out: Out | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided for an order. With `refused` nothing was. `unfilled` are units by line that nobody sends; `rest` says what the
    caller does with them: they are still open."""

    order: str
    chosen: tuple[Chosen, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    reasons: tuple[Reason, ...] = ()
    unfilled: Mapping[int, int] = field(default_factory=dict)
    rest: Rest = Rest.BACKORDER
    rule: str = ""
    cost: Decimal = Decimal(0)
    refused: SourceRefusal | None = None


def keep_decision(w: "Work", decision: Decision) -> None:
    """The decision is the order's from now on; the one before is superseded."""
    current = (SourceDecision.order_no == decision.order) & SourceDecision.superseded_at.is_(None)
    w.db.execute(update(SourceDecision).where(current).values(superseded_at=w.now))
    w.db.add(
        SourceDecision(
            order_no=decision.order,
            at=w.now,
            chosen=[
                {"site": one.site, "part": one.part, "cost": str(one.cost),
                 "lines": {str(line): qty for line, qty in sorted(one.lines.items())}}
                for one in decision.chosen
            ],
            candidates=[
                {"sites": list(one.sites), "cost": str(one.cost), "missing": one.missing, "out": one.out}
                for one in decision.candidates
            ],
            reasons=[{"code": reason.code, "params": reason.params} for reason in decision.reasons],
            unfilled={str(line): qty for line, qty in sorted(decision.unfilled.items())},
            rest=decision.rest,
            rule=decision.rule,
            cost=decision.cost,
            source=w.actor.source,
        )
    )  # fmt: skip
    w.db.flush()


def decisions_of(db: Session, order_no: str) -> list[SourceDecision]:
    """All decisions about an order, the one that counts first."""
    mine = select(SourceDecision).where(SourceDecision.order_no == order_no)
    return list(db.scalars(mine.order_by(SourceDecision.id.desc())))
