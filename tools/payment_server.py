"""A payment provider for tests and demonstrations, over real HTTP, with books of what it took - and bad manners on request: slow, 500,
connections cut before or after it has done it, answers that are none.

    python -m tools.payment_server --port 8091 --key demo --trouble 0.1
"""

import argparse
import json
import random
import threading
import time
from dataclasses import dataclass, field
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

FAULTS = ("error", "error_after", "cut_before", "cut_after", "garbage", "huge", "slow", "locked_out")


@dataclass
class Purse:
    """One authorisation."""

    currency: str
    authorised: Decimal
    captured: Decimal = Decimal(0)
    refunded: Decimal = Decimal(0)
    voided: Decimal = Decimal(0)


@dataclass
class Books:
    """What the provider knows; guarded by `lock`."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    purses: dict[str, Purse] = field(default_factory=dict)
    #: Idempotency key -> (status, answer).
    answers: dict[str, tuple[int, dict[str, str]]] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)


class PaymentServer:
    """Owns a listening server and its books. `misbehave` orders bad manners, `trouble` is their chance per question."""

    def __init__(self, key: str = "test-key", *, port: int = 0, trouble: float = 0.0, seed: int = 1) -> None:
        self.key, self.trouble, self.slow_s = key, trouble, 0.3
        self.books = Books()
        self.ordered: list[str] = []
        self._dice = random.Random(seed)
        self._http = _Http(("127.0.0.1", port), _Handler)
        self._http.provider = self
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True)

    @property
    def url(self) -> str:
        """Its address, as a setting of the OMS."""
        return f"http://127.0.0.1:{self._http.server_address[1]}/v1"

    def __enter__(self) -> "PaymentServer":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def authorise(self, token: str, amount: str, currency: str = "EUR") -> None:
        """As a shop does it with its customer."""
        self.books.purses[token] = Purse(currency, Decimal(amount))

    def misbehave(self, *faults: str) -> None:
        """Each once, in this order."""
        with self.books.lock:
            self.ordered += faults

    def fault(self) -> str:
        """What to do wrong now, or ''."""
        with self.books.lock:
            if self.ordered:
                return self.ordered.pop(0)
            return self._dice.choice(FAULTS) if self._dice.random() < self.trouble else ""

    def do(self, what: str, key: str, body: dict[str, Any]) -> tuple[int, dict[str, str]]:
        """Does it, once for each key."""
        with self.books.lock:
            self.books.asked.append((what, key))
            if key not in self.books.answers:
                self.books.answers[key] = self._done(what, body, len(self.books.answers) + 1)
            return self.books.answers[key]

    def _done(self, what: str, body: dict[str, Any], n: int) -> tuple[int, dict[str, str]]:
        purse = self.books.purses.get(str(body.get("token")))
        amount = Decimal(str(body.get("amount")))
        if purse is None or purse.currency != body.get("currency"):
            return 422, {"status": "refused", "code": "unknown_token"}
        left = purse.authorised - purse.captured - purse.voided
        room = purse.captured - purse.refunded if what == "refunds" else left
        if not 0 < amount <= room:
            return 402, {"status": "refused", "code": "not_that_much"}
        name = {"captures": "captured", "refunds": "refunded", "voids": "voided"}[what]
        setattr(purse, name, getattr(purse, name) + amount)
        return 200, {"status": "done", "reference": f"{name}-{n}"}


class _Http(ThreadingHTTPServer):
    """Waits for nobody when it is closed."""

    daemon_threads = True
    block_on_close = True
    provider: PaymentServer

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that went away are none of our concern."""


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    timeout = 5
    server: _Http

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""

    def do_POST(self) -> None:
        """`/v1/captures`, `/v1/refunds`, `/v1/voids`."""
        provider = self.server.provider
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", "0"))) or b"{}")
        if self.headers.get("Authorization") != f"Bearer {provider.key}":
            self._answer(401, {"code": "who_are_you"})
            return
        fault = provider.fault()
        if fault == "cut_before":
            self.close_connection = True
            return
        if fault in ("error", "locked_out"):
            self._answer(500 if fault == "error" else 401, {"code": "trouble"})
            return
        if fault == "slow":
            time.sleep(provider.slow_s)
        status, said = provider.do(self.path.rpartition("/")[2], self.headers.get("Idempotency-Key", ""), body)
        if fault == "cut_after":
            self.close_connection = True
        elif fault == "error_after":
            self._answer(502, {"code": "trouble"})
        elif fault == "garbage":
            self._send(200, b"<html>done</html>")
        elif fault == "huge":
            self._send(200, b" " * 200_000)
        else:
            self._answer(status, said)

    def _answer(self, status: int, said: dict[str, str]) -> None:
        self._send(status, json.dumps(said).encode())

    def _send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def main() -> None:
    """Serves until it is interrupted."""
    parser = argparse.ArgumentParser(description="A payment provider that is none.")
    parser.add_argument("--port", type=int, default=8091)
    parser.add_argument("--key", default="demo")
    parser.add_argument("--trouble", type=float, default=0.0)
    got = parser.parse_args()
    with PaymentServer(got.key, port=got.port, trouble=got.trouble) as server:
        print(server.url, flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()
