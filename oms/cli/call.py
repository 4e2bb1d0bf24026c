"""How commands talk to a server: over its API like any other program, with TLS to exactly the server that is meant."""

import http.client
import ssl
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from oms.cli.common import give_up
from oms.datafolder import DataFolder

_TIMEOUT_S = 300


class Api:
    """A server's API with a key. The server is the one of the data folder, or one named by URL (and pinned key)."""

    def __init__(self, url: str, key: str, context: ssl.SSLContext | None, site: str = "") -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        self._key = key
        self._context = context
        self._site = site

    @classmethod
    def local(cls, data: Path, site: str = "") -> "Api":
        """The server that runs on this data folder, with the administrator's key; about `site`, '' for its own."""
        folder = DataFolder(data)
        where, key = folder.where(), folder.admin_key()
        if where is None or key is None:
            give_up(f"no server has run on {folder.path} yet")
        context = _trust(Path(where.certificate).read_text()) if where.certificate else None
        return cls(where.url, key, context, site)

    @classmethod
    def remote(cls, url: str, key: str, pin: str | None) -> "Api":
        """A server anywhere. `pin` is the SHA-256 of its key (64 hex digits); without it its certificate must be publicly trusted."""
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            give_up(f"not a server address: {url}")
        if parts.scheme == "http":
            if parts.hostname not in {"127.0.0.1", "localhost", "::1"}:
                give_up("a key is only sent over https")
            return cls(url, key, None)
        if pin is None:
            return cls(url, key, ssl.create_default_context())
        try:
            certificate = ssl.get_server_certificate((parts.hostname, parts.port or 443))
        except OSError as error:
            give_up(f"{url} does not answer: {error}")
        if _pin(certificate) != pin.lower():
            give_up(f"the server at {url} does not have the key {pin}")
        return cls(url, key, _trust(certificate))

    def post(self, path: str, body: bytes, content_type: str = "application/json") -> Any:
        """The decoded answer of a 2xx (None when it has no body); ends the command with the server's words otherwise."""
        return _decoded(self._ask("POST", path, body, content_type))

    def get(self, path: str) -> Any:
        """As `post`."""
        return _decoded(self._ask("GET", path, None, ""))

    def file(self, path: str) -> bytes:
        """As `get`, of an answer that is a file."""
        return self._ask("GET", path, None, "")

    def _ask(self, method: str, path: str, body: bytes | None, content_type: str) -> bytes:
        headers = {"Authorization": f"Bearer {self._key}"} | (
            {"Content-Type": content_type} if body is not None else {}
        )
        if self._site:
            headers["Floorhand-Site"] = self._site
        connection = (
            http.client.HTTPSConnection(self._host, self._port, timeout=_TIMEOUT_S, context=self._context)
            if self._context
            else http.client.HTTPConnection(self._host, self._port, timeout=_TIMEOUT_S)
        )
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            said = answer.read()
        except (OSError, http.client.HTTPException) as error:
            give_up(f"the server at {self._host}:{self._port} does not answer: {error}")
        finally:
            connection.close()
        if answer.status >= 300:
            give_up(f"the server says {answer.status}: {said.decode(errors='replace')[:500]}")
        return said


def _decoded(said: bytes) -> Any:
    return msgspec.json.decode(said) if said else None


def _trust(certificate: str) -> ssl.SSLContext:
    """Trusts exactly this certificate; its names and dates say nothing that the key does not say better."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.load_verify_locations(cadata=certificate)
    return context


def _pin(certificate: str) -> str:
    key = x509.load_pem_x509_certificate(certificate.encode()).public_key()
    return sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()
