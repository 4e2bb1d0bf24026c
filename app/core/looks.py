"""How a message looks and sounds: tones, cues, and both together. Used under their names in `core.messages`."""

from dataclasses import dataclass
from enum import StrEnum


class Tone(StrEnum):
    """The class of a message; each has its own colour, shape and icon."""

    INFO = "info"
    GOOD = "good"
    WARN = "warn"
    BAD = "bad"
    ASK = "ask"


class Cue(StrEnum):
    """The sound that goes with a message (`design.md`, Tones). A good cue is only ever played after the commit."""

    NONE = "none"
    GOOD = "good"
    LINE_DONE = "line_done"
    ASK = "ask"
    WARN = "warn"
    WRONG_ITEM = "wrong_item"
    WRONG_BIN = "wrong_bin"
    TOO_MANY = "too_many"
    DUPLICATE = "duplicate"
    AWAY = "away"
    CALL = "call"


@dataclass(frozen=True, slots=True)
class Look:
    """How a message looks and sounds. `sticky` messages stay until acknowledged or answered by the right scan."""

    tone: Tone
    cue: Cue = Cue.NONE
    sticky: bool = False
