"""What a device signs with its Ed25519 key, byte for byte (signatures travel as hex), and what it checks a sign-in against offline."""


def pairing(code: str, pubkey: str, label: str) -> bytes:
    """Signed in `PairRequest`: proves that who knows the code also holds the key. `pubkey` is 64 hex digits."""
    return b"\0".join((code.encode(), pubkey.encode(), label.encode()))


def token(nonce: str, device_id: str, spki: str) -> bytes:
    """Signed in `TokenRequest`. The server's pinned key is part of it, so that a signature given to another server is worth nothing."""
    return (nonce + device_id + spki).encode()


def refork(old_device: str, next_seq: int, chain: str) -> bytes:
    """Signed in `ReforkRequest`."""
    return b"\0".join((old_device.encode(), str(next_seq).encode(), chain.encode()))


def presented(device_id: str, *, badge: str | None, number: str | None, pin: str | None) -> bytes:
    """What `SessionReply.offline_verifier` is the argon2id hash of: the badge, or number and PIN, bound to one device."""
    return b"\0".join(part.encode() for part in (device_id, badge or "", number or "", pin or ""))
