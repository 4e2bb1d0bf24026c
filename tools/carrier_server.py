"""A carrier for tests and demonstrations, in the shape of an aggregator's HTTP API, with a ledger of what it charged - and bad manners on
request: slow, 500, connections cut after it has bought, labels given once, a tracking number twice, ZPL that sets the printer up anew.

    python -m tools.carrier_server --port 8090 --key demo --trouble 0.1
"""

import argparse
import io
import json
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from reportlab.graphics.barcode.code128 import Code128
from reportlab.pdfgen.canvas import Canvas

#: Everything it can do wrong, and on which kind of question.
FAULTS = {
    "slow": ("shipments", "transactions", "label", "void", "manifests"),
    "error": ("shipments", "transactions", "label", "void", "manifests"),
    "rate_limited": ("shipments", "transactions"),
    "cut_before": ("shipments", "transactions", "void", "manifests"),
    "cut_after": ("transactions", "void", "manifests"),
    "error_after": ("transactions", "void", "manifests"),
    "garbage": ("shipments", "transactions", "manifests"),
    "wrong_type": ("shipments", "transactions", "label"),
    "huge": ("shipments", "transactions", "label"),
    "drip": ("transactions",),
    "cut_label": ("label",),
    "same_tracking": ("transactions",),
    "zpl_mode": ("transactions",),
    "zpl_harmful": ("transactions",),
    "zpl_empty": ("transactions",),
}
_LABEL = "^XA^PW812^LL1218^FO40,40^A0N,60,60^FD{service}^FS^FO40,400^BY3^BCN,200,Y^FD{tracking}^FS^XZ"
_MODES = "~JR^XA^MNN^MMT~SD30^JUS^XZ^XA^JUF^XZ" + _LABEL + "^XA^MTD^XZ~JC"
_SERVICES = {"std": "5.95", "express": "11.50"}


@dataclass
class Purchase:
    """One transaction in the ledger."""

    id: str
    key: str
    reference: str
    tracking: str
    amount: str
    label: bytes
    format: str = "zpl"
    back: bool = False
    charged: int = 1
    voided: bool = False
    given: bool = False
    manifest: str = ""


@dataclass
class Books:
    """What the carrier knows; owned by one server, guarded by `lock`."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    shipments: dict[str, dict[str, Any]] = field(default_factory=dict)
    purchases: dict[str, Purchase] = field(default_factory=dict)
    manifests: dict[str, str] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)
    asked: Counter[str] = field(default_factory=Counter)

    def by_id(self, id: str) -> Purchase | None:
        """The purchase with that number."""
        return next((one for one in self.purchases.values() if one.id == id), None)

    def paid_for(self) -> dict[str, list[Purchase]]:
        """Parcel (its reference) -> purchases that are charged and not given back."""
        found: dict[str, list[Purchase]] = {}
        for one in self.purchases.values():
            if not one.voided:
                found.setdefault(one.reference, []).append(one)
        return found

    def charged_twice(self) -> list[str]:
        """Parcels with more than one purchase that is charged, and keys that were charged more than once."""
        twice = [reference for reference, some in self.paid_for().items() if len(some) > 1]
        return twice + [one.key for one in self.purchases.values() if one.charged != 1]


def _pdf(service: str, tracking: str) -> bytes:
    """A label on a sheet of 100 by 150 mm."""
    out = io.BytesIO()
    sheet = Canvas(out, pagesize=(283, 425))
    sheet.drawString(20, 380, service)
    Code128(f"%{tracking}0528", barWidth=0.9, barHeight=80, quiet=0).drawOn(sheet, 20, 220)
    sheet.drawString(20, 200, tracking)
    sheet.save()
    return out.getvalue()


class CarrierServer:
    """Owns a listening server and its books. `trouble` is the chance of bad manners per question; `misbehave` orders one."""

    def __init__(self, key: str = "test-key", *, port: int = 0, trouble: float = 0.0, seed: int = 1) -> None:
        self.key, self.trouble, self.slow_s = key, trouble, 0.5
        self.label_once = True
        #: Whether it makes labels for what comes back; else it does not know what is meant.
        self.takes_back = True
        #: What it asks for its services: amount and money, as they go into the answer.
        self.asks: dict[str, tuple[Any, str]] = {service: (amount, "EUR") for service, amount in _SERVICES.items()}
        self.books = Books()
        self._dice = random.Random(seed)
        #: Bad manners that are still to come.
        self.ordered: list[str] = []
        self._http = _Http(("127.0.0.1", port), _Handler)
        self._http.carrier = self
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True)

    @property
    def url(self) -> str:
        """Its address, as a setting of the OMS."""
        return f"http://127.0.0.1:{self._http.server_address[1]}/v1"

    def __enter__(self) -> "CarrierServer":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def misbehave(self, *faults: str) -> None:
        """Each once, in this order, at the next question it fits."""
        with self.books.lock:
            self.ordered += faults

    def fault(self, kind: str) -> str:
        """What to do wrong at this question, or ''."""
        with self.books.lock:
            self.books.asked[kind] += 1
            for one in self.ordered:
                if kind in FAULTS[one]:
                    self.ordered.remove(one)
                    return one
            if self._dice.random() < self.trouble:
                return self._dice.choice([one for one, kinds in FAULTS.items() if kind in kinds])
            return ""


class _Http(ThreadingHTTPServer):
    """Waits for nobody when it is closed: a connection that was to be slow ends with its thread."""

    daemon_threads = True
    block_on_close = True
    carrier: CarrierServer

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that went away are none of our concern."""


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    timeout = 5

    @property
    def _me(self) -> CarrierServer:
        http: _Http = self.server  # type: ignore[assignment]
        return http.carrier

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""

    def do_GET(self) -> None:
        """Labels, trackers, purchases by key."""
        self._answer()

    def do_POST(self) -> None:
        """All else."""
        self._answer()

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        if self.headers.get("authorization") != f"Bearer {self._me.key}":
            self._json(401, {"code": "key"})
            return
        path = urlsplit(self.path)
        parts = path.path.removeprefix("/v1/").split("/")
        kind = {"labels": "label"}.get(parts[0], "void" if parts[-1] == "void" else parts[0])
        fault = self._me.fault(kind) if not path.query else ""
        if (
            fault in ("error", "rate_limited", "cut_before", "garbage", "wrong_type", "huge", "drip")
            and kind != "label"
        ):
            self._bad(fault)
            return
        if fault == "slow":
            time.sleep(self._me.slow_s)
        key = self.headers.get("idempotency-key", "")
        said = json.loads(body) if body else {}
        acts = {"shipments": self._shipment, "transactions": self._buy, "manifests": self._manifest}
        if kind == "void":
            status, answer = self._void(parts[1])
        elif kind == "label":
            self._label(parts[1], fault)
            return
        elif kind == "trackers":
            numbers = parse_qs(path.query).get("numbers", [""])[0].split(",")
            status, answer = 200, {"events": [e for e in self._me.books.events if e["tracking_number"] in numbers]}
        elif kind == "transactions" and path.query:
            status, answer = self._by_key(parse_qs(path.query)["key"][0])
        elif kind in acts:
            status, answer = acts[kind](key, said, fault)
        else:
            status, answer = 404, {"code": "unknown"}
        if fault in ("cut_after", "error_after"):
            self._bad("cut_before" if fault == "cut_after" else "error")
            return
        self._json(status, answer)

    # --- what it does ---

    def _shipment(self, key: str, said: dict[str, Any], fault: str) -> tuple[int, dict[str, Any]]:
        if said["to"]["postcode"] == "0000":
            return 422, {"code": "address"}
        books = self._me.books
        with books.lock:
            id = f"shp_{len(books.shipments) + 1}"
            made = {
                "id": id,
                "rates": [
                    {"id": f"{id}:{s}", "service": s, "amount": a, "currency": money}
                    for s, (a, money) in self._me.asks.items()
                ],
                "reference": said["reference"],
            }
            if self._me.takes_back and said.get("return"):
                made["return"] = True
            return 200, books.shipments.setdefault(key or id, made)

    def _buy(self, key: str, said: dict[str, Any], fault: str) -> tuple[int, dict[str, Any]]:
        books = self._me.books
        with books.lock:
            if not key:
                return 400, {"code": "key_missing"}
            if key not in books.purchases:
                n = len(books.purchases) + 1
                service = said["rate"].rpartition(":")[2]
                tracking = f"TST{n:09d}"
                if fault == "same_tracking" and n > 1:
                    tracking = list(books.purchases.values())[-1].tracking
                text = {"zpl_mode": _MODES, "zpl_harmful": _LABEL + "^XA~CD;^XZ", "zpl_empty": "^XA^MNN^XZ"}
                zpl = text.get(fault, _LABEL).format(service=service, tracking=tracking).encode()
                format = said["label_format"]
                # Bad manners are in ZPL, whatever was asked for.
                label = _pdf(service, tracking) if format == "pdf" and fault not in text else zpl
                shipment = said["rate"].rpartition(":")[0]
                back = any(one["id"] == shipment and one.get("return") for one in books.shipments.values())
                books.purchases[key] = Purchase(
                    f"txn_{n}", key, said["reference"], tracking, _SERVICES[service], label, format, back
                )
            return 201, self._told(books.purchases[key])

    def _by_key(self, key: str) -> tuple[int, dict[str, Any]]:
        with self._me.books.lock:
            found = self._me.books.purchases.get(key)
            return 200, {"transactions": [self._told(found)] if found else []}

    def _told(self, one: Purchase) -> dict[str, Any]:
        told: dict[str, Any] = {
            "id": one.id,
            "tracking_number": one.tracking,
            "amount": one.amount,
            "currency": "EUR",
        }
        if not (one.given and self._me.label_once):
            told["label"] = {"format": one.format, "path": f"/labels/{one.id}"}
        return told

    def _void(self, id: str) -> tuple[int, dict[str, Any]]:
        with self._me.books.lock:
            found = self._me.books.by_id(id)
            if found is None:
                return 404, {"code": "unknown"}
            if found.manifest:
                return 409, {"code": "manifested"}
            found.voided = True
            return 200, {"status": "voided"}

    def _manifest(self, key: str, said: dict[str, Any], fault: str) -> tuple[int, dict[str, Any]]:
        books = self._me.books
        with books.lock:
            if key not in books.manifests:
                inside = [books.by_id(id) for id in said["transactions"]]
                if any(one is None or one.voided or one.manifest for one in inside):
                    return 422, {"code": "not_manifestable"}
                books.manifests[key] = f"mf_{len(books.manifests) + 1}"
                for one in inside:
                    if one is not None:
                        one.manifest = books.manifests[key]
            return 201, {"id": books.manifests[key]}

    def _label(self, id: str, fault: str) -> None:
        if fault in ("error", "wrong_type", "huge"):
            with self._me.books.lock:
                if (found := self._me.books.by_id(id)) is not None and fault != "error":
                    found.given = True
            self._bad(fault)
            return
        with self._me.books.lock:
            found = self._me.books.by_id(id)
            gone = found is None or (found.given and self._me.label_once)
            if found is not None:
                found.given = True
        if found is None or gone:
            self._json(410, {"code": "gone"})
            return
        body = found.label
        self.send_response(200)
        self.send_header("Content-Type", f"application/{found.format}")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if fault == "cut_label" else body)
        self.close_connection = fault == "cut_label"

    # --- bad manners ---

    def _bad(self, fault: str) -> None:
        self.close_connection = True
        match fault:
            case "error":
                self._json(500, {"code": "internal"})
            case "rate_limited":
                self.send_response(429)
                self.send_header("Retry-After", "1")
                self.send_header("Content-Length", "0")
                self.end_headers()
            case "garbage":
                self._raw("application/json", b'{"id": "x", "rates": [')
            case "wrong_type":
                self._raw("text/html", b"<html>maintenance</html>")
            case "huge":
                self._endless()
            case "drip":
                self._dripping()

    def _endless(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/zpl" if "labels" in self.path else "application/json")
        self.send_header("Content-Length", str(1 << 30))
        self.end_headers()
        try:
            for _ in range(256):
                self.wfile.write(b"A" * 65_536)
        except OSError:
            return

    def _dripping(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "100000")
        self.end_headers()
        try:
            for _ in range(100):
                self.wfile.write(b" ")
                time.sleep(self._me.slow_s / 20)
        except OSError:
            return

    def _json(self, status: int, said: dict[str, Any]) -> None:
        body = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _raw(self, kind: str, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def main() -> None:
    """Serves until Ctrl-C."""
    parser = argparse.ArgumentParser("carrier_server", description="A carrier to try the OMS against.")
    parser.add_argument("--port", type=int, default=8090)
    parser.add_argument("--key", default="demo")
    parser.add_argument("--trouble", type=float, default=0.0, help="chance of bad manners per question")
    got = parser.parse_args()
    with CarrierServer(got.key, port=got.port, trouble=got.trouble) as carrier:
        print(f"FLOORHAND_CARRIER_DEMO_URL={carrier.url} FLOORHAND_CARRIER_DEMO_KEY={got.key}")
        threading.Event().wait()


if __name__ == "__main__":
    main()
