"""The physical side of the demonstration: what really lies in the bins, totes and boxes, whatever any computer believes.

It lives in two small files, for the people of the demonstration are several processes and all stand on the same floor.
"""

import csv
import json
import os
import random
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.demo.dataset import Dataset
from app.store.folder import FolderLock


@dataclass(frozen=True, slots=True)
class Article:
    """An article as a hand meets it: what is printed on it and what it weighs."""

    sku: str
    barcode: str
    case_barcode: str | None
    case_qty: int
    grams: int


@dataclass(slots=True)
class _Moment:
    """The floor at one moment: goods by place and item, lines of places that wait (the packers', the put wall's), what is owed where
    (item, place, qty), and what people have counted."""

    goods: dict[str, dict[str, int]] = field(default_factory=dict)
    lines: dict[str, list[str]] = field(default_factory=dict)
    owed: list[tuple[str, str, int]] = field(default_factory=list)
    tally: dict[str, int] = field(default_factory=dict)
    #: What hands have just moved: (place, item, more or less of it). Not kept with the floor.
    moved: list[tuple[str, str, int]] = field(default_factory=list)

    def put(self, place: str, sku: str, qty: int) -> None:
        """More of an item in a place, or (negative) less; never less than nothing."""
        self.moved.append((place, sku, qty))
        there = self.goods.setdefault(place, {})
        there[sku] = there.get(sku, 0) + qty
        if there[sku] < 0:
            raise ValueError(f"{place} would hold {there[sku]} of {sku}")
        if there[sku] == 0:
            del there[sku]


class World:
    """Bins, totes and cartons with goods in them. Goods only move from hand to hand; nothing is ever made or lost here.

    Places are named as their labels are: no bin and no tote share a name. `tally` counts what the people of a shift tell each other.
    Whoever changes something holds a lock and puts a whole new file in the place of the old one, so that a reader needs no lock and
    sees one moment; a process that is killed leaves the moment before. Beside it is a log of what hands moved, for who looks for a unit.
    """

    def __init__(self, path: Path) -> None:
        """Opens what `lay_out` has made."""
        self.path = path
        fixed = json.loads(_fixed(path).read_text(encoding="utf-8"))
        self.articles = {sku: Article(**words) for sku, words in fixed["articles"].items()}
        self.cartons: dict[str, int] = fixed["cartons"]
        self.lanes: list[str] = fixed["lanes"]
        self.bins: list[str] = fixed["bins"]
        #: Where places are, in metres.
        self.spots: dict[str, tuple[float, float]] = {name: (x, y) for name, (x, y) in fixed["spots"].items()}
        self._here = threading.Lock()
        self._seen: tuple[tuple[int, int], _Moment] | None = None

    def take(self, place: str, sku: str, qty: int = 1) -> bool:
        """Takes `qty` units out of a place; False when they are not there."""
        with self._change() as now:
            if now.goods.get(place, {}).get(sku, 0) < qty:
                return False
            now.put(place, sku, -qty)
        return True

    def put(self, place: str, sku: str, qty: int = 1) -> None:
        """Puts units into a place."""
        with self._change() as now:
            now.put(place, sku, qty)

    def goods(self, place: str) -> Counter[str]:
        """What lies in a place."""
        return Counter(dict(sorted(self._look().goods.get(place, {}).items())))

    def places(self) -> list[str]:
        """Every place in which something lies."""
        return sorted(place for place, goods in self._look().goods.items() if goods)

    def empty(self, place: str) -> Counter[str]:
        """Takes everything out of a place."""
        with self._change() as now:
            there = Counter(now.goods.get(place, {}))
            for sku, qty in there.items():
                now.put(place, sku, -qty)
            return there

    def drop(self, place: str, line: str = "pack") -> None:
        """A tote stands at the lane, or a slot of the wall is complete: the next in a line, the packers' or the put wall's."""
        with self._change() as now:
            now.lines.setdefault(line, []).append(place)

    def next_dropped(self, line: str = "pack") -> str | None:
        """Takes the oldest from a line."""
        if not self._look().lines.get(line):
            return None
        with self._change() as now:
            waiting = now.lines.get(line)
            return waiting.pop(0) if waiting else None

    def owe(self, sku: str, place: str, qty: int) -> None:
        """Units that ought to lie in a place and could not be put back there yet, for their like is in somebody else's hands."""
        with self._change() as now:
            now.owed.append((sku, place, qty))

    def settle(self, tote: str) -> None:
        """What is left over in a tote goes back to where its like is owed."""
        if not self._look().owed:
            return
        with self._change() as now:
            still = []
            for sku, place, owed in now.owed:
                back = min(owed, now.goods.get(tote, {}).get(sku, 0))
                now.put(tote, sku, -back)
                now.put(place, sku, back)
                still += [(sku, place, owed - back)] if owed > back else []
            now.owed = still

    def add(self, name: str, n: int = 1) -> None:
        """Counts something."""
        with self._change() as now:
            now.tally[name] = now.tally.get(name, 0) + n

    def tally(self, name: str) -> int:
        """How often something was counted."""
        return self._look().tally.get(name, 0)

    def tallies(self, prefix: str) -> dict[str, int]:
        """Everything that was counted under names that begin so, by the rest of the name."""
        return {
            name.removeprefix(prefix): n for name, n in sorted(self._look().tally.items()) if name.startswith(prefix)
        }

    def grams(self, goods: Counter[str]) -> int:
        """What these goods weigh together."""
        return sum(self.articles[sku].grams * qty for sku, qty in goods.items())

    def other_than(self, sku: str, rng: random.Random) -> Article:
        """Some other article, for the hand that slips."""
        return self.articles[rng.choice([s for s in sorted(self.articles) if s != sku])]

    def _look(self) -> _Moment:
        """The floor as it is; read again only when somebody has changed it."""
        with self._here:
            stat = self.path.stat()
            stamp = (stat.st_ino, stat.st_mtime_ns)
            if self._seen is None or self._seen[0] != stamp:
                self._seen = (stamp, _read(self.path))
            return self._seen[1]

    @contextmanager
    def _change(self) -> Iterator[_Moment]:
        with FolderLock(self.path.with_suffix(".lock"), wait=True):
            now = _read(self.path)
            yield now
            _write(self.path, now)
            if now.moved:
                line = {
                    "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
                    "by": os.getpid(),
                    "moved": now.moved,
                }
                with self.path.with_suffix(".log").open("a", encoding="utf-8") as log:
                    print(json.dumps(line), file=log)


def _fixed(path: Path) -> Path:
    return path.with_suffix(".fixed.json")


def _read(path: Path) -> _Moment:
    return _Moment(**json.loads(path.read_text(encoding="utf-8")))


def _write(path: Path, moment: _Moment) -> None:
    new = path.with_suffix(".new")
    new.write_text(json.dumps({**asdict(moment), "moved": []}), encoding="utf-8")
    new.replace(path)


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
        "spots": {b["bin"]: (b["x_mm"] / 1000, b["y_mm"] / 1000) for b in layout["bins"]},
    }
    moment = _Moment()
    for place, sku, qty in stock:
        moment.put(place, sku, qty)
    _fixed(path).write_text(json.dumps(fixed), encoding="utf-8")
    _write(path, moment)
    return World(path)
