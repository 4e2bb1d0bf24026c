"""Who has seen version v has seen everything up to v: writers that hold their transactions open as long as they like, and a reader beside
them. The control reads a plain sequence by `id > cursor` and must miss rows, or this test is blind.

    python -m tools.soak gaps -- --commits 50000 --open 30 --seed 1
"""

import argparse
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from random import Random
from statistics import quantiles

import psycopg
from sqlalchemy import select, update

from oms.catalog.models import Item
from oms.db.work import Actor, Work
from oms.feed import pull
from oms.feed.models import Change
from sync.contract.version import PULL_SCHEMA
from tools.bench import Figure
from tools.soak._centre import Centre, libpq_words, own_database
from tools.soak._warehouse import Warehouse

_WRITERS = 8
_THINGS = 200
LAG_LIMIT_MS = 200.0


@dataclass(slots=True)
class Gaps:
    """`missed` of the feed: entities whose newest version the reader does not have. `naive_missed`: rows of the plain sequence that its
    reader skipped."""

    commits: int = 0
    missed: int = 0
    backwards: int = 0
    naive_rows: int = 0
    naive_missed: int = 0
    lags_ms: list[float] = field(default_factory=list)


class _Reader:
    """Follows the feed by pages, as a device does."""

    def __init__(self, house: Warehouse) -> None:
        self._house = house
        self.cursor = ""
        self.rows: dict[tuple[str, str], int] = {}
        self.through = 0
        self.backwards = 0

    def catch_up(self) -> None:
        """All pages there are."""
        more = True
        while more:
            page = pull.page(self._house.oms.engine, self._house.site, pull.Ask(self.cursor, 50, False, PULL_SCHEMA))
            if page is None:
                return
            for change in page.changes:
                self.backwards += change.v <= self.through
                self.rows[change.e, change.id] = change.v
            self.cursor, self.through, more = page.to, page.through, page.more

    def missed(self) -> int:
        """Entities that are otherwise in the database."""
        with self._house.oms.sessions() as db:
            there = {(c.ent, c.ent_id): c.ver for c in db.execute(select(Change.ent, Change.ent_id, Change.ver))}
        return sum(self.rows.get(key) != ver for key, ver in there.items())


def _touch(house: Warehouse, dice: Random, most_s: float) -> None:
    """One commit that touches a few things and holds its transaction open for a while."""

    def act(w: Work) -> None:
        for sku in sorted(f"G{n:03d}" for n in dice.sample(range(_THINGS), 2)):
            named = update(Item).where(Item.site_id == w.site, Item.sku == sku)
            w.db.execute(named.values(name=f"{dice.random()}"))
            w.touch("item", sku)
        time.sleep(dice.uniform(0, most_s))

    house.act(act)


def _things(house: Warehouse) -> None:
    def act(w: Work) -> None:
        w.db.add_all(Item(site_id=w.site, sku=f"G{n:03d}", name="") for n in range(_THINGS))

    house.act(act)


def feed_gaps(house: Warehouse, commits: int, seed: int, most_s: float = 0.004) -> Gaps:
    """Eight writers of the feed with random holds, one reader."""
    _things(house)
    found, reader = Gaps(), _Reader(house)
    each = -(-commits // _WRITERS)

    def write(n: int) -> None:
        dice = Random(f"{seed} {n}")
        for _ in range(each):
            _touch(house, dice, most_s)

    _beside(write, reader.catch_up)
    reader.catch_up()
    found.commits, found.missed, found.backwards = each * _WRITERS, reader.missed(), reader.backwards
    return found


def _beside(write: Callable[[int], None], look: Callable[[], None]) -> None:
    """All writers, and a reader that looks without pause until they are done."""
    with ThreadPoolExecutor(_WRITERS) as pool:
        jobs = [pool.submit(write, n) for n in range(_WRITERS)]
        while not all(job.done() for job in jobs):
            look()
        for job in jobs:
            job.result()


def naive_gaps(url: str, rows: int, seed: int) -> tuple[int, int]:
    """(rows, rows missed) of the way that looks right: a growing number per row, and a reader that asks for what is above its cursor."""
    each, seen, cursor = -(-rows // _WRITERS), set[int](), 0
    with psycopg.connect(url, autocommit=True) as db:
        db.execute("CREATE TABLE naive (id bigserial PRIMARY KEY)")

        def write(n: int) -> None:
            dice = Random(f"{seed} {n}")
            with psycopg.connect(url) as mine:
                for _ in range(each):
                    mine.execute("INSERT INTO naive DEFAULT VALUES")
                    time.sleep(dice.uniform(0, 0.004))
                    mine.commit()

        def look() -> None:
            nonlocal cursor
            for (id,) in db.execute("SELECT id FROM naive WHERE id > %s ORDER BY id", (cursor,)):
                seen.add(id)
                cursor = id

        _beside(write, look)
        look()
        [there] = db.execute("SELECT count(*) FROM naive").fetchone() or (0,)
        db.execute("DROP TABLE naive")
    return there, there - len(seen)


def lags_beside_an_open_transaction(house: Warehouse, seconds: float, seed: int) -> list[float]:
    """Milliseconds from each commit until a reader has it, while somebody else's transaction has written and stays open."""
    reader, dice, lags, over = _Reader(house), Random(seed), list[float](), threading.Event()
    reader.catch_up()
    with house.oms.works.work(house.site, Actor("slow")) as slow:
        slow.db.add(Item(site_id=slow.site, sku="SLOW", name="slow"))
        slow.touch("item", "SLOW")
        slow.db.flush()
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            _touch(house, dice, 0.0)
            began, before = time.perf_counter(), reader.through
            while reader.through == before:
                reader.catch_up()
            lags.append((time.perf_counter() - began) * 1000)
            over.wait(0.02)
    return lags


def main(arguments: Sequence[str]) -> list[Figure]:
    """The feed, the control, and the feed beside an open transaction."""
    parser = argparse.ArgumentParser(prog="gaps")
    parser.add_argument("--commits", type=int, default=50_000)
    parser.add_argument("--open", type=float, default=30.0, help="seconds that a transaction stays open")
    parser.add_argument("--seed", type=int, default=1)
    got = parser.parse_args(list(arguments))
    print(f"seed {got.seed}")
    with own_database() as url:
        centre = Centre(url)
        began = time.monotonic()
        found = feed_gaps(centre.house, got.commits, got.seed)
        seconds = time.monotonic() - began
        lags = lags_beside_an_open_transaction(centre.house, got.open, got.seed)
        centre.close()
        rows, missed = naive_gaps(libpq_words(url), max(got.commits // 10, 1000), got.seed)
    return [
        Figure("F8 commits by 8 writers", found.commits, ""),
        Figure("F8 time for them", seconds, "s"),
        Figure("F8 rows the reader missed", found.missed, "", limit=0),
        Figure("F8 versions that came out of order", found.backwards, "", limit=0),
        Figure("F8 control, a plain sequence: rows", rows, ""),
        Figure("F8 control, a plain sequence: rows missed", missed, ""),
        Figure("F8 control blind", float(missed == 0), "", limit=0),
        Figure("F18 lag of the feed beside an open transaction, p99", quantiles(lags, n=100)[98], "ms", LAG_LIMIT_MS),
    ]
