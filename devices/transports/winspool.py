"""Printers of the Windows spooler, written to in RAW mode. UNTESTED ON WINDOWS: written from Microsoft's documentation of winspool.drv
(OpenPrinter, StartDocPrinter, WritePrinter, EndDocPrinter), never run there.

The spooler takes bytes and says nothing about the label: a print job over it can only end UNCERTAIN.
"""

from __future__ import annotations

import sys
import threading
from typing import Any

from devices.model import Reason
from devices.transports.base import LinkError

_REASONS = {
    5: Reason.DENIED,  # ERROR_ACCESS_DENIED
    1801: Reason.ABSENT,  # ERROR_INVALID_PRINTER_NAME
    1722: Reason.ABSENT,  # RPC_S_SERVER_UNAVAILABLE: the print server
}


class WinspoolTransport:
    """One printer by its Windows name. Each time it is open is one document of the spooler, sent off by `close`."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._handle: Any = None
        self._stopped = threading.Event()
        self._woken = threading.Event()

    def open(self) -> None:
        """Begin a document; LinkError(absent) where there is no Windows."""
        self.close()
        spool = self._spool()
        import ctypes

        class DocInfo(ctypes.Structure):
            """DOC_INFO_1W: name in the queue, file instead of a printer, data type."""

            _fields_ = (("name", ctypes.c_wchar_p), ("output", ctypes.c_wchar_p), ("kind", ctypes.c_wchar_p))

        handle = ctypes.c_void_p()
        if not spool.OpenPrinterW(self._name, ctypes.byref(handle), None):
            raise self._error("not opened")
        if not spool.StartDocPrinterW(handle, 1, ctypes.byref(DocInfo("Floorhand label", None, "RAW"))):
            trouble = self._error("takes no document")
            spool.ClosePrinter(handle)
            raise trouble
        self._handle = handle

    def read(self, timeout: float) -> bytes:
        """Nothing ever comes back; waits like any other transport."""
        self._woken.wait(timeout)
        self._woken.clear()
        if self._stopped.is_set():
            raise LinkError(Reason.STOPPED, self._name)
        return b""

    def write(self, data: bytes, timeout: float) -> None:
        """See Transport.write. The spooler writes to its disk, so `timeout` is not needed."""
        if self._handle is None:
            raise LinkError(Reason.LOST, f"{self._name}: not open")
        import ctypes

        spool, sent = self._spool(), 0
        while sent < len(data):
            written = ctypes.c_ulong()
            if not spool.WritePrinter(self._handle, data[sent:], len(data) - sent, ctypes.byref(written)):
                raise self._error("write failed", sent)
            sent += written.value

    def close(self) -> None:
        """End the document; the spooler prints it from now on."""
        handle, self._handle = self._handle, None
        if handle is not None:
            spool = self._spool()
            spool.EndDocPrinter(handle)
            spool.ClosePrinter(handle)

    def wake(self) -> None:
        """See Transport.wake."""
        self._woken.set()

    def cancel(self) -> None:
        """See Transport.cancel."""
        self._stopped.set()
        self._woken.set()

    def _spool(self) -> Any:
        if sys.platform == "win32":
            import ctypes

            return ctypes.WinDLL("winspool.drv", use_last_error=True)
        raise LinkError(Reason.ABSENT, f"{self._name}: the Windows spooler is on Windows only")

    def _error(self, what: str, sent: int = 0) -> LinkError:
        code = 0
        if sys.platform == "win32":
            import ctypes

            code = ctypes.get_last_error()
        return LinkError(_REASONS.get(code, Reason.LOST), f"{self._name}: {what} (error {code})", sent)
