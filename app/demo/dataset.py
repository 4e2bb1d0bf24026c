"""Writes the files the demonstration imports: layout, items, stock and orders, in the formats any shop could send.

Two sources: our own invented warehouse, or a folder of real orders in the shape of the public carton-packing test data
(`items.csv`: order, quantity, item, width, length, depth in mm, grams; `boxes.csv`: cartons).
"""

import csv
import json
import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from app.demo.catalogue import catalogue

ZONES = ("A", "B", "C", "D")
BAYS = 26
LEVELS = 4
LANES = ("PACK-1", "PACK-2")
#: How long work stays with a device that is out of reach.
LEASE_S = 900
#: Columns and rows of the put wall's slots.
WALL = (6, 4)

_BAY_MM = 2700
_AISLE_MM = 3200

_PEOPLE = (
    ("Anna de Vries", "Prinsengracht 12", "1015 DV", "Amsterdam", "NL"),
    ("Jonas Møller", "Nørrebrogade 44", "2200", "København N", "DK"),
    ("Greta Schäfer", "Lindenstraße 7", "10969", "Berlin", "DE"),
    ("Tom Willis", "18 Harbour Road", "D01 X2P3", "Dublin", "IE"),
    ("Sofie Peeters", "Meir 61", "2000", "Antwerpen", "BE"),
    ("Lars Østergård", "Åboulevarden 3", "8000", "Aarhus C", "DK"),
    ("Kees Jansen", "Oudegracht 205", "3511 NG", "Utrecht", "NL"),
    ("Mia Weiß", "Königstraße 28", "70173", "Stuttgart", "DE"),
)


@dataclass(frozen=True, slots=True)
class Dataset:
    """Where the files of one warehouse lie. `columns` names the fields of a file that has no header, per kind of import."""

    layout: Path
    items: Path
    stock: Path
    orders: Path
    item_options: tuple[str, ...] = ()
    order_options: tuple[str, ...] = ()


def _bins() -> list[dict[str, Any]]:
    """Pick bins A-01-1 .. D-26-4 in walking order: up one side of the aisle, level by level, serpentine between zones."""
    bins: list[dict[str, Any]] = []
    seq = 0
    for z, zone in enumerate(ZONES):
        bays = range(1, BAYS + 1) if z % 2 == 0 else range(BAYS, 0, -1)
        for bay in bays:
            for level in range(1, LEVELS + 1):
                seq += 1
                bins.append(
                    {
                        "bin": f"{zone}-{bay:02d}-{level:02d}",
                        "zone": zone,
                        "kind": "pick",
                        "seq": seq,
                        "x_mm": z * _AISLE_MM,
                        "y_mm": bay * _BAY_MM,
                    }
                )
    for n, lane in enumerate(LANES):
        bins.append({"bin": lane, "zone": "PACK", "kind": "lane", "seq": 9000 + n, "x_mm": n * _AISLE_MM, "y_mm": 0})
    bins.append({"bin": "QUAR-1", "zone": "PACK", "kind": "quarantine", "seq": 9100, "x_mm": 9000, "y_mm": 0})
    bins.append({"bin": "PROBLEM-1", "zone": "PACK", "kind": "problem", "seq": 9101, "x_mm": 9600, "y_mm": 0})
    for n, zone in enumerate(ZONES):
        place = {"x_mm": n * _AISLE_MM, "y_mm": 0}
        bins.append({"bin": f"HAND-{zone}", "zone": zone, "kind": "hand_over", "seq": 9200 + n, **place})
    for n in range(WALL[0] * WALL[1]):
        column, row = divmod(n, WALL[1])
        place = {"x_mm": column * 600, "y_mm": row * 500}
        bins.append({"bin": f"WALL-{n + 1:02d}", "zone": "WALL", "kind": "wall", "seq": 9300 + n, **place})
    return bins


def _ways() -> dict[str, Any]:
    """The floor as it is walked: four aisles between a cross-aisle before and one behind them."""
    crossings, paths = [], []
    for n, zone in enumerate(ZONES):
        for end, y_mm in (("FRONT", 0), ("BACK", (BAYS + 1) * _BAY_MM)):
            crossings.append(
                {"crossing": f"{end}-{zone}", "x_mm": n * _AISLE_MM, "y_mm": y_mm, "depot": (end, n) == ("FRONT", 0)}
            )
            if n:
                paths.append({"path_from": f"{end}-{ZONES[n - 1]}", "path_to": f"{end}-{zone}"})
        paths.append({"path_from": f"FRONT-{zone}", "path_to": f"BACK-{zone}"})
    return {"crossings": crossings, "paths": paths}


def _layout(cartons: list[dict[str, Any]], lease_s: int, *, drawn: bool = False) -> dict[str, Any]:
    return {
        **(_ways() if drawn else {}),
        "site": {
            "code": "MAIN",
            "name": "Floorhand demonstration",
            "ship_from": ["Floorhand Demo", "Pakhuisweg 1", "1019 Amsterdam", "NL"],
            "lease_s": lease_s,
        },
        "bins": _bins(),
        "cartons": cartons,
    }


def _own_cartons() -> list[dict[str, Any]]:
    sizes = (
        ("S1", (220, 160, 100), 68),
        ("M1", (300, 200, 150), 135),
        ("M2", (380, 280, 180), 228),
        ("L1", (500, 380, 300), 460),
        ("L2", (760, 480, 400), 820),
    )
    return [
        {
            "carton": code,
            "name": f"Carton {code}",
            "inner_mm": list(inner),
            "outer_mm": [n + 8 for n in inner],
            "tare_g": tare,
            "max_g": 30000,
        }
        for code, inner, tare in sizes
    ]


def _write(path: Path, rows: list[dict[str, Any]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as f:
        writer = csv.DictWriter(f, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def _order_head(number: int, rng: random.Random, now: datetime) -> dict[str, Any]:
    name, street, postcode, city, country = rng.choice(_PEOPLE)
    flags = "|".join(f for f, share in (("vip", 0.1), ("gift", 0.12)) if rng.random() < share)
    return {
        "order": str(50200 + number),
        "channel": rng.choice(("web", "web", "marketplace")),
        "customer": f"C{rng.randrange(1000, 9999)}",
        "email": "",
        "name": name,
        "street": street,
        "postcode": postcode,
        "city": city,
        "country": country,
        "carrier": "DHL" if country in {"DE", "NL", "BE"} else "PostNord",
        "service": "parcel",
        "priority": 1 if "vip" in flags else rng.choice((3, 3, 3, 5)),
        "cut_off": (now + timedelta(hours=rng.choice((3, 5, 8)))).isoformat(timespec="seconds"),
        "note": "No prices inside" if "gift" in flags else "",
        "flags": flags,
    }


def write_own(folder: Path, orders: int, seed: int, lease_s: int = LEASE_S, *, drawn: bool = False) -> Dataset:
    """The invented warehouse: 4 zones, 416 pick bins, 252 items, `orders` orders of 1 to 5 lines; `drawn` with the floor's paths. Same
    seed, same files."""
    rng = random.Random(seed)  # noqa: S311 - invented orders, no secret
    folder.mkdir(parents=True, exist_ok=True)
    data = Dataset(folder / "layout.json", folder / "items.csv", folder / "stock.csv", folder / "orders.csv")
    goods = catalogue()
    data.layout.write_text(json.dumps(_layout(_own_cartons(), lease_s, drawn=drawn), indent=1), encoding="utf-8")
    _write(
        data.items,
        [
            {
                "sku": g.sku, "name": g.name, "gtin": g.gtin, "case_gtin": g.case_gtin, "case_qty": g.case_qty,
                "weight_g": g.grams, "length_mm": g.size_mm[0], "width_mm": g.size_mm[1], "height_mm": g.size_mm[2],
                "lot_tracked": 0, "serial_tracked": 0, "expiry_tracked": 0, "fragile": int(g.fragile), "colour": g.colour,
            }
            for g in goods
        ],
    )  # fmt: skip
    pick_bins = [b["bin"] for b in _bins() if b["kind"] == "pick"]
    rng.shuffle(pick_bins)
    # Some fast movers lie in two bins, so that an order can need two stops for one line.
    homes = [(g.sku, b) for g, b in zip(goods, pick_bins, strict=False)]
    homes += [(g.sku, b) for g, b in zip(goods[::2], pick_bins[len(goods) :], strict=False)]
    _write(data.stock, [{"bin": b, "sku": sku, "qty": rng.randrange(30, 90)} for sku, b in homes])
    now = datetime.now(UTC)
    rows: list[dict[str, Any]] = []
    for number in range(orders):
        head = _order_head(number, rng, now)
        wanted = rng.sample(goods, rng.choice((1, 1, 2, 2, 3, 3, 4, 5)))
        rows.extend({**head, "sku": g.sku, "qty": rng.choice((1, 1, 1, 2, 2, 3, 4))} for g in wanted)
    _write(data.orders, rows)
    return data


def write_real(source: Path, folder: Path, lease_s: int = LEASE_S) -> Dataset:
    """A warehouse around real orders: every item gets a bin with stock enough for all of them; the files of `source` go in as they are."""
    folder.mkdir(parents=True, exist_ok=True)
    need: dict[str, int] = {}
    with (source / "items.csv").open(newline="", encoding="utf-8") as f:
        for row in csv.reader(f):
            need[row[2]] = need.get(row[2], 0) + int(row[1])
    cartons = []
    with (source / "boxes.csv").open(newline="", encoding="utf-8") as f:
        for n, row in enumerate(csv.reader(f), start=1):
            outer, tare, inner, limit = row[1:4], row[4], row[5:8], row[8]
            cartons.append(
                {
                    "carton": f"BOX-{n}",
                    "name": row[0],
                    "outer_mm": [int(v) for v in outer],
                    "inner_mm": [int(v) for v in inner],
                    "tare_g": int(tare),
                    "max_g": int(limit),
                }
            )
    layout, stock = folder / "layout.json", folder / "stock.csv"
    layout.write_text(json.dumps(_layout(cartons, lease_s), indent=1), encoding="utf-8")
    bins = [b["bin"] for b in _bins() if b["kind"] == "pick"]
    _write(
        stock,
        [{"bin": bins[n % len(bins)], "sku": sku, "qty": qty} for n, (sku, qty) in enumerate(sorted(need.items()))],
    )
    return Dataset(
        layout,
        source / "items.csv",
        stock,
        source / "items.csv",
        item_options=("--columns=-,-,sku,width_mm,length_mm,height_mm,weight_g",),
        order_options=(
            "--columns=order,qty,sku,-,-,-,-",
            "--set=name=Customer of a real order", "--set=street=Kade 1", "--set=postcode=1000 AA",
            "--set=city=Amsterdam", "--set=country=NL", "--set=carrier=DHL", "--set=service=parcel",
        ),
    )  # fmt: skip
