"""Lines of the board's side, by how they speak: a head, plain or quiet words, or words with a sign. Used by the tellers."""

from app.core.messages import Code, Look, Tone, say
from app.screens.devices.cards import Line

Lines = list[Line]

LOOKS = {
    "good": Look(Tone.GOOD),
    "warn": Look(Tone.WARN),
    "bad": Look(Tone.BAD),
    "ask": Look(Tone.ASK),
    "info": Look(Tone.INFO),
    "flag": say(Code.COUNT_BIN).look,
}


def head(text: str) -> Line:
    """What it is about."""
    return Line(text, 22, 800, lines=3)


def plain(text: str) -> Line:
    """To be read."""
    return Line(text, 17, 500, lines=4)


def quiet(text: str) -> Line:
    """Beside it."""
    return Line(text, 16, 500, "quiet", 4)


def signed(tone: str, text: str) -> Line:
    """With the sign of a tone."""
    return Line(text, 17, 500, lines=8, look=LOOKS[tone])
