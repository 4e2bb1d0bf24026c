"""Keeps guessing slow and runaway programs harmless: so many requests per asker and kind of route, counted in this process.

Per process: behind a balancer with N servers an asker gets N times as much. What must not grow with N is counted in the database: wrong
PINs (`oms.people.sessions`), and codes, nonces and tokens are random and long enough.
"""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

import msgspec
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from oms.feed.refusals import Refusal
from sync.contract.codes import ErrorCode
from sync.contract.wire import ErrorBody

#: Askers remembered at most; of those longest ago the count is forgotten.
_MOST: Final = 10_000
_ROUNDING_S: Final = 1e-6
#: How long a token that was good is known as such.
_GOOD_S: Final = 900.0
#: Never limited here: what tells nothing and costs nothing, and what limits itself (`trust_routes`).
_FREE: Final = ("/healthz", "/readyz", "/metrics", "/schema")


class Rate:
    """A leaking bucket per key: `burst` at once, then one every `every_s` seconds."""

    def __init__(self, burst: int, every_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._burst = burst
        self._every_s = every_s
        self._clock = clock
        self._guard = threading.Lock()
        #: key -> when its bucket will be empty again
        self._empty_at: dict[str, float] = {}

    def spend(self, key: str) -> None:
        """Counts one try; raises `Refusal` 429 when it is one too many."""
        now = self._clock()
        with self._guard:
            empty_at = max(now, self._empty_at.pop(key, now)) + self._every_s
            over = empty_at - now - self._burst * self._every_s
            # What is over stays out of the count, or who never stops asking would never be let in again.
            self._empty_at[key] = empty_at - self._every_s if over > _ROUNDING_S else empty_at
            if len(self._empty_at) > _MOST:
                _trim(self._empty_at, now)
        if over > _ROUNDING_S:
            raise _too_many(over)

    def full(self, key: str) -> float:
        """Seconds until the next try would be let through; 0 when it would be now."""
        now = self._clock()
        with self._guard:
            over = self._empty_at.get(key, now) + self._every_s - now - self._burst * self._every_s
        return over if over > _ROUNDING_S else 0.0


class Rates:
    """The buckets of one server process: open routes count per address, the others per token or key."""

    def __init__(self) -> None:
        #: Pairing, per address.
        self.pair = Rate(burst=10, every_s=6.0)
        #: Nonces, tokens and new identities: per address, where all devices behind one balancer are one, and per device on it.
        self.token = Rate(burst=600, every_s=0.05)
        self.token_of_one = Rate(burst=30, every_s=2.0)
        #: Sign-in, per device; and what did not lead to anybody.
        self.sessions = Rate(burst=20, every_s=3.0)
        self.strangers = Rate(burst=10, every_s=30.0)
        #: Customers' pages, per address; many customers may share one.
        self.pages = Rate(burst=60, every_s=0.5)
        #: Bad tokens and keys, per address. After a restore every device behind one balancer comes with a token that is not known.
        self.bad = Rate(burst=600, every_s=0.1)
        self._kinds = (
            ("/v1/sync", Rate(burst=2000, every_s=0.01)),
            ("/v1/work", Rate(burst=2000, every_s=0.01)),
            ("/v1/admin", Rate(burst=200, every_s=0.5)),
            ("/v1/", Rate(burst=1000, every_s=0.02)),
        )
        self._guard = threading.Lock()
        self._good: dict[str, float] = {}

    def enter(self, path: str, asker: str, address: str) -> None:
        """One request of an asker (a hashed token or key, or an address). Raises `Refusal` 429."""
        if asker != address and not self._is_good(asker) and (wait := self.bad.full(address)):
            raise _too_many(wait)
        for prefix, rate in self._kinds:
            if path.startswith(prefix):
                rate.spend(asker)
                return

    def good(self, secret: str) -> None:
        """A token that was just given out: whoever has it is no guesser."""
        self._keep_good(hashed(secret))

    def left(self, asker: str, address: str, status: int) -> None:
        """How that request ended."""
        if status == 401 and asker != address:
            self._good.pop(asker, None)
            try:
                self.bad.spend(address)
            except Refusal:
                return
        elif status < 400 and asker != address:
            self._keep_good(asker)

    def _keep_good(self, asker: str) -> None:
        now = time.monotonic()
        with self._guard:
            self._good.pop(asker, None)
            self._good[asker] = now + _GOOD_S
            if len(self._good) > _MOST:
                _trim(self._good, now)

    def _is_good(self, asker: str) -> bool:
        return self._good.get(asker, 0.0) > time.monotonic()


def limited(rates: Rates) -> Callable[[ASGIApp], ASGIApp]:
    """ASGI middleware around the routes."""

    def around(app: ASGIApp) -> ASGIApp:
        async def counted(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != ScopeType.HTTP or scope["path"].startswith(_FREE):
                await app(scope, receive, send)
                return
            address = scope["client"][0] if scope["client"] else ""
            asker = _asker(scope) or address
            try:
                rates.enter(scope["path"], asker, address)
            except Refusal as refusal:
                # Answered here: from a middleware it would be counted as a fault of ours.
                await _answer(refusal, scope, send)
                return
            status = 500

            async def note(message: Message) -> None:
                nonlocal status
                if message["type"] == "http.response.start":
                    status = message["status"]
                await send(message)

            try:
                await app(scope, receive, note)
            finally:
                rates.left(asker, address, status)

        return counted

    return around


async def _answer(refusal: Refusal, scope: Scope, send: Send) -> None:
    body = ErrorBody(
        error=refusal.code,
        epoch=scope["litestar_app"].state.epoch,
        server_time=datetime.now(UTC).isoformat(timespec="milliseconds"),
        retry_after_s=refusal.retry_after_s,
    )
    headers = [(b"content-type", b"application/json"), (b"retry-after", str(refusal.retry_after_s).encode())]
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": msgspec.json.encode(body), "more_body": False})


def hashed(secret: str) -> str:
    """How a secret is remembered here."""
    return sha256(secret.encode()).hexdigest()


def _trim(times: dict[str, float], now: float) -> None:
    """Forgets what is over, and of the rest the older half: those added last stay, and the work is done once in thousands of requests."""
    living = [(key, time_) for key, time_ in times.items() if time_ > now][-_MOST // 2 :]
    times.clear()
    times.update(living)


def _asker(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"authorization":
            return hashed(value.decode("latin-1").partition(" ")[2].strip())
    return ""


def _too_many(wait_s: float) -> Refusal:
    return Refusal(429, ErrorCode.RATE_LIMITED, retry_after_s=max(1, round(wait_s)))
