"""The words of reports in four languages, read from the tables beside this."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from oms.documents.formats import LANGUAGES
from sync.contract.reports import Figure, Unit

_HERE: Final = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Meaning:
    """A figure as a person reads it."""

    figure: Figure
    unit: Unit
    name: str
    means: str
    by: tuple[str, ...]


@cache
def meanings(language: str) -> tuple[Meaning, ...]:
    """All figures in their order. Raises KeyError for a language that we do not have."""
    return tuple(
        Meaning(Figure(key), Unit(row["unit"]), row[language][0], row[language][1], tuple(row["by"]))
        for key, row in _read("figures.toml").items()
    )


@cache
def told(kind: str, key: str, language: str) -> str:
    """A word of `words.toml`; what nobody has a word for as it is."""
    row = _read("words.toml")[kind].get(key)
    return str(row[LANGUAGES.index(language)]) if row is not None else key


@cache
def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((_HERE / name).read_text("utf-8"))
