"""Request bodies that come compressed: unpacked before the route reads them, never to more than a route would take plain."""

import zlib
from typing import cast

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPReceiveMessage, HTTPRequestEvent, Receive, Scope, Send

from oms.feed.refusals import Refusal
from sync.contract.codes import ErrorCode

_PACKED_MOST = 1024 * 1024
_PLAIN_MOST = 1024 * 1024


def inflate(app: ASGIApp) -> ASGIApp:
    """ASGI middleware for routes that take `Content-Encoding: gzip`. Raises `Refusal` 400 or 413."""

    async def unpacked(scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"])
        if scope["type"] != ScopeType.HTTP or headers.get(b"content-encoding", b"").lower() != b"gzip":
            await app(scope, receive, send)
            return
        body = _gunzip(await _whole(receive))
        dropped = (b"content-encoding", b"content-length")
        kept = [(name, value) for name, value in scope["headers"] if name.lower() not in dropped]
        scope["headers"] = [*kept, (b"content-length", str(len(body)).encode())]
        given = False

        async def once() -> HTTPReceiveMessage:
            nonlocal given
            if given:
                return cast(HTTPReceiveMessage, await receive())
            given = True
            return HTTPRequestEvent(type="http.request", body=body, more_body=False)

        await app(scope, once, send)

    return unpacked


async def _whole(receive: Receive) -> bytes:
    parts = bytearray()
    more = True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            raise Refusal(400, ErrorCode.ENVELOPE, "the body ended early")
        parts += message["body"]
        more = message["more_body"]
        if len(parts) > _PACKED_MOST:
            raise Refusal(413, ErrorCode.TOO_LARGE)
    return bytes(parts)


def _gunzip(packed: bytes) -> bytes:
    unpacker = zlib.decompressobj(wbits=31)
    try:
        plain = unpacker.decompress(packed, _PLAIN_MOST + 1)
    except zlib.error as error:
        raise Refusal(400, ErrorCode.ENVELOPE, "not gzip") from error
    if len(plain) > _PLAIN_MOST:
        raise Refusal(413, ErrorCode.TOO_LARGE)
    if not unpacker.eof:
        raise Refusal(400, ErrorCode.ENVELOPE, "the body ended early")
    return plain
