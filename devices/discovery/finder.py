"""All sources of discovery together: starts them, merges what they see, says so when it changes. Made by the client's bootstrap."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from typing import Protocol

from devices.discovery.found import Found, merge

log = logging.getLogger(__name__)

__all__ = ["Finder", "Found", "Source"]

Report = Callable[[Sequence[Found]], None]
"""Takes everything that a source sees now; called on the source's thread, only when it changed."""


class Source(Protocol):
    """One place to look for devices."""

    @property
    def way(self) -> str:
        """What people call this way of finding."""

    def start(self, report: Report) -> None:
        """Begin to look, quietly: a source sends nothing to devices unless it is asked to search."""

    def search(self) -> None:
        """A person asked: look at once, and broadcast if that is how it works. Returns at once."""

    def stop(self) -> None:
        """End within a second; once only."""


class Finder:
    """What is there. `on_change` gets all devices whenever something came, went or moved; it is called on threads of the sources."""

    def __init__(self, sources: Sequence[Source], on_change: Callable[[tuple[Found, ...]], None]) -> None:
        self._sources = tuple(sources)
        self._on_change = on_change
        self._seen: dict[int, tuple[Found, ...]] = {}
        self._found: tuple[Found, ...] = ()
        self._lock = threading.Lock()
        # Held while telling, so that the listener hears the changes in their order.
        self._telling = threading.Lock()
        self._stopped = False

    def start(self) -> None:
        """Begin to look; once only. A source that cannot work here is left out and logged once."""
        for number, source in enumerate(self._sources):
            try:
                source.start(lambda seen, number=number: self._report(number, seen))  # type: ignore[misc]
            except OSError as trouble:
                log.info("no discovery by %s: %s", source.way, trouble)

    def stop(self) -> None:
        """End all sources; nothing is reported afterwards."""
        self._stopped = True
        for source in self._sources:
            source.stop()

    def found(self) -> tuple[Found, ...]:
        """Everything that is there now, one entry per device."""
        with self._lock:
            return self._found

    def search(self) -> None:
        """A person asked for a search: sources that broadcast do so now. What answers comes through `on_change`."""
        for source in self._sources:
            source.search()

    def _report(self, number: int, seen: Sequence[Found]) -> None:
        with self._telling:
            with self._lock:
                self._seen[number] = tuple(seen)
                merged = merge(found for each in sorted(self._seen) for found in self._seen[each])
                changed = merged != self._found and not self._stopped
                self._found = merged
            if changed:
                try:
                    self._on_change(merged)
                except Exception:
                    log.exception("the receiver of found devices failed")
