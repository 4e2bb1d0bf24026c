"""What a source has found, and how several sightings of one device become one. Used by the sources and the finder."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from devices.model import DeviceKey, Role
from devices.transports.urls import key_for

LONGEST_WORD = 80


@dataclass(frozen=True, slots=True)
class Found:
    """One device as it was seen. `ways`: by what means; `aliases`: other keys that mean the same device.

    `role` and `dialect` are None while nobody knows them; `url` is where it is now, which may change while `key` does not; `doors` are
    other addresses of it.
    """

    key: DeviceKey
    url: str
    role: Role | None
    dialect: str | None
    name: str
    model: str
    serial: str
    ways: tuple[str, ...]
    aliases: tuple[DeviceKey, ...] = ()
    doors: tuple[str, ...] = ()

    @property
    def urls(self) -> tuple[str, ...]:
        """Every address it has, the best first."""
        return (self.url, *self.doors)

    @property
    def keys(self) -> frozenset[DeviceKey]:
        """Every identity it goes by."""
        return frozenset((self.key, *self.aliases))


_RANKS = ("usb:", "net:uuid:", "net:serial:", "ser:", "hid:", "net:")
"""Which identity is the best: first those that stay with the device, wherever it is plugged in."""


def _rank(key: DeviceKey) -> tuple[int, str]:
    rank = next((n for n, start in enumerate(_RANKS) if key.text.startswith(start)), len(_RANKS))
    return rank, key.text


def merge(sightings: Iterable[Found]) -> tuple[Found, ...]:
    """One entry per device, sorted by name: sightings that share a key are the same device. What came first fills what it knows."""
    groups: list[list[tuple[int, Found]]] = []
    for sighting in enumerate(sightings):
        same = [group for group in groups if any(sighting[1].keys & other.keys for _, other in group)]
        fresh = sorted([member for group in same for member in group] + [sighting], key=lambda member: member[0])
        groups = [group for group in groups if group not in same] + [fresh]
    devices = (_one([found for _, found in group]) for group in groups)
    return tuple(sorted(devices, key=lambda found: (found.name, found.key)))


def _one(group: list[Found]) -> Found:
    if len(group) == 1:
        return group[0]
    keys = sorted({key for found in group for key in found.keys}, key=_rank)
    # The address comes from whoever knows the dialect, since its options say how to talk; a printer's own language tells more than IPP.
    best = min(group, key=lambda found: (not _usable(found.url), found.dialect is None, found.dialect == "ipp"))
    return replace(
        best,
        key=keys[0],
        aliases=tuple(keys[1:]),
        doors=tuple(dict.fromkeys(url for found in group for url in found.urls if url != best.url)),
        role=next((found.role for found in group if found.role), None),
        name=next((found.name for found in group if found.name), ""),
        model=next((found.model for found in group if found.model), ""),
        serial=next((found.serial for found in group if found.serial), ""),
        ways=tuple(dict.fromkeys(way for found in group for way in found.ways)),
    )


def _usable(url: str) -> bool:
    """False for a door that we have no key to (IPPS, LPD): it only helps to know the printer by."""
    try:
        key_for(url)
    except ValueError:
        return False
    return True


def plain(text: str, most: int = LONGEST_WORD) -> str:
    """A word from outside made safe to show: printable characters only, blanks collapsed, at most `most` of them."""
    kept = "".join(character if character.isprintable() else " " for character in text[: most * 4])
    return " ".join(kept.split())[:most]
