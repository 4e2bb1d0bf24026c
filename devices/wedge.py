"""Telling a scanner that types from a person who types: a pure recogniser, fed with key presses by the UI's event filter.

How the filter uses it: for each press `press(key)`, and `tick(t)` when `deadline` has passed. In the `Outcome`: first deliver `replay`
(keys held back until now, in their order), then hand on `scans`, then let the present key pass unless `held`. Releases of held keys are
swallowed.

The rule. Keys up to `burst_gap_ms` apart belong together. A run is a *burst* after `established` such gaps; from then on one gap may be as
long as `longest_gap_ms`. Before that, a longer gap means that the keys so far were typed: they are replayed and the run begins anew, so no
typed key is held longer than `hold_ms`, and a digit typed just before a scan does not stick to it. A burst is a scan when it has enough
keys, is not one repeated character, its middle gap is short, and a suffix follows in time, or - for scanners without suffix - silence.
With a prefix key everything up to the suffix is a scan, whatever the timing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum, unique
from statistics import median

from devices.codecs.scans import scan_from_text
from devices.model import DeviceKey, Scan, ScanSource

KEYBOARD = DeviceKey("wedge:keyboard")
"""All keyboards together: the window system does not tell which one a key came from."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key press. `t_ms` is the window system's timestamp, `name` names a key without text ("F12"), `token` is the caller's event."""

    t_ms: float
    text: str
    name: str = ""
    repeat: bool = False
    token: object = None


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


@dataclass(frozen=True, slots=True)
class WedgeProfile:
    """Timing and framing of one wedge scanner, milliseconds. The defaults are for USB; BLUETOOTH is slower and more uneven."""

    burst_gap_ms: float = 35.0
    longest_gap_ms: float = 80.0
    hold_ms: float = 80.0
    idle_ms: float = 100.0
    min_keys: int = 6
    min_keys_idle: int = 8
    established: int = 3
    suffixes: frozenset[str] = frozenset("\r\n\t")
    prefixes: frozenset[str] = frozenset("\x02")
    prefix_names: frozenset[str] = frozenset()
    prefix_gap_ms: float = 250.0
    prefix_suffixes: frozenset[str] = frozenset("\r\n\t\x03")
    idle_ends: bool = True
    # GS and FS arrive as F12 and F11 with "function key emulation" (Worth Data 5000 p.110).
    names: Mapping[str, str] = field(default_factory=lambda: {"F12": "\x1d", "F11": "\x1c"})
    longest: int = 512


USB = WedgeProfile()
BLUETOOTH = WedgeProfile(burst_gap_ms=70.0, longest_gap_ms=150.0, hold_ms=150.0, idle_ms=200.0)

# Separators inside a code: GS, FS, RS, EOT (ISO/IEC 15434).
_INNER = frozenset("\x1d\x1c\x1e\x04")
_PASS = Outcome()


class KeyBurst:
    """The recogniser of one keyboard. Holds the keys whose fate is open."""

    def __init__(self, profile: WedgeProfile = USB) -> None:
        self._profile = profile
        self._held: list[Key] = []
        self._text: list[str] = []
        self._prefixed = False
        self._suffix_at: float | None = None

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
        if not self._prefixed and self._may_end_idle():
            # A suffix that comes a little too late is still not the person's Enter.
            self._suffix_at = deadline
            return Outcome(scans=(self._take_scan(self._held[-1].t_ms, Via.IDLE),))
        return Outcome(replay=self._release())

    def press(self, key: Key) -> Outcome:
        """A key was pressed."""
        before = self.tick(key.t_ms)
        now = self._press(key)
        return Outcome(now.held, before.replay + now.replay, before.scans + now.scans)

    def _press(self, key: Key) -> Outcome:
        if self._prefixed:
            return self._press_prefixed(key)
        text = self._profile.names.get(key.name, key.text)
        if not text and not key.name:
            return _PASS  # Shift and its like: scanners press them between characters
        if self._is_prefix(key):
            return self._begin_prefixed(key)
        if text in self._profile.suffixes:
            return self._press_suffix(key)
        self._suffix_at = None
        if key.repeat or len(text) != 1 or not (text.isprintable() or text in _INNER):
            return Outcome(replay=self._release())
        replay = self._release() if self._held and not self._continues(key) else ()
        self._hold(key, text)
        return Outcome(held=True, replay=replay)

    def _begin_prefixed(self, key: Key) -> Outcome:
        replay = self._release()
        self._hold(key, "")
        self._prefixed = True
        return Outcome(held=True, replay=replay)

    def _press_prefixed(self, key: Key) -> Outcome:
        text = self._profile.names.get(key.name, key.text)
        if not text and not key.name:
            return _PASS
        if self._is_prefix(key):
            return self._begin_prefixed(key)
        if text in self._profile.prefix_suffixes and len(self._held) > 1:
            return Outcome(held=True, scans=(self._take_scan(key.t_ms, Via.PREFIX),))
        if (
            key.repeat
            or len(text) != 1
            or len(self._held) > self._profile.longest
            or text in self._profile.prefix_suffixes
        ):
            return Outcome(replay=self._release())
        self._hold(key, text)
        return Outcome(held=True)

    def _press_suffix(self, key: Key) -> Outcome:
        if self._suffix_at is not None and 0 <= key.t_ms - self._suffix_at <= self._profile.burst_gap_ms:
            # CR LF: the second half of a suffix must not press a button.
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

    def _continues(self, key: Key) -> bool:
        """True if the key may belong to the run that is held."""
        gap = self._gap(key)
        if gap <= self._profile.burst_gap_ms:
            return len(self._held) < self._profile.longest
        established = len(self._held) > self._profile.established and median(self._gaps()) <= self._profile.burst_gap_ms
        return established and gap <= self._profile.longest_gap_ms

    def _gap(self, key: Key) -> float:
        # A timestamp that goes back (wrap-around, replayed event) says nothing; it must not glue keys together.
        gap = key.t_ms - self._held[-1].t_ms
        return gap if gap >= 0 else float("inf")

    def _gaps(self) -> list[float]:
        return [after.t_ms - before.t_ms for before, after in zip(self._held, self._held[1:], strict=False)]

    def _is_burst(self, least: int) -> bool:
        return (
            len(self._held) >= least and len(set(self._text)) > 1 and median(self._gaps()) <= self._profile.burst_gap_ms
        )

    def _may_end_idle(self) -> bool:
        return self._profile.idle_ends and self._is_burst(self._profile.min_keys_idle)

    def _is_prefix(self, key: Key) -> bool:
        return key.text in self._profile.prefixes or key.name in self._profile.prefix_names

    def _hold(self, key: Key, text: str) -> None:
        self._held.append(key)
        self._text.append(text)

    def _take_scan(self, ended_ms: float, via: Via) -> WedgeScan:
        scan = WedgeScan("".join(self._text), self._held[0].t_ms, ended_ms, via)
        self._forget()
        return scan

    def _release(self) -> tuple[Key, ...]:
        keys = tuple(self._held)
        self._forget()
        return keys

    def _forget(self) -> None:
        self._held.clear()
        self._text.clear()
        self._prefixed = False
