"""What a device signs with its Ed25519 key, byte for byte (signatures travel as hex), and what it checks a sign-in against offline.

A pairing code that is typed has 80 random bits and stands for no key of the server; so the server proves first that it knows the code,
bound to the key it serves with. Whoever sits in between knows neither and would have to try 2^80 codes.
"""

import hmac
from hashlib import sha256


def pairing(code: str, pubkey: str, label: str) -> bytes:
    """Signed in `PairRequest`: proves that who knows the code also holds the key. `pubkey` is 64 hex digits."""
    return b"\0".join((code.encode(), pubkey.encode(), label.encode()))


def code_id(code: str) -> str:
    """Names a typed pairing code without telling it: 32 hex digits."""
    return code_id_of(code_hash(code))


def code_id_of(hash: str) -> str:
    """The same from what the server keeps of the code."""
    return hmac.digest(bytes.fromhex(hash), b"floorhand code id", "sha256").hex()[:32]


def code_hash(code: str) -> str:
    """What the server keeps of a pairing code, 64 hex digits."""
    return sha256(code.encode()).hexdigest()


def server_answer(hash: str, challenge: str, spki: str) -> str:
    """`ProofReply.answer`, 64 hex digits: made from what the server keeps of the code (`code_hash`), the device's challenge and the
    server's own key."""
    return hmac.digest(bytes.fromhex(hash), b"\0".join((b"server", challenge.encode(), spki.encode())), "sha256").hex()


def token(nonce: str, device_id: str, spki: str) -> bytes:
    """Signed in `TokenRequest`. The server's pinned key is part of it, so that a signature given to another server is worth nothing."""
    return (nonce + device_id + spki).encode()


def refork(old_device: str, next_seq: int, chain: str) -> bytes:
    """Signed in `ReforkRequest`."""
    return b"\0".join((old_device.encode(), str(next_seq).encode(), chain.encode()))


def presented(device_id: str, *, badge: str | None, number: str | None, pin: str | None) -> bytes:
    """What `SessionReply.offline_verifier` is the argon2id hash of: the badge, or number and PIN, bound to one device."""
    return b"\0".join(part.encode() for part in (device_id, badge or "", number or "", pin or ""))
