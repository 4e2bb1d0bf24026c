"""ZPL II as a stream of commands, in whatever pieces and with whatever prefixes it comes. Used for labels that others wrote, and by the
virtual printer.

Commands come out in the standard spelling (`^`, `~`), also where `^CC` or `^CT` have changed the prefixes before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

LONGEST = 8_000_000
"""Bytes of one command; a longer one is cut off there, so that memory is bounded."""

# Commands without parameters: a printer obeys them before it has seen what follows.
_AT_ONCE = frozenset({b"^XA", b"^XZ", b"~HS", b"~HI", b"~JA", b"~PS", b"~PP"})
_BINARY_FIELD = re.compile(rb"[BbCc]\s*,\s*(\d{1,7})\s*,\s*\d*\s*,\s*\d*\s*,")
_BINARY_OBJECT = re.compile(rb"[^,]*,\s*[BbCc]\s*,[^,]*,\s*(\d{1,7})\s*,[^,]*,")
_LINE_END = re.compile(rb"[\r\n]")
_LONGEST_LINE = 500
_SGD = re.compile(rb"! ?U\d?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Command:
    """One command: `name` such as b"^FO", and all that stands behind it up to the next prefix. Text before any command, and SGD lines
    (`! U1 ...`), have the names b"" and b"! U"."""

    name: bytes
    body: bytes

    @property
    def text(self) -> bytes:
        """The command as ZPL."""
        return self.body if self.name == b"! U" else self.name + self.body


class ZplStream:
    """Finds commands. A command ends where the next begins, so the last one is given out only by `end`, or when it needs nothing more."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._scanned = 0
        self.reset()

    def reset(self) -> None:
        """Forget a half command and changed prefixes: the power was off."""
        self._buffer.clear()
        self._scanned = 0
        self._caret, self._tilde = ord("^"), ord("~")
        self._prefix = _prefix(self._caret, self._tilde)

    def feed(self, data: bytes) -> list[Command]:
        """The commands completed by `data`."""
        self._buffer += data
        found: list[Command] = []
        while (command := self._next()) is not None:
            if command.name or command.body:
                found.append(command)
        return found

    def end(self) -> list[Command]:
        """Nothing more comes: the command that was still open."""
        found = self.feed(b"")
        if self._buffer:
            found.append(self._make(len(self._buffer)))
        return found

    def _next(self) -> Command | None:
        length = self._length()
        return None if length is None else self._make(length)

    def _make(self, length: int) -> Command:
        is_command = self._prefix.match(self._buffer) is not None
        raw = bytes(self._buffer[:length])
        del self._buffer[:length]
        self._scanned = 0
        if is_command:
            prefix = b"^" if raw[0] == self._caret else b"~"
            command = Command(prefix + raw[1:3].upper(), raw[3:])
            self._heed(command)
            return command
        return Command(b"! U" if _SGD.match(raw) else b"", raw)

    def _heed(self, command: Command) -> None:
        if command.name in (b"^CC", b"~CC") and command.body:
            self._caret = command.body[0]
        elif command.name in (b"^CT", b"~CT") and command.body:
            self._tilde = command.body[0]
        self._prefix = _prefix(self._caret, self._tilde)

    def _length(self) -> int | None:
        """Bytes of the first command, or None while its end is not known."""
        buffer = self._buffer
        if not buffer:
            return None
        if not self._prefix.match(buffer):
            return self._text_length()
        if len(buffer) < 3:
            # A prefix inside the name begins the command anew.
            return next((at for at in range(1, len(buffer)) if buffer[at] in (self._caret, self._tilde)), None)
        name = (b"^" if buffer[0] == self._caret else b"~") + bytes(buffer[1:3]).upper()
        if any(byte in (self._caret, self._tilde) for byte in buffer[1:3]):
            return 1 if buffer[1] in (self._caret, self._tilde) else 2
        if name in _AT_ONCE:
            return 3
        if name in (b"^CC", b"^CT", b"^CD", b"~CC", b"~CT", b"~CD"):
            return 4 if len(buffer) > 3 else None
        return self._body_length(name)

    def _body_length(self, name: bytes) -> int | None:
        start = 3
        binary = {b"^GF": _BINARY_FIELD, b"~DY": _BINARY_OBJECT}.get(name)
        if binary is not None and (head := binary.match(bytes(self._buffer[3:200]))):
            start = 3 + head.end() + int(head[1])
        end = self._find_prefix(max(start, self._scanned))
        if end is None and name[:2] == b"~H":
            # A question ends with its line.
            line = _LINE_END.search(self._buffer, 3)
            end = line.end() if line else None
        if end is None and len(self._buffer) > LONGEST:
            end = len(self._buffer)
        return end

    def _text_length(self) -> int | None:
        if _SGD.match(self._buffer):
            line = _LINE_END.search(self._buffer)
            return line.end() if line else len(self._buffer) if len(self._buffer) > _LONGEST_LINE else None
        ends = [at for at in (self._find_prefix(0), self._buffer.find(b"! U", 1)) if at is not None and at > 0]
        if ends:
            return min(ends)
        # The beginning of an SGD line may be at the end.
        kept = next((len(head) for head in (b"! ", b"!") if self._buffer.endswith(head)), 0)
        return len(self._buffer) - kept or None

    def _find_prefix(self, start: int) -> int | None:
        match = self._prefix.search(self._buffer, start)
        if match is None:
            # Looked through once: a long graphic in small pieces must not be looked through again and again.
            self._scanned = max(len(self._buffer), start)
            return None
        return match.start()


def _prefix(caret: int, tilde: int) -> re.Pattern[bytes]:
    # A tilde is data unless a command follows: some carriers use it as the escape character of ^BX.
    return re.compile(rb"%s|%s(?![^A-Za-z])" % (re.escape(bytes([caret])), re.escape(bytes([tilde]))))


def commands(payload: bytes) -> list[Command]:
    """All commands of a whole text."""
    stream = ZplStream()
    return stream.feed(payload) + stream.end()


def escaped(found: Sequence[Command]) -> Iterator[Command]:
    """The same commands, fit for the standard prefixes: a ^ or ~ in a field's data, written under other prefixes, is hexadecimal."""
    indicator = b""
    for command in found:
        if command.name == b"^FS":
            indicator = b""
        elif command.name == b"^FH":
            indicator = command.body.strip()[:1] or b"_"
        elif command.name in (b"^FD", b"^FV") and re.search(rb"[\^~]", command.body):
            body = command.body if indicator else command.body.replace(b"_", b"_5F")
            mark = indicator or b"_"
            if not indicator:
                yield Command(b"^FH", mark)
            yield Command(command.name, body.replace(b"^", mark + b"5E").replace(b"~", mark + b"7E"))
            continue
        yield command
