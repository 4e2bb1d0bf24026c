"""How messages are signed (Standard Webhooks, symmetric): HMAC-SHA256 over id, time and body. Pure.

Source: the Standard Webhooks specification, https://www.standardwebhooks.com: headers `webhook-id`, `webhook-timestamp` (seconds) and
`webhook-signature` (`v1,BASE64`, several separated by blanks while a secret is changed).
"""

import base64
import binascii
import hmac
import secrets
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Final

PREFIX: Final = "whsec_"
#: How wrong a clock may be, in seconds; older messages are played again by somebody.
TOLERANCE_S: Final = 300
_BYTES: Final = 32
_MOST_SIGNATURES: Final = 10


def new_secret() -> str:
    """A fresh secret with 256 random bits."""
    return PREFIX + base64.b64encode(secrets.token_bytes(_BYTES)).decode()


def sign(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """One signature, `v1,BASE64`."""
    said = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(_key(secret), said, sha256).digest()).decode()


def headers(valid: Iterable[str], message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The three headers, signed with every valid secret."""
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(sign(secret, message_id, timestamp, body) for secret in valid),
    }


def verified(secret: str, given: Mapping[str, str], body: bytes, now: float) -> bool:
    """Whether a message with these headers (names in lower case) is from who has the secret, and not older than `TOLERANCE_S`."""
    message_id, stamp = given.get("webhook-id", ""), given.get("webhook-timestamp", "")
    if not message_id or not (stamp.isascii() and stamp.isdigit() and len(stamp) < 12):
        return False
    if abs(now - int(stamp)) > TOLERANCE_S:
        return False
    wanted = sign(secret, message_id, int(stamp), body).encode()
    signatures = given.get("webhook-signature", "").split(" ")[:_MOST_SIGNATURES]
    return any(hmac.compare_digest(wanted, one.encode()) for one in signatures)


def _key(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError("not a secret of a webhook") from error
