"""What is open in the zones, which totes wait there, and which one carries: from the rows, with what is known here already. Used by
`services.zone`."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from app.core.views_work import MissingCard, ToteCard, Whereabouts, ZoneCard, ZoneLine
from app.flows.zone import URGENT, Rank, is_lost, order_key
from app.services.cards import item_card
from app.services.overlay import Overlay
from app.services.ports import UnitOfWork
from sync.contract.codes import BinKind, JobKind, JobState, Method, WorkState
from sync.contract.rows import BinRow, JobRow, SiteRow, WorkRow

_LIVE = (JobState.OPEN, JobState.ACTIVE)
_TO_COME = (WorkState.OPEN, WorkState.LEASED)
#: Jobs looked into for a list: the most urgent of them. A screen shows fewer.
_MOST_JOBS = 300
_MOST_LINES = 100


@dataclass(slots=True)
class Bins:
    """Zone and place in the walk of every bin, read once: they hardly ever change, and a list asks for hundreds."""

    _known: dict[str, BinRow] = field(default_factory=dict)

    def of(self, u: UnitOfWork, code: str) -> BinRow | None:
        """The bin with this label."""
        if code not in self._known:
            self._known = {row.id: row for row in u.rows.all(BinRow)}
        return self._known.get(code)

    def zones(self, u: UnitOfWork) -> frozenset[str]:
        """Zones that goods are picked in."""
        self.of(u, "")
        return frozenset(row.zone for row in self._known.values() if row.kind is BinKind.PICK)


@dataclass(frozen=True, slots=True)
class Open:
    """One open line of some zone."""

    job: JobRow
    work: WorkRow
    zone: str
    mine: bool

    @property
    def rank(self) -> Rank:
        """What it is ordered by."""
        return Rank(self.job.priority, self.job.cut_off, self.work.seq, self.work.id)

    @property
    def urgent(self) -> bool:
        """Whether it has to go before others."""
        return self.job.priority <= URGENT


def open_lines(u: UnitOfWork, bins: Bins) -> list[Open]:
    """The open lines of all picks on the floor that somebody can take or this device holds."""
    mine = u.leases.jobs()
    me = u.device_id()
    rows = [row for row in u.rows.all(JobRow) if row.kind is JobKind.PICK and row.state in _LIVE]
    # What was finished here, the rows may not know yet; others' picks need not be looked up.
    rows = [row for row in rows if row.holder != me or not u.flows.is_finished(row.id)]
    rows.sort(key=lambda row: (row.id not in mine, row.priority, row.cut_off or "9", row.id))
    lines = []
    for row in rows[:_MOST_JOBS]:
        works = u.rows.find(WorkRow, "job", row.id)
        for work in map(Overlay.of(u, row.id).work, works) if row.id in mine else works:
            bin = bins.of(u, work.from_bin)
            zone = row.zone or (bin.zone if bin else "")
            if work.state in _TO_COME:
                lines.append(Open(row, work, zone, row.id in mine))
    return lines


def zone_cards(lines: Iterable[Open], zones: Iterable[str], waiting: Iterable[JobRow]) -> tuple[ZoneCard, ...]:
    """Every zone with what is open in it."""
    by_zone: dict[str, list[Open]] = {zone: [] for zone in zones}
    for line in lines:
        by_zone.setdefault(line.zone, []).append(line)
    totes = [row.zone for row in waiting]
    return tuple(_zone_card(zone, by_zone[zone], totes.count(zone)) for zone in sorted(by_zone) if zone)


def _zone_card(zone: str, lines: list[Open], totes: int) -> ZoneCard:
    urgent = [line for line in lines if line.urgent]
    return ZoneCard(
        zone=zone,
        lines=len(lines),
        orders=len({line.work.order for line in lines}),
        urgent_lines=len(urgent),
        urgent_orders=len({line.work.order for line in urgent}),
        totes=totes,
    )


def zone_lines(u: UnitOfWork, lines: Iterable[Open], zone: str, by: str) -> tuple[ZoneLine, ...]:
    """The list of one zone, in the order chosen. Totes that are still to be received are not in it: their label opens them."""
    key = order_key(by)
    here = [line for line in lines if line.zone == zone and not to_receive(u, line.job)]
    here.sort(key=lambda line: key(line.rank))
    return tuple(
        ZoneLine(
            job=line.job.id,
            order=line.work.order,
            bin=line.work.from_bin,
            item=item_card(u, line.work.sku, line.work),
            qty=line.work.qty_req - line.work.qty_done,
            urgent=line.urgent,
            mine=line.mine,
            taken=line.work.holder not in (None, u.device_id()) and not line.mine,
        )
        for line in here[:_MOST_LINES]
    )


def to_receive(u: UnitOfWork, row: JobRow) -> bool:
    """Whether the tote of this leg was passed on and nobody has received it yet, as far as is known here."""
    return row.passed_at is not None and not u.journal.unsettled(row.id, "tote.bind")


def waiting_legs(u: UnitOfWork) -> list[JobRow]:
    """Totes that stand at a hand-over point, those longest there first."""
    rows = [
        row
        for row in u.rows.all(JobRow)
        if row.kind is JobKind.PICK and row.state in _LIVE and row.passed_at is not None and row.tote
    ]
    return sorted((row for row in rows if to_receive(u, row)), key=lambda row: (row.passed_at or "", row.id))


def leg_card(u: UnitOfWork, row: JobRow, wall_ms: int) -> ToteCard:
    """A tote that waits, with its red flag and the list of what is missing."""
    minutes = max(0, int((wall_ms / 1000 - _seconds(row.passed_at)) // 60)) if row.passed_at else 0
    sites = u.rows.all(SiteRow)
    works = u.rows.find(WorkRow, "job", row.id)
    return ToteCard(
        job=row.id,
        tote=row.tote or "",
        order=", ".join(row.orders),
        at=row.found_at,
        leg=row.leg,
        legs=row.legs,
        lines=len(works),
        minutes=minutes,
        lost=is_lost(minutes, sites[0].no_mans_land_min if sites else SiteRow(id="", name="").no_mans_land_min),
        missing_units=row.missing,
        missing=_missing(u, row) if row.missing else (),
    )


def carried(u: UnitOfWork) -> tuple[ToteCard, ...]:
    """The totes bound to this person: picks begun here, with a tote, not set down yet."""
    cards = []
    for job in u.leases.jobs():
        row = u.rows.get(JobRow, job)
        if row is None or row.kind is not JobKind.PICK or u.flows.is_finished(job) or row.slots:
            continue
        overlay = Overlay.of(u, job)
        row = overlay.job(row)
        if row.state not in _LIVE or row.tote is None or to_receive(u, row):
            continue
        works = [w for w in map(overlay.work, u.rows.find(WorkRow, "job", job)) if w.state is not WorkState.CANCELLED]
        cards.append(
            ToteCard(
                job=job,
                tote=row.tote,
                order=", ".join(row.orders),
                leg=row.leg,
                legs=row.legs,
                parts_here=row.parts_here,
                lane=row.lane,
                lines=len(works),
                lines_done=sum(work.state not in _TO_COME for work in works),
                missing_units=row.missing,
                travels=row.method == Method.LEGS,
            )
        )
    return tuple(sorted(cards, key=lambda card: card.tote))


def _missing(u: UnitOfWork, row: JobRow) -> tuple[MissingCard, ...]:
    """What earlier zones of the trip did not find."""
    cards = []
    for order in row.orders:
        for work in u.rows.find(WorkRow, "order", order):
            lacks = work.qty_req - work.qty_done
            if work.kind is JobKind.PICK and work.state is WorkState.SHORT and work.job != row.id and lacks > 0:
                cards.append(MissingCard(item_card(u, work.sku), lacks, Whereabouts.LOST, work.from_bin))
    return tuple(cards)


def _seconds(at: str) -> float:
    """An RFC 3339 time as seconds since 1970."""
    time = datetime.fromisoformat(at)
    return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()
