"""Sets the demonstration up and takes it down: server, import, people, devices, windows. `command` decides what is played in it."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.bootstrap import Client, Place, pair_place
from app.core.views import OrdersView
from app.demo.dataset import LANES, LEASE_S, ZONES, Dataset, write_own, write_real
from app.demo.devices import StationDevices
from app.demo.handhelds import Handheld, Told
from app.demo.link import Link
from app.demo.people import Shift
from app.demo.processes import Oms, StartFailed
from app.demo.seats import CordedSeat, WedgeSeat
from app.demo.world import World, lay_out
from app.screens.preferences import Preferences
from sync.contract.codes import Method, ParcelState
from sync.contract.rows import OrderRow, ParcelRow

#: Orders that come in through the import, as the warehouse of the demonstration always has.
IMPORTED = 60
#: So many processes are started at the same time.
_AT_ONCE = 4

BADGES = {"picker": "B-7001", "packer": "B-7002", "supervisor": "B-7003"}
_NAMES = {"picker": "Petra Pick", "packer": "Pieter Pack", "supervisor": "Sanne Super"}


class KeptInMemory:
    """Looks of one window, for the length of a demonstration."""

    def __init__(self, preferences: Preferences) -> None:
        self._preferences = preferences

    def load(self) -> Preferences:
        """As chosen last."""
        return self._preferences

    def save(self, preferences: Preferences) -> None:
        """Keeps them."""
        self._preferences = preferences


#: The methods by the names a visitor types.
METHODS = {
    "single": Method.SINGLE,
    "cluster": Method.CLUSTER,
    "putwall": Method.WALL,
    "passpick": Method.LEGS,
    "zones": Method.ZONES,
}


@dataclass(frozen=True, slots=True)
class Cast:
    """Who plays, and on what: servers on one database, pickers with a process each beside the one at the window (or, with `window`
    false, instead of it), by which method, how long a lease lasts, how clumsy people are, and how many times quicker
    than life they walk (0: they take no time, and the floor is not drawn)."""

    servers: int = 1
    window: bool = True
    others: int = 0
    method: str = ""
    lease_s: int = LEASE_S
    faults: float = 0.0
    pace: float = 0.0

    @property
    def hands(self) -> int:
        """People with a handheld of a process of their own: the pickers, and at a put wall one who sorts."""
        return self.others + (self.method == "putwall")


@dataclass(slots=True)
class Reports:
    """Line-by-line reports of the imports, by kind."""

    by_kind: dict[str, dict[str, Any]]

    def totals(self, kind: str) -> dict[str, int]:
        """created, unchanged, held, rejected ... of one kind."""
        totals: dict[str, int] = self.by_kind[kind]["totals"]
        return totals


class Show:
    """The whole small warehouse while it runs. Built in the GUI thread; `close` ends every process."""

    def __init__(
        self,
        folder: Path,
        source: Path | None,
        seed: int,
        language: str,
        tell: Callable[[str], None],
        cast: Cast = Cast(),
    ) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._tell = tell
        self._language = language
        self._cast = cast
        tell("starting the OMS and its database")
        self.oms = Oms(folder, cast.servers)
        self.links: list[Link] = []
        self.others: list[Handheld] = []
        self.clones: list[Handheld] = []
        try:
            data = (
                write_real(source, folder / "files", cast.lease_s)
                if source
                else write_own(folder / "files", IMPORTED, seed, cast.lease_s, drawn=cast.pace > 0)
            )
            self.reports = self._import(data)
            self.world: World = lay_out(folder / "floor.json", data)
            self._people()
            tell("plugging in scanner, scale and printer")
            self.devices = StationDevices(folder)
            self.handheld, self.station, self.desk = self._windows()
        except BaseException:
            self.oms.stop()
            raise

    def shift(self, orders: int, seed: int) -> Shift:
        """A shift that ships `orders` orders."""
        luck = random.Random(seed)  # noqa: S311 - plays people, guards nothing
        return Shift(self.world, orders, luck, faults=self._cast.faults, pace=self._cast.pace)

    def hire(self, orders: int, seed: int) -> None:
        """Starts the pickers that have a process of their own."""
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            hired = pool.map(lambda number: self._hire(number, orders, seed * 100 + number), range(self._cast.hands))
            self.others.extend(hired)

    def _hire(self, number: int, orders: int, seed: int) -> Handheld:
        place = Place(self.folder / f"handheld-{number + 2}", f"Handheld {number + 2}")
        self._pair(place)
        in_zone = self._cast.method in ("passpick", "zones")
        job = "sort" if number >= self._cast.others else "zone" if in_zone else "pick"
        told = Told(
            str(place.data), place.name, other_badge(number), chr(ord("B") + number), str(self.world.path), orders, seed,
            self._language, job, ZONES[number % len(ZONES)] if in_zone else "", faults=self._cast.faults, pace=self._cast.pace,
        )  # fmt: skip
        return Handheld(told, self.folder / f"{place.data.name}.log")

    def release(self, numbers: list[str]) -> list[str]:
        """Lets orders onto the floor by the method of the shift; as a wave, all of them are planned first. Those of which there is not
        enough, as when a bin was found empty meanwhile."""
        data = ("--data", str(self.oms.data))
        method = self._cast.method
        if method == "wave":
            self._release_wave(numbers)
            return []
        slots = ("--slots", "4") if method in ("cluster", "putwall") else ()
        said = self.oms.run("release", *numbers, "--method", METHODS[method], *slots, *data, check=False)
        return [one["order"] for one in said or () if one["reason"] == "not_enough_stock"]

    def _release_wave(self, numbers: list[str]) -> None:
        """Makes, plans and releases one wave; what was done already is not done again."""
        data = ("--data", str(self.oms.data))
        listed = self.oms.run("waves", "list", *data, check=False) or {"waves": []}
        if not listed["waves"]:
            self.oms.run("waves", "make", "--method", Method.CLUSTER, "--slots", "4", *numbers, *data, check=False)
            listed = self.oms.run("waves", "list", *data, check=False) or {"waves": []}
        for wave in listed["waves"]:
            for act in ("plan", "release"):
                self.oms.run("waves", "act", act, wave["id"], *data, check=False)

    def cancel(self, number: str) -> None:
        """Takes an order off the floor."""
        self.oms.run("cancel", number, "--data", str(self.oms.data), check=False)

    def states(self, numbers: list[str]) -> dict[str, str]:
        """How these orders stand, as the desk knows it."""
        with self.desk.store.look() as u:
            rows = [u.rows.get(OrderRow, number) for number in numbers]
        return {row.id: row.state for row in rows if row}

    def back_up(self, of: Client | Handheld) -> Path:
        """Copies the folder of a handheld as it is now."""
        data = self.folder / "clone"
        (of.store if isinstance(of, Client) else of).copy_to(data)
        return data

    def switch_on(self, data: Path) -> None:
        """A second device with the identity of another, on the floor at the same time. Nobody holds it."""
        told = Told(str(data), data.name, "", "X", str(self.world.path), 0, 0, self._language)
        self.clones.append(Handheld(told, self.folder / f"{data.name}.log"))

    def seats(self) -> tuple[WedgeSeat | None, CordedSeat, WedgeSeat]:
        """The seats at the windows: the picker's, where there is one, the packer's and the supervisor's."""
        picker = WedgeSeat(self.handheld) if self.handheld else None
        return picker, CordedSeat(self.station, self.devices), WedgeSeat(self.desk)

    def clients(self) -> tuple[Client, ...]:
        """All windows of this process."""
        return tuple(client for client in (self.handheld, self.station, self.desk) if client)

    def parcels(self) -> dict[str, str]:
        """SSCC -> order of every parcel that was shipped, as the OMS has told the station."""
        with self.station.store.look() as u:
            return {p.sscc: p.order for p in u.rows.all(ParcelRow) if p.state is ParcelState.SHIPPED}

    def unsettled(self) -> int:
        """Exceptions that are open at the OMS."""
        verdict = self.oms.run("server", "verify", "--json", "--data", str(self.oms.data), check=False)
        return int(verdict["counts"]["open_exceptions"])

    def drained(self) -> bool:
        """Every fact of every device is at the OMS."""
        windows = all(client.look(lambda u: u.journal.pending_count()) == 0 for client in self.clients())
        return windows and all(other.drained() for other in self.others)

    def nothing_to_read(self) -> bool:
        """No instruction of the centre waits on any screen."""
        windows = all(seat.notice() is None for seat in self.seats() if seat)
        return windows and not any(other.state.get("notice") for other in self.others)

    def problem(self) -> str | None:
        """What stopped a picker of another process."""
        return next((other.problem for other in self.others if other.problem), None)

    def describe(self, name: str) -> str:
        """What is on the windows, for the one who is stuck."""
        here = [f"{c.place.name}: {c.shell.screen_name()} {_short(c.shell.service_view())}" for c in self.clients()]
        there = [
            f"{o.told.name}: {o.state.get('screen')} {o.state.get('refusal')} {o.state.get('view')}"
            for o in self.others
        ]
        return "; ".join(here + there)

    def close(self) -> None:
        """Ends windows, devices, links and servers."""
        for other in self.others:
            other.stop()
        for client in self.clients():
            client.stop()
        self.devices.stop()
        for link in self.links:
            link.close()
        self.oms.stop()

    def _import(self, data: Dataset) -> Reports:
        reports = {}
        for kind, path, options in (
            ("layout", data.layout, ()),
            ("items", data.items, data.item_options),
            ("stock", data.stock, ()),
            ("orders", data.orders, data.order_options),
        ):
            report = self.oms.run("import", kind, str(path), *options, "--json", "--data", str(self.oms.data))
            totals = {word: count for word, count in report["totals"].items() if count}
            self._tell(f"imported {kind}: {totals}")
            reports[kind] = report
        return Reports(reports)

    def _people(self) -> None:
        people = [(role, _NAMES[role], badge) for role, badge in BADGES.items()]
        people += [("picker", f"Picker {n + 2}", other_badge(n)) for n in range(self._cast.hands)]

        def add(number: int) -> None:
            role, name, badge = people[number - 1]
            self.oms.run(
                "admin", "add-worker", "--number", str(number), "--name", name, "--role", role,
                "--badge", badge, "--pin", f"{number}234", "--data", str(self.oms.data),
            )  # fmt: skip

        with ThreadPoolExecutor(_AT_ONCE) as pool:
            list(pool.map(add, range(1, len(people) + 1)))

    def _windows(self) -> tuple[Client | None, Client, Client]:
        look = Preferences(language=self._language)
        handheld = Place(self.folder / "handheld", "Handheld 1")
        station = Place(
            self.folder / "station", "Station 1", desk=True, lane=LANES[0],
            scanners=((self.devices.scanner_url, "Scanner"),),
            scales=((self.devices.scale_url, "Scale"),),
            printers=((self.devices.printer_url, "Printer"),),
        )  # fmt: skip
        desk = Place(self.folder / "desk", "Desk", desk=True)
        for place in (handheld, station, desk) if self._cast.window else (station, desk):
            self._pair(place)
        dark, light = KeptInMemory(look), KeptInMemory(Preferences(language=self._language, theme="light"))
        picker = Client(handheld, dark) if self._cast.window else None
        return picker, Client(station, light), Client(desk, KeptInMemory(look))

    def _pair(self, place: Place) -> None:
        """Pairs a place over a way of its own."""
        link = Link(*self.oms.ports)
        self.links.append(link)
        code = self.oms.run(
            "admin", "pairing-code", "--label", place.name, "--address", f"127.0.0.1:{link.port}",
            "--data", str(self.oms.data),
        )  # fmt: skip
        pair_place(place, code["text"])


def other_badge(number: int) -> str:
    """The badge of a picker beside the one at the window, from 0."""
    return f"B-71{number + 2:02d}"


def _short(view: object) -> str:
    text = f"{len(view.orders)} orders {view.counts}" if isinstance(view, OrdersView) else repr(view)
    return text[:700]


__all__ = ["BADGES", "Cast", "Show", "StartFailed"]
