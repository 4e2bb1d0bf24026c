"""USB label printers through the kernel's printer class driver: `/dev/usb/lp0`. Used for every printer language, and for one-way printers.

The ioctls are those of the Linux driver (drivers/usb/class/usblp.c, include/uapi/linux/lp.h).
"""

from __future__ import annotations

import contextlib
import errno
import os
from dataclasses import dataclass

from devices.model import Reason
from devices.transports.base import LinkError
from devices.transports.wakeup import Bell, deadline_after, remaining

EMPTY_S = 0.02
_LPGETSTATUS = 0x060B
_LONGEST_ID = 1023
# _IOC(_IOC_READ, 'P', 1, len): IEEE 1284 device id, two bytes of length (big endian, itself included) and the text.
_LPIOC_GET_DEVICE_ID = (2 << 30) | (_LONGEST_ID << 16) | (ord("P") << 8) | 1
_PAPER_OUT, _SELECTED, _NO_ERROR = 0x20, 0x10, 0x08

_REASONS = {
    errno.ENOENT: Reason.ABSENT,
    errno.ENODEV: Reason.ABSENT,
    errno.ENXIO: Reason.ABSENT,
    errno.EBUSY: Reason.BUSY,
    errno.EACCES: Reason.DENIED,
    errno.EPERM: Reason.DENIED,
}


@dataclass(frozen=True, slots=True)
class PortStatus:
    """What the port itself says, whatever the printer's language."""

    paper_out: bool
    selected: bool
    error: bool


def port_status(byte: int) -> PortStatus:
    """The status byte of a printer port (IEEE 1284 names; the error line is low when there is one)."""
    return PortStatus(bool(byte & _PAPER_OUT), bool(byte & _SELECTED), not byte & _NO_ERROR)


def device_id(raw: bytes) -> dict[str, str]:
    """`MFG:Zebra;MDL:ZD421;CMD:ZPL;` behind its two bytes of length, as a table with the names as they came, upper case."""
    length = min(int.from_bytes(raw[:2], "big"), _LONGEST_ID)
    text = "".join(char if char.isprintable() else " " for char in raw[2:length].decode("latin-1"))
    pairs = (field.partition(":") for field in text.split(";"))
    return {name.strip().upper(): value.strip() for name, colon, value in pairs if colon}


def look(path: str) -> tuple[PortStatus | None, dict[str, str]]:
    """Ask the port how it is and who is there; None and nothing where the driver behind it cannot tell. LinkError if it does not open."""
    import fcntl  # Windows has none

    handle = _open(path)
    try:
        status, words = None, {}
        answer = bytearray(4)
        with contextlib.suppress(OSError):
            fcntl.ioctl(handle, _LPGETSTATUS, answer)
            status = port_status(answer[0])
        raw = bytearray(_LONGEST_ID)
        with contextlib.suppress(OSError):
            fcntl.ioctl(handle, _LPIOC_GET_DEVICE_ID, raw)
            words = device_id(bytes(raw))
        return status, words
    finally:
        os.close(handle)


class UsblpTransport:
    """One printer port. The kernel lets one program have it at a time. Reads and writes can be ended by `wake` and `cancel`."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._handle: int | None = None
        self._bell = Bell()
        self._cancelled = False

    def open(self) -> None:
        """See Transport.open."""
        self.close()
        self._handle = _open(self._path)

    def read(self, timeout: float) -> bytes:
        """See Transport.read."""
        handle = self._opened()
        ready = self._bell.wait(timeout, readers=[handle])
        if self._cancelled:
            raise LinkError(Reason.STOPPED, self._path)
        if not ready:
            return b""
        try:
            data = os.read(handle, 4096)
        except BlockingIOError:
            return b""
        except OSError as trouble:
            raise LinkError(Reason.LOST, f"{self._path}: {trouble}") from trouble
        if not data:
            # An idle port may be readable and give nothing (an empty USB transfer); only an unplugged one gives an error.
            self._bell.wait(min(timeout, EMPTY_S))
        return data

    def write(self, data: bytes, timeout: float) -> None:
        """See Transport.write. `sent` of the error counts what the kernel took."""
        handle = self._opened()
        deadline = deadline_after(timeout)
        sent = 0
        while sent < len(data):
            try:
                sent += os.write(handle, data[sent : sent + 8192])
                continue
            except BlockingIOError:
                pass
            except OSError as trouble:
                raise LinkError(Reason.LOST, f"{self._path}: {trouble}", sent) from trouble
            self._await_writable(handle, deadline, sent)

    def close(self) -> None:
        """See Transport.close."""
        handle, self._handle = self._handle, None
        if handle is not None:
            with contextlib.suppress(OSError):
                os.close(handle)

    def wake(self) -> None:
        """See Transport.wake."""
        self._bell.ring()

    def cancel(self) -> None:
        """See Transport.cancel."""
        self._cancelled = True
        self._bell.ring()

    def __del__(self) -> None:
        self.close()
        self._bell.close()

    def _await_writable(self, handle: int, deadline: float, sent: int) -> None:
        while not self._bell.wait(remaining(deadline), writers=[handle]):
            if self._cancelled:
                raise LinkError(Reason.STOPPED, self._path, sent)
            if not remaining(deadline):
                raise LinkError(Reason.TIMED_OUT, f"{self._path}: takes no data", sent)

    def _opened(self) -> int:
        if self._cancelled:
            raise LinkError(Reason.STOPPED, self._path)
        if self._handle is None:
            raise LinkError(Reason.LOST, f"{self._path}: not open")
        return self._handle


def _open(path: str) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_NOCTTY)
    except OSError as trouble:
        raise LinkError(_REASONS.get(trouble.errno or 0, Reason.ABSENT), f"{path}: {trouble.strerror}") from trouble
