"""HID scanners and scales of this machine, by their usage page. Only reads the system's list; opens nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from devices.discovery.found import Found, plain
from devices.discovery.polling import POLL_S, PollingSource
from devices.model import DeviceKey, Role
from devices.transports.hidraw import SCALE_PAGE, SCANNER_PAGE, HidInfo, enumerate_hid
from devices.transports.urls import key_for

_PAGES = {SCANNER_PAGE: (Role.SCANNER, "hid-pos"), SCALE_PAGE: (Role.SCALE, "usb-hid-scale")}


class HidDevices(PollingSource):
    """Looks for usage pages 8C (point of sale scanners) and 8D (scales)."""

    way = "USB HID"

    def __init__(
        self, enumerate_devices: Callable[[], Sequence[HidInfo]] = enumerate_hid, poll_s: float = POLL_S
    ) -> None:
        super().__init__(poll_s)
        self._enumerate = enumerate_devices

    def look(self) -> Sequence[Found]:
        """See PollingSource.look."""
        seen = [info for info in self._enumerate() if info.usage_page in _PAGES]
        kinds = Counter((info.vendor, info.product) for info in seen)
        return [self._found(info, kinds[info.vendor, info.product] == 1) for info in seen]

    def _found(self, info: HidInfo, alone: bool) -> Found:
        role, dialect = _PAGES[info.usage_page]
        model = plain(f"{info.maker} {info.name}")
        ids = f"{info.vendor:04x}:{info.product:04x}"
        # Without a serial number a device is known by its kind, in whatever socket; of two of a kind only the node tells which.
        place = f"hid://{ids}" if alone and not info.serial else info.url
        url = f"{place}?dialect={dialect}"
        return Found(
            key_for(url),
            url,
            role,
            dialect,
            model or ids,
            model,
            plain(info.serial),
            (self.way,),
            (DeviceKey(f"hid:{info.path}"),),
        )
