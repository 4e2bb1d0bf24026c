"""Sets the demonstration up and takes it down: server, import, people, devices, windows. `command` decides what is played in it."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.bootstrap import Client, Place, pair_place
from app.core.views import OrdersView
from app.demo.dataset import LANES, Dataset, write_own, write_real
from app.demo.devices import StationDevices
from app.demo.link import Link
from app.demo.people import Shift
from app.demo.processes import Oms, StartFailed
from app.demo.seats import CordedSeat, WedgeSeat
from app.demo.world import World, read_world
from app.screens.preferences import Preferences
from sync.contract.codes import ParcelState
from sync.contract.rows import ParcelRow

#: Orders that come in through the import, as the warehouse of the demonstration always has.
IMPORTED = 60

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
        self, folder: Path, source: Path | None, seed: int, language: str, tell: Callable[[str], None]
    ) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._tell = tell
        tell("starting the OMS and its database")
        self.oms = Oms(folder)
        self.link = Link(self.oms.port)
        data = write_real(source, folder / "files") if source else write_own(folder / "files", IMPORTED, seed)
        self.reports = self._import(data)
        self.world: World = read_world(data)
        self._people()
        tell("plugging in scanner, scale and printer")
        self.devices = StationDevices(folder)
        self.handheld, self.station, self.desk = self._windows(language)

    def shift(self, orders: int, seed: int) -> Shift:
        """A shift that ships `orders` orders."""
        return Shift(self.world, orders, random.Random(seed), dropped=[])  # noqa: S311 - plays people, guards nothing

    def seats(self) -> tuple[WedgeSeat, CordedSeat, WedgeSeat]:
        """The picker's, the packer's and the supervisor's seat."""
        return WedgeSeat(self.handheld), CordedSeat(self.station, self.devices), WedgeSeat(self.desk)

    def clients(self) -> tuple[Client, ...]:
        """All windows."""
        return (self.handheld, self.station, self.desk)

    def parcels(self) -> dict[str, str]:
        """SSCC -> order of every parcel that was shipped, as the OMS has told the station."""
        with self.station.store.look() as u:
            return {p.sscc: p.order for p in u.rows.all(ParcelRow) if p.state is ParcelState.SHIPPED}

    def drained(self) -> bool:
        """Every fact of every device is at the OMS."""
        return all(client.look(lambda u: u.journal.pending_count()) == 0 for client in self.clients())

    def describe(self, name: str) -> str:
        """What is on the windows, for the one who is stuck."""
        return "; ".join(
            f"{c.place.name}: {c.shell.screen_name()} {_short(c.shell.service_view())}" for c in self.clients()
        )

    def close(self) -> None:
        """Ends windows, devices, link and server."""
        for client in self.clients():
            client.stop()
        self.devices.stop()
        self.link.close()
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
        for number, (role, badge) in enumerate(BADGES.items(), start=1):
            self.oms.run(
                "admin", "add-worker", "--number", str(number), "--name", _NAMES[role], "--role", role,
                "--badge", badge, "--pin", f"{number}234", "--data", str(self.oms.data),
            )  # fmt: skip

    def _windows(self, language: str) -> tuple[Client, Client, Client]:
        look = Preferences(language=language)
        handheld = Place(self.folder / "handheld", "Handheld 1")
        station = Place(
            self.folder / "station", "Station 1", desk=True, lane=LANES[0],
            scanners=((self.devices.scanner_url, "Scanner"),),
            scales=((self.devices.scale_url, "Scale"),),
            printers=((self.devices.printer_url, "Printer"),),
        )  # fmt: skip
        desk = Place(self.folder / "desk", "Desk", desk=True)
        for place in (handheld, station, desk):
            code = self.oms.run(
                "admin", "pairing-code", "--label", place.name, "--address", f"127.0.0.1:{self.link.port}",
                "--data", str(self.oms.data),
            )  # fmt: skip
            pair_place(place, code["text"])
        dark, light = KeptInMemory(look), KeptInMemory(Preferences(language=language, theme="light"))
        return Client(handheld, dark), Client(station, light), Client(desk, KeptInMemory(look))


def _short(view: object) -> str:
    text = f"{len(view.orders)} orders {view.counts}" if isinstance(view, OrdersView) else repr(view)
    return text[:700]


__all__ = ["BADGES", "Show", "StartFailed"]
