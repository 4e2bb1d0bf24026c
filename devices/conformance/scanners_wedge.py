"""Judges timelines of keys (rows of kind `wedge`): what was scanned and what was typed."""

from __future__ import annotations

import re
from typing import Any

from devices.codecs.layouts import symptom
from devices.conformance.comparing import compare, expect_of, scan_words
from devices.conformance.report import BadRow, Row
from devices.wedge import Key, KeyBurst, Outcome, WedgeScan, to_scan
from devices.wedge_profiles import BLUETOOTH, USB, WedgeProfile, profile_from

_MOST_KEYS = 20_000


def check_wedge(row: Row) -> list[str]:
    """A timeline of keys, [[milliseconds, character or name of the key], ...]: what was scanned, and what was typed.

    The profile is the row's `profile` (`usb`, `bluetooth?min=4`), or Bluetooth where its note says that the keys come from there.
    """
    expect = expect_of(row)
    keys = _keys(row)
    burst = KeyBurst(_profile(row))
    replayed: list[Key] = []
    scans: list[WedgeScan] = []

    def follow(outcome: Outcome) -> None:
        replayed.extend(outcome.replay)
        scans.extend(outcome.scans)

    for key in keys:
        while (deadline := burst.deadline) is not None and deadline <= key.t_ms:
            follow(burst.tick(deadline))
        outcome = burst.press(key)
        follow(outcome)
        if not outcome.held:
            replayed.append(key)
    while (deadline := burst.deadline) is not None:
        follow(burst.tick(deadline))

    typed = "".join(key.text for key in replayed)
    words = {"typed": (typed, typed.rstrip("\r\n\t")), "scans": [scan.text for scan in scans], "count": len(scans)}
    words |= {"scan": None, "via": None, "layout": None, "symptom": None}
    if scans:
        layout = symptom(scans[0].text)
        spelt = (layout.value, layout.value.upper()) if layout else None
        words |= scan_words(to_scan(scans[0], 0.0)) | {"via": scans[0].via.value, "layout": spelt, "symptom": spelt}
        words["scan"] = (scans[0].text, *_several(words["scan"]))
    # What the row does not mention must not have happened.
    unasked = (
        {"typed": ""} if expect.keys() & {"scan", "scans", "data", "text", "count"} else {"typed": "", "scan": None}
    )
    return compare(unasked | dict(expect), words)


def _several(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)


def _profile(row: Row) -> WedgeProfile:
    named = row.get("profile")
    if named is not None:
        try:
            return profile_from(str(named))
        except ValueError as bad:
            raise BadRow(str(bad)) from bad
    return BLUETOOTH if re.search(r"\b(bluetooth|BT)\b", str(row.get("note", "")), re.IGNORECASE) else USB


def _keys(row: Row) -> list[Key]:
    raw = row.get("raw")
    if not isinstance(raw, list) or len(raw) > _MOST_KEYS:
        raise BadRow("raw is not a list of keys")
    return [key for pair in raw for key in _presses(pair)]


def _presses(pair: object) -> list[Key]:
    """One entry: a character, the name of a key (F12, Ctrl+], Alt+029), or several characters at once. A third word: how it was pressed."""
    match pair:
        case [int() | float() as at, str() as text, *rest]:
            said = " ".join(str(word).casefold() for word in rest)
            if number := re.fullmatch(r"Alt\+([0-9]{1,4})", text, re.IGNORECASE):
                return [Key(float(at), digit, alt=True) for digit in number.group(1)]
            if re.fullmatch(r"[A-Z][A-Za-z]+|F[0-9]{1,2}|Ctrl\+.", text):
                return [Key(float(at), "", text, "repeat" in said)]
            return [Key(float(at), char, "", "repeat" in said, alt="alt" in said) for char in text]
        case _:
            raise BadRow(f"{str(pair)[:60]} is no key")
