"""Signing and checking of hand-overs with this device's key. Given to the hand-over service by the bootstrap."""

from sync.client.identity import sign
from sync.client.ports import Meta


class HandOverKeys:
    """This device's key, and anybody's public one."""

    def __init__(self, meta: Meta) -> None:
        self._meta = meta

    def sign(self, message: bytes) -> str:
        """The signature by this device, hex."""
        return sign(self._meta, message)

    def verifies(self, pubkey: str, signature: str, message: bytes) -> bool:
        """Whether `signature` (hex) is the one of `pubkey` (64 hex digits) over `message`; False for anything that is neither."""
        # Imported at first use: it must not hold up the start of the client.
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        try:
            Ed25519PublicKey.from_public_bytes(bytes.fromhex(pubkey)).verify(bytes.fromhex(signature), message)
        except (ValueError, InvalidSignature):
            return False
        return True
