"""Zebra's Simple Serial Interface: packets, opcodes and code types. Used by the SSI driver, its simulator and the conformance check.

Facts: docs.zebra.com SSI pages; SSI Programmer Guide 72E-40451-03; Motorola CS3000 p.129. A packet is length (all but the checksum),
opcode, source, status, data and a checksum of two bytes, high byte first: the two's complement of the sum of all bytes before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, unique

from devices.codecs.gtin import expand_upc_e, is_digits

HEADER = 4
CHECKSUM = 2
MOST_DATA = 255 - HEADER

DECODER = 0
HOST = 4

RETRANSMIT = 0x01
CONTINUED = 0x02
PERMANENT = 0x08


@unique
class Op(IntEnum):
    """Opcodes. (A vendor header that is found in places swaps SCAN_ENABLE and SCAN_DISABLE; this is Zebra's own table.)"""

    REQUEST_REVISION = 0xA3
    REPLY_REVISION = 0xA4
    AIM_OFF = 0xC4
    AIM_ON = 0xC5
    PARAM_SEND = 0xC6
    PARAM_REQUEST = 0xC7
    PARAM_DEFAULTS = 0xC8
    CMD_ACK = 0xD0
    CMD_NAK = 0xD1
    FLUSH_QUEUE = 0xD2
    CAPABILITIES_REQUEST = 0xD3
    CAPABILITIES_REPLY = 0xD4
    START_DECODE = 0xE4
    STOP_DECODE = 0xE5
    BEEP = 0xE6
    LED_ON = 0xE7
    LED_OFF = 0xE8
    SCAN_ENABLE = 0xE9
    SCAN_DISABLE = 0xEA
    SLEEP = 0xEB
    DECODE_DATA = 0xF3
    EVENT = 0xF6


WAKEUP = b"\x00"
"""A single byte, no packet: it wakes a sleeping decoder, and an awake one takes no notice."""


@unique
class Nak(IntEnum):
    """Why a packet was refused (first data byte of CMD_NAK)."""

    RESEND = 1
    BAD_CONTEXT = 2
    DENIED = 6
    CANCEL = 10


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet whose checksum is right."""

    op: int
    source: int
    status: int
    data: bytes

    @property
    def name(self) -> str:
        """Name of the opcode, or its number in hex."""
        return Op(self.op).name if self.op in set(Op) else f"{self.op:02X}"

    @property
    def retransmit(self) -> bool:
        """The sender had no answer to this packet before."""
        return bool(self.status & RETRANSMIT)

    @property
    def continued(self) -> bool:
        """More packets of the same scan follow."""
        return bool(self.status & CONTINUED)

    @property
    def cause(self) -> int | None:
        """Of a CMD_NAK: why; see Nak."""
        return self.data[0] if self.op == Op.CMD_NAK and self.data else None


@dataclass(frozen=True, slots=True)
class Damaged:
    """A packet whose checksum is wrong: its bytes, of which nothing is sure. `fresh`: its status did not say that it is sent again."""

    raw: bytes

    @property
    def fresh(self) -> bool:
        """True when it seems to be a first transmission."""
        return not self.raw[3] & RETRANSMIT


def encode(op: int, data: bytes = b"", source: int = HOST, status: int = 0) -> bytes:
    """A packet with its length and checksum. ValueError for more than 251 bytes of data."""
    if len(data) > MOST_DATA:
        raise ValueError(f"a packet holds at most {MOST_DATA} bytes of data but this has {len(data)}")
    body = bytes([HEADER + len(data), op, source, status]) + data
    return body + checksum(body)


def checksum(body: bytes) -> bytes:
    """The two bytes that follow `body`."""
    return (-sum(body) & 0xFFFF).to_bytes(2, "big")


def decode(raw: bytes) -> Packet | Damaged | None:
    """One whole packet as it came over the line; None if the length byte does not agree with the bytes there are."""
    if len(raw) < HEADER + CHECKSUM or raw[0] < HEADER or len(raw) != raw[0] + CHECKSUM:
        return None
    body = raw[:-CHECKSUM]
    if checksum(body) != raw[-CHECKSUM:]:
        return Damaged(bytes(raw))
    return Packet(raw[1], raw[2], raw[3], bytes(raw[HEADER:-CHECKSUM]))


# Code types by the first data byte of DECODE_DATA: name and AIM identifier. No identifier where the type does not tell whether GS1 rules
# hold for the content: the scanner should send its own (parameter "transmit AIM id").
_TYPES: dict[int, tuple[str, str | None]] = {
    0x01: ("Code39", "]A0"),
    0x02: ("Codabar", "]F0"),
    0x03: ("Code128", "]C0"),
    0x06: ("ITF", "]I0"),
    0x07: ("Code93", "]G0"),
    0x08: ("UPC-A", "]E0"),
    0x09: ("UPC-E0", "]E0"),
    0x0A: ("EAN-8", "]E4"),
    0x0B: ("EAN-13", "]E0"),
    0x0F: ("GS1-128", "]C1"),
    0x11: ("PDF417", "]L2"),
    0x1B: ("DataMatrix", None),
    0x1C: ("QR", None),
    # DataBar is 30..32 on current scanners and 23..25 on the CS3000.
    **dict.fromkeys((0x23, 0x24, 0x25, 0x30, 0x31, 0x32), ("DataBar", "]e0")),
}
_RETAIL = frozenset({0x08, 0x09, 0x0A, 0x0B})
_TWO_DIGITS = 0x40
_FIVE_DIGITS = 0x80


@dataclass(frozen=True, slots=True)
class CodeType:
    """What the type byte says: name, AIM identifier if it is certain, digits of the supplement (0, 2, 5)."""

    name: str
    aim: str | None
    supplement: int = 0


def code_type(byte: int) -> CodeType | None:
    """Meaning of a type byte; None for one that this table does not know."""
    for base, digits in ((byte - _TWO_DIGITS, 2), (byte - _FIVE_DIGITS, 5)):
        if base in _RETAIL:
            return CodeType(_TYPES[base][0], "]E3", digits)
    return CodeType(*_TYPES[byte]) if byte in _TYPES else None


def in_aim_form(kind: CodeType, text: str) -> str:
    """The characters as `]E0` announces them: UPC-A and UPC-E as thirteen digits (ISO/IEC 15424). Everything else stays."""
    if kind.supplement or not is_digits(text):
        return text
    if kind.name == "UPC-A" and len(text) == 12:
        return "0" + text
    if kind.name == "UPC-E0" and (upc_a := expand_upc_e(text)) is not None:
        return "0" + upc_a
    return text
