"""Orders a second that a real server takes over TCP and TLS into a real PostgreSQL, one order a request as shops send them, with stock to
source from. The line to beat: 50 a second, for as long as it is measured, on two cores."""

import statistics
import threading
import time
from uuid import uuid4

import httpx2
import msgspec

from oms.db.work import Actor
from oms.people.keys import Scope, add_key, new_key
from tools.bench import Figure
from tools.bench._served import Served, served

_SECONDS = 20.0
_ASKERS = 4
_LEAST = 50.0
_SKUS = 50


def main() -> list[Figure]:
    """Orders a second, and how long one takes."""
    with served() as server:
        headers = _prepared(server)
        took: list[float] = []
        until = time.monotonic() + _SECONDS
        threads = [
            threading.Thread(target=_ask, args=(server, headers, n, until, took), daemon=True) for n in range(_ASKERS)
        ]
        begun = time.monotonic()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        seconds = time.monotonic() - begun
    slow = statistics.quantiles(took, n=20)[-1] * 1000
    return [
        Figure("capture.orders_per_s", len(took) / seconds, "orders/s"),
        Figure("capture.seconds_for_50", 50 * seconds / len(took), "s", limit=50 / _LEAST),
        Figure("capture.p95", slow, "ms"),
    ]


def _prepared(server: Served) -> dict[str, str]:
    """A key, a channel, goods and stock."""
    oms, key = server.centre.house.oms, new_key()
    oms.works.run(oms.site, Actor("bench"), lambda w: add_key(w, key, "bench", [Scope.ADMIN]))
    headers = {"authorization": f"Bearer {key}"}
    stock = "".join(f"B-{n:03d},S-{n:03d},1000000\n" for n in range(_SKUS))
    files = {
        "layout": "bin,zone,kind,seq\n" + "".join(f"B-{n:03d},A,pick,{n}\n" for n in range(_SKUS)),
        "items": "sku,name\n" + "".join(f"S-{n:03d},Item {n}\n" for n in range(_SKUS)),
        "stock": f"bin,sku,qty\n{stock}",
    }
    with server.client() as http:
        for kind, body in files.items():
            sent = {**headers, "content-type": "text/csv"}
            answer = http.post(f"/v1/import/{kind}", content=body.encode(), headers=sent)
            answer.raise_for_status()
            assert answer.json()["totals"]["rejected"] == 0, answer.text[:500]
        _post(http, "/v1/channels", {"code": "web", "kind": "web", "name": "Web"}, headers)
    return headers


def _ask(server: Served, headers: dict[str, str], asker: int, until: float, took: list[float]) -> None:
    with server.client() as http:
        n = 0
        while time.monotonic() < until:
            begun = time.monotonic()
            reply = _post(http, "/v1/customer-orders", {"orders": [_order(asker, n)]}, headers)
            took.append(time.monotonic() - begun)
            assert reply["orders"][0]["result"] == "created", reply
            n += 1


def _order(asker: int, n: int) -> dict[str, object]:
    lines = [{"sku": f"S-{(n * 7 + k * 11) % _SKUS:03d}", "qty": 1 + k, "price": "2.50"} for k in range(3)]
    home = {"name": f"Customer {n}", "street": "Kade 1", "postcode": "3511ab", "city": "Utrecht", "country": "NL"}
    return {
        "channel": "web", "reference": f"{asker}-{n}-{uuid4().hex[:6]}", "email": f"{asker}.{n}@example.org", "ship_to": home,
        "lines": lines, "total": "15.00",
    }  # fmt: skip


def _post(http: httpx2.Client, path: str, body: object, headers: dict[str, str]) -> dict[str, list[dict[str, str]]]:
    sent = {**headers, "content-type": "application/json"}
    answer = http.post(path, content=msgspec.json.encode(body), headers=sent)
    answer.raise_for_status()
    made: dict[str, list[dict[str, str]]] = answer.json()
    return made
