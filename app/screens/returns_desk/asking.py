"""What an act about a return asks before it is done: one thing at a time, in place. Pure; the presenter owns the question. No Qt."""

from __future__ import annotations

from typing import Final

from app.screens.frame import Action
from app.screens.returns_desk.words import ReturnsDeskWord as W
from app.screens.words import Vocabulary
from app.screens.workbench.asking import NOTHING, Field, Option, Question, chosen, complete, entered
from app.services.returns_desk_port import (
    BackActRequest,
    BackAllHere,
    BackClose,
    BackDecide,
    BackMakeLabel,
    BackSheet,
    DeskAct,
)

__all__ = ["asked", "chosen", "complete", "entered", "letters", "request"]
#: Acts by their letter, as buttons and keys.
LETTERS: Final[dict[str, tuple[str, Vocabulary, DeskAct]]] = {
    "approve": ("a", W.RD_APPROVE, DeskAct.APPROVE),
    "refuse": ("x", W.RD_REFUSE, DeskAct.REFUSE),
    "make_label": ("m", W.RD_MAKE_LABEL, DeskAct.MAKE_LABEL),
    "label": ("l", W.RD_LABEL, DeskAct.LABEL_SENT),
    "all_here": ("h", W.RD_ALL_HERE, DeskAct.ALL_HERE),
    "refund": ("r", W.RD_REFUND, DeskAct.REFUND),
    "part": ("p", W.RD_PART, DeskAct.REFUND),
    "exchange": ("e", W.RD_EXCHANGE, DeskAct.EXCHANGE),
    "nothing": ("n", W.RD_NOTHING, DeskAct.NOTHING),
    "send_back": ("b", W.RD_SEND_BACK, DeskAct.SEND_BACK),
    "call_off": ("c", W.RD_CALL_OFF, DeskAct.CANCEL),
}
_MAIN: Final = frozenset({"approve", "refund", "all_here", "make_label"})
_SAYS: Final = {"approve": "approve", "refuse": "refuse", "label": "label_sent", "call_off": "cancel"}


def letters(sheet: BackSheet) -> tuple[Action, ...]:
    """What may be done about this return now, the likeliest first."""
    return tuple(
        Action(f"ask:{kind}", word, key, main=kind in _MAIN)
        for kind, (key, word, act) in LETTERS.items()
        if act in sheet.acts and (kind != "part" or _worth(sheet))
    )


def asked(kind: str, sheet: BackSheet) -> Question:
    """What an act asks first: what it needs, or whether it is meant."""
    match kind:
        case "refuse":
            return Question(kind, fields=(Field("because", W.RD_FIELD_BECAUSE, empty=False),))
        case "label":
            return Question(kind, fields=(Field("tracking", W.RD_FIELD_TRACKING),))
        case "refund":
            return Question(kind, fields=(Field("fee", W.RD_FIELD_FEE, sheet.fee, empty=False),))
        case "part":
            amounts = tuple(Field(f"line{n}", W.RD_FIELD_AMOUNT, worth, empty=False) for n, worth in _worth(sheet))
            return Question(kind, fields=(*amounts, Field("fee", W.RD_FIELD_FEE, sheet.fee, empty=False)))
    return Question(kind, (Option("yes", LETTERS[kind][1]),)) if kind in LETTERS else NOTHING


def request(question: Question, sheet: BackSheet) -> BackActRequest:
    """What the centre is asked, once everything was answered: about the return as it was looked at."""
    revision, kind = sheet.head.revision, question.kind
    if kind in _SAYS:
        return sheet.head.number, BackDecide(
            say=_SAYS[kind], because=question.word("because"), tracking=question.word("tracking"), revision=revision
        )
    if kind == "make_label":
        return sheet.head.number, BackMakeLabel(revision=revision)
    if kind == "all_here":
        return sheet.head.number, BackAllHere(revision=revision)
    amounts = {str(n): _amount(question.word(f"line{n}")) for n, _ in _worth(sheet)} if kind == "part" else {}
    fee = _amount(question.word("fee")) if kind in ("refund", "part") else None
    how = "refund" if kind == "part" else kind
    return sheet.head.number, BackClose(how=how, amounts=amounts, fee=fee, revision=revision)


def _worth(sheet: BackSheet) -> list[tuple[int, str]]:
    """(line, worth) of what came and was of the order."""
    return [(one.line, one.worth) for one in sheet.lines if one.received and one.worth]


def _amount(text: str) -> str:
    """As the centre reads it; a decimal comma is a point."""
    return text.replace(",", ".").replace(" ", "")
