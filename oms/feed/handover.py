"""Work that one device handed to another with the server away, in whatever order the two are heard of. Ingest calls it, in savepoints.

The giver's fact fences it off: each item gets a token nobody has yet. The taker's fact brings what the giver signed, the giver's own
facts in it; the first taker is given those tokens. The facts of any other, and all that the giver did later, count for nobody.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final
from uuid import uuid4

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import select

from oms.db.locks import lock_rows
from oms.db.work import Work
from oms.feed import delegation, ingest
from oms.feed.handover_models import Granted
from oms.feed.handover_models import HandOver as HandOverRow
from oms.feed.leases import lease_s
from oms.feed.log import chain_at, log_of
from oms.feed.models import Lease, Meta
from oms.feed.ports import APPLIED, Credit, FactContext
from oms.feed.refusals import Refusal
from oms.people.models import Device, DeviceStatus
from oms.picking.actions import adopt
from oms.picking.codes import ExceptionKind
from oms.picking.exceptions import divert
from oms.picking.models import Job, WorkItem
from oms.picking.rules import LIVE, UNFINISHED
from oms.picking.scene import of_item
from sync.contract.chain import chain_start
from sync.contract.codes import JobState, LeaseEnd, WorkState
from sync.contract.facts import HandoverReceived, LeaseHandedOver
from sync.contract.handover import HandOver, NotAHandOver, coherent, delegated_id, links, to_sign, unpack_core
from sync.contract.wire import Op, PushRequest, Token

#: Items that a person may still change: a finished line by an undo.
_OPEN_TO_CHANGE: Final = UNFINISHED | {WorkState.DONE}


class Unproven(ValueError):
    """What a taker brought was not signed by the device it names, or contradicts what is known."""


def given(w: Work, fact: FactContext, body: LeaseHandedOver) -> Credit:
    """From here on the giver does nothing more for these items: a token above its own keeps them for the taker."""
    if w.db.get(HandOverRow, body.handover) is not None:
        return APPLIED
    tokens = delegation.tokens_of(w, fact.device)
    asked = {one.item: one.token for one in body.leases if "\0" not in one.item}
    _adopt_forgotten(w, fact, asked)
    jobs, items = _locked(w, asked)
    fenced = [
        (item, asked[item.id], _fenced(w, item, body.handover))
        for item in items
        if item.holder == fact.device
        and (item.tok_epoch, item.tok_n) == tokens.get((item.id, asked[item.id]), asked[item.id])
    ]
    granted: Granted = [(item.id, *token, *fence) for item, token, fence in fenced]
    w.db.add(HandOverRow(id=body.handover, site_id=w.site, from_device=fact.device, given_at=w.now, granted=granted))
    for job in jobs:
        if job.holder == fact.device and job.id in {item.job_id for item, _, _ in fenced}:
            # Nobody's word about the whole job counts until its taker is heard of.
            job.holder = f"handover:{body.handover}"
            w.touch("job", job.id)
    w.audit("work.handed_over", handover=body.handover, items=len(granted))
    w.db.flush()
    return APPLIED


def received(w: Work, fact: FactContext, body: HandoverReceived) -> Credit:
    """Another device took the work over: the giver's facts come in first, then the first taker gets the items that are still kept for it.
    What is not proven is kept as said, with no effect, and counts for nobody."""
    try:
        giver, over = _proven(w, fact, body)
        with w.savepoint():
            _bring_in(w, giver, over)
    except (NotAHandOver, Unproven, Refusal) as why:
        w.audit("handover.refused", handover=_clean(body.handover), why=_clean(str(why)))
        return divert(w, ExceptionKind.HAND_OVER_VOID, {"device": _clean(body.device)}, fact)
    row = w.db.get(HandOverRow, over.id, with_for_update=True, populate_existing=True)
    usable = row is not None and row.from_device == giver.id and row.to_device is None
    got = _grant(w, fact, row) if row is not None and usable and giver.status is DeviceStatus.ACTIVE else 0
    if row is not None and got:
        row.to_device, row.received_at = fact.device, w.now
        w.audit("work.taken_over", handover=over.id, giver=giver.id, items=got)
        w.db.flush()
    if got or not over.leases:
        return APPLIED
    return divert(w, ExceptionKind.HAND_OVER_VOID, {"device": giver.label}, fact)


def _clean(text: str) -> str:
    """What somebody sent, short and without the one character PostgreSQL cannot store."""
    return text.replace("\0", "")[:100]


def _proven(w: Work, fact: FactContext, body: HandoverReceived) -> tuple[Device, HandOver]:
    """The giver, and what it signed. Raises `NotAHandOver` or `Unproven`."""
    over, core = unpack_core(body.core)
    giver = w.db.get(Device, over.device) if "\0" not in over.device + over.id else None
    if giver is None or giver.site_id != w.site or giver.id == fact.device or over.id != body.handover:
        raise Unproven("not of this site, or not of another device")
    if not _signed(giver, core, body.signature) or not coherent(over):
        raise Unproven("not signed by its giver")
    return giver, over


def _signed(giver: Device, core: bytes, signature: str) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(giver.pubkey)).verify(bytes.fromhex(signature), to_sign(core))
    except (ValueError, InvalidSignature):
        return False
    return True


def _adopt_forgotten(w: Work, fact: FactContext, asked: dict[str, Token]) -> None:
    """A grant that a restored server has forgotten is the giver's, as it would be for a pick."""
    now = w.db.scalars(select(Meta.epoch)).one()
    for id in sorted(asked):
        token = asked[id]
        item = w.db.get(WorkItem, id)
        if item is None or token <= (item.tok_epoch, item.tok_n) or token[0] >= now:
            continue
        scene = of_item(w, id)
        if scene is not None and scene.item.state in UNFINISHED and scene.job.state in LIVE:
            adopt(w, replace(fact, item=id, token=token), scene)


def _locked(w: Work, ids: Sequence[str] | dict[str, Token]) -> tuple[Sequence[Job], Sequence[WorkItem]]:
    """Jobs and items of this site, jobs first as everybody does it."""
    jobs = w.db.scalars(select(WorkItem.job_id).where(WorkItem.id.in_(list(ids)), WorkItem.site_id == w.site))
    locked = lock_rows(w.db, Job, Job.id, set(jobs))
    return locked, [item for item in lock_rows(w.db, WorkItem, WorkItem.id, ids) if item.site_id == w.site]


def _fenced(w: Work, item: WorkItem, handover: str) -> Token:
    """The item's next token, which its taker will have; the giver's lease is no longer renewed."""
    for lease in w.db.scalars(select(Lease).where(Lease.item == item.id, Lease.ended_at.is_(None))):
        lease.handed_over = handover
    item.tok_n += 1
    w.touch("work", item.id)
    return item.tok_epoch, item.tok_n


def _grant(w: Work, fact: FactContext, row: HandOverRow) -> int:
    """Gives the taker those items that nobody was given meanwhile; how many."""
    jobs, items = _locked(w, [item for item, *_ in row.granted])
    live = {job.id: job for job in jobs if job.state in LIVE}
    fences = {item: (epoch, n) for item, _, _, epoch, n in row.granted}
    mine = [
        item
        for item in items
        if (item.tok_epoch, item.tok_n) == fences[item.id] and item.state in _OPEN_TO_CHANGE and item.job_id in live
    ]
    until = w.now + timedelta(seconds=lease_s(w.db, w.site))
    for item in mine:
        for lease in w.db.scalars(select(Lease).where(Lease.item == item.id, Lease.ended_at.is_(None))):
            lease.ended_at, lease.end_reason = w.now, LeaseEnd.HANDED_OVER
        w.db.flush()
        w.db.add(
            Lease(
                id=delegated_id(row.id, item.id), site_id=w.site, item=item.id, job=item.job_id, device=fact.device,
                tok_epoch=item.tok_epoch, tok_n=item.tok_n, claim_id=fact.op_id, granted_at=w.now, until=until,
                worker_id=fact.worker,
            )
        )  # fmt: skip
        item.holder, item.lease_until = fact.device, until
        if item.state is WorkState.OPEN:
            item.state = WorkState.LEASED
        job = live[item.job_id]
        job.state, job.holder, job.worker_id = JobState.ACTIVE, fact.device, fact.worker or job.worker_id
        w.touch("work", item.id)
        w.touch("job", job.id)
    w.db.flush()
    return len(mine)


def _bring_in(w: Work, giver: Device, over: HandOver) -> None:
    """The giver's facts into its log. If that log cannot go on with them, they are kept in one of their own: as the giver's where this
    server only lacks what came before, as nobody's where the log went another way or the giver was shut out."""
    link = chain_at(w.db, giver, over.first_seq - 1)
    if giver.status is DeviceStatus.ACTIVE and link == over.prev_chain and _continues(w, giver, over):
        log, maker, ops = log_of(w.db, giver), giver.id, over.ops
    else:
        apart = _apart(w, giver)
        lacking = giver.status is DeviceStatus.ACTIVE and over.first_seq > giver.last_seq + 1
        log, maker = log_of(w.db, apart), giver.id if lacking else apart.id
        ops = [msgspec.structs.replace(op, seq=n) for n, op in enumerate(over.ops, 1)]
    before = over.prev_chain if log.device is giver else log.device.chain
    request = PushRequest(epoch=log.epoch, first_seq=ops[0].seq, prev_chain=before, ops=ops)
    if not ingest.take_carried(w, log, maker, request):
        raise Unproven("facts that contradict what is known")


def _continues(w: Work, giver: Device, over: HandOver) -> bool:
    """Whether what the giver's log here holds beyond `prev_chain` is a beginning of what was signed, or goes on behind it."""
    last: Op = over.ops[-1]
    if giver.last_seq >= last.seq:
        return chain_at(w.db, giver, last.seq) == over.chain
    at = giver.last_seq - over.first_seq + 1
    return at <= 0 or giver.chain == links(over)[at - 1]


def _apart(w: Work, giver: Device) -> Device:
    """A closed identity beside the giver's, for a log that is nobody's continuation."""
    id = uuid4().hex
    made = Device(
        id=id, site_id=w.site, label=giver.label, pubkey=giver.pubkey, created_at=w.now, chain=chain_start(id),
        status=DeviceStatus.FORKED, forked_from=giver.forked_from or giver.id,
    )  # fmt: skip
    w.db.add(made)
    w.db.flush()
    return made


HANDLERS: dict[type[Any], Callable[..., Credit]] = {LeaseHandedOver: given, HandoverReceived: received}
