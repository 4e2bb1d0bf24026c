"""One log line and one measurement per request. No query string, no header and no body is ever logged."""

import logging
import time
from typing import Any

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

_log = logging.getLogger("oms.http")
_QUIET = frozenset({"/healthz", "/readyz", "/metrics"})


def observe(app: ASGIApp) -> ASGIApp:
    """ASGI middleware around the routes."""

    async def measured(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return
        began, status = time.perf_counter(), 500

        async def note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await app(scope, receive, note)
        finally:
            _report(scope, status, time.perf_counter() - began)

    return measured


def _report(scope: Any, status: int, seconds: float) -> None:
    # The template, not the path: paths carry order numbers and would make a series each.
    route = scope.get("path_template") or "unknown"
    scope["litestar_app"].state.oms.metrics.http.labels(scope["method"], route, str(status)).observe(seconds)
    if route not in _QUIET:
        words = {"method": scope["method"], "route": route, "status": status, "ms": round(seconds * 1000, 1)}
        _log.info("request", extra={"words": words})
