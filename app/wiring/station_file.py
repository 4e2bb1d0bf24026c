"""Which devices this place uses: those given as options, and those set up on the screen, which are kept in `devices.toml`."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from pathlib import Path

from app.settings import devices as file_of
from devices.model import DeviceKey, Role
from devices.stations import Binding, Bindings
from devices.transports.urls import key_for

log = logging.getLogger(__name__)


class KeptStation:
    """Owns the bindings of this place. `on_disk` is False after a change that the disk did not take."""

    def __init__(self, file: Path, given: Iterable[tuple[Role, str, str]]) -> None:
        """`given` are (role, link, name) from options; one that makes no sense is logged and left out."""
        self._file = file
        self._given = tuple(each for each in (_binding(*one) for one in given) if each is not None)
        kept = file_of.load(file)
        self._removed = kept.removed
        self.on_disk = True
        self.bindings = Bindings(each for each in self._given if each.url not in kept.removed)
        for row in kept.rows:
            try:
                self.bindings.bind(Binding(Role(row["role"]), DeviceKey(row["key"]), row["url"], row["name"]))
            except ValueError as bad:
                log.warning("a device in %s is left out: %s", file, bad)

    def save(self) -> None:
        """Keeps the bindings as they are now; called after each change."""
        now = set(self.bindings)
        gone = [each.url for each in self._given if each not in now]
        back = {each.url for each in self._given if each in now}
        self._removed = tuple(url for url in dict.fromkeys((*self._removed, *gone)) if url not in back)
        rows = [row for row, each in zip(self.bindings.rows(), self.bindings, strict=True) if each not in self._given]
        try:
            file_of.save(self._file, rows, self._removed)
            self.on_disk = True
        except OSError as trouble:
            self.on_disk = False
            log.warning("the devices of this place cannot be kept in %s: %s", self._file, trouble)


def _binding(role: Role, url: str, name: str) -> Binding | None:
    try:
        return Binding(role, key_for(url), url, name)
    except ValueError as bad:
        log.warning("%s is left out: %s", name, bad)
        return None
