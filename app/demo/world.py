"""The physical side of the demonstration: what really lies in the bins, totes and boxes, whatever any computer believes."""

import csv
import json
import random
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.demo.dataset import Dataset


@dataclass(frozen=True, slots=True)
class Article:
    """An article as a hand meets it: what is printed on it and what it weighs."""

    sku: str
    barcode: str
    case_barcode: str | None
    case_qty: int
    grams: int


@dataclass(slots=True)
class World:
    """Bins, totes and cartons with goods in them. Goods only move from hand to hand; nothing is ever made or lost here."""

    articles: dict[str, Article]
    bins: dict[str, Counter[str]]
    cartons: dict[str, int]
    lanes: list[str]
    totes: dict[str, Counter[str]] = field(default_factory=dict)

    def take(self, place: str, sku: str, qty: int = 1) -> bool:
        """Takes `qty` units out of a bin; False when they are not there."""
        here = self.bins.setdefault(place, Counter())
        if here[sku] < qty:
            return False
        here[sku] -= qty
        return True

    def put(self, tote: str, sku: str, qty: int = 1) -> None:
        """Puts units into a tote."""
        self.totes.setdefault(tote, Counter())[sku] += qty

    def grams(self, goods: Counter[str]) -> int:
        """What these goods weigh together."""
        return sum(self.articles[sku].grams * qty for sku, qty in goods.items())

    def other_than(self, sku: str, rng: random.Random) -> Article:
        """Some other article, for the hand that slips."""
        return self.articles[rng.choice([s for s in sorted(self.articles) if s != sku])]


def _dicts(path: Path, options: tuple[str, ...]) -> list[dict[str, Any]]:
    """Rows of a CSV by field name; a file without a header gets its names from `--columns`."""
    given = next((o.removeprefix("--columns=") for o in options if o.startswith("--columns=")), None)
    names = given.split(",") if given else None
    with path.open(newline="", encoding="utf-8") as f:
        return list(csv.DictReader(f, fieldnames=names))


def read_world(data: Dataset) -> World:
    """The world in which the imported files are true."""
    articles: dict[str, Article] = {}
    for row in _dicts(data.items, data.item_options):
        articles[row["sku"]] = Article(
            row["sku"],
            row.get("gtin") or row["sku"],
            row.get("case_gtin") or None,
            int(row.get("case_qty") or 0),
            int(row["weight_g"]),
        )
    bins: dict[str, Counter[str]] = {}
    for row in _dicts(data.stock, ()):
        bins.setdefault(row["bin"], Counter())[row["sku"]] += int(row["qty"])
    layout = json.loads(data.layout.read_text(encoding="utf-8"))
    return World(
        articles,
        bins,
        {c["carton"]: int(c["tare_g"]) for c in layout["cartons"]},
        [b["bin"] for b in layout["bins"] if b["kind"] == "lane"],
    )
