"""Orders that customers fetch in the store, on this device. Implements `pickup_ports.Pickup`; all of it works without the centre."""

from dataclasses import dataclass, replace
from secrets import compare_digest

from app.core.clock import Clock
from app.core.facts import NotTaken
from app.core.messages import Code, say
from app.core.outcome import Outcome
from app.core.scan import ScanInput, ScanKind
from app.core.storage import StorageTrouble
from app.core.views_pickup import PickupCard, PickupLine, PickupStep, PickupView
from app.flows import pickup
from app.flows import pickup_state as ps
from app.flows.duplicates import DuplicateRule
from app.flows.pickup_state import PickupState
from app.flows.resolve import Expect, Patterns, ScanReader
from app.flows.step import Step
from app.services.ports import Centre, Store, UnitOfWork
from app.services.scans import Ears, tote_jobs
from app.services.work_flow import FlowService
from sync.contract import facts
from sync.contract.codes import OrderState
from sync.contract.pickup import PickupFact, code_digest, plain_code, read_code
from sync.contract.rows import ItemRow, JobRow, OrderRow, ParcelRow

KIND = "pickup"
#: Orders of the list, and lines of one.
MOST_SHOWN = 60
_TOGETHER = (OrderState.PICKED, OrderState.PACKING, OrderState.LABEL_PENDING)
_ENDED = (OrderState.SHIPPED, OrderState.CANCELLED)
_OVER = (PickupStep.STANDS, PickupStep.GONE, PickupStep.BACK)
Answer = Outcome[PickupView]


@dataclass(frozen=True, slots=True)
class Waiting:
    """An order that is fetched, as this device knows it: its row, and the facts that the row does not contain yet. `over`: it has gone, or
    goes back."""

    row: OrderRow
    shelf: str
    pieces: tuple[str, ...]
    ready: bool
    over: bool
    #: Whether all of it is together.
    picked: bool


class Standing:
    """One moment of rows and unsettled facts. Owns what the facts say beyond the rows, oldest first."""

    def __init__(self, u: UnitOfWork) -> None:
        self._u = u
        self._said: dict[str, PickupFact] = {}
        self._dropped: set[str] = set()
        for logged in u.journal.unsettled():
            if isinstance(logged.fact, PickupFact):
                self._said[logged.fact.order] = logged.fact
            elif isinstance(logged.fact, facts.JobDrop):
                self._dropped |= _picked_by(u, logged.fact.job)

    def of(self, order: str) -> Waiting | None:
        """The order, if its customer fetches it here."""
        row = self._u.rows.get(OrderRow, order)
        return self._with_facts(row) if row is not None and row.pick_up else None

    def all(self) -> list[Waiting]:
        """Those that are not over: to be set aside, or waiting."""
        found = (self._with_facts(row) for row in self._u.rows.find(OrderRow, "pickup", "open"))
        return [one for one in found if not one.over]

    def _with_facts(self, row: OrderRow) -> Waiting:
        over, picked = row.state in _ENDED, row.state in _TOGETHER or row.id in self._dropped
        match self._said.get(row.id):
            case facts.PickupReady(shelf=shelf, pieces=pieces):
                return Waiting(row, shelf, tuple(pieces), ready=True, over=over, picked=True)
            case facts.PickupUnready():
                return Waiting(row, "", (), ready=False, over=over, picked=True)
            case facts.PickupHandOver() | facts.PickupRefuse():
                return Waiting(row, row.shelf, tuple(row.pieces), ready=False, over=True, picked=picked)
        ready = row.ready_at is not None
        return Waiting(row, row.shelf, tuple(row.pieces), ready=ready, over=over, picked=picked)


class PickupService(FlowService[PickupState, ps.Event, PickupView]):
    """Owns how it hears scans."""

    KIND = KIND
    IDLE = PickupStep.LIST.value
    STATE = PickupState

    def __init__(
        self,
        store: Store,
        reader: ScanReader,
        clock: Clock,
        centre: Centre,
        patterns: Patterns | None = None,
        duplicates: DuplicateRule | None = None,
    ) -> None:
        super().__init__(store, clock, centre, PickupView(PickupStep.LIST, say(Code.PICKUP_SCAN)))
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
        whose = event.order if isinstance(event, ps.SawPiece | ps.SawCode) else ""
        over = active is None or (active.step in _OVER and (not whose or whose != active.order))
        if over and not (active is not None and isinstance(event, ps.SawShelf)):
            return self._first(event, scan.at)
        return self._do(lambda u, state: (event,), scan.at)

    def open(self, order: str) -> Answer:
        """See the port."""
        return self._write(lambda u: self._begin(u, order))

    def code(self, text: str) -> Answer:
        """See the port."""

        def typed(u: UnitOfWork, state: PickupState) -> tuple[ps.Event, ...]:
            return (ps.SawCode(state.order, state.order, plain_code(text), _right(u, state.order, text)),)

        return self._do(typed)

    def name_right(self) -> Answer:
        """See the port."""
        return self._do(lambda u, state: (ps.NameRight(),))

    def all_here(self) -> Answer:
        """See the port."""
        return self._do(lambda u, state: (ps.AllHere(),))

    def sign(self, strokes: str) -> Answer:
        """See the port."""
        return self._do(lambda u, state: (ps.Signed(strokes),))

    def not_wanted(self) -> Answer:
        """See the port."""
        return self._do(lambda u, state: (ps.NotWanted(),))

    def because(self, reason: str) -> Answer:
        """See the port."""
        return self._do(lambda u, state: (ps.Because(NotTaken(reason)),))

    def undo(self) -> Answer:
        """See the port."""
        return self._do(lambda u, state: (ps.Undo(),))

    def cancel(self) -> Answer:
        """See the port."""
        return self._do(lambda u, state: (ps.Cancel(),))

    def leave(self) -> Answer:
        """See the port. What is over is not kept any longer."""

        def put_down(u: UnitOfWork) -> Answer:
            state = self._active(u)
            if state is not None and (state.step in _OVER or not state.seen):
                u.flows.forget(state.order)
            return self._put_down(u)

        return self._write(put_down)

    # --- scans ---

    def _sight(self, u: UnitOfWork, scan: ScanInput) -> ps.Scan:
        """What a scan shows: a customer's code, a piece of an order, a place."""
        read = read_code(scan.text)
        if read is not None:
            order, code = read
            return ps.SawCode(order, order, plain_code(code), _right(u, order, code))
        expect = Expect(frozenset({ScanKind.PARCEL, ScanKind.TOTE, ScanKind.ORDER, ScanKind.BIN}))
        meaning = self._ears.meaning(u, scan, expect)
        text = meaning.fields.text
        match meaning.kind:
            case ScanKind.PARCEL:
                row = u.rows.get(ParcelRow, meaning.id)
                return ps.SawPiece(text, row.sscc if row else text, row.order if row else "")
            case ScanKind.TOTE:
                return ps.SawPiece(text, meaning.id, _order_in(u, meaning.id))
            case ScanKind.ORDER:
                return ps.SawPiece(text, meaning.id, meaning.id)
            case ScanKind.BIN:
                return ps.SawShelf(text, meaning.id)
        return self._piece_known(u, text) or ps.SawOther(text, known=meaning.kind is not ScanKind.UNKNOWN)

    def _piece_known(self, u: UnitOfWork, text: str) -> ps.SawPiece | None:
        """A bag or tote of an order that stands ready, whatever else the code may be."""
        for one in Standing(u).all():
            if text in one.pieces:
                return ps.SawPiece(text, text, one.row.id)
        return None

    def _first(self, event: ps.Scan, at: float) -> Answer:
        """Nothing is open: what was scanned says which order is meant."""
        if not isinstance(event, ps.SawPiece | ps.SawCode) or not event.order:
            unknown = isinstance(event, ps.SawOther) and not event.known
            why = say(Code.UNKNOWN_CODE, text=event.text) if unknown else say(Code.PICKUP_NOT_HERE)
            return self._write(lambda u: self._idle(u, why))
        begun = self._write(lambda u: self._begin(u, event.order))
        if begun.message is not None or begun.state == self.IDLE:
            return begun
        if isinstance(event, ps.SawPiece) and (event.piece == event.order or begun.state == PickupStep.NAME):
            # The order's own number names it; it is not a label on a bag.
            return begun
        return self._do(lambda u, state: (event,), at)

    def _begin(self, u: UnitOfWork, order: str) -> Answer:
        one = Standing(u).of(order)
        active = self._active(u)
        if active is not None and active.step in _OVER:
            u.flows.forget(active.order)
        if one is None or one.over:
            return self._idle(u, say(Code.PICKUP_NOT_HERE))
        if not one.ready and not one.picked:
            return self._idle(u, say(Code.PICKUP_NOT_READY, order=order))
        return self._opened(u, order, say(Code.PICKUP_NOT_HERE))

    # --- what the frame asks ---

    def _fresh(self, u: UnitOfWork, job: str) -> PickupState | None:
        one = Standing(u).of(job)
        if one is None or one.over:
            return None
        step = PickupStep.NAME if one.ready else PickupStep.ASIDE
        return PickupState(job, step, one.row.customer, one.shelf, one.pieces if one.ready else ())

    def _current(self, u: UnitOfWork, state: PickupState) -> PickupState:
        """With what the centre, or another device, has done meanwhile."""
        one = Standing(u).of(state.order)
        if one is None or state.step in (PickupStep.GONE, PickupStep.BACK):
            return state
        if one.over:
            gone = one.row.state is OrderState.SHIPPED
            return replace(state, step=PickupStep.GONE if gone else PickupStep.BACK)
        if state.step is PickupStep.ASIDE and one.ready:
            return replace(state, step=PickupStep.STANDS, shelf=one.shelf, wanted=one.pieces)
        if state.step in (PickupStep.ASIDE, PickupStep.STANDS):
            return state
        return replace(state, customer=one.row.customer, shelf=one.shelf, wanted=one.pieces)

    def _stepped(self, u: UnitOfWork, state: PickupState, event: ps.Event) -> Step[PickupState]:
        return pickup.step(state, event)

    def _seen(self, u: UnitOfWork, state: PickupState | None) -> PickupView:
        return _order_view(u, state) if state is not None else _list_view(u)

    def _word(self, state: PickupState) -> tuple[str, str, bool]:
        # An order that is over stays on the screen until somebody leaves it.
        return state.order, state.step.value, False


def _picked_by(u: UnitOfWork, job: str) -> set[str]:
    """Orders that are together with the drop of this job: those that no other part of a trip works for."""
    row = u.rows.get(JobRow, job)
    return set(row.orders) if row is not None and row.legs == 1 else set()


def _right(u: UnitOfWork, order: str, code: str) -> bool:
    row = u.rows.get(OrderRow, order)
    return row is not None and bool(row.code_digest) and compare_digest(row.code_digest, code_digest(order, code))


def _order_in(u: UnitOfWork, tote: str) -> str:
    """Whose goods lie in a tote: those of the one order of its newest job."""
    for job in reversed(tote_jobs(u, tote)):
        row = u.rows.get(JobRow, job)
        if row is not None and len(row.orders) == 1:
            return row.orders[0]
    for one in Standing(u).all():
        if tote in one.pieces:
            return one.row.id
    return ""


def _list_view(u: UnitOfWork) -> PickupView:
    cards = [(_card(one), one) for one in Standing(u).all()]
    todo = sorted((c for c, one in cards if not one.ready), key=lambda c: (not c.picked, c.order))
    waiting = sorted((c for c, one in cards if one.ready), key=lambda c: (c.since, c.order))
    return PickupView(PickupStep.LIST, say(Code.PICKUP_SCAN), tuple(todo[:MOST_SHOWN]), tuple(waiting[:MOST_SHOWN]))


def _card(one: Waiting) -> PickupCard:
    row = one.row
    units = sum(line.qty - line.short for line in row.lines)
    return PickupCard(
        row.id, row.customer, units, one.picked, one.shelf if one.ready else "", row.ready_at or "", len(one.pieces),
        tuple(row.flags),
    )  # fmt: skip


def _order_view(u: UnitOfWork, state: PickupState) -> PickupView:
    row = u.rows.get(OrderRow, state.order)
    lines = row.lines if row else []
    items = u.rows.some(ItemRow, {line.sku for line in lines})
    named = tuple(
        PickupLine(items[line.sku].name if line.sku in items else line.sku, line.qty - line.short)
        for line in lines[:MOST_SHOWN]
        if line.qty > line.short
    )
    return PickupView(
        step=state.step, prompt=ps.prompt(state), order=state.order, customer=state.customer, shelf=state.shelf,
        pieces=state.seen if state.step is PickupStep.ASIDE else state.wanted, seen=state.seen, lines=named,
        flags=tuple(row.flags) if row else (), by_code=bool(state.code),
        can_undo=state.step is PickupStep.STANDS or bool(state.seen),
    )  # fmt: skip
