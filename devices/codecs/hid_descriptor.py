"""How long a HID device's input reports are, from its report descriptor (USB HID 1.11, 6.2.2). Used by the hidraw transport."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

_INPUT, _REPORT_SIZE, _REPORT_ID, _REPORT_COUNT, _PUSH, _POP = 0x80, 0x74, 0x84, 0x94, 0xA4, 0xB4
_LONG_ITEM = 0xFE
_SANE_BITS = 8 * 4096


def longest_input(descriptor: bytes) -> int:
    """Bytes of the longest input report with its report id in front; 0 when the descriptor tells of none or makes no sense."""
    size, count, report = 0, 0, 0
    stack: list[tuple[int, int, int]] = []
    bits: Counter[int] = Counter()
    for tag, value in _items(descriptor):
        if tag == _REPORT_SIZE:
            size = value
        elif tag == _REPORT_COUNT:
            count = value
        elif tag == _REPORT_ID:
            report = value
        elif tag == _PUSH:
            stack.append((size, count, report))
        elif tag == _POP and stack:
            size, count, report = stack.pop()
        elif tag == _INPUT:
            bits[report] += size * count
    most = max(bits.values(), default=0)
    if not 0 < most <= _SANE_BITS:
        return 0
    return (most + 7) // 8 + any(bits.keys())


def _items(descriptor: bytes) -> Iterator[tuple[int, int]]:
    at = 0
    while at < len(descriptor):
        prefix = descriptor[at]
        if prefix == _LONG_ITEM:
            at += 3 + (descriptor[at + 1] if at + 1 < len(descriptor) else 0)
            continue
        length = (0, 1, 2, 4)[prefix & 3]
        yield prefix & 0xFC, int.from_bytes(descriptor[at + 1 : at + 1 + length], "little")
        at += 1 + length
