"""Data Matrix ECC 200 (ISO/IEC 16022), square, up to 48 x 48 modules, in ASCII encodation; with FNC1 first it is a GS1 DataMatrix.
Used by `devices.labels`."""

from __future__ import annotations

from devices.codecs.symbols.shape import Field

GS = "\x1d"
_QUIET = 1
_PAD, _DIGITS, _FNC1 = 129, 130, 232

# Side of the symbol, code words for data and for error correction, regions across: what has one Reed-Solomon block (table 7).
_SIZES = (
    (10, 3, 5, 1),
    (12, 5, 7, 1),
    (14, 8, 10, 1),
    (16, 12, 12, 1),
    (18, 18, 14, 1),
    (20, 22, 18, 1),
    (22, 30, 20, 1),
    (24, 36, 24, 1),
    (26, 44, 28, 1),
    (32, 62, 36, 2),
    (36, 86, 42, 2),
    (40, 114, 48, 2),
    (44, 144, 56, 2),
    (48, 174, 68, 2),
)


def field(text: str, gs1: bool = False) -> Field:
    """`gs1`: element strings with GS between them. Raises ValueError for an empty text, other than ASCII, and too much of it."""
    if not text:
        raise ValueError("a Data Matrix needs a text")
    words = _code_words(text, gs1)
    for side, room, correction, regions in _SIZES:
        if len(words) <= room:
            padded = _padded(words, room)
            return Field(_drawn(padded + _correction(padded, correction), side, regions), _QUIET)
    raise ValueError(f"{len(text)} characters are too many for a Data Matrix of 48 x 48 modules")


def _code_words(text: str, gs1: bool) -> list[int]:
    words = [_FNC1] if gs1 else []
    at = 0
    while at < len(text):
        pair = text[at : at + 2]
        if len(pair) == 2 and pair.isascii() and pair.isdigit():
            words.append(_DIGITS + int(pair))
            at += 2
            continue
        if gs1 and text[at] == GS:
            words.append(_FNC1)
        elif " " <= text[at] <= "~":
            words.append(ord(text[at]) + 1)
        else:
            raise ValueError(f"{text[at]!r} cannot be put into a Data Matrix")
        at += 1
    return words


def _padded(words: list[int], room: int) -> list[int]:
    padded = list(words)
    if len(padded) < room:
        padded.append(_PAD)
    while len(padded) < room:
        # The 253-state algorithm: pads do not repeat, so that they make no pattern.
        value = _PAD + (149 * (len(padded) + 1)) % 253 + 1
        padded.append(value if value <= 254 else value - 254)
    return padded


def _tables() -> tuple[list[int], list[int]]:
    """Powers and logarithms of the field GF(256) with x^8 + x^5 + x^3 + x^2 + 1."""
    power, log = [1], [0] * 256
    for exponent in range(254):
        value = power[-1] << 1
        power.append(value ^ 0x12D if value & 0x100 else value)
        log[power[-1]] = exponent + 1
    return power, log


_POWER, _LOG = _tables()


def _times(left: int, right: int) -> int:
    return _POWER[(_LOG[left] + _LOG[right]) % 255] if left and right else 0


def _correction(words: list[int], count: int) -> list[int]:
    """Reed-Solomon code words: the remainder of the message divided by (x - 2^1) ... (x - 2^count)."""
    divisor = [1]
    for exponent in range(1, count + 1):
        root = _POWER[exponent]
        divisor = [a ^ _times(b, root) for a, b in zip([*divisor, 0], [0, *divisor], strict=True)]
    remainder = [0] * count
    for word in words:
        factor = word ^ remainder[0]
        remainder = [a ^ _times(factor, b) for a, b in zip([*remainder[1:], 0], divisor[1:], strict=True)]
    return remainder


def _drawn(words: list[int], side: int, regions: int) -> tuple[tuple[bool, ...], ...]:
    """The code words in their places, each region framed: solid left and below, dashed above and right."""
    inner = side // regions - 2
    bits = _Placement(inner * regions).placed(words)
    rows = []
    for y in range(side):
        region_y, row = divmod(y, inner + 2)
        line = []
        for x in range(side):
            region_x, column = divmod(x, inner + 2)
            if column == 0 or row == inner + 1:
                dark = True
            elif row == 0:
                dark = column % 2 == 0
            elif column == inner + 1:
                dark = row % 2 == 1
            else:
                dark = bits[region_y * inner + row - 1][region_x * inner + column - 1]
            line.append(dark)
        rows.append(tuple(line))
    return tuple(rows)


class _Placement:
    """Where each bit of each code word goes in a square of `side` modules (ISO/IEC 16022 annex F)."""

    # The eight bits of a code word around its last, as (down, right).
    _UTAH = ((-2, -2), (-2, -1), (-1, -2), (-1, -1), (-1, 0), (0, -2), (0, -1), (0, 0))

    def __init__(self, side: int) -> None:
        self._side = side
        self._bits: list[list[bool | None]] = [[None] * side for _ in range(side)]

    def placed(self, words: list[int]) -> list[list[bool]]:
        """The filled square."""
        feed = iter(words)
        side = self._side
        row, column = 4, 0
        while row < side or column < side:
            corner = self._corner(row, column)
            if corner:
                self._put(next(feed), corner)
            while row >= 0 and column < side:
                if row < side and column >= 0 and self._bits[row][column] is None:
                    self._utah(next(feed), row, column)
                row, column = row - 2, column + 2
            row, column = row + 1, column + 3
            while row < side and column >= 0:
                if row >= 0 and column < side and self._bits[row][column] is None:
                    self._utah(next(feed), row, column)
                row, column = row + 2, column - 2
            row, column = row + 3, column + 1
        # Where the last corner stays empty it gets a fixed pattern.
        if self._bits[side - 1][side - 1] is None:
            self._bits[side - 1][side - 1] = self._bits[side - 2][side - 2] = True
        return [[bool(bit) for bit in line] for line in self._bits]

    def _corner(self, row: int, column: int) -> tuple[tuple[int, int], ...] | None:
        side, last = self._side, self._side - 1
        if row == side and column == 0:
            return ((last, 0), (last, 1), (last, 2), (0, side - 2), (0, last), (1, last), (2, last), (3, last))
        if row == side - 2 and column == 0 and side % 4:
            return (
                *((side - 3, 0), (side - 2, 0), (last, 0), (0, side - 4)),
                *((0, side - 3), (0, side - 2), (0, last), (1, last)),
            )
        if row == side + 4 and column == 2 and not side % 8:
            return (
                *((last, 0), (last, last), (0, side - 3), (0, side - 2)),
                *((0, last), (1, side - 3), (1, side - 2), (1, last)),
            )
        return None

    def _utah(self, word: int, row: int, column: int) -> None:
        places = []
        for down, right in self._UTAH:
            y, x = row + down, column + right
            # What would stick out comes in again at the other side, shifted.
            if y < 0:
                y, x = y + self._side, x + 4 - (self._side + 4) % 8
            if x < 0:
                y, x = y + 4 - (self._side + 4) % 8, x + self._side
            places.append((y, x))
        self._put(word, tuple(places))

    def _put(self, word: int, places: tuple[tuple[int, int], ...]) -> None:
        for bit, (y, x) in enumerate(places):
            self._bits[y][x] = bool(word >> (7 - bit) & 1)
