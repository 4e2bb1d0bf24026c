"""Counts what came of a shift: from the OMS database, the devices' own logs and the labels that came out, never from intentions."""

import re
from collections import Counter
from pathlib import Path
from typing import Any, TypeVar

from app.core.messages import Code
from app.demo.people import Shift
from app.demo.picking import FAULTS
from app.demo.show import Show
from app.store.store import Store
from app.wiring.clock import SystemClock
from sync.contract.codes import OrderState
from sync.contract.rows import OrderRow

K = TypeVar("K")
#: What a person on the floor can do nothing about.
_NOT_FOR_PEOPLE = (Code.SOMETHING_BROKE, Code.SAVED_SUPPORT_INFORMED)

#: Accounts of the books in which goods lie on this floor; those of other kinds are outside it, or parcels.
_PLACES = ("bin", "tote", "surplus")

_SSCC = re.compile(rb">;>800(\d{18})")


def percentiles(values: list[float]) -> dict[str, float]:
    """p50, p95, p99 and the largest, in ms with one decimal; empty when there is nothing to measure."""
    if not values:
        return {}
    ordered = sorted(values)
    return {
        **{f"p{p}": round(ordered[min(len(ordered) * p // 100, len(ordered) - 1)], 1) for p in (50, 95, 99)},
        "max": round(ordered[-1], 1),
        "n": len(ordered),
    }


class Goods:
    """The goods as they really lie, held against what the OMS says of them. Read when the shift is over."""

    def __init__(self, show: Show) -> None:
        self._world = show.world
        listed = show.oms.run("server", "stock", "--json", "--data", str(show.oms.data))
        self._booked: Counter[tuple[str, str]] = Counter()
        for one in listed["stock"]:
            kind, _, place = one["account"].partition(":")
            if kind in _PLACES:
                self._booked[place, one["sku"]] += one["qty"]
        self._parcels = show.parcels()
        with show.desk.store.look() as u:
            shipped = [order for order in u.rows.all(OrderRow) if order.state is OrderState.SHIPPED]
        self._packed = {order.id: _by_sku(order) for order in shipped}
        self.short_shipped = sum(any(line.short for line in order.lines) for order in shipped)

    def wrong_in_parcels(self) -> int:
        """Units in shipped parcels that the OMS does not know in that order's parcels, and units it knows there that are not."""
        found: dict[str, Counter[str]] = {order: Counter() for order in self._packed}
        for sscc, order in self._parcels.items():
            found[order] += self._world.goods(f"parcel:{sscc}")
        return sum(_apart(found[order], packed) for order, packed in self._packed.items())

    def differences(self) -> dict[str, int]:
        """Units by which floor and books differ, in every bin, tote and hand, item by item (`A-01 CUP`: more there than in the books).
        What was shipped is in parcels."""
        places = [place for place in self._world.places() if not place.startswith("parcel:")]
        real = Counter({(place, sku): qty for place in places for sku, qty in self._world.goods(place).items()})
        apart = {key: real[key] - self._booked[key] for key in sorted(real.keys() | self._booked.keys())}
        return {" ".join(key): units for key, units in apart.items() if units}


def _by_sku(order: OrderRow) -> Counter[str]:
    packed: Counter[str] = Counter()
    for line in order.lines:
        packed[line.sku] += line.packed
    return packed


def _apart(a: Counter[K], b: Counter[K]) -> int:
    return sum(abs(a[key] - b[key]) for key in a.keys() | b.keys())


def count(show: Show, shift: Shift) -> dict[str, Any]:
    """The figures of a shift. Every fact of every device must have drained before."""
    verdict = show.oms.run("server", "verify", "--json", "--data", str(show.oms.data), check=False)
    counts = verdict["counts"]
    made = len(_all_ops(show))
    labels = [_sscc(path) for path in show.devices.came_out()]
    broken = {found["rule"]: found["count"] for found in verdict["findings"]}
    latencies = [ms for client in show.clients() for ms in client.shell.latencies()]
    latencies += [ms for other in show.others for ms in other.state.get("latencies", ())]
    goods = Goods(show)
    differences = goods.differences()
    return {
        "orders": shift.orders,
        "orders_at_oms": sum(counts["orders_by_state"].values()),
        "shipped": counts["orders_shipped"] - goods.short_shipped,
        "short_shipped": goods.short_shipped,
        "cancelled": counts["orders_by_state"].get("cancelled", 0),
        "wrong_items_in_parcels": goods.wrong_in_parcels(),
        "stock_difference": sum(map(abs, differences.values())),
        "stock_differences": differences,
        "double_assignments": broken.get("one_open_lease_per_item", 0) + broken.get("tokens_have_one_holder", 0),
        "picks": counts["picks"],
        "facts": counts["ops"],
        "facts_by_outcome": counts["ops_by_outcome"],
        "facts_lost": max(made - counts["ops"], 0),
        "facts_doubled": max(counts["ops"] - made, 0)
        + broken.get("facts_move_their_units", 0)
        + broken.get("done_is_sum_of_facts", 0),
        "labels_printed": len(labels),
        "labels_twice": len(labels) - len(set(labels)),
        "labels_unsure": counts["parcels_by_state"].get("label_unsure", 0),
        "slips_refused": shift.world.tally("slips"),
        "faults": {fault: shift.world.tally(f"fault:{fault}") for fault in FAULTS},
        "totes_looked_into_again": shift.world.tally("looked_again"),
        "units_put_back": shift.world.tally("put_back"),
        "invariants": {"checked": len(verdict["rules"]), "broken": broken},
        "stock_conserved": not {"conservation", "balances_are_folds"} & broken.keys(),
        "server_restarts": show.oms.restarts,
        "link_cuts": show.links[0].cuts,
        "database_kills": show.oms.database_kills,
        "scan_to_feedback_ms": percentiles(latencies),
        "scan_to_feedback_ms_by_place": {c.place.name: percentiles(c.shell.latencies()) for c in show.clients()},
        "open_exceptions": counts["open_exceptions"],
        "errors_nobody_can_act_on": sum(shift.world.tally(f"seen:{code}") for code in _NOT_FOR_PEOPLE),
        "told": shift.world.tallies("seen:"),
        "imported": {
            kind: {k: n for k, n in report["totals"].items() if n} for kind, report in show.reports.by_kind.items()
        },
    }


def _ops(store: Store) -> set[str]:
    """The ids of all facts that a device has ever written down."""
    with store.look() as u:
        return {op.op_id for op in u.journal.between(1, u.journal.head().next_seq - 1)}


def _all_ops(show: Show) -> set[str]:
    """Those of all devices; the ones with a process of their own are read when that has ended."""
    made = set().union(*(_ops(client.store) for client in show.clients()))
    for one in (*show.others, *show.clones):
        store = Store(Path(one.told.data), SystemClock())
        try:
            made |= _ops(store)
        finally:
            store.close()
    return made


def _sscc(path: Path) -> str:
    found = _SSCC.search(path.read_bytes())
    return found[1].decode() if found else path.name
