"""Everything that happened to a customer order, as one list by time: its own events, notes, money, mails and webhooks, and of each site's
part what the dossier knows (facts of devices, the ledger, exceptions, acts, labels, carriers, trucks). Reads only, by indexes; the
workbench's routes call it."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from sqlalchemy import Text, literal_column, select
from sqlalchemy.orm import Session

from oms.documents.dossier_record import Entry
from oms.documents.dossier_sources import SOURCES, Scope, scope_of
from oms.orders.models import Order
from oms.people.models import Audit, Device
from oms.sales import timeline_told as told
from oms.sales.desk_models import OrderNote
from oms.sales.heads import moment
from oms.sales.models import CustomerOrder, OrderEvent
from oms.sales.sheet import names_of, scalars
from oms.sales.timeline_icons import icon_of
from sync.contract.chain import canonical
from sync.contract.workbench import EventIcon, TimelineEntry

#: More than any order has.
_MOST: Final = 5000
#: What an entry of the dossier says in other words than the timeline does: the order itself, and what an event of the order tells.
_TOLD_ELSEWHERE: Final = frozenset(
    {"order", "audit.order.released", "audit.order.cancelled", "audit.dossier.made", "audit.invoice.made"}
)
#: Proofs, not news.
_NOT_SHOWN: Final = frozenset({"chain", "sha256", "digest", "seq", "signature", "session", "source", "op"})


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a timeline, newest first. `next` None: that is all."""

    entries: list[TimelineEntry]
    next: str | None


def timeline(
    db: Session, number: str, *, after: str = "", limit: int = 100, icons: Collection[EventIcon] = ()
) -> Page | None:
    """What happened to an order, from `after` (the `next` of the page before) on; None when there is no such order."""
    if db.get(CustomerOrder, number) is None:
        return None
    found = [entry for source in SALE_SOURCES for entry in source(db, number)]
    found += _of_parts(db, number)
    if icons:
        found = [entry for entry in found if entry.icon in icons]
    found.sort(key=_place, reverse=True)
    if after:
        found = [entry for entry in found if _place(entry) < after]
    shown = found[:limit]
    return Page(shown, _place(shown[-1]) if len(found) > limit else None)


def _place(entry: TimelineEntry) -> str:
    return f"{entry.at} {entry.id}"


def _events(db: Session, number: str) -> Iterator[TimelineEntry]:
    events = db.scalars(
        select(OrderEvent).where(OrderEvent.order_no == number).order_by(OrderEvent.id.desc()).limit(_MOST)
    ).all()
    names = names_of(db, {event.worker_id for event in events})
    devices = _labels(db, {event.device for event in events})
    texts = _notes(db, number)
    for event in events:
        words = scalars(event.words)
        if isinstance(note := words.get("note"), str) and note in texts:
            words["text"] = texts[note]
        yield TimelineEntry(
            id=f"e{event.id:012}",
            at=moment(event.at),
            code=event.kind,
            icon=icon_of(event.kind, words),
            words=words,
            who=names.get(event.worker_id or "", event.source),
            device=devices.get(event.device or "", ""),
            site=event.site_id or "",
            part=str(words.get("part", "")),
        )


def _notes(db: Session, number: str) -> dict[str, str]:
    """What was written, by the note's id: events go to other systems and have only that."""
    mine = select(OrderNote.id, OrderNote.text).where(OrderNote.order_no == number)
    return dict(db.execute(mine).all())


def _acts(db: Session, number: str) -> Iterator[TimelineEntry]:
    """Acts about the customer order itself; those about a site's part of the same number come with the part."""
    parts = select(Order.site_id).where(Order.customer_order == number, Order.number == number)
    there = set(db.scalars(parts))
    about = select(Audit).where(_ACT_ORDER.in_([number])).order_by(Audit.id.desc()).limit(_MOST)
    acts = [act for act in db.scalars(about) if act.site_id not in there]
    names = names_of(db, {act.worker_id for act in acts})
    devices = _labels(db, {act.device for act in acts})
    for act in acts:
        code = f"audit.{act.what}"
        if code not in _TOLD_ELSEWHERE:
            words = {key: value for key, value in scalars(act.words).items() if key not in _NOT_SHOWN}
            yield TimelineEntry(
                id=f"a{act.id:012}.{act.site_id}", at=moment(act.at), code=code, icon=icon_of(code, words), words=words,
                who=names.get(act.worker_id or "", act.source), device=devices.get(act.device or "", ""),
            )  # fmt: skip


_ACT_ORDER: Final = literal_column("(audit.words ->> 'order')", Text)


def _labels(db: Session, ids: Iterable[str | None]) -> dict[str, str]:
    wanted = [one for one in ids if one]
    if not wanted:
        return {}
    return dict(db.execute(select(Device.id, Device.label).where(Device.id.in_(wanted))).all())


def _of_parts(db: Session, number: str) -> Iterator[TimelineEntry]:
    parts = select(Order.site_id, Order.number).where(Order.customer_order == number)
    for site, part in db.execute(parts.order_by(Order.number, Order.site_id)):
        scope = scope_of(db, site, part)
        if scope is not None:
            seen: dict[str, int] = {}
            for source in SOURCES:
                for entry in source(db, scope):
                    if entry.kind not in _TOLD_ELSEWHERE:
                        yield _entry(scope, entry, seen)


def _entry(scope: Scope, entry: Entry, seen: dict[str, int]) -> TimelineEntry:
    words = {key: value for key, value in scalars(entry.body).items() if key not in _NOT_SHOWN}
    if entry.op is not None:
        words["outcome"] = entry.op.get("outcome")
        id = str(entry.op["op_id"])
    else:
        # The same may happen twice in a millisecond: then they are counted.
        id = sha256(canonical([entry.at, entry.kind, entry.body])).hexdigest()[:16]
        seen[id] = seen.get(id, 0) + 1
        id = f"{id}.{seen[id]}"
    return TimelineEntry(
        id=f"p{id}", at=entry.at, code=entry.kind, icon=icon_of(entry.kind, words), words=words, who=entry.who,
        device=entry.device, site=scope.order.site_id, part=scope.order.number,
    )  # fmt: skip


#: Where entries of the customer order itself come from.
SALE_SOURCES: tuple[Callable[[Session, str], Iterator[TimelineEntry]], ...] = (
    _events, _acts, told.payments, told.mails, told.hooks,
)  # fmt: skip
