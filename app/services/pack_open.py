"""Which job a scan at an empty bench opens, and the state it is opened in. Used by `services.pack`."""

from math import ceil

from app.core.messages import Code, Message, say
from app.core.scan import ScanKind, ScanMeaning
from app.flows.pack_state import PackState, start
from app.services.cards import held_jobs, lines_of
from app.services.ports import Centre, CentreAway, CentreRefused, PrintRequest, UnitOfWork
from sync.contract.codes import JobKind, JobState, ParcelState
from sync.contract.rows import JobRow, OrderRow, ParcelRow, SiteRow

#: How long a packer waits for a tote that this station does not hold.
CLAIM_S = 3.0

_FINISHED = (ParcelState.SHIPPED, ParcelState.VOID)


def held_job(u: UnitOfWork, meaning: ScanMeaning) -> JobRow | None:
    """The pack job this station holds for the scanned tote or order."""
    for job, _ in held_jobs(u, JobKind.PACK):
        if meaning.kind is ScanKind.ORDER and meaning.id in job.orders:
            return job
        if meaning.kind is not ScanKind.ORDER and meaning.id in (job.tote, *job.more_totes):
            return job
    return None


def tote_of(u: UnitOfWork, meaning: ScanMeaning) -> str | None:
    """The tote to ask the centre for: what was scanned, or what the scanned order was picked into; None when it was not."""
    if meaning.kind is not ScanKind.ORDER:
        return meaning.id
    jobs = (job for job in u.rows.find(JobRow, "order", meaning.id) if job.kind is JobKind.PACK)
    return next((job.tote for job in jobs if job.tote), None)


def claim(centre: Centre, tote: str) -> Message | None:
    """Asks the centre for the job of a tote; None when it is ours now, else why not. Waits for the network, holds no lock."""
    unknown = say(Code.TOTE_UNKNOWN_HERE, tote=tote)
    try:
        reply = centre.claim_tote(tote, CLAIM_S)
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
    parcels = [parcel for parcel in u.rows.find(ParcelRow, "order", row.orders[0]) if parcel.state not in _FINISHED]
    if not parcels:
        return None
    parcel = min(parcels, key=lambda parcel: parcel.number)
    return start(job, row.orders[0], row.tote, parcel.id, parcel.sscc, lines, tuple(row.more_totes))


def print_request(u: UnitOfWork, state: PackState) -> PrintRequest:
    """The label of the parcel in hand, as its rows say it was promised."""
    parcel, order = u.rows.get(ParcelRow, state.parcel), u.rows.get(OrderRow, state.order)
    sites = u.rows.all(SiteRow)
    siblings = u.rows.find(ParcelRow, "order", state.order)
    return PrintRequest(
        print_job=state.print_job,
        sscc=state.sscc,
        order=state.order,
        carrier=parcel.carrier if parcel else "",
        service=parcel.service if parcel else "",
        tracking=parcel.tracking if parcel else "",
        ship_to=(*order.ship_to, order.country) if order else (),
        ship_from=tuple(sites[0].ship_from) if sites else (),
        weight_g=state.weighed.grams if state.weighed else None,
        parcel=f"{parcel.number if parcel else 1}/{max(1, len(siblings))}",
    )
