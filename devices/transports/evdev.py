"""A keyboard-like device read below the desktop: /dev/input/event*, grabbed, so that nobody else gets its keys. Linux, stdlib only.

Opened by `transports.urls` for `evdev:///dev/input/by-id/...-event-kbd`.
"""

from __future__ import annotations

import contextlib
import errno
import importlib
import os
import re
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

from devices.model import Reason
from devices.transports.base import LinkError
from devices.transports.wakeup import Bell

# linux/input.h: _IOW('E', 0x90, int) and _IOC(READ, 'E', 0x06, length).
EVIOCGRAB = 0x40044590
EVIOCGNAME = 0x80004506

_EVENT_SIZE = struct.calcsize("llHHi")
_MOST_EVENTS = 256
_LONGEST_NAME = 256

_REASONS = {
    errno.ENOENT: Reason.ABSENT,
    errno.ENXIO: Reason.ABSENT,
    errno.ENODEV: Reason.ABSENT,
    errno.EACCES: Reason.DENIED,
    errno.EPERM: Reason.DENIED,
    errno.EBUSY: Reason.BUSY,
}

SEAT = Path("/run/systemd/seats/seat0")


def seat_is_ours(seat: Path = SEAT, uid: int | None = None) -> bool:
    """False when somebody else sits at the screen now (user switching): then their keys are none of our business.

    `uid`: who we are; the system's own user (0) runs stations that have no desktop of a person.
    """
    try:
        active = re.search(r"^ACTIVE_UID=(\d+)$", seat.read_text("ascii", "replace"), re.MULTILINE)
    except OSError:
        return True  # no seats here: a station without a desktop
    own = os.getuid() if uid is None else uid
    return active is None or own in (0, int(active.group(1)))


class EvdevTransport:
    """One input device. `read` gives whole input events; there is nothing to write. `name` is what the kernel calls it, once open."""

    def __init__(self, path: str, seat: Callable[[], bool] = seat_is_ours) -> None:
        self._path = path
        self._seat_is_ours = seat
        self._fd: int | None = None
        self._bell = Bell()
        self._woken = False
        self._cancelled = False
        self.name = ""

    def open(self) -> None:
        """Open and grab it; LinkError(denied) while somebody else sits at the screen."""
        self.close()
        if self._cancelled:
            raise LinkError(Reason.STOPPED, self._path)
        if not self._seat_is_ours():
            raise LinkError(Reason.DENIED, f"{self._path}: another user is at the screen")
        try:
            fd = os.open(self._path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as trouble:
            raise LinkError(_REASONS.get(trouble.errno or 0, Reason.ABSENT), f"{self._path}: {trouble}") from trouble
        try:
            _ioctl().ioctl(fd, EVIOCGRAB, 1)
        except OSError as trouble:
            os.close(fd)
            reason = _REASONS.get(trouble.errno or 0, Reason.WRONG_DIALECT)  # ENOTTY: no input device at all
            raise LinkError(reason, f"{self._path}: cannot be grabbed: {trouble}") from trouble
        self._fd = fd
        self.name = self._ask_name(fd)

    def read(self, timeout: float) -> bytes:
        """See Transport.read. Gives the device back when another user comes to the screen (LinkError denied)."""
        fd = self._opened()
        if not self._seat_is_ours():
            self.close()
            raise LinkError(Reason.DENIED, f"{self._path}: another user is at the screen")
        called = self._woken or self._cancelled
        ready = self._bell.wait(0.0 if called else timeout, readers=[fd])
        self._woken = False
        if self._cancelled:
            raise LinkError(Reason.STOPPED, self._path)
        if not ready:
            return b""
        try:
            data = os.read(fd, _EVENT_SIZE * _MOST_EVENTS)
        except BlockingIOError:
            return b""
        except OSError as trouble:  # ENODEV: unplugged
            raise LinkError(Reason.LOST, f"{self._path}: {trouble}") from trouble
        if not data:
            raise LinkError(Reason.LOST, f"{self._path}: no more events")
        return data

    def write(self, data: bytes, timeout: float) -> None:
        """A keyboard takes nothing from us: LinkError(refused)."""
        raise LinkError(Reason.REFUSED, f"{self._path}: takes no bytes")

    def close(self) -> None:
        """See Transport.close. The grab is given up, so that the device types again."""
        fd, self._fd = self._fd, None
        if fd is not None:
            with contextlib.suppress(OSError):
                _ioctl().ioctl(fd, EVIOCGRAB, 0)
            with contextlib.suppress(OSError):
                os.close(fd)

    def wake(self) -> None:
        """See Transport.wake."""
        self._woken = True
        self._bell.ring()

    def cancel(self) -> None:
        """See Transport.cancel."""
        self._cancelled = True
        self._bell.ring()

    def __del__(self) -> None:
        self.close()
        self._bell.close()

    def _opened(self) -> int:
        if self._cancelled:
            raise LinkError(Reason.STOPPED, self._path)
        if self._fd is None:
            raise LinkError(Reason.LOST, f"{self._path}: not open")
        return self._fd

    def _ask_name(self, fd: int) -> str:
        room = bytearray(_LONGEST_NAME)
        try:
            _ioctl().ioctl(fd, EVIOCGNAME | _LONGEST_NAME << 16, room)
        except OSError:
            return ""
        return "".join(char for char in room.split(b"\0")[0].decode("utf-8", "replace") if char.isprintable())


def _ioctl() -> Any:
    try:
        return importlib.import_module("fcntl")  # not on Windows
    except ImportError as trouble:
        raise LinkError(Reason.ABSENT, "input devices can be grabbed on Linux only") from trouble
