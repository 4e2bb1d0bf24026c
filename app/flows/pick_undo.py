"""Taking the last act back: a unit into its bin, a put out of its slot, a line that was given up."""

from dataclasses import replace

from app.core.facts import PickUndo, PickUnshort, PutUndo, SubstituteUndo
from app.core.messages import Code, say
from app.flows.pick_backs import out_again
from app.flows.pick_events import Undo
from app.flows.pick_state import Act, PickState, Trace, arrive, with_line
from app.flows.step import Record, Step
from app.flows.units import Counted, Line, put_back


def undo(state: PickState, _: Undo) -> Step[PickState]:
    """Everything the last scan or answer did, by compensating facts; the walk goes back there."""
    if not state.can_undo:
        return Step(state, say=say(Code.NOTHING_TO_UNDO), refused=True)
    n = state.trail[-1].n
    acts = tuple(trace for trace in reversed(state.trail) if trace.n == n)
    after, facts = replace(state, trail=state.trail[: len(state.trail) - len(acts)], emptied=None), []
    for trace in acts:
        if trace.act is Act.BACK:
            after, fact = out_again(after, trace)
            facts.append(fact)
            continue
        at = next(n for n, line in enumerate(after.lines) if line.item == trace.item and not line.back)
        line, fact = _back(after, after.lines[at], trace)
        after = with_line(after, at, line)
        after = replace(after, walk=(at, *(n for n in after.walk if n != at)))
        facts.append(fact)
    return Step(arrive(after), tuple(facts), say(Code.UNDONE, n=sum(trace.qty for trace in acts)))


def _back(state: PickState, line: Line, trace: Trace) -> tuple[Line, Record]:
    """The line as it was before, and the fact that says so."""
    if trace.act is Act.SHORT:
        fact = PickUnshort(job=state.job, sku=line.sku, qty=trace.qty, bin=line.place)
        return replace(line, short=line.short - trace.qty), Record(fact, line.item)
    if trace.act is Act.PUT:
        put = PutUndo(
            job=state.job, sku=line.sku, qty=trace.qty, slot=trace.slot or 0, from_tote=state.into, tote=trace.tote,
            lot=trace.lot, serial=trace.serial,
        )  # fmt: skip
        return replace(line, put=line.put - trace.qty), Record(put, line.item)
    if trace.act is Act.SWAP:
        own = SubstituteUndo(
            job=state.job, sku=line.sku, other=trace.sku, qty=trace.qty, from_bin=trace.place, tote=trace.tote,
            lot=trace.lot, serial=trace.serial,
        )  # fmt: skip
        return replace(line, swapped=line.swapped - trace.qty), Record(own, line.item)
    picked = PickUndo(
        job=state.job, sku=line.sku, qty=trace.qty, from_bin=line.place, tote=trace.tote, lot=trace.lot,
        serial=trace.serial,
    )  # fmt: skip
    return put_back(line, Counted(line.item, trace.qty, trace.lot, trace.serial)), Record(picked, line.item)
