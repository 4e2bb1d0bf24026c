"""Reads the settings of a device: file, then `FLOORHAND_*` variables, then flags; the later wins. Saves them back to the file.

The file is `settings.toml`, beside the data or where the caller says. It carries a `version`; older shapes are brought up step by step.
"""

import logging
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from app.settings.options import RULES, BadOption, Options, checked, from_text

log = logging.getLogger(__name__)

PREFIX = "FLOORHAND_"
FILE = "settings.toml"

#: Step n brings a file of version n to version n + 1. A file without a version is of version 1.
STEPS: tuple[Callable[[dict[str, Any]], dict[str, Any]], ...] = ()
VERSION = len(STEPS) + 1


def load(file: Path, environment: Mapping[str, str], flags: Mapping[str, str]) -> Options:
    """The settings in force. A bad value in the file is logged and left at its default, for a device must start; a bad variable or
    flag was just typed by somebody: it raises `BadOption`."""
    values = _from_file(file)
    for name in RULES:
        if PREFIX + name.upper() in environment:
            values[name] = from_text(name, environment[PREFIX + name.upper()])
    for name, text in flags.items():
        if name not in RULES:
            raise BadOption(f"there is no option {name}")
        values[name] = from_text(name, text)
    return replace(Options(), **values)


def save(options: Options, file: Path) -> None:
    """Writes what differs from the defaults; a crash leaves the old file or the new one."""
    default = asdict(Options())
    lines = [f"version = {VERSION}"]
    lines += [f"{name} = {toml_value(value)}" for name, value in asdict(options).items() if value != default[name]]
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_suffix(".new")
    fresh.write_text("\n".join(lines) + "\n", encoding="utf-8")
    fresh.replace(file)


def _from_file(file: Path) -> dict[str, Any]:
    try:
        raw = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        log.warning("settings in %s cannot be read, the defaults are used: %s", file, error)
        return {}
    raw = upgraded(raw)
    values: dict[str, Any] = {}
    for name, value in raw.items():
        try:
            values[name] = checked(name, _typed(name, value))
        except BadOption as error:
            log.warning("settings in %s: %s is left at its default: %s", file, name, error)
    return values


def upgraded(
    raw: dict[str, Any], steps: tuple[Callable[[dict[str, Any]], dict[str, Any]], ...] = STEPS
) -> dict[str, Any]:
    """The content of a settings file in today's shape, without its version."""
    version = raw.get("version", 1)
    for step in steps[version - 1 :] if isinstance(version, int) and version >= 1 else ():
        raw = step(raw)
    return {name: value for name, value in raw.items() if name != "version"}


def _typed(name: str, value: Any) -> Any:
    """TOML knows neither folders nor tuples."""
    if name not in RULES:
        raise BadOption("this app has no such option")
    if isinstance(getattr(Options(), name), Path) and isinstance(value, str):
        return Path(value)
    return tuple(value) if isinstance(value, list) else value


def toml_value(value: Any) -> str:
    """A value as TOML writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, tuple):
        return "[" + ", ".join(toml_value(word) for word in value) + "]"
    # A TOML basic string: quotes, backslashes and control characters escaped.
    text = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\U{ord(c):08x}" for c in text) + '"'
