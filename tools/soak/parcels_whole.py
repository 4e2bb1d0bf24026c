"""Exactly-once labels through the whole stack: a pack station with its print queue, a printer that fails, the server as a process of its
own that is killed, and a carrier with bad manners. In the end every parcel has one valid label on it or is visibly pending, and the
carrier was paid once.

    python -m tools.soak parcels_whole -- --parcels 2000 --trouble 0.15 --seed 1
"""

import argparse
import json
import shutil
import socket
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from random import Random

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import URL, select, update

from oms.bootstrap import Oms, open_oms
from oms.db.work import Work
from oms.orders import actions as order_actions
from oms.orders.models import Order, OrderLine
from oms.packing.models import Parcel
from oms.people import trust
from oms.shipping.carriers.desk import ACTOR
from oms.shipping.carriers.labels import LEASE
from oms.shipping.carriers.models import Label, LabelState
from oms.shipping.carriers.open import enrol
from oms.shipping.carriers.queries import pending
from sync.client.identity import own_key, public_hex
from sync.client.ports import Identity, Meta
from sync.contract import facts, proof, wire
from sync.contract.codes import OrderState, ParcelState
from tools.bench import Figure
from tools.carrier_server import CarrierServer
from tools.soak._centre import own_database
from tools.soak._label_bench import LANE, LabelBench
from tools.soak._nursery import Nursery
from tools.soak._raw_log import RawLog
from tools.soak._warehouse import Warehouse

_OPEN = (LabelState.WANTED, LabelState.ASKED, LabelState.VOIDING)
#: Totes of one trip: as many jobs as a device may hold.
_TRIP = 3
_IDLE_S = 0.025
_PAUSE_S = 0.5
#: Nothing has moved for so long once everybody behaves: what is not done by then is judged as it is.
_PATIENCE_S = 30.0
BAD = ("never packed", "neither a label nor pending", "a label that is not paid for", "paid, and not shown as pending")


class Shop:
    """Owns the orders in the database, and the server process that serves them and is killed."""

    def __init__(self, url: URL, folder: Path, carrier: CarrierServer, dice: Random) -> None:
        self.oms: Oms = open_oms(url)
        self.house = Warehouse(self.oms).build()
        self.oms.works.run(self.oms.site, ACTOR, lambda w: enrol(w, ["ACME"]))
        self.kills, self._dice, self._folder = 0, dice, folder
        self._picker = RawLog(self.house).known()
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = free.getsockname()[1]
        self._nursery = Nursery(
            "tools.soak._server_child",
            {
                "FLOORHAND_DATABASE_URL": url.render_as_string(hide_password=False),
                "FLOORHAND_CARRIER_ACME_URL": carrier.url,
                "FLOORHAND_CARRIER_ACME_KEY": carrier.key,
            },
        )
        self._spki = ""
        self.start()

    def start(self) -> None:
        """The server listens."""
        said = json.loads(self._nursery.start("--data", str(self._folder / "oms"), "--port", str(self._port)))
        self._spki = said["spki"]

    def kill(self) -> None:
        """As a power cut does; and a new start, some leases of the carrier's desk later."""
        self._nursery.kill()
        self.kills += 1
        time.sleep(self._dice.uniform(0.0, 0.5))
        self.hurry(nobody_asks=True)
        self.start()

    def close(self) -> None:
        """Server and connections end."""
        self._nursery.kill()
        self._nursery.close()
        self.oms.close()

    def let_in(self, meta: Meta) -> None:
        """Pairs a device without the network."""
        key: Ed25519PrivateKey = own_key(meta)
        code, public = self.house.code(), public_hex(key)
        signed = key.sign(proof.pairing(code, public, "bench")).hex()
        asked = wire.PairRequest(code=code, pubkey=public, label="bench", app="soak", signature=signed)
        id = self.house.act(lambda w: trust.pair(w, asked))
        where = (f"127.0.0.1:{self._port}",)
        me = self.oms
        meta.save_identity(Identity(id, me.site, me.cluster_id, me.epoch(), self._spki, where))

    def picked(self, count: int, begin: int) -> None:
        """So many more totes stand at the lane."""
        for first in range(begin, begin + count, _TRIP):
            numbers = range(first, min(first + _TRIP, begin + count))
            jobs = self.house.act(lambda w, of=numbers: [self._ordered(w, f"P-{n}") for n in of])  # type: ignore[misc]
            tokens = {one.item: one.token for one in self._picker.claim(want=_TRIP)}
            for n, job in zip(numbers, jobs, strict=True):
                tote = f"T-{n:05d}"
                for item in self.house.items_of(job):
                    fact = facts.PickConfirm(job=job, sku=item.sku, qty=item.qty_req, from_bin=item.from_bin, tote=tote)
                    self._picker.add(fact, item.id, tokens[item.id])
                self._picker.add(facts.JobDrop(job=job, tote=tote, lane=LANE))
            self._picker.push_all()

    def _ordered(self, w: Work, number: str) -> str:
        order = Order(
            site_id=w.site, number=number, state=OrderState.OPEN, placed_at=w.now, ship_name="Ada", ship_postcode="1017",
            ship_country="NL", carrier="ACME", service="std",
        )  # fmt: skip
        w.db.add(order)
        w.db.flush()
        for n, sku in enumerate(self._dice.sample(["TEA", "CUP"], self._dice.randint(1, 2)), 1):
            w.db.add(OrderLine(site_id=w.site, order_no=number, line_no=n, sku=sku, qty=1))
        w.db.flush()
        released = order_actions.release(w, number)
        assert released.job, released
        return released.job

    def hurry(self, nobody_asks: bool = False) -> None:
        """Time goes by for the carrier's desk: what it would ask again later is asked now; with `nobody_asks` also what a desk that is no
        more had taken."""

        def do(w: Work) -> None:
            mine = (Label.state.in_(_OPEN), Label.due_at > w.now)
            if not nobody_asks:
                mine = (*mine, Label.due_at < w.now + LEASE / 2)
            w.db.execute(update(Label).where(*mine).values(due_at=w.now - timedelta(seconds=1)))

        self.oms.works.run(self.oms.site, ACTOR, do)

    def under_way(self) -> int:
        """Labels that are on their way to be something."""
        with self.oms.sessions() as db:
            return len(list(db.scalars(select(Label.id).where(Label.state.in_(_OPEN)))))


def run(url: URL, folder: Path, parcels: int, trouble: float, seed: int) -> Iterator[Figure]:
    """The whole story; what came of it. The server is killed about every thirty parcels, the station every sixty."""
    dice = Random(seed)
    with CarrierServer(trouble=trouble, seed=seed) as carrier:
        carrier.slow_s = 0.3
        shop = Shop(url, folder, carrier, dice)
        began = time.monotonic()
        bench = LabelBench(folder / "bench", shop.let_in, Random(seed + 1), trouble)
        fate = threading.Event()
        picker = threading.Thread(target=shop.picked, args=(parcels, 0), daemon=True)
        killer = threading.Thread(target=_misfortune, args=(shop, bench, fate, Random(seed + 2)), daemon=True)
        try:
            picker.start()
            killer.start()
            _pack(bench, parcels, Random(seed + 3))
            fate.set()
            killer.join()
            carrier.trouble = bench.trouble = 0.0
            _come_to_an_end(shop, bench, parcels)
            yield from _figures(shop, bench, carrier, time.monotonic() - began)
        finally:
            fate.set()
            for one in (killer, picker):
                if one.is_alive():
                    one.join()
            bench.close()
            shop.close()


def _misfortune(shop: Shop, bench: LabelBench, enough: threading.Event, dice: Random) -> None:
    """The server is killed every so many parcels, and the carrier's back-off does not take a day."""
    kill_at = dice.randint(2, 10)
    while not enough.wait(_PAUSE_S):
        shop.hurry()
        if len(bench.stuck) >= kill_at:
            shop.kill()
            kill_at = len(bench.stuck) + dice.randint(15, 45)


def _pack(bench: LabelBench, parcels: int, dice: Random) -> None:
    """The packer works until nearly everything has left, or nothing has moved for a while."""
    moved, crash_at = time.monotonic(), dice.randint(5, 40)
    while len(bench.stuck) < parcels and time.monotonic() - moved < _PATIENCE_S:
        before = len(bench.stuck)
        if not bench.act():
            time.sleep(_IDLE_S)
            if dice.random() < _IDLE_S / 0.4:
                bench.put_right()
        if len(bench.stuck) > before:
            moved = time.monotonic()
            crash_at -= 1
        if crash_at == 0:
            bench.crash()
            crash_at = dice.randint(30, 90)


def _come_to_an_end(shop: Shop, bench: LabelBench, parcels: int) -> None:
    """Everybody behaves from now on, until nothing is under way."""
    moved, hurried = time.monotonic(), 0.0
    while time.monotonic() - moved < _PATIENCE_S and len(bench.stuck) < parcels:
        before = len(bench.stuck)
        if not bench.act():
            time.sleep(_IDLE_S)
            bench.put_right()
        if time.monotonic() - hurried > _PAUSE_S:
            hurried = time.monotonic()
            shop.hurry()
        if len(bench.stuck) > before:
            moved = time.monotonic()
    while bench.sync_waiting() and time.monotonic() - moved < 2 * _PATIENCE_S:
        time.sleep(0.05)


def _verdicts(shop: Shop, bench: LabelBench, carrier: CarrierServer) -> Counter[str]:
    """What became of all parcels, against the carrier's own ledger and what the bench shows."""
    found: Counter[str] = Counter()
    paid = {one.reference: one for some in carrier.books.paid_for().values() for one in some}
    shown = bench.shown_pending()
    with shop.oms.sessions() as db:
        # An order has the number of its next parcel ahead, which nothing may go into.
        begun = set(db.scalars(select(Parcel.order_no).where(Parcel.state != ParcelState.PLANNED)))
        waiting = {row.parcel for row in pending(db, shop.oms.site)} | shown
        for parcel in db.scalars(select(Parcel).where(Parcel.state != ParcelState.VOID)):
            purchase = paid.get(f"{parcel.order_no}/{parcel.number}")
            stuck = bench.stuck.get(parcel.id)
            if stuck is not None:
                right = purchase is not None and stuck == purchase.tracking == parcel.tracking
                found["one valid label" if right else "a label that is not paid for"] += 1
            elif parcel.id in waiting:
                found["visibly pending"] += 1
            elif purchase is not None:
                found["paid, and not shown as pending"] += 1
            elif parcel.state is not ParcelState.PLANNED:
                found["neither a label nor pending"] += 1
            elif parcel.order_no not in begun:
                found["never packed"] += 1
    return found


def _figures(shop: Shop, bench: LabelBench, carrier: CarrierServer, seconds: float) -> Iterator[Figure]:
    found = _verdicts(shop, bench, carrier)
    numbers = Counter(bench.stuck.values())
    yield Figure("parcels", found.total(), "")
    for name in ("one valid label", "visibly pending"):
        yield Figure(f"parcels: {name}", found[name], "")
    for name in BAD:
        yield Figure(f"parcels: {name}", found[name], "", limit=0)
    yield Figure("parcels charged twice", len(carrier.books.charged_twice()), "", limit=0)
    yield Figure("numbers on two parcels", sum(count > 1 for count in numbers.values()), "", limit=0)
    yield Figure("print jobs that came out twice", bench.twice(), "", limit=0)
    yield Figure("labels that came out", len(bench.printer.labels), "")
    yield Figure("purchases given back", sum(one.voided for one in carrier.books.purchases.values()), "")
    yield Figure("times the server was killed", shop.kills, "")
    for name, count in sorted(bench.seen.items()):
        yield Figure(name.replace("_", " "), count, "")
    yield Figure("parcels a second", found.total() / seconds, "")


def main(arguments: Sequence[str]) -> list[Figure]:
    """What became of parcels; nothing lost, nothing printed or paid twice."""
    parser = argparse.ArgumentParser(prog="parcels_whole")
    parser.add_argument("--parcels", type=int, default=2000)
    parser.add_argument("--trouble", type=float, default=0.15, help="chance of bad manners per question")
    parser.add_argument("--seed", type=int, default=1)
    got = parser.parse_args(list(arguments))
    print(f"seed {got.seed}")
    folder = Path(tempfile.mkdtemp(prefix="fh-parcels-"))
    try:
        with own_database() as url:
            return list(run(url, folder, got.parcels, got.trouble, got.seed))
    finally:
        shutil.rmtree(folder)
