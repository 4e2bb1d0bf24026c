"""Checks a PIN or badge against the argon2id hash that the centre gave for offline use."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError


class Argon2Verifier:
    """The client's `PinVerifier`."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher()

    def matches(self, hash: str, secret: bytes) -> bool:
        """Whether `secret` is what was hashed. Takes tenths of a second on purpose; never raises on what a person typed."""
        try:
            return self._hasher.verify(hash, secret)
        except (VerificationError, InvalidHashError):
            return False
