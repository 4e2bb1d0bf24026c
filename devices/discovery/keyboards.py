"""Scanners that pretend to be a keyboard and can be grabbed (Linux evdev). Only looks at names; opens nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from devices.discovery.found import Found, plain
from devices.discovery.known import SCANNER_VENDORS
from devices.discovery.polling import POLL_S, PollingSource
from devices.model import DeviceKey, Role
from devices.transports.urls import key_for

BY_ID = Path("/dev/input/by-id")
CLASS = Path("/sys/class/input")
_SOUNDS_LIKE = re.compile(r"(?i)scanner|bar ?code|hand ?held|imager")


class KeyboardScanners(PollingSource):
    """Offers a keyboard only if its maker makes nothing but scanners, or its name says so: a person's keyboard must never be grabbed."""

    way = "keyboard scanner"

    def __init__(self, by_id: Path = BY_ID, system: Path = CLASS, poll_s: float = POLL_S) -> None:
        super().__init__(poll_s)
        self._by_id = by_id
        self._system = system

    def look(self) -> Sequence[Found]:
        """See PollingSource.look."""
        links = sorted(self._by_id.glob("*-event-kbd")) if self._by_id.is_dir() else []
        return [found for link in links if (found := self._found(link)) is not None]

    def _found(self, link: Path) -> Found | None:
        node = link.resolve()
        device = self._system / node.name / "device"
        vendor, name = (_read(device / each) for each in ("id/vendor", "name"))
        try:
            known = int(vendor, 16) in SCANNER_VENDORS
        except ValueError:
            known = False
        if not known and not _SOUNDS_LIKE.search(f"{name} {link.name}"):
            return None
        url = f"evdev://{link}?dialect=evdev"
        aliases = (DeviceKey(f"evdev:{node}"),)
        shown = plain(name) or plain(link.name)
        return Found(key_for(url), url, Role.SCANNER, "evdev", shown, plain(name), "", (self.way,), aliases)


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace")[:200].strip()
    except OSError:
        return ""
