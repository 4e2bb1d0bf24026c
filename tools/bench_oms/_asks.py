"""What is asked of both databases: the program's own functions, each as a route calls them, answers made ready for the wire."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from itertools import count, cycle
from typing import Any, Final

import msgspec
from sqlalchemy import text

from oms.api.promise_routes import AvailabilityReply, answer
from oms.bootstrap import Oms
from oms.db.work import Actor
from oms.orders.actions import release
from oms.promise.availability import available
from oms.sales import finding
from oms.sales.capture import CaptureResult, capture
from oms.sales.drafts import Address, SaleDraft, SaleDraftLine
from oms.sales.sheet import sheet_of
from oms.sales.timeline import timeline
from sync.contract.workbench import OrderFound
from tools.bench_oms._fill import ITEMS, OPEN

CLERK: Final = Actor("bench")
#: Rows of a page.
PAGE: Final = 50
#: As many rows as there are items at sites.
_STOCK: Final = ("bin", "stock_cell")
#: What somebody types, and what is special about it.
TYPED: Final = {
    "list": "",
    "number": "b0000049",
    "reference": "r-000007777",
    "one letter": "j",
    "common name": "jansen",
    "common city": "utrecht",
    "two common": "jansen utrecht",
    "half common": "dekker utrecht",
    "two half common": "kok delft",
    "one of many": "vermeer delft nk",
    "e-mail": "user7777@",
    "phone": "0600007777",
    "item": "sku:sku-00042",
    "common in one channel": "channel:shop utrecht",
    "tracking": "t7777",
    "nobody": "zzzz",
    "held": "held",
    "late": "late",
    "late and held": "late held channel:shop jansen",
    "open and common": "open utrecht",
    "state": "state:returned",
    "state and name": "state:shipped bakker",
    "site": "site:W",
    "yesterday": "after:{yesterday} before:{today} jansen",
    "last month": "after:{month} before:{later} jansen",
    "last month, rare": "after:{month} before:{later} vermeer delft",
}


@dataclass(frozen=True, slots=True)
class Ask:
    """One thing to ask: how often, and what. `rows`: `run` answers how many rows it came to. `writes`: not to be run again to look at its
    plan. `all_of`: tables that do not grow with the orders, all of which is asked."""

    name: str
    times: int
    run: Callable[[], Any]
    writes: bool = False
    rows: bool = False
    all_of: Collection[str] = ()


def asks(oms: Oms, orders: int) -> list[Ask]:
    """All of them, for one database."""
    fresh, parts, old = count(1), _open_parts(oms), _numbers(orders)
    item, every = count(1), [f"SKU-{n:05}" for n in range(ITEMS)]
    made = [
        Ask(f"search: {name}", 15, lambda typed=typed: len(_search(oms, typed)[0]), rows=True)  # type: ignore[misc]
        for name, typed in _typed()
    ]
    return [
        *made,
        Ask("list, page 20", 15, lambda: _pages(oms)),
        Ask("counts", 15, lambda: _counts(oms)),
        Ask("sheet", 40, lambda: _sheet(oms, next(old))),
        Ask("timeline", 40, lambda: _timeline(oms, next(old))),
        Ask("ATP: one item, by site", 40, lambda: _atp(oms, [f"SKU-{next(item) % ITEMS:05}"], sites=True)),
        Ask("ATP: a basket of 20", 20, lambda: _atp(oms, every[:: ITEMS // 20], sites=True)),
        Ask("ATP: 10 000 items, total", 7, lambda: _atp(oms, every, sites=False), all_of=_STOCK),
        Ask("ATP: 10 000 items, by site", 7, lambda: _atp(oms, every, sites=True), all_of=_STOCK),
        Ask("capture", 40, lambda: _capture(oms, next(fresh)), writes=True),
        Ask("release", 40, lambda: _release(oms, next(parts)), writes=True),
    ]


def _typed() -> Iterator[tuple[str, str]]:
    """`TYPED` as it would be typed today."""
    today = finding.today()
    ago = {"today": 0, "yesterday": 1, "later": 30, "month": 60}
    days = {name: str(today - timedelta(days=many)) for name, many in ago.items()}
    for name, typed in TYPED.items():
        yield name, typed.format(**days)


def _search(oms: Oms, typed: str, after: str = "", limit: int = PAGE) -> tuple[list[OrderFound], str | None]:
    with oms.sessions() as db:
        _, hits, rows = finding.found(db, typed, after, limit)
    msgspec.json.encode(rows)
    return rows, hits.next


def listed(oms: Oms, rows: int) -> None:
    """The workbench's list, so many rows of it: what any answer of so many rows takes."""
    _search(oms, "", limit=rows)


def _pages(oms: Oms) -> None:
    after: str | None = ""
    for _ in range(20):
        _, after = _search(oms, "", after or "")


def _counts(oms: Oms) -> None:
    with oms.sessions() as db:
        msgspec.json.encode([finding.counts(db), finding.channels(db), finding.sites(db), finding.kept(db, "bench")])


def _sheet(oms: Oms, number: str) -> None:
    with oms.sessions() as db:
        sheet = sheet_of(db, number, finding.today())
    assert sheet is not None
    assert sheet.parts
    msgspec.json.encode(sheet)


def _timeline(oms: Oms, number: str) -> None:
    with oms.sessions() as db:
        page = timeline(db, number)
    assert page is not None
    assert len(page.entries) > 5
    msgspec.json.encode(page.entries)


def _atp(oms: Oms, skus: Sequence[str], *, sites: bool) -> None:
    with oms.sessions() as db:
        found = available(db, skus, channel="shop")
    items = [answer(sku, found.get(sku, {}), sites=sites) for sku in skus]
    assert all(one.now > 0 for one in items)
    msgspec.json.encode(AvailabilityReply(items=items, server_time=""))


def _capture(oms: Oms, n: int) -> None:
    line = SaleDraftLine(sku=f"SKU-{n % ITEMS:05}", qty=1, price=Decimal("2.50"))
    draft = SaleDraft(
        number=f"NEW-{n}", customer_name="Ada Jansen", email="ada@example.org", currency="EUR",
        ship=Address("Ada Jansen", "Kade 1", "3511 AB", "Utrecht", "", "NL"), lines=(line, line),
    )  # fmt: skip
    [done] = oms.works.run("W", CLERK, lambda w: capture(w, [draft]))
    assert done.result is CaptureResult.CREATED, done


def _release(oms: Oms, number: str) -> None:
    done = oms.works.run("W", CLERK, lambda w: release(w, number))
    assert done.reason is None, done


def _open_parts(oms: Oms) -> Iterator[str]:
    """Orders of site W that can be released."""
    with oms.sessions() as db:
        found = db.scalars(
            text("SELECT number FROM sales_order WHERE site_id = 'W' AND state = 'open' ORDER BY number")
        )
        return iter(found.all())


def _numbers(orders: int) -> Iterator[str]:
    """Orders that have gone, from all times."""
    step = max(1, (orders - OPEN) // 97)
    return cycle([f"B{n:09}" for n in range(orders - OPEN, 0, -step) if n % 50 > 1])
