"""The server's TLS identity: a P-256 key and a self-signed certificate in the data folder, known to devices by the key's SHA-256.

Devices pin the key (`spki`), not the certificate; so the certificate may be made anew from the same key at any time.
"""

import os
import ssl
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
_CERTIFICATE = "server.crt"
_YEARS = 30


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
        context.load_cert_chain(self.certificate, self.key)
        return context


def server_identity(folder: Path) -> ServerIdentity:
    """The identity kept in `folder`; key and certificate are made where they are missing. The key never changes by itself."""
    folder.mkdir(parents=True, exist_ok=True)
    key_path, certificate_path = folder / _KEY, folder / _CERTIFICATE
    if not key_path.exists():
        _write_private(key_path, _new_key())
    key = _load(key_path)
    if not certificate_path.exists():
        _write_private(certificate_path, _certificate(key))
    return ServerIdentity(key_path, certificate_path, spki(key.public_key()))


def spki(key: ec.EllipticCurvePublicKey) -> str:
    """SHA-256 of the key's SubjectPublicKeyInfo, 64 hex digits."""
    return sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def _new_key() -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _load(path: Path) -> ec.EllipticCurvePrivateKey:
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


def _write_private(path: Path, content: bytes) -> None:
    """Whole or not at all, and never readable by others, not even for a moment."""
    part = path.with_suffix(".part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
