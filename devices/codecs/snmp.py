"""The little SNMP that finding and watching a printer needs: one GET, one answer (v1 and v2c). Used by discovery and the printer codecs.

Sources: RFC 1157 and 3416 (messages), RFC 2790 and 3805 (what a printer publishes).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

HR_DEVICE_DESCR = "1.3.6.1.2.1.25.3.2.1.3.1"
HR_PRINTER_STATUS = "1.3.6.1.2.1.25.3.5.1.1.1"
HR_PRINTER_ERRORS = "1.3.6.1.2.1.25.3.5.1.2.1"
PRT_LIFE_COUNT = "1.3.6.1.2.1.43.10.2.1.4.1.1"
PRT_CONSOLE_TEXT = "1.3.6.1.2.1.43.16.5.1.2.1.1"
PRT_SERIAL_NUMBER = "1.3.6.1.2.1.43.5.1.1.17.1"
BROTHER_STATUS = "1.3.6.1.4.1.2435.3.3.9.1.6.1.0"

Value = int | bytes | None
"""What stands behind an OID: a number, bytes (an OID as its dotted text), or None: the agent does not have it."""

LARGEST = 65_507
_LONGEST_OID = 128
_MOST_VALUES = 256
_V1, _V2C = 0, 1


class _Tag(IntEnum):
    """Types of BER elements (RFC 2578 7.1, RFC 3416 3)."""

    INTEGER = 0x02
    OCTETS = 0x04
    NULL = 0x05
    OID = 0x06
    SEQUENCE = 0x30
    IP_ADDRESS = 0x40
    COUNTER32 = 0x41
    GAUGE32 = 0x42
    TIME_TICKS = 0x43
    OPAQUE = 0x44
    COUNTER64 = 0x46
    GET = 0xA0
    RESPONSE = 0xA2


_UNSIGNED = frozenset({_Tag.COUNTER32, _Tag.GAUGE32, _Tag.TIME_TICKS, _Tag.COUNTER64})
_BYTES = frozenset({_Tag.OCTETS, _Tag.IP_ADDRESS, _Tag.OPAQUE})
_ABSENT = frozenset({_Tag.NULL, 0x80, 0x81, 0x82})  # noSuchObject, noSuchInstance, endOfMibView (RFC 3416 3)


@dataclass(frozen=True, slots=True)
class Response:
    """An agent's answer. `error` is the error-status (0: fine, 2: noSuchName), `values` by dotted OID in the order they came."""

    request_id: int
    error: int
    values: Mapping[str, Value]


def get_request(oids: Sequence[str], community: str = "public", request_id: int = 1, version: int = _V1) -> bytes:
    """A GetRequest for one UDP datagram to port 161. `version` 0 is v1, 1 is v2c. ValueError for what is no OID or does not fit."""
    if version not in (_V1, _V2C) or not 0 <= request_id < 2**31:
        raise ValueError("version must be 0 or 1 and request_id 0..2^31-1")
    bindings = b"".join(_wrap(_Tag.SEQUENCE, _oid(oid) + _wrap(_Tag.NULL, b"")) for oid in oids)
    body = _integer(request_id) + _integer(0) + _integer(0) + _wrap(_Tag.SEQUENCE, bindings)
    secret = _wrap(_Tag.OCTETS, community.encode("utf-8"))
    message = _wrap(_Tag.SEQUENCE, _integer(version) + secret + _wrap(_Tag.GET, body))
    if len(message) > LARGEST:
        raise ValueError(f"{len(message)} bytes do not fit into one datagram")
    return message


def parse_response(data: bytes) -> Response:
    """The answer in one datagram. ValueError for anything else; nothing else is raised, whatever the bytes."""
    if len(data) > LARGEST:
        raise ValueError("longer than a datagram")
    message = _Reader(_Reader(data).take(_Tag.SEQUENCE))
    if message.integer() not in (_V1, _V2C):
        raise ValueError("neither SNMP v1 nor v2c")
    message.take(_Tag.OCTETS)
    body = _Reader(message.take(_Tag.RESPONSE))
    request_id, error, _index = body.integer(), body.integer(), body.integer()
    return Response(request_id, error, _values(_Reader(body.take(_Tag.SEQUENCE))))


def _values(bindings: _Reader) -> dict[str, Value]:
    values: dict[str, Value] = {}
    while bindings.more():
        if len(values) >= _MOST_VALUES:
            raise ValueError("too many values")
        binding = _Reader(bindings.take(_Tag.SEQUENCE))
        oid = _dotted(binding.take(_Tag.OID))
        values[oid] = _value(*binding.any())
    return values


def _value(tag: int, content: bytes) -> Value:
    if tag == _Tag.INTEGER:
        return _signed(content)
    if tag in _UNSIGNED:
        if len(content) > 9:
            raise ValueError("a counter has at most 64 bits")
        return int.from_bytes(content, "big")
    if tag in _BYTES:
        return content
    if tag == _Tag.OID:
        return _dotted(content).encode("ascii")
    if tag in _ABSENT:
        return None
    raise ValueError(f"unknown type {tag:#04x}")


class _Reader:
    """Takes one element after the other from the front of some BER bytes."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def more(self) -> bool:
        return self._at < len(self._data)

    def take(self, wanted: int) -> bytes:
        tag, content = self.any()
        if tag != wanted:
            raise ValueError(f"{tag:#04x} where {wanted:#04x} should be")
        return content

    def integer(self) -> int:
        return _signed(self.take(_Tag.INTEGER))

    def any(self) -> tuple[int, bytes]:
        tag, length = self._byte(), self._byte()
        if length & 0x80:
            size = length & 0x7F
            # 0x80 (indefinite) is forbidden in SNMP (RFC 3417 8); three bytes are more than any datagram.
            if not 1 <= size <= 4:
                raise ValueError("length is no length")
            length = int.from_bytes(bytes(self._byte() for _ in range(size)), "big")
        end = self._at + length
        if end > len(self._data):
            raise ValueError("cut off")
        content, self._at = self._data[self._at : end], end
        return tag, content

    def _byte(self) -> int:
        if self._at >= len(self._data):
            raise ValueError("cut off")
        self._at += 1
        return self._data[self._at - 1]


def _signed(content: bytes) -> int:
    if not 1 <= len(content) <= 8:
        raise ValueError("an integer has 1 to 8 bytes")
    return int.from_bytes(content, "big", signed=True)


def _dotted(content: bytes) -> str:
    if not content or len(content) > _LONGEST_OID * 5 or content[-1] & 0x80:
        raise ValueError("no OID")
    numbers, number = [], 0
    for byte in content:
        number = number << 7 | byte & 0x7F
        if number >> 32:
            raise ValueError("a number of an OID has at most 32 bits")
        if not byte & 0x80:
            numbers.append(number)
            number = 0
    first = min(numbers[0] // 40, 2)
    return ".".join(map(str, (first, numbers[0] - 40 * first, *numbers[1:])))


def _oid(dotted: str) -> bytes:
    parts = dotted.removeprefix(".").split(".")
    if not 2 <= len(parts) <= _LONGEST_OID or not all(part.isascii() and part.isdigit() for part in parts):
        raise ValueError(f"{dotted!r:.80} is no OID")
    numbers = [int(part) for part in parts]
    if numbers[0] > 2 or (numbers[0] < 2 and numbers[1] > 39) or max(numbers) >= 2**32 - 80:
        raise ValueError(f"{dotted!r:.80} is no OID")
    content = b"".join(map(_base128, (40 * numbers[0] + numbers[1], *numbers[2:])))
    return _wrap(_Tag.OID, content)


def _base128(number: int) -> bytes:
    out = [number & 0x7F]
    while number := number >> 7:
        out.append(number & 0x7F | 0x80)
    return bytes(reversed(out))


def _integer(number: int) -> bytes:
    return _wrap(_Tag.INTEGER, number.to_bytes(number.bit_length() // 8 + 1, "big", signed=True))


def _wrap(tag: int, content: bytes) -> bytes:
    length = len(content)
    if length < 0x80:
        return bytes((tag, length)) + content
    size = (length.bit_length() + 7) // 8
    return bytes((tag, 0x80 | size)) + length.to_bytes(size, "big") + content
