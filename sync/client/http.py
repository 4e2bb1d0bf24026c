"""The client's only network code: HTTP over TLS to the one server whose key is pinned.

The key is checked inside the TLS handshake, on every connection, before a byte of HTTP can be written. The certificate's dates and
names are not: a handheld's clock may be years off, and the key came from the pairing code, not from an authority.
"""

import asyncio
import gzip
import logging
import ssl
from collections.abc import Callable, Collection, Iterator
from hashlib import sha256
from typing import Any

import httpx2
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from sync.client.requests import LinkLost, Request, Response, WrongKey

# The library tells every request at info level, address and query included.
logging.getLogger("httpx2").setLevel(logging.WARNING)

_CONNECT_S = 3.0
_WRITE_S = 5.0
_HANDSHAKE_LOOK_S = 0.05
_HINTS_MOST = 6
#: Below this, compressing costs more than it saves.
_GZIP_FROM = 1024
#: Where the other end unpacks what comes; everywhere else it takes plain JSON only.
_GZIP_TO = frozenset({"/v1/sync/push"})


class _OtherKey(ssl.SSLCertVerificationError):
    """Ends a handshake: whoever answered does not hold the pinned key."""


def spki_of(certificate: bytes) -> str:
    """SHA-256 of a DER certificate's SubjectPublicKeyInfo, 64 hex digits."""
    key = x509.load_der_x509_certificate(certificate).public_key()
    return sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def pinned_context(*pins: str) -> ssl.SSLContext:
    """A TLS 1.3 client context whose handshakes only ever succeed with the holder of one of the keys `pins`."""
    return _context(pins, lambda _spki: None)


def _context(pins: Collection[str], seen: Callable[[str], None]) -> ssl.SSLContext:
    """The same; `pins` may change meanwhile, and `seen` hears which of them answered."""

    class PinnedConnection(ssl.SSLObject):
        """A TLS connection that compares the key as the last act of its handshake."""

        def do_handshake(self) -> None:
            super().do_handshake()
            certificate = self.getpeercert(binary_form=True)
            if certificate is None or (spki := spki_of(certificate)) not in pins:
                raise _OtherKey("the server's key is neither the one from the pairing code nor one that was announced")
            seen(spki)

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.sslobject_class = PinnedConnection
    return context


class _Pool:
    """Connections of one generation and the requests under way on them."""

    def __init__(self, context: ssl.SSLContext) -> None:
        limits = httpx2.Limits(max_connections=16, max_keepalive_connections=8, keepalive_expiry=60)
        self._transport = httpx2.AsyncHTTPTransport(verify=context, trust_env=False, limits=limits)
        self._client = httpx2.AsyncClient(transport=self._transport, trust_env=False, follow_redirects=False)
        self._running: set[asyncio.Task[httpx2.Response]] = set()
        self._streams: list[Any] = []

    async def request(self, request: Request, url: str) -> httpx2.Response:
        """One request. A caller who gives up leaves it running to its own time limit: cancelled in the middle of a TLS handshake, the
        library would leave the socket open for ever."""
        timeout = httpx2.Timeout(connect=_CONNECT_S, read=request.idle_s, write=_WRITE_S, pool=_CONNECT_S)
        headers, body = _dressed(request)
        asked = self._client.request(
            request.method, url, params=request.query, content=body, headers=headers, timeout=timeout,
            extensions={"trace": self._traced},
        )  # fmt: skip
        task = asyncio.get_running_loop().create_task(asked)
        self._running.add(task)
        task.add_done_callback(self._ended)
        return await asyncio.shield(task)

    async def _traced(self, event: str, info: dict[str, Any]) -> None:
        """Remembers what was opened: a connection that is established while its pool is being closed is in no list of the library's."""
        if event == "connection.connect_tcp.complete":
            self._streams = [*filter(_is_open, self._streams), info["return_value"]]

    def _ended(self, task: "asyncio.Task[httpx2.Response]") -> None:
        self._running.discard(task)
        if not task.cancelled():
            # Seen here for those whose caller has gone.
            task.exception()

    async def close(self) -> None:
        """Closes every connection, at once those that are established, the others when their handshake is over."""
        await self._client.aclose()
        while self._running:
            # One that was in its handshake is established a moment later, and would then wait for news as long as it may.
            await asyncio.wait(self._running, timeout=_HANDSHAKE_LOOK_S)
            await self._transport.aclose()
        for stream in filter(_is_open, self._streams):
            await stream.aclose()


def _is_open(stream: Any) -> bool:
    socket = stream.get_extra_info("socket")
    return socket is not None and socket.fileno() >= 0


class Link:
    """Owns the connections to one server, reachable under one of several addresses. Lives in one event loop."""

    def __init__(self, pins: tuple[str, ...], addresses: tuple[str, ...]) -> None:
        #: The key that answered the latest handshake; one of `pins`.
        self.spki = pins[0]
        self._pins = set(pins)
        self._context = _context(self._pins, self._saw)
        self._addresses = list(addresses)
        self._hinted: set[str] = set()
        self._pool = _Pool(self._context)
        self._closing: set[asyncio.Task[None]] = set()

    def _saw(self, spki: str) -> None:
        self.spki = spki

    def trust(self, pins: tuple[str, ...]) -> None:
        """Handshakes from now on succeed with these keys; connections that are open stay."""
        self._pins.clear()
        self._pins.update(pins)

    @property
    def address(self) -> str:
        """The address in use."""
        return self._addresses[0]

    def hint(self, addresses: tuple[str, ...]) -> None:
        """Addresses that may also lead to the server (from mDNS); the pinned key decides whether they do. Anybody can announce anything:
        only the newest few are tried, and that somebody else answers there is no news."""
        news = [a for a in addresses if a not in self._addresses][:_HINTS_MOST]
        if not news:
            return
        kept = [a for a in self._hinted if a not in news][: _HINTS_MOST - len(news)]
        self._addresses = [a for a in self._addresses if a not in self._hinted or a in kept] + news
        self._hinted = {*kept, *news}

    def drop_pool(self) -> None:
        """Closes all connections; the next call makes a new one."""
        self._retire(self._pool)
        self._pool = _Pool(self._context)

    def _retire(self, pool: _Pool) -> None:
        task = asyncio.get_running_loop().create_task(pool.close())
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    async def close(self) -> None:
        """Ends all connections, those of earlier pools too."""
        self._retire(self._pool)
        await asyncio.gather(*self._closing, return_exceptions=True)

    async def call(self, request: Request) -> Response:
        """Sends one request to the address in use. Raises `LinkLost` or `WrongKey`, and then tries the next address next time."""
        address = self.address
        try:
            reply = await self._pool.request(request, f"https://{address}{request.path}")
        except (httpx2.HTTPError, OSError) as error:
            self._turn_from(address)
            if address not in self._hinted and any(isinstance(cause, _OtherKey) for cause in _causes(error)):
                raise WrongKey(str(error)) from error
            raise LinkLost(repr(error)) from error
        return Response(reply.status_code, reply.content, _seconds(reply.headers.get("retry-after")))

    def _turn_from(self, address: str) -> None:
        """The next call tries another address, unless an earlier failure has turned to one already."""
        if self._addresses[0] == address:
            self._addresses.append(self._addresses.pop(0))


def key_at(address: str) -> str:
    """The pin of the key that whoever answers at `address` holds; says nothing about who that is. Blocks. Raises `LinkLost`."""
    host, _, port = address.rpartition(":")
    try:
        certificate = ssl.get_server_certificate((host.strip("[]"), int(port)), timeout=_CONNECT_S)
    except (OSError, ValueError) as error:
        raise LinkLost(repr(error)) from error
    return spki_of(ssl.PEM_cert_to_DER_cert(certificate))


def _dressed(request: Request) -> tuple[dict[str, str], bytes]:
    headers = {"accept": "application/json", "accept-encoding": "gzip"}
    if request.bearer:
        headers["authorization"] = f"Bearer {request.bearer}"
    body = request.body
    if body:
        headers["content-type"] = "application/json"
    if len(body) >= _GZIP_FROM and request.path in _GZIP_TO:
        headers["content-encoding"] = "gzip"
        body = gzip.compress(body, 6)
    return headers, body


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or seen.__context__


def _seconds(value: str | None) -> int | None:
    """`Retry-After` in seconds; the date form is not used between these two ends."""
    return int(value) if value and value.isascii() and value.isdigit() else None
