"""Zone work on this device: the zone one is in, its list, totes received and set down. Implements `api_work.Zone`; called on the store
worker. Picking itself is done by `api.Pick`, which this opens jobs for."""

from collections.abc import Callable
from functools import partial

from app.core.clock import Clock
from app.core.messages import Code, Message, say
from app.core.outcome import Outcome
from app.core.scan import ScanInput, ScanKind, ScanMeaning
from app.core.storage import StorageTrouble
from app.core.views import PickStep
from app.core.views_work import ToteCard, ZoneStep, ZoneView
from app.flows import zone as flow
from app.flows.duplicates import DuplicateRule
from app.flows.resolve import Expect, Patterns, ScanReader
from app.flows.scanning import not_this
from app.flows.step import Step
from app.flows.zone import ZoneState
from app.services.api import Pick
from app.services.ports import Centre, Store, UnitOfWork
from app.services.scans import Ears
from app.services.work_flow import CLAIM_S, FlowService, may_work
from app.services.zone_view import (
    Bins,
    Lines,
    Open,
    carried,
    leg_card,
    to_receive,
    waiting_legs,
    zone_cards,
    zone_lines,
)
from sync.contract.facts import ToteBind
from sync.contract.rows import JobRow, WorkRow

#: Under which name, and for which "job", the stay in a zone is kept.
KIND = JOB = "zone"

Answer = Outcome[ZoneView]


class ZoneService(FlowService[ZoneState, flow.Event, ZoneView]):
    """Owns which totes this device has heard of, so that each is rung for once."""

    KIND = KIND
    IDLE = ZoneStep.CHOOSE.value
    STATE = ZoneState

    def __init__(
        self,
        store: Store,
        reader: ScanReader,
        clock: Clock,
        centre: Centre,
        pick: Pick,
        on_zone: Callable[[str | None], None] = lambda _zone: None,
        patterns: Patterns | None = None,
        duplicates: DuplicateRule | None = None,
    ) -> None:
        """`on_zone` hears which zone work is to be fetched for from now on."""
        super().__init__(store, clock, centre, ZoneView(ZoneStep.CHOOSE, say(Code.CHOOSE_ZONE)))
        self._ears = Ears(reader, patterns or Patterns(), duplicates or DuplicateRule())
        self._pick = pick
        self._on_zone = on_zone
        self._bins = Bins(clock)
        self._lines = Lines(self._bins)
        self._heard: set[str] | None = None

    def zone(self) -> str | None:
        """The zone the person here works in."""
        try:
            with self._store.look() as u:
                return self._here(u).zone
        except StorageTrouble:
            return None

    def enter(self, zone: str) -> Answer:
        """See `api_work.Zone`. Work of other zones that was not begun goes back to the pool."""
        self._heard = None
        outcome = self._do(lambda u, state: (flow.Enter(zone),))
        if outcome.view.zone == zone:
            self._on_zone(zone)
            self._let_go(zone)
        return outcome

    def leave_zone(self) -> Answer:
        """See `api_work.Zone`."""
        outcome = self._do(lambda u, state: (flow.Leave(),))
        if outcome.view.zone is None:
            self._on_zone(None)
        return outcome

    def sort_by(self, by: str) -> Answer:
        """See `api_work.Zone`."""
        return self._do(lambda u, state: (flow.SortBy(by),))

    def unload(self) -> Answer:
        """See `api_work.Zone`."""
        return self._do(lambda u, state: (flow.Unload(),))

    def cancel(self) -> Answer:
        """See `api_work.Zone`."""
        return self._do(lambda u, state: (flow.Cancel(),))

    def acknowledge(self) -> Answer:
        """See `api_work.Zone`."""
        return self.view()

    def on_scan(self, scan: ScanInput) -> Answer:
        """See `api_work.Zone`."""
        if self._ears.is_echo(scan):
            return self.view()
        try:
            with self._store.look() as u:
                state = self._here(u)
                meaning = self._ears.meaning(u, scan, Expect(frozenset({ScanKind.TOTE, ScanKind.BIN})))
                setting_down = state.step in (ZoneStep.UNLOAD, ZoneStep.PLACE)
                mine = carried(u) if setting_down else ()
                zone = self._zone_of(u, state, meaning)
                job = None if setting_down or zone is not None else self._job_of(u, state, meaning)
        except StorageTrouble:
            return self._stuck()
        if setting_down:
            return self._scan_down(state, scan, meaning, mine)
        if zone is not None:
            return self.enter(zone)
        if job is not None:
            return self._open_job(job, scan, meaning)
        return self._told(self._why_not(state, meaning))

    def start(self, job: str) -> Answer:
        """See `api_work.Zone`. A tote that was passed on is received by its label, not by a tap."""
        try:
            with self._store.look() as u:
                row = u.rows.get(JobRow, job)
                waits = row is not None and to_receive(u, row)
        except StorageTrouble:
            return self._stuck()
        if row is not None and waits:
            return self._told(say(Code.LEG_ARRIVED, tote=row.tote or "", place=row.found_at or ""))
        return self._open_job(job)

    def arrived(self) -> Message | None:
        """See `api_work.Zone`."""
        try:
            with self._store.look() as u:
                zone = self._here(u).zone
                legs = [row for row in waiting_legs(u) if row.zone == zone] if zone is not None else []
        except StorageTrouble:
            return None
        before, self._heard = self._heard, {row.id for row in legs}
        new = [row for row in legs if before is not None and row.id not in before]
        return say(Code.LEG_ARRIVED, tote=new[0].tote or "", place=new[0].found_at or "") if new else None

    # --- what a scan opens ---

    def _zone_of(self, u: UnitOfWork, state: ZoneState, meaning: ScanMeaning) -> str | None:
        """The zone that a scan signs in to: by its own label at any time, by any bin in it while there is none."""
        text = meaning.fields.text
        label = next((zone for zone in self._bins.zones(u) if zone.upper() == text.upper()), None)
        if label is not None or state.zone is not None or meaning.kind is not ScanKind.BIN:
            return label
        bin = self._bins.of(u, meaning.id)
        return bin.zone if bin and bin.zone in self._bins.zones(u) else None

    def _job_of(self, u: UnitOfWork, state: ZoneState, meaning: ScanMeaning) -> str | None:
        """The pick that a scanned tote, order, bin or item stands for: of this zone, held ones first, then the most urgent."""
        if state.zone is None:
            return None
        if meaning.kind is ScanKind.TOTE:
            rows = [row for row in waiting_legs(u) if row.tote == meaning.id]
            return rows[0].id if rows else next((c.job for c in carried(u) if c.tote == meaning.id), None)
        named = {
            ScanKind.ORDER: lambda line: line.work.order == meaning.id,
            ScanKind.BIN: lambda line: line.work.from_bin == meaning.id,
            ScanKind.ITEM: lambda line: line.work.sku == meaning.id,
        }.get(meaning.kind)
        if named is None:
            return None
        lines = [line for line in self._lines.open(u) if line.zone == state.zone and named(line)]
        free = [line for line in lines if self._free(u, line)]
        key = flow.order_key(state.by)
        free.sort(key=lambda line: (not line.mine, key(line.rank)))
        return free[0].job.id if free else None

    def _free(self, u: UnitOfWork, line: Open) -> bool:
        taken = line.work.holder not in (None, u.device_id()) and not line.mine
        return not taken and not to_receive(u, line.job)

    def _open_job(self, job: str, scan: ScanInput | None = None, meaning: ScanMeaning | None = None) -> Answer:
        """Claims a job if it is not held, receives its tote if it was passed on, and brings it to the pick screen."""
        try:
            with self._store.look() as u:
                held, row = may_work(u, job), u.rows.get(JobRow, job)
        except StorageTrouble:
            return self._stuck()
        gone = say(Code.TASK_GONE)
        why = None if held else self._claimed(partial(self._centre.claim_job, job, CLAIM_S), gone)
        if why is not None or row is None:
            return self._told(why or gone)
        received = self._received(job)
        opened = self._pick.start(job).view
        if opened is None:
            return self._told(gone)
        at_bin = opened.step is PickStep.BIN and opened.bin == (meaning.id if meaning else None)
        if scan is not None and at_bin:
            # The scan that claimed the line is the one that proves its bin.
            self._pick.on_scan(scan)
        return self._write(lambda u: self._opened_pick(u, job, received))

    def _received(self, job: str) -> Message | None:
        """Writes down that a passed tote is here now: the second of the two scans that hand it over."""
        try:
            with self._store.unit() as u:
                row = u.rows.get(JobRow, job)
                if row is None or row.tote is None or not to_receive(u, row):
                    return None
                u.record(ToteBind(job=job, tote=row.tote))
                return say(Code.TOTE_RECEIVED, tote=row.tote, order=", ".join(row.orders))
        except StorageTrouble:
            return say(Code.STORAGE_FULL)

    def _opened_pick(self, u: UnitOfWork, job: str, message: Message | None) -> Answer:
        view = self._view(u, self._here(u), opened=job)
        return Outcome(view.step.value, view, message)

    def _why_not(self, state: ZoneState, meaning: ScanMeaning) -> Message:
        if meaning.kind is ScanKind.UNKNOWN:
            return not_this(meaning)
        if meaning.kind is ScanKind.TOTE:
            return say(Code.TOTE_UNKNOWN_HERE, tote=meaning.id)
        if state.zone is None:
            return say(Code.NOT_NOW)
        try:
            with self._store.look() as u:
                bin = self._bins.of(u, meaning.id) if meaning.kind is ScanKind.BIN else None
        except StorageTrouble:
            return say(Code.STORAGE_FULL)
        if bin is not None and bin.zone != state.zone:
            return say(Code.NOT_IN_ZONE, what=bin.id, zone=state.zone)
        return say(Code.NO_WORK_AT, what=meaning.id)

    # --- setting totes down ---

    def _scan_down(self, state: ZoneState, scan: ScanInput, meaning: ScanMeaning, mine: tuple[ToteCard, ...]) -> Answer:
        """A tote of mine, then its place; or one place for all that are picked to the end."""
        card = next((card for card in mine if meaning.kind is ScanKind.TOTE and card.tote == meaning.id), None)
        if card is not None and state.step is ZoneStep.UNLOAD:
            return self._do(lambda u, s: (flow.TakeTote(card.tote),))
        if meaning.kind is not ScanKind.BIN:
            return self._told(say(Code.NOT_NOW) if meaning.kind is not ScanKind.UNKNOWN else not_this(meaning))
        chosen = [card for card in mine if (card.tote == state.tote if state.tote else not card.open)]
        if not chosen:
            first = next(iter(mine), None)
            return self._told(say(Code.LINES_OPEN, tote=first.tote, n=first.open) if first else say(Code.NOT_NOW))
        return self._drop(chosen, scan, meaning.id, len(mine) - len(chosen))

    def _drop(self, totes: list[ToteCard], scan: ScanInput, place: str, left: int) -> Answer:
        """Each tote is set down by the pick it belongs to, under that pick's own rules; the first that may not stand here stops it."""
        for card in totes:
            refusal = self._set_down(card, scan)
            if refusal is not None:
                return self._told(refusal)
        outcome = self._do(lambda u, s: (flow.SetDown(left),))
        told = say(Code.TOTE_SET_DOWN, tote=", ".join(card.tote for card in totes), place=place)
        return Outcome(outcome.state, outcome.view, told, outcome.changes)

    def _set_down(self, card: ToteCard, scan: ScanInput) -> Message | None:
        """None when the tote stands at its place; what its order still needs goes into another one then."""
        open_ = say(Code.LINES_OPEN, tote=card.tote, n=card.open)
        if card.open and card.travels:
            return open_
        self._pick.start(card.job)
        if card.open and self._pick.full().state != PickStep.FULL.value:
            self._pick.leave()
            return open_
        answer = self._pick.on_scan(scan)
        if answer.state == PickStep.FULL.value:
            self._pick.cancel_short()
        self._pick.leave()
        done = (PickStep.DONE.value, PickStep.TOTE.value)
        return None if answer.state in done else answer.message

    def _let_go(self, zone: str) -> None:
        """Work of other zones that nobody began is for the others."""
        try:
            with self._store.look() as u:
                away = [
                    lease.lease_id
                    for lease in u.leases.held()
                    if not lease.started and self._elsewhere(u, lease.job, zone)
                ]
        except StorageTrouble:
            return
        if away:
            self._centre.let_go(away)

    def _elsewhere(self, u: UnitOfWork, job: str, zone: str) -> bool:
        row = u.rows.get(JobRow, job)
        if row is not None and row.zone is not None:
            return row.zone != zone
        bins = [self._bins.of(u, work.from_bin) for work in u.rows.find(WorkRow, "job", job)]
        return bool(bins) and all(bin is not None and bin.zone != zone for bin in bins)

    # --- what the frame asks ---

    def _told(self, message: Message | None) -> Answer:
        return self._read(lambda u: Outcome((view := self._view(u, self._here(u))).step.value, view, message))

    def _active(self, u: UnitOfWork) -> ZoneState | None:
        return self._here(u)

    def _here(self, u: UnitOfWork) -> ZoneState:
        """The stay of whoever is signed in; another person begins without a zone."""
        person = u.people.signed_in()
        who = f"{person.id} {person.session}" if person else ""
        state = super()._active(u)
        return state if state is not None and state.person == who else ZoneState(who)

    def _fresh(self, u: UnitOfWork, job: str) -> ZoneState | None:
        return None

    def _current(self, u: UnitOfWork, state: ZoneState) -> ZoneState:
        return state

    def _stepped(self, u: UnitOfWork, state: ZoneState, event: flow.Event) -> Step[ZoneState]:
        return flow.step(state, event)

    def _word(self, state: ZoneState) -> tuple[str, str, bool]:
        return JOB, state.step.value, False

    def _seen(self, u: UnitOfWork, state: ZoneState | None) -> ZoneView:
        return self._view(u, state or self._here(u))

    def _view(self, u: UnitOfWork, state: ZoneState, opened: str | None = None) -> ZoneView:
        lines, legs = self._lines.open(u), waiting_legs(u)
        cards = zone_cards(lines, self._bins.zones(u), legs)
        wall_ms = self._clock.wall_ms()
        return ZoneView(
            step=state.step,
            prompt=flow.prompt(state),
            zone=state.zone,
            zones=cards,
            here=next((card for card in cards if card.zone == state.zone), None),
            by=state.by,
            lines=zone_lines(u, lines, state.zone, state.by) if state.zone else (),
            waiting=tuple(leg_card(u, row, wall_ms) for row in legs if row.zone == state.zone),
            mine=carried(u),
            tote=state.tote,
            opened=opened,
        )
