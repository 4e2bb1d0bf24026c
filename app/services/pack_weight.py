"""The weight of the parcel in hand: what it should be by the rows, and what is told when it is off. Used by `services.pack`."""

from itertools import islice

from app.core.messages import Code, Message, say
from app.core.views import PackStep, WeightCard
from app.flows.pack_state import PackState
from app.flows.weight import Cause, CauseKind, Check, Content, Known, Parcel, check, stated, whole_grams
from app.services.api import Weight
from app.services.cards import held_jobs, item_card
from app.services.ports import UnitOfWork
from sync.contract.codes import JobKind
from sync.contract.rows import CartonRow, ItemRow, Learned, SiteRow, WorkRow

#: Items of other orders at the bench that may have slipped into this parcel: no more than these are thought of.
_NEARBY = 12
#: A carton nobody has weighed strays by its filling at least.
_CARTON_SPREAD_G = 6.0


def weight_check(u: UnitOfWork, state: PackState, division: float = 1.0) -> Check:
    """What the parcel should weigh: by what was learned of its items and carton, else by master data and the site's tolerance. `division`
    is one step of the scale, in grams."""
    sites = u.rows.all(SiteRow)
    site = sites[0] if sites else SiteRow(id="", name="")
    return check(_parcel(u, state, division), site.weight_tolerance_g, site.weight_tolerance_permille)


def weight_card(u: UnitOfWork, state: PackState, live: Weight | None) -> WeightCard | None:
    """The gauge. While weighing it follows the scale; afterwards it shows what was accepted."""
    if state.step is PackStep.WEIGHT:
        expected = weight_check(u, state, live.division if live is not None else 1.0)
        steady = live is not None and live.stable
        grams = whole_grams(live.grams) if live is not None and live.stable else None
        within = expected.within(grams) if grams else None
        causes = state.weighed.causes if state.blocked and state.weighed else ()
        told = tuple(_told(u, cause) for cause in causes)
        return WeightCard(grams, steady, expected.expected, expected.tolerance, within, state.blocked, told)
    if state.weighed is not None:
        kept = state.weighed
        return WeightCard(kept.grams, True, kept.expected, kept.tolerance, kept.within)
    return None


def _parcel(u: UnitOfWork, state: PackState, division: float) -> Parcel | None:
    units: dict[str, int] = {}
    for line in state.lines:
        units[line.sku] = units.get(line.sku, 0) + state.inside_of(line)
    content = [_content(u, sku, qty) for sku, qty in units.items() if qty]
    if any(part is None for part in content):
        return None
    carton = u.rows.get(CartonRow, state.carton) if state.carton else None
    others = (row for row in u.rows.all(CartonRow) if row.id != state.carton)
    return Parcel(
        content=tuple(part for part in content if part),
        carton=_of_carton(carton) if carton else Known(0.0),
        division=division,
        nearby=_nearby(u, state, units),
        cartons=tuple((row.id, _of_carton(row)) for row in others),
    )


def unit_weight(u: UnitOfWork, sku: str) -> Known | None:
    """What one unit of an item weighs, learned or by master data; None where nobody knows."""
    row = u.rows.get(ItemRow, sku)
    if row is None or (row.learned is None and row.weight_g is None):
        return None
    return _known(row.learned) if row.learned else stated(row.weight_g or 0)


def _content(u: UnitOfWork, sku: str, qty: int) -> Content | None:
    each = unit_weight(u, sku)
    return Content(sku, qty, each) if each else None


def _of_carton(row: CartonRow) -> Known:
    return _known(row.learned) if row.learned else stated(row.tare_g, _CARTON_SPREAD_G)


def _known(learned: Learned) -> Known:
    return Known(learned.mean_mg / 1000, learned.spread_mg / 1000, learned.error_mg / 1000, learned=True)


def _nearby(u: UnitOfWork, state: PackState, units: dict[str, int]) -> tuple[Content, ...]:
    """What else may have slipped in: items that are mistaken for one of these, and items of the orders that wait at this bench."""
    rows = [row for row in (u.rows.get(ItemRow, sku) for sku in units) if row is not None]
    skus = dict.fromkeys(sku for row in rows for sku in row.look_alikes)
    waiting = (job.id for job, _ in held_jobs(u, JobKind.PACK) if job.id != state.job)
    skus |= dict.fromkeys(work.sku for job in islice(waiting, 3) for work in u.rows.find(WorkRow, "job", job))
    found = (_content(u, sku, 1) for sku in islice((sku for sku in skus if sku not in units), _NEARBY))
    return tuple(part for part in found if part)


_CODES = {
    CauseKind.MISSING: Code.WEIGHT_MISSING,
    CauseKind.EXTRA: Code.WEIGHT_EXTRA,
    CauseKind.SWAPPED: Code.WEIGHT_SWAPPED,
    CauseKind.MISSING_TWO: Code.WEIGHT_TWO_MISSING,
    CauseKind.EXTRA_TWO: Code.WEIGHT_TWO_EXTRA,
    CauseKind.CARTON: Code.WEIGHT_CARTON,
    CauseKind.FILLING: Code.WEIGHT_FILLING,
    CauseKind.ELSE: Code.WEIGHT_ELSE,
}


def _told(u: UnitOfWork, cause: Cause) -> Message:
    words: dict[str, str | int] = {"percent": cause.percent}
    if cause.sku:
        words["item"] = item_card(u, cause.sku).name
    if cause.other:
        words["other"] = item_card(u, cause.other).name
    if cause.carton:
        words["carton"] = cause.carton
    return say(_CODES[cause.kind], **words)
