"""Printers that can only be written to: the Windows spooler, one-way USB and TCP ports (`?dialect=raw`). Bytes go out, nothing comes back.

Nobody pretends otherwise: a job ends UNCERTAIN at level 0 (1 where the port's own status line was clean before), and a person looks.
"""

from __future__ import annotations

from collections.abc import Callable

from devices.drivers.base import Evidence
from devices.model import PrinterIdentity, PrinterStatus, PrintJob, Reason
from devices.transports.base import Transport
from devices.transports.usblp import PortStatus

SEND_S = 10.0
PortLook = Callable[[], tuple[PortStatus | None, dict[str, str]]]
BLIND = PrinterStatus(True, warnings=(Reason.UNCONFIRMED,))
"""It may be used, and can tell nothing."""


class SpoolPrinterDriver:
    """One one-way printer. `look` asks the port's own status line, where there is one, while the transport is closed."""

    def __init__(self, transport: Transport, look: PortLook | None = None) -> None:
        self.confirm_level = 0 if look is None else 1
        self._transport = transport
        self._look = look
        self._port: PortStatus | None = None
        self._words: dict[str, str] = {}

    def connect(self) -> None:
        """See PrinterDriver.connect."""
        if self._look is not None:
            self._port, self._words = self._look()
        self._transport.open()

    def disconnect(self) -> None:
        """See PrinterDriver.disconnect."""
        self._transport.close()

    def identify(self) -> PrinterIdentity | None:
        """What the port knows of the device behind it."""
        words = [self._words.get(short) or self._words.get(long, "") for short, long in _NAMES]
        model = " ".join(word for word in words if word)
        return PrinterIdentity(model, serial=self._words.get("SN", "")) if model else None

    def status(self) -> PrinterStatus:
        """The port's status line where there is one. Otherwise: it opened, more is not known."""
        if self._port is None:
            return BLIND
        found = {
            Reason.MEDIA_EMPTY: self._port.paper_out,
            Reason.PAUSED: not self._port.selected,
            Reason.OTHER: self._port.error and not self._port.paper_out,
        }
        reasons = tuple(reason for reason, present in found.items() if present)
        return PrinterStatus(not reasons, reasons, BLIND.warnings)

    def clear_partial(self) -> None:
        """In which language would one say so?"""

    def prepare(self, job: PrintJob) -> bytes:
        """The payload, so many times: a port counts nothing."""
        return job.payload * job.copies

    def send(self, wire: bytes) -> None:
        """See PrinterDriver.send."""
        self._transport.write(wire, SEND_S)

    def evidence(self, job: PrintJob, timeout: float) -> Evidence:
        """The bytes were taken. That is all there will ever be."""
        return Evidence(0, consumed=True, status=BLIND)

    def cancel(self) -> None:
        """See PrinterDriver.cancel."""
        self._transport.cancel()


_NAMES = (("MFG", "MANUFACTURER"), ("MDL", "MODEL"))
