"""Devices whose address a person typed: `10.0.0.7`, `printer.local:9101`, or a whole address. A source like the others."""

from __future__ import annotations

import re
import threading

from devices.discovery.finder import Report
from devices.discovery.found import Found, plain
from devices.transports.urls import key_for, option

RAW_PORT = 9100
_HOST = re.compile(r"(?P<host>[A-Za-z0-9][A-Za-z0-9.-]{0,252}|\[[0-9A-Fa-f:.]{2,45}\])(?::(?P<port>[0-9]{1,5}))?")


def address(text: str) -> str:
    """The address meant by what was typed; a bare host means port 9100. ValueError when it makes no sense."""
    text = text.strip()
    if "://" in text:
        key_for(text)
        return text
    match = _HOST.fullmatch(text)
    port = int(match["port"] or RAW_PORT) if match else 0
    if match is None or not 1 <= port <= 65_535:
        raise ValueError("type host, host:port or an address like serial:///dev/ttyUSB0")
    return f"tcp://{match['host']}:{port}"


class ByHand:
    """What people typed, until they take it back. `add` and `remove` from any thread."""

    way = "by hand"

    def __init__(self) -> None:
        self._found: dict[str, Found] = {}
        self._report: Report | None = None
        self._lock = threading.Lock()

    def start(self, report: Report) -> None:
        """See Source.start."""
        self._report = report
        self._tell()

    def search(self) -> None:
        """See Source.search: there is nothing to look for."""

    def stop(self) -> None:
        """See Source.stop."""
        self._report = None

    def add(self, text: str, name: str = "") -> Found:
        """Offer what was typed; says what it became. ValueError when it makes no sense."""
        url = address(text)
        dialect = option(url, "dialect", "") or None
        found = Found(key_for(url), url, None, dialect, plain(name) or plain(text), "", "", (self.way,))
        with self._lock:
            self._found[url] = found
        self._tell()
        return found

    def remove(self, url: str) -> None:
        """Offer it no more. KeyError if it was not offered."""
        with self._lock:
            del self._found[url]
        self._tell()

    def _tell(self) -> None:
        with self._lock:
            found = tuple(self._found.values())
        if self._report is not None:
            self._report(found)
