"""The payment port: what is asked of a payment provider, by its token and never by a card, and one that is asked over HTTP.

Each question goes under an idempotency key. An answer is done, refused, or unsure: then the same is asked again under the same key.
"""

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Final, Protocol

import httpx2
import msgspec

from oms.accounts import Account

for _name in ("httpx2", "httpcore2"):
    logging.getLogger(_name).setLevel(logging.WARNING)

_MOST_BYTES: Final = 64 * 1024
_WORD: Final = re.compile(r"[a-z0-9_]{1,40}")
_NAME: Final = re.compile(r"[\x21-\x7e]{0,200}")


class Outcome(StrEnum):
    """What came of a question."""

    DONE = "done"
    REFUSED = "refused"
    #: Nobody knows whether it happened.
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a provider said: its reference of what it did, or a code of why not."""

    outcome: Outcome
    reference: str = ""
    problem: str = ""


class PaymentPort(Protocol):
    """A payment provider. `token` is its handle of an authorisation, `key` names the question for ever. Nothing is raised."""

    def capture(self, token: str, amount: Decimal, currency: str, key: str) -> Answer:
        """Takes money that was authorised."""

    def refund(self, token: str, amount: Decimal, currency: str, key: str) -> Answer:
        """Pays back what was taken."""

    def void(self, token: str, amount: Decimal, currency: str, key: str) -> Answer:
        """Lets go what was authorised and will not be taken."""

    def close(self) -> None:
        """Ends the connections."""


class _Said(msgspec.Struct):
    """What a provider answers."""

    status: str = ""
    reference: str = ""
    code: str = ""


class HttpProvider:
    """Owns the connections to one account: `POST /captures`, `/refunds`, `/voids` with an `Idempotency-Key`. Safe from several threads."""

    def __init__(self, account: Account, answer_s: float = 10.0) -> None:
        self._url = account.url
        self._client = httpx2.Client(
            timeout=httpx2.Timeout(connect=3.0, read=answer_s, write=5.0, pool=answer_s),
            trust_env=False,
            follow_redirects=False,
            limits=httpx2.Limits(max_connections=4, max_keepalive_connections=2),
            headers={"Authorization": f"Bearer {account.key}", "Accept-Encoding": "identity"},
        )

    def close(self) -> None:
        """See `PaymentPort`."""
        self._client.close()

    def capture(self, token: str, amount: Decimal, currency: str, key: str) -> Answer:
        """See `PaymentPort`."""
        return self._ask("captures", token, amount, currency, key)

    def refund(self, token: str, amount: Decimal, currency: str, key: str) -> Answer:
        """See `PaymentPort`."""
        return self._ask("refunds", token, amount, currency, key)

    def void(self, token: str, amount: Decimal, currency: str, key: str) -> Answer:
        """See `PaymentPort`."""
        return self._ask("voids", token, amount, currency, key)

    def _ask(self, what: str, token: str, amount: Decimal, currency: str, key: str) -> Answer:
        body = {"token": token, "amount": str(amount), "currency": currency}
        try:
            with self._client.stream(
                "POST", f"{self._url}/{what}", json=body, headers={"Idempotency-Key": key}
            ) as answer:
                read = bytearray()
                for part in answer.iter_raw(16_384):
                    read += part
                    if len(read) > _MOST_BYTES:
                        return Answer(Outcome.UNSURE, problem="answer_too_large")
                return _judged(answer.status_code, bytes(read))
        except (httpx2.HTTPError, httpx2.StreamError):
            return Answer(Outcome.UNSURE, problem="not_reached")


def _judged(status: int, body: bytes) -> Answer:
    """Only a plain word of the provider itself, in a well formed answer, settles anything."""
    try:
        said = msgspec.json.decode(body, type=_Said)
    except (msgspec.MsgspecError, RecursionError):
        return Answer(Outcome.UNSURE, problem="answer_unreadable")
    code = said.code.lower() if _WORD.fullmatch(said.code.lower()) else "refused"
    if status == 200 and said.status == "done" and _NAME.fullmatch(said.reference):
        return Answer(Outcome.DONE, said.reference)
    if status in (200, 402, 422) and said.status == "refused":
        return Answer(Outcome.REFUSED, problem=f"provider:{code}")
    return Answer(Outcome.UNSURE, problem="account_refused" if status in (401, 403) else "provider_trouble")


@dataclass(slots=True)
class Providers:
    """All providers we have accounts with, by code. Closed at the end of the application."""

    accounts: Mapping[str, Account] = field(default_factory=dict)
    by_code: Mapping[str, PaymentPort] = field(default_factory=dict)

    def secret(self, code: str) -> str:
        """What a provider signs with; '' none."""
        account = self.accounts.get(code)
        return account.webhook_secret if account else ""

    def close(self) -> None:
        """Ends all connections."""
        for port in self.by_code.values():
            port.close()


def open_providers(accounts: Mapping[str, Account]) -> Providers:
    """Over HTTP."""
    return Providers(accounts, {code: HttpProvider(account) for code, account in accounts.items()})
