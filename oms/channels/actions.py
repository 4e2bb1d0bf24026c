"""Channels are made, changed and closed, and told what they call our goods. The routes and the command line call it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from oms.catalog.models import Item
from oms.channels.codes import ChannelKind, Platform
from oms.channels.models import Channel, ForeignSku
from oms.channels.rules import BadRules, kept_rules, rules_of
from oms.channels.sealing import Sealer

if TYPE_CHECKING:
    from oms.db.work import Work

LANGUAGES: Final = ("en", "nl", "de", "da")
_CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_PREFIX = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,9}|")
_CURRENCY = re.compile(r"[A-Z]{3}")
_LEAST_SECRET, _MOST_SECRET = 8, 4000


class BadChannel(ValueError):
    """What is told of a channel cannot be kept; the text names the field."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelSaid:
    """What is told of a channel; None leaves what is. `secret` '' forgets the one there is."""

    kind: ChannelKind | None = None
    name: str | None = None
    platform: Platform | None = None
    prefix: str | None = None
    currency: str | None = None
    language: str | None = None
    tax_included: bool | None = None
    rules: dict[str, Any] | None = None
    secret: str | None = None
    active: bool | None = None


def keep_channel(w: "Work", code: str, said: ChannelSaid, sealer: Sealer) -> Channel:
    """Makes the channel or changes it; raises `BadChannel`, and `BadKey` for a secret on a server without a key for them."""
    _check(code, said)
    row = w.db.get(Channel, code, with_for_update=True)
    made = row is None
    if row is None:
        row = Channel(code=code, kind=said.kind or ChannelKind.WEB, name=said.name or code, created_at=w.now)
        w.db.add(row)
    changed = []
    for field in ("kind", "name", "platform", "prefix", "currency", "language", "tax_included", "active"):
        value = getattr(said, field)
        if value is not None and getattr(row, field) != value:
            setattr(row, field, value)
            changed.append(field)
    if said.rules is not None:
        row.rules = kept_rules(_rules(said.rules))
        changed.append("rules")
    if said.secret is not None:
        row.secret_sealed = sealer.seal(said.secret, code) if said.secret else ""
        changed.append("secret")
    w.audit("channel.made" if made else "channel.changed", channel=code, fields=",".join(changed))
    return row


def _check(code: str, said: ChannelSaid) -> None:
    tests = (
        ("code", _CODE.fullmatch(code)),
        ("prefix", said.prefix is None or _PREFIX.fullmatch(said.prefix)),
        ("currency", said.currency is None or _CURRENCY.fullmatch(said.currency)),
        ("language", said.language is None or said.language in LANGUAGES),
        ("name", said.name is None or (0 < len(said.name) <= 100 and said.name.isprintable())),
        ("secret", not said.secret or _LEAST_SECRET <= len(said.secret) <= _MOST_SECRET),
    )
    for field, good in tests:
        if not good:
            raise BadChannel(field)
    if said.rules is not None:
        _rules(said.rules)


def _rules(raw: dict[str, Any]) -> Any:
    try:
        return rules_of(raw)
    except BadRules as error:
        raise BadChannel(f"rules: {error}") from None


@dataclass(frozen=True, slots=True)
class Mapping:
    """What a channel calls one of our goods, and how many base units it means by one; `sku` '' forgets it."""

    foreign: str
    sku: str
    units: int = 1


def map_skus(w: "Work", code: str, mappings: Sequence[Mapping]) -> list[str]:
    """Keeps what the channel calls our goods; '' for each that was kept, or why not: `unknown_item`, `bad_units`, `missing`. Raises
    `BadChannel` for a channel nobody knows."""
    if w.db.get(Channel, code) is None:
        raise BadChannel("code")
    wanted = {one.sku for one in mappings if one.sku}
    known = set(w.db.scalars(select(Item.sku).where(Item.sku.in_(wanted)).distinct()))
    words = [_wrong(one, known) for one in mappings]
    good = {one.foreign: one for one, word in zip(mappings, words, strict=True) if not word}
    kept = [
        {"channel": code, "foreign_sku": one.foreign, "sku": one.sku, "units": one.units}
        for one in good.values() if one.sku
    ]  # fmt: skip
    if kept:
        fresh = upsert(ForeignSku).values(kept)
        same = ["channel", "foreign_sku"]
        now = {"sku": fresh.excluded.sku, "units": fresh.excluded.units}
        w.db.execute(fresh.on_conflict_do_update(index_elements=same, set_=now))
    for one in good.values():
        row = None if one.sku else w.db.get(ForeignSku, (code, one.foreign))
        if row is not None:
            w.db.delete(row)
    w.audit("channel.skus_mapped", channel=code, count=len(good))
    return words


def _wrong(one: Mapping, known: set[str]) -> str:
    if not one.foreign.strip() or len(one.foreign) > 100:
        return "missing"
    if one.sku and one.sku not in known:
        return "unknown_item"
    return "" if 0 < one.units <= 100_000 else "bad_units"


def channels(db: Session) -> Sequence[Channel]:
    """All channels, by code."""
    return db.scalars(select(Channel).order_by(Channel.code)).all()


def channel(db: Session, code: str) -> Channel | None:
    """One channel."""
    return db.get(Channel, code)


def mapped_skus(db: Session, code: str, after: str, limit: int) -> Sequence[ForeignSku]:
    """What a channel calls our goods, a page by its own names."""
    mine = select(ForeignSku).where(ForeignSku.channel == code, ForeignSku.foreign_sku > after)
    return db.scalars(mine.order_by(ForeignSku.foreign_sku).limit(limit)).all()
