"""Packing at this station: one flow step in one unit of work, labels asked for after the commit. Implements `api.Pack`."""

from collections.abc import Callable
from dataclasses import replace

from app.core.clock import Clock
from app.core.facts import ShortReason
from app.core.messages import Code, Message, say
from app.core.outcome import Changes, Outcome
from app.core.scan import ScanInput, ScanKind, ScanMeaning
from app.core.storage import StorageTrouble
from app.core.views import PackStep, PackView
from app.flows import commands, pack
from app.flows import pack_events as events
from app.flows.commands import Command
from app.flows.duplicates import DuplicateRule
from app.flows.pack_state import PackState, expect
from app.flows.resolve import Expect, Patterns, ScanReader
from app.flows.step import PrintLabel, Record, Step
from app.flows.weight import whole_grams
from app.services import pack_join, pack_open, pack_owed, pack_papers
from app.services.api import Weight
from app.services.gate import Gate
from app.services.old_labels import number_now
from app.services.pack_acts import BenchCentre, FindState, MakeEvent, closed_parcel, opened_tote
from app.services.pack_carton import fits, supplies_missing, supplies_open
from app.services.pack_labels import PackLabels
from app.services.pack_papers import KIND, VERSION
from app.services.pack_ports import Bench
from app.services.pack_scan import found_out, scanned
from app.services.pack_view import pack_view, waiting_view
from app.services.pack_weight import weight_check
from app.services.ports import KeptFlow, PrintRequest, Store, UnitOfWork
from app.services.scans import Ears, RefusalMeter
from app.services.states import decode, encode, job_gone
from sync.contract.facts import PackOpen
from sync.contract.rows import CartonRow, ParcelRow

_TOUCHED = Changes(frozenset({"job", "work", "order", "parcel", "status"}))
_NOTHING = Changes()

Answer = Outcome[PackView]


class PackService(PackLabels):
    """Owns what a station remembers between two events and does not need after a restart: the last scan, the last view, the newest
    reading of the scale, and which print jobs were asked for since the start, or asked for again."""

    def __init__(
        self,
        store: Store,
        reader: ScanReader,
        clock: Clock,
        centre: BenchCentre,
        gate: Gate,
        bench: Bench,
        patterns: Patterns | None = None,
        duplicates: DuplicateRule | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._centre = centre
        self._gate = gate
        self._bench = bench
        self._ears = Ears(reader, patterns or Patterns(), duplicates or DuplicateRule())
        self._meter = RefusalMeter()
        self._live: Weight | None = None
        self._weighed: tuple[int, str | None] | None = None
        self._asked: set[str] = set()
        self._again: set[str] = set()
        self._shown = PackView(step=PackStep.WAITING, prompt=say(Code.SCAN_TOTE_TO_PACK), queue=())

    def view(self) -> Answer:
        """See `api.Pack`. After a restart a label whose fate nobody watched is settled here first."""
        return (
            self._settled() or self._begun() or self._came() or self._opened_elsewhere() or self._read(self._standing)
        )

    def on_scan(self, scan: ScanInput) -> Answer:
        """See `api.Pack`."""
        if self._ears.is_echo(scan):
            return self.view()
        if self._opening is not None:
            return self._read(self._standing, say(Code.NOT_NOW))
        try:
            with self._store.look() as u:
                active = self._active(u)
                wanted = expect(active) if active else Expect(frozenset({ScanKind.TOTE}))
                meaning = pack_papers.on_label(u, self._ears.meaning(u, scan, wanted), active)
                goes_on = active is not None and pack_papers.goes_on(u, active, meaning)
        except StorageTrouble:
            return self._stuck()
        if meaning.kind is ScanKind.COMMAND:
            return self._command(meaning.fields.text)
        if goes_on:
            self.leave()
        if active is None or goes_on:
            return self._open_scanned(meaning)
        if (refusal := self._refused_to_join(meaning)) is not None:
            return refusal
        if active.awaited:
            # Who has the goods in the hand need not wait for the screen to hear of them.
            self._came()
        return self._do(lambda u, state: scanned(u, state, meaning), scan.at)

    def choose_carton(self, code: str) -> Answer:
        """See `api.Pack`."""

        def make(u: UnitOfWork, state: PackState) -> events.Event | None:
            if not code:
                return events.ChooseCarton(code, fits=True)
            return events.ChooseCarton(code, fits(u, state, code)) if u.rows.get(CartonRow, code) else None

        return self._do(make)

    def weight(self, weight: Weight) -> Answer:
        """See `api.Pack`. Only a stable weight that is newer than the last one can decide anything, and never the parcel before, which
        still lies there."""
        before, self._live = self._live, weight
        fresh = before is None or weight.at > before.at
        if not (weight.stable and fresh) or self._shown.step is not PackStep.WEIGHT:
            return self._read(self._standing)
        if self._of_another(weight):
            return self._read(lambda u: _to_lift(self._standing(u)))
        if weight.load is not None:
            self._weighed = (weight.load, self._shown.job)
        grams = whole_grams(weight.grams)
        return self._do(
            lambda u, state: events.WeightSeen(
                grams, weight_check(u, state, weight.division), weight.scale, supplies_missing(u, state)
            )
        )

    def _of_another(self, weight: Weight) -> bool:
        return self._weighed is not None and self._weighed[0] == weight.load and self._weighed[1] != self._shown.job

    def confirm_supplies(self) -> Answer:
        """See `api.Pack`."""
        return self._do(lambda u, state: events.ConfirmSupplies(supplies_open(u, state)))

    def release_weight(self, badge: str, reason: str) -> Answer:
        """See `api.Pack`."""
        return self._supervised(badge, lambda by: events.ReleaseWeight(by, reason))

    def missing(self) -> Answer:
        """See `api.Pack`."""
        return self._do(lambda u, state: events.AskMissing())

    def release_missing(self, badge: str, reason: ShortReason) -> Answer:
        """See `api.Pack`."""
        return self._supervised(badge, lambda by: events.GiveMissing(by, reason))

    def undo(self) -> Answer:
        """See `api.Pack`."""
        return self._do(lambda u, state: events.Undo())

    def close_parcel(self) -> Answer:
        """See `api.Pack`."""
        return self._do(lambda u, state: events.CloseParcel())

    def label_came_out(self, came_out: bool) -> Answer:
        """See `api.Pack`."""
        return self._do(lambda u, state: events.CameOut(came_out))

    def reprint(self, reason: str) -> Answer:
        """See `api.Pack`."""
        return self._do(lambda u, state: events.Reprint(reason))

    def acknowledge(self) -> Answer:
        """See `api.Pack`."""
        if self._reopening is not None:
            if self._opening is not None:
                return self._read(self._standing)
            self._reopening = None
            return self._read(self._standing)
        return self._do(lambda u, state: events.Acknowledge())

    def leave(self) -> Answer:
        """See `api.Pack`."""
        try:
            with self._store.unit() as u:
                u.flows.put_down(KIND)
        except StorageTrouble:
            return self._stuck()
        return self._read(self._standing)

    # --- one step in one unit of work ---

    def _do(
        self,
        make: MakeEvent,
        at: float | None = None,
        job_of: FindState | None = None,
    ) -> Answer:
        find = job_of or self._active
        try:
            with self._store.unit() as u:
                state = find(u)
                event = make(u, state) if state else None
                if state is None or event is None:
                    return self._seen(self._standing(u, None if job_of else say(Code.NOT_NOW)))
                step = self._onwards(u, self._step(u, state, event))
                if isinstance(event, events.LabelTold) and step.state == state and not step.effects:
                    # Most words of the print queue change nothing: nothing is written, and nothing looks otherwise.
                    return Outcome(self._shown.step, self._shown)
                pack_join.keep_others(u, state, event, step.state)
                labels = self._keep(u, step, at)
                found = found_out(step, u)
                on_bench = self._active(u) if job_of else step.state
                outcome = self._outcome(u, step, on_bench)
        except StorageTrouble:
            return self._without_disk(make, find)
        self._seen(outcome)
        for print_job, came_out, who in found:
            self._bench.printing.found(print_job, came_out, who)
        if self._bench.later is not None and any(isinstance(effect, PrintLabel) for effect in step.effects):
            self._bench.later.wake()
        return self._printed(labels) or outcome

    def _onwards(self, u: UnitOfWork, step: Step[PackState]) -> Step[PackState]:
        """When a parcel of several has left and the next one's number is here, the bench goes on with that at once."""
        if step.state.step is not PackStep.NEXT_PARCEL:
            return step
        following = pack_open.next_parcel(u, step.state)
        if following is None:
            return step
        begun = pack.step(step.state, events.NextParcel(following.id, following.sscc))
        return replace(step, state=begun.state, effects=(*step.effects, *begun.effects))

    def _begun(self) -> Answer | None:
        """Goes on with the next parcel once its number has come; None when nothing waits for one."""
        if self._shown.step is not PackStep.NEXT_PARCEL:
            return None

        def make(u: UnitOfWork, state: PackState) -> events.Event | None:
            following = pack_open.next_parcel(u, state) if state.step is PackStep.NEXT_PARCEL else None
            return events.NextParcel(following.id, following.sscc) if following else None

        begun = self._do(make)
        return begun if begun.state is not PackStep.NEXT_PARCEL else None

    def _step(self, u: UnitOfWork, state: PackState, event: events.Event) -> Step[PackState]:
        item = state.line.item if state.line else None
        item = item if item is not None and state.job_of(item) == state.job else None
        return pack.step(state, event, job_gone(u, state.job, item), pack_join.lost(u, state))

    def _keep(self, u: UnitOfWork, step: Step[PackState], at: float | None) -> list[PrintRequest]:
        """Writes facts and state; returns the labels to print once they are on the disk."""
        state = step.state
        allowed = not step.refused or self._meter.allows(self._clock.mono() if at is None else at)
        for effect in step.effects:
            if isinstance(effect, Record) and allowed:
                u.record(effect.fact, effect.item)
        u.flows.keep(state.job, KIND, VERSION, encode(state))
        if state.step is PackStep.DONE:
            u.flows.finish(state.job)
        if state.step is PackStep.ASIDE:
            u.flows.put_down(KIND)
        asked = any(isinstance(effect, PrintLabel) for effect in step.effects)
        if asked and self._bench.later is not None:
            pack_owed.take_note(u, state)
        # A carrier's label is fetched and printed by whoever runs the errands.
        own = not pack_papers.carriers(u.rows.get(ParcelRow, state.parcel))
        return [pack_open.print_request(u, state)] if asked and own else []

    def _outcome(self, u: UnitOfWork, step: Step[PackState], on_bench: PackState | None) -> Answer:
        """The view of what lies on the bench, and what to say of the step."""
        here = on_bench is not None and on_bench.step is not PackStep.ASIDE
        view = pack_view(u, on_bench, self._live, self._bench.later) if on_bench and here else waiting_view(u)
        moved = any(isinstance(effect, Record) for effect in step.effects) and not step.refused
        # What becomes of a tote that was put down is not told over the one in hand.
        said = step.say if view.job in (None, step.state.job) else None
        return Outcome(view.step, view, said, _TOUCHED if moved else _NOTHING)

    def _standing(self, u: UnitOfWork, message: Message | None = None) -> Answer:
        state = self._active(u)
        view = pack_view(u, state, self._live, self._bench.later) if state else waiting_view(u)
        return Outcome(view.step, view, message)

    def _read(self, look: Callable[[UnitOfWork], Answer], message: Message | None = None) -> Answer:
        try:
            with self._store.look() as u:
                outcome = look(u)
        except StorageTrouble:
            return self._stuck()
        return self._seen(Outcome(outcome.state, outcome.view, message or outcome.message, outcome.changes))

    def _without_disk(self, make: MakeEvent, find: Callable[[UnitOfWork], PackState | None]) -> Answer:
        """Nothing can be written. A refusal is still told; anything else did not happen, and makes no good sound."""

        def look(u: UnitOfWork) -> Answer:
            state = find(u)
            event = make(u, state) if state else None
            step = self._step(u, state, event) if state and event else None
            if step is not None and step.refused:
                return self._outcome(u, step, step.state)
            return self._standing(u, say(Code.STORAGE_FULL))

        return self._read(look)

    def _seen(self, outcome: Answer) -> Answer:
        if self._reopening is not None:
            opening = self._opening is not None
            asked = replace(outcome.view, reopen=self._reopening, opening=opening, prompt=say(Code.REOPEN_WHY))
            outcome = replace(outcome, view=asked)
        self._shown = outcome.view
        return outcome

    def _stuck(self) -> Answer:
        return Outcome(self._shown.step, self._shown, say(Code.STORAGE_FULL))

    # --- people, commands ---

    def _supervised(self, badge: str, make: Callable[[str], events.Event]) -> Answer:
        try:
            who = self._gate.supervisor(badge)
        except StorageTrouble:
            return self._stuck()
        if isinstance(who, Message):
            return self._read(self._standing, who)
        return self._do(lambda u, state: make(who.id))

    def _command(self, text: str) -> Answer:
        command = commands.read(text)
        if command is None and (own := self._own_command(text)) is not None:
            return own
        if command is None:
            return self._read(self._standing, say(Code.UNKNOWN_CODE, text=text))
        acts: dict[Command, Callable[[], Answer]] = {
            Command.SHORT: self.missing,
            Command.UNDO: self.undo,
            Command.OK: self.acknowledge,
            Command.BACK: self.leave,
            Command.CHECKED: self.confirm_supplies,
        }
        act = acts.get(command[0])
        return act() if act else self._read(self._standing, say(Code.NOT_NOW))

    # --- opening a tote ---

    def _open_scanned(self, meaning: ScanMeaning) -> Answer:
        if meaning.also:
            return self._read(self._standing, say(Code.AMBIGUOUS_SCAN, text=meaning.fields.text))
        if meaning.kind is ScanKind.PARCEL:
            # The label that came later is on its parcel: the tote it was packed from need not be opened again.
            here = self._put_down_with(meaning)
            if here is not None:
                return here
        try:
            with self._store.look() as u:
                meaning = opened_tote(u, meaning)
                if (void := pack_papers.void_row(u, meaning)) is not None:
                    now = number_now(u, void)
                    said = say(Code.LABEL_VOID_NOW, number=now) if now else say(Code.LABEL_VOID)
                    return self._seen(self._standing(u, said))
                self._reopening = closed_parcel(u, meaning)
        except StorageTrouble:
            return self._stuck()
        if self._reopening is not None:
            return self._read(self._standing)
        opened = self._open(meaning)
        if opened is not None and meaning.kind is ScanKind.ITEM:
            # The unit in the hand is the first of the order.
            return self._do(lambda u, state: events.Scanned(meaning))
        if opened is not None:
            return self._settled() or self._came() or opened
        try:
            with self._store.look() as u:
                tote = pack_open.tote_of(u, meaning)
        except StorageTrouble:
            return self._stuck()
        if tote is None:
            order = meaning.kind is ScanKind.ORDER
            why = (
                say(Code.ORDER_NOT_PICKED, order=meaning.id)
                if order
                else say(Code.NOT_A_TOTE, text=meaning.fields.text)
            )
            return self._read(self._standing, why)
        refusal = pack_open.claim(self._centre, tote)
        opened = None if refusal else self._open(meaning)
        return opened or self._read(self._standing, refusal or say(Code.TOTE_UNKNOWN_HERE, tote=tote))

    def _put_down_with(self, meaning: ScanMeaning) -> Answer | None:
        try:
            with self._store.unit() as u:
                state = pack_papers.put_down_with(u, meaning.id)
                if state is None:
                    return None
                u.flows.activate(state.job, KIND)
        except StorageTrouble:
            return self._stuck()
        self._settled()
        return self._do(lambda u, state: scanned(u, state, meaning))

    def _open(self, meaning: ScanMeaning) -> Answer | None:
        """Opens, or goes on with, the job of the scanned tote or order; None when this station does not hold it."""
        try:
            with self._store.unit() as u:
                job = pack_join.host_of(u, pack_open.held_job(u, meaning))
                kept = u.flows.of(job.id) if job else None
                state = self._restored(u, kept) if kept else pack_open.fresh(u, job.id) if job else None
                if job is None or state is None:
                    return None
                u.flows.keep(state.job, KIND, VERSION, encode(state))
                u.flows.activate(state.job, KIND)
                if state.step is PackStep.ASIDE:
                    state = self._resumed(u, state)
                if kept is None:
                    u.record(PackOpen(job=state.job, tote=state.tote, station=self._bench.station))
                said = say(Code.TOTE_OPENED, tote=state.tote or "", order=state.order)
                outcome = Outcome(state.step, pack_view(u, state, self._live, self._bench.later), said, _TOUCHED)
        except StorageTrouble:
            return self._stuck()
        return self._seen(outcome)

    def _resumed(self, u: UnitOfWork, state: PackState) -> PackState:
        """A tote that was put aside is here again."""
        step = pack.step(state, events.Resume(self._bench.station))
        self._keep(u, step, None)
        return step.state

    def _active(self, u: UnitOfWork) -> PackState | None:
        kept = u.flows.active(KIND)
        return self._restored(u, kept) if kept else None

    def _restored(self, u: UnitOfWork, kept: KeptFlow) -> PackState | None:
        return decode(kept, PackState, VERSION) or pack_open.fresh(u, kept.job)


def _to_lift(standing: Answer) -> Answer:
    """The scale has seen no parcel being taken off: what it shows is the weight of the one before, or looks like it."""
    return replace(standing, view=replace(standing.view, prompt=say(Code.LIFT_AGAIN)))
