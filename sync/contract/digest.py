"""The digest by which both ends see that a device holds the rows the server thinks it holds."""

from collections.abc import Iterable
from hashlib import sha256


def mark(e: str, id: str, v: int) -> int:
    """The 64 bit mark of one live row: the first 8 bytes of `SHA-256(e 0x00 id 0x00 v)`, big endian."""
    return int.from_bytes(sha256(f"{e}\0{id}\0{v}".encode()).digest()[:8], "big")


def of(rows: Iterable[tuple[str, str, int]]) -> str:
    """XOR of the marks of all live rows `(e, id, v)`, as 16 hex digits; zeros when there are none. Order does not matter, so a
    store may keep it up to date by XOR-ing out what goes and XOR-ing in what comes."""
    total = 0
    for e, id, v in rows:
        total ^= mark(e, id, v)
    return f"{total:016x}"
