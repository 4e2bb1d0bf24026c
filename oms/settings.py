"""What a server is told from outside: arguments and `FLOORHAND_*` variables, nothing else. Read by the command line only."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import platformdirs

from oms.accounts import Account, accounts_from
from oms.telling import Telling, telling_from

DEFAULT_PORT = 8443
DEFAULT_SITE = "MAIN"
RESOURCE_MINUTES = 5.0


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """How one server process runs. `database_url` is None for the embedded PostgreSQL in `data`."""

    data: Path
    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    tls: bool = True
    database_url: str | None = None
    #: Folder of the TLS key, where servers that work side by side share one; None for `tls` in `data`.
    tls_folder: Path | None = None
    #: Carriers that are asked by HTTP, by their code.
    carriers: Mapping[str, Account] = field(default_factory=dict)
    #: The key that seals secrets, in base64, where servers that work side by side share one; None for the file in `data`.
    secrets_key: str | None = field(default=None, repr=False)
    #: Webhooks and mails.
    telling: Telling = field(default_factory=Telling)
    #: How often unreleased orders are looked at jointly; 0: never.
    resource_minutes: float = RESOURCE_MINUTES
    #: Payment providers that are asked by HTTP, by their code.
    payments: Mapping[str, Account] = field(default_factory=dict)
    #: Jobs of background work that this server does at a time; 0: others do it.
    workers: int = 2


def default_data_folder() -> Path:
    """Where the OMS keeps its files when nobody says otherwise."""
    if os.environ.get("FLOORHAND_DATA"):
        return Path(os.environ["FLOORHAND_DATA"])
    if os.name == "posix" and os.geteuid() == 0:
        return Path("/var/lib/floorhand/oms")
    return platformdirs.user_data_path("floorhand") / "oms"


def database_url_from_environment() -> str | None:
    """`FLOORHAND_DATABASE_URL`, or None."""
    return os.environ.get("FLOORHAND_DATABASE_URL") or None


def secrets_key_from_environment() -> str | None:
    """`FLOORHAND_SECRETS_KEY`, or None."""
    return os.environ.get("FLOORHAND_SECRETS_KEY") or None


def carriers_from_environment() -> dict[str, Account]:
    """See `oms.accounts.accounts_from`; raises `BadAccount`."""
    return accounts_from(os.environ, "CARRIER")


def telling_from_environment() -> Telling:
    """See `oms.telling.telling_from`; raises `BadMailSetting`."""
    return telling_from(os.environ)


def resource_minutes_from_environment() -> float:
    """`FLOORHAND_RESOURCE_MINUTES`; raises ValueError when it is no number of minutes."""
    said = os.environ.get("FLOORHAND_RESOURCE_MINUTES", "")
    minutes = float(said) if said else RESOURCE_MINUTES
    if not 0 <= minutes <= 24 * 60:
        raise ValueError(f"FLOORHAND_RESOURCE_MINUTES: not minutes: {said}")
    return minutes


def payments_from_environment() -> dict[str, Account]:
    """See `oms.accounts.accounts_from`; raises `BadAccount`."""
    return accounts_from(os.environ, "PAYMENTS")
