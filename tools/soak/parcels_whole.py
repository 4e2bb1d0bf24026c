"""Exactly-once labels through the whole stack: pack stations with their print queues, printers that fail, the server as a process of its
own that is killed, and a carrier with bad manners. In the end every parcel has one valid label on it or is visibly pending, and the
carrier was paid once. Every half minute it says how far it is, and of a standstill whose turn it is.

    python -m tools.soak parcels_whole -- --parcels 2000 --benches 3 --trouble 0.15 --seed 1
"""

import argparse
import shutil
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from random import Random

from sqlalchemy import URL

from oms.packing.models import Parcel
from oms.shipping.carriers.models import Label, LabelState
from oms.shipping.carriers.queries import pending
from sync.contract.codes import ParcelState
from tools.bench import Figure
from tools.carrier_server import CarrierServer
from tools.soak._centre import own_database
from tools.soak._label_bench import LabelBench
from tools.soak._label_shop import Shop

_IDLE_S = 0.25
_PAUSE_S = 0.5
#: How often a packer who waits sees a red lamp.
_SEES_LAMP = 0.6
#: Nothing has moved for so long once everybody behaves: what is not done by then is judged as it is. Nobody's back-off is longer.
_PATIENCE_S = 60.0
_NEWS_S, _STILL_S = 30.0, 20.0
_MOST_TOLD = 12
BAD = ("never packed", "neither a label nor pending", "a label that is not paid for", "paid, and not shown as pending")
Tell = Callable[[str], None]


def _silent(_: str) -> None:
    """Nobody listens."""


class Play:
    """Owns everybody who takes part, each on a thread of their own, and the ledgers of all of them."""

    def __init__(
        self, shop: Shop, carrier: CarrierServer, benches: Sequence[LabelBench], parcels: int, seed: int, tell: Tell
    ) -> None:
        self.shop, self.carrier, self.benches = shop, carrier, benches
        self._parcels, self._seed, self._tell = parcels, seed, tell
        self.fate_rests, self._over = threading.Event(), threading.Event()
        self._began = time.monotonic()

    def stuck(self) -> dict[str, str]:
        """Parcel -> number on the label that is on it, of all benches."""
        return {parcel: number for bench in self.benches for parcel, number in bench.stuck.copy().items()}

    def to_the_end(self) -> float:
        """All of it: in trouble until nearly everything has left, then everybody behaves. Seconds it took."""
        with ThreadPoolExecutor(len(self.benches) + 2) as people:
            team = [
                people.submit(self._misfortune, Random(self._seed + 2)),
                people.submit(self.shop.picked, self._parcels, 0),
            ]
            for n, bench in enumerate(self.benches):
                team.append(people.submit(self._pack, bench, Random(self._seed + 3 + n)))
            try:
                self._wait(team)
                self.fate_rests.set()
                for one in (self.carrier, *self.benches):
                    one.trouble = 0.0
                self._wait(team)
            finally:
                self.fate_rests.set()
                self._over.set()
        for one in team:
            one.result()
        took = time.monotonic() - self._began
        self._until_heard()
        return took

    def _wait(self, team: Sequence["Future[None]"]) -> None:
        """Until every parcel has its label, or nothing has moved for too long. Whoever fell over takes all down."""
        count = len(self.stuck())
        moved = told = time.monotonic()
        still = _STILL_S
        while count < self._parcels and time.monotonic() - moved < _PATIENCE_S:
            time.sleep(_PAUSE_S / 2)
            for one in team:
                if one.done():
                    one.result()
            if (now := len(self.stuck())) > count:
                count, moved, still = now, time.monotonic(), _STILL_S
            if time.monotonic() - told > _NEWS_S:
                told = time.monotonic()
                self._tell(
                    f"{count} of {self._parcels} labels stuck on, {60 * count / (told - self._began):.0f} a minute"
                )
            if time.monotonic() - moved > still:
                still *= 2
                self._tell(f"nothing has moved for {time.monotonic() - moved:.0f} s:")
                self.tell_standing()

    def tell_standing(self) -> None:
        """Whose turn it is, at each bench and for each parcel that is not done."""
        self._tell(f"  server {'runs' if self.shop.up else 'is down'}, killed {self.shop.kills} times")
        for bench in self.benches:
            self._tell(f"  {bench.standing()}")
        labels, held = self.shop.labels(), {p: b.name for b in self.benches for p in b.waiting_parcels()}
        done = self.stuck()
        turns = [
            f"{parcel.order_no}: {parcel.state}, {_turn(parcel, labels.get(parcel.id), held)}"
            for parcel in self.shop.parcels()
            if parcel.id not in done and (parcel.state is not ParcelState.PLANNED or parcel.id in held)
        ]
        for line in turns[:_MOST_TOLD]:
            self._tell(f"  {line}")
        self._tell(f"  {len(turns)} parcels are under way, {self._parcels - len(done) - len(turns)} not weighed yet")

    def _pack(self, bench: LabelBench, dice: Random) -> None:
        """One packer, whose station loses its power now and then."""
        crash_at = dice.randint(5, 40)
        while not self._over.is_set():
            before = len(bench.stuck)
            if not bench.act():
                bench.wait(_IDLE_S)
                if dice.random() < _SEES_LAMP:
                    bench.put_right()
            crash_at -= len(bench.stuck) - before
            if crash_at <= 0 and not self.fate_rests.is_set():
                bench.crash()
                crash_at = dice.randint(30, 90)

    def _misfortune(self, dice: Random) -> None:
        """The server is killed every so many parcels, and the carrier's back-off does not take a day."""
        kill_at = dice.randint(2, 10)
        while not self._over.wait(_PAUSE_S):
            self.shop.hurry()
            if len(self.stuck()) >= kill_at and not self.fate_rests.is_set():
                self.shop.kill()
                kill_at = len(self.stuck()) + dice.randint(15, 45)

    def _until_heard(self) -> None:
        """What was done is with the office."""
        end = time.monotonic() + _PATIENCE_S
        while any(bench.sync_waiting() for bench in self.benches) and time.monotonic() < end:
            time.sleep(0.05)


def _turn(parcel: Parcel, label: Label | None, held: dict[str, str]) -> str:
    where = f"at {held[parcel.id]}" if parcel.id in held else "at no bench"
    if label is None:
        return f"{where}, no label asked for: the office's turn"
    if label.state is LabelState.BOUGHT:
        return f"{where}, its label is bought: the bench's turn"
    return f"{where}, label {label.state} (purchase {label.attempt}, {label.problem or 'not asked yet'}): the carrier's turn"


def run(
    url: URL, folder: Path, parcels: int, trouble: float, seed: int, benches: int = 1, tell: Tell = _silent
) -> Iterator[Figure]:
    """The whole story; what came of it. The server is killed about every thirty parcels, each station every sixty."""
    with ExitStack() as closing:
        carrier = closing.enter_context(CarrierServer(trouble=trouble, seed=seed))
        carrier.slow_s = 0.3
        shop = Shop(url, folder, carrier, Random(seed))
        closing.callback(shop.close)
        stations = []
        for n in range(1, benches + 1):
            made = LabelBench(folder / f"bench-{n}", f"BENCH-{n}", shop.let_in, Random(seed + 10 * n), trouble)
            closing.callback(made.close)
            stations.append(made)
        play = Play(shop, carrier, stations, parcels, seed, tell)
        took = play.to_the_end()
        yield from _figures(play, took)


def _verdicts(play: Play) -> Counter[str]:
    """What became of all parcels, against the carrier's own ledger and what the benches show."""
    found: Counter[str] = Counter()
    shop, on = play.shop, play.stuck()
    paid = {one.reference: one for some in play.carrier.books.paid_for().values() for one in some}
    shown = {parcel for bench in play.benches for parcel in bench.shown_pending()}
    parcels = shop.parcels()
    # An order has the number of its next parcel ahead, which nothing may go into.
    begun = {parcel.order_no for parcel in parcels if parcel.state is not ParcelState.PLANNED}
    with shop.oms.sessions() as db:
        waiting = {row.parcel for row in pending(db, shop.oms.site)} | shown
    for parcel in parcels:
        purchase = paid.get(f"{parcel.order_no}/{parcel.number}")
        stuck = on.get(parcel.id)
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


def _figures(play: Play, seconds: float) -> Iterator[Figure]:
    found, books = _verdicts(play), play.carrier.books
    numbers = Counter(play.stuck().values())
    seen: Counter[str] = sum((bench.seen for bench in play.benches), Counter())
    if any(found[name] for name in BAD):
        play.tell_standing()
    yield Figure("parcels", found.total(), "")
    for name in ("one valid label", "visibly pending"):
        yield Figure(f"parcels: {name}", found[name], "")
    for name in BAD:
        yield Figure(f"parcels: {name}", found[name], "", limit=0)
    yield Figure("parcels charged twice", len(books.charged_twice()), "", limit=0)
    yield Figure("numbers on two parcels", sum(count > 1 for count in numbers.values()), "", limit=0)
    yield Figure("print jobs that came out twice", sum(bench.twice() for bench in play.benches), "", limit=0)
    yield Figure("labels that came out", sum(len(bench.printer.labels) for bench in play.benches), "")
    yield Figure("purchases given back", sum(one.voided for one in books.purchases.values()), "")
    yield Figure("times the server was killed", play.shop.kills, "")
    for name, count in sorted(seen.items()):
        yield Figure(name.replace("_", " "), count, "")
    yield Figure("parcels a minute", 60 * found.total() / seconds, "")


def _say(line: str) -> None:
    print(line, flush=True)


def main(arguments: Sequence[str]) -> list[Figure]:
    """What became of parcels; nothing lost, nothing printed or paid twice."""
    parser = argparse.ArgumentParser(prog="parcels_whole")
    parser.add_argument("--parcels", type=int, default=2000)
    parser.add_argument("--benches", type=int, default=3)
    parser.add_argument("--trouble", type=float, default=0.15, help="chance of bad manners per question")
    parser.add_argument("--seed", type=int, default=1)
    got = parser.parse_args(list(arguments))
    print(f"seed {got.seed}")
    folder = Path(tempfile.mkdtemp(prefix="fh-parcels-"))
    try:
        with own_database() as url:
            return list(run(url, folder, got.parcels, got.trouble, got.seed, got.benches, _say))
    finally:
        shutil.rmtree(folder)
