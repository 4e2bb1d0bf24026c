"""What a server is told from outside: arguments and `FLOORHAND_*` variables, nothing else. Read by the command line only."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import platformdirs

from oms.money.provider import PaymentAccount, payment_accounts_from
from oms.shipping.carriers.accounts import Account, accounts_from

DEFAULT_PORT = 8443
DEFAULT_SITE = "MAIN"


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
    #: Payment providers that are asked by HTTP, by their code.
    payments: Mapping[str, PaymentAccount] = field(default_factory=dict)


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


def carriers_from_environment() -> dict[str, Account]:
    """See `oms.shipping.carriers.accounts.accounts_from`; raises `BadAccount`."""
    return accounts_from(os.environ)


def payments_from_environment() -> dict[str, PaymentAccount]:
    """See `oms.money.provider.payment_accounts_from`; raises `BadPaymentAccount`."""
    return payment_accounts_from(os.environ)
