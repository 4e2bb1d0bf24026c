"""Pallets and trucks on this device. Implements `load_ports.Load`; all that counts works without the centre."""

from dataclasses import replace
from uuid import uuid4

from app.core.clock import Clock
from app.core.messages import Code, Message, say
from app.core.outcome import Outcome
from app.core.scan import ScanInput, ScanKind
from app.core.storage import StorageTrouble
from app.core.views_load import LoadStep, LoadView
from app.flows import load
from app.flows import load_events as ev
from app.flows.duplicates import DuplicateRule
from app.flows.load_state import LoadState, PalletState, TruckState, short, sscc_valid
from app.flows.resolve import Expect, Patterns, ScanReader
from app.flows.step import Record, Step
from app.services.gate import SUPERVISES
from app.services.load_papers import DockLists, ListKind, fetch_paper
from app.services.load_ports import PALLET_JOB, Asked, PalletLabels, Papers
from app.services.load_rows import Standing
from app.services.load_view import company, list_view, load_view
from app.services.ports import Centre, CentreAway, CentreRefused, NoPrinter, Store, UnitOfWork
from app.services.scans import Ears
from app.services.states import decode, encode
from app.services.work_flow import FlowService
from sync.contract.codes import PalletState as Kind
from sync.contract.facts import PalletClose
from sync.contract.loads import PalletsReply, PalletsRequest
from sync.contract.rows import PalletRow

#: Under which name the states of pallets and trucks are kept.
KIND = "load"
#: Numbers for labels are fetched so many at a time, and again when so few are left.
STOCK, FEW = 10, 3
FETCH_S = 5.0

_STEPS = {Kind.OPEN: LoadStep.BUILD, Kind.CLOSED: LoadStep.WRAPPED}
#: Steps after which the next scan may open something else.
_OVER = (LoadStep.WRAPPED, LoadStep.GONE)

Answer = Outcome[LoadView]


class LoadService(FlowService[LoadState, ev.Event, LoadView]):
    """Owns its way to the printer and to papers, and the last scan, for whoever may let it pass."""

    KIND = KIND
    IDLE = LoadStep.LIST.value
    STATE = LoadState

    def __init__(
        self,
        store: Store,
        reader: ScanReader,
        clock: Clock,
        centre: Centre,
        asked: Asked,
        labels: PalletLabels,
        papers: Papers,
        lists: DockLists,
        patterns: Patterns | None = None,
        duplicates: DuplicateRule | None = None,
    ) -> None:
        super().__init__(store, clock, centre, LoadView(LoadStep.LIST, say(Code.SCAN_PALLET_OR_TRUCK)))
        self._asked, self._labels, self._papers, self._lists = asked, labels, papers, lists
        self._last: ev.Scan | None = None
        self._ears = Ears(reader, patterns or Patterns(), duplicates or DuplicateRule())

    def on_scan(self, scan: ScanInput) -> Answer:
        """See the port."""
        if self._ears.is_echo(scan):
            return self.view()
        try:
            with self._store.look() as u:
                active = self._active(u)
                event = self._sight(u, scan)
        except StorageTrouble:
            return self._stuck()
        self._last = event
        if active is not None and active.now.step not in _OVER:
            return self._do(lambda u, state: (event,), scan.at)
        if isinstance(event, ev.SawPallet):
            return self._scanned_open(event, scan.at)
        if active is not None:
            return self._do(lambda u, state: (event,), scan.at)
        return self._write(lambda u: self._idle(u, _nothing_open(event)))

    def open(self, pallet: str) -> Answer:
        """See the port."""
        return self._write(lambda u: self._opened(u, pallet, say(Code.PALLET_LEFT)))

    def truck(self, carrier: str) -> Answer:
        """See the port."""

        def begin(u: UnitOfWork) -> Answer:
            begun = [job for job, state in self._begun(u).items() if state.truck and state.truck.carrier == carrier]
            if begun:
                return self._opened(u, begun[0], say(Code.NOT_NOW))
            u.flows.put_down(KIND)
            state = self._current(u, LoadState(truck=TruckState(uuid4().hex, carrier)))
            u.flows.keep(state.truck.load if state.truck else "", KIND, self.VERSION, encode(state))
            return self._outcome(u, state)

        return self._write(begin)

    def take_off(self) -> Answer:
        """See the port."""
        return self._do(lambda u, state: (ev.TakeOff(),))

    def close(self) -> Answer:
        """See the port."""
        return self._do(lambda u, state: (ev.Close(),))

    def reopen(self) -> Answer:
        """See the port."""
        return self._do(lambda u, state: (ev.Reopen(),))

    def leave_behind(self) -> Answer:
        """See the port."""
        return self._do(lambda u, state: (ev.Leave(),))

    def typed(self, text: str) -> Answer:
        """See the port."""
        return self._do(lambda u, state: (ev.Typed(text),))

    def hand_over(self, signature: str) -> Answer:
        """See the port."""
        return self._do(lambda u, state: (ev.HandOver(signature),))

    def load_anyway(self) -> Answer:
        """See the port."""
        last, self._last = self._last, None

        def again(u: UnitOfWork, _state: LoadState) -> tuple[ev.Event, ...]:
            if isinstance(last, ev.SawParcel | ev.SawPallet) and _supervises(u):
                return (replace(last, anyway=True),)
            return (ev.Leave(),)

        return self._do(again)

    def undo(self) -> Answer:
        """See the port."""
        return self._do(lambda u, state: (ev.Undo(),))

    def cancel(self) -> Answer:
        """See the port."""
        return self._do(lambda u, state: (ev.Cancel(),))

    def new_pallet(self) -> Answer:
        """See the port."""
        numbers, made = self._numbers()
        if len(numbers) + len(made) <= FEW and self._asked.online():
            try:
                reply = self._asked.post("/v1/pallets", PalletsRequest(count=STOCK), PalletsReply, FETCH_S)
                made = [*made, *reply.pallets]
            except (CentreAway, CentreRefused):
                pass
        chosen = next(iter((*numbers, *made)), None)
        if chosen is None:
            return self._write(lambda u: self._idle(u, say(Code.NO_PALLET_NUMBERS)))
        return self._printed_new(chosen)

    def print_again(self, pallet: str) -> Answer:
        """See the port."""
        try:
            told = self._print(pallet)
        except StorageTrouble:
            return self._stuck()
        return self._read(lambda u: self._told(u, told))

    def paper(self, why: str = "") -> Answer:
        """See the port."""
        try:
            with self._store.look() as u:
                state = self._active(u)
        except StorageTrouble:
            return self._stuck()
        if state is None:
            return self.view()
        kind, key = _list_of(state)
        try:
            told = self._lists.asked(kind, key, why)
        except StorageTrouble:
            return self._stuck()
        told = told or fetch_paper(self._asked, self._papers, kind, key, f"{kind}-{key[-12:]}.pdf")
        return self._read(lambda u: self._told(u, told))

    def leave(self) -> Answer:
        """See the port. What has left meanwhile is not kept any longer."""

        def put_down(u: UnitOfWork) -> Answer:
            for job, state in self._begun(u).items():
                if state.pallet is not None and state.pallet.step is LoadStep.WRAPPED:
                    row = u.rows.get(PalletRow, job)
                    if row is not None and row.state is Kind.LOADED:
                        u.flows.finish(job)
                elif state.now.step is LoadStep.GONE:
                    u.flows.finish(job)
            return self._put_down(u)

        return self._write(put_down)

    def _keep(self, u: UnitOfWork, step: Step[LoadState], at: float | None) -> bool:
        """A pallet that is wrapped has its list printed, in the same unit of work."""
        counted = super()._keep(u, step, at)
        for effect in step.effects:
            if isinstance(effect, Record) and isinstance(effect.fact, PalletClose):
                self._lists.owe(u, ListKind.PALLET, effect.fact.pallet)
        return counted

    # --- scans ---

    def _sight(self, u: UnitOfWork, scan: ScanInput) -> ev.Scan:
        """What a scan shows: a parcel, a pallet, a place."""
        meaning = self._ears.meaning(u, scan, Expect(frozenset({ScanKind.PARCEL})))
        fields, standing = meaning.fields, Standing(u)
        code = fields.sscc or fields.text
        parcel = standing.find_parcel(code)
        if parcel is not None:
            return ev.SawParcel(fields.text, parcel)
        if sscc_valid(code):
            return ev.SawPallet(fields.text, standing.pallet(code))
        if meaning.kind is ScanKind.BIN:
            return ev.SawPlace(fields.text, meaning.id)
        return ev.SawOther(fields.text, known=meaning.kind not in (ScanKind.UNKNOWN, ScanKind.PARCEL))

    def _scanned_open(self, event: ev.SawPallet, at: float) -> Answer:
        """A pallet's label with nothing open: the pallet comes to the screen, and a new one is open by that."""
        pallet = event.pallet
        if pallet.load or pallet.state in (Kind.LOADED, Kind.GONE):
            return self._write(lambda u: self._idle(u, say(Code.PALLET_LEFT)))
        opened = self.open(pallet.sscc)
        if opened.view.step is not LoadStep.LABEL:
            return opened
        return self._do(lambda u, state: (event,), at)

    # --- labels ---

    def _numbers(self) -> tuple[list[str], list[str]]:
        """Numbers for new labels that are here; of those, none that was printed already."""
        try:
            with self._store.look() as u:
                begun = self._begun(u)
                return [
                    n for n in Standing(u).unused(u.device_id()) if n not in begun and not u.flows.is_finished(n)
                ], []
        except StorageTrouble:
            return [], []

    def _printed_new(self, number: str) -> Answer:
        def keep(u: UnitOfWork) -> Answer:
            # Kept before it is printed, so that the same number is never printed for two pallets; the scan of the label opens it.
            u.flows.keep(number, KIND, self.VERSION, encode(LoadState(pallet=PalletState(number))))
            u.flows.put_down(KIND)
            return self._idle(u)

        def tell(u: UnitOfWork) -> Answer:
            if told.code is not Code.PALLET_LABEL_SENT:
                u.flows.forget(number)
            return self._idle(u, told)

        kept = self._write(keep)
        if kept.message is not None:
            return kept
        try:
            told = self._print(number)
        except StorageTrouble:
            return self._stuck()
        return self._write(tell)

    def _print(self, pallet: str) -> Message:
        """Inside no unit of work: the print queue has its journal in the same store. Raises `StorageTrouble`."""
        with self._store.look() as u:
            whose, carrier = company(u), Standing(u).pallet(pallet).carrier
        try:
            self._labels.print_pallet(f"{PALLET_JOB}{uuid4().hex}", pallet, whose, carrier)
        except NoPrinter:
            return say(Code.NO_LABEL_PRINTER)
        return say(Code.PALLET_LABEL_SENT, pallet=short(pallet))

    def _told(self, u: UnitOfWork, message: Message) -> Answer:
        state = self._active(u)
        return self._outcome(u, state, message) if state is not None else self._idle(u, message)

    def _begun(self, u: UnitOfWork) -> dict[str, LoadState]:
        kept = ((one.job, decode(one, LoadState, self.VERSION)) for one in u.flows.unfinished(KIND))
        return {job: state for job, state in kept if state is not None}

    # --- what the frame asks ---

    def _fresh(self, u: UnitOfWork, job: str) -> LoadState | None:
        if not sscc_valid(job) or u.flows.is_finished(job):
            return None
        pallet = Standing(u).pallet(job)
        if pallet.state in (Kind.LOADED, Kind.GONE):
            return None
        step = _STEPS.get(pallet.state, LoadStep.LABEL)
        return LoadState(pallet=PalletState(job, pallet.carrier, step, pallet.parcels))

    def _current(self, u: UnitOfWork, state: LoadState) -> LoadState:
        """With what stands on the pallet and in the truck now, whoever put it there."""
        standing = Standing(u)
        if state.pallet is not None:
            return LoadState(pallet=_as_it_stands(state.pallet, standing.pallet(state.pallet.pallet)))
        truck = state.truck
        assert truck is not None
        if truck.step is LoadStep.GONE:
            return state
        pallets, parcels = standing.inside(truck.load)
        missing, unwrapped = standing.ready(truck.carrier)
        now = replace(truck, pallets=pallets, parcels=parcels, missing=missing, unwrapped=unwrapped)
        return LoadState(truck=now)

    def _stepped(self, u: UnitOfWork, state: LoadState, event: ev.Event) -> Step[LoadState]:
        return load.step(state, event)

    def _seen(self, u: UnitOfWork, state: LoadState | None) -> LoadView:
        if state is not None:
            seen = replace(load_view(u, self._current(u, state)), may_close=_supervises(u))
            listed = seen.step in (LoadStep.WRAPPED, LoadStep.GONE)
            return replace(seen, paper=self._lists.stands(u, *_list_of(state))) if listed else seen
        begun = {job: one for job, one in self._begun(u).items() if one.now.step is not LoadStep.GONE}
        return list_view(u, begun, may_close=_supervises(u))

    def _word(self, state: LoadState) -> tuple[str, str, bool]:
        now = state.now
        # Also a truck that has left stays on the screen until somebody leaves it: its list can be had there.
        return now.pallet if isinstance(now, PalletState) else now.load, now.step.value, False


def _list_of(state: LoadState) -> tuple[ListKind, str]:
    now = state.now
    return (ListKind.PALLET, now.pallet) if isinstance(now, PalletState) else (ListKind.HAND_OVER, now.load)


def _as_it_stands(state: PalletState, pallet: ev.Pallet) -> PalletState:
    """The centre, or another device, may have gone on with it."""
    step = state.step
    if step is LoadStep.LABEL and pallet.state is not Kind.PLANNED:
        step = LoadStep.BUILD
    if pallet.state in (Kind.CLOSED, Kind.LOADED, Kind.GONE):
        step = LoadStep.WRAPPED
    elif pallet.state is Kind.OPEN and step is LoadStep.WRAPPED:
        step = LoadStep.BUILD
    return replace(state, step=step, carrier=pallet.carrier or state.carrier, parcels=pallet.parcels)


def _supervises(u: UnitOfWork) -> bool:
    person = u.people.signed_in()
    return person is not None and bool(SUPERVISES & person.roles)


def _nothing_open(event: ev.Event) -> Message:
    if isinstance(event, ev.SawOther) and not event.known:
        return say(Code.UNKNOWN_CODE, text=event.text)
    return say(Code.SCAN_PALLET_FIRST)
