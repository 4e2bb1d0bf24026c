"""Code 128 and GS1-128 (ISO/IEC 15417): texts as symbol characters, and these as bars. Used by `devices.labels` and the ZPL writer."""

from __future__ import annotations

from devices.codecs.symbols.shape import Bars

TO_C, TO_B, FNC1, START_B, START_C, STOP = 99, 100, 102, 104, 105, 106
GS = "\x1d"
_QUIET = 10

# Widths of the symbol characters 0 to 105, six to a character, then the stop character with its seven.
_WIDTHS = (
    "212222222122222221121223121322131222122213122312132212221213221312231212112232122132122231113222123122123221223211221132"
    "221231213212223112312131311222321122321221312212322112322211212123212321232121111323131123131321112313132113132311211313"
    "231113231311112133112331132131113123113321133121313121211331231131213113213311213131311123311321331121312113312311332111"
    "314111221411431111111224111422121124121421141122141221112214112412122114122411142112142211241211221114413111241112134111"
    "111242121142121241114212124112124211411212421112421211212141214121412121111143111341131141114113114311411113411311113141"
    "114131311141411131211412211214211232"
)
_STOP_WIDTHS = "2331112"


def text_characters(text: str) -> list[int]:
    """Symbol characters of printable ASCII, without check and stop: set C for digit pairs where that is shorter, else set B.

    Raises ValueError for an empty text and for anything but U+0020 to U+007E.
    """
    wrong = next((char for char in text if not " " <= char <= "~"), None)
    if wrong is not None or not text:
        raise ValueError(
            f"{wrong!r} cannot be put into a Code 128 symbol" if text else "a Code 128 symbol needs a text"
        )
    digits = len(text) - len(text.lstrip("0123456789"))
    # Digits in pairs pay from four at the start (ISO/IEC 15417 annex E); an all-digit text of even length is all pairs.
    pairs = digits // 2 if digits >= 4 or digits == len(text) else 0
    characters = [START_C, *_pairs(text[: 2 * pairs])] if pairs else [START_B]
    rest = text[2 * pairs :]
    return characters + ([TO_B] if pairs and rest else []) + [ord(char) - 32 for char in rest]


def gs1_characters(message: str) -> list[int]:
    """Symbol characters of GS1 element strings with GS between them: start C and FNC1, digit pairs in set C; from the first odd digit or
    letter on set B, for good. Returning to set C would be shorter now and then, but renderers disagree on it after a separator."""
    characters = [START_C, FNC1]
    in_c, rest = True, message
    while rest:
        if rest[0] == GS:
            characters.append(FNC1)
            rest = rest[1:]
        elif in_c and len(rest) > 1 and rest[:2].isascii() and rest[:2].isdigit():
            characters.append(int(rest[:2]))
            rest = rest[2:]
        else:
            if in_c:
                characters.append(TO_B)
                in_c = False
            if not " " <= rest[0] <= "~":
                raise ValueError(f"{rest[0]!r} cannot be put into a GS1-128 symbol")
            characters.append(ord(rest[0]) - 32)
            rest = rest[1:]
    return characters


def _pairs(digits: str) -> list[int]:
    return [int(digits[at : at + 2]) for at in range(0, len(digits), 2)]


def bars(characters: list[int]) -> Bars:
    """The bars of these symbol characters (start first) with check and stop character."""
    check = (characters[0] + sum(at * value for at, value in enumerate(characters))) % 103
    widths = "".join(_WIDTHS[6 * value : 6 * value + 6] for value in (*characters, check)) + _STOP_WIDTHS
    return Bars(tuple(int(width) for width in widths), _QUIET)
