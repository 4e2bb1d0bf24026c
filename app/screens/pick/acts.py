"""What a picker can press at each step, and what can be scanned there. Read by the pick presenter; knows no Qt."""

from __future__ import annotations

from app.core.facts import ShortReason
from app.core.messages import Code, Message, say
from app.core.views import ItemCard, PickStep, PickView
from app.screens.frame import Action, Refusal
from app.screens.words import Word

_SHORT = Action("short", Word.SHORT, "F2")
_SKIP = Action("skip", Word.SKIP, "F3")
_UNDO = Action("undo", Word.UNDO, "F6", "undo")
_NEXT = Action("next", Word.NEXT_WORK, "F5", main=True)
_LEAVE = Action("leave", Word.PUT_DOWN, "F8")
_BACK = Action("cancel_short", Word.BACK, "Esc", "back")
_MIXED_UP = Action("short", Word.MIXED_UP, "F2")
_NUMBER = Action("ask:qty", Word.NUMBER_ACT, "F4", "dialpad")
_SCALE = Action("weigh", Word.FROM_SCALE, "w", "scale")
_FULL = Action("full", Word.TOTE_IS_FULL, "t", "tote")
_SLOT_FULL = Action("ask:fits", Word.SLOT_IS_FULL, "F4", "tote")
_UNLOAD = Action("unload", Word.UNLOAD_NOW, "u", "lane")
_OTHER = Action("substitute", Word.TAKE_OTHER, "o", "arrow")
_CALL = Action("call_goods", Word.CALL_GOODS, "c", "hand")
_OUT = Action("take_out", Word.TAKE_OUT, "r", "undo")
_WALK = Action("walk", Word.START_WALKING, "F5", "start")
_LATER = Action("rest_later", Word.REST_IS_LATER, "F3")
_PUT = Action("put", Word.IS_IN, "F5", "check", main=True)
_NO_NOTE = Action("note", Word.ENTER, "F5", "check", main=True)

REASONS: tuple[Action, ...] = tuple(
    Action(f"short:{reason}", Word(f"reason_{reason}"), str(n)) for n, reason in enumerate(ShortReason, 1)
)
ANSWERS = (Action("answer:yes", Word.YES, "1"), Action("answer:no", Word.NO, "2"))

#: The two likeliest ways out of a refusal.
_EXITS: dict[Code, tuple[Action, ...]] = {
    Code.WRONG_ITEM: (_MIXED_UP, _SKIP),
    Code.UNKNOWN_CODE: (_MIXED_UP, _SKIP),
    Code.WRONG_LOT: (_MIXED_UP, _SKIP),
    Code.OTHER_LOT: (_MIXED_UP, _SKIP),
    Code.FEFO_EARLIER: (_MIXED_UP, _SKIP),
    Code.OUT_OF_DATE: (Action("short:expired", Word.REASON_EXPIRED, "4"), _SKIP),
    Code.WRONG_BIN: (_SHORT, _SKIP),
    Code.SCAN_BIN_FIRST: (_SHORT, _SKIP),
    Code.TOO_MANY: (_UNDO,),
    Code.DUPLICATE_SERIAL: (_OUT,),
    Code.SUBSTITUTE_FORBIDDEN: (_SHORT,),
    Code.WRONG_SLOT: (_SLOT_FULL,),
}

_HELP: dict[PickStep, tuple[Word, ...]] = {
    PickStep.CART: (Word.HELP_CART,),
    PickStep.SLOTS: (Word.HELP_SLOT_TOTE,),
    PickStep.TOTE: (Word.HELP_TOTE,),
    PickStep.BIN: (Word.HELP_BIN,),
    PickStep.ITEM: (Word.HELP_ITEM,),
    PickStep.CHECK: (Word.HELP_ITEM,),
    PickStep.REMOVE: (Word.HELP_ITEM,),
    PickStep.SUBSTITUTE: (Word.HELP_BIN, Word.HELP_ITEM),
    PickStep.SORT: (Word.HELP_SLOT,),
    PickStep.EMPTY: (Word.HELP_EMPTY,),
    PickStep.FULL: (Word.HELP_TOTE, Word.HELP_LANE),
    PickStep.BACK_BIN: (Word.HELP_BIN,),
    PickStep.BACK_ITEM: (Word.HELP_ITEM,),
    PickStep.DROP: (Word.HELP_LANE,),
}


def help_of(view: PickView) -> tuple[Word, ...]:
    """What can be scanned here."""
    if view.step is PickStep.DROP and view.slots:
        return (Word.HELP_UNLOAD, Word.HELP_COMMANDS)
    return (*_HELP.get(view.step, ()), Word.HELP_COMMANDS)


def acts_of(view: PickView, asks: str, scale: bool = False) -> tuple[Action, ...]:
    """What can be pressed, the likeliest first. `asks` is the number or note that is being typed, if any; `scale`: something lies on a
    scale."""
    if asks:
        return (_NO_NOTE, _BACK) if asks == "note" else (_BACK,)
    step = view.step
    if step is PickStep.DONE:
        return (_NEXT, _LEAVE)
    if step in _QUESTIONS:
        other = (_OTHER,) if view.can_substitute and step is PickStep.SHORT else ()
        return (_BACK, *other)
    undo = _if(_UNDO, view.can_undo)
    if step in (PickStep.BIN, PickStep.ITEM):
        return (_if(_SHORT, view.can_short), _if(_SKIP, view.can_skip), undo, *_at_line(view, scale), _LEAVE)
    if step in (PickStep.BACK_BIN, PickStep.BACK_ITEM):
        return (_if(_SKIP, view.can_skip), undo, _LEAVE)
    if step is PickStep.SORT:
        put = (_PUT,) if view.can_put else ()
        return (*put, _if(_SLOT_FULL, view.can_fill) if view.slot_tote else _LATER, undo, _LEAVE)
    if step is PickStep.DROP:
        back = (_BACK,) if view.lines_done < view.lines else ()
        return (*back, undo, _LEAVE)
    if step is PickStep.EMPTY:
        return (undo, _LEAVE)
    return (_WALK, _LEAVE) if step is PickStep.SLOTS else (_LEAVE,)


_QUESTIONS = (PickStep.SHORT, PickStep.SUBSTITUTE, PickStep.CHECK, PickStep.REMOVE, PickStep.FULL)


def is_question(view: PickView) -> bool:
    """Whether "back" closes what is on screen instead of putting the job down."""
    return view.step in _QUESTIONS or (view.step is PickStep.DROP and view.lines_done < view.lines)


def _if(action: Action, enabled: bool) -> Action:
    return Action(action.intent, action.word, action.key, action.icon, enabled=enabled)


def _at_line(view: PickView, scale: bool) -> tuple[Action, ...]:
    """Behind "More": what a scan cannot say, only where it does something."""
    offered = (
        (_SCALE, view.can_weigh and scale), (_NUMBER, view.can_type), (_OUT, view.can_take_out),
        (_OTHER, view.can_substitute), (_CALL, view.can_call),
        (_FULL, view.can_fill), (_UNLOAD, view.can_unload),
    )  # fmt: skip
    return tuple(action for action, does in offered if does)


def refusal_of(message: Message | None, view: PickView) -> Refusal | None:
    """A message that stays, with its ways out; a wrong item beside the one that is needed."""
    if message is None:
        return None
    allowed = {
        "short": view.can_short, "skip": view.can_skip, "undo": view.can_undo, "take_out": view.can_take_out,
        "short:expired": view.can_short, "ask:fits": view.can_fill,
    }  # fmt: skip
    exits = tuple(a for a in _EXITS.get(message.code, ()) if allowed.get(a.intent, True))
    if message.code is Code.WRONG_ITEM and view.scanned and view.item:
        message = say(message.code, scanned=_called(view.scanned), needed=_called(view.item))
        return Refusal(message, exits, view.scanned, view.item, view.take - view.in_hand)
    return Refusal(message, exits)


def _called(item: ItemCard) -> str:
    """An item as people tell it from its look-alikes: name and the end of its barcode."""
    return f"{item.name} (…{item.code[-4:]})" if item.code else item.name
