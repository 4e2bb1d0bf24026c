"""Charts of accounts that a book can be opened with (`charts.toml`)."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from oms.finance.codes import Role


@cache
def charts() -> Mapping[str, Mapping[Role, tuple[str, str]]]:
    """Chart -> role -> (number, name)."""
    told = tomllib.loads(files("oms.finance").joinpath("charts.toml").read_text(encoding="utf-8"))
    return {
        name: {Role(role): (number, title) for role, (number, title) in accounts.items()}
        for name, accounts in told.items()
    }
