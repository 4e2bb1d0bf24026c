"""Channels and what they call our goods, as the API tells them."""

from typing import Any

from msgspec import Struct

from oms.channels.codes import ChannelKind, Platform
from oms.channels.models import Channel


class ChannelRow(Struct, frozen=True, kw_only=True):
    """A channel. `has_secret`: its webhooks can be checked; the secret itself is never shown."""

    code: str
    kind: ChannelKind
    name: str
    platform: Platform
    prefix: str
    currency: str
    language: str
    tax_included: bool
    rules: dict[str, Any]
    has_secret: bool
    active: bool


class SkuRow(Struct, frozen=True, kw_only=True):
    """What a channel calls one of our goods, and the base units it means by one. In a request `sku` '' forgets it."""

    foreign: str
    sku: str
    units: int = 1


def row_of(channel: Channel) -> ChannelRow:
    """A channel as it is told."""
    return ChannelRow(
        code=channel.code, kind=channel.kind, name=channel.name, platform=channel.platform, prefix=channel.prefix,
        currency=channel.currency, language=channel.language, tax_included=channel.tax_included, rules=channel.rules,
        has_secret=bool(channel.secret_sealed), active=channel.active,
    )  # fmt: skip
