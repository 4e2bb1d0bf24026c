"""Labels of goods that came in: what stands on one, and how those that were asked for stand. Used by `services.receive`."""

from collections.abc import Container
from datetime import UTC, datetime
from typing import Final

from app.core.views_receive import LabelsStand
from app.flows.goods_code import Reads, goods_code
from app.flows.receive import Booked, ReceiveState
from app.services.pack_papers import settled
from app.services.ports import UnitOfWork
from app.services.receive_ports import GoodsLabel
from app.services.work_flow import live_jobs
from sync.contract.codes import BinKind, JobKind
from sync.contract.rows import BinRow, ItemRow, WorkRow

#: Worst first: one that has not come out is not outweighed by others that have.
_WORST: Final = (LabelsStand.FAILED, LabelsStand.UNSURE, LabelsStand.PRINTING, LabelsStand.PRINTED)
_FATES: Final = {"printed": LabelsStand.PRINTED, "uncertain": LabelsStand.UNSURE, "failed": LabelsStand.FAILED}
_SHELVES: Final = (BinKind.PICK, BinKind.RESERVE)


def goods_label(u: UnitOfWork, state: ReceiveState, one: Booked, units: int, reads: Reads, wall_ms: int) -> GoodsLabel:
    """A label for `units` units of what was booked."""
    held, item = one.held, u.rows.get(ItemRow, one.held.sku)
    codes = [(code.gtin, code.qty) for code in item.codes] if item else []
    return GoodsLabel(
        name=item.name if item else held.sku,
        sku=held.sku,
        units=units,
        lot=held.lot,
        expiry=held.expiry,
        order=state.named,
        day=datetime.fromtimestamp(wall_ms / 1000, UTC).astimezone().date().isoformat(),
        place=_shelf(u, one),
        code=goods_code(held.sku, codes, units, held.lot, held.expiry, reads),
    )


def stand(u: UnitOfWork, state: ReceiveState, asked: Container[str]) -> LabelsStand:
    """How the labels of what was put down last stand, the worst of them. `asked`: print jobs of this run of the program."""
    found = {_stands(u.prints.fate(job), job in asked) for _, job in state.labels}
    return next((stands for stands in _WORST if stands in found), LabelsStand.NONE)


def _stands(fate: str | None, asked: bool) -> LabelsStand:
    known = settled(fate, asked)
    # Never given to a printer: the program was killed, or no printer was here, between the wish and the job.
    return LabelsStand.FAILED if known is None else _FATES.get(known, LabelsStand.PRINTING)


def _shelf(u: UnitOfWork, one: Booked) -> str:
    """Where it is to lie: the shelf it was put on, or the one its put-away task names; '' while nobody knows."""
    kind, _, code = one.place.partition(":")
    row = u.rows.get(BinRow, code) if kind == "bin" else None
    if row is not None and row.kind in _SHELVES:
        return code
    jobs = live_jobs(u, frozenset({JobKind.PUT_AWAY}), ())
    tasks = (task for job in jobs for task in u.rows.find(WorkRow, "job", job.id))
    wanted = (one.place, one.held.sku, one.held.lot)
    places = {task.to_place or "" for task in tasks if (task.from_bin, task.sku, task.lot or "") == wanted}
    return places.pop() if len(places) == 1 else ""
