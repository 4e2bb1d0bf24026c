"""Totes that were set aside at the bench: a supervisor sees why, until somebody goes on with them. Called by the ingest of the feed."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from oms.feed.models import FloorException
from oms.feed.ports import Credit, FactContext
from oms.picking.answers import STORED_LATE
from oms.picking.codes import OPEN, ExceptionKind
from oms.picking.exceptions import need, resolve
from oms.picking.rules import holds
from oms.picking.scene import JobScene, of_job
from sync.contract import facts

if TYPE_CHECKING:
    from oms.db.work import Work


def held(w: "Work", fact: FactContext, body: facts.PackHold) -> Credit:
    """The tote stands at its place, and a supervisor is told why. From anybody but the holder it is kept as said, with no effect."""
    scene, credit = _mine(w, fact, body.job)
    if scene is None:
        return credit
    scene.job.lane = body.place
    w.touch("job", scene.job.id)
    settle_holds(w, scene.job.id)
    number = scene.orders[0].number
    words: dict[str, str | int] = {
        "order": number, "tote": body.tote or "", "bin": body.place, "reason": body.reason.value,
    }  # fmt: skip
    need(w, ExceptionKind.PACK_HELD, words, job=body.job, order_no=number)
    w.audit("pack.held", order=number, tote=body.tote, place=body.place, reason=body.reason.value)
    return credit


def resumed(w: "Work", fact: FactContext, body: facts.PackResume) -> Credit:
    """The tote is on a bench again: nobody need decide any more."""
    scene, credit = _mine(w, fact, body.job)
    if scene is not None:
        scene.job.station = body.station
        w.touch("job", scene.job.id)
        settle_holds(w, scene.job.id)
    return credit


def settle_holds(w: "Work", job_id: str) -> None:
    """What was asked about a tote that was set aside is settled: somebody goes on with it, or nobody ever will."""
    asked = select(FloorException).where(
        FloorException.site_id == w.site,
        FloorException.state == OPEN,
        FloorException.kind == ExceptionKind.PACK_HELD,
        FloorException.job == job_id,
    )
    for exception in w.db.scalars(asked):
        resolve(w, exception)


def _mine(w: "Work", fact: FactContext, job_id: str) -> tuple[JobScene | None, Credit]:
    """The job's scene, when its holder says it."""
    scene = of_job(w, job_id)
    if scene is None:
        return None, STORED_LATE
    verdict = holds(scene.job.state, scene.job.holder, fact.device)
    return (scene if verdict.credited else None), (Credit(verdict.outcome) if verdict.credited else STORED_LATE)


HANDLERS: dict[type[Any], Callable[..., Credit]] = {facts.PackHold: held, facts.PackResume: resumed}
