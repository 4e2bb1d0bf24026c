"""What an act about an order to a supplier asks before it is done: one thing at a time, in place. Pure; the presenter owns the question. No
Qt."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from app.screens.buying.words import BuyingWord as W
from app.screens.frame import Action
from app.screens.words import Vocabulary
from app.screens.workbench.asking import NOTHING, Field, Option, Question, chosen, complete
from app.screens.workbench.asking import entered as written
from app.services.buying_port import BuyAct, BuyActAsk, BuyActRequest, BuyAnswer, BuySheet

__all__ = ["asked", "chosen", "complete", "entered", "letters", "request"]
#: Acts by their letter, as buttons and keys.
LETTERS: Final[dict[str, tuple[str, Vocabulary, BuyAct]]] = {
    "approve": ("a", W.BUY_APPROVE, BuyAct.APPROVE),
    "send": ("s", W.BUY_SEND, BuyAct.SEND),
    "confirm": ("c", W.BUY_CONFIRM, BuyAct.CONFIRM),
    "amounts": ("m", W.BUY_AMOUNTS, BuyAct.CONFIRM),
    "call_off": ("x", W.BUY_CALL_OFF, BuyAct.CALL_OFF),
}
_MAIN: Final = frozenset({"approve", "send"})
#: With more lines nobody types them one by one.
_MOST_LINES: Final = 12
_MOST_DIGITS: Final = 8
_DAY: Final = re.compile(r"(\d{1,2})[./ -](\d{1,2})[./ -](\d{4})")


def letters(sheet: BuySheet) -> tuple[Action, ...]:
    """What may be done about this order now, the likeliest first."""
    return tuple(
        Action(f"ask:{kind}", word, key, main=kind in _MAIN)
        for kind, (key, word, act) in LETTERS.items()
        if act in sheet.acts and (kind != "amounts" or 0 < len(_open(sheet)) <= _MOST_LINES)
    )


def asked(kind: str, sheet: BuySheet) -> Question:
    """What an act asks first: what it needs, or whether it is meant."""
    if kind == "confirm":
        last = max(_open(sheet).values(), default="")
        reference = Field("reference", W.BUY_FIELD_REFERENCE, sheet.reference)
        return Question(kind, fields=(reference, *((Field("day", W.BUY_FIELD_DAY, last),) if last else ())))
    if kind == "amounts":
        wanted = {one.line: str(one.wanted) for one in sheet.lines}
        fields = tuple(Field(f"line{n}", W.BUY_FIELD_UNITS, wanted[n], empty=False) for n in _open(sheet))
        return Question(kind, fields=fields)
    return Question(kind, (Option("yes", LETTERS[kind][1]),)) if kind in LETTERS else NOTHING


def entered(question: Question, text: str) -> Question:
    """The question after something was typed; what is no day and no number is asked again."""
    field, text = question.field, text.strip()
    if field is not None and field.key == "day" and text and _day(text) is None:
        return question
    if field is not None and field.key.startswith("line") and not (_figures(text) and len(text) <= _MOST_DIGITS):
        return question
    return written(question, text)


def request(question: Question, sheet: BuySheet) -> BuyActRequest:
    """What the centre is asked, once everything was answered: about the order as it was looked at."""
    kind = question.kind
    lines: list[BuyAnswer] = []
    if kind == "confirm" and (day := _day(question.word("day"))) is not None:
        # As it stands there on the last day: each line keeps its own.
        same = day == max(_open(sheet).values(), default="")
        lines = [] if same else [BuyAnswer(line=n, day=day) for n in _open(sheet)]
    elif kind == "amounts":
        lines = [BuyAnswer(line=n, qty=int(question.word(f"line{n}"))) for n in _open(sheet)]
    act = LETTERS[kind][2]
    return sheet.head.number, BuyActAsk(
        act=act, lines=lines, reference=question.word("reference"), revision=sheet.revision
    )


def _open(sheet: BuySheet) -> dict[int, str]:
    """Day by line, of lines of which something is to come."""
    return {one.line: one.day for one in sheet.lines if one.open}


def _day(text: str) -> str | None:
    """An ISO date from one, or from day, month and year as the four languages write them."""
    written = _DAY.fullmatch(text)
    try:
        if written is None:
            return date.fromisoformat(text).isoformat()
        return date(int(written[3]), int(written[2]), int(written[1])).isoformat()
    except ValueError:
        return None


def _figures(text: str) -> bool:
    return text.isascii() and text.isdigit()
