"""How one keyboard scanner types: speed, prefix, suffix, shortest code. Read by `devices.wedge`; chosen in the settings by a text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qsl

SHORTEST = 4
"""Fewer keys than this cannot be told from typing, however fast they come."""

FUNCTION_KEYS = frozenset(f"F{n}" for n in range(13, 25))
"""Keys that no keyboard on a desk has; scanners send them as a prefix."""

# Control characters as keys where the window system gives no text for them; GS and FS as F12 and F11 in "function key emulation"
# (Worth Data 5000 p.110).
NAMES = {
    "F12": "\x1d",
    "F11": "\x1c",
    "Ctrl+]": "\x1d",
    "Ctrl+\\": "\x1c",
    "Ctrl+^": "\x1e",
    "Ctrl+6": "\x1e",
    "Ctrl+D": "\x04",
    "Ctrl+B": "\x02",
    "Ctrl+C": "\x03",
    "Ctrl+I": "\t",
    "Ctrl+J": "\n",
    "Ctrl+M": "\r",
}


@dataclass(frozen=True, slots=True)
class WedgeProfile:
    """Timing (milliseconds) and framing of one wedge scanner. The defaults are for USB; BLUETOOTH is slower and more uneven.

    The middle gap of a scan is at most `sure_gap_ms`; or `burst_gap_ms` when at least `even_keys` came, all gaps alike within `even_ms`:
    the fastest hands come down to 60 ms for a moment (so a Bluetooth scanner at 65 ms must show that it is a machine), but not evenly.
    """

    burst_gap_ms: float = 35.0
    sure_gap_ms: float = 35.0
    even_ms: float = 6.0
    even_keys: int = 12
    longest_gap_ms: float = 80.0
    hold_ms: float = 80.0
    idle_ms: float = 100.0
    min_keys: int = 6
    min_keys_idle: int = 8
    established: int = 3
    suffixes: frozenset[str] = frozenset("\r\n\t\x03")
    suffix_names: frozenset[str] = frozenset()
    prefixes: frozenset[str] = frozenset("\x02")
    prefix_names: frozenset[str] = FUNCTION_KEYS
    prefix_gap_ms: float = 250.0
    idle_ends: bool = True
    names: Mapping[str, str] = field(default_factory=lambda: NAMES)
    longest: int = 2048

    def __post_init__(self) -> None:
        if self.hold_ms < self.longest_gap_ms:
            raise ValueError("keys must be held as long as a scan may pause, or the scan is cut there")


USB = WedgeProfile()
BLUETOOTH = WedgeProfile(
    burst_gap_ms=70.0, sure_gap_ms=60.0, longest_gap_ms=150.0, hold_ms=150.0, idle_ms=200.0, prefix_gap_ms=400.0
)

AUTO = WedgeProfile(burst_gap_ms=70.0, sure_gap_ms=60.0)
"""Both kinds at once, for whoever does not know what is plugged in; a Bluetooth scanner that stumbles needs BLUETOOTH."""

_SPEEDS = {"usb": USB, "bluetooth": BLUETOOTH, "auto": AUTO}
_SUFFIXES = {"cr": "\r", "lf": "\n", "crlf": "\r\n", "tab": "\t", "etx": "\x03", "none": ""}


def profile_from(text: str) -> WedgeProfile:
    """Profile by a text such as `auto`, `usb`, `bluetooth?min=4`, `usb?prefix=F13&suffix=F14`. ValueError says what is wrong with it.

    `min`: shortest code in keys, 4 to 64, default 6. `prefix`: `stx`, `F13` to `F24` or `none`; default: any of them. `suffix`: `cr`,
    `lf`, `crlf`, `tab`, `etx`, `F13` to `F24` or `none` (silence); default: any of the characters, or silence.
    """
    speed, _, query = text.partition("?")
    if speed not in _SPEEDS:
        raise ValueError(f"a wedge scanner is {' or '.join(_SPEEDS)} but not {speed!r}")
    profile = _SPEEDS[speed]
    for name, value in parse_qsl(query, keep_blank_values=True):
        if name not in _OPTIONS:
            raise ValueError(f"option must be one of {', '.join(_OPTIONS)} but is {name!r}")
        profile = _OPTIONS[name](profile, value)
    return profile


def _min(profile: WedgeProfile, value: str) -> WedgeProfile:
    if not (value.isascii() and value.isdigit() and SHORTEST <= int(value) <= 64):
        raise ValueError(f"min must be {SHORTEST} to 64 but is {value!r}")
    return replace(profile, min_keys=int(value), min_keys_idle=max(int(value), SHORTEST + 2))


def _prefix(profile: WedgeProfile, value: str) -> WedgeProfile:
    if value in FUNCTION_KEYS:
        return replace(profile, prefixes=frozenset(), prefix_names=frozenset({value}))
    if value not in ("stx", "none"):
        raise ValueError(f"prefix must be stx, none or F13 to F24 but is {value!r}")
    return replace(profile, prefixes=frozenset("\x02" if value == "stx" else ""), prefix_names=frozenset())


def _suffix(profile: WedgeProfile, value: str) -> WedgeProfile:
    if value in FUNCTION_KEYS:
        return replace(
            profile, suffixes=frozenset(), suffix_names=frozenset({value}), prefix_names=profile.prefix_names - {value}
        )
    if value not in _SUFFIXES:
        raise ValueError(f"suffix must be one of {', '.join(_SUFFIXES)} or F13 to F24 but is {value!r}")
    return replace(profile, suffixes=frozenset(_SUFFIXES[value]))


_OPTIONS = {"min": _min, "prefix": _prefix, "suffix": _suffix}
