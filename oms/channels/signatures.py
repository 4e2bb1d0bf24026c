"""Whether a webhook comes from the shop it says: each platform signs the raw body, in a header of its own. Pure.

Shopify: `X-Shopify-Hmac-Sha256`, base64 of HMAC-SHA256. WooCommerce: `X-WC-Webhook-Signature`, the same. Adobe Commerce:
`X-Adobe-Commerce-Webhook-Signature`, base64 over the base64 of the body; its documents call it HMAC, but it is made with a private key
(RSA, SHA-256) and checked with the public one: a secret that is a public key (PEM) is used so, any other as an HMAC's. A shop of one's own:
`X-Floorhand-Signature`, hexadecimal of HMAC-SHA256.
"""

import base64
import binascii
import hmac
from collections.abc import Mapping
from hashlib import sha256
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from oms.channels.codes import Platform

#: Platform -> its header, in lower case.
HEADERS: Final[Mapping[Platform, str]] = {
    Platform.SHOPIFY: "x-shopify-hmac-sha256",
    Platform.WOOCOMMERCE: "x-wc-webhook-signature",
    Platform.MAGENTO: "x-adobe-commerce-webhook-signature",
    Platform.PLAIN: "x-floorhand-signature",
}
_PEM: Final = "-----BEGIN PUBLIC KEY-----"


def signature(platform: Platform, secret: str, body: bytes) -> str:
    """What the header of this platform holds over `body`, where it is an HMAC."""
    over = base64.b64encode(body) if platform is Platform.MAGENTO else body
    mac = hmac.new(secret.encode(), over, sha256)
    return mac.hexdigest() if platform is Platform.PLAIN else base64.b64encode(mac.digest()).decode()


def signed(platform: Platform, secret: str | None, headers: Mapping[str, str], body: bytes) -> bool:
    """Whether the holder of `secret` signed just this body. An HMAC is compared in the same time whatever is wrong with it, also without a
    secret: nobody learns which channels have one."""
    if platform not in HEADERS:
        return False
    said = headers.get(HEADERS[platform], "").strip()
    if platform is Platform.MAGENTO and secret is not None and secret.lstrip().startswith(_PEM):
        return _by_private_key(secret, said, base64.b64encode(body))
    if platform is Platform.PLAIN:
        said = said.lower().removeprefix("sha256=")
    right = hmac.compare_digest(signature(platform, secret or "", body).encode(), said.encode(errors="replace"))
    return right and bool(secret)


def _by_private_key(pem: str, said: str, over: bytes) -> bool:
    try:
        key = load_pem_public_key(pem.strip().encode())
        if not isinstance(key, RSAPublicKey):
            return False
        key.verify(base64.b64decode(said, validate=True), over, PKCS1v15(), SHA256())
    except (ValueError, UnsupportedAlgorithm, binascii.Error, InvalidSignature):
        return False
    return True
