"""The hash chain that proves a device's log is one log.

`chain_n = SHA-256(chain_{n-1} || op_id || SHA-256(content_n))`, `chain_0 = SHA-256(device_id)`. The content is the canonical
JSON of everything a person did (kind, version, item, token, session, body), not of what the machine adds on the way.
"""

from hashlib import sha256
from typing import Any

import msgspec

_encoder = msgspec.json.Encoder(order="sorted")


def canonical(value: Any) -> bytes:
    """Canonical JSON: sorted keys, no spaces, UTF-8. Values are strings, integers, booleans, null, lists and dicts; never floats."""
    return _encoder.encode(value)


def content_hash(
    kind: str, v: int, item: str | None, token: tuple[int, int] | None, session: str | None, body: bytes
) -> bytes:
    """SHA-256 (32 bytes) of an op's content; `body` is any JSON of the body and is brought into canonical form here."""
    plain = [kind, v, item, list(token) if token else None, session, msgspec.json.decode(body)]
    return sha256(canonical(plain)).digest()


def chain_start(device_id: str) -> str:
    """`chain_0` of a device, as 64 hex digits."""
    return sha256(device_id.encode()).hexdigest()


def chain_next(previous: str, op_id: str, digest: bytes) -> str:
    """The link after `previous` (64 hex digits) for `op_id` (32 hex digits) and its content hash; 64 hex digits."""
    return sha256(bytes.fromhex(previous) + bytes.fromhex(op_id) + digest).hexdigest()
