"""What a bench says to something that has no place now. Used by all parts of the pack flow."""

from dataclasses import replace

from app.core.messages import Code, Message, say
from app.flows.pack_events import Event, LabelTold, Scanned, WeightSeen
from app.flows.pack_state import PackState
from app.flows.scanning import not_this, refuse
from app.flows.step import Step


def no(state: PackState, event: Event, why: Message, scanned: str | None = None, expected: str = "") -> Step[PackState]:
    """Nothing happened, and why; a scan is written down as refused."""
    if not isinstance(event, Scanned):
        return Step(state, say=why, refused=True)
    line = state.line
    shown = replace(state, scanned=scanned, confirm=None)
    return refuse(shown, why, event.meaning, state.job, line.item if line else None, expected)


def stray(state: PackState, event: Event) -> Step[PackState]:
    """The step has no answer to this event."""
    if isinstance(event, LabelTold | WeightSeen):
        # A device goes on talking after its word was needed.
        return Step(state)
    return no(state, event, not_this(event.meaning) if isinstance(event, Scanned) else say(Code.NOT_NOW))
