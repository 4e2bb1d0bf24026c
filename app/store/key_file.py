"""The device's private key in a file that only this user may read. The operating system's key store comes in behind the same port."""

from pathlib import Path

OWNER_ONLY = 0o600


class KeyFile:
    """Owns one secret of a few bytes."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> bytes | None:
        """The secret, or None when none was kept yet."""
        return self._path.read_bytes() if self._path.exists() else None

    def save(self, secret: bytes) -> None:
        """Keeps the secret; a crash leaves the old one or the new one."""
        fresh = self._path.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        # Closed to others before there is anything to read.
        fresh.touch(mode=OWNER_ONLY)
        fresh.write_bytes(secret)
        fresh.replace(self._path)
