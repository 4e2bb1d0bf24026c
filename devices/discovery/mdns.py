"""Printers that announce themselves by mDNS (Bonjour): raw port 9100, IPP and LPD. Listens; asks the network only for names."""

from __future__ import annotations

import contextlib
import ipaddress
import logging
import queue
import re
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import ifaddr
from zeroconf import BadTypeInNameException, IPVersion, ServiceBrowser, ServiceInfo, ServiceListener, Zeroconf
from zeroconf import Error as ZeroconfError

from devices.discovery.finder import Report
from devices.discovery.found import Found, plain
from devices.discovery.languages import language_of
from devices.model import DeviceKey, Role

log = logging.getLogger(__name__)

RAW, IPP, IPPS, LPD = (f"_{name}._tcp.local." for name in ("pdl-datastream", "ipp", "ipps", "printer"))
TYPES = (RAW, IPP, IPPS, LPD)
_SCHEMES = {RAW: "tcp", IPP: "ipp", IPPS: "ipps", LPD: "lpd"}

MOST_SERVICES = 200
"""A network that announces more printers than this is not a warehouse's; the rest is left out."""
RESOLVE_MS = 3000
TRIES = 3
WAITING_MOST = 512
RENEW_S = 5.0
STOP_S = 1.0
_UUID = re.compile(r"(?:urn:uuid:)?([0-9A-Fa-f-]{8,64})")


@dataclass(frozen=True, slots=True)
class _Task:
    """Something the worker is to do: look a service up, or forget it. `tries` counts look-ups in vain."""

    kind: str
    name: str
    gone: bool = False
    tries: int = 0


class MdnsPrinters:
    """Browses for printers. One worker makes and renews the browser and looks names up, since that takes seconds when they are gone.

    `interfaces`: addresses to listen on, None for all; the browser is made anew when the machine's addresses change.
    """

    way = "mDNS"

    def __init__(self, interfaces: Sequence[str] | None = None, renew_s: float = RENEW_S) -> None:
        self._interfaces = interfaces
        self._renew_s = renew_s
        self._tasks: queue.Queue[_Task | None] = queue.Queue(WAITING_MOST)
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._zeroconf: Zeroconf | None = None
        self._addresses: frozenset[object] = frozenset()
        self._found: dict[str, Found] = {}

    def start(self, report: Report) -> None:
        """See Source.start."""
        self._thread = threading.Thread(target=self._run, args=(report,), name=f"finding {self.way}", daemon=True)
        self._thread.start()

    def search(self) -> None:
        """See Source.search: printers tell by themselves."""

    def stop(self) -> None:
        """See Source.stop."""
        self._stopping.set()
        with contextlib.suppress(queue.Full):
            self._tasks.put_nowait(None)
        if self._thread is not None:
            self._thread.join(STOP_S)

    # --- the worker ---

    def _run(self, report: Report) -> None:
        try:
            renewed = float("-inf")
            while not self._stopping.is_set():
                if time.monotonic() - renewed >= self._renew_s:
                    self._renew(report)
                    renewed = time.monotonic()
                with contextlib.suppress(queue.Empty):
                    task = self._tasks.get(timeout=self._renew_s)
                    if task is not None and self._zeroconf is not None:
                        self._do(task, self._zeroconf, report)
        finally:
            self._close()

    def _renew(self, report: Report) -> None:
        addresses = frozenset(str(ip.ip) for adapter in ifaddr.get_adapters() for ip in adapter.ips)
        if self._zeroconf is not None and addresses == self._addresses:
            return
        self._close()
        if self._found:
            self._found.clear()
            report(())
        try:
            self._zeroconf = (
                Zeroconf(ip_version=IPVersion.V4Only)
                if self._interfaces is None
                else Zeroconf(interfaces=list(self._interfaces), ip_version=IPVersion.V4Only)
            )
        except OSError as trouble:
            # No network yet; tried again with the next round.
            log.debug("no mDNS: %s", trouble)
            return
        self._addresses = addresses
        ServiceBrowser(self._zeroconf, list(TYPES), listener=_Listener(self._put))

    def _close(self) -> None:
        zeroconf, self._zeroconf = self._zeroconf, None
        if zeroconf is not None:
            zeroconf.close()

    def _put(self, task: _Task) -> None:
        # Called by the browser, which must not wait. A full queue is a flood, and floods are not looked at.
        with contextlib.suppress(queue.Full):
            self._tasks.put_nowait(task)

    def _do(self, task: _Task, zeroconf: Zeroconf, report: Report) -> None:
        before = dict(self._found)
        if task.gone:
            self._found.pop(task.name, None)
        elif task.name in self._found or len(self._found) < MOST_SERVICES:
            self._look_up(task, zeroconf)
        if self._found != before:
            report(tuple(self._found.values()))

    def _look_up(self, task: _Task, zeroconf: Zeroconf) -> None:
        try:
            info = zeroconf.get_service_info(task.kind, task.name, RESOLVE_MS)
        except (OSError, ValueError, ZeroconfError, BadTypeInNameException) as trouble:
            log.debug("mDNS name not understood: %s", type(trouble).__name__)
            return
        if info is None:
            if task.tries + 1 < TRIES and not self._stopping.is_set():
                self._put(_Task(task.kind, task.name, tries=task.tries + 1))
            return
        found = understood(info)
        if found is not None:
            self._found[task.name] = found


class _Listener(ServiceListener):
    """What the browser calls; passes everything on to the worker."""

    def __init__(self, put: Callable[[_Task], None]) -> None:
        self._put = put

    def add_service(self, zc: Zeroconf, type_: str, name: str) -> None:
        """A service was announced."""
        self._put(_Task(type_, name))

    def update_service(self, zc: Zeroconf, type_: str, name: str) -> None:
        """A service says something new of itself."""
        self._put(_Task(type_, name))

    def remove_service(self, zc: Zeroconf, type_: str, name: str) -> None:
        """A service said goodbye, or was not heard of for too long."""
        self._put(_Task(type_, name, gone=True))


def understood(info: ServiceInfo) -> Found | None:
    """What a service says of itself as a found printer; None if it cannot be reached. Everything in it is the word of a stranger."""
    scheme = _SCHEMES.get(info.type)
    host = _host(info)
    if scheme is None or host is None or not info.port:
        return None
    words = _words(info.decoded_properties)
    model = words.get("ty") or words.get("product", "").strip("()")
    name = plain(info.name.removesuffix(f".{info.type}")) or model or host
    dialect = "ipp" if scheme == "ipp" else language_of(f"{words.get('usb_CMD', '')} {words.get('pdl', '')}", model)
    path = "/" + words.get("rp", "").lstrip("/") if scheme in ("ipp", "ipps", "lpd") else ""
    # The queues of a print server share a port; only the path tells them apart.
    at = DeviceKey(f"net:{host}:{info.port}{path}")
    uuid = _UUID.fullmatch(words.get("UUID", ""))
    # The doors of one printer share its host and its name.
    same = DeviceKey(f"net:mdns:{plain(info.server or host).lower()}:{name}")
    key = DeviceKey(f"net:uuid:{uuid[1].lower()}") if uuid else at
    url = f"{scheme}://{host}:{info.port}{path}" + (f"?dialect={dialect}" if dialect else "")
    aliases = tuple(dict.fromkeys(each for each in (at, same) if each != key))
    return Found(key, url, Role.LABEL_PRINTER, dialect, name, model, "", (MdnsPrinters.way,), aliases)


def _host(info: ServiceInfo) -> str | None:
    for text in info.parsed_addresses():
        with contextlib.suppress(ValueError):
            ip = ipaddress.ip_address(text)
            if not ip.is_multicast and not ip.is_unspecified:
                return str(ip) if ip.version == 4 else f"[{ip}]"
    return None


def _words(properties: Mapping[str, str | None]) -> dict[str, str]:
    kept = {}
    for name in ("ty", "product", "pdl", "note", "usb_MFG", "usb_MDL", "usb_CMD", "UUID", "rp"):
        value = properties.get(name)
        # A resource path goes into an address: only what needs no escaping there.
        kept[name] = re.sub(r"[^A-Za-z0-9/._-]", "", (value or "")[:255]) if name == "rp" else plain(value or "", 255)
    return kept
