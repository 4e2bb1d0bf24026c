"""Which carriers are asked by HTTP, and with what: `FLOORHAND_CARRIER_<CODE>_URL`, `_KEY` and `_WEBHOOK_SECRET`. Called by the server's
command. Keys are in no database, no log and no message."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

_URL: Final = re.compile(r"FLOORHAND_CARRIER_([A-Z0-9][A-Z0-9_]*)_URL")
_LOOPBACK: Final = {"127.0.0.1", "localhost", "::1"}


@dataclass(frozen=True, slots=True)
class Account:
    """One carrier's address and our secrets with it. Without `webhook_secret` its events are not believed, only asked for."""

    code: str
    url: str
    key: str = field(repr=False)
    webhook_secret: str = field(default="", repr=False)


class BadAccount(ValueError):
    """Settings of a carrier that cannot be used; says which one, and never what is in it."""


def accounts_from(environment: Mapping[str, str]) -> dict[str, Account]:
    """Accounts by carrier code. A code is as in the address of the variable; `BadAccount` for an address that would tell our key to
    everybody on the way."""
    found = {}
    for name, url in environment.items():
        match = _URL.fullmatch(name)
        if match is None or not url:
            continue
        code, stem = match[1], name.removesuffix("URL")
        key = environment.get(f"{stem}KEY", "")
        parts = urlsplit(url)
        if parts.scheme not in ("https", "http") or not parts.hostname or parts.username or parts.query:
            raise BadAccount(f"{name} is not an address")
        if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
            raise BadAccount(f"{name}: a key is only sent over https")
        if not key or not (key.isascii() and key.isprintable()):
            raise BadAccount(f"{stem}KEY is missing or not plain text")
        found[code] = Account(code, url.rstrip("/"), key, environment.get(f"{stem}WEBHOOK_SECRET", ""))
    return found
