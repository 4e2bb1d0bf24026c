"""The devices of this place as they were set up on the screen: `devices.toml` beside the data. Read at start, written at each change.

Devices given as options are not in it, unless somebody removed or changed them: then their links stand under `removed`.
"""

from __future__ import annotations

import logging
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from app.settings.load import toml_value

log = logging.getLogger(__name__)

FILE = "devices.toml"
VERSION = 1
_FIELDS = ("role", "key", "url", "name")


@dataclass(frozen=True, slots=True)
class KeptDevices:
    """`rows` have `role`, `key`, `url` and `name`; `removed` are links of options that are not to be used."""

    rows: tuple[dict[str, str], ...] = ()
    removed: tuple[str, ...] = ()


def load(file: Path) -> KeptDevices:
    """What was kept; nothing if there is no such file. One that cannot be read is logged, for a device must start."""
    try:
        raw = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return KeptDevices()
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        log.warning("devices in %s cannot be read and must be set up again: %s", file, error)
        return KeptDevices()
    rows = raw.get("device", [])
    good = [row for row in rows if isinstance(row, dict) and all(isinstance(row.get(name), str) for name in _FIELDS)]
    removed = raw.get("removed", [])
    return KeptDevices(
        tuple({name: row[name] for name in _FIELDS} for row in good),
        tuple(url for url in removed if isinstance(url, str)) if isinstance(removed, list) else (),
    )


def save(file: Path, rows: Iterable[Mapping[str, str]], removed: Iterable[str]) -> None:
    """Writes it; a crash leaves the old file or the new one. OSError if the disk does not take it."""
    lines = [f"version = {VERSION}", f"removed = {toml_value(tuple(removed))}"]
    for row in rows:
        lines += ["", "[[device]]", *(f"{name} = {toml_value(row[name])}" for name in _FIELDS)]
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_suffix(".new")
    fresh.write_text("\n".join(lines) + "\n", encoding="utf-8")
    fresh.replace(file)
