"""What may be kept as a picture: a JPEG that is nothing but its picture, of a size people can look at. Pure; looks at the frame, decodes
nothing. ITU-T T.81, annex B."""

from dataclasses import dataclass
from typing import Final

#: As the bench makes them (`app.services.camera`): pixels of a side, bytes.
LONGEST: Final = 1600
MOST_BYTES: Final = 300_000

_START, _END, _SCAN = 0xD8, 0xD9, 0xDA
#: Frames that every reader of PDF knows: baseline, extended, progressive.
_FRAMES: Final = frozenset({0xC0, 0xC1, 0xC2})
#: Tables, the plain header, restart intervals. Whatever else a file can carry (place, device, thumbnails, words) is not among them.
_PLAIN: Final = frozenset({0xC4, 0xDB, 0xDD, 0xE0, *_FRAMES})
_COLOURS: Final = (1, 3)


@dataclass(frozen=True, slots=True)
class Size:
    """Pixels, and how many colours there are (1 grey, 3 colours)."""

    width: int
    height: int
    colours: int


def size_of(body: bytes) -> Size | None:
    """The size of the picture; None when this is no JPEG of ours."""
    if not (body.startswith(b"\xff\xd8") and body.endswith(b"\xff\xd9") and len(body) <= MOST_BYTES):
        return None
    at, found = 2, None
    while at + 4 <= len(body) and body[at] == 0xFF:
        marker, length = body[at + 1], int.from_bytes(body[at + 2 : at + 4], "big")
        if length < 2 or at + 2 + length > len(body):
            return None
        if marker == _SCAN:
            return found
        if marker not in _PLAIN or (marker in _FRAMES and found is not None):
            return None
        if marker in _FRAMES:
            found = _frame(body[at + 4 : at + 2 + length])
            if found is None:
                return None
        at += 2 + length
    return None


def _frame(header: bytes) -> Size | None:
    if len(header) < 6 or header[0] != 8:
        return None
    height, width = int.from_bytes(header[1:3], "big"), int.from_bytes(header[3:5], "big")
    fits = 0 < width <= LONGEST and 0 < height <= LONGEST and header[5] in _COLOURS
    return Size(width, height, header[5]) if fits else None
