"""Which job a scan at an empty bench opens, and the state it is opened in. Used by `services.pack`."""

from math import ceil

from app.core.messages import Code, Message, say
from app.core.scan import ScanKind, ScanMeaning
from app.flows.pack_state import PackState, start
from app.services import pack_join
from app.services.cards import held_jobs, lines_of
from app.services.overlay import Overlay
from app.services.ports import Centre, CentreAway, CentreRefused, PrintRequest, UnitOfWork
from sync.contract.codes import BinKind, JobKind, JobState, ParcelState, WorkState
from sync.contract.rows import BinRow, JobRow, OrderRow, ParcelRow, SiteRow, WorkRow

#: How long a packer waits for a tote that this station does not hold.
CLAIM_S = 3.0

_FINISHED = (ParcelState.SHIPPED, ParcelState.VOID)
_TO_PACK = (WorkState.OPEN, WorkState.LEASED)


def held_job(u: UnitOfWork, meaning: ScanMeaning) -> JobRow | None:
    """The pack job this station holds for the scanned tote (or slot), order or item: of several orders that still need the item, the
    first in the queue."""
    for job, _ in held_jobs(u, JobKind.PACK):
        if meaning.kind is ScanKind.ITEM:
            if _needs(u, job, meaning.id):
                return job
            continue
        if meaning.kind is ScanKind.ORDER and meaning.id in job.orders:
            return job
        if meaning.kind is not ScanKind.ORDER and meaning.id in (job.tote, *job.more_totes):
            return job
    return None


def _needs(u: UnitOfWork, job: JobRow, sku: str) -> bool:
    overlay = Overlay.of(u, job.id)
    works = (overlay.work(row) for row in u.rows.find(WorkRow, "job", job.id) if row.sku == sku)
    return any(work.state in _TO_PACK and work.qty_done < work.qty_req for work in works)


def next_parcel(u: UnitOfWork, state: PackState) -> ParcelRow | None:
    """The planned parcel of the order that comes after the one in hand; None while the centre has not sent it."""
    rows = u.rows.find(ParcelRow, "order", state.order)
    number = next((row.number for row in rows if row.id == state.parcel), 0)
    later = [row for row in rows if row.state is ParcelState.PLANNED and row.number > number]
    return min(later, key=lambda row: row.number, default=None)


def tote_of(u: UnitOfWork, meaning: ScanMeaning) -> str | None:
    """The tote to ask the centre for: what was scanned (a slot of the wall holds an order as a tote does), or what the scanned order was
    picked into. None: the order was not picked yet, or it is nothing that could hold one."""
    if meaning.kind is ScanKind.ORDER:
        jobs = (job for job in u.rows.find(JobRow, "order", meaning.id) if job.kind is JobKind.PACK)
        return next((job.tote for job in jobs if job.tote), None)
    slot = u.rows.get(BinRow, meaning.id) if meaning.kind is ScanKind.BIN else None
    holds = meaning.kind in (ScanKind.TOTE, ScanKind.UNKNOWN) or (slot is not None and slot.kind is BinKind.WALL)
    return meaning.id if holds else None


def claim(centre: Centre, tote: str, job: str = "") -> Message | None:
    """Asks the centre for the job of a tote, for `job` where it is known; None when it is ours now, else why not. Waits for the network,
    holds no lock."""
    unknown = say(Code.TOTE_UNKNOWN_HERE, tote=tote)
    try:
        reply = centre.claim_job(job, CLAIM_S) if job else centre.claim_tote(tote, CLAIM_S)
    except (CentreAway, CentreRefused):
        return unknown
    if reply.leases:
        return None
    if reply.reason == "taken" and reply.holder:
        return say(Code.TAKEN_BY, name=reply.holder)
    if reply.reason == "closed":
        return say(Code.CENTRE_RESTORED, n=ceil(reply.wait_s / 60))
    return unknown


def fresh(u: UnitOfWork, job: str) -> PackState | None:
    """The state of a job that was never open here, from rows and facts; None while its rows or its parcel are missing."""
    row, lines = u.rows.get(JobRow, job), lines_of(u, job)
    if row is None or row.state is JobState.CANCELLED or not lines or not row.orders:
        return None
    overlay = Overlay.of(u, job)
    parcels = [overlay.parcel(parcel) for parcel in u.rows.find(ParcelRow, "order", row.orders[0])]
    here = [parcel for parcel in parcels if parcel.state not in _FINISHED]
    if not here:
        return None
    parcel = min(here, key=lambda parcel: parcel.number)
    # What a parcel holds that has left, or was opened again, is not in this one.
    first = not any(parcel.state in _FINISHED for parcel in parcels)
    totes, awaited = tuple(row.more_totes), overlay.job(row).awaited
    guests = pack_join.guests_of(u, parcel)
    lines = (*lines, *(line for guest in guests for line in lines_of(u, guest.job)))
    return start(job, row.orders[0], row.tote, parcel.id, parcel.sscc, lines, totes, first, awaited, guests)


def print_request(u: UnitOfWork, state: PackState) -> PrintRequest:
    """The label of the parcel in hand, as its rows say it was promised."""
    parcel, order = u.rows.get(ParcelRow, state.parcel), u.rows.get(OrderRow, state.order)
    sites = u.rows.all(SiteRow)
    return PrintRequest(
        print_job=state.print_job,
        sscc=state.sscc,
        order=" + ".join(state.orders),
        carrier=parcel.carrier if parcel else "",
        service=parcel.service if parcel else "",
        tracking=parcel.tracking if parcel else "",
        ship_to=(*order.ship_to, order.country) if order else (),
        ship_from=tuple(sites[0].ship_from) if sites else (),
        weight_g=state.weighed.grams if state.weighed else None,
        parcel=_number_of(state, parcel),
    )


def _number_of(state: PackState, parcel: ParcelRow | None) -> str:
    """Which parcel of how many, as the label says it: how many is known with the last one only."""
    number = parcel.number if parcel else 1
    return str(number) if state.to_come else f"{number}/{number}"
