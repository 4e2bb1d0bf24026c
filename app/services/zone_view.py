"""What is open in the zones, which totes wait there, and which one carries: from the rows, with what is known here already. Used by
`services.zone`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from app.core.clock import Clock
from app.core.views_work import MissingCard, ToteCard, Whereabouts, ZoneCard, ZoneLine
from app.flows.zone import URGENT, Rank, is_lost, order_key
from app.services.cards import card_of, item_card
from app.services.overlay import Overlay
from app.services.ports import UnitOfWork
from app.services.work_flow import MOST_JOBS, live_jobs
from sync.contract.codes import BinKind, JobKind, JobState, Method, WorkState
from sync.contract.rows import BinRow, ItemRow, JobRow, SiteRow, WorkRow

_LIVE = (JobState.OPEN, JobState.ACTIVE)
_TO_COME = (WorkState.OPEN, WorkState.LEASED)
_PICKS = frozenset({JobKind.PICK})
_MOST_LINES = 100
_BINS_S = 60.0


@dataclass(slots=True)
class Bins:
    """Zone and place in the walk of every bin: they hardly ever change, and a list asks for hundreds. Read again at most once a minute."""

    _clock: Clock
    _known: dict[str, BinRow] = field(default_factory=dict)
    _zones: frozenset[str] = frozenset()
    _rows: str = ""
    _again: float = 0.0

    def of(self, u: UnitOfWork, code: str) -> BinRow | None:
        """The bin with this label."""
        return self.known(u).get(code) or u.rows.get(BinRow, code)

    def known(self, u: UnitOfWork) -> Mapping[str, BinRow]:
        """Every bin by its label, as it was a minute ago or later."""
        self._read(u)
        return self._known

    def zones(self, u: UnitOfWork) -> frozenset[str]:
        """Zones that goods are picked in."""
        self._read(u)
        return self._zones

    def _read(self, u: UnitOfWork) -> None:
        now = self._clock.mono()
        if self._known and now < self._again:
            return
        rows, self._again = u.rows.digest(), now + _BINS_S
        if rows != self._rows or not self._known:
            self._known, self._rows = {row.id: row for row in u.rows.all(BinRow)}, rows
            self._zones = frozenset(row.zone for row in self._known.values() if row.kind is BinKind.PICK)


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


class Lines:
    """Owns what was read of other people's work: it is read again when the rows are others."""

    def __init__(self, bins: Bins) -> None:
        self._bins = bins
        self._rows: str | None = None
        self._jobs: list[tuple[JobRow, list[Open]]] = []

    def open(self, u: UnitOfWork) -> list[Open]:
        """The open lines of all picks on the floor that somebody can take or this device holds; those held first."""
        mine, me = u.leases.jobs(), u.device_id()
        bins, touched = self._bins.known(u), Overlay.jobs(u)
        held = u.rows.some(JobRow, mine).values()
        own = [row for row in held if row.kind in _PICKS and row.state in _LIVE]
        own.sort(key=lambda row: (row.priority, row.cut_off or "9", row.id))
        found = u.rows.find_some(WorkRow, "job", [row.id for row in own])
        lines: list[Open] = []
        for row in own:
            works = found[row.id]
            if row.id in touched:
                works = list(map(Overlay.of(u, row.id).work, works))
            lines += _lines(bins, row, works, True)
        others = [(row, theirs) for row, theirs in self._others(u, bins) if row.id not in mine]
        # What was finished here, the rows may not know yet; others' picks need not be looked up.
        finished = u.flows.finished(row.id for row, _ in others if row.holder == me)
        for row, theirs in others:
            if row.id not in finished:
                lines += theirs
        return lines

    def _others(self, u: UnitOfWork, bins: Mapping[str, BinRow]) -> list[tuple[JobRow, list[Open]]]:
        rows = u.rows.digest()
        if rows != self._rows:
            jobs = live_jobs(u, _PICKS, ())
            works = u.rows.find_some(WorkRow, "job", [row.id for row in jobs])
            self._jobs = [(row, _lines(bins, row, works[row.id], False)) for row in jobs]
            self._rows = rows
        return self._jobs


def _lines(bins: Mapping[str, BinRow], row: JobRow, works: list[WorkRow], mine: bool) -> list[Open]:
    return [Open(row, work, _zone(bins, row, work), mine) for work in works if work.state in _TO_COME]


def _zone(bins: Mapping[str, BinRow], row: JobRow, work: WorkRow) -> str:
    bin = None if row.zone else bins.get(work.from_bin)
    return row.zone or (bin.zone if bin else "")


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
    key, me = order_key(by), u.device_id()
    here = [line for line in lines if line.zone == zone and not to_receive(u, line.job)]
    here.sort(key=lambda line: key(line.rank))
    here = here[:_MOST_LINES]
    items = u.rows.some(ItemRow, {line.work.sku for line in here})
    return tuple(
        ZoneLine(
            job=line.job.id,
            order=line.work.order,
            bin=line.work.from_bin,
            item=card_of(items.get(line.work.sku), line.work.sku, line.work),
            qty=line.work.qty_req - line.work.qty_done,
            urgent=line.urgent,
            mine=line.mine,
            taken=line.work.holder not in (None, me) and not line.mine,
        )
        for line in here
    )


def to_receive(u: UnitOfWork, row: JobRow) -> bool:
    """Whether the tote of this leg was passed on and nobody has received it yet, as far as is known here."""
    return row.passed_at is not None and not u.journal.unsettled(row.id, "tote.bind")


def waiting_legs(u: UnitOfWork) -> list[JobRow]:
    """Totes that stand at a hand-over point, those longest there first."""
    rows = u.rows.ranked(JobRow, "passed", MOST_JOBS)
    return [row for row in rows if row.kind is JobKind.PICK and to_receive(u, row)]


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
    jobs = u.leases.jobs()
    finished, touched = u.flows.finished(jobs), Overlay.jobs(u)
    for job, row in u.rows.some(JobRow, jobs).items():
        if row.kind is not JobKind.PICK or job in finished or row.slots or (row.tote is None and job not in touched):
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
