"""Every non-2xx answer is an `ErrorBody`. Routes raise `Refusal`; what nobody expected becomes a calm 500 and a report in the log."""

import logging
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

import msgspec
from litestar import MediaType, Request, Response
from litestar.exceptions import HTTPException, InternalServerException
from psycopg.errors import DeadlockDetected, LockNotAvailable, QueryCanceled, SerializationFailure
from sqlalchemy.exc import DataError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from oms.feed.refusals import Refusal
from sync.contract.codes import ErrorCode
from sync.contract.wire import ErrorBody

_log = logging.getLogger("oms.api")

_CODES = {
    400: ErrorCode.INVALID,
    401: ErrorCode.UNAUTHENTICATED,
    403: ErrorCode.FORBIDDEN,
    404: ErrorCode.NOT_FOUND,
    405: ErrorCode.INVALID,
    409: ErrorCode.CONFLICT,
    413: ErrorCode.TOO_LARGE,
    415: ErrorCode.INVALID,
    426: ErrorCode.UPGRADE,
    429: ErrorCode.RATE_LIMITED,
}
_BUSY_AGAIN_S = 2


def server_time() -> str:
    """Now, as every answer carries it: RFC 3339, UTC."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def answer_error(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """The answer to anything a route raised."""
    known = _known(error)
    if known is None:
        _log.error("unexpected error in %s %s", request.method, request.url.path, exc_info=error)
        known = Refusal(500, ErrorCode.BUSY, "internal error, see the server's log")
    body = ErrorBody(
        error=known.code,
        detail=known.detail,
        epoch=known.epoch or request.app.state.epoch,
        server_time=server_time(),
        last_seq=known.last_seq,
        chain_at_last=known.chain,
        retry_after_s=known.retry_after_s,
    )
    headers = {} if known.retry_after_s is None else {"Retry-After": str(known.retry_after_s)}
    return Response(msgspec.json.encode(body), status_code=known.status, media_type=MediaType.JSON, headers=headers)


def _known(error: Exception) -> Refusal | None:
    if isinstance(error, Refusal):
        return error
    if isinstance(error, InternalServerException) and "disconnected" in error.detail:
        # A handheld left the network in the middle of its request; nobody is there to read this.
        return Refusal(400, ErrorCode.INVALID, "the body ended early")
    if isinstance(error, HTTPException) and error.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
        code = _CODES.get(error.status_code, ErrorCode.INVALID)
        return Refusal(error.status_code, code, _detail(error))
    if isinstance(error, DataError):
        # A NUL in a text, a number beyond its column: nothing this server could have kept.
        return Refusal(400, ErrorCode.INVALID, "a value that cannot be kept")
    if isinstance(error, PoolTimeout | OperationalError) or (isinstance(error, DBAPIError) and _passing(error)):
        _log.warning("database busy or away: %s", type(getattr(error, "orig", None) or error).__name__)
        return Refusal(503, ErrorCode.BUSY, "the database is busy or away", retry_after_s=_BUSY_AGAIN_S)
    return None


def _passing(error: DBAPIError) -> bool:
    """Whether the same request may well succeed a moment later."""
    passing = (DeadlockDetected, SerializationFailure, LockNotAvailable, QueryCanceled)
    return error.connection_invalidated or isinstance(error.orig, passing)


def _detail(error: HTTPException) -> str:
    said = [error.detail]
    if isinstance(error.extra, list):
        said += [f"{e.get('key', '')} {e.get('message', '')}".strip() for e in error.extra if isinstance(e, dict)]
    return "; ".join(said)
