"""Labels of many parcels from a carrier with bad manners, asked for by a server that is killed again and again, printed on a printer that
fails: every parcel has one valid label on it or is visibly pending, and its carrier was paid once.

    python -m tools.soak parcels -- --parcels 2000 --trouble 0.15 --seed 1
"""

import argparse
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta
from random import Random

from sqlalchemy import URL, select, update

from devices.codecs.printers.zpl_foreign import ForeignRefused, inspect
from oms.bootstrap import Oms, open_oms
from oms.db.work import Work
from oms.orders.models import Order
from oms.packing.models import Parcel
from oms.shipping.actions import plan_parcel
from oms.shipping.carriers import labels
from oms.shipping.carriers.desk import ACTOR
from oms.shipping.carriers.models import Label, LabelState
from oms.shipping.carriers.open import enrol
from oms.shipping.carriers.queries import pending
from oms.shipping.counter import label_of
from sync.contract.codes import OrderState, ParcelState
from sync.contract.shipping import CarrierLabel, LabelAct
from tools.bench import Figure
from tools.carrier_server import CarrierServer
from tools.soak._centre import own_database

_OPEN = (LabelState.WANTED, LabelState.ASKED, LabelState.VOIDING)
_PATIENCE_S = 600.0


class Bench:
    """Owns the parcels, the carrier, the server process that is killed, and what is stuck on each parcel."""

    def __init__(self, url: URL, carrier: CarrierServer, dice: Random) -> None:
        self.oms: Oms = open_oms(url)
        self.carrier, self.dice = carrier, dice
        self.kills = 0
        #: Parcel -> number on the label that is on it.
        self.stuck: dict[str, str] = {}
        self.printed: Counter[str] = Counter()
        self._url = url.render_as_string(hide_password=False)
        self._child: subprocess.Popen[str] | None = None
        self._made = 0
        self.oms.works.run(self.oms.site, ACTOR, lambda w: enrol(w, ["ACME"]))

    def close(self) -> None:
        """Ends the server process and the connections."""
        self.kill()
        self.oms.close()

    # --- parcels ---

    def add(self, count: int) -> None:
        """So many more parcels come off the scale."""
        self._made += count
        numbers = range(self._made - count, self._made)
        self.oms.works.run(self.oms.site, ACTOR, lambda w: [self._weighed(w, f"P-{n}") for n in numbers])

    def _weighed(self, w: Work, number: str) -> None:
        order = Order(
            site_id=w.site, number=number, state=OrderState.LABEL_PENDING, placed_at=w.now, ship_postcode="1017",
            ship_country="NL", carrier="ACME", service="std",
        )  # fmt: skip
        w.db.add(order)
        w.db.flush()
        parcel = plan_parcel(w, order)
        parcel.state, parcel.grams = ParcelState.LABEL_PENDING, 500
        w.db.flush()
        labels.want(w, parcel)

    def change_minds(self, chance: float) -> None:
        """Some labels are voided by a person: the box is opened again and gets another, or the order is cancelled."""
        with self.oms.sessions() as db:
            ids = list(db.scalars(select(Parcel.id).where(Parcel.state != ParcelState.VOID).order_by(Parcel.order_no)))
        for id in ids:
            roll = self.dice.random()
            if roll < chance:
                cancel = roll < chance / 2
                self.oms.works.run(self.oms.site, ACTOR, lambda w, a=(id, cancel): self._change(w, *a))  # type: ignore[misc]

    def _change(self, w: Work, id: str, cancel: bool) -> None:
        if cancel:
            parcel = w.db.get_one(Parcel, id, with_for_update=True)
            parcel.state = ParcelState.VOID
            w.touch("parcel", id)
        labels.act(w, id, LabelAct.VOID, "soak")
        self.stuck.pop(id, None)

    # --- the server ---

    def live(self, about_s: float) -> None:
        """One life of the server, cut short."""
        self.begin()
        time.sleep(about_s * self.dice.uniform(0.5, 1.5))
        self.kill()
        self.let_leases_run_out()

    def begin(self) -> None:
        """The server process is up."""
        words = [sys.executable, "-m", "tools.soak._parcel_child", self._url, self.carrier.url, self.carrier.key]
        self._child = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
        assert self._child.stdout is not None
        assert self._child.stdout.readline() == "asking\n"

    def kill(self) -> None:
        """As a power cut does."""
        if self._child is not None and self._child.stdout is not None:
            self._child.kill()
            self._child.wait()
            self._child.stdout.close()
            self._child = None
            self.kills += 1

    def let_leases_run_out(self) -> None:
        """Time goes by while nobody asks."""

        def do(w: Work) -> None:
            w.db.execute(update(Label).where(Label.state.in_(_OPEN)).values(due_at=w.now - timedelta(seconds=1)))

        self.oms.works.run(self.oms.site, ACTOR, do)

    def open_labels(self) -> int:
        """Labels that are on their way to be something."""
        with self.oms.sessions() as db:
            return len(list(db.scalars(select(Label.id).where(Label.state.in_(_OPEN)))))

    # --- the station ---

    def stick(self, trouble: float) -> None:
        """The station fetches what is ready and prints it, the same bytes until one came out; and wants another after a void."""
        with self.oms.sessions() as db:
            ids = list(db.scalars(select(Parcel.id).where(Parcel.state != ParcelState.VOID).order_by(Parcel.order_no)))
        for id in (id for id in ids if id not in self.stuck):
            with self.oms.sessions() as db:
                reply = label_of(db, self.oms.site, id)
            if reply is None or reply.state is CarrierLabel.VOID:
                self.oms.works.run(self.oms.site, ACTOR, lambda w, id=id: labels.act(w, id, LabelAct.AGAIN, "reopened"))  # type: ignore[misc]
            elif reply.state is CarrierLabel.READY:
                self._print(id, reply.tracking, reply.body, trouble)

    def _print(self, id: str, tracking: str, body: bytes, trouble: float) -> None:
        try:
            inspect(body)
        except ForeignRefused:
            return
        while self.dice.random() < trouble:
            self.printed["out of labels"] += 1
        self.printed["came out"] += 1
        self.stuck[id] = tracking

    # --- the truth ---

    def judge(self) -> Counter[str]:
        """What became of all parcels, against the carrier's own ledger."""
        found: Counter[str] = Counter()
        paid = {one.reference: one for some in self.carrier.books.paid_for().values() for one in some}
        with self.oms.sessions() as db:
            waiting = {row.parcel for row in pending(db, self.oms.site)}
            for parcel in db.scalars(select(Parcel)):
                purchase = paid.get(f"{parcel.order_no}/{parcel.number}")
                found[_verdict(parcel, purchase.tracking if purchase else "", self.stuck.get(parcel.id), waiting)] += 1
        return found


def _verdict(parcel: Parcel, paid: str, stuck: str | None, waiting: set[str]) -> str:
    if parcel.id in waiting:
        return "visibly pending"
    if parcel.state is ParcelState.VOID:
        return "cancelled, paid all the same" if paid else "cancelled, not paid"
    if stuck is None:
        return "neither a label nor pending"
    return "one valid label" if stuck == paid == parcel.tracking else "a label that is not paid for"


def run(url: URL, parcels: int, trouble: float, seed: int, lives: int, life_s: float) -> Iterator[Figure]:
    """The whole story; what came of it."""
    dice = Random(seed)
    with CarrierServer(trouble=trouble, seed=seed) as carrier:
        carrier.slow_s = 0.6
        bench = Bench(url, carrier, dice)
        try:
            for life in range(lives):
                bench.add(parcels * (life + 1) // lives - parcels * life // lives)
                bench.live(life_s)
                bench.stick(trouble)
                bench.change_minds(0.02)
            _come_to_an_end(bench, carrier)
            yield from _figures(bench, carrier)
        finally:
            bench.close()


def _come_to_an_end(bench: Bench, carrier: CarrierServer) -> None:
    """Everybody behaves from now on, until nothing is under way."""
    carrier.trouble = 0.0
    end = time.monotonic() + _PATIENCE_S
    bench.stick(0.0)
    bench.begin()
    while bench.open_labels() and time.monotonic() < end:
        time.sleep(0.2)
        bench.let_leases_run_out()
    bench.stick(0.0)
    while bench.open_labels() and time.monotonic() < end:
        time.sleep(0.2)
    bench.stick(0.0)


def _figures(bench: Bench, carrier: CarrierServer) -> Iterator[Figure]:
    found = bench.judge()
    bad = ("neither a label nor pending", "a label that is not paid for", "cancelled, paid all the same")
    numbers = Counter(bench.stuck.values())
    yield Figure("parcels", found.total(), "")
    for name in ("one valid label", "visibly pending", "cancelled, not paid"):
        yield Figure(f"parcels: {name}", found[name], "")
    for name in bad:
        yield Figure(f"parcels: {name}", found[name], "", limit=0)
    yield Figure("parcels charged twice", len(carrier.books.charged_twice()), "", limit=0)
    yield Figure("numbers on two parcels", sum(count > 1 for count in numbers.values()), "", limit=0)
    yield Figure("purchases given back", sum(one.voided for one in carrier.books.purchases.values()), "")
    yield Figure("times the server was killed", bench.kills, "")
    yield Figure("labels the printer did not print at first", bench.printed["out of labels"], "")


def main(arguments: Sequence[str]) -> list[Figure]:
    """What became of parcels; nothing lost, nothing paid twice."""
    parser = argparse.ArgumentParser(prog="parcels")
    parser.add_argument("--parcels", type=int, default=2000)
    parser.add_argument("--trouble", type=float, default=0.15, help="chance of bad manners per question")
    parser.add_argument("--lives", type=int, default=12, help="how often the server is killed on the way")
    parser.add_argument("--life", type=float, default=6.0, help="seconds that the server lives, about")
    parser.add_argument("--seed", type=int, default=1)
    got = parser.parse_args(list(arguments))
    print(f"seed {got.seed}")
    with own_database() as url:
        return list(run(url, got.parcels, got.trouble, got.seed, got.lives, got.life))
