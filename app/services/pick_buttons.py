"""The buttons of a pick that have a barcode. Used by `services.pick`."""

from collections.abc import Callable, Sequence

from app.core.views import PickStep
from app.flows import pick_events as ev
from app.flows.commands import Command, PickCommand
from app.flows.pick_state import PickState
from app.services.pick_open import substitutes
from app.services.ports import UnitOfWork
from sync.contract.codes import ShortReason

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
