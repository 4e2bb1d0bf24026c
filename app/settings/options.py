"""Every option of the client, with its type, its meaning and its limits. `load.py` fills an `Options`; rooms get values by constructor."""

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from platformdirs import user_data_path

LANGUAGES = ("en", "nl", "de", "da")
THEMES = ("dark", "light", "contrast")
HANDS = ("right", "left")
LAYOUTS = ("handheld", "desk")


class BadOption(ValueError):
    """A value that does not fit its option; the text says which and why."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What a value must be. `read` turns the text of a flag or variable into it and raises `ValueError`; `why` says what is wanted."""

    read: Callable[[str], Any]
    fits: Callable[[Any], bool]
    why: str


def _one_of(*words: str) -> Rule:
    return Rule(str, lambda value: value in words, f"one of {', '.join(words)}")


def _between(least: int, most: int) -> Rule:
    return Rule(
        int,
        lambda value: isinstance(value, int) and not isinstance(value, bool) and least <= value <= most,
        f"a whole number from {least} to {most}",
    )


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())


_TEXT = Rule(str, lambda value: isinstance(value, str), "a text")
_LIST = Rule(
    _words,
    lambda value: isinstance(value, tuple) and all(isinstance(w, str) for w in value),
    "texts, separated by commas",
)
_YES = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
_SWITCH = Rule(lambda text: _YES[text.lower()], lambda value: isinstance(value, bool), "true or false")
_FOLDER = Rule(Path, lambda value: isinstance(value, Path), "a folder")


def _option(default: Any, rule: Rule, help: str) -> Any:
    return field(default=default, metadata={"rule": rule, "help": help})


def _folder() -> Path:
    return user_data_path("floorhand")


@dataclass(frozen=True, slots=True)
class Options:
    """One device's settings."""

    data: Path = field(default_factory=_folder, metadata={"rule": _FOLDER, "help": "where this device keeps its data"})
    layout: str = _option("handheld", _one_of(*LAYOUTS), "screen layout")
    language: str = _option("en", _one_of(*LANGUAGES), "language until somebody signs in")
    theme: str = _option("dark", _one_of(*THEMES), "colours")
    text_size: int = _option(100, _between(70, 400), "text size in per cent")
    hand: str = _option("right", _one_of(*HANDS), "the hand that holds the device")
    volume: int = _option(70, _between(0, 100), "loudness of the tones, 0 to 100")
    station: str = _option("", _TEXT, "name of this pack station")
    lane: str = _option("", _TEXT, "lane whose totes this station packs")
    zone: str = _option("", _TEXT, "zone whose work this device fetches")
    scanners: tuple[str, ...] = _option((), _LIST, "links of scanners, like serial:///dev/ttyUSB0?baud=9600")
    scale: str = _option("", _TEXT, "link of the scale")
    printer: str = _option("", _TEXT, "link of the label printer, like tcp://10.0.0.7:9100")
    camera_folder: str = _option("", _TEXT, "folder that the camera of this station writes its pictures into")
    paper_printer: str = _option("", _TEXT, "link of the printer for papers, like ipp://10.0.0.8/ipp/print")
    wedge: bool = _option(True, _SWITCH, "take scans from a keyboard-wedge scanner")
    wedge_profile: str = _option(
        "auto", _TEXT, "how it types: auto, usb or bluetooth; more like auto?min=4&prefix=F13&suffix=F14"
    )
    lock_minutes: int = _option(
        0, _between(0, 240), "minutes without a touch or a scan until the badge is asked again; 0: 5, at a desk 15"
    )
    tote_pattern: str = _option("", _TEXT, "what tote codes look like (regular expression); empty: the usual")
    badge_pattern: str = _option("", _TEXT, "what badge codes look like (regular expression); empty: the usual")
    same_device_ms: int = _option(
        40, _between(0, 2000), "the same code from one scanner this close together is one scan"
    )
    other_device_ms: int = _option(
        120, _between(0, 2000), "the same code from two channels this close together is one scan"
    )


#: name -> rule, in the order of declaration.
RULES: dict[str, Rule] = {option.name: option.metadata["rule"] for option in fields(Options)}
HELP: dict[str, str] = {option.name: option.metadata["help"] for option in fields(Options)}


def from_text(name: str, text: str) -> Any:
    """The value of an option given as text, by flag or environment. Raises `BadOption`."""
    try:
        return checked(name, RULES[name].read(text))
    except (ValueError, KeyError):
        raise BadOption(f"{name} must be {RULES[name].why}, not {text!r}") from None


def checked(name: str, value: Any) -> Any:
    """The value, if it fits its option. Raises `BadOption`."""
    rule = RULES[name]
    if not rule.fits(value):
        raise BadOption(f"{name} must be {rule.why}, not {value!r}")
    return value
