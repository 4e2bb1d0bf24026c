"""Telling a scanner that types from a person who types: a pure recogniser, fed with key presses by the UI's event filter.

How the filter uses it: for each press `press(key)`, and `tick(t)` when `deadline` has passed. In the `Outcome`: first deliver `replay`
(keys held back until now, in their order), then hand on `scans`, then let the present key pass unless `held`. Releases of held keys are
swallowed.

The rule. Keys up to `burst_gap_ms` apart belong together. A run is a *burst* after `established` such gaps (two are enough when no hand is
that fast); from then on one gap may be as long as `longest_gap_ms`. Before that, a longer gap means that the keys so far were typed: they
are replayed and the run begins anew, so no typed key is held longer than `hold_ms`, and a digit typed just before a scan does not stick to
it. A burst is a scan when it has enough keys, is not one repeated character, its pace is a machine's, and a suffix follows in time, or -
for scanners without suffix - silence. With a prefix key everything up to the suffix is a scan, whatever the timing. A burst longer than
any code is a scanner gone wild, or a code that nobody wants in a field: it is swallowed.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, unique
from itertools import pairwise
from statistics import median

from devices.codecs.scans import scan_from_text
from devices.model import DeviceKey, Scan, ScanSource
from devices.wedge_profiles import BLUETOOTH, USB, WedgeProfile

__all__ = ["BLUETOOTH", "KEYBOARD", "USB", "Key", "KeyBurst", "Outcome", "Via", "WedgeProfile", "WedgeScan", "to_scan"]

KEYBOARD = DeviceKey("wedge:keyboard")
"""All keyboards together: the window system does not tell which one a key came from."""

NO_HAND_MS = 15.0
"""Two gaps like this one after the other: no person does that."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key press. `t_ms` is the window system's timestamp, `name` names a key without text ("F12"), `token` is the caller's event.

    `alt`: Alt was held, so that a digit may be part of a character by its number (Alt+029).
    """

    t_ms: float
    text: str
    name: str = ""
    repeat: bool = False
    token: object = None
    alt: bool = False


@unique
class Via(StrEnum):
    """How the end of a scan was known."""

    SUFFIX = "suffix"
    IDLE = "idle-timeout"
    PREFIX = "prefix"


@dataclass(frozen=True, slots=True)
class WedgeScan:
    """A scan that came in as keys: its characters with the AIM identifier if one was sent, without prefix and suffix."""

    text: str
    started_ms: float
    ended_ms: float
    via: Via


def to_scan(found: WedgeScan, at: float) -> Scan:
    """The scan as the rest of the house knows it; `at` in seconds of the hub's clock."""
    return scan_from_text(found.text, KEYBOARD, at, ScanSource.WEDGE)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What to do now, in this order: deliver `replay`, hand on `scans`, let the present key pass unless `held`."""

    held: bool = False
    replay: tuple[Key, ...] = ()
    scans: tuple[WedgeScan, ...] = ()


# Separators inside a code: GS, FS, RS, EOT (ISO/IEC 15434).
_INNER = frozenset("\x1d\x1c\x1e\x04")
_PASS = Outcome()
_MOST_ALT_DIGITS = 4
_KEYS_PER_STUMBLE = 5


class KeyBurst:
    """The recogniser of one keyboard. Holds the keys whose fate is open."""

    def __init__(self, profile: WedgeProfile = USB) -> None:
        self._profile = profile
        self._held: list[Key] = []
        self._text = ""
        self._alt_digits = ""
        self._prefixed = False
        self._suffix_at: float | None = None
        self._flood_at: float | None = None

    @property
    def deadline(self) -> float | None:
        """When `tick` should be called if no key comes before, in the time of the keys; None while nothing is held."""
        if not self._held:
            return None
        profile, last = self._profile, self._held[-1].t_ms
        if self._prefixed:
            return last + profile.prefix_gap_ms
        return last + (profile.idle_ms if self._may_end_idle() else profile.hold_ms)

    def tick(self, t_ms: float) -> Outcome:
        """No key has come until `t_ms`."""
        deadline = self.deadline
        if deadline is None or t_ms < deadline:
            return _PASS
        if self._may_end_idle():
            # A suffix that comes a little too late is still not the person's Enter.
            self._suffix_at = deadline
            return Outcome(scans=(self._take_scan(self._held[-1].t_ms, Via.PREFIX if self._prefixed else Via.IDLE),))
        return Outcome(replay=self._release())

    def press(self, key: Key) -> Outcome:
        """A key was pressed."""
        before = self.tick(key.t_ms)
        now = self._press(key)
        return Outcome(now.held, before.replay + now.replay, before.scans + now.scans)

    def _press(self, key: Key) -> Outcome:
        text = self._text_of(key)
        if not text and not key.name:
            return _PASS  # Shift and its like: scanners press them between characters
        if self._is_flooded(key):
            return Outcome(held=True)
        if key.alt and not key.repeat and text.isascii() and text.isdigit():
            return self._press_alt_digit(key, text)
        if self._is_prefix(key, text):
            return self._begin_prefixed(key)
        if self._prefixed:
            return self._press_prefixed(key, text)
        if self._is_suffix(key, text):
            return self._press_suffix(key, text)
        self._suffix_at = None
        if key.repeat or key.alt or not self._belongs(text):
            return Outcome(replay=self._release())
        return self._hold_on(key, text)

    def _text_of(self, key: Key) -> str:
        return key.text or self._profile.names.get(key.name, "")

    def _press_alt_digit(self, key: Key, digit: str) -> Outcome:
        """One digit of a character by its number; the character is known when a key without Alt follows."""
        self._suffix_at = None
        if len(self._alt_digits) == _MOST_ALT_DIGITS:
            return Outcome(replay=self._release())
        replay = () if self._prefixed else self._let_go_if_apart(key)
        digits = self._alt_digits + digit
        self._hold(key, "", finish_alt=False)
        self._alt_digits = digits
        return Outcome(held=True, replay=replay)

    def _is_flooded(self, key: Key) -> bool:
        """True for the rest of a burst that is longer than any code, until it pauses."""
        if len(self._held) >= self._profile.longest:
            self._flood_at = self._held[-1].t_ms
            self._forget()
        if self._flood_at is None:
            return False
        if not 0 <= key.t_ms - self._flood_at <= self._profile.longest_gap_ms:
            self._flood_at = None
            return False
        self._flood_at = key.t_ms
        return True

    def _begin_prefixed(self, key: Key) -> Outcome:
        replay = self._release()
        self._hold(key, "")
        self._prefixed = True
        return Outcome(held=True, replay=replay)

    def _press_prefixed(self, key: Key, text: str) -> Outcome:
        self._finish_alt(text)
        if self._is_suffix(key, text) and self._text:
            self._suffix_at = key.t_ms
            return Outcome(held=True, scans=(self._take_scan(key.t_ms, Via.PREFIX),))
        if key.repeat or key.alt or not self._belongs(text):
            return Outcome(replay=self._release())
        self._hold(key, text)
        return Outcome(held=True)

    def _press_suffix(self, key: Key, text: str) -> Outcome:
        self._finish_alt("")
        # CR LF: the second half of a suffix must not press a button. No key of a person is LF: their Enter is CR.
        window = self._profile.prefix_gap_ms if text == "\n" else self._profile.burst_gap_ms
        if self._suffix_at is not None and 0 <= key.t_ms - self._suffix_at <= window:
            self._suffix_at = None
            return Outcome(held=True)
        self._suffix_at = None
        if (
            self._held
            and not key.repeat
            and self._is_burst(self._profile.min_keys)
            and self._gap(key) <= self._profile.longest_gap_ms
        ):
            self._suffix_at = key.t_ms
            return Outcome(held=True, scans=(self._take_scan(key.t_ms, Via.SUFFIX),))
        return Outcome(replay=self._release())

    def _hold_on(self, key: Key, text: str) -> Outcome:
        replay = self._let_go_if_apart(key)
        self._hold(key, text)
        return Outcome(held=True, replay=replay)

    def _let_go_if_apart(self, key: Key) -> tuple[Key, ...]:
        return self._release() if self._held and not self._continues(key) else ()

    def _belongs(self, text: str) -> bool:
        return len(text) == 1 and (text.isprintable() or text in _INNER)

    def _continues(self, key: Key) -> bool:
        """True if the key may belong to the run that is held."""
        gap = self._gap(key)
        if gap <= self._profile.burst_gap_ms:
            return True
        return gap <= self._profile.longest_gap_ms and self._is_established()

    def _is_established(self) -> bool:
        gaps = self._gaps()
        if len(gaps) >= self._profile.established:
            return median(gaps) <= self._profile.burst_gap_ms
        return len(gaps) >= 2 and max(gaps) <= NO_HAND_MS

    def _gap(self, key: Key) -> float:
        # A timestamp that goes back (wrap-around, replayed event) says nothing; it must not glue keys together.
        gap = key.t_ms - self._held[-1].t_ms
        return gap if gap >= 0 else float("inf")

    def _gaps(self) -> list[float]:
        return [after.t_ms - before.t_ms for before, after in pairwise(self._held)]

    def _is_burst(self, least: int) -> bool:
        return len(self._text) >= least and len(set(self._text)) > 1 and self._is_machine()

    def _is_machine(self) -> bool:
        gaps = self._gaps()
        # A machine stumbles now and then; fingers that rolled over a few keys are slow at most others.
        if sum(gap > self._profile.burst_gap_ms for gap in gaps) > max(1, len(gaps) // _KEYS_PER_STUMBLE):
            return False
        middle = median(gaps)
        if middle <= self._profile.sure_gap_ms:
            return True
        profile = self._profile
        even = len(self._held) >= profile.even_keys and max(gaps) - min(gaps) <= profile.even_ms
        return even and middle <= profile.burst_gap_ms

    def _may_end_idle(self) -> bool:
        return self._profile.idle_ends and self._is_burst(self._profile.min_keys_idle)

    def _is_prefix(self, key: Key, text: str) -> bool:
        return text in self._profile.prefixes or key.name in self._profile.prefix_names

    def _is_suffix(self, key: Key, text: str) -> bool:
        return text in self._profile.suffixes or key.name in self._profile.suffix_names

    def _hold(self, key: Key, text: str, finish_alt: bool = True) -> None:
        if finish_alt:
            self._finish_alt(text)
        self._held.append(key)
        self._text += text

    def _finish_alt(self, following: str) -> None:
        """Alt is up: the digits are a character. Where the window system gives that character as a key of its own, it counts once."""
        digits, self._alt_digits = self._alt_digits, ""
        if digits and 0 < int(digits) < 256 and chr(int(digits)) != following:
            self._text += chr(int(digits))

    def _take_scan(self, ended_ms: float, via: Via) -> WedgeScan:
        scan = WedgeScan(self._text, self._held[0].t_ms, ended_ms, via)
        self._forget()
        return scan

    def _release(self) -> tuple[Key, ...]:
        keys = tuple(self._held)
        self._forget()
        return keys

    def _forget(self) -> None:
        self._held.clear()
        self._text = self._alt_digits = ""
        self._prefixed = False
