"""USB HID reports through hidapi: HID-POS scanners (usage page 8C) and scales (8D). Opened by `transports.urls`, listed for discovery."""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar
from urllib.parse import quote

from devices.codecs.hid_descriptor import longest_input
from devices.model import Reason
from devices.transports.base import LinkError
from devices.transports.wakeup import deadline_after, remaining

SCANNER_PAGE = 0x8C
SCALE_PAGE = 0x8D

LONGEST_REPORT = 1024
"""Room for a report of a device that does not describe itself; others tell how long theirs are."""
ALONE_MS = 50
ROUND_MS = 16
SHORTEST_MS = 2
"""One read at most: alone it may wait long; beside others all of them share one round, so that each is heard within 20 ms."""
CLOSE_S = 1.0

_T = TypeVar("_T")

# hidapi is not safe to be used by several threads at once (enumerating while another opens), so one thread makes every call of it.
_hands = ThreadPoolExecutor(1, thread_name_prefix="hidapi")
_open_now = 0  # only that thread counts


@cache
def _api() -> Any:
    # The package brings two modules on Linux: "hid" takes the device away from the kernel through libusb, "hidraw" uses its nodes.
    return importlib.import_module("hidraw" if sys.platform == "linux" else "hid")


def _hand(call: Callable[[], _T]) -> Future[_T]:
    try:
        return _hands.submit(call)
    except RuntimeError as trouble:  # the interpreter is going down
        raise LinkError(Reason.STOPPED, str(trouble)) from trouble


@dataclass(frozen=True, slots=True)
class HidInfo:
    """One collection of one HID device as the system lists it. Words come from the device: show them only through a filter."""

    path: str
    vendor: int
    product: int
    serial: str
    maker: str
    name: str
    usage_page: int
    usage: int

    @property
    def url(self) -> str:
        """Address that stays when the device is plugged in elsewhere, if it has a serial number; else the address of its node."""
        if self.serial:
            return f"hid://{self.vendor:04x}:{self.product:04x}/{quote(self.serial, safe='')}"
        return f"hid:///{quote(self.path.lstrip('/'))}"


def enumerate_hid(usage_page: int | None = None) -> tuple[HidInfo, ...]:
    """All HID devices, or those with a collection on `usage_page` (SCANNER_PAGE, SCALE_PAGE). Empty where hidapi cannot look."""
    try:
        seen = _hand(lambda: _api().enumerate()).result()
    except (OSError, ImportError, LinkError):
        return ()
    found = (_info(entry) for entry in seen)
    return tuple(info for info in found if usage_page is None or info.usage_page == usage_page)


def _info(entry: dict[str, Any]) -> HidInfo:
    return HidInfo(
        os.fsdecode(entry["path"]),
        entry["vendor_id"],
        entry["product_id"],
        entry["serial_number"] or "",
        entry["manufacturer_string"] or "",
        entry["product_string"] or "",
        entry["usage_page"],
        entry["usage"],
    )


@dataclass(frozen=True, slots=True)
class HidAddress:
    """Which device is meant: a node of the system, or vendor, product and (unless empty) serial number."""

    path: str = ""
    vendor: int = 0
    product: int = 0
    serial: str = ""

    def __str__(self) -> str:
        return self.path or ":".join([f"{self.vendor:04x}", f"{self.product:04x}", *filter(None, [self.serial])])


class HidTransport:
    """One HID device. `read` gives one whole input report with its report id in front, `write` sends one output report with its id."""

    def __init__(self, address: HidAddress) -> None:
        self._address = address
        self._device: Any = None
        self._longest = LONGEST_REPORT
        self._reading: Future[bytes] | None = None
        self._stir = threading.Event()
        self._woken = False
        self._cancelled = False

    def open(self) -> None:
        """Open the device; of its collections that of a scanner or scale."""
        self.close()
        if self._cancelled:
            raise LinkError(Reason.STOPPED, str(self._address))
        try:
            self._device, self._longest = _hand(lambda: _open(self._node())).result()
        except ImportError as trouble:
            raise LinkError(Reason.ABSENT, f"{self._address}: {trouble}") from trouble
        self._reading = None

    def _node(self) -> str:
        wanted = self._address
        if wanted.path:
            return wanted.path
        same = [
            info
            for info in map(_info, _api().enumerate(wanted.vendor, wanted.product))
            if not wanted.serial or info.serial == wanted.serial
        ]
        if not same:
            raise LinkError(Reason.ABSENT, f"{wanted}: not plugged in")
        # A scanner often is a keyboard, too; that half is not ours.
        return min(same, key=lambda info: info.usage_page not in (SCANNER_PAGE, SCALE_PAGE)).path

    def read(self, timeout: float) -> bytes:
        """See Transport.read. A report that comes while nobody waits is kept for the next read."""
        device = self._opened()
        deadline = deadline_after(timeout)
        while True:
            reading = self._reading or self._begin(device)
            if not (self._woken or self._cancelled):
                self._stir.wait(remaining(deadline))
            self._stir.clear()
            if self._cancelled:
                raise LinkError(Reason.STOPPED, str(self._address))
            if reading.done():
                self._reading = None
                report = self._result(reading)
                if report:
                    return report
            if self._woken or not remaining(deadline):
                self._woken = False
                return b""

    def _begin(self, device: Any) -> Future[bytes]:
        reading = _hand(lambda: bytes(device.read(self._longest, _patience_ms())))
        self._reading = reading
        reading.add_done_callback(lambda _: self._stir.set())
        return reading

    def _result(self, reading: Future[bytes]) -> bytes:
        try:
            return reading.result()
        except (OSError, ValueError) as trouble:
            raise LinkError(Reason.LOST, f"{self._address}: {trouble}") from trouble

    def write(self, data: bytes, timeout: float) -> None:
        """See Transport.write. A report goes as a whole or not at all."""
        device = self._opened()
        writing = _hand(lambda: int(device.write(data)))
        try:
            sent = writing.result(timeout + CLOSE_S)
        except TimeoutError as trouble:
            raise LinkError(Reason.TIMED_OUT, str(self._address), len(data)) from trouble
        except (OSError, ValueError) as trouble:
            raise LinkError(Reason.LOST, f"{self._address}: {trouble}") from trouble
        if sent < 0:
            raise LinkError(Reason.LOST, f"{self._address}: the report was not taken")

    def close(self) -> None:
        """See Transport.close."""
        device, self._device = self._device, None
        if device is not None:
            with contextlib.suppress(OSError, ValueError, TimeoutError, LinkError):
                _hand(lambda: _close(device)).result(CLOSE_S)

    def wake(self) -> None:
        """See Transport.wake."""
        self._woken = True
        self._stir.set()

    def cancel(self) -> None:
        """See Transport.cancel."""
        self._cancelled = True
        self._stir.set()

    def _opened(self) -> Any:
        if self._cancelled:
            raise LinkError(Reason.STOPPED, str(self._address))
        if self._device is None:
            raise LinkError(Reason.LOST, f"{self._address}: not open")
        return self._device


def _patience_ms() -> int:
    return ALONE_MS if _open_now < 2 else max(ROUND_MS // _open_now, SHORTEST_MS)


def _open(node: str) -> tuple[Any, int]:
    global _open_now
    device = _api().device()
    try:
        device.open_path(os.fsencode(node))
    except OSError as trouble:
        raise LinkError(_why_not(node), f"{node}: {trouble}") from trouble
    _open_now += 1
    try:
        longest = longest_input(bytes(device.get_report_descriptor()))
    except (OSError, ValueError):
        longest = 0
    return device, longest or LONGEST_REPORT


def _close(device: Any) -> None:
    global _open_now
    _open_now -= 1
    device.close()


def _why_not(node: str) -> Reason:
    # hidapi only says "open failed".
    if sys.platform != "linux":
        return Reason.BUSY
    if not os.path.exists(node):  # noqa: PTH110 - a node of the system, by its name
        return Reason.ABSENT
    return Reason.BUSY if os.access(node, os.R_OK | os.W_OK) else Reason.DENIED
