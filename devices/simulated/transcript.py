"""A conversation with a device written down: what we sent, what it said, after how long. Recorded in the field, replayed in tests.

The text is TOML: a few facts, then `[[step]]` tables. Bytes are text with one character a byte (latin-1), so that they can be read.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass

from devices.model import Reason

FORMAT = 1
MOST_STEPS = 1_000_000
KINDS = ("opened", "closed", "written", "read", "failed")
# Keys of the steps in the text.
_WORDS = {"opened": "open", "closed": "close", "written": "expect", "read": "reply", "failed": "fail"}
_KINDS = {word: kind for kind, word in _WORDS.items()}


@dataclass(frozen=True, slots=True)
class Step:
    """One step, `delay` seconds after the one before. `size` is more than `data` when the content was left out.

    `kind`: opened, closed, written (by us), read (from the device), failed (`data`: call, reason, bytes sent).
    """

    delay: float
    kind: str
    data: bytes = b""
    size: int = 0

    @property
    def whole(self) -> bool:
        """False when the content was left out and only its length is known."""
        return self.size == len(self.data)

    @property
    def failure(self) -> tuple[str, Reason, int]:
        """Of a failed step: which call, why, and how many bytes had left."""
        call, reason, sent = self.data.decode("ascii").split(" ")
        return call, Reason(reason), int(sent)


@dataclass(frozen=True, slots=True)
class Transcript:
    """A whole conversation. `url` says how the device was addressed, with its options."""

    role: str
    dialect: str
    url: str
    steps: tuple[Step, ...]

    @classmethod
    def from_traces(
        cls, traces: Iterable[tuple[float, str, bytes, int]], role: str, dialect: str, url: str
    ) -> Transcript:
        """From (seconds, kind, kept bytes, full length), oldest first."""
        steps = []
        before: float | None = None
        for at, kind, data, size in traces:
            steps.append(Step(0.0 if before is None else max(at - before, 0.0), kind, data, size))
            before = at
        return cls(role, dialect, url, tuple(steps))

    @classmethod
    def parse(cls, text: str) -> Transcript:
        """From its text. ValueError for anything that is not a transcript of this format."""
        try:
            table = tomllib.loads(text)
            if table["format"] != FORMAT:
                raise ValueError(f"format is {table['format']!r}, known is {FORMAT}")
            rows = table.get("step", [])
            if len(rows) > MOST_STEPS:
                raise ValueError(f"more than {MOST_STEPS} steps")
            role, dialect, url = table["role"], table["dialect"], table["url"]
            if not all(isinstance(fact, str) for fact in (role, dialect, url)):
                raise ValueError("role, dialect and url are text")
            return cls(role, dialect, url, tuple(_step(row) for row in rows))
        except (KeyError, TypeError, AttributeError, RecursionError) as trouble:
            raise ValueError(f"no transcript: {trouble!r}") from trouble

    def text(self) -> str:
        """As TOML."""
        lines = [
            "# A conversation with a device. Codes that open something and the content of labels are left out.",
            f"format = {FORMAT}",
            *(f"{name} = {_quoted(getattr(self, name))}" for name in ("role", "dialect", "url")),
        ]
        for step in self.steps:
            lines += ["", "[[step]]", f"delay = {step.delay:.3f}", f"{_WORDS[step.kind]} = {_value(step)}"]
            if not step.whole:
                lines.append(f"size = {step.size}")
        return "\n".join(lines) + "\n"


def _value(step: Step) -> str:
    return "true" if step.kind in ("opened", "closed") else _quoted(step.data.decode("latin-1"))


_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def _quoted(text: str) -> str:
    return '"' + "".join(_ESCAPES.get(character) or _escaped(character) for character in text) + '"'


def _escaped(character: str) -> str:
    if character.isascii() and character.isprintable():
        return character
    return f"\\u{ord(character):04x}" if ord(character) <= 0xFFFF else f"\\U{ord(character):08x}"


def _step(row: dict[str, object]) -> Step:
    (word,) = [word for word in _KINDS if word in row]
    delay, value, kind = row.get("delay", 0.0), row[word], _KINDS[word]
    if isinstance(delay, bool) or not isinstance(delay, int | float) or not 0 <= delay <= 86_400:
        raise ValueError(f"delay is {delay!r}")
    data = b""
    if kind not in ("opened", "closed"):
        if not isinstance(value, str):
            raise ValueError(f"{word} is text")
        data = value.encode("latin-1")
    size = row.get("size", len(data))
    if not isinstance(size, int) or size < len(data):
        raise ValueError(f"size is {size!r}")
    step = Step(float(delay), kind, data, size)
    if kind == "failed":
        _ = step.failure  # it must say call, reason and number
    return step
