"""The rules of wave release as published with the Zalando instances, written anew and on their own: an instance from its file, and what is
wrong with a solution. Nothing of `oms` is used, so that it can say when that is wrong."""

import gzip
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Stored:
    """One piece in the warehouse: its article, zone, aisle and row."""

    article: str
    zone: str
    aisle: int
    row: int


@dataclass(frozen=True, slots=True)
class Instance:
    """Orders (articles of each), pieces, volumes, and the limits: pieces to pick at least, orders of a batch, volume of a picklist; the
    rows of the outer cross-aisles."""

    orders: Sequence[Sequence[str]]
    pieces: Sequence[Stored]
    volumes: dict[str, int]
    goal: int
    most_orders: int
    most_volume: int
    first_row: int
    last_row: int

    @property
    def aisles(self) -> range:
        """The numbers of aisles that have anything, and of the conveyor's."""
        there = {piece.aisle for piece in self.pieces} | {0}
        return range(min(there), max(there) + 1)


@dataclass(frozen=True, slots=True)
class Batch:
    """Orders by number, and picklists of pieces by number in the order in which they are picked."""

    orders: Sequence[int]
    picklists: Sequence[Sequence[int]]


def read(path: Path) -> Instance:
    """An instance from `NAME.json.gz`."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        found = json.load(file)
    limits = found["parameters"]
    return Instance(
        [order["positions"] for order in found["orders"]],
        [Stored(one["article"], one["zone"], one["aisle"], one["row"]) for one in found["warehouse_items"]],
        {one["id"]: one["volume"] for one in found["articles"]},
        limits["min_number_requested_items"],
        limits["max_orders_per_batch"],
        limits["max_container_volume"],
        limits["first_row"],
        limits["last_row"],
    )


def between_rows(one: int, other: int, first: int, last: int) -> int:
    """From a row of one aisle to a row of another: over the middle, or over the outer cross-aisle where both lie on its side."""
    middle = abs(one) + abs(other)
    if one * other < 0:
        return middle
    edge = -first if min(one, other) < 0 else last
    return min(middle, 2 * edge - middle)


def metres(instance: Instance, picklist: Sequence[int]) -> int:
    """What a picklist walks, from the conveyor at aisle 0, row 0, and back."""
    path = [(0, 0), *((instance.pieces[n].aisle, instance.pieces[n].row) for n in picklist), (0, 0)]
    total = 0
    for (aisle, row), (to_aisle, to_row) in pairwise(path):
        if aisle == to_aisle:
            total += abs(row - to_row)
        else:
            total += abs(aisle - to_aisle) + between_rows(row, to_row, instance.first_row, instance.last_row)
    return total


def wrong(instance: Instance, batches: Sequence[Batch]) -> list[str]:
    """Every rule that a solution breaks; empty when it is feasible."""
    found = []
    pieces = [n for batch in batches for picklist in batch.picklists for n in picklist]
    orders = [n for batch in batches for n in batch.orders]
    if len(pieces) < instance.goal:
        found.append(f"{len(pieces)} pieces of {instance.goal}")
    if len(set(pieces)) < len(pieces):
        found.append("a piece is picked twice")
    if len(set(orders)) < len(orders):
        found.append("an order is in two batches")
    for number, batch in enumerate(batches):
        if len(batch.orders) > instance.most_orders:
            found.append(f"batch {number} has {len(batch.orders)} orders")
        asked = Counter(article for n in batch.orders for article in instance.orders[n])
        if asked != Counter(instance.pieces[n].article for picklist in batch.picklists for n in picklist):
            found.append(f"batch {number} is not what its orders ask for")
        for picklist in batch.picklists:
            if len({instance.pieces[n].zone for n in picklist}) > 1:
                found.append(f"batch {number} has a picklist of several zones")
            if sum(instance.volumes[instance.pieces[n].article] for n in picklist) > instance.most_volume:
                found.append(f"batch {number} has a picklist that is too full")
    return found
