"""A small warehouse in a real OMS, for tests, simulated shifts and measurements: bins with stock, people, orders as asked."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar
from uuid import uuid4

from sqlalchemy import func, select, text

from oms.bootstrap import Oms
from oms.catalog.models import Bin, Item, Zone
from oms.db.work import Actor, Work
from oms.feed.models import FloorException, Op
from oms.inventory.models import StockBalance
from oms.orders import actions as order_actions
from oms.orders.models import Order, OrderLine
from oms.people import trust
from oms.people.actions import add_worker
from oms.picking.models import Job, WorkItem
from oms.verify import verify
from sync.contract.codes import BinKind, JobKind, JobState, OrderState, Role

CLERK = Actor("test")
T = TypeVar("T")


class Warehouse:
    """One site with zone A, plenty of TEA and CUP, and orders as asked."""

    def __init__(self, oms: Oms) -> None:
        self.oms = oms
        self.site = oms.site

    def act(self, what: Callable[[Work], T]) -> T:
        """Runs `what(w)` in one unit of work."""
        return self.oms.works.run(self.site, CLERK, what)

    def ask(self, query: Any) -> list[Any]:
        """All rows of a query, as scalars."""
        with self.oms.sessions() as db:
            return list(db.scalars(query))

    def build(self, bins: int = 3, stock: int = 10_000) -> "Warehouse":
        """Bins A-01... with TEA in the odd and CUP in the even ones; one worker of every role with badge B-1 and PIN 1234."""

        def do(w: Work) -> None:
            w.db.add(Zone(site_id=self.site, code="A"))
            for sku in ("TEA", "CUP"):
                w.db.add(Item(site_id=self.site, sku=sku, name=sku.title(), weight_g=100))
                w.touch("item", sku)
            w.db.flush()
            for n in range(1, bins + 1):
                code = f"A-{n:02d}"
                w.db.add(Bin(site_id=self.site, code=code, zone="A", kind=BinKind.PICK, seq=n * 10))
                w.touch("bin", code)
                w.move(uuid4().hex, 0, "TEA" if n % 2 else "CUP", "", "supplier", f"bin:{code}", stock)
            add_worker(w, "17", "Ada", list(Role), badge="B-1", pin="1234")

        self.act(do)
        return self

    def order(self, number: str, *lines: tuple[str, int]) -> str:
        """A released order with lines `("TEA", 2)`; its pick job."""

        def do(w: Work) -> str:
            w.db.add(Order(site_id=self.site, number=number, state=OrderState.OPEN, placed_at=w.now, ship_name="Ada"))
            w.db.flush()
            for line_no, (sku, qty) in enumerate(lines, 1):
                w.db.add(OrderLine(site_id=self.site, order_no=number, line_no=line_no, sku=sku, qty=qty))
            w.touch("order", number)
            w.db.flush()
            released = order_actions.release(w, number)
            assert released.job, released
            return released.job

        return self.act(do)

    def orders(self, count: int, lines: Iterable[tuple[str, int]] = (("TEA", 1), ("CUP", 2))) -> list[str]:
        """That many released orders; their jobs."""
        return [self.order(f"O-{uuid4().hex[:8]}", *lines) for _ in range(count)]

    def open_jobs(self) -> int:
        """Pick jobs that nobody has begun or been given."""
        return int(self.ask(select(func.count(Job.id)).where(Job.state == JobState.OPEN, Job.kind == JobKind.PICK))[0])

    def stock_up(self, units: int) -> None:
        """So many more units of both goods."""

        def do(w: Work) -> None:
            for sku, code in (("TEA", "A-01"), ("CUP", "A-02")):
                w.move(uuid4().hex, 0, sku, "", "supplier", f"bin:{code}", units)

        self.act(do)

    def items_of(self, job: str) -> list[WorkItem]:
        """The job's work items in walk order."""
        return self.ask(select(WorkItem).where(WorkItem.job_id == job).order_by(WorkItem.seq, WorkItem.id))

    def balance(self, account: str, sku: str = "TEA") -> int:
        """Units in an account."""
        mine = select(func.coalesce(func.sum(StockBalance.qty), 0)).where(
            StockBalance.site_id == self.site, StockBalance.account == account, StockBalance.sku == sku
        )
        return int(self.ask(mine)[0])

    def outcomes(self) -> dict[str, str]:
        """{op_id: outcome} of everything the server knows."""
        with self.oms.sessions() as db:
            return {op_id: outcome.value for op_id, outcome in db.execute(select(Op.op_id, Op.outcome))}

    def exceptions(self) -> list[FloorException]:
        """All exceptions."""
        return self.ask(select(FloorException))

    def let_leases_run_out(self) -> None:
        """As if a quarter of an hour had passed without a word."""
        with self.oms.sessions.begin() as db:
            db.execute(text("SELECT set_config('floorhand.work', 'on', true)"))
            # Items before leases, as everybody does it.
            db.execute(text("UPDATE work_item SET lease_until = now() - interval '1 s' WHERE lease_until IS NOT NULL"))
            db.execute(text("UPDATE lease SET until = now() - interval '1 s' WHERE ended_at IS NULL"))

    def code(self, label: str = "handheld") -> str:
        """A pairing code."""
        return self.act(lambda w: trust.new_pairing_code(w, label))

    def check(self) -> None:
        """What `floorhand server verify` checks: fails when a rule is broken."""
        assert not (broken := verify(self.oms.engine).findings), broken
