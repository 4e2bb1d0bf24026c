"""What customers may send as a picture: a JPEG of a size people can look at, of which only the picture is kept. Where and with what it was
taken, thumbnails and words go. Pure; decodes nothing. ITU-T T.81, annex B."""

from typing import Final

#: A phone's camera makes no more; pixels of a side.
MOST_BYTES: Final = 6_000_000
LONGEST: Final = 12_000

_START, _END, _SCAN = 0xD8, 0xD9, 0xDA
_FRAMES: Final = frozenset({0xC0, 0xC1, 0xC2})
#: Tables and restart intervals, without which there is no picture.
_NEEDED: Final = frozenset({0xC4, 0xDB, 0xDD, *_FRAMES})
#: Headers of programs and comments: left out, but for the one that says how colours are meant.
_WORDS: Final = frozenset({*range(0xE1, 0xF0), 0xFE})
_HEADER: Final = 0xE0
_COLOURS: Final = (1, 3)


def plain(body: bytes) -> bytes | None:
    """The same picture and nothing else; None when this is none that is kept."""
    if not body.startswith(b"\xff\xd8\xff") or len(body) > MOST_BYTES:
        return None
    kept, at, framed, scanned = [b"\xff\xd8"], 2, False, False
    while at + 4 <= len(body) and body[at] == 0xFF:
        marker, length = body[at + 1], int.from_bytes(body[at + 2 : at + 4], "big")
        end = at + 2 + length
        if marker == _END:
            break
        if length < 2 or end > len(body):
            return None
        if marker in _FRAMES:
            if framed or not _fits(body[at + 4 : end]):
                return None
            framed = True
        if marker == _SCAN:
            if not framed:
                return None
            end, scanned = _after_scan(body, end), True
        elif marker not in _NEEDED and marker not in _WORDS and marker != _HEADER:
            return None
        if marker not in _WORDS:
            kept.append(body[at:end])
        at = end
    whole = scanned and body[at : at + 2] == b"\xff\xd9"
    return b"".join(kept) + b"\xff\xd9" if whole else None


def _after_scan(body: bytes, at: int) -> int:
    """Where the coded picture ends: at the next marker that is neither a filled byte nor a restart."""
    while True:
        at = body.find(b"\xff", at)
        if at < 0 or at + 1 >= len(body):
            return len(body)
        if body[at + 1] != 0 and not 0xD0 <= body[at + 1] <= 0xD7:
            return at
        at += 2


def _fits(frame: bytes) -> bool:
    if len(frame) < 6 or frame[0] != 8:
        return False
    height, width = int.from_bytes(frame[1:3], "big"), int.from_bytes(frame[3:5], "big")
    return 0 < width <= LONGEST and 0 < height <= LONGEST and frame[5] in _COLOURS
