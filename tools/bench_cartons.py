"""Real orders into cartons, beside another packer's figures, and single containers by fill: `make bench-cartons`.

`--data DIR` names a folder with `boxes.csv` (name, outer sides, tare, inner sides in mm, most grams), `items.csv` (order, quantity,
item, sides in mm, grams) and `expected.csv` (order; then boxes, weight variance and used volume in percent, kept flat and free). With
`--json` one object is printed: `free` and `flat` with three quarters of every base carried, `free_unsupported` and `flat_unsupported`
without. Times are one order's, cold, as the processor counts them: other work on the machine is not in them.
"""

import argparse
import csv
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations_with_replacement
from math import prod
from operator import le
from pathlib import Path
from time import thread_time

from oms.packing.cartons import Carton, Item, Rotation, Rules, Size, choose
from oms.packing.cartons.blocks import Goods, load
from tools.carton_check import broken, wrong_loading

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data" / "third-party"
CONTAINERS = ("thpack1.txt", "thpack3.txt", "thpack5.txt")
#: The most boxes of one order for which the reference's set of cartons is looked for.
_MANY = 10
#: What is aimed at: boxes and room, each as a share of the reference; a dash where no aim was set.
AIMS = {"free": (0.998, 0.99), "flat": (1.0, "-"), "free_unsupported": (0.998, 0.98), "flat_unsupported": (0.997, "-")}


@dataclass(frozen=True, slots=True)
class Reference:
    """What the other packer used for one order: boxes, and the room inside them in cubic millimetres."""

    boxes: int
    volume: int


@dataclass(frozen=True, slots=True)
class Result:
    """One run over all orders. `volume_ratio` is our cartons' room to the reference's, `p99_ms` the time of one order."""

    orders: int
    boxes: int
    boxes_reference: int
    volume_ratio: float
    p99_ms: float
    violations: int


@dataclass(frozen=True, slots=True)
class Orders:
    """The files of one folder: the shop's cartons, each order's lines, and the reference kept flat and free."""

    cartons: tuple[Carton, ...]
    lines: dict[str, list[Item]]
    reference: dict[str, dict[Rotation, Reference]]


def read(folder: Path) -> Orders:
    """Reads the three files of `folder`. OSError or ValueError if they are not there or not of this form."""
    cartons = tuple(_carton(row) for row in _rows(folder / "boxes.csv"))
    lines: dict[str, list[Item]] = {}
    for order, qty, code, *numbers in _rows(folder / "items.csv"):
        width, length, depth, grams = map(int, numbers)
        lines.setdefault(order, []).append(Item(code, int(qty), (width, length, depth), grams))
    reference = {}
    for order, flat, _, flat_used, free, _, free_used in _rows(folder / "expected.csv"):
        if order in lines:
            volume = sum(item.qty * prod(item.size or ()) for item in lines[order])
            reference[order] = {
                Rotation.FLAT: Reference(int(flat), _room(cartons, int(flat), volume, float(flat_used))),
                Rotation.FREE: Reference(int(free), _room(cartons, int(free), volume, float(free_used))),
            }
    return Orders(cartons, lines, reference)


def _rows(path: Path) -> Iterator[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.reader(file)


def _carton(row: Sequence[str]) -> Carton:
    name, *numbers = row
    outer_width, outer_length, outer_depth, tare, width, length, depth, most = map(int, numbers)
    return Carton(name, (width, length, depth), (outer_width, outer_length, outer_depth), tare, most)


def _room(cartons: Sequence[Carton], boxes: int, volume: int, used_percent: float) -> int:
    """The reference gives its boxes' room only as a rounded percentage: the set of that many cartons which comes closest to it."""
    wanted = 100 * volume / used_percent if used_percent else 0
    if boxes > _MANY:
        return round(wanted)
    rooms = {sum(carton.volume for carton in chosen) for chosen in combinations_with_replacement(cartons, boxes)}
    return min(rooms, key=lambda room: abs(100 * volume / room - used_percent))


def run(orders: Orders, rotation: Rotation, support_percent: int) -> Result:
    """Packs every order once."""
    rules = Rules(support_percent=support_percent)
    boxes = boxes_reference = room = room_reference = violations = 0
    times = []
    for order, reference in orders.reference.items():
        items = [Item(item.code, item.qty, item.size, item.grams, rotation) for item in orders.lines[order]]
        started = thread_time()
        choice = choose(items, orders.cartons, rules)
        times.append(thread_time() - started)
        violations += len(broken(items, choice, rules))
        boxes += len(choice.parcels)
        room += sum(parcel.carton.volume for parcel in choice.parcels)
        boxes_reference += reference[rotation].boxes
        room_reference += reference[rotation].volume
    p99 = sorted(times)[int(len(times) * 0.99)] * 1000
    return Result(len(times), boxes, boxes_reference, round(room / room_reference, 4), round(p99, 2), violations)


def figures(orders: Orders) -> dict[str, Result]:
    """All four runs by the names they are printed under."""
    return {
        "free": run(orders, Rotation.FREE, Rules().support_percent),
        "flat": run(orders, Rotation.FLAT, Rules().support_percent),
        "free_unsupported": run(orders, Rotation.FREE, 0),
        "flat_unsupported": run(orders, Rotation.FLAT, 0),
    }


def containers(path: Path) -> Iterator[tuple[Size, list[Goods]]]:
    """The containers of a file in the form of the OR-Library's thpack1 to 7, with what has to go in and which sides may stand upright."""
    numbers = [int(word) for word in path.read_text(encoding="utf-8").split()]
    at = 1
    for _ in range(numbers[0]):
        container = (numbers[at + 2], numbers[at + 3], numbers[at + 4])
        kinds = numbers[at + 5]
        at += 6
        goods = []
        for kind in range(kinds):
            _, a, a_up, b, b_up, c, c_up, qty = numbers[at + 8 * kind : at + 8 * kind + 8]
            ways = [
                (side, other, up) for up, may, side, other in ((a, a_up, b, c), (b, b_up, a, c), (c, c_up, a, b)) if may
            ]
            turned = {*ways, *((wide, long, high) for long, wide, high in ways)}
            goods.append(Goods(tuple(sorted(size for size in turned if all(map(le, size, container)))), qty))
        at += 8 * kinds
        yield container, goods


def fills(folder: Path, count: int, seconds: float) -> dict[str, list[float]]:
    """For each file the share of the container that is used, over `count` instances of all files, spread evenly; ValueError for a wrong
    loading."""
    found: dict[str, list[float]] = {}
    for n, name in enumerate(CONTAINERS):
        instances = list(containers(folder / name))
        # What does not divide evenly goes to the first files.
        share = count // len(CONTAINERS) + (n < count % len(CONTAINERS))
        for container, goods in instances[:: max(1, len(instances) // max(share, 1))][:share]:
            loading = load(container, goods, seconds)
            wrong = wrong_loading(container, [(one.sides, one.qty) for one in goods], loading.units)
            if wrong:
                raise ValueError(f"{name}: {wrong[0]}")
            found.setdefault(name, []).append(loading.used)
    return found


def _print_fills(count: int, seconds: float) -> None:
    folder = SHARED / "container-loading"
    if not folder.is_dir():
        print("single containers: not here")
        return
    found = fills(folder, count, seconds)
    for name, used in found.items():
        print(
            f"{name:18}{len(used):>8} containers, {sum(used) / len(used):.1%} filled in {seconds:g} s each, the worst {min(used):.1%}"
        )
    every = [one for used in found.values() for one in used]
    mean = sum(every) / len(every)
    print(f"{'all':18}{len(every):>8} containers, {mean:.1%} filled, aim 90 %; no dice are thrown, so there is no seed")


def main(arguments: Sequence[str] | None = None) -> int:
    """The command. 0 also where the data are not there: that is said, and nothing printed as if it were a result."""
    parser = argparse.ArgumentParser(prog="bench-cartons", description=__doc__)
    parser.add_argument(
        "--data", type=Path, default=SHARED / "boxpacker-orders", help="folder with boxes, items and expected figures"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument(
        "--containers", type=int, default=15, help="so many single containers to fill (300: all; 0: none)"
    )
    parser.add_argument("--seconds", type=float, default=1.0, help="time for each of them")
    options = parser.parse_args(arguments)
    try:
        orders = read(options.data)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"no orders to pack: {error}\n")
        return 0 if isinstance(error, FileNotFoundError) and not options.json else 2
    found = figures(orders)
    if options.json:
        print(json.dumps({name: asdict(result) for name, result in found.items()}))
        return 0
    print(
        f"{'':18}{'orders':>8}{'boxes':>8}{'other':>8}{'ratio':>9}{'aim':>8}{'room':>9}{'aim':>7}{'p99 ms':>9}{'wrong':>7}"
    )
    for name, one in found.items():
        boxes_aim, room_aim = AIMS[name]
        print(
            f"{name:18}{one.orders:>8}{one.boxes:>8}{one.boxes_reference:>8}{one.boxes / one.boxes_reference:>9.4f}{boxes_aim:>8}"
            f"{one.volume_ratio:>9.4f}{room_aim:>7}{one.p99_ms:>9.2f}{one.violations:>7}"
        )
    if options.containers:
        _print_fills(options.containers, options.seconds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
