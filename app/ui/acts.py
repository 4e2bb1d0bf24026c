"""The acts that belong to no screen - help, typing a code, settings, signing out - and which key means which act. Used by the shell."""

from __future__ import annotations

from app.screens.frame import Action, Frame
from app.screens.words import Word

MORE = Action("more", Word.MORE, "F10")
_HELP = Action("help", Word.HELP, "F1", "help")
_TYPE = Action("type", Word.TYPE_CODE, "F9", "keyboard")
_SETTINGS = Action("settings", Word.SETTINGS, "F11", "settings")
_SIGN_OUT = Action("sign_out", Word.SIGN_OUT, "F12", "leave")
_HAND_OVER = Action("hand_over", Word.HAND_OVER, "F7", "hand")
_PAIR = Action("pair", Word.PAIR_AGAIN, "", "link")
_BACK = Action("back", Word.BACK, "Esc", "back")


def behind_more(
    frame: Frame, beside: int, *, signed_in: bool, pairs_again: bool = False, hands_over: bool = False
) -> tuple[Action, ...]:
    """What "More" offers: the acts for which there was no room beside it, then those of every screen."""
    rest = frame.actions[beside:]
    back = (_BACK,) if frame.leave and not any(a.key in ("Esc", "F8") for a in frame.actions) else ()
    own = {a.intent for a in frame.actions}
    pair = (_PAIR,) if pairs_again else ()
    hand = (_HAND_OVER,) if hands_over else ()
    general = (_TYPE, _HELP, *back, *hand, _SETTINGS, *pair, *((_SIGN_OUT,) if signed_in else ()))
    return (*rest, *(a for a in general if a.intent not in own))


def act_of_key(acts: tuple[Action, ...], name: str, *, signed_in: bool) -> str | None:
    """The intent behind a key (`F2`, `Enter`, `Esc`, `1`), None if the key means nothing here."""
    general = (_HELP, _TYPE, MORE, _SETTINGS, _BACK, *((_HAND_OVER, _SIGN_OUT) if signed_in else ()))
    found = next((a.intent for a in (*acts, *general) if a.key == name), None)
    if found is None and name == "Enter":
        return next((a.intent for a in acts if a.main), None)
    return found
