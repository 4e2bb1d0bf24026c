"""Secrets that must be read again (a signature is computed with them), sealed by a key that is not in the database: who has the database,
or a backup of it, has none of them. Routes of channels and webhooks use it; the server command makes one."""

import base64
import binascii
import os
import secrets
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_KEY: Final = 32
_NONCE: Final = 12


class BadKey(ValueError):
    """The key of secrets is not 32 bytes in base64."""


class Sealer:
    """Seals with AES-256-GCM. Without a key nothing can be sealed, and nothing that was is read."""

    def __init__(self, key: bytes | None) -> None:
        self._cipher = AESGCM(key) if key is not None else None

    @classmethod
    def from_text(cls, text: str) -> "Sealer":
        """Of a key in base64, as `FLOORHAND_SECRETS_KEY` holds it where several servers share one; raises `BadKey`."""
        try:
            key = base64.b64decode(text.strip(), validate=True)
        except binascii.Error:
            raise BadKey("not base64") from None
        if len(key) != _KEY:
            raise BadKey(f"{len(key)} bytes")
        return cls(key)

    @classmethod
    def kept_in(cls, path: Path) -> "Sealer":
        """Of the key in a file that only this server may read; made when there is none. Raises `BadKey`, OSError."""
        try:
            file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return cls.from_text(path.read_text())
        with os.fdopen(file, "wb") as out:
            out.write(base64.b64encode(secrets.token_bytes(_KEY)))
            out.flush()
            os.fsync(out.fileno())
        return cls.from_text(path.read_text())

    @property
    def ready(self) -> bool:
        """Whether it has a key."""
        return self._cipher is not None

    def seal(self, secret: str, about: str) -> str:
        """`secret` sealed for `about` (a channel's code): it opens for nothing else. Raises `BadKey` without a key."""
        if self._cipher is None:
            raise BadKey("no key")
        nonce = secrets.token_bytes(_NONCE)
        return base64.b64encode(nonce + self._cipher.encrypt(nonce, secret.encode(), about.encode())).decode()

    def open(self, sealed: str, about: str) -> str | None:
        """The secret; None when there is none, or when it was sealed by another key or for something else."""
        if self._cipher is None or not sealed:
            return None
        raw = base64.b64decode(sealed)
        try:
            return self._cipher.decrypt(raw[:_NONCE], raw[_NONCE:], about.encode()).decode()
        except InvalidTag:
            return None
