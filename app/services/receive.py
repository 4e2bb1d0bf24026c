"""Goods that come in, on this device. Implements `receive_ports.Receive`; all of it works without the centre."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from uuid import uuid4

from app.core.clock import Clock
from app.core.messages import Code, say
from app.core.outcome import Outcome
from app.core.scan import ScanInput, ScanKind, ScanMeaning
from app.core.storage import StorageTrouble
from app.core.views_receive import ReceiveCard, ReceiveLine, ReceiveStep, ReceiveView
from app.flows import receive as flow
from app.flows.duplicates import DuplicateRule
from app.flows.receive import BLIND, ReceiveState
from app.flows.resolve import Expect, Patterns, ScanReader
from app.flows.scanning import not_this
from app.flows.step import PrintGoods, Step
from app.services.ports import Centre, NoPrinter, Store, UnitOfWork
from app.services.receive_labels import goods_label, stand
from app.services.receive_ports import GOODS_JOB, GoodsLabel, GoodsLabels
from app.services.scans import Ears
from app.services.work_flow import FlowService
from sync.contract import inbound
from sync.contract.rows import ItemRow, PurchaseRow

KIND = "receive"
#: Orders of the list, and lines of one.
MOST_SHOWN = 60
_EXPECT = Expect(frozenset({ScanKind.ITEM, ScanKind.BIN, ScanKind.TOTE}))
Answer = Outcome[ReceiveView]


class ReceiveService(FlowService[ReceiveState, flow.Event, ReceiveView]):
    """Owns how it hears scans, its way to the label printer, and which labels were asked for since the start."""

    KIND = KIND
    IDLE = ReceiveStep.LIST.value
    STATE = ReceiveState

    def __init__(
        self,
        store: Store,
        reader: ScanReader,
        clock: Clock,
        centre: Centre,
        printer: GoodsLabels,
        patterns: Patterns | None = None,
        duplicates: DuplicateRule | None = None,
    ) -> None:
        super().__init__(store, clock, centre, ReceiveView(ReceiveStep.LIST, say(Code.RECEIVE_SCAN)))
        self._printer = printer
        self._due: list[tuple[str, GoodsLabel, int]] = []
        self._asked: set[str] = set()
        self._ears = Ears(reader, patterns or Patterns(), duplicates or DuplicateRule())

    def on_scan(self, scan: ScanInput) -> Answer:
        """See the port."""
        if self._ears.is_echo(scan):
            return self.view()
        try:
            with self._store.look() as u:
                active = self._active(u)
                order = u.rows.get(PurchaseRow, scan.text.strip())
                meaning = self._ears.meaning(u, scan, _EXPECT)
        except StorageTrouble:
            return self._stuck()
        if active is None or (active.step is ReceiveStep.DONE and order is not None):
            if order is not None:
                return self.open(order.id)
            why = say(Code.RECEIVE_NOT_HERE) if meaning.kind is ScanKind.UNKNOWN else not_this(meaning)
            return self._write(lambda u: self._idle(u, why))
        return self._do(lambda u, state: (_saw(u, state, meaning),), scan.at)

    def open(self, order: str) -> Answer:
        """See the port."""

        def begin(u: UnitOfWork) -> Answer:
            active = self._active(u)
            if active is not None and active.step is ReceiveStep.DONE:
                u.flows.forget(active.order)
            return self._opened(u, order or BLIND, say(Code.RECEIVE_NOT_HERE))

        return self._write(begin)

    def typed(self, text: str) -> Answer:
        """See the port."""
        return self._print(lambda u, state: (_answer(u, state, text),))

    def ask_number(self) -> Answer:
        """See the port."""
        return self._do(lambda u, state: (flow.AskNumber(),))

    def broken(self) -> Answer:
        """See the port."""
        return self._do(lambda u, state: (flow.Broken(),))

    def undo(self) -> Answer:
        """See the port."""
        return self._do(lambda u, state: (flow.Undo(),))

    def labels(self) -> Answer:
        """See the port."""
        if not self._printer.has_label_printer():
            return self._read(lambda u: replace(self._standing(u), message=say(Code.NO_LABEL_PRINTER)))
        return self._do(lambda u, state: (flow.Labels(),))

    def one_label(self) -> Answer:
        """See the port."""
        return self._print(lambda u, state: (flow.OneLabel(_print_job()),))

    def no_label(self) -> Answer:
        """See the port."""
        return self._do(lambda u, state: (flow.NoLabel(),))

    def cancel(self) -> Answer:
        """See the port."""
        return self._do(lambda u, state: (flow.Cancel(),))

    def finish(self) -> Answer:
        """See the port."""
        return self._do(lambda u, state: (flow.Finish(),))

    def leave(self) -> Answer:
        """See the port. What is over, or was never begun, is not kept any longer."""

        def put_down(u: UnitOfWork) -> Answer:
            state = self._active(u)
            if state is not None and (state.step is ReceiveStep.DONE or not state.hand):
                u.flows.forget(state.order)
            return self._put_down(u)

        return self._write(put_down)

    # --- labels ---

    def _print(self, events: Callable[[UnitOfWork, ReceiveState], Sequence[flow.Event]]) -> Answer:
        """An act that may print. What is printed has been written down before: it comes out once, or somebody asks again."""
        self._due.clear()
        answer = self._do(events)
        due = tuple(self._due)
        try:
            for print_job, label, copies in due:
                self._printer.print_goods(print_job, label, copies)
        except StorageTrouble:
            return self._stuck()
        except NoPrinter as no:
            why = Code.NO_LABEL_PRINTER if str(no) == "absent" else Code.GOODS_LABEL_FAILED
            return self._read(lambda u: replace(self._standing(u), message=say(why)))
        # With how they stand now that the queue has them.
        return self._read(lambda u: replace(answer, view=self._standing(u).view)) if due else answer

    def _keep(self, u: UnitOfWork, step: Step[ReceiveState], at: float | None) -> bool:
        """The label says what is true in the unit of work that asks for it."""
        counted = super()._keep(u, step, at)
        booked = {one.mark: one for one in step.state.last}
        for effect in step.effects:
            if isinstance(effect, PrintGoods):
                label = goods_label(
                    u, step.state, booked[effect.mark], effect.units, partial(self._reads, u), self._clock.wall_ms()
                )
                self._asked.add(effect.print_job)
                self._due.append((effect.print_job, label, effect.n))
        return counted

    def _without_disk(self, events: Callable[[UnitOfWork, ReceiveState], Sequence[flow.Event]]) -> Answer:
        self._due.clear()
        return super()._without_disk(events)

    def _reads(self, u: UnitOfWork, text: str, symbology: str | None) -> ScanMeaning:
        return self._ears.meaning(u, ScanInput(text, 0.0, symbology), _EXPECT)

    # --- what the frame asks ---

    def _fresh(self, u: UnitOfWork, job: str) -> ReceiveState | None:
        if job == BLIND:
            return ReceiveState(BLIND)
        row = u.rows.get(PurchaseRow, job)
        return ReceiveState(job, open=_open(u, row)) if row is not None else None

    def _current(self, u: UnitOfWork, state: ReceiveState) -> ReceiveState:
        """With what the centre, or another device, has received meanwhile."""
        row = u.rows.get(PurchaseRow, state.order) if state.named else None
        return replace(state, open=_open(u, row)) if row is not None else state

    def _stepped(self, u: UnitOfWork, state: ReceiveState, event: flow.Event) -> Step[ReceiveState]:
        return flow.step(state, event)

    def _seen(self, u: UnitOfWork, state: ReceiveState | None) -> ReceiveView:
        return replace(_view(u, state), labels=stand(u, state, self._asked)) if state is not None else _list_view(u)

    def _word(self, state: ReceiveState) -> tuple[str, str, bool]:
        # A delivery that is over stays on the screen until somebody leaves it.
        return state.order, state.step.value, False


def _saw(u: UnitOfWork, state: ReceiveState, meaning: ScanMeaning) -> flow.Saw:
    of = meaning.id if meaning.kind is ScanKind.ITEM else state.asks.sku if state.asks else ""
    item = u.rows.get(ItemRow, of) if of else None
    marks = tuple(uuid4().hex for _ in state.hand)
    if item is None:
        return flow.Saw(meaning, marks=marks)
    return flow.Saw(meaning, item.lot_tracked, item.serial_tracked, item.expiry_tracked, marks)


def _print_job() -> str:
    return f"{GOODS_JOB}{uuid4().hex}"


def _answer(u: UnitOfWork, state: ReceiveState, text: str) -> flow.Typed | flow.UnitLabels:
    if state.step is ReceiveStep.LABELS:
        return flow.UnitLabels(text, _print_job())
    item = u.rows.get(ItemRow, state.asks.sku) if state.asks else None
    return flow.Typed(text, bool(item and item.serial_tracked), bool(item and item.expiry_tracked))


def _open(u: UnitOfWork, row: PurchaseRow) -> tuple[tuple[str, int], ...]:
    """(item, units) that are to come, without what this device has told and the row does not contain yet."""
    units: dict[str, int] = {}
    for line in row.lines:
        units[line.sku] = units.get(line.sku, 0) + line.open
    told: dict[str, inbound.GoodsReceive] = {}
    for logged in u.journal.unsettled():
        match logged.fact:
            case inbound.GoodsReceive(order=row.id) as came:
                told[came.mark] = came
            case inbound.GoodsUndo(receive=mark):
                told.pop(mark, None)
    for came in told.values():
        units[came.sku] = units.get(came.sku, 0) - came.qty - came.damaged
    return tuple(units.items())


def _list_view(u: UnitOfWork) -> ReceiveView:
    cards = []
    for row in u.rows.find(PurchaseRow, "expected", "open"):
        units = sum(max(0, left) for _, left in _open(u, row))
        cards.append(ReceiveCard(row.id, row.sender, row.day, units))
    cards.sort(key=lambda card: (card.day, card.order))
    return ReceiveView(ReceiveStep.LIST, say(Code.RECEIVE_SCAN), tuple(cards[:MOST_SHOWN]))


def _view(u: UnitOfWork, state: ReceiveState) -> ReceiveView:
    row = u.rows.get(PurchaseRow, state.order) if state.named else None
    asked = state.to_label[state.at_label] if state.step is ReceiveStep.LABELS else None
    skus = {one.sku for one in state.hand} | {sku for sku, _ in state.open} | ({asked.held.sku} if asked else set())
    items = u.rows.some(ItemRow, skus)

    def name(sku: str) -> str:
        return items[sku].name if sku in items else sku

    hand = tuple(ReceiveLine(name(one.sku), one.qty, one.damaged, one.lot) for one in reversed(state.hand))
    label = ReceiveLine(name(asked.held.sku), asked.good, lot=asked.held.lot) if asked else None
    left = [(sku, state.to_come(sku)) for sku, _ in state.open]
    return ReceiveView(
        step=state.step, prompt=flow.prompt(state), order=state.order, named=state.named, sender=row.sender if row else "",
        hand=hand[:MOST_SHOWN], to_come=tuple(ReceiveLine(name(sku), units) for sku, units in left if units > 0)[:MOST_SHOWN],
        in_hand=state.in_hand, open=sum(max(0, units) for _, units in left), can_undo=bool(state.hand or state.last),
        can_label=bool(state.to_label), label=label, more_labels=asked is not None and state.at_label + 1 < len(state.to_label),
    )  # fmt: skip
