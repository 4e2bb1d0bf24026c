"""The hall of one scenario: the usual goods in the usual bins, orders as asked, and what the books say of them."""

import re
from collections import Counter
from datetime import timedelta
from uuid import uuid4

from sqlalchemy import select, text

from oms.catalog.models import Bin, Item, ItemCode, Site, Zone
from oms.feed.models import FloorException, Op
from oms.inventory.models import Lot, StockBalance
from oms.orders import actions as orders
from oms.orders.models import Order, OrderLine
from oms.people.actions import add_worker
from oms.picking.build import trips_of
from oms.picking.models import Job
from sync.contract.codes import BinKind, JobKind, JobState, Method, OrderState, Role, Substitution
from tools.soak._warehouse import Warehouse

ZONES = "ABWPQR"
#: bin -> (zone, kind, place in the walk, what lies in it: goods, units, lot)
BINS = {
    "A-01": ("A", BinKind.PICK, 10, ("TEA", 20, "")),
    "A-02": ("A", BinKind.PICK, 20, ("CUP", 20, "")),
    "A-03": ("A", BinKind.PICK, 30, ("TEA", 20, "")),
    "A-04": ("A", BinKind.PICK, 40, ("MUG", 20, "")),
    "B-01": ("B", BinKind.PICK, 100, ("JAR", 20, "")),
    "B-02": ("B", BinKind.PICK, 110, ("MILK", 6, "L1")),
    "B-03": ("B", BinKind.PICK, 120, ("MILK", 6, "L2")),
    "B-04": ("B", BinKind.PICK, 130, ("LAMP", 6, "")),
    "B-05": ("B", BinKind.PICK, 140, None),
    "HAND-A": ("A", BinKind.HAND_OVER, 150, None),
    "HAND-B": ("B", BinKind.HAND_OVER, 151, None),
    "W-1": ("W", BinKind.WALL, 201, None),
    "W-2": ("W", BinKind.WALL, 202, None),
    "W-3": ("W", BinKind.WALL, 203, None),
    "R-01": ("R", BinKind.RESERVE, 300, ("TEA", 24, "")),
    "QUAR-1": ("Q", BinKind.QUARANTINE, 800, None),
    "LANE-1": ("P", BinKind.LANE, 900, None),
    "LANE-2": ("P", BinKind.LANE, 901, None),
}
#: goods -> (name, GTIN, what else is to be known)
GOODS = {
    "TEA": ("Tea", "04006381333931", {}),
    "CUP": ("Cup", "04006381333948", {"substitutes": ["MUG"]}),
    "MUG": ("Mug", "04006381333962", {}),
    "JAR": ("Jar", "04006381333955", {}),
    "MILK": ("Milk", "04006381333979", {"lot_tracked": True, "expiry_tracked": True}),
    "LAMP": ("Lamp", "04006381333986", {"serial_tracked": True}),
}
#: Days until a lot expires.
LOTS = {"L1": 30, "L2": 60}
#: What hands scan, by the name the scenarios give it. Names of goods stand for their barcode; everything else is scanned as written.
SCANS = {sku: gtin[1:] for sku, (_, gtin, _) in GOODS.items()} | {
    "CASE": "14006381333938",
    "2-TEA": f"]C101{GOODS['TEA'][1]}302",
    "SOMETHING": "9999999999994",
}
METHODS = {
    "one by one": Method.SINGLE,
    "on one cart": Method.CLUSTER,
    "for the put wall": Method.WALL,
    "from zone to zone": Method.LEGS,
    "zone by zone": Method.ZONES,
}
_SERIAL = re.compile(r"LAMP#(\w+)")
_LOT = re.compile(r"MILK/(\w+)(?:/(\d\d)(\d\d)(\d\d))?")


def code_of(name):
    """(text, symbology) of what is scanned: a name of `SCANS`, `LAMP#7` (a lamp with its serial number), `MILK/L1` (milk with its lot),
    `MILK/L1/300131` (and its date), or the text itself."""
    if serial := _SERIAL.fullmatch(name):
        return f"01{GOODS['LAMP'][1]}21{serial[1]}", "]C1"
    if lot := _LOT.fullmatch(name):
        expiry = f"17{''.join(lot.groups()[1:])}" if lot[2] else ""
        return f"01{GOODS['MILK'][1]}{expiry}10{lot[1]}", "]C1"
    plain = SCANS.get(name, name)
    return (plain[3:], "]C1") if plain.startswith("]C1") else (plain, None)


def units(said):
    """{goods: units} of "2 TEA and 1 CUP", "2 TEA, 1 CUP", or "nothing"."""
    if said == "nothing":
        return {}
    return {sku: int(qty) for qty, sku in (part.split() for part in re.split(r", | and ", said))}


class Hall(Warehouse):
    """One site of the office. Questions are answered from the books; `announced` is what a scenario said would be left to be done."""

    #: Carrier and service of the orders that stand picked for a bench.
    ships = ("DHL", "parcel")

    def fill(self):
        """The usual goods in the usual bins, and nobody there yet."""

        def do(w):
            w.db.add_all(Zone(site_id=w.site, code=code) for code in ZONES)
            for sku, (name, _, more) in GOODS.items():
                w.db.add(Item(site_id=w.site, sku=sku, name=name, weight_g=100, **more))
                w.touch("item", sku)
            w.db.flush()
            w.db.add_all(ItemCode(site_id=w.site, sku=sku, code=gtin) for sku, (_, gtin, _) in GOODS.items())
            w.db.add(ItemCode(site_id=w.site, sku="TEA", code=SCANS["CASE"], qty=6))
            today = w.now.date()
            w.db.add_all(
                Lot(site_id=w.site, sku="MILK", lot=lot, expiry=today + timedelta(days)) for lot, days in LOTS.items()
            )
            for code, (zone, kind, seq, stock) in BINS.items():
                w.db.add(Bin(site_id=w.site, code=code, zone=zone, kind=kind, seq=seq))
                w.touch("bin", code)
                if stock:
                    sku, qty, lot = stock
                    w.move(uuid4().hex, 0, sku, lot, "supplier", f"bin:{code}", qty)

        self.act(do)
        return self

    # --- what is prepared ---

    def hire(self, name, badge, roles=tuple(Role)):
        """One more person of this site."""
        self.act(lambda w: add_worker(w, badge.removeprefix("B-"), name, list(roles), badge=badge))

    def rule(self, **changes):
        """Another rule of the site, such as `slot_proof=SlotProof.TOTE`."""

        def do(w):
            site = w.db.get_one(Site, w.site)
            for name, value in changes.items():
                setattr(site, name, value)
            w.touch("site", w.site)

        self.act(do)

    def lay(self, code, sku, qty, lot=""):
        """Bin `code` holds exactly `qty` units of `sku`."""
        diff = qty - self.balance(f"bin:{code}", sku)
        legs = ("supplier", f"bin:{code}") if diff > 0 else (f"bin:{code}", "supplier")
        if diff:
            self.act(lambda w: w.move(uuid4().hex, 0, sku, lot, *legs, abs(diff)))

    def wants(self, number, said, *, urgent=False, substitution=Substitution.NEVER):
        """An order that may be let onto the floor."""

        def do(w):
            w.db.add(
                Order(
                    site_id=w.site, number=number, state=OrderState.OPEN, placed_at=w.now, ship_name="Ada",
                    priority=1 if urgent else 3, substitution=substitution,
                )
            )  # fmt: skip
            w.db.flush()
            for n, (sku, qty) in enumerate(units(said).items(), 1):
                w.db.add(OrderLine(site_id=w.site, order_no=number, line_no=n, sku=sku, qty=qty))
            w.touch("order", number)

        self.act(do)

    def release(self, numbers, method):
        """Lets orders onto the floor."""
        results = self.act(lambda w: orders.release_all(w, tuple(numbers), trips_of(method, 8)))
        assert not (refused := [each for each in results if each.reason]), refused

    def line_no(self, number, sku):
        """The number of the order's line of these goods."""
        return self.ask(
            select(OrderLine.line_no).where(
                OrderLine.site_id == self.site, OrderLine.order_no == number, OrderLine.sku == sku
            )
        )[0]

    def let_leases_run_out(self):
        """As if a quarter of an hour had passed without a word: of this site only."""
        with self.oms.sessions.begin() as db:
            db.execute(text("SELECT set_config('floorhand.work', 'on', true)"))
            mine = {"site": self.site}
            # Items before leases, as everybody does it.
            db.execute(
                text(
                    "UPDATE work_item SET lease_until = now() - interval '1 s'"
                    " WHERE lease_until IS NOT NULL AND site_id = :site"
                ),
                mine,
            )
            db.execute(
                text(
                    "UPDATE lease SET until = now() - interval '1 s' WHERE ended_at IS NULL"
                    " AND item IN (SELECT id FROM work_item WHERE site_id = :site)"
                ),
                mine,
            )

    # --- what the books say ---

    def lines(self, number):
        """({goods: picked}, {goods: short}) of an order, without zeros."""
        mine = self.ask(select(OrderLine).where(OrderLine.site_id == self.site, OrderLine.order_no == number))
        picked, short = Counter(), Counter()
        for line in mine:
            picked[line.sku] += line.picked
            short[line.sku] += line.short
        return dict(+picked), dict(+short)

    def holds(self, account):
        """{goods: units} of an account, such as `bin:A-01` or `tote:T-1`, without zeros."""
        rows = self.ask(select(StockBalance).where(StockBalance.site_id == self.site, StockBalance.account == account))
        held = Counter()
        for row in rows:
            held[row.sku] += row.qty
        return {sku: qty for sku, qty in held.items() if qty}

    def state(self, number):
        """The word for where an order stands."""
        return self.ask(select(Order.state).where(Order.site_id == self.site, Order.number == number))[0].value

    def jobs(self, *kinds):
        """The jobs of these kinds, the eldest first."""
        mine = select(Job).where(Job.site_id == self.site, Job.kind.in_(kinds))
        return self.ask(mine.order_by(Job.leg, Job.created_at, Job.id))

    def packing(self, number):
        """[({totes}, lane)] of the open pack jobs of an order."""
        found = []
        for job in self.jobs(JobKind.PACK):
            items = self.items_of(job.id)
            if job.state is JobState.OPEN and number in {item.order_no for item in items}:
                found.append(({job.tote, *(item.from_bin for item in items)} - {"", None}, job.lane))
        return found

    def loose_ends(self):
        """Everything that is left for somebody to do, as a sorted list of words: open tasks on stock and open exceptions."""
        tasks = self.jobs(JobKind.COUNT, JobKind.PUT_BACK, JobKind.REPLENISH, JobKind.PUT_AWAY)
        live = (JobState.WAITING, JobState.OPEN, JobState.ACTIVE)
        left = [f"{job.kind.value} of {self.items_of(job.id)[0].from_bin}" for job in tasks if job.state in live]
        open_ = select(FloorException).where(FloorException.site_id == self.site, FloorException.state == "open")
        for each in self.ask(open_):
            # Who is asked to count has a task for it too.
            if f"count of {each.params.get('bin')}" not in left or each.kind != "count_bin":
                left.append(each.kind)
        return sorted(left)

    def facts(self):
        """[(kind, outcome, body)] of everything this site was told, in the order in which it was taken in."""
        ops = self.ask(select(Op).where(Op.site_id == self.site).order_by(Op.ver))
        return [(op.kind, op.outcome.value, op.body) for op in ops]

    def uncounted(self):
        """How many facts were taken in and count for nobody's work."""
        rows = self.ask(select(Op.outcome).where(Op.site_id == self.site))
        return sum(not outcome.value.startswith("applied") for outcome in rows)
