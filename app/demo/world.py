"""The physical side of the demonstration: what really lies in the bins, totes and boxes, whatever any computer believes.

It lives in one small SQLite file, for the people of the demonstration are several processes and all stand on the same floor.
"""

import csv
import json
import random
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from app.demo.dataset import Dataset

_TABLES = """
CREATE TABLE goods (place TEXT, sku TEXT, qty INTEGER CHECK (qty >= 0), PRIMARY KEY (place, sku)) WITHOUT ROWID;
CREATE TABLE dropped (n INTEGER PRIMARY KEY, line TEXT, place TEXT);
CREATE TABLE owed (sku TEXT, place TEXT, qty INTEGER);
CREATE TABLE tally (name TEXT PRIMARY KEY, n INTEGER) WITHOUT ROWID;
CREATE TABLE fixed (name TEXT PRIMARY KEY, body TEXT) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Article:
    """An article as a hand meets it: what is printed on it and what it weighs."""

    sku: str
    barcode: str
    case_barcode: str | None
    case_qty: int
    grams: int


class World:
    """Bins, totes and cartons with goods in them. Goods only move from hand to hand; nothing is ever made or lost here.

    Places are named as their labels are: no bin and no tote share a name. `tally` counts what the people of a shift tell each other.
    """

    def __init__(self, path: Path) -> None:
        """Opens what `lay_out` has made."""
        self.path = path
        self._db = sqlite3.connect(path, timeout=20, isolation_level=None, check_same_thread=False)
        fixed = {name: json.loads(body) for name, body in self._db.execute("SELECT name, body FROM fixed")}
        self.articles = {sku: Article(**words) for sku, words in fixed["articles"].items()}
        self.cartons: dict[str, int] = fixed["cartons"]
        self.lanes: list[str] = fixed["lanes"]
        self.bins: list[str] = fixed["bins"]

    def close(self) -> None:
        """Ends the look at the floor."""
        self._db.close()

    def take(self, place: str, sku: str, qty: int = 1) -> bool:
        """Takes `qty` units out of a place; False when they are not there."""
        with self._moment():
            taken = self._db.execute(
                "UPDATE goods SET qty = qty - ? WHERE place = ? AND sku = ? AND qty >= ?", (qty, place, sku, qty)
            )
            return taken.rowcount == 1

    def put(self, place: str, sku: str, qty: int = 1) -> None:
        """Puts units into a place."""
        with self._moment():
            self._put(place, sku, qty)

    def goods(self, place: str) -> Counter[str]:
        """What lies in a place."""
        found = self._db.execute("SELECT sku, qty FROM goods WHERE place = ? AND qty > 0 ORDER BY sku", (place,))
        return Counter(dict(found))

    def empty(self, place: str) -> Counter[str]:
        """Takes everything out of a place."""
        with self._moment():
            found = self.goods(place)
            self._db.execute("DELETE FROM goods WHERE place = ?", (place,))
        return found

    def drop(self, place: str, line: str = "pack") -> None:
        """A tote stands at the lane, or a slot of the wall is complete: the next in a line, the packers' or the put wall's."""
        with self._moment():
            self._db.execute("INSERT INTO dropped (line, place) VALUES (?, ?)", (line, place))

    def next_dropped(self, line: str = "pack") -> str | None:
        """Takes the oldest from a line."""
        with self._moment():
            found = self._db.execute(
                "SELECT n, place FROM dropped WHERE line = ? ORDER BY n LIMIT 1", (line,)
            ).fetchone()
            if found is None:
                return None
            self._db.execute("DELETE FROM dropped WHERE n = ?", found[:1])
        place: str = found[1]
        return place

    def owe(self, sku: str, place: str, qty: int) -> None:
        """Units that ought to lie in a place and could not be put back there yet, for their like is in somebody else's hands."""
        with self._moment():
            self._db.execute("INSERT INTO owed VALUES (?, ?, ?)", (sku, place, qty))

    def settle(self, tote: str) -> None:
        """What is left over in a tote goes back to where its like is owed."""
        with self._moment():
            for rowid, sku, place, owed in self._db.execute("SELECT rowid, sku, place, qty FROM owed").fetchall():
                back = min(owed, self.goods(tote)[sku])
                if back:
                    self._db.execute("UPDATE goods SET qty = qty - ? WHERE place = ? AND sku = ?", (back, tote, sku))
                    self._put(place, sku, back)
                    self._db.execute("UPDATE owed SET qty = qty - ? WHERE rowid = ?", (back, rowid))

    def add(self, name: str, n: int = 1) -> None:
        """Counts something."""
        with self._moment():
            self._db.execute("INSERT INTO tally VALUES (?, ?) ON CONFLICT DO UPDATE SET n = n + excluded.n", (name, n))

    def tally(self, name: str) -> int:
        """How often something was counted."""
        found = self._db.execute("SELECT n FROM tally WHERE name = ?", (name,)).fetchone()
        return found[0] if found else 0

    def grams(self, goods: Counter[str]) -> int:
        """What these goods weigh together."""
        return sum(self.articles[sku].grams * qty for sku, qty in goods.items())

    def other_than(self, sku: str, rng: random.Random) -> Article:
        """Some other article, for the hand that slips."""
        return self.articles[rng.choice([s for s in sorted(self.articles) if s != sku])]

    def _put(self, place: str, sku: str, qty: int) -> None:
        self._db.execute(
            "INSERT INTO goods VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET qty = qty + excluded.qty", (place, sku, qty)
        )

    @contextmanager
    def _moment(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")


def _dicts(path: Path, options: tuple[str, ...]) -> list[dict[str, Any]]:
    """Rows of a CSV by field name; a file without a header gets its names from `--columns`."""
    given = next((o.removeprefix("--columns=") for o in options if o.startswith("--columns=")), None)
    names = given.split(",") if given else None
    with path.open(newline="", encoding="utf-8") as f:
        return list(csv.DictReader(f, fieldnames=names))


def lay_out(path: Path, data: Dataset) -> World:
    """Makes the world in which the imported files are true."""
    articles = {
        row["sku"]: Article(
            row["sku"],
            row.get("gtin") or row["sku"],
            row.get("case_gtin") or None,
            int(row.get("case_qty") or 0),
            int(row["weight_g"]),
        )
        for row in _dicts(data.items, data.item_options)
    }
    layout = json.loads(data.layout.read_text(encoding="utf-8"))
    stock = [(row["bin"], row["sku"], int(row["qty"])) for row in _dicts(data.stock, ())]
    fixed = {
        "articles": {sku: asdict(article) for sku, article in articles.items()},
        "cartons": {c["carton"]: int(c["tare_g"]) for c in layout["cartons"]},
        "lanes": [b["bin"] for b in layout["bins"] if b["kind"] == "lane"],
        "bins": sorted({place for place, _, _ in stock}),
    }
    db = sqlite3.connect(path)
    db.execute("PRAGMA journal_mode = WAL")
    # Nobody needs the demonstration's floor after a power cut.
    db.execute("PRAGMA synchronous = OFF")
    db.executescript(_TABLES)
    db.executemany("INSERT INTO fixed VALUES (?, ?)", [(name, json.dumps(body)) for name, body in fixed.items()])
    db.executemany("INSERT INTO goods VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET qty = qty + excluded.qty", stock)
    db.commit()
    db.close()
    return World(path)
