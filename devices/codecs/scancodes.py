"""Key presses of a Linux input device as characters, by a US table of our own: the layout of the desktop plays no part.

Used by the evdev scanner driver. Codes: linux/input-event-codes.h. The scanner must be set to the US layout.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

EVENT = struct.Struct("@llHHi")
"""struct input_event: seconds, microseconds, type, code, value; 24 bytes on 64-bit systems."""

EV_SYN, EV_KEY = 0x00, 0x01
SYN_REPORT, SYN_DROPPED = 0, 3
RELEASED, PRESSED = 0, 1

_ROWS = (
    (2, "1234567890-=", "!@#$%^&*()_+"),
    (16, "qwertyuiop[]", "QWERTYUIOP{}"),
    (30, "asdfghjkl;'`", 'ASDFGHJKL:"~'),
    (43, "\\zxcvbnm,./", "|ZXCVBNM<>?"),
)
_PLAIN = {first + n: char for first, plain, _ in _ROWS for n, char in enumerate(plain)} | {57: " "}
_SHIFTED = {first + n: char for first, _, shifted in _ROWS for n, char in enumerate(shifted)} | {57: " "}

# The numeric pad, as with Num Lock on: a scanner that uses it means the digits.
_PAD = dict(zip((71, 72, 73, 75, 76, 77, 79, 80, 81, 82, 83, 55, 74, 78, 98), "7894561230.*-+/", strict=True))

# Enter, Tab; F11 and F12 are FS and GS in "function key emulation" (Worth Data 5000 p.110).
_FIXED = {28: "\r", 96: "\r", 15: "\t", 87: "\x1c", 88: "\x1d"}

_SHIFTS, _CONTROLS, _ALTS, _CAPS = frozenset({42, 54}), frozenset({29, 97}), frozenset({56, 100}), 58


@dataclass(slots=True)
class KeyCounters:
    """What was thrown away."""

    unknown: int = 0
    dropped: int = 0


class KeyDecoder:
    """Keeps which modifiers are down and what is being typed while Alt is; `feed` gives the characters.

    Key repeats are not counted: a scanner presses and releases each key.
    """

    LOST = "\0"
    """Stands where the kernel says that events are missing: whatever scan this is in is not whole."""

    def __init__(self) -> None:
        self._rest = b""
        self._down: set[int] = set()
        self._caps = False
        self._alt_digits = ""
        self._resyncing = False
        self.counters = KeyCounters()

    def feed(self, data: bytes) -> str:
        """The characters typed by these events; a cut-off event waits for its rest."""
        data = self._rest + data
        whole = len(data) - len(data) % EVENT.size
        self._rest = data[whole:]
        return "".join(self._event(kind, code, value) for _, _, kind, code, value in EVENT.iter_unpack(data[:whole]))

    def reset(self) -> None:
        """The device was opened anew: no key is down."""
        self._rest = b""
        self._down.clear()
        self._caps = self._resyncing = False
        self._alt_digits = ""

    def _event(self, kind: int, code: int, value: int) -> str:
        if kind == EV_SYN and code == SYN_DROPPED:
            # The kernel's buffer ran over: everything up to the next report is missing, key releases included.
            self._resyncing = True
            self._down.clear()
            self._alt_digits = ""
            self.counters.dropped += 1
            return self.LOST
        if kind == EV_SYN and code == SYN_REPORT:
            self._resyncing = False
        if kind != EV_KEY or self._resyncing:
            return ""
        if value == PRESSED:
            return self._pressed(code)
        return self._released(code) if value == RELEASED else ""

    def _pressed(self, code: int) -> str:
        self._down.add(code)
        if code in _SHIFTS | _CONTROLS | _ALTS:
            return ""
        if code == _CAPS:
            self._caps = not self._caps
            return ""
        if self._down & _ALTS:
            digit = _PAD.get(code) or _PLAIN.get(code, "")
            if digit.isdigit():
                self._alt_digits = (self._alt_digits + digit)[-4:]
                return ""
        char = self._character(code)
        self.counters.unknown += not char
        return char

    def _released(self, code: int) -> str:
        self._down.discard(code)
        if code not in _ALTS or not self._alt_digits:
            return ""
        # "Alt mode": Alt held, 029 on the pad, Alt released. Above 255 there is no such character.
        number, self._alt_digits = int(self._alt_digits), ""
        return chr(number) if 0 < number < 256 else ""

    def _character(self, code: int) -> str:
        if code in _FIXED:
            return _FIXED[code]
        if code in _PAD:
            return _PAD[code]
        plain = _PLAIN.get(code, "")
        shift = bool(self._down & _SHIFTS)
        if self._down & _CONTROLS:
            return _control(_SHIFTED.get(code, "") if shift else plain)
        if plain.isalpha():
            shift ^= self._caps
        return _SHIFTED[code] if shift and plain else plain


def _control(char: str) -> str:
    """The control character of Ctrl and this key: Ctrl+B is STX, Ctrl+] is GS; "" if there is none."""
    number = ord(char.upper()) ^ 0x40 if char else 0x40
    # Keyboards give RS by Ctrl+^ or Ctrl+6, US by Ctrl+_ or Ctrl+-.
    if char in ("6", "-"):
        return {"6": "\x1e", "-": "\x1f"}[char]
    return chr(number) if 0 < number < 0x20 else ""


def strokes(text: str) -> list[tuple[int, bool, bool]]:
    """(code, with Shift, with Ctrl) of the keys that type `text` (ASCII, control characters included), for simulators.

    ValueError for a character that no such key types.
    """
    return [_stroke(char) for char in text]


def _stroke(char: str) -> tuple[int, bool, bool]:
    for code, found in _FIXED.items():
        if found == char and char in "\r\t":
            return code, False, False
    for table, shift in ((_PLAIN, False), (_SHIFTED, True)):
        for code, found in table.items():
            if found == char:
                return code, shift, False
    for table, shift in ((_PLAIN, False), (_SHIFTED, True)):
        for code, found in table.items():
            if _control(found) == char:
                return code, shift, True
    raise ValueError(f"no key types {char!r}")


def events(text: str, at: float = 0.0, gap_s: float = 0.002) -> bytes:
    """The input events of a scanner that types `text`, presses and releases with their SYN_REPORTs; for simulators."""
    out = bytearray()
    for code, shift, control in strokes(text):
        holding = [42] * shift + [29] * control
        for key, value in [
            *((held, PRESSED) for held in holding),
            (code, PRESSED),
            (code, RELEASED),
            *((held, RELEASED) for held in holding),
        ]:
            seconds, micros = int(at), int(at % 1 * 1_000_000)
            out += EVENT.pack(seconds, micros, EV_KEY, key, value) + EVENT.pack(seconds, micros, EV_SYN, SYN_REPORT, 0)
        at += gap_s
    return bytes(out)
