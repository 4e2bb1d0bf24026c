"""Which device plays which role at a station, and that it keeps it wherever it is plugged in. Made by the client's bootstrap.

The client keeps the bindings (`Bindings.rows`); a `Station` joins them to a hub and a finder.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from urllib.parse import SplitResult, urlsplit

from devices.discovery.found import Found
from devices.hub import LOCAL, DeviceHub
from devices.model import DeviceKey, LinkState, Role
from devices.transports.urls import key_for

log = logging.getLogger(__name__)

_UP = frozenset({LinkState.READY, LinkState.DEGRADED, LinkState.DISABLED})


@dataclass(frozen=True, slots=True)
class Binding:
    """This device has this role here. `url`: where it was last, with the options of how to talk to it; `name`: what people call it."""

    role: Role
    key: DeviceKey
    url: str
    name: str

    def followed(self, found: Found) -> Binding:
        """The same device where it was found now. How to talk to it stays as it was set up."""
        if key_for(self.url) in found.keys:
            return self
        ours = urlsplit(self.url)
        # A printer may be seen at several doors; it is followed to the one through which it is used.
        place = next((url for url in found.urls if _door(urlsplit(url)) == _door(ours)), None)
        if place is None:
            return self
        bare = place.partition("?")[0]
        return self if bare == self.url.partition("?")[0] else replace(self, url=f"{bare}?{ours.query}".rstrip("?"))


def _door(parts: SplitResult) -> tuple[str, int | None]:
    return parts.scheme, None if parts.scheme in LOCAL else parts.port


class Bindings:
    """The roles of one station, one per device, in the order they were given. Safe for any thread."""

    def __init__(self, bindings: Iterable[Binding] = ()) -> None:
        self._by_key: dict[DeviceKey, Binding] = {}
        self._lock = threading.Lock()
        for binding in bindings:
            self.bind(binding)

    @classmethod
    def from_rows(cls, rows: Iterable[Mapping[str, str]]) -> Bindings:
        """From what `rows` gave. KeyError or ValueError for rows that are none."""
        return cls(Binding(Role(row["role"]), DeviceKey(row["key"]), row["url"], row["name"]) for row in rows)

    def rows(self) -> list[dict[str, str]]:
        """In plain words, to be kept by the client."""
        return [
            {"role": binding.role.value, "key": binding.key.text, "url": binding.url, "name": binding.name}
            for binding in self
        ]

    def __iter__(self) -> Iterator[Binding]:
        with self._lock:
            return iter(tuple(self._by_key.values()))

    def of(self, role: Role) -> tuple[Binding, ...]:
        """Devices of a role; the first is the one that is used unless another is asked for."""
        return tuple(binding for binding in self if binding.role is role)

    def get(self, key: DeviceKey) -> Binding | None:
        """The binding of a device."""
        with self._lock:
            return self._by_key.get(key)

    def bind(self, binding: Binding) -> None:
        """Give a device a role, or another role, name or address. It keeps its place in the order."""
        with self._lock:
            self._by_key[binding.key] = binding

    def release(self, key: DeviceKey) -> None:
        """The device has no role here any more. KeyError if it had none."""
        with self._lock:
            del self._by_key[key]


class Station:
    """Keeps a hub in step with the bindings and with what is found: a re-plugged device gets its link back at once.

    `on_bindings` is called when the bindings have changed and should be kept; on the thread that changed them.
    """

    def __init__(self, hub: DeviceHub, bindings: Bindings, on_bindings: Callable[[Bindings], None]) -> None:
        self._hub = hub
        self._bindings = bindings
        self._on_bindings = on_bindings
        self._there: frozenset[DeviceKey] = frozenset()
        # One change at a time: a person may give a role while a device is being plugged in.
        self._changing = threading.RLock()

    def open(self) -> None:
        """Add all bound devices to the hub. One whose address no longer makes sense is left out and logged."""
        for binding in self._bindings:
            try:
                self._hub.add(binding.role, binding.url, binding.name, binding.key)
            except ValueError as trouble:
                log.warning("%s is left out: %s", binding.name, trouble)

    def assign(self, role: Role, url: str, name: str, key: DeviceKey) -> None:
        """Give a device a role, or another one, while everything runs. ValueError for a senseless address; then all is as before."""
        with self._changing:
            before = self._bindings.get(key)
            if before is not None:
                self._hub.remove(key)
            try:
                self._hub.add(role, url, name, key)
            except ValueError:
                if before is not None:
                    self._hub.add(before.role, before.url, before.name, key)
                raise
            self._bindings.bind(Binding(role, key, url, name))
            self._on_bindings(self._bindings)

    def release(self, key: DeviceKey) -> None:
        """Take a device's role away. KeyError if it has none."""
        with self._changing:
            self._bindings.release(key)
            self._hub.remove(key)
            self._on_bindings(self._bindings)

    def on_found(self, found: Iterable[Found]) -> None:
        """What discovery sees now (`Finder`'s listener): devices that moved are followed, devices that came back are tried at once."""
        with self._changing:
            sightings = {key: each for each in found for key in each.keys}
            down = {info.key for info, state, _ in self._hub.devices() if state not in _UP}
            changed = False
            for binding in self._bindings:
                seen = sightings.get(binding.key)
                if seen is None:
                    continue
                now = binding.followed(seen)
                if now is not binding:
                    self._bindings.bind(now)
                    self._hub.move(binding.key, now.url)
                    changed = True
                elif binding.key in down and binding.key not in self._there:
                    self._hub.retry(binding.key)
            self._there = frozenset(sightings)
            if changed:
                self._on_bindings(self._bindings)
