"""How a pick refuses: on the record if it was a scan, and with nothing changed but what is on screen."""

from dataclasses import replace

from app.core.messages import Code, Message, say
from app.flows.pick_events import Event, Scanned
from app.flows.pick_state import PickState
from app.flows.scanning import not_this, refuse
from app.flows.step import Step
from app.flows.units import Line


def no(state: PickState, event: Event, why: Message, scanned: str | None = None, expected: str = "") -> Step[PickState]:
    """Refused. A scan is written down, a button is not."""
    if not isinstance(event, Scanned):
        return Step(state, say=why, refused=True)
    line = state.line
    shown = replace(state, scanned=scanned, confirm=None)
    return refuse(shown, why, event.meaning, state.job, line.item if line else None, expected)


def not_now(state: PickState, event: Event) -> Step[PickState]:
    """A button that does nothing here."""
    return no(state, event, say(Code.NOT_NOW))


def stray(state: PickState, event: Scanned) -> Step[PickState]:
    """A scan that has no place in this step."""
    return no(state, event, not_this(event.meaning))


def again(state: PickState, event: Scanned, why: Message) -> Step[PickState]:
    """Asks for the same code once more; what it says is heard and stays on screen."""
    return Step(replace(state, confirm=event.meaning.fields.text, scanned=None), say=why)


def line_in_hand(state: PickState) -> Line:
    """The stop in hand, where there must be one."""
    line = state.line
    assert line is not None, "a step at a line without a line"
    return line
