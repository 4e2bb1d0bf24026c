"""Where the device's private key lies: in the operating system's key store where there is one, else in a file only this user may read.

`key_store` chooses; the store's bootstrap calls it. A further key store (the `keyring` library, a TPM) is one more class behind `KeyStore`
and one more line in `_STORES`.
"""

import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final, Protocol

OWNER_ONLY = 0o600

_log = logging.getLogger(__name__)

_ANSWER_S: Final = 5.0
_NAMED: Final = ("application", "floorhand", "folder")


class KeyStore(Protocol):
    """Keeps one secret of a few bytes."""

    def load(self) -> bytes | None:
        """The secret, or None when none was kept yet. Raises `KeyStoreTrouble` when nobody can tell."""

    def save(self, secret: bytes) -> None:
        """Keeps the secret; a crash leaves the old one or the new one. Raises `KeyStoreTrouble`."""


class KeyStoreTrouble(OSError):
    """The key store of the operating system does not answer, or refuses."""


class KeyFile:
    """Owns one secret in a file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> bytes | None:
        """See the port."""
        return self._path.read_bytes() if self._path.exists() else None

    def save(self, secret: bytes) -> None:
        """See the port."""
        fresh = self._path.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        # Closed to others before there is anything to read.
        fresh.touch(mode=OWNER_ONLY, exist_ok=False)
        with fresh.open("r+b") as file:
            file.write(secret)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._path)

    def forget(self) -> None:
        """The secret is kept elsewhere now."""
        self._path.unlink(missing_ok=True)


class SecretService:
    """The Secret Service of a Linux desktop (GNOME Keyring, KWallet, KeePassXC), spoken to through libsecret's `secret-tool`. The secret
    travels through pipes, never on a command line. `folder` names the device: two clients of one user have two keys."""

    def __init__(self, tool: str, folder: Path) -> None:
        self._tool = tool
        self._names = (*_NAMED, str(folder))

    def load(self) -> bytes | None:
        """See the port."""
        done = self._run(("lookup", *self._names))
        if done.returncode != 0 and done.stderr:
            raise KeyStoreTrouble(done.stderr.decode(errors="replace").strip()[:200])
        try:
            return bytes.fromhex(done.stdout.decode().strip()) or None
        except ValueError:
            raise KeyStoreTrouble("the key store holds something that is no key") from None

    def save(self, secret: bytes) -> None:
        """See the port. Believed only when it reads back."""
        done = self._run(("store", "--label=Floorhand device key", *self._names), secret.hex().encode())
        if done.returncode != 0 or self.load() != secret:
            raise KeyStoreTrouble(done.stderr.decode(errors="replace").strip()[:200] or "the key was not kept")

    def _run(self, words: tuple[str, ...], given: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
        try:
            return subprocess.run(
                (self._tool, *words), input=given, capture_output=True, timeout=_ANSWER_S, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise KeyStoreTrouble(str(error)) from error


class Preferred:
    """The key store of the operating system, with the file as what was before it and what is left when it fails. A key is only ever in
    one of the two: it moves in once, and stays in the file where the store will not have it."""

    def __init__(self, store: KeyStore, file: KeyFile) -> None:
        self._store = store
        self._file = file

    def load(self) -> bytes | None:
        """See the port. A locked store must not look like a device without a key, or it would make itself a new one: raises."""
        in_file = self._file.load()
        if in_file is None:
            return self._store.load()
        self._move(in_file)
        return in_file

    def save(self, secret: bytes) -> None:
        """See the port."""
        self._file.save(secret)
        self._move(secret)

    def _move(self, secret: bytes) -> None:
        try:
            self._store.save(secret)
        except KeyStoreTrouble as trouble:
            _log.info("the device key stays in its file: %s", trouble)
            return
        self._file.forget()


def _secret_service(folder: Path) -> KeyStore | None:
    tool = shutil.which("secret-tool")
    there = sys.platform.startswith("linux") and bool(os.environ.get("DBUS_SESSION_BUS_ADDRESS"))
    return SecretService(tool, folder) if tool and there else None


_STORES: Final[tuple[Callable[[Path], KeyStore | None], ...]] = (_secret_service,)


def key_store(folder: Path) -> KeyStore:
    """The best place for the key of the device whose data lies in `folder`."""
    file = KeyFile(folder / "device.key")
    for find in _STORES:
        if (store := find(folder)) is not None:
            return Preferred(store, file)
    return file
