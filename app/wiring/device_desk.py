"""The device set-up screen's port on the real device room: hub, station, finder, self-test. Built by `app.bootstrap`.

Fed from device threads, asked from the workers of the screens.
"""

from __future__ import annotations

import logging
import re
import threading
import uuid
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from app.core.messages import Code, Message, say
from app.screens.devices.port import KEYBOARD, DeskView, DeviceCard, Finding, FoundCard, ScanFacts, WeightFace
from app.wiring.board import DeviceBoard, Standing
from app.wiring.checking import findings
from app.wiring.labels import spoken_at
from app.wiring.scan_facts import scan_facts, visible
from app.wiring.scans import read_fields
from app.wiring.station_file import KeptStation
from devices.codecs import layouts
from devices.codecs.symbols import code128
from devices.discovery.finder import Finder, Found, Source
from devices.drivers.printers import PRINTERS
from devices.drivers.scales import SCALES
from devices.drivers.scanner_presets import PRESETS
from devices.drivers.scanners import SCANNERS
from devices.hub import DeviceHub
from devices.labels import test_label
from devices.model import DeviceKey, JobReport, JobState, PrintJob, Role, WeightState
from devices.registry import PAPER_WAYS, dialect_of
from devices.selftest import SelfTest
from devices.stations import Binding, Station
from devices.transports.base import LinkError
from devices.transports.urls import key_for, option

log = logging.getLogger(__name__)

SEARCH_S = 4.0
_TESTS = {
    JobState.PRINTED: "printed",
    JobState.FAILED: "failed",
    JobState.UNCERTAIN: "unsure",
    JobState.SENDING: "printing",
    JobState.SENT: "printing",
}
_WEIGHS = (WeightState.STABLE, WeightState.ZERO, WeightState.UNSTABLE)
_TABLES: dict[Role, Collection[str]] = {
    Role.SCANNER: SCANNERS,
    Role.SCALE: SCALES,
    Role.LABEL_PRINTER: PRINTERS,
    Role.PAPER_PRINTER: PAPER_WAYS,
}
#: Dialects that come with a way of being reached, and are never chosen.
_OWN_WAYS = frozenset({"ipp", "hid-pos", "evdev", "usb-hid-scale"})
_PROOF = code128.bars(code128.text_characters(layouts.TEST_CODE)).runs
_PORT = re.compile(r"/\S+|COM\d{1,3}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Asking:
    """How a typed address is understood and asked: `address` makes a link of it (ValueError), `identify` says who answers there."""

    address: Callable[[str], str]
    identify: Callable[[str, Callable[[], bool]], Found | None]


class HubDesk:
    """`app.screens.devices.port.DeviceDesk`. Called on any thread: `notify` when something changed while somebody looks, `placed` when
    devices came into use or went out of it."""

    def __init__(
        self,
        hub: DeviceHub,
        kept: KeptStation,
        board: DeviceBoard,
        sources: Sequence[Source],
        asking: Asking,
        clock: Callable[[], float],
        evidence: Path,
        wedge: bool,
        notify: Callable[[], None],
        placed: Callable[[], None],
    ) -> None:
        self._hub, self._kept, self._board = hub, kept, board
        self._station = Station(hub, kept.bindings, lambda _bindings: kept.save())
        self._finder = Finder(sources, self._on_found)
        self._asking, self._clock, self._evidence = asking, clock, evidence
        self._wedge, self._notify, self._placed = wedge, notify, placed
        self._watched = False
        self._removed: Binding | None = None
        self._tests: dict[DeviceKey, tuple[str, str]] = {}
        self._search_until = float("-inf")
        self._search_end: threading.Timer | None = None
        self._finding: threading.Thread | None = None
        self._stop_asking = threading.Event()
        self._lock = threading.Lock()

    # --- the bootstrap ---

    def open(self) -> None:
        """Hands the devices of this place to the hub; before the hub starts."""
        self._station.open()
        self._keep_board()

    def find(self) -> None:
        """Begins to look for devices, quietly; returns at once. Safe to repeat."""
        with self._lock:
            if self._finding is None:
                # Opening the network takes a moment, which the window does not wait for.
                self._finding = threading.Thread(target=self._finder.start, name="finding devices", daemon=True)
                self._finding.start()

    def close(self) -> None:
        """Ends the search and the looking."""
        self._watched = False
        self._stop_asking.set()
        if self._search_end is not None:
            self._search_end.cancel()
        if self._finding is not None:
            self._finding.join()
            self._finder.stop()

    def changed(self) -> None:
        """The hub said something that the board has heard already."""
        if self._watched:
            self._notify()

    def on_job(self, report: JobReport) -> bool:
        """True if the report is about one of our test labels."""
        with self._lock:
            key = next((key for key, (job, _) in self._tests.items() if job == report.job_id), None)
            if key is not None:
                self._tests[key] = (report.job_id, _TESTS.get(report.state, "waiting"))
        if key is not None:
            self.changed()
        return key is not None

    # --- the screen ---

    def view(self) -> DeskView:
        """See the port."""
        cards = [self._card(standing) for standing in self._board.standings()]
        if self._wedge:
            cards.append(DeviceCard(KEYBOARD, Role.SCANNER.value, "Keyboard", "", fixed=True, proof=_PROOF))
        return DeskView(tuple(cards), self._offers(), self._clock() < self._search_until)

    def watch(self, on: bool) -> None:
        """See the port."""
        self._watched = on
        if on:
            self.find()

    def search(self) -> None:
        """See the port."""
        self.find()
        if self._finding is not None:
            self._finding.join()
        self._search_until = self._clock() + SEARCH_S
        if self._search_end is not None:
            self._search_end.cancel()
        self._search_end = threading.Timer(SEARCH_S + 0.05, self.changed)
        self._search_end.daemon = True
        self._search_end.start()
        self._finder.search()

    def identify(self, address: str) -> FoundCard | Message:
        """See the port."""
        text = address.strip()
        try:
            url = f"serial://{text}" if _PORT.fullmatch(text) else self._asking.address(text)
            key = key_for(url)
        except ValueError:
            return say(Code.ADDRESS_WRONG, text=visible(text[:40]))
        taken = self._kept.bindings.get(key) or next((b for b in self._kept.bindings if _at(b.url) == key), None)
        if taken is not None:
            return say(Code.DEVICE_TAKEN, device=taken.name)
        try:
            found = self._asking.identify(url, self._stop_asking.is_set)
        except LinkError as trouble:
            # It may still be given a role; its link then says what is wrong.
            log.info("nobody could be asked at %s: %s", visible(url), trouble)
            found = None
        finally:
            self._stop_asking.clear()
        return _offer(found) if found is not None else FoundCard(key.text, _name_at(text), url)

    def stop_asking(self) -> None:
        """See the port."""
        self._stop_asking.set()

    def use(self, found: FoundCard, role: str) -> Message:
        """See the port."""
        url = _for_role(Role(role), found.address)
        # A dialect is no name to be called by.
        name = found.name if found.name and found.name != found.dialect else _name_at(found.address)
        return self._assign(Role(role), url, self._free_name(name), DeviceKey(found.key))

    def change_role(self, key: str, role: str) -> Message:
        """See the port."""
        binding = self._kept.bindings.get(DeviceKey(key))
        if binding is None:
            return say(Code.DEVICE_GONE)
        if binding.role == Role(role):
            return say(Code.DEVICE_IN_USE, device=binding.name)
        return self._assign(Role(role), _for_role(Role(role), binding.url), binding.name, binding.key)

    def speak(self, key: str, dialect: str) -> Message:
        """See the port."""
        binding = self._kept.bindings.get(DeviceKey(key))
        if binding is None:
            return say(Code.DEVICE_GONE)
        return self._assign(binding.role, _spoken_to(binding.url, dialect), binding.name, binding.key)

    def remove(self, key: str) -> Message:
        """See the port."""
        binding = self._kept.bindings.get(DeviceKey(key))
        if binding is None:
            return say(Code.DEVICE_GONE)
        self._station.release(binding.key)
        self._removed = binding
        self._keep_board()
        return say(Code.DEVICE_REMOVED, device=binding.name) if self._kept.on_disk else say(Code.STORAGE_FULL)

    def restore(self) -> Message:
        """See the port."""
        binding, self._removed = self._removed, None
        if binding is None:
            return say(Code.DEVICE_GONE)
        return self._assign(binding.role, binding.url, binding.name, binding.key)

    def retry(self, key: str) -> None:
        """See the port."""
        if self._kept.bindings.get(DeviceKey(key)) is not None:
            self._hub.retry(DeviceKey(key))

    def zero(self, key: str) -> None:
        """See the port."""
        self._hub.zero_scale(DeviceKey(key))

    def print_test(self, key: str) -> Message | None:
        """See the port."""
        binding = self._kept.bindings.get(DeviceKey(key))
        if binding is None:
            return say(Code.DEVICE_GONE)
        try:
            spoken = spoken_at(binding.url)
            label = test_label(binding.name, spoken.dpmm, spoken.language)
        except ValueError:
            return say(Code.LABEL_FAILED, reason="wrong-dialect")
        job = PrintJob(f"test-{uuid.uuid4().hex[:12]}", label, serialised=False, meaning="test label")
        with self._lock:
            self._tests[binding.key] = (job.job_id, "waiting")
        self._hub.print(binding.key, job)
        return None

    def save_traffic(self, key: str) -> Message:
        """See the port."""
        binding = self._kept.bindings.get(DeviceKey(key))
        if binding is None:
            return say(Code.DEVICE_GONE)
        name = re.sub(r"[^A-Za-z0-9]+", "-", binding.name).strip("-").lower() or "device"
        file = self._evidence / f"{name}-{datetime.now().astimezone():%Y-%m-%d-%H%M%S}.toml"
        text = self._hub.evidence(binding.key)
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        except OSError:
            return say(Code.STORAGE_FULL)
        return say(Code.TRAFFIC_SAVED, file=str(file))

    def check(self) -> tuple[Finding, ...]:
        """See the port."""
        return findings(SelfTest().run())

    def read(self, text: str, symbology: str | None, device: str) -> ScanFacts:
        """See the port. Only what came through a keyboard can have been typed for another one."""
        return scan_facts(text, symbology, read_fields, _layout if device == KEYBOARD else lambda _text: None)

    # --- inside ---

    def _assign(self, role: Role, url: str, name: str, key: DeviceKey) -> Message:
        try:
            self._station.assign(role, url, name, key)
        except ValueError as bad:
            log.info("%s cannot be a %s: %s", visible(url), role.value, bad)
            return say(Code.ADDRESS_WRONG, text=visible(url[:60]))
        with self._lock:
            self._tests.pop(key, None)
        self._keep_board()
        return say(Code.DEVICE_IN_USE, device=name) if self._kept.on_disk else say(Code.STORAGE_FULL)

    def _keep_board(self) -> None:
        self._board.keep(list(self._hub.devices()))
        self._placed()
        self.changed()

    def _on_found(self, found: tuple[Found, ...]) -> None:
        self._station.on_found(found)
        # One of them may have moved to another port.
        self._keep_board()

    def _offers(self) -> tuple[FoundCard, ...]:
        used = {key for binding in self._kept.bindings for key in (binding.key, _at(binding.url))}
        return tuple(_offer(found) for found in self._finder.found() if not found.keys & used)

    def _card(self, now: Standing) -> DeviceCard:
        info = now.info
        link = "trouble" if now.stops else "starting" if now.starting else "ready"
        weight = None
        if now.reading is not None:
            shown = now.reading.state in _WEIGHS
            weight = WeightFace(f"{now.reading.value} {now.reading.unit}" if shown else "", now.reading.state.value)
        with self._lock:
            _, test = self._tests.get(info.key, ("", ""))
        dialect = _tongue(info.role, info.url)
        return DeviceCard(
            info.key.text, info.role.value, info.name, info.url, link, now.trouble, info.model, weight, test, dialect,
            _tongues(info.role, info.url),
        )  # fmt: skip

    def _free_name(self, name: str) -> str:
        taken = {binding.name for binding in self._kept.bindings}
        names = (name, *(f"{name} {n}" for n in range(2, len(taken) + 3)))
        return next(each for each in names if each not in taken)


def _layout(text: str) -> str | None:
    layout = layouts.compare(text) or layouts.symptom(text)
    return layout.name if layout is not None else None


def _name_at(address: str) -> str:
    """What to call a device of which only the address is known: the end of a path, if that says something."""
    place = address.partition("?")[0]
    place = place.partition("://")[2] or place
    end = place.rpartition("/")[2]
    return visible(end if len(end) > 3 else place)


def _at(url: str) -> DeviceKey | None:
    try:
        return key_for(url)
    except ValueError:
        return None


def _offer(found: Found) -> FoundCard:
    role = found.role.value if found.role else ""
    return FoundCard(found.key.text, visible(found.name), found.url, role, found.dialect or "", found.ways)


def _for_role(role: Role, url: str) -> str:
    """The address as this role takes it: a dialect or a make that the role does not know was another role's."""
    if role is not Role.SCANNER and option(url, "preset", ""):
        return url.partition("?")[0]
    dialect = option(url, "dialect", "")
    return url if not dialect or dialect in _TABLES[role] else _without_dialect(url)


def _tongues(role: Role, url: str) -> tuple[str, ...]:
    """What a device at this address may speak: IPP and HID say it themselves."""
    scheme = urlsplit(url).scheme
    if scheme not in ("serial", "tcp", "usblp"):
        return ()
    if role is Role.SCANNER:
        return (*PRESETS, "ssi") if scheme == "serial" else ()
    return tuple(dialect for dialect in _TABLES[role] if dialect not in _OWN_WAYS)


def _tongue(role: Role, url: str) -> str:
    """What it is spoken to in now; serial scanners go by their make."""
    return option(url, "preset", "") or dialect_of(role, url)


def _spoken_to(url: str, tongue: str) -> str:
    """The address with another language; the make of a scanner says all about its line."""
    place = _without_dialect(url)
    if tongue in PRESETS:
        return f"{place.partition('?')[0]}?preset={tongue}"
    return f"{place}{'&' if '?' in place else '?'}dialect={tongue}"


def _without_dialect(url: str) -> str:
    """The address alone: how to talk to it was true for another role."""
    place, _, query = url.partition("?")
    kept = "&".join(each for each in query.split("&") if each and not each.startswith(("dialect=", "preset=")))
    return f"{place}?{kept}" if kept else place
