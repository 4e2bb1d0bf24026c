"""What a handheld of a busy site has in its store: 50 000 open lines of the whole site, and in its own hands work of every kind. Used by
`scan_ways`."""

from collections.abc import Iterator
from pathlib import Path

import msgspec

from app.core.views import Person
from app.demo.catalogue import check_digit
from app.store.store import Store
from app.store.sync_ports import sync_ports
from app.wiring.clock import SystemClock
from sync.client.ports import Identity
from sync.contract import rows
from sync.contract.codes import BinKind, JobKind, JobState, Method, OrderState, WorkState
from sync.contract.wire import Change, Lease, PullReply

LINES, ITEMS, ORDER_LINES = 50_000, 8_000, 5
ZONES, AISLES, PLACES = "ABCD", 25, 40
DEVICE = "d" * 32
CART, BULK, LANE = "CART-1", "T-BULK", "PACK-1"
SINGLE_LINES, SINGLE_UNITS = 60, 3
CLUSTER_ORDERS, CLUSTER_LINES = 4, 12
WALL_ORDERS, WALL_LINES = 8, 6
PARTS = COUNTS = 25
_PAGE = 5_000
_NAMES = {type: name for name, type in rows.ENTITIES.items()}


def gtin13(n: int) -> str:
    """The barcode of item number `n`."""
    body = f"950{n:09d}"
    return f"{body}{check_digit(body)}"


def sku(n: int) -> str:
    """The name of item number `n`."""
    return f"S{n % ITEMS:05d}"


def bin_of(n: int) -> str:
    """The name of some bin."""
    zone, rest = divmod(n % (len(ZONES) * AISLES * PLACES), AISLES * PLACES)
    return f"{ZONES[zone]}-{rest // PLACES + 1:02d}-{rest % PLACES + 1:02d}"


def prepare(data: Path) -> None:
    """Fills the store, and somebody is signed in who may pick."""
    clock = SystemClock()
    store = Store(data, clock)
    ports = sync_ports(store)
    ports.meta.save_identity(Identity(DEVICE, "MAIN", "c" * 32, 1, "0" * 64, ("127.0.0.1:9",)))
    changes = [
        Change(e=_NAMES[type(row)], id=row.id, v=1, d=msgspec.Raw(msgspec.json.encode(row))) for row in _everything()
    ]
    for n in range(0, len(changes), _PAGE):
        page = PullReply(
            from_=str(n) if n else "",
            to=str(n + _PAGE),
            through=1,
            head=1,
            more=n + _PAGE < len(changes),
            changes=changes[n : n + _PAGE],
            epoch=1,
            server_time="",
        )
        assert ports.rows.apply_page(page) is not None
    leases = [
        Lease(lease_id=f"L-{work.id}", item=work.id, job=work.job, token=(1, 1), ttl_s=3600)
        for work in _own()
        if isinstance(work, rows.WorkRow)
    ]
    ports.leases.store(leases, clock.mono(), clock.boot_id())
    with store.unit() as u:
        u.people.sign_in(Person("w1", "Petra", "1", frozenset({"picker"})))
    store.close()


def _everything() -> Iterator[rows.Row]:
    yield rows.SiteRow(id="MAIN", name="Bench")
    yield rows.WorkerRow(id="w1", name="Petra", number="1", roles=[])
    for n in range(ITEMS):
        yield rows.ItemRow(
            id=sku(n), name=f"Item number {n}", codes=[rows.PackCode(gtin=f"0{gtin13(n)}")], weight_g=100
        )
    for n in range(len(ZONES) * AISLES * PLACES):
        yield rows.BinRow(id=bin_of(n), zone=bin_of(n)[0], kind=BinKind.PICK, seq=n)
    for n in range(WALL_ORDERS):
        yield rows.BinRow(id=f"WALL-{n:02d}", zone="W", kind=BinKind.WALL, seq=n, x_mm=n * 500)
    yield rows.BinRow(id=LANE, zone="P", kind=BinKind.LANE, seq=10**6)
    for n in range(LINES // ORDER_LINES):
        yield from _of_others(n)
    yield from _own()


def _of_others(n: int) -> Iterator[rows.Row]:
    """An order of which somebody else will think."""
    yield _order(f"O{n}", ORDER_LINES)
    yield _job(f"J{n}", JobKind.PICK, Method.SINGLE, [f"O{n}"], ORDER_LINES)
    for k in range(ORDER_LINES):
        yield _work(f"J{n}", k, f"O{n}", sku(n * 7 + k * 13), bin_of(n * 3 + k * 11), 2)


def _own() -> Iterator[rows.Row]:
    """The work in the hands of this device."""
    yield from _single()
    yield from _cluster()
    yield from _wall()
    for n in range(PARTS):
        yield _order(f"OP{n}", 1)
        yield _job(f"PART{n:02d}", JobKind.PICK, Method.ZONES, [f"OP{n}"], 1, zone="A", legs=2, trip=f"TR{n}")
        yield _work(f"PART{n:02d}", 0, f"OP{n}", sku(n), bin_of(n * 9), 1)
    for n in range(COUNTS):
        yield _job(f"COUNT{n:02d}", JobKind.COUNT, "task", [], 1)
        yield _work(f"COUNT{n:02d}", 0, "", sku(n * 5), bin_of(n * 17 + 3), 0, kind=JobKind.COUNT)


def _single() -> Iterator[rows.Row]:
    yield _order("OS", SINGLE_LINES)
    yield _job("SINGLE", JobKind.PICK, Method.SINGLE, ["OS"], SINGLE_LINES)
    for k in range(SINGLE_LINES):
        yield _work("SINGLE", k, "OS", sku(k * 13), bin_of(k * 41), SINGLE_UNITS)


def _cluster() -> Iterator[rows.Row]:
    orders = [f"OC{n}" for n in range(CLUSTER_ORDERS)]
    slots = [rows.Slot(n=n, order=order) for n, order in enumerate(orders, 1)]
    for order in orders:
        yield _order(order, CLUSTER_LINES)
    yield _job("CLUSTER", JobKind.PICK, Method.CLUSTER, orders, CLUSTER_ORDERS * CLUSTER_LINES, slots=slots)
    for k in range(CLUSTER_LINES):
        for n, order in enumerate(orders):
            at = k * CLUSTER_ORDERS + n
            yield _work("CLUSTER", at, order, sku(k * 17), bin_of(k * 53), 1, slot=n + 1)


def _wall() -> Iterator[rows.Row]:
    orders = [f"OW{n}" for n in range(WALL_ORDERS)]
    slots = [rows.Slot(n=n, order=order) for n, order in enumerate(orders, 1)]
    for order in orders:
        yield _order(order, WALL_LINES)
    lines = WALL_ORDERS * WALL_LINES
    yield _job("SORT", JobKind.SORT, Method.WALL, orders, lines, slots=slots, tote=BULK, lane=LANE)
    for n, order in enumerate(orders):
        for k in range(WALL_LINES):
            at = n * WALL_LINES + k
            yield _work("SORT", at, order, sku(k * 3 + n), BULK, 1, kind=JobKind.SORT, slot=n + 1)


def _order(id: str, lines: int) -> rows.OrderRow:
    listed = [rows.OrderLineRow(line=n, sku=sku(n), qty=2) for n in range(lines)]
    return rows.OrderRow(
        id=id, state=OrderState.RELEASED, customer="A customer", ship_to=["Somewhere 1"], country="NL", lines=listed,
        priority=1, carrier="POST", service="std", cut_off="2030-01-01T16:00",
    )  # fmt: skip


def _job(id: str, kind: JobKind, method: str, orders: list[str], lines: int, **more: object) -> rows.JobRow:
    common = {"state": JobState.OPEN, "priority": 1, "units": lines * 2}
    return msgspec.convert(
        {"id": id, "kind": kind, "method": method, "orders": orders, "lines": lines, **common, **more}, rows.JobRow
    )


def _work(
    job: str, n: int, order: str, sku: str, place: str, qty: int, kind: JobKind = JobKind.PICK, slot: int | None = None
) -> rows.WorkRow:
    return rows.WorkRow(
        id=f"{job}-{n}", job=job, kind=kind, order=order, sku=sku, qty_req=qty, qty_done=0, state=WorkState.OPEN, seq=n,
        from_bin=place, slot=slot, token=(1, 1),
    )  # fmt: skip
