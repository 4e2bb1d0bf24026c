"""API keys of other programs: made once, shown once, kept as SHA-256. The API's guard and the command line call it."""

import secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from oms.db.work import Work
from oms.people.models import ApiKey

#: Lets a key be told from a device's token, and be found by scanners of leaked secrets.
PREFIX = "fhk_"


class Scope(StrEnum):
    """What a key opens. `:read` looks, `:write` changes and looks; see `OPENS`."""

    IMPORT = "import"
    #: Orders and all work on them, both ways: the floor, the workbench, their money, where they are sent from.
    ORDERS = "orders"
    #: Everything.
    ADMIN = "admin"
    ORDERS_READ = "orders:read"
    ORDERS_WRITE = "orders:write"
    CUSTOMERS_READ = "customers:read"
    CUSTOMERS_WRITE = "customers:write"
    #: Export and erasure of a person's data.
    PRIVACY = "privacy"
    STOCK_READ = "stock:read"
    STOCK_WRITE = "stock:write"
    CATALOG_READ = "catalog:read"
    CATALOG_WRITE = "catalog:write"
    MONEY_READ = "money:read"
    MONEY_WRITE = "money:write"
    #: What customers send back.
    RETURNS_READ = "returns:read"
    RETURNS_WRITE = "returns:write"
    #: The books: for who keeps them, and nobody else.
    BOOKS_READ = "books:read"
    BOOKS_WRITE = "books:write"
    #: Suppliers, when items are ordered, orders to suppliers.
    PURCHASING_READ = "purchasing:read"
    PURCHASING_WRITE = "purchasing:write"
    #: Where orders are sent from: decisions, rules, sites.
    SOURCING_READ = "sourcing:read"
    SOURCING_WRITE = "sourcing:write"
    #: What customer service does to orders at its screens.
    WORKBENCH_READ = "workbench:read"
    WORKBENCH_WRITE = "workbench:write"
    #: What may be sold and when it would arrive; baskets that keep goods.
    PROMISE_READ = "promise:read"
    PROMISE_WRITE = "promise:write"
    #: The feed of events.
    EVENTS_READ = "events:read"
    #: Who is told of events, with the secrets that are made for them.
    HOOKS_READ = "hooks:read"
    HOOKS_WRITE = "hooks:write"
    #: What customers and the staff are written: what became of it, in which words, and what came back.
    MAILS_READ = "mails:read"
    MAILS_WRITE = "mails:write"
    #: Figures of a period; who gets them by mail.
    REPORTS_READ = "reports:read"
    REPORTS_WRITE = "reports:write"


#: What a scope opens besides itself.
OPENS: Final[Mapping[Scope, frozenset[Scope]]] = {
    Scope.ADMIN: frozenset(Scope),
    Scope.ORDERS: frozenset(
        {
            Scope.ORDERS_READ,
            Scope.ORDERS_WRITE,
            Scope.MONEY_READ,
            Scope.MONEY_WRITE,
            Scope.RETURNS_READ,
            Scope.RETURNS_WRITE,
            Scope.SOURCING_READ,
            Scope.SOURCING_WRITE,
            Scope.WORKBENCH_READ,
            Scope.WORKBENCH_WRITE,
            Scope.PROMISE_READ,
            Scope.PROMISE_WRITE,
        }
    ),
    Scope.ORDERS_WRITE: frozenset({Scope.ORDERS_READ}),
    Scope.CUSTOMERS_WRITE: frozenset({Scope.CUSTOMERS_READ}),
    Scope.STOCK_WRITE: frozenset({Scope.STOCK_READ}),
    Scope.CATALOG_WRITE: frozenset({Scope.CATALOG_READ}),
    Scope.MONEY_WRITE: frozenset({Scope.MONEY_READ}),
    Scope.RETURNS_WRITE: frozenset({Scope.RETURNS_READ}),
    Scope.BOOKS_WRITE: frozenset({Scope.BOOKS_READ}),
    Scope.PURCHASING_WRITE: frozenset({Scope.PURCHASING_READ}),
    Scope.SOURCING_WRITE: frozenset({Scope.SOURCING_READ}),
    Scope.WORKBENCH_WRITE: frozenset({Scope.WORKBENCH_READ}),
    Scope.PROMISE_WRITE: frozenset({Scope.PROMISE_READ}),
    Scope.MAILS_WRITE: frozenset({Scope.MAILS_READ}),
    Scope.REPORTS_WRITE: frozenset({Scope.REPORTS_READ}),
    Scope.HOOKS_WRITE: frozenset({Scope.HOOKS_READ, Scope.EVENTS_READ}),
}


@dataclass(frozen=True, slots=True)
class KeyHolder:
    """A program that came with a good key."""

    id: str
    name: str
    site: str
    scopes: frozenset[str]
    #: The only channel whose orders it brings; '': any.
    channel: str = ""

    def opens(self, scope: Scope) -> bool:
        """Whether this key opens `scope`, by itself or by a wider one."""
        return scope in self.scopes or any(
            scope in OPENS.get(Scope(one), ()) for one in self.scopes if one in set(Scope)
        )


def new_key() -> str:
    """A fresh key with 256 random bits."""
    return PREFIX + secrets.token_urlsafe(32)


def add_key(w: Work, key: str, name: str, scopes: list[Scope], channel: str | None = None) -> str:
    """Stores `key` (hashed) with its scopes, and the channel it is bound to; its id."""
    id = uuid.uuid4().hex
    words = [str(scope) for scope in scopes]
    row = ApiKey(
        id=id, site_id=w.site, name=name, key_hash=_hash(key), scopes=words, created_at=w.now, channel=channel or None
    )
    w.db.add(row)
    w.audit("key.added", key=id, name=name, scopes=",".join(words), channel=channel or "")
    return id


def revoke_key(w: Work, id: str) -> bool:
    """The key opens nothing any more; False when there is no such key in use."""
    row = w.db.get(ApiKey, id, with_for_update=True)
    if row is None or row.site_id != w.site or row.revoked_at is not None:
        return False
    row.revoked_at = w.now
    w.audit("key.revoked", key=id, name=row.name)
    return True


def keys_of(db: Session, site: str) -> Sequence[ApiKey]:
    """All keys that open something, by name."""
    living = select(ApiKey).where(ApiKey.site_id == site, ApiKey.revoked_at.is_(None))
    return db.scalars(living.order_by(ApiKey.name, ApiKey.id)).all()


def find_key(db: Session, key: str) -> KeyHolder | None:
    """Whose key this is; None when unknown or revoked."""
    row = db.scalars(select(ApiKey).where(ApiKey.key_hash == _hash(key), ApiKey.revoked_at.is_(None))).one_or_none()
    return None if row is None else KeyHolder(row.id, row.name, row.site_id, frozenset(row.scopes), row.channel or "")


def _hash(key: str) -> str:
    # The key is random, not chosen by a person: one plain round is enough.
    return sha256(key.encode()).hexdigest()
