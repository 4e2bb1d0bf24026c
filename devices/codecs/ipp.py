"""IPP 2.0 as bytes: requests out, responses in (RFC 8010), with the words of RFC 8011 that a print queue needs. Used by the IPP driver
and by the search for CUPS queues.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

Value = int | str | bool | bytes | None
Attributes = dict[str, list[Value]]

MOST_BYTES = 1_000_000
"""A response larger than this is no printer's."""

_OPERATION, _JOB, _END, _PRINTER = 0x01, 0x02, 0x03, 0x04
_INTEGER, _BOOLEAN, _ENUM = 0x21, 0x22, 0x23
_NAME, _KEYWORD, _URI, _CHARSET, _LANGUAGE, _MIME = 0x42, 0x44, 0x45, 0x47, 0x48, 0x49
_TEXTS = range(0x40, 0x60)
_WITH_LANGUAGE = (0x35, 0x36)
_OUT_OF_BAND = range(0x10, 0x20)


class Operation(IntEnum):
    """What is asked (RFC 8011 5.4.15; CUPS-Get-Printers is CUPS's own)."""

    PRINT_JOB = 0x0002
    CANCEL_JOB = 0x0008
    GET_JOB_ATTRIBUTES = 0x0009
    GET_PRINTER_ATTRIBUTES = 0x000B
    CUPS_GET_PRINTERS = 0x4002


@dataclass(frozen=True, slots=True)
class Asked:
    """One attribute of a request: its value tag, and values."""

    tag: int
    values: Sequence[int | str]


@dataclass(slots=True)
class Response:
    """An answer: `status` below 0x0400 is a success; attributes by group, a list of printers has a group each."""

    status: int
    request_id: int
    operation: Attributes = field(default_factory=dict)
    jobs: list[Attributes] = field(default_factory=list)
    printers: list[Attributes] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """True when the printer did what was asked."""
        return self.status < 0x0400


def request(
    operation: Operation,
    request_id: int,
    uri: str | None,
    more: Mapping[str, Asked] | None = None,
    job: Mapping[str, Asked] | None = None,
    document: bytes = b"",
) -> bytes:
    """A request about `uri` (printer or none); `more` are operation attributes, `job` the job's own. `document` follows as it is."""
    parts = [struct.pack(">BBHI", 2, 0, operation, request_id), bytes([_OPERATION])]
    first = {"attributes-charset": charset("utf-8"), "attributes-natural-language": Asked(_LANGUAGE, ["en"])}
    if uri is not None:
        first["printer-uri"] = Asked(_URI, [uri])
    parts += [_attribute(name, asked) for name, asked in (first | dict(more or {})).items()]
    if job:
        parts.append(bytes([_JOB]))
        parts += [_attribute(name, asked) for name, asked in job.items()]
    return b"".join([*parts, bytes([_END]), document])


def keywords(*words: str) -> Asked:
    """Values such as the names of attributes."""
    return Asked(_KEYWORD, words)


def charset(word: str) -> Asked:
    """A character set."""
    return Asked(_CHARSET, [word])


def name(text: str) -> Asked:
    """A name for people, of at most 255 bytes."""
    return Asked(_NAME, [text.encode("utf-8", "replace")[:255].decode("utf-8", "ignore")])


def mime(text: str) -> Asked:
    """A document format."""
    return Asked(_MIME, [text])


def integer(number: int) -> Asked:
    """A whole number."""
    return Asked(_INTEGER, [number])


def parse(data: bytes) -> Response:
    """A whole response. ValueError when it is cut off, too large or not IPP."""
    if len(data) > MOST_BYTES:
        raise ValueError(f"an IPP response of {len(data)} bytes")
    if len(data) < 9 or data[0] not in (1, 2):
        raise ValueError("not an IPP response")
    _, _, status, request_id = struct.unpack(">BBHI", data[:8])
    response = Response(status, request_id)
    reader = _Reader(data, 8)
    while (group := reader.byte()) != _END:
        if group > 0x0F:
            raise ValueError(f"no group of attributes begins with {group:#x}")
        attributes = reader.attributes()
        if group == _OPERATION:
            response.operation |= attributes
        elif group in (_JOB, _PRINTER):
            (response.jobs if group == _JOB else response.printers).append(attributes)
    return response


def first_int(attributes: Attributes, key: str) -> int | None:
    """The first value, if it is a number."""
    value = next(iter(attributes.get(key, [])), None)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def texts(attributes: Attributes, key: str) -> tuple[str, ...]:
    """All values that are words."""
    return tuple(value for value in attributes.get(key, []) if isinstance(value, str))


def _attribute(key: str, asked: Asked) -> bytes:
    out = b""
    for index, value in enumerate(asked.values):
        word = key.encode("ascii") if index == 0 else b""
        body = struct.pack(">i", value) if isinstance(value, int) else value.encode("utf-8")
        out += struct.pack(">BH", asked.tag, len(word)) + word + struct.pack(">H", len(body)) + body
    return out


class _Reader:
    """Walks over a response; ValueError where it ends too soon."""

    def __init__(self, data: bytes, at: int) -> None:
        self._data = data
        self._at = at

    def byte(self) -> int:
        return self.take(1)[0]

    def take(self, length: int) -> bytes:
        taken = self._data[self._at : self._at + length]
        if len(taken) < length:
            raise ValueError("an IPP response that ends too soon")
        self._at += length
        return taken

    def counted(self) -> bytes:
        return self.take(struct.unpack(">H", self.take(2))[0])

    def attributes(self) -> Attributes:
        """Attributes up to the next group. Members of collections are passed over: nothing here needs them."""
        found: Attributes = {}
        key = ""
        while self._at < len(self._data) and self._data[self._at] > 0x0F:
            tag = self.byte()
            word = self.counted()
            key = word.decode("utf-8", "replace") if word else key
            value = self.counted()
            if key:
                found.setdefault(key, []).append(_value(tag, value))
        return found


def _value(tag: int, value: bytes) -> Value:
    if tag in (_INTEGER, _ENUM):
        if len(value) != 4:
            raise ValueError("a number that is not four bytes long")
        return int(struct.unpack(">i", value)[0])
    if tag == _BOOLEAN:
        return value == b"\x01"
    if tag in _TEXTS:
        return value.decode("utf-8", "replace")
    if tag in _WITH_LANGUAGE:
        # Language and text, each behind its length.
        skip = 2 + int.from_bytes(value[:2], "big")
        return value[skip + 2 :].decode("utf-8", "replace")
    return None if tag in _OUT_OF_BAND else value
