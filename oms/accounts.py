"""Who is asked by HTTP in our name, and with what: `FLOORHAND_<KIND>_<CODE>_URL`, `_KEY` and `_WEBHOOK_SECRET`; the kinds are `CARRIER` and
`PAYMENTS`. Called by the server's command. Keys are in no database, no log and no message."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

_LOOPBACK: Final = {"127.0.0.1", "localhost", "::1"}


@dataclass(frozen=True, slots=True)
class Account:
    """The address of a carrier or a payment provider, and our secrets with it. Without `webhook_secret` nothing that it tells by itself is
    believed."""

    code: str
    url: str
    key: str = field(repr=False)
    webhook_secret: str = field(default="", repr=False)


class BadAccount(ValueError):
    """Settings of an account that cannot be used; says which one, and never what is in them."""


def accounts_from(environment: Mapping[str, str], kind: str) -> dict[str, Account]:
    """Accounts of a kind by code. A code is as in the name of the variable; `BadAccount` for an address that would tell our key to
    everybody on the way."""
    of_kind = re.compile(rf"FLOORHAND_{kind}_([A-Z0-9][A-Z0-9_]*)_URL")
    found = {}
    for name, url in environment.items():
        match = of_kind.fullmatch(name)
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
