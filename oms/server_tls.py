"""The server's TLS identity: a P-256 key and a self-signed certificate in the data folder, known to devices by the key's SHA-256.

Devices pin the key (`spki`), not the certificate; so the certificate may be made anew from the same key at any time. The next key lies
beside it until it takes its place; which keys devices are told of is in the database (`oms.people.server_keys`). Servers that work
side by side share the folder, or have the same files in it.
"""

import asyncio.sslproto
import os
import ssl
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

_KEY = "server.key"
_NEXT = "next.key"
_CERTIFICATE = "server.crt"
_YEARS = 30
#: What asyncio sets aside for reading on each TLS connection; by itself it takes 256 KiB, for every device that only waits for news.
_READ_BUFFER = 4 * 1024


@dataclass(frozen=True, slots=True)
class ServerIdentity:
    """Paths of key and certificate (PEM), and the pin of the key: SHA-256 of its SubjectPublicKeyInfo, 64 hex digits."""

    key: Path
    certificate: Path
    spki: str

    def context(self) -> ssl.SSLContext:
        """A TLS 1.3 server context."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        self.serve(context)
        # Not offered as a setting: the transport reads this attribute of its class for every connection it makes.
        asyncio.sslproto.SSLProtocol.max_size = _READ_BUFFER
        return context

    def serve(self, context: ssl.SSLContext) -> None:
        """Connections from now on are served under this identity; those that are open stay as they are."""
        context.load_cert_chain(self.certificate, self.key)


def server_identity(folder: Path) -> ServerIdentity:
    """The identity kept in `folder`; key and certificate are made where they are missing. The key never changes by itself."""
    folder.mkdir(parents=True, exist_ok=True)
    key_path, certificate_path = folder / _KEY, folder / _CERTIFICATE
    if not key_path.exists():
        _write_private(key_path, _new_key())
    key = private_key(key_path)
    # After a change of key, the certificate beside it is still the one of the key before.
    if not certificate_path.exists() or pin_of(certificate_path.read_text()) != spki(key.public_key()):
        _write_private(certificate_path, _certificate(key))
    return ServerIdentity(key_path, certificate_path, spki(key.public_key()))


def next_key(folder: Path) -> str:
    """The pin of the key that is to serve next; made where there is none yet."""
    path = folder / _NEXT
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        _write_private(path, _new_key())
    return spki(private_key(path).public_key())


def has_next_key(folder: Path) -> bool:
    """Whether a key waits to serve."""
    return (folder / _NEXT).exists()


def take_next_key(folder: Path) -> ServerIdentity:
    """The next key takes the place of the one that served, which is gone for good. Running servers notice by `changed`."""
    (folder / _NEXT).replace(folder / _KEY)
    return server_identity(folder)


def changed(identity: ServerIdentity) -> ServerIdentity | None:
    """The identity that is in the folder now, when it is another one. Cheap enough to ask every second."""
    try:
        here = spki(private_key(identity.key).public_key())
    except (OSError, ValueError):
        return None
    return server_identity(identity.key.parent) if here != identity.spki else None


def spki(key: ec.EllipticCurvePublicKey) -> str:
    """SHA-256 of the key's SubjectPublicKeyInfo, 64 hex digits."""
    return sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def _new_key() -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def private_key(path: Path) -> ec.EllipticCurvePrivateKey:
    """The key in a PEM file; ValueError when there is none in it."""
    key = load_pem_private_key(path.read_bytes(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError(f"{path.name} does not hold an elliptic curve key")
    return key


def _certificate(key: ec.EllipticCurvePrivateKey) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "floorhand")])
    # Nobody checks the dates: the pin decides. The year leaves room for a server whose clock was wrong at first start.
    start = datetime.now(UTC) - timedelta(days=366)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=365 * _YEARS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("floorhand"), x509.DNSName("localhost")]), False)
        .sign(key, hashes.SHA256())
    )
    return certificate.public_bytes(Encoding.PEM)


def pin_of(certificate: str) -> str:
    """The pin of the key in a PEM certificate."""
    key = x509.load_pem_x509_certificate(certificate.encode()).public_key()
    return sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def _write_private(path: Path, content: bytes) -> None:
    """Whole or not at all, and never readable by others, not even for a moment. Two servers may do it at once: each has a part of its
    own (`mkstemp` makes it readable by its owner only)."""
    handle, part = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    Path(part).replace(path)
