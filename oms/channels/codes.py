"""Words of channels: what sort of place orders come from, and whose files and calls it sends."""

from enum import StrEnum


class ChannelKind(StrEnum):
    """What sort of place orders come from."""

    WEB = "web"
    MARKETPLACE = "marketplace"
    STORE = "store"
    PHONE = "phone"
    B2B = "b2b"


class Platform(StrEnum):
    """Whose files and calls a channel sends; chooses the adapter."""

    PLAIN = "plain"
    SHOPIFY = "shopify"
    WOOCOMMERCE = "woocommerce"
    MAGENTO = "magento"
    MARKETPLACE = "marketplace"
    EDIFACT = "edifact"
