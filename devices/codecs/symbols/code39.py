"""Code 39 (ISO/IEC 16388), without check character. Used by `devices.labels`."""

from __future__ import annotations

import re

from devices.codecs.symbols.shape import Bars

_WIDE = 3
_QUIET = 10

_CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%"
# Nine elements a character, bar first; 1 is wide.
_PATTERNS = (
    "000110100100100001001100001101100000000110001100110000001110000000100101100100100001100100100001001"
    "001001001101001000000011001100011000001011000000001101100001100001001100000011100100000011001000011"
    "101000010000010011100010010001010010000000111100000110001000110000010110110000001011000001111000000"
    "010010001110010000011010000010000101110000100011000100010101000010100010010001010000101010"
)
_WIDE_ONES = {char: _PATTERNS[9 * at : 9 * at + 9] for at, char in enumerate(_CHARACTERS)}
_START_STOP = "010010100"
# In "full ASCII" mode, a common setting, a reader takes such a pair for one other character: +A for a.
_PAIR = re.compile(r"[$%+/][A-Z]")


def bars(text: str) -> Bars:
    """Raises ValueError for an empty text and for what is not one of the 43 characters: no small letters, no `*`;
    also for pairs such as `+A`, which many readers take for another character."""
    wrong = next((char for char in text if char not in _WIDE_ONES), None)
    if wrong is not None or not text:
        raise ValueError(f"{wrong!r} cannot be put into a Code 39 symbol" if text else "a Code 39 symbol needs a text")
    pair = _PAIR.search(text)
    if pair:
        raise ValueError(f"many readers take {pair[0]!r} in a Code 39 symbol for another character")
    runs: list[int] = []
    for pattern in (_START_STOP, *(_WIDE_ONES[char] for char in text), _START_STOP):
        runs += [_WIDE if element == "1" else 1 for element in pattern]
        runs.append(1)  # the gap between characters
    return Bars(tuple(runs[:-1]), _QUIET)
