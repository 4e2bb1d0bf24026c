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


def body_mark(e: str, id: str, v: int, body: bytes) -> int:
    """As `mark`, over the row's content too: the first 8 bytes of `SHA-256(e 0x00 id 0x00 v 0x00 body)`, the body as it came."""
    return int.from_bytes(sha256(f"{e}\0{id}\0{v}\0".encode() + body).digest()[:8], "big")


def of_bodies(rows: Iterable[tuple[str, str, int, bytes]]) -> str:
    """XOR of the body marks of all live rows `(e, id, v, body)`, as 16 hex digits."""
    total = 0
    for e, id, v, body in rows:
        total ^= body_mark(e, id, v, body)
    return f"{total:016x}"
