"""The device's own key: Ed25519, made here, never leaves the device. Used by pairing and by the exchange."""

from typing import TYPE_CHECKING

from sync.client.ports import Meta

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


def own_key(meta: Meta) -> "Ed25519PrivateKey":
    """The device's key; made and stored on first use."""
    # Imported at first use, which is in the sync thread: it must not hold up the start of the client.
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    raw = meta.device_key()
    if raw is None:
        raw = Ed25519PrivateKey.generate().private_bytes_raw()
        meta.save_device_key(raw)
    return Ed25519PrivateKey.from_private_bytes(raw)


def public_hex(key: "Ed25519PrivateKey") -> str:
    """The public half, 64 hex digits."""
    return key.public_key().public_bytes_raw().hex()


def sign(meta: Meta, message: bytes) -> str:
    """The signature of `message` by the device's key, hex."""
    return own_key(meta).sign(message).hex()
