"""The bar codes of trade items: EAN-13, EAN-8 and UPC-A (ISO/IEC 15420), ITF-14 (ISO/IEC 16390). Used by `devices.labels`.

All take digits whose check digit the caller has looked at.
"""

from __future__ import annotations

from devices.codecs.symbols.shape import Bars

# Widths of number set A: space, bar, space, bar. Set C is the same as bar, space, bar, space; set B is set C backwards.
_SET_A = ("3211", "2221", "2122", "1411", "1132", "1231", "1114", "1312", "1213", "3112")
# Which of the six left digits stand in set B says the first digit of an EAN-13.
_LEFT = ("AAAAAA", "AABABB", "AABBAB", "AABBBA", "ABAABB", "ABBAAB", "ABBBAA", "ABABAB", "ABABBA", "ABBABA")
_GUARD, _MIDDLE = "111", "11111"
_EAN13_QUIET, _EAN8_QUIET = 11, 7

# Interleaved 2 of 5: which two of five elements are wide.
_ITF = ("00110", "10001", "01001", "11000", "00101", "10100", "01100", "00011", "10010", "01010")
_WIDE = 3
_ITF_QUIET = 10


def ean13(digits: str) -> Bars:
    """Thirteen digits; a UPC-A is an EAN-13 with a 0 in front, bar for bar."""
    left = "".join(
        _SET_A[int(digit)] if kind == "A" else _SET_A[int(digit)][::-1]
        for digit, kind in zip(digits[1:7], _LEFT[int(digits[0])], strict=True)
    )
    return _retail(left, digits[7:], _EAN13_QUIET)


def ean8(digits: str) -> Bars:
    """Eight digits."""
    return _retail("".join(_SET_A[int(digit)] for digit in digits[:4]), digits[4:], _EAN8_QUIET)


def _retail(left: str, right: str, quiet: int) -> Bars:
    widths = _GUARD + left + _MIDDLE + "".join(_SET_A[int(digit)] for digit in right) + _GUARD
    return Bars(tuple(int(width) for width in widths), quiet)


def itf(digits: str) -> Bars:
    """An even number of digits, two to a character: one in the bars, the other in the spaces."""
    runs = [1, 1, 1, 1]
    for at in range(0, len(digits), 2):
        first, second = _ITF[int(digits[at])], _ITF[int(digits[at + 1])]
        for bar, space in zip(first, second, strict=True):
            runs += [_WIDE if bar == "1" else 1, _WIDE if space == "1" else 1]
    return Bars((*runs, _WIDE, 1, 1), _ITF_QUIET)
