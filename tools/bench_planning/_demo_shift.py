"""One shift of the demonstration, played to its end, and what a forecast of it needs:
`python -m tools.bench_planning._demo_shift SEED ORDERS PACE METHOD PICKERS OUT` writes it to OUT as JSON.

A process of its own, for the demonstration has a window system and a database. Everything is told in seconds of
life: the clock of the shift runs `PACE` times quicker.
"""

import json
import os
import random
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from shutil import rmtree
from typing import Any

from sqlalchemy import func, make_url, select
from sqlalchemy.orm import Session

from app.demo.command import parsed
from app.demo.show import METHODS, Show
from oms.db.engine import make_engine
from oms.feed.models import Lease, Op
from oms.picking.models import Job, WorkItem
from oms.walks.floors import Floor, floor_of
from oms.walks.learning import gaps, picks_of
from sync.contract.codes import JobKind

_SITE = "MAIN"


def told(show: Show, method: str, pace: float) -> dict[str, Any]:
    """What was to be picked, what people took for each pick, and how long all of it took."""
    engine = make_engine(make_url(show.oms.database_url()), pool_size=1)
    try:
        with Session(engine) as db:
            return _told(db, method, pace)
    finally:
        engine.dispose()


def _told(db: Session, method: str, pace: float) -> dict[str, Any]:
    items = db.scalars(
        select(WorkItem).where(WorkItem.site_id == _SITE, WorkItem.kind == JobKind.PICK).order_by(WorkItem.seq)
    ).all()
    floor = floor_of(db, _SITE, {item.from_bin for item in items})
    if floor is None:
        raise RuntimeError("the floor of the demonstration is not drawn")
    began = db.scalars(select(func.min(Lease.granted_at)).where(Lease.item.in_([item.id for item in items]))).one()
    ended = db.scalars(select(func.max(Op.wall_ms)).where(Op.kind == "pick.confirm")).one()
    picks = picks_of(db, _SITE, METHODS[method], datetime.now(UTC))
    return {
        "tours": _tours(db, floor, items),
        "gaps": [[*steps, seconds * pace] for steps, seconds in gaps(picks, floor) if seconds > 0],
        "seconds": (ended / 1000 - began.timestamp()) * pace,
    }


def _tours(db: Session, floor: Floor, items: Sequence[WorkItem]) -> list[dict[str, Any]]:
    """The trips in the order in which they are taken, as they were planned."""
    by_job: dict[str, list[WorkItem]] = {}
    for item in items:
        by_job.setdefault(item.job_id, []).append(item)
    ranked = db.scalars(select(Job).where(Job.id.in_(by_job)).order_by(Job.priority, Job.cut_off, Job.id)).all()
    depot = floor.depots[0]
    tours = []
    for job in ranked:
        calls = by_job[job.id]
        legs = floor.layout.legs(floor.layout.numbers([depot, *(call.from_bin for call in calls), depot]))
        tours.append(
            {
                "home": float(legs[-1]),
                "calls": [
                    [call.from_bin, float(metres), call.qty_req, call.order_no]
                    for call, metres in zip(calls, legs, strict=False)
                ],
            }
        )
    return tours


def main(arguments: list[str]) -> int:
    """Exit status 1 when the shift went wrong."""
    seed, orders, pace, method, pickers, out = arguments
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    # After the platform is chosen: this loads Qt.
    from app.bootstrap import Client  # noqa: F401
    from app.demo.play import play

    said = ["--headless", "--method", method, "--pickers", pickers, "--orders", orders, "--seed", seed, "--pace", pace]
    work, shots = Path(tempfile.mkdtemp(prefix="floorhand-shift-")), Path(tempfile.mkdtemp(prefix="floorhand-shots-"))
    try:
        figures = play(
            parsed(said),
            work,
            shots,
            lambda _text: None,
            random.Random(int(seed)),
            lambda show: {"shift": told(show, method, float(pace))},
        )
        Path(out).write_text(json.dumps({"ok": figures["ok"], **figures.get("shift", {})}), encoding="utf-8")
        return 0 if figures["ok"] else 1
    finally:
        rmtree(work, ignore_errors=True)
        rmtree(shots, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
