"""The books over the API and from the command line: for accountants' keys, with clear answers to what cannot be."""

import asyncio
import csv
import io
import json
from datetime import timedelta

import pytest
from litestar.testing import TestClient

from oms.api.app import make_app
from oms.people import audit
from oms.people.keys import Scope, add_key, new_key
from tests.oms.finance.test_oms_finance_files import HOSTILE, read_extf

pytestmark = pytest.mark.postgres
BOOK = {"code": "ACME", "name": "Acme GmbH", "chart": "de"}


@pytest.fixture
def desk(office):
    """(client, headers of an accountant's key)."""
    key = new_key()
    office.act(lambda w: add_key(w, key, "accountant", [Scope.BOOKS_WRITE]))
    with TestClient(make_app(office.shop.oms, asyncio.Event(), ["h:1"]), raise_server_exceptions=False) as client:
        yield lambda method, path, **words: client.request(
            method, path, headers={"Authorization": f"Bearer {key}"}, **words
        )


def good(answer):
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_from_the_opening_to_the_closing(office, desk):
    good(desk("post", "/v1/books", json={**BOOK, "year_starts": (office.today - timedelta(days=9)).month}))
    office.turn_back("ACME", 5)
    day = (office.today - timedelta(days=3)).isoformat()
    good(desk("post", "/v1/books/costs", json={"costs": [{"sku": "TEA", "day": "2020-01-01", "cost": "3.50"}]}))
    office.act(lambda w: w.move("in", 0, "TEA", "", "supplier", "bin:A-01", 10))
    assert office.sweep().posted == 1
    bill = {"id": "R1", "event": "supplier_invoice", "day": office.today.isoformat(), "tax": "7.60",
            "lines": [{"sku": "TEA", "units": 10, "net": "40.00"}]}  # fmt: skip
    first = good(desk("post", "/v1/books/ACME/facts", json=bill))
    again = good(desk("post", "/v1/books/ACME/facts", json=bill))
    assert (first["number"], first["known"], again["number"], again["known"]) == (2, False, 2, True)
    good(desk("post", "/v1/books/ACME/accounts", json={"number": "4210", "name": "Miete", "kind": "expense"}))
    lines = [{"account": "4210", "amount": "900.00"}, {"account": "1200", "amount": "-900.00"}]
    good(desk("post", "/v1/books/ACME/facts", json={"id": "rent", "day": day, "by_hand": lines, "text": "=Miete"}))
    worth = good(desk("get", "/v1/books/ACME/valuation"))
    assert (worth["value"], worth["items"][0]) == ("40.00", {"site": "W", "sku": "TEA", "units": 10, "value": "40.00"})
    trial = good(desk("get", "/v1/books/ACME/trial-balance"))
    assert (trial["off"], trial["findings"]) == ("0.00", [])
    assert len(good(desk("get", "/v1/books/ACME/accounts"))["accounts"]) == 18
    journal = good(desk("get", "/v1/books/ACME/journal", params={"after": 1, "limit": 1}))
    assert [one["number"] for one in journal["entries"]] == [2]
    assert sum(float(line["amount"]) for line in journal["entries"][0]["lines"]) == 0
    assert good(desk("post", "/v1/books/ACME/close", json={"through": day}))["number"] == 3
    assert good(desk("get", "/v1/books"))["books"][0]["closed"] == day
    closed = desk("post", "/v1/books/ACME/close", json={"through": day})
    assert (closed.status_code, closed.json()["detail"]) == (409, "books_closed")
    with office.shop.oms.sessions() as db:
        kept = {act.what: act for act in audit.acts(db, "W", audit.Wanted()) if act.what.startswith("books.")}
    assert set(kept) == {"books.opened", "books.costs", "books.entered", "books.account_added", "books.closed"}
    assert {act.source for act in kept.values()} == {"key:accountant"}


def test_files(office, desk):
    good(desk("post", "/v1/books", json={**BOOK, "consultant": 29098, "client": 55003}))
    for n, text in enumerate(HOSTILE):
        lines = [{"account": "1200", "amount": "5.00"}, {"account": "8200", "amount": "-5.00"}]
        good(desk("post", "/v1/books/ACME/facts",
                  json={"id": f"m{n}", "day": office.today.isoformat(), "by_hand": lines, "text": text}))  # fmt: skip
    answer = desk("get", "/v1/books/ACME/files/datev")
    head, bookings = read_extf(answer.content)
    assert (head[10], head[11], len(bookings)) == ("29098", "55003", len(HOSTILE))
    assert "EXTF_Buchungsstapel_ACME" in answer.headers["content-disposition"]
    rows = list(
        csv.DictReader(io.StringIO(desk("get", "/v1/books/ACME/files/journal").content.decode("utf-8-sig"), newline=""))
    )
    assert len(rows) == 2 * len(HOSTILE)
    assert not [row for row in rows if row["text"].lstrip().startswith(("=", "+", "-", "@"))]
    for name in ("trial-balance", "valuation"):
        assert desk("get", f"/v1/books/ACME/files/{name}").content.startswith(b"\xef\xbb\xbf")
    assert desk("get", "/v1/books/ACME/files/sie").status_code == 404
    for day in ("0001-01-01", "9999-12-31"):
        assert desk("get", "/v1/books/ACME/files/datev", params={"through": day}).status_code in (200, 409)
        assert desk("get", "/v1/books/ACME/files/datev", params={"since": day}).status_code == 400


WRONG = [
    ("/v1/books", {"code": "x" * 300, "name": "a"}, 400),
    ("/v1/books", {"code": "B", "name": "\0"}, 400),
    ("/v1/books", {**BOOK}, 409),
    ("/v1/books", {"code": "B", "name": "b", "chart": "../de"}, 400),
    ("/v1/books", {"code": "B", "name": "b", "consultant": 10**30}, 400),
    ("/v1/books/costs", {"costs": [{"sku": "A", "day": "2026-01-01", "cost": "NaN"}]}, 400),
    ("/v1/books/costs", {"costs": [{"sku": "A", "day": "2026-01-01", "cost": "1e999"}]}, 400),
    ("/v1/books/costs", {"costs": [{"sku": "", "day": "2026-01-01", "cost": "1"}]}, 400),
    ("/v1/books/NONE/facts", {"id": "1", "day": "2026-01-01"}, 404),
    ("/v1/books/ACME/facts", {"id": "", "day": "TODAY"}, 400),
    ("/v1/books/ACME/facts", {"id": "1", "event": "shipment", "day": "TODAY"}, 400),
    ("/v1/books/ACME/facts", {"id": "1", "event": "fee", "day": "TODAY", "net": "NaN"}, 400),
    ("/v1/books/ACME/facts", {"id": "1", "event": "fee", "day": "TODAY", "net": "sNaN"}, 400),
    ("/v1/books/ACME/facts", {"id": "1", "event": "fee", "day": "TODAY", "net": "1e40"}, 400),
    ("/v1/books/ACME/facts", {"id": "1", "event": "fee", "day": "TODAY", "net": "0.001"}, 400),
    ("/v1/books/ACME/facts", {"id": "1", "event": "fee", "day": "TODAY", "currency": "X\0X"}, 400),
    ("/v1/books/ACME/facts", {"id": "1", "event": "fee", "day": "9999-12-31"}, 409),
    ("/v1/books/ACME/facts", {"id": "1", "event": "fee"}, 409),
    ("/v1/books/ACME/facts", {"id": "1", "event": "late_cost", "day": "TODAY", "receipt": "move:0\0"}, 404),
    (
        "/v1/books/ACME/facts",
        {
            "id": "1",
            "event": "supplier_invoice",
            "day": "TODAY",
            "lines": [{"sku": "T", "units": 10**18, "net": "NaN"}],
        },
        400,
    ),
    (
        "/v1/books/ACME/facts",
        {
            "id": "1",
            "event": "supplier_invoice",
            "day": "TODAY",
            "lines": [{"sku": "\0", "units": 10**18, "net": "1"}],
        },
        409,
    ),
    ("/v1/books/ACME/facts", {"id": "1", "day": "TODAY", "by_hand": [{"account": "1200", "amount": "1"}]}, 400),
    ("/v1/books/ACME/accounts", {"number": "=1+1", "name": "x"}, 400),
    ("/v1/books/ACME/accounts", {"number": "1200", "name": "x"}, 409),
    ("/v1/books/ACME/close", {}, 400),
    ("/v1/books/ACME/close", {"through": "9999-12-31"}, 409),
    ("/v1/books/ACME/close", {"through": "0001-01-01"}, 409),
]


def test_hostile_requests_get_a_clear_answer(office, desk):
    good(desk("post", "/v1/books", json=BOOK))
    for path, body, status in WRONG:
        answer = desk("post", path, content=json.dumps(body).replace("TODAY", office.today.isoformat()))
        assert answer.status_code == status, (path, body, answer.text)
    assert office.entries() == []
    assert [one["code"] for one in good(desk("get", "/v1/books"))["books"]] == ["ACME"]
