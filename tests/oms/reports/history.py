"""What happened at two sites in the last weeks, made up at random: kept as plain rows here, and written into a database as they are."""

from datetime import UTC, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from sqlalchemy import insert, inspect

from oms.channels.models import Channel
from oms.feed.models import Op
from oms.inventory.models import StockBalance, StockMove
from oms.orders.models import Order, OrderLine
from oms.people.models import Worker
from oms.picking.models import Job, WorkItem
from oms.promise.models import SiteCalendar
from oms.returns.models import CustomerReturn, ReturnLine, ReturnReceipt
from oms.sales.models import CustomerOrder
from tests.oms.floors import CLERK, Floor

ZONES = {"W": "Europe/Amsterdam", "S": "America/New_York"}
CHANNELS = ("shop", "market", "")
SALE = (
    "held",
    "accepted",
    "backordered",
    "sourced",
    "in_work",
    "ready",
    "partly_shipped",
    "shipped",
    "returned",
    "cancelled",
)
PART = (
    "held",
    "open",
    "released",
    "picking",
    "picked",
    "packing",
    "label_pending",
    "shipped",
    "shipped",
    "shipped",
    "shipped",
    "cancelled",
)
WORKERS = ("ann", "bo", "cy")
KINDS = (
    "pick.confirm", "pick.confirm", "pick.confirm", "pick.confirm", "pick.undo", "pick.at_bin", "pick.skip", "pick.substitute",
    "substitute.undo", "tote.bind", "job.drop", "pack.confirm", "put.confirm",
)  # fmt: skip
CODES = ("wrong_item", "wrong_bin", "too_many", "not_now", "duplicate_scan", "unknown_code")
SHORTS = ("pick.short", "pick.short", "put.short", "pack.short", "pick.unshort", "task.short")


class History:
    """Rows by table. Moments lie up to `days` back, some of them exactly at midnight of a site."""

    def __init__(self, seed, days=40, ago=timedelta()):
        self.random, self.days = Random(seed), days
        self.now = datetime.now(UTC).replace(microsecond=0) - ago
        self.orders, self.parts, self.lines, self.ops, self.jobs, self.items = [], [], [], [], [], []
        self.returns, self.return_lines, self.receipts, self.moves = [], [], [], []
        self.stock = {}
        self._make()

    def _moment(self):
        pick = self.random
        at = self.now - timedelta(seconds=pick.randint(60, self.days * 86_400))
        if pick.random() < 0.3:
            # Where one day ends and another begins, and not too seldom those on which tests begin and end.
            zone = ZoneInfo(ZONES[pick.choice("WWS")])
            day = pick.choice((at, self.now - timedelta(days=13), self.now)).astimezone(zone).date()
            at = datetime.combine(day, time(), zone).astimezone(UTC)
            at -= timedelta(microseconds=pick.choice((0, 0, 1)))
        return at

    def _maybe(self, value, share=0.5):
        return value if self.random.random() < share else None

    def _make(self):
        for n in range(300):
            self._sale(f"C{n}")
        for n in range(120):
            self._part(f"D{n}", self.random.choice("WS"), None)
        for site in "WS":
            for kind in ("pick", "pack"):
                self.jobs.append(
                    {"id": f"{kind}-{site}", "site_id": site, "kind": kind, "state": "active", "created_at": self.now}
                )
        for line in self.lines[:60]:
            self._item(line)
        for n in range(12):
            self._run(n)
        for n in range(150):
            self._refused(n)
        for n in range(60):
            self._short(n)
        for n in range(60):
            self._return(n)
        for n in range(250):
            self._move(n)

    def _sale(self, number):
        pick = self.random
        sale = {
            "number": number, "state": pick.choice(SALE), "placed_at": self._moment(), "captured_at": self.now,
            "channel": pick.choice(CHANNELS), "pick_up_site": self._maybe(pick.choice("WS"), 0.1),
        }  # fmt: skip
        self.orders.append(sale)
        for site in pick.sample("WS", pick.choice((0, 1, 1, 2))):
            self._part(number, site, sale)

    def _part(self, number, site, sale):
        pick = self.random
        state = pick.choice(PART)
        placed = self._moment()
        left = self._moment() if state == "shipped" else self._maybe(self._moment(), 0.05)
        cut_off = self._maybe((left or self.now) + timedelta(seconds=pick.choice((-1, 0, 0, 5000, -5000, 1))), 0.6)
        self.parts.append({
            "site_id": site, "number": number, "state": state, "placed_at": placed,
            "channel": sale["channel"] if sale else pick.choice(CHANNELS),
            "shipped_at": left, "cut_off": cut_off, "customer_order": sale["number"] if sale else None,
            "promised": self._maybe(((left or self.now) + timedelta(days=pick.randint(-1, 1))).date()),
            "transfer_to": None if sale else self._maybe("WS".replace(site, ""), 0.3),
            "pick_up": pick.random() < 0.3, "ready_at": self._maybe((left or self.now) - timedelta(hours=pick.randint(0, 50)), 0.7),
        })  # fmt: skip
        for line_no in range(1, pick.randint(2, 4)):
            qty = pick.randint(0, 9)
            packed = qty if pick.random() < 0.7 else pick.randint(0, qty)
            self.lines.append({
                "site_id": site, "order_no": number, "line_no": line_no, "sku": "TEA", "qty": qty, "packed": packed, "picked": packed,
                "short": qty - packed,
            })  # fmt: skip

    def _item(self, line):
        self.items.append({
            "id": f"I-{line['site_id']}-{line['order_no']}-{line['line_no']}", "site_id": line["site_id"],
            "job_id": f"pick-{line['site_id']}",
            "kind": "pick", "state": "done", "order_no": line["order_no"], "line_no": line["line_no"], "sku": "TEA", "qty_req": 9,
            "from_bin": "A-01", "seq": 1,
        })  # fmt: skip

    def _op(self, name, site, kind, body, at, **words):
        self.ops.append({
            "op_id": name, "site_id": site, "kind": kind, "v": 1, "content_hash": "", "body": body, "received_at": at,
            "outcome": self.random.choices(("applied", "applied_late", "diverted", "parked"), (16, 2, 1, 1))[0], "first_device": "D-1",
            "item": None, "worker_id": self.random.choice((*WORKERS, None)), "mono_ms": 0, "boot": "", **words,
        })  # fmt: skip

    def _run(self, n):
        """One person on one device, from when it was started on; facts may be told late, and in any order."""
        pick = self.random
        words = {"first_device": f"D-{n % 4}", "boot": f"b{n // 4}", "worker_id": (*WORKERS, None)[n % 4]}
        site, clock, at = pick.choice("WS"), 0, self._moment()
        for step in range(60):
            clock += pick.choice((0, 900, 4_000, 30_000, 599_999, 600_000, 600_001, 3_000_000))
            at = min(self.now, at + timedelta(minutes=pick.randint(0, 400)))
            body = {"job": f"pick-{site}", "qty": pick.randint(1, 6), "sku": "TEA"}
            self._op(f"run{n}-{step}", site, pick.choice(KINDS), body, at, mono_ms=clock, **words)

    def _refused(self, n):
        pick, site = self.random, self.random.choice("WS")
        job = pick.choice((f"pick-{site}", f"pick-{site}", f"pack-{site}", None, "gone"))
        self._op(
            f"refused{n}", site, "scan.refused", {"job": job, "text": "x", "code": pick.choice(CODES)}, self._moment()
        )

    def _short(self, n):
        pick, kind = self.random, self.random.choice(SHORTS)
        item = self._maybe(pick.choice(self.items), 0.8)
        site = item["site_id"] if item else pick.choice("WS")
        named = "qty" if kind == "pick.unshort" else "missing"
        # On a device that nothing else is done with.
        self._op(f"short{n}", site, kind, {"job": f"pick-{site}", named: pick.randint(0, 4)}, self._moment(),
                 item=item["id"] if item else None, first_device=f"S-{n}")  # fmt: skip

    def _return(self, n):
        pick, site = self.random, self.random.choice("WS")
        number = f"R{n}"
        self.returns.append({
            "number": number, "state": "graded", "decision": "approved", "came_by": "desk", "asked_at": self.now,
            "site_id": pick.choice("WS"), "channel": pick.choice(CHANNELS),
        })  # fmt: skip
        self.return_lines.append({"return_no": number, "line_no": 1, "sku": "TEA", "qty": 9})
        for m in range(pick.randint(1, 3)):
            self.receipts.append({
                "id": f"{number}-{m}", "return_no": number, "line_no": 1, "site_id": site, "sku": "TEA", "qty": pick.randint(1, 4),
                "grade": "a", "disposition": "restock", "account": "bin:A-01", "at": self._moment(), "suggested": "restock",
                "undone_at": self._maybe(self.now, 0.2),
            })  # fmt: skip

    def _move(self, n):
        pick, site = self.random, self.random.choice("WS")
        shelf = f"bin:A-0{pick.randint(1, 4)}"
        ways = (
            ("supplier", shelf),
            ("supplier", shelf),
            (shelf, "tote:T-1"),
            ("tote:T-1", "parcel:P"),
            ("bin:B-1", "bin:B-2"),
        )
        from_, to = pick.choice(ways)
        qty = pick.randint(1, 20)
        self.moves.append({
            "site_id": site, "source_id": f"m{n}", "line_no": 1, "sku": "TEA", "from_account": from_, "to_account": to, "qty": qty,
            "at": self._moment(),
        })  # fmt: skip
        for account, more in ((from_, -qty), (to, qty)):
            self.stock[site, account] = self.stock.get((site, account), 0) + more

    def write(self, oms):
        """Into an empty database."""
        for site in ZONES:
            Floor(oms, site).build()
        oms.works.run("W", CLERK, self._write)

    def _write(self, w):
        balances = [
            {"site_id": site, "account": account, "sku": "TEA", "lot": "", "qty": qty}
            for (site, account), qty in self.stock.items()
        ]
        tables = (
            (SiteCalendar, [{"site_id": site, "time_zone": zone} for site, zone in ZONES.items()]),
            (Worker, [{"id": who, "site_id": "W", "number": who, "name": who.title()} for who in WORKERS]),
            (Channel, [{"code": "shop", "name": "Shop", "kind": "web", "created_at": self.now}]), (CustomerOrder, self.orders),
            (CustomerReturn, self.returns), (ReturnLine, self.return_lines), (Order, self.parts),
            (OrderLine, self.lines), (Job, self.jobs), (WorkItem, self.items), (Op, self.ops), (ReturnReceipt, self.receipts),
            (StockMove, self.moves), (StockBalance, balances),
        )  # fmt: skip
        for table, rows in tables:
            w.db.execute(insert(table), [_filled(table, row) for row in rows])


def _filled(table, row):
    """With what the models say of all other columns."""
    made = table(**row)
    skip = {"id"} if table is StockMove else ()
    return {name: getattr(made, name) for name in [one.key for one in inspect(table).column_attrs] if name not in skip}
