"""Serial lines: RS-232, USB-COM, Bluetooth SPP and pseudo terminals, through pySerial."""

from __future__ import annotations

import contextlib
import errno
import os
import select
from dataclasses import dataclass

import serial

try:
    import termios
except ImportError:  # Windows
    _TERMINAL: tuple[type[Exception], ...] = ()
else:
    _TERMINAL = (termios.error,)

try:
    from termios import error as _SettingRefused
except ImportError:  # Windows says it with a ValueError
    _SettingRefused = ValueError  # type: ignore[assignment, misc]

from devices.model import Reason
from devices.transports.base import LinkError

_REASONS = {
    errno.ENOENT: Reason.ABSENT,
    errno.ENXIO: Reason.ABSENT,
    errno.ENODEV: Reason.ABSENT,
    errno.EIO: Reason.ABSENT,
    errno.EAGAIN: Reason.BUSY,
    errno.EBUSY: Reason.BUSY,
    errno.EACCES: Reason.DENIED,
    errno.EPERM: Reason.DENIED,
}


LARGEST_READ = 4096


@dataclass(frozen=True, slots=True)
class LineSettings:
    """Speed and framing of a line; 9600 8N1 is what most scanners and scales come with."""

    baud: int = 9600
    bits: int = 8
    parity: str = "N"
    stop: float = 1


class SerialTransport:
    """One serial port, opened exclusively so that two programs never share a scale."""

    def __init__(self, port: str, settings: LineSettings | None = None) -> None:
        self._port = port
        self._settings = settings or LineSettings()
        self._line: serial.Serial | None = None
        self._cancelled = False

    def open(self) -> None:
        """Open the port and drop what was waiting in it: a scan from before we listened is nobody's."""
        self.close()
        try:
            self._line = self._opened_with(self._settings)
        except (OSError, ValueError, _SettingRefused) as trouble:  # SerialException is an OSError
            code = getattr(trouble, "errno", None)
            raise LinkError(
                _REASONS.get(code, Reason.ABSENT) if code else Reason.DENIED, f"{self._port}: {trouble}"
            ) from trouble

    def _opened_with(self, line: LineSettings) -> serial.Serial:
        port: serial.Serial | None = None
        try:
            port = serial.Serial(
                self._port,
                baudrate=line.baud,
                bytesize=line.bits,
                parity=line.parity,
                stopbits=line.stop,
                timeout=0,
                write_timeout=1,
                exclusive=True,
            )
            if line.bits != 8:
                # A port that did not take the setting says so only when it is set again.
                port.timeout = 0.2
            return port
        except (ValueError, _SettingRefused):
            if port is not None:
                port.close()
            if line.bits == 8:
                raise
            # Pseudo terminals and some USB converters know 8 bits only. The codecs strip the parity that 7E1 then shows in bit 7.
            return self._opened_with(LineSettings(line.baud))

    def read(self, timeout: float) -> bytes:
        """See Transport.read."""
        line = self._opened()
        try:
            data = _read_posix(line, timeout) if _TERMINAL else _read_windows(line, timeout)
        except (OSError, TypeError, ValueError) as trouble:  # the last two when the port is closed under a read
            raise LinkError(Reason.LOST, f"{self._port}: {trouble}") from trouble
        if self._cancelled:
            raise LinkError(Reason.STOPPED, self._port)
        return data

    def write(self, data: bytes, timeout: float) -> None:
        """See Transport.write."""
        line = self._opened()
        sent = 0
        try:
            if line.write_timeout != timeout:
                line.write_timeout = timeout
            # In pieces, so that after a failure it is known how much had left at least.
            while sent < len(data):
                sent += _write(line, data[sent : sent + 64])
        except serial.SerialTimeoutException as trouble:
            # The piece on which the time ran out may have gone in part.
            raise LinkError(
                Reason.TIMED_OUT, f"{self._port}: line takes no data", min(sent + 1, len(data))
            ) from trouble
        except (OSError, TypeError) as trouble:
            raise LinkError(Reason.LOST, f"{self._port}: {trouble}", sent) from trouble

    def close(self) -> None:
        """See Transport.close."""
        line, self._line = self._line, None
        if line is not None:
            with contextlib.suppress(OSError, TypeError):
                line.close()

    def wake(self) -> None:
        """See Transport.wake; pySerial keeps the call for the next read if none is waiting."""
        line = self._line
        if line is not None and hasattr(line, "cancel_read"):
            # The owning thread may close the port at this very moment.
            with contextlib.suppress(OSError, TypeError):
                line.cancel_read()

    def cancel(self) -> None:
        """See Transport.cancel."""
        self._cancelled = True
        self.wake()
        line = self._line
        if line is not None and hasattr(line, "cancel_write"):
            with contextlib.suppress(OSError, TypeError):
                line.cancel_write()

    def _opened(self) -> serial.Serial:
        if self._cancelled:
            raise LinkError(Reason.STOPPED, self._port)
        if self._line is None:
            raise LinkError(Reason.LOST, f"{self._port}: not open")
        return self._line


def _write(line: serial.Serial, piece: bytes) -> int:
    if _TERMINAL:
        # The port does not block; only a full one needs pySerial's patience.
        with contextlib.suppress(BlockingIOError):
            return os.write(line.fileno(), piece)
    return line.write(piece) or 0


def _read_posix(line: serial.Serial, timeout: float) -> bytes:
    # pySerial's own read asks the system three times as often, which a station with thirty devices notices.
    port, bell = line.fileno(), int(line.pipe_abort_read_r or 0)
    ready, _, _ = select.select([port, bell], [], [], max(timeout, 0.0))
    if bell in ready:
        os.read(bell, 64)
    if port not in ready:
        return b""
    data = os.read(port, LARGEST_READ)
    if not data:
        # Ready and nothing there: that is how a terminal says that its other end is gone.
        raise OSError("the device is gone")
    return data


def _read_windows(line: serial.Serial, timeout: float) -> bytes:
    if line.timeout != timeout:
        line.timeout = timeout
    first = line.read(1)
    return first + line.read(line.in_waiting) if first else b""
