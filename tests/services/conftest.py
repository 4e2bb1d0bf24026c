"""A small warehouse on a real store: rows as the feed brings them, a centre and a printer that answer as told, people at the device."""

import time
from dataclasses import dataclass, field
from decimal import Decimal

import msgspec
import pytest

from app.core.scan import ScanFields, ScanInput, ScanSource
from app.core.views import Person
from app.services.api import Weight
from app.services.gate import Gate
from app.services.home import HomeService
from app.services.notices import NoticesService
from app.services.orders import OrdersService
from app.services.pack import PackService
from app.services.pack_ports import Bench
from app.services.pick import PickService
from app.services.ports import CentreAway, NoPrinter
from app.services.signin import SignInService
from app.store.store import Store
from app.store.sync_ports import PrintJournal, sync_ports
from devices.model import PrintJob
from sync.client.ports import Identity
from sync.contract.codes import BinKind, JobKind, JobState, OrderState, Outcome, ParcelState, WorkState
from sync.contract.rows import (
    ENTITIES,
    BinRow,
    CartonRow,
    ItemRow,
    JobRow,
    OrderLineRow,
    OrderRow,
    PackCode,
    ParcelRow,
    SiteRow,
    WorkRow,
)
from sync.contract.wire import Change, ClaimReply, Lease, OpResult, PullReply

NAMES = {type: name for name, type in ENTITIES.items()}


class RunningClock:
    """Real time, and a jump in it when a test asks."""

    ahead = 0.0
    boot = "boot-1"

    def mono(self):
        return time.monotonic() + self.ahead

    def wall_ms(self):
        return int((time.time() + self.ahead) * 1000)

    def boot_id(self):
        return self.boot


def read_scan(text, symbology):
    """The scan reader of the bootstrap, for the few codes that these tests use: `]C1`-marked fields are `gtin|lot|serial`."""
    if text.startswith("GS:"):
        gtin, lot, serial = (part or None for part in text[3:].split("|"))
        return ScanFields(text, gtin=gtin, lot=lot, serial=serial)
    if text.startswith("00") and len(text) == 20:
        return ScanFields(text, sscc=text[2:])
    return ScanFields(text, gtin=text.zfill(14) if text.isdigit() and len(text) in (13, 14) else None)


@dataclass
class TestCentre:
    """A centre that is away unless the test says what it answers."""

    __test__ = False
    answers: dict = field(default_factory=dict)
    asked: list = field(default_factory=list)

    def _answer(self, name, *what):
        self.asked.append((name, *what))
        answer = self.answers.get(name)
        if answer is None:
            raise CentreAway
        if isinstance(answer, Exception):
            raise answer
        return answer(*what) if callable(answer) else answer

    def online(self):
        return bool(self.answers)

    def sign_in(self, *, badge=None, number=None, pin=None, timeout_s):
        return self._answer("sign_in", badge, number, pin)

    def claim_tote(self, tote, timeout_s):
        return self._answer("claim_tote", tote)

    def take_over(self, job, timeout_s):
        return self._answer("take_over", job)

    def claim_job(self, job, timeout_s):
        return self._answer("claim_job", job)

    def give_back(self, lease_ids, timeout_s):
        return self._answer("give_back", tuple(lease_ids))

    def let_go(self, lease_ids):
        self.asked.append(("let_go", tuple(lease_ids)))

    def post(self, path, body, reads, timeout_s):
        return self._answer("post", path, body)

    def release_orders(self, orders, session, timeout_s):
        return self._answer("release_orders", tuple(orders), session)


@dataclass
class TestPrinter:
    """A print queue that writes its journal and waits."""

    __test__ = False
    journal: object
    labels: list = field(default_factory=list)
    away: str = ""
    said: list = field(default_factory=list)

    def found(self, print_job, came_out, who):
        self.said.append((print_job, came_out, who))

    def print(self, label):
        if self.away:
            raise NoPrinter(self.away)
        self.journal.record(PrintJob(label.print_job, b"^XA^XZ"), "queued", "")
        self.labels.append(label)


@dataclass
class PlainVerifier:
    """Hashes that can be read: what is real about argon2 is tested with the store."""

    def matches(self, hash, secret):
        return hash.encode() == secret.replace(b"\0", b"/")


class Floor:
    """The warehouse of one test, and the services on it."""

    def __init__(self, folder):
        self.clock = RunningClock()
        self.folder = folder
        self.centre = TestCentre()
        self.ver = 0
        self._at = 0.0
        self.open()
        self.ports.meta.save_identity(Identity("dev-1", "MAIN", "cluster-1", 1, "ab" * 32, ()))

    def open(self):
        """Starts the client's rooms, as after power-on."""
        self.store = Store(self.folder, self.clock, 4096)
        self.ports = sync_ports(self.store)
        self.printer = TestPrinter(PrintJournal(self.store))
        self.gate = Gate(self.store, self.centre, PlainVerifier())
        self.pick = PickService(self.store, read_scan, self.clock, self.centre)
        self.pack = PackService(
            self.store, read_scan, self.clock, self.centre, self.gate, Bench("BENCH-1", self.printer)
        )
        self.sign_in = SignInService(self.store, self.centre, self.gate)
        self.home = HomeService(self.store)
        self.orders = OrdersService(self.store, self.centre)
        self.notices = NoticesService(self.store)

    def restart(self):
        """The process ends, and another one starts."""
        self.store.close()
        self.open()

    # --- the feed ---

    def pull(self, *rows, gone=()):
        """Rows arrive."""
        self.ver += 1
        changes = [Change(e=NAMES[type(r)], id=r.id, v=self.ver, d=msgspec.Raw(msgspec.json.encode(r))) for r in rows]
        changes += [Change(e=e, id=id, v=self.ver) for e, id in gone]
        page = PullReply(
            from_=self.ports.rows.cursor(), to=f"c{self.ver}", head=self.ver, more=False, changes=changes, epoch=1,
            server_time="", through=self.ver,
        )  # fmt: skip
        assert self.ports.rows.apply_page(page) is not None

    def acknowledge(self, ver=None):
        """The centre has all facts; their effect is in version `ver` of the feed."""
        ops = self.ports.journal.pending(10_000, 10**8)
        answers = [OpResult(seq=op.seq, op_id=op.op_id, outcome=Outcome.APPLIED, ver=ver or self.ver + 1) for op in ops]
        self.ports.journal.record_results(answers, 0, "", 0)

    def lease(self, job, *items, n=1, ttl=900):
        """The centre grants a job."""
        granted = [Lease(lease_id=f"{item}/{n}", item=item, job=job, token=(1, n), ttl_s=ttl) for item in items]
        self.ports.leases.store(granted, self.clock.mono(), self.clock.boot_id())
        return granted

    # --- hands ---

    def scan(self, text, service=None):
        """Scans with a scanner that is never faster than a hand."""
        self._at += 0.5
        return (service or self.pick).on_scan(ScanInput(text, self._at, None, ScanSource.SERIAL, "s1"))

    def scans(self, *texts, service=None):
        """Scans in turn; the last answer."""
        return [self.scan(text, service) for text in texts][-1]

    def weigh(self, grams, stable=True, load=None):
        """The scale says something."""
        self._at += 0.5
        return self.pack.weight(Weight(Decimal(grams), stable, self._at, load=load))

    def facts(self, kind=None):
        """(kind, body) of every fact in the log."""
        ops = [(op.kind, msgspec.json.decode(op.body)) for op in self.ports.journal.pending(10_000, 10**8)]
        return [body for k, body in ops if k == kind] if kind else ops

    def kinds(self):
        """Kinds of the facts in the log."""
        return [kind for kind, _ in self.facts()]

    def person(self, *roles, id="p1", session="session-1"):
        """Somebody signs in."""
        somebody = Person(id, "Ann", "17", frozenset(roles), "nl", session)
        with self.store.unit() as u:
            u.people.sign_in(somebody)
        return somebody

    # --- rows ---

    def site(self, **more):
        """The place and its goods."""
        items = [
            ItemRow(id="CUP", name="Cup", codes=[PackCode(gtin="04006381333931"), PackCode(gtin="14006381333938", qty=6)],
                    weight_g=300, size_mm=(100, 100, 100), fragile=True, colour="#aa0000"),
            ItemRow(id="TEA", name="Tea", codes=[PackCode(gtin="05000000000012")], weight_g=100, size_mm=(60, 60, 120)),
            ItemRow(id="MILK", name="Milk", codes=[PackCode(gtin="05000000000029")], lot_tracked=True, weight_g=1000),
            ItemRow(id="NEW", name="New", codes=[]),
        ]  # fmt: skip
        bins = [BinRow(id=f"B-{n}", zone="B", kind=BinKind.PICK, seq=n) for n in range(1, 5)]
        lanes = [BinRow(id=f"LANE-{n}", zone="P", kind=BinKind.LANE, seq=90 + n) for n in (1, 2)]
        cartons = [
            CartonRow(id="S1", name="small", inner_mm=(150, 150, 150), outer_mm=(160, 160, 160), tare_g=50, max_g=5000),
            CartonRow(
                id="M1", name="middle", inner_mm=(300, 200, 200), outer_mm=(310, 210, 210), tare_g=100, max_g=9000
            ),
        ]
        self.pull(SiteRow(id="MAIN", name="Main", ship_from=["We", "Here"], **more), *items, *bins, *lanes, *cartons)

    def order(self, no="O1", state=OrderState.RELEASED, lines=(("CUP", 2), ("TEA", 1)), **more):
        """An order row."""
        values = {
            "customer": "Greta", "ship_to": ["Greta", "Street 1", "Town"], "country": "DE", "priority": 3, "carrier": "DHL",
            "service": "parcel", "flags": ["gift"], "note": "No prices",
        }  # fmt: skip
        rows = [OrderLineRow(line=n, sku=sku, qty=qty) for n, (sku, qty) in enumerate(lines, 1)]
        return OrderRow(id=no, state=state, lines=rows, **{**values, **more})

    def pick_job(self, job="j1", order="O1", lines=(("CUP", "B-1", 2), ("TEA", "B-2", 1)), lease=True, **more):
        """A released order: its rows arrive, and this device holds it."""
        works = [
            WorkRow(id=f"{job}-w{n}", job=job, kind=JobKind.PICK, order=order, sku=sku, qty_req=qty, qty_done=0,
                    state=WorkState.LEASED, seq=n, from_bin=bin, **(extra[0] if extra else {}))
            for n, (sku, bin, qty, *extra) in enumerate(lines, 1)
        ]  # fmt: skip
        values = {
            "state": JobState.OPEN,
            "priority": 3,
            "orders": [order],
            "lines": len(works),
            "units": 3,
            "lane": "LANE-1",
        }
        row = JobRow(id=job, kind=JobKind.PICK, **{"method": "single", **values, **more})
        self.pull(self.order(order, lines=[(line[0], line[2]) for line in lines]), row, *works)
        if lease:
            self.lease(job, *(work.id for work in works))
        return row, works

    def cluster_job(self, job, slots, lines, lease=True, **more):
        """Several released orders on one cart: `lines` as for `pick_job`, each with its `slot` and maybe its `order`."""
        works = []
        for n, (sku, bin, qty, extra) in enumerate(lines, 1):
            of = {"order": slots[0].order, **extra}
            works.append(
                WorkRow(id=f"{job}-w{n}", job=job, kind=JobKind.PICK, sku=sku, qty_req=qty, qty_done=0,
                        state=WorkState.LEASED, seq=int(bin[-1]) * 10, from_bin=bin, **of)
            )  # fmt: skip
        values = {"state": JobState.OPEN, "priority": 3, "lines": len(works), "units": 3, "lane": "LANE-1"}
        orders = [slot.order for slot in slots]
        row = JobRow(id=job, kind=JobKind.PICK, method="cluster", orders=orders, slots=slots, **{**values, **more})
        of_order = {no: [(w.sku, w.qty_req) for w in works if w.order == no] for no in orders}
        self.pull(*(self.order(no, lines=of_order[no]) for no in orders), row, *works)
        if lease:
            self.lease(job, *(work.id for work in works))
        return row, works

    def pack_job(
        self, job="p1", order="O1", tote="T-1", lines=(("CUP", 2), ("TEA", 1)), lease=True, parcel=True, **more
    ):
        """A picked tote at the lane."""
        works = [
            WorkRow(id=f"{job}-w{n}", job=job, kind=JobKind.PACK, order=order, sku=sku, qty_req=qty, qty_done=0,
                    state=WorkState.LEASED, seq=n, from_bin=tote, **(extra[0] if extra else {}))
            for n, (sku, qty, *extra) in enumerate(lines, 1)
        ]  # fmt: skip
        values = {
            "state": JobState.OPEN,
            "priority": 3,
            "orders": [order],
            "lines": len(works),
            "units": 3,
            "tote": tote,
        }
        row = JobRow(id=job, kind=JobKind.PACK, method="pack", **{**values, **more})
        parcels = [
            ParcelRow(id=f"parcel-{order}", order=order, number=1, sscc=f"34012345{order[-1]}000000018", carrier="DHL",
                      service="parcel", tracking=f"JD{order}", state=ParcelState.PLANNED)
        ]  # fmt: skip
        made = self.order(order, OrderState.PICKED, [(line[0], line[1]) for line in lines])
        self.pull(made, row, *works, *(parcels if parcel else ()))
        if lease:
            self.lease(job, *(work.id for work in works))
        return row, works

    def claim_reply(self, leases, **more):
        """What a claim answers."""
        return ClaimReply(leases=list(leases), epoch=1, server_time="", **more)


@pytest.fixture
def floor(tmp_path):
    made = Floor(tmp_path / "data")
    made.site()
    yield made
    made.store.close()


@pytest.fixture
def reader():
    """How scans are read here."""
    return read_scan
