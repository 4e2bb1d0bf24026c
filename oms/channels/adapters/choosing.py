"""Which adapter reads a file or a call: by the format that was named, else by the platform of the channel. The import and webhooks ask."""

from collections.abc import Callable
from enum import StrEnum
from typing import Final

from oms.channels.adapters import edifact, magento, marketplace, plain, shopify, woocommerce
from oms.channels.adapters.values import Read
from oms.channels.codes import Platform
from oms.imports.report import BadLine
from oms.imports.text import Shape

_NO_SHAPE: Final = Shape()


class Format(StrEnum):
    """What a file may be in."""

    CSV = "csv"
    JSON = "json"
    SHOPIFY = "shopify"
    WOOCOMMERCE = "woocommerce"
    MAGENTO = "magento"
    MARKETPLACE = "marketplace"
    EDIFACT = "edifact"


_JSON: Final[dict[Format, Callable[[bytes, str], Read]]] = {
    Format.JSON: plain.read_json, Format.SHOPIFY: shopify.read_json, Format.WOOCOMMERCE: woocommerce.read_json,
    Format.MAGENTO: magento.read_json,
}  # fmt: skip
_CSV: Final[dict[Format, Callable[[bytes, str], Read]]] = {
    Format.SHOPIFY: shopify.read_csv, Format.WOOCOMMERCE: woocommerce.read_csv, Format.MAGENTO: magento.read_csv,
}  # fmt: skip


def format_of(platform: Platform, *, is_json: bool) -> Format:
    """The format of a channel whose sender names none."""
    if platform is Platform.PLAIN:
        return Format.JSON if is_json else Format.CSV
    return Format(platform.value)


def read(format_: Format, body: bytes, channel: str, shape: Shape = _NO_SHAPE) -> Read:
    """Drafts and unreadable lines. A shop's format is JSON where it begins like JSON, else CSV. Raises `BadLine` when nothing of it can be
    read."""
    if format_ is Format.EDIFACT:
        return edifact.read(body, channel)
    if format_ is Format.MARKETPLACE:
        return marketplace.read(body, channel)
    if format_ is Format.CSV:
        return plain.read_csv(body, channel, shape)
    if format_ is Format.JSON or body.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] in (b"{", b"["):
        return _JSON[format_](body, channel)
    return _CSV[format_](body, channel)


def read_call(platform: Platform, body: bytes, channel: str) -> Read:
    """What a shop's webhook says; raises `BadLine`."""
    format_ = format_of(platform, is_json=True)
    if format_ not in _JSON:
        raise BadLine("no_webhooks", platform=platform)
    return _JSON[format_](body, channel)
