"""Who may do which work: claim, renew and release jobs. Called by the sync routes.

A grant raises the token of every item of the job; running out raises nothing. So work that was done too late still counts while
nobody else was given it. Claims skip what others are just being given.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import ceil
from typing import Final, TypeVar
from uuid import uuid4

import msgspec
from sqlalchemy import ColumnElement, Select, and_, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session, sessionmaker

from oms.catalog.models import Bin, Site
from oms.db.locks import lock_rows
from oms.db.work import Work
from oms.feed import shapes
from oms.feed.log import lock_log
from oms.feed.models import Claim, Lease, Meta
from oms.feed.refusals import Refusal
from oms.floor.models import KeptJob, StoppedZone
from oms.inventory import counts
from oms.packing.sharing import not_along, packed_with
from oms.people.models import Device
from oms.picking.codes import ExceptionKind
from oms.picking.exceptions import need
from oms.picking.models import Job, WorkItem
from oms.picking.rules import LIVE, UNFINISHED
from sync.contract import wire
from sync.contract.codes import ErrorCode, JobKind, JobState, LeaseEnd, Method, WorkState
from sync.contract.version import MAX_PICK_JOBS
from sync.contract.wire import (
    ClaimReply,
    ClaimRequest,
    LeaseRef,
    ReleaseReply,
    ReleaseRequest,
    RenewReply,
    RenewRequest,
    RenewResult,
)

S = TypeVar("S", ClaimReply, ReleaseReply)
#: Any contact renews, but writing that down more than a few times per lease helps nobody: at this share of its length that is left.
_RENEW_BELOW: Final = 2 / 3
#: How often a claim looks again when others were given what it found, before it says that there is nothing.
_LOOKS: Final = 3
REMEMBER_CLAIMS: Final = timedelta(days=2)
#: Nobody knows how long an operator takes to confirm a restore.
_UNCONFIRMED_S: Final = 60


def lease_s(db: Session, site: str) -> int:
    """How long work stays with a device that is out of reach: seconds, a policy of the site."""
    return db.scalars(select(Site.lease_s).where(Site.id == site)).one()


def claim(w: Work, device_id: str, request: ClaimRequest) -> ClaimReply:
    """Grants up to `want` jobs; the same `claim_id` gets the same answer. Locks the device, then jobs, then items in id order."""
    log = lock_log(w, device_id, None)
    epoch = log.epoch
    said = _said_before(w, device_id, request.claim_id, ClaimReply)
    if said is not None:
        return said
    closed = _closed_s(w, log.device.schema or 1)
    held = _held_jobs(w, device_id)
    reason: str | None = None
    holder: str | None = None
    if request.job or request.tote:
        job, reason, holder = _certain(w, device_id, request, closed)
        jobs = [job, *_along(w, device_id, job, request)] if job else []
    else:
        jobs = [] if closed else _from_pool(w, device_id, request, held)
        jobs += [along for job in jobs for along in _along(w, device_id, job, request)]
        reason = "closed" if closed else None
    leases = [lease for job in jobs for lease in _grant(w, job, device_id, request.claim_id, epoch)]
    wait_s = closed if reason == "closed" else 0
    reply = ClaimReply(leases=leases, epoch=epoch, server_time="", reason=reason, holder=holder, wait_s=wait_s)
    if leases:
        w.audit("work.claimed", jobs=" ".join(job.id for job in jobs))
    _remember(w, device_id, request.claim_id, reply)
    return reply


def _said_before(w: Work, device_id: str, claim_id: str, kind: type[S]) -> S | None:
    """What was answered under this id. Refuses an id that was another device's, or another kind of request's."""
    said = w.db.execute(select(Claim.device, Claim.body).where(Claim.claim_id == claim_id)).one_or_none()
    if said is None:
        return None
    try:
        if said.device == device_id:
            return msgspec.json.decode(said.body, type=kind)
    except msgspec.ValidationError:
        pass
    raise Refusal(422, ErrorCode.ID_REUSE, "claim_id")


def _remember(w: Work, device_id: str, claim_id: str, reply: ClaimReply | ReleaseReply) -> None:
    """Keeps what is answered. A claim that granted nothing is not kept: the same question may find work later."""
    if isinstance(reply, ClaimReply) and not reply.leases:
        return
    w.db.execute(delete(Claim).where(Claim.device == device_id, Claim.at < w.now - REMEMBER_CLAIMS))
    row = Claim(claim_id=claim_id, device=device_id, body=msgspec.json.encode(reply).decode(), at=w.now)
    w.db.add(row)
    if isinstance(reply, ClaimReply):

        def with_version(_: object, ver: int) -> None:
            row.body = msgspec.json.encode(msgspec.structs.replace(reply, ver=ver)).decode()

        w.at_version(with_version)


def answered(reply: ClaimReply, ver: int) -> ClaimReply:
    """`reply` with the version its grant was committed under."""
    return msgspec.structs.replace(reply, ver=reply.ver or ver)


def _held_jobs(w: Work, device_id: str) -> set[str]:
    live = select(Lease.job).where(Lease.device == device_id, Lease.ended_at.is_(None), Lease.until > w.now)
    return set(w.db.scalars(live.distinct()))


def _to_pack(w: Work, held: set[str]) -> int:
    """How many of the held jobs have goods to pack: a parcel that only waits for its label keeps no tote from the bench."""
    jobs = select(WorkItem.job_id).where(WorkItem.job_id.in_(held), WorkItem.state.in_(UNFINISHED))
    return len(set(w.db.scalars(jobs.distinct())))


def _leased_now(w: Work) -> ColumnElement[bool]:
    return exists().where(Lease.job == Job.id, Lease.ended_at.is_(None), Lease.until > w.now)


def _kept(*whom: ColumnElement[bool]) -> ColumnElement[bool]:
    """A supervisor keeps the job for somebody."""
    return exists().where(KeptJob.job_id == Job.id, KeptJob.until > func.clock_timestamp(), *whom)


def _unfinished() -> ColumnElement[bool]:
    return exists().where(WorkItem.job_id == Job.id, WorkItem.state.in_(UNFINISHED))


def _from_pool(w: Work, device_id: str, request: ClaimRequest, held: set[str]) -> list[Job]:
    """Free jobs of the kinds asked for: those a supervisor keeps for this device, then the most urgent, jobs whose lease ran out after
    those nobody began."""
    kinds = [kind for kind in JobKind if kind in request.kinds]
    counted = _to_pack(w, held) if kinds == [JobKind.PACK] else len(held)
    room = min(request.want, request.capacity - len(held), MAX_PICK_JOBS - counted)
    if room <= 0 or not kinds:
        return []
    wanted = (Job.kind.in_(kinds), *_where(request), *_not_stopped(w))
    if JobKind.PACK in kinds:
        wanted = (*wanted, not_along())
    jobs = _take(w, _free_jobs(w).where(_kept(KeptJob.device_id == device_id), *wanted).order_by(Job.id).limit(room))
    # What nobody began comes first. Two looks, for each of them finds the most urgent by an index.
    for state in (JobState.OPEN, JobState.ACTIVE):
        if len(jobs) < room:
            free = _free_jobs(w).where(Job.state == state, ~_kept(), *wanted)
            first = (Job.priority, Job.cut_off.asc().nulls_last(), Job.turn, Job.id)
            urgent = free.order_by(*first).limit(room - len(jobs))
            jobs += _take(w, urgent)
    return [job for job in jobs if not counts.own_recount(w, job, device_id)]


def _take(w: Work, found: Select[Job]) -> list[Job]:
    """Locks free jobs, and looks again a few times when others were just given all that was found."""
    asked = found.with_for_update(of=Job, skip_locked=True).execution_options(populate_existing=True)
    for _ in range(_LOOKS):
        jobs = list(w.db.scalars(asked))
        # Between the look and the lock somebody may have been given one: leases are only made under the job's lock.
        taken = _taken_jobs(w, [job.id for job in jobs])
        free = [job for job in jobs if job.id not in taken and job.state in LIVE]
        if free or not jobs:
            return free
    return []


def _closed_s(w: Work, schema: int) -> int:
    """As `closed_s`; refuses a device whose app is too old by now. Raises `Refusal` 426."""
    meta = w.db.scalars(select(Meta)).one()
    shapes.check_app(schema, meta.min_pull_schema, meta.upgrade_by, w.now)
    return closed_s(meta, w.now)


def closed_s(meta: Meta, now: datetime) -> int:
    """For how many seconds at most no work is given out: after a restore, until the devices have brought back what they know. 0: it is."""
    left = ceil((meta.claims_closed_until - now).total_seconds()) if meta.claims_closed_until is not None else 0
    return max(left, 0 if meta.epoch_confirmed else _UNCONFIRMED_S)


def _free_jobs(w: Work) -> Select[Job]:
    return select(Job).where(Job.site_id == w.site, ~_leased_now(w), _unfinished())


def _not_stopped(w: Work) -> list[ColumnElement[bool]]:
    """Nothing that lies in a zone a supervisor has stopped. Mostly there is none, and then nothing is asked."""
    if w.db.scalar(select(StoppedZone.zone).where(StoppedZone.site_id == w.site).limit(1)) is None:
        return []
    return [~_stopped_zones().where(WorkItem.job_id == Job.id).exists()]


def _stopped_for(w: Work, job: Job) -> str | None:
    """The stopped zone in which something of a job lies."""
    return w.db.scalar(_stopped_zones().where(WorkItem.job_id == job.id).limit(1))


def _stopped_zones() -> Select[str]:
    """Of unfinished work items: the stopped zones they lie in."""
    here = and_(Bin.site_id == WorkItem.site_id, Bin.code == WorkItem.from_bin)
    stopped = and_(StoppedZone.site_id == Bin.site_id, StoppedZone.zone == Bin.zone)
    found = select(StoppedZone.zone).join_from(WorkItem, Bin, here).join(StoppedZone, stopped)
    return found.where(WorkItem.state.in_(UNFINISHED))


def _where(request: ClaimRequest) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if request.zone is not None:
        in_zone = and_(
            WorkItem.job_id == Job.id,
            Bin.site_id == Job.site_id,
            Bin.code.in_((WorkItem.from_bin, WorkItem.to_place)),
            Bin.zone == request.zone,
        )
        conditions.append(or_(Job.kind.in_((JobKind.PACK, JobKind.SORT)), exists().where(in_zone)))
    if request.lane is not None:
        conditions.append(or_(Job.kind != JobKind.PACK, Job.lane == request.lane))
    return conditions


def _taken_jobs(w: Work, jobs: list[str]) -> set[str]:
    if not jobs:
        return set()
    live = select(Lease.job).where(Lease.job.in_(jobs), Lease.ended_at.is_(None), Lease.until > w.now)
    return set(w.db.scalars(live))


def _certain(w: Work, device_id: str, request: ClaimRequest, closed: int) -> tuple[Job | None, str | None, str | None]:
    """The one job asked for by id or by the tote in somebody's hand: (job to grant, why not, who has it)."""
    job = _find(w, request)
    if job is None:
        return None, "unknown", None
    if job.state not in LIVE:
        return None, "done", None
    if counts.own_recount(w, job, device_id):
        return None, "own_count", None
    # Looked up under the job's lock: what was so before the wait for it may not be so any more.
    holder = w.db.scalar(
        select(Lease.device).where(Lease.job == job.id, Lease.ended_at.is_(None), Lease.until > w.now).limit(1)
    )
    if holder is None and closed:
        # Somebody may have it whom this restored server has forgotten.
        return None, "closed", None
    if holder is None and job.state is JobState.OPEN and (zone := _stopped_for(w, job)) is not None:
        return None, "stopped", zone
    if holder is None or holder == device_id:
        # Asked again after an answer that never arrived: another grant under the same token is as good, and the old one ends with it.
        return job, None, None
    if request.take_over and not closed:
        _take_from(w, job, holder)
        return job, None, None
    return None, "taken", w.db.scalar(select(Device.label).where(Device.id == holder)) or holder


def _along(w: Work, device_id: str, job: Job, request: ClaimRequest) -> list[Job]:
    """The packings whose goods are in the same box: who has that has them all, but for one that another bench works on. One that
    somebody is just being given is left to them."""
    ids = packed_with(w.db, w.site, job.id) if job.kind is JobKind.PACK else set()
    if not ids:
        return []
    others = select(Job).where(Job.id.in_(ids), Job.state.in_(LIVE)).order_by(Job.id)
    asked = others.with_for_update(of=Job, skip_locked=True).execution_options(populate_existing=True)
    found = []
    for other in w.db.scalars(asked).all():
        holder = w.db.scalar(
            select(Lease.device).where(Lease.job == other.id, Lease.ended_at.is_(None), Lease.until > w.now).limit(1)
        )
        if holder not in (None, device_id):
            if not request.take_over:
                continue
            _take_from(w, other, holder)
        found.append(other)
    return found


def _take_from(w: Work, job: Job, holder: str) -> None:
    """The work is another's from now on: its device is told, and what it still does there counts for nobody."""
    theirs = select(Lease).where(Lease.job == job.id, Lease.ended_at.is_(None)).order_by(Lease.id)
    give_back(w, w.db.scalars(theirs).all(), LeaseEnd.RECLAIMED)
    order = w.db.scalar(select(WorkItem.order_no).where(WorkItem.job_id == job.id, WorkItem.order_no != "").limit(1))
    told = need(w, ExceptionKind.JOB_GONE, {"order": order or job.id}, job=job.id, order_no=order)
    told.device = holder
    w.audit("work.taken_from", job=job.id, holder=holder)


def _find(w: Work, request: ClaimRequest) -> Job | None:
    wanted = select(Job).where(Job.site_id == w.site)
    if request.job:
        return w.db.scalar(_locked(wanted.where(Job.id == request.job)))
    # A tote is used again and again: what is meant is its live job, of a kind asked for, the newest first.
    kinds = Job.kind.in_([k for k in JobKind if k in request.kinds])
    newest = wanted.where(kinds).order_by(Job.state.in_(LIVE).desc(), Job.created_at.desc()).limit(1)
    job = w.db.scalar(_locked(newest.where(Job.tote == request.tote)))
    if job is not None and job.state in LIVE:
        return job
    # It may be one of several in which the goods of an order are.
    inside = select(WorkItem.job_id).where(
        WorkItem.site_id == w.site,
        WorkItem.kind == JobKind.PACK,
        WorkItem.state.in_(UNFINISHED),
        WorkItem.from_bin == request.tote,
    )
    return w.db.scalar(_locked(newest.where(Job.id.in_(inside)))) or job


def _locked(wanted: Select[Job]) -> Select[Job]:
    return wanted.with_for_update(of=Job).execution_options(populate_existing=True)


def _grant(w: Work, job: Job, device_id: str, claim_id: str, epoch: int) -> list[wire.Lease]:
    # What was picked onto a cart is still to be put into its slot, by whoever has the cart; what was packed, to be weighed and labelled.
    whole = job.method is Method.CLUSTER or job.kind is JobKind.PACK
    states = UNFINISHED | {WorkState.DONE} if whole else UNFINISHED
    ids = w.db.scalars(select(WorkItem.id).where(WorkItem.job_id == job.id, WorkItem.state.in_(states)))
    items = [item for item in lock_rows(w.db, WorkItem, WorkItem.id, ids) if item.state in states]
    tokens = select(Lease.item, Lease.tok_epoch, Lease.tok_n).where(Lease.job == job.id, *_held_by(device_id))
    own = {tuple(row) for row in w.db.execute(tokens)}
    _end(w, Lease.job == job.id, LeaseEnd.REGRANTED)
    ttl_s = lease_s(w.db, w.site)
    for item in items:
        # What a device still has is given to nobody else: its token stays, for facts may be on their way that were made under it.
        if (item.id, item.tok_epoch, item.tok_n) not in own or item.tok_epoch != epoch:
            item.tok_epoch, item.tok_n = epoch, item.tok_n + 1
    granted = [_grant_item(w, job, item, device_id, claim_id, ttl_s) for item in items]
    job.state, job.holder = JobState.ACTIVE, device_id
    w.db.execute(delete(KeptJob).where(KeptJob.job_id == job.id))
    w.touch("job", job.id)
    w.db.flush()
    return granted


def _grant_item(w: Work, job: Job, item: WorkItem, device_id: str, claim_id: str, ttl_s: int) -> wire.Lease:
    until = w.now + timedelta(seconds=ttl_s)
    item.holder, item.lease_until = device_id, until
    if item.state in UNFINISHED:
        item.state = WorkState.LEASED
    w.touch("work", item.id)
    lease = Lease(
        id=uuid4().hex,
        site_id=w.site,
        item=item.id,
        job=job.id,
        device=device_id,
        tok_epoch=item.tok_epoch,
        tok_n=item.tok_n,
        claim_id=claim_id,
        granted_at=w.now,
        until=until,
    )
    w.db.add(lease)
    return as_wire(lease, ttl_s)


def as_wire(lease: Lease, ttl_s: int) -> wire.Lease:
    """A lease as it travels, with `ttl_s` left."""
    token = (lease.tok_epoch, lease.tok_n)
    return wire.Lease(lease_id=lease.id, item=lease.item, job=lease.job, token=token, ttl_s=ttl_s)


def _end(w: Work, which: ColumnElement[bool], reason: LeaseEnd) -> None:
    ended = update(Lease).where(which, Lease.ended_at.is_(None)).values(ended_at=w.now, end_reason=reason)
    w.db.execute(ended.execution_options(synchronize_session=False))


def any_due(sessions: sessionmaker[Session], device_id: str) -> bool:
    """Whether `renew_all` would do anything: one cheap look before a unit of work."""
    with sessions() as db:
        return db.scalar(_due(device_id).limit(1)) is not None


def _due(device_id: str) -> Select[str]:
    soon = func.clock_timestamp() + func.make_interval(0, 0, 0, 0, 0, 0, Site.lease_s * _RENEW_BELOW)
    of_site = select(Lease.id).join(Site, Site.id == Lease.site_id)
    return of_site.where(*_held_by(device_id), Lease.until < soon)


def _held_by(device_id: str) -> tuple[ColumnElement[bool], ...]:
    """What a device handed over is held by nobody until its taker is heard of; it is kept for them while the lease lasts."""
    return Lease.device == device_id, Lease.ended_at.is_(None), Lease.handed_over.is_(None)


def renew_all(w: Work, device_id: str) -> None:
    """Any contact renews all that a device holds, those that ran out and were given to nobody else included."""
    ids = list(w.db.scalars(_due(device_id)))
    if ids:
        _renew(w, ids)


def _renew(w: Work, lease_ids: list[str]) -> None:
    until = w.now + timedelta(seconds=lease_s(w.db, w.site))
    quiet = {"synchronize_session": False}
    leases = select(Lease.item).where(Lease.id.in_(lease_ids), Lease.ended_at.is_(None))
    items = select(WorkItem.id).where(WorkItem.id.in_(leases)).order_by(WorkItem.id).with_for_update()
    locked = list(w.db.scalars(items))
    w.db.execute(update(WorkItem).where(WorkItem.id.in_(locked)).values(lease_until=until).execution_options(**quiet))
    still = and_(Lease.id.in_(lease_ids), Lease.ended_at.is_(None))
    w.db.execute(update(Lease).where(still).values(until=until).execution_options(**quiet))


def renew(w: Work, device_id: str, request: RenewRequest) -> RenewReply:
    """Renews the leases asked about; each is `ok` or `lost` with the reason."""
    epoch = lock_log(w, device_id, None).epoch
    _renew(w, [lease.id for lease in _own(w, device_id, request.leases)])
    known = {lease.id: lease for lease in _own(w, device_id, request.leases)}
    ttl_s = lease_s(w.db, w.site)
    results = [_renewed(known.get(ref.lease_id), ref, ttl_s) for ref in request.leases]
    return RenewReply(results=results, epoch=epoch, server_time="")


def _own(w: Work, device_id: str, refs: list[LeaseRef]) -> Sequence[Lease]:
    ids = [ref.lease_id for ref in refs]
    mine = select(Lease).where(Lease.id.in_(ids), Lease.device == device_id, Lease.handed_over.is_(None))
    return w.db.scalars(mine.execution_options(populate_existing=True)).all()


def _renewed(lease: Lease | None, ref: LeaseRef, ttl_s: int) -> RenewResult:
    if lease is None or (lease.tok_epoch, lease.tok_n) != ref.token:
        return RenewResult(lease_id=ref.lease_id, lost=LeaseEnd.RECLAIMED)
    if lease.ended_at is not None:
        return RenewResult(lease_id=ref.lease_id, lost=lease.end_reason or LeaseEnd.RECLAIMED)
    return RenewResult(lease_id=ref.lease_id, ttl_s=ttl_s)


def held(w: Work, device_id: str) -> list[wire.Lease]:
    """All leases a device has at this server, freshly renewed: for `open`."""
    renew_all(w, device_id)
    mine = select(Lease).where(*_held_by(device_id)).order_by(Lease.id)
    leases = w.db.scalars(mine.execution_options(populate_existing=True))
    return [as_wire(lease, max(1, int((lease.until - w.now).total_seconds()))) for lease in leases]


def release(w: Work, device_id: str, request: ReleaseRequest) -> ReleaseReply:
    """Takes leases back: their items return to the pool. Same `claim_id`, same answer."""
    epoch = lock_log(w, device_id, None).epoch
    said = _said_before(w, device_id, request.claim_id, ReleaseReply)
    if said is not None:
        return said
    open_ = [lease for lease in _own(w, device_id, request.leases) if lease.ended_at is None]
    give_back(w, open_, LeaseEnd.RELEASED)
    if open_:
        w.audit("work.released", jobs=" ".join(sorted({lease.job for lease in open_})))
    reply = ReleaseReply(released=sorted(lease.id for lease in open_), epoch=epoch, server_time="")
    _remember(w, device_id, request.claim_id, reply)
    return reply


def give_back(w: Work, leases: Sequence[Lease], reason: LeaseEnd) -> None:
    """Ends leases; items not finished are open again, and so is a job of which nothing is held any more."""
    if not leases:
        return
    jobs = lock_rows(w.db, Job, Job.id, [lease.job for lease in leases])
    items = lock_rows(w.db, WorkItem, WorkItem.id, [lease.item for lease in leases])
    _end(w, Lease.id.in_([lease.id for lease in leases]), reason)
    for item in items:
        item.lease_until = None
        if item.state is WorkState.LEASED:
            item.state, item.holder = WorkState.OPEN, None
        w.touch("work", item.id)
    for job in jobs:
        still = select(func.count()).where(Lease.job == job.id, Lease.ended_at.is_(None))
        if job.state is JobState.ACTIVE and not w.db.scalar(still):
            job.state, job.holder = JobState.OPEN, None
            w.touch("job", job.id)
