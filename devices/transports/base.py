"""What every way of carrying bytes offers, and how it fails. Implemented by serial_port, tcp and memory; called by drivers."""

from __future__ import annotations

from typing import Protocol

from devices.model import Reason


class LinkError(Exception):
    """The link failed. `reason` says how; `sent` is how many bytes of the failed write had left us (it decides FAILED or UNCERTAIN)."""

    def __init__(self, reason: Reason, detail: str = "", sent: int = 0) -> None:
        super().__init__(f"{reason.value}: {detail}" if detail else reason.value)
        self.reason = reason
        self.detail = detail
        self.sent = sent


class Transport(Protocol):
    """A byte pipe. One thread uses it; only `wake` and `cancel` may be called from another."""

    def open(self) -> None:
        """Open the pipe; raises LinkError (absent, busy, denied, refused, timed-out)."""

    def read(self, timeout: float) -> bytes:
        """What has arrived, waiting up to `timeout` seconds for a first byte; b"" on timeout or wake. LinkError(lost): the peer is gone."""

    def write(self, data: bytes, timeout: float) -> None:
        """Hand over all of `data` within `timeout` seconds, or raise LinkError with `sent`."""

    def close(self) -> None:
        """Close; never raises, may be called twice."""

    def wake(self) -> None:
        """End the owning thread's present read, or its next one. Any thread, any time; connecting and writing are not disturbed."""

    def cancel(self) -> None:
        """We are shutting down: every wait, present and future, ends at once with LinkError(stopped). Any thread, any time."""
