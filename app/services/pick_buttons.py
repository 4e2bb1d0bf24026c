"""The buttons of a pick that have a barcode. Used by `services.pick`."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence

from app.core.outcome import Outcome
from app.core.views import PickStep, PickView
from app.flows import pick_events as ev
from app.flows.commands import Command, PickCommand
from app.flows.pick_state import PickState
from app.flows.weight import units_on, whole_grams
from app.services.api import Weight
from app.services.pack_weight import unit_weight
from app.services.pick_open import substitutes
from app.services.ports import UnitOfWork
from sync.contract.codes import ShortReason

Answer = Outcome[PickView | None]
Events = Callable[[UnitOfWork, PickState], Sequence[ev.Event]]

_BUTTONS: dict[Command, ev.Event] = {
    Command.SKIP: ev.Skip(),
    Command.UNDO: ev.Undo(),
    Command.OK: ev.Acknowledge(),
    Command.BACK: ev.CancelShort(),
}

_EXTRA: dict[PickCommand, Callable[[int], ev.Event]] = {
    PickCommand.QTY: ev.Typed,
    PickCommand.FULL: ev.ToteFull,
    PickCommand.WALK: lambda _: ev.Walk(),
    PickCommand.PUT: lambda _: ev.Put(),
    PickCommand.LATER: lambda _: ev.RestLater(),
    PickCommand.UNLOAD: lambda _: ev.Unload(),
    PickCommand.CALL: lambda _: ev.CallGoods(),
    PickCommand.OUT: lambda _: ev.AskRemove(),
    PickCommand.YES: lambda _: ev.Answer(True),
    PickCommand.NO: lambda _: ev.Answer(False),
}


def pressed(state: PickState, command: Command, argument: str) -> Sequence[ev.Event]:
    """The button a command barcode stands for."""
    if command is Command.SHORT:
        asked = () if state.step is PickStep.SHORT else (ev.AskShort(),)
        reason = next((reason for reason in ShortReason if reason.value == argument), None)
        return (*asked, ev.GiveReason(reason)) if reason else asked
    if command is Command.OK and state.step is PickStep.SORT:
        # A thumb that says "done" at the slot; where proof is wanted, it only reads what is on screen.
        return (ev.Put(),) if state.rules.proof == "none" else (ev.Acknowledge(),)
    return (_BUTTONS[command],)


def extra(u: UnitOfWork, state: PickState, command: PickCommand, argument: str) -> Sequence[ev.Event]:
    """The same for buttons that only picking has."""
    if command is PickCommand.OTHER:
        return (substitutes(u, state),)
    return (_EXTRA[command](int(argument) if argument.isdigit() and len(argument) < 6 else 0),)


def on_scale(u: UnitOfWork, state: PickState, weight: Weight) -> ev.OnScale:
    """What the scale says of the item in hand. A weight that still moves says nothing."""
    each = unit_weight(u, state.line.sku) if state.line else None
    units = units_on(weight.grams, each, weight.division) if each and weight.stable else None
    return ev.OnScale(units, whole_grams(weight.grams))


class Buttons(ABC):
    """What can be pressed at a pick: each press is one event of the flow. `services.pick` says how an event becomes a step."""

    @abstractmethod
    def _do(self, events: Events) -> Answer:
        """One step in one unit of work."""

    def _press(self, event: ev.Event) -> Answer:
        return self._do(lambda _u, _state: (event,))

    def ask_short(self) -> Answer:
        """See `api.Pick`."""
        return self._press(ev.AskShort())

    def short(self, reason: ShortReason, note: str = "", damaged: int | None = None) -> Answer:
        """See `api.Pick`."""
        return self._press(ev.GiveReason(reason, note, damaged))

    def cancel_short(self) -> Answer:
        """See `api.Pick`."""
        return self._press(ev.CancelShort())

    def skip(self) -> Answer:
        """See `api.Pick`."""
        return self._press(ev.Skip())

    def undo(self) -> Answer:
        """See `api.Pick`."""
        return self._press(ev.Undo())

    def quantity(self, qty: int) -> Answer:
        """See `api.Pick`."""
        return self._press(ev.Typed(qty))

    def from_scale(self, weight: Weight) -> Answer:
        """See `api.Pick`."""
        return self._do(lambda u, state: (on_scale(u, state, weight),))

    def take_out(self) -> Answer:
        """See `api.Pick`."""
        return self._press(ev.AskRemove())

    def substitute(self) -> Answer:
        """See `api.Pick`."""
        return self._do(lambda u, state: (substitutes(u, state),))

    def call_goods(self) -> Answer:
        """See `api.Pick`."""
        return self._press(ev.CallGoods())

    def answer(self, empty: bool) -> Answer:
        """See `api.Pick`."""
        return self._press(ev.Answer(empty))

    def full(self, fits: int = 0) -> Answer:
        """See `api.Pick`."""
        return self._press(ev.ToteFull(fits))

    def walk(self) -> Answer:
        """See `api.Pick`."""
        return self._press(ev.Walk())

    def put(self) -> Answer:
        """See `api.Pick`."""
        return self._press(ev.Put())

    def rest_later(self) -> Answer:
        """See `api.Pick`."""
        return self._press(ev.RestLater())

    def unload(self) -> Answer:
        """See `api.Pick`."""
        return self._press(ev.Unload())

    def acknowledge(self) -> Answer:
        """See `api.Pick`."""
        return self._press(ev.Acknowledge())
