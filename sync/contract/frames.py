"""Bytes as a row of texts for QR codes, and back. Scanners deliver text, some of them through a keyboard: only A-Z and 2-7 are used.

A frame is `FHX1` and the base32 of: 4 bytes naming the whole, its number and how many there are (one byte each), 4 bytes CRC-32 of all
that and the part, the part. The whole is named by the start of its SHA-256, and proven by all of it when it is together.
"""

import base64
import binascii
import zlib
from dataclasses import dataclass, replace
from enum import StrEnum
from hashlib import sha256
from typing import Final

PREFIX: Final = "FHX1"
#: Bytes of the whole in one frame: a QR code of version 13 with error correction M, which a handheld's camera reads off a screen.
PART: Final = 256
MOST: Final = 128
_HEAD: Final = 10


class Refusal(StrEnum):
    """Why a frame did not count."""

    NO_FRAME = "no_frame"
    TORN = "torn"
    FOREIGN = "foreign"


@dataclass(frozen=True, slots=True)
class Frame:
    """One part of a whole: `number` from 0, of `count`."""

    whole: bytes
    number: int
    count: int
    part: bytes


@dataclass(frozen=True, slots=True)
class Collected:
    """Frames of one whole, in any order. Holds at most `MOST` parts of `PART` bytes."""

    whole: bytes = b""
    count: int = 0
    parts: tuple[bytes | None, ...] = ()

    @property
    def have(self) -> int:
        """How many frames have come."""
        return sum(part is not None for part in self.parts)

    @property
    def missing(self) -> tuple[int, ...]:
        """The numbers, from 1, of those that have not."""
        return tuple(n for n, part in enumerate(self.parts, 1) if part is None)

    @property
    def complete(self) -> bytes | None:
        """The whole, once it is together and is what its name says; else None."""
        if not self.count or self.missing:
            return None
        whole = b"".join(part for part in self.parts if part is not None)
        return whole if sha256(whole).digest()[:4] == self.whole else None


def is_frame(text: str) -> bool:
    """Whether a scan means to be a frame."""
    return text[: len(PREFIX)].upper() == PREFIX


def split(whole: bytes) -> tuple[str, ...]:
    """The frames of `whole`. Raises ValueError for nothing and for more than `MOST` frames hold."""
    parts = [whole[at : at + PART] for at in range(0, len(whole), PART)]
    if not 1 <= len(parts) <= MOST:
        raise ValueError(f"{len(whole)} bytes")
    name = sha256(whole).digest()[:4]
    return tuple(_text(name + bytes((n, len(parts))), part) for n, part in enumerate(parts))


def read(text: str) -> Frame | Refusal:
    """The frame in a scanned text, or what is wrong with it."""
    if not is_frame(text):
        return Refusal.NO_FRAME
    rest = text.strip()[len(PREFIX) :].upper()
    if len(rest) > (_HEAD + PART) * 2:
        return Refusal.TORN
    try:
        raw = base64.b32decode(rest + "=" * (-len(rest) % 8))
    except (binascii.Error, ValueError):
        return Refusal.TORN
    head, crc, part = raw[:6], raw[6:_HEAD], raw[_HEAD:]
    if len(raw) <= _HEAD or len(part) > PART or zlib.crc32(head + part).to_bytes(4, "big") != crc:
        return Refusal.TORN
    number, count = head[4], head[5]
    if not number < count <= MOST or (number < count - 1 and len(part) != PART):
        return Refusal.TORN
    return Frame(head[:4], number, count, part)


def add(collected: Collected, frame: Frame) -> Collected | Refusal:
    """`collected` with one more frame; the same one again changes nothing, one of another whole is `FOREIGN`."""
    if not collected.count:
        collected = Collected(frame.whole, frame.count, (None,) * frame.count)
    if (frame.whole, frame.count) != (collected.whole, collected.count):
        return Refusal.FOREIGN
    parts = list(collected.parts)
    parts[frame.number] = frame.part
    return replace(collected, parts=tuple(parts))


def _text(head: bytes, part: bytes) -> str:
    raw = head + zlib.crc32(head + part).to_bytes(4, "big") + part
    return PREFIX + base64.b32encode(raw).decode().rstrip("=")
