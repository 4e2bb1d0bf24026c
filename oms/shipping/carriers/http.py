"""A carrier behind an aggregator's HTTP API: shipment, rates, transaction, label, void, manifest, trackers. The server command makes it.

Everything that comes back is bounded in bytes and in time, and nothing of it is logged or repeated to anybody but what `wire` lets through.
"""

import logging
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, TypeVar
from urllib.parse import quote

import httpx2
import msgspec

from oms.accounts import Account
from oms.shipping.carriers import wire
from oms.shipping.carriers.check import MOST_BYTES, format_of
from oms.shipping.carriers.port import (
    Address,
    Away,
    Bought,
    Box,
    CarrierEvent,
    LabelAsk,
    LabelBytes,
    NoReturns,
    Odd,
    Offer,
    Refused,
)

# The library tells every request at info level, address and query included.
for _name in ("httpx2", "httpcore2"):
    logging.getLogger(_name).setLevel(logging.WARNING)

S = TypeVar("S", bound=msgspec.Struct)
_MOST_JSON: Final = 512 * 1024
_TRIES: Final = 3
_BUSY: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
_MOST_WAIT_S: Final = 3600.0
#: The same key is being worked on this moment.
_UNDER_WAY: Final = "carrier:in_progress"


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds: for a connection, for one answer from its first byte to its last, and before asking again (doubled each time)."""

    connect_s: float = 3.0
    answer_s: float = 15.0
    again_s: float = 0.25


@dataclass(frozen=True, slots=True)
class _Answer:
    """What came back."""

    status: int
    headers: httpx2.Headers
    body: bytes


class HttpCarrier:
    """Owns the connections to one account. Safe to use from several threads."""

    def __init__(self, account: Account, patience: Patience | None = None) -> None:
        self._patience = patience or Patience()
        self._url = account.url
        times = httpx2.Timeout(
            connect=self._patience.connect_s, read=self._patience.answer_s, write=5.0, pool=self._patience.answer_s
        )
        self._client = httpx2.Client(
            timeout=times,
            trust_env=False,
            follow_redirects=False,
            limits=httpx2.Limits(max_connections=8, max_keepalive_connections=4),
            headers={"Authorization": f"Bearer {account.key}", "Accept-Encoding": "identity"},
        )

    def close_connections(self) -> None:
        """Ends all connections; the carrier is not asked any more."""
        self._client.close()

    # --- the port ---

    def rates(self, ship_from: list[str], to: Address, box: Box) -> list[Offer]:
        """See `port.Carrier`. Asked once: a person waits for it."""
        body = wire.shipment_body(ship_from, to, box)
        found = self._json(wire.Shipment, "POST", "/shipments", body, tries=1)
        return [
            Offer(rate.service[:64], rate.amount, rate.currency, rate.arrives_on)
            for rate in found.rates[:100]
            if rate.amount.is_finite() and rate.amount >= 0
        ]

    def buy(self, key: str, ask: LabelAsk, *, again: bool) -> Bought:
        """See `port.Carrier`. The shipment has a key of its own, so that asking again finds the same rate to buy."""
        got = (self._found(key) if again else None) or self._bought(key, ask)
        label = None if got.label is None else self._label(got.label)
        return Bought(got.id, got.tracking_number, got.amount, got.currency, label)

    def _found(self, key: str) -> wire.Transaction | None:
        """What was bought under the key; asked first where that may be, for a refusal must mean that nothing was."""
        path = f"/transactions?key={quote(key)}"
        found = self._json(wire.Transactions, "GET", path).transactions
        return wire.checked(found[0]) if found else None

    def _bought(self, key: str, ask: LabelAsk) -> wire.Transaction:
        about = wire.shipment_body(ask.ship_from, ask.ship_to, ask.box, ask.reference, back=ask.back)
        shipment = self._json(wire.Shipment, "POST", "/shipments", about, f"{key}-shipment")
        if ask.back and not shipment.back:
            # It would sell a label to the customer, not from them.
            raise NoReturns
        rate = next((rate for rate in shipment.rates if rate.service == ask.service), None)
        if rate is None:
            raise Refused("no_such_service")
        return wire.checked(
            self._json(wire.Transaction, "POST", "/transactions", wire.transaction_body(rate.id, ask), key)
        )

    def void(self, key: str, ref: str) -> None:
        """See `port.Carrier`."""
        self._ask("POST", f"/transactions/{quote(ref, safe='')}/void", {}, key)

    def close(self, key: str, day: date, refs: Sequence[str]) -> str:
        """See `port.Carrier`."""
        body = {"day": day.isoformat(), "transactions": list(refs)}
        return self._json(wire.Closed, "POST", "/manifests", body, key).id[:120]

    def track(self, tracking: Sequence[str]) -> list[CarrierEvent]:
        """See `port.Carrier`."""
        answer = self._ask("GET", f"/trackers?numbers={quote(','.join(tracking))}")
        return wire.read_events(answer.body)[0]

    # --- asking ---

    def _label(self, where: wire.LabelRef) -> LabelBytes | None:
        """The bytes; None when they were given before. Only ever from the carrier itself: the key goes along."""
        if not where.path.startswith("/") or where.path.startswith("//") or not where.path.isascii():
            raise Odd("answer_unusable")
        try:
            answer = self._ask("GET", where.path, most=MOST_BYTES, types=("application/", "image/", "text/plain"))
        except _Gone:
            return None
        return LabelBytes(format_of(answer.body) or where.format, answer.body)

    def _json(
        self,
        type_: type[S],
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        key: str = "",
        tries: int = _TRIES,
    ) -> S:
        answer = self._ask(method, path, body, key, tries)
        try:
            return msgspec.json.decode(answer.body, type=type_)
        except (msgspec.MsgspecError, RecursionError):
            raise Odd("answer_unreadable") from None

    def _ask(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        key: str = "",
        tries: int = _TRIES,
        most: int = _MOST_JSON,
        types: tuple[str, ...] = ("application/json",),
    ) -> _Answer:
        """One question, again after a break when nobody answered it; what is asked under a key may be asked again."""
        for attempt in range(1, tries + 1):
            try:
                return self._judged(self._heard(method, path, body, key, most), types)
            except Away as away:
                if attempt == tries or isinstance(away, Odd) or away.after_s:
                    raise
                pause = self._patience.again_s * 2 ** (attempt - 1)
                time.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 - spreads retries, hides nothing
        raise AssertionError("unreachable")

    def _heard(self, method: str, path: str, body: dict[str, Any] | None, key: str, most: int) -> _Answer:
        """The answer. A server may close a kept connection at any time (RFC 9112, 9.3.1): then the same is asked on a new one at once."""
        try:
            return self._once(method, path, body, key, most)
        except _Dropped:
            return self._once(method, path, body, key, most)

    def _once(self, method: str, path: str, body: dict[str, Any] | None, key: str, most: int) -> _Answer:
        headers = {"Idempotency-Key": key} if key else {}
        end = time.monotonic() + self._patience.answer_s
        try:
            with self._client.stream(method, self._url + path, json=body, headers=headers) as answer:
                if answer.headers.get("content-encoding", "identity").lower() not in ("", "identity"):
                    raise Odd("answer_unreadable")
                read = bytearray()
                for part in answer.iter_raw(65_536):
                    read += part
                    if len(read) > most:
                        raise Odd("answer_too_large")
                    if time.monotonic() > end:
                        raise Away("too_slow")
                return _Answer(answer.status_code, answer.headers, bytes(read))
        except httpx2.TimeoutException:
            raise Away("too_slow") from None
        except httpx2.DecodingError:
            raise Odd("answer_unreadable") from None
        except (httpx2.RemoteProtocolError, httpx2.ReadError, httpx2.WriteError):
            raise _Dropped("not_reached") from None
        except (httpx2.HTTPError, httpx2.StreamError):
            raise Away("not_reached") from None

    def _judged(self, answer: _Answer, types: tuple[str, ...]) -> _Answer:
        """The answer, if it is one to what was asked."""
        if answer.status in _BUSY:
            raise Away("rate_limited" if answer.status == 429 else "carrier_trouble", _retry_after(answer.headers))
        if answer.status in (401, 403):
            # Our account is the trouble, not the parcel: it may be mended, and then every parcel goes on.
            raise Away("account_refused", 60.0)
        if answer.status == 410:
            raise _Gone("label_lost")
        if 400 <= answer.status < 500:
            code = _code(answer.body)
            if answer.status == 409 and code == _UNDER_WAY:
                raise Away("too_slow", 2.0)
            raise Refused(code)
        if not 200 <= answer.status < 300:
            raise Odd("answer_unusable")
        kind = answer.headers.get("content-type", "").lower()
        if not kind.startswith(types):
            raise Odd("answer_type")
        return answer


class _Gone(Refused):
    """It was there once."""


class _Dropped(Away):
    """The connection ended before the answer did."""


def _retry_after(headers: httpx2.Headers) -> float:
    text = headers.get("retry-after", "")
    return min(float(text), _MOST_WAIT_S) if text.isascii() and text.isdigit() and len(text) < 6 else 0.0


def _code(body: bytes) -> str:
    """The carrier's own code of why not, when it is one: `carrier:` and a short plain word."""
    try:
        code = msgspec.json.decode(body, type=wire.Problem).code.lower()
    except (msgspec.MsgspecError, RecursionError):
        code = ""
    plain = 1 <= len(code) <= 40 and code.isascii() and code.replace("_", "").isalnum()
    return f"carrier:{code}" if plain else "carrier:refused"
