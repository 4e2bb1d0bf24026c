"""Boxes that customers sent back, on this device. Implements `returns_ports.Returns`; all of it works without the centre, which finds out
whose a box is and what follows from that."""

from dataclasses import replace
from uuid import uuid4

from app.core.clock import Clock
from app.core.facts import Disposition, Grade
from app.core.messages import Code, say
from app.core.outcome import Outcome
from app.core.scan import ScanInput, ScanKind
from app.core.storage import StorageTrouble
from app.core.views_returns import AnnouncedUnits, ReturnedLine, ReturnStep, ReturnView
from app.flows import returns
from app.flows import returns_state as rs
from app.flows.duplicates import DuplicateRule
from app.flows.resolve import Expect, Patterns, ScanReader
from app.flows.returns_state import ReturnState
from app.flows.step import Step
from app.services.old_labels import numbers_in
from app.services.ports import Centre, Store, UnitOfWork
from app.services.scans import Ears
from app.services.work_flow import FlowService
from sync.contract import returns as wire
from sync.contract.returns import SHORTEST_NUMBER, read_return, return_text
from sync.contract.rows import ItemRow, ReturnRow

KIND = "returns"
#: Rows of a box that are shown, the newest first.
MOST_SHOWN = 40
Answer = Outcome[ReturnView]


class ReturnsService(FlowService[ReturnState, rs.Event, ReturnView]):
    """Owns how it hears scans."""

    KIND = KIND
    IDLE = ReturnStep.BOX.value
    STATE = ReturnState

    def __init__(
        self,
        store: Store,
        reader: ScanReader,
        clock: Clock,
        centre: Centre,
        patterns: Patterns | None = None,
        duplicates: DuplicateRule | None = None,
    ) -> None:
        super().__init__(store, clock, centre, ReturnView(ReturnStep.BOX, say(Code.RETURN_SCAN_BOX)))
        self._ears = Ears(reader, patterns or Patterns(), duplicates or DuplicateRule())

    def on_scan(self, scan: ScanInput) -> Answer:
        """See the port."""
        if self._ears.is_echo(scan):
            return self.view()
        try:
            with self._store.look() as u:
                event = self._sight(u, scan)
                open_ = self._active(u)
        except StorageTrouble:
            return self._stuck()
        if open_ is None or open_.step is ReturnStep.OVER:
            if isinstance(event, rs.SawBin):
                return self._write(lambda u: self._idle(u, say(Code.RETURN_ITEM_FIRST)))
            return self._begun((event,), scan.at)
        return self._do(lambda u, state: (event,), scan.at)

    def no_label(self) -> Answer:
        """See the port."""
        return self._begun((rs.NoLabel(),), None)

    def grade(self, grade: str) -> Answer:
        """See the port."""
        return self._do(lambda u, state: (rs.Graded(Grade(grade)),))

    def way(self, way: str) -> Answer:
        """See the port."""
        return self._do(lambda u, state: (rs.Way(Disposition(way)),))

    def put_aside(self) -> Answer:
        """See the port."""
        return self._do(lambda u, state: (rs.PutAside(),))

    def empty(self) -> Answer:
        """See the port."""
        return self._do(lambda u, state: (rs.Empty(),))

    def undo(self) -> Answer:
        """See the port."""
        return self._do(lambda u, state: (rs.Undo(),))

    def leave(self) -> Answer:
        """See the port. What is over, or was not begun, is not kept any longer."""

        def put_down(u: UnitOfWork) -> Answer:
            state = self._active(u)
            if state is not None and (state.step is ReturnStep.OVER or not (state.kept or state.sku)):
                u.flows.forget(state.box)
            return self._put_down(u)

        return self._write(put_down)

    def _begun(self, events: tuple[rs.Event, ...], at: float | None) -> Answer:
        """A box is opened with its first event, in one unit of work."""

        def act(u: UnitOfWork) -> Answer:
            active = self._active(u)
            if active is not None and active.step is ReturnStep.OVER:
                u.flows.forget(active.box)
            fresh = ReturnState(uuid4().hex, ReturnStep.BOX)
            done = self._steps(u, fresh, lambda u, state: events)
            if not done.refused:
                done = replace(done, state=self._current(u, done.state))
            recorded = self._keep(u, done, at)
            if done.refused:
                u.flows.forget(fresh.box)
                return self._idle(u, done.say)
            u.flows.activate(fresh.box, self.KIND)
            return self._outcome(u, done.state, done.say, recorded)

        return self._write(act)

    def _sight(self, u: UnitOfWork, scan: ScanInput) -> rs.Scan:
        """What a scan shows: an item, a place, or what stands on a box."""
        if read_return(scan.text) is not None:
            return rs.SawText(scan.text)
        expect = Expect(frozenset({ScanKind.ITEM, ScanKind.BIN, ScanKind.PARCEL, ScanKind.ORDER}))
        meaning = self._ears.meaning(u, scan, expect)
        fields = meaning.fields
        match meaning.kind:
            case ScanKind.ITEM:
                row = u.rows.get(ItemRow, meaning.id)
                return rs.SawItem(
                    fields.text,
                    meaning.id,
                    row.name if row else meaning.id,
                    meaning.qty,
                    fields.lot or "",
                    fields.serial or "",
                )
            case ScanKind.BIN:
                return rs.SawBin(fields.text, meaning.id)
        return rs.SawText(scan.text)

    # --- what the frame asks ---

    def _fresh(self, u: UnitOfWork, job: str) -> ReturnState | None:
        return None

    def _current(self, u: UnitOfWork, state: ReturnState) -> ReturnState:
        """With what is still to come of it: what the centre knows, less what this device has told and the row does not contain yet."""
        row = _announced(u, state.found)
        if row is None:
            # It was known when the box was opened: what was in it meanwhile is all that there is to come.
            return replace(state, to_come=()) if state.known else state
        return replace(state, known=True, to_come=_to_come(u, row))

    def _stepped(self, u: UnitOfWork, state: ReturnState, event: rs.Event) -> Step[ReturnState]:
        return returns.step(state, event)

    def _seen(self, u: UnitOfWork, state: ReturnState | None) -> ReturnView:
        if state is None:
            return ReturnView(ReturnStep.BOX, say(Code.RETURN_SCAN_BOX))
        state = self._current(u, state)
        items = u.rows.some(ItemRow, {one.sku for one in state.kept} | {one.sku for one in state.to_come})
        row = _announced(u, state.found)
        lines = tuple(
            ReturnedLine(items[one.sku].name if one.sku in items else one.sku, one.qty, one.grade, one.way, one.bin)
            for one in reversed(state.kept[-MOST_SHOWN:])
        )
        return ReturnView(
            step=state.step, prompt=rs.prompt(state), found=state.found, name=state.name, qty=state.qty, grade=state.grade,
            way=state.way, lines=lines, units=state.units, can_undo=bool(state.kept or state.sku),
            known=state.known, refused=row is not None and row.refused,
            to_come=tuple(
                AnnouncedUnits(items[one.sku].name if one.sku in items else one.sku, one.qty, one.reason)
                for one in state.to_come[:MOST_SHOWN] if one.qty > 0
            ),
        )  # fmt: skip

    def _word(self, state: ReturnState) -> tuple[str, str, bool]:
        # A box that is over stays on the screen until somebody leaves it.
        return state.box, state.step.value, False


def _announced(u: UnitOfWork, found: str) -> ReturnRow | None:
    """The return that what stands on a box names, where this device knows it."""
    number = read_return(found)
    if number is not None:
        return u.rows.get(ReturnRow, number)
    mine = u.rows.find(ReturnRow, "order", found.strip()) if found.strip() else []
    # Of several nobody knows which: the centre finds out.
    return (mine[0] if len(mine) == 1 else None) if mine else _by_label(u, found)


def _by_label(u: UnitOfWork, text: str) -> ReturnRow | None:
    """The return whose label has this number, alone or with what its carrier prints around it."""
    plain = "".join(text.split()).upper()
    by_number = u.rows.find_some(ReturnRow, "code", numbers_in(text) | {plain}) if plain else {}
    mine = {row.id: row for rows in by_number.values() for row in rows}
    return next(iter(mine.values())) if len(mine) == 1 else None


def _bears(text: str, number: str) -> bool:
    plain = "".join(text.split()).upper()
    return bool(number) and (plain == number or (len(number) >= SHORTEST_NUMBER and number in plain))


def _to_come(u: UnitOfWork, row: ReturnRow) -> tuple[rs.Announced, ...]:
    named = {row.id, return_text(row.id), *row.orders}
    number = "".join(row.tracking.split()).upper()
    told: dict[str, wire.ReturnReceive] = {}
    for logged in u.journal.unsettled():
        match logged.fact:
            case wire.ReturnReceive(found=found) as came if found.strip() in named or _bears(found, number):
                told[came.receipt] = came
            case wire.ReturnUndo(receipt=receipt):
                told.pop(receipt, None)
    here: dict[str, int] = {}
    for came in told.values():
        here[came.sku] = here.get(came.sku, 0) + came.qty
    left = []
    for line in row.lines:
        off = min(line.open, here.get(line.sku, 0))
        here[line.sku] = here.get(line.sku, 0) - off
        left.append(rs.Announced(line.sku, line.open - off, line.reason))
    return tuple(left)
