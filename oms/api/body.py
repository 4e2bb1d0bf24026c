"""Request bodies read by hand: those that may come compressed, or that keep parts of the JSON as they came."""

import zlib
from typing import Any, TypeVar

import msgspec
from litestar import Request
from msgspec import Struct

from oms.feed.refusals import Refusal
from sync.contract.codes import ErrorCode

S = TypeVar("S", bound=Struct)

#: A small body must not become a huge one.
_PLAIN_MOST = 1024 * 1024


async def read_body(request: Request[Any, Any, Any], type_: type[S]) -> S:
    """The body as `type_`. The framework's own reading would take kept-as-is parts (`msgspec.Raw`) apart, and the hash of an op is over
    just these. Raises `Refusal` 400 or 413."""
    body = await request.body()
    if request.headers.get("content-encoding", "").lower() == "gzip":
        body = _gunzip(body)
    try:
        return msgspec.json.decode(body, type=type_)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise Refusal(400, ErrorCode.ENVELOPE, str(error)) from error


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
